"""`allert knowledge sign`: signatures are rows of the lab's own folder, and change nothing else."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.command import main
from annotate.curate.sign import sign
from annotate.knowledge.check import check
from annotate.knowledge.spec import SPECS
from annotate.knowledge.specs.lesions import DetectabilityRow
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge

SHIPPED = resource_path("knowledge")


def test_a_signed_row_has_reviewer_and_date_and_is_not_the_labs_own(tmp_path):
    signed = sign(SHIPPED, tmp_path, "A. B.", "2026-11-26", ["visibility"], ["kmt2a_r wgs_sv"])
    assert signed == ["visibility: kmt2a_r wgs_sv"]
    own = Knowledge(SHIPPED, tmp_path)
    shipped = Knowledge.load()
    rows = {(row.lesion, row.input): row for row in own.rows(DetectabilityRow)}
    assert (rows["kmt2a_r", "wgs_sv"].reviewer, rows["kmt2a_r", "wgs_sv"].date) == ("A. B.", "2026-11-26")
    assert {row.reviewer for key, row in rows.items() if key != ("kmt2a_r", "wgs_sv")} == {""}
    assert [row.sees for row in own.rows(DetectabilityRow)] == [row.sees for row in shipped.rows(DetectabilityRow)]
    assert own.overlay_rows() == ()


@pytest.mark.parametrize("name", sorted(name for name, spec in SPECS.items() if not spec.no_overlay))
def test_every_table_can_be_signed_and_reads_the_same(tmp_path, name):
    signed = sign(SHIPPED, tmp_path, "AB", "2026-11-26", [name])
    shipped, own = Knowledge.load(), Knowledge(SHIPPED, tmp_path)
    assert len(signed) == len(shipped.rows(SPECS[name].row))
    ignored = {"date", "reviewer", "file", "line", "overlay"}
    for mine, theirs in zip(own.rows(SPECS[name].row), shipped.rows(SPECS[name].row), strict=True):
        assert mine.reviewer == "AB"
        for column in SPECS[name].columns:
            if column.attribute not in ignored:
                one, other = getattr(mine, column.attribute), getattr(theirs, column.attribute)
                assert one == other or one != one  # a threshold without a value is not a number


def test_the_labs_own_rows_stay_and_are_signed_in_place(tmp_path):
    (tmp_path / "thresholds").mkdir()
    own = tmp_path / "thresholds" / "ours.tsv"
    own.write_text(
        "# our cut-off\nid\tvalue\tmeaning\tsource\tmark\tdate\treviewer\n"
        "schemes.cog_mrd\t0.0005\tours\tour protocol\tE\t2026-01-01\t\n",
        encoding="utf-8",
    )
    sign(SHIPPED, tmp_path, "AB", "2026-11-26", ["thresholds"], ["schemes.cog_mrd", "schemes.cog_em_months"])
    knowledge = Knowledge(SHIPPED, tmp_path)
    rows = {row.id: row for row in knowledge.rows(ThresholdRow) if row.reviewer}
    assert {id: row.value for id, row in rows.items()} == {"schemes.cog_mrd": 0.0005, "schemes.cog_em_months": 18}
    assert knowledge.overlay_rows() == ("thresholds: schemes.cog_mrd",)
    assert own.read_text(encoding="utf-8").startswith("# our cut-off\n")
    assert check(SHIPPED, tmp_path) == []
    assert sign(SHIPPED, tmp_path, "AB", "2026-11-26", ["thresholds"], ["schemes.cog_mrd"])
    assert Knowledge(SHIPPED, tmp_path).threshold_named("schemes.cog_mrd").value == 0.0005


@pytest.mark.parametrize(
    ("tables", "rows", "reviewer", "date", "words"),
    [
        (["visibilty"], [], "AB", "2026-11-26", "no such table"),
        (["genes"], [], "AB", "2026-11-26", "no such table to sign"),
        (["lesions"], ["kmt2a"], "AB", "2026-11-26", "did you mean 'kmt2a_r'"),
        ([], [], "", "2026-11-26", "no reviewer"),
        ([], [], "A\tB", "2026-11-26", "no reviewer"),
        ([], [], "AB", "yesterday", "no such day"),
    ],
)
def test_what_cannot_be_signed_is_said_and_nothing_is_written(tmp_path, tables, rows, reviewer, date, words):
    with pytest.raises(InputError, match=words):
        sign(SHIPPED, tmp_path / "own", reviewer, date, tables, rows)
    assert not (tmp_path / "own").exists()


def test_command(tmp_path, capsys):
    folder = tmp_path / "own"
    command = ["knowledge", "sign", str(folder), "--reviewer", "AB", "--date", "2026-11-26", "--table", "lesions"]
    assert main(command) == 0
    rows = len(Knowledge.load().rows(SPECS["lesions"].row))
    assert f"{rows} rows of 1 tables signed by AB on 2026-11-26" in capsys.readouterr().out
    assert main(["knowledge", "check", str(folder)]) == 0
