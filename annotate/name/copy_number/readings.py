"""Readings of a profile: the same segments under one purity and ploidy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOME_SET
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import COUNTED, Fit, ReadingKind, Scale, Segment
from annotate.model.sample import Sex
from annotate.name.copy_number.chromosomes import Layout, States, states_by_chromosome
from annotate.name.copy_number.counting import ChromosomeCount, count_chromosomes
from annotate.name.copy_number.fit import Solution
from annotate.name.copy_number.groups import Signal
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


@frozen
class Reading:
    """Copies of all segments under one fit: those of the file, times `factor`, or (`file` false) fitted ones."""

    states: States
    fit: Fit
    file: bool = True
    factor: float = 1.0

    def fitted_as(self, **changes: Any) -> Reading:
        """The same copies with another statement of purity, ploidy, source or kind."""
        return replace(self, fit=replace(self.fit, **changes))

    def scaled(self, factor: float, purity: float | None, kind: ReadingKind, note: str) -> Reading:
        """The reading with all copies multiplied and a purity (0 to 1) of its own."""
        ploidy = None if self.fit.ploidy is None else self.fit.ploidy * factor
        fit = replace(self.fit, purity=purity, ploidy=ploidy, source="fit", kind=kind, note=note)
        return replace(self, states=self.states.scaled(factor), fit=fit, factor=self.factor * factor)


@frozen
class Data:
    """What all readings share."""

    segments: tuple[Segment, ...]
    layout: Layout
    sex: Sex
    genome: Genome
    knowledge: Knowledge
    autosomal: Array  # of each segment
    lengths: Array

    @staticmethod
    def of(segments: tuple[Segment, ...], sex: Sex, genome: Genome, knowledge: Knowledge) -> Data:
        """All that readings of one profile share; arrays have one value a segment."""
        import numpy as np

        layout = Layout.of(segments, genome, knowledge)
        autosomal = np.array([s.chrom in AUTOSOME_SET for s in segments], dtype=bool)
        return Data(segments, layout, sex, genome, knowledge, autosomal, layout.lengths.astype(float))

    def count(self, reading: Reading) -> ChromosomeCount | None:
        """Chromosomes by this reading; None where too little is covered."""
        chromosomes = states_by_chromosome(self.layout, reading.states, self.knowledge)
        return count_chromosomes(chromosomes, self.sex, self.knowledge)

    def mean(self, states: States) -> float | None:
        """Mean copies of the autosomes by length: half of it is the DNA index of the clone."""
        import numpy as np

        use = self.autosomal & ~np.isnan(states.total)
        length = float(self.lengths[use].sum())
        return float((states.total[use] * self.lengths[use]).sum() / length) if length else None

    def share(self, passing: Array) -> float:
        """Share of the autosomal length of the segments."""
        length = float(self.lengths[self.autosomal].sum())
        return float(self.lengths[self.autosomal & passing].sum() / length) if length else 0.0

    def even(self, states: States) -> bool:
        """Do nearly all autosomal segments have an even number of copies of each known allele?"""
        import numpy as np

        known = self.autosomal & ~np.isnan(states.total)
        total = np.floor(np.nan_to_num(states.total) + 0.5)
        minor = np.floor(np.nan_to_num(states.minor) + 0.5)
        even = known & (total % 2 == 0) & (minor % 2 == 0)
        length = float(self.lengths[known].sum())
        needed = self.knowledge.value(cutoffs.COPY_NUMBER_EVEN_SHARE)
        return length > 0 and float(self.lengths[even].sum()) >= needed * length

    def alleles(self, states: States) -> float:
        """Share of the autosomal length with copies for which the rarer allele is known too."""
        import numpy as np

        stated = self.autosomal & ~np.isnan(states.total)
        known = stated & (~np.isnan(states.minor) | (np.nan_to_num(states.total) < 0.5))
        length = float(self.lengths[stated].sum())
        return float(self.lengths[known].sum() / length) if length else 0.0


@dataclass(slots=True)
class Wanted:
    """What is stated of purity and ploidy outside of the segments, and by whom."""

    purity: float | None
    ploidy: float | None
    tolerance: float
    words: str  # "ploidy 3.1 of the sheet", "DNA index 1.2 of the sheet"


@dataclass(slots=True)
class Choice:
    """The reading that is used, those that fit about as well, and what is stated of it; filled step by step."""

    chosen: Reading
    others: list[Reading] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    confirmed: bool = False  # an outside statement of ploidy agrees
    contradicted: bool = False  # an outside statement fits no reading
    purity_source: str | None = None
    scale: Scale = COUNTED
    purity_open: bool = False  # fitted, and the scale leaves it open


def near(ploidy: float | None, wanted: Wanted) -> bool:
    """Is the ploidy within the tolerance of the wanted one? An unknown one is not."""
    return ploidy is not None and wanted.ploidy is not None and abs(ploidy - wanted.ploidy) <= wanted.tolerance


def number(count: ChromosomeCount | None) -> str:
    """Modal number in words."""
    return "unknown" if count is None else str(count.total)


def at_double(reading: Reading) -> Reading:
    """The same data read as a clone with every chromosome twice; ratios and BAF are the same to the last digit."""
    purity = None if reading.fit.purity is None else reading.fit.purity / (2 - reading.fit.purity)
    return reading.scaled(2.0, purity, ReadingKind.DOUBLED, "the same data as a doubled clone")


def at_half(reading: Reading, data: Data) -> Reading | None:
    """The same data read as the clone before a doubling; only where copies are even."""
    if not data.even(reading.states):
        return None
    purity = None if reading.fit.purity is None else 2 * reading.fit.purity / (1 + reading.fit.purity)
    return reading.scaled(0.5, purity, ReadingKind.UNDOUBLED, "the same data as the clone before a doubling")


@frozen
class _Signals:
    """Ratio (NaN unknown) and BAF (NaN unknown) of every segment."""

    ratio: Array
    baf: Array

    def autosomal(self, data: Data) -> list[Signal]:
        import numpy as np

        use = np.flatnonzero(data.autosomal & ~np.isnan(self.ratio)).tolist()
        ratio, baf, lengths = self.ratio.tolist(), self.baf.tolist(), data.layout.lengths.tolist()
        return [Signal(ratio[i], None if baf[i] != baf[i] else baf[i], lengths[i]) for i in use]


def signals_of_ratios(data: Data) -> _Signals:
    """Copy ratio (2 to the log2) and BAF of each segment; NaN where not given."""
    import numpy as np

    nan = float("nan")
    log2 = np.array([nan if s.log2 is None else s.log2 for s in data.segments], dtype=float)
    baf = np.array([nan if s.baf is None else s.baf for s in data.segments], dtype=float)
    return _Signals(2 ** log2.clip(-8.0, 8.0), baf)


def signals_of_copies(reading: Reading, data: Data) -> _Signals:
    """What a file's copies at its purity say of the mixture."""
    import numpy as np

    purity = reading.fit.purity if reading.fit.purity is not None else 1.0
    normal = _normal(data)
    mixture = np.maximum(purity * reading.states.total + normal * (1 - purity), 0.01)
    baf = 1 - (purity * reading.states.minor + 1 - purity) / mixture
    return _Signals(mixture / 2, np.where(normal == 2, baf.clip(0.5, 1.0), np.nan))


def _normal(data: Data) -> Array:
    """Copies of every segment in normal cells."""
    import numpy as np

    found = np.full(len(data.segments), 2.0)
    for chrom, (index, _) in data.layout.chromosomes.items():
        found[index] = normal_copies(chrom, data.sex)
    return found


def apply(signals: _Signals, solution: Solution, data: Data, source: str) -> Reading:
    """Copies of every segment by a solution, before rounding."""
    import numpy as np

    normal = _normal(data)
    mixture = signals.ratio ** (1 / solution.fit.gamma) * solution.depth
    purity = solution.fit.purity
    if purity is None:  # flat: copies are those of the level, and nothing is known of what departs from it
        level = solution.fit.ploidy * normal / 2
        total = np.where(np.abs(mixture - level) < FLAT_NEAR, level, np.nan)
        minor = np.where(np.isnan(signals.baf) | (normal != 2), np.nan, total / 2)
    else:
        total = np.maximum((mixture - normal * (1 - purity)) / purity, 0.0)
        minor = ((1 - signals.baf) * mixture - (1 - purity)) / purity
        minor = np.where(normal == 2, np.minimum(np.maximum(minor, 0.0), total / 2), np.nan)
    far = data.knowledge.value(cutoffs.COPY_NUMBER_SUBCLONAL_DISTANCE)
    states = States(total, minor, np.abs(total - np.floor(total + 0.5)) > far)
    return Reading(states, replace(solution.fit, source=source), file=False)


def segments_of(reading: Reading, data: Data) -> tuple[Segment, ...]:
    """The segments with the copies of a reading."""
    if reading.file and reading.factor == 1.0:
        return data.segments
    if reading.file:
        return tuple(
            replace(
                s,
                total=None if s.total is None else s.total * reading.factor,
                minor=None if s.minor is None else s.minor * reading.factor,
                second_total=None if s.second_total is None else s.second_total * reading.factor,
                second_minor=None if s.second_minor is None else s.second_minor * reading.factor,
            )
            for s in data.segments
        )
    totals, minors = reading.states.total.round(4).tolist(), reading.states.minor.round(4).tolist()
    return tuple(
        Segment(
            s.chrom,
            s.start,
            s.end,
            s.log2,
            None if total != total else total,
            None if minor != minor else minor,
            s.baf,
            None,
            s.markers,
            s.record,
        )
        for s, total, minor in zip(data.segments, totals, minors, strict=True)
    )


def known_of(copies: Array) -> tuple[float | None, ...]:
    """Copies as numbers, None where they are not known."""
    return tuple(None if value != value else value for value in copies.round(4).tolist())


def normal_copies(chrom: str, sex: Sex) -> int:
    """Copies in normal cells outside of the pseudoautosomal regions; unknown sex is taken as female."""
    if chrom == "Y":
        return 1 if sex == "male" else 0
    return 1 if chrom == "X" and sex == "male" else 2


def unfitted(data: Data, purity: float | None, gamma: float) -> Reading:
    """A list of changes: log2 0 is taken as two copies, which its caller did; without a purity no copies are known."""
    import numpy as np

    if purity is None:
        nothing = np.full(len(data.segments), np.nan)
        return Reading(States(nothing, nothing, np.zeros(len(nothing), dtype=bool)), Fit(None, None), file=False)
    solution = Solution(Fit(purity, 2.0, gamma=gamma), 2.0, ())
    return apply(signals_of_ratios(data), solution, data, "fit").fitted_as(ploidy=None)


FLAT_NEAR = 0.12  # copies of the mixture; twice the spread that a flat profile may have


def same(one: Reading, two: Reading) -> bool:
    """Do two readings mean the same: ploidies less than 0.1 apart?"""
    return one.fit.ploidy is not None and two.fit.ploidy is not None and abs(one.fit.ploidy - two.fit.ploidy) < 0.1
