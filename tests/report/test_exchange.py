"""Files for machines: the report by its schema, Phenopacket, FHIR bundle, IGV session. The libraries judge them."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from annotate.base.writing import write_tsv
from annotate.report.exchange import fhir, igv, phenopacket
from annotate.report.json import keys, schema
from annotate.report.json.schema import SCHEMA_VERSION, ReportModel, json_schema

ROOT = Path(__file__).resolve().parents[2]


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reports(demo_results) -> dict[str, dict[str, Any]]:
    found = {path.parent.name: load(path) for path in sorted(demo_results.glob("*/*.report.json"))}
    assert len(found) >= 16
    return found


# ---------------------------------------------------------------- schema


def test_every_demo_report_is_valid_by_the_published_schema(reports):
    published = load(ROOT / "docs" / "report.schema.json")
    assert published == json.loads(json.dumps(json_schema()))
    Draft202012Validator.check_schema(published)
    validator = Draft202012Validator(published)
    for sample, report in reports.items():
        assert [error.message for error in validator.iter_errors(report)] == [], sample


def test_a_round_trip_through_the_models_loses_nothing(reports):
    for sample, report in reports.items():
        again = json.loads(json.dumps(ReportModel.model_validate(report).model_dump(mode="json")))
        assert json.dumps(again) == json.dumps(report), sample  # every key, in its published place


@pytest.mark.parametrize(
    "break_it",
    [
        lambda r: r["lesions"][0].update(state="absent"),
        lambda r: r["lesions"][0].update(reasons=[]),
        lambda r: r.pop("risk"),
        lambda r: r.update(assembly="hg38"),
        lambda r: r.update(schema_version="2.0"),
        lambda r: r["variants"][0].update(pos="x"),
        lambda r: r["inputs"][0].update(records_used=-1),
    ],
)
def test_the_schema_refuses(reports, break_it):
    report = copy.deepcopy(reports["D01-R"])
    break_it(report)
    assert list(Draft202012Validator(json_schema()).iter_errors(report))
    with pytest.raises(ValueError):
        ReportModel.model_validate(report)


def test_an_unreconciled_input_is_refused(reports):
    report = copy.deepcopy(reports["D01-R"])
    report["inputs"][0]["records_used"] += 1
    with pytest.raises(ValueError, match="records_read"):
        ReportModel.model_validate(report)


def test_later_minor_versions_are_accepted_by_this_schema(reports):
    report = copy.deepcopy(reports["D05"])
    report["schema_version"] = SCHEMA_VERSION.split(".")[0] + ".7"
    report["a_new_key"] = report["lesions"][0]["another"] = 1
    assert not list(Draft202012Validator(json_schema()).iter_errors(report))


# ---------------------------------------------------------------- Phenopacket


def test_phenopackets_by_their_library(demo_results, reports):
    protobuf = pytest.importorskip("google.protobuf.json_format")
    phenopackets = pytest.importorskip("phenopackets")
    for sample in reports:
        written = load(demo_results / sample / f"{sample}.phenopacket.json")
        packet = protobuf.ParseDict(written, phenopackets.Phenopacket())  # raises for an unknown or ill-typed field
        again = protobuf.ParseDict(protobuf.MessageToDict(packet), phenopackets.Phenopacket())
        assert again == packet
        assert packet.id
        assert packet.meta_data.created.seconds > 0
        prefixes = {resource.namespace_prefix for resource in packet.meta_data.resources}
        assert _prefixes(written) <= prefixes, sample
        for interpretation in packet.interpretations:
            assert interpretation.progress_status != 0
            for item in interpretation.diagnosis.genomic_interpretations:
                assert item.subject_or_biosample_id == packet.biosamples[0].id
                assert item.variant_interpretation.variation_descriptor.id


def _prefixes(part: Any) -> set[str]:
    """Prefixes of ontology terms: objects of exactly `id` and `label`."""
    if isinstance(part, dict):
        own = {part["id"].split(":")[0]} if set(part) == {"id", "label"} else set()
        return own.union(*(_prefixes(value) for value in part.values()))
    return set().union(*(_prefixes(item) for item in part)) if isinstance(part, list) else set()


def _descriptors(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    diagnosis = phenopacket.phenopacket(report)["interpretations"][0]["diagnosis"]
    found = [item["variantInterpretation"]["variationDescriptor"] for item in diagnosis["genomicInterpretations"]]
    return {descriptor["label"]: descriptor for descriptor in found}


def test_variants_junctions_and_copies_in_their_blocks(reports):
    found = _descriptors(reports["D01-R"])
    record = found["NT5C2 p.Arg367Gln"]["vcfRecord"]
    assert (record["genomeAssembly"], record["chrom"], record["ref"], record["alt"]) == ("GRCh38", "10", "C", "T")
    assert {"syntax": "hgvs.p", "value": "NM_001351169.2:p.Arg367Gln"}["syntax"] in {
        e["syntax"] for e in found["NT5C2 p.Arg367Gln"]["expressions"]
    }
    junction = found["TCF3::PBX1"]["vcfRecord"]
    assert junction["info"] == "SVTYPE=BND"
    assert junction["alt"].count("[") == 2
    assert "19:1617466" in junction["alt"]
    assert found["CDKN2A homozygous deletion"]["variation"]["copyNumber"]["number"] == {"value": "0"}


def test_an_rna_fusion_and_a_lesion_of_whole_chromosomes(reports):
    fusion = _descriptors(reports["D05"])["TCF3::HLF"]
    assert fusion["moleculeContext"] == "transcript"
    assert {extension["name"] for extension in fusion["extensions"]} == {"five_breakpoint", "three_breakpoint"}
    assert "36 chromosomes" in _descriptors(reports["D08"])["Hypodiploidy (fewer than 40 chromosomes)"]["description"]


def test_nothing_found_is_an_empty_interpretation(reports):
    assert _descriptors(reports["D12"]) == {}


# ---------------------------------------------------------------- FHIR


def test_bundles_by_their_library(demo_results, reports):
    bundle = pytest.importorskip("fhir.resources.R4B.bundle")
    for sample, report in reports.items():
        written = load(demo_results / sample / f"{sample}.fhir.json")
        parsed = bundle.Bundle.model_validate(written)
        again = json.loads(parsed.model_dump_json())
        assert again.pop("timestamp")[:19] == written.pop("timestamp")[:19]
        assert again == written, sample
        urls = [entry["fullUrl"] for entry in written["entry"]]
        assert len(urls) == len(set(urls))
        assert _references(written) <= set(urls)
        kinds = [entry["resource"]["resourceType"] for entry in written["entry"]]
        assert kinds.count("Observation") >= len(report["lesions"])
        assert kinds[:2] == ["Patient", "Specimen"]
        assert kinds[-1] == "DiagnosticReport"


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["reference"]} if isinstance(part.get("reference"), str) else set()
        return own.union(*(_references(value) for value in part.values()))
    return set().union(*(_references(item) for item in part)) if isinstance(part, list) else set()


def test_states_keep_their_meaning_in_fhir(reports):
    """An unassessable lesion is a no-call, never absent."""
    report = reports["D12"]
    answers = {
        entry["resource"]["component"][0]["valueString"]: entry["resource"]["valueCodeableConcept"]["coding"][0]
        for entry in fhir.fhir_bundle(report)["entry"]
        if entry["resource"]["resourceType"] == "Observation" and entry["resource"]["component"][0]["code"].get("text")
    }
    for lesion in report["lesions"]:
        expected = {"not_assessable": "LA18198-4", "not_detected": "LA9634-2"}[lesion["state"]]
        assert answers[lesion["name"]]["code"] == expected


# ---------------------------------------------------------------- equal runs


def test_equal_runs_differ_in_the_time_of_provenance_only(reports):
    one, two = (copy.deepcopy(reports["D01-R"]) for _ in range(2))
    assert phenopacket.phenopacket(one) == phenopacket.phenopacket(two)
    assert fhir.fhir_bundle(one) == fhir.fhir_bundle(two)
    two["provenance"]["time"] = "2031-05-06T07:08:09+00:00"
    packets = [phenopacket.phenopacket(report) for report in (one, two)]
    assert packets[1]["metaData"].pop("created") == "2031-05-06T07:08:09Z"
    packets[0]["metaData"].pop("created")
    assert packets[0] == packets[1]
    bundles = [fhir.fhir_bundle(report) for report in (one, two)]
    assert bundles[0].pop("timestamp") != bundles[1].pop("timestamp")
    assert bundles[0] == bundles[1]
    assert igv.session(one) == igv.session(two)


def test_two_samples_never_share_an_id(reports):
    one = {entry["fullUrl"] for entry in fhir.fhir_bundle(reports["D01-D"])["entry"]}
    two = {entry["fullUrl"] for entry in fhir.fhir_bundle(reports["D01-R"])["entry"]}
    assert not one & two


# ---------------------------------------------------------------- IGV


def test_sessions_name_the_evidence(demo_results, reports):
    for sample, report in reports.items():
        session = ET.parse(demo_results / sample / f"{sample}.igv.xml").getroot()
        assert session.tag == "Session"
        assert session.get("genome") == {"GRCh38": "hg38", "GRCh37": "hg19"}[report["assembly"]]
        paths = [item.get("path") for item in session.iter("Resource")]
        assert paths[0] == f"{sample}.variants.vcf.gz"
        assert all((demo_results / sample / path).exists() for path in paths)
        for region in session.iter("Region"):
            assert int(region.get("start")) < int(region.get("end"))


def test_regions_of_each_kind_of_evidence(reports):
    regions = {
        text.split(":")[0]: (chrom, start, end) for chrom, start, end, text in igv.evidence_regions(reports["D01-R"])
    }
    assert regions["NT5C2 activating mutation"] == ("10", 103093198, 103093198)
    assert regions["TCF3 rearrangement"] == ("19", 1617466, 1617466)
    assert regions["CDKN2A/B deletion"][0] == "9"
    fusion = [region for region in igv.evidence_regions(reports["D05"]) if region[3].startswith("TCF3")]
    assert {region[0] for region in fusion} == {"19", "17"}


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ({"chrom": "1", "pos": 5, "ref": "ACG"}, [("1", 5, 7)]),
        ({"chrom": "1", "start": 5, "end": 9}, [("1", 5, 9)]),
        ({"left": "1:5R", "right": None}, [("1", 5, 5)]),
        ({"five_breakpoint": ["X", 7], "three_breakpoint": "Y:8"}, [("X", 7, 7), ("Y", 8, 8)]),
        ({"chrom": None, "pos": 5}, []),
        ({"left": "1:x", "genes": "A::B"}, []),
    ],
)
def test_places_in_evidence(values, places):
    assert list(igv._places(values)) == places


# ---------------------------------------------------------------- tables


def test_a_table_is_rectangular_and_holds_no_formula(tmp_path):
    rows = [{"a": "=cmd()", "b": "x\ty\nz"}, {"a": "-1.5", "b": None}, {"a": "+x", "b": "@y"}]
    write_tsv(tmp_path / "t.tsv", rows, first={"sample": "s"})
    lines = (tmp_path / "t.tsv").read_text(encoding="utf-8").splitlines()
    assert lines == ["sample\ta\tb", "s\t'=cmd()\tx y z", "s\t-1.5\t", "s\t'+x\t'@y"]


def test_a_name_bears_its_transcript_once(demo_results):
    values = [
        expression["value"]
        for path in demo_results.glob("*/*.phenopacket.json")
        for interpretation in json.loads(path.read_text())["interpretations"]
        for found in interpretation["diagnosis"]["genomicInterpretations"]
        for expression in found["variantInterpretation"]["variationDescriptor"].get("expressions", ())
    ]
    assert len(values) > 5
    assert all(value.count(":") <= 1 for value in values if value.startswith("NM_")), values


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (schema.InputModel, keys.INPUT),
        (schema.VariantModel, keys.VARIANT),
        (schema.JunctionModel, keys.JUNCTION),
        (schema.CopyNumberModel, keys.COPY_NUMBER),
        (schema.SolutionModel, keys.SOLUTION),
    ],
)
def test_keys_are_those_of_the_models_in_their_order(model, names):
    assert tuple(model.model_fields) == names


def test_a_record_with_other_keys_is_not_written():
    row = dict.fromkeys(keys.SOLUTION)
    assert list(keys.ordered({**row, "purity": 0.5}, keys.SOLUTION)) == list(keys.SOLUTION)
    for wrong in ({**row, "more": 1}, dict.fromkeys(keys.SOLUTION[1:])):
        with pytest.raises(AssertionError, match="keys of a record"):
            keys.ordered(wrong, keys.SOLUTION)
