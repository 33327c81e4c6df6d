"""Everything that follows for this child from the lesions of the sample, of earlier samples, and the clinical sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.base.frozen import frozen
from annotate.decide.call import settling_inputs
from annotate.decide.case import Case
from annotate.interpret.confirmation import confirmation_tests
from annotate.interpret.entities import classify
from annotate.interpret.facts import Facts
from annotate.interpret.options import options_for
from annotate.interpret.priorities import Picture, Wish, open_lesions, wishes
from annotate.interpret.schemes import evaluate_all
from annotate.interpret.signed import signed
from annotate.interpret.therapies import therapies_for
from annotate.model.interpretation import Classification, RiskResult, Therapy
from annotate.model.lesion import LesionCall
from annotate.model.options import ConfirmationTest, Option


@frozen
class Board:
    """What a tumour board is told."""

    risk: tuple[RiskResult, ...]
    classification: tuple[Classification, ...]
    therapies: tuple[Therapy, ...]
    options: tuple[Option, ...]
    confirmation: tuple[ConfirmationTest, ...]
    wishes: tuple[Wish, ...]
    signed: Mapping[str, int]


def board(case: Case, calls: Mapping[str, LesionCall], prompts: Sequence[Mapping[str, object]]) -> Board:
    """`calls` as they count for the patient: what an earlier sample showed stands in where this one could not tell."""
    patient, knowledge, timepoint = case.patient, case.knowledge, case.sample.timepoint
    risk, groups = evaluate_all(calls, patient, knowledge, timepoint, case.profile)
    facts = Facts(
        calls,
        patient,
        knowledge,
        timepoint,
        variants=case.small.variants if case.small else (),
        profile=case.profile,
        groups=groups,
        germline=genes_in_question(prompts),
    )
    therapies = therapies_for(facts)
    options = options_for(facts, therapies)
    return Board(
        risk=risk,
        classification=classify(calls, patient, knowledge, timepoint),
        therapies=therapies,
        options=options,
        confirmation=confirmation_tests(facts),
        wishes=tuple(wishes(Picture(facts, risk, therapies), _inputs_for(case, calls))),
        signed=signed(facts, risk, options),
    )


def genes_in_question(prompts: Sequence[Mapping[str, object]]) -> frozenset[str]:
    """Genes whose germline change the prompts ask about."""
    return frozenset(str(prompt["gene"]) for prompt in prompts if prompt.get("gene"))


def _inputs_for(case: Case, calls: Mapping[str, LesionCall]) -> dict[str, Sequence[str]]:
    """By open lesion, what would settle it: as its reasons say, else the first input that could."""
    found: dict[str, Sequence[str]] = {}
    for call in open_lesions(calls):
        wanted = [reason.settles for reason in call.reasons if reason.settles]
        found[call.id] = wanted or settling_inputs(case, call.id)[:1]
    return found


__all__ = ["Board", "board", "genes_in_question"]
