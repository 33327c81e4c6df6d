"""A karyotype, read."""

from __future__ import annotations

from annotate.base.frozen import frozen
from annotate.model.remark import Remark

# ---------------------------------------------------------------- karyotype


@frozen
class KaryotypePart:
    """One rearrangement inside an abnormality: der(19)t(1;19)(q23;p13) has the parts der(19) and t(1;19)."""

    kind: str
    chromosomes: tuple[str, ...] = ()
    bands: tuple[tuple[str, ...], ...] = ()  # per chromosome
    constitutional: bool = False  # a `c` behind this part alone
    positions: tuple[int, ...] = ()  # of an optical map or of sequencing, in the order written


@frozen
class KaryotypeToken:
    """One abnormality as written, with what could be read of it.

    A derivative carries the chromosomes and bands of its first translocation, and all of them in `parts`.
    """

    raw: str
    kind: str  # t, der, del, dup, inv, ins, i, idic, dic, add, mar, ring, gain, loss, unknown
    chromosomes: tuple[str, ...] = ()
    bands: tuple[tuple[str, ...], ...] = ()  # per chromosome
    constitutional: bool = False
    parts: tuple[KaryotypePart, ...] = ()
    change: int = 0  # what it adds to the chromosome count: +8 one, +8x2 two, -7 minus one, dic(9;20) minus one
    copies: int = 1  # of the abnormality itself: i(17)(q10)x2
    uncertain: bool = False  # '?' or an alternative ('or')
    metaphases: int | None = None  # of this abnormality alone, in a composite karyotype
    inherited: bool = False  # from the clone that idem, sl or sdl names
    spread: int = 0  # chromosomes that it may add beyond `change`: +1~3mar two, +8x1~2 one


@frozen
class KaryotypeClone:
    """One clone of a karyotype, between slashes: its counts and its abnormalities."""

    raw: str
    low: int | None  # chromosome count, range low … high
    high: int | None
    sex: str | None
    ploidy_level: int | None  # of <2n>, <3n>
    metaphases: int | None
    tokens: tuple[KaryotypeToken, ...] = ()
    donor: bool = False  # after '//'
    composite: bool = False
    doubled_from: int | None = None  # index of the clone that idemx2 doubles
    inherits_from: int | None = None  # index of the clone that idem, sl or sdl names
    incomplete: bool = False  # inc: more abnormalities that could not be named; or no sex chromosomes are named
    constitutional_sex: bool = False  # XXYc
    modal: int | None = None  # the count itself; None where only a range is written
    count_uncertain: bool = False  # ?36, ~27, c.36, or a count without sex chromosomes
    mosaic: bool = False  # `mos`: whole chromosomes more or fewer were there at birth


@frozen
class FishProbe:
    """What interphase FISH counted for one probe: signals, and cells with them of those scored."""

    gene: str
    signals_low: int | None
    signals_high: int | None
    pattern: str  # x2, con, sep, amp
    cells: int | None
    scored: int | None
    raw: str = ""
    end: str = ""  # 5' or 3' where only this end of the gene was counted
    fraction: float | None = None  # of cells, where a share alone is written: [95%]
    metaphase: bool = False  # on metaphase chromosomes (`ish`), not in nuclei
    of_scored: bool = False  # both numbers are written: [150/200]

    @property
    def share(self) -> float | None:
        """Cells with the pattern of those scored; None where it is not written ([200] is the number scored)."""
        if self.fraction is not None:
            return self.fraction
        if self.cells is None or not self.scored or not self.of_scored:
            return None
        return self.cells / self.scored


@frozen
class MeasuredSegment:
    """One region with its copies, as array, optical-map or sequencing nomenclature states it.

    Whole chromosome without bands and positions. Positions are 1-based, of `assembly`.
    """

    chrom: str
    start: int | None
    end: int | None
    bands: tuple[str, ...]
    low: int  # copies, range low … high
    high: int | None  # None: amplified, no number given
    method: str  # array, optical map, sequencing
    assembly: str | None
    homozygous: bool = False  # hmz
    constitutional: bool = False
    fraction: float | None = None  # of cells
    raw: str = ""


@frozen
class Karyotype:
    """An ISCN string as read; `unread` are the parts that were not understood."""

    raw: str
    clones: tuple[KaryotypeClone, ...]
    fish: tuple[FishProbe, ...] = ()
    unread: tuple[str, ...] = ()
    metaphases: int | None = None
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion
    segments: tuple[MeasuredSegment, ...] = ()  # of arr, ogm, sseq
    measured: tuple[KaryotypeToken, ...] = ()  # rearrangements of ogm, sseq and ish
