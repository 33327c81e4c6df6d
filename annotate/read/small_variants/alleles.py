"""The alternative alleles of a record, each alone, in their shortest form, anchored as a VCF asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

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
    """This allele is not read; the argument is the reason that is counted."""


@dataclass(frozen=True, slots=True)
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
        raise Unread("structural allele")
    if ref in MISSING or alt in MISSING:
        return _anchored(chrom, pos, ref, alt, genome)
    if not _CODES.match(ref) or not _BASES.match(alt):
        raise Unread("allele is no sequence of bases")
    if max(len(ref), len(alt)) > max_length:
        raise Unread("allele is longer than a small variant")
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
    fasta, names = _fasta(genome.fasta, genome)
    if chrom not in names:
        return "N"
    return str(fasta.fetch(names[chrom], pos - 1, pos)).upper() or "N"


@lru_cache(maxsize=4)
def _fasta(path: Path, genome: Genome) -> tuple[Any, dict[str | None, str]]:
    import pysam

    fasta = pysam.FastaFile(str(path))
    return fasta, {genome.contig(name): name for name in fasta.references}
