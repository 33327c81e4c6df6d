"""Entities of WHO-HAEM5 and ICC 2022 from lesions of DNA and RNA: the first that is shown wins, all are listed.

The tables are `entities` (precedence, condition, names) and `entities_systems`. An entity that gene expression or flow
cytometry defines is never given from DNA: it is said that it stays open. Where a lesion of higher precedence could
not be excluded, or two class-defining lesions are found, the entity is provisional and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from annotate.base.frozen import frozen
from annotate.interpret.facts import Facts, condition_of
from annotate.knowledge.conditions import Condition, Truth
from annotate.knowledge.specs.interpretation import EntityColumn, EntityRow, EntitySystemRow
from annotate.knowledge.tables import Knowledge
from annotate.model.interpretation import Classification
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient

LINEAGES: Mapping[str, str] = {"BCP": "B", "T": "T", "MPAL": "MPAL"}

Certainty = Literal["certain", "provisional", "not_assessable"]


@frozen
class Entity:
    """One row of `entities` with what this sample says of it."""

    entry: EntityRow
    when: Condition
    truth: Truth
    words: tuple[str, ...]  # lesions that show it, or that leave it open

    @property
    def rank(self) -> int:
        """Precedence within the lineage; the lowest number goes first."""
        return self.entry.rank

    @property
    def primary(self) -> bool:
        """Does it define a class beside which no other label stands?"""
        return self.entry.primary

    @property
    def needs_expression(self) -> bool:
        """Is the class defined by gene expression, so that DNA alone only suggests it?"""
        return self.entry.needs_expression


@frozen
class Reading:
    """The entities of one lineage in this sample, sorted."""

    found: tuple[Entity, ...]  # shown by DNA or RNA lesions, by precedence
    open: tuple[Entity, ...]  # could be, by lesions that were not assessable or equivocal
    expression: tuple[Entity, ...]  # defined by expression or flow alone
    rest: Entity  # what is left when nothing is shown: NOS


def classify(
    calls: Mapping[str, LesionCall], patient: Patient | None, knowledge: Knowledge, timepoint: str | None = None
) -> tuple[Classification, ...]:
    """The entity in each system, with what else was found and what could not be excluded. None of a remission."""
    systems = knowledge.rows(EntitySystemRow)
    if timepoint == "remission":
        why = ("a sample of remission has no entity",)
        return tuple(Classification(row.name, None, "not_assessable", why, sources=(row.citation,)) for row in systems)
    facts = Facts(calls, patient, knowledge)
    given = patient.immunophenotype if patient is not None else None
    reading = _read(LINEAGES[given] if given else "B", facts)
    return tuple(_classification(row, reading, given) for row in systems)


def _read(lineage: str, facts: Facts) -> Reading:
    rows = [_entity(row, facts) for row in facts.knowledge.rows(EntityRow) if row.lineage == lineage]
    rows.sort(key=lambda entity: entity.rank)
    shown = [entity for entity in rows if entity.when.kind != "always" and not entity.needs_expression]
    return Reading(
        found=tuple(entity for entity in shown if entity.truth is True),
        open=tuple(entity for entity in shown if entity.truth is None),
        expression=tuple(entity for entity in rows if entity.needs_expression and entity.truth is not False),
        rest=next(entity for entity in rows if entity.when.kind == "always" and not entity.needs_expression),
    )


def _entity(row: EntityRow, facts: Facts) -> Entity:
    when = condition_of(row.when, facts.knowledge)
    truth = when.truth(facts.truth)
    atoms = when.supports(facts.truth) if truth else when.undecided(facts.truth)
    return Entity(row, when, truth, tuple(dict.fromkeys(facts.value(atom).words for atom in atoms)))


def _classification(system: EntitySystemRow, reading: Reading, lineage: str | None) -> Classification:
    column = system.names
    best = reading.found[0] if reading.found else None
    rivals = [e for e in reading.found[1:] if best is not None and e.primary and best.primary]
    above = [e for e in reading.open if best is None or e.rank < best.rank]
    reasons = [*_why(best), *_conflict(best, rivals, column), *_left_open(above), *_lineage(lineage, best)]
    entity, certainty = _decide(best, rivals, above, reading, lineage, column)
    if best is None and entity is not None:
        reasons.append(
            f"no class-defining lesion; gene expression could still name {_names(reading.expression, column)}"
        )
    if best is None and entity is None:
        reasons.append("no class-defining lesion was found, and not all could be excluded")
    shadowed = [e for e in reading.found[1:] if best is not None and best.primary and not e.primary]
    if shadowed:
        words = "; ".join(dict.fromkeys(word for e in shadowed for word in e.words))
        reasons.append(f"{words}: no label of its own beside a class-defining lesion")
    reasons += [f"{'; '.join(e.words)}: {e.entry.note}" for e in reading.expression if e.truth is True and e.words]
    also = [e.entry.called(column) for e in reading.found[1:] if e not in shadowed and e.entry.called(column) != entity]
    return Classification(
        system=system.name,
        entity=entity,
        certainty=certainty,
        reasons=tuple(dict.fromkeys(reasons)),
        also=tuple(dict.fromkeys(also)),
        sources=(system.citation,),
    )


def _decide(
    best: Entity | None,
    rivals: Sequence[Entity],
    above: Sequence[Entity],
    reading: Reading,
    lineage: str | None,
    column: EntityColumn,
) -> tuple[str | None, Certainty]:
    if best is not None:
        uncertain = bool(rivals or above) or lineage is None or not best.primary
        return best.entry.called(column), "provisional" if uncertain else "certain"
    if above or lineage is None:
        return None, "not_assessable"
    return reading.rest.entry.called(column), "provisional"  # what expression or flow defines is never excluded by DNA


def _why(best: Entity | None) -> list[str]:
    if best is None:
        return []
    return [*best.words, *([best.entry.note] if best.entry.note else [])]


def _conflict(best: Entity | None, rivals: Sequence[Entity], column: EntityColumn) -> list[str]:
    if best is None or not rivals:
        return []
    names = [entity.entry.called(column) for entity in (best, *rivals)]
    return [f"CONFLICT: more than one class-defining lesion ({'; '.join(names)}); the first in order is given"]


def _left_open(above: Sequence[Entity]) -> list[str]:
    words = list(dict.fromkeys(word for entity in above for word in entity.words))
    return [f"not excluded: {'; '.join(words)}"] if words else []


def _lineage(lineage: str | None, best: Entity | None) -> list[str]:
    if lineage is not None:
        return []
    tail = "read as B lineage for the lesions found" if best is not None else "so no entity can be left over"
    return [f"immunophenotype is not given, {tail}; DNA does not define the lineage"]


def _names(entities: Sequence[Entity], column: EntityColumn) -> str:
    return ", ".join(dict.fromkeys(entity.entry.called(column) for entity in entities)) or "no other entity"
