"""One fusion: both genes with the exons kept, where they break, and what is joined, with frame and reads.

Genes are drawn in the direction of transcription and not to scale: every exon is one box. Dark boxes are kept of the 5'
gene, grey ones of the 3' gene, empty ones are lost; this holds without colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.base.frozen import frozen
from annotate.reference.features import Gene, Locus, Transcript
from annotate.reference.genome import Genome
from annotate.reference.places import to_x
from annotate.report.drawing.svg import box, figure, label, line

WIDTH, HEIGHT, LEFT, RIGHT = 520.0, 216.0, 14.0, 14.0
WIDEST, BOX_SHARE, BOX_HEIGHT, LEAST_NUMBER = 30.0, 0.72, 14.0, 15.0
ROWS = (52.0, 118.0, 180.0)  # tops of the boxes: 5' gene, 3' gene, what is joined
DARK, GREY, EMPTY, INK = "#333", "#bbb", "#fff", "#000"
FRAMES: Mapping[str, str] = {
    "in_frame": "in frame",
    "out_of_frame": "out of frame",
    "unknown": "frame not known",
}


@frozen
class Part:
    """One gene or locus of the fusion: its exons in order of transcription, which are kept, where it breaks."""

    name: str
    place: str  # chromosome band and strand
    exons: tuple[int, ...]  # ranks; empty without a model
    kept: frozenset[int]
    cut: float | None  # in exons from the 5' end: 2 between exons 2 and 3, 2.5 within exon 3; None when not known
    at: str | None  # the breakpoint in words
    five: bool
    context: str

    @property
    def fill(self) -> str:
        """Colour of the box: dark for the 5' gene."""
        return DARK if self.five else GREY

    @property
    def ink(self) -> str:
        """Colour of text on the box."""
        return "#fff" if self.five else INK


def draw_fusion(junction: Mapping[str, Any], genome: Genome) -> str | None:
    """SVG of a junction of the report (its JSON form); None where it joins no two genes."""
    pair = _pair(junction)
    if pair is None:
        return None
    five, three = _parts(junction, pair, genome)
    name = f"{pair['five']}::{pair['three']}"
    facts = _facts(junction, pair)
    body = [label(LEFT, 15, name, size=13, extra="font-weight='bold'"), label(WIDTH - RIGHT, 15, facts, anchor="end")]
    body += _gene_row(five, ROWS[0])
    body += _gene_row(three, ROWS[1])
    body += _product(five, three, pair, junction)
    return figure(WIDTH, HEIGHT, f"Fusion {name}", _description(five, three, facts), body)


def draw_rna_fusion(fusion: Mapping[str, Any], genome: Genome) -> str | None:
    """SVG of an RNA fusion of the report (its JSON form); None without both breakpoints."""
    ends: dict[str, Any] = {side: fusion.get(f"{side}_breakpoint") for side in ("five", "three")}
    if not all(ends.values()):
        return None
    frame = {True: "in_frame", False: "out_of_frame", None: "unknown"}[fusion.get("in_frame")]
    pair: dict[str, Any] = {"five": fusion["five"], "three": fusion["three"], "oriented": True, "frame": frame}
    for side, end in ends.items():
        pair[f"{side}_context"] = "ig_tr" if isinstance(_span(genome, fusion[side]), Locus) else "gene"
        pair[f"{side}_exon"] = _exon(genome, fusion[side], end, five=side == "five")
    split, spanning = fusion.get("split_reads"), fusion.get("spanning_reads")
    known = [n for n in (split, spanning) if n is not None]
    as_junction = {
        "genes": f"{fusion['five']}::{fusion['three']}",
        "left": {"chrom": ends["five"][0], "pos": ends["five"][1], "keeps": None},
        "right": {"chrom": ends["three"][0], "pos": ends["three"][1], "keeps": None},
        "pairs": [pair],
        "support": {"split_reads": split, "spanning_reads": spanning, "reads": sum(known) if known else None},
        "source": f"RNA, {', '.join(fusion.get('callers') or (fusion['caller'],))}",
    }
    return draw_fusion(as_junction, genome)


def _exon(genome: Genome, name: str, end: Sequence[Any], *, five: bool) -> int | None:
    """The last exon kept of a 5' gene, the first one of a 3' gene."""
    gene, transcript = genome.gene(name), genome.transcript(name)
    chrom, pos = to_x(genome, end[0], end[1])
    if gene is None or transcript is None or chrom != gene.chrom or not gene.start <= pos <= gene.end:
        return None
    kept = transcript.exons_kept(pos, gene.five_prime_side if five else gene.three_prime_side)
    return (max(kept) if five else min(kept)) if kept else None


def _pair(junction: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pair that `genes` names."""
    if not junction.get("genes") or junction.get("right") is None:
        return None
    for pair in junction.get("pairs") or ():
        if pair["oriented"] and f"{pair['five']}::{pair['three']}" == junction["genes"]:
            found: Mapping[str, Any] = pair
            return found
    return None


# ---------------------------------------------------------------- what is known of both sides


def _parts(junction: Mapping[str, Any], pair: Mapping[str, Any], genome: Genome) -> tuple[Part, Part]:
    ends = (junction["left"], junction["right"])
    spans = [_span(genome, pair[side]) for side in ("five", "three")]
    straight = _distance(genome, ends[0], spans[0]) + _distance(genome, ends[1], spans[1])
    crossed = _distance(genome, ends[1], spans[0]) + _distance(genome, ends[0], spans[1])
    if straight == crossed:  # both ends in one region: the side kept tells
        gene = genome.gene(pair["five"])
        swap = gene is not None and ends[0]["keeps"] != gene.five_prime_side
    else:
        swap = crossed < straight
    first, second = ends[::-1] if swap else ends
    chained = bool(pair.get("via"))
    return (
        _part(genome, pair, "five", first if not chained or _near(genome, first, spans[0]) else None),
        _part(genome, pair, "three", second if not chained or _near(genome, second, spans[1]) else None),
    )


Span = Gene | Locus | None


def _span(genome: Genome, name: str) -> Span:
    locus = next((locus for locus in genome.loci() if name in locus.name.split("/")), None)
    return locus if locus is not None else genome.gene(name)


def _distance(genome: Genome, end: Mapping[str, Any], span: Span) -> int:
    """Bases from a breakend to a gene; a whole genome away on another chromosome."""
    chrom, pos = to_x(genome, end["chrom"], end["pos"])
    if span is None or span.chrom != chrom:
        return 10**10
    return max(span.start - pos, pos - span.end, 0)


def _near(genome: Genome, end: Mapping[str, Any], span: Span) -> bool:
    return _distance(genome, end, span) < 10**7


def _part(genome: Genome, pair: Mapping[str, Any], side: str, end: Mapping[str, Any] | None) -> Part:
    name, five = pair[side], side == "five"
    span, transcript = _span(genome, name), genome.transcript(name)
    exons = tuple(sorted(exon.rank for exon in transcript.exons)) if transcript is not None else ()
    edge = pair.get(f"{side}_exon")
    kept = frozenset(n for n in exons if edge is not None and (n <= edge if five else n >= edge))
    if edge is None and pair.get(f"{side}_context") == "upstream":
        kept = frozenset(exons)
    return Part(
        name=name,
        place=_place(genome, span, transcript),
        exons=exons,
        kept=kept,
        cut=_cut(genome, transcript, end),
        at=None if end is None else f"{end['chrom']}:{end['pos']:,}",
        five=five,
        context=pair.get(f"{side}_context") or "gene",
    )


def _place(genome: Genome, span: Span, transcript: Transcript | None) -> str:
    if span is None:
        return ""
    place = f"{span.chrom}{genome.band(span.chrom, (span.start + span.end) // 2)}"
    if isinstance(span, Locus):
        return f"{place}, locus"
    return f"{place}, strand {span.strand}" + (f", {transcript.transcript}" if transcript is not None else "")


def _cut(genome: Genome, transcript: Transcript | None, end: Mapping[str, Any] | None) -> float | None:
    """Where the breakpoint lies among the exons, in order of transcription."""
    if transcript is None or end is None:
        return None
    chrom, pos = to_x(genome, end["chrom"], end["pos"])
    if chrom != transcript.chrom:
        return None
    within = next((exon for exon in transcript.exons if exon.start <= pos <= exon.end), None)
    if within is not None:
        first, last = (within.start, within.end) if transcript.strand == "+" else (within.end, within.start)
        return float(within.rank) if pos == last else within.rank - (1.0 if pos == first else 0.5)
    intron = transcript.intron_at(pos)
    if intron is not None:
        return float(intron)
    outermost = min(transcript.exons, key=lambda exon: exon.rank)
    upstream = pos < outermost.start if transcript.strand == "+" else pos > outermost.end
    return 0.0 if upstream else float(len(transcript.exons))


# ---------------------------------------------------------------- rows


def _gene_row(part: Part, top: float) -> Iterator[str]:
    yield label(LEFT, top - 12, part.name, size=11, extra="font-weight='bold'")
    yield label(WIDTH - RIGHT, top - 12, part.place, size=9, anchor="end", fill="#333")
    if not part.exons:
        yield from _bar(part, top)
        return
    pitch = _pitch(len(part.exons))
    yield line(LEFT, top + BOX_HEIGHT / 2, LEFT + pitch * len(part.exons), top + BOX_HEIGHT / 2, stroke="#777")
    yield from _exons([(n, n in part.kept, part) for n in part.exons], LEFT, top, pitch)
    if part.cut is not None:
        yield from _mark(LEFT + part.cut * pitch, top, part.at)
    elif part.at is not None:
        yield label(LEFT, top + BOX_HEIGHT + 14, f"break at {part.at}", size=9)


def _bar(part: Part, top: float) -> Iterator[str]:
    """A locus, or a gene without a model: one bar, broken in the middle."""
    wide = WIDTH - LEFT - RIGHT
    half = wide / 2
    yield box(LEFT, top, wide, BOX_HEIGHT, fill=EMPTY, stroke="#777")
    yield box(LEFT if part.five else LEFT + half, top, half, BOX_HEIGHT, fill=part.fill, stroke=INK)
    yield from _mark(LEFT + half, top, part.at)


def _pitch(count: int) -> float:
    return min(WIDEST, (WIDTH - LEFT - RIGHT) / max(count, 1))


def _exons(exons: Sequence[tuple[int, bool, Part]], x: float, top: float, pitch: float) -> Iterator[str]:
    """Boxes with their numbers; where boxes are narrow the numbers of the outermost kept exons and of some others."""
    wide = pitch * BOX_SHARE
    step = 1 if pitch >= LEAST_NUMBER else int(LEAST_NUMBER / pitch) + 1
    shown: set[int] = set()
    for side in (True, False):
        edges = [place for place, (_, kept, part) in enumerate(exons) if kept and part.five is side]
        shown |= {edges[0], edges[-1]} if edges else set()
    for place, (rank, kept, part) in enumerate(exons):
        left = x + place * pitch + (pitch - wide) / 2
        yield box(left, top, wide, BOX_HEIGHT, fill=part.fill if kept else EMPTY, stroke=INK if kept else "#777")
        near_edge = any(0 < abs(place - edge) < step for edge in shown)
        if place in shown or (not near_edge and place % step == 0):
            if step == 1:
                ink = part.ink if kept else "#555"
                yield label(left + wide / 2, top + BOX_HEIGHT - 4, rank, size=8.5, anchor="middle", fill=ink)
            else:
                yield label(left + wide / 2, top - 1.5, rank, size=7, anchor="middle")


def _mark(x: float, top: float, text: str | None) -> Iterator[str]:
    """The breakpoint: a dashed line through the gene with its place."""
    yield line(x, top - 5, x, top + BOX_HEIGHT + 7, width=2, dash="3 2")
    if text is not None:
        anchor = "start" if x < LEFT + 60 else "end" if x > WIDTH - RIGHT - 60 else "middle"
        yield label(x, top + BOX_HEIGHT + 17, text, size=9, anchor=anchor)


def _product(five: Part, three: Part, pair: Mapping[str, Any], junction: Mapping[str, Any]) -> Iterator[str]:
    """The kept exons of both, or a word where no chimeric transcript is expected."""
    top = ROWS[2]
    if five.context == "ig_tr" or three.context == "ig_tr" or not (five.kept and three.kept):
        yield label(LEFT, top + 10, _words_of_product(five, three), size=10)
        return
    joined = [(n, True, five) for n in sorted(five.kept)] + [(n, True, three) for n in sorted(three.kept)]
    pitch = _pitch(len(joined))
    border = LEFT + len(five.kept) * pitch
    yield label(LEFT, top - 12, "transcript" if junction.get("source") else "joined", size=9, fill="#333")
    yield line(LEFT, top + BOX_HEIGHT / 2, LEFT + pitch * len(joined), top + BOX_HEIGHT / 2, stroke="#777")
    yield from _exons(joined, LEFT, top, pitch)
    yield line(border, top - 5, border, top + BOX_HEIGHT + 5, width=2)
    inserted = len(junction.get("inserted_sequence") or "")
    if pair.get("via"):
        yield label(LEFT, top + BOX_HEIGHT + 17, f"joined by a chain of {len(pair['via'])} junctions", size=9)
    elif inserted:
        yield label(LEFT, top + BOX_HEIGHT + 17, f"{inserted} bases inserted in the DNA", size=9)


def _words_of_product(five: Part, three: Part) -> str:
    if five.context == "ig_tr":
        return f"{five.name} regulates {three.name}; no chimeric transcript is expected"
    if not five.exons or not three.exons:
        missing = " and ".join(part.name for part in (five, three) if not part.exons)
        return f"no exon model of {missing}: the exons joined are not known"
    return "the exons joined are not known"


# ---------------------------------------------------------------- words


def _facts(junction: Mapping[str, Any], pair: Mapping[str, Any]) -> str:
    words = [] if pair.get("five_context") == "ig_tr" else [FRAMES.get(pair.get("frame") or "unknown", "")]
    support = junction.get("support") or {}
    if support.get("reads") is not None:
        kinds = ("split_reads", "paired_reads", "spanning_reads")
        parts = [f"{support[kind]} {kind.partition('_')[0]}" for kind in kinds if support.get(kind) is not None]
        words.append(f"{support['reads']} reads" + (f" ({', '.join(parts)})" if len(parts) == 2 else ""))
    if support.get("vaf") is not None:
        words.append(f"VAF {support['vaf']:.2f}")
    words.append(junction.get("source") or "")
    return " · ".join(word for word in words if word)


def _description(five: Part, three: Part, facts: str) -> str:
    parts = []
    for part, edge in ((five, max(five.kept, default=None)), (three, min(three.kept, default=None))):
        text = part.name + (f" broken at {part.at}" if part.at else "")
        if edge is not None:
            text += f", exons {'up to' if part.five else 'from'} {edge} of {len(part.exons)} kept"
        parts.append(text)
    return "; ".join(parts) + (f". {facts}." if facts else ".")
