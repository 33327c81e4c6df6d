"""The alternative alleles of a record, each alone, in their shortest form, anchored as a VCF asks."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotate.base.frozen import frozen
from annotate.model.remark import RemarkCode
from annotate.reference.genome import Genome

SKIPPED = {
    "*": "allele * (another record deletes the place)",
    "<NON_REF>": "reference block",
    "<*>": "reference block",
    "<X>": "reference block",
    ".": "no alternative allele",
    "": "no alternative allele",
}
_BASES = re.compile(r"^[ACGTNacgtn]+$")
_CODES = re.compile(r"^[ACGTNRYSWKMBDHVacgtnryswkmbdhv]+$")
MISSING = frozenset({"-", "."})


class Unread(Exception):
    """This allele is not read. `reason` is counted; `open` says why it may still matter, None where it does not."""

    def __init__(self, reason: str, open: RemarkCode | None = None) -> None:
        super().__init__(reason)
        self.open = open


@frozen
class Placed:
    """One allele: position and bases, trimmed. `repaired`: REF or ALT was `-` and was given an anchor base."""

    pos: int
    ref: str
    alt: str
    repaired: bool = False


def place(chrom: str, pos: int, ref: str, alt: str, genome: Genome, max_length: int) -> Placed:
    """The allele in its shortest form. Raises Unread for what is no small variant."""
    if alt in SKIPPED:
        raise Unread(SKIPPED[alt])
    if alt.startswith("<") or "[" in alt or "]" in alt or (len(alt) > 1 and "." in alt):
        raise Unread("structural allele", RemarkCode.SYMBOLIC_ALLELE)
    if ref in MISSING or alt in MISSING:
        return _anchored(chrom, pos, ref, alt, genome)
    if not _CODES.match(ref) or not _BASES.match(alt):
        raise Unread("allele is no sequence of bases", RemarkCode.UNREADABLE_VALUE)
    if "N" in alt.upper() and len(alt) == len(ref):
        raise Unread("alternative allele has an unknown base", RemarkCode.UNREADABLE_VALUE)
    if max(len(ref), len(alt)) > max_length:
        raise Unread("allele is longer than a small variant", RemarkCode.SYMBOLIC_ALLELE)
    ref, alt = ref.upper(), alt.upper()
    if ref == alt:
        raise Unread("no alternative allele")
    return Placed(*trim(pos, ref, alt))


def trim(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Without the bases that both alleles share, first behind, then in front; one base stays.

    >>> trim(10, "CAA", "CA"), trim(10, "CAG", "CTG")
    ((10, 'CA', 'C'), (11, 'A', 'T'))
    """
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    front = 0
    while front < min(len(ref), len(alt)) - 1 and ref[front] == alt[front]:
        front += 1
    return pos + front, ref[front:], alt[front:]


def _anchored(chrom: str, pos: int, ref: str, alt: str, genome: Genome) -> Placed:
    """REF or ALT written `-` (ICGC, MAF-like): POS is the first base deleted, or the base after the insertion.

    The base before is taken from the pack; where the pack does not know it, it is N there and here.
    """
    bases = alt if ref in MISSING else ref
    if not _BASES.match(bases) or (ref in MISSING and alt in MISSING) or pos < 2:
        raise Unread("allele is no sequence of bases")
    anchor = reference_base(genome, chrom, pos - 1)
    bases = bases.upper()
    if ref in MISSING:
        return Placed(pos - 1, anchor, anchor + bases, repaired=True)
    return Placed(pos - 1, anchor + bases, anchor, repaired=True)


def reference_base(genome: Genome, chrom: str, pos: int) -> str:
    """One base of the pack; N where it has none."""
    return reference_bases(genome, chrom, pos, pos) or "N"


def reference_bases(genome: Genome, chrom: str, start: int, end: int) -> str:
    """Bases of the pack, N where it has none; empty on a contig that it does not have."""
    fasta, names = _fasta(genome.fasta, genome)
    return str(fasta.fetch(names[chrom], start - 1, end)).upper() if chrom in names else ""


def written_out(
    chrom: str, pos: int, ref: str, alt: str, end: int | None, inserted: str, genome: Genome, longest: int
) -> tuple[str, str] | None:
    """REF and ALT of a symbolic allele whose meaning is plain and whose bases are known; None else.

    A deletion and a tandem duplication of the bases behind `pos` up to `end`, an insertion of `inserted`.
    """
    kind = re.split(r"[<>:]", alt)[1] if alt.startswith("<") else ""
    if kind == "INS" and inserted and _BASES.match(inserted):
        anchor = ref[:1].upper()
        return (anchor, anchor + inserted.upper()) if anchor in "ACGT" else None
    if kind not in ("DUP", "DEL") or end is None or not 0 < end - pos <= longest:
        return None
    bases = reference_bases(genome, chrom, pos, end)
    if len(bases) != end - pos + 1 or "N" in bases:
        return None
    return (bases[0], bases) if kind == "DUP" else (bases, bases[0])


@lru_cache(maxsize=4)
def _fasta(path: Path, genome: Genome) -> tuple[Any, dict[str | None, str]]:
    import pysam

    fasta = pysam.FastaFile(str(path))
    return fasta, {genome.contig(name): name for name in fasta.references}
