"""All sites of a VCF with the allele counts of one column: what two files of one patient are compared by.

The readers of `annotate.inputs` keep the variants of the panel; identity, power and shared sites need every
site, called or not. Multi-allelic records are split; alleles are trimmed to what differs, so that the same
change is the same key in files of different callers. Blocks of a gVCF give the depth of places without a record.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.genome import Genome

Place = tuple[str, int]
Key = tuple[str, int, str, str]
SYMBOLIC = ("<NON_REF>", "<*>", "*", ".")


@dataclass(frozen=True, slots=True)
class Counts:
    """Reads of one allele at one place in one column. `depth` None: the file does not tell."""

    alt: int | None
    depth: int | None

    @property
    def vaf(self) -> float | None:
        return self.alt / self.depth if self.alt is not None and self.depth else None


@dataclass(frozen=True, slots=True)
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
        return (self.chrom, self.pos, self.ref, self.alt)

    @property
    def is_snv(self) -> bool:
        return len(self.ref) == len(self.alt) == 1


@dataclass(frozen=True)
class Sites:
    """What a VCF says of its sites."""

    sites: tuple[Site, ...] = ()
    has_counts: bool = False
    has_normal: bool = False
    has_blocks: bool = False  # records without an alternative allele: a gVCF, or all sites
    complete: bool = True  # False: the file has more sites than were kept
    paths: tuple[Path, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[Key, Site]:
        return {site.key: site for site in self.sites}

    @cached_property
    def by_place(self) -> Mapping[Place, Site]:
        return {(site.chrom, site.pos): site for site in self.sites}


def read_sites(
    paths: Iterable[Path], genome: Genome, *, tumor: str | None = None, normal: str | None = None, limit: int = 200_000
) -> Sites:
    """Every alternative allele of the files, up to `limit` of them.

    `tumor`, `normal`: column names; without `tumor` the first column that is not the normal one.
    Errors: InputError for a file that is no VCF.
    """
    found: dict[Key, Site] = {}
    counted = with_normal = blocks = False
    complete = True
    paths = tuple(paths)
    for path in paths:
        with _Vcf(path, genome, tumor, normal) as vcf:
            counted, with_normal = counted or vcf.tumor is not None, with_normal or vcf.normal is not None
            for record, chrom in vcf.records():
                if len(found) >= limit:
                    complete = False
                    break
                blocks = blocks or all(alt in SYMBOLIC for alt in record.ALT)
                for site in vcf.sites(record, chrom):
                    found.setdefault(site.key, site)
    ordered = tuple(sorted(found.values(), key=lambda site: (_rank(site.chrom), site.pos, site.ref, site.alt)))
    return Sites(ordered, counted, with_normal, blocks, complete, paths)


def read_depths(
    paths: Iterable[Path],
    genome: Genome,
    wanted: Iterable[Place],
    *,
    tumor: str | None = None,
    normal: str | None = None,
) -> dict[Place, int]:
    """Depth at places from the records and blocks that cover them; places that none covers are left out."""
    places = _sorted(wanted)
    found: dict[Place, int] = {}
    for path in paths if places else ():
        with _Vcf(path, genome, tumor, normal) as vcf:
            for record, chrom in vcf.records():
                for pos in _inside(places.get(chrom, ()), record.POS, record.end):
                    depth = vcf.depth(record, vcf.tumor)
                    if depth is not None:
                        found[(chrom, pos)] = max(depth, found.get((chrom, pos), 0))
    return found


def trimmed(chrom: str, pos: int, ref: str, alt: str) -> Key:
    """The change without the bases that both alleles share, one anchor base kept.

    >>> trimmed("1", 100, "CAT", "CAGT")
    ('1', 101, 'A', 'AG')
    """
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return (chrom, pos, ref, alt)


# ---------------------------------------------------------------- one file


class _Vcf:
    """An open VCF: its columns, its records on assembled chromosomes, and their counts."""

    def __init__(self, path: Path, genome: Genome, tumor: str | None, normal: str | None) -> None:
        from cyvcf2 import VCF

        if not path.is_file():
            raise InputError("file does not exist", path=path)
        try:
            self._vcf = VCF(str(path), gts012=True)
        except (OSError, ValueError) as error:
            raise InputError(f"not a readable VCF ({error})", path=path) from error
        self._path, self._genome = path, genome
        samples = list(self._vcf.samples)
        self.normal = samples.index(normal) if normal in samples else None
        others = [index for index in range(len(samples)) if index != self.normal]
        self.tumor = samples.index(tumor) if tumor in samples else next(iter(others), None)

    def __enter__(self) -> _Vcf:
        return self

    def __exit__(self, *exception: object) -> None:
        self._vcf.close()

    def records(self) -> Iterator[tuple[Any, str]]:
        """Records with our contig name; others are left out."""
        try:
            for record in self._vcf:
                chrom = self._genome.contig(record.CHROM)
                if chrom is not None:
                    yield record, chrom
        except (OSError, ValueError) as error:
            raise InputError(f"the VCF cannot be read to its end ({error})", path=self._path) from error

    def sites(self, record: Any, chrom: str) -> Iterator[Site]:
        """The alternative alleles of a record that are sequences."""
        passing = record.FILTER is None
        for index, alt in enumerate(record.ALT):
            if alt in SYMBOLIC or not _is_sequence(alt) or not _is_sequence(record.REF):
                continue
            normal = self.counts(record, self.normal, index) if self.normal is not None else None
            key = trimmed(chrom, record.POS, record.REF.upper(), alt.upper())
            yield Site(*key, tumor=self.counts(record, self.tumor, index), normal=normal, passing=passing)

    def counts(self, record: Any, column: int | None, index: int) -> Counts:
        """Reads of alternative allele `index` in a column, in the words of the usual callers."""
        if column is None:
            return Counts(None, None)
        for reader in (_by_ad, _by_ao, _by_strelka, _by_varscan, _by_fraction):
            found = reader(record, column, index)
            if found is not None:
                return found
        return Counts(None, self.depth(record, column))

    def depth(self, record: Any, column: int | None) -> int | None:
        """FORMAT/DP of a column, else the least depth of a gVCF block, else the sum of AD."""
        if column is None:
            return None
        for name in ("DP", "MIN_DP"):
            values = _values(record, name, column)
            if values and values[0] is not None:
                return int(values[0])
        values = _values(record, "AD", column)
        return int(sum(values)) if values and None not in values else None  # type: ignore[arg-type]


def _by_ad(record: Any, column: int, index: int) -> Counts | None:
    values = _values(record, "AD", column)
    if len(values) != len(record.ALT) + 1 or None in values:
        return None
    counts = [int(value) for value in values if value is not None]
    return Counts(counts[index + 1], sum(counts))


def _by_ao(record: Any, column: int, index: int) -> Counts | None:
    """FreeBayes: RO and AO."""
    ref, alts = _values(record, "RO", column), _values(record, "AO", column)
    if not ref or ref[0] is None or index >= len(alts) or None in alts:
        return None
    return Counts(int(alts[index] or 0), int(ref[0] + sum(value or 0 for value in alts)))


def _by_strelka(record: Any, column: int, index: int) -> Counts | None:
    """Strelka: first tier of AU, CU, GU, TU, or TAR and TIR."""
    alt = record.ALT[index]
    if len(record.REF) == len(alt) == 1:
        tiers = {base: _values(record, f"{base}U", column) for base in "ACGT"}
        if all(values and values[0] is not None for values in tiers.values()):
            return Counts(int(tiers[alt][0] or 0), int(sum(values[0] or 0 for values in tiers.values())))
    ref, changed = _values(record, "TAR", column), _values(record, "TIR", column)
    if ref and changed and ref[0] is not None and changed[0] is not None:
        return Counts(int(changed[0]), int(ref[0] + changed[0]))
    return None


def _by_varscan(record: Any, column: int, index: int) -> Counts | None:
    """VarScan: RD and a single AD."""
    ref, alt = _values(record, "RD", column), _values(record, "AD", column)
    if len(ref) != 1 or len(alt) != 1 or ref[0] is None or alt[0] is None:
        return None
    return Counts(int(alt[0]), int(ref[0] + alt[0]))


def _by_fraction(record: Any, column: int, index: int) -> Counts | None:
    """AF and DP alone."""
    share, depth = _values(record, "AF", column), _values(record, "DP", column)
    if index >= len(share) or share[index] is None or not depth or depth[0] is None:
        return None
    return Counts(round((share[index] or 0.0) * depth[0]), int(depth[0]))


def _values(record: Any, name: str, column: int) -> list[float | None]:
    """One FORMAT field of one column; missing values are None."""
    try:
        array = record.format(name)
    except KeyError:
        return []
    if array is None or array.dtype.kind not in "if":
        return []
    row = array[column]
    values = [float(value) for value in (row if row.ndim else [row])]
    ended = [value for value in values if value != -2147483647]  # end of a shorter vector
    return [None if value < 0 or value != value else value for value in ended]


def _is_sequence(text: str) -> bool:
    return bool(text) and set(text.upper()) <= set("ACGTN")


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
