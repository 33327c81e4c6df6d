"""Compiled templates are kept, and never those of another source or other options."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from annotate.report.page.compiled import Compiled


def environment(folder: Path, **options: bool) -> Environment:
    found = Environment(loader=FileSystemLoader(folder), autoescape=True, **options)  # type: ignore[arg-type]
    found.bytecode_cache = Compiled(folder, found)
    return found


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "__pycache__").glob("*")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "a.j2").write_text("{% if x %}\n<b>{{ x }}</b>\n{% endif %}\n")
    return tmp_path


def test_a_second_process_compiles_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = environment(folder).get_template("a.j2").render(x="<")
    assert kept(folder)
    monkeypatch.setattr(Environment, "_generate", lambda *_, **__: pytest.fail("compiled again"))
    assert environment(folder).get_template("a.j2").render(x="<") == first


def test_another_source_is_compiled_again(folder: Path) -> None:
    environment(folder).get_template("a.j2").render(x=1)
    (folder / "a.j2").write_text("other {{ x }}")
    assert environment(folder).get_template("a.j2").render(x=1) == "other 1"


def test_other_options_are_compiled_again(folder: Path) -> None:
    plain = environment(folder).get_template("a.j2").render(x=1)
    assert environment(folder, trim_blocks=True).get_template("a.j2").render(x=1) != plain


def test_a_folder_that_cannot_be_written_costs_time_alone(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder would be")
    assert "<b>1</b>" in environment(folder).get_template("a.j2").render(x=1)


def test_where_bytecode_is_unwanted_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    environment(folder).get_template("a.j2").render(x=1)
    assert not (folder / "__pycache__").exists()


def test_a_cut_file_is_compiled_again(folder: Path) -> None:
    whole = environment(folder).get_template("a.j2").render(x=1)
    for path in (folder / "__pycache__").glob("*"):
        for length in (0, 9, 14, path.stat().st_size - 5):
            path.write_bytes(kept(folder)[path.name][:length])
            assert environment(folder).get_template("a.j2").render(x=1) == whole
