"""The files of a knowledge folder: tab-separated tables, read as text and laid over one another by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge.spec import REQUIRED, Spec

SIGNATURE = frozenset({"date", "reviewer"})


@frozen
class Line:
    """A row as text. `shipped` is the row of the same key that it replaces."""

    file: str
    line: int
    cells: Mapping[str, str]
    overlay: bool
    shipped: Mapping[str, str] | None = None

    @property
    def origin(self) -> str:
        """File and line, as a message and a report's `rule` name them."""
        return f"{self.file}:{self.line}"

    @property
    def is_own(self) -> bool:
        """Does it say anything else than the shipped row? A signature alone does not make a row the lab's own."""
        if not self.overlay or self.shipped is None:
            return self.overlay
        return any(text != self.shipped.get(name, "") for name, text in self.cells.items() if name not in SIGNATURE)


@frozen
class Table:
    """One file, read without judging it."""

    path: Path
    name: str  # as `Spec.name`: the folder for thresholds/
    file: str  # relative to its folder
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    overlay: bool

    def rows(self) -> Iterator[Line]:
        """The lines of the table, each with its cells by column."""
        for number, cells in self.lines:
            yield Line(self.file, number, dict(zip(self.header, cells, strict=False)), self.overlay)


def read_folder(folder: Path, *, overlay: bool) -> list[Table]:
    """Every table of a folder and of the folders in it. Errors: InputError for a file that cannot be opened."""
    return [_read(path, str(path.relative_to(folder)), overlay) for path in sorted(folder.rglob("*.tsv"))]


def read_table(folder: Path, name: str, *, overlay: bool) -> list[Table]:
    """The files of one table."""
    paths = [folder / f"{name}.tsv", *sorted((folder / name).rglob("*.tsv"))]
    return [_read(path, str(path.relative_to(folder)), overlay) for path in paths if path.exists()]


def _read(path: Path, file: str, overlay: bool) -> Table:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path) from None
    cells = [
        (number, tuple(line.rstrip("\r").split("\t")))
        for number, line in enumerate(text.split("\n"), start=1)
        if not line.startswith("#") and line.strip()
    ]
    name = Path(file).parts[0].removesuffix(".tsv")
    header = cells[0][1] if cells else ()
    return Table(path, name, file, header, tuple(cells[1:]), overlay)


def laid_over(spec: Spec, tables: Sequence[Table]) -> tuple[Line, ...]:
    """Rows of a table in force: a row of one's own with the key of a shipped row stands in its place."""
    rows: dict[tuple[str, ...], Line] = {}
    for table in tables:
        if table.name == spec.name:
            for line in table.rows():
                key = spec.key_of(line.cells)
                rows[key] = _completed(line, rows.get(key), spec) if table.overlay else line
    return tuple(rows.values())


def _completed(line: Line, replaced: Line | None, spec: Spec) -> Line:
    """What a lab's own row may leave out is taken from the shipped row of the same key."""
    before = replaced.cells if replaced is not None and not replaced.overlay else None
    cells = dict(line.cells)
    for column in spec.columns:
        if column.name not in cells or (column.fixed and not cells[column.name]):
            cells[column.name] = before.get(column.name, "") if before is not None else ""
    return replace(line, cells=cells, shipped=before)


def may_be_left_out(spec: Spec, name: str) -> bool:
    """Can a table of one's own do without this column?"""
    column = spec.by_name[name]
    return column.fixed or not column.read or column.empty is not REQUIRED
