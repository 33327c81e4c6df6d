"""Where a karyotype is cut: sections, clones, abnormalities. An open bracket ends with its abnormality."""

from __future__ import annotations

import re
from collections.abc import Iterator

FEWEST = 23  # chromosomes of a haploid set: no clone has fewer

SECTION = re.compile(r"(?<![a-z0-9])(nuc\.?\s*ish|fish|ish|arr|rsa|sseq|seq|ogm|mlpa)(?![a-z])\s*:?", re.IGNORECASE)
HEAD = re.compile(
    r"\s*(?P<mos>mos(?![a-z]))?\s*(?P<unsure>\?|~|±|c(?:a|irca)?\.?(?![a-z])|about)?\s*"
    r"(?P<low>\d{2,3})(?P<doubt>\?|±)?(?:\s*[~-]\s*(?P<high>\d{2,3}))?(?:\s*/\s*(?P<other>\d{2,3}))?"
    r"(?:\s*\(\s*(?P<least>\d{2,3})\s*[~-]\s*(?P<most>\d{2,3})\s*\))?"
    r"(?:\s*,?\s*<\s*(?P<level>\d)\s*n\s*[+-]?\s*>)?"
    r"(?=\s*(?:[,;.:\[]|[XYU]+\??c?(?![a-z])|idem|sl|sdl|inc|$)|\s)",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s*(?:mos)?\s*\??\s*\d{2,3}\s*$", re.IGNORECASE)
_INHERITS = re.compile(r"\s*(?:idem|sl|sdl\d*)\s*(?:x\s*\d)?\s*[,\[]", re.IGNORECASE)
_CLEAR_CLONE = re.compile(r"\s*\d{2,3}(?:[~-]\d{2,3})?(?:<\dn[+-]?>)?\s*,\s*(?:[XY]|idem|sl|sdl|<\d)", re.IGNORECASE)
_CLEAR_ABNORMALITY = re.compile(r"\s*(?:[+-]\s*\??\s*(?:\d|X\b|Y\b|mar|[a-z]{1,6}\()|\??[a-z]{1,6}\()", re.IGNORECASE)
# [10]; 46,XX[10] and [10] 46,XX[10]; without cells only before a clear clone
_CLONE_BREAK = re.compile(
    r"\]\s*[;,.]?\s*(?=(?:mos\s*)?\d{2,3}(?:\s*[~-]\s*\d{2,3})?\s*(?:<\s*\dn[+-]?\s*>|,))|"
    r"\)[;,]?\s+(?=\d{2,3}(?:[~-]\d{2,3})?(?:<\dn[+-]?>)?,\s*(?:[XY]|idem))",
    re.IGNORECASE,
)


def sections(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The metaphases, and (word, body) of what follows nuc ish, ish, arr, ogm…"""
    found = list(SECTION.finditer(text))
    if not found:
        return text, []
    bodies = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        body = text[match.end() : following.start() if following else len(text)]
        bodies.append((re.sub(r"[\s.]", "", match[1]).lower(), body.strip().rstrip(".;/, ").strip()))
    return text[: found[0].start()].rstrip(" .;/,"), bodies


def split(text: str, separators: str) -> Iterator[str]:
    """Parts between separators that stand outside of brackets.

    A bracket that is still open where an abnormality or a clone clearly begins was not closed and ends there.
    """
    depth = start = 0
    for index, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(depth - 1, 0)
        elif char in separators and (depth == 0 or _begins(char, text[index + 1 : index + 40])):
            yield text[start:index]
            start, depth = index + 1, 0
    yield text[start:]


def _begins(separator: str, following: str) -> bool:
    if separator == "/":
        return _CLEAR_CLONE.match(following) is not None or _INHERITS.match(following) is not None
    return separator == "," and _CLEAR_ABNORMALITY.match(following) is not None


def clone_texts(text: str) -> Iterator[tuple[str, bool]]:
    """(text, donor) of every clone. A stroke inside an abnormality (+8/10) or a count (73/74) parts no clones."""
    pieces: list[tuple[str, bool]] = []
    donor = False
    for piece in split(_CLONE_BREAK.sub(lambda found: found[0][0] + "/", text), "/"):
        if not piece.strip(" .;"):
            donor = donor or "//" in text.replace(" ", "")
        elif pieces and pieces[-1][1] == donor and not _parted(pieces[-1][0], piece):
            pieces[-1] = (f"{pieces[-1][0]}/{piece}", donor)
        else:
            pieces.append((piece, donor))
    for piece, belongs in pieces:
        yield piece.strip().strip(";").strip(), belongs


def _parted(before: str, piece: str) -> bool:
    if _BARE.match(before):
        return False
    head = HEAD.match(piece)
    clone = head is not None and count_of(head)[0] >= FEWEST and bool(piece[head.end() :].strip(" .;"))
    return clone or _INHERITS.match(piece) is not None


def count_of(head: re.Match[str]) -> tuple[int, int]:
    """Lowest and highest count that a head states; the lowest is raised to a haploid set where the highest has one."""
    numbers = [int(head[name]) for name in ("low", "high", "other", "least", "most") if head[name]]
    if head["least"] and head["most"]:
        numbers = [int(head["least"]), int(head["most"])]
    low, high = min(numbers), max(numbers)
    return (max(low, FEWEST) if high >= FEWEST else low), high
