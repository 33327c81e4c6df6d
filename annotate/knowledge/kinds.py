"""What may stand in one cell of a knowledge table: its type, its unit, its range, what it may point at.

A kind reads the text of a cell into a typed value, says in words what it expects, names what the cell points at
(`refers`), and describes itself for a JSON Schema. A kind knows no table and no engine.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, get_args

from annotate.base.frozen import frozen

# Where the names come from that a cell may point at, beside `table.column`.
GENES, PANEL, REGIONS, CHROMOSOMES, FORMATS = "@gene", "@panel", "@region", "@chromosome", "@format"


class Unfit(ValueError):
    """The text of a cell is not what its column holds; the message says what was expected."""


class Kind(ABC):
    """What a column holds."""

    @property
    @abstractmethod
    def expected(self) -> str:
        """In words, for a message: `a fraction between 0 and 1`."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The value of a cell. Errors: Unfit."""

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """What a lawful cell points at: (`table.column` or `@gene`…, name)."""
        return iter(())

    def schema(self) -> dict[str, Any]:
        """The cell's text as JSON Schema."""
        return {"type": "string", "minLength": 1}

    @property
    def unit(self) -> str:
        """The unit of the value; empty where it has none."""
        return ""


@frozen(slots=False)
class Text(Kind):
    """Words, or a name of a fixed shape."""

    pattern: str = ""
    shape: str = ""  # the pattern in words

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return self.shape or "text without blanks at its ends"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def read(self, text: str) -> str:
        """The text; `Unfit` for blanks at its ends, unprintable characters or another shape."""
        if not text or text != text.strip() or not text.isprintable():
            raise Unfit(self.expected)
        if self.pattern and self._compiled.fullmatch(text) is None:
            raise Unfit(self.expected)
        return text

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"} if self.pattern else super().schema()


@frozen(slots=False)
class Whole(Kind):
    """A whole number of a unit."""

    low: int | None = None
    high: int | None = None
    of: str = ""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message: unit and range."""
        return f"a whole number{_of(self.of)}{_range(self.low, self.high)}"

    @property
    def unit(self) -> str:
        """The unit that is counted in."""
        return self.of

    def read(self, text: str) -> int:
        """The number; `Unfit` for anything but digits, or out of range."""
        if re.fullmatch(r"-?\d{1,12}", text, re.ASCII) is None:
            raise Unfit(self.expected)
        value = int(text)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise Unfit(self.expected)
        return value

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell; the range is checked on reading."""
        return {"type": "string", "pattern": r"^-?\d+$"}


@frozen(slots=False)
class Number(Kind):
    """A number of a unit; `above` leaves out the lower end."""

    low: float | None = None
    high: float | None = None
    of: str = ""
    above: bool = False

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message: unit and range."""
        if self.above and self.low is not None:
            return f"a number{_of(self.of)} above {self.low:g}" + (
                f" and up to {self.high:g}" if self.high is not None else ""
            )
        return f"a number{_of(self.of)}{_range(self.low, self.high)}"

    @property
    def unit(self) -> str:
        """The unit that is measured in."""
        return self.of

    def read(self, text: str) -> float:
        """The number; `Unfit` for a comma, inf, nan, or out of range."""
        if re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", text, re.ASCII) is None:
            raise Unfit(self.expected)
        value = float(text)
        too_low = self.low is not None and (value < self.low or (self.above and value == self.low))
        if too_low or (self.high is not None and value > self.high) or not math.isfinite(value):
            raise Unfit(self.expected)
        return value

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell; the range is checked on reading."""
        return {"type": "string", "pattern": r"^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$"}


@frozen(slots=False)
class Fraction(Number):
    """A share between 0 and 1: a percentage is refused, zero too."""

    low: float | None = 0.0
    high: float | None = 1.0
    of: str = "fraction"
    above: bool = True

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "a fraction above 0 and up to 1 (20 % is 0.2)"


@frozen(slots=False)
class Choice(Kind):
    """One word of an enumeration, or of a `Literal` that an engine declares."""

    words: Any  # a StrEnum or a Literal

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The words as they are written, and what a row object holds."""
        members = get_args(self.words) or tuple(self.words)
        return {str(member): member for member in members}

    @property
    def expected(self) -> str:
        """The allowed words."""
        return "one of " + ", ".join(self.values)

    def read(self, text: str) -> str:
        """The member that the word names; `Unfit` for any other."""
        if text not in self.values:
            raise Unfit(self.expected)
        return self.values[text]

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell: the allowed words."""
        return {"enum": list(self.values)}


@frozen(slots=False)
class YesNo(Kind):
    """A plain answer, by default written `yes` or `no`."""

    yes: str = "yes"
    no: str = "no"

    @property
    def expected(self) -> str:
        """The two words, or the one and nothing."""
        return f"{self.yes} or {self.no}" if self.no else f"{self.yes} or nothing"

    def read(self, text: str) -> bool:
        """Is it the word for yes? `Unfit` for any third."""
        if text not in (self.yes, self.no):
            raise Unfit(self.expected)
        return text == self.yes

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell: the two words."""
        return {"enum": [self.yes, self.no]}


@frozen(slots=False)
class Day(Kind):
    """A date as YYYY-MM-DD."""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "a date as YYYY-MM-DD"

    def read(self, text: str) -> str:
        """The day in ISO 8601; `Unfit` for one that no calendar has."""
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is None:
            raise Unfit(self.expected)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Unfit(self.expected) from None

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell."""
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}


@frozen(slots=False)
class Ref(Kind):
    """The name of something that stands elsewhere: `lesions.id`, `@gene`; `also` are words of their own."""

    to: str
    also: tuple[str, ...] = ()
    what: str = ""

    @property
    def expected(self) -> str:
        """What a cell must name, in words for a message."""
        words = {
            GENES: "a gene by its current symbol",
            PANEL: "a gene of the panel",
            REGIONS: "a breakpoint region of the reference",
            CHROMOSOMES: "a chromosome",
            FORMATS: "a format that is read",
        }
        table, _, column = self.to.partition(".")
        name = self.what or words.get(self.to) or f"the {column} of a row of {table}"
        return name + "".join(f", or {word}" for word in self.also)

    def read(self, text: str) -> str:
        """The name; whether it is known is asked by `refers`."""
        if not text.strip() or text != text.strip():
            raise Unfit(self.expected)
        return text

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """Domain and name that must be known; words that the column allows besides refer to nothing."""
        if text not in self.also:
            yield self.to, text


@frozen(slots=False)
class Pair(Kind):
    """Two genes of a fusion, 5' first: `BCR::ABL1`. One side may be left out where `half`."""

    half: bool = False
    also: tuple[str, ...] = ()  # names of clusters of genes

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "a pair of genes as A::B" + (", where one side may be empty" if self.half else "")

    def read(self, text: str) -> tuple[str, str]:
        """The 5' and the 3' gene; `Unfit` for one colon, an empty side where both are needed, or blanks."""
        five, separator, three = text.partition("::")
        whole = bool(five and three) or (self.half and bool(five or three))
        if not separator or not whole or ":" in five or ":" in three or text != text.strip():
            raise Unfit(self.expected)
        return five, three

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """The genes of the pair, which must be known."""
        yield from ((GENES, name) for name in self.read(text) if name and name not in self.also)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell."""
        return {"type": "string", "pattern": r"^[^:\s]*::[^:\s]*$"}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place of the genome by name: `gene:PDGFRB`, `region:STIL_e1_i1`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@frozen(slots=False)
class Placed(Kind):
    """`gene:…` or `region:…`."""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "gene:NAME or region:NAME"

    def read(self, text: str) -> Place:
        """The gene or region; `Unfit` for another kind of place."""
        kind, _, name = text.partition(":")
        if kind not in ("gene", "region") or not name:
            raise Unfit(self.expected)
        return Place(kind, name)

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """The gene or region, which must be known."""
        place = self.read(text)
        yield (GENES if place.kind == "gene" else REGIONS), place.name

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell."""
        return {"type": "string", "pattern": "^(gene|region):.+$"}


def _of(unit: str) -> str:
    return f" of {unit}" if unit else ""


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {_plain(low)} to {_plain(high)}"
    if low is not None:
        return f" of at least {_plain(low)}" if low else " that is not negative"
    return f" of at most {_plain(high)}" if high is not None else ""


def _plain(number: float) -> str:
    """`10,000,000`, `0.5`."""
    return f"{int(number):,}" if number == int(number) else f"{number:g}"
