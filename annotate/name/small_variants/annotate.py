"""What a small variant does to its gene: normalised, checked against the reference, named.

Consequences are those of `bcftools csq` on the reference pack, names those of `hgvs_coding` and `hgvs_protein`. Where
the pack does not know the bases, a hotspot table, the file's own annotation or coordinates alone name the variant, and
`source` says which. The file's own annotation is always kept beside ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import PHASE_UNKNOWN, REF_MISMATCH, SmallVariant
from annotate.name.small_variants import codons, csq, hgvs_protein, known, normalise, terms
from annotate.name.small_variants.codons import PHASED
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.name.small_variants.naming import ANNOTATION_DIFFERS, ASKED, named_variant
from annotate.name.small_variants.open_records import lesions_of
from annotate.name.small_variants.phase import compounds
from annotate.name.small_variants.placing import Placed, once, place_on_transcripts, refuse_other_assembly
from annotate.reference.genome import Genome
from annotate.reference.hotspots import plain_protein


def annotate(variants: Iterable[SmallVariant], genome: Genome, knowledge: Knowledge) -> tuple[SmallVariant, ...]:
    """Every variant normalised and named, in the order given; the same call written twice becomes one.

    Errors: InputError where so many REF alleles disagree with the reference that the file is of another assembly.
    """
    given = [part for variant in variants for part in normalise.split_alleles(variant)]
    placed = [one for variant in given for one in place_on_transcripts(variant, genome)]
    refuse_other_assembly(placed, genome, knowledge)
    placed = codons.joined(once(placed), knowledge)
    queries = [
        csq.Query(str(n), one.variant, one.coding)
        for n, one in enumerate(placed)
        if one.coding is not None and one.matches and terms.severity(one.place) <= ASKED
    ]
    calls = csq.local(queries, genome)
    named = [named_variant(one, calls.get(str(n), ()), genome, knowledge) for n, one in enumerate(placed)]
    named = _in_cis(placed, named, genome, knowledge)
    for pair in codons.possible(placed, knowledge):
        _note_possible(pair, named, genome, knowledge)
    return tuple(named)


def warnings(variants: Iterable[SmallVariant]) -> tuple[str, ...]:
    """What a report must say of the annotation as a whole: counts, with the first of each."""
    given = tuple(variants)
    wrong = [variant for variant in given if REF_MISMATCH in variant.flags]
    unnamed = [variant for variant in given if _coding_without_sequence(variant)]
    differing = [variant for variant in given if ANNOTATION_DIFFERS in variant.flags]
    genes = ", ".join(sorted({variant.gene for variant in unnamed if variant.gene}))
    return (
        *_warning(wrong, "REF disagrees with the reference; named by coordinates alone"),
        *_warning(unnamed, f"no protein change, because the reference pack has no sequence there: {genes}"),
        *_warning(differing, "the file's own annotation says something else than ALLert's"),
    )


def _warning(hits: Sequence[SmallVariant], text: str) -> tuple[str, ...]:
    if not hits:
        return ()
    first = ", ".join(f"{v.chrom}:{v.pos} {v.ref[:20]}>{v.alt[:20]}" for v in hits[:3])
    return (f"{len(hits)} small variant{'s' if len(hits) > 1 else ''}: {text} ({first})",)


def _coding_without_sequence(variant: SmallVariant) -> bool:
    coded = {"coding_sequence_variant", "frameshift_variant", "inframe_insertion", "inframe_deletion", "start_lost"}
    if variant.source != "coordinates" or variant.hgvsp or REF_MISMATCH in variant.flags:
        return False
    return bool(coded & set((variant.consequence or "").split("&")))


# ---------------------------------------------------------------- haplotypes


def _in_cis(
    placed: Sequence[Placed], named: Sequence[SmallVariant], genome: Genome, knowledge: Knowledge
) -> list[SmallVariant]:
    """Phased variants of one haplotype that make one change together are named by it."""
    found = list(named)
    for members in compounds(placed, genome):
        parts = [placed[n] for n in members]
        coding = parts[0].coding
        assert coding is not None
        together = hgvs_protein.protein_change(coding, [part.edit for part in parts])
        if together is None:
            continue
        for n in members:
            others = ", ".join(_text(placed[m].variant) for m in members if m != n)
            found[n] = _joined(found[n], together, others, one_codon=_one_codon(parts, coding), knowledge=knowledge)
            if plain_protein(placed[n].variant.hgvsp or "") == found[n].hgvsp:  # the file has read them together too
                found[n] = replace(found[n], flags=tuple(f for f in found[n].flags if f != ANNOTATION_DIFFERS))
    return found


def _one_codon(parts: Sequence[Placed], coding: Coding) -> bool:
    """Base changes of one codon, whose protein change is one; a frameshift and its neighbours keep their own names."""
    codons = set()
    for part in parts:
        place = coding.cds_edit(part.edit)
        if place is None or len(part.edit.ref) != len(part.edit.alt):
            return False
        codons |= {place[0] // 3, (place[1] - 1) // 3}
    return len(codons) == 1


def _joined(
    variant: SmallVariant, together: hgvs_protein.ProteinChange, others: str, *, one_codon: bool, knowledge: Knowledge
) -> SmallVariant:
    flags = tuple(dict.fromkeys((*variant.flags, PHASED)))
    if not one_codon and together.name == variant.hgvsp:  # what lies behind its stop changes nothing
        return variant
    if not one_codon:
        note = f"with {others} on the same haplotype: {together.name}"
        return replace(variant, flags=flags, alternative_names=(*variant.alternative_names, note))
    alone = (f"{variant.hgvsp} without {others} on the same haplotype",) if variant.hgvsp else ()
    beside = [term for term in (variant.consequence or "").split("&") if term == "splice_region_variant"]
    names = known.other_names(variant.gene or "", together.name, knowledge)
    return replace(
        variant,
        hgvsp=together.name,
        codon=together.codon,
        consequence="&".join(terms.ordered((*together.terms, *beside))),
        flags=flags,
        alternative_names=(*names, *alone),
    )


def _note_possible(pair: codons.Possible, named: list[SmallVariant], genome: Genome, knowledge: Knowledge) -> None:
    """What two unphased changes of one codon would be together; a doubt where that would count for other lesions."""
    together = named_variant(pair.together, (), genome, knowledge)
    if together.hgvsp is None:
        return
    for n, m in (pair.members, pair.members[::-1]):
        note = f"with {_text(named[m])} on one molecule: {together.hgvsp}"
        flags = named[n].flags
        if lesions_of(named[n], genome, knowledge) != lesions_of(together, genome, knowledge):
            flags = tuple(dict.fromkeys((*flags, PHASE_UNKNOWN)))
        named[n] = replace(named[n], flags=flags, alternative_names=(*named[n].alternative_names, note))


def _text(variant: SmallVariant) -> str:
    return f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"


__all__ = ["PHASED", "annotate", "warnings"]
