"""Index of the known pitfalls, lesion by lesion: one test each.

Most are short and lean on the rules that other files test in depth; here a reviewer can tick them off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import join
from annotate.compare.categories import Seen, compare_seen
from annotate.decide.case import Case
from annotate.decide.registry import call_all, registered
from annotate.interpret.entities import classify
from annotate.interpret.germline import prompts
from annotate.interpret.pharmacogenomics.diplotypes import call_pgx
from annotate.interpret.schemes import evaluate_schemes
from annotate.interpret.therapies import match_therapies
from annotate.model.copy_number import Probe, Segment, SegmentTable
from annotate.model.fusions import Fusion
from annotate.model.interpretation import RiskResult
from annotate.model.junctions import Breakend, Junction
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient, Sample
from annotate.model.state import State
from annotate.name.copy_number.profile import build_profile
from annotate.name.small_variants.clonality import ccf
from annotate.read.alignments.detection import depth_needed, detection_limit
from annotate.read.karyotype import parse_karyotype
from annotate.read.karyotype.counts import acquired_clones
from annotate.reference.genome import Genome
from annotate.reference.hotspots import hotspot_codons
from tests.makers import mutation_cases as mut
from tests.makers.calls import D, N, Q, X, all_calls, hits, patient, relapse
from tests.makers.calls import call as given
from tests.makers.karyotypes import ATYPICAL, IAMP21, Piece, Simulated, diploid, hyperdiploid, hypodiploid, truth
from tests.makers.rearrangement_cases import KNOWLEDGE, call, case_of, codes, fusion_junction, rna, texts

SUB = State.DETECTED_SUBCLONAL
GENOME = Genome.load("GRCh38")
NORMAL = diploid("46", "normal")
PASSENGER = join(Breakend("2", 1_000_000, "L"), Breakend("3", 2_000_000, "R"), split_reads=9, paired_reads=9)
OTHER = rna("VMP1", "RPS6KB1")
PRPS1_CODONS = ("53", "72", "77", "87", "103", "114", "115", "139", "144", "176", "183", "190", "191")
Span = tuple[str, int, int, float, float]

IK6: Span = ("7", 50_376_000, 50_392_000, 1, 0)
CDKN2_HOMO: Span = ("9", 21_900_000, 22_100_000, 0, 0)
CDKN2_HETERO: Span = ("9", 21_900_000, 22_100_000, 1, 0)
PAX5_DEL: Span = ("9", 36_900_000, 37_010_000, 1, 0)
PAR1_DEL: Span = ("X", 1_212_724, 1_500_000, 1, 0)
ERG_DEL: Span = ("21", 38_395_000, 38_445_000, 1, 0)
TP53_DEL: Span = ("17", 7_600_000, 7_700_000, 1, 0)


def copies(
    *spans: Span,
    base: Simulated = NORMAL,
    chr21: Sequence[Piece] = (),
    alleles: bool = True,
    file_purity: float | None = 0.8,
    resolution: int = 1000,
    genome: Genome = GENOME,
    karyotype: str | None = None,
    person: Patient | None = None,
    junctions: Sequence[Junction] | None = None,
    fusions: Sequence[Fusion] | None = None,
    **sample: Any,
) -> Case:
    """A case of stated copies: whole chromosomes of `base` with `spans` cut out of them."""
    if chr21:
        base = replace(base, chr21=tuple(chr21))
    segments: list[Segment] = []
    for chrom, start, end, total, minor in truth(base, genome, 1):
        reached = start
        for _, low, high, own, less in sorted(s for s in spans if s[0] == chrom and start <= s[2] and s[1] <= end):
            low, high = max(low, start), min(high, end)
            if low > reached:
                segments.append(_segment(chrom, reached, low - 1, total, minor or 0, alleles))
            segments.append(_segment(chrom, low, high, own, less, alleles))
            reached = high + 1
        if reached <= end:
            segments.append(_segment(chrom, reached, end, total, minor or 0, alleles))
    table = SegmentTable(tuple(segments), "plain", purity=file_purity, integer=True, resolution=resolution)
    facts: dict[str, Any] = {"sex": base.sex, "assay": "wgs", **sample}
    case = case_of(genome, junctions=junctions, fusions=fusions, karyotype=karyotype, **facts)
    profile = build_profile(table, (), case.sample, genome, KNOWLEDGE)
    return replace(case, profile=profile, patient=person)


def _segment(chrom: str, start: int, end: int, total: float, minor: float, alleles: bool) -> Segment:
    return Segment(chrom, start, end, total=float(total), minor=float(minor) if alleles else None)


def lesion(case: Case, id: str) -> LesionCall:
    """The call of a lesion after all that it reads."""
    return call_all(case)[id]


def mutated(id: str, *found: Any, **fields: Any) -> LesionCall:
    return registered()[id].rule(mut.case(GENOME, tuple(found), **fields))


def scheme(name: str, calls: Mapping[str, LesionCall], person: Patient | None = None, version: str = "") -> RiskResult:
    found = evaluate_schemes(calls, person, KNOWLEDGE, "relapse")
    return next(r for r in found if r.scheme.startswith(name) and version in r.version)


def mlpa(**changed: Sequence[float]) -> Case:
    kit: dict[str, Sequence[float]] = {"IKZF1": [1.0] * 8, "EBF1": [1.0] * 4, "CRLF2": [1.0], "CSF2RA": [1.0]}
    kit |= {"IL3RA": [1.0], "P2RY8": [1.0], "SHOX": [1.0]} | changed
    probes = tuple(Probe(gene, str(n), ratio) for gene, row in kit.items() for n, ratio in enumerate(row, start=1))
    table = SegmentTable((), "mlpa", probes=probes)
    case = case_of(GENOME, purity=0.9)
    return replace(case, profile=build_profile(table, (), case.sample, GENOME, KNOWLEDGE))


# ---------------------------------------------------------------- states and inputs


@pytest.mark.parametrize("id", sorted(registered()))
def test_0_3_without_any_input_nothing_is_excluded(id: str) -> None:
    assert lesion(case_of(GENOME), id).state is X


@pytest.mark.parametrize("id", sorted(registered()))
def test_0_3_files_without_a_record_exclude_nothing(id: str) -> None:
    assert lesion(case_of(GENOME, junctions=[], fusions=[]), id).state is X


@pytest.mark.parametrize("id", ["bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r", "etv6_runx1"])
def test_0_3_a_negative_needs_enough_leukaemic_cells_in_dna_and_in_rna(id: str) -> None:
    few = lesion(case_of(GENOME, junctions=[PASSENGER], fusions=[OTHER], purity=0.05), id)
    assert few.state is X
    assert "PURITY_TOO_LOW" in codes(few)
    enough = lesion(case_of(GENOME, junctions=[PASSENGER], fusions=[OTHER], purity=0.82), id)
    assert enough.state is N
    assert "purity 0.82" in texts(enough)
    assert "purity not known" in texts(lesion(case_of(GENOME, fusions=[OTHER]), id))


def test_0_4_fusions_that_a_caller_took_from_dna_are_no_look_at_rna() -> None:
    linx = replace(OTHER, caller="LINX", flags=("dna_derived",))
    found = call(case_of(GENOME, fusions=[linx]), "bcr_abl1")
    assert found.state is X
    assert "states nothing" in texts(found)


def test_0_4_a_negative_of_rna_names_its_blind_spot() -> None:
    for id in ("bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r", "stil_tal1", "cdx2_ubtf"):
        found = call(case_of(GENOME, fusions=[OTHER]), id)
        assert found.state is N
        assert any("RNA" in limit and "kit" in limit for limit in found.limits), id


@pytest.mark.parametrize("assay", ["panel", "wes"])
def test_0_4_a_panel_or_exome_without_regions_excludes_no_fusion(assay: Any) -> None:
    for id in ("bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r"):
        found = call(case_of(GENOME, junctions=[PASSENGER], assay=assay), id)
        assert found.state is X
        assert "REGION_NOT_COVERED" in codes(found)


def test_0_4_wgs_that_sees_a_lesion_only_in_part_is_not_called_uncovered() -> None:
    for id in ("crlf2_r", "epor_r", "igh_il3", "cebp_id4_r"):
        found = call(case_of(GENOME, junctions=[PASSENGER]), id)
        assert found.state is X
        assert "not covered" not in texts(found)
        assert "only in part" in texts(found)


@pytest.mark.parametrize("id", ["bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r", "etv6_runx1", "iamp21", "hypodiploidy"])
@pytest.mark.parametrize(
    "karyotype",
    [
        pytest.param("46,XX[20]", id="normal metaphases need not be of the leukaemia"),
        pytest.param("46,XX[8]", id="fewer than 20 metaphases"),
        pytest.param("46,XX,t(2;13)(p11;q14)[10]", id="an abnormal clone in too few metaphases"),
        pytest.param("46,XX,t(2;13)(p11;q14)[2]/46,XX[18]", id="two abnormal metaphases"),
        pytest.param("//46,XY[20]", id="donor cells only"),
        pytest.param("46,XX[3]//46,XY[17]", id="mostly donor cells"),
        pytest.param("46,XX,t(2;13)(p11;q14),inc[20]", id="more that could not be named"),
    ],
)
def test_0_4_karyotypes_that_exclude_nothing(karyotype: str, id: str) -> None:
    assert lesion(case_of(GENOME, karyotype=karyotype), id).state is X


def test_0_4_a_karyotype_never_excludes_what_is_cryptic_in_bands() -> None:
    case = case_of(GENOME, karyotype="47,XX,+8,t(2;13)(p11;q14)[20]")
    for id in ("etv6_runx1", "abl_class", "tcf3_r", "crlf2_r", "dux4_r", "stil_tal1", "mef2d_r"):
        assert lesion(case, id).state is X, id
    seen = lesion(case, "bcr_abl1")
    assert seen.state is N
    assert any("Cryptic" in limit for limit in seen.limits)


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("purity", "total", "log2"),
    [(0.9, 1, -0.86), (0.5, 1, -0.42), (0.3, 1, -0.23), (0.9, 0, -3.3), (0.5, 0, -1.0), (0.9, 3, 0.54), (0.5, 3, 0.32)],
)
def test_0_5_worked_log2_ratios(purity: float, total: int, log2: float) -> None:
    """The ratio of the specification is what the simulator writes, and the reader of ratios finds the loss or gain."""
    from tests.makers.copy_number import measure

    measured = measure([("1", 1, 1_000_000, total, 0)], purity, 2.0, "female", 0.0, 1)[0].log2
    assert measured == pytest.approx(log2, abs=0.03)
    assert math.log2((purity * total + (1 - purity) * 2) / 2) == pytest.approx(log2, abs=0.03)


def test_0_5_a_loss_on_a_trisomic_chromosome_is_told_against_its_chromosome() -> None:
    base = hyperdiploid(55, "female", 3)
    assert base.states["4"][0] == 3
    found = lesion(
        copies(("4", 148_000_000, 148_500_000, 2, 1), ("9", 36_900_000, 37_010_000, 1, 0), base=base), "pax5_deletion"
    )
    assert found.state is D
    one = replace(base, states={**base.states, "7": (3, 1)})
    relative = lesion(copies(("7", 50_376_000, 50_392_000, 2, 1), base=one), "ikzf1_deletion")
    assert relative.state is D
    assert "3" in texts(relative)


def test_0_5_x_of_males_outside_par_has_one_copy() -> None:
    variant = mut.variant("PRPS1", "p.Ala190Thr", vaf=0.42, depth=1000)
    boy = ccf(variant, None, "male", KNOWLEDGE, genome=GENOME, purity=0.42 * 2 / (1 + 0.42))
    girl = ccf(variant, None, "female", KNOWLEDGE, genome=GENOME, purity=0.9)
    assert boy.ccf is not None
    assert girl.ccf is not None
    assert girl.ccf == pytest.approx(0.42 * 2 / 0.9, abs=0.01)
    assert boy.ccf == pytest.approx(0.42 / (0.42 * 2 / 1.42), abs=0.02)


def test_0_5_another_assembly_is_refused(tmp_path: Path) -> None:
    from annotate.read.small_variants import read_small_variants

    path = tmp_path / "a.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=249250621>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
        encoding="utf-8",
    )
    sample = Sample("s", "p", "diagnosis", "GRCh38", small_variants=(path,))
    with pytest.raises(InputError):
        read_small_variants(sample, GENOME, KNOWLEDGE)


# ---------------------------------------------------------------- the InPOG list


def test_1_0_tcf3_pbx1_counts() -> None:
    assert scheme("InPOG-ALL-R1", all_calls(tcf3_r=given("tcf3_r", D, "TCF3::PBX1")), version="literal").group == "YES"


def test_1_0_tcf3_znf384_is_flagged_for_review() -> None:
    found = call(case_of(GENOME, fusions=[rna("TCF3", "ZNF384")]), "tcf3_r")
    assert found.state is D
    calls = all_calls(tcf3_r=given("tcf3_r", D, "TCF3::ZNF384", details=dict(found.details)))
    assert any("review" in flag for flag in scheme("InPOG-ALL-R1", calls, version="literal").flags)


def test_1_0_high_hypodiploidy_is_not_on_the_list() -> None:
    found = lesion(copies(base=diploid("43", "x", c3=(1, 0), c7=(1, 0), c17=(1, 0))), "hypodiploidy")
    assert (found.state, found.subtype) == (N, "high_hypodiploid")


@pytest.mark.parametrize("subtype", ["mut", "mut+cnLOH"])
def test_1_0_tp53_mutation_counts_in_the_extension_alone(subtype: str) -> None:
    calls = all_calls(tp53_alteration=given("tp53_alteration", D, subtype))
    assert scheme("InPOG-ALL-R1", calls, version="literal").group == "NO"
    assert scheme("InPOG-ALL-R1", calls, version="extended").group == "YES"


@pytest.mark.parametrize("id", ["nt5c2", "ikzf1_deletion", "ikzf1_plus", "cdkn2ab_deletion", "crlf2_r", "ras_pathway"])
def test_1_0_nothing_else_sets_the_flag(id: str) -> None:
    calls = all_calls(**{id: D})
    for version in ("literal", "extended"):
        assert scheme("InPOG-ALL-R1", calls, version=version).group == "NO"


def test_1_0_masked_hypodiploidy_counts_in_the_extension_alone() -> None:
    calls = all_calls(hypodiploidy=given("hypodiploidy", D, "near_haploid", masked=True))
    assert scheme("InPOG-ALL-R1", calls, version="literal").group == "NO"
    assert scheme("InPOG-ALL-R1", calls, version="extended").group == "YES"


# ---------------------------------------------------------------- BCR::ABL1


def test_L01_breakpoints_before_exon_1a_of_abl1_count() -> None:
    region = GENOME.region("ABL1_5prime_to_a2")
    junction = fusion_junction(GENOME, "BCR::ABL1", three_pos=region.start + 2_000)
    assert call(case_of(GENOME, junctions=[junction]), "bcr_abl1").state is D


def test_L01_the_reciprocal_junction_alone_is_equivocal() -> None:
    junction = fusion_junction(GENOME, "BCR::ABL1", reciprocal=True)
    assert call(case_of(GENOME, junctions=[junction]), "bcr_abl1").state is Q


def test_L01_two_rna_reads_may_be_contamination() -> None:
    weak = case_of(GENOME, fusions=[rna("BCR", "ABL1", reads=2)])
    assert call(weak, "bcr_abl1").state is Q
    assert call(case_of(GENOME, fusions=[rna("BCR", "ABL1", reads=3)]), "bcr_abl1").state is D
    both = case_of(GENOME, fusions=[rna("BCR", "ABL1", reads=2)], karyotype="46,XX,t(9;22)(q34;q11.2)[12]")
    assert call(both, "bcr_abl1").state is D


@pytest.mark.parametrize("three", ["JAK2", "PDGFRA", "FGFR1", "PDGFRB"])
def test_L01_bcr_with_another_kinase_is_not_ph(three: str) -> None:
    assert call(case_of(GENOME, fusions=[rna("BCR", three)]), "bcr_abl1").state is not D


def test_L01_t_9_22_with_9p24_is_not_ph() -> None:
    assert call(case_of(GENOME, karyotype="46,XX,t(9;22)(p24;q11.2)[20]"), "bcr_abl1").state is not D


@pytest.mark.parametrize(
    "karyotype",
    [
        "46,XX,t(9;22)(q34;q11.2)[12]",
        "46,XX,t(4;9;22)(q21;q34;q11.2)[12]",
        "47,XX,t(9;22)(q34;q11.2),+der(22)t(9;22)[12]",
        "46,XX,ins(22;9)(q11.2;q34q34)[12]",
        "nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[150/200]",
    ],
)
def test_L01_karyotypes_of_ph(karyotype: str) -> None:
    assert call(case_of(GENOME, karyotype=karyotype), "bcr_abl1").state is D


def test_L01_one_metaphase_a_donor_and_an_inherited_change_are_not_ph() -> None:
    assert call(case_of(GENOME, karyotype="46,XX,t(9;22)(q34;q11.2)[1]/46,XX[19]"), "bcr_abl1").state is Q
    assert call(case_of(GENOME, karyotype="46,XX//46,XY,t(9;22)(q34;q11.2)[20]"), "bcr_abl1").state is X
    assert call(case_of(GENOME, karyotype="46,XX,t(9;22)(q34;q11.2)c[20]"), "bcr_abl1").state is X


def test_L01_multilineage_needs_lineage_data() -> None:
    found = classify(all_calls(bcr_abl1=D), patient(immunophenotype="BCP"), KNOWLEDGE)
    assert any("lineage" in reason for entity in found for reason in entity.reasons)


# ---------------------------------------------------------------- ABL-class


def test_L02_a_novel_partner_in_frame_is_not_discarded() -> None:
    found = call(case_of(GENOME, fusions=[rna("RANBP2", "ABL2", in_frame=True)]), "abl_class")
    assert found.state is D
    assert found.details["fusion"] == "RANBP2::ABL2"


def test_L02_lyn_is_abl_class_like() -> None:
    found = call(case_of(GENOME, fusions=[rna("GATAD2A", "LYN")]), "abl_class")
    assert found.tier == "ABL_CLASS_LIKE"


def test_L02_etv6_abl1_is_made_by_a_chain_and_not_by_two_breaks() -> None:
    abl1, etv6 = (GENOME.region(name) for name in ("ABL1_5prime_to_a2", "ETV6_i5"))
    simple = join(
        Breakend("9", abl1.start + 50_000, "R"), Breakend("12", etv6.start + 900, "R"), split_reads=9, paired_reads=9
    )
    assert call(case_of(GENOME, junctions=[simple]), "abl_class").state is not D
    links = [
        join(Breakend("12", etv6.start + 900, "L"), Breakend("5", 30_000_000, "R"), split_reads=9, paired_reads=9),
        join(Breakend("5", 30_000_400, "L"), Breakend("9", abl1.start + 50_000, "R"), split_reads=9, paired_reads=9),
    ]
    found = call(case_of(GENOME, junctions=links), "abl_class")
    assert (found.state, found.details["fusion"]) == (D, "ETV6::ABL1")


def test_L02_ebf1_pdgfrb_by_copies_is_suspected_and_not_an_ebf1_deletion() -> None:
    case = copies(("5", 150_128_000, 158_730_000, 1, 0))
    found = call_all(case)
    assert found["abl_class"].state is Q
    assert found["ebf1_deletion"].state is not D
    junction = fusion_junction(GENOME, "EBF1::PDGFRB")
    both = call_all(copies(("5", 150_128_000, 158_730_000, 1, 0), junctions=[junction]))
    assert both["abl_class"].state is D


def test_L02_a_5q33_deletion_with_ends_elsewhere_is_not_it() -> None:
    found = lesion(copies(("5", 140_000_000, 150_000_000, 1, 0)), "abl_class")
    assert found.state is X


def test_L02_mlpa_of_3_prime_ebf1_may_be_the_only_clue() -> None:
    found = lesion(mlpa(EBF1=[0.5, 0.5, 1.0, 1.0]), "ebf1_deletion")
    assert "PDGFRB" in texts(found)


def test_L02_nup214_abl1_by_its_amplicon_is_suspected_and_proven_by_its_duplication() -> None:
    low, high = 130_854_000, 131_180_000
    by_copies = lesion(copies(("9", low, high, 20, 1)), "abl_class")
    assert (by_copies.state, by_copies.leaning) == (Q, "likely")
    junction = fusion_junction(GENOME, "NUP214::ABL1")
    assert (junction.left.keeps, junction.right and junction.right.keeps) == ("R", "L")  # a duplication
    assert call(case_of(GENOME, junctions=[junction]), "abl_class").state is D


def test_L02_nup214_abl1_may_be_in_one_cell_of_a_hundred() -> None:
    junction = fusion_junction(GENOME, "NUP214::ABL1", vaf=0.02)
    found = call(case_of(GENOME, junctions=[junction], purity=0.9), "abl_class")
    assert found.state is SUB


def test_L02_set_nup214_is_a_deletion_of_9q34_and_not_nup214_abl1() -> None:
    found = call(case_of(GENOME, fusions=[rna("SET", "NUP214")]), "abl_class")
    assert found.state is not D


@pytest.mark.parametrize(
    "karyotype", ["46,XX,t(5;12)(q33;p13)[20]", "46,XX,t(9;12)(q34;p13)[20]", "46,XX,t(5;14)(q33;q32)[20]"]
)
def test_L02_a_karyotype_is_equivocal_at_most(karyotype: str) -> None:
    assert call(case_of(GENOME, karyotype=karyotype), "abl_class").state is Q


def test_L02_a_kinase_cut_in_its_domain_is_no_driver() -> None:
    junction = fusion_junction(GENOME, "RCSD1::ABL1", five_exon=3, three_exon=8)
    assert call(case_of(GENOME, junctions=[junction]), "abl_class").state is not D


# ---------------------------------------------------------------- KMT2A


def test_L03_breakpoints_are_judged_by_windows_and_not_by_exon_numbers() -> None:
    for name in ("KMT2A_bcr1_wide", "KMT2A_bcr2_wide"):
        region = GENOME.region(name)
        junction = fusion_junction(GENOME, "KMT2A::AFF1", five_pos=(region.start + region.end) // 2)
        assert call(case_of(GENOME, junctions=[junction]), "kmt2a_r").state is D


def test_L03_spliced_fusions_break_upstream_of_the_partner() -> None:
    ell = GENOME.gene("ELL")
    assert ell is not None
    upstream = ell.start - 20_000 if ell.strand == "+" else ell.end + 20_000
    junction = fusion_junction(GENOME, "KMT2A::ELL", five_exon=9, three_pos=upstream)
    found = call(case_of(GENOME, junctions=[junction]), "kmt2a_r")
    assert (found.state, found.details["fusion"]) == (D, "KMT2A::ELL")


def test_L03_only_the_reciprocal_is_equivocal_and_likely() -> None:
    found = call(case_of(GENOME, junctions=[fusion_junction(GENOME, "KMT2A::AFF1", reciprocal=True)]), "kmt2a_r")
    assert (found.state, found.leaning) == (Q, "likely")


def test_L03_loss_of_3_prime_kmt2a_does_not_downgrade_a_fusion() -> None:
    region = GENOME.region("KMT2A_bcr1_wide")
    lost: Span = ("11", region.start + 4_000, GENOME.contig_lengths["11"], 1, 0)
    assert lesion(copies(lost, junctions=[fusion_junction(GENOME, "KMT2A::AFF1")]), "kmt2a_r").state is D
    alone = lesion(copies(lost), "kmt2a_r")
    assert alone.state is Q


def test_L03_a_partial_tandem_duplication_is_not_kmt2a_r() -> None:
    for fusion in (rna("KMT2A", "KMT2A"), rna("KMT2A", "KMT2A", flags=("circular",))):
        assert call(case_of(GENOME, fusions=[fusion, OTHER]), "kmt2a_r").state is not D


def test_L03_a_deletion_of_11q23_is_not_kmt2a_r() -> None:
    found = call(case_of(GENOME, karyotype="46,XX,del(11)(q23)[20]"), "kmt2a_r")
    assert (found.state, found.leaning) == (Q, "unclear")


def test_L03_one_read_in_the_window_is_enough_and_read_through_is_not() -> None:
    region = GENOME.region("KMT2A_bcr1_wide")
    at = rna("KMT2A", "MLLT3", reads=1, five_breakpoint=("11", region.start + 3_000))
    assert call(case_of(GENOME, fusions=[at]), "kmt2a_r").state is D
    through = rna("KMT2A", "TTC36", flags=("read_through",))
    assert call(case_of(GENOME, fusions=[through, OTHER]), "kmt2a_r").state is not D


def test_L03_small_variants_of_kmt2a_are_irrelevant() -> None:
    case = replace(mut.case(GENOME, (mut.variant("KMT2D", "p.Gln100Ter"),)), junctions=None)
    assert registered()["kmt2a_r"].rule(case).state is X


# ---------------------------------------------------------------- TCF3


def test_L04_only_der_19_with_one_junction_is_enough() -> None:
    assert call(case_of(GENOME, junctions=[fusion_junction(GENOME, "TCF3::PBX1")]), "tcf3_r").state is D


def test_L04_gain_of_1q_with_loss_of_19p_is_a_hint() -> None:
    pbx1 = GENOME.region("PBX1_i2")
    spans: tuple[Span, ...] = (
        ("1", pbx1.start + 2_000, GENOME.contig_lengths["1"], 3, 1),
        ("19", 1, 1_615_000, 1, 0),
    )
    assert lesion(copies(*spans), "tcf3_r").state is Q


@pytest.mark.parametrize("karyotype", ["46,XX,t(1;19)(q23;p13)[20]", "46,XX,der(19)t(1;19)(q23;p13)[20]"])
def test_L04_t_1_19_by_karyotype_alone_is_equivocal(karyotype: str) -> None:
    found = call(case_of(GENOME, karyotype=karyotype), "tcf3_r")
    assert (found.state, found.leaning) == (Q, "unclear")
    assert any(reason.settles for reason in found.reasons)


def test_L05_tcf3_hlf_may_be_cryptic_in_bands() -> None:
    assert call(case_of(GENOME, karyotype="47,XX,+8,t(2;13)(p11;q14)[20]"), "tcf3_r").state is X
    assert call(case_of(GENOME, karyotype="46,XX,t(17;19)(q22;p13)[20]"), "tcf3_r").state is Q


def test_L05_tcf4_hlf_is_no_tcf3_rearrangement() -> None:
    assert call(case_of(GENOME, fusions=[rna("TCF4", "HLF")]), "tcf3_r").state is Q
    calls = all_calls(tcf3_r=given("tcf3_r", D, "TCF4::HLF"))
    assert scheme("InPOG-ALL-R1", calls, version="literal").group == "NO"


# ---------------------------------------------------------------- iAMP21


@pytest.mark.parametrize("name", IAMP21)
def test_L06_typical_by_uneven_copies(name: str) -> None:
    assert lesion(copies(chr21=IAMP21[name]), "iamp21").state is D


@pytest.mark.parametrize("name", ATYPICAL)
def test_L06_atypical_asks_for_fish(name: str) -> None:
    found = lesion(copies(chr21=ATYPICAL[name]), "iamp21")
    assert (found.state, found.leaning) == (Q, "likely")
    assert any("FISH" in (reason.settles or "") for reason in found.reasons)


@pytest.mark.parametrize("total", [3, 4, 5, 6])
def test_L06_polysomy_21_is_not_iamp21_whatever_the_count(total: int) -> None:
    assert lesion(copies(base=diploid("x", "x", c21=(total, total // 2))), "iamp21").state is N


def test_L06_copies_at_their_limits_with_down_syndrome_need_one_more() -> None:
    pieces = ((22.6, 3, 1), (33.0, 4, 1), (41.0, 5, 1), (46.7, 3, 1))
    assert lesion(copies(chr21=pieces), "iamp21").state is D
    assert lesion(copies(chr21=pieces, person=patient(down_syndrome=True)), "iamp21").state is not D
    trisomy = copies(base=diploid("x", "x", c21=(3, 1)), person=patient(down_syndrome=True), purity=0.9)
    assert lesion(trisomy, "iamp21").state is N


def test_L06_etv6_runx1_with_extra_runx1_signals_is_not_iamp21() -> None:
    uneven = ((30.0, 2, 1), (34.9, 3, 1), (41.0, 5, 1), (46.7, 3, 1))
    case = copies(chr21=uneven, junctions=[fusion_junction(GENOME, "ETV6::RUNX1")])
    assert lesion(case, "iamp21").state is N
    fish = "nuc ish(RUNX1x5)[180/200]"
    by_fish = lesion(case_of(GENOME, junctions=[fusion_junction(GENOME, "ETV6::RUNX1")], karyotype=fish), "iamp21")
    assert by_fish.state is not D


@pytest.mark.parametrize(
    "karyotype",
    ["47,XX,+21[20]", "46,XX,dup(21)(q22q22)[20]", "46,XX,add(21)(q22)[20]", "46,XX,-21,+mar[20]"],
)
def test_L06_a_karyotype_alone_is_equivocal_and_asks_for_fish(karyotype: str) -> None:
    found = lesion(case_of(GENOME, karyotype=karyotype), "iamp21")
    assert found.state is not D
    assert found.state is not N
    assert any("FISH" in (reason.settles or "") for reason in found.reasons)


def test_L06_an_inherited_rob_15_21_prompts_and_is_not_called() -> None:
    case = case_of(GENOME, karyotype="45,XX,rob(15;21)(q10;q10)c[20]")
    calls = call_all(case)
    assert calls["iamp21"].state is not D
    assert "rob_15_21" in [prompt["id"] for prompt in prompts(case, calls)]


def test_L06_without_purity_copies_are_no_certain_count() -> None:
    table = copies(chr21=IAMP21["typical 6"], alleles=False, file_purity=None)
    assert lesion(table, "iamp21").state is Q


def test_L06_purity_below_a_fifth_and_bins_of_a_megabase_exclude_nothing() -> None:
    plus8 = diploid("x", "x", c8=(3, 1))
    assert lesion(copies(base=plus8, file_purity=0.15), "iamp21").state is X
    assert lesion(copies(base=plus8, resolution=1_000_000), "iamp21").state is X


def test_L06_false_duplications_of_grch38_do_not_split_the_amplicon() -> None:
    hole: Span = ("21", 34_446_688, 34_512_214, 1, 0)  # KCNE1, next to RUNX1
    assert lesion(copies(hole, chr21=IAMP21["typical 6"]), "iamp21").state is D


def test_L06_no_published_coordinates_of_the_common_region_are_claimed() -> None:
    rows = KNOWLEDGE.table("iamp21_anchors")
    assert {row["mark"] for row in rows if row["role"] in ("telomere", "proximal")} == {"E"}
    assert {row["mark"] for row in rows if row["role"] in ("runx1", "anchor")} == {"C"}


# ---------------------------------------------------------------- hypodiploidy


@pytest.mark.parametrize(
    ("made", "state", "subtype", "masked"),
    [
        pytest.param(hypodiploid(26, "female", 1), D, "near_haploid", False, id="26"),
        pytest.param(hypodiploid(26, "female", 1, True), D, "near_haploid", True, id="52 by doubling"),
        pytest.param(hypodiploid(36, "male", 1), D, "low_hypodiploid", False, id="36"),
        pytest.param(hypodiploid(36, "male", 1, True), D, "low_hypodiploid", True, id="72 by doubling"),
        pytest.param(hyperdiploid(55, "female", 5), N, None, False, id="hyperdiploid 55"),
        pytest.param(hyperdiploid(66, "female", 6), N, None, False, id="hyperdiploid 66 is no near-triploidy"),
    ],
)
def test_L07_toy_karyotypes(made: Simulated, state: State, subtype: str | None, masked: bool) -> None:
    found = lesion(copies(base=made), "hypodiploidy")
    assert (found.state, found.subtype, found.masked) == (state, subtype, masked)


@pytest.mark.parametrize("made", [NORMAL, hyperdiploid(55, "female", 5), hypodiploid(27, "female", 3, True)])
def test_L07_total_copies_never_exclude_the_masked_form(made: Simulated) -> None:
    found = lesion(copies(base=made, alleles=False, purity=0.8), "hypodiploidy")
    assert found.state in (X, Q)
    assert "INPUT_LACKS_BAF" in codes(found)


def test_L07_total_copies_of_an_open_ploidy_exclude_no_tp53_deletion() -> None:
    found = call_all(copies(base=hypodiploid(27, "female", 3, True), alleles=False, purity=0.8))
    assert found["tp53_deletion"].state is not N


def test_L07_every_scheme_of_cut_offs_is_printed() -> None:
    found = lesion(copies(base=hypodiploid(31, "female", 3)), "hypodiploidy")
    by_scheme = {row["scheme"]: row["category"] for row in found.details["schemes"]}
    assert (by_scheme["Holmfeldt 2013"], by_scheme["Safavi & Paulsson 2017"]) == ("near-haploid", "low hypodiploid")


@pytest.mark.parametrize(
    ("karyotype", "state"),
    [
        ("27,X,+X,+14,+18,+21[5]/54,idemx2[8]/46,XX[7]", D),
        ("36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[4]/46,XX[16]", D),
        ("36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[1]/46,XX[19]", Q),
        ("46,XX[20]", X),
        ("45,XX,-7[20]", N),
        ("45,XX,dic(9;20)(p13;q11)[20]", N),
    ],
)
def test_L07_karyotypes(karyotype: str, state: State) -> None:
    assert lesion(case_of(GENOME, karyotype=karyotype), "hypodiploidy").state is state


def test_L07_a_dna_index_is_a_hint_and_never_a_negative() -> None:
    assert lesion(case_of(GENOME, dna_index=0.78), "hypodiploidy").state is Q
    assert lesion(case_of(GENOME, dna_index=1.0), "hypodiploidy").state is X


def test_L07_four_disomies_may_be_descent_from_related_parents() -> None:
    found = lesion(copies(base=diploid("x", "x", **{f"c{c}": (2, 0) for c in (2, 3, 9, 17)})), "hypodiploidy")
    assert found.state is Q
    assert any("remission" in (reason.settles or "") for reason in found.reasons)


def test_L07_purity_below_thirty_percent_excludes_nothing() -> None:
    assert lesion(copies(base=hyperdiploid(55, "female", 3), file_purity=0.2), "hypodiploidy").state is X


def test_L07_an_isochromosome_is_one_centromere() -> None:
    arm = GENOME.arms[("17", "p")]
    spans: tuple[Span, ...] = (("17", 1, arm.end, 1, 0), ("17", arm.end + 1, GENOME.contig_lengths["17"], 3, 1))
    case = copies(*spans, purity=0.9)
    assert case.profile is not None
    assert case.profile.modal_number == 46


def test_L07_low_hypodiploidy_prompts_for_tp53_of_the_germline_and_near_haploidy_does_not() -> None:
    case = case_of(GENOME)
    for subtype, expected in (("low_hypodiploid", True), ("near_haploid", False)):
        calls = all_calls(hypodiploidy=given("hypodiploidy", D, subtype))
        assert any("TP53" in str(p["text"]) for p in prompts(case, calls)) is expected


# ---------------------------------------------------------------- TP53


def test_L08_states() -> None:
    mutation = mut.variant("TP53", "p.Arg175His", vaf=0.8)
    deleted = copies(TP53_DEL)
    both = replace(deleted, small=mut.case(GENOME, (mutation,)).small)
    assert lesion(both, "tp53_alteration").subtype == "mut+del"
    assert lesion(deleted, "tp53_alteration").subtype == "del_mono"
    assert lesion(copies(("17", 7_600_000, 7_700_000, 0, 0)), "tp53_alteration").subtype == "del_homo"
    arm: Span = ("17", 1, GENOME.arms[("17", "p")].end, 1, 0)
    assert lesion(copies(arm), "tp53_alteration").subtype == "arm"
    assert lesion(copies(base=diploid("45", "x", c17=(1, 0))), "tp53_alteration").subtype == "whole_chromosome"
    neutral = replace(copies(("17", 1, 22_000_000, 2, 0)), small=mut.case(GENOME, (mutation,)).small)
    assert lesion(neutral, "tp53_alteration").subtype == "mut+cnLOH"


def test_L08_loss_of_heterozygosity_alone_is_no_alteration() -> None:
    for case in (copies(("17", 1, 22_000_000, 2, 0)), copies(base=hypodiploid(27, "female", 3, True))):
        found = lesion(case, "tp53_alteration")
        assert (found.state, found.subtype) == (Q, "cnLOH")
        assert "may still be normal" in texts(found)


@pytest.mark.parametrize("karyotype", ["46,XX,del(17)(p13)[20]", "46,XX,i(17)(q10)[20]", "46,XX,add(17)(p11)[20]"])
def test_L08_17p_of_a_karyotype_is_equivocal(karyotype: str) -> None:
    assert lesion(case_of(GENOME, karyotype=karyotype), "tp53_deletion").state is Q


def test_L08_a_deletion_in_the_normal_too_is_not_of_the_leukaemia() -> None:
    def junction(*flags: str, reads: int = 12) -> Junction:
        ends = Breakend("17", 7_670_000, "L"), Breakend("17", 7_680_000, "R")
        return join(*ends, svtype="DEL", split_reads=reads, filter="PASS", flags=flags)

    for id in ("tp53_deletion", "tp53_alteration"):
        assert lesion(case_of(GENOME, junctions=[junction()]), id).state is D
        assert lesion(case_of(GENOME, junctions=[junction("possible_germline")]), id).state is not D
        assert lesion(case_of(GENOME, junctions=[junction(reads=1)]), id).state is not D
    ends = Breakend("7", 50_376_000, "L"), Breakend("7", 50_392_000, "R")
    shared = join(*ends, svtype="DEL", split_reads=12, filter="PASS", flags=("possible_germline",))
    assert lesion(case_of(GENOME, junctions=[shared]), "ikzf1_deletion").state is not D


def test_L08_a_common_change_is_no_mutation() -> None:
    assert mutated("tp53_alteration", mut.variant("TP53", "p.Pro72Arg"), purity=0.9).state is not D


def test_L08_a_mutation_that_may_be_germline_asks_for_confirmation() -> None:
    variant = mut.variant("TP53", "p.Arg175His", vaf=0.48, flags=("possible_germline",))
    found = mutated("tp53_alteration", variant, purity=0.9)
    assert "NEEDS_GERMLINE" in codes(found)
    assert "confirm" in texts(found)


def test_L08_coarse_bins_exclude_no_focal_deletion() -> None:
    found = lesion(copies(base=diploid("x", "x", c8=(3, 1)), resolution=1_000_000), "tp53_deletion")
    assert found.state is X


# ---------------------------------------------------------------- NT5C2


@pytest.mark.parametrize(("vaf", "depth"), [(0.10, 89), (0.05, 181), (0.02, 456), (0.01, 913), (0.005, 1829)])
def test_L09_depths_of_the_detection_limits(vaf: float, depth: int) -> None:
    assert depth_needed(vaf, KNOWLEDGE) == depth
    limit, less = detection_limit(depth, KNOWLEDGE), detection_limit(depth - 1, KNOWLEDGE)
    assert limit is not None
    assert less is not None
    assert limit.vaf == vaf
    assert less.vaf > vaf


def test_L09_a_negative_names_its_vaf_and_rests_on_the_least_depth() -> None:
    depths = mut.hotspot_depths(GENOME, 2000, "NT5C2")
    place = next(iter(depths))
    depths[place] = replace(depths[place], depth=456)
    found = mutated("nt5c2", depths=depths, purity=0.9, assay="panel")
    assert found.state is N
    assert "VAF ≥ 2 %" in found.summary
    assert found.detection_limit is not None
    assert found.detection_limit.reads == 456


def test_L09_without_depth_a_clonal_negative_is_not_enough() -> None:
    found = mutated("nt5c2", purity=0.9, assay="wgs")
    assert found.state is X
    assert "DEPTH_BELOW_LOD" in codes(found)
    del_one = mut.hotspot_depths(GENOME, 2000, "NT5C2")
    del del_one[next(iter(del_one))]
    assert mutated("nt5c2", depths=del_one, purity=0.9, assay="panel").state is X


def test_L09_q523_stop_activates_and_loss_of_function_elsewhere_does_not() -> None:
    assert mutated("nt5c2", mut.variant("NT5C2", "p.Gln523Ter"), purity=0.6).state is D
    other = mutated("nt5c2", mut.variant("NT5C2", "p.Arg100Ter"), purity=0.6, assay="wgs")
    assert other.state is not D
    assert "not thiopurine resistance" in texts(other)


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("p.Arg367Gln", "established"),
        ("p.Lys359Gln", "established"),
        ("p.Arg39Gln", "established"),
        ("p.Ser360Leu", "probable"),
        ("p.Ala500Thr", None),
    ],
)
def test_L09_tiers(name: str, tier: str | None) -> None:
    assert mutated("nt5c2", mut.variant("NT5C2", name), purity=0.6).tier == tier


def test_L09_several_mutations_are_kept_apart() -> None:
    two = (mut.variant("NT5C2", "p.Arg367Gln", vaf=0.031), mut.variant("NT5C2", "p.Arg238Trp", vaf=0.02))
    found = mutated("nt5c2", *two, purity=0.8)
    assert found.state is SUB
    assert len(found.details["mutations"]) == 2
    assert "kept apart" in found.summary


def test_L09_the_discordant_outcome_is_quoted_as_a_range_and_its_cut_off_as_unknown() -> None:
    found = mutated("nt5c2", mut.variant("NT5C2", "p.Arg367Gln", vaf=0.031), purity=0.8)
    assert "19–25 %" in texts(found)
    assert "cut-off of that cohort is not known" in texts(found)


def test_L09_nt5c2_is_a_hotspot_though_generic_lists_lack_it() -> None:
    genes = {spot.gene for spot in hotspot_codons(GENOME, KNOWLEDGE)}
    assert {"NT5C2", "PRPS1", "NR3C1", "MEN1", "STAT5B", "JAK2", "PAX5", "IKZF1", "NSD2"} <= genes


def test_L09_a_call_that_its_caller_filtered_is_not_certain() -> None:
    found = mutated("nt5c2", mut.variant("NT5C2", "p.Arg367Gln", filter="weak_evidence"), purity=0.8)
    assert found.state is Q


# ---------------------------------------------------------------- IKZF1, IKZF1plus


@pytest.mark.parametrize(
    ("name", "spans", "state"),
    [
        ("homozygous CDKN2A", (IK6, CDKN2_HOMO), D),
        ("heterozygous CDKN2A does not count", (IK6, CDKN2_HETERO), N),
        ("PAX5", (IK6, PAX5_DEL), D),
        ("PAR1", (IK6, PAR1_DEL), D),
        ("ERG deletion rules it out", (IK6, PAX5_DEL, ERG_DEL), N),
        ("without IKZF1", (CDKN2_HOMO, PAX5_DEL), N),
    ],
)
def test_L10_ikzf1plus_clauses(name: str, spans: tuple[Span, ...], state: State) -> None:
    assert lesion(copies(*spans, par_mode="y_masked"), "ikzf1_plus").state is state, name


def test_L10_ikzf1plus_is_open_where_par1_or_erg_is() -> None:
    assert lesion(copies(IK6, par_mode="unknown"), "ikzf1_plus").state is Q


@pytest.mark.parametrize(
    ("start", "end"), [(50_376_000, 50_392_000), (50_300_000, 50_410_000), (50_327_000, 50_330_000)]
)
def test_L10_any_exonic_deletion_counts_and_says_its_exons(start: int, end: int) -> None:
    found = lesion(copies(("7", start, end, 1, 0)), "ikzf1_deletion")
    assert found.state is D
    assert found.details["exons"]


def test_L10_loss_with_the_whole_chromosome_is_said() -> None:
    found = lesion(copies(base=diploid("45", "x", c7=(1, 0))), "ikzf1_deletion")
    assert (found.state, found.subtype) == (D, "whole_chromosome")


def test_L10_bins_wider_than_exons_and_low_purity_exclude_nothing() -> None:
    plus8 = diploid("x", "x", c8=(3, 1))
    assert lesion(copies(base=plus8, resolution=50_000), "ikzf1_deletion").state is X
    assert lesion(copies(base=plus8, file_purity=0.25), "ikzf1_deletion").state is X


# ---------------------------------------------------------------- CDKN2A/B, PAX5, ETV6, RB1, BTG1, EBF1


def test_L11_homozygous_and_heterozygous_losses_are_told_apart() -> None:
    assert lesion(copies(CDKN2_HOMO), "cdkn2ab_deletion").subtype == "homozygous"
    assert lesion(copies(CDKN2_HETERO), "cdkn2ab_deletion").subtype != "homozygous"


def test_L12_p80r_asks_for_the_other_allele() -> None:
    alone = mutated("pax5_p80r", mut.variant("PAX5", "p.Pro80Arg"), purity=0.6)
    assert "no change of the other PAX5 allele seen" in texts(alone)
    lost = mut.profile(genes={"PAX5": mut.copies("PAX5", "deletion", 1, 0)})
    assert mutated("pax5_p80r", mut.variant("PAX5", "p.Pro80Arg"), profile=lost).details["biallelic"] is True


def test_L12_an_amplification_of_exons_2_to_5_is_an_alteration_and_no_subtype() -> None:
    region = GENOME.region("PAX5_e2_e5")
    found = lesion(copies(("9", region.start - 500, region.end + 500, 5, 1)), "pax5")
    assert (found.state, found.subtype) == (D, "amplification")
    assert "NEEDS_GEX" in codes(found)


def test_L12_silent_rna_and_no_copies_are_said_without_contradiction() -> None:
    found = lesion(case_of(GENOME, fusions=[OTHER]), "pax5")
    assert found.state is X
    assert "cannot show this lesion" in texts(found)
    assert "could not decide" not in texts(found)
    assert "deletion is not excluded" in found.summary


def test_L13_vpreb1_is_v_d_j_recombination() -> None:
    gene = GENOME.gene("VPREB1")
    assert gene is not None
    found = call_all(copies(("22", gene.start - 5_000, gene.end + 5_000, 1, 0)))
    assert "VPREB1" not in {gene for call in found.values() if call.state.present for gene in call.genes}


def test_L13_rb1_within_a_deletion_of_13q14_that_spares_it_is_not_lost() -> None:
    assert lesion(copies(("13", 50_000_000, 51_000_000, 1, 0)), "rb1_deletion").state is N


# ---------------------------------------------------------------- PAR1 and CRLF2


@pytest.mark.parametrize(
    ("mode", "spans", "state"),
    [
        ("y_masked", (PAR1_DEL,), D),
        ("unknown", (PAR1_DEL,), X),
        ("y_masked", (), N),
        ("unknown", (), X),
        ("y_present", (), X),
    ],
)
def test_L14_copies_of_par1_need_the_mapping_of_y(mode: Any, spans: tuple[Span, ...], state: State) -> None:
    base = diploid("x", "x", c8=(3, 1))
    assert lesion(copies(*spans, base=base, par_mode=mode), "par1_deletion").state is state


def test_L14_a_boys_single_x_is_no_deletion_of_par1() -> None:
    found = lesion(copies(base=diploid("x", "x", "male", c8=(3, 1)), par_mode="y_masked"), "par1_deletion")
    assert found.state is not D


def test_L14_p2ry8_crlf2_needs_a_junction_or_rna() -> None:
    assert lesion(copies(PAR1_DEL, par_mode="y_masked"), "crlf2_r").state is Q
    assert call(case_of(GENOME, fusions=[rna("P2RY8", "CRLF2")]), "crlf2_r").state is D
    assert call(case_of(GENOME, junctions=[fusion_junction(GENOME, "P2RY8::CRLF2")]), "crlf2_r").state is D


def test_L15_igh_crlf2_makes_no_chimeric_transcript() -> None:
    found = call(case_of(GENOME, fusions=[OTHER]), "crlf2_r")
    assert found.state is X
    assert any("enhancer" in limit for limit in found.limits)


def test_L15_f232c_is_a_mutation_and_no_rearrangement() -> None:
    case = mut.case(GENOME, (mut.variant("CRLF2", "p.Phe232Cys"),), purity=0.6)
    assert registered()["jak_stat_mutation"].rule(case).state is D
    assert registered()["crlf2_r"].rule(case).state is X


def test_L15_crlf2_r_with_iamp21_is_no_label_of_its_own() -> None:
    entities = classify(all_calls(crlf2_r=D, iamp21=D), patient(immunophenotype="BCP"), KNOWLEDGE)
    for entity in entities:
        assert entity.entity is not None
        assert "iAMP21" in entity.entity
        assert not any("BCR::ABL1-like" in other for other in entity.also)


# ---------------------------------------------------------------- kinases, hyperdiploidy, ETV6::RUNX1


def test_L16_jak2_needs_its_kinase_domain() -> None:
    assert call(case_of(GENOME, fusions=[rna("PAX5", "JAK2")]), "jak2_r").state is D
    cut = fusion_junction(GENOME, "PAX5::JAK2", five_exon=5, three_exon=24)
    assert call(case_of(GENOME, junctions=[cut]), "jak2_r").state is not D


def test_L16_jak2_v617f_may_be_clonal_haematopoiesis() -> None:
    found = mutated("jak_stat_mutation", mut.variant("JAK2", "p.Val617Phe"), purity=0.6)
    assert "clonal haematopoiesis" in texts(found)


def test_L16_epor_is_never_excluded_by_fusion_tables() -> None:
    assert call(case_of(GENOME, fusions=[OTHER], junctions=[PASSENGER]), "epor_r").state is X


def test_L17_total_copies_leave_masked_hypodiploidy_open() -> None:
    found = lesion(copies(base=hyperdiploid(55, "female", 3), alleles=False, purity=0.8), "high_hyperdiploidy")
    assert found.state is Q
    assert "masked hypodiploidy" in found.summary


@pytest.mark.parametrize(
    ("gains", "good"),
    [
        (("17", "18", "21", "14", "6", "X"), True),
        (("18", "21", "14", "6", "X", "10"), True),
        (("18", "5", "21", "14", "6", "X"), False),
        (("17", "20", "21", "14", "6", "X"), False),
        (("21", "14", "6", "X", "10", "4"), False),
    ],
)
def test_L17_ukall_pattern(gains: tuple[str, ...], good: bool) -> None:
    base = diploid("52", "x", **{f"c{c}": (3, 1) for c in gains})
    found = lesion(copies(base=base), "high_hyperdiploidy")
    assert found.state is D
    assert bool(found.details["ukall_good_risk"]) is good


def test_L17_double_and_triple_trisomy() -> None:
    base = diploid("52", "x", **{f"c{c}": (3, 1) for c in ("4", "10", "17", "21", "14", "X")})
    found = lesion(copies(base=base), "high_hyperdiploidy")
    assert found.details["double_trisomy_4_10"]
    assert found.details["triple_trisomy_4_10_17"]


def test_L18_no_karyotype_excludes_etv6_runx1_and_no_dna_gives_the_like_entity() -> None:
    assert call(case_of(GENOME, karyotype="47,XX,+8,t(2;13)(p11;q14)[20]"), "etv6_runx1").state is X
    entities = classify(all_calls(etv6_deletion=D, ikzf1_deletion=D), patient(immunophenotype="BCP"), KNOWLEDGE)
    assert not any("ETV6::RUNX1-like" in (entity.entity or "") for entity in entities)


# ---------------------------------------------------------------- other subtypes


def test_L20_dux4_is_never_excluded_by_dna() -> None:
    found = call(case_of(GENOME, junctions=[PASSENGER], fusions=[OTHER]), "dux4_r")
    assert found.state is X
    assert "REPEAT_REGION" in codes(found)


def test_L20_an_erg_deletion_is_a_hint_at_dux4_and_no_proof() -> None:
    assert lesion(copies(ERG_DEL), "dux4_r").state is Q


def test_L21_znf384_with_tcf3_is_one_fusion_in_two_lesions() -> None:
    found = call_all(case_of(GENOME, fusions=[rna("TCF3", "ZNF384"), OTHER]))
    assert (found["znf384_r"].state, found["tcf3_r"].state) == (D, D)


def test_L22_mef2d_csf1r_is_abl_class() -> None:
    case = case_of(GENOME, fusions=[rna("MEF2D", "CSF1R"), OTHER])
    assert call(case, "abl_class").state is D
    assert call(case, "mef2d_r").state is not D


def test_L24_ubtf_atxn7l3_in_rna_alone_may_be_read_through() -> None:
    through = rna("UBTF", "ATXN7L3", flags=("read_through",))
    assert call(case_of(GENOME, fusions=[through, OTHER]), "cdx2_ubtf").state is not D


def test_L25_ig_breaks_near_myc_and_bcl2_are_a_double_hit() -> None:
    case = case_of(GENOME, karyotype="46,XX,t(8;14)(q24;q32),t(14;18)(q32;q21)[20]")
    assert call(case, "myc_r").details.get("double_hit") is True


def test_L26_recombination_within_the_receptor_loci_is_no_lesion() -> None:
    igh = GENOME.region("IGH_locus") if "IGH_locus" in {r.name for r in GENOME.regions()} else None
    low, high = (igh.start, igh.end) if igh else (105_586_437, 106_879_844)
    ends = Breakend("14", low + 100_000, "L"), Breakend("14", high - 100_000, "R")
    vdj = join(*ends, split_reads=9, paired_reads=9, flags=("ig_tr_rearrangement",))
    for id in ("igh_il3", "cebp_id4_r", "myc_r", "crlf2_r", "dux4_r"):
        assert call(case_of(GENOME, junctions=[vdj]), id).state is not D


def test_L28_only_the_named_change_of_codon_159() -> None:
    assert mutated("ikzf1_n159y", mut.variant("IKZF1", "p.Asn159Tyr"), purity=0.6).state is D
    assert mutated("ikzf1_n159y", mut.variant("IKZF1", "p.Asn159Ser"), purity=0.6).state is not D


# ---------------------------------------------------------------- T-ALL


def test_L30_stil_tal1_of_single_normal_cells_does_not_count() -> None:
    rare = fusion_junction(GENOME, "STIL::TAL1", vaf=0.01)
    assert call(case_of(GENOME, junctions=[rare]), "stil_tal1").state is not D
    assert call(case_of(GENOME, junctions=[fusion_junction(GENOME, "STIL::TAL1")]), "stil_tal1").state is D


def test_L30_the_mute_insertion_activates_tal1() -> None:
    site = next(row for row in KNOWLEDGE.table("regulatory_regions") if row["id"] == "tal1_mute")
    variant = mut.variant("TAL1", chrom="1", pos=int(site["GRCh38_start"]), ref="G", alt="GACGTTA", consequence="")
    assert registered()["t_all_r"].rule(mut.case(GENOME, (variant,))).state is D


@pytest.mark.parametrize(
    ("name", "state"),
    [("p.Leu1600Pro", D), ("p.Gln2440Ter", D), ("p.Gln500Ter", X)],
)
def test_L30_notch1_by_its_domains(name: str, state: State) -> None:
    assert mutated("notch1_fbxw7", mut.variant("NOTCH1", name), purity=0.6).state is state


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({"notch1_fbxw7": D}, "gLoR"),
        ({"notch1_fbxw7": D, "pten": D}, "gHiR"),
        ({"notch1_fbxw7": D, "ras_pathway": given("ras_pathway", D, genes=("NRAS",))}, "gHiR"),
        ({}, "gHiR"),
        ({"notch1_fbxw7": X}, None),
        ({"notch1_fbxw7": D, "pten": X}, None),
    ],
)
def test_L30_classifier_needs_all_four(changed: dict[str, Any], group: str | None) -> None:
    found = [
        r
        for r in evaluate_schemes(all_calls(**changed), relapse(lineage="T"), KNOWLEDGE, "diagnosis")
        if "T-ALL" in r.scheme
    ]
    assert [r.group for r in found] == [group]


def test_L30_etp_needs_flow() -> None:
    entities = classify(all_calls(), patient(immunophenotype="T"), KNOWLEDGE)
    assert all("early" not in (entity.entity or "").lower() for entity in entities)


# ---------------------------------------------------------------- UKALL-CNA


@pytest.mark.parametrize(
    ("changed", "three", "two"),
    [
        ({}, "Good", "Good"),
        ({"etv6_deletion": D}, "Good", "Good"),
        ({"etv6_deletion": D, "cdkn2ab_deletion": D}, "Good", "Good"),
        ({"cdkn2ab_deletion": D}, "Intermediate", "Poor"),
        ({"cdkn2ab_deletion": D, "pax5_deletion": D}, "Intermediate", "Poor"),
        ({"rb1_deletion": D}, "Poor", "Poor"),
        ({"par1_deletion": D, "etv6_deletion": D}, "Poor", "Poor"),
    ],
)
def test_L31_two_versions(changed: dict[str, Any], three: str, two: str) -> None:
    calls, child = all_calls(**changed), patient(immunophenotype="BCP")
    assert scheme("UKALL-CNA", calls, child, "2019").group == three
    assert scheme("UKALL-CNA", calls, child, "2024").group == two


def test_L31_a_missing_gene_is_tried_both_ways() -> None:
    child = patient(immunophenotype="BCP")
    open_etv6 = all_calls(cdkn2ab_deletion=D, etv6_deletion=X)
    assert scheme("UKALL-CNA", open_etv6, child, "2024").group in (None, "Inconclusive")
    settled = all_calls(ikzf1_deletion=D, etv6_deletion=X)
    assert scheme("UKALL-CNA", settled, child, "2019").group == "Poor"


def test_L31_it_is_not_for_t_all_and_says_so_of_other_baselines() -> None:
    assert scheme("UKALL-CNA", all_calls(), patient(immunophenotype="T"), "2019").group is None
    flagged = scheme("UKALL-CNA", all_calls(high_hyperdiploidy=D), patient(immunophenotype="BCP"), "2019")
    assert any("baseline" in text for text in (*flagged.flags, *flagged.notes))


# ---------------------------------------------------------------- orientation, karyotypes


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("BCR::ABL1", {"BCR": "L", "ABL1": "R"}),
        ("ETV6::RUNX1", {"ETV6": "L", "RUNX1": "L"}),
        ("TCF3::PBX1", {"TCF3": "R", "PBX1": "R"}),
        ("EBF1::PDGFRB", {"EBF1": "R", "PDGFRB": "L"}),
        ("P2RY8::CRLF2", {"P2RY8": "R", "CRLF2": "L"}),
        ("STIL::TAL1", {"STIL": "R", "TAL1": "L"}),
        ("NUP214::ABL1", {"NUP214": "L", "ABL1": "R"}),
    ],
)
def test_1_A_sides_of_the_seven_fusions(name: str, sides: dict[str, str]) -> None:
    junction = fusion_junction(GENOME, name)
    assert junction.right is not None
    five, three = (GENOME.gene(gene) for gene in name.split("::"))
    assert five is not None
    assert three is not None
    assert (five.five_prime_side, three.three_prime_side) == tuple(sides.values())
    assert {junction.left.keeps, junction.right.keeps} == set(sides.values())


@pytest.mark.parametrize(
    ("text", "counts", "metaphases"),
    [
        ("45~46,XX,-7[cp8]", [(45, 46)], 8),
        ("27,X,+X,+14,+18,+21[5]/54,idemx2[8]/46,XX[7]", [(27, 27), (54, 54), (46, 46)], 20),
        ("68<3n>,XXX[10]", [(68, 68)], 10),
        ("46,XX[3]//46,XY[17]", [(46, 46), (46, 46)], 3),
    ],
)
def test_1_B_clones_and_metaphases(text: str, counts: list[tuple[int, int]], metaphases: int) -> None:
    found = parse_karyotype(text)
    assert [(clone.low, clone.high) for clone in found.clones] == counts
    assert found.metaphases == metaphases


def test_1_B_an_unknown_token_is_kept_and_hides_nothing() -> None:
    found = parse_karyotype("46,XX,t(9;22)(q34;q11.2),zzz(3)(q2)[20]")
    assert found.unread
    assert call(case_of(GENOME, karyotype="46,XX,t(9;22)(q34;q11.2),zzz(3)(q2)[20]"), "bcr_abl1").state is D
    assert call(case_of(GENOME, karyotype="46,XX,+8,zzz(3)(q2)[20]"), "bcr_abl1").state is X


def test_1_B_donor_cells_are_no_clone_of_the_leukaemia() -> None:
    found = parse_karyotype("45,XX,-7[3]//46,XY[17]")
    assert [clone.low for clone in acquired_clones(found)] == [45]


def test_1_B_counts_of_fish_signals() -> None:
    found = parse_karyotype("nuc ish(RUNX1x5~8)[180/200]")
    assert [(p.gene, p.signals_low, p.signals_high, p.cells, p.scored) for p in found.fish] == [
        ("RUNX1", 5, 8, 180, 200)
    ]


# ---------------------------------------------------------------- relapse genes


@pytest.mark.parametrize(
    ("gene", "name", "drug"),
    [
        ("PRPS1", "p.Ala190Thr", "thiopurines"),
        ("CREBBP", "p.Arg1446Cys", "glucocorticoids"),
        ("NSD2", "p.Glu1099Lys", "glucocorticoids"),
        ("NR3C1", "p.Gln100Ter", "glucocorticoids"),
        ("MSH2", "p.Gln100Ter", "thiopurines"),
        ("FPGS", "p.Gln100Ter", "methotrexate"),
        ("MEN1", "p.Met322Ile", "menin inhibitors"),
    ],
)
def test_2_1_genes_and_their_drugs(gene: str, name: str, drug: str) -> None:
    found = mutated("relapse_genes", mut.variant(gene, name), purity=0.6)
    assert found.state is D
    assert drug in str(found.details["hits"][0]["drug"])


@pytest.mark.parametrize(
    ("gene", "name"),
    [("PRPS1", "p.Arg196Ter"), ("PRPS1", "p.Gln10Leu"), ("CREBBP", "p.Pro500Leu"), ("FPGS", "p.Ala100Thr")],
)
def test_2_1_the_wrong_kind_of_change_does_not_count(gene: str, name: str) -> None:
    assert mutated("relapse_genes", mut.variant(gene, name), purity=0.6).state is not D


def test_2_1_codons_of_prps1_that_the_source_does_not_list_are_field_knowledge() -> None:
    rows = {row["id"]: row for row in KNOWLEDGE.table("gene_mutation_rules")}
    assert set(rows["relapse_genes.prps1"]["codons"].split(";")) == set(PRPS1_CODONS)
    assert (rows["relapse_genes.prps1"]["mark"], rows["relapse_genes.prps1_more"]["mark"]) == ("S", "K")


def test_2_1_a_kinase_domain_mutation_counts_beside_a_fusion_alone() -> None:
    t315i = mut.variant("ABL1", "p.Thr315Ile")
    assert mutated("relapse_genes", t315i, purity=0.6).state is Q
    with_ph = mutated("relapse_genes", t315i, purity=0.6, calls={"bcr_abl1": given("bcr_abl1", D)})
    assert with_ph.state is D
    assert "+19" in texts(with_ph)


def test_2_1_numberings_of_abl1_and_men1() -> None:
    offsets = {(row["gene"], row["transcript"]): row["offset"] for row in KNOWLEDGE.table("isoform_numbering")}
    assert offsets["ABL1", "NM_007313"] == "19"
    assert offsets["MEN1", "NM_000244"] == "5"
    codons = {spot.codon for spot in hotspot_codons(GENOME, KNOWLEDGE) if spot.gene == "ABL1"}
    assert 315 in codons
    assert 334 not in codons


@pytest.mark.parametrize(
    ("copies_of", "direction"),
    [
        (None, "unknown"),
        (("normal", 2, 1), "unknown"),
        (("deletion", 1, 0), "contraindicated"),
        (("cnloh", 2, 0), "contraindicated"),
    ],
)
def test_2_1_antigen_loss_needs_both_alleles(copies_of: tuple[str, int, int] | None, direction: str) -> None:
    profile = mut.profile(genes={"CD19": mut.copies("CD19", *copies_of)}) if copies_of else None
    stop = mut.variant("CD19", "p.Gln100Ter")
    found = mutated("antigen_loss", stop, profile=profile)
    assert "flow" in texts(found)
    therapies = match_therapies(all_calls(antigen_loss=found), [stop], KNOWLEDGE, profile)
    blinatumomab = [t for t in therapies if t.drug == "blinatumomab"]
    assert [t.direction for t in blinatumomab] == [direction]


def test_2_1_a_change_in_exon_2_of_cd19_is_open() -> None:
    transcript = GENOME.transcript("CD19")
    assert transcript is not None
    exon = next(e for e in transcript.exons if e.rank == 2)
    variant = mut.variant("CD19", "p.Leu80Pro", pos=exon.start + 10)
    assert mutated("antigen_loss", variant, purity=0.6).state is Q


def test_2_1_genes_lost_with_a_whole_chromosome_are_not_said_to_be_kept() -> None:
    case = replace(copies(base=hypodiploid(36, "female", 1)), small=mut.case(GENOME, ()).small)
    assert case.profile is not None
    lost = [g for g in ("MSH2", "MLH1", "CREBBP", "PMS2") if case.profile.genes[g].call == "deletion"]
    assert lost
    found = lesion(replace(case, sample=replace(case.sample, assay="wgs")), "relapse_genes")
    kept = " ".join(r.text for r in found.reasons if r.text.startswith("copy number shows no deletion"))
    assert not any(gene in kept for gene in lost)
    assert "lost with more of the chromosome" in texts(found)


# ---------------------------------------------------------------- evolution, burden, cell fractions


def seen(value: float, half: float = 0.03, depth: int = 2000) -> Seen:
    low, high = max(0.0, value - half), value + half
    reads = round(value / 2 * depth)
    return Seen(present=True, vaf=value / 2, depth=depth, alt_reads=reads, ccf=value, low=low, high=high)


def unseen(depth: int | None) -> Seen:
    return Seen(present=False, vaf=0.0, depth=depth, alt_reads=0, ccf=0.0, low=0.0, high=0.01)


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (seen(0.95), seen(0.97), "preserved"),
        (unseen(2000), seen(0.6), "gained"),
        (unseen(200), seen(0.6), "gained_or_below_limit"),
        (unseen(912), seen(0.6), "gained_or_below_limit"),
        (seen(0.2), seen(0.6), "rising"),
        (seen(0.6), seen(0.2), "falling"),
    ],
)
def test_2_2_categories_and_power(before: Seen, after: Seen, category: str) -> None:
    assert compare_seen(before, after, ("diagnosis", "relapse"), KNOWLEDGE).category == category


def test_2_3_no_threshold_of_hypermutation_is_shipped_as_published() -> None:
    from annotate.interpret.burden import HYPERMUTATION

    assert KNOWLEDGE.number(HYPERMUTATION) is None  # the row is there for a laboratory's own value


@pytest.mark.parametrize(("purity", "vaf", "depth", "raw"), [(0.8, 0.40, 1000, 1.0), (0.5, 0.05, 1000, 0.2)])
def test_2_4_worked_cell_fractions(purity: float, vaf: float, depth: int, raw: float) -> None:
    variant = mut.variant("NT5C2", "p.Arg367Gln", vaf=vaf, depth=depth)
    found = ccf(variant, None, "female", KNOWLEDGE, genome=GENOME, purity=purity)
    assert found.ccf == pytest.approx(raw, abs=0.01)


def test_2_4_tp53_beside_a_loss_of_17p_is_clonal() -> None:
    case = copies(("17", 1, 22_000_000, 1, 0), file_purity=0.9)
    variant = mut.variant("TP53", "p.Arg175His", vaf=0.82)
    found = ccf(variant, case.profile, "female", KNOWLEDGE, genome=GENOME, purity=0.9)
    assert found.ccf == pytest.approx(1.0, abs=0.01)
    assert found.label == "clonal"


# ---------------------------------------------------------------- risk at relapse


@pytest.mark.parametrize(
    ("months", "after", "bfm", "cog"),
    [(17, -7, "S4", "high"), (24, -1, "S3", "high"), (40, 10, "S2", "low"), (31, 7, "S2", "high")],
)
def test_3_0_timing_differs_between_schemes(months: int, after: int, bfm: str, cog: str) -> None:
    mrd = {"eoi_mrd": 0.0001, "mrd_method": "flow", "mrd_timepoint": "end of block 1"}
    person = relapse(months=months, after=after, **mrd)
    assert scheme("BFM", all_calls(), person).group == bfm
    assert scheme("COG AALL1331", all_calls(), person).group == cog


def test_3_0_the_end_of_therapy_is_never_guessed() -> None:
    found = scheme("BFM", all_calls(), relapse(months=40, after=None))
    assert found.group is None
    assert found.could_change


@pytest.mark.parametrize(
    ("method", "timepoint", "group", "certainty"),
    [
        ("flow", "end of block 1", "low", "certain"),
        ("flow", "end of induction", "low", "provisional"),
        ("flow", "week 12", None, "not_assessable"),
        ("PCR", "end of block 1", None, "not_assessable"),
    ],
)
@pytest.mark.parametrize("mrd", [0.0005, 0.004])
def test_3_2_mrd_is_never_compared_raw_with_another_schemes_cut_off(
    method: str, timepoint: str, group: str | None, certainty: str, mrd: float
) -> None:
    group = "intermediate" if group and mrd > 0.001 else group
    person = relapse(months=40, after=10, eoi_mrd=mrd, mrd_method=method, mrd_timepoint=timepoint)
    found = scheme("COG AALL1331", all_calls(), person)
    assert (found.group, found.certainty) == (group, certainty)
    if method == "flow":  # the cut-off of ALLR3 is of PCR
        assert not [flag for flag in scheme("UK ALLR3", all_calls(), person).flags if "cut-off" in flag]


def test_3_1_no_arm_of_inpog_is_given_and_open_items_leave_it_unresolved() -> None:
    for changed, group in (({}, "NO"), ({"kmt2a_r": X}, "UNRESOLVED"), ({"kmt2a_r": X, "iamp21": D}, "YES")):
        found = scheme("InPOG-ALL-R1", all_calls(**changed), relapse(), "literal")
        assert found.group == group
        assert any("full risk arm: not given" in flag for flag in found.flags)


@pytest.mark.parametrize("id", ["bcr_abl1", "hypodiploidy"])
def test_3_1_an_equivocal_item_is_no_yes(id: str) -> None:
    likely = given(id, Q, leaning="likely")
    assert scheme("InPOG-ALL-R1", all_calls(**{id: likely}), relapse(), "literal").group == "UNRESOLVED"


def test_3_3_irving_gives_annotations_and_no_group() -> None:
    found = scheme("Irving", all_calls(tp53_deletion=D, bcr_abl1=D), relapse("BM", months=40, after=10))
    assert found.group is None
    assert any("2.36" in flag for flag in found.flags)
    assert any("high-risk cytogenetics" in flag for flag in found.flags)


def test_3_4_eckert_has_no_cut_off() -> None:
    person = relapse(months=40, after=10, eoi_mrd=0.0001, mrd_method="PCR", mrd_timepoint="end of induction")
    assert scheme("Eckert", all_calls(), person).group is None


def test_3_no_field_knowledge_is_printed_as_certain_without_saying_so() -> None:
    found = scheme("IntReALL", all_calls(), relapse(months=40, after=10))
    assert found.group == "SR"
    assert any("not re-read" in note or "field knowledge" in note for note in found.notes)


# ---------------------------------------------------------------- entities


def test_4_two_class_defining_lesions_are_a_conflict() -> None:
    entities = classify(all_calls(bcr_abl1=D, high_hyperdiploidy=D), patient(immunophenotype="BCP"), KNOWLEDGE)
    for entity in entities:
        assert "BCR::ABL1" in (entity.entity or "")
        assert entity.certainty == "provisional"
        assert any("CONFLICT" in reason for reason in entity.reasons)


def test_4_entities_of_expression_are_never_given_by_dna() -> None:
    for changed in ({"pax5": D}, {"etv6_deletion": D}, {}):
        for entity in classify(all_calls(**changed), patient(immunophenotype="BCP"), KNOWLEDGE):
            words = entity.entity or ""
            assert not any(word in words for word in ("PAX5alt", "-like", "PAX5 alteration"))


def test_4_dna_does_not_define_the_lineage() -> None:
    entities = classify(all_calls(), patient(), KNOWLEDGE)
    assert all(entity.entity is None for entity in entities)


# ---------------------------------------------------------------- therapies


def test_5_every_approval_has_its_jurisdiction_and_date() -> None:
    for row in KNOWLEDGE.table("therapies"):
        assert row["source"]
        assert row["mark"] in ("S", "K", "C", "E")
        if row["approval_status"]:
            assert row["jurisdiction"]
            assert row["approval_as_of"]


def test_5_t315i_contradicts_what_it_resists_in_the_same_report() -> None:
    t315i = mut.variant("ABL1", "p.Thr315Ile", vaf=0.12)
    ph = given("bcr_abl1", D, "BCR::ABL1 p190", genes=("BCR", "ABL1"), details={"fusion": "BCR::ABL1"})
    kinase = given("relapse_genes", D, genes=("ABL1",), details=hits({"gene": "ABL1", "change": "p.Thr315Ile"}))
    found = match_therapies(all_calls(bcr_abl1=ph, relapse_genes=kinase), [t315i], KNOWLEDGE)
    sensitive = [t for t in found if t.direction == "sensitivity"]
    for drug in ("imatinib", "dasatinib"):
        assert all(t.contradicted_by for t in sensitive if drug in t.drug.split("; "))
    assert any(not t.contradicted_by for t in sensitive if t.drug == "ponatinib")


@pytest.mark.parametrize(("partner", "firm"), [("SNX2", True), ("RCSD1", False)])
def test_5_partners_with_reported_resistance(partner: str, firm: bool) -> None:
    details = {"fusion": f"{partner}::ABL1"}
    lesion_call = given("abl_class", D, f"{partner}::ABL1", genes=(partner, "ABL1"), details=details)
    dasatinib = next(
        t for t in match_therapies(all_calls(abl_class=lesion_call), (), KNOWLEDGE) if t.drug == "dasatinib"
    )
    assert bool(dasatinib.contradicted_by) is firm
    assert any(partner in text for text in (*dasatinib.contradicted_by, *dasatinib.caveats))


def test_5_the_label_of_revumenib_says_translocation_and_men1_contradicts_it() -> None:
    men1 = given("relapse_genes", D, genes=("MEN1",), details=hits({"gene": "MEN1", "change": "p.Met322Ile"}))
    found = match_therapies(all_calls(kmt2a_r=D, relapse_genes=men1), (), KNOWLEDGE)
    revumenib = next(t for t in found if t.drug == "revumenib" and t.lesion == "kmt2a_r")
    assert any("translocation" in caveat for caveat in revumenib.caveats)
    assert revumenib.contradicted_by


def test_5_nt5c2_is_no_contraindication_of_nelarabine() -> None:
    found = match_therapies(all_calls(nt5c2=given("nt5c2", D, genes=("NT5C2",))), (), KNOWLEDGE)
    assert all(t.direction != "contraindicated" for t in found)


def test_5_a_lesion_that_could_not_be_judged_is_unknown_and_not_no() -> None:
    found = match_therapies(all_calls(abl_class=X, kmt2a_r=X), (), KNOWLEDGE)
    assert {t.lesion for t in found if t.direction == "unknown"} >= {"abl_class", "kmt2a_r"}


def test_5_drugs_of_one_civic_item_are_not_told_as_single_agents() -> None:
    deleted = given("ikzf1_deletion", D, genes=("IKZF1",))
    assert not any("imatinib" in t.drug for t in match_therapies(all_calls(ikzf1_deletion=deleted), (), KNOWLEDGE))
    positive = all_calls(ikzf1_deletion=deleted, bcr_abl1=D)
    item = next(t for t in match_therapies(positive, (), KNOWLEDGE) if t.knowledge == "CIViC" and "imatinib" in t.drug)
    assert any("one regimen or alternatives" in caveat for caveat in item.caveats)


# ---------------------------------------------------------------- thiopurine genes


PGX_PLACES = [
    ("6", 18143724, "C", "G"),
    ("6", 18138997, "C", "T"),
    ("6", 18130687, "T", "C"),
    ("6", 18130781, "C", "T"),
    ("13", 48045719, "C", "T"),
    ("13", 48045720, "G", "A"),
    ("13", 48037798, "G", "A"),
    ("13", 48037782, "A", "AGGAGTC"),
    ("13", 48037782, "AGGAGTC", "A"),
]


def pgx(folder: Path, changed: Mapping[int, str] | None = None, chroms: str = "6 13", **person: Any) -> dict[str, Any]:
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tCHILD\n"
    rows = sorted((r for r in PGX_PLACES if r[0] in chroms.split()), key=lambda r: (int(r[0]), r[1]))
    lines = [f"{c}\t{p}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t{(changed or {}).get(p, '0/0')}" for c, p, ref, alt in rows]
    path = folder / "germline.vcf"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    sample = Sample("R", "p", "relapse", "GRCh38", germline_variants=path)
    given_person = patient(**{"prior_hsct": False, **person})
    return {g.gene: g for g in call_pgx(path, None, sample, given_person, GENOME, KNOWLEDGE)}


def test_5_1_het_3b_and_3c_is_taken_in_cis_and_flagged(tmp_path: Path) -> None:
    found = pgx(tmp_path, {18138997: "0/1", 18130687: "0/1"})["TPMT"]
    assert found.diplotype == "*1/*3A"
    assert any("cis" in reason.text for reason in found.reasons)


def test_5_1_a_normal_tpmt_alone_names_no_full_dose(tmp_path: Path) -> None:
    assert "start with the normal dose" in pgx(tmp_path)["TPMT"].recommendation
    for found in (pgx(tmp_path, {48045719: "0/1"})["TPMT"], pgx(tmp_path, chroms="6")["TPMT"]):
        assert "start with the normal dose" not in found.recommendation
        assert "NUDT15" in found.recommendation


def test_5_1_both_intermediate_start_lower(tmp_path: Path) -> None:
    found = pgx(tmp_path, {18130687: "0/1", 48045719: "0/1"})
    assert all("20-50 %" in found[gene].recommendation for gene in ("TPMT", "NUDT15"))


def test_5_1_blood_after_transplantation_is_the_donors(tmp_path: Path) -> None:
    for found in pgx(tmp_path, {48045719: "0/1"}, prior_hsct=True).values():
        assert found.phenotype is None
        assert found.recommendation is None


def test_5_1_the_leukaemia_is_never_genotyped() -> None:
    sample = Sample("R", "p", "relapse", "GRCh38", small_variants=(Path("a.vcf"),))
    for found in call_pgx(None, None, sample, patient(), GENOME, KNOWLEDGE):
        assert (found.state, found.diplotype) == (X, None)
        assert any(reason.code.value == "NEEDS_GERMLINE" for reason in found.reasons)


# ---------------------------------------------------------------- wording


def test_6_the_disclaimer_says_what_the_specification_asks() -> None:
    import yaml

    folder = Path(__file__).resolve().parents[2] / "resources" / "knowledge"
    words = yaml.safe_load((folder / "wording_report.yaml").read_text(encoding="utf-8"))["disclaimer"]
    for part in ("research use only", "not a diagnostic device", "ISO 15189", "CAP", "CLIA", "sole basis of treatment"):
        assert part.lower() in words.lower()


def test_6_not_assessable_is_never_worded_as_a_normal_result() -> None:
    for id, found in call_all(case_of(GENOME, fusions=[OTHER], karyotype="46,XX[20]")).items():
        if found.state is X:
            assert "not assessable" in found.summary or "not excluded" in found.summary, id
            assert "not detected" not in found.summary, id
        if found.state is N:
            assert "not" in found.summary.lower() or "no " in found.summary.lower(), id


def test_6_a_subclone_is_worded_with_vaf_cell_fraction_and_interval() -> None:
    found = mutated("nt5c2", mut.variant("NT5C2", "p.Arg367Gln", vaf=0.031), purity=0.8)
    assert found.state is SUB
    assert "VAF 3.1 %" in found.summary
    assert "CCF 8 % (5–11 %), subclonal" in found.summary


def test_6_germline_prompts_disclose_no_genotype() -> None:
    variant = mut.variant("TP53", "p.Arg175His", vaf=0.48, flags=("possible_germline",), oncogenicity="Oncogenic")
    case = mut.case(GENOME, (variant,))
    found = prompts(case, call_all(case))
    assert found
    for prompt in found:
        assert "Arg175His" not in str(prompt["text"])
        assert "not a germline result" in str(prompt["text"])


def test_6_every_row_of_knowledge_has_a_source_and_a_mark() -> None:
    for path in sorted((Path(__file__).resolve().parents[2] / "resources" / "knowledge").glob("*.tsv")):
        for row in KNOWLEDGE.table(path.stem):
            assert row["source"].strip(), (path.stem, row.get("id", row))
            assert row["mark"] in ("S", "K", "C", "E"), path.stem


# ---------------------------------------------------------------- single metaphases, borderline signals


def test_1_B_one_metaphase_without_a_chromosome_is_no_loss() -> None:
    one, three = "45,XX,-17[1]/46,XX[19]", "45,XX,-17[3]/46,XX[17]"
    assert lesion(case_of(GENOME, karyotype=one), "tp53_deletion").state is X
    assert lesion(case_of(GENOME, karyotype=three), "tp53_deletion").state is Q
    base = diploid("x", "x", c8=(3, 1))
    assert lesion(copies(base=base, karyotype=one), "tp53_deletion").state is N
    assert lesion(copies(base=base, karyotype=three), "tp53_deletion").state is Q
    assert lesion(copies(base=base, karyotype="45,XX,-7[2]/46,XX[18]"), "ikzf1_deletion").state is N


@pytest.mark.parametrize(
    ("fish", "state"),
    [
        ("nuc ish(RUNX1x2)[200]", N),
        ("nuc ish(RUNX1x3)[150/200]", N),
        ("nuc ish(RUNX1x4)[150/200]", X),
        ("nuc ish(RUNX1x5)[150/200]", Q),
        ("nuc ish(RUNX1x2)[50]", X),
    ],
)
def test_L06_signals_of_runx1(fish: str, state: State) -> None:
    assert lesion(case_of(GENOME, karyotype=fish), "iamp21").state is state


@pytest.mark.parametrize(("index", "leaning"), [(0.55, "likely"), (0.84, "likely"), (0.87, "unclear")])
def test_L07_a_dna_index_of_forty_chromosomes_is_not_below_forty(index: float, leaning: str) -> None:
    found = lesion(case_of(GENOME, dna_index=index), "hypodiploidy")
    assert (found.state, found.leaning) == (Q, leaning)


def test_0_3_a_normal_fish_against_another_method_is_shown_as_a_conflict() -> None:
    fish = "nuc ish(ABL1,BCR)x2[200]"
    for case in (
        case_of(GENOME, karyotype=f"46,XX,t(9;22)(q34;q11.2)[3]/46,XX[17].{fish}"),
        case_of(GENOME, fusions=[rna("BCR", "ABL1")], karyotype=fish),
    ):
        found = call(case, "bcr_abl1")
        assert found.state is Q
        assert "FISH does not show it" in texts(found)
        assert "EVIDENCE_CONFLICT" in codes(found)


def test_6_copies_are_never_worded_like_a_chromosomes_number() -> None:
    found = lesion(copies(IK6), "ikzf1_deletion")
    assert "IKZF1: 1 copy (baseline 2)" in texts(found)
    assert "chromosome 2" not in texts(found)


def test_L20_a_whole_chromosome_21_lost_is_no_erg_deletion_and_not_said_to_be_kept() -> None:
    found = lesion(copies(base=diploid("45", "x", c21=(1, 0))), "erg_deletion")
    assert found.state is N
    assert "no focal deletion" in texts(found)
    assert "lost with the whole chromosome" in texts(found)


def test_0_5_a_blast_count_against_the_files_purity_hides_no_near_haploid_clone() -> None:
    made = hypodiploid(26, "female", 3)
    found = lesion(copies(base=made, file_purity=0.3, purity=0.9), "hypodiploidy")
    assert found.state is D, "a reading of 118 chromosomes is none: the file's own stays"
    assert "PLOIDY_UNCERTAIN" in codes(found)
    assert lesion(copies(base=made, file_purity=0.3, dna_index=0.57), "hypodiploidy").state is D
