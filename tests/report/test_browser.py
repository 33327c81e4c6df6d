"""The pages as Chromium shows them: no error, first screen, sort and filter, keyboard, paper, accessibility."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate.base.settings import ReportSettings, Settings
from annotate.knowledge.tables import Knowledge
from annotate.report.cohort import row_of, write_page
from annotate.report.page.html import render

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
ONE_COLUMN = {"width": 700, "height": 900}
DESK = {"width": 1300, "height": 1100}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Any]]:
    """Opens a file; at the end no page may have said an error or asked for anything but files of the batch."""
    said: list[str] = []
    contexts = []

    def watch(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            said.append(f"asks for {request.url}")

    def open_page(path: Path, anchor: str = "", **options: Any) -> Any:
        context = browser.new_context(viewport=options.pop("viewport", DESK), **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
        page.on("request", watch)
        page.goto(path.as_uri() + anchor)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="module")
def relapse(demo_results) -> Path:
    return demo_results / "D01-R" / "D01-R.report.html"


def column(page: Any, table: str, number: int) -> list[str]:
    cells = page.locator(f"#{table} tbody tr:not([hidden])")
    return [text.strip() for text in cells.locator(f":scope > :nth-child({number})").all_inner_texts()]


# ---------------------------------------------------------------- first screen


def test_the_first_screen_fits_a_desk(visit, relapse):
    page = visit(relapse)
    for id in ("child", "flag", "glance", "changed", "actionable"):
        box = page.locator(f"#{id}").bounding_box()
        assert box is not None
        assert box["y"] < DESK["height"], id
    for id in ("groups", "genes", "settling"):  # a turn of the wheel below
        assert page.locator(f"#{id}").bounding_box()["y"] < 1.35 * DESK["height"], id
    verdict = page.locator(".verdict")
    assert "word by word: YES; extended reading: YES" in verdict.inner_text()
    assert verdict.bounding_box()["y"] < 250
    last = page.locator("#glance table").first.locator("tbody tr").last.bounding_box()
    assert last["y"] + last["height"] < DESK["height"]


def test_a_narrow_window_scrolls_one_way(visit, demo_results, relapse):
    for path in (relapse, demo_results / "cohort" / "index.html", *demo_results.glob("patients/D01/*.html")):
        page = visit(path, viewport=ONE_COLUMN)
        assert page.evaluate("document.documentElement.scrollWidth") <= ONE_COLUMN["width"], path.name


# ---------------------------------------------------------------- tables


def test_sort_by_number_and_back(visit, relapse):
    page = visit(relapse)
    before = column(page, "junctions-table", 6)
    button = page.locator("#junctions-table thead th").nth(5).get_by_role("button")
    button.click()
    assert page.locator("#junctions-table thead th").nth(5).get_attribute("aria-sort") == "ascending"
    up = [int(text) for text in column(page, "junctions-table", 6)]
    assert up == sorted(up)
    assert sorted(map(int, before)) == up
    button.click()
    assert [int(text) for text in column(page, "junctions-table", 6)] == up[::-1]
    assert page.locator("#junctions-table th[aria-sort]").count() == 1


def test_sort_by_text(visit, relapse):
    page = visit(relapse)
    page.locator("#variants-table thead th").first.get_by_role("button").click()
    genes = column(page, "variants-table", 1)
    assert len(genes) > 2
    assert genes == sorted(genes, key=str.casefold)


def test_filter_rows(visit, relapse):
    page = visit(relapse)
    every = page.locator("#variants-table tbody tr").count()
    page.locator("#variants .filter input").fill("nt5c2")
    assert column(page, "variants-table", 1) == ["NT5C2"]
    assert page.locator("#variants .filter [role=status]").inner_text() == f"1 of {every} rows"
    page.locator("#variants .filter input").fill("")
    assert len(column(page, "variants-table", 1)) == every


def test_without_javascript_everything_is_there(visit, relapse):
    with_script = visit(relapse)
    without = visit(relapse, java_script_enabled=False)
    for table in ("variants-table", "junctions-table", "therapy-table"):
        rows = without.locator(f"#{table} tbody tr")
        assert rows.count() == with_script.locator(f"#{table} tbody tr").count() > 0
        assert rows.first.is_visible()
    assert without.locator(".filter").count() == 0
    assert without.locator("article.lesion").count() == with_script.locator("article.lesion").count() > 4
    assert without.locator("[id^=lesion-]").count() == with_script.locator("[id^=lesion-]").count() > 40


def test_a_link_opens_what_is_folded(visit, relapse):
    page = visit(relapse)
    link = page.locator("#lesion-tp53_deletion a", has_text="see the row").first
    target = link.get_attribute("href")
    assert not page.locator(target).is_visible()
    link.click()
    page.locator(target).wait_for(state="visible")
    assert "17:10" in page.locator(target).inner_text()


# ---------------------------------------------------------------- keyboard


def test_the_first_tab_is_the_skip_link(visit, relapse, demo_results):
    for path in (relapse, demo_results / "cohort" / "index.html"):
        page = visit(path)
        page.keyboard.press("Tab")
        focus = page.evaluate("document.activeElement.className")
        assert focus == "skip"
        box = page.locator(".skip").bounding_box()
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") in ("#findings", "#matrix")


def test_sort_by_keyboard_with_a_visible_focus(visit, relapse):
    page = visit(relapse)
    page.locator("#variants .filter input").focus()
    page.keyboard.press("Tab")  # the scrollable region
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert outline == "solid"
    assert width >= 2
    page.keyboard.press("Enter")
    assert page.locator("#variants-table th[aria-sort=ascending]").count() == 1
    page.keyboard.press("Space")
    assert page.locator("#variants-table th[aria-sort=descending]").count() == 1


def test_every_control_can_be_reached(visit, demo_results):
    page = visit(demo_results / "cohort" / "index.html")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"filter", "flag", "time", "lesion", "state"} <= reached


# ---------------------------------------------------------------- the batch


def test_from_the_batch_to_one_record_in_two_clicks(visit, demo_results):
    page = visit(demo_results / "cohort" / "index.html")
    page.get_by_role("link", name="D01-R, NT5C2 activating mutation: detected").click()
    page.wait_for_url("**/D01-R.report.html#lesion-nt5c2")
    assert page.locator("#lesion-nt5c2").is_visible()
    page.locator("#lesion-nt5c2 a", has_text="see the row").first.click()
    row = page.locator(page.evaluate("location.hash"))
    assert "p.Arg367Gln" in row.inner_text()
    assert row.is_visible()


def test_a_cell_without_a_link_opens_its_lesion_too(visit, demo_results):
    page = visit(demo_results / "cohort" / "index.html")
    page.locator("#grid tbody tr").first.locator("td.n").first.click()
    page.wait_for_url("**/D01-D.report.html#lesion-bcr_abl1")


def test_filters_of_the_batch(visit, demo_results):
    page = visit(demo_results / "cohort" / "index.html")
    shown = page.locator("#shown")
    assert shown.inner_text() == "18 of 18 samples"
    page.locator("#flag").select_option("YES")
    assert shown.inner_text() == "13 of 18 samples"
    page.locator("#lesion").select_option(label="TCF3 rearrangement")
    assert column(page, "grid", 1) == ["D01-D", "D01-R", "D05"]
    page.locator("#time").select_option("relapse")
    assert column(page, "grid", 1) == ["D01-R"]
    page.locator("#flag").select_option("")
    page.locator("#time").select_option("")
    page.locator("#lesion").select_option(label="NT5C2 activating mutation")
    page.locator("#state").select_option("u")
    assert column(page, "grid", 1) == ["D10-R"]
    page.locator("#lesion").select_option("")
    page.locator("#filter").fill("hlf")
    assert column(page, "grid", 1) == ["D05"]


@pytest.mark.parametrize(("count", "listed"), [(1000, 1000), (10_000, 250)])
def test_many_samples_can_be_used(visit, demo_results, tmp_path, count, listed):
    reports = sorted(demo_results.glob("*/*.report.json"))
    base = [row_of(json.loads(path.read_text(encoding="utf-8")), demo_results) for path in reports]
    rows = [copy.deepcopy(base[n % len(base)]) | {"sample": f"S{n:04}"} for n in range(count)]
    write_page(rows, (), tmp_path, Settings())
    page = visit(tmp_path / "index.html")
    told = page.locator("#shown")
    more = f", the first {listed} of them listed" if count > listed else ""
    assert told.inner_text().startswith(f"{count} of {count} samples{more}")
    assert page.locator("#grid tbody tr").count() == listed
    page.locator("#filter").fill(f"s{count - 1:04}")
    assert told.inner_text() == f"1 of {count} samples"
    assert column(page, "grid", 1) == [f"S{count - 1:04}"]
    assert page.locator("#grid tbody tr a").first.is_visible()
    page.locator("#filter").fill("")
    assert page.locator("#grid tbody tr").count() == listed


def test_without_javascript_the_page_says_where_the_other_samples_are(browser, demo_results, tmp_path):
    path = next(demo_results.glob("D05/*.report.json"))
    row = row_of(json.loads(path.read_text(encoding="utf-8")), demo_results)
    for count, said, listed in ((1000, 0, 1000), (1001, 1, 250)):
        write_page([row | {"sample": f"S{n:04}"} for n in range(count)], (), tmp_path, Settings())
        page = browser.new_page(java_script_enabled=False)
        page.goto((tmp_path / "index.html").as_uri())
        assert page.locator("noscript p").count() == said
        assert page.locator("#grid tbody tr").count() == listed
        page.close()


# ---------------------------------------------------------------- paper


def test_print_to_pdf(visit, relapse, demo_results, tmp_path):
    for path in (relapse, demo_results / "cohort" / "index.html"):
        page = visit(path)
        page.emulate_media(media="print")
        assert not page.locator(".skip").is_visible()
        assert not page.locator(".filter input").first.is_visible()
        printed = page.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
        assert printed.startswith(b"%PDF")
        assert printed.count(b"/Type /Page\n") > 1


def test_paper_shows_what_is_folded(visit, relapse):
    """By choice: what a board does not need is folded away on paper too."""
    page = visit(relapse)
    page.emulate_media(media="print")
    assert page.locator("#s1").bounding_box() is None
    assert not page.locator("#variants").is_visible()
    page.emulate_media(media="screen")
    page.locator("#everything").check()
    page.emulate_media(media="print")
    assert page.locator("#s1").bounding_box()["height"] > 0
    assert page.locator("#variants").is_visible()


def test_paper_of_a_dark_screen_is_white(visit, relapse):
    page = visit(relapse, color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert dark != "rgb(255, 255, 255)"


# ---------------------------------------------------------------- accessibility


PAGES = [(which, scheme) for which in ("D01-R", "cohort") for scheme in ("light", "dark")]


@pytest.mark.parametrize(
    ("which", "scheme"), [*PAGES, ("D02-R", "dark"), ("evolution", "light"), ("evolution", "dark")]
)
def test_axe_finds_nothing_serious(visit, demo_results, which, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    paths = {"cohort": demo_results / "cohort" / "index.html"}
    paths["evolution"] = demo_results / "patients" / "D01" / "D01.evolution.html"
    path = paths.get(which, demo_results / which / f"{which}.report.html")
    page = visit(path, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in found
        for node in item["nodes"][:3]
        if item["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_axe_would_see_pale_text(visit, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    path = tmp_path / "pale.html"
    path.write_text("<html lang=en><title>x</title><main><h1 style='color:#ccc'>pale</h1></main>", encoding="utf-8")
    found = axe.Axe().run(visit(path)).response["violations"]
    assert "color-contrast" in {item["id"] for item in found}


# ---------------------------------------------------------------- hard pages


def test_two_thousand_variants_and_hostile_names(visit, demo_results, tmp_path):
    report = json.loads((demo_results / "D01-R" / "D01-R.report.json").read_text(encoding="utf-8"))
    first = report["variants"][0]
    report["variants"] = [
        copy.deepcopy(first) | {"pos": 1000 + n, "gene": f"<img src=x onerror=alert({n})>", "hgvsp": "\u202e=cmd()"}
        for n in range(2000)
    ]
    report["warnings"] = ["<script>alert(1)</script>" + "x" * 10_000, "../../x"]
    report["lesions"][0]["summary"] = "</style><script>alert(2)</script>"
    path = tmp_path / "hostile.html"
    path.write_text(render(report, ReportSettings(), Knowledge.load()), encoding="utf-8")
    page = visit(path)
    assert page.locator("#variants-table tbody tr").count() == 2000
    assert page.locator("img").count() == 0
    assert "<script>alert(1)</script>" in page.locator("#warnings").inner_text()
    page.locator("#variants .filter input").fill("alert(1999)")
    assert len(column(page, "variants-table", 1)) == 1
    page.locator("#variants-table thead th").nth(3).get_by_role("button").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]
