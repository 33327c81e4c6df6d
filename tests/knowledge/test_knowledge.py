"""Knowledge tables: reading, thresholds without a value, a lab's own rows, and that reports say so."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.base.settings import Settings
from annotate.knowledge import cutoffs
from annotate.knowledge.check import check
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.report.json.build import build_report
from annotate.run.sample import analyse

SHIPPED = resource_path("knowledge")
HEADER = "id\tvalue\tunit\tmeaning\tsource\tmark\tdate\treviewer"


def threshold(folder, *rows: str):
    (folder / "thresholds").mkdir(exist_ok=True)
    (folder / "thresholds" / "own.tsv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return Knowledge(SHIPPED, folder)


def test_every_shipped_table_can_be_read(knowledge):
    for path in SHIPPED.rglob("*.tsv"):
        assert knowledge.table(path.relative_to(SHIPPED).parts[0].removesuffix(".tsv"))


def test_own_threshold_replaces_and_the_rest_stays(tmp_path, knowledge):
    own = threshold(tmp_path, "schemes.very_early_months\t12\tmonths\tours\tlab\tE\t2026-11-24\t")
    assert own.threshold_named("schemes.very_early_months").value == 12
    assert own.threshold_named("schemes.cog_em_months") == knowledge.threshold_named("schemes.cog_em_months")
    assert knowledge.threshold_named("schemes.very_early_months").value == 18


def test_a_cut_off_is_read_in_its_type(tmp_path, knowledge):
    own = threshold(tmp_path, "junctions.min_reads\t7\treads\tours\tlab\tE\t2026-11-24\t")
    found = own.value(cutoffs.JUNCTIONS_MIN_READS)
    assert (found, type(found)) == (7, int)
    assert knowledge.value(cutoffs.JUNCTIONS_MIN_READS) != 7
    assert isinstance(knowledge.value(cutoffs.IAMP21_GAIN), float)


def test_a_threshold_that_no_source_gives_has_no_value(tmp_path, knowledge):
    unset = cutoffs.BURDEN_HYPERMUTATION_PER_MEGABASE
    assert knowledge.number(unset) is None
    assert knowledge.threshold(unset).cited == "not available"
    with pytest.raises(InputError, match="has no value"):
        knowledge.value(unset)
    own = threshold(tmp_path, f"{unset.id}\t10\tper Mb\tours\tlab\tE\t2026-11-24\t")
    assert own.number(unset) == own.value(unset) == 10


@pytest.mark.parametrize(
    ("id", "words"), [("schemes.cog_mrd", "view-large/9850257"), ("schemes.bfm_mrd_late", "field knowledge")]
)
def test_a_cited_number_says_what_it_rests_on(knowledge, id, words):
    assert words in knowledge.threshold_named(id).cited


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + "\nschemes.cog_mrd\tmany\t\tm\ts\tE\t2026-11-24\t\n", "expected a number"),
        (HEADER + "\na\t1\t\tm\n", "as in the header"),
        ("", "empty"),
    ],
)
def test_broken_table_is_one_message(tmp_path, text, words):
    (tmp_path / "thresholds").mkdir()
    (tmp_path / "thresholds" / "own.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as error:
        Knowledge(SHIPPED, tmp_path).threshold_named("schemes.cog_mrd")
    assert "own.tsv" in str(error.value)


def test_comments_blank_lines_and_line_ends(tmp_path):
    text = f"\ufeff# why\r\n{HEADER}\r\n\r\n# more\r\nschemes.cog_mrd\t0.002\t\tm\ts\tE\t2026-11-24\t\r\n"
    (tmp_path / "thresholds").mkdir()
    (tmp_path / "thresholds" / "own.tsv").write_bytes(text.encode("utf-8"))
    own = Knowledge(SHIPPED, tmp_path)
    assert own.threshold_named("schemes.cog_mrd").value == 0.002
    entry = next(entry for entry in own.table("thresholds") if entry.overlay)
    assert entry.origin == "thresholds/own.tsv:5"


def test_report_says_what_a_lab_added_and_changed(tmp_path):
    header, *rows = (SHIPPED / "therapies.tsv").read_text(encoding="utf-8").splitlines()
    cells = next(row for row in rows if row.startswith("bcr_abl1.imatinib")).split("\t")
    cells[0], cells[3] = "lab.trial", "trial drug"
    (tmp_path / "therapies.tsv").write_text(header + "\n" + "\t".join(cells) + "\n", encoding="utf-8")
    sample = Sample("s", "p", "diagnosis", "GRCh38", karyotype="46,XX,t(9;22)(q34;q11.2)[20]")
    report = build_report(analyse(sample, None, Settings(knowledge=tmp_path)))
    added = [row for row in report["therapies"] if row["drug"] == "trial drug"]
    assert [row["knowledge"] for row in added] == ["overlay"]
    assert report["provenance"]["knowledge_overlay"] == str(tmp_path)
    assert report["provenance"]["knowledge_overlay_rows"] == ["therapies: lab.trial"]
    plain = build_report(analyse(sample, None, Settings()))
    assert plain["provenance"]["knowledge_overlay_rows"] == []
    assert len(plain["therapies"]) == len(report["therapies"]) - 1


def test_a_lab_adds_a_scheme_without_code(tmp_path):
    tables = {"schemes.tsv": "ours", "schemes_rules.tsv": "ours"}
    headers = {name: (SHIPPED / name).read_text(encoding="utf-8").splitlines()[0] for name in tables}
    tail = "our protocol\tE\t2026-11-24\tAB"
    scheme = f"ours\t99\tOur protocol\t2026\t\ttable\tany\talways\t\t\tno\tno\tyes\t\t{tail}"
    rules = [
        f"ours.a\tours\t1\tbcr_abl1 and not scheme:inpog_literal=NO\tarm A\tPh+\t{tail}",
        f"ours.b\tours\t2\talways\tarm B\tthe rest\t{tail}",
    ]
    (tmp_path / "schemes.tsv").write_text(f"{headers['schemes.tsv']}\n{scheme}\n", encoding="utf-8")
    (tmp_path / "schemes_rules.tsv").write_text(
        "\n".join([headers["schemes_rules.tsv"], *rules]) + "\n", encoding="utf-8"
    )
    assert check(SHIPPED, tmp_path) == []
    sample = Sample("s", "p", "diagnosis", "GRCh38", karyotype="46,XX,t(9;22)(q34;q11.2)[20]")
    report = build_report(analyse(sample, None, Settings(knowledge=tmp_path)))
    own = next(result for result in report["risk"] if result["scheme"] == "Our protocol")
    assert (own["group"], own["matched"]) == ("arm A", ["bcr_abl1"])
    assert "the rule is an engineering default, not published" in own["notes"]


def test_no_inputs_still_gives_a_whole_interpretation():
    """Every scheme, both systems and both genes are in every report, with what is missing."""
    report = build_report(analyse(Sample("s", "p", "relapse", "GRCh37", karyotype="46,XX[20]"), None, Settings()))
    assert len(report["risk"]) == 14
    assert [entity["system"] for entity in report["classification"]] == ["WHO-HAEM5", "ICC 2022"]
    assert {gene["gene"] for gene in report["pharmacogenomics"]} == {"TPMT", "NUDT15"}
    inpog = [result for result in report["risk"] if result["scheme"] == "InPOG-ALL-R1"]
    assert [result["version"] for result in inpog] == ["literal", "extended"]
    assert {result["group"] for result in inpog} == {"UNRESOLVED"}
