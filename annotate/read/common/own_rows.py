"""This sample's rows of a table that names samples in a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.common.delimited import delimited_rows, first_values, layout_of
from annotate.read.common.identity import SHOWN, identity, matching, own, refusal
from annotate.read.common.text import Row, Tally, read_head

OTHER_SAMPLE = "another sample's record"
MOST_SAMPLES = 100_000
_LEADING = re.compile(r"^\d+_(?=.)")
_TRAILING = re.compile(r"(?:[._-](?:rna|rnaseq|wts|star|tumou?r))+$", re.IGNORECASE)
COHORT_KINDS = frozenset({"fusions", "bench_results"})  # kinds whose tables are commonly one for a cohort
# What a run writes where nobody gave it a sample's name.
NOBODYS_NAMES = frozenset(
    {"case", "default", "defuse-output", "demo", "input", "na", "output", "primary", "reads", "results", "rna", "run"}
    | {"sample", "sample1", "t", "test", "tumor", "tumour", "unknown"}
)
# How callers and cohort tables call the column that says whose record a row is: words, letters and digits only. That of
# a sample is looked for first, as a patient has several.
_QUALIFIER = r"(?:id|ids|identifier|name|barcode|code|label|alias|no|nr|number)"
_SAMPLE_COLUMNS = (
    re.compile(
        r"(?:(?:rna|dna|wts|seq|lab|tumou?r)?(?:sample|specimen|biosample|bio?specimen|library|aliquot|lims|case)"
        rf"{_QUALIFIER}?|tumou?rsamplebarcode|tumou?r{_QUALIFIER}|labno|labnr)"
    ),
    re.compile(rf"(?:patient|individual|subject|donor|participant|proband){_QUALIFIER}?"),
)


def sample_columns(columns: Sequence[str]) -> list[str]:
    """The columns that name samples, those of patients behind.

    >>> sample_columns(["patient", "Sample.ID", "gene1", "reads_in_sample"])
    ['Sample.ID', 'patient']
    """
    return [name for kind in _SAMPLE_COLUMNS for name in columns if kind.fullmatch(_letters(name))]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@frozen
class OwnRows:
    """The column that names samples, and this sample's name in it."""

    column: str
    name: str

    def has(self, row: Row) -> bool:
        """Is a row this sample's? An empty cell is, in a table of one sample (cells that were merged)."""
        return row.text(self.column) in (self.name, "")


def own_rows(path: Path, sample: Sample, kind: str, tally: Tally) -> OwnRows | None:
    """Which rows are this sample's; None for a table without a column of samples.

    Errors: InputError with the names found, where several samples stand in the table and none is known to be this one.
    """
    layout = layout_of(read_head(path))
    for column in sample_columns(layout.columns) if layout is not None else ():
        values = first_values(delimited_rows(path), column, MOST_SAMPLES)
        names = [name for name in values if name]
        if not names:
            continue
        if len(values) > len(names) > 1:
            raise InputError(
                "rows that name no sample, in a table of several",
                path=path,
                column=column,
                found=f"an empty cell beside {', '.join(names[:SHOWN])}",
                expected="the name of a sample in every row",
                fix="write the sample into every row, or give a table of this sample alone",
            )
        return OwnRows(column, own_name(names, path, sample, kind, tally))
    return None


def own_name(names: Sequence[str], path: Path, sample: Sample, kind: str, tally: Tally) -> str:
    """The name in `names` that is this sample's: as the sheet names it, else by the patient, the file or its folder.

    Errors: InputError where nothing decides, where the only name is that of another row of the sheet, and in a kind of
    table that cohorts share where the only name is some other sample's, not a word that a run puts there.
    """
    who = identity(sample, kind)
    for wanted in (who.names, (sample.patient,), _stems(path)):
        index = matching(names, wanted)
        if index is None:
            index = matching([_bare(name) for name in names], [_bare(name) for name in wanted])
        if index is not None:
            return names[index]
    found = own(names, who, path)
    stranger = kind in COHORT_KINDS and not found.certain and found.name.strip().lower() not in NOBODYS_NAMES
    if stranger or matching([found.name], sample.sheet_names) is not None:
        raise refusal(names, who, path)
    if not found.certain:
        tally.note(f"every row is of {found.name}, which is read as {sample.sample}")
    return found.name


def _bare(name: str) -> str:
    """A name without the running number that Jasmine sets before it and the assay that pipelines set behind it."""
    return _TRAILING.sub("", _LEADING.sub("", name.strip()))


def _stems(path: Path) -> tuple[str, ...]:
    """What a file and its folder are called: `P1.jaffa.csv`, cut at each dot, and `P1/jaffa_results.csv`."""
    parts = path.name.split(".")
    stems = [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    return (*stems, path.absolute().parent.name)
