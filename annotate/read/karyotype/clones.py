"""Clones: count, sex chromosomes, cells, abnormalities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from annotate.model.karyotype import KaryotypeClone, KaryotypeToken
from annotate.read.karyotype.abnormalities import CELLS, read_abnormality
from annotate.read.karyotype.inheritance import Inherits, inherit, with_earlier_bands
from annotate.read.karyotype.scanning import FEWEST, HEAD, clone_texts, count_of, split

HIGHEST_COUNT = 300

_LEVEL = re.compile(r"<\s*(\d)\s*n\s*[+-]?\s*>$", re.IGNORECASE)
_SEX = re.compile(r"\??(?P<sex>[XY]{1,8}|U)(?P<unsure>\?*)(?P<constitutional>c?)$", re.IGNORECASE)
_INHERIT = re.compile(r"(?P<word>idem|sl|sdl)(?P<number>\d*)(?:x(?P<times>\d))?$", re.IGNORECASE)
_REMARK = re.compile(r"(?P<clone>.*\[[^\[\]]*\])(?P<remark>[^\[\],]+)$", re.DOTALL)
_LOOSE_CELLS = re.compile(
    r"(?:(?<=\))\s*(?P<bare>\d{1,3})|(?P<before>[)XYc])\s*\((?P<cells>\d{1,3})\))$", re.IGNORECASE
)
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
_BLANK_FOR_COMMA = re.compile(r"(?<!,)\s+(?=[^\[(\s])")
_SEX_AND_BLANK = re.compile(r"[XYU]{1,6}\??c?\s", re.IGNORECASE)
_NO_COMMA = re.compile(r"(?<=\))(?=[+-]\??(?:\d{1,2}|X|Y|mar)(?![\w(]))", re.IGNORECASE)  # del(6)(q21)+7
_UNKNOWN_COUNT = re.compile(r"\?+$")
_POINT_FOR_COMMA = re.compile(r"(?<=[XY\d>)])\.(?=[XY]|[+-]|[a-z]+\()", re.IGNORECASE)


@dataclass(slots=True)
class _Draft:
    """A clone while it is read."""

    raw: str
    low: int | None = None
    high: int | None = None
    modal: int | None = None
    count_uncertain: bool = False
    mosaic: bool = False
    sex: str | None = None
    constitutional_sex: bool = False
    level: int | None = None
    metaphases: int | None = None
    composite: bool = False
    incomplete: bool = False
    inherits: Inherits | None = None
    tokens: list[KaryotypeToken] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_clones(text: str) -> tuple[list[KaryotypeClone], list[str]]:
    """The clones of the metaphases in their order, and what of them was not understood."""
    clones: list[KaryotypeClone] = []
    unread: list[str] = []
    mosaic = False
    for written, donor in clone_texts(text):
        if not written:
            continue
        draft = _draft(written)
        if _is_clone(draft):
            unread += draft.unread
            mosaic = mosaic or draft.mosaic
            clones.append(inherit(_clone(draft, donor, mosaic), draft.inherits, clones))
        else:
            unread.append(written)
    return with_earlier_bands(clones), unread


def _is_clone(draft: _Draft) -> bool:
    """A count with something of a clone behind it, or an abnormality; a number among words is none."""
    known = any(token.kind != "unknown" for token in draft.tokens)
    if draft.sex is not None or draft.inherits is not None or known:
        return True
    return draft.low is not None and (draft.incomplete or draft.level is not None or draft.metaphases is not None)


def _draft(written: str) -> _Draft:
    """A clone without what it inherits."""
    draft = _Draft(written)
    body = _cells(draft, _OR.sub("|", written.rstrip(".")))
    head = HEAD.match(body)
    if head is not None and _count(draft, head):
        body = body[head.end() :]
    for position, part in enumerate(_abnormality_texts(body)):
        if not _head(draft, re.sub(r"\s", "", part), position):
            _abnormality(draft, part)
    return draft


def _cells(draft: _Draft, text: str) -> str:
    """Takes the number of cells, and a remark behind it, from the end of a clone."""
    remark = _REMARK.match(text)
    if remark and CELLS.search(text) is None:
        draft.unread.append(remark["remark"].strip())
        text = remark["clone"]
    cells = CELLS.search(text)
    if cells:
        counted = cells["cells"].isdigit() and not cells["share"]
        draft.metaphases = int(cells["cells"]) if counted else None
        draft.composite = bool(cells["cp"])
        return text[: cells.start()].rstrip()
    loose = _LOOSE_CELLS.search(text)
    if loose is None or (loose["cells"] and not _ends_an_abnormality(text[: loose.start() + 1])):
        return text
    draft.metaphases = int(loose["bare"] or loose["cells"])
    return text[: loose.start() + (1 if loose["cells"] else 0)]


def _ends_an_abnormality(text: str) -> bool:
    """Are the brackets of the last abnormality complete, so that one more holds the cells? t(9;22)(q34;q11)(20)."""
    last = list(split(text, ","))[-1].strip()
    return last.count("(") >= 2 or "(" not in last


def _abnormality_texts(body: str) -> Iterator[str]:
    """Parts between commas; semicolons, points and blanks where the laboratory uses those."""
    pointed = _NO_COMMA.sub(",", _POINT_FOR_COMMA.sub(",", body.strip()))
    outside = re.sub(r"\([^()]*\)", "", pointed)
    if _SEX_AND_BLANK.match(pointed) and "," not in outside and ";" not in outside:
        pointed = _BLANK_FOR_COMMA.sub(",", pointed)
    for part in split(pointed, ",;"):
        if part.strip(" .:"):
            yield part.strip(" .:")


def _count(draft: _Draft, head: re.Match[str]) -> bool:
    low, high = count_of(head)
    if not FEWEST <= low <= high <= HIGHEST_COUNT:
        return False
    draft.low, draft.high = low, high
    draft.modal = int(head["low"]) if head["least"] or low == high else None
    draft.count_uncertain = bool(head["unsure"] or head["doubt"])
    draft.mosaic = bool(head["mos"])
    draft.level = int(head["level"]) if head["level"] else None
    return True


def _head(draft: _Draft, part: str, position: int) -> bool:
    """Ploidy level, sex chromosomes, idem, inc: what stands between the count and the abnormalities."""
    if position == 0 and draft.low is None and _UNKNOWN_COUNT.match(part):
        draft.incomplete = True
        return True
    level = _LEVEL.match(part)
    if level and draft.level is None:
        draft.level = int(level[1])
        return True
    inherits = _INHERIT.match(part)
    if inherits and draft.inherits is None:
        times = max(int(inherits["times"] or 1), 1)
        draft.inherits = Inherits(inherits["word"].lower(), int(inherits["number"] or 0), times)
        return True
    sex = _SEX.match(part)
    if sex and draft.sex is None and position <= 2:
        draft.sex = "U" if sex["unsure"] else sex["sex"].upper()
        draft.constitutional_sex = bool(sex["constitutional"])
        return True
    return False


def _abnormality(draft: _Draft, part: str) -> None:
    token = read_abnormality(part)
    if token.kind == "inc":
        draft.incomplete = True
        return
    draft.tokens.append(token)
    if token.kind == "unknown":
        draft.unread.append(token.raw)


def _clone(draft: _Draft, donor: bool, mosaic: bool) -> KaryotypeClone:
    """`mosaic` (mos): what whole chromosomes are more or fewer was there at birth; ISCN sets it before such alone.

    A structural change under `mos` may be acquired all the same (laboratories write it for any two clones): uncertain.
    """
    tokens = tuple(_of_mosaic(token) if mosaic else token for token in draft.tokens)
    named = draft.sex is not None or draft.inherits is not None
    return KaryotypeClone(
        raw=draft.raw,
        low=draft.low,
        high=draft.high,
        modal=draft.modal,
        count_uncertain=draft.count_uncertain or (draft.low is not None and not named and not draft.level),
        sex=draft.sex,
        ploidy_level=draft.level,
        metaphases=draft.metaphases,
        tokens=tokens,
        donor=donor,
        composite=draft.composite,
        incomplete=draft.incomplete or not named,
        constitutional_sex=draft.constitutional_sex or (mosaic and draft.sex != "U"),
        mosaic=mosaic,
    )


def _of_mosaic(token: KaryotypeToken) -> KaryotypeToken:
    whole = token.kind in ("gain", "loss")
    return replace(token, constitutional=token.constitutional or whole, uncertain=token.uncertain or not whole)
