"""Abnormalities of a karyotype that take a gene with them: -7, del(9)(p21), i(17)(q10), dic(9;20), derivatives.

Bands are too coarse to prove that a gene is lost, so a karyotype alone makes a deletion `equivocal` at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.model.evidence import Evidence
from annotate.model.karyotype import KaryotypeClone, KaryotypeToken
from annotate.read.karyotype.counts import (
    arm_copies,
    is_clonal,
    is_clonal_change,
    is_normal,
    level_of,
    loses_arm,
    whole_arms,
)
from annotate.reference.features import Gene
from annotate.reference.genome import Genome


@frozen
class KaryotypeLoss:
    """`certain`: the bands say that the gene's band is lost; else it lies at a breakpoint or may be lost."""

    raw: str
    certain: bool


Stretch = tuple[int, int]
DIPLOID = 2


def karyotype_losses(case: Case, gene: str) -> tuple[KaryotypeLoss, ...]:
    """Acquired abnormalities of the leukaemia that remove the gene's band, or may do so; donor clones left out.

    A clone of one haploid set has lost one copy of whatever it does not list as gained.
    """
    place = case.genome.gene(gene)
    if case.karyotype is None or place is None:
        return ()
    found: dict[str, KaryotypeLoss] = {}
    for clone in case.karyotype.clones:
        if clone.donor:
            continue
        for loss in (*_by_tokens(case, clone, place), *_by_haploid_set(case, clone, place)):
            found.setdefault(loss.raw, loss)
    return tuple(found.values())


def karyotype_evidence(loss: KaryotypeLoss, gene: str) -> Evidence:
    """The abnormality of the karyotype that takes the band of a gene, as evidence."""
    return Evidence(kind="karyotype", summary=loss.raw, file="karyotype", rule=f"loss of the band of {gene}")


def _by_tokens(case: Case, clone: KaryotypeClone, place: Gene) -> Iterator[KaryotypeLoss]:
    for token in clone.tokens:
        clonal = is_clonal_change(clone, token, case.knowledge)
        if token.constitutional or (token.kind == "loss" and clonal is False):
            continue  # a chromosome missing from one or two metaphases is lost in preparation
        certain = _loses(token, clone, place, case.genome)
        if certain is not None:
            yield KaryotypeLoss(token.raw, certain and not token.uncertain and clonal is not False)


def _by_haploid_set(case: Case, clone: KaryotypeClone, place: Gene) -> Iterator[KaryotypeLoss]:
    """26,X,+X,+14,+21 has one chromosome 17, though nothing names it."""
    if is_normal(clone) or level_of(clone) != 1:
        return
    if _arm_of(clone, place, case.genome) != 1:
        return
    count = clone.low if clone.low == clone.high else f"{clone.low} to {clone.high}"
    certain = not clone.incomplete and is_clonal(clone, case.knowledge) is not False
    yield KaryotypeLoss(f"one chromosome {place.chrom} in a clone of {count} chromosomes", certain)


def _arm_of(clone: KaryotypeClone, place: Gene, genome: Genome) -> int | None:
    """Copies of the gene's arm by whole chromosomes and whole arms; None for the sex chromosomes."""
    return arm_copies(clone).get(f"{place.chrom}{genome.arm(place.chrom, place.start)}")


def _loses(token: KaryotypeToken, clone: KaryotypeClone, gene: Gene, genome: Genome) -> bool | None:
    """True: the band is lost; False: it may be; None: it is not touched."""
    level = level_of(clone)
    whole = token.kind == "loss" and token.chromosomes == (gene.chrom,)
    if whole or loses_arm(token, f"{gene.chrom}{genome.arm(gene.chrom, gene.start)}"):
        left = _arm_of(clone, gene, genome)
        if left is not None and left >= level:
            return None  # gained elsewhere
        return level <= DIPLOID and not (whole and _replaced(clone, gene.chrom))
    answers = [answer for answer in _lost_by_parts(token, gene, genome) if answer is not None]
    if not answers:
        return None
    return any(answers) and level <= DIPLOID and token.change < 1


def _replaced(clone: KaryotypeClone, chrom: str) -> bool:
    """Does the clone hold a marker, or a derivative of the lost chromosome, that may carry the gene?

    Whole arms are counted as copies of the arm.
    """
    return any(
        (t.change > 0 and t.kind in ("mar", "ring"))
        or (t.kind in ("der", "dic", "ider") and chrom in t.parts[0].chromosomes and not whole_arms(t))
        for t in clone.tokens
    )


def _lost_by_parts(token: KaryotypeToken, gene: Gene, genome: Genome) -> Iterator[bool | None]:
    derivative = token.parts[0].chromosomes if token.parts and token.parts[0].kind in ("der", "ider") else None
    for part in (part for part in token.parts if not part.constitutional):
        for index, chrom in enumerate(part.chromosomes):
            if chrom != gene.chrom or index >= len(part.bands):
                continue
            bands = part.bands[index]
            unbalanced = part.kind == "t" and derivative == (gene.chrom,)
            terminal = part.kind == "del" and len(bands) == 1
            if unbalanced or terminal or part.kind in ("dic", "idic", "tas"):
                yield _distal(bands, gene, genome)
            elif part.kind == "del" and len(bands) >= 2:
                yield _between(bands, gene, genome)
            elif part.kind in ("add", "ring"):
                yield _maybe([_distal((band,), gene, genome) for band in bands])


def _maybe(answers: list[bool | None]) -> bool | None:
    return False if any(answer is not None for answer in answers) else None


def _distal(bands: tuple[str, ...], gene: Gene, genome: Genome) -> bool | None:
    """Is the gene between the band and its telomere? False at the breakpoint's own band."""
    if not bands:
        return None
    arm = bands[0][:1]
    if arm != genome.arm(gene.chrom, gene.start):
        return None
    place = band_place(bands[0], gene.chrom, genome)
    if place is None:
        return False  # the band is not known: del(9)(p?)
    inside, outside = (gene.end < place[0], gene.start > place[1])
    if arm == "q":
        inside, outside = gene.start > place[1], gene.end < place[0]
    return True if inside else None if outside else False


def _between(bands: tuple[str, ...], gene: Gene, genome: Genome) -> bool | None:
    places = [band_place(band, gene.chrom, genome) for band in bands[:2]]
    if any(place is None for place in places):
        return _maybe([_distal((band,), gene, genome) for band in bands[:2]])
    one, two = sorted(place for place in places if place is not None)
    if gene.start > one[1] and gene.end < two[0]:
        return True
    return False if gene.end >= one[0] and gene.start <= two[1] else None


def band_place(band: str, chrom: str, genome: Genome) -> Stretch | None:
    """First and last base of a band as written: p15 holds p15.1 … p15.33; pter and qter are the chromosome's ends."""
    name = re.split("[~-]", band)[0].rstrip("?").rstrip(".")
    if name in ("pter", "qter"):
        end = 1 if name == "pter" else genome.contig_lengths[chrom]
        return end, end
    if name[1:] in ("10", "cen"):  # the centromere
        arm = genome.arms.get((chrom, "p"))
        return (arm.end, arm.end + 1) if arm is not None else None
    own = [b for b in genome.bands(chrom) if b.name == name or b.name.startswith(f"{name}.")]
    if not own and (len(name) == 2 or "." in name):  # p1: all bands of the region; q11.2: q11.21 to q11.23
        own = [b for b in genome.bands(chrom) if b.name.startswith(name)]
    return (min(b.start for b in own), max(b.end for b in own)) if own else None
