"""The knowledge in force: tables of `resources/knowledge`, a lab's own rows laid over them.

Engines ask for a cut-off (`annotate.knowledge.cutoffs`) or for the typed rows of a table; nothing clinical is written
in code. A lab's own folder (`knowledge:` in the config) adds rows, or replaces those with the same key; whichever way
it comes in, it is checked before the first row is given.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import cast

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.base.resources import resource_path
from annotate.knowledge import specs
from annotate.knowledge.cutoffs import Cutoff, N
from annotate.knowledge.files import Line, laid_over, read_table
from annotate.knowledge.spec import MARKS, SPECS, R, Row, spec_of
from annotate.knowledge.specs.thresholds import ThresholdRow

__all__ = ["MARKS", "Entry", "Knowledge", "Threshold", "specs"]

Threshold = ThresholdRow


@frozen
class Entry(Mapping[str, str]):
    """One row as text, for those who compare, sign or print tables. `origin` is file and line."""

    cells: Mapping[str, str]
    origin: str
    overlay: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


@frozen(slots=False)
class Knowledge:
    """All tables, base and overlay."""

    folder: Path
    overlay: Path | None = None
    _read: dict[str, tuple[Line, ...]] = field(default_factory=dict, repr=False)
    _typed: dict[type[Row], tuple[Row, ...]] = field(default_factory=dict, repr=False)
    _entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict, repr=False)
    _checked: list[bool] = field(default_factory=list, repr=False)

    @staticmethod
    def load(overlay: Path | None = None, folder: Path | None = None) -> Knowledge:
        """The shipped tables with a lab's own over them, once a process. Errors: InputError at the first row."""
        return _load(overlay, folder or resource_path("knowledge"))

    def rows(self, row: type[R], /) -> tuple[R, ...]:
        """The rows of a table, typed, in order. Errors: InputError naming file, row and column."""
        if row not in self._typed:
            spec = spec_of(row)
            self._typed[row] = tuple(
                spec.build(line.cells, line.file, line.line, line.is_own) for line in self._lines(spec.name)
            )
        return cast("tuple[R, ...]", self._typed[row])

    def table(self, name: str) -> tuple[Entry, ...]:
        """Rows of a table as text: to compare, sign or print them. Engines ask for `rows`."""
        if name not in self._entries:
            self._entries[name] = tuple(Entry(line.cells, line.origin, line.is_own) for line in self._lines(name))
        return self._entries[name]

    def ids(self, name: str) -> frozenset[str]:
        """Ids of the rows of a table."""
        return frozenset(line.cells["id"] for line in self._lines(name))

    @cached_property
    def digest(self) -> str:
        """A fingerprint of every table, base and overlay: reports made with another one are out of date."""
        found = hashlib.sha256()
        for base in (self.folder, self.overlay):
            if base is None:
                continue
            for path in sorted(base.rglob("*")):
                if path.is_file():
                    found.update(str(path.relative_to(base)).encode() + b"\0" + path.read_bytes())
        return found.hexdigest()[:16]

    def threshold(self, cutoff: Cutoff[int] | Cutoff[float]) -> Threshold:
        """The row of a cut-off, to cite it: unit, meaning, source. Errors: InputError where the folder has none."""
        return self.threshold_named(cutoff.id)

    def threshold_named(self, id: str) -> Threshold:
        """The threshold that a row of another table names. Errors: InputError for an unknown id."""
        try:
            return self._thresholds[id]
        except KeyError:
            raise InputError(f"no threshold {id!r} in resources/knowledge/thresholds") from None

    def value(self, cutoff: Cutoff[N]) -> N:
        """The number of a cut-off, in its unit. Errors: InputError where no source and no lab gives one."""
        number = self.threshold(cutoff).value
        if math.isnan(number):
            raise InputError(f"threshold {cutoff.id!r} has no value", fix="set it in your own knowledge folder")
        return cutoff.read(number)

    def number(self, cutoff: Cutoff[N]) -> N | None:
        """The number of a cut-off; None where none is available and a lab has set none."""
        return None if math.isnan(self.threshold(cutoff).value) else self.value(cutoff)

    def overlay_rows(self) -> tuple[str, ...]:
        """Rows that a lab's own folder adds or replaces, as `table: key`."""
        return tuple(
            f"{name}: {next(iter(line.cells.values()))}"
            for name in sorted(SPECS)
            for line in self._lines(name)
            if line.is_own
        )

    @cached_property
    def _thresholds(self) -> Mapping[str, Threshold]:
        return {row.id: row for row in self.rows(ThresholdRow)}

    def _lines(self, name: str) -> tuple[Line, ...]:
        """Rows of a table as text, read when first asked for. Errors: KeyError for a table that is none."""
        if name not in self._read:
            files = read_table(self.folder, name, overlay=False)
            if self.overlay is not None:
                self.refuse_broken()
                files += read_table(self.overlay, name, overlay=True)
            self._read[name] = laid_over(SPECS[name], files)
        return self._read[name]

    def refuse_broken(self) -> None:
        """A lab's own rows must be well before anything rests on them. Errors: InputError at the first problem."""
        if self.overlay is not None and not self._checked:
            _refuse_broken(self.folder, self.overlay)
            self._checked.append(True)

    @cached_property
    def _hash(self) -> int:
        return hash((self.folder, self.overlay))

    def __hash__(self) -> int:  # asked for with every threshold
        return self._hash


def _refuse_broken(folder: Path, overlay: Path) -> None:
    """A lab's own rows must be well before anything rests on them."""
    from annotate.knowledge.check import check

    problems = check(folder, overlay)
    for problem in problems[:1]:
        more = f"lists all {len(problems)}" if len(problems) > 1 else "checks the folder"
        raise InputError(
            problem.message,
            path=overlay / problem.file,
            line=problem.row or None,
            column=problem.column or None,
            fix=f"allert knowledge check {overlay} {more}",
        )


@lru_cache(maxsize=8)
def _load(overlay: Path | None, folder: Path) -> Knowledge:
    knowledge = Knowledge(folder, overlay)
    knowledge.refuse_broken()
    return knowledge
