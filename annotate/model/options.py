"""Consequences that hang on the child and not on a lesion alone: labels, options, eligibility, confirmation."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from annotate.base.frozen import frozen


class Fit(StrEnum):
    """Does a condition hold for this child? Not known is neither."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not_known"

    @staticmethod
    def of(truth: bool | None) -> Fit:
        """yes, no or, for None, unknown."""
        return Fit.UNKNOWN if truth is None else Fit.YES if truth else Fit.NO


class Eligibility(StrEnum):
    """Whom a scheme is for."""

    ELIGIBLE = "eligible"
    NOT_FOR_THIS_PATIENT = "not_for_this_patient"
    NOT_KNOWN = "not_known"


@frozen
class Entitlement:
    """Is a scheme for this child, and why not; where that is not known, what would exclude the child."""

    status: Eligibility
    why: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@frozen
class KnownSince:
    """A lesion that this sample could not show and an earlier one did."""

    timepoint: str
    sample: str
    state: str  # of the earlier sample


@frozen
class Label:
    """An approval of a drug in one jurisdiction, its indication, and whether this child is inside it.

    `as_of` is the date that the text speaks for; `read_on` the day it was read, None where it was not.
    """

    jurisdiction: str
    status: str
    as_of: str
    indication: str = ""
    fits: Fit = Fit.UNKNOWN
    read_on: str | None = None
    sources: tuple[str, ...] = ()


@frozen
class Trial:
    """A registered trial with its state as of a date."""

    id: str
    title: str
    status: str
    as_of: str


@frozen
class Option:
    """A treatment that the literature names for a child like this one, with what speaks against it here."""

    id: str
    drug: str
    drug_class: str
    conditions: tuple[str, ...]
    direction: Literal["sensitivity", "resistance", "contraindicated", "unknown", "caution"]
    tier: str
    evidence_level: str
    setting: str
    label: Fit  # inside any label that could be read
    label_text: str
    approvals: tuple[Label, ...]
    trials: tuple[Trial, ...]
    caveats: tuple[str, ...]
    contradicted_by: tuple[str, ...]
    sources: tuple[str, ...]
    lesion: str | None = None
    mark: str = ""


@frozen
class ConfirmationTest:
    """A test by another method that confirms a lesion or follows it."""

    lesion: str
    test: str
    probe_or_assay: str
    why: str
    sources: tuple[str, ...] = ()
