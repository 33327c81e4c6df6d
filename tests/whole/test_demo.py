"""The demo batch: it can be made again byte for byte, says what it was made to say, and names knowledge that exists."""

from __future__ import annotations

import gzip
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from annotate.base.resources import resource_path
from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.model.state import Code
from annotate.read.sheets import read_patients, read_samples
from annotate.report.json.build import build_report
from annotate.report.json.schema import json_schema
from annotate.run.sample import analyse
from tests.conftest import ROOT
from tests.makers.golden import HIGH_RISK, PATIENTS, STATES, make_report

DEMO = ROOT / "resources" / "demo"
# One letter a lesion of HIGH_RISK (+ detected, s in a subclone, ? equivocal, - not detected, o not assessable), judged
# by hand from what the generator put into the files; then what else the sample was made to show.
# D03's copy number is flat: its own purity alone shows no leukaemic cells; its karyotype counts the chromosomes.
INTENDED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "D01-D": ("---+ -- -- o", {"ras_pathway": "detected"}),
    "D01-R": ("---+ -- ++ +", {"relapse_genes": "detected", "cdkn2ab_deletion": "detected"}),
    "D02-D": ("+--- -- -- o", {"ikzf1_deletion": "detected", "cdkn2ab_deletion": "detected"}),
    "D02-R": ("+--- oo oo o", {"relapse_genes": "detected"}),
    "D03": ("--+- o- -- o", {"ras_pathway": "detected_subclonal"}),
    "D04": ("-+-- -- -o o", {}),
    "D05": ("---+ o- oo o", {}),
    "D06": ("oooo +- -o o", {"rb1_deletion": "detected"}),
    "D07": ("-o-o -+ ?? o", {"high_hyperdiploidy": "not_detected"}),
    "D08": ("-o-o -+ ++ o", {}),
    "D09": ("oooo o? -o o", {"high_hyperdiploidy": "equivocal"}),
    "D10-D": ("-+-- -- -o o", {"stil_tal1": "detected", "cdkn2ab_deletion": "detected"}),
    "D10-R": ("oooo oo oo s", {"notch1_fbxw7": "detected"}),
    "D11": ("---- -- -- o", {"etv6_runx1": "not_detected"}),
    "D12": ("oooo oo oo o", {}),
    "D13": ("oooo oo oo o", {"ras_pathway": "detected"}),
    "D14": ("+o-o o- oo o", {"ikzf1_deletion": "detected", "etv6_runx1": "not_detected"}),
    "D15": ("-o+- oo oo o", {"cdkn2ab_deletion": "detected", "ikzf1_deletion": "not_detected"}),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    patients = {patient.patient: patient for patient in read_patients(DEMO / "patients.tsv")}
    samples = read_samples(DEMO / "samples.tsv")
    return {s.sample: build_report(analyse(s, patients.get(s.patient), Settings())) for s in samples}


def test_the_generator_writes_what_is_in_the_repository(tmp_path):
    spec = importlib.util.spec_from_file_location("make_demo", ROOT / "scripts" / "make_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["make_demo"] = module
    spec.loader.exec_module(module)
    module.make(tmp_path)
    here = {path.name for path in DEMO.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == here, "run: make demo-data"
    different = [name for name in sorted(here) if content(tmp_path / name) != content(DEMO / name)]
    assert different == [], "run: make demo-data"


def content(path: Path) -> bytes:
    """The text of a compressed file: the compressed bytes depend on the version of zlib."""
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_every_sample_says_what_it_was_made_to_say(reports):
    assert set(reports) == set(INTENDED)
    wrong = []
    for sample, (letters, others) in INTENDED.items():
        states = {row["id"]: row["state"] for row in reports[sample]["lesions"]}
        wanted = dict(zip(HIGH_RISK, (STATES[letter] for letter in letters.replace(" ", "")), strict=True))
        wrong += [
            f"{sample}: {id} is {states[id]}, not {state}"
            for id, state in {**wanted, **others}.items()
            if states[id] != state
        ]
    assert wrong == []


def test_words_of_the_demo(reports):
    def lesion(sample: str, id: str) -> dict[str, Any]:
        return next(row for row in reports[sample]["lesions"] if row["id"] == id)

    assert lesion("D01-R", "tcf3_r")["subtype"] == "TCF3::PBX1"
    assert lesion("D05", "tcf3_r")["subtype"] == "TCF3::HLF"
    assert lesion("D04", "abl_class")["subtype"] == "EBF1::PDGFRB"
    assert lesion("D10-D", "abl_class")["subtype"] == "NUP214::ABL1"
    assert lesion("D03", "kmt2a_r")["subtype"] == "KMT2A::AFF1"
    masked = lesion("D07", "hypodiploidy")
    assert (masked["subtype"], masked["masked"], masked["modal_number"]) == ("near_haploid", True, 54)
    assert lesion("D08", "tp53_deletion")["subtype"] == "whole_chromosome"
    assert len(lesion("D10-R", "nt5c2")["details"]["mutations"]) == 2
    assert "p.Arg367Gln" in lesion("D01-R", "nt5c2")["summary"]
    genes = {row["gene"]: row["diplotype"] for row in reports["D01-D"]["pharmacogenomics"]}
    assert genes["NUDT15"] == "*1/*3"


def test_every_report_fits_the_published_schema(reports):
    Draft202012Validator.check_schema(json_schema())
    validator = Draft202012Validator(json_schema())
    for sample, report in reports.items():
        errors = [f"{sample}: {list(error.path)}: {error.message}" for error in validator.iter_errors(report)]
        assert errors == []


def test_the_schema_refuses_what_is_no_report(reports):
    """It is not a schema that takes everything."""
    validator = Draft202012Validator(json_schema())
    good = reports["D12"]
    for change in (
        {"lesions": [{**good["lesions"][0], "state": "negative"}]},
        {"sample": None},
        {"inputs": [{"path": "x"}]},
        {"risk": [{"scheme": "x"}]},
    ):
        assert list(validator.iter_errors({**good, **change})), change
    assert list(validator.iter_errors({key: value for key, value in good.items() if key != "lesions"}))


# ---------------------------------------------------------------- knowledge that reports name


def ids_of_tables() -> set[str]:
    """Every id of every table; tables without ids are named by their line."""
    found = set()
    for path in sorted(resource_path("knowledge").rglob("*.tsv")):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        columns = header.split("\t")
        for number, row in enumerate(rows, start=2):
            found.add(f"{path.name}:{number}")
            if "id" in columns:
                found.add(row.split("\t")[columns.index("id")])
    return found


def rules_named(report: Mapping[str, Any]) -> Iterator[str]:
    """Rule ids of a report: words without a space that the evidence, the hits and the schemes rest on."""
    for row in report["lesions"]:
        rules = [item["rule"] for item in row["evidence"]]
        rules += [hit.get("rule") for hit in row["details"].get("hits", [])]
        yield from (rule for rule in rules if rule and " " not in rule and rule not in ("junction", "FISH"))
    for result in report["risk"]:
        if result["rule"] and ": " in result["rule"] and not result["rule"].startswith("not applicable"):
            yield result["rule"].split(":")[0]


@pytest.fixture(scope="module")
def every_report(reports, tmp_path_factory) -> dict[str, dict[str, Any]]:
    chosen = ("ph_t315i", "down_syndrome", "kmt2a_men1", "cd19_both_alleles", "two_clones_karyotype", "mlpa_only")
    golden = {id: make_report(PATIENTS[id], tmp_path_factory.mktemp(id)) for id in chosen}
    return {**reports, **golden}


def test_every_rule_that_a_report_names_is_a_row(every_report):
    known = ids_of_tables()
    named = {rule for report in every_report.values() for rule in rules_named(report)}
    assert len(named) > 15
    unknown = {rule for rule in named if rule not in known}
    assert unknown == set()


def test_lesions_schemes_entities_and_codes_exist(every_report):
    knowledge = Knowledge.load()
    lesions = {row["id"] for row in knowledge.table("lesions")}
    schemes = {(row["name"], row["version"]) for row in knowledge.table("schemes")}
    systems = {row["name"] for row in knowledge.table("entities_systems")}
    entities = {row[column] for row in knowledge.table("entities") for column in ("who_haem5", "icc_2022")}
    for sample, report in every_report.items():
        assert {row["id"] for row in report["lesions"]} == lesions, sample
        for row in report["lesions"]:
            assert {reason["code"] for reason in row["reasons"]} <= {code.value for code in Code}, (sample, row["id"])
        assert {(row["scheme"], row["version"]) for row in report["risk"]} <= schemes
        assert {row["system"] for row in report["classification"]} == systems
        named = {row["entity"] for row in report["classification"] if row["entity"]}
        assert named <= entities, (sample, named - entities)
        assert {row["lesion"] for row in report["therapies"]} <= lesions
        assert {id for wish in report["settling"] for id in wish["lesions"]} <= lesions
        assert {row["gene"] for row in report["pharmacogenomics"]} == {"TPMT", "NUDT15"}


def test_every_therapy_has_a_level_a_source_and_where_it_is_approved(every_report):
    for sample, report in every_report.items():
        for row in report["therapies"]:
            assert row["sources"], (sample, row["drug"])
            assert row["setting"], (sample, row["drug"])
            if row["direction"] != "unknown":
                assert row["tier"] or row["evidence_level"], (sample, row["drug"])
            if row["approval"]:
                assert row["approval"]["jurisdiction"], (sample, row["drug"])
                assert row["approval"]["as_of"], (sample, row["drug"])


def test_evidence_points_at_files_that_were_read(reports):
    """A found lesion names a file of the sheet, and a record of it or the numbers of the whole."""
    for sample, report in reports.items():
        read = {Path(file["path"]).name for file in report["inputs"]} | {"sample sheet"}
        for row in report["lesions"]:
            if row["state"] not in ("detected", "detected_subclonal"):
                continue
            files = {Path(item["file"]).name for item in row["evidence"] if item["file"]}
            assert files, (sample, row["id"])
            assert files <= read, (sample, row["id"], files)
            assert any(item["record"] or item["values"] for item in row["evidence"]), (sample, row["id"])
