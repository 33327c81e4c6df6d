"""FHIR Genomics bundle of a report."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from annotate.model.state import PRESENT
from annotate.report.exchange.reported import Report, reported_genes, reported_junctions, reported_variants

# ---------------------------------------------------------------- FHIR R4

LOINC = "http://loinc.org"
SEQUENCE_ONTOLOGY = "http://www.sequenceontology.org"
TERMS = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
PROFILE = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition"
ANSWERS = {  # LOINC answer list LL1971-2
    "detected": ("LA9633-4", "Present"),
    "detected_subclonal": ("LA9633-4", "Present"),
    "equivocal": ("LA11884-6", "Indeterminate"),
    "not_detected": ("LA9634-2", "Absent"),
    "not_assessable": ("LA18198-4", "No call"),
}
GENDERS = {"male": "male", "female": "female", "unknown": "unknown"}


def fhir_bundle(report: Report) -> dict[str, Any]:
    """A collection bundle: patient, specimen, one observation a lesion and a reported variant, the report."""
    subject = _resource(
        report, "Patient", "patient", {"gender": GENDERS[report["sex"]], "identifier": [{"value": report["patient"]}]}
    )
    specimen = _resource(
        report,
        "Specimen",
        "specimen",
        {"identifier": [{"value": report["sample"]}], "subject": _reference(report, "patient")},
    )
    observations = [_lesion(report, lesion) for lesion in report["lesions"]]
    observations += [_variant(report, variant, n) for n, variant in enumerate(reported_variants(report))]
    observations += [_junction(report, junction, n) for n, junction in enumerate(reported_junctions(report))]
    observations += [_gene_copies(report, gene) for gene in reported_genes(report)]
    diagnostic = _resource(
        report,
        "DiagnosticReport",
        "report",
        {
            "meta": {"profile": [f"{PROFILE}/genomic-report"]},
            "status": "preliminary",
            "category": [_concept("http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "Genetics")],
            "code": _concept(LOINC, "51969-4", "Genetic analysis report"),
            "subject": _reference(report, "patient"),
            "specimen": [_reference(report, "specimen")],
            "result": [{"reference": entry["fullUrl"]} for entry in observations],
            "conclusion": "Research use only. " + "; ".join(_conclusions(report)),
        },
    )
    return {
        "resourceType": "Bundle",
        "id": str(_uuid(report, "bundle")),
        "type": "collection",
        "timestamp": report["provenance"]["time"],
        "entry": [subject, specimen, *observations, diagnostic],
    }


def _conclusions(report: Report) -> list[str]:
    return [lesion["summary"] for lesion in report["lesions"] if lesion["state"] in PRESENT] or ["no lesion detected"]


def _lesion(report: Report, lesion: Mapping[str, Any]) -> dict[str, Any]:
    code, word = ANSWERS[lesion["state"]]
    note = [reason["text"] for reason in lesion["reasons"]] + lesion["limits"]
    return _observation(
        report,
        f"lesion-{lesion['id']}",
        {
            "valueCodeableConcept": _concept(LOINC, code, word),
            "component": [
                {"code": {"text": "lesion"}, "valueString": lesion["name"]},
                {"code": {"text": "state"}, "valueString": lesion["state"]},
                *([{"code": {"text": "subtype"}, "valueString": lesion["subtype"]}] if lesion["subtype"] else []),
            ],
            "note": [{"text": text} for text in note if text.strip()],
        },
    )


def _variant(report: Report, variant: Mapping[str, Any], rank: int) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"code": _concept(LOINC, "62374-4", "Human reference sequence assembly version"),
         "valueCodeableConcept": {"text": report["assembly"]}},
        {"code": _concept(LOINC, "48000-4", "Chromosome"), "valueCodeableConcept": {"text": variant["chrom"]}},
        {"code": _concept(LOINC, "69547-8", "Genomic reference allele"), "valueString": variant["ref"]},
        {"code": _concept(LOINC, "69551-0", "Genomic alternate allele"), "valueString": variant["alt"]},
        {"code": _concept(TERMS, "exact-start-end", "Variant exact start and end"),
         "valueRange": {"low": {"value": variant["pos"]}}},
    ]  # fmt: skip
    for code, display, key in (
        ("48018-6", "Gene studied", "gene"),
        ("48004-6", "DNA change (c.HGVS)", "hgvsc"),
        ("48005-3", "Amino acid change (pHGVS)", "hgvsp"),
    ):
        if variant[key]:
            parts.append({"code": _concept(LOINC, code, display), "valueCodeableConcept": {"text": variant[key]}})
    if variant["vaf"] is not None:
        parts.append(
            {
                "code": _concept(LOINC, "81258-6", "Sample variant allelic frequency"),
                "valueQuantity": {"value": variant["vaf"]},
            }
        )
    return _variant_observation(report, f"variant-{rank}", parts)


def _junction(report: Report, junction: Mapping[str, Any], rank: int) -> dict[str, Any]:
    ends = [junction["left"], junction["right"]]
    places = [f"{end['chrom']}:{end['pos']} ({end['keeps']} kept)" for end in ends if end]
    parts: list[dict[str, Any]] = [
        {"code": _concept(LOINC, "62374-4", "Human reference sequence assembly version"),
         "valueCodeableConcept": {"text": report["assembly"]}},
        {"code": _concept(LOINC, "48019-4", "DNA change type"),
         "valueCodeableConcept": _concept(SEQUENCE_ONTOLOGY, "SO:0001565", "gene_fusion")},
        *({"code": _concept(LOINC, "48018-6", "Gene studied"), "valueCodeableConcept": {"text": gene}}
          for gene in junction["genes"].split("::")),
        {"code": {"text": "breakends"}, "valueString": " | ".join(places)},
    ]  # fmt: skip
    return _variant_observation(report, f"junction-{rank}", parts)


def _gene_copies(report: Report, gene: Mapping[str, Any]) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"code": _concept(LOINC, "48018-6", "Gene studied"), "valueCodeableConcept": {"text": gene["gene"]}},
        {"code": {"text": "call"}, "valueString": gene["call"].replace("_", " ")},
    ]
    if gene["total"] is not None:
        code = _concept(LOINC, "82155-3", "Genomic structural variant copy number")
        parts.append({"code": code, "valueQuantity": {"value": gene["total"]}})
    return _variant_observation(report, f"copies-{gene['gene']}", parts)


def _variant_observation(report: Report, name: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return _observation(
        report,
        name,
        {
            "meta": {"profile": [f"{PROFILE}/variant"]},
            "valueCodeableConcept": _concept(LOINC, "LA9633-4", "Present"),
            "component": parts,
        },
    )


def _observation(report: Report, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return _resource(
        report,
        "Observation",
        name,
        {
            "status": "preliminary",
            "category": [
                _concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")
            ],
            "code": _concept(LOINC, "69548-6", "Genetic variant assessment"),
            "subject": _reference(report, "patient"),
            "specimen": _reference(report, "specimen"),
            **facts,
        },
    )


def _resource(report: Report, kind: str, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    id = _uuid(report, name)
    return {"fullUrl": f"urn:uuid:{id}", "resource": {"resourceType": kind, "id": str(id), **facts}}


def _reference(report: Report, name: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{_uuid(report, name)}"}


def _uuid(report: Report, name: str) -> uuid.UUID:
    """The same id for the same part of the same sample in every run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"allert/{report['patient']}/{report['sample']}/{name}")


def _concept(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}
