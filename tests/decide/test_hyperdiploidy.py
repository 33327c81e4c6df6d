"""High hyperdiploidy: count, heterozygosity, patterns of gains, and what totals and karyotypes leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.decide.case import Case
from annotate.decide.ploidy.hyperdiploid_patterns import patterns
from annotate.decide.ploidy.hyperdiploidy import high_hyperdiploidy
from annotate.decide.ploidy.hypodiploidy import hypodiploidy
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment, SegmentTable
from annotate.model.lesion import LesionCall
from annotate.model.sample import Sample
from annotate.model.state import Code, State
from annotate.name.copy_number.profile import chromosome_profile
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.karyotypes import Simulated, diploid, hyperdiploid, hypodiploid, truth

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay="wgs")


def call_of(
    genome: Genome,
    knowledge: Knowledge,
    made: Simulated | None = None,
    karyotype: str | None = None,
    alleles: bool = True,
    file_purity: float | None = 0.8,
    **fields: object,
) -> LesionCall:
    sample = replace(SAMPLE, karyotype=karyotype, **fields)  # type: ignore[arg-type]
    profile = None
    if made is not None:
        segments = tuple(
            Segment(chrom, start, end, total=float(total), minor=float(minor or 0) if alleles else None)
            for chrom, start, end, total, minor in truth(made, genome, 1)
        )
        table = SegmentTable(segments, "plain", purity=file_purity, integer=True)
        profile = chromosome_profile(table, (), sample, genome, knowledge)
    parsed = parse_karyotype(karyotype) if karyotype else None
    case = Case(sample, genome, knowledge, profile=profile, karyotype=parsed)
    return high_hyperdiploidy(replace(case, calls={"hypodiploidy": hypodiploidy(case)}))


def codes(call: LesionCall) -> set[Code]:
    return {reason.code for reason in call.reasons}


@pytest.mark.parametrize("count", [51, 52, 55, 60, 67])
def test_hyperdiploid(grch38: Genome, knowledge: Knowledge, count: int) -> None:
    call = call_of(grch38, knowledge, hyperdiploid(count, "female", count))
    assert (call.state, call.modal_number, call.masked) == (State.DETECTED, count, False)


@pytest.mark.parametrize("count", [27, 31, 33])
def test_doubled_hypodiploid_clone_is_ruled_out(grch38: Genome, knowledge: Knowledge, count: int) -> None:
    call = call_of(grch38, knowledge, hypodiploid(count, "female", 3, doubled=True))
    assert call.state is State.NOT_DETECTED
    assert Code.RULED_OUT in codes(call)


@pytest.mark.parametrize(
    "made", [diploid("x", "x", c8=(3, 1)), diploid("x", "x", c3=(1, 0), c7=(1, 0)), hypodiploid(27, "female", 3)]
)
def test_other_counts(grch38: Genome, knowledge: Knowledge, made: Simulated) -> None:
    assert call_of(grch38, knowledge, made).state is State.NOT_DETECTED


def test_above_67_is_no_high_hyperdiploidy(grch38: Genome, knowledge: Knowledge) -> None:
    assert call_of(grch38, knowledge, hyperdiploid(69, "female", 3)).state is State.NOT_DETECTED


def test_totals_never_exclude_the_masked_form(grch38: Genome, knowledge: Knowledge) -> None:
    call = call_of(grch38, knowledge, hyperdiploid(55, "female", 3), alleles=False)
    assert (call.state, call.leaning) == (State.EQUIVOCAL, "likely")
    assert Code.INPUT_LACKS_BAF in codes(call)
    assert "masked hypodiploidy is not excluded" in call.summary
    sure = call_of(grch38, knowledge, hyperdiploid(55, "female", 3), alleles=False, dna_index=1.17)
    assert sure.state is State.EQUIVOCAL


def test_unusual_loss_of_heterozygosity(grch38: Genome, knowledge: Knowledge) -> None:
    call = call_of(grch38, knowledge, hyperdiploid(56, "female", 3, disomies=5))
    assert (call.state, call.leaning) == (State.EQUIVOCAL, "unclear")


def test_low_or_unknown_purity_gives_no_negative(grch38: Genome, knowledge: Knowledge) -> None:
    for purity in (0.2, None):
        call = call_of(grch38, knowledge, diploid("x", "x", c8=(3, 1)), file_purity=purity)
        assert call.state is State.NOT_ASSESSABLE
        assert Code.PURITY_TOO_LOW in codes(call)
    flat = call_of(grch38, knowledge, diploid("x", "x"))
    assert flat.state is State.NOT_ASSESSABLE


# ---------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("gained", "double", "triple", "good"),
    [
        ((4, 10), True, False, False),
        ((4, 10, 17), True, True, True),
        ((17, 18), False, False, True),
        ((17, 18, 5), False, False, True),
        ((17,), False, False, True),
        ((18, 5), False, False, False),
        ((18, 20), False, False, False),
        ((5, 20), False, False, False),
        ((), False, False, False),
    ],
)
def test_favourable_gains(
    knowledge: Knowledge, gained: tuple[int, ...], double: bool, triple: bool, good: bool
) -> None:
    copies = {str(c): 3 if c in gained else 2 for c in range(1, 23)}
    found = patterns(copies, knowledge)
    assert found["double_trisomy_4_10"] is double
    assert found["triple_trisomy_4_10_17"] is triple
    assert found["ukall_good_risk"] is good


def test_pattern_is_said_in_the_call(grch38: Genome, knowledge: Knowledge) -> None:
    call = call_of(grch38, knowledge, hyperdiploid(56, "female", 1))
    assert call.details["double_trisomy_4_10"] is True
    assert any("+4 and +10" in reason.text for reason in call.reasons)
    assert {"4", "10", "17", "18", "21", "X"} <= set(call.details["gained"])


# ---------------------------------------------------------------- karyotype, DNA index


@pytest.mark.parametrize(
    ("karyotype", "state"),
    [
        ("55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[15]/46,XX[5]", State.DETECTED),
        ("27,X,-X,+14,+18,+21,+8[5]/54,idemx2[8]/46,XX[7]", State.NOT_DETECTED),
        ("54,XX,+X,+X,+14,+14,+18,+18,+21,+21[10]", State.EQUIVOCAL),  # no trisomy
        ("46,XX[20]", State.NOT_ASSESSABLE),
        ("46,XX,t(9;22)(q34;q11)[20]", State.NOT_DETECTED),
        ("46,XX,t(9;22)(q34;q11)[4]", State.NOT_ASSESSABLE),
        ("49~53,XX,+4,+10,+17,+21[12]", State.EQUIVOCAL),
    ],
)
def test_karyotype_alone(grch38: Genome, knowledge: Knowledge, karyotype: str, state: State) -> None:
    assert call_of(grch38, knowledge, karyotype=karyotype).state is state


def test_dna_index_alone(grch38: Genome, knowledge: Knowledge) -> None:
    high, low = (call_of(grch38, knowledge, dna_index=index) for index in (1.2, 1.0))
    assert (high.state, high.leaning) == (State.EQUIVOCAL, "likely")
    assert low.state is State.NOT_ASSESSABLE
