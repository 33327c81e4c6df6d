"""The clinical sheet: one row a patient. Numbers have units and ranges, dates an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

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
ORDER = ("diagnosis_date", "end_of_therapy_date", "relapse_date")
# (earlier, later): the end of therapy may follow a relapse that came under therapy
IN_ORDER = (("diagnosis_date", "end_of_therapy_date"), ("diagnosis_date", "relapse_date"))


@dataclass(frozen=True, slots=True)
class ClinicalSheet:
    """Every patient of a clinical sheet, and what was taken otherwise than written."""

    patients: tuple[Patient, ...]
    notes: tuple[str, ...]


def read_patients(path: Path) -> tuple[Patient, ...]:
    """Every patient of the clinical sheet: `read_clinical_sheet` without its notes."""
    return read_clinical_sheet(path).patients


def read_clinical_sheet(path: Path) -> ClinicalSheet:
    """Every patient of the clinical sheet.

    Errors: SheetError with every fault, doubtful values asked back; InputError for a file that is no sheet.
    """
    faults = Faults(path)
    sheet = read_sheet(path, "patients", faults)
    unique(sheet.entries, "patient", faults)
    for entry in sheet.entries:
        _check_dates(entry, faults)
    faults.stop()
    notes = [f"line {entry.line}: {note}" for entry in sheet.entries for note in (*entry.notes, *_suspicious(entry))]
    patients = tuple(patient_of_row(entry.cells) for entry in sheet.entries)
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


def _check_dates(entry: Entry, faults: Faults) -> None:
    days = {column: date.fromisoformat(entry.cells[column]) for column in ORDER if entry.cells.get(column)}
    for column, day in days.items():
        if day > date.today():
            faults.add(
                "date lies in the future", line=entry.line, column=column, found=day.isoformat(), fix="mend the date"
            )
    for earlier, later in IN_ORDER:
        if earlier in days and later in days and days[later] < days[earlier]:
            faults.add(
                f"{later} lies before {earlier}",
                line=entry.line,
                column=later,
                found=days[later].isoformat(),
                expected=f"a date after {days[earlier].isoformat()}",
                fix="mend the date that is wrong",
            )


def _suspicious(entry: Entry) -> Sequence[str]:
    """What is possible and rarely meant."""
    found = []
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
