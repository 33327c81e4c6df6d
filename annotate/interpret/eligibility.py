"""For whom a scheme is: its setting, and the table `schemes_eligibility` of what its protocol excludes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from annotate.interpret.facts import Facts
from annotate.knowledge.conditions import Condition
from annotate.knowledge.specs.options import SchemeEligibilityRow
from annotate.model.options import Eligibility, Entitlement

SETTING = "not applicable"  # id of the rule that says for which setting a scheme was made
Exclusion = tuple[SchemeEligibilityRow, Condition]


class SettingRule(Protocol):
    """The rule of a scheme that fires outside its setting."""

    @property
    def id(self) -> str:
        """Id of the row."""

    @property
    def when(self) -> Condition:
        """The condition of the setting."""

    @property
    def text(self) -> str:
        """The setting in words."""

    @property
    def source(self) -> str:
        """Where the setting is published."""


def entitlement(rules: Sequence[SettingRule], exclusions: Sequence[Exclusion], facts: Facts) -> Entitlement:
    """Not for this patient where one exclusion holds; not known where one may; else eligible."""
    outside = [rule for rule in rules if rule.id == SETTING]
    against = [(rule.text, rule.source) for rule in outside if rule.when.truth(facts.truth) is True]
    against += [(_because(row, when, facts), row.citation) for row, when in exclusions if _holds(when, facts)]
    if against:
        texts, sources = zip(*against, strict=True)
        return Entitlement(Eligibility.NOT_FOR_THIS_PATIENT, tuple(texts), tuple(dict.fromkeys(sources)))
    unknown = tuple(dict.fromkeys(_open(outside, exclusions, facts)))
    return Entitlement(Eligibility.NOT_KNOWN if unknown else Eligibility.ELIGIBLE, unknown)


def _holds(when: Condition, facts: Facts) -> bool:
    return when.truth(facts.truth) is True


def _because(row: SchemeEligibilityRow, when: Condition, facts: Facts) -> str:
    """The exclusion, with the fact of this child that meets it."""
    seen = "; ".join(dict.fromkeys(facts.value(atom).words for atom in when.grounds(facts.truth)))
    return f"{row.text} ({seen})"


def _open(outside: Sequence[SettingRule], exclusions: Sequence[Exclusion], facts: Facts) -> Iterator[str]:
    """What is not known and would exclude the child."""
    for when in [*(rule.when for rule in outside), *(when for _, when in exclusions)]:
        for atom in when.undecided(facts.truth):
            yield facts.value(atom).words


__all__ = ["SETTING", "entitlement"]
