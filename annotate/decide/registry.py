"""The list of lesions. A lesion is one function, registered by its id; nothing else knows their names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from graphlib import TopologicalSorter

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.evidence.ledger import at_lesion, remarks_of, settled
from annotate.decide.view import SOURCES, undeclared, view_of
from annotate.knowledge.specs.lesions import LesionRow
from annotate.model.lesion import LesionCall

LesionRule = Callable[[Case], LesionCall]


@frozen
class Registered:
    """A rule and all that its call can depend on.

    `sources` are fields of a `Case`, `tables` of knowledge, `after` the lesions whose calls it reads; `genes` are those
    whose copies decide it, for records that a reader did not use.
    """

    id: str
    rule: LesionRule
    sources: tuple[str, ...]
    tables: tuple[str, ...]
    after: tuple[str, ...]
    genes: tuple[str, ...]


_LESIONS: dict[str, Registered] = {}


def lesion(
    id: str,
    *,
    sources: tuple[str, ...],
    tables: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    genes: tuple[str, ...] = (),
) -> Callable[[LesionRule], LesionRule]:
    """Register a rule under a lesion id, with what it reads (`Registered`): it is given just that."""
    unknown = set(sources) - SOURCES
    if unknown:
        raise AssertionError(f"lesion {id} declares sources that no case has: {', '.join(sorted(unknown))}")

    def add(rule: LesionRule) -> LesionRule:
        if id in _LESIONS:
            raise AssertionError(f"lesion {id} is registered twice")
        _LESIONS[id] = Registered(id, rule, sources, tables, after, genes)
        return rule

    return add


def registered() -> Mapping[str, Registered]:
    """Every lesion, after importing every module of this package."""
    _import_all()
    return _LESIONS


@cache
def _import_all() -> None:
    package = importlib.import_module("annotate.decide")
    for info in pkgutil.walk_packages(package.__path__, "annotate.decide."):
        importlib.import_module(info.name)


def call_all(case: Case) -> dict[str, LesionCall]:
    """Every lesion's call, in the order of the knowledge table `lesions`.

    A record that a reader did not use takes the negative of its lesion away before any other lesion reads the call.
    """
    rules, remarks = registered(), remarks_of(case)
    calls: dict[str, LesionCall] = {}
    for id in TopologicalSorter({rule.id: rule.after for rule in rules.values()}).static_order():
        call = _called(rules[id], case, calls)
        calls[id] = settled(case, call, at_lesion(case, id, rules[id].genes, remarks))
    order = {entry.id: rank for rank, entry in enumerate(case.knowledge.rows(LesionRow))}
    return dict(sorted(calls.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def _called(rule: Registered, case: Case, calls: Mapping[str, LesionCall]) -> LesionCall:
    """The call of one rule, from a view of the case that holds what it declares."""
    try:
        call = rule.rule(view_of(case, rule.sources, rule.tables, rule.after, calls))
    except AttributeError as error:
        fault = undeclared(error)
        if fault is None:
            raise
        raise fault from error
    if call.id != rule.id:
        raise AssertionError(f"the rule for {rule.id} answered for {call.id}")
    return call
