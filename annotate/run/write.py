"""All files of one sample: written whole, the report last, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotate.base.writing import write_json, write_tsv
from annotate.interpret.analysis import Analysis
from annotate.model.sample import Patient, Sample
from annotate.report.json.build import build_report, lesion_rows
from annotate.report.views import write_views


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
    from annotate.report.exchange.variants_vcf import write_variants_vcf
    from annotate.run.earlier import earlier_block

    if analysis.settings.report.pdf:
        from annotate.report.page import pdf

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
