"""Two able inputs that disagree are equivocal and both named, for every lesion that two kinds of input can show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.decide.case import Case
from annotate.decide.registry import call_all
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source
from annotate.model.sample import InputFile
from annotate.model.small_variants import DepthAt, SmallVariant, SmallVariants
from annotate.model.state import Code, State
from tests.decide.test_deletions import case as copies_case
from tests.decide.test_deletions import made
from tests.decide.test_rearrangements import OTHER as EXPRESSED
from tests.decide.test_rearrangements import PASSENGER
from tests.makers.rearrangement_cases import case_of, fusion_junction

# translocations that metaphases prove, and the FISH pattern of the same lesion
BANDS = {
    "bcr_abl1": "t(9;22)(q34;q11.2)",
    "kmt2a_r": "t(4;11)(q21;q23)",
}
ABLE = {"dna": Source.JUNCTIONS, "rna": Source.FUSIONS}


def _silent(genome, methods: tuple[str, ...], karyotype: str | None) -> Case:
    return case_of(
        genome,
        junctions=[PASSENGER] if "dna" in methods else None,
        fusions=[EXPRESSED] if "rna" in methods else None,
        karyotype=karyotype,
    )


def _conflict(call: LesionCall) -> None:
    assert call.state is State.EQUIVOCAL, call.summary
    assert call.conflict is not None
    assert any(reason.code is Code.EVIDENCE_CONFLICT for reason in call.reasons)


@pytest.mark.parametrize("lesion", BANDS)
@pytest.mark.parametrize("methods", [("dna",), ("rna",), ("dna", "rna")])
def test_metaphases_against_sequencing(grch38, lesion, methods):
    case = _silent(grch38, methods, f"46,XX,{BANDS[lesion]}[15]/46,XX[5]")
    call = call_all(case)[lesion]
    _conflict(call)
    assert call.conflict.speaks_for == (Source.KARYOTYPE,)
    assert set(call.conflict.speaks_against) == {ABLE[method] for method in methods}
    alone = replace(case, junctions=None, fusions=None)
    assert call_all(alone)[lesion].state is State.DETECTED


@pytest.mark.parametrize("lesion", BANDS)
def test_sequencing_that_could_not_have_shown_it_is_no_conflict(grch38, lesion):
    """Too few leukaemic cells, no assay stated, no record at all: bands stand."""
    karyotype = f"46,XX,{BANDS[lesion]}[15]/46,XX[5]"
    shallow = replace(_silent(grch38, ("dna", "rna"), karyotype))
    shallow = replace(shallow, sample=replace(shallow.sample, purity=0.02))
    unstated = _silent(grch38, ("dna",), karyotype)
    unstated = replace(unstated, sample=replace(unstated.sample, assay=None))
    for case in (shallow, unstated):
        call = call_all(case)[lesion]
        assert call.state is State.DETECTED
        assert call.conflict is None


@pytest.mark.parametrize("name", ["BCR::ABL1", "KMT2A::AFF1"])
def test_fish_against_a_sequence(grch38, name):
    fish = {"BCR::ABL1": "nuc ish(ABL1,BCR)x2[200]", "KMT2A::AFF1": "nuc ish(KMT2Ax2)(5'KMT2A con 3'KMT2Ax2)[200]"}
    lesion = {"BCR::ABL1": "bcr_abl1", "KMT2A::AFF1": "kmt2a_r"}[name]
    case = case_of(grch38, junctions=[fusion_junction(grch38, name)], karyotype=fish[name])
    _conflict(call_all(case)[lesion])


GENES = ("ikzf1_deletion", "cdkn2ab_deletion", "etv6_deletion", "rb1_deletion", "tp53_deletion", "pax5_deletion")
LOSSES = {
    "ikzf1_deletion": "-7",
    "cdkn2ab_deletion": "i(9)(q10)",
    "etv6_deletion": "-12",
    "rb1_deletion": "-13",
    "tp53_deletion": "-17",
    "pax5_deletion": "i(9)(q10)",
}


@pytest.mark.parametrize("lesion", GENES)
def test_bands_against_copies(lesion):
    karyotype = f"45,XX,{LOSSES[lesion]}[18]/46,XX[2]"
    call = call_all(copies_case(made(), karyotype=karyotype))[lesion]
    _conflict(call)
    assert call.conflict.speaks_against == (Source.COPY_NUMBER,)
    assert call_all(copies_case(None, karyotype=karyotype))[lesion].conflict is None


NEAR_HAPLOID = "27,X,+14,+18,+21[15]/46,XX[5]"


def test_a_near_haploid_clone_against_a_flat_profile_opens_every_deletion():
    """Copies of a profile that does not show the clone of the metaphases exclude no loss."""
    calls = call_all(copies_case(made(changed={"8": (3, 1)}), karyotype=NEAR_HAPLOID))
    _conflict(calls["hypodiploidy"])
    for lesion in GENES:
        assert calls[lesion].state is not State.NOT_DETECTED, lesion


def test_a_hyperdiploid_clone_against_a_diploid_profile():
    karyotype = "54,XX,+X,+4,+6,+10,+14,+17,+18,+21[15]/46,XX[5]"
    call = call_all(copies_case(made(changed={"8": (3, 1)}), karyotype=karyotype))["high_hyperdiploidy"]
    _conflict(call)


@pytest.mark.parametrize("karyotype", [NEAR_HAPLOID, "54,XX,+X,+4,+6,+10,+14,+17,+18,+21[15]/46,XX[5]"])
@pytest.mark.parametrize("allele_specific", [True, False])
def test_a_flat_profile_beside_an_aneuploid_clone_excludes_no_loss(karyotype, allele_specific):
    """The cells that metaphases show are not those that were measured: nothing of the profile is a negative."""
    flat = replace(made(), allele_specific=allele_specific)
    calls = call_all(copies_case(flat, karyotype=karyotype))
    for lesion in (*GENES, "btg1_deletion", "ebf1_deletion", "erg_deletion", "pten", "relapse_genes"):
        assert calls[lesion].state is not State.NOT_DETECTED, lesion


@pytest.mark.parametrize("karyotype", ["46,XX,t(12;21)(p13;q22)[15]", "47,XX,+21[15]/46,XX[5]", "46,XX[20]"])
def test_a_flat_profile_beside_a_near_diploid_clone_still_excludes_losses(karyotype):
    calls = call_all(copies_case(made(), karyotype=karyotype))
    assert calls["ikzf1_deletion"].state is State.NOT_DETECTED


# ---------------------------------------------------------------- taking inputs away


def _inputs(case: Case) -> list[str]:
    return [
        name for name in ("small", "junctions", "fusions", "profile", "karyotype") if getattr(case, name) is not None
    ]


CASES = [
    "46,XX,t(9;22)(q34;q11.2)[15]/46,XX[5]",
    NEAR_HAPLOID,
    "46,XX,t(4;11)(q21;q23)[15]/46,XX[5]",
    "45,XX,-7[18]/46,XX[2]",
    "46,XX,del(9)(p21)[10]/46,XX[10]",
    "nuc ish(ABL1,BCR)x2[200]",
]


@pytest.mark.parametrize("karyotype", CASES)
def test_taking_an_input_away_never_creates_a_negative(karyotype):
    """An input that contradicts no other may be left out without a negative that was not there with it."""
    found = made(("9", 21_000_000, 23_000_000, 1, 0), changed={"8": (3, 1)})
    case = copies_case(found, junctions=[PASSENGER], fusions=[EXPRESSED], assay="wgs", karyotype=karyotype)
    before = call_all(case)
    contradicting = {source for call in before.values() if call.conflict for source in call.conflict.speaks_for}
    for name in _inputs(case):
        if name in contradicting:
            continue  # what it contradicts is open because of it
        after = call_all(replace(case, **{name: None}))
        blind = (id for id, call in before.items() if call.state is State.NOT_ASSESSABLE)
        created = [id for id in blind if after[id].state is State.NOT_DETECTED]
        assert not created, (name, created)


# ---------------------------------------------------------------- a call against the alignments at its place

CALLED = [("NT5C2", 367, "nt5c2"), ("KRAS", 12, "ras_pathway"), ("TP53", 248, "tp53_alteration")]


def _called(genome, gene: str, codon: int, place: int, reads: int, seen: int) -> Case:
    """A passing call of a hotspot change, and the alignments at its place."""
    named = {"NT5C2": "p.Arg367Gln", "KRAS": "p.Gly12Asp", "TP53": "p.Arg248Gln"}[gene]
    transcript = genome.transcript(gene)
    pos = transcript.protein_to_genomic(codon)[place]
    alt = {"+": "A", "-": "T"}[transcript.strand]
    ref = {"+": "G", "-": "C"}[transcript.strand]
    depth = 400
    variant = SmallVariant(
        transcript.chrom, pos, ref, alt, gene=gene, consequence="missense_variant", hgvsp=named, codon=codon,
        vaf=reads / depth, depth=depth, alt_reads=reads, filter="PASS", source="csq",
    )  # fmt: skip
    at = DepthAt(transcript.chrom, pos, depth, {ref: depth - seen, alt: seen})
    file = InputFile("small_variants", "x.vcf", "mutect2", 1, 1)
    small = SmallVariants((variant,), (file,), depths={(transcript.chrom, pos): at})
    return replace(case_of(genome, assay="panel"), small=small)


@pytest.mark.parametrize(("gene", "codon", "lesion"), CALLED)
def test_a_call_that_its_alignments_do_not_hold(genome, gene, codon, lesion):
    case = _called(genome, gene, codon, 1, reads=120, seen=0)
    call = call_all(case)[lesion]
    _conflict(call)
    assert (call.conflict.speaks_for, call.conflict.speaks_against) == ((Source.SMALL_VARIANTS,), (Source.ALIGNMENTS,))


@pytest.mark.parametrize("seen", [100, 120, 140])
def test_a_call_that_its_alignments_hold_stands(genome, seen):
    call = call_all(_called(genome, "NT5C2", 367, 1, reads=120, seen=seen))["nt5c2"]
    assert call.state.present
    assert call.conflict is None
