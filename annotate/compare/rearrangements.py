"""Junctions and RNA fusions over time: the same two breakends, the same two genes.

A caller that does not report a junction states nothing of a small clone, and the depth at its breakends is
known only from alignments. So `gained` needs alignments of the earlier sample with the depth that a mutation
would need; an RNA fusion depends on expression besides and is never more than `gained_or_below_limit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.base.filters import PASSING
from annotate.compare.categories import MIRROR, Seen, Verdict, power_of
from annotate.compare.events import Event, over_time
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.reference.genome import Genome

Row = Mapping[str, Any]


def junctions(
    timepoints: Sequence[TimepointData], names: Sequence[str], genome: Genome, knowledge: Knowledge
) -> list[Event]:
    """Passing junctions of DNA and fusions of RNA, each once, with where they were seen."""
    groups = _grouped(timepoints, knowledge)
    depths = _depths(timepoints, groups, genome, knowledge)
    found = [_event(rows, timepoints, names, depths, knowledge) for rows in groups]
    return [*found, *_fusions(timepoints, names)]


def _grouped(timepoints: Sequence[TimepointData], knowledge: Knowledge) -> list[list[Row | None]]:
    """For each junction the record of every time point, or None; matched by both breakends and their sides."""
    groups: list[list[Row | None]] = []
    nearby: dict[tuple[Any, ...], list[list[Row | None]]] = {}
    for index, data in enumerate(timepoints):
        for row in data.report["junctions"]:
            if row["right"] is None:
                continue
            key = _ends(row)
            match = next((g for g in nearby.get(key, ()) if _same(_first(g), row, knowledge)), None)
            if match is None:
                match = [None] * len(timepoints)
                groups.append(match)
                nearby.setdefault(key, []).append(match)
            if match[index] is None or (match[index] or {})["filter"] not in PASSING:
                match[index] = row
    return [group for group in groups if any(row and row["filter"] in PASSING for row in group)]


def _ends(row: Row) -> tuple[Any, ...]:
    left, right = row["left"], row["right"]
    return (left["chrom"], left["keeps"], right["chrom"], right["keeps"])


def _first(group: Sequence[Row | None]) -> Row:
    return next(row for row in group if row is not None)


def _same(one: Row, two: Row, knowledge: Knowledge) -> bool:
    exact = one["precise"] and two["precise"]
    name = cutoffs.EVOLUTION_BREAKEND_TOLERANCE if exact else cutoffs.EVOLUTION_BREAKEND_TOLERANCE_IMPRECISE
    reach = knowledge.value(name) + len(one.get("homology") or "") + len(two.get("homology") or "")
    return all(abs(one[side]["pos"] - two[side]["pos"]) <= reach for side in ("left", "right"))


def _depths(
    timepoints: Sequence[TimepointData], groups: Sequence[Sequence[Row | None]], genome: Genome, knowledge: Knowledge
) -> list[Mapping[tuple[str, int], int]]:
    """By time point with alignments: depth at the breakends that it does not report."""
    found: list[Mapping[tuple[str, int], int]] = []
    for index, data in enumerate(timepoints):
        places = {(end["chrom"], end["pos"]) for group in groups if group[index] is None for end in _both_ends(group)}
        path = data.sample.alignments
        if path is None or not places or data.sample.assembly != genome.assembly:
            found.append({})
            continue
        from annotate.read.alignments import pileup

        depths, _, _ = pileup.look(path, genome, knowledge, sites=sorted(places))
        found.append({place: depths[place].depth for place in places if place in depths})
    return found


def _both_ends(group: Sequence[Row | None]) -> tuple[Row, Row]:
    row = _first(group)
    return row["left"], row["right"]


def _event(
    rows: Sequence[Row | None],
    timepoints: Sequence[TimepointData],
    names: Sequence[str],
    depths: Sequence[Mapping[tuple[str, int], int]],
    knowledge: Knowledge,
) -> Event:
    shown = _first(rows)
    ends = [(end["chrom"], end["pos"]) for end in (shown["left"], shown["right"])]
    cells = [
        _cell(row, data, min((depth[end] for end in ends), default=None) if all(e in depth for e in ends) else None)
        for row, data, depth in zip(rows, timepoints, depths, strict=True)
    ]

    def step(one: int, two: int) -> Verdict:
        return _compare(cells[one], cells[two], (names[one], names[two]), knowledge)

    verdict, steps = over_time(names, [cell.present for cell in cells], step)
    genes = next((row["genes"] for row in rows if row and row["genes"]), None)
    where = " ".join(f"{end['chrom']}:{end['pos']}{end['keeps']}" for end in (shown["left"], shown["right"]))
    at = {
        name: {**cell.as_dict(), "reads": row["support"].get("reads") if row else None}
        for name, cell, row in zip(names, cells, rows, strict=True)
    }
    return Event(
        "junction", where, genes, f"{genes} junction" if genes else f"{shown['svtype']} {where}",
        verdict.category, at, verdict.power, verdict.reasons, steps,
    )  # fmt: skip


def _cell(row: Row | None, data: TimepointData, depth: int | None) -> Seen:
    if row is not None:
        support = row["support"]
        notes = () if row["filter"] in PASSING else (f"filtered by the caller at {data.timepoint}: {row['filter']}",)
        return Seen(
            present=True, vaf=support.get("vaf"), depth=support.get("depth"), alt_reads=support.get("reads"),
            source="report", notes=notes,
        )  # fmt: skip
    if not data.sample.structural_variants:
        return Seen(present=None, notes=(f"no structural variants of {data.timepoint}",), no_input=True)
    if data.shortened("junctions"):
        return Seen(present=None, notes=(f"the junctions of {data.timepoint} are too many to be listed whole",))
    if depth is None:
        text = f"the callers of {data.timepoint} do not report it; the depth at its breakends is not known"
        return Seen(present=None, notes=(text,))
    return Seen(present=False, depth=depth, source="alignments")


def _compare(one: Seen, two: Seen, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    if one.present and two.present:
        text = "found at both time points; reads across a junction give no cell fraction"
        return Verdict("preserved", (text, *one.notes, *two.notes))
    if two.present:
        return _appeared(one, names[0], knowledge)
    if one.present:
        verdict = _appeared(two, names[1], knowledge)
        return Verdict(MIRROR.get(verdict.category, verdict.category), verdict.reasons, verdict.power)
    return Verdict("undetermined", ("seen at neither time point",))


def _appeared(absent: Seen, name: str, knowledge: Knowledge) -> Verdict:
    if absent.no_input:
        return Verdict("undetermined", absent.notes)
    power = power_of(absent, knowledge)
    if absent.present is None or power is None:
        return Verdict("gained_or_below_limit", absent.notes)
    named = {"timepoint": name, **power}
    text = f"not reported at {name}, with {absent.depth or 0:,} reads over its breakends"
    return Verdict("gained" if power["enough"] else "gained_or_below_limit", (text,), named)


# ---------------------------------------------------------------- RNA


def _fusions(timepoints: Sequence[TimepointData], names: Sequence[str]) -> list[Event]:
    tables = [_fusion_table(data) for data in timepoints]
    found = []
    for name in sorted({name for table in tables for name in table}):
        cells = [_fusion_cell(table.get(name), data) for table, data in zip(tables, timepoints, strict=True)]

        def step(one: int, two: int, cells: Sequence[Seen] = tuple(cells)) -> Verdict:
            return _compare_fusions(cells[one], cells[two])

        verdict, steps = over_time(names, [cell.present for cell in cells], step)
        at = {point: {**cell.as_dict(), "reads": cell.alt_reads} for point, cell in zip(names, cells, strict=True)}
        found.append(
            Event("junction", f"rna:{name}", name, f"{name} (RNA)", verdict.category, at, None, verdict.reasons, steps)
        )
    return found


def _fusion_table(data: TimepointData) -> dict[str, Row]:
    table: dict[str, Row] = {}
    for row in data.report.get("fusions") or ():
        flags = {"read_through", "low_support", "blacklisted", "circular"}
        if row["filter"] in PASSING and not flags & set(row["flags"]):
            table.setdefault(f"{row['five']}::{row['three']}", row)
    return table


def _fusion_cell(row: Row | None, data: TimepointData) -> Seen:
    if row is not None:
        reads = [row[key] for key in ("split_reads", "spanning_reads") if row[key] is not None]
        return Seen(present=True, alt_reads=sum(reads) if reads else None, source="report")
    if not data.sample.fusions:
        return Seen(present=None, notes=(f"no RNA fusions of {data.timepoint}",), no_input=True)
    if data.shortened("fusions"):
        text = f"the RNA fusions of {data.timepoint} are too many to be listed whole"
        return Seen(present=None, notes=(text,), no_input=True)
    return Seen(present=None, notes=(f"not called in the RNA of {data.timepoint}, which depends on expression",))


def _compare_fusions(one: Seen, two: Seen) -> Verdict:
    if one.present and two.present:
        return Verdict("preserved", ("the fusion transcript is found at both time points",))
    if two.present:
        return Verdict("undetermined" if one.no_input else "gained_or_below_limit", one.notes)
    if one.present:
        return Verdict("undetermined" if two.no_input else "lost_or_below_limit", two.notes)
    return Verdict("undetermined", ("seen at neither time point",))
