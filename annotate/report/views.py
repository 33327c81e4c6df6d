"""Every file of a sample's report, written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotate.base.settings import Settings
from annotate.base.writing import write_text
from annotate.knowledge.tables import Knowledge


def write_views(report: dict[str, Any], folder: Path, settings: Settings, knowledge: Knowledge) -> None:
    """Everything that is rendered from the JSON alone: page, IGV session, exchange files, PDF."""
    from annotate.report.exchange.igv import write_igv
    from annotate.report.page.html import render

    stem = report["sample"]
    html = render(report, settings.report, knowledge)
    write_text(folder / f"{stem}.report.html", html)
    write_text(folder / f"{stem}.letter.txt", report["letter"] + "\n")
    write_igv(report, folder)
    if settings.report.exchange:
        from annotate.report.exchange.phenopacket import write_exchange

        write_exchange(report, folder)
    if settings.report.pdf:
        from annotate.report.page.pdf import write_pdf

        write_pdf(html, folder / f"{stem}.report.pdf")
