"""The earlier samples of a patient, and the block `evolution` of a report: what changed since.

It is made from the earlier samples' own inputs, not from their reports, so that a sample's report depends neither on
the order in which samples are written nor on whether an earlier one failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotate.base.errors import AllertError
from annotate.base.frozen import frozen
from annotate.base.settings import Settings
from annotate.interpret.analysis import Analysis
from annotate.interpret.known_since import Earlier
from annotate.model.sample import Patient, Sample
from annotate.run.patient_cases import PatientCases


@frozen
class EarlierSamples:
    """The samples of a patient before one of them, read; `unread` says which could not be."""

    analyses: tuple[Analysis, ...] = ()
    unread: tuple[str, ...] = ()
    later: int = 0  # further time points, before which this one stands first

    @property
    def calls(self) -> tuple[Earlier, ...]:
        """Lesions by sample in the order of time; normals have none."""
        own = [one.case.sample for one in self.analyses]
        found = [
            Earlier(sample.sample, sample.timepoint, analysis.calls)
            for sample, analysis in zip(own, self.analyses, strict=True)
            if not sample.timepoint.startswith("remission")
        ]
        return tuple(sorted(found, key=lambda one: _rank(one.timepoint)))


def read_earlier(
    own: Sample, others: Sequence[Sample], patient: Patient | None, settings: Settings, cases: PatientCases
) -> EarlierSamples | None:
    """The earlier of a patient's `others`, and the normals; None where there is nothing to compare.

    An earlier sample that cannot be read is named, and the comparison is made without it.
    """
    from annotate.run.sample import unweighed

    if not others or own.timepoint.startswith(("other", "remission")):
        return None
    before = [other for other in others if precedes(other, own)]
    if not any(not other.timepoint.startswith("remission") for other in before):
        return EarlierSamples(later=len([o for o in others if not o.timepoint.startswith(("other", "remission"))]))
    found, unread = [], []
    for other in before:
        try:
            found.append(unweighed(cases.of(other, patient, settings), settings))
        except AllertError as error:
            unread.append(f"{other.sample} could not be read and is not compared: {error}")
    return EarlierSamples(tuple(found), tuple(unread))


def earlier_block(report: dict[str, Any], analysis: Analysis, earlier: EarlierSamples | None) -> dict[str, Any] | None:
    """What changed since the earlier samples; None for a patient with one sample."""
    own = analysis.case.sample
    if earlier is None:
        return None
    from annotate.base.paths import relative_page
    from annotate.compare import compare
    from annotate.compare.timepoints import TimepointData
    from annotate.report.json.build import build_report

    page = relative_page(own.patient, own.sample)
    if not earlier.analyses and not earlier.unread:
        text = f"The first of {earlier.later + 1} time points; they are compared on the patient's page."
        first = {"summary": text, "identity_alerts": [], "page": page, "compared": []}
        return first if earlier.later else None
    if not earlier.analyses:
        return {"summary": " ".join(earlier.unread), "identity_alerts": [], "page": page, "compared": []}
    found = [TimepointData(build_report(one), one.case.sample) for one in earlier.analyses]
    evolution = compare([*found, TimepointData(report, own)], analysis.case.genome, analysis.case.knowledge)
    return {
        "summary": " ".join([evolution["summary"], *earlier.unread]),
        "identity_alerts": list(evolution["concordance"].get("findings", ())),
        "page": page,
        "compared": [data.sample.sample for data in found],
        "counts": evolution["counts"],
        "warnings": evolution["warnings"],
    }


def precedes(other: Sample, own: Sample) -> bool:
    """Is `other` of an earlier time point, or a normal of the same patient?"""
    if other.timepoint.startswith("other"):
        return False
    return other.timepoint.startswith("remission") or _rank(other.timepoint) < _rank(own.timepoint)


def _rank(timepoint: str) -> tuple[int, int]:
    from annotate.compare.timepoints import rank

    return rank(timepoint)
