"""Kinds of change of a stretch: lost, gained, by states or by log2."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from annotate.base.chromosomes import AUTOSOME_SET, AUTOSOMES
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import GeneResolutionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, FitState, ScaleSource, Segment
from annotate.model.state import Code, Reason
from annotate.name.copy_number.chromosomes import mappable, middle, whole
from annotate.name.copy_number.counting import cells_shown, is_flat
from annotate.reference.features import Gene
from annotate.reference.genome import Genome

LOST = ("loss", "homozygous")
GAINED = ("gain", "amplification")


@frozen
class Limits:
    """The thresholds of gains and losses, with the noise and purity of one profile taken into account."""

    zero: float
    min_loss: float
    clonal_loss: float
    min_subclone: float
    clonal_fraction: float
    focal_max: int
    arm_share: float
    exon_share: float
    max_gap: int
    max_centromere_gap: int
    baseline_share: float
    log2_loss: float
    log2_homozygous: float
    amplified: float
    amplified_extra: float
    bins_for_segment: float
    default_bin: int
    too_few_cells: bool
    copies_uncertain: bool  # purity and ploidy are one of several fits of ratios
    cells_unknown: bool  # no purity, and nothing in the profile that only leukaemic cells can have
    seen_gap: int  # longest gap that hides nothing which the profile could have shown
    blocked: Reason | None  # why this profile excludes no loss at all
    purity: float | None
    mlpa_het: float
    mlpa_homozygous: float
    mlpa_gain: float
    mlpa_too_few_cells: bool

    @staticmethod
    def of(profile: CopyNumberProfile, knowledge: Knowledge) -> Limits:
        """The limits for a profile: a noisy one asks for a deeper loss, up to that of the main clone."""
        value = knowledge.value
        noise = profile.noise  # spread around whole copies, by `copy_noise`
        clonal = value(cutoffs.GENES_CLONAL_LOSS)
        least = value(cutoffs.GENES_MIN_LOSS)
        if noise is not None:
            least = min(max(least, value(cutoffs.GENES_NOISE_FACTOR) * noise), clonal)
        purity = profile.purity
        return Limits(
            zero=value(cutoffs.COPY_NUMBER_ZERO_COPIES),
            min_loss=least,
            clonal_loss=clonal,
            min_subclone=value(cutoffs.GENES_MIN_SUBCLONE),
            clonal_fraction=value(cutoffs.COPY_NUMBER_CLONAL_FRACTION),
            focal_max=value(cutoffs.GENES_FOCAL_MAX),
            arm_share=value(cutoffs.GENES_ARM_SHARE),
            exon_share=value(cutoffs.GENES_EXON_SHARE),
            max_gap=value(cutoffs.GENES_MAX_GAP),
            max_centromere_gap=value(cutoffs.GENES_MAX_CENTROMERE_GAP),
            baseline_share=value(cutoffs.GENES_BASELINE_SHARE),
            log2_loss=value(cutoffs.GENES_MIN_LOG2_LOSS),
            log2_homozygous=value(cutoffs.GENES_HOMOZYGOUS_LOG2),
            amplified=value(cutoffs.GENES_AMPLIFIED_COPIES),
            amplified_extra=value(cutoffs.GENES_AMPLIFIED_EXTRA),
            bins_for_segment=value(cutoffs.COPY_NUMBER_BINS_FOR_SEGMENT),
            default_bin=value(cutoffs.GENES_DEFAULT_MAX_BIN),
            too_few_cells=purity is not None and purity < value(cutoffs.GENES_MIN_PURITY),
            copies_uncertain=profile.purity_source == "fit" and not profile.ploidy_certain,
            cells_unknown=_cells_unknown(profile, knowledge),
            seen_gap=profile.resolution if profile.resolution is not None else value(cutoffs.GENES_DEFAULT_MAX_BIN),
            blocked=_blocked(profile),
            purity=purity,
            mlpa_het=value(cutoffs.MLPA_HET_RATIO),
            mlpa_homozygous=value(cutoffs.MLPA_HOMOZYGOUS_RATIO),
            mlpa_gain=value(cutoffs.MLPA_GAIN_RATIO),
            mlpa_too_few_cells=purity is not None and purity < value(cutoffs.MLPA_MIN_PURITY),
        )


def _cells_unknown(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """Does nothing but a purity of the caller's say that there are leukaemic cells? A flat profile looks the same."""
    if profile.purity_source == "sheet" and profile.purity is not None:
        return False
    if not _shows_no_cells(profile, knowledge):
        return False
    if profile.purity is None or not profile.segments:
        return profile.purity is None
    by_default = profile.purity >= knowledge.value(cutoffs.COPY_NUMBER_PURITY_BY_DEFAULT)
    return (by_default or profile.fit is not FitState.FITTED) and not cells_shown(profile, None, knowledge)


def failed_fit(profile: CopyNumberProfile) -> Reason | None:
    """Why copies of a fit that its caller does not believe exclude nothing and count no chromosomes."""
    if profile.fit is not FitState.FAILED:
        return None
    text = "the caller found no solution of purity and ploidy: its copies exclude nothing"
    return Reason(Code.PLOIDY_UNCERTAIN, text, "copy number with a fitted purity")


def _blocked(profile: CopyNumberProfile) -> Reason | None:
    """What keeps a whole profile from excluding a loss."""
    if not profile.segments:
        return None
    failed = failed_fit(profile)
    if failed is not None:
        return failed
    if profile.altered_only and not profile.copies_stated:
        text = "the file lists altered segments only, by log2: what no loss has in it is not known to be whole"
        return Reason(Code.REGION_NOT_COVERED, text, "the caller's table of all segments")
    return unknown_scale(profile)


def unknown_scale(profile: CopyNumberProfile) -> Reason | None:
    """Why log2 of an array says how many copies there are only within a range."""
    if profile.scale.source is not ScaleSource.ASSUMED or profile.purity is not None:
        return None
    text = "the compression of the array's log2 is not known, and with it what a loss or gain would look like"
    return Reason(Code.SCALE_UNKNOWN, text, "the column `array_gamma`, or `purity`")


def _shows_no_cells(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """Is the profile as flat as that of normal cells, and every MLPA ratio normal?"""
    low, high = knowledge.value(cutoffs.MLPA_HET_RATIO), knowledge.value(cutoffs.MLPA_GAIN_RATIO)
    if any(not low <= probe.ratio <= high for probe in profile.probes):
        return False
    if any(segment.total is not None for segment in profile.segments):
        return is_flat(profile, knowledge)
    limit = knowledge.value(cutoffs.GENES_MIN_LOG2_LOSS)
    reference = _median_log2(profile.segments) or 0.0
    long_enough = knowledge.value(cutoffs.COPY_NUMBER_MIN_SEGMENT_FOR_NOISE)
    return not any(
        segment.log2 is not None and abs(segment.log2 - reference) >= limit and segment.length >= long_enough
        for segment in profile.segments
        if segment.chrom in AUTOSOME_SET
    )


@frozen
class Needs:
    """What a gene's deletions ask of a profile (`gene_resolution.tsv`)."""

    max_bin: int  # widest bin with which its deletions are seen
    exon_share: float  # share of an exon that must be changed before it counts

    @staticmethod
    def of(row: GeneResolutionRow, limits: Limits) -> Needs:
        """What a gene's deletions need, from its row of `gene_resolution`."""
        return Needs(row.max_bin, row.exon_share or limits.exon_share)


# ---------------------------------------------------------------- chromosomes and their pieces


@frozen
class Kind:
    """What a segment is against its chromosome: loss, homozygous, cnloh, gain, amplification, normal, unknown."""

    name: str
    subclonal: bool = False
    relative: bool = False  # a loss only against the chromosome's own copies
    deeper: bool = False  # a smaller clone has lost the rest too


@frozen
class Run:
    """Neighbouring segments of one kind of change, by their places among those of the chromosome."""

    start: int
    end: int
    indexes: range


@dataclass(slots=True)
class Chromosome:
    """The segments of one contig (or of PAR1, which is normalised by itself), with what is normal there."""

    segments: list[Segment]
    baseline: int | None
    expected: int | None
    gain_above: int | None
    uneven: bool  # no state holds most of it: a loss against its baseline means nothing
    log2_here: float | None
    log2_genome: float | None
    mapped: tuple[tuple[int, int], ...] = ()  # stretches that callers can see; empty in PAR1
    starts: list[int] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    runs: dict[tuple[str, ...], dict[int, Run | None]] = field(
        default_factory=dict
    )  # by kinds and segment, once asked for

    def __post_init__(self) -> None:
        self.starts = [segment.start for segment in self.segments]
        self.kinds = [None] * len(self.segments)

    def touching(self, start: int, end: int) -> range:
        """Indexes of segments that may overlap start … end."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        while first > 0 and self.segments[first - 1].end >= start:
            first -= 1
        return range(first, bisect_right(self.starts, end))

    def kind(self, index: int, limits: Limits) -> Kind:
        """What a segment is against the chromosome's baseline; told once a segment."""
        known = self.kinds[index]
        if known is None:
            known = self.kinds[index] = _kind(self.segments[index], self, limits)
        return known


class Chromosomes:
    """Contigs of a profile, made when first asked for. `like`: of the same segments under another reading."""

    def __init__(
        self, profile: CopyNumberProfile, genome: Genome, limits: Limits, like: Chromosomes | None = None
    ) -> None:
        self._profile, self._genome, self._limits = profile, genome, limits
        self._medians: dict[str, float | None] = like._medians if like is not None else {}  # readings share the log2
        self._groups: dict[str, list[Segment]] = {}
        for segment in profile.segments:
            self._groups.setdefault(segment.chrom, []).append(segment)
        for group in self._groups.values():
            if any(one.start > two.start for one, two in pairwise(group)):
                group.sort(key=lambda s: (s.start, s.end))
        autosomes = [s for chrom, group in self._groups.items() if chrom in AUTOSOME_SET for s in group]
        self._mode = _mode(autosomes)
        # log2 ratios judge only where some segment states no copies, or where copies are a guess
        self._by_log2 = limits.copies_uncertain or any(s.total is None for s in profile.segments)
        self._log2 = self._reference(autosomes) if self._by_log2 else None
        self._made: dict[tuple[str, bool], Chromosome] = {}

    def _reference(self, autosomes: Sequence[Segment]) -> float | None:
        """The log2 that most of the autosomes have. In a list of changes it is 0, if its levels tell a scale at all."""
        if not self._profile.altered_only:
            return self._median("autosomes", autosomes)
        levels = [segment.log2 for segment in autosomes if segment.log2 is not None]
        if not levels:
            return None
        apart = max(levels) - min(levels) >= self._limits.log2_loss
        return 0.0 if apart or min(levels) <= -self._limits.log2_homozygous else None

    def _median(self, name: str, segments: Sequence[Segment]) -> float | None:
        if name not in self._medians:
            self._medians[name] = _median_log2(segments)
        return self._medians[name]

    def of(self, chrom: str, pos: int) -> Chromosome:
        """The chromosome that the position is judged on; the pseudoautosomal regions stand for themselves."""
        par = self._genome.in_par(chrom, pos)
        key = (chrom, par)
        if key not in self._made:
            self._made[key] = self._par(chrom) if par else self._whole(chrom)
        return self._made[key]

    def shown_at(self, gene: Gene) -> tuple[Kind, ...]:
        """What the segments over and beside a gene are."""
        own = self.of(gene.chrom, gene.start)
        near = own.touching(gene.start, gene.end)
        around = range(max(near.start - 1, 0), min(near.stop + 1, len(own.segments)))
        return tuple(own.kind(index, self._limits) for index in around)

    def _whole(self, chrom: str) -> Chromosome:
        segments = self._groups.get(chrom, [])
        state = self._profile.chromosomes.get(chrom)
        baseline = state.total if state is not None and state.total is not None else _mode(segments)
        if self._profile.altered_only and chrom in AUTOSOME_SET:
            baseline = 2  # what is listed is what differs from the rest
        elif self._uneven(segments, baseline) and not self._uneven(segments, most := _mode(segments)):
            baseline = most  # the chromosome's number is the one at its centromere, or a mean
        expected: int | None = 2
        if chrom in ("X", "Y"):
            female = 2 if chrom == "X" else 0
            expected = {"female": female, "male": 1}.get(self._profile.sex, baseline)
        gain = max(expected or 0, self._mode or 0) if chrom in AUTOSOMES else expected
        return Chromosome(
            segments,
            baseline,
            expected,
            gain,
            self._uneven(segments, baseline),
            self._median(chrom, segments) if self._by_log2 and not self._profile.altered_only else None,
            self._log2,
            tuple(part for arm in "pq" for part in mappable(self._genome).get((chrom, arm), ())),
        )

    def _par(self, chrom: str) -> Chromosome:
        """PAR1 by itself: its baseline is the commonest state outside of the stretch from CRLF2 to P2RY8."""
        par = next(p for p in self._genome.par if p.chrom == chrom)
        inside = [s for s in self._groups.get(chrom, []) if s.end >= par.start and s.start <= par.end]
        low, high = self._genome.region("CRLF2_5prime").end, self._genome.region("P2RY8_e1_i1").start
        flanks = [
            replace(s, start=max(s.start, par.start), end=min(s.end, par.end))
            for s in inside
            if s.start < low or s.end > high
        ]
        baseline = _mode(flanks)
        return Chromosome(inside, baseline, baseline, baseline, False, _median_log2(flanks), self._log2)

    def _uneven(self, segments: Sequence[Segment], baseline: int | None) -> bool:
        length = own = 0
        for segment in segments:
            if segment.total is not None:
                size = segment.end - segment.start + 1
                length += size
                own += size if whole(segment.total) == baseline else 0
        return length > 0 and own < self._limits.baseline_share * length


def _mode(segments: Iterable[Segment]) -> int | None:
    """The commonest whole number of copies by length."""
    totals: dict[int, int] = {}
    for segment in segments:
        if segment.total is not None:
            state = whole(segment.total)
            totals[state] = totals.get(state, 0) + segment.end - segment.start + 1
    return min(totals, key=lambda state: (-totals[state], state)) if totals else None


def _median_log2(segments: Iterable[Segment]) -> float | None:
    return middle((s.log2, s.length) for s in segments if s.log2 is not None and math.isfinite(s.log2))


def _kind(segment: Segment, chromosome: Chromosome, limits: Limits) -> Kind:
    if segment.total is None:
        return _kind_by_log2(segment.log2, chromosome, limits)
    fraction = segment.cellular_fraction
    if fraction is None or fraction >= 1:
        return _kind_of_state(segment.total, segment.minor, None, chromosome, limits)
    second = (segment.second_total, segment.second_minor)
    if second[0] is None:
        second = (float(chromosome.expected or 2), None)
    states = sorted([(fraction, segment.total, segment.minor), (1 - fraction, *second)], key=lambda s: -s[0])
    main, other = (_kind_of_state(t or 0.0, minor, part, chromosome, limits) for part, t, minor in states)
    if other.name == "homozygous" and main.name == "loss":
        return replace(main, deeper=True)
    if main.name in LOST or other.name not in LOST or states[1][0] < limits.min_subclone:
        return main
    return replace(other, subclonal=True)


def _kind_of_state(
    total: float, minor: float | None, fraction: float | None, chromosome: Chromosome, limits: Limits
) -> Kind:
    """`fraction`: of the leukaemic cells, where the caller modelled subclones; else copies may be an average."""
    expected = chromosome.expected if chromosome.expected is not None else 2
    own = chromosome.baseline if chromosome.baseline is not None and not chromosome.uneven else expected
    least = limits.min_loss if fraction is None else limits.clonal_fraction
    loss, absolute = max(own, expected) - total, expected - total
    if total < limits.zero and expected > 0:
        return Kind("homozygous", fraction is not None and fraction < limits.clonal_loss)
    if loss >= least:
        part = loss if fraction is None else fraction
        return Kind("loss", part < limits.clonal_loss, relative=absolute < least)
    above = chromosome.gain_above if chromosome.gain_above is not None else expected
    if total >= limits.amplified and total - own >= limits.amplified_extra:
        return Kind("amplification")
    if total - above >= least:
        return Kind("gain", (total - above if fraction is None else fraction) < limits.clonal_loss)
    part_of_cells = fraction is not None and fraction < limits.clonal_loss
    if chromosome.uneven and above >= 2 * expected >= 2 * whole(total):
        return Kind("loss", part_of_cells, relative=True)  # a part with half of the copies of a doubled genome
    if minor is not None and minor < limits.zero and expected >= 2:
        return Kind("cnloh", part_of_cells)
    return Kind("normal")


def _kind_by_log2(log2: float | None, chromosome: Chromosome, limits: Limits) -> Kind:
    here, genome = chromosome.log2_here, chromosome.log2_genome
    if log2 is None or genome is None:
        return Kind("unknown")
    reference = max(here if here is not None else genome, genome)
    drop = reference - log2
    if drop >= limits.log2_homozygous:
        return Kind("homozygous")
    if drop >= limits.log2_loss:
        return Kind("loss", relative=genome - log2 < limits.log2_loss)
    if log2 - reference >= math.log2(limits.amplified / 2):
        return Kind("amplification")
    return Kind("gain") if log2 - genome >= limits.log2_loss else Kind("normal")
