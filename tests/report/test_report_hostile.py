"""Whatever a file says is text: in pages, tables, exchange files and the IGV session."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from annotate.base.settings import ReportSettings, Settings
from annotate.base.writing import write_tsv
from annotate.command import main
from annotate.knowledge.tables import Knowledge
from annotate.report.cohort import row_of, write_page
from annotate.report.exchange import fhir, igv, phenopacket
from annotate.report.json.build import lesion_rows
from annotate.report.page.evolution import render as render_evolution
from annotate.report.page.html import render
from tests.makers.pages import parse, read

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = "\" onmouseover=\"alert(1)' onfocus='alert(2)"
CLOSERS = "</style></title></textarea>--><svg onload=alert(1)>]]>"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
RIGHT_TO_LEFT = "\u202egpj.exe שלום\u2066"
TRAVERSAL = "../../x"
FORMULA = '=cmd|" /C calc"!A0'
PAYLOADS = (SCRIPT, ATTRIBUTE, CLOSERS, TEMPLATE, RIGHT_TO_LEFT, TRAVERSAL, FORMULA, "x" * 10_000)

# Keys whose values are of a fixed set, or ids that the sheet restricts to letters, digits, '.', '_' and '-'.
FIXED = frozenset(
    (
        *("schema_version", "sample", "patient", "timepoint", "assembly", "state", "kind", "keeps", "certainty"),
        *("direction", "leaning", "id", "chrom", "svtype", "call", "time", "code", "sex", "label", "page"),
        *("category", "level", "name", "group", "knowledge", "left", "right"),
    )
)


def poisoned(part: Any, payload: str, key: str = "") -> Any:
    """The same data with a payload before every free text."""
    if isinstance(part, dict):
        return {name: poisoned(value, payload, name) for name, value in part.items()}
    if isinstance(part, list):
        return [poisoned(item, payload, key) for item in part]
    return payload + part if isinstance(part, str) and key not in FIXED else part


def elements(html: str) -> Counter[str]:
    return Counter(tag for tag, _ in parse(html).elements)


def handlers(html: str) -> list[str]:
    return [name for _, attributes in parse(html).elements for name in attributes if name.startswith("on")]


@pytest.fixture(scope="module")
def report(demo_results) -> dict[str, Any]:
    return json.loads((demo_results / "D01-R" / "D01-R.report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:12])
def test_free_text_of_a_report_stays_text(report, payload):
    knowledge = Knowledge.load()
    clean = render(report, ReportSettings(), knowledge)
    bad = poisoned(copy.deepcopy(report), payload)
    html = render(bad, ReportSettings(), knowledge)
    assert handlers(html) == []
    found, expected = elements(html), elements(clean)
    for tag in ("script", "style", "svg", "img", "iframe", "form", "title"):
        assert found[tag] <= expected[tag], tag
    assert found["script"] == 1
    assert html.count("</html>") == 1
    if payload in (SCRIPT, TEMPLATE):
        assert payload in parse(html).seen
    if payload is RIGHT_TO_LEFT:
        inside = re.findall(r"<bdi>[^<]*\u202e[^<]*</bdi>", html)
        assert len(inside) > 20
    if len(payload) == 10_000:
        assert max(map(len, re.findall(r"x+", parse(html).seen))) <= 10_000


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:12])
def test_other_files_of_a_report(report, payload, tmp_path):
    bad = poisoned(copy.deepcopy(report), payload)
    session = ET.fromstring(igv.session(bad))
    assert len(list(session.iter("Region"))) == len(list(igv.evidence_regions(report)))
    for content in (phenopacket.phenopacket(bad), fhir.fhir_bundle(bad)):
        assert json.loads(json.dumps(content)) == content
    write_tsv(tmp_path / "lesions.tsv", lesion_rows(bad["lesions"]), first={"sample": bad["sample"]})
    lines = (tmp_path / "lesions.tsv").read_text(encoding="utf-8").split("\n")
    assert len({line.count("\t") for line in lines[:-1]}) == 1
    assert len(lines) == len(bad["lesions"]) + 2
    for cell in "\t".join(lines).split("\t"):
        assert not cell.startswith(("=", "+", "@"))
        assert "\u202e" not in cell


@pytest.mark.parametrize("payload", [SCRIPT, ATTRIBUTE, CLOSERS, RIGHT_TO_LEFT], ids=lambda text: text[:12])
def test_exchange_files_are_still_valid(report, payload):
    bad = poisoned(copy.deepcopy(report), payload)
    bundle = pytest.importorskip("fhir.resources.R4B.bundle")
    bundle.Bundle.model_validate(fhir.fhir_bundle(bad))
    phenopackets = pytest.importorskip("phenopackets")
    protobuf = pytest.importorskip("google.protobuf.json_format")
    protobuf.ParseDict(phenopacket.phenopacket(bad), phenopackets.Phenopacket())


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:12])
def test_the_cohort_page(report, demo_results, payload, tmp_path):
    row = poisoned(row_of(report, demo_results), payload)
    row["states"], row["names"] = (row_of(report, demo_results)[key] for key in ("states", "names"))
    row["names"] = {id: payload + name for id, name in row["names"].items()}
    failed = [{"sample": "S", "message": payload}]
    write_page([row], failed, tmp_path, Settings(report=ReportSettings(lab_name=payload, disclaimer=payload)))
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert handlers(html) == []
    assert elements(html)["script"] == 1
    assert elements(html)["svg"] == 0
    for name in ("lesions.tsv", "samples.tsv"):
        for line in (tmp_path / name).read_text(encoding="utf-8").splitlines():
            assert not any(cell.startswith(("=", "@")) for cell in line.split("\t"))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:12])
def test_the_page_of_a_patient(demo_results, payload):
    path = demo_results / "patients" / "D01" / "D01.evolution.json"
    evolution = json.loads(path.read_text(encoding="utf-8"))
    reports = [
        json.loads((demo_results / s / f"{s}.report.json").read_text(encoding="utf-8")) for s in ("D01-D", "D01-R")
    ]
    clean = elements(render_evolution(evolution, reports))
    bad = copy.deepcopy(evolution)
    for event in bad["events"]:
        event["name"] = payload + event["name"]
        event["reasons"] = [payload + text for text in event["reasons"]]
    for key in ("warnings", "limits"):
        bad[key] = [payload]
    bad["summary"] = payload
    html = render_evolution(bad, reports)
    assert handlers(html) == []
    assert elements(html)["script"] == clean["script"]
    assert elements(html)["svg"] == clean["svg"]


# ---------------------------------------------------------------- a hostile sample through the whole program

CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|IMPACT|SYMBOL|Gene|Feature|HGVSc|HGVSp">'
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """A sample whose file names, ids, filters, annotations, karyotype and clinical facts are all meant to do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    name = "a<img src=x onerror=alert(1)>&'.vcf"
    header = [
        *("##fileformat=VCFv4.2", "##contig=<ID=17,length=83257441>", "##contig=<ID=12,length=133275309>", CSQ),
        '##INFO=<ID=LONG,Number=1,Type=String,Description="x">',
        '##FILTER=<ID=<b>low</b>,Description="x">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tH",
    ]
    csq = "T|missense_variant|HIGH|<script>alert(3)</script>|../../x|=cmd()|c.1A>T<script>|p.\u202eArg248Gln"
    records = [
        f"17\t7674220\t=cmd()<script>alert(4)</script>\tC\tT\t.\tPASS\tLONG={'x' * 10_000};CSQ={csq}"
        "\tGT:AD:DP\t0/1:60,40:100",
        f"12\t25245350\t\u202eid\tC\tT\t.\tPASS\tCSQ={csq}\tGT:AD:DP\t0/1:80,20:100",
    ]
    (folder / name).write_text("\n".join([*header, *records]) + "\n", encoding="utf-8")
    columns = "sample\tpatient\ttimepoint\tassembly\tassay\tsmall_variants\tkaryotype"
    karyotype = "46,XX,<script>alert(6)</script>,t(9;22)(q34;q11.2),=cmd()[20]"
    (folder / "s.tsv").write_text(f"{columns}\nH\tP\tdiagnosis\tGRCh38\twgs\t{name}\t{karyotype}\n", encoding="utf-8")
    out = folder / "results"
    assert main(["report", "--samples", str(folder / "s.tsv"), "--out", str(out), "--quiet"]) == 0
    assert main(["cohort", "--out", str(out)]) == 0
    return out


def test_a_hostile_sample_is_shown_as_text(hostile):
    page = read(hostile / "H" / "H.report.html")
    assert handlers((hostile / "H" / "H.report.html").read_text(encoding="utf-8")) == []
    assert len(page.tags("script")) == 1
    assert not [a for a in page.tags("img") if a.get("src") == "x"]
    assert "<script>alert(6)</script>" in page.seen
    assert "a<img src=x onerror=alert(1)>&'.vcf" in page.seen
    assert "p.Arg248Gln" in page.seen


def test_nothing_is_written_beside_the_results(hostile):
    names = sorted(str(path.relative_to(hostile)) for path in hostile.rglob("*") if path.is_file())
    assert all(re.fullmatch(r"(H|cohort)/[\w.]+", name) for name in names), names


def test_tables_of_a_hostile_sample(hostile):
    for path in hostile.rglob("*.tsv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len({line.count("\t") for line in lines}) == 1
        for line in lines:
            assert not any(cell.startswith(("=", "+", "@")) for cell in line.split("\t"))


def test_the_session_of_a_hostile_sample(hostile):
    session = ET.parse(hostile / "H" / "H.igv.xml").getroot()
    assert any("onerror" in item.get("path") for item in session.iter("Resource"))
