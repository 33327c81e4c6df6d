"""The workflow as a user runs it: elsewhere, again, with a fault, in batches, as a module, without network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import check_config, settings_of
from annotate.read.sheets import read_samples

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
pytestmark = pytest.mark.workflow

COLUMNS = "sample\tpatient\ttimepoint\tassembly\tsmall_variants\tcopy_number\tfusions\tkaryotype"


def snakemake(
    work: Path, *arguments: str, cwd: Path | None = None, prefix: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake with the Python of the tests."""
    command = [*prefix, sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(work)]
    environment = {key: value for key, value in os.environ.items() if key != "ALLERT_STARTED_IN"}
    environment.update(variables, PWD=str(cwd or work.parent))
    return subprocess.run(
        [*command, "--cores", "2", *arguments],
        cwd=cwd or work.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def output(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout + run.stderr


@pytest.fixture
def sheet(tmp_path) -> Callable[..., Path]:
    """A sheet in a folder of its own, with copies of the demo's files."""

    def make(*rows: str) -> Path:
        folder = tmp_path / "sheets"
        folder.mkdir(exist_ok=True)
        for name in ("D13.vardict.vcf", "D09.cns", "D05.star-fusion.tsv"):
            shutil.copy(DEMO / name, folder)
        (folder / "samples.tsv").write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
        return folder / "samples.tsv"

    return make


VARIANTS = "V\tV\tdiagnosis\tGRCh37\tD13.vardict.vcf\t\t\t"
FUSION = "F\tF\tdiagnosis\tGRCh38\t\t\tD05.star-fusion.tsv\t"
KARYOTYPE = "K\tK\tdiagnosis\tGRCh38\t\t\t\t46,XX[20]"
RELAPSE = "K2\tK\trelapse\tGRCh38\t\t\t\t46,XX[20]"


BAD = "B\tB\tdiagnosis\tGRCh38\t\tbad.cns\t\t"


def bad_segments(sheet: Path) -> None:
    (sheet.parent / "bad.cns").write_text(
        "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\nchr1\t5\tx\t-\t0\t1\t1\t1\n"
    )


def reports(work: Path) -> dict[str, float]:
    return {path.parent.name: path.stat().st_mtime_ns for path in work.glob("results/*/*.report.json")}


def test_run_again_and_remake_one(tmp_path, sheet):
    work = tmp_path / "work"
    config = ("--config", f"samples={sheet(VARIANTS, FUSION, KARYOTYPE, RELAPSE)}")
    first = snakemake(work, *config)
    assert first.returncode == 0, output(first)
    assert set(reports(work)) == {"V", "F", "K", "K2"}
    assert (work / "results/cohort/index.html").stat().st_size > 1000
    assert (work / "results/patients/K/K.evolution.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"work", "sheets"}, "something was written elsewhere"
    for kind in ("logs", "benchmarks"):
        assert {path.stem for path in (work / kind / "samples").iterdir()} == {"V", "F", "K", "K2"}
    again = snakemake(work, *config)
    assert again.returncode == 0
    assert "Nothing to be done" in output(again)
    before = reports(work)
    (work / "results/F/F.report.html").unlink()
    third = snakemake(work, *config)
    assert third.returncode == 0, output(third)
    after = reports(work)
    assert {name for name in before if before[name] != after[name]} == {"F"}


def test_relative_sheet_from_the_folder_where_it_was_started(tmp_path, sheet):
    path = sheet(KARYOTYPE)
    run = snakemake(tmp_path / "work", "-n", "--config", "samples=sheets/samples.tsv", cwd=path.parent.parent)
    assert run.returncode == 0, output(run)
    assert "K.report.json" in output(run)


def test_one_bad_sample_fails_alone(tmp_path, sheet):
    path = sheet(KARYOTYPE, BAD)
    bad_segments(path)
    work = tmp_path / "work"
    run = snakemake(work, "--keep-going", "--config", f"samples={path}")
    assert run.returncode == 1
    assert set(reports(work)) == {"K"}
    assert list((work / "results").glob("B/*")) == []
    assert "Traceback" not in output(run)
    page = (work / "results/cohort/index.html").read_text(encoding="utf-8")
    assert "Failed" in page
    assert "bad.cns" in page
    assert "line 2" in page


@pytest.mark.parametrize("per_job", [2])
def test_batches(tmp_path, sheet, per_job):
    path = sheet(VARIANTS, FUSION, KARYOTYPE, RELAPSE, BAD)
    bad_segments(path)
    work = tmp_path / "work"
    config = ("--keep-going", "--config", f"samples={path}", f"samples_per_job={per_job}")
    run = snakemake(work, *config)
    assert run.returncode == 1
    assert set(reports(work)) == {"V", "F", "K", "K2"}
    assert (work / "results/patients/K/K.evolution.json").exists()
    assert "bad.cns" in (work / "results/cohort/index.html").read_text(encoding="utf-8")
    before = reports(work)
    shutil.copy(DEMO / "D09.cns", path.parent / "bad.cns")
    mended = snakemake(work, *config)
    assert mended.returncode == 0, output(mended)
    after = reports(work)
    assert {name for name in after if before.get(name) != after[name]} == {"B"}
    (work / "results/F/F.lesions.tsv").unlink()
    remade = snakemake(work, *config)
    assert remade.returncode == 0, output(remade)
    final = reports(work)
    assert {name for name in final if after[name] != final[name]} == {"F"}
    assert "Nothing to be done" in output(snakemake(work, *config))


MARKER = "46,XX,t(1;2)(q99;q99)[20]"
DAY = "1987-06-05"


@pytest.mark.parametrize("per_job", [1, 9])
def test_nothing_of_a_patient_but_ids_leaves_the_results(tmp_path, sheet, per_job):
    """No clinical text in logs, commands, benchmarks, Snakemake's own files or temporary names; files by umask."""
    path = sheet(VARIANTS, f"M\tM\tdiagnosis\tGRCh38\t\t\t\t{MARKER}", BAD)
    bad_segments(path)
    patients = path.parent / "patients.tsv"
    patients.write_text(f"patient\tdiagnosis_date\tage_at_diagnosis_years\nM\t{DAY}\t5.4321\n")
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    temporary.mkdir()
    old = os.umask(0o027)
    try:
        config = ("--config", f"samples={path}", f"patients={patients}", f"samples_per_job={per_job}")
        run = snakemake(work, "--keep-going", "--printshellcmds", *config, TMPDIR=str(temporary))
    finally:
        os.umask(old)
    assert run.returncode == 1
    assert set(reports(work)) == {"V", "M"}
    texts = {"output": output(run)}
    for folder in ("logs", "benchmarks", ".snakemake"):
        for file in (work / folder).rglob("*"):
            texts[str(file)] = file.name + (file.read_text(errors="replace") if file.is_file() else "")
    assert len(texts) > 5
    variant = json.loads((work / "results/V/V.report.json").read_text())["variants"][0]
    for secret in ("q99", DAY, "5.4321", str(variant["pos"])):
        assert [name for name, text in texts.items() if secret in text] == [], secret
    assert MARKER in (work / "results/M/M.report.json").read_text()
    assert list(temporary.iterdir()) == []
    modes = {oct(file.stat().st_mode & 0o777) for file in (work / "results").rglob("*") if file.is_file()}
    assert modes == {"0o640"}


@pytest.mark.parametrize(
    ("rows", "config", "words"),
    [
        (["x y\tp\tdiagnosis\tGRCh38\t\t\t\t46,XX[20]"], (), ["samples.tsv", "line 2", "'sample'"]),
        ([KARYOTYPE], ("sample_per_job=3",), ["unknown key sample_per_job", "did you mean 'samples_per_job'"]),
        ([KARYOTYPE], ("patients=none.tsv",), ["none.tsv", "cannot be read"]),
    ],
)
def test_faults_stop_before_any_job(tmp_path, sheet, rows, config, words):
    run = snakemake(tmp_path / "work", "--config", f"samples={sheet(*rows)}", *config)
    assert run.returncode == 2, output(run)
    assert "Traceback" not in output(run)
    assert all(word in output(run) for word in words), output(run)
    assert not (tmp_path / "work" / "results").exists()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"filters": "some"}, ["filters"]),
        ({"knowledge": "none"}, ["knowledge", "does not exist"]),
    ],
)
def test_settings_are_refused_by_what_the_workflow_calls(tmp_path, config, words):
    with pytest.raises(InputError) as caught:
        check_config({"samples": "samples.tsv", **config})
        settings_of({"samples": "samples.tsv", **config}, tmp_path)
    assert all(word in str(caught.value) for word in words)


def test_a_file_that_is_missing_is_refused_by_what_the_workflow_calls(sheet):
    with pytest.raises(InputError, match=r"line 2, column 'small_variants'.*none\.vcf"):
        read_samples(sheet("a\tp\tdiagnosis\tGRCh38\tnone.vcf\t\t\t"))


def test_as_a_module(tmp_path, sheet):
    path = sheet(KARYOTYPE)
    work = tmp_path / "work"
    work.mkdir()
    (work / "Snakefile").write_text(
        f'module allert:\n    snakefile: "{ROOT / "workflow" / "Snakefile"}"\n    config: {{"samples": "{path}"}}\n\n'
        "use rule * from allert as allert_*\n\nrule all:\n    default_target: True\n"
        '    input: "results/cohort/index.html"\n'
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    run = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, output(run)
    assert set(reports(work)) == {"K"}


def test_two_runs_give_the_same_bytes_and_need_no_network(tmp_path, sheet):
    """The second in a network namespace of its own, which has no interface that is up, where one can be made."""
    prefix = ("unshare", "--net", "--map-root-user")
    can = shutil.which("unshare") is not None and not subprocess.run([*prefix, "true"], check=False).returncode
    config = ("--config", f"samples={sheet(VARIANTS, FUSION, KARYOTYPE)}")
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        run = snakemake(work, *config, prefix=prefix if can and work == works[1] else ())
        assert run.returncode == 0, output(run)
        assert set(reports(work)) == {"V", "F", "K"}
    names = [sorted(p.relative_to(work) for p in (work / "results").rglob("*") if p.is_file()) for work in works]
    assert names[0] == names[1]
    for name in names[0]:
        one, two = ((work / name).read_bytes() for work in works)
        if name.name.endswith(".report.json"):
            loaded = [json.loads(text) for text in (one, two)]
            assert all(report.pop("provenance") for report in loaded)
            assert loaded[0] == loaded[1], name
        elif name.name.endswith(".report.html"):
            cut = [text.split(b'<section id="provenance"')[0] for text in (one, two)]
            assert cut[0] == cut[1], name
        elif not name.name.endswith((".phenopacket.json", ".fhir.json")):
            assert one == two, name


def test_snakemake_lint():
    command = [sys.executable, "-m", "snakemake", "--lint", "-s", str(ROOT / "Snakefile")]
    run = subprocess.run(
        [*command, "--config", f"samples={DEMO / 'samples.tsv'}"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, output(run)
    assert "Congratulations" in output(run)
