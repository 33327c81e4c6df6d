"""How many of the statements that a report shows a named reviewer of the lab has signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotate.interpret.facts import Facts, truth_of
from annotate.knowledge.spec import Row
from annotate.knowledge.specs.interpretation import SchemeRuleRow, TherapyRow
from annotate.knowledge.specs.options import LabelRow, OptionRow
from annotate.model.interpretation import RiskResult
from annotate.model.options import Option


def signed(facts: Facts, risk: Iterable[RiskResult], options: Iterable[Option]) -> dict[str, int]:
    """`{signed, shown}` over the rows of schemes, therapies, options and labels that this report shows."""
    shown = list(_shown(facts, risk, options))
    return {"signed": sum(bool(row.reviewer) for row in shown), "shown": len(shown)}


def _shown(facts: Facts, risk: Iterable[RiskResult], options: Iterable[Option]) -> Iterator[Row]:
    rules = {part.split(": ")[0] for result in risk if result.rule for part in result.rule.split("; or ")}
    yield from (row for row in facts.knowledge.rows(SchemeRuleRow) if row.id in rules)
    drugs = {option.drug.lower() for option in options}
    yield from (row for row in facts.knowledge.rows(LabelRow) if row.drug.lower() in drugs)
    ids = {option.id for option in options}
    yield from (row for row in facts.knowledge.rows(OptionRow) if row.id in ids)
    for row in facts.knowledge.rows(TherapyRow):
        call = facts.calls.get(row.lesion)
        if call is not None and call.state.present and truth_of(row.when, facts) is True:
            yield row


__all__ = ["signed"]
