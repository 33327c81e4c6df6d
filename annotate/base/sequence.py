"""Complement of bases, of either case, IUPAC codes included."""

from __future__ import annotations

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
"""The complement of single bases; other letters, such as the D of a deletion, stay what they are."""
_ANY_CODE = str.maketrans("ACGTNacgtnRYKMBVDHrykmbvdh", "TGCANtgcanYRMKVBHDyrmkvbhd")


def reverse_complement(sequence: str) -> str:
    """Bases of the other strand in their own direction."""
    return sequence.translate(_ANY_CODE)[::-1]
