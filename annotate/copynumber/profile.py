"""A caller's segments as a profile: copies in the leukaemic cells, the chromosome count, and every reading that fits.

Where the caller states copies they are kept. Where it states only log2 ratios (with or without B-allele
frequencies) all readings of purity and ploidy that fit are found, and none is chosen silently: `ploidy_certain`
is false while several compete. What the sample sheet states (`purity`, `ploidy`, `dna_index`) goes before what the
file states; each time it changes something a warning says what, and the reading it replaced stays in `alternatives`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from annotate.copynumber.chromosomes import (
    AUTOSOMES,
    ChromosomeCount,
    Layout,
    States,
    copy_noise,
    count_chromosomes,
    dominant_states,
    is_flat,
    states_by_chromosome,
    whole,
)
from annotate.copynumber.fit import Signal, Solution, solve
from annotate.genome import Genome
from annotate.knowledge import Knowledge
from annotate.model import (
    CopyNumberProfile,
    InputFile,
    PloidySolution,
    Sample,
    Segment,
    SegmentTable,
    Sex,
)

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

AUTOSOME_SET = frozenset(AUTOSOMES)
ASSUMED_BINS: Mapping[str, str] = {
    "wgs": "copy_number.assumed_bin_wgs",
    "array": "copy_number.assumed_bin_array",
}
UNSURE = frozenset({"SOMATIC", "HIGHLY_DIPLOID", "NO_TUMOR"})  # PURPLE's words for a fit that copies did not decide


@dataclass(frozen=True, slots=True)
class Reading:
    """One assignment of copies to all segments: those of the file, times `factor`, or (`file` false) fitted ones."""

    states: States
    purity: float | None
    ploidy: float | None
    source: str  # file, sheet, fit
    score: float = 0.0
    note: str = ""
    file: bool = True
    factor: float = 1.0

    def scaled(self, factor: float, purity: float | None, note: str) -> Reading:
        ploidy = None if self.ploidy is None else self.ploidy * factor
        return Reading(
            self.states.scaled(factor), purity, ploidy, "fit", self.score, note, self.file, self.factor * factor
        )


@dataclass(frozen=True, slots=True)
class _Data:
    """What all readings share."""

    segments: tuple[Segment, ...]
    layout: Layout
    sex: Sex
    genome: Genome
    knowledge: Knowledge
    autosomal: Array  # of each segment
    lengths: Array

    @staticmethod
    def of(segments: tuple[Segment, ...], sex: Sex, genome: Genome, knowledge: Knowledge) -> _Data:
        import numpy as np

        layout = Layout.of(segments, genome, knowledge)
        autosomal = np.array([s.chrom in AUTOSOME_SET for s in segments], dtype=bool)
        return _Data(segments, layout, sex, genome, knowledge, autosomal, layout.lengths.astype(float))

    def count(self, reading: Reading) -> ChromosomeCount | None:
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
        needed = self.knowledge.value("copy_number.even_share")
        return length > 0 and float(self.lengths[even].sum()) >= needed * length

    def alleles(self, states: States) -> float:
        """Share of the autosomal length with copies for which the rarer allele is known too."""
        import numpy as np

        stated = self.autosomal & ~np.isnan(states.total)
        known = stated & (~np.isnan(states.minor) | (np.nan_to_num(states.total) < 0.5))
        length = float(self.lengths[stated].sum())
        return float(self.lengths[known].sum() / length) if length else 0.0


@dataclass(slots=True)
class _Wanted:
    """What is stated of purity and ploidy outside of the segments, and by whom."""

    purity: float | None
    ploidy: float | None
    tolerance: float
    words: str  # "ploidy 3.1 of the sheet", "DNA index 1.2 of the sheet"


@dataclass(slots=True)
class _Draft:
    chosen: Reading
    others: list[Reading] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    confirmed: bool = False  # an outside statement of ploidy agrees
    contradicted: bool = False  # an outside statement fits no reading
    purity_source: str | None = None


def build_profile(
    table: SegmentTable, inputs: tuple[InputFile, ...], sample: Sample, genome: Genome, knowledge: Knowledge
) -> CopyNumberProfile:
    """The profile of a sample from its caller's segments.

    A table without segments (MLPA ratios) gives a profile without chromosomes. Nothing is raised for odd data:
    what cannot be known is None, with a warning.
    """
    from annotate.copynumber.genes import gene_copies

    profile = chromosome_profile(table, inputs, sample, genome, knowledge)
    return replace(profile, genes=gene_copies(profile, genome, knowledge))


def chromosome_profile(
    table: SegmentTable, inputs: tuple[InputFile, ...], sample: Sample, genome: Genome, knowledge: Knowledge
) -> CopyNumberProfile:
    """The profile without its genes."""
    sex = _sex(table, sample)
    if not table.segments:
        return _empty(table, inputs, sample, sex, knowledge)
    import numpy as np

    wanted = _wanted(sample, knowledge)
    data = _Data.of(table.segments, sex, genome, knowledge)
    copies = dominant_states(table.segments, knowledge)
    stated = data.share(~np.isnan(copies.total)) >= knowledge.value("copy_number.min_copies_known")
    draft = _stated(table, copies, wanted, data) if stated else _fitted(table, wanted, data)
    return _finish(draft, table, inputs, sample, stated, data)


def _empty(
    table: SegmentTable, inputs: tuple[InputFile, ...], sample: Sample, sex: Sex, knowledge: Knowledge
) -> CopyNumberProfile:
    purity = sample.purity if sample.purity is not None else table.purity
    return CopyNumberProfile(
        segments=(),
        inputs=inputs,
        purity=purity,
        ploidy=sample.ploidy if sample.ploidy is not None else table.ploidy,
        purity_source=None if purity is None else "sheet" if sample.purity is not None else "file",
        allele_specific=False,
        sex=sex,
        chromosomes={},
        modal_number=None,
        retained_homologues=None,
        loh_autosomes=None,
        resolution=_resolution(table, sample, knowledge),
        noise=None,
        warnings=tuple(table.warnings),
        probes=table.probes,
        format=table.format,
    )


def _sex(table: SegmentTable, sample: Sample) -> Sex:
    """The sheet's, else the caller's, else male where a Y chromosome has copies; else unknown."""
    if sample.sex != "unknown":
        return sample.sex
    if table.sex is not None:
        return table.sex
    y = [s for s in table.segments if s.chrom == "Y" and s.total is not None]
    length = sum(s.length for s in y)
    if length and sum(s.length for s in y if (s.total or 0) >= 0.5) > length / 2:
        return "male"
    return "unknown"


def _wanted(sample: Sample, knowledge: Knowledge) -> _Wanted:
    """What the sheet states; a ploidy goes before a DNA index."""
    if sample.ploidy is not None:
        tolerance = knowledge.value("copy_number.same_ploidy")
        return _Wanted(sample.purity, sample.ploidy, tolerance, f"ploidy {sample.ploidy:g} of the sheet")
    if sample.dna_index is not None:
        tolerance = 2 * knowledge.value("copy_number.dna_index_tolerance")
        words = f"DNA index {sample.dna_index:g} of the sheet"
        return _Wanted(sample.purity, 2 * sample.dna_index, tolerance, words)
    return _Wanted(sample.purity, None, 0.0, "")


# ---------------------------------------------------------------- copies that the file states


def _stated(table: SegmentTable, copies: States, wanted: _Wanted, data: _Data) -> _Draft:
    """The file's copies, or the reading of the same data that the sheet asks for."""
    knowledge = data.knowledge
    file = Reading(copies, table.purity, data.mean(copies), "file")
    draft = _Draft(file, purity_source="file" if table.purity is not None else None)
    _compare_ploidy(draft, table, knowledge)
    file = draft.chosen
    same_purity = (
        wanted.purity is None
        or table.purity is None
        or abs(wanted.purity - table.purity) <= knowledge.value("copy_number.same_purity")
    )
    if wanted.purity is not None and same_purity:
        draft.chosen = file = replace(file, purity=wanted.purity)
        draft.purity_source = "sheet"
    same_ploidy = wanted.ploidy is None or _near(file.ploidy, wanted)
    if same_purity and same_ploidy:
        draft.confirmed = wanted.ploidy is not None and file.ploidy is not None
        return draft
    _reread(draft, file, wanted, same_purity, data)
    return draft


def _compare_ploidy(draft: _Draft, table: SegmentTable, knowledge: Knowledge) -> None:
    """The caller's own ploidy against the mean of its segments."""
    mean, stated = draft.chosen.ploidy, table.ploidy
    if mean is None or not _whole_genome(table.segments):
        draft.chosen = replace(draft.chosen, ploidy=stated if stated is not None else mean)
        return
    if stated is not None and abs(mean - stated) > 2 * knowledge.value("copy_number.same_ploidy"):
        draft.warnings.append(
            f"the file states ploidy {stated:.2f}, its autosomal segments have {mean:.2f} copies on average;"
            " the segments are used"
        )


def _whole_genome(segments: Sequence[Segment]) -> bool:
    """Do segments lie on at least 20 autosomes? Lists of altered segments do not."""
    return len({s.chrom for s in segments if s.chrom in AUTOSOME_SET}) >= 20


def _near(ploidy: float | None, wanted: _Wanted) -> bool:
    return ploidy is not None and wanted.ploidy is not None and abs(ploidy - wanted.ploidy) <= wanted.tolerance


def _reread(draft: _Draft, file: Reading, wanted: _Wanted, same_purity: bool, data: _Data) -> None:
    """Another reading of the file's data that meets the sheet; the file's own stays as an alternative."""
    purity = None if same_purity else wanted.purity
    words = [] if same_purity else [f"purity {wanted.purity:g} of the sheet (file: {file.purity or 0:g})"]
    if wanted.ploidy is not None and not _near(file.ploidy, wanted):
        words.append(f"{wanted.words} (file: ploidy {file.ploidy or 0:.2f})")
    asked = " and ".join(words)
    options = [_doubled(file), _halved(file, data)] if purity is None else []
    ready = [option for option in options if option is not None and _near(option.ploidy, wanted)]
    if not ready:
        ready = _refits(file, purity, wanted, data)
    if ready:
        draft.chosen = replace(ready[0], source="sheet", note=f"by {asked}")
        draft.others.append(replace(file, note="as the file states it"))
        draft.warnings.append(
            f"{asked} changes the reading: ploidy {file.ploidy or 0:.2f} to {draft.chosen.ploidy or 0:.2f},"
            f" {_number(data.count(file))} to {_number(data.count(draft.chosen))} chromosomes"
        )
        draft.confirmed = wanted.ploidy is not None
        draft.purity_source = "sheet" if wanted.purity is not None else "fit"
        return
    draft.warnings.append(f"{asked} fits no reading of these segments: the copies stay those of the file")
    draft.contradicted = True
    if wanted.purity is not None:
        draft.chosen = replace(file, purity=wanted.purity)
        draft.purity_source = "sheet"


def _number(count: ChromosomeCount | None) -> str:
    return "unknown" if count is None else str(count.total)


def _refits(file: Reading, purity: float | None, wanted: _Wanted, data: _Data) -> list[Reading]:
    signals = _signals_of_copies(file, data)
    found = solve(
        signals.autosomal(data), data.knowledge, purity=purity, ploidy=wanted.ploidy, ploidy_tolerance=wanted.tolerance
    )
    limit = data.knowledge.value("copy_number.noise_small_margin")
    readings = []
    for solution in found:
        if solution.purity is None or _misfit(signals.autosomal(data), solution) > limit:
            continue
        reading = _apply(signals, solution, data, "sheet")
        count = data.count(reading)
        if count is None or count.total <= data.knowledge.value("copy_number.max_reread_number"):
            readings.append(reading)  # a wrong purity can be met by any number of copies
    return readings


def _misfit(signals: Sequence[Signal], solution: Solution) -> float:
    """Spread of measured total and minor copies around whole ones, by length, in copies."""
    purity = solution.purity or 1.0
    total = weight = 0.0
    for signal in signals:
        mixture = signal.ratio * solution.depth
        copies = (mixture - 2 * (1 - purity)) / purity
        distance = min(abs(copies - max(whole(copies), 0)), 0.5)
        if signal.baf is not None and whole(copies) > 0:
            minor = ((1 - signal.baf) * mixture - (1 - purity)) / purity
            nearest = min(max(whole(minor), 0), whole(copies) // 2)
            distance = max(distance, min(abs(minor - nearest), 1.0))
        total += distance**2 * signal.length
        weight += signal.length
    return float((total / weight) ** 0.5) if weight else 1.0


def _doubled(reading: Reading) -> Reading:
    """The same data read as a clone with every chromosome twice; ratios and BAF are the same to the last digit."""
    purity = None if reading.purity is None else reading.purity / (2 - reading.purity)
    return reading.scaled(2.0, purity, "the same data as a doubled clone")


def _halved(reading: Reading, data: _Data) -> Reading | None:
    """The same data read as the clone before a doubling; only where copies are even."""
    if not data.even(reading.states):
        return None
    purity = None if reading.purity is None else 2 * reading.purity / (1 + reading.purity)
    return reading.scaled(0.5, purity, "the same data as the clone before a doubling")


# ---------------------------------------------------------------- copies from ratios


def _fitted(table: SegmentTable, wanted: _Wanted, data: _Data) -> _Draft:
    """All readings of the ratios; what sheet or file state of purity and ploidy narrows them."""
    knowledge = data.knowledge
    measured = _signals_of_ratios(data)
    signals = measured.autosomal(data)
    purity = wanted.purity if wanted.purity is not None else table.purity
    ploidy, tolerance, words = wanted.ploidy, wanted.tolerance, wanted.words
    if ploidy is None and table.ploidy is not None:
        ploidy, tolerance = table.ploidy, 2 * knowledge.value("copy_number.same_ploidy")
        words = f"ploidy {table.ploidy:g} of the file"
    free = solve(signals, knowledge, purity=purity)
    found = free
    draft = _Draft(Reading(dominant_states(table.segments, knowledge), purity, None, "fit"))
    draft.purity_source = None if purity is None else "sheet" if wanted.purity is not None else "file"
    if ploidy is not None:
        found = solve(signals, knowledge, purity=purity, ploidy=ploidy, ploidy_tolerance=tolerance)
        if found:
            draft.confirmed = wanted.ploidy is not None
        else:
            draft.warnings.append(f"{words} fits no reading of these ratios and is not used")
            draft.contradicted = True
            found = free
    if not found:
        draft.warnings.append("no reading of the ratios was found: copies are unknown")
        return draft
    readings = [_apply(measured, solution, data, "fit") for solution in found]
    if found is free:
        readings = _before_doubling(readings, data)
    draft.chosen, draft.others = readings[0], readings[1:]
    if draft.chosen.purity is not None and draft.purity_source is None:
        draft.purity_source = "fit"
    if ploidy is not None and found is not free:
        draft.others += [
            replace(_apply(measured, solution, data, "fit"), note=f"without {words}")
            for solution in free
            if all(abs(solution.ploidy - reading.ploidy) > tolerance for reading in readings if reading.ploidy)
        ]
    _say_fit(draft, wanted, words, free, found)
    return draft


def _before_doubling(readings: list[Reading], data: _Data) -> list[Reading]:
    """Of a clone and its double, which fit alike, the clone comes first: most patients show it (Carroll 2019)."""
    first = readings[0]
    if first.ploidy is None or data.alleles(first.states) < data.knowledge.value("copy_number.min_alleles_known"):
        return readings
    halved = _halved(first, data)
    if halved is None or first.purity is None:
        return readings
    own = [r for r in readings if r.ploidy is not None and abs(2 * r.ploidy - first.ploidy) < 0.15]
    simple = own[0] if own else replace(halved, note="")
    return [simple, *(r for r in readings if r is not simple)]


def _say_fit(
    draft: _Draft,
    wanted: _Wanted,
    words: str,
    free: Sequence[Solution],
    found: Sequence[Solution],
) -> None:
    given = [] if wanted.purity is None else [f"purity {wanted.purity:g} of the sheet"]
    given += [words] if draft.confirmed else []
    used = f" with {' and '.join(given)}" if given else ""
    chosen = draft.chosen
    at = "" if chosen.purity is None else f", purity {chosen.purity:.2f}"
    draft.warnings.append(
        f"the file states log2 ratios only; copies were fitted{used}: ploidy {chosen.ploidy or 0:.2f}{at}"
        + (f", and {len(draft.others)} other readings fit about as well" if len(draft.others) > 1 else "")
        + (", and one other reading fits about as well" if len(draft.others) == 1 else "")
    )
    if draft.confirmed and free and abs(free[0].ploidy - found[0].ploidy) > wanted.tolerance:
        draft.warnings.append(f"{words} changes the reading: without it ploidy {free[0].ploidy:.2f} would fit best")


@dataclass(frozen=True, slots=True)
class _Signals:
    """Ratio (NaN unknown) and BAF (NaN unknown) of every segment."""

    ratio: Array
    baf: Array

    def autosomal(self, data: _Data) -> list[Signal]:
        import numpy as np

        use = np.flatnonzero(data.autosomal & ~np.isnan(self.ratio)).tolist()
        ratio, baf, lengths = self.ratio.tolist(), self.baf.tolist(), data.layout.lengths.tolist()
        return [Signal(ratio[i], None if baf[i] != baf[i] else baf[i], lengths[i]) for i in use]


def _signals_of_ratios(data: _Data) -> _Signals:
    import numpy as np

    nan = float("nan")
    log2 = np.array([nan if s.log2 is None else s.log2 for s in data.segments], dtype=float)
    baf = np.array([nan if s.baf is None else s.baf for s in data.segments], dtype=float)
    return _Signals(2 ** log2.clip(-8.0, 8.0), baf)


def _signals_of_copies(reading: Reading, data: _Data) -> _Signals:
    """What a file's copies at its purity say of the mixture."""
    import numpy as np

    purity = reading.purity if reading.purity is not None else 1.0
    normal = _normal(data)
    mixture = np.maximum(purity * reading.states.total + normal * (1 - purity), 0.01)
    baf = 1 - (purity * reading.states.minor + 1 - purity) / mixture
    return _Signals(mixture / 2, np.where(normal == 2, baf.clip(0.5, 1.0), np.nan))


def _normal(data: _Data) -> Array:
    """Copies of every segment in normal cells."""
    import numpy as np

    copies = {chrom: normal_copies(chrom, data.sex) for chrom in (*AUTOSOMES, "X", "Y")}
    return np.array([copies.get(s.chrom, 2) for s in data.segments], dtype=float)


def _apply(signals: _Signals, solution: Solution, data: _Data, source: str) -> Reading:
    """Copies of every segment by a solution, before rounding."""
    import numpy as np

    normal = _normal(data)
    mixture = signals.ratio * solution.depth
    purity = solution.purity
    if purity is None:  # flat: copies are those of the level, and nothing is known of what departs from it
        level = solution.ploidy * normal / 2
        total = np.where(np.abs(mixture - level) < FLAT_NEAR, level, np.nan)
        minor = np.where(np.isnan(signals.baf) | (normal != 2), np.nan, total / 2)
    else:
        total = np.maximum((mixture - normal * (1 - purity)) / purity, 0.0)
        minor = ((1 - signals.baf) * mixture - (1 - purity)) / purity
        minor = np.where(normal == 2, np.minimum(np.maximum(minor, 0.0), total / 2), np.nan)
    far = data.knowledge.value("copy_number.subclonal_distance")
    states = States(total, minor, np.abs(total - np.floor(total + 0.5)) > far)
    return Reading(states, purity, solution.ploidy, source, solution.score, file=False)


def _segments(reading: Reading, data: _Data) -> tuple[Segment, ...]:
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


def normal_copies(chrom: str, sex: Sex) -> int:
    """Copies in normal cells outside of the pseudoautosomal regions; unknown sex is taken as female."""
    if chrom == "Y":
        return 1 if sex == "male" else 0
    return 1 if chrom == "X" and sex == "male" else 2


FLAT_NEAR = 0.12  # copies of the mixture; twice the spread that a flat profile may have


# ---------------------------------------------------------------- the profile


def _finish(
    draft: _Draft,
    table: SegmentTable,
    inputs: tuple[InputFile, ...],
    sample: Sample,
    stated: bool,
    data: _Data,
) -> CopyNumberProfile:
    chosen, knowledge = draft.chosen, data.knowledge
    profile = CopyNumberProfile(
        segments=_segments(chosen, data),
        inputs=inputs,
        purity=None if chosen.purity is None else round(chosen.purity, 4),
        ploidy=None if chosen.ploidy is None else round(chosen.ploidy, 4),
        purity_source=draft.purity_source,
        allele_specific=data.alleles(chosen.states) >= knowledge.value("copy_number.min_alleles_known"),
        sex=data.sex,
        chromosomes=states_by_chromosome(data.layout, chosen.states, knowledge),
        modal_number=None,
        retained_homologues=None,
        loh_autosomes=None,
        resolution=_resolution(table, sample, knowledge),
        noise=None,
        probes=table.probes,
        format=table.format,
    )
    noise = copy_noise(profile, knowledge)
    count = count_chromosomes(profile.chromosomes, data.sex, knowledge)
    if count is not None and len(count.missing) > knowledge.value("hypodiploidy.max_missing"):
        missing = ", ".join(count.missing) if len(count.missing) <= 8 else f"{len(count.missing)} autosomes"
        draft.warnings.append(f"too little of {missing} has segments: the chromosome count is unknown")
        count = None
    others = _others(draft, profile, count, data)
    alternatives = tuple(_alternative(reading, data) for reading in others)
    certain = _certain(draft, profile, count, alternatives, table)
    known = count is not None and (stated or certain or profile.allele_specific or _agree(count, alternatives))
    return replace(
        profile,
        noise=noise,
        modal_number=count.total if count is not None and known else None,
        retained_homologues=count.rhc if count is not None else None,
        loh_autosomes=count.loh_autosomes if count is not None and count.rhc is not None else None,
        alternatives=alternatives,
        ploidy_certain=certain,
        warnings=tuple(dict.fromkeys([*table.warnings, *draft.warnings, *_notes(profile, sample, certain)])),
    )


def _resolution(table: SegmentTable, sample: Sample, knowledge: Knowledge) -> int | None:
    """Bases that a deletion must span: so many bins of the file, or of what is usual for the assay."""
    spacing: float | None = table.resolution
    if spacing is None and sample.assay is not None and sample.assay in ASSUMED_BINS:
        spacing = knowledge.value(ASSUMED_BINS[sample.assay])
    return None if spacing is None else round(spacing * knowledge.value("copy_number.bins_for_segment"))


def _others(draft: _Draft, profile: CopyNumberProfile, count: ChromosomeCount | None, data: _Data) -> list[Reading]:
    """Competing readings; a clone of few chromosomes always competes with its doubled form."""
    found = list(draft.others)
    chosen = draft.chosen
    if count is None:
        return found
    few = count.total <= data.knowledge.value("hypodiploidy.inpog_max")
    options = [_doubled(chosen)] if few else []
    if not few and not is_flat(profile, data.knowledge):
        halved = _halved(chosen, data)
        options += [halved] if halved is not None else []
    for option in options:
        if all(not _same(option, other) for other in found):
            found.append(option)
    return found


def _same(one: Reading, two: Reading) -> bool:
    return one.ploidy is not None and two.ploidy is not None and abs(one.ploidy - two.ploidy) < 0.1


def _alternative(reading: Reading, data: _Data) -> PloidySolution:
    count = data.count(reading)
    return PloidySolution(
        purity=round(reading.purity, 4) if reading.purity is not None else 1.0,
        ploidy=round(reading.ploidy, 4) if reading.ploidy is not None else 2.0,
        score=round(reading.score, 4),
        source=reading.source,
        modal_number=count.total if count else None,
        note=reading.note,
        retained_homologues=count.rhc if count else None,
        loh_autosomes=count.loh_autosomes if count and count.rhc is not None else None,
    )


def _agree(count: ChromosomeCount, alternatives: Sequence[PloidySolution]) -> bool:
    return all(other.modal_number is None or abs(other.modal_number - count.total) <= 1 for other in alternatives)


def _certain(
    draft: _Draft,
    profile: CopyNumberProfile,
    count: ChromosomeCount | None,
    alternatives: Sequence[PloidySolution],
    table: SegmentTable,
) -> bool:
    """May the chromosome count be taken as it is? Total copies alone never fix it, nor does a clone of even copies."""
    if draft.contradicted or count is None:
        return False
    if draft.confirmed:
        return True
    if not profile.allele_specific or table.quality.get("PURPLE fit") in UNSURE:
        return False
    rivals = [other for other in alternatives if other.source != "file"]
    return _agree(count, rivals)


def _notes(profile: CopyNumberProfile, sample: Sample, certain: bool) -> list[str]:
    found = []
    if not profile.allele_specific:
        found.append(
            "copies of the two parental alleles are not known: the ploidy is provisional and loss of heterozygosity"
            " is not seen"
            if not certain
            else "copies of the two parental alleles are not known"
        )
    if sample.sex == "unknown" and profile.sex == "unknown":
        found.append("the sex is unknown: X and Y are counted as they are, and copies of X may be misjudged")
    if profile.purity is None:
        found.append("the purity is unknown: no negative that depends on it can be given")
    return found
