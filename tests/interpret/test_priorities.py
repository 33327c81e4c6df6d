"""What would change the picture is weighed by consequence, not counted; tests that confirm what was found."""

from __future__ import annotations

import pytest

from annotate.interpret.confirmation import confirmation_tests
from annotate.interpret.facts import Facts
from annotate.interpret.priorities import Change, Picture, wishes
from annotate.interpret.schemes import evaluate_all
from annotate.interpret.therapies import therapies_for
from annotate.knowledge.tables import Knowledge
from tests.makers.calls import D, N, Q, X, all_calls, call, patient, relapse

KNOWLEDGE = Knowledge.load()
BCP, T = patient(immunophenotype="BCP"), patient(immunophenotype="T")


def asked(calls, person=BCP, timepoint="diagnosis", germline=frozenset(), **inputs):
    risk, groups = evaluate_all(calls, person, KNOWLEDGE, timepoint)
    facts = Facts(calls, person, KNOWLEDGE, timepoint, groups=groups, germline=germline)
    given = {id: (f"input for {id}",) for id, c in calls.items() if c.state in (X, Q)} | inputs
    return wishes(Picture(facts, risk, therapies_for(facts)), given)


def place(found, input: str) -> int:
    return next(n for n, wish in enumerate(found) if wish.input == input)


def test_an_item_of_the_list_comes_before_many_others():
    others = ("etv6_deletion", "rb1_deletion", "btg1_deletion", "pax5")
    found = asked(all_calls(iamp21=X, **dict.fromkeys(others, X)), **dict.fromkeys(others, ("one input",)))
    assert found[0].lesions == ["iamp21"]
    assert Change.FLAG in found[0].changes
    assert len(found[place(found, "one input")].lesions) == len(others)


def test_once_the_flag_is_up_nothing_changes_it():
    found = asked(all_calls(iamp21=X, bcr_abl1=D))
    assert not any(Change.FLAG in wish.changes for wish in found)


@pytest.mark.parametrize(("timepoint", "weighs"), [("diagnosis", False), ("relapse", True)])
@pytest.mark.parametrize("lesion", ["nt5c2", "relapse_genes", "antigen_loss"])
def test_mutations_of_relapse_weigh_nothing_at_diagnosis(lesion, timepoint, weighs):
    found = asked(all_calls(**{lesion: X}), timepoint=timepoint)
    wish = found[place(found, f"input for {lesion}")]
    assert bool(wish.weight) is weighs


@pytest.mark.parametrize("other", ["dux4_r", "znf384_r", "mef2d_r", "nutm1_r", "etv6_runx1"])
def test_another_class_weighs_nothing_beside_a_certain_one(other):
    found = asked(all_calls(tcf3_r=call("tcf3_r", D, "TCF3::PBX1"), **{other: X}))
    assert found[place(found, f"input for {other}")].weight == 0
    alone = asked(all_calls(**{other: X}))
    assert alone[place(alone, f"input for {other}")].weight > 0


@pytest.mark.parametrize(("person", "lesion"), [(BCP, "notch1_fbxw7"), (BCP, "pten"), (T, "ikzf1_plus"), (T, "dux4_r")])
def test_lesions_of_the_other_lineage_weigh_nothing(person, lesion):
    found = asked(all_calls(**{lesion: X}), person)
    assert found[place(found, f"input for {lesion}")].weight == 0


@pytest.mark.parametrize(
    ("calls", "person", "timepoint", "germline", "wanted"),
    [
        (all_calls(), relapse("BM"), "relapse", frozenset(), "CD19 and CD22 on the leukaemic cells, by flow cytometry"),
        (all_calls(hypodiploidy=X), BCP, "diagnosis", frozenset(), "DNA index by flow cytometry"),
        (
            all_calls(abl_class=X, ebf1_deletion=D),
            BCP,
            "diagnosis",
            frozenset(),
            "FISH with a PDGFRB break-apart probe",
        ),
        (all_calls(), None, "diagnosis", frozenset(), "immunophenotype"),
        (all_calls(bcr_abl1=D), BCP, "relapse", frozenset(), "ABL1 kinase domain by deep sequencing of the transcript"),
        (
            all_calls(),
            BCP,
            "diagnosis",
            frozenset({"TP53"}),
            "germline TP53, in material of the child's own that is no leukaemia",
        ),
    ],
)
def test_tests_that_no_lesion_asks_for(calls, person, timepoint, germline, wanted):
    assert wanted in [wish.input for wish in asked(calls, person, timepoint, germline)]
    quiet = [wish.input for wish in asked(all_calls(), relapse("BM", cd19="positive", cd22="positive"), "relapse")]
    assert wanted not in quiet


def test_a_missing_date_is_asked_for_with_the_schemes_that_hang_on_it():
    found = asked(all_calls(), relapse("BM", months=48), "relapse")
    wish = found[place(found, "end of therapy date (clinical sheet)")]
    assert {"BFM S1-S4", "UK ALLR3"} <= set(wish.schemes)


# ---------------------------------------------------------------- confirmation


def confirming(calls, **facts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for test in confirmation_tests(Facts(calls, BCP, KNOWLEDGE, "relapse", **facts)):
        found.setdefault(test.lesion, []).append(f"{test.test}: {test.probe_or_assay}")
    return found


@pytest.mark.parametrize("state", [D, Q])
def test_each_rearrangement_of_the_list_has_a_probe_and_a_way_to_follow_it(state):
    for lesion in ("bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r"):
        tests = confirming(all_calls(**{lesion: state}))[lesion]
        assert any(text.startswith("FISH") for text in tests)
        assert any(text.startswith(("RT-PCR", "MRD")) for text in tests)


@pytest.mark.parametrize("state", [N, X])
def test_what_is_not_there_needs_no_confirmation(state):
    assert confirming(all_calls(state)) == {}


def test_every_lesion_that_can_be_high_risk_has_a_test():
    high = [row["id"] for row in KNOWLEDGE.table("lesions") if row["high_risk"] == "1"]
    found = confirming(all_calls(**dict.fromkeys(high, D)))
    assert set(found) == set(high)
