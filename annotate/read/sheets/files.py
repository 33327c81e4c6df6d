"""Files that a sheet names: found, readable, of the stated assembly."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.model.sample import Sample

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
MAX_SHEET = 64 * 1024 * 1024  # bytes of a sheet
MAX_LINE = 1024 * 1024  # characters of a header line that are looked at
NUL = "\ue000"  # stands for a NUL while a sheet is parsed


def read_cells(path: Path) -> list[list[str]]:
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


def check_columns(path: Path, columns: Sequence[str], rules: Mapping[str, Any]) -> None:
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


def check_row(path: Path, line: int, row: Mapping[str, str], rules: Mapping[str, Any]) -> None:
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


def files_of(cell: str, column: str, path: Path, line: int | None, check: bool) -> tuple[Path, ...]:
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


def check_contigs(sample: Sample, path: Path, line: int | None) -> None:
    """Contig lengths in the headers of VCF and alignment files must be those of the stated assembly."""
    from annotate.reference.genome import Genome

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
