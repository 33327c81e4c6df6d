"""Genotypes at named places of a germline VCF. A place without a call is unknown, never the reference.

Alleles are compared in one normal form (trimmed, shifted left along the reference), so that an insertion written at
the other end of its repeat is the same insertion. Reference blocks of a gVCF state the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.model.evidence import Evidence
from annotate.model.sample import Sample
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    from annotate.read.small_variants.stream import Record


BLOCK_ALLELES = frozenset({".", "<NON_REF>", "<*>", "<X>"})
BASES = frozenset("ACGTN")

Key = tuple[str, int, str, str]


@frozen
class Genotype:
    """Copies of one alternative allele: 0, 1, 2, or None where it is not known, and why.

    `phase` places a heterozygous allele: 0 or 1 is the chromosome within `phase_set`.
    """

    dose: int | None
    why: str
    phase: int | None = None
    phase_set: str | None = None
    evidence: Evidence | None = None


UNCALLED = Genotype(None, "no call at this place")


@frozen
class Limits:
    """What a genotype must have, where the file states it."""

    depth: float
    quality: float


def read_genotypes(
    path: Path, sample: Sample, genome: Genome, alleles: Iterable[Key], limits: Limits
) -> dict[Key, Genotype]:
    """Genotypes of these alleles (in normal form) of the germline column. Errors: InputError as for every VCF."""
    from annotate.read.common.columns import choose_columns
    from annotate.read.small_variants.germline import germline_sample
    from annotate.read.small_variants.header import read_header
    from annotate.read.small_variants.index import index_of
    from annotate.read.small_variants.panel import Regions
    from annotate.read.small_variants.stream import Stream

    wanted = list(alleles)
    header = read_header(path, genome)
    columns = choose_columns(header.names, header.lines, germline_sample(path, sample, genome), path)
    regions = Regions.of(
        [Interval(chrom, pos - REACH, pos + len(ref) + REACH) for chrom, pos, ref, _ in wanted], genome
    )
    can_use = (header.container.bgzf or header.container.bcf) and index_of(path) is not None
    found: dict[Key, Genotype] = {}
    open_at: dict[Key, Genotype] = {}
    known = frozenset(wanted)
    for record in Stream(header, columns, genome, regions, regions, can_use):
        for key in wanted:
            genotype = _of_record(record, key, known, path, genome, limits)
            if genotype is not None:
                found[key] = _better(found.get(key), genotype)
            if genotype is not None and genotype.dose is None and not BLOCK_ALLELES.issuperset(record.alts):
                open_at[key] = genotype
            elif _leaves_open(record, key, known, genome):
                open_at.setdefault(key, Genotype(None, "a base of this change has no genotype, or another change"))
    return {key: _closed(found.get(key, UNCALLED), open_at.get(key)) for key in wanted}


REACH = 30  # bases around an allele in which another file may write it


def _better(old: Genotype | None, new: Genotype) -> Genotype:
    """One place may stand in several records: a call of the allele itself says most, then a known reference."""
    if old is None or old.dose is None:
        return new if new.dose is not None or old is None else old
    return new if (new.dose or 0) > old.dose else old


def _closed(called: Genotype, left_open: Genotype | None) -> Genotype:
    """The reference is stated only where every base that the change alters is."""
    return left_open if called.dose == 0 and left_open is not None else called


def _leaves_open(record: Record, key: Key, known: frozenset[Key], genome: Genome) -> bool:
    """A record over a base of the change that has no genotype, or one with another change of it."""
    chrom, pos, ref, alt = key
    last = pos + max(len(ref), 2 if len(ref) != len(alt) else 1) - 1
    if record.chrom != chrom or record.pos > last or record.end < pos:
        return False
    parts = re.split(r"[/|]", (record.tumor or {}).get("GT", "0"))
    if BLOCK_ALLELES.issuperset(record.alts) and "." in parts:
        return True
    changed = _unknown(record, parts, known, genome)
    return any(at + (len(base) != len(new)) <= last and at + len(base) > pos for _, at, base, new in changed)


def _of_record(
    record: Record, key: Key, known: frozenset[Key], path: Path, genome: Genome, limits: Limits
) -> Genotype | None:
    """What one record says of one allele; None where it says nothing."""
    chrom, pos, ref, alt = key
    if record.chrom != chrom:
        return None
    index = _index_of(record, key, genome)
    if index is None and not _covers(record, key, genome):
        return None
    cells = record.tumor or {}
    poor = _poor(record.filter, cells, limits, block=index is None)
    text = cells.get("GT", "")
    parts = re.split(r"[/|]", text)
    evidence = Evidence(
        kind="small_variant",
        summary=f"{chrom}:{pos:,} {ref}>{alt}: GT {text or 'not given'}",
        file=str(path),
        record=record.label,
        values={"genotype": text, "depth": cells.get("DP"), "quality": cells.get("GQ")},
    )
    if poor:
        return Genotype(None, poor, evidence=evidence)
    if not text or "." in parts or len(parts) != 2:
        return Genotype(None, "genotype is not complete", evidence=evidence)
    if _unknown(record, parts, known, genome):
        return Genotype(None, "another change at this place", evidence=evidence)
    if index is None:
        return Genotype(0, "reference", evidence=evidence)
    if "*" in record.alts and str(record.alts.index("*") + 1) in parts:
        return Genotype(None, "another record deletes this place on one chromosome", evidence=evidence)
    carried = [part == str(index) for part in parts]
    if any(carried) and _reads(cells, index) == 0:
        return Genotype(None, "no read supports the allele", evidence=evidence)
    return _called(carried, cells, evidence)


def _reads(cells: Mapping[str, str], index: int) -> float | None:
    """Reads of an allele by AD, which gives those of the reference first; None where it does not tell."""
    depths = cells.get("AD", "").split(",")
    return _number(depths[index]) if index < len(depths) else None


def _unknown(record: Record, parts: Sequence[str], known: frozenset[Key], genome: Genome) -> list[Key]:
    """Alleles that the genotype carries and no table knows: where one lies, the reference is not what is there."""
    carried = {record.alts[int(part) - 1] for part in parts if part.isdigit() and 0 < int(part) <= len(record.alts)}
    forms = [normal_form(record.chrom, record.pos, record.ref, alt, genome) for alt in sorted(carried)]
    return [form for form in forms if form not in known]


def _called(carried: Sequence[bool], cells: Mapping[str, str], evidence: Evidence) -> Genotype:
    """A GATK call may state its phase in PGT and PID beside an unphased GT."""
    dose = sum(carried)
    phased, phase_set = "|" in cells["GT"], cells.get("PS", "")
    if dose == 1 and not phased and re.fullmatch(r"0\|1|1\|0", cells.get("PGT", "")):
        carried, phased, phase_set = [part == "1" for part in cells["PGT"].split("|")], True, cells.get("PID", "")
    if dose != 1 or not phased:
        return Genotype(dose, "called", evidence=evidence)
    return Genotype(1, "called", carried.index(True), phase_set.strip(".") or "whole file", evidence)


def _index_of(record: Record, key: Key, genome: Genome) -> int | None:
    """Which alternative allele of the record is this one, counted from 1."""
    chrom, pos = key[:2]
    if abs(record.pos - pos) > REACH + len(record.ref):
        return None
    for index, own in enumerate(record.alts, start=1):
        if set(own.upper()) <= BASES and normal_form(chrom, record.pos, record.ref, own, genome) == key:
            return index
    return None


def _covers(record: Record, key: Key, genome: Genome) -> bool:
    """Does a record that does not list the allele still state that it is not there?

    A reference block does, over its whole length. A called record at the same place does so for another change of its
    kind: a base for a base, an insertion or deletion for another at the same anchor (in normal form).
    """
    chrom, pos, ref, alt = key
    last = pos + max(len(ref), 2 if len(ref) != len(alt) else 1) - 1
    if set(record.alts) <= BLOCK_ALLELES:
        return record.pos <= pos and record.end >= (pos if record.end == record.pos else last)
    own = [allele for allele in record.alts if allele not in BLOCK_ALLELES]
    if len(ref) == len(alt) == 1:
        return record.pos == pos and len(record.ref) == 1 and all(len(allele) == 1 for allele in own)
    near = abs(record.pos - pos) <= REACH + len(record.ref)
    forms = [normal_form(chrom, record.pos, record.ref, a, genome) for a in own if near and set(a.upper()) <= BASES]
    return any(form[1] == pos and len(form[2]) != len(form[3]) for form in forms)


def _poor(filter: str, cells: Mapping[str, str], limits: Limits, *, block: bool) -> str | None:
    if filter not in PASSING:
        return f"filtered by its caller ({filter})"
    depth = _number(cells.get("MIN_DP") if block and "MIN_DP" in cells else cells.get("DP"))
    if depth is not None and depth < limits.depth:
        return f"{depth:g} reads, fewer than {limits.depth:g}"
    quality = _number(cells.get("RGQ") or cells.get("GQ"))
    if quality is not None and quality < limits.quality:
        return f"genotype quality {quality:g}, lower than {limits.quality:g}"
    return None


def _number(cell: str | None) -> float | None:
    try:
        return float(cell) if cell else None
    except ValueError:
        return None


def normal_form(chrom: str, pos: int, ref: str, alt: str, genome: Genome) -> Key:
    """Trimmed, and shifted to the left as far as the reference sequence allows (and is known)."""
    from annotate.read.small_variants.alleles import reference_base, trim

    pos, ref, alt = trim(pos, ref.upper(), alt.upper())
    while len(ref) != len(alt) and ref[0] == alt[0] and ref[-1] == alt[-1] and pos > 1:
        before = reference_base(genome, chrom, pos - 1)
        if before == "N":
            break
        pos, ref, alt = pos - 1, before + ref[:-1], before + alt[:-1]
    return (chrom, pos, ref, alt)
