"""A classifier's label beside the lesions: agreement, disagreement, what stays open; it never sets a lesion."""

from __future__ import annotations

import pytest

from annotate.base.settings import Settings
from annotate.decide.case import Case
from annotate.decide.registry import registered
from annotate.interpret.subtypes import label_row, subtype_readings
from annotate.knowledge.specs.interpretation import EntityRow
from annotate.knowledge.specs.subtypes import SubtypeLabelRow
from annotate.model.sample import Sample
from annotate.model.subtype_calls import Agreement, Confidence, Method, SubtypeCall, SubtypeCalls
from annotate.report.json.build import build_report
from annotate.report.page.html import render
from annotate.run.sample import analyse
from tests.makers.calls import D, N, Q, X, all_calls, call


def reading(knowledge, genome, label, calls, confidence=Confidence.UNSTATED):
    one = SubtypeCall("ALLCatchR", label, Method.EXPRESSION, confidence=confidence)
    case = Case(Sample("K", "K", "diagnosis", "GRCh38"), genome, knowledge, subtypes=SubtypeCalls((one,), ()))
    (found,) = subtype_readings(case, calls)
    return found


@pytest.mark.parametrize(
    ("label", "changed", "agreement"),
    [
        ("iAMP21", {"iamp21": D}, Agreement.AGREES),
        ("iAMP21", {"iamp21": N}, Agreement.DISAGREES),
        ("iAMP21", {"iamp21": X}, Agreement.OPEN),
        ("iAMP21", {"iamp21": Q}, Agreement.OPEN),
        ("iAMP21", {"iamp21": X, "bcr_abl1": D}, Agreement.DISAGREES),
        ("Ph-like", {"crlf2_r": D}, Agreement.AGREES),
        ("Ph-like", {}, Agreement.OPEN),  # no kinase lesion was found: the label may still be right
        ("Ph-like", {"bcr_abl1": D}, Agreement.DISAGREES),
        ("ETV6::RUNX1-like", {"etv6_runx1": D}, Agreement.DISAGREES),
        ("TCF3-PBX1", {"tcf3_r": call("tcf3_r", D, "TCF3::HLF")}, Agreement.DISAGREES),
        ("Near.haploid", {"hypodiploidy": call("hypodiploidy", D, "near_haploid")}, Agreement.AGREES),
        ("Hyperdiploid", {"hypodiploidy": call("hypodiploidy", D, "near_haploid")}, Agreement.DISAGREES),
        ("NH.HeH", {"high_hyperdiploidy": D}, Agreement.AGREES),
        ("Unclassified", {"bcr_abl1": D}, Agreement.NO_SUBTYPE),
        ("Ki-67 rich", {}, Agreement.UNKNOWN_LABEL),
    ],
)
def test_agreement(knowledge, grch38, label, changed, agreement):
    found = reading(knowledge, grch38, label, all_calls(**changed))
    assert found.agreement is agreement
    assert found.reasons or agreement is Agreement.NO_SUBTYPE
    if agreement in (Agreement.OPEN, Agreement.DISAGREES):
        assert found.settles


def test_every_label_with_lesions_agrees_with_one_and_names_its_entity(knowledge, grch38):
    for row in knowledge.rows(SubtypeLabelRow):
        if not row.when:
            continue
        nothing = reading(knowledge, grch38, row.labels[0], all_calls())
        assert nothing.agreement is (Agreement.DISAGREES if row.needs_lesion else Agreement.OPEN), row.id
        assert nothing.lesions, row.id
        assert bool(nothing.who_haem5) is bool(row.entity), row.id


@pytest.mark.parametrize(
    ("spelt", "id"),
    [
        ("B-ALL, ETV6::RUNX1", "etv6_runx1"),
        ("B.ALL..KMT2A.rearranged", "kmt2a"),
        ("dux4-R", "dux4"),
        ("ZNF384 Group", "znf384"),
        ("BCR-ABL1-like", "ph_like"),
    ],
)
def test_labels_are_known_however_a_program_spells_them(knowledge, spelt, id):
    row = label_row(spelt, knowledge)
    assert row is not None
    assert row.id == id


def test_entities_that_expression_defines_are_named_by_a_label(knowledge):
    named = {row.entity for row in knowledge.rows(SubtypeLabelRow)}
    assert {row.id for row in knowledge.rows(EntityRow) if not row.when and row.lineage == "B"} <= named


def test_a_doubtful_label_says_so(knowledge, grch38):
    found = reading(knowledge, grch38, "DUX4", all_calls(dux4_r=X), Confidence.LOW)
    assert any("not sure" in reason for reason in found.reasons)


def test_no_rule_is_given_the_labels():
    assert not [rule.id for rule in registered().values() if "subtypes" in rule.sources]


def test_a_label_changes_no_lesion_and_no_group(tmp_path, knowledge):
    fusions = tmp_path / "fusions.tsv"
    fusions.write_text("gene1\tgene2\treads\nSTIL\tCAPRIN1\t12\n")
    labels = tmp_path / "labels.tsv"
    labels.write_text("sample\tclassifier\tsubtype\nK\tX\tPh\nK\tX\tiAMP21\nK\tX\tKMT2A\n")
    plain = Sample("K", "K", "diagnosis", "GRCh38", fusions=(fusions,))
    told = Sample("K", "K", "diagnosis", "GRCh38", fusions=(fusions,), subtype_calls=(labels,))
    without, with_labels = (build_report(analyse(one, None, Settings())) for one in (plain, told))
    assert len(with_labels["subtype_calls"]) == 3
    for part in ("lesions", "risk", "classification", "therapies", "options", "conflicts"):
        assert without[part] == with_labels[part]
    page = render(with_labels, Settings().report, knowledge)
    assert 'id="subtype_calls"' in page
    assert 'id="subtype_calls"' not in render(without, Settings().report, knowledge)
