"""Alleles from reads at germline heterozygous sites.

At a site that is heterozygous in normal cells, the reads of the leukaemic sample leave one half as soon as one
parental copy outnumbers the other. Over many sites of a chromosome this tells loss of heterozygosity where the
copy-number caller states no alleles. The same sites tell homozygosity by descent: there the normal sample has
almost no heterozygous site at all, which is inherited and no loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment, SegmentTable
from annotate.name.copy_number.profile import chromosome_profile


class SiteCount(NamedTuple):
    """Reads of one allele at one place."""

    chrom: str
    pos: int
    alt_reads: int
    depth: int


@frozen
class Sites:
    """Germline sites of a patient: how many of each chromosome are heterozygous, and tumour reads at those."""

    tumour: Mapping[str, tuple[SiteCount, ...]]  # at heterozygous sites, by position
    heterozygous: Mapping[str, int]
    variants: Mapping[str, int]  # all sites of the normal sample with a variant allele


@frozen
class ChromosomeShift:
    """How far the heterozygous sites of a chromosome are from 0.5, as a median."""

    chrom: str
    sites: int
    baf: float  # 0.5 … 1


@frozen
class SiteLoh:
    """Loss of heterozygosity by chromosome where there is no copy number."""

    judged: tuple[str, ...]
    lost: tuple[str, ...]
    purity: float | None


def site_counts(case: Case) -> Sites | None:
    """Sites of this case; None without a normal sample's reads.

    The normal is the germline file, else the normal column of the leukaemia's own file. Errors: InputError as for
    every VCF.
    """
    sample = case.sample
    if not sample.small_variants and sample.germline_variants is None:
        return None
    if sample.germline_variants is None and (case.small is None or case.small.normal_name is None):
        return None
    from annotate.read.small_variants.germline import germline_sample, read_allele_counts

    limit = case.knowledge.value(cutoffs.SITES_MAX_SITES)
    tumour: list[SiteCount] = []
    normal: list[SiteCount] = []
    for path in sample.small_variants:
        for count in read_allele_counts(path, sample, case.genome, limit):
            tumour.append(SiteCount(count.chrom, count.pos, count.alt_reads, count.depth))
            if count.normal_depth is not None and count.normal_alt_reads is not None:
                normal.append(SiteCount(count.chrom, count.pos, count.normal_alt_reads, count.normal_depth))
    if sample.germline_variants is not None:
        own = germline_sample(sample.germline_variants, sample, case.genome)
        counts = read_allele_counts(sample.germline_variants, own, case.genome, limit)
        normal = [SiteCount(count.chrom, count.pos, count.alt_reads, count.depth) for count in counts]
    return sites_of(normal, tumour, case.knowledge) if normal else None


def sites_of(normal: Iterable[SiteCount], tumour: Iterable[SiteCount], knowledge: Knowledge) -> Sites:
    """Heterozygous sites by the normal sample's reads, and what the leukaemic sample shows there."""
    least = knowledge.value(cutoffs.SITES_MIN_DEPTH)
    low, high = knowledge.value(cutoffs.SITES_HET_LOW), knowledge.value(cutoffs.SITES_HET_HIGH)
    heterozygous: dict[str, set[int]] = {}
    variants: dict[str, int] = {}
    for site in normal:
        if site.chrom not in AUTOSOMES or site.depth < least or site.alt_reads / site.depth < low / 2:
            continue
        variants[site.chrom] = variants.get(site.chrom, 0) + 1
        if low <= site.alt_reads / site.depth <= high:
            heterozygous.setdefault(site.chrom, set()).add(site.pos)
    found: dict[str, list[SiteCount]] = {}
    for site in tumour:
        if site.depth >= least and site.pos in heterozygous.get(site.chrom, ()):
            found.setdefault(site.chrom, []).append(site)
    return Sites(
        {chrom: tuple(sorted(items, key=lambda item: item.pos)) for chrom, items in found.items()},
        {chrom: len(places) for chrom, places in heterozygous.items()},
        variants,
    )


def homozygous_by_descent(sites: Sites, knowledge: Knowledge) -> frozenset[str]:
    """Autosomes on which the normal sample has almost no heterozygous site."""
    least, share = (
        knowledge.value(cutoffs.HYPODIPLOIDY_HBD_MIN_SITES),
        knowledge.value(cutoffs.HYPODIPLOIDY_HBD_HET_SHARE),
    )
    return frozenset(
        chrom
        for chrom, number in sites.variants.items()
        if number >= least and sites.heterozygous.get(chrom, 0) < share * number
    )


def mirrored(sites: Sequence[SiteCount]) -> float:
    """B-allele frequency 0.5 … 1 of a stretch of constant copies, without the bias of counting noise as shift.

    For n reads at frequency b, the mean of (x - 1/2)^2 is (b - 1/2)^2 + b (1 - b) / n; solved for b, over all sites
    by their depth.
    """
    total = weight = 0.0
    for site in sites:
        if site.depth < 2:
            continue
        square = (site.alt_reads / site.depth - 0.5) ** 2
        total += site.depth * (square - 0.25 / site.depth) / (1 - 1 / site.depth)
        weight += site.depth
    return 0.5 + math.sqrt(max(total / weight, 0.0)) if weight else 0.5


def shifts(sites: Sites, knowledge: Knowledge) -> tuple[ChromosomeShift, ...]:
    """The shift of each autosome with enough heterozygous sites."""
    least = knowledge.value(cutoffs.HYPODIPLOIDY_MIN_HETS)
    return tuple(
        ChromosomeShift(chrom, len(sites.tumour[chrom]), mirrored(sites.tumour[chrom]))
        for chrom in AUTOSOMES
        if len(sites.tumour.get(chrom, ())) >= least
    )


def with_sites(profile: CopyNumberProfile, sites: Sites, case: Case) -> CopyNumberProfile | None:
    """The profile read again with the sites' B-allele frequencies; None where too few chromosomes have sites."""
    judged = shifts(sites, case.knowledge)
    if len(judged) < len(AUTOSOMES) - case.knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
        return None
    known = {shift.chrom for shift in judged}
    segments = tuple(_with_baf(s, profile, sites, known, case.knowledge) for s in profile.segments)
    table = SegmentTable(segments, profile.format, resolution=None, sex=profile.sex)
    joined = chromosome_profile(table, profile.inputs, case.sample, case.genome, case.knowledge)
    return joined if joined.allele_specific else None


def _with_baf(
    segment: Segment, profile: CopyNumberProfile, sites: Sites, known: set[str], knowledge: Knowledge
) -> Segment:
    log2 = segment.log2
    if segment.total is not None and profile.purity_source != "fit":
        purity = profile.purity or 1.0
        log2 = math.log2(max(purity * segment.total + 2 * (1 - purity), 0.02) / 2)
    plain = replace(segment, log2=log2, total=None, minor=None, baf=None, cellular_fraction=None)
    if segment.chrom not in known:
        return plain
    inside = [s for s in sites.tumour[segment.chrom] if segment.start <= s.pos <= segment.end]
    if len(inside) < knowledge.value(cutoffs.SITES_MIN_OF_SEGMENT):
        return plain
    return replace(plain, baf=mirrored(inside))


def loh_by_sites(sites: Sites, case: Case) -> SiteLoh | None:
    """Loss of heterozygosity by chromosome from the sites alone; None where no chromosome has enough of them."""
    judged = shifts(sites, case.knowledge)
    if not judged:
        return None
    purity = case.sample.purity if case.sample.purity is not None else _purity(judged, case.knowledge)
    lost: tuple[str, ...] = ()
    if purity is not None:
        limit = (1 / (2 - purity) + (1 + purity) / (2 + purity)) / 2
        lost = tuple(shift.chrom for shift in judged if shift.baf >= limit)
    return SiteLoh(tuple(shift.chrom for shift in judged), lost, purity)


def _purity(judged: Sequence[ChromosomeShift], knowledge: Knowledge) -> float | None:
    """Purity if the most shifted chromosomes hold one copy: BAF = 1 / (2 - purity). No negative rests on it."""
    highest = sorted((shift.baf for shift in judged), reverse=True)[: knowledge.value(cutoffs.SITES_PURITY_RANK)]
    baf = highest[-1]
    return None if baf < 0.5 + knowledge.value(cutoffs.SITES_MIN_SHIFT) else min(max(2 - 1 / baf, 0.05), 1.0)
