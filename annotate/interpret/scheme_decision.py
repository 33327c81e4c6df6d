"""Which rules of a scheme can fire: every fact that is not known is tried both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Literal

from annotate.base.frozen import frozen
from annotate.interpret.scheme_tables import NOT_APPLICABLE, Rule, Scheme
from annotate.knowledge.conditions import Truth

EXACT_LIMIT = 10  # unknown facts up to which every combination is tried to tell which of them matter

Certainty = Literal["certain", "provisional", "not_assessable"]


@frozen
class Verdict:
    """What the table says: the rules that can still fire, and with which facts."""

    possible: frozenset[int]  # index of the rule; -1 where none fires
    missing: tuple[str, ...]  # atoms not known that were met
    could_change: tuple[str, ...]


@frozen
class Told:
    """What is reported: the verdict, the truths it rests on, how sure it is."""

    verdict: Verdict
    truths: Mapping[str, Truth]
    certainty: Certainty


@lru_cache(maxsize=4096)
def decided(scheme: Scheme, known: tuple[tuple[str, Truth], ...]) -> Verdict:
    """Samples of a batch often leave the same facts open."""
    return decide(scheme.rules, dict(known))


def decide(rules: Sequence[Rule], known: Mapping[str, Truth]) -> Verdict:
    """Rules that may fire first, given what is known; every unknown fact is tried both ways."""
    missing: dict[str, None] = {}
    possible = _reachable(rules, dict(known), missing)
    unknown = [atom for atom in missing if known.get(atom) is None]
    changing = [] if len(groups_of(rules, possible)) == 1 else _changing(rules, known, unknown)
    return Verdict(possible, tuple(unknown), tuple(changing))


def _reachable(rules: Sequence[Rule], known: dict[str, Truth], missing: dict[str, None]) -> frozenset[int]:
    for index, rule in enumerate(rules):
        truth = rule.when.truth(known.get)
        if truth is True:
            return frozenset({index})
        if truth is None:
            atom = rule.when.undecided(known.get)[0]
            missing[atom] = None
            branches = [_reachable(rules, {**known, atom: value}, missing) for value in (True, False)]
            return branches[0] | branches[1]
    return frozenset({-1})


def _changing(rules: Sequence[Rule], known: Mapping[str, Truth], unknown: Sequence[str]) -> list[str]:
    """Unknown facts of which one alone, turned round, can change the group."""
    if len(unknown) > EXACT_LIMIT:
        return [atom for atom in unknown if _split(rules, known, atom, True) != _split(rules, known, atom, False)]
    outcome: dict[tuple[bool, ...], str | None] = {}
    for combination in product((True, False), repeat=len(unknown)):
        filled = {**known, **dict(zip(unknown, combination, strict=True))}
        outcome[combination] = _first(rules, filled)
    return [atom for place, atom in enumerate(unknown) if _flips(outcome, place)]


def _flips(outcome: Mapping[tuple[bool, ...], str | None], place: int) -> bool:
    return any(
        outcome[combination] != outcome[(*combination[:place], not combination[place], *combination[place + 1 :])]
        for combination in outcome
    )


def _split(rules: Sequence[Rule], known: Mapping[str, Truth], atom: str, value: bool) -> frozenset[str | None]:
    return groups_of(rules, _reachable(rules, {**known, atom: value}, {}))


def _first(rules: Sequence[Rule], known: Mapping[str, Truth]) -> str | None:
    for index, rule in enumerate(rules):
        if rule.when.truth(known.get) is True:
            return _group(rules, index)
    return None


def groups_of(rules: Sequence[Rule], possible: frozenset[int]) -> frozenset[str | None]:
    """Risk groups that the rules still possible would give; None is that of no rule."""
    return frozenset(_group(rules, index) for index in possible)


def _group(rules: Sequence[Rule], index: int) -> str | None:
    if index < 0:
        return None
    return NOT_APPLICABLE if rules[index].id == NOT_APPLICABLE else rules[index].group


__all__ = ["Told", "Verdict", "decide", "decided", "groups_of"]
