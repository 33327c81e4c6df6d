"""Segments of a report: a very long table's neighbours that are most alike are joined, so that the genome stays whole.

An array of five thousand segments draws the same picture with a thousand; a list of the longest would have holes,
which read as "not covered". Segments that a lesion rests on are left as they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from annotate.interpret.analysis import Analysis
from annotate.model.copy_number import Segment
from annotate.report.json.bounds import LeftOut

MOST_SEGMENTS = 1200  # 0.3 MB of JSON and 0.4 MB of page; a whole genome of leukaemia has a few hundred
FAR = 1_000_000  # bases between two segments: what lies between is not known to be like them
UNLIKE = 100.0  # distance where one of two has a value and the other none, and of segments far apart

Place = tuple[str, int, int]


def shown_segments(analysis: Analysis, left_out: LeftOut) -> tuple[Segment, ...]:
    """The profile's segments, at most `MOST_SEGMENTS` of them."""
    profile = analysis.case.profile
    if profile is None or len(profile.segments) <= MOST_SEGMENTS:
        return profile.segments if profile is not None else ()
    values = [item.values for call in analysis.calls.values() for item in call.evidence if item.kind == "segment"]
    kept = {(one.get("chrom"), one.get("start"), one.get("end")) for one in values}
    shown = joined(profile.segments, MOST_SEGMENTS, {place for place in kept if None not in place})
    left_out.count("segments", "joined", None, len(profile.segments) - len(shown))
    return shown


@dataclass(slots=True)
class _Link:
    """A segment in a chain of one chromosome, with the places of its neighbours."""

    segment: Segment
    before: int | None
    after: int | None
    changes: int = 0
    gone: bool = False


def joined(segments: tuple[Segment, ...], most: int, kept: Set[object] = frozenset()) -> tuple[Segment, ...]:
    """Neighbours joined, the most alike first, until `most` are left or nothing can be joined.

    `kept`: places (contig, first and last base) of segments that stay as they are. Values are means by length;
    where one of two has none, both together have none.
    """
    links = _chain(segments)
    waiting = [entry for place in range(len(links)) for entry in _entries(links, place, kept)]
    heapq.heapify(waiting)
    left = len(links)
    while left > most and waiting:
        _, place, own, others = heapq.heappop(waiting)
        link = links[place]
        after = link.after
        if link.gone or after is None or (link.changes, links[after].changes) != (own, others):
            continue
        _join(links, place, after)
        left -= 1
        for near in (link.before, place):
            if near is not None:
                for entry in _entries(links, near, kept):
                    heapq.heappush(waiting, entry)
    return tuple(link.segment for link in links if not link.gone)


def _chain(segments: tuple[Segment, ...]) -> list[_Link]:
    """Every segment with its neighbours on its chromosome; the segments are in order."""
    links = [_Link(segment, None, None) for segment in segments]
    for place in range(1, len(links)):
        if segments[place - 1].chrom == segments[place].chrom:
            links[place].before, links[place - 1].after = place - 1, place
    return links


def _entries(links: list[_Link], place: int, kept: Set[object]) -> Iterator[tuple[float, int, int, int]]:
    """What may be joined with its next, by how unlike they are; with their changes, to know an old entry by."""
    after = links[place].after
    if after is None or {_place(links[place].segment), _place(links[after].segment)} & kept:
        return
    yield _unlike(links[place].segment, links[after].segment), place, links[place].changes, links[after].changes


def _place(segment: Segment) -> Place:
    return segment.chrom, segment.start, segment.end


def _join(links: list[_Link], place: int, after: int) -> None:
    one, two = links[place], links[after]
    one.segment = _together(one.segment, two.segment)
    one.changes += 1
    two.gone, one.after = True, two.after
    if two.after is not None:
        links[two.after].before = place


def _unlike(one: Segment, two: Segment) -> float:
    """How much two neighbours differ in copies, ratio and alleles; short ones are joined before long ones."""
    apart = UNLIKE if two.start - one.end > FAR else 0.0
    for a, b in ((one.total, two.total), (one.minor, two.minor), (one.log2, two.log2), (one.baf, two.baf)):
        if (a is None) != (b is None):
            apart += UNLIKE
        elif a is not None and b is not None:
            apart += abs(a - b)
    return apart * min(one.length, two.length)


def _together(one: Segment, two: Segment) -> Segment:
    weights = one.length, two.length

    def mean(a: float | None, b: float | None) -> float | None:
        if a is None or b is None:
            return None
        return a if a == b else (a * weights[0] + b * weights[1]) / sum(weights)

    return replace(
        one,
        end=max(one.end, two.end),
        log2=mean(one.log2, two.log2),
        total=mean(one.total, two.total),
        minor=mean(one.minor, two.minor),
        baf=mean(one.baf, two.baf),
        cellular_fraction=mean(one.cellular_fraction, two.cellular_fraction),
        second_total=mean(one.second_total, two.second_total),
        second_minor=mean(one.second_minor, two.second_minor),
        markers=None if one.markers is None or two.markers is None else one.markers + two.markers,
    )
