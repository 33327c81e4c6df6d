"""What the package's own YAML files say is kept, and never what another text said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from annotate.base import yaml_text
from annotate.base.resources import resource_path
from annotate.base.schemas import schema_path
from annotate.base.yaml_text import load_shipped, load_words, load_yaml

SHIPPED = [
    *((schema_path(name), load_yaml) for name in ("config", "samples", "patients")),
    (resource_path("knowledge") / "wording_report.yaml", load_words),
]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, of this test alone."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(yaml_text, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.mark.parametrize(("path", "load"), SHIPPED, ids=[path.name for path, _ in SHIPPED])
def test_what_is_kept_is_what_was_read(kept, path, load):
    read = load(path.read_text(encoding="utf-8"))
    assert load_shipped(path, load) == read
    assert len(list(kept.iterdir())) == 1
    assert load_shipped(path, load) == read


def test_a_second_process_reads_no_yaml(kept, tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, no]\n")
    assert load_shipped(path, load_yaml) == {"a": [1, False]}
    monkeypatch.setattr(yaml_text, "_load", lambda *_: pytest.fail("read again"))
    assert load_shipped(path, load_yaml) == {"a": [1, False]}


def test_another_text_and_another_reading_are_read_again(kept, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: no\n")
    assert load_shipped(path, load_yaml) == {"a": False}
    assert load_shipped(path, load_words) == {"a": "no"}
    path.write_text("a: 12\n")
    assert load_shipped(path, load_yaml) == {"a": 12}


def test_what_was_cut_is_read_again(kept, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    load_shipped(path, load_yaml)
    (cut,) = kept.iterdir()
    cut.write_text('{"a"')
    assert load_shipped(path, load_yaml) == {"a": 1}


def test_a_folder_that_cannot_be_written_costs_time_alone(kept, tmp_path):
    kept.write_text("a file where the folder would be")
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert load_shipped(path, load_yaml) == {"a": 1}


def test_where_bytecode_is_unwanted_nothing_is_kept(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert load_shipped(path, load_yaml) == {"a": 1}
    assert not kept.exists()
