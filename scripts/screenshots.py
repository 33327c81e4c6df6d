"""Takes the pictures of `docs/images` from the demo batch: the first screen of a relapse, the batch, a comparison.

    python scripts/screenshots.py [RESULTS]

RESULTS is a results folder of the demo; without it the demo is run into a temporary folder. Needs Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "resources" / "demo"
LIMIT = 300_000  # bytes
# picture, page, window
PICTURES = (
    ("report.png", "D01-R/D01-R.report.html", (1280, 1060)),
    ("cohort.png", "cohort/index.html", (1500, 880)),
    ("evolution.png", "patients/D01/D01.evolution.html", (1280, 1180)),
)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def make_demo(out: Path) -> None:
    from annotate.command import main

    sheets = ["--samples", str(DEMO / "samples.tsv")]
    if main(["report", *sheets, "--patients", str(DEMO / "patients.tsv"), "--out", str(out), "--quiet"]):
        sys.exit("the demo failed")
    for patient in ("D01", "D02", "D10"):
        main(["evolution", patient, *sheets, "--out", str(out)])
    main(["cohort", "--out", str(out)])


def take(results: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, page_path, (width, height) in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto((results / page_path).resolve().as_uri())
            page.screenshot(path=IMAGES / name)
            size = (IMAGES / name).stat().st_size
            print(f"{name}: {size / 1000:.0f} kB")
            if size > LIMIT:
                sys.exit(f"{name} is larger than {LIMIT / 1000:.0f} kB")
        browser.close()


def main() -> None:
    if len(sys.argv) > 1:
        take(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_demo(Path(folder))
        take(Path(folder))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
