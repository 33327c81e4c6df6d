"""The comparison of a patient's time points, and its summary in each sample's report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.base.writing import write_json, write_text
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.reference.genome import Genome
from annotate.report.json.stored import read_report


def write_patient(patient: str, samples: Sequence[Sample], out: Path, settings: Settings) -> dict[str, Any]:
    """Write `patients/<patient>/<patient>.evolution.{html,json}` from the reports under `out`."""
    from annotate.compare import compare
    from annotate.compare.timepoints import TimepointData
    from annotate.report.page.evolution import render

    if len(samples) < 2:
        raise InputError("fewer than two samples of this patient", found=patient, expected="two or more time points")
    reports = [_report(sample, out) for sample in samples]
    knowledge = Knowledge.load(settings.knowledge)
    assembly = samples[0].assembly
    genome = Genome.load(assembly, settings.reference.get(assembly), settings.genome.get(assembly))
    timepoints = [TimepointData(report=report, sample=sample) for report, sample in zip(reports, samples, strict=True)]
    evolution = compare(timepoints, genome, knowledge)
    folder = out / "patients" / patient
    write_text(folder / f"{patient}.evolution.html", render(evolution, reports, settings.report, knowledge))
    write_json(folder / f"{patient}.evolution.json", evolution)
    return evolution


def _report(sample: Sample, out: Path) -> dict[str, Any]:
    path = out / sample.sample / f"{sample.sample}.report.json"
    if not path.exists():
        raise InputError("report is missing", path=path, fix=f"run `allert report {sample.sample}` first")
    return read_report(path)
