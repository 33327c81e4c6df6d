"""What others ask of a clone: is it normal, is it clonal, how many of each chromosome and arm does its text imply?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotate.base.chromosomes import AUTOSOMES
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.karyotype import Karyotype, KaryotypeClone, KaryotypeToken
from annotate.read.karyotype.abnormalities import fuses

_CENTROMERE = ("p10", "q10", "p11", "q11")  # breakpoints of whole arms, as laboratories write them


def is_normal(clone: KaryotypeClone) -> bool:
    """46 chromosomes (or the count at birth) with both sex chromosomes named, and no acquired abnormality.

    A count that is uncertain, or that a haploid set or another ploidy level goes with, is never normal.
    """
    acquired = [token for token in clone.tokens if not token.constitutional]
    if acquired or clone.incomplete or clone.count_uncertain or clone.ploidy_level not in (None, 2):
        return False
    constitutional = sum(token.change for token in clone.tokens if token.constitutional)
    sex = len(clone.sex) - 2 if clone.constitutional_sex and clone.sex else 0
    expected = 46 + constitutional + sex
    return clone.low in (None, expected) and clone.high in (None, expected)


def is_clonal(clone: KaryotypeClone, knowledge: Knowledge) -> bool | None:
    """Enough metaphases for a clone (two with a gain or a structural change, three with losses only)?

    None where the number of metaphases is not written.
    """
    if clone.metaphases is None:
        return None
    own = [token for token in clone.tokens if not token.constitutional]
    losses_only = bool(own) and all(token.kind == "loss" for token in own)
    name = cutoffs.KARYOTYPE_MIN_METAPHASES_LOSS if losses_only else cutoffs.KARYOTYPE_MIN_METAPHASES_GAIN
    return clone.metaphases >= knowledge.value(name)


def is_clonal_change(clone: KaryotypeClone, token: KaryotypeToken, knowledge: Knowledge) -> bool | None:
    """Is one abnormality in enough metaphases (three for a loss, two for anything else)? None where not written."""
    cells = token.metaphases if token.metaphases is not None else clone.metaphases
    if cells is None:
        return None
    name = cutoffs.KARYOTYPE_MIN_METAPHASES_LOSS if token.kind == "loss" else cutoffs.KARYOTYPE_MIN_METAPHASES_GAIN
    return cells >= knowledge.value(name)


def acquired_clones(karyotype: Karyotype) -> tuple[KaryotypeClone, ...]:
    """Leukaemic clones: neither normal nor of a donor."""
    return tuple(clone for clone in karyotype.clones if not clone.donor and not is_normal(clone))


# ---------------------------------------------------------------- copies


def chromosome_copies(clone: KaryotypeClone) -> Mapping[str, int] | None:
    """Whole-chromosome copies (by centromere) that the clone's text implies, or None where it does not add up.

    A derivative counts for the chromosome that it names; markers have no name and make the sum uncertain.
    """
    if clone.low is None or clone.sex is None or clone.sex == "U" or clone.incomplete:
        return None
    levels = [clone.ploidy_level] if clone.ploidy_level else _likely_levels(clone.low)
    markers = sum(token.change for token in clone.tokens if token.kind in ("mar", "ring", "min") and not token.parts)
    more = sum(token.spread for token in clone.tokens)
    for level in levels:
        for shown, gained in ((True, False), (False, False), (True, True)):
            copies = _copies(clone, level, losses_shown=shown, gains_shown=gained)
            total = sum(copies.values()) + markers
            if clone.low <= total + more and total <= (clone.high or clone.low) and min(copies.values()) >= 0:
                return copies
    return None


def level_of(clone: KaryotypeClone) -> int:
    """The ploidy level that is written, else the one at which the text adds up, else the nearest to the count."""
    if clone.ploidy_level:
        return clone.ploidy_level
    count = clone.low if clone.low is not None else 46
    for level in _likely_levels(count):
        if chromosome_copies(replace(clone, ploidy_level=level)) is not None:
            return level
    return _likely_levels(count)[0]


def _likely_levels(count: int) -> list[int]:
    """Ploidy levels to try, nearest to the count first."""
    return sorted((1, 2, 3, 4), key=lambda level: (abs(level * 23 - count), level))


def _copies(clone: KaryotypeClone, level: int, *, losses_shown: bool, gains_shown: bool) -> dict[str, int]:
    """Copies at a ploidy level. `losses_shown`: the sex complement is what is left (45,X,-Y), as ISCN wants it.

    `gains_shown`: it holds the gained ones too (28<1n>,XX,+X), as some laboratories write. A sex chromosome with a
    structural change stands among the abnormalities alone: 46,X,i(X)(q10).
    """
    copies = dict.fromkeys(AUTOSOMES, level)
    sex = clone.sex or ""
    copies |= {"X": sex.count("X"), "Y": sex.count("Y")}
    lost = sum(-t.change for t in clone.tokens if t.kind == "loss" and t.chromosomes[:1] in (("X",), ("Y",)))
    elsewhere = level - len(sex) - (lost if losses_shown else 0)
    for token in clone.tokens:
        named = token.parts[0].chromosomes if token.parts else token.chromosomes
        if not named or not set(named) <= set(copies):
            continue
        changed = next((chrom for chrom in named if chrom in ("X", "Y")), None)
        if elsewhere > 0 and changed is not None and token.parts and token.change == 0:
            copies[changed] += 1
            elsewhere -= 1
        if token.kind == "loss" and named[0] in ("X", "Y") and losses_shown:
            continue
        if token.kind == "gain" and named[0] in ("X", "Y") and gains_shown:
            continue
        change = token.change
        if fuses(token.kind, named):
            copies[named[-1]] -= token.copies
            change += token.copies
        copies[named[0]] += change
    return copies


def arm_copies(clone: KaryotypeClone) -> Mapping[str, int]:
    """Copies of every arm of the autosomes (`17p`) by whole chromosomes, whole-arm derivatives and isochromosomes.

    Parts of arms and markers are left out. Abnormalities of a constitution are left out too: a loss at birth is none
    of the leukaemia.
    """
    level = level_of(clone)
    arms = {f"{chrom}{arm}": level for chrom in AUTOSOMES for arm in "pq"}
    for token in clone.tokens:
        for arm, change in _arm_changes(token):
            if arm in arms and not token.constitutional:
                arms[arm] += change
    return arms


def loses_arm(token: KaryotypeToken, arm: str) -> bool:
    """Does a whole-arm derivative or an isochromosome leave this arm out? der(5;17)(p10;q10) leaves out 5q and 17p."""
    return token.kind not in ("gain", "loss") and sum(change for name, change in _arm_changes(token) if name == arm) < 0


def _arm_changes(token: KaryotypeToken) -> list[tuple[str, int]]:
    if token.kind in ("gain", "loss"):
        return [(f"{token.chromosomes[0]}{arm}", token.change) for arm in "pq"]
    made = whole_arms(token)
    if made is None:
        return []
    replaced = _replaced(token)
    return [
        *((arm, token.copies) for arm in made),
        *((f"{chrom}{arm}", -token.copies) for chrom in replaced for arm in "pq"),
    ]


def _replaced(token: KaryotypeToken) -> Sequence[str]:
    """Normal chromosomes in whose place the abnormal one stands: none where it is extra (+)."""
    chromosomes = token.parts[0].chromosomes
    expected = 1 - len(chromosomes) if fuses(token.parts[0].kind, chromosomes) else 0
    return () if token.change > expected * token.copies else chromosomes


def whole_arms(token: KaryotypeToken) -> tuple[str, ...] | None:
    """The arms that a whole-arm derivative or an isochromosome holds; None for any other abnormality."""
    if not token.parts:
        return None
    first = token.parts[0]
    if len(token.parts) > 1 and first.kind != "ider":
        return None
    bands = [side[0] if len(side) == 1 else "" for side in first.bands]
    if len(bands) != len(first.chromosomes) or not all(band[:1] in ("p", "q") and band for band in bands):
        return None
    if first.kind in ("i", "ider") and len(first.chromosomes) == 1:
        return (f"{first.chromosomes[0]}{bands[0][0]}",) * 2
    if first.kind in ("der", "rob") and len(first.chromosomes) == 2 and all(band in _CENTROMERE for band in bands):
        return tuple(f"{chrom}{band[0]}" for chrom, band in zip(first.chromosomes, bands, strict=True))
    return None
