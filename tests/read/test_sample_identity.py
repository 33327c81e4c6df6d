"""Which column, row or read group is this sample's: told by the sheet's names, else refused with the names found."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.read.common.identity import Identity, identity, matching, own

WHO = Identity("P1_D", ("P1_T",), ("P1_N",))


@pytest.mark.parametrize(
    ("found", "name", "certain"),
    [
        (["P2_T", "P1_T"], "P1_T", True),  # tumor_name
        (["P2_T", "P1_D"], "P1_D", True),  # the row's id
        (["P1_D", "P1_T"], "P1_T", True),  # the stated name before the id
        (["p1_t", "P2_T"], "p1_t", True),  # any case
        (["/data/P1_T.markdup.bam", "/data/P2_T.markdup.bam"], "/data/P1_T.markdup.bam", True),
        (["P1_N", "whatever"], "whatever", True),  # the other one of a pair
        (["whatever"], "whatever", False),  # the only one, under another name
        (["TUMOR", "NORMAL"], "TUMOR", True),
        (["NORMAL", "tumour", "other"], "tumour", True),
    ],
)
def test_own(found, name, certain):
    chosen = own(found, WHO, "table.tsv")
    assert chosen.name == name
    assert chosen.index == found.index(name)
    assert chosen.certain is certain


@pytest.mark.parametrize(
    "found",
    [
        ["P2_T", "P3_T"],  # nobody's
        ["P1_T.a.bam", "P1_T.b.bam"],  # neither is the name
        ["P1_N"],  # the normal alone
        ["NORMAL"],
        ["P2_T", "P3_T", "P1_N"],
        [],
    ],
)
def test_what_cannot_be_told_is_refused_with_the_names(found):
    with pytest.raises(InputError) as error:
        own(found, WHO, "table.tsv")
    assert all(name in str(error.value) for name in found)
    assert "P1_T" in str(error.value)


def test_a_name_for_one_kind_of_file_or_for_all():
    sample = Sample("S", "P", "diagnosis", "GRCh38", tumor_name="T1; structural_variants=COLO829T ;T2")
    assert identity(sample, "structural_variants").names == ("COLO829T", "S")
    assert identity(sample, "fusions").names == ("T1", "T2", "S")


def test_a_name_that_another_file_gave():
    assert own(["A", "B"], Identity("S").also(None, "B"), "x.vcf").name == "B"


@pytest.mark.parametrize("names", [["S1", "s1"], ["a/S1", "b/S1"]])
def test_two_names_alike_are_not_told_apart_by_case_or_folder(names):
    assert matching(names, ["S1"]) == (0 if "S1" in names else None)


def test_many_names_are_cut_in_the_message():
    with pytest.raises(InputError, match="and 80 more"):
        own([f"X{n}" for n in range(100)], Identity("S"), "table.tsv")
