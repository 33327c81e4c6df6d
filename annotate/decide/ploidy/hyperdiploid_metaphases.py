"""High hyperdiploidy by karyotype and DNA index."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.nomenclature import ListedCount, count_of_segments
from annotate.decide.ploidy.hyperdiploid_patterns import ALLELES, ID, MASKED, limits, pattern_reasons, patterns
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.karyotype import KaryotypeClone
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.read.karyotype.counts import acquired_clones, chromosome_copies, is_clonal


def by_karyotype(case: Case, extra: tuple[Reason, ...]) -> LesionCall | None:
    """Clones by their counts, then chromosomes that nomenclature lists, then enough metaphases of other clones."""
    if case.karyotype is None:
        return None
    clones = [c for c in acquired_clones(case.karyotype) if c.low is not None]
    listed = count_of_segments(case.karyotype, case.genome)
    return _by_clones(case, clones, extra) or _by_segments(case, listed, extra) or _no_clone(case, clones, extra)


def _by_clones(case: Case, clones: list[KaryotypeClone], extra: tuple[Reason, ...]) -> LesionCall | None:
    low, high = limits(case.knowledge)
    crossing = [c for c in clones if (c.high or c.low or 0) >= low and (c.low or 0) <= high]
    within = [c for c in crossing if low <= (c.low or 0) and (c.high or c.low or 0) <= high and _certain(case, c)]
    if within:
        return _karyotype_clone(case, within[0], clones, extra)
    if not crossing:
        return None
    clone = crossing[0]
    if all(_of_hypodiploid(c, clones, case.knowledge) for c in crossing):
        return _doubled_hypodiploid(case, clone, extra)
    reason = Reason(Code.KARYOTYPE_ONLY, f"karyotype {clone.raw}: the count or its cells leave it open", ALLELES)
    summary = f"High hyperdiploidy equivocal by karyotype: {clone.low} to {clone.high} chromosomes."
    open_count = [speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=True)]
    return make(case, ID, open_count, summary, (reason, *extra), (_clone(clone),))


def _certain(case: Case, clone: KaryotypeClone) -> bool:
    return is_clonal(clone, case.knowledge) is not False and not clone.count_uncertain


def _by_segments(case: Case, listed: ListedCount | None, extra: tuple[Reason, ...]) -> LesionCall | None:
    """Chromosomes that an array lists as gained; copies of an array are relative, and alleles are not listed."""
    low, high = limits(case.knowledge)
    if listed is None or listed.low < low or listed.high > high:
        return None
    text = f"{listed.method} nomenclature lists gains of whole chromosomes: about {listed.low} chromosomes"
    reasons = (Reason(Code.KARYOTYPE_ONLY, text, ALLELES), Reason(Code.NOTE, MASKED, ALLELES), *extra)
    evidence = Evidence("karyotype", text, "sample sheet", rule="whole chromosomes of array nomenclature")
    counted = [speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=True)]
    summary = f"High hyperdiploidy likely: {text}."
    return make(case, ID, counted, summary, reasons, (evidence,), modal_number=listed.low)


def _no_clone(case: Case, clones: list[KaryotypeClone], extra: tuple[Reason, ...]) -> LesionCall | None:
    """A negative from enough metaphases, where every part of the text was read."""
    knowledge, karyotype = case.knowledge, case.karyotype
    if karyotype is None or karyotype.unread or any(c.count_uncertain for c in clones):
        return None
    metaphases = karyotype.metaphases
    abnormal = sum(c.metaphases or 0 for c in clones) >= knowledge.value(cutoffs.KARYOTYPE_MIN_METAPHASES_ABNORMAL)
    if not abnormal or metaphases is None or metaphases < knowledge.value(cutoffs.HYPODIPLOIDY_MIN_METAPHASES_NEGATIVE):
        return None
    low, high = limits(knowledge)
    text = f"{metaphases} metaphases, and no abnormal clone has {low} to {high} chromosomes"
    summary = f"High hyperdiploidy not detected by karyotype: {clones[0].low} chromosomes."
    reason = Reason(Code.LOOKED_AND_NOT_FOUND, text)
    counted = [excludes(Source.KARYOTYPE, Weight.SUPPORT)]
    return make(case, ID, counted, summary, (reason, *extra), (_clone(clones[0]),), modal_number=clones[0].low)


def _of_hypodiploid(clone: KaryotypeClone, clones: Sequence[KaryotypeClone], knowledge: Knowledge) -> bool:
    """Written as a double, or beside a clone with so few chromosomes that it must be its double."""
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    return clone.doubled_from is not None or any((other.low or 99) <= top for other in clones)


def _doubled_hypodiploid(case: Case, clone: KaryotypeClone, extra: tuple[Reason, ...]) -> LesionCall:
    reason = Reason(Code.RULED_OUT, f"{clone.raw}: the doubled form of a hypodiploid clone")
    summary = f"High hyperdiploidy not detected: the clone of {clone.low} chromosomes is a doubled hypodiploid one."
    explained = [excludes(Source.KARYOTYPE, Weight.SUPPORT, code=Code.RULED_OUT)]
    return make(case, ID, explained, summary, (reason, *extra), (_clone(clone),), modal_number=clone.low)


def _karyotype_clone(
    case: Case, clone: KaryotypeClone, clones: list[KaryotypeClone], extra: tuple[Reason, ...]
) -> LesionCall:
    knowledge = case.knowledge
    hypo = case.calls.get("hypodiploidy")
    copies = chromosome_copies(clone)
    data = patterns(copies, knowledge) if copies is not None else {}
    suspect = hypo is not None and (hypo.state.present or hypo.state is State.EQUIVOCAL)
    if _of_hypodiploid(clone, clones, knowledge) or (suspect and hypo is not None and hypo.state.present):
        return _doubled_hypodiploid(case, clone, extra)
    reasons = [
        Reason(Code.EVIDENCE_FOUND, f"the karyotype shows a clone of {clone.low} chromosomes: {clone.raw}"),
        Reason(Code.NOTE, MASKED, ALLELES),
    ]
    reasons += pattern_reasons(copies, knowledge) if copies is not None else []
    odd = sum(1 for c, n in (copies or {}).items() if c not in ("X", "Y") and n == 3)
    sure = odd >= knowledge.value(cutoffs.HYPERDIPLOIDY_MIN_TRISOMIES) and not suspect
    summary = f"High hyperdiploidy by karyotype: {clone.low} chromosomes"
    if not sure:
        gains = f" in {odd} trisomies" if copies is not None else ", not all of its gains read"
        summary += f"{gains}; a doubled hypodiploid clone is not excluded"
    return make(
        case,
        ID,
        [speaks(Source.KARYOTYPE, Weight.PROOF if sure else Weight.SUPPORT, likely=bool(odd))],
        summary + ".",
        (*reasons, *extra),
        (_clone(clone),),
        modal_number=clone.low,
        details=data,
    )


def _clone(clone: KaryotypeClone) -> Evidence:
    return Evidence(kind="karyotype", summary=clone.raw, file="sample sheet", rule="chromosome count of a clone")


def by_index(case: Case) -> LesionCall | None:
    """A hyperdiploid DNA index alone counts nothing exactly."""
    index, knowledge = case.sample.dna_index, case.knowledge
    if index is None:
        return None
    low, high = (
        knowledge.value(cutoffs.HYPERDIPLOIDY_DNA_INDEX_MIN),
        knowledge.value(cutoffs.HYPERDIPLOIDY_DNA_INDEX_MAX),
    )
    if not low <= index <= high:
        return None
    text = f"the DNA index {index:g} is that of about {round(46 * index)} chromosomes"
    reasons = (Reason(Code.EVIDENCE_INCOMPLETE, text, ALLELES), Reason(Code.NOTE, MASKED, ALLELES))
    evidence = (Evidence(kind="karyotype", summary=text, file="sample sheet", rule="DNA index"),)
    summary = f"High hyperdiploidy likely by DNA index {index:g}."
    counted = [speaks(Source.DNA_INDEX, Weight.SUPPORT, likely=True)]
    return make(case, ID, counted, summary, reasons, evidence)
