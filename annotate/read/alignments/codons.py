"""What fragments make of a hotspot codon: two changed bases of one fragment are one change, not two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from annotate.base.frozen import frozen
from annotate.base.sequence import COMPLEMENT
from annotate.knowledge.tables import Knowledge
from annotate.read.alignments.detection import reads_needed
from annotate.read.alignments.fragments import BASES, Fragment, Fragments, Place
from annotate.reference.hotspots import HotspotCodon

Change = tuple[int, str]  # place in the codon, from 0; base on the forward strand
Pattern = tuple[Change, ...]


@frozen
class CodonAllele:
    """One changed codon: the bases that differ on the forward strand, and the fragments that carry all of them."""

    codon: str  # three bases in the order of translation
    pos: int
    ref: str
    alt: str
    depth: int
    strands: tuple[int, int]  # fragments on the forward and on the reverse strand
    both_strands: bool  # is the place covered from both?


def codon_alleles(
    spot: HotspotCodon, reference: str, fragments: Mapping[Place, Fragments], rate: float, knowledge: Knowledge
) -> Iterator[CodonAllele]:
    """Codons that error does not explain, the reference left out. `reference`: the codon in order of translation."""
    places = [fragments.get((spot.chrom, pos), Fragments()) for pos in spot.positions]
    right = [complement(base, spot.strand) for base in reference]
    carriers = _carriers(places, right)
    called: list[Pattern] = []
    for pattern in sorted(carriers, key=lambda pattern: (-len(pattern), pattern)):
        names = carriers[pattern]
        if any(set(pattern) < set(other) for other in called):  # a read that ends within the codon shows a part of it
            names = [name for name in names if all(name in place.bases for place in places)]
        depth = _depth(pattern, places)
        if len(names) >= reads_needed(depth, rate, knowledge):
            called.append(pattern)
            yield _allele(spot, pattern, right, names, depth, places)


def _carriers(places: Sequence[Fragments], right: Sequence[str]) -> dict[Pattern, list[Fragment]]:
    """Fragments by all that they change of the codon."""
    changes: dict[Fragment, list[Change]] = {}
    for at, (place, base) in enumerate(zip(places, right, strict=True)):
        for name, seen in place.bases.items():
            if seen.upper() != base and seen.upper() in BASES:
                changes.setdefault(name, []).append((at, seen.upper()))
    found: dict[Pattern, list[Fragment]] = {}
    for name, own in changes.items():
        found.setdefault(tuple(own), []).append(name)
    return found


def _depth(pattern: Pattern, places: Sequence[Fragments]) -> int:
    """Fragments over all changed places."""
    first, *others = [places[at].bases for at, _ in pattern]
    if not others:
        return len(first)
    return sum(all(name in other for other in others) for name in first)


def _allele(
    spot: HotspotCodon,
    pattern: Pattern,
    right: Sequence[str],
    names: Sequence[Fragment],
    depth: int,
    places: Sequence[Fragments],
) -> CodonAllele:
    changed = dict(pattern)
    bases = [changed.get(at, base) for at, base in enumerate(right)]
    order = sorted(changed, key=lambda at: spot.positions[at])
    low, high = sorted((order[0], order[-1]))
    span = range(low, high + 1) if spot.strand == "+" else range(high, low - 1, -1)
    shown = [places[order[0]].bases[name] for name in names]
    forward = sum(base.isupper() for base in shown)
    return CodonAllele(
        codon="".join(complement(base, spot.strand) for base in bases),
        pos=spot.positions[order[0]],
        ref="".join(right[at] for at in span),
        alt="".join(bases[at] for at in span),
        depth=depth,
        strands=(forward, len(shown) - forward),
        both_strands=both_strands(places[order[0]]),
    )


def both_strands(seen: Fragments) -> bool:
    """Does at least a fifth of the fragments lie on each strand?"""
    forward = sum(1 for base in seen.bases.values() if base.isupper())
    return 0.2 <= forward / len(seen.bases) <= 0.8


def complement(base: str, strand: str) -> str:
    """The base on the strand of the gene."""
    return base if strand == "+" else base.translate(COMPLEMENT)
