"""Chromosome count on a number line, with the ranges of hypodiploidy that the schemes use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotate.knowledge.specs.copy_number import PloidyCategoryRow
from annotate.knowledge.tables import Knowledge
from annotate.report.drawing.svg import box, figure, label, line, plain

WIDTH, LEFT, RIGHT, TOP, ROW = 520.0, 128.0, 16.0, 58.0, 15.0
LOWEST, HIGHEST = 20, 92
FILLS = {"near-haploid": "#222", "low hypodiploid": "#888", "high hypodiploid": "#d5d5d5", "hypodiploid": "#555"}
OTHER_FILL = "#eee"
LETTER = 5.4  # width of a letter of the legend


def draw_count(copy_number: Any, knowledge: Knowledge) -> str:
    """SVG of the modal number and, where known, of the retained homologues against each scheme's ranges."""
    data = plain(copy_number)
    modal, retained = data.get("modal_number"), data.get("retained_homologues")
    rows = knowledge.rows(PloidyCategoryRow)
    schemes = list(dict.fromkeys(row.scheme for row in rows))
    bottom = TOP + len(schemes) * ROW
    body = [label(8, 14, "Chromosome count and the ranges of the schemes", size=12), *_scale(bottom)]
    for place, scheme in enumerate(schemes):
        body += _scheme([row for row in rows if row.scheme == scheme], knowledge, TOP + place * ROW)
    if retained is not None and retained != modal:
        left = modal is not None and retained < modal
        body += _mark(retained, bottom, f"{retained} retained homologues", hollow=True, left=left)
    if modal is not None:
        body += _mark(modal, bottom, f"{modal} chromosomes", hollow=False, left=_x(modal) > WIDTH * 0.75)
    body += _legend(bottom + 34)
    return figure(WIDTH, bottom + 58, "Chromosome count", _description(rows, knowledge, modal, retained), body)


def _x(count: float) -> float:
    inside = min(max(count, LOWEST), HIGHEST)
    return LEFT + (inside - LOWEST) / (HIGHEST - LOWEST) * (WIDTH - LEFT - RIGHT)


def _scale(bottom: float) -> Iterator[str]:
    yield line(LEFT, bottom + 3, WIDTH - RIGHT, bottom + 3)
    for count in (23, 30, 40, 46, 51, 60, 69, 80, 92):
        yield line(_x(count), bottom + 3, _x(count), bottom + 7)
        yield label(_x(count), bottom + 17, count, size=9, anchor="middle")
        if count == 46:
            yield line(_x(count), TOP - 2, _x(count), bottom + 3, stroke="#999", dash="2 2")


def _scheme(rows: Sequence[PloidyCategoryRow], knowledge: Knowledge, y: float) -> Iterator[str]:
    yield label(LEFT - 6, y + ROW - 5, rows[0].scheme, size=9, anchor="end")
    for row in rows:
        fewest, most = row.bounds(knowledge)
        low, high = _x(fewest), _x(most + 1)
        yield box(low, y + 2, high - low, ROW - 4, fill=FILLS.get(row.category, OTHER_FILL), stroke="#333")


def _mark(count: int, bottom: float, text: str, *, hollow: bool, left: bool) -> Iterator[str]:
    """A line through all schemes at the middle of a count, with its word."""
    x = _x(count + 0.5)
    y = TOP - 20 if hollow else TOP - 8
    anchor, shift = ("end", -6) if left else ("start", 6)
    yield line(x, y - 6, x, bottom + 3, width=4, stroke="#fff")
    yield line(x, y - 6, x, bottom + 3, width=2, dash="4 3" if hollow else "")
    yield label(
        x + shift,
        y,
        text,
        size=11 if not hollow else 10,
        anchor=anchor,
        extra="font-weight='bold'" if not hollow else "",
    )


def _legend(y: float) -> Iterator[str]:
    """Swatches with their words, each as wide as its word; a new line where the picture ends."""
    x = LEFT - 60
    for name, fill in (*FILLS.items(), ("other", OTHER_FILL)):
        width = 24 + len(name) * LETTER
        if x + width > WIDTH - RIGHT:
            x, y = LEFT - 60, y + 14
        yield box(x, y - 8, 12, 9, fill=fill, stroke="#333")
        yield label(x + 16, y, name, size=9)
        x += width


def _description(
    rows: Sequence[PloidyCategoryRow], knowledge: Knowledge, modal: int | None, retained: int | None
) -> str:
    """Which ranges the count falls in, in words."""
    if modal is None:
        return "The chromosome count is not known."
    ranges = [(row, *row.bounds(knowledge)) for row in rows]
    hits = [f"{row.scheme}: {row.category} ({low} to {high})" for row, low, high in ranges if low <= modal <= high]
    text = f"{modal} chromosomes. " + ("; ".join(hits) + "." if hits else "In no range of hypodiploidy.")
    return text + (f" {retained} homologues are retained." if retained is not None else "")
