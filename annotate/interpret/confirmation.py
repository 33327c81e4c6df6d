"""Tests by another method that confirm or follow what was found: the table `confirmation`."""

from __future__ import annotations

from annotate.interpret.facts import Facts, truth_of
from annotate.knowledge.specs.options import ConfirmationRow
from annotate.model.lesion import LesionCall
from annotate.model.options import ConfirmationTest
from annotate.model.state import State

ASKED = (State.DETECTED, State.DETECTED_SUBCLONAL, State.EQUIVOCAL)


def confirmation_tests(facts: Facts) -> tuple[ConfirmationTest, ...]:
    """Rows of lesions that are there or in doubt, in the order of the calls; known from before counts."""
    rank = {id: place for place, id in enumerate(facts.calls)}
    rows = [row for row in facts.knowledge.rows(ConfirmationRow) if _asked(facts.calls.get(row.lesion))]
    return tuple(
        ConfirmationTest(row.lesion, row.test, row.probe_or_assay, row.why, row.sources)
        for row in sorted(rows, key=lambda row: rank[row.lesion])
        if truth_of(row.when, facts) is True
    )


def _asked(call: LesionCall | None) -> bool:
    return call is not None and call.state in ASKED


__all__ = ["confirmation_tests"]
