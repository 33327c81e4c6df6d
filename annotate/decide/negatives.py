"""What lets a gene's silence count: depth at its codons, or an assay that covers it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.detectability import purity, region_covered
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import DELETED, GeneCopies
from annotate.model.evidence import DetectionLimit
from annotate.model.state import Code, Reason
from annotate.read.alignments.detection import detection_limit
from annotate.read.karyotype.counts import acquired_clones, is_clonal
from annotate.reference.genome import Genome

ALIGNMENTS = "alignments (BAM or CRAM), or a VCF with the depth at the hotspots"
ASSAYS = {"wgs": "WGS", "wes": "the exome", "panel": "the panel"}
ASSAY = "the column `assay`, and `regions` for a panel or exome"


# ---------------------------------------------------------------- what silence means


@frozen
class Negative:
    """Does the absence of a variant say something? `shown` False: no, for the reasons given."""

    shown: bool
    reasons: tuple[Reason, ...]
    limit: DetectionLimit | None = None


def negative_by_depth(case: Case, places: Sequence[tuple[str, int]]) -> Negative:
    """A negative from the depth at every place, with its limit of detection."""
    depths = case.small.depths if case.small is not None else {}
    known = [depths[place] for place in places if place in depths]
    if not places or len(known) < len(places):
        share = f"{len(known)} of {len(places)}"
        text = f"the depth is known at {share} bases of the hotspots; a subclone may have been missed"
        return Negative(False, (Reason(Code.DEPTH_BELOW_LOD, text, ALIGNMENTS),))
    least = min(known, key=lambda at: (at.depth, at.chrom, at.pos))
    limits = [detection_limit(at.depth, case.knowledge, at.error_rate) for at in known]
    worst = max((limit.vaf if limit else 1.0) for limit in limits)
    highest, why = _highest_limit(case)
    if any(limit is None for limit in limits) or worst > highest:
        text = f"only {least.depth} reads at {least.chrom}:{least.pos:,}: {why} would not be seen reliably"
        return Negative(False, (Reason(Code.DEPTH_BELOW_LOD, text, "deeper sequencing of the hotspots"),))
    looked = f"looked at {len(places)} hotspot bases with at least {least.depth:,} reads"
    text = f"{looked}: not detected at VAF ≥ {worst * 100:g} %"
    reason = Reason(Code.LOOKED_AND_NOT_FOUND, text)
    return Negative(True, (reason,), DetectionLimit(vaf=worst, reads=least.depth))


def _highest_limit(case: Case) -> tuple[float, str]:
    """The VAF that must be detectable before a negative is given: that of a clonal heterozygous mutation."""
    known = purity(case)
    if known is None:
        limit = case.knowledge.value(cutoffs.WEIGHING_MAX_LIMIT_FOR_NEGATIVE)
        return limit, f"a clonal mutation of a sample of unknown purity (VAF {limit:.0%})"
    return known / 2, f"a clonal mutation (VAF {known / 2:.0%} at purity {known:.2f})"


def negative_by_assay(case: Case, genes: Iterable[str], places: Sequence[tuple[str, int]] = ()) -> Negative:
    """A negative for clonal mutations from what the assay covers: `places`, or all coding bases of `genes`."""
    too_low = _unable(case)
    if too_low is not None:
        return Negative(False, (too_low,))
    if case.sample.assay in (None, "array"):
        text = "the assay of the small variants is not stated, so what was looked at is unknown"
        return Negative(False, (Reason(Code.REGION_NOT_COVERED, text, ASSAY),))
    uncovered, unnamed = [], []
    for gene in genes:
        if places:
            continue
        covered = _gene_covered(case, gene)
        if not covered:
            uncovered.append(gene)
        elif not _can_name(case, gene):
            unnamed.append(gene)
    bad = [place for place in places if not region_covered(case, place[0], place[1], place[1])]
    if uncovered or bad:
        what = ", ".join(uncovered) or "the codon"
        settles = ASSAY if case.regions is None and case.sample.assay != "wgs" else None
        return Negative(False, (Reason(Code.REGION_NOT_COVERED, f"not covered by the regions: {what}", settles),))
    if unnamed:
        text = f"no coding sequence to name variants with, and no annotation in the file: {', '.join(unnamed)}"
        settles = "a VCF annotated with VEP, SnpEff or bcftools csq"
        return Negative(False, (Reason(Code.BUILD_LIMITATION, text, settles),))
    text = (
        f"{ASSAYS[case.sample.assay or 'panel']} covers what carries this lesion and no such mutation was called; "
        "a clonal mutation would have been, a small subclone may have been missed"
    )
    return Negative(True, (Reason(Code.LOOKED_AND_NOT_FOUND, text),))


def _unable(case: Case) -> Reason | None:
    """Why the small-variant files state nothing at all."""
    files = [file for file in (case.small.inputs if case.small else ()) if file.kind == "small_variants"]
    if not files:
        return Reason(Code.INPUT_ABSENT, "no small-variant file was supplied", "small variants")
    if not sum(file.records_read - file.dropped.get("other contig", 0) for file in files):
        text = "the small-variant file has no record on the chromosomes, which states nothing"
        return Reason(Code.INPUT_ABSENT, text)
    known = purity(case)
    least = case.knowledge.value(cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE)
    if known is not None and known < least:
        return Reason(Code.PURITY_TOO_LOW, f"purity {known:.2f} is too low for a negative")
    return None


def _gene_covered(case: Case, gene: str) -> bool:
    if case.sample.assay == "wgs":
        return True
    transcript = case.genome.transcript(gene)
    if transcript is None or case.regions is None:
        return False
    coding = [(exon.cds_start, exon.cds_end) for exon in transcript.exons if exon.cds_start and exon.cds_end]
    total = sum(end - start + 1 for start, end in coding)
    inside = sum(case.regions.covered(transcript.chrom, start, end) * (end - start + 1) for start, end in coding)
    return total > 0 and inside / total >= case.knowledge.value(cutoffs.WEIGHING_MIN_GENE_COVERED)


def _can_name(case: Case, gene: str) -> bool:
    """Can a variant of this gene be given its protein change: from the pack's sequence, or from the file?"""
    transcript = case.genome.transcript(gene)
    if transcript is not None and transcript.sequence_status.startswith("complete"):
        return True
    variants = case.small.variants if case.small else ()
    return any(variant.source == "file" or variant.file_annotation for variant in variants)


def codon_places(case: Case, gene: str, codons: Iterable[int]) -> tuple[tuple[str, int], ...]:
    """Every genomic base of these codons, in order."""
    return _codon_places(case.genome, gene, tuple(codons))


@lru_cache(maxsize=4096)
def _codon_places(genome: Genome, gene: str, codons: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    transcript = genome.transcript(gene)
    if transcript is None:
        return ()
    found = {(transcript.chrom, pos) for codon in codons for pos in transcript.protein_to_genomic(codon)}
    return tuple(sorted(found))


# ---------------------------------------------------------------- gene copies


def gene_copies(case: Case, gene: str) -> GeneCopies | None:
    """Copies of a gene by the profile; None without a profile, or where the gene is not in it."""
    return case.profile.genes.get(gene) if case.profile is not None else None


def negative_by_copies(case: Case, genes: Sequence[str]) -> Negative:
    """A negative for deletions: every gene has copies, none of them lost, in a sample with enough cells."""
    if case.profile is None:
        text = "deletions cannot be excluded without copy number"
        return Negative(False, (Reason(Code.INPUT_ABSENT, text, "copy-number segments"),))
    known = purity(case)
    if known is not None and known < case.knowledge.value(cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE):
        return Negative(False, (Reason(Code.PURITY_TOO_LOW, f"purity {known:.2f} is too low to exclude deletions"),))
    foreign = clone_unseen(case)
    if foreign is not None:
        return Negative(False, (foreign,))
    unseen = [gene for gene in genes if _not_seen(case, gene)]
    if unseen:
        return Negative(False, (Reason(Code.REGION_NOT_COVERED, f"no usable copy number of {', '.join(unseen)}"),))
    resolution = case.profile.resolution
    size = f"; deletions shorter than {resolution:,} bases may have been missed" if resolution else ""
    lost = [gene for gene in genes if (found := gene_copies(case, gene)) is not None and found.call in DELETED]
    whole = [gene for gene in genes if gene not in lost]
    reasons = []
    if whole:
        text = f"copy number shows no deletion of {', '.join(whole)}{size}"
        reasons.append(Reason(Code.LOOKED_AND_NOT_FOUND, text))
    if lost:
        text = f"one copy of {', '.join(lost)} is lost with more of the chromosome, which alone does not count here"
        reasons.append(Reason(Code.NOTE, text))
    return Negative(True, tuple(reasons))


def _not_seen(case: Case, gene: str) -> bool:
    copies = gene_copies(case, gene)
    return copies is None or copies.call == "not_assessable" or not copies.certain


def clone_unseen(case: Case) -> Reason | None:
    """Why a profile excludes nothing: metaphases show an aneuploid clone, and it counts no chromosomes like it.

    Its cells may not be in the material that was measured. A clone and its double are one clone.
    """
    profile, karyotype, knowledge = case.profile, case.karyotype, case.knowledge
    if profile is None or profile.modal_number is None or karyotype is None:
        return None
    low, high = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX), knowledge.value(cutoffs.HYPERDIPLOIDY_MIN)
    counts = [
        (clone.low, clone.high or clone.low)
        for clone in acquired_clones(karyotype)
        if clone.low is not None and not clone.count_uncertain and is_clonal(clone, knowledge) is not False
    ]
    aneuploid = [count for count in counts if count[1] <= low or count[0] >= high]
    if not aneuploid or any(_like(count, profile.modal_number, knowledge) for count in counts):
        return None
    text = (
        f"metaphases show a clone of {aneuploid[0][0]} chromosomes, copy number counts {profile.modal_number}:"
        " the cells of the clone may not be in what was measured"
    )
    return Reason(Code.PURITY_TOO_LOW, text, "copy number of a sample that holds the clone")


def _like(count: tuple[int, int], modal: int, knowledge: Knowledge) -> bool:
    """Is this the clone of a karyotype, or its double or half?"""
    margin = knowledge.value(cutoffs.KARYOTYPE_CLONE_MARGIN)
    return any(count[0] * factor - margin <= modal <= count[1] * factor + margin for factor in (1.0, 2.0, 0.5))
