"""Genes of a pack by symbol and place, against a look at every row."""

from __future__ import annotations

import random

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend
from annotate.reference.features import Gene, gene_of_row
from annotate.reference.genes import Genes
from annotate.reference.genome import Genome
from annotate.reference.places import Places, to_x


@pytest.mark.parametrize("assembly", ["GRCh38", "GRCh37"])
def test_genes_of_a_stretch_are_those_of_every_row(assembly: str) -> None:
    genome = Genome.load(assembly)
    rows = list(genome._cells("genes.tsv.gz"))
    genes, every = (
        Genes("\t".join(row) for row in rows),
        [gene_of_row(row) for row in {row[0]: row for row in rows}.values()],
    )
    assert {gene.name for gene in genes.panel} == {gene.name for gene in every if gene.panel}
    rng = random.Random(7)
    for _ in range(300):
        one = rng.choice(every)
        start = max(1, one.start + rng.randint(-200_000, 200_000))
        end = start + rng.choice([0, 1, 1000, 300_000])
        found = genes.between(one.chrom, start, end)
        expected = {gene for gene in every if gene.chrom == one.chrom and gene.start <= end and gene.end >= start}
        assert set(found) == expected
        assert [gene.start for gene in found] == sorted(gene.start for gene in found)
    assert genes.between("no such contig", 1, 10**9) == ()


def test_a_gene_is_made_once(grch38: Genome) -> None:
    assert grch38.gene("KMT2A") is grch38.gene("KMT2A")
    assert grch38.gene("KMT2A") in grch38.panel_genes()
    assert grch38.gene("NO_SUCH_GENE") is None


def test_candidates_are_what_lies_over_the_place(grch38: Genome, knowledge: Knowledge) -> None:
    """Genes (those that break elsewhere than annotated by their own span), loci and windows over a position."""
    places = Places.of(grch38, knowledge)
    rng = random.Random(11)
    ends = [gene for gene in grch38.panel_genes() if gene.chrom not in ("X", "Y")]
    for gene in rng.sample(ends, 60):
        for pos in (gene.start, gene.start - 1, gene.end, gene.end + 1, rng.randint(gene.start, gene.end)):
            chrom, place = to_x(grch38, gene.chrom, pos)
            named = {c.name for c in places.candidates(Breakend(gene.chrom, pos, "L")) if c.context == "gene"}
            loci = [locus for locus in grch38.loci() if locus.chrom == chrom and locus.start <= place <= locus.end]
            segments = tuple(part for locus in loci for part in locus.name.split("/"))
            over: dict[str, Gene] = {}
            for start, end, symbol in grch38.gene_spans(chrom):
                own = places.spans.get(symbol) or grch38.gene(symbol)
                assert own is not None
                assert (start, end) == (grch38.gene(symbol).start, grch38.gene(symbol).end)  # type: ignore[union-attr]
                if own.start <= place <= own.end:
                    over[own.name] = own
            over |= {g.name: g for start, end, g in places.regions.get(chrom, ()) if start <= place <= end}
            assert named == {name for name in over if not (segments and name.startswith(segments))}
