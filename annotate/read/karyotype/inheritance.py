"""What a clone takes from one written before: idem, sl, sdl; and the bands of short forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.model.karyotype import KaryotypeClone, KaryotypePart, KaryotypeToken
from annotate.read.karyotype.counts import is_normal, level_of

MAX_LEVEL = 16  # sets of chromosomes in a cell


@frozen
class Inherits:
    """`idem`, `sl`, `sdl1`, `idemx2`."""

    word: str
    number: int
    times: int


def inherit(clone: KaryotypeClone, inherits: Inherits | None, clones: Sequence[KaryotypeClone]) -> KaryotypeClone:
    """The clone with the abnormalities that it inherits from the earlier ones."""
    if inherits is None:
        return clone
    source = _source(inherits, clone, clones)
    if source is None:
        return replace(clone, incomplete=True)
    parent = clones[source]
    doubled = inherits.times > 1
    if doubled and inherits.times * level_of(parent) > MAX_LEVEL:
        return replace(clone, incomplete=True)  # a doubling of a doubling of…: no cell holds so many chromosomes
    level = level_of(parent) * inherits.times if doubled else parent.ploidy_level
    sex = parent.sex * inherits.times if parent.sex and parent.sex != "U" else parent.sex
    return replace(
        clone,
        sex=clone.sex or sex,
        tokens=tuple(_inherited(parent, inherits.times)) + clone.tokens,
        ploidy_level=clone.ploidy_level or level,
        doubled_from=source if doubled else parent.doubled_from,
        inherits_from=source,
        incomplete=clone.incomplete or parent.incomplete,
    )


def _inherited(parent: KaryotypeClone, times: int) -> Iterator[KaryotypeToken]:
    for token in parent.tokens:
        yield replace(
            token,
            inherited=True,
            change=token.change * times,
            copies=token.copies * times,
            spread=token.spread * times,
        )


def _source(inherits: Inherits, clone: KaryotypeClone, clones: Sequence[KaryotypeClone]) -> int | None:
    """The clone that is inherited.

    idem and sl mean the first abnormal clone (ISCN), sdl the side line. Laboratories also write idem for the
    clone just before: it is taken so where only that makes the chromosome count right.
    """
    own = [index for index, other in enumerate(clones) if other.donor == clone.donor]
    abnormal = [index for index in own if not is_normal(clones[index])] or own
    if not abnormal:
        return None
    if inherits.word == "sdl":
        lines = [index for index in abnormal if clones[index].inherits_from is not None]
        return lines[inherits.number - 1] if 0 < inherits.number <= len(lines) else (lines or abnormal)[-1]
    stem, previous = abnormal[0], abnormal[-1]
    if _adds_up(inherits, clone, clones[stem]) or not _adds_up(inherits, clone, clones[previous]):
        return stem
    return previous


def _adds_up(inherits: Inherits, clone: KaryotypeClone, parent: KaryotypeClone) -> bool:
    """Does the count follow from that clone's count and the changes?"""
    if clone.low is None or parent.low is None:
        return True
    change = sum(token.change for token in clone.tokens)
    low = parent.low * inherits.times + change
    high = (parent.high or parent.low) * inherits.times + change + sum(token.spread for token in clone.tokens)
    return low <= (clone.high or clone.low) and clone.low <= high


# ---------------------------------------------------------------- short forms


def with_earlier_bands(clones: Sequence[KaryotypeClone]) -> list[KaryotypeClone]:
    """Clones whose short forms have the bands, or the parts, of the full form that was written before.

    ISCN gives bands once: t(9;22)(q34;q11),+der(22)t(9;22) and, in a later clone, +der(22).
    """
    known: dict[tuple[str, tuple[str, ...]], KaryotypePart] = {}
    made: dict[str, tuple[KaryotypePart, ...]] = {}
    found = []
    for clone in clones:
        tokens = []
        for token in clone.tokens:
            full = _completed(token, known, made)
            for part in full.parts:
                if part.bands:
                    known.setdefault((part.kind, part.chromosomes), part)
            if full.parts and full.parts[0].kind == "der" and len(full.parts) > 1:
                made.setdefault(full.parts[0].chromosomes[0], full.parts)
            tokens.append(full)
        found.append(replace(clone, tokens=tuple(tokens)))
    return found


def _completed(
    token: KaryotypeToken,
    known: dict[tuple[str, tuple[str, ...]], KaryotypePart],
    made: dict[str, tuple[KaryotypePart, ...]],
) -> KaryotypeToken:
    if not token.parts:
        return token
    parts = token.parts
    if len(parts) == 1 and parts[0].kind == "der" and not parts[0].bands:
        parts = made.get(parts[0].chromosomes[0], parts) if len(parts[0].chromosomes) == 1 else parts
    parts = tuple(
        replace(part, bands=known[(part.kind, part.chromosomes)].bands)
        if not part.bands and (part.kind, part.chromosomes) in known
        else part
        for part in parts
    )
    if parts == token.parts:
        return token
    shown = next((part for part in parts[1:] if len(part.chromosomes) > 1), parts[0])
    if token.kind not in ("der", "ider", "dic"):
        shown = parts[0]
    return replace(token, parts=parts, chromosomes=shown.chromosomes, bands=shown.bands)
