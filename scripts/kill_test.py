"""Random kill -9 during a batch, then one rerun: every output must be whole and the same as of an undisturbed run.

    python scripts/kill_test.py [--kills 20] [--samples 30] [--seed 1] [--per-job 1]

The whole process group of Snakemake is killed at a random moment, again and again; each start takes up what is left.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "resources" / "demo"


def batch(folder: Path, count: int) -> Path:
    """A sheet of `count` samples under new ids: the rows of the demo, then karyotypes alone, since a file stands in the
    rows of one sample."""
    from annotate.read.sheets.files import LIST_COLUMNS, PATH_COLUMNS

    header, *rows = (DEMO / "samples.tsv").read_text(encoding="utf-8").splitlines()
    columns = header.split("\t")
    lines = [header]
    for number in range(count):
        row = dict(zip(columns, rows[number % len(rows)].split("\t"), strict=True))
        row["sample"], row["patient"] = f"S{number:04d}", f"{row['patient']}-{number // len(rows)}"
        for column in set(columns) & set(PATH_COLUMNS):
            parts = row[column].split(";") if column in LIST_COLUMNS else [row[column]]
            row[column] = ";".join(str(DEMO / part) for part in parts if part) if number < len(rows) else ""
        if number >= len(rows):
            row |= {"assay": "", "karyotype": row["karyotype"] or "46,XX[20]"}
        lines.append("\t".join(row[column] for column in columns))
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sheet


def command(work: Path, sheet: Path, per_job: int, *more: str) -> list[str]:
    base = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(work), "--cores", "2"]
    return [
        *base,
        "--config",
        f"samples={sheet}",
        f"samples_per_job={per_job}",
        "--rerun-incomplete",
        "--keep-going",
        *more,
    ]


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def reports(work: Path) -> int:
    return len(list(work.glob("results/*/*.report.json")))


def undisturbed(work: Path, sheet: Path, per_job: int) -> tuple[float, float]:
    """Seconds to the first report and to the end."""
    began = time.monotonic()
    first = 0.0
    with subprocess.Popen(command(work, sheet, per_job), **QUIET) as run:
        while run.poll() is None:
            time.sleep(0.05)
            if not first and reports(work):
                first = time.monotonic() - began
    if run.returncode:
        raise RuntimeError(f"the undisturbed run ended with {run.returncode}")
    return first, time.monotonic() - began


def killed(work: Path, sheet: Path, per_job: int, after: float) -> bool:
    """Start, and kill the whole group after some seconds; False if it ended before."""
    quiet = QUIET
    shutil.rmtree(work / ".snakemake" / "locks", ignore_errors=True)  # what --unlock does
    run = subprocess.Popen(command(work, sheet, per_job), start_new_session=True, **quiet)
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.wait(after)
        return False
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return True


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--samples", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-job", type=int, default=1)
    args = parser.parse_args()
    from scripts.compare_results import differences

    dice = random.Random(args.seed)
    folder = Path(tempfile.mkdtemp(prefix="kill."))
    try:
        sheet = batch(folder, args.samples)
        calm, wild = folder / "calm", folder / "wild"
        first, length = undisturbed(calm, sheet, args.per_job)
        kills = ends = 0
        pace = 1.0
        while kills < args.kills:
            # before, at and after the first files of each start
            late = dice.choice((0.0, 1.0, 1.0)) * dice.uniform(0, 3 * (length - first) / args.kills)
            wait = pace * (first * dice.uniform(0.1, 1.0) + late)
            if not killed(wild, sheet, args.per_job, wait):
                ends += 1
                pace *= 0.7  # the machine has become faster, or little is left to do
            else:
                kills += 1
            if reports(wild) > 0.8 * args.samples:  # most is done: lose some, so that there is something to interrupt
                for folder_of in dice.sample(sorted((wild / "results").glob("S*")), args.samples // 2):
                    shutil.rmtree(folder_of)
            print(f"kill {kills}/{args.kills} after {wait:.1f} s: {reports(wild)} reports", file=sys.stderr, flush=True)
        halves = list((wild / "results").rglob("*.part")) if (wild / "results").exists() else []
        subprocess.run(command(wild, sheet, args.per_job, "--unlock"), check=True, capture_output=True)
        last = subprocess.run(command(wild, sheet, args.per_job), capture_output=True, text=True, check=False)
        if last.returncode:
            print(last.stderr[-3000:], file=sys.stderr)
            return 1
        found = differences(calm / "results", wild / "results")
        left = list((wild / "results").rglob("*.part"))
        print(
            f"undisturbed run {length:.0f} s, first report after {first:.1f} s;"
            f" {kills} kills, {ends} starts ended before theirs"
        )
        print(f"temporary files after the kills {len(halves)}, at the end {len(left)}")
        for line in [*found, *(f"left over: {path}" for path in left)]:
            print(line)
        print("whole and identical" if not found and not left else "NOT identical")
        return 1 if found or left else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
