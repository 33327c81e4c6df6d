"""The child on the first screen: who, when, which groups, which options, which genes of the germline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from annotate.interpret import clinical
from annotate.knowledge.specs.interpretation import SchemeRow
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Patient
from annotate.model.state import PRESENT
from annotate.report.page import first_screen
from annotate.report.page.first_screen import Row

RESISTANCE = ("resistance", "contraindicated", "unknown")
DATES = ("diagnosis_date", "end_of_therapy_date", "relapse_date")
FIELDS = frozenset(field.name for field in fields(Patient))


def patient_of(report: Row) -> Patient:
    """The clinical sheet's row again."""
    given: dict[str, Any] = {k: v for k, v in (report["clinical"] or {}).items() if k in FIELDS}
    for column in DATES:
        if not _is_date(given.get(column)):
            given[column] = None
    for column in ("sites", "prior_therapy"):
        given[column] = tuple(given.get(column) or ())
    return Patient(**{"patient": report["patient"], **given})


def _is_date(text: object) -> bool:
    try:
        return bool(date.fromisoformat(str(text)))
    except ValueError:
        return False


def line(report: Row, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Label and value of every clinical fact that is known; a relapse's first, age at this sample."""
    patient, timepoint = patient_of(report), report["timepoint"]
    age = clinical.age_years(patient, timepoint)
    if age.number is not None:
        yield (
            words["age_now"],
            words["years_from" if age.at_least else "years"].replace("{n}", _plain_number(age.number)),
        )
    own, _ = clinical.lineage(patient, timepoint)
    if own:
        yield words["lineage"], own
    if clinical.is_relapse(timepoint):
        yield from _relapse(patient, words)
    if patient.marrow_blasts_percent is not None:
        yield words["blasts"], f"{patient.marrow_blasts_percent:g} %"
    if patient.eoi_mrd is not None:
        parts = [f"{patient.eoi_mrd:g}", patient.mrd_method, patient.mrd_timepoint]
        yield words["mrd"], ", ".join(part for part in parts if part)
    yield from _history(patient, words)


def _relapse(patient: Patient, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    months = clinical.months_from_diagnosis(patient)
    if months.number is not None:
        yield words["months_since_diagnosis"], _plain_number(clinical.shown_months(months.number))
    after = clinical.months_from_end_of_therapy(patient)
    if patient.on_therapy_at_relapse:
        yield words["therapy_at_relapse"], words["word_yes"]
    elif after.number is not None:
        before = words["months_before_end_of_therapy"]
        name = before if after.number < 0 else words["months_after_therapy"]
        yield name, _plain_number(clinical.shown_months(abs(after.number)))
    if patient.sites:
        yield words["sites"], ", ".join(patient.sites)


def _history(patient: Patient, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = {True: words["word_yes"], False: words["word_no"]}
    if patient.prior_hsct is not None:
        yield words["hsct"], known[patient.prior_hsct]
    if patient.down_syndrome:
        yield words["down_syndrome"], known[True]
    if patient.prior_therapy:
        yield words["prior_therapy"], ", ".join(part.replace("_", " ") for part in patient.prior_therapy)
    for column in ("cd19", "cd22"):
        value = getattr(patient, column)
        if value is not None:
            yield column.upper(), value


def _plain_number(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


# ---------------------------------------------------------------- groups of the schemes


def groups(report: Row, knowledge: Knowledge) -> list[Row]:
    """Groups by the schemes of this setting; those that are not for this child say why. Others only with a group."""
    rows = {(entry.name, entry.version): entry for entry in knowledge.rows(SchemeRow)}
    setting = "relapse" if clinical.is_relapse(report["timepoint"]) else "diagnosis"
    found: list[Row] = []
    for result in report["risk"]:
        entry = rows.get((result["scheme"], result["version"]))
        if entry is None or entry.setting != setting or entry.kind != "table":
            continue
        foreign = (result.get("eligibility") or {}).get("status") == "not_for_this_patient"
        if foreign and setting == "diagnosis":  # made for another lineage or lesion: nothing to explain
            continue
        found.append({**result, "shown_version": entry.shown_version})
    return found


def versions(knowledge: Knowledge) -> dict[tuple[str, str], str]:
    """How a page names the version of a scheme."""
    return {(e.name, e.version): e.shown_version or e.version for e in knowledge.rows(SchemeRow)}


# ---------------------------------------------------------------- drugs


def resistances(report: Row) -> list[Row]:
    """Findings that speak against drugs, or of which the effect is not known; one row a lesion and direction."""
    lesions = {lesion["id"]: lesion for lesion in report["lesions"]}
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for therapy in report["therapies"]:
        lesion = lesions.get(therapy["lesion"])
        if therapy["direction"] not in RESISTANCE or therapy["knowledge"] == "CIViC" or lesion is None:
            continue
        if lesion["state"] not in PRESENT and lesion["known_since"] is None:
            continue
        key = (therapy["lesion"], therapy["direction"], therapy["setting"])
        row = rows.setdefault(key, {"lesion": lesion, "direction": therapy["direction"], "drugs": [], "why": []})
        row["setting"] = therapy["setting"]
        row["drugs"].append({"name": therapy["drug"], "level": first_screen.level_words(therapy)})
        row["why"] += [text for text in therapy["contradicted_by"] if text not in row["why"]]
    return list(rows.values())


def pharmacogenes(report: Row) -> list[Row]:
    """Genes with their phenotype; those that could not be told say why in the words of the first reason."""
    return [
        {**gene, "why": gene["reasons"][0]["text"] if gene["reasons"] else ""} for gene in report["pharmacogenomics"]
    ]


def with_remarks(lesions: Sequence[Row]) -> list[Row]:
    """Lesions at whose place a record was not used."""
    return [lesion for lesion in lesions if lesion["remarks"]]


__all__ = ["groups", "line", "patient_of", "pharmacogenes", "resistances", "versions", "with_remarks"]
