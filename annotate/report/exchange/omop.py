"""Rows of the OMOP common data model 5.4 for a batch: one MEASUREMENT a lesion and sample.

Columns are those of the model (https://ohdsi.github.io/CommonDataModel; as ETL-Synthea fills them,
https://ohdsi.github.io/ETL-Synthea/articles/measurement.html). No vocabulary of OMOP is at hand, so every concept is 0,
"no matching concept", and the words stand in the source values: `allert:<lesion>` and the state. `person_id` and dates
that a site keys itself are the patient's name and what the clinical sheet states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.base.writing import write_tsv

Report = Mapping[str, Any]
FILE = "omop_measurement.tsv"
NO_CONCEPT = 0
VOCABULARY = "allert"
COLUMNS = (
    *("measurement_id", "person_id", "measurement_concept_id", "measurement_date", "measurement_datetime"),
    *("measurement_time", "measurement_type_concept_id", "operator_concept_id", "value_as_number"),
    *("value_as_concept_id", "unit_concept_id", "range_low", "range_high", "provider_id", "visit_occurrence_id"),
    *("visit_detail_id", "measurement_source_value", "measurement_source_concept_id", "unit_source_value"),
    *("unit_source_concept_id", "value_source_value", "measurement_event_id", "meas_event_field_concept_id"),
    "specimen_source_id",  # of the model's SPECIMEN: a site that keys its samples there takes this column off
)
DATES = {"diagnosis": "diagnosis_date", "relapse": "relapse_date"}


def write_measurements(reports: Iterable[Report], folder: Path) -> None:
    """Write `omop_measurement.tsv`: the lesions of every report, and counted chromosomes, purity and ploidy."""
    rows = [{**dict.fromkeys(COLUMNS, ""), **row} for report in reports for row in _measurements(report)]
    numbered = [{**row, "measurement_id": number} for number, row in enumerate(rows, start=1)]
    write_tsv(folder / FILE, numbered, None if numbered else dict.fromkeys(COLUMNS, ""))


def _measurements(report: Report) -> Iterator[dict[str, Any]]:
    for lesion in report["lesions"]:
        yield {**_shared(report, lesion["id"]), "value_source_value": lesion["state"]}
    profile = report["copy_number"] or {}
    for name in ("modal_number", "purity", "ploidy"):
        if profile.get(name) is not None:
            number = profile[name]
            yield {**_shared(report, name), "value_as_number": number, "value_source_value": f"{number:g}"}


def _shared(report: Report, what: str) -> dict[str, Any]:
    clinical = report["clinical"] or {}
    return {
        "person_id": report["patient"],
        "measurement_concept_id": NO_CONCEPT,
        "measurement_date": clinical.get(DATES.get(report["timepoint"], "")) or "",
        "measurement_type_concept_id": NO_CONCEPT,
        "value_as_concept_id": NO_CONCEPT,
        "measurement_source_value": f"{VOCABULARY}:{what}",
        "measurement_source_concept_id": NO_CONCEPT,
        "specimen_source_id": report["sample"],
    }
