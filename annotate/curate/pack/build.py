"""Reference packs: what a folder holds, and how a laboratory makes a full one from its own genome.

A pack holds the panel's sequence at its genomic place with `N` everywhere else (`panel.fa.gz`, block-compressed
and indexed), the panel's transcript models in the form that `bcftools csq` reads (`panel.gff3.gz`) and as tables
(`panel.tsv`, `exons.tsv.gz`), and the tables of the assembly. The shipped packs know coding bases only; a pack
made here knows whole genes with their introns and surroundings, so that every panel gene can be named.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pysam

from annotate.base.errors import InputError
from annotate.curate.pack.files import (
    COPIED,
    EXON_COLUMNS,
    PANEL_COLUMNS,
    coding_sequence,
    csq_gff,
    exon_rows,
    panel_row,
    read_bases,
    write_bgzip,
    write_fasta,
    write_table,
    write_table_gz,
)
from annotate.curate.pack.models import Model, chosen_models, shipped
from annotate.reference.genome import Genome

FLANK = 10_000  # bases on both sides of a panel gene: promoters, and room to align an indel to the left


def build_pack(fasta: Path, gff: Path, assembly: str, out: Path) -> dict[str, object]:
    """Make a full pack in the folder `out`; returns what went into it.

    `fasta`: plain or bgzip, with or without `chr`; `gff`: GFF3 of Ensembl, GENCODE or RefSeq, plain or gzip.
    Errors: InputError for files that cannot be read, another assembly's contigs, or a GFF3 without the panel.
    """
    base = Genome.load(assembly)
    _check_out(out)
    with tempfile.TemporaryDirectory(prefix="allert-") as folder:
        genome = open_fasta(fasta, Path(folder))
        names = contigs_of(genome, base, fasta)
        models = chosen_models(gff, base)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=_parent(out)))
        try:
            facts = write_pack(part, genome, names, models, base, (fasta, gff))
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


def open_fasta(path: Path, folder: Path) -> Any:
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


def contigs_of(genome: Any, base: Genome, path: Path) -> dict[str, str]:
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


# ---------------------------------------------------------------- the pack


def write_pack(
    part: Path,
    genome: Any,
    names: Mapping[str, str],
    found: Mapping[str, Model],
    base: Genome,
    sources: tuple[Path, Path],
) -> dict[str, object]:
    """Write the files of a reference pack into `part`; gives the facts that its record holds."""
    panel = [gene.name for gene in base.panel_genes()]
    models = dict(found)
    kept = []
    for gene in panel:
        if gene not in models and (model := shipped(gene, base)) is not None:
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
        lambda own: ((start, read_bases(genome, names[own], start, end)) for start, end in spans.get(own, ())),
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
