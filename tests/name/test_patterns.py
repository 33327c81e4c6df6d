"""Fusions that copy number gives away, and what looks like them but is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.knowledge.check import check
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.name.copy_number.patterns import fusion_patterns
from annotate.reference.genome import Genome
from tests.makers.profiles import profile

KNOWLEDGE = Knowledge.load()
Piece = tuple[str, int, int, float]

# lesion pieces in GRCh38: (chromosome, start, end, copies); an end of 0 is the end of the chromosome
CASES: list[tuple[str, list[Piece], str | None, str | None, str | None]] = [
    ("EBF1 to PDGFRB", [("5", 150_128_000, 158_710_000, 1)], "EBF1::PDGFRB", "abl_class", "unclear"),
    ("the 5q deletion ends before PDGFRB", [("5", 150_300_000, 158_710_000, 1)], None, None, None),
    ("the 5q deletion goes on beyond EBF1", [("5", 150_128_000, 160_000_000, 1)], None, None, None),
    ("EBF1 alone", [("5", 158_700_000, 158_760_000, 1)], None, None, None),
    ("5q-", [("5", 150_128_000, 0, 1)], None, None, None),
    ("NUP214 episome", [("9", 130_730_000, 131_200_000, 12)], "NUP214::ABL1", "abl_class", "likely"),
    ("NUP214 episome of four copies", [("9", 130_730_000, 131_200_000, 4)], "NUP214::ABL1", "abl_class", "likely"),
    ("three copies are no amplification", [("9", 130_730_000, 131_200_000, 3)], None, None, None),
    ("ASS1 amplified too", [("9", 130_430_000, 131_200_000, 12)], None, None, None),
    ("all of 9q34 amplified", [("9", 130_000_000, 0, 12)], None, None, None),
    ("SET to NUP214", [("9", 128_690_000, 131_190_000, 1)], "SET::NUP214", "t_all_r", "likely"),
    ("STIL to TAL1", [("1", 47_230_000, 47_312_000, 1)], "STIL::TAL1", "stil_tal1", "likely"),
    ("1p33 loss that is larger", [("1", 47_000_000, 47_400_000, 1)], None, None, None),
    ("PAR1", [("X", 1_212_724, 1_530_000, 1)], "P2RY8::CRLF2", "crlf2_r", "unclear"),
    ("der(19)", [("1", 164_600_000, 0, 3), ("19", 1, 1_617_000, 1)], "TCF3::PBX1", "tcf3_r", "unclear"),
    ("1q gain without 19p loss", [("1", 164_600_000, 0, 3)], None, None, None),
    ("1q gain that starts elsewhere", [("1", 160_000_000, 0, 3), ("19", 1, 1_617_000, 1)], None, None, None),
    ("3' KMT2A lost", [("11", 118_485_000, 0, 1)], "KMT2A 3' loss", "kmt2a_r", "unclear"),
    ("11q lost from before KMT2A", [("11", 110_000_000, 0, 1)], None, None, None),
    ("11q lost from after the breakpoint region", [("11", 118_512_000, 0, 1)], None, None, None),
    ("5' KMT2A gained", [("11", 110_000_000, 118_485_000, 3)], "KMT2A 5' gain", "kmt2a_r", "unclear"),
    (
        "UBTF and FLT3",
        [("17", 44_195_000, 44_210_000, 1), ("13", 28_100_000, 28_140_000, 1)],
        "UBTF::ATXN7L3",
        "cdx2_ubtf",
        "likely",
    ),
    ("UBTF alone", [("17", 44_195_000, 44_210_000, 1)], "UBTF::ATXN7L3", "cdx2_ubtf", "unclear"),
    ("17q21 lost widely", [("17", 43_000_000, 46_000_000, 1)], None, None, None),
    ("nothing", [], None, None, None),
]


def made(genome: Genome, pieces: list[Piece], base: int = 2) -> CopyNumberProfile:
    segments = []
    for chrom, start, end, total in pieces:
        length = genome.contig_lengths[chrom]
        end = end or length
        if start > 1:
            segments.append(Segment(chrom, 1, start - 1, total=base, minor=1, record="before"))
        segments.append(Segment(chrom, start, end, total=total, minor=0 if total < 2 else 1, record="inside"))
        if end < length:
            segments.append(Segment(chrom, end + 1, length, total=base, minor=1, record="after"))
    return profile(genome, {}, pieces=segments)


@pytest.mark.parametrize(("name", "pieces", "pair", "lesion", "leaning"), CASES, ids=[case[0] for case in CASES])
def test_patterns(grch38, name, pieces, pair, lesion, leaning):
    found = fusion_patterns(made(grch38, pieces), grch38, KNOWLEDGE)
    if pair is None:
        assert found == ()
        return
    assert [(p.pair, p.lesion, p.leaning) for p in found] == [(pair, lesion, leaning)]
    assert found[0].evidence[0].record == "inside"
    assert found[0].settles
    assert found[0].needs_par_mode == (name == "PAR1")


@pytest.mark.parametrize(
    ("pieces", "pair"),
    [
        ([("5", 149_508_000, 158_150_000, 1)], "EBF1::PDGFRB"),
        ([("9", 133_606_000, 134_080_000, 9)], "NUP214::ABL1"),
        ([("1", 47_696_000, 47_778_000, 1)], "STIL::TAL1"),
        ([("1", 164_570_000, 0, 3), ("19", 1, 1_617_000, 1)], "TCF3::PBX1"),
    ],
)
def test_the_other_assembly(grch37, pieces, pair):
    assert [p.pair for p in fusion_patterns(made(grch37, pieces), grch37, KNOWLEDGE)] == [pair]


def test_a_loss_relative_to_three_chromosomes_counts(grch38):
    segments = [
        Segment("5", 1, 150_127_999, total=3, minor=1),
        Segment("5", 150_128_000, 158_710_000, total=2, minor=1),
        Segment("5", 158_710_001, grch38.contig_lengths["5"], total=3, minor=1),
    ]
    found = fusion_patterns(profile(grch38, {"5": (3, 1)}, pieces=segments), grch38, KNOWLEDGE)
    assert [p.pair for p in found] == ["EBF1::PDGFRB"]


def test_a_breakpoint_in_a_gap_between_segments_is_looked_for_in_the_whole_gap(grch38):
    """The deletion starts somewhere between the last bin with two copies and the first with one."""
    segments = [
        Segment("5", 1, 150_100_000, total=2, minor=1),
        Segment("5", 150_400_000, 158_650_000, total=1, minor=0),
        Segment("5", 158_720_000, grch38.contig_lengths["5"], total=2, minor=1),
    ]
    found = fusion_patterns(profile(grch38, {}, pieces=segments), grch38, KNOWLEDGE)
    assert [p.pair for p in found] == ["EBF1::PDGFRB"]


def test_log2_alone_shows_the_amplification_and_the_deletion(grch38):
    base = made(grch38, [("9", 130_730_000, 131_200_000, 12), ("5", 150_128_000, 158_710_000, 1)])
    ratios = {12: 2.4, 1: -0.8}
    segments = tuple(replace(s, log2=ratios.get(int(s.total or 2), 0.0), total=None, minor=None) for s in base.segments)
    plain = replace(base, segments=segments, chromosomes={}, purity=None, sex="unknown")
    assert {p.pair for p in fusion_patterns(plain, grch38, KNOWLEDGE)} == {"NUP214::ABL1", "EBF1::PDGFRB"}


def test_no_segments_no_pattern(grch38):
    empty = replace(profile(grch38, {}), segments=(), chromosomes={})
    assert fusion_patterns(empty, grch38, KNOWLEDGE) == ()


HEADER = "pair\tpart\tlesion\tshape\tlow\thigh\tmax_length\tneed\tleaning\tnote\tsource\tmark\tdate\treviewer\n"


def test_a_lab_may_add_a_pattern(grch38, tmp_path):
    cells = ("LAB1::LAB2", "x", "abl_class", "loss_between", "gene:IKZF1", "gene:IKZF1", "0", "all", "likely")
    row = "\t".join((*cells, "own pattern", "lab", "E", "2026-11-24", "")) + "\n"
    (tmp_path / "copy_patterns.tsv").write_text(HEADER + row)
    own = Knowledge.load(tmp_path)
    found = fusion_patterns(made(grch38, [("7", 50_376_000, 50_392_000, 1)]), grch38, own)
    assert [(p.pair, p.leaning) for p in found] == [("LAB1::LAB2", "likely")]
    assert "own pattern" in found[0].text


def test_wrong_patterns_of_a_lab_are_named(tmp_path):
    wrong = {
        "gene:NOSUCH\tgene:IKZF1\t0\tall\tlikely": "low",
        "gene:IKZF1\tregion:NOSUCH\t0\tall\tlikely": "high",
        "gene:IKZF1\tgene:IKZF1\tlong\tall\tlikely": "max_length",
        "gene:IKZF1\tgene:IKZF1\t0\tsome\tlikely": "need",
        "gene:IKZF1\tgene:IKZF1\t0\tall\tsure": "leaning",
    }
    rows = [
        f"A{n}::B\tx\tabl_class\tloss_between\t{cells}\town\tlab\tE\t2026-11-24\t\n" for n, cells in enumerate(wrong)
    ]
    (tmp_path / "copy_patterns.tsv").write_text(HEADER + "".join(rows))
    found = {(problem.row, problem.column) for problem in check(KNOWLEDGE.folder, tmp_path)}
    assert found == {(line, column) for line, column in enumerate(wrong.values(), start=2)}
