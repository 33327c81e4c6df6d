"""iAMP21: an amplification inside one chromosome 21, uneven along 21q (domain specification L06).

Segments show how many copies there are and how uneven they lie, not on how many chromosomes: an amplification whose
peak spans RUNX1 and the anchor genes, with several copy states on 21q and the telomere well below the peak, is
called; the same number of copies all along 21q is polysomy. Near the thresholds FISH decides, and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from annotate.case import Case
from annotate.copynumber.chromosomes import AUTOSOMES, cells_shown, clone_state, commonest, loosely_fitted, whole
from annotate.inputs.karyotype import acquired_clones
from annotate.knowledge import Knowledge
from annotate.lesions.assess import absent, make
from annotate.lesions.registry import lesion
from annotate.model import (
    Code,
    CopyNumberProfile,
    Evidence,
    FishProbe,
    Junction,
    LesionCall,
    PloidySolution,
    Reason,
    Segment,
    State,
)

ID = "iamp21"
GENE = "RUNX1"
FISH = "RUNX1 FISH"
PURITY = "the share of leukaemic cells (column `purity`)"
FINER = "copy number of finer resolution (whole genome or SNP array)"
ALIASES = frozenset({"RUNX1", "AML1", "CBFA2"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of 21q without masked places."""

    start: int
    end: int
    copies: float
    segment: Segment

    @property
    def length(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class Anchor:
    name: str
    role: str  # runx1, anchor, telomere, proximal
    chrom: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
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
        return len(set(self.states))


Kind = Literal["typical", "atypical", "unclear", "uniform", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a pattern means; `text` says why."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    leaning: Literal["likely", "unclear"] | None = None
    tier: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@lesion(ID, after=("etv6_runx1",))
def iamp21(case: Case) -> LesionCall:
    """Copy number decides; FISH confirms or contradicts; karyotype and structural variants support."""
    verdict = _by_profile(case)
    fish = _by_fish(case)
    if fish is not None:
        verdict = _with_fish(verdict, fish)
    if verdict is None or verdict.state is State.NOT_ASSESSABLE:
        karyotype = _by_karyotype(case) or _by_junctions(case)
        if karyotype is not None:
            verdict = _joined(karyotype, verdict)
    if verdict is None:
        return absent(case, ID)
    support = (*_junction_support(case), *_constitutional(case), *_array(case))
    verdict = replace(verdict, reasons=(*verdict.reasons, *support))
    if verdict.state is State.NOT_ASSESSABLE:
        return replace(absent(case, ID, verdict.reasons), evidence=verdict.evidence, details=dict(verdict.details))
    found = verdict.state.present or verdict.state is State.EQUIVOCAL
    return make(
        case,
        ID,
        verdict.state,
        verdict.summary,
        verdict.reasons,
        verdict.evidence,
        subtype=verdict.tier if found else None,
        tier=verdict.tier if found else None,
        leaning=verdict.leaning if verdict.state is State.EQUIVOCAL else None,
        genes=(GENE,) if found else (),
        details=dict(verdict.details),
    )


def _joined(chosen: Verdict, other: Verdict | None) -> Verdict:
    if other is None:
        return chosen
    return replace(
        chosen,
        reasons=(*chosen.reasons, *other.reasons),
        evidence=(*chosen.evidence, *other.evidence),
        details={**other.details, **chosen.details},
    )


# ---------------------------------------------------------------- the pattern


def anchors_of(assembly: str, knowledge: Knowledge) -> tuple[Anchor, ...]:
    return tuple(
        Anchor(row["anchor"], row["role"], row["chrom"], int(row["start"]), int(row["end"]))
        for row in knowledge.table("iamp21_anchors")
        if row["assembly"] == assembly
    )


def pieces_of(segments: Iterable[Segment], case: Case, *, minority: bool = False) -> list[Piece]:
    """21q of the dominant clone (of a smaller one with `minority`), masked places cut out."""
    found: list[Piece] = []
    arm = next((a for (c, name), a in case.genome.arms.items() if c == "21" and name == "q"), None)
    masks = sorted((m.start, m.end) for m in case.genome.masks() if m.chrom == "21")
    for segment in sorted((s for s in segments if s.chrom == "21"), key=lambda s: s.start):
        state = clone_state(segment, case.knowledge)
        copies = state.total if state is not None else None
        if minority and _other_clone(segment, case.knowledge) is not None:
            copies = _other_clone(segment, case.knowledge)
        if copies is None:
            continue
        start = max(segment.start, arm.start) if arm is not None else segment.start
        for low, high in _cut(start, segment.end, masks):
            found.append(Piece(low, high, copies, segment))
    return found


def _other_clone(segment: Segment, knowledge: Knowledge) -> float | None:
    """Copies in the smaller clone: callers list its state first or second."""
    fraction = segment.cellular_fraction
    if fraction is None:
        return None
    return segment.total if fraction < knowledge.value("copy_number.clonal_fraction") else segment.second_total


def _cut(start: int, end: int, masks: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for low, high in masks:
        if high < start or low > end:
            continue
        if low > start:
            yield start, low - 1
        start = high + 1
    if start <= end:
        yield start, end


def steps_of(pieces: Sequence[Piece], knowledge: Knowledge) -> list[tuple[float, int]]:
    """Copies and length of the steps along 21q: neighbours that differ by less than a step are one."""
    smallest = knowledge.value("iamp21.step")
    steps: list[tuple[float, int]] = []
    for piece in pieces:
        steps.append((piece.copies, piece.length))
    shortest = knowledge.value("iamp21.min_state_length")
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


def pattern_of(pieces: Sequence[Piece], assembly: str, knowledge: Knowledge) -> Pattern:
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
    needed = int(knowledge.value("iamp21.min_anchors"))
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


def _median(pieces: Sequence[Piece], anchor: Anchor, knowledge: Knowledge) -> float | None:
    """Median copies over an anchor by length; None where segments cover too little of it."""
    inside = []
    for piece in pieces:
        length = min(piece.end, anchor.end) - max(piece.start, anchor.start) + 1
        if length > 0:
            inside.append((piece.copies, length))
    covered = sum(length for _, length in inside)
    if covered < knowledge.value("iamp21.anchor_covered") * (anchor.end - anchor.start + 1):
        return None
    half, passed = covered / 2, 0
    for copies, length in sorted(inside):
        passed += length
        if passed >= half:
            return copies
    return None


def judge(pattern: Pattern, inherited: int, base: int, knowledge: Knowledge) -> Judged:
    """The copy rule of L06. `inherited`: germline copies of 21; `base`: commonest copies of the genome."""
    runx1, peak, tel, prox = pattern.runx1, pattern.peak, pattern.telomere, pattern.proximal
    if runx1 is None or peak is None or tel is None:
        return Judged("unknown", "RUNX1, the anchor genes and the telomere of 21q are not all covered")
    said = (
        f"RUNX1 {runx1} copies, peak {peak}, telomere {tel}, proximal {'?' if prox is None else prox},"
        f" {pattern.steps} copy state{'s' if pattern.steps != 1 else ''} on 21q"
    )
    enough = max(knowledge.value("iamp21.min_runx1_total"), inherited + knowledge.value("iamp21.min_extra_copies"))
    some = knowledge.value("iamp21.atypical_runx1") + inherited - 2
    near = knowledge.value("iamp21.uniform_difference")
    uniform = (
        pattern.steps <= knowledge.value("iamp21.uniform_steps")
        and abs(peak - tel) <= near
        and (prox is None or abs(peak - prox) <= near)
    )
    uneven = pattern.steps >= knowledge.value("iamp21.min_steps")
    drop = peak - tel
    if uniform:
        word = f"polysomy 21: {peak} copies all along 21q" if peak > inherited else "no gain of 21q"
        return Judged("uniform", f"{word} ({said})")
    if runx1 >= enough and peak >= some and drop >= knowledge.value("iamp21.min_telomere_drop"):
        if uneven and peak >= base + knowledge.value("iamp21.min_telomere_drop"):
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


# ---------------------------------------------------------------- copy number


def _by_profile(case: Case) -> Verdict | None:
    profile = case.profile
    if profile is None or not profile.segments:
        return None
    knowledge = case.knowledge
    pieces = pieces_of(profile.segments, case)
    pattern = pattern_of(pieces, case.sample.assembly, knowledge)
    inherited = 3 if case.patient is not None and case.patient.down_syndrome else 2
    base = _base(profile, knowledge)
    judged = judge(pattern, inherited, base, knowledge)
    minority = _minority(profile, case, inherited, base) if judged.kind not in ("typical", "atypical") else None
    evidence = _evidence(profile, pieces, pattern, judged)
    details = _details(pattern, inherited, judged)
    blocked = _not_seen(case, profile, pattern, pieces)
    if blocked is not None:
        return _blocked(blocked, judged, evidence, details)
    rivals = _rivals(profile, case, inherited, base, judged.kind)
    verdict = _decided(case, judged, pattern, evidence, details, inherited)
    if minority is not None and minority.kind in ("typical", "atypical") and not _excluded(verdict):
        return _in_smaller_clone(verdict, minority)
    if rivals:
        verdict = _open(verdict, rivals)
    return _by_noise(verdict, profile, pattern, knowledge)


def _in_smaller_clone(verdict: Verdict, minority: Judged) -> Verdict:
    """An amplification in a minority of the leukaemic cells; below the definition it is equivocal there too."""
    text = f"in a smaller clone: {minority.text}"
    if minority.kind == "typical":
        reason = Reason(Code.EVIDENCE_FOUND, text)
        summary = f"iAMP21 {text}."
        reasons = (reason, *verdict.reasons)
        return replace(
            verdict, state=State.DETECTED_SUBCLONAL, summary=summary, reasons=reasons, tier="typical", leaning=None
        )
    reason = Reason(Code.EVIDENCE_INCOMPLETE, text, FISH)
    summary = f"iAMP21 possible {text}; RUNX1 FISH decides."
    reasons = (reason, *verdict.reasons)
    return replace(verdict, state=State.EQUIVOCAL, summary=summary, reasons=reasons, tier="atypical", leaning="unclear")


def _base(profile: CopyNumberProfile, knowledge: Knowledge) -> int:
    """Commonest copies of the autosomes besides chromosome 21."""
    from collections import Counter

    totals: Counter[int] = Counter()
    for chrom, state in profile.chromosomes.items():
        if state.total is not None and chrom in AUTOSOMES and chrom != "21":
            totals[state.total] += 1
    found = commonest(totals)
    return 2 if found is None else max(found, 2)


def _minority(profile: CopyNumberProfile, case: Case, inherited: int, base: int) -> Judged | None:
    if not any(s.chrom == "21" and _other_clone(s, case.knowledge) is not None for s in profile.segments):
        return None
    pieces = pieces_of(profile.segments, case, minority=True)
    return judge(pattern_of(pieces, case.sample.assembly, case.knowledge), inherited, base, case.knowledge)


def _not_seen(case: Case, profile: CopyNumberProfile, pattern: Pattern, pieces: Sequence[Piece]) -> Reason | None:
    """Why this profile cannot show iAMP21, if so."""
    knowledge = case.knowledge
    least = int(knowledge.value("iamp21.min_covered_anchors"))
    if pattern.runx1 is None or len(pattern.anchors) < least or pattern.telomere is None:
        known = [*(["RUNX1"] if pattern.runx1 is not None else []), *pattern.anchors]
        text = f"segments cover {', '.join(known) or 'none of the anchor genes'}"
        text += " and the telomere" if pattern.telomere is not None else ", not the telomere of 21q"
        text += f"; RUNX1, {least} other anchor genes and the telomere are needed"
        return Reason(Code.REGION_NOT_COVERED, text, FINER)
    if profile.purity is not None and profile.purity < knowledge.value("iamp21.min_purity"):
        least_purity = knowledge.value("iamp21.min_purity")
        text = f"purity {profile.purity:.2f} is below {least_purity:g}: copies of 21q cannot be told"
        return Reason(Code.PURITY_TOO_LOW, text, FISH)
    if not cells_shown(profile, case.sample.purity, knowledge):
        text = "the profile is flat and nothing in it shows leukaemic cells: normal cells alone would look the same"
        return Reason(Code.PURITY_TOO_LOW, text, PURITY)
    if profile.purity is None and not profile.allele_specific:
        text = "the purity is unknown, and without it copies of 21q cannot be told from the signal"
        return Reason(Code.PURITY_TOO_LOW, text, PURITY)
    bins = profile.resolution / knowledge.value("copy_number.bins_for_segment") if profile.resolution else None
    if bins is not None and bins > knowledge.value("iamp21.max_bin"):
        text = f"bins of {bins:,.0f} bases are too coarse for the steps of 21q"
        return Reason(Code.RESOLUTION_TOO_COARSE, text, FINER)
    if case.sample.assay in ("wes", "panel"):
        seen = _bins_seen(pieces, case)
        if seen is not None and seen < knowledge.value("iamp21.min_bins"):
            needed = knowledge.value("iamp21.min_bins")
            text = f"{seen:.0f} bins of the {case.sample.assay} lie on 21q22, {needed:g} are needed"
            return Reason(Code.REGION_NOT_COVERED, text, FINER)
    return None


def _bins_seen(pieces: Sequence[Piece], case: Case) -> float | None:
    """Bins between RUNX1 and the telomere, by the segments' own counts."""
    window = [a for a in anchors_of(case.sample.assembly, case.knowledge) if a.role != "proximal"]
    low, high = min(a.start for a in window), max(a.end for a in window)
    seen = 0.0
    for piece in pieces:
        length = min(piece.end, high) - max(piece.start, low) + 1
        if length <= 0:
            continue
        if piece.segment.markers is None:
            return None
        seen += piece.segment.markers * length / piece.segment.length
    return seen


def _blocked(reason: Reason, judged: Judged, evidence: tuple[Evidence, ...], details: Mapping[str, Any]) -> Verdict:
    """An amplification that is seen all the same is not hidden: it is equivocal."""
    if judged.kind in ("typical", "atypical"):
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 possible: {judged.text}; {reason.text}.",
            (reason, Reason(Code.EVIDENCE_FOUND, judged.text, FISH)),
            evidence,
            leaning="likely" if judged.kind == "typical" else "unclear",
            tier=judged.kind,
            details=details,
        )
    return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence, details=details)


def _decided(
    case: Case,
    judged: Judged,
    pattern: Pattern,
    evidence: tuple[Evidence, ...],
    details: Mapping[str, Any],
    inherited: int,
) -> Verdict:
    fusion = case.calls.get("etv6_runx1")
    amplified = judged.kind in ("typical", "atypical", "unclear")
    if amplified and fusion is not None and fusion.state.present:
        text = f"ETV6::RUNX1 is present: extra copies of 21q belong to its der(21), not to iAMP21 ({judged.text})"
        return Verdict(
            State.NOT_DETECTED,
            "iAMP21 not detected: gain of 21q in a leukaemia with ETV6::RUNX1.",
            (Reason(Code.RULED_OUT, text),),
            evidence,
            details=details,
        )
    if judged.kind == "typical":
        return _typical(case, judged, evidence, details)
    if amplified:
        likely = judged.kind == "atypical"
        word = "atypical pattern" if likely else "uneven gain of 21q"
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 equivocal ({word}): {judged.text}; RUNX1 FISH decides.",
            (Reason(Code.EVIDENCE_INCOMPLETE, judged.text, FISH),),
            evidence,
            leaning="likely" if likely else "unclear",
            tier="atypical" if likely else None,
            details=details,
        )
    reasons = [Reason(Code.RULED_OUT if judged.kind == "uniform" else Code.LOOKED_AND_NOT_FOUND, judged.text)]
    if inherited == 3:
        reasons.append(Reason(Code.NOTE, "three inherited chromosomes 21 (Down syndrome) are counted as normal"))
    summary = f"iAMP21 not detected: {judged.text}."
    return Verdict(State.NOT_DETECTED, summary, tuple(reasons), evidence, details=details)


def _typical(case: Case, judged: Judged, evidence: tuple[Evidence, ...], details: Mapping[str, Any]) -> Verdict:
    fusion = case.calls.get("etv6_runx1")
    threshold = case.knowledge.threshold("iamp21.min_runx1_total")
    reasons = [Reason(Code.EVIDENCE_FOUND, f"{judged.text}; RUNX1 limit {threshold.cited}")]
    reasons.append(Reason(Code.NOTE, "segments cannot place the copies on one chromosome; FISH confirms", FISH))
    if fusion is not None and fusion.state is State.EQUIVOCAL:
        text = "ETV6::RUNX1 is equivocal; with it, extra copies of 21q would not be iAMP21"
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 likely: {judged.text}; ETV6::RUNX1 is not excluded.",
            (Reason(Code.EVIDENCE_CONFLICT, text, "ETV6::RUNX1 FISH or RNA"), *reasons),
            evidence,
            leaning="likely",
            tier="typical",
            details=details,
        )
    if fusion is None or fusion.state is State.NOT_ASSESSABLE:
        text = "ETV6::RUNX1 could not be assessed; with it, extra copies of 21q would not be iAMP21"
        reasons.append(Reason(Code.NOTE, text, "ETV6::RUNX1 FISH or RNA"))
    return Verdict(State.DETECTED, f"iAMP21: {judged.text}.", tuple(reasons), evidence, tier="typical", details=details)


# ---------------------------------------------------------------- other readings and noise


def _rivals(
    profile: CopyNumberProfile, case: Case, inherited: int, base: int, kind: Kind
) -> list[tuple[PloidySolution, Judged]]:
    """Competing readings of purity and ploidy under which 21q means something else."""
    found = []
    group = {"typical": 2, "atypical": 1, "unclear": 1}
    for rival in profile.alternatives:
        if rival.source != "fit" or rival.note or profile.purity is None or profile.ploidy is None:
            continue
        pieces = pieces_of([_reread(s, profile, rival) for s in profile.segments if s.chrom == "21"], case)
        pattern = pattern_of(pieces, case.sample.assembly, case.knowledge)
        level = max(round(base * rival.ploidy / profile.ploidy), 2)
        other = judge(pattern, inherited, level, case.knowledge)
        if group.get(other.kind, 0) != group.get(kind, 0):
            found.append((rival, other))
    return found


def _reread(segment: Segment, profile: CopyNumberProfile, rival: PloidySolution) -> Segment:
    """The segment's copies at another purity and ploidy: the ratio to the genome's mean stays."""
    if segment.total is None or profile.purity is None or profile.ploidy is None:
        return segment
    depth = profile.purity * profile.ploidy + 2 * (1 - profile.purity)
    ratio = (profile.purity * segment.total + 2 * (1 - profile.purity)) / depth
    mixture = ratio * (rival.purity * rival.ploidy + 2 * (1 - rival.purity))
    return replace(segment, total=max((mixture - 2 * (1 - rival.purity)) / rival.purity, 0.0))


def _open(verdict: Verdict, rivals: Sequence[tuple[PloidySolution, Judged]]) -> Verdict:
    """A reading that fits as well and says otherwise leaves the question open."""
    rival, other = rivals[0]
    text = f"at purity {rival.purity:.2f} and ploidy {rival.ploidy:.2f}, which fit as well: {other.text}"
    reason = Reason(Code.PLOIDY_UNCERTAIN, text, "purity, or " + FISH)
    if verdict.state is State.EQUIVOCAL:
        return replace(verdict, reasons=(*verdict.reasons, reason))
    likely = verdict.state is State.DETECTED
    if not likely and all(o.kind == "unclear" for _, o in rivals):
        return replace(verdict, reasons=(*verdict.reasons, reason))
    return replace(
        verdict,
        state=State.EQUIVOCAL,
        summary="iAMP21 equivocal: purity and ploidy leave the copies of RUNX1 open.",
        reasons=(reason, *verdict.reasons),
        leaning="likely" if likely else "unclear",
        tier="typical" if likely else None,
    )


def scatter(profile: CopyNumberProfile, knowledge: Knowledge) -> float | None:
    """Spread of copies around the median of their chromosome, without 21: what noise does to whole-number copies."""
    chromosomes: dict[str, list[tuple[float, int]]] = {}
    shortest = knowledge.value("copy_number.min_segment_for_noise")
    for segment in profile.segments:
        if segment.total is None or segment.length < shortest:
            continue
        if segment.chrom in AUTOSOMES and segment.chrom != "21":
            chromosomes.setdefault(segment.chrom, []).append((segment.total, segment.length))
    square = weight = 0.0
    for values in chromosomes.values():
        if len(values) < 2:
            continue
        middle = sorted(values)[len(values) // 2][0]
        for copies, length in values:
            square += min(abs(copies - middle), 1.0) ** 2 * length
            weight += length
    return float((square / weight) ** 0.5) if weight else None


def spread_of(profile: CopyNumberProfile, knowledge: Knowledge) -> float:
    """Uncertainty of copies near two, in copies.

    Measured copies: their distance from whole numbers, or where that says nothing any more the scatter within
    chromosomes. Whole numbers without measured values: what callers of that purity may be off.
    """
    if profile.noise is not None:
        if profile.noise <= knowledge.value("copy_number.noise_no_margin"):
            return profile.noise
        return max(profile.noise, scatter(profile, knowledge) or 0.0)
    purity = profile.purity
    if purity is not None and purity >= knowledge.value("copy_number.unknown_noise_purity_none"):
        return knowledge.value("iamp21.spread_pure")
    if purity is None or purity >= knowledge.value("copy_number.unknown_noise_purity_one"):
        return knowledge.value("iamp21.spread_middle")
    return knowledge.value("iamp21.spread_low")


def _by_noise(verdict: Verdict, profile: CopyNumberProfile, pattern: Pattern, knowledge: Knowledge) -> Verdict:
    """A noisy profile makes and hides steps: what rests on them is equivocal."""
    if pattern.raw_runx1 is None or pattern.raw_telomere is None or pattern.peak is None:
        return verdict
    purity = profile.purity or 1.0
    signal = purity * pattern.raw_runx1 + 2 * (1 - purity)
    here = spread_of(profile, knowledge) * max(signal / 2, 1.0)
    text = f"copies of 21q are uncertain by about {here:.1f}: steps of one copy are not told from noise"
    reason = Reason(Code.EVIDENCE_INCOMPLETE, text, FISH)
    noisy = here > knowledge.value("iamp21.max_noise")
    if verdict.state.present and noisy:
        if abs(pattern.raw_runx1 - pattern.raw_telomere) >= knowledge.value("iamp21.noise_factor") * here:
            return replace(verdict, reasons=(*verdict.reasons, replace(reason, code=Code.NOTE)))
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary=verdict.summary.replace("iAMP21:", "iAMP21 likely, in a noisy profile:"),
            reasons=(reason, *verdict.reasons),
            leaning="likely",
        )
    if verdict.state is not State.NOT_DETECTED or _excluded(verdict):
        return verdict
    loose = not profile.allele_specific or loosely_fitted(profile, knowledge) or _fitted_on_21(profile, knowledge)
    guessed = profile.purity_source == "fit" and loose
    if guessed and pattern.raw_runx1 > _base(profile, knowledge) + knowledge.value("iamp21.gain"):
        gain = Reason(Code.PURITY_TOO_LOW, "21q is gained, and by how many copies depends on the purity", PURITY)
        notes = tuple(replace(reason, code=Code.NOTE) for reason in verdict.reasons)
        return replace(verdict, state=State.NOT_ASSESSABLE, summary="", reasons=(gain, *notes))
    few = profile.purity is not None and profile.purity < knowledge.value("iamp21.min_purity_gain")
    if few and pattern.raw_runx1 > _base(profile, knowledge) + knowledge.value("iamp21.gain"):
        text = f"21q is gained, and at purity {profile.purity:.2f} noise moves its copies by one or more"
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary="iAMP21 equivocal: 21q is gained, with too few leukaemic cells to count its copies.",
            reasons=(Reason(Code.PURITY_TOO_LOW, text, FISH), *verdict.reasons),
            leaning="unclear",
        )
    one_level = pattern.steps == 1 and not loosely_fitted(profile, knowledge)
    some = knowledge.value("iamp21.atypical_runx1")
    reach = pattern.raw_runx1 + 2 * here
    above = pattern.raw_runx1 > pattern.raw_telomere or (noisy and reach > pattern.raw_telomere)
    if not one_level and reach >= some and above:
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary="iAMP21 equivocal: the profile is too noisy for the steps of 21q.",
            reasons=(reason, *verdict.reasons),
            leaning="unclear",
        )
    return verdict


def _fitted_on_21(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """No other autosome is altered: a fitted purity then rests on the copies that it is to count."""
    base = _base(profile, knowledge)
    others = [state for chrom, state in profile.chromosomes.items() if chrom in AUTOSOMES and chrom != "21"]
    return not any((state.total is not None and state.total != base) or state.minor == 0 for state in others)


def _excluded(verdict: Verdict) -> bool:
    return any(reason.code is Code.RULED_OUT and "ETV6::RUNX1" in reason.text for reason in verdict.reasons)


def _details(pattern: Pattern, inherited: int, judged: Judged) -> dict[str, Any]:
    return {
        "runx1_copies": pattern.runx1,
        "anchor_copies": dict(pattern.anchors),
        "peak": pattern.peak,
        "telomere": pattern.telomere,
        "proximal": pattern.proximal,
        "states_21q": list(pattern.states),
        "steps": pattern.steps,
        "inherited_copies": inherited,
        "pattern": judged.kind,
    }


def _evidence(
    profile: CopyNumberProfile, pieces: Sequence[Piece], pattern: Pattern, judged: Judged
) -> tuple[Evidence, ...]:
    records = list(dict.fromkeys(p.segment.record for p in pieces if p.segment.record))
    return (
        Evidence(
            kind="segment",
            summary=f"chromosome 21: {judged.text}",
            file=profile.inputs[0].path if profile.inputs else None,
            record=", ".join(records[:20]) or None,
            rule="copies of RUNX1, anchors and telomere, and copy states on 21q (L06)",
            values={
                "runx1": pattern.raw_runx1,
                "telomere": pattern.raw_telomere,
                "anchors": dict(pattern.anchors),
                "steps": pattern.steps,
                "purity": profile.purity,
            },
        ),
    )


# ---------------------------------------------------------------- FISH, karyotype


@dataclass(frozen=True, slots=True)
class Fish:
    probe: FishProbe
    amplified: bool
    negative: bool
    text: str


def _by_fish(case: Case) -> tuple[Fish, Case] | None:
    """The RUNX1 probe of an interphase FISH: the highest count in enough cells, or none in many cells."""
    if case.karyotype is None:
        return None
    probes = [p for p in case.karyotype.fish if ALIASES & set(p.gene.split(";"))]
    counted = [p for p in probes if p.signals_low is not None]
    if not counted:
        return None
    knowledge = case.knowledge
    enough = knowledge.value("iamp21.min_fish_signals")
    high = [
        p for p in counted if (p.signals_low or 0) >= enough and _share(p) >= knowledge.value("iamp21.min_fish_share")
    ]
    if high:
        probe = max(high, key=lambda p: p.signals_low or 0)
        return Fish(probe, True, False, f"FISH: {probe.raw} ({_cells(probe)})"), case
    scored = max((p.scored or 0) for p in counted)
    few = all((p.signals_high or 0) < enough for p in counted)
    atypical = any((p.signals_high or 0) >= knowledge.value("iamp21.atypical_runx1") for p in counted)
    negative = few and not atypical and scored >= knowledge.value("iamp21.min_fish_cells")
    probe = counted[0]
    text = f"FISH: {probe.raw} ({_cells(probe)})"
    return Fish(
        probe, False, negative, f"{text}, which leaves an atypical form open" if few and atypical else text
    ), case


def _share(probe: FishProbe) -> float:
    return 1.0 if not probe.cells or not probe.scored else probe.cells / probe.scored


def _cells(probe: FishProbe) -> str:
    return "cells not stated" if not probe.scored else f"{probe.cells} of {probe.scored} cells"


def _with_fish(verdict: Verdict | None, found: tuple[Fish, Case]) -> Verdict:
    """Five or more signals are the cytogenetic definition, unless whole chromosomes 21 explain them."""
    fish, case = found
    evidence = Evidence(kind="karyotype", summary=fish.text, file="sample sheet", rule="RUNX1 signals by FISH")
    threshold = case.knowledge.threshold("iamp21.min_fish_signals")
    if not fish.amplified:
        return _fish_negative(verdict, fish, evidence)
    reason = Reason(Code.EVIDENCE_FOUND, f"{fish.text}; limit {threshold.cited}")
    kind = verdict.details.get("pattern") if verdict is not None else None
    if verdict is not None and verdict.state is State.NOT_DETECTED:
        copies = verdict.details.get("runx1_copies") or 0
        if _excluded(verdict) or (kind == "uniform" and copies >= threshold.value - 1):
            note = Reason(Code.NOTE, f"{fish.text}: explained by whole copies of chromosome 21 or of der(21)")
            return replace(verdict, reasons=(*verdict.reasons, note), evidence=(*verdict.evidence, evidence))
        conflict = Reason(
            Code.EVIDENCE_CONFLICT, f"{fish.text}, but copy number shows no such gain", "RUNX1 FISH on metaphases"
        )
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary="iAMP21 equivocal: FISH and copy number disagree.",
            reasons=(conflict, *verdict.reasons),
            evidence=(*verdict.evidence, evidence),
            leaning="unclear",
        )
    if verdict is not None and (verdict.state.present or kind in ("typical", "atypical", "unclear")):
        tier = verdict.tier or "atypical"
        return replace(
            verdict,
            state=verdict.state if verdict.state.present else State.DETECTED,
            summary=verdict.summary
            if verdict.state.present
            else f"iAMP21 ({tier} in copy number, confirmed by FISH): {fish.text}.",
            reasons=(reason, *verdict.reasons),
            evidence=(*verdict.evidence, evidence),
            leaning=None,
            tier=tier,
        )
    alone = _fish_alone(case, fish, reason, evidence)
    return _joined(alone, verdict)


def _fish_negative(verdict: Verdict | None, fish: Fish, evidence: Evidence) -> Verdict:
    if verdict is None or verdict.state is State.NOT_ASSESSABLE:
        if fish.negative:
            text = f"{fish.text}: fewer signals than iAMP21 has"
            looked = Verdict(
                State.NOT_DETECTED,
                f"iAMP21 not detected by {fish.text}.",
                (Reason(Code.LOOKED_AND_NOT_FOUND, text),),
                (evidence,),
            )
            return _joined(looked, verdict)
        note = Reason(
            Code.NOTE,
            f"{fish.text}: no negative" if "atypical" in fish.text else f"{fish.text}: too few cells for a negative",
            FISH,
        )
        return _joined(Verdict(State.NOT_ASSESSABLE, "", (note,), (evidence,)), verdict)
    if verdict.state.present and fish.negative:
        reason = Reason(Code.EVIDENCE_CONFLICT, f"{fish.text}, but copy number shows the amplification", FISH)
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary=f"iAMP21 equivocal: {fish.text}, against copy number.",
            reasons=(reason, *verdict.reasons),
            evidence=(*verdict.evidence, evidence),
            leaning="likely",
        )
    note = Reason(Code.NOTE, fish.text)
    return replace(verdict, reasons=(*verdict.reasons, note), evidence=(*verdict.evidence, evidence))


def _fish_alone(case: Case, fish: Fish, reason: Reason, evidence: Evidence) -> Verdict:
    """Signals in interphase nuclei cannot tell one chromosome from many: the count of an abnormal clone can."""
    clones = [c for c in acquired_clones(case.karyotype) if c.low is not None] if case.karyotype else []
    most = max((c.high or c.low or 0 for c in clones), default=None)
    fusion = case.calls.get("etv6_runx1")
    if fusion is not None and fusion.state.present:
        text = f"{fish.text}, with ETV6::RUNX1: extra signals belong to its der(21)"
        return Verdict(
            State.NOT_DETECTED,
            "iAMP21 not detected: extra RUNX1 signals in a leukaemia with ETV6::RUNX1.",
            (Reason(Code.RULED_OUT, text),),
            (evidence,),
        )
    if most is not None and most < case.knowledge.value("hyperdiploidy.min"):
        note = Reason(
            Code.NOTE, "metaphases show no hyperdiploid clone that would explain the signals", "copy number of 21q"
        )
        return Verdict(State.DETECTED, f"iAMP21 by {fish.text}.", (reason, note), (evidence,), tier="fish")
    text = "whole extra chromosomes 21 (hyperdiploidy) would show the same signals in interphase"
    return Verdict(
        State.EQUIVOCAL,
        f"iAMP21 likely by {fish.text}; polysomy 21 is not excluded.",
        (reason, Reason(Code.EVIDENCE_INCOMPLETE, text, "copy number of 21q, or RUNX1 FISH on metaphases")),
        (evidence,),
        leaning="likely" if most is None else "unclear",
        tier="fish",
    )


def _by_karyotype(case: Case) -> Verdict | None:
    """An extra or abnormal chromosome 21, or a marker: FISH is asked for."""
    if case.karyotype is None:
        return None
    clones = acquired_clones(case.karyotype)
    few = int(case.knowledge.value("hypodiploidy.inpog_max"))
    found = [
        token
        for clone in clones
        for token in clone.tokens
        if not token.constitutional
        and not (token.kind == "gain" and (clone.low or few + 1) <= few)  # +21 of a near-haploid clone makes two
        and (
            (token.chromosomes == ("21",) and token.kind in ("gain", "dup", "add", "ring", "i", "idic", "der"))
            or token.kind == "mar"
        )
    ]
    least = case.knowledge.value("hyperdiploidy.min")
    hyperdiploid = any((clone.low or 0) >= least for clone in clones)
    if not found or (hyperdiploid and all(token.kind in ("gain", "mar") for token in found)):
        return None
    raw = ", ".join(dict.fromkeys(token.raw for token in found))
    reason = Reason(Code.KARYOTYPE_ONLY, f"karyotype: {raw}; whether this is iAMP21 is not told by bands", FISH)
    evidence = Evidence(kind="karyotype", summary=raw, file="sample sheet", rule="abnormal or extra chromosome 21")
    summary = f"iAMP21 equivocal: the karyotype shows {raw}; RUNX1 FISH decides."
    return Verdict(State.EQUIVOCAL, summary, (reason,), (evidence,), leaning="unclear")


# ---------------------------------------------------------------- structural variants


def within_21(case: Case) -> list[Junction]:
    if case.junctions is None:
        return []
    low, high = _window(case)
    return [
        j
        for j in case.junctions.junctions
        if j.right is not None
        and j.left.chrom == j.right.chrom == "21"
        and low <= j.left.pos <= high
        and low <= j.right.pos <= high
    ]


def _window(case: Case) -> tuple[int, int]:
    anchors = anchors_of(case.sample.assembly, case.knowledge)
    return min(a.start for a in anchors), max(a.end for a in anchors)


def foldbacks(junctions: Sequence[Junction], knowledge: Knowledge) -> list[Junction]:
    """Both ends keep the same side and lie close: the mark of breakage-fusion-bridge cycles."""
    reach = knowledge.value("iamp21.foldback_distance")
    return [
        j
        for j in junctions
        if j.right is not None and j.left.keeps == j.right.keeps and abs(j.right.pos - j.left.pos) <= reach
    ]


def _junction_support(case: Case) -> tuple[Reason, ...]:
    inside = within_21(case)
    folded = foldbacks(inside, case.knowledge)
    knowledge = case.knowledge
    if len(folded) < knowledge.value("iamp21.foldbacks") and len(inside) < knowledge.value("iamp21.min_svs"):
        return ()
    text = f"{len(inside)} junctions within 21q, {len(folded)} of them fold-back inversions: supports iAMP21"
    return (Reason(Code.NOTE, text),)


def _by_junctions(case: Case) -> Verdict | None:
    """Many junctions with fold-backs and no copy number: a pattern, not a count."""
    inside = within_21(case)
    folded = foldbacks(inside, case.knowledge)
    knowledge = case.knowledge
    if len(inside) < knowledge.value("iamp21.min_svs") or len(folded) < knowledge.value("iamp21.foldbacks"):
        return None
    text = f"{len(inside)} junctions within 21q with {len(folded)} fold-back inversions: broken, copies not counted"
    evidence = tuple(
        Evidence(
            kind="junction",
            summary=f"fold-back inversion at 21:{j.left.pos:,}",
            file=j.files[0] if j.files else None,
            record=j.records[0] if j.records else j.id,
            rule="fold-back inversion on 21q",
        )
        for j in folded[:5]
    )
    return Verdict(
        State.EQUIVOCAL,
        f"iAMP21 possible: {text}.",
        (Reason(Code.EVIDENCE_INCOMPLETE, text, "copy number of 21q or RUNX1 FISH"),),
        evidence,
        leaning="unclear",
    )


def _array(case: Case) -> tuple[Reason, ...]:
    """Array signals level off at high copies."""
    if case.sample.assay != "array" or case.profile is None or not case.profile.segments:
        return ()
    return (Reason(Code.NOTE, "signals of arrays level off at high copies: a peak may be higher than it looks", FISH),)


def _constitutional(case: Case) -> tuple[Reason, ...]:
    """Inherited Robertsonian or ring chromosomes 21 raise the risk of iAMP21."""
    if case.karyotype is None:
        return ()
    raw = [
        token.raw
        for clone in case.karyotype.clones
        if not clone.donor
        for token in clone.tokens
        if token.constitutional and "21" in token.chromosomes and token.kind in ("rob", "der", "ring", "dic")
    ]
    if not raw:
        return ()
    text = f"inherited {', '.join(dict.fromkeys(raw))}: known to raise the risk of iAMP21 (Li 2014)"
    return (Reason(Code.NOTE, text),)
