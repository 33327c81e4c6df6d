"""All sites of a VCF with the allele counts of its columns: what two files of one patient are compared by.

The reader of small variants keeps those of the panel; identity, power and shared sites need every site, called
or not. Records, columns, alleles and counts are read by the same code, so that the same change is the same key.
Blocks of a gVCF give the depth of places without a variant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.model.sample import Sample
from annotate.read.common.columns import Columns, choose_columns
from annotate.read.small_variants.alleles import SKIPPED, Unread, place, trim
from annotate.read.small_variants.count_forms import Allele
from annotate.read.small_variants.counts import info_counts, paired_normal, sample_counts, sample_depth
from annotate.read.small_variants.header import read_header
from annotate.read.small_variants.index import index_of
from annotate.read.small_variants.panel import Regions
from annotate.read.small_variants.stream import Record, Stream
from annotate.reference.genome import Genome

Place = tuple[str, int]
Key = tuple[str, int, str, str]
MAX_ALLELE = 10_000


@frozen
class Counts:
    """Reads of one allele at one place in one column. None: the file does not tell."""

    alt: int | None
    depth: int | None

    @property
    def vaf(self) -> float | None:
        """Fraction of reads (0 to 1) with the allele; None where reads or depth are unknown."""
        return self.alt / self.depth if self.alt is not None and self.depth else None


@frozen
class Site:
    """One alternative allele of a file, with the counts of the leukaemic and of the normal column."""

    chrom: str
    pos: int
    ref: str
    alt: str
    tumor: Counts
    normal: Counts | None = None
    passing: bool = True

    @property
    def key(self) -> Key:
        """Chromosome, position, reference and other allele."""
        return (self.chrom, self.pos, self.ref, self.alt)

    @property
    def is_snv(self) -> bool:
        """Is one base replaced by another?"""
        return len(self.ref) == len(self.alt) == 1


@frozen(slots=False)
class Sites:
    """What the small-variant files of a sample say of their sites."""

    sites: tuple[Site, ...] = ()
    has_columns: bool = False  # False: sites only
    has_normal: bool = False
    has_blocks: bool = False  # records without an alternative allele: a gVCF, or all sites
    complete: bool = True  # False: the files have more sites than were kept
    paths: tuple[Path, ...] = ()

    @cached_property
    def has_counts(self) -> bool:
        """Could the file give depths: by its records, or by its columns where it has no record?"""
        return any(site.tumor.depth is not None for site in self.sites) or (self.has_columns and not self.sites)

    @cached_property
    def by_key(self) -> Mapping[Key, Site]:
        """Sites by chromosome, position and alleles."""
        return {site.key: site for site in self.sites}

    @cached_property
    def by_place(self) -> Mapping[Place, Site]:
        """Sites by chromosome and position."""
        return {(site.chrom, site.pos): site for site in self.sites}


def read_sites(paths: Iterable[Path], sample: Sample, genome: Genome, *, limit: int = 100_000) -> Sites:
    """Every alternative allele of the files, up to `limit` of them; columns are chosen by the sample's names.

    Errors: InputError for a file that cannot be used.
    """
    found: dict[Key, Site] = {}
    columns = with_normal = blocks = False
    complete = True
    paths = tuple(paths)
    for path in paths:
        records, chosen = _open(path, sample, genome)
        columns, with_normal = columns or chosen.tumor is not None, with_normal or chosen.normal is not None
        for record in records:
            if len(found) >= limit:
                complete = False
                break
            blocks = blocks or all(alt in SKIPPED for alt in record.alts)
            for site in _alleles(record, genome):
                found.setdefault(site.key, site)
    ordered = tuple(sorted(found.values(), key=lambda site: (_rank(site.chrom), site.pos, site.ref, site.alt)))
    return Sites(ordered, columns, with_normal, blocks, complete, paths)


def read_places(
    paths: Iterable[Path], sample: Sample, genome: Genome, wanted: Iterable[Place]
) -> tuple[dict[Place, int], tuple[Site, ...]]:
    """Depth at places from the records and blocks that cover them, and the alleles of those records.

    Places that no record covers are left out.
    """
    places = _sorted(wanted)
    found: dict[Place, int] = {}
    sites: dict[Key, Site] = {}
    for path in paths if places else ():
        for record in _open(path, sample, genome, places)[0]:
            for pos in _inside(places.get(record.chrom, ()), record.pos, record.end):
                depth = sample_depth(record.tumor or {})
                if depth is not None:
                    found[(record.chrom, pos)] = max(depth, found.get((record.chrom, pos), 0))
            for site in _alleles(record, genome):
                sites.setdefault(site.key, site)
    return found, tuple(sites.values())


def _open(
    path: Path, sample: Sample, genome: Genome, places: Mapping[str, Sequence[int]] | None = None
) -> tuple[Iterable[Record], Columns]:
    """Records on assembled chromosomes, all or those that touch `places`."""
    header = read_header(path, genome)
    columns = choose_columns(header.names, header.lines, sample, path)
    if places is None:
        intervals = [Interval(chrom, 1, length) for chrom, length in genome.contig_lengths.items()]
    else:
        intervals = [Interval(chrom, pos, pos) for chrom, own in places.items() for pos in own]
    indexed = places is not None and (header.container.bgzf or header.container.bcf) and index_of(path) is not None
    regions = Regions.of(intervals, genome)
    return Stream(header, columns, genome, regions=regions, near=regions, use_index=indexed), columns


def _alleles(record: Record, genome: Genome) -> Iterator[Site]:
    """The alternative alleles of a record that are sequences."""
    cells = record.tumor or {}
    for index, alt in enumerate(record.alts, start=1):
        try:
            placed = place(record.chrom, record.pos, record.ref, alt, genome, MAX_ALLELE)
        except Unread:
            continue
        allele = Allele(index, len(record.alts), record.ref.upper(), alt.upper())
        own = sample_counts(cells, allele) if record.tumor else info_counts(record.info, allele)
        yield Site(
            record.chrom,
            placed.pos,
            placed.ref,
            placed.alt,
            tumor=Counts(own.alt, own.depth),
            normal=_normal(record, allele),
            passing=record.filter in PASSING,
        )


def _normal(record: Record, allele: Allele) -> Counts | None:
    if record.normal is not None:
        found = sample_counts(record.normal, allele)
    elif record.tumor is not None and ("ADC" in record.tumor or "DPC" in record.tumor):
        found = paired_normal(record.tumor)
    else:
        return None
    return Counts(found.alt, found.depth)


def trimmed(chrom: str, pos: int, ref: str, alt: str) -> Key:
    """The change without the bases that both alleles share, one anchor base kept.

    >>> trimmed("1", 100, "CAT", "CAGT")
    ('1', 101, 'A', 'AG')
    """
    return (chrom, *trim(pos, ref, alt))


def _sorted(places: Iterable[Place]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for chrom, pos in sorted(set(places)):
        found.setdefault(chrom, []).append(pos)
    return found


def _inside(positions: Sequence[int], start: int, end: int) -> Sequence[int]:
    first = bisect_left(positions, start)
    last = first
    while last < len(positions) and positions[last] <= end:
        last += 1
    return positions[first:last]


def _rank(chrom: str) -> tuple[int, str]:
    return (int(chrom), "") if chrom.isdigit() else (100, chrom)
