"""Build `resources/reference/` from downloaded sources. Output is deterministic.

usage: python scripts/build_reference.py SOURCES TABLES [OUT]

SOURCES holds, for each assembly, `panel_coding_blocks.fa.gz`, `panel_coding_blocks_more.fa.gz`,
`panel_transcripts.gff3.gz`, `all_coding_transcripts.tsv.gz` and `protein_coding_genes.tsv.gz`, and `genome/` with
cytobands and contig lengths, and `panel_completeness.tsv`.
TABLES holds the domain tables `genes.tsv`, `sv_regions.tsv`, `ig_tr_loci.tsv`, `arms.*.tsv`.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.base.sequence import reverse_complement  # noqa: E402
from annotate.curate.pack.files import (  # noqa: E402
    EXON_COLUMNS,
    PANEL_COLUMNS,
    exon_rows,
    lay,
    panel_row,
    write_bgzip,
    write_fasta,
    write_table,
    write_table_gz,
)
from annotate.curate.pack.models import Model  # noqa: E402
from annotate.curate.pack.transcripts import former_symbols, transcript_rows  # noqa: E402
from annotate.reference.coding_transcripts import COLUMNS  # noqa: E402

UCSC = {"GRCh38": "hg38", "GRCh37": "hg19"}
CHROMS = [*(str(n) for n in range(1, 23)), "X", "Y", "MT"]
PAR = {  # 1-based, inclusive
    "GRCh38": [("PAR1", "X", 10001, 2781479), ("PAR2", "X", 155701383, 156030895),
               ("PAR1", "Y", 10001, 2781479), ("PAR2", "Y", 56887903, 57217415)],
    "GRCh37": [("PAR1", "X", 60001, 2699520), ("PAR2", "X", 154931044, 155260560),
               ("PAR1", "Y", 10001, 2649520), ("PAR2", "Y", 59034050, 59363566)],
}  # fmt: skip
# Genes of 21q whose reads map twice in GRCh38, because 21p holds false copies of them.
FALSE_DUPLICATIONS = ["U2AF1", "CBS", "CRYAA", "KCNE1", "SIK1"]
FALSE_DUPLICATION_SOURCE = "Wagner 2022 Nat Biotechnol; Miller 2022 (false duplications of GRCh38 21p)"


def main(sources: Path, tables: Path, out: Path) -> None:
    current = {g["gene_id"]: g["gene"] for g in _table(sources / "GRCh38" / "protein_coding_genes.tsv.gz")}
    mane = _models(sources / "GRCh38" / "panel_transcripts.gff3.gz")
    for assembly in UCSC:
        _build(assembly, sources, tables, out / assembly, current, mane)
    older = _table(sources / "GRCh37" / "protein_coding_genes.tsv.gz")
    write_table(out / "former_symbols.tsv", ["former", "gene"], former_symbols(older, current))


def _build(
    assembly: str, sources: Path, tables: Path, out: Path, current: Mapping[str, str], mane: Mapping[str, Model]
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    lengths = _contigs(sources, assembly, out)
    _bands(sources, assembly, out)
    _arms(tables, assembly, out)
    write_table(out / "par.tsv", ["name", "chrom", "start", "end"], PAR[assembly])
    _ig_tr(tables, assembly, out)
    _regions(tables, assembly, out)
    models = _models(sources / assembly / "panel_transcripts.gff3.gz")
    genes = _genes(sources, tables, assembly, current, models, _aliases())
    write_table_gz(out / "genes.tsv.gz", ["gene", "chrom", "start", "end", "strand", "gene_id", "panel"], genes)
    placed = {str(row[0]): str(row[1]) for row in genes}
    coding = _table(sources / assembly / "all_coding_transcripts.tsv.gz")
    write_table_gz(out / "transcripts.tsv.gz", COLUMNS, transcript_rows(coding, current, placed))
    _masks(out, assembly, {row[0]: row for row in genes})
    blocks = _blocks(sources / assembly, "panel_coding_blocks.fa.gz", "panel_coding_blocks_more.fa.gz")
    _panel(sources, assembly, out, models, mane, blocks)
    write_table_gz(out / "exons.tsv.gz", EXON_COLUMNS, exon_rows(models.values()))
    write_bgzip(out / "panel.gff3.gz", gzip.decompress((sources / assembly / "panel_transcripts.gff3.gz").read_bytes()))
    nuclear = {chrom: length for chrom, length in lengths.items() if chrom != "MT"}
    write_fasta(out / "panel.fa.gz", nuclear, lambda chrom: blocks.get(chrom, []))


# ---------------------------------------------------------------- small tables


def _contigs(sources: Path, assembly: str, out: Path) -> dict[str, int]:
    rows = []
    for row in _table(sources / "genome" / f"{UCSC[assembly]}.seqinfo.tsv"):
        name = _plain(row["name"])
        if name in CHROMS:
            aliases = [row["name"], *(a for a in row["aliases"].split(",") if a not in (name, row["name"]))]
            rows.append((name, row["length"], ",".join(aliases)))
    rows.sort(key=lambda row: CHROMS.index(row[0]))
    write_table(out / "contigs.tsv", ["name", "length", "aliases"], rows)
    return {name: int(length) for name, length, _ in rows}


def _bands(sources: Path, assembly: str, out: Path) -> None:
    rows = [
        (_plain(r["chrom"]), int(r["start"]) + 1, r["end"], r["band"], r["stain"])
        for r in _table(sources / "genome" / f"{UCSC[assembly]}.cytoband.tsv")
        if _plain(r["chrom"]) in CHROMS and r["band"]
    ]
    write_table_gz(out / "cytobands.tsv.gz", ["chrom", "start", "end", "band", "stain"], rows)


def _arms(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (_plain(r["chrom"]), r["arm"], int(r["start0"]) + 1, r["end"])
        for r in _table(tables / f"arms.{UCSC[assembly]}.tsv")
    ]
    write_table(out / "arms.tsv", ["chrom", "arm", "start", "end"], rows)


def _ig_tr(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (r["locus"], r["chrom"], r["start"], r["end"])
        for r in _table(tables / "ig_tr_loci.tsv")
        if r["assembly"] == assembly
    ]
    write_table(out / "ig_tr.tsv", ["locus", "chrom", "start", "end"], rows)


def _regions(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (r["region"], r["lesion"], r["gene"], _plain(r["chrom"]), r["strand"], r[f"{assembly}_start"],
         r[f"{assembly}_end"], r["note"], "computed from refGene, MANE v1.0 and UCSC chains", "C")
        for r in _table(tables / "sv_regions.tsv")
    ]  # fmt: skip
    columns = ["region", "lesion", "gene", "chrom", "strand", "start", "end", "note", "source", "mark"]
    write_table(out / "sv_regions.tsv", columns, rows)


def _masks(out: Path, assembly: str, genes: Mapping[str, Sequence[object]]) -> None:
    rows = []
    if assembly == "GRCh38":
        for name in FALSE_DUPLICATIONS:
            if name in genes:
                _, chrom, start, end, *_ = genes[name]
                rows.append((name, chrom, start, end, "false duplication on 21p", FALSE_DUPLICATION_SOURCE, "K"))
    write_table(out / "masks.tsv", ["name", "chrom", "start", "end", "reason", "source", "mark"], rows)


def _aliases() -> dict[str, str]:
    """Old names in use in leukaemia laboratories: `gene_aliases.tsv`, kept by hand."""
    return {row["alias"]: row["gene"] for row in _table(ROOT / "resources" / "reference" / "gene_aliases.tsv")}


# ---------------------------------------------------------------- genes and transcripts


def _genes(
    sources: Path,
    tables: Path,
    assembly: str,
    current: Mapping[str, str],
    models: Mapping[str, Model],
    aliases: Mapping[str, str],
) -> list[tuple[object, ...]]:
    """All protein-coding genes under their current symbols; panel genes widened to every model in use."""
    domain = {r["gene"]: r for r in _table(tables / "genes.tsv")}
    panel = set(domain) | set(models)
    regions = list(_table(tables / "sv_regions.tsv"))
    spans: dict[str, list[object]] = {}
    for row in _table(sources / assembly / "protein_coding_genes.tsv.gz"):
        if row["chrom"] not in CHROMS:
            continue
        name = current.get(row["gene_id"], row["gene"])
        name = aliases.get(name, name) if name not in panel else name
        _add(spans, name, row["chrom"], int(row["start"]), int(row["end"]), row["strand"], row["gene_id"])
    for name, model in models.items():
        _add(spans, name, model.chrom, model.start, model.end, model.strand, "")
    for name, row in domain.items():
        if row[f"{assembly}_start"] not in ("NA", ""):
            span = int(row[f"{assembly}_start"]), int(row[f"{assembly}_end"])
            _add(spans, name, row["chrom"], *span, row["strand"], "")
    for row in regions:  # ABL1 begins at exon 1b; IKZF1, ERG, CRLF2 … as the breakpoint regions need them
        _add(spans, row["gene"], _plain(row["chrom"]), int(row[f"{assembly}_start"]), int(row[f"{assembly}_end"]),
             row["strand"], "")  # fmt: skip
    rows = [(name, *span[:5], "1" if name in panel else "0") for name, span in spans.items()]
    return sorted(rows, key=lambda row: (CHROMS.index(str(row[1])), row[2], row[3], row[0]))


def _add(spans: dict[str, list[object]], name: str, chrom: str, start: int, end: int, strand: str, id: str) -> None:
    old = spans.get(name)
    if old is None:
        spans[name] = [chrom, start, end, strand, id]
    elif old[0] == chrom and start <= int(str(old[2])) + 1_000_000 and end >= int(str(old[1])) - 1_000_000:
        old[1], old[2], old[4] = min(int(str(old[1])), start), max(int(str(old[2])), end), old[4] or id


def _models(gff: Path) -> dict[str, Model]:
    """Transcript models of the panel by gene symbol: exons and coding parts."""
    models: dict[str, Model] = {}
    by_transcript: dict[str, Model] = {}
    for line in _lines(gff):
        if line.startswith("#"):
            continue
        chrom, _, kind, start, end, _, strand, _, text = line.rstrip("\n").split("\t")
        facts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        if kind in ("mRNA", "transcript"):
            model = Model(facts["Name"], chrom, strand, facts["transcript_id"], facts.get("mane_refseq", ""))
            models[model.gene] = by_transcript[model.transcript] = model
        elif kind in ("exon", "CDS"):
            owner = by_transcript[facts["Parent"].removeprefix("transcript:")]
            (owner.exons if kind == "exon" else owner.cds).append((int(start), int(end)))
    return models


def _panel(
    sources: Path,
    assembly: str,
    out: Path,
    models: Mapping[str, Model],
    mane: Mapping[str, Model],
    blocks: Mapping[str, Sequence[tuple[int, str]]],
) -> None:
    """`panel.tsv`. A model that is not as long as the RefSeq transcript's is not named by it."""
    refseq = {
        r["gene"]: r["MANE_Select_RefSeq"]
        for r in _table(sources / "panel_completeness.tsv")
        if r["assembly"] == assembly
    }
    rows = []
    for name, model in sorted(models.items()):
        model.refseq = model.refseq or refseq.get(name, "")
        if model.coding_length != mane[name].coding_length:
            model.refseq = ""
        rows.append(panel_row(model, _coding_sequence(model, blocks.get(model.chrom, ()))))
    write_table(out / "panel.tsv", PANEL_COLUMNS, rows)


def _coding_sequence(model: Model, blocks: Sequence[tuple[int, str]]) -> str:
    parts = []
    for start, end in sorted(model.cds):
        row = bytearray(b"N" * (end - start + 1))
        for at, bases in blocks:
            lay(row, start, at, bases)
        parts.append(row.decode())
    found = "".join(parts)
    return found if model.strand == "+" else reverse_complement(found)


# ---------------------------------------------------------------- sequence


def _blocks(folder: Path, *files: str) -> dict[str, list[tuple[int, str]]]:
    """Known coding bases by contig: (start, bases). Files found later add to what the first knows."""
    placed: dict[str, list[tuple[int, str]]] = {}
    for name, bases in (record for file in files for record in _fasta_records(folder / file)):
        chrom, start, end = re.match(r"([^:]+):(\d+)-(\d+)", name).groups()  # type: ignore[union-attr]
        assert len(bases) == int(end) - int(start) + 1, name
        placed.setdefault(chrom, []).append((int(start), bases.upper()))
    return placed


def _fasta_records(path: Path) -> Iterator[tuple[str, str]]:
    name, parts = "", []
    for line in _lines(path):
        if line.startswith(">"):
            if name:
                yield name, "".join(parts)
            name, parts = line[1:].split()[0], []
        else:
            parts.append(line.strip())
    yield name, "".join(parts)


# ---------------------------------------------------------------- files


def _plain(chrom: str) -> str:
    name = chrom.removeprefix("chr")
    return "MT" if name == "M" else name


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        yield from text


def _table(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        Path(sys.argv[3]) if len(sys.argv) > 3 else ROOT / "resources" / "reference",
    )
