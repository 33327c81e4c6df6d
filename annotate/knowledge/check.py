"""Every row of the knowledge tables, checked against its `Spec`, on every route by which tables come in.

A problem names the file, the row (its line), the column, what was found and what was expected. The shipped tables are
checked whole; a lab's own folder is checked as it will be used, on top of the shipped tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import cast

import yaml

from annotate.base.errors import InputError, printable
from annotate.knowledge import specs
from annotate.knowledge.atoms import condition_problems
from annotate.knowledge.files import Line, Table, laid_over, may_be_left_out, read_folder
from annotate.knowledge.kinds import Unfit
from annotate.knowledge.names import KnownNames
from annotate.knowledge.notations import Expression
from annotate.knowledge.sources import source_problems
from annotate.knowledge.spec import SPECS, TAIL, Column, R, Spec, spec_of

__all__ = ["Problem", "check", "specs"]

WORDS = "wording_report.yaml"
LONGEST = 1000  # characters of a message
OTHERS = frozenset({".tsv", ".md", ".txt"})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `row` is the line of the file; 0 stands for the file as a whole."""

    file: str
    row: int
    column: str
    message: str


class Rows:
    """Typed rows of the tables as they would be in force; a row that cannot be read is left out."""

    def __init__(self, lines: Mapping[str, Sequence[Line]]) -> None:
        self._lines = lines
        self._typed: dict[str, list[tuple[Line, object]]] = {}

    def rows(self, row: type[R], /) -> tuple[R, ...]:
        """The rows of a table that could be typed; faulty ones are left out, they are reported elsewhere."""
        return tuple(cast(R, made) for _, made in self.of(spec_of(row)))

    def of(self, spec: Spec) -> list[tuple[Line, object]]:
        """The same, each with the line that it was made from."""
        if spec.name not in self._typed:
            found: list[tuple[Line, object]] = []
            for line in self._lines[spec.name]:
                try:
                    found.append((line, spec.build(line.cells, line.file, line.line, line.overlay)))
                except InputError:
                    continue
            self._typed[spec.name] = found
        return self._typed[spec.name]


def check(shipped: Path, overlay: Path | None = None) -> list[Problem]:
    """Problems of the shipped tables, or of a lab's own folder on top of them. Errors: InputError for no folder."""
    for folder in (shipped, overlay):
        if folder is not None and not folder.is_dir():
            raise InputError("no such folder", path=folder, expected="a folder of knowledge tables")
    base = read_folder(shipped, overlay=False)
    own = read_folder(overlay, overlay=True) if overlay is not None else []
    problems = _form(base, own, overlay)
    if problems:
        return _tidy(problems)  # what rows point at cannot be told while a table cannot be read
    judged = own if overlay is not None else base
    lines = {spec.name: laid_over(spec, (*base, *own)) for spec in SPECS.values()}
    problems += _doubles(judged)
    problems += _rows(lines, whole=overlay is None)
    problems += _wording(overlay if overlay is not None else shipped, shipped)
    return _tidy(problems)


def _tidy(problems: Iterable[Problem]) -> list[Problem]:
    """Each once, in order, its message one line of bounded length: a cell may hold anything."""
    return sorted({replace(problem, message=printable(problem.message)[:LONGEST]) for problem in problems})


# ---------------------------------------------------------------- the form of a file


def _form(base: Sequence[Table], own: Sequence[Table], overlay: Path | None) -> list[Problem]:
    judged = own if overlay is not None else base
    problems = [problem for table in judged for problem in (*_shape(table), *_columns(table))]
    if overlay is None:
        missing = sorted(set(SPECS) - {table.name for table in base})
        problems += [Problem(f"{name}.tsv", 0, "", "the table is missing") for name in missing]
    else:
        problems += _other_files(overlay)
    return problems


def _shape(table: Table) -> Iterator[Problem]:
    if not table.header:
        yield Problem(table.file, 0, "", "the table is empty")
        return
    for name in sorted({name for name in table.header if table.header.count(name) > 1}):
        yield Problem(table.file, 0, name, "the column stands twice")
    for line, cells in table.lines:
        if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
            yield Problem(table.file, line, table.header[0], "is not UTF-8 text: save the table as UTF-8")
        elif len(cells) != len(table.header):
            what = f"found {len(cells)} cells, expected {len(table.header)} as in the header"
            yield Problem(table.file, line, table.header[min(len(cells), len(table.header)) - 1], what)


def _columns(table: Table) -> Iterator[Problem]:
    spec = SPECS.get(table.name)
    if spec is None:
        yield Problem(table.file, 0, "", f"no such table; known are {', '.join(sorted(SPECS))}")
        return
    if table.overlay and spec.no_overlay:
        yield Problem(table.file, 0, "", f"cannot be changed by rows of one's own: {spec.no_overlay}")
    for name in table.header:
        if name not in spec.by_name:
            yield Problem(table.file, 1, name, f"unknown column: nothing reads it; known are {', '.join(spec.header)}")
    for name in spec.header:
        if name in table.header or not table.header:
            continue
        if name in TAIL:
            yield Problem(table.file, 0, name, f"the column is missing: every table ends in {', '.join(TAIL)}")
        elif not (table.overlay and may_be_left_out(spec, name)):
            yield Problem(table.file, 1, name, "the column is missing")


def _other_files(overlay: Path) -> list[Problem]:
    return [
        Problem(str(path.relative_to(overlay)), 0, "", f"is not read: own knowledge is .tsv tables and {WORDS}")
        for path in sorted(overlay.rglob("*"))
        if path.is_file() and path.suffix not in OTHERS and path.name != WORDS and not path.name.startswith(".")
    ]


def _doubles(tables: Sequence[Table]) -> Iterator[Problem]:
    seen: dict[tuple[str, tuple[str, ...]], Line] = {}
    for table in tables:
        spec = SPECS[table.name]
        for line in table.rows():
            key = spec.key_of(line.cells)
            first = seen.setdefault((spec.name, key), line)
            if first is not line:
                where = f"row {first.line} of {first.file}" if first.file != line.file else f"row {first.line}"
                yield Problem(line.file, line.line, spec.key[0], f"{' '.join(key)!r} stands in {where} already")


# ---------------------------------------------------------------- rows


def _rows(lines: Mapping[str, Sequence[Line]], *, whole: bool) -> Iterator[Problem]:
    """Problems of every row (`whole`) or of a lab's own rows."""
    known, rows = KnownNames(lines), Rows(lines)
    facts = {row.cells["id"]: row.cells.get("when", "") for row in lines["schemes_facts"]}
    for spec in SPECS.values():
        for line in lines[spec.name]:
            if whole or line.overlay:
                cited = source_problems(line.cells, own=line.overlay)
                found = [*_cells(spec, line, known, facts), *_as_own(spec, line), *cited]
                yield from (Problem(line.file, line.line, column, text) for column, text in found)
        yield from _typed(spec, rows, whole=whole)


def _cells(spec: Spec, line: Line, known: KnownNames, facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    broken = dict(spec.problems(line.cells))
    yield from broken.items()
    for column in spec.columns:
        text = line.cells.get(column.name, "")
        if column.name in broken or not text:
            continue
        if isinstance(column.kind, Expression):
            yield from ((column.name, problem) for problem in condition_problems(text, known.names, facts))
        else:
            yield from _references(column, text, known)


def _references(column: Column, text: str, known: KnownNames) -> Iterator[tuple[str, str]]:
    try:
        pointed = list(column.kind.refers(text))
    except Unfit:
        return
    for domain, name in pointed:
        names = known.known(domain)
        if names is not None and name not in names:
            yield column.name, f"found {name!r}, expected {column.expected}: there is none of this name"


def _as_own(spec: Spec, line: Line) -> Iterator[tuple[str, str]]:
    """What a lab's own row may do."""
    if not line.overlay:
        return
    if line.shipped is None:
        if spec.no_new_rows:
            yield spec.key[0], f"{' '.join(spec.key_of(line.cells))!r} is not shipped, and {spec.no_new_rows}"
        return
    changed = [column for column in spec.columns if line.cells[column.name] != line.shipped.get(column.name, "")]
    for column in changed:
        if column.fixed:
            found, expected = line.cells[column.name], line.shipped[column.name]
            yield column.name, f"found {found!r}, expected {expected!r}: it belongs to the row and cannot be changed"
    if changed and not any(column.read for column in changed):
        yield changed[0].name, "nothing reads this column: a row that differs only here changes nothing"


def _typed(spec: Spec, rows: Rows, *, whole: bool) -> Iterator[Problem]:
    """Rules of rows as a whole, and new rows that nothing reads."""
    for line, row in rows.of(spec):
        if not (whole or line.overlay):
            continue
        for rule in spec.rules:
            yield from (Problem(line.file, line.line, column, text) for column, text in rule(row, rows))
        new = line.overlay and line.shipped is None
        if new and spec.used is not None and not spec.no_new_rows and not spec.used(row, rows):
            key = " ".join(spec.key_of(line.cells))
            yield Problem(line.file, line.line, spec.key[0], f"nothing reads {key!r}: {spec.unread}")


# ---------------------------------------------------------------- words


def _wording(folder: Path, shipped: Path) -> Iterator[Problem]:
    path = folder / WORDS
    if not path.exists():
        return
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield Problem(WORDS, 0, "", f"cannot be read: {error}")
        return
    if not isinstance(words, dict):
        yield Problem(WORDS, 0, "", "is not a mapping of keys to words")
        return
    known = words if folder == shipped else yaml.safe_load((shipped / WORDS).read_text(encoding="utf-8"))
    for place, (key, text) in enumerate(words.items(), start=1):
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield Problem(WORDS, place, str(key), f"unknown key: no page uses it{hint}")
        elif not isinstance(text, str) or not text.strip():
            yield Problem(WORDS, place, str(key), "is no text")
