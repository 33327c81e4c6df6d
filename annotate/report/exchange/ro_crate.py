"""An RO-Crate 1.1 of a batch: which files there are, what they are, and what made them.

The crate's root is the results folder; every report is a file entity with its size and digest (w3id.org/ro/crate/1.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import annotate
from annotate.base.writing import write_json

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CONFORMS = "https://w3id.org/ro/crate/1.1"
NAME = "ro-crate-metadata.json"
TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".vcf.gz": "application/gzip",
    ".tbi": "application/octet-stream",
    ".xml": "application/xml",
    ".pdf": "application/pdf",
}
TITLES = {
    "report.html": "Report of {}",
    "report.json": "Report of {}, for programs",
    "lesions.tsv": "Lesions of {}",
    "variants.vcf.gz": "Panel variants of {}",
    "phenopacket.json": "GA4GH Phenopacket of {}",
    "fhir.json": "HL7 FHIR bundle of {}",
    "igv.xml": "IGV session of {}",
    "evolution.html": "Time points of {}",
    "evolution.json": "Time points of {}, for programs",
}


def write_crate(reports: Sequence[Mapping[str, Any]], out: Path) -> None:
    """Write `ro-crate-metadata.json` into the results folder `out`, of all that stands there for these reports."""
    samples = [report["sample"] for report in reports]
    patients = sorted({report["patient"] for report in reports})
    folders = [out / id for id in samples] + [out / "patients" / id for id in patients]
    files = [path for folder in [*folders, out / "cohort"] if folder.is_dir() for path in sorted(folder.glob("*.*"))]
    entities = [_file(path, out) for path in files if path.suffix != ".made"]
    times = sorted(report["provenance"]["time"] for report in reports)
    parts = [{"@id": entity["@id"]} for entity in entities]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "ALLert results",
        "description": f"{len(samples)} samples of {len(patients)} patients. Research use only.",
        "datePublished": times[-1] if times else "",
        "license": "not stated: results of patients",
        "hasPart": parts,
    }
    made = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "Run of ALLert",
        "instrument": {"@id": "#allert"},
        "endTime": times[-1] if times else "",
        "result": parts,
    }
    program = {"@id": "#allert", "@type": "SoftwareApplication", "name": "ALLert", "version": annotate.__version__}
    descriptor = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CONFORMS},
        "about": {"@id": "./"},
    }
    write_json(out / NAME, {"@context": CONTEXT, "@graph": [descriptor, root, program, made, *entities]})


def _file(path: Path, out: Path) -> dict[str, Any]:
    stem = path.parent.name
    kind = path.name.removeprefix(f"{stem}.")
    with open(path, "rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    return {
        "@id": path.relative_to(out).as_posix(),
        "@type": "File",
        "name": TITLES.get(kind, "{}, " + kind).format(stem),
        "contentSize": str(path.stat().st_size),
        "encodingFormat": next((type for end, type in TYPES.items() if path.name.endswith(end)), "text/plain"),
        "sha256": digest,
    }
