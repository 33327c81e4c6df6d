"""Lesions over time: the states of the reports, compared.

A lesion that rests on small variants takes the categories of those variants, which know the depth of the
other time points. Otherwise `gained` needs a `not_detected`, which is a positive statement that the inputs
could have shown the lesion. `not_assessable` is `…_or_below_limit` where the inputs told too little, and
`undetermined` where there was none; so is `equivocal`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.compare.categories import MIRROR, Verdict, power_of
from annotate.compare.events import Event, over_time
from annotate.compare.small_variants import Compared
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.state import PRESENT

# Reasons that speak of an input that is missing or of the wrong kind, and those that add nothing to them.
NO_INPUT = frozenset(
    {"INPUT_ABSENT", "CALLER_CLASS_UNSUITABLE", "NEEDS_RNA", "NEEDS_GEX", "NEEDS_GERMLINE", "CLINICAL_FIELD_MISSING"}
)
NEUTRAL = frozenset({"NOTE", "EVIDENCE_INCOMPLETE"})
ALLELES = ("small_variant", "pileup")
Row = Mapping[str, Any]


def lesions(
    timepoints: Sequence[TimepointData], names: Sequence[str], small: Sequence[Compared], knowledge: Knowledge
) -> list[Event]:
    """Lesions that some time point has, in the order of the first report."""
    tables = [{row["id"]: row for row in data.report["lesions"]} for data in timepoints]
    by_key = {one.key: one for one in small}
    found = []
    for id in dict.fromkeys(id for table in tables for id in table):
        rows = [table.get(id) for table in tables]
        if any(row and row["state"] in PRESENT for row in rows):
            found.append(_event(id, rows, names, by_key, knowledge))
    return found


def _event(
    id: str,
    rows: Sequence[Row | None],
    names: Sequence[str],
    by_key: Mapping[tuple[Any, ...], Compared],
    knowledge: Knowledge,
) -> Event:
    def step(one: int, two: int) -> Verdict:
        return _compare(rows[one], rows[two], (one, two), names, by_key, knowledge)

    verdict, steps = over_time(names, [_present(row) for row in rows], step)
    shown = next(row for row in rows if row and row["state"] in PRESENT)
    at = {name: _cell(row) for name, row in zip(names, rows, strict=True)}
    notes = _subtypes(rows, names)
    genes = list(shown.get("genes") or ())
    return Event(
        kind="lesion",
        id=id,
        gene=genes[0] if len(genes) == 1 else None,
        name=shown["name"],
        category=verdict.category,
        at=at,
        power=verdict.power,
        reasons=(*verdict.reasons, *notes),
        steps=steps,
    )


def _present(row: Row | None) -> bool | None:
    if row is None or row["state"] in ("not_assessable", "equivocal"):
        return None
    return row["state"] in PRESENT


def _cell(row: Row | None) -> dict[str, Any]:
    blank = {"vaf": None, "depth": None, "ccf": None, "ccf_interval": None}
    if row is None:
        return {**blank, "state": "not_assessable", "subtype": None, "summary": ""}
    return {**blank, "state": row["state"], "subtype": row.get("subtype"), "summary": row["summary"]}


def _compare(
    one: Row | None,
    two: Row | None,
    at: tuple[int, int],
    names: Sequence[str],
    by_key: Mapping[tuple[Any, ...], Compared],
    knowledge: Knowledge,
) -> Verdict:
    pair = (names[at[0]], names[at[1]])
    if _present(one) and _present(two):
        verdict = _both(one, two, pair)
        return Verdict(verdict.category, (*verdict.reasons, *_others(one, two, pair[1])))
    if _present(two):
        return _appeared(one, two, at[0], pair[0], by_key, knowledge)
    if _present(one):
        verdict = _appeared(two, one, at[1], pair[1], by_key, knowledge)
        return Verdict(MIRROR.get(verdict.category, verdict.category), verdict.reasons, verdict.power)
    return Verdict("undetermined", ("seen at neither time point",))


def _both(one: Row | None, two: Row | None, names: tuple[str, str]) -> Verdict:
    states = (one or {})["state"], (two or {})["state"]
    text = f"{states[0].replace('_', ' ')} at {names[0]}, {states[1].replace('_', ' ')} at {names[1]}"
    if states == ("detected_subclonal", "detected"):
        return Verdict("rising", (text,))
    if states == ("detected", "detected_subclonal"):
        return Verdict("falling", (text,))
    return Verdict("stable" if states[0] == "detected_subclonal" else "preserved", (text,))


def _others(one: Row | None, two: Row | None, name: str) -> tuple[str, ...]:
    """The lesion stayed, but by other mutations: two clones, not one that was kept."""
    first, second = set(_keys(one or {})), set(_keys(two or {}))
    if not first or not second or first & second:
        return ()
    return (f"by other mutations at {name}: the lesion is there at both, the clone need not be",)


def _appeared(
    absent: Row | None,
    present: Row | None,
    index: int,
    name: str,
    by_key: Mapping[tuple[Any, ...], Compared],
    knowledge: Knowledge,
) -> Verdict:
    """Present at one time point only: what does the state of the other one say?"""
    alleles = [by_key[key] for key in _keys(present or {}) if key in by_key]
    before = [one.event.name for one in alleles if one.seen[index].present]
    if before:
        text = f"{', '.join(before)}: seen at {name} below what the lesion asks for"
        return Verdict("rising", (text,))
    if _present(absent) is None:
        state = (absent or {"state": "not_assessable"})["state"].replace("_", " ")
        unknown = absent is None or absent["state"] == "equivocal" or _no_input(absent)
        return Verdict("undetermined" if unknown else "gained_or_below_limit", (f"{state} at {name}",))
    if alleles or any(item["kind"] in ALLELES for item in (present or {})["evidence"]):
        return _by_depth(absent or {}, alleles, index, name, knowledge)
    kinds = {item["kind"] for item in (present or {})["evidence"]}
    if kinds and kinds <= {"junction", "fusion"}:
        text = f"not detected at {name}; the reads across its breakends do not exclude a small clone"
        return Verdict("gained_or_below_limit", (text,))
    return Verdict("gained", (f"not detected at {name}; a clone in a minority of cells would not have shown",))


def _no_input(row: Row) -> bool:
    """Not assessable because nothing that could tell was supplied, not because it told too little."""
    codes = {reason["code"] for reason in row["reasons"]}
    return bool(codes & NO_INPUT) and codes <= NO_INPUT | NEUTRAL


def _by_depth(absent: Row, alleles: Sequence[Compared], index: int, name: str, knowledge: Knowledge) -> Verdict:
    """Small variants: by their own reads, else by the limit that the lesion's negative states."""
    wanted = knowledge.value(cutoffs.EVOLUTION_POWER_VAF)
    powers = [power_of(one.seen[index], knowledge) for one in alleles]
    if powers and all(power and power["enough"] for power in powers):
        return Verdict("gained", (f"the reads at {name} would have shown a VAF of {wanted:.0%}",))
    limit = absent.get("detection_limit")
    if limit and limit["vaf"] <= wanted:
        return Verdict("gained", (f"not detected at {name} at a VAF of {limit['vaf']:.1%}",))
    text = f"not detected at {name}" + (f", at a VAF of {limit['vaf']:.0%} or more" if limit else " as a clonal change")
    return Verdict("gained_or_below_limit", (text,))


def _keys(row: Row) -> list[tuple[Any, ...]]:
    """The alleles that a lesion rests on."""
    values = [item["values"] for item in row.get("evidence", ()) if item["kind"] in ALLELES]
    return [(v.get("chrom"), v.get("pos"), v.get("ref"), v.get("alt")) for v in values]


def _subtypes(rows: Sequence[Row | None], names: Sequence[str]) -> tuple[str, ...]:
    """A subtype that changed is worth a word: another fusion partner, another ploidy."""
    known = [(name, row["subtype"]) for name, row in zip(names, rows, strict=True) if row and row.get("subtype")]
    if len({subtype for _, subtype in known}) < 2:
        return ()
    return ("subtype " + ", ".join(f"{subtype} at {name}" for name, subtype in known),)
