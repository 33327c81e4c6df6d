"""Tools that stand in for a heavier module of the library give what it gives."""

from __future__ import annotations

import statistics
from importlib import metadata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotate.base.middle import median
from annotate.base.packages import version_of
from annotate.base.yaml_text import NotYaml, load_words, load_yaml


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1))
def test_the_median_is_that_of_statistics(values: list[float]) -> None:
    assert median(values) == statistics.median(values)


def test_no_values_have_no_median() -> None:
    with pytest.raises(ValueError, match="no median"):
        median([])


@pytest.mark.parametrize("name", ["cyvcf2", "numpy", "pysam", "pydantic", "jinja2", "Jinja2", "PyYAML", "pytest-xdist"])
def test_versions_are_those_of_the_metadata(name: str) -> None:
    assert version_of(name) == metadata.version(name)


def test_what_is_not_installed_has_no_version() -> None:
    assert version_of("no-such-package-of-anybody") is None


@pytest.mark.parametrize("text", ["a: 1\nb: [x, 2.5, null]\n", "- yes\n- 'no'\n", "", "a: {b: ~}\n"])
def test_yaml_is_what_the_library_reads(text: str) -> None:
    assert load_yaml(text) == yaml.safe_load(text)


def test_words_stay_as_they_are_written() -> None:
    assert load_words("state: no\nnumber: 010\n") == {"state": "no", "number": "010"}


@pytest.mark.parametrize("load", [load_yaml, load_words])
def test_broken_yaml_names_its_line(load: object) -> None:
    with pytest.raises(NotYaml, match="line 2"):
        load("a: 1\nb: [1\nc: 2\n")  # type: ignore[operator]
