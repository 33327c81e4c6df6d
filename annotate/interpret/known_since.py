"""The patient, not the sample: lesions that an earlier sample showed and this one could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.model.lesion import LesionCall
from annotate.model.options import KnownSince
from annotate.model.state import State

Calls = Mapping[str, LesionCall]
OPEN = (State.NOT_ASSESSABLE, State.EQUIVOCAL)


@frozen
class Earlier:
    """The lesions of one earlier sample of the same patient."""

    sample: str
    timepoint: str
    calls: Calls


def known_since(call: LesionCall, earlier: Sequence[Earlier]) -> tuple[KnownSince, LesionCall] | None:
    """The last earlier sample that could tell, if it showed the lesion. `earlier` in the order of time."""
    for one in reversed(earlier):
        before = one.calls.get(call.id)
        if before is None or before.state in OPEN:
            continue
        if before.state is State.NOT_DETECTED:
            return None
        return KnownSince(one.timepoint, one.sample, before.state.value), before
    return None


def with_history(calls: Calls, earlier: Sequence[Earlier]) -> tuple[dict[str, LesionCall], dict[str, LesionCall]]:
    """The calls as they are reported, and as they count for the patient.

    Reported: the state of this sample, with what is known from before. Counting: where this sample could not tell at
    all, the earlier call stands in, marked as such. An equivocal call stays open: an input of this sample spoke.
    """
    reported, counting = dict(calls), dict(calls)
    for id, call in calls.items():
        found = known_since(call, earlier) if call.state in OPEN else None
        if found is None:
            continue
        since, before = found
        reported[id] = replace(call, known_since=since)
        if call.state is State.NOT_ASSESSABLE:
            counting[id] = replace(before, known_since=since)
    return reported, counting


__all__ = ["Earlier", "known_since", "with_history"]
