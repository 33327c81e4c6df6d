"""Rearrangements by lesion: what each input proves, what it only suggests, what its silence means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import join
from annotate.decide.rearrangements.combine import gather
from annotate.decide.registry import registered
from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow, KaryotypeRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import ChromosomeState, CopyNumberProfile, Segment
from annotate.model.junctions import Breakend
from annotate.model.regions import Regions
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.model.state import State
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import (
    KNOWLEDGE,
    call,
    case_of,
    codes,
    flip,
    fusion_junction,
    rna,
    texts,
)

D, Q, N, NA = State.DETECTED, State.EQUIVOCAL, State.NOT_DETECTED, State.NOT_ASSESSABLE
LESIONS = sorted(row["id"] for row in KNOWLEDGE.table("lesions") if row["family"] == "rearrangement")
READS = {"split_reads": 9, "paired_reads": 9}
PASSENGER = join(Breakend("2", 1_000_000, "L"), Breakend("3", 2_000_000, "R"), **READS)  # of no gene that matters
OTHER = rna("VMP1", "RPS6KB1")  # an expressed fusion that is no lesion

# lesion -> a fusion that proves it in RNA
PROOF = {
    "bcr_abl1": "BCR::ABL1",
    "abl_class": "EBF1::PDGFRB",
    "kmt2a_r": "KMT2A::AFF1",
    "tcf3_r": "TCF3::PBX1",
    "crlf2_r": "P2RY8::CRLF2",
    "jak2_r": "PAX5::JAK2",
    "epor_r": "IGH::EPOR",
    "etv6_runx1": "ETV6::RUNX1",
    "dux4_r": "IGH::DUX4",
    "znf384_r": "EP300::ZNF384",
    "mef2d_r": "MEF2D::BCL9",
    "nutm1_r": "ACIN1::NUTM1",
    "myc_r": "IGH::MYC",
    "stil_tal1": "STIL::TAL1",
    "other_kinase_r": "ETV6::NTRK3",
    "igh_il3": "IGH::IL3",
    "cebp_id4_r": "IGH::CEBPD",
    "t_all_r": "PICALM::MLLT10",
}
# lesions that an RNA table or a genome excludes, by the detectability matrix
VISIBLE = {(row["lesion"], row["input"]) for row in KNOWLEDGE.table("visibility") if row["sees"] == "D"}
RNA_EXCLUDES = {lesion for lesion, source in VISIBLE if source == "rna_fusions"}
WGS_EXCLUDES = {lesion for lesion, source in VISIBLE if source == "wgs_sv"}


# ---------------------------------------------------------------- golden table


def test_every_rearrangement_is_registered() -> None:
    assert set(LESIONS) <= set(registered())
    assert set(PROOF) | {"cdx2_ubtf"} == set(LESIONS)


@pytest.mark.parametrize("lesion", sorted(PROOF))
def test_rna_states(grch38: Genome, lesion: str) -> None:
    """Enough reads prove it; two reads do not; a table without it excludes only what RNA shows; nothing, nothing."""
    five, three = PROOF[lesion].split("::")
    strong = call(case_of(grch38, fusions=[rna(five, three)]), lesion)
    assert (strong.state, strong.details["fusion"]) == (D, PROOF[lesion])
    assert strong.evidence[0].kind == "fusion"
    weak = call(case_of(grch38, fusions=[rna(five, three, reads=2), OTHER]), lesion)
    assert (weak.state, weak.leaning, weak.subtype) == (Q, "likely", PROOF[lesion])
    silent = call(case_of(grch38, fusions=[OTHER]), lesion)
    assert silent.state is (N if lesion in RNA_EXCLUDES else NA)
    assert call(case_of(grch38, fusions=[]), lesion).state is NA
    nothing = call(case_of(grch38), lesion)
    assert nothing.state is NA
    assert "INPUT_ABSENT" in codes(nothing)
    assert any(reason.settles for reason in nothing.reasons)


@pytest.mark.parametrize("lesion", list(LESIONS))
def test_dna_silence(grch38: Genome, lesion: str) -> None:
    """A genome excludes what the matrix says; without an assay, with too few cells or no record nothing is excluded."""
    assert call(case_of(grch38, junctions=[PASSENGER]), lesion).state is (N if lesion in WGS_EXCLUDES else NA)
    assert call(case_of(grch38, junctions=[PASSENGER], assay=None), lesion).state is NA
    assert call(case_of(grch38, junctions=[PASSENGER], purity=0.1), lesion).state is NA
    assert call(case_of(grch38, junctions=[]), lesion).state is NA


@pytest.mark.parametrize("lesion", LESIONS)
def test_a_normal_karyotype_excludes_nothing(grch38: Genome, lesion: str) -> None:
    for karyotype in ("46,XX[20]", "46,XY[50]", "46,XX[5]"):
        assert call(case_of(grch38, karyotype=karyotype), lesion).state is NA


@pytest.mark.parametrize("lesion", LESIONS)
def test_small_variants_say_nothing(grch38: Genome, lesion: str) -> None:
    case = replace(case_of(grch38), small=SmallVariants((), ()))
    found = call(case, lesion)
    assert found.state is NA
    assert any(reason.settles for reason in found.reasons)


@pytest.mark.parametrize(
    "name",
    [
        "KMT2A::AFF1",
        "TCF3::HLF",
        "SNX2::ABL1",
        "PAX5::JAK2",
        "ETV6::ABL1",
        "BCR::JAK2",
    ],
)
def test_dna_detects(genome: Genome, name: str) -> None:
    lesion = {"KMT2A": "kmt2a_r", "TCF3": "tcf3_r"}.get(name.split("::")[0])
    lesion = lesion or {"ABL1": "abl_class", "JAK2": "jak2_r"}[name.split("::")[1]]
    found = call(case_of(genome, junctions=[fusion_junction(genome, name)]), lesion)
    assert (found.state, found.subtype) == (D, name)
    assert found.details["junctions"]
    assert found.limits


@pytest.mark.parametrize(
    ("karyotype", "lesion", "state", "leaning"),
    [
        ("46,XY,t(9;22)(q34;q11.2)[18]/46,XY[2]", "bcr_abl1", D, None),
        ("46,XX,t(9;22;14)(q34;q11;q32)[10]", "bcr_abl1", D, None),
        ("47,XX,+der(22)t(9;22)(q34;q11)[10]", "bcr_abl1", D, None),
        ("46,XX,ins(22;9)(q11;q34q34)[5]", "bcr_abl1", D, None),
        ("46,XX,t(9;22)(q34;q11)[1]/46,XX[19]", "bcr_abl1", Q, "likely"),
        ("46,XX,?t(9;22)(q34;q11)[10]", "bcr_abl1", Q, "likely"),
        ("46,XX,t(9;22)[10]", "bcr_abl1", Q, "likely"),
        ("46,XX,t(9;22)(q34;q11)c[20]", "bcr_abl1", NA, None),
        ("//46,XX,t(9;22)(q34;q11)[20]", "bcr_abl1", NA, None),
        ("46,XX,t(4;11)(q21;q23)[20]", "kmt2a_r", D, None),
        ("46,XX,t(10;11)(p12;q23)[20]", "kmt2a_r", D, None),
        ("46,XX,t(2;11)(p21;q23)[10]", "kmt2a_r", Q, "likely"),
        ("46,XX,inv(11)(q21q23)[10]", "kmt2a_r", Q, "likely"),
        ("46,XX,del(11)(q23)[20]", "kmt2a_r", Q, "unclear"),
        ("46,XX,t(1;19)(q23;p13.3)[20]", "tcf3_r", Q, "unclear"),
        ("46,XX,der(19)t(1;19)(q23;p13)[12]/46,XX[8]", "tcf3_r", Q, "unclear"),
        ("47,XX,t(1;19)(q23;p13)c,+21[20]", "tcf3_r", NA, None),  # constitutional
        ("46,XX,t(17;19)(q22;p13)[20]", "tcf3_r", Q, "likely"),
        ("46,XX,t(5;12)(q33;p13)[20]", "abl_class", Q, "likely"),
        ("46,XX,t(9;14)(q34;q32)[20]", "abl_class", Q, "unclear"),
        ("46,XX,t(9;22)(q34;q11)[20]", "abl_class", NA, None),
        ("46,XX,t(12;21)(p13;q22)[10]", "etv6_runx1", Q, "likely"),
        ("46,XX,t(12;21)(p13;q22)[10]", "znf384_r", NA, None),
        ("46,XX,t(12;19)(p13;p13)[10]", "znf384_r", Q, "unclear"),
        ("46,XX,inv(9)(p13p24)[10]", "jak2_r", Q, "likely"),
        ("46,XX,inv(9)(p12q13)c[20]", "jak2_r", NA, None),
        ("46,XX,t(8;14)(q24;q32)[10]", "myc_r", D, None),
        ("46,XX,t(8;14)(q11;q32)[10]", "myc_r", NA, None),
        ("46,XX,t(8;14)(q11;q32)[10]", "cebp_id4_r", Q, "likely"),
        ("46,XY,inv(7)(p15q34)[10]", "t_all_r", Q, "likely"),
        ("46,XY,t(7;7)(p15;q34)[10]", "t_all_r", Q, "likely"),
        ("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]", "bcr_abl1", D, None),
        ("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[4/200]", "bcr_abl1", Q, "unclear"),
        ("nuc ish(ABL1,BCR)x2[200]", "bcr_abl1", N, None),
        ("nuc ish(ABL1,BCR)x2[50]", "bcr_abl1", NA, None),
        ("nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax1)[150/200]", "kmt2a_r", D, None),
        ("nuc ish(MLLx2)(5'MLL con 3'MLLx2)[200]", "kmt2a_r", N, None),
        ("nuc ish(PDGFRBx2)(5'PDGFRB sep 3'PDGFRBx1)[150/200]", "abl_class", Q, "likely"),
        ("nuc ish(ETV6,RUNX1)x2[200]", "etv6_runx1", N, None),
        ("nuc ish(TCF3x2)(5'TCF3 con 3'TCF3x2)[200]", "tcf3_r", N, None),
    ],
)
def test_cytogenetics(grch38: Genome, karyotype: str, lesion: str, state: State, leaning: str | None) -> None:
    found = call(case_of(grch38, karyotype=karyotype), lesion)
    assert (found.state, found.leaning) == (state, leaning), found.summary


@pytest.mark.parametrize(
    ("karyotype", "excluded"),
    [
        ("56,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21,+21[18]/46,XX[2]", True),
        ("56,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21,+21[10]", False),  # fewer than 20 metaphases
        ("56,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21,+mar[18]/46,XX[2]", False),  # what the marker holds is not known
        ("46,XX,add(9)(p22)[18]/46,XX[2]", False),
        ("46,XX,der(22)[18]/46,XX[2]", False),
        ("47,XX,+21,inc[18]/46,XX[2]", False),
        ("47,XX,+21[1]/46,XX[19]", False),  # no clone
    ],
)
def test_an_abnormal_complete_karyotype_excludes_what_it_would_show(
    grch38: Genome, karyotype: str, excluded: bool
) -> None:
    case = case_of(grch38, karyotype=karyotype)
    for lesion in LESIONS:
        visible = lesion in ("bcr_abl1", "kmt2a_r")
        assert call(case, lesion).state is (N if excluded and visible else NA), lesion


# ---------------------------------------------------------------- BCR::ABL1


@pytest.mark.parametrize(("exon", "kind"), [(1, "p190"), (13, "p210"), (14, "p210"), (19, "p230")])
def test_transcript_of_bcr_abl1(genome: Genome, exon: int, kind: str) -> None:
    found = call(case_of(genome, junctions=[fusion_junction(genome, "BCR::ABL1", five_exon=exon)]), "bcr_abl1")
    assert found.subtype == f"BCR::ABL1 {kind}"
    assert found.details["kinase"] == "ABL1"


def test_rna_breakpoint_is_an_exon_edge_past_the_dna_window(grch37: Genome) -> None:
    """Arriba's ABL1 breakpoint is the first base of exon a2, one past the window of the intron."""
    fusion = rna("BCR", "ABL1", five_breakpoint=("22", 23632600), three_breakpoint=("9", 133729451))
    assert grch37.region("ABL1_5prime_to_a2").end < 133729451
    found = call(case_of(grch37, fusions=[fusion]), "bcr_abl1")
    assert (found.state, found.subtype) == (D, "BCR::ABL1 p210")
    assert found.details["three_exon"] == 2
    assert "outside" not in texts(found)


def test_abl1_breakpoint_before_exon_1a(genome: Genome) -> None:
    """Most breakpoints lie between exons 1b and 1a, before the reference transcript begins."""
    start = genome.region("ABL1_5prime_to_a2").start
    assert start + 500 < min(exon.start for exon in genome.transcript("ABL1").exons)
    found = call(case_of(genome, junctions=[fusion_junction(genome, "BCR::ABL1", three_pos=start + 500)]), "bcr_abl1")
    assert found.state is D


@pytest.mark.parametrize("partner", ["JAK2", "PDGFRA", "FGFR1"])
def test_bcr_with_another_kinase_is_not_bcr_abl1(grch38: Genome, partner: str) -> None:
    found = call(case_of(grch38, fusions=[rna("BCR", partner)]), "bcr_abl1")
    assert found.state is N
    assert "RULED_OUT" in codes(found)
    assert "not BCR::ABL1" in texts(found)
    other = {"JAK2": "jak2_r", "PDGFRA": "abl_class", "FGFR1": "other_kinase_r"}[partner]
    assert call(case_of(grch38, fusions=[rna("BCR", partner)]), other).state is D


def test_bcr_abl1_is_not_abl_class(grch38: Genome) -> None:
    case = case_of(grch38, junctions=[fusion_junction(grch38, "BCR::ABL1")], fusions=[rna("BCR", "ABL1")])
    assert call(case, "abl_class").state is N


def test_reciprocal_alone(genome: Genome) -> None:
    """ABL1::BCR alone is equivocal and unclear; AFF1::KMT2A alone is equivocal and likely; with the driver a note."""
    for name, lesion, leaning in (("BCR::ABL1", "bcr_abl1", "unclear"), ("KMT2A::AFF1", "kmt2a_r", "likely")):
        back = fusion_junction(genome, name, reciprocal=True)
        found = call(case_of(genome, junctions=[back]), lesion)
        assert (found.state, found.leaning) == (Q, leaning)
        five, three = name.split("::")
        found = call(case_of(genome, fusions=[rna(three, five)]), lesion)
        assert (found.state, found.leaning) == (Q, leaning)
        both = call(case_of(genome, junctions=[back, fusion_junction(genome, name)]), lesion)
        assert both.state is D
        assert "balanced" in texts(both)


def test_few_rna_reads_need_another_method(grch38: Genome) -> None:
    """Index hopping: two reads are equivocal, and proof together with DNA, a karyotype or FISH."""
    weak = rna("BCR", "ABL1", reads=2)
    assert call(case_of(grch38, fusions=[weak]), "bcr_abl1").state is Q
    for other in (
        {"karyotype": "46,XX,t(9;22)[9]"},
        {"junctions": [fusion_junction(grch38, "BCR::ABL1", split=2, paired=0)]},
    ):
        alone = call(case_of(grch38, **other), "bcr_abl1")
        both = call(case_of(grch38, fusions=[weak], **other), "bcr_abl1")
        assert (alone.state, both.state) == (Q, D)
        assert "agree on BCR::ABL1" in texts(both)


def test_two_weak_findings_of_different_fusions_do_not_add_up(grch38: Genome) -> None:
    case = case_of(grch38, karyotype="46,XX,t(17;19)(q22;p13)[20]", fusions=[rna("TCF3", "PBX1", reads=2)])
    assert call(case, "tcf3_r").state is Q


# ---------------------------------------------------------------- quality of a junction


@pytest.mark.parametrize("flags", [("filtered_by_caller",), ("orientation_unknown",)])
def test_doubtful_junctions_are_equivocal(genome: Genome, flags: tuple[str, ...]) -> None:
    junction = replace(fusion_junction(genome, "BCR::ABL1"), flags=flags)
    assert call(case_of(genome, junctions=[junction]), "bcr_abl1").state is Q


def test_low_support_is_equivocal(genome: Genome) -> None:
    found = call(case_of(genome, junctions=[fusion_junction(genome, "BCR::ABL1", split=2, paired=1)]), "bcr_abl1")
    assert (found.state, found.leaning) == (Q, "likely")


def test_germline_junctions_do_not_count(grch38: Genome) -> None:
    junction = replace(fusion_junction(grch38, "BCR::ABL1"), flags=("possible_germline",))
    found = call(case_of(grch38, junctions=[junction]), "bcr_abl1")
    assert found.state is N
    assert "matched normal" in texts(found)


def test_subclone_needs_purity(grch38: Genome) -> None:
    junction = fusion_junction(grch38, "BCR::ABL1", vaf=0.1)
    assert call(case_of(grch38, junctions=[junction]), "bcr_abl1").state is D
    assert call(case_of(grch38, junctions=[junction], purity=0.9), "bcr_abl1").state is State.DETECTED_SUBCLONAL
    assert call(case_of(grch38, junctions=[junction], purity=0.25), "bcr_abl1").state is D


def test_conflict_is_shown(grch38: Genome) -> None:
    """RNA shows it and the genome does not: detected, and the conflict stands in the reasons."""
    found = call(case_of(grch38, fusions=[rna("KMT2A", "AFF1")], junctions=[PASSENGER]), "kmt2a_r")
    assert found.state is D
    assert "EVIDENCE_CONFLICT" in codes(found)
    agreed = call(
        case_of(grch38, fusions=[rna("KMT2A", "AFF1")], junctions=[fusion_junction(grch38, "KMT2A::AFF1")]), "kmt2a_r"
    )
    assert "EVIDENCE_CONFLICT" not in codes(agreed)
    assert agreed.details["sources"] == ["dna", "rna"]


def test_order_of_records_changes_nothing(grch38: Genome) -> None:
    junctions = [fusion_junction(grch38, name) for name in ("BCR::ABL1", "KMT2A::AFF1", "SNX2::ABL1", "PAX5::JAK2")]
    fusions = [rna("BCR", "ABL1"), rna("BCR", "ABL1", reads=5), rna("KMT2A", "AFF1"), OTHER]
    one = case_of(grch38, junctions=junctions, fusions=fusions)
    two = case_of(grch38, junctions=junctions[::-1], fusions=fusions[::-1])
    for lesion in LESIONS:
        assert call(one, lesion) == call(two, lesion)


# ---------------------------------------------------------------- ABL-class


def test_a_break_of_abl1_is_explained_by_bcr_abl1(grch38: Genome) -> None:
    """Break-apart FISH of ABL1: suspects an ABL-class fusion, but not where BCR::ABL1 is found."""
    case = case_of(grch38, karyotype="nuc ish(ABL1x2)(5'ABL1 sep 3'ABL1x1)[150/200]", fusions=[rna("BCR", "ABL1")])
    assert call(case, "abl_class").state is Q
    found = call(replace(case, calls={"bcr_abl1": call(case, "bcr_abl1")}), "abl_class")
    assert found.state is N
    assert "explained by BCR::ABL1" in texts(found)


def test_set_nup214_is_not_nup214_abl1(grch38: Genome) -> None:
    case = case_of(grch38, fusions=[rna("SET", "NUP214")])
    found = call(case, "abl_class")
    assert found.state is N
    assert "not NUP214::ABL1" in texts(found)
    assert call(case, "t_all_r").subtype == "SET::NUP214"


@pytest.mark.parametrize(("in_frame", "state"), [(True, D), (None, Q), (False, Q)])
def test_novel_partner_of_a_kinase(grch38: Genome, in_frame: bool | None, state: State) -> None:
    found = call(case_of(grch38, fusions=[rna("VIM", "PDGFRB", in_frame=in_frame)]), "abl_class")
    assert found.state is state
    assert found.tier == "ABL_CLASS: novel partner"
    assert found.details["partner_known"] is False


def test_novel_partner_without_a_gene_is_equivocal(grch38: Genome) -> None:
    found = call(case_of(grch38, fusions=[rna("LINC00999", "CSF1R")]), "abl_class")
    assert (found.state, found.leaning) == (Q, "unclear")


def test_kinase_domain_must_be_kept(genome: Genome) -> None:
    """ABL1 broken after the kinase domain, in DNA and in RNA."""
    late = genome.transcript("ABL1").exons[9]
    junction = fusion_junction(genome, "ETV6::ABL1", three_exon=10)
    found = call(case_of(genome, junctions=[junction]), "abl_class")
    assert found.state is N
    assert "not kept whole" in texts(found)
    at = ("9", late.start)
    found = call(case_of(genome, fusions=[rna("ETV6", "ABL1", three_breakpoint=at)]), "abl_class")
    assert found.state is N
    assert "not kept whole" in texts(found)


def test_etv6_abl1_by_a_chain(genome: Genome) -> None:
    """Opposite transcription: three breaks. A short piece of another chromosome between ETV6 and ABL1."""
    direct = fusion_junction(genome, "ETV6::ABL1")
    etv6, abl1 = (direct.right, direct.left) if direct.left.chrom == "9" else (direct.left, direct.right)
    facts = {"split_reads": 9, "paired_reads": 9, "vaf": 0.4, "filter": "PASS"}
    first = join(etv6, Breakend("3", 100_000_000, "R"), **facts)
    second = join(Breakend("3", 100_001_000, "L"), abl1, **facts)
    found = call(case_of(genome, junctions=[first, second]), "abl_class")
    assert (found.state, found.subtype) == (D, "ETV6::ABL1")
    assert "chain of 2 junctions" in texts(found)
    assert set(found.details["junctions"]) == {first.id, second.id}
    broken = call(case_of(genome, junctions=[first, flip(second, left=True)]), "abl_class")
    assert not broken.state.present


def test_simple_t_9_12_makes_no_etv6_abl1(genome: Genome) -> None:
    """Both products of a plain t(9;12) join the genes head to head."""
    junction = flip(fusion_junction(genome, "ETV6::ABL1"), left=True)
    found = call(case_of(genome, junctions=[junction]), "abl_class")
    assert found.state is Q
    assert "further break" in texts(found)


def test_a_change_inside_overlapping_genes_is_no_fusion(grch37: Genome) -> None:
    """FIP1L1's model reaches over PDGFRA in GRCh37: a small deletion there is not FIP1L1::PDGFRA."""
    gene = grch37.gene("PDGFRA")
    for start in (gene.start - 7_000, gene.start + 20_000):
        junction = join(Breakend("4", start, "L"), Breakend("4", start + 500, "R"), **READS)
        assert call(case_of(grch37, junctions=[junction]), "abl_class").state is N


# ---------------------------------------------------------------- KMT2A


def test_kmt2a_ptd_is_not_kmt2a_r(grch38: Genome) -> None:
    region = grch38.region("KMT2A_e2_e11_PTD")
    junction = join(
        Breakend("11", region.start + 2000, "R"), Breakend("11", region.end - 500, "L"), split_reads=9, paired_reads=9
    )
    found = call(case_of(grch38, junctions=[junction]), "kmt2a_r")
    assert found.state is N
    assert "tandem duplication" in texts(found)
    found = call(case_of(grch38, fusions=[rna("KMT2A", "KMT2A", flags=("circular", "same_gene"))]), "kmt2a_r")
    assert found.state is N
    assert "tandem duplication" in texts(found)


def test_kmt2a_deletion_of_11q_is_equivocal(grch38: Genome) -> None:
    """The 3' part lost up to an intergenic place; and a deletion of 11q that spares KMT2A."""
    pos = grch38.region("KMT2A_bcr1_wide").start + 3000
    empty = next(p for p in range(121_500_000, 122_500_000, 50_000) if not grch38.genes_at("11", p))
    junction = join(Breakend("11", pos, "L"), Breakend("11", empty, "R"), **READS)
    found = call(case_of(grch38, junctions=[junction]), "kmt2a_r")
    assert found.state is Q
    assert "deletion of its 3' part" in texts(found)
    spared = join(Breakend("11", 100_000_000, "L"), Breakend("11", 112_000_000, "R"), **READS)
    assert call(case_of(grch38, junctions=[spared]), "kmt2a_r").state is N


def test_kmt2a_single_breakend(grch38: Genome) -> None:
    pos = grch38.region("KMT2A_bcr1_wide").start + 3000
    kept = join(Breakend("11", pos, "L"), None, split_reads=9)
    found = call(case_of(grch38, junctions=[kept]), "kmt2a_r")
    assert (found.state, found.leaning) == (Q, "likely")
    assert call(case_of(grch38, junctions=[join(Breakend("11", pos, "R"), None, split_reads=9)]), "kmt2a_r").state is N


def test_kmt2a_novel_partner_and_windows(genome: Genome) -> None:
    """Any gene counts as a partner in a breakpoint region; outside of it a junction does not."""
    inside = fusion_junction(genome, "KMT2A::GRIA3", five_exon=9)
    found = call(case_of(genome, junctions=[inside]), "kmt2a_r")
    assert (found.state, found.subtype, found.tier) == (D, "KMT2A::GRIA3", "novel partner")
    outside = fusion_junction(genome, "KMT2A::GRIA3", five_exon=2)
    assert call(case_of(genome, junctions=[outside]), "kmt2a_r").state is N
    known = fusion_junction(genome, "KMT2A::AFF1", five_exon=2)
    assert call(case_of(genome, junctions=[known]), "kmt2a_r").state is Q


@pytest.mark.parametrize("partner", ["USP2", "CBL", "DCPS", "ARHGEF12"])
def test_kmt2a_within_11q(genome: Genome, partner: str) -> None:
    junction = fusion_junction(genome, f"KMT2A::{partner}", five_exon=9)
    assert call(case_of(genome, junctions=[junction]), "kmt2a_r").subtype == f"KMT2A::{partner}"
    wrong = flip(junction, left=True)  # KMT2A lies before all of them: its 3' part kept
    assert not call(case_of(genome, junctions=[wrong]), "kmt2a_r").state.present


def test_kmt2a_read_through(grch38: Genome) -> None:
    """The next gene downstream in RNA alone is read-through; a junction in the region shows a rearrangement."""
    next_gene = min(
        (g for g in grch38.genes_between("11", 118_530_000, 118_700_000) if g.strand == "+" and g.start > 118_526_832),
        key=lambda g: g.start,
    )
    fusion = rna("KMT2A", next_gene.name, flags=("read_through",))
    found = call(case_of(grch38, fusions=[fusion]), "kmt2a_r")
    assert found.state is N
    assert "read-through" in texts(found)
    assert call(case_of(grch38, fusions=[replace(fusion, flags=())]), "kmt2a_r").state is N
    junction = fusion_junction(grch38, f"KMT2A::{next_gene.name}", five_exon=9)
    assert call(case_of(grch38, fusions=[fusion], junctions=[junction]), "kmt2a_r").state is D


def test_kmt2a_few_reads_in_the_window(grch38: Genome) -> None:
    edge = grch38.transcript("KMT2A").exons[8].end
    few = rna("KMT2A", "AFF1", reads=2, five_breakpoint=("11", edge))
    assert call(case_of(grch38, fusions=[few]), "kmt2a_r").state is D
    early = grch38.transcript("KMT2A").exons[1].end
    assert call(case_of(grch38, fusions=[rna("KMT2A", "AFF1", five_breakpoint=("11", early))]), "kmt2a_r").state is Q


# ---------------------------------------------------------------- TCF3


def test_t_1_19_by_karyotype_alone(grch38: Genome) -> None:
    """Equivocal alone, detected with a weak RNA record, not detected where RNA could have shown it."""
    karyotype = "46,XX,der(19)t(1;19)(q23;p13)[18]/46,XX[2]"
    alone = call(case_of(grch38, karyotype=karyotype), "tcf3_r")
    assert alone.state is Q
    assert "KARYOTYPE_ONLY" in codes(alone)
    assert alone.reasons[0].settles
    assert call(case_of(grch38, karyotype=karyotype, fusions=[rna("TCF3", "PBX1", reads=2)]), "tcf3_r").state is D
    silent = call(case_of(grch38, karyotype=karyotype, fusions=[OTHER]), "tcf3_r")
    assert silent.state is N
    assert "RULED_OUT" in codes(silent)


def test_t_17_19_is_not_outweighed_by_one_silent_method(grch38: Genome) -> None:
    found = call(case_of(grch38, karyotype="46,XX,t(17;19)(q22;p13)[20]", fusions=[OTHER]), "tcf3_r")
    assert found.state is Q
    assert "EVIDENCE_CONFLICT" in codes(found)


def test_tcf3_znf384_is_flagged_for_review(grch38: Genome) -> None:
    case = case_of(grch38, fusions=[rna("TCF3", "ZNF384")])
    found = call(case, "tcf3_r")
    assert (found.state, found.subtype) == (D, "TCF3::ZNF384")
    assert found.details["review"]
    assert found.details["biology"] == "ZNF384-r"
    assert found.details["tcf3_rearranged_literal"]
    assert call(case, "znf384_r").state is D


def test_tcf4_hlf_is_equivocal(grch38: Genome) -> None:
    found = call(case_of(grch38, fusions=[rna("TCF4", "HLF")]), "tcf3_r")
    assert found.state is Q
    assert found.details["review"]


# ---------------------------------------------------------------- the other lesions


def test_etv6_runx1_against_the_karyotype(grch38: Genome) -> None:
    """Cryptic: a normal karyotype neither excludes nor contradicts it."""
    found = call(case_of(grch38, fusions=[rna("ETV6", "RUNX1")], karyotype="46,XX[20]"), "etv6_runx1")
    assert found.state is D
    assert "EVIDENCE_CONFLICT" not in codes(found)
    abnormal = "47,XX,+21[18]/46,XX[2]"
    assert call(case_of(grch38, karyotype=abnormal), "etv6_runx1").state is NA


def test_receptor_recombination_is_no_lesion(genome: Genome) -> None:
    """V(D)J within IGH, IGH with TRA (inv(14)), IGK with IGH: no lesion of any kind."""
    loci = {locus.name: locus for locus in genome.loci()}
    igh, tra, igk = loci["IGH"], loci["TRA/TRD"], loci["IGK"]
    facts = {"split_reads": 20, "paired_reads": 20, "vaf": 0.4}
    junctions = [
        join(Breakend(igh.chrom, igh.start + 300_000, "L"), Breakend(igh.chrom, igh.start + 600_000, "R"), **facts),
        join(Breakend(tra.chrom, tra.end - 50_000, "L"), Breakend(igh.chrom, igh.start + 300_000, "L"), **facts),
        join(Breakend(igk.chrom, igk.start + 300_000, "R"), Breakend(igh.chrom, igh.start + 300_000, "R"), **facts),
    ]
    case = case_of(genome, junctions=junctions)
    for lesion in LESIONS:
        assert call(case, lesion).state in (N, NA), lesion


@pytest.mark.parametrize("chromosome", ["X", "Y"])
def test_p2ry8_crlf2_on_either_alias(genome: Genome, chromosome: str) -> None:
    junction = fusion_junction(genome, "P2RY8::CRLF2")
    if chromosome == "Y":
        par = {place.chrom: place for place in genome.par if place.name == "PAR1"}
        shift = par["Y"].start - par["X"].start
        ends = [Breakend("Y", end.pos + shift, end.keeps) for end in (junction.left, junction.right)]
        junction = join(*ends, split_reads=12, paired_reads=10, vaf=0.4)
    found = call(case_of(genome, junctions=[junction]), "crlf2_r")
    assert (found.state, found.subtype) == (D, "P2RY8::CRLF2")


def test_igh_crlf2_in_any_orientation(genome: Genome) -> None:
    locus = next(locus for locus in genome.loci() if locus.name == "IGH")
    pos = genome.gene("CRLF2").end + 20_000
    for a in "LR":
        for b in "LR":
            junction = join(
                Breakend("14", locus.start + 400_000, a), Breakend("X", pos, b), split_reads=9, paired_reads=9
            )
            assert call(case_of(genome, junctions=[junction]), "crlf2_r").subtype == "IGH::CRLF2"
    far = join(
        Breakend("14", locus.start + 400_000, "L"), Breakend("X", pos + 60_000, "R"), split_reads=9, paired_reads=9
    )
    assert call(case_of(genome, junctions=[far]), "crlf2_r").state is NA


def test_neighbours_p2ry8_and_crlf2_are_no_read_through(grch38: Genome) -> None:
    found = call(case_of(grch38, fusions=[rna("P2RY8", "CRLF2", flags=("read_through",))]), "crlf2_r")
    assert found.state is D


@pytest.mark.parametrize(("vaf", "state"), [(0.4, D), (0.03, Q), (None, D)])
def test_stil_tal1_needs_a_share_of_the_cells(genome: Genome, vaf: float | None, state: State) -> None:
    found = call(case_of(genome, junctions=[fusion_junction(genome, "STIL::TAL1", vaf=vaf)]), "stil_tal1")
    assert found.state is state
    assert ("RAG" in texts(found)) == (state is Q)


@pytest.mark.parametrize(("reads", "state"), [(22, D), (10, D), (9, Q), (None, Q)])
def test_stil_tal1_by_reads_where_no_share_is_given(genome: Genome, reads: int | None, state: State) -> None:
    """A caller without an allele fraction (LUMPY, a BEDPE): reads far above those of single normal T cells do."""
    made = replace(fusion_junction(genome, "STIL::TAL1", vaf=None), split_reads=reads, paired_reads=None)
    assert call(case_of(genome, junctions=[made]), "stil_tal1").state is state


# ---------------------------------------------------------------- partners outside the panel, and how exons count


def coding_bases_before(genome: Genome, gene: str, exon: int) -> int:
    transcript = genome.coding_transcript(gene)
    assert transcript is not None
    return sum(one.coding_length for one in transcript.exons if one.rank < exon)


def in_intron(genome: Genome, gene: str, exon: int) -> int:
    """The middle of the intron before an exon."""
    transcript = genome.coding_transcript(gene)
    assert transcript is not None
    ranks = {one.rank: one for one in transcript.exons}
    before, after = ranks[exon - 1], ranks[exon]
    low, high = (before.end, after.start) if transcript.strand == "+" else (after.end, before.start)
    return (low + high) // 2


NEW_PARTNERS = [
    (five, three, exon)
    for five in ("SPTBN1", "MAGT1", "ATXN2", "GOLGA4")
    for three, exon in (("PDGFRB", 11), ("ABL1", 2), ("JAK2", 17), ("CSF1R", 12))
]


@pytest.mark.parametrize(("five", "three", "three_exon"), NEW_PARTNERS)
def test_frame_of_a_new_partner_by_dna(genome: Genome, five: str, three: str, three_exon: int) -> None:
    """A partner outside table and panel: in frame it proves the fusion, out of frame it does not."""
    assert genome.transcript(five) is None
    assert (five, three) not in {(row["five_prime"], row["three_prime"]) for row in KNOWLEDGE.table("fusions")}
    lesion = "jak2_r" if three == "JAK2" else "abl_class"
    wanted = coding_bases_before(genome, three, three_exon)
    transcript = genome.coding_transcript(five)
    assert transcript is not None
    a, b = genome.gene(five), genome.gene(three)
    assert a is not None
    assert b is not None
    seen = set()
    for exon in range(3, len(transcript.exons)):
        before = coding_bases_before(genome, five, exon)
        if not 0 < before < transcript.coding_length:
            continue
        ends = (
            Breakend(a.chrom, in_intron(genome, five, exon), a.five_prime_side),
            Breakend(b.chrom, in_intron(genome, three, three_exon), b.three_prime_side),
        )
        found = call(case_of(genome, junctions=[join(*ends, split_reads=12, paired_reads=9, vaf=0.4)]), lesion)
        fits = before % 3 == wanted % 3
        assert found.state is (D if fits else Q), (exon, found.summary)
        seen.add(fits)
    assert True in seen


@pytest.mark.parametrize(("exon", "state"), [(11, D), (12, D), (13, N)])
def test_a_domain_that_begins_a_few_codons_after_its_exon(genome: Genome, exon: int, state: State) -> None:
    """UniProt's kinase domain of CSF1R begins three codons before exon 12 of MANE: an exon 12 fusion keeps it."""
    gene, label, offset = "CSF1R", "NM_005211.3", 1
    if genome.assembly == "GRCh37":  # the model of Ensembl 75 has a non-coding exon more
        exon, label, offset = exon + 1, "MANE Select", -1
    own = genome.gene(gene)
    assert own is not None
    made = fusion_junction(genome, "SSBP2::CSF1R")
    far = next(end for end in (made.left, made.right) if end is not None and end.pos < 100_000_000)
    ends = far, Breakend(own.chrom, in_intron(genome, gene, exon), own.three_prime_side)
    found = call(case_of(genome, junctions=[join(*ends, split_reads=12, paired_reads=9, vaf=0.4)]), "abl_class")
    assert found.state is state, found.summary
    if state is D:
        (entry,) = found.details["fusions"]
        assert entry["exons_also_counted"] == [f"CSF1R exon {exon + offset} ({label})"]


def test_dux4_is_never_excluded_by_dna(genome: Genome) -> None:
    found = call(case_of(genome, junctions=[PASSENGER]), "dux4_r")
    assert found.state is NA
    assert "REPEAT_REGION" in codes(found)
    assert ("BUILD_LIMITATION" in codes(found)) == (genome.gene("DUX4") is None)


def test_mef2d_csf1r_is_abl_class(grch38: Genome) -> None:
    case = case_of(grch38, fusions=[rna("MEF2D", "CSF1R")])
    assert call(case, "abl_class").subtype == "MEF2D::CSF1R"
    assert call(case, "mef2d_r").state is N


def test_double_hit(grch38: Genome) -> None:
    found = call(case_of(grch38, fusions=[rna("IGH", "MYC"), rna("IGH", "BCL2")]), "myc_r")
    assert found.details["double_hit"]
    assert set(found.genes) >= {"MYC", "BCL2"}


def test_cdx2_ubtf(genome: Genome) -> None:
    """The deletion of 17q21.31 makes the fusion; that of 13q12.2 alone is a hint; RNA alone may be read-through."""
    ubtf, flt3 = fusion_junction(genome, "UBTF::ATXN7L3", five_exon=18), genome.gene("FLT3")
    small = join(
        Breakend("13", flt3.end + 2_000, "L"), Breakend("13", flt3.end + 22_000, "R"), split_reads=9, paired_reads=9
    )
    small = replace(small, svtype="DEL")
    both = call(case_of(genome, junctions=[ubtf, small]), "cdx2_ubtf")
    assert (both.state, both.subtype) == (D, "UBTF::ATXN7L3")
    assert both.details["both_deletions"]
    assert call(case_of(genome, junctions=[ubtf]), "cdx2_ubtf").state is D
    assert call(case_of(genome, junctions=[small]), "cdx2_ubtf").state is Q
    assert call(case_of(genome, fusions=[rna("UBTF", "ATXN7L3")]), "cdx2_ubtf").state is Q


def test_mute_insertion_activates_tal1(genome: Genome) -> None:
    site = next(row for row in KNOWLEDGE.table("regulatory_regions") if row["id"] == "tal1_mute")
    pos = int(site[f"{genome.assembly}_start"]) + 1
    for alt, state in (("GGTTAAAC", D), ("GA", NA)):
        variant = SmallVariant("1", pos, "G", alt, filter="PASS", vaf=0.4)
        case = replace(case_of(genome), small=SmallVariants((variant,), ()))
        assert call(case, "t_all_r").state is state


def test_hoxa_family(grch38: Genome) -> None:
    assert call(case_of(grch38, fusions=[rna("TRB", "HOXA10")]), "t_all_r").subtype == "TRB::HOXA10"


# ---------------------------------------------------------------- RNA records


@pytest.mark.parametrize(
    "facts",
    [
        {"flags": ("blacklisted",)},
        {"flags": ("filtered_by_caller",)},
        {"confidence": "low"},
        {"filter": "min_support"},
        {"reads": None},
        {"flags": ("antisense",)},
        {"five_breakpoint": ("1", 1_000_000)},
    ],
)
def test_doubtful_rna_records_are_equivocal(grch38: Genome, facts: dict[str, object]) -> None:
    assert call(case_of(grch38, fusions=[rna("BCR", "ABL1", **facts)]), "bcr_abl1").state is Q


def test_orientation_unknown_table(grch38: Genome) -> None:
    """A plain list of two genes: neither order proves, both are the fusion."""
    for pair in (("BCR", "ABL1"), ("ABL1", "BCR")):
        found = call(case_of(grch38, fusions=[rna(*pair, flags=("orientation_unknown",))]), "bcr_abl1")
        assert found.state is Q
        assert found.details["fusion"] == "BCR::ABL1"


def test_fusions_taken_from_dna_count_as_dna(grch38: Genome) -> None:
    """LINX lists what DNA implies: it proves the fusion, and its silence says nothing of RNA."""
    linx = rna("BCR", "ABL1", reads=None, flags=("dna_derived",), caller="LINX")
    found = call(case_of(grch38, fusions=[linx]), "bcr_abl1")
    assert found.state is D
    assert found.details["sources"] == ["dna"]
    assert call(case_of(grch38, fusions=[linx]), "kmt2a_r").state is NA


# ---------------------------------------------------------------- panels


def test_a_panel_excludes_only_where_its_introns_are_covered(grch38: Genome) -> None:
    case = case_of(grch38, junctions=[PASSENGER], assay="panel")
    assert call(case, "kmt2a_r").state is NA
    regions = [grch38.region(name) for name in ("KMT2A_bcr1_wide", "KMT2A_bcr2_wide")]
    covered = replace(case, regions=Regions.of([(r.chrom, r.start, r.end) for r in regions]))
    found = call(covered, "kmt2a_r")
    assert found.state is N
    assert "KMT2A_bcr1_wide" in texts(found)
    half = replace(case, regions=Regions.of([(r.chrom, r.start, r.end) for r in regions[:1]]))
    assert call(half, "kmt2a_r").state is NA
    assert call(covered, "bcr_abl1").state is NA


# ---------------------------------------------------------------- tables


def test_tables_are_sound(genome: Genome) -> None:
    """Every group, gene, region, lesion and pattern that a rule names exists."""
    import re

    groups = {row.group for row in KNOWLEDGE.rows(FusionRow)}
    lesions = {row["id"] for row in KNOWLEDGE.table("lesions")}
    for rule in KNOWLEDGE.rows(FusionRuleRow):
        assert set(rule.groups) <= groups
        assert rule.lesion in lesions
        for name in (*rule.regions, *rule.windows):
            genome.region(name)
        for name in (*rule.five_any, *rule.three_any):
            assert genome.gene(name) is not None, name
        if rule.min_vaf:
            KNOWLEDGE.threshold_named(rule.min_vaf)
    assert {group for rule in KNOWLEDGE.rows(FusionRuleRow) for group in rule.groups} == groups
    for row in KNOWLEDGE.rows(KaryotypeRuleRow):
        assert row.lesion in lesions
        assert row.strength in ("proof", "support", "hint")
        for pattern in row.bands:
            re.compile(pattern)
        if row.kind[0] not in ("con", "sep"):
            assert len(row.loci) in (1, len(row.bands))
    for table in ("fusion_rules", "karyotype_rules"):
        assert all(row["source"] and row["mark"] in "SKCE" and row["date"] for row in KNOWLEDGE.table(table))


def test_pax5_fusions_can_be_gathered(grch38: Genome) -> None:
    found = gather(case_of(grch38, fusions=[rna("PAX5", "ETV6"), OTHER]), "pax5")
    assert [(f.name, f.strength) for f in found] == [("PAX5::ETV6", "proof")]


# ---------------------------------------------------------------- real files


def test_arriba_and_cicero(shared_data: Path, grch37: Genome, grch38: Genome) -> None:
    from annotate.read.fusions import read_fusions

    case = case_of(grch37)
    arriba = replace(
        case, fusions=read_fusions((shared_data / "fusions/arriba/fusions.tsv",), case.sample, grch37, KNOWLEDGE)
    )
    found = call(arriba, "bcr_abl1")
    assert (found.state, found.subtype) == (D, "BCR::ABL1 p210")
    cicero = read_fusions((shared_data / "fusions/cicero/final_fusions.txt",), case.sample, grch38, KNOWLEDGE)
    found = call(replace(case_of(grch38), fusions=cicero), "tcf3_r")
    assert (found.state, found.subtype) == (D, "TCF3::PBX1")


def test_a_melanoma_has_no_lesion_of_leukaemia(shared_data: Path, grch37: Genome) -> None:
    from annotate.name.partners.partners import place
    from annotate.read.structural import read_structural

    path = shared_data / "structural_variants/manta/colo829_somatic_manta.vcf"
    case = case_of(grch37, tumor_name="COLO829T")
    read = place(read_structural((path,), case.sample, grch37, KNOWLEDGE), grch37, KNOWLEDGE)
    case = replace(case, junctions=read)
    assert {call(case, lesion).state for lesion in LESIONS} <= {N, NA}


# ---------------------------------------------------------------- chains and copy number


def test_bcr_abl1_through_an_inserted_piece_is_not_abl_class(genome: Genome) -> None:
    """A chain that makes BCR::ABL1 explains the broken ABL1: no novel partner is suspected."""
    direct = fusion_junction(genome, "BCR::ABL1")
    abl1, bcr = direct.left, direct.right
    first = join(bcr, Breakend("3", 100_000_000, "R"), **READS)
    second = join(Breakend("3", 100_001_000, "L"), abl1, **READS)
    case = case_of(genome, junctions=[first, second])
    assert call(case, "bcr_abl1").subtype == "BCR::ABL1 p190"
    assert call(case, "abl_class").state is N


def _deletion_profile(genome: Genome, start: int, end: int) -> CopyNumberProfile:
    """A diploid chromosome 5 with one copy lost from start to end."""
    length = genome.contig_lengths["5"]
    parts = [(1, start - 1, 2.0), (start, end, 1.0), (end + 1, length, 2.0)]
    segments = tuple(Segment("5", a, b, total=copies, minor=copies - 1, markers=500) for a, b, copies in parts)
    state = ChromosomeState("5", 2, 1, 0.0, 1.0)
    return CopyNumberProfile(
        segments, (), 0.9, 2.0, "file", True, "female", {"5": state}, 46, 22, 0, 5_000, 0.1, ploidy_certain=True
    )


def test_deletion_of_ebf1_pdgfrb_in_copy_number(grch38: Genome) -> None:
    """Both ends in the genes: suspected; with two RNA reads of the fusion: found; ends elsewhere: nothing."""
    junction = fusion_junction(grch38, "EBF1::PDGFRB")
    start, end = junction.left.pos, junction.right.pos
    case = replace(case_of(grch38), profile=_deletion_profile(grch38, start, end))
    alone = call(case, "abl_class")
    assert alone.state is Q
    assert alone.evidence[0].kind in ("segment", "profile")
    weak = case_of(grch38, fusions=[rna("EBF1", "PDGFRB", reads=2)])
    both = call(replace(weak, profile=case.profile), "abl_class")
    assert (both.state, both.subtype) == (D, "EBF1::PDGFRB")
    assert both.details["sources"] == ["rna", "copy_number"]
    elsewhere = replace(case_of(grch38), profile=_deletion_profile(grch38, start - 3_000_000, end + 3_000_000))
    assert call(elsewhere, "abl_class").state is NA


def test_karyotype_and_copy_number_of_one_translocation_do_not_add_up(grch38: Genome) -> None:
    """der(19)t(1;19) and the 1q gain that it makes are one observation, not two."""
    from annotate.decide.rearrangements.combine import call_rearrangement
    from annotate.decide.rearrangements.findings import Finding

    case = case_of(grch38, karyotype="46,XX,der(19)t(1;19)(q23;p13)[18]/46,XX[2]")
    gain = Finding("copy_number", "TCF3", "PBX1", "support", "gain of 1q from PBX1")
    assert call_rearrangement(case, "tcf3_r", [*gather(case, "tcf3_r"), gain]).state is Q


def test_details_can_be_written_as_json(grch38: Genome) -> None:
    import json

    junctions = [fusion_junction(grch38, name) for name in ("BCR::ABL1", "KMT2A::AFF1", "TCF3::PBX1")]
    fusions = [rna("BCR", "ABL1"), OTHER]
    case = case_of(grch38, junctions=junctions, fusions=fusions, karyotype="46,XX,t(9;22)(q34;q11)[20]")
    for lesion in LESIONS:
        found = call(case, lesion)
        assert json.loads(json.dumps(dict(found.details))) == dict(found.details)
        assert found.summary.endswith(".")


def test_loss_of_3_prime_kmt2a_in_copy_number(grch38: Genome) -> None:
    """A loss that begins in the breakpoint region is equivocal; one that takes all of KMT2A is nothing."""
    region, length = grch38.region("KMT2A_bcr1_wide"), grch38.contig_lengths["11"]

    def profile(start: int) -> CopyNumberProfile:
        segments = (
            Segment("11", 1, start - 1, total=2, minor=1, markers=900),
            Segment("11", start, length, total=1, minor=0, markers=900),
        )
        state = ChromosomeState("11", 2, 1, 0.1, 1.0)
        return replace(_deletion_profile(grch38, 10_000_000, 20_000_000), segments=segments, chromosomes={"11": state})

    found = call(replace(case_of(grch38), profile=profile(region.start + 4_000)), "kmt2a_r")
    assert found.state is Q
    assert found.genes == ("KMT2A",)
    assert call(replace(case_of(grch38), profile=profile(100_000_000)), "kmt2a_r").state is NA


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("fusion_rules", "kept_from", "ABL1=x"),
        ("fusion_rules", "novel", "perhaps"),
        ("fusion_rules", "windows", "NO_SUCH_REGION"),
        ("fusion_rules", "pairs", "BCR-ABL1"),
        ("karyotype_rules", "strength", "sure"),
        ("karyotype_rules", "bands", "q3[4;q11"),
    ],
)
def test_a_labs_own_rules_are_checked(tmp_path: Path, table: str, column: str, value: str) -> None:
    """A wrong cell in a lab's own table is an error that names file, line and cell."""
    row = dict(KNOWLEDGE.table(table)[0]) | {column: value}
    (tmp_path / f"{table}.tsv").write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    with pytest.raises(InputError) as error:
        Knowledge.load(tmp_path)
    assert f"{table}.tsv, line 2, column {column!r}" in str(error.value)


def test_a_lab_can_add_a_partner(grch38: Genome, tmp_path: Path) -> None:
    """A row in the lab's own fusion table makes a novel partner a known one."""
    rows = KNOWLEDGE.table("fusions")
    row = dict(rows[0]) | {"five_prime": "VIM", "three_prime": "PDGFRB", "group": "ABL_CLASS"}
    (tmp_path / "fusions.tsv").write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    case = case_of(grch38, fusions=[rna("VIM", "PDGFRB", in_frame=None)])
    assert call(case, "abl_class").state is Q
    assert call(replace(case, knowledge=Knowledge.load(tmp_path)), "abl_class").tier == "ABL_CLASS"


def test_odd_karyotypes_never_fail(grch38: Genome) -> None:
    import random

    rng = random.Random(5)
    parts = [
        "46",
        "XX",
        "t(9;22)",
        "t(9;22)(q34)",
        "der(11)",
        "t(?;11)(?;q23)",
        "ins(4;11)(q21;q13q23)",
        "inv(9)",
        "(p13p24)",
    ]
    parts += [
        "del(11)(q?)",
        "t(11;v)(q23;v)",
        "+mar",
        "idem",
        "sl",
        "//",
        "/",
        "[2]",
        "[20]",
        ",",
        ";",
        "nuc ish(",
        "ABL1 con BCRx2",
        ")[1/0]",
    ]
    for _ in range(300):
        text = ",".join(rng.choices(parts, k=rng.randint(1, 8)))
        for lesion in ("bcr_abl1", "kmt2a_r", "jak2_r"):
            assert call(case_of(grch38, karyotype=text), lesion).state in State
