"""A rule is given the sources, tables and lesions that it declares, and reading anything else fails."""

from __future__ import annotations

import functools
import gc

import pytest

from annotate.base.settings import Settings
from annotate.decide import registry
from annotate.decide.case import Case
from annotate.decide.registry import Registered, call_all, registered
from annotate.decide.view import SOURCES, UndeclaredRead, view_of
from annotate.knowledge import cutoffs
from annotate.model.sample import Sample
from annotate.run.sample import read_case
from tests.makers.copy_number import file_name, write_segments
from tests.makers.golden import PATIENTS, make_report
from tests.makers.karyotypes import catalogue, truth
from tests.makers.rearrangement_cases import KNOWLEDGE, case_of, fusion_junction


def _forgotten() -> list[functools._lru_cache_wrapper]:
    """Kept results that depend on tables: a rule must not live on what another one was allowed to read."""
    found = [kept for kept in gc.get_objects() if isinstance(kept, functools._lru_cache_wrapper)]
    own = [kept for kept in found if (kept.__module__ or "").startswith("annotate.")]
    return [kept for kept in own if "knowledge" in kept.__wrapped__.__code__.co_varnames]


@pytest.mark.parametrize("id", sorted(PATIENTS)[::3])
def test_every_rule_reads_what_it_declares(id, tmp_path, monkeypatch):
    """Whole reports of golden patients, nothing kept between rules; the others are made with views too."""
    called, kept = registry._called, _forgotten()

    def alone(rule: Registered, case: Case, calls):
        for results in kept:
            results.cache_clear()
        return called(rule, case, calls)

    monkeypatch.setattr(registry, "_called", alone)
    assert make_report(PATIENTS[id], tmp_path)["lesions"]


@pytest.mark.parametrize("kind", sorted({karyotype.kind for karyotype in catalogue()}))
def test_no_rule_reads_what_it_does_not_declare_of_any_karyotype(kind, tmp_path, grch38):
    """Notes on masked clones, copy-neutral loss and polysomy are rare: every simulated karyotype, every rule."""
    path = tmp_path / file_name("purple")
    for karyotype in catalogue():
        if karyotype.kind == kind:
            segments, sex = truth(karyotype, grch38, 2), karyotype.sex
            write_segments("purple", path, segments, 0.8, None, sex, "GRCh38", 0.02, 3, None)
            sample = Sample("s", "p", "diagnosis", "GRCh38", sex=sex, assay="wgs", copy_number=(path,))
            calls = call_all(read_case(sample, None, grch38, KNOWLEDGE, Settings(), lambda _: None))
            assert set(calls) == set(registered())


@pytest.mark.parametrize("id", sorted(registered()))
def test_what_is_declared_exists(id):
    rule = registered()[id]
    assert set(rule.sources) <= SOURCES
    assert set(rule.after) <= set(registered())
    for table in rule.tables:
        assert KNOWLEDGE.table(table) is not None


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_an_undeclared_source_is_not_there(grch38, source):
    case = case_of(grch38, junctions=[fusion_junction(grch38, "BCR::ABL1")])
    rule = Registered("x", lambda view: getattr(view, source), (), (), (), ())
    with pytest.raises(UndeclaredRead, match=source):
        registry._called(rule, case, {})


def test_an_undeclared_table_and_lesion_fail(grch38):
    view = view_of(case_of(grch38), (), ("fusions",), ("bcr_abl1",), {})
    assert view.knowledge.table("fusions")
    assert view.calls.get("bcr_abl1") is None
    with pytest.raises(UndeclaredRead, match="variants"):
        view.knowledge.table("variants")
    for read in (view.calls.get, view.calls.__getitem__, view.calls.__contains__):
        with pytest.raises(UndeclaredRead, match="kmt2a_r"):
            read("kmt2a_r")


def test_a_view_knows_which_inputs_there_are(grch38):
    """Limits name every input of the sample, those that the rule does not read too."""
    case = case_of(grch38, junctions=[fusion_junction(grch38, "BCR::ABL1")], karyotype="46,XX[20]")
    assert view_of(case, (), (), (), {}).present == {"wgs_sv", "karyotype"}


def test_tables_of_a_view_are_those_of_the_whole(grch38):
    view = view_of(case_of(grch38), (), ("fusions",), (), {})
    assert view.knowledge == KNOWLEDGE
    assert hash(view.knowledge) == hash(KNOWLEDGE)
    assert view.knowledge.value(cutoffs.ASSESS_MIN_REGION_COVERED) == KNOWLEDGE.value(cutoffs.ASSESS_MIN_REGION_COVERED)
