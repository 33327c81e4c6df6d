"""The whole genome: total copies, minor copies, loss of heterozygosity and B-allele frequency by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.base.chromosomes import CHROMOSOMES
from annotate.reference.genome import Genome
from annotate.report.drawing.svg import Bar, box, fewer, figure, label, line, plain, strokes, turned

WIDTH, LEFT, RIGHT = 1000.0, 44.0, 10.0
TOP, COPIES_HEIGHT, LOH_HEIGHT, BAF_HEIGHT, GAP = 34.0, 150.0, 10.0, 70.0, 14.0
MOST_BARS = 700  # of each kind; keeps the drawing below 60 KB
USUAL_TOP, HIGHEST_TOP = 4, 8  # copies at the top of the axis
MOST_NAMES, NAME_STEP = 24, 10.0  # names of genes, and their distance
USUAL = 2  # copies of an autosome that are no change
MINOR_GREY = "#777"


def draw_genome(copy_number: Any, assembly: str) -> str:
    """SVG of a copy-number profile (the report's `copy_number` or the dataclass). Copies above the axis are marked."""
    data = plain(copy_number)
    axis = _Axis(assembly)
    segments = [segment for segment in data["segments"] if segment["chrom"] in axis.starts]
    copies = any(segment["total"] is not None for segment in segments)
    body: list[str] = []
    body += _shading(axis, _height(segments))
    panel = _copies_panel(segments, axis) if copies else _log2_panel(segments, axis)
    body += panel[0]
    left_out = panel[1]
    body += _focal_genes(data, axis)
    bottom = TOP + COPIES_HEIGHT + GAP
    body += _loh(segments, axis, bottom)
    bottom += LOH_HEIGHT + GAP
    if any(segment["baf"] is not None for segment in segments):
        parts, more = _baf_panel(segments, axis, bottom)
        body += parts
        left_out += more
        bottom += BAF_HEIGHT + GAP
    body += _names(axis, bottom)
    body += _arms(data, axis, bottom + 22)
    body += [label(LEFT, 14, _headline(data), size=12), *_legend(copies)]
    description = _description(data) + (f" {left_out} small segments are drawn as medians." if left_out else "")
    return figure(WIDTH, bottom + 38, "Copy number of the whole genome", description, body)


class _Axis:
    """Positions of a genome laid end to end."""

    def __init__(self, assembly: str) -> None:
        self.genome = Genome.load(assembly)
        lengths = self.genome.contig_lengths
        total = sum(lengths[name] for name in CHROMOSOMES)
        scale = (WIDTH - LEFT - RIGHT) / total
        self.scale = scale
        self.starts: dict[str, float] = {}
        self.widths: dict[str, float] = {}
        x = LEFT
        for name in CHROMOSOMES:
            self.starts[name] = x
            self.widths[name] = lengths[name] * scale
            x += self.widths[name]

    def span(self, segment: Mapping[str, Any]) -> tuple[float, float]:
        start = self.starts[segment["chrom"]]
        return start + (segment["start"] - 1) * self.scale, start + segment["end"] * self.scale


def _height(segments: Sequence[Mapping[str, Any]]) -> float:
    height = COPIES_HEIGHT + GAP + LOH_HEIGHT
    return height + (GAP + BAF_HEIGHT if any(segment["baf"] is not None for segment in segments) else 0)


def _shading(axis: _Axis, height: float) -> Iterator[str]:
    for index, name in enumerate(CHROMOSOMES):
        if index % 2:
            yield box(axis.starts[name], TOP, axis.widths[name], height, fill="#f0f0f0")


def _names(axis: _Axis, y: float) -> Iterator[str]:
    for index, name in enumerate(CHROMOSOMES):
        narrow = axis.widths[name] < 14
        drop = 9 if narrow and index % 2 else 0
        yield label(axis.starts[name] + axis.widths[name] / 2, y - 4 + drop, name, size=9, anchor="middle")


def _arms(data: Mapping[str, Any], axis: _Axis, y: float) -> Iterator[str]:
    """Under each autosome what of it is gained or lost: `+`, `−`, `p−`, `q+`; neighbours on two lines."""
    for index, name in enumerate(CHROMOSOMES):
        text = _change(data["chromosomes"].get(name)) if name not in ("X", "Y") else ""
        if text:
            middle = axis.starts[name] + axis.widths[name] / 2
            yield label(middle, y + (11 if index % 2 else 0), text, size=9, anchor="middle", extra="font-weight='bold'")


def _change(state: Mapping[str, Any] | None) -> str:
    """`p−q+` of one chromosome against two copies; '' where nothing differs or is known."""
    if state is None:
        return ""
    arms = [(arm, state.get(f"{arm}_total")) for arm in "pq"]
    if all(total is not None for _, total in arms) and arms[0][1] != arms[1][1]:
        return "".join(f"{arm}{_sign(total)}" for arm, total in arms if _sign(total))
    return _sign(state["total"])


def _sign(total: int | None) -> str:
    return "" if total is None or total == USUAL else "+" if total > USUAL else "−"


def _copies_panel(segments: Sequence[Mapping[str, Any]], axis: _Axis) -> tuple[list[str], int]:
    totals = [segment["total"] for segment in segments if segment["total"] is not None]
    top = float(min(max(USUAL_TOP, round(max(totals, default=0)) + 1), HIGHEST_TOP))
    base = TOP + COPIES_HEIGHT

    def height(copies: float) -> float:
        return base - min(copies, top) / top * COPIES_HEIGHT

    parts = [turned(14, TOP + COPIES_HEIGHT / 2, "copies")]
    for copies in range(int(top) + 1):
        parts.append(
            line(LEFT, height(copies), WIDTH - RIGHT, height(copies), stroke="#bbb" if copies != 2 else "#666")
        )
        parts.append(label(LEFT - 6, height(copies) + 3, copies, size=9, anchor="end"))
    minor = _bars(segments, axis, "minor", lambda value: height(value) + 2.5)
    total = _bars(segments, axis, "total", height)
    minor, out_minor = fewer(minor, MOST_BARS)
    total, out_total = fewer(total, MOST_BARS)
    parts.append(strokes(minor, stroke=MINOR_GREY, width=2, dash="3 1.5"))
    parts.append(strokes(total, width=3.2))
    parts += _above(segments, axis, top)
    return parts, out_minor + out_total


def _log2_panel(segments: Sequence[Mapping[str, Any]], axis: _Axis) -> tuple[list[str], int]:
    low, high = -2.0, 2.0
    base = TOP + COPIES_HEIGHT

    def height(log2: float) -> float:
        return base - (min(max(log2, low), high) - low) / (high - low) * COPIES_HEIGHT

    parts = [turned(14, TOP + COPIES_HEIGHT / 2, "log2")]
    for value in (-2, -1, 0, 1, 2):
        parts.append(line(LEFT, height(value), WIDTH - RIGHT, height(value), stroke="#bbb" if value else "#666"))
        parts.append(label(LEFT - 6, height(value) + 3, value, size=9, anchor="end"))
    bars, left_out = fewer(_bars(segments, axis, "log2", height), MOST_BARS)
    parts.append(strokes(bars, width=3.2))
    return parts, left_out


def _baf_panel(segments: Sequence[Mapping[str, Any]], axis: _Axis, top: float) -> tuple[list[str], int]:
    """Both alleles: the mirrored frequency above one half and its complement below."""

    def height(baf: float) -> float:
        return top + (1 - baf) * BAF_HEIGHT

    parts = [turned(14, top + BAF_HEIGHT / 2, "BAF")]
    for value, text in ((0.0, "0"), (0.5, "½"), (1.0, "1")):
        parts.append(line(LEFT, height(value), WIDTH - RIGHT, height(value), stroke="#bbb" if value != 0.5 else "#666"))
        parts.append(label(LEFT - 6, height(value) + 3, text, size=9, anchor="end"))
    upper, left_out = fewer(_bars(segments, axis, "baf", height), MOST_BARS)
    lower = [(low, high, 2 * height(0.5) - y) for low, high, y in upper]
    parts += [strokes(upper, stroke="#333", width=2), strokes(lower, stroke="#333", width=2)]
    return parts, left_out


def _bars(segments: Sequence[Mapping[str, Any]], axis: _Axis, field: str, height: Any) -> list[Bar]:
    """Bars of one value, neighbours at the same height joined."""
    bars: list[Bar] = []
    last = None
    for segment in segments:
        if segment[field] is None:
            continue
        low, high = axis.span(segment)
        y = round(height(segment[field]), 1)
        high = max(high, low + 0.7)  # a focal change stays visible
        if bars and last == segment["chrom"] and bars[-1][2] == y and low - bars[-1][1] < 0.7:
            bars[-1] = (bars[-1][0], max(high, bars[-1][1]), y)
        else:
            bars.append((low, high, y))
        last = segment["chrom"]
    return bars


def _above(segments: Sequence[Mapping[str, Any]], axis: _Axis, top: float) -> Iterator[str]:
    """The number of copies where a segment is higher than the axis; the highest of a chromosome only."""
    highest: dict[str, Mapping[str, Any]] = {}
    for segment in segments:
        total = segment["total"]
        if total is not None and total > top:
            held = highest.get(segment["chrom"])
            if held is None or total > held["total"]:
                highest[segment["chrom"]] = segment
    for segment in highest.values():
        low, high = axis.span(segment)
        yield label((low + high) / 2, TOP - 3, f"↑{segment['total']:.0f}", size=9, anchor="middle")


def _focal_genes(data: Mapping[str, Any], axis: _Axis) -> Iterator[str]:
    """Names of genes with a focal deletion or amplification, upright below the top, each beside its place."""
    taken = -NAME_STEP
    for names, x, call in _neighbours(_focal(data, axis)):
        place = max(x, taken + NAME_STEP)
        taken = place
        word = "/".join(names) + {"homozygous_deletion": " −−", "deletion": " −", "amplification": " ++"}[call]
        yield line(x, TOP, place, TOP + 6, stroke="#333")
        yield turned(place + 3, TOP + 8, word, size=8.5, anchor="end")


def _focal(data: Mapping[str, Any], axis: _Axis) -> list[tuple[str, float, str]]:
    """Name, place and call of each gene with a focal change, in order."""
    genes = data.get("genes") or ()
    found = []
    for gene in genes.values() if isinstance(genes, Mapping) else genes:
        if gene["level"] != "focal" or gene["call"] not in ("deletion", "homozygous_deletion", "amplification"):
            continue
        place = axis.genome.gene(gene["gene"])
        if place is not None and place.chrom in axis.starts:
            found.append((gene["gene"], axis.starts[place.chrom] + place.start * axis.scale, gene["call"]))
    return sorted(found, key=lambda item: (item[1], item[0]))[:MOST_NAMES]


def _neighbours(found: Sequence[tuple[str, float, str]]) -> list[tuple[list[str], float, str]]:
    """Genes of one deletion under one name: CDKN2A/CDKN2B."""
    joined: list[tuple[list[str], float, str]] = []
    for name, x, call in found:
        if joined and joined[-1][2] == call and x - joined[-1][1] < 0.5 and len(joined[-1][0]) < 3:
            joined[-1][0].append(name)
        else:
            joined.append(([name], x, call))
    return joined


def _loh(segments: Sequence[Mapping[str, Any]], axis: _Axis, top: float) -> list[str]:
    """A black bar where the minor copies are none, grey where they are not known."""
    lost, unknown = [], []
    y = top + LOH_HEIGHT / 2
    for segment in segments:
        low, high = axis.span(segment)
        if segment["minor"] is None:
            unknown.append((low, high, y))
        elif segment["minor"] < 0.5 and (segment["total"] is None or segment["total"] >= 0.5):
            lost.append((low, max(high, low + 0.7), y))
    lost, _ = fewer(_join(lost), MOST_BARS)
    unknown, _ = fewer(_join(unknown), MOST_BARS)
    return [
        label(LEFT - 6, y + 3, "LOH", size=9, anchor="end"),
        strokes(unknown, stroke="#ccc", width=2, dash="1 2"),
        strokes(lost, width=LOH_HEIGHT - 1),
    ]


def _join(bars: Sequence[Bar]) -> list[Bar]:
    joined: list[Bar] = []
    for low, high, y in bars:
        if joined and low - joined[-1][1] < 0.3:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]), y)
        else:
            joined.append((low, high, y))
    return joined


def _legend(copies: bool) -> list[str]:
    if not copies:
        return [strokes([(700, 724, 10)], width=3.2), label(730, 14, "log2 of tumour to normal", size=10)]
    return [
        strokes([(700, 724, 10)], width=3.2),
        label(730, 14, "total copies", size=10),
        strokes([(806, 830, 10)], stroke=MINOR_GREY, width=2, dash="3 1.5"),
        label(836, 14, "minor copies", size=10),
        box(914, 5, 14, 9, fill="#000"),
        label(933, 14, "LOH", size=10),
    ]


def _headline(data: Mapping[str, Any]) -> str:
    parts = []
    if data.get("modal_number") is not None:
        parts.append(f"{data['modal_number']} chromosomes")
    if data.get("ploidy") is not None:
        parts.append(f"ploidy {data['ploidy']:.2f}" + ("" if data.get("ploidy_certain") else " (not certain)"))
    if data.get("purity") is not None:
        parts.append(f"leukaemic cells {data['purity']:.0%}")
    return " · ".join(parts) or "copy number"


def _description(data: Mapping[str, Any]) -> str:
    """In words what the drawing shows, for those who cannot see it."""
    gained, lost, heterozygosity = [], [], []
    for name in CHROMOSOMES:
        state = data["chromosomes"].get(name)
        if state is None or state["total"] is None or name in ("X", "Y"):
            continue
        if state["total"] > 2:
            gained.append(f"{name} ({state['total']})")
        elif state["total"] < 2:
            lost.append(f"{name} ({state['total']})")
        if state["minor"] == 0:
            heterozygosity.append(name)
    parts = [_headline(data) + "."]
    for word, names in (
        ("More than two copies", gained),
        ("Fewer than two copies", lost),
        ("One allele only", heterozygosity),
    ):
        parts.append(f"{word}: {', '.join(names) if names else 'no whole autosome'}.")
    return " ".join(parts)
