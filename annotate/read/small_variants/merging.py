"""The same allele said twice, by two records, files or callers, as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from annotate.model.small_variants import DepthAt, SmallVariant


def merged(variants: Iterable[SmallVariant]) -> tuple[SmallVariant, ...]:
    """One variant an allele, in genomic order, whatever the order of files and records."""
    by_key: dict[tuple[str, int, str, str], list[SmallVariant]] = {}
    for variant in variants:
        by_key.setdefault(variant.key, []).append(variant)
    return tuple(_one(by_key[key]) for key in sorted(by_key, key=_order))


def _order(key: tuple[str, int, str, str]) -> tuple[int, str, int, str, str]:
    chrom, pos, ref, alt = key
    return (int(chrom) if chrom.isdigit() else 100, chrom, pos, ref, alt)


def _one(calls: list[SmallVariant]) -> SmallVariant:
    """The call that passes, has counts and the greatest depth, with what only the others know."""
    if len(calls) == 1:
        return calls[0]
    calls = sorted(calls, key=_preference)
    best = calls[0]
    annotated = next((call for call in calls if call.source == "file"), None)
    if best.source != "file" and annotated is not None:
        said = ("gene", "transcript", "consequence", "hgvsc", "hgvsp", "codon", "source", "file_annotation")
        best = replace(best, **{name: getattr(annotated, name) for name in said})
    with_normal = next((call for call in calls if call.normal_depth is not None), best)
    frequencies = [call.population_af for call in calls if call.population_af is not None]
    return replace(
        best,
        callers=tuple(sorted({caller for call in calls for caller in call.callers})),
        normal_vaf=with_normal.normal_vaf,
        normal_depth=with_normal.normal_depth,
        normal_alt_reads=with_normal.normal_alt_reads,
        population_af=max(frequencies, default=None),
    )


def _preference(call: SmallVariant) -> tuple[object, ...]:
    return (
        not call.passes,
        call.alt_reads is None,
        -(call.depth or 0),
        -(call.alt_reads or 0),
        call.callers,
        call.file or "",
        len(call.record or ""),
        call.record or "",
    )


def deepest(depths: Iterable[DepthAt]) -> dict[tuple[str, int], DepthAt]:
    """One depth a place: the greatest, with the reads by base of all. A called record goes before a block."""
    found: dict[tuple[str, int], DepthAt] = {}
    for depth in depths:
        place = (depth.chrom, depth.pos)
        found[place] = _deeper(found[place], depth) if place in found else depth
    return dict(sorted(found.items()))


def _deeper(one: DepthAt, two: DepthAt) -> DepthAt:
    best = max(one, two, key=lambda depth: (depth.depth, depth.source == "format_dp"))
    bases = sorted({*one.counts, *two.counts})
    return replace(best, counts={base: max(one.counts.get(base, 0), two.counts.get(base, 0)) for base in bases})
