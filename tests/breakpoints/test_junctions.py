"""Breakend algebra: however a junction is written, it is the same junction; a flipped side is another one."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.base.sequence import reverse_complement
from annotate.breakpoints.breakends import (
    CHROMOSOMES,
    deletion,
    duplication,
    insertion,
    inversion,
    join,
    other,
    precedes,
    sequence_change,
)
from annotate.breakpoints.chains import chains, walks
from annotate.breakpoints.merging import combine, merge, same_event
from annotate.breakpoints.vcf_alt import parse_alt, write_alt
from annotate.model.junctions import Breakend, Junction, Side

sides: st.SearchStrategy[Side] = st.sampled_from(("L", "R"))
bases = st.text("ACGT", max_size=12)
breakends = st.builds(Breakend, st.sampled_from(CHROMOSOMES[:24]), st.integers(1_000, 40_000_000), sides)


def far_apart(ends: tuple[Breakend, Breakend]) -> bool:
    a, b = ends
    return a.chrom != b.chrom or abs(a.pos - b.pos) > 100


pairs = st.tuples(breakends, breakends).filter(far_apart)


# ---------------------------------------------------------------- properties


@given(pairs, bases)
def test_either_end_first_is_the_same_junction(ends: tuple[Breakend, Breakend], inserted: str) -> None:
    a, b = ends
    swapped = reverse_complement(inserted) if a.keeps == b.keeps else inserted
    assert join(a, b, inserted=inserted) == join(b, a, inserted=swapped)


@given(pairs, bases)
def test_either_mate_record_is_the_same_junction(ends: tuple[Breakend, Breakend], inserted: str) -> None:
    """The ALT of one mate and the ALT of the other, each read on its own."""
    a, b = ends
    found = []
    for here, there, sequence in (
        (a, b, inserted),
        (b, a, reverse_complement(inserted) if a.keeps == b.keeps else inserted),
    ):
        alt = parse_alt(write_alt(here, there, "A", sequence, prefix="chr"))
        assert alt is not None
        assert alt.mate_chrom is not None
        assert alt.mate_pos is not None
        assert alt.mate_keeps is not None
        mate = Breakend(alt.mate_chrom.removeprefix("chr"), alt.mate_pos, alt.mate_keeps)
        found.append(join(Breakend(here.chrom, here.pos, alt.keeps), mate, inserted=alt.inserted))
    assert found[0] == found[1]
    assert found[0].id == join(a, b).id


@given(pairs)
def test_a_flipped_side_is_another_junction(ends: tuple[Breakend, Breakend]) -> None:
    a, b = ends
    all_four = [
        join(Breakend(a.chrom, a.pos, first), Breakend(b.chrom, b.pos, second)) for first in "LR" for second in "LR"
    ]
    assert len({junction.id for junction in all_four}) == 4
    assert not any(same_event(x, y, 100) for x, y in permutations(all_four, 2))


@given(breakends, bases)
def test_single_breakend(end: Breakend, inserted: str) -> None:
    alt = parse_alt(write_alt(end, None, "A", inserted))
    assert alt is not None
    assert (alt.keeps, alt.mate_chrom, alt.inserted) == (end.keeps, None, inserted)


@given(bases)
def test_reverse_complement_undoes_itself(sequence: str) -> None:
    assert reverse_complement(reverse_complement(sequence)) == sequence


@given(st.integers(1_000, 1_000_000), st.integers(60, 100_000))
def test_symbolic_records_are_breakends(first: int, length: int) -> None:
    last = first + length - 1
    gone = join(*deletion("9", first - 1, last + 1))
    assert (gone.left.keeps, gone.right and gone.right.keeps) == ("L", "R")
    twice = join(*duplication("9", first, last))
    assert (twice.left.keeps, twice.right and twice.right.keeps) == ("R", "L")
    turned = [join(*inversion("9", first, last, side)) for side in ("L", "R")]  # type: ignore[arg-type]
    assert [(j.left.keeps, j.right and j.right.keeps) for j in turned] == [("L", "L"), ("R", "R")]
    assert len({junction.id for junction in (gone, twice, *turned)}) == 4


@given(st.lists(pairs, min_size=1, max_size=6, unique_by=lambda ends: join(*ends).id), st.randoms())
@settings(max_examples=40)
def test_merging_does_not_depend_on_order(everything: list[tuple[Breakend, Breakend]], random: object) -> None:
    one = [join(*ends, callers=("A",), files=("a",), records=(str(n),)) for n, ends in enumerate(everything)]
    two = [
        join(
            Breakend(a.chrom, a.pos + 7, a.keeps),
            Breakend(b.chrom, b.pos - 9, b.keeps),
            callers=("B",),
            files=("b",),
            records=(str(n),),
        )
        for n, (a, b) in enumerate(everything)
    ]
    merged = merge([one, two], 100)
    assert merged == merge([list(reversed(two)), one], 100)
    assert sum(len(junction.callers) for junction in merged) == 2 * len(everything)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("alt", "keeps", "mate", "inserted"),
    [
        ("N[chr9:130854064[", "L", ("chr9", 130854064, "R"), ""),
        ("N]chr9:5]", "L", ("chr9", 5, "L"), ""),
        ("]2:321681]ACN", "R", ("2", 321681, "L"), "AC"),
        ("[17:198983[A", "R", ("17", 198983, "R"), ""),
        ("TAC[13:5[", "L", ("13", 5, "R"), "AC"),
        ("C[<ctg1>:7[", "L", ("<ctg1>", 7, "R"), ""),
    ],
)
def test_alt(alt: str, keeps: str, mate: tuple[str, int, str], inserted: str) -> None:
    read = parse_alt(alt)
    assert read is not None
    assert (read.keeps, (read.mate_chrom, read.mate_pos, read.mate_keeps), read.inserted) == (keeps, mate, inserted)


@pytest.mark.parametrize("alt", ["", "A", "<DEL>", "N[9:1]", "N]9:1[", "N[9:1[N", "[9:1[", "N[9[", "N[9:x[", "."])
def test_no_breakend(alt: str) -> None:
    assert parse_alt(alt) is None


@pytest.mark.parametrize(
    ("ref", "alt", "expected"),
    [
        ("TTGTAGTA", "T", (Breakend("1", 100, "L"), Breakend("1", 108, "R"), "")),
        ("T", "TACG", (Breakend("1", 100, "L"), Breakend("1", 101, "R"), "ACG")),
        ("TAA", "TCGCG", (Breakend("1", 100, "L"), Breakend("1", 103, "R"), "CGCG")),
        ("A", "G", None),
        ("N", "ACGTACGT", (Breakend("1", 100, "L"), Breakend("1", 101, "R"), "ACGTACGT")),
    ],
)
def test_alleles_written_with_bases(ref: str, alt: str, expected: tuple[Breakend, Breakend, str] | None) -> None:
    assert sequence_change("1", 100, ref, alt) == expected


def test_neighbouring_bases_of_an_insertion() -> None:
    left, right = insertion("1", 100)
    assert (left, right) == (Breakend("1", 100, "L"), Breakend("1", 101, "R"))


def test_order_of_chromosomes() -> None:
    assert precedes(Breakend("2", 5, "L"), Breakend("10", 1, "L"))
    assert precedes(Breakend("22", 5, "L"), Breakend("X", 1, "L"))
    assert not precedes(Breakend("X", 5, "L"), Breakend("9", 900, "L"))
    assert [other("L"), other("R")] == ["R", "L"]


# ---------------------------------------------------------------- several callers


def junction(pos: int, mate: int, caller: str, *, keeps: str = "LR", **facts: object) -> Junction:
    first, second = keeps
    return join(
        Breakend("9", pos, first),  # type: ignore[arg-type]
        Breakend("22", mate, second),  # type: ignore[arg-type]
        callers=(caller,),
        files=(caller,),
        records=(caller,),
        **facts,
    )


def test_two_callers_of_one_event() -> None:
    found = merge([[junction(1000, 5000, "A", split_reads=5)], [junction(1040, 5060, "B", split_reads=9)]], 100)
    assert [(j.callers, j.split_reads) for j in found] == [(("A", "B"), 9)]


def test_reads_of_two_callers_are_not_added() -> None:
    """Both count the same reads of the same sample."""
    merged = combine([junction(1000, 5000, "A", split_reads=5), junction(1000, 5000, "B", split_reads=6)])
    assert merged.reads == 6


@pytest.mark.parametrize(("pos", "keeps"), [(1500, "LR"), (1000, "LL"), (1000, "RR"), (1000, "RL")])
def test_far_or_flipped_is_another_event(pos: int, keeps: str) -> None:
    found = merge([[junction(1000, 5000, "A")], [junction(pos, 5000, "B", keeps=keeps)]], 100)
    assert len(found) == 2


def test_inexact_places_reach_as_far_as_they_say() -> None:
    wide = junction(1300, 5000, "B", here_range=(-400, 400), precise=False)
    found = merge([[junction(1000, 5000, "A")], [wide]], 100)
    assert [j.callers for j in found] == [("A", "B")]
    assert found[0].left.pos == 1000  # the exact caller's


def test_two_records_of_one_file_stay_two() -> None:
    found = merge([[junction(1000, 5000, "A"), junction(1010, 5010, "A")], [junction(1005, 5005, "B")]], 100)
    assert len(found) == 2
    assert sorted(len(j.callers) for j in found) == [1, 2]


def test_a_passing_record_frees_a_filtered_one() -> None:
    weak = junction(1000, 5000, "A", filter="LowQual", flags=("filtered_by_caller",))
    strong = junction(1001, 5001, "B", filter="PASS")
    found = merge([[weak], [strong]], 100)
    assert len(found) == 1
    assert "filtered_by_caller" not in found[0].flags
    assert found[0].filter == "PASS"


# ---------------------------------------------------------------- chains


def test_a_chain_of_three_breaks() -> None:
    """9 to 12 by way of a short piece of 5: left of 12, then 5:1000 to 1400, then right of 9."""
    first = join(Breakend("12", 50_000, "L"), Breakend("5", 1_000, "R"))
    second = join(Breakend("5", 1_400, "L"), Breakend("9", 90_000, "R"))
    assert chains([first, second], 5_000) in (((first.id, second.id),), ((second.id, first.id),))
    walk = walks([first, second], 5_000, 4)[0]
    assert [walk[0].enters.chrom, walk[-1].leaves.chrom] == ["9", "12"]


@pytest.mark.parametrize(("pos", "keeps"), [(9_000, "L"), (1_400, "R"), (600, "L")])
def test_no_chain_when_far_or_turned_away(pos: int, keeps: Side) -> None:
    """Too far, back to back, or behind the wrong side."""
    first = join(Breakend("12", 50_000, "L"), Breakend("5", 1_000, "R"))
    second = join(Breakend("5", pos, keeps), Breakend("9", 90_000, "R"))
    assert chains([first, second], 5_000) == ()


def test_dense_clusters_end() -> None:
    """Hundreds of junctions in one place: cut off, not endless."""
    cluster = [join(Breakend("5", 1_000 + n, "L"), Breakend("5", 3_000 + n, "R")) for n in range(300)]
    assert len(walks(cluster, 5_000, 4)) < 500_000
