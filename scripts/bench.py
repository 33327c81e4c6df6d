"""Timings as ratios, measured in one run: one sample, imports, readers against their floors, batches, peers.

    python scripts/bench.py [sample imports small structural copy_number versions batch peers] [--sizes 10,100,1000,10000] [--write]

Nothing here is asserted; a figure belongs to the machine that it was measured on. `--write` puts the tables into
`docs/performance.md`.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "demo"
PAGE = ROOT / "docs" / "performance.md"
AGAINST = "b83d036"  # the first edition


def usage(
    command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None
) -> tuple[float, float, float, int]:
    """(wall, CPU) seconds, peak memory in MB, exit code of a command and its children."""
    code = (
        "import resource, subprocess, sys, time; b = time.monotonic();"
        "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode;"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(time.monotonic() - b, u.ru_utime + u.ru_stime, u.ru_maxrss / 1024, r)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=True, cwd=cwd, env=env
    )
    wall, cpu, memory, ended = out.stdout.split()
    return float(wall), float(cpu), float(memory), int(ended)


def sample() -> Iterator[str]:
    """Every demo sample without Snakemake, one process each."""
    yield "| demo sample | wall s | CPU s | peak MB |"
    yield "|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        with open(DEMO / "samples.tsv", encoding="utf-8") as sheet:
            ids = [row["sample"] for row in csv.DictReader(sheet, delimiter="\t")]
        for id in ids:
            command = [
                sys.executable,
                "-m",
                "annotate",
                "report",
                id,
                "--samples",
                str(DEMO / "samples.tsv"),
                "--quiet",
            ]
            wall, cpu, memory, ended = usage([*command, "--out", folder], ROOT)
            yield f"| {id} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |{' failed' if ended else ''}"


def imports() -> Iterator[str]:
    yield "| what | wall s | ratio to bare Python |"
    yield "|---|---|---|"
    bare = min(usage([sys.executable, "-c", "pass"])[0] for _ in range(5))
    for name in ("annotate.command", "annotate.run.sample", "annotate.report.page.html", "pandas", "pysam", "cyvcf2"):
        wall = min(usage([sys.executable, "-c", f"import {name}"], ROOT)[0] for _ in range(3))
        yield f"| `import {name}` | {wall:.2f} | {wall / bare:.1f} |"


def part(script: str, *arguments: str) -> Callable[[], Iterator[str]]:
    """The benchmark of one reader, in its own script."""

    def run() -> Iterator[str]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / script), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        yield "```"
        yield (done.stdout + (done.stderr if done.returncode else "")).rstrip()
        yield "```"

    return run


# ---------------------------------------------------------------- batches


def _renumbered(vcf: Path, copy: Path, number: int) -> Path:
    """The VCF as another sample's: the same file in two rows is refused."""
    first, rest = vcf.read_text(encoding="utf-8").split("\n", 1)
    copy.write_text(f"{first}\n##bench_sample={number}\n{rest}", encoding="utf-8")
    return copy


def small_samples(folder: Path, count: int) -> Path:
    """A sheet of small samples, each with a panel VCF, an SV VCF and segments of its own."""
    sys.path.insert(0, str(ROOT))
    from annotate.knowledge.tables import Knowledge
    from annotate.reference.genome import Genome
    from scripts import make_demo as demo
    from tests.makers.copy_number import write_segments
    from tests.makers.structural import junction_of, write_junctions

    genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
    parts = folder / "parts"
    parts.mkdir(parents=True)
    calls = [
        demo.named(knowledge, genome, "NT5C2", "p.Arg367Gln", 0.1),
        demo.at_codon(genome, "TP53", 248, 2, "T", 0.4),
    ]
    kinds = []
    for number in range(8):
        vcf = demo.vardict(
            parts / f"{number}.vcf",
            genome,
            [*calls[: number % 3], *demo.passengers(genome, number, 60)],
            600,
            number,
            "T",
        )
        fusion = [junction_of(genome, "KMT2A", "AFF1", 9, 5)] if number % 2 else []
        sv = write_junctions(
            "manta",
            parts / f"{number}.sv.vcf",
            [*fusion, *demo.noise(genome, number, 30)],
            "GRCh38",
            tumor="T",
            normal="N",
        )
        kinds.append((vcf, sv, demo.segments(genome, {"21": (3, 1)} if number % 4 == 0 else {})))
    lines = [
        "sample\tpatient\ttimepoint\tassembly\tsex\tsmall_variants\tstructural_variants\tcopy_number\tassay\ttumor_name\tnormal_name"
    ]
    files = folder / "files"
    files.mkdir()
    for number in range(count):
        vcf, sv, segments = kinds[number % 8]
        copies = [_renumbered(path, files / f"{number}.{path.name.split('.', 1)[1]}", number) for path in (vcf, sv)]
        cn = files / f"{number}.call.cns"
        copies.append(write_segments("cnvkit_call", cn, segments, purity=0.8, seed=number, noise=0.02))
        lines.append(
            f"S{number:04d}\tP{number:04d}\tdiagnosis\tGRCh38\tfemale\t" + "\t".join(map(str, copies)) + "\twgs\tT\t"
        )
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sheet


def opening(page: Path) -> float | None:
    """Seconds until Chromium has laid out and painted a page; None where there is no Chromium, or no Playwright."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if browser is None:
        return None
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        shown = started.new_page(viewport={"width": 1300, "height": 1100})
        shown.goto(page.as_uri())
        painted = (
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
        )
        seconds: float = shown.evaluate(painted) / 1000
        started.close()
    return seconds


def batch(sizes: list[int]) -> Iterator[str]:
    """Whole workflow runs; Snakemake's share is the wall time that is not the jobs' own, with the cores kept busy."""
    cores = os.cpu_count() or 1
    yield "| samples | jobs | wall s | samples a minute | ratio to first, per sample | Snakemake's share | peak MB of a process | CPU s | CPU s by that of 1,000, per sample | cohort page, kB | opened in Chromium, s |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    first = thousand = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            sheet = small_samples(folder, size)
            work = folder / "work"
            command = [
                sys.executable,
                "-m",
                "snakemake",
                "-s",
                str(ROOT / "Snakefile"),
                "--directory",
                str(work),
                "--cores",
                str(cores),
            ]
            command += ["--config", f"samples={sheet}", "--scheduler", "greedy", "--quiet", "all"]
            wall, cpu, memory, ended = usage(command)
            own = [
                float(row["s"])
                for path in work.glob("benchmarks/**/*.tsv")
                for row in csv.DictReader(open(path), delimiter="\t")
            ]
            reports = len(list(work.glob("results/*/*.report.json")))
            per = wall / size
            first = first or per
            share = max(0.0, 1 - sum(own) / cores / wall)
            thousand = cpu / size if size == 1000 else thousand
            page = work / "results" / "cohort" / "index.html"
            opened = opening(page) if page.exists() else None
            cohort = [
                f"{cpu / size / thousand:.2f}" if thousand else "–",
                f"{page.stat().st_size / 1000:.0f}" if page.exists() else "–",
                f"{opened:.1f}" if opened is not None else "not measured",
            ]
            bad = "" if not ended and reports == size else f" ({reports} reports, exit {ended})"
            yield f"| {size:,}{bad} | {len(own)} | {wall:.0f} | {60 * size / wall:.0f} | {per / first:.2f} | {100 * share:.0f} % | {memory:.0f} | {cpu:.0f} | {' | '.join(cohort)} |"


# ---------------------------------------------------------------- an older version


def versions(against: str, runs: int, heavy: bool) -> Callable[[], Iterator[str]]:
    """Both versions in turns, by `bench_versions.py`."""
    words = ["bench_versions.py", "--against", against, "--runs", str(runs), *(["--heavy"] if heavy else [])]
    return lambda: (line for line in part(*words)() if line != "```")


# ---------------------------------------------------------------- peers


def peers() -> Iterator[str]:
    """The same panel variants through ALLert, bcftools csq, SnpEff (a database built from the same pack) and vcfanno."""
    script = ROOT / "scripts" / "bench_peers.py"
    if not script.exists():
        yield "not measured"
        return
    yield from (line for line in part("bench_peers.py")() if line != "```")


def merged(lines: list[str]) -> list[str]:
    """Sections just measured, and those of the page that were not."""
    new = _sections(lines)
    old = _sections(PAGE.read_text(encoding="utf-8").splitlines()) if PAGE.exists() else {}
    return [line for title in {**old, **new} for line in {**old, **new}[title]]


def _sections(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    title = None
    for line in lines:
        if line.startswith("## "):
            title = line
        if title is not None:
            found.setdefault(title, []).append(line)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--sizes", default="10,100,1000,10000")
    parser.add_argument("--against", default=AGAINST, help="commit of the older version (default: the first edition)")
    parser.add_argument("--runs", type=int, default=5, help="turns of both versions")
    parser.add_argument(
        "--heavy", action="store_true", help="also files that take the older version minutes, each once"
    )
    parser.add_argument("--write", action="store_true", help="put what was measured into docs/performance.md")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    parts: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
        "sample": ("One sample", sample),
        "imports": ("Imports", imports),
        "small": ("Small variants against bcftools", part("bench_small_variants.py")),
        "structural": ("Structural variants", part("bench_structural.py")),
        "copy_number": ("Copy number", part("bench_copy_number.py")),
        "versions": ("This version and an older one", versions(args.against, args.runs, args.heavy)),
        "batch": ("Batches", lambda: batch(sizes)),
        "peers": ("Peers", peers),
    }
    text = []
    for name in args.parts or parts:
        title, run = parts[name]
        block = [f"## {title}", "", f"`python scripts/bench.py {name}`", ""]
        print("\n".join(block), flush=True)
        for line in run():
            print(line, flush=True)
            block.append(line)
        text += [*block, ""]
        print(flush=True)
    if args.write:
        machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
        head = (
            f"# Performance\n\nWritten by `make bench`. Measured on: {machine}. Ratios travel between machines, seconds do not;"
            " CPU seconds are less disturbed by other work than wall seconds.\n\n"
        )
        PAGE.write_text(head + "\n".join(merged(text)).rstrip() + "\n", encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of any process: {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
