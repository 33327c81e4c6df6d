"""Pelops JSON: reads between DUX4 and IGH, or another place, of a whole genome.

Its entries 01 and 02 are IGH with the core and with the extended DUX4 regions: the one with more reads is taken.
Entries of other places have no name and are left out. Pelops counts reads and makes no call, which the fusion says by
the flag `evidence_only`; fewer reads than `fusions.min_reads` are no fusion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from annotate.base.errors import InputError
from annotate.knowledge import cutoffs
from annotate.read.common.text import Head, open_text
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.source import Source

NAME = "pelops.json"
FIVE, THREE = "IGH", "DUX4"
FEW = "fewer reads than error may give"


def _recognise(head: Head) -> bool:
    text = "\n".join(head.lines[:400])
    return text.lstrip().startswith("{") and '"rearrangements"' in text and '"pelops"' in text.lower()


def read(source: Source) -> FusionFile:
    """IGH::DUX4 with its reads. Errors: InputError for another assembly, and for a file that is cut or is no Pelops."""
    report = _report(source)
    _check_assembly(source, report)
    reading = Reading(source, "Pelops", NAME)
    best: tuple[int, int, str] | None = None
    for entry in _entries(source, report):
        split, paired, id = _reads(source, entry)
        if not _is_igh(entry):
            reading.tally.drop("joined to a place without a name")
        elif split + paired < source.knowledge.value(cutoffs.FUSIONS_MIN_READS):
            reading.tally.drop(FEW)
        elif best is not None:
            reading.tally.drop("the same reads counted over other regions")
            best = max(best, (split, paired, id), key=lambda one: one[0] + one[1])
        else:
            best = (split, paired, id)
    if best is not None:
        split, paired, id = best
        flags = {"dna_derived", "evidence_only"}
        reading.add(FIVE, THREE, record=f"rearrangement {id}", split=split, spanning=paired, flags=flags)
    return reading.done()


def _report(source: Source) -> Mapping[str, Any]:
    with open_text(source.path) as text:
        content = text.read()
    try:
        report = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no JSON, or was cut ({error})", path=source.path, fix="copy the file again") from error
    if not isinstance(report, dict):
        raise InputError("is not a report of Pelops", path=source.path, expected="an object with `rearrangements`")
    return report


def _check_assembly(source: Source, report: Mapping[str, Any]) -> None:
    stated = str(report.get("reference", ""))
    if stated and stated != source.genome.assembly:
        raise InputError(
            "reads were aligned to another assembly",
            path=source.path,
            found=stated,
            expected=source.genome.assembly,
            fix="correct `assembly` in the sample sheet",
        )


def _entries(source: Source, report: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    entries = report.get("rearrangements")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError("has no list of rearrangements", path=source.path, expected="`rearrangements`: […]")
    return entries


def _reads(source: Source, entry: Mapping[str, Any]) -> tuple[int, int, str]:
    """Split and paired reads, and the id of the entry."""
    evidence, id = entry.get("evidence"), str(entry.get("id", "?"))
    counts = [evidence.get(key) if isinstance(evidence, dict) else None for key in ("split_reads", "paired_reads")]
    for count in counts:
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise InputError(
                "states no number of reads",
                path=source.path,
                found=f"rearrangement {id}: {count}",
                expected="0 or more",
            )
    return int(counts[0] or 0), int(counts[1] or 0), id


def _is_igh(entry: Mapping[str, Any]) -> bool:
    names = [str(part.get("name", "")) for key in ("A", "B") if isinstance(part := entry.get(key), dict)]
    return FIVE in names and any(THREE in name for name in names)


register_format(NAME, "Pelops", "dux4r JSON: reads between DUX4 and IGH in a whole genome", _recognise, read)
