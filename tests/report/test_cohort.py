"""The page of the batch: links, failures, outliers, tables, MultiQC, and a thousand samples."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.report.cohort import STATES, multiqc, row_of, write_cohort, write_page
from tests.makers.pages import parse, read


@pytest.fixture(scope="module")
def rows(demo_results) -> list[dict[str, Any]]:
    paths = sorted(demo_results.glob("*/*.report.json"))
    return [row_of(json.loads(path.read_text(encoding="utf-8")), demo_results) for path in paths]


def many(rows: list[dict[str, Any]], count: int, **changes: Any) -> list[dict[str, Any]]:
    found = []
    for n in range(count):
        row = copy.deepcopy(rows[n % len(rows)]) | {"sample": f"S{n:04}"} | changes
        found.append(row | {"page": f"../{row['sample']}/{row['sample']}.report.html"})
    return found


EXPORTED = Settings(export=("parquet",))


def page_of(rows, tmp_path, failed=()) -> str:
    write_page(rows, failed, tmp_path / "cohort", EXPORTED)
    return (tmp_path / "cohort" / "index.html").read_text(encoding="utf-8")


def test_two_clicks_from_the_batch_to_a_piece_of_evidence(demo_results):
    """Cell to lesion; evidence of the lesion to the row of its table."""
    page = demo_results / "cohort" / "index.html"
    links = [a["href"] for a in read(page).tags("a") if "#lesion-" in a["href"]]
    assert len(links) > 20
    for link in links:
        path, anchor = link.split("#")
        target = (page.parent / path).resolve()
        assert anchor in read(target).ids if "D01-R" in path else target.exists()
    html = (demo_results / "D01-R" / "D01-R.report.html").read_text(encoding="utf-8")
    block = re.search(r'id="lesion-nt5c2".*?</article>', html, re.DOTALL)
    evidence = re.search(r'href="#(v\d+)"', block[0])
    assert evidence is not None
    assert f'<tr id="{evidence[1]}">' in html


def test_states_of_the_page_are_those_of_the_reports(demo_results, rows):
    html = (demo_results / "cohort" / "index.html").read_text(encoding="utf-8")
    letters = {"detected": "d", "detected_subclonal": "u", "equivocal": "e", "not_detected": "n", "not_assessable": "a"}
    ids = re.search(r'data-ids="([^"]*)"', html)[1].split()
    lines = re.findall(r'<tr data-f="(\w+)" data-t="\w+">(.*?)</tr>', html, re.DOTALL)
    assert len(lines) == len(rows)
    for (flag, line), row in zip(lines, rows, strict=True):
        assert re.findall(r'<td class="s (\w)"', line) == [letters[row["states"][id]] for id in ids]
        assert flag == row["inpog"]


def test_columns_follow_the_knowledge_table(demo_results):
    ids = [row["id"] for row in Knowledge.load().table("lesions")]
    header = (demo_results / "cohort" / "lesions.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert header == ["sample", "patient", "timepoint", *ids]


def test_tables_and_parquet_say_the_same(rows, tmp_path):
    pytest.importorskip("pyarrow")
    page_of(rows, tmp_path)
    for name in ("lesions", "samples"):
        text = pd.read_csv(tmp_path / "cohort" / f"{name}.tsv", sep="\t", dtype=str, keep_default_na=False)
        stored = pd.read_parquet(tmp_path / "cohort" / f"{name}.parquet")
        assert list(text.columns) == list(stored.columns)
        assert list(text["sample"]) == list(stored["sample"])
        assert len(text) == len(stored)
    assert stored["purity"].dtype.kind == "f"
    assert set(pd.read_parquet(tmp_path / "cohort" / "lesions.parquet")["tcf3_r"]) <= set(STATES)


def test_ids_stay_text(tmp_path, rows):
    odd = [copy.deepcopy(rows[0]) | {"sample": id, "patient": id} for id in ("007", "NA", "1e5")]
    page_of(odd, tmp_path)
    text = pd.read_csv(tmp_path / "cohort" / "samples.tsv", sep="\t", dtype=str, keep_default_na=False)
    assert list(text["sample"]) == ["007", "NA", "1e5"]
    assert list(pd.read_parquet(tmp_path / "cohort" / "samples.parquet")["patient"]) == ["007", "NA", "1e5"]


def test_a_failed_sample_is_named_with_its_message(demo_results, tmp_path):
    out = tmp_path / "results"
    shutil.copytree(demo_results / "D05", out / "D05")
    log = tmp_path / "logs" / "samples" / "X.log"
    log.parent.mkdir(parents=True)
    log.write_text("X: reading\nallert: x.vcf, line 3: <b>bad</b>\n", encoding="utf-8")
    write_cohort((), out, Settings(), ["D05", "X", "Y"])
    page = read(out / "cohort" / "index.html")
    assert "1 sample, 1 failed, 1 not yet run" in page.seen
    assert "X: x.vcf, line 3: <b>bad</b>" in page.seen
    assert "Not yet run Y" in " ".join(page.seen.split())


def test_reports_of_several_versions_are_said_to_be_so(rows, tmp_path):
    page_of([copy.deepcopy(row) | {"made_with": ("0.2.0", "a")} for row in rows], tmp_path)
    assert "several versions" not in read(tmp_path / "cohort" / "index.html").seen
    page_of([copy.deepcopy(row) | {"made_with": (f"0.{n % 2}.0", "a")} for n, row in enumerate(rows)], tmp_path)
    assert "several versions" in read(tmp_path / "cohort" / "index.html").seen


def test_all_failed_is_still_a_page(tmp_path):
    log = tmp_path / "logs" / "samples" / "X.log"
    log.parent.mkdir(parents=True)
    log.write_text("allert: x.vcf: damaged\n", encoding="utf-8")
    write_cohort((), tmp_path / "results", Settings(), ["X"])
    assert "1 failed" in read(tmp_path / "results" / "cohort" / "index.html").seen


@pytest.mark.parametrize("text", ["{}", "", '{"lesions": []}', "[1]"])
@pytest.mark.parametrize("expected", [None, ["D05", "X"]])
def test_a_report_that_is_none_fails_alone(demo_results, tmp_path, text, expected):
    out = tmp_path / "results"
    shutil.copytree(demo_results / "D05", out / "D05")
    (out / "X").mkdir()
    (out / "X" / "X.report.json").write_text(text, encoding="utf-8")
    write_cohort((), out, Settings(), expected)
    page = read(out / "cohort" / "index.html").seen
    assert "1 sample, 1 failed" in page
    assert re.search(r"X: .*report", page)


def test_no_report_at_all(tmp_path):
    with pytest.raises(InputError, match="no report found"):
        write_cohort((), tmp_path, Settings())


def test_outliers_of_a_batch(rows, tmp_path):
    batch = many(rows, 20, noise=0.04, purity=0.8, hotspot_depth=900, segments=40, not_assessable=5)
    for n, row in enumerate(batch):
        row["noise"] += 0.001 * (n % 5)
    batch[3]["noise"] = 0.9
    batch[4]["purity"] = 0.1
    batch[5]["hotspot_depth"] = None
    batch[6]["identity"] = ["S0006 and S0007 are not of one person"]
    text = parse(page_of(batch, tmp_path)).seen
    assert "S0003 : copy-number noise 0.900, limit of this batch" in text.replace("S0003:", "S0003 :")
    assert re.search(r"S0004 ?: leukaemic cells 10 %, limit of this batch 80 %", text)
    assert "S0006 and S0007 are not of one person" in text
    assert "S0005: " not in text.split("Lesions by sample")[0]


def test_a_small_batch_has_no_outliers(rows, tmp_path):
    batch = many(rows, 5, noise=0.04)
    batch[0]["noise"] = 0.9
    assert "No sample stands out" in parse(page_of(batch, tmp_path)).seen


def test_risk_groups_are_counted(rows, tmp_path):
    text = parse(page_of(rows, tmp_path)).seen
    found = [sum(row["inpog"] == group for row in rows) for group in ("YES", "UNRESOLVED", "NO")]
    assert "YES {} UNRESOLVED {} NO {}".format(*found) in text
    assert f"InPOG-ALL-R1 (word by word) YES {found[0]}" in text


def test_reports_of_another_version_lack_some_lesions(rows, tmp_path):
    """A lesion that a report does not know is not assessable there, never absent."""
    batch = copy.deepcopy(rows[:2])
    for key in ("states", "names"):
        batch[0][key] = {id: said for id, said in batch[0][key].items() if id != "tcf3_r"}
    page_of(batch, tmp_path)
    table = pd.read_csv(tmp_path / "cohort" / "lesions.tsv", sep="\t", dtype=str)
    assert list(table["tcf3_r"]) == ["not_assessable", "detected"]


def test_a_thousand_samples_stay_small(rows, tmp_path):
    html = page_of(many(rows, 1000), tmp_path)
    assert html.count("<tr data-f=") == 1000
    assert len(html.encode()) < 10_000_000
    assert len((tmp_path / "cohort" / "lesions.tsv").read_text(encoding="utf-8").splitlines()) == 1001


def test_the_same_rows_give_the_same_bytes(rows, tmp_path):
    pages = [page_of(copy.deepcopy(rows), tmp_path / name) for name in ("a", "b")]
    assert pages[0] == pages[1]
    for name in ("lesions.tsv", "samples.tsv", "allert_mqc.json", "lesions.parquet"):
        assert len({(tmp_path / folder / "cohort" / name).read_bytes() for folder in ("a", "b")}) == 1


def test_multiqc(demo_results, rows):
    written = json.loads((demo_results / "cohort" / "allert_mqc.json").read_text(encoding="utf-8"))
    assert written == multiqc(rows)["allert_mqc.json"]
    assert written["plot_type"] == "table"
    assert set(written["data"]) == {row["sample"] for row in rows}
    assert written["data"]["D01-R"]["inpog"] == "YES"
    assert "hotspot_depth" not in written["data"]["D12"], "unknown is left out, not zero"
    for values in written["data"].values():
        assert set(values) <= set(written["headers"])
    bars = multiqc(rows)["allert_states_mqc.json"]["data"]["D01-R"]
    assert bars["detected"] == 6
    assert sum(bars.values()) == len(rows[0]["states"])


def test_counts_add_up(demo_results, rows):
    text = Path(demo_results / "cohort" / "index.html").read_text(encoding="utf-8")
    table = re.search(r'id="counts-table".*?</table>', text, re.DOTALL)[0]
    for line in re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", table, re.DOTALL):
        assert sum(int(n) for n in re.findall(r'data-sort="(\d+)"', line)) == len(rows)
