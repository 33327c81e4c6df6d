"""The checker of the knowledge tables: broken rows, each found with file, row and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotate.base.resources import resource_path
from annotate.command import main
from annotate.knowledge.check import Problem, check
from annotate.knowledge.tables import Knowledge

SHIPPED = resource_path("knowledge")


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))


def read(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")


def breaks(folder: Path, table: str, id: str, column: str, value: str) -> int:
    """Put a value into one cell; returns the line."""
    path = folder / table
    rows = read(path)
    place = rows[0].index(column)
    line = next(number for number, row in enumerate(rows) if number and row[0] == id)
    rows[line][place] = value
    write(path, rows)
    return line + 1


def test_shipped_tables_are_well():
    assert check(SHIPPED) == []


BROKEN = [  # table, id, column, value, what the message says
    ("therapies.tsv", "bcr_abl1.imatinib", "source", "", "is empty: expected text"),
    ("schemes_rules.tsv", "bfm.late_em", "source", "   ", "is empty: expected text"),
    ("therapies.tsv", "bcr_abl1.imatinib", "mark", "X", "expected one of S, K, C, E"),
    ("lesions.tsv", "kmt2a_r", "date", "2026-13-01", "a date as YYYY-MM-DD"),
    ("lesions.tsv", "kmt2a_r", "date", "", "a date as YYYY-MM-DD"),
    ("therapies.tsv", "kmt2a_r.revumenib", "lesion", "kmt2a", "expected the id of a lesion"),
    ("gene_mutation_rules.tsv", "pten.truncating", "gene", "PTENN", "a gene of the panel"),
    ("therapies.tsv", "kmt2a_r.revumenib", "tier", "", "one of I, II"),
    ("therapies.tsv", "kmt2a_r.revumenib", "evidence_level", "", "one of A, B"),
    ("therapies.tsv", "kmt2a_r.revumenib", "jurisdiction", "", "an approval has its jurisdiction"),
    ("therapies.tsv", "kmt2a_r.revumenib", "approval_as_of", "", "an approval has its jurisdiction"),
    ("therapies.tsv", "kmt2a_r.revumenib", "approval_as_of", "May 2024", "a date as YYYY-MM-DD"),
    ("therapies.tsv", "kmt2a_r.revumenib", "approval_status", "", "an approval has its jurisdiction"),
    ("therapies.tsv", "kmt2a_r.revumenib", "direction", "good", "one of sensitivity"),
    ("thresholds/schemes.tsv", "schemes.cog_mrd", "value", "0,001", "expected a number"),
    ("thresholds/schemes.tsv", "schemes.cog_mrd", "value", "", "is empty"),
    ("thresholds/schemes.tsv", "schemes.cog_mrd", "value", "nan", "expected a number"),
    ("schemes_rules.tsv", "bfm.late_em", "scheme", "bfmm", "row of schemes"),
    ("schemes_rules.tsv", "bfm.late_em", "when", "isolated_em and (late_bfm", "parenthesis"),
    ("schemes_rules.tsv", "inpog_literal.yes", "when", "bcr_abl2 or abl_class", "the id of a lesion, not 'bcr_abl2'"),
    ("schemes_flags.tsv", "intreall.hsct_high", "when", "scheme:bfm=S1|S9", "a group of bfm, not 'S9'"),
    ("schemes_rules.tsv", "cog.late_mrd_low", "when", "patient.eoi_mrd<schemes.no_such", "the id of a threshold"),
    ("schemes_rules.tsv", "bfm.late_em", "rank", "first", "a whole number"),
    ("schemes_facts.tsv", "bcp", "when", "patient.imunophenotype=BCP", "a column of the clinical sheet"),
    ("schemes_facts.tsv", "bcp", "when", "bcp", "defined by itself"),
    ("therapies_contradictions.tsv", "men1", "drugs", "class:menin inhibitors", "that some therapy or option has"),
    ("therapies_contradictions.tsv", "snx2_abl1", "when", "variant=ABL9:p.Thr315Ile", "a gene of the panel"),
    (
        "therapies_contradictions.tsv",
        "cd19_both",
        "when",
        "antigen_loss.rules=cd19",
        "a row of gene_mutation_rules",
    ),
    ("entities.tsv", "kmt2a_r", "lineage", "X", "one of B, T"),
    ("germline_prompts.tsv", "rob_15_21", "when", "iamp21", "one of them"),
    ("pgx_alleles.tsv", "TPMT*2", "variants", "TPMT:6-1-C-G", "a change of pgx_variants"),
]


@pytest.mark.parametrize(("table", "id", "column", "value", "words"), BROKEN)
def test_each_broken_row_is_named_by_file_row_and_column(copied, table, id, column, value, words):
    line = breaks(copied, table, id, column, value)
    found = check(copied)
    mine = [problem for problem in found if (problem.file, problem.row) == (table, line)]
    assert mine, found
    assert {problem.column for problem in mine} == {column}
    assert any(words in problem.message for problem in mine)


def test_duplicate_id(copied):
    rows = read(copied / "therapies.tsv")
    rows.append(rows[1])
    write(copied / "therapies.tsv", rows)
    found = check(copied)
    assert [(p.file, p.row, p.column) for p in found] == [("therapies.tsv", len(rows), "id")]
    assert "row 2" in found[0].message


@pytest.mark.parametrize("cells", [-1, 1])
def test_wrong_number_of_cells(copied, cells):
    rows = read(copied / "lesions.tsv")
    rows[3] = rows[3][:-1] if cells < 0 else [*rows[3], "more"]
    write(copied / "lesions.tsv", rows)
    found = check(copied)
    assert [(problem.file, problem.row) for problem in found] == [("lesions.tsv", 4)]
    assert "as in the header" in found[0].message


def test_latin_1_is_told(copied):
    path = copied / "lesions.tsv"
    path.write_bytes(path.read_bytes().replace(b"Fusion that keeps", "Füsion that keeps".encode("latin-1")))
    found = check(copied)
    assert {problem.file for problem in found} == {"lesions.tsv"}
    assert all("UTF-8" in problem.message for problem in found)
    assert 3 in {problem.row for problem in found}


def test_several_problems_are_all_told(copied):
    breaks(copied, "therapies.tsv", "bcr_abl1.imatinib", "source", "")
    breaks(copied, "therapies.tsv", "bcr_abl1.dasatinib", "tier", "V")
    breaks(copied, "lesions.tsv", "iamp21", "mark", "s")
    assert len(check(copied)) == 3


# ---------------------------------------------------------------- a lab's own folder

TAIL = ["m", "s", "E", "2026-11-24", ""]
THRESHOLD = ["id", "value", "unit", "meaning", "source", "mark", "date", "reviewer"]


def own(folder: Path, table: str, *rows: list[str]) -> Path:
    write(folder / table, [list(row) for row in rows])
    return folder


def test_own_folder_that_is_well(tmp_path):
    header, *rows = read(SHIPPED / "therapies.tsv")
    mine = [*rows[0]]
    mine[0], mine[-1] = "lab.imatinib", "AB"
    own(tmp_path, "therapies.tsv", header, mine)
    own(
        tmp_path,
        "thresholds/ours.tsv",
        THRESHOLD,
        ["schemes.cog_mrd", "0.002", "", "ours", "our lab", "E", "2026-11-24", "AB"],
    )
    (tmp_path / "README.md").write_text("why", encoding="utf-8")
    (tmp_path / "wording_report.yaml").write_text("title: Our report\n", encoding="utf-8")
    assert check(SHIPPED, tmp_path) == []
    knowledge = Knowledge.load(tmp_path)
    assert knowledge.threshold_named("schemes.cog_mrd").value == 0.002
    assert knowledge.overlay_rows() == ("therapies: lab.imatinib", "thresholds: schemes.cog_mrd")


@pytest.mark.parametrize(
    ("table", "rows", "column", "words"),
    [
        (
            "thresholds/ours.tsv",
            [THRESHOLD, ["schemes.cog_mdr", "0.002", "", "ours", "our lab", "E", "2026-11-24", ""]],
            "id",
            "nothing reads",
        ),
        (
            "thresholds/ours.tsv",
            [[*THRESHOLD, "note"], ["a", "1", "", *TAIL, ""]],
            "note",
            "unknown column",
        ),
        ("thresholds/ours.tsv", [THRESHOLD[:-4], ["schemes.cog_mrd", "0.002", "", "ours"]], "source", "missing"),
        ("therapys.tsv", [THRESHOLD, ["a", "1", "", *TAIL]], "", "no such table"),
        (
            "lesions.tsv",
            [["id", *THRESHOLD[-4:]], ["a", *TAIL[1:]]],
            "name",
            "missing",
        ),
        ("lesions.tsv", [[""]], "", "empty"),
    ],
)
def test_own_folder_that_is_not(tmp_path, table, rows, column, words):
    found = check(SHIPPED, own(tmp_path, table, *rows))
    assert any(problem.file == table and problem.column == column and words in problem.message for problem in found), (
        found
    )


def test_own_folder_is_checked_alone(tmp_path):
    """A mistake in the shipped tables is not the lab's."""
    assert {problem.file for problem in check(SHIPPED, own(tmp_path, "x.tsv", THRESHOLD))} == {"x.tsv"}


def test_files_that_are_not_read_are_told(tmp_path):
    (tmp_path / "therapies.csv").write_text("id\n", encoding="utf-8")
    assert check(SHIPPED, tmp_path)[0].file == "therapies.csv"


WRONG_WORDS = {"titel: x\n": "unknown key", "title:\n": "no text", "- a\n": "not a mapping", "a: [": "cannot be read"}


@pytest.mark.parametrize(("text", "words"), WRONG_WORDS.items())
def test_own_words(tmp_path, text, words):
    (tmp_path / "wording_report.yaml").write_text(text, encoding="utf-8")
    found = check(SHIPPED, tmp_path)
    assert [problem.file for problem in found] == ["wording_report.yaml"]
    assert words in found[0].message


# ---------------------------------------------------------------- the command


def test_command(tmp_path, capsys):
    assert main(["knowledge", "check"]) == 0
    own(tmp_path, "thresholds/ours.tsv", THRESHOLD, ["schemes.cog_mrd", "low", "", "m", "s", "E", "2026-11-24", ""])
    assert main(["knowledge", "check", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "thresholds/ours.tsv, row 2, column 'value'" in said
    assert "Traceback" not in said


def test_a_folder_that_is_not_there_is_an_error_not_a_clean_bill(tmp_path, capsys):
    assert main(["knowledge", "check", str(tmp_path / "nothing")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_validate_refuses_a_run_on_broken_own_rows(tmp_path, capsys):
    own(tmp_path / "ours", "thresholds/a.tsv", THRESHOLD, ["schemes.cog_mrd", "low", "", *TAIL])
    (tmp_path / "samples.tsv").write_text(
        "sample\tpatient\ttimepoint\tassembly\tkaryotype\na\tp\tdiagnosis\tGRCh38\t46,XX[20]\n", encoding="utf-8"
    )
    config = tmp_path / "config.yaml"
    config.write_text(f"knowledge: {tmp_path / 'ours'}\n", encoding="utf-8")
    assert main(["validate", str(tmp_path / "samples.tsv"), "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "line 2, column 'value'" in said
    assert "allert knowledge check" in said


def test_problems_sort_by_place():
    assert sorted([Problem("b", 1, "x", ""), Problem("a", 9, "x", ""), Problem("a", 2, "x", "")])[0].row == 2
