"""Build `resources/reference/` from downloaded sources. Output is deterministic.

usage: python scripts/build_reference.py SOURCES TABLES [OUT]

SOURCES holds, for each assembly, `panel_coding_blocks.fa.gz`, `panel_transcripts.gff3.gz` and
`protein_coding_genes.tsv.gz`, and `genome/` with cytobands and contig lengths, and `panel_completeness.tsv`.
TABLES holds the domain tables `genes.tsv`, `sv_regions.tsv`, `ig_tr_loci.tsv`, `arms.*.tsv`.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pysam

ROOT = Path(__file__).resolve().parents[1]
UCSC = {"GRCh38": "hg38", "GRCh37": "hg19"}
CHROMS = [*(str(n) for n in range(1, 23)), "X", "Y", "MT"]
LINE = 1_000_000  # bases a FASTA line: long lines of N compress to half of what short ones do

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
    for assembly in UCSC:
        _build(assembly, sources, tables, out / assembly, current)


def _build(assembly: str, sources: Path, tables: Path, out: Path, current: Mapping[str, str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    lengths = _contigs(sources, assembly, out)
    _bands(sources, assembly, out)
    _arms(tables, assembly, out)
    _write(out / "par.tsv", ["name", "chrom", "start", "end"], PAR[assembly])
    _ig_tr(tables, assembly, out)
    _regions(tables, assembly, out)
    models = _models(sources / assembly / "panel_transcripts.gff3.gz")
    genes = _genes(sources, tables, assembly, current, models, _aliases(out))
    _write_gz(out / "genes.tsv.gz", ["gene", "chrom", "start", "end", "strand", "gene_id", "panel"], genes)
    _masks(out, assembly, {row[0]: row for row in genes})
    _panel(sources, assembly, out, models)
    _exons(out, models)
    _bgzip(gzip.decompress((sources / assembly / "panel_transcripts.gff3.gz").read_bytes()), out / "panel.gff3.gz")
    _fasta(sources / assembly / "panel_coding_blocks.fa.gz", lengths, out)


# ---------------------------------------------------------------- small tables


def _contigs(sources: Path, assembly: str, out: Path) -> dict[str, int]:
    rows = []
    for row in _table(sources / "genome" / f"{UCSC[assembly]}.seqinfo.tsv"):
        name = _plain(row["name"])
        if name in CHROMS:
            aliases = [row["name"], *(a for a in row["aliases"].split(",") if a not in (name, row["name"]))]
            rows.append((name, row["length"], ",".join(aliases)))
    rows.sort(key=lambda row: CHROMS.index(row[0]))
    _write(out / "contigs.tsv", ["name", "length", "aliases"], rows)
    return {name: int(length) for name, length, _ in rows}


def _bands(sources: Path, assembly: str, out: Path) -> None:
    rows = [
        (_plain(r["chrom"]), int(r["start"]) + 1, r["end"], r["band"], r["stain"])
        for r in _table(sources / "genome" / f"{UCSC[assembly]}.cytoband.tsv")
        if _plain(r["chrom"]) in CHROMS and r["band"]
    ]
    _write_gz(out / "cytobands.tsv.gz", ["chrom", "start", "end", "band", "stain"], rows)


def _arms(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (_plain(r["chrom"]), r["arm"], int(r["start0"]) + 1, r["end"])
        for r in _table(tables / f"arms.{UCSC[assembly]}.tsv")
    ]
    _write(out / "arms.tsv", ["chrom", "arm", "start", "end"], rows)


def _ig_tr(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (r["locus"], r["chrom"], r["start"], r["end"])
        for r in _table(tables / "ig_tr_loci.tsv")
        if r["assembly"] == assembly
    ]
    _write(out / "ig_tr.tsv", ["locus", "chrom", "start", "end"], rows)


def _regions(tables: Path, assembly: str, out: Path) -> None:
    rows = [
        (r["region"], r["lesion"], r["gene"], _plain(r["chrom"]), r["strand"], r[f"{assembly}_start"],
         r[f"{assembly}_end"], r["note"], "computed from refGene, MANE v1.0 and UCSC chains", "C")
        for r in _table(tables / "sv_regions.tsv")
    ]  # fmt: skip
    columns = ["region", "lesion", "gene", "chrom", "strand", "start", "end", "note", "source", "mark"]
    _write(out / "sv_regions.tsv", columns, rows)


def _masks(out: Path, assembly: str, genes: Mapping[str, Sequence[object]]) -> None:
    rows = []
    if assembly == "GRCh38":
        for name in FALSE_DUPLICATIONS:
            if name in genes:
                _, chrom, start, end, *_ = genes[name]
                rows.append((name, chrom, start, end, "false duplication on 21p", FALSE_DUPLICATION_SOURCE, "K"))
    _write(out / "masks.tsv", ["name", "chrom", "start", "end", "reason", "source", "mark"], rows)


def _aliases(out: Path) -> dict[str, str]:
    """Old names in use in leukaemia laboratories: `gene_aliases.tsv`, kept by hand."""
    return {row["alias"]: row["gene"] for row in _table(out.parent / "gene_aliases.tsv")}


# ---------------------------------------------------------------- genes and transcripts


def _genes(
    sources: Path,
    tables: Path,
    assembly: str,
    current: Mapping[str, str],
    models: Mapping[str, dict[str, object]],
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
        _add(
            spans, name, str(model["chrom"]), int(str(model["start"])), int(str(model["end"])), str(model["strand"]), ""
        )
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


def _models(gff: Path) -> dict[str, dict[str, object]]:
    """Transcript models of the panel by gene symbol: exons and coding parts."""
    models: dict[str, dict[str, object]] = {}
    by_transcript: dict[str, dict[str, object]] = {}
    for line in _lines(gff):
        if line.startswith("#"):
            continue
        chrom, _, kind, start, end, _, strand, _, text = line.rstrip("\n").split("\t")
        facts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        if kind in ("mRNA", "transcript"):
            model: dict[str, object] = {
                "gene": facts["Name"], "chrom": chrom, "start": start, "end": end, "strand": strand,
                "transcript": facts["transcript_id"], "refseq": facts.get("mane_refseq", ""), "exons": [], "cds": [],
            }  # fmt: skip
            models[facts["Name"]] = by_transcript[facts["transcript_id"]] = model
        elif kind in ("exon", "CDS"):
            owner = by_transcript[facts["Parent"].removeprefix("transcript:")]
            parts = owner["exons" if kind == "exon" else "cds"]
            assert isinstance(parts, list)
            parts.append((int(start), int(end)))
    return models


def _panel(sources: Path, assembly: str, out: Path, models: Mapping[str, dict[str, object]]) -> None:
    status = {r["gene"]: r for r in _table(sources / "panel_completeness.tsv") if r["assembly"] == assembly}
    rows = []
    for name, model in sorted(models.items()):
        coding = sum(end - start + 1 for start, end in model["cds"])  # type: ignore[attr-defined]
        facts = status.get(name, {})
        rows.append(
            (name, model["chrom"], model["start"], model["end"], model["strand"], model["transcript"],
             model["refseq"] or facts.get("MANE_Select_RefSeq", ""), facts.get("coding_sequence", "none"),
             coding, facts.get("known_bases", 0), max(coding // 3 - 1, 0))
        )  # fmt: skip
    columns = ["gene", "chrom", "start", "end", "strand", "transcript", "refseq", "coding_sequence", "coding_length",
               "known_bases", "protein_length"]  # fmt: skip
    _write(out / "panel.tsv", columns, rows)


def _exons(out: Path, models: Mapping[str, dict[str, object]]) -> None:
    rows: list[tuple[object, ...]] = []
    for name, model in sorted(models.items()):
        exons = sorted(model["exons"], reverse=model["strand"] == "-")  # type: ignore[call-overload]
        before = 0
        for rank, (start, end) in enumerate(exons, start=1):
            parts = [(s, e) for s, e in model["cds"] if s <= end and e >= start]  # type: ignore[attr-defined]
            cds = (max(start, min(s for s, _ in parts)), min(end, max(e for _, e in parts))) if parts else ("", "")
            phase = (3 - before % 3) % 3 if parts else ""
            rows.append((name, model["transcript"], rank, start, end, *cds, phase))
            before += int(cds[1]) - int(cds[0]) + 1 if parts else 0
    columns = ["gene", "transcript", "exon", "start", "end", "cds_start", "cds_end", "phase"]
    _write_gz(out / "exons.tsv.gz", columns, rows)


# ---------------------------------------------------------------- sequence


def _fasta(blocks: Path, lengths: Mapping[str, int], out: Path) -> None:
    """A FASTA of N with the panel's coding bases in place, bgzip -9, with .fai and .gzi."""
    sequences = {chrom: bytearray(b"N" * length) for chrom, length in lengths.items() if chrom != "MT"}
    for name, bases in _fasta_records(blocks):
        chrom, start, end = re.match(r"([^:]+):(\d+)-(\d+)", name).groups()  # type: ignore[union-attr]
        assert len(bases) == int(end) - int(start) + 1, name
        place = sequences[chrom]
        for offset, base in enumerate(bases.upper().encode()):
            if base != ord("N"):  # two genes may share bases; a known base wins over an unknown one
                place[int(start) - 1 + offset] = base
    plain = out / "panel.fa"
    with open(plain, "wb") as file:
        for chrom, sequence in sequences.items():
            file.write(f">{chrom}\n".encode())
            for at in range(0, len(sequence), LINE):
                file.write(sequence[at : at + LINE] + b"\n")
    packed = out / "panel.fa.gz"
    with open(plain, "rb") as source, pysam.BGZFile(str(packed), "wb9") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
    plain.unlink()
    for old in (f"{packed}.fai", f"{packed}.gzi"):
        Path(old).unlink(missing_ok=True)
    pysam.faidx(str(packed))


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


def _text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "".join("\t".join(str(cell) for cell in row) + "\n" for row in [columns, *rows])


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(columns, rows), encoding="utf-8")


def _write_gz(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.write_bytes(gzip.compress(_text(columns, rows).encode(), compresslevel=9, mtime=0))


def _bgzip(data: bytes, path: Path) -> None:
    with pysam.BGZFile(str(path), "wb9") as target:
        target.write(data)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        Path(sys.argv[3]) if len(sys.argv) > 3 else ROOT / "resources" / "reference",
    )
