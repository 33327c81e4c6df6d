"""Lengths and exons as text."""

from __future__ import annotations

from collections.abc import Sequence


def length_text(bases: int) -> str:
    """`16,000 bases`, `38.1 Mb`."""
    return f"{bases:,} bases" if bases < 1_000_000 else f"{bases / 1e6:.1f} Mb"


def exon_text(ranks: Sequence[int]) -> str:
    """`exon 3`, `exons 4–7`, `exons 2–3 and 5`."""
    spans: list[list[int]] = []
    for rank in sorted(ranks):
        if spans and rank == spans[-1][1] + 1:
            spans[-1][1] = rank
        else:
            spans.append([rank, rank])
    words = [str(low) if low == high else f"{low}–{high}" for low, high in spans]
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{'exon' if len(ranks) == 1 else 'exons'} {text}"
