"""The first sheet of an Excel workbook (`.xlsx`) as rows of text: a zip of XML parts, read without another package."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.base.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_PART = 64 * 1024 * 1024  # bytes of one XML part, unpacked
MAX_COLUMNS = 1000
DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})  # built-in formats of ECMA-376 18.8.30
PERCENT_FORMATS = frozenset({9, 10})
DAY_ZERO = date(1899, 12, 30)  # day 0 of the 1900 date system, with its leap year that never was
LAST_DAY = (date.max - DAY_ZERO).days
SAVE = "save the sheet as tab-separated text, or as .xlsx"

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(path: Path) -> list[tuple[int, list[str]]]:
    """(row number, cells) of every row of the first sheet that holds something.

    Dates come as YYYY-MM-DD and percentages with their sign, as the workbook shows them.

    Errors: InputError for an archive that is damaged or no workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise InputError("is a zip archive, not an Excel workbook", path=path, fix=SAVE)
            shared = _shared(archive, path) if "xl/sharedStrings.xml" in names else []
            styles = _styles(archive, path) if "xl/styles.xml" in names else []
            sheet = _part(archive, _first_sheet(archive, path), path)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise InputError(f"is a damaged Excel workbook ({error})", path=path, fix=SAVE) from None
    return list(_rows(sheet, shared, styles))


def _part(archive: zipfile.ZipFile, name: str, path: Path) -> Element:
    from xml.etree import ElementTree

    if archive.getinfo(name).file_size > MAX_PART:
        raise InputError("workbook is too large for a sheet", path=path, fix=SAVE)
    text = archive.read(name)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # no workbook declares any; they are how XML is abused
        raise InputError("workbook declares XML entities", path=path, fix=SAVE)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  (entities are refused above)
    except ElementTree.ParseError as error:
        raise InputError(f"is a damaged Excel workbook ({error})", path=path, fix=SAVE) from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _first_sheet(archive: zipfile.ZipFile, path: Path) -> str:
    sheets = _part(archive, "xl/workbook.xml", path).find("sheets")
    first = None if sheets is None or not len(sheets) else sheets[0].get(_REL)
    for link in _part(archive, "xl/_rels/workbook.xml.rels", path):
        if link.get("Id") == first:
            target = link.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise InputError("workbook has no sheet", path=path, fix=SAVE)


def _shared(archive: zipfile.ZipFile, path: Path) -> list[str]:
    return [_text(item) for item in _part(archive, "xl/sharedStrings.xml", path)]


def _text(item: Element) -> str:
    """Text of a string item: its own, or that of its runs; phonetic hints are left out."""
    runs = [item, *item.findall("r")]
    return "".join(part.text or "" for run in runs for part in run.findall("t"))


def _styles(archive: zipfile.ZipFile, path: Path) -> list[str]:
    """`date`, `percent` or '' by the index of a cell's style."""
    root = _part(archive, "xl/styles.xml", path)
    own = {int(f.get("numFmtId", "0")): f.get("formatCode", "") for f in root.iter("numFmt")}
    formats = root.find("cellXfs")
    return [_kind(int(xf.get("numFmtId", "0")), own) for xf in formats if xf.tag == "xf"] if formats is not None else []


def _kind(id: int, own: dict[int, str]) -> str:
    code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", own.get(id, "")).lower()
    if id in PERCENT_FORMATS or "%" in code:
        return "percent"
    return "date" if id in DATE_FORMATS or ("y" in code and "d" in code) else ""


def _rows(sheet: Element, shared: list[str], styles: list[str]) -> Iterator[tuple[int, list[str]]]:
    data = sheet.find("sheetData")
    for number, row in enumerate(data if data is not None else (), start=1):
        cells: list[str] = []
        for place, cell in enumerate(row):
            column = _column(cell.get("r", ""), place)
            if column >= MAX_COLUMNS:
                continue
            cells += [""] * (column + 1 - len(cells))
            cells[column] = _cell(cell, shared, styles)
        if any(cells):
            yield int(row.get("r", number)), cells


def _column(reference: str, place: int) -> int:
    """Index of a cell from its reference.

    >>> _column("C7", 0), _column("AA1", 0)
    (2, 26)
    """
    letters = re.match(r"[A-Z]{1,3}", reference)
    if not letters:
        return place
    found = 0
    for letter in letters[0]:
        found = 26 * found + ord(letter) - ord("A") + 1
    return found - 1


def _cell(cell: Element, shared: list[str], styles: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.find("v")
    text = (value.text or "") if value is not None else ""
    if kind == "inlineStr":
        inline = cell.find("is")
        return "" if inline is None else " ".join(_text(inline).split())
    if kind == "s":
        place = int(text) if text.isdigit() else -1
        return " ".join(shared[place].split()) if 0 <= place < len(shared) else ""
    if kind == "b":
        return "yes" if text == "1" else "no"
    if kind != "n" or not text:
        return " ".join(text.split())
    style = int(cell.get("s", "0") or 0)
    return _number(text, styles[style] if style < len(styles) else "")


def _number(text: str, kind: str) -> str:
    """A number as the workbook shows it: Excel keeps 0.84 as 0.83999999999999997.

    >>> _number("0.83999999999999997", ""), _number("0.84", "percent"), _number("45352", "date"), _number("7.0", "")
    ('0.84', '84 %', '2024-03-01', '7')
    """
    try:
        number = float(text)
    except ValueError:
        return text
    if kind == "date" and 0 < number < LAST_DAY:
        return (DAY_ZERO + timedelta(days=int(number))).isoformat()
    return f"{100 * number:.12g} %" if kind == "percent" else f"{number:.15g}"
