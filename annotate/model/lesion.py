"""The nouns: frozen, typed, no behaviour beyond their own facts.

Coordinates are 1-based and inclusive. Contig names carry no `chr`: ``1`` … ``22``, ``X``, ``Y``, ``MT``.
A field that is ``None`` means "not known", never "no" and never zero.
"""

from __future__ import annotations

from dataclasses import field

from annotate.base.frozen import frozen
from annotate.model.details import LesionDetails
from annotate.model.evidence import DetectionLimit, Evidence
from annotate.model.observation import Conflict, Form, Observation
from annotate.model.options import KnownSince
from annotate.model.remark import Remark
from annotate.model.state import Leaning, Reason, State


@frozen
class LesionCall:
    """The answer for one lesion in one sample."""

    id: str
    name: str
    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    limits: tuple[str, ...] = ()
    subtype: str | None = None
    modal_number: int | None = None
    masked: bool | None = None
    leaning: Leaning | None = None
    tier: str | None = None
    detection_limit: DetectionLimit | None = None
    genes: tuple[str, ...] = ()  # genes or fusion partners that carry the lesion, for therapies and the cohort page
    details: LesionDetails = field(default_factory=LesionDetails)
    observations: tuple[Observation, ...] = ()  # what the state was decided from
    forms: frozenset[Form] = frozenset({Form.ANY})  # forms that a negative must exclude
    remarks: tuple[Remark, ...] = ()  # records at its place that a reader did not use
    conflict: Conflict | None = None  # able sources that disagree
    known_since: KnownSince | None = None  # of an earlier sample, where this one could not tell
