"""INFO and strands of a structural VCF record."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.breakpoints.breakends import Connection
from annotate.model.junctions import Side
from annotate.read.structural.drafts import Range

_DELLY_CT: Mapping[str, Connection] = {"3to5": "LR", "5to3": "RL", "3to3": "LL", "5to5": "RR"}
_STRANDS: Mapping[str, Connection] = {"+-": "LR", "-+": "RL", "++": "LL", "--": "RR"}
_KINDS = {
    "DEL": "DEL",
    "RPL": "DEL",
    "DUP": "DUP",
    "TDUP": "DUP",
    "INV": "INV",
    "INVDUP": "INV",
    "DUP:INV": "INV",
    "INS": "INS",
    "TRA": "TRA",
    "BND": "TRA",
    "CTX": "TRA",
    "ITX": "TRA",
    "TRANS": "TRA",
}


# ---------------------------------------------------------------- pieces of a record


def info_of(text: str) -> dict[str, str]:
    """INFO by key; a flag has an empty value."""
    found: dict[str, str] = {}
    for item in text.split(";"):
        key, _, value = item.partition("=")
        found[key] = value
    return found


def kind_of(word: str) -> str | None:
    """The type of an SV by the word of its caller; None for an unknown word."""
    return _KINDS.get(word) or _KINDS.get(word.partition(":")[0])


def number_of(info: Mapping[str, str], key: str) -> int | None:
    """A whole number without its sign; None when the key is missing or holds something else."""
    text = info.get(key, "").partition(",")[0].lstrip("+-")
    return int(text) if text.isdecimal() and len(text) <= 12 else None


def range_of(info: Mapping[str, str], key: str) -> Range | None:
    """CIPOS and the like: bases before and after the position."""
    text = info.get(key)
    if not text:
        return None
    low, _, high = text.partition(",")
    try:
        first, second = int(low), int(high)
    except ValueError:
        return None
    return (first, second) if first <= second and max(abs(first), abs(second)) < 10**6 else None


def homology(text: str) -> str:
    """Bases of microhomology; empty where the cell is not sequence."""
    bases = text.partition(",")[0]
    return bases.upper() if bases.isalpha() else ""


def stated_sides(info: Mapping[str, str], key: str = "STRANDS") -> tuple[Connection, ...]:
    """The joined sides that a record states: Manta's INV3/INV5, DELLY's CT, LUMPY's STRANDS, cuteSV's STRAND."""
    if "INV3" in info or "INV5" in info:
        both: tuple[tuple[str, Connection], ...] = (("INV3", "LL"), ("INV5", "RR"))
        return tuple(connection for flag, connection in both if flag in info)
    if info.get("CT") in _DELLY_CT:
        return (_DELLY_CT[info["CT"]],)
    found = []
    for part in info.get(key, "").split(","):
        strands, _, reads = part.partition(":")
        if strands in _STRANDS and reads.strip() != "0":
            found.append(_STRANDS[strands])
    return tuple(dict.fromkeys(found))


def sides_of(connection: Connection) -> tuple[Side, Side]:
    """The sides that a connection of two letters (LR, RL, LL, RR) keeps."""
    first: Side = "L" if connection[0] == "L" else "R"
    second: Side = "L" if connection[1] == "L" else "R"
    return first, second
