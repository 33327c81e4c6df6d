"""The codon as a unit: base changes of one codon on one haplotype are one change; unphased ones may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from annotate.base.frozen import frozen
from annotate.base.probability import vaf_interval
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import hgvs_coding, terms
from annotate.name.small_variants.phase import EVERY, carriers
from annotate.name.small_variants.placing import Placed

PHASED = "phased_compound"


@frozen
class Possible:
    """Two changes of one codon that may lie on one molecule: their numbers, and what they would be together."""

    members: tuple[int, int]
    together: Placed


def joined(placed: Sequence[Placed], knowledge: Knowledge) -> list[Placed]:
    """Every codon's base changes that lie on one haplotype as one change; the order of the rest stays."""
    found: dict[int, list[Placed]] = {}
    gone: set[int] = set()
    for members in _same_codon(placed):
        for together in _in_cis(placed, members, knowledge):
            one = _as_one([placed[n] for n in together])
            if one is not None:
                found.setdefault(together[0], []).append(one)
                gone |= _used_up(placed, together, knowledge)
    kept: list[Placed] = []
    for n, one in enumerate(placed):
        kept += found.get(n, ())
        if n not in gone:
            kept.append(one)
    return kept


def _used_up(placed: Sequence[Placed], together: Sequence[int], knowledge: Knowledge) -> set[int]:
    """A homozygous member lies on the other copy too, alone, unless all members are."""
    rest = {n for n in together if EVERY not in carriers(placed[n].variant, knowledge)}
    return rest or set(together)


def possible(placed: Sequence[Placed], knowledge: Knowledge) -> Iterator[Possible]:
    """Pairs of unphased changes of one codon whose reads do not keep them apart."""
    for members in _same_codon(placed):
        for one, two in combinations(members, 2):
            first, second = placed[one].variant, placed[two].variant
            if _known_apart(first, second, knowledge) or not _alike(first, second):
                continue
            together = _as_one([placed[one], placed[two]])
            if together is not None:
                yield Possible((one, two), together)


def _same_codon(placed: Sequence[Placed]) -> list[list[int]]:
    """Numbers of equal-length changes within one codon, where there are at least two."""
    groups: dict[tuple[str, str, int], list[int]] = {}
    for n, one in enumerate(placed):
        codon = _codon(one)
        if codon is not None and one.coding is not None:
            groups.setdefault((one.variant.chrom, one.coding.transcript.gene, codon), []).append(n)
    return [members for members in groups.values() if len(members) > 1]


def _codon(one: Placed) -> int | None:
    if one.coding is None or not one.matches or len(one.edit.ref) != len(one.edit.alt):
        return None
    place = one.coding.cds_edit(one.edit)
    return place[0] // 3 if place is not None and place[0] // 3 == (place[1] - 1) // 3 else None


def _in_cis(placed: Sequence[Placed], members: Sequence[int], knowledge: Knowledge) -> Iterator[list[int]]:
    """Members of each haplotype that at least two lie on; a homozygous one lies on that of every other."""
    carried = {n: carriers(placed[n].variant, knowledge) for n in members}
    everywhere = [n for n in members if EVERY in carried[n]]
    labels = dict.fromkeys(label for n in members for label in sorted(carried[n]) if label != EVERY)
    groups = [[n for n in members if label in carried[n]] for label in labels]
    groups += [[n] for n in members if not carried[n] and everywhere]
    for group in groups or [[]]:
        together = sorted((*group, *everywhere))
        if len(together) > 1:
            yield together


def _as_one(parts: Sequence[Placed]) -> Placed | None:
    """One substitution over all bases that the parts change; None where a base between is unknown or changed twice."""
    coding = parts[0].coding
    changed: dict[int, tuple[str, str]] = {}
    for part in parts:
        for pos, pair in enumerate(zip(part.edit.ref, part.edit.alt, strict=True), part.edit.start):
            if pos in changed:
                return None
            changed[pos] = pair
    low, high = min(changed), max(changed)
    if coding is None or high - low > 2:  # an intron lies between the bases of the codon
        return None
    bases = [changed.get(pos, (coding.base(pos),) * 2) for pos in range(low, high + 1)]
    ref, alt = ("".join(side) for side in zip(*bases, strict=True))
    if "N" in ref:
        return None
    variant = replace(_together([part.variant for part in parts]), pos=low, ref=ref, alt=alt)
    edit = hgvs_coding.trim(low, ref, alt)
    return replace(parts[0], variant=variant, edit=edit, place=terms.by_place(coding, edit))


def _together(variants: Sequence[SmallVariant]) -> SmallVariant:
    """The reads of the member with the fewest: no more carry all. What the file says is kept if it says it of all."""
    least = min(variants, key=lambda v: (v.alt_reads is None, v.alt_reads or 0, v.vaf or 0.0))
    doubtful = next((variant for variant in variants if not variant.passes), least)
    if len({variant.hgvsp for variant in variants}) > 1:
        least = replace(least, gene=None, consequence=None, hgvsc=None, hgvsp=None, codon=None, source=None)
    parts = " and ".join(f"{v.chrom}:{v.pos} {v.ref}>{v.alt}" for v in variants)
    return replace(
        least,
        filter=doubtful.filter,
        flags=tuple(dict.fromkeys((*(flag for v in variants for flag in v.flags), PHASED))),
        callers=tuple(sorted({caller for variant in variants for caller in variant.callers})),
        record="; ".join(dict.fromkeys(variant.record or "" for variant in variants)),
        file_annotation=None if least.source is None else least.file_annotation,
        alternative_names=(*least.alternative_names, f"{parts} on one haplotype"),
    )


# ---------------------------------------------------------------- unphased


def _known_apart(one: SmallVariant, two: SmallVariant, knowledge: Knowledge) -> bool:
    """Phased within one set, homozygous, or alternatives at one place: then what is known of them is known."""
    first, second = carriers(one, knowledge), carriers(two, knowledge)
    sets = {label[0] for label in first} & {label[0] for label in second}
    return bool(sets) or EVERY in first | second or one.pos == two.pos


def _alike(one: SmallVariant, two: SmallVariant) -> bool:
    """Can both fractions be that of one clone?"""
    intervals = [_interval(variant) for variant in (one, two)]
    known = [interval for interval in intervals if interval is not None]
    return len(known) < 2 or (known[0][0] <= known[1][1] and known[1][0] <= known[0][1])


def _interval(variant: SmallVariant) -> tuple[float, float] | None:
    if variant.alt_reads is None or not variant.depth:
        return None
    return vaf_interval(min(variant.alt_reads, variant.depth), variant.depth)
