"""Copies of panel genes: kind, reach, exons, baselines, subclones, resolution, purity, log2 alone, MLPA."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, GeneCopies, Probe, Segment
from annotate.model.state import Code
from annotate.name.copy_number.genes import gene_copies
from annotate.name.copy_number.words import exon_text, length_text
from annotate.reference.genome import Genome
from tests.makers.profiles import profile

GENOME = Genome.load("GRCh38")
KNOWLEDGE = Knowledge.load()
LENGTHS = GENOME.contig_lengths


def seg(chrom: str, start: int, end: int, total: float | None, minor: float | None = None, **more: object) -> Segment:
    return Segment(chrom, start, end, total=total, minor=minor, record=f"line {start}", **more)  # type: ignore[arg-type]


def cut(chrom: str, start: int, end: int, inside: tuple[float, float], outside: tuple[float, float] = (2, 1)) -> list:
    """A chromosome at `outside` with one stretch at `inside`."""
    parts = [seg(chrom, start, end, *inside)]
    if start > 1:
        parts.insert(0, seg(chrom, 1, start - 1, *outside))
    if end < LENGTHS[chrom]:
        parts.append(seg(chrom, end + 1, LENGTHS[chrom], *outside))
    return parts


def copies(gene: str, found: CopyNumberProfile) -> GeneCopies:
    return gene_copies(found, GENOME, KNOWLEDGE)[gene]


IK6 = (50_376_000, 50_392_000)
CDKN2 = (21_900_000, 22_100_000)


@pytest.mark.parametrize(
    ("gene", "pieces", "changed", "call", "level", "exons"),
    [
        ("IKZF1", cut("7", *IK6, (1, 0)), {}, "deletion", "focal", (4, 5, 6, 7)),
        ("IKZF1", cut("7", *IK6, (0, 0)), {}, "homozygous_deletion", "focal", (4, 5, 6, 7)),
        ("IKZF1", cut("7", 1, 60_000_000, (1, 0)), {}, "deletion", "arm", (2, 3, 4, 5, 6, 7, 8)),
        ("IKZF1", [], {"7": (1, 0)}, "deletion", "whole_chromosome", (2, 3, 4, 5, 6, 7, 8)),
        ("IKZF1", cut("7", 48_000_000, 52_999_999, (1, 0)), {}, "deletion", "arm", (2, 3, 4, 5, 6, 7, 8)),
        ("IKZF1", cut("7", 48_000_000, 52_999_998, (1, 0)), {}, "deletion", "focal", (2, 3, 4, 5, 6, 7, 8)),
        ("IKZF1", cut("7", 50_306_000, 50_310_000, (1, 0)), {}, "normal", None, ()),  # within intron 1
        ("IKZF1", [], {"7": (3, 1)}, "gain", "whole_chromosome", (2, 3, 4, 5, 6, 7, 8)),
        ("IKZF1", cut("7", *IK6, (2, 1), (3, 1)), {"7": (3, 1)}, "deletion", "focal", (4, 5, 6, 7)),
        ("IKZF1", cut("7", *IK6, (0, 0), (1, 0)), {"7": (1, 0)}, "homozygous_deletion", "focal", (4, 5, 6, 7)),
        ("IKZF1", [], {"7": (2, 0)}, "cnloh", "whole_chromosome", (2, 3, 4, 5, 6, 7, 8)),
        ("CDKN2A", cut("9", 1, 38_000_000, (2, 0)), {}, "cnloh", "arm", (1, 2, 3)),
        ("CDKN2A", cut("9", *CDKN2, (0, 0)), {}, "homozygous_deletion", "focal", (1, 2, 3)),
        ("ABL1", cut("9", 130_730_000, 131_200_000, (9, 1)), {}, "amplification", "focal", None),
        ("RUNX1", [], {"21": (4, 2)}, "gain", "whole_chromosome", None),
        ("RUNX1", [], {}, "normal", None, ()),
        # relative to a chromosome of three: two copies of the whole arm are a loss of the arm
        ("ETV6", cut("12", 1, 34_000_000, (2, 1), (3, 1)), {"12": (3, 1)}, "deletion", "arm", None),
    ],
)
def test_kind_reach_and_exons(gene, pieces, changed, call, level, exons):
    found = copies(gene, profile(GENOME, changed, pieces=pieces))
    assert (found.call, found.level) == (call, level)
    if exons is not None:
        assert found.exons == exons


def test_a_loss_on_a_chromosome_of_three_says_what_it_is_measured_against():
    found = copies("IKZF1", profile(GENOME, {"7": (3, 1)}, pieces=cut("7", *IK6, (2, 1), (3, 1))))
    assert found.baseline == 3
    assert found.total == 2
    assert any("relative to 3 copies" in reason.text for reason in found.reasons)
    assert found.evidence[0].record == f"line {IK6[0]}"


def test_a_homozygous_core_in_an_arm_loss_keeps_both_reaches_apart():
    pieces = [
        seg("9", 1, CDKN2[0] - 1, 1, 0),
        seg("9", *CDKN2, 0, 0),
        seg("9", CDKN2[1] + 1, 38_000_000, 1, 0),
        seg("9", 38_000_001, LENGTHS["9"], 2, 1),
    ]
    all_genes = gene_copies(profile(GENOME, {}, pieces=pieces), GENOME, KNOWLEDGE)
    assert (all_genes["CDKN2A"].call, all_genes["CDKN2A"].level) == ("homozygous_deletion", "focal")
    assert (all_genes["PAX5"].call, all_genes["PAX5"].level) == ("deletion", "arm")
    assert all_genes["ABL1"].call == "normal"


def test_losses_in_an_amplified_uneven_chromosome_are_not_measured_against_its_mode():
    """iAMP21: ERG at three copies beside stretches of 6 and 4 is no ERG deletion."""
    pieces = [
        seg("21", 5_000_000, 20_000_000, 2, 1),
        seg("21", 20_000_001, 30_000_000, 4, 1),
        seg("21", 30_000_001, 37_000_000, 6, 1),
        seg("21", 37_000_001, 40_000_000, 3, 1),
        seg("21", 40_000_001, LENGTHS["21"], 5, 1),
    ]
    found = copies("ERG", profile(GENOME, {"21": (6, 1)}, pieces=pieces))
    assert found.call == "gain"


def test_arms_of_a_hypodiploid_and_of_a_doubled_clone():
    lost = dict.fromkeys(("3", "7", "15", "16", "17"), (1, 0))
    single = gene_copies(profile(GENOME, lost), GENOME, KNOWLEDGE)
    assert (single["TP53"].call, single["TP53"].level, single["TP53"].total) == ("deletion", "whole_chromosome", 1)
    doubled = dict.fromkeys(lost, (2, 0))
    twice = gene_copies(profile(GENOME, doubled, usual=(4, 2)), GENOME, KNOWLEDGE)
    assert twice["TP53"].call == "cnloh"
    assert twice["ETV6"].call == "normal"


@pytest.mark.parametrize(
    ("total", "call", "subclonal"),
    [(1.9, "normal", False), (1.6, "deletion", True), (1.35, "deletion", True), (1.25, "deletion", False)],
)
def test_fractional_copies_have_a_noise_limit_and_a_subclonal_range(total, call, subclonal):
    pieces = cut("12", 11_600_000, 11_950_000, (total, 1))
    found = copies("ETV6", replace(profile(GENOME, {}, pieces=pieces), noise=None))
    assert (found.call, found.subclonal) == (call, subclonal)


@pytest.mark.parametrize(
    ("fraction", "state", "second", "call", "subclonal"),
    [
        (0.3, (1, 0), (2, 1), "deletion", True),
        (0.9, (1, 0), (2, 1), "deletion", False),
        (0.05, (1, 0), (2, 1), "normal", False),
        (0.7, (2, 1), (1, 0), "deletion", True),
        (0.3, (0, 0), (1, 0), "deletion", False),
    ],
)
def test_subclones_of_a_caller(fraction, state, second, call, subclonal):
    piece = seg(
        "12",
        11_600_000,
        11_950_000,
        *state,
        cellular_fraction=fraction,
        second_total=second[0],
        second_minor=second[1],
    )
    pieces = cut("12", 11_600_000, 11_950_000, (2, 1))
    pieces[1] = piece
    found = copies("ETV6", profile(GENOME, {}, pieces=pieces))
    assert (found.call, found.subclonal) == (call, subclonal)
    if state == (0, 0):
        assert any("smaller clone has lost the remaining copy" in reason.text for reason in found.reasons)


@pytest.mark.parametrize(
    ("gene", "resolution", "call"),
    [
        ("IKZF1", 30_000, "normal"),
        ("IKZF1", 30_001, "not_assessable"),
        ("BTG1", 60_000, "normal"),
        ("BTG1", 60_001, "not_assessable"),
        ("CDKN2A", 150_000, "normal"),
        ("CDKN2A", 300_000, "not_assessable"),
        ("ETV6", 3_000_000, "not_assessable"),
        ("ETV6", None, "normal"),
    ],
)
def test_bins_too_wide_for_a_gene(gene, resolution, call):
    found = copies(gene, replace(profile(GENOME, {}), resolution=resolution))
    assert found.call == call
    if call == "not_assessable":
        assert found.reasons[0].code is Code.RESOLUTION_TOO_COARSE
        assert found.reasons[0].settles
        assert found.total == 2  # what is known is kept


def test_a_deletion_is_called_however_wide_the_bins_and_low_the_purity():
    pieces = cut("7", 1, 60_000_000, (1, 0))
    found = replace(profile(GENOME, {}, pieces=pieces, purity=0.2), resolution=3_000_000)
    assert copies("IKZF1", found).call == "deletion"


def test_too_few_leukaemic_cells_for_a_negative():
    found = copies("ETV6", profile(GENOME, {}, purity=0.25))
    assert found.call == "not_assessable"
    assert found.reasons[0].code is Code.PURITY_TOO_LOW


def test_a_flat_profile_of_unknown_purity_may_hold_no_leukaemic_cell():
    flat = replace(profile(GENOME, {}), purity=None)
    found = copies("ETV6", flat)
    assert found.call == "not_assessable"
    assert (found.reasons[0].code, found.reasons[0].settles) == (Code.PURITY_TOO_LOW, "the column `purity`")
    changed = replace(profile(GENOME, {"7": (1, 0), "9": (3, 1)}), purity=None)
    assert copies("ETV6", changed).call == "normal"  # the caller saw leukaemic cells


def test_a_focal_loss_of_vpreb1_is_v_d_j_rearrangement():
    found = copies("VPREB1", profile(GENOME, {}, pieces=cut("22", 22_200_000, 22_500_000, (1, 0))))
    assert found.call == "deletion"
    assert any("V(D)J" in reason.text for reason in found.reasons)
    whole = copies("VPREB1", profile(GENOME, {"22": (1, 0)}))
    assert not any("V(D)J" in reason.text for reason in whole.reasons)


def test_uncovered_genes_and_gaps():
    end = LENGTHS["7"]
    missing = [seg("7", 1, 40_000_000, 2, 1), seg("7", 60_000_000, end, 2, 1)]
    assert copies("IKZF1", profile(GENOME, {}, pieces=missing)).call == "not_assessable"
    short_gap = [seg("7", 1, 50_300_000, 2, 1), seg("7", 50_500_000, end, 2, 1)]
    assert copies("IKZF1", profile(GENOME, {}, pieces=short_gap)).call == "not_assessable"
    unseen_anyway = [seg("7", 1, 50_350_000, 2, 1), seg("7", 50_352_000, end, 2, 1)]
    assert copies("IKZF1", profile(GENOME, {}, pieces=unseen_anyway)).call == "normal"
    between_deleted = [
        seg("7", 1, 50_200_000, 2, 1),
        seg("7", 50_200_001, 50_330_000, 1, 0),
        seg("7", 50_450_000, 50_600_000, 1, 0),
        seg("7", 50_600_001, end, 2, 1),
    ]
    found = copies("IKZF1", profile(GENOME, {}, pieces=between_deleted))
    assert found.call == "deletion"
    assert found.exons == (2, 3, 4, 5, 6, 7, 8)
    list_of_changes = [seg("9", *CDKN2, 0, 0)]
    empty = replace(profile(GENOME, {}), segments=tuple(list_of_changes), chromosomes={})
    assert copies("ETV6", empty).call == "not_assessable"
    assert copies("CDKN2A", empty).call == "homozygous_deletion"


def test_a_gap_over_the_centromere_does_not_split_a_chromosome():
    halves = [seg("7", 1, 57_000_000, 1, 0), seg("7", 62_500_000, LENGTHS["7"], 1, 0)]
    assert copies("IKZF1", profile(GENOME, {"7": (1, 0)}, pieces=halves)).level == "whole_chromosome"


def test_x_genes_by_sex_and_par1_by_itself():
    male = profile(GENOME, {}, sex="male")
    assert copies("PHF6", male).call == "normal"
    gone = profile(GENOME, {}, sex="male", pieces=cut("X", 134_000_000, 134_600_000, (0, 0), (1, 0)))
    assert copies("PHF6", gone).call == "homozygous_deletion"
    female = profile(GENOME, {"X": (1, 0)})
    assert (copies("PHF6", female).call, copies("PHF6", female).level) == ("deletion", "whole_chromosome")
    # a single X lowers PAR1 as a whole: that is no deletion inside PAR1
    assert copies("CSF2RA", female).call == "normal"
    inside = cut("X", 1_212_724, 1_500_000, (1, 0))
    found = gene_copies(profile(GENOME, {}, pieces=inside), GENOME, KNOWLEDGE)
    assert [found[g].call for g in ("CSF2RA", "IL3RA", "CRLF2")] == ["deletion", "deletion", "normal"]


def log2_profile(pieces: list[Segment]) -> CopyNumberProfile:
    own = {piece.chrom for piece in pieces}
    rest = [seg(c, 1, LENGTHS[c], None, log2=0.02) for c in LENGTHS if c not in own and c not in ("Y", "MT")]
    whole = profile(GENOME, {}, alleles=False, copies=False)
    return replace(whole, segments=tuple(rest + pieces), chromosomes={}, purity=None, ploidy=None)


@pytest.mark.parametrize(
    ("log2", "call"),
    [(-0.2, "not_assessable"), (-0.3, "deletion"), (-0.9, "deletion"), (-1.5, "homozygous_deletion"), (0.5, "gain")],
)
def test_log2_alone(log2, call):
    pieces = [
        seg("7", 1, IK6[0] - 1, None, log2=0.0),
        seg("7", *IK6, None, log2=log2),
        seg("7", IK6[1] + 1, LENGTHS["7"], None, log2=0.0),
    ]
    found = copies("IKZF1", log2_profile(pieces))
    assert found.call == call
    assert found.total is None
    if call == "deletion":
        assert Code.PLOIDY_UNCERTAIN in {reason.code for reason in found.reasons}


@pytest.mark.parametrize(
    ("log2", "source", "certain", "call"),
    [
        (-0.9, "fit", False, "deletion"),  # at another purity this is the loss of one copy
        (-1.3, "fit", False, "homozygous_deletion"),  # no loss of one copy is so deep
        (-0.9, "fit", True, "homozygous_deletion"),
        (-0.9, "sheet", False, "homozygous_deletion"),
        (-0.9, "file", False, "homozygous_deletion"),
    ],
)
def test_both_copies_are_lost_only_where_the_purity_is_more_than_a_guess(log2, source, certain, call):
    pieces = [replace(s, log2=log2 if s.total == 0 else 0.0) for s in cut("9", *CDKN2, (0, 0))]
    found = copies("CDKN2A", replace(profile(GENOME, {}, pieces=pieces, certain=certain), purity_source=source))
    assert found.call == call
    unsure = Code.PLOIDY_UNCERTAIN in {reason.code for reason in found.reasons}
    assert unsure == (call == "deletion")


def test_log2_of_a_lost_chromosome_is_measured_against_the_genome():
    found = copies("IKZF1", log2_profile([seg("7", 1, LENGTHS["7"], None, log2=-0.6)]))
    assert (found.call, found.level) == ("deletion", "whole_chromosome")


@pytest.mark.parametrize(
    ("ratios", "purity", "call", "exons"),
    [
        ((1.0, 1.02, 0.98, 1.0, 1.0, 1.0, 1.0, 1.0), 0.8, "normal", ()),
        ((1.0, 1.02, 0.98), 0.8, "not_assessable", ()),
        ((1.0, 1.02, 0.98), None, "not_assessable", ()),
        ((1.0, 0.55, 0.5), None, "deletion", (2, 3)),
        ((0.1, 0.05, 0.5), None, "homozygous_deletion", (1, 2, 3)),
        ((1.5, 1.4, 1.45), None, "gain", ()),
        ((1.0, 1.0, 1.0), 0.4, "not_assessable", ()),
        ((1.0, 0.7, 1.0), 0.4, "deletion", (2,)),
    ],
)
def test_mlpa(ratios, purity, call, exons):
    probes = tuple(Probe("IKZF1", str(number), ratio) for number, ratio in enumerate(ratios, start=1))
    found = replace(profile(GENOME, {}), segments=(), chromosomes={}, purity=purity, probes=probes)
    genes = gene_copies(found, GENOME, KNOWLEDGE)
    assert (genes["IKZF1"].call, genes["IKZF1"].exons) == (call, exons)
    assert genes["ETV6"].call == "not_assessable"


def test_mlpa_beside_segments_shows_the_disagreement():
    probes = (Probe("IKZF1", "4", 0.5), Probe("SHOX", "1", 1.0))
    genes = gene_copies(replace(profile(GENOME, {}), probes=probes), GENOME, KNOWLEDGE)
    assert genes["IKZF1"].call == "deletion"
    assert Code.EVIDENCE_CONFLICT in {reason.code for reason in genes["IKZF1"].reasons}
    assert genes["SHOX"].call == "normal"  # a gene of the kit beyond the panel


def test_every_panel_gene_is_answered_on_both_assemblies():
    for assembly in ("GRCh38", "GRCh37"):
        genome = Genome.load(assembly)
        found = gene_copies(profile(genome, {}), genome, KNOWLEDGE)
        assert set(found) == {gene.name for gene in genome.panel_genes()}
        strange = {name: c.call for name, c in found.items() if c.call != "normal"}
        assert not strange


@pytest.mark.parametrize(
    ("ranks", "text"), [((3,), "exon 3"), ((4, 5, 6, 7), "exons 4–7"), ((2, 3, 5), "exons 2–3 and 5")]
)
def test_words_for_exons(ranks, text):
    assert exon_text(ranks) == text


def test_words_for_lengths():
    assert length_text(16_000) == "16,000 bases"
    assert length_text(8_580_000) == "8.6 Mb"
