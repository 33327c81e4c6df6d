"""One abnormality: gains and losses of chromosomes, markers, structural rearrangements with their parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from annotate.model.karyotype import KaryotypePart, KaryotypeToken
from annotate.read.karyotype.bands import read_bands, read_chromosomes

CELLS = re.compile(
    r"\[\s*(?P<cp>cp)?\s*(?P<cells>\d{1,4}|\?+)(?P<share>\s*%)?(?:\s*/\s*\d{1,4})?\s*(?:cells?|metaphases?|mitoses)?\s*\]?$",
    re.IGNORECASE,
)
KINDS = {
    **{name: name for name in ("t", "der", "del", "dup", "inv", "ins", "i", "idic", "dic", "add", "ider", "trp")},
    **{"r": "ring", "mar": "mar", "rob": "rob", "psudic": "dic", "psuidic": "idic", "tas": "tas", "hsr": "hsr"},
    **{"qdp": "qdp", "trc": "trc", "dirdup": "dup", "invdup": "dup", "dirins": "ins", "invins": "ins"},
    **{"fra": "fra", "upd": "upd", "fis": "fis", "rec": "rec", "dmin": "dmin", "min": "min", "ace": "ace"},
    **{"rcp": "t", "tdic": "dic", "dertdic": "dic", "cth": "cth", "cha": "cha", "amp": "amp", "dir": "dup"},
    **{"iso": "i", "fus": "t"},
}
INHERITED = ("c", "mat", "pat", "dn", "inh", "dmat", "dpat", "dinh")  # constitutional, and of whom

_WHOLE = re.compile(
    r"(?P<before>\??)(?P<sign>[+-])(?P<unsure>\??)(?P<chrom>\d{1,2}|X|Y)(?P<after>\??)(?P<c>c?)(?P<last>\??)$",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"(?P<before>\??)(?P<sign>[+-]?)(?P<unsure>\??)(?P<number>\d{1,2}(?:[~-]\d{1,2})?)?"
    r"(?P<kind>markers?|mars?|r|dmins?|min|ace)\d*(?P<c>c?)(?P<after>\??)$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\??(?P<c>c(?=[a-z]+\())?(?P<kind>[a-z]+)\((?P<chroms>[^()]*)\)(?:\((?P<bands>[^()]*)\))?"
    r"(?:\((?P<places>[\d;,_]{6,})\))?\??",
    re.IGNORECASE,
)
_TIMES = re.compile(r"x(?P<times>\d{1,2})(?:[~-](?P<most>\d{1,2}))?$", re.IGNORECASE)
_SHORT_ARM = re.compile(r"(?<=[a-z])\((?P<chrom>\d{1,2}|X|Y)(?P<arm>[pq])(?P<band>[\d.]*)\)", re.IGNORECASE)
_LOOSE_BAND = re.compile(r"\)([pq][\d.?]*(?:[pq][\d.?]*)?)(?=[?c]?$)", re.IGNORECASE)
_OLD_FORM = re.compile(r"(?P<chrom>\d{1,2}|X|Y)(?P<arm>[pq])(?P<sign>[+-])$", re.IGNORECASE)  # 9p-, 14q+
_OPEN_BEFORE_BANDS = re.compile(r"(\([^()]*[\dXY?])(?=\([pq?])", re.IGNORECASE)  # t(9;22(q34;q11)
_ISO = re.compile(r"(?<![a-z])(?:i|iso)$", re.IGNORECASE)
_STEPS = {"+": 1, "-": -1, "": 0}
_MANY = (2, 3)  # `+mars`: at least two, taken as up to five


def read_abnormality(part: str) -> KaryotypeToken:
    """One abnormality; kind `unknown` where it is not understood, `inc` where more could not be named.

    Alternatives (`or`, `|`, a stroke) leave the first one, uncertain.
    """
    raw = part.replace("|", " or ").strip()
    compact, metaphases = re.sub(r"\s", "", part), None
    cells = CELLS.search(compact)
    if cells:
        metaphases = int(cells["cells"]) if cells["cells"].isdigit() and not cells["share"] else None
        compact = compact[: cells.start()]
    first, *others = _alternatives(compact)
    token = _whole(first) or _marker(first) or _structural(first) or _old_form(first)
    if token is None:
        kind = "inc" if compact.lower().rstrip(".") in ("inc", "incomplete", "?inc") else "unknown"
        return KaryotypeToken(raw, kind)
    return replace(token, raw=raw, metaphases=metaphases, uncertain=token.uncertain or bool(others))


def _alternatives(text: str) -> list[str]:
    """+8/10 is +8 or +10; strokes inside brackets are none."""
    if "(" in text:
        return text.split("|")
    return re.split(r"[|/]", text)


def _times(part: str) -> tuple[str, int, int]:
    """The part without its multiplication, how many, and how many more it may be."""
    found = _TIMES.search(part)
    if found is None:
        return part, 1, 0
    times = int(found["times"])
    return part[: found.start()], times, max(int(found["most"] or times) - times, 0)


def _whole(part: str) -> KaryotypeToken | None:
    """+8, -7, +X, +21c, +?8, ?+8, +21x2."""
    single, times, more = _times(part)
    found = _WHOLE.match(single)
    if found is None:
        return None
    chroms = read_chromosomes(found["chrom"])
    if not chroms:
        return None
    gain = found["sign"] == "+"
    return KaryotypeToken(
        part,
        "gain" if gain else "loss",
        chroms,
        constitutional=bool(found["c"]),
        change=times if gain else -times,
        copies=times,
        uncertain=any(found[name] for name in ("before", "unsure", "after", "last")),
        spread=more,
    )


def _marker(part: str) -> KaryotypeToken | None:
    """+mar, +1~3mar, +mars, +r, 2~10dmin. A bare `r` is none."""
    single, times, _ = _times(part)
    found = _MARKER.match(single)
    if found is None or (found["kind"].lower() == "r" and not found["sign"]):
        return None
    word = found["kind"].lower()
    kind = {"r": "ring", "marker": "mar"}.get(word.removesuffix("s"), word.removesuffix("s"))
    numbers = [int(number) for number in re.split("[~-]", found["number"] or "") if number]
    number, more = (min(numbers), max(numbers) - min(numbers)) if numbers else _MANY if word.endswith("s") else (1, 0)
    counted = kind not in ("dmin", "ace")  # these are not chromosomes
    sign = _STEPS[found["sign"]] or (1 if kind == "mar" else 0)
    return KaryotypeToken(
        part,
        kind,
        constitutional=bool(found["c"]),
        change=sign * number * times if counted else 0,
        copies=number * times,
        uncertain=any(found[name] for name in ("before", "unsure", "after")),
        spread=more * times if counted else 0,
    )


def _structural(part: str) -> KaryotypeToken | None:
    """t(9;22)(q34;q11.2), der(19)t(1;19)(q23;p13), +der(22)t(9;22), i(17)(q10)c, dic(9;20)(p13;q11)x2."""
    single, times, more = _times(part)
    unsure = "?" in single or single.count("(") != single.count(")")
    single = single.lstrip("?")
    sign = single[0] if single[:1] in ("+", "-") else ""
    body = _spelled_out(single[len(sign) :].lstrip("?"))
    number = re.match(r"(\d{1,2})(?=[a-z])", body, re.IGNORECASE)
    if number:
        times, body = times * int(number[1]), body[number.end() :]
    parts, rest = _parts(body)
    rest = rest.strip("?.").lower()
    if not parts or rest not in ("", *INHERITED):
        return None
    shown = _shown(parts)
    return KaryotypeToken(
        part,
        parts[0].kind,
        shown.chromosomes,
        shown.bands,
        constitutional=bool(rest) or all(each.constitutional for each in parts),
        parts=tuple(parts),
        change=times * (_STEPS[sign] - (1 if fuses(parts[0].kind, parts[0].chromosomes) else 0)),
        copies=times,
        uncertain=unsure,
        spread=more,
    )


def _old_form(part: str) -> KaryotypeToken | None:
    """6q- and 14q+, from before ISCN named what happened: a deletion or added material, uncertain."""
    found = _OLD_FORM.match(part)
    if found is None:
        return None
    kind = "del" if found["sign"] == "-" else "add"
    token = _structural(f"{kind}({found['chrom']})({found['arm']})")
    return replace(token, uncertain=True) if token is not None else None


def fuses(kind: str, chromosomes: Sequence[str]) -> bool:
    """One chromosome where there were two: dic(9;20), rob(13;14), der(1;7)."""
    return len(chromosomes) == 2 and len(set(chromosomes)) == 2 and kind in ("dic", "rob", "der", "tas")


def _shown(parts: Sequence[KaryotypePart]) -> KaryotypePart:
    """The part that names a derivative: its first rearrangement between chromosomes."""
    if parts[0].kind in ("der", "ider", "dic"):
        return next((part for part in parts[1:] if len(part.chromosomes) > 1), parts[0])
    return parts[0]


def _spelled_out(body: str) -> str:
    """Closed brackets, and i(17q) -> i(17)(q10), del(9p21) -> del(9)(p21), del(9)p21 -> del(9)(p21)."""
    closed = _OPEN_BEFORE_BANDS.sub(r"\1)", body)
    closed += ")" * max(closed.count("(") - closed.count(")"), 0)
    return _LOOSE_BAND.sub(r")(\1)", _SHORT_ARM.sub(_arm, closed))


def _arm(short: re.Match[str]) -> str:
    isochromosome = _ISO.search(short.string[: short.start()]) is not None and not short["band"]
    return f"({short['chrom']})({short['arm']}{'10' if isochromosome else short['band']})"


def _parts(body: str) -> tuple[list[KaryotypePart], str]:
    """The rearrangements of one abnormality in their order, and what is left behind them.

    A `c` between two parts makes the one before it constitutional: der(9)inv(9)(p11q13)ct(9;22)(q34;q11).
    """
    parts: list[KaryotypePart] = []
    position = 0
    while found := _PART.match(body, position):
        kind, inner = found["kind"].lower(), bool(found["c"]) and bool(parts)
        if found["c"] and not inner:
            kind = f"c{kind}"
        elif found["c"] and KINDS.get(f"c{kind}"):
            kind, inner = f"c{kind}", False
        chromosomes = read_chromosomes(found["chroms"])
        if kind not in KINDS or not chromosomes:
            return [], body
        if inner:
            parts[-1] = replace(parts[-1], constitutional=True)
        bands = read_bands(found["bands"], len(chromosomes))
        places = tuple(int(place) for place in re.findall(r"\d+", found["places"] or ""))
        parts.append(KaryotypePart(KINDS[kind], chromosomes, bands, positions=places))
        position = found.end()
    return parts, body[position:]
