"""What in this very child speaks against a drug: lesions, antigens, earlier therapy, kinase-domain mutations.

The tables: `therapies_contradictions`, and `kinase_resistance` with `kinase_compounds` by way of `kinase`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotate.base.frozen import frozen
from annotate.interpret.facts import Facts, condition_of
from annotate.interpret.kinase import Effect, drug_effects
from annotate.knowledge.specs.options import ContradictionRow

CAUTION = "caution"


@frozen
class Contradiction:
    """A finding that speaks against drugs, by name or by class (`class:menin inhibitor`)."""

    drugs: tuple[str, ...]
    effect: str  # resistance, contraindicated; caution only adds a caveat
    text: str
    sources: tuple[str, ...]

    def concerns(self, drug: str, drug_class: str) -> bool:
        """Is the drug, one of a combination, or its class among those that the row speaks of?"""
        names = {part.strip().lower().removesuffix(" mesylate") for part in drug.split(";")}
        return bool(names & set(self.drugs)) or f"class:{drug_class}" in self.drugs


def contradictions(facts: Facts) -> tuple[Contradiction, ...]:
    """Everything that holds, each with the finding in words."""
    return (*_by_table(facts), *_by_kinase(facts))


def _by_table(facts: Facts) -> Iterator[Contradiction]:
    for entry in facts.knowledge.rows(ContradictionRow):
        when = condition_of(entry.when, facts.knowledge)
        if when.truth(facts.truth) is True:
            seen = "; ".join(dict.fromkeys(facts.value(atom).words for atom in when.supports(facts.truth)))
            text = f"{entry.text} ({seen}) [{entry.citation}]"
            yield Contradiction(entry.drugs, entry.effect, text, entry.sources)


def _by_kinase(facts: Facts) -> Iterator[Contradiction]:
    for found in drug_effects(facts.variants, facts.knowledge):
        if found.effect is not Effect.ACTIVE:
            seen = f" ({found.seen})" if found.seen else ""
            text = f"{found.text}{seen} [{'; '.join(found.sources)}]"
            yield Contradiction((found.drug,), found.effect.value, text, found.sources)


def against(drug: str, drug_class: str, all_of_them: Sequence[Contradiction]) -> tuple[list[Contradiction], list[str]]:
    """Those that are firm, and the words of mere cautions where none is."""
    concerning = [item for item in all_of_them if item.concerns(drug, drug_class)]
    firm = [item for item in concerning if item.effect != CAUTION]
    return firm, [item.text for item in concerning if item.effect == CAUTION]


__all__ = ["Contradiction", "against", "contradictions"]
