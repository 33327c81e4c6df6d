"""All faults of a sheet at once: a laboratory that learns one mistake a run gives up after the third."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import itemgetter
from pathlib import Path

from annotate.base.errors import InputError


class SheetError(InputError):
    """One or more faults of a sheet, each on a line of its own."""

    def __init__(self, faults: Sequence[InputError]) -> None:
        first = faults[0]
        super().__init__(
            first.what, path=first.path, line=first.line, column=first.column, found=first.found,
            expected=first.expected, fix=first.fix,
        )  # fmt: skip
        self.faults = tuple(faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return str(self.faults[0])
        own = f"{self.path}, "  # said once, above
        lines = [f"{self.path}: {len(self.faults)} faults"]
        return "\n".join([*lines, *(f"  {str(fault).removeprefix(own)}" for fault in self.faults)])


class Faults:
    """What is wrong with a sheet, collected while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.resolve().parent  # where relative paths begin: of the sheet itself, not of a link to it
        self._found: dict[str, tuple[int | None, InputError]] = {}

    def add(
        self,
        what: str,
        *,
        line: int | None = None,
        column: str | None = None,
        found: object | None = None,
        expected: str | None = None,
        fix: str | None = None,
    ) -> None:
        """Note a fault with its place, to be raised together with the others."""
        error = InputError(what, path=self.path, line=line, column=column, found=found, expected=expected, fix=fix)
        self.take(error, line)

    def take(self, error: InputError, line: int | None) -> None:
        """Keep an error of the row at this line, once."""
        self._found.setdefault(str(error), (line, error))

    def items(self) -> list[tuple[int | None, InputError]]:
        """(line, error) of everything that was found."""
        return list(self._found.values())

    def lines(self) -> frozenset[int | None]:
        """Lines with a fault; None for one of the sheet as a whole or of its header."""
        return frozenset(line for line, _ in self._found.values())

    def error(self, lines: Collection[int] | None = None) -> SheetError | None:
        """Everything that was found. `lines` limits that to these rows: the faults of other rows are not theirs."""
        kept = [(at or 0, error) for at, error in self._found.values() if lines is None or at is None or at in lines]
        return SheetError([error for _, error in sorted(kept, key=itemgetter(0))]) if kept else None

    def stop(self, lines: Collection[int] | None = None) -> None:
        """Raise what was found in these rows, or in all."""
        error = self.error(lines)
        if error is not None:
            raise error
