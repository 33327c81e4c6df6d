"""What karyotype and junctions add to iAMP21."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.pattern import anchors_of
from annotate.decide.iamp21.verdict import FISH
from annotate.decide.nomenclature import is_whole
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.model.karyotype import Karyotype, KaryotypeClone, KaryotypeToken
from annotate.model.state import Code, Reason, State
from annotate.read.karyotype.counts import acquired_clones
from annotate.reference.genome import Genome

DIPLOID = 2
AMPLIFYING = frozenset({"dup", "trp", "qdp", "add", "ring", "i", "idic", "ider", "hsr", "amp", "cth"})


def supported_by_karyotype(case: Case) -> Verdict | None:
    """An extra or abnormal chromosome 21, or a marker: FISH is asked for."""
    if case.karyotype is None:
        return None
    clones = acquired_clones(case.karyotype)
    few = case.knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    found = [token for clone in clones for token in clone.tokens if _abnormal_21(token, _of_few(clone, clones, few))]
    found += [token for token in case.karyotype.measured if _abnormal_21(token, of_few=False)]
    least = case.knowledge.value(cutoffs.HYPERDIPLOIDY_MIN)
    hyperdiploid = any((clone.low or 0) >= least for clone in clones)
    if hyperdiploid and all(token.kind in ("gain", "mar") for token in found):
        found = []
    raw = ", ".join(dict.fromkeys([*(token.raw for token in found), *_gained_parts_of_21(case.karyotype, case.genome)]))
    if not raw:
        return None
    reason = Reason(Code.KARYOTYPE_ONLY, f"karyotype: {raw}; whether this is iAMP21 is not told by bands", FISH)
    evidence = Evidence(kind="karyotype", summary=raw, file="sample sheet", rule="abnormal or extra chromosome 21")
    summary = f"iAMP21 equivocal: the karyotype shows {raw}; RUNX1 FISH decides."
    return Verdict(State.EQUIVOCAL, summary, (reason,), (evidence,), leaning="unclear")


def _gained_parts_of_21(karyotype: Karyotype, genome: Genome) -> Iterator[str]:
    """Parts of 21q that array, optical-map or sequencing nomenclature counts more than twice."""
    for segment in karyotype.segments:
        gained = segment.chrom == "21" and segment.low > DIPLOID and not segment.constitutional
        if gained and not is_whole(segment, genome):
            yield segment.raw


def _of_few(clone: KaryotypeClone, clones: Sequence[KaryotypeClone], few: int) -> bool:
    """A near-haploid clone, or its double: +21 makes two copies there, not three."""
    return (clone.low or few + 1) <= few or (
        clone.doubled_from is not None and any((other.low or few + 1) <= few for other in clones)
    )


def _abnormal_21(token: KaryotypeToken, of_few: bool) -> bool:
    if token.constitutional:
        return False
    if token.kind == "gain":
        return token.chromosomes == ("21",) and not of_few
    if token.kind == "mar" or (token.kind == "der" and token.chromosomes == ("21",)):
        return True
    return any(part.kind in AMPLIFYING and set(part.chromosomes) == {"21"} for part in token.parts)


# ---------------------------------------------------------------- structural variants


def within_21(case: Case) -> list[Junction]:
    """Junctions with both ends in the window of 21q that an iAMP21 rearranges."""
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
    reach = knowledge.value(cutoffs.IAMP21_FOLDBACK_DISTANCE)
    return [
        j
        for j in junctions
        if j.right is not None and j.left.keeps == j.right.keeps and abs(j.right.pos - j.left.pos) <= reach
    ]


def junction_support(case: Case) -> tuple[Reason, ...]:
    """A note where fold-backs (`iamp21.foldbacks`) or junctions (`iamp21.min_svs`) of 21q are many: no proof."""
    inside = within_21(case)
    folded = foldbacks(inside, case.knowledge)
    knowledge = case.knowledge
    if len(folded) < knowledge.value(cutoffs.IAMP21_FOLDBACKS) and len(inside) < knowledge.value(
        cutoffs.IAMP21_MIN_SVS
    ):
        return ()
    text = f"{len(inside)} junctions within 21q, {len(folded)} of them fold-back inversions: supports iAMP21"
    return (Reason(Code.NOTE, text),)


def by_junctions(case: Case) -> Verdict | None:
    """Many junctions with fold-backs and no copy number: a pattern, not a count."""
    inside = within_21(case)
    folded = foldbacks(inside, case.knowledge)
    knowledge = case.knowledge
    if len(inside) < knowledge.value(cutoffs.IAMP21_MIN_SVS) or len(folded) < knowledge.value(cutoffs.IAMP21_FOLDBACKS):
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


def constitutional(case: Case) -> tuple[Reason, ...]:
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
