"""Small variants, junctions and fusions of a report: those that concern a lesion first, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from annotate.base.filters import PASSING
from annotate.interpret.analysis import Analysis
from annotate.model.evidence import Evidence
from annotate.model.fusions import Fusion
from annotate.model.junctions import Junction
from annotate.model.small_variants import SmallVariant
from annotate.report.json import keys
from annotate.report.json.bounds import MOST_FOLLOWED, LeftOut, Listed, shortened
from annotate.report.json.keys import ordered
from annotate.report.json.plain import plain

ONCOGENIC = ("Oncogenic", "Likely oncogenic")
Rows = list[dict[str, Any]]


def variants(analysis: Analysis, left_out: LeftOut) -> Rows:
    """Small variants in the order of the genome.

    Of very many: evidence, hotspots and oncogenic ones, then those that pass their filters, by their share of reads.
    """
    small = analysis.case.small
    if small is None:
        return []
    evident = _evident(analysis, "small_variant", _allele)

    def rank(variant: SmallVariant) -> tuple[Any, ...]:
        known = variant.oncogenicity in ONCOGENIC or "hotspot" in variant.flags
        alone = (variant.chrom, variant.pos, variant.ref, variant.alt) not in evident
        return alone, not known, variant.filter not in PASSING, -(variant.vaf or 0.0), variant.chrom, variant.pos

    ordered_ = sorted(small.variants, key=lambda v: (_rank(v.chrom), v.pos, v.ref, v.alt))
    return Listed("variants", left_out).of(
        ordered_, rank, lambda variant: _variant(variant, analysis), lambda v: (v.consequence or "", v.filter)
    )


def junctions(analysis: Analysis, left_out: LeftOut) -> Rows:
    """Junctions in the order of the genome.

    Of very many: evidence, known pairs of genes, pairs of panel genes, those with a pair, by filter and reads.
    """
    found, genome = analysis.case.junctions, analysis.case.genome
    if found is None:
        return []
    panel = genome.panel_symbols()
    evident = _evident(analysis, "junction", _record)

    def rank(junction: Junction) -> tuple[Any, ...]:
        alone = not any((file, record) in evident for file in junction.files for record in junction.records)
        known = any(pair.known for pair in junction.pairs)
        genes = max((sum(name in panel for name in (pair.five, pair.three)) for pair in junction.pairs), default=0)
        passing = junction.filter in PASSING
        return alone, not known, -genes, not passing, not junction.pairs, -(junction.reads or 0), junction.id

    ordered_ = sorted(found.junctions, key=lambda j: (_rank(j.left.chrom), j.left.pos, j.id))
    return Listed("junctions", left_out).of(ordered_, rank, _junction, lambda j: (j.svtype, j.filter))


def fusions(analysis: Analysis, left_out: LeftOut) -> Rows:
    """RNA fusions by their names. Of very many: evidence, pairs of panel genes, by flags and reads."""
    found, genome = analysis.case.fusions, analysis.case.genome
    if found is None:
        return []
    panel = genome.panel_symbols()
    evident = _evident(analysis, "fusion", _record)

    def rank(fusion: Fusion) -> tuple[Any, ...]:
        genes = (fusion.five in panel) + (fusion.three in panel)
        alone = (fusion.file, fusion.record) not in evident
        passing = fusion.filter in PASSING
        return alone, -genes, not passing, len(fusion.flags), -(fusion.reads or 0), fusion.name, fusion.record or ""

    return Listed("fusions", left_out).of(found.fusions, rank, _fusion, lambda f: (f.caller, f.filter))


def follow_up(analysis: Analysis, left_out: LeftOut) -> Rows:
    """Junctions to follow, in their order."""
    order = {id(row): number for number, row in enumerate(analysis.follow_up)}
    listed = Listed("follow_up", left_out, MOST_FOLLOWED)
    return listed.of(analysis.follow_up, lambda row: order[id(row)], plain, lambda row: (str(row.get("role")), None))


def _evident(analysis: Analysis, kind: str, key: Callable[[Evidence], Iterable[Any]]) -> frozenset[Any]:
    """What the evidence of all lesions names of one kind."""
    items = (item for call in analysis.calls.values() for item in call.evidence if item.kind == kind)
    return frozenset(name for item in items for name in key(item))


def _record(item: Evidence) -> Iterable[tuple[str | None, str]]:
    return ((item.file, record) for record in (item.record or "").split(";"))


def _allele(item: Evidence) -> Iterable[tuple[Any, ...]]:
    values: Mapping[str, Any] = item.values
    return [tuple(values.get(key) for key in ("chrom", "pos", "ref", "alt"))]


def _rank(chrom: str) -> tuple[int, str]:
    return (int(chrom), "") if chrom.isdigit() else (100, chrom)


# ---------------------------------------------------------------- rows


def _variant(variant: SmallVariant, analysis: Analysis) -> dict[str, Any]:
    from annotate.name.small_variants.clonality import ccf
    from annotate.report.exchange.vrs import allele_id

    case = analysis.case
    row = plain(variant)
    place = (case.genome.assembly, variant.chrom, variant.pos)
    row["vrs_id"] = allele_id(*place, variant.ref, variant.alt, case.knowledge)
    row["clonality"] = None
    if variant.vaf is not None:
        found = ccf(
            variant, case.profile, case.sample.sex, case.knowledge, genome=case.genome, purity=case.sample.purity
        )
        row["clonality"] = plain(found.as_dict())
    return ordered(row, keys.VARIANT)


def _junction(junction: Junction) -> dict[str, Any]:
    row = plain(junction)
    reads = {key: row.pop(key) for key in ("split_reads", "paired_reads", "support", "vaf", "depth")}
    for key in ("left_range", "right_range"):
        row.pop(key)
    row["support"] = {**{key: value for key, value in reads.items() if key != "support"}, "reads": junction.reads}
    row["inserted_sequence"], row["homology"] = shortened(junction.inserted_sequence), shortened(junction.homology)
    return ordered(row, keys.JUNCTION)


def _fusion(fusion: Fusion) -> dict[str, Any]:
    row: dict[str, Any] = plain(fusion)
    for key in ("five_transcript", "three_transcript", "five_keeps", "three_keeps"):
        row.pop(key)
    return row
