"""What is said of a scheme: its group, the facts that it rests on, what is missing, annotations that hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.base.frozen import frozen
from annotate.interpret.facts import Facts, Value
from annotate.interpret.scheme_decision import Told, Verdict, groups_of
from annotate.interpret.scheme_tables import NOT_APPLICABLE, Rule, Scheme
from annotate.knowledge.conditions import PREFIXES
from annotate.knowledge.specs.interpretation import SchemeRow
from annotate.model.interpretation import RiskResult
from annotate.model.options import Entitlement


def result_of(scheme: Scheme, facts: Facts, values: Mapping[str, Value], verdict: Verdict, told: Told) -> RiskResult:
    """`told` is what is reported, `verdict` what holds without leaning on likely facts."""
    certainty, shown = told.certainty, told.verdict
    entry, rules = scheme.entry, scheme.rules
    settled = certainty != "not_assessable"
    possible = [rules[index] for index in sorted(shown.possible) if index >= 0]
    group = next(iter(groups_of(rules, shown.possible))) if settled else (entry.unresolved or None)
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
        sources=tuple(dict.fromkeys([entry.citation, *(rule.source for rule in (possible if settled else rules))])),
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


def with_others(matched: Sequence[str], of_schemes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Where the group of another scheme made the rule true, the lesions that made that group."""
    return tuple(dict.fromkeys(id for name in matched for id in of_schemes.get(name, (name,))))


def _matched(possible: Sequence[Rule], values: Mapping[str, Value], facts: Facts) -> tuple[str, ...]:
    """Ids of detected lesions, and of other schemes, that made the rule true."""
    atoms = [atom for rule in possible for atom in rule.when.supports(lambda atom: values[atom].truth)]
    names = [atom.removeprefix("known:").partition("=")[0].partition(".")[0] for atom in atoms]
    known = [name.removeprefix("scheme:") for name in names if name in facts.calls or name.startswith("scheme:")]
    return tuple(dict.fromkeys(known))


@frozen
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


def not_for(scheme: Scheme, entitled: Entitlement) -> RiskResult:
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
        sources=entitled.sources or (entry.citation,),
        notes=(f"not for this patient, because {'; '.join(entitled.why)}",),
        eligibility=entitled,
    )


__all__ = ["not_for", "result_of", "with_others"]
