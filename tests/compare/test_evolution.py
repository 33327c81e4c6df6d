"""Patients with known clones, whole: events, clones, summary, page; and what the inputs cannot say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotate.compare import compare
from annotate.compare.timepoints import TimepointData
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.reference.genome import Genome
from annotate.report.page.evolution import render
from tests.makers.patients import (
    Mutation,
    Point,
    copy_number_data,
    gene_row,
    junction_row,
    lesion_row,
    person,
    report,
    timepoint,
    variant_row,
    with_sample,
    write_vcf,
)

NT5C2 = ("10", 103_093_198, "C", "T")
TP53 = ("17", 7_674_220, "C", "T")


def mutations(*groups: tuple[int, tuple[float, ...]]) -> list[Mutation]:
    """So many mutations of each clone, on as many chromosomes."""
    made = []
    for number, (count, fractions) in enumerate(groups):
        for index in range(count):
            made.append(Mutation(str(1 + index % 20), 50_000_000 + 1000 * number, "C", "T", fractions))
    return made


def named(fractions: tuple[float, ...]) -> list[Mutation]:
    return [
        Mutation(*NT5C2, fractions, "NT5C2", "p.Arg367Gln"),
        Mutation(*TP53, fractions, "TP53", "p.Arg248Gln"),
    ]


def by_id(evolution: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {event["id"]: event for event in evolution["events"]}


def category(evolution: Mapping[str, Any], key: tuple[str, int, str, str]) -> str:
    found: str = by_id(evolution)[f"{key[0]}:{key[1]} {key[2]}>{key[3]}"]["category"]
    return found


def sample(name: str, point: str = "diagnosis", **fields: Any) -> Sample:
    return Sample(sample=name, patient="P1", timepoint=point, assembly="GRCh38", sex="female", **fields)


@pytest.fixture
def deep(tmp_path: Path) -> list[TimepointData]:
    """Three clones at diagnosis, the smallest of which comes back with NT5C2 and TP53."""
    rng = np.random.default_rng(7)
    made = [*mutations((8, (1, 1)), (5, (0.08, 1)), (6, (0.4, 0))), *named((0, 1))]
    own = person(rng)
    points = (Point("diagnosis", 0.9, 1500), Point("relapse", 0.8, 1100))
    return [timepoint(tmp_path, point, at, made, rng, own=own) for at, point in enumerate(points)]


def test_the_sentence_of_the_haematologist(deep: list[TimepointData], grch38: Genome, knowledge: Knowledge) -> None:
    found = compare(deep, grch38, knowledge)
    assert found["summary"].startswith("One of three diagnosis clones (CCF 0.0")
    assert "became the relapse; NT5C2 R367Q and TP53 R248Q were gained" in found["summary"]
    assert found["warnings"] == []
    assert found["concordance"]["verdict"] == "same_person"


def test_clones(deep: list[TimepointData], grch38: Genome, knowledge: Knowledge) -> None:
    clones = compare(deep, grch38, knowledge)["clones"]
    sizes = {len(clone["events"]): clone for clone in clones}
    assert sorted(sizes) == [2, 5, 6, 8]
    assert sizes[8]["ccf"]["diagnosis"] == pytest.approx(1, abs=0.05)
    assert sizes[5]["ccf"] == {"diagnosis": pytest.approx(0.08, abs=0.02), "relapse": pytest.approx(1, abs=0.06)}
    assert sizes[6]["parent"] == sizes[8]["id"]
    assert sizes[2]["present"] == {"diagnosis": False, "relapse": True}
    assert sum(len(clone["events"]) for clone in clones) == 21


def test_contract_keys(deep: list[TimepointData], grch38: Genome, knowledge: Knowledge) -> None:
    found = compare(deep, grch38, knowledge)
    for key in ("schema_version", "patient", "timepoints", "concordance", "warnings", "events", "clones", "summary"):
        assert key in found
    assert [point["sample"] for point in found["timepoints"]] == ["P1-diagnosis", "P1-relapse"]
    for event in found["events"]:
        assert {"kind", "id", "gene", "name", "category", "at", "power", "reasons"} <= event.keys()
        for cell in event["at"].values():
            assert {"vaf", "depth", "ccf", "ccf_interval", "state"} <= cell.keys()
    for clone in found["clones"]:
        assert {"id", "events", "ccf"} <= clone.keys()
    json.dumps(found, allow_nan=False)


def test_two_runs_are_equal_in_any_order(deep: list[TimepointData], grch38: Genome, knowledge: Knowledge) -> None:
    first = compare(deep, grch38, knowledge)
    shuffled = list(deep)
    random.Random(3).shuffle(shuffled)
    assert compare(list(reversed(deep)), grch38, knowledge) == first
    assert compare(shuffled, grch38, knowledge) == first
    reports = [data.report for data in deep]
    assert render(first, reports) == render(first, reports)


def test_page(deep: list[TimepointData], grch38: Genome, knowledge: Knowledge) -> None:
    found = compare(deep, grch38, knowledge)
    page = render(found, [data.report for data in deep])
    for text in ("NT5C2 R367Q", "One of three diagnosis clones", "<svg", "../../P1-relapse/P1-relapse.report.html"):
        assert text in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_page_escapes_names(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    evil = "<script>alert(1)</script>"
    rows = [variant_row(Mutation(*NT5C2, (1,), evil, evil), 50, 100)]
    data = [
        TimepointData(report(sample(name, point), purity=0.9, variants=rows), sample(name, point))
        for name, point in (("A", "diagnosis"), ("B", "relapse"))
    ]
    page = render(compare(data, grch38, knowledge), [one.report for one in data])
    assert evil not in page
    assert "&lt;script&gt;" in page


# ---------------------------------------------------------------- depth and silence


def pair(
    first: Sequence[Mapping[str, Any]] = (),
    second: Sequence[Mapping[str, Any]] = (),
    *,
    files: tuple[Path | None, Path | None] = (None, None),
    points: tuple[str, str] = ("diagnosis", "relapse"),
    **fields: Any,
) -> list[TimepointData]:
    """Two reports with these variants, and their VCFs."""
    made = []
    for name, point, rows, path in zip(("A", "B"), points, (first, second), files, strict=True):
        own = sample(name, point, small_variants=() if path is None else (path,))
        settings = {"purity": 0.9, "copy_number": copy_number_data({})} | fields
        made.append(TimepointData(report(own, variants=rows, **settings), own))
    return made


def called(key: tuple[str, int, str, str], alt: int | None, depth: int | None, **fields: Any) -> dict[str, Any]:
    return variant_row(Mutation(*key, (1,), "NT5C2", "p.Arg367Gln"), alt, depth, **fields)


@pytest.mark.parametrize(
    ("records", "blocks", "expected"),
    [
        pytest.param([], [("10", 103_093_000, 103_094_000, 2000)], "gained", id="a gVCF block of 2,000 reads"),
        pytest.param([], [("10", 103_093_000, 103_094_000, 300)], "gained_or_below_limit", id="a block of 300 reads"),
        pytest.param([], [], "gained_or_below_limit", id="no record: depth not known"),
        pytest.param([(*NT5C2, [(0, 1500)])], [], "gained", id="a record with no such read"),
        pytest.param([(*NT5C2, [(9, 1500)])], [], "rising", id="nine reads below the caller's threshold"),
        pytest.param([(*NT5C2, [(2, 1500)])], [], "gained", id="two reads in 1,500 may be errors"),
        pytest.param([("10", NT5C2[1], "C", "A", [(700, 1500)])], [], "gained", id="another allele gives the depth"),
        pytest.param(
            [("10", NT5C2[1] + 5, "C", "A", [(9, 1500)])], [], "gained_or_below_limit", id="a neighbour does not"
        ),
    ],
)
def test_gained_only_where_the_earlier_file_could_have_shown_it(
    records: list[Any],
    blocks: list[Any],
    expected: str,
    tmp_path: Path,
    grch38: Genome,
    knowledge: Knowledge,
) -> None:
    early = write_vcf(tmp_path / "early.vcf", records, ("A",), blocks)
    late = write_vcf(tmp_path / "late.vcf", [(*NT5C2, [(400, 1000)])], ("B",))
    found = compare(pair([], [called(NT5C2, 400, 1000)], files=(early, late)), grch38, knowledge)
    assert category(found, NT5C2) == expected


def test_sites_only_say_what_they_cannot_say(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    shared = ("1", 1_000_000, "C", "T")
    early = write_vcf(tmp_path / "early.vcf", [(*shared, []), (*TP53, [])], ())
    late = write_vcf(tmp_path / "late.vcf", [(*shared, []), (*NT5C2, [])], ())
    data = pair(
        [called(TP53, None, None)],
        [called(NT5C2, None, None)],
        files=(early, late),
        purity=None,
        copy_number=None,
        matched_normal=False,
    )
    found = compare(data, grch38, knowledge)
    assert category(found, shared) == "preserved"
    assert category(found, NT5C2) == "gained_or_below_limit"
    assert category(found, TP53) == "lost_or_below_limit"
    assert found["sites"]["in_all"] == 1
    assert found["sites"]["only"] == {"diagnosis": 1, "relapse": 1}
    assert found["clones"] == []
    assert any("sites without allele counts" in text for text in found["limits"])
    assert by_id(found)["1:1000000 C>T"]["at"]["relapse"]["ccf"] is None


def test_alignments_of_the_earlier_sample_are_looked_at(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotate.model.small_variants import DepthAt
    from annotate.read.alignments import pileup

    asked: list[tuple[str, int]] = []

    def look(path: Path, genome: Genome, knowledge: Knowledge, *, sites: Any = (), **named: Any) -> Any:
        asked.extend(sites)
        return {site: DepthAt(*site, 3000, {"C": 2960, "T": 40}, error_rate=0.0003) for site in sites}, None, ()

    monkeypatch.setattr(pileup, "look", look)
    data = pair([], [called(NT5C2, 400, 1000)])
    data[0] = with_sample(data[0], alignments=tmp_path / "A.bam")
    found = compare(data, grch38, knowledge)
    assert asked == [NT5C2[:2]]
    event = by_id(found)["10:103093198 C>T"]
    assert event["category"] == "rising"
    assert event["at"]["diagnosis"]["alt_reads"] == 40


def test_a_deletion_is_counted_at_its_first_lost_base() -> None:
    from annotate.compare.counts import _alt_count, place_of
    from annotate.model.small_variants import DepthAt

    deep = DepthAt("1", 101, 100, {"C": 70, "del": 20, "ins": 5, "T": 3})
    assert place_of(("1", 100, "CAG", "C")) == ("1", 101)
    assert _alt_count(deep, ("1", 100, "CAG", "C")) == 20
    assert place_of(("1", 100, "C", "CTT")) == ("1", 100)
    assert _alt_count(deep, ("1", 100, "C", "CTT")) == 5
    assert _alt_count(deep, ("1", 101, "C", "T")) == 3


# ---------------------------------------------------------------- which variants count


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"normal_vaf": 0.5, "normal_depth": 60}, False),
        ({"normal_vaf": 0.5, "normal_depth": 4}, True),
        ({"population_af": 0.01}, False),
        ({"population_af": 0.01, "oncogenicity": "Oncogenic"}, True),
        ({"oncogenicity": "Likely benign"}, False),
        ({"filter": "weak_evidence"}, False),
        ({"flags": ["possible_germline"]}, True),
    ],
)
def test_germline_and_filtered_variants_are_left_out(
    fields: dict[str, Any], counts: bool, grch38: Genome, knowledge: Knowledge
) -> None:
    rows = [called(NT5C2, 450, 1000, **fields)]
    found = compare(pair(rows, rows), grch38, knowledge)
    assert bool(found["events"]) == counts or [e["kind"] for e in found["events"]] == ["copy_number"]
    assert ("10:103093198 C>T" in by_id(found)) == counts


def test_half_of_the_reads_everywhere_without_a_normal_may_be_germline(grch38: Genome, knowledge: Knowledge) -> None:
    rows = [called(NT5C2, 500, 1000)]
    found = compare(pair(rows, rows, matched_normal=False), grch38, knowledge)
    assert any("germline or clonal" in text for text in by_id(found)["10:103093198 C>T"]["reasons"])


# ---------------------------------------------------------------- time points


def test_three_time_points(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    rng = np.random.default_rng(5)
    made = [
        Mutation("1", 50_000_000 + 1000 * i, "C", "T", f) for i, f in enumerate([(1, 1, 1), (0, 1, 0), (0.1, 0.5, 1)])
    ]
    points = (Point("diagnosis", 0.9, 1500), Point("relapse", 0.8, 1500), Point("relapse2", 0.7, 1500))
    data = [timepoint(tmp_path, point, at, made, rng) for at, point in enumerate(points)]
    found = compare([data[2], data[0], data[1]], grch38, knowledge)
    assert [point["name"] for point in found["timepoints"]] == ["diagnosis", "relapse", "relapse2"]
    events = by_id(found)
    assert events["1:50000000 C>T"]["category"] == "preserved"
    middle = events["1:50001000 C>T"]
    assert middle["category"] == "gained"
    assert [step["category"] for step in middle["steps"]] == ["gained", "lost"]
    assert any("only between" in text for text in middle["reasons"])
    assert [step["category"] for step in events["1:50002000 C>T"]["steps"]] == ["rising", "rising"]


def test_relapse10_comes_after_relapse2(grch38: Genome, knowledge: Knowledge) -> None:
    data = [
        TimepointData(report(sample(name, name)), sample(name, name))
        for name in ("relapse10", "relapse2", "relapse", "diagnosis")
    ]
    names = [point["name"] for point in compare(data, grch38, knowledge)["timepoints"]]
    assert names == ["diagnosis", "relapse", "relapse2", "relapse10"]


def test_remission_is_a_normal_and_other_is_left_out(grch38: Genome, knowledge: Knowledge) -> None:
    data = [
        TimepointData(report(sample(name, point)), sample(name, point))
        for name, point in (("D", "diagnosis"), ("N", "remission"), ("O", "other"))
    ]
    found = compare(data, grch38, knowledge)
    assert [point["sample"] for point in found["timepoints"]] == ["D"]
    assert found["normals"] == ["N"]
    text = " ".join(found["warnings"])
    assert "`other`: O" in text
    assert "not two time points" in text
    assert found["events"] == []
    assert render(found, [one.report for one in data])


def test_two_assemblies_are_never_matched_by_position(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    data = pair([], [])
    data[1] = with_sample(data[1], assembly="GRCh37", small_variants=(tmp_path / "not read.vcf",))
    found = compare(data, grch38, knowledge)
    assert any("two assemblies" in text for text in found["warnings"])


def test_no_mutation_in_common_asks_for_a_second_leukaemia(grch38: Genome, knowledge: Knowledge) -> None:
    first = [called(("1", 1000 + i, "C", "T"), 400, 1000) for i in range(6)]
    second = [called(("2", 1000 + i, "C", "T"), 400, 1000) for i in range(6)]
    found = compare(pair(first, second), grch38, knowledge)
    assert any("second leukaemia" in text for text in found["warnings"])
    shared = compare(pair(first, [*second, first[0]]), grch38, knowledge)
    assert not any("second leukaemia" in text for text in shared["warnings"])


# ---------------------------------------------------------------- copy number, junctions, lesions

Genes = Sequence[Mapping[str, Any]]


def copies_pair(first: Any, second: Any) -> list[TimepointData]:
    made = []
    for name, point, data in (("A", "diagnosis", first), ("B", "relapse", second)):
        own = sample(name, point)
        purity = data["purity"] if data else None
        made.append(TimepointData(report(own, purity=purity, copy_number=data), own))
    return made


DELETED = gene_row("IKZF1", "deletion", start=50_300_000, end=50_400_000)
USUAL = gene_row("IKZF1", "normal")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param([USUAL], [DELETED], "gained", id="gained"),
        pytest.param([DELETED], [USUAL], "lost", id="lost"),
        pytest.param([DELETED], [DELETED], "preserved", id="preserved"),
        pytest.param([{**DELETED, "subclonal": True}], [DELETED], "rising", id="a subclone that took over"),
        pytest.param([DELETED], [{**DELETED, "subclonal": True}], "falling", id="falling"),
        pytest.param([gene_row("IKZF1", "not_assessable")], [DELETED], "gained_or_below_limit", id="not assessable"),
        pytest.param([], [DELETED], "gained_or_below_limit", id="gene not in the profile"),
    ],
)
def test_gene_deletions(first: Genes, second: Genes, expected: str, grch38: Genome, knowledge: Knowledge) -> None:
    data = copies_pair(copy_number_data({}, genes=first), copy_number_data({}, genes=second))
    assert by_id(compare(data, grch38, knowledge))["IKZF1:loss"]["category"] == expected


def test_a_profile_that_could_not_have_shown_it(grch38: Genome, knowledge: Knowledge) -> None:
    late = copy_number_data({}, genes=[DELETED])
    for early, expected in (
        (None, "undetermined"),
        (copy_number_data({}, genes=[USUAL], purity=0.1), "gained_or_below_limit"),
        (copy_number_data({}, genes=[USUAL], resolution=1_000_000), "gained_or_below_limit"),
    ):
        event = by_id(compare(copies_pair(early, late), grch38, knowledge))["IKZF1:loss"]
        assert event["category"] == expected


def test_two_deletions_of_one_gene_may_be_two_events(grch38: Genome, knowledge: Knowledge) -> None:
    other = {**DELETED, "start": 40_000_000, "end": 50_350_000}
    data = copies_pair(copy_number_data({}, genes=[DELETED]), copy_number_data({}, genes=[other]))
    assert any("two events" in text for text in by_id(compare(data, grch38, knowledge))["IKZF1:loss"]["reasons"])


def test_whole_chromosomes_and_the_count(grch38: Genome, knowledge: Knowledge) -> None:
    early = copy_number_data({"4": (3, 1), "10": (3, 1)})
    late = copy_number_data({"4": (3, 1), "7": (1, 0)})
    found = by_id(compare(copies_pair(early, late), grch38, knowledge))
    assert found["chr4:whole:gain"]["category"] == "preserved"
    assert found["chr10:whole:gain"]["category"] == "lost"
    assert found["chr7:whole:loss"]["category"] == "gained"
    assert (found["chromosome_count"]["category"], found["chromosome_count"]["name"]) == (
        "falling",
        "chromosome count 48 → 46",
    )


def test_a_doubled_clone_is_the_same_clone(grch38: Genome, knowledge: Knowledge) -> None:
    lost = [str(n) for n in range(1, 21)]
    early = copy_number_data(dict.fromkeys(lost, (1, 0)))
    late = copy_number_data({**dict.fromkeys(lost, (2, 0)), "21": (4, 2), "22": (4, 2), "X": (4, 2)})
    found = by_id(compare(copies_pair(early, late), grch38, knowledge))["chromosome_count"]
    assert any("doubled" in text for text in found["reasons"])


def test_a_boy_has_one_x(grch38: Genome, knowledge: Knowledge) -> None:
    made = []
    for name, point in (("A", "diagnosis"), ("B", "relapse")):
        own = Sample(sample=name, patient="P1", timepoint=point, assembly="GRCh38", sex="male")
        made.append(TimepointData(report(own, purity=0.9, copy_number=copy_number_data({}, sex="male")), own))
    assert not [e for e in compare(made, grch38, knowledge)["events"] if e["id"].startswith("chrX")]


def junctions_pair(first: Sequence[Any], second: Sequence[Any], **fields: Any) -> list[TimepointData]:
    made = []
    for name, point, rows in (("A", "diagnosis", first), ("B", "relapse", second)):
        own = sample(name, point, structural_variants=(Path("sv.vcf"),), **fields)
        made.append(TimepointData(report(own, junctions=rows), own))
    return made


BCR = junction_row(("9", 130_854_000, "R"), ("22", 23_290_000, "L"), genes="BCR::ABL1")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(BCR, True, id="the same"),
        pytest.param(junction_row(("9", 130_854_004, "R"), ("22", 23_290_003, "L")), True, id="a few bases off"),
        pytest.param(
            junction_row(("9", 130_854_300, "R"), ("22", 23_290_000, "L"), precise=False), True, id="imprecise"
        ),
        pytest.param(junction_row(("9", 130_854_300, "R"), ("22", 23_290_000, "L")), False, id="another breakpoint"),
        pytest.param(junction_row(("9", 130_854_000, "L"), ("22", 23_290_000, "L")), False, id="another side"),
    ],
)
def test_junctions_match_by_both_breakends(other: Any, same: bool, grch38: Genome, knowledge: Knowledge) -> None:
    events = compare(junctions_pair([BCR], [other]), grch38, knowledge)["events"]
    assert [event["category"] for event in events] == (
        ["preserved"] if same else ["lost_or_below_limit", "gained_or_below_limit"]
    )


def test_lesions(grch38: Genome, knowledge: Knowledge) -> None:
    states = {
        "iamp21": ("detected", "detected", "preserved"),
        "ikzf1_deletion": ("not_detected", "detected", "gained"),
        "tp53_deletion": ("not_assessable", "detected", "undetermined"),
        "dux4_r": ("not_assessable: CALLER_CLASS_UNSUITABLE", "detected", "undetermined"),
        "crlf2_r": ("not_assessable: DEPTH_BELOW_LOD", "detected", "gained_or_below_limit"),
        "kmt2a_r": ("detected", "not_detected", "lost"),
        "nt5c2": ("detected_subclonal", "detected", "rising"),
        "pten": ("detected", "detected_subclonal", "falling"),
        "rb1_deletion": ("detected_subclonal", "detected_subclonal", "stable"),
        "pax5": ("equivocal", "detected", "undetermined"),
    }
    made = []
    for at, (name, point) in enumerate((("A", "diagnosis"), ("B", "relapse"))):
        rows = []
        for id, pair in states.items():
            state, _, code = pair[at].partition(": ")
            reasons = [{"code": code or "INPUT_ABSENT", "text": "made for a test"}]
            rows.append(lesion_row(id, state, reasons=reasons))
        rows.append(lesion_row("epor_r", "not_detected"))
        own = sample(name, point)
        made.append(TimepointData(report(own, lesions=rows), own))
    found = by_id(compare(made, grch38, knowledge))
    assert {id: found[id]["category"] for id in found} == {id: row[2] for id, row in states.items()}


@pytest.mark.parametrize(
    ("limit", "expected"), [(0.01, "gained"), (0.2, "gained_or_below_limit"), (None, "gained_or_below_limit")]
)
def test_a_lesion_of_point_mutations_needs_the_depth(
    limit: float | None, expected: str, grch38: Genome, knowledge: Knowledge
) -> None:
    evidence = [
        {"kind": "small_variant", "summary": "R367Q", "values": {"chrom": "10", "pos": 1, "ref": "C", "alt": "T"}}
    ]
    earlier = {"detection_limit": {"vaf": limit, "reads": 913}} if limit else {}
    rows = (lesion_row("nt5c2", "not_detected", **earlier), lesion_row("nt5c2", "detected", evidence=evidence))
    made = []
    for (name, point), row in zip((("A", "diagnosis"), ("B", "relapse")), rows, strict=True):
        own = sample(name, point)
        made.append(TimepointData(report(own, lesions=[row]), own))
    assert by_id(compare(made, grch38, knowledge))["nt5c2"]["category"] == expected


# ---------------------------------------------------------------- many patients


def test_simulated_patients(validate: Callable[..., Any]) -> None:
    score = validate(20, 11, mutations=3)
    assert score.decided > 100
    assert score.share >= 0.97
    assert score.gained_without_power == 0
    assert score.gained_though_present == 0
    assert np.median(score.errors) < 0.05
    assert score.covered / score.intervals > 0.93
    assert all(right for _, right in score.flagged)


@pytest.fixture
def validate() -> Callable[..., Any]:
    import importlib.util
    import sys

    path = Path(__file__).resolve().parents[2] / "scripts" / "validate_evolution.py"
    spec = importlib.util.spec_from_file_location("validate_evolution", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["validate_evolution"] = module
    spec.loader.exec_module(module)
    run: Callable[..., Any] = module.run
    return run


def test_real_pairs_of_sites(shared_data: Path, grch37: Genome, knowledge: Knowledge) -> None:
    """The published pairs list sites alone: shared and not shared is all that they tell."""
    folder = shared_data / "all_patients" / "icgc_target"
    data = []
    for name, point in (("PAPLDL-03A", "diagnosis"), ("PAPLDL-04A", "relapse")):
        path = folder / f"SSM-{name}-01D.vcf"
        own = Sample(name, "PAPLDL", point, "GRCh37", small_variants=(path,))
        data.append(TimepointData(report(own, matched_normal=False), own))
    found = compare(data, grch37, knowledge)
    assert found["sites"]["in_all"] == 0
    assert found["sites"]["only"] == {"diagnosis": 2, "relapse": 1}
    assert {event["category"] for event in found["events"]} == {"lost_or_below_limit", "gained_or_below_limit"}
    assert any("cannot be said" in text for text in found["limits"])
    assert render(found, [one.report for one in data])


def test_the_drug_that_a_change_concerns_comes_from_the_lesions(grch38: Genome, knowledge: Knowledge) -> None:
    values = {"chrom": "10", "pos": NT5C2[1], "ref": "C", "alt": "T", "drug": "thiopurines"}
    rows = [
        lesion_row("nt5c2", "detected", evidence=[{"kind": "small_variant", "summary": "R367Q", "values": values}]),
        lesion_row(
            "relapse_genes",
            "detected",
            details={"hits": [{"gene": "NR3C1", "change": "deletion", "drug": "glucocorticoids"}]},
        ),
        lesion_row("tp53_alteration", "detected", details={"mutations": ["TP53 p.Arg248Gln"]}),
    ]
    made = []
    for name, point in (("A", "diagnosis"), ("B", "relapse")):
        own = sample(name, point)
        late = point == "relapse"
        data = copy_number_data({}, genes=[gene_row("NR3C1", "deletion" if late else "normal")])
        found = [called(NT5C2, 400, 1000)] if late else []
        made.append(TimepointData(report(own, purity=0.9, variants=found, copy_number=data, lesions=rows), own))
    evolution = compare(made, grch38, knowledge)
    events = by_id(evolution)
    assert events["10:103093198 C>T"]["details"]["drug"] == "thiopurines"
    assert events["NR3C1:loss"]["details"]["drug"] == "glucocorticoids"
    assert "thiopurines" in render(evolution, [one.report for one in made])


def test_files_with_more_sites_than_are_kept(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change of the other time point lies beyond what is kept of a huge file, and is found all the same."""
    value = Knowledge.value
    monkeypatch.setattr(Knowledge, "value", lambda self, c: 20 if c.id == "evolution.max_sites" else value(self, c))
    noise = [("1", 1000 + 100 * i, "C", "T", [(30, 60)]) for i in range(50)]
    early = write_vcf(tmp_path / "early.vcf", [*noise, (*NT5C2, [(12, 1500)])], ("A",))
    late = write_vcf(tmp_path / "late.vcf", [(*NT5C2, [(400, 1000)])], ("B",))
    found = compare(pair([], [called(NT5C2, 400, 1000)], files=(early, late)), grch38, knowledge)
    assert category(found, NT5C2) == "rising"
    assert any("more sites than are compared" in text for text in found["limits"])


def test_a_chromosome_count_of_karyotypes_alone(grch38: Genome, knowledge: Knowledge) -> None:
    made = []
    for name, point, low in (("A", "diagnosis", 46), ("B", "relapse", 45)):
        clones = [
            {"raw": "", "low": low, "high": low, "metaphases": 15, "tokens": [{"raw": "-7"}], "donor": False},
            {"raw": "", "low": 46, "high": 46, "metaphases": 5, "tokens": [], "donor": False},
        ]
        own = sample(name, point)
        made.append(TimepointData(report(own, karyotype={"raw": "x", "clones": clones}), own))
    events = compare(made, grch38, knowledge)["events"]
    assert [(event["id"], event["category"]) for event in events] == [("chromosome_count", "falling")]


def test_a_lesion_kept_by_another_mutation(grch38: Genome, knowledge: Knowledge) -> None:
    made = []
    for name, point, pos in (("A", "diagnosis", 1), ("B", "relapse", 2)):
        values = {"chrom": "12", "pos": pos, "ref": "C", "alt": "T"}
        evidence = [{"kind": "small_variant", "summary": "KRAS", "values": values}]
        own = sample(name, point)
        made.append(TimepointData(report(own, lesions=[lesion_row("ras_pathway", "detected", evidence=evidence)]), own))
    event = by_id(compare(made, grch38, knowledge))["ras_pathway"]
    assert event["category"] == "preserved"
    assert any("by other mutations" in reason for reason in event["reasons"])


def test_one_vcf_with_a_column_for_each_time_point(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    """Jointly called: the column of the diagnosis says what its reads show at the relapse's mutation."""
    path = write_vcf(tmp_path / "joint.vcf", [(*NT5C2, [(0, 1500), (400, 1000)])], ("A", "B"))
    data = pair([], [called(NT5C2, 400, 1000)], files=(path, path))
    data = [with_sample(one, tumor_name=one.sample.sample) for one in data]
    event = by_id(compare(data, grch38, knowledge))["10:103093198 C>T"]
    assert event["category"] == "gained"
    assert event["at"]["diagnosis"]["depth"] == 1500


def test_the_published_schema_fits_what_is_written(
    deep: list[TimepointData], grch38: Genome, knowledge: Knowledge
) -> None:
    import jsonschema

    from annotate.compare.schema import EvolutionModel, evolution_schema

    found = json.loads(json.dumps(compare(deep, grch38, knowledge)))
    assert json.dumps(EvolutionModel.model_validate(found).model_dump(mode="json")) == json.dumps(found)
    schema = evolution_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    found["events"][0]["category"] = "vanished"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_a_time_point_without_the_input_says_nothing(grch38: Genome, knowledge: Knowledge) -> None:
    """A junction is not lost because nobody looked for it."""
    early = sample("A", "diagnosis", structural_variants=(Path("sv.vcf"),), fusions=(Path("fusions.tsv"),))
    fusion = {"five": "BCR", "three": "ABL1", "caller": "arriba"}
    late = sample("B", "relapse")
    data = [
        TimepointData(report(early, junctions=[BCR], fusions=[fusion], variants=[called(NT5C2, 400, 1000)]), early),
        TimepointData(report(late), late),
    ]
    found = compare(data, grch38, knowledge)
    assert {event["category"] for event in found["events"]} == {"undetermined"}
    assert len(found["events"]) == 3
    assert "lost" not in found["summary"]


def test_a_place_outside_of_the_panel_was_not_looked_at(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    """A genome at diagnosis, a panel at relapse: what the panel does not cover is not lost."""
    outside = ("1", 1_000_000, "C", "T")
    regions = tmp_path / "panel.bed"
    regions.write_text("10\t103080000\t103150000\n17\t7660000\t7690000\n", encoding="utf-8")
    early = write_vcf(tmp_path / "early.vcf", [(*outside, [(30, 60)]), (*TP53, [(30, 60)])], ("A",))
    late = write_vcf(tmp_path / "late.vcf", [(*NT5C2, [(400, 1000)])], ("B",))
    data = pair([called(outside, 30, 60), called(TP53, 30, 60)], [called(NT5C2, 400, 1000)], files=(early, late))
    data[1] = with_sample(data[1], regions=regions, assay="panel")
    found = compare(data, grch38, knowledge)
    assert category(found, outside) == "undetermined"
    assert category(found, TP53) == "lost_or_below_limit"
    assert category(found, NT5C2) == "gained_or_below_limit"
    assert "1 only in diagnosis" in found["summary"]
