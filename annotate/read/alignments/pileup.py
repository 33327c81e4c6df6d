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

from annotate.knowledge.tables import Knowledge
from annotate.model.sample import InputFile
from annotate.model.small_variants import DepthAt, SmallVariant, SmallVariants
from annotate.read.alignments.detection import reads_needed
from annotate.read.alignments.fragments import (
    BASES,
    Fragments,
    Place,
    contigs,
    count_fragments,
    depth_at,
    error_rate,
    format_of,
    open_alignments,
    places_of,
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
    missing = len(places) - len(fragments)
    if missing:
        tally.warn(f"{missing} places lie on contigs that the alignments do not have")
    rate = error_rate(fragments, knowledge)
    depths = {place: depth_at(place, counts, rate) for place, counts in fragments.items()}
    found = [v for spot in spots for v in _alleles(spot, fragments, rate, genome, knowledge, path)]
    return depths, tally.file("alignments", path, format_of(path)), tuple(found)


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
    """Single-base changes of a hotspot codon that change its residue and that error does not explain."""
    reference = _codon_sequences(genome, knowledge).get(spot)
    if reference is None:
        yield from _named_alleles(spot, fragments, rate, genome, knowledge, path)
        return
    for index, pos in enumerate(spot.positions):
        seen = fragments.get((spot.chrom, pos))
        if seen is None:
            continue
        counts, right = seen.counts(), _complement(reference[index], spot.strand)
        depth = sum(counts.values())
        for base in BASES:
            changed = reference[:index] + _complement(base, spot.strand) + reference[index + 1 :]
            if base == right or CODE[changed] == CODE[reference]:
                continue
            if counts[base] >= reads_needed(depth, rate, knowledge):
                name = f"p.{_three(CODE[reference])}{spot.codon}{_three(CODE[changed])}"
                yield _variant(spot, pos, right, base, name, seen, knowledge, path)


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
            yield _variant(spot, pos, ref, alt, entry.protein, seen, knowledge, path)


def _variant(
    spot: HotspotCodon,
    pos: int,
    ref: str,
    alt: str,
    name: str,
    seen: Fragments,
    knowledge: Knowledge,
    path: Path,
) -> SmallVariant:
    depth, forward_reverse = len(seen.bases), seen.strands(alt)
    reads = sum(forward_reverse)
    flags = ["hotspot"]
    if reads >= knowledge.value("pileup.strand_min_reads") and 0 in forward_reverse and _both_strands(seen):
        flags.append("possible_artefact")
    return SmallVariant(
        chrom=spot.chrom,
        pos=pos,
        ref=ref,
        alt=alt,
        gene=spot.gene,
        consequence="stop_gained" if name.endswith("Ter") else "missense_variant",
        hgvsp=name,
        codon=spot.codon,
        vaf=reads / depth,
        depth=depth,
        alt_reads=reads,
        flags=tuple(flags),
        source="hotspot",
        callers=("alignments",),
        file=str(path),
        record=f"{spot.chrom}:{pos}",
    )


def _both_strands(seen: Fragments) -> bool:
    """Does at least a fifth of the fragments lie on each strand?"""
    forward = sum(1 for base in seen.bases.values() if base.isupper())
    return 0.2 <= forward / len(seen.bases) <= 0.8


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
                codon = "".join(_complement(base, spot.strand) for base in forward)
                if codon in CODE:
                    found[spot] = codon
    return found


def _complement(base: str, strand: str) -> str:
    return base if strand == "+" else base.translate(str.maketrans("ACGT", "TGCA"))


def _three(residue: str) -> str:
    return "Ter" if residue == "*" else AMINO_ACIDS[residue]


_ORDER = "TCAG"
CODE: Mapping[str, str] = {
    a + b + c: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"[16 * i + 4 * j + k]
    for i, a in enumerate(_ORDER)
    for j, b in enumerate(_ORDER)
    for k, c in enumerate(_ORDER)
}
