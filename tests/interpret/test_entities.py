"""Entities of WHO-HAEM5 and ICC 2022: every row, precedence, conflicts, what DNA cannot say."""

from __future__ import annotations

import pytest

from annotate.interpret.entities import classify
from annotate.knowledge.tables import Knowledge
from tests.makers.calls import D, N, Q, X, all_calls, call, patient

BCP, T, MPAL = (patient(immunophenotype=word) for word in ("BCP", "T", "MPAL"))


def both(calls, person=BCP):
    found = {entity.system: entity for entity in classify(calls, person, Knowledge.load())}
    return found["WHO-HAEM5"], found["ICC 2022"]


ROWS = [  # lesion, WHO-HAEM5, ICC 2022
    ({"bcr_abl1": D}, "BCR::ABL1 fusion", "BCR::ABL1"),
    ({"kmt2a_r": D}, "KMT2A rearrangement", "KMT2A rearranged"),
    ({"tcf3_r": call("tcf3_r", D, "TCF3::HLF")}, "TCF3::HLF fusion", "HLF rearrangement"),
    ({"tcf3_r": call("tcf3_r", D, "TCF3::PBX1")}, "TCF3::PBX1 fusion", "TCF3::PBX1"),
    ({"etv6_runx1": D}, "ETV6::RUNX1 fusion", "ETV6::RUNX1"),
    ({"hypodiploidy": call("hypodiploidy", D, "near_haploid")}, "hypodiploidy", "near haploid"),
    ({"hypodiploidy": call("hypodiploidy", D, "low_hypodiploid", masked=True)}, "hypodiploidy", "low hypodiploid"),
    ({"iamp21": D}, "iAMP21", "iAMP21"),
    ({"high_hyperdiploidy": D}, "high hyperdiploidy", "hyperdiploidy"),
    ({"igh_il3": D}, "IGH::IL3 fusion", "IL3::IGH"),
    ({"dux4_r": D}, "other defined genetic alterations", "DUX4 rearrangement"),
    ({"znf384_r": D}, "other defined genetic alterations", "ZNF384 (ZNF362) rearrangement"),
    ({"mef2d_r": D}, "other defined genetic alterations", "MEF2D rearrangement"),
    ({"nutm1_r": D}, "other defined genetic alterations", "NUTM1 rearrangement"),
    ({"cdx2_ubtf": D}, "other defined genetic alterations", "UBTF::ATXN7L3/PAN3,CDX2"),
    ({"myc_r": D}, "other defined genetic alterations", "MYC rearrangement"),
    ({"pax5_p80r": D}, "other defined genetic alterations", "mutated PAX5 P80R"),
    ({"ikzf1_n159y": D}, "other defined genetic alterations", "mutated IKZF1 N159Y"),
    ({"zeb2_h1038r": D}, "other defined genetic alterations", "ZEB2"),
    ({"cebp_id4_r": D}, "other defined genetic alterations", "IGH::CEBPE"),
]


@pytest.mark.parametrize(("changed", "who", "icc"), ROWS)
def test_each_class_defining_lesion(changed, who, icc):
    for entity, words in zip(both(all_calls(**changed)), (who, icc), strict=True):
        assert entity.entity is not None
        assert words in entity.entity
        assert entity.certainty == "certain"
        assert entity.also == ()
        assert entity.sources


PRECEDENCE = [
    {"bcr_abl1": D},
    {"kmt2a_r": D},
    {"tcf3_r": call("tcf3_r", D, "TCF3::HLF")},
    {"etv6_runx1": D},
    {"hypodiploidy": call("hypodiploidy", D, "near_haploid")},
    {"iamp21": D},
    {"high_hyperdiploidy": D},
    {"mef2d_r": D},
]


@pytest.mark.parametrize("place", range(len(PRECEDENCE) - 1))
def test_the_first_wins_and_two_are_a_conflict(place):
    first, second = PRECEDENCE[place], PRECEDENCE[place + 1]
    alone = both(all_calls(**first))[1].entity
    icc = both(all_calls(**first, **second))[1]
    assert icc.entity == alone
    assert icc.certainty == "provisional"
    assert any("CONFLICT" in reason for reason in icc.reasons)
    assert both(all_calls(**second))[1].entity in icc.also


@pytest.mark.parametrize("kinase", ["crlf2_r", "abl_class", "jak2_r", "epor_r"])
def test_bcr_abl1_like_only_without_another_class_defining_lesion(kinase):
    who, icc = both(all_calls(**{kinase: D}))
    assert "BCR::ABL1-like" in who.entity
    assert "BCR::ABL1-like" in icc.entity
    assert icc.certainty == "provisional"
    beside = both(all_calls(iamp21=D, **{kinase: D}))[1]
    assert "iAMP21" in beside.entity
    assert beside.certainty == "certain"
    assert beside.also == ()
    assert any(kinase in reason for reason in beside.reasons)


def test_icc_tells_abl_class_from_jak_stat():
    assert "ABL-1 class" in both(all_calls(abl_class=D))[1].entity
    assert "JAK-STAT" in both(all_calls(crlf2_r=D))[1].entity


def test_bcr_abl1_says_that_multilineage_needs_lineage_data():
    assert any("multilineage" in reason for reason in both(all_calls(bcr_abl1=D))[1].reasons)


def test_nothing_found_and_all_excluded_is_nos_and_never_certain():
    for entity in both(all_calls()):
        assert entity.entity is not None
        assert "NOS" in entity.entity
        assert entity.certainty == "provisional"
        assert any("expression" in reason for reason in entity.reasons)


@pytest.mark.parametrize("state", [X, Q])
def test_nothing_found_but_not_all_excluded_is_no_entity(state):
    for entity in both(all_calls(etv6_runx1=state)):
        assert (entity.entity, entity.certainty) == (None, "not_assessable")
        assert any("etv6_runx1" in reason for reason in entity.reasons)


def test_a_higher_lesion_that_is_open_makes_it_provisional_and_a_lower_one_does_not():
    assert both(all_calls(etv6_runx1=D, kmt2a_r=X))[0].certainty == "provisional"
    assert both(all_calls(etv6_runx1=D, iamp21=X, dux4_r=X))[0].certainty == "certain"


@pytest.mark.parametrize("entity", ["pax5"])
def test_expression_defined_entities_are_never_given(entity):
    who, icc = both(all_calls(**{entity: D}))
    for found in (who, icc):
        assert "NOS" in found.entity
        assert found.certainty == "provisional"
    assert any("PAX5alt" in reason and "expression" in reason for reason in icc.reasons)
    named = " ".join(icc.reasons)
    for other in ("ETV6::RUNX1-like", "KMT2A-like", "ZNF384-like"):
        assert other in named


def test_t_all_needs_flow_for_etp():
    who, icc = both(all_calls(), T)
    assert who.entity == "T-lymphoblastic leukaemia/lymphoma, NOS"
    assert icc.entity == "T-ALL, NOS"
    assert any("ETP" in reason for reason in icc.reasons)
    assert icc.certainty == "provisional"


@pytest.mark.parametrize(
    ("genes", "words"),
    [
        (("BCL11B", "TLX3"), "TLX3"),  # the enhancer of BCL11B moved to TLX3 is the TLX3 group
        (("BCL11B", "NKX2-5"), "NKX2"),
        (("ZEB2", "BCL11B"), "BCL11B"),
        (("STMN1", "SPI1"), "SPI1"),
        (("TRA", "TLX1"), "TLX1"),
        (("PICALM", "MLLT10"), "HOXA"),
        (("TRA", "LMO2"), "LMO"),
    ],
)
def test_icc_groups_of_t_all(genes, words):
    icc = both(all_calls(t_all_r=call("t_all_r", D, "::".join(genes), genes=genes)), T)[1]
    assert words in icc.entity
    assert icc.certainty == "provisional"


def test_b_lesions_do_not_name_a_t_all():
    assert both(all_calls(etv6_runx1=D), T)[0].entity == "T-lymphoblastic leukaemia/lymphoma, NOS"


def test_a_remission_has_no_entity():
    for entity in classify(all_calls(), BCP, Knowledge.load(), "remission"):
        assert (entity.entity, entity.certainty) == (None, "not_assessable")


def test_mpal_is_of_the_lineage_given():
    assert "Mixed-phenotype acute leukaemia with KMT2A" in both(all_calls(kmt2a_r=D), MPAL)[0].entity


def test_lineage_that_is_not_given_is_said():
    found = both(all_calls(bcr_abl1=D), None)[0]
    assert "BCR::ABL1" in found.entity
    assert found.certainty == "provisional"
    assert any("immunophenotype is not given" in reason for reason in found.reasons)
    assert both(all_calls(), None)[0].entity is None


def test_subclonal_lesion_still_names_the_entity_and_is_worded():
    from annotate.model.state import State

    found = both(all_calls(N, iamp21=State.DETECTED_SUBCLONAL))[0]
    assert "iAMP21" in found.entity
    assert any("subclone" in reason for reason in found.reasons)
