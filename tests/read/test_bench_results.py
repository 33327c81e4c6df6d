"""Single tests of a laboratory: RT-PCR, FISH and flow cytometry as rows; what each shows, excludes and leaves open."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.decide.detectability import inputs_present
from annotate.model.sample import Patient, Sample
from annotate.read.bench_results import read_bench_results
from annotate.run.sample import analyse

HEADER = "sample\tmethod\ttarget\tresult\tcells\ttranscripts\n"


def write(path, *rows, sample="K"):
    lines = ["\t".join([sample, *[*row, "", "", ""][:5]]) for row in rows]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


def analysis(tmp_path, *rows, patient=None, **fields):
    path = write(tmp_path / "bench.tsv", *rows)
    sample = Sample("K", "K", "diagnosis", "GRCh38", bench_results=(path,), **fields)
    return analyse(sample, patient, Settings())


def state(tmp_path, lesion, *rows, **fields):
    return analysis(tmp_path, *rows, **fields).calls[lesion].state.value


@pytest.mark.parametrize(
    ("lesion", "row", "expected"),
    [
        ("bcr_abl1", ("rt_pcr", "BCR::ABL1", "positive", "", "p190"), "detected"),
        ("bcr_abl1", ("RT-PCR", "BCR-ABL1", "neg", "", "p190;p210"), "not_detected"),
        ("bcr_abl1", ("rt_pcr", "BCR::ABL1", "negative", "", "p210"), "not_assessable"),
        ("bcr_abl1", ("rt_pcr", "BCR::ABL1", "negative", "", ""), "not_assessable"),
        ("etv6_runx1", ("rt_pcr", "ETV6::RUNX1", "positive"), "detected"),
        ("etv6_runx1", ("rt_pcr", "ETV6::RUNX1", "negative"), "not_detected"),
        ("tcf3_r", ("rt_pcr", "TCF3::PBX1", "positive"), "detected"),
        ("tcf3_r", ("rt_pcr", "TCF3::PBX1", "negative"), "not_assessable"),
        ("kmt2a_r", ("rt_pcr", "KMT2A::AFF1", "positive"), "detected"),
        ("kmt2a_r", ("rt_pcr", "KMT2A::AFF1", "negative"), "not_assessable"),
        ("bcr_abl1", ("fish", "BCR::ABL1", "positive", "180/200"), "detected"),
        ("bcr_abl1", ("fish", "BCR::ABL1", "negative", "0/200"), "not_detected"),
        ("kmt2a_r", ("fish", "KMT2A", "split", "150/200"), "detected"),
        ("kmt2a_r", ("fish", "KMT2A", "intact", "0/200"), "not_detected"),
        ("cdkn2ab_deletion", ("fish", "CDKN2A", "homozygous_loss", "170/200"), "detected"),
        ("tp53_deletion", ("fish", "TP53", "loss", "100/200"), "detected"),
        ("iamp21", ("fish", "RUNX1", "amplified", "190/200"), "equivocal"),
        ("bcr_abl1", ("fish", "BCR::ABL1", "failed"), "not_assessable"),
        ("bcr_abl1", ("fish", "BCR::ABL1", "negative"), "not_assessable"),  # nuclei not stated
        ("iamp21", ("fish", "ETV6::RUNX1", "negative", "0/200"), "not_assessable"),  # signals of RUNX1 not stated
        ("iamp21", ("fish", "ETV6::RUNX1", "positive", "180/200"), "not_assessable"),
        ("iamp21", ("fish", "RUNX1", "intact", "0/200"), "not_assessable"),
        ("iamp21", ("fish", "RUNX1", "split", "90/200"), "not_assessable"),
        ("iamp21", ("fish", "RUNX1", "normal", "0/200"), "not_detected"),
    ],
)
def test_what_one_test_says(tmp_path, lesion, row, expected):
    assert state(tmp_path, lesion, row) == expected


def test_two_negative_pairs_exclude_what_one_does_not(tmp_path):
    rows = [("rt_pcr", f"TCF3::{partner}", "negative") for partner in ("PBX1", "HLF")]
    assert state(tmp_path, "tcf3_r", *rows) == "not_detected"


def test_a_targeted_assay_is_no_table_of_fusions(tmp_path):
    found = analysis(tmp_path, ("rt_pcr", "ETV6::RUNX1", "positive"))
    assert "rna_fusions" not in inputs_present(found.case)
    assert found.calls["bcr_abl1"].state.value == "not_assessable"


def test_fish_stands_beside_the_karyotype(tmp_path):
    found = analysis(tmp_path, ("fish", "KMT2A", "split", "150/200"), karyotype="46,XY[20]")
    assert found.calls["kmt2a_r"].state.present
    assert "KMT2A" in found.case.karyotype.raw


def test_rt_pcr_against_fish_is_a_conflict(tmp_path):
    rows = [("rt_pcr", "BCR::ABL1", "negative", "", "p190;p210"), ("fish", "BCR::ABL1", "positive", "180/200")]
    found = analysis(tmp_path, *rows).calls["bcr_abl1"]
    assert found.state.value in ("equivocal", "detected")
    assert found.state.value == "detected" or found.conflict is not None


def test_flow_fills_facts_that_the_sheets_do_not_state(tmp_path):
    rows = [("flow", "CD19", "positive"), ("flow", "CD22", "dim"), ("flow", "dna_index", "1.16")]
    case = analysis(tmp_path, *rows, patient=Patient("K", cd19="negative")).case
    assert (case.patient.cd19, case.patient.cd22) == ("negative", "dim")
    assert case.sample.dna_index == 1.16


def test_rows_are_counted_and_those_of_others_left(tmp_path, grch38):
    path = write(tmp_path / "a.tsv", ("rt_pcr", "BCR::ABL1", "failed"), ("flow", "CD19", "dim"))
    path.write_text(path.read_text() + "J\trt_pcr\tBCR::ABL1\tpositive\t\tp190\n")
    found = read_bench_results((path,), Sample("K", "K", "diagnosis", "GRCh38"), grch38)
    assert [result.target for result in found.results] == ["CD19"]
    (file,) = found.inputs
    assert (file.records_read, file.records_used) == (3, 1)
    assert dict(file.dropped) == {"another sample's record": 1, "the test failed": 1}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("pcr", "BCR::ABL1", "positive"), "no such method"),
        (("rt_pcr", "BCR", "positive"), "RT-PCR needs a pair"),
        (("rt_pcr", "BCR::NOGENE", "positive"), "no gene of the panel"),
        (("fish", "KMT2A", "positive"), "says nothing of such a test"),
        (("fish", "BCR::ABL1", "split"), "says nothing of such a test"),
        (("fish", "KMT2A", "split", "201/200"), "not a share of nuclei"),
        (("flow", "CD7", "positive"), "not read of flow cytometry"),
        (("flow", "dna_index", "high"), "not a number"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(tmp_path, row, words):
    with pytest.raises(InputError, match=words) as caught:
        analysis(tmp_path, row)
    assert "line 2" in str(caught.value)


def test_another_table_is_refused(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("gene\tresult\nBCR\tpositive\n")
    with pytest.raises(InputError, match="no known bench-results format"):
        analyse(Sample("K", "K", "diagnosis", "GRCh38", bench_results=(path,)), None, Settings())
