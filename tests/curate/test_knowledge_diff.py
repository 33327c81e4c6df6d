"""Two versions of knowledge: which rows differ, and which reports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotate.base.resources import resource_path
from annotate.command import main
from annotate.curate.diff import changes, version

SHIPPED = resource_path("knowledge")
SHEET = """sample\tpatient\ttimepoint\tassembly\tkaryotype
ph\tp1\tdiagnosis\tGRCh38\t46,XX,t(9;22)(q34;q11.2)[20]
quiet\tp2\tdiagnosis\tGRCh38\t46,XX[20]
"""


@pytest.fixture
def sheet(tmp_path) -> str:
    path = tmp_path / "samples.tsv"
    path.write_text(SHEET, encoding="utf-8")
    return str(path)


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "newer"))


def edit(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_no_difference(copied, sheet, capsys):
    assert main(["knowledge", "diff", str(SHIPPED), str(copied), "--samples", sheet]) == 0
    said = capsys.readouterr().out
    assert "rows: 0 differ" in said
    assert "none changes" in said


def test_a_row_that_changes_one_report(copied, sheet, capsys):
    edit(copied, "therapies_unknown.tsv", "TKI eligibility is unknown, not negative", "eligibility open")
    edit(copied, "lesions.tsv", "BCR::ABL1\tBCR::ABL1\tL01", "Ph+\tBCR::ABL1\tL01")
    assert main(["knowledge", "diff", str(SHIPPED), str(copied), "--samples", sheet]) == 0
    said = capsys.readouterr().out
    assert "rows: 2 differ" in said
    assert "~ lesions: bcr_abl1, name: BCR::ABL1 → Ph+" in said
    assert "~ lesions.bcr_abl1.name: BCR::ABL1 → Ph+" in said
    assert "reports: 2 of 2 change" in said


def test_a_lesion_that_changes_for_one_patient_only(copied, sheet, capsys):
    """The quiet karyotype does not care which rule reads t(9;22)."""
    edit(copied, "karyotype_rules.tsv", "q34;q11\tBCR::ABL1\tproof", "q34;q11\tBCR::ABL1\thint")
    assert main(["knowledge", "diff", str(SHIPPED), str(copied), "--samples", sheet]) == 0
    said = capsys.readouterr().out
    assert "~ karyotype_rules: t_9_22, strength: proof → hint" in said
    assert "~ lesions.bcr_abl1.state: detected → " in said
    assert "~ risk.InPOG-ALL-R1 literal.group: YES → UNRESOLVED" in said
    assert "quiet: no change" in said
    assert "reports: 1 of 2 change" in said


def test_a_labs_own_folder_is_laid_over_the_shipped_one(tmp_path, sheet, capsys):
    own = tmp_path / "own"
    own.mkdir()
    header, *rows = (SHIPPED / "therapies_unknown.tsv").read_text(encoding="utf-8").splitlines()
    row = rows[0].replace("TKI eligibility is unknown, not negative", "ask the laboratory")
    (own / "therapies_unknown.tsv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert main(["knowledge", "diff", str(SHIPPED), str(own), "--samples", sheet]) == 0
    said = capsys.readouterr().out
    assert "rows: 1 differ" in said
    assert "ask the laboratory" in said
    assert "ph: no change" in said


def test_a_version_is_a_folder(capsys):
    assert main(["knowledge", "diff", str(SHIPPED), "no/such/folder"]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert version(SHIPPED).overlay is None


def test_lists_are_compared_by_name_not_by_place():
    old = {"lesions": [{"id": "a", "state": "x"}, {"id": "b", "state": "y"}], "notes": ["1"]}
    new = {"lesions": [{"id": "b", "state": "z"}, {"id": "a", "state": "x"}, {"id": "c", "state": "n"}], "notes": ["2"]}
    assert [str(change) for change in changes(old, new)] == [
        "~ lesions.b.state: y → z",
        "+ lesions.c: id: c; state: n",
        "~ notes: 1 → 2",
    ]
