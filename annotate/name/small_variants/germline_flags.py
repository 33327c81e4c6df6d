"""Where a variant may not be the leukaemia's: germline, clonal haematopoiesis, artefact. Flags, never verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from annotate.knowledge import cutoffs
from annotate.knowledge.specs.small_variants import GeneRoleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant


def flags(variant: SmallVariant, knowledge: Knowledge, has_normal: bool, age: float | None = None) -> tuple[str, ...]:
    """possible_germline, in_normal, possible_chip, possible_artefact where they apply. `age`: in years."""
    found = []
    if _germline(variant, knowledge, has_normal):
        found.append("possible_germline")
    elif _in_normal(variant):
        found.append("in_normal")
    if _chip(variant, knowledge, age):
        found.append("possible_chip")
    if _artefact(variant, knowledge):
        found.append("possible_artefact")
    return tuple(found)


def role(gene: str | None, knowledge: Knowledge) -> GeneRoleRow | None:
    """The row of `gene_roles` of a gene, if it has one."""
    return _roles(knowledge).get(gene or "")


@lru_cache(maxsize=8)
def _roles(knowledge: Knowledge) -> Mapping[str, GeneRoleRow]:
    return {row.id: row for row in knowledge.rows(GeneRoleRow)}


def _germline(variant: SmallVariant, knowledge: Knowledge, has_normal: bool) -> bool:
    """With a normal sample its VAF decides; without one the population, or VAF ~0.5 in a predisposition gene."""
    value = knowledge.value
    if variant.normal_vaf is not None and (variant.normal_depth or 0) >= value(cutoffs.WEIGHING_GERMLINE_NORMAL_DEPTH):
        return variant.normal_vaf >= value(cutoffs.WEIGHING_GERMLINE_NORMAL_VAF)
    if variant.population_af is not None and variant.population_af >= value(cutoffs.WEIGHING_GERMLINE_POPULATION):
        return True
    if has_normal or variant.vaf is None:
        return False
    entry = role(variant.gene, knowledge)
    half = value(cutoffs.WEIGHING_GERMLINE_VAF_LOW) <= variant.vaf <= value(cutoffs.WEIGHING_GERMLINE_VAF_HIGH)
    return half and entry is not None and entry.predisposition


def _in_normal(variant: SmallVariant) -> bool:
    """Some reads of the normal sample carry it: leukaemia in the normal, or a shared artefact."""
    return bool(variant.normal_alt_reads)


def _chip(variant: SmallVariant, knowledge: Knowledge, age: float | None) -> bool:
    """Clonal haematopoiesis is rare in the young; an age that is not known does not exclude it."""
    if age is not None and age < knowledge.value(cutoffs.WEIGHING_CHIP_MIN_AGE):
        return False
    entry = role(variant.gene, knowledge)
    low = variant.vaf is not None and variant.vaf < knowledge.value(cutoffs.WEIGHING_CHIP_MAX_VAF)
    return entry is not None and entry.chip and low


def _artefact(variant: SmallVariant, knowledge: Knowledge) -> bool:
    few = variant.alt_reads is not None and variant.alt_reads < knowledge.value(cutoffs.WEIGHING_ARTEFACT_MIN_READS)
    return few or not variant.passes
