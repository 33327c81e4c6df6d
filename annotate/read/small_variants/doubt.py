"""Why a record is no plain call of the leukaemia: its filter, its genotype, its few reads."""

from __future__ import annotations

from dataclasses import dataclass

from annotate.base.probability import binomial_tail
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import RemarkCode
from annotate.model.small_variants import FEW_READS, NOT_IN_GENOTYPE
from annotate.read.alignments.detection import reads_needed
from annotate.read.small_variants.counts import Counts

FILTERED = "filtered_by_caller"
COUNTS_CONTRADICT = "counts_contradict"
FLAGS = {
    RemarkCode.FILTERED: FILTERED,
    RemarkCode.GENOTYPE_REFERENCE: NOT_IN_GENOTYPE,
    RemarkCode.FEW_READS: FEW_READS,
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """`withheld`: the record is no variant of the report; it may still speak against a negative."""

    code: RemarkCode
    reason: str = ""
    withheld: bool = False


def above_noise(counts: Counts, knowledge: Knowledge, *, indel: bool = False) -> bool:
    """Would error alone hardly give so many reads? By the error model of the pileup. Unknown reads cannot be judged."""
    alt, depth = counts.alt, counts.depth
    if alt is None or not depth:
        return counts.vaf is None or not _low(counts.vaf, knowledge)
    rate = knowledge.value("pileup.indel_error_rate" if indel else "pileup.error_rate")
    return binomial_tail(alt, depth, rate) <= knowledge.value("pileup.alpha")


def enough_reads(counts: Counts, knowledge: Knowledge) -> bool:
    """As many reads as the pileup asks for before it calls an allele itself. Unknown reads are not held against it."""
    if counts.alt is None or not counts.depth:
        return True
    return counts.alt >= reads_needed(counts.depth, knowledge.value("pileup.error_rate"), knowledge)


def subclonal_at_most(counts: Counts, knowledge: Knowledge) -> bool:
    """So low a fraction that a negative, which speaks of clonal mutations away from hotspots, stands beside it."""
    return counts.vaf is not None and _low(counts.vaf, knowledge)


def _low(vaf: float, knowledge: Knowledge) -> bool:
    return vaf < knowledge.value("small_variants.weak_min_vaf")
