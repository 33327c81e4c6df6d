"""Fusions that copy number gives away: deletions and amplifications whose ends lie in the two genes of a fusion.

What to look for is data (`copy_patterns.tsv`). A pattern is never a proof: it raises a suspicion that a
junction or RNA must confirm, so it makes a lesion `equivocal` at most, leaning `likely` or `unclear`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.knowledge import cutoffs
from annotate.knowledge.kinds import Place
from annotate.knowledge.specs.rearrangements import CopyPatternRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.evidence import Evidence
from annotate.name.copy_number.stretches import CopyMap, Stretch, copy_map
from annotate.name.copy_number.words import length_text
from annotate.reference.genome import Genome

CONFIRM = "RNA fusion table, or FISH"


@frozen
class FusionPattern:
    """A fusion suspected from copy number. `needs_par_mode`: says nothing unless PAR1's mapping is stated."""

    lesion: str
    pair: str  # EBF1::PDGFRB, or KMT2A 3' loss
    leaning: Literal["likely", "unclear"]
    text: str
    evidence: tuple[Evidence, ...]
    settles: str = CONFIRM
    subclonal: bool = False
    needs_par_mode: bool = False


Answer = tuple[CopyNumberProfile, Genome, Knowledge, tuple[FusionPattern, ...]]
_last: list[Answer] = []  # the latest profile's answer: each rearrangement asks for it again


def fusion_patterns(profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge) -> tuple[FusionPattern, ...]:
    """Every pattern of `copy_patterns.tsv` that this profile shows, in the order of the table."""
    for asked, place, tables, answer in _last:
        if asked is profile and place is genome and tables == knowledge:
            return answer
    found = _patterns(profile, genome, knowledge)
    _last[:] = [(profile, genome, knowledge, found)]
    return found


def _patterns(profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge) -> tuple[FusionPattern, ...]:
    copies = copy_map(profile, genome, knowledge)
    groups: dict[str, list[CopyPatternRow]] = {}
    for row in knowledge.rows(CopyPatternRow):
        groups.setdefault(row.pair, []).append(row)
    found = (_pattern(rows, copies, genome, knowledge) for rows in groups.values())
    return tuple(pattern for pattern in found if pattern is not None)


def _pattern(
    rows: Sequence[CopyPatternRow], copies: CopyMap, genome: Genome, knowledge: Knowledge
) -> FusionPattern | None:
    parts = [(row, _part(row, copies, genome, knowledge)) for row in rows]
    found = [(row, stretch) for row, stretch in parts if stretch is not None]
    if not found or (rows[0].need == "all" and len(found) < len(rows)):
        return None
    leaning: Literal["likely", "unclear"] = "unclear"
    if len(found) == len(rows) and rows[0].leaning == "likely":
        leaning = "likely"
    words = "; ".join(dict.fromkeys(f"{row.note} ({_place(stretch)})" for row, stretch in found))
    lead = "copy number fits" if leaning == "likely" else "copy number raises the suspicion of"
    stretches = dict.fromkeys(stretch for _, stretch in found)
    evidence = tuple(item for stretch in stretches for item in _evidence(stretch, copies))
    return FusionPattern(
        lesion=rows[0].lesion,
        pair=rows[0].pair,
        leaning=leaning,
        text=f"{lead} {rows[0].pair}: {words}",
        evidence=evidence,
        subclonal=all(stretch.subclonal for _, stretch in found),
        needs_par_mode=any(genome.in_par(stretch.chrom, stretch.start) for _, stretch in found),
    )


def _place(stretch: Stretch) -> str:
    size = length_text(stretch.end - stretch.start + 1)
    return f"{stretch.chrom}:{stretch.start:,}–{stretch.end:,}, {size}"


def _evidence(stretch: Stretch, copies: CopyMap) -> list[Evidence]:
    baseline = copies.baseline(stretch.chrom, stretch.start)
    return [copies.evidence(segment, baseline) for segment in stretch.segments[:2]]


# ---------------------------------------------------------------- one part


def _holds(window: Interval, one: int, other: int | None) -> bool:
    """Does any base of one … other (the uncertainty of an end) lie in the window?"""
    low, high = sorted((one, one if other is None else other))
    return window.touches(Interval(window.chrom, low, high))


def _part(row: CopyPatternRow, copies: CopyMap, genome: Genome, knowledge: Knowledge) -> Stretch | None:
    bin = copies.bin_size
    low, high = (_window(place, row, bin, genome, knowledge) for place in (row.low, row.high))
    anchor = low or high
    if anchor is None:
        return None
    shape, limit = row.shape, row.max_length
    if shape == "amplified_between":
        return _amplified(copies, low, high, knowledge) if low and high else None
    changed = copies.gained if shape.startswith("gain") else copies.lost
    for stretch in changed(anchor.chrom, anchor.start):
        if limit and stretch.end - stretch.start + 1 > limit:
            continue
        if _fits(shape, stretch, low, high, genome, knowledge):
            return stretch
    return None


def _fits(
    shape: str, stretch: Stretch, low: Interval | None, high: Interval | None, genome: Genome, knowledge: Knowledge
) -> bool:
    end_of_chromosome = genome.contig_lengths[stretch.chrom]
    near_end = knowledge.value(cutoffs.PATTERNS_TELOMERE_MARGIN)
    starts_low = low is not None and _holds(low, stretch.start, stretch.before)
    ends_high = high is not None and _holds(high, stretch.end, stretch.after)
    if shape == "loss_between":
        return starts_low and ends_high
    if shape == "gain_to_end":
        return starts_low and stretch.end >= end_of_chromosome - near_end
    if shape == "loss_from_start":
        return ends_high and stretch.start <= near_end
    if shape == "loss_after":  # begins in the breakpoint region and takes the rest of the gene
        return starts_low and stretch.before is not None and high is not None and stretch.end >= high.end
    if shape == "gain_before":  # takes the gene's start and ends in the breakpoint region
        return ends_high and stretch.after is not None and low is not None and stretch.start <= low.start
    return False


def _window(
    place: Place | None,
    row: CopyPatternRow,
    bin: int,
    genome: Genome,
    knowledge: Knowledge,
) -> Interval | None:
    """The place with the margin of the pattern."""
    if place is None:
        return None
    if place.kind == "gene":
        gene = genome.gene(place.name)
        if gene is None:
            return None
        whole_gene = row.shape in ("loss_after", "gain_before")
        margin = 0 if whole_gene else knowledge.value(cutoffs.PATTERNS_END_MARGIN)
        return Interval(gene.chrom, gene.start, gene.end).widened(margin)
    region = genome.region(place.name)
    own = cutoffs.PATTERNS_STIL_TAL1_MARGIN if region.lesion == "STIL::TAL1" else cutoffs.PATTERNS_BOUNDARY_MARGIN
    margin = int(knowledge.value(own))
    if row.shape in ("loss_after", "gain_before"):  # the regions are parts of one gene: only the bins blur them
        margin = min(margin, bin)
    return Interval(region.chrom, region.start, region.end).widened(margin)


# ---------------------------------------------------------------- the amplified fusion


def _amplified(copies: CopyMap, low: Interval, high: Interval, knowledge: Knowledge) -> Stretch | None:
    """A stretch between the two windows with many copies, whose neighbours on either side are not amplified."""
    own = copies.segments(low.chrom, low.start)
    indexes = [i for i, segment in enumerate(own) if _many(segment, copies, knowledge)]
    runs: list[list[int]] = []
    for i in indexes:
        if runs and i == runs[-1][-1] + 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    for run in runs:
        first, last = own[run[0]], own[run[-1]]
        before = own[run[0] - 1].end if run[0] else None
        after = own[run[-1] + 1].start if run[-1] + 1 < len(own) else None
        if _holds(low, first.start, before) and _holds(high, last.end, after):
            parts = tuple(own[i] for i in run)
            return Stretch(first.chrom, first.start, last.end, before, after, parts, False, False)
    return None


def _many(segment: Segment, copies: CopyMap, knowledge: Knowledge) -> bool:
    amplified, extra = knowledge.value(cutoffs.PATTERNS_AMPLIFIED), knowledge.value(cutoffs.PATTERNS_AMPLIFIED_EXTRA)
    if segment.total is not None:
        baseline = copies.baseline(segment.chrom, segment.start) or 2
        return segment.total >= max(amplified, baseline + 1) or segment.total >= baseline + extra
    reference = copies.log2_baseline(segment.chrom, segment.start)
    if segment.log2 is None or reference is None:
        return False
    return segment.log2 - reference >= math.log2((2 + extra) / 2)
