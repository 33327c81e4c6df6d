"""One variant, one way to write it: split, trimmed, left-aligned as far as the pack's bases are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.base.sequence import reverse_complement
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants.hgvs_coding import Coding, Edit, leftmost, trim

BASES = frozenset("ACGTN")
_CODES = str.maketrans("RYSWKMBDHV", "N" * 10)  # ambiguity codes of a reference: the pack may know the base


@frozen
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


def known_reference(variant: SmallVariant, codings: Sequence[Coding]) -> SmallVariant:
    """Bases that REF leaves open, as the pack knows them."""
    if "N" not in variant.ref:
        return variant
    bases = [
        base if base != "N" else next((b for c in codings if (b := c.base(pos)) != "N"), "N")
        for pos, base in enumerate(variant.ref, variant.pos)
    ]
    ref = "".join(bases)
    return _written(variant, variant.pos, ref, variant.alt) if ref != variant.alt else variant


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
    """An equal-length change as HGVS tells it: neighbouring bases, and bases of one codon, are one change.

    An inversion is one. Changes that unchanged bases of other codons part are told apart; they lie on one haplotype.
    """
    if len(variant.ref) != len(variant.alt) or len(variant.ref) < 2 or variant.alt == reverse_complement(variant.ref):
        return (variant,)
    groups: list[list[int]] = []
    for at, (ref, alt) in enumerate(zip(variant.ref, variant.alt, strict=True)):
        if ref == alt:
            continue
        if groups and (groups[-1][-1] == at - 1 or _same_codon(variant.pos + groups[-1][-1], variant.pos + at, coding)):
            groups[-1].append(at)
        else:
            groups.append([at])
    if len(groups) < 2:
        return (variant,)
    variant = _one_molecule(variant)
    return tuple(
        replace(
            variant,
            pos=variant.pos + places[0],
            ref=variant.ref[places[0] : places[-1] + 1],
            alt=variant.alt[places[0] : places[-1] + 1],
        )
        for places in groups
    )


def _same_codon(one: int, two: int, coding: Coding | None) -> bool:
    if coding is None:
        return False
    first, second = coding.cds_index(one), coding.cds_index(two)
    return first is not None and second is not None and first // 3 == second // 3


def _one_molecule(variant: SmallVariant) -> SmallVariant:
    """Parts of one record share their molecules, whether its genotype is phased or not."""
    text = variant.genotype or ""
    if "|" in text or (text and set(text) <= {"1", "/"}):
        return variant
    return replace(variant, genotype="0|1", phase_set=f"{variant.chrom}:{variant.pos}:{variant.ref}>{variant.alt}"[:80])
