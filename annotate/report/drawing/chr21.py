"""Chromosome 21 close up: copies with the anchor genes, the windows and the thresholds of the iAMP21 rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import Iamp21AnchorRow
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge, Threshold
from annotate.reference.genome import Genome
from annotate.report.drawing.svg import box, fewer, figure, label, line, plain, strokes, turned

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520.0, 310.0, 40.0, 24.0, 80.0, 34.0
MOST_BARS = 500
NAME_STEP = 12.0  # between names of genes, upright above their places
LEAST_TOP, HIGHEST_TOP = 6, 14
CHROM = "21"
HALO = "paint-order='stroke' stroke='#fff' stroke-width='3'"
THRESHOLDS = (cutoffs.IAMP21_MIN_RUNX1_TOTAL, cutoffs.IAMP21_ATYPICAL_RUNX1)


def draw_chr21(copy_number: Any, assembly: str, knowledge: Knowledge) -> str:
    """SVG of chromosome 21; '' where no segment lies on it."""
    data = plain(copy_number)
    segments = [segment for segment in data["segments"] if segment["chrom"] == CHROM]
    if not segments:
        return ""
    anchors = [row for row in knowledge.rows(Iamp21AnchorRow) if row.assembly == assembly]
    length = Genome.load(assembly).contig_lengths[CHROM]
    scale = (WIDTH - LEFT - RIGHT) / length
    copies = any(segment["total"] is not None for segment in segments)
    field = "total" if copies else "log2"
    axis = _Scale(segments, field)
    body = [*_anchors(anchors, scale), *axis.lines()]
    left_out = 0
    for name, stroke, width, dash in (("minor", "#777", 2.0, "3 1.5"), (field, "#000", 3.5, "")):
        if name == "minor" and not copies:
            continue
        bars, more = fewer(_bars(segments, name, scale, axis), MOST_BARS)
        left_out += more
        body.append(strokes(bars, stroke=stroke, width=width, dash=dash))
    if copies:
        body += _thresholds(knowledge, axis)
    body += _ruler(length, scale)
    body.append(label(LEFT, 14, f"Chromosome 21 ({assembly})", size=12))
    body.append(
        label(
            WIDTH - RIGHT, 14, "solid: total copies · dashed: minor copies" if copies else "log2", anchor="end", size=9
        )
    )
    description = _description(segments, anchors, field)
    return figure(WIDTH, HEIGHT, "Copy number of chromosome 21", description, body)


class _Scale:
    """The vertical axis: copies from 0, or log2 from -2 to 3."""

    def __init__(self, segments: Sequence[Mapping[str, Any]], field: str) -> None:
        values = [segment[field] for segment in segments if segment[field] is not None]
        self.low = 0.0 if field == "total" else -2.0
        highest = round(max(values, default=0)) + 1
        self.high = float(min(max(LEAST_TOP, highest), HIGHEST_TOP)) if field == "total" else 3.0
        self.field = field

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return HEIGHT - BOTTOM - (inside - self.low) / (self.high - self.low) * (HEIGHT - BOTTOM - TOP)

    def lines(self) -> Iterator[str]:
        step = 1 if self.high - self.low <= 8 else 2
        for value in range(int(self.low), int(self.high) + 1, step):
            usual = value == (2 if self.field == "total" else 0)
            yield line(LEFT, self.y(value), WIDTH - RIGHT, self.y(value), stroke="#666" if usual else "#ccc")
            yield label(LEFT - 5, self.y(value) + 3, value, size=9, anchor="end")


def _anchors(anchors: Sequence[Iamp21AnchorRow], scale: float) -> Iterator[str]:
    """Genes as grey bands with their names, windows as brackets above."""
    taken = -100.0
    for row in sorted(anchors, key=lambda row: row.start):
        low, high = LEFT + row.start * scale, LEFT + row.end * scale
        if row.role in ("telomere", "proximal"):
            yield line(low, TOP - 6, high, TOP - 6, width=2, stroke="#555")
            yield box(low, TOP, high - low, HEIGHT - BOTTOM - TOP, fill="#f4f4f4")
            at_end = row.role == "telomere"
            place = high if at_end else (low + high) / 2
            text, anchor = ("21q telomere", "end") if at_end else ("21q proximal", "middle")
            yield label(place, TOP + 10, text, size=8.5, anchor=anchor)
            continue
        middle = (low + high) / 2
        yield box(middle - max((high - low) / 2, 0.8), TOP, max(high - low, 1.6), HEIGHT - BOTTOM - TOP, fill="#ddd")
        place = max(middle, taken + NAME_STEP)
        taken = place
        yield line(middle, TOP, place, TOP - 8, stroke="#999")
        yield turned(place + 3, TOP - 10, row.anchor, size=8.5, angle=-90, anchor="start")


def _thresholds(knowledge: Knowledge, axis: _Scale) -> Iterator[str]:
    for threshold in _known(knowledge):
        if threshold.value > axis.high:
            continue
        y = axis.y(threshold.value)
        yield line(LEFT, y, WIDTH - RIGHT, y, width=1.2, dash="6 3")
        yield label(LEFT + 4, y - 5, f"RUNX1 ≥ {threshold.cited}", size=8.5, extra=HALO)


def _known(knowledge: Knowledge) -> list[Threshold]:
    ids = {entry.id for entry in knowledge.rows(ThresholdRow)}
    return [knowledge.threshold(cutoff) for cutoff in THRESHOLDS if cutoff.id in ids]


def _bars(
    segments: Sequence[Mapping[str, Any]], field: str, scale: float, axis: _Scale
) -> list[tuple[float, float, float]]:
    bars = []
    for segment in segments:
        value = segment[field]
        if value is not None:
            low, high = LEFT + (segment["start"] - 1) * scale, LEFT + segment["end"] * scale
            shift = 2.5 if field == "minor" else 0
            bars.append((low, max(high, low + 1), axis.y(value) + shift))
    return bars


def _ruler(length: int, scale: float) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    yield line(LEFT, base, LEFT + length * scale, base)
    for megabase in range(0, length // 1_000_000 + 1, 10):
        x = LEFT + megabase * 1_000_000 * scale
        yield line(x, base, x, base + 4)
        yield label(x, base + 15, f"{megabase} Mb", size=9, anchor="middle")


def _description(segments: Sequence[Mapping[str, Any]], anchors: Sequence[Iamp21AnchorRow], field: str) -> str:
    """Copies at each anchor in words."""
    parts = []
    for row in anchors:
        middle = (row.start + row.end) // 2
        over = [s for s in segments if s["start"] <= middle <= s["end"] and s[field] is not None]
        text = f"{over[0][field]:.1f}".removesuffix(".0") if over else "not covered"
        parts.append(f"{row.anchor} {text}")
    return f"{'Total copies' if field == 'total' else 'log2'} at the anchors of the rule: {', '.join(parts)}."
