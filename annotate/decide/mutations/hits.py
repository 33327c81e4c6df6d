"""What the rules of point mutations share: which variants count, how clonal they are, what silence means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.base.probability import vaf_interval
from annotate.decide.case import Case
from annotate.decide.detectability import purity
from annotate.decide.evidence.observe import excludes, speaks
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow
from annotate.model.evidence import Evidence
from annotate.model.observation import Form, Observation, Source, Weight
from annotate.model.small_variants import FEW_READS, NOT_IN_GENOTYPE, PHASE_UNKNOWN, UNCERTAIN, DepthAt, SmallVariant
from annotate.model.state import Code, Reason
from annotate.name.small_variants import clonality
from annotate.name.small_variants.clonality import Clonality
from annotate.reference import hotspots
from annotate.reference.hotspots import Named

SOURCES_READ = ("small", "profile", "karyotype", "junctions", "regions")
TABLES_READ = ("gene_mutation_rules", "hotspot_codons", "variants", "fusion_rules", "sv_caller_limits")
TANDEM = "<DUP:TANDEM>"  # the allele of a tandem duplication whose bases are not listed; named by its first name


@frozen
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
    activation_class: str = ""  # of NT5C2
    missing: DepthAt | None = None  # the alignments at its place, where they do not hold the reads that it states

    @property
    def name(self) -> str:
        """Gene and change, as a report names them."""
        return describe(self.variant)

    @property
    def subclonal(self) -> bool:
        """Is the mutation in a part of the leukaemic cells only?"""
        return self.clonality.label == "subclonal"


def describe(variant: SmallVariant) -> str:
    """`NT5C2 p.Arg367Gln`, or by coordinates where the protein is not known."""
    if variant.alt == TANDEM and variant.alternative_names:
        return variant.alternative_names[0]
    change = variant.hgvsp or variant.hgvsc or f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"
    return f"{variant.gene} {change}" if variant.gene else change


def hits(case: Case, lesion: str) -> tuple[Hit, ...]:
    """Variants that a row of `gene_mutation_rules` counts for this lesion, in genomic order."""
    found = []
    for variant in sorted(case.small.variants if case.small else (), key=lambda v: v.key):
        row = hotspots.matching_rule(variant, case.genome, case.knowledge, lesion)
        if row is not None and row.state != "ignored" and not is_benign(variant):
            found.append(_hit(case, variant, row))
    return tuple(found)


def is_benign(variant: SmallVariant) -> bool:
    """Is the variant benign or likely benign by the oncogenicity points of ClinGen, CGC and VICC?"""
    return variant.oncogenicity in ("Benign", "Likely benign")


def _hit(case: Case, variant: SmallVariant, row: GeneMutationRuleRow) -> Hit:
    needs = row.needs
    fulfilled = not needs or any(id in case.calls and case.calls[id].state.present for id in needs)
    missing = missing_reads(case, variant)
    note = row.note if fulfilled else f"{row.note}; counts only beside {' or '.join(needs)}"
    return Hit(
        variant=variant,
        clonality=clonality_of(case, variant),
        tier=row.tier,
        effect=row.effect,
        note=note,
        rule=row.id,
        drug=row.drug,
        certain=row.state == "detected" and fulfilled and variant.passes and missing is None,
        missing=missing,
    )


def named_hit(case: Case, variant: SmallVariant, named: Named, drug: str) -> Hit:
    """A hit by a variant that a table names; one with too few reads is not certain."""
    missing = missing_reads(case, variant)
    return Hit(
        variant=variant,
        clonality=clonality_of(case, variant),
        tier=named.tier,
        effect="activating",
        note=named.effect,
        rule=named.origin,
        drug=drug,
        activation_class=named.activation_class,
        certain=variant.passes and missing is None,
        missing=missing,
    )


def missing_reads(case: Case, variant: SmallVariant) -> DepthAt | None:
    """The alignments at the place of a called base change, where they hold far fewer reads than its caller counted."""
    at = case.small.depths.get((variant.chrom, variant.pos)) if case.small is not None else None
    single = len(variant.ref) == len(variant.alt) == 1
    if at is None or not single or at.source != "alignments" or not at.depth or not variant.depth:
        return None
    called = variant.alt_reads if variant.alt_reads is not None else round((variant.vaf or 0.0) * variant.depth)
    level = case.knowledge.value(cutoffs.WEIGHING_DISAGREEMENT_LEVEL)
    seen = vaf_interval(min(at.counts.get(variant.alt, 0), at.depth), at.depth, level)
    return at if seen[1] < vaf_interval(min(called, variant.depth), variant.depth, level)[0] else None


def clonality_of(case: Case, variant: SmallVariant) -> Clonality:
    """By cell fraction; without purity only so low a VAF counts as subclonal that hardly any purity makes it clonal."""
    sex = case.sample.sex
    if sex == "unknown" and case.profile is not None:
        sex = case.profile.sex
    found = clonality.ccf(variant, case.profile, sex, case.knowledge, genome=case.genome, purity=purity(case))
    if found.label == "subclonal" and len(variant.alt) - len(variant.ref) >= _long_insertion(case):
        text = "reads with a long insertion align badly: its fraction is a lower limit and makes no subclone"
        return replace(found, label="undetermined", reasons=(*found.reasons, Reason(Code.NOTE, text)))
    if found.ccf is None and variant.vaf is not None and purity(case) is None:
        return _by_vaf_alone(case, variant, found)
    return found


def _long_insertion(case: Case) -> float:
    return case.knowledge.value(cutoffs.CLONALITY_LONG_INSERTION)


def _by_vaf_alone(case: Case, variant: SmallVariant, found: Clonality) -> Clonality:
    limit = case.knowledge.value(cutoffs.WEIGHING_LOW_VAF_WITHOUT_PURITY)
    if variant.vaf is None or not variant.depth:
        return found
    alt = variant.alt_reads if variant.alt_reads is not None else round(variant.vaf * variant.depth)
    if vaf_interval(min(alt, variant.depth), variant.depth)[1] >= limit:
        return found
    text = f"VAF {variant.vaf:.1%} would be clonal only in a sample with fewer than {2 * limit:.0%} leukaemic cells"
    reasons = (*found.reasons, Reason(Code.NOTE, text))
    return Clonality(None, None, None, None, None, "subclonal", reasons)


def observations_of(found: Sequence[Hit], *, likely: bool = False) -> list[Observation]:
    """What hits say of their lesion. `likely`: how it leans on hints alone. Alignments without the reads of the only
    call speak against it."""
    seen = [observation_of(hit, likely=likely) for hit in found]
    if any(hit.missing for hit in found) and not any(hit.certain for hit in found):
        seen.append(excludes(Source.ALIGNMENTS, form=Form.MUTATION))
    return seen


def observation_of(hit: Hit, *, likely: bool = False) -> Observation:
    """A hit that counts for certain is a proof, one that its alignments do not hold a support, any other a hint."""
    source = Source.ALIGNMENTS if hit.variant.source == "hotspot" else Source.SMALL_VARIANTS
    if hit.missing is not None and hit.variant.passes:
        return speaks(source, Weight.SUPPORT, code=Code.EVIDENCE_CONFLICT, form=Form.MUTATION)
    if not hit.certain:
        return speaks(source, Weight.HINT, form=Form.MUTATION, likely=likely)
    return speaks(source, form=Form.MUTATION, subclonal=hit.subclonal)


def evidence_of(hit: Hit) -> Evidence:
    """The record of the hit as evidence, with its VAF and reads."""
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
        if cells.low is not None and cells.high is not None and cells.low < 1:
            interval = f" ({cells.low * 100:.0f}–{min(cells.high, 1) * 100:.0f} %)"
        parts.append(f"CCF {cells.ccf * 100:.0f} %{interval}")
    parts.append({"undetermined": "clonality not determined"}.get(cells.label, cells.label))
    parts += [text for text in (_filtered(variant), *_uncertain(variant)) if text]
    return ", ".join(parts)


def _filtered(variant: SmallVariant) -> str:
    return "" if variant.filter in PASSING else f"filtered by its caller ({variant.filter})"


_WORDS = {
    NOT_IN_GENOTYPE: "read, but not in the genotype that its caller gives",
    FEW_READS: "few reads",
    PHASE_UNKNOWN: "on one molecule with another change of its codon it would be another change",
}


def _uncertain(variant: SmallVariant) -> tuple[str, ...]:
    return tuple(_WORDS[flag] for flag in variant.flags if flag in UNCERTAIN)


def reasons_of(found: Iterable[Hit]) -> tuple[Reason, ...]:
    """Why each hit counts, and what is uncertain about it."""
    reasons = []
    for hit in found:
        reasons.append(Reason(Code.EVIDENCE_FOUND, f"{sentence(hit)}: {hit.tier}; {hit.note}"))
        reasons += hit.clonality.reasons
        if hit.variant.filter not in PASSING:
            reasons.append(Reason(Code.EVIDENCE_CONFLICT, f"{hit.name} failed its caller's filters"))
        if hit.missing is not None:
            reads = f"{hit.missing.counts.get(hit.variant.alt, 0):,} of {hit.missing.depth:,} reads"
            text = f"{hit.name}: the alignments show {reads}, far fewer than its caller states"
            reasons.append(Reason(Code.EVIDENCE_CONFLICT, text, "a second look at the alignments, or another sample"))
        reasons += [Reason(Code.EVIDENCE_INCOMPLETE, f"{hit.name}: {word}") for word in _uncertain(hit.variant)]
        if "possible_germline" in hit.variant.flags:
            text = f"{hit.name} may be germline: confirm on remission or other normal material"
            reasons.append(Reason(Code.NEEDS_GERMLINE, text, "a remission or other normal sample"))
        if "possible_chip" in hit.variant.flags:
            reasons.append(Reason(Code.NOTE, f"{hit.name}: the gene is also mutated in clonal haematopoiesis"))
        if "possible_artefact" in hit.variant.flags and hit.variant.passes:
            reasons.append(Reason(Code.NOTE, f"{hit.name} may be an artefact: few reads, or all on one strand"))
    return tuple(reasons)
