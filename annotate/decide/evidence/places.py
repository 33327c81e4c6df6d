"""Where a lesion can be touched: its genes, regions and fusion pairs, for each kind of input, from the tables.

Genes that count with any partner, genes of breakpoint windows, and the side of a lesion's pairs that has few genes
define a rearrangement; a 5' partner of many fusions (ETV6, BCR beside JAK2…) touches only the lesion that it defines,
unless the record names the other partner too. IG and TR loci rearrange in every lymphocyte and define nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.decide.rearrangements.rules import Rule, rules_of
from annotate.knowledge.specs.rearrangements import RegulatoryRegionRow
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark
from annotate.reference import hotspots
from annotate.reference.defining import defining
from annotate.reference.genome import Genome

SMALL = frozenset({"small_variants", "alignments"})
CHIMERIC = frozenset({"structural_variants", "optical_mapping", "fusions", "karyotype", "bench_results"})
COUNTED = frozenset({"copy_number", "structural_variants", "optical_mapping", "karyotype", "bench_results"})


@frozen
class Places:
    """What of the genome belongs to a lesion.

    `genes`: a record anywhere in the gene concerns it. `narrow`: only the `regions` of the gene do, so a name alone
    counts where the record has no place. `pairs`: both genes of one must be named.
    """

    genes: frozenset[str] = frozenset()
    narrow: frozenset[str] = frozenset()
    regions: tuple[Interval, ...] = ()
    pairs: frozenset[frozenset[str]] = frozenset()

    def touched_by(self, remark: Remark) -> bool:
        """Does a remark's gene, place or pair of genes belong to this lesion?"""
        named = frozenset(remark.genes)
        if named & self.genes or any(pair <= named for pair in self.pairs):
            return True
        if not remark.regions:
            return bool(named & self.narrow)
        return any(own.touches(other) for own in self.regions for other in remark.regions)


@lru_cache(maxsize=4096)
def places_of(lesion: str, kind: str, genes: tuple[str, ...], genome: Genome, knowledge: Knowledge) -> Places:
    """The places of a lesion for a kind of input. `genes`: those whose copies its rule declares to count."""
    wide: set[str] = set()
    narrow: dict[str, list[Interval]] = {}
    pairs: set[frozenset[str]] = set()
    rows = hotspots.rules(knowledge, lesion)
    if kind in SMALL:
        wide, narrow = _mutated(rows, lesion, genome, knowledge)
    if kind in COUNTED:
        wide |= set(genes) | {row.gene for row in rows if row.copies and row.state != "ignored"}
    if kind in CHIMERIC:
        rules = [rule for rule in rules_of(genome, knowledge, lesion) if not rule.mimic]
        wide |= {gene for rule in rules for gene in _defining(rule, genome)}
        pairs = {frozenset(pair) for rule in rules for pair in rule.pairs}
    regions = [*_spans(wide, genome), *(place for places in narrow.values() for place in places)]
    return Places(frozenset(wide), frozenset(narrow) - wide, tuple(regions), frozenset(pairs))


def _spans(genes: Iterable[str], genome: Genome) -> Iterator[Interval]:
    for name in sorted(genes):
        gene = genome.gene(name)
        if gene is not None:
            yield Interval(gene.chrom, gene.start, gene.end)


# ---------------------------------------------------------------- mutations


def _mutated(
    rows: Iterable[GeneMutationRuleRow], lesion: str, genome: Genome, knowledge: Knowledge
) -> tuple[set[str], dict[str, list[Interval]]]:
    """Genes that any harmful change counts in, and the codons of the others."""
    wide: set[str] = set()
    narrow: dict[str, list[Interval]] = {}
    for row in rows:
        if row.copies or row.state == "ignored":
            continue
        stretches = list(_stretches(row, genome))
        if stretches:
            narrow.setdefault(row.gene, []).extend(stretches)
        else:
            wide.add(row.gene)
    own = {row.gene for row in rows}
    for spot in hotspots.hotspot_codons(genome, knowledge) if lesion in NAMED_CHANGES else ():
        if spot.gene in own:
            narrow.setdefault(spot.gene, []).append(Interval(spot.chrom, min(spot.positions), max(spot.positions)))
    narrow.setdefault("", []).extend(_regulatory(lesion, genome, knowledge))
    return wide, {gene: places for gene, places in narrow.items() if places}


NAMED_CHANGES = frozenset({"nt5c2"})  # lesions that the table of named variants decides too


def _regulatory(lesion: str, genome: Genome, knowledge: Knowledge) -> Iterator[Interval]:
    """Regulatory regions whose small insertions make the lesion."""
    for row in knowledge.rows(RegulatoryRegionRow):
        if row.lesion == lesion:
            yield row.place(genome.assembly)


def _stretches(row: GeneMutationRuleRow, genome: Genome) -> Iterator[Interval]:
    """The codons or exons that a row is limited to; none for a row that counts the whole gene."""
    transcript = genome.transcript(row.gene)
    if transcript is None:
        return
    for codon in row.residues:
        bases = transcript.protein_to_genomic(codon)
        if bases:
            yield Interval(transcript.chrom, min(bases), max(bases))
    for rank in row.exons:
        exon = next((exon for exon in transcript.exons if exon.rank == rank), None)
        if exon is not None:
            yield Interval(transcript.chrom, exon.start, exon.end)


# ---------------------------------------------------------------- rearrangements


def _defining(rule: Rule, genome: Genome) -> frozenset[str]:
    """Genes whose break suggests this lesion whatever the partner."""
    return defining(genome, (*rule.five_any, *rule.three_any, *rule.windows), rule.pairs)


# ---------------------------------------------------------------- what a kind of input can show


INPUTS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "small_variants": ("small_variants",),
    "alignments": ("alignments",),
    "structural_variants": ("wgs_sv", "targeted_sv"),
    "optical_mapping": ("ogm",),
    "fusions": ("rna_fusions",),
    "copy_number": ("cn_total", "cn_allele", "mlpa", "dmlpa"),
    "karyotype": ("karyotype",),
    "bench_results": ("karyotype",),  # FISH is read as a part of it
}
"""Inputs of the matrix of what can be seen, by the kind of a remark."""
