"""Genes that define a rearrangement: their break suggests it whatever the partner.

They are those that a rule takes with any partner or gives breakpoint windows; of a rule of pairs alone, the side that
has few genes. IG and TR loci rearrange in every lymphocyte and define nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from annotate.reference.genome import Genome

MAX_DEFINING = 6  # genes on the side of a rule's pairs that still define the lesion


def defining(genome: Genome, named: Iterable[str], pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The genes of a rule. `named`: with any partner or with windows; `pairs`: 5' and 3' gene.

    >>> sorted(defining(Genome.load("GRCh38"), (), [("IGH", "MYC"), ("IGK", "MYC")]))
    ['MYC']
    """
    found = set(named)
    if not found:
        listed = tuple(pairs)
        sides = [_genes(genome, (pair[side] for pair in listed)) for side in (1, 0)]
        found = min((genes for genes in sides if 0 < len(genes) <= MAX_DEFINING), key=len, default=set())
    return frozenset(_genes(genome, found))


def _genes(genome: Genome, names: Iterable[str]) -> set[str]:
    return {name for name in names if not genome.is_locus(name)}
