"""The decision tables of the schemes: rules in order, annotations, exclusions, named facts written out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.interpret.eligibility import SETTING
from annotate.knowledge.conditions import Condition, expand, parse
from annotate.knowledge.specs.interpretation import SchemeFactRow, SchemeFlagRow, SchemeRow, SchemeRuleRow
from annotate.knowledge.specs.options import SchemeEligibilityRow
from annotate.knowledge.tables import Knowledge

NOT_APPLICABLE = SETTING


@frozen
class Rule:
    """One row of a scheme: the group, and the condition that gives it."""

    id: str
    when: Condition
    group: str | None
    text: str
    source: str
    mark: str


@frozen(eq=False)
class Scheme:
    """One decision table. `applies` is its first rule, turned round: where it fails nothing is said."""

    entry: SchemeRow
    rules: tuple[Rule, ...]
    flags: tuple[tuple[SchemeFlagRow, Condition], ...] = ()
    exclusions: tuple[tuple[SchemeEligibilityRow, Condition], ...] = ()

    @property
    def id(self) -> str:
        """Id of the scheme."""
        return self.entry.id

    @property
    def atoms(self) -> tuple[str, ...]:
        """Facts that its rules ask for, each once, in the order of the rules."""
        return tuple(dict.fromkeys(atom for rule in self.rules for atom in rule.when.atoms()))


@lru_cache(maxsize=8)
def schemes(knowledge: Knowledge) -> tuple[Scheme, ...]:
    """Every scheme with its rules and flags, named facts written out."""
    named = {entry.id: entry.when for entry in knowledge.rows(SchemeFactRow)}
    rows = sorted(knowledge.rows(SchemeRow), key=lambda entry: entry.rank)
    return tuple(_scheme(entry, knowledge, named) for entry in rows)


def _scheme(entry: SchemeRow, knowledge: Knowledge, named: Mapping[str, str]) -> Scheme:
    rows = [row for row in knowledge.rows(SchemeRuleRow) if row.scheme == entry.id]
    rules = [
        Rule(row.id, expand(parse(row.when), named), row.group or None, row.text, row.citation, row.mark)
        for row in sorted(rows, key=lambda row: row.rank)
    ]
    applies = expand(parse(entry.applies), named)
    if applies.kind != "always":
        outside = Condition("not", parts=(applies,))
        rules.insert(0, Rule(NOT_APPLICABLE, outside, None, entry.applies_text, entry.citation, entry.mark))
    flags = [row for row in knowledge.rows(SchemeFlagRow) if row.scheme == entry.id]
    own = [row for row in knowledge.rows(SchemeEligibilityRow) if row.scheme == entry.id]
    return Scheme(
        entry,
        tuple(rules),
        tuple((row, expand(parse(row.when), named)) for row in flags),
        tuple((row, expand(parse(row.when), named)) for row in own),
    )


__all__ = ["NOT_APPLICABLE", "Rule", "Scheme", "schemes"]
