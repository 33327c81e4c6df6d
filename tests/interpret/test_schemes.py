"""Risk schemes: every row of every table, every fact missing in turn, both versions where two circulate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from types import SimpleNamespace

import pytest

from annotate.interpret.clinical import months_between
from annotate.interpret.facts import Facts
from annotate.interpret.schemes import Rule, decide, evaluate_schemes, schemes
from annotate.knowledge.conditions import ConditionError, expand, parse
from annotate.knowledge.tables import Knowledge
from annotate.model.interpretation import RiskResult
from annotate.model.options import Eligibility, KnownSince
from annotate.model.state import Code, Reason, State
from tests.makers.calls import D, N, Q, X, all_calls, call, hits, patient, relapse

SUB = State.DETECTED_SUBCLONAL
ITEMS = ("bcr_abl1", "abl_class", "kmt2a_r", "iamp21", "tcf3_r", "hypodiploidy", "tp53_deletion")


def results(calls, patient=None, timepoint=None, knowledge=None) -> dict[tuple[str, str], RiskResult]:
    found = evaluate_schemes(calls, patient, knowledge or Knowledge.load(), timepoint)
    return {(result.scheme, result.version): result for result in found}


def one(scheme: str, calls, patient=None, timepoint=None, version: str | None = None) -> RiskResult:
    found = results(calls, patient, timepoint)
    return next(r for (name, v), r in found.items() if name == scheme and version in (None, v))


# ---------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("text", "a", "b", "expected"),
    [
        ("a and b", True, None, None),
        ("a and b", False, None, False),
        ("a or b", True, None, True),
        ("a or b", False, None, None),
        ("not a", None, None, None),
        ("not (a and b)", False, None, True),
        ("a or not b and a", False, True, False),
        ("", None, None, True),
        ("always", None, None, True),
    ],
)
def test_three_valued(text, a, b, expected):
    assert parse(text).truth({"a": a, "b": b}.get) is expected


@pytest.mark.parametrize("text", ["a and", "(a or b", "a b", "and a", "a or )", "not"])
def test_broken_condition(text):
    with pytest.raises(ConditionError):
        parse(text)


def test_named_facts_are_written_out_and_may_not_hold_themselves():
    assert expand(parse("x and c"), {"x": "a or b"}).atoms() == ("a", "b", "c")
    assert expand(parse("known:x"), {"x": "a"}).atoms() == ("known:a",)
    with pytest.raises(ConditionError):
        expand(parse("x"), {"x": "y", "y": "x"})
    with pytest.raises(ConditionError):
        expand(parse("known:x"), {"x": "a or b"})


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ((2020, 1, 15), (2021, 7, 15), 18.0),
        ((2020, 8, 31), (2021, 2, 28), 6.0),
        ((2020, 1, 31), (2020, 3, 1), 1 + 1 / 31),
        ((2020, 2, 29), (2021, 2, 28), 12.0),
    ],
)
def test_months(start, end, months):
    assert months_between(date(*start), date(*end)) == pytest.approx(months, abs=0.03)


def test_day_before_eighteen_months_is_very_early():
    assert (
        months_between(date(2020, 1, 15), date(2021, 7, 14))
        < 18
        <= months_between(date(2020, 1, 15), date(2021, 7, 15))
    )


def test_an_unknown_fact_that_does_not_matter_is_not_named():
    rules = [
        Rule("one", parse("a"), "A", "", "", "S"),
        Rule("two", parse("b"), "A", "", "", "S"),
        Rule("three", parse("always"), "A", "", "", "S"),
    ]
    verdict = decide(rules, {"a": None, "b": None})
    assert verdict.could_change == ()
    assert set(verdict.missing) == {"a", "b"}


def test_exclusive_or_matters_on_both_sides():
    """Neither fact alone narrows the groups, yet each of them turns the answer."""
    rules = [
        Rule("odd", parse("(a and not b) or (b and not a)"), "odd", "", "", "S"),
        Rule("even", parse("always"), "even", "", "", "S"),
    ]
    assert decide(rules, {"a": None, "b": None}).could_change == ("a", "b")


# ---------------------------------------------------------------- InPOG


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("state", [D, SUB])
def test_inpog_each_item_alone_says_yes(item, state):
    for version in ("literal", "extended"):
        found = one("InPOG-ALL-R1", all_calls(**{item: state}), version=version)
        assert (found.group, found.certainty) == ("YES", "certain")
        assert found.matched == (item,)


def test_inpog_no_only_when_all_are_not_detected():
    """By the letter the list is open-ended, so its NO is never certain."""
    for version, certainty in (("literal", "provisional"), ("extended", "certain")):
        found = one("InPOG-ALL-R1", all_calls(), version=version)
        assert (found.group, found.certainty, found.missing, found.could_change) == ("NO", certainty, (), ())
    assert any("open-ended" in note for note in one("InPOG-ALL-R1", all_calls(), version="literal").notes)


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("state", [X, Q])
def test_inpog_one_open_item_leaves_it_unresolved(item, state):
    found = one("InPOG-ALL-R1", all_calls(**{item: state}), version="literal")
    assert (found.group, found.certainty) == ("UNRESOLVED", "not_assessable")
    assert len(found.missing) == len(found.could_change) == 1
    assert item in found.missing[0]


def test_inpog_likely_is_not_yes():
    found = one("InPOG-ALL-R1", all_calls(kmt2a_r=call("kmt2a_r", Q, leaning="likely")), version="literal")
    assert found.group == "UNRESOLVED"


def test_inpog_yes_still_lists_what_was_not_assessable():
    found = one("InPOG-ALL-R1", all_calls(X, bcr_abl1=D), version="literal")
    assert found.group == "YES"
    assert len(found.missing) == len(ITEMS) - 1
    assert found.could_change == ()


def test_inpog_a_lesion_that_was_not_called_is_open_not_absent():
    calls = all_calls()
    del calls["iamp21"]
    assert one("InPOG-ALL-R1", calls, version="literal").group == "UNRESOLVED"


@pytest.mark.parametrize(
    ("masked", "literal", "extended"), [(True, "NO", "YES"), (False, "YES", "YES"), (None, "YES", "YES")]
)
def test_inpog_masked_hypodiploidy(masked, literal, extended):
    calls = all_calls(hypodiploidy=call("hypodiploidy", D, "near_haploid", masked=masked, modal_number=54))
    assert one("InPOG-ALL-R1", calls, version="literal").group == literal
    found = one("InPOG-ALL-R1", calls, version="extended")
    assert found.group == extended
    if masked:
        assert any("masked" in flag for flag in found.flags)


@pytest.mark.parametrize(
    ("subtype", "extended"),
    [
        ("mut", "YES"),
        ("mut+del", "YES"),
        ("mut+cnLOH", "YES"),
        ("del_homo", "YES"),
        ("whole_chromosome", "YES"),
        ("cnLOH", "UNRESOLVED"),
    ],
)
def test_inpog_tp53_literal_is_deletion_only(subtype, extended):
    calls = all_calls(tp53_alteration=call("tp53_alteration", D, subtype))
    assert one("InPOG-ALL-R1", calls, version="literal").group == "NO"
    assert one("InPOG-ALL-R1", calls, version="extended").group == extended


@pytest.mark.parametrize(
    "other", ["nt5c2", "ikzf1_deletion", "ikzf1_plus", "cdkn2ab_deletion", "relapse_genes", "crlf2_r"]
)
def test_inpog_nothing_else_sets_it(other):
    for version in ("literal", "extended"):
        assert one("InPOG-ALL-R1", all_calls(**{other: D}), version=version).group == "NO"


def test_inpog_says_that_nt5c2_is_not_an_item():
    assert any("NT5C2" in note for note in one("InPOG-ALL-R1", all_calls(nt5c2=D), version="literal").notes)


@pytest.mark.parametrize("subtype", ["TCF3::PBX1", "TCF3::HLF", "TCF3::ZNF384", None])
def test_inpog_every_tcf3_rearrangement_counts(subtype):
    found = one("InPOG-ALL-R1", all_calls(tcf3_r=call("tcf3_r", D, subtype)), version="literal")
    assert found.group == "YES"
    assert any("ZNF384" in flag for flag in found.flags) is (subtype == "TCF3::ZNF384")


def test_inpog_tcf4_hlf_is_no_tcf3_rearrangement():
    assert one("InPOG-ALL-R1", all_calls(tcf3_r=call("tcf3_r", D, "TCF4::HLF")), version="literal").group == "NO"


def test_inpog_never_gives_an_arm():
    for calls in (all_calls(), all_calls(bcr_abl1=D), all_calls(X)):
        for version in ("literal", "extended"):
            assert any("full risk arm: not given" in flag for flag in one("InPOG-ALL-R1", calls, version=version).flags)


def test_a_remission_has_no_risk_group():
    """Nothing is detected in remission, which is no statement about the leukaemia."""
    for (scheme, _), result in results(all_calls(), BCP, "remission").items():
        assert result.group is None, scheme
        assert any("not for this patient" in note for note in result.notes)


def test_inpog_extension_is_labelled():
    notes = " ".join(one("InPOG-ALL-R1", all_calls(), version="extended").notes)
    assert "extension" in notes
    assert "not published" in notes


# ---------------------------------------------------------------- BFM, IntReALL, ALLR3

VERY_EARLY = {"months": 12, "after": -6}
EARLY = {"months": 27, "after": 3}
LATE = {"months": 48, "after": 20}
TIMES = {"very early": VERY_EARLY, "early": EARLY, "late": LATE}
TABLE = [  # lineage, sites, time, BFM, IntReALL, ALLR3 [Hunger & Raetz 2020]
    ("BCP", "CNS", "late", "S1", "SR", "standard"),
    ("BCP", "CNS", "early", "S2", "SR", "intermediate"),
    ("BCP", "CNS", "very early", "S2", "HR", "high"),
    ("BCP", "testis", "very early", "S2", "HR", "high"),
    ("BCP", "BM", "late", "S2", "SR", "intermediate"),
    ("BCP", "BM", "early", "S3", "HR", "high"),
    ("BCP", "BM", "very early", "S4", "HR", "high"),
    ("BCP", "BM;CNS", "late", "S2", "SR", "intermediate"),
    ("BCP", "BM;CNS", "early", "S2", "SR", "intermediate"),
    ("BCP", "BM;testis", "very early", "S4", "HR", "high"),
    ("T", "BM", "late", "S4", "HR", "high"),
    ("T", "BM", "early", "S4", "HR", "high"),
    ("T", "BM;CNS", "very early", "S4", "HR", "high"),
    ("T", "CNS", "late", "S1", "SR", "standard"),
    ("T", "CNS", "early", "S2", "SR", "intermediate"),
    ("T", "CNS", "very early", "S2", "HR", "high"),
]


@pytest.mark.parametrize(("lineage", "sites", "time", "bfm", "intreall", "allr3"), TABLE)
def test_relapse_tables(lineage, sites, time, bfm, intreall, allr3):
    person = relapse(sites, lineage=lineage, **TIMES[time])
    found = results(all_calls(), person)
    for scheme, version, group in (
        ("BFM S1-S4", "Hunger & Raetz 2020", bfm),
        ("IntReALL", "SR/HR 2010", intreall),
        ("UK ALLR3", "Hunger & Raetz 2020", allr3),
    ):
        result = found[scheme, version]
        assert (result.group, result.certainty) == (group, "certain"), scheme
        assert result.rule
        assert result.facts
        assert result.sources


@pytest.mark.parametrize("blasts", [4.9, 5.0])
def test_marrow_counts_from_five_percent_of_blasts(blasts):
    found = one("BFM S1-S4", all_calls(), relapse("CNS", **EARLY, marrow_blasts_percent=blasts))
    assert found.rule is not None
    assert found.rule.startswith("bfm.combined" if blasts >= 5 else "bfm.early_em")


def test_end_of_therapy_is_never_guessed():
    """48 months after diagnosis without the end of therapy: early or late is not known."""
    found = one("BFM S1-S4", all_calls(), relapse("BM", months=48))
    assert (found.group, found.certainty) == (None, "not_assessable")
    assert any("end_of_therapy_date" in text for text in found.could_change)


@pytest.mark.parametrize(
    ("person", "group"),
    [
        (relapse("BM;CNS", months=48), "S2"),  # early or late, combined: S2 either way
        (relapse("BM", months=12), "S4"),  # very early whenever therapy ended
        (relapse("BM", months=48, lineage="T"), "S4"),  # T-ALL in the marrow at any time
        (replace(relapse("BM", **LATE), diagnosis_date=None, immunophenotype="T"), "S4"),
    ],
)
def test_a_missing_fact_that_does_not_matter_gives_the_group(person, group):
    found = one("BFM S1-S4", all_calls(), person)
    assert (found.group, found.certainty, found.could_change) == (group, "certain", ())


@pytest.mark.parametrize(
    ("fact", "value", "named"),
    [
        ("immunophenotype", None, "immunophenotype"),
        ("diagnosis_date", None, "diagnosis_date"),
        ("end_of_therapy_date", None, "end_of_therapy_date"),
        ("relapse_date", None, "relapse_date"),
        ("sites", (), "sites"),
    ],
)
@pytest.mark.parametrize(("scheme", "site"), [("BFM S1-S4", "BM"), ("UK ALLR3", "CNS")])
def test_each_missing_fact_is_named(scheme, site, fact, value, named):
    found = one(scheme, all_calls(), replace(relapse(site, **EARLY), **{fact: value}))
    assert (found.group, found.certainty) == (None, "not_assessable")
    assert any(named in text for text in found.missing)
    assert any(named in text for text in found.could_change)


def test_no_clinical_sheet_gives_no_clinical_group():
    for (scheme, _), result in results(all_calls()).items():
        if scheme in ("BFM S1-S4", "IntReALL", "UK ALLR3", "COG AALL1331", "Eckert 2019"):
            assert (result.group, result.certainty) == (None, "not_assessable"), scheme
            assert result.could_change


def test_a_relapse_before_the_diagnosis_is_no_fact():
    person = replace(relapse("BM", **EARLY), relapse_date="2017-01-01")
    found = one("BFM S1-S4", all_calls(), person)
    assert found.group is None
    assert any("before diagnosis_date" in text for text in found.missing)


@pytest.mark.parametrize(
    "person", [relapse("BM", lineage="MPAL", **EARLY), replace(relapse("BM", **EARLY), relapse_number=2)]
)
def test_not_applicable_to_mpal_and_second_relapse(person):
    found = one("BFM S1-S4", all_calls(), person)
    assert (found.group, found.certainty) == (None, "not_assessable")
    assert found.eligibility.status is Eligibility.NOT_FOR_THIS_PATIENT
    assert any("not for this patient" in note for note in found.notes)
    assert found.missing == ()


@pytest.mark.parametrize(
    ("timepoint", "group"), [("relapse", "S3"), ("relapse2", None), ("diagnosis", None), ("remission", None)]
)
def test_the_time_point_of_the_sample_decides_on_first_relapse(timepoint, group):
    person = replace(relapse("BM", **EARLY), relapse_number=None)
    assert one("BFM S1-S4", all_calls(), person, timepoint).group == group


@pytest.mark.parametrize(
    ("timepoint", "number", "group"), [("relapse", 2, None), ("relapse1", 2, "S3"), ("relapse2", 1, None)]
)
def test_a_bare_relapse_is_the_one_that_the_clinical_sheet_counts(timepoint, number, group):
    person = replace(relapse("BM", **EARLY), relapse_number=number)
    assert one("BFM S1-S4", all_calls(), person, timepoint).group == group


@pytest.mark.parametrize("end", ["2017-12-31", "2018-01-15"])
def test_a_therapy_that_ends_before_the_diagnosis_tells_no_late_relapse(end):
    person = replace(relapse("BM", months=24, after=9), end_of_therapy_date=end)
    found = one("BFM S1-S4", all_calls(), person, "relapse")
    assert found.group is None
    assert any("end_of_therapy_date" in text for text in found.could_change)


def test_relapse_number_missing_is_provisional():
    found = one("BFM S1-S4", all_calls(), replace(relapse("BM", **EARLY), relapse_number=None))
    assert (found.group, found.certainty) == ("S3", "provisional")
    assert any("relapse_number" in text for text in found.could_change)
    assert one("IntReALL", all_calls(), replace(relapse("BM", **EARLY), relapse_number=None)).certainty == "provisional"


# ---------------------------------------------------------------- COG

FLOW = {"mrd_method": "flow", "mrd_timepoint": "end of block 1", "mrd_sensitivity": 1e-4}


@pytest.mark.parametrize(
    ("lineage", "sites", "months", "mrd", "group"),
    [
        ("BCP", "BM", 36, 0.0009, "low"),
        ("BCP", "BM", 36, 0.001, "intermediate"),
        ("BCP", "BM", 35, 0.0001, "high"),
        ("BCP", "BM;CNS", 40, 0.0001, "low"),
        ("BCP", "BM;CNS", 30, 0.0001, "high"),
        ("BCP", "CNS", 18, 0.0001, "low"),
        ("BCP", "CNS", 18, 0.01, "intermediate"),
        ("BCP", "CNS", 17, 0.0001, "high"),
    ],
)
def test_cog_table(lineage, sites, months, mrd, group):
    found = one("COG AALL1331", all_calls(), relapse(sites, months=months, lineage=lineage, eoi_mrd=mrd, **FLOW))
    assert (found.group, found.certainty) == (group, "certain")


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"eoi_mrd": None}, "eoi_mrd"),
        ({"mrd_method": None}, "mrd_method"),
        ({"mrd_method": "PCR"}, "flow"),
        ({"mrd_timepoint": "week 12"}, "mrd_timepoint"),
        ({"mrd_sensitivity": 0.01}, "sensitivity"),
        ({"eoi_mrd": 12.0}, "between 0 and 1"),
    ],
)
def test_cog_mrd_is_never_compared_raw(facts, named):
    person = relapse("BM", months=40, **{"eoi_mrd": 0.0002, **FLOW, **facts})
    found = one("COG AALL1331", all_calls(), person)
    assert (found.group, found.certainty) == (None, "not_assessable")
    assert any(named in text for text in found.missing)


def test_cog_blank_time_point_is_provisional():
    person = relapse("BM", months=40, eoi_mrd=0.0002, mrd_method="flow")
    found = one("COG AALL1331", all_calls(), person)
    assert (found.group, found.certainty) == ("low", "provisional")


def test_mrd_flags_need_their_own_method():
    late = {"months": 48, "after": 20, "eoi_mrd": 0.002, "mrd_timepoint": "EOI"}
    assert one("IntReALL", all_calls(), relapse("BM", mrd_method="PCR", **late)).transplant
    assert not one("IntReALL", all_calls(), relapse("BM", mrd_method="flow", **late)).transplant


# ---------------------------------------------------------------- Irving, Eckert


def irving(calls, person=None, timepoint=None):
    return one("Irving 2016", calls, person or relapse("BM", **LATE), timepoint)


@pytest.mark.parametrize("high", ["bcr_abl1", "kmt2a_r", "hypodiploidy", "iamp21"])
def test_irving_high_risk_cytogenetics_override_standard_risk(high):
    flags = irving(all_calls(**{high: D})).flags
    assert any("outcome as clinical high risk" in flag for flag in flags)


def test_irving_tcf3_hlf_is_high_and_pbx1_is_not_settled():
    hlf = irving(all_calls(tcf3_r=call("tcf3_r", D, "TCF3::HLF")))
    pbx1 = irving(all_calls(tcf3_r=call("tcf3_r", D, "TCF3::PBX1")))
    assert any("outcome as clinical high risk" in flag for flag in hlf.flags)
    assert not any("outcome" in flag for flag in pbx1.flags)
    assert any("not settled" in note for note in pbx1.notes)


def test_irving_never_prints_a_group():
    for calls, person in product((all_calls(), all_calls(X), all_calls(bcr_abl1=D)), (None, relapse("BM", **EARLY))):
        assert irving(calls, person).group is None


NRAS = call("ras_pathway", genes=("NRAS",))
NR3C1 = call("relapse_genes", genes=("NR3C1",), details=hits({"gene": "NR3C1", "change": "deletion"}))
NR3C1_MUTATED = call("relapse_genes", genes=("NR3C1",), details=hits({"gene": "NR3C1", "change": "p.Arg477His"}))


@pytest.mark.parametrize(
    ("changed", "person", "expected"),
    [
        ({"tp53_deletion": D}, relapse("CNS", **LATE), "2.36"),
        ({"tp53_alteration": call("tp53_alteration", D, "mut")}, relapse("BM", **EARLY), "2.36"),
        ({"btg1_deletion": D}, relapse("CNS", **LATE), "2.15"),
        ({"relapse_genes": NR3C1}, relapse("CNS", **LATE), "2.15"),
        ({"relapse_genes": NR3C1_MUTATED}, relapse("CNS", **LATE), None),
        ({"high_hyperdiploidy": D, "ras_pathway": NRAS}, relapse("BM", **LATE), "3.17"),
        ({"high_hyperdiploidy": D, "ras_pathway": NRAS}, relapse("BM;CNS", **LATE), "3.17"),
        ({"high_hyperdiploidy": D, "ras_pathway": NRAS}, relapse("CNS", **LATE), None),
        ({"high_hyperdiploidy": D, "ras_pathway": NRAS}, relapse("BM", **EARLY), None),
        ({"high_hyperdiploidy": D, "ras_pathway": call("ras_pathway", genes=("KRAS",))}, relapse("CNS", **LATE), None),
        ({"ras_pathway": NRAS}, relapse("CNS", **LATE), None),
        ({}, relapse("CNS", **LATE), None),
    ],
)
def test_irving_flags(changed, person, expected):
    flags = [flag for flag in irving(all_calls(**changed), person).flags if "hazard" in flag]
    assert flags == [] if expected is None else expected in flags[0]


@pytest.mark.parametrize(("kind", "open_flag"), [("normal", False), ("deletion", False), (None, True)])
def test_irving_asks_the_copies_of_nr3c1(kind, open_flag):
    """Another relapse gene was found; whether NR3C1 is deleted is told by its copies, or stays open."""
    from annotate.model.copy_number import GeneCopies

    calls = all_calls(relapse_genes=call("relapse_genes", genes=("CREBBP",), details=hits()))
    copies = None if kind is None else GeneCopies("NR3C1", 2, None, 2, kind)
    profile = None if copies is None else SimpleNamespace(genes={"NR3C1": copies})
    found = next(
        result
        for result in evaluate_schemes(calls, relapse("CNS", **LATE), Knowledge.load(), "relapse", profile)
        if result.scheme == "Irving 2016"
    )
    assert any("NR3C1" in text for text in found.missing) is open_flag
    assert any("2.15" in flag for flag in found.flags) is (kind == "deletion")


def test_irving_high_clinical_group_keeps_its_name_and_the_adverse_flag():
    flags = irving(all_calls(tp53_deletion=D), relapse("BM", **EARLY)).flags
    assert any("clinical high risk" in flag for flag in flags)
    assert any("2.36" in flag for flag in flags)


def test_irving_says_what_is_missing():
    found = irving(all_calls(tp53_deletion=X, tp53_alteration=X))
    assert found.certainty == "not_assessable"
    assert any("tp53" in text for text in found.missing)


def test_eckert_is_a_framework_without_a_cut_off(tmp_path):
    person = relapse("BM", **LATE, eoi_mrd=1e-5, mrd_method="PCR")
    found = one("Eckert 2019", all_calls(), person)
    assert (found.group, found.certainty) == (None, "not_assessable")
    assert any("no value is available" in text for text in found.missing)
    (tmp_path / "thresholds").mkdir()
    row = "schemes.eckert_mrd\t0.001\t\tlab cut-off\tour laboratory\tE\t2026-11-24\tAB"
    header = "id\tvalue\tunit\tmeaning\tsource\tmark\tdate\treviewer"
    (tmp_path / "thresholds" / "own.tsv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    own = Knowledge.load(tmp_path)
    groups = {
        (mrd, state): results(all_calls(kmt2a_r=state), replace(person, eoi_mrd=mrd), None, own)[
            "Eckert 2019", "framework"
        ].group
        for mrd, state in product((1e-5, 1e-2), (D, N))
    }
    assert groups == {
        (1e-5, D): "MRD low, high-risk genetics",
        (1e-5, N): "MRD low, no high-risk genetics",
        (1e-2, D): "MRD high, high-risk genetics",
        (1e-2, N): "MRD high, no high-risk genetics",
    }


def test_eckert_is_for_late_marrow_relapse_of_bcp():
    for person in (relapse("BM", **EARLY), relapse("CNS", **LATE), relapse("BM", lineage="T", **LATE)):
        assert any("not for this patient" in note for note in one("Eckert 2019", all_calls(), person).notes)


# ---------------------------------------------------------------- UKALL

GENES = {
    "BTG1": {"btg1_deletion": D},
    "CDKN2AB": {"cdkn2ab_deletion": D},
    "EBF1": {"ebf1_deletion": D},
    "ETV6": {"etv6_deletion": D},
    "IKZF1": {"ikzf1_deletion": D},
    "PAR1": {"par1_deletion": D},
    "PAX5": {"pax5": call("pax5", D, "deletion"), "pax5_deletion": D},
    "RB1": {"rb1_deletion": D},
}
V2019, V2024 = "ukall_cna_v2019_3tier", "ukall_cna_v2024_2tier"
PROFILES = [
    ("", "Good", "Good"),
    ("ETV6", "Good", "Good"),
    ("PAX5", "Good", "Good"),
    ("BTG1", "Good", "Good"),
    ("ETV6 BTG1", "Good", "Good"),
    ("ETV6 PAX5", "Good", "Good"),
    ("ETV6 CDKN2AB", "Good", "Good"),
    ("CDKN2AB", "Intermediate", "Poor"),
    ("CDKN2AB PAX5", "Intermediate", "Poor"),
    ("BTG1 PAX5", "Intermediate", "Poor"),
    ("ETV6 BTG1 PAX5", "Intermediate", "Poor"),
    ("ETV6 CDKN2AB PAX5", "Intermediate", "Poor"),
    ("CDKN2AB PAX5 BTG1", "Intermediate", "Poor"),
    ("IKZF1", "Poor", "Poor"),
    ("PAR1", "Poor", "Poor"),
    ("EBF1", "Poor", "Poor"),
    ("RB1", "Poor", "Poor"),
    ("ETV6 RB1", "Poor", "Poor"),
    ("ETV6 IKZF1 CDKN2AB", "Poor", "Poor"),
]
BCP = patient(immunophenotype="BCP")


def deleted(*genes: str, others: State = N):
    changed = {id: state for gene in genes for id, state in GENES[gene].items()}
    return all_calls(others, **changed)


@pytest.mark.parametrize(("genes", "three", "two"), PROFILES)
def test_ukall_cna_profiles_in_both_versions(genes, three, two):
    calls = deleted(*genes.split())
    for version, group in ((V2019, three), (V2024, two)):
        found = one("UKALL-CNA", calls, BCP, version=version)
        assert (found.group, found.certainty) == (group, "certain"), version


def test_ukall_cna_every_profile_has_a_group_and_the_versions_agree_on_good():
    for number in range(256):
        genes = [gene for place, gene in enumerate(GENES) if number >> place & 1]
        calls = deleted(*genes)
        found = results(calls, BCP)
        three, two = (found["UKALL-CNA", version].group for version in (V2019, V2024))
        assert three in ("Good", "Intermediate", "Poor")
        assert (two == "Good") == (three == "Good")
        assert two in ("Good", "Poor")


@pytest.mark.parametrize(
    ("genes", "open_gene", "three", "two"),
    [
        ("CDKN2AB", "etv6_deletion", "Inconclusive", "Inconclusive"),  # as the script of 2024 has it
        ("", "rb1_deletion", "Inconclusive", "Inconclusive"),
        ("IKZF1", "etv6_deletion", "Poor", "Poor"),
        ("IKZF1", "rb1_deletion", "Poor", "Poor"),
        ("", "etv6_deletion", "Good", "Good"),
        ("ETV6", "btg1_deletion", "Good", "Good"),
        ("ETV6 BTG1", "cdkn2ab_deletion", "Inconclusive", "Inconclusive"),
        ("CDKN2AB BTG1", "rb1_deletion", "Inconclusive", "Poor"),
    ],
)
def test_ukall_cna_with_a_gene_that_is_not_assessable(genes, open_gene, three, two):
    calls = {**deleted(*genes.split()), open_gene: call(open_gene, X)}
    for version, group in ((V2019, three), (V2024, two)):
        found = one("UKALL-CNA", calls, BCP, version=version)
        assert found.group == group, version
        assert (found.certainty == "not_assessable") == (group == "Inconclusive")
        assert bool(found.could_change) == (group == "Inconclusive")


def test_ukall_cna_counts_pax5_deletions_only():
    calls = all_calls(pax5=call("pax5", D, "fusion"), pax5_deletion=call("pax5_deletion", N))
    assert one("UKALL-CNA", calls, BCP, version=V2024).rule.startswith("cna2024.none")
    calls["pax5_deletion"] = call("pax5_deletion", D)
    assert one("UKALL-CNA", calls, BCP, version=V2024).rule.startswith("cna2024.isolated")
    calls["pax5_deletion"] = call("pax5_deletion", N)
    calls["pax5"] = call("pax5", X)  # fusions were not assessable, the deletion was
    assert one("UKALL-CNA", calls, BCP, version=V2024).group == "Good"


def test_ukall_cna_is_not_for_t_all_and_says_so_of_unknown_lineage_and_ploidy():
    assert one("UKALL-CNA", all_calls(), patient(immunophenotype="T"), version=V2019).group is None
    unknown = one("UKALL-CNA", all_calls(), None, version=V2019)
    assert unknown.group == "Good"
    assert any("immunophenotype" in note for note in unknown.notes)
    gained = one("UKALL-CNA", all_calls(high_hyperdiploidy=D), BCP, version=V2019)
    assert gained.certainty == "provisional"
    assert any("baseline" in note for note in gained.notes)


@pytest.mark.parametrize(
    ("cyto", "genes", "group"),
    [
        ({"etv6_runx1": D}, "", "GEN-VGR"),
        ({"high_hyperdiploidy": D}, "ETV6", "GEN-VGR"),
        ({"etv6_runx1": D}, "CDKN2AB", "GEN-GR"),
        ({"high_hyperdiploidy": D}, "IKZF1", "GEN-GR"),
        ({}, "", "GEN-GR"),
        ({}, "CDKN2AB", "GEN-IR"),
        ({}, "RB1", "GEN-IR"),
        ({"kmt2a_r": D}, "", "GEN-PR"),
        ({"iamp21": D}, "", "GEN-PR"),
        ({"hypodiploidy": D}, "IKZF1", "GEN-PR"),
        ({"tcf3_r": call("tcf3_r", D, "TCF3::HLF")}, "", "GEN-PR"),
        ({"tcf3_r": call("tcf3_r", D, "TCF3::PBX1")}, "", "GEN-GR"),
        ({"iamp21": D, "high_hyperdiploidy": D}, "", "GEN-PR"),
    ],
)
def test_ukall_genetic_groups(cyto, genes, group):
    found = one(
        "UKALL genetic risk",
        {**deleted(*genes.split()), **{k: v for k, v in all_calls(**cyto).items() if k in cyto}},
        BCP,
    )
    assert (found.group, found.certainty) == (group, "certain")
    assert any("field knowledge" in note for note in found.notes)


def test_ukall_genetic_names_the_lesions_behind_an_open_group():
    found = one("UKALL genetic risk", all_calls(kmt2a_r=X, rb1_deletion=X), BCP)
    assert found.group is None
    assert any("kmt2a_r" in text for text in found.could_change)
    assert any("rb1_deletion" in text for text in found.could_change)


def test_ukall_genetic_tells_the_lesions_behind_its_group():
    found = one("UKALL genetic risk", all_calls(kmt2a_r=D), BCP)
    assert found.matched == ("kmt2a_r",)
    assert any("kmt2a_r: detected" in fact for fact in found.facts)


def heh(**details):
    return all_calls(high_hyperdiploidy=call("high_hyperdiploidy", D, details=details))


@pytest.mark.parametrize(
    ("calls", "group"),
    [
        (heh(ukall_good_risk=True), "good"),
        (heh(ukall_good_risk=False), "poor"),
        (heh(), None),
        (all_calls(), None),
        (all_calls(high_hyperdiploidy=X), None),
    ],
)
def test_ukall_heh(calls, group):
    assert one("UKALL-HeH", calls, BCP).group == group


def test_cog_trisomies_are_flags():
    flags = one(
        "UKALL-HeH", heh(ukall_good_risk=True, double_trisomy_4_10=True, triple_trisomy_4_10_17=False), BCP
    ).flags
    assert len(flags) == 1
    assert "4 and 10" in flags[0]


def test_annotations_of_s2():
    late = relapse("BM", **LATE)
    assert any("ALL-REZ" in flag for flag in one("BFM S1-S4", all_calls(ikzf1_deletion=D), late).flags)
    assert not one("BFM S1-S4", all_calls(ikzf1_deletion=D), relapse("BM", **EARLY)).flags
    assert any("19-25 %" in note for note in one("BFM S1-S4", all_calls(nt5c2=D), late).notes)


@pytest.mark.parametrize(
    ("blasts", "asked", "certainty"),
    [
        (3, True, "provisional"),
        (4.9, True, "provisional"),
        (5, True, "certain"),
        (24.9, True, "certain"),
        (25, False, "certain"),
    ],
)
def test_consensus_of_2022_asks_for_another_test(blasts, asked, certainty):
    """Below 5 % a marrow that the sheet calls a site is not certain to be one."""
    found = one("BFM S1-S4", all_calls(), relapse("BM", marrow_blasts_percent=blasts, **LATE))
    assert any("consensus of 2022" in note for note in found.notes) is asked
    assert found.certainty == certainty


def test_frontline_schemes_say_so_at_relapse():
    for scheme in ("UKALL-CNA", "UKALL genetic risk", "IKZF1plus"):
        assert any("not transferred" in note for note in one(scheme, all_calls(), BCP, "relapse").notes)
        assert not any("not transferred" in note for note in one(scheme, all_calls(), BCP, "diagnosis").notes)


# ---------------------------------------------------------------- IKZF1plus, T-ALL

HOMOZYGOUS = call("cdkn2ab_deletion", D, "homozygous")
HETEROZYGOUS = call("cdkn2ab_deletion", D, "focal")
UNCERTAIN = call("cdkn2ab_deletion", D, "focal")
UNCERTAIN = replace(UNCERTAIN, reasons=(Reason(Code.PLOIDY_UNCERTAIN, "one or both copies", "purity"),))


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({}, "no IKZF1 deletion"),
        ({"cdkn2ab_deletion": HOMOZYGOUS}, "no IKZF1 deletion"),
        ({"ikzf1_deletion": D}, "IKZF1 deletion, not IKZF1plus"),
        ({"ikzf1_deletion": D, "cdkn2ab_deletion": HOMOZYGOUS}, "IKZF1plus"),
        ({"ikzf1_deletion": D, "cdkn2ab_deletion": HETEROZYGOUS}, "IKZF1 deletion, not IKZF1plus"),
        ({"ikzf1_deletion": D, "pax5_deletion": D}, "IKZF1plus"),
        ({"ikzf1_deletion": D, "par1_deletion": D}, "IKZF1plus"),
        ({"ikzf1_deletion": D, "par1_deletion": D, "erg_deletion": D}, "IKZF1 deletion, not IKZF1plus"),
        ({"ikzf1_deletion": D, "par1_deletion": D, "dux4_r": D}, "IKZF1 deletion, not IKZF1plus"),
        ({"ikzf1_deletion": D, "par1_deletion": D, "dux4_r": X}, "IKZF1plus"),
        ({"ikzf1_deletion": D, "cdkn2ab_deletion": UNCERTAIN}, None),
        ({"ikzf1_deletion": D, "par1_deletion": X}, None),
        ({"ikzf1_deletion": D, "par1_deletion": D, "erg_deletion": X}, None),
        ({"ikzf1_deletion": X, "par1_deletion": D}, None),
        ({"ikzf1_deletion": D, "erg_deletion": X}, "IKZF1 deletion, not IKZF1plus"),
        ({"ikzf1_deletion": D, "pax5_deletion": D, "hypodiploidy": D}, "not defined in a hypodiploid clone"),
    ],
)
def test_ikzf1plus(changed, group):
    found = one("IKZF1plus", all_calls(**changed), BCP)
    assert found.group == group
    assert (found.certainty == "certain") == (group is not None)


def test_ikzf1plus_by_dux4_is_marked_as_our_default():
    found = one("IKZF1plus", all_calls(ikzf1_deletion=D, par1_deletion=D, dux4_r=D), BCP)
    assert any("engineering default" in note for note in found.notes)


T = patient(immunophenotype="T")
RAS = call("ras_pathway", genes=("KRAS",))


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({"notch1_fbxw7": D}, "gLoR"),
        ({}, "gHiR"),
        ({"notch1_fbxw7": D, "ras_pathway": RAS}, "gHiR"),
        ({"notch1_fbxw7": D, "pten": D}, "gHiR"),
        ({"pten": D, "ras_pathway": RAS}, "gHiR"),
        ({"pten": D, "notch1_fbxw7": X, "ras_pathway": X}, "gHiR"),
        ({"notch1_fbxw7": X}, None),
        ({"notch1_fbxw7": D, "pten": X}, None),
        ({"notch1_fbxw7": D, "ras_pathway": X}, None),
        ({"notch1_fbxw7": D, "ras_pathway": call("ras_pathway", genes=("PTPN11",))}, None),
    ],
)
def test_t_all_oncogenetic_classifier(changed, group):
    assert one("T-ALL oncogenetic classifier", all_calls(**changed), T).group == group


def test_t_all_classifier_is_for_t_all():
    assert one("T-ALL oncogenetic classifier", all_calls(notch1_fbxw7=D), BCP).group is None
    unknown = one("T-ALL oncogenetic classifier", all_calls(notch1_fbxw7=D))
    assert any("immunophenotype" in text for text in unknown.could_change)


# ---------------------------------------------------------------- all of them


PROTOCOLS = {
    "IntReALL": ("bcr_abl1", "prior_hsct", "adult"),
    "COG AALL1331": ("bcr_abl1", "prior_hsct", "down_syndrome", "prior_therapy", "lineage", "infant", "over_30"),
    "UK ALLR3": ("infant", "over_18"),
    "BFM S1-S4": (),
}
EXCLUDED = {
    "bcr_abl1": (all_calls(bcr_abl1=D), {}),
    "prior_hsct": (all_calls(), {"prior_hsct": True}),
    "down_syndrome": (all_calls(), {"down_syndrome": True}),
    "prior_therapy": (all_calls(), {"prior_therapy": ("blinatumomab",)}),
    "lineage": (all_calls(), {"immunophenotype": "T"}),
    "infant": (all_calls(), {"age_at_diagnosis_years": 0.1, "diagnosis_date": "2019-06-15"}),
    "over_18": (all_calls(), {"age_at_diagnosis_years": 18.0}),
    "adult": (all_calls(), {"age_at_diagnosis_years": 16.5}),
    "over_30": (all_calls(), {"age_at_diagnosis_years": 30.0}),
}


@pytest.mark.parametrize("scheme", PROTOCOLS)
@pytest.mark.parametrize("why", EXCLUDED)
def test_whom_each_protocol_excludes(scheme, why):
    calls, facts = EXCLUDED[why]
    person = replace(relapse("BM", months=24, after=-3), eoi_mrd=0.0001, **FLOW)
    found = one(scheme, calls, replace(person, **facts), "relapse")
    older = {"over_18": ("adult",), "over_30": ("adult", "over_18")}.get(why, ())
    if why in PROTOCOLS[scheme] or set(older) & set(PROTOCOLS[scheme]):
        assert found.eligibility.status is Eligibility.NOT_FOR_THIS_PATIENT
        assert found.group is None
        assert found.notes[0].startswith("not for this patient, because ")
    else:
        assert found.eligibility.status is Eligibility.ELIGIBLE
        assert found.group is not None


@pytest.mark.parametrize(
    ("scheme", "facts", "open_fact"),
    [
        ("IntReALL", {"prior_hsct": None}, "prior_hsct"),
        ("COG AALL1331", {"down_syndrome": None}, "down_syndrome"),
        ("UK ALLR3", {"age_at_diagnosis_years": None}, "age_at_diagnosis_years"),
    ],
)
def test_an_exclusion_that_is_not_known_is_named_and_the_group_is_not_certain(scheme, facts, open_fact):
    person = replace(relapse("BM", **EARLY), eoi_mrd=0.0001, **FLOW)
    assert one(scheme, all_calls(), person, "relapse").certainty == "certain"
    found = one(scheme, all_calls(), replace(person, **facts), "relapse")
    assert found.eligibility.status is Eligibility.NOT_KNOWN
    assert any(open_fact in text for text in found.eligibility.why)
    assert found.certainty == "provisional"


@pytest.mark.parametrize(
    ("mrd", "said"), [(0.00009, "chemotherapy"), (0.0001, "transplantation"), (0.1, "transplantation")]
)
def test_allr3_transplants_by_mrd_of_the_intermediate_group(mrd, said):
    person = relapse("BM", eoi_mrd=mrd, mrd_method="PCR", mrd_timepoint="EOI", mrd_sensitivity=1e-5, **LATE)
    assert [said in text for text in one("UK ALLR3", all_calls(), person, "relapse").transplant] == [True]


def test_a_relapse_on_therapy_needs_no_end_of_therapy():
    person = relapse("BM", months=24, on_therapy_at_relapse=True)
    assert one("BFM S1-S4", all_calls(), person, "relapse").group == "S3"
    contradicted = relapse("BM", months=48, after=20, on_therapy_at_relapse=True)
    assert one("BFM S1-S4", all_calls(), contradicted, "relapse").group is None


def test_the_lineage_of_the_relapse_decides():
    switched = relapse("BM", relapse_lineage="AML", **EARLY)
    found = one("BFM S1-S4", all_calls(), switched, "relapse")
    assert found.eligibility.status is Eligibility.NOT_FOR_THIS_PATIENT
    assert one("BFM S1-S4", all_calls(), relapse("BM", relapse_lineage="T", **EARLY), "relapse").group == "S4"


def test_a_lesion_of_an_earlier_sample_sets_the_flag_and_is_not_certain():
    since = KnownSince("diagnosis", "P1-D", "detected")
    found = one("InPOG-ALL-R1", all_calls(bcr_abl1=call("bcr_abl1", D, known_since=since)), version="literal")
    assert (found.group, found.certainty, found.matched) == ("YES", "provisional", ("bcr_abl1",))
    assert any("known since diagnosis" in fact for fact in found.facts)


def test_every_atom_of_every_scheme_means_something(knowledge):
    groups = evaluate_schemes(all_calls(), None, knowledge)
    assert len(groups) == sum(1 for entry in knowledge.table("schemes") if entry["shown"] == "yes")


def test_certain_groups_do_not_change_when_open_facts_are_settled():
    """What is given as certain must survive every way of settling one open lesion."""
    lesions = [*ITEMS, "etv6_runx1", "high_hyperdiploidy", "ikzf1_deletion", "par1_deletion", "pten", "rb1_deletion"]
    for open_one in lesions:
        for person in (BCP, T, relapse("BM", **EARLY)):
            before = results(all_calls(**{open_one: X}), person)
            for state in (D, N):
                after = results(all_calls(**{open_one: state}), person)
                for key, result in before.items():
                    if result.certainty == "certain":
                        assert after[key].group == result.group, (key, open_one, state)


def test_shown_results_are_complete():
    for calls, person in product(
        (all_calls(), all_calls(X), all_calls(Q), all_calls(D)), (None, BCP, T, relapse("BM", **LATE))
    ):
        for result in evaluate_schemes(calls, person, Knowledge.load(), "relapse"):
            assert result.sources
            assert all(result.sources)
            assert result.certainty in ("certain", "provisional", "not_assessable")
            assert set(result.could_change) <= set(result.missing), result
            assert result.group is None or result.rule or result.group in ("UNRESOLVED", "Inconclusive")


def test_rules_and_flags_of_schemes_are_read_in_order(knowledge):
    for scheme in schemes(knowledge):
        ids = [rule.id for rule in scheme.rules]
        assert len(set(ids)) == len(ids)
        assert scheme.rules or scheme.entry["kind"] == "flags"


def test_facts_say_what_they_mean():
    facts = Facts(all_calls(kmt2a_r=D), relapse("BM", **EARLY), Knowledge.load(), "relapse")
    assert facts.value("kmt2a_r").words == "kmt2a_r: detected"
    assert "27.0 months after diagnosis" in facts.value("months_from_diagnosis<schemes.very_early_months").words
    with pytest.raises(KeyError):
        facts.value("no_such_lesion")
    with pytest.raises(KeyError):
        facts.value("kmt2a_r.colour=red")
    with pytest.raises(KeyError):
        facts.value("patient.shoe_size=4")
