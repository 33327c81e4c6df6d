"""Which records of a very long VCF can touch the panel, told from a few bytes of the line before anything is built.

A file of germline or unfiltered calls holds hundreds of thousands of records, of which a few hundred concern a lesion.
Up to `WHOLE` records every junction is kept, as the report lists them; of a longer file those that concern a lesion
(`Targets.concerns`). The sieve is a shortcut to the same answer: it decides on records of plain shapes (breakends,
<DEL>, <DUP>, <INV>, <TRA>, <INS>, alleles written with bases) by their places, with some slack and with every side
where a record does not tell them. Whatever else a line holds it hands on, to be read and judged as in a short file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from annotate.base.filters import PASSING
from annotate.model.junctions import Side
from annotate.read.common.passing import filter_word
from annotate.read.structural.callers import Dialect
from annotate.read.structural.cells import kind_of, stated_sides
from annotate.read.structural.drafts import LOCAL
from annotate.read.structural.grid import Grid
from annotate.read.structural.record import Contigs

WHOLE = 10_000  # records of a file that are read whatever they touch
BEYOND = "beyond_panel"
LONGEST_NUMBER = 12
MOST_KEPT = 1000  # words of a file that are looked up once
FIXED = 8  # cells of a record before its samples; the last one holds INFO and all behind it

_STATED = re.compile(r"(?:^|;)(CT|STRANDS|STRAND|INV3|INV5)(?:=([^;\t]*))?(?=[;\t]|$)")
_ENDS = ("END=", "POS2=", "SVLEN=")  # of one chromosome: the first that is there
_FAR_ENDS = ("POS2=", "END2=", "END=")  # on another one
_MATES = ("MATEID=", "PARID=", "MATE_ID=")
_JOINS: Mapping[str, tuple[tuple[Side, Side], ...]] = {
    "DEL": (("L", "R"),),
    "DUP": (("R", "L"),),
    "INV": (("L", "L"), ("R", "R")),
}


def mates_named(info: str) -> Sequence[str]:
    """Ids of the records that a record names as its mates. `info`: INFO, with what follows it."""
    key, text = _first_value(info, _MATES)
    return text.split(",") if key else ()


def _first_value(info: str, keys: Sequence[str]) -> tuple[str, str]:
    """The first of some `KEY=` that INFO holds, and its value, without taking INFO apart; two blanks for none."""
    for key in keys:
        start = info.find(key)
        while start > 0 and info[start - 1] != ";":
            start = info.find(key, start + 1)
        if start >= 0:
            start += len(key)
            end = info.find(";", start)
            return key, (info[start:] if end < 0 else info[start:end]).partition("\t")[0]
    return "", ""


def beyond_reason(filters: str) -> str:
    """How a record that concerns no lesion is counted: by its filter, where it has one."""
    return BEYOND if filters in PASSING else f"filter:{filters}"


@dataclass(slots=True)
class Sieve:
    """`grid`: stretches with slack. `sides_told`: brackets of this file's breakend records state the sides."""

    grid: Grid
    contigs: Contigs
    dialect: Dialect
    sides_told: bool
    kinds: dict[str, str | None] = field(default_factory=dict)  # by symbolic allele
    reasons: dict[str, str] = field(default_factory=dict)  # by FILTER

    def dropped(self, cells: Sequence[str]) -> str | None:
        """The reason for which a record is counted and not read; None where it must be read.

        `cells`: the line in `FIXED` cells.
        """
        if len(cells) < FIXED or cells[0].startswith("#"):
            return None
        chrom, pos, alt = self.contigs.find(cells[0]), cells[1], cells[4]
        if not pos.isdecimal() or len(pos) > LONGEST_NUMBER:
            return None
        here = int(pos)
        if chrom is not None and not self.contigs.holds(chrom, here):
            return None
        if "[" in alt or "]" in alt:
            beyond = self._breakend(chrom, here, alt, cells[7])
        elif chrom is None:
            return None
        elif alt.startswith("<"):
            beyond = self._symbolic(chrom, here, alt, cells[7])
        elif alt.endswith(".") or alt.startswith("."):
            beyond = self._single(chrom, here, alt, cells[7])
        else:
            return self._bases(chrom, here, cells)
        return self._reason(cells[6]) if beyond else None

    # ------------------------------------------------------------ does it certainly concern no lesion?

    def _breakend(self, chrom: str | None, pos: int, alt: str, info: str) -> bool:
        bracket = "[" if "[" in alt else "]"
        parts = alt.split(bracket)
        if len(parts) != 3 or not (parts[0] + parts[2]).isalpha() or (parts[0] and parts[2]):
            return False
        name, _, far = parts[1].rpartition(":")
        if not far.isdecimal() or len(far) > LONGEST_NUMBER or "]" in name:
            return False
        mate, there = self.contigs.find(name.strip("<>")), int(far)
        if mate is None:
            return chrom is not None and not self.grid.broken(chrom, pos)
        if not self.contigs.holds(mate, there):
            return False
        if chrom is None:
            return not self.grid.broken(mate, there)
        if self.sides_told:
            keeps: Side = "L" if parts[0] else "R"
            mate_keeps: Side = "R" if bracket == "[" else "L"
            if self.grid.joined((chrom, pos, keeps), (mate, there, mate_keeps)):
                return False
            if self._agree(keeps + mate_keeps, info):
                return True
        return not self.grid.joined((chrom, pos, None), (mate, there, None))

    def _agree(self, written: str, info: str) -> bool:
        """Does INFO state no other sides than the brackets?"""
        if "CT=" not in info and "STRAND" not in info and "INV" not in info:
            return True
        stated = stated_sides(dict(_STATED.findall(info)), self.dialect.strands)
        return not stated or written in stated

    def _symbolic(self, chrom: str, pos: int, alt: str, info: str) -> bool:
        kind = self._kind(alt)
        name = _first_value(info, ("CHR2=", "CHROM2="))[1]
        mate = self.contigs.find(name) if name not in ("", ".") else chrom
        end = _end(pos, info, _ENDS if mate == chrom else _FAR_ENDS)
        if kind == "INS":
            plain = mate == chrom and (end >= pos if end is not None else "END=" not in info)
            return plain and not self.grid.touched(chrom, pos, pos + 1, local=True)
        if kind is None or mate is None or end is None or not self.contigs.holds(mate, end):
            return False
        if mate != chrom:
            return not self.grid.joined((chrom, pos, None), (mate, end, None))
        if kind not in _JOINS or end < pos:
            return False
        return not any(self.grid.joined((chrom, pos, a), (chrom, end, b)) for a, b in _JOINS[kind])

    def _kind(self, alt: str) -> str | None:
        if alt in self.kinds:
            return self.kinds[alt]
        kind = kind_of(alt.strip("<>").upper())
        if len(self.kinds) < MOST_KEPT:
            self.kinds[alt] = kind
        return kind

    def _single(self, chrom: str, pos: int, alt: str, info: str) -> bool:
        """A single breakend: where its gene breaks, or where its inserted sequence may name a known partner."""
        if not alt.strip(".").isalpha() or len(alt.strip(".")) != len(alt) - 1:
            return False
        return not self.grid.broken(chrom, pos) and "ALN=" not in info

    def _bases(self, chrom: str, pos: int, cells: Sequence[str]) -> str | None:
        ref, alt = cells[3], cells[4]
        if not ref.isalpha() or not alt.isalpha():
            return None
        if len(ref) == len(alt):
            return "not_structural"
        end = pos + len(ref)
        if len(ref) > LOCAL - 2 * self.grid.slack or self.grid.touched(chrom, pos - 1, end, local=True):
            return None
        return self._reason(cells[6])

    def _reason(self, filters: str) -> str:
        known = self.reasons.get(filters)
        if known is None:
            known = beyond_reason(filter_word(filters))
            if len(self.reasons) < MOST_KEPT:
                self.reasons[filters] = known
        return known


def _end(pos: int, info: str, keys: Sequence[str]) -> int | None:
    """The end that a symbolic record names; None where it names none that can be read."""
    key, text = _first_value(info, keys)
    text = text.lstrip("+-")
    if not text.isdecimal() or len(text) > LONGEST_NUMBER or not (number := int(text)):
        return None
    return pos + number if key == "SVLEN=" else number
