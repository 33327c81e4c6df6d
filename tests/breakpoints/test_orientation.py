"""The breakend algebra of the specification (1.A): seven fusions, both assemblies, and what a flipped side changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.breakpoints.breakends import join
from annotate.breakpoints.vcf_alt import write_alt
from annotate.decide.case import Case
from annotate.model.junctions import Breakend, Junction
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.name.partners.partners import place
from annotate.read.structural import read_structural
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import KNOWLEDGE, call, case_of, flip, fusion_junction
from tests.makers.structural import write_junctions

# fusion, lesion, sides kept by (5' gene, 3' gene), kind of the event within one chromosome
SEVEN = [
    ("BCR::ABL1", "bcr_abl1", "LR", None),
    ("ETV6::RUNX1", "etv6_runx1", "LL", None),
    ("TCF3::PBX1", "tcf3_r", "RR", None),
    ("EBF1::PDGFRB", "abl_class", "RL", "DEL"),
    ("P2RY8::CRLF2", "crlf2_r", "RL", "DEL"),
    ("STIL::TAL1", "stil_tal1", "RL", "DEL"),
    ("NUP214::ABL1", "abl_class", "LR", "DUP"),
]
NAMES = [row[0] for row in SEVEN]


def _end(genome: Genome, junction: Junction, gene: str) -> Breakend:
    own = genome.gene(gene)
    ends = [end for end in (junction.left, junction.right) if end.chrom == own.chrom]
    return min(ends, key=lambda end: max(own.start - end.pos, end.pos - own.end, 0))


@pytest.mark.parametrize(("name", "lesion", "sides", "kind"), SEVEN, ids=NAMES)
def test_sides_of_the_seven_fusions(genome: Genome, name: str, lesion: str, sides: str, kind: str | None) -> None:
    five, three = name.split("::")
    junction = fusion_junction(genome, name)
    assert _end(genome, junction, five).keeps + _end(genome, junction, three).keeps == sides
    if kind is not None:
        assert junction.left.keeps + junction.right.keeps == {"DEL": "LR", "DUP": "RL"}[kind]


@pytest.mark.parametrize(("name", "lesion", "sides", "kind"), SEVEN, ids=NAMES)
def test_right_orientation_is_detected(genome: Genome, name: str, lesion: str, sides: str, kind: str | None) -> None:
    found = call(case_of(genome, junctions=[fusion_junction(genome, name)]), lesion)
    assert found.state is State.DETECTED
    assert found.details["fusion"] == name
    assert found.genes == tuple(name.split("::"))
    assert found.evidence


@pytest.mark.parametrize("ends", [{"left": True}, {"right": True}, {"left": True, "right": True}], ids=str)
@pytest.mark.parametrize(("name", "lesion", "sides", "kind"), SEVEN, ids=NAMES)
def test_a_flipped_side_is_never_detected(
    genome: Genome, name: str, lesion: str, sides: str, kind: str | None, ends: dict[str, bool]
) -> None:
    found = call(case_of(genome, junctions=[flip(fusion_junction(genome, name), **ends)]), lesion)
    assert found.state is State.EQUIVOCAL
    assert found.subtype is None
    text = found.reasons[0].text
    assert ("reciprocal" in text) == (len(ends) == 2)


@pytest.mark.parametrize("name", NAMES)
def test_either_end_first_is_the_same_call(genome: Genome, name: str) -> None:
    lesion = next(row[1] for row in SEVEN if row[0] == name)
    a = fusion_junction(genome, name)
    b = join(a.right, a.left, split_reads=a.split_reads, paired_reads=a.paired_reads, vaf=a.vaf, filter="PASS")
    assert call(case_of(genome, junctions=[a]), lesion) == call(case_of(genome, junctions=[b]), lesion)


def test_alt_forms_of_the_specification(grch38: Genome) -> None:
    """The bracket forms of the VCF specification, at the record of the 5' gene."""
    wanted = {"BCR::ABL1": "N[9:", "ETV6::RUNX1": "N]21:", "TCF3::PBX1": "[1:"}
    for name, start in wanted.items():
        five, three = name.split("::")
        junction = fusion_junction(grch38, name)
        alt = write_alt(_end(grch38, junction, five), _end(grch38, junction, three))
        assert alt.startswith(start), (name, alt)


@pytest.mark.parametrize("dialect", ["manta", "gridss", "delly", "lumpy", "svaba"])
def test_through_real_vcf_text(genome: Genome, tmp_path: Path, dialect: str) -> None:
    """All seven in one file of each caller; the other product of each in a second file is never detected."""
    direct = [fusion_junction(genome, name) for name in NAMES]
    for junctions, expected in ((direct, State.DETECTED), ([flip(j, left=True, right=True) for j in direct], None)):
        path = write_junctions(dialect, tmp_path / f"{dialect}{expected}.vcf", junctions, genome.assembly)
        sample = Sample("s", "p", "diagnosis", genome.assembly, assay="wgs", tumor_name="TUMOR", normal_name="NORMAL")
        read = place(read_structural((path,), sample, genome, KNOWLEDGE), genome, KNOWLEDGE)
        assert len(read.junctions) == len(NAMES)
        case = Case(sample, genome, KNOWLEDGE, junctions=read)
        for name, lesion, _, _ in SEVEN:
            found = call(case, lesion)
            if expected is None:
                assert found.state is State.EQUIVOCAL, (dialect, name, found.summary)
            else:
                fusions = {entry["fusion"] for entry in found.details["fusions"]}
                assert found.state is State.DETECTED, (name, found.summary)
                assert name in fusions
                assert all(evidence.file and evidence.record for evidence in found.evidence)
