"""iAMP21: an amplification inside one chromosome 21, uneven along 21q (Harrison 2014, PMC4283797).

Segments show how many copies there are and how uneven they lie, not on how many chromosomes: an amplification whose
peak spans RUNX1 and the anchor genes, with several copy states on 21q and the telomere well below the peak, is
called; the same number of copies all along 21q is polysomy. Near the thresholds the
call is equivocal unless FISH confirms it.
"""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.by_copy_number import by_profile
from annotate.decide.iamp21.by_fish import by_fish, with_fish
from annotate.decide.iamp21.by_probes import by_probes
from annotate.decide.iamp21.support import by_junctions, constitutional, junction_support, supported_by_karyotype
from annotate.decide.iamp21.verdict import FISH, GENE, joined
from annotate.decide.registry import lesion
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source
from annotate.model.state import Code, Reason, State

ID = "iamp21"
SOURCES_READ = ("profile", "karyotype", "junctions", "patient", "regions")
TABLES_READ = ("iamp21_anchors", "sv_caller_limits", "fusion_rules")


@lesion(ID, sources=SOURCES_READ, tables=TABLES_READ, after=("etv6_runx1",), genes=(GENE,))
def iamp21(case: Case) -> LesionCall:
    """Intrachromosomal amplification of chromosome 21.

    Definition: RUNX1 and the anchor genes amplified on 21q, in several copy states, with the telomere well below
        the peak.
    Inputs: copy number decides, FISH in the karyotype confirms or contradicts, junctions support; patient
        (constitutional 21), covered regions; `etv6_runx1`.
    Units: copies and FISH signals; bp; shares of cells from 0 to 1.
    Thresholds: `iamp21.min_runx1_total`, `iamp21.min_extra_copies`, `iamp21.min_telomere_drop`, `iamp21.min_steps`,
        `iamp21.atypical_runx1`, `iamp21.uniform_steps`, `iamp21.min_fish_signals`, `iamp21.min_fish_share`,
        `iamp21.min_purity`.
    Equivocal: copies near the thresholds, few anchors covered, noise or a purity that hides the steps, FISH against
        copies.
    Source: Harrison 2014, PMC4283797.
    """
    verdict = by_profile(case)
    fish = by_fish(case)
    if fish is not None:
        verdict = with_fish(verdict, fish)
    if verdict is None or verdict.state is State.NOT_ASSESSABLE:
        karyotype = by_probes(case) or supported_by_karyotype(case) or by_junctions(case)
        if karyotype is not None:
            verdict = joined(karyotype, verdict)
    if verdict is None:
        return absent(case, ID)
    source = _source(case, verdict)
    support = (*junction_support(case), *constitutional(case), *_array(case))
    verdict = replace(verdict, reasons=(*verdict.reasons, *support))
    if verdict.state is State.NOT_ASSESSABLE:
        call = absent(case, ID, verdict.reasons, verdict.seen or [verdict.observation(source)])
        return replace(call, evidence=verdict.evidence, details=verdict.details)
    found = verdict.state.present or verdict.state is State.EQUIVOCAL
    return make(
        case,
        ID,
        verdict.seen or [verdict.observation(source)],
        verdict.summary,
        verdict.reasons,
        verdict.evidence,
        subtype=verdict.tier if found else None,
        tier=verdict.tier if found else None,
        genes=(GENE,) if found else (),
        details=verdict.details,
    )


def _source(case: Case, verdict: Verdict) -> Source:
    """Copy number where it was read, else FISH or the karyotype, as the first piece of evidence says."""
    if case.profile is not None and case.profile.segments:
        return Source.COPY_NUMBER
    if verdict.tier == "mlpa":
        return Source.MLPA
    return Source.FISH if verdict.tier == "fish" or by_fish(case) is not None else Source.KARYOTYPE


def _array(case: Case) -> tuple[Reason, ...]:
    """Array signals level off at high copies."""
    if case.sample.assay != "array" or case.profile is None or not case.profile.segments:
        return ()
    return (Reason(Code.NOTE, "signals of arrays level off at high copies: a peak may be higher than it looks", FISH),)
