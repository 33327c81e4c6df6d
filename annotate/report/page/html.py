"""The page of one sample, rendered from `report.json` alone. It decides nothing.

Self-contained: no request to any network, complete without JavaScript, printable.
"""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotate.base.errors import InputError
from annotate.base.settings import ReportSettings
from annotate.knowledge.tables import Knowledge
from annotate.report.page import first_screen
from annotate.report.page.first_screen import SYMBOLS, inpog

__all__ = ["SECTIONS", "SYMBOLS", "environment", "inpog", "lab", "render", "wording"]

TEMPLATES = Path(__file__).resolve().parent / "templates"
LOGO_LIMIT = 200_000  # bytes

# What may follow the first screen, in its own order; provenance closes every page.
SECTIONS = (
    "germline",
    "copy_number",
    "lesions",
    "risk",
    "classification",
    "therapies",
    "pharmacogenomics",
    "variants",
    "junctions",
    "fusions",
    "karyotype",
    "follow_up",
    "quality",
    "inputs",
)


def render(report: Mapping[str, Any], settings: ReportSettings, knowledge: Knowledge) -> str:
    """The HTML of a report."""
    sections = [name for name in chosen_sections(settings) if _filled(name, report)]
    names = first_screen.names_of(report, knowledge)
    words = wording(knowledge)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            w=words,
            lab=lab(settings),
            sections=sections,
            names=names,
            lesions=first_screen.split_lesions(report["lesions"], knowledge),
            counts=first_screen.counts(report["lesions"]),
            long=first_screen.is_long(report["lesions"], words),
            flag=first_screen.flag(report),
            actionable=first_screen.actionable(report),
            undecided=first_screen.undecided(report),
            conflicts=first_screen.conflicts(report, names),
            settling=first_screen.settling(report, names, first_screen.high_risk(knowledge)),
            targets=first_screen.targets(report, sections),
            drawings=drawings(report, knowledge),
            symbol=SYMBOLS,
        )
    )


def chosen_sections(settings: ReportSettings) -> tuple[str, ...]:
    """The sections in the lab's order. Raises InputError for one that does not exist."""
    for name in settings.sections or ():
        if name not in SECTIONS:
            near = difflib.get_close_matches(name, SECTIONS, n=1)
            raise InputError(
                "report/sections: no such section",
                path="config",
                found=name,
                expected="some of " + ", ".join(SECTIONS),
                fix=f"did you mean {near[0]!r}?" if near else "remove it",
            )
    return tuple(dict.fromkeys(settings.sections or SECTIONS))


def _filled(section: str, report: Mapping[str, Any]) -> bool:
    """Sections that are left out where the sample has nothing for them. Tables of findings always stay."""
    parts = {"germline": "germline", "karyotype": "karyotype", "follow_up": "follow_up"}
    parts |= {"copy_number": "copy_number", "pharmacogenomics": "pharmacogenomics"}
    return section not in parts or bool(report[parts[section]])


@lru_cache(maxsize=1)
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        number=number,
        percent=percent,
        place=place,
        plain=plain,
        fill=fill,
        css_string=css_string,
        ticks=ticks,
        label=first_screen.label,
        finding=first_screen.finding,
        columns=columns,
        basename=lambda path: re.split(r"[/\\]", str(path))[-1],
    )
    return env


@lru_cache(maxsize=4)
def _shipped_words(path: Path) -> dict[str, str]:
    return _words(path)


def _words(path: Path) -> dict[str, str]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read ({' '.join(str(error).split())})", path=path) from None
    if not isinstance(loaded, dict):
        raise InputError("is not a mapping of keys to words", path=path)
    return {str(key): str(value) for key, value in loaded.items()}


def wording(knowledge: Knowledge) -> dict[str, str]:
    """All words of the pages, the lab's own over the shipped ones.

    Raises InputError for an unknown key and for columns whose number differs from that of the shipped ones.
    """
    words = dict(_shipped_words(knowledge.folder / "wording_report.yaml"))
    path = knowledge.overlay / "wording_report.yaml" if knowledge.overlay else None
    if path is None or not path.exists():
        return words
    for key, text in _words(path).items():
        if key not in words:
            near = difflib.get_close_matches(key, words, n=1)
            fix = f"did you mean {near[0]!r}?" if near else "remove it"
            raise InputError("no page has such words", path=path, found=key, fix=fix)
        if key.endswith("_columns") and text.count("|") != words[key].count("|"):
            expected = f"{words[key].count('|') + 1} columns: {words[key]}"
            raise InputError(f"{key}: the number of columns differs", path=path, found=text, expected=expected)
        words[key] = text
    return words


def lab(settings: ReportSettings) -> dict[str, Any]:
    """Name, logo as a data URI, and added disclaimer of the lab."""
    return {
        "name": settings.lab_name,
        "logo": _data_uri(settings.logo) if settings.logo else None,
        "disclaimer": settings.disclaimer,
    }


def drawings(report: Mapping[str, Any], knowledge: Knowledge) -> dict[str, Markup]:
    """Static SVGs by place on the page. Each is made by our own code, which escapes every text in it."""
    from annotate.report.page.pictures import pictures

    places: dict[str, Markup] = dict.fromkeys(("genome", "chr21", "count"), Markup(""))
    places.update({name: Markup(svg) for name, svg in pictures(report, knowledge).items()})  # noqa: S704
    return places


# ---------------------------------------------------------------- filters


def number(value: float | int | None, digits: int = 2) -> str:
    if value is None:
        return "–"
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if isinstance(value, int) else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.1f}\N{NARROW NO-BREAK SPACE}%"


def place(end: Mapping[str, Any] | None, unknown: str = "partner unknown") -> str:
    """A breakend for people: 22:23,290,000 and the side that is kept."""
    if end is None:
        return unknown
    return f"{end['chrom']}:{number(end['pos'])} {'←' if end['keeps'] == 'L' else '→'}"


def plain(value: object) -> str:
    """A word of the data for people: no underscores."""
    return str(value).replace("_", " ")


def ticks(text: object) -> str:
    """Column names, which messages for a terminal put between backticks, in typographic quotes."""
    return _TICKS.sub("‘\\1’", str(text))


def fill(text: str, **parts: object) -> str:
    """`{name}` of a catalogue text replaced; braces that name nothing stay as they are."""
    for name, part in parts.items():
        text = text.replace("{" + name + "}", str(part))
    return text


def columns(text: str) -> list[str]:
    """The columns of a table, as the catalogue lists them."""
    return text.split("|")


_TICKS = re.compile(r"`([^`]*)`")
_CSS_SAFE = re.compile(r"[A-Za-z0-9 .,:_-]")


def css_string(text: object) -> Markup:
    """Text inside a quoted string of a style sheet: whatever could end it is written as its code."""
    return Markup("".join(c if _CSS_SAFE.match(c) else f"\\{ord(c):x} " for c in str(text)))  # noqa: S704


def _data_uri(path: Path) -> str:
    data = path.read_bytes()
    kinds = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
    kind = kinds.get(path.suffix.lower())
    if kind is None or len(data) > LOGO_LIMIT:
        raise InputError("logo is not a PNG, SVG or JPEG of at most 200 kB", path=path, found=f"{len(data)} bytes")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
