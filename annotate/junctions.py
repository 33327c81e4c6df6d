"""Breakend algebra: what a structural-variant record says of which sides are kept and joined.

A breakend keeps the left (`L`) or the right (`R`) of its base. VCF writes it as ``t[p[`` (local L, mate R),
``t]p]`` (L, L), ``]p]t`` (R, L) and ``[p[t`` (R, R). A symbolic record is turned into breakends first:
DEL joins the low end's left to the high end's right, DUP the high end's left to the low end's right,
INV is two junctions, left to left and right to right.

Positions are those of the last base that is kept. `inserted_sequence` is written on the forward strand of the
junction's left breakend, as the VCF record of that breakend would write it.
"""

from __future__ import annotations

import gc
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from annotate.model import Breakend, Junction, Side

CHROMOSOMES: tuple[str, ...] = (*(str(n) for n in range(1, 23)), "X", "Y", "MT")
RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(CHROMOSOMES)}

Connection = Literal["LL", "LR", "RL", "RR"]  # side kept at the first and at the second place

MAX_STEPS = 200_000  # of following chains; a file of random junctions needs one a junction

_COMPLEMENT = str.maketrans("ACGTNacgtnRYKMBVDHrykmbvdh", "TGCANtgcanYRMKVBHDyrmkvbhd")
_MATE = re.compile(r"([A-Za-z*.]*)([\[\]])([^\[\]]+):(-?\d+)([\[\]])([A-Za-z*.]*)")
_BASES = re.compile(r"[A-Za-z]+")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: the objects of a file are many and in no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def other(side: Side) -> Side:
    """The opposite side."""
    return "R" if side == "L" else "L"


def reverse_complement(sequence: str) -> str:
    """Bases of the other strand in their own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]


def order(breakend: Breakend) -> tuple[int, str, int, str]:
    """Sort key: chromosomes 1 … 22, X, Y, MT, then anything else by name."""
    return (RANK.get(breakend.chrom, len(RANK)), breakend.chrom, breakend.pos, breakend.keeps)


def precedes(a: Breakend, b: Breakend) -> bool:
    """Is `a` before `b` in the order of `order`? Quicker than comparing two keys."""
    if a.chrom == b.chrom:
        return (a.pos, a.keeps) < (b.pos, b.keeps)
    return order(a) < order(b)


# ---------------------------------------------------------------- what VCF's ALT says


@dataclass(frozen=True, slots=True)
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


def same_event(a: Junction, b: Junction, window: int) -> bool:
    """Same sides kept, both ends within `window` bases plus what each calls inexact."""
    if a.right is None or b.right is None:
        return a.right is b.right and _near(a.left, b.left, _slack(a.left_range, b.left_range, window))
    return _near(a.left, b.left, _slack(a.left_range, b.left_range, window)) and _near(
        a.right, b.right, _slack(a.right_range, b.right_range, window)
    )


def _near(a: Breakend, b: Breakend, slack: int) -> bool:
    return a.chrom == b.chrom and a.keeps == b.keeps and abs(a.pos - b.pos) <= slack


def _slack(a: tuple[int, int], b: tuple[int, int], window: int) -> int:
    return window + min(max(abs(a[0]), abs(a[1]), abs(b[0]), abs(b[1])), 10 * window)


# ---------------------------------------------------------------- several callers


def merge(by_file: Sequence[Sequence[Junction]], window: int) -> tuple[Junction, ...]:
    """Junctions of several files as one list: the same event seen by two callers is one junction with both named.

    Two junctions of one file are never merged. The nearest pairs are merged first, so that the result does not
    depend on the order of files or records.
    """
    everything = [(index, junction) for index, junctions in enumerate(by_file) for junction in junctions]
    if len(by_file) < 2:
        return tuple(sorted((junction for _, junction in everything), key=position))
    groups: list[list[int]] = [[n] for n in range(len(everything))]
    group_of = list(range(len(everything)))
    for _, a, b in sorted(_close_pairs(everything, window)):
        first, second = group_of[a], group_of[b]
        files = {everything[n][0] for n in groups[first]}
        if first == second or any(everything[n][0] in files for n in groups[second]):
            continue
        for n in groups[second]:
            group_of[n] = first
        groups[first] += groups[second]
        groups[second] = []
    merged = (combine([everything[n][1] for n in group]) for group in groups if group)
    return tuple(sorted(merged, key=position))


def position(junction: Junction) -> tuple[Any, ...]:
    """Sort key of a junction."""
    right = order(junction.right) if junction.right is not None else (len(RANK) + 1, "", 0, "")
    return (order(junction.left), right, junction.inserted_sequence, junction.records)


def _close_pairs(
    everything: Sequence[tuple[int, Junction]], window: int
) -> Iterable[tuple[tuple[int, tuple[Any, ...], tuple[Any, ...]], int, int]]:
    by_kind: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, (_, junction) in enumerate(everything):
        right = junction.right
        tail = (right.chrom, right.keeps) if right is not None else ()
        by_kind[(junction.left.chrom, junction.left.keeps, *tail)].append(n)
    for members in by_kind.values():
        members.sort(key=lambda n: position(everything[n][1]))
        for place, n in enumerate(members):
            a = everything[n][1]
            for m in members[place + 1 :]:
                b = everything[m][1]
                if b.left.pos - a.left.pos > 11 * window:
                    break
                if everything[n][0] != everything[m][0] and same_event(a, b, window):
                    yield (_distance(a, b), position(a), position(b)), n, m


def _distance(a: Junction, b: Junction) -> int:
    right = abs(a.right.pos - b.right.pos) if a.right is not None and b.right is not None else 0
    return abs(a.left.pos - b.left.pos) + right


def combine(junctions: Sequence[Junction]) -> Junction:
    """One junction of several callers' records of the same event: the most exact record leads."""
    if len(junctions) == 1:
        return junctions[0]
    ranked = sorted(junctions, key=_exactness)
    lead = ranked[0]
    passing = [j for j in ranked if "filtered_by_caller" not in j.flags]
    flags = {flag for j in (passing or ranked) for flag in j.flags}
    if any("orientation_unknown" not in j.flags for j in ranked):
        flags.discard("orientation_unknown")
    filters = sorted({j.filter for j in (passing or ranked) if j.filter})
    return replace(
        lead,
        **{fact: _first(ranked, fact) for fact in ("split_reads", "paired_reads", "support", "vaf", "depth")},
        inserted_sequence=next((j.inserted_sequence for j in ranked if j.inserted_sequence), ""),
        homology=next((j.homology for j in ranked if j.homology), ""),
        filter=";".join(filters) or None,
        callers=tuple(sorted({caller for j in ranked for caller in j.callers})),
        files=_unique(file for j in ranked for file in j.files),
        records=_unique(record for j in ranked for record in j.records),
        flags=tuple(sorted(flags)),
    )


def _exactness(junction: Junction) -> tuple[Any, ...]:
    width = junction.left_range[1] - junction.left_range[0] + junction.right_range[1] - junction.right_range[0]
    return (
        "filtered_by_caller" in junction.flags,
        "orientation_unknown" in junction.flags,
        not junction.precise,
        width,
        -(junction.reads or 0),
        junction.callers,
        position(junction),
    )


def _first(ranked: Sequence[Junction], fact: str) -> Any:
    """Counts come from one caller, the most exact one that gives any: callers count the same reads."""
    return next((value for j in ranked if (value := getattr(j, fact)) is not None), None)


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sorted(items)))


# ---------------------------------------------------------------- chains


@dataclass(slots=True)
class Hop:
    """A junction walked from one of its ends to the other."""

    junction: Junction
    enters: Breakend  # where the walk arrives at the junction
    leaves: Breakend  # where it goes on behind it


def hops(junction: Junction) -> tuple[Hop, ...]:
    """A junction crossed in either direction; none for a single breakend."""
    if junction.right is None:
        return ()
    return (Hop(junction, junction.left, junction.right), Hop(junction, junction.right, junction.left))


@dataclass(frozen=True, slots=True)
class Entries:
    """Where junctions can be entered, by contig and side: sorted places, and the junction that begins there."""

    junctions: Sequence[Junction]
    places: Mapping[tuple[str, Side], Sequence[int]]
    numbers: Mapping[tuple[str, Side], Sequence[int]]  # twice the junction's index, one more by its left end

    @staticmethod
    def of(junctions: Sequence[Junction]) -> Entries:
        found: dict[tuple[str, Side], list[tuple[int, int]]] = defaultdict(list)
        for number, junction in enumerate(junctions):
            left, right = junction.left, junction.right
            if right is not None:
                found[left.chrom, left.keeps].append((left.pos, 2 * number + 1))
                found[right.chrom, right.keeps].append((right.pos, 2 * number))
        for entries in found.values():
            entries.sort()
        return Entries(
            junctions,
            {key: [place for place, _ in entries] for key, entries in found.items()},
            {key: [number for _, number in entries] for key, entries in found.items()},
        )

    def behind(self, at: Breakend, distance: int) -> Iterator[Hop]:
        """Hops that begin at most `distance` bases behind a breakend, on the stretch that it keeps."""
        key, index, high = self._first(at, distance)
        places = self.places.get(key, ())
        while index < len(places) and places[index] <= high:
            number = self.numbers[key][index]
            yield hops(self.junctions[number // 2])[0 if number % 2 else 1]
            index += 1

    def any_behind(self, at: Breakend, distance: int) -> bool:
        """Does any hop begin there? Quicker than `behind`, and enough for most junctions."""
        key, index, high = self._first(at, distance)
        places = self.places.get(key, ())
        return index < len(places) and places[index] <= high

    def _first(self, at: Breakend, distance: int) -> tuple[tuple[str, Side], int, int]:
        """Contig and side of the entries behind a breakend, the first of them, and the last base of the stretch."""
        kept_right = at.keeps == "R"
        key: tuple[str, Side] = (at.chrom, "L" if kept_right else "R")
        low = at.pos if kept_right else at.pos - distance
        return key, bisect_left(self.places.get(key, ()), low), low + distance


def walks(junctions: Sequence[Junction], distance: int, longest: int) -> list[tuple[Hop, ...]]:
    """Walks over two to `longest` junctions, each next one at most `distance` bases behind the last.

    Behind a breakend that keeps the right, the derivative chromosome runs to the right until a breakend that
    keeps the left leaves it, and the other way round: only such a stretch lies between two junctions of a walk.
    Each walk is given once, from its end with the lower place. Dense clusters are cut off at MAX_STEPS.
    """
    entries = Entries.of(junctions)
    result: list[tuple[Hop, ...]] = []
    steps = MAX_STEPS
    waiting: list[tuple[Hop, ...]] = []
    for junction in junctions:
        if junction.right is None:
            continue
        for leaves, enters in ((junction.right, junction.left), (junction.left, junction.right)):
            if not entries.any_behind(leaves, distance):
                continue
            waiting.append((Hop(junction, enters, leaves),))
            while waiting and steps > 0:
                walk = waiting.pop()
                if len(walk) > 1 and order(walk[0].enters) <= order(walk[-1].leaves):
                    result.append(walk)
                if len(walk) == longest:
                    continue
                for following in entries.behind(walk[-1].leaves, distance):
                    steps -= 1
                    if all(following.junction.id != before.junction.id for before in walk):
                        waiting.append((*walk, following))
    return result


def chains(junctions: Sequence[Junction], distance: int, longest: int = 4) -> tuple[tuple[str, ...], ...]:
    """Ids of junctions that follow one another within `distance` bases; a chain inside a longer one is left out."""
    found = {tuple(hop.junction.id for hop in walk) for walk in walks(junctions, distance, longest)}
    inside = {part for chain in found for part in _parts(chain)}
    return tuple(sorted(found - inside))


def _parts(chain: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Every shorter stretch of a chain, read either way."""
    for width in range(2, len(chain)):
        for start in range(len(chain) - width + 1):
            yield chain[start : start + width]
            yield chain[start : start + width][::-1]
