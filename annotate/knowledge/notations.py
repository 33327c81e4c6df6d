"""Kinds of cell with a notation of their own: stretches of numbers, conditions, patterns of bands."""

from __future__ import annotations

import re
from typing import Any

from annotate.base.frozen import frozen
from annotate.knowledge.kinds import Kind, Unfit


@frozen(slots=False)
class Spans(Kind):
    """Numbers and stretches of numbers: `39;238;355-375`."""

    of: str = "codons"

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return f"{self.of} as 39;355-375"

    def read(self, text: str) -> tuple[range, ...]:
        """The ranges, from 1; `Unfit` for one that runs backwards."""
        found = []
        for part in text.split(";"):
            match = re.fullmatch(r"\s*(\d{1,6})(?:-(\d{1,6}))?\s*", part, re.ASCII)
            if match is None:
                raise Unfit(self.expected)
            low, high = int(match[1]), int(match[2] or match[1])
            if not 0 < low <= high:
                raise Unfit(self.expected)
            found.append(range(low, high + 1))
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of a cell."""
        return {"type": "string", "pattern": r"^\s*\d+(-\d+)?(;\s*\d+(-\d+)?)*\s*$"}


@frozen(slots=False)
class Expression(Kind):
    """A condition of the decision tables; what its atoms may say is told by `annotate.knowledge.atoms`."""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "a condition that can be read"

    def read(self, text: str) -> str:
        """The condition as written; `Unfit`, with the place, where it cannot be parsed."""
        from annotate.knowledge.conditions import ConditionError, parse

        if not text or text != text.strip():
            raise Unfit(f"{self.expected}; `always` holds always")
        try:
            parse(text)
        except ConditionError as error:
            raise Unfit(f"{self.expected} ({error})") from None
        return text


@frozen(slots=False)
class BandPattern(Kind):
    """A pattern of a chromosome band: `q34`, `p1[23]`; `v` is any band of any chromosome."""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return "a pattern of a chromosome band, as q34 or p1[23]"

    def read(self, text: str) -> str:
        """The regular expression; `Unfit` where it is none, or where no band of the genome fits it."""
        try:
            compiled = re.compile(text)
        except re.error as error:
            raise Unfit(f"{self.expected} ({error})") from None
        if text != "v" and not any(compiled.match(band) for band in _BANDS):
            raise Unfit(f"{self.expected}, that some band fits")
        return text


_BANDS = tuple(f"{arm}{major}{minor}" for arm in "pq" for major in range(1, 5) for minor in ("", *range(1, 9)))
