"""FiLT3r JSON: breakpoints of k-mers in a reference of a few exons, by its README.

`size` is negative and `is_duplication` false where a breakpoint is no duplication. `reference_pos` names the place of
the duplicated stretch where the reference bore coordinates; else the command line must name a reference of FLT3.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.tandem import TandemDuplication
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, open_text
from annotate.read.tandem.cells import KIND, NO_DUPLICATION, Genes, count, ratio, share, unmeasured
from annotate.reference.genome import Genome

NAME, CALLER, GENE = "filt3r.json", "FiLT3r", "FLT3"
ASSEMBLIES = ("GRCh37", "GRCh38")
ELSEWHERE = "of a reference that is not FLT3"
_PLACE = re.compile(r"(?:chr)?(\w+):(\d+)")


def _recognise(head: Head) -> bool:
    text = "\n".join(head.lines[:400])
    return text.lstrip().startswith("{") and '"nb_reads_in_events"' in text


def read(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """Duplications of FLT3. Errors: InputError for a file that was cut, and for an entry that lacks a number."""
    report = _report(path)
    named = GENE.lower() in str(report.get("command line", report.get("command_line", ""))).lower()
    found = []
    for index, entry in enumerate(_entries(report, path), start=1):
        record = f"details {index}"
        size, counted = _number(entry, "size", path, record), entry.get("is_duplication") is not False
        if size is None and counted:
            unmeasured(tally, GENE, path, record)
        elif size is None or size <= 0 or not counted:
            tally.drop(NO_DUPLICATION)
        elif not (_in_flt3(str(entry.get("reference_pos", "")), genome) or (named and not entry.get("reference_pos"))):
            tally.drop(ELSEWHERE)
        else:
            tally.use()
            found.append(_duplication(entry, round(size), path, record))
    return found


def _report(path: Path) -> Mapping[str, Any]:
    with open_text(path) as text:
        content = text.read()
    try:
        report = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no JSON, or was cut ({error})", path=path, fix="copy the file again") from error
    if not isinstance(report, dict):
        raise InputError("is not a report of FiLT3r", path=path, expected="an object with `details`")
    return report


def _entries(report: Mapping[str, Any], path: Path) -> Sequence[Mapping[str, Any]]:
    entries = report.get("details")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError("has no list of breakpoints", path=path, expected="`details`: […]")
    return entries


def _number(entry: Mapping[str, Any], key: str, path: Path, record: str) -> float | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("not a number", path=path, column=key, found=f"{record}: {value}", expected="a number")
    return float(value) if math.isfinite(value) else None


def _in_flt3(place: str, genome: Genome) -> bool:
    """On either assembly: the file does not name its own, and the gene alone is taken from the place."""
    found = _PLACE.match(place)
    if found is None:
        return False
    genes = (other.gene(GENE) for other in (genome, *map(Genome.load, ASSEMBLIES)))
    return any(gene and found[1] == gene.chrom and gene.start <= int(found[2]) <= gene.end for gene in genes)


def _duplication(entry: Mapping[str, Any], size: int, path: Path, record: str) -> TandemDuplication:
    vaf = _number(entry, "VAF", path, record)
    return TandemDuplication(
        gene=GENE,
        length=size,
        caller=CALLER,
        vaf=share(vaf, "VAF", path, None, percent=vaf is not None and vaf > 1),
        allelic_ratio=ratio(_number(entry, "MT/WT", path, record), path, None),
        reads=count(_number(entry, "occurrence", path, record), "occurrence", path, None),
        depth=count(_number(entry, "region_coverage", path, record), "region_coverage", path, None),
        file=str(path),
        record=record,
    )


register(Format(KIND, NAME, CALLER, "JSON of breakpoints of k-mers in FLT3: size, VAF, MT/WT", _recognise, read))
