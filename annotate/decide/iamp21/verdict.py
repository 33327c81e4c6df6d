"""The verdict on iAMP21 and how two of them are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State

GENE = "RUNX1"
FISH = "RUNX1 FISH"
PURITY = "the share of leukaemic cells (column `purity`)"
FINER = "copy number of finer resolution (whole genome or SNP array)"


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    leaning: Literal["likely", "unclear"] | None = None
    tier: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def joined(chosen: Verdict, other: Verdict | None) -> Verdict:
    if other is None:
        return chosen
    return replace(
        chosen,
        reasons=(*chosen.reasons, *other.reasons),
        evidence=(*chosen.evidence, *other.evidence),
        details={**other.details, **chosen.details},
    )


def excluded(verdict: Verdict) -> bool:
    return any(reason.code is Code.RULED_OUT and "ETV6::RUNX1" in reason.text for reason in verdict.reasons)
