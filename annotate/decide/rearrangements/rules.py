"""The rules of rearrangements, read from `fusion_rules.tsv` and `fusions.tsv`.

A rule names the pairs that make a lesion: groups of the fusion table, single pairs, and genes that count with any
partner (`five_any` keeps its 5' part, `three_any` its 3' part). A rule of kind `mimic` names pairs that look like
the lesion and are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import Literal

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow, Strength
from annotate.knowledge.tables import Knowledge
from annotate.reference.features import Region
from annotate.reference.genome import Genome

Match = Literal["known", "any_partner"]
VARIOUS = "various"


@frozen
class Rule:
    """One row of `fusion_rules.tsv`."""

    id: str
    lesion: str
    mimic: bool
    pairs: Mapping[tuple[str, str], bool]  # pair -> does its orientation matter
    families: tuple[tuple[str, str, bool], ...]  # pairs whose 3' name stands for a cluster of genes (HOXA)
    five_any: frozenset[str]
    three_any: frozenset[str]
    excluded: frozenset[tuple[str, str]]
    windows: Mapping[str, tuple[Region, ...]]  # by gene: where its breakpoints lie in DNA
    outside: Strength  # of a breakpoint outside the windows; `note` counts all the same
    kept_from: Mapping[str, int]  # by gene: first codon of the domain that the 3' part must keep
    novel: Literal["", "in_frame", "any"]  # when a partner that is not in the table counts
    reciprocal: Literal["likely", "unclear"]  # leaning, if only the reciprocal product is seen
    orphan: bool  # is a broken gene without a partner gene worth a hint
    read_through: Literal["no", "hint", "counts"]
    few_reads_in_window: bool  # a known RNA junction inside the window counts with fewer reads
    min_vaf: str  # id of a threshold, or ''
    dna_alone: Strength
    known: Strength
    exon_names: Mapping[int, str]  # last exon of the 5' gene -> p190…
    tier: str
    flags: Mapping[str, str | bool]
    note: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def match(self, five: str, three: str) -> Match | None:
        """Does this pair, 5' gene first, make the lesion, and is it in the table?"""
        if (five, three) in self.excluded:
            return None
        if (five, three) in self.pairs or any(five == f and three.startswith(t) for f, t, _ in self.families):
            return "known"
        if five != three and (five in self.five_any or three in self.three_any):
            return "any_partner"
        return None

    def directed(self, five: str, three: str) -> bool:
        """Does a product have to be read from `five` into `three`? False where an enhancer acts at a distance."""
        if (five, three) in self.pairs:
            return self.pairs[five, three]
        return next((matters for f, t, matters in self.families if five == f and three.startswith(t)), True)

    def in_window(self, gene: str, chrom: str, pos: int, slack: int = 0) -> bool | None:
        """Does a breakpoint of a gene lie in its windows? None where the gene has none."""
        windows = self.windows.get(gene)
        if not windows:
            return None
        return any(w.chrom == chrom and w.start - slack <= pos <= w.end + slack for w in windows)


def rules_of(genome: Genome, knowledge: Knowledge, lesion: str) -> tuple[Rule, ...]:
    """The rules of a lesion, in the order of the table."""
    return _rules(genome, knowledge).get(lesion, ())


def best_rule(rules: tuple[Rule, ...], five: str, three: str) -> tuple[Rule, Match] | None:
    """The rule that knows this pair, else the first that takes any partner; mimics only if they know it."""
    matches = [(rule, match) for rule in rules if (match := rule.match(five, three)) is not None]
    return next((found for found in matches if found[1] == "known"), matches[0] if matches else None)


@lru_cache(maxsize=8)
def _rules(genome: Genome, knowledge: Knowledge) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    groups = _groups(genome, knowledge)
    for row in knowledge.rows(FusionRuleRow):
        found.setdefault(row.lesion, []).append(_rule(row, genome, groups))
    return {lesion: tuple(rules) for lesion, rules in found.items()}


Groups = Mapping[str, list[tuple[str, str, bool]]]


def _groups(genome: Genome, knowledge: Knowledge) -> Groups:
    """Pairs of the fusion table by group: 5' gene, 3' gene, does orientation matter."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for row in knowledge.rows(FusionRow):
        five, three = genome.symbol(row.five_prime), genome.symbol(row.three_prime)
        found.setdefault(row.group, []).append((five, three, row.orientation_matters))
    return found


def _rule(row: FusionRuleRow, genome: Genome, groups: Groups) -> Rule:
    rows = [pair for group in row.groups for pair in groups.get(group, [])]
    rows += [(five, three, True) for five, three in row.pairs]
    excluded = frozenset(row.excluded)
    families = tuple(pair for pair in rows if _is_family(genome, pair[1]))
    pairs = {(five, three): matters for five, three, matters in rows if not _is_family(genome, three)}
    return Rule(
        id=row.id,
        lesion=row.lesion,
        mimic=row.kind == "mimic",
        pairs={pair: matters for pair, matters in pairs.items() if pair[1] != VARIOUS and pair not in excluded},
        families=families,
        five_any=frozenset(row.five_any),
        three_any=frozenset(row.three_any),
        excluded=excluded,
        windows=_windows(row, genome),
        outside=row.outside,
        kept_from=row.kept_from,
        novel=row.novel,
        reciprocal=row.reciprocal,
        orphan=row.orphan,
        read_through=row.read_through,
        few_reads_in_window=row.few_reads_in_window,
        min_vaf=row.min_vaf,
        dna_alone=row.dna_alone,
        known=row.known,
        exon_names=row.exon_names,
        tier=row.tier,
        flags=row.flags,
        note=row.note,
    )


def _is_family(genome: Genome, three: str) -> bool:
    """HOXA stands for the genes of a cluster: no gene has that name, and several begin with it."""
    return genome.gene(three) is None and three != VARIOUS


def _windows(row: FusionRuleRow, genome: Genome) -> Mapping[str, tuple[Region, ...]]:
    found: dict[str, tuple[Region, ...]] = {}
    for name in row.windows:
        try:
            region = genome.region(name)
        except KeyError:
            raise InputError(
                "no such breakpoint region",
                path=row.origin,
                column="windows",
                found=name,
                expected="a region of the reference pack",
            ) from None
        found[region.gene] = (*found.get(region.gene, ()), region)
    return found
