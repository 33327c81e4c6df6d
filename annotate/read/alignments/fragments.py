"""Fragments over a place of a BAM or CRAM, counted once each."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import DepthAt
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome
from annotate.reference.hotspots import HotspotCodon

Place = tuple[str, int]
BASES = "ACGT"


# ---------------------------------------------------------------- counting


Fragment = tuple[str, int, int]  # name, first base, length: files that were pooled may share names


@dataclass(slots=True)
class Fragments:
    """What the fragments over one place show. `bases`: base by fragment; lower case on the reverse strand."""

    bases: dict[Fragment, str] = field(default_factory=dict)
    discordant: set[Fragment] = field(default_factory=set)
    insertions: set[Fragment] = field(default_factory=set)

    def add(self, name: Fragment, base: str) -> None:
        """Count a fragment once; two mates that read different bases take it out."""
        known = self.bases.get(name)
        if known is None and name not in self.discordant:
            self.bases[name] = base
        elif known is not None and known.upper() != base.upper():
            del self.bases[name]
            self.discordant.add(name)

    def counts(self) -> Counter[str]:
        """Fragments by base; D stands for a deletion."""
        return Counter(base.upper() for base in self.bases.values())

    def strands(self, base: str) -> tuple[int, int]:
        """Fragments with this base on the forward and on the reverse strand."""
        shown = list(self.bases.values())
        return shown.count(base), shown.count(base.lower())


def count_fragments(
    reads: Any, places: Sequence[Place], names: Mapping[str, str], path: Path, knowledge: Knowledge, tally: Tally
) -> dict[Place, Fragments]:
    """Fragments over each place, by the least mapping and base quality (`pileup.*`)."""
    counted: dict[Place, Fragments] = defaultdict(Fragments)
    min_mapping = knowledge.value(cutoffs.PILEUP_MIN_MAPPING_QUALITY)
    min_base = knowledge.value(cutoffs.PILEUP_MIN_BASE_QUALITY)
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


def _add_read(  # noqa: C901 -- one branch an operation of the CIGAR
    read: Any, chrom: str, positions: Sequence[int], min_base: int, counted: dict[Place, Fragments]
) -> None:
    """The bases of one read at the places it covers, by its alignment blocks."""
    sequence, qualities = read.query_sequence, read.query_qualities
    at, reference = 0, read.reference_start + 1
    lower, name = read.is_reverse, fragment_of(read)
    for operation, length in read.cigartuples:
        if operation in (0, 7, 8):
            for pos in positions:
                offset = pos - reference
                if 0 <= offset < length and (qualities is None or qualities[at + offset] >= min_base):
                    base = sequence[at + offset]
                    if base in BASES:
                        counted[(chrom, pos)].add(name, base.lower() if lower else base)
            at, reference = at + length, reference + length
        elif operation == 1:
            counted[(chrom, reference - 1)].insertions.add(name)
            at += length
        elif operation == 4:
            at += length
        elif operation in (2, 3):
            for pos in positions:
                if operation == 2 and reference <= pos < reference + length:
                    counted[(chrom, pos)].add(name, "d" if lower else "D")
            reference += length


def fragment_of(read: Any) -> Fragment:
    """The two mates of a pair are one fragment; reads that only share a name are not."""
    start = read.reference_start
    if not read.is_paired or read.mate_is_unmapped:
        return read.query_name, start, 0
    if read.next_reference_id == read.reference_id:
        return read.query_name, min(start, read.next_reference_start), abs(read.template_length)
    return read.query_name, -1, 0  # the mate's place is not stated, or on another contig


def shared_names(fragments: Mapping[Place, Fragments]) -> int:
    """How many read names stand for several fragments over one place."""
    shared: set[str] = set()
    for place in fragments.values():
        shared |= {name for name, count in Counter(name for name, _, _ in place.bases).items() if count > 1}
    return len(shared)


def depth_at(place: Place, fragments: Fragments, rate: float) -> DepthAt:
    """Depth at a place and its split by base."""
    counts = fragments.counts()
    named = {base: counts[base] for base in BASES if counts[base]}
    if counts["D"]:
        named["del"] = counts["D"]
    if fragments.insertions:
        named["ins"] = len(fragments.insertions)
    return DepthAt(place[0], place[1], sum(counts.values()), named, error_rate=rate)


def error_rate(fragments: Mapping[Place, Fragments], knowledge: Knowledge) -> float:
    """Wrong bases of one kind per base, from the file: the commonest base of each place is taken as right."""
    floor = knowledge.value(cutoffs.PILEUP_ERROR_RATE)
    prior = knowledge.value(cutoffs.PILEUP_ERROR_PRIOR_BASES)
    seen = []
    for place in fragments.values():
        counts = place.counts()
        depth = sum(counts[base] for base in BASES)
        if depth:
            right = max(BASES, key=lambda base: (counts[base], base))
            seen += [(counts[base], depth) for base in BASES if base != right]
    seen.sort(key=lambda item: item[0] / item[1])
    kept = seen[: max(1, int(len(seen) * (1 - knowledge.value(cutoffs.PILEUP_ERROR_TRIM))))]
    wrong, bases = sum(count for count, _ in kept), sum(depth for _, depth in kept)
    estimate: float = (wrong + floor * prior) / (bases + prior)
    return max(floor, estimate * knowledge.value(cutoffs.PILEUP_ERROR_MARGIN) if wrong else floor)


# ---------------------------------------------------------------- alleles


def places_of(spot: HotspotCodon) -> list[Place]:
    """The three positions of a hotspot codon."""
    return [(spot.chrom, pos) for pos in spot.positions]


# ---------------------------------------------------------------- files


@contextmanager
def open_alignments(path: Path, reference_fasta: Path | None) -> Iterator[Any]:
    """The alignments, with their index. A CRAM's reference is never fetched from a network."""
    import pysam

    if not path.is_file():
        raise InputError("file does not exist", path=path)
    if format_of(path) == "cram" and reference_fasta is None:
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


def stale_index(path: Path) -> Path | None:
    """An index that is older than the alignments: it may be that of other ones."""
    beside = [path.with_name(path.name + ending) for ending in (".bai", ".csi", ".crai")]
    beside += [path.with_suffix(ending) for ending in (".bai", ".csi", ".crai")]
    found = [index for index in beside if index.is_file()]
    written = path.stat().st_mtime - 1
    return found[0] if found and all(index.stat().st_mtime < written for index in found) else None


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


def format_of(path: Path) -> str:
    """cram or bam, by the first bytes."""
    with open(path, "rb") as raw:
        return "cram" if raw.read(4) == b"CRAM" else "bam"


def contigs(reads: Any, genome: Genome, path: Path) -> Mapping[str, str]:
    """Our contig name to the file's; refuses another assembly."""
    lengths = dict(zip(reads.references, reads.lengths, strict=True))
    genome.check_contigs(lengths, str(path))
    names: dict[str, str] = {}
    for name in lengths:
        contig = genome.contig(name)
        if contig is not None:
            names.setdefault(contig, name)
    return names
