"""All files of one sample: written whole, the report last, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotate.base.writing import write_json, write_tsv
from annotate.interpret.analysis import Analysis
from annotate.report.json.build import build_report, lesion_rows
from annotate.report.letter import letter
from annotate.report.views import write_views
from annotate.run.earlier import EarlierSamples, earlier_block


def write_sample(
    analysis: Analysis,
    out: Path,
    command: str = "",
    earlier: EarlierSamples | None = None,
) -> dict[str, Any]:
    """Write every file of a sample under `out/<sample>/`; returns the report.

    `earlier`: the samples of the patient before this one, with which it is compared.
    """
    from annotate.report.exchange.variants_vcf import write_variants_vcf

    if analysis.settings.report.pdf:
        from annotate.report.page import pdf

        pdf.check()
    sample = analysis.case.sample
    report = build_report(analysis, command)
    report["evolution"] = earlier_block(report, analysis, earlier)
    report["letter"] = letter(report, analysis.case.knowledge)
    folder = out / sample.sample
    stem = sample.sample
    variants = analysis.case.small.variants if analysis.case.small else ()
    write_variants_vcf(folder / f"{stem}.variants.vcf.gz", variants, sample, analysis.case.genome)
    write_tsv(folder / f"{stem}.lesions.tsv", lesion_rows(report["lesions"]), first={"sample": stem})
    write_views(report, folder, analysis.settings, analysis.case.knowledge)
    write_json(folder / f"{stem}.report.json", report)
    return report
