"""The pipelines' own tables: who is whose tumour, normal and patient."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from annotate.base.frozen import frozen

SAREK_SHEETS = ("csv/recalibrated.csv", "csv/markduplicates_no_table.csv", "csv/markduplicates.csv", "csv/mapped.csv")
SAREK_CALLED = "csv/variantcalled.csv"  # no status: a pair's name says which is the tumour
SEXES = {"XX": "female", "XY": "male", "female": "female", "male": "male"}
BALSAMIC_ASSAYS = {"wgs": "wgs", "targeted": "panel"}
MAX_TABLE = 16 * 1024 * 1024  # bytes


@frozen
class Subject:
    """What a pipeline's table says of one of its samples. `batch`: the name under which a pair was called."""

    sample: str
    patient: str = ""
    sex: str = ""
    normal: bool | None = None
    batch: str = ""
    assembly: str = ""
    assay: str = ""


def subjects(root: Path, pipeline: str) -> dict[str, Subject]:
    """Samples of one run by name. A table that cannot be read says nothing; what names both says it first."""
    tables = {"sarek": (_sarek, _sarek_called), "bcbio": (_bcbio,), "balsamic": (_balsamic,)}
    known: dict[str, Subject] = {}
    for table in tables.get(pipeline, ()):
        for subject in table(root):
            if subject.sample not in known or known[subject.sample].normal is None:
                known[subject.sample] = subject
    return known


def assay_of(root: Path, pipeline: str) -> str:
    """`wgs`, `wes` or `panel`, where the parameters that the pipeline kept of a run say so."""
    if pipeline not in ("sarek", "oncoanalyser"):
        return ""
    for path in sorted((root / "pipeline_info").glob("params*.json")):
        given = _loaded(path)
        if isinstance(given, dict) and ("wes" in given or "mode" in given):
            if pipeline == "oncoanalyser":
                return {"wgts": "wgs", "targeted": "panel"}.get(str(given.get("mode")), "")
            return "wes" if given.get("wes") else ""
    return ""


def _sarek(root: Path) -> Iterator[Subject]:
    for name in SAREK_SHEETS:
        for row in _table(root / name):
            status = (row.get("status") or "").strip()
            sex = (row.get("sex") or row.get("gender") or "").strip()
            normal = None if status not in ("0", "1") else status == "0"
            if row.get("sample"):
                yield Subject(row["sample"], row.get("patient") or "", SEXES.get(sex, ""), normal)


def _sarek_called(root: Path) -> Iterator[Subject]:
    for row in _table(root / SAREK_CALLED):
        sample, patient = row.get("sample") or "", row.get("patient") or ""
        tumor, _, normal = sample.partition("_vs_")
        if normal:
            yield Subject(tumor, patient, normal=False)
            yield Subject(normal, patient, normal=True)
        elif sample:
            yield Subject(sample, patient)


def _balsamic(root: Path) -> Iterator[Subject]:
    """The configuration of a case, beside its folder `analysis`: the case is the sample."""
    for case in sorted(path for path in root.iterdir() if (path / "analysis").is_dir()):
        given = _loaded(case / f"{case.name}.json")
        analysis = given.get("analysis") if isinstance(given, dict) else None
        if isinstance(analysis, dict):
            sex = SEXES.get(str(analysis.get("gender") or ""), "")
            yield Subject(case.name, sex=sex, assay=BALSAMIC_ASSAYS.get(str(analysis.get("sequencing_type")), ""))


def _table(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file() and path.stat().st_size <= MAX_TABLE:
        with open(path, encoding="utf-8", errors="replace", newline="") as text:
            yield from _rows(text)


def _rows(text: Iterable[str]) -> Iterator[dict[str, str]]:
    """Rows of a table until one that is none: a damaged table says what it can."""
    with contextlib.suppress(csv.Error):
        yield from csv.DictReader(text)


def _bcbio(root: Path) -> Iterator[Subject]:
    for path in sorted({*root.glob("final/*/project-summary.yaml"), *root.glob("*/project-summary.yaml")}):
        loaded = _loaded(path)
        for sample in loaded.get("samples") or () if isinstance(loaded, dict) else ():
            metadata = sample.get("metadata") if isinstance(sample, dict) else None
            if not isinstance(metadata, dict):
                continue
            batches = metadata.get("batch") or ""
            phenotype = str(metadata.get("phenotype") or "")
            yield Subject(
                str(sample.get("description") or ""),
                str(metadata.get("patient") or ""),
                SEXES.get(str(metadata.get("sex") or ""), ""),
                None if phenotype not in ("tumor", "normal") else phenotype == "normal",
                str(batches[0] if isinstance(batches, list) and batches else batches),
                str(sample.get("genome_build") or ""),
            )


def _loaded(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_TABLE:
            return {}
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
