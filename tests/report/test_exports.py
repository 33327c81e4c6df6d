"""Files of a batch for other programs: study files by cBioPortal's documented rules, an RO-Crate by its own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.settings import Settings
from annotate.report.cohort import write_cohort
from annotate.report.exchange.cbioportal import LEVELS, STUDY, classification, maf_alleles, short_protein
from annotate.run.outputs import cohort_files

REQUIRED = {  # by docs.cbioportal.org, "File Formats"
    "meta_study.txt": {"type_of_cancer", "cancer_study_identifier", "name", "description"},
    "meta_clinical_sample.txt": {"cancer_study_identifier", "genetic_alteration_type", "datatype", "data_filename"},
    "meta_mutations.txt": {
        "cancer_study_identifier", "genetic_alteration_type", "datatype", "stable_id",
        "show_profile_in_analysis_tab", "profile_name", "profile_description", "data_filename",
    },
}  # fmt: skip
STABLE = {"mutations": "mutations", "cna": "cna", "sv": "structural_variants"}
CLASSES = {
    "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del", "In_Frame_Ins", "Missense_Mutation", "Nonsense_Mutation",
    "Silent", "Splice_Site", "Translation_Start_Site", "Nonstop_Mutation", "3'UTR", "5'UTR", "Intron", "Splice_Region",
    "Unknown",
}  # fmt: skip


@pytest.fixture(scope="module")
def exported(demo_results, tmp_path_factory) -> Path:
    import shutil

    out = tmp_path_factory.mktemp("exported") / "results"
    shutil.copytree(demo_results, out)
    write_cohort((), out, replace(Settings(), export=("cbioportal", "omop", "ro-crate", "parquet")))
    return out


def table(path: Path) -> list[dict[str, str]]:
    lines = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    assert {len(line) for line in lines} == {len(lines[0])}
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def meta(path: Path) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in path.read_text().splitlines())


@pytest.mark.parametrize("build", ["hg38", "hg19"])
def test_studies_follow_the_documented_rules(exported, build):
    folder = exported / "cohort" / "cbioportal" / build
    for name, keys in REQUIRED.items():
        if (folder / name).exists():
            assert keys <= meta(folder / name).keys(), name
    assert meta(folder / "meta_study.txt")["reference_genome"] == build
    samples = table(folder / "data_clinical_sample.txt")
    ids = {row["SAMPLE_ID"] for row in samples}
    patients = {row["PATIENT_ID"] for row in table(folder / "data_clinical_patient.txt")}
    assert {row["PATIENT_ID"] for row in samples} == patients
    for of in ("sample", "patient"):
        comments = (folder / f"data_clinical_{of}.txt").read_text().splitlines()[:4]
        assert all(line.startswith("#") for line in comments)
        assert set(comments[2].lstrip("#").split("\t")) <= {"STRING", "NUMBER", "BOOLEAN"}
    for path in folder.glob("meta_*.txt"):
        told = meta(path)
        assert told["cancer_study_identifier"] == STUDY
        assert "data_filename" not in told or (folder / told["data_filename"]).is_file()
        kind = path.stem.removeprefix("meta_")
        assert kind not in STABLE or told["stable_id"] == STABLE[kind]
    for path in (folder / "case_lists").iterdir():
        assert set(meta(path)["case_list_ids"].split("\t")) <= ids
    _mutations(folder, ids, build)
    _copies(folder, ids)
    _structural(folder, ids)


def _mutations(folder: Path, ids: set[str], build: str) -> None:
    path = folder / "data_mutations.txt"
    for row in table(path) if path.exists() else []:
        assert row["Tumor_Sample_Barcode"] in ids
        assert row["Variant_Classification"] in CLASSES
        assert row["Variant_Classification"] != "Unknown"
        assert int(row["Start_Position"]) <= int(row["End_Position"])
        assert row["NCBI_Build"] == {"hg38": "GRCh38", "hg19": "GRCh37"}[build]
        assert row["Hugo_Symbol"]


def _copies(folder: Path, ids: set[str]) -> None:
    path = folder / "data_cna.txt"
    for row in table(path) if path.exists() else []:
        assert set(row) - {"Hugo_Symbol"} <= ids
        assert {row[id].lstrip("'") for id in set(row) - {"Hugo_Symbol"}} <= {str(n) for n in LEVELS.values()} | {"NA"}


def _structural(folder: Path, ids: set[str]) -> None:
    path = folder / "data_sv.txt"
    for row in table(path) if path.exists() else []:
        assert row["Sample_Id"] in ids
        assert row["SV_Status"] == "SOMATIC"
        assert row["Site1_Hugo_Symbol"] or row["Site2_Hugo_Symbol"]


def test_what_was_found_is_in_the_study(exported):
    rows = [row for build in ("hg38", "hg19") for row in table(exported / f"cohort/cbioportal/{build}/data_sv.txt")]
    found = {row["Event_Info"] for row in rows}
    reports = [json.loads(path.read_text()) for path in exported.glob("D*/D*.report.json")]
    named = {
        lesion["subtype"]
        for report in reports
        for lesion in report["lesions"]
        if lesion["id"] in ("bcr_abl1", "tcf3_r", "stil_tal1")
        and lesion["state"].startswith("detected")
        and "::" in (lesion["subtype"] or "")
        and (report["junctions"] or report["fusions"])
    }
    assert named & found


@pytest.mark.parametrize(
    ("alleles", "maf"),
    [(("A", "AT"), (10, 11, "-", "T")), (("ATT", "A"), (11, 12, "TT", "-")), (("AC", "GT"), (10, 11, "AC", "GT"))],
)
def test_alleles_of_a_maf(alleles, maf):
    assert maf_alleles(10, *alleles) == maf


def test_words_of_a_maf():
    assert short_protein("p.Gln523Ter") == "p.Q523*"
    assert short_protein(None) == ""
    assert classification("inframe_insertion", "A", "ATTT") == "In_Frame_Ins"
    assert classification(None, "A", "T") == "Unknown"


def test_the_crate_names_every_file_with_its_digest(exported):
    crate = json.loads((exported / "ro-crate-metadata.json").read_text())
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert entities["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    assert {"name", "description", "datePublished", "license"} <= entities["./"].keys()
    files = {p.relative_to(exported).as_posix() for p in exported.rglob("D*.*") if p.is_file() and p.suffix != ".made"}
    assert files <= parts
    for part in parts:
        assert entities[part]["sha256"] == hashlib.sha256((exported / part).read_bytes()).hexdigest()


def test_rows_of_omop_hold_every_lesion_of_every_sample(exported):
    rows = table(exported / "cohort" / "omop_measurement.tsv")
    lesions = table(exported / "cohort" / "lesions.tsv")
    told = {(row["specimen_source_id"], row["measurement_source_value"]) for row in rows}
    assert {row["sample"] for row in lesions} == {sample for sample, _ in told}
    assert cohort_files(replace(Settings(), export=("omop",)))["omop"] == "cohort/omop_measurement.tsv"
