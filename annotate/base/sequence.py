"""Complement of bases."""

from __future__ import annotations

_COMPLEMENT = str.maketrans("ACGTNacgtnRYKMBVDHrykmbvdh", "TGCANtgcanYRMKVBHDyrmkvbhd")


def reverse_complement(sequence: str) -> str:
    """Bases of the other strand in their own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]
