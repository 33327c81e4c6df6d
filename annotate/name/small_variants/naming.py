"""Consequence and HGVS names of one allele on one transcript."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import POSSIBLE_SPLICE, REF_MISMATCH, SmallVariant
from annotate.name.small_variants import csq, from_file, hgvs_coding, hgvs_protein, known, terms
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.name.small_variants.placing import SITES, Placed
from annotate.reference.genome import Genome

ANNOTATION_DIFFERS = "annotation_differs"
NOT_SHIFTED = "hgvsc_not_shifted"  # unknown bases beside an indel: its most 3' place is not certain
_INTRONIC = re.compile(r"\d[+-]\d")  # c.88+1, c.89-2, and not c.-14
ASKED = terms.ORDER.index("non_coding_transcript_variant")  # csq knows nothing beside transcripts


# ---------------------------------------------------------------- naming


def named_variant(one: Placed, calls: Sequence[csq.Call], genome: Genome, knowledge: Knowledge) -> SmallVariant:
    """A variant with gene, transcript, consequence and HGVS: the file's where it knows more, else ours."""
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
    if one.coding is None or terms.severity(one.place) > ASKED:
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
    change = hgvs_protein.protein_change(coding, [one.edit]) if one.matches else None
    coded = coding.cds_edit(one.edit)
    own_calls = [call for call in calls if call.transcript == coding.transcript.transcript]
    found = terms.ordered(term for call in own_calls for term in call.terms if term in terms.ORDER)
    # csq takes an indel where it is written, and speaks of a splice site that an equal place leaves alone
    found = tuple(term for term in found if term not in SITES or term in one.place)
    inside = coded is not None or change is not None
    found = _coding_terms(found, one.place, change) if inside else _other_terms(found, one.place)
    name = hgvs_coding.coding_name(coding, one.edit)
    certain = not name or hgvs_coding.shift_is_certain(coding, one.edit)
    stated: dict[str, Any] = {
        "gene": gene,
        "transcript": coding.accession,
        "hgvsc": f"{coding.accession}:{name}" if name else None,
        "consequence": "&".join(found),
        "source": "csq" if own_calls else "coordinates",
        "codon": coded[0] // 3 + 1 if coded is not None and coding.numbered else None,
        "flags": _flags(variant, one, coding, certain),
    }
    if change is not None and not SITES & set(found) and not _INTRONIC.search(name or ""):
        stated |= _protein(gene, change, knowledge)
    # a change without a protein name lies at a border of an exon: what becomes of the protein is not known
    variant = replace(variant, **stated)
    return variant if change is not None else _without_sequence(variant, coded is not None, genome, knowledge)


def _flags(variant: SmallVariant, one: Placed, coding: Coding, certain: bool) -> tuple[str, ...]:
    more = () if certain else (NOT_SHIFTED,)
    return (*variant.flags, *more, *((POSSIBLE_SPLICE,) if terms.weakens_donor(coding, one.edit) else ()))


def _coding_terms(
    found: tuple[str, ...], place: tuple[str, ...], change: hgvs_protein.ProteinChange | None
) -> tuple[str, ...]:
    """Terms of the protein change, or of the place and the length where a base is unknown, and csq's of splicing.

    csq reads a codon with an unknown base as some residue or other, and takes the first base of a deletion-insertion
    for the base before it: its words for the protein are not taken over where they could be those.
    """
    beside = [term for term in (*found, *place) if term.startswith("splice_")]
    if set(beside) & SITES:
        beside = [term for term in beside if term != "splice_region_variant"]
    return terms.ordered((*(place if change is None else change.terms), *beside))


def _other_terms(found: tuple[str, ...], place: tuple[str, ...]) -> tuple[str, ...]:
    """Outside coding sequence: csq's terms and those of the place, without what a splice site makes redundant."""
    both = terms.ordered((*found, *place))
    redundant = {"splice_region_variant", "intron_variant"} if set(both) & SITES else set()
    return tuple(term for term in both if term not in redundant)


def _protein(gene: str, change: hgvs_protein.ProteinChange, knowledge: Knowledge) -> dict[str, Any]:
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
