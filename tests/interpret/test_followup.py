"""Patient-specific junctions: only of detected rearrangements, with the sequence across the junction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pysam
import pytest

from annotate.base.sequence import reverse_complement
from annotate.breakpoints.breakends import join
from annotate.interpret.mrd_targets import follow_up_junctions
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.model.state import State
from annotate.name.partners.partners import place
from annotate.reference.genome import Genome
from tests.makers.structural import junction_of


def call(id: str, state: State, *junctions: Junction, **facts: Any) -> LesionCall:
    details = {"junctions": [junction.id for junction in junctions]}
    return LesionCall(id=id, name=id, state=state, summary="", reasons=(), details=details, **facts)


def rows(genome: Genome, knowledge: Knowledge, *calls: LesionCall, junctions: tuple[Junction, ...]) -> Any:
    placed = place(Junctions(junctions=junctions, inputs=()), genome, knowledge)
    return follow_up_junctions(placed, {c.id: c for c in calls}, genome)


def exonic(genome: Genome, gene: str, rank: int) -> int:
    """The middle of an exon, where the pack has bases."""
    transcript = genome.transcript(gene)
    assert transcript is not None
    exon = next(e for e in transcript.exons if e.rank == rank)
    return (exon.start + exon.end) // 2


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        (State.DETECTED, 1),
        (State.DETECTED_SUBCLONAL, 1),
        (State.EQUIVOCAL, 0),
        (State.NOT_DETECTED, 0),
        (State.NOT_ASSESSABLE, 0),
    ],
)
def test_only_what_is_detected(state: State, listed: int, genome: Genome, knowledge: Knowledge) -> None:
    made = junction_of(genome, "BCR", "ABL1", 1, 2)
    assert len(rows(genome, knowledge, call("bcr_abl1", state, made), junctions=(made,))) == listed


@pytest.mark.parametrize("id", ["ikzf1_deletion", "tp53_deletion", "nt5c2", "no_such_lesion"])
def test_only_rearrangements(id: str, grch38: Genome, knowledge: Knowledge) -> None:
    made = junction_of(grch38, "BCR", "ABL1", 1, 2)
    assert rows(grch38, knowledge, call(id, State.DETECTED, made), junctions=(made,)) == ()


def test_nothing_to_list(grch38: Genome, knowledge: Knowledge) -> None:
    made = junction_of(grch38, "BCR", "ABL1", 1, 2)
    assert rows(grch38, knowledge, junctions=(made,)) == ()
    assert rows(grch38, knowledge, call("bcr_abl1", State.DETECTED), junctions=(made,)) == ()
    single = join(made.left, None)
    assert rows(grch38, knowledge, call("bcr_abl1", State.DETECTED, single), junctions=(single,)) == ()


def test_a_row(grch38: Genome, knowledge: Knowledge) -> None:
    made = replace(junction_of(grch38, "BCR", "ABL1", 1, 2), callers=("Manta", "DELLY"), homology="AC")
    (row,) = rows(grch38, knowledge, call("bcr_abl1", State.DETECTED, made, subtype="BCR::ABL1"), junctions=(made,))
    assert row["fusion"] == "BCR::ABL1"
    assert row["role"] == "fusion"
    assert made.right is not None
    assert row["junction"] == made.id
    ends = f"9:{made.left.pos:,} right kept | 22:{made.right.pos:,} left kept (GRCh38)"
    assert row["breakends"] == ends
    assert (row["reads"], row["vaf"], row["callers"], row["homology"]) == (22, 0.4, "Manta, DELLY", "AC")


def test_the_reciprocal_is_named_as_such(grch38: Genome, knowledge: Knowledge) -> None:
    made = junction_of(grch38, "BCR", "ABL1", 1, 2)
    back = junction_of(grch38, "BCR", "ABL1", 1, 2, reciprocal=True)
    found = rows(
        grch38,
        knowledge,
        call("bcr_abl1", State.DETECTED, made, back, subtype="BCR::ABL1"),
        junctions=(made, back),
    )
    assert [row["role"] for row in found] == ["fusion", "reciprocal"]


def test_evidence_names_the_junction_too(grch38: Genome, knowledge: Knowledge) -> None:
    made = replace(junction_of(grch38, "BCR", "ABL1", 1, 2), files=("sv.vcf",), records=("a", "b"))
    other = replace(junction_of(grch38, "ETV6", "RUNX1", 5, 2), files=("sv.vcf",), records=("c",))
    for record in ("a", "a;b", made.id):
        proof = Evidence(kind="junction", summary="", file="sv.vcf", record=record)
        found = rows(
            grch38,
            knowledge,
            LesionCall("bcr_abl1", "", State.DETECTED, "", (), evidence=(proof,)),
            junctions=(made, other),
        )
        assert [row["junction"] for row in found] == [made.id]
    elsewhere = Evidence(kind="junction", summary="", file="other.vcf", record="a")
    nothing = LesionCall("bcr_abl1", "", State.DETECTED, "", (), evidence=(elsewhere,))
    assert rows(grch38, knowledge, nothing, junctions=(made,)) == ()


def test_a_junction_of_two_lesions_is_listed_once(grch38: Genome, knowledge: Knowledge) -> None:
    made = junction_of(grch38, "TCF3", "ZNF384", 11, 3)
    found = rows(
        grch38,
        knowledge,
        call("tcf3_r", State.DETECTED, made),
        call("znf384_r", State.DETECTED, made),
        junctions=(made,),
    )
    assert len(found) == 1


@pytest.mark.parametrize("first", "LR")
@pytest.mark.parametrize("second", "LR")
def test_sequence_across_the_junction(first: str, second: str, genome: Genome, knowledge: Knowledge) -> None:
    """Read from the first breakend across the junction: what a read of the derivative chromosome holds."""
    a = Breakend("9", exonic(genome, "ABL1", 3), first)  # type: ignore[arg-type]
    b = Breakend("12", exonic(genome, "ETV6", 5), second)  # type: ignore[arg-type]
    made = join(a, b, inserted="GGATC", split_reads=9)
    assert made.left == a
    (row,) = rows(genome, knowledge, call("abl_class", State.DETECTED, made), junctions=(made,))
    one, inserted, two = row["sequence"].split("|")
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        window_a = fasta.fetch("9", a.pos - 21, a.pos + 20).upper()  # 20 before, the base, 20 after
        window_b = fasta.fetch("12", b.pos - 21, b.pos + 20).upper()
    expected_one = window_a[:21] if first == "L" else reverse_complement(window_a[20:])
    expected_two = window_b[20:] if second == "R" else reverse_complement(window_b[:21])
    assert one.endswith(expected_one)
    assert two.startswith(expected_two)
    assert inserted == ("GGATC" if first == "L" else "GATCC") == row["inserted"]
    assert set(one + two) <= set("ACGT")
    assert 20 < len(one) <= 150


def test_no_bases_no_sequence(grch38: Genome, knowledge: Knowledge) -> None:
    """Introns are N in the pack: the row says where to take the flanks from."""
    made = join(Breakend("3", 150_000_000, "L"), Breakend("13", 90_000_000, "R"), split_reads=9)
    (row,) = rows(grch38, knowledge, call("kmt2a_r", State.DETECTED, made), junctions=(made,))
    assert row["sequence"] is None
    assert row["note"] == "flanks not in the reference pack"


@pytest.mark.parametrize(("first", "said"), [(True, "second flank not"), (False, "first flank not")])
def test_one_flank_known(first: bool, said: str, grch38: Genome, knowledge: Knowledge) -> None:
    known, unknown = (
        Breakend("9", exonic(grch38, "ABL1", 3), "R"),
        Breakend("5" if not first else "20", 40_000_000, "L"),
    )
    made = join(known, unknown, split_reads=9)
    (row,) = rows(grch38, knowledge, call("abl_class", State.DETECTED, made), junctions=(made,))
    one, _, two = row["sequence"].split("|")
    assert (two if first else one) == "…"
    assert len(one if first else two) > 50
    assert said in row["note"]


def test_bases_end_where_the_pack_ends(grch38: Genome, knowledge: Knowledge) -> None:
    """No N within a flank: it is cut where the known bases end."""
    transcript = grch38.transcript("ETV6")
    assert transcript is not None
    exon = next(e for e in transcript.exons if e.rank == 5)
    a = Breakend("12", exon.end, "L")
    b = Breakend("22", exonic(grch38, "BCR", 2), "R")
    made = join(a, b, split_reads=9)
    (row,) = rows(grch38, knowledge, call("abl_class", State.DETECTED, made), junctions=(made,))
    assert "N" not in row["sequence"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"precise": False}, "inexact"),
        ({"flags": ("filtered_by_caller",)}, "filtered"),
        ({"flags": ("possible_germline",)}, "normal"),
        ({"split_reads": 1, "paired_reads": 0}, "few reads"),
    ],
)
def test_warnings(facts: dict[str, Any], said: str, grch38: Genome, knowledge: Knowledge) -> None:
    made = replace(junction_of(grch38, "BCR", "ABL1", 1, 2), **facts)
    (row,) = rows(grch38, knowledge, call("bcr_abl1", State.DETECTED, made), junctions=(made,))
    assert said in row["note"]


def test_rows_have_the_same_keys(grch38: Genome, knowledge: Knowledge) -> None:
    one = junction_of(grch38, "BCR", "ABL1", 1, 2)
    two = replace(junction_of(grch38, "KMT2A", "AFF1", 9, 5), vaf=None, split_reads=None, paired_reads=None)
    found = rows(
        grch38,
        knowledge,
        call("bcr_abl1", State.DETECTED, one),
        call("kmt2a_r", State.DETECTED, two),
        junctions=(one, two),
    )
    assert len({tuple(row) for row in found}) == 1
    assert found[1]["reads"] is None
