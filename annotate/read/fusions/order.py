"""Which of two genes is the 5' one, told from the sides that are kept."""

from __future__ import annotations

from annotate.model.junctions import Side
from annotate.read.fusions.names import cell_genes, symbol
from annotate.reference.genome import Genome

Kept = tuple[str, Side | None]  # a cell with a gene, and the side that its breakpoint keeps


def five_first(genome: Genome, first: Kept, second: Kept) -> bool | None:
    """True: the first gene keeps its 5' part and the second its 3' part; False: the other way round; None: neither."""
    parts = [_part(genome, *first), _part(genome, *second)]
    if parts == ["five", "three"]:
        return True
    return False if parts == ["three", "five"] else None


def _part(genome: Genome, text: str, keeps: Side | None) -> str | None:
    genes = cell_genes(text)
    gene = genome.gene(symbol(genome, genes[0][0])) if genes else None
    if gene is None or keeps is None:
        return None
    return "five" if keeps == gene.five_prime_side else "three"
