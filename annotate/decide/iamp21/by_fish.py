"""iAMP21 by FISH of RUNX1."""

from __future__ import annotations

from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.verdict import EXPLAINED, FISH, excluded, joined
from annotate.knowledge import cutoffs
from annotate.model.evidence import Evidence
from annotate.model.karyotype import FishProbe
from annotate.model.observation import Source
from annotate.model.state import Code, Reason, State
from annotate.read.karyotype.counts import acquired_clones

ALIASES = frozenset({"RUNX1", "AML1", "CBFA2"})
OF_SOME = ("con", "sep")  # fused or split signals are counted beside the others of the gene
AMPLIFIED = "amp"  # more signals than could be counted


# ---------------------------------------------------------------- FISH, karyotype


@frozen
class Fish:
    """RUNX1 signals of an interphase FISH probe, judged by `iamp21.min_fish_signals` and `iamp21.min_fish_share`."""

    probe: FishProbe
    amplified: bool
    negative: bool
    text: str
    atypical: bool = False  # some signals more, as an atypical form could have
    around: bool = False  # a range on both sides of the limit, in enough cells: RUNX1x4~6


def by_fish(case: Case) -> tuple[Fish, Case] | None:
    """The RUNX1 probe of an interphase FISH: the highest count in enough cells, or none in many cells."""
    if case.karyotype is None:
        return None
    probes = [p for p in case.karyotype.fish if ALIASES & set(p.gene.split(";"))]
    counted = [p for p in probes if p.signals_low is not None or p.pattern == AMPLIFIED]
    if not counted:
        return None
    knowledge = case.knowledge
    enough = knowledge.value(cutoffs.IAMP21_MIN_FISH_SIGNALS)
    least = knowledge.value(cutoffs.IAMP21_MIN_FISH_SHARE)
    high = [p for p in counted if ((p.signals_low or 0) >= enough or p.pattern == AMPLIFIED) and _share(p) >= least]
    if high:
        probe = max(high, key=lambda p: p.signals_low or 0)
        return Fish(probe, True, False, f"FISH: {probe.raw} ({_cells(probe)})"), case
    counted = [p for p in counted if p.pattern not in OF_SOME]
    if not counted:
        return None
    scored = max((p.scored or 0) for p in counted)
    few = all((p.signals_high or 0) < enough and p.pattern != AMPLIFIED for p in counted)
    atypical = any((p.signals_high or 0) >= knowledge.value(cutoffs.IAMP21_ATYPICAL_RUNX1) for p in counted)
    negative = few and not atypical and scored >= knowledge.value(cutoffs.IAMP21_MIN_FISH_CELLS)
    probe = counted[0]
    text = f"FISH: {probe.raw} ({_cells(probe)})"
    left_open = few and atypical
    said = f"{text}, which leaves an atypical form open" if left_open else text
    around = next((p for p in counted if _is_around(p, enough) and _share(p) >= least), None)
    fusion = case.calls.get("etv6_runx1")  # its der(21) brings signals of its own
    if around is not None and not (fusion is not None and fusion.state.present):
        return Fish(around, False, False, f"FISH: {around.raw} ({_cells(around)})", around=True), case
    return Fish(probe, False, negative, said, atypical), case


def _is_around(probe: FishProbe, enough: float) -> bool:
    low, high = probe.signals_low, probe.signals_high
    return low is not None and high is not None and low < enough <= high


def _share(probe: FishProbe) -> float:
    return 1.0 if probe.share is None else probe.share


def _cells(probe: FishProbe) -> str:
    if probe.fraction is not None:
        return f"{probe.fraction:.0%} of cells"
    return "cells not stated" if not probe.scored else f"{probe.cells} of {probe.scored} cells"


def with_fish(verdict: Verdict | None, found: tuple[Fish, Case]) -> Verdict:
    """Five or more signals are the cytogenetic definition, unless whole chromosomes 21 explain them."""
    fish, case = found
    evidence = Evidence(kind="karyotype", summary=fish.text, file="sample sheet", rule="RUNX1 signals by FISH")
    threshold = case.knowledge.threshold(cutoffs.IAMP21_MIN_FISH_SIGNALS)
    if not fish.amplified:
        return _fish_negative(verdict, fish, evidence)
    reason = Reason(Code.EVIDENCE_FOUND, f"{fish.text}; limit {threshold.cited}")
    kind = verdict.details.get("pattern") if verdict is not None else None
    if verdict is not None and verdict.state is State.NOT_DETECTED:
        copies = verdict.details.get("runx1_copies") or 0
        if excluded(verdict) or (kind == "uniform" and copies >= threshold.value - 1):
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
            seen=(speaks(Source.FISH), excludes(Source.COPY_NUMBER)),
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
    return joined(alone, verdict)


def _fish_negative(verdict: Verdict | None, fish: Fish, evidence: Evidence) -> Verdict:
    if verdict is None or verdict.state is State.NOT_ASSESSABLE:
        if fish.around:
            return joined(_around(fish, evidence), verdict)
        if fish.negative:
            text = f"{fish.text}: fewer signals than iAMP21 has"
            looked = Verdict(
                State.NOT_DETECTED,
                f"iAMP21 not detected by {fish.text}.",
                (Reason(Code.LOOKED_AND_NOT_FOUND, text),),
                (evidence,),
            )
            return joined(looked, verdict)
        note = Reason(
            Code.NOTE,
            f"{fish.text}: no negative" if fish.atypical else f"{fish.text}: too few cells for a negative",
            FISH,
        )
        return joined(Verdict(State.NOT_ASSESSABLE, "", (note,), (evidence,)), verdict)
    if verdict.state.present and fish.negative:
        reason = Reason(Code.EVIDENCE_CONFLICT, f"{fish.text}, but copy number shows the amplification", FISH)
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary=f"iAMP21 equivocal: {fish.text}, against copy number.",
            reasons=(reason, *verdict.reasons),
            evidence=(*verdict.evidence, evidence),
            leaning="likely",
            seen=(speaks(Source.COPY_NUMBER, likely=True), excludes(Source.FISH)),
        )
    note = Reason(Code.NOTE, fish.text)
    return replace(verdict, reasons=(*verdict.reasons, note), evidence=(*verdict.evidence, evidence))


def _around(fish: Fish, evidence: Evidence) -> Verdict:
    text = f"{fish.text}: the range holds counts of iAMP21 and of whole extra chromosomes 21"
    return Verdict(
        State.EQUIVOCAL,
        f"iAMP21 equivocal by {fish.text}.",
        (Reason(Code.EVIDENCE_INCOMPLETE, text, "copy number of 21q, or RUNX1 FISH on metaphases"),),
        (evidence,),
        leaning="unclear",
        tier="fish",
    )


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
            details=EXPLAINED,
        )
    if most is not None and most < case.knowledge.value(cutoffs.HYPERDIPLOIDY_MIN):
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
