"""One declared `Spec` a knowledge table: its columns, its key, what a lab's own folder may do with it.

A table is a class. Its fields are the columns, its rows are frozen objects of the class, and the check, the page, the
JSON Schema and the rules for a lab's own rows are derived from it:

    @table("gene_resolution", key=("gene",), doc="Copy-number resolution that the small deletions of a gene need.")
    class GeneResolution(Row):
        gene: str = column(Ref(GENES), "Gene whose deletions are small.")
        max_bin: int = column(Whole(low=1, of="bp"), "Coarsest bins that show them.")
        exon_share: float | None = column(Fraction(), "Share of an exon that a loss must cover.", empty=None)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, TypeVar, dataclass_transform

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge.kinds import Choice, Day, Kind, Text, Unfit


class Mark(StrEnum):
    """How well a row is known."""

    S = "S"
    K = "K"
    C = "C"
    E = "E"


MARKS: Mapping[str, str] = {
    "S": "source read",
    "K": "field knowledge, source not re-read",
    "C": "computed from public reference data",
    "E": "engineering default; no published threshold exists",
}
_MARK_WORDS = "; ".join(f"{mark} {words}" for mark, words in MARKS.items())
TAIL = ("source", "mark", "date", "reviewer")  # the last columns of every table
DEFAULTS = "docs/defaults.md"  # the page that tells why a default of ours is what it is

REQUIRED: Any = object()  # an empty cell is refused


@frozen(slots=False)
class Column:
    """One column: what it holds, what it means, what an empty cell means."""

    name: str  # in the header
    attribute: str  # of the row object
    kind: Kind
    doc: str
    empty: Any = REQUIRED
    read: bool = True  # False: words for whoever reads the table; nothing computes with them or prints them
    fixed: bool = False  # a lab's row may not differ from the shipped row here

    @property
    def required(self) -> bool:
        """Must the cell hold something?"""
        return self.empty is REQUIRED

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return self.kind.expected + ("" if self.required else ", or nothing")

    def value(self, text: str) -> Any:
        """The value of a cell. Errors: Unfit with what was expected."""
        if not text and not self.required:
            return self.empty
        try:
            return self.kind.read(text)
        except Unfit as error:
            raise Unfit(str(error) + ("" if self.required else ", or nothing")) from None


def column(
    kind: Kind, doc: str, *, name: str = "", empty: Any = REQUIRED, read: bool = True, fixed: bool = False
) -> Any:
    """A field of a row that is a column of its table. `name` is the header's, where it is no name in Python."""
    return field(metadata={"column": (name, kind, doc, empty, read, fixed)})


@frozen(kw_only=True)
class Row:
    """A row of any table. Where it stands, where its facts come from, who has checked it."""

    file: str = field(compare=False)
    line: int = field(compare=False)
    overlay: bool = field(compare=False)  # of a lab's own folder
    source: str = column(Text(), "Paper, label, trial or table that says so; several are separated by `;`.")
    mark: Mark = column(Choice(Mark), f"How well it is known: {_MARK_WORDS}.")
    date: str = column(Day(), "When the row was last checked against its source.")
    reviewer: str = column(Text(), "Who has checked it; empty: nobody yet.", empty="")

    @property
    def origin(self) -> str:
        """File and line that the row was read from."""
        return f"{self.file}:{self.line}"

    @property
    def sources(self) -> tuple[str, ...]:
        """What it cites, as a report may print it: a default is never printed as if it were published, nor a
        laboratory's own row as if it were ours."""
        parts = (part.strip() for part in self.source.split(";"))
        label = "the laboratory's own, in place of the ALLert default" if self.overlay else "ALLert default, see"
        return tuple(f"{label} {part}" if part.startswith(DEFAULTS) else part for part in parts if part)

    @property
    def citation(self) -> str:
        """The same as one text."""
        return "; ".join(self.sources)


R = TypeVar("R", bound=Row)
Finding = tuple[str, str]
"""What is wrong with a row as a whole: the column to look at, and what is wrong there."""


class Tables(Protocol):
    """All tables as they are in force: what a rule of a row may look at."""

    def rows(self, row: type[R], /) -> tuple[R, ...]:
        """Rows of a table, in order."""


RowRule = Callable[[Any, Tables], Iterator[Finding]]
UsedBy = Callable[[Any, Tables], bool]


@frozen(slots=False, eq=False)
class Spec:
    """A table."""

    name: str  # of its file, without .tsv; `thresholds` is a folder of files
    row: type[Row]
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # columns that tell a row from every other: a lab's row with the same key replaces it
    no_new_rows: str = ""  # why a lab cannot add rows; empty where it can
    no_overlay: str = ""  # why a lab cannot change the table at all
    rules: tuple[RowRule, ...] = ()
    used: UsedBy | None = None  # of a new row: does anything read it?
    unread: str = ""  # what is missing where nothing does

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by their name in the file."""
        return {column.name: column for column in self.columns}

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns in the order of the file."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _cells(self) -> Sequence[tuple[Column, str, dict[str, Any]]]:
        """Columns with their attribute and the values read so far: most cells say what another row's said."""
        return [(column, column.attribute, {}) for column in self.columns]

    def key_of(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """The primary key of a line."""
        return tuple(cells.get(name, "") for name in self.key)

    def problems(self, cells: Mapping[str, str]) -> Iterator[Finding]:
        """Cells that do not hold what their column holds."""
        for column in self.columns:
            text = cells.get(column.name, "")
            try:
                column.value(text)
            except Unfit as error:
                yield column.name, _unfit(text, str(error))

    def build(self, cells: Mapping[str, str], file: str, line: int, overlay: bool) -> Row:
        """The typed row. Errors: InputError naming file, line and column."""
        values: dict[str, Any] = {"file": file, "line": line, "overlay": overlay}
        for column, attribute, seen in self._cells:
            text = cells.get(column.name, "")
            try:
                values[attribute] = seen[text] if text in seen else seen.setdefault(text, column.value(text))
            except Unfit as error:
                raise InputError(
                    "is empty" if not text.strip() else "cannot be used",
                    path=file,
                    line=line,
                    column=column.name,
                    found=text,
                    expected=str(error),
                    fix="allert knowledge check FOLDER lists everything that is wrong",
                ) from None
        return self.row(**values)


def _unfit(text: str, expected: str) -> str:
    if not text.strip():
        return f"is empty: expected {expected}"
    return f"found {text[:120]!r}, expected {expected}"


SPECS: dict[str, Spec] = {}
"""Every table by name; filled by importing `annotate.knowledge.specs`."""

C = TypeVar("C", bound=type)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(column,))
def table(
    name: str,
    *,
    key: Sequence[str],
    doc: str,
    no_new_rows: str = "",
    no_overlay: str = "",
    rules: Sequence[RowRule] = (),
    used: UsedBy | None = None,
    unread: str = "",
) -> Callable[[C], C]:
    """Registers a class as a knowledge table and makes its rows frozen."""

    def declared(cls: C) -> C:
        # A row is itself and no other: comparing cells is for those who lay tables over one another, as text.
        made = frozen(kw_only=True, eq=False)(cls)
        spec = Spec(name, made, doc, _columns(made), tuple(key), no_new_rows, no_overlay, tuple(rules), used, unread)
        missing = [name for name in spec.key if name not in spec.by_name]
        if name in SPECS or missing:
            raise TypeError(f"table {name}: declared twice, or its key has no column: {missing}")
        SPECS[name] = spec
        _OF[made] = spec
        return made

    return declared


_OF: dict[type[Row], Spec] = {}


def spec_of(row: type[Row]) -> Spec:
    """The `Spec` that a row class was declared with."""
    return _OF[row]


def _columns(cls: type[Row]) -> tuple[Column, ...]:
    """In the order of the header: the table's own, then source, mark, date and reviewer."""
    found = []
    for one in dataclasses.fields(cls):
        if "column" in one.metadata:
            name, kind, doc, empty, read, fixed = one.metadata["column"]
            found.append(Column(name or one.name, one.name, kind, doc, empty, read, fixed))
    return tuple(sorted(found, key=lambda column: column.name in TAIL))
