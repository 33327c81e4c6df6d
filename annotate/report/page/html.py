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

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotate.base.errors import InputError
from annotate.base.settings import ReportSettings
from annotate.knowledge.tables import Knowledge
from annotate.report.page import child, first_screen
from annotate.report.page.compiled import Compiled
from annotate.report.page.first_screen import SYMBOLS
from annotate.report.page.flag import flag_of
from annotate.report.page.left_out import left_out
from annotate.report.page.words import fill, without_entries, wording

__all__ = ["SECTIONS", "SYMBOLS", "environment", "fill", "lab", "render", "wording"]

TEMPLATES = Path(__file__).resolve().parent / "templates"
LOGO_LIMIT = 200_000  # bytes

# What may follow the first screen, in its own order; provenance closes every page.
SECTIONS = (
    "letter",
    "options",
    "lesions",
    "confirmation",
    "germline",
    "risk",
    "classification",
    "subtype_calls",
    "pharmacogenomics",
    "copy_number",
    "therapies",
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
    report = without_entries(report)
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
            paper=settings.paper,
            sections=sections,
            names=names,
            lesions=first_screen.split_lesions(report["lesions"], knowledge),
            counts=first_screen.counts(report["lesions"]),
            long=first_screen.is_long(report["lesions"], words),
            targets=first_screen.targets(report, sections),
            drawings=drawings(report, knowledge),
            left_out=left_out(report, words),
            symbol=SYMBOLS,
            **_of_the_child(report, names, words, knowledge),
        )
    )


def _of_the_child(
    report: Mapping[str, Any], names: Mapping[str, str], words: Mapping[str, str], knowledge: Knowledge
) -> dict[str, Any]:
    """What the first screen says of the child, its flag, groups and drugs."""
    return {
        "child_line": list(child.line(report, words)),
        "flag": flag_of(report, knowledge),
        "conflicts": first_screen.conflicts(report, names),
        "unused": child.with_remarks(report["lesions"]),
        "groups": child.groups(report, knowledge),
        "versions": child.versions(knowledge),
        "resistances": child.resistances(report),
        "pharmacogenes": child.pharmacogenes(report),
        "undecided": first_screen.undecided(report),
        "settling": first_screen.settling(report, names, first_screen.high_risk(knowledge)),
    }


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
    parts = {"germline", "karyotype", "follow_up", "subtype_calls"}
    parts |= {"copy_number", "pharmacogenomics", "options", "confirmation", "letter"}
    return section not in parts or bool(report.get(section))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The Jinja environment of all pages: everything is escaped, and an unknown name is an error."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=entry_in_words,
    )
    env.bytecode_cache = Compiled(TEMPLATES, env)
    env.filters.update(
        number=number,
        percent=percent,
        place=place,
        plain=plain,
        fill=fill,
        css_string=css_string,
        ticks=ticks,
        unsourced=unsourced,
        label=first_screen.label,
        level=first_screen.level_words,
        finding=first_screen.finding,
        columns=columns,
        basename=lambda path: re.split(r"[/\\]", str(path))[-1],
    )
    return env


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
    """A number for people: narrow blanks between thousands, a fixed count of decimals; a dash for None."""
    if value is None:
        return "–"
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if isinstance(value, int) else f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """A fraction (0 to 1) as per cent with one decimal; a dash for None."""
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


def unsourced(text: str) -> str:
    """A statement without the sources in brackets at its end, which the full table gives."""
    return re.sub(r" \[[^\]]*\]$", "", text)


def entry_in_words(value: Any) -> Any:
    """The entry of a default (`docs/defaults.md#priorities.flag`) without its slug, wherever a page prints it."""
    if not isinstance(value, str) or _ENTRY.search(value) is None:
        return value
    made = _ENTRY.sub(lambda found: f"docs/defaults.md, ‘{re.sub('[._]+', ' ', found[1]).strip()}’", value)
    return Markup(made) if isinstance(value, Markup) else made  # noqa: S704 - only letters of the entry have changed


def columns(text: str) -> list[str]:
    """The columns of a table, as the catalogue lists them."""
    return text.split("|")


_ENTRY = re.compile(r"docs/defaults\.md#([\w.]*\w)")
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
