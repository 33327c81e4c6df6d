"""Files of real callers through whole reports: what is known of them is said, everything else is a report or one line.

The folder is not part of the repository; the tests skip where it is absent.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.read.sheets import read_samples
from annotate.report.json.build import build_report
from annotate.report.json.schema import json_schema
from annotate.run.sample import analyse
from tests.conftest import ROOT

DATA = Path(os.environ.get("ALLERT_SHARED_DATA", ROOT.parent / "shared" / "data"))
FOLDERS = {
    "small_variants": ("small_variants", "all_patients/icgc_target"),
    "structural_variants": ("structural_variants",),
    "copy_number": ("copy_number",),
    "fusions": ("fusions",),
}
NAMES = {  # the leukaemia among several samples of a file, which only a person can tell
    "delly.final.vcf.gz": "HCC1143",
    "delly_events.vcf": "A36971_2_lanes_dupsFlagged",
    "colo829_somatic_gridss.vcf.gz": "COLO829v003T_dedup.realigned.bam",
    "colo829_somatic_manta.vcf": "COLO829T",
    "manta_events.vcf": "COLO829",
    "COLO829T.purple.sv.ann.vcf.gz": "COLO829T.realigned.bam",
    "COLO829v003T.purple.sv.vcf": "COLO829v003T.sorted.bam",
    "tumor_sample.purple.sv.vcf": "tumor_sample",
    "HCC1143.svaba.somatic.sv.vcf": "/gpfs/commons/groups/imielinski_lab/data/CellLines/HCC1143/WGS/HCC1143.final.bam",
    "all.breast.ascat.summary.sample.tsv": "PD9067a",
    "Battenberg_test.tsv": "IGC-03-1328-T07",
    "acgh-log10.seg": "TR_28_T",
    "cw-tr-log2.seg": "TR_01_T",
    "IMR5-merge_segmentation.txt": "IMR5-WT",
    "mavis__defuse_output.tsv": "A61075",
    "chimeraviz__FusionMap_01_TestDataset_InputFastq.FusionReport.txt": "DatasetP2_SimulatedReads",
    "chimeraviz__jaffa_results.csv": "MCF7-demo",
    "chimeraviz__oncofuse.outfile": "referenceSampleChimeric.out.junction.hg19",
    "IMR5-merge_segmentation_rmBlacklistAndSegDup.seg": "IMR5-WT",
}
NO_RESULT = {  # refused in either assembly, and why
    "tumor_sample.purple.chromosome_arm.tsv": "a summary",
    "tumor_sample.purple.driver.catalog.somatic.tsv": "a catalogue",
    "readme.txt": "words",
    "summary_candidate_fusions.txt": "a summary",
    "tumor_sample.linx.breakend.tsv": "breakends without fusions",
    "tumor_sample.linx.driver.catalog.tsv": "a catalogue",
    "tumor_sample.linx.drivers.tsv": "drivers",
    "tumor_sample.linx.svs.tsv": "structural variants without places",
    "snpeff_cancer.ann.vcf": "a log in front of the header",
    "sigprofiler_delly.vcf": "a mouse",
    "sigprofiler_manta.vcf": "a mouse",
    "lumpy.vcf": "two columns of one name",
    "mavis__mavis_summary_all_mock-A36971_mock-A47933.tab": "two libraries, neither is the sample",
    "mavis__breakdancer_output.txt": "counts of reads without sides",
    "truth.tsv": "published calls of genes, no segments",
    "all_pdx_arrays.seg": "43 samples, none is the sample",
}
WITHOUT_SEGMENTS = (".purple.purity.tsv", ".purple.qc")  # companions of a file of segments


@lru_cache(maxsize=1)
def schema() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def files() -> list[Any]:
    if not DATA.is_dir():
        return []
    return [
        pytest.param("structural_variants" if path.suffix == ".bedpe" else column, path, id=str(path.relative_to(DATA)))
        for column, folders in FOLDERS.items()
        for folder in folders
        for path in sorted((DATA / folder).rglob("*"))
        if path.is_file() and path.suffix != ".json"
    ]


def report_of(column: str, path: Path, assembly: str, folder: Path, **cells: str) -> dict[str, Any]:
    """The report of a sheet with one file."""
    row = {"sample": "S", "patient": "P", "timepoint": "diagnosis", "assembly": assembly, column: str(path), **cells}
    row.setdefault("assay", "wgs")
    sheet = folder / "samples.tsv"
    sheet.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    (sample,) = read_samples(sheet)
    return build_report(analyse(sample, None, Settings()))


def lesion(report: dict[str, Any], id: str) -> dict[str, Any]:
    return next(row for row in report["lesions"] if row["id"] == id)


@pytest.mark.parametrize(("column", "path"), files())
def test_every_file_is_a_report_or_one_line(column, path, shared_data, tmp_path):
    """In each assembly: a report that validates and reconciles, or a message that says what is wrong and what to do."""
    refused = []
    for assembly in ("GRCh37", "GRCh38"):
        cells = {"tumor_name": NAMES[path.name]} if path.name in NAMES else {}
        try:
            report = report_of(column, path, assembly, tmp_path, **cells)
        except InputError as error:
            message = str(error)
            refused.append(message)
            assert path.name in message
            assert len(message.splitlines()) == 1, message
            assert "expected" in message or "What to do" in message, message
            continue
        schema().validate(report)
        assert report["inputs"], "read, and nothing is said of it"
        for file in report["inputs"]:
            assert file["records_read"] == file["records_used"] + sum(file["dropped"].values())
        used = sum(file["records_used"] for file in report["inputs"])
        if not used:
            lost = [file["dropped"] or file["warnings"] or file["notes"] for file in report["inputs"]]
            assert all(lost) or not any(file["records_read"] for file in report["inputs"]), "records vanish unsaid"
    if path.name.endswith(WITHOUT_SEGMENTS):
        assert len(refused) in (0, 2), refused  # read where the segments lie beside it
        return
    assert (len(refused) == 2) == (path.name in NO_RESULT), refused


def test_arriba_names_bcr_abl1(shared_data, tmp_path):
    report = report_of("fusions", shared_data / "fusions/arriba/fusions.tsv", "GRCh37", tmp_path)
    found = lesion(report, "bcr_abl1")
    assert found["state"] == "detected"
    assert found["evidence"][0]["record"]
    assert lesion(report, "abl_class")["state"] != "detected"


@pytest.mark.parametrize("name", ["annotated.all.txt", "annotated.fusion.txt", "final_fusions.txt"])
def test_cicero_names_tcf3_pbx1(name, shared_data, tmp_path):
    report = report_of("fusions", shared_data / "fusions/cicero" / name, "GRCh37", tmp_path)
    found = lesion(report, "tcf3_r")
    assert (found["state"], found["subtype"]) == ("detected", "TCF3::PBX1")


def test_icgc_files_say_what_was_repaired(shared_data, tmp_path):
    """`#CHROM` split by spaces, REF `-`: read with a warning, never empty without a word."""
    found = sorted((shared_data / "all_patients" / "icgc_target").glob("*.vcf"))
    assert len(found) >= 10
    for path in found:
        report = report_of("small_variants", path, "GRCh37", tmp_path)
        (file,) = report["inputs"]
        assert any("repaired" in text for text in file["warnings"]), path.name
        assert file["records_read"] > 0
        assert file["records_read"] == file["records_used"] + sum(file["dropped"].values())
        assert report["warnings"]
        assert lesion(report, "nt5c2")["state"] == "not_assessable", "sites without depth exclude no subclone"
    assert lesion(
        report_of("small_variants", found[0].with_name("SSM-PASFXA-03A-01D.vcf"), "GRCh37", tmp_path), "tp53_alteration"
    )["summary"].startswith("TP53 altered (mut): TP53 p.Arg248Gln")


@pytest.mark.parametrize("name", ["tumor_sample.purple.cnv.somatic.tsv", "tumor_sample.purple.segment.tsv"])
def test_a_doubled_melanoma_has_neither_iamp21_nor_masked_hypodiploidy(name, shared_data, tmp_path):
    """COLO829 on GRCh37: three whole chromosomes 21; minor copy 0 at total 2 on some chromosomes, not on enough."""
    path = shared_data / "copy_number/purple" / name
    report = report_of("copy_number", path, "GRCh37", tmp_path)
    amplified, hypo = lesion(report, "iamp21"), lesion(report, "hypodiploidy")
    assert amplified["state"] == "not_detected"
    assert "polysomy 21" in amplified["summary"]
    assert hypo["state"] in ("not_detected", "equivocal")
    assert hypo["modal_number"] in range(68, 75)
    assert "homologues left" in hypo["summary"]
    assert hypo["leaning"] in (None, "unclear")
    assert lesion(report, "high_hyperdiploidy")["state"] == "not_detected"
    with pytest.raises(InputError, match="GRCh37"):
        report_of("copy_number", path, "GRCh38", tmp_path)


@pytest.mark.parametrize("caller", ["manta", "gridss"])
def test_a_melanoma_has_no_fusion_of_leukaemia(caller, shared_data, tmp_path):
    """COLO829 by two callers: nothing of the high-risk list is found among its junctions."""
    path = next((shared_data / "structural_variants" / caller).glob("colo829*"))
    report = report_of("structural_variants", path, "GRCh37", tmp_path, tumor_name=NAMES[path.name])
    assert sum(file["records_used"] for file in report["inputs"]) > 50
    for id in ("bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r", "etv6_runx1"):
        assert lesion(report, id)["state"] == "not_detected", id


def test_normal_cells_of_na12878_carry_no_lesion(shared_data, tmp_path):
    """Germline structural variants of a healthy person are not taken for rearrangements."""
    path = shared_data / "structural_variants/gridss/gridss-na12878.vcf"
    report = report_of("structural_variants", path, "GRCh37", tmp_path)
    assert {row["state"] for row in report["lesions"]} <= {"not_detected", "not_assessable"}


def test_fusioncatcher_table_and_vcf_agree(shared_data, tmp_path):
    base = shared_data / "fusions/fusioncatcher/final-list_candidate-fusion-genes"
    states = [
        {row["id"]: (row["state"], row["subtype"]) for row in report_of("fusions", path, "GRCh38", tmp_path)["lesions"]}
        for path in (base.with_suffix(".txt"), base.with_suffix(".vcf"))
    ]
    assert states[0] == states[1]


def test_one_sheet_with_every_input_of_one_tumour(shared_data, tmp_path):
    """COLO829 by PURPLE, Manta and GRIDSS together, as a laboratory would give it."""
    structural = shared_data / "structural_variants"
    report = report_of(
        "copy_number",
        shared_data / "copy_number/purple/tumor_sample.purple.cnv.somatic.tsv",
        "GRCh37",
        tmp_path,
        structural_variants=str(structural / "purple/COLO829v003T.purple.sv.vcf"),
        tumor_name=NAMES["COLO829v003T.purple.sv.vcf"],
        par_mode="unknown",
    )
    schema().validate(report)
    assert lesion(report, "bcr_abl1")["state"] == "not_detected"
    assert lesion(report, "par1_deletion")["state"] in ("not_assessable", "not_detected")
    assert {file["kind"] for file in report["inputs"]} == {"copy_number", "structural_variants"}
