"""Copies of whole chromosomes in the dominant clone, and how many homologues of the two parents are left.

A chromosome's copies are its commonest state by length. Where the arms differ, the state at the centromere
counts, because chromosomes are counted by their centromeres. Short arms of acrocentric chromosomes, the
pseudoautosomal regions and heterochromatin are left out: callers see nothing reliable there.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOMES, CHROMOSOMES
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import ChromosomeState, Segment
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


ACROCENTRIC = frozenset({"13", "14", "15", "21", "22"})
UNSEEN_BANDS = frozenset({"acen", "gvar", "stalk"})
Interval = tuple[int, int]


def whole(copies: float) -> int:
    """Copies to the nearest whole number; a half goes up, so that the result does not depend on parity."""
    return math.floor(copies + 0.5)


@frozen
class CloneState:
    """Copies of one segment in the dominant clone."""

    total: float
    minor: float | None
    subclonal: bool


def clone_state(segment: Segment, knowledge: Knowledge) -> CloneState | None:
    """The state that most leukaemic cells have; None where the segment states no copies."""
    if segment.total is None:
        return None
    fraction, limit = segment.cellular_fraction, knowledge.value(cutoffs.COPY_NUMBER_CLONAL_FRACTION)
    if fraction is not None and fraction < limit:
        if segment.second_total is not None:
            return CloneState(segment.second_total, segment.second_minor, True)
        return CloneState(2.0, 1.0 if segment.minor is not None else None, True)
    far = abs(segment.total - whole(segment.total)) > knowledge.value(cutoffs.COPY_NUMBER_SUBCLONAL_DISTANCE)
    return CloneState(segment.total, known_minor(segment), far)


def known_minor(segment: Segment) -> float | None:
    """Copies of the rarer allele; none where there is one copy or less."""
    if segment.minor is not None:
        return segment.minor
    return None


# ---------------------------------------------------------------- mappable stretches


@lru_cache(maxsize=8)
def mappable(genome: Genome) -> Mapping[tuple[str, str], tuple[Interval, ...]]:
    """Stretches of each arm that callers can see: no heterochromatin, no acrocentric short arm, no PAR."""
    found: dict[tuple[str, str], list[Interval]] = {}
    for chrom in CHROMOSOMES:
        for band in genome.bands(chrom):
            arm = band.name[:1]
            if band.stain in UNSEEN_BANDS or (arm == "p" and chrom in ACROCENTRIC):
                continue
            parts = found.setdefault((chrom, arm), [])
            for start, end in _without_par(genome, chrom, band.start, band.end):
                if parts and parts[-1][1] + 1 == start:
                    parts[-1] = (parts[-1][0], end)
                else:
                    parts.append((start, end))
    return {key: tuple(parts) for key, parts in found.items() if parts}


def _without_par(genome: Genome, chrom: str, start: int, end: int) -> Iterator[Interval]:
    for par in sorted((p for p in genome.par if p.chrom == chrom), key=lambda p: p.start):
        if par.end < start or par.start > end:
            continue
        if start < par.start:
            yield start, par.start - 1
        start = par.end + 1
    if start <= end:
        yield start, end


def overlap(parts: Sequence[Interval], start: int, end: int) -> int:
    """Bases of start … end that lie in the parts (sorted, apart)."""
    if not parts or end < parts[0][0] or start > parts[-1][1]:
        return 0
    if len(parts) == 1:
        return max(0, min(end, parts[0][1]) - max(start, parts[0][0]) + 1)
    first = max(bisect_right(parts, (start, start)) - 1, 0)
    found = 0
    for low, high in parts[first:]:
        if low > end:
            break
        found += max(0, min(end, high) - max(start, low) + 1)
    return found


# ---------------------------------------------------------------- one chromosome


@frozen
class States:
    """Copies of the dominant clone by segment; NaN where they are not known."""

    total: Array
    minor: Array
    loose: Array  # subclonal, or far from whole copies

    def scaled(self, factor: float) -> States:
        """The same states with every copy multiplied, as for a doubled or halved clone."""
        return States(self.total * factor, self.minor * factor, self.loose)


def dominant_states(segments: Sequence[Segment], knowledge: Knowledge) -> States:
    """`clone_state` of every segment."""
    import numpy as np

    limit = knowledge.value(cutoffs.COPY_NUMBER_CLONAL_FRACTION)
    far = knowledge.value(cutoffs.COPY_NUMBER_SUBCLONAL_DISTANCE)
    nan = math.nan
    total = np.array([nan if s.total is None else s.total for s in segments], dtype=float)
    minor = np.array([nan if s.minor is None or s.total is None else s.minor for s in segments], dtype=float)
    loose = np.abs(total - np.floor(total + 0.5)) > far
    for place, segment in enumerate(segments):
        if segment.cellular_fraction is not None and segment.cellular_fraction < limit:
            state = clone_state(segment, knowledge)
            if state is not None:
                total[place], loose[place] = state.total, state.subclonal
                minor[place] = nan if state.minor is None else state.minor
    return States(total, minor, loose)


@frozen
class _ArmPlace:
    """An arm's mappable length, and of each segment of its chromosome the bases in it and next to the centromere."""

    length: int
    bases: Array
    near: Array


@frozen
class Layout:
    """Where segments lie: what of their chromosomes' states does not depend on copies."""

    chromosomes: Mapping[str, tuple[Array, Mapping[str, _ArmPlace]]]  # indices of segments, arms
    lengths: Array

    @staticmethod
    def of(segments: Sequence[Segment], genome: Genome, knowledge: Knowledge) -> Layout:
        """Segments by chromosome with their mappable lengths in base pairs, computed once for all readings."""
        import numpy as np

        groups: dict[str, list[int]] = {}
        for place, segment in enumerate(segments):
            groups.setdefault(segment.chrom, []).append(place)
        start = np.array([s.start for s in segments], dtype=np.int64)
        end = np.array([s.end for s in segments], dtype=np.int64)
        parts, reach = mappable(genome), knowledge.value(cutoffs.COPY_NUMBER_PERICENTROMERE)
        found = {}
        for chrom in CHROMOSOMES:
            if chrom in groups:
                index = np.array(groups[chrom], dtype=np.int64)
                arms = {arm: _arm(arm, parts.get((chrom, arm), ()), start[index], end[index], reach) for arm in "pq"}
                found[chrom] = (index, arms)
        return Layout(found, end - start + 1)


def _arm(arm: str, parts: Sequence[Interval], start: Array, end: Array, reach: int) -> _ArmPlace:
    import numpy as np

    length = sum(high - low + 1 for low, high in parts)
    if not parts:
        return _ArmPlace(0, np.zeros(len(start)), np.zeros(len(start)))
    edge = parts[-1][1] if arm == "p" else parts[0][0]
    low, high = (edge - reach, edge) if arm == "p" else (edge, edge + reach)
    return _ArmPlace(length, _inside(parts, start, end), _inside(parts, np.maximum(start, low), np.minimum(end, high)))


def _inside(parts: Sequence[Interval], start: Array, end: Array) -> Array:
    """Bases of each stretch that lie in the parts."""
    import numpy as np

    found = np.zeros(len(start), dtype=np.int64)
    for low, high in parts:
        found += np.maximum(np.minimum(end, high) - np.maximum(start, low) + 1, 0)
    return found


def commonest(lengths: Counter[int]) -> int | None:
    """The state with the greatest length; of equals the lower."""
    return min(lengths, key=lambda state: (-lengths[state], state)) if lengths else None


def _codes(copies: Array) -> Array:
    """Whole copies, one more than they are; 0 where they are not known."""
    import numpy as np

    whole_copies = np.floor(np.where(np.isnan(copies), -1.0, copies) + 0.5).clip(None, MOST_COPIES)
    return np.where(np.isnan(copies), 0, np.maximum(whole_copies, 0) + 1).astype(np.int64)


def _mode(codes: Array, weight: Array) -> int | None:
    """`commonest` of whole copies by weight; copies that are not known have no say. `codes` are those of `_codes`."""
    import numpy as np

    if not codes.size:
        return None
    lengths = np.bincount(codes, weights=weight)
    lengths[0] = 0.0
    most = int(lengths.argmax())
    return most - 1 if lengths[most] > 0 else None


MOST_COPIES = 1000


def chromosome_states(segments: Sequence[Segment], genome: Genome, knowledge: Knowledge) -> dict[str, ChromosomeState]:
    """The state of each chromosome that has segments with copies."""
    return states_by_chromosome(Layout.of(segments, genome, knowledge), dominant_states(segments, knowledge), knowledge)


def states_by_chromosome(layout: Layout, states: States, knowledge: Knowledge) -> dict[str, ChromosomeState]:
    """The state of each chromosome for one reading of the copies."""
    import numpy as np

    autosomal = [index for chrom, (index, _) in layout.chromosomes.items() if chrom in AUTOSOMES]
    every = np.concatenate(autosomal) if autosomal else np.zeros(0, dtype=np.int64)
    totals, minors = _codes(states.total), _codes(states.minor)
    base = _mode(totals[every], layout.lengths[every])
    lost = states.minor < knowledge.value(cutoffs.COPY_NUMBER_ZERO_COPIES)
    enough = knowledge.value(cutoffs.COPY_NUMBER_MIN_CHROMOSOME_ALLELES)
    return {
        chrom: _chromosome(
            chrom,
            arms,
            _Codes(totals[index], minors[index], lost[index], states.loose[index]),
            2 if base is None else base,
            enough,
        )
        for chrom, (index, arms) in layout.chromosomes.items()
    }


@frozen
class _Codes:
    """One chromosome's segments: total and minor copies by `_codes`, one parent's copy lost, between two states."""

    total: Array
    minor: Array
    lost: Array
    loose: Array


def _chromosome(chrom: str, arms: Mapping[str, _ArmPlace], copies: _Codes, base: int, enough: float) -> ChromosomeState:
    """`enough`: the share of what is seen of a chromosome that its alleles must be known of."""
    total = copies.total
    bases = (arms["p"].bases + arms["q"].bases) * (total > 0)
    seen = float(bases.sum())
    phased = bases * (copies.minor > 0)
    known = float(phased.sum())
    lost = float((phased * copies.lost).sum())
    length = arms["p"].length + arms["q"].length
    alleles = bool(seen) and known >= enough * seen
    p, q = _mode(total, arms["p"].bases), _mode(total, arms["q"].bases)
    return ChromosomeState(
        chrom=chrom,
        total=_at_centromere(
            _Arm(p, _mode(total, arms["p"].near), arms["p"].length),
            _Arm(q, _mode(total, arms["q"].near), arms["q"].length),
            base,
        ),
        minor=_mode(copies.minor, bases) if alleles else None,
        loh_fraction=lost / known if alleles and known else None,
        covered=seen / length if length else 0.0,
        p_total=p,
        q_total=q,
        subclonal=bool(seen) and float((bases * copies.loose).sum()) > seen / 2,
    )


@frozen
class _Arm:
    mode: int | None
    near: int | None  # state next to the centromere
    length: int


def _at_centromere(p: _Arm, q: _Arm, base: int) -> int | None:
    """Chromosomes that hold this centromere.

    One arm seen (acrocentric chromosomes): the state next to the centromere. Arms alike: their state. Arms unlike:
    the state next to the centromere where both sides agree; two apart is an isochromosome, which has one centromere
    for both copies of its arm; one apart is the arm that is nearer to the rest of the genome, because a lost arm
    leaves its centromere and a gained one mostly comes without.
    """
    if p.mode is None or q.mode is None:
        only = q if p.mode is None else p
        return only.near if only.near is not None else only.mode
    if p.mode == q.mode:
        return p.mode
    if p.near is not None and p.near == q.near:
        return p.near
    low, high = sorted((p.mode, q.mode))
    if (high - low) % 2 == 0:
        return (low + high) // 2
    return min((p, q), key=lambda arm: (abs((arm.mode or 0) - base), -arm.length)).mode


def middle(values: Iterable[tuple[float, int]]) -> float | None:
    """The median of values weighted by their lengths: the first at which half of the length is reached."""
    rows = sorted(values)
    passed = list(accumulate(length for _, length in rows))
    return rows[bisect_left(passed, passed[-1] / 2)][0] if rows else None
