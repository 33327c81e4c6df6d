"""This sample's rows of a table that names samples in a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.model.sample import Sample
from annotate.read.common.delimited import delimited_rows, first_values, layout_of
from annotate.read.common.identity import identity, matching, own, refusal
from annotate.read.common.text import Tally, read_head

OTHER_SAMPLE = "another sample's record"
MOST_SAMPLES = 100_000
_LEADING = re.compile(r"^\d+_(?=.)")
_TRAILING = re.compile(r"(?:[._-](?:rna|rnaseq|wts|star|tumou?r))+$", re.IGNORECASE)
COHORT_KINDS = frozenset({"fusions"})  # kinds whose tables are commonly one for a cohort
# What a run writes where nobody gave it a sample's name.
NOBODYS_NAMES = frozenset(
    {"case", "default", "defuse-output", "demo", "input", "na", "output", "primary", "reads", "results", "rna", "run"}
    | {"sample", "sample1", "t", "test", "tumor", "tumour", "unknown"}
)
# How callers and cohort tables call the column that says whose record a row is, in lower case.
SAMPLE_COLUMNS = frozenset(
    {
        "sample",
        "sample_id",
        "sample id",
        "sampleid",
        "sample_name",
        "samplename",
        "sample.name",
        "#sample",
        "sample_barcode",
        "tumor_sample_barcode",
        "tumor_sample",
        "tumour_sample",
        "library",
        "library_name",
        "specimen",
        "specimen_id",
        "case_id",
        "patient",
        "patient_id",
    }
)


@dataclass(frozen=True, slots=True)
class OwnRows:
    """The column that names samples, and this sample's name in it."""

    column: str
    name: str


def own_rows(path: Path, sample: Sample, kind: str, tally: Tally) -> OwnRows | None:
    """Which rows are this sample's; None for a table without a column of samples.

    Errors: InputError with the names found, where several samples stand in the table and none is known to be this one.
    """
    layout = layout_of(read_head(path))
    columns = [name for name in layout.columns if name.lower() in SAMPLE_COLUMNS] if layout is not None else []
    for column in columns:
        names = first_values(delimited_rows(path), column, MOST_SAMPLES)
        if names:
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
