"""The file's own annotation (CSQ, ANN, BCSQ) beside ours: kept, compared, shown where it disagrees."""

from __future__ import annotations

import re

from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.name.small_variants.terms import CODING, ORDER, severity
from annotate.reference import hotspots

_PLAIN = {term.removesuffix("_variant"): term for term in ORDER}
# SnpEff and VEP name some classes more finely than bcftools; here they are one.
_SAME = {
    "disruptive_inframe_insertion": "inframe_insertion",
    "conservative_inframe_insertion": "inframe_insertion",
    "disruptive_inframe_deletion": "inframe_deletion",
    "conservative_inframe_deletion": "inframe_deletion",
    "protein_altering": "inframe_deletion",
    "inframe_altering": "inframe_deletion",
    "initiator_codon": "start_lost",
    "stop_retained": "synonymous",
    "start_retained": "synonymous",
    "splice_donor_5th_base": "splice_region",
    "splice_donor_region": "splice_region",
    "splice_polypyrimidine_tract": "splice_region",
    "5_prime_utr_premature_start_codon_gain": "5_prime_UTR",
    "5_prime_UTR_premature_start_codon_gain": "5_prime_UTR",
}


def annotated(variant: SmallVariant) -> bool:
    """Did the file annotate this variant itself?"""
    return variant.source == "file" and bool(variant.consequence or variant.hgvsp or variant.hgvsc)


def text_of(variant: SmallVariant) -> str:
    """What the file says, in one line."""
    hgvsc = variant.hgvsc or ""
    if variant.transcript and hgvsc and ":" not in hgvsc:
        hgvsc = f"{variant.transcript}:{hgvsc}"
    parts = [variant.gene, hgvsc or variant.transcript, variant.hgvsp, variant.consequence]
    return " ".join(part for part in parts if part)


def file_severity(variant: SmallVariant) -> int:
    """Rank of the worst consequence that the file's annotation names."""
    plain = hotspots.terms(variant.consequence)
    return severity(_PLAIN.get(_SAME.get(term, term), term) for term in plain)


def differs(file: SmallVariant, ours: SmallVariant, coding: Coding | None) -> bool:
    """Does the file say something else of the same gene? Another isoform's numbering is not a disagreement."""
    if file.gene and ours.gene and file.gene != ours.gene:
        return file_severity(file) < severity((ours.consequence or "").split("&"))
    if file.hgvsp and ours.hgvsp:
        said = hotspots.plain_protein(file.hgvsp)
        if said == ours.hgvsp or any(f":{said} " in name for name in ours.alternative_names):
            return False
        if same_isoform(file, ours, coding) or not _other_isoform(file):
            return not _same_frameshift(said, ours.hgvsp)
        return not _same_change(said, ours.hgvsp)
    if not (file.consequence and ours.consequence):
        return False
    if min(file_severity(file), severity(ours.consequence.split("&"))) > CODING:
        return False  # introns, UTRs and neighbourhoods of different isoforms
    return not _classes(file) & _classes(ours)


def _classes(variant: SmallVariant) -> frozenset[str]:
    same = {_SAME.get(term, term) for term in hotspots.terms(variant.consequence)}
    found = {"inframe" if term.startswith("inframe") else term for term in same}
    more = found - {"splice_region", "intron", "coding_sequence", "NMD_transcript"}
    return frozenset(more or found)


def same_isoform(file: SmallVariant, ours: SmallVariant, coding: Coding | None) -> bool:
    """Is the file's transcript the panel's, under its Ensembl or its RefSeq name?"""
    said = _bare(file.transcript)
    own = {_bare(ours.transcript)} | ({_bare(coding.transcript.transcript)} if coding is not None else set())
    return bool(said) and said in own


def _other_isoform(file: SmallVariant) -> bool:
    """The file names a transcript, so a number may be counted on another one."""
    return bool(_bare(file.transcript))


def _bare(transcript: str | None) -> str:
    return (transcript or "").removeprefix("transcript:").split(".")[0]


def _same_change(one: str, two: str) -> bool:
    """The same residues changed, whatever their numbers."""
    return re.sub(r"\d+", "", _short(one)) == re.sub(r"\d+", "", _short(two))


def _same_frameshift(one: str, two: str) -> bool:
    """`p.Arg97fs` and `p.Arg97ProfsTer23` are one change, and so are `p.Arg97=` and `p.Arg97Arg`."""
    return _short(one) == _short(two)


def _short(name: str) -> str:
    name = re.sub(r"[A-Z][a-z]{2}fs.*|fs.*", "fs", name)
    name = re.sub(r"ext.*", "ext", name)
    name = re.sub(r"^p\.Met1(?![\d_]).*", "p.Met1?", name)
    return re.sub(r"p\.([A-Z][a-z]{2})(\d+)\1$", r"p.\1\2=", name)
