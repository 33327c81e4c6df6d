"""Which change of a predisposition gene asks whether it is of the germline."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from annotate.decide.case import Case
from annotate.interpret.germline_question import Question, fits_germline, questions
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.reference.genome import Genome


def case(leukaemia=(), germline=None, *, normal=None, purity=0.8, segment=None) -> Case:
    profile = None if segment is None else SimpleNamespace(segments=(segment,), purity=purity)
    return Case(
        sample=Sample("S", "p", "diagnosis", "GRCh38", sex="female", purity=purity),
        genome=Genome.load("GRCh38"),
        knowledge=Knowledge.load(),
        small=SmallVariants(tuple(leukaemia), (), normal_name=normal),
        germline=None if germline is None else SmallVariants(tuple(germline), ()),
        profile=profile,
    )


def variant(gene="RUNX1", name="p.Arg201Gln", *flags, chrom="21", **fields) -> SmallVariant:
    given = {"vaf": 0.5, "depth": 200, "alt_reads": 100, "consequence": "missense_variant", **fields}
    return SmallVariant(chrom, 34880000, "C", "T", gene=gene, hgvsp=name, flags=flags, **given)


def test_a_rare_missense_change_in_the_normal_column_asks():
    seen = variant("RUNX1", "p.Arg201Gln", "possible_germline", normal_vaf=0.48, normal_depth=60)
    assert questions(case([seen], normal="N")) == {"RUNX1": Question.UNCERTAIN}


@pytest.mark.parametrize(
    "changed",
    [
        {"population_af": 0.02},
        {"hgvsp": "p.Arg201=", "consequence": "synonymous_variant"},
        {"gene": "KMT2D"},
        {"oncogenicity": "Benign"},
    ],
)
def test_common_silent_and_foreign_changes_do_not_ask(changed):
    seen = variant("RUNX1", "p.Arg201Gln", "possible_germline", normal_vaf=0.48, normal_depth=60)
    assert questions(case([replace(seen, **changed)], normal="N")) == {}


@pytest.mark.parametrize(("gene", "name"), [("TP53", "p.Arg72Pro"), ("MSH6", "p.Gly39Glu"), ("ATM", "p.Asp1853Asn")])
def test_common_changes_by_name_never_ask(gene, name):
    seen = variant(gene, name, "possible_germline", normal_vaf=0.5, normal_depth=60)
    assert questions(case([seen], [seen], normal="N")) == {}


@pytest.mark.parametrize(("gene", "name"), [("ETV6", "p.Pro214Leu"), ("PAX5", "p.Gly183Ser")])
def test_named_predisposing_changes_ask_in_a_germline_file_without_annotation(gene, name):
    seen = variant(gene, name, oncogenicity="VUS", genotype="0/1")
    assert questions(case([], [seen])) == {gene: Question.HARMFUL}
    assert questions(case([], [replace(seen, genotype="0/0")])) == {}


def test_a_germline_file_of_common_changes_asks_nothing():
    unknown = variant("RUNX1", "p.Leu56Ser", genotype="0/1", oncogenicity="VUS")
    assert questions(case([], [unknown])) == {}
    assert questions(case([], [replace(unknown, population_af=1e-5)])) == {"RUNX1": Question.UNCERTAIN}


def expected(purity: float, total: int, mutated: int, germline: int) -> float:
    return (purity * mutated + (1 - purity) * germline) / (purity * total + (1 - purity) * 2)


@pytest.mark.parametrize("purity", [0.5, 0.7, 0.85])
@pytest.mark.parametrize(
    ("total", "minor", "mutated"), [(1, 0, 1), (2, 0, 2), (3, 1, 2)], ids=["loss", "cnloh", "gain"]
)
def test_without_a_normal_the_copies_tell(purity, total, minor, mutated):
    """Deep reads at the fraction that a germline change has here ask; at that of an acquired one they do not."""
    segment = Segment("21", 1, 46_000_000, total=float(total), minor=float(minor))
    for germline, asks in ((1, True), (0, False)):
        vaf = expected(purity, total, mutated, germline)
        seen = variant(vaf=vaf, depth=2000, alt_reads=round(vaf * 2000), oncogenicity="Oncogenic")
        assert fits_germline(seen, case([seen], purity=purity, segment=segment)) is asks
        found = questions(case([seen], purity=purity, segment=segment))
        assert found == ({"RUNX1": Question.HARMFUL} if asks else {})


def test_where_an_acquired_change_fits_as_well_nothing_is_asked():
    """At half of the cells, one germline copy of three reads like two acquired ones."""
    segment = Segment("21", 1, 46_000_000, total=3.0, minor=1.0)
    seen = variant(vaf=0.4, depth=2000, alt_reads=800, oncogenicity="Oncogenic")
    assert not fits_germline(seen, case([seen], purity=0.5, segment=segment))


def test_without_purity_or_copies_nothing_is_said():
    seen = variant(vaf=0.87, oncogenicity="Oncogenic")
    segment = Segment("21", 1, 46_000_000, total=1.0, minor=0.0)
    assert not fits_germline(seen, case([seen], purity=None, segment=segment))
    assert not fits_germline(seen, case([seen], purity=0.85))
    assert not fits_germline(replace(seen, depth=None), case([seen], purity=0.85, segment=segment))
