"""A broken row of a lab's own folder is refused on every route by which the folder comes in, and nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.base.settings import Settings
from annotate.command import main
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.run.sample import analyse

ROOT = Path(__file__).resolve().parents[2]
SHEET = "sample\tpatient\ttimepoint\tassembly\tkaryotype\na\tp\tdiagnosis\tGRCh38\t46,XX[20]\n"
WHERE = "line 2, column 'groups'"


@pytest.fixture
def lab(tmp_path) -> Path:
    """A folder with a sheet, a configuration, and own rows whose fusion is written with one colon."""
    header, first, *_ = resource_path("knowledge", "fusion_rules.tsv").read_text(encoding="utf-8").splitlines()
    cells = first.split("\t")
    cells[header.split("\t").index("groups")] = "BCR:ABL1"
    own = tmp_path / "own"
    own.mkdir()
    (own / "fusion_rules.tsv").write_text(f"{header}\n" + "\t".join(cells) + "\n", encoding="utf-8")
    (tmp_path / "samples.tsv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(f"samples: samples.tsv\nknowledge: {own}\n", encoding="utf-8")
    return tmp_path


def _config(lab: Path) -> list[str]:
    return ["--config", str(lab / "config.yaml")]


def _settings(lab: Path) -> list[str]:
    return ["--settings", json.dumps({"samples": "-", "knowledge": str(lab / "own")})]


@pytest.mark.parametrize("given", [_config, _settings])
@pytest.mark.parametrize("command", ["report", "batch", "evolution", "cohort"])
def test_command_line(lab, capsys, command: str, given: Callable[[Path], list[str]]):
    names = {"report": ["a"], "batch": ["a"], "evolution": ["p"], "cohort": []}[command]
    out = lab / "results"
    assert main([command, *names, "--samples", str(lab / "samples.tsv"), *given(lab), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert WHERE in said
    assert "fusion_rules.tsv" in said
    assert "Traceback" not in said
    assert not list(out.rglob("*.json"))


def test_validate(lab, capsys):
    assert main(["validate", str(lab / "samples.tsv"), *_config(lab)]) == 2
    assert WHERE in capsys.readouterr().err


def test_module(lab):
    sample = Sample("a", "p", "diagnosis", "GRCh38", karyotype="46,XX[20]")
    for route in (
        lambda: Knowledge.load(lab / "own"),
        lambda: Knowledge(resource_path("knowledge"), lab / "own").threshold_named("assess.min_region_covered"),
        lambda: analyse(sample, None, Settings(knowledge=lab / "own")),
    ):
        with pytest.raises(InputError, match=WHERE):
            route()


@pytest.mark.workflow
def test_workflow(lab):
    for given in (["--configfile", "config.yaml"], ["--config", "samples=samples.tsv", f"knowledge={lab / 'own'}"]):
        command = [sys.executable, "-m", "snakemake", "-n", "-s", str(ROOT / "Snakefile"), "--cores", "1", *given]
        done = subprocess.run(command, cwd=lab, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout + done.stderr
        assert WHERE in done.stderr
        assert "Traceback" not in done.stderr
