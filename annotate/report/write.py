"""All files of one sample: written whole, the report last, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.analysis import Analysis
from annotate.errors import InputError
from annotate.knowledge import Knowledge
from annotate.model import Patient, Sample
from annotate.report.build import build_report, lesion_rows
from annotate.settings import Settings
from annotate.writing import tsv_cell, write_json, write_text


def write_sample(
    analysis: Analysis,
    out: Path,
    command: str = "",
    others: Sequence[Sample] = (),
    patient: Patient | None = None,
) -> dict[str, Any]:
    """Write every file of a sample under `out/<sample>/`; returns the report.

    `others` are the other samples of the patient: the earlier ones are compared with this one.
    """
    from annotate.report.earlier import earlier_block
    from annotate.report.variants_vcf import write_variants_vcf

    if analysis.settings.report.pdf:
        from annotate.report import pdf

        pdf.check()
    sample = analysis.case.sample
    report = build_report(analysis, command)
    report["evolution"] = earlier_block(report, analysis, others, patient, analysis.settings)
    folder = out / sample.sample
    stem = sample.sample
    variants = analysis.case.small.variants if analysis.case.small else ()
    write_variants_vcf(folder / f"{stem}.variants.vcf.gz", variants, sample, analysis.case.genome)
    write_tsv(folder / f"{stem}.lesions.tsv", lesion_rows(report["lesions"]), first={"sample": stem})
    write_views(report, folder, analysis.settings, analysis.case.knowledge)
    write_json(folder / f"{stem}.report.json", report)
    return report


def write_views(report: dict[str, Any], folder: Path, settings: Settings, knowledge: Knowledge) -> None:
    """Everything that is rendered from the JSON alone: page, IGV session, exchange files, PDF."""
    from annotate.report.html import render
    from annotate.report.igv import write_igv

    stem = report["sample"]
    html = render(report, settings.report, knowledge)
    write_text(folder / f"{stem}.report.html", html)
    write_igv(report, folder)
    if settings.report.exchange:
        from annotate.report.exchange import write_exchange

        write_exchange(report, folder)
    if settings.report.pdf:
        from annotate.report.pdf import write_pdf

        write_pdf(html, folder / f"{stem}.report.pdf")


def write_tsv(path: Path, rows: Sequence[Mapping[str, Any]], first: Mapping[str, Any] | None = None) -> None:
    """A tab-separated table with a header; cells are one line and never a formula."""
    columns = [*(first or {}), *(rows[0] if rows else ())]
    lines = ["\t".join(columns)]
    for row in rows:
        full = {**(first or {}), **row}
        lines.append("\t".join(tsv_cell(full[column]) for column in columns))
    write_text(path, "\n".join(lines) + "\n")


def read_report(path: Path) -> dict[str, Any]:
    """A report that was written before. Errors: InputError for a file that is none."""
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        report = {}
    if not isinstance(report, dict) or "lesions" not in report:
        raise InputError("is not a report", path=path, expected="<sample>.report.json", fix="write the report again")
    return report
