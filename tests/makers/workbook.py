"""Excel workbooks as spreadsheets write them: shared strings, styles, gaps in a row."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PLAIN, DATE, PERCENT = 0, 1, 2  # styles of a number


def write_workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook with one sheet. Text is shared; a (number, style) pair is a number; None leaves a gap."""
    strings: list[str] = []
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [_cell(value, f"{chr(65 + place)}{number}", strings) for place, value in enumerate(row)]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    parts = {
        "xl/workbook.xml": f"<workbook {MAIN} {REL}><sheets>"
        '<sheet name="S" sheetId="1" r:id="rId7"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="rId7" Target="worksheets/first.xml"/></Relationships>',
        "xl/worksheets/first.xml": f"<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>",
        "xl/styles.xml": f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _cell(value: object, place: str, strings: list[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        number, style = value
        return f'<c r="{place}" s="{style}"><v>{number}</v></c>'
    strings.append(str(value))
    return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
