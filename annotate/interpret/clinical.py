"""Clinical numbers of one child as of one sample: age, time to relapse, number of the relapse, lineage.

Each is given with the words that say it, or None with the words of what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from math import floor

from annotate.base.frozen import frozen
from annotate.model.sample import Patient

MONTHS = 12
# Columns of the clinical sheet that a condition rests on, where its name is not that of a column.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "months_from_diagnosis": ("diagnosis_date", "relapse_date"),
    "months_from_end_of_therapy": ("end_of_therapy_date", "relapse_date"),
    "age_years": ("age_at_diagnosis_years",),
    "lineage": ("immunophenotype",),
    "relapse_number": ("relapse_number",),
}


@frozen
class Known:
    """A number and how to say it. `at_least`: the true number is this or more."""

    number: float | None
    words: str
    at_least: bool = False


def missing_columns(atom: str, patient: Patient | None) -> tuple[str, ...]:
    """Empty columns of the clinical sheet that an atom of a condition asks for; none for an atom of a lesion."""
    name = re.split(r"[=<>]", atom.rpartition(":")[2])[0]
    own = (name.removeprefix("patient."),) if name.startswith("patient.") else COLUMNS.get(name, ())
    return tuple(column for column in own if patient is None or getattr(patient, column) in (None, ()))


def is_relapse(timepoint: str | None) -> bool:
    """Is the time point a relapse, of whatever number?"""
    return (timepoint or "").startswith("relapse")


def lineage(patient: Patient | None, timepoint: str | None) -> tuple[str | None, str]:
    """Of the relapse where it is told for one, else of the diagnosis: a lineage may switch."""
    own = patient.relapse_lineage if patient is not None and is_relapse(timepoint) else None
    if own:
        return own, f"lineage of the relapse: {own}"
    first = patient.immunophenotype if patient is not None else None
    return (first, f"immunophenotype: {first}") if first else (None, "immunophenotype is not given")


def age_years(patient: Patient | None, timepoint: str | None) -> Known:
    """Age at the sample, in years; of a relapse without its date at least the age at diagnosis."""
    start = patient.age_at_diagnosis_years if patient is not None else None
    if patient is None or start is None:
        return Known(None, "age_at_diagnosis_years is not given")
    dated = timepoint is None and bool(patient.relapse_date)
    if not (is_relapse(timepoint) or dated):
        return Known(start, f"age {start:g} years", at_least=timepoint is None)
    if not (patient.diagnosis_date and patient.relapse_date):
        return Known(start, f"age at least {start:g} years", at_least=True)
    passed = months_between(date.fromisoformat(patient.diagnosis_date), date.fromisoformat(patient.relapse_date))
    if passed < 0:
        return Known(start, f"age at least {start:g} years", at_least=True)
    now = start + passed / MONTHS
    return Known(now, f"age {now:.1f} years")


def months_from_diagnosis(patient: Patient) -> Known:
    """Months from diagnosis to relapse; unknown where a date is missing."""
    return _months("diagnosis", "diagnosis_date", patient.diagnosis_date, patient.relapse_date)


def months_from_end_of_therapy(patient: Patient) -> Known:
    """Negative during therapy. A relapse on therapy needs no date of an end that was not reached."""
    start, end = patient.diagnosis_date, patient.end_of_therapy_date
    if start and end and end <= start:
        return Known(None, f"end_of_therapy_date {end} is not after diagnosis_date {start}")
    if patient.on_therapy_at_relapse and not patient.end_of_therapy_date:
        return Known(-1.0, "relapse on therapy")
    found = _months("end of therapy", "end_of_therapy_date", patient.end_of_therapy_date, patient.relapse_date)
    if patient.on_therapy_at_relapse and found.number is not None and found.number > 0:
        return Known(None, f"on_therapy_at_relapse is yes, but {found.words}")
    return found


def relapse_number(patient: Patient | None, timepoint: str | None) -> Known:
    """Of the sample's own time point, else of the clinical sheet. A bare `relapse` is the one that the sheet counts."""
    match = re.fullmatch(r"relapse(\d*)", timepoint or "")
    number = patient.relapse_number if patient is not None else None
    if match and (match[1] or number is None or number <= 1):
        return Known(float(match[1] or 1), f"time point: {timepoint}")
    if match:
        return Known(float(number or 1), f"time point: {timepoint}, relapse {number} by the clinical sheet")
    return Known(None, "relapse_number is not given") if number is None else Known(float(number), f"relapse {number}")


def _months(start_name: str, column: str, start: str | None, end: str | None) -> Known:
    if not end:
        return Known(None, "relapse_date is not given")
    if not start:
        return Known(None, f"{column} is not given")
    months = months_between(date.fromisoformat(start), date.fromisoformat(end))
    if start_name == "diagnosis" and months < 0:
        return Known(None, f"relapse_date {end} is before diagnosis_date {start}")
    where = "after" if months >= 0 else "before"
    return Known(months, f"relapse {shown_months(abs(months)):.1f} months {where} {start_name}")


def months_between(start: date, end: date) -> float:
    """Calendar months: whole at each anniversary of the day, the last day of a shorter month included.

    >>> months_between(date(2020, 1, 31), date(2021, 7, 31)), months_between(date(2020, 8, 31), date(2021, 2, 28))
    (18.0, 6.0)
    """
    whole = (end.year - start.year) * MONTHS + end.month - start.month
    if _anniversary(start, whole) > end:
        whole -= 1
    last, following = _anniversary(start, whole), _anniversary(start, whole + 1)
    return whole + (end - last).days / (following - last).days


def shown_months(months: float) -> float:
    """Rounded down to a tenth, so that a day below a limit of a scheme is never shown as the limit.

    >>> shown_months(17.97), shown_months(18.0)
    (17.9, 18.0)
    """
    return floor(months * 10 + 1e-6) / 10


def _anniversary(start: date, months: int) -> date:
    year, month = divmod(start.year * MONTHS + start.month - 1 + months, MONTHS)
    for day in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day, start.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
