"""The command line: exit codes, messages of one line, nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.command import main

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
COLUMNS = "sample\tpatient\ttimepoint\tassembly\tcopy_number\tkaryotype"


@pytest.fixture
def sheet(tmp_path):
    def make(*rows: str) -> str:
        path = tmp_path / "samples.tsv"
        path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
        return str(path)

    return make


def test_report_writes_everything_and_says_where(tmp_path, sheet, capsys):
    out = tmp_path / "out"
    assert main(["report", "--samples", sheet("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]"), "--out", str(out)]) == 0
    names = {path.name for path in (out / "a").iterdir()}
    assert {"a.report.html", "a.report.json", "a.lesions.tsv", "a.variants.vcf.gz", "a.variants.vcf.gz.tbi"} <= names
    assert not [name for name in names if name.startswith(".")]
    said = capsys.readouterr().err
    assert "a: calling lesions" in said
    assert "written to" in said


def test_only_the_samples_asked_for(tmp_path, sheet):
    rows = ("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]", "b\tq\tdiagnosis\tGRCh38\t\t46,XX[20]")
    assert main(["report", "b", "--samples", sheet(*rows), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b"]


def test_an_unknown_sample(tmp_path, sheet, capsys):
    code = main(
        ["report", "c", "--samples", sheet("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]"), "--out", str(tmp_path / "o")]
    )
    assert code == 2
    assert "no such sample: found 'c', expected one of a" in capsys.readouterr().err


def test_bad_input_leaves_nothing(tmp_path, sheet, capsys):
    (tmp_path / "bad.cns").write_text(
        "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\nchr1\t5\tx\t-\t0\t1\t1\t1\n"
    )
    rows = ("a\tp\tdiagnosis\tGRCh38\tbad.cns\t", "b\tq\tdiagnosis\tGRCh38\t\t46,XX[20]")
    assert main(["report", "--samples", sheet(*rows), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    message = capsys.readouterr().err.strip()
    assert len(message.splitlines()) == 1
    for word in ("a:", "bad.cns", "line 2", "'end'", "'x'"):
        assert word in message
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b"], "the good sample is written all the same"


def test_an_internal_fault_is_one_line_and_exit_1(tmp_path, sheet, capsys, monkeypatch):
    monkeypatch.delenv("ALLERT_DEBUG", raising=False)
    monkeypatch.setattr("annotate.run.sample.decided_case", lambda *_, **__: 1 / 0)
    code = main(
        ["report", "--samples", sheet("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]"), "--out", str(tmp_path), "--quiet"]
    )
    assert code == 1
    message = capsys.readouterr().err.strip()
    assert len(message.splitlines()) == 1
    assert "internal fault" in message
    assert "ZeroDivisionError" in message


def test_a_sample_that_is_not_there_is_named_whatever_the_other_rows_hold(tmp_path, sheet, capsys):
    rows = [f"s{n}\tp{n}\tdiagnosis\tGRCh3{9 if n == 1 else 8}\t\t46,XX[20]" for n in range(3)]
    assert main(["report", "s7", "--samples", sheet(*rows), "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "no such sample" in said
    assert "s0, s1, s2" in said
    assert "GRCh39" not in said


def test_validate(sheet, capsys):
    assert main(["validate", str(DEMO / "samples.tsv"), "--patients", str(DEMO / "patients.tsv")]) == 0
    assert "18 samples of 15 patients" in capsys.readouterr().out
    assert main(["validate", sheet("a\tp\tdiagnosis\tGRCh39\t\t46,XX[20]")]) == 2
    assert "'assembly'" in capsys.readouterr().err


def test_validate_deep_names_formats(capsys):
    assert main(["validate", str(DEMO / "samples.tsv"), "--deep"]) == 0
    said = capsys.readouterr().out
    told = {tuple(line.split("\t")[:2]): line.split("\t")[3] for line in said.splitlines()[:-1]}
    assert told["D02-D", "fusions"] == "arriba.tsv"
    assert told["D02-D", "structural_variants"] == "gridss.vcf"
    assert told["D02-D", "small_variants"] == "strelka2.vcf"
    assert told["D09", "copy_number"] == "cnvkit.cns"


def test_formats_lists_every_kind(capsys):
    assert main(["formats", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} >= {"small_variants", "structural_variants", "copy_number", "fusions"}
    assert len({(row["kind"], row["name"]) for row in rows}) == len(rows)
    assert {row["tested_on"] for row in rows} <= {"real file", "documentation"}
    assert main(["formats"]) == 0
    assert "Arriba" in capsys.readouterr().out


def test_schema_is_the_published_one(tmp_path):
    assert main(["schema", "--out", str(tmp_path / "schema.json")]) == 0
    published = (ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == published, "run `make docs`"


def test_status(tmp_path, sheet, capsys):
    path = sheet("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]", "b\tq\tdiagnosis\tGRCh38\t\t46,XX[20]")
    assert main(["report", "a", "--samples", path, "--out", str(tmp_path / "results"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["status", path, "--out", str(tmp_path / "results")]) == 0
    assert "1 done, 0 failed, 1 to do, of 2" in capsys.readouterr().out


def test_batch_keeps_what_is_unchanged(tmp_path, sheet, capsys):
    path, out = sheet("a\tp\tdiagnosis\tGRCh38\t\t46,XX[20]"), str(tmp_path / "results")
    assert main(["batch", "--samples", path, "--out", out, "--quiet"]) == 0
    assert "1 written, 0 unchanged, 0 failed" in capsys.readouterr().err
    assert main(["batch", "--samples", path, "--out", out, "--quiet"]) == 0
    assert "0 written, 1 unchanged, 0 failed" in capsys.readouterr().err
    path = sheet("a\tp\tdiagnosis\tGRCh38\t\t47,XX,+8[20]")
    assert main(["batch", "--samples", path, "--out", out, "--quiet"]) == 0
    assert "1 written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["report", "evolution", "cohort", "formats", "validate", "status", "schema", "batch"]
)
def test_help_of_each_command(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage: allert" in capsys.readouterr().out
