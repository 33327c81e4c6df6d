"""Kinase-domain mutations: every change of the table × every inhibitor, other changes of its codons, compounds."""

from __future__ import annotations

import re

import pytest

from annotate.interpret.kinase import Effect, drug_effects, short_name
from annotate.interpret.therapies import match_therapies
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.reference.hotspots import AMINO_ACIDS
from tests.makers.calls import D, all_calls, call

KNOWLEDGE = Knowledge.load()
DRUGS = ("imatinib", "dasatinib", "nilotinib", "bosutinib", "ponatinib", "asciminib")
R, C, A, _ = Effect.RESISTANCE, Effect.CAUTION, Effect.ACTIVE, None
# By change: imatinib, dasatinib, nilotinib, bosutinib, ponatinib, asciminib
# [NCCN table PMC4160831; Branford 2009; Blood view-large/7391682; PMID 26603839].
TABLE = {
    "T315I": (R, R, R, R, A, C),
    "T315A": (A, R, A, A, A, _),
    "T315M": (R, R, R, R, R, _),
    "V299L": (C, R, A, R, A, _),
    "F317L": (R, R, A, C, A, _),
    "F317V": (R, R, A, A, A, _),
    "F317I": (R, R, A, A, A, _),
    "F317C": (R, R, A, A, A, _),
    "Y253H": (R, A, R, A, A, _),
    "Y253F": (R, _, C, _, A, _),
    "E255K": (R, C, R, A, A, _),
    "E255V": (R, A, R, A, A, _),
    "F359V": (R, A, R, A, A, R),
    "F359C": (R, A, R, A, A, R),
    "F359I": (R, A, R, A, A, R),
    "G250E": (R, A, C, C, A, _),
    "Q252H": (R, C, A, _, A, _),
    "M244V": (R, A, A, A, A, C),
    "M351T": (R, A, A, A, A, _),
    "H396R": (R, A, A, A, A, _),
    "F486S": (R, A, A, A, A, _),
    "A337V": (_, _, _, _, _, R),
    "P465S": (_, _, _, _, _, R),
    "L387M": (C, _, _, _, _, _),
}
PH = call("bcr_abl1", D, "BCR::ABL1 p190", genes=("BCR", "ABL1"), details={"fusion": "BCR::ABL1"})
MUTATED = call("relapse_genes", genes=("ABL1",))


def mutation(change: str, gene: str = "ABL1", **fields) -> SmallVariant:
    was, codon, now = re.fullmatch(r"([A-Z])(\d+)([A-Z])", change).groups()
    name = f"p.{AMINO_ACIDS[was]}{codon}{AMINO_ACIDS[now]}"
    return SmallVariant("9", 130_800_000 + int(codon), "C", "T", gene=gene, hgvsp=name, vaf=0.3, **fields)


def effects(*variants: SmallVariant) -> dict[str, Effect]:
    return {found.drug: found.effect for found in drug_effects(variants, KNOWLEDGE)}


@pytest.mark.parametrize("change", TABLE)
def test_every_change_and_inhibitor(change):
    found = effects(mutation(change))
    assert tuple(found.get(drug) for drug in DRUGS) == TABLE[change]


@pytest.mark.parametrize("change", TABLE)
@pytest.mark.parametrize("drug", DRUGS)
def test_the_lines_of_a_ph_positive_child_say_it(change, drug):
    found = match_therapies(all_calls(bcr_abl1=PH, relapse_genes=MUTATED), [mutation(change)], KNOWLEDGE)
    line = next(t for t in found if t.drug == drug and t.lesion == "bcr_abl1" and t.knowledge != "CIViC")
    effect = TABLE[change][DRUGS.index(drug)]
    assert bool(line.contradicted_by) is (effect is R)
    assert any(change in caveat for caveat in line.caveats) is (effect is C)


def test_every_row_of_the_table_is_read():
    rows = KNOWLEDGE.table("kinase_resistance")
    for row in rows:
        change = row["change"] if not row["change"].isdigit() else f"C{row['change']}W"
        found = effects(mutation(change, row["gene"]))
        assert found[row["drug"]] is Effect(row["effect"]), row["id"]
    assert {row["drug"] for row in rows} == set(DRUGS)


@pytest.mark.parametrize("codon", [244, 250, 252, 253, 255, 276, 299, 311, 315, 317, 351, 359, 396, 459])
def test_another_change_of_a_known_codon_is_a_caution(codon):
    found = effects(mutation(f"C{codon}W"))
    assert {found[drug] for drug in DRUGS[:4]} == {C}


@pytest.mark.parametrize("change", ["K247R", "A111T"])
def test_a_change_outside_the_table_says_nothing(change):
    assert effects(mutation(change)) == {}


def test_the_same_name_in_another_gene_says_nothing():
    assert effects(mutation("T315I", "ABL2")) == {}
    assert effects(SmallVariant("9", 1, "C", "CT", gene="ABL1", hgvsp="p.Thr315fs")) == {}


def test_short_names():
    assert short_name(mutation("E255K")) == "E255K"
    assert short_name(SmallVariant("9", 1, "C", "T", gene="ABL1", hgvsp="p.Thr315Ter")) is None


# ---------------------------------------------------------------- compound mutations


@pytest.mark.parametrize("other", ["E255K", "Y253H", "F317L", "G250E", "F359V"])
def test_t315i_beside_another_unphased_cautions_ponatinib(other):
    found = match_therapies(
        all_calls(bcr_abl1=PH, relapse_genes=MUTATED), [mutation("T315I"), mutation(other)], KNOWLEDGE
    )
    ponatinib = next(t for t in found if t.drug == "ponatinib" and t.knowledge != "CIViC")
    assert ponatinib.contradicted_by == ()
    assert any("compound" in caveat for caveat in ponatinib.caveats)


def test_on_one_molecule_ponatinib_is_contradicted_and_apart_it_is_not():
    together = [mutation("T315I", phase_set="1", genotype="0|1"), mutation("E255K", phase_set="1", genotype="0|1")]
    assert effects(*together)["ponatinib"] is R
    apart = [mutation("T315I", phase_set="1", genotype="0|1"), mutation("E255K", phase_set="1", genotype="1|0")]
    assert effects(*apart)["ponatinib"] is A


def test_compounds_without_t315i_are_a_caution_only():
    pair = [mutation("E255K", phase_set="1", genotype="0|1"), mutation("F317L", phase_set="1", genotype="0|1")]
    compound = [found for found in drug_effects(pair, KNOWLEDGE) if "+" in found.change]
    assert {found.effect for found in compound} == {C}
    assert any("without T315I" in found.text for found in compound)


def test_a_mutation_that_matters_for_nothing_makes_no_compound():
    assert not any("+" in f.change for f in drug_effects([mutation("T315I"), mutation("K247R")], KNOWLEDGE))
