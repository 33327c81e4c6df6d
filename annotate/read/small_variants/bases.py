"""Reads by base over a record's place, as its sample column states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import OTHER
from annotate.read.small_variants.alleles import SKIPPED
from annotate.read.small_variants.count_forms import Allele, Cells, first_number, numbers
from annotate.read.small_variants.counts import count_rules, sample_counts
from annotate.read.small_variants.stream import Record

REST = frozenset({"<NON_REF>", "<*>", "<X>", "*"})  # in ALT: whatever else the reads have, or lack


def base_counts(record: Record, knowledge: Knowledge, caller: str) -> Mapping[str, int]:
    """Reads by base where all alleles are single bases."""
    alts = [alt for alt in record.alts if alt not in SKIPPED]
    if len(record.ref) != 1 or any(len(alt) != 1 for alt in alts):
        return {}
    found = {}
    for index, alt in enumerate(record.alts, start=1):
        if alt in SKIPPED:
            continue
        allele = Allele(index, len(record.alts), record.ref, alt)
        counts = sample_counts(record.tumor or {}, allele, count_rules(knowledge), caller)
        if counts.alt is not None:
            found[alt.upper()] = counts.alt
    return found


def other_counts(record: Record, knowledge: Knowledge, *, alone: bool) -> Mapping[str, int]:
    """Reads over a record that belong neither to its reference nor to an allele in bases.

    `alone`: the file has one sample, of which INFO speaks too (bcftools and samtools write DP4 there).
    """
    tolerance = knowledge.value(cutoffs.SMALL_VARIANTS_FRACTION_TOLERANCE)
    cells = record.tumor or {}
    if alone and "DP4" in record.info and not {"AD", "AO", "DP4"} & set(cells):
        cells = {**cells, "DP4": record.info["DP4"]}
    reads = other_reads(cells, record.alts, tolerance)
    return {OTHER: reads} if reads else {}


def other_reads(cells: Cells, alts: Sequence[str], tolerance: float) -> int | None:
    """Reads over a record that neither its reference nor one of its ALTs in bases has: `<NON_REF>`, `*` or no ALT.

    AD or AO may count them. Where no ALT is bases, so does DP4, a stated fraction of DP, or what the reference's reads
    lack of DP; so many as `tolerance` of DP, since reads that tell nothing may be missing too.
    """
    named = [alt for alt in alts if alt != "."]
    for key, first in (("AD", 1), ("AO", 0), ("CLCAD2", 1)):
        reads = numbers(cells.get(key))
        if len(reads) == len(named) + first and named:
            return int(sum(value or 0 for alt, value in zip(named, reads[first:], strict=True) if alt in REST))
        if not named and len(reads) > first:
            return int(sum(value or 0 for value in reads[first:]))
    return _unnamed_reads(cells, tolerance) if REST.issuperset(named) else None


def _unnamed_reads(cells: Cells, tolerance: float) -> int | None:
    """Reads of a record without an ALT in bases that are not its reference's."""
    strands = numbers(cells.get("DP4"))
    if len(strands) == 4:
        return int(sum(value or 0 for value in strands[2:]))
    if len(numbers(cells.get("RD"))) == len(numbers(cells.get("AD"))) == 1:  # VarScan: reads of REF, reads of the rest
        return int(first_number(cells, "AD") or 0)
    depth = first_number(cells, "DP")
    if depth is None:
        return None
    fraction = next((f for key in ("VF", "VAF", "AF") if (f := first_number(cells, key)) is not None), None)
    if fraction is not None and 0 <= fraction <= 1:
        return round(fraction * depth)
    own = next((count for key in ("AD", "RO") if (count := first_number(cells, key))), depth)
    return int(depth - own) if depth - own > tolerance * depth else None
