"""Assemblies: contig names, genes, transcripts, bands, arms and special regions, read from a reference pack.

Coordinates are 1-based and inclusive, contigs without `chr`. Tables are read when first asked for.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property, lru_cache
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.base.resources import resource_path
from annotate.reference import coding_transcripts
from annotate.reference.features import (
    Arm,
    Band,
    Exon,
    Gene,
    Locus,
    Mask,
    Region,
    Transcript,
    whole_number,
)
from annotate.reference.genes import Genes
from annotate.reference.intervals import Overlaps

ASSEMBLIES = ("GRCh38", "GRCh37")


@frozen(slots=False)
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
        """The bases of the panel's genes (bgzip)."""
        return self.folder / "panel.fa.gz"

    @property
    def gff(self) -> Path:
        """The transcripts of the panel's genes (bgzip)."""
        return self.folder / "panel.gff3.gz"

    # ------------------------------------------------------------ contigs

    @cached_property
    def contig_lengths(self) -> Mapping[str, int]:
        """Lengths in base pairs of the primary chromosomes."""
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

    def refuse_foreign(self, name: str, where: str) -> None:
        """Raise InputError for the accession of a chromosome of another assembly. Other contigs are no matter."""
        for assembly in ASSEMBLIES:
            if assembly != self.assembly and self.contig(name) is None and _accessions(assembly).get(name):
                raise InputError(
                    "contig is of another assembly",
                    path=where,
                    found=f"{name}, chromosome {_accessions(assembly)[name]} of {assembly}",
                    expected=f"contigs of {self.assembly}",
                    fix=f"set assembly to {assembly}, if that is what the file was made on",
                )

    def check_contigs(self, contigs: Mapping[str, int | None], where: str) -> None:
        """Raise InputError when a contig's length is not that of this assembly."""
        for name, length in contigs.items():
            own = self.contig(name)
            if own is None:
                self.refuse_foreign(name, where)
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
    def _genes(self) -> Genes:
        return Genes(self._lines("genes.tsv.gz")[1:])

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
        return _read_former_symbols().get(symbol, symbol)

    def gene(self, symbol: str) -> Gene | None:
        """The gene by a current or former symbol; None where the pack does not have it."""
        return self._genes.get(self.symbol(symbol))

    def gene_of_id(self, id: str) -> str | None:
        """The symbol of an Ensembl gene id without its version; ids of the other assembly's release are known too."""
        found = self._genes.symbols_of_ids.get(id)
        if found is not None:
            return found
        others = (_load(name, None, None) for name in ASSEMBLIES if name != self.assembly)
        return next((name for other in others if (name := other._genes.symbols_of_ids.get(id)) is not None), None)

    def genes_at(self, chrom: str, pos: int) -> tuple[Gene, ...]:
        """Genes over a position (1-based)."""
        return self.genes_between(chrom, pos, pos)

    def genes_between(self, chrom: str, start: int, end: int) -> tuple[Gene, ...]:
        """Genes that overlap start … end, by start."""
        return self._genes.between(chrom, start, end)

    def gene_spans(self, chrom: str) -> Sequence[tuple[int, int, str]]:
        """Start, end and symbol of every gene of a contig, by start."""
        return self._genes.spans(chrom)

    def panel_genes(self) -> tuple[Gene, ...]:
        """The genes whose lesions are reported."""
        return self._genes.panel

    def panel_symbols(self) -> frozenset[str]:
        """Their symbols."""
        return self._genes.panel_symbols

    @cached_property
    def _transcripts(self) -> Mapping[str, Transcript]:
        exons: dict[str, list[Exon]] = {}
        for gene, _, rank, start, end, cds_start, cds_end, phase in self._cells("exons.tsv.gz"):
            exons.setdefault(gene, []).append(
                Exon(
                    int(rank), int(start), int(end), whole_number(cds_start), whole_number(cds_end), whole_number(phase)
                )
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

    def coding_transcript(self, gene: str) -> Transcript | None:
        """The panel transcript, else the one of the table of all protein-coding genes; None where there is neither."""
        current = self.symbol(gene)
        found = self._transcripts.get(current)
        if found is not None:
            return found
        if current not in self._looked_up:
            self._looked_up[current] = coding_transcripts.find(self._coding_transcripts, current)
        return self._looked_up[current]

    @cached_property
    def _looked_up(self) -> dict[str, Transcript | None]:
        return {}

    @cached_property
    def _coding_transcripts(self) -> str:
        """The text of `transcripts.tsv.gz`; '' in a pack that was made without it."""
        path = self.folder / "transcripts.tsv.gz"
        return gzip.decompress(path.read_bytes()).decode("utf-8") if path.exists() else ""

    # ------------------------------------------------------------ bands, arms, regions

    @cached_property
    def _bands(self) -> Mapping[str, Overlaps[Band]]:
        found: dict[str, list[Band]] = {}
        for chrom, start, end, name, stain in self._cells("cytobands.tsv.gz"):
            found.setdefault(chrom, []).append(Band(chrom, int(start), int(end), name, stain))
        return {chrom: Overlaps((band.start, band.end, band) for band in own) for chrom, own in found.items()}

    def band(self, chrom: str, pos: int) -> str:
        """`q34.12`; '' outside the bands."""
        index = self._bands.get(chrom)
        found = index.overlapping(pos, pos) if index else []
        return found[0].name if found else ""

    def bands(self, chrom: str) -> tuple[Band, ...]:
        """Cytobands of a chromosome, in order; empty where there are none."""
        index = self._bands.get(chrom)
        return tuple(index.overlapping(1, self.contig_lengths[chrom])) if index else ()

    @cached_property
    def arms(self) -> Mapping[tuple[str, str], Arm]:
        """Chromosome arms by chromosome and p or q; 1-based, both ends included."""
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
        """Breakpoint regions with a name."""
        return tuple(self._regions.values())

    @cached_property
    def _loci(self) -> tuple[Locus, ...]:
        rows = self._rows("ig_tr.tsv")
        return tuple(Locus(row["locus"], row["chrom"], int(row["start"]), int(row["end"])) for row in rows)

    def loci(self) -> tuple[Locus, ...]:
        """Clusters of genes that count as one, such as IGH."""
        return self._loci

    def is_locus(self, name: str) -> bool:
        """Is this the name of a receptor locus (`IGH`, `TRD`)?"""
        return any(name in locus.name.split("/") for locus in self._loci)

    def locus_at(self, chrom: str, pos: int) -> str | None:
        """IGH, IGK, IGL, TRA/TRD, TRB or TRG."""
        return next((l.name for l in self._loci if l.chrom == chrom and l.start <= pos <= l.end), None)  # noqa: E741

    @cached_property
    def par(self) -> tuple[Locus, ...]:
        """Pseudoautosomal regions on X and Y; 1-based, both ends included."""
        rows = self._rows("par.tsv")
        return tuple(Locus(row["name"], row["chrom"], int(row["start"]), int(row["end"])) for row in rows)

    def in_par(self, chrom: str, pos: int) -> bool:
        """Does the position lie in a pseudoautosomal region?"""
        return any(p.chrom == chrom and p.start <= pos <= p.end for p in self.par)

    @cached_property
    def _masks(self) -> tuple[Mask, ...]:
        rows = self._rows("masks.tsv")
        return tuple(Mask(row["name"], row["chrom"], int(row["start"]), int(row["end"]), row["reason"]) for row in rows)

    def masks(self) -> tuple[Mask, ...]:
        """Stretches that short reads do not map to uniquely."""
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


@lru_cache(maxsize=4)
def _accessions(assembly: str) -> Mapping[str, str]:
    """Versioned accessions (NC_000010.10, CM000672.1) of an assembly's chromosomes."""
    names = _load(assembly, None, None)._contig_names
    return {name: chrom for name, chrom in names.items() if "." in name and chrom != "MT"}


@lru_cache(maxsize=1)
def _read_former_symbols() -> Mapping[str, str]:
    """Symbols of Ensembl 75 whose gene id bears another one in Ensembl 107."""
    text = resource_path("reference", "former_symbols.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:] if line]
    return {row[0]: row[1] for row in rows}


def _length(assembly: str, contig: str) -> int | None:
    return _load(assembly, None, None).contig_lengths.get(contig)
