"""Gene names as fusion callers write them: symbols old and new, ids, receptor segments, several genes in a cell."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.knowledge.specs.rearrangements import FusionRow
from annotate.knowledge.tables import Knowledge
from annotate.read.common.text import MISSING
from annotate.reference.genome import Genome

NO_PARTNER = "intergenic"
# Between two genes; those of the last group may stand inside a name too.
_SEPARATORS = (("::",), ("--",), ("->",), ("/",), ("|",), (":", "-", "_"))

# Segments of immunoglobulin and T-cell receptor loci (IGHJ6, IGKC, TRBV7-2), and how callers name a whole locus
# (IGH@, @IGH, IGH-@-ext, IGH.g@). TRD lies inside TRA, and the fusion table names both TRA.
_SEGMENT = re.compile(
    r"(IG[HKL])(?:[VJ]\d.*|D\d.*|D|[MEGA]\d?|G[P]|EP\d|C\d*)"
    r"|(TR[ABDG])(?:[VJ]\d.*|D\d.*|C\d*)"
    r"|@?(IG[HKL]|TR[ABDG])(?:[-_.]?(?:g?@|locus|-@))?(?:-?ext)?",
    re.IGNORECASE,
)
_DUX4 = re.compile(r"DUX4L\d+|DUX4(?:[-_.]?like)?(?:[-_.]?\d+)?", re.IGNORECASE)
_ID = re.compile(r"(ENSG\d{11})(?:\.\d+)?(?:_PAR_Y)?", re.IGNORECASE)
# A gene with its id or its place beside it: `BCR (ENSG00000186716.20)`, `BCR^ENSG00000186716`, `BCR[22q11]`.
_BESIDE = re.compile(r"\s*(?:[\^|].*|[(\[]\s*(?:ENS[GT]\d|\d{1,2}[pq]|[XY][pq]|NM_|NR_).*)$")
_CELL_GENE = re.compile(r"\s*([^,;()]+?)\s*(?:\((-?\d+)\))?\s*")
_GREEK = str.maketrans({"α": "A", "β": "B", "γ": "G", "δ": "D", "ε": "E"})  # PDGFRβ, as people write it
_COPY = re.compile(r"\.\d{1,2}$")  # what R's make.unique adds
# Genes without a protein, pseudogenes and clones: no protein-coding gene of the reference, and no misspelt one either.
_OTHER_GENE = re.compile(
    r"ENSG\d{11}(?:\.\d+)?|ENSG_.*|A[CDFJLPSX]\d{5,6}\.\d+(?:\.\d+)?|[ABCDFHLUXZ]\d{5,6}\.\d+|RP[134567]\d*-\d+\w+\.\d+"
    r"|CT[ABCD]-\w+\.\d+|KB-\w+\.\d+|GS\d-\w+\.\d+|XX\w*-\w+\.\d+|[A-Z]+\d*-\d+\w*\.\d+|LINC\d+|LOC\d+|MIR(?:LET)?\w+"
    r"|SNOR[AD]\w+|SNHG\d+|RNU?\d?\w*-?\w*|SCARNA\d+|\w+-(?:AS|IT|DT|OT)\d*|FAM\d+\w+P|\w+P\d{1,2}|HLA-\w+|MT-\w+"
    r"|NONHSAG\w+|XLOC_\d+|MSTRG\.\d+|uc\d+\w+\.\d|TCONS_\d+|Y_RNA|U\d{1,2}|7SK|5S_rRNA|\w*RNA\w*"
)


class Named(Enum):
    """How well a name is known."""

    GENE = "gene"  # a gene or receptor locus of the reference
    OTHER = "other"  # plainly the name of a gene without a protein, of a pseudogene or of a clone
    UNKNOWN = "unknown"  # none of these: an old or misspelt name, or another species'


@lru_cache(maxsize=100_000)
def symbol(genome: Genome, name: str) -> str:
    """The current symbol. A locus' segment is its locus (`IGHJ6` is `IGH`), a D4Z4 copy of DUX4 is `DUX4`.

    >>> symbol(Genome.load("GRCh38"), "ENSG00000097007.19"), symbol(Genome.load("GRCh38"), "AML-1")
    ('ABL1', 'RUNX1')
    """
    plain = _BESIDE.sub("", name.strip().strip("'\"")).strip().translate(_GREEK)
    locus = _locus(plain)
    if locus:
        return locus
    id = _ID.fullmatch(plain)
    current = (genome.gene_of_id(id[1].upper()) or plain) if id else _current(genome, plain)
    if _DUX4.fullmatch(current):
        return "DUX4"
    return _locus(current) or current


def _locus(name: str) -> str:
    match = _SEGMENT.fullmatch(name)
    if match is None:
        return ""
    locus = next(group for group in match.groups() if group).upper()
    return "TRA" if locus == "TRD" else locus


def _current(genome: Genome, name: str) -> str:
    """The symbol of a name in any spelling: as it is, without what R adds, without hyphens, dots and blanks."""
    for spelling in (name, _COPY.sub("", name), re.sub(r"[-_. /]", "", name)):
        found = genome.symbol(spelling)
        if genome.gene(found) is not None:
            return found
    return genome.symbol(name)


@lru_cache(maxsize=100_000)
def known_as(genome: Genome, name: str) -> Named:
    """Is this a gene or locus of the reference, plainly another gene, or a name that nobody knows?"""
    current = symbol(genome, name)
    if genome.gene(current) is not None or _SEGMENT.fullmatch(current) or current == "DUX4":
        return Named.GENE
    return Named.OTHER if _OTHER_GENE.fullmatch(current) else Named.UNKNOWN


def is_named(genome: Genome, name: str) -> bool:
    """Is this a gene or a locus that the reference knows?"""
    return known_as(genome, name) is Named.GENE


# ---------------------------------------------------------------- one cell with several genes


def cell_genes(cell: str) -> tuple[tuple[str, int], ...]:
    """Genes of a cell with their distance: ``A(123),B(456)`` lies between A and B; ``A;B`` is within both.

    >>> cell_genes("MED6P1(8171),PTEN(20)")
    (('MED6P1', 8171), ('PTEN', 20))
    """
    found = []
    for part in re.split(r"[,;]", cell):
        match = _CELL_GENE.fullmatch(_BESIDE.sub("", part))
        if match and match[1] not in MISSING and match[1] != "*":
            found.append((match[1], abs(int(match[2])) if match[2] else 0))
    return tuple(found)


@frozen
class Pairs:
    """The known fusions by current symbols."""

    known: frozenset[tuple[str, str]]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Pairs:
        """The pairs of the table `fusions`, by current symbols."""
        rows = knowledge.rows(FusionRow)
        return Pairs(frozenset((symbol(genome, r.five_prime), symbol(genome, r.three_prime)) for r in rows))

    def best(self, genome: Genome, five: str, three: str) -> tuple[str, str, bool]:
        """The pair of two cells: a known one if there is one, else the nearest; whether an end lies outside genes."""
        fives, threes = cell_genes(five), cell_genes(three)
        options = [
            ((symbol(genome, a), symbol(genome, b)), da + db)
            for a, da in fives or ((NO_PARTNER, 0),)
            for b, db in threes or ((NO_PARTNER, 0),)
        ]
        options.sort(key=lambda option: (option[0] not in self.known, option[0][::-1] not in self.known, option[1]))
        (a, b), _ = options[0]
        outside = any(distance for _, distance in (*fives, *threes)) or not fives or not threes
        return a, b, outside


# ---------------------------------------------------------------- names in one cell


def split_name(text: str, genome: Genome) -> tuple[str, str] | None:
    """Two genes of one cell: `A::B`, `A--B`, `A->B`, `A/B`, `A|B`, `A:B`, `A-B`, `A_B`; None when it is no pair.

    Gene names may hold a hyphen (NKX2-1): of several places to cut, the one that leaves two known genes is taken.

    >>> split_name("MLL-AF4", Genome.load("GRCh38"))
    ('MLL', 'AF4')
    """
    text = text.strip()
    for separators in _SEPARATORS:
        options = [
            (text[: match.start()].strip(), text[match.end() :].strip())
            for separator in separators
            for match in re.finditer(re.escape(separator), text)
        ]
        options = [pair for pair in options if pair[0] and pair[1]]
        if options:
            return max(options, key=lambda pair: sum(is_named(genome, name) for name in pair))
    return None
