"""What the rules of point mutations share: which variants count, how clonal they are, what silence means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotate import clonality, mutations
from annotate.case import Case
from annotate.clonality import Clonality
from annotate.genome import Genome
from annotate.germline_flags import PASSING
from annotate.knowledge import Entry
from annotate.lesions.assess import purity, region_covered
from annotate.model import Code, DetectionLimit, Evidence, GeneCopies, Reason, SmallVariant, State
from annotate.mutations import Named
from annotate.pileup import detection_limit
from annotate.probability import vaf_interval

ALIGNMENTS = "alignments (BAM or CRAM), or a VCF with the depth at the hotspots"
ASSAYS = {"wgs": "WGS", "wes": "the exome", "panel": "the panel"}
ASSAY = "the column `assay`, and `regions` for a panel or exome"


@dataclass(frozen=True, slots=True)
class Hit:
    """A small variant that counts for a lesion."""

    variant: SmallVariant
    clonality: Clonality
    tier: str
    effect: str
    note: str
    rule: str
    drug: str = ""
    certain: bool = True  # False: counts as equivocal at most

    @property
    def name(self) -> str:
        return describe(self.variant)

    @property
    def subclonal(self) -> bool:
        return self.clonality.label == "subclonal"


def describe(variant: SmallVariant) -> str:
    """`NT5C2 p.Arg367Gln`, or by coordinates where the protein is not known."""
    change = variant.hgvsp or variant.hgvsc or f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"
    return f"{variant.gene} {change}" if variant.gene else change


def hits(case: Case, lesion: str) -> tuple[Hit, ...]:
    """Variants that a row of `gene_mutation_rules` counts for this lesion, in genomic order."""
    found = []
    for variant in sorted(case.small.variants if case.small else (), key=lambda v: v.key):
        row = mutations.matching_rule(variant, case.genome, case.knowledge, lesion)
        if row is not None and row["state"] != "ignored" and not is_benign(variant):
            found.append(_hit(case, variant, row))
    return tuple(found)


def is_benign(variant: SmallVariant) -> bool:
    return variant.oncogenicity in ("Benign", "Likely benign")


def _hit(case: Case, variant: SmallVariant, row: Entry) -> Hit:
    needs = row.items_of("needs")
    fulfilled = not needs or any(id in case.calls and case.calls[id].state.present for id in needs)
    note = row["note"] if fulfilled else f"{row['note']}; counts only beside {' or '.join(needs)}"
    return Hit(
        variant=variant,
        clonality=clonality_of(case, variant),
        tier=row["tier"],
        effect=row["effect"],
        note=note,
        rule=row["id"],
        drug=row["drug"],
        certain=row["state"] == "detected" and fulfilled and variant.filter in PASSING,
    )


def named_hit(case: Case, variant: SmallVariant, named: Named, drug: str) -> Hit:
    return Hit(
        variant=variant,
        clonality=clonality_of(case, variant),
        tier=named.tier,
        effect="activating",
        note=named.effect,
        rule=named.origin,
        drug=drug,
        certain=variant.filter in PASSING,
    )


def clonality_of(case: Case, variant: SmallVariant) -> Clonality:
    """By cell fraction; without purity only so low a VAF counts as subclonal that hardly any purity makes it clonal."""
    sex = case.sample.sex
    if sex == "unknown" and case.profile is not None:
        sex = case.profile.sex
    found = clonality.ccf(variant, case.profile, sex, case.knowledge, genome=case.genome, purity=purity(case))
    if found.ccf is None and variant.vaf is not None and purity(case) is None:
        return _by_vaf_alone(case, variant, found)
    return found


def _by_vaf_alone(case: Case, variant: SmallVariant, found: Clonality) -> Clonality:
    limit = case.knowledge.value("weighing.low_vaf_without_purity")
    if variant.vaf is None or not variant.depth:
        return found
    alt = variant.alt_reads if variant.alt_reads is not None else round(variant.vaf * variant.depth)
    if vaf_interval(min(alt, variant.depth), variant.depth)[1] >= limit:
        return found
    text = f"VAF {variant.vaf:.1%} would be clonal only in a sample with fewer than {2 * limit:.0%} leukaemic cells"
    reasons = (*found.reasons, Reason(Code.NOTE, text))
    return Clonality(None, None, None, None, None, "subclonal", reasons)


def state_of(found: Sequence[Hit]) -> State:
    """detected when a certain hit is not subclonal; equivocal when no hit is certain."""
    certain = [hit for hit in found if hit.certain]
    if not certain:
        return State.EQUIVOCAL
    return State.DETECTED_SUBCLONAL if all(hit.subclonal for hit in certain) else State.DETECTED


def evidence_of(hit: Hit) -> Evidence:
    variant, cells = hit.variant, hit.clonality
    return Evidence(
        kind="pileup" if variant.source == "hotspot" else "small_variant",
        summary=sentence(hit),
        file=variant.file,
        record=variant.record,
        rule=hit.rule,
        values={
            "chrom": variant.chrom,
            "pos": variant.pos,
            "ref": variant.ref,
            "alt": variant.alt,
            "vaf": variant.vaf,
            "depth": variant.depth,
            "alt_reads": variant.alt_reads,
            "tier": hit.tier,
            "effect": hit.effect,
            "drug": hit.drug,
            "clonality": dict(cells.as_dict()),
        },
    )


def sentence(hit: Hit) -> str:
    """`NT5C2 p.Arg367Gln, VAF 3.1 % (31 of 1,000 reads), CCF 8 % (5–12 %), subclonal`."""
    variant, cells = hit.variant, hit.clonality
    parts = [hit.name]
    if variant.vaf is not None:
        reads = f" ({variant.alt_reads:,} of {variant.depth:,} reads)" if variant.alt_reads and variant.depth else ""
        parts.append(f"VAF {variant.vaf * 100:.3g} %{reads}")
    if cells.ccf is not None:
        interval = ""
        if cells.low is not None and cells.high is not None:
            interval = f" ({cells.low * 100:.0f}–{min(cells.high, 1) * 100:.0f} %)"
        parts.append(f"CCF {cells.ccf * 100:.0f} %{interval}")
    parts.append({"undetermined": "clonality not determined"}.get(cells.label, cells.label))
    if variant.filter not in PASSING:
        parts.append(f"filtered by its caller ({variant.filter})")
    return ", ".join(parts)


def reasons_of(found: Iterable[Hit]) -> tuple[Reason, ...]:
    """Why each hit counts, and what is uncertain about it."""
    reasons = []
    for hit in found:
        reasons.append(Reason(Code.EVIDENCE_FOUND, f"{sentence(hit)}: {hit.tier}; {hit.note}"))
        reasons += hit.clonality.reasons
        if hit.variant.filter not in PASSING:
            reasons.append(Reason(Code.EVIDENCE_CONFLICT, f"{hit.name} failed its caller's filters"))
        if "possible_germline" in hit.variant.flags:
            text = f"{hit.name} may be germline: confirm on remission or other normal material"
            reasons.append(Reason(Code.NEEDS_GERMLINE, text, "a remission or other normal sample"))
        if "possible_chip" in hit.variant.flags:
            reasons.append(Reason(Code.NOTE, f"{hit.name}: the gene is also mutated in clonal haematopoiesis"))
        if "possible_artefact" in hit.variant.flags and hit.variant.filter in PASSING:
            reasons.append(Reason(Code.NOTE, f"{hit.name} may be an artefact: few reads, or all on one strand"))
    return tuple(reasons)


# ---------------------------------------------------------------- what silence means


@dataclass(frozen=True, slots=True)
class Silence:
    """Does the absence of a variant say something? `shown` False: no, for the reasons given."""

    shown: bool
    reasons: tuple[Reason, ...]
    limit: DetectionLimit | None = None


def silence_by_depth(case: Case, places: Sequence[tuple[str, int]]) -> Silence:
    """A negative from the depth at every place, with its limit of detection."""
    depths = case.small.depths if case.small is not None else {}
    known = [depths[place] for place in places if place in depths]
    if not places or len(known) < len(places):
        share = f"{len(known)} of {len(places)}"
        text = f"the depth is known at {share} bases of the hotspots; a subclone may have been missed"
        return Silence(False, (Reason(Code.DEPTH_BELOW_LOD, text, ALIGNMENTS),))
    least = min(known, key=lambda at: (at.depth, at.chrom, at.pos))
    limits = [detection_limit(at.depth, case.knowledge, at.error_rate) for at in known]
    worst = max((limit.vaf if limit else 1.0) for limit in limits)
    highest, why = _highest_limit(case)
    if any(limit is None for limit in limits) or worst > highest:
        text = f"only {least.depth} reads at {least.chrom}:{least.pos:,}: {why} would not be seen reliably"
        return Silence(False, (Reason(Code.DEPTH_BELOW_LOD, text, "deeper sequencing of the hotspots"),))
    looked = f"looked at {len(places)} hotspot bases with at least {least.depth:,} reads"
    text = f"{looked}: not detected at VAF ≥ {worst * 100:g} %"
    reason = Reason(Code.LOOKED_AND_NOT_FOUND, text)
    return Silence(True, (reason,), DetectionLimit(vaf=worst, reads=least.depth))


def _highest_limit(case: Case) -> tuple[float, str]:
    """The VAF that must be detectable before a negative is given: that of a clonal heterozygous mutation."""
    known = purity(case)
    if known is None:
        limit = case.knowledge.value("weighing.max_limit_for_negative")
        return limit, f"a clonal mutation of a sample of unknown purity (VAF {limit:.0%})"
    return known / 2, f"a clonal mutation (VAF {known / 2:.0%} at purity {known:.2f})"


def silence_by_assay(case: Case, genes: Iterable[str], places: Sequence[tuple[str, int]] = ()) -> Silence:
    """A negative for clonal mutations from what the assay covers: `places`, or all coding bases of `genes`."""
    too_low = _unable(case)
    if too_low is not None:
        return Silence(False, (too_low,))
    if case.sample.assay in (None, "array"):
        text = "the assay of the small variants is not stated, so what was looked at is unknown"
        return Silence(False, (Reason(Code.REGION_NOT_COVERED, text, ASSAY),))
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
        return Silence(False, (Reason(Code.REGION_NOT_COVERED, f"not covered by the regions: {what}", settles),))
    if unnamed:
        text = f"no coding sequence to name variants with, and no annotation in the file: {', '.join(unnamed)}"
        settles = "a VCF annotated with VEP, SnpEff or bcftools csq"
        return Silence(False, (Reason(Code.BUILD_LIMITATION, text, settles),))
    text = (
        f"{ASSAYS[case.sample.assay or 'panel']} covers what carries this lesion and no such mutation was called; "
        "a clonal mutation would have been, a small subclone may have been missed"
    )
    return Silence(True, (Reason(Code.LOOKED_AND_NOT_FOUND, text),))


def _unable(case: Case) -> Reason | None:
    """Why the small-variant files state nothing at all."""
    files = [file for file in (case.small.inputs if case.small else ()) if file.kind == "small_variants"]
    if not files:
        return Reason(Code.INPUT_ABSENT, "no small-variant file was supplied", "small variants")
    if not sum(file.records_read - file.dropped.get("other contig", 0) for file in files):
        text = "the small-variant file has no record on the chromosomes, which states nothing"
        return Reason(Code.INPUT_ABSENT, text)
    known = purity(case)
    least = case.knowledge.value("assess.min_purity_for_negative")
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
    return total > 0 and inside / total >= case.knowledge.value("weighing.min_gene_covered")


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
    return case.profile.genes.get(gene) if case.profile is not None else None
