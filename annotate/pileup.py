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

import math
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.genome import Genome
from annotate.inputs.text import Tally
from annotate.knowledge import Knowledge
from annotate.model import DepthAt, DetectionLimit, InputFile, SmallVariant, SmallVariants
from annotate.mutations import AMINO_ACIDS, HotspotCodon, hotspot_codons, named_places
from annotate.probability import binomial_tail

Place = tuple[str, int]
BASES = "ACGT"


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
    places = sorted({*(p for spot in spots for p in _places(spot)), *sites})
    tally = Tally()
    with _open(path, reference_fasta or genome.sequence) as reads:
        names = _contigs(reads, genome, path)
        counted = _count(reads, places, names, path, knowledge, tally)
    fragments = {place: counted.get(place, Fragments()) for place in places if place[0] in names}
    missing = len(places) - len(fragments)
    if missing:
        tally.warn(f"{missing} places lie on contigs that the alignments do not have")
    rate = _error_rate(fragments, knowledge)
    depths = {place: _depth(place, counts, rate) for place, counts in fragments.items()}
    found = [v for spot in spots for v in _alleles(spot, fragments, rate, genome, knowledge, path)]
    return depths, tally.file("alignments", path, _format(path)), tuple(found)


def merge(small: SmallVariants, depths: Mapping[Place, DepthAt], found: Sequence[SmallVariant]) -> SmallVariants:
    """What the alignments show added to what callers said: an allele that was called stays the caller's."""
    called = {variant.key for variant in small.variants}
    return replace(
        small,
        variants=(*small.variants, *(variant for variant in found if variant.key not in called)),
        depths={**small.depths, **depths},
    )


# ---------------------------------------------------------------- limits of detection


@lru_cache(maxsize=4096)
def detection_limit(depth: int, knowledge: Knowledge, error_rate: float | None = None) -> DetectionLimit | None:
    """The lowest VAF that this depth shows with 95 % power, rounded up to one significant digit.

    At least `pileup.min_alt_reads` reads are asked for; with an error rate, as many as the error model asks
    for. None where no VAF would do.

    >>> detection_limit(480, Knowledge.load()).vaf
    0.02
    """
    needed = int(knowledge.value("pileup.min_alt_reads"))
    if error_rate is not None:
        needed = reads_needed(depth, error_rate, knowledge)
    power = knowledge.value("pileup.power")
    if depth < needed:
        return None
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if binomial_tail(needed, depth, middle) < power:
            low = middle
        else:
            high = middle
    return DetectionLimit(vaf=_round_up(high), reads=depth)


def depth_needed(vaf: float, knowledge: Knowledge) -> int:
    """The least depth at which a VAF gives enough reads with the stated power (L09: 10 % 89, 5 % 181…)."""
    needed, power = int(knowledge.value("pileup.min_alt_reads")), knowledge.value("pileup.power")
    low, high = needed, needed
    while binomial_tail(needed, high, vaf) < power:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if binomial_tail(needed, middle, vaf) < power:
            low = middle + 1
        else:
            high = middle
    return high


def reads_needed(depth: int, error_rate: float, knowledge: Knowledge) -> int:
    """The fewest reads with one allele that error alone does not explain at this depth."""
    needed = int(knowledge.value("pileup.min_alt_reads"))
    alpha = knowledge.value("pileup.alpha")
    while needed <= depth and binomial_tail(needed, depth, error_rate) > alpha:
        needed += 1
    return needed


def _round_up(value: float) -> float:
    """Up to one significant digit: 0.0190 is 0.02, 0.0500 stays 0.05."""
    digits = -math.floor(math.log10(value))
    scaled = value * 10**digits
    return float(min(1.0, round(math.ceil(round(scaled, 6)) / 10**digits, digits)))


# ---------------------------------------------------------------- counting


@dataclass(slots=True)
class Fragments:
    """What the fragments over one place show. `bases`: fragment name to base; lower case on the reverse strand."""

    bases: dict[str, str] = field(default_factory=dict)
    discordant: set[str] = field(default_factory=set)
    insertions: set[str] = field(default_factory=set)

    def add(self, name: str, base: str) -> None:
        known = self.bases.get(name)
        if known is None and name not in self.discordant:
            self.bases[name] = base
        elif known is not None and known.upper() != base.upper():
            del self.bases[name]
            self.discordant.add(name)

    def counts(self) -> Counter[str]:
        return Counter(base.upper() for base in self.bases.values())

    def strands(self, base: str) -> tuple[int, int]:
        """Fragments with this base on the forward and on the reverse strand."""
        shown = list(self.bases.values())
        return shown.count(base), shown.count(base.lower())


def _count(
    reads: Any, places: Sequence[Place], names: Mapping[str, str], path: Path, knowledge: Knowledge, tally: Tally
) -> dict[Place, Fragments]:
    counted: dict[Place, Fragments] = defaultdict(Fragments)
    min_mapping = int(knowledge.value("pileup.min_mapping_quality"))
    min_base = int(knowledge.value("pileup.min_base_quality"))
    for chrom, positions, before in _windows(places):
        if chrom not in names:
            continue
        try:
            for read in reads.fetch(names[chrom], positions[0] - 1, positions[-1]):
                reason = _why_dropped(read, min_mapping)
                if read.reference_start >= before:  # else it was counted with the window before
                    tally.drop(reason) if reason else tally.use()
                if reason is None:
                    _add_read(read, chrom, positions, min_base, counted)
        except (OSError, ValueError) as error:
            raise InputError(
                f"alignments cannot be read ({error})", path=path, fix="check the file with `samtools quickcheck`"
            ) from error
    return counted


def _windows(places: Sequence[Place], gap: int = 500) -> Iterator[tuple[str, list[int], int]]:
    """Places near each other together, with the end of the window before on the same contig."""
    window: list[Place] = []
    before = -1
    for place in [*places, None]:
        if window and (place is None or place[0] != window[-1][0] or place[1] - window[-1][1] > gap):
            yield window[0][0], [pos for _, pos in window], before
            before = window[-1][1] if place is not None and place[0] == window[-1][0] else -1
            window = []
        if place is not None:
            window.append(place)


def _why_dropped(read: Any, min_mapping: int) -> str | None:
    if read.is_unmapped:
        return "unmapped"
    if read.is_duplicate:
        return "duplicate"
    if read.is_secondary:
        return "secondary alignment"
    if read.is_supplementary:
        return "supplementary alignment"
    if read.is_qcfail:
        return "failed quality checks"
    if read.mapping_quality < min_mapping:
        return "low mapping quality"
    return None if read.query_sequence else "no sequence"


def _add_read(read: Any, chrom: str, positions: Sequence[int], min_base: int, counted: dict[Place, Fragments]) -> None:
    """The bases of one read at the places it covers, by its alignment blocks."""
    sequence, qualities = read.query_sequence, read.query_qualities
    at, reference = 0, read.reference_start + 1
    lower = read.is_reverse
    for operation, length in read.cigartuples:
        if operation in (0, 7, 8):
            for pos in positions:
                offset = pos - reference
                if 0 <= offset < length and (qualities is None or qualities[at + offset] >= min_base):
                    base = sequence[at + offset]
                    if base in BASES:
                        counted[(chrom, pos)].add(read.query_name, base.lower() if lower else base)
            at, reference = at + length, reference + length
        elif operation == 1:
            counted[(chrom, reference - 1)].insertions.add(read.query_name)
            at += length
        elif operation == 4:
            at += length
        elif operation in (2, 3):
            for pos in positions:
                if operation == 2 and reference <= pos < reference + length:
                    counted[(chrom, pos)].add(read.query_name, "d" if lower else "D")
            reference += length


def _depth(place: Place, fragments: Fragments, rate: float) -> DepthAt:
    counts = fragments.counts()
    named = {base: counts[base] for base in BASES if counts[base]}
    if counts["D"]:
        named["del"] = counts["D"]
    if fragments.insertions:
        named["ins"] = len(fragments.insertions)
    return DepthAt(place[0], place[1], sum(counts.values()), named, error_rate=rate)


def _error_rate(fragments: Mapping[Place, Fragments], knowledge: Knowledge) -> float:
    """Wrong bases of one kind per base, from the file: the commonest base of each place is taken as right."""
    floor = knowledge.value("pileup.error_rate")
    prior = knowledge.value("pileup.error_prior_bases")
    seen = []
    for place in fragments.values():
        counts = place.counts()
        depth = sum(counts[base] for base in BASES)
        if depth:
            right = max(BASES, key=lambda base: (counts[base], base))
            seen += [(counts[base], depth) for base in BASES if base != right]
    seen.sort(key=lambda item: item[0] / item[1])
    kept = seen[: max(1, int(len(seen) * (1 - knowledge.value("pileup.error_trim"))))]
    wrong, bases = sum(count for count, _ in kept), sum(depth for _, depth in kept)
    estimate: float = (wrong + floor * prior) / (bases + prior)
    return max(floor, estimate * knowledge.value("pileup.error_margin") if wrong else floor)


# ---------------------------------------------------------------- alleles


def _places(spot: HotspotCodon) -> list[Place]:
    return [(spot.chrom, pos) for pos in spot.positions]


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


# ---------------------------------------------------------------- files


@contextmanager
def _open(path: Path, reference_fasta: Path | None) -> Iterator[Any]:
    """The alignments, with their index. A CRAM's reference is never fetched from a network."""
    import pysam

    if not path.is_file():
        raise InputError("file does not exist", path=path)
    if _format(path) == "cram" and reference_fasta is None:
        raise InputError(
            "a CRAM cannot be read without the reference it was written with",
            path=path,
            expected="a BAM, or a CRAM with `genome:` in the config naming its reference FASTA",
            fix="set `genome:`; or samtools view -b -T GENOME.fa -o S.bam S.cram, and samtools index S.bam",
        )
    with _no_network():
        try:
            reads = pysam.AlignmentFile(
                str(path), "rb", reference_filename=str(reference_fasta) if reference_fasta else None
            )
        except (OSError, ValueError) as error:
            raise InputError(
                f"not a readable BAM or CRAM ({error})", path=path, fix="check it with `samtools quickcheck`"
            ) from error
        with reads:
            if not _indexed(reads):
                raise InputError(
                    "the alignments have no index", path=path, expected="an index beside it", fix="samtools index FILE"
                )
            yield reads


def _indexed(reads: Any) -> bool:
    try:
        return bool(reads.check_index())
    except (AttributeError, ValueError, OSError):
        return False


@contextmanager
def _no_network() -> Iterator[None]:
    """htslib looks for a missing CRAM reference in REF_PATH, and in some builds on the internet if it is unset."""
    before = os.environ.get("REF_PATH")
    os.environ["REF_PATH"] = os.devnull
    try:
        yield
    finally:
        if before is None:
            del os.environ["REF_PATH"]
        else:
            os.environ["REF_PATH"] = before


def _format(path: Path) -> str:
    with open(path, "rb") as raw:
        return "cram" if raw.read(4) == b"CRAM" else "bam"


def _contigs(reads: Any, genome: Genome, path: Path) -> Mapping[str, str]:
    """Our contig name to the file's; refuses another assembly."""
    lengths = dict(zip(reads.references, reads.lengths, strict=True))
    genome.check_contigs(lengths, str(path))
    names: dict[str, str] = {}
    for name in lengths:
        contig = genome.contig(name)
        if contig is not None:
            names.setdefault(contig, name)
    return names
