"""Cell fractions: the worked examples of the specification, and what makes them uncertain."""

from __future__ import annotations

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.sample import Sex
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import clonality
from annotate.reference.genome import Genome


def profile(*segments: tuple[str, float, float | None, float | None], purity: float | None = 0.8) -> CopyNumberProfile:
    """Whole chromosomes as (chromosome, total, minor, cellular fraction)."""
    return CopyNumberProfile(
        segments=tuple(
            Segment(chrom, 1, 250_000_000, total=total, minor=minor, cellular_fraction=fraction)
            for chrom, total, minor, fraction in segments
        ),
        inputs=(),
        purity=purity,
        ploidy=2.0,
        purity_source="file",
        allele_specific=True,
        sex="unknown",
        chromosomes={},
        modal_number=46,
        retained_homologues=None,
        loh_autosomes=None,
        resolution=None,
        noise=None,
    )


def variant(vaf: float | None, depth: int | None = 1000, chrom: str = "17", pos: int = 7_674_220) -> SmallVariant:
    alt = round(vaf * depth) if vaf is not None and depth else None
    return SmallVariant(chrom, pos, "C", "T", vaf=vaf, depth=depth, alt_reads=alt)


@pytest.mark.parametrize(
    ("vaf", "purity", "copies", "raw", "multiplicity", "label"),
    [
        pytest.param(0.40, 0.8, (2, 1), 1.0, 1, "clonal", id="2.4: diploid, clonal"),
        pytest.param(0.05, 0.5, (2, 1), 0.2, 1, "subclonal", id="2.4: a fifth of the cells"),
        pytest.param(0.82, 0.9, (1, 0), 0.82 * 1.1 / 0.9, 1, "clonal", id="2.4: TP53 with loss of 17p"),
        pytest.param(0.80, 0.8, (2, 0), 1.0, 2, "clonal", id="copy-neutral LOH: on both copies"),
        pytest.param(0.5714, 0.8, (3, 1), 1.0, 2, "clonal", id="trisomy: on two copies"),
        pytest.param(0.2857, 0.8, (3, 1), 1.0, 1, "clonal", id="trisomy: on one copy"),
        pytest.param(0.4444, 0.8, (4, 2), 1.0, 2, "clonal", id="tetrasomy 2+2: on two copies"),
        pytest.param(0.6667, 0.8, (4, 2), 1.5, 2, "clonal", id="tetrasomy 2+2: no more than two copies can carry it"),
    ],
)
def test_worked_examples(
    vaf: float,
    purity: float,
    copies: tuple[int, int],
    raw: float,
    multiplicity: int,
    label: str,
    knowledge: Knowledge,
) -> None:
    found = clonality.ccf(variant(vaf), profile(("17", *copies, None), purity=purity), "female", knowledge)
    assert found.raw == pytest.approx(raw, abs=0.01)
    assert (found.multiplicity, found.label) == (multiplicity, label)
    assert found.ccf == pytest.approx(min(raw, 1.0), abs=0.01)


def test_without_purity_only_the_vaf_is_left(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.4), profile(("17", 2, 1, None), purity=None), "female", knowledge)
    assert (found.ccf, found.low, found.label) == (None, None, "undetermined")
    assert "VAF 40.0% only" in found.reasons[0].text
    assert found.reasons[0].settles


def test_purity_given_overrides_that_of_the_profile(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.25), profile(("17", 2, 1, None), purity=1.0), "female", knowledge, purity=0.5)
    assert found.raw == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("sex", "chrom", "pos", "normal"),
    [
        ("male", "X", 50_000_000, 1),
        ("female", "X", 50_000_000, 2),
        ("male", "X", 1_300_000, 2),
        ("male", "Y", 10_000_000, 1),
        ("male", "7", 50_000_000, 2),
        ("unknown", "X", 50_000_000, 2),
    ],
)
def test_copies_in_normal_cells(sex: Sex, chrom: str, pos: int, normal: int, grch38: Genome) -> None:
    found, reasons = clonality.normal_copies(chrom, pos, sex, grch38)
    assert found == normal
    assert bool(reasons) == (sex == "unknown")


def test_a_hemizygous_mutation_of_a_boy_is_not_counted_twice(grch38: Genome, knowledge: Knowledge) -> None:
    boy = clonality.ccf(variant(0.6, chrom="X", pos=50_000_000), profile(purity=0.6), "male", knowledge, genome=grch38)
    girl = clonality.ccf(
        variant(0.3, chrom="X", pos=50_000_000), profile(purity=0.6), "female", knowledge, genome=grch38
    )
    assert boy.raw == pytest.approx(1.0)
    assert girl.raw == pytest.approx(1.0)


def test_the_interval_carries_reads_and_purity(knowledge: Knowledge) -> None:
    deep = clonality.ccf(variant(0.2, 10_000), profile(("17", 2, 1, None)), "female", knowledge)
    shallow = clonality.ccf(variant(0.2, 50), profile(("17", 2, 1, None)), "female", knowledge)
    poor = clonality.ccf(variant(0.05, 10_000), profile(("17", 2, 1, None), purity=0.2), "female", knowledge)
    widths = []
    for found in (deep, shallow, poor):
        low, high = found.low or 0.0, found.high or 0.0
        assert low < (found.raw or 0.0) < high
        widths.append(high - low)
    assert widths[0] < widths[1]
    assert widths[0] > 0.05, "even endless reads leave the purity uncertain"
    assert widths[2] > 3 * widths[0], "the same error of the purity weighs more where it is low"


def test_few_reads_leave_it_undetermined(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.3, 20), profile(("17", 2, 1, None)), "female", knowledge)
    assert found.label == "undetermined"


def test_no_depth_no_interval(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.2, None), profile(("17", 2, 1, None)), "female", knowledge)
    assert (found.low, found.high) == (None, None)
    assert any("no interval" in reason.text for reason in found.reasons)


def test_a_place_without_leukaemic_copies_has_no_cell_fraction(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.2), profile(("17", 0, 0, None)), "female", knowledge)
    assert found.ccf is None
    assert "no leukaemic copy" in found.reasons[0].text


def test_a_subclonal_loss_is_averaged_over_the_cells(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.4), profile(("17", 1, 0, 0.5), purity=0.8), "female", knowledge)
    assert found.raw == pytest.approx(0.4 * (0.8 * 1.5 + 0.2 * 2) / 0.8)
    assert any("50%" in reason.text for reason in found.reasons)


def test_sites_without_counts(knowledge: Knowledge) -> None:
    assert clonality.ccf(variant(None, None), profile(), "female", knowledge).ccf is None


def test_copies_assumed_are_said(knowledge: Knowledge) -> None:
    found = clonality.ccf(variant(0.1), profile(purity=0.8), "female", knowledge)
    assert any("2 copies assumed" in reason.text for reason in found.reasons)
