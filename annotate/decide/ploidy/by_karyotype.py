"""Hypodiploidy by karyotype and DNA index."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.nomenclature import count_of_segments
from annotate.decide.ploidy.verdict import (
    ALLELES,
    NAMES,
    subtype_of,
)
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import PloidyCategoryRow, PloidyPatternRow
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.karyotype import KaryotypeClone
from annotate.model.state import Code, Reason, State
from annotate.read.karyotype.counts import acquired_clones, arm_copies, chromosome_copies, is_clonal, level_of

SHEET = "sample sheet"
DIPLOID = 2
DIPLOID_COUNT = 46

# ---------------------------------------------------------------- karyotype and DNA index


def verdict_by_karyotype(case: Case) -> Verdict | None:
    """Clones by their counts, then array nomenclature; composite and doubled clones included, a donor's left out."""
    if case.karyotype is None:
        return None
    knowledge = case.knowledge
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    acquired = acquired_clones(case.karyotype)
    clones = [clone for clone in acquired if clone.low is not None]
    few = [clone for clone in clones if (clone.low or 0) <= top]
    sure = [c for c in few if (c.high or c.low or 0) <= top and is_clonal(c, knowledge) is not False and _counted(c)]
    if sure:
        return _karyotype_found(case, sure, clones)
    if few:
        return _karyotype_doubt(few[0], top, knowledge)
    listed = _by_segments(case, top) or _by_losses(acquired, top, knowledge)
    if listed is not None:
        return listed
    if not case.karyotype.clones:
        return None
    if not clones:
        return _uncounted(bool(acquired or case.karyotype.unread))
    return _by_copies(case, clones, top)


def _by_copies(case: Case, clones: Sequence[KaryotypeClone], top: int) -> Verdict:
    """Clones above the limit: a double by its copies, or none."""
    knowledge = case.knowledge
    even = [clone for clone in clones if _even(clone, knowledge)]
    if even:
        return _karyotype_even(even[0], knowledge)
    pattern = [clone for clone in clones if _lacks_the_lost(clone, knowledge)]
    if pattern:
        return _karyotype_pattern(pattern[0], knowledge)
    return _karyotype_other(case, clones, top)


def _counted(clone: KaryotypeClone) -> bool:
    """A count written with `?` or `c.` counts where the listed chromosomes make the same number."""
    return not clone.count_uncertain or chromosome_copies(clone) is not None


def _by_losses(clones: Sequence[KaryotypeClone], top: int, knowledge: Knowledge) -> Verdict | None:
    """So many chromosomes listed as lost that the clone has few, where the count is not written or says otherwise.

    Not of a composite karyotype, whose losses need not be in one cell.
    """
    for clone in clones:
        number = DIPLOID_COUNT + sum(token.change for token in clone.tokens if not token.constitutional)
        if clone.composite or clone.doubled_from is not None or level_of(clone) != DIPLOID or number > top:
            continue
        stated = "no count is written" if clone.low is None else f"the count says {_count(clone)}"
        text = f"karyotype {clone.raw}: the chromosomes listed as lost leave {number}, {stated}"
        return Verdict(
            State.EQUIVOCAL,
            f"The karyotype lists losses that leave {number} chromosomes; {stated}.",
            (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),),
            (Evidence(kind="karyotype", summary=clone.raw, file=SHEET, rule="chromosomes listed as lost"),),
            subtype=subtype_of(number, knowledge),
            leaning="likely" if clone.low is None else "unclear",
            below=number,
        )
    return None


def _uncounted(unread: bool) -> Verdict:
    text = "the karyotype is normal or of a donor, which does not exclude a hypodiploid clone that does not divide"
    if unread:
        text = "the karyotype states no chromosome count that could be read"
    return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),))


def _by_segments(case: Case, top: int) -> Verdict | None:
    """Chromosomes that an array lists as single: the copies are the laboratory's, the count follows from the list."""
    assert case.karyotype is not None
    counted = count_of_segments(case.karyotype, case.genome)
    if counted is None or counted.low > top:
        return None
    number = f"{counted.low}" if counted.low == counted.high else f"{counted.low} to {counted.high}"
    text = (
        f"{counted.method} nomenclature lists {len(counted.single)} autosomes in one copy: about {number} chromosomes;"
        " copies of an array are relative, so the clone may be doubled"
    )
    return Verdict(
        State.EQUIVOCAL,
        f"Hypodiploidy by {counted.method} nomenclature: about {number} chromosomes.",
        (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),),
        (Evidence(kind="karyotype", summary=text, file=SHEET, rule="whole chromosomes of array nomenclature"),),
        subtype=subtype_of(counted.low, case.knowledge),
        modal=counted.low,
        leaning="likely" if counted.high <= top else "unclear",
        below=counted.low,
    )


def _karyotype_found(case: Case, sure: Sequence[KaryotypeClone], clones: Sequence[KaryotypeClone]) -> Verdict:
    knowledge = case.knowledge
    clone = min(sure, key=lambda c: c.low or 0)
    number = clone.high or clone.low or 0
    subtype = subtype_of(clone.low or 0, knowledge)
    doubled = [c for c in clones if c.doubled_from is not None or (c.low or 0) >= 2 * (clone.low or 0) - 4]
    reasons = [Reason(Code.EVIDENCE_FOUND, f"the karyotype shows a clone of {_count(clone)} chromosomes: {clone.raw}")]
    if is_clonal(clone, knowledge) is None:
        reasons.append(Reason(Code.NOTE, "the number of metaphases of this clone is not written"))
    if doubled:
        reasons.append(Reason(Code.NOTE, f"the karyotype also shows its doubled form: {doubled[0].raw}"))
    return Verdict(
        State.DETECTED,
        f"{NAMES[subtype].capitalize()} by karyotype: a clone of {_count(clone)} chromosomes"
        f"{', with its doubled form' if doubled else ''}.",
        tuple(reasons),
        (_karyotype_evidence(clone, case),),
        subtype=subtype,
        modal=clone.low,
        masked=False,
        details={"karyotype_clones": [c.raw for c in clones]},
        below=number,
    )


def _karyotype_doubt(clone: KaryotypeClone, top: int, knowledge: Knowledge) -> Verdict:
    single = is_clonal(clone, knowledge) is False
    why = (
        f"{clone.metaphases} metaphase{'s' if clone.metaphases != 1 else ''}, too few for a clone"
        if single
        else f"the range {_count(clone)} crosses the limit of {top}"
        if (clone.high or clone.low or 0) > top
        else "the count is written as uncertain"
    )
    return Verdict(
        State.EQUIVOCAL,
        f"The karyotype shows {_count(clone)} chromosomes ({why}).",
        (Reason(Code.KARYOTYPE_ONLY, f"karyotype {clone.raw}: {why}", ALLELES),),
        (Evidence(kind="karyotype", summary=clone.raw, rule="chromosome count of a clone"),),
        subtype=subtype_of(min(clone.low or 0, top), knowledge),
        leaning="unclear" if single else "likely",
        details={"single_metaphase": single},
        below=clone.low,
    )


def _even(clone: KaryotypeClone, knowledge: Knowledge) -> bool:
    """Hyperdiploid with every autosome in two or four copies: what a doubled clone looks like, such as 68<3n>."""
    if (clone.low or 0) < 2 * _least(knowledge) or clone.doubled_from is not None:
        return False
    copies = chromosome_copies(clone)
    if copies is None:
        return False
    if copies["X"] % 2 or copies["Y"] % 2:
        return False  # XY without another X and Y is no double of anything
    born = {chrom for token in clone.tokens if token.constitutional for chrom in token.chromosomes}
    autosomes = [n for c, n in copies.items() if c not in ("X", "Y") and c not in born]
    even = sum(1 for n in autosomes if n % 2 == 0) + len(born)
    return even >= knowledge.value(cutoffs.HYPODIPLOIDY_KARYOTYPE_EVEN) and 2 in autosomes and 4 in autosomes


def _karyotype_even(clone: KaryotypeClone, knowledge: Knowledge) -> Verdict:
    copies = chromosome_copies(clone) or {}
    two = [c for c, n in copies.items() if n == 2 and c not in ("X", "Y")]
    half = sum(copies.values()) // 2
    text = f"karyotype {clone.raw}: nearly all autosomes in two or four copies, as doubling of about {half} would leave"
    return Verdict(
        State.EQUIVOCAL,
        f"Masked hypodiploidy possible by karyotype: {_count(clone)} chromosomes, almost all in even copies.",
        (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),),
        (Evidence(kind="karyotype", summary=clone.raw, rule="even copies", values={"two_copies": two}),),
        subtype=subtype_of(half, knowledge),
        modal=clone.low,
        masked=True,
        leaning="likely" if len(two) >= knowledge.value(cutoffs.HYPODIPLOIDY_MASKED_LOH_MIN) else "unclear",
        below=half,
    )


def _lacks_the_lost(clone: KaryotypeClone, knowledge: Knowledge) -> bool:
    """Near-triploid with two copies of just the chromosomes that low hypodiploidy loses: 72<3n>,…,-3,-7,-15,-16,-17.

    Asked where the listed chromosomes do not make the count, so that parity cannot be judged.
    """
    if chromosome_copies(clone) is not None or (clone.low or 0) < 2 * _least(knowledge) or level_of(clone) <= DIPLOID:
        return False
    arms = arm_copies(clone)
    lost = [row.chrom for row in knowledge.rows(PloidyPatternRow) if row.pattern == "low_hypodiploid_lost"]
    return bool(lost) and all(arms[f"{chrom}{arm}"] == DIPLOID for chrom in lost for arm in "pq")


def _karyotype_pattern(clone: KaryotypeClone, knowledge: Knowledge) -> Verdict:
    half = (clone.low or 0) // 2
    text = (
        f"karyotype {clone.raw}: two copies of the chromosomes that low hypodiploidy loses in a near-triploid clone, as"
        f" doubling of about {half} would leave; the listed chromosomes do not make the count"
    )
    return Verdict(
        State.EQUIVOCAL,
        f"Masked hypodiploidy possible by karyotype: {_count(clone)} chromosomes.",
        (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),),
        (Evidence(kind="karyotype", summary=clone.raw, file=SHEET, rule="chromosomes lost in low hypodiploidy"),),
        subtype=subtype_of(half, knowledge),
        modal=clone.low,
        masked=True,
        leaning="unclear",
        below=half,
    )


def _karyotype_other(case: Case, clones: Sequence[KaryotypeClone], top: int) -> Verdict:
    """Abnormal clones of 40 or more: below 48 none can be a doubled one, above only alleles tell."""
    knowledge = case.knowledge
    clone = max(clones, key=lambda c: (c.metaphases or 0, c.low or 0))
    evidence = (_karyotype_evidence(clone, case),)
    metaphases = case.karyotype.metaphases if case.karyotype is not None else None
    needed = knowledge.value(cutoffs.HYPODIPLOIDY_MIN_METAPHASES_NEGATIVE)
    clonal = all(is_clonal(c, knowledge) is True for c in clones)
    highest = max(c.high or c.low or 0 for c in clones)
    abnormal = sum(c.metaphases or 0 for c in clones) >= knowledge.value(cutoffs.KARYOTYPE_MIN_METAPHASES_ABNORMAL)
    enough = metaphases is not None and metaphases >= needed and abnormal and _all_read(case, clones)
    if highest < 2 * _least(knowledge) and clonal and enough:
        number = clone.high or clone.low or 0
        high_hypo = number <= knowledge.value(cutoffs.HYPODIPLOIDY_HIGH_MAX)
        text = (
            f"{metaphases} metaphases, and every abnormal clone has {top + 1} to {highest} chromosomes: too many for"
            " hypodiploidy and too few for a doubled clone"
        )
        return Verdict(
            State.NOT_DETECTED,
            f"Hypodiploidy below {top + 1} not detected by karyotype: a clone of {_count(clone)} chromosomes"
            f"{' (high hypodiploid)' if high_hypo else ''}.",
            (Reason(Code.LOOKED_AND_NOT_FOUND, text),),
            evidence,
            subtype="high_hypodiploid" if high_hypo else None,
            modal=clone.low,
            masked=False,
            below=clone.low,
        )
    text = f"the karyotype shows {_count(clone)} chromosomes ({clone.raw})"
    if highest >= 2 * _least(knowledge):
        text += "; a doubled hypodiploid clone is not excluded by counting"
        return Verdict(
            State.NOT_ASSESSABLE, "", (Reason(Code.INPUT_LACKS_BAF, text, ALLELES),), evidence, modal=clone.low
        )
    few = f"{metaphases if metaphases is not None else 'an unknown number of'} metaphases"
    if metaphases is not None and metaphases >= needed and not abnormal:
        few = f"{sum(c.metaphases or 0 for c in clones)} abnormal metaphases"
    text += f"; {few} are too few for a negative"
    return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),), evidence, modal=clone.low)


def _all_read(case: Case, clones: Sequence[KaryotypeClone]) -> bool:
    """No part of the text is unread, no clone incomplete, no count uncertain, nothing there at birth as a mosaic."""
    unread = case.karyotype is not None and case.karyotype.unread
    return not unread and not any(c.incomplete or c.count_uncertain or c.mosaic for c in clones)


def _least(knowledge: Knowledge) -> int:
    """Fewest chromosomes of a near-haploid clone by the scheme of the subtypes."""
    return next(row.bounds(knowledge)[0] for row in _rows(knowledge) if row.category == "near-haploid")


def by_index(case: Case) -> Verdict | None:
    """A DNA index of fewer than 40 chromosomes."""
    index, knowledge = case.sample.dna_index, case.knowledge
    if index is None or index > knowledge.value(cutoffs.HYPODIPLOIDY_DNA_INDEX_MAX):
        return None
    if index < knowledge.value(cutoffs.HYPODIPLOIDY_DNA_INDEX_LOW):
        text = f"the DNA index {index:g} is below that of a haploid set and is not used"
        return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.NOTE, text),))
    number = round(46 * index)
    text = f"the DNA index {index:g} is that of about {number} chromosomes"
    few = number <= knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    return Verdict(
        State.EQUIVOCAL,
        f"The DNA index {index:g} speaks for about {number} chromosomes.",
        (Reason(Code.EVIDENCE_FOUND, text, ALLELES),),
        (Evidence(kind="karyotype", summary=text, rule="DNA index", values={"dna_index": index}),),
        subtype=subtype_of(number, knowledge) if few else "high_hypodiploid",
        leaning="likely" if few else "unclear",
        below=number,
    )


def _count(clone: KaryotypeClone) -> str:
    return str(clone.low) if clone.high in (None, clone.low) else f"{clone.low} to {clone.high}"


def _karyotype_evidence(clone: KaryotypeClone, case: Case) -> Evidence:
    return Evidence(
        kind="karyotype",
        summary=clone.raw,
        file="sample sheet",
        rule="chromosome count of a clone",
        values={"low": clone.low, "high": clone.high, "metaphases": clone.metaphases},
    )


def _rows(knowledge: Knowledge) -> list[PloidyCategoryRow]:
    return [row for row in knowledge.rows(PloidyCategoryRow) if row.scheme == "Holmfeldt 2013"]
