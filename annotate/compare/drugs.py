"""The drug that a change concerns, as the lesions of the reports state it; nothing is looked up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotate.compare.copy_number import KINDS
from annotate.compare.events import Event
from annotate.compare.timepoints import TimepointData


def with_drugs(events: Sequence[Event], timepoints: Sequence[TimepointData]) -> list[Event]:
    """Each event with the key `drug` in its details where a lesion names one."""
    known: dict[str, str] = {}
    for data in timepoints:
        for id, drug in _drugs_of_events(data.report["lesions"]):
            known.setdefault(id, drug)
    return [
        replace(event, details={**event.details, "drug": known[event.id]}) if event.id in known else event
        for event in events
    ]


def _drugs_of_events(lesions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Event ids with their drugs: alleles from the evidence, gene copies from the hits."""
    for lesion in lesions:
        for item in lesion["evidence"]:
            values = item.get("values") or {}
            if values.get("drug") and values.get("alt"):
                yield f"{values['chrom']}:{values['pos']} {values['ref']}>{values['alt']}", values["drug"]
        for hit in (lesion.get("details") or {}).get("hits") or ():
            if isinstance(hit, Mapping) and hit.get("drug") and hit.get("change") in KINDS:
                yield f"{hit['gene']}:{KINDS[hit['change']]}", hit["drug"]
