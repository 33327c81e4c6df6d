"""Transcript models with their bases, read once per gene from the reference pack."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache

import pysam

from annotate.base.errors import InputError
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.reference.genome import Genome

NEARBY = 5_000  # upstream_gene_variant and downstream_gene_variant lie within 5 kb (SO:0001631, SO:0001632)
FLANK = NEARBY + 1_000


@lru_cache(maxsize=4)
def _fasta(path: str) -> pysam.FastaFile:
    try:
        return pysam.FastaFile(path)
    except (OSError, ValueError) as error:
        raise InputError(f"the pack's sequence cannot be read ({error})", path=path) from None


def contigs(genome: Genome) -> tuple[str, ...]:
    """Contigs of the pack's FASTA, in its order."""
    return tuple(_fasta(str(genome.fasta)).references)


@lru_cache(maxsize=1024)
def coding(genome: Genome, gene: str) -> Coding | None:
    """The panel transcript of a gene with the bases of its span; None outside the panel."""
    transcript = genome.transcript(gene)
    if transcript is None:
        return None
    fasta = _fasta(str(genome.fasta))
    low = min(exon.start for exon in transcript.exons)
    high = max(exon.end for exon in transcript.exons)
    start = max(low - FLANK, 1)
    window = ""
    if transcript.chrom in fasta.references:
        window = fasta.fetch(transcript.chrom, start - 1, high + FLANK).upper()
    return Coding(transcript, transcript.refseq or transcript.transcript, start, window)


@lru_cache(maxsize=8)
def _spans(genome: Genome) -> Mapping[str, tuple[list[int], list[tuple[int, int, str]], int]]:
    """Panel transcripts by contig: starts, (low, high, gene), and the longest span, for bisection."""
    by_contig: dict[str, list[tuple[int, int, str]]] = {}
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        if transcript is not None:
            low = min(exon.start for exon in transcript.exons)
            high = max(exon.end for exon in transcript.exons)
            by_contig.setdefault(transcript.chrom, []).append((low, high, gene.name))
    return {
        chrom: ([low for low, _, _ in sorted(spans)], sorted(spans), max(high - low for low, high, _ in spans))
        for chrom, spans in by_contig.items()
    }


def genes_near(genome: Genome, chrom: str, start: int, end: int) -> Iterator[str]:
    """Panel genes whose transcript lies within 5 kb of start … end."""
    starts, spans, longest = _spans(genome).get(chrom, ([], [], 0))
    first = bisect_right(starts, start - NEARBY - longest - 1)
    for low, high, gene in spans[first : bisect_right(starts, end + NEARBY)]:
        if high >= start - NEARBY and low <= end + NEARBY:
            yield gene
