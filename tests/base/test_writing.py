"""Files are written whole or not at all; cells of tables are harmless."""

from __future__ import annotations

import os
import stat

import pytest

from annotate.base.errors import InputError, printable
from annotate.base.writing import tsv_cell, whole_file, write_json, write_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), whole_file(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_what_a_killed_run_left_is_removed(tmp_path):
    (tmp_path / ".a.txt.xyz.part").write_text("half")
    (tmp_path / ".b.txt.xyz.part").write_text("of another file")
    write_text(tmp_path / "a.txt", "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".b.txt.xyz.part", "a.txt"]


def test_permissions_follow_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        write_text(tmp_path / "file" / "a.txt", "x")


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_text(tmp_path / "a.txt", "x")
    assert list(tmp_path.iterdir()) == []


def test_json_has_no_nan(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("a\tb\nc", "a b c"),
        ("=cmd()", "'=cmd()"),
        ("+1", "+1"),
        ("-0.5", "-0.5"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\u202eabc", "\N{REPLACEMENT CHARACTER}abc"),
        ("p.Arg367Gln", "p.Arg367Gln"),
        (0.25, "0.25"),
    ],
)
def test_cells(value, cell):
    assert tsv_cell(value) == cell


def test_messages_are_one_line():
    assert printable("a\nb\x1b[31m\u202e") == "a\\x0ab\\x1b[31m\\x202e"
