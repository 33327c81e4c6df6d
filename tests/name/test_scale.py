"""Arrays compress log2: gamma stated, told by the levels, or a range that takes negatives and clonality away."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, FitState, GeneCopies, ScaleSource, Segment, SegmentTable
from annotate.model.sample import Sample
from annotate.model.state import Code
from annotate.name.copy_number import build_profile
from annotate.name.copy_number.held import held
from annotate.reference.genome import Genome
from tests.makers.copy_number import Platform, Truth, measure, ploidy_of

GENOME = Genome.load("GRCh38")
KNOWLEDGE = Knowledge.load()
LENGTHS = GENOME.contig_lengths
LOST = ("deletion", "homozygous_deletion")
LARGE: dict[str, tuple[int, int]] = {"9": (1, 40_000_000), "7": (1, 56_000_000)}  # arms that hold CDKN2A, IKZF1
CDKN2A = (21_900_000, 22_100_000)


def truth(lost: Sequence[str], *, homozygous: bool = False, gained: Sequence[str] = ()) -> list[Truth]:
    """A diploid genome with arms lost, chromosomes gained, and CDKN2A without any copy."""
    rows: list[Truth] = []
    for chrom in map(str, range(1, 23)):
        total = 3 if chrom in gained else 2
        start, end = LARGE[chrom] if chrom in lost else (1, 0)
        pieces: list[Truth] = [(chrom, start, end, 1, 0)] if end else []
        if homozygous and chrom == "9":
            inner = pieces[0][3] if pieces else 2
            last = pieces[0][2] if pieces else CDKN2A[1] + 1
            pieces = [
                ("9", 1, CDKN2A[0] - 1, inner, inner // 2),
                ("9", *CDKN2A, 0, 0),
                ("9", CDKN2A[1] + 1, last, inner, inner // 2),
            ]
            end = last
        rows += [*pieces, (chrom, end + 1, LENGTHS[chrom], total, 1)]
    return rows


def array(
    rows: Sequence[Truth], gamma: float, purity: float, *, noise: float = 0.01, baf: bool = False, seed: int = 7
) -> SegmentTable:
    """The table of an array of 10-kb spacing; long segments in pieces, as callers leave them."""
    cut: list[Truth] = []
    for chrom, start, end, total, minor in rows:
        step = max((end - start + 1) // 4, 1) if end - start > 20_000_000 else end - start + 1
        edges = list(range(start, end + 1, step))[: 5 if step < end - start + 1 else 1]
        cut += [(chrom, a, min(a + step - 1, end), total, minor) for a in edges]
    platform = Platform(gamma, offset=random.Random(seed).uniform(-0.05, 0.05), floor=-4.0)
    measured = measure(cut, purity, ploidy_of(cut), "female", noise, seed, platform)
    segments = tuple(
        Segment(m.chrom, m.start, m.end, log2=m.log2, baf=m.baf if baf else None, markers=(m.end - m.start) // 10_000)
        for m in measured
    )
    return SegmentTable(segments, "igv.seg", resolution=10_000)


def judged(table: SegmentTable, **sheet: object) -> CopyNumberProfile:
    values = {"assay": "array", "sex": "female", **sheet}
    sample = Sample("S", "P", "diagnosis", "GRCh38", **values)  # type: ignore[arg-type]
    return build_profile(table, (), sample, GENOME, KNOWLEDGE)


GAMMAS = [0.38, 0.45, 0.55, 0.7, 1.0]


@pytest.mark.parametrize("purity", [0.7, 0.85, 0.95])
@pytest.mark.parametrize("gamma", GAMMAS)
def test_a_stated_purity_and_the_levels_tell_the_compression(gamma, purity):
    profile = judged(array(truth(["7", "9"], gained=["21", "4"]), gamma, purity), purity=purity)
    assert profile.scale.source is ScaleSource.LEVELS
    assert profile.scale.gamma == pytest.approx(gamma, rel=0.12)
    for gene in ("IKZF1", "CDKN2A"):
        copies = profile.genes[gene]
        assert (copies.call, copies.subclonal) == ("deletion", False), gene
    assert any("log2 compressed to" in words for words in profile.warnings)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_a_stated_compression_is_used_as_it_is(gamma):
    profile = judged(array(truth(["7"], homozygous=True), gamma, 0.8), purity=0.8, array_gamma=gamma)
    assert (profile.scale.gamma, profile.scale.source) == (gamma, ScaleSource.SHEET)
    assert (profile.genes["IKZF1"].call, profile.genes["IKZF1"].subclonal) == ("deletion", False)
    assert profile.genes["CDKN2A"].call == "homozygous_deletion"
    assert profile.genes["ETV6"].call == "normal"


@pytest.mark.parametrize("gamma", GAMMAS[:-1])
def test_the_depth_of_a_homozygous_deletion_tells_it_without_a_purity(gamma):
    profile = judged(array(truth(["7", "9"], homozygous=True), gamma, 0.98))
    assert profile.genes["CDKN2A"].call == "homozygous_deletion"
    assert profile.scale.gamma == pytest.approx(gamma, rel=0.2)
    assert profile.purity is not None
    assert profile.purity >= 0.85
    assert profile.genes["IKZF1"].subclonal is False


@pytest.mark.parametrize("gamma", GAMMAS)
@pytest.mark.parametrize("purity", [0.75, 0.95])
def test_without_anything_that_tells_it_nothing_is_excluded_and_no_clonality_given(gamma, purity):
    profile = judged(array(truth(["7"]), gamma, purity))
    lost = profile.genes["IKZF1"]
    assert lost.call in LOST
    assert lost.subclonal is False
    assert profile.purity is None
    whole = profile.genes["ETV6"]
    assert whole.call == "not_assessable"
    assert {Code.SCALE_UNKNOWN, Code.PURITY_TOO_LOW} & {reason.code for reason in whole.reasons}
    assert any("purity" in (reason.settles or "") for reason in whole.reasons)


@pytest.mark.parametrize("gamma", [0.45, 0.55, 0.7])
def test_allele_frequencies_tell_it_too(gamma):
    """One copy lost: the B-allele frequency is that of the purity whatever log2 says."""
    profile = judged(array(truth(["7", "9"], gained=["21"]), gamma, 0.7, baf=True))
    assert profile.purity == pytest.approx(0.7, abs=0.08)
    assert profile.genes["IKZF1"].call == "deletion"
    assert profile.genes["IKZF1"].subclonal is False


@pytest.mark.parametrize("level", [0.3, 0.4])
def test_a_shallow_loss_of_a_sequenced_genome_is_subclonal(level):
    """Counted reads are not compressed: the same numbers mean fewer cells there."""
    table = array(truth(["7"]), level, 0.95)
    assert judged(table, assay="wgs", purity=0.95).genes["IKZF1"].subclonal
    assert not judged(table, assay="array", purity=0.95).genes["IKZF1"].subclonal


def test_a_subclonal_loss_of_an_array_stays_one():
    """Half as deep as the clonal losses beside it."""
    rows = truth(["7", "9"], gained=["4", "21", "14"])
    table = array(rows, 0.5, 0.95)
    half = tuple(
        replace(s, log2=(s.log2 or 0) * 0.4) if s.chrom == "7" and s.end < 56_100_000 else s for s in table.segments
    )
    profile = judged(replace(table, segments=half), purity=0.95, array_gamma=0.5)
    assert profile.genes["CDKN2A"].subclonal is False
    assert profile.genes["IKZF1"].subclonal is True


def test_sequencing_is_as_before():
    profile = judged(array(truth(["7"]), 1.0, 0.8), assay="wgs")
    assert profile.scale.source is ScaleSource.COUNTED
    assert not profile.scale.compressed


# ---------------------------------------------------------------- what holds under every reading


def copies(call: str, **more: object) -> GeneCopies:
    return GeneCopies("RB1", total=1.0, minor=None, baseline=2, call=call, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chosen", "others", "call", "certain"),
    [
        ("deletion", ["deletion"], "deletion", True),
        ("deletion", ["deletion", "normal"], "deletion", False),
        ("deletion", ["not_assessable"], "deletion", False),
        ("homozygous_deletion", ["deletion"], "deletion", True),
        ("homozygous_deletion", ["homozygous_deletion"], "homozygous_deletion", True),
        ("normal", ["normal"], "normal", True),
        ("normal", ["normal", "deletion"], "not_assessable", False),
        ("gain", ["homozygous_deletion"], "not_assessable", False),
        ("not_assessable", ["deletion"], "not_assessable", True),
    ],
)
def test_only_what_every_reading_says_is_certain(chosen, others, call, certain):
    found = held(copies(chosen), [copies(other) for other in others])
    assert (found.call, found.certain) == (call, certain)


@pytest.mark.parametrize(("mine", "theirs", "result"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_subclone_is_one_only_where_every_reading_says_so(mine, theirs, result):
    found = held(copies("deletion", subclonal=mine), [copies("deletion", subclonal=theirs)])
    assert found.subclonal is result
    assert (Code.SCALE_UNKNOWN in {reason.code for reason in found.reasons}) is (mine != theirs)


def test_a_failed_fit_leaves_losses_uncertain_and_excludes_nothing():
    table = SegmentTable(
        tuple(Segment(c, a, b, total=float(t), minor=float(m or 0)) for c, a, b, t, m in truth(["7"])),
        "ascat.segments",
        fit=FitState.FAILED,
    )
    profile = judged(table, assay="wgs")
    assert (profile.genes["IKZF1"].call, profile.genes["IKZF1"].certain) == ("deletion", False)
    assert not [gene.gene for gene in profile.genes.values() if gene.call == "normal"]
    assert not any(state.certain for state in profile.chromosomes.values())
