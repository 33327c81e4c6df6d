"""A caller's segments as a profile: copies in the leukaemic cells, the chromosome count, and every reading that fits.

Where the caller states copies they are kept. Where it states only log2 ratios (with or without B-allele
frequencies) all readings of purity and ploidy that fit are found, and none is chosen silently: `ploidy_certain`
is false while several compete. What the sample sheet states (`purity`, `ploidy`, `dna_index`) goes before what the
file states; each time it changes something a warning says what, and the reading it replaced stays in `alternatives`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotate.copynumber.chromosomes import (
    AUTOSOMES,
    ChromosomeCount,
    chromosome_states,
    clone_state,
    copy_noise,
    count_chromosomes,
    is_flat,
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

ASSUMED_BINS: Mapping[str, str] = {
    "wgs": "copy_number.assumed_bin_wgs",
    "array": "copy_number.assumed_bin_array",
}
UNSURE = frozenset({"SOMATIC", "HIGHLY_DIPLOID", "NO_TUMOR"})  # PURPLE's words for a fit that copies did not decide


@dataclass(frozen=True, slots=True)
class Reading:
    """One assignment of copies to all segments."""

    segments: tuple[Segment, ...]
    purity: float | None
    ploidy: float | None
    source: str  # file, sheet, fit
    score: float = 0.0
    note: str = ""


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
    wanted = _wanted(table, sample, knowledge)
    stated = _share(table.segments, lambda s: s.total is not None) >= knowledge.value("copy_number.min_copies_known")
    if stated:
        draft = _stated(table, sample, sex, wanted, genome, knowledge)
    else:
        draft = _fitted(table, sample, sex, wanted, genome, knowledge)
    return _finish(draft, table, inputs, sample, sex, stated, genome, knowledge)


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


def _wanted(table: SegmentTable, sample: Sample, knowledge: Knowledge) -> _Wanted:
    """What the sheet states; a ploidy goes before a DNA index."""
    if sample.ploidy is not None:
        tolerance = knowledge.value("copy_number.same_ploidy")
        return _Wanted(sample.purity, sample.ploidy, tolerance, f"ploidy {sample.ploidy:g} of the sheet")
    if sample.dna_index is not None:
        tolerance = 2 * knowledge.value("copy_number.dna_index_tolerance")
        words = f"DNA index {sample.dna_index:g} of the sheet"
        return _Wanted(sample.purity, 2 * sample.dna_index, tolerance, words)
    return _Wanted(sample.purity, None, 0.0, "")


def _share(segments: Iterable[Segment], test: object) -> float:
    """Share of the autosomal length whose segments pass."""
    passed = length = 0
    for segment in segments:
        if segment.chrom in AUTOSOME_SET:
            length += segment.length
            passed += segment.length if test(segment) else 0  # type: ignore[operator]
    return passed / length if length else 0.0


AUTOSOME_SET = frozenset(AUTOSOMES)


# ---------------------------------------------------------------- copies that the file states


def _stated(
    table: SegmentTable, sample: Sample, sex: Sex, wanted: _Wanted, genome: Genome, knowledge: Knowledge
) -> _Draft:
    """The file's copies, or the reading of the same data that the sheet asks for."""
    file = Reading(table.segments, table.purity, mean_copies(table.segments, knowledge), "file")
    draft = _Draft(file, purity_source="file" if table.purity is not None else None)
    _compare_ploidy(draft, table, knowledge)
    same_purity = (
        wanted.purity is None
        or table.purity is None
        or abs(wanted.purity - table.purity) <= knowledge.value("copy_number.same_purity")
    )
    if wanted.purity is not None and same_purity:
        draft.chosen = file = replace(file, purity=wanted.purity)
        draft.purity_source = "sheet"
        if table.purity is None:
            draft.warnings.append(f"purity {wanted.purity:g} is from the sheet; the copies stay those of the file")
    same_ploidy = wanted.ploidy is None or _near(file.ploidy, wanted)
    if same_purity and same_ploidy:
        draft.confirmed = wanted.ploidy is not None and file.ploidy is not None
        return draft
    _reread(draft, file, wanted, same_purity, sex, genome, knowledge)
    return draft


def _compare_ploidy(draft: _Draft, table: SegmentTable, knowledge: Knowledge) -> None:
    """The caller's own ploidy against the mean of its segments."""
    mean, stated = draft.chosen.ploidy, table.ploidy
    covered = mean is not None and _share(table.segments, lambda s: s.total is not None) > 0
    if mean is None or not _whole_genome(table.segments):
        draft.chosen = replace(draft.chosen, ploidy=stated if stated is not None else mean)
        return
    if stated is not None and covered and abs(mean - stated) > 2 * knowledge.value("copy_number.same_ploidy"):
        draft.warnings.append(
            f"the file states ploidy {stated:.2f}, its autosomal segments have {mean:.2f} copies on average;"
            " the segments are used"
        )


def _whole_genome(segments: Sequence[Segment]) -> bool:
    """Do segments lie on at least 20 autosomes? Lists of altered segments do not."""
    return len({s.chrom for s in segments if s.chrom in AUTOSOME_SET}) >= 20


def _near(ploidy: float | None, wanted: _Wanted) -> bool:
    return ploidy is not None and wanted.ploidy is not None and abs(ploidy - wanted.ploidy) <= wanted.tolerance


def _reread(
    draft: _Draft, file: Reading, wanted: _Wanted, same_purity: bool, sex: Sex, genome: Genome, knowledge: Knowledge
) -> None:
    """Another reading of the file's data that meets the sheet; the file's own stays as an alternative."""
    purity = None if same_purity else wanted.purity
    words = [] if same_purity else [f"purity {wanted.purity:g} of the sheet (file: {file.purity or 0:g})"]
    if wanted.ploidy is not None and not _near(file.ploidy, wanted):
        words.append(f"{wanted.words} (file: ploidy {file.ploidy or 0:.2f})")
    asked = " and ".join(words)
    options = [_doubled(file), _halved(file, knowledge)] if purity is None else []
    ready = [option for option in options if option is not None and _near(option.ploidy, wanted)]
    if not ready:
        ready = _refits(file, purity, wanted, sex, knowledge)
    if ready:
        before = _counted(file, sex, genome, knowledge)
        draft.chosen = replace(ready[0], source="sheet", note=f"by {asked}")
        after = _counted(draft.chosen, sex, genome, knowledge)
        draft.others.append(replace(file, note="as the file states it"))
        draft.warnings.append(
            f"{asked} changes the reading: ploidy {file.ploidy or 0:.2f} to {draft.chosen.ploidy or 0:.2f},"
            f" {_number(before)} to {_number(after)} chromosomes"
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


def _refits(file: Reading, purity: float | None, wanted: _Wanted, sex: Sex, knowledge: Knowledge) -> list[Reading]:
    signals, places = _signals_of_copies(file, knowledge)
    found = solve(signals, knowledge, purity=purity, ploidy=wanted.ploidy, ploidy_tolerance=wanted.tolerance)
    limit = knowledge.value("copy_number.noise_small_margin")
    readings = []
    for solution in found:
        if solution.purity is None or _misfit(signals, solution) > limit:
            continue
        readings.append(_apply(file.segments, signals, places, solution, sex, "sheet"))
    return readings


def _misfit(signals: Sequence[Signal], solution: Solution) -> float:
    """Spread of measured around whole copies, by length."""
    purity = solution.purity or 1.0
    total = weight = 0.0
    for signal in signals:
        copies = (signal.ratio * solution.depth - 2 * (1 - purity)) / purity
        distance = min(abs(copies - max(whole(copies), 0)), 0.5)
        total += distance**2 * signal.length
        weight += signal.length
    return float((total / weight) ** 0.5) if weight else 1.0


def _doubled(reading: Reading) -> Reading:
    """The same data read as a clone with every chromosome twice; ratios and BAF are the same to the last digit."""
    purity = None if reading.purity is None else reading.purity / (2 - reading.purity)
    return _scaled(reading, 2.0, purity, "the same data as a doubled clone")


def _halved(reading: Reading, knowledge: Knowledge) -> Reading | None:
    """The same data read as the clone before a doubling; only where copies are even."""
    if not even_copies(reading.segments, knowledge):
        return None
    purity = None if reading.purity is None else 2 * reading.purity / (1 + reading.purity)
    return _scaled(reading, 0.5, purity, "the same data as the clone before a doubling")


def _scaled(reading: Reading, factor: float, purity: float | None, note: str) -> Reading:
    segments = tuple(
        replace(
            s,
            total=None if s.total is None else s.total * factor,
            minor=None if s.minor is None else s.minor * factor,
            second_total=None if s.second_total is None else s.second_total * factor,
            second_minor=None if s.second_minor is None else s.second_minor * factor,
        )
        for s in reading.segments
    )
    ploidy = None if reading.ploidy is None else reading.ploidy * factor
    return Reading(segments, purity, ploidy, "fit", reading.score, note)


def even_copies(segments: Iterable[Segment], knowledge: Knowledge) -> bool:
    """Do nearly all autosomal segments of the clone have an even number of copies of each known allele?"""
    even = length = 0
    for segment in segments:
        if segment.chrom not in AUTOSOME_SET:
            continue
        state = clone_state(segment, knowledge)
        if state is None:
            continue
        length += segment.length
        minor = 0 if state.minor is None else whole(state.minor)
        even += segment.length if whole(state.total) % 2 == 0 and minor % 2 == 0 else 0
    return length > 0 and even >= knowledge.value("copy_number.even_share") * length


def mean_copies(segments: Iterable[Segment], knowledge: Knowledge) -> float | None:
    """Mean copies of the autosomes by length: half of it is the DNA index of the clone."""
    copies = length = 0.0
    for segment in segments:
        if segment.chrom in AUTOSOME_SET and segment.total is not None:
            state = clone_state(segment, knowledge)
            copies += (state.total if state else segment.total) * segment.length
            length += segment.length
    return copies / length if length else None


def _counted(reading: Reading, sex: Sex, genome: Genome, knowledge: Knowledge) -> ChromosomeCount | None:
    return count_chromosomes(chromosome_states(reading.segments, genome, knowledge), sex, knowledge)


# ---------------------------------------------------------------- copies from ratios


def _fitted(
    table: SegmentTable, sample: Sample, sex: Sex, wanted: _Wanted, genome: Genome, knowledge: Knowledge
) -> _Draft:
    """All readings of the ratios; what sheet or file state of purity and ploidy narrows them."""
    signals, places = _signals_of_ratios(table.segments)
    purity = wanted.purity if wanted.purity is not None else table.purity
    ploidy, tolerance, words = wanted.ploidy, wanted.tolerance, wanted.words
    if ploidy is None and table.ploidy is not None:
        ploidy, tolerance = table.ploidy, 2 * knowledge.value("copy_number.same_ploidy")
        words = f"ploidy {table.ploidy:g} of the file"
    free = solve(signals, knowledge, purity=purity)
    found = free
    draft = _Draft(Reading(table.segments, purity, None, "fit"))
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
    readings = [_apply(table.segments, signals, places, solution, sex, "fit") for solution in found]
    readings = _before_doubling(readings, knowledge)
    draft.chosen, draft.others = readings[0], readings[1:]
    if draft.chosen.purity is not None and draft.purity_source is None:
        draft.purity_source = "fit"
    if ploidy is not None and found is not free:
        draft.others += [
            replace(_apply(table.segments, signals, places, solution, sex, "fit"), note=f"without {words}")
            for solution in free
            if all(abs(solution.ploidy - reading.ploidy) > tolerance for reading in readings if reading.ploidy)
        ]
    _say_fit(draft, wanted, purity, words, free, found)
    return draft


def _before_doubling(readings: list[Reading], knowledge: Knowledge) -> list[Reading]:
    """Of a clone and its double, which fit alike, the clone comes first: most patients show it (Carroll 2019)."""
    first = readings[0]
    if first.ploidy is None or _alleles_known(first.segments) < knowledge.value("copy_number.min_alleles_known"):
        return readings
    halved = _halved(first, knowledge)
    if halved is None or first.purity is None:
        return readings
    own = [r for r in readings if r.ploidy is not None and abs(2 * r.ploidy - first.ploidy) < 0.15]
    simple = own[0] if own else replace(halved, note="")
    return [simple, *(r for r in readings if r is not simple)]


def _say_fit(
    draft: _Draft,
    wanted: _Wanted,
    purity: float | None,
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


def _signals_of_ratios(segments: Sequence[Segment]) -> tuple[list[Signal], list[int]]:
    """Autosomal signals relative to their mean, and the index of each one's segment."""
    places = [i for i, s in enumerate(segments) if s.chrom in AUTOSOME_SET and s.log2 is not None]
    ratios = [2 ** min(max(segments[i].log2 or 0.0, -8.0), 8.0) for i in places]
    return [Signal(r, segments[i].baf, segments[i].length) for i, r in zip(places, ratios, strict=True)], places


def _signals_of_copies(reading: Reading, knowledge: Knowledge) -> tuple[list[Signal], list[int]]:
    """What a file's copies at its purity say of the mixture."""
    purity = reading.purity if reading.purity is not None else 1.0
    signals, places = [], []
    for i, segment in enumerate(reading.segments):
        if segment.chrom not in AUTOSOME_SET:
            continue
        state = clone_state(segment, knowledge)
        if state is None:
            continue
        mixture = max(purity * state.total + 2 * (1 - purity), 0.01)
        baf = None if state.minor is None else 1 - (purity * state.minor + 1 - purity) / mixture
        signals.append(Signal(mixture / 2, None if baf is None else min(max(baf, 0.5), 1.0), segment.length))
        places.append(i)
    return signals, places


def _apply(
    segments: Sequence[Segment],
    signals: Sequence[Signal],
    places: Sequence[int],
    solution: Solution,
    sex: Sex,
    source: str,
) -> Reading:
    """Copies of every segment by a solution, before rounding."""
    from_signal = dict(zip(places, signals, strict=True))
    filled = []
    for i, segment in enumerate(segments):
        signal = from_signal.get(i)
        if signal is None and segment.log2 is not None:
            signal = Signal(2 ** min(max(segment.log2, -8.0), 8.0), segment.baf, segment.length)
        if signal is None:
            filled.append(replace(segment, total=None, minor=None))
            continue
        total, minor = _copies(signal, solution, normal_copies(segment.chrom, sex))
        filled.append(replace(segment, total=total, minor=minor, second_total=None, second_minor=None))
    return Reading(tuple(filled), solution.purity, solution.ploidy, source, solution.score)


def normal_copies(chrom: str, sex: Sex) -> int:
    """Copies in normal cells outside of the pseudoautosomal regions; unknown sex is taken as female."""
    if chrom == "Y":
        return 1 if sex == "male" else 0
    return 1 if chrom == "X" and sex == "male" else 2


def _copies(signal: Signal, solution: Solution, normal: int) -> tuple[float | None, float | None]:
    purity = solution.purity
    if purity is None:  # flat: copies without a purity are those of the level, and nothing is known of the rest
        level = signal.ratio * solution.depth
        copies = solution.ploidy * normal / 2
        if abs(level - copies) >= FLAT_NEAR:
            return None, None
        return copies, None if signal.baf is None or normal != 2 else copies / 2
    mixture = signal.ratio * solution.depth
    total = max((mixture - normal * (1 - purity)) / purity, 0.0)
    if signal.baf is None or normal != 2:
        return round(total, 4), None
    minor = ((1 - signal.baf) * mixture - (1 - purity)) / purity
    return round(total, 4), round(min(max(minor, 0.0), total / 2), 4)


FLAT_NEAR = 0.12  # copies of the mixture; twice the spread that a flat profile may have


# ---------------------------------------------------------------- the profile


def _finish(
    draft: _Draft,
    table: SegmentTable,
    inputs: tuple[InputFile, ...],
    sample: Sample,
    sex: Sex,
    stated: bool,
    genome: Genome,
    knowledge: Knowledge,
) -> CopyNumberProfile:
    chosen = draft.chosen
    profile = CopyNumberProfile(
        segments=chosen.segments,
        inputs=inputs,
        purity=chosen.purity,
        ploidy=chosen.ploidy,
        purity_source=draft.purity_source,
        allele_specific=_alleles_known(chosen.segments) >= knowledge.value("copy_number.min_alleles_known"),
        sex=sex,
        chromosomes=chromosome_states(chosen.segments, genome, knowledge),
        modal_number=None,
        retained_homologues=None,
        loh_autosomes=None,
        resolution=_resolution(table, sample, knowledge),
        noise=None,
        probes=table.probes,
        format=table.format,
    )
    noise = copy_noise(profile, knowledge)
    count = count_chromosomes(profile.chromosomes, sex, knowledge)
    if count is not None and len(count.missing) > knowledge.value("hypodiploidy.max_missing"):
        missing = ", ".join(count.missing) if len(count.missing) <= 8 else f"{len(count.missing)} autosomes"
        draft.warnings.append(f"too little of {missing} has segments: the chromosome count is unknown")
        count = None
    others = _others(draft, profile, count, knowledge)
    alternatives = tuple(_alternative(reading, sex, genome, knowledge) for reading in others)
    certain = _certain(draft, profile, count, alternatives, table, knowledge)
    known = count is not None and (stated or certain or profile.allele_specific or _agree(count, alternatives))
    return replace(
        profile,
        noise=noise,
        modal_number=count.total if count is not None and known else None,
        retained_homologues=count.rhc if count is not None else None,
        loh_autosomes=count.loh_autosomes if count is not None and count.rhc is not None else None,
        alternatives=alternatives,
        ploidy_certain=certain,
        warnings=tuple(dict.fromkeys([*table.warnings, *draft.warnings, *_notes(profile, sample, certain, knowledge)])),
    )


def _alleles_known(segments: Iterable[Segment]) -> float:
    """Share of the autosomal length with copies for which the rarer allele is known too."""
    known = length = 0
    for segment in segments:
        if segment.chrom in AUTOSOME_SET and segment.total is not None:
            length += segment.length
            known += segment.length if segment.minor is not None or segment.total < 0.5 else 0
    return known / length if length else 0.0


def _resolution(table: SegmentTable, sample: Sample, knowledge: Knowledge) -> int | None:
    """Bases that a deletion must span: so many bins of the file, or of what is usual for the assay."""
    spacing: float | None = table.resolution
    if spacing is None and sample.assay is not None and sample.assay in ASSUMED_BINS:
        spacing = knowledge.value(ASSUMED_BINS[sample.assay])
    return None if spacing is None else round(spacing * knowledge.value("copy_number.bins_for_segment"))


def _others(
    draft: _Draft, profile: CopyNumberProfile, count: ChromosomeCount | None, knowledge: Knowledge
) -> list[Reading]:
    """Competing readings; a clone of few chromosomes always competes with its doubled form."""
    found = list(draft.others)
    chosen = draft.chosen
    if count is None:
        return found
    few = count.total <= knowledge.value("hypodiploidy.inpog_max")
    options = [_doubled(chosen)] if few else []
    if not few and not is_flat(profile, knowledge):
        halved = _halved(chosen, knowledge)
        options += [halved] if halved is not None else []
    for option in options:
        if all(not _same(option, other) for other in found):
            found.append(option)
    return found


def _same(one: Reading, two: Reading) -> bool:
    return one.ploidy is not None and two.ploidy is not None and abs(one.ploidy - two.ploidy) < 0.1


def _alternative(reading: Reading, sex: Sex, genome: Genome, knowledge: Knowledge) -> PloidySolution:
    count = _counted(reading, sex, genome, knowledge)
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
    knowledge: Knowledge,
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


def _notes(profile: CopyNumberProfile, sample: Sample, certain: bool, knowledge: Knowledge) -> list[str]:
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
