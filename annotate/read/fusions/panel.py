"""Genes that the lesions ask for, by the names that fusion tables use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.read.fusions.names import symbol
from annotate.reference.genome import Genome


@dataclass(frozen=True, slots=True)
class Panel:
    """`drivers`: genes of the rules of rearrangements; `genes`: these and the panel's; `families`: of clusters."""

    drivers: frozenset[str]
    genes: frozenset[str]
    families: tuple[str, ...]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Panel:
        return _panel(genome, knowledge)

    def touches(self, name: str) -> bool:
        """Does any lesion ask for this gene?"""
        return name in self.genes or name.startswith(self.families)


@lru_cache(maxsize=8)
def _panel(genome: Genome, knowledge: Knowledge) -> Panel:
    named = [name for row in knowledge.rows(FusionRow) for name in (row.five_prime, row.three_prime)]
    for row in knowledge.rows(FusionRuleRow):
        named += [*row.five_any, *row.three_any, *(name for pair in row.pairs for name in pair)]
    drivers = {symbol(genome, name) for name in named}
    families = tuple(sorted(name for name in drivers if name == "HOXA" or name.endswith("@")))
    drivers -= {"various", "any"}
    return Panel(frozenset(drivers), frozenset(drivers | {gene.name for gene in genome.panel_genes()}), families)
