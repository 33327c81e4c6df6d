"""Nothing stale, one sample at a time and in batches: change a source, rerun, exactly its samples are remade; break it,
rerun, and nothing of them is left or linked. Moving sheets or the clone, and rows of other samples, remake nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.workflow

CNS = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\nchr{}\t1000\t{}\t-\t{}\t40\t90000\t90000\n"
SEGMENTS = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n" + "".join(
    f"T\t{n}\t1000\t{end}\t1\t1\n" for n, end in ((1, 248000000), (2, 242000000), (7, 159000000))
)
COLUMNS = "sample\tpatient\ttimepoint\tassembly\tcopy_number\tkaryotype"
ROWS = {
    "A": "A\tA\tdiagnosis\tGRCh38\ta.cns\t",
    "B": "B\tB\tdiagnosis\tGRCh38\tb.segments.txt\t",
    "D": "D\tP\tdiagnosis\tGRCh38\t\t46,XX[20]",
    "R": "R\tP\trelapse\tGRCh38\tr.cns\t",
}


class Bench:
    def __init__(self, folder: Path, per_job: int) -> None:
        self.folder, self.per_job = folder, per_job
        self.sheet = folder / "in" / "samples.tsv"
        self.sheet.parent.mkdir()
        self.work = folder / "work"
        self.root = ROOT
        self.write("a.cns", CNS.format(9, 138000000, 0.0))
        self.write("r.cns", CNS.format(9, 138000000, -0.4))
        self.write("b.segments.txt", SEGMENTS)
        self.write("b.purityploidy.txt", "AberrantCellFraction\tPloidy\n0.8\t2.0\n")
        self.rows(*ROWS)

    def write(self, name: str, text: str) -> None:
        (self.sheet.parent / name).write_text(text, encoding="utf-8")

    def rows(self, *ids: str) -> None:
        self.write(self.sheet.name, "\n".join([COLUMNS, *(ROWS.get(id, id) for id in ids)]) + "\n")

    def run(self) -> subprocess.CompletedProcess[str]:
        """The plain command of the README."""
        command = [sys.executable, "-m", "snakemake", "-s", str(self.root / "Snakefile"), "--directory", str(self.work)]
        command += [
            "--cores",
            "2",
            "--config",
            f"samples={self.sheet}",
            f"samples_per_job={self.per_job}",
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=self.folder)

    def remade(self, code: int = 0) -> set[str]:
        before = self.reports()
        run = self.run()
        assert run.returncode == code, run.stdout + run.stderr
        after = self.reports()
        return {id for id in after if before.get(id) != after[id]}

    def reports(self) -> dict[str, int]:
        return {path.parent.name: path.stat().st_mtime_ns for path in self.work.glob("results/*/*.report.json")}

    def left(self, sample: str) -> list[str]:
        return sorted(path.name for path in (self.work / "results").rglob(f"{sample}.*"))

    def page(self) -> str:
        return (self.work / "results/cohort/index.html").read_text(encoding="utf-8")


@pytest.fixture(params=[1, 3], ids=["single", "batched"])
def bench(request, tmp_path) -> Bench:
    found = Bench(tmp_path, request.param)
    assert found.remade() == set(ROWS)
    return found


def test_nothing_is_stale_and_nothing_is_remade_for_nothing(bench):
    """One work folder through the days of a laboratory: each run is the plain command of the README."""
    facts = (bench.sheet.parent / "a.cns").stat()
    bench.write("a.cns", CNS.format(9, 138000000, 0.1))
    os.utime(bench.sheet.parent / "a.cns", ns=(facts.st_atime_ns, facts.st_mtime_ns - 10**12))
    bench.write("b.purityploidy.txt", "AberrantCellFraction\tPloidy\n0.7\t2.0\n")
    assert bench.remade() == {"A", "B"}, "other content with an older time; a companion, which no column names"
    bench.rows("X\tX\tdiagnosis\tGRCh38\t\t47,XY,+21[20]", *ROWS)
    bench.write("r.cns", CNS.format(9, 138000000, -0.6))
    assert bench.remade() == {"X", "R"}, "a row inserted at the top; a relapse on which the diagnosis does not rest"
    bench.sheet = bench.sheet.rename(bench.sheet.with_name("renamed.tsv"))
    bench.root = clone(bench.folder / "a clone, moved")
    bench.per_job = 4 - bench.per_job
    assert bench.remade() == set(), "sheet renamed, clone moved, 40 samples and then 41"
    bench.write("r.cns", CNS.format(9, "x", 0))
    bench.write("a.cns", CNS.format(9, 138000000, 0.3))
    assert bench.remade(code=1) == {"A"}, "one bad sample fails alone"
    assert bench.left("R") == bench.left("P") == [], "a page of a patient is not older than its samples"
    page = bench.page()
    assert all(word in page for word in ("Failed", "r.cns"))
    assert not any(word in page for word in ("Not yet run", "R.report.html", "P.evolution.html"))
    bench.write("r.cns", CNS.format(9, 138000000, -0.4))
    bench.rows("A", "D", "R")
    assert bench.remade() == {"R"}
    assert bench.left("P")
    assert bench.left("B") == bench.left("X") == [], "a sample that leaves the sheet takes its files along"
    assert bench.remade() == set()


def clone(folder: Path) -> Path:
    folder.mkdir()
    for name in ("Snakefile", "profiles", "annotate", "resources", "config"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "workflow", folder / "workflow")
    return folder


def test_every_file_is_declared(tmp_path):
    """What Snakemake does not know it cannot remake, share or delete."""
    bench = Bench(tmp_path, 1)
    bench.remade()
    known: set[str] = set()
    for log in (bench.work / ".snakemake" / "log").glob("*.log"):
        known |= {word.strip(",") for word in log.read_text().split() if word.startswith("results/")}
    files = {str(path.relative_to(bench.work)) for path in (bench.work / "results").rglob("*") if path.is_file()}
    assert {file for file in files - known if not file.endswith(".parquet")} == set()
