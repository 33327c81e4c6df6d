"""Bad days: a full disk, files that change or are cut, no permission, two runs at once. Nothing half-written."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysam
import pytest

from annotate.base.errors import InputError
from annotate.base.settings import settings_of
from annotate.base.writing import whole_file
from annotate.command import main
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.bench_results import read_bench_results
from annotate.read.copy_number import read_copy_number
from annotate.read.fusions import read_fusions
from annotate.read.optical_mapping import read_optical_maps
from annotate.read.small_variants import read_small_variants
from annotate.read.structural import read_structural
from annotate.read.subtype_calls import read_subtype_calls
from annotate.reference.genome import Genome
from annotate.run import sample as analysis_module
from annotate.run import write as write_module
from annotate.run.batch import run_batch
from annotate.run.outputs import EXCHANGE, REPORT

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def sheet(tmp_path) -> Path:
    """Three samples, the second with a file of its own."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(DEMO / "D09.cns", folder / "B.cns")
    rows = [
        "sample\tpatient\ttimepoint\tassembly\tcopy_number\tkaryotype",
        "A\tA\tdiagnosis\tGRCh38\t\t46,XX[20]",
        "B\tB\tdiagnosis\tGRCh38\tB.cns\t",
        "C\tC\tdiagnosis\tGRCh38\t\t46,XY[20]",
    ]
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    return folder / "samples.tsv"


def batch(sheet: Path, out: Path) -> int:
    return main(["batch", "--samples", str(sheet), "--out", str(out), "--quiet"])


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


def whole(out: Path, sample: str) -> bool:
    return all((out / sample / f"{sample}.{suffix}").exists() for suffix in {**REPORT, **EXCHANGE}.values())


# ---------------------------------------------------------------- disk


@pytest.mark.parametrize("after", [0, 1, 3])
def test_disk_full_leaves_nothing_half_written(tmp_path, sheet, capsys, monkeypatch, after):
    """The write that fails is the first, second or fourth of a sample."""
    out = tmp_path / "results"
    replaced = 0
    move = os.replace

    def full(source, target):
        nonlocal replaced
        if "/B/" in str(target):
            replaced += 1
            if replaced > after:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        move(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert batch(sheet, out) == 2
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "check disk space" in said
    assert "Traceback" not in said
    assert whole(out, "A")
    assert whole(out, "C")
    assert not (out / "B" / "B.report.json").exists()
    assert not [name for name in files(out) if name.endswith(".part")]
    monkeypatch.undo()
    assert batch(sheet, out) == 0
    assert whole(out, "B")


@as_root
def test_a_disk_that_is_really_full(tmp_path, sheet, capsys):
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        out = disk / "results"
        assert batch(sheet, out) == 2
        said = capsys.readouterr().err
        assert "No space left on device" in said
        assert "Traceback" not in said
        assert not [name for name in files(disk) if name.endswith(".part")]
        for sample in "ABC":
            assert whole(out, sample) == (out / sample / f"{sample}.report.json").exists()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_file_of_the_old_run_stays_when_the_new_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(InputError, match="No space left"), whole_file(path) as part:
        part.write_text("new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert path.read_text() == "old"
    assert files(tmp_path) == {"a.txt"}


# ---------------------------------------------------------------- inputs that change


@pytest.mark.parametrize("moment", ["while read", "while written"])
def test_an_input_replaced_during_the_run_is_no_result(tmp_path, sheet, capsys, monkeypatch, moment):
    """The report would be newer than the file, so a later run would take it for good."""
    out = tmp_path / "results"
    module, name = (analysis_module, "decided_case") if moment == "while read" else (write_module, "write_sample")
    real = getattr(module, name)

    def meddled(*arguments, **named):
        result = real(*arguments, **named)
        target = sheet.parent / "B.cns"
        target.write_text(target.read_text() + "chr22\t20000001\t20900000\t-\t0.1\t10\t9\t1\n")
        return result

    monkeypatch.setattr(module, name, meddled)
    assert batch(sheet, out) == 2
    said = capsys.readouterr().err
    assert "B.cns: was replaced while it was read" in said
    assert "run again" in said
    assert not whole(out, "B")
    assert not (out / "B" / "B.report.json").exists()
    assert not (out / "B" / "B.report.html").exists()
    assert whole(out, "A")
    monkeypatch.undo()
    assert batch(sheet, out) == 0
    assert whole(out, "B")


def test_a_failed_sample_does_not_keep_its_old_report(tmp_path, sheet, capsys):
    out = tmp_path / "results"
    assert batch(sheet, out) == 0
    (sheet.parent / "B.cns").write_text("no segments\n")
    assert batch(sheet, out) == 2
    assert not (out / "B" / "B.report.json").exists()
    assert whole(out, "A")
    assert main(["cohort", "--samples", str(sheet), "--out", str(out)]) == 0
    page = (out / "cohort" / "index.html").read_text()
    assert "Failed" in page
    assert "B.cns" in page
    capsys.readouterr()
    assert main(["status", str(sheet), "--out", str(out)]) == 0
    assert "2 done, 1 failed, 0 to do" in capsys.readouterr().out


def test_only_the_changed_sample_is_made_again(tmp_path, sheet, capsys):
    out = tmp_path / "results"
    assert batch(sheet, out) == 0
    before = {sample: (out / sample / f"{sample}.report.json").stat().st_mtime_ns for sample in "ABC"}
    os.utime(sheet.parent / "B.cns")
    assert batch(sheet, out) == 0
    assert "0 written, 3 unchanged, 0 failed" in capsys.readouterr().err
    segments = (sheet.parent / "B.cns").read_text()
    (sheet.parent / "B.cns").write_text(segments.replace("\t-\t", "\tx\t", 1))
    assert batch(sheet, out) == 0
    assert "1 written, 2 unchanged, 0 failed" in capsys.readouterr().err
    after = {sample: (out / sample / f"{sample}.report.json").stat().st_mtime_ns for sample in "ABC"}
    assert {sample for sample in "ABC" if before[sample] != after[sample]} == {"B"}


def test_a_sample_whose_batch_has_no_report_at_all_is_on_the_page(tmp_path, sheet):
    out = tmp_path / "results"
    (sheet.parent / "B.cns").write_text("no segments\n")
    lines = sheet.read_text().splitlines()
    sheet.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert batch(sheet, out) == 2
    assert main(["cohort", "--samples", str(sheet), "--out", str(out)]) == 0
    assert "B.cns" in (out / "cohort" / "index.html").read_text()


# ---------------------------------------------------------------- files that are cut


@pytest.fixture(scope="module")
def genome() -> Genome:
    return Genome.load("GRCh38")


READERS = {
    "small_variants": (
        "D02-D.strelka2.vcf",
        "calls.vcf.gz",
        lambda path, genome: read_small_variants(
            Sample("D02-D", "D02", "diagnosis", genome.assembly, small_variants=(path,), tumor_name="TUMOR"),
            genome,
            Knowledge.load(),
        ),
    ),
    "structural_variants": (
        "D01-D.manta.vcf",
        "calls.sv.vcf.gz",
        lambda path, genome: read_structural(
            (path,), Sample("D01-D", "D01", "diagnosis", genome.assembly), genome, Knowledge.load()
        ),
    ),
    "copy_number": ("D09.cns", "a.cns.gz", lambda path, genome: read_copy_number((path,), genome, ("S",))),
    "fusions": (
        "D05.star-fusion.tsv",
        "a.tsv.gz",
        lambda path, genome: read_fusions(
            (path,), Sample("D05-D", "D05", "diagnosis", genome.assembly), genome, Knowledge.load()
        ),
    ),
    "subtype_calls": (
        "D15.allcatchr.tsv",
        "a.tsv.gz",
        lambda path, genome: read_subtype_calls((path,), Sample("D15", "D15", "diagnosis", genome.assembly)),
    ),
    "optical_mapping": (
        "D15.smap",
        "a.smap.gz",
        lambda path, genome: read_optical_maps(
            (path,), Sample("D15", "D15", "diagnosis", genome.assembly), genome, Knowledge.load()
        ),
    ),
    "bench_results": (
        "D14.bench.tsv",
        "a.tsv.gz",
        lambda path, genome: read_bench_results((path,), Sample("D14", "D14", "diagnosis", genome.assembly), genome),
    ),
}


def packed(path: Path, text: bytes, bgzip: bool) -> Path:
    """Compressed in several blocks: the last lines are a block of their own."""
    if not bgzip:
        path.write_bytes(gzip.compress(text))
        return path
    plain = path.with_suffix(".plain")
    plain.write_bytes(text)
    pysam.tabix_compress(str(plain), str(path), force=True)
    plain.unlink()
    return path


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("cut", ["bgzip between blocks", "bgzip within a block", "gzip"])
def test_a_compressed_file_that_is_cut_is_refused(tmp_path, genome, kind, cut):
    source, name, read = READERS[kind]
    text = (DEMO / source).read_bytes()
    path = packed(tmp_path / name, text, cut != "gzip")
    read(path, genome)  # whole it is read
    content = path.read_bytes()
    path.write_bytes(content[: -28 if cut == "bgzip between blocks" else -40])
    with pytest.raises(InputError, match="truncated") as caught:
        read(path, genome)
    assert "copy" in str(caught.value)


def test_an_old_index_is_not_used_and_said(tmp_path, genome):
    path = packed(tmp_path / "calls.vcf.gz", (DEMO / "D02-D.strelka2.vcf").read_bytes(), True)
    sample = Sample("D02-D", "D02", "diagnosis", "GRCh38", small_variants=(path,), tumor_name="TUMOR")
    alone = read_small_variants(sample, genome, Knowledge.load())
    pysam.tabix_index(str(path), preset="vcf", force=True)
    fresh = read_small_variants(sample, genome, Knowledge.load())
    assert not any("older" in warning for warning in fresh.inputs[0].warnings)
    os.utime(f"{path}.tbi", (1_000_000, 1_000_000))
    stale = read_small_variants(sample, genome, Knowledge.load())
    assert "calls.vcf.gz.tbi is older than the file and was not used: index the file again" in stale.inputs[0].warnings
    assert stale.variants == fresh.variants == alone.variants


# ---------------------------------------------------------------- permissions


@contextmanager
def nobody() -> Iterator[None]:
    """This process without root's rights."""
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may enter."""
    folder = Path(tempfile.mkdtemp(prefix="open."))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@as_root
def test_a_file_without_permission_is_named_before_anything_runs(open_folder, capsys):
    (open_folder / "a.cns").write_bytes((DEMO / "D09.cns").read_bytes())
    (open_folder / "a.cns").chmod(0o600)
    sheet = open_folder / "samples.tsv"
    sheet.write_text("sample\tpatient\ttimepoint\tassembly\tcopy_number\nA\tA\tdiagnosis\tGRCh38\ta.cns\n")
    assert main(["validate", str(sheet)]) == 0  # everything is imported while it can be
    capsys.readouterr()
    with nobody():
        assert main(["validate", str(sheet)]) == 2
    said = capsys.readouterr().err
    assert "line 2, column 'copy_number': file cannot be read (permission denied): found 'a.cns'" in said


@as_root
def test_a_work_folder_that_cannot_be_written(open_folder, capsys):
    sheet = open_folder / "samples.tsv"
    sheet.write_text("sample\tpatient\ttimepoint\tassembly\tkaryotype\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\n")
    arguments = ["report", "A", "--samples", str(sheet), "--quiet", "--out"]
    assert main([*arguments, str(open_folder / "first")]) == 0
    with nobody():
        assert main([*arguments, str(open_folder / "second")]) == 2
        said = capsys.readouterr().err
        assert "cannot be written (Permission denied)" in said
        assert "check disk space and permissions" in said
    assert not (open_folder / "second").exists()


def test_a_file_that_vanishes_is_one_sample_s_fault(tmp_path, sheet):
    """Between the check of the sheet and the job."""
    from annotate.read.sheets import read_samples

    samples = read_samples(sheet)
    (sheet.parent / "B.cns").unlink()
    out = tmp_path / "results"
    jobs = [(sample, None, ()) for sample in samples]
    outcome = run_batch(jobs, settings_of({"samples": "-"}, tmp_path), out, out / "m.done")
    assert [id for id, _ in outcome.failed] == ["B"]
    assert outcome.written == 2
    assert not (out / "m.done").exists()


def test_an_internal_fault_costs_one_sample(tmp_path, sheet, monkeypatch, capsys):
    real = analysis_module.decided_case

    def faulty(sample, *rest, **named):
        if sample.sample == "A":
            raise ZeroDivisionError("marker\nof two lines")
        return real(sample, *rest, **named)

    monkeypatch.delenv("ALLERT_DEBUG", raising=False)
    monkeypatch.setattr(analysis_module, "decided_case", faulty)
    assert batch(sheet, tmp_path / "results") == 2
    said = capsys.readouterr().err
    assert "allert: A: internal fault: ZeroDivisionError: marker\\x0aof two lines" in said
    assert whole(tmp_path / "results", "C")


def test_a_file_system_that_does_not_answer_is_said(tmp_path, sheet, monkeypatch, capsys):
    from annotate.run import batch as batch_module

    real = analysis_module.decided_case

    def slow(sample, *rest, **named):
        if sample.sample == "C":
            time.sleep(0.5)
        return real(sample, *rest, **named)

    assert batch(sheet, tmp_path / "warm") == 0
    capsys.readouterr()
    monkeypatch.setattr(batch_module, "SLOW", 0.4)
    monkeypatch.setattr(analysis_module, "decided_case", slow)
    out = tmp_path / "results"
    assert main(["batch", "--samples", str(sheet), "--out", str(out)]) == 0
    assert "C: still at work after 0.4 s" in capsys.readouterr().err
    assert whole(out, "C")


# ---------------------------------------------------------------- two runs


@pytest.mark.workflow
def test_a_second_run_in_one_folder_is_refused(tmp_path, sheet):
    """The lock is what a run that goes on, or one that was killed, has in the folder."""
    work = tmp_path / "work"
    locks = work / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/A/A.report.json\n")
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(work)]
    command += ["--cores", "1", "--config", f"samples={sheet}"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    said = run.stdout + run.stderr
    assert run.returncode == 1
    assert "cannot be locked" in said
    assert "unlock" in said
    assert not (work / "results").exists()


def test_digest_of_a_missing_file_names_it(tmp_path):
    from annotate.run.sample_files import stamp

    with pytest.raises(InputError, match=r"none\.vcf: cannot be read"):
        stamp(str(tmp_path / "none.vcf"))


def test_a_temporary_folder_with_a_blank_and_an_accent(tmp_path):
    """Where temporary files go is the machine's choice: consequences are named there too."""
    folder = tmp_path / "tmp of Zoë"
    folder.mkdir()
    sheet = ROOT / "resources" / "demo" / "samples.tsv"
    command = [sys.executable, "-m", "annotate", "report", "D01-D", "--samples", str(sheet), "--out", str(tmp_path)]
    environment = {**os.environ, "TMPDIR": str(folder)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    report = json.loads((tmp_path / "D01-D" / "D01-D.report.json").read_text())
    assert any(variant["source"] == "csq" for variant in report["variants"])
