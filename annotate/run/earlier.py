"""The block `evolution` of a sample's report: what changed since the earlier samples of the patient.

It is made from the earlier samples' own inputs, not from their reports, so that a sample's report depends neither on
the order in which samples are written nor on whether an earlier one failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotate.base.errors import AllertError
from annotate.base.settings import Settings
from annotate.model.sample import Patient, Sample

if TYPE_CHECKING:
    from annotate.interpret.analysis import Analysis


def earlier_block(
    report: dict[str, Any],
    analysis: Analysis,
    others: Sequence[Sample],
    patient: Patient | None,
    settings: Settings,
) -> dict[str, Any] | None:
    """None for a patient with one sample; `others` are the patient's other rows of the sheet.

    An earlier sample that cannot be read is named, and the comparison is made without it.
    """
    from annotate.base.paths import relative_page
    from annotate.compare import compare
    from annotate.compare.timepoints import TimepointData

    own = analysis.case.sample
    if not others or own.timepoint.startswith(("other", "remission")):
        return None
    page = relative_page(own.patient, own.sample)
    before = [other for other in others if precedes(other, own)]
    if not any(not other.timepoint.startswith("remission") for other in before):
        later = len([other for other in others if not other.timepoint.startswith(("other", "remission"))])
        text = f"The first of {later + 1} time points; they are compared on the patient's page." if later else ""
        return (
            {"summary": text, "identity_alerts": [], "page": page if later else None, "compared": []} if text else None
        )
    found, unread = [], []
    for other in before:
        try:
            found.append(TimepointData(_report(other, patient, settings), other))
        except AllertError as error:
            unread.append(f"{other.sample} could not be read and is not compared: {error}")
    if not found:
        return {"summary": " ".join(unread), "identity_alerts": [], "page": page, "compared": []}
    evolution = compare([*found, TimepointData(report, own)], analysis.case.genome, analysis.case.knowledge)
    return {
        "summary": " ".join([evolution["summary"], *unread]),
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


def _report(other: Sample, patient: Patient | None, settings: Settings) -> dict[str, Any]:
    from annotate.report.json.build import build_report
    from annotate.run.sample import analyse

    return build_report(analyse(other, patient, settings))
