"""What the documentation says exists: links, commands, columns, keys; made pages are up to date."""

from __future__ import annotations

import argparse
import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from annotate.base.schemas import schema
from annotate.command import _parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
named = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def prose(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Anchors of headings as GitHub makes them, and those that are written out."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    named = set(re.findall(r'<a id="([^"]+)"', page.read_text(encoding="utf-8")))
    return named | {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@named
def test_links_resolve(page):
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found[name] = below
                found |= {f"{name} {deeper}": parser for deeper, parser in commands(below).items()}
    return found


@named
def test_commands_and_their_options_exist(page):
    known = commands(_parser())
    for text in re.findall(r"(?:`|\$ |bin/|^)allert ([a-z][^`\n#|]*)", prose(page), re.MULTILINE):
        words = text.split()
        name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known), None)
        assert name, f"allert {text}"
        options = {option for action in known[name]._actions for option in action.option_strings}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= options, f"allert {text}"
        if known[name].get_default("run") is None:
            assert len(words) == 1, f"allert {text}: no such action"


@named
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", prose(page), re.MULTILINE)) <= targets


@named
def test_files_of_the_repository_exist(page):
    """Paths in backticks that begin with a folder of the repository."""
    folders = "annotate|config|docs|resources|scripts|tests|workflow|containers"
    for path in re.findall(rf"`((?:{folders})/[^`\s<>{{}}]+)`", prose(page)):
        found = list(ROOT.glob(path.rstrip("/"))) if "*" in path else [ROOT / path]
        assert found, path
        assert all(file.exists() for file in found), path


def test_every_page_is_in_the_index():
    index = prose(ROOT / "docs" / "index.md")
    missing = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "index.md" and page.name not in index]
    assert missing == []


def test_columns_of_the_sheets():
    text = prose(ROOT / "config" / "README.md")
    samples, patients = text.split("## `samples.tsv`")[1].split("## `patients.tsv`")
    patients = patients.split("## ")[0]
    first_cells = re.findall(r"^\| ([^|]+) \|", samples, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(first_cells))) == set(schema("samples")["properties"])
    for column in schema("patients")["properties"]:
        assert f"`{column}`" in patients, column


@pytest.mark.parametrize(("sheet", "name"), [("samples.tsv", "samples"), ("patients.tsv", "patients")])
def test_empty_sheets_have_every_column(sheet, name):
    header = (ROOT / "config" / sheet).read_text().splitlines()[0].split("\t")
    assert header == list(schema(name)["properties"])


def test_keys_of_the_config():
    text = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
    config, rules = yaml.safe_load(text), schema("config")
    assert set(config) == set(rules["properties"])
    assert set(config["report"]) == set(rules["properties"]["report"]["properties"])
    outputs = prose(ROOT / "docs" / "outputs.md")
    for key in config["report"]:
        assert f"`{key}`" in outputs, key
    for section in rules["properties"]["report"]["properties"]["sections"]["items"]["enum"]:
        assert f"`{section}`" in outputs, section


def test_states_of_the_readme():
    from annotate.model.state import State

    assert set(re.findall(r"^\| . \| `(\w+)` \|", prose(ROOT / "README.md"), re.MULTILINE)) == {str(s) for s in State}


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_made_from_code_are_up_to_date():
    stale = [p.name for p, text in script("render_docs").pages().items() if p.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"
