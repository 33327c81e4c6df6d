"""Small variants of a whole genome against the floor that bcftools sets: `python scripts/bench_small_variants.py [N]`.

Writes a tumour-only WGS-like VCF of N records (default 4,000,000), then reads it by its index, as a stream, and as
BCF, each step in a process of its own, and prints the time as a ratio to what bcftools (through pysam) takes for the
same task: `view -R panel.bed | csq` with an index, `view -T panel.bed` without. The tasks take turns, the floor first,
and the ratio is the median of the turns' own ratios, with its spread: whatever else the machine does meets both.
CPU seconds are those of all threads; the wall clock shows that two of them work at once, on a quiet machine. Memory
is the peak of the process; a tenth of the file is read too, to show that it does not grow.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotate.reference.genome import Genome

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

ASSEMBLY = "GRCh38"
TURNS = 5
REPEATS = 2  # the first in a process also meets cold pages
BATCH = 50_000


# ---------------------------------------------------------------- the file


CSQ = (
    "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|INTRON|HGVSc|HGVSp|cDNA_position"
    "|CDS_position|Protein_position|Amino_acids|Codons|Existing_variation|DISTANCE|STRAND|FLAGS|SYMBOL_SOURCE|HGNC_ID"
)


def annotation(alt: str, number: int) -> str:
    """What VEP writes of an allele: six transcripts, a kilobyte."""
    entry = (
        f"{alt}|intron_variant&non_coding_transcript_variant|MODIFIER|GENE{number % 20000}|ENSG{number:011d}|Transcript"
        "|ENST{0:011d}|protein_coding||3/12|ENST{0:011d}.4:c.1034-{1}A>G|||||||rs{1}&COSV{1}||-1||HGNC|HGNC:{1}"
    )
    return "CSQ=" + ",".join(entry.format(number * 6 + n, number + n) for n in range(6))


def generate(path: Path, records: int, *, annotated: bool = False) -> None:
    """A sorted, bgzip-compressed and indexed VCF with GT:AD:AF:DP.

    In panel genes REF is the base of the pack, N where that has none: csq stops at any other. `annotated`: with CSQ.
    """
    import numpy as np
    import pysam

    from annotate.reference.genome import Genome

    genome = Genome.load(ASSEMBLY)
    rng = np.random.default_rng(1)
    chroms = [*(str(number) for number in range(1, 23)), "X"]
    total = sum(genome.contig_lengths[chrom] for chrom in chroms)
    header = ["##fileformat=VCFv4.2", '##FILTER=<ID=PASS,Description="">', "##source=Mutect2", "##tumor_sample=T1"]
    header += [f"##contig=<ID={chrom},length={genome.contig_lengths[chrom]}>" for chrom in chroms]
    header += [
        '##INFO=<ID=DP,Number=1,Type=Integer,Description="">',
        '##INFO=<ID=TLOD,Number=A,Type=Float,Description="">',
    ]
    if annotated:
        told = f"Consequence annotations from Ensembl VEP. Format: {CSQ}"
        header.append(f'##INFO=<ID=CSQ,Number=.,Type=String,Description="{told}">')
    header += [
        f'##FORMAT=<ID={key},Number={number},Type={kind},Description="">'
        for key, number, kind in (
            ("GT", 1, "String"),
            ("AD", "R", "Integer"),
            ("AF", "A", "Float"),
            ("DP", 1, "Integer"),
        )
    ]
    header.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT1")
    with pysam.BGZFile(str(path), "w") as out, pysam.FastaFile(str(genome.fasta)) as fasta:
        out.write(("\n".join(header) + "\n").encode())
        names = {genome.contig(name): name for name in fasta.references}
        for chrom in chroms:
            length = genome.contig_lengths[chrom]
            count = int(records * length / total)
            places = np.sort(rng.integers(10_001, length - 10_000, count))
            known = fasta.fetch(names[chrom]).upper() if chrom in names else ""
            inside = _inside(places, chrom, genome)
            refs, steps = rng.integers(0, 4, count), rng.integers(1, 4, count)
            depths, shares = rng.integers(20, 60, count), rng.random(count)
            for start in range(0, count, BATCH):
                lines = []
                for at in range(start, min(start + BATCH, count)):
                    pos = int(places[at])
                    ref = known[pos - 1] if known and inside[at] else "ACGT"[refs[at]]
                    alt = "ACGT"[("ACGT".find(ref) + int(steps[at])) % 4]
                    depth = int(depths[at])
                    reads = int(depth * shares[at])
                    more = f";{annotation(alt, at)}" if annotated else ""
                    lines.append(
                        f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\tDP={depth};TLOD={shares[at] * 50:.2f}{more}"
                        f"\tGT:AD:AF:DP\t0/1:{depth - reads},{reads}:{reads / depth:.3f}:{depth}\n"
                    )
                out.write("".join(lines).encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)


def _inside(places: Any, chrom: str, genome: Genome) -> Any:
    """Which places lie in a panel gene."""
    import numpy as np

    found = np.zeros(len(places), dtype=bool)
    for gene in genome.panel_genes():
        if gene.chrom == chrom:
            found |= (places >= gene.start) & (places <= gene.end)
    return found


def write_bed(path: Path) -> None:
    """Whole panel genes."""
    from annotate.reference.genome import Genome

    genes = sorted(Genome.load(ASSEMBLY).panel_genes(), key=lambda gene: (gene.chrom, gene.start))
    path.write_text("".join(f"{gene.chrom}\t{gene.start - 1}\t{gene.end}\n" for gene in genes))


# ---------------------------------------------------------------- what is timed


def bcftools_region(vcf: Path, folder: Path) -> None:
    """`bcftools view -R panel.bed | bcftools csq`, the floor with an index."""
    import pysam.bcftools

    from annotate.reference.genome import Genome

    genome = Genome.load(ASSEMBLY)
    region, named = folder / "region.bcf", folder / "csq.bcf"
    pysam.bcftools.view("-R", str(folder / "panel.bed"), "-Ou", "-o", str(region), str(vcf), catch_stdout=False)
    pysam.bcftools.csq(
        "-p", "a", "-l", "-f", str(genome.fasta), "-g", str(genome.gff), "-Ob", "-o", str(named), str(region),
        catch_stdout=False,
    )  # fmt: skip


def bcftools_target(vcf: Path, folder: Path) -> None:
    """`bcftools view -T panel.bed`, the floor without an index."""
    import pysam.bcftools

    target = str(folder / "panel.bed")
    pysam.bcftools.view("-T", target, "-Ob", "-o", str(folder / "target.bcf"), str(vcf), catch_stdout=False)


def allert_read(vcf: Path, folder: Path) -> None:
    _read(vcf)


def allert_named(vcf: Path, folder: Path) -> None:
    """Read and named: annotate, HGVS."""
    from annotate.knowledge.tables import Knowledge
    from annotate.name.small_variants import annotate
    from annotate.reference.genome import Genome

    annotate.annotate(_read(vcf).variants, Genome.load(ASSEMBLY), Knowledge.load())  # type: ignore[attr-defined]


def _read(vcf: Path) -> object:
    from annotate.knowledge.tables import Knowledge
    from annotate.model.sample import Sample
    from annotate.read.small_variants import read_small_variants
    from annotate.reference.genome import Genome

    sample = Sample("bench", "bench", "diagnosis", ASSEMBLY, small_variants=(vcf,))
    found = read_small_variants(sample, Genome.load(ASSEMBLY), Knowledge.load())
    file = found.inputs[0]
    print(f"# {file.records_read:,} records, {file.records_used:,} used", file=sys.stderr)
    return found


TASKS: dict[str, Callable[[Path, Path], None]] = {
    task.__name__: task for task in (bcftools_region, bcftools_target, allert_read, allert_named)
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one task took."""

    cpu: float  # seconds, of all threads
    wall: float  # seconds
    memory: float  # MB, the peak


def measure(task: str, vcf: Path, folder: Path) -> Cost:
    """The best of some runs in a process of its own, imports left out."""
    command = [sys.executable, __file__, "--task", task, str(vcf), str(folder)]
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(f"{task} failed: {out.stderr}")
    return Cost(*map(float, out.stdout.split()))


def run_task(task: str, vcf: Path, folder: Path) -> None:
    """One task, timed here so that the interpreter and the imports are not counted. Prints seconds, seconds, MB."""
    import cyvcf2  # noqa: F401
    import numpy  # noqa: F401
    import pysam.bcftools  # noqa: F401

    import annotate.name.small_variants.annotate
    import annotate.read.small_variants.reader  # noqa: F401

    times = []
    for _ in range(REPEATS):
        cpu, wall = time.process_time(), time.perf_counter()
        TASKS[task](vcf, folder)
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    print(min(cpu for cpu, _ in times), min(wall for _, wall in times), _peak())


def _peak() -> float:
    """Peak memory of this process in MB; that of getrusage would include the parent's before the program began."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------- table


def main() -> None:
    if sys.argv[1:2] == ["--task"]:
        run_task(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    records = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 4_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        indexed, streamed, small = (folder / f"{stem}.vcf.gz" for stem in ("indexed", "streamed", "small"))
        generate(indexed, records)
        os.link(indexed, streamed)  # without its index
        generate(small, records // 10)
        write_bed(folder / "panel.bed")
        print(f"{records:,} records, {indexed.stat().st_size / 1e6:.0f} MB, {ASSEMBLY}\n")
        print("| task | CPU s | wall s | CPU ratio | wall ratio | goal | peak MB |")
        print("|---|---|---|---|---|---|---|")
        both = ("allert_read", "allert_named")
        _rows("indexed", "bcftools_region", both, indexed, folder, "CPU 1.5")
        _rows("no index", "bcftools_target", both, streamed, folder, "wall 0.6")
        (folder / "small.vcf.gz.tbi").unlink()
        alone = measure("allert_read", small, folder)
        title = f"no index, {records // 10:,} records: allert_read"
        print(f"| {title} | {alone.cpu:.2f} | {alone.wall:.2f} |  |  |  | {alone.memory:.0f} |")
        _bcf(streamed, folder)
        heavy = folder / "heavy.vcf.gz"
        generate(heavy, records // 4, annotated=True)
        (folder / "heavy.vcf.gz.tbi").unlink()
        _rows(f"{records // 4:,} records with CSQ", "bcftools_target", both, heavy, folder, "CPU 1.0, 200 MB")


def _rows(title: str, floor: str, tasks: tuple[str, ...], vcf: Path, folder: Path, goal: str) -> None:
    """A row a task; the floor and the tasks take turns."""
    turns = [{task: measure(task, vcf, folder) for task in (floor, *tasks)} for _ in range(TURNS)]
    for task in (floor, *tasks):
        cells = [f"{statistics.median(getattr(turn[task], name) for turn in turns):.2f}" for name in ("cpu", "wall")]
        for name in ("cpu", "wall"):
            ratios = [getattr(turn[task], name) / getattr(turn[floor], name) for turn in turns]
            cells.append("1" if task == floor else _ratio(ratios))
        cells += ["" if task == floor else goal, f"{max(turn[task].memory for turn in turns):.0f}"]
        print(f"| {title}: {task} | {' | '.join(cells)} |", flush=True)


def _ratio(found: list[float]) -> str:
    """Median and spread."""
    return f"{statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def _bcf(vcf: Path, folder: Path) -> None:
    import pysam.bcftools

    bcf = folder / "streamed.bcf"
    pysam.bcftools.view("-Ob", "-o", str(bcf), str(vcf), catch_stdout=False)
    _rows("BCF without index", "bcftools_target", ("allert_read",), bcf, folder, "CPU 1.5, wall 1.0")


if __name__ == "__main__":
    main()
