"""The sample sheet and the clinical sheet: read with pandas, checked by schema, then by what a schema cannot see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.schemas import schema
from annotate.model.sample import Patient, Sample
from annotate.read.sheets.files import (
    LIST_COLUMNS,
    PATH_COLUMNS,
    check_columns,
    check_contigs,
    check_row,
    files_of,
    read_cells,
)

INPUT_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "alignments",
    "karyotype",
)
NUMBER_RANGES = {"purity": (0.0, 1.0), "ploidy": (0.8, 8.0), "dna_index": (0.4, 4.0)}


def read_samples(path: Path, *, check_files: bool = True, only: Collection[str] | None = None) -> tuple[Sample, ...]:
    """Every sample of the sheet, with paths resolved against the sheet's folder.

    `check_files`: files must be there and fit the assembly; `only` limits that to the samples named.

    Errors: InputError naming sheet, row, column, what was found and what was expected, for an unknown or
    missing column, a value that the schema refuses, a duplicate, a missing or unreadable file, a row without
    input, an assembly that contradicts a file's contigs, two timepoints of one name for a patient.
    """
    rows = _rows(path, "samples")
    checked = [check_files and (only is None or row["sample"] in only) for _, row in rows]
    samples = [sample_of_row(row, path, line, check) for (line, row), check in zip(rows, checked, strict=True)]
    if not samples:
        raise InputError("the sheet has no row", path=path, fix="add one row for each sample")
    _unique(path, [(line, row["sample"]) for line, row in rows], "sample")
    _one_assembly_and_sex(path, rows)
    for (line, _), sample, check in zip(rows, samples, checked, strict=True):
        if check:
            check_contigs(sample, path, line)
    return tuple(samples)


def read_patients(path: Path) -> tuple[Patient, ...]:
    """Every patient of the clinical sheet."""
    rows = _rows(path, "patients")
    _unique(path, [(line, row["patient"]) for line, row in rows], "patient")
    return tuple(patient_of_row(row, path, line) for line, row in rows)


def sample_of_row(row: Mapping[str, str], path: Path, line: int | None, check_files: bool = True) -> Sample:
    """One row as a Sample. Empty cells are None."""
    given: dict[str, Any] = {column: value for column, value in row.items() if value}
    for column in PATH_COLUMNS:
        if column in given:
            files = files_of(given[column], column, path, line, check_files)
            given[column] = files if column in LIST_COLUMNS else files[0]
    for column, (low, high) in NUMBER_RANGES.items():
        if column in given:
            given[column] = _number(given[column], column, low, high, path, line)
    if not any(column in given for column in INPUT_COLUMNS):
        raise InputError(
            "the row has no input",
            path=path,
            line=line,
            found=row.get("sample"),
            expected="at least one of " + ", ".join(INPUT_COLUMNS),
            fix="name a file or a karyotype, or remove the row",
        )
    return Sample(**given)


def patient_of_row(row: Mapping[str, str], path: Path, line: int | None) -> Patient:
    """One row of the clinical sheet as a Patient. Empty cells are None."""
    given: dict[str, Any] = {column: value for column, value in row.items() if value}
    numbers = (
        "age_at_diagnosis_years",
        "wbc_at_diagnosis",
        "marrow_blasts_percent",
        "eoi_mrd",
        "mrd_sensitivity",
        "thiopurine_start_dose_mg_m2",
    )
    for column in numbers:
        if column in given:
            given[column] = float(given[column])
    for column in ("diagnosis_date", "end_of_therapy_date", "relapse_date"):
        if column in given:
            _date(given[column], column, path, line)
    if "relapse_number" in given:
        given["relapse_number"] = int(given["relapse_number"])
    for column in ("sites", "prior_therapy"):
        if column in given:
            given[column] = tuple(part.strip() for part in given[column].split(";") if part.strip())
    for column in ("cd19", "cd22"):
        if given.get(column) == "unknown":
            del given[column]
    for column in ("prior_hsct", "down_syndrome", "on_therapy_at_relapse"):
        if column in given:
            given[column] = given[column] in ("yes", "true")
    return Patient(**given)


def as_row(sample: Sample | Patient) -> dict[str, str]:
    """The row of a sample or patient again, paths absolute: what a job is given."""
    row = {}
    for column, value in asdict(sample).items():
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


# ---------------------------------------------------------------- reading


def _rows(path: Path, kind: str) -> list[tuple[int, dict[str, str]]]:
    """(line, row) of a sheet, checked against its schema; the header is line 1."""
    header, *body = read_cells(path)
    rules = schema(kind)
    check_columns(path, header, rules)
    rows = []
    for line, cells in enumerate(body, start=2):
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if any(row.values()):
            check_row(path, line, row, rules)
            rows.append((line, row))
    return rows


# ---------------------------------------------------------------- what a schema cannot see


def _unique(path: Path, ids: Sequence[tuple[int, str]], column: str) -> None:
    seen: dict[str, tuple[int, str]] = {}
    for line, id in ids:
        key = id.casefold()  # results of `A` and `a` would overwrite each other on a case-insensitive disk
        if key in seen:
            first, other = seen[key]
            same = "the same id" if other == id else f"{other!r}, which differs only by case,"
            raise InputError(
                f"{column} appears twice",
                path=path,
                line=line,
                column=column,
                found=id,
                expected="unique ids",
                fix=f"{same} stands in line {first}",
            )
        seen[key] = (line, id)


def _one_assembly_and_sex(path: Path, rows: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    sexes: dict[str, tuple[int, str]] = {}
    points: dict[tuple[str, str], int] = {}
    for line, row in rows:
        sex = row.get("sex", "")
        if sex in ("female", "male"):
            first, other = sexes.setdefault(row["patient"], (line, sex))
            if other != sex:
                raise InputError(
                    "sex differs between rows of one patient",
                    path=path,
                    line=line,
                    column="sex",
                    found=sex,
                    expected=f"{other}, as in line {first}",
                )
        point = (row["patient"], row["timepoint"])
        if point in points and not row["timepoint"].startswith("other"):
            raise InputError(
                "timepoint appears twice for this patient",
                path=path,
                line=line,
                column="timepoint",
                found=row["timepoint"],
                expected=f"another name than in line {points[point]}",
                fix="number them: relapse, relapse2, …",
            )
        points[point] = line


def _number(cell: str, column: str, low: float, high: float, path: Path, line: int | None) -> float:
    number = float(cell)
    if not low <= number <= high or number <= 0:
        raise InputError(
            "number is out of range",
            path=path,
            line=line,
            column=column,
            found=cell,
            expected=f"above 0 and at most {high:g}" if low == 0 else f"{low:g} to {high:g}",
        )
    return number


def _date(cell: str, column: str, path: Path, line: int | None) -> None:
    from datetime import date

    try:
        date.fromisoformat(cell)
    except ValueError:
        raise InputError(
            "is not a date", path=path, line=line, column=column, found=cell, expected="a date as YYYY-MM-DD"
        ) from None
