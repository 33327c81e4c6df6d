"""iAMP21: the copy rule, what excludes it, what makes it unsure, FISH, karyotype and structural variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from annotate.decide.case import Case
from annotate.decide.iamp21.lesion import iamp21
from annotate.decide.iamp21.pattern import anchors_of
from annotate.decide.iamp21.support import foldbacks, within_21
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment, SegmentTable
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient, Sample
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.profile import chromosome_profile
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.karyotypes import ATYPICAL, IAMP21, Piece, Simulated, diploid, hyperdiploid, truth, with_21

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay="wgs")


def table_of(karyotype: Simulated, genome: Genome, purity: float | None = 0.8, alleles: bool = True) -> SegmentTable:
    segments = [
        Segment(chrom, start, end, total=float(total), minor=float(minor or 0) if alleles else None, record=str(line))
        for line, (chrom, start, end, total, minor) in enumerate(truth(karyotype, genome, 2), start=2)
    ]
    return SegmentTable(tuple(segments), "plain", purity=purity, integer=True, resolution=1000)


def case_of(
    genome: Genome,
    knowledge: Knowledge,
    table: SegmentTable | None = None,
    karyotype: str | None = None,
    etv6_runx1: State | None = State.NOT_DETECTED,
    down: bool | None = None,
    junctions: Sequence[Junction] = (),
    **fields: object,
) -> Case:
    sample = replace(SAMPLE, assembly=genome.assembly, karyotype=karyotype, **fields)  # type: ignore[arg-type]
    profile = chromosome_profile(table, (), sample, genome, knowledge) if table is not None else None
    calls = {}
    if etv6_runx1 is not None:
        reason = Reason(Code.NOTE, "given")
        calls["etv6_runx1"] = LesionCall("etv6_runx1", "ETV6::RUNX1", etv6_runx1, "given", (reason,))
    return Case(
        sample,
        genome,
        knowledge,
        patient=Patient("P", down_syndrome=down),
        profile=profile,
        karyotype=parse_karyotype(karyotype) if karyotype else None,
        junctions=Junctions(tuple(junctions), ()) if junctions else None,
        calls=calls,
    )


def codes(call: LesionCall) -> set[Code]:
    return {reason.code for reason in call.reasons}


def with_pieces(genome: Genome, pieces: Sequence[Piece], **options: object) -> SegmentTable:
    return table_of(with_21("x", "x", pieces), genome, **options)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the copy rule


@pytest.mark.parametrize("name", IAMP21)
@pytest.mark.parametrize("alleles", [True, False])
def test_typical(grch38: Genome, knowledge: Knowledge, name: str, alleles: bool) -> None:
    call = iamp21(case_of(grch38, knowledge, with_pieces(grch38, IAMP21[name], alleles=alleles)))
    assert (call.state, call.tier) == (State.DETECTED, "typical")
    assert call.details["steps"] >= 3
    assert call.genes == ("RUNX1",)
    assert call.evidence[0].record  # the segments of chromosome 21
    assert any(reason.settles == "RUNX1 FISH" for reason in call.reasons)


@pytest.mark.parametrize("name", ATYPICAL)
def test_atypical_asks_for_fish(grch38: Genome, knowledge: Knowledge, name: str) -> None:
    call = iamp21(case_of(grch38, knowledge, with_pieces(grch38, ATYPICAL[name])))
    assert (call.state, call.leaning, call.tier) == (State.EQUIVOCAL, "likely", "atypical")
    assert any(reason.settles == "RUNX1 FISH" for reason in call.reasons)


@pytest.mark.parametrize(
    ("pieces", "state", "pattern"),
    [
        (((46.7, 6, 1),), State.NOT_DETECTED, "uniform"),
        (((46.7, 3, 1),), State.NOT_DETECTED, "uniform"),
        (((30.0, 4, 1), (46.7, 5, 1)), State.NOT_DETECTED, "uniform"),  # two states one copy apart
        (((30.0, 2, 1), (46.7, 3, 1)), State.NOT_DETECTED, "uniform"),
        (((22.0, 2, 1), (34.0, 3, 1), (46.7, 2, 1)), State.NOT_DETECTED, "uniform"),
        (((33.0, 2, 1), (46.7, 5, 1)), State.EQUIVOCAL, "unclear"),  # the gain reaches the telomere
        (((33.0, 2, 1), (41.0, 6, 1), (46.7, 2, 1)), State.EQUIVOCAL, "atypical"),  # one block, two states
        (((33.0, 2, 1), (41.0, 4, 1), (46.7, 2, 1)), State.EQUIVOCAL, "unclear"),
        (((33.0, 2, 1), (35.5, 6, 1), (36.0, 4, 1), (46.7, 2, 1)), State.EQUIVOCAL, "unclear"),  # RUNX1 alone
    ],
)
def test_patterns(grch38: Genome, knowledge: Knowledge, pieces: Sequence[Piece], state: State, pattern: str) -> None:
    call = iamp21(case_of(grch38, knowledge, with_pieces(grch38, pieces)))
    assert (call.details["pattern"], call.state) == (pattern, state)


def test_both_assemblies_place_the_anchors_in_order(genome: Genome, knowledge: Knowledge) -> None:
    anchors = {anchor.name: anchor for anchor in anchors_of(genome.assembly, knowledge)}
    order = ["proximal", "RUNX1", "CHAF1B", "DYRK1A", "ERG", "HMGN1", "telomere"]
    assert [anchors[name].start for name in order] == sorted(anchors[name].start for name in order)
    assert anchors["telomere"].end <= genome.contig_lengths["21"]


def test_grch37(grch37: Genome, knowledge: Knowledge) -> None:
    pieces = tuple((end + 1.4, total, minor) for end, total, minor in IAMP21["typical 6"])
    assert iamp21(case_of(grch37, knowledge, with_pieces(grch37, pieces))).state is State.DETECTED


def test_polysomy_of_a_hyperdiploid_clone(grch38: Genome, knowledge: Knowledge) -> None:
    call = iamp21(case_of(grch38, knowledge, table_of(hyperdiploid(60, "female", 3), grch38)))
    assert call.state is State.NOT_DETECTED
    assert call.details["pattern"] == "uniform"


def test_down_syndrome_shifts_the_limits(grch38: Genome, knowledge: Knowledge) -> None:
    uniform = table_of(diploid("x", "x", c21=(3, 1)), grch38)
    call = iamp21(case_of(grch38, knowledge, uniform, down=True))
    assert call.state is State.NOT_DETECTED
    assert any("Down syndrome" in reason.text for reason in call.reasons)
    five = with_pieces(grch38, ((22.6, 3, 1), (33.0, 4, 1), (41.0, 5, 1), (46.7, 3, 1)))
    assert iamp21(case_of(grch38, knowledge, five)).state is State.DETECTED
    assert iamp21(case_of(grch38, knowledge, five, down=True)).state is State.EQUIVOCAL


def test_masked_places_do_not_split_the_amplicon(grch38: Genome, knowledge: Knowledge) -> None:
    """False duplications of GRCh38: KCNE1, next to RUNX1, and four genes near the telomere look lost."""
    pieces = list(IAMP21["typical 6"])
    table = with_pieces(grch38, pieces)
    segments = []
    for segment in table.segments:
        if segment.chrom == "21" and segment.start <= 34_446_688 <= segment.end:
            segments += [
                replace(segment, end=34_446_687),
                replace(segment, start=34_446_688, end=34_512_214, total=1.0, minor=0.0),
                replace(segment, start=34_512_215),
            ]
        else:
            segments.append(segment)
    plain = iamp21(case_of(grch38, knowledge, table))
    split = iamp21(case_of(grch38, knowledge, replace(table, segments=tuple(segments))))
    assert split.state is State.DETECTED
    assert split.details["states_21q"] == plain.details["states_21q"]


def test_background_of_a_doubled_genome_is_equivocal(grch38: Genome, knowledge: Knowledge) -> None:
    base = table_of(diploid("x", "x"), grch38)
    doubled = tuple(replace(s, total=4.0, minor=2.0) for s in base.segments if s.chrom != "21")
    pieces = tuple(
        Segment("21", start, end, total=float(total), minor=1.0)
        for start, end, total in (
            (14_000_000, 25_000_000, 4),
            (25_000_001, 41_000_000, 5),
            (41_000_001, 46_700_000, 3),
        )
    )
    call = iamp21(case_of(grch38, knowledge, replace(base, segments=(*doubled, *pieces))))
    assert call.state is State.EQUIVOCAL


# ---------------------------------------------------------------- ETV6::RUNX1


@pytest.mark.parametrize(
    ("fusion", "state"),
    [
        (State.DETECTED, State.NOT_DETECTED),
        (State.DETECTED_SUBCLONAL, State.NOT_DETECTED),
        (State.EQUIVOCAL, State.EQUIVOCAL),
        (State.NOT_DETECTED, State.DETECTED),
        (State.NOT_ASSESSABLE, State.DETECTED),
        (None, State.DETECTED),
    ],
)
def test_etv6_runx1(grch38: Genome, knowledge: Knowledge, fusion: State | None, state: State) -> None:
    call = iamp21(case_of(grch38, knowledge, with_pieces(grch38, IAMP21["typical 6"]), etv6_runx1=fusion))
    assert call.state is state
    if fusion in (None, State.NOT_ASSESSABLE):
        assert any("could not be assessed" in reason.text for reason in call.reasons)


# ---------------------------------------------------------------- what the input cannot show


def test_purity_is_needed(grch38: Genome, knowledge: Knowledge) -> None:
    """Five copies at purity 0.4 and four at 0.6 give the same signal (L06)."""
    amplified = with_pieces(grch38, IAMP21["typical 6"], purity=None, alleles=False)
    silent = table_of(diploid("x", "x", c8=(3, 1)), grch38, purity=None, alleles=False)
    found, nothing = (iamp21(case_of(grch38, knowledge, table)) for table in (amplified, silent))
    assert (found.state, nothing.state) == (State.EQUIVOCAL, State.NOT_ASSESSABLE)
    assert Code.PURITY_TOO_LOW in codes(found) & codes(nothing)
    assert iamp21(case_of(grch38, knowledge, amplified, purity=0.8)).state is State.DETECTED


def test_purity_below_the_limit(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x", c8=(3, 1)), grch38, purity=0.15)
    call = iamp21(case_of(grch38, knowledge, table))
    assert call.state is State.NOT_ASSESSABLE
    assert Code.PURITY_TOO_LOW in codes(call)


def test_coarse_bins(grch38: Genome, knowledge: Knowledge) -> None:
    flat = replace(table_of(diploid("x", "x", c8=(3, 1)), grch38), resolution=1_000_000)
    high = replace(with_pieces(grch38, IAMP21["typical 8"]), resolution=1_000_000)
    none, found = (iamp21(case_of(grch38, knowledge, table)) for table in (flat, high))
    assert none.state is State.NOT_ASSESSABLE
    assert Code.RESOLUTION_TOO_COARSE in codes(none)
    assert (found.state, found.leaning) == (State.EQUIVOCAL, "likely")


def test_anchors_not_covered(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x", c8=(3, 1)), grch38)
    segments = tuple(
        replace(s, end=36_000_000) if s.chrom == "21" and s.end > 36_000_000 else s for s in table.segments
    )
    call = iamp21(case_of(grch38, knowledge, replace(table, segments=segments)))
    assert call.state is State.NOT_ASSESSABLE
    assert Code.REGION_NOT_COVERED in codes(call)


def test_exome_with_few_bins(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x", c8=(3, 1)), grch38)
    few = tuple(replace(s, markers=3) for s in table.segments)
    many = tuple(replace(s, markers=3000) for s in table.segments)
    poor = iamp21(case_of(grch38, knowledge, replace(table, segments=few), assay="wes"))
    rich = iamp21(case_of(grch38, knowledge, replace(table, segments=many), assay="wes"))
    assert (poor.state, rich.state) == (State.NOT_ASSESSABLE, State.NOT_DETECTED)


def test_flat_profile_needs_cells(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x"), grch38)
    assert iamp21(case_of(grch38, knowledge, table)).state is State.NOT_ASSESSABLE
    assert iamp21(case_of(grch38, knowledge, table, purity=0.8)).state is State.NOT_DETECTED


def test_noisy_steps_are_no_certain_finding(grch38: Genome, knowledge: Knowledge) -> None:
    shifts = (0.45, -0.4, 0.3, -0.45)
    table = with_pieces(grch38, IAMP21["typical 5"])
    noisy = tuple(
        replace(s, total=max((s.total or 0) + shifts[n % 4], 0.0)) if s.chrom != "21" else s
        for n, s in enumerate(table.segments)
    )
    call = iamp21(case_of(grch38, knowledge, replace(table, segments=noisy)))
    assert call.state is State.EQUIVOCAL
    assert any("not told from noise" in reason.text for reason in call.reasons)


def test_arrays_level_off(grch38: Genome, knowledge: Knowledge) -> None:
    table = with_pieces(grch38, ATYPICAL["4 copies"])
    array, genome = (iamp21(case_of(grch38, knowledge, table, assay=assay)) for assay in ("array", "wgs"))
    assert any("level off" in reason.text for reason in array.reasons)
    assert not any("level off" in reason.text for reason in genome.reasons)


def test_smaller_clone(grch38: Genome, knowledge: Knowledge) -> None:
    table = with_pieces(grch38, IAMP21["typical 6"])
    segments = tuple(
        replace(s, cellular_fraction=0.3, second_total=2.0, second_minor=1.0) if s.chrom == "21" else s
        for s in table.segments
    )
    segments = tuple(replace(s, total=3.0) if s.chrom == "8" else s for s in segments)
    call = iamp21(case_of(grch38, knowledge, replace(table, segments=segments)))
    assert call.state is State.DETECTED_SUBCLONAL


# ---------------------------------------------------------------- FISH and karyotype


@pytest.mark.parametrize(
    ("karyotype", "state"),
    [
        ("46,XX,add(21)(q22)[12]/46,XX[8].nuc ish(RUNX1x5~8)[180/200]", State.DETECTED),
        ("45,XX,-7[9].nuc ish(ETV6x2,RUNX1x5~8)[180/200]", State.DETECTED),
        ("27,X,+14,+18,+21[12]/46,XX[8]", State.NOT_ASSESSABLE),  # +21 of a near-haploid clone makes two
        ("46,XX[20].nuc ish(RUNX1x5~8)[180/200]", State.EQUIVOCAL),  # normal metaphases show no leukaemic clone
        ("nuc ish(RUNX1x5~8)[180/200]", State.EQUIVOCAL),  # polysomy would look the same
        ("56,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21,+21[12].nuc ish(RUNX1x5)[150/200]", State.EQUIVOCAL),
        ("46,XX[20].nuc ish(RUNX1x5~8)[5/200]", State.NOT_ASSESSABLE),  # too few cells for either
        ("46,XX[20].nuc ish(RUNX1x2)[200]", State.NOT_DETECTED),
        ("46,XX[20].nuc ish(RUNX1x2)[30]", State.NOT_ASSESSABLE),
        ("46,XX,dup(21)(q22q22)[10]/46,XX[10]", State.EQUIVOCAL),
        ("46,XX,add(21)(q22)[10]", State.EQUIVOCAL),
        ("47,XX,+21[10]", State.EQUIVOCAL),
        ("47,XX,+mar[10]", State.EQUIVOCAL),
        ("47,XX,+21c[20]", State.NOT_ASSESSABLE),
        ("46,XX[20]", State.NOT_ASSESSABLE),
        ("55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[15]", State.NOT_ASSESSABLE),
    ],
)
def test_karyotype_and_fish_alone(grch38: Genome, knowledge: Knowledge, karyotype: str, state: State) -> None:
    assert iamp21(case_of(grch38, knowledge, karyotype=karyotype)).state is state


def test_fish_confirms_an_atypical_pattern(grch38: Genome, knowledge: Knowledge) -> None:
    table = with_pieces(grch38, ATYPICAL["4 copies"])
    call = iamp21(case_of(grch38, knowledge, table, "46,XX[20].nuc ish(RUNX1x5~6)[120/200]"))
    assert (call.state, call.tier) == (State.DETECTED, "atypical")


def test_fish_signals_of_polysomy_are_explained(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x", c21=(5, 2)), grch38)
    call = iamp21(case_of(grch38, knowledge, table, "49,XX,+21,+21,+21[12].nuc ish(RUNX1x5)[150/200]"))
    assert call.state is State.NOT_DETECTED
    assert any("explained by whole copies" in reason.text for reason in call.reasons)


def test_fish_against_copy_number(grch38: Genome, knowledge: Knowledge) -> None:
    table = table_of(diploid("x", "x", c8=(3, 1)), grch38)
    against = iamp21(case_of(grch38, knowledge, table, "46,XX[20].nuc ish(RUNX1x6)[150/200]"))
    assert (against.state, Code.EVIDENCE_CONFLICT in codes(against)) == (State.EQUIVOCAL, True)
    amplified = with_pieces(grch38, IAMP21["typical 6"])
    silent = iamp21(case_of(grch38, knowledge, amplified, "46,XX[20].nuc ish(RUNX1x2)[200]"))
    assert (silent.state, Code.EVIDENCE_CONFLICT in codes(silent)) == (State.EQUIVOCAL, True)


def test_inherited_robertsonian_is_named(grch38: Genome, knowledge: Knowledge) -> None:
    table = with_pieces(grch38, IAMP21["typical 6"])
    call = iamp21(case_of(grch38, knowledge, table, "45,XX,rob(15;21)(q10;q10)c[20]"))
    assert call.state is State.DETECTED
    assert any("raise the risk of iAMP21" in reason.text for reason in call.reasons)


# ---------------------------------------------------------------- structural variants


def junction(number: int, left: int, right: int, keeps: str) -> Junction:
    return Junction(f"j{number}", Breakend("21", left, keeps[0]), Breakend("21", right, keeps[1]))  # type: ignore[arg-type]


def broken(foldback: bool) -> list[Junction]:
    found = [junction(n, 30_000_000 + n * 500_000, 36_000_000 + n * 400_000, "LR") for n in range(11)]
    return [*found, junction(99, 35_000_000, 35_010_000, "LL")] if foldback else found


def test_foldbacks_support_and_do_not_decide(grch38: Genome, knowledge: Knowledge) -> None:
    case = case_of(grch38, knowledge, with_pieces(grch38, IAMP21["typical 6"]), junctions=broken(True))
    assert len(foldbacks(within_21(case), knowledge)) == 1
    assert any("fold-back" in reason.text for reason in iamp21(case).reasons)
    alone = iamp21(case_of(grch38, knowledge, junctions=broken(True)))
    assert (alone.state, alone.leaning) == (State.EQUIVOCAL, "unclear")
    assert iamp21(case_of(grch38, knowledge, junctions=broken(False))).state is State.NOT_ASSESSABLE
    normal = case_of(grch38, knowledge, table_of(diploid("x", "x", c8=(3, 1)), grch38), junctions=broken(True))
    assert iamp21(normal).state is State.NOT_DETECTED


def test_far_ends_are_no_foldback(knowledge: Knowledge) -> None:
    assert not foldbacks([junction(1, 30_000_000, 35_000_000, "LL")], knowledge)
    assert not foldbacks([junction(1, 30_000_000, 30_010_000, "LR")], knowledge)


# ---------------------------------------------------------------- a real file


def test_melanoma_line_has_none(shared_data, grch37: Genome, knowledge: Knowledge) -> None:  # type: ignore[no-untyped-def]
    from annotate.read.copy_number import read_copy_number

    path = shared_data / "copy_number" / "purple" / "tumor_sample.purple.cnv.somatic.tsv"
    table, _ = read_copy_number((path,), grch37)
    call = iamp21(case_of(grch37, knowledge, table, sex="male"))
    assert call.state is State.NOT_DETECTED
    assert call.details["runx1_copies"] == 3
    assert call.reasons


def test_nothing_given(grch38: Genome, knowledge: Knowledge) -> None:
    call = iamp21(case_of(grch38, knowledge))
    assert call.state is State.NOT_ASSESSABLE
    assert Code.INPUT_ABSENT in codes(call)
