"""Every row of the knowledge tables, checked: has it a source, does it point at things that exist, can it be read?

A problem names the file, the row (its line), the column and what is wrong. The shipped tables are checked whole; a
lab's own folder is checked as it will be used, on top of the shipped tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from annotate.base.errors import InputError, printable
from annotate.curate.check.cells import GENERAL, SPECIAL, WHOLE, Row, World, is_date
from annotate.knowledge.tables import MARKS, Knowledge

TAIL = ("source", "mark", "date", "reviewer")  # the last columns of every table
WORDS = "wording_report.yaml"
LONGEST = 1000  # characters of a message


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `row` is the line of the file; 0 stands for the file as a whole."""

    file: str
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Table:
    """One file, read without judging it."""

    path: Path
    name: str  # as Knowledge.table() calls it: the folder for thresholds/
    file: str  # relative to its folder
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    overlay: bool

    def rows(self) -> Iterator[Row]:
        for line, cells in self.lines:
            yield Row(self.file, line, dict(zip(self.header, cells, strict=True)), self.overlay)


def check(shipped: Path, overlay: Path | None = None) -> list[Problem]:
    """Problems of the shipped tables, or of a lab's own folder on top of them. Errors: InputError for no folder."""
    for folder in (shipped, overlay):
        if folder is not None and not folder.is_dir():
            raise InputError("no such folder", path=folder, expected="a folder of knowledge tables")
    base = _tables(shipped, overlay=False)
    own = _tables(overlay, overlay=True) if overlay is not None else []
    judged = own if overlay is not None else base
    problems = [p for table in judged for p in _shape(table)]
    if overlay is not None:
        problems += [p for table in own for p in _against_shipped(table, base)] + _other_files(overlay)
    if any(problem.column in ("", *TAIL) and problem.row == 0 for problem in problems) or _unreadable(problems):
        return _tidy(problems)  # what rows point at cannot be told while a table cannot be read
    world = _world(Knowledge(shipped, overlay))
    rows = [row for table in judged for row in table.rows()]
    for table in judged:
        for row in table.rows():
            problems += _tail(row)
            problems += _cells(row, table, world)
    problems += _doubles(rows)
    problems += _wording(overlay if overlay is not None else shipped, shipped)
    return _tidy(problems)


def _tidy(problems: Sequence[Problem]) -> list[Problem]:
    """Each once, in order, its message one line of bounded length: a cell may hold anything."""
    return sorted({replace(problem, message=printable(problem.message)[:LONGEST]) for problem in problems})


# ---------------------------------------------------------------- reading


def _tables(folder: Path, *, overlay: bool) -> list[Table]:
    found = []
    for path in sorted(folder.rglob("*.tsv")):
        file = str(path.relative_to(folder))
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        cells = [
            (number, tuple(line.split("\t")))
            for number, line in enumerate(lines, start=1)
            if not line.startswith("#") and line.strip()
        ]
        header = cells[0][1] if cells else ()
        name = Path(file).parts[0].removesuffix(".tsv")
        found.append(Table(path, name, file, header, tuple(cells[1:]), overlay))
    return found


def _shape(table: Table) -> Iterator[Problem]:
    if not table.header:
        yield Problem(table.file, 0, "", "the table is empty")
        return
    doubled = sorted({name for name in table.header if table.header.count(name) > 1})
    for name in doubled:
        yield Problem(table.file, 0, name, "the column stands twice")
    for name in TAIL:
        if name not in table.header:
            yield Problem(table.file, 0, name, f"the column is missing: every table ends in {', '.join(TAIL)}")
    for line, cells in table.lines:
        if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
            yield Problem(table.file, line, table.header[0], "is not UTF-8 text: save the table as UTF-8")
        if len(cells) != len(table.header):
            what = f"{len(cells)} cells where the header has {len(table.header)}"
            yield Problem(table.file, line, table.header[min(len(cells), len(table.header)) - 1], what)


def _against_shipped(table: Table, base: Sequence[Table]) -> Iterator[Problem]:
    shipped = next((t for t in base if t.name == table.name), None)
    if shipped is None:
        names = sorted({t.name for t in base})
        yield Problem(table.file, 0, "", f"no such table; known are {', '.join(names)}")
        return
    for name in table.header:
        if name not in shipped.header:
            yield Problem(table.file, 1, name, f"unknown column; known are {', '.join(shipped.header)}")
    for name in shipped.header:
        if name not in table.header and name not in TAIL:
            yield Problem(table.file, 1, name, "the column is missing")


def _other_files(overlay: Path) -> list[Problem]:
    known = {".tsv", ".md", ".txt"}
    return [
        Problem(str(path.relative_to(overlay)), 0, "", f"is not read: own knowledge is .tsv tables and {WORDS}")
        for path in sorted(overlay.rglob("*"))
        if path.is_file() and path.suffix not in known and path.name != WORDS and not path.name.startswith(".")
    ]


def _unreadable(problems: Sequence[Problem]) -> bool:
    marks = (
        "cells where the header has",
        "unknown column",
        "the column is missing",
        "stands twice",
        "no such table",
        "UTF-8",
    )
    return any(mark in problem.message for problem in problems for mark in marks)


def _world(knowledge: Knowledge) -> World:
    from annotate.reference.genome import Genome

    genome = Genome.load("GRCh38")
    genes = {entry["gene"] for entry in knowledge.table("genes")} | {locus.name for locus in genome.loci()}
    genes |= {gene.name for gene in genome.panel_genes()}
    genes |= {entry[side] for entry in knowledge.table("fusions") for side in ("five_prime", "three_prime")}
    return World(knowledge, frozenset(genes), {e["id"]: e["when"] for e in knowledge.table("schemes_facts")})


# ---------------------------------------------------------------- every row


def _tail(row: Row) -> Iterator[Problem]:
    cells = row.cells
    if not cells["source"].strip():
        yield Problem(row.file, row.line, "source", "no source: name the paper, the table or the person")
    if cells["mark"] not in MARKS:
        words = ", ".join(f"{mark} ({text})" for mark, text in MARKS.items())
        yield Problem(row.file, row.line, "mark", f"unknown mark {cells['mark']!r}; known are {words}")
    if not is_date(cells["date"]):
        yield Problem(row.file, row.line, "date", f"{cells['date']!r} is not a date as YYYY-MM-DD")


def _doubles(rows: Sequence[Row]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if "id" not in row.cells:
            continue
        key = (Path(row.file).parts[0], row.cells["id"])
        if not row.cells["id"].strip():
            yield Problem(row.file, row.line, "id", "no id")
        elif key in seen:
            yield Problem(row.file, row.line, "id", f"{key[1]!r} stands in row {seen[key].line} already")
        seen.setdefault(key, row)


def _cells(row: Row, table: Table, world: World) -> Iterator[Problem]:
    checks = {**GENERAL, **SPECIAL.get(table.name, {})}
    for column, own in checks.items():
        if column in row.cells:
            for message in own(row.cells[column], row, world):
                yield Problem(row.file, row.line, column, message)
    whole = WHOLE.get(table.name)
    for column, message in whole(row, world) if whole is not None else ():
        yield Problem(row.file, row.line, column, message)


# ---------------------------------------------------------------- words


def _wording(folder: Path, shipped: Path) -> Iterator[Problem]:
    path = folder / WORDS
    if not path.exists():
        return
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        yield Problem(WORDS, 0, "", f"cannot be read: {error}")
        return
    if not isinstance(words, dict):
        yield Problem(WORDS, 0, "", "is not a mapping of keys to words")
        return
    known = yaml.safe_load((shipped / WORDS).read_text(encoding="utf-8"))
    for place, (key, text) in enumerate(words.items(), start=1):
        if key not in known:
            yield Problem(WORDS, place, str(key), "unknown key: no page uses it")
        elif not isinstance(text, str) or not text.strip():
            yield Problem(WORDS, place, str(key), "is no text")


__all__ = ["Problem", "check"]
