"""Chromosomes and bands between brackets."""

from __future__ import annotations

import re

_BAND = re.compile(r"[pq]\??(?:ter|cen|[\d?]+(?:\.[\d?]+)?)?(?:[~-][pq]?[\d?]+(?:\.[\d?]+)?)?")
_BETWEEN_CHROMOSOMES = re.compile(r"[;:,/|.-]")  # a semicolon; the others are slips of the keyboard
_BETWEEN_SIDES = re.compile(r"[;:,/|]")
_DASHES = re.compile(r"[~-](?=[pq])")  # a range of bands on one side, but a slip for the semicolon between two
_NAMES = frozenset({*(str(number) for number in range(1, 23)), "X", "Y", "?", "MAR", "V"})

Bands = tuple[tuple[str, ...], ...]


def read_chromosomes(text: str) -> tuple[str, ...]:
    """`9;22` -> 9, 22; () for what is no chromosome. `?`, `mar` and `v` may stand for an unknown one."""
    names = []
    for name in _BETWEEN_CHROMOSOMES.split(text):
        clean = re.sub(r"^MAR\d*$", "MAR", name.replace("?", "").upper()).lstrip("0") if name.strip("?") else "?"
        if clean not in _NAMES:
            return ()
        names.append(clean)
    return tuple(names)


def read_bands(text: str | None, chromosomes: int) -> Bands:
    """`q34;q11.2` -> (('q34',), ('q11.2',)); `p13q22` of one chromosome -> (('p13', 'q22'),)."""
    if text is None:
        return ()
    sides = tuple(tuple(_BAND.findall(side.lower())) for side in _BETWEEN_SIDES.split(text))
    if len(sides) == 1 < chromosomes:
        return _one_of_each(text.lower(), chromosomes) or sides
    if chromosomes == 1 < len(sides):  # inv(9)(p13;p24)
        return (tuple(band for side in sides for band in side),)
    return sides


def _one_of_each(text: str, chromosomes: int) -> Bands:
    """t(9;22)(q34q11) and t(9-22)(q34-q11): one band of each chromosome; () where their numbers differ."""
    for side in (text, _DASHES.sub(" ", text)):
        bands = _BAND.findall(side)
        if len(bands) == chromosomes:
            return tuple((band,) for band in bands)
    return ()
