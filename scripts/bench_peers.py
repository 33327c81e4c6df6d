"""The same panel variants through ALLert, bcftools csq, SnpEff and vcfanno: time, memory, agreement of protein changes.

    python scripts/bench_peers.py [--variants 4000] [--chromosomes 9,17,21]

SnpEff's database is built from ALLert's own pack (GFF3 and FASTA), so that both have the same transcripts: a
disagreement is one of rules, not of models. Chromosomes are few because SnpEff reads them whole. What is not
installed is left out (Debian: `snpeff`, `vcfanno`).
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSEMBLY = "GRCh38"
Key = tuple[str, int, str, str]

ALLERT = """
import sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.name.small_variants.annotate import annotate
from annotate.read.small_variants import read_small_variants
from annotate.reference.genome import Genome
genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
sample = Sample("T", "T", "diagnosis", "GRCh38", small_variants=(Path(sys.argv[1]),))
found = annotate(read_small_variants(sample, genome, knowledge).variants, genome, knowledge)
with open(sys.argv[2], "w") as out:
    for v in found:
        out.write(f"{v.record}\\t{v.transcript or ''}\\t{v.hgvsp or ''}\\n")
"""
CSQ = """
import sys
from pysam import bcftools
text = bcftools.csq("-f", sys.argv[3], "-g", sys.argv[4], "-B", "1", "-v", "0", "-l", sys.argv[1])
open(sys.argv[2], "w").write(text)
"""


def variants(folder: Path, count: int, chromosomes: tuple[str, ...]) -> Path:
    """A VCF of random single-base changes in coding exons of panel genes, every tenth a deletion of one base."""
    import pysam

    from annotate.reference.genome import Genome

    genome, dice = Genome.load(ASSEMBLY), random.Random(1)
    places: list[tuple[str, int]] = []
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        if transcript is None or transcript.chrom not in chromosomes:
            continue
        if not transcript.sequence_status.startswith("complete"):
            continue
        for exon in transcript.exons:
            if exon.cds_start is not None and exon.cds_end is not None:
                places += [(transcript.chrom, pos) for pos in range(exon.cds_start + 3, exon.cds_end - 3)]
    chosen = sorted(set(dice.sample(places, min(count, len(places)))), key=lambda p: (chromosomes.index(p[0]), p[1]))
    lines = ["##fileformat=VCFv4.2", "##source=VarDict"]
    lines += [f"##contig=<ID={c},length={genome.contig_lengths[c]}>" for c in chromosomes]
    lines += [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT",
    ]
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        for number, (chrom, pos) in enumerate(chosen):
            ref = fasta.fetch(chrom, pos - 1, pos + 1).upper()
            if "N" in ref:
                continue
            if number % 10 == 0:
                alleles = (ref, ref[0])
            else:
                alleles = (ref[0], dice.choice([base for base in "ACGT" if base != ref[0]]))
            lines.append(
                "\t".join([chrom, str(pos), f"v{number}", *alleles, "90", "PASS", ".", "GT:AD:DP", "0/1:50,50:100"])
            )
    path = folder / "variants.vcf"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def by_id(path: Path) -> dict[str, str]:
    """ID of a record by its line number."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return {f"line {n}": row.split("\t")[2] for n, row in enumerate(rows, start=1) if not row.startswith("#")}


# ---------------------------------------------------------------- SnpEff


def snpeff_database(folder: Path, chromosomes: tuple[str, ...]) -> Path:
    """The pack's models and sequence of these chromosomes as a SnpEff database; its configuration."""
    import pysam

    from annotate.reference.genome import Genome

    genome = Genome.load(ASSEMBLY)
    data = folder / "data" / "pack"
    data.mkdir(parents=True)
    with gzip.open(genome.gff, "rt", encoding="utf-8") as text, open(data / "genes.gff", "w", encoding="utf-8") as out:
        for line in text:
            if line.startswith("#") or line.split("\t")[0] in chromosomes:
                out.write(line)
    with pysam.FastaFile(str(genome.fasta)) as fasta, open(data / "sequences.fa", "w", encoding="ascii") as out:
        for chrom in chromosomes:
            out.write(f">{chrom}\n{fasta.fetch(chrom)}\n")
    config = folder / "snpEff.config"
    config.write_text(
        f"data.dir = {folder / 'data'}/\npack.genome : pack\ncodon.Standard : {CODONS}\n", encoding="utf-8"
    )
    return config


CODONS = (
    "TTT/F, TTC/F, TTA/L, TTG/L+, TCT/S, TCC/S, TCA/S, TCG/S, TAT/Y, TAC/Y, TAA/*, TAG/*, TGT/C, TGC/C, TGA/*, TGG/W, "
    "CTT/L, CTC/L, CTA/L, CTG/L+, CCT/P, CCC/P, CCA/P, CCG/P, CAT/H, CAC/H, CAA/Q, CAG/Q, CGT/R, CGC/R, CGA/R, CGG/R, "
    "ATT/I, ATC/I, ATA/I, ATG/M+, ACT/T, ACC/T, ACA/T, ACG/T, AAT/N, AAC/N, AAA/K, AAG/K, AGT/S, AGC/S, AGA/R, AGG/R, "
    "GTT/V, GTC/V, GTA/V, GTG/V, GCT/A, GCC/A, GCA/A, GCG/A, GAT/D, GAC/D, GAA/E, GAG/E, GGT/G, GGC/G, GGA/G, GGG/G"
)


def snpeff_changes(path: Path) -> dict[str, set[str]]:
    """Every HGVS.p of each record ID: the pack has one transcript a gene."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("#") or len(cells) < 8:  # Debian's wrapper prints its arguments first
            continue
        annotations = re.search(r"(?:^|;)ANN=([^;]*)", cells[7])
        for entry in annotations[1].split(",") if annotations else ():
            parts = entry.split("|")
            if len(parts) > 10 and parts[10]:
                found.setdefault(cells[2], set()).add(parts[10])
    return found


def plain(change: str) -> str:
    """One spelling of a protein change: SnpEff and ALLert differ in these alone."""
    return change.replace("(", "").replace(")", "").replace("Ter", "*").replace("%3D", "=")


def agree(ours: str, theirs: str) -> bool:
    """The same change: a frameshift by its first residue, a silent change however it is written."""
    one, two = plain(ours), plain(theirs)
    if "fs" in one and "fs" in two:
        return RESIDUE.match(one) is not None and RESIDUE.match(one)[0] == RESIDUE.match(two)[0]
    silent = re.fullmatch(r"p\.(\D+)(\d+)=", one)
    return one == two or (silent is not None and two in (one, f"p.{silent[1]}{silent[2]}{silent[1]}"))


RESIDUE = re.compile(r"p\.\D+\d+")


def agreement(ours: Mapping[str, str], theirs: Mapping[str, Collection[str]]) -> tuple[int, int, Counter[str]]:
    """Changes compared, of them the same, and the sorts of disagreement."""
    compared = same = 0
    differing: Counter[str] = Counter()
    for id, change in ours.items():
        others = theirs.get(id)
        if not change or not others:
            continue
        compared += 1
        if any(agree(change, other) for other in others):
            same += 1
        else:
            differing[f"ALLert {change}, SnpEff {', '.join(sorted(others))}"] += 1
    return compared, same, differing


# ---------------------------------------------------------------- the table


def run(folder: Path, count: int, chromosomes: tuple[str, ...]) -> Iterator[str]:
    from annotate.reference.genome import Genome
    from scripts.bench import usage

    genome = Genome.load(ASSEMBLY)
    path = variants(folder, count, chromosomes)
    ids = by_id(path)
    yield f"{len(ids):,} coding variants of panel genes on chromosomes {', '.join(chromosomes)}\n"
    rows: list[tuple[str, float, float, float]] = []

    def measured(name: str, command: list[str]) -> bool:
        wall, cpu, memory, ended = usage(command, ROOT)
        if ended:
            rows.append((f"{name} (failed)", wall, cpu, memory))
        else:
            rows.append((name, wall, cpu, memory))
        return not ended

    measured("Python with pysam, start alone", [sys.executable, "-c", "import pysam"])
    csq = [str(path), str(folder / "csq.vcf"), str(genome.fasta), str(genome.gff)]
    measured("bcftools csq (floor)", [sys.executable, "-c", CSQ, *csq])
    measured(
        "ALLert: read and annotate", [sys.executable, "-c", ALLERT, str(path), str(folder / "allert.tsv"), str(ROOT)]
    )
    ours = {}
    for line in (folder / "allert.tsv").read_text(encoding="utf-8").splitlines():
        record, _, change = line.split("\t")
        ours[ids.get(record, record)] = change
    texts = []
    if shutil.which("snpEff"):
        config = snpeff_database(folder, chromosomes)
        build = ["snpEff", "build", "-c", str(config), "-gff3", "-noCheckCds", "-noCheckProtein", "-v", "pack"]
        if measured("SnpEff: build of the database", ["env", f"HOME={folder}", *build]):
            command = (
                f'HOME={folder} snpEff ann -c "{config}" -noStats -noLog -ud 0 pack "{path}" > "{folder}/snpeff.vcf"'
            )
            if measured("SnpEff: annotate", ["sh", "-c", command]):
                compared, same, differing = agreement(ours, snpeff_changes(folder / "snpeff.vcf"))
                share = 100 * same / compared if compared else 0
                texts.append(
                    f"Protein changes of ALLert and SnpEff: {compared:,} compared, {same:,} the same ({share:.2f} %)."
                )
                texts += [f"  {pair} ({number})" for pair, number in differing.most_common(8)]
    if shutil.which("vcfanno"):
        measured("vcfanno: names of the genes from a BED", vcfanno(folder, path))
    base = next(cpu for name, _, cpu, _ in rows if name.startswith("ALLert"))
    yield "| tool | wall s | CPU s | CPU, ratio to ALLert | peak MB |"
    yield "|---|---|---|---|---|"
    for name, wall, cpu, memory in rows:
        yield f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / base:.2f} | {memory:.0f} |"
    yield ""
    yield from texts


def vcfanno(folder: Path, path: Path) -> list[str]:
    import pysam

    from annotate.reference.genome import Genome

    genome = Genome.load(ASSEMBLY)
    names = {row.split("\t")[0] for row in path.read_text(encoding="utf-8").splitlines() if not row.startswith("#")}
    genes = sorted((g for g in genome.panel_genes() if g.chrom in names), key=lambda g: (g.chrom, g.start))
    bed = folder / "genes.bed"
    bed.write_text("".join(f"{g.chrom}\t{g.start - 1}\t{g.end}\t{g.name}\n" for g in genes), encoding="utf-8")
    packed = pysam.tabix_index(str(bed), preset="bed", force=True)
    config = folder / "conf.toml"
    config.write_text(f'[[annotation]]\nfile="{packed}"\ncolumns=[4]\nnames=["gene"]\nops=["self"]\n', encoding="utf-8")
    return ["sh", "-c", f'vcfanno -p {os.cpu_count() or 1} "{config}" "{path}" > "{folder}/vcfanno.vcf"']


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=4000)
    parser.add_argument("--chromosomes", default="9,17,21")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peers.") as folder:
        for line in run(Path(folder), args.variants, tuple(args.chromosomes.split(","))):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
