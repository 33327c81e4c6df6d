"""Subtype calls: every classifier's own table, this sample's rows only, counted; damaged ones refused."""

from __future__ import annotations

import gzip

import pytest

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.subtype_calls import Confidence, Method
from annotate.read.subtype_calls import read_subtype_calls

ALLCATCHR = (
    "sample\tScore\tPrediction\tConfidence\tBlastCounts\tSex\tScore_sex\tImmuno\tScoreImmuno\n"
    "K1\t0.95\tiAMP21\thigh-confidence\t82.1\tMale\t1\tcommon\t0.8\n"
    "K2\t0.45\tPh-like\tcandidate\t61.0\tFemale\t1\tcommon\t0.7\n"
)
TABLES = {  # text, what is read of K2: classifier, label, method, score, confidence, records of K1 and others
    "allcatchr": (ALLCATCHR, "ALLCatchR", "Ph-like", Method.EXPRESSION, 0.45, Confidence.LOW),
    "allsorts.predictions": (
        ",Prediction\nK1,iAMP21\nK2,ETV6-RUNX1\n",
        "ALLSorts",
        "ETV6-RUNX1",
        Method.EXPRESSION,
        None,
        Confidence.UNSTATED,
    ),
    "allsorts.probabilities": (
        ",DUX4 Group,ETV6-RUNX1,iAMP21,Pred\nK1,0.1,0.2,0.9,iAMP21\nK2,0.1,0.93,0.05,ETV6-RUNX1\n",
        "ALLSorts",
        "ETV6-RUNX1",
        Method.EXPRESSION,
        0.93,
        Confidence.UNSTATED,
    ),
    "tallsorts.predictions": (
        "Sample,Predictions\nK1,TAL\nK2,TLX3\n",
        "TALLSorts",
        "TLX3",
        Method.EXPRESSION,
        None,
        Confidence.UNSTATED,
    ),
    "tallsorts.probabilities": (
        "Sample,BCL11B,HOXA_KMT2A,TAL,TLX1,TLX3\nK1,0,0,1,0,0\nK2,0.01,0.02,0.03,0.04,0.9\n",
        "TALLSorts",
        "TLX3",
        Method.EXPRESSION,
        0.9,
        Confidence.UNSTATED,
    ),
    "md_all": (
        "sample_id\tsubtype_phenograph\tsubtype_svm\tscore_svm\tsubtype_final\tconfidence\n"
        "K1\tPh\tPh\t1\tPh-like\tHigh\nK2\tDUX4\tDUX4\t0.9\tDUX4\tMedium\n",
        "MD-ALL",
        "DUX4",
        Method.EXPRESSION,
        0.9,
        Confidence.LOW,
    ),
    "allium.gex": (
        ",GEX_subtype_groups,GEX_subtype_V2,GEX_probability_V2,GEX_subtype_comments\n"
        "K1,DUX4-r,DUX4-r,0.99,Passed control\nK2,aneuploidy,hyperdiploid,0.98,Passed control\n",
        "ALLIUM",
        "hyperdiploid",
        Method.EXPRESSION,
        0.98,
        Confidence.HIGH,
    ),
    "allium.dnam": (
        "id,DNAm_subtype_V2,DNAm_probability_V2,DNAm_subtype_comments\n"
        "K1,DUX4-r,0.9,Passed control\nK2,no_class,<0.5,No class prediction\n",
        "ALLIUM",
        "no_class",
        Method.METHYLATION,
        None,
        Confidence.LOW,
    ),
    "alma.v2": (
        "sample_id,ALMA Subtype v2,Diagnostic Confidence\nK1,B-ALL with hypodiploidy,0.9\nK2,T-ALL,0.97\n",
        "ALMA",
        "T-ALL",
        Method.METHYLATION,
        0.97,
        Confidence.UNSTATED,
    ),
    "subtype.table": (
        "sample\tclassifier\tversion\tsubtype\tscore\nK1\tMARLIN\t1\tKMT2A\t0.9\nK2\tMARLIN\t1.0\tiAMP21\t0.7\n",
        "MARLIN",
        "iAMP21",
        Method.UNKNOWN,
        0.7,
        Confidence.UNSTATED,
    ),
}


def sample(**fields):
    return Sample("K2", "K", "diagnosis", "GRCh38", **fields)


def read(path, **fields):
    return read_subtype_calls((path,), sample(**fields))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("how", ["plain", "gzip", "crlf"])
def test_each_table_gives_this_samples_call_alone(tmp_path, name, how):
    text, classifier, label, method, score, sure = TABLES[name]
    path = tmp_path / "calls.txt"
    data = text.replace("\n", "\r\n") if how == "crlf" else text
    path.write_bytes(gzip.compress(data.encode()) if how == "gzip" else data.encode())
    found = read(path)
    (call,) = found.calls
    assert (call.classifier, call.label, call.method, call.score, call.confidence) == (
        classifier,
        label,
        method,
        score,
        sure,
    )
    (file,) = found.inputs
    assert file.format == name
    assert (file.records_read, file.records_used) == (2, 1)
    assert dict(file.dropped) == {"another sample's record": 1}


def test_marlin_takes_the_class_of_the_highest_score_and_the_last_state_of_the_run(tmp_path):
    path = tmp_path / "run.pred.txt"
    path.write_text(
        "B.ALL..iAMP21\tAML..NPM1\tcov_cpgs\ttime\n0.2\t0.7\t900\t2026-01-01\n0.9\t0.05\t9000\t2026-01-02\n"
    )
    found = read(path)
    (call,) = found.calls
    assert (call.classifier, call.label, call.score) == ("MARLIN", "B.ALL..iAMP21", 0.9)
    assert (found.inputs[0].records_read, found.inputs[0].records_used) == (2, 1)


def test_one_row_of_integrateall_needs_no_name(tmp_path):
    path = tmp_path / "Final_classification.csv"
    path.write_text("ALLCatchR,Confidence,karyotype_classifier,WHO-HAEM5\nDUX4,high-confidence,other,X\n")
    (call,) = read(path).calls
    assert (call.label, call.confidence) == ("DUX4", Confidence.HIGH)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sample\tgene\tvalue\nK2\tA\t1\n", "no known subtype-calls format"),
        (ALLCATCHR.replace("0.45", "much"), "not a number"),
        (ALLCATCHR.replace("K2", "K3").replace("K1", "K4"), "cannot tell which"),
        ("sample\tclassifier\tsubtype\nK2\tX\tDUX4\textra\tcells\n", "wrong number of columns"),
        (",ETV6-RUNX1,Pred\nK2,1.7,ETV6-RUNX1\n", "not a probability"),
        ("ALLCatchR,Confidence\nDUX4,high\niAMP21,high\n", "no column that names samples"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, text, words):
    path = tmp_path / "calls.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read(path)


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "calls.tsv.gz"
    path.write_bytes(gzip.compress((ALLCATCHR * 200).encode())[:-20])
    with pytest.raises(InputError, match="truncated"):
        read(path)


def test_a_single_sample_that_the_sheet_gives_to_another_row_is_not_taken(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("Sample,Predictions\nK1,TAL\n")
    with pytest.raises(InputError, match="cannot tell which"):
        read(path, sheet_names=frozenset({"K1"}))
