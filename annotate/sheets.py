"""The sample sheet and the clinical sheet: read with pandas, checked by schema, then by what a schema cannot see."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.model import Patient, Sample
from annotate.schemas import schema

PATH_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "regions",
    "alignments",
    "germline_variants",
)
LIST_COLUMNS = frozenset({"small_variants", "structural_variants", "copy_number", "fusions"})
INPUT_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "alignments",
    "karyotype",
)
MAX_SHEET = 64 * 1024 * 1024  # bytes of a sheet
MAX_LINE = 1024 * 1024  # characters of a header line that are looked at
NUL = "\ue000"  # stands for a NUL while a sheet is parsed
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
            files = _files(given[column], column, path, line, check_files)
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
    )
    for column in numbers:
        if column in given:
            given[column] = float(given[column])
    for column in ("diagnosis_date", "end_of_therapy_date", "relapse_date"):
        if column in given:
            _date(given[column], column, path, line)
    if "relapse_number" in given:
        given["relapse_number"] = int(given["relapse_number"])
    if "sites" in given:
        given["sites"] = tuple(given["sites"].split(";"))
    for column in ("prior_hsct", "down_syndrome"):
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
    header, *body = _cells(path)
    rules = schema(kind)
    _check_columns(path, header, rules)
    rows = []
    for line, cells in enumerate(body, start=2):
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if any(row.values()):
            _check_row(path, line, row, rules)
            rows.append((line, row))
    return rows


def _cells(path: Path) -> list[list[str]]:
    """The cells of a sheet as text, the header first: `007` and `NA` are ids, and an ISCN string may hold quotes."""
    import pandas as pd

    try:
        if path.stat().st_size > MAX_SHEET:
            raise InputError(
                "is too large for a sheet", path=path, found=f"{path.stat().st_size:,} bytes", fix="check the path"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path, fix="check the path") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", path=path, fix="save the sheet as tab-separated UTF-8 text") from error
    lines = [line if line.strip() else "" for line in text.splitlines()]
    if not lines or not lines[0].strip():
        raise InputError("the sheet is empty", path=path, expected="a header line with tab-separated column names")
    width = len(lines[0].split("\t"))
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() and len(line.split("\t")) != width:
            raise InputError(
                "wrong number of cells",
                path=path,
                line=number,
                found=len(line.split("\t")),
                expected=f"{width} tab-separated cells, as in the header",
                fix="separate cells by one tab each; leave an empty cell for a missing value",
            )
    frame = pd.read_csv(
        io.StringIO("\n".join(lines).replace("\0", NUL) + "\n"),  # at a NUL the parser would cut the cell off
        sep="\t",
        header=None,
        names=range(width),
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        skip_blank_lines=False,
        index_col=False,
    ).fillna("")
    return [[str(cell).replace(NUL, "\0") for cell in row] for row in frame.itertuples(index=False, name=None)]


def _check_columns(path: Path, columns: Sequence[str], rules: Mapping[str, Any]) -> None:
    known = list(rules["properties"])
    if len(columns) == 1 and re.search("[,; ]", columns[0]):
        raise InputError(
            "the header has no tab",
            path=path,
            line=1,
            found=columns[0],
            expected="tab-separated column names",
            fix="save the sheet as tab-separated text",
        )
    if not set(columns) & set(known):
        raise InputError(
            "the sheet has no header",
            path=path,
            line=1,
            found=", ".join(columns),
            expected="the column names " + ", ".join(rules["required"]) + " …",
            fix="put the column names into the first line",
        )
    for number, column in enumerate(columns):
        if column in known and column in columns[:number]:
            raise InputError("column appears twice", path=path, line=1, column=column)
        if not column.strip():
            raise InputError("a column has no name", path=path, line=1, found=f"column {number + 1}", fix="name it")
        if column not in known:
            near = difflib.get_close_matches(column, known, n=1)
            raise InputError(
                "unknown column",
                path=path,
                line=1,
                column=column,
                expected="one of " + ", ".join(known),
                fix=f"did you mean {near[0]!r}?" if near else "rename it",
            )
    for column in rules["required"]:
        if column not in columns:
            raise InputError("column is missing", path=path, line=1, column=column, found=", ".join(columns))


def _check_row(path: Path, line: int, row: Mapping[str, str], rules: Mapping[str, Any]) -> None:
    for column in rules["required"]:
        if not row.get(column):
            raise InputError("value is missing", path=path, line=line, column=column, expected=_expected(rules, column))
    validator = _validator(rules)
    for error in sorted(validator.iter_errors(dict(row)), key=lambda e: list(e.path)):
        column = str(error.path[0]) if error.path else None
        raise InputError(
            "value is not allowed",
            path=path,
            line=line,
            column=column,
            found=row.get(column or ""),
            expected=_expected(rules, column) if column else error.message,
        )


def _validator(rules: Mapping[str, Any]) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(rules)


def _expected(rules: Mapping[str, Any], column: str) -> str:
    rule = rules["properties"][column]
    if "$ref" in rule:
        rule = rules["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    return str(rule.get("description", rule))


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


def _files(cell: str, column: str, path: Path, line: int | None, check: bool) -> tuple[Path, ...]:
    names = [part.strip() for part in cell.split(";") if part.strip()] if column in LIST_COLUMNS else [cell]
    files = []
    for name in names:
        if "\0" in name:
            raise InputError("path holds a NUL character", path=path, line=line, column=column)
        file = Path(name).expanduser()
        file = file if file.is_absolute() else path.resolve().parent / file
        file = Path(os.path.normpath(file))
        if check:
            _not_an_address(name, column, path, line)
            _readable(file, name, column, path, line)
        files.append(file)
    return tuple(files)


def _not_an_address(name: str, column: str, path: Path, line: int | None) -> None:
    if "://" in name:
        raise InputError(
            "is an address, not a file",
            path=path,
            line=line,
            column=column,
            found=name,
            expected="a file on this machine",
            fix="download the file and name it here",
        )


def _readable(file: Path, name: str, column: str, path: Path, line: int | None) -> None:
    if not file.exists():
        raise InputError(
            "file does not exist",
            path=path,
            line=line,
            column=column,
            found=name,
            expected=f"a file at {file}",
            fix="paths in a sheet are relative to the sheet",
        )
    if not file.is_file():
        raise InputError(
            "is not a file",
            path=path,
            line=line,
            column=column,
            found=name,
            expected="a file" if column not in LIST_COLUMNS else "files, several separated by ;",
            fix="name the file inside the folder",
        )
    if not os.access(file, os.R_OK):
        raise InputError(
            "file cannot be read (permission denied)",
            path=path,
            line=line,
            column=column,
            found=name,
            fix="give the right to read it",
        )
    if file.stat().st_size == 0:
        raise InputError("file is empty (0 bytes)", path=path, line=line, column=column, found=name)


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


def check_contigs(sample: Sample, path: Path, line: int | None) -> None:
    """Contig lengths in the headers of VCF and alignment files must be those of the stated assembly."""
    from annotate.genome import Genome

    genome = Genome.load(sample.assembly)
    columns = ("small_variants", "structural_variants", "germline_variants", "alignments")
    for column in columns:
        value = getattr(sample, column)
        for file in [value] if isinstance(value, Path) else value or ():
            contigs = dict(_alignment_contigs(file) if column == "alignments" else header_contigs(file))
            try:
                genome.check_contigs(contigs, str(file))
            except InputError as error:
                where = f", line {line}" if line else ""
                raise InputError(f"{error} (from {path}{where}, column {column!r})") from None


def header_contigs(file: Path) -> Iterator[tuple[str, int | None]]:
    """(contig, length) of a VCF header; nothing for other files. Reads no further than the header."""
    with open(file, "rb") as raw:
        magic = raw.read(2)
    if magic == b"BC":
        return
    opener = gzip.open if magic == b"\x1f\x8b" else open
    try:
        with opener(file, "rt", encoding="utf-8", errors="replace") as text:
            for number, header in enumerate(iter(lambda: text.readline(MAX_LINE), "")):
                if not header.startswith("##") or number > 200_000:
                    return
                if header.startswith("##contig=<"):
                    id = re.search(r"[<,]ID=([^,>\s]+)", header)
                    length = re.search(r"[<,]length=(\d+)", header)
                    if id:
                        yield id.group(1), int(length.group(1)) if length else None
    except (OSError, EOFError) as error:
        raise InputError(f"compressed file is truncated or damaged ({error})", path=file) from error


def _alignment_contigs(file: Path) -> Iterator[tuple[str, int | None]]:
    import pysam

    try:
        with pysam.AlignmentFile(str(file), check_sq=False) as bam:
            yield from zip(bam.references, bam.lengths, strict=True)
    except (OSError, ValueError) as error:
        raise InputError(f"alignments cannot be opened ({error})", path=file) from error
