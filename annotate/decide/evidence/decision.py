"""The one decision: what a set of observations makes of a lesion.

Five questions are asked of the observations (`Questions`); the first row of `TABLE` that fits the answers gives the
state. No lesion, gene or caller is known here, and no text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.model.observation import Direction, Form, Observation, Source, Weight
from annotate.model.state import Code, Leaning, State

WHOLE: frozenset[Form] = frozenset({Form.ANY})


@frozen
class Questions:
    """What is asked of the observations."""

    proven: bool  # does a proof speak for the lesion?
    contradicted: bool  # do as many sources that would have shown the clone not show it, as prove it?
    subclonal: bool  # is every proof seen in a minority of the leukaemic cells?
    suspected: bool  # does anything speak for it that silent sources do not outweigh?
    hidden: bool  # is a record at its place open that only hides it?
    excluded: bool  # is every form of it excluded by a source that could have shown it?


@frozen
class Row:
    """A row of the truth table. None: the answer does not matter."""

    state: State
    code: Code
    meaning: str
    proven: bool | None = None
    contradicted: bool | None = None
    subclonal: bool | None = None
    suspected: bool | None = None
    hidden: bool | None = None
    excluded: bool | None = None

    def fits(self, asked: Questions) -> bool:
        """Does every question that the row asks have the answer that it names? None asks nothing."""
        return all(getattr(self, name) in (None, getattr(asked, name)) for name in ANSWERS)


ANSWERS = ("proven", "contradicted", "subclonal", "suspected", "hidden", "excluded")

TABLE: tuple[Row, ...] = (
    Row(
        State.EQUIVOCAL,
        Code.EVIDENCE_CONFLICT,
        "two able sources disagree",
        proven=True,
        contradicted=True,
    ),
    Row(State.DETECTED_SUBCLONAL, Code.EVIDENCE_FOUND, "proven, in a subclone", proven=True, subclonal=True),
    Row(State.DETECTED, Code.EVIDENCE_FOUND, "proven", proven=True),
    Row(State.EQUIVOCAL, Code.EVIDENCE_INCOMPLETE, "something speaks for it, nothing proves it", suspected=True),
    Row(State.NOT_ASSESSABLE, Code.RECORD_OPEN, "a record at its place could not be used", hidden=True),
    Row(State.NOT_DETECTED, Code.LOOKED_AND_NOT_FOUND, "every form of it was looked for", excluded=True),
    Row(State.NOT_ASSESSABLE, Code.INPUT_ABSENT, "no source could have shown all of it"),
)


@frozen
class Decision:
    """A state, the code of the row that gave it, how it leans, and the sources that speak for and against."""

    state: State
    code: Code
    leaning: Leaning | None
    speaks_for: tuple[Source, ...]
    speaks_against: tuple[Source, ...]

    @property
    def conflict(self) -> bool:
        """Do two able sources disagree?"""
        return self.state is State.EQUIVOCAL and bool(self.speaks_for and self.speaks_against)


def decide(observations: Iterable[Observation], forms: frozenset[Form] = WHOLE) -> Decision:
    """The state of a lesion. `forms`: what must be excluded for a negative."""
    seen = tuple(observations)
    standing = standing_for(seen)
    row = row_of(questions(seen, forms))
    strong = [o for o in standing if o.weight is not Weight.HINT]
    against = [o for o in _able(seen) if any(_contradicts(o, other) for other in strong)]
    return Decision(
        state=row.state,
        code=row.code,
        leaning=_leaning(standing) if row.state is State.EQUIVOCAL else None,
        speaks_for=_sources(strong),
        speaks_against=_sources(against),
    )


@lru_cache(maxsize=64)  # six answers of yes or no
def row_of(asked: Questions) -> Row:
    """The first row that fits."""
    return next(row for row in TABLE if row.fits(asked))


def questions(seen: Sequence[Observation], forms: frozenset[Form] = WHOLE) -> Questions:
    """The answers that a set of observations gives."""
    standing = standing_for(seen)
    proofs = [o for o in standing if o.weight is Weight.PROOF]
    clonal = [o for o in proofs if not o.subclonal]
    return Questions(
        proven=bool(proofs),
        contradicted=_contradicted(seen, clonal),
        subclonal=bool(proofs) and not clonal,
        suspected=bool(standing),
        hidden=any(o.direction is Direction.BLIND and o.weight is Weight.PROOF for o in seen),
        excluded=forms <= _excluded(seen, forms),
    )


def standing_for(seen: Sequence[Observation]) -> tuple[Observation, ...]:
    """Observations for the lesion that as many able, silent sources as they yield to do not outweigh."""
    silent = len({o.source for o in _able(seen)})
    return tuple(o for o in seen if o.direction is Direction.FOR and not (o.yields_to and silent >= o.yields_to))


def _able(seen: Sequence[Observation]) -> tuple[Observation, ...]:
    return tuple(o for o in seen if o.direction is Direction.AGAINST and o.weight is Weight.PROOF)


SEARCHED = frozenset({Source.SMALL_VARIANTS, Source.JUNCTIONS, Source.FUSIONS})
READ = SEARCHED | {Source.ALIGNMENTS}
"""Sources that read the changed sequence itself, and those of them that list what a search called. The silence of a
search does not outweigh a sequence that another source has read: callers miss breakpoints in repeats, and RNA has no
silent gene. It does contradict what bands, probes or copies infer; and reads counted at the place contradict anything.
"""


def _contradicts(against: Observation, speaks_for: Observation) -> bool:
    """Are both of the same form of the lesion, a clone, and from independent sources of which one can overrule?"""
    if speaks_for.subclonal or against.source is speaks_for.source:
        return False
    if against.source in SEARCHED and speaks_for.source in READ:
        return False
    return Form.ANY in (against.form, speaks_for.form) or against.form is speaks_for.form


def _contradicted(seen: Sequence[Observation], clonal: Sequence[Observation]) -> bool:
    """Is no source that proves the clone left over, when each silent one is set against one of them?"""
    against = {a.source for a in _able(seen) if any(_contradicts(a, o) for o in clonal)}
    return bool(against) and len(against) >= len({o.source for o in clonal})


def _excluded(seen: Sequence[Observation], forms: frozenset[Form]) -> frozenset[Form]:
    enough = {o.form for o in seen if o.direction is Direction.AGAINST and o.weight is not Weight.HINT}
    return forms if Form.ANY in enough else frozenset(enough)


def _leaning(standing: Sequence[Observation]) -> Leaning:
    return "likely" if any(o.likely for o in standing) else "unclear"


def _sources(seen: Iterable[Observation]) -> tuple[Source, ...]:
    found = {o.source for o in seen}
    return tuple(source for source in Source if source in found)
