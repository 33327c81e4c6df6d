"""Risk schemes as decision tables over lesions and clinical facts: one small engine, no scheme in code.

The tables are `schemes` (one row a scheme), `schemes_rules` (ordered rows: condition, group), `schemes_flags`
(annotations) and `schemes_facts` (named conditions). The first rule that holds gives the group. A fact that is
not known is tried both ways: the group is given only where it comes out the same; where it does not, the result
says which missing facts could change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from annotate.interpret.eligibility import entitlement
from annotate.interpret.facts import Facts, Groups, Value
from annotate.interpret.scheme_decision import Told, decide, decided, groups_of
from annotate.interpret.scheme_result import not_for, result_of, with_others
from annotate.interpret.scheme_tables import NOT_APPLICABLE, Rule, Scheme, schemes
from annotate.knowledge.conditions import Truth
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.interpretation import RiskResult
from annotate.model.lesion import LesionCall
from annotate.model.options import Eligibility
from annotate.model.sample import Patient


def evaluate_schemes(
    calls: Mapping[str, LesionCall],
    patient: Patient | None,
    knowledge: Knowledge,
    timepoint: str | None = None,
    profile: CopyNumberProfile | None = None,
) -> tuple[RiskResult, ...]:
    """Every scheme of the knowledge table, in its order; tables that others are built on are left out.

    `timepoint` is that of the sample; without it `relapse_number` of the clinical sheet decides alone. `profile` is
    asked for copies of genes that are no lesion of their own.
    """
    return evaluate_all(calls, patient, knowledge, timepoint, profile)[0]


def evaluate_all(
    calls: Mapping[str, LesionCall],
    patient: Patient | None,
    knowledge: Knowledge,
    timepoint: str | None = None,
    profile: CopyNumberProfile | None = None,
) -> tuple[tuple[RiskResult, ...], Mapping[str, Groups]]:
    """As `evaluate_schemes`, with the groups of every scheme by its id, for conditions that ask for them."""
    results: list[RiskResult] = []
    groups: dict[str, Groups] = {}
    behind: dict[str, tuple[str, ...]] = {}
    grounds: dict[str, tuple[str, ...]] = {}
    matched: dict[str, tuple[str, ...]] = {}
    open_facts: dict[str, tuple[str, ...]] = {}
    from_earlier: set[str] = set()
    for scheme in schemes(knowledge):
        facts = Facts(
            calls,
            patient,
            knowledge,
            timepoint,
            profile=profile,
            groups=groups,
            behind=behind,
            grounds=grounds,
            open_facts=open_facts,
            from_earlier=from_earlier,
        )
        result, groups[scheme.id] = evaluate(scheme, facts)
        result = replace(result, matched=with_others(result.matched, matched))
        behind[scheme.id], matched[scheme.id] = result.could_change, result.matched
        grounds[scheme.id] = result.facts if result.matched else ()
        open_facts[scheme.id] = result.open_facts
        if result.from_earlier:
            from_earlier.add(scheme.id)
        if scheme.entry.shown:
            results.append(result)
    return tuple(results), groups


def evaluate(scheme: Scheme, facts: Facts) -> tuple[RiskResult, Groups]:
    """The result of one scheme, and every group that is still possible."""
    entitled = entitlement(scheme.rules, scheme.exclusions, facts)
    if entitled.status is Eligibility.NOT_FOR_THIS_PATIENT:
        nobody = frozenset({NOT_APPLICABLE})
        return not_for(scheme, entitled), Groups(nobody, nobody)
    values = {atom: facts.value(atom) for atom in scheme.atoms}
    known = {atom: value.truth for atom, value in values.items()}
    leaning = {atom: _leaning(value) for atom, value in values.items()}
    verdict, likely = decided(scheme, tuple(known.items())), decided(scheme, tuple(leaning.items()))
    groups = Groups(groups_of(scheme.rules, verdict.possible), groups_of(scheme.rules, likely.possible))
    facts = replace(facts, groups={**facts.groups, scheme.id: groups})
    if len(groups.possible) == 1:
        told = Told(verdict, known, "certain")
    elif scheme.entry.accept_likely and len(groups.likely) == 1:
        told = Told(likely, leaning, "provisional")
    else:
        told = Told(verdict, known, "not_assessable")
    result = replace(result_of(scheme, facts, values, verdict, told), eligibility=entitled)
    if entitled.status is Eligibility.NOT_KNOWN and result.certainty == "certain":
        result = replace(result, certainty="provisional")  # an exclusion that may yet hold
    return result, groups


def _leaning(value: Value) -> Truth:
    return value.lean if value.truth is None else value.truth


__all__ = ["Rule", "Scheme", "decide", "evaluate", "evaluate_all", "evaluate_schemes", "schemes"]
