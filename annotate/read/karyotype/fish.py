"""Signals of fluorescence in situ hybridisation: in nuclei (`nuc ish`) and on metaphase chromosomes (`ish`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotate.model.karyotype import FishProbe, KaryotypeToken
from annotate.read.karyotype.abnormalities import read_abnormality
from annotate.read.karyotype.scanning import split

_CELLS = re.compile(r"\[\s*(?P<cells>\d{1,5}(?:\.\d+)?)\s*(?P<share>%)?(?:\s*/\s*(?P<scored>\d{1,5}))?[^\]]*\]?")
_SIGNALS = re.compile(r"\s*x\s*(?:>=?|≥)?\s*(?P<low>\d{1,3})(?:\s*[~-]\s*(?P<high>\d{1,3}))?\+?$", re.IGNORECASE)
_GROUP = re.compile(
    r"\((?P<inside>[^()]*)\)\s*(?P<times>x\s*(?:>=?|≥)?\s*\d{1,3}(?:\s*[~-]\s*\d{1,3})?)?", re.IGNORECASE
)
_NAME = re.compile(
    r"(?:(?P<end>[35])')?(?P<gene>[A-Za-z0-9][A-Za-z0-9./-]{1,14}?)(?:(?<=[A-Za-z0-9])'?(?P<tail>[35])')?$"
)
_AMPLIFIED = re.compile(r"\b(?:amp|ampl|amplified|amplification)\b", re.IGNORECASE)
_WORDS = {"con": "con", "sep": "sep", "amp": "amp", "ampl": "amp", "amplified": "amp", "amplification": "amp"}
# gene symbols that end like a number of signals: RUNX1 is no RUN with one signal
_SYMBOL = re.compile(r"(?:RUN|PA|TL|PB|SO|DU|RF|DL|LH|PIT|MEO|HE|MS|CB|NK)X\s*\d{1,2}$", re.IGNORECASE)
_NO_GENE = re.compile(r"wcp|pcp|cep|lsi|D\d|D[XY]|\d|cen|subtel|tel", re.IGNORECASE)  # paints, centromeres, clones
_PLACE = re.compile(r"(?:^|,)\s*[\dXY]{1,2}(?:[pq][\d.]*|cen)?\s*$")  # of a probe, without its bracket
_ON_CHROMOSOME = re.compile(r"(?P<what>(?:[^()]*\([^()]*\))*?[^()]*)\((?P<inside>[^()]*[+-][^()]*)\)\s*(?:x\s*\d+)?$")
_ABNORMAL = re.compile(r"[a-z]{1,6}\(", re.IGNORECASE)
_DELETED = re.compile(r"\s*del\(", re.IGNORECASE)  # there the signal that is lost counts
MANY_SIGNALS = 3  # of one gene on one abnormal chromosome: RUNX1++++
_SIGNED = re.compile(r"(?P<name>[^+\-,;]+?)(?P<sign>[+-]+)(?:x\s*\d+)?$")


def read_interphase(body: str) -> tuple[list[FishProbe], list[str]]:
    """Probes of one `nuc ish`, and what was not understood."""
    probes: list[FishProbe] = []
    unread: list[str] = []
    for population in _populations(body):
        waiting: list[FishProbe] = []
        for test in split(population, ","):
            text = test.strip().rstrip(".;").strip()
            if not text:
                continue
            found = _test(text)
            if not found:
                unread.append(text)
            waiting += found
            cells = _CELLS.search(text)
            if cells:
                probes += [_with_cells(probe, cells) for probe in waiting]
                waiting = []
        probes += waiting
    return probes, unread


def _populations(body: str) -> Iterator[str]:
    """Cell populations between strokes; a stroke inside a place (13/21cen) parts none."""
    before = ""
    for piece in split(body, "/"):
        before += piece
        if not _PLACE.search(piece):
            yield before
            before = ""
    if before.strip():
        yield before


def _with_cells(probe: FishProbe, cells: re.Match[str]) -> FishProbe:
    """[180/200] is cells of those scored; [200] alone is cells scored, all with the pattern; [95%] a share alone."""
    if cells["share"]:
        return replace(probe, fraction=float(cells["cells"]) / 100)
    counted = int(float(cells["cells"]))
    return replace(probe, cells=counted, scored=int(cells["scored"] or counted), of_scored=bool(cells["scored"]))


def _test(text: str) -> list[FishProbe]:
    found: list[FishProbe] = []
    outside = _GROUP.sub("", text)
    everywhere = "amp" if _AMPLIFIED.search(_CELLS.sub("", outside)) else None
    for group in _GROUP.finditer(text):
        items = group["inside"].split(",")
        for item in items:
            probe = _probe(item.strip(), group["times"], everywhere, text)
            if probe is not None:
                found.append(probe)
    if not found and everywhere:  # RUNX1 amp[90/100]
        probe = _probe(_CELLS.sub("", text).strip(), None, None, text)
        found += [probe] if probe is not None else []
    return found


def _probe(item: str, times: str | None, everywhere: str | None, raw: str) -> FishProbe | None:
    """RUNX1x5~8, ABL1 con BCRx2, 5'KMT2A sep 3'KMT2Ax1, RUNX1 amp."""
    own = None if times else _own_signals(item)
    signals = own or (_SIGNALS.search(times) if times else None)
    low = int(signals["low"]) if signals else None
    high = int(signals["high"] or signals["low"]) if signals else None
    bare = (item[: own.start()] if own else item).rstrip("+ ")
    words = re.sub(r"(?<=[35]')\s+", "", bare).split()
    patterns = [_WORDS[word.lower()] for word in words if word.lower() in _WORDS]
    names = [_NAME.match(word) for word in words if word.lower() not in _WORDS]
    known = [name for name in names if name is not None]
    if not known or len(known) != len(names) or (not patterns and everywhere is None and signals is None):
        return None
    pattern = patterns[0] if patterns else everywhere or f"x{low}" + (f"~{high}" if high != low else "")
    genes = tuple(dict.fromkeys(name["gene"].upper() for name in known))
    ends = {name["end"] or name["tail"] for name in known}
    end = f"{ends.pop()}'" if len(known) == 1 and ends != {None} else ""
    return FishProbe(";".join(genes), low, high, pattern, None, None, raw, end=end)


def _own_signals(item: str) -> re.Match[str] | None:
    found = _SIGNALS.search(item)
    if found is None or found.start() == 0 or _SYMBOL.search(item.replace(" ", "")):
        doubled = found is not None and _SIGNALS.search(item[: found.start()])
        return found if doubled else None  # RUNX1x5 holds two of them
    return found


# ---------------------------------------------------------------- on chromosomes


def read_metaphase(body: str) -> tuple[list[FishProbe], list[KaryotypeToken], list[str]]:
    """Probes, rearrangements and what was not understood of one `ish`.

    Signals on named chromosomes: der(22)(BCR+,ABL1+) has both together, t(4;11)(5'KMT2A+;3'KMT2A+) apart.

    A signal on a normal chromosome, a paint and a probe without a gene's name say nothing of a lesion: read, not kept.
    """
    probes: list[FishProbe] = []
    tokens: list[KaryotypeToken] = []
    unread: list[str] = []
    for test in (piece for population in _populations(body) for piece in split(population, ",.")):
        text = test.strip().strip(";").strip()
        if not text:
            continue
        bare = _CELLS.sub("", text).strip()
        found = _ON_CHROMOSOME.match(bare)
        if found is None:
            counted, token = _test(text), read_abnormality(bare)
            probes += [replace(_with_own_cells(probe, text), metaphase=True) for probe in counted]
            if not counted and token.parts:
                tokens.append(token)
            elif not counted:
                unread.append(text)
            continue
        placed = [_with_own_cells(probe, text) for probe in _on_chromosome(found["what"], found["inside"], text)]
        probes += placed
        if placed or not _ABNORMAL.search(found["what"]) or _DELETED.match(found["what"]):
            continue
        token = read_abnormality(found["what"].strip())  # signals that say nothing together: the chromosome still does
        if token.parts:
            tokens.append(token)
        else:
            unread.append(text)
    return probes, tokens, unread


def _with_own_cells(probe: FishProbe, text: str) -> FishProbe:
    cells = _CELLS.search(text)
    return _with_cells(probe, cells) if cells else probe


def _on_chromosome(what: str, inside: str, raw: str) -> Iterator[FishProbe]:
    groups = [_signed(side) for side in inside.split(";")]
    abnormal = _ABNORMAL.search(what) is not None
    for group in groups if abnormal else ():
        there = [name["gene"].upper() for name, sign in group if sign[0] == "+"]
        for gene, signs in ((name["gene"].upper(), sign) for name, sign in group):
            if signs.count("+") >= MANY_SIGNALS:
                yield FishProbe(gene, len(signs), len(signs), f"x{len(signs)}", None, None, raw, metaphase=True)
        genes = list(dict.fromkeys(there))
        for index, gene in enumerate(genes):
            for other in genes[index + 1 :]:
                yield FishProbe(f"{gene};{other}", None, None, "con", None, None, raw, metaphase=True)
    if len(groups) > 1 and abnormal:
        yield from _apart(groups, raw)
    if _DELETED.match(what):
        for name, sign in (pair for group in groups for pair in group):
            if sign[0] == "-":
                yield FishProbe(name["gene"].upper(), 1, 1, "x1", None, None, raw, metaphase=True)


def _apart(groups: Sequence[Sequence[tuple[re.Match[str], str]]], raw: str) -> Iterator[FishProbe]:
    """The two ends of a gene on two chromosomes."""
    ends: dict[str, dict[str, set[int]]] = {}
    for index, group in enumerate(groups):
        for name, sign in group:
            end = name["end"] or name["tail"]
            if sign[0] == "+" and end:
                ends.setdefault(name["gene"].upper(), {}).setdefault(end, set()).add(index)
    for gene, places in ends.items():
        if len(places) == 2 and not set.intersection(*places.values()):
            yield FishProbe(gene, None, None, "sep", None, None, raw, metaphase=True)


def _signed(side: str) -> list[tuple[re.Match[str], str]]:
    found = []
    for item in side.split(","):
        signed = _SIGNED.match(item.strip())
        name = _NAME.match(signed["name"].strip()) if signed else None
        if signed is not None and name is not None and not _NO_GENE.match(name["gene"]):
            found.append((name, signed["sign"]))
    return found
