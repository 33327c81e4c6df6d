"""Nexus Copy Number (BioDiscovery): the exported table of events. Altered segments only.

An event is Nexus' own word for a segment: its thresholds stand behind it, not a count. `Probe Median` is log2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.intervals import Interval
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, log2_cell, of_sample, optional_count, rows
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

REGION = re.compile(r"(?:chr)?([0-9]{1,2}|[XYM]):([0-9,]+)\s*-\s*([0-9,]+)$", re.IGNORECASE)
COPIES: Mapping[str, tuple[float | None, float | None]] = {  # of an autosome: total, minor
    "homozygous copy loss": (0.0, 0.0),
    "cn loss": (1.0, 0.0),
    "cn gain": (3.0, None),
    "high copy gain": (None, None),  # more than three: the log ratio says how many
    "loh": (2.0, 0.0),
}
BALANCED = frozenset({"allelic imbalance"})  # says nothing of copies


def _is_events(head: Head) -> bool:
    return head.has("Chromosome Region", "Event", "Probes")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Events with their copies and log2. Raises InputError for a region or an event that is not understood."""
    out = Collector(path, genome, tally)
    several = any(row.has("Sample") for row in rows(path))
    for row in of_sample(path, "Sample", names, tally) if several else rows(path):
        event = row.text("Event").strip().lower()
        if event in BALANCED:
            tally.drop("allelic imbalance without a change of copies")
            continue
        if event not in COPIES:
            raise _error(row, "Event", event, "CN Loss, CN Gain, Homozygous Copy Loss, High Copy Gain, LOH")
        chrom, start, end = _region(row)
        total, minor = COPIES[event] if chrom.isdigit() else (None, None)
        out.row(
            row,
            chrom,
            start,
            end,
            log2=log2_cell(row, "Probe Median") if row.has("Probe Median") else None,
            total=total,
            minor=minor,
            markers=optional_count(row, "Probes"),
        )
    return SegmentTable(out.finish(), "", integer=True, altered_only=True)


def _region(row: Row) -> Interval:
    text = row.text("Chromosome Region")
    found = REGION.match(text)
    if not found:
        raise _error(row, "Chromosome Region", text, "chromosome:start-end")
    return Interval(found[1].upper(), int(found[2].replace(",", "") or 0), int(found[3].replace(",", "") or 0))


def _error(row: Row, column: str, found: str, expected: str) -> InputError:
    return InputError(
        "event is not understood", path=row.path, line=row.line, column=column, found=found, expected=expected
    )


register(
    Format(
        "copy_number",
        "nexus.events",
        "Nexus Copy Number",
        "exported events (Chromosome Region, Event, Probe Median): altered segments only",
        _is_events,
        read,
    )
)
