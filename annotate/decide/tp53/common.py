"""What both TP53 lesions ask of copy number."""

from __future__ import annotations

from annotate.decide.case import Case
from annotate.model.copy_number import GeneCopies
from annotate.model.evidence import Evidence
from annotate.model.state import State

GENE = "TP53"


# ---------------------------------------------------------------- the inputs


def one_allele(copies: GeneCopies) -> bool:
    """At least two copies, all of one allele."""
    if copies.call == "cnloh":
        return True
    total, minor = copies.total, copies.minor
    return total is not None and minor is not None and total >= 1.5 and minor < 0.5


def doubled(case: Case) -> bool:
    """Is a doubled (masked) hypodiploid clone found or in doubt?"""
    call = case.calls.get("hypodiploidy")
    return (
        call is not None
        and bool(call.masked)
        and call.state
        in (
            State.DETECTED,
            State.DETECTED_SUBCLONAL,
            State.EQUIVOCAL,
        )
    )


def hypodiploid(case: Case) -> bool:
    """Is a hypodiploid clone found?"""
    call = case.calls.get("hypodiploidy")
    return call is not None and call.state.present


def copies_evidence(copies: GeneCopies) -> tuple[Evidence, ...]:
    """The segments over TP53 as evidence; the copies themselves where none is kept."""
    if copies.evidence:
        return copies.evidence
    values = {"total": copies.total, "minor": copies.minor, "call": copies.call, "level": copies.level}
    return (Evidence(kind="segment", summary=copies_text(copies), rule="copies of TP53", values=values),)


def copies_text(copies: GeneCopies) -> str:
    """Copies of TP53 and of its other allele in words."""
    total = "copies unknown" if copies.total is None else f"{copies.total:.3g} copies"
    minor = "" if copies.minor is None else f", {copies.minor:.3g} of the other allele"
    return f"TP53: {total}{minor}"
