"""Which transcript and which placement of an allele to name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import from_file, hgvs_coding, models, normalise, terms
from annotate.name.small_variants.hgvs_coding import Coding, Edit
from annotate.reference.genome import Genome


@frozen
class Placed:
    """A normalised variant with the panel transcript that it is named on."""

    variant: SmallVariant
    coding: Coding | None
    edit: Edit
    place: tuple[str, ...]  # terms by coordinates
    matches: bool  # REF agrees with the pack as far as that is known
    compared: bool  # the pack knows a base of REF


SITES = frozenset({"splice_donor_variant", "splice_acceptor_variant"})


# ---------------------------------------------------------------- placing


def place_on_transcripts(variant: SmallVariant, genome: Genome) -> list[Placed]:
    """A variant on the panel transcript that it changes most; several variants where its parts are told apart."""
    if not normalise.sequence_alleles(variant):
        return [Placed(variant, None, Edit(variant.pos, variant.ref, variant.alt), (), True, False)]
    end = variant.pos + len(variant.ref) - 1
    near = [
        c for gene in models.genes_near(genome, variant.chrom, variant.pos, end) if (c := models.coding(genome, gene))
    ]
    variant = normalise.known_reference(variant, near)
    checked = normalise.check_ref(variant, near)
    if not checked.wrong:
        variant = normalise.left_align(variant, near)
    best, edit, place = _best(variant, near)
    found = []
    for part in normalise.split_substitutions(variant, best) if not checked.wrong else (variant,):
        if part is not variant:
            best, edit, place = _best(part, near)
        found.append(Placed(part, best, edit, place, not checked.wrong, checked.known > 0))
    return found


def _best(variant: SmallVariant, near: Sequence[Coding]) -> tuple[Coding | None, Edit, tuple[str, ...]]:
    edit = hgvs_coding.trim(variant.pos, variant.ref, variant.alt)
    found: tuple[Coding | None, Edit, tuple[str, ...]] = (None, edit, ())
    for coding in near:
        own = _off_splice_site(coding, edit)
        place = terms.by_place(coding, own)
        if terms.severity(place) < terms.severity(found[2]):
            found = (coding, own, place)
    return found


def _off_splice_site(coding: Coding, edit: Edit) -> Edit:
    """Of an indel's equal placements one that leaves splice sites alone: the spliced sequence is the same.

    One in the coding sequence goes before others; the first, as the file has it, before those behind it.
    """
    if not edit.pure_indel or coding.low > edit.end or coding.high < edit.start:
        return edit
    if not SITES & set(terms.by_place(coding, edit)):
        return edit
    free = [way for way in hgvs_coding.placements(coding, edit) if not SITES & set(terms.by_place(coding, way))]
    return next((way for way in free if coding.cds_edit(way) is not None), free[0] if free else edit)


def refuse_other_assembly(placed: Sequence[Placed], genome: Genome, knowledge: Knowledge) -> None:
    """Stop where the REF alleles of one file are those of another genome."""
    wrong: Counter[str | None] = Counter()
    compared: Counter[str | None] = Counter()
    for one in placed:
        if not one.compared:
            continue
        compared[one.variant.file] += 1
        wrong[one.variant.file] += not one.matches
    for file, count in wrong.items():
        enough = count >= knowledge.value(cutoffs.ANNOTATION_WRONG_ASSEMBLY_MISMATCHES)
        if enough and count / compared[file] >= knowledge.value(cutoffs.ANNOTATION_WRONG_ASSEMBLY_SHARE):
            first = next(one.variant for one in placed if not one.matches and one.variant.file == file)
            raise InputError(
                f"{count} of {compared[file]} REF alleles in coding sequence are not those of {genome.assembly}",
                path=file,
                found=f"REF {first.ref[:20]} at {first.chrom}:{first.pos}",
                expected=f"the bases of {genome.assembly}",
                fix="set the column assembly to the genome that the file was made on",
            )


def once(placed: Sequence[Placed]) -> list[Placed]:
    """The same change that two callers wrote in two ways, as one: the better covered, with both callers."""
    found: dict[tuple[str, int, str, str], Placed] = {}
    for one in placed:
        same = found.get(one.variant.key)
        found[one.variant.key] = one if same is None else _merged(same, one)
    return list(found.values())


def _merged(one: Placed, two: Placed) -> Placed:
    keep, other = (two, one) if (two.variant.depth or 0) > (one.variant.depth or 0) else (one, two)
    callers = tuple(dict.fromkeys((*one.variant.callers, *two.variant.callers)))
    flags = tuple(dict.fromkeys((*one.variant.flags, *two.variant.flags)))
    annotated = (
        keep.variant if from_file.annotated(keep.variant) or not from_file.annotated(other.variant) else other.variant
    )
    return replace(
        keep,
        variant=replace(
            keep.variant,
            callers=callers,
            flags=flags,
            gene=annotated.gene,
            transcript=annotated.transcript,
            consequence=annotated.consequence,
            hgvsc=annotated.hgvsc,
            hgvsp=annotated.hgvsp,
            codon=annotated.codon,
            source=annotated.source,
        ),
    )
