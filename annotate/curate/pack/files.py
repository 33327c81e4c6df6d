"""The files of a reference pack, written."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pysam

from annotate.base.genetic_code import STOP, UNKNOWN, translate
from annotate.base.sequence import reverse_complement
from annotate.curate.pack.models import Model

LINE = 1_000_000  # bases a FASTA line: long lines of N compress to half of what short ones do
COPIED = ("contigs.tsv", "cytobands.tsv.gz", "arms.tsv", "par.tsv", "masks.tsv", "ig_tr.tsv", "sv_regions.tsv",
          "genes.tsv.gz", "transcripts.tsv.gz")  # fmt: skip
PANEL_COLUMNS = ("gene", "chrom", "start", "end", "strand", "transcript", "refseq", "coding_sequence", "coding_length",
                 "known_bases", "protein_length")  # fmt: skip
EXON_COLUMNS = ("gene", "transcript", "exon", "start", "end", "cds_start", "cds_end", "phase")


_NOT_BASES = re.compile(r"[^ACGTN]")


def read_bases(genome: Any, name: str, start: int, end: int) -> str:
    """Bases in upper case; ambiguity codes become N, which says the same to a caller of consequences."""
    return _NOT_BASES.sub("N", genome.fetch(name, start - 1, end).upper())


def coding_sequence(model: Model, genome: Any, names: Mapping[str, str]) -> str:
    """The coding sequence of a model in the genome; empty where its contig is absent."""
    if model.chrom not in names:
        return ""
    bases = "".join(read_bases(genome, names[model.chrom], start, end) for start, end in sorted(model.cds))
    return bases if model.strand == "+" else reverse_complement(bases)


def completeness(sequence: str) -> str:
    """complete, complete but for the stop codon, partial, none: start … stop, in frame, every base known.

    MYC of MANE Select starts with CTG.
    """
    if not sequence.replace("N", ""):
        return "none"
    protein = translate(sequence)
    whole = len(sequence) % 3 == 0 and sequence.startswith(("ATG", "CTG")) and not {STOP, UNKNOWN} & set(protein[:-1])
    if whole and protein.endswith(STOP):
        return "complete"
    return "complete but for the stop codon" if whole and sequence.endswith("NNN") else "partial"


# ---------------------------------------------------------------- files of a pack


def panel_row(model: Model, sequence: str, status: str | None = None) -> tuple[object, ...]:
    """A row of `panel.tsv`."""
    coding = model.coding_length
    known = len(sequence) - sequence.count("N")
    return (model.gene, model.chrom, model.start, model.end, model.strand, model.transcript, model.refseq,
            status or completeness(sequence), coding, known, max(coding // 3 - 1, 0))  # fmt: skip


def exon_rows(models: Iterable[Model]) -> list[tuple[object, ...]]:
    """Rows of `exons.tsv.gz`: exons in transcription order with their coding part and its phase."""
    rows: list[tuple[object, ...]] = []
    for model in sorted(models, key=lambda m: m.gene):
        before = 0
        for rank, (start, end) in enumerate(sorted(model.exons, reverse=model.strand == "-"), start=1):
            parts = [(s, e) for s, e in model.cds if s <= end and e >= start]
            if not parts:
                rows.append((model.gene, model.transcript, rank, start, end, "", "", ""))
                continue
            low, high = max(start, min(s for s, _ in parts)), min(end, max(e for _, e in parts))
            rows.append((model.gene, model.transcript, rank, start, end, low, high, (3 - before % 3) % 3))
            before += high - low + 1
    return rows


def csq_gff(models: Iterable[Model]) -> bytes:
    """Gene models in the Ensembl form of GFF3 that `bcftools csq` reads."""
    lines = ["##gff-version 3"]
    for m in sorted(models, key=lambda m: m.gene):
        gene, transcript = f"gene:{m.gene_id or m.gene}", f"transcript:{m.transcript}"
        end = f"biotype=protein_coding;transcript_id={m.transcript}" + (f";mane_refseq={m.refseq}" if m.refseq else "")
        lines.append(_gff(m, "gene", m.start, m.end, ".", f"ID={gene};Name={m.gene};biotype=protein_coding"))
        lines.append(_gff(m, "mRNA", m.start, m.end, ".", f"ID={transcript};Parent={gene};Name={m.gene};{end}"))
        lines += [_gff(m, "exon", low, high, ".", f"Parent={transcript}") for low, high in sorted(m.exons)]
        before = 0
        for low, high in sorted(m.cds, reverse=m.strand == "-"):
            phase = str((3 - before % 3) % 3)
            lines.append(_gff(m, "CDS", low, high, phase, f"ID=CDS:{m.transcript};Parent={transcript}"))
            before += high - low + 1
    return ("\n".join(lines) + "\n").encode()


def _gff(model: Model, kind: str, start: int, end: int, phase: str, facts: str) -> str:
    return f"{model.chrom}\tallert\t{kind}\t{start}\t{end}\t.\t{model.strand}\t{phase}\t{facts}"


def write_fasta(path: Path, lengths: Mapping[str, int], blocks: Any, line: int = LINE) -> None:
    """A FASTA of N with blocks of bases in place, bgzip, with `.fai` and `.gzi`.

    `blocks(contig)` gives (start, bases). Where two blocks meet, a known base wins over an unknown one.
    """
    for old in (f"{path}.fai", f"{path}.gzi"):
        Path(old).unlink(missing_ok=True)
    with pysam.BGZFile(str(path), mode="wb9", index=None) as out:  # type: ignore[arg-type]
        for contig, length in lengths.items():
            out.write(f">{contig}\n".encode())
            waiting = sorted(blocks(contig))
            for at in range(1, length + 1, line):
                end = min(at + line - 1, length)
                row = bytearray(b"N" * (end - at + 1))
                for start, bases in waiting:
                    if start > end:
                        break
                    lay(row, at, start, bases)
                waiting = [block for block in waiting if block[0] + len(block[1]) - 1 > end]
                out.write(bytes(row) + b"\n")
    pysam.faidx(str(path))


def lay(row: bytearray, row_start: int, start: int, bases: str) -> None:
    """Put the part of a block that lies in the row into it; a known base is not covered by an unknown one."""
    low, high = max(start, row_start), min(start + len(bases), row_start + len(row))
    if low >= high:
        return
    new = bases[low - start : high - start].encode()
    here = slice(low - row_start, high - row_start)
    old = row[here]
    if old.count(b"N") < len(old):
        new = bytes(b if b != ord("N") else a for a, b in zip(old, new, strict=True))
    row[here] = new


def write_bgzip(path: Path, data: bytes) -> None:
    """Bytes as one bgzip file."""
    with pysam.BGZFile(str(path), mode="wb9", index=None) as target:  # type: ignore[arg-type]
        target.write(data)


def table_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A tab-separated table with its header."""
    return "".join("\t".join(str(cell) for cell in row) + "\n" for row in [columns, *rows])


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table of a pack; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table_text(columns, rows), encoding="utf-8")


def write_table_gz(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The same, gzip-compressed: two builds give the same bytes."""
    path.write_bytes(gzip.compress(table_text(columns, rows).encode(), compresslevel=9, mtime=0))
