"""Subtypes that classifiers of gene expression or methylation give: held against the DNA, never a lesion."""

from __future__ import annotations

from enum import StrEnum

from annotate.base.frozen import frozen
from annotate.model.sample import InputFile


class Method(StrEnum):
    """What a classifier looks at."""

    EXPRESSION = "expression"
    METHYLATION = "methylation"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the classifier itself is, in its own words; it states no threshold of ours."""

    HIGH = "high"
    LOW = "low"  # a candidate, a manual check, a medium confidence, or unclassified with a best guess
    UNSTATED = "unstated"


class Agreement(StrEnum):
    """How a classifier's label stands to what the lesions of the sample show."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    OPEN = "open"  # the lesions that the label implies were not assessable, or are equivocal
    NO_SUBTYPE = "no_subtype"  # the label names no class: unclassified, control
    UNKNOWN_LABEL = "unknown_label"  # no row of the knowledge table


@frozen
class SubtypeCall:
    """One label of one classifier for this sample. `score` is the classifier's own, whatever it means."""

    classifier: str
    label: str
    method: Method
    version: str | None = None
    score: float | None = None
    confidence: Confidence = Confidence.UNSTATED
    file: str = ""
    record: str = ""


@frozen
class SubtypeCalls:
    """Everything that the classifiers say of this sample."""

    calls: tuple[SubtypeCall, ...]
    inputs: tuple[InputFile, ...]


@frozen
class SubtypeReading:
    """A classifier's label beside the lesions: where they agree, where not, and what would settle it."""

    call: SubtypeCall
    agreement: Agreement
    who_haem5: str | None  # the entity that the label names, None where it names none
    icc_2022: str | None
    lesions: tuple[str, ...]  # ids that the label implies
    reasons: tuple[str, ...]
    settles: str | None = None
    sources: tuple[str, ...] = ()
