"""Hypodiploidy: retained homologues, total copies, germline sites, karyotype, DNA index, and what they say together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from annotate.decide.case import Case
from annotate.decide.ploidy import hypodiploidy as module
from annotate.decide.ploidy.heterozygous_sites import SiteCount, Sites, sites_of
from annotate.decide.ploidy.hypodiploidy import hypodiploidy
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment, SegmentTable
from annotate.model.lesion import LesionCall
from annotate.model.sample import Sample
from annotate.model.state import Code, State
from annotate.name.copy_number.profile import chromosome_profile
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.copy_number import measure, ploidy_of
from tests.makers.karyotypes import AUTOSOMES, Simulated, diploid, hyperdiploid, truth
from tests.makers.karyotypes import hypodiploid as hypo

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay="wgs")


def stated(
    karyotype: Simulated, genome: Genome, purity: float | None = 0.8, alleles: bool = True, pieces: int = 1
) -> SegmentTable:
    """Whole copies as a caller states them."""
    segments = [
        Segment(chrom, start, end, total=float(total), minor=float(minor or 0) if alleles else None)
        for chrom, start, end, total, minor in truth(karyotype, genome, pieces)
    ]
    return SegmentTable(tuple(segments), "plain", purity=purity, integer=True)


def ratios(karyotype: Simulated, genome: Genome, purity: float, alleles: bool, noise: float = 0.01) -> SegmentTable:
    """Log2 ratios, with BAF or without."""
    items = truth(karyotype, genome, 3)
    found = measure(items, purity, ploidy_of(items), karyotype.sex, noise, 5)
    segments = [Segment(m.chrom, m.start, m.end, log2=m.log2, baf=m.baf if alleles else None) for m in found]
    return SegmentTable(tuple(segments), "igv.seg")


def case_of(
    genome: Genome,
    knowledge: Knowledge,
    table: SegmentTable | None = None,
    karyotype: str | None = None,
    **fields: object,
) -> Case:
    sample = replace(SAMPLE, karyotype=karyotype, **fields)  # type: ignore[arg-type]
    profile = chromosome_profile(table, (), sample, genome, knowledge) if table is not None else None
    parsed = parse_karyotype(karyotype) if karyotype else None
    return Case(sample, genome, knowledge, profile=profile, karyotype=parsed)


def codes(call: LesionCall) -> set[Code]:
    return {reason.code for reason in call.reasons}


# ---------------------------------------------------------------- both alleles


@pytest.mark.parametrize(
    ("count", "doubled", "subtype", "modal"),
    [
        (24, False, "near_haploid", 24),
        (27, False, "near_haploid", 27),
        (31, False, "near_haploid", 31),
        (32, False, "low_hypodiploid", 32),
        (36, False, "low_hypodiploid", 36),
        (39, False, "low_hypodiploid", 39),
        (27, True, "near_haploid", 54),
        (31, True, "near_haploid", 62),
        (32, True, "low_hypodiploid", 64),
        (36, True, "low_hypodiploid", 72),
        (39, True, "low_hypodiploid", 78),
    ],
)
def test_clone_and_its_double(
    grch38: Genome, knowledge: Knowledge, count: int, doubled: bool, subtype: str, modal: int
) -> None:
    call = hypodiploidy(case_of(grch38, knowledge, stated(hypo(count, "female", 3, doubled), grch38)))
    assert (call.state, call.subtype, call.modal_number, call.masked) == (State.DETECTED, subtype, modal, doubled)
    assert call.details["retained_homologues"] == count
    assert call.evidence[0].rule is not None
    assert "retained homologues" in call.evidence[0].rule


def test_cut_offs_of_each_scheme_are_printed_with_their_source(grch38: Genome, knowledge: Knowledge) -> None:
    call = hypodiploidy(case_of(grch38, knowledge, stated(hypo(31, "female", 3), grch38)))
    by_scheme = {row["scheme"]: row["category"] for row in call.details["schemes"]}
    assert by_scheme["Holmfeldt 2013"] == "near-haploid"
    assert by_scheme["Safavi & Paulsson 2017"] == "low hypodiploid"
    assert by_scheme["InPOG-ALL-R1"] == "hypodiploid"
    assert all(row["source"] and row["mark"] for row in call.details["schemes"])
    assert any("cut-offs for 31 chromosomes counted" in reason.text for reason in call.reasons)


def test_masked_clone_is_not_inpog_by_the_letter(grch38: Genome, knowledge: Knowledge) -> None:
    call = hypodiploidy(case_of(grch38, knowledge, stated(hypo(27, "female", 3, True), grch38)))
    assert any("by the letter no" in reason.text and "by its meaning yes" in reason.text for reason in call.reasons)


def test_tp53_and_germline_advice_only_for_low_hypodiploidy(grch38: Genome, knowledge: Knowledge) -> None:
    low = hypodiploidy(case_of(grch38, knowledge, stated(hypo(35, "female", 3), grch38)))
    near = hypodiploidy(case_of(grch38, knowledge, stated(hypo(26, "female", 3), grch38)))
    assert any("Li-Fraumeni" in reason.text and reason.settles for reason in low.reasons)
    assert not any("Li-Fraumeni" in reason.text for reason in near.reasons)


@pytest.mark.parametrize("count", [51, 55, 60, 66, 67])
@pytest.mark.parametrize("disomies", [0, 2, 3])
def test_true_hyperdiploidy_is_no_hypodiploidy(grch38: Genome, knowledge: Knowledge, count: int, disomies: int) -> None:
    table = stated(hyperdiploid(count, "female", count, disomies), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table))
    assert call.state is State.NOT_DETECTED
    assert Code.RULED_OUT in codes(call)
    assert call.masked is False


def test_high_hypodiploidy_is_a_negative_with_a_note(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("43", "x", c3=(1, 0), c7=(1, 0), c17=(1, 0)), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table))
    assert (call.state, call.subtype, call.modal_number) == (State.NOT_DETECTED, "high_hypodiploid", 43)
    assert any("high hypodiploidy" in reason.text for reason in call.reasons)


def test_four_or_five_disomies_are_equivocal(grch38: Genome, knowledge: Knowledge) -> None:
    changes = {f"c{c}": (2, 0) for c in (2, 3, 9, 17)}
    call = hypodiploidy(case_of(grch38, knowledge, stated(diploid("x", "x", **changes), grch38)))
    assert (call.state, call.leaning) == (State.EQUIVOCAL, "unclear")
    assert any(reason.settles == "a remission sample (germline VCF)" for reason in call.reasons)


def test_odd_copies_do_not_fit_a_doubling(grch38: Genome, knowledge: Knowledge) -> None:
    changes = {f"c{c}": (3, 0) for c in (2, 3, 4, 7, 9, 13, 15, 16, 17, 20)}
    call = hypodiploidy(case_of(grch38, knowledge, stated(diploid("x", "x", **changes), grch38)))
    assert (call.state, call.leaning, call.masked) == (State.EQUIVOCAL, "likely", True)
    assert any("odd copies" in reason.text for reason in call.reasons)


def test_count_below_the_homologues_means_a_wrong_ploidy(grch38: Genome, knowledge: Knowledge) -> None:
    """30 chromosomes that still hold both alleles cannot be."""
    segments = tuple(
        replace(s, total=1.0, minor=0.6) if s.chrom in AUTOSOMES[:18] else s
        for s in stated(diploid("x", "x"), grch38).segments
    )
    call = hypodiploidy(case_of(grch38, knowledge, SegmentTable(segments, "plain", purity=0.8)))
    assert call.state is State.EQUIVOCAL
    assert Code.PLOIDY_UNCERTAIN in codes(call)


def test_loss_over_most_of_many_chromosomes_is_not_excluded(grch38: Genome, knowledge: Knowledge) -> None:
    """A few misjudged segments must not hide a doubled clone."""
    table = stated(hypo(36, "female", 3, True), grch38, pieces=8)
    seen: dict[str, int] = {}
    segments = []
    for segment in table.segments:
        place = seen[segment.chrom] = seen.get(segment.chrom, 0) + 1
        segments.append(replace(segment, minor=1.0) if segment.minor == 0 and place in (3, 7) else segment)
    call = hypodiploidy(case_of(grch38, knowledge, replace(table, segments=tuple(segments))))
    assert call.state is State.EQUIVOCAL
    assert any("if those are whole" in reason.text for reason in call.reasons)


def test_many_chromosomes_between_whole_copies(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hyperdiploid(55, "female", 3), grch38)
    segments = tuple(replace(s, total=2.5) if s.total == 3 else s for s in table.segments)
    call = hypodiploidy(case_of(grch38, knowledge, replace(table, segments=segments)))
    assert call.state is State.EQUIVOCAL
    assert Code.PLOIDY_UNCERTAIN in codes(call)


@pytest.mark.parametrize(("sex", "expected"), [("female", 46), ("male", 46)])
def test_isochromosome_and_split_arms_count_by_centromere(
    grch38: Genome, knowledge: Knowledge, sex: str, expected: int
) -> None:
    table = stated(diploid("x", "x", sex), grch38)
    arm = grch38.arms[("17", "p")]
    segments = [s for s in table.segments if s.chrom != "17"]
    segments += [
        Segment("17", 1, arm.end, total=1.0, minor=0.0),
        Segment("17", arm.end + 1, grch38.contig_lengths["17"], total=3.0, minor=1.0),
    ]
    case = case_of(grch38, knowledge, replace(table, segments=tuple(segments)), sex=sex)
    assert case.profile is not None
    assert case.profile.modal_number == expected
    assert case.profile.chromosomes["17"].total == 2


# ---------------------------------------------------------------- purity, flatness, coverage


def test_low_purity_makes_a_finding_likely_and_silence_nothing(grch38: Genome, knowledge: Knowledge) -> None:
    found = hypodiploidy(case_of(grch38, knowledge, stated(hypo(27, "female", 3), grch38, purity=0.2)))
    silent = hypodiploidy(case_of(grch38, knowledge, stated(hyperdiploid(55, "female", 3), grch38, purity=0.2)))
    assert (found.state, found.leaning) == (State.EQUIVOCAL, "likely")
    assert silent.state is State.NOT_ASSESSABLE
    assert Code.PURITY_TOO_LOW in codes(found) & codes(silent)


def test_unknown_purity_gives_no_negative(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hyperdiploid(55, "female", 3), grch38, purity=None)
    assert hypodiploidy(case_of(grch38, knowledge, table)).state is State.NOT_ASSESSABLE
    assert hypodiploidy(case_of(grch38, knowledge, table, purity=0.7)).state is State.NOT_DETECTED


def test_flat_profile_needs_cells(grch38: Genome, knowledge: Knowledge) -> None:
    """A file's own purity means nothing on a flat profile; the sheet's, or a clonal change, does."""
    table = stated(diploid("x", "x"), grch38)
    alone = hypodiploidy(case_of(grch38, knowledge, table))
    assert alone.state is State.NOT_ASSESSABLE
    assert any("column `purity`" in (reason.settles or "") for reason in alone.reasons)
    assert hypodiploidy(case_of(grch38, knowledge, table, purity=0.9)).state is State.NOT_DETECTED
    first, second, third = (
        Segment("9", 1, 21_000_000, total=2.0, minor=1.0),
        Segment("9", 21_000_001, 22_500_000, total=0.0, minor=0.0),
        Segment("9", 22_500_001, grch38.contig_lengths["9"], total=2.0, minor=1.0),
    )
    segments = (*(s for s in table.segments if s.chrom != "9"), first, second, third)
    changed = case_of(grch38, knowledge, replace(table, segments=segments))
    assert hypodiploidy(changed).state is State.NOT_DETECTED


def test_missing_chromosomes_leave_the_count_open(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hyperdiploid(55, "female", 3), grch38)
    few = tuple(s for s in table.segments if s.chrom in ("1", "2", "21"))
    call = hypodiploidy(case_of(grch38, knowledge, replace(table, segments=few)))
    assert call.state is State.NOT_ASSESSABLE
    assert Code.REGION_NOT_COVERED in codes(call)


def test_list_of_losses_is_likely_not_counted(grch38: Genome, knowledge: Knowledge) -> None:
    """Array software lists altered segments only."""
    table = stated(hypo(33, "female", 3), grch38)
    lost = tuple(s for s in table.segments if s.total == 1)
    call = hypodiploidy(case_of(grch38, knowledge, replace(table, segments=lost)))
    assert (call.state, call.leaning) == (State.EQUIVOCAL, "likely")


# ---------------------------------------------------------------- readings that compete


@pytest.mark.parametrize("purity", [0.6, 0.9])
def test_fitted_near_haploid_names_its_double(grch38: Genome, knowledge: Knowledge, purity: float) -> None:
    case = case_of(grch38, knowledge, ratios(hypo(27, "female", 3), grch38, purity, alleles=True))
    assert case.profile is not None
    assert case.profile.ploidy_certain is False
    call = hypodiploidy(case)
    assert (call.state, call.subtype) == (State.DETECTED, "near_haploid")
    assert any(reading["modal_number"] == 54 for reading in call.details["readings"])
    assert any(reason.code is Code.PLOIDY_UNCERTAIN and reason.settles for reason in call.reasons)


def test_dna_index_chooses_between_clone_and_double(grch38: Genome, knowledge: Knowledge) -> None:
    table = ratios(hypo(27, "female", 3), grch38, 0.8, alleles=True)
    undoubled = hypodiploidy(case_of(grch38, knowledge, table, dna_index=0.57))
    doubled = hypodiploidy(case_of(grch38, knowledge, table, dna_index=1.14))
    assert (undoubled.modal_number, undoubled.masked) == (27, False)
    assert (doubled.modal_number, doubled.masked) == (54, True)
    assert undoubled.state is doubled.state is State.DETECTED


# ---------------------------------------------------------------- total copies alone


@pytest.mark.parametrize(
    "karyotype", [diploid("46", "x", c8=(3, 1)), hyperdiploid(55, "female", 3), hypo(27, "female", 3, True)]
)
@pytest.mark.parametrize("kind", ["stated", "ratios"])
def test_totals_never_exclude_the_masked_form(
    grch38: Genome, knowledge: Knowledge, karyotype: Simulated, kind: str
) -> None:
    table = (
        stated(karyotype, grch38, alleles=False) if kind == "stated" else ratios(karyotype, grch38, 0.8, alleles=False)
    )
    call = hypodiploidy(case_of(grch38, knowledge, table))
    assert call.state in (State.NOT_ASSESSABLE, State.EQUIVOCAL)
    assert Code.INPUT_LACKS_BAF in codes(call)


def test_totals_of_few_chromosomes_are_likely_until_ploidy_is_given(grch38: Genome, knowledge: Knowledge) -> None:
    karyotype = hypo(34, "female", 3)
    table = stated(karyotype, grch38, alleles=False)
    alone = hypodiploidy(case_of(grch38, knowledge, table))
    assert (alone.state, alone.leaning, alone.subtype) == (State.EQUIVOCAL, "likely", "low_hypodiploid")
    confirmed = hypodiploidy(case_of(grch38, knowledge, table, dna_index=0.73))
    assert (confirmed.state, confirmed.modal_number) == (State.DETECTED, 34)


def test_totals_of_two_and_four_warn_of_a_double(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hypo(27, "female", 3, True), grch38, alleles=False)
    call = hypodiploidy(case_of(grch38, knowledge, table))
    assert call.state is State.EQUIVOCAL
    assert any("twice the copies of all others" in reason.text for reason in call.reasons)
    fixed = hypodiploidy(case_of(grch38, knowledge, table, dna_index=1.14))
    assert fixed.state is State.EQUIVOCAL  # the index fixes 54 chromosomes, which may be a double


def test_low_hypodiploid_pattern_of_losses(grch38: Genome, knowledge: Knowledge) -> None:
    lost = {f"c{c}": (1, 0) for c in (3, 7, 15, 16, 17)}
    call = hypodiploidy(case_of(grch38, knowledge, stated(diploid("41", "x", **lost), grch38, alleles=False)))
    assert call.state is State.NOT_ASSESSABLE
    assert any("low-hypodiploid pattern" in reason.text for reason in call.reasons)


# ---------------------------------------------------------------- germline sites


def sites(karyotype: Simulated, genome: Genome, purity: float, knowledge: Knowledge, by_descent: str = "") -> Sites:
    """Reads of a remission and a leukaemic sample at 400 germline sites of each autosome."""
    dice = random.Random(7)
    normal, tumour = [], []
    for chrom in AUTOSOMES:
        total, minor = karyotype.states[chrom]
        for number in range(400):
            pos = 1 + number * (genome.contig_lengths[chrom] // 400)
            het = dice.random() < 0.65 and chrom != by_descent
            other = minor if dice.random() < 0.5 else total - minor
            share = (purity * other + 1 - purity) / (purity * total + 2 * (1 - purity)) if het else 1.0
            normal.append(SiteCount(chrom, pos, sum(dice.random() < (0.5 if het else 1) for _ in range(30)), 30))
            tumour.append(SiteCount(chrom, pos, sum(dice.random() < share for _ in range(50)), 50))
    return sites_of(normal, tumour, knowledge)


def by_sites(case: Case, found: Sites, monkeypatch: pytest.MonkeyPatch) -> LesionCall:
    monkeypatch.setattr(module, "site_counts", lambda _: found)
    return hypodiploidy(case)


@pytest.mark.parametrize("doubled", [False, True])
def test_sites_alone_show_lost_homologues(
    grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, doubled: bool
) -> None:
    found = sites(hypo(28, "female", 3, doubled), grch38, 0.7, knowledge)
    call = by_sites(case_of(grch38, knowledge, purity=0.7), found, monkeypatch)
    assert (call.state, call.leaning, call.subtype) == (State.EQUIVOCAL, "likely", "near_haploid")
    assert call.details["retained_homologues"] == 28


def test_sites_alone_exclude_where_purity_is_known(
    grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sites(hyperdiploid(55, "female", 3), grch38, 0.7, knowledge)
    assert by_sites(case_of(grch38, knowledge, purity=0.7), found, monkeypatch).state is State.NOT_DETECTED
    assert by_sites(case_of(grch38, knowledge), found, monkeypatch).state in (State.EQUIVOCAL, State.NOT_ASSESSABLE)


@pytest.mark.parametrize(
    ("karyotype", "state"),
    [
        (hypo(36, "female", 3), State.DETECTED),
        (hypo(36, "female", 3, True), State.DETECTED),
        (hyperdiploid(56, "female", 3), State.NOT_DETECTED),
    ],
)
def test_sites_give_total_copies_their_alleles(
    grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch, karyotype: Simulated, state: State
) -> None:
    found = sites(karyotype, grch38, 0.75, knowledge)
    case = case_of(grch38, knowledge, ratios(karyotype, grch38, 0.75, alleles=False))
    call = by_sites(case, found, monkeypatch)
    assert call.state is state
    assert any("germline heterozygous sites" in reason.text for reason in call.reasons)


def test_homozygosity_by_descent_is_no_loss(
    grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consanguinity: chromosomes homozygous in the remission sample too."""
    changes = {f"c{c}": (2, 0) for c in (2, 3, 9, 17)}
    karyotype = diploid("x", "x", **changes)
    case = case_of(grch38, knowledge, stated(karyotype, grch38), purity=0.8)
    found = sites(karyotype, grch38, 0.8, knowledge, by_descent="17")
    call = by_sites(case, found, monkeypatch)
    assert call.state is State.NOT_DETECTED
    assert any("by descent" in reason.text and "17" in reason.text for reason in call.reasons)


# ---------------------------------------------------------------- karyotype and DNA index


@pytest.mark.parametrize(
    ("karyotype", "state", "subtype"),
    [
        ("27,X,-X,+14,+18,+21,+8[5]/54,idemx2[8]/46,XX[7]", State.DETECTED, "near_haploid"),
        ("36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[15]/46,XX[5]", State.DETECTED, "low_hypodiploid"),
        ("33~35,XX,-3,-7,-15,-16,-17[cp6]/46,XX[14]", State.DETECTED, "low_hypodiploid"),
        ("38~41,XX,-3,-7[10]", State.EQUIVOCAL, "low_hypodiploid"),
        ("35,XX,-3,-7[1]/46,XX[19]", State.EQUIVOCAL, "low_hypodiploid"),
        ("46,XX[20]", State.NOT_ASSESSABLE, None),
        ("46,XY[3]//46,XX[17]", State.NOT_ASSESSABLE, None),
        ("43,XX,-3,-7,-17[18]/46,XX[4]", State.NOT_DETECTED, "high_hypodiploid"),
        ("46,XX,t(9;22)(q34;q11)[20]", State.NOT_DETECTED, None),
        ("45,XX,dic(9;20)(p13;q11)[4]", State.NOT_ASSESSABLE, None),
        ("55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[15]/46,XX[5]", State.NOT_ASSESSABLE, None),
        ("46,XY[2]//27,X[18]", State.NOT_ASSESSABLE, None),
    ],
)
def test_karyotype_alone(
    grch38: Genome, knowledge: Knowledge, karyotype: str, state: State, subtype: str | None
) -> None:
    call = hypodiploidy(case_of(grch38, knowledge, karyotype=karyotype))
    assert (call.state, call.subtype) == (state, subtype)


def test_normal_karyotype_does_not_exclude_a_masked_clone(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hypo(28, "female", 3, True), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table, "46,XX[20]"))
    assert (call.state, call.masked) == (State.DETECTED, True)


def test_even_hyperdiploid_karyotype_is_suspicious(grch38: Genome, knowledge: Knowledge) -> None:
    losses = ",".join(f"-{c}" for c in (2, 3, 4, 7, 9, 13, 15, 16, 17, 20))
    gains = ",".join(f"+{c}" for c in (1, 5, 6, 8, 10, 11, 12, 14, 18, 19, 21, 22))
    karyotype = f"72<3n>,XXXX,+X,{losses},{gains}[12]/46,XX[8]"
    call = hypodiploidy(case_of(grch38, knowledge, karyotype=karyotype))
    assert (call.state, call.masked) == (State.EQUIVOCAL, True)


def test_clone_in_metaphases_against_a_diploid_profile_is_a_conflict(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1)), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table, "27,X[8]/46,XX[12]"))
    assert call.state is State.EQUIVOCAL
    assert Code.EVIDENCE_CONFLICT in codes(call)


def test_one_metaphase_does_not_overturn_alleles(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1)), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table, "38,XX,-3,-7[1]/46,XX[19]"))
    assert call.state is State.NOT_DETECTED


@pytest.mark.parametrize(
    ("index", "state"),
    [(0.6, State.EQUIVOCAL), (0.8, State.EQUIVOCAL), (1.0, State.NOT_ASSESSABLE), (0.3, State.NOT_ASSESSABLE)],
)
def test_dna_index_alone(grch38: Genome, knowledge: Knowledge, index: float, state: State) -> None:
    assert hypodiploidy(case_of(grch38, knowledge, dna_index=index)).state is state


def test_dna_index_against_a_diploid_profile_is_a_conflict(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1)), grch38)
    call = hypodiploidy(case_of(grch38, knowledge, table, dna_index=0.7))
    assert call.state is State.EQUIVOCAL
    assert Code.EVIDENCE_CONFLICT in codes(call)


def test_nothing_given(grch38: Genome, knowledge: Knowledge) -> None:
    call = hypodiploidy(case_of(grch38, knowledge))
    assert call.state is State.NOT_ASSESSABLE
    assert Code.INPUT_ABSENT in codes(call)
    assert any(reason.settles for reason in call.reasons)


# ---------------------------------------------------------------- a real file


def test_melanoma_line_is_no_certain_hypodiploidy(shared_data, grch37: Genome, knowledge: Knowledge) -> None:  # type: ignore[no-untyped-def]
    """COLO829: 71 chromosomes, 3 autosomes without heterozygosity, Y lost: hyperdiploid with unusual LOH (L07)."""
    from annotate.read.copy_number import read_copy_number

    path = shared_data / "copy_number" / "purple" / "tumor_sample.purple.cnv.somatic.tsv"
    table, inputs = read_copy_number((path,), grch37)
    sample = replace(SAMPLE, assembly="GRCh37", sex="male")
    profile = chromosome_profile(table, inputs, sample, grch37, knowledge)
    call = hypodiploidy(Case(sample, grch37, knowledge, profile=profile))
    assert (call.state, call.leaning, call.modal_number) == (State.EQUIVOCAL, "unclear", 71)
    assert call.details["retained_homologues"] == 42
    assert sorted(call.details["loh_autosomes"], key=int) == ["5", "11", "14"]


def test_states_are_a_mapping(knowledge: Knowledge) -> None:
    rows = module.schemes(45, knowledge)
    assert all(isinstance(row, Mapping) for row in rows)
    assert {row["scheme"] for row in rows} == {"Safavi & Paulsson 2017", "Harrison 2004"}
