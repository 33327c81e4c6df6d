"""FISH results of an ISCN string: `nuc ish …`."""

from __future__ import annotations

import re
from dataclasses import replace

from annotate.model.karyotype import FishProbe
from annotate.read.karyotype.tokens import split_outside_brackets

# ---------------------------------------------------------------- FISH

FISH_CELLS = re.compile(r"\[(?P<cells>\d{1,5})(?:/(?P<scored>\d{1,5}))?\]")
SIGNALS = re.compile(r"\s*x\s*(?P<low>\d{1,3})(?:[~-](?P<high>\d{1,3}))?$")
GROUP = re.compile(r"\((?P<inside>[^()]*)\)\s*(?P<times>x\s*\d{1,3}(?:[~-]\d{1,3})?)?")
GENE = re.compile(r"(?P<end>[35]')?\s*(?P<gene>[A-Za-z][A-Za-z0-9-]{1,14})(?:\s*[35]')?$")


def read_fish(body: str) -> tuple[list[FishProbe], list[str]]:
    """Probes of one `nuc ish`, and what was not understood."""
    probes: list[FishProbe] = []
    unread: list[str] = []
    for population in split_outside_brackets(body, "/"):
        waiting: list[FishProbe] = []
        for test in split_outside_brackets(population, ","):
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
