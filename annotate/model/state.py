"""States, reason codes and reasons: what can be said of a lesion, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from annotate.base.frozen import frozen

Leaning = Literal["likely", "unclear"]
StateName = Literal["detected", "detected_subclonal", "equivocal", "not_detected", "not_assessable"]  # of `State`


class State(StrEnum):
    """What can be said of a lesion in one sample."""

    DETECTED = "detected"
    DETECTED_SUBCLONAL = "detected_subclonal"
    EQUIVOCAL = "equivocal"
    NOT_DETECTED = "not_detected"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def present(self) -> bool:
        """Is the lesion there, in the main clone or a subclone?"""
        return self in PRESENT


PRESENT = (State.DETECTED, State.DETECTED_SUBCLONAL)
"""The states of a lesion that is there."""


class Code(StrEnum):
    """Reason codes: why a state is what it is. The first twelve are the specification's (0.3)."""

    INPUT_ABSENT = "INPUT_ABSENT"
    INPUT_LACKS_BAF = "INPUT_LACKS_BAF"
    REGION_NOT_COVERED = "REGION_NOT_COVERED"
    DEPTH_BELOW_LOD = "DEPTH_BELOW_LOD"
    PURITY_TOO_LOW = "PURITY_TOO_LOW"
    CALLER_CLASS_UNSUITABLE = "CALLER_CLASS_UNSUITABLE"
    REPEAT_REGION = "REPEAT_REGION"
    NEEDS_RNA = "NEEDS_RNA"
    NEEDS_GEX = "NEEDS_GEX"
    NEEDS_GERMLINE = "NEEDS_GERMLINE"
    BUILD_LIMITATION = "BUILD_LIMITATION"
    CLINICAL_FIELD_MISSING = "CLINICAL_FIELD_MISSING"
    # ours, for states that are not about a missing input
    EVIDENCE_FOUND = "EVIDENCE_FOUND"
    EVIDENCE_INCOMPLETE = "EVIDENCE_INCOMPLETE"
    EVIDENCE_CONFLICT = "EVIDENCE_CONFLICT"
    LOOKED_AND_NOT_FOUND = "LOOKED_AND_NOT_FOUND"
    RULED_OUT = "RULED_OUT"
    PLOIDY_UNCERTAIN = "PLOIDY_UNCERTAIN"
    SCALE_UNKNOWN = "SCALE_UNKNOWN"  # how the log2 of this array follows copies
    RESOLUTION_TOO_COARSE = "RESOLUTION_TOO_COARSE"
    KARYOTYPE_ONLY = "KARYOTYPE_ONLY"
    RECORD_OPEN = "RECORD_OPEN"
    NOTE = "NOTE"


@frozen
class Reason:
    """One step of a decision: a code for machines and a sentence for people.

    `settles` names the input that would settle the question (``"allele-specific copy number"``,
    ``"RNA fusion table"``…), where there is one.
    """

    code: Code
    text: str
    settles: str | None = None
