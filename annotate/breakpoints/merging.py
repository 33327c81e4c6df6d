"""Junctions of several callers that are the same event, made one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from annotate.breakpoints.breakends import RANK, order
from annotate.model.junctions import Breakend, Junction

MOST_INEXACT = 10  # windows: a caller that calls its breakends less exact than that would merge with anything near


def same_event(a: Junction, b: Junction, window: int) -> bool:
    """Same sides kept, both ends within `window` bases plus what each calls inexact."""
    if a.right is None or b.right is None:
        return a.right is b.right and _near(a.left, b.left, _slack(a.left_range, b.left_range, window))
    return _near(a.left, b.left, _slack(a.left_range, b.left_range, window)) and _near(
        a.right, b.right, _slack(a.right_range, b.right_range, window)
    )


def _near(a: Breakend, b: Breakend, slack: int) -> bool:
    return a.chrom == b.chrom and a.keeps == b.keeps and abs(a.pos - b.pos) <= slack


def _slack(a: tuple[int, int], b: tuple[int, int], window: int) -> int:
    return window + min(max(abs(a[0]), abs(a[1]), abs(b[0]), abs(b[1])), MOST_INEXACT * window)


# ---------------------------------------------------------------- several callers


def merge(by_file: Sequence[Sequence[Junction]], window: int) -> tuple[Junction, ...]:
    """Junctions of several files as one list: the same event seen by two callers is one junction with both named.

    Two junctions of one file are never merged. The nearest pairs are merged first, so that the result does not
    depend on the order of files or records.
    """
    everything = [(index, junction) for index, junctions in enumerate(by_file) for junction in junctions]
    if len(by_file) < 2:
        return tuple(sorted((junction for _, junction in everything), key=position))
    groups: list[list[int]] = [[n] for n in range(len(everything))]
    group_of = list(range(len(everything)))
    for _, a, b in sorted(_close_pairs(everything, window)):
        first, second = group_of[a], group_of[b]
        files = {everything[n][0] for n in groups[first]}
        if first == second or any(everything[n][0] in files for n in groups[second]):
            continue
        for n in groups[second]:
            group_of[n] = first
        groups[first] += groups[second]
        groups[second] = []
    merged = (combine([everything[n][1] for n in group]) for group in groups if group)
    return tuple(sorted(merged, key=position))


def position(junction: Junction) -> tuple[Any, ...]:
    """Sort key of a junction."""
    right = order(junction.right) if junction.right is not None else (len(RANK) + 1, "", 0, "")
    return (order(junction.left), right, junction.inserted_sequence, junction.records)


def _close_pairs(
    everything: Sequence[tuple[int, Junction]], window: int
) -> Iterable[tuple[tuple[int, tuple[Any, ...], tuple[Any, ...]], int, int]]:
    by_kind: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, (_, junction) in enumerate(everything):
        right = junction.right
        tail = (right.chrom, right.keeps) if right is not None else ()
        by_kind[(junction.left.chrom, junction.left.keeps, *tail)].append(n)
    for members in by_kind.values():
        members.sort(key=lambda n: position(everything[n][1]))
        for place, n in enumerate(members):
            a = everything[n][1]
            for m in members[place + 1 :]:
                b = everything[m][1]
                if b.left.pos - a.left.pos > (MOST_INEXACT + 1) * window:
                    break
                if everything[n][0] != everything[m][0] and same_event(a, b, window):
                    yield (_distance(a, b), position(a), position(b)), n, m


def _distance(a: Junction, b: Junction) -> int:
    right = abs(a.right.pos - b.right.pos) if a.right is not None and b.right is not None else 0
    return abs(a.left.pos - b.left.pos) + right


def combine(junctions: Sequence[Junction]) -> Junction:
    """One junction of several callers' records of the same event: the most exact record leads."""
    if len(junctions) == 1:
        return junctions[0]
    ranked = sorted(junctions, key=_exactness)
    lead = ranked[0]
    passing = [j for j in ranked if "filtered_by_caller" not in j.flags]
    flags = {flag for j in (passing or ranked) for flag in j.flags}
    if any("orientation_unknown" not in j.flags for j in ranked):
        flags.discard("orientation_unknown")
    filters = sorted({j.filter for j in (passing or ranked) if j.filter})
    return replace(
        lead,
        **{fact: _first(ranked, fact) for fact in ("split_reads", "paired_reads", "support", "vaf", "depth")},
        inserted_sequence=next((j.inserted_sequence for j in ranked if j.inserted_sequence), ""),
        homology=next((j.homology for j in ranked if j.homology), ""),
        filter=";".join(filters) or None,
        callers=tuple(sorted({caller for j in ranked for caller in j.callers})),
        files=_unique(file for j in ranked for file in j.files),
        records=_unique(record for j in ranked for record in j.records),
        flags=tuple(sorted(flags)),
    )


def _exactness(junction: Junction) -> tuple[Any, ...]:
    width = junction.left_range[1] - junction.left_range[0] + junction.right_range[1] - junction.right_range[0]
    return (
        "filtered_by_caller" in junction.flags,
        "orientation_unknown" in junction.flags,
        not junction.precise,
        width,
        -(junction.reads or 0),
        junction.callers,
        position(junction),
    )


def _first(ranked: Sequence[Junction], fact: str) -> Any:
    """Counts come from one caller, the most exact one that gives any: callers count the same reads."""
    return next((value for j in ranked if (value := getattr(j, fact)) is not None), None)


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sorted(items)))
