"""ISCN karyotypes as laboratories write them.

Reads clones (count, ranges, <3n>, sex complement, metaphases, cp), what idem, sl and sdl inherit, gains and losses,
structural abnormalities with their bands, constitutional ones (c), donor cells after //, and nuc ish probe counts.
What is not understood is kept raw in `unread`, so that it can be said; it never makes the rest unreadable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotate.base.errors import InputError
from annotate.model.karyotype import FishProbe, Karyotype, KaryotypeClone, KaryotypeToken
from annotate.read.karyotype.counts import MAX_LEVEL, is_normal, ploidy_level
from annotate.read.karyotype.fish import read_fish
from annotate.read.karyotype.tokens import (
    CELLS,
    LABEL,
    SPACED,
    TRANSLATE,
    bracket_depth,
    read_token,
    split_outside_brackets,
)

MAX_LENGTH = 20_000  # characters; the most complex karyotypes of leukaemia have some hundreds
HIGHEST_COUNT = 300

COUNT = re.compile(
    r"(?:mos)?(?P<low>\d{1,3})(?:[~-](?P<high>\d{1,3}))?(?:<(?P<level>\d)n[+-]?>)?(?P<sex>[XYU]{1,6}\??c?)?$",
    re.IGNORECASE,
)
LEVEL = re.compile(r"<(\d)n[+-]?>$")
SEX = re.compile(r"\??(?P<sex>[XY]{1,6}|U)\??(?P<constitutional>c?)$", re.IGNORECASE)
INHERIT = re.compile(r"(?P<word>idem|sl|sdl)(?P<number>\d*)(?:x(?P<times>\d))?$", re.IGNORECASE)
REMARK = re.compile(r"(?P<clone>.*\[(?:cp)?\d{1,4}(?:/\d{1,4})?\])(?P<remark>[^\[\],]+)$", re.IGNORECASE)
CLONE_BREAK = re.compile(r"\]\s*[;,]\s*(?=\d{2,3}(?:[~-]\d{2,3})?[,<])")  # [10]; 46,XX[10]
SECTION = re.compile(r"(?<![a-z])(nuc\s*ish|ish|arr|rsa|sseq|seq|ogm|mlpa)(?![a-z])", re.IGNORECASE)


def parse_karyotype(text: str) -> Karyotype:
    """A karyotype with what could be read of it; the rest stands in `unread`.

    Raises InputError only for a text that is too long to be a karyotype.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("karyotype is too long", found=len(text), expected=f"at most {MAX_LENGTH} characters")
    plain = unicodedata.normalize("NFKC", text).translate(TRANSLATE).strip().strip("\"'").strip()
    plain = CLONE_BREAK.sub("]/", LABEL.sub("", plain))
    chromosomes, sections = _sections(plain)
    clones, unread = _clones(chromosomes)
    fish: list[FishProbe] = []
    for word, body in sections:
        probes, rest = read_fish(body) if word == "nucish" else ([], [f"{word} {body}".strip()])
        fish += probes
        unread += rest
    counted = [clone.metaphases for clone in clones if not clone.donor and clone.metaphases is not None]
    return Karyotype(text, tuple(clones), tuple(fish), tuple(unread), sum(counted) if counted else None)


# ---------------------------------------------------------------- clones


@dataclass(slots=True)
class _Draft:
    """A clone while it is read."""

    raw: str
    low: int | None = None
    high: int | None = None
    sex: str | None = None
    constitutional_sex: bool = False
    level: int | None = None
    metaphases: int | None = None
    composite: bool = False
    incomplete: bool = False
    inherit: str | None = None
    times: int = 1
    tokens: list[KaryotypeToken] | None = None


def _sections(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The chromosome part, and (word, body) of what follows nuc ish, ish, arr…"""
    found = [match for match in SECTION.finditer(text) if bracket_depth(text, match.start()) == 0]
    if not found:
        return text, []
    sections = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        body = text[match.end() : following.start() if following else len(text)]
        sections.append((re.sub(r"\s", "", match[1]).lower(), body.strip().rstrip(".;/, ").strip()))
    return text[: found[0].start()].rstrip(" .;/,"), sections


def _clones(text: str) -> tuple[list[KaryotypeClone], list[str]]:
    clones: list[KaryotypeClone] = []
    unread: list[str] = []
    donor = False
    for raw in split_outside_brackets(text, "/"):
        written = raw.strip().strip(".;").strip()
        if not written:
            donor = donor or bool(text.strip("/ ") and "//" in text)  # the empty part between the two strokes
            continue
        draft, rest = _draft(written)
        unread += rest
        if draft is not None:
            clones.append(_finish(draft, clones, donor))
    return clones, unread


def _draft(written: str) -> tuple[_Draft | None, list[str]]:
    """A clone without what it inherits, and what of it was not understood. None: no clone at all."""
    compact = re.sub(r"\s+or\s+", "|", written, flags=re.IGNORECASE)
    if SPACED.match(compact):
        compact = re.sub(r"(?<!,)\s+(?=[^\[(])", ",", compact)
    compact = re.sub(r"\s+", "", compact)
    compact = compact.removesuffix(".")
    draft = _Draft(written, tokens=[])
    unread: list[str] = []
    remark = REMARK.match(compact)
    if remark:
        compact = remark["clone"]
        unread.append(written[written.rindex("]") + 1 :].strip())
    cells = CELLS.search(compact)
    if cells:
        draft.metaphases = int(cells["cells"])
        draft.composite = bool(cells["cp"])
        compact = compact[: cells.start()]
    parts = [
        part for piece in split_outside_brackets(compact, ",") for part in split_outside_brackets(piece, ";") if part
    ]
    for position, part in enumerate(parts):
        if not _head(draft, part, position):
            token = read_token(part)
            assert draft.tokens is not None
            if token.kind == "inc":
                draft.incomplete = True
            else:
                draft.tokens.append(token)
            if token.kind == "unknown":
                unread.append(part)
    known = [token for token in draft.tokens or [] if token.kind != "unknown"]
    if draft.low is None and draft.sex is None and draft.inherit is None and not known:
        return None, [written]
    return draft, unread


def _head(draft: _Draft, part: str, position: int) -> bool:
    """Count, ploidy level, sex complement, idem: the cells of a clone before its abnormalities."""
    count = COUNT.match(part)
    if count and position == 0 and int(count["low"]) <= HIGHEST_COUNT:
        low, high = int(count["low"]), int(count["high"] or count["low"])
        draft.low, draft.high = min(low, high), max(low, high)
        draft.level = int(count["level"]) if count["level"] else None
        if count["sex"]:
            _sex(draft, count["sex"])
        return True
    level = LEVEL.match(part)
    if level and draft.level is None:
        draft.level = int(level[1])
        return True
    inherit = INHERIT.match(part)
    if inherit and draft.inherit is None:
        draft.inherit = inherit["word"].lower() + inherit["number"]
        draft.times = max(int(inherit["times"] or 1), 1)
        return True
    if draft.sex is None and position <= 2 and SEX.match(part):
        return _sex(draft, part)
    return False


def _sex(draft: _Draft, part: str) -> bool:
    found = SEX.match(part)
    if found:
        draft.sex = found["sex"].upper()
        draft.constitutional_sex = bool(found["constitutional"])
    return found is not None


def _finish(draft: _Draft, clones: Sequence[KaryotypeClone], donor: bool) -> KaryotypeClone:
    """The clone with the abnormalities that it inherits."""
    own = tuple(draft.tokens or ())
    clone = KaryotypeClone(
        raw=draft.raw,
        low=draft.low,
        high=draft.high,
        sex=draft.sex,
        ploidy_level=draft.level,
        metaphases=draft.metaphases,
        tokens=own,
        donor=donor,
        composite=draft.composite,
        incomplete=draft.incomplete,
        constitutional_sex=draft.constitutional_sex,
    )
    source = _source(draft, clone, clones)
    if source is None:
        return clone
    parent = clones[source]
    if draft.times > 1 and draft.times * (parent.ploidy_level or ploidy_level(parent)) > MAX_LEVEL:
        return clone  # a doubling of a doubling of…: no cell holds so many chromosomes
    return replace(
        clone,
        sex=clone.sex or (parent.sex * draft.times if parent.sex and parent.sex != "U" else parent.sex),
        tokens=_inherited(parent, draft.times) + own,
        ploidy_level=clone.ploidy_level or (parent.ploidy_level or ploidy_level(parent)) * draft.times
        if draft.times > 1
        else clone.ploidy_level or parent.ploidy_level,
        doubled_from=source if draft.times > 1 else None,
        inherits_from=source,
        incomplete=clone.incomplete or parent.incomplete,
    )


def _inherited(parent: KaryotypeClone, times: int) -> tuple[KaryotypeToken, ...]:
    return tuple(
        replace(token, inherited=True, change=token.change * times, copies=token.copies * times)
        for token in parent.tokens
    )


def _source(draft: _Draft, clone: KaryotypeClone, clones: Sequence[KaryotypeClone]) -> int | None:
    """The clone that is inherited.

    idem and sl mean the first abnormal clone (ISCN), sdl the side line. Laboratories also write idem for the
    clone just before: it is taken so where only that makes the chromosome count right.
    """
    own = [index for index, other in enumerate(clones) if other.donor == clone.donor]
    abnormal = [index for index in own if not is_normal(clones[index])] or own
    if draft.inherit is None or not abnormal:
        return None
    if draft.inherit.startswith("sdl"):
        number = int(draft.inherit[3:] or 0)
        lines = [index for index in abnormal if clones[index].inherits_from is not None]
        return lines[number - 1] if 0 < number <= len(lines) else (lines or abnormal)[-1]
    stem, previous = abnormal[0], abnormal[-1]
    if _adds_up(draft, clones[stem]) or not _adds_up(draft, clones[previous]):
        return stem
    return previous


def _adds_up(draft: _Draft, parent: KaryotypeClone) -> bool:
    if draft.low is None or parent.low is None:
        return True
    change = sum(token.change for token in draft.tokens or ())
    low, high = parent.low * draft.times + change, (parent.high or parent.low) * draft.times + change
    return low <= (draft.high or draft.low) and draft.low <= high
