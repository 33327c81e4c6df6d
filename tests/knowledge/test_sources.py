"""No shipped row cites what a reader cannot open; every default of ours has its entry, every entry its default."""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.curate.defaults import Reason, cited_defaults, page, reasons
from annotate.knowledge.check import check
from annotate.knowledge.sources import FIELD_KNOWLEDGE, anchors, default_of, readable, source_problems
from annotate.knowledge.spec import DEFAULTS, MARKS, SPECS, Mark
from annotate.knowledge.specs.thresholds import ThresholdRow

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = resource_path("knowledge")


def shipped_rows(knowledge):
    return [row for spec in SPECS.values() for row in knowledge.rows(spec.row)]


# ---------------------------------------------------------------- the shipped rows


def test_no_shipped_row_cites_what_a_reader_cannot_open(knowledge):
    rows = shipped_rows(knowledge)
    assert len(rows) > 2000
    closed = [(row.origin, part) for row in rows for part in row.source.split(";") if not readable(part.strip())]
    assert closed == []


def test_files_and_places_that_rows_cite_exist(knowledge):
    problems = [
        (row.origin, text)
        for row in shipped_rows(knowledge)
        for _, text in source_problems({"source": row.source}, own=True)
    ]
    assert problems == []


def test_a_default_and_only_a_default_cites_its_entry(knowledge):
    for row in shipped_rows(knowledge):
        assert (row.mark is Mark.E) == bool(default_of(row)), row.origin
        if isinstance(row, ThresholdRow) and row.mark is Mark.E:
            assert default_of(row) == row.id


def test_field_knowledge_is_said_in_the_same_words(knowledge):
    said = {part.strip() for row in shipped_rows(knowledge) for part in row.source.split(";")}
    assert {part for part in said if re.match("field knowledge", part, re.IGNORECASE)} == {FIELD_KNOWLEDGE}


def test_field_knowledge_is_never_marked_as_read_or_computed(knowledge):
    for row in shipped_rows(knowledge):
        if FIELD_KNOWLEDGE in row.source:
            assert row.mark is Mark.K, row.origin


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    "part",
    [
        "domain specification 0.4",
        "Domain specification 2.2",
        "expert matrix, domain specification 0.4 and 1.C",
        "expert knowledge",
        "L07 algorithm A",
        "L30",
        "rule L02",
        "0.5: focal below 5 Mb",
        "1.C: bins > 10 kb do not show deletions of one or two exons",
        "Asnafi list as in L30",
        "Mansour 2014, locus as in domain specification L30",
        "§ 2.4",
        "hotspot_codons.tsv",
        "variants.tsv",
        "ALLert default",
        "Field knowledge",
        "COG, as known",
        "Carroll",
        "",
    ],
)
def test_what_says_nothing_to_a_reader_is_refused(part):
    assert not readable(part)


@pytest.mark.parametrize(
    "part",
    [
        FIELD_KNOWLEDGE,
        "see Harrison 2014, PMC4283797",
        "PMID 24166298",
        "doi 10.1182/blood-2014-03-562918",
        "NCT03590171 (eligibility criteria)",
        "Blood 2007, 110:4022",
        "Rand 2011, Blood 117:6848",
        "https://civicdb.org",
        "GATK FilterMutectCalls documentation",
        "Header lines of CLC exports",
        "VCF 4.5 specification",
        "computed: 40 of 46 chromosomes",
        "as stated in the clinical sheet, config/README.md",
        "codons of resources/knowledge/hotspot_codons.tsv",
    ],
)
def test_what_a_reader_can_open_is_accepted(part):
    assert readable(part)


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))


def edited(folder: Path, table: str, **cells: str) -> None:
    """Sets cells of the first row of a table."""
    path = folder / table
    with path.open(encoding="utf-8", newline="") as handle:
        header, first, *rest = csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
    first = [cells.get(name, text) for name, text in zip(header, first, strict=True)]
    path.write_text("".join("\t".join(row) + "\n" for row in (header, first, *rest)), encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "cells", "expected"),
    [
        ("lesions.tsv", {"source": "domain specification L01"}, "a reader can open"),
        ("fusions.tsv", {"source": "PMID 25207766; rule L02"}, "a reader can open"),
        (
            "visibility.tsv",
            {"source": "resources/knowledge/no_such.tsv"},
            "there is no resources/knowledge/no_such.tsv",
        ),
        (
            "gene_resolution.tsv",
            {"source": "docs/defaults.md#gene_resolution.none"},
            "there is no 'gene_resolution.none'",
        ),
        ("gene_resolution.tsv", {"source": FIELD_KNOWLEDGE}, DEFAULTS),
        ("thresholds/assess.tsv", {"mark": "S"}, DEFAULTS),
        ("thresholds/assess.tsv", {"mark": "K"}, DEFAULTS),
    ],
)
def test_a_shipped_row_with_such_a_source_is_refused(copied, table, cells, expected):
    edited(copied, table, **cells)
    (problem,) = check(copied)
    assert (problem.file, problem.row, problem.column) == (table, 2, "source")
    assert expected in problem.message


def own_threshold(folder: Path, source: str, mark: str = "E", value: str = "0.9") -> Path:
    (folder / "thresholds").mkdir(parents=True)
    header, *rows = (SHIPPED / "thresholds" / "assess.tsv").read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    row = dict(zip(names, rows[0].split("\t"), strict=True)) | {"source": source, "mark": mark, "value": value}
    text = "\t".join(row[name] for name in names)
    (folder / "thresholds" / "assess.tsv").write_text(f"{header}\n{text}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("source", ["protocol 4.2 of our unit", "SOP-17, page 3", "Harrison 2014, PMC4283797"])
def test_a_laboratory_cites_its_own_documents(tmp_path, source, mark):
    assert check(SHIPPED, own_threshold(tmp_path, source, mark)) == []


def test_a_laboratory_cannot_cite_a_place_that_our_pages_do_not_have(tmp_path):
    (problem,) = check(SHIPPED, own_threshold(tmp_path, "docs/defaults.md#assess.none"))
    assert (problem.row, problem.column) == (2, "source")


# ---------------------------------------------------------------- what is printed


def test_a_default_is_printed_as_ours_and_a_labs_row_as_the_labs(knowledge):
    for row in shipped_rows(knowledge):
        if row.mark is Mark.E:
            assert row.sources[0] == f"ALLert default, see {DEFAULTS}#{default_of(row)}"
            assert "own" in replace(row, overlay=True).sources[0]
            assert row.citation.startswith("ALLert default")


def test_no_report_prints_the_bare_name_of_an_entry(knowledge):
    from annotate.interpret.scheme_tables import schemes

    for scheme in schemes(knowledge):
        assert not any(rule.source.startswith(DEFAULTS) for rule in scheme.rules)


def test_a_page_names_the_entry_in_words():
    from annotate.report.page.html import environment

    shown = (
        environment()
        .from_string("{{ text }} {{ number }}")
        .render(text="not given [ALLert default, see docs/defaults.md#therapies_unknown.not_assessable] <b>", number=3)
    )
    assert shown == ("not given [ALLert default, see docs/defaults.md, ‘therapies unknown not assessable’] &lt;b&gt; 3")


# ---------------------------------------------------------------- docs/defaults.md


def test_every_default_has_an_entry_and_every_entry_a_default(knowledge):
    assert set(reasons()) == set(cited_defaults(knowledge))


def test_every_entry_says_why_and_what_changes():
    for name, reason in reasons().items():
        assert len(reason.why.split()) >= 4, name
        assert (reason.lower and reason.higher) or reason.otherwise, name


def test_numbers_say_both_directions(knowledge):
    words = reasons()
    for name, rows in cited_defaults(knowledge).items():
        if isinstance(rows[0], ThresholdRow):
            said = words[name]
            assert (bool(said.lower), bool(said.higher), bool(said.otherwise)) == (True, True, False), name


def test_the_page_is_up_to_date_and_has_a_place_for_every_entry(knowledge):
    assert (ROOT / DEFAULTS).read_text(encoding="utf-8") == page(knowledge), "run: make docs"
    assert set(reasons()) <= anchors(DEFAULTS)


def test_the_page_shows_the_value_and_the_unit_of_the_table(knowledge):
    text = page(knowledge)
    for row in knowledge.rows(ThresholdRow):
        if row.mark is Mark.E and row.value == row.value:
            entry = text.split(f'<a id="{row.id}"></a>')[1].split("<a id=")[0]
            assert f"**{row.value:.10g}{' ' + row.unit if row.unit else ''}**" in entry


def test_an_entry_without_its_words_is_refused_by_name(tmp_path):
    path = tmp_path / "defaults.yaml"
    path.write_text("a.b:\n  because: so\n", encoding="utf-8")
    with pytest.raises(InputError, match="why"):
        reasons(path)
    path.write_text('a.b:\n  why: "so"\n', encoding="utf-8")
    assert reasons(path) == {"a.b": Reason("so")}


# ---------------------------------------------------------------- the other pages and the code


def test_no_page_and_no_docstring_names_a_document_that_readers_do_not_have():
    named = re.compile(r"(?i)domain specification|DOMAIN\.md|§|\balgorithm [A-C]\b|\bL[0-3]\d\b")
    files = [*(ROOT / "annotate").rglob("*.py"), *(ROOT / "scripts").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
    files += [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    allowed = {"annotate/knowledge/sources.py"}  # the rule itself
    found = {str(path.relative_to(ROOT)) for path in files if named.search(path.read_text(encoding="utf-8"))} - allowed
    assert found <= {"docs/lesions.md", "docs/knowledge.md"}  # made from code and data: as they would be now
    assert [name for name, text in _made_pages().items() if named.search(text)] == []


def _made_pages() -> dict[str, str]:
    """Pages that are made from code and data, as they would be made now."""
    made = {}
    for name in ("render_docs", "render_knowledge"):
        spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if name == "render_docs":
            made |= {path.name: text for path, text in module.pages().items()}
        else:
            from annotate.knowledge.tables import Knowledge

            made["knowledge.md"] = module.render(Knowledge.load())
    return made
