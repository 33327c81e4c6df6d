"""A caller's segments as a profile: copies in the leukaemic cells, the chromosome count, and every reading that fits.

The stages, each a noun: `SegmentTable` (what the caller wrote) -> `Reading`s (copies of all segments under one `Fit`)
-> `Choice` (the reading in use and those that fit as well) -> `ChromosomeState`s -> `GeneCopies`.

Where the caller states copies they are kept. Where it states only log2 ratios (with or without B-allele
frequencies) all readings of purity and ploidy that fit are found, and none is chosen silently: `ploidy_certain`
is false while several compete. What the sample sheet states (`purity`, `ploidy`, `dna_index`) goes before what the
file states; each time it changes something a warning says what, and the reading it replaced stays in `alternatives`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.garbage import uncollected
from annotate.knowledge import cutoffs
from annotate.knowledge.cutoffs import Cutoff
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import (
    ChromosomeState,
    CopyNumberProfile,
    FitState,
    OtherReading,
    PloidySolution,
    ReadingKind,
    SegmentTable,
)
from annotate.model.sample import InputFile, Sample, Sex
from annotate.name.copy_number.chromosomes import States, dominant_states, states_by_chromosome
from annotate.name.copy_number.counting import ChromosomeCount, copy_noise, count_chromosomes, is_flat
from annotate.name.copy_number.readings import (
    Choice,
    Data,
    Reading,
    Wanted,
    at_double,
    at_half,
    known_of,
    same,
    segments_of,
)
from annotate.name.copy_number.solutions import fitted, listed, stated_fit
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

ASSUMED_BINS: Mapping[str, Cutoff[int]] = {
    "wgs": cutoffs.COPY_NUMBER_ASSUMED_BIN_WGS,
    "array": cutoffs.COPY_NUMBER_ASSUMED_BIN_ARRAY,
}


def build_profile(
    table: SegmentTable, inputs: tuple[InputFile, ...], sample: Sample, genome: Genome, knowledge: Knowledge
) -> CopyNumberProfile:
    """The profile of a sample from its caller's segments.

    A table without segments (MLPA ratios) gives a profile without chromosomes. Nothing is raised for odd data:
    what cannot be known is None, with a warning.
    """
    from annotate.name.copy_number.genes import gene_copies

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
    data = Data.of(table.segments, sex, genome, knowledge)
    copies = dominant_states(table.segments, knowledge)
    stated = data.share(~np.isnan(copies.total)) >= knowledge.value(cutoffs.COPY_NUMBER_MIN_COPIES_KNOWN)
    altered = table.altered_only or _only_changes(copies, data)
    with uncollected():
        if stated:
            choice = stated_fit(table, copies, wanted, data)
        else:
            choice = listed(table, wanted, sample, data) if altered else fitted(table, wanted, sample, data)
        profile = _finish(choice, table, inputs, sample, stated, data)
    return _as_listed(profile) if altered else profile


def _only_changes(copies: States, data: Data) -> bool:
    """Do the segments hold little of the genome, and hardly any of it at two copies (log2 0)?"""
    import numpy as np

    knowledge = data.knowledge
    genome = sum(data.genome.contig_lengths[chrom] for chrom in AUTOSOMES)
    length = float(data.lengths[data.autosomal].sum())
    if length >= knowledge.value(cutoffs.COPY_NUMBER_MIN_GENOME) * genome:
        return False
    log2 = np.array([np.nan if s.log2 is None else s.log2 for s in data.segments], dtype=float)
    near = np.abs(log2) < knowledge.value(cutoffs.SCALE_MIN_CHANGE)
    usual = np.where(np.isnan(copies.total), near, np.abs(copies.total - 2) < 0.5)
    return data.share(usual) < knowledge.value(cutoffs.COPY_NUMBER_MIN_UNALTERED)


def _as_listed(profile: CopyNumberProfile) -> CopyNumberProfile:
    """A list of changes has no ploidy and no count: the rest of the genome is not in it."""
    return replace(profile, altered_only=True, ploidy=None, modal_number=None, ploidy_certain=False)


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
        arm_probes=table.arm_probes,
        format=table.format,
        fit=table.fit,
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


def _wanted(sample: Sample, knowledge: Knowledge) -> Wanted:
    """What the sheet states; a ploidy goes before a DNA index."""
    if sample.ploidy is not None:
        tolerance = knowledge.value(cutoffs.COPY_NUMBER_SAME_PLOIDY)
        return Wanted(sample.purity, sample.ploidy, tolerance, f"ploidy {sample.ploidy:g} of the sheet")
    if sample.dna_index is not None:
        tolerance = 2 * knowledge.value(cutoffs.COPY_NUMBER_DNA_INDEX_TOLERANCE)
        words = f"DNA index {sample.dna_index:g} of the sheet"
        return Wanted(sample.purity, 2 * sample.dna_index, tolerance, words)
    return Wanted(sample.purity, None, 0.0, "")


# ---------------------------------------------------------------- the profile


def _finish(
    choice: Choice,
    table: SegmentTable,
    inputs: tuple[InputFile, ...],
    sample: Sample,
    stated: bool,
    data: Data,
) -> CopyNumberProfile:
    chosen, knowledge = choice.chosen, data.knowledge
    failed = table.fit is FitState.FAILED
    profile = CopyNumberProfile(
        segments=segments_of(chosen, data),
        inputs=inputs,
        purity=None if chosen.fit.purity is None or choice.purity_open else round(chosen.fit.purity, 4),
        ploidy=None if chosen.fit.ploidy is None or failed else round(chosen.fit.ploidy, 4),
        purity_source=choice.purity_source,
        allele_specific=data.alleles(chosen.states) >= knowledge.value(cutoffs.COPY_NUMBER_MIN_ALLELES_KNOWN),
        sex=data.sex,
        chromosomes=states_by_chromosome(data.layout, chosen.states, knowledge),
        modal_number=None,
        retained_homologues=None,
        loh_autosomes=None,
        resolution=_resolution(table, sample, knowledge),
        noise=None,
        probes=table.probes,
        arm_probes=table.arm_probes,
        format=table.format,
        scale=choice.scale,
        fit=table.fit,
        copies_stated=stated,
        remarks=table.remarks,
    )
    noise = copy_noise(profile, knowledge)
    count = count_chromosomes(profile.chromosomes, data.sex, knowledge)
    if count is not None and len(count.missing) > knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
        missing = ", ".join(count.missing) if len(count.missing) <= 8 else f"{len(count.missing)} autosomes"
        choice.warnings.append(f"too little of {missing} has segments: the chromosome count is unknown")
        count = None
    others = _others(choice, profile, count, data)
    alternatives = tuple(_alternative(reading, data) for reading in others)
    certain = _certain(choice, profile, count, alternatives, table)
    known = (
        count is not None
        and not failed
        and (stated or certain or profile.allele_specific or _agree(count, alternatives))
    )
    return replace(
        profile,
        noise=noise,
        modal_number=count.total if count is not None and known else None,
        retained_homologues=count.rhc if count is not None else None,
        loh_autosomes=count.loh_autosomes if count is not None and count.rhc is not None else None,
        chromosomes=_held(profile.chromosomes, choice, data, failed),
        others=_other_readings(choice, data),
        alternatives=alternatives,
        ploidy_certain=certain and not failed,
        warnings=tuple(dict.fromkeys([*table.warnings, *choice.warnings, *_notes(profile, sample, certain)])),
    )


def _other_readings(choice: Choice, data: Data) -> tuple[OtherReading, ...]:
    """Readings of ratios that fit about as well as the chosen one, with their copies."""
    return tuple(
        OtherReading(
            _alternative(reading, data),
            known_of(reading.states.total),
            known_of(reading.states.minor),
            states_by_chromosome(data.layout, reading.states, data.knowledge),
        )
        for reading in _rivals(choice)
    )


def _rivals(choice: Choice) -> list[Reading]:
    """Other readings of the ratios, without that of the same clone doubled: it has lost and gained the same."""
    double = at_double(choice.chosen)
    return [r for r in choice.others if not r.file and r.fit.kind is ReadingKind.FITTED and not same(r, double)]


def _held(
    chromosomes: Mapping[str, ChromosomeState], choice: Choice, data: Data, failed: bool
) -> Mapping[str, ChromosomeState]:
    """Chromosomes with whether every reading has them lost, gained or unchanged alike."""
    rivals = [states_by_chromosome(data.layout, r.states, data.knowledge) for r in _rivals(choice)]
    if not rivals and not failed:
        return chromosomes
    return {
        chrom: replace(state, certain=not failed and all(_alike(state, other.get(chrom)) for other in rivals))
        for chrom, state in chromosomes.items()
    }


def _alike(one: ChromosomeState, two: ChromosomeState | None) -> bool:
    """Are chromosome and arms lost, gained or at two copies in both readings?"""
    if two is None:
        return False
    pairs = ((one.total, two.total), (one.p_total, two.p_total), (one.q_total, two.q_total))
    return all(_direction(a) == _direction(b) for a, b in pairs)


def _direction(total: int | None) -> int | None:
    return None if total is None else (total > 2) - (total < 2)


def _resolution(table: SegmentTable, sample: Sample, knowledge: Knowledge) -> int | None:
    """Bases that a deletion must span: so many bins of the file, or of what is usual for the assay."""
    spacing: float | None = table.resolution
    if spacing is None and sample.assay is not None and sample.assay in ASSUMED_BINS:
        spacing = knowledge.value(ASSUMED_BINS[sample.assay])
    return None if spacing is None else round(spacing * knowledge.value(cutoffs.COPY_NUMBER_BINS_FOR_SEGMENT))


def _others(choice: Choice, profile: CopyNumberProfile, count: ChromosomeCount | None, data: Data) -> list[Reading]:
    """Competing readings; a clone of few chromosomes always competes with its doubled form."""
    found = list(choice.others)
    chosen = choice.chosen
    if count is None:
        return found
    few = count.total <= data.knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    options = [at_double(chosen)] if few else []
    if not few and (_has_four_copies(profile) or not is_flat(profile, data.knowledge)):
        halved = at_half(chosen, data)
        options += [halved] if halved is not None else []
    for option in options:
        if all(not same(option, other) for other in found):
            found.append(option)
    return found


def _has_four_copies(profile: CopyNumberProfile) -> bool:
    """A whole autosome at four copies or more even ones: 24 chromosomes with two of 21 look like 48 with four of it."""
    totals = [profile.chromosomes[c].total or 0 for c in AUTOSOMES if c in profile.chromosomes]
    return any(total > 2 and total % 2 == 0 for total in totals)


def _alternative(reading: Reading, data: Data) -> PloidySolution:
    count = data.count(reading)
    return PloidySolution(
        purity=round(reading.fit.purity, 4) if reading.fit.purity is not None else 1.0,
        ploidy=round(reading.fit.ploidy, 4) if reading.fit.ploidy is not None else 2.0,
        score=round(reading.fit.score, 4),
        source=reading.fit.source,
        modal_number=count.total if count else None,
        kind=reading.fit.kind,
        note=reading.fit.note,
        retained_homologues=count.rhc if count else None,
        loh_autosomes=count.loh_autosomes if count and count.rhc is not None else None,
        gamma=reading.fit.gamma,
    )


def _agree(count: ChromosomeCount, alternatives: Sequence[PloidySolution]) -> bool:
    return all(other.modal_number is None or abs(other.modal_number - count.total) <= 1 for other in alternatives)


def _certain(
    choice: Choice,
    profile: CopyNumberProfile,
    count: ChromosomeCount | None,
    alternatives: Sequence[PloidySolution],
    table: SegmentTable,
) -> bool:
    """May the chromosome count be taken as it is? Total copies alone never fix it, nor does a clone of even copies."""
    if choice.contradicted or count is None:
        return False
    if choice.confirmed:
        return True
    if not profile.allele_specific or table.fit is not FitState.FITTED:
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
