"""`allert sheet`: from a pipeline's results to a sheet that runs, without a cell written by hand."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.command import main
from annotate.read.trees.layouts import match, pipelines_of
from tests.makers import trees
from tests.makers.trees import MAKERS, TUMORS

ROOT = Path(__file__).resolve().parents[2]

# column -> what its files are called for a tumour; every other cell of the column is empty
EXPECTED: dict[str, dict[str, tuple[str, ...]]] = {
    "sarek": {
        "small_variants": (
            "{pair}.mutect2.filtered_snpEff_VEP.ann.vcf.gz",
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
        "fusions": ("{id}_RNA.fusion_candidates.final",),
        "germline_variants": ("{normal}.hard-filtered.vcf.gz",),
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
        "germline_variants": ("SNV.germline.normal.dnascope.vcf.gz",),
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


def run_of(sheet: Path, work: Path) -> Path:
    """The folder of results of the workflow, run as the README says."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(work)]
    command += ["--cores", "2", "--config", f"samples={sheet}", "samples_per_job=6"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return work / "results"


@pytest.mark.workflow
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
        if pipeline == "balsamic":
            assert (row["sex"], row["assay"]) == ("female", "wgs")
    out = run_of(folder.parent / "samples.tsv", tmp_path / "work")
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


# path in a tree -> (pipeline, column, tumour, normal); names as the pipelines' documentation or configuration has them
DOCUMENTED = {
    "annotation/mutect2/S-1.1_vs_N/S-1.1_vs_N.mutect2.filtered_VEP.ann.vcf.gz": ("small_variants", "S-1.1", "N"),
    "annotation/T_vs_N/T_vs_N.mutect2.filtered_snpEff.ann.vcf.gz": ("small_variants", "T", "N"),
    "annotation/strelka/T_vs_N/T_vs_N.strelka.somatic_indels_snpEff_VEP.ann.vcf.gz": ("small_variants", "T", "N"),
    "variant_calling/mutect2/T/T.mutect2.filtered.vcf.gz": ("small_variants", "T", ""),
    "variant_calling/deepsomatic/T_vs_N/T_vs_N.deepsomatic.vcf.gz": ("small_variants", "T", "N"),
    "variant_calling/sentieon_tnscope/T_vs_N/T_vs_N.tnscope.vcf.gz": ("small_variants", "T", "N"),
    "variant_calling/muse/T_vs_N/T_vs_N.muse.vcf.gz": ("small_variants", "T", "N"),
    "variant_calling/manta/T/T.manta.tumor_sv.vcf.gz": ("structural_variants", "T", ""),
    "variant_calling/tiddit/T_vs_N/T_vs_N.tiddit.vcf.gz": ("structural_variants", "T", "N"),
    "variant_calling/tiddit/T_vs_N/T_vs_N.tiddit.normal.vcf.gz": None,
    "variant_calling/ascat/T_vs_N/T_vs_N.segments.txt": ("copy_number", "T", "N"),
    "variant_calling/ascat/T_vs_N/T_vs_N.cnvs.txt": None,
    "variant_calling/cnvkit/T_vs_N/T.call.cns": ("copy_number", "T", "N"),
    "variant_calling/cnvkit/S-1.1_vs_N/S-1.1.somatic.call.cns": ("copy_number", "S-1.1", "N"),
    "variant_calling/cnvkit/T_vs_N/T.bintest.cns": ("", "", ""),
    "variant_calling/controlfreec/T_vs_N/T_vs_N.tumor.mpileup.gz_ratio.txt": ("copy_number", "T", "N"),
    "variant_calling/controlfreec/T_vs_N/T_vs_N.normal.mpileup.gz_normal_ratio.txt": None,
    "variant_calling/haplotypecaller/N/N.haplotypecaller.filtered.vcf.gz": ("germline_variants", "", "N"),
    "variant_calling/sentieon_haplotyper/N/N.haplotyper.filtered.vcf.gz": ("germline_variants", "", "N"),
    "C/purple/T.purple.somatic.vcf.gz": ("small_variants", "T", ""),
    "C/sage_calling/somatic/T.sage.somatic.vcf.gz": ("small_variants", "T", ""),
    "C/esvee/T.esvee.somatic.vcf.gz": ("structural_variants", "T", ""),
    "C/isofox/T.isf.pass_fusions.tsv": ("fusions", "", ""),
    "C/linx/somatic_annotations/T.linx.fusion.tsv": ("", "", ""),
    "any/T.hard-filtered.vcf.gz": ("small_variants", "T", ""),
    "any/T.sv.vcf.gz": ("structural_variants", "T", ""),
    "any/T.cnv.vcf.gz": ("copy_number", "T", ""),
    "any/T.fusion_candidates.final": ("fusions", "", ""),
    "any/T.ploidy.vcf.gz": ("", "T", ""),
    "final/2026-01-01_project/B-ensemble-annotated.vcf.gz": ("small_variants", "", ""),
    "final/T/T-vardict.vcf.gz": ("small_variants", "T", ""),
    "final/T/T-manta.vcf.gz": ("structural_variants", "T", ""),
    "final/T/T-cnvkit-call.cns": ("copy_number", "T", ""),
    "arriba/R.arriba.fusions.tsv": ("fusions", "", ""),
    "starfusion/R.starfusion.abridged.coding_effect.tsv": ("fusions", "", ""),
    "fusioncatcher/R.fusioncatcher.fusion-genes.txt": ("fusions", "", ""),
    "fusionreport/R/R.fusionreport.tsv": ("", "", ""),
    "c/analysis/vep/SNV.somatic.c.merged.clinical.filtered.pass.vcf.gz": ("small_variants", "c", ""),
    "c/analysis/vep/SV.somatic.c.svdb.clinical.filtered.pass.vcf.gz": ("structural_variants", "c", ""),
    "c/analysis/cnv/tumor.merged.cns": ("copy_number", "c", ""),
}


@pytest.mark.parametrize("path", DOCUMENTED)
def test_files_of_the_documented_layouts(path):
    """Wherever the tree lies: below the folder that is named, or above it."""
    for place in (Path("/data"), Path("/data/lab/run 7/results")):
        pipelines = pipelines_of([place / path])
        found = match(place / path, next(iter(pipelines)))
        told = found and (found.layout.column, found.tumor, found.normal)
        if DOCUMENTED[path] and DOCUMENTED[path][0]:
            assert told == DOCUMENTED[path]
            assert found.root.is_relative_to(place)
        else:
            taken = [found for name in trees.MAKERS if (found := match(place / path, name))]
            assert not any(found.layout.column for found in taken)


@pytest.mark.parametrize(("above", "below"), [("results", ""), ("", ""), ("results", "results/variant_calling")])
def test_the_folder_of_a_run_its_parent_or_a_part(tmp_path, above, below):
    """Pairs, patients and sex are in tables of the run: they are found from above and from below."""
    trees.sarek(tmp_path / "run" / above)
    code, rows = sheet_of(tmp_path / "run" / below)
    assert code == 0
    assert set(rows) == {t.id for t in TUMORS}
    assert {row["sex"] for row in rows.values()} == {"female"}


def test_one_folder_with_the_runs_of_several_pipelines(tmp_path):
    trees.sarek(tmp_path / "lab" / "sarek")
    trees.rnafusion(tmp_path / "lab" / "rna" / "rnafusion")
    code, rows = sheet_of(tmp_path / "lab")
    assert code == 0
    assert set(rows) == {t.id for t in TUMORS}
    assert all(row["fusions"] and row["small_variants"] and row["copy_number"] for row in rows.values())


def test_the_only_table_of_sarek_that_is_there_says_the_patients(tmp_path):
    """A run from `--step variant_calling` keeps `variantcalled.csv` alone; joint calls have the name of the patient."""
    run, names = tmp_path / "r", {"t1": "Kid", "t2": "Kid"}
    lines = ["patient,sample,variantcaller,vcf"]
    trees.vcf(run / "variant_calling/mutect2/Kid/Kid.mutect2.filtered.vcf.gz", ("Kid_n0", "Kid_t1", "Kid_t2"), 1)
    for number, tumor in enumerate(names):
        manta = run / f"variant_calling/manta/{tumor}_vs_n0/{tumor}_vs_n0.manta.somatic_sv.vcf.gz"
        trees.vcf(manta, ("Kid_n0", f"Kid_{tumor}"), number, sv=True)
        lines.append(f"Kid,{tumor}_vs_n0,manta,{manta}")
    trees.put(run / "csv/variantcalled.csv", "\n".join(lines) + "\n")
    _, rows = sheet_of(run)
    assert set(rows) == {"t1", "t2"}
    for tumor, row in rows.items():
        assert row["patient"] == "Kid"
        assert "Kid.mutect2.filtered.vcf.gz" in row["small_variants"]
        assert (row["tumor_name"], row["normal_name"]) == (f"Kid_{tumor}", "Kid_n0")


def test_a_normal_is_told_by_the_tumour_s_file_and_is_its_germline(tmp_path):
    """Names that say nothing: the second column of a pair's file is the normal, and no leukaemia."""
    for number, (tumor, normal) in enumerate((("S1", "S2"), ("S3", "S4"))):
        trees.vcf(tmp_path / f"r/{tumor}/{tumor}.hard-filtered.vcf.gz", (normal, tumor), number)
        trees.vcf(tmp_path / f"r/{normal}/{normal}.hard-filtered.vcf.gz", (normal,), number + 9)
    code, rows = sheet_of(tmp_path / "r", "--timepoint", "diagnosis")
    assert code == 0
    assert set(rows) == {"S1", "S3"}
    assert {row["normal_name"] for row in rows.values()} == {"S2", "S4"}
    assert rows["S1"]["germline_variants"].endswith("S2.hard-filtered.vcf.gz")


def test_the_other_leukaemia_of_a_file_is_no_normal(tmp_path):
    for tumor in ("K_D", "K_R"):
        trees.vcf(tmp_path / f"r/{tumor}.hard-filtered.vcf.gz", ("K_D", "K_R"), 1 + (tumor == "K_R"))
    code, rows = sheet_of(tmp_path / "r")
    assert code == 0
    assert set(rows) == {"K_D", "K_R"}
