"""The high-risk flag as a page shows it: both readings, one colour, what is open and what would close it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from annotate.base.frozen import frozen
from annotate.knowledge.specs.lesions import InpogItem, LesionRow
from annotate.knowledge.tables import Knowledge
from annotate.report.page import first_screen

Row = Mapping[str, Any]
OPEN_STATES = ("equivocal", "not_assessable")


class Colour(StrEnum):
    """Red: the published list says yes. Amber: the extended reading does, or something is open. Green: neither."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@frozen
class OpenItems:
    """Lesions of the list that are not decided in the same way, and what would decide them."""

    state: str
    settles: str | None
    items: tuple[Row, ...]


@frozen
class Flag:
    """Both readings of the InPOG list for one sample."""

    colour: Colour
    literal: str  # YES, NO, UNRESOLVED
    extended: str
    certainty: str
    detected: tuple[Row, ...]  # by the letter
    extended_detected: tuple[Row, ...]  # by the extended reading only
    beside: tuple[Row, ...]  # high-risk lesions that are not on the list
    open: tuple[OpenItems, ...]
    notes: tuple[str, ...]


def flag_of(report: Row, knowledge: Knowledge) -> Flag | None:
    """None for a sample that the list was not made for."""
    literal, extended = _reading(report, "literal"), _reading(report, "extended")
    if literal is None or (literal.get("eligibility") or {}).get("status") == "not_for_this_patient":
        return None
    extended = extended or literal
    lesions = {lesion["id"]: lesion for lesion in report["lesions"]}
    detected = [lesions[id] for id in literal["matched"] if id in lesions]
    more = [lesions[id] for id in extended["matched"] if id in lesions and id not in literal["matched"]]
    beside = list(_beside(lesions, knowledge))
    open_items = tuple(_open(lesions, knowledge))
    return Flag(
        colour=_colour(literal, extended, open_items, beside),
        literal=literal["group"] or "UNRESOLVED",
        extended=extended["group"] or "UNRESOLVED",
        certainty="open" if literal["group"] not in ("YES", "NO") else literal["certainty"],
        detected=tuple(_item(lesion) for lesion in detected),
        extended_detected=tuple(_item(lesion) for lesion in more),
        beside=tuple(_item(lesion) for lesion in beside),
        open=open_items,
        notes=tuple(note.rstrip(".") for note in literal["notes"] if note and not note.startswith("still possible")),
    )


def literal_group(report: Row) -> str:
    """The literal reading as one word, for tables."""
    return (_reading(report, "literal") or {}).get("group") or "UNRESOLVED"


def _reading(report: Row, version: str) -> Row | None:
    risk: Sequence[Row] = report["risk"]
    return next((r for r in risk if r["scheme"].startswith("InPOG") and r["version"] == version), None)


def _colour(literal: Row, extended: Row, open_items: Sequence[OpenItems], beside: Sequence[Row]) -> Colour:
    if literal["group"] == "YES":
        return Colour.RED
    if extended["group"] != "NO" or literal["group"] != "NO" or open_items or beside:
        return Colour.AMBER
    return Colour.GREEN


def _beside(lesions: Mapping[str, Row], knowledge: Knowledge) -> Iterator[Row]:
    """Lesions of the high-risk table that the list does not name, where they are there."""
    for row in knowledge.rows(LesionRow):
        lesion = lesions.get(row.id)
        beside = row.high_risk and row.inpog is InpogItem.NONE
        if lesion is not None and beside and lesion["state"] in first_screen.SEEN:
            yield lesion


def _open(lesions: Mapping[str, Row], knowledge: Knowledge) -> Iterator[OpenItems]:
    groups: dict[tuple[str, str | None], list[Row]] = {}
    for row in knowledge.rows(LesionRow):
        lesion = lesions.get(row.id)
        if lesion is None or row.inpog is InpogItem.NONE or lesion["state"] not in OPEN_STATES:
            continue
        if lesion["known_since"] is not None and lesion["state"] == "not_assessable":
            continue
        settles = next((reason["settles"] for reason in lesion["reasons"] if reason["settles"]), None)
        groups.setdefault((lesion["state"], settles), []).append({"id": lesion["id"], "text": lesion["name"]})
    for (state, settles), items in groups.items():
        yield OpenItems(state, settles, tuple(items))


def _item(lesion: Row) -> Row:
    return {"id": lesion["id"], "text": first_screen.label(lesion), "known_since": lesion["known_since"]}


__all__ = ["Colour", "Flag", "OpenItems", "flag_of", "literal_group"]
