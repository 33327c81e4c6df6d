"""Genes that the lesions ask for, by the names that fusion tables use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
    drivers = {
        symbol(genome, row[side]) for row in knowledge.table("fusions") for side in ("five_prime", "three_prime")
    }
    for row in knowledge.table("fusion_rules"):
        for column in ("five_any", "three_any"):
            drivers.update(symbol(genome, name) for name in row.items_of(column))
        drivers.update(symbol(genome, name) for pair in row.items_of("pairs") for name in pair.split("::"))
    families = tuple(sorted(name for name in drivers if name == "HOXA" or name.endswith("@")))
    drivers -= {"various", "any"}
    return Panel(frozenset(drivers), frozenset(drivers | {gene.name for gene in genome.panel_genes()}), families)
