"""The profile: stated and fitted copies, overrides of the sheet, competing readings, chromosomes, sex, noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, FitState, Probe, Segment, SegmentTable
from annotate.model.sample import Sample
from annotate.name.copy_number.chromosomes import chromosome_states, clone_state, mappable, whole
from annotate.name.copy_number.counting import copy_noise, count_chromosomes, count_margin
from annotate.name.copy_number.fit import solve, usable
from annotate.name.copy_number.groups import Signal
from annotate.name.copy_number.profile import build_profile, chromosome_profile
from annotate.name.copy_number.readings import normal_copies
from annotate.reference.genome import Genome
from tests.makers.copy_number import measure, ploidy_of
from tests.makers.karyotypes import AUTOSOMES, Simulated, diploid, hyperdiploid, hypodiploid, truth

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay="wgs")


def stated(made: Simulated, genome: Genome, purity: float | None = 0.8, alleles: bool = True) -> SegmentTable:
    segments = tuple(
        Segment(chrom, start, end, total=float(total), minor=float(minor or 0) if alleles else None)
        for chrom, start, end, total, minor in truth(made, genome, 2)
    )
    return SegmentTable(segments, "plain", purity=purity, integer=True)


def ratios(made: Simulated, genome: Genome, purity: float, alleles: bool = True, noise: float = 0.01) -> SegmentTable:
    items = truth(made, genome, 4)
    found = measure(items, purity, ploidy_of(items), made.sex, noise, 5)
    segments = [Segment(m.chrom, m.start, m.end, log2=m.log2, baf=m.baf if alleles else None) for m in found]
    return SegmentTable(tuple(segments), "gatk.modelfinal")


def profile_of(table: SegmentTable, genome: Genome, knowledge: Knowledge, **fields: object) -> CopyNumberProfile:
    sample = replace(SAMPLE, assembly=genome.assembly, **fields)  # type: ignore[arg-type]
    return chromosome_profile(table, (), sample, genome, knowledge)


# ---------------------------------------------------------------- copies that the file states


def test_copies_of_the_file_are_kept(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hyperdiploid(55, "female", 1), grch38)
    found = profile_of(table, grch38, knowledge)
    assert found.segments == table.segments
    assert (found.modal_number, found.retained_homologues, found.loh_autosomes) == (55, 46, 0)
    assert (found.purity, found.purity_source, found.allele_specific) == (0.8, "file", True)
    assert found.ploidy_certain
    assert not found.alternatives


def test_totals_alone_never_fix_the_ploidy(grch38: Genome, knowledge: Knowledge) -> None:
    found = profile_of(stated(diploid("x", "x", c8=(3, 1)), grch38, alleles=False), grch38, knowledge)
    assert not found.allele_specific
    assert not found.ploidy_certain
    assert (found.modal_number, found.retained_homologues, found.loh_autosomes) == (47, None, None)
    assert any("parental alleles are not known" in text for text in found.warnings)


@pytest.mark.parametrize(("doubled", "other"), [(False, 54), (True, 27)])
def test_a_clone_competes_with_its_double(grch38: Genome, knowledge: Knowledge, doubled: bool, other: int) -> None:
    """Purity p and copies T give the same signals as purity p / (2 - p) and copies 2 T."""
    found = profile_of(stated(hypodiploid(27, "female", 1, doubled), grch38), grch38, knowledge)
    assert not found.ploidy_certain
    assert [rival.modal_number for rival in found.alternatives] == [other]
    rival = found.alternatives[0]
    assert rival.purity == pytest.approx(0.8 / 1.2 if not doubled else 1.6 / 1.8, abs=1e-3)
    assert rival.retained_homologues == 27


def test_callers_ploidy_against_its_segments(grch38: Genome, knowledge: Knowledge) -> None:
    table = replace(stated(diploid("x", "x", c8=(3, 1)), grch38), ploidy=3.1)
    found = profile_of(table, grch38, knowledge)
    assert found.ploidy == pytest.approx(2.05, abs=0.05)
    assert any("the file states ploidy 3.10" in text for text in found.warnings)


def test_unsure_fit_of_the_caller_is_not_certain(grch38: Genome, knowledge: Knowledge) -> None:
    table = replace(stated(diploid("x", "x", c8=(3, 1)), grch38), fit=FitState.UNSURE)
    assert not profile_of(table, grch38, knowledge).ploidy_certain


# ---------------------------------------------------------------- the sheet


def test_purity_of_the_sheet_beside_none_or_the_same(grch38: Genome, knowledge: Knowledge) -> None:
    without = profile_of(stated(diploid("x", "x", c8=(3, 1)), grch38, purity=None), grch38, knowledge, purity=0.6)
    assert (without.purity, without.purity_source) == (0.6, "sheet")
    same = profile_of(stated(diploid("x", "x", c8=(3, 1)), grch38), grch38, knowledge, purity=0.81)
    assert (same.purity, same.modal_number, same.purity_source) == (0.81, 47, "sheet")


def test_ploidy_of_the_sheet_changes_the_reading_and_says_so(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hypodiploid(27, "female", 1), grch38)
    plain = profile_of(table, grch38, knowledge)
    assert plain.ploidy is not None
    found = profile_of(table, grch38, knowledge, ploidy=2 * plain.ploidy)
    assert (found.modal_number, found.ploidy_certain) == (54, True)
    assert any("27 to 54 chromosomes" in text for text in found.warnings)
    before = [rival for rival in found.alternatives if rival.source == "file"]
    assert [rival.modal_number for rival in before] == [27]


def test_dna_index_that_agrees_makes_it_certain(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(hypodiploid(27, "female", 1), grch38)
    assert profile_of(table, grch38, knowledge, dna_index=0.57).ploidy_certain
    doubled = profile_of(table, grch38, knowledge, dna_index=1.14)
    assert (doubled.modal_number, doubled.ploidy_certain) == (54, True)


def test_ploidy_goes_before_the_dna_index(grch38: Genome, knowledge: Knowledge) -> None:
    found = profile_of(stated(hypodiploid(27, "female", 1), grch38), grch38, knowledge, ploidy=1.14, dna_index=1.14)
    assert found.modal_number == 27


def test_sheet_that_fits_nothing_leaves_the_file_and_says_so(grch38: Genome, knowledge: Knowledge) -> None:
    found = profile_of(stated(diploid("x", "x", c8=(3, 1), c3=(1, 0)), grch38), grch38, knowledge, ploidy=3.6)
    assert found.modal_number == 46
    assert not found.ploidy_certain
    assert any("fits no reading" in text for text in found.warnings)


def test_another_purity_rereads_or_refuses(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1), c3=(1, 0)), grch38, purity=0.8)
    found = profile_of(table, grch38, knowledge, purity=0.5)
    assert found.purity == 0.5
    assert found.purity_source == "sheet"
    assert any("purity 0.5 of the sheet (file: 0.8)" in text for text in found.warnings)


# ---------------------------------------------------------------- copies from ratios


@pytest.mark.parametrize("purity", [0.4, 0.7, 0.95])
@pytest.mark.parametrize(
    "made", [hyperdiploid(55, "female", 1), hypodiploid(36, "female", 1), diploid("x", "x", c8=(3, 1), c3=(1, 0))]
)
def test_fit_finds_purity_and_ploidy(grch38: Genome, knowledge: Knowledge, made: Simulated, purity: float) -> None:
    found = profile_of(ratios(made, grch38, purity), grch38, knowledge)
    assert found.purity == pytest.approx(purity, abs=0.03)
    assert found.modal_number == made.count
    assert found.purity_source == "fit"
    assert any("copies were fitted" in text for text in found.warnings)


def test_ratios_alone_are_never_silently_diploid(grch38: Genome, knowledge: Knowledge) -> None:
    """Near-haploidy centred on its median looks diploid with gains."""
    found = profile_of(ratios(hypodiploid(27, "female", 1), grch38, 0.8, alleles=False), grch38, knowledge)
    assert not found.ploidy_certain
    assert found.modal_number is None
    counts = {rival.modal_number for rival in found.alternatives}
    assert any(number is not None and number <= 31 for number in counts) or found.chromosomes["1"].total == 1
    assert all(rival.score >= 0 and rival.source == "fit" for rival in found.alternatives)
    scores = [rival.score for rival in found.alternatives if not rival.note]
    assert scores == sorted(scores)


def test_flat_ratios_tell_no_purity(grch38: Genome, knowledge: Knowledge) -> None:
    found = profile_of(ratios(diploid("x", "x"), grch38, 0.7), grch38, knowledge)
    assert found.purity is None
    assert found.chromosomes["1"].total == 2
    assert any("purity is unknown" in text for text in found.warnings)


def test_purity_of_the_sheet_narrows_the_fit(grch38: Genome, knowledge: Knowledge) -> None:
    table = ratios(hypodiploid(27, "female", 1), grch38, 0.8, alleles=False)
    found = profile_of(table, grch38, knowledge, purity=0.8)
    assert (found.purity, found.purity_source) == (0.8, "sheet")
    assert found.chromosomes["1"].total == 1
    indexed = profile_of(table, grch38, knowledge, dna_index=0.57)
    assert (indexed.modal_number, indexed.ploidy_certain) == (27, True)


def test_index_that_fits_no_ratio_is_not_used(grch38: Genome, knowledge: Knowledge) -> None:
    found = profile_of(ratios(diploid("x", "x", c8=(3, 1), c3=(1, 0)), grch38, 0.8), grch38, knowledge, dna_index=0.3)
    assert not found.ploidy_certain
    assert any("fits no reading" in text for text in found.warnings)


def test_subclone_does_not_steer_the_fit(grch38: Genome, knowledge: Knowledge) -> None:
    table = ratios(diploid("x", "x", c8=(3, 1), c3=(1, 0), c7=(1, 0)), grch38, 0.8)
    mixture = math.log2((0.8 * 1.6 + 0.4) / 2)
    segments = tuple(replace(s, log2=mixture, baf=0.6) if s.chrom == "13" else s for s in table.segments)
    found = profile_of(replace(table, segments=segments), grch38, knowledge)
    assert found.purity == pytest.approx(0.8, abs=0.04)
    assert found.chromosomes["13"].subclonal


def test_solve_of_nothing(knowledge: Knowledge) -> None:
    assert solve(usable([], knowledge), knowledge) == []
    assert solve(usable([Signal(0.0, None, 5)], knowledge), knowledge) == []


# ---------------------------------------------------------------- chromosomes


def test_whole_rounds_halves_up() -> None:
    assert [whole(value) for value in (0.5, 1.5, 2.5, 2.49)] == [1, 2, 3, 2]


def test_mappable_leaves_out_what_callers_do_not_see(genome: Genome) -> None:
    parts = mappable(genome)
    assert ("21", "p") not in parts
    assert ("1", "p") in parts
    par = next(locus for locus in genome.par if locus.chrom == "X")
    assert all(end < par.start or start > par.end for start, end in parts[("X", "p")])


def _chromosome(genome: Genome, knowledge: Knowledge, chrom: str, pieces: Sequence[tuple[float, float, float]]):  # type: ignore[no-untyped-def]
    length = genome.contig_lengths[chrom]
    start, segments = 1, []
    for share, total, minor in pieces:
        end = min(int(length * share), length)
        segments.append(Segment(chrom, start, end, total=total, minor=minor))
        start = end + 1
    rest = [Segment(c, 1, genome.contig_lengths[c], total=2.0, minor=1.0) for c in AUTOSOMES if c != chrom]
    return chromosome_states([*segments, *rest], genome, knowledge)[chrom]


def test_focal_and_arm_changes_do_not_move_the_count(grch38: Genome, knowledge: Knowledge) -> None:
    focal = _chromosome(grch38, knowledge, "9", ((0.15, 2, 1), (0.16, 0, 0), (1, 2, 1)))
    assert (focal.total, focal.minor) == (2, 1)
    arm = grch38.arms[("17", "p")].end / grch38.contig_lengths["17"]
    lost = _chromosome(grch38, knowledge, "17", ((arm, 1, 0), (1, 2, 1)))
    assert (lost.total, lost.p_total, lost.q_total) == (2, 1, 2)
    assert lost.loh_fraction is not None
    assert 0.1 < lost.loh_fraction < 0.5
    isochromosome = _chromosome(grch38, knowledge, "17", ((arm, 1, 0), (1, 3, 1)))
    assert isochromosome.total == 2


def test_acrocentric_chromosomes_count_next_to_the_centromere(grch38: Genome, knowledge: Knowledge) -> None:
    """An amplicon of 21q is no set of extra chromosomes."""
    state = _chromosome(grch38, knowledge, "21", ((0.5, 2, 1), (0.95, 8, 1), (1, 2, 1)))
    assert state.total == 2


def test_missing_chromosomes_widen_the_count(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x"), grch38)
    states = chromosome_states([s for s in table.segments if s.chrom not in ("19", "22")], grch38, knowledge)
    count = count_chromosomes(states, "female", knowledge)
    assert count is not None
    assert count.missing == ("19", "22")
    assert count.total_low < count.total < count.total_high
    assert count_chromosomes({}, "female", knowledge) is None
    found = profile_of(
        replace(table, segments=tuple(s for s in table.segments if s.chrom in ("1", "2"))), grch38, knowledge
    )
    assert found.modal_number is None
    assert any("chromosome count is unknown" in text for text in found.warnings)


def test_whole_genome_without_alleles_on_one_chromosome(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1)), grch38)
    segments = tuple(replace(s, minor=None) if s.chrom == "5" else s for s in table.segments)
    count = count_chromosomes(chromosome_states(segments, grch38, knowledge), "female", knowledge)
    assert count is not None
    assert (count.rhc, count.rhc_low) == (46, 45)


@pytest.mark.parametrize(
    ("sex", "states", "total"),
    [
        ("female", {}, 46),
        ("male", {}, 46),
        ("male", {"X": (2, 0)}, 47),
        ("male", {"Y": (0, 0)}, 45),
        ("female", {"X": (1, 0)}, 45),
    ],
)
def test_sex_chromosomes(
    grch38: Genome, knowledge: Knowledge, sex: str, states: dict[str, tuple[int, int]], total: int
) -> None:
    made = diploid("x", "x", sex)
    table = stated(replace(made, states={**made.states, **states}), grch38)
    assert profile_of(table, grch38, knowledge, sex=sex).modal_number == total


def test_sex_from_the_sheet_the_file_or_the_y(grch38: Genome, knowledge: Knowledge) -> None:
    male = stated(diploid("x", "x", "male"), grch38)
    assert profile_of(male, grch38, knowledge, sex="unknown").sex == "male"
    assert profile_of(replace(male, sex="female"), grch38, knowledge, sex="unknown").sex == "female"
    assert profile_of(male, grch38, knowledge, sex="female").sex == "female"
    no_y = replace(male, segments=tuple(s for s in male.segments if s.chrom != "Y"))
    found = profile_of(no_y, grch38, knowledge, sex="unknown")
    assert found.sex == "unknown"
    assert any("sex is unknown" in text for text in found.warnings)
    assert normal_copies("X", "male") == normal_copies("Y", "male") == 1
    assert normal_copies("Y", "female") == 0


def test_dominant_clone_of_a_mixture(knowledge: Knowledge) -> None:
    small = Segment("1", 1, 100, total=1.0, minor=0.0, cellular_fraction=0.3, second_total=3.0, second_minor=1.0)
    large = replace(small, cellular_fraction=0.8)
    bare = replace(small, second_total=None, second_minor=None)
    states = [clone_state(segment, knowledge) for segment in (small, large, bare)]
    assert [(state.total, state.minor) for state in states if state] == [(3.0, 1.0), (1.0, 0.0), (2.0, 1.0)]
    assert clone_state(Segment("1", 1, 100, log2=0.1), knowledge) is None


# ---------------------------------------------------------------- noise, resolution, MLPA


def test_noise_and_its_margin(grch38: Genome, knowledge: Knowledge) -> None:
    clean = profile_of(ratios(hyperdiploid(55, "female", 1), grch38, 0.8, noise=0.005), grch38, knowledge)
    noisy = profile_of(ratios(hyperdiploid(55, "female", 1), grch38, 0.8, noise=0.15), grch38, knowledge)
    assert clean.noise is not None
    assert noisy.noise is not None
    assert clean.noise < 0.06 < noisy.noise
    assert count_margin(clean, knowledge) == 0 < count_margin(noisy, knowledge)


def test_whole_numbers_have_no_measured_noise(grch38: Genome, knowledge: Knowledge) -> None:
    found = {
        purity: profile_of(stated(diploid("x", "x", c8=(3, 1)), grch38, purity=purity), grch38, knowledge)
        for purity in (None, 0.9, 0.6, 0.4)
    }
    assert all(copy_noise(profile, knowledge) is None for profile in found.values())
    assert [count_margin(profile, knowledge) for profile in found.values()] == [1, 0, 1, 2]


def test_resolution_is_bins_that_a_deletion_must_span(grch38: Genome, knowledge: Knowledge) -> None:
    table = stated(diploid("x", "x", c8=(3, 1)), grch38)
    bins = knowledge.value(cutoffs.COPY_NUMBER_BINS_FOR_SEGMENT)
    assert profile_of(replace(table, resolution=1000), grch38, knowledge).resolution == 1000 * bins
    assert profile_of(table, grch38, knowledge).resolution == 10_000 * bins
    assert profile_of(table, grch38, knowledge, assay=None).resolution is None
    assert profile_of(table, grch38, knowledge, assay="panel").resolution is None


def test_mlpa_alone_has_no_chromosomes(grch38: Genome, knowledge: Knowledge) -> None:
    table = SegmentTable((), "mlpa", probes=(Probe("IKZF1", "4", 0.5),))
    found = build_profile(table, (), SAMPLE, grch38, knowledge)
    assert (found.chromosomes, found.modal_number, found.probes) == ({}, None, table.probes)


def test_genes_are_filled(grch38: Genome, knowledge: Knowledge) -> None:
    found = build_profile(stated(diploid("x", "x", c7=(1, 0)), grch38), (), SAMPLE, grch38, knowledge)
    assert found.genes["IKZF1"].total == 1


# ---------------------------------------------------------------- real files


def test_melanoma_line(shared_data, grch37: Genome, knowledge: Knowledge) -> None:  # type: ignore[no-untyped-def]
    """COLO829 by PURPLE: near-triploid, purity 0.99, Y lost."""
    from annotate.read.copy_number import read_copy_number

    path = shared_data / "copy_number" / "purple" / "tumor_sample.purple.cnv.somatic.tsv"
    table, inputs = read_copy_number((path,), grch37)
    found = chromosome_profile(table, inputs, replace(SAMPLE, assembly="GRCh37", sex="male"), grch37, knowledge)
    assert (found.purity, found.sex, found.modal_number) == (0.99, "male", 71)
    assert found.ploidy == pytest.approx(3.1, abs=0.1)
    assert found.allele_specific
    assert found.chromosomes["Y"].total == 0
    assert all(state.covered > 0.95 for state in found.chromosomes.values())
    assert found.noise is not None
    assert found.noise < 0.2


def test_every_real_file_gives_a_profile(shared_data, knowledge: Knowledge) -> None:  # type: ignore[no-untyped-def]
    """Whatever reads also judges: no traceback, no silent ploidy."""
    from annotate.base.errors import InputError
    from annotate.read.copy_number import read_copy_number

    judged = 0
    for path in sorted((shared_data / "copy_number").rglob("*")):
        if not path.is_file():
            continue
        for assembly in ("GRCh38", "GRCh37"):
            genome = Genome.load(assembly)
            try:
                table, inputs = read_copy_number((path,), genome, ("tumor_sample",))
            except InputError:
                continue
            found = profile_of(table, genome, knowledge, sex="unknown")
            judged += 1
            if found.segments and not found.allele_specific:
                assert not found.ploidy_certain, path.name
            assert inputs
            break
    assert judged >= 10
