"""Small helpers for static SVG: shapes as text, all words escaped, no script, no outside file, no ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from html import escape
from typing import Any

Bar = tuple[float, float, float]  # x from, x to, y
FONT = "font-family='Helvetica,Arial,sans-serif'"


def figure(width: float, height: float, title: str, description: str, body: Iterable[str]) -> str:
    """A whole drawing with its text alternative."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' aria-label='{words(title)}'"
        f" viewBox='0 0 {number(width)} {number(height)}' width='{number(width)}' height='{number(height)}' {FONT}>"
        f"<title>{words(title)}</title><desc>{words(description)}</desc>"
        f"<rect width='100%' height='100%' fill='#fff'/>{''.join(body)}</svg>"
    )


def words(text: object) -> str:
    """Text that is safe inside an element or an attribute, without control characters."""
    return escape("".join(c if c.isprintable() else " " for c in str(text)), quote=True)


def number(value: float) -> str:
    """At most one decimal, to keep drawings small."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def label(
    x: float, y: float, text: object, *, size: float = 10, anchor: str = "start", fill: str = "#000", extra: str = ""
) -> str:
    """A text; lengths are pixels, and the text is escaped."""
    return (
        f"<text x='{number(x)}' y='{number(y)}' font-size='{number(size)}' text-anchor='{anchor}' fill='{fill}'"
        f"{' ' + extra if extra else ''}>{words(text)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = "#000", width: float = 1, dash: str = "") -> str:
    """A straight line; lengths are pixels, `dash` the lengths of strokes and gaps."""
    return (
        f"<path d='M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}' stroke='{stroke}'"
        f" stroke-width='{number(width)}' fill='none'{_dash(dash)}/>"
    )


def box(x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "none") -> str:
    """A rectangle; lengths are pixels."""
    return (
        f"<rect x='{number(x)}' y='{number(y)}' width='{number(width)}' height='{number(height)}' fill='{fill}'"
        f" stroke='{stroke}'/>"
    )


def strokes(bars: Iterable[Bar], *, stroke: str = "#000", width: float = 2, dash: str = "") -> str:
    """Level bars (x from, x to, y) as one path."""
    parts = [f"M{number(low)} {number(y)}H{number(high)}" for low, high, y in bars]
    if not parts:
        return ""
    return f"<path d='{''.join(parts)}' stroke='{stroke}' stroke-width='{number(width)}' fill='none'{_dash(dash)}/>"


def _dash(dash: str) -> str:
    return f" stroke-dasharray='{dash}'" if dash else ""


def plain(profile: Any) -> Mapping[str, Any]:
    """A copy-number profile as the report's data, from the dataclass or the report itself."""
    if is_dataclass(profile) and not isinstance(profile, type):
        return asdict(profile)
    data: Mapping[str, Any] = profile
    return data


def turned(x: float, y: float, text: object, *, size: float = 10, angle: float = -90, anchor: str = "middle") -> str:
    """A label turned around its own place."""
    return label(x, y, text, size=size, anchor=anchor, extra=f"transform='rotate({angle:g} {number(x)} {number(y)})'")


def fewer(bars: Sequence[Bar], most: int) -> tuple[list[Bar], int]:
    """At most about `most` bars: medians by column where there are more, and the bars that lie farthest from them.

    Returns the bars and how many were left out.
    """
    if len(bars) <= most:
        return list(bars), 0
    low, high = min(bar[0] for bar in bars), max(bar[1] for bar in bars)
    step = max((high - low) / (most * 0.8), 0.1)
    columns: dict[int, list[Bar]] = {}
    for bar in bars:
        for column in range(int((bar[0] - low) / step), int((bar[1] - low - 1e-6) / step) + 1):
            columns.setdefault(column, []).append(bar)
    drawn: list[Bar] = []
    far: list[tuple[float, Bar]] = []
    for column, members in sorted(columns.items()):
        middle = _weighted_median(members)
        far += [(abs(bar[2] - middle), bar) for bar in members if bar[1] - bar[0] < step]
        left = low + column * step
        if drawn and drawn[-1][2] == middle and left - drawn[-1][1] < 0.01:
            drawn[-1] = (drawn[-1][0], left + step, middle)
        else:
            drawn.append((left, left + step, middle))
    far.sort(key=lambda item: (-item[0], item[1]))
    drawn += [bar for distance, bar in far[: int(most * 0.2)] if distance > 0]
    return sorted(drawn), max(len(bars) - len(drawn), 0)


def _weighted_median(bars: Sequence[Bar]) -> float:
    ranked = sorted(bars, key=lambda bar: bar[2])
    half = sum(bar[1] - bar[0] for bar in ranked) / 2
    reached = 0.0
    for low, high, y in ranked:
        reached += high - low
        if reached >= half:
            return y
    return ranked[-1][2]
