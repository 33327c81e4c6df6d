"""Reads by base over a record's place, as its sample column states them."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import OTHER
from annotate.read.small_variants.alleles import SKIPPED
from annotate.read.small_variants.counts import Allele, count_rules, other_reads, sample_counts
from annotate.read.small_variants.stream import Record


def base_counts(record: Record, knowledge: Knowledge, caller: str) -> Mapping[str, int]:
    """Reads by base where all alleles are single bases."""
    alts = [alt for alt in record.alts if alt not in SKIPPED]
    if len(record.ref) != 1 or any(len(alt) != 1 for alt in alts):
        return {}
    found = {}
    for index, alt in enumerate(record.alts, start=1):
        if alt in SKIPPED:
            continue
        allele = Allele(index, len(record.alts), record.ref, alt)
        counts = sample_counts(record.tumor or {}, allele, count_rules(knowledge), caller)
        if counts.alt is not None:
            found[alt.upper()] = counts.alt
    return found


def other_counts(record: Record, knowledge: Knowledge) -> Mapping[str, int]:
    """Reads over a record that belong neither to its reference nor to an allele in bases."""
    reads = other_reads(record.tumor or {}, record.alts, knowledge.value(cutoffs.SMALL_VARIANTS_FRACTION_TOLERANCE))
    return {OTHER: reads} if reads else {}
