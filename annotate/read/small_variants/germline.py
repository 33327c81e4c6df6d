"""Single-base sites of a whole file with their reads: for patient identity and for allelic balance by chromosome.

Of a whole-genome file a few thousand sites are enough. They are chosen by a hash of their place, the same number on
each chromosome, so that two files of one patient give the same sites, whatever else they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.common.columns import choose_columns
from annotate.read.small_variants.container import chunks
from annotate.read.small_variants.count_forms import Allele
from annotate.read.small_variants.counts import sample_counts
from annotate.read.small_variants.genotype import genotype
from annotate.read.small_variants.header import read_header
from annotate.read.small_variants.panel import Line, Regions
from annotate.read.small_variants.sieve import Block, Sieve
from annotate.read.small_variants.stream import Record, Stream
from annotate.reference.genome import Genome

OVERSAMPLED = 3  # sites taken for each that is asked for: some turn out to have no counts or not to be heterozygous
_MIX = 0x9E3779B97F4A7C15


@frozen
class AlleleCount:
    """Reads of one single-base alternative allele. `genotype` as the file calls it, None where it does not."""

    chrom: str
    pos: int
    ref: str
    alt: str
    alt_reads: int
    depth: int
    genotype: str | None = None
    normal_alt_reads: int | None = None
    normal_depth: int | None = None

    @property
    def fraction(self) -> float:
        """Fraction of reads with the allele; 0 without reads."""
        return self.alt_reads / self.depth if self.depth else 0.0


def germline_sample(path: Path, sample: Sample, genome: Genome) -> Sample:
    """The sample with the normal's column in the place of the leukaemia's, to read a germline file with.

    Errors: InputError when a file of several columns does not tell which is the normal.
    """
    header = read_header(path, genome)
    plain = replace(sample, tumor_name=None, normal_name=None)
    if len(header.names) <= 1:
        return plain
    held = [name for name in sample.normal_names("germline_variants") if name in header.names]
    wanted = held[0] if len(held) == 1 else None
    if wanted is None:
        try:
            wanted = choose_columns(header.names, header.lines, plain, path).normal_name
        except InputError:
            wanted = None
    if wanted is None:
        raise InputError(
            "cannot tell which sample column is the normal",
            path=path,
            found=", ".join(header.names[:8]),
            expected="a column named NORMAL, or one column",
            fix="write the column's name into normal_name of the sample sheet",
        )
    return replace(plain, tumor_name=wanted)


def read_allele_counts(path: Path, sample: Sample, genome: Genome, limit: int = 5000) -> tuple[AlleleCount, ...]:
    """Up to `limit` single-base autosomal sites of the leukaemia's column (and its normal's), in genomic order.

    Sites that pass, with reads of both alleles stated. Errors: InputError as for every VCF.
    """
    header = read_header(path, genome)
    columns = choose_columns(header.names, header.lines, sample, path)
    if columns.tumor is None:
        return ()
    nothing = Regions.of((), genome)
    stream = Stream(header, columns, genome, nothing, nothing, False)
    share = max(1, OVERSAMPLED * limit // len(AUTOSOMES))
    found: dict[str, list[AlleleCount]] = {chrom: [] for chrom in AUTOSOMES}
    for record in _sampled(stream, share):
        count = _count(record)
        if count is not None:
            found[record.chrom].append(count)
    return _spread(found, limit)


def _spread(found: dict[str, list[AlleleCount]], limit: int) -> tuple[AlleleCount, ...]:
    """The sites of lowest hash: an equal share of each chromosome, and what others leave of theirs."""
    left, kept = limit, []
    by_size = sorted(found, key=lambda chrom: (len(found[chrom]), int(chrom)))
    for index, chrom in enumerate(by_size):
        share = -(-left // (len(by_size) - index))
        chosen = sorted(found[chrom], key=lambda count: _hash(int(chrom), count.pos))[: min(share, left)]
        left -= len(chosen)
        kept += chosen
    return tuple(sorted(kept, key=lambda count: (int(count.chrom), count.pos, count.alt)))


def _hash(chrom: int, pos: int) -> int:
    mixed = ((chrom << 32 | pos) * _MIX) & 0xFFFFFFFFFFFFFFFF
    return ((mixed ^ mixed >> 29) * _MIX & 0xFFFFFFFFFFFFFFFF) >> 20


def _count(record: Record) -> AlleleCount | None:
    if record.tumor is None or len(record.alts) != 1:
        return None
    allele = Allele(1, 1, record.ref.upper(), record.alts[0].upper())
    counts = sample_counts(record.tumor, allele)
    if counts.alt is None or not counts.depth:
        return None
    normal = sample_counts(record.normal, allele) if record.normal is not None else None
    return AlleleCount(
        record.chrom,
        record.pos,
        allele.ref,
        allele.alt,
        counts.alt,
        counts.depth,
        genotype(record.tumor, 1)[0],
        normal.alt if normal else None,
        normal.depth if normal else None,
    )


# ---------------------------------------------------------------- sampling


def _sampled(stream: Stream, share: int) -> Iterator[Record]:
    if stream.header.container.bcf:
        return _sampled_bcf(stream, share)
    return _sampled_text(stream, share)


@dataclass(slots=True)
class _Lowest:
    """The items of lowest hash of one chromosome, in bounded memory."""

    share: int
    limit: int = 1 << 62
    items: list[tuple[int, int, Any]] = field(default_factory=list)

    def add(self, hash: int, order: int, item: Any) -> None:
        if hash < self.limit:
            self.items.append((hash, order, item))
            if len(self.items) > 2 * self.share + 100:
                self.cut()

    def cut(self) -> None:
        self.items.sort(key=lambda entry: entry[:2])
        if len(self.items) > self.share:
            del self.items[self.share :]
            self.limit = self.items[-1][0] + 1


def _sampled_text(stream: Stream, share: int) -> Iterator[Record]:
    header = stream.header
    sieve = Sieve(header.path, stream.genome, header.width, header.first_record)
    lowest = {number: _Lowest(share) for number in range(1, 23)}
    with chunks(header.path, header.body, compressed=header.container.gzip) as pieces:
        for block in sieve.split(pieces):
            for index, number, hash in _candidates(block, stream.genome, lowest):
                lowest[number].add(hash, block.number(index), block.line(index))
    chosen = sorted((order, line) for group in lowest.values() for _, order, line in _cut(group))
    for start in range(0, len(chosen), 20_000):
        yield from stream.decode(chosen[start : start + 20_000])


def _cut(group: _Lowest) -> list[tuple[int, int, Any]]:
    group.cut()
    return group.items


def _candidates(block: Block, genome: Genome, lowest: dict[int, _Lowest]) -> Iterator[tuple[int, int, int]]:
    """(index, chromosome, hash) of passing single-base records of a block whose hash may be low enough."""
    import numpy as np

    text = np.frombuffer(block.data, dtype=np.uint8)
    tabs = block.tabs
    single = (tabs[:, 3] - tabs[:, 2] == 2) & (tabs[:, 4] - tabs[:, 3] == 2)
    alt, mark = text[tabs[:, 3] + 1], text[tabs[:, 5] + 1]
    length = tabs[:, 6] - tabs[:, 5] - 1
    passing = ((length == 4) & (mark == 80)) | ((length == 1) & (mark == 46))
    numbers = _numbers(genome)[block.contigs]
    wanted = single & passing & (alt != 46) & (alt != 42) & (numbers > 0)
    mixed = ((numbers.astype(np.uint64) << np.uint64(32)) | block.positions.astype(np.uint64)) * np.uint64(_MIX)
    hashes = ((mixed ^ (mixed >> np.uint64(29))) * np.uint64(_MIX)) >> np.uint64(20)
    limits = np.array([0, *(group.limit for group in lowest.values())], dtype=np.uint64)
    wanted &= hashes < limits[np.maximum(numbers, 0)]
    for index in wanted.nonzero()[0].tolist():
        yield index, int(numbers[index]), int(hashes[index])


def _numbers(genome: Genome) -> Any:
    """Autosome number by index of contig; 0 for the others, also for the last entry, which stands for unknown ones."""
    import numpy as np

    names = list(Line.of(genome).starts)
    return np.array([int(name) if name in AUTOSOMES else 0 for name in names] + [0], dtype=np.int64)


def _sampled_bcf(stream: Stream, share: int) -> Iterator[Record]:
    lowest = {number: _Lowest(share) for number in range(1, 23)}
    contigs: dict[str, int] = {}
    for order, variant in enumerate(stream.original()):
        name = variant.CHROM
        if name not in contigs:
            chrom = stream.genome.contig(name) or ""
            contigs[name] = int(chrom) if chrom in AUTOSOMES else 0
        number = contigs[name]
        if number and variant.is_snp and variant.FILTER is None and len(variant.ALT) == 1:
            group = lowest[number]
            hash = _hash(number, variant.POS)
            if hash < group.limit:
                group.add(hash, order, str(variant))
    for group in lowest.values():
        for _, _, text in sorted(_cut(group), key=lambda entry: entry[1]):
            yield stream.own(text)
