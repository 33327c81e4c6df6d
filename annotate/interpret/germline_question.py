"""Which changes of a predisposition gene ask whether they are of the germline. A question, never an answer.

What may speak: the normal column or the germline file, the population, and in a leukaemia without a normal the allele
fraction with the copies and the purity at the place. The table `germline_variants` names changes that are known to
predispose, and common ones that never ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.base.probability import vaf_interval
from annotate.decide.case import Case
from annotate.interpret.facts import protein_name
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.small_variants import GeneRoleRow, GermlineVariantRow
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants.clonality import LocalCopies, local_copies
from annotate.reference.hotspots import classes

HARMFUL = frozenset({"Oncogenic", "Likely oncogenic"})
BENIGN = frozenset({"Benign", "Likely benign"})
REFERENCE = frozenset({"0/0", "0|0"})
CHANGES_PROTEIN = frozenset({"missense", "truncating", "inframe", "splice"})


class Question(StrEnum):
    """What kind of change asks."""

    HARMFUL = "harmful"  # by its points, a hotspot, or a named predisposing change
    UNCERTAIN = "uncertain"  # rare, protein-changing, in the normal


def questions(case: Case) -> dict[str, Question]:
    """By gene of predisposition, the gravest question that a change of it asks."""
    genes = {row.id for row in case.knowledge.rows(GeneRoleRow) if row.predisposition}
    found: dict[str, Question] = {}
    for variant, question in (*_of_leukaemia(case), *_of_normal(case)):
        gene = variant.gene or ""
        if gene in genes and found.get(gene) is not Question.HARMFUL:
            found[gene] = question
    return found


def _of_leukaemia(case: Case) -> Iterator[tuple[SmallVariant, Question]]:
    has_normal = case.small is not None and case.small.normal_name is not None
    for variant in case.small.variants if case.small is not None else ():
        flagged = "possible_germline" in variant.flags
        if not flagged and (has_normal or not fits_germline(variant, case)):
            continue
        question = _question(variant, case, in_normal=flagged and variant.normal_vaf is not None)
        if question is not None:
            yield variant, question


def _of_normal(case: Case) -> Iterator[tuple[SmallVariant, Question]]:
    """A germline file lists common changes too: of a change of uncertain meaning its rarity must be stated."""
    harmful = {v.key for v in case.small.variants if _harmful(v, case)} if case.small is not None else set()
    for variant in case.germline.variants if case.germline is not None else ():
        if variant.genotype in REFERENCE:
            continue
        if variant.key in harmful:
            yield variant, Question.HARMFUL
            continue
        question = _question(variant, case, in_normal=variant.population_af is not None)
        if question is not None:
            yield variant, question


def _question(variant: SmallVariant, case: Case, *, in_normal: bool) -> Question | None:
    if _class_of(variant, case) == "common" or _is_common(variant, case):
        return None
    if _harmful(variant, case):
        return Question.HARMFUL
    changes = bool(classes(variant) & CHANGES_PROTEIN) and variant.oncogenicity not in BENIGN
    return Question.UNCERTAIN if in_normal and changes else None


def _harmful(variant: SmallVariant, case: Case) -> bool:
    """By its points, or at a hotspot of the tables: points that can be had offline leave some of those short."""
    named = _class_of(variant, case) == "predisposing"
    return named or variant.oncogenicity in HARMFUL or "hotspot" in variant.flags


def _class_of(variant: SmallVariant, case: Case) -> str | None:
    name = protein_name(variant)
    rows = case.knowledge.rows(GermlineVariantRow)
    return next((row.known_as for row in rows if row.gene == variant.gene and row.change == name), None)


def _is_common(variant: SmallVariant, case: Case) -> bool:
    frequency = variant.population_af
    return frequency is not None and frequency >= case.knowledge.value(cutoffs.GERMLINE_COMMON_FREQUENCY)


# ---------------------------------------------------------------- allele fraction with copies


def fits_germline(variant: SmallVariant, case: Case) -> bool:
    """Without a normal: do the reads fit a heterozygous germline change at these copies, and no acquired one?

    Where purity or copies are not known nothing is said.
    """
    purity = case.sample.purity
    if purity is None and case.profile is not None:
        purity = case.profile.purity
    if purity is None or not 0 < purity < 1 or variant.vaf is None or not variant.depth:
        return False
    copies = local_copies(variant.chrom, variant.pos, case.profile, case.sample.sex, case.genome)
    if not copies.certain or copies.normal != 2:
        return False
    reads = variant.alt_reads if variant.alt_reads is not None else round(variant.vaf * variant.depth)
    low, high = vaf_interval(min(reads, variant.depth), variant.depth)
    fits = [low <= expected <= high for expected in _expected(purity, copies, germline=1)]
    return any(fits) and not any(low <= expected <= high for expected in _expected(purity, copies, germline=0))


def _expected(purity: float, copies: LocalCopies, *, germline: int) -> Iterator[float]:
    """Allele fractions of a change with 1 … major copies in the leukaemia, and `germline` copies in normal cells."""
    reads = purity * copies.total + (1 - purity) * copies.normal
    for copy in range(1, copies.major + 1):
        yield (purity * copy + (1 - purity) * germline) / reads


__all__ = ["Question", "fits_germline", "questions"]
