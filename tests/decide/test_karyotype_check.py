"""Karyotype against copy number against DNA index: what disagrees is a finding of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.decide.ploidy.concordance import cross_check
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.state import Code, Reason
from annotate.read.karyotype import parse_karyotype
from tests.makers.profiles import profile

HYPERDIPLOID = dict.fromkeys(("4", "6", "10", "14", "17", "18", "X"), (3, 1)) | {"21": (4, 2)}
NEAR_HAPLOID_DOUBLED = {str(c): (2, 0) for c in range(1, 23) if c not in (14, 18, 21)} | {
    "14": (4, 2),
    "18": (4, 2),
    "21": (4, 2),
}


def checked(knowledge, grch38, karyotype, changed=None, dna_index=None, **more) -> tuple[Reason, ...]:
    found: CopyNumberProfile | None = None
    if changed is not None:
        found = replace(profile(grch38, changed, sex=more.pop("sex", "female")), **more)
    return cross_check(parse_karyotype(karyotype) if karyotype else None, found, dna_index, knowledge)


def conflicts(found: tuple[Reason, ...]) -> list[str]:
    return [reason.text for reason in found if reason.code is Code.EVIDENCE_CONFLICT]


@pytest.mark.parametrize(
    ("karyotype", "changed", "dna_index"),
    [
        ("46,XX[20]", {}, 1.0),
        ("55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[12]/46,XX[8]", HYPERDIPLOID, 1.2),
        ("54~56,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[cp12]", HYPERDIPLOID, None),
        ("45,XX,-7[12]/46,XX[8]", {"7": (1, 0)}, None),
        ("46,XX,t(9;22)(q34;q11)[20]", {}, None),
        ("46,XX[20]", None, 1.0),
    ],
)
def test_agreement_is_said(knowledge, grch38, karyotype, changed, dna_index):
    found = checked(knowledge, grch38, karyotype, changed, dna_index)
    assert conflicts(found) == []
    assert any("agree" in reason.text for reason in found)


@pytest.mark.parametrize(
    ("karyotype", "changed", "dna_index", "words"),
    [
        ("46,XX[20]", HYPERDIPLOID, None, "karyotype is normal but copy number shows 55"),
        ("27<1n>,X,+14,+18,+21,+21[5]", NEAR_HAPLOID_DOUBLED, None, "double of the other"),
        ("62,XX,+X[5]", HYPERDIPLOID, None, "copy number shows 55 chromosomes, the karyotype"),
        (
            "55,XX,+1,+2,+3,+5,+7,+8,+9,+11,+12[12]",
            HYPERDIPLOID,
            None,
            "chromosomes differ between karyotype and copy number",
        ),
        ("46,XX[20]", None, 0.8, "DNA index of 0.8"),
        ("46,XX[20]", {}, 1.2, "copy-number profile"),
        (None, {}, 0.8, "DNA index is 0.8"),
        ("46,XY[20]", {}, None, "a Y chromosome"),
    ],
)
def test_disagreement_is_a_finding(knowledge, grch38, karyotype, changed, dna_index, words):
    found = checked(knowledge, grch38, karyotype, changed, dna_index)
    texts = conflicts(found)
    assert any(words in text for text in texts), texts
    assert not any("agree" in reason.text and reason.code is Code.NOTE for reason in found)
    assert all(reason.settles for reason in found if reason.code is Code.EVIDENCE_CONFLICT)


def test_an_uncertain_ploidy_is_said_beside_the_conflict(knowledge, grch38):
    found = checked(knowledge, grch38, "46,XX[20]", HYPERDIPLOID, ploidy_certain=False)
    assert "ploidy of the copy-number profile is not certain" in conflicts(found)[0]


def test_a_karyotype_of_few_metaphases_or_of_a_donor_shows_little(knowledge, grch38):
    few = checked(knowledge, grch38, "46,XX[8]")
    assert any("8 metaphases" in reason.text and reason.settles for reason in few)
    donor = checked(knowledge, grch38, "//46,XX[20]", HYPERDIPLOID)
    assert any("of the donor" in reason.text for reason in donor)
    assert conflicts(donor) == []
    one_cell = checked(knowledge, grch38, "47,XX,+8[1]/46,XX[19]")
    assert any("too few for a clone" in reason.text for reason in one_cell)


def test_a_lost_y_is_no_swap(knowledge, grch38):
    found = checked(knowledge, grch38, "45,X,-Y[10]", {"Y": (0, 0)}, sex="male")
    assert not any("swapped" in text for text in conflicts(found))


def test_nothing_to_compare_gives_nothing(knowledge, grch38):
    assert checked(knowledge, grch38, None, {}) == ()
    assert cross_check(None, None, 1.0, knowledge) == ()
    assert checked(knowledge, grch38, "failed") == ()
