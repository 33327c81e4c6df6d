"""The pipelines' own tables: who is whose tumour, normal and patient."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

SAREK_SHEETS = ("csv/recalibrated.csv", "csv/markduplicates_no_table.csv", "csv/markduplicates.csv", "csv/mapped.csv")
SEXES = {"XX": "female", "XY": "male", "female": "female", "male": "male"}
MAX_TABLE = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Subject:
    """What a pipeline's table says of one of its samples. `batch`: the name under which a pair was called."""

    sample: str
    patient: str = ""
    sex: str = ""
    normal: bool | None = None
    batch: str = ""
    assembly: str = ""


def subjects(folder: Path, pipeline: str) -> dict[str, Subject]:
    """Samples by name. A table that cannot be read says nothing."""
    if pipeline == "sarek":
        return {subject.sample: subject for subject in _sarek(folder)}
    if pipeline == "bcbio":
        return {subject.sample: subject for subject in _bcbio(folder)}
    return {}


def assay_of(folder: Path, pipeline: str) -> str:
    """`wgs` or `wes`, where the parameters that the pipeline kept say so."""
    if pipeline not in ("sarek", "oncoanalyser"):
        return ""
    for path in sorted((folder / "pipeline_info").glob("params*.json")):
        given = _loaded(path)
        if isinstance(given, dict) and ("wes" in given or "mode" in given):
            if pipeline == "oncoanalyser":
                return {"wgts": "wgs", "targeted": "panel"}.get(str(given.get("mode")), "")
            return "wes" if given.get("wes") else ""
    return ""


def _sarek(folder: Path) -> Iterator[Subject]:
    for name in SAREK_SHEETS:
        path = folder / name
        if not path.is_file() or path.stat().st_size > MAX_TABLE:
            continue
        with open(path, encoding="utf-8", errors="replace", newline="") as text:
            for row in _rows(text):
                status = (row.get("status") or "").strip()
                sex = (row.get("sex") or row.get("gender") or "").strip()
                normal = None if status not in ("0", "1") else status == "0"
                if row.get("sample"):
                    yield Subject(row["sample"], row.get("patient") or "", SEXES.get(sex, ""), normal)
        return


def _rows(text: Iterable[str]) -> Iterator[dict[str, str]]:
    """Rows of a table until one that is none: a damaged table says what it can."""
    with contextlib.suppress(csv.Error):
        yield from csv.DictReader(text)


def _bcbio(folder: Path) -> Iterator[Subject]:
    for path in sorted(folder.glob("final/*/project-summary.yaml")):
        loaded = _loaded(path)
        for sample in loaded.get("samples") or () if isinstance(loaded, dict) else ():
            metadata = sample.get("metadata") or {}
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
