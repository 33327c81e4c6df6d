"""Options of invented children: lineage × age × line × antigen × earlier therapy, and what speaks against each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from annotate.interpret.facts import Facts
from annotate.interpret.labels import JURISDICTIONS, NOT_CHECKED
from annotate.interpret.options import options_for
from annotate.interpret.schemes import evaluate_all
from annotate.interpret.therapies import therapies_for
from annotate.knowledge.tables import Knowledge
from annotate.model.options import Fit, Option
from annotate.model.sample import Patient
from tests.makers.calls import D, all_calls, call, hits

KNOWLEDGE = Knowledge.load()
PH = call("bcr_abl1", D, "BCR::ABL1 p190", genes=("BCR", "ABL1"), details={"fusion": "BCR::ABL1"})
KMT2A = call("kmt2a_r", D, "KMT2A::AFF1", genes=("KMT2A", "AFF1"), details={"fusion": "KMT2A::AFF1"})
RAS = call("ras_pathway", genes=("NRAS",))
EBF1 = call("abl_class", D, "EBF1::PDGFRB", genes=("EBF1", "PDGFRB"), details={"fusion": "EBF1::PDGFRB"})
CD19_LOST = call(
    "antigen_loss",
    genes=("CD19",),
    details=hits({"gene": "CD19", "change": "homozygous_deletion", "rule": "antigen_loss.cd19_homozygous"}),
)
BLINA, INO, TISA, TALI = (
    "blinatumomab",
    "inotuzumab ozogamicin",
    "tisagenlecleucel",
    "talicabtagene autoleucel (NexCAR19)",
)
OBE, BREXU = "obecabtagene autoleucel", "brexucabtagene autoleucel"
NELA, DARA, VEN = "nelarabine", "daratumumab with chemotherapy", "venetoclax with chemotherapy"
IMA, DASA, PONA, REVU = "imatinib", "dasatinib", "ponatinib", "revumenib"
B_RELAPSE = {BLINA, INO, TISA, TALI}
T_RELAPSE = {NELA, DARA, VEN}
CD19 = {BLINA, TISA, TALI}
TRIAL_B = "dasatinib with venetoclax and chemotherapy (trial)"
TRIAL_C = "ruxolitinib with venetoclax (trial)"
TRIAL_D = "trametinib with dexamethasone and chemotherapy (trial)"


@dataclass(frozen=True)
class Child:
    """One child: what the sheet says, what was found, and what the options must be."""

    lineage: str | None
    age: float | None
    timepoint: str
    shown: set[str]
    inside: set[str]  # inside a label
    against: set[str] = field(default_factory=set)  # contradicted by this child's own findings
    facts: dict[str, Any] = field(default_factory=dict)
    lesions: dict[str, Any] = field(default_factory=dict)


CHILDREN = {
    # B lineage, first relapse
    "b_first": Child("BCP", 5, "relapse", B_RELAPSE, {BLINA, INO}),
    "b_first_infant": Child("BCP", 0.6, "relapse", B_RELAPSE, {BLINA}),
    "b_first_one_year": Child("BCP", 1.0, "relapse", B_RELAPSE, {BLINA, INO}),
    "b_first_fifteen": Child("BCP", 15, "relapse", B_RELAPSE, {BLINA, INO, TALI}),
    "b_first_fourteen": Child("BCP", 14.9, "relapse", B_RELAPSE, {BLINA, INO}),
    "b_first_adult": Child("BCP", 18, "relapse", B_RELAPSE | {OBE, BREXU}, {BLINA, INO, TALI, OBE, BREXU}),
    "b_first_twenty_five": Child("BCP", 25.9, "relapse", B_RELAPSE | {OBE, BREXU}, {BLINA, INO, TALI, OBE, BREXU}),
    "b_first_twenty_six": Child("BCP", 26, "relapse", {BLINA, INO, TALI, OBE, BREXU}, {BLINA, INO, TALI, OBE, BREXU}),
    "b_first_after_hsct": Child("BCP", 5, "relapse", B_RELAPSE, {BLINA, INO, TISA}, facts={"prior_hsct": True}),
    "b_first_cns": Child("BCP", 5, "relapse", B_RELAPSE, {BLINA, INO}, facts={"sites": ("CNS",)}),
    "b_first_down": Child("BCP", 5, "relapse", B_RELAPSE, {BLINA, INO}, facts={"down_syndrome": True}),
    # B lineage, later relapses
    "b_second": Child("BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}),
    "b_second_infant": Child("BCP", 0.9, "relapse2", B_RELAPSE, {BLINA, TISA}),
    "b_third": Child("BCP", 8, "relapse3", B_RELAPSE, {BLINA, INO, TISA}),
    "b_second_after_car": Child(
        "BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, facts={"prior_therapy": ("cd19_car_t",)}
    ),
    "b_second_after_blina": Child(
        "BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, facts={"prior_therapy": ("blinatumomab",)}
    ),
    # antigens
    "b_cd19_negative": Child("BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, CD19, {"cd19": "negative"}),
    "b_cd19_dim": Child("BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, facts={"cd19": "dim"}),
    "b_cd19_positive": Child("BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, facts={"cd19": "positive"}),
    "b_cd22_negative": Child("BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, {INO}, {"cd22": "negative"}),
    "b_both_negative": Child(
        "BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, {INO, *CD19}, {"cd19": "negative", "cd22": "negative"}
    ),
    "b_cd19_lost_in_dna": Child(
        "BCP", 8, "relapse2", B_RELAPSE, {BLINA, INO, TISA}, CD19, lesions={"antigen_loss": CD19_LOST}
    ),
    # lesions
    "ph_first": Child("BCP", 6, "relapse", B_RELAPSE | {IMA, DASA, PONA}, {BLINA, INO}, lesions={"bcr_abl1": PH}),
    "ph_diagnosis": Child("BCP", 6, "diagnosis", {BLINA, IMA, DASA, PONA}, {IMA, DASA}, lesions={"bcr_abl1": PH}),
    "ph_diagnosis_infant": Child("BCP", 0.5, "diagnosis", {BLINA, IMA, DASA, PONA}, {IMA}, lesions={"bcr_abl1": PH}),
    "ph_diagnosis_adult": Child(
        "BCP", 20, "diagnosis", {BLINA, IMA, DASA, PONA}, {IMA, DASA, PONA}, lesions={"bcr_abl1": PH}
    ),
    "abl_class": Child(
        "BCP", 6, "relapse", B_RELAPSE | {IMA, DASA, TRIAL_B}, {BLINA, INO}, lesions={"abl_class": EBF1}
    ),
    "ras": Child(
        "BCP",
        6,
        "relapse",
        B_RELAPSE | {"trametinib or selumetinib", TRIAL_B, TRIAL_D},
        {BLINA, INO},
        lesions={"ras_pathway": RAS},
    ),
    "crlf2": Child("BCP", 6, "relapse", B_RELAPSE | {"ruxolitinib", TRIAL_C}, {BLINA, INO}, lesions={"crlf2_r": D}),
    "infant_kmt2a_new": Child(
        "BCP",
        0.3,
        "diagnosis",
        {BLINA, REVU, "venetoclax", "CD19-directed therapy"},
        {BLINA},
        lesions={"kmt2a_r": KMT2A},
    ),
    "newborn_kmt2a_new": Child(
        "BCP",
        0.05,
        "diagnosis",
        {BLINA, REVU, "venetoclax", "CD19-directed therapy"},
        set(),
        lesions={"kmt2a_r": KMT2A},
    ),
    "kmt2a_relapse": Child(
        "BCP",
        2,
        "relapse",
        B_RELAPSE | {REVU, "venetoclax", "CD19-directed therapy"},
        {BLINA, INO, REVU},
        lesions={"kmt2a_r": KMT2A},
    ),
    "kmt2a_relapse_infant": Child(
        "BCP",
        0.8,
        "relapse",
        B_RELAPSE | {REVU, "venetoclax", "CD19-directed therapy"},
        {BLINA},
        lesions={"kmt2a_r": KMT2A},
    ),
    # newly diagnosed
    "b_new": Child("BCP", 5, "diagnosis", {BLINA}, {BLINA}),
    "t_new": Child("T", 9, "diagnosis", set(), set()),
    # T lineage
    "t_first": Child("T", 9, "relapse", T_RELAPSE, set()),
    "t_second": Child("T", 9, "relapse2", T_RELAPSE, {NELA}),
    "t_first_cns": Child("T", 9, "relapse", T_RELAPSE, set(), facts={"sites": ("CNS",)}),
    # lineage that switched, or is not known
    "switched_to_aml": Child("BCP", 5, "relapse", set(), set(), facts={"relapse_lineage": "AML"}),
    "switched_to_t": Child("BCP", 5, "relapse", T_RELAPSE, set(), facts={"relapse_lineage": "T"}),
    "mpal": Child("MPAL", 5, "relapse", set(), set()),
    "lineage_unknown": Child(None, 5, "relapse", set(), set()),
    "age_unknown": Child("BCP", None, "relapse", {BLINA, INO, TALI}, {BLINA}),
}


def options_of(child: Child, germline: frozenset[str] = frozenset()) -> tuple[Option, ...]:
    calls = all_calls(**child.lesions)
    person = Patient(
        "p",
        **{
            "immunophenotype": child.lineage,
            "age_at_diagnosis_years": child.age,
            "diagnosis_date": "2024-05-01",
            "relapse_date": "2024-05-01",
            "sites": ("BM",),
            "prior_hsct": False,
            **child.facts,
        },
    )
    _, groups = evaluate_all(calls, person, KNOWLEDGE, child.timepoint)
    facts = Facts(calls, person, KNOWLEDGE, child.timepoint, groups=groups, germline=germline)
    return options_for(facts, therapies_for(facts))


def test_there_are_enough_children():
    assert len(CHILDREN) >= 40


@pytest.mark.parametrize("name", CHILDREN)
def test_the_right_set_appears(name):
    assert {option.drug for option in options_of(CHILDREN[name])} == CHILDREN[name].shown


@pytest.mark.parametrize("name", CHILDREN)
def test_what_this_child_contradicts(name):
    child = CHILDREN[name]
    assert {option.drug for option in options_of(child) if option.contradicted_by} == child.against


@pytest.mark.parametrize("name", CHILDREN)
def test_nothing_outside_its_label_is_shown_without_that_word(name):
    for option in options_of(CHILDREN[name]):
        if option.drug in CHILDREN[name].inside:
            assert option.label is Fit.YES, option.drug
            assert "inside its label" in option.label_text
        else:
            assert option.label is not Fit.YES, option.drug
            assert any(word in option.label_text for word in ("outside", "not known", "no label"))


@pytest.mark.parametrize("name", CHILDREN)
def test_every_option_says_on_what_it_hangs_and_when_its_texts_were_read(name):
    for option in options_of(CHILDREN[name]):
        assert option.conditions
        assert option.sources
        assert option.tier in ("I", "II", "III", "IV")
        for label in option.approvals:
            assert label.as_of
            assert label.status != NOT_CHECKED or label.read_on is None
        if option.approvals:
            assert {label.jurisdiction for label in option.approvals} == set(JURISDICTIONS)
        assert all(trial.as_of and trial.status for trial in option.trials)


@pytest.mark.parametrize("drug", [BLINA, INO, TISA, NELA])
def test_outside_the_label_the_tier_is_the_lower_one(drug):
    tiers = {
        option.label: option.tier for child in CHILDREN.values() for option in options_of(child) if option.drug == drug
    }
    assert tiers[Fit.YES] == "I"
    assert all(tier == "II" for fit, tier in tiers.items() if fit is not Fit.YES)


def test_the_strongest_comes_first_and_what_is_contradicted_last():
    found = options_of(CHILDREN["b_cd19_negative"])
    assert found[0].drug == INO
    assert all(option.contradicted_by for option in found[1:])
    assert {option.direction for option in found[1:]} == {"contraindicated"}


def test_cautions_of_earlier_therapy_and_transplantation():
    by = {name: {o.drug: " ".join(o.caveats) for o in options_of(CHILDREN[name])} for name in CHILDREN}
    assert "sinusoidal obstruction" in by["b_first_after_hsct"][INO].lower()
    assert "blinatumomab was given before" in by["b_second_after_blina"][TISA]
    assert "blinatumomab was given before" not in by["b_second"][TISA]
    assert "CAR T cells were given before" in by["b_second_after_car"][BLINA]
    assert "lineage switch" in by["kmt2a_relapse"][BLINA]
    assert "outside the trials" in by["b_first_cns"][BLINA]


def test_a_germline_question_of_tp53_cautions_irradiation():
    found = options_of(CHILDREN["b_first"], frozenset({"TP53"}))
    assert found[-1].direction == "caution"
    assert "irradiation" in found[-1].drug
    assert not any("irradiation" in option.drug for option in options_of(CHILDREN["b_first"], frozenset({"ETV6"})))


@pytest.mark.parametrize(
    ("name", "tier"),
    [("newborn_kmt2a_new", "II"), ("infant_kmt2a_new", "II"), ("kmt2a_relapse_infant", "II"), ("kmt2a_relapse", "I")],
)
def test_revumenib_by_age_and_line(name, tier):
    option = next(option for option in options_of(CHILDREN[name]) if option.drug == REVU)
    assert option.tier == tier
    assert any("outside this setting" in caveat for caveat in option.caveats) is (tier == "II")
