"""The ALT column of a VCF breakend: read and written (VCF 4.x, section 5.4)."""

from __future__ import annotations

import re

from annotate.base.frozen import frozen
from annotate.model.junctions import Breakend, Side

_MATE = re.compile(r"([A-Za-z*.]*)([\[\]])([^\[\]]+):(-?\d+)([\[\]])([A-Za-z*.]*)")
_BASES = re.compile(r"[A-Za-z]+")


# ---------------------------------------------------------------- what VCF's ALT says


@frozen
class Alt:
    """A breakend ALT read: the side kept here, and the mate (None for a single breakend)."""

    keeps: Side
    mate_chrom: str | None
    mate_pos: int | None
    mate_keeps: Side | None
    inserted: str


def parse_alt(alt: str, ref_length: int = 1) -> Alt | None:
    """``N[chr9:130854064[``, ``]2:5]ACN``, ``N.``, ``.N``: None when it is no breakend.

    >>> parse_alt("TAC[13:5[")
    Alt(keeps='L', mate_chrom='13', mate_pos=5, mate_keeps='R', inserted='AC')
    """
    if "[" in alt or "]" in alt:
        return _joined(alt, ref_length)
    if len(alt) > 1 and alt.endswith(".") and _BASES.fullmatch(alt[:-1]):
        return Alt("L", None, None, None, alt[ref_length:-1])
    if len(alt) > 1 and alt.startswith(".") and _BASES.fullmatch(alt[1:]):
        return Alt("R", None, None, None, alt[1 : len(alt) - ref_length])
    return None


def _joined(alt: str, ref_length: int) -> Alt | None:
    match = _MATE.fullmatch(alt)
    if match is None:
        return None
    before, bracket, chrom, pos, closing, after = match.groups()
    if bracket != closing or bool(before) == bool(after):
        return None
    mate_keeps: Side = "R" if bracket == "[" else "L"
    if before:
        return Alt("L", chrom, int(pos), mate_keeps, _real(before[ref_length:]))
    return Alt("R", chrom, int(pos), mate_keeps, _real(after[: max(len(after) - ref_length, 0)]))


def _real(sequence: str) -> str:
    return "" if sequence in (".", "*") else sequence.strip(".*")


def write_alt(local: Breakend, mate: Breakend | None, base: str = "N", inserted: str = "", prefix: str = "") -> str:
    """The ALT of a breakend record at `local`; `inserted` on the forward strand of `local`."""
    if mate is None:
        return f"{base}{inserted}." if local.keeps == "L" else f".{inserted}{base}"
    bracket = "[" if mate.keeps == "R" else "]"
    place = f"{bracket}{prefix}{mate.chrom}:{mate.pos}{bracket}"
    return f"{base}{inserted}{place}" if local.keeps == "L" else f"{place}{inserted}{base}"
