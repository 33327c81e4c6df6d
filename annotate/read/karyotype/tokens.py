"""Tokens of an ISCN string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from annotate.model.karyotype import KaryotypePart, KaryotypeToken
from annotate.read.karyotype.counts import fuses

CELLS = re.compile(r"\[(?P<cp>cp)?(?P<cells>\d{1,4})(?:/\d{1,4})?\]$", re.IGNORECASE)
WHOLE = re.compile(r"(?P<sign>[+-])(?P<unsure>\??)(?P<chrom>\d{1,2}|X|Y)(?P<c>c?)$", re.IGNORECASE)
MARKER = re.compile(
    r"(?P<sign>[+-]?)(?P<unsure>\??)(?P<number>\d{1,2}(?:[~-]\d{1,2})?)?(?P<kind>mar|r|dmin|min|ace)\d*(?P<c>c?)$"
)
PART = re.compile(r"(?P<kind>[a-zA-Z]+)(?P<chroms>\([^()]*\))(?P<bands>\([^()]*\))?")
SPACED = re.compile(r"\d{1,3}(?:[~-]\d{1,3})?\s+[XY]{1,5}\s[^,]*$", re.IGNORECASE)  # spaces instead of commas
LABEL = re.compile(r"^(?:karyotype|karyogram|iscn)\s*[:=]?\s*", re.IGNORECASE)
SHORT_ARM = re.compile(r"(?<=[a-z])\((?P<chrom>\d{1,2}|X|Y)(?P<arm>[pq])(?P<band>[\d.]*)\)")  # i(17q), del(9p)
TIMES = re.compile(r"x(?P<times>\d{1,2})(?:[~-]\d{1,2})?$", re.IGNORECASE)
BAND = re.compile(r"[pq](?:ter|cen|[\d?]+(?:\.[\d?]+)?)?(?:[~-][pq]?[\d?]+(?:\.[\d?]+)?)?")

KINDS = {
    **{name: name for name in ("t", "der", "del", "dup", "inv", "ins", "i", "idic", "dic", "add", "ider", "trp")},
    **{"r": "ring", "mar": "mar", "rob": "rob", "psudic": "dic", "psuidic": "idic", "tas": "tas", "hsr": "hsr"},
    **{"qdp": "qdp", "trc": "trc", "dir": "dup", "dirdup": "dup", "invdup": "dup", "dirins": "ins", "invins": "ins"},
    **{"fra": "fra", "upd": "upd", "fis": "fis", "rec": "rec", "dmin": "dmin", "min": "min", "ace": "ace"},
}
TRANSLATE = str.maketrans({"×": "x", "−": "-", "–": "-", "—": "-", "‑": "-", "，": ",", "；": ";", "～": "~", "’": "'"})


def bracket_depth(text: str, end: int) -> int:
    before = text[:end]
    opened = before.count("(") - before.count(")") + before.count("[") - before.count("]")
    return max(opened, 0)


def split_outside_brackets(text: str, separator: str) -> Iterator[str]:
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


# ---------------------------------------------------------------- abnormalities


def read_token(part: str) -> KaryotypeToken:
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
    fused = -times if fuses(kind, parts[0].chromosomes) else 0
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
