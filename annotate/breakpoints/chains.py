"""Walks over several junctions that join two genes through small pieces."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotate.base.frozen import frozen
from annotate.breakpoints.breakends import order
from annotate.model.junctions import Breakend, Junction, Side

MAX_STEPS = 200_000  # of following chains; a file of random junctions needs one a junction


# ---------------------------------------------------------------- chains


@dataclass(slots=True)
class Hop:
    """A junction walked from one of its ends to the other."""

    junction: Junction
    enters: Breakend  # where the walk arrives at the junction
    leaves: Breakend  # where it goes on behind it


def hops(junction: Junction) -> tuple[Hop, ...]:
    """A junction crossed in either direction; none for a single breakend."""
    if junction.right is None:
        return ()
    return (Hop(junction, junction.left, junction.right), Hop(junction, junction.right, junction.left))


@frozen
class Entries:
    """Where junctions can be entered, by contig and side: sorted places, and the junction that begins there."""

    junctions: Sequence[Junction]
    places: Mapping[tuple[str, Side], Sequence[int]]
    numbers: Mapping[tuple[str, Side], Sequence[int]]  # twice the junction's index, one more by its left end

    @staticmethod
    def of(junctions: Sequence[Junction]) -> Entries:
        """The ends of all junctions by chromosome and kept side, in the order of their positions."""
        found: dict[tuple[str, Side], list[tuple[int, int]]] = defaultdict(list)
        for number, junction in enumerate(junctions):
            left, right = junction.left, junction.right
            if right is not None:
                found[left.chrom, left.keeps].append((left.pos, 2 * number + 1))
                found[right.chrom, right.keeps].append((right.pos, 2 * number))
        for entries in found.values():
            entries.sort()
        return Entries(
            junctions,
            {key: [place for place, _ in entries] for key, entries in found.items()},
            {key: [number for _, number in entries] for key, entries in found.items()},
        )

    def behind(self, at: Breakend, distance: int) -> Iterator[Hop]:
        """Hops that begin at most `distance` bases behind a breakend, on the stretch that it keeps."""
        key, index, high = self._first(at, distance)
        places = self.places.get(key, ())
        while index < len(places) and places[index] <= high:
            number = self.numbers[key][index]
            yield hops(self.junctions[number // 2])[0 if number % 2 else 1]
            index += 1

    def any_behind(self, at: Breakend, distance: int) -> bool:
        """Does any hop begin there? Quicker than `behind`, and enough for most junctions."""
        key, index, high = self._first(at, distance)
        places = self.places.get(key, ())
        return index < len(places) and places[index] <= high

    def _first(self, at: Breakend, distance: int) -> tuple[tuple[str, Side], int, int]:
        """Contig and side of the entries behind a breakend, the first of them, and the last base of the stretch."""
        kept_right = at.keeps == "R"
        key: tuple[str, Side] = (at.chrom, "L" if kept_right else "R")
        low = at.pos if kept_right else at.pos - distance
        return key, bisect_left(self.places.get(key, ()), low), low + distance


def walks(junctions: Sequence[Junction], distance: int, longest: int) -> list[tuple[Hop, ...]]:
    """Walks over two to `longest` junctions, each next one at most `distance` bases behind the last.

    Behind a breakend that keeps the right, the derivative chromosome runs to the right until a breakend that
    keeps the left leaves it, and the other way round: only such a stretch lies between two junctions of a walk.
    Each walk is given once, from its end with the lower place. Dense clusters are cut off at MAX_STEPS.
    """
    entries = Entries.of(junctions)
    result: list[tuple[Hop, ...]] = []
    steps = MAX_STEPS
    waiting: list[tuple[Hop, ...]] = []
    for junction in junctions:
        if junction.right is None:
            continue
        for leaves, enters in ((junction.right, junction.left), (junction.left, junction.right)):
            if not entries.any_behind(leaves, distance):
                continue
            waiting.append((Hop(junction, enters, leaves),))
            while waiting and steps > 0:
                walk = waiting.pop()
                if len(walk) > 1 and order(walk[0].enters) <= order(walk[-1].leaves):
                    result.append(walk)
                if len(walk) == longest:
                    continue
                for following in entries.behind(walk[-1].leaves, distance):
                    steps -= 1
                    if all(following.junction.id != before.junction.id for before in walk):
                        waiting.append((*walk, following))
    return result


def chains(junctions: Sequence[Junction], distance: int, longest: int = 4) -> tuple[tuple[str, ...], ...]:
    """Ids of junctions that follow one another within `distance` bases; a chain inside a longer one is left out."""
    found = {tuple(hop.junction.id for hop in walk) for walk in walks(junctions, distance, longest)}
    inside = {part for chain in found for part in _parts(chain)}
    return tuple(sorted(found - inside))


def _parts(chain: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Every shorter stretch of a chain, read either way."""
    for width in range(2, len(chain)):
        for start in range(len(chain) - width + 1):
            yield chain[start : start + width]
            yield chain[start : start + width][::-1]
