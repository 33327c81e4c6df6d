"""Breakend algebra: what a structural-variant record says of which sides are kept and joined.

A breakend keeps the left (`L`) or the right (`R`) of its base. VCF writes it as ``t[p[`` (local L, mate R),
``t]p]`` (L, L), ``]p]t`` (R, L) and ``[p[t`` (R, R). A symbolic record is turned into breakends first:
DEL joins the low end's left to the high end's right, DUP the high end's left to the low end's right,
INV is two junctions, left to left and right to right.

Positions are those of the last base that is kept. `inserted_sequence` is written on the forward strand of the
junction's left breakend, as the VCF record of that breakend would write it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from annotate.base import chromosomes
from annotate.base.sequence import reverse_complement
from annotate.model.junctions import Breakend, Junction, Side

CHROMOSOMES: tuple[str, ...] = (*chromosomes.CHROMOSOMES, "MT")
RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(CHROMOSOMES)}

Connection = Literal["LL", "LR", "RL", "RR"]  # side kept at the first and at the second place


def other(side: Side) -> Side:
    """The opposite side."""
    return "R" if side == "L" else "L"


def order(breakend: Breakend) -> tuple[int, str, int, str]:
    """Sort key: chromosomes 1 … 22, X, Y, MT, then anything else by name."""
    return (RANK.get(breakend.chrom, len(RANK)), breakend.chrom, breakend.pos, breakend.keeps)


def precedes(a: Breakend, b: Breakend) -> bool:
    """Is `a` before `b` in the order of `order`? Quicker than comparing two keys."""
    if a.chrom == b.chrom:
        return (a.pos, a.keeps) < (b.pos, b.keeps)
    return order(a) < order(b)


# ---------------------------------------------------------------- symbolic records


def deletion(chrom: str, before: int, after: int) -> tuple[Breakend, Breakend]:
    """`before` and `after` are the kept bases on either side."""
    return Breakend(chrom, before, "L"), Breakend(chrom, after, "R")


def duplication(chrom: str, first: int, last: int) -> tuple[Breakend, Breakend]:
    """`first` and `last` are the outermost bases of the duplicated stretch."""
    return Breakend(chrom, first, "R"), Breakend(chrom, last, "L")


def inversion(chrom: str, first: int, last: int, side: Side) -> tuple[Breakend, Breakend]:
    """One of the two junctions of an inverted stretch `first` … `last`: the left (`L`) or the right (`R`) one.

    The left junction joins the base before the stretch to its last base, the right one its first base to the
    base after it.
    """
    if side == "L":
        return Breakend(chrom, first - 1, "L"), Breakend(chrom, last, "L")
    return Breakend(chrom, first, "R"), Breakend(chrom, last + 1, "R")


def insertion(chrom: str, before: int) -> tuple[Breakend, Breakend]:
    """Both ends of a sequence inserted behind the base `before`."""
    return Breakend(chrom, before, "L"), Breakend(chrom, before + 1, "R")


def sequence_change(chrom: str, pos: int, ref: str, alt: str) -> tuple[Breakend, Breakend, str] | None:
    """A deletion or an insertion written with bases; None when no bases are lost or gained.

    A placeholder N anchor (long-read callers write ``N`` for the shorter allele) counts as the anchor base.
    """
    if len(ref) == len(alt):
        return None
    if len(ref) == 1 and ref in "Nn" and alt[0] not in "Nn":
        return *insertion(chrom, pos), alt
    prefix = _common(ref, alt) or (1 if len(alt) == 1 and alt in "Nn" else 0)
    suffix = _common(ref[prefix:][::-1], alt[prefix:][::-1])
    left, right = Breakend(chrom, pos + prefix - 1, "L"), Breakend(chrom, pos + len(ref) - suffix, "R")
    return left, right, alt[prefix : len(alt) - suffix]


def _common(a: str, b: str) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x.upper() != y.upper():
            break
        count += 1
    return count


# ---------------------------------------------------------------- one canonical junction


def join(
    here: Breakend,
    there: Breakend | None,
    *,
    inserted: str = "",
    here_range: tuple[int, int] = (0, 0),
    there_range: tuple[int, int] = (0, 0),
    **facts: Any,
) -> Junction:
    """The junction in canonical order, whichever of its two ends is named first.

    `inserted` is written on the forward strand of `here`. When the ends swap places it is written anew on the
    other end's forward strand: reversed and complemented where both ends keep the same side.
    """
    if there is not None and precedes(there, here):
        if here.keeps == there.keeps:
            inserted = reverse_complement(inserted)
        here, there, here_range, there_range = there, here, there_range, here_range
    return Junction(
        id=name(here, there),
        left=here,
        right=there,
        inserted_sequence=inserted.upper(),
        left_range=here_range,
        right_range=there_range,
        **facts,
    )


def name(left: Breakend, right: Breakend | None) -> str:
    """A name made of the coordinates, the same in every file and in every run.

    >>> name(Breakend("9", 5, "R"), Breakend("22", 7, "L"))
    '9:5R~22:7L'
    """
    first = f"{left.chrom}:{left.pos}{left.keeps}"
    return f"{first}~{right.chrom}:{right.pos}{right.keeps}" if right is not None else f"{first}~?"
