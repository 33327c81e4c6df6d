"""A sheet as people write it: tab, comma or semicolon, quoted cells, any line end, a comment first, or a workbook."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.read.sheets.workbook import read_workbook

MAX_SHEET = 64 * 1024 * 1024  # bytes of a sheet
MAX_JOINED = 50  # lines that one quoted cell may run over
DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons"}
UTF8 = "save the sheet as tab-separated UTF-8 text"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # of web pages and word processors
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?', re.IGNORECASE)  # what Excel writes above a CSV


@frozen
class Line:
    """One row as text, with its line in the file for messages."""

    number: int
    cells: tuple[str, ...]


@frozen
class Table:
    """Header and rows of a sheet. `notes` say what was taken otherwise than the plain form."""

    header: Line
    rows: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def read_table(path: Path, known: Collection[str]) -> Table:
    """The cells of a sheet as text; `known` column names (lower case) tell the header and the separator.

    Every cell is text: `007` and `NA` are ids, and an ISCN string may hold quotes. Blank lines and lines that
    begin with `#` are left out.

    Errors: InputError for a file that is no sheet: unreadable, of another encoding, empty, without a header.
    """
    raw = _bytes(path)
    if raw.startswith(b"PK\x03\x04"):
        return _table(_of_workbook(path), ["an Excel workbook: its first sheet was read"], path)
    text, notes = _decoded(raw, path)
    lines = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    kept = [(number, line) for number, line in lines if line.strip() and not _is_comment(line, known)]
    if kept and _SEPARATOR_LINE.fullmatch(kept[0][1].strip()):
        kept = kept[1:]
    if not kept:
        raise InputError("the sheet is empty", path=path, expected="a header line with tab-separated column names")
    delimiter = _delimiter(kept[0][1], known, path, kept[0][0])
    if delimiter != "\t":
        notes.append(f"cells are separated by {DELIMITERS[delimiter]}")
    return _table(list(_split_all(kept, delimiter)), notes, path)


def _of_workbook(path: Path) -> list[Line]:
    """A workbook keeps no empty cells at the end of a row."""
    rows = [(number, cells) for number, cells in read_workbook(path) if not "".join(cells[:1]).startswith("#")]
    width = len(rows[0][1]) if rows else 0
    return [Line(number, tuple(cells + [""] * (width - len(cells)))) for number, cells in rows]


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_SHEET:
            raise InputError("is too large for a sheet", path=path, found=f"{size:,} bytes", fix="check the path")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path, fix="check the path") from error


def _decoded(raw: bytes, path: Path) -> tuple[str, list[str]]:
    if raw.startswith(OLD_EXCEL):
        raise InputError("is an old Excel workbook (.xls)", path=path, fix="save it as .xlsx or as tab-separated text")
    encoding = next((name for mark, name in UTF16.items() if raw.startswith(mark)), None) or _unmarked(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            "is not UTF-8 text", path=path, line=line, found=raw[error.start : error.start + 1].hex(), fix=UTF8
        ) from None
    notes = ["the sheet is UTF-16 text"] if encoding.startswith("utf-16") else []
    seen = text.translate(INVISIBLE)
    if seen != text:
        notes.append("characters that cannot be seen (such as U+200B) were left out")
    return seen, notes


def _unmarked(raw: bytes) -> str:
    """UTF-16 without its mark has a zero beside every plain letter."""
    start = raw[:64]
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        zeros, letters = start[first::2], start[1 - first :: 2]
        if len(zeros) > 3 and not any(zeros) and all(letters):
            return encoding
    return "utf-8-sig"


def _is_comment(line: str, known: Collection[str]) -> bool:
    """A `#` line that is not itself the header."""
    if not line.lstrip(' "').startswith("#"):
        return False
    first = re.split(r"[\t,;]", line.lstrip(' "#'))[0].strip(' "').lower()
    return first not in known


def _delimiter(header: str, known: Collection[str], path: Path, line: int) -> str:
    def columns(delimiter: str) -> int:
        return sum(cell.strip().lstrip("#").strip().lower() in known for cell in _split(header, delimiter)[0])

    if "\t" in header:
        return "\t"
    best = max(DELIMITERS, key=columns)
    if best == "\t" and re.search(r"[,; ]", header.strip()):
        raise InputError(
            "the header has no tab",
            path=path,
            line=line,
            found=header[:200],
            expected="tab-separated column names",
            fix="save the sheet as tab-separated text",
        )
    return best


def _split_all(lines: Sequence[tuple[int, str]], delimiter: str) -> Iterator[Line]:
    """Lines as cells; a quoted cell may run over several lines, which become blanks."""
    number, begun = 0, ""
    joined = 0
    for here, text in lines:
        whole = f"{begun} {text}" if begun else text
        number = number if begun else here
        cells, is_open = _split(whole, delimiter)
        if is_open and joined < MAX_JOINED and len(cells) > 1 and _closes_later(lines, here):
            begun, joined = whole, joined + 1
            continue
        begun, joined = "", 0
        yield Line(number, tuple(cells))
    if begun:
        yield Line(number, tuple(_split(begun, delimiter)[0]))


def _closes_later(lines: Sequence[tuple[int, str]], here: int) -> bool:
    later = [text for number, text in lines if here < number <= here + MAX_JOINED]
    return any(text.count('"') % 2 for text in later)


def _split(line: str, delimiter: str) -> tuple[list[str], bool]:
    r'''Cells of a line, and whether its last quoted cell is still open.

    A cell is quoted where it begins with a quote whose partner ends it; any other quote is text, as in ISCN.

    >>> _split('a\t"b;c"\t46,XX,"?"[2]', "\t")
    (['a', 'b;c', '46,XX,"?"[2]'], False)
    >>> _split('"he said ""no""",2', ",")
    (['he said "no"', '2'], False)
    '''
    cells: list[str] = []
    place = 0
    quoted = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=' + re.escape(delimiter) + r"|$)")
    while True:
        match = quoted.match(line, place)
        if match:
            cells.append(match[1].replace('""', '"').strip())
            place = match.end()
        else:
            end = line.find(delimiter, place)
            end = len(line) if end < 0 else end
            cells.append(line[place:end].strip())
            place = end
        if place >= len(line):
            last = cells[-1]
            return cells, not match and last.startswith('"') and last.count('"') % 2 == 1
        place += len(delimiter)


def _table(lines: Sequence[Line], notes: Sequence[str], path: Path) -> Table:
    """The first line as the header; columns without a name and without a value fall away."""
    if not lines:
        raise InputError("the sheet is empty", path=path, expected="a header line with column names")
    header, *rows = lines
    cells = [cell.lstrip("#").strip() if place == 0 else cell for place, cell in enumerate(header.cells)]
    width = len(cells)
    while width and not cells[width - 1] and not any(row.cells[width - 1 : width] > ("",) for row in rows):
        width -= 1
    trimmed = [Line(row.number, _trimmed(row.cells, width, len(cells))) for row in rows if any(row.cells)]
    return Table(Line(header.number, tuple(cells[:width])), tuple(trimmed), tuple(notes))


def _trimmed(cells: tuple[str, ...], width: int, header_width: int) -> tuple[str, ...]:
    """Empty cells beyond the named columns are an editor's; a row of another width is left for the check."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells if len(cells) != header_width else cells[:width]
