"""Genes that define a rearrangement: their break suggests it whatever the partner.

They are those that a rule takes with any partner or gives breakpoint windows; of a rule of pairs alone, the side that
has few genes. IG and TR loci rearrange in every lymphocyte and define nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

MAX_DEFINING = 6  # genes on the side of a rule's pairs that still define the lesion
RECEPTORS = ("IGH", "IGK", "IGL", "TRA", "TRB", "TRD", "TRG")


def defining(named: Iterable[str], pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The genes of a rule. `named`: with any partner or with windows; `pairs`: 5' and 3' gene.

    >>> sorted(defining((), [("IGH", "MYC"), ("IGK", "MYC")])), sorted(defining(("KMT2A",), [("KMT2A", "AFF1")]))
    (['MYC'], ['KMT2A'])
    """
    found = set(named)
    if not found:
        listed = tuple(pairs)
        sides = [genes for side in (1, 0) if 0 < len(genes := _own(pair[side] for pair in listed)) <= MAX_DEFINING]
        found = min(sides, key=len) if sides else set()
    return frozenset(_own(found))


def _own(genes: Iterable[str]) -> set[str]:
    return {gene for gene in genes if not gene.startswith(RECEPTORS)}
