"""What a small variant does to its gene: normalised, checked against the reference, named.

Consequences are those of `bcftools csq` on the reference pack, names those of `annotate.hgvs`. Where the pack
does not know the bases, a hotspot table, the file's own annotation or coordinates alone name the variant, and
`source` says which. The file's own annotation is always kept beside ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotate import hgvs
from annotate.consequence import csq, from_file, known, models, normalise, terms
from annotate.consequence.phase import compounds
from annotate.errors import InputError
from annotate.genome import Genome
from annotate.hgvs import Coding, Edit
from annotate.knowledge import Knowledge
from annotate.model import SmallVariant
from annotate.mutations import plain_protein

REF_MISMATCH = "ref_mismatch"
ANNOTATION_DIFFERS = "annotation_differs"
PHASED = "phased_compound"
NOT_SHIFTED = "hgvsc_not_shifted"  # unknown bases beside an indel: its most 3' place is not certain


@dataclass(frozen=True, slots=True)
class Placed:
    """A normalised variant with the panel transcript that it is named on."""

    variant: SmallVariant
    coding: Coding | None
    edit: Edit
    place: tuple[str, ...]  # terms by coordinates
    matches: bool  # REF agrees with the pack as far as that is known
    compared: bool  # the pack knows a base of REF


def annotate(variants: Iterable[SmallVariant], genome: Genome, knowledge: Knowledge) -> tuple[SmallVariant, ...]:
    """Every variant normalised and named, in the order given; the same call written twice becomes one.

    Errors: InputError where so many REF alleles disagree with the reference that the file is of another assembly.
    """
    given = [part for variant in variants for part in normalise.split_alleles(variant)]
    placed = [one for variant in given for one in _place(variant, genome)]
    _refuse_other_assembly(placed, genome, knowledge)
    placed = _once(placed)
    queries = [
        csq.Query(str(n), one.variant, one.coding)
        for n, one in enumerate(placed)
        if one.coding is not None and one.matches and terms.severity(one.place) <= _ASKED
    ]
    calls = csq.local(queries, genome)
    named = [_name(one, calls.get(str(n), ()), genome, knowledge) for n, one in enumerate(placed)]
    return tuple(_in_cis(placed, named, genome, knowledge))


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


_SITES = frozenset({"splice_donor_variant", "splice_acceptor_variant"})
_INTRONIC = re.compile(r"\d[+-]\d")  # c.88+1, c.89-2, and not c.-14
_ASKED = terms.ORDER.index("non_coding_transcript_variant")  # csq knows nothing beside transcripts


# ---------------------------------------------------------------- placing


def _place(variant: SmallVariant, genome: Genome) -> list[Placed]:
    """A variant on the panel transcript that it changes most; several variants where codons are told apart."""
    if not normalise.sequence_alleles(variant):
        return [Placed(variant, None, Edit(variant.pos, variant.ref, variant.alt), (), True, False)]
    end = variant.pos + len(variant.ref) - 1
    near = [
        c for gene in models.genes_near(genome, variant.chrom, variant.pos, end) if (c := models.coding(genome, gene))
    ]
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
    edit = hgvs.trim(variant.pos, variant.ref, variant.alt)
    found: tuple[Coding | None, Edit, tuple[str, ...]] = (None, edit, ())
    for coding in near:
        own = _off_splice_site(coding, edit)
        place = terms.by_place(coding, own)
        if terms.severity(place) < terms.severity(found[2]):
            found = (coding, own, place)
    return found


def _off_splice_site(coding: Coding, edit: Edit) -> Edit:
    """Of an indel's equal placements, the first that leaves splice sites alone: the spliced sequence is the same."""
    if not edit.pure_indel or coding.low > edit.end or coding.high < edit.start:
        return edit
    ways = (edit, hgvs.rightmost(coding, edit))
    return next((way for way in ways if not _SITES & set(terms.by_place(coding, way))), edit)


def _refuse_other_assembly(placed: Sequence[Placed], genome: Genome, knowledge: Knowledge) -> None:
    """Stop where the REF alleles of one file are those of another genome."""
    wrong: Counter[str | None] = Counter()
    compared: Counter[str | None] = Counter()
    for one in placed:
        if not one.compared:
            continue
        compared[one.variant.file] += 1
        wrong[one.variant.file] += not one.matches
    for file, count in wrong.items():
        enough = count >= knowledge.value("annotation.wrong_assembly_mismatches")
        if enough and count / compared[file] >= knowledge.value("annotation.wrong_assembly_share"):
            first = next(one.variant for one in placed if not one.matches and one.variant.file == file)
            raise InputError(
                f"{count} of {compared[file]} REF alleles in coding sequence are not those of {genome.assembly}",
                path=file,
                found=f"REF {first.ref[:20]} at {first.chrom}:{first.pos}",
                expected=f"the bases of {genome.assembly}",
                fix="set the column assembly to the genome that the file was made on",
            )


def _once(placed: Sequence[Placed]) -> list[Placed]:
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


# ---------------------------------------------------------------- naming


def _name(one: Placed, calls: Sequence[csq.Call], genome: Genome, knowledge: Knowledge) -> SmallVariant:
    file = one.variant
    gene = genome.symbol(file.gene) if file.gene else None
    if gene != file.gene:
        file = replace(file, gene=gene)
    ours = _ours(one, calls, genome, knowledge)
    if not from_file.annotated(file):
        return ours
    if _file_knows_more(file, ours):
        return _as_in_file(file, ours, one.coding)
    flags = ours.flags
    if from_file.differs(file, ours, one.coding):
        flags = tuple(dict.fromkeys((*flags, ANNOTATION_DIFFERS)))
    return replace(ours, file_annotation=file.file_annotation or from_file.text_of(file), flags=flags)


def _ours(one: Placed, calls: Sequence[csq.Call], genome: Genome, knowledge: Knowledge) -> SmallVariant:
    variant = _unnamed(one.variant)
    if not one.matches:
        variant = replace(variant, flags=tuple(dict.fromkeys((*variant.flags, REF_MISMATCH))))
    if one.coding is None or terms.severity(one.place) > _ASKED:
        region = known.regulatory(variant.chrom, variant.pos, variant.pos + len(variant.ref), genome, knowledge)
        if region is not None:
            return replace(
                variant, gene=region[0], consequence="regulatory_region_variant", source="coordinates",
                alternative_names=(region[1],),
            )  # fmt: skip
    if one.coding is None:
        return replace(variant, gene=_other_gene(variant, genome))
    return _on_transcript(variant, one, one.coding, calls, genome, knowledge)


def _unnamed(variant: SmallVariant) -> SmallVariant:
    """Without what the file says of the gene and the protein; itself where it says nothing."""
    said = (variant.gene, variant.transcript, variant.consequence, variant.hgvsc, variant.hgvsp)
    if said == (None,) * 5 and variant.codon is None and variant.source is None:
        return variant
    return replace(
        variant, gene=None, transcript=None, consequence=None, hgvsc=None, hgvsp=None, codon=None, source=None
    )


def _on_transcript(
    variant: SmallVariant,
    one: Placed,
    coding: Coding,
    calls: Sequence[csq.Call],
    genome: Genome,
    knowledge: Knowledge,
) -> SmallVariant:
    gene = coding.transcript.gene
    change = hgvs.protein_change(coding, [one.edit]) if one.matches else None
    coded = coding.cds_edit(one.edit)
    own_calls = [call for call in calls if call.transcript == coding.transcript.transcript]
    found = terms.ordered(term for call in own_calls for term in call.terms if term in terms.ORDER)
    found = _coding_terms(found, one.place, change) if coded is not None else _other_terms(found, one.place)
    name = hgvs.coding_name(coding, one.edit)
    certain = not name or hgvs.shift_is_certain(coding, one.edit)
    stated: dict[str, Any] = {
        "gene": gene,
        "transcript": coding.accession,
        "hgvsc": f"{coding.accession}:{name}" if name else None,
        "consequence": "&".join(found),
        "source": "csq" if own_calls else "coordinates",
        "codon": coded[0] // 3 + 1 if coded is not None and coding.numbered else None,
        "flags": variant.flags if certain else (*variant.flags, NOT_SHIFTED),
    }
    if change is not None and not _SITES & set(found) and not _INTRONIC.search(name or ""):
        stated |= _protein(gene, change, knowledge)
    # a change without a protein name lies at a border of an exon: what becomes of the protein is not known
    variant = replace(variant, **stated)
    return variant if change is not None else _without_sequence(variant, coded is not None, genome, knowledge)


def _coding_terms(found: tuple[str, ...], place: tuple[str, ...], change: hgvs.ProteinChange | None) -> tuple[str, ...]:
    """Terms of the protein change, or of the place and the length where a base is unknown, and csq's of splicing.

    csq reads a codon with an unknown base as some residue or other, and takes the first base of a deletion-insertion
    for the base before it: its words for the protein are not taken over where they could be those.
    """
    beside = [term for term in (*found, *place) if term.startswith("splice_")]
    if set(beside) & _SITES:
        beside = [term for term in beside if term != "splice_region_variant"]
    return terms.ordered((*(place if change is None else change.terms), *beside))


def _other_terms(found: tuple[str, ...], place: tuple[str, ...]) -> tuple[str, ...]:
    """Outside coding sequence: csq's terms and those of the place, without what a splice site makes redundant."""
    both = terms.ordered((*found, *place))
    redundant = {"splice_region_variant", "intron_variant"} if set(both) & _SITES else set()
    return tuple(term for term in both if term not in redundant)


def _protein(gene: str, change: hgvs.ProteinChange, knowledge: Knowledge) -> dict[str, Any]:
    """Fields of a variant whose protein change is known."""
    return {
        "hgvsp": change.name,
        "codon": change.codon,
        "source": "csq",
        "alternative_names": known.other_names(gene, change.name, knowledge),
    }


def _without_sequence(variant: SmallVariant, coded: bool, genome: Genome, knowledge: Knowledge) -> SmallVariant:
    """The pack's bases do not give the protein change: a hotspot table may, else coordinates alone."""
    hotspot = known.hotspot_name(variant, genome, knowledge) if REF_MISMATCH not in variant.flags else None
    if hotspot is not None and (hotspot.gene == variant.gene or coded):
        return replace(
            variant,
            gene=hotspot.gene,
            transcript=variant.transcript if variant.hgvsc else hotspot.transcript(knowledge),
            hgvsp=hotspot.hgvsp,
            codon=hotspot.codon,
            consequence="&".join(hotspot.terms),
            source="hotspot",
            alternative_names=known.other_names(hotspot.gene, hotspot.hgvsp, knowledge),
        )
    return replace(variant, source="coordinates") if coded else variant


def _other_gene(variant: SmallVariant, genome: Genome) -> str | None:
    """The gene whose span holds the variant, a panel gene first; None between genes."""
    genes = genome.genes_between(variant.chrom, variant.pos, variant.pos + len(variant.ref) - 1)
    return min(genes, key=lambda gene: (not gene.panel, gene.end - gene.start)).name if genes else None


# ---------------------------------------------------------------- beside the file's own annotation


def _file_knows_more(file: SmallVariant, ours: SmallVariant) -> bool:
    """The file names a protein change or a place in a gene that the pack cannot tell."""
    if ours.source is None:
        return True
    if ours.source == "hotspot":
        return False
    same_gene = file.gene is None or ours.gene is None or file.gene == ours.gene
    if same_gene:
        return ours.source == "coordinates" and bool(file.hgvsp) and not ours.hgvsp
    own = terms.severity((ours.consequence or "").split("&"))
    return own > terms.EXONIC and from_file.file_severity(file) <= terms.CODING


def _as_in_file(file: SmallVariant, ours: SmallVariant, coding: Coding | None) -> SmallVariant:
    """The file's names on its transcript, under our name of the transcript where it is the panel's."""
    gene = file.gene or ours.gene
    same = gene == ours.gene
    own = same and from_file.same_isoform(file, ours, coding)
    transcript = ours.transcript if own or (same and not file.transcript) else file.transcript
    hgvsc = (file.hgvsc or "").split(":")[-1] or (ours.hgvsc or "").split(":")[-1] if same else file.hgvsc
    return replace(
        file,
        pos=ours.pos,
        ref=ours.ref,
        alt=ours.alt,
        gene=gene,
        codon=ours.codon if same and ours.codon is not None else file.codon,
        consequence=file.consequence or ours.consequence,
        hgvsc=f"{transcript}:{hgvsc}" if hgvsc and transcript and ":" not in hgvsc else hgvsc or None,
        transcript=transcript,
        flags=tuple(flag for flag in ours.flags if flag != NOT_SHIFTED or not file.hgvsc),
        source="file",
        file_annotation=file.file_annotation or from_file.text_of(file),
    )


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
        together = hgvs.protein_change(coding, [part.edit for part in parts])
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
    variant: SmallVariant, together: hgvs.ProteinChange, others: str, *, one_codon: bool, knowledge: Knowledge
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


def _text(variant: SmallVariant) -> str:
    return f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"


__all__ = ["annotate", "warnings"]
