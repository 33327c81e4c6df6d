"""What must not change a state, and the one way in which it may: over every kind of input, any lesion, any dialect."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.model.state import State
from annotate.reference.genome import Genome
from scripts.make_demo import noise, passengers
from tests.makers.laws import fusions, karyotype, small_variants, structural
from tests.makers.laws.cell import PRESENT, WRITERS, Outcome, Truth, Written, clean_outcome, said, states
from tests.makers.laws.matrix import MODULES
from tests.makers.small_variants import MAKERS, Call, ordered, vcf_text
from tests.makers.structural import vcf_text as junctions_text

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
RANK = {
    Outcome.NOT_DETECTED: 0,
    Outcome.NOT_ASSESSABLE: 1,
    Outcome.EQUIVOCAL: 2,
    Outcome.DETECTED_SUBCLONAL: 3,
    Outcome.DETECTED: 3,
}
GRCH38, GRCH37 = Genome.load("GRCh38"), Genome.load("GRCh37")


@cache
def truths(kind: str, assembly: str = "GRCh38") -> tuple[Truth, ...]:
    return tuple(MODULES[kind].truths(Genome.load(assembly)))


def any_truth(kind: str) -> st.SearchStrategy[Truth]:
    return st.sampled_from(truths(kind))


def outcome(truth: Truth, dialect: str, change: Callable[[Written], None] = lambda _: None) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        written = WRITERS[truth.kind](truth, dialect, Path(folder))
        assert written is not None
        change(written)
        return said(written, truth)


# ---------------------------------------------------------------- more support


@FEW
@given(any_truth("small_variants"), st.lists(st.integers(0, 120), min_size=2, max_size=2))
def test_more_reads_of_a_call_never_move_a_state_towards_negative(truth: Truth, reads: list[int]) -> None:
    def of(alt: int) -> Outcome:
        return outcome(replace(truth, body=replace(truth.body, alt_reads=alt, ref_reads=240 - alt)), "haplotypecaller")

    in_order(of, sorted(reads))


def in_order(of: Callable[[int], Outcome], reads: Sequence[int]) -> None:
    """States of fewer and of more reads, in order."""
    fewer, more = (of(count) for count in reads)
    assert RANK[fewer] <= RANK[more], (reads, fewer, more)


@FEW
@given(any_truth("structural_variants"), st.sampled_from(("manta", "gridss", "delly", "pbsv")), st.data())
def test_more_reads_of_a_junction_never_move_a_state_towards_negative(truth: Truth, dialect: str, data: Any) -> None:
    def of(count: int) -> Outcome:
        body = replace(truth.body, split_reads=count, paired_reads=count // 2)
        return outcome(replace(truth, body=body), dialect)

    in_order(of, sorted(data.draw(st.lists(st.integers(0, 40), min_size=2, max_size=2))))


@FEW
@given(any_truth("fusions"), st.sampled_from(("arriba", "starfusion", "cicero", "jaffa")), st.data())
def test_more_reads_of_a_transcript_never_move_a_state_towards_negative(truth: Truth, dialect: str, data: Any) -> None:
    def of(count: int) -> Outcome:
        return outcome(replace(truth, body=replace(truth.body, split_reads=count, spanning_reads=count)), dialect)

    in_order(of, sorted(data.draw(st.lists(st.integers(0, 40), min_size=2, max_size=2))))


# ---------------------------------------------------------------- inputs that are not there


SILENT: dict[str, Callable[[Genome, Path], Path]] = {
    "small_variants": small_variants.other_calls,
    "structural_variants": structural.silent_calls,
    "fusions": fusions.silent_table,
}


def silent_states(kinds: frozenset[str], karyotype_text: str | None) -> dict[str, State]:
    """Every lesion's state from inputs that show nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = {kind: [SILENT[kind](GRCH38, folder)] for kind in sorted(kinds)}
        row: dict[str, Any] = {"assay": "wgs", "karyotype": karyotype_text}
        if "structural_variants" in kinds:
            row |= {"tumor_name": "structural_variants=TUMOR", "normal_name": "NORMAL"}
        found = states(Written(folder, folder, inputs, row), GRCH38)
    assert found is not None
    return dict(found)


@FEW
@given(st.frozensets(st.sampled_from(sorted(SILENT)), min_size=1), st.sampled_from((None, "46,XX[20]")), st.data())
def test_removing_an_input_never_creates_a_negative(kinds: frozenset[str], text: str | None, data: Any) -> None:
    removed = data.draw(st.sampled_from(sorted(kinds)))
    every, fewer = silent_states(kinds, text), silent_states(kinds - {removed}, text)
    gained = [id for id, state in fewer.items() if state is State.NOT_DETECTED and every[id] is not State.NOT_DETECTED]
    assert not gained, removed


@FEW
@given(st.sampled_from(("structural_variants", "fusions", "karyotype")), st.data())
def test_removing_a_silent_input_beside_a_finding_never_creates_a_negative(kind: str, data: Any) -> None:
    truth = data.draw(any_truth(kind))
    other = data.draw(st.sampled_from(sorted(SILENT.keys() - {kind, "structural_variants"})))
    dialect = MODULES[kind].DIALECTS[0]

    def beside(written: Written) -> None:
        written.inputs[other] = [SILENT[other](truth.genome, written.folder)]

    if clean_outcome(truth, dialect) is not None and outcome(truth, dialect, beside) is not Outcome.NOT_DETECTED:
        assert clean_outcome(truth, dialect) is not Outcome.NOT_DETECTED


# ---------------------------------------------------------------- unrelated records


@FEW
@given(any_truth("small_variants"), st.integers(1, 40), st.integers(0, 10_000))
def test_unrelated_calls_change_nothing(truth: Truth, count: int, seed: int) -> None:
    def more(written: Written) -> None:
        others = [Call(c.chrom, c.pos, c.ref, c.alt, 40, 60) for c in passengers(truth.genome, seed, count)]
        text = vcf_text(MAKERS["haplotypecaller"], ordered([*others, truth.body], truth.genome), truth.genome)
        written.main.write_text(text)

    assert outcome(truth, "haplotypecaller", more) is clean_outcome(truth, "haplotypecaller")


@FEW
@given(
    any_truth("structural_variants"), st.sampled_from(("manta", "svaba")), st.integers(1, 30), st.integers(0, 10_000)
)
def test_unrelated_junctions_change_nothing(truth: Truth, dialect: str, count: int, seed: int) -> None:
    def more(written: Written) -> None:
        every = [*noise(truth.genome, seed, count), truth.body]
        written.main.write_text(junctions_text(dialect, every, truth.genome.assembly))

    assert outcome(truth, dialect, more) is clean_outcome(truth, dialect)


# ---------------------------------------------------------------- the same truth


@pytest.mark.parametrize("kind", sorted(MODULES))
@FEW
@given(st.data())
def test_a_lifted_truth_gives_the_same_state(kind: str, data: Any) -> None:
    """Truths are made from genes and codons of each assembly; those that both have are matched in their order."""
    lifted = {(truth.lesion, truth.name): truth for truth in truths(kind, "GRCh37")}
    pairs = [(one, lifted[one.lesion, one.name]) for one in truths(kind) if (one.lesion, one.name) in lifted]
    assert len(pairs) > 0.9 * len(truths(kind))
    one, other = data.draw(st.sampled_from(pairs))
    dialect = data.draw(st.sampled_from(MODULES[kind].DIALECTS))
    assert clean_outcome(one, dialect) == clean_outcome(other, dialect), (one.name, dialect)


@pytest.mark.parametrize("kind", ["small_variants", "structural_variants", "karyotype"])
@FEW
@given(st.data())
def test_the_same_truth_in_any_dialect_gives_the_same_state(kind: str, data: Any) -> None:
    """As far as a dialect can write it: a proof in one is a proof in all."""
    truth = data.draw(any_truth(kind))
    one, other = data.draw(st.lists(st.sampled_from(MODULES[kind].DIALECTS), min_size=2, max_size=2))
    found = {clean_outcome(truth, one), clean_outcome(truth, other)} - {None}
    assert len({RANK[state] for state in found if state is not None}) <= 1, (truth.name, one, other, found)


def test_there_is_something_to_compare() -> None:
    assert min(len(truths(kind)) for kind in MODULES) > 20
    assert clean_outcome(truths("small_variants")[0], "mutect2") in PRESENT
    assert karyotype.KIND in MODULES
