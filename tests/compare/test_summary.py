"""The sentence of a comparison: risk first, then drugs, then rise and fall, then the rest."""

from __future__ import annotations

import pytest

from annotate.compare.events import Event
from annotate.compare.summary import sentence
from annotate.knowledge.tables import Knowledge

KNOWLEDGE = Knowledge.load()
HIGH = [row["id"] for row in KNOWLEDGE.table("lesions") if row["high_risk"] == "1" and row["id"] != "nt5c2"]


def event(kind: str, id: str, name: str, category: str, first: str, last: str, **details) -> Event:
    gene = name.split(" ")[0]
    at = {"diagnosis": {"state": first}, "relapse": {"state": last}}
    return Event(kind, id, gene, name, category, at, None, (), details=details)


def mutation(name: str, category: str = "gained", **details) -> Event:
    first, last = ("detected", "detected") if category in ("rising", "falling") else ("not_detected", "detected")
    details = {"panel": True, "hgvsp": "p.X1Y", "consequence": "missense", **details}
    return event("small_variant", name, name, category, first, last, **details)


def said(*events: Event) -> str:
    return sentence(events, (), ("diagnosis", "relapse"), KNOWLEDGE)


@pytest.mark.parametrize("lesion", HIGH)
def test_a_high_risk_lesion_stands_first(lesion):
    name = next(row["name"] for row in KNOWLEDGE.table("lesions") if row["id"] == lesion)
    gained = event("lesion", lesion, name, "gained", "not_detected", "detected")
    text = said(
        mutation("KRAS G12D"),
        mutation("NT5C2 R367Q", drug="mercaptopurine"),
        mutation("TP53 R248Q", "rising"),
        gained,
    )
    places = [text.casefold().index(word.casefold()) for word in (name, "NT5C2 R367Q", "TP53 R248Q rose", "KRAS G12D")]
    assert places == sorted(places)


def test_a_lesion_that_one_time_point_could_not_show_is_said():
    seen = event("lesion", "bcr_abl1", "BCR::ABL1", "undetermined", "detected", "not_assessable")
    assert said(seen) == "BCR::ABL1 was seen at diagnosis; no input of relapse could have shown that."
    late = event("lesion", "kmt2a_r", "KMT2A rearrangement", "undetermined", "not_assessable", "detected")
    assert "no input of diagnosis could have shown that" in said(late)
    unclear = event("lesion", "iamp21", "iAMP21", "undetermined", "detected", "equivocal")
    assert said(unclear) == "iAMP21 was seen at diagnosis and is not clear at relapse."


def test_what_is_in_both_is_not_read_as_another_leukaemia():
    kept = event("lesion", "bcr_abl1", "BCR::ABL1", "preserved", "detected", "detected")
    assert said(kept, mutation("KRAS G12D")).startswith("BCR::ABL1 is at both diagnosis and relapse")


@pytest.mark.parametrize(
    ("id", "name", "pair", "shown"),
    [
        ("abl_class", "ABL-class fusion", "NUP214::ABL1", "ABL-class fusion (NUP214::ABL1) was"),
        ("kmt2a_r", "KMT2A rearrangement", "KMT2A::AFF1", "KMT2A rearrangement (KMT2A::AFF1) was"),
        ("bcr_abl1", "BCR::ABL1", "BCR::ABL1", "BCR::ABL1 was"),
        ("hypodiploidy", "Hypodiploidy", "near_haploid", "Hypodiploidy was"),
    ],
)
def test_a_fusion_is_named(id, name, pair, shown):
    at = {"diagnosis": {"state": "detected", "subtype": pair}, "relapse": {"state": "not_assessable", "subtype": None}}
    assert said(Event("lesion", id, None, name, "undetermined", at, None, ())).startswith(shown)


def test_few_mutations_that_were_named_are_not_counted_as_another_leukaemia():
    assert "no mutation" not in said(mutation("KRAS G12D")).lower()
    passengers = [mutation(f"G{n} A1B", hgvsp=None) for n in range(4)]
    assert "no mutation is in both" in said(*passengers).lower()


def test_preserved_copies_are_not_nothing():
    copies = [
        event("copy_number", f"G{n}:deletion", f"G{n} deletion", "preserved", "detected", "detected") for n in range(4)
    ]
    assert said(*copies) == "Four copy-number changes are preserved."
    assert said() == "Nothing was found at any time point that can be compared."


def test_nothing_is_told_twice():
    lesion = event("lesion", "tp53_deletion", "TP53 deletion", "gained", "not_detected", "detected")
    copies = event("copy_number", "TP53:deletion", "TP53 deletion", "gained", "not_detected", "detected")
    assert said(lesion, copies).count("TP53 deletion") == 1
