"""ISCN karyotypes as laboratories write them.

Reads clones (count, ranges, <3n>, sex complement, metaphases, cp), what idem, sl and sdl inherit, gains and losses,
structural abnormalities with their bands, constitutional ones (c), donor cells after //, and nuc ish probe counts.
What is not understood is kept raw in `unread`, so that it can be said; it never makes the rest unreadable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotate.errors import InputError
from annotate.knowledge import Knowledge
from annotate.model import FishProbe, Karyotype, KaryotypeClone, KaryotypePart, KaryotypeToken

MAX_LENGTH = 20_000  # characters; the most complex karyotypes of leukaemia have some hundreds
HIGHEST_COUNT = 300
MAX_LEVEL = 16  # sets of chromosomes in a cell
AUTOSOMES = tuple(str(number) for number in range(1, 23))

COUNT = re.compile(
    r"(?:mos)?(?P<low>\d{1,3})(?:[~-](?P<high>\d{1,3}))?(?:<(?P<level>\d)n[+-]?>)?(?P<sex>[XYU]{1,6}\??c?)?$",
    re.IGNORECASE,
)
LEVEL = re.compile(r"<(\d)n[+-]?>$")
SEX = re.compile(r"\??(?P<sex>[XY]{1,6}|U)\??(?P<constitutional>c?)$", re.IGNORECASE)
INHERIT = re.compile(r"(?P<word>idem|sl|sdl)(?P<number>\d*)(?:x(?P<times>\d))?$", re.IGNORECASE)
CELLS = re.compile(r"\[(?P<cp>cp)?(?P<cells>\d{1,4})(?:/\d{1,4})?\]$", re.IGNORECASE)
REMARK = re.compile(r"(?P<clone>.*\[(?:cp)?\d{1,4}(?:/\d{1,4})?\])(?P<remark>[^\[\],]+)$", re.IGNORECASE)
WHOLE = re.compile(r"(?P<sign>[+-])(?P<unsure>\??)(?P<chrom>\d{1,2}|X|Y)(?P<c>c?)$", re.IGNORECASE)
MARKER = re.compile(
    r"(?P<sign>[+-]?)(?P<unsure>\??)(?P<number>\d{1,2}(?:[~-]\d{1,2})?)?(?P<kind>mar|r|dmin|min|ace)\d*(?P<c>c?)$"
)
PART = re.compile(r"(?P<kind>[a-zA-Z]+)(?P<chroms>\([^()]*\))(?P<bands>\([^()]*\))?")
SPACED = re.compile(r"\d{1,3}(?:[~-]\d{1,3})?\s+[XY]{1,5}\s[^,]*$", re.IGNORECASE)  # spaces instead of commas
LABEL = re.compile(r"^(?:karyotype|karyogram|iscn)\s*[:=]?\s*", re.IGNORECASE)
CLONE_BREAK = re.compile(r"\]\s*[;,]\s*(?=\d{2,3}(?:[~-]\d{2,3})?[,<])")  # [10]; 46,XX[10]
SHORT_ARM = re.compile(r"(?<=[a-z])\((?P<chrom>\d{1,2}|X|Y)(?P<arm>[pq])(?P<band>[\d.]*)\)")  # i(17q), del(9p)
TIMES = re.compile(r"x(?P<times>\d{1,2})(?:[~-]\d{1,2})?$", re.IGNORECASE)
BAND = re.compile(r"[pq](?:ter|cen|[\d?]+(?:\.[\d?]+)?)?(?:[~-][pq]?[\d?]+(?:\.[\d?]+)?)?")

KINDS = {
    **{name: name for name in ("t", "der", "del", "dup", "inv", "ins", "i", "idic", "dic", "add", "ider", "trp")},
    **{"r": "ring", "mar": "mar", "rob": "rob", "psudic": "dic", "psuidic": "idic", "tas": "tas", "hsr": "hsr"},
    **{"qdp": "qdp", "trc": "trc", "dir": "dup", "dirdup": "dup", "invdup": "dup", "dirins": "ins", "invins": "ins"},
    **{"fra": "fra", "upd": "upd", "fis": "fis", "rec": "rec", "dmin": "dmin", "min": "min", "ace": "ace"},
}
SECTION = re.compile(r"(?<![a-z])(nuc\s*ish|ish|arr|rsa|sseq|seq|ogm|mlpa)(?![a-z])", re.IGNORECASE)
TRANSLATE = str.maketrans({"×": "x", "−": "-", "–": "-", "—": "-", "‑": "-", "，": ",", "；": ";", "～": "~", "’": "'"})


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
        probes, rest = _fish(body) if word == "nucish" else ([], [f"{word} {body}".strip()])
        fish += probes
        unread += rest
    counted = [clone.metaphases for clone in clones if not clone.donor and clone.metaphases is not None]
    return Karyotype(text, tuple(clones), tuple(fish), tuple(unread), sum(counted) if counted else None)


# ---------------------------------------------------------------- what others ask of a clone


def is_normal(clone: KaryotypeClone) -> bool:
    """46 chromosomes and no acquired abnormality."""
    acquired = [token for token in clone.tokens if not token.constitutional]
    constitutional = sum(token.change for token in clone.tokens if token.constitutional)
    sex = len(clone.sex) - 2 if clone.constitutional_sex and clone.sex else 0
    expected = 46 + constitutional + sex
    return not acquired and clone.low in (None, expected) and clone.high in (None, expected) and not clone.incomplete


def is_clonal(clone: KaryotypeClone, knowledge: Knowledge) -> bool | None:
    """Enough metaphases for a clone (two with a gain or a structural change, three with losses only)?

    None where the number of metaphases is not written.
    """
    if clone.metaphases is None:
        return None
    own = [token for token in clone.tokens if not token.constitutional]
    losses_only = bool(own) and all(token.kind == "loss" for token in own)
    name = "karyotype.min_metaphases_loss" if losses_only else "karyotype.min_metaphases_gain"
    return clone.metaphases >= knowledge.value(name)


def is_clonal_change(clone: KaryotypeClone, token: KaryotypeToken, knowledge: Knowledge) -> bool | None:
    """Is one abnormality in enough metaphases (three for a loss, two for anything else)? None where not written."""
    cells = token.metaphases if token.metaphases is not None else clone.metaphases
    if cells is None:
        return None
    name = "karyotype.min_metaphases_loss" if token.kind == "loss" else "karyotype.min_metaphases_gain"
    return cells >= knowledge.value(name)


def acquired_clones(karyotype: Karyotype) -> tuple[KaryotypeClone, ...]:
    """Leukaemic clones: neither normal nor of a donor."""
    return tuple(clone for clone in karyotype.clones if not clone.donor and not is_normal(clone))


def chromosome_copies(clone: KaryotypeClone) -> Mapping[str, int] | None:
    """Whole-chromosome copies (by centromere) that the clone's text implies, or None where it does not add up.

    A derivative counts for the chromosome that it names; markers have no name and make the sum uncertain.
    """
    if clone.low is None or clone.sex is None or clone.sex == "U" or clone.incomplete:
        return None
    levels = [clone.ploidy_level] if clone.ploidy_level else _likely_levels(clone.low)
    markers = sum(token.change for token in clone.tokens if token.kind in ("mar", "ring", "min") and not token.parts)
    for level in levels:
        for shown, gained in ((True, False), (False, False), (True, True)):
            copies = _copies(clone, level, losses_shown=shown, gains_shown=gained)
            if clone.low <= sum(copies.values()) + markers <= (clone.high or clone.low) and min(copies.values()) >= 0:
                return copies
    return None


def _likely_levels(count: int) -> list[int]:
    """Ploidy levels to try, nearest to the count first."""
    return sorted((1, 2, 3, 4), key=lambda level: (abs(level * 23 - count), level))


def _copies(clone: KaryotypeClone, level: int, *, losses_shown: bool, gains_shown: bool) -> dict[str, int]:
    """Copies at a ploidy level. `losses_shown`: the sex complement is what is left (45,X,-Y), as ISCN wants it.

    `gains_shown`: it holds the gained ones too (28<1n>,XX,+X), as some laboratories write. A sex chromosome with a
    structural change stands among the abnormalities alone: 46,X,i(X)(q10).
    """
    copies = dict.fromkeys(AUTOSOMES, level)
    sex = clone.sex or ""
    copies |= {"X": sex.count("X"), "Y": sex.count("Y")}
    lost = sum(-t.change for t in clone.tokens if t.kind == "loss" and t.chromosomes[:1] in (("X",), ("Y",)))
    elsewhere = level - len(sex) - (lost if losses_shown else 0)
    for token in clone.tokens:
        named = token.parts[0].chromosomes if token.parts else token.chromosomes
        if not named or not set(named) <= set(copies):
            continue
        changed = next((chrom for chrom in named if chrom in ("X", "Y")), None)
        if elsewhere > 0 and changed is not None and token.parts and token.change == 0:
            copies[changed] += 1
            elsewhere -= 1
        if token.kind == "loss" and named[0] in ("X", "Y") and losses_shown:
            continue
        if token.kind == "gain" and named[0] in ("X", "Y") and gains_shown:
            continue
        change = token.change
        if _fuses(token.kind, named):
            copies[named[-1]] -= token.copies
            change += token.copies
        copies[named[0]] += change
    return copies


def _fuses(kind: str, chromosomes: Sequence[str]) -> bool:
    """One chromosome where there were two: dic(9;20), rob(13;14), der(1;7)."""
    return len(chromosomes) == 2 and kind in ("dic", "rob", "der")


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
    found = [match for match in SECTION.finditer(text) if _depth(text, match.start()) == 0]
    if not found:
        return text, []
    sections = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        body = text[match.end() : following.start() if following else len(text)]
        sections.append((re.sub(r"\s", "", match[1]).lower(), body.strip().rstrip(".;/, ").strip()))
    return text[: found[0].start()].rstrip(" .;/,"), sections


def _depth(text: str, end: int) -> int:
    before = text[:end]
    opened = before.count("(") - before.count(")") + before.count("[") - before.count("]")
    return max(opened, 0)


def _split(text: str, separator: str) -> Iterator[str]:
    """Parts between separators that stand outside of brackets; an unclosed bracket ends with its part."""
    depth = start = 0
    for index, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(depth - 1, 0)
        elif char == separator and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def _clones(text: str) -> tuple[list[KaryotypeClone], list[str]]:
    clones: list[KaryotypeClone] = []
    unread: list[str] = []
    donor = False
    for raw in _split(text, "/"):
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
    parts = [part for piece in _split(compact, ",") for part in _split(piece, ";") if part]
    for position, part in enumerate(parts):
        if not _head(draft, part, position):
            token = _token(part)
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
    if draft.times > 1 and draft.times * (parent.ploidy_level or _level(parent)) > MAX_LEVEL:
        return clone  # a doubling of a doubling of…: no cell holds so many chromosomes
    return replace(
        clone,
        sex=clone.sex or (parent.sex * draft.times if parent.sex and parent.sex != "U" else parent.sex),
        tokens=_inherited(parent, draft.times) + own,
        ploidy_level=clone.ploidy_level or (parent.ploidy_level or _level(parent)) * draft.times
        if draft.times > 1
        else clone.ploidy_level or parent.ploidy_level,
        doubled_from=source if draft.times > 1 else None,
        inherits_from=source,
        incomplete=clone.incomplete or parent.incomplete,
    )


def _level(clone: KaryotypeClone) -> int:
    """The ploidy level that the clone's own text implies: the one at which it adds up, else the nearest."""
    count = clone.low if clone.low is not None else 46
    for level in _likely_levels(count):
        if chromosome_copies(replace(clone, ploidy_level=level)) is not None:
            return level
    return _likely_levels(count)[0]


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


# ---------------------------------------------------------------- abnormalities


def _token(part: str) -> KaryotypeToken:
    """One abnormality; kind `unknown` where it is not understood."""
    raw, metaphases = part.replace("|", " or "), None
    cells = CELLS.search(part)
    if cells:
        metaphases, part = int(cells["cells"]), part[: cells.start()]
    first, *others = part.split("|")
    token = _whole(first) or _marker(first) or _structural(first) or _unknown(first)
    unsure = token.uncertain or bool(others)
    return replace(token, raw=raw, metaphases=metaphases, uncertain=unsure)


def _unknown(part: str) -> KaryotypeToken:
    return KaryotypeToken(part, "inc" if part.lower() in ("inc", "inc.") else "unknown")


def _times(part: str) -> tuple[str, int]:
    found = TIMES.search(part)
    return (part[: found.start()], int(found["times"])) if found else (part, 1)


def _whole(part: str) -> KaryotypeToken | None:
    """+8, -7, +X, +21c, +?8, +21x2."""
    single, times = _times(part)
    found = WHOLE.match(single)
    chrom = found["chrom"].upper() if found else ""
    if found is None or (chrom.isdigit() and not 1 <= int(chrom) <= 22):
        return None
    gain = found["sign"] == "+"
    return KaryotypeToken(
        part,
        "gain" if gain else "loss",
        (chrom.lstrip("0") or chrom,),
        constitutional=bool(found["c"]),
        change=times if gain else -times,
        copies=times,
        uncertain=bool(found["unsure"]),
    )


def _marker(part: str) -> KaryotypeToken | None:
    """+mar, +1~3mar, +r, 2~10dmin."""
    single, times = _times(part)
    found = MARKER.match(single)
    if found is None or (found["kind"] == "r" and not found["sign"]):
        return None
    kind = {"r": "ring"}.get(found["kind"], found["kind"])
    number = int(re.split("[~-]", found["number"])[0]) if found["number"] else 1
    counted = kind not in ("dmin", "ace")  # these are not chromosomes
    sign = -1 if found["sign"] == "-" else 1 if found["sign"] or kind == "mar" else 0
    return KaryotypeToken(
        part,
        kind,
        constitutional=bool(found["c"]),
        change=sign * number * times if counted else 0,
        copies=number * times,
        uncertain=bool(found["unsure"]),
    )


def _structural(part: str) -> KaryotypeToken | None:
    """t(9;22)(q34;q11.2), der(19)t(1;19)(q23;p13), +der(22)t(9;22), i(17)(q10)c, dic(9;20)(p13;q11)x2."""
    single, times = _times(part)
    sign = single[0] if single[:1] in ("+", "-") else ""
    body = single.removeprefix(sign) if sign else single
    unsure = "?" in body or body.count("(") != body.count(")")
    body = body.lstrip("?") + ")" * (body.count("(") - body.count(")"))
    body = SHORT_ARM.sub(_spelled_out, body)
    number = re.match(r"(\d{1,2})(?=[a-z])", body)
    if number:
        times, body = times * int(number[1]), body[number.end() :]
    parts, rest = _parts(body)
    if not parts or rest.strip("?").lower() not in ("", "c"):
        return None
    kind = parts[0].kind
    shown = (
        next((p for p in parts[1:] if len(p.chromosomes) > 1), parts[0]) if kind in ("der", "ider", "dic") else parts[0]
    )
    fused = -times if _fuses(kind, parts[0].chromosomes) else 0
    step = {"+": times, "-": -times, "": 0}[sign]
    return KaryotypeToken(
        part,
        kind,
        shown.chromosomes,
        shown.bands,
        constitutional=rest.strip("?").lower() == "c",
        parts=tuple(parts),
        change=fused + step,
        copies=times,
        uncertain=unsure,
    )


def _spelled_out(short: re.Match[str]) -> str:
    """i(17q) -> i(17)(q10), del(9p21) -> del(9)(p21), del(9p) -> del(9)(p): the arm alone."""
    isochromosome = short.string[: short.start()].endswith("i") and not short["band"]
    return f"({short['chrom']})({short['arm']}{'10' if isochromosome else short['band']})"


def _parts(body: str) -> tuple[list[KaryotypePart], str]:
    """The rearrangements of one abnormality in their order, and what is left behind them."""
    parts: list[KaryotypePart] = []
    position = 0
    while found := PART.match(body, position):
        kind = KINDS.get(found["kind"].lower())
        chromosomes = _chromosomes(found["chroms"])
        if kind is None or not chromosomes:
            return [], body
        parts.append(KaryotypePart(kind, chromosomes, _bands(found["bands"])))
        position = found.end()
        while position < len(body) and body[position] == "?":
            position += 1
    return parts, body[position:]


def _chromosomes(text: str) -> tuple[str, ...]:
    """(9;22) -> 9, 22; () for what is no chromosome. `?` and `mar` may stand for an unknown one."""
    names = []
    for name in text.strip("()").split(";"):
        clean = name.replace("?", "").upper().lstrip("0") if name != "?" else "?"
        valid = clean in ("X", "Y", "?", "MAR", "V") or (clean.isdigit() and 1 <= int(clean) <= 22)
        if not valid or not clean.isascii():
            return ()
        names.append(clean)
    return tuple(names)


def _bands(text: str | None) -> tuple[tuple[str, ...], ...]:
    """(q34;q11.2) -> (('q34',), ('q11.2',)); (p13q22) -> (('p13', 'q22'),)."""
    if text is None:
        return ()
    return tuple(tuple(BAND.findall(side)) for side in text.strip("()").split(";"))


# ---------------------------------------------------------------- FISH

FISH_CELLS = re.compile(r"\[(?P<cells>\d{1,5})(?:/(?P<scored>\d{1,5}))?\]")
SIGNALS = re.compile(r"\s*x\s*(?P<low>\d{1,3})(?:[~-](?P<high>\d{1,3}))?$")
GROUP = re.compile(r"\((?P<inside>[^()]*)\)\s*(?P<times>x\s*\d{1,3}(?:[~-]\d{1,3})?)?")
GENE = re.compile(r"(?P<end>[35]')?\s*(?P<gene>[A-Za-z][A-Za-z0-9-]{1,14})(?:\s*[35]')?$")


def _fish(body: str) -> tuple[list[FishProbe], list[str]]:
    """Probes of one `nuc ish`, and what was not understood."""
    probes: list[FishProbe] = []
    unread: list[str] = []
    for population in _split(body, "/"):
        waiting: list[FishProbe] = []
        for test in _split(population, ","):
            text = test.strip().rstrip(".;").strip()
            if not text:
                continue
            found = _fish_test(text)
            if not found:
                unread.append(f"nuc ish {text}")
            waiting += found
            cells = FISH_CELLS.search(text)
            if cells:
                probes += [_with_cells(probe, cells) for probe in waiting]
                waiting = []
        probes += waiting
    return probes, unread


def _with_cells(probe: FishProbe, cells: re.Match[str]) -> FishProbe:
    """[180/200] is cells of those scored; [200] alone is cells scored, all with the pattern."""
    return replace(probe, cells=int(cells["cells"]), scored=int(cells["scored"] or cells["cells"]))


def _fish_test(text: str) -> list[FishProbe]:
    found: list[FishProbe] = []
    for group in GROUP.finditer(text):
        for item in group["inside"].split(","):
            probe = _probe(item.strip(), group["times"], text)
            if probe is not None:
                found.append(probe)
    return found


def _probe(item: str, times: str | None, raw: str) -> FishProbe | None:
    """RUNX1x5~8, ABL1 con BCRx2, 5'KMT2A sep 3'KMT2Ax1, MYCN amp."""
    own = None if times else SIGNALS.search(item)
    signals = own or (SIGNALS.search(times) if times else None)
    low = int(signals["low"]) if signals else None
    high = int(signals["high"] or signals["low"]) if signals else None
    bare = item[: own.start()].strip() if own else item
    words = bare.split()
    pattern = next((word.lower() for word in words if word.lower() in ("con", "sep", "amp")), None)
    names = [match for match in (GENE.match(word) for word in words if word.lower() != pattern) if match]
    genes = list(dict.fromkeys(match["gene"].upper() for match in names))
    if not genes or len(names) != len(words) - (1 if pattern else 0):
        return None
    if pattern is None and signals is None:
        return None
    return FishProbe(
        ";".join(genes), low, high, pattern or f"x{low}" + (f"~{high}" if high != low else ""), None, None, raw
    )
