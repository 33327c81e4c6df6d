"""The page of one sample, rendered from `report.json` alone. It decides nothing.

Self-contained: no request to any network, complete without JavaScript, printable.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotate.errors import InputError
from annotate.knowledge import Knowledge
from annotate.settings import ReportSettings

TEMPLATES = Path(__file__).resolve().parent / "templates"
LOGO_LIMIT = 200_000  # bytes

# A shape for each state, so that no state is told by colour alone.
SYMBOLS: Mapping[str, str] = {
    "detected": "●",
    "detected_subclonal": "◐",
    "equivocal": "◇",
    "not_detected": "○",
    "not_assessable": "?",
}
STATE_ORDER = list(SYMBOLS)


def render(report: Mapping[str, Any], settings: ReportSettings, knowledge: Knowledge) -> str:
    """The HTML of a report."""
    words = wording(knowledge)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            w=words,
            lab=lab(settings),
            sections=settings.sections,
            lesions=split_lesions(report["lesions"], knowledge),
            inpog=inpog(report["risk"]),
            actionable=actionable(report),
            drawings=drawings(report, knowledge),
            symbol=SYMBOLS,
        )
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["number"] = number
    env.filters["percent"] = percent
    env.filters["place"] = place
    return env


def wording(knowledge: Knowledge) -> dict[str, str]:
    """All words of the pages, the lab's own over the shipped ones."""
    words: dict[str, str] = {}
    for folder in (knowledge.folder, knowledge.overlay):
        path = folder / "wording_report.yaml" if folder else None
        if path is not None and path.exists():
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
            if not isinstance(loaded, dict):
                raise InputError("is not a mapping of keys to words", path=path)
            words.update({str(key): str(value) for key, value in loaded.items()})
    return words


def lab(settings: ReportSettings) -> dict[str, Any]:
    """Name, logo as a data URI, and added disclaimer of the lab."""
    return {
        "name": settings.lab_name,
        "logo": _data_uri(settings.logo) if settings.logo else None,
        "disclaimer": settings.disclaimer,
    }


def split_lesions(lesions: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> dict[str, list[Mapping[str, Any]]]:
    """The high-risk list first, in its own order; then the others, what was found first."""
    high = {entry["id"] for entry in knowledge.table("lesions") if entry.get("high_risk") == "1"}
    others = [lesion for lesion in lesions if lesion["id"] not in high]
    return {
        "high": [lesion for lesion in lesions if lesion["id"] in high],
        "other": sorted(others, key=lambda lesion: STATE_ORDER.index(lesion["state"])),
    }


def inpog(risk: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The result of the InPOG list, literal version."""
    found = [result for result in risk if "inpog" in result["scheme"].lower()]
    literal = [result for result in found if "literal" in f"{result['scheme']} {result['version']}".lower()]
    return next(iter(literal or found), None)


def actionable(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Therapy entries of lesions that are there, one row a lesion and direction."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for therapy in report["therapies"]:
        if therapy["knowledge"] == "CIViC":
            continue
        row = rows.setdefault(
            (therapy["lesion"], therapy["direction"]),
            {"lesion": therapy["lesion"], "direction": therapy["direction"], "drugs": [], "contradicted": []},
        )
        row["drugs"].append(f"{therapy['drug']} ({therapy['tier']})")
        row["contradicted"] += [text for text in therapy["contradicted_by"] if text not in row["contradicted"]]
    return list(rows.values())


def drawings(report: Mapping[str, Any], knowledge: Knowledge) -> dict[str, Markup]:
    """Static SVGs by place on the page. Each is made by our own code, which escapes every text in it."""
    from annotate.report.pictures import pictures

    places: dict[str, Markup] = dict.fromkeys(("genome", "chr21", "count"), Markup(""))
    places.update({name: Markup(svg) for name, svg in pictures(report, knowledge).items()})  # noqa: S704
    return places


def number(value: float | int | None, digits: int = 2) -> str:
    if value is None:
        return "–"
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if isinstance(value, int) else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.1f}\N{NARROW NO-BREAK SPACE}%"


def place(end: Mapping[str, Any] | None) -> str:
    """A breakend for people: 22:23,290,000 and the side that is kept."""
    if end is None:
        return "partner unknown"
    return f"{end['chrom']}:{number(end['pos'])} {'←' if end['keeps'] == 'L' else '→'}"


def _data_uri(path: Path) -> str:
    data = path.read_bytes()
    kinds = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
    kind = kinds.get(path.suffix.lower())
    if kind is None or len(data) > LOGO_LIMIT:
        raise InputError("logo is not a PNG, SVG or JPEG of at most 200 kB", path=path, found=f"{len(data)} bytes")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
