"""The verdict on iAMP21 and how two of them are joined."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.evidence.verdict import Verdict
from annotate.model.details import LesionDetails

GENE = "RUNX1"
FISH = "RUNX1 FISH"
PURITY = "the share of leukaemic cells (column `purity`)"
FINER = "copy number of finer resolution (whole genome or SNP array)"


def joined(chosen: Verdict, other: Verdict | None) -> Verdict:
    """The chosen verdict with the reasons, evidence and details of the other added."""
    if other is None:
        return chosen
    return replace(
        chosen,
        reasons=(*chosen.reasons, *other.reasons),
        evidence=(*chosen.evidence, *other.evidence),
        details={**other.details, **chosen.details},
    )


EXPLAINED: LesionDetails = {"explained_by": "etv6_runx1"}  # of the details of a verdict


def excluded(verdict: Verdict) -> bool:
    """Do extra copies of 21q belong to the der(21) of ETV6::RUNX1?"""
    return verdict.details.get("explained_by") == EXPLAINED["explained_by"]
