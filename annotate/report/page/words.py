"""The words of the pages: the shipped catalogue, and a lab's own over it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.yaml_text import NotYaml, load_shipped, load_words
from annotate.knowledge.spec import DEFAULTS
from annotate.knowledge.tables import Knowledge

ENTRY = re.compile(rf"(?:, see)? {re.escape(DEFAULTS)}#[\w.-]+")
"""Which entry of the page of defaults a citation names: for the JSON, no word for a reader of a page."""


@lru_cache(maxsize=4)
def _shipped_words(path: Path) -> dict[str, str]:
    return _words(path, lambda path: load_shipped(path, load_words))


def _words(path: Path, load: Callable[[Path], Any]) -> dict[str, str]:
    try:
        loaded = load(path)
    except (OSError, UnicodeDecodeError, NotYaml) as error:
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
    for key, text in _words(path, lambda path: load_words(path.read_text(encoding="utf-8"))).items():
        if key not in words:
            near = difflib.get_close_matches(key, words, n=1)
            fix = f"did you mean {near[0]!r}?" if near else "remove it"
            raise InputError("no page has such words", path=path, found=key, fix=fix)
        if key.endswith("_columns") and text.count("|") != words[key].count("|"):
            expected = f"{words[key].count('|') + 1} columns: {words[key]}"
            raise InputError(f"{key}: the number of columns differs", path=path, found=text, expected=expected)
        words[key] = text
    return words


def fill(text: str, **parts: object) -> str:
    """`{name}` of a catalogue text replaced; braces that name nothing stay as they are."""
    for name, part in parts.items():
        text = text.replace("{" + name + "}", str(part))
    return text


__all__ = ["fill", "wording"]


def without_entries(value: Any) -> Any:
    """The same report, its defaults cited without the names of their entries.

    >>> without_entries({"sources": ("PMID 1", "ALLert default, see docs/defaults.md#a.b", "ALLert default")})
    {'sources': ['PMID 1', 'ALLert default']}
    """
    kind = type(value)
    if kind is str:
        return ENTRY.sub("", value) if DEFAULTS in value else value
    if kind is dict:
        return {key: without_entries(part) for key, part in value.items()}
    if kind is list or kind is tuple:
        parts = [without_entries(part) for part in value]
        cited = parts != list(value) and all(isinstance(part, str) for part in parts)
        return list(dict.fromkeys(parts)) if cited else parts
    return value
