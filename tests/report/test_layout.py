"""Pages in Chromium: nothing is wider than its box, no words of a picture overlap, paper is short."""

from __future__ import annotations

import re
import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
A4 = 703  # pixels of a sheet between its margins
WIDER = """() => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, .hidden, .spoken, .skip, .stick') || getComputedStyle(e).display === 'inline') continue;
    if (e.clientWidth && e.scrollWidth > e.clientWidth + 1) {
      found.push(`${e.tagName}.${e.className}#${e.id} ${e.scrollWidth} > ${e.clientWidth}`);
    }
  }
  const page = document.documentElement.scrollWidth;
  if (page > innerWidth) found.push(`page ${page}`);
  return found;
}"""
OVERLAPPING = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((e) => [e.textContent, e.getBoundingClientRect()]);
    const shown = texts.filter(([, box]) => box.width > 0);
    for (const [text, b] of shown) {
      const across = b.left > frame.left - 1 && b.right < frame.right + 1;
      const inside = across && b.top > frame.top - 1 && b.bottom < frame.bottom + 1;
      if (!inside) found.push(`clipped: ${text}`);
    }
    for (let i = 0; i < shown.length; i++) {
      for (let j = i + 1; j < shown.length; j++) {
        const [a, b] = [shown[i][1], shown[j][1]];
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 1 && y > 2) found.push(`${shown[i][0]} / ${shown[j][0]}`);
      }
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(demo_results) -> list[Path]:
    found = [*sorted(demo_results.glob("*/*.report.html")), *sorted(demo_results.glob("patients/*/*.evolution.html"))]
    return [*found, demo_results / "cohort" / "index.html"]


def opened(browser: Any, path: Path, width: int, media: str | None = None) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 1000})
    if media is not None:
        page.emulate_media(media=media)
    page.goto(path.as_uri())
    return page


def sheets(browser: Any, path: Path) -> int:
    page = opened(browser, path, 1280)
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.parametrize(("width", "media"), [(800, "screen"), (1280, "screen"), (A4, "print")])
def test_no_element_is_wider_than_its_box(browser, pages, width, media):
    for path in pages:
        if media == "print" and path.parent.name == "cohort":
            width = 1032  # a sheet on its side
        page = opened(browser, path, width, media)
        assert page.evaluate(WIDER) == [], path.name
        page.close()


def test_the_matrix_of_the_batch_fits_a_desk_and_its_paper(browser, pages):
    for width, media in ((1280, "screen"), (1032, "print")):
        page = opened(browser, pages[-1], width, media)
        box = page.locator("#grid").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width, media
        page.close()


@pytest.mark.parametrize("width", [800, 1280])
def test_no_words_of_a_picture_overlap_or_are_cut(browser, pages, width):
    for path in pages:
        page = opened(browser, path, width)
        assert page.evaluate(OVERLAPPING) == [], path.name
        page.close()


def test_paper_is_two_to_four_sheets(browser, pages):
    reports = [sheets(browser, path) for path in pages if path.name.endswith(".report.html")]
    comparisons = [sheets(browser, path) for path in pages if path.name.endswith(".evolution.html")]
    assert statistics.median(reports) <= 4
    assert max(reports) <= 6
    assert max(comparisons) <= 4


def test_everything_is_printed_where_it_is_chosen(browser, pages):
    page = opened(browser, pages[1], 1280)
    short = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.locator("#everything").check()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) > short
    page.close()


def test_the_letter_is_copied_by_a_button(browser, pages):
    context = browser.new_context()
    page = context.new_page()
    page.goto(pages[0].as_uri())
    button = page.locator("button.copy")
    button.click()
    button.filter(has_text="Copied").wait_for()  # the clipboard answers when it may
    text = page.locator("#letter-text").inner_text().strip()
    assert text == pages[0].with_name(pages[0].name.replace(".report.html", ".letter.txt")).read_text("utf-8").strip()
    context.close()
