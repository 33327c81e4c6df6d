"""What must not change a state, and the one way in which it may: over every kind of input, any lesion, any dialect."""

from __future__ import annotations

import gzip
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
from scripts.make_demo import noise, passengers, segments
from tests.makers.copy_number import file_name, write_segments
from tests.makers.laws import bench, fusions, karyotype, small_variants, structural
from tests.makers.laws.cell import PRESENT, WRITERS, Outcome, Truth, Written, clean_outcome, said, states
from tests.makers.laws.matrix import MODULES
from tests.makers.optical import write_smap
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


@FEW
@given(any_truth("karyotype"), st.lists(st.integers(1, 19), min_size=2, max_size=2))
def test_more_metaphases_of_a_clone_never_move_a_state_towards_negative(truth: Truth, cells: list[int]) -> None:
    if truth.body.startswith(("nuc", "-")):
        return

    def of(count: int) -> Outcome:
        text = f"46,XX,{truth.body}[{count}]/46,XX[{20 - count}]"
        return outcome(truth, "20 cells", lambda written: written.row.update(karyotype=text))

    in_order(of, sorted(cells))


@FEW
@given(any_truth("bench_results"), st.lists(st.integers(0, 200), min_size=2, max_size=2))
def test_more_nuclei_of_a_pattern_never_move_a_state_towards_negative(truth: Truth, cells: list[int]) -> None:
    if not truth.body.cells:
        return

    def of(count: int) -> Outcome:
        return outcome(replace(truth, body=replace(truth.body, cells=f"{count}/200")), "tab")

    in_order(of, sorted(cells))


@FEW
@given(any_truth("alignments"), st.lists(st.integers(0, 60), min_size=2, max_size=2))
def test_more_reads_of_an_alignment_never_move_a_state_towards_negative(truth: Truth, reads: list[int]) -> None:
    def of(count: int) -> Outcome:
        return outcome(replace(truth, body=replace(truth.body, carriers=count, others=120 - count)), "chr")

    in_order(of, sorted(reads))


@FEW
@given(any_truth("mlpa"), st.lists(st.integers(0, 100), min_size=2, max_size=2))
def test_a_lower_probe_ratio_never_moves_a_state_towards_negative(truth: Truth, per_cent: list[int]) -> None:
    def of(lost: int) -> Outcome:
        return outcome(replace(truth, body=replace(truth.body, ratio=1 - lost / 100)), "columns")

    in_order(of, sorted(per_cent))


# ---------------------------------------------------------------- inputs that are not there


def flat_copies(genome: Genome, folder: Path) -> Path:
    """Copies of a leukaemia with one more chromosome 8, and its purity beside them."""
    path = folder / file_name("purple")
    gained = segments(genome, {"X": (2, 1), "8": (3, 1)})
    write_segments("purple", path, gained, 0.85, None, "female", genome.assembly, 0.01, 7)
    return path


def negative_tests(genome: Genome, folder: Path) -> Path:
    """RT-PCR and FISH of every target, all negative."""
    rows = [truth.body for truth in bench.truths(genome) if truth.body.result in bench.OPPOSITE]
    rows = [replace(row, result=bench.OPPOSITE[row.result], cells=row.cells and "0/200") for row in rows]
    path = folder / "negative.tsv"
    path.write_text("\n".join("\t".join(cells) for cells in (bench.COLUMNS, *(row.row("s") for row in rows))) + "\n")
    return path


def empty_map(genome: Genome, folder: Path) -> Path:
    return write_smap(folder / "silent.smap", genome, extra=5)


SILENT: dict[str, Callable[[Genome, Path], Path]] = {
    "small_variants": small_variants.other_calls,
    "structural_variants": structural.silent_calls,
    "fusions": fusions.silent_table,
    "copy_number": flat_copies,
    "optical_mapping": empty_map,
    "bench_results": negative_tests,
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


UNRELATED: dict[str, Callable[[Written], list[str]]] = {  # a row of no meaning, as the table at hand would have it
    "fusions": lambda written: [*written.records[0]],
    "mlpa": lambda written: _probe_of_another_gene(written),
    "optical_mapping": lambda written: [*written.records[0]],
}


def _probe_of_another_gene(written: Written) -> list[str]:
    cells = [*next(cells for cells in written.records if not any(cells is own for own in written.own))]
    return [cell.replace("IKZF1", "GAPDH").replace("CDKN2A", "GAPDH") for cell in cells]


@pytest.mark.parametrize("kind", sorted(UNRELATED))
@FEW
@given(st.data())
def test_unrelated_rows_change_nothing(kind: str, data: Any) -> None:
    truth, dialect = data.draw(any_truth(kind)), data.draw(st.sampled_from(MODULES[kind].DIALECTS))

    def more(written: Written) -> None:
        written.records.append(UNRELATED[kind](written))
        written.save()

    assert outcome(truth, dialect, more) is clean_outcome(truth, dialect)


@FEW
@given(any_truth("karyotype"), st.sampled_from(("+8", "add(1)(p36)", "del(20)(q12)", "+mar")))
def test_an_unrelated_token_changes_nothing(truth: Truth, token: str) -> None:
    if truth.body.startswith("nuc") or truth.body in sum(karyotype.LOSSES.values(), ()):
        return
    count = 47 if token.startswith("+") else 46

    def more(written: Written) -> None:
        written.row["karyotype"] = f"{count},XX,{truth.body},{token}[20]"

    assert outcome(truth, "20 cells", more) is clean_outcome(truth, "20 cells")


# ---------------------------------------------------------------- the same truth


def reordered(written: Written) -> None:
    written.records.reverse()
    written.save()


def compressed(written: Written) -> None:
    packed = written.main.with_name(written.main.name + ".gz")
    packed.write_bytes(gzip.compress(written.main.read_bytes(), mtime=0))
    written.inputs = {
        kind: [packed if path == written.main else path for path in paths] for kind, paths in written.inputs.items()
    }


@pytest.mark.parametrize("change", [reordered, compressed])
@pytest.mark.parametrize("kind", sorted(set(MODULES) - {"karyotype", "alignments"}))
@FEW
@given(st.data())
def test_order_and_compression_change_nothing(kind: str, change: Callable[[Written], None], data: Any) -> None:
    truth, dialect = data.draw(any_truth(kind)), data.draw(st.sampled_from(MODULES[kind].DIALECTS))
    clean = clean_outcome(truth, dialect)
    if clean is not None:
        assert outcome(truth, dialect, change) is clean, (truth.name, dialect)


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


@pytest.mark.parametrize(
    "kind",
    ["small_variants", "alignments", "structural_variants", "optical_mapping", "mlpa", "karyotype", "bench_results"],
)
@FEW
@given(st.data())
def test_the_same_truth_in_any_dialect_gives_the_same_state(kind: str, data: Any) -> None:
    """As far as a dialect can write it: a proof in one is a proof in all."""
    truth = data.draw(any_truth(kind))
    one, other = data.draw(st.lists(st.sampled_from(MODULES[kind].DIALECTS), min_size=2, max_size=2))
    found = {clean_outcome(truth, one), clean_outcome(truth, other)} - {None}
    assert len({RANK[state] for state in found if state is not None}) <= 1, (truth.name, one, other, found)


def test_there_is_something_to_compare() -> None:
    assert min(len(truths(kind)) for kind in MODULES) > 10
    assert clean_outcome(truths("small_variants")[0], "mutect2") in PRESENT
    assert karyotype.KIND in MODULES
