"""Risk schemes as decision tables over lesions and clinical facts: one small engine, no scheme in code.

The tables are `schemes` (one row a scheme), `schemes_rules` (ordered rows: condition, group), `schemes_flags`
(annotations) and `schemes_facts` (named conditions). The first rule that holds gives the group. A fact that is
not known is tried both ways: the group is given only where it comes out the same; where it does not, the result
says which missing facts could change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

from annotate.interpret.eligibility import SETTING, entitlement
from annotate.interpret.facts import Facts, Groups, Value
from annotate.knowledge.conditions import PREFIXES, Condition, Truth, expand, parse
from annotate.knowledge.specs.interpretation import SchemeFactRow, SchemeFlagRow, SchemeRow, SchemeRuleRow
from annotate.knowledge.specs.options import SchemeEligibilityRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.interpretation import RiskResult
from annotate.model.lesion import LesionCall
from annotate.model.options import Eligibility, Entitlement
from annotate.model.sample import Patient

NOT_APPLICABLE = SETTING
EXACT_LIMIT = 10  # unknown facts up to which every combination is tried to tell which of them matter

Certainty = Literal["certain", "provisional", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a scheme: the group, and the condition that gives it."""

    id: str
    when: Condition
    group: str | None
    text: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """One decision table. `applies` is its first rule, turned round: where it fails nothing is said."""

    entry: SchemeRow
    rules: tuple[Rule, ...]
    flags: tuple[tuple[SchemeFlagRow, Condition], ...] = ()
    exclusions: tuple[tuple[SchemeEligibilityRow, Condition], ...] = ()

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def atoms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(atom for rule in self.rules for atom in rule.when.atoms()))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the table says: the rules that can still fire, and with which facts."""

    possible: frozenset[int]  # index of the rule; -1 where none fires
    missing: tuple[str, ...]  # atoms not known that were met
    could_change: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is reported: the verdict, the truths it rests on, how sure it is."""

    verdict: Verdict
    truths: Mapping[str, Truth]
    certainty: Certainty


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
        result = replace(result, matched=_with_others(result.matched, matched))
        behind[scheme.id], matched[scheme.id] = result.could_change, result.matched
        grounds[scheme.id] = result.facts if result.matched else ()
        open_facts[scheme.id] = result.open_facts
        if result.from_earlier:
            from_earlier.add(scheme.id)
        if scheme.entry.shown:
            results.append(result)
    return tuple(results), groups


@lru_cache(maxsize=8)
def schemes(knowledge: Knowledge) -> tuple[Scheme, ...]:
    """Every scheme with its rules and flags, named facts written out."""
    named = {entry.id: entry.when for entry in knowledge.rows(SchemeFactRow)}
    rows = sorted(knowledge.rows(SchemeRow), key=lambda entry: entry.rank)
    return tuple(_scheme(entry, knowledge, named) for entry in rows)


def _scheme(entry: SchemeRow, knowledge: Knowledge, named: Mapping[str, str]) -> Scheme:
    rows = [row for row in knowledge.rows(SchemeRuleRow) if row.scheme == entry.id]
    rules = [
        Rule(row.id, expand(parse(row.when), named), row.group or None, row.text, row.source, row.mark)
        for row in sorted(rows, key=lambda row: row.rank)
    ]
    applies = expand(parse(entry.applies), named)
    if applies.kind != "always":
        outside = Condition("not", parts=(applies,))
        rules.insert(0, Rule(NOT_APPLICABLE, outside, None, entry.applies_text, entry.source, entry.mark))
    flags = [row for row in knowledge.rows(SchemeFlagRow) if row.scheme == entry.id]
    own = [row for row in knowledge.rows(SchemeEligibilityRow) if row.scheme == entry.id]
    return Scheme(
        entry,
        tuple(rules),
        tuple((row, expand(parse(row.when), named)) for row in flags),
        tuple((row, expand(parse(row.when), named)) for row in own),
    )


def evaluate(scheme: Scheme, facts: Facts) -> tuple[RiskResult, Groups]:
    """The result of one scheme, and every group that is still possible."""
    entitled = entitlement(scheme.rules, scheme.exclusions, facts)
    if entitled.status is Eligibility.NOT_FOR_THIS_PATIENT:
        nobody = frozenset({NOT_APPLICABLE})
        return _not_for(scheme, entitled), Groups(nobody, nobody)
    values = {atom: facts.value(atom) for atom in scheme.atoms}
    known = {atom: value.truth for atom, value in values.items()}
    leaning = {atom: _leaning(value) for atom, value in values.items()}
    verdict, likely = _decided(scheme, tuple(known.items())), _decided(scheme, tuple(leaning.items()))
    groups = Groups(_groups(scheme.rules, verdict.possible), _groups(scheme.rules, likely.possible))
    facts = replace(facts, groups={**facts.groups, scheme.id: groups})
    if len(groups.possible) == 1:
        told = Told(verdict, known, "certain")
    elif scheme.entry.accept_likely and len(groups.likely) == 1:
        told = Told(likely, leaning, "provisional")
    else:
        told = Told(verdict, known, "not_assessable")
    result = replace(_result(scheme, facts, values, verdict, told), eligibility=entitled)
    if entitled.status is Eligibility.NOT_KNOWN and result.certainty == "certain":
        result = replace(result, certainty="provisional")  # an exclusion that may yet hold
    return result, groups


def _not_for(scheme: Scheme, entitled: Entitlement) -> RiskResult:
    """`not for this patient, because …` is a result."""
    entry = scheme.entry
    return RiskResult(
        scheme=entry.name,
        version=entry.version,
        group=None,
        certainty="not_assessable",
        rule=None,
        facts=(),
        missing=(),
        sources=entitled.sources or (entry.source,),
        notes=(f"not for this patient, because {'; '.join(entitled.why)}",),
        eligibility=entitled,
    )


def _leaning(value: Value) -> Truth:
    return value.lean if value.truth is None else value.truth


def _groups(rules: Sequence[Rule], possible: frozenset[int]) -> frozenset[str | None]:
    return frozenset(_group(rules, index) for index in possible)


def _group(rules: Sequence[Rule], index: int) -> str | None:
    if index < 0:
        return None
    return NOT_APPLICABLE if rules[index].id == NOT_APPLICABLE else rules[index].group


# ---------------------------------------------------------------- deciding


@lru_cache(maxsize=4096)
def _decided(scheme: Scheme, known: tuple[tuple[str, Truth], ...]) -> Verdict:
    """Samples of a batch often leave the same facts open."""
    return decide(scheme.rules, dict(known))


def decide(rules: Sequence[Rule], known: Mapping[str, Truth]) -> Verdict:
    """Rules that may fire first, given what is known; every unknown fact is tried both ways."""
    missing: dict[str, None] = {}
    possible = _reachable(rules, dict(known), missing)
    unknown = [atom for atom in missing if known.get(atom) is None]
    changing = [] if len(_groups(rules, possible)) == 1 else _changing(rules, known, unknown)
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
    return _groups(rules, _reachable(rules, {**known, atom: value}, {}))


def _first(rules: Sequence[Rule], known: Mapping[str, Truth]) -> str | None:
    for index, rule in enumerate(rules):
        if rule.when.truth(known.get) is True:
            return _group(rules, index)
    return None


# ---------------------------------------------------------------- saying it


def _result(scheme: Scheme, facts: Facts, values: Mapping[str, Value], verdict: Verdict, told: Told) -> RiskResult:
    """`told` is what is reported, `verdict` what holds without leaning on likely facts."""
    certainty, shown = told.certainty, told.verdict
    entry, rules = scheme.entry, scheme.rules
    settled = certainty != "not_assessable"
    possible = [rules[index] for index in sorted(shown.possible) if index >= 0]
    group = next(iter(_groups(rules, shown.possible))) if settled else (entry.unresolved or None)
    outside = group == NOT_APPLICABLE
    if outside or (settled and group is None):
        group, certainty = None, "not_assessable"
    said = Said() if outside else _said(scheme, facts)
    if entry.kind == "flags" and not outside and settled:
        certainty = told.certainty if not said.missing else "provisional" if said.flags else "not_assessable"
    earlier = settled and _earlier(possible, told, values)
    if certainty == "certain" and (said.cautions or earlier):
        certainty = "provisional"
    missing = () if outside else (*_missing(scheme, values, verdict), *said.missing)
    could_change = verdict.could_change if certainty != "certain" and not outside else ()
    return RiskResult(
        scheme=entry.name,
        version=entry.version,
        group=group,
        certainty=certainty,
        rule="; or ".join(f"{rule.id}: {rule.text}" for rule in possible) if settled and possible else None,
        facts=_facts(rules, possible, told, values),
        missing=tuple(dict.fromkeys(missing)),
        sources=tuple(dict.fromkeys([entry.source, *(rule.source for rule in (possible if settled else rules))])),
        flags=said.flags,
        transplant=said.transplant,
        notes=(*_notes(entry, facts, group, possible, settled, outside), *said.cautions, *said.notes),
        matched=_matched(possible if settled else (), values, facts),
        could_change=tuple(dict.fromkeys(_words(values, could_change))),
        open_facts=_open_facts(could_change, facts),
        from_earlier=earlier,
    )


def _missing(scheme: Scheme, values: Mapping[str, Value], verdict: Verdict) -> list[str]:
    """Unknown facts that were met; of a list, every open item of it even where one is enough."""
    if scheme.entry.list_open:
        return [values[atom].words for atom in scheme.atoms if values[atom].truth is None]
    return _words(values, verdict.missing)


def _words(values: Mapping[str, Value], atoms: Sequence[str]) -> list[str]:
    return [words for atom in atoms for words in (values[atom].behind or (values[atom].words,))]


def _open_facts(atoms: Sequence[str], facts: Facts) -> tuple[str, ...]:
    """Atoms of lesions and clinical facts; where the group of another scheme is open, those behind it."""
    found = [(atom, atom.removeprefix("scheme:").partition("=")[0]) for atom in atoms]
    spread = [facts.open_facts[id] if atom != id and id in facts.open_facts else (atom,) for atom, id in found]
    return tuple(dict.fromkeys(part for parts in spread for part in parts))


def _facts(rules: Sequence[Rule], possible: Sequence[Rule], told: Told, values: Mapping[str, Value]) -> tuple[str, ...]:
    """What the decision rests on: what made the rule true; where no rule did, every known fact."""
    settled = told.certainty != "not_assessable"
    grounds = [atom for rule in possible for atom in rule.when.grounds(told.truths.get)] if settled else []
    atoms = grounds or [atom for rule in rules for atom in rule.when.atoms()]
    known = [atom for atom in atoms if values[atom].truth is not None and not _guessed(values[atom], atom)]
    return tuple(dict.fromkeys(values[atom].words for atom in known))


def _guessed(value: Value, atom: str) -> bool:
    """`known:` and `open:` answer for facts that are not known: nothing that a decision may be said to rest on."""
    return atom.startswith(PREFIXES) and value.truth is atom.startswith("open:")


def _with_others(matched: Sequence[str], of_schemes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Where the group of another scheme made the rule true, the lesions that made that group."""
    return tuple(dict.fromkeys(id for name in matched for id in of_schemes.get(name, (name,))))


def _matched(possible: Sequence[Rule], values: Mapping[str, Value], facts: Facts) -> tuple[str, ...]:
    """Ids of detected lesions, and of other schemes, that made the rule true."""
    atoms = [atom for rule in possible for atom in rule.when.supports(lambda atom: values[atom].truth)]
    names = [atom.removeprefix("known:").partition("=")[0].partition(".")[0] for atom in atoms]
    known = [name.removeprefix("scheme:") for name in names if name in facts.calls or name.startswith("scheme:")]
    return tuple(dict.fromkeys(known))


@dataclass(frozen=True, slots=True)
class Said:
    """Annotations of a scheme that hold, by their kind; `missing`: facts that leave its flags open."""

    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()  # a group that they speak of is never certain
    transplant: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def _said(scheme: Scheme, facts: Facts) -> Said:
    found: dict[str, list[str]] = {"flag": [], "note": [], "caution": [], "transplant": []}
    missing: list[str] = []
    for row, when in scheme.flags:
        truth = when.truth(facts.truth)
        if truth is True:
            text = row.text + (" (field knowledge, source not re-read)" if row.mark == "K" else "")
            found[row.kind].append(text)
        elif truth is None and row.kind == "flag" and scheme.entry.kind == "flags":
            missing += [facts.value(atom).words for atom in when.undecided(facts.truth)]
    flags, notes, cautions, transplant = (tuple(texts) for texts in found.values())
    return Said(flags, notes, cautions, transplant, tuple(missing))


def _earlier(possible: Sequence[Rule], told: Told, values: Mapping[str, Value]) -> bool:
    """Does the group rest on a lesion that only an earlier sample showed?"""
    return any(values[atom].earlier for rule in possible for atom in rule.when.grounds(told.truths.get))


def _notes(
    entry: SchemeRow, facts: Facts, group: str | None, possible: Sequence[Rule], settled: bool, outside: bool
) -> tuple[str, ...]:
    if outside:
        return (f"not applicable: {entry.applies_text}",)
    notes = [entry.note] if entry.note else []
    if not settled and entry.kind == "table":
        names = dict.fromkeys(NOT_APPLICABLE if r.id == NOT_APPLICABLE else r.group or r.text for r in possible)
        notes.append(f"still possible: {'; '.join(names)}")
    marks = {rule.mark for rule in possible} if group is not None else set()
    if "K" in marks:
        notes.append("the rule is field knowledge; its source was not re-read")
    if "E" in marks:
        notes.append("the rule is an engineering default, not published")
    if entry.setting == "diagnosis" and (facts.timepoint or "").startswith("relapse"):
        notes.append("made for newly diagnosed disease; not transferred to relapse")
    return tuple(notes)
