"""The one decision and the ledger of records that no reader used: the truth table row by row, remarks by kind."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.base.intervals import Interval
from annotate.decide.case import Case
from annotate.decide.evidence.decision import ANSWERS, TABLE, Questions, decide, questions, row_of
from annotate.decide.evidence.ledger import at_lesion, remarks_of
from annotate.decide.evidence.observe import blinded, excludes, speaks
from annotate.decide.evidence.rendered import truth_table
from annotate.decide.registry import call_all, registered
from annotate.model.observation import Direction, Form, Observation, Source, Weight
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.model.state import Code, State
from tests.makers.rearrangement_cases import KNOWLEDGE, case_of, fusion_junction

PROOF, SUPPORT, HINT = Weight.PROOF, Weight.SUPPORT, Weight.HINT
DNA, RNA, FISH, BANDS = Source.JUNCTIONS, Source.FUSIONS, Source.FISH, Source.KARYOTYPE
HIDDEN = Observation(Direction.BLIND, Weight.PROOF, DNA, Code.RECORD_OPEN)

ROWS = [
    # observations, state: each row of the table by the plainest set that reaches it, and its neighbours
    ([speaks(RNA), excludes(FISH)], State.EQUIVOCAL),
    ([speaks(FISH), excludes(RNA)], State.EQUIVOCAL),
    ([speaks(BANDS), excludes(DNA)], State.EQUIVOCAL),
    ([speaks(BANDS), excludes(DNA), excludes(RNA)], State.EQUIVOCAL),
    ([speaks(BANDS), speaks(RNA), excludes(DNA)], State.DETECTED),
    ([speaks(RNA), excludes(DNA)], State.DETECTED),
    ([speaks(DNA), excludes(RNA)], State.DETECTED),
    ([speaks(RNA), speaks(DNA), excludes(FISH)], State.DETECTED),
    ([speaks(RNA), speaks(DNA), excludes(FISH), excludes(Source.COPY_NUMBER)], State.EQUIVOCAL),
    ([speaks(RNA), excludes(BANDS, SUPPORT)], State.DETECTED),
    ([speaks(DNA), excludes(DNA)], State.DETECTED),
    ([speaks(DNA, subclonal=True)], State.DETECTED_SUBCLONAL),
    ([speaks(DNA, subclonal=True), excludes(RNA)], State.DETECTED_SUBCLONAL),
    ([speaks(DNA, subclonal=True), speaks(RNA)], State.DETECTED),
    ([speaks(DNA)], State.DETECTED),
    ([speaks(DNA), HIDDEN], State.DETECTED),
    ([speaks(DNA, SUPPORT)], State.EQUIVOCAL),
    ([speaks(DNA, HINT), excludes(RNA)], State.EQUIVOCAL),
    ([speaks(BANDS, HINT, yields_to=1), excludes(RNA)], State.NOT_DETECTED),
    ([speaks(BANDS, HINT, yields_to=2), excludes(RNA)], State.EQUIVOCAL),
    ([speaks(BANDS, HINT, yields_to=2), excludes(RNA), excludes(DNA)], State.NOT_DETECTED),
    ([speaks(BANDS, HINT, yields_to=1)], State.EQUIVOCAL),
    ([HIDDEN, excludes(RNA)], State.NOT_ASSESSABLE),
    ([HIDDEN], State.NOT_ASSESSABLE),
    ([excludes(RNA)], State.NOT_DETECTED),
    ([excludes(BANDS, SUPPORT)], State.NOT_DETECTED),
    ([excludes(BANDS, HINT)], State.NOT_ASSESSABLE),
    ([blinded(DNA, Code.REPEAT_REGION)], State.NOT_ASSESSABLE),
    ([blinded(DNA, Code.REPEAT_REGION), excludes(RNA)], State.NOT_DETECTED),
    ([], State.NOT_ASSESSABLE),
]


@pytest.mark.parametrize(("observations", "state"), ROWS)
def test_state_of_observations(observations, state):
    for order in (observations, observations[::-1]):
        assert decide(order).state is state


def test_every_row_is_reached_and_named_in_the_page():
    reached = {TABLE.index(row_of(questions(observations))) for observations, _ in ROWS}
    assert reached == set(range(len(TABLE)))
    page = truth_table()
    assert len(page) == len(TABLE) + 2
    assert all(f"`{row.state}`" in line and row.meaning in line for row, line in zip(TABLE, page[2:], strict=True))


def test_table_answers_every_combination():
    """The last row takes what no other does; a proof is never less than equivocal, an open record never a negative."""
    for answers in itertools.product((False, True), repeat=len(ANSWERS)):
        asked = Questions(*answers)
        row = row_of(asked)
        if asked.proven:
            assert row.state.present or (row.state is State.EQUIVOCAL and asked.contradicted)
        elif asked.suspected:
            assert row.state is State.EQUIVOCAL
        elif asked.hidden or not asked.excluded:
            assert row.state is State.NOT_ASSESSABLE
        else:
            assert row.state is State.NOT_DETECTED


def test_a_negative_needs_every_form_excluded():
    forms = frozenset({Form.MUTATION, Form.DELETION, Form.LOH})
    parts = [excludes(Source.SMALL_VARIANTS, form=Form.MUTATION), excludes(Source.COPY_NUMBER, form=Form.DELETION)]
    assert decide(parts, forms).state is State.NOT_ASSESSABLE
    assert decide([*parts, excludes(Source.COPY_NUMBER, form=Form.LOH)], forms).state is State.NOT_DETECTED
    assert decide([excludes(Source.COPY_NUMBER)], forms).state is State.NOT_DETECTED


def test_one_form_found_is_not_contradicted_by_another_form_excluded():
    seen = [speaks(Source.SMALL_VARIANTS, form=Form.MUTATION), excludes(Source.COPY_NUMBER, form=Form.DELETION)]
    decision = decide(seen, frozenset({Form.MUTATION, Form.DELETION}))
    assert decision.state is State.DETECTED
    assert not decision.speaks_against


def test_a_conflict_names_both_sides():
    decision = decide([speaks(BANDS), excludes(DNA), excludes(RNA)])
    assert decision.conflict
    assert decision.speaks_for == (BANDS,)
    assert set(decision.speaks_against) == {DNA, RNA}


# ---------------------------------------------------------------- properties

ANY_OBSERVATION = st.builds(
    Observation,
    direction=st.sampled_from(Direction),
    weight=st.sampled_from(Weight),
    source=st.sampled_from([DNA, RNA, FISH, BANDS]),
    code=st.just(Code.NOTE),
    subclonal=st.booleans(),
    likely=st.booleans(),
    yields_to=st.integers(0, 2),
)
POSITIVE = (State.DETECTED, State.DETECTED_SUBCLONAL, State.EQUIVOCAL)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_OBSERVATION, max_size=8), st.randoms())
def test_order_and_repetition_change_nothing(observations, random):
    shuffled = [*observations, *observations]
    random.shuffle(shuffled)
    assert decide(shuffled).state is decide(observations).state


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_OBSERVATION, max_size=8))
def test_taking_what_speaks_against_away_never_makes_a_negative(observations):
    """Nothing that only excludes can be taken away to reach a negative."""
    before = decide(observations).state
    for gone in observations:
        if gone.direction is Direction.AGAINST:
            after = decide([o for o in observations if o is not gone]).state
            assert after is not State.NOT_DETECTED or before is State.NOT_DETECTED


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_OBSERVATION, max_size=8), ANY_OBSERVATION)
def test_more_support_never_makes_a_negative(observations, more):
    if more.direction is not Direction.AGAINST:
        after = decide([*observations, more]).state
        assert after is not State.NOT_DETECTED or decide(observations).state is State.NOT_DETECTED


# ---------------------------------------------------------------- remarks


def _remark(kind: str, speaks_: Speaks, **touches: object) -> Remark:
    return Remark(kind, f"{kind}.txt", "line 7", RemarkCode.FILTERED, "filtered", speaks_, **touches)  # type: ignore[arg-type]


def _with(case: Case, *remarks: Remark) -> Case:
    """The case with remarks on the input of their kind."""
    assert case.junctions is not None
    return replace(case, junctions=replace(case.junctions, remarks=remarks))


def _quiet(genome) -> Case:
    """Whole-genome structural variants and RNA that show one lesion, and exclude the others."""
    return case_of(genome, junctions=[fusion_junction(genome, "STIL::TAL1")])


TOUCHED = [
    ("bcr_abl1", ("BCR",)),
    ("kmt2a_r", ("KMT2A",)),
    ("etv6_runx1", ("RUNX1",)),
    ("znf384_r", ("ZNF384",)),
    ("mef2d_r", ("MEF2D",)),
    ("erg_deletion", ("ERG",)),
    ("abl_class", ("PDGFRB",)),
]


@pytest.mark.parametrize(("lesion", "genes"), TOUCHED)
@pytest.mark.parametrize(("word", "state"), [(Speaks.FOR, State.EQUIVOCAL), (Speaks.BLINDS, State.NOT_ASSESSABLE)])
def test_an_open_record_ends_a_negative(genome, lesion, genes, word, state):
    case = _quiet(genome)
    assert call_all(case)[lesion].state is State.NOT_DETECTED
    remark = _remark("structural_variants", word, genes=genes)
    call = call_all(_with(case, remark))[lesion]
    assert call.state is state
    assert call.remarks == (remark,)
    assert "line 7" in call.summary
    assert any(reason.code is Code.RECORD_OPEN for reason in call.reasons)


@pytest.mark.parametrize("lesion", ["bcr_abl1", "kmt2a_r", "etv6_runx1", "ikzf1_deletion", "erg_deletion"])
def test_a_remark_by_place_finds_the_same_lesion_as_by_gene(genome, lesion):
    genes = {"bcr_abl1": "BCR", "kmt2a_r": "KMT2A", "etv6_runx1": "RUNX1"}.get(lesion, lesion.split("_")[0].upper())
    gene = genome.gene(genes)
    middle = (gene.start + gene.end) // 2
    by_gene = _remark("structural_variants", Speaks.FOR, genes=(genes,))
    by_place = _remark("structural_variants", Speaks.FOR, regions=(Interval(gene.chrom, middle, middle),))
    case = _quiet(genome)
    own = registered()[lesion].genes
    for remark in (by_gene, by_place):
        assert at_lesion(case, lesion, own, [remark]) == (remark,)


def test_an_unrelated_record_changes_nothing(genome):
    case = _quiet(genome)
    before = call_all(case)
    gene = genome.gene("TP53")
    beside = _remark("structural_variants", Speaks.FOR, regions=(Interval(gene.chrom, 1_000_000, 1_000_001),))
    wrong_kind = _remark("small_variants", Speaks.FOR, genes=("BCR",))
    after = call_all(_with(case, beside, wrong_kind))
    assert {id: call.state for id, call in after.items()} == {id: call.state for id, call in before.items()}


def test_a_common_five_prime_partner_does_not_open_every_lesion(genome):
    """ETV6 fuses to dozens of genes: its break alone concerns the lesion that it defines."""
    calls = call_all(_with(_quiet(genome), _remark("structural_variants", Speaks.FOR, genes=("ETV6",))))
    assert calls["etv6_runx1"].state is State.EQUIVOCAL
    assert calls["abl_class"].state is State.NOT_DETECTED
    assert calls["jak2_r"].state is State.NOT_DETECTED


def test_both_partners_named_open_the_lesion_of_the_pair(genome):
    calls = call_all(_with(_quiet(genome), _remark("structural_variants", Speaks.FOR, genes=("ETV6", "ABL1"))))
    assert calls["abl_class"].state is State.EQUIVOCAL


@pytest.mark.parametrize(
    ("lesion", "gene", "codon"),
    [("pax5_p80r", "PAX5", 80), ("ikzf1_n159y", "IKZF1", 159), ("ras_pathway", "KRAS", 12), ("nt5c2", "NT5C2", 367)],
)
def test_a_lesion_of_few_codons_is_touched_there_alone(genome, lesion, gene, codon):
    transcript = genome.transcript(gene)
    case = _quiet(genome)
    at = transcript.protein_to_genomic(codon)[1]
    away = transcript.protein_to_genomic(codon + 60)[1]
    for pos, touched in ((at, True), (away, False)):
        remark = _remark("small_variants", Speaks.FOR, genes=(gene,), regions=(Interval(transcript.chrom, pos, pos),))
        assert bool(at_lesion(case, lesion, (), [remark])) is touched


def test_a_proof_stands_beside_an_open_record(genome):
    case = _with(_quiet(genome), _remark("structural_variants", Speaks.BLINDS, genes=("TAL1",)))
    call = call_all(case)["stil_tal1"]
    assert call.state is State.DETECTED
    assert call.remarks


def test_every_remark_of_every_input_is_collected(genome):
    remark = _remark("structural_variants", Speaks.FOR, genes=("BCR",))
    assert remarks_of(_with(_quiet(genome), remark, remark)) == (remark,)


@pytest.mark.parametrize("id", sorted({row["id"] for row in KNOWLEDGE.table("lesions")}))
def test_every_lesion_can_be_touched_by_name(genome, id):
    remark = _remark("structural_variants", Speaks.FOR, lesions=(id,))
    call = call_all(_with(_quiet(genome), remark))[id]
    assert call.remarks == (remark,)
    assert call.state is not State.NOT_DETECTED
