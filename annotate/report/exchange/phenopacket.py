"""Exchange files of a report: GA4GH Phenopacket v2 and an HL7 FHIR R4 Genomics Reporting bundle.

Both are written as plain JSON, because their libraries cost more time to import than a sample costs to
analyse; the tests validate every file with the `phenopackets` and `fhir.resources` libraries. All ids are derived
from patient and sample; between equal runs only the time of the report's provenance differs: `metaData` of the
Phenopacket, `timestamp` of the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.base.writing import write_json
from annotate.model.state import PRESENT
from annotate.report.exchange.fhir import fhir_bundle
from annotate.report.exchange.reported import (
    Report,
    reported_fusions,
    reported_genes,
    reported_junctions,
    reported_variants,
)

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
    for variant in reported_variants(report):
        yield _interpretation(report, _variant_descriptor(variant, report["assembly"]))
    for junction in reported_junctions(report):
        yield _interpretation(report, _junction_descriptor(junction, report["assembly"]))
    for fusion in reported_fusions(report):
        yield _interpretation(report, _fusion_descriptor(fusion))
    for gene in reported_genes(report):
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


def _on_transcript(name: str, transcript: str | None) -> str:
    """A name with its transcript, once: a coding name has it already.

    >>> _on_transcript("NM_000546.6:c.818G>A", "NM_000546.6"), _on_transcript("p.Arg273His", "NM_000546.6")
    ('NM_000546.6:c.818G>A', 'NM_000546.6:p.Arg273His')
    """
    return name if ":" in name or not transcript else f"{transcript}:{name}"


def _variant_descriptor(variant: Mapping[str, Any], assembly: str) -> dict[str, Any]:
    name = ":".join(str(variant[key]) for key in ("chrom", "pos", "ref", "alt"))
    expressions = [
        {"syntax": syntax, "value": _on_transcript(variant[key], variant["transcript"])}
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
    from annotate.breakpoints.vcf_alt import write_alt
    from annotate.model.junctions import Breakend

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
