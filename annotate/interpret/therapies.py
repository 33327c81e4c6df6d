"""Therapies that the literature names for what was found, for discussion by a tumour board; never a recommendation.

The tables: `therapies` (lesion, drug, level, setting and for whom it `fits`), `therapies_unknown` (what may not be read
as a negative where a lesion was not assessable), and `civic_evidence` as a second, attributed source. Outside the
setting of a row its level is the lower one of the row, and the word is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from annotate.interpret.civic import civic_therapies
from annotate.interpret.contradictions import Contradiction, against, contradictions
from annotate.interpret.facts import STATE_WORDS, Facts, condition_of, truth_of
from annotate.interpret.labels import labels_of
from annotate.knowledge.specs.interpretation import TherapyRow, UnknownTherapyRow
from annotate.knowledge.specs.options import CivicConditionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.interpretation import Approval, Therapy
from annotate.model.lesion import LesionCall
from annotate.model.options import Fit
from annotate.model.sample import Patient
from annotate.model.small_variants import SmallVariant
from annotate.model.state import State

DIRECTIONS = ("sensitivity", "resistance", "contraindicated", "unknown")


def match_therapies(
    calls: Mapping[str, LesionCall],
    variants: Sequence[SmallVariant],
    knowledge: Knowledge,
    profile: CopyNumberProfile | None = None,
    patient: Patient | None = None,
    timepoint: str | None = None,
) -> tuple[Therapy, ...]:
    """Rows of lesions that are detected, with what contradicts each; then what is unknown; then CIViC.

    `profile` tells whether both copies of an antigen gene are hit.
    """
    return therapies_for(Facts(calls, patient, knowledge, timepoint, variants=variants, profile=profile))


def therapies_for(facts: Facts) -> tuple[Therapy, ...]:
    """As `match_therapies`, of facts that are made already."""
    found = contradictions(facts)
    own = [_row(entry, facts, found) for entry in facts.knowledge.rows(TherapyRow) if _applies(entry, facts)]
    civic = [_weighed(therapy, found) for therapy in _civic(facts)]
    order = _order(facts.calls)
    return tuple(sorted((*own, *_unknown(facts)), key=order)) + tuple(sorted(civic, key=order))


def _civic(facts: Facts) -> Iterator[Therapy]:
    """Items of CIViC, but for those whose patients had what this child has not."""
    needs = {row.evidence: row.when for row in facts.knowledge.rows(CivicConditionRow)}
    for therapy in civic_therapies(facts.calls, facts.variants, facts.knowledge):
        asked = [needs[part] for source in therapy.sources for part in source.split() if part in needs]
        if all(truth_of(when, facts) is True for when in asked):
            yield therapy


def _order(calls: Mapping[str, LesionCall]) -> Callable[[Therapy], tuple[int, int, str, str]]:
    rank = {id: place for place, id in enumerate(calls)}
    return lambda therapy: (rank[therapy.lesion], DIRECTIONS.index(therapy.direction), therapy.tier, therapy.drug)


def _holds(facts: Facts, text: str) -> bool:
    return truth_of(text, facts) is True


def _applies(entry: TherapyRow, facts: Facts) -> bool:
    call = facts.calls.get(entry.lesion)
    return call is not None and call.state.present and _holds(facts, entry.when)


def _row(entry: TherapyRow, facts: Facts, found: Sequence[Contradiction]) -> Therapy:
    call = facts.calls[entry.lesion]
    fits = Fit.of(truth_of(entry.fits, facts)) if entry.fits else None
    lower = fits in (Fit.NO, Fit.UNKNOWN)
    therapy = Therapy(
        lesion=entry.lesion,
        drug=entry.drug,
        direction=entry.direction,  # type: ignore[arg-type]
        tier=(entry.outside_tier if lower else None) or entry.tier,
        evidence_level=(entry.outside_level if lower else None) or entry.evidence_level,
        setting=entry.setting,
        approval=_approval(entry),
        contradicted_by=(),
        sources=entry.sources,
        caveats=(*_outside(entry, fits, facts), *entry.caveats, *_lesion_caveats(call)),
        mark=entry.mark,
        knowledge="overlay" if entry.overlay else "ALLert",
        lesion_state=call.state.value,
        approvals=labels_of(entry.drug, facts),
        fits=fits,
    )
    return _weighed(therapy, found, entry.drug_class)


def _outside(entry: TherapyRow, fits: Fit | None, facts: Facts) -> Iterator[str]:
    """The word that must stand beside a drug outside its setting, with this child's own facts."""
    if fits not in (Fit.NO, Fit.UNKNOWN):
        return
    when = condition_of(entry.fits, facts.knowledge)
    known = [facts.value(atom) for atom in when.atoms() if atom != "never"]
    words = [value.words for value in known if (value.truth is None) is (fits is Fit.UNKNOWN)]
    said = "outside this setting" if fits is Fit.NO else "whether this setting fits is not known"
    yield f"{said}: {'; '.join(dict.fromkeys(words))}" if words else said


def _lesion_caveats(call: LesionCall) -> Iterator[str]:
    if call.known_since is not None:
        since = call.known_since
        yield f"the lesion is known since {since.timepoint} ({since.sample}) and was not testable in this sample"
    elif call.state is State.DETECTED_SUBCLONAL:
        yield "the lesion is in a subclone"


def _approval(entry: TherapyRow) -> Approval | None:
    if not entry.approval_status:
        return None
    return Approval(entry.jurisdiction, entry.approval_status, entry.approval_as_of)


def _weighed(therapy: Therapy, found: Sequence[Contradiction], drug_class: str = "") -> Therapy:
    """Adds what contradicts a drug; a class is known for our own rows only."""
    if therapy.knowledge == "CIViC" and therapy.direction != "sensitivity":
        return therapy
    firm, cautions = against(therapy.drug, drug_class, found)
    cautions = [] if firm else cautions
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
    for entry in facts.knowledge.rows(UnknownTherapyRow):
        call = facts.calls.get(entry.lesion)
        if call is None or call.state.present or call.state is State.NOT_DETECTED:
            continue
        if entry.unless and _holds(facts, entry.unless):
            continue
        settle = next((reason.settles for reason in call.reasons if reason.settles), None)
        yield Therapy(
            lesion=call.id,
            drug=entry.drug,
            direction="unknown",
            tier="none",
            evidence_level="none",
            setting=f"{entry.text}: {call.name} {STATE_WORDS[call.state]}",
            approval=None,
            contradicted_by=(),
            sources=entry.sources,
            caveats=(f"{settle} would settle it",) if settle else (),
            mark=entry.mark,
            knowledge="overlay" if entry.overlay else "ALLert",
            lesion_state=call.state.value,
        )
