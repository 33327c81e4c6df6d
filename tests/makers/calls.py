"""Lesion calls as the rules of interpretation meet them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.knowledge.tables import Knowledge
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient
from annotate.model.state import State

D, N, X, Q = State.DETECTED, State.NOT_DETECTED, State.NOT_ASSESSABLE, State.EQUIVOCAL


def call(id: str, state: State = D, subtype: str | None = None, **fields: Any) -> LesionCall:
    return LesionCall(id=id, name=id, state=state, summary="", reasons=(), subtype=subtype, **fields)


def all_calls(others: State = N, **changed: State | LesionCall) -> dict[str, LesionCall]:
    """Every lesion of the table in one state, but for those given."""
    calls = {entry["id"]: call(entry["id"], others) for entry in Knowledge.load().table("lesions")}
    for id, given in changed.items():
        calls[id] = given if isinstance(given, LesionCall) else call(id, given)
    return calls


def hits(*rows: Mapping[str, Any]) -> dict[str, Any]:
    return {"hits": list(rows)}


def patient(**facts: Any) -> Patient:
    return Patient(patient="p", **facts)


ELIGIBLE: dict[str, Any] = {
    "age_at_diagnosis_years": 5.0,
    "prior_hsct": False,
    "down_syndrome": False,
    "prior_therapy": ("imatinib",),
}


def relapse(
    site: str = "BM", *, months: int = 24, after: int | None = None, lineage: str | None = "BCP", **facts: Any
) -> Patient:
    """A first relapse `months` after diagnosis and `after` months after the end of therapy (negative: before).

    Of a child whom no protocol excludes, unless `facts` say otherwise.
    """
    facts = {**ELIGIBLE, **facts}
    year, month = divmod(2018 * 12 + months, 12)
    end = None if after is None else divmod(2018 * 12 + months - after, 12)
    return patient(
        immunophenotype=lineage,
        diagnosis_date="2018-01-15",
        relapse_date=f"{year}-{month + 1:02d}-15",
        end_of_therapy_date=None if end is None else f"{end[0]}-{end[1] + 1:02d}-15",
        sites=tuple(site.split(";")) if site else (),
        relapse_number=1,
        **facts,
    )
