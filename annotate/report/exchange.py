"""Exchange files of a report: GA4GH Phenopacket v2 and an HL7 FHIR R4 Genomics Reporting bundle.

Both are written as plain JSON, because their libraries cost more time to import than a sample costs to
analyse; the tests validate every file with the `phenopackets` and `fhir.resources` libraries. All ids are derived
from patient and sample; between equal runs only the time of the report's provenance differs: `metaData` of the
Phenopacket, `timestamp` of the bundle.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.writing import write_json

Report = Mapping[str, Any]
PRESENT = ("detected", "detected_subclonal")
ONCOGENIC = ("Oncogenic", "Likely oncogenic")

ALL_DISEASE = {"id": "NCIT:C3167", "label": "Acute Lymphoblastic Leukemia"}
MALE, FEMALE = "MALE", "FEMALE"
ZYGOSITY_UNKNOWN = {"id": "GENO:0000137", "label": "unspecified zygosity"}
SEXES = {"male": MALE, "female": FEMALE, "unknown": "UNKNOWN_SEX"}


def write_exchange(report: Report, folder: Path) -> None:
    """Write `<sample>.phenopacket.json` and `<sample>.fhir.json`."""
    stem = report["sample"]
    write_json(folder / f"{stem}.phenopacket.json", phenopacket(report))
    write_json(folder / f"{stem}.fhir.json", fhir_bundle(report))


# ---------------------------------------------------------------- Phenopacket


def phenopacket(report: Report) -> dict[str, Any]:
    """Phenopacket v2: the sample, the disease, and what was found as genomic interpretations."""
    sample, patient = report["sample"], report["patient"]
    return {
        "id": f"allert:{sample}",
        "subject": {"id": patient, "sex": SEXES[report["sex"]]},
        "biosamples": [
            {
                "id": sample,
                "individualId": patient,
                "description": report["timepoint"],
                "histologicalDiagnosis": ALL_DISEASE,
            }
        ],
        "interpretations": [
            {
                "id": f"allert:{sample}:interpretation",
                "progressStatus": "COMPLETED",
                "diagnosis": {
                    "disease": ALL_DISEASE,
                    "genomicInterpretations": list(_interpretations(report)),
                },
                "summary": "; ".join(lesion["summary"] for lesion in report["lesions"] if lesion["state"] in PRESENT),
            }
        ],
        "diseases": [{"term": ALL_DISEASE}],
        "metaData": {
            "created": report["provenance"]["time"].replace("+00:00", "Z"),
            "createdBy": f"ALLert {report['provenance']['allert']}",
            "phenopacketSchemaVersion": "2.0",
            "resources": RESOURCES,
        },
    }


RESOURCES = [
    {
        "id": "ncit",
        "name": "NCI Thesaurus",
        "url": "http://purl.obolibrary.org/obo/ncit.owl",
        "version": "2024-05-07",
        "namespacePrefix": "NCIT",
        "iriPrefix": "http://purl.obolibrary.org/obo/NCIT_",
    },
    {
        "id": "geno",
        "name": "Genotype Ontology",
        "url": "http://purl.obolibrary.org/obo/geno.owl",
        "version": "2023-10-08",
        "namespacePrefix": "GENO",
        "iriPrefix": "http://purl.obolibrary.org/obo/GENO_",
    },
    {
        "id": "so",
        "name": "Sequence Ontology",
        "url": "http://purl.obolibrary.org/obo/so.owl",
        "version": "2021-11-22",
        "namespacePrefix": "SO",
        "iriPrefix": "http://purl.obolibrary.org/obo/SO_",
    },
]


def _interpretations(report: Report) -> Iterator[dict[str, Any]]:
    """Variants, junctions, RNA fusions and gene copies; then the lesions that none of these stands for."""
    for variant in _reported_variants(report):
        yield _interpretation(report, _variant_descriptor(variant, report["assembly"]))
    for junction in _reported_junctions(report):
        yield _interpretation(report, _junction_descriptor(junction, report["assembly"]))
    for fusion in _reported_fusions(report):
        yield _interpretation(report, _fusion_descriptor(fusion))
    for gene in _reported_genes(report):
        yield _interpretation(report, _copy_number_descriptor(gene))
    for lesion in report["lesions"]:
        if lesion["state"] in PRESENT and not lesion["genes"]:
            yield _interpretation(report, _lesion_descriptor(lesion))


def _interpretation(report: Report, descriptor: dict[str, Any]) -> dict[str, Any]:
    return {
        "subjectOrBiosampleId": report["sample"],
        "interpretationStatus": "CONTRIBUTORY",
        "variantInterpretation": {"variationDescriptor": descriptor},
    }


def _variant_descriptor(variant: Mapping[str, Any], assembly: str) -> dict[str, Any]:
    name = ":".join(str(variant[key]) for key in ("chrom", "pos", "ref", "alt"))
    expressions = [
        {
            "syntax": syntax,
            "value": f"{variant['transcript']}:{variant[key]}" if variant["transcript"] else variant[key],
        }
        for syntax, key in (("hgvs.c", "hgvsc"), ("hgvs.p", "hgvsp"))
        if variant[key]
    ]
    return {
        "id": f"{assembly}:{name}"[:200],
        "label": " ".join(part for part in (variant["gene"], variant["hgvsp"] or variant["hgvsc"]) if part)
        or name[:100],
        **(
            {"geneContext": {"valueId": f"symbol:{variant['gene']}", "symbol": variant["gene"]}}
            if variant["gene"]
            else {}
        ),
        "expressions": expressions,
        "vcfRecord": {
            "genomeAssembly": assembly,
            "chrom": variant["chrom"],
            "pos": variant["pos"],
            "ref": variant["ref"],
            "alt": variant["alt"],
            "filter": variant["filter"] or ".",
        },
        "moleculeContext": "genomic",
        "allelicState": ZYGOSITY_UNKNOWN,
    }


def _junction_descriptor(junction: Mapping[str, Any], assembly: str) -> dict[str, Any]:
    """A junction as a VCF breakend record of its left side."""
    from annotate.junctions import write_alt
    from annotate.model import Breakend

    left = Breakend(**junction["left"])
    right = Breakend(**junction["right"]) if junction["right"] else None
    return {
        "id": f"{assembly}:{junction['id']}",
        "label": junction["genes"] or junction["id"],
        "vcfRecord": {
            "genomeAssembly": assembly,
            "chrom": left.chrom,
            "pos": left.pos,
            "ref": "N",
            "alt": write_alt(left, right, "N", junction["inserted_sequence"]),
            "filter": junction["filter"] or ".",
            "info": "SVTYPE=BND",
        },
        "structuralType": {"id": "SO:0000806", "label": "fusion"}
        if junction["genes"]
        else {"id": "SO:0002062", "label": "complex_chromosomal_rearrangement"},
        "moleculeContext": "genomic",
        "allelicState": ZYGOSITY_UNKNOWN,
    }


def _fusion_descriptor(fusion: Mapping[str, Any]) -> dict[str, Any]:
    """An RNA fusion: two genes and, as extensions, where the transcript breaks."""
    name = f"{fusion['five']}::{fusion['three']}"
    breaks = [
        {"name": key, "value": ":".join(str(part) for part in fusion[key])}
        for key in ("five_breakpoint", "three_breakpoint")
        if fusion[key]
    ]
    return {
        "id": f"fusion:{name}",
        "label": name,
        "geneContext": {"valueId": f"symbol:{fusion['five']}", "symbol": fusion["five"]},
        **({"extensions": breaks} if breaks else {}),
        "structuralType": {"id": "SO:0001565", "label": "gene_fusion"},
        "moleculeContext": "transcript",
        "allelicState": ZYGOSITY_UNKNOWN,
    }


def _lesion_descriptor(lesion: Mapping[str, Any]) -> dict[str, Any]:
    """A lesion of whole chromosomes, which no gene or place stands for."""
    return {
        "id": f"allert:{lesion['id']}",
        "label": lesion["name"],
        "description": lesion["summary"],
        "moleculeContext": "genomic",
        "allelicState": ZYGOSITY_UNKNOWN,
    }


def _copy_number_descriptor(gene: Mapping[str, Any]) -> dict[str, Any]:
    total = gene["total"]
    return {
        "id": f"copy-number:{gene['gene']}",
        "label": f"{gene['gene']} {gene['call'].replace('_', ' ')}",
        "geneContext": {"valueId": f"symbol:{gene['gene']}", "symbol": gene["gene"]},
        **(
            {
                "variation": {
                    "copyNumber": {
                        "gene": {"geneId": f"symbol:{gene['gene']}"},
                        "number": {"value": str(max(0, round(total)))},
                    }
                }
            }
            if total is not None
            else {}
        ),
        "structuralType": {"id": "SO:0001743", "label": "copy_number_loss"}
        if "deletion" in gene["call"]
        else {"id": "SO:0001742", "label": "copy_number_gain"},
        "moleculeContext": "genomic",
        "allelicState": ZYGOSITY_UNKNOWN,
    }


def _reported_variants(report: Report) -> list[Mapping[str, Any]]:
    """Variants weighed as oncogenic, or that a detected lesion rests on (hotspots)."""
    return [v for v in report["variants"] if v["oncogenicity"] in ONCOGENIC or "hotspot" in v["flags"]]


def _reported_junctions(report: Report) -> list[Mapping[str, Any]]:
    detected = {name for lesion in report["lesions"] if lesion["state"] in PRESENT for name in _fusion_names(lesion)}
    return [j for j in report["junctions"] if j["genes"] and j["genes"] in detected]


def _reported_fusions(report: Report) -> list[Mapping[str, Any]]:
    """RNA fusions of a detected lesion, one a pair of genes, where no reported DNA junction joins the same pair."""
    detected = {name for lesion in report["lesions"] if lesion["state"] in PRESENT for name in _fusion_names(lesion)}
    seen = {junction["genes"] for junction in _reported_junctions(report)}
    found = []
    for fusion in report["fusions"]:
        name = f"{fusion['five']}::{fusion['three']}"
        if name in detected and name not in seen:
            seen.add(name)
            found.append(fusion)
    return found


def _fusion_names(lesion: Mapping[str, Any]) -> set[str]:
    names = {lesion["subtype"], lesion["details"].get("fusion"), *lesion["genes"], "::".join(lesion["genes"])}
    return {name.split(" ")[0] for name in names if isinstance(name, str) and "::" in name}


def _reported_genes(report: Report) -> list[Mapping[str, Any]]:
    """Altered genes that a detected lesion rests on, and every homozygous deletion and amplification."""
    genes = report["copy_number"]["genes"] if report["copy_number"] else []
    carried = {gene for lesion in report["lesions"] if lesion["state"] in PRESENT for gene in lesion["genes"]}
    clear = ("homozygous_deletion", "amplification")
    return [g for g in genes if g["call"] in clear or (g["call"] in ("deletion", "gain") and g["gene"] in carried)]


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
    observations += [_variant(report, variant, n) for n, variant in enumerate(_reported_variants(report))]
    observations += [_junction(report, junction, n) for n, junction in enumerate(_reported_junctions(report))]
    observations += [_gene_copies(report, gene) for gene in _reported_genes(report)]
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
