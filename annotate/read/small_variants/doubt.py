"""Why a record is no plain call of the leukaemia: its filter, its genotype, its few reads."""

from __future__ import annotations

from pathlib import Path

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.base.probability import binomial_tail
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.model.small_variants import FEW_READS, NOT_IN_GENOTYPE
from annotate.read.alignments.detection import reads_needed
from annotate.read.small_variants.alleles import Unread
from annotate.read.small_variants.count_forms import Counts
from annotate.read.small_variants.filters import FilterClass
from annotate.read.small_variants.stream import Record

FILTERED = "filtered_by_caller"
COUNTS_CONTRADICT = "counts_contradict"
FLAGS = {
    RemarkCode.FILTERED: FILTERED,
    RemarkCode.GENOTYPE_REFERENCE: NOT_IN_GENOTYPE,
    RemarkCode.FEW_READS: FEW_READS,
}


@frozen
class Doubt:
    """`withheld`: the record is no variant of the report; it may still speak against a negative."""

    code: RemarkCode
    reason: str = ""
    withheld: bool = False


@frozen
class Seen:
    """What is known of one allele of a record. `absent`: the leukaemia's own column does not have it."""

    counts: Counts
    called: bool | None
    absent: bool
    filter: str
    kind: FilterClass
    at_hotspot: bool
    indel: bool


NO_READ = "no read supports it"


def doubt_of(seen: Seen, role: str, knowledge: Knowledge, *, leukaemia: bool, keep_filtered: bool) -> Doubt | None:
    """Why a record is no plain call; None for one. Raises Unread where it says nothing of the sample (`role`) at all.

    At hotspots such a record is kept and marked. Elsewhere it is withheld: whether it matters is told by its name.
    """
    counts, elsewhere = seen.counts, f"not in the column of {role}"
    if counts.alt == 0 and not counts.conflict:
        raise Unread(NO_READ if seen.called else elsewhere)
    if not seen.absent and (seen.kind.used or keep_filtered):
        return _doubt_of_call(seen, knowledge, leukaemia=leukaemia)
    reason = elsewhere if seen.absent else f"filter:{seen.filter[:80]}"
    if not leukaemia:
        if seen.absent or not seen.at_hotspot:
            raise Unread(reason)
        return Doubt(RemarkCode.FILTERED)
    if not _matters(seen, knowledge):
        raise Unread(reason)
    code = RemarkCode.GENOTYPE_REFERENCE if seen.absent else RemarkCode.FILTERED
    explained = seen.absent and seen.kind is FilterClass.GERMLINE  # DeepSomatic writes 0/0 for what the normal has too
    return Doubt(code, reason, withheld=explained or not seen.at_hotspot)


def _doubt_of_call(seen: Seen, knowledge: Knowledge, *, leukaemia: bool) -> Doubt | None:
    if not seen.kind.used:
        return Doubt(RemarkCode.FILTERED)
    few = seen.counts.denied or not enough_reads(seen.counts, knowledge)
    return Doubt(RemarkCode.FEW_READS) if leukaemia and few else None


def _matters(seen: Seen, knowledge: Knowledge) -> bool:
    """Are there reads that error does not give, and away from hotspots more than of a small subclone?"""
    told = seen.counts.known or (seen.at_hotspot and bool(seen.counts.conflict))
    if not above_noise(seen.counts, knowledge, indel=seen.indel) or (seen.absent and not told):
        return False
    return seen.at_hotspot or not subclonal_at_most(seen.counts, knowledge)


def above_noise(counts: Counts, knowledge: Knowledge, *, indel: bool = False) -> bool:
    """Would error alone hardly give so many reads? By the error model of the pileup. Unknown reads cannot be judged."""
    alt, depth = counts.alt, counts.depth
    if alt is None or not depth:
        return counts.vaf is None or not _low(counts.vaf, knowledge)
    rate = knowledge.value(cutoffs.PILEUP_INDEL_ERROR_RATE if indel else cutoffs.PILEUP_ERROR_RATE)
    return binomial_tail(alt, depth, rate) <= knowledge.value(cutoffs.PILEUP_ALPHA)


def enough_reads(counts: Counts, knowledge: Knowledge) -> bool:
    """As many reads as the pileup asks for before it calls an allele itself. Unknown reads are not held against it."""
    if counts.alt is None or not counts.depth:
        return True
    return counts.alt >= reads_needed(counts.depth, knowledge.value(cutoffs.PILEUP_ERROR_RATE), knowledge)


def subclonal_at_most(counts: Counts, knowledge: Knowledge) -> bool:
    """So low a fraction that a negative, which speaks of clonal mutations away from hotspots, stands beside it."""
    return counts.vaf is not None and _low(counts.vaf, knowledge)


def _low(vaf: float, knowledge: Knowledge) -> bool:
    return vaf < knowledge.value(cutoffs.SMALL_VARIANTS_WEAK_MIN_VAF)


def unread_remark(
    kind: str, path: Path, record: Record, alt: str, code: RemarkCode, why: str, genes: tuple[str, ...]
) -> Remark:
    """An allele that cannot be read: a symbol or a long one would speak, an unknown base only hides."""
    return Remark(
        kind=kind,
        file=str(path),
        record=record.label,
        code=code,
        reason=f"{record.chrom}:{record.pos} {alt[:40]}: {why}",
        speaks=Speaks.BLINDS if code is RemarkCode.UNREADABLE_VALUE else Speaks.FOR,
        genes=genes,
        regions=(Interval(record.chrom, record.pos, record.end),),
        would=f"a change of {', '.join(genes)}",
    )
