"""Karyotypes as laboratories write them: clones, inheritance, counts, abnormalities, FISH, what is not understood."""

from __future__ import annotations

import random

import pytest

from annotate.base.errors import InputError
from annotate.model.karyotype import KaryotypeClone, KaryotypeToken
from annotate.read.karyotype import parse_karyotype
from annotate.read.karyotype.counts import acquired_clones, chromosome_copies, is_clonal, is_normal


def clone(text: str, number: int = 0) -> KaryotypeClone:
    return parse_karyotype(text).clones[number]


def token(text: str) -> KaryotypeToken:
    return clone(f"46,XX,{text}[5]").tokens[0]


# ---------------------------------------------------------------- clones


@pytest.mark.parametrize(
    ("text", "low", "high", "sex", "level", "metaphases", "composite"),
    [
        ("46,XX[20]", 46, 46, "XX", None, 20, False),
        ("46,XY", 46, 46, "XY", None, None, False),
        ("45~48,XY,+mar[cp7]", 45, 48, "XY", None, 7, True),
        ("51-54,XX,+X[5]", 51, 54, "XX", None, 5, False),
        ("68~72<3n>,XXY,+1[12]", 68, 72, "XXY", 3, 12, False),
        ("27<1n>,X,+14[5]", 27, 27, "X", 1, 5, False),
        ("27,X,<1n>,+14[5]", 27, 27, "X", 1, 5, False),
        ("46, XY, t(11;19) (q23; p13.3) [14]", 46, 46, "XY", None, 14, False),
        ("46，XX，t（9；22）（q34；q11）［20］", 46, 46, "XX", None, 20, False),  # full-width signs
        ("46,xy[3]", 46, 46, "XY", None, 3, False),
        ("46 XX t(9;22)(q34;q11)", 46, 46, "XX", None, None, False),
        ("Karyotype: 46,XX[20]", 46, 46, "XX", None, 20, False),
        ("mos 47,XX,+21[5]", 47, 47, "XX", None, 5, False),
        ('"46,XX[20]"', 46, 46, "XX", None, 20, False),
        ("54–56,XX,+X[4]", 54, 56, "XX", None, 4, False),  # en dash
    ],
)
def test_the_head_of_a_clone(text, low, high, sex, level, metaphases, composite):
    found = clone(text)
    assert (found.low, found.high, found.sex, found.ploidy_level) == (low, high, sex, level)
    assert (found.metaphases, found.composite) == (metaphases, composite)


def test_metaphases_of_all_clones_without_the_donor():
    found = parse_karyotype("46,XY,t(9;22)(q34;q11)[15]/46,XY[3]//46,XX[2]")
    assert found.metaphases == 18
    assert [c.donor for c in found.clones] == [False, False, True]
    assert len(acquired_clones(found)) == 1
    assert parse_karyotype("//46,XX[20]").clones[0].donor


@pytest.mark.parametrize("text", ["46,XX[10]; 46,XX[10]", "46,XX[10], 46,XX[10]", "46,XX[10]/46,XX[10]"])
def test_clones_divided_by_other_signs(text):
    assert [c.metaphases for c in parse_karyotype(text).clones] == [10, 10]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("46,XX[20]", True),
        ("46,XX,inv(9)(p12q13)c[20]", True),
        ("47,XY,+21c[20]", True),
        ("47,XXYc[20]", True),
        ("47,XXY[20]", False),
        ("45,XY,rob(14;21)(q10;q10)c[20]", True),
        ("45,XX,-7[3]", False),
        ("46,XX,inc[20]", False),
        ("45,XX[20]", False),
    ],
)
def test_normal_and_constitutional(text, normal):
    assert is_normal(clone(text)) is normal


@pytest.mark.parametrize(
    ("text", "clonal"),
    [
        ("47,XX,+8[2]", True),
        ("47,XX,+8[1]", False),
        ("45,XX,-7[2]", False),  # a loss needs three
        ("45,XX,-7[3]", True),
        ("46,XX,-7,+8[2]", True),
        ("46,XX,t(9;22)(q34;q11)[2]", True),
        ("45,XX,-7", None),
    ],
)
def test_how_many_metaphases_make_a_clone(knowledge, text, clonal):
    assert is_clonal(clone(text), knowledge) is clonal


# ---------------------------------------------------------------- inheritance


def test_idem_and_sl_inherit_the_stem_and_sdl_the_side_line():
    found = parse_karyotype("46,XX,del(6)(q15q23)[10]/47,sl,+8[5]/48,sdl1,+21[3]").clones
    assert [c.inherits_from for c in found] == [None, 0, 1]
    assert [t.raw for t in found[2].tokens] == ["del(6)(q15q23)", "+8", "+21"]
    assert [t.inherited for t in found[2].tokens] == [True, True, False]
    assert found[2].sex == "XX"


def test_idem_of_the_clone_before_where_only_that_adds_up():
    stem = parse_karyotype("46,XX,t(1;19)(q23;p13)[10]/47,idem,+8[5]/48,idem,+8,+21[2]").clones
    assert stem[2].inherits_from == 0
    before = parse_karyotype("46,XX,t(1;19)(q23;p13)[10]/47,idem,+8[5]/48,idem,+21[2]").clones
    assert before[2].inherits_from == 1


def test_idemx2_doubles_everything():
    found = parse_karyotype("27<1n>,X,+14,+18,+21,+21[5]/54,idemx2[3]/46,XX[12]").clones
    double = found[1]
    assert (double.doubled_from, double.sex, double.ploidy_level) == (0, "XX", 2)
    copies = chromosome_copies(double)
    assert copies is not None
    assert (copies["14"], copies["21"], copies["1"], sum(copies.values())) == (4, 6, 2, 54)


def test_a_doubled_low_hypodiploid_clone():
    lost = ",".join(f"-{c}" for c in (2, 3, 4, 7, 9, 13, 15, 16, 17, 20))
    found = parse_karyotype(f"36,XX,{lost}[8]/72,idemx2[4]").clones[1]
    copies = chromosome_copies(found)
    assert copies is not None
    assert (copies["17"], copies["1"], sum(copies.values())) == (2, 4, 72)


def test_doublings_without_end_are_not_followed():
    found = parse_karyotype("46,XX,+8/92,idemx9/" + "99,sdlx9/" * 50)
    assert max(len(c.sex or "") for c in found.clones) <= 16


# ---------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[12]", {"X": 3, "4": 3, "21": 4, "1": 2}),
        ("45,X,-Y[5]", {"X": 1, "Y": 0}),
        ("45,X,-X[5]", {"X": 1}),
        ("46,X,i(X)(q10)[3]", {"X": 2}),
        ("46,Y,t(X;14)(p22;q32)[5]", {"X": 1, "Y": 1, "14": 2}),
        ("28,XX,+X,+10,+18,+21,+21[10]", {"X": 2, "21": 3, "10": 2, "1": 1}),
        ("45,XX,dic(9;20)(p13.2;q11.2)[10]", {"9": 2, "20": 1}),
        ("47,XX,+der(22)t(9;22)(q34;q11)[3]", {"22": 3, "9": 2}),
        ("46,XX,-7,+der(7)t(7;12)(p11;q11)[3]", {"7": 2, "12": 2}),
        ("47,XX,+i(12)(p10)[3]", {"12": 3}),
        ("46,XX,-7,+mar[3]", {"7": 1}),
        ("49,XX,+8x2,+21[3]", {"8": 4, "21": 3}),
        ("69<3n>,XXY,+1,-5[3]", {"1": 4, "5": 2, "8": 3}),
    ],
)
def test_copies_of_chromosomes(text, expected):
    found = chromosome_copies(clone(text))
    assert found is not None
    assert {chrom: found[chrom] for chrom in expected} == expected


@pytest.mark.parametrize("text", ["51-54,XX,+X,+4,inc[cp5]", "46,XX,+8[5]", "48,U,+8[2]", "XX,+8"])
def test_no_copies_where_the_text_does_not_add_up(text):
    assert chromosome_copies(clone(text)) is None


# ---------------------------------------------------------------- abnormalities


@pytest.mark.parametrize(
    ("text", "kind", "chromosomes", "bands"),
    [
        ("t(9;22)(q34;q11.2)", "t", ("9", "22"), (("q34",), ("q11.2",))),
        ("t(9;22;10)(q34;q11;q22)", "t", ("9", "22", "10"), (("q34",), ("q11",), ("q22",))),
        ("t(1;19)", "t", ("1", "19"), ()),
        ("t(?;11)(?;q23)", "t", ("?", "11"), ((), ("q23",))),
        ("der(19)t(1;19)(q23;p13)", "der", ("1", "19"), (("q23",), ("p13",))),
        ("del(9)(p13p22)", "del", ("9",), (("p13", "p22"),)),
        ("del(5q)", "del", ("5",), (("q",),)),
        ("i(17)(q10)", "i", ("17",), (("q10",),)),
        ("i(17q)", "i", ("17",), (("q10",),)),
        ("idic(21)(q22)", "idic", ("21",), (("q22",),)),
        ("dic(9;20)(p13;q11)", "dic", ("9", "20"), (("p13",), ("q11",))),
        ("psu dic(9;20)(p13;q11)", "dic", ("9", "20"), (("p13",), ("q11",))),
        ("ins(10;11)(p12;q23q13)", "ins", ("10", "11"), (("p12",), ("q23", "q13"))),
        ("inv(9)(p13p24)", "inv", ("9",), (("p13", "p24"),)),
        ("dup(21)(q?)", "dup", ("21",), (("q?",),)),
        ("add(21)(q22)", "add", ("21",), (("q22",),)),
        ("r(7)(p22q36)", "ring", ("7",), (("p22", "q36"),)),
        ("trp(1)(q21q32)", "trp", ("1",), (("q21", "q32"),)),
        ("t(5;14)(q31~33;q32)", "t", ("5", "14"), (("q31~33",), ("q32",))),
        ("+8", "gain", ("8",), ()),
        ("-7", "loss", ("7",), ()),
        ("+mar", "mar", (), ()),
        ("2~10dmin", "dmin", (), ()),
    ],
)
def test_abnormalities(text, kind, chromosomes, bands):
    found = token(text)
    assert (found.kind, found.chromosomes, found.bands) == (kind, chromosomes, bands)


def test_a_derivative_keeps_its_parts():
    found = token("der(7)t(7;9)(p11;q11)del(9)(p13)")
    assert [(p.kind, p.chromosomes) for p in found.parts] == [("der", ("7",)), ("t", ("7", "9")), ("del", ("9",))]


@pytest.mark.parametrize(
    ("text", "constitutional", "uncertain", "change", "copies"),
    [
        ("+21c", True, False, 1, 1),
        ("+?8", False, True, 1, 1),
        ("?del(5)(q13q35)", False, True, 0, 1),
        ("t(12;21)(p13;q22) or del(12)(p13)", False, True, 0, 1),
        ("+8x2", False, False, 2, 2),
        ("del(7)(q22)x2", False, False, 0, 2),
        ("+2mar", False, False, 2, 2),
        ("dic(9;20)(p13;q11)", False, False, -1, 1),
        ("2~10dmin", False, False, 0, 2),
    ],
)
def test_marks_of_an_abnormality(text, constitutional, uncertain, change, copies):
    found = token(text)
    assert (found.constitutional, found.uncertain, found.change, found.copies) == (
        constitutional,
        uncertain,
        change,
        copies,
    )


def test_metaphases_of_one_abnormality_in_a_composite_karyotype():
    found = clone("45~46,XY,-7[3],del(9)(p13)[6],+mar[2][cp7]")
    assert [t.metaphases for t in found.tokens] == [3, 6, 2]
    assert found.metaphases == 7


# ---------------------------------------------------------------- FISH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nuc ish(RUNX1x5~8)[180/200]", [("RUNX1", 5, 8, "x5~8", 180, 200)]),
        ("nuc ish 21q22(RUNX1x6)[90/100]", [("RUNX1", 6, 6, "x6", 90, 100)]),
        ("nuc ish(ABL1x2),(BCRx2)[200]", [("ABL1", 2, 2, "x2", 200, 200), ("BCR", 2, 2, "x2", 200, 200)]),
        (
            "nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[150/200]",
            [("ABL1", 3, 3, "x3", 150, 200), ("BCR", 3, 3, "x3", 150, 200), ("ABL1;BCR", 2, 2, "con", 150, 200)],
        ),
        (
            "nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax1)[100/200]",
            [("KMT2A", 2, 2, "x2", 100, 200), ("KMT2A", 1, 1, "sep", 100, 200)],
        ),
        ("nuc ish(TP53x1,D17Z1x2)[180/200]", [("TP53", 1, 1, "x1", 180, 200), ("D17Z1", 2, 2, "x2", 180, 200)]),
        ("46,XX[20].nuc ish(CDKN2Ax0)[12/200]", [("CDKN2A", 0, 0, "x0", 12, 200)]),
        ("46,XX[20]; nuc ish(CDKN2A×0)[12/200]", [("CDKN2A", 0, 0, "x0", 12, 200)]),
    ],
)
def test_fish(text, expected):
    found = parse_karyotype(text)
    assert [(f.gene, f.signals_low, f.signals_high, f.pattern, f.cells, f.scored) for f in found.fish] == expected
    assert found.unread == ()


# ---------------------------------------------------------------- what is not understood


@pytest.mark.parametrize(
    ("text", "unread", "clones"),
    [
        ("46,XX,???,t(9;22)(q34;q11)[5]", ("???",), 1),
        ("no metaphases", ("no metaphases",), 0),
        ("hyperdiploid", ("hyperdiploid",), 0),
        ("46,XX,foo(3)(q1)[5]", ("foo(3)(q1)",), 1),
        ("47,XX,+21[20] Down syndrome", ("Down syndrome",), 1),
        ("46,XX.arr(1-22)twice", ("arr (1-22)twice",), 1),
        ("46,XX[20].ish fused signals", ("ish fused signals",), 1),
        ("46,XX[20].mlpa(IKZF1)x1", ("mlpa (IKZF1)x1",), 1),
        ("46,XX,+25[3]", ("+25",), 1),
        ("", (), 0),
    ],
)
def test_what_is_not_understood_is_kept(text, unread, clones):
    found = parse_karyotype(text)
    assert found.unread == unread
    assert len(found.clones) == clones
    assert found.raw == text


def test_an_unknown_token_does_not_hide_the_rest():
    found = clone("46,XX,weird,t(9;22)(q34;q11),del(7)(p15)[5]")
    assert [t.kind for t in found.tokens] == ["unknown", "t", "del"]


def test_a_text_that_cannot_be_a_karyotype_is_refused():
    with pytest.raises(InputError, match="too long"):
        parse_karyotype("x" * 30_000)


def test_any_text_is_parsed_without_a_fault():
    dice = random.Random(7)
    letters = "0123456789,;()[]/+-~?xXYtdelrinvpqc. <>n'idemsl"
    for _ in range(1500):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 60)))
        found = parse_karyotype(text)
        for one in found.clones:
            chromosome_copies(one)
            is_normal(one)


@pytest.mark.parametrize(
    "text", ["(" * 5000, "46,XX," + "t(" * 3000, "46,XX/" * 1000, "[" * 9000, "nuc ish(" * 2000, "9" * 19_000]
)
def test_hostile_texts_end(text):
    parse_karyotype(text)
