"""Cells that hold several values: a list with separators, names with values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from annotate.base.frozen import frozen
from annotate.knowledge.kinds import Kind, Unfit


@frozen(slots=False)
class Many(Kind):
    """Several of a kind, separated by `;`."""

    each: Kind
    separator: str = ";"

    @property
    def expected(self) -> str:
        """What each part must be, and what separates them."""
        return f"{self.each.expected}; several are separated by {self.separator}"

    @property
    def unit(self) -> str:
        """The unit of each part."""
        return self.each.unit

    def parts(self, text: str) -> tuple[str, ...]:
        """The parts of a cell, without blanks around them."""
        return tuple(part.strip(" ") for part in text.split(self.separator))

    def read(self, text: str) -> tuple[Any, ...]:
        """The values of all parts; `Unfit` where one does not fit."""
        if text != text.strip():
            raise Unfit(self.expected)
        found = []
        for part in self.parts(text):
            try:
                found.append(self.each.read(part))
            except Unfit as error:
                raise Unfit(f"{error}; several are separated by {self.separator}") from None
        return tuple(found)

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """What the parts refer to."""
        for part in self.parts(text):
            yield from self.each.refers(part)


@frozen(slots=False)
class Assigned(Kind):
    """Names with values, `ABL1=242;ABL2=288`, as a mapping; a name alone where `bare`."""

    name: Kind
    value: Kind
    bare: bool = False

    @property
    def expected(self) -> str:
        """What a name and a value must be."""
        return f"NAME=VALUE;NAME=VALUE, each name {self.name.expected}, each value {self.value.expected}"

    def _cells(self, text: str) -> Iterator[tuple[str, str, bool]]:
        for part in text.split(";"):
            name, separator, value = part.partition("=")
            yield name.strip(), value.strip(), bool(separator)

    def read(self, text: str) -> Mapping[Any, Any]:
        """Values by name; `Unfit` where a part does not fit or a value is missing."""
        found = {}
        for name, value, assigned in self._cells(text):
            if not assigned and not self.bare:
                raise Unfit(self.expected)
            try:
                found[self.name.read(name)] = self.value.read(value) if assigned else True
            except Unfit:
                raise Unfit(self.expected) from None
        return Frozen(found)

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """What the names refer to."""
        for name, _, _ in self._cells(text):
            yield from self.name.refers(name)


class Frozen(dict[Any, Any]):
    """A mapping of a row: it can be read and hashed, not changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(json.dumps([[str(key), str(value)] for key, value in self.items()]))

    def _refuse(self, *_: object, **__: object) -> None:
        raise TypeError("a row of a knowledge table cannot be changed")

    __setitem__ = __delitem__ = __ior__ = update = pop = clear = setdefault = popitem = _refuse  # type: ignore[assignment]
