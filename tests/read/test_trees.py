"""`allert sheet`: from a pipeline's results to a sheet that runs, without a cell written by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from annotate.command import main
from tests.makers import trees
from tests.makers.trees import MAKERS, TUMORS

# column -> what its files are called for a tumour; every other cell of the column is empty
EXPECTED: dict[str, dict[str, tuple[str, ...]]] = {
    "sarek": {
        "small_variants": (
            "{pair}.mutect2.filtered_VEP.ann.vcf.gz",
            "{pair}.strelka.somatic_indels.vcf.gz",
            "{pair}.strelka.somatic_snvs.vcf.gz",
        ),
        "structural_variants": ("{pair}.manta.somatic_sv.vcf.gz",),
        "copy_number": ("{pair}.segments.txt",),
        "germline_variants": ("{normal}.haplotypecaller.filtered.vcf.gz",),
    },
    "oncoanalyser": {
        "small_variants": ("{id}.purple.somatic.vcf.gz",),
        "structural_variants": ("{id}.purple.sv.vcf.gz",),
        "copy_number": ("{id}.purple.cnv.somatic.tsv",),
        "germline_variants": ("{id}.purple.germline.vcf.gz",),
        "fusions": ("{id}_RNA.isf.pass_fusions.tsv",),
    },
    "dragen": {
        "small_variants": ("{id}.hard-filtered.vcf.gz",),
        "structural_variants": ("{id}.sv.vcf.gz",),
        "copy_number": ("{id}.cnv.vcf.gz",),
    },
    "bcbio": {
        "small_variants": ("{id}-b-mutect2-annotated.vcf.gz",),
        "structural_variants": ("{id}-manta.vcf.gz",),
        "copy_number": ("{id}-cnvkit-call.cns",),
        "germline_variants": ("{id}-b-germline-gatk-haplotype-annotated.vcf.gz",),
    },
    "rnafusion": {
        "fusions": ("{id}_RNA.arriba.fusions.tsv", "{id}_RNA.starfusion.fusion_predictions.tsv"),
    },
    "balsamic": {
        "small_variants": ("SNV.somatic.{id}.tnscope.clinical.filtered.pass.vcf.gz",),
        "structural_variants": ("SV.somatic.{id}.svdb.clinical.filtered.pass.vcf.gz",),
        "copy_number": ("CNV.somatic.{id}.ascat.copynumber.txt",),
    },
    "plain": {
        "small_variants": ("{id}.mutect2.vcf.gz",),
        "structural_variants": ("{id}.manta.vcf",),
        "copy_number": ("cnvkit.call.cns",),
        "fusions": ("fusions.tsv",),
    },
}
TUMOR_NAMES = {"sarek": "{patient}_{id}", "dragen": "{id}", "oncoanalyser": "{id}", "bcbio": "{id}"}
PATHS = ("small_variants", "structural_variants", "copy_number", "fusions", "germline_variants", "alignments")


def sheet_of(folder: Path, *arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    out = folder.parent / "samples.tsv"
    code = main(["sheet", str(folder), *arguments, "-o", str(out)])
    with open(out, encoding="utf-8", newline="") as text:
        return code, {row["sample"]: row for row in csv.DictReader(text, delimiter="\t")}


@pytest.mark.parametrize("pipeline", MAKERS)
def test_twelve_samples_without_a_cell_by_hand(tmp_path, pipeline, capsys):
    folder = tmp_path / "results"
    MAKERS[pipeline](folder)
    extra = ("--assembly", "GRCh38") if pipeline == "rnafusion" else ()
    code, rows = sheet_of(folder, *extra)
    told = capsys.readouterr().err
    assert code == 0, told
    assert f"{pipeline}, 12 samples" in told
    ids = {t.id: t for t in TUMORS}
    assert set(rows) == set(ids)
    for id, row in rows.items():
        t = ids[id]
        facts = {"pair": t.pair, "id": t.id, "normal": t.normal, "patient": t.patient}
        assert (row["patient"], row["assembly"]) == (t.patient, "GRCh38")
        assert row["timepoint"] == ("diagnosis" if t.id.endswith("D") else "relapse")
        for column in PATHS:
            names = tuple(sorted(Path(part).name for part in row.get(column, "").split(";") if part))
            wanted = tuple(sorted(name.format(**facts) for name in EXPECTED[pipeline].get(column, ())))
            assert names == wanted, (id, column)
        assert all(t.id in part or t.normal in part for c in PATHS for part in row.get(c, "").split(";") if part)
        assert row.get("tumor_name", "") == TUMOR_NAMES.get(pipeline, "").format(**facts)
        if pipeline == "sarek":
            assert (row["sex"], row["normal_name"]) == ("female", f"{t.patient}_{t.normal}")
    sheet, out = str(folder.parent / "samples.tsv"), tmp_path / "out" / "results"
    assert main(["batch", "--samples", sheet, "--out", str(out), "--quiet"]) == 0, capsys.readouterr().err
    reports = {path.parent.name: json.loads(path.read_text()) for path in out.glob("P*/*.report.json")}
    assert reports.keys() == ids.keys()
    for id, report in reports.items():
        kinds = {column for column in PATHS if rows[id].get(column)}
        assert kinds <= {file["kind"] for file in report["inputs"]}
        assert not any("may be of two samples" in warning for warning in report["warnings"])
    assert {path.name for path in (out / "patients").iterdir()} == set(trees.PATIENTS)


def test_trees_of_dna_and_rna_become_one_row_a_sample(tmp_path):
    trees.sarek(tmp_path / "dna")
    trees.rnafusion(tmp_path / "rna")
    code, rows = sheet_of(tmp_path / "dna", str(tmp_path / "rna"))
    assert code == 0
    assert len(rows) == 12
    assert all(row["fusions"] and row["small_variants"] for row in rows.values())


def test_what_nothing_says_is_asked_and_never_guessed(tmp_path, capsys):
    trees.vcf(tmp_path / "r/X1.vcf.gz", ("X1",), 1)
    trees.vcf(tmp_path / "r/X2.vcf.gz", ("X2",), 2)
    code, rows = sheet_of(tmp_path / "r")
    told = capsys.readouterr().err
    assert code == 2
    assert {row["timepoint"] for row in rows.values()} == {""}
    assert all(words in told for words in ("X1: which timepoint?", "X2: which timepoint?", "--timepoint"))
    assert sheet_of(tmp_path / "r", "--timepoint", "diagnosis")[0] == 0


def test_what_is_left_out_is_said_with_its_reason(tmp_path, capsys):
    trees.sarek(tmp_path / "r")
    sheet_of(tmp_path / "r")
    told = capsys.readouterr().err
    for words in ("P01_D_vs_P01_N.manta.diploid_sv.vcf.gz: candidates", "is taken for P01_D", "CRAM: needs `genome`"):
        assert words in told


def test_a_file_that_is_not_what_its_name_says_is_left_out(tmp_path, capsys):
    trees.dragen(tmp_path / "r")
    wrong = tmp_path / "r/P01_D/P01_D.cnv.vcf.gz"
    trees.put(wrong, "nothing of a VCF\n")
    code, rows = sheet_of(tmp_path / "r")
    assert code == 0
    assert rows["P01_D"]["copy_number"] == ""
    assert "P01_D.cnv.vcf.gz: no known copy-number format" in capsys.readouterr().err


def test_an_empty_folder_is_a_plain_message(tmp_path, capsys):
    assert main(["sheet", str(tmp_path)]) == 2
    assert "no calls of a leukaemia found" in capsys.readouterr().err
    assert main(["sheet", str(tmp_path / "none")]) == 2
    assert "is not a folder" in capsys.readouterr().err
