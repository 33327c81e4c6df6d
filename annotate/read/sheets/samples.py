"""The sample sheet: one row a sample, read as it is meant, with every fault of every row at once."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from annotate.base.frozen import frozen
from annotate.model.sample import NAMED_KINDS, Patient, Sample, names_of
from annotate.read.sheets.faults import Faults, SheetError
from annotate.read.sheets.files import LIST_COLUMNS, PATH_COLUMNS, check_contigs, files_of_cell
from annotate.read.sheets.identity import check_identity
from annotate.read.sheets.sheet import Entry, read_sheet

INPUT_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "alignments",
    "karyotype",
    "optical_mapping",
    "subtype_calls",
    "bench_results",
    "tandem_duplications",
)
NUMBERS = ("purity", "ploidy", "dna_index", "array_gamma")
NAME_COLUMNS = ("tumor_name", "normal_name")
NOT_OF_THE_ROW = frozenset({"notes", "doubts", "sheet_names"})  # what reading found; names are those of all rows


@frozen
class SampleSheet:
    """Samples of a sheet, the line of each, what was taken otherwise than written, and the ids of all rows."""

    samples: tuple[Sample, ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...]
    ids: tuple[str, ...] = ()


def read_samples(
    path: Path, *, check_files: bool = True, only: Collection[str] | None = None, copies_stop: bool = True
) -> tuple[Sample, ...]:
    """Every sample of the sheet: `read_sample_sheet` without its notes."""
    return read_sample_sheet(path, check_files=check_files, only=only, copies_stop=copies_stop).samples


def read_sample_sheet(
    path: Path, *, check_files: bool = True, only: Collection[str] | None = None, copies_stop: bool = True
) -> SampleSheet:
    """Every sample of the sheet, with paths resolved against the sheet's folder.

    `check_files`: files must be there, fit the assembly and belong to one sample each. `only`: no more than these
    samples and the others of their patients; faults of other rows do not stop them. `copies_stop`: files of equal
    content in two rows are a fault; else they are a doubt of the sample, on the first screen of its report.

    Errors: SheetError with every fault, each with sheet, row, column, what was found, what was expected and what to do;
    InputError for a file that is no sheet.
    """
    faults = Faults(path)
    sheet, asked = _read(path, faults, check_files, only, copies_stop)
    faults.stop(None if only is None else asked)
    return sheet


def read_good_rows(path: Path) -> tuple[SampleSheet, SheetError | None]:
    """The rows without a fault, and the faults of the others. Errors: InputError for a file that is no sheet."""
    faults = Faults(path)
    sheet, _ = _read(path, faults, True, None)
    bad = faults.lines()
    if None in bad:
        return SampleSheet((), (), sheet.notes), faults.error()
    good = [(sample, line) for sample, line in zip(sheet.samples, sheet.lines, strict=True) if line not in bad]
    return SampleSheet(tuple(s for s, _ in good), tuple(line for _, line in good), sheet.notes), faults.error()


def read_with_faults(path: Path) -> tuple[tuple[Sample, ...], frozenset[str]]:
    """Every row that can be read at all, and the ids of those with a fault; nothing where the sheet as a whole has one.
    Errors: InputError for a file that is no sheet."""
    faults = Faults(path)
    sheet, _ = _read(path, faults, True, None)
    bad = faults.lines()
    if None in bad:
        return (), frozenset()
    entries = read_sheet(path, "samples", Faults(path)).entries
    return sheet.samples, frozenset(id for entry in entries if entry.line in bad and (id := entry.cells.get("sample")))


def _read(
    path: Path, faults: Faults, check_files: bool, only: Collection[str] | None, copies_stop: bool = True
) -> tuple[SampleSheet, frozenset[int]]:
    """The sheet as far as its rows can be read, and the lines of the samples that were asked for."""
    sheet = read_sheet(path, "samples", faults)
    asked = frozenset(entry.line for entry in sheet.entries if only is None or entry.cells.get("sample") in only)
    if not sheet.entries and not faults.lines():
        faults.add("the sheet has no row", fix="add one row for each sample")
    checked = asked if check_files else frozenset()
    people = {entry.cells.get("patient") for entry in sheet.entries if entry.line in asked}
    wanted = [entry for entry in sheet.entries if entry.line in asked or entry.cells.get("patient") in people]
    found = {entry.line: _sample(entry, faults, entry.line in checked) for entry in wanted}
    _between_rows(sheet.entries, faults)
    samples = {line: sample for line, sample in found.items() if sample is not None}
    whole = {line: sample for line, sample in samples.items() if line in checked and line not in faults.lines()}
    for line, sample in whole.items():
        for error in check_contigs(sample, path, line):
            faults.take(error, line)
    copies = Faults(path)
    check_identity(list(whole.items()), faults, None if copies_stop else copies)
    for at, error in copies.items():
        if at is not None:
            doubt = f"{error.column}: {error.found} may be of another sample: {error.what} ({error.expected})"
            samples[at] = replace(samples[at], doubts=(*samples[at].doubts, doubt))
    notes = [f"line {entry.line}: {note}" for entry in sheet.entries for note in entry.notes]
    told = _told_apart(tuple(samples.values()), sheet.entries)
    ids = tuple(id for entry in sheet.entries if (id := entry.cells.get("sample")))
    return SampleSheet(told, tuple(samples), (*sheet.notes, *notes), ids), asked


def _told_apart(samples: Sequence[Sample], entries: Sequence[Entry]) -> tuple[Sample, ...]:
    """Each sample with the names that the sheet gives to one row alone: a record under another row's is not its own."""
    named = Counter(name for entry in entries for name in _names(entry.cells))
    sheet = frozenset(name for name, rows in named.items() if rows == 1)
    return tuple(replace(sample, sheet_names=sheet) for sample in samples)


def _names(cells: Mapping[str, str]) -> frozenset[str]:
    """Names under which a row's leukaemia may stand in a file."""
    own = (cells.get("sample"), cells.get("patient"), *names_of(cells.get("tumor_name") or None))
    return frozenset(name for name in own if name)


def sample_of_row(row: Mapping[str, str], path: Path, line: int | None, check_files: bool = True) -> Sample:
    """One row in the words of the schema as a Sample. Empty cells are None. Errors: SheetError."""
    faults = Faults(path)
    found = _sample(Entry(line or 0, {column: cell for column, cell in row.items() if cell}), faults, check_files)
    faults.stop()
    assert found is not None
    return found


def _sample(entry: Entry, faults: Faults, check: bool) -> Sample | None:
    """The sample of a row; None where a cell that it cannot do without was refused."""
    given: dict[str, Any] = {column: cell for column, cell in entry.cells.items() if cell}
    line = entry.line or None
    for column in PATH_COLUMNS:
        if column in given:
            files = files_of_cell(given[column], column, faults, line, check)
            given[column] = files if column in LIST_COLUMNS else next(iter(files), None)
    for column in NUMBERS:
        if column in given:
            given[column] = float(given[column])
    for column in NAME_COLUMNS:
        if column in given:
            _check_names(given[column], column, faults, line)
    _check_row(entry, faults, line)
    if any(not given.get(column) for column in ("sample", "patient", "timepoint", "assembly")):
        return None
    return Sample(**given, notes=entry.notes)


def _check_row(entry: Entry, faults: Faults, line: int | None) -> None:
    """What one row says that does not go together. A cell that was refused already counts as given."""
    if not any(column in entry.cells for column in INPUT_COLUMNS):
        faults.add(
            "the row has no input",
            line=line,
            found=entry.cells.get("sample"),
            expected="at least one of " + ", ".join(INPUT_COLUMNS),
            fix="name a file or a karyotype, or remove the row",
        )


def _check_names(cell: str, column: str, faults: Faults, line: int | None) -> None:
    """A pair whose file kind is misspelt would be taken for a name with an `=`."""
    for part in cell.split(";"):
        kind, is_pair, name = (piece.strip() for piece in part.partition("="))
        if not is_pair or (kind in NAMED_KINDS and name):
            continue
        near = difflib.get_close_matches(kind, NAMED_KINDS, n=1)
        if near:
            faults.add(
                "name of a file kind that is not known" if kind not in NAMED_KINDS else "the kind has no name",
                line=line,
                column=column,
                found=part.strip(),
                expected="a name, a list a;b, or pairs such as small_variants=a;structural_variants=b",
                fix=f"did you mean '{near[0]}={name or 'NAME'}'?",
            )


# ---------------------------------------------------------------- between rows


def _between_rows(entries: Sequence[Entry], faults: Faults) -> None:
    unique(entries, "sample", faults)
    _patients_by_case(entries, faults)
    _one_sex(entries, faults)
    _one_row_a_timepoint(entries, faults)


def unique(entries: Iterable[Entry], column: str, faults: Faults) -> None:
    """Results of `A` and `a` would overwrite each other on a disk that does not tell case."""
    seen: dict[str, tuple[int, str]] = {}
    for entry in entries:
        id = entry.cells.get(column, "")
        first = seen.setdefault(id.casefold(), (entry.line, id))
        if not id or first[0] == entry.line:
            continue
        same = "the same id" if first[1] == id else f"{first[1]!r}, which differs only by case,"
        faults.add(
            f"{column} appears twice",
            line=entry.line,
            column=column,
            found=id,
            expected="unique ids",
            fix=f"{same} stands in line {first[0]}",
        )


def _patients_by_case(entries: Sequence[Entry], faults: Faults) -> None:
    spelt: dict[str, tuple[int, str]] = {}
    for entry in entries:
        patient = entry.cells.get("patient", "")
        line, other = spelt.setdefault(patient.casefold(), (entry.line, patient))
        if patient and other != patient:
            faults.add(
                "two patients differ only by case",
                line=entry.line,
                column="patient",
                found=patient,
                expected="one spelling of a patient",
                fix=f"did you mean {other!r}, as in line {line}?",
            )


def _one_sex(entries: Sequence[Entry], faults: Faults) -> None:
    _same_for_a_patient(entries, "sex", lambda cell: cell in ("female", "male"), faults)


def _same_for_a_patient(entries: Sequence[Entry], column: str, counts: Callable[[str], bool], faults: Faults) -> None:
    seen: dict[str, tuple[int, str]] = {}
    for entry in entries:
        cell = entry.cells.get(column, "")
        if not counts(cell) or not entry.cells.get("patient"):
            continue
        first, other = seen.setdefault(entry.cells["patient"], (entry.line, cell))
        if other != cell:
            faults.add(
                f"{column} differs between rows of one patient",
                line=entry.line,
                column=column,
                found=cell,
                expected=f"{other}, as in line {first}",
                fix="mend the row that is wrong, or the patient's id",
            )


def _one_row_a_timepoint(entries: Sequence[Entry], faults: Faults) -> None:
    points: dict[tuple[str, str], int] = {}
    for entry in entries:
        patient, timepoint = entry.cells.get("patient", ""), entry.cells.get("timepoint", "")
        if not patient or not timepoint or timepoint.startswith("other"):
            continue
        first = points.setdefault((patient, timepoint), entry.line)
        if first != entry.line:
            faults.add(
                "timepoint appears twice for this patient",
                line=entry.line,
                column="timepoint",
                found=timepoint,
                expected=f"another name than in line {first}",
                fix="number them: relapse, relapse2, …",
            )


# ---------------------------------------------------------------- rows again


def as_row(sample: Sample | Patient) -> dict[str, str]:
    """The row of a sample or patient again, paths absolute: what a job is given."""
    row = {}
    for column in (one.name for one in fields(sample) if one.name not in NOT_OF_THE_ROW):
        value = getattr(sample, column)
        if value is None or value == ():
            continue
        if isinstance(value, bool):
            row[column] = "yes" if value else "no"
        elif isinstance(value, tuple):
            row[column] = ";".join(str(part) for part in value)
        else:
            row[column] = str(value)
    return row


def input_files(sample: Sample) -> list[str]:
    """Every file of a sample, for the workflow's dependency graph."""
    found: list[Path] = []
    for column in PATH_COLUMNS:
        value = getattr(sample, column)
        found += [value] if isinstance(value, Path) else list(value or ())
    return [str(path) for path in found]
