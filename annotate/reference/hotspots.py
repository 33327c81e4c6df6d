"""Which small variants and gene copies count for which lesion: the tables `gene_mutation_rules`, `variants`
and `hotspot_codons` met with the variants of one sample.

Codons are matched by genomic position on the panel's own transcript, so that a file annotated on another
isoform (MEN1 +5, ABL1 +19, RUNX1 +27) matches the same residue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow, HotspotCodonRow, NamedVariantRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import GeneCopies
from annotate.model.small_variants import SmallVariant
from annotate.reference.genome import Genome

TRUNCATING = frozenset(
    {"stop_gained", "frameshift", "splice_acceptor", "splice_donor", "start_lost", "transcript_ablation"}
)
SPLICE = frozenset({"splice_acceptor", "splice_donor"})
INSERTION = frozenset({"inframe_insertion", "disruptive_inframe_insertion", "conservative_inframe_insertion"})
INFRAME = INSERTION | {
    "inframe_deletion",
    "disruptive_inframe_deletion",
    "conservative_inframe_deletion",
    "inframe_altering",
    "protein_altering",
}


def terms(consequence: str | None) -> frozenset[str]:
    """Sequence Ontology terms without their `_variant`, as bcftools, VEP and SnpEff all write them.

    >>> sorted(terms("missense_variant&splice_region_variant"))
    ['missense', 'splice_region']
    """
    parts = re.split(r"[&,]", consequence or "")
    return frozenset(part.strip().lstrip("*").removesuffix("_variant") for part in parts if part.strip())


def classes(variant: SmallVariant) -> frozenset[str]:
    """missense, inframe, inframe_insertion, truncating, splice, synonymous; empty where nothing is known.

    A variant that truncates is not also called missense.
    """
    found = terms(variant.consequence)
    if found & TRUNCATING:
        return frozenset({"truncating"} | ({"splice"} if found & SPLICE else set()))
    kinds = set()
    if found & INFRAME:
        kinds.add("inframe")
        if found & INSERTION or len(variant.alt) > len(variant.ref):
            kinds.add("inframe_insertion")
    if "missense" in found:
        kinds.add("missense")
    if "synonymous" in found:
        kinds.add("synonymous")
    return frozenset(kinds or _by_name(variant))


def _by_name(variant: SmallVariant) -> set[str]:
    """The class told from the protein name where the file gave no consequence."""
    name = variant.hgvsp or ""
    if re.search(r"(fs|Ter|\*)", name) and not re.search(r"ext", name):
        return {"truncating"}
    if re.fullmatch(r"p\.\(?[A-Z][a-z]{2}\d+[A-Z][a-z]{2}\)?", name):
        return {"missense"}
    if re.search(r"(del|ins|dup)", name):
        return {"inframe", "inframe_insertion"} if len(variant.alt) > len(variant.ref) else {"inframe"}
    return set()


def codon_of(variant: SmallVariant, genome: Genome) -> int | None:
    """The residue on the panel's transcript."""
    if variant.source in ("csq", "hotspot") and variant.codon is not None:
        return variant.codon
    transcript = genome.transcript(variant.gene) if variant.gene else None
    if transcript is not None:
        for pos in _positions(variant):
            codon = transcript.codon_at(pos)
            if codon is not None:
                return codon
    return variant.codon


_SUBSTITUTED = re.compile(r"p\.[A-Z][a-z]{2}(\d+)_[A-Z][a-z]{2}(\d+)delins")


def codons_of(variant: SmallVariant, genome: Genome) -> tuple[int, ...]:
    """The residues on the panel's transcript that a substitution of several replaces; the one of other changes."""
    several = _SUBSTITUTED.match(variant.hgvsp or "") if len(variant.ref) == len(variant.alt) else None
    if several is not None and variant.source in ("csq", "hotspot"):
        return tuple(range(int(several[1]), int(several[2]) + 1))
    codon = codon_of(variant, genome)
    return () if codon is None else (codon,)


def _positions(variant: SmallVariant) -> range:
    """Reference positions that the variant changes; the anchor base of an indel is left out."""
    anchor = 1 if len(variant.ref) != len(variant.alt) and variant.ref[:1] == variant.alt[:1] else 0
    return range(variant.pos + anchor, variant.pos + max(len(variant.ref), anchor + 1))


# ---------------------------------------------------------------- named variants and hotspot codons


@frozen
class Named:
    """A variant that the table `variants` names."""

    gene: str
    protein: str  # p.Arg367Gln
    tier: str  # established, probable
    effect: str
    source: str
    mark: str
    origin: str
    activation_class: str = ""  # of NT5C2: I, II, III


@frozen
class HotspotCodon:
    """A codon of `hotspot_codons` in one assembly: its three bases in the order of translation."""

    gene: str
    codon: int
    chrom: str
    positions: tuple[int, int, int]  # in order of the coding sequence
    strand: str


def named(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> Named | None:
    """The row of `variants` for this change, by protein name or by coordinates.

    The protein name counts only where the position lies in the same codon of the panel's transcript,
    when that can be checked: a name on another isoform is another residue.
    """
    by_name, by_place = _named_variants(genome, knowledge)
    found = by_place.get(variant.key)
    if found is None and variant.gene and variant.hgvsp:
        found = by_name.get((variant.gene, plain_protein(variant.hgvsp)))
        if found is not None and not numbered_as_ours(variant, genome, knowledge):
            return None
    return found


def numbered_as_ours(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> bool:
    """Is the residue that a name counts the one at this place, where that can be checked?"""
    number = re.match(r"p\.\(?[A-Za-z]+(\d+)", variant.hgvsp or "")
    if variant.source in ("csq", "hotspot") or number is None:
        return True
    transcript = genome.transcript(variant.gene or "")
    codons = {transcript.codon_at(pos) for pos in _positions(variant)} - {None} if transcript is not None else set()
    spot = hotspot(variant, genome, knowledge)
    codons |= set() if spot is None else {spot.codon}
    return not codons or int(number[1]) in codons


def named_places(genome: Genome, knowledge: Knowledge) -> Mapping[tuple[str, int, str, str], Named]:
    """The named variants that the table gives by coordinates and alleles."""
    return _named_variants(genome, knowledge)[1]


def plain_protein(name: str) -> str:
    """`p.(Gln523*)`, `NP_1.1:p.Gln523Ter` and `p.Q523*` written `p.Gln523Ter`."""
    name = name.split(":")[-1].replace("(", "").replace(")", "").replace("*", "Ter").replace("%3D", "=")
    short = re.fullmatch(r"p\.([A-Z])(\d+)([A-Z]|Ter)", name)
    if short:
        first, codon, last = short.groups()
        name = f"p.{AMINO_ACIDS.get(first, first)}{codon}{AMINO_ACIDS.get(last, last)}"
    return name


AMINO_ACIDS: Mapping[str, str] = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu", "G": "Gly", "H": "His",
    "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe", "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp",
    "Y": "Tyr", "V": "Val", "U": "Sec", "X": "Xaa",
}  # fmt: skip


@lru_cache(maxsize=8)
def _named_variants(
    genome: Genome, knowledge: Knowledge
) -> tuple[Mapping[tuple[str, str], Named], Mapping[tuple[str, int, str, str], Named]]:
    by_name, by_place = {}, {}
    for row in knowledge.rows(NamedVariantRow):
        entry = Named(
            gene=row.gene,
            protein=row.protein,
            tier=row.tier.lower(),
            effect=row.effect,
            source=row.source,
            mark=row.mark,
            origin=row.origin,
            activation_class=row.activation_class or "",
        )
        by_name[(entry.gene, row.protein)] = entry
        chrom = genome.contig(row.chrom)
        place = row.position(genome.assembly)
        if chrom and place is not None and row.genomic_ref in BASES and row.genomic_alt in BASES:
            by_place[(chrom, place, row.genomic_ref, row.genomic_alt)] = entry
    return by_name, by_place


BASES = frozenset("ACGT")


@lru_cache(maxsize=8)
def hotspot_codons(genome: Genome, knowledge: Knowledge) -> tuple[HotspotCodon, ...]:
    """The hotspot codons in this assembly, each place once, in genomic order.

    Where a residue is listed in two numberings, the one of the panel's transcript is kept.
    """
    found: dict[tuple[str, int], HotspotCodon] = {}
    for row in knowledge.rows(HotspotCodonRow):
        chrom = genome.contig(row.chrom)
        if chrom is None:
            continue
        first, second, third = row.positions(genome.assembly)
        spot = HotspotCodon(row.gene, row.codon, chrom, (first, second, third), row.strand)
        transcript = genome.transcript(spot.gene)
        own = transcript is not None and transcript.codon_at(first) == spot.codon
        if own or (chrom, second) not in found:
            found[(chrom, second)] = spot
    return tuple(sorted(found.values(), key=lambda spot: (spot.chrom, spot.positions)))


def hotspot(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> HotspotCodon | None:
    """The hotspot codon that this variant changes."""
    index = _hotspot_index(genome, knowledge)
    for pos in _positions(variant):
        spot = index.get((variant.chrom, pos))
        if spot is not None:
            return spot
    return None


@lru_cache(maxsize=8)
def _hotspot_index(genome: Genome, knowledge: Knowledge) -> Mapping[tuple[str, int], HotspotCodon]:
    return {(spot.chrom, pos): spot for spot in hotspot_codons(genome, knowledge) for pos in spot.positions}


# ---------------------------------------------------------------- rules


def rules(knowledge: Knowledge, lesion: str | None = None) -> tuple[GeneMutationRuleRow, ...]:
    """Rows of `gene_mutation_rules`, all or of one lesion."""
    return tuple(row for row in knowledge.rows(GeneMutationRuleRow) if lesion in (None, row.lesion))


def matching_rule(
    variant: SmallVariant, genome: Genome, knowledge: Knowledge, lesion: str | None = None
) -> GeneMutationRuleRow | None:
    """The first rule that counts this variant: rows stand in order of precedence."""
    for row in rules(knowledge, lesion):
        if row.gene == variant.gene and not row.copies and _fits(row, variant, genome, knowledge):
            return row
    return None


def _fits(row: GeneMutationRuleRow, variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> bool:
    """Every condition that the row states holds."""
    proteins = row.proteins
    if proteins:
        named = plain_protein(variant.hgvsp or "") in proteins
        return named and numbered_as_ours(variant, genome, knowledge)
    if not set(row.classes) & classes(variant):
        return False
    if row.codons:
        codons = codons_of(variant, genome)
        if not any(codon in span for span in row.codons for codon in codons):
            return False
    if row.exons:
        transcript = genome.transcript(variant.gene or "")
        exon = transcript.exon_at(variant.pos) if transcript else None
        return exon in row.exons
    return True


def lesions_of_any_loss(
    genes: Iterable[str], chrom: str, pos: int, genome: Genome, knowledge: Knowledge
) -> tuple[str, ...]:
    """Lesions that count a truncation of one of these genes at this place, whatever its codon."""
    wanted = frozenset(genes)
    found = []
    for row in rules(knowledge):
        if row.gene not in wanted or "truncating" not in row.classes or row.state == "ignored":
            continue
        transcript = genome.transcript(row.gene) if row.exons else None
        placed = transcript is not None and transcript.chrom == chrom and transcript.exon_at(pos) in row.exons
        if not (row.codons or row.proteins or row.copies) and (placed or not row.exons):
            found.append(row.lesion)
    return tuple(dict.fromkeys(found))


def copies_rule(copies: GeneCopies, rows: Iterable[GeneMutationRuleRow]) -> GeneMutationRuleRow | None:
    """The first rule that counts this copy-number state (`deletion`, or `deletion:focal` for one level)."""
    for row in rows:
        if row.gene == copies.gene:
            for wanted in row.copies:
                call, _, level = wanted.partition(":")
                if call == copies.call and level in ("", copies.level):
                    return row
    return None
