"""Reading text tables with their line numbers, and counting what becomes of every record."""

from __future__ import annotations

import gzip
import io
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.remark import Remark
from annotate.model.sample import InputFile
from annotate.read.common.dialect import LOOKED_AT, TABS, Dialect, dialect_of

HEAD_BYTES = 256 * 1024  # enough for the header of any table; a VCF header may be longer and is read by htslib
MAX_LINE = 16 * 1024 * 1024  # longer lines are not a table; bounds memory on hostile input
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # the mark that Windows programs write before "Unicode text"
MAX_TEXT = 2 * 1024**3  # decompressed bytes of one table; bounds time on a zip bomb


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What goes wrong while a file is read, as an InputError with its path."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"compressed file is truncated or damaged ({error})", path=path, fix="copy or compress the file again"
        ) from error
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", path=path, fix="check the path and the permissions"
        ) from error


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """A text file, plain or gzip/bgzip by its first bytes. Errors are InputError with the path."""
    with readable(path), open(path, "rb") as raw:
        magic = raw.read(18)
        if magic[:2] == b"\x1f\x8b" and magic[12:14] == b"BC":
            _check_end(raw, path)
        raw.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if magic[:2] == b"\x1f\x8b" else raw  # type: ignore[assignment]
        encoding = "utf-16" if magic[:2] in UTF_16 else "utf-8-sig"
        with io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None) as text:
            yield text


def _check_end(raw: IO[bytes], path: Path) -> None:
    """bgzip writes an empty block last; a file cut between two blocks decompresses without an error."""
    raw.seek(max(0, raw.seek(0, 2) - len(BGZF_END)))
    if raw.read() != BGZF_END:
        raise InputError(
            "compressed file is truncated (the end-of-file block of bgzip is missing)",
            path=path,
            fix="copy the file again, or compress it again with bgzip",
        )


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number, line without its end) of a text file; refuses absurd lines and sizes."""
    total = 0
    with open_text(path) as text:
        number = 0
        while True:
            line = text.readline(MAX_LINE + 1)
            if not line:
                return
            number += 1
            total += len(line)
            if len(line) > MAX_LINE or total > MAX_TEXT:
                raise InputError("line or file is too long for a table", path=path, line=number)
            yield number, line.rstrip("\r\n")


@frozen
class Head:
    """The beginning of a file, to recognise its format by.

    `lines` are the first lines (at most 256 KiB), `comments` those that start with # or @ (SAM-style
    headers of GATK), `columns` the cells of the first other line (parted as `dialect` says), `first` the cells of
    the line after that (empty when there is none).
    """

    path: Path
    lines: tuple[str, ...]
    comments: tuple[str, ...]
    columns: tuple[str, ...]
    first: tuple[str, ...]
    dialect: Dialect = TABS

    def has(self, *names: str) -> bool:
        """Are all these columns there (exact spelling)?"""
        return set(names) <= set(self.columns)


def read_head(path: Path) -> Head:
    """The beginning of a file, plain or gzip. Errors: InputError."""
    with open_text(path) as text:
        block = text.read(HEAD_BYTES)
    all_lines = tuple(block.splitlines())
    comments = tuple(line for line in all_lines if line.startswith(("#", "@")))
    body = [line for line in all_lines if line.strip() and not line.startswith(("##", "@"))]
    dialect = dialect_of(body[: LOOKED_AT + 1], decimals=True)
    columns = tuple(cell.strip().strip('"').lstrip("#") for cell in dialect.cells(body[0])) if body else ()
    first = tuple(cell.strip().strip('"') for cell in dialect.cells(body[1])) if len(body) > 1 else ()
    return Head(path, all_lines, comments, columns, first, dialect)


@dataclass(slots=True)
class Tally:
    """Counts records while a file is read, so that read = used + dropped by reason."""

    read: int = 0
    used: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # routine: how the file was read
    remarks: list[Remark] = field(default_factory=list)  # records that were not used and touch a lesion

    def use(self) -> None:
        """Count a record that was read and used."""
        self.read += 1
        self.used += 1

    def drop(self, reason: str) -> None:
        """Count a record that was read and left out, by its reason."""
        self.read += 1
        self.dropped[reason] += 1

    def warn(self, text: str) -> None:
        """Add a warning, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def file(self, kind: str, path: Path | str, format: str) -> InputFile:
        """The input as the report lists it, with the counts of records."""
        return InputFile(
            kind=kind,
            path=str(path),
            format=format,
            records_read=self.read,
            records_used=self.used,
            dropped=dict(sorted(self.dropped.items())),
            warnings=tuple(self.warnings),
            notes=tuple(self.notes),
        )


@frozen
class Row:
    """One line of a table: cells by column name, with the place for error messages."""

    path: Path
    line: int
    cells: dict[str, str]

    def text(self, *columns: str) -> str:
        """The first of these columns that exists; '' for a missing value (NA, ., nan, empty)."""
        for column in columns:
            if column in self.cells:
                value = self.cells[column]
                return "" if value in MISSING else value
        raise InputError(
            "column is missing", path=self.path, line=self.line, column=" or ".join(columns), fix="check the header"
        )

    def has(self, *columns: str) -> bool:
        """Does the table have one of the columns?"""
        return any(column in self.cells for column in columns)

    def number(self, *columns: str) -> float | None:
        """The number in the first of the columns that holds something; None for none; raises `InputError` for text."""
        value = self.text(*columns)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            raise InputError(
                "not a number", path=self.path, line=self.line, column=columns[0], found=value, expected="a number"
            ) from None
        return number if math.isfinite(number) else None

    def integer(self, *columns: str) -> int | None:
        """The same, cut to a whole number."""
        number = self.number(*columns)
        return None if number is None else int(number)


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
MISSING = frozenset({"", ".", "NA", "N/A", "na", "NaN", "nan", "null", "NULL", "None", "-nan"})


def table(
    path: Path, *, columns: Sequence[str] | None = None, comment: str = "#", dialect: Dialect = TABS
) -> Iterator[Row]:
    """Rows of a table; the header is the first line that is not a comment, unless `columns` is given.

    A header that itself begins with `#` (``#chrom\tstart``) is recognised when `columns` is None and the
    first `#` line that has tabs directly precedes data of the same width, or a narrower line that holds a number:
    a row that was cut short must not pass for a header, which would lose the whole table without a word.
    """
    names: list[str] | None = list(columns) if columns is not None else None
    held: list[str] | None = None
    for number, line in lines(path):
        if not line.strip():
            continue
        if names is None and line.startswith(comment) and not line.startswith("##") and dialect.delimiter in line:
            held = [cell.strip().strip('"') for cell in dialect.cells(line.lstrip(comment))]
            continue
        if line.startswith((comment, "@")):
            continue
        cells = dialect.cells(line)
        if names is None:
            names = held if held is not None and _is_row_of(held, cells) else cells
            if names is cells:
                continue
        if len(cells) > len(names) or len(cells) < min(len(names), 2):
            raise InputError(
                "wrong number of columns", path=path, line=number, found=len(cells), expected=str(len(names))
            )
        yield Row(path, number, dict(zip(names, cells, strict=False)))


def _is_row_of(names: Sequence[str], cells: Sequence[str]) -> bool:
    """Is this first line below a `#` header its data, and not a header of its own?"""
    if len(cells) == len(names):
        return True
    return 2 <= len(cells) < len(names) and any(_NUMBER.fullmatch(cell) for cell in cells)
