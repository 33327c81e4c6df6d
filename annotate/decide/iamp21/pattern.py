"""The shape of 21q: pieces, steps and anchors, and whether they look like iAMP21."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import Iamp21AnchorRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment
from annotate.name.copy_number.chromosomes import clone_state, whole


@frozen
class MappableSegment:
    """One stretch of 21q without masked places."""

    start: int
    end: int
    copies: float
    segment: Segment

    @property
    def length(self) -> int:
        """Length in base pairs."""
        return self.end - self.start + 1


@frozen
class Anchor:
    """A gene or place on 21 at which copies are read (table `iamp21_anchors`); 1-based, both ends included."""

    name: str
    role: str  # runx1, anchor, telomere, proximal
    chrom: str
    start: int
    end: int


@frozen
class Pattern:
    """Copies along 21q: of RUNX1, of the anchors, the telomere and the proximal part; `states` are the steps."""

    runx1: int | None
    anchors: Mapping[str, int]
    peak: int | None
    telomere: int | None
    proximal: int | None
    states: tuple[int, ...]
    raw_runx1: float | None = None
    raw_telomere: float | None = None

    @property
    def steps(self) -> int:
        """How many different copy states lie on 21q."""
        return len(set(self.states))


Kind = Literal["typical", "atypical", "unclear", "uniform", "none", "unknown"]


@frozen
class Judged:
    """What a pattern means; `text` says why."""

    kind: Kind
    text: str


# ---------------------------------------------------------------- the pattern


def anchors_of(assembly: str, knowledge: Knowledge) -> tuple[Anchor, ...]:
    """The anchors with positions in this assembly."""
    return tuple(
        Anchor(row.anchor, row.role, row.chrom, row.start, row.end)
        for row in knowledge.rows(Iamp21AnchorRow)
        if row.assembly == assembly
    )


def mappable_segments(segments: Iterable[Segment], case: Case, *, minority: bool = False) -> list[MappableSegment]:
    """21q of the dominant clone (of a smaller one with `minority`), masked places cut out."""
    found: list[MappableSegment] = []
    arm = next((a for (c, name), a in case.genome.arms.items() if c == "21" and name == "q"), None)
    masks = sorted((m.start, m.end) for m in case.genome.masks() if m.chrom == "21")
    for segment in sorted((s for s in segments if s.chrom == "21"), key=lambda s: s.start):
        state = clone_state(segment, case.knowledge)
        copies = state.total if state is not None else None
        if minority and other_clone(segment, case.knowledge) is not None:
            copies = other_clone(segment, case.knowledge)
        if copies is None:
            continue
        start = max(segment.start, arm.start) if arm is not None else segment.start
        for low, high in _cut(start, segment.end, masks):
            found.append(MappableSegment(low, high, copies, segment))
    return found


def other_clone(segment: Segment, knowledge: Knowledge) -> float | None:
    """Copies in the smaller clone: callers list its state first or second."""
    fraction = segment.cellular_fraction
    if fraction is None:
        return None
    return segment.total if fraction < knowledge.value(cutoffs.COPY_NUMBER_CLONAL_FRACTION) else segment.second_total


def _cut(start: int, end: int, masks: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for low, high in masks:
        if high < start or low > end:
            continue
        if low > start:
            yield start, low - 1
        start = high + 1
    if start <= end:
        yield start, end


def steps_of(pieces: Sequence[MappableSegment], knowledge: Knowledge) -> list[tuple[float, int]]:
    """Copies and length of the steps along 21q: neighbours that differ by less than a step are one."""
    smallest = knowledge.value(cutoffs.IAMP21_STEP)
    steps: list[tuple[float, int]] = []
    for piece in pieces:
        steps.append((piece.copies, piece.length))
    shortest = knowledge.value(cutoffs.IAMP21_MIN_STATE_LENGTH)
    steps = [step for step in _merged(steps, smallest) if step[1] >= shortest]
    return _merged(steps, smallest)


def _merged(steps: Sequence[tuple[float, int]], smallest: float) -> list[tuple[float, int]]:
    """The two most alike neighbours become one until all neighbours differ enough."""
    found = list(steps)
    gaps = [abs(one[0] - two[0]) for one, two in pairwise(found)]
    while gaps:
        least = min(gaps)
        if least >= smallest:
            break
        place = gaps.index(least)
        (a, m), (b, n) = found[place], found[place + 1]
        copies = (a * m + b * n) / (m + n)
        found[place : place + 2] = [(copies, m + n)]
        del gaps[place]
        if place:
            gaps[place - 1] = abs(found[place - 1][0] - copies)
        if place < len(gaps):
            gaps[place] = abs(copies - found[place + 1][0])
    return found


def pattern_of(pieces: Sequence[MappableSegment], assembly: str, knowledge: Knowledge) -> Pattern:
    """The shape of chromosome 21: copies at RUNX1, at the anchors and at the telomere, and the states between."""
    values: dict[str, float] = {}
    roles: dict[str, str] = {}
    for anchor in anchors_of(assembly, knowledge):
        copies = _median(pieces, anchor, knowledge)
        if copies is not None:
            values[anchor.name], roles[anchor.name] = copies, anchor.role
    by_role = {role: [n for n, r in roles.items() if r == role] for role in ("runx1", "anchor", "telomere", "proximal")}
    anchors = {name: whole(values[name]) for name in by_role["anchor"]}

    def one(role: str) -> float | None:
        return values[by_role[role][0]] if by_role[role] else None

    runx1, telomere, proximal = one("runx1"), one("telomere"), one("proximal")
    needed = knowledge.value(cutoffs.IAMP21_MIN_ANCHORS)
    peak = None
    if runx1 is not None and len(anchors) >= needed:
        peak = min(whole(runx1), sorted(anchors.values(), reverse=True)[needed - 1])
    return Pattern(
        runx1=None if runx1 is None else whole(runx1),
        anchors=anchors,
        peak=peak,
        telomere=None if telomere is None else whole(telomere),
        proximal=None if proximal is None else whole(proximal),
        states=tuple(whole(copies) for copies, _ in steps_of(pieces, knowledge)),
        raw_runx1=runx1,
        raw_telomere=telomere,
    )


def _median(pieces: Sequence[MappableSegment], anchor: Anchor, knowledge: Knowledge) -> float | None:
    """Median copies over an anchor by length; None where segments cover too little of it."""
    inside = []
    for piece in pieces:
        length = min(piece.end, anchor.end) - max(piece.start, anchor.start) + 1
        if length > 0:
            inside.append((piece.copies, length))
    covered = sum(length for _, length in inside)
    if covered < knowledge.value(cutoffs.IAMP21_ANCHOR_COVERED) * (anchor.end - anchor.start + 1):
        return None
    half, passed = covered / 2, 0
    for copies, length in sorted(inside):
        passed += length
        if passed >= half:
            return copies
    return None


def _uniform_words(pattern: Pattern, peak: int, inherited: int) -> str:
    """What a chromosome 21 of nearly the same copies all along has."""
    if peak > inherited:
        return f"polysomy 21: {peak} copies all along 21q"
    most = max(copies for copies in (pattern.runx1, peak, pattern.telomere, pattern.proximal) if copies is not None)
    return "no gain of 21q" if most <= inherited else "no amplification of 21q: one copy more in a part of it"


def judge(pattern: Pattern, inherited: int, base: int, knowledge: Knowledge) -> Judged:
    """The copy rule of iAMP21. `inherited`: germline copies of 21; `base`: commonest copies of the genome."""
    runx1, peak, tel, prox = pattern.runx1, pattern.peak, pattern.telomere, pattern.proximal
    if runx1 is None or peak is None or tel is None:
        return Judged("unknown", "RUNX1, the anchor genes and the telomere of 21q are not all covered")
    said = (
        f"RUNX1 {runx1} copies, peak {peak}, telomere {tel}, proximal {'?' if prox is None else prox},"
        f" {pattern.steps} copy state{'s' if pattern.steps != 1 else ''} on 21q"
    )
    enough = max(
        knowledge.value(cutoffs.IAMP21_MIN_RUNX1_TOTAL), inherited + knowledge.value(cutoffs.IAMP21_MIN_EXTRA_COPIES)
    )
    some = knowledge.value(cutoffs.IAMP21_ATYPICAL_RUNX1) + inherited - 2
    near = knowledge.value(cutoffs.IAMP21_UNIFORM_DIFFERENCE)
    uniform = (
        pattern.steps <= knowledge.value(cutoffs.IAMP21_UNIFORM_STEPS)
        and abs(peak - tel) <= near
        and (prox is None or abs(peak - prox) <= near)
    )
    uneven = pattern.steps >= knowledge.value(cutoffs.IAMP21_MIN_STEPS)
    drop = peak - tel
    if uniform:
        return Judged("uniform", f"{_uniform_words(pattern, peak, inherited)} ({said})")
    if runx1 >= enough and peak >= some and drop >= knowledge.value(cutoffs.IAMP21_MIN_TELOMERE_DROP):
        if uneven and peak >= base + knowledge.value(cutoffs.IAMP21_MIN_TELOMERE_DROP):
            return Judged("typical", said)
        why = "few copy states" if not uneven else f"a genome of {base} copies"
        return Judged("atypical", f"{said}; {why}")
    if runx1 >= some and drop >= 1 and (uneven or runx1 >= enough):
        return Judged("atypical", said)
    if runx1 >= some and drop >= 1:
        return Judged("unclear", f"{said}: a gain that ends before the telomere, with few steps")
    if runx1 >= enough and peak < some:
        return Judged("unclear", f"{said}: RUNX1 is amplified without the genes of the common region")
    if runx1 >= enough:
        return Judged("unclear", f"{said}: uneven, but the gain reaches the telomere")
    return Judged("none", said)
