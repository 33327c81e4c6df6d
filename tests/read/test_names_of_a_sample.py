"""A sample may bear another name in every kind of file: one name, a list, or pairs of kind and name."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.read.common.columns import choose_columns

NAMES = ["P1_T1", "P1_N", "COLO829T"]


def sample(tumor: str | None, normal: str | None = None) -> Sample:
    return Sample("a", "p", "diagnosis", "GRCh38", tumor_name=tumor, normal_name=normal)


@pytest.mark.parametrize(
    ("cell", "kind", "column"),
    [
        ("P1_T1", "small_variants", "P1_T1"),
        ("P1_T1", "structural_variants", "P1_T1"),
        ("other;P1_T1", "small_variants", "P1_T1"),
        ("small_variants=P1_T1;structural_variants=COLO829T", "small_variants", "P1_T1"),
        ("small_variants=P1_T1;structural_variants=COLO829T", "structural_variants", "COLO829T"),
        ("P1_T1;structural_variants=COLO829T", "structural_variants", "COLO829T"),
    ],
)
def test_the_name_of_the_kind_is_used(cell, kind, column):
    assert choose_columns(NAMES, [], sample(cell), "x.vcf", kind).tumor_name == column


def test_a_normal_has_names_too():
    found = choose_columns(["b", "a"], [], sample(None, "structural_variants=a"), "x.vcf", "structural_variants")
    assert (found.tumor_name, found.normal_name) == ("b", "a")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("P1_T1;COLO829T", ["several columns", "P1_T1, COLO829T", "small_variants=a;structural_variants=b"]),
        ("P2_T1", ["not a column of the file", "P2_T1", "P1_T1, P1_N"]),
        ("small_variants=P2_T1", ["not a column of the file"]),
    ],
)
def test_names_that_do_not_decide_are_refused(cell, words):
    with pytest.raises(InputError) as error:
        choose_columns(NAMES, [], sample(cell), "x.vcf")
    assert all(word in str(error.value) for word in words), str(error.value)
