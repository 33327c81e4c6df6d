"""The page of one sample: what its first screen says, in which order, by which names; sections, words, size."""

from __future__ import annotations

import copy
import itertools
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from annotate.base.errors import InputError
from annotate.base.settings import ReportSettings, settings_of
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Patient
from annotate.report.page import child, first_screen
from annotate.report.page.flag import flag_of
from annotate.report.page.html import SECTIONS, columns, css_string, fill, render, wording
from tests.makers.pages import Page, parse, read

ROOT = Path(__file__).resolve().parents[2]


def report_of(results: Path, sample: str) -> dict[str, Any]:
    return json.loads((results / sample / f"{sample}.report.json").read_text(encoding="utf-8"))


def page_of(results: Path, sample: str) -> Page:
    return read(results / sample / f"{sample}.report.html")


def section(html: str, id: str) -> str:
    """The text of one section of a page."""
    match = re.search(rf'<section[^>]*\bid="{id}".*?</section>', html, re.DOTALL)
    assert match is not None, id
    return parse(match[0]).seen


def html_of(results: Path, sample: str) -> str:
    return (results / sample / f"{sample}.report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def samples(demo_results) -> list[str]:
    return sorted(path.parent.name for path in demo_results.glob("*/*.report.json"))


# ---------------------------------------------------------------- the first screen


def test_the_first_screen_in_its_order(demo_results):
    html = html_of(demo_results, "D01-R")
    order = ["<h1>", 'class="made"', 'id="flag"', 'id="glance"', 'id="changed"', 'id="actionable"', 'id="settling"']
    places = [html.index(mark) for mark in order]
    assert places == sorted(places)
    assert places[-1] < html.index('id="copy_number"')


def test_the_flag_names_lesions_not_ids(demo_results):
    flag = section(html_of(demo_results, "D01-R"), "flag")
    assert "Published list, word by word: YES; extended reading: YES." in flag
    assert "Certainty certain" in flag
    assert "Detected TCF3 rearrangement (TCF3::PBX1), TP53 deletion (arm)" in flag
    assert "TP53 alteration (mut+del)" in flag
    assert "tcf3_r" not in flag


def test_a_masked_hypodiploid_clone_is_told_by_the_extended_reading(demo_results):
    flag = section(html_of(demo_results, "D07"), "flag")
    assert "word by word: UNRESOLVED; extended reading: YES" in flag
    extended = flag[flag.index("By the extended reading only") :]
    assert "not part of the published list" in extended
    assert "Hypodiploidy (fewer than 40 chromosomes) (masked near haploid, 54 chromosomes)" in extended


def test_the_extended_reading_is_silent_where_it_agrees(demo_results):
    assert "By the extended reading only" not in section(html_of(demo_results, "D02-D"), "flag")


def test_open_items_by_name_and_state(demo_results):
    flag = section(html_of(demo_results, "D09"), "flag")
    assert "UNRESOLVED" in flag
    assert "Open BCR::ABL1, ABL-class fusion, KMT2A rearrangement" in flag
    assert "(not assessable; would be settled by an RNA fusion table)" in flag
    assert "Hypodiploidy (fewer than 40 chromosomes) (equivocal; would be settled by" in flag


def test_lesions_at_a_glance(demo_results):
    text = section(html_of(demo_results, "D01-R"), "glance")
    assert re.search(r"● 6 detected ?○ \d+ not detected ?\? \d+ not assessable", text)
    assert "TCF3 rearrangement ● detected TCF3::PBX1, by DNA." in text
    for name in ("iAMP21", "NT5C2 activating mutation", "CDKN2A/B deletion", "DUX4 rearrangement"):
        assert name in text


def test_therapies_contradicted_in_this_sample(demo_results):
    html = html_of(demo_results, "D02-R")
    text = section(html, "actionable")
    assert "contradicted here: dasatinib" in text
    assert "contradicted here: imatinib" in text
    assert "contradicted in this sample by: ABL1 T315I" in text
    assert "<s>dasatinib</s>" in html
    assert "<strong>ponatinib</strong>" in html


def test_unknown_eligibility_is_not_a_no(demo_results):
    text = section(html_of(demo_results, "D06"), "actionable")
    assert "Eligibility unknown, not negative: ABL tyrosine kinase inhibitor (BCR::ABL1, ABL-class fusion)" in text


def test_the_three_inputs_that_would_change_most(demo_results):
    page = section(html_of(demo_results, "D02-R"), "settling")
    assert page.startswith("What would change the picture most allele-specific copy number")
    assert "iAMP21, Hypodiploidy (fewer than 40 chromosomes), TP53 deletion, TP53 alteration" in page
    weights = [item["weight"] for item in report_of(demo_results, "D02-R")["settling"]]
    assert weights == sorted(weights, reverse=True)


def test_what_changed(demo_results):
    assert "The comparison of all time points" in section(html_of(demo_results, "D01-R"), "changed")
    assert "No earlier sample" in section(html_of(demo_results, "D03"), "changed")


def test_only_true_warnings_on_the_first_screen(demo_results, samples):
    for sample in samples:
        report = report_of(demo_results, sample)
        assert len(report["warnings"]) == len(set(report["warnings"]))
        for text in report["warnings"]:
            assert not re.search(r"read as the leukaemia|lies beside this file|^purity \S+ is from", text), text
    html = html_of(demo_results, "D01-R")
    assert 'id="warnings"' not in html
    assert "read as the leukaemia" in section(html, "inputs")
    assert "fitted" in section(html_of(demo_results, "D09"), "warnings")


def test_a_warning_of_a_file_is_not_said_twice(demo_results):
    report = report_of(demo_results, "D04")
    for text in report["warnings"]:
        assert sum(other.endswith(text) for other in report["warnings"]) == 1


# ---------------------------------------------------------------- names, structure


def test_no_ids_are_shown_to_people(demo_results, samples):
    ids = [row["id"] for row in Knowledge.load().table("lesions") if "_" in row["id"]]
    for sample in samples:
        seen = page_of(demo_results, sample).seen
        shown = [id for id in ids if re.search(rf"(?<![\w/.-]){re.escape(id)}(?![\w.-])", seen)]
        assert shown == [], sample


def test_every_page_is_well_built(demo_results, samples):
    pages = [demo_results / s / f"{s}.report.html" for s in samples]
    for path in [*pages, demo_results / "cohort" / "index.html", *demo_results.glob("patients/*/*.html")]:
        page = read(path)
        assert page.tags("html")[0]["lang"] == "en"
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), path
        assert all(words.strip() for _, words in page.headings)
        assert len(page.ids) == len(set(page.ids)), [id for id in page.ids if page.ids.count(id) > 1]
        for attributes in page.tags("th"):
            assert attributes.get("scope") in ("col", "row")
        for attributes in page.tags("svg"):
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        for attributes in page.tags("img"):
            assert "alt" in attributes
        inside = {a["href"][1:] for a in page.tags("a") if a.get("href", "").startswith("#")}
        assert inside <= set(page.ids)


def test_every_table_has_a_caption(demo_results, samples):
    pages = [html_of(demo_results, sample) for sample in samples]
    others = [demo_results / "cohort" / "index.html", *demo_results.glob("patients/*/*.html")]
    for html in [*pages, *(path.read_text(encoding="utf-8") for path in others)]:
        assert set(re.findall(r"<table[^>]*>\s*(<\w+)", html)) == {"<caption"}


def test_nothing_is_fetched(demo_results, samples):
    for sample in samples:
        html = html_of(demo_results, sample)
        page = parse(html)
        assert not page.tags("link")
        for tag, attributes in page.elements:
            for key in ("src", "srcset", "action", "data", "poster"):
                assert attributes.get(key, "data:").startswith("data:"), (tag, attributes)
        assert "@import" not in html
        assert not re.search(r"url\((?!#)", html)
        assert "default-src 'none'" in html


def test_links_lead_to_files(demo_results):
    for path in [*demo_results.glob("*/*.report.html"), demo_results / "cohort" / "index.html"]:
        for attributes in read(path).tags("a"):
            target = attributes["href"].split("#")[0]
            if target and not target.startswith("../patients"):
                assert (path.parent / target).exists(), target


def test_evidence_leads_to_its_row(demo_results):
    html = html_of(demo_results, "D01-R")
    for lesion, row in (("tcf3_r", "TCF3::PBX1"), ("nt5c2", "p.Arg367Gln"), ("tp53_deletion", "17:10")):
        block = re.search(rf'<article class="lesion" id="lesion-{lesion}".*?</article>', html, re.DOTALL)
        target = re.search(r'href="#([vjs]\d+)"', block[0])
        assert target is not None, lesion
        found = re.search(rf'<tr id="{target[1]}">.*?</tr>', html, re.DOTALL)
        assert row in parse(found[0]).seen


def test_provenance_closes_the_page(demo_results):
    html = html_of(demo_results, "D01-R")
    after = html[html.index('<section id="provenance"') :]
    assert after.count("<section") == 1
    text = parse(after).seen
    for words in ("knowledge date", "command allert report D01-R", "cyvcf2"):
        assert words in text
    checksum = report_of(demo_results, "D01-R")["inputs"][0]["sha256"]
    assert checksum in section(html, "inputs")


# ---------------------------------------------------------------- a lab's own


def test_sections_of_a_labs_choice(demo_results):
    report = report_of(demo_results, "D01-R")
    html = render(report, ReportSettings(sections=("therapies", "variants")), Knowledge.load())
    found = [id for id in parse(html).ids if id in SECTIONS]
    assert found == ["therapies", "variants"]
    assert '<section id="provenance"' in html
    page = parse(html)
    assert {a["href"][1:] for a in page.tags("a") if a["href"].startswith("#")} <= set(page.ids)


def test_every_section_can_stand_alone(demo_results):
    report = report_of(demo_results, "D01-R")
    for name in SECTIONS:
        render(report, ReportSettings(sections=(name,)), Knowledge.load())


def test_an_unknown_section_is_refused_before_any_job():
    with pytest.raises(InputError, match="therapy"):
        settings_of({"samples": "-", "report": {"sections": ["therapy"]}}, ROOT)
    with pytest.raises(InputError, match="did you mean 'therapies'"):
        render({}, ReportSettings(sections=("therapy",)), Knowledge.load())


def test_the_config_knows_every_section():
    rules = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    assert rules["properties"]["report"]["properties"]["sections"]["items"]["enum"] == list(SECTIONS)


def test_lab_name_logo_and_disclaimer(demo_results, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    settings = ReportSettings(lab_name="Lab <b>of</b> Kochi", logo=logo, disclaimer="Only & for us.")
    page = parse(render(report_of(demo_results, "D05"), settings, Knowledge.load()))
    assert "Lab <b>of</b> Kochi" in page.seen
    assert page.tags("img")[0]["src"].startswith("data:image/svg+xml;base64,")
    assert page.seen.endswith("Only & for us.")
    logo.with_suffix(".gif").write_bytes(b"GIF89a")
    with pytest.raises(InputError, match="logo"):
        render(report_of(demo_results, "D05"), replace(settings, logo=logo.with_suffix(".gif")), Knowledge.load())


def test_words_of_the_lab(demo_results, tmp_path):
    words = {"lesions_heading": "Läsionen", "state_detected": "nachgewiesen", "lang": "de"}
    (tmp_path / "wording_report.yaml").write_text(yaml.safe_dump(words), encoding="utf-8")
    page = parse(render(report_of(demo_results, "D05"), ReportSettings(), Knowledge.load(tmp_path)))
    assert page.tags("html")[0]["lang"] == "de"
    assert "Läsionen" in page.seen
    assert "● nachgewiesen" in page.seen


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lesions_headin: x", "did you mean 'lesions_heading'"),
        ("pgx_columns: a|b", "6 columns"),
        ("- a", "not a mapping"),
        ("a: [", "cannot be read"),
    ],
)
def test_words_that_no_page_has(tmp_path, text, said):
    (tmp_path / "wording_report.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        wording(Knowledge.load(tmp_path))
    assert said in str(error.value)


def test_every_word_is_used_and_every_column_list_fits():
    templates = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "annotate/report/page/templates").rglob("*.j2"))
    sources = [*(ROOT / "annotate/report/page").glob("*.py"), ROOT / "annotate/report/letter.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    made = ("flag_", "certainty_", "state_", "direction_", "table_direction_", "category_", "events_", "source_")
    made += ("subtype_", "remark_", "change_", "fits_", "mark_", "letter_by_", "letter_flag", "years")
    for key, text in wording(Knowledge.load()).items():
        used = (
            f"w.{key}" in templates
            or f'["{key}"]' in code
            or f"['{key}']" in code
            or key.startswith(made)
            or key.endswith("_heading")
        )
        assert used, key
        if key.endswith("_columns"):
            assert all(name.strip() for name in columns(text))


# ---------------------------------------------------------------- size and cost


def test_two_thousand_variants_stay_small(demo_results):
    report = report_of(demo_results, "D01-R")
    variants = []
    for n in range(2000):
        variant = copy.deepcopy(report["variants"][n % len(report["variants"])])
        variants.append(variant | {"pos": 1000 + n})
    report["variants"] = variants
    html = render(report, ReportSettings(), Knowledge.load())
    assert html.count('<tr id="v') == 2000
    assert len(html.encode()) < 1_500_000


def test_no_heavy_import_for_a_page(demo_results, tmp_path):
    """Libraries that validate or print take longer to load than a sample takes: only tests and PDF import them."""
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom annotate.knowledge.tables import Knowledge\n"
        "from annotate.report.views import write_views\nfrom annotate.base.settings import Settings\n"
        f"report = json.loads(Path({str(demo_results / 'D05' / 'D05.report.json')!r}).read_text(encoding='utf-8'))\n"
        f"write_views(report, Path({str(tmp_path)!r}), Settings(), Knowledge.load())\n"
        "heavy = {'pandas', 'scipy', 'weasyprint', 'phenopackets', 'fhir', 'pyarrow', 'jsonschema'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"


def test_same_report_same_bytes(demo_results):
    report = report_of(demo_results, "D08")
    pages = {render(copy.deepcopy(report), ReportSettings(), Knowledge.load()) for _ in range(2)}
    assert len(pages) == 1
    other = copy.deepcopy(report)
    other["provenance"]["time"] = "2030-01-01T00:00:00+00:00"
    cut = [
        page.split('<section id="provenance"')[0]
        for page in (*pages, render(other, ReportSettings(), Knowledge.load()))
    ]
    assert cut[0] == cut[1]


# ---------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"subtype": "TCF3::PBX1"}, "TCF3 rearrangement (TCF3::PBX1)"),
        ({"subtype": None, "genes": ["TCF3", "HLF"]}, "TCF3 rearrangement (HLF)"),
        ({"id": "bcr_abl1", "name": "BCR::ABL1", "subtype": "BCR::ABL1 p190"}, "BCR::ABL1 (p190)"),
        ({"subtype": "whole_chromosome", "name": "TP53 deletion"}, "TP53 deletion (whole chromosome)"),
        (
            {"id": "hypodiploidy", "name": "Hypodiploidy", "subtype": "low_hypodiploid", "modal_number": 36},
            "Hypodiploidy (low hypodiploid, 36 chromosomes)",
        ),
        ({"subtype": None, "genes": list("ABCDEF")}, "TCF3 rearrangement (A, B, C, D, …)"),
    ],
)
def test_labels(changes, text):
    lesion = {"id": "tcf3_r", "name": "TCF3 rearrangement", "subtype": None, "genes": [], "masked": None}
    assert first_screen.label({**lesion, "modal_number": None, **changes}) == text


def test_css_string_cannot_leave_its_quotes():
    assert css_string('a"; } body { x: y') == "a\\22 \\3b  \\7d  body \\7b  x: y"
    assert "<" not in css_string("</style>")


def test_fill_leaves_foreign_braces():
    assert fill("{n} of {x} {0}", n=3) == "3 of {x} {0}"


def test_the_documentation_names_every_section_and_file(demo_results):
    text = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    for name in SECTIONS:
        assert f"`{name}`" in text
    for path in [*(demo_results / "D01-R").iterdir(), *(demo_results / "cohort").iterdir()]:
        name = path.name.replace("D01-R", "<sample>").removesuffix(".tbi")
        assert name in text or path.suffix == ".parquet", name
    header = (demo_results / "cohort" / "samples.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert all(f"`{column}`" in text for column in header)
    header = (demo_results / "D01-R" / "D01-R.lesions.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert all(f"`{column}`" in text for column in header)


def test_pictures_of_the_documentation_are_small():
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert {path.name for path in pictures} >= {"report.png", "cohort.png", "evolution.png"}
    assert all(path.stat().st_size < 300_000 for path in pictures)


def test_lab_and_words_on_the_page_of_a_patient(demo_results, tmp_path):
    from annotate.report.page.evolution import render as render_evolution

    (tmp_path / "wording_report.yaml").write_text("category_preserved: erhalten\nevo_clones: Klone\n", encoding="utf-8")
    path = demo_results / "patients" / "D01" / "D01.evolution.json"
    reports = [report_of(demo_results, sample) for sample in ("D01-D", "D01-R")]
    settings = ReportSettings(lab_name="Lab of Kochi", disclaimer="Only for us.")
    html = render_evolution(json.loads(path.read_text(encoding="utf-8")), reports, settings, Knowledge.load(tmp_path))
    page = parse(html)
    assert "Lab of Kochi" in page.seen
    assert "= erhalten" in page.seen
    assert "Klone" in [words for _, words in page.headings]
    assert page.seen.endswith("Only for us.")


def test_long_findings_are_printed_in_one_column(demo_results):
    report = report_of(demo_results, "D08")
    assert 'class="columns"' in render(report, ReportSettings(), Knowledge.load())
    for lesion in report["lesions"]:
        lesion["state"], lesion["summary"] = "equivocal", "word " * 40
    assert 'class="columns long"' in render(report, ReportSettings(), Knowledge.load())


# ---------------------------------------------------------------- words for people

SHEET_COLUMNS = {"par_mode", "tumor_name", "normal_name", "array_gamma", "relapse_number", "dna_index"}


def test_no_slug_and_no_code_stands_on_a_page(demo_results):
    """Words with underscores are ours, not a reader's; names of sheet columns are what a reader has to fill in."""
    pages = [*demo_results.glob("*/*.report.html"), *demo_results.glob("patients/*/*.html")]
    for path in [*pages, demo_results / "cohort" / "index.html"]:
        seen = parse(path.read_text(encoding="utf-8")).seen
        found = set(re.findall(r"\b[a-z]+_[a-z_0-9]+\b|\b[A-Z]+_[A-Z_]+\b", seen))
        assert found <= SHEET_COLUMNS, path.name


def test_nothing_reads_as_a_recommendation(demo_results):
    told = re.compile(r"\b(should (be )?(given|treated|start)|we recommend|is recommended|treat with|avoid )", re.I)
    for path in demo_results.glob("*/*.report.html"):
        seen = parse(path.read_text(encoding="utf-8")).seen
        assert not told.search(seen), (path.name, told.search(seen))


@pytest.mark.parametrize("sample", ["D01-D", "D01-R", "D02-R", "D07", "D09", "D11"])
def test_the_letter_is_a_paragraph_that_says_what_the_page_says(demo_results, sample):
    report = report_of(demo_results, sample)
    text = report["letter"]
    assert "\n" not in text
    assert sample in text
    flag = next(r for r in report["risk"] if (r["scheme"], r["version"]) == ("InPOG-ALL-R1", "literal"))
    assert f": {flag['group'] or 'UNRESOLVED'};" in text
    for lesion in report["lesions"]:
        if lesion["state"] in ("detected", "detected_subclonal"):
            assert lesion["name"] in text, lesion["id"]
    assert text.endswith("before they guide treatment.")
    file = demo_results / sample / f"{sample}.letter.txt"
    assert file.read_text(encoding="utf-8").strip() == text


@pytest.mark.parametrize(
    ("literal", "extended", "changed", "colour"),
    [
        ("YES", "YES", {}, "red"),
        ("NO", "YES", {}, "amber"),
        ("NO", "NO", {"iamp21": "not_assessable"}, "amber"),
        ("NO", "NO", {"kmt2a_r": "equivocal"}, "amber"),
        ("NO", "NO", {"nt5c2": "detected"}, "amber"),
        ("NO", "NO", {"nt5c2": "not_assessable"}, "green"),
        ("NO", "NO", {"ikzf1_deletion": "detected"}, "green"),
        (None, None, {}, "amber"),
    ],
)
def test_colour_of_the_flag(demo_results, literal, extended, changed, colour):
    report = copy.deepcopy(report_of(demo_results, "D11"))
    for lesion in report["lesions"]:
        lesion["state"] = changed.get(lesion["id"], "not_detected")
    for result in report["risk"]:
        if result["scheme"].startswith("InPOG"):
            result["group"] = {"literal": literal, "extended": extended}[result["version"]]
    flag = flag_of(report, Knowledge.load())
    assert flag.colour == colour
    assert (flag.literal, flag.extended) == (literal or "UNRESOLVED", extended or "UNRESOLVED")


@pytest.mark.parametrize(
    ("relapse", "since_diagnosis", "therapy"),
    [
        ("2021-07-14", "17.9", ("Months before the end of therapy", "6")),  # a day before 18 months
        ("2021-07-15", "18", ("Months before the end of therapy", "6")),
        ("2022-07-14", "29.9", ("Months after the end of therapy", "5.9")),  # a day before six months
        ("2022-07-15", "30", ("Months after the end of therapy", "6")),
    ],
)
def test_months_of_the_first_screen_never_round_up_to_a_limit(relapse, since_diagnosis, therapy):
    patient = Patient("P", diagnosis_date="2020-01-15", end_of_therapy_date="2022-01-15", relapse_date=relapse)
    shown = dict(child._relapse(patient, wording(Knowledge.load())))
    assert shown["Months since diagnosis"] == since_diagnosis
    assert shown[therapy[0]] == therapy[1]
