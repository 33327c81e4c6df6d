"""Gene deletions: by copy number, junctions, MLPA and karyotype; IKZF1plus by all its clauses; PAR1; PAX5; ERG."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from annotate.breakpoints.breakends import join
from annotate.decide.case import Case
from annotate.decide.deletions.karyotype_losses import karyotype_losses
from annotate.decide.registry import registered
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Probe, Segment
from annotate.model.fusions import Fusion, Fusions
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.model.sample import InputFile, Sample
from annotate.model.state import Code, State
from annotate.name.copy_number.genes import gene_copies
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.profiles import profile

GENOME = Genome.load("GRCh38")
KNOWLEDGE = Knowledge.load()
LENGTHS = GENOME.contig_lengths
Piece = tuple[str, int, int, float, float]

IK6: Piece = ("7", 50_376_000, 50_392_000, 1, 0)
CDKN2_HOMO: Piece = ("9", 21_900_000, 22_100_000, 0, 0)
CDKN2_HETERO: Piece = ("9", 21_900_000, 22_100_000, 1, 0)
PAX5_DEL: Piece = ("9", 36_900_000, 37_010_000, 1, 0)
PAR1_DEL: Piece = ("X", 1_212_724, 1_500_000, 1, 0)
ERG_DEL: Piece = ("21", 38_395_000, 38_445_000, 1, 0)


def made(*pieces: Piece, **more: Any) -> CopyNumberProfile:
    """A diploid profile with these stretches, and its genes."""
    segments: list[Segment] = []
    for chrom in dict.fromkeys(piece[0] for piece in pieces):
        reached = 1
        for _, start, end, total, minor in sorted(p for p in pieces if p[0] == chrom):
            if start > reached:
                segments.append(Segment(chrom, reached, start - 1, total=2, minor=1))
            segments.append(Segment(chrom, start, end, total=total, minor=minor, record=f"{chrom}:{start}"))
            reached = end + 1
        if reached <= LENGTHS[chrom]:
            segments.append(Segment(chrom, reached, LENGTHS[chrom], total=2, minor=1))
    changed = more.pop("changed", {})
    base = replace(profile(GENOME, changed, pieces=segments), **more)
    return with_genes(base)


def with_genes(base: CopyNumberProfile) -> CopyNumberProfile:
    return replace(base, genes=gene_copies(base, GENOME, KNOWLEDGE))


def mlpa(purity: float | None = None, **ratios: Sequence[float]) -> CopyNumberProfile:
    probes = tuple(Probe(g, str(n), r) for g, values in ratios.items() for n, r in enumerate(values, start=1))
    return made(segments=(), chromosomes={}, probes=probes, purity=purity)


def mlpa_genes(**changed: Sequence[float]) -> CopyNumberProfile:
    """A P335 kit with everything normal except what is named, of a sample with 80 % leukaemic cells."""
    kit: dict[str, Sequence[float]] = {
        "IKZF1": [1.0] * 8, "CDKN2A": [1.0] * 2, "CDKN2B": [1.0], "PAX5": [1.0] * 7, "ETV6": [1.0] * 6,
        "RB1": [1.0] * 5, "BTG1": [1.0] * 2, "EBF1": [1.0] * 4, "CRLF2": [1.0], "CSF2RA": [1.0], "IL3RA": [1.0],
        "P2RY8": [1.0], "SHOX": [1.0],
    }  # fmt: skip
    return mlpa(0.8, **{**kit, **changed})


def deletion(chrom: str, left: int, right: int, **more: Any) -> Junction:
    facts = {"split_reads": 10, "paired_reads": 8, "vaf": 0.4, "filter": "PASS", **more}
    return join(Breakend(chrom, left, "L"), Breakend(chrom, right, "R"), svtype="DEL", **facts)


def case(
    found: CopyNumberProfile | None = None,
    junctions: Sequence[Junction] | None = None,
    fusions: Sequence[Fusion] | None = None,
    karyotype: str | None = None,
    **sample: Any,
) -> Case:
    facts = {"sample": "S", "patient": "P", "timepoint": "diagnosis", "assembly": "GRCh38", **sample}
    svs = rna = None
    if junctions is not None:
        count = max(len(junctions), 5)
        svs = Junctions(tuple(junctions), (InputFile("structural_variants", "S.vcf", "manta", count, count),))
    if fusions is not None:
        count = max(len(fusions), 3)
        file = InputFile("fusions", "S.tsv", "arriba", count, count)
        rna = Fusions(tuple(fusions), (file,), beyond=count - len(fusions))
    return Case(
        sample=Sample(**facts),
        genome=GENOME,
        knowledge=KNOWLEDGE,
        profile=found,
        junctions=svs,
        fusions=rna,
        karyotype=parse_karyotype(karyotype) if karyotype else None,
    )


def call(id: str, of: Case, **known: LesionCall) -> LesionCall:
    """The call of a lesion, after those that it reads. `known` calls are taken as given."""
    rules = registered()
    calls: dict[str, LesionCall] = dict(known)

    def ask(name: str) -> LesionCall:
        if name not in calls:
            for before in rules[name].after:
                ask(before)
            calls[name] = rules[name].rule(replace(of, calls=dict(calls)))
        return calls[name]

    return ask(id)


def codes(found: LesionCall) -> set[Code]:
    return {reason.code for reason in found.reasons}


# ---------------------------------------------------------------- copy number


@pytest.mark.parametrize(
    ("id", "pieces", "more", "state", "subtype"),
    [
        ("ikzf1_deletion", [IK6], {}, "detected", "focal"),
        ("ikzf1_deletion", [("7", 50_376_000, 50_392_000, 0, 0)], {}, "detected", "homozygous"),
        ("ikzf1_deletion", [("7", 1, 60_000_000, 1, 0)], {}, "detected", "arm"),
        ("ikzf1_deletion", [], {"changed": {"7": (1, 0)}}, "detected", "whole_chromosome"),
        ("ikzf1_deletion", [], {}, "not_detected", None),
        ("ikzf1_deletion", [], {"changed": {"7": (2, 0)}}, "not_detected", None),
        ("ikzf1_deletion", [], {"resolution": 200_000}, "not_assessable", None),
        ("ikzf1_deletion", [], {"purity": 0.2}, "not_assessable", None),
        ("ikzf1_deletion", [IK6], {"resolution": 200_000}, "detected", "focal"),
        ("ikzf1_deletion", [("7", 50_306_000, 50_310_000, 1, 0)], {}, "not_detected", None),
        ("cdkn2ab_deletion", [CDKN2_HOMO], {}, "detected", "homozygous"),
        ("cdkn2ab_deletion", [CDKN2_HETERO], {}, "detected", "focal"),
        ("cdkn2ab_deletion", [("9", 1, 40_000_000, 2, 0)], {}, "not_detected", None),
        ("etv6_deletion", [("12", 11_600_000, 11_950_000, 1, 0)], {}, "detected", "focal"),
        ("rb1_deletion", [("13", 48_380_000, 48_480_000, 1, 0)], {}, "detected", "focal"),
        ("rb1_deletion", [("13", 49_900_000, 50_500_000, 1, 0)], {}, "not_detected", None),  # DLEU2, not RB1
        ("btg1_deletion", [("12", 92_000_000, 92_143_500, 1, 0)], {}, "detected", "focal"),
        ("ebf1_deletion", [("5", 158_690_000, 158_760_000, 1, 0)], {}, "detected", "focal"),
        ("ebf1_deletion", [("5", 150_128_000, 158_710_000, 1, 0)], {}, "equivocal", "arm"),
        ("pax5_deletion", [PAX5_DEL], {}, "detected", "focal"),
        ("erg_deletion", [ERG_DEL], {}, "detected", "focal"),
        ("erg_deletion", [("21", 38_300_000, 38_700_000, 1, 0)], {}, "equivocal", "focal"),
        ("erg_deletion", [], {"changed": {"21": (1, 0)}}, "not_detected", None),
    ],
)
def test_by_copy_number(id, pieces, more, state, subtype):
    found = call(id, case(made(*pieces, **more)))
    assert (found.state.value, found.subtype) == (state, subtype)
    assert found.reasons
    if state == "detected":
        assert found.evidence
        assert found.details["level"] in ("focal", "arm", "whole_chromosome")
        assert found.details["deletion"] == "present"
        assert found.details["hits"]
    if state == "not_detected":
        assert Code.LOOKED_AND_NOT_FOUND in codes(found)
    if state == "not_assessable":
        assert any(reason.settles for reason in found.reasons)


def test_ik6_is_named_with_its_span():
    found = call("ikzf1_deletion", case(made(IK6)))
    assert found.details["exons"] == [4, 5, 6, 7]
    assert "exons 4–7 (IK6" in found.summary


def test_copies_relative_to_three_chromosomes_are_said_to_be_so():
    base = profile(
        GENOME,
        {"7": (3, 1)},
        pieces=[
            Segment("7", 1, IK6[1] - 1, total=3, minor=1),
            Segment("7", IK6[1], IK6[2], total=2, minor=1),
            Segment("7", IK6[2] + 1, LENGTHS["7"], total=3, minor=1),
        ],
    )
    found = call("ikzf1_deletion", case(with_genes(base)))
    assert found.state is State.DETECTED
    assert any("relative to 3 copies" in reason.text for reason in found.reasons)


def test_homozygous_and_heterozygous_genes_of_9p_are_kept_apart():
    pieces = [("9", 21_960_000, 21_997_000, 0, 0), ("9", 21_997_001, 22_100_000, 1, 0)]
    found = call("cdkn2ab_deletion", case(made(*pieces)))
    assert found.details["by_gene"] == {"CDKN2A": "homozygous_deletion", "CDKN2B": "deletion"}
    assert found.subtype == "homozygous"


def test_a_subclonal_deletion():
    base = made(("12", 11_600_000, 11_950_000, 1.6, 1))
    assert call("etv6_deletion", case(base)).state is State.DETECTED_SUBCLONAL


def test_no_input_and_an_uncovered_gene():
    assert call("etv6_deletion", case()).state is State.NOT_ASSESSABLE
    holes = with_genes(replace(made(), segments=tuple(s for s in made().segments if s.chrom != "12")))
    found = call("etv6_deletion", case(holes))
    assert found.state is State.NOT_ASSESSABLE
    assert Code.REGION_NOT_COVERED in codes(found)


# ---------------------------------------------------------------- junctions


def test_a_deletion_junction_alone_is_enough_and_gives_the_exons():
    found = call("ikzf1_deletion", case(junctions=[deletion("7", 50_376_500, 50_391_900)], assay="wgs"))
    assert (found.state, found.subtype) == (State.DETECTED, "focal")
    assert found.details["exons"] == [4, 5, 6, 7]
    assert found.evidence[0].kind == "junction"


@pytest.mark.parametrize(
    ("junction", "state"),
    [
        (deletion("7", 50_376_500, 50_391_900, filter="MinSomaticScore"), State.EQUIVOCAL),
        (deletion("7", 50_376_500, 50_391_900, split_reads=1, paired_reads=1), State.EQUIVOCAL),
        (deletion("7", 50_376_500, 50_391_900, vaf=0.05), State.DETECTED_SUBCLONAL),
        (deletion("7", 50_306_000, 50_310_000), State.NOT_ASSESSABLE),  # intron 1
        (deletion("7", 40_000_000, 60_000_000), State.NOT_ASSESSABLE),  # too long for a junction alone
        (join(Breakend("7", 50_376_500, "R"), Breakend("7", 50_391_900, "L"), filter="PASS"), State.NOT_ASSESSABLE),
        (join(Breakend("7", 50_376_500, "L"), Breakend("7", 50_391_900, "L"), filter="PASS"), State.NOT_ASSESSABLE),
    ],
)
def test_weak_long_and_unlike_junctions(junction, state):
    assert call("ikzf1_deletion", case(junctions=[junction], assay="wgs")).state is state


def test_silent_structural_variants_exclude_focal_deletions_only():
    """The loss of an arm or a chromosome leaves no deletion junction."""
    silent = case(junctions=[], assay="wgs")
    assert call("cdkn2ab_deletion", silent).state is State.NOT_ASSESSABLE
    assert call("erg_deletion", silent).state is State.NOT_DETECTED  # always focal
    coarse = case(made(resolution=200_000), junctions=[], assay="wgs")
    assert call("ikzf1_deletion", coarse).state is State.NOT_DETECTED  # one excludes large, the other small losses


def test_a_junction_below_the_resolution_of_copy_number_counts_and_says_so():
    found = call("ikzf1_deletion", case(made(), junctions=[deletion("7", 50_376_500, 50_391_900)]))
    assert found.state is State.DETECTED
    assert any("too coarse" in reason.text for reason in found.reasons)


# ---------------------------------------------------------------- MLPA and log2


def test_mlpa_without_any_segment():
    of = case(mlpa_genes(IKZF1=[1, 1, 1, 0.5, 0.5, 0.5, 0.5, 1]))
    found = call("ikzf1_deletion", of)
    assert (found.state, found.details["exons"]) == (State.DETECTED, [4, 5, 6, 7])
    assert call("etv6_deletion", of).state is State.NOT_DETECTED
    assert call("erg_deletion", of).state is State.NOT_ASSESSABLE  # no probe in the kit


def test_ebf1_by_mlpa_alone_warns_of_the_fusion():
    found = call("ebf1_deletion", case(mlpa_genes(EBF1=[0.5, 0.5, 1, 1])))
    assert found.state is State.DETECTED
    assert any("EBF1::PDGFRB" in reason.text and reason.settles for reason in found.reasons)


# ---------------------------------------------------------------- karyotype


@pytest.mark.parametrize(
    ("gene", "karyotype", "certain"),
    [
        ("IKZF1", "45,XX,-7[10]", True),
        ("IKZF1", "46,XX,del(7)(p11)[10]", True),
        ("IKZF1", "46,XX,del(7)(p15)[10]", None),
        ("IKZF1", "46,XX,del(7)(p12)[10]", False),  # at the breakpoint
        ("IKZF1", "46,XX,i(7)(q10)[10]", True),
        ("IKZF1", "46,XX,i(7)(p10)[10]", None),
        ("IKZF1", "45,XX,-7,+mar[10]", False),
        ("IKZF1", "46,XX,del(7)(q22q34)[10]", None),
        ("CDKN2A", "45,XY,dic(9;20)(p13;q11)[8]", True),
        ("CDKN2A", "46,XY,del(9)(p13p22)[8]", True),
        ("CDKN2A", "46,XY,del(9)(p?)[8]", False),
        ("CDKN2A", "46,XY,add(9)(p13)[8]", False),
        ("CDKN2A", "46,XY,t(9;22)(q34;q11)[8]", None),
        ("CDKN2A", "46,XY,der(9)t(9;12)(p13;q13)[8]", True),
        ("CDKN2A", "46,XY[8]//45,XY,-9[3]", None),  # the donor
        ("PAX5", "45,XY,dic(9;20)(p13;q11)[8]", False),
        ("ETV6", "46,XY,del(12)(p11p13)[8]", False),
        ("ETV6", "46,XY,del(12)(p11)[8]", True),
        ("ETV6", "46,XY,t(12;21)(p13;q22)[8]", None),
        ("RB1", "45,XY,-13[8]", True),
        ("RB1", "46,XY,del(13)(q12q22)[8]", True),
        ("RB1", "46,XY,del(13)(q31)[8]", None),
        ("EBF1", "46,XY,del(5)(q13q35)[8]", True),
        ("EBF1", "46,XY,?del(5)(q13q35)[8]", False),
    ],
)
def test_what_a_karyotype_takes_with_it(gene, karyotype, certain):
    found = karyotype_losses(case(karyotype=karyotype), gene)
    assert [loss.certain for loss in found] == ([] if certain is None else [certain])


def test_a_karyotype_alone_is_equivocal_and_against_copy_number_a_conflict():
    alone = call("ikzf1_deletion", case(karyotype="45,XX,-7[10]"))
    assert (alone.state, alone.leaning) == (State.EQUIVOCAL, "likely")
    assert Code.KARYOTYPE_ONLY in codes(alone)
    maybe = call("ikzf1_deletion", case(karyotype="46,XX,add(7)(p11)[10]"))
    assert (maybe.state, maybe.leaning) == (State.EQUIVOCAL, "unclear")
    against = call("ikzf1_deletion", case(made(), karyotype="45,XX,-7[10]"))
    assert against.state is State.EQUIVOCAL
    assert Code.EVIDENCE_CONFLICT in codes(against)
    with_it = call("ikzf1_deletion", case(made(changed={"7": (1, 0)}), karyotype="45,XX,-7[10]"))
    assert with_it.state is State.DETECTED
    assert any("karyotype agrees" in reason.text for reason in with_it.reasons)


# ---------------------------------------------------------------- FISH


@pytest.mark.parametrize(
    ("id", "fish", "state", "subtype"),
    [
        ("cdkn2ab_deletion", "nuc ish(CDKN2Ax0,D9Z1x2)[120/200]", "detected", "homozygous"),
        ("cdkn2ab_deletion", "nuc ish(CDKN2Ax1,D9Z1x2)[120/200]", "detected", None),
        ("cdkn2ab_deletion", "nuc ish(p16x1)[120/200]", "detected", None),
        ("cdkn2ab_deletion", "nuc ish(CDKN2Ax1)[10/200]", "equivocal", None),
        ("cdkn2ab_deletion", "nuc ish(CDKN2Ax2)[200]", "not_assessable", None),
        ("tp53_deletion", "nuc ish(TP53x1,D17Z1x2)[180/200]", "detected", None),
        ("tp53_deletion", "nuc ish(TP53x1,D17Z1x2)[3/200]", "equivocal", None),
        ("etv6_deletion", "nuc ish(ETV6x1,RUNX1x2)[90/100]", "detected", None),
        ("etv6_deletion", "nuc ish(ETV6x2,RUNX1x3)(ETV6 con RUNX1x1)[90/100]", "not_assessable", None),
    ],
)
def test_fish(id, fish, state, subtype):
    found = call(id, case(karyotype=f"46,XX[20].{fish}"))
    assert (found.state.value, found.subtype) == (state, subtype)


def test_fish_against_normal_copy_number_is_a_conflict_and_with_a_loss_agrees():
    fish = "46,XX[20].nuc ish(CDKN2Ax1,D9Z1x2)[120/200]"
    against = call("cdkn2ab_deletion", case(made(), karyotype=fish))
    assert (against.state, against.leaning) == (State.EQUIVOCAL, "likely")
    assert Code.EVIDENCE_CONFLICT in codes(against)
    agrees = call("cdkn2ab_deletion", case(made(CDKN2_HETERO), karyotype=fish))
    assert agrees.state is State.DETECTED
    assert any("FISH agrees" in reason.text for reason in agrees.reasons)


# ---------------------------------------------------------------- PAR1


@pytest.mark.parametrize(
    ("pieces", "mode", "state"),
    [
        ([PAR1_DEL], "unknown", State.NOT_ASSESSABLE),
        ([PAR1_DEL], "y_masked", State.DETECTED),
        ([PAR1_DEL], "y_present", State.DETECTED),
        ([], "unknown", State.NOT_ASSESSABLE),
        ([], "y_masked", State.NOT_DETECTED),
        ([], "y_present", State.NOT_ASSESSABLE),
        ([("X", 1_250_000, 1_320_000, 1, 0)], "y_masked", State.EQUIVOCAL),  # CSF2RA without IL3RA
        ([("X", 1_100_000, 1_500_000, 1, 0)], "y_masked", State.EQUIVOCAL),  # CRLF2 gone too
    ],
)
def test_par1_by_copy_number(pieces, mode, state):
    found = call("par1_deletion", case(made(*pieces), par_mode=mode))
    assert found.state is state
    if mode == "unknown":
        assert Code.BUILD_LIMITATION in codes(found)
        assert any(reason.settles and "par_mode" in reason.settles for reason in found.reasons)


def test_par1_of_a_male_with_one_x_is_compared_with_itself():
    base = profile(GENOME, {}, sex="male")
    found = call("par1_deletion", case(with_genes(base), par_mode="y_masked"))
    assert found.state is State.NOT_DETECTED


@pytest.mark.parametrize("chrom", ["X", "Y"])
def test_par1_by_its_junction_on_either_chromosome(chrom):
    junction = deletion(chrom, 1_212_700, 1_500_000)
    found = call("par1_deletion", case(junctions=[junction]))
    assert found.state is State.DETECTED
    assert found.details["fusion"] == "P2RY8::CRLF2"
    weak = call("par1_deletion", case(junctions=[replace(junction, filter="LowQual")]))
    assert weak.state is State.EQUIVOCAL
    elsewhere = call("par1_deletion", case(junctions=[deletion(chrom, 1_000_000, 1_500_000)]))
    assert elsewhere.state is State.NOT_ASSESSABLE


@pytest.mark.parametrize(("chrom", "shift"), [("X", 0), ("Y", -50_000)])
def test_par1_of_the_other_assembly_lies_elsewhere_on_y(grch37, chrom, shift):
    junction = deletion(chrom, 1_331_600 + shift, 1_620_000 + shift)
    of = replace(case(junctions=[junction], assembly="GRCh37"), genome=grch37)
    assert call("par1_deletion", of).state is State.DETECTED


def test_par1_by_rna_and_by_mlpa():
    rna = Fusion("P2RY8", "CRLF2", "arriba", split_reads=20, spanning_reads=5)
    assert call("par1_deletion", case(fusions=[rna])).state is State.DETECTED
    few = replace(rna, split_reads=1, spanning_reads=0)
    assert call("par1_deletion", case(fusions=[few])).state is State.NOT_ASSESSABLE
    assert call("par1_deletion", case(mlpa_genes(CSF2RA=[0.5], IL3RA=[0.5]))).state is State.DETECTED
    assert call("par1_deletion", case(mlpa_genes())).state is State.NOT_DETECTED
    whole = mlpa_genes(CSF2RA=[0.5], IL3RA=[0.5], CRLF2=[0.5], SHOX=[0.5], P2RY8=[0.5])
    assert call("par1_deletion", case(whole)).state is State.EQUIVOCAL


# ---------------------------------------------------------------- PAX5


def test_pax5_amplification_of_exons_2_to_5():
    found = call("pax5", case(made(("9", 36_990_000, 37_025_000, 5, 1))))
    assert (found.state, found.subtype) == (State.DETECTED, "amplification")
    assert Code.NEEDS_GEX in codes(found)
    assert call("pax5_deletion", case(made(("9", 36_990_000, 37_025_000, 5, 1)))).state is State.NOT_DETECTED
    beyond = made(("9", 30_000_000, 37_500_000, 5, 1))
    assert call("pax5", case(beyond)).state is State.NOT_ASSESSABLE  # a gain of 9p is no intragenic amplification


def test_pax5_by_copy_number_alone_leaves_fusions_open():
    found = call("pax5", case(made()))
    assert found.state is State.NOT_ASSESSABLE
    assert Code.NEEDS_RNA in codes(found)
    assert call("pax5_deletion", case(made())).state is State.NOT_DETECTED
    assert call("pax5", case(made(), fusions=[])).state is State.NOT_DETECTED


def test_pax5_fusion_and_deletion():
    rna = Fusion("PAX5", "ETV6", "arriba", split_reads=12, spanning_reads=4, in_frame=True)
    found = call("pax5", case(made(PAX5_DEL), fusions=[rna]))
    assert (found.state, found.subtype) == (State.DETECTED, "fusion")
    assert found.details["kinds"] == ["fusion", "deletion"]
    assert "ETV6" in found.genes
    deleted = call("pax5", case(made(PAX5_DEL)))
    assert (deleted.state, deleted.subtype) == (State.DETECTED, "deletion")


# ---------------------------------------------------------------- EBF1


def test_a_confirmed_ebf1_pdgfrb_takes_the_loss_of_ebf1_with_it():
    of = case(made(("5", 150_128_000, 158_710_000, 1, 0)))
    fusion = LesionCall(
        "abl_class", "ABL-class fusion", State.DETECTED, "", (), subtype="EBF1::PDGFRB", genes=("EBF1", "PDGFRB")
    )
    found = call("ebf1_deletion", of, abl_class=fusion)
    assert found.state is State.NOT_DETECTED
    assert Code.RULED_OUT in codes(found)
    assert found.details["fusion"] == "EBF1::PDGFRB"


# ---------------------------------------------------------------- IKZF1plus

NORMAL_X: Mapping[str, Any] = {"par_mode": "y_masked"}
NO_DUX4 = LesionCall("dux4_r", "DUX4", State.NOT_ASSESSABLE, "", ())
DUX4 = LesionCall("dux4_r", "DUX4", State.DETECTED, "", ())


@pytest.mark.parametrize(
    ("pieces", "sample", "dux4", "state", "leaning"),
    [
        ([IK6, CDKN2_HOMO], NORMAL_X, NO_DUX4, "detected", None),
        ([IK6, CDKN2_HETERO], NORMAL_X, NO_DUX4, "not_detected", None),  # homozygous only
        ([IK6, PAX5_DEL], NORMAL_X, NO_DUX4, "detected", None),
        ([IK6, PAR1_DEL], NORMAL_X, NO_DUX4, "detected", None),
        ([IK6], NORMAL_X, NO_DUX4, "not_detected", None),
        ([IK6, PAX5_DEL, ERG_DEL], NORMAL_X, NO_DUX4, "not_detected", None),  # an ERG deletion rules it out
        ([IK6, ERG_DEL], {}, NO_DUX4, "not_detected", None),
        ([CDKN2_HOMO, PAX5_DEL], NORMAL_X, NO_DUX4, "not_detected", None),  # no IKZF1 deletion
        ([IK6], {}, NO_DUX4, "equivocal", "unclear"),  # PAR1 not assessable
        ([IK6, PAX5_DEL], {}, NO_DUX4, "detected", None),  # PAX5 decides, whatever PAR1 is
        ([IK6, PAX5_DEL], NORMAL_X, DUX4, "not_detected", None),
    ],
)
def test_ikzf1plus(pieces, sample, dux4, state, leaning):
    found = call("ikzf1_plus", case(made(*pieces), **sample), dux4_r=dux4)
    assert (found.state.value, found.leaning) == (state, leaning)
    if state == "equivocal":
        assert any(reason.settles for reason in found.reasons)


def test_ikzf1plus_is_open_where_erg_is_not_assessable():
    """P335 has no probe of ERG."""
    of = case(mlpa_genes(IKZF1=[0.5] * 8, PAX5=[0.5] * 7))
    found = call("ikzf1_plus", of)
    assert (found.state, found.leaning) == (State.EQUIVOCAL, "likely")
    assert found.details["clauses"]["ERG deletion"] == "unknown"


def test_ikzf1plus_without_ikzf1_assessable():
    of = case(made(CDKN2_HOMO, resolution=100_000), **NORMAL_X)
    assert call("ikzf1_plus", of).state is State.NOT_ASSESSABLE


def test_ikzf1plus_cannot_be_judged_from_log2_alone_when_cdkn2a_may_be_homozygous():
    base = made(IK6, CDKN2_HETERO)
    ratio = {2: 0.0, 1: -0.6}
    segments = tuple(replace(s, log2=ratio.get(int(s.total or 0), -2.0), total=None, minor=None) for s in base.segments)
    plain = with_genes(replace(base, segments=segments, chromosomes={}, purity=None, allele_specific=False))
    found = call("ikzf1_plus", case(plain, **NORMAL_X))
    assert found.state is State.EQUIVOCAL
    assert found.details["clauses"]["homozygous CDKN2A deletion"] == "unknown"


def test_homozygous_or_not_stays_open_where_purity_is_a_guess():
    base = made(IK6, CDKN2_HOMO)
    ratio = {2: 0.0, 1: -0.5, 0: -1.0}
    segments = tuple(replace(s, log2=ratio[int(s.total or 0)]) for s in base.segments)
    guess = with_genes(replace(base, segments=segments, purity_source="fit", ploidy_certain=False))
    found = call("cdkn2ab_deletion", case(guess))
    assert (found.state, found.subtype, found.details["level"]) == (State.DETECTED, None, "focal")
    plus = call("ikzf1_plus", case(guess, **NORMAL_X))
    assert plus.state is State.EQUIVOCAL
    assert any(reason.settles == "purity" for reason in plus.reasons)


def test_ikzf1plus_says_when_chromosome_7_is_lost_as_a_whole():
    found = call("ikzf1_plus", case(made(PAX5_DEL, changed={"7": (1, 0)}), **NORMAL_X))
    assert found.state is State.DETECTED
    assert any("whole chromosome 7" in reason.text for reason in found.reasons)


def test_losses_of_a_hypodiploid_clone_and_of_its_doubled_form_are_said_to_be_so():
    lost = LesionCall("hypodiploidy", "Hypodiploidy", State.DETECTED, "", (), masked=False)
    found = call("ikzf1_deletion", case(made(changed={"7": (1, 0)})), hypodiploidy=lost)
    assert found.state is State.DETECTED
    assert any("hypodiploid clone" in reason.text for reason in found.reasons)
    doubled = replace(lost, masked=True)
    found = call("ikzf1_deletion", case(made(changed={"7": (2, 0)})), hypodiploidy=doubled)
    assert found.state is State.NOT_DETECTED
    assert any("before the clone doubled" in reason.text for reason in found.reasons)


# ---------------------------------------------------------------- every lesion of this family


FAMILY = (
    "ikzf1_deletion", "ikzf1_plus", "cdkn2ab_deletion", "pax5_deletion", "pax5", "etv6_deletion", "rb1_deletion",
    "btg1_deletion", "ebf1_deletion", "par1_deletion", "erg_deletion",
)  # fmt: skip


@pytest.mark.parametrize("id", FAMILY)
def test_no_record_is_never_a_negative(id):
    for of in (case(), case(karyotype="46,XX[20]"), case(junctions=[]), case(fusions=[])):
        assert call(id, of).state is State.NOT_ASSESSABLE


@pytest.mark.parametrize("id", FAMILY)
def test_every_lesion_of_the_family_is_in_the_knowledge_tables(id):
    for table in ("lesions", "visibility", "settles"):
        column = "id" if table == "lesions" else "lesion"
        assert any(entry[column] == id for entry in KNOWLEDGE.table(table)), table


def test_a_lost_gene_is_never_called_present():
    """Random deletions of a whole gene, in random resolutions and purities: detected, never not_detected."""
    dice = random.Random(11)
    lesions = {
        "IKZF1": "ikzf1_deletion",
        "CDKN2A": "cdkn2ab_deletion",
        "PAX5": "pax5_deletion",
        "ETV6": "etv6_deletion",
        "RB1": "rb1_deletion",
        "BTG1": "btg1_deletion",
    }
    for _ in range(60):
        name = dice.choice(sorted(lesions))
        gene = GENOME.gene(name)
        assert gene is not None
        start = max(1, gene.start - dice.randint(0, 10**7))
        end = min(LENGTHS[gene.chrom], gene.end + dice.randint(0, 10**7))
        piece: Piece = (gene.chrom, start, end, dice.choice([0, 1]), 0)
        more = {"resolution": dice.choice([None, 1000, 10**6]), "purity": dice.choice([None, 0.2, 0.9])}
        assert call(lesions[name], case(made(piece, **more))).state is State.DETECTED


def test_odd_profiles_are_judged_without_a_fault():
    dice = random.Random(5)
    numbers = [None, 0.0, 0.5, 1.0, 1.49, 2.0, 2.5, 7.0, 40.0]
    for _ in range(25):
        segments = []
        for chrom in dice.sample([*map(str, range(1, 23)), "X", "Y"], 12):
            cuts = sorted(dice.sample(range(1, LENGTHS[chrom]), 4))
            for low, high in itertools.pairwise(cuts):
                total = dice.choice(numbers)
                segments.append(
                    Segment(
                        chrom,
                        low + 1,
                        high,
                        log2=dice.choice([None, -20.0, -1.0, 0.0, 3.0]),
                        total=total,
                        minor=None if total is None else dice.choice([None, 0.0, total / 2]),
                        cellular_fraction=dice.choice([None, 0.0, 0.4, 1.0]),
                        second_total=dice.choice([None, 1.0]),
                    )
                )
        base = replace(
            profile(GENOME, {}, sex=dice.choice(["male", "female", "unknown"])),
            segments=tuple(segments),
            chromosomes={},
            purity=dice.choice([None, 0.1, 0.8]),
            resolution=dice.choice([None, 100, 10**7]),
        )
        found = with_genes(base)
        for id in FAMILY:
            assert call(id, case(found, par_mode=dice.choice(["unknown", "y_masked"]))).summary


def test_totals_of_an_open_ploidy_exclude_no_loss(tmp_path):
    """A near-haploid clone in log2 ratios alone looks like two copies with gains: one copy of TP53 is left in truth."""
    from tests.makers.golden import PATIENTS, make_report, states_of

    states = states_of(make_report(PATIENTS["near_haploid_total_only"], tmp_path))
    assert states["hypodiploidy"] == "equivocal"
    for lesion in (
        "tp53_deletion",
        "ikzf1_deletion",
        "pax5_deletion",
        "rb1_deletion",
        "ebf1_deletion",
        "btg1_deletion",
    ):
        assert states[lesion] == "not_assessable", lesion
