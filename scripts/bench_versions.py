"""This version against an older one, in one run: `python scripts/bench_versions.py [TASK …] [--against COMMIT]`.

The older version is checked out into a worktree and run by the same Python with the same packages. Both read the same
inputs, in turns, and every figure is a ratio: this version's processor seconds, wall seconds and memory by the older
one's, the median of the runs with the least and the greatest. `--heavy` adds the files that took the older version
minutes and gigabytes, each once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.bench import AGAINST, small_samples, usage  # noqa: E402


@dataclass(frozen=True, slots=True)
class Used:
    """What one run of a command used, with its children."""

    wall: float  # seconds
    cpu: float  # seconds
    memory: float  # MB, of the largest process
    ended: int  # exit code


@dataclass(frozen=True, slots=True)
class Task:
    """What both versions do. `words` are those of the command line after `python -m annotate`, for a version's root."""

    name: str
    words: Callable[[Path], Sequence[str]]
    module: str = "annotate"
    once: bool = False  # minutes long: not repeated
    own: Callable[[Path], Sequence[str]] | None = None  # this version's words, where they are others


def used(root: Path, words: Sequence[str], module: str, work: Path) -> Used:
    """Run a version from its own root, in a work folder made anew."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return Used(*usage([sys.executable, "-m", module, *words], work, environment))


def compared(task: Task, old: Path, runs: int, folder: Path) -> str:
    """One row of the table: both versions in turns."""
    found: dict[Path, list[Used]] = {old: [], ROOT: []}
    turns = 1 if task.once else runs
    for number in range(turns + (0 if task.once else 1)):
        for root in (old, ROOT):
            words = (task.own or task.words)(root) if root == ROOT else task.words(root)
            one = used(root, words, task.module, folder / "work" / ("new" if root == ROOT else "old"))
            if number or task.once:  # the first round fills the caches of files and of compiled modules
                found[root].append(one)
    before, now = found[old], found[ROOT]
    ratios = sorted(b.cpu / a.cpu for a, b in zip(before, now, strict=True))
    walls = statistics.median(b.wall / a.wall for a, b in zip(before, now, strict=True))
    bad = [
        f"{name} ended with {one.ended}"
        for name, runs_ in (("old", before), ("new", now))
        for one in runs_[:1]
        if one.ended
    ]
    cells = [
        task.name + (f" ({'; '.join(bad)})" if bad else ""),
        f"{statistics.median(one.cpu for one in before):.2f}",
        f"{statistics.median(one.cpu for one in now):.2f}",
        f"**{statistics.median(ratios):.2f}**" + (f" ({ratios[0]:.2f} to {ratios[-1]:.2f})" if len(ratios) > 1 else ""),
        f"{walls:.2f}",
        f"{max(one.memory for one in before):.0f}",
        f"{max(one.memory for one in now):.0f}",
        _size(folder / "work" / "new"),
    ]
    return f"| {' | '.join(cells)} |"


def _size(work: Path) -> str:
    """The largest page and JSON that this version wrote, in kB."""
    sizes = {
        ending: [p.stat().st_size for p in work.rglob(f"*{ending}")] for ending in (".report.html", ".report.json")
    }
    return ", ".join(f"{max(own) / 1000:.0f}" for own in sizes.values() if own)


# ---------------------------------------------------------------- inputs


def sheet(folder: Path, cells: Mapping[str, str]) -> Path:
    """A sheet of one sample, S1."""
    row = {"sample": "S1", "patient": "P1", "timepoint": "diagnosis", "assembly": "GRCh38", **cells}
    path = folder / "samples.tsv"
    path.write_text("\n".join("\t".join(part) for part in (row.keys(), row.values())) + "\n", encoding="utf-8")
    return path


def structural(folder: Path, records: int) -> Path:
    """A sheet of one sample whose SV file has so many random records of Manta."""
    from annotate.reference.genome import Genome
    from scripts.bench_structural import random_junctions
    from tests.makers.structural import write_junctions

    folder.mkdir(parents=True)
    path = folder / "many.vcf"
    write_junctions("manta", path, random_junctions(records, Genome.load("GRCh38")), "GRCh38")
    return sheet(folder, {"structural_variants": str(path), "assay": "wgs"})


def fusions(folder: Path, rows: int) -> Path:
    """A sheet of one sample whose fusion table has so many rows of STAR-Fusion between random genes."""
    from annotate.reference.genome import Genome
    from tests.makers.fusions import fusion_of, write_fusions

    genome, rng = Genome.load("GRCh38"), random.Random(3)
    folder.mkdir(parents=True)
    base = write_fusions("starfusion", folder / "few.tsv", [fusion_of(genome, "BCR", "ABL1")])
    head, line = base.read_text(encoding="utf-8").splitlines()[:2]
    names = [symbol for chrom in map(str, range(1, 23)) for _, _, symbol in genome.gene_spans(chrom)]
    cells = line.split("\t")
    lines = [head, line]
    for _ in range(rows - 1):
        five, three = rng.choice(names), rng.choice(names)
        lines.append(
            "\t".join([f"{five}--{three}", *(c.replace("BCR", five).replace("ABL1", three) for c in cells[1:])])
        )
    path = folder / "many.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sheet(folder, {"fusions": str(path)})


def bins(folder: Path, rows: int) -> Path:
    """A sheet of one sample whose segment table is one of bins, laid along the autosomes one after the other."""
    from annotate.reference.genome import Genome

    lengths = Genome.load("GRCh38").contig_lengths
    autosomes = [str(number) for number in range(1, 23)]
    size = sum(lengths[chrom] for chrom in autosomes) // rows + 1
    folder.mkdir(parents=True)
    rng = random.Random(5)
    lines = ["ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean"]
    lines += [
        f"S1\t{chrom}\t{start}\t{min(start + size - 1, lengths[chrom])}\t1\t{rng.gauss(0, 0.2):.4f}"
        for chrom in autosomes
        for start in range(1, lengths[chrom], size)
    ]
    path = folder / "many.seg"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sheet(folder, {"copy_number": str(path)})


# ---------------------------------------------------------------- tasks


def report(samples: Path, *words: str) -> Callable[[Path], Sequence[str]]:
    """The words of `allert report` for a sheet outside of both versions."""
    return lambda _: ["report", *words, "--samples", str(samples), "--quiet"]


def batch(samples: Path) -> Callable[[Path], Sequence[str]]:
    """The words of Snakemake for a sheet."""
    cores = str(os.cpu_count() or 1)
    return lambda root: [
        *("-s", str(root / "Snakefile"), "--cores", cores, "--quiet", "all", "--scheduler", "greedy"),
        *("--config", f"samples={samples}"),
    ]


def tasks(folder: Path, old: Path, heavy: bool) -> Mapping[str, Callable[[], Iterator[Task]]]:
    """Tasks by name; inputs are made when a task is chosen. The demo is the older version's: both can read it."""
    demo, clinical = old / "resources" / "demo" / "samples.tsv", old / "resources" / "demo" / "patients.tsv"

    def sample() -> Iterator[Task]:
        for id in ("D03", "D05", "D07", "D09", "D12"):
            yield Task(f"one cold sample: {id}", report(demo, id))

    def relapse() -> Iterator[Task]:
        yield Task("a relapse with its comparison: D01-R", report(demo, "D01-R", "--patients", str(clinical)))

    def validate() -> Iterator[Task]:
        words = ["validate", str(demo)]
        yield Task("validate a sheet, its files unread", lambda _: words, own=lambda _: [*words, "--shallow"])
        yield Task("validate a sheet; now every file is read", lambda _: words)

    def sv() -> Iterator[Task]:
        yield Task("100,000 SV records", report(structural(folder / "sv", 100_000), "S1"))
        if heavy:
            yield Task("500,000 SV records", report(structural(folder / "sv5", 500_000), "S1"), once=True)

    def rna() -> Iterator[Task]:
        rows = 200_000 if heavy else 20_000
        yield Task(f"{rows:,} fusion rows", report(fusions(folder / "rna", rows), "S1"), once=heavy)

    def segments() -> Iterator[Task]:
        rows = 810_000 if heavy else 50_000
        yield Task(f"{rows:,} bins as segments", report(bins(folder / "bins", rows), "S1"), once=heavy)

    def samples() -> Iterator[Task]:
        for size in (100, 1000):
            yield Task(
                f"{size:,} samples", batch(small_samples(folder / f"batch{size}", size)), "snakemake", size > 100
            )

    return {f.__name__: f for f in (sample, relapse, validate, sv, rna, segments, samples)}


def main() -> int:
    """Print the table. Exit code 2 where the older version cannot be checked out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("tasks", nargs="*", help="sample relapse validate sv rna segments samples (default: all)")
    parser.add_argument("--against", default=AGAINST, help=f"commit of the older version (default: {AGAINST})")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--heavy", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder, old = Path(made), Path(made) / "old"
        added = subprocess.run(
            ["git", "worktree", "add", "--detach", str(old), args.against], cwd=ROOT, capture_output=True, text=True
        )
        if added.returncode:
            print(f"{args.against} cannot be checked out: {added.stderr.strip()}", file=sys.stderr)
            return 2
        try:
            print(
                f"This version by {args.against}, in one run, in turns; medians of {args.runs} (least to greatest).\n"
            )
            print("| task | CPU s then | CPU s now | CPU ratio | wall ratio | peak MB then | now | page, JSON kB |")
            print("|---|---|---|---|---|---|---|---|", flush=True)
            known = tasks(folder, old, args.heavy)
            for name in args.tasks or known:
                for task in known[name]():
                    print(compared(task, old, args.runs, folder), flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
