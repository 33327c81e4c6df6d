"""Looking in the alignments where callers did not: depth and base counts at hotspot codons.

Counted are fragments: a place that both mates of a pair cover counts once, and not at all where the mates
disagree. Left out are duplicates, secondary and supplementary alignments, reads that failed quality checks,
and reads or bases below the quality thresholds (`resources/knowledge/thresholds/weighing.tsv`).

Error model: wrong bases of one kind at one place follow a binomial distribution. Its rate is that of the
file itself, from all places looked at with the highest counts left out, and never less than the default. An
allele is called when so many fragments would come from error alone with a probability below
`pileup.alpha`, and at least `pileup.min_alt_reads` fragments carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from annotate.base.genetic_code import CODE
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import InputFile
from annotate.model.small_variants import DepthAt, SmallVariant, SmallVariants
from annotate.read.alignments.codons import CodonAllele, both_strands, codon_alleles, complement
from annotate.read.alignments.detection import reads_needed
from annotate.read.alignments.fragments import (
    Fragments,
    Place,
    contigs,
    count_fragments,
    depth_at,
    error_rate,
    format_of,
    open_alignments,
    places_of,
    shared_names,
    stale_index,
)
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS, HotspotCodon, hotspot_codons, named_places


def look(
    path: Path,
    genome: Genome,
    knowledge: Knowledge,
    *,
    sites: Iterable[Place] = (),
    reference_fasta: Path | None = None,
) -> tuple[Mapping[Place, DepthAt], InputFile, tuple[SmallVariant, ...]]:
    """Depth at every hotspot codon (and at `sites`), and hotspot alleles that the reads show.

    `path`: BAM or CRAM with its index; a CRAM needs `reference_fasta`, or `genome.sequence`.
    Errors: InputError when the file cannot be read, has no index, or is of another assembly.
    """
    spots = hotspot_codons(genome, knowledge)
    places = sorted({*(p for spot in spots for p in places_of(spot)), *sites})
    tally = Tally()
    with open_alignments(path, reference_fasta or genome.sequence) as reads:
        names = contigs(reads, genome, path)
        counted = count_fragments(reads, places, names, path, knowledge, tally)
    fragments = {place: counted.get(place, Fragments()) for place in places if place[0] in names}
    _say(path, len(places) - len(fragments), fragments, tally)
    rate = error_rate(fragments, knowledge)
    depths = {place: depth_at(place, counts, rate) for place, counts in fragments.items()}
    found = [v for spot in spots for v in _alleles(spot, fragments, rate, genome, knowledge, path)]
    return depths, tally.file("alignments", path, format_of(path)), tuple(found)


def _say(path: Path, missing: int, fragments: Mapping[Place, Fragments], tally: Tally) -> None:
    if missing:
        tally.warn(f"{missing} places lie on contigs that the alignments do not have")
    stale = stale_index(path)
    if stale is not None:
        tally.warn(f"index {stale.name} is older than the alignments: index them again with samtools index")
    shared = shared_names(fragments)
    if shared:
        tally.warn(f"{shared} read names stand for several fragments, as in pooled files: told apart by their place")


def merge(small: SmallVariants, depths: Mapping[Place, DepthAt], found: Sequence[SmallVariant]) -> SmallVariants:
    """What the alignments show added to what callers said: an allele that was called stays the caller's."""
    called = {variant.key for variant in small.variants}
    return replace(
        small,
        variants=(*small.variants, *(variant for variant in found if variant.key not in called)),
        depths={**small.depths, **depths},
    )


def _alleles(
    spot: HotspotCodon,
    fragments: Mapping[Place, Fragments],
    rate: float,
    genome: Genome,
    knowledge: Knowledge,
    path: Path,
) -> Iterator[SmallVariant]:
    """Changes of a hotspot codon that change its residue and that error does not explain, by whole fragments."""
    reference = _codon_sequences(genome, knowledge).get(spot)
    if reference is None:
        yield from _named_alleles(spot, fragments, rate, genome, knowledge, path)
        return
    for allele in codon_alleles(spot, reference, fragments, rate, knowledge):
        residue = CODE[allele.codon]
        if residue != CODE[reference]:
            name = f"p.{_three(CODE[reference])}{spot.codon}{_three(residue)}"
            yield _variant(spot, allele, name, knowledge, path)


def _named_alleles(
    spot: HotspotCodon,
    fragments: Mapping[Place, Fragments],
    rate: float,
    genome: Genome,
    knowledge: Knowledge,
    path: Path,
) -> Iterator[SmallVariant]:
    """Alleles that the table of named variants gives by coordinates, for genes whose sequence the pack lacks."""
    for (chrom, pos, ref, alt), entry in sorted(named_places(genome, knowledge).items()):
        seen = fragments.get((chrom, pos))
        if entry.gene != spot.gene or pos not in spot.positions or seen is None:
            continue
        counts = seen.counts()
        if counts[alt] >= reads_needed(sum(counts.values()), rate, knowledge):
            allele = CodonAllele("", pos, ref, alt, len(seen.bases), seen.strands(alt), both_strands(seen))
            yield _variant(spot, allele, entry.protein, knowledge, path)


def _variant(spot: HotspotCodon, allele: CodonAllele, name: str, knowledge: Knowledge, path: Path) -> SmallVariant:
    reads = sum(allele.strands)
    flags = ["hotspot"]
    if reads >= knowledge.value(cutoffs.PILEUP_STRAND_MIN_READS) and 0 in allele.strands and allele.both_strands:
        flags.append("possible_artefact")
    return SmallVariant(
        chrom=spot.chrom,
        pos=allele.pos,
        ref=allele.ref,
        alt=allele.alt,
        gene=spot.gene,
        consequence="stop_gained" if name.endswith("Ter") else "missense_variant",
        hgvsp=name,
        codon=spot.codon,
        vaf=reads / allele.depth,
        depth=allele.depth,
        alt_reads=reads,
        flags=tuple(flags),
        source="hotspot",
        callers=("alignments",),
        file=str(path),
        record=f"{spot.chrom}:{allele.pos}",
    )


@lru_cache(maxsize=8)
def _codon_sequences(genome: Genome, knowledge: Knowledge) -> Mapping[HotspotCodon, str]:
    """The three reference bases of each hotspot codon in order of the coding sequence, where the pack has them."""
    import pysam

    found = {}
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        names = {genome.contig(name): name for name in fasta.references}
        for spot in hotspot_codons(genome, knowledge):
            if spot.chrom in names:
                forward = [fasta.fetch(names[spot.chrom], pos - 1, pos).upper() for pos in spot.positions]
                codon = "".join(complement(base, spot.strand) for base in forward)
                if codon in CODE:
                    found[spot] = codon
    return found


def _three(residue: str) -> str:
    return "Ter" if residue == "*" else AMINO_ACIDS[residue]
