"""Drawings of copy number: what they show, their words, their size, and that they are the same each time."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, replace
from typing import Any

import pytest

from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.name.copy_number.genes import gene_copies
from annotate.reference.genome import Genome
from annotate.report.drawing.chr21 import draw_chr21
from annotate.report.drawing.count_bar import draw_count
from annotate.report.drawing.genome import draw_genome
from annotate.report.drawing.svg import fewer, figure, label, number
from annotate.report.page.pictures import pictures
from tests.makers.profiles import profile

SVG = "{http://www.w3.org/2000/svg}"
MASKED = {str(c): (2, 0) for c in range(1, 23) if c not in (14, 18, 21)} | {
    "14": (4, 2),
    "18": (4, 2),
    "21": (4, 2),
}


def iamp21(genome: Genome) -> CopyNumberProfile:
    end = genome.contig_lengths["21"]
    steps = [(5_010_000, 20_000_000, 2, 1), (20_000_001, 33_000_000, 5, 1), (33_000_001, 40_000_000, 17, 1)]
    steps.append((40_000_001, end, 1, 0))
    pieces = [Segment("21", start, stop, total=total, minor=minor, baf=0.6) for start, stop, total, minor in steps]
    return profile(genome, {"21": (5, 1)}, pieces=pieces)


def many(genome: Genome, count: int = 5000) -> CopyNumberProfile:
    pieces = []
    for chrom in map(str, range(1, 23)):
        length, here = genome.contig_lengths[chrom], count // 22
        step = length // here
        for i in range(here):
            end = length if i == here - 1 else (i + 1) * step
            pieces.append(
                Segment(chrom, i * step + 1, end, total=2 + (i % 7) / 7, minor=1 - (i % 3) / 9, baf=0.5 + (i % 5) / 20)
            )
    return profile(genome, {}, pieces=pieces)


def report(found: CopyNumberProfile) -> dict[str, Any]:
    """The block of the report, through JSON."""
    return json.loads(json.dumps(asdict(replace(found, inputs=(), genes={}))))  # type: ignore[no-any-return]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def read(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    return root


def every(found: CopyNumberProfile, assembly: str, knowledge: Any) -> list[str]:
    data = report(found)
    return [draw_genome(data, assembly), draw_chr21(data, assembly, knowledge), draw_count(data, knowledge)]


def test_each_drawing_is_accessible_static_and_small(genome, knowledge):
    for found in (iamp21(genome), profile(genome, MASKED), many(genome)):
        for svg in every(found, genome.assembly, knowledge):
            root = read(svg)
            assert root.get("role") == "img"
            assert root.findtext(f"{SVG}title")
            assert len(root.findtext(f"{SVG}desc") or "") > 20
            assert not re.search(r"<(script|image|use|foreignObject)|href|url\(|<style| id=", svg)
            assert len(svg) < 70_000


def test_black_and_white_only(grch38, knowledge):
    """Every colour is a grey, so that a print says the same."""
    for svg in every(iamp21(grch38), "GRCh38", knowledge):
        for colour in set(re.findall(r"#([0-9a-fA-F]{3,6})\b", svg)):
            parts = [colour[i : i + len(colour) // 3] for i in range(0, len(colour), len(colour) // 3)]
            assert len(set(parts)) == 1, colour


def test_the_same_profile_gives_the_same_drawing_from_the_dataclass_and_the_report(grch38, knowledge):
    found = iamp21(grch38)
    data = report(found)
    assert draw_genome(found, "GRCh38") == draw_genome(data, "GRCh38")
    assert draw_chr21(found, "GRCh38", knowledge) == draw_chr21(data, "GRCh38", knowledge)
    assert draw_count(found, knowledge) == draw_count(data, knowledge)


def test_the_genome_names_chromosomes_counts_and_what_lies_above_the_axis(grch38):
    svg = draw_genome(report(iamp21(grch38)), "GRCh38")
    shown = texts(svg)
    assert {str(c) for c in range(1, 23)} | {"X", "Y"} <= set(shown)
    assert "↑17" in shown
    assert any("chromosomes" in text and "leukaemic cells 80%" in text for text in shown)


def test_the_description_says_what_the_drawing_shows(grch38):
    words = read(draw_genome(report(profile(grch38, MASKED)), "GRCh38")).findtext(f"{SVG}desc") or ""
    assert "More than two copies: 14 (4), 18 (4), 21 (4)" in words
    assert "One allele only: 1, 2, 3" in words
    flat = read(draw_genome(report(profile(grch38, {})), "GRCh38")).findtext(f"{SVG}desc") or ""
    assert "More than two copies: no whole autosome" in flat


def test_loss_of_heterozygosity_is_drawn_only_where_it_is(grch38):
    def thick(changed: dict[str, tuple[int, int]]) -> int:
        svg = draw_genome(report(profile(grch38, changed)), "GRCh38")
        return len(re.findall(r"M[\d.]+ [\d.]+H[\d.]+(?=[^>]*stroke-width='9')", svg))

    assert thick({"7": (2, 0)}) > thick({})


def test_log2_alone_is_drawn_as_log2(grch38, knowledge):
    found = profile(grch38, {"7": (1, 0), "21": (4, 2)}, alleles=False, copies=False)
    svg = draw_genome(report(found), "GRCh38")
    assert "log2" in texts(svg)
    assert "total copies" not in texts(svg)
    assert "log2" in texts(draw_chr21(report(found), "GRCh38", knowledge))


def test_focal_changes_of_genes_are_named(grch38, knowledge):
    end = grch38.contig_lengths["9"]
    pieces = [
        Segment("9", 1, 21_899_999, total=2, minor=1),
        Segment("9", 21_900_000, 22_100_000, total=0, minor=0),
        Segment("9", 22_100_001, 130_729_999, total=2, minor=1),
        Segment("9", 130_730_000, 131_200_000, total=9, minor=1),
        Segment("9", 131_200_001, end, total=2, minor=1),
    ]
    found = profile(grch38, {"7": (1, 0)}, pieces=pieces)
    found = replace(found, genes=gene_copies(found, grch38, knowledge))
    shown = texts(draw_genome(found, "GRCh38"))
    assert any(text.startswith("CDKN2A/CDKN2B") and text.endswith("−−") for text in shown)
    assert any(text.startswith("ABL1") and text.endswith("++") for text in shown)
    assert not any("IKZF1" in text for text in shown)  # lost with the whole chromosome: the bar says it


def test_an_uncertain_ploidy_is_said_in_the_drawing(grch38):
    svg = draw_genome(report(profile(grch38, {}, certain=False)), "GRCh38")
    assert any("(not certain)" in text for text in texts(svg))


def test_chromosome_21_shows_anchors_and_thresholds_with_their_sources(genome, knowledge):
    svg = draw_chr21(report(iamp21(genome)), genome.assembly, knowledge)
    shown = " | ".join(texts(svg))
    for name in ("RUNX1", "DYRK1A", "ERG", "21q telomere", "21q proximal"):
        assert name in shown
    for id in ("iamp21.min_runx1_total", "iamp21.atypical_runx1"):
        assert f"RUNX1 ≥ {knowledge.threshold_named(id).cited}" in shown
    assert "RUNX1 17" in (read(svg).findtext(f"{SVG}desc") or "")


def test_no_segment_on_21_no_close_up(grch38, knowledge):
    found = replace(profile(grch38, {}), segments=(Segment("1", 1, 1_000_000, total=2, minor=1),))
    assert draw_chr21(report(found), "GRCh38", knowledge) == ""
    assert read(draw_genome(report(found), "GRCh38")) is not None


@pytest.mark.parametrize("modal", [20, 26, 39, 46, 55, 67, 92, 120])
def test_the_count_and_the_homologues_are_named_and_inside(grch38, knowledge, modal):
    found = replace(profile(grch38, {}), modal_number=modal, retained_homologues=27)
    root = read(draw_count(report(found), knowledge))
    assert f"{modal} chromosomes" in texts(draw_count(report(found), knowledge))
    assert "27 retained homologues" in texts(draw_count(report(found), knowledge))
    width = float(root.get("viewBox", "0 0 0 0").split()[2])
    for element in root.iter(f"{SVG}text"):
        x, size = float(element.get("x", "0")), 0.62 * float(element.get("font-size", "10")) * len(element.text or "")
        low = {"start": x, "middle": x - size / 2, "end": x - size}[element.get("text-anchor", "start")]
        assert low >= -1, element.text
        assert low + size <= width + 1, element.text


def test_the_count_says_in_which_range_it_falls(grch38, knowledge):
    words = read(draw_count(report(replace(profile(grch38, {}), modal_number=38)), knowledge)).findtext(f"{SVG}desc")
    assert words is not None
    assert "InPOG-ALL-R1: hypodiploid (0 to 39)" in words
    assert "Holmfeldt 2013: low hypodiploid" in words
    unknown = draw_count(report(replace(profile(grch38, {}), modal_number=None)), knowledge)
    assert "not known" in (read(unknown).findtext(f"{SVG}desc") or "")


def test_words_cannot_break_out_of_a_drawing():
    svg = figure(10, 10, "a<b>'\"&", "x\x00y", [label(1, 1, "</text><script>alert(1)</script>")])
    assert read(svg).findtext(f"{SVG}text") == "</text><script>alert(1)</script>"
    assert "<script" not in svg


def test_numbers_have_one_decimal_at_most():
    assert [number(v) for v in (1.0, 1.25, -0.04)] == ["1", "1.2", "0"]


def test_thinning_keeps_outliers():
    bars = [(float(i), i + 1.0, 100.0) for i in range(2000)]
    bars[700] = (700.0, 701.0, 10.0)
    drawn, left_out = fewer(bars, 200)
    assert len(drawn) <= 250
    assert left_out > 1500
    assert any(bar[2] == 10.0 for bar in drawn)
    assert fewer(bars[:100], 200) == (bars[:100], 0)


def test_the_page_takes_its_drawings_from_the_report(grch38, knowledge):
    data = {"assembly": "GRCh38", "copy_number": report(iamp21(grch38)), "junctions": []}
    assert set(pictures(data, knowledge)) == {"genome", "chr21", "count"}
    assert pictures({**data, "copy_number": None}, knowledge) == {}
