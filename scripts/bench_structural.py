"""How long a structural-variant VCF takes: `python scripts/bench_structural.py [records] [dialect]`.

Writes that many records (default 100,000) of random junctions in a caller's dialect, then reads them, merges
mates and places every junction on genes. Prints seconds for each step, and the processor's
seconds, which other work on the machine does not change.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.breakpoints.breakends import CHROMOSOMES, join  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.model.junctions import Breakend, Junction  # noqa: E402
from annotate.model.sample import Sample  # noqa: E402
from annotate.name.partners.partners import place  # noqa: E402
from annotate.read.structural import read_structural  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.structural import write_junctions  # noqa: E402


def random_junctions(count: int, genome: Genome, seed: int = 1) -> list[Junction]:
    rng = random.Random(seed)
    chroms = [chrom for chrom in CHROMOSOMES if chrom != "MT"]
    made = []
    for _ in range(count):
        a = rng.choice(chroms)
        b = a if rng.random() < 0.6 else rng.choice(chroms)
        p = rng.randrange(10_000, genome.contig_lengths[a] - 10_000)
        q = rng.randrange(10_000, genome.contig_lengths[b] - 10_000)
        made.append(
            join(Breakend(a, p, rng.choice("LR")), Breakend(b, q, rng.choice("LR")), split_reads=9, paired_reads=7)
        )  # type: ignore[arg-type]
    return made


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    dialects = sys.argv[2:] or ["manta", "gridss", "delly", "svaba"]
    genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
    sample = Sample("bench", "bench", "diagnosis", "GRCh38")
    with tempfile.TemporaryDirectory() as folder:
        for dialect in dialects:
            path = Path(folder) / f"{dialect}.vcf"
            write_junctions(dialect, path, random_junctions(records, genome), "GRCh38")
            path.write_text("".join(_first(path.read_text().splitlines(True), records)))
            start, cpu = time.perf_counter(), time.process_time()
            junctions = read_structural((path,), sample, genome, knowledge)
            read = time.perf_counter()
            placed = place(junctions, genome, knowledge)
            done = time.perf_counter()
            with_genes = sum(junction.genes is not None for junction in placed.junctions)
            print(
                f"{dialect}: {junctions.inputs[0].records_read:,} records, {len(placed.junctions):,} junctions,"
                f" {with_genes:,} with a gene pair: read {read - start:.2f} s, placed {done - read:.2f} s,"
                f" in all {done - start:.2f} s ({time.process_time() - cpu:.2f} s of processor time)"
            )


def _first(lines: list[str], records: int) -> list[str]:
    header = [line for line in lines if line.startswith("#")]
    return header + lines[len(header) : len(header) + records]


if __name__ == "__main__":
    main()
