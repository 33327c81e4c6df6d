"""One variant, one way to write it: split, trimmed, left-aligned as far as the pack's bases are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants.hgvs_coding import Coding, Edit, leftmost, trim

BASES = frozenset("ACGTN")
_CODES = str.maketrans("RYSWKMBDHV", "N" * 10)  # ambiguity codes of a reference say no more than N here


@dataclass(frozen=True, slots=True)
class Checked:
    """What the pack says of a REF allele."""

    known: int  # bases that could be compared
    wrong: int


def sequence_alleles(variant: SmallVariant) -> bool:
    """Both alleles are bases, and not the same: not `*`, `<NON_REF>`, `.` or a breakend."""
    ref, alt = variant.ref, variant.alt
    return bool(ref) and bool(alt) and ref != alt and BASES.issuperset(ref) and BASES.issuperset(alt)


def split_alleles(variant: SmallVariant) -> Iterator[SmallVariant]:
    """One variant for each alternative allele, bases in upper case."""
    ref = variant.ref.upper().translate(_CODES)
    for alt in variant.alt.split(","):
        yield _written(variant, variant.pos, ref, alt if alt[:1] in "<*" else alt.upper())


def _written(variant: SmallVariant, pos: int, ref: str, alt: str) -> SmallVariant:
    """The variant at this place with these alleles; itself where they are its own."""
    if variant.pos == pos and variant.ref == ref and variant.alt == alt:
        return variant
    return replace(variant, pos=pos, ref=ref, alt=alt)


def check_ref(variant: SmallVariant, codings: Sequence[Coding]) -> Checked:
    """Compare REF with the pack. Bases that the pack does not know (introns) cannot be compared."""
    known = wrong = 0
    for pos, base in enumerate(variant.ref, variant.pos):
        pack = next((b for c in codings if (b := c.base(pos)) != "N"), "N")
        if pack != "N" and base != "N":
            known += 1
            wrong += pack != base
    return Checked(known, wrong)


def left_align(variant: SmallVariant, codings: Sequence[Coding]) -> SmallVariant:
    """Minimal alleles, an indel as far left as known bases show it to be the same.

    The base before an indel stays one that is known, from the file or the pack.
    """
    edit = trim(variant.pos, variant.ref, variant.alt)
    if not edit.ref and not edit.alt:
        return variant
    if not edit.pure_indel:
        return _written(variant, edit.start, edit.ref, edit.alt)
    moved = next((m for c in codings if (m := _with_anchor(c, edit)) is not None), None)
    if moved is not None:
        return _written(variant, moved.start - 1, moved.ref, moved.alt)
    ahead = edit.start - 1 - variant.pos
    if ahead < 0:  # the file gives no base before the indel and the pack knows none
        return variant
    anchor = variant.ref[ahead]
    return _written(variant, edit.start - 1, anchor + edit.ref, anchor + edit.alt)


def _with_anchor(coding: Coding, edit: Edit) -> Edit | None:
    """The leftmost edit with the base before it, if it can be moved at all and that base is known."""
    moved = leftmost(coding, edit)
    if moved.start < edit.start and coding.base(moved.start - 1) == "N":
        bases = moved.ref or moved.alt  # one step back: the base before is then part of the repeat, and known
        bases = bases[1:] + bases[0]
        moved = Edit(moved.start + 1, bases, "") if moved.ref else Edit(moved.start + 1, "", bases)
    anchor = coding.base(moved.start - 1)
    if anchor == "N":
        return None
    return Edit(moved.start, anchor + moved.ref, anchor + moved.alt)


def split_substitutions(variant: SmallVariant, coding: Coding | None) -> tuple[SmallVariant, ...]:
    """An equal-length change as one variant a codon: bases of one codon stay together, others are told apart.

    Outside coding sequence, neighbouring bases stay together.
    """
    if len(variant.ref) != len(variant.alt) or len(variant.ref) < 2:
        return (variant,)
    groups: list[tuple[object, list[int]]] = []
    for at, (ref, alt) in enumerate(zip(variant.ref, variant.alt, strict=True)):
        if ref == alt:
            continue
        place = coding.cds_index(variant.pos + at) if coding is not None else None
        own = ("codon", place // 3) if place is not None else ("run", 0)
        if groups and groups[-1][0] == own and (own[0] == "codon" or groups[-1][1][-1] == at - 1):
            groups[-1][1].append(at)
        else:
            groups.append((own, [at]))
    if len(groups) < 2:
        return (variant,)
    return tuple(
        replace(
            variant,
            pos=variant.pos + places[0],
            ref=variant.ref[places[0] : places[-1] + 1],
            alt=variant.alt[places[0] : places[-1] + 1],
        )
        for _, places in groups
    )
