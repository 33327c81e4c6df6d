"""Transcript models of a reference pack, read and chosen."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.reference.genome import Genome


@dataclass(slots=True)
class Model:
    """One transcript of a gene: exons and coding parts, 1-based and inclusive, in any order."""

    gene: str
    chrom: str
    strand: str
    transcript: str
    refseq: str = ""
    gene_id: str = ""
    mane: bool = False
    exons: list[tuple[int, int]] = field(default_factory=list)
    cds: list[tuple[int, int]] = field(default_factory=list)

    @property
    def start(self) -> int:
        """First base of the first exon, 1-based."""
        return min(start for start, _ in self.exons)

    @property
    def end(self) -> int:
        """Last base of the last exon, 1-based."""
        return max(end for _, end in self.exons)

    @property
    def coding_length(self) -> int:
        """Bases of the coding sequence, stop codon included."""
        return sum(end - start + 1 for start, end in self.cds)


# ---------------------------------------------------------------- gene models


def chosen_models(gff: Path, base: Genome) -> dict[str, Model]:
    """One transcript for each panel gene that the GFF3 has."""
    panel = base.panel_symbols()
    found = read_models(gff, base, panel)
    chosen = {gene: best for gene in sorted(panel) if (best := _best(found.get(gene, ()), gene, base)) is not None}
    if not chosen:
        raise InputError(
            "no panel gene with coding exons",
            path=gff,
            expected="GFF3 of Ensembl, GENCODE or RefSeq for this assembly",
            fix="take the file *.gff3.gz, not *.gtf.gz",
        )
    return chosen


def read_models(gff: Path, base: Genome, genes: Set[str]) -> dict[str, list[Model]]:
    """Transcripts with coding parts of these genes, from a GFF3 in which parents stand before their children."""
    symbols: dict[str, tuple[str, str]] = {}
    by_id: dict[str, Model] = {}
    for number, line in _lines(gff):
        if line.startswith("#"):
            if line.startswith("##FASTA"):
                break
            continue
        if not line.strip():
            continue
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) != 9:
            raise InputError("wrong number of columns", path=gff, line=number, found=len(cells), expected="9 (GFF3)")
        kind = cells[2]
        if kind in ("exon", "CDS"):
            _add_part(by_id, cells, gff, number)
        elif "gene" in kind:
            _add_gene(symbols, _facts(cells[8]), base, genes)
        elif kind in ("mRNA", "transcript"):
            facts = _facts(cells[8])
            owner = symbols.get(facts.get("Parent", ""))
            own = base.contig(cells[0])
            if owner is not None and own is not None and "ID" in facts:
                by_id[facts["ID"]] = _model(owner, own, cells[6], facts)
    return _by_gene(by_id.values())


def _add_gene(symbols: dict[str, tuple[str, str]], facts: Mapping[str, str], base: Genome, genes: Set[str]) -> None:
    name = base.symbol(facts.get("gene_name") or facts.get("gene") or facts.get("Name") or "")
    if name in genes and "ID" in facts:
        symbols[facts["ID"]] = (name, facts.get("gene_id", facts["ID"]))


def _by_gene(models: Iterable[Model]) -> dict[str, list[Model]]:
    """Models with coding parts."""
    found: dict[str, list[Model]] = {}
    for model in models:
        if model.cds and model.exons:
            found.setdefault(model.gene, []).append(model)
    return found


def _facts(text: str) -> dict[str, str]:
    return dict(part.strip().split("=", 1) for part in text.split(";") if "=" in part)


def _model(owner: tuple[str, str], chrom: str, strand: str, facts: Mapping[str, str]) -> Model:
    id = facts.get("transcript_id") or facts["ID"].removeprefix("transcript:").removeprefix("rna-")
    refseq = id if id.startswith("NM_") else ""
    return Model(
        gene=owner[0],
        chrom=chrom,
        strand=strand,
        transcript=id if refseq else id.split(".")[0],
        refseq=refseq,
        gene_id=owner[1],
        mane=bool(re.search(r"MANE[ _]Select", facts.get("tag", ""))),
    )


def _add_part(by_id: Mapping[str, Model], cells: Sequence[str], gff: Path, number: int) -> None:
    parents = re.search(r"(?:^|;)\s*Parent=([^;]*)", cells[8])
    for parent in parents.group(1).split(",") if parents else ():
        model = by_id.get(parent)
        if model is None:
            continue
        try:
            span = int(cells[3]), int(cells[4])
        except ValueError:
            raise InputError("not a number", path=gff, line=number, found=f"{cells[3]} {cells[4]}") from None
        (model.exons if cells[2] == "exon" else model.cds).append(span)


def _best(models: Iterable[Model], gene: str, base: Genome) -> Model | None:
    """The transcript that the shipped pack counts on; else MANE Select; else the longest coding one."""
    own = base.transcript(gene)
    if own is None:
        return None
    ids = {own.transcript.split(".")[0], own.refseq.split(".")[0]} - {""}
    fitting = [model for model in models if model.chrom == own.chrom and model.strand == own.strand]
    best = max(
        fitting,
        key=lambda m: (
            m.transcript.split(".")[0] in ids,
            m.mane,
            m.coding_length % 3 == 0,
            m.coding_length,
            m.transcript,
        ),
        default=None,
    )
    if best is not None and not best.refseq and (best.transcript in ids or best.mane):
        best.refseq = own.refseq
    return best


def shipped(gene: str, base: Genome) -> Model | None:
    """The shipped pack's own model, where the GFF3 has none."""
    own = base.transcript(gene)
    if own is None:
        return None
    return Model(
        gene=gene,
        chrom=own.chrom,
        strand=own.strand,
        transcript=own.transcript,
        refseq=own.refseq,
        gene_id=gene,
        exons=[(exon.start, exon.end) for exon in own.exons],
        cds=[(e.cds_start, e.cds_end) for e in own.exons if e.cds_start is not None and e.cds_end is not None],
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a plain or gzip text. Errors: InputError if it cannot be read to its end."""
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        opener: Any = gzip.open if packed else open
        with opener(path, "rt", encoding="utf-8") as text:
            yield from enumerate(text, start=1)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"cannot be read ({reason})", path=path, expected="GFF3, plain or gzip") from None
