"""What would change the picture: inputs and tests, weighed by what they could change and not by counting lesions.

An open lesion weighs by its consequence: the high-risk flag where that is not decided, the group of a scheme, a
therapy, the class of the leukaemia. A lesion that would define another class than the one found weighs nothing, nor
does one of the other lineage, nor a mutation of relapse at diagnosis. The tables: `priorities` (one row a lesion),
`wishes` (tests that no lesion asks for), `settles_groups`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.interpret.clinical import lineage, missing_columns
from annotate.interpret.facts import Facts, truth_of
from annotate.knowledge import cutoffs
from annotate.knowledge.cutoffs import Cutoff
from annotate.knowledge.specs.interpretation import TherapyRow
from annotate.knowledge.specs.lesions import LesionRow, ResolvingTestGroupRow
from annotate.knowledge.specs.options import PriorityRow, WishRow
from annotate.knowledge.tables import Knowledge
from annotate.model.interpretation import RiskResult, Therapy
from annotate.model.lesion import LesionCall
from annotate.model.state import State


class Change(StrEnum):
    """What an input could change."""

    FLAG = "flag"
    GROUP = "group"
    THERAPY = "therapy"
    CLASS = "class"


WEIGHTS: Mapping[Change, Cutoff[float]] = {
    Change.FLAG: cutoffs.PRIORITIES_FLAG,
    Change.GROUP: cutoffs.PRIORITIES_GROUP,
    Change.THERAPY: cutoffs.PRIORITIES_THERAPY,
    Change.CLASS: cutoffs.PRIORITIES_CLASS,
}


@dataclass(slots=True)
class Wish:
    """One input that is asked for, what it would settle and what it could change."""

    input: str
    lesions: list[str] = field(default_factory=list)
    changes: dict[Change, None] = field(default_factory=dict)
    schemes: list[str] = field(default_factory=list)
    weight: float = 0.0
    why: str = ""


@frozen
class Picture:
    """What is decided so far."""

    facts: Facts
    risk: Sequence[RiskResult]
    therapies: Sequence[Therapy]


def wishes(picture: Picture, inputs_for: Mapping[str, Sequence[str]]) -> list[Wish]:
    """Inputs and tests, the most consequential first. `inputs_for`: by open lesion, what would settle it."""
    found: dict[str, Wish] = {}
    for id, inputs in inputs_for.items():
        changes = list(_changes(id, picture))
        for name in dict.fromkeys(_asked_for(wish, picture.facts.knowledge) for wish in inputs):
            wish = found.setdefault(name, Wish(name))
            wish.lesions.append(id)
            _add(wish, changes, picture.facts.knowledge)
    for wish in (*_tests(picture), *_clinical(picture)):
        found.setdefault(wish.input, wish)
    return sorted(found.values(), key=lambda wish: (-wish.weight, -len(wish.lesions), wish.input))


def _add(wish: Wish, changes: Iterable[Change], knowledge: Knowledge) -> None:
    for change in changes:
        if change not in wish.changes:
            wish.changes[change] = None
            wish.weight += knowledge.value(WEIGHTS[change])


def _asked_for(wish: str, knowledge: Knowledge) -> str:
    """One name for wishes that one file would fulfil: `copy number that resolves the gene`, `copy-number segments`…"""
    for entry in knowledge.rows(ResolvingTestGroupRow):
        if any(word in wish for word in entry.says):
            return entry.asked_for
    return wish


# ---------------------------------------------------------------- an open lesion


def _changes(id: str, picture: Picture) -> Iterator[Change]:
    row = next((row for row in picture.facts.knowledge.rows(PriorityRow) if row.lesion == id), None)
    if row is not None and not _matters(row, picture.facts):
        return
    facts = picture.facts
    if _on_list(id, facts.knowledge) and not _flag_is_up(picture.risk):
        yield Change.FLAG
    if any(id == lesion_of(atom) for result in picture.risk for atom in result.open_facts):
        yield Change.GROUP
    if id in {entry.lesion for entry in facts.knowledge.rows(TherapyRow) if entry.tier in ("I", "II")}:
        yield Change.THERAPY
    if row is not None and row.class_defining:
        yield Change.CLASS


@lru_cache(maxsize=4096)
def lesion_of(atom: str) -> str:
    """`known:tcf3_r.subtype=TCF3::HLF` asks for tcf3_r."""
    return re.split(r"[.=<>]", re.sub(r"^(known|open|likely):", "", atom))[0]


def _matters(row: PriorityRow, facts: Facts) -> bool:
    own, _ = lineage(facts.patient, facts.timepoint)
    if row.lineage and own and own not in row.lineage:
        return False
    if row.timepoint == "relapse" and facts.timepoint == "diagnosis":
        return False
    return not row.class_defining or not _class_found(facts, row.lesion)


def _class_found(facts: Facts, but: str) -> bool:
    """Is another lesion that defines the class detected?"""
    defining = {row.lesion for row in facts.knowledge.rows(PriorityRow) if row.class_defining}
    return any(call.state is State.DETECTED for id, call in facts.calls.items() if id in defining and id != but)


def _on_list(id: str, knowledge: Knowledge) -> bool:
    return any(row.id == id and row.inpog != "none" for row in knowledge.rows(LesionRow))


def _flag_is_up(risk: Sequence[RiskResult]) -> bool:
    return any(result.group == "YES" and result.version == "literal" for result in risk)


# ---------------------------------------------------------------- tests and facts that no lesion asks for


def _tests(picture: Picture) -> Iterator[Wish]:
    decided = {Change.FLAG} if _flag_is_up(picture.risk) else set()
    knowledge = picture.facts.knowledge
    for row in knowledge.rows(WishRow):
        changes = [change for part in row.changes if (change := Change(part)) not in decided]
        if changes and truth_of(row.when, picture.facts) is True:
            wish = Wish(row.asked_for, why=row.why)
            _add(wish, changes, knowledge)
            yield wish


def _clinical(picture: Picture) -> Iterator[Wish]:
    """A missing clinical fact that alone could change the group of a scheme."""
    missing: dict[str, list[str]] = {}
    for result in picture.risk:
        for atom in result.open_facts:
            for column in missing_columns(atom, picture.facts.patient):
                missing.setdefault(column, []).append(result.scheme)
    for column, schemes in missing.items():
        wish = Wish(f"{column.replace('_', ' ')} (clinical sheet)", schemes=list(dict.fromkeys(schemes)))
        _add(wish, [Change.GROUP], picture.facts.knowledge)
        yield wish


def open_lesions(calls: Mapping[str, LesionCall]) -> list[LesionCall]:
    """Lesions that are neither found nor excluded."""
    return [call for call in calls.values() if call.state in (State.NOT_ASSESSABLE, State.EQUIVOCAL)]


__all__ = ["Change", "Picture", "Wish", "open_lesions", "wishes"]
