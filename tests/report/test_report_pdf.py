"""The page on paper: made where WeasyPrint is installed, refused with a plain message where it is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import settings_of
from annotate.command import main
from annotate.report.page import pdf

SHEET = "sample\tpatient\ttimepoint\tassembly\tkaryotype\na\tp\tdiagnosis\tGRCh38\t46,XX[20]\n"


@pytest.fixture
def weasyprint():
    try:
        pdf.check()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture
def absent(monkeypatch):
    """As if WeasyPrint were not installed."""
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "weasyprint", None)


def test_a_report_as_pdf(weasyprint, tmp_path):
    (tmp_path / "s.tsv").write_text(SHEET, encoding="utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"report": {"sections": ["quality"]}}), encoding="utf-8")
    arguments = ["--samples", str(tmp_path / "s.tsv"), "--config", str(config), "--out", str(tmp_path / "out")]
    assert main(["report", *arguments, "--pdf", "--quiet"]) == 0
    printed = (tmp_path / "out" / "a" / "a.report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert main(["report", *arguments, "--pdf", "--quiet"]) == 0


def test_the_same_page_gives_the_same_pdf(weasyprint, tmp_path):
    html = "<!doctype html><html lang=en><title>x</title><p>x"
    for name in ("a.pdf", "b.pdf"):
        pdf.write_pdf(html, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_nothing_is_fetched_for_a_pdf(weasyprint, tmp_path, monkeypatch):
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "create_connection", refuse)
    svg = (
        "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc5JyBoZWlnaHQ9JzknLz4="
    )
    outside = "<img src='http://192.0.2.1/x.png' alt=x><link rel=stylesheet href='file:///etc/hostname'>"
    pdf.write_pdf(f"<!doctype html><html lang=en><title>x</title>{outside}<img src='{svg}' alt=y>", tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


def test_without_weasyprint_nothing_is_written(absent, tmp_path, capsys):
    (tmp_path / "s.tsv").write_text(SHEET, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["report", "--samples", str(tmp_path / "s.tsv"), "--out", str(out), "--pdf", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert "WeasyPrint" in said
    assert "weasyprint>=68" in said
    assert not [path for path in out.rglob("*") if path.is_file()]


def test_the_config_is_refused_before_any_job(monkeypatch):
    monkeypatch.setattr("annotate.base.settings.find_spec", lambda name: None)
    with pytest.raises(InputError, match="WeasyPrint is not installed"):
        settings_of({"samples": "-", "report": {"pdf": True}}, Path())
    assert settings_of({"samples": "-", "report": {"pdf": False}}, Path()).report.pdf is False
