"""The drawing of a fusion: both genes, exons kept, breakpoints, frame, reads; valid, escaped, the same every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest

from annotate.breakpoints.breakends import join
from annotate.breakpoints.chains import chains
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.name.partners.partners import place
from annotate.reference.genome import Genome
from annotate.report.drawing.fusion import draw_fusion, draw_rna_fusion
from annotate.report.json.records import _fusion, _junction
from annotate.report.page.pictures import pictures
from tests.makers.fusions import fusion_of
from tests.makers.structural import junction_of

DARK, GREY = "#333", "#bbb"


def as_json(genome: Genome, knowledge: Knowledge, *junctions: Junction) -> list[dict[str, Any]]:
    """Junctions as the report holds them."""
    found = Junctions(junctions=junctions, inputs=(), chains=chains(junctions, 5_000))
    return [_junction(junction) for junction in place(found, genome, knowledge).junctions]


def drawn(genome: Genome, knowledge: Knowledge, junction: Junction) -> str:
    svg = draw_fusion(as_json(genome, knowledge, junction)[0], genome)
    assert svg is not None
    return svg


def boxes(svg: str, fill: str) -> int:
    return len(re.findall(f"<rect x=[^>]*fill='{fill}'", svg))


@pytest.mark.parametrize(
    ("five", "three", "five_exon", "three_exon"),
    [("BCR", "ABL1", 1, 2), ("KMT2A", "AFF1", 9, 5), ("TCF3", "PBX1", 16, 3), ("NUP214", "ABL1", 31, 2)],
)
def test_exons_kept(
    five: str, three: str, five_exon: int, three_exon: int, genome: Genome, knowledge: Knowledge
) -> None:
    """Each kept exon once in its gene and once in what is joined."""
    made = junction_of(genome, five, three, five_exon, three_exon)
    svg = drawn(genome, knowledge, made)
    transcript = genome.transcript(three)
    assert transcript is not None
    assert boxes(svg, DARK) == 2 * five_exon
    assert boxes(svg, GREY) == 2 * (len(transcript.exons) - three_exon + 1)
    for words in (f"{five}::{three}", "in frame", "22 reads (12 split, 10 paired)", "VAF 0.40"):
        assert words in svg
    for end in (made.left, made.right):
        assert end is not None
        assert f"{end.chrom}:{end.pos:,}" in svg


def test_valid_with_title_and_description(grch38: Genome, knowledge: Knowledge) -> None:
    svg = drawn(grch38, knowledge, junction_of(grch38, "BCR", "ABL1", 1, 2))
    root = ET.fromstring(svg)
    names = [child.tag.rpartition("}")[2] for child in root]
    assert names[:2] == ["title", "desc"]
    assert root[0].text == "Fusion BCR::ABL1"
    assert "exons up to 1 of 23 kept" in (root[1].text or "")
    assert "exons from 2 of 11 kept" in (root[1].text or "")
    assert root.get("role") == "img"


def test_static_small_and_the_same_every_time(grch38: Genome, knowledge: Knowledge) -> None:
    made = junction_of(grch38, "NUP214", "ABL1", 31, 2)
    svg = drawn(grch38, knowledge, made)
    assert svg == drawn(grch38, knowledge, made)
    assert len(svg) < 20_000
    assert not re.search(r"<script|<image|<use|href|\sid=|\son\w+=", svg)


def test_readable_without_colour(grch38: Genome, knowledge: Knowledge) -> None:
    svg = drawn(grch38, knowledge, junction_of(grch38, "BCR", "ABL1", 1, 2))
    for red, green, blue in re.findall(r"#([0-9a-f])([0-9a-f])([0-9a-f])\b", svg):
        assert red == green == blue


def test_words_are_escaped(grch38: Genome, knowledge: Knowledge) -> None:
    data = as_json(grch38, knowledge, junction_of(grch38, "BCR", "ABL1", 1, 2))[0]
    evil = "<script>alert('x')</script>&\u202e"
    pair = {**data["pairs"][0], "five": evil}
    svg = draw_fusion({**data, "genes": f"{evil}::ABL1", "pairs": [pair]}, grch38)
    assert svg is not None
    assert "<script" not in svg
    assert "\u202e" not in svg
    ET.fromstring(svg)


def test_numbers_of_narrow_boxes_name_the_joined_exons(grch38: Genome, knowledge: Knowledge) -> None:
    svg = drawn(grch38, knowledge, junction_of(grch38, "NUP214", "ABL1", 31, 2))
    last = svg.rpartition(">joined<")[2]
    assert ">31<" in last
    assert ">2<" in last


def test_enhancer_has_no_product(genome: Genome, knowledge: Knowledge) -> None:
    gene = genome.gene("CRLF2")
    locus = next(locus for locus in genome.loci() if locus.name == "IGH")
    assert gene is not None
    made = join(Breakend("14", locus.start + 500_000, "L"), Breakend("X", gene.end + 9_000, "L"), split_reads=7)
    svg = drawn(genome, knowledge, made)
    assert "IGH regulates CRLF2; no chimeric transcript is expected" in svg
    assert "7 reads" in svg
    assert "frame" not in svg


def test_gene_without_a_model(grch38: Genome, knowledge: Knowledge) -> None:
    svg = drawn(grch38, knowledge, junction_of(grch38, "ACTB", "ABL1", None, 2))
    assert "no exon model of ACTB" in svg
    assert "frame not known" in svg


def test_chain(grch38: Genome, knowledge: Knowledge) -> None:
    whole = junction_of(grch38, "ETV6", "ABL1", 5, 2)
    assert whole.right is not None
    ends = {end.chrom: end for end in (whole.left, whole.right)}
    first = join(ends["12"], Breakend("5", 70_001_000, "R"), split_reads=4)
    second = join(Breakend("5", 70_002_500, "L"), ends["9"], split_reads=5)
    named = [j for j in as_json(grch38, knowledge, first, second) if j["genes"] == "ETV6::ABL1"]
    assert len(named) == 1
    svg = draw_fusion(named[0], grch38)
    assert svg is not None
    assert "joined by a chain of 2 junctions" in svg
    assert f"12:{ends['12'].pos:,}" in svg
    assert "5:70,001,000" not in svg  # not a place in either gene


def test_breakpoint_within_an_exon(grch38: Genome, knowledge: Knowledge) -> None:
    transcript = grch38.transcript("ETV6")
    assert transcript is not None
    exon = next(exon for exon in transcript.exons if exon.rank == 5)
    made = junction_of(grch38, "ETV6", "RUNX1", 5, 3, five_pos=(exon.start + exon.end) // 2)
    assert boxes(drawn(grch38, knowledge, made), DARK) == 10


def test_par1_on_y(grch38: Genome, knowledge: Knowledge) -> None:
    """Both genes on the alias of Y: named and drawn by their place on X."""
    made = junction_of(grch38, "P2RY8", "CRLF2", 1, 2)
    assert made.right is not None
    offset = {par.chrom: par.start for par in grch38.par if par.name == "PAR1"}
    shift = offset["Y"] - offset["X"]
    on_y = join(*(replace(end, chrom="Y", pos=end.pos + shift) for end in (made.left, made.right)), split_reads=9)
    svg = drawn(grch38, knowledge, on_y)
    assert f"Y:{on_y.left.pos:,}" in svg
    assert boxes(svg, DARK) == 2


@pytest.mark.parametrize("left_out", ["genes", "right", "pairs"])
def test_nothing_to_draw(left_out: str, grch38: Genome, knowledge: Knowledge) -> None:
    data = as_json(grch38, knowledge, junction_of(grch38, "BCR", "ABL1", 1, 2))[0]
    assert draw_fusion({**data, left_out: None}, grch38) is None


def test_reads_not_known(grch38: Genome, knowledge: Knowledge) -> None:
    made = replace(
        junction_of(grch38, "BCR", "ABL1", 1, 2), split_reads=None, paired_reads=None, support=None, vaf=None
    )
    svg = drawn(grch38, knowledge, made)
    assert "reads" not in svg
    assert "VAF" not in svg


# ---------------------------------------------------------------- RNA


def rna_json(genome: Genome, *names: str, **facts: Any) -> dict[str, Any]:
    five, three, *exons = names
    made = fusion_of(genome, five, three, *(int(n) for n in exons))
    return _fusion(replace(made, caller="Arriba", callers=("Arriba", "STAR-Fusion"), **facts))


@pytest.mark.parametrize(
    ("five", "three", "five_exon", "three_exon"),
    [("BCR", "ABL1", "14", "2"), ("TCF3", "HLF", "15", "4"), ("ETV6", "RUNX1", "5", "3")],
)
def test_rna_fusion(five: str, three: str, five_exon: str, three_exon: str, genome: Genome) -> None:
    svg = draw_rna_fusion(rna_json(genome, five, three, five_exon, three_exon), genome)
    assert svg is not None
    transcript = genome.transcript(three)
    assert transcript is not None
    assert boxes(svg, DARK) == 2 * int(five_exon)
    assert boxes(svg, GREY) == 2 * (len(transcript.exons) - int(three_exon) + 1)
    assert "35 reads (20 split, 15 spanning) · RNA, Arriba, STAR-Fusion" in svg
    assert ">transcript<" in svg


def test_rna_breakpoints_lie_on_exon_edges(grch38: Genome) -> None:
    """The mark stands between boxes, not in one."""
    svg = draw_rna_fusion(rna_json(grch38, "BCR", "ABL1", "1", "2"), grch38)
    dna = draw_fusion(as_json(grch38, Knowledge.load(), junction_of(grch38, "BCR", "ABL1", 1, 2))[0], grch38)
    assert svg is not None
    assert dna is not None
    marks = [re.findall(r"M([\d.]+) [\d.]+L\1 [\d.]+' stroke='#000' stroke-width='2'", text) for text in (svg, dna)]
    assert marks[0] == marks[1]
    assert len(marks[0]) == 3


def test_rna_without_places_is_not_drawn(grch38: Genome) -> None:
    assert draw_rna_fusion(rna_json(grch38, "BCR", "ABL1", "1", "2", three_breakpoint=None), grch38) is None


def test_rna_of_a_locus(grch38: Genome) -> None:
    svg = draw_rna_fusion(rna_json(grch38, "IGHM", "CRLF2"), grch38)
    assert svg is not None
    igh = {**rna_json(grch38, "IGHM", "CRLF2"), "five": "IGH"}
    svg = draw_rna_fusion(igh, grch38)
    assert svg is not None
    assert "IGH regulates CRLF2" in svg


# ---------------------------------------------------------------- which are drawn


def report_of(genome: Genome, knowledge: Knowledge, *named: str) -> dict[str, Any]:
    junctions = [junction_of(genome, "BCR", "ABL1", 1, 2), junction_of(genome, "TCF3", "PBX1", 16, 3)]
    fusions = [rna_json(genome, "BCR", "ABL1", "1", "2"), rna_json(genome, "TCF3", "HLF", "15", "4")]
    weak = {**rna_json(genome, "TCF3", "HLF", "16", "4"), "split_reads": 1}
    return {
        "assembly": genome.assembly,
        "copy_number": None,
        "junctions": as_json(genome, knowledge, *junctions),
        "fusions": [weak, *fusions],
        "lesions": [{"subtype": name, "details": {}, "genes": []} for name in named],
    }


def test_only_what_a_lesion_names_is_drawn(grch38: Genome, knowledge: Knowledge) -> None:
    """By DNA where a junction shows it, by the best RNA record else."""
    made = pictures(report_of(grch38, knowledge, "BCR::ABL1", "TCF3::HLF"), knowledge)
    assert sorted(made)[1:] == ["rna:TCF3::HLF"]
    assert sorted(made)[0].startswith("fusion:9:")
    assert "35 reads" in made["rna:TCF3::HLF"]
    assert pictures(report_of(grch38, knowledge), knowledge) == {}
