"""Assemblies: contig names, genes, transcripts, bands, arms and special regions, read from a reference pack.

Coordinates are 1-based and inclusive, contigs without `chr`. Tables are read when first asked for.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from annotate.errors import InputError
from annotate.model import Side
from annotate.resources import resource_path

ASSEMBLIES = ("GRCh38", "GRCh37")


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene, from 1, both ends inclusive. `panel`: its transcript and sequence are in the pack."""

    name: str
    chrom: str
    start: int
    end: int
    strand: str  # + or -
    gene_id: str = ""
    panel: bool = False

    @property
    def five_prime_side(self) -> Side:
        """The side of a position inside the gene on which its 5' part lies."""
        return "L" if self.strand == "+" else "R"

    @property
    def three_prime_side(self) -> Side:
        return "R" if self.strand == "+" else "L"


@dataclass(frozen=True, slots=True)
class Exon:
    """One exon with its coding part (None where it has none); `phase` as in GFF3."""

    rank: int  # in transcription order, from 1
    start: int
    end: int
    cds_start: int | None
    cds_end: int | None
    phase: int | None = None

    @property
    def coding_length(self) -> int:
        return 0 if self.cds_start is None or self.cds_end is None else self.cds_end - self.cds_start + 1


@dataclass(frozen=True, slots=True)
class Transcript:
    """One transcript of a panel gene: MANE Select where there is one."""

    gene: str
    transcript: str
    refseq: str
    chrom: str
    strand: str
    exons: tuple[Exon, ...]  # in transcription order
    coding_length: int
    protein_length: int
    sequence_status: str  # complete, complete but for the stop codon, partial, none

    def cds_position(self, pos: int) -> int | None:
        """1-based position in the coding sequence of a genomic position; None outside of it."""
        before = 0
        for exon in self.exons:
            if exon.cds_start is None or exon.cds_end is None:
                continue
            if exon.cds_start <= pos <= exon.cds_end:
                return before + (pos - exon.cds_start if self.strand == "+" else exon.cds_end - pos) + 1
            before += exon.coding_length
        return None

    def codon_at(self, pos: int) -> int | None:
        position = self.cds_position(pos)
        return None if position is None else (position - 1) // 3 + 1

    def exon_at(self, pos: int) -> int | None:
        return next((exon.rank for exon in self.exons if exon.start <= pos <= exon.end), None)

    def intron_at(self, pos: int) -> int | None:
        """Intron n lies between exons n and n + 1."""
        for one, two in zip(self.exons, self.exons[1:], strict=False):
            low, high = (one.end, two.start) if self.strand == "+" else (two.end, one.start)
            if low < pos < high:
                return one.rank
        return None

    def exons_kept(self, pos: int, side: Side) -> tuple[int, ...]:
        """Ranks of exons that lie wholly or partly on the kept side of a breakend at `pos` (which is kept)."""
        if side == "L":
            return tuple(sorted(exon.rank for exon in self.exons if exon.start <= pos))
        return tuple(sorted(exon.rank for exon in self.exons if exon.end >= pos))

    def coding_bases_kept(self, pos: int, side: Side) -> int:
        """Coding bases on the kept side of a breakend at `pos` (which is kept)."""
        kept = 0
        for exon in self.exons:
            if exon.cds_start is None or exon.cds_end is None:
                continue
            low, high = (
                (exon.cds_start, min(exon.cds_end, pos)) if side == "L" else (max(exon.cds_start, pos), exon.cds_end)
            )
            kept += max(0, high - low + 1)
        return kept

    def protein_to_genomic(self, codon: int) -> tuple[int, int, int]:
        """Genomic positions of a codon's three bases, in transcription order. IndexError beyond the protein."""
        wanted = range(3 * codon - 2, 3 * codon + 1)
        found = [self._genomic(position) for position in wanted]
        return (found[0], found[1], found[2])

    def _genomic(self, position: int) -> int:
        before = 0
        for exon in self.exons:
            if exon.cds_start is None or exon.cds_end is None:
                continue
            if position <= before + exon.coding_length:
                offset = position - before - 1
                return exon.cds_start + offset if self.strand == "+" else exon.cds_end - offset
            before += exon.coding_length
        raise IndexError(f"{self.gene} has no coding base {position}")


@dataclass(frozen=True, slots=True)
class Band:
    """A cytogenetic band of UCSC, from 1, both ends inclusive; `name` without the chromosome: `q22.1`."""

    chrom: str
    start: int
    end: int
    name: str
    stain: str


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm (`p`, `q`) of a chromosome, from 1, both ends inclusive."""

    chrom: str
    arm: str
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class Region:
    """A breakpoint region of a lesion (`sv_regions.tsv`)."""

    name: str
    lesion: str
    gene: str
    chrom: str
    start: int
    end: int
    strand: str
    note: str


@dataclass(frozen=True, slots=True)
class Mask:
    """A place where the assembly itself misleads (a false duplication), and why."""

    name: str
    chrom: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Locus:
    """An immunoglobulin or T-cell receptor locus."""

    name: str
    chrom: str
    start: int
    end: int


@dataclass(frozen=True)
class Genome:
    """One assembly with its reference pack."""

    assembly: str
    folder: Path
    sequence: Path | None = None  # FASTA of the whole genome, where a lab names one: for CRAM and signatures
    _cache: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def load(assembly: str, pack: Path | None = None, sequence: Path | None = None) -> Genome:
        """The assembly's pack, read once; `sequence` is a FASTA of the whole genome.

        Errors: InputError for an unknown assembly or a folder that is no pack.
        """
        return _load(assembly, pack, sequence)

    @property
    def fasta(self) -> Path:
        return self.folder / "panel.fa.gz"

    @property
    def gff(self) -> Path:
        return self.folder / "panel.gff3.gz"

    # ------------------------------------------------------------ contigs

    @cached_property
    def contig_lengths(self) -> Mapping[str, int]:
        return {row["name"]: int(row["length"]) for row in self._rows("contigs.tsv")}

    @cached_property
    def _contig_names(self) -> Mapping[str, str]:
        names = {"23": "X", "24": "Y", "25": "MT", "M": "MT", "chr23": "X", "chr24": "Y"}
        for row in self._rows("contigs.tsv"):
            for alias in (row["name"], f"chr{row['name']}", *row["aliases"].split(",")):
                names[alias] = row["name"]
        names["chrM"] = "MT"
        return names

    def contig(self, name: str) -> str | None:
        """Any spelling of an assembled chromosome -> `1` … `22`, `X`, `Y`, `MT`; None for other contigs."""
        names = self._contig_names
        found = names.get(name)
        if found is None:
            lower = name.lower()
            found = names.get(lower.removeprefix("chr").upper()) if lower.startswith("chr") else names.get(name.upper())
        return found

    def check_contigs(self, contigs: Mapping[str, int | None], where: str) -> None:
        """Raise InputError when a contig's length is not that of this assembly."""
        for name, length in contigs.items():
            own = self.contig(name)
            if length is None or own is None or own == "MT" or length == self.contig_lengths[own]:
                continue
            other = next((a for a in ASSEMBLIES if a != self.assembly and _length(a, own) == length), None)
            raise InputError(
                "contig lengths are not those of the stated assembly",
                path=where,
                found=f"{name} of {length:,} bases" + (f", as in {other}" if other else ""),
                expected=f"{self.contig_lengths[own]:,} ({self.assembly})",
                fix=f"set assembly to {other}, if that is what the file was made on"
                if other
                else "check the column assembly",
            )

    # ------------------------------------------------------------ genes

    @cached_property
    def _genes(self) -> Mapping[str, Gene]:
        return {row[0]: _gene(row) for row in self._cells("genes.tsv.gz")}

    @cached_property
    def _genes_by_contig(self) -> Mapping[str, _Intervals[Gene]]:
        return _by_contig(self._genes.values())

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        return _read_aliases()

    def symbol(self, symbol: str) -> str:
        """The current symbol of a gene; unchanged if it is not known."""
        symbol = symbol.strip()
        if symbol in self._genes:
            return symbol
        for spelling in (symbol, symbol.upper()):
            if spelling in self._aliases:
                return self._aliases[spelling]
            if spelling in self._genes:
                return spelling
        return symbol

    def gene(self, symbol: str) -> Gene | None:
        return self._genes.get(self.symbol(symbol))

    def genes_at(self, chrom: str, pos: int) -> tuple[Gene, ...]:
        return self.genes_between(chrom, pos, pos)

    def genes_between(self, chrom: str, start: int, end: int) -> tuple[Gene, ...]:
        """Genes that overlap start … end, by start."""
        index = self._genes_by_contig.get(chrom)
        return tuple(index.overlapping(start, end)) if index else ()

    def panel_genes(self) -> tuple[Gene, ...]:
        return tuple(gene for gene in self._genes.values() if gene.panel)

    @cached_property
    def _transcripts(self) -> Mapping[str, Transcript]:
        exons: dict[str, list[Exon]] = {}
        for gene, _, rank, start, end, cds_start, cds_end, phase in self._cells("exons.tsv.gz"):
            exons.setdefault(gene, []).append(
                Exon(int(rank), int(start), int(end), _int(cds_start), _int(cds_end), _int(phase))
            )
        found = {}
        for row in self._rows("panel.tsv"):
            own = tuple(sorted(exons.get(row["gene"], ()), key=lambda exon: exon.rank))
            if own:
                found[row["gene"]] = Transcript(
                    gene=row["gene"],
                    transcript=row["transcript"],
                    refseq=row["refseq"],
                    chrom=row["chrom"],
                    strand=row["strand"],
                    exons=own,
                    coding_length=int(row["coding_length"]),
                    protein_length=int(row["protein_length"]),
                    sequence_status=row["coding_sequence"],
                )
        return found

    def transcript(self, gene: str) -> Transcript | None:
        """The panel transcript of a gene; None outside the panel."""
        return self._transcripts.get(self.symbol(gene))

    # ------------------------------------------------------------ bands, arms, regions

    @cached_property
    def _bands(self) -> Mapping[str, _Intervals[Band]]:
        return _by_contig(
            Band(row[0], int(row[1]), int(row[2]), row[3], row[4]) for row in self._cells("cytobands.tsv.gz")
        )

    def band(self, chrom: str, pos: int) -> str:
        """`q34.12`; '' outside the bands."""
        index = self._bands.get(chrom)
        found = list(index.overlapping(pos, pos)) if index else []
        return found[0].name if found else ""

    def bands(self, chrom: str) -> tuple[Band, ...]:
        """Cytobands of a chromosome, in order; empty where there are none."""
        index = self._bands.get(chrom)
        return tuple(index.overlapping(1, self.contig_lengths[chrom])) if index else ()

    @cached_property
    def arms(self) -> Mapping[tuple[str, str], Arm]:
        rows = self._rows("arms.tsv")
        return {
            (row["chrom"], row["arm"]): Arm(row["chrom"], row["arm"], int(row["start"]), int(row["end"]))
            for row in rows
        }

    def arm(self, chrom: str, pos: int) -> str:
        """`p` or `q`."""
        return "p" if (chrom, "p") in self.arms and pos <= self.arms[chrom, "p"].end else "q"

    @cached_property
    def _regions(self) -> Mapping[str, Region]:
        rows = self._rows("sv_regions.tsv")
        return {
            row["region"]: Region(
                row["region"],
                row["lesion"],
                row["gene"],
                row["chrom"],
                int(row["start"]),
                int(row["end"]),
                row["strand"],
                row["note"],
            )
            for row in rows
        }

    def region(self, name: str) -> Region:
        """A breakpoint region by name. KeyError if there is none."""
        return self._regions[name]

    def regions(self) -> tuple[Region, ...]:
        return tuple(self._regions.values())

    @cached_property
    def _loci(self) -> tuple[Locus, ...]:
        rows = self._rows("ig_tr.tsv")
        return tuple(Locus(row["locus"], row["chrom"], int(row["start"]), int(row["end"])) for row in rows)

    def loci(self) -> tuple[Locus, ...]:
        return self._loci

    def locus_at(self, chrom: str, pos: int) -> str | None:
        """IGH, IGK, IGL, TRA/TRD, TRB or TRG."""
        return next((l.name for l in self._loci if l.chrom == chrom and l.start <= pos <= l.end), None)  # noqa: E741

    @cached_property
    def par(self) -> tuple[Locus, ...]:
        rows = self._rows("par.tsv")
        return tuple(Locus(row["name"], row["chrom"], int(row["start"]), int(row["end"])) for row in rows)

    def in_par(self, chrom: str, pos: int) -> bool:
        return any(p.chrom == chrom and p.start <= pos <= p.end for p in self.par)

    @cached_property
    def _masks(self) -> tuple[Mask, ...]:
        rows = self._rows("masks.tsv")
        return tuple(Mask(row["name"], row["chrom"], int(row["start"]), int(row["end"]), row["reason"]) for row in rows)

    def masks(self) -> tuple[Mask, ...]:
        return self._masks

    # ------------------------------------------------------------ tables

    def _rows(self, name: str) -> Sequence[Mapping[str, str]]:
        header, *body = self._lines(name)
        columns = header.split("\t")
        return [dict(zip(columns, line.split("\t"), strict=True)) for line in body]

    def _cells(self, name: str) -> Iterator[list[str]]:
        return (line.split("\t") for line in self._lines(name)[1:])

    def _lines(self, name: str) -> list[str]:
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"reference pack is incomplete ({error.strerror})", path=path) from None
        return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8").splitlines()

    @cached_property
    def _hash(self) -> int:
        return hash((self.assembly, self.folder))

    def __hash__(self) -> int:  # asked for by every cached function of a genome
        return self._hash


@lru_cache(maxsize=8)
def _load(assembly: str, pack: Path | None, sequence: Path | None) -> Genome:
    if assembly not in ASSEMBLIES:
        raise InputError("unknown assembly", found=assembly, expected="GRCh38 or GRCh37")
    folder = pack or resource_path("reference", assembly)
    if not (folder / "contigs.tsv").exists():
        raise InputError("is not a reference pack", path=folder, expected="a folder made by `allert reference build`")
    genome = Genome(assembly, folder, sequence)
    if pack is not None and genome.contig_lengths.get("1") != _length(assembly, "1"):
        raise InputError(
            "reference pack is of another assembly", path=folder, expected=assembly, fix="correct `reference`"
        )
    return genome


@lru_cache(maxsize=1)
def _read_aliases() -> Mapping[str, str]:
    text = resource_path("reference", "gene_aliases.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:] if line]
    return {row[0]: row[1] for row in rows}


def _length(assembly: str, contig: str) -> int | None:
    return _load(assembly, None, None).contig_lengths.get(contig)


def _gene(cells: Sequence[str]) -> Gene:
    name, chrom, start, end, strand, gene_id, panel = cells
    return Gene(name, chrom, int(start), int(end), strand, gene_id, panel == "1")


def _int(cell: str) -> int | None:
    return int(cell) if cell else None


# ---------------------------------------------------------------- interval lookup

_Placed = TypeVar("_Placed", Gene, Band)


class _Intervals(Generic[_Placed]):
    """Overlap lookup by bisection; the running maximum of ends bounds the scan to the left."""

    def __init__(self, items: Sequence[_Placed]) -> None:
        self._items: list[_Placed] = sorted(items, key=lambda item: (item.start, item.end))
        self._starts: list[int] = [item.start for item in self._items]
        self._max_ends: list[int] = []
        for item in self._items:
            self._max_ends.append(max(item.end, self._max_ends[-1] if self._max_ends else 0))

    def overlapping(self, start: int, end: int) -> Iterator[_Placed]:
        first = bisect_left(self._max_ends, start)
        for item in self._items[first : bisect_right(self._starts, end)]:
            if item.end >= start:
                yield item


def _by_contig(items: Iterable[_Placed]) -> Mapping[str, _Intervals[_Placed]]:
    groups: dict[str, list[_Placed]] = {}
    for item in items:
        groups.setdefault(item.chrom, []).append(item)
    return {chrom: _Intervals(group) for chrom, group in groups.items()}
