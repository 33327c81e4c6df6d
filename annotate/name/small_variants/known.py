"""What knowledge tables add to a name: hotspots of genes without sequence, other numberings, regulatory regions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.base.genetic_code import CODE, STOP
from annotate.base.sequence import reverse_complement
from annotate.knowledge.specs.rearrangements import RegulatoryRegionRow
from annotate.knowledge.specs.small_variants import IsoformNumberingRow, NamedVariantRow
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.reference import hotspots
from annotate.reference.genome import Genome

_LETTERS = {three: one for one, three in hotspots.AMINO_ACIDS.items()} | {"Ter": STOP}


@frozen
class HotspotName:
    """The protein change that the hotspot table gives a variant."""

    gene: str
    hgvsp: str
    codon: int
    exact: bool  # the table names this allele; False: told from the residue and the genetic code
    terms: tuple[str, ...]

    def transcript(self, knowledge: Knowledge) -> str | None:
        """The transcript that the table counts residues on."""
        return _counted_on(knowledge).get(self.gene)


def hotspot_name(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> HotspotName | None:
    """The protein change of a hotspot base change without the gene's sequence.

    By position and alleles from `variants.tsv`; else from the residue that the table names at this codon, where
    every codon of that residue with this base gives the same new residue.
    """
    named = hotspots.named_places(genome, knowledge).get(variant.key)
    if named is not None:
        one = re.match(r"p\.([A-Z][a-z]{2})(\d+)(.*)", named.protein)
        codon = int(one.group(2)) if one else 0
        terms = ("stop_gained",) if one and one.group(3) == "Ter" else ("missense_variant",)
        return HotspotName(named.gene, named.protein, codon, True, terms)
    if len(variant.ref) != 1 or len(variant.alt) != 1:
        return None
    spot = hotspots.hotspot(variant, genome, knowledge)
    residue = _residues(knowledge).get((spot.gene, spot.codon)) if spot is not None else None
    if spot is None or residue is None:
        return None
    ref, alt = (
        (variant.ref, variant.alt) if spot.strand == "+" else tuple(map(reverse_complement, (variant.ref, variant.alt)))
    )
    changed = changed_residue(residue, spot.positions.index(variant.pos), ref, alt)
    if changed is None:
        return None
    three = "Ter" if changed == STOP else hotspots.AMINO_ACIDS[changed]
    before = hotspots.AMINO_ACIDS[residue]
    if changed == residue:
        return HotspotName(spot.gene, f"p.{before}{spot.codon}=", spot.codon, False, ("synonymous_variant",))
    terms = ("stop_gained",) if changed == STOP else ("missense_variant",)
    return HotspotName(spot.gene, f"p.{before}{spot.codon}{three}", spot.codon, False, terms)


def changed_residue(residue: str, at: int, ref: str, alt: str) -> str | None:
    """The residue that a base change makes of `residue`, if its codon's other two bases cannot matter.

    >>> changed_residue("P", 1, "C", "G")
    'R'
    """
    found = {
        CODE[codon[:at] + alt + codon[at + 1 :]] for codon, own in CODE.items() if own == residue and codon[at] == ref
    }
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=8)
def _counted_on(knowledge: Knowledge) -> Mapping[str, str]:
    return {row.gene: row.transcript for row in knowledge.rows(NamedVariantRow)}


@lru_cache(maxsize=8)
def _residues(knowledge: Knowledge) -> Mapping[tuple[str, int], str]:
    """Reference residues of codons, from the names in `variants.tsv`."""
    found = {}
    for row in knowledge.rows(NamedVariantRow):
        one = re.match(r"p\.([A-Z][a-z]{2})(\d+)", row.hgvsp)
        if one and one.group(1) in _LETTERS:
            found[row.gene, int(one.group(2))] = _LETTERS[one.group(1)]
    return found


# ---------------------------------------------------------------- other numberings


@frozen
class Numbering:
    """Another isoform on which a gene's residues are counted: `offset` is added from codon `first` to `last`."""

    gene: str
    transcript: str
    label: str
    first: int
    last: int
    offset: int


@lru_cache(maxsize=8)
def numberings(knowledge: Knowledge) -> Mapping[str, tuple[Numbering, ...]]:
    """Countings of residues on other isoforms, by gene."""
    found: dict[str, tuple[Numbering, ...]] = {}
    for row in knowledge.rows(IsoformNumberingRow):
        one = Numbering(row.gene, row.transcript, row.label, row.first_codon, row.last_codon, row.offset)
        found[one.gene] = (*found.get(one.gene, ()), one)
    return found


def other_names(gene: str, hgvsp: str, knowledge: Knowledge) -> tuple[str, ...]:
    """`NM_007313:p.Thr334Ile (isoform 1b)` for ABL1 p.Thr315Ile."""
    found = []
    for one in numberings(knowledge).get(gene, ()):
        name = renumber(hgvsp, one.offset)
        codons = [int(n) for _, n in _RESIDUE.findall(hgvsp)]
        if codons and all(one.first <= n <= one.last for n in codons):
            found.append(f"{one.transcript}:{name} ({one.label})")
    return tuple(found)


_RESIDUE = re.compile(r"(?<!fs)(?<!ext)([A-Z][a-z]{2})(\d+)")


def renumber(hgvsp: str, offset: int) -> str:
    """Every residue number moved; the distances behind `fsTer` and `extTer` stay.

    >>> renumber("p.Arg97ProfsTer23", 5)
    'p.Arg102ProfsTer23'
    """
    return _RESIDUE.sub(lambda hit: f"{hit.group(1)}{int(hit.group(2)) + offset}", hgvsp)


# ---------------------------------------------------------------- regulatory regions


def regulatory(chrom: str, start: int, end: int, genome: Genome, knowledge: Knowledge) -> tuple[str, str] | None:
    """Gene and name of the regulatory region that start … end touches."""
    for row in knowledge.rows(RegulatoryRegionRow):
        own, low, high = row.place(genome.assembly)
        if own == chrom and start <= high and end >= low:
            return row.gene, row.name
    return None
