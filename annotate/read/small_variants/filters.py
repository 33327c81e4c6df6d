"""What FILTER says of a record: passes, usable, may be germline, or weak. From the table `small_variant_filters`.

A word that the table does not know is weak: the record is not used, and speaks against a negative.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache

from annotate.knowledge.specs.variant_files import SmallVariantFilterRow
from annotate.knowledge.tables import Knowledge


class FilterClass(IntEnum):
    """From the best down: of several words of one record the worst counts."""

    PASS = 0
    USABLE = 1  # not PASS, but used by its caller's own documentation (MuSE's tiers)
    GERMLINE = 2  # dropped as germline or as seen in normals
    WEAK = 3

    @property
    def used(self) -> bool:
        """Does a record of this class count as a call?"""
        return self <= FilterClass.USABLE


MISSING = frozenset({"", "."})


@lru_cache(maxsize=4096)
def filter_class(text: str, caller: str, knowledge: Knowledge) -> FilterClass:
    """The class of a FILTER cell, in any case of letters.

    >>> filter_class("Pass;AllPASS", "", Knowledge.load()).name, filter_class("germline;q10", "", Knowledge.load()).name
    ('PASS', 'WEAK')
    """
    return max(_of_word(word.strip().casefold(), caller.casefold(), knowledge) for word in re.split(r"[;,]", text))


def _of_word(word: str, caller: str, knowledge: Knowledge) -> FilterClass:
    """A row of the caller's own goes before one for any caller."""
    if word in MISSING:
        return FilterClass.PASS
    known = _vocabulary(knowledge)
    return known.get((caller, word), known.get(("", word), FilterClass.WEAK))


@lru_cache(maxsize=8)
def _vocabulary(knowledge: Knowledge) -> Mapping[tuple[str, str], FilterClass]:
    rows = knowledge.rows(SmallVariantFilterRow)
    return {(row.caller.casefold(), row.word.casefold()): FilterClass[row.says.upper()] for row in rows}
