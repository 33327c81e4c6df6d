"""A verdict: what one kind of input says of a lesion that is counted rather than found, before all are decided on.

Ploidy and iAMP21 are read from whole profiles, karyotypes and FISH. Each of these gives a verdict of its own;
`observation` is what it adds to the decision.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, field

from annotate.base.frozen import frozen
from annotate.decide.evidence.observe import blinded, excludes, speaks
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code, Leaning, Reason, State


@frozen
class Verdict:
    """What one kind of input says, with the words for it. `below`: chromosomes before a doubling."""

    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    _: KW_ONLY
    subtype: str | None = None
    modal: int | None = None
    masked: bool | None = None
    leaning: Leaning | None = None
    tier: str | None = None
    details: LesionDetails = field(default_factory=LesionDetails)
    below: int | None = None
    seen: tuple[Observation, ...] = ()  # where two inputs made it, what each of them says

    def observation(self, source: Source, against: Weight = Weight.PROOF, *, leans: bool = True) -> Observation:
        """What this verdict adds to the decision. `against`: how much its negative says."""
        if self.state.present:
            return speaks(source, subclonal=self.state is State.DETECTED_SUBCLONAL)
        if self.state is State.EQUIVOCAL:
            return speaks(source, Weight.SUPPORT, likely=leans and self.leaning == "likely")
        if self.state is State.NOT_DETECTED:
            return excludes(source, against)
        return blinded(source, self.reasons[0].code if self.reasons else Code.INPUT_ABSENT)
