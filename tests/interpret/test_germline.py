"""Prompts for germline counselling: what raises them, and that they disclose nothing."""

from __future__ import annotations

import pytest

from annotate.decide.case import Case
from annotate.interpret.germline import prompts
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.calls import D, N, Q, X, all_calls, call

LOW = call("hypodiploidy", D, "low_hypodiploid", masked=True)


def case(karyotype=None, variants=None, germline=None) -> Case:
    return Case(
        sample=Sample("S", "p", "diagnosis", "GRCh38"),
        genome=Genome.load("GRCh38"),
        knowledge=Knowledge.load(),
        karyotype=parse_karyotype(karyotype) if karyotype else None,
        small=SmallVariants(tuple(variants), ()) if variants is not None else None,
        germline=SmallVariants(tuple(germline), ()) if germline is not None else None,
    )


def ids(given: Case, calls) -> list[str]:
    return [prompt["id"] for prompt in prompts(given, calls)]


def variant(gene: str, oncogenicity: str | None, *flags: str, genotype: str | None = None) -> SmallVariant:
    return SmallVariant(
        "17", 7675088, "C", "T", gene=gene, hgvsp="p.Arg175His", vaf=0.48, oncogenicity=oncogenicity,
        flags=flags, genotype=genotype,
    )  # fmt: skip


def test_nothing_prompts_nothing():
    assert ids(case(), all_calls()) == []


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        (all_calls(hypodiploidy=LOW), ["low_hypodiploidy"]),
        (all_calls(hypodiploidy=LOW, tp53_alteration=X), ["low_hypodiploidy"]),
        (all_calls(hypodiploidy=LOW, tp53_alteration=D), ["tp53_low_hypodiploidy"]),
        (all_calls(hypodiploidy=call("hypodiploidy", D, "near_haploid"), tp53_alteration=D), []),
        (all_calls(hypodiploidy=N, tp53_alteration=D), []),
        (all_calls(hypodiploidy=call("hypodiploidy", Q, "low_hypodiploid", leaning="likely")), ["low_hypodiploidy"]),
        (all_calls(hypodiploidy=call("hypodiploidy", Q, "low_hypodiploid", leaning="unclear")), []),
        (all_calls(hypodiploidy=call("hypodiploidy", Q, "near_haploid", leaning="likely")), []),
        (all_calls(relapse_genes=call("relapse_genes", genes=("MSH2",))), ["mismatch_repair"]),
    ],
)
def test_lesions_that_prompt(calls, expected):
    assert ids(case(), calls) == expected


@pytest.mark.parametrize(
    ("karyotype", "expected"),
    [
        ("45,XX,rob(15;21)(q10;q10)c[20]", True),
        ("45,XX,der(15;21)(q10;q10)c,dup(21)(q22q22)[20]", True),
        ("45,XX,der(15;21)(q10;q10)[20]", False),
        ("45,XX,rob(14;21)(q10;q10)c[20]", False),
        ("46,XX[10]//45,XY,rob(15;21)(q10;q10)c[10]", False),
    ],
)
def test_constitutional_rob_15_21(karyotype, expected):
    """Only when constitutional, only of these two, and not in the donor's cells."""
    assert ("rob_15_21" in ids(case(karyotype), all_calls(iamp21=D))) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (variant("TP53", "Oncogenic", "possible_germline"), ["predisposition_gene:TP53"]),
        (variant("TP53", "VUS", "possible_germline"), []),
        (variant("TP53", "Oncogenic"), []),
        (variant("NT5C2", "Oncogenic", "possible_germline"), []),
        (variant("PAX5", "Likely oncogenic", "possible_germline", "possible_chip"), ["predisposition_gene:PAX5"]),
    ],
)
def test_genes_of_predisposition(given, expected):
    assert ids(case(variants=[given]), all_calls()) == expected


def test_a_harmful_change_in_the_germline_file_prompts_once():
    both = variant("TP53", "Oncogenic", "possible_germline")
    found = ids(case(variants=[both], germline=[variant("TP53", None, genotype="0/1")]), all_calls())
    assert found == ["predisposition_gene:TP53"]


def test_a_change_that_the_normal_does_not_carry_prompts_nothing():
    assert (
        ids(
            case(variants=[variant("TP53", "Oncogenic")], germline=[variant("TP53", None, genotype="0/0")]), all_calls()
        )
        == []
    )


def test_prompts_disclose_nothing():
    """No zygosity, no change, no 'carrier', no diagnosis of a syndrome: an offer and where to turn."""
    given = case("45,XX,rob(15;21)(q10;q10)c[20]", [variant("TP53", "Oncogenic", "possible_germline", genotype="0/1")])
    found = prompts(given, all_calls(hypodiploidy=LOW, tp53_alteration=D))
    assert len(found) == 3
    for prompt in found:
        assert prompt["sources"]
        assert "not a germline result" in prompt["text"]
        for word in ("Arg175", "heterozyg", "carrier", "is germline", "has Li-Fraumeni", "{gene}"):
            assert word not in prompt["text"]
