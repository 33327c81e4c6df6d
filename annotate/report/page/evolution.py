"""The page of a patient with two or more time points, rendered from `evolution.json` and the samples' reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from annotate.base.settings import ReportSettings
from annotate.compare.categories import ORDER
from annotate.knowledge.tables import Knowledge
from annotate.report.drawing.clones import draw_clones
from annotate.report.page.first_screen import SYMBOLS
from annotate.report.page.html import environment, lab
from annotate.report.page.words import wording

# A sign for each category, so that none is told by colour alone.
CATEGORY_SIGNS: Mapping[str, str] = {
    "preserved": "=",
    "gained": "+",
    "gained_or_below_limit": "(+)",
    "lost": "−",
    "lost_or_below_limit": "(−)",
    "rising": "↑",
    "falling": "↓",
    "stable": "≈",
    "undetermined": "?",
}
KINDS = ("lesion", "small_variant", "copy_number", "junction")


def render(
    evolution: Mapping[str, Any],
    reports: Sequence[Mapping[str, Any]],
    settings: ReportSettings | None = None,
    knowledge: Knowledge | None = None,
) -> str:
    """The HTML of one patient: self-contained, complete without JavaScript, printable."""
    w = wording(knowledge or Knowledge.load())
    names = [point["name"] for point in evolution["timepoints"]]
    return (
        environment()
        .get_template("evolution.html.j2")
        .render(
            evolution=evolution,
            names=names,
            reports=[_sample(report) for report in reports],
            groups=_groups(evolution["events"], w),
            words={category: w[f"category_{category}"] for category in ORDER},
            w=w,
            lab=lab(settings or ReportSettings()),
            paper=(settings or ReportSettings()).paper,
            sections=(),
            signs=CATEGORY_SIGNS,
            order=ORDER,
            concerned=_concerned(evolution["events"]),
            symbol=SYMBOLS,
            unequal=[pair for pair in evolution["concordance"]["pairs"] if pair["verdict"] != "same_person"],
            drawing=Markup(draw_clones(evolution["clones"], names)),  # noqa: S704 - our own code, which escapes texts
        )
    )


def _sample(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says of a sample, and the relative path of its report."""
    sample = report["sample"]
    return {
        "sample": sample,
        "timepoint": report["timepoint"],
        "page": str(Path("..") / ".." / sample / f"{sample}.report.html"),
        "purity": report["quality"].get("purity"),
        "assay": report.get("assay"),
        "modal_number": (report["copy_number"] or {}).get("modal_number"),
        "burden": (report.get("burden") or {}).get("summary"),
    }


def _groups(events: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Events by kind; within a kind mutations that change a panel protein first, then what changed most."""
    found = []
    for kind in KINDS:
        own = [event for event in events if event["kind"] == kind]
        if own:
            own.sort(key=lambda event: (not _for_a_board(event), ORDER.index(event["category"])))
            shown = [event for event in own if _for_a_board(event)]
            rest = [event for event in own if not _for_a_board(event)]
            found.append({"kind": kind, "title": words[f"events_{kind}"], "events": shown, "rest": rest})
    return found


def _concerned(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Changes for which a lesion names a drug, what is new first."""
    found = [event for event in events if event["details"].get("drug")]
    return sorted(found, key=lambda event: ORDER.index(event["category"]))


def _for_a_board(event: Mapping[str, Any]) -> bool:
    """What a board reads: lesions, mutations that change a panel protein, gene copies, junctions of known pairs."""
    if event["kind"] == "small_variant":
        return bool(event["details"].get("panel")) and bool(event["details"].get("hgvsp"))
    if event["kind"] == "junction":
        return event["gene"] is not None
    return True
