"""Therapies that the literature names for what was found, for discussion by a tumour board; never a recommendation.

The tables: `therapies` (lesion, drug, level, setting, approval with jurisdiction and date), `therapies_contradictions`
(what in this very sample speaks against a drug), `therapies_unknown` (what may not be read as a negative where a
lesion was not assessable), and `civic_evidence` as a second, attributed source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotate.interpret.civic import civic_therapies
from annotate.interpret.conditions import expand, parse
from annotate.interpret.facts import STATE_WORDS, Facts
from annotate.knowledge.tables import Entry, Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.interpretation import Approval, Therapy
from annotate.model.lesion import LesionCall
from annotate.model.small_variants import SmallVariant
from annotate.model.state import State

DIRECTIONS = ("sensitivity", "resistance", "contraindicated", "unknown")


def match_therapies(
    calls: Mapping[str, LesionCall],
    variants: Sequence[SmallVariant],
    knowledge: Knowledge,
    profile: CopyNumberProfile | None = None,
) -> tuple[Therapy, ...]:
    """Rows of lesions that are detected, with what contradicts each; then what is unknown; then CIViC.

    `profile` tells whether both copies of an antigen gene are hit.
    """
    facts = Facts(calls, None, knowledge, variants=variants, profile=profile)
    against = contradictions(facts)
    own = [_row(entry, facts, against) for entry in knowledge.table("therapies") if _applies(entry, facts)]
    civic = [_weighed(therapy, against) for therapy in civic_therapies(calls, variants, knowledge)]
    return tuple(sorted((*own, *_unknown(facts)), key=_order(calls))) + tuple(sorted(civic, key=_order(calls)))


def _order(calls: Mapping[str, LesionCall]) -> Callable[[Therapy], tuple[int, int, str, str]]:
    rank = {id: place for place, id in enumerate(calls)}
    return lambda therapy: (rank[therapy.lesion], DIRECTIONS.index(therapy.direction), therapy.tier, therapy.drug)


def _holds(facts: Facts, text: str) -> bool:
    named = {entry["id"]: entry["when"] for entry in facts.knowledge.table("schemes_facts")}
    return expand(parse(text), named).truth(facts.truth) is True


def _applies(entry: Entry, facts: Facts) -> bool:
    call = facts.calls.get(entry["lesion"])
    return call is not None and call.state.present and _holds(facts, entry["when"])


def _row(entry: Entry, facts: Facts, against: Sequence[Contradiction]) -> Therapy:
    therapy = Therapy(
        lesion=entry["lesion"],
        drug=entry["drug"],
        direction=entry["direction"],  # type: ignore[arg-type]
        tier=entry["tier"],
        evidence_level=entry["evidence_level"],
        setting=entry["setting"],
        approval=_approval(entry),
        contradicted_by=(),
        sources=entry.items_of("source"),
        caveats=entry.items_of("caveats"),
        mark=entry["mark"],
        knowledge="overlay" if entry.overlay else "ALLert",
        lesion_state=facts.calls[entry["lesion"]].state.value,
    )
    if therapy.lesion_state == State.DETECTED_SUBCLONAL.value:
        therapy = replace(therapy, caveats=(*therapy.caveats, "the lesion is in a subclone"))
    return _weighed(therapy, against, entry["drug_class"])


def _approval(entry: Entry) -> Approval | None:
    if not entry["approval_status"]:
        return None
    return Approval(entry["jurisdiction"], entry["approval_status"], entry["approval_as_of"])


# ---------------------------------------------------------------- what speaks against a drug here


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A finding of this sample that speaks against drugs, by name or by class (`class:menin inhibitor`)."""

    drugs: tuple[str, ...]
    effect: str  # resistance, contraindicated; caution only adds a caveat
    text: str
    sources: tuple[str, ...]

    def concerns(self, drug: str, drug_class: str) -> bool:
        names = {part.strip().lower().removesuffix(" mesylate") for part in drug.split(";")}
        return bool(names & set(self.drugs)) or f"class:{drug_class}" in self.drugs


def contradictions(facts: Facts) -> tuple[Contradiction, ...]:
    """Rows of `therapies_contradictions` that hold, each with the finding in words."""
    named = {entry["id"]: entry["when"] for entry in facts.knowledge.table("schemes_facts")}
    found = []
    for entry in facts.knowledge.table("therapies_contradictions"):
        when = expand(parse(entry["when"]), named)
        if when.truth(facts.truth) is True:
            seen = "; ".join(dict.fromkeys(facts.value(atom).words for atom in when.supports(facts.truth)))
            text = f"{entry['text']} ({seen}) [{entry['source']}]"
            found.append(Contradiction(entry.items_of("drugs"), entry["effect"], text, entry.items_of("source")))
    return tuple(found)


def _weighed(therapy: Therapy, against: Sequence[Contradiction], drug_class: str = "") -> Therapy:
    """Adds what contradicts a drug; a class is known for our own rows only."""
    concerning = [item for item in against if item.concerns(therapy.drug, drug_class)]
    if therapy.knowledge == "CIViC" and therapy.direction != "sensitivity":
        return therapy
    firm = [item for item in concerning if item.effect != "caution"]
    cautions = [item.text for item in concerning if item.effect == "caution" and not firm]
    direction = therapy.direction
    if direction == "resistance" and any(item.effect == "contraindicated" for item in firm):
        direction = "contraindicated"
    if direction == "resistance" and cautions:
        direction = "unknown"  # one of two copies changed: whether the drug still finds its target is not known
    return replace(
        therapy,
        direction=direction,
        contradicted_by=tuple(item.text for item in firm),
        caveats=tuple(dict.fromkeys((*therapy.caveats, *cautions))),
        sources=tuple(dict.fromkeys((*therapy.sources, *(s for item in firm for s in item.sources)))),
    )


# ---------------------------------------------------------------- what is not known


def _unknown(facts: Facts) -> Iterator[Therapy]:
    """Eligibility that may not be read as negative because the lesion was not assessable or is equivocal."""
    for entry in facts.knowledge.table("therapies_unknown"):
        call = facts.calls.get(entry["lesion"])
        if call is None or call.state.present or call.state is State.NOT_DETECTED:
            continue
        if entry["unless"] and _holds(facts, entry["unless"]):
            continue
        settle = next((reason.settles for reason in call.reasons if reason.settles), None)
        yield Therapy(
            lesion=call.id,
            drug=entry["drug"],
            direction="unknown",
            tier="none",
            evidence_level="none",
            setting=f"{entry['text']}: {call.name} {STATE_WORDS[call.state]}",
            approval=None,
            contradicted_by=(),
            sources=entry.items_of("source"),
            caveats=(f"{settle} would settle it",) if settle else (),
            mark=entry["mark"],
            knowledge="overlay" if entry.overlay else "ALLert",
            lesion_state=call.state.value,
        )
