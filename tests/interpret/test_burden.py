"""Mutation burden and signatures: only where the data carry them, and why not where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.interpret import signatures
from annotate.interpret.burden import burden
from annotate.knowledge.tables import Knowledge
from annotate.model.regions import Regions
from annotate.model.sample import Assay, Sample
from annotate.model.small_variants import SmallVariants

EXOME = Regions.of([("1", 1, 40_000_000)])
SMALL_EXOME = Regions.of([("1", 1, 5_000_000)])


def small(sites: int | None = 400, normal: str | None = "N") -> SmallVariants:
    return SmallVariants(variants=(), inputs=(), normal_name=normal, sites_total=sites)


def sample(assay: Assay | None) -> Sample:
    return Sample("A", "P1", "diagnosis", "GRCh38", assay=assay)


@pytest.mark.parametrize(
    ("assay", "regions", "found", "state", "per_megabase"),
    [
        pytest.param("wes", EXOME, small(), "assessed", 10.0, id="exome"),
        pytest.param("wgs", None, small(5600), "assessed", 2.0, id="genome"),
        pytest.param("wes", EXOME, small(0), "assessed", 0.0, id="no mutation is a burden of zero"),
        pytest.param("wes", None, small(), "not_assessable", None, id="exome without regions"),
        pytest.param("wes", SMALL_EXOME, small(), "not_assessable", None, id="five megabases"),
        pytest.param("panel", EXOME, small(), "not_assessable", None, id="panel, whatever its regions say"),
        pytest.param("array", None, small(), "not_assessable", None, id="array"),
        pytest.param(None, EXOME, small(), "not_assessable", None, id="assay not stated"),
        pytest.param("wgs", None, small(4_000_000, None), "not_assessable", None, id="no normal sample"),
        pytest.param("wgs", None, small(4_000_000), "not_assessable", None, id="germline variants pass too"),
        pytest.param("wgs", None, small(None), "not_assessable", None, id="number of sites not known"),
    ],
)
def test_burden(
    assay: Assay | None,
    regions: Regions | None,
    found: SmallVariants,
    state: str,
    per_megabase: float | None,
    knowledge: Knowledge,
) -> None:
    result = burden(found, sample(assay), regions, knowledge)
    assert result["state"] == state
    assert result["per_megabase"] == per_megabase
    assert bool(result["reasons"]) == (state == "not_assessable")
    assert str(result["summary"]).startswith("Mutation burden")


def test_no_threshold_of_hypermutation_is_shipped(knowledge: Knowledge) -> None:
    verdict = burden(small(), sample("wes"), EXOME, knowledge)["hypermutation"]
    assert (verdict["verdict"], verdict["threshold"]) == (None, None)


@pytest.mark.parametrize(("limit", "verdict"), [("1.3", True), ("10", True), ("10.1", False)])
def test_a_lab_sets_its_own_threshold(limit: str, verdict: bool, tmp_path: Path) -> None:
    folder = tmp_path / "thresholds"
    folder.mkdir()
    (folder / "own.tsv").write_text(
        "id\tvalue\tunit\tmeaning\tsource\tmark\tdate\treviewer\n"
        f"burden.hypermutation_per_megabase\t{limit}\tper Mb\tours\tour lab\tE\t2026-11-24\tus\n",
        encoding="utf-8",
    )
    found = burden(small(), sample("wes"), EXOME, Knowledge.load(tmp_path))
    assert found["hypermutation"]["verdict"] is verdict
    assert ("above" in found["summary"]) == verdict


def test_signatures_say_all_that_is_missing(knowledge: Knowledge) -> None:
    found = burden(small(50, None), sample("panel"), None, knowledge)["signatures"]
    assert found["state"] == "not_assessable"
    text = " ".join(found["reasons"])
    for part in ("whole genome or an exome", "no matched normal", "50 mutations", "sequence of the whole genome"):
        assert part in text


@pytest.mark.parametrize(
    ("around", "alt", "name"),
    [("ACA", "A", "A[C>A]A"), ("TGA", "A", "T[C>T]A"), ("CTG", "C", "C[T>C]G"), ("AAT", "G", "A[T>C]T")],
)
def test_channels(around: str, alt: str, name: str) -> None:
    assert signatures.channel(around, alt) == name
    assert name in signatures.CHANNELS


def test_there_are_96_channels() -> None:
    assert len(set(signatures.CHANNELS)) == 96


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    import pysam

    path = tmp_path / "genome.fa"
    path.write_text(">chr1\nACGTACGTNACGT\n", encoding="utf-8")
    pysam.faidx(str(path))  # type: ignore[attr-defined]
    return path


@pytest.mark.parametrize(
    ("snvs", "expected"),
    [
        ([("1", 2, "C", "T")], {"A[C>T]G": 1}),
        pytest.param([("1", 2, "C", "T"), ("1", 3, "G", "A")], {"A[C>T]G": 2}, id="either strand is one class"),
        ([("1", 8, "T", "C")], {}),
        ([("7", 2, "C", "T")], {}),
        ([("1", 1, "A", "T")], {}),
    ],
)
def test_contexts(snvs: Sequence[tuple[str, int, str, str]], expected: dict[str, int], fasta: Path) -> None:
    counts = signatures.contexts(snvs, fasta)
    assert len(counts) == 96
    assert {name: count for name, count in counts.items() if count} == expected


def test_contexts_refuse_another_assembly(fasta: Path) -> None:
    with pytest.raises(InputError, match="not that of the variants"):
        signatures.contexts([("1", 2, "G", "T")], fasta)


def test_few_substitutions_are_not_fitted(knowledge: Knowledge) -> None:
    found = signatures.fit({"A[C>T]G": 150}, knowledge)
    assert found["state"] == "not_assessable"
    assert "150" in found["reasons"][0]


def test_shares_of_the_fit(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "installed", lambda: True)
    monkeypatch.setattr(signatures, "_assign", lambda counts: {"SBS87": 150.0, "SBS1": 50.0, "SBS5": 0.0})
    found = signatures.fit({"A[C>T]G": 200}, knowledge)
    assert found["signatures"] == {"SBS1": 0.25, "SBS87": 0.75}
