"""The files of a sample and of a patient: declared to the workflow, removed together."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from annotate.base.settings import Settings
from annotate.base.writing import write_text

REPORT = {
    "html": "report.html",
    "json": "report.json",
    "vcf": "variants.vcf.gz",
    "tbi": "variants.vcf.gz.tbi",
    "tsv": "lesions.tsv",
    "igv": "igv.xml",
    "letter": "letter.txt",
    "made": "made",  # the digest of what the others are made from, written last
}
EXCHANGE = {"phenopacket": "phenopacket.json", "fhir": "fhir.json"}
PDF = {"pdf": "report.pdf"}
EVERY_SUFFIX = tuple({**REPORT, **EXCHANGE, **PDF}.values())
PATIENT = {"html": "evolution.html", "json": "evolution.json", "made": "made"}
COHORT = {
    "html": "index.html",
    "tsv": "lesions.tsv",
    "samples": "samples.tsv",
    "multiqc": "allert_mqc.json",
    "multiqc_states": "allert_states_mqc.json",
}


def cohort_files(settings: Settings) -> Mapping[str, str]:
    """Files of the cohort under these settings, below the results folder, by the name that the workflow gives each."""
    found = {name: f"cohort/{file}" for name, file in COHORT.items()}
    if "parquet" in settings.export:
        found |= {f"{name}_parquet": f"cohort/{name}.parquet" for name in ("lesions", "samples")}
    if "omop" in settings.export:
        found["omop"] = "cohort/omop_measurement.tsv"
    if "ro-crate" in settings.export:
        found["crate"] = "ro-crate-metadata.json"
    return found


def suffixes(settings: Settings) -> Mapping[str, str]:
    """Endings of a sample's files under these settings, by the name that the workflow gives each."""
    exchange = EXCHANGE if settings.report.exchange else {}
    return {**REPORT, **exchange, **(PDF if settings.report.pdf else {})}


def complete(out: Path, sample: str, settings: Settings) -> bool:
    """Is every file of the sample there?"""
    return all((out / sample / f"{sample}.{suffix}").exists() for suffix in suffixes(settings).values())


def made(out: Path, sample: str) -> str:
    """The digest of what the sample's files were made from; '' where there are none."""
    return _read(out / sample / f"{sample}.made")


def patient_made(out: Path, patient: str) -> str:
    """The digest of what a patient's page was made from; '' where it is not whole."""
    folder = out / "patients" / patient
    whole = all((folder / f"{patient}.{suffix}").exists() for suffix in PATIENT.values())
    return _read(folder / f"{patient}.made") if whole else ""


def mark(out: Path, name: str, digest: str) -> None:
    """Write the digest of a sample, or of `patients/<patient>`, once its files are whole."""
    folder = out / name
    write_text(folder / f"{folder.name}.made", digest + "\n")


def withdraw(out: Path, sample: str, patient: str) -> None:
    """Remove a sample's files and its patient's page: nothing of an earlier run stands for a later one."""
    _remove((out / sample, sample), EVERY_SUFFIX)
    withdraw_patient(out, patient)


def forget(out: Path, sample: str, patient: str) -> None:
    """Withdraw a sample, and its log: it is not yet run."""
    withdraw(out, sample, patient)
    with contextlib.suppress(OSError):
        (out.parent / "logs" / "samples" / f"{sample}.log").unlink(missing_ok=True)


def withdraw_patient(out: Path, patient: str) -> None:
    """Remove a patient's page."""
    _remove((out / "patients" / patient, patient), PATIENT.values())


def retire(store: Path, out: Path, samples: Mapping[str, str]) -> list[str]:
    """Remove what was written for samples that are no longer in the sheet; their ids.

    `samples` are the patients by sample id, `store` remembers those of the last run in this work folder. Where none of
    them is in the sheet, it is another batch that shares the folder, and its results are left alone.
    """
    before = remembered(store)
    gone = sorted(before.keys() - samples.keys()) if before.keys() & samples.keys() else []
    for sample in gone:
        forget(out, sample, before[sample])
    if before != samples:
        write_text(store, json.dumps(dict(samples)))
    return gone


def remembered(store: Path) -> dict[str, str]:
    """Patients by sample id, of the last run in a work folder; none where it is not known."""
    try:
        return {str(k): str(v) for k, v in json.loads(store.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _remove(place: tuple[Path, str], endings: Iterable[str]) -> None:
    folder, stem = place
    for suffix in endings:
        with contextlib.suppress(OSError):
            (folder / f"{stem}.{suffix}").unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
