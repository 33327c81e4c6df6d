"""The clinical sheet: one row a patient. Numbers have units and ranges, dates an order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from annotate.base.frozen import frozen
from annotate.model.sample import Patient
from annotate.read.sheets.faults import Faults
from annotate.read.sheets.samples import unique
from annotate.read.sheets.sheet import Entry, read_sheet

NUMBERS = (
    "age_at_diagnosis_years",
    "wbc_at_diagnosis",
    "marrow_blasts_percent",
    "eoi_mrd",
    "mrd_sensitivity",
    "thiopurine_start_dose_mg_m2",
)
BOOLEANS = ("prior_hsct", "down_syndrome", "on_therapy_at_relapse")
ANTIGENS = ("cd19", "cd22")
LISTS = ("sites", "prior_therapy")
DATES = ("diagnosis_date", "end_of_therapy_date", "relapse_date")
# (earlier, later): the end of therapy may follow a relapse that came under therapy
IN_ORDER = (("diagnosis_date", "end_of_therapy_date"), ("diagnosis_date", "relapse_date"))


@frozen
class ClinicalSheet:
    """Every patient of a clinical sheet, and what was taken otherwise than written."""

    patients: tuple[Patient, ...]
    notes: tuple[str, ...]


def read_patients(path: Path, only: Collection[str] | None = None) -> tuple[Patient, ...]:
    """Every patient of the clinical sheet: `read_clinical_sheet` without its notes."""
    return read_clinical_sheet(path, only).patients


def read_clinical_sheet(path: Path, only: Collection[str] | None = None) -> ClinicalSheet:
    """Every patient of the clinical sheet. `only` limits the faults that stop to the patients named.

    Errors: SheetError with every fault, doubtful values asked back; InputError for a file that is no sheet.
    """
    faults = Faults(path)
    sheet = read_sheet(path, "patients", faults)
    unique(sheet.entries, "patient", faults)
    for entry in sheet.entries:
        _check_days(entry, faults)
        _check_blasts(entry, faults)
    asked = [entry.line for entry in sheet.entries if only is None or entry.cells.get("patient") in only]
    faults.stop(None if only is None else asked)
    bad = faults.lines()
    kept = [entry for entry in sheet.entries if entry.line not in bad]
    doubts = {entry.line: (*entry.notes, *_suspicious(entry)) for entry in kept}
    patients = tuple(replace(patient_of_row(entry.cells), notes=doubts[entry.line]) for entry in kept)
    notes = [f"line {line}: {note}" for line, own in doubts.items() for note in own]
    return ClinicalSheet(patients, (*sheet.notes, *notes))


def patient_of_row(row: Mapping[str, str]) -> Patient:
    """One row in the words of the schema as a Patient. Empty cells are None."""
    given: dict[str, Any] = {column: value for column, value in row.items() if value}
    for column in NUMBERS:
        if column in given:
            given[column] = float(given[column])
    if "relapse_number" in given:
        given["relapse_number"] = int(given["relapse_number"])
    for column in LISTS:
        if column in given:
            given[column] = tuple(part.strip() for part in given[column].split(";") if part.strip())
    for column in BOOLEANS:
        if column in given:
            given[column] = given[column] == "yes"
    for column in ANTIGENS:
        if given.get(column) == "unknown":
            del given[column]
    return Patient(**given)


def _check_days(entry: Entry, faults: Faults) -> None:
    """What happened lies in the past; the end of therapy may be planned."""
    for column, day in _days(entry).items():
        if column != "end_of_therapy_date" and day > date.today():
            faults.add(
                "date lies in the future", line=entry.line, column=column, found=day.isoformat(), fix="mend the date"
            )


def _days(entry: Entry) -> dict[str, date]:
    return {column: date.fromisoformat(entry.cells[column]) for column in DATES if entry.cells.get(column)}


def _check_blasts(entry: Entry, faults: Faults) -> None:
    """A bare number up to 1 may be a fraction: 0.84 for 84 % would turn a marrow full of blasts into a clear one.

    In a relapse outside of the marrow 0.5 is what is expected of it, and is taken.
    """
    cell = entry.cells.get("marrow_blasts_percent", "")
    blasts = float(cell or 0)
    stated = any(note.startswith("marrow_blasts_percent:") for note in entry.notes)  # with its sign
    elsewhere = entry.cells.get("sites") and "BM" not in entry.cells["sites"].split(";")
    if 0 < blasts <= 1 and not stated and not elsewhere:
        faults.add(
            "a fraction where a percentage is asked?",
            line=entry.line,
            column="marrow_blasts_percent",
            found=cell,
            expected="0 to 100 %",
            fix=f"is it {100 * blasts:g} %? Then write {100 * blasts:g}; if it is {blasts:g} %, write '{blasts:g} %'",
        )


def _suspicious(entry: Entry) -> Sequence[str]:
    """What is impossible together, or possible and rarely meant: said, and left to the schemes, which need it whole."""
    days = _days(entry)
    found = [
        f"{later} ({days[later]}) lies before {earlier} ({days[earlier]}): mend the date that is wrong"
        for earlier, later in IN_ORDER
        if earlier in days and later in days and days[later] < days[earlier]
    ]
    age = float(entry.cells.get("age_at_diagnosis_years") or 0)
    if age > 25:
        found.append(f"age_at_diagnosis_years: {age:g} years; if it is in months, write {age / 12:.1f}")
    mrd, limit = (float(entry.cells.get(column) or 0) for column in ("eoi_mrd", "mrd_sensitivity"))
    if 0 < mrd < limit:
        found.append(f"eoi_mrd: {mrd:g} lies below mrd_sensitivity, {limit:g}")
    relapse = [c for c in ("relapse_number", "relapse_date", "sites", "relapse_lineage") if c in entry.cells]
    if relapse == ["relapse_number"]:
        found.append("relapse_number: a relapse without date and site; risk schemes of relapse need both")
    return found
