"""What a row may cite: something that a reader can open.

A shipped row cites a paper, label, trial, page of the web, a program's documentation, a file of this repository, or
says that it is computed or field knowledge. A default of ours cites its entry of `docs/defaults.md`, which tells why
the number is what it is. A laboratory's own row may cite whatever the laboratory can open, its own documents included;
a place of our documentation that it names must exist too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from annotate.base.resources import document_path
from annotate.knowledge.spec import DEFAULTS, MARKS, Finding, Mark, Row

FIELD_KNOWLEDGE = "field knowledge, not re-read"
PUBLICATION = re.compile(
    r"PMID \d|PMC\d|\b10\.\d{4,}/|NCT\d{8}|https?://|ISCN \d{4}|UniProt [A-Z]\d|CIViC EID\d|\bNDA \d"
    r"|[A-Z][\w&'-]+(?: [A-Z][\w-]*)* (?:19|20)\d\d\b"  # author and year, or journal and year
    r"|[A-Z][\w ]+ (?:19|20)\d\d[,:;]? ?\d+"
)
"""What a reader can look up: a number, an address, author and year, or journal, year and page."""
DOCUMENTATION = re.compile(r"(?i)\b(documentation|manual|user guide|readme|wiki|specification|header lines)\b")
STATED = re.compile(r"computed\b|as stated in the (clinical|sample) sheet\b|no verified threshold\b|a lab may set it$")
OWN_FILE = re.compile(r"(?<![\w/.:-])(?:docs|resources|config)/[\w./-]+\.(?:md|tsv|yaml)(?:#[\w.-]*)?")
PRIVATE = re.compile(
    r"(?i:domain spec|expert (?:matrix|knowledge))|§|\balgorithm [A-C]\b|\brule L\d"
    r"|(?<![\w.])L[0-3]\d\b|^\d\.[\dA-C](?!\d*/)"
)
"""Names of a document that readers do not have: they say nothing to them."""
ANCHOR = re.compile(r"<a id=\"([^\"]+)\">")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def names_publication(row: Row) -> bool:
    """Does the source of a row name something published, beyond this repository and a program's own manual?"""
    return PUBLICATION.search(row.source) is not None


def source_problems(cells: Mapping[str, str], *, own: bool) -> Iterator[Finding]:
    """What is wrong with the source of a row, by column. `own`: a laboratory's row, which may cite its own."""
    source, mark = cells.get("source", ""), cells.get("mark", "")
    for name in OWN_FILE.findall(source):
        if problem := _missing(name):
            yield "source", problem
    if own or not source.strip() or mark not in MARKS:
        return  # a cell that is empty or misspelt is told by its column
    if (mark == Mark.E) != (DEFAULTS in source):
        yield (
            "source",
            f"found {source!r} for mark {mark}, expected {DEFAULTS}#… for a default (mark E), and for no other",
        )
    for part in source.split(";"):
        if not readable(part.strip()):
            yield "source", f"found {part.strip()!r}, expected something that a reader can open, or {FIELD_KNOWLEDGE!r}"


def readable(part: str) -> bool:
    """Can a reader open what one part of a source names, or is it said plainly that there is nothing to open?"""
    if PRIVATE.search(part):
        return False
    if part == FIELD_KNOWLEDGE:
        return True
    return any(pattern.search(part) for pattern in (PUBLICATION, DOCUMENTATION, OWN_FILE)) or bool(STATED.match(part))


def _missing(name: str) -> str:
    """Why a file of this repository, or a place in it, cannot be opened; empty where it can."""
    file, _, anchor = name.partition("#")
    path = document_path(file)
    if not path.is_file():
        return f"found {name!r}, expected a file of this repository: there is no {file}"
    if "#" in name and anchor not in anchors(file):
        return f"found {name!r}, expected a place that {file} has: there is no {anchor!r}"
    return ""


@cache
def anchors(file: str) -> frozenset[str]:
    """Places of a page that a link may name: `<a id>` and headings as a site renders them."""
    text = document_path(file).read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text)}
    return frozenset(headings | set(ANCHOR.findall(text)))


def default_of(row: Row) -> str:
    """The entry of `docs/defaults.md` that a row cites; empty where it cites none."""
    match = re.search(re.escape(DEFAULTS) + r"#([\w.-]+)", row.source)
    return match[1] if match else ""
