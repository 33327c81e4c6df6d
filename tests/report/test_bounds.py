"""However much an input holds, a report stays one that people can open: bounded lists, and counts of the rest."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import CHROMOSOMES, join
from annotate.command import main
from annotate.compare.rearrangements import _cell, _fusion_cell
from annotate.compare.timepoints import TimepointData
from annotate.interpret.mrd_targets import Reference
from annotate.model.copy_number import Segment
from annotate.model.fusions import Fusion
from annotate.model.junctions import Breakend, Junction
from annotate.read.copy_number import collector, read_copy_number
from annotate.reference.genome import Genome
from annotate.report.json.bounds import LONGEST_SEQUENCE, MOST_EVIDENCE, MOST_ROWS, LeftOut, Listed
from annotate.report.json.segments import MOST_SEGMENTS, joined
from tests.makers.fusions import fusion_of, write_fusions
from tests.makers.small_variants import Call, ordered, write_calls
from tests.makers.structural import junction_of, write_junctions

MOST_BYTES = 2_000_000


def reported(folder: Path, **cells: str) -> dict[str, Any]:
    """The report of a sheet of one sample, every file of which is small."""
    row = {"sample": "S1", "patient": "P1", "timepoint": "diagnosis", "assembly": "GRCh38", **cells}
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join("\t".join(part) for part in (row.keys(), row.values())) + "\n", encoding="utf-8")
    out = folder / "results"
    assert main(["report", "S1", "--samples", str(sheet), "--out", str(out), "--quiet"]) == 0
    sizes = {path.name: path.stat().st_size for path in (out / "S1").iterdir()}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}
    report: dict[str, Any] = json.loads((out / "S1" / "S1.report.json").read_text(encoding="utf-8"))
    return report


def counted(report: dict[str, Any], name: str) -> int:
    return sum(row["count"] for row in report["left_out"] if row["list"] == name)


def page(folder: Path) -> str:
    return (folder / "results" / "S1" / "S1.report.html").read_text(encoding="utf-8")


def random_junctions(genome: Genome, count: int, rng: random.Random) -> list[Junction]:
    made = []
    for _ in range(count):
        chrom = rng.choice([name for name in CHROMOSOMES if name != "MT"])
        left, right = sorted(rng.sample(range(20_000, genome.contig_lengths[chrom] - 20_000), 2))
        sides = rng.choice([("L", "R"), ("R", "L"), ("L", "L")])
        ends = Breakend(chrom, left, sides[0]), Breakend(chrom, right, sides[1])  # type: ignore[arg-type]
        made.append(join(*ends, split_reads=30, paired_reads=30))
    return made


def test_of_many_junctions_those_of_lesions_are_listed(tmp_path: Path, grch38: Genome) -> None:
    own = replace(junction_of(grch38, "TCF3", "PBX1"), split_reads=4, paired_reads=3)
    many = random_junctions(grch38, 9_000, random.Random(7))
    write_junctions("manta", tmp_path / "many.vcf", [*many, own], "GRCh38")
    report = reported(tmp_path, structural_variants=str(tmp_path / "many.vcf"), assay="wgs")
    assert "TCF3::PBX1" in {row["genes"] for row in report["junctions"]}
    assert len(report["junctions"]) <= MOST_ROWS
    assert len(report["junctions"]) + counted(report, "junctions") == 9_001
    kinds = {row["kind"] for row in report["left_out"] if row["list"] == "junctions"}
    assert {"DEL", "DUP", "INV"} <= kinds
    assert f"{counted(report, 'junctions'):,} more are counted" in page(tmp_path)
    assert any("TCF3::PBX1" in lesion["summary"] for lesion in report["lesions"] if lesion["state"] == "detected")
    assert all(len(lesion["evidence"]) <= MOST_EVIDENCE for lesion in report["lesions"])


def test_long_inserted_sequences_are_written_by_their_beginning(tmp_path: Path, grch38: Genome) -> None:
    base = junction_of(grch38, "BCR", "ABL1")
    assert base.right is not None
    many = [
        join(
            replace(base.left, pos=base.left.pos + 7 * n),
            replace(base.right, pos=base.right.pos + 7 * n),
            split_reads=9,
            paired_reads=9,
            inserted="ACGT" * 20_000,
        )
        for n in range(40)
    ]
    write_junctions("gridss", tmp_path / "long.vcf", many, "GRCh38")
    report = reported(tmp_path, structural_variants=str(tmp_path / "long.vcf"), assay="wgs")
    assert report["junctions"]
    assert max(len(row["inserted_sequence"]) for row in report["junctions"]) < LONGEST_SEQUENCE + 30


def test_of_many_fusions_those_of_lesions_are_listed(tmp_path: Path, grch38: Genome) -> None:
    rng = random.Random(3)
    names = [symbol for chrom in map(str, range(1, 23)) for _, _, symbol in grch38.gene_spans(chrom)]
    own = fusion_of(grch38, "ETV6", "RUNX1")
    many: list[Fusion] = [
        replace(own, five=rng.choice(names), three=rng.choice(names), split_reads=300) for _ in range(4_500)
    ]
    path = write_fusions("starfusion", tmp_path / "many.tsv", [*many, own])
    report = reported(tmp_path, fusions=str(path))
    assert ("ETV6", "RUNX1") in {(row["five"], row["three"]) for row in report["fusions"]}
    assert len(report["fusions"]) <= MOST_ROWS
    used = sum(file["records_used"] for file in report["inputs"])
    assert len(report["fusions"]) + counted(report, "fusions") == used
    assert f"{counted(report, 'fusions'):,} more are counted" in page(tmp_path)


def test_of_many_variants_those_of_lesions_are_listed(tmp_path: Path, grch38: Genome) -> None:
    calls = _exonic(grch38, 4_000)
    path = write_calls("mutect2", tmp_path / "many.vcf", calls, grch38)
    report = reported(tmp_path, small_variants=str(path), assay="panel")
    assert len(report["variants"]) <= MOST_ROWS
    assert counted(report, "variants") > 1_000
    shown = {(row["chrom"], row["pos"], row["ref"], row["alt"]) for row in report["variants"]}
    alleles = {
        tuple(item["values"].get(key) for key in ("chrom", "pos", "ref", "alt"))
        for lesion in report["lesions"]
        for item in lesion["evidence"][:5]
        if item["kind"] == "small_variant"
    }
    assert len(alleles & shown) >= len(alleles) * 0.9


def _exonic(genome: Genome, count: int) -> list[Call]:
    """Substitutions at every tenth base of the panel's exons, as far as their sequence is known."""
    rng, found = random.Random(9), []
    with Reference.of(genome) as reference:
        for gene in genome.panel_genes():
            transcript = genome.transcript(gene.name)
            for exon in transcript.exons if transcript is not None else ():
                for pos in range(exon.start, exon.end, 10):
                    ref = reference.towards(Breakend(gene.chrom, pos, "L"), 1).upper()
                    if ref in ("A", "C", "G", "T"):
                        found.append(Call(gene.chrom, pos, ref, rng.choice([b for b in "ACGT" if b != ref])))
    return ordered(rng.sample(found, count), genome)


def test_a_noisy_array_is_drawn_whole_with_fewer_segments(tmp_path: Path, grch38: Genome) -> None:
    rng, lines = random.Random(5), ["ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean"]
    for chrom in map(str, range(1, 23)):
        step = grch38.contig_lengths[chrom] // 300
        for n in range(299):
            lines.append(f"S1\t{chrom}\t{1 + n * step}\t{(n + 1) * step}\t20\t{rng.gauss(0, 0.1):.4f}")
    (tmp_path / "many.seg").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = reported(tmp_path, copy_number=str(tmp_path / "many.seg"), assay="array")
    segments = report["copy_number"]["segments"]
    assert len(segments) == MOST_SEGMENTS
    assert len(segments) + counted(report, "segments") == 22 * 299
    covered = Counter[str]()
    for segment in segments:
        covered[segment["chrom"]] += segment["end"] - segment["start"] + 1
    assert all(covered[chrom] == 299 * (grch38.contig_lengths[chrom] // 300) for chrom in covered)
    assert f"{counted(report, 'segments'):,} segments are joined" in page(tmp_path)


def test_a_table_of_bins_is_refused_in_one_line(
    tmp_path: Path, grch38: Genome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "MOST_SEGMENTS", 500)
    lines = ["ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean"]
    lines += [f"S1\t3\t{1 + n * 5000}\t{(n + 1) * 5000}\t1\t{0.001 * (n % 17):.4f}" for n in range(501)]
    path = tmp_path / "bins.seg"
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert read_copy_number((path,), grch38)[0].segments
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="a table of bins or probes") as refused:
        read_copy_number((path,), grch38)
    assert "line 502" in str(refused.value)
    assert "\n" not in str(refused.value)


# ---------------------------------------------------------------- the parts


def test_rows_keep_their_order_and_the_rest_is_counted_by_kind_and_filter() -> None:
    left_out = LeftOut()
    items = [(n, "DEL" if n % 2 else "DUP", "PASS" if n % 3 else "LowQual") for n in range(100)]
    rows = Listed("junctions", left_out, most=10).of(
        items, lambda item: -item[0], lambda item: {"n": item[0]}, lambda item: (item[1], item[2])
    )
    assert [row["n"] for row in rows] == list(range(90, 100))
    expected = Counter((kind, filters) for _, kind, filters in items[:90])
    assert {(row["kind"], row["filter"]): row["count"] for row in left_out.rows()} == expected


def test_a_row_that_has_no_room_is_counted_and_smaller_ones_stay() -> None:
    left_out = LeftOut()
    texts = ["a" * 50, "b" * 5000, "c" * 50]
    listed = Listed("fusions", left_out, room=300)
    rows = listed.of(texts, lambda text: len(text), lambda text: {"text": text}, lambda text: (text[0], None))
    assert [row["text"][0] for row in rows] == ["a", "c"]
    assert left_out.rows() == [{"list": "fusions", "kind": "b", "filter": None, "count": 1}]


def test_of_very_many_filters_the_rest_is_one_row() -> None:
    left_out = LeftOut()
    for n in range(5000):
        left_out.count("variants", f"kind {n}", "x" * 500)
    rows = left_out.rows()
    assert sum(row["count"] for row in rows) == 5000
    assert len(json.dumps(rows)) < 10_000


def test_joined_segments_cover_what_they_covered_and_leave_evidence_alone() -> None:
    rng = random.Random(2)
    segments = tuple(
        Segment(
            chrom, 1 + n * 1000, (n + 1) * 1000, log2=rng.gauss(0, 0.3), total=float(rng.choice([1, 2, 3])), markers=4
        )
        for chrom in ("1", "2")
        for n in range(200)
    )
    kept = {("1", 5001, 6000), ("2", 100_001, 101_000)}
    found = joined(segments, 50, kept)
    assert len(found) == 50
    assert kept <= {(s.chrom, s.start, s.end) for s in found}
    assert sum(s.length for s in found) == sum(s.length for s in segments)
    assert sum(s.markers or 0 for s in found) == 4 * 400
    mean = sum((s.log2 or 0) * s.length for s in segments)
    assert sum((s.log2 or 0) * s.length for s in found) == pytest.approx(mean, abs=1e-6)


def test_equal_neighbours_are_joined_before_others() -> None:
    copies = [2.0] * 10 + [1.0] * 3 + [2.0] * 10
    segments = tuple(Segment("7", 1 + n * 100, (n + 1) * 100, total=total) for n, total in enumerate(copies))
    assert [(s.start, s.end, s.total) for s in joined(segments, 3)] == [
        (1, 1000, 2.0),
        (1001, 1300, 1.0),
        (1301, 2300, 2.0),
    ]


@pytest.mark.parametrize("left_out", [[], [{"list": "junctions"}, {"list": "fusions"}]])
def test_what_is_missing_in_a_shortened_list_was_not_looked_for_in_vain(left_out: Sequence[dict[str, str]]) -> None:
    sample = SimpleNamespace(structural_variants=("a.vcf",), fusions=("a.tsv",))
    data = SimpleNamespace(report={"left_out": left_out}, sample=sample, timepoint="relapse")
    data.shortened = lambda name: TimepointData.shortened(data, name)  # type: ignore[arg-type]
    junction, fusion = _cell(None, data, depth=300), _fusion_cell(None, data)  # type: ignore[arg-type]
    assert junction.present is (None if left_out else False)
    assert fusion.no_input is bool(left_out)
