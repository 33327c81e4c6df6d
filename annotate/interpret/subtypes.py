"""A classifier's subtype beside the lesions of DNA and RNA: where they agree, where not, what would settle it.

The table is `subtype_labels`. A label never sets a lesion: no rule is given the calls, and nothing here changes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from annotate.decide.call import settling_inputs
from annotate.decide.case import Case
from annotate.interpret.facts import Facts, named_facts
from annotate.knowledge.conditions import Condition, Truth, expand, parse
from annotate.knowledge.specs.interpretation import EntityRow
from annotate.knowledge.specs.lesions import LesionRow
from annotate.knowledge.specs.subtypes import SubtypeLabelRow, plain_label
from annotate.knowledge.tables import Knowledge
from annotate.model.lesion import LesionCall
from annotate.model.subtype_calls import Agreement, Confidence, SubtypeCall, SubtypeReading

_BEFORE = ("bcpall", "ball", "tall", "all")  # a lineage that some classifiers set before the label
_BEHIND = ("rearranged", "rearrangement", "fusion", "r")


def subtype_readings(case: Case, calls: Mapping[str, LesionCall]) -> tuple[SubtypeReading, ...]:
    """Every classifier's call beside the lesions `calls`, in the order of the files."""
    if case.subtypes is None:
        return ()
    facts = Facts(calls, case.patient, case.knowledge, case.sample.timepoint)
    return tuple(_reading(one, facts, case) for one in case.subtypes.calls)


def label_row(label: str, knowledge: Knowledge) -> SubtypeLabelRow | None:
    """What a label means: as it is spelt, else without a lineage before it or `rearranged` behind it."""
    rows, plain = _by_label(knowledge), plain_label(label)
    bare = next((plain.removeprefix(word) for word in _BEFORE if plain.startswith(word)), plain)
    forms = [plain, bare, *(form.removesuffix(word) for form in (plain, bare) for word in _BEHIND)]
    return next((rows[form] for form in forms if form in rows), None)


@lru_cache(maxsize=8)
def _by_label(knowledge: Knowledge) -> Mapping[str, SubtypeLabelRow]:
    return {plain_label(label): row for row in knowledge.rows(SubtypeLabelRow) for label in row.labels}


def _reading(call: SubtypeCall, facts: Facts, case: Case) -> SubtypeReading:
    row = label_row(call.label, facts.knowledge)
    if row is None:
        why = f"the label {call.label!r} has no row in subtype_labels, so nothing is said of it"
        return SubtypeReading(call, Agreement.UNKNOWN_LABEL, None, None, (), (why,))
    when = _condition(row.when, facts)
    others = _other_classes(row, facts)
    against = _supports(_condition(row.against, facts), facts)
    agreement = _agreement(row, when, facts, bool(others), bool(against))
    lesions = _lesions(when, facts.knowledge)
    entity = next((one for one in facts.knowledge.rows(EntityRow) if one.id == row.entity), None)
    return SubtypeReading(
        call=call,
        agreement=agreement,
        who_haem5=entity.who_haem5 if entity else None,
        icc_2022=entity.icc_2022 if entity else None,
        lesions=lesions,
        reasons=tuple(dict.fromkeys(_reasons(call, row, when, agreement, (*against, *others), facts))),
        settles=_resolving_test(row, lesions, agreement, case, facts),
        sources=row.sources,
    )


def _condition(text: str, facts: Facts) -> Condition | None:
    return expand(parse(text), named_facts(facts.knowledge)) if text else None


def _agreement(
    row: SubtypeLabelRow, when: Condition | None, facts: Facts, other_class: bool, against: bool
) -> Agreement:
    """A lesion that contradicts the label first, then what the label implies, then another class."""
    truth = when.truth(facts.truth) if when is not None else None
    if against:
        return Agreement.DISAGREES
    if truth is True:
        return Agreement.AGREES
    if not row.entity and when is None:
        return Agreement.NO_SUBTYPE
    if other_class or (truth is False and row.needs_lesion):
        return Agreement.DISAGREES
    return Agreement.OPEN


def _other_classes(row: SubtypeLabelRow, facts: Facts) -> tuple[str, ...]:
    """Class-defining entities that the lesions show and the label does not mean."""
    if not row.entity:
        return ()
    named = named_facts(facts.knowledge)
    found: list[str] = []
    for entity in facts.knowledge.rows(EntityRow):
        if entity.id == row.entity or not entity.primary or entity.needs_expression or entity.when in ("", "always"):
            continue
        when = expand(parse(entity.when), named)
        if when.truth(facts.truth) is True:
            found += _supports(when, facts)
    return tuple(dict.fromkeys(found))


def _supports(when: Condition | None, facts: Facts) -> tuple[str, ...]:
    if when is None or when.truth(facts.truth) is not True:
        return ()
    return tuple(facts.value(atom).words for atom in when.supports(facts.truth))


def _lesions(when: Condition | None, knowledge: Knowledge) -> tuple[str, ...]:
    known = {row.id for row in knowledge.rows(LesionRow)}
    atoms = when.atoms() if when is not None else ()
    found = (atom.partition(":")[2] if ":" in atom.partition("=")[0] else atom for atom in atoms)
    return tuple(dict.fromkeys(id for atom in found if (id := atom.partition("=")[0].partition(".")[0]) in known))


def _reasons(
    call: SubtypeCall,
    row: SubtypeLabelRow,
    when: Condition | None,
    agreement: Agreement,
    contrary: Iterable[str],
    facts: Facts,
) -> list[str]:
    truth: Truth = when.truth(facts.truth) if when is not None else None
    words = [facts.value(atom).words for atom in _telling(when, truth, facts)]
    if agreement is Agreement.DISAGREES:
        words = [*contrary, *words]
    if agreement is Agreement.OPEN and truth is False:
        words.append("no lesion that was looked for explains the label")
    if when is None and agreement is Agreement.OPEN:
        words.append("expression or methylation defines this label; no lesion shows it")
    if call.confidence is Confidence.LOW:
        words.append("the classifier itself is not sure of this label")
    return [*words, *([row.note] if row.note else [])]


def _telling(when: Condition | None, truth: Truth, facts: Facts) -> tuple[str, ...]:
    if when is None:
        return ()
    if truth is None:
        return when.undecided(facts.truth)
    return when.supports(facts.truth) if truth else when.grounds(facts.truth)


def _resolving_test(
    row: SubtypeLabelRow, lesions: Iterable[str], agreement: Agreement, case: Case, facts: Facts
) -> str | None:
    """What would settle a label that is open or contradicted: by its row, else by its first lesion in doubt."""
    if agreement not in (Agreement.OPEN, Agreement.DISAGREES):
        return None
    if row.settles:
        return row.settles
    in_doubt = sorted(lesions, key=lambda id: facts.truth(id) is True)
    return next((inputs[0] for id in in_doubt if (inputs := settling_inputs(case, id))), None)
