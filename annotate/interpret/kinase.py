"""Kinase-domain mutations and the inhibitors that they concern, drug by drug.

The tables: `kinase_resistance` (one row a change and drug; a bare codon stands for every change of it that has no row
of its own) and `kinase_compounds` (two mutations that may stand on one molecule). Residues are those of the panel's
isoform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import combinations

from annotate.base.frozen import frozen
from annotate.interpret.facts import protein_name, seen
from annotate.knowledge.specs.options import KinaseCompoundRow, KinaseResistanceRow
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.reference.hotspots import AMINO_ACIDS

ONE_LETTER: Mapping[str, str] = {three: one for one, three in AMINO_ACIDS.items()}
MISSENSE = re.compile(r"p\.(?P<was>[A-Z][a-z]{2})(?P<codon>\d+)(?P<now>[A-Z][a-z]{2})")


class Effect(StrEnum):
    """What a mutation does to an inhibitor."""

    RESISTANCE = "resistance"
    CAUTION = "caution"
    ACTIVE = "active"


@frozen
class DrugEffect:
    """One mutation, or two on one molecule, and one drug."""

    change: str  # T315I, or T315I+E255K
    drug: str
    effect: Effect
    text: str
    sources: tuple[str, ...]
    seen: str = ""  # the variant as it was seen


def drug_effects(variants: Sequence[SmallVariant], knowledge: Knowledge) -> tuple[DrugEffect, ...]:
    """Every row that the variants meet, compound mutations last."""
    named = [(variant, change) for variant in variants if (change := short_name(variant))]
    single = [
        replace(effect, seen=seen(variant))
        for variant, change in named
        for effect in _single(variant.gene or "", change, knowledge)
    ]
    return (*single, *_compounds(named, knowledge))


def short_name(variant: SmallVariant) -> str | None:
    """`T315I` of a missense variant of the panel's isoform; None for any other change.

    >>> short_name(SmallVariant("9", 1, "C", "T", gene="ABL1", hgvsp="p.Thr315Ile"))
    'T315I'
    """
    match = MISSENSE.fullmatch(protein_name(variant) or "")
    if match is None or not {match["was"], match["now"]} <= set(ONE_LETTER):
        return None
    return f"{ONE_LETTER[match['was']]}{match['codon']}{ONE_LETTER[match['now']]}"


def _single(gene: str, change: str, knowledge: Knowledge) -> Iterator[DrugEffect]:
    rows = [row for row in knowledge.rows(KinaseResistanceRow) if row.gene == gene]
    own = [row for row in rows if row.change == change]
    of_codon = [row for row in rows if row.change == change[1:-1]] if not own else []
    for row in own or of_codon:
        yield DrugEffect(change, row.drug, Effect(row.effect), row.text, row.sources)


def _compounds(named: Sequence[tuple[SmallVariant, str]], knowledge: Knowledge) -> Iterator[DrugEffect]:
    """Pairs of mutations of one kinase, each of which the table knows to matter."""
    known = [(variant, change) for variant, change in named if _matters(variant.gene or "", change, knowledge)]
    for (one, first), (two, second) in combinations(known, 2):
        if one.gene != two.gene or first == second:
            continue
        row = _compound_row(one.gene or "", {first, second}, knowledge)
        if row is not None:
            yield from _of_compound(row, f"{first}+{second}", in_cis(one, two))


def _matters(gene: str, change: str, knowledge: Knowledge) -> bool:
    return any(effect.effect is not Effect.ACTIVE for effect in _single(gene, change, knowledge))


def _compound_row(gene: str, changes: set[str], knowledge: Knowledge) -> KinaseCompoundRow | None:
    """The row whose named mutation is one of the two; the one that names none comes last."""
    rows = [row for row in knowledge.rows(KinaseCompoundRow) if row.gene == gene]
    named = [row for row in rows if row.includes in changes]
    return next(iter(named), next((row for row in rows if not row.includes), None))


def _of_compound(row: KinaseCompoundRow, change: str, cis: bool | None) -> Iterator[DrugEffect]:
    if cis is False:
        return
    effect = Effect(row.effect_in_cis if cis else row.effect_unphased)
    where = "on one molecule by their phase" if cis else "whether they are on one molecule is not shown"
    for drug in row.drugs:
        yield DrugEffect(change, drug, effect, f"{change}, {where}: {row.text}", row.sources)


def in_cis(one: SmallVariant, two: SmallVariant) -> bool | None:
    """Are two variants on one molecule? None where the file does not phase them together."""
    if one.phase_set is None or one.phase_set != two.phase_set:
        return None
    sides = [_side(variant.genotype) for variant in (one, two)]
    return None if None in sides else sides[0] == sides[1]


def _side(genotype: str | None) -> int | None:
    """The haplotype that carries the change, of a phased heterozygous genotype (`0|1`)."""
    return {"0|1": 1, "1|0": 0}.get(genotype or "")


__all__ = ["DrugEffect", "Effect", "drug_effects", "in_cis", "short_name"]
