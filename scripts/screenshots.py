"""Takes the pictures of `docs/images`: the demo batch's first screen, batch and comparison, and three pages in doubt.

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
DOUBTS = (  # patients of `make_doubts`
    ("conflict.png", "conflict/conflict.report.html", (1280, 820)),
    ("remark.png", "remark/remark.report.html", (1280, 820)),
    ("ploidy.png", "ploidy/ploidy.report.html", (1280, 820)),
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


def make_doubts(out: Path) -> None:
    """Sources that disagree, a filtered call at a lesion, and a clone that log2 alone gives two ploidies."""
    from annotate.command import main
    from annotate.reference.genome import Genome
    from tests.makers.laws import copy_number, fusions, small_variants, structural
    from tests.makers.laws.small_variants import _filter

    genome = Genome.load("GRCh38")
    folders = {name: out / "inputs" / name for name in ("conflict", "remark", "ploidy")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    silent = structural.silent_calls(genome, folders["conflict"]), fusions.silent_table(genome, folders["conflict"])
    stop = next(one for one in small_variants.truths(genome) if one.name.endswith("tp53_alteration.truncating"))
    calls = small_variants.write(stop, "mutect2", folders["remark"])
    clone = next(one for one in copy_number.truths(genome) if one.name.startswith("near_haploid 28"))
    segments = copy_number.write(clone, "cnvkit_cns", folders["ploidy"])
    assert calls is not None
    assert segments is not None
    _filter(calls, "LowQual")
    names = "sample patient timepoint assembly sex assay karyotype tumor_name structural_variants fusions"
    columns = [*names.split(), "small_variants", "copy_number"]
    own = {
        "conflict": ["46,XX,t(9;22)(q34;q11.2)[18]/46,XX[2]", "TUMOR", *map(str, silent), "", ""],
        "remark": ["", "T1", "", "", str(calls.main), ""],
        "ploidy": ["", "", "", "", "", str(segments.main)],
    }
    rows = [[name, name, "relapse", "GRCh38", "female", "wgs", *cells] for name, cells in own.items()]
    sheet = out / "doubts.tsv"
    sheet.write_text("\n".join("\t".join(row) for row in [columns, *rows]) + "\n", encoding="utf-8")
    if main(["report", "--samples", str(sheet), "--out", str(out), "--quiet"]):
        sys.exit("the patients in doubt failed")


def take(results: Path, pictures: tuple[tuple[str, str, tuple[int, int]], ...] = PICTURES) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for name, page_path, (width, height) in pictures:
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
    with tempfile.TemporaryDirectory() as folder:
        make_doubts(Path(folder))
        take(Path(folder), DOUBTS)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
