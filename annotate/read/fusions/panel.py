"""Genes that the lesions ask for, by the names that fusion tables use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow, RuleKind
from annotate.knowledge.tables import Knowledge
from annotate.read.fusions.names import symbol
from annotate.reference.genome import Genome

VARIOUS = "various"


@frozen
class Panel:
    """Genes by what is asked of them.

    `drivers`: genes of the rules of rearrangements; `any_partner`: those that count with any partner; `known`: pairs of
    the table; `genes`: the drivers and the panel's; `families`: names of clusters; `lesions`: those that a pair with
    this gene makes (a receptor locus, which is joined to anything, not counted).
    """

    drivers: frozenset[str]
    any_partner: frozenset[str]
    known: frozenset[tuple[str, str]]
    genes: frozenset[str]
    families: tuple[str, ...]
    lesions: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Panel:
        """The genes whose fusions are kept; made once a genome and knowledge."""
        return _panel(genome, knowledge)

    def asks(self, five: str, three: str) -> bool:
        """Can this pair, either way round, make or mimic a lesion?"""
        if five in self.any_partner or three in self.any_partner:
            return True
        if (five, three) in self.known or (three, five) in self.known:
            return True
        return five.startswith(self.families) or three.startswith(self.families)

    def touches(self, name: str) -> bool:
        """Does any lesion ask for this gene?"""
        return name in self.genes or name.startswith(self.families)


@lru_cache(maxsize=8)
def _panel(genome: Genome, knowledge: Knowledge) -> Panel:
    known = {(symbol(genome, row.five_prime), symbol(genome, row.three_prime)) for row in knowledge.rows(FusionRow)}
    free: set[str] = set()
    made: dict[str, set[str]] = {}
    for rule in knowledge.rows(FusionRuleRow):
        for name in _paired(rule, knowledge) if rule.kind is RuleKind.FUSION else ():
            made.setdefault(symbol(genome, name), set()).add(rule.lesion)
        free.update(symbol(genome, name) for name in (*rule.five_any, *rule.three_any))
        known.update((symbol(genome, five), symbol(genome, three)) for five, three in rule.pairs)
    free |= {five for five, three in known if three == VARIOUS}
    drivers = free | {name for pair in known for name in pair if name != VARIOUS}
    families = tuple(sorted(name for name in drivers if genome.gene(name) is None and not genome.is_locus(name)))
    lesions = {name: tuple(sorted(ids)) for name, ids in made.items() if not genome.is_locus(name)}
    held = genome.panel_symbols() | drivers
    return Panel(frozenset(drivers), frozenset(free), frozenset(known), held, families, lesions)


def _paired(rule: FusionRuleRow, knowledge: Knowledge) -> Iterator[str]:
    """Both genes of every pair of a rule."""
    for pair in rule.pairs:
        yield from pair
    for row in knowledge.rows(FusionRow):
        if row.group in rule.groups:
            yield from (row.five_prime, row.three_prime)
