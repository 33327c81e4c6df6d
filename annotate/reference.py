"""Reference packs: what a folder holds, and how a laboratory makes a full one from its own genome.

A pack holds the panel's sequence at its genomic place with `N` everywhere else (`panel.fa.gz`, block-compressed
and indexed), the panel's transcript models in the form that `bcftools csq` reads (`panel.gff3.gz`) and as tables
(`panel.tsv`, `exons.tsv.gz`), and the tables of the assembly. The shipped packs know coding bases only; a pack
made here knows whole genes with their introns and surroundings, so that every panel gene can be named.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysam

from annotate.errors import InputError
from annotate.genome import Genome
from annotate.hgvs import STOP, UNKNOWN, reverse_complement, translate

LINE = 1_000_000  # bases a FASTA line: long lines of N compress to half of what short ones do
FLANK = 10_000  # bases on both sides of a panel gene: promoters, and room to align an indel to the left
COPIED = ("contigs.tsv", "cytobands.tsv.gz", "arms.tsv", "par.tsv", "masks.tsv", "ig_tr.tsv", "sv_regions.tsv",
          "genes.tsv.gz")  # fmt: skip
PANEL_COLUMNS = ("gene", "chrom", "start", "end", "strand", "transcript", "refseq", "coding_sequence", "coding_length",
                 "known_bases", "protein_length")  # fmt: skip
EXON_COLUMNS = ("gene", "transcript", "exon", "start", "end", "cds_start", "cds_end", "phase")


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
        return min(start for start, _ in self.exons)

    @property
    def end(self) -> int:
        return max(end for _, end in self.exons)

    @property
    def coding_length(self) -> int:
        return sum(end - start + 1 for start, end in self.cds)


def build_pack(fasta: Path, gff: Path, assembly: str, out: Path) -> dict[str, object]:
    """Make a full pack in the folder `out`; returns what went into it.

    `fasta`: plain or bgzip, with or without `chr`; `gff`: GFF3 of Ensembl, GENCODE or RefSeq, plain or gzip.
    Errors: InputError for files that cannot be read, another assembly's contigs, or a GFF3 without the panel.
    """
    base = Genome.load(assembly)
    _check_out(out)
    with tempfile.TemporaryDirectory(prefix="allert-") as folder:
        genome = _open_fasta(fasta, Path(folder))
        names = _contigs(genome, base, fasta)
        models = _models(gff, base)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=_parent(out)))
        try:
            facts = _write_pack(part, genome, names, models, base, (fasta, gff))
            _replace(part, out)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            genome.close()
    return {"out": str(out), **facts}


def _check_out(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "contigs.tsv").exists())):
        raise InputError(
            "exists and is not a reference pack", path=out, expected="a new or empty folder", fix="choose another --out"
        )


def _parent(out: Path) -> Path:
    parent = out.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"folder cannot be made ({error.strerror})", path=parent) from None
    return parent


def _replace(part: Path, out: Path) -> None:
    part.chmod(0o755)
    if out.exists():
        shutil.rmtree(out)
    os.replace(part, out)


# ---------------------------------------------------------------- genome


def _open_fasta(path: Path, folder: Path) -> Any:
    """The genome with an index: its own, or one made in a scratch folder beside nothing of the user's."""
    if not path.is_file():
        raise InputError("genome does not exist", path=path, fix="mend --fasta")
    with open(path, "rb") as file:
        head = file.read(18)
    packed = head[:2] == b"\x1f\x8b"
    if packed and head[12:14] != b"BC":
        raise InputError(
            "is gzip-compressed, which cannot be indexed",
            path=path,
            expected="plain or bgzip-compressed FASTA",
            fix=f"gunzip -c {path.name} | bgzip > genome.fa.gz",
        )
    if not packed and not head.startswith((b">", b";")):
        raise InputError("is not a FASTA file", path=path, found=head[:10].decode("latin-1"), expected="'>name'")
    fai, gzi = Path(f"{path}.fai"), Path(f"{path}.gzi")
    try:
        if not fai.exists() or (packed and not gzi.exists()) or fai.stat().st_mtime < path.stat().st_mtime:
            fai, gzi = folder / "genome.fai", folder / "genome.gzi"
            options = ["--fai-idx", str(fai), *(("--gzi-idx", str(gzi)) if packed else ())]
            pysam.faidx(*options, str(path))
        return pysam.FastaFile(
            str(path), filepath_index=str(fai), **({"filepath_index_compressed": str(gzi)} if packed else {})
        )
    except (OSError, ValueError, pysam.utils.SamtoolsError) as error:
        raise InputError(
            f"genome cannot be read ({' '.join(str(error).split())[-160:]})",
            path=path,
            expected="FASTA with lines of equal length, plain or bgzip-compressed",
        ) from None


def _contigs(genome: Any, base: Genome, path: Path) -> dict[str, str]:
    """Own contig name -> the FASTA's. Errors: InputError for other lengths, or none of the contigs."""
    lengths = dict(zip(genome.references, genome.lengths, strict=True))
    base.check_contigs(lengths, str(path))
    names: dict[str, str] = {}
    for name in lengths:
        own = base.contig(name)
        if own is not None and own != "MT":
            names.setdefault(own, name)
    if not names:
        raise InputError(
            "no chromosome of this assembly",
            path=path,
            found=", ".join(list(lengths)[:5]),
            expected="1, chr1 or NC_000001 …",
        )
    return names


# ---------------------------------------------------------------- gene models


def _models(gff: Path, base: Genome) -> dict[str, Model]:
    """One transcript for each panel gene that the GFF3 has."""
    panel = {gene.name for gene in base.panel_genes()}
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


def read_models(gff: Path, base: Genome, genes: set[str]) -> dict[str, list[Model]]:
    """Transcripts with coding parts of these genes, from a GFF3 in which parents stand before their children."""
    symbols: dict[str, tuple[str, str]] = {}
    by_id: dict[str, Model] = {}
    for number, line in _lines(gff):
        if line.startswith("#"):
            if line.startswith("##FASTA"):
                break
            continue
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) != 9:
            if not line.strip():
                continue
            raise InputError("wrong number of columns", path=gff, line=number, found=len(cells), expected="9 (GFF3)")
        kind = cells[2]
        if kind in ("exon", "CDS"):
            _add_part(by_id, cells, gff, number)
        elif "gene" in kind:
            facts = _facts(cells[8])
            name = base.symbol(facts.get("gene_name") or facts.get("gene") or facts.get("Name") or "")
            if name in genes and "ID" in facts:
                symbols[facts["ID"]] = (name, facts.get("gene_id", facts["ID"]))
        elif kind in ("mRNA", "transcript"):
            facts = _facts(cells[8])
            owner = symbols.get(facts.get("Parent", ""))
            own = base.contig(cells[0])
            if owner is not None and own is not None and "ID" in facts:
                by_id[facts["ID"]] = _model(owner, own, cells[6], facts)
    found: dict[str, list[Model]] = {}
    for model in by_id.values():
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


def _shipped(gene: str, base: Genome) -> Model | None:
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


# ---------------------------------------------------------------- the pack


def _write_pack(
    part: Path,
    genome: Any,
    names: Mapping[str, str],
    found: Mapping[str, Model],
    base: Genome,
    sources: tuple[Path, Path],
) -> dict[str, object]:
    panel = [gene.name for gene in base.panel_genes()]
    models = dict(found)
    kept = []
    for gene in panel:
        if gene not in models and (model := _shipped(gene, base)) is not None:
            models[gene] = model
            kept.append(gene)
    rows = [panel_row(m, coding_sequence(m, genome, names)) for m in models.values()]
    for name in COPIED:
        shutil.copyfile(base.folder / name, part / name)
    write_table(part / "panel.tsv", PANEL_COLUMNS, sorted(rows))
    write_table_gz(part / "exons.tsv.gz", EXON_COLUMNS, exon_rows(models.values()))
    write_bgzip(part / "panel.gff3.gz", csq_gff(models.values()))
    spans = _spans(models.values(), base)
    lengths = {own: base.contig_lengths[own] for own in base.contig_lengths if own in names}
    write_fasta(
        part / "panel.fa.gz",
        lengths,
        lambda own: ((start, _bases(genome, names[own], start, end)) for start, end in spans.get(own, ())),
    )
    status = {str(row[0]): str(row[7]) for row in rows}
    incomplete = sorted(gene for gene, word in status.items() if word != "complete")
    facts: dict[str, object] = {
        "assembly": base.assembly,
        "fasta": sources[0].name,
        "gff": sources[1].name,
        "genes": len(rows),
        "complete": len(rows) - len(incomplete),
        "incomplete": {gene: status[gene] for gene in incomplete},
        "contigs": list(lengths),
        "contigs_absent": [own for own in base.contig_lengths if own not in names and own != "MT"],
        "models_kept_from_shipped_pack": kept,
        "other_transcripts": _other_transcripts(found, base),
    }
    (part / "pack.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts


def _other_transcripts(found: Mapping[str, Model], base: Genome) -> dict[str, str]:
    """Genes whose coding sequence is not as long as that of the shipped pack: residues may be counted otherwise."""
    other = {}
    for gene, model in found.items():
        own = base.transcript(gene)
        if own is not None and own.coding_length != model.coding_length:
            other[gene] = (
                f"{model.transcript} ({model.coding_length} bases; shipped {own.transcript}, {own.coding_length})"
            )
    return other


def _spans(models: Iterable[Model], base: Genome) -> dict[str, list[tuple[int, int]]]:
    """Panel genes with their surroundings, merged, by contig."""
    spans = [(m.chrom, m.start, m.end) for m in models]
    spans += [(gene.chrom, gene.start, gene.end) for gene in base.panel_genes()]
    found: dict[str, list[tuple[int, int]]] = {}
    for chrom, start, end in sorted(spans):
        low, high = max(1, start - FLANK), min(end + FLANK, base.contig_lengths[chrom])
        merged = found.setdefault(chrom, [])
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return found


_NOT_BASES = re.compile(r"[^ACGTN]")


def _bases(genome: Any, name: str, start: int, end: int) -> str:
    """Bases in upper case; ambiguity codes become N, which says the same to a caller of consequences."""
    return _NOT_BASES.sub("N", genome.fetch(name, start - 1, end).upper())


def coding_sequence(model: Model, genome: Any, names: Mapping[str, str]) -> str:
    """The coding sequence of a model in the genome; empty where its contig is absent."""
    if model.chrom not in names:
        return ""
    bases = "".join(_bases(genome, names[model.chrom], start, end) for start, end in sorted(model.cds))
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
