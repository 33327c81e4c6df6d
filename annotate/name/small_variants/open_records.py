"""What small-variant inputs hold against a negative: records that were no calls, and reads that nobody called.

A record that would not count even if it were true (another change of the gene, a synonymous one, noise) is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from annotate.base.probability import binomial_tail
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.model.small_variants import (
    NOT_IN_GENOTYPE,
    OTHER,
    POSSIBLE_SPLICE,
    REF_MISMATCH,
    DepthAt,
    SmallVariant,
    SmallVariants,
)
from annotate.name.small_variants.germline_flags import role
from annotate.read.small_variants.annotations import parse_text
from annotate.read.small_variants.filters import FilterClass, filter_class
from annotate.reference import hotspots
from annotate.reference.genome import Genome
from annotate.reference.hotspots import HotspotCodon, plain_protein

LENGTH_CHANGES = ("del", "ins")
REASONS = {
    RemarkCode.FILTERED: "filtered by its caller",
    RemarkCode.GENOTYPE_REFERENCE: "reads carry it, the genotype of the leukaemia does not",
}


def open_records(
    withheld: Iterable[SmallVariant], small: SmallVariants, genome: Genome, knowledge: Knowledge
) -> tuple[Remark, ...]:
    """One remark for every withheld record, named, that would count for a lesion and that no call repeats."""
    called = {variant.key for variant in small.variants}
    found = []
    for variant in withheld:
        lesions = () if variant.key in called else lesions_of(variant, genome, knowledge)
        if lesions and not _explained(variant, knowledge):
            found.append(_record_remark(variant, lesions))
    return tuple(found)


def lesions_of(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    """Lesions that a rule counts this variant for."""
    if variant.oncogenicity in ("Benign", "Likely benign"):
        return ()
    ids = dict.fromkeys(row.lesion for row in hotspots.rules(knowledge) if row.gene == variant.gene)
    rows = {id: hotspots.matching_rule(variant, genome, knowledge, id) for id in ids}
    found = [id for id, row in rows.items() if row is not None and row.state != "ignored"]
    named = hotspots.named(variant, genome, knowledge)
    if named is not None and not found and len(ids) == 1:
        found = list(ids)
    return tuple(found)


def _explained(variant: SmallVariant, knowledge: Knowledge) -> bool:
    """Is the record the normal's, in a gene that does not predispose? In one that does it is part of the lesion."""
    dropped = filter_class(variant.filter or "", "", knowledge) is FilterClass.GERMLINE
    entry = role(variant.gene, knowledge)
    return dropped and NOT_IN_GENOTYPE in variant.flags and (entry is None or not entry.predisposition)


def _record_remark(variant: SmallVariant, lesions: tuple[str, ...]) -> Remark:
    code = RemarkCode.GENOTYPE_REFERENCE if NOT_IN_GENOTYPE in variant.flags else RemarkCode.FILTERED
    said = f" ({variant.filter})" if code is RemarkCode.FILTERED else f" ({variant.genotype})"
    share = "" if variant.vaf is None else f", VAF {variant.vaf * 100:.3g} %"
    name = variant.hgvsp or variant.hgvsc or f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"
    return Remark(
        kind="small_variants",
        file=variant.file or "",
        record=variant.record or "",
        code=code,
        reason=f"{REASONS[code]}{said}",
        speaks=Speaks.FOR,
        lesions=lesions,
        would=f"{variant.gene} {name}{share}",
    )


# ---------------------------------------------------------------- calls that are not the lesion's


def beside_the_lesion(small: SmallVariants, genome: Genome, knowledge: Knowledge) -> tuple[Remark, ...]:
    """Calls with the lesion's name on another isoform, and truncations at codons whose other changes activate."""
    found = []
    for variant in small.variants:
        named = _named_elsewhere(variant, genome, knowledge)
        cut = _truncated_hotspot(variant, genome, knowledge)
        spliced = _beside_splice_site(variant, genome, knowledge)
        unnamed = _unnamed_at_hotspot(variant, genome, knowledge)
        doubts = (
            (RemarkCode.UNREADABLE_VALUE, unnamed),
            (RemarkCode.UNREADABLE_VALUE, _unnamed_in_gene(variant, genome, knowledge)),
            (RemarkCode.OTHER_NUMBERING, named),
            (RemarkCode.OTHER_CHANGE, cut),
            (RemarkCode.POSSIBLE_SPLICE, spliced),
        )
        for code, lesions in doubts:
            if lesions:
                found.append(_call_remark(variant, code, lesions))
    return tuple(found)


def _named_elsewhere(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    """Lesions whose change the file names here, counted on another isoform than the panel's."""
    said = parse_text(variant.file_annotation)
    names = {plain_protein(name) for name in (variant.hgvsp, said.hgvsp if said is not None else None) if name}
    rows = [row for row in hotspots.rules(knowledge) if row.gene == variant.gene]
    fitting = tuple(dict.fromkeys(row.lesion for row in rows if names & set(row.proteins)))
    own = variant.hgvsp is not None and hotspots.numbered_as_ours(variant, genome, knowledge)
    counted = own and any(plain_protein(variant.hgvsp or "") in row.proteins for row in rows)
    return () if counted else fitting


def _truncated_hotspot(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    spot = hotspots.hotspot(variant, genome, knowledge) if "truncating" in hotspots.classes(variant) else None
    if spot is None or spot.gene != variant.gene:
        return ()
    rows = [row for row in hotspots.rules(knowledge) if row.gene == spot.gene and row.effect == "activating"]
    fitting = dict.fromkeys(row.lesion for row in rows if row.codons and _may_count(row, spot.codon, OTHER))
    counted = lesions_of(variant, genome, knowledge)
    return tuple(lesion for lesion in fitting if lesion not in counted)


def _unnamed_at_hotspot(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    """Lesions whose change this may be: it replaces bases of a codon of theirs that the pack does not know."""
    if variant.hgvsp is not None or len(variant.ref) != len(variant.alt):
        return ()
    changed = {
        variant.pos + at for at, (one, two) in enumerate(zip(variant.ref, variant.alt, strict=True)) if one != two
    }
    counted = lesions_of(variant, genome, knowledge)
    rows = [row for row in hotspots.rules(knowledge) if row.gene == variant.gene]
    if len(changed) == 1:  # the one base that makes a named change is known by its place
        rows = [row for row in rows if not row.proteins]
    fitting = (
        row.lesion
        for spot in hotspots.hotspot_codons(genome, knowledge)
        if spot.chrom == variant.chrom and spot.gene == variant.gene and changed & set(spot.positions)
        for row in rows
        if (row.codons or row.proteins) and _may_count(row, spot.codon, OTHER)
    )
    return tuple(dict.fromkeys(lesion for lesion in fitting if lesion not in counted))


def _unnamed_in_gene(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    """Lesions that any loss of function counts for, where a call's change is unknown: REF is not the reference's."""
    common = (variant.population_af or 0.0) >= knowledge.value(cutoffs.WEIGHING_GERMLINE_POPULATION)
    low = variant.vaf is not None and variant.vaf < knowledge.value(cutoffs.SMALL_VARIANTS_WEAK_MIN_VAF)
    unknown = variant.consequence == "coding_sequence_variant" and variant.hgvsp is None
    if REF_MISMATCH not in variant.flags or not unknown or common or low or variant.gene is None:
        return ()
    counted = lesions_of(variant, genome, knowledge)
    fitting = hotspots.lesions_of_any_loss((variant.gene,), variant.chrom, variant.pos, genome, knowledge)
    return tuple(lesion for lesion in fitting if lesion not in counted)


def _beside_splice_site(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> tuple[str, ...]:
    """Lesions that a loss of the splice site would count for; not of what the population has, or what counts anyway."""
    common = (variant.population_af or 0.0) >= knowledge.value(cutoffs.WEIGHING_GERMLINE_POPULATION)
    if POSSIBLE_SPLICE not in variant.flags or common or not variant.passes:
        return ()
    lost = replace(variant, consequence="splice_donor_variant", hgvsp=None, codon=None, oncogenicity=None)
    counted = lesions_of(variant, genome, knowledge)
    return tuple(lesion for lesion in lesions_of(lost, genome, knowledge) if lesion not in counted)


def _call_remark(variant: SmallVariant, code: RemarkCode, lesions: tuple[str, ...]) -> Remark:
    words = {
        RemarkCode.UNREADABLE_VALUE: "in coding sequence of the lesion, without a name: the reference pack has"
        " other bases there, or none",
        RemarkCode.OTHER_NUMBERING: "the name is counted on another transcript: another residue of ours",
        RemarkCode.OTHER_CHANGE: "a truncation at a codon whose other changes activate: is it read rightly?",
        RemarkCode.POSSIBLE_SPLICE: "beside a splice site that it may destroy: RNA would tell",
    }
    return Remark(
        kind="alignments" if variant.callers == ("alignments",) else "small_variants",
        file=variant.file or "",
        record=variant.record or "",
        code=code,
        reason=words[code],
        speaks=Speaks.FOR if code is RemarkCode.POSSIBLE_SPLICE else Speaks.BLINDS,
        lesions=lesions,
        would=f"{variant.gene} {variant.hgvsp or variant.hgvsc or f'{variant.ref}>{variant.alt}'}",
    )


# ---------------------------------------------------------------- reads that nobody called


def unasked_reads(small: SmallVariants, genome: Genome, knowledge: Knowledge) -> tuple[Remark, ...]:
    """Hotspot codons over which reads insert or delete bases, or differ from the reference, without a call there."""
    if not small.depths:
        return ()
    called = [(v.chrom, v.pos, v.pos + max(len(v.ref), len(v.alt))) for v in small.variants]
    found: dict[tuple[str, str, str, tuple[int, ...], tuple[str, ...]], list[tuple[HotspotCodon, Seen]]] = {}
    for spot in hotspots.hotspot_codons(genome, knowledge):
        low, high = min(spot.positions), max(spot.positions)
        if any(chrom == spot.chrom and start - 1 <= high and end >= low for chrom, start, end in called):
            continue
        most = max(_unasked(spot, small.depths, knowledge), key=lambda seen: seen[2], default=None)
        lesions = () if most is None else _lesions_at(spot, most[1], knowledge)
        if most is not None and lesions:  # the codons of one block are one remark
            at, kind, reads = most
            block = (at.depth, reads) if kind == OTHER else spot.positions
            found.setdefault((spot.gene, kind, at.source, block, lesions), []).append((spot, most))
    return tuple(_reads_remark(group, key[-1], small) for key, group in found.items())


Seen = tuple[DepthAt, str, int]  # place, kind of reads, how many


def _unasked(spot: HotspotCodon, depths: Mapping[tuple[str, int], DepthAt], knowledge: Knowledge) -> Iterator[Seen]:
    for pos in spot.positions:
        at = depths.get((spot.chrom, pos))
        for kind in (*LENGTH_CHANGES, OTHER) if at is not None else ():
            reads = at.counts.get(kind, 0) if at is not None else 0
            if at is not None and reads and _above_error(reads, at, kind, knowledge):
                yield at, kind, reads


def _above_error(reads: int, at: DepthAt, kind: str, knowledge: Knowledge) -> bool:
    base = knowledge.value(cutoffs.PILEUP_INDEL_ERROR_RATE if kind in LENGTH_CHANGES else cutoffs.PILEUP_ERROR_RATE)
    rate = max(base, at.error_rate or 0.0)
    enough = reads >= knowledge.value(cutoffs.PILEUP_MIN_ALT_READS)
    return enough and binomial_tail(reads, max(at.depth, reads), rate) <= knowledge.value(cutoffs.PILEUP_ALPHA)


def _lesions_at(spot: HotspotCodon, kind: str, knowledge: Knowledge) -> tuple[str, ...]:
    rows = [row for row in hotspots.rules(knowledge) if row.gene == spot.gene]
    fitting = [row.lesion for row in rows if _may_count(row, spot.codon, kind)]
    return tuple(dict.fromkeys(fitting))


def _may_count(row: GeneMutationRuleRow, codon: int, kind: str) -> bool:
    """Could a change of unknown kind at this codon be one that the row counts?"""
    if row.copies or row.state == "ignored":
        return False
    if row.codons and not any(codon in span for span in row.codons):
        return False
    named = [int("".join(c for c in name if c.isdigit())) for name in row.proteins]
    if kind in LENGTH_CHANGES:
        return not named and bool({"inframe", "inframe_insertion", "truncating"} & set(row.classes))
    return not named or codon in named


def _reads_remark(group: Sequence[tuple[HotspotCodon, Seen]], lesions: tuple[str, ...], small: SmallVariants) -> Remark:
    spot, (at, kind, reads) = group[0]
    where = f"codon {spot.codon}" + (f" and {len(group) - 1} more of its block" if len(group) > 1 else "")
    words = {"del": "delete a base", "ins": "insert bases", OTHER: "differ from the reference"}
    share = 100 * reads / max(at.depth, reads)
    return Remark(
        kind="alignments" if at.source == "alignments" else "small_variants",
        file=_file_of(at, small),
        record=f"{at.chrom}:{at.pos}",
        code=RemarkCode.READS_NOT_CALLED,
        reason=f"{reads:,} of {at.depth:,} reads ({share:.2g} %) {words[kind]} at {where}, without a call",
        speaks=Speaks.FOR,
        lesions=lesions,
        would=f"a change of {spot.gene} {where}",
    )


def _file_of(at: DepthAt, small: SmallVariants) -> str:
    """The input that the reads are of; of several VCFs the first."""
    kind = "alignments" if at.source == "alignments" else "small_variants"
    return next((file.path for file in small.inputs if file.kind == kind), at.source)


__all__ = ["beside_the_lesion", "lesions_of", "open_records", "unasked_reads"]
