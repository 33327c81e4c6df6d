"""Reading pages in tests: what a person sees, what elements there are. Only the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

UNSEEN = frozenset({"script", "style", "title", "desc", "head"})
BLOCKS = frozenset(
    {"p", "li", "dt", "dd", "td", "th", "tr", "div", "h1", "h2", "h3", "h4", "section", "ul", "br", "span"}
)
VOID = frozenset({"meta", "img", "br", "input", "col", "link", "hr"})


@dataclass
class Page(HTMLParser):
    """One page: visible text, elements with their attributes, headings in order."""

    text: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag in BLOCKS:
            self.text.append(" ")
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5"):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.text.append(" ")
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if UNSEEN.intersection(self._open):
            return
        self.text.append(data)
        if self.headings and self._open and any(tag.startswith("h") and tag[1:].isdigit() for tag in self._open):
            level, words = self.headings[-1]
            self.headings[-1] = (level, words + data)

    @property
    def seen(self) -> str:
        """Visible text, white space folded."""
        return " ".join("".join(self.text).split())

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def tags(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


def read(path: Path) -> Page:
    return parse(path.read_text(encoding="utf-8"))
