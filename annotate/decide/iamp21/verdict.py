"""The verdict on iAMP21 and how two of them are joined."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.evidence.verdict import Verdict
from annotate.model.state import Code

GENE = "RUNX1"
FISH = "RUNX1 FISH"
PURITY = "the share of leukaemic cells (column `purity`)"
FINER = "copy number of finer resolution (whole genome or SNP array)"


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
