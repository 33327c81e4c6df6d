"""Clones from one time point to the next: bands whose height is the share of leukaemic cells.

Each clone is a band inside its parent's, drawn between the time points as straight lines: what lies between is
not known. Greys, outlines and names tell the clones apart, so that the drawing reads in black and white.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.report.drawing.svg import box, figure, label, line, number

LEFT, TOP, STEP, HEIGHT, LINE = 60.0, 34.0, 320.0, 220.0, 15.0
GREYS = ("#e4e4e4", "#c2c2c2", "#9d9d9d", "#7a7a7a", "#f4f4f4", "#b0b0b0", "#8c8c8c", "#d2d2d2")
NAMES = 3  # mutations named beside a clone


def draw_clones(clones: Sequence[Mapping[str, Any]], timepoints: Sequence[str]) -> str:
    """SVG of the clones of `evolution.json`; '' without two time points or without a clone."""
    clones = [clone for clone in clones if clone.get("fits", True)]
    if len(timepoints) < 2 or not clones:
        return ""
    width = LEFT + STEP * (len(timepoints) - 1) + 60
    key = TOP + HEIGHT + 44
    body = [box(LEFT, TOP, STEP * (len(timepoints) - 1), HEIGHT, stroke="#888")]
    spans = _spans(clones, timepoints)
    shades = {clone["id"]: GREYS[index % len(GREYS)] for index, clone in enumerate(clones)}
    for clone in clones:
        body.append(_band(spans[clone["id"]], shades[clone["id"]]))
    for clone in clones:
        children = [other["id"] for other in clones if other["parent"] == clone["id"]]
        body.append(_id_in_band(clone, spans, children))
    for index, name in enumerate(timepoints):
        x = LEFT + STEP * index
        body.append(line(x, TOP - 4, x, TOP + HEIGHT + 4, dash="3 3"))
        body.append(label(x, TOP - 12, name, size=12, anchor="middle"))
    for share in (0.0, 0.5, 1.0):
        body.append(label(LEFT - 8, _y(share) + 4, f"{share:.0%}", size=9, anchor="end"))
    body.append(label(LEFT, TOP + HEIGHT + 22, "share of leukaemic cells", size=9))
    for index, clone in enumerate(clones):
        body += _key(clone, shades[clone["id"]], timepoints, key + LINE * index)
    description = "; ".join(_words(clone, timepoints) for clone in clones)
    return figure(max(width, 740), key + LINE * len(clones) + 6, "Clones over time", description, body)


def _spans(clones: Sequence[Mapping[str, Any]], timepoints: Sequence[str]) -> dict[str, list[tuple[float, float]]]:
    """For each clone and time point the lower and upper share, inside the parent, siblings one above the other.

    Where the clones inside a parent exceed it (within what the counts allow) they are drawn narrower to fit.
    """
    children: dict[str | None, list[str]] = {}
    known = {clone["id"] for clone in clones}
    for clone in clones:
        parent = clone["parent"] if clone["parent"] in known else None
        children.setdefault(parent, []).append(clone["id"])
    shares = {clone["id"]: [min(1.0, clone["ccf"][name]) for name in timepoints] for clone in clones}
    spans: dict[str, list[tuple[float, float]]] = {}

    def place(parent: str | None, inside: Sequence[tuple[float, float]]) -> None:
        own = children.get(parent, ())
        used = [low for low, _ in inside]
        scale = [
            min(1.0, (high - low) / total) if (total := sum(shares[id][at] for id in own)) > 0 else 1.0
            for at, (low, high) in enumerate(inside)
        ]
        for id in own:
            spans[id] = []
            for at in range(len(inside)):
                size = shares[id][at] * scale[at]
                spans[id].append((used[at], used[at] + size))
                used[at] += size
            place(id, spans[id])

    place(None, [(0.0, 1.0)] * len(timepoints))
    return spans


def _band(spans: Sequence[tuple[float, float]], shade: str) -> str:
    """A polygon through the time points that have the clone, and the points beside them where it is not there yet."""
    there = [at for at, (low, high) in enumerate(spans) if high > low]
    if not there:
        return ""
    drawn = range(max(there[0] - 1, 0), min(there[-1] + 2, len(spans)))
    points = [(at, spans[at][1]) for at in drawn] + [(at, spans[at][0]) for at in reversed(drawn)]
    text = " ".join(f"{number(LEFT + STEP * at)},{number(_y(share))}" for at, share in points)
    return f"<polygon points='{text}' fill='{shade}' stroke='#000' stroke-width='0.8'/>"


def _y(share: float) -> float:
    return TOP + HEIGHT * (1 - share)


def _id_in_band(
    clone: Mapping[str, Any], spans: Mapping[str, Sequence[tuple[float, float]]], children: Sequence[str]
) -> str:
    """The id in the part of the band that no other clone covers, at the time point where that is largest."""
    own = spans[clone["id"]]
    tops = [max([low, *(spans[child][at][1] for child in children)]) for at, (low, _) in enumerate(own)]
    at = max(range(len(own)), key=lambda index: own[index][1] - tops[index])
    first = at == 0
    x = LEFT + STEP * at + (8 if first else -8)
    y = _y((tops[at] + own[at][1]) / 2) + 4
    return label(x, y, clone["id"], size=11, anchor="start" if first else "end", extra="font-weight='700'")


def _key(clone: Mapping[str, Any], shade: str, timepoints: Sequence[str], y: float) -> list[str]:
    return [
        box(LEFT, y - 9, 14, 10, fill=shade, stroke="#000"),
        label(LEFT + 20, y, _words(clone, timepoints), size=10),
    ]


def _words(clone: Mapping[str, Any], timepoints: Sequence[str]) -> str:
    shares = ", ".join(f"{clone['ccf'][name]:.2f} at {name}" for name in timepoints)
    names = clone["names"][:NAMES]
    more = f" and {len(clone['names']) - NAMES} more" if len(clone["names"]) > NAMES else ""
    return f"{clone['id']}: CCF {shares}; {', '.join(names)}{more}"
