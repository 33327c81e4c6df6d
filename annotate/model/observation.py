"""What one source of evidence says of one lesion: the only thing that a state is decided from.

A lesion rule states observations and never a state; `annotate.decide.evidence.decide` weighs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from annotate.base.frozen import frozen
from annotate.model.evidence import Evidence
from annotate.model.remark import Remark
from annotate.model.state import Code


class Direction(StrEnum):
    """Which way an observation points."""

    FOR = "for"  # the lesion is there
    AGAINST = "against"  # this source could have shown it, and does not
    BLIND = "blind"  # something hides it: silence says nothing


class Weight(StrEnum):
    """How much an observation says.

    For: a proof establishes the lesion alone, a support does so together with an independent method, a hint never.
    Against: a proof comes from a source that would have shown any clone of leukaemic cells, so it contradicts a proof;
    a support is enough for a negative while nothing speaks for the lesion, but is too coarse to contradict; a hint
    sees the lesion in part and makes no negative.
    Blind: a proof is an open remark of a record at the lesion's place; anything less explains why a source is silent.
    """

    PROOF = "proof"
    SUPPORT = "support"
    HINT = "hint"


class Source(StrEnum):
    """What was looked at. Two observations of one source are not independent of each other."""

    SMALL_VARIANTS = "small_variants"
    ALIGNMENTS = "alignments"
    JUNCTIONS = "structural_variants"
    FUSIONS = "fusions"
    COPY_NUMBER = "copy_number"
    MLPA = "mlpa"
    KARYOTYPE = "karyotype"
    FISH = "fish"
    DNA_INDEX = "dna_index"
    LESIONS = "lesions"  # what other lesions of the sample imply
    NOTHING = "nothing"  # no input at all


class Form(StrEnum):
    """A form that a lesion takes. A negative needs every form of the lesion excluded."""

    ANY = "any"  # the lesion as a whole
    MUTATION = "mutation"
    DELETION = "deletion"
    LOH = "loh"
    FUSION = "fusion"
    AMPLIFICATION = "amplification"


@frozen
class Observation:
    """One thing seen, or one reason why nothing could be seen.

    `subclonal`: seen in a minority of the leukaemic cells. `likely`: how an equivocal call leans, if this is all there
    is. `yields_to`: how many able and silent sources outweigh it (0: none do). `facts` are the numbers used.
    """

    direction: Direction
    weight: Weight
    source: Source
    code: Code
    form: Form = Form.ANY
    subclonal: bool = False
    likely: bool = False
    yields_to: int = 0
    evidence: Evidence | None = None
    remark: Remark | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Conflict:
    """Sources that could all have shown a lesion and disagree on it, and the input that would settle it."""

    lesion: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    settles: str | None = None
