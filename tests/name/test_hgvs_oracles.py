"""HGVS names against libraries of other authors, where they are installed (`make oracles` compares many more)."""

from __future__ import annotations

import pytest

from annotate.reference.genome import Genome
from scripts import oracles


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("c.2del", "ACGTACGT"),
        ("c.1_2insTT", "ATTACGTACGT"),
        ("c.2_3dup", "AACACGTACGT"),
        ("c.3C>G", "AAGGTACGT"),
        ("c.3_4delinsT", "AATTACGT"),
        ("c.1_2A[4]", "AAAACGTACGT"),
        ("c.[1A>T;9del]", "TACGTACG"),
        ("c.8_9inv", "AACGTACAC"),
    ],
)
def test_a_name_of_an_oracle_is_applied(name: str, after: str) -> None:
    assert oracles.applied(name, "AACGTACGT") == after


def test_names_agree_with_those_of_other_libraries() -> None:
    pytest.importorskip("ferro_hgvs")
    pytest.importorskip("hgvs")
    tallies = oracles.compared(25, frozenset({"TP53", "NRAS", "PTEN", "JAK2"}))
    assert all(tally.compared > 100 and tally.same > 0.8 * tally.compared for tally in tallies.values())
    assert not [line for line in oracles.details_of(tallies) if "UNEXPLAINED" in line]


def test_a_wrong_name_is_seen(monkeypatch: pytest.MonkeyPatch, grch38: Genome) -> None:
    """The comparison itself can fail: an indel that is not shifted is unexplained."""
    pytest.importorskip("ferro_hgvs")
    pytest.importorskip("hgvs")
    monkeypatch.setattr("annotate.name.small_variants.hgvs_coding.three_prime", lambda coding, edit: edit)
    found = oracles.details_of(oracles.compared(25, frozenset({"TP53"})))
    assert any("UNEXPLAINED" in line for line in found)
