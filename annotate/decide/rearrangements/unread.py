"""Parts of a karyotype that were not understood, at the lesions whose chromosomes, bands or genes they name.

A part that names nothing touches no lesion by itself; it keeps the karyotype from excluding any (`cytogenetics`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotate.base.intervals import Interval
from annotate.decide.rearrangements.cytogenetics import SHEET, CytoRule, cyto_rules
from annotate.knowledge.tables import Knowledge
from annotate.model.karyotype import Karyotype
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.reference.genome import Genome

MAX_SHOWN = 80  # characters of an unread part in a remark
PLOIDY_LESIONS = ("hypodiploidy", "high_hyperdiploidy")

_NAME = r"(?:1\d|2[0-2]|[1-9]|X|Y)"
_JOINED = re.compile(rf"(?<![\w.]){_NAME}(?:\s*[;:/]\s*{_NAME})+(?![\w.])", re.IGNORECASE)
_ONE = re.compile(rf"\(\s*({_NAME})\s*\)|[+-]\s*\??\s*({_NAME})(?![\w.])", re.IGNORECASE)
_BAND = re.compile(rf"(?<![\w.])({_NAME})\s*([pq])(\d[\d.]*)?", re.IGNORECASE)
_GENE = re.compile(r"[A-Za-z][A-Za-z]*\d[A-Za-z0-9]*")
_COUNT = re.compile(r"ploid|\d{2,3}\s*(?:[~-]\s*\d{2,3}|<\s*\dn|,\s*[XY]|chromosomes)", re.IGNORECASE)


def unread_remarks(karyotype: Karyotype, genome: Genome, knowledge: Knowledge) -> tuple[Remark, ...]:
    """A remark for every part that was not understood."""
    return tuple(_remark(text, genome, knowledge) for text in karyotype.unread)


def _remark(text: str, genome: Genome, knowledge: Knowledge) -> Remark:
    joined = {name.upper() for group in _JOINED.findall(text) for name in re.split(r"[\s;:/]+", group)}
    lesions = {rule.lesion for rule in cyto_rules(knowledge) if joined and _names(rule, joined)}
    return Remark(
        kind="karyotype",
        file=SHEET,
        record=text[:MAX_SHOWN],
        code=RemarkCode.UNREAD_PART,
        reason="not understood",
        speaks=Speaks.BLINDS,
        genes=tuple(dict.fromkeys(_genes(text, genome))),
        regions=() if joined else tuple(dict.fromkeys(_regions(text, genome))),
        lesions=(*sorted(lesions), *(PLOIDY_LESIONS if _COUNT.search(text) else ())),
    )


def _names(rule: CytoRule, joined: set[str]) -> bool:
    """Are all chromosomes that the row names among those of the text?"""
    own = {locus for locus in rule.loci if locus != "v"}
    return not rule.is_fish and len(rule.loci) > 1 and own <= joined


def _genes(text: str, genome: Genome) -> Iterator[str]:
    """Symbols with a digit (KMT2A, ABL1): without one they look like words."""
    for word in _GENE.findall(text):
        gene = genome.gene(word)
        if gene is not None and gene.panel:
            yield gene.name


def _regions(text: str, genome: Genome) -> Iterator[Interval]:
    for name, arm, band in _BAND.findall(text):
        yield from _stretch(name.upper(), arm.lower(), band, genome)
    for pair in _ONE.findall(text):
        name = next(part for part in pair if part).upper()
        yield Interval(name, 1, genome.contig_lengths[name])


def _stretch(chrom: str, arm: str, band: str, genome: Genome) -> Iterator[Interval]:
    whole = genome.arms.get((chrom, arm))
    own = [b for b in genome.bands(chrom) if band and b.name.startswith(f"{arm}{band.rstrip('.')}")]
    if own:
        yield Interval(chrom, min(b.start for b in own), max(b.end for b in own))
    elif whole is not None:
        yield Interval(chrom, whole.start, whole.end)
