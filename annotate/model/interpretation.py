"""Consequences: risk groups, entities, therapies, pharmacogenes."""

from __future__ import annotations

from typing import Literal

from annotate.base.frozen import frozen
from annotate.model.evidence import Evidence
from annotate.model.options import Entitlement, Fit, Label
from annotate.model.state import Reason, State

# ---------------------------------------------------------------- interpretation


@frozen
class RiskResult:
    """One scheme for one child: its group, the rule that gave it, what is missing and could change it."""

    scheme: str
    version: str
    group: str | None
    certainty: Literal["certain", "provisional", "not_assessable"]
    rule: str | None
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    sources: tuple[str, ...]
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()  # lesion ids that fired the rule
    could_change: tuple[str, ...] = ()  # missing facts that could change the group
    open_facts: tuple[str, ...] = ()  # the same as atoms of conditions, for engines
    from_earlier: bool = False  # the group rests on a lesion that only an earlier sample showed
    eligibility: Entitlement | None = None  # None: a table of lesions, for every child
    transplant: tuple[str, ...] = ()  # what its protocol says of transplantation for this group


@frozen
class Classification:
    """The entity in one system; `also` are others that fit."""

    system: str  # WHO-HAEM5, ICC 2022
    entity: str | None
    certainty: Literal["certain", "provisional", "not_assessable"]
    reasons: tuple[str, ...]
    also: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@frozen
class Approval:
    """Approval of a drug in one jurisdiction, as of a date (`YYYY-MM-DD`)."""

    jurisdiction: str
    status: str
    as_of: str


@frozen
class Therapy:
    """One row of evidence that matches a lesion of this sample, with what contradicts it. Not a recommendation."""

    lesion: str
    drug: str
    direction: Literal["sensitivity", "resistance", "contraindicated", "unknown"]
    tier: str
    evidence_level: str
    setting: str
    approval: Approval | None
    contradicted_by: tuple[str, ...]
    sources: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    mark: str = ""
    knowledge: str = "ALLert"  # or CIViC, or a lab's overlay
    lesion_state: str | None = None
    approvals: tuple[Label, ...] = ()
    fits: Fit | None = None  # does the setting of the row fit this child? None: the row names none


@frozen
class Pharmacogene:
    """Diplotype and phenotype of one gene, or why they cannot be told."""

    gene: str
    diplotype: str | None
    phenotype: str | None
    state: State
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    recommendation: str | None = None
    evidence: tuple[Evidence, ...] = ()
