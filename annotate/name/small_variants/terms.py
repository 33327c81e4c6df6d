"""Sequence Ontology terms of a change on one transcript, from coordinates and, where known, bases."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter

from annotate.name.small_variants.hgvs_coding import Coding, Edit
from annotate.name.small_variants.models import NEARBY

# Most severe first: the order in which Ensembl ranks consequences.
ORDER = (
    "transcript_ablation",
    "splice_acceptor_variant",
    "splice_donor_variant",
    "stop_gained",
    "frameshift_variant",
    "stop_lost",
    "start_lost",
    "inframe_insertion",
    "inframe_deletion",
    "missense_variant",
    "protein_altering_variant",
    "splice_region_variant",
    "start_retained_variant",
    "stop_retained_variant",
    "synonymous_variant",
    "coding_sequence_variant",
    "5_prime_UTR_variant",
    "3_prime_UTR_variant",
    "non_coding_transcript_exon_variant",
    "intron_variant",
    "non_coding_transcript_variant",
    "regulatory_region_variant",
    "upstream_gene_variant",
    "downstream_gene_variant",
    "intergenic_variant",
)
_RANK = {term: rank for rank, term in enumerate(ORDER)}

SPLICE_SITE = 2  # bases of an intron's ends that are donor or acceptor
SPLICE_INTRON = 8  # splice_region_variant: within 3 to 8 bases of the intron (SO:0001630)
SPLICE_EXON = 3  # or 1 to 3 bases of the exon


def ordered(terms: Iterable[str]) -> tuple[str, ...]:
    """Each term once, most severe first."""
    return tuple(sorted(dict.fromkeys(terms), key=lambda term: (_RANK.get(term, len(ORDER)), term)))


def severity(terms: Iterable[str]) -> int:
    """Rank of the most severe term; lower is worse."""
    return min((_RANK.get(term, len(ORDER)) for term in terms), default=len(ORDER) + 1)


CODING = _RANK["coding_sequence_variant"]  # this severe or worse: in or at the coding sequence
EXONIC = _RANK["non_coding_transcript_exon_variant"]


def by_place(coding: Coding, edit: Edit) -> tuple[str, ...]:
    """Terms by coordinates alone: splice sites, in-frame or frameshift by length, UTR, intron, near the gene."""
    if edit.start <= coding.low and edit.end >= coding.high:
        return ("transcript_ablation",)
    beside, within = _splice(coding, edit), _exonic(coding, edit)
    found = beside + within
    if not found:
        return _beside(coding, edit)
    sites = bool({"splice_donor_variant", "splice_acceptor_variant"} & set(found))
    drop = {"splice_region_variant", "intron_variant"} if sites else {"intron_variant"} if within else set()
    return ordered(term for term in found if term not in drop)


def _introns_near(coding: Coding, edit: Edit) -> Iterator[tuple[int, int]]:
    """Introns whose splice regions an edit may touch: last base of the exon before, first base of the exon after."""
    first = bisect_left(coding.introns, edit.start - SPLICE_EXON, key=itemgetter(1))
    for left, right in coding.introns[first:]:
        if edit.end < left - SPLICE_EXON:
            break
        yield left, right


def _splice(coding: Coding, edit: Edit) -> list[str]:
    found = []
    for left, right in _introns_near(coding, edit):
        sites = ("splice_donor_variant", "splice_acceptor_variant")
        for term, inner, outer in (
            (sites[0] if coding.forward else sites[1], (left + 1, left + SPLICE_SITE),
             (left - SPLICE_EXON + 1, left + SPLICE_INTRON)),
            (sites[1] if coding.forward else sites[0], (right - SPLICE_SITE, right - 1),
             (right - SPLICE_INTRON, right + SPLICE_EXON - 1)),
        ):  # fmt: skip
            if _hits(edit, *inner):
                found.append(term)
            elif _hits(edit, *outer):
                found.append("splice_region_variant")
        if left < edit.start and edit.end < right:
            found.append("intron_variant")
    return found


def weakens_donor(coding: Coding, edit: Edit) -> bool:
    """Does a base change take the last base of an exon before its donor, or the G at the fifth base of the intron?

    Both pair with U1; most exons end in G. The splice site itself (the first two bases) has a term of its own.
    """
    if len(edit.ref) != 1 or len(edit.alt) != 1:
        return False
    fifth = "G" if coding.forward else "C"
    for left, right in _introns_near(coding, edit):
        last, toward = (left, 1) if coding.forward else (right, -1)
        if edit.start == last or (edit.start == last + 5 * toward and edit.ref == fifth):
            return True
    return False


def _hits(edit: Edit, low: int, high: int) -> bool:
    """Does an edit change these bases? An insertion does where it parts two of them."""
    if edit.ref:
        return edit.start <= high and edit.end >= low
    return low < edit.start <= high


def _exonic(coding: Coding, edit: Edit) -> list[str]:
    part = coding.cds_edit(edit)
    if part is not None:
        return _by_length(coding, part, len(edit.alt) - len(edit.ref))
    found = []
    low, high = (edit.start, edit.end) if edit.ref else (edit.start - 1, edit.start)
    coded = False
    for exon in coding.exons:
        if high < exon.start or low > exon.end or (not edit.ref and not (exon.start < edit.start <= exon.end)):
            continue
        if exon.cds_start is None or exon.cds_end is None:
            found.append(_utr(coding, (max(low, exon.start) + min(high, exon.end)) // 2))
            continue
        if not edit.ref:  # beside the coding sequence, or it would have had a place in it
            found.append(_utr(coding, low if low < exon.cds_start else high))
            continue
        coded = coded or (low <= exon.cds_end and high >= exon.cds_start)
        if low < exon.cds_start and exon.start < exon.cds_start:
            found.append(_utr(coding, exon.cds_start - 1))
        if high > exon.cds_end and exon.end > exon.cds_end:
            found.append(_utr(coding, exon.cds_end + 1))
    if coded:
        found += _partly_coding(coding, edit)
    return found


def _utr(coding: Coding, pos: int) -> str:
    name = coding.position(pos) or ""
    return "3_prime_UTR_variant" if name.startswith("*") else "5_prime_UTR_variant"


def _partly_coding(coding: Coding, edit: Edit) -> list[str]:
    """A deletion that goes beyond one coding exon."""
    over = coding.read_edit(edit)
    if over is not None and over[0] < 0 and coding.keeps_start(*over):
        return ["start_retained_variant"]
    first, last = _cds_ends(coding)
    if edit.start <= first + 2 and edit.end >= first:
        return ["start_lost" if coding.forward else "stop_lost"]
    if edit.start <= last and edit.end >= last - 2:
        return ["stop_lost" if coding.forward else "start_lost"]
    return ["coding_sequence_variant"]


def _cds_ends(coding: Coding) -> tuple[int, int]:
    starts = [exon.cds_start for exon in coding.exons if exon.cds_start is not None]
    ends = [exon.cds_end for exon in coding.exons if exon.cds_end is not None]
    return min(starts), max(ends)


def _by_length(coding: Coding, part: tuple[int, int, str], delta: int) -> list[str]:
    if part[0] < 3 and part[1] > part[0]:
        return ["start_retained_variant" if coding.keeps_start(*part) else "start_lost"]
    if part[0] >= len(coding.cds) - 3 and delta:
        return ["stop_lost"]
    stop = ["stop_lost"] if delta < 0 and part[1] > len(coding.cds) - 3 else []
    if delta % 3:
        return [*stop, "frameshift_variant"]
    if delta:
        return [*stop, "inframe_insertion" if delta > 0 else "inframe_deletion"]
    return ["coding_sequence_variant"]


def _beside(coding: Coding, edit: Edit) -> tuple[str, ...]:
    if edit.end < coding.low and edit.end >= coding.low - NEARBY:
        return ("upstream_gene_variant" if coding.forward else "downstream_gene_variant",)
    if edit.start > coding.high and edit.start <= coding.high + NEARBY:
        return ("downstream_gene_variant" if coding.forward else "upstream_gene_variant",)
    return ()
