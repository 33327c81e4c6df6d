"""Copies of every panel gene: lost, gained, or one allele only; how far the change reaches; which exons it holds.

A loss is measured against the larger of what the person was born with and what the chromosome has in the
leukaemia, so that two copies of a gene on a chromosome with three are a deletion, and one copy on a single
chromosome is a loss with the whole chromosome. A change is `focal` below a threshold in length,
`whole_chromosome` when it spans nearly all of the chromosome that callers can see, else `arm`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from annotate.copynumber.chromosomes import AUTOSOMES, is_flat, mappable, overlap, whole
from annotate.genome import Exon, Gene, Genome
from annotate.knowledge import Knowledge
from annotate.model import Code, CopyNumberProfile, Evidence, GeneCopies, Probe, Reason, Segment

LOST = ("loss", "homozygous")
GAINED = ("gain", "amplification")
AUTOSOME_SET = frozenset(AUTOSOMES)
CALLS: Mapping[str, str] = {
    "homozygous": "homozygous_deletion",
    "loss": "deletion",
    "cnloh": "cnloh",
    "gain": "gain",
    "amplification": "amplification",
}
FINER = "copy number of finer resolution, or SALSA MLPA"


def gene_copies(profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge) -> Mapping[str, GeneCopies]:
    """Copies of each panel gene, by symbol. Genes without a segment or probe are `not_assessable`.

    Copies are those of the leukaemic cells; positions are 1-based. Nothing is raised.
    """
    limits = _Limits.of(profile, knowledge)
    chromosomes = _Chromosomes(profile, genome, limits)
    needs = {entry["gene"]: _Needs.of(entry, limits) for entry in knowledge.table("gene_resolution")}
    usual = _Needs(limits.default_bin, limits.exon_share)
    probes: dict[str, list[Probe]] = {}
    for probe in profile.probes:
        probes.setdefault(genome.symbol(probe.gene), []).append(probe)
    found = {}
    for gene in genome.panel_genes():
        by_segment = (
            _by_segments(gene, chromosomes, profile, genome, limits, needs.get(gene.name, usual))
            if (profile.segments or not profile.probes)
            else None
        )
        by_probe = _by_probes(gene.name, probes[gene.name], profile, limits) if gene.name in probes else None
        found[gene.name] = _agreed(gene.name, by_segment, by_probe)
    for name, own in probes.items():  # SHOX and other genes that only a kit names
        if name not in found:
            found[name] = _by_probes(name, own, profile, limits)
    return found


def _agreed(gene: str, by_segment: GeneCopies | None, by_probe: GeneCopies | None) -> GeneCopies:
    """Segments and probes of one gene together: the one that shows a loss, with the disagreement said."""
    if by_segment is None or by_probe is None:
        text = "the MLPA kit has no probe of this gene"
        nothing = _not_assessable(gene, Reason(Code.REGION_NOT_COVERED, text, "copy-number segments"))
        return by_segment or by_probe or nothing
    if by_segment.call == "not_assessable":
        return by_probe
    if by_probe.call in ("not_assessable", by_segment.call):
        return replace(by_segment, evidence=(*by_segment.evidence, *by_probe.evidence))
    lost = ("deletion", "homozygous_deletion")
    first, second = (by_probe, by_segment) if by_probe.call in lost else (by_segment, by_probe)
    text = f"segments and MLPA disagree on {gene}: {by_segment.call} and {by_probe.call}".replace("_", " ")
    reasons = (*first.reasons, Reason(Code.EVIDENCE_CONFLICT, text))
    return replace(first, evidence=(*first.evidence, *second.evidence), reasons=reasons)


# ---------------------------------------------------------------- thresholds, read once


@dataclass(frozen=True, slots=True)
class _Limits:
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
    purity: float | None
    mlpa_het: float
    mlpa_homozygous: float
    mlpa_gain: float
    mlpa_too_few_cells: bool

    @staticmethod
    def of(profile: CopyNumberProfile, knowledge: Knowledge) -> _Limits:
        value = knowledge.value
        noise = profile.noise  # spread around whole copies, by `copy_noise`
        clonal = value("genes.clonal_loss")
        least = value("genes.min_loss")
        if noise is not None:
            least = min(max(least, value("genes.noise_factor") * noise), clonal)
        purity = profile.purity
        return _Limits(
            zero=value("copy_number.zero_copies"),
            min_loss=least,
            clonal_loss=clonal,
            min_subclone=value("genes.min_subclone"),
            clonal_fraction=value("copy_number.clonal_fraction"),
            focal_max=int(value("genes.focal_max")),
            arm_share=value("genes.arm_share"),
            exon_share=value("genes.exon_share"),
            max_gap=int(value("genes.max_gap")),
            max_centromere_gap=int(value("genes.max_centromere_gap")),
            baseline_share=value("genes.baseline_share"),
            log2_loss=value("genes.min_log2_loss"),
            log2_homozygous=value("genes.homozygous_log2"),
            amplified=value("genes.amplified_copies"),
            amplified_extra=value("genes.amplified_extra"),
            bins_for_segment=value("copy_number.bins_for_segment"),
            default_bin=int(value("genes.default_max_bin")),
            too_few_cells=purity is not None and purity < value("genes.min_purity"),
            copies_uncertain=profile.purity_source == "fit" and not profile.ploidy_certain,
            cells_unknown=purity is None and _shows_no_cells(profile, knowledge),
            purity=purity,
            mlpa_het=value("mlpa.het_ratio"),
            mlpa_homozygous=value("mlpa.homozygous_ratio"),
            mlpa_gain=value("mlpa.gain_ratio"),
            mlpa_too_few_cells=purity is not None and purity < value("mlpa.min_purity"),
        )


def _shows_no_cells(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """Is the profile as flat as that of normal cells, and every MLPA ratio normal?"""
    low, high = knowledge.value("mlpa.het_ratio"), knowledge.value("mlpa.gain_ratio")
    if any(not low <= probe.ratio <= high for probe in profile.probes):
        return False
    if any(segment.total is not None for segment in profile.segments):
        return is_flat(profile, knowledge)
    limit = knowledge.value("genes.min_log2_loss")
    reference = _median_log2(profile.segments) or 0.0
    long_enough = knowledge.value("copy_number.min_segment_for_noise")
    return not any(
        segment.log2 is not None and abs(segment.log2 - reference) >= limit and segment.length >= long_enough
        for segment in profile.segments
        if segment.chrom in AUTOSOME_SET
    )


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a gene's deletions ask of a profile (`gene_resolution.tsv`)."""

    max_bin: int  # widest bin with which its deletions are seen
    exon_share: float  # share of an exon that must be changed before it counts

    @staticmethod
    def of(entry: Mapping[str, str], limits: _Limits) -> _Needs:
        return _Needs(int(entry["max_bin"]), float(entry["exon_share"] or limits.exon_share))


# ---------------------------------------------------------------- chromosomes and their pieces


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a segment is against its chromosome: loss, homozygous, cnloh, gain, amplification, normal, unknown."""

    name: str
    subclonal: bool = False
    relative: bool = False  # a loss only against the chromosome's own copies
    deeper: bool = False  # a smaller clone has lost the rest too


@dataclass(slots=True)
class _Chromosome:
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
    kinds: list[_Kind | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = [segment.start for segment in self.segments]
        self.kinds = [None] * len(self.segments)

    def touching(self, start: int, end: int) -> range:
        """Indexes of segments that may overlap start … end."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        while first > 0 and self.segments[first - 1].end >= start:
            first -= 1
        return range(first, bisect_right(self.starts, end))

    def kind(self, index: int, limits: _Limits) -> _Kind:
        known = self.kinds[index]
        if known is None:
            known = self.kinds[index] = _kind(self.segments[index], self, limits)
        return known


class _Chromosomes:
    """Contigs of a profile, made when first asked for."""

    def __init__(self, profile: CopyNumberProfile, genome: Genome, limits: _Limits) -> None:
        self._profile, self._genome, self._limits = profile, genome, limits
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
        self._log2 = _median_log2(autosomes) if self._by_log2 else None
        self._made: dict[tuple[str, bool], _Chromosome] = {}

    def of(self, chrom: str, pos: int) -> _Chromosome:
        par = self._genome.in_par(chrom, pos)
        key = (chrom, par)
        if key not in self._made:
            self._made[key] = self._par(chrom) if par else self._whole(chrom)
        return self._made[key]

    def _whole(self, chrom: str) -> _Chromosome:
        segments = self._groups.get(chrom, [])
        state = self._profile.chromosomes.get(chrom)
        baseline = state.total if state is not None and state.total is not None else _mode(segments)
        expected: int | None = 2
        if chrom in ("X", "Y"):
            female = 2 if chrom == "X" else 0
            expected = {"female": female, "male": 1}.get(self._profile.sex, baseline)
        gain = max(expected or 0, self._mode or 0) if chrom in AUTOSOMES else expected
        return _Chromosome(
            segments,
            baseline,
            expected,
            gain,
            self._uneven(segments, baseline),
            _median_log2(segments) if self._by_log2 else None,
            self._log2,
            tuple(part for arm in "pq" for part in mappable(self._genome).get((chrom, arm), ())),
        )

    def _par(self, chrom: str) -> _Chromosome:
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
        return _Chromosome(inside, baseline, baseline, baseline, False, _median_log2(flanks), self._log2)

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
    rows = sorted((s.log2, s.length) for s in segments if s.log2 is not None and math.isfinite(s.log2))
    half, passed = sum(length for _, length in rows) / 2, 0
    for value, length in rows:
        passed += length
        if passed >= half:
            return value
    return None


def _kind(segment: Segment, chromosome: _Chromosome, limits: _Limits) -> _Kind:
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
    total: float, minor: float | None, fraction: float | None, chromosome: _Chromosome, limits: _Limits
) -> _Kind:
    """`fraction`: of the leukaemic cells, where the caller modelled subclones; else copies may be an average."""
    expected = chromosome.expected if chromosome.expected is not None else 2
    own = chromosome.baseline if chromosome.baseline is not None and not chromosome.uneven else expected
    least = limits.min_loss if fraction is None else limits.clonal_fraction
    loss, absolute = max(own, expected) - total, expected - total
    if total < limits.zero and expected > 0:
        return _Kind("homozygous", fraction is not None and fraction < limits.clonal_loss)
    if loss >= least:
        part = loss if fraction is None else fraction
        return _Kind("loss", part < limits.clonal_loss, relative=absolute < least)
    above = chromosome.gain_above if chromosome.gain_above is not None else expected
    if total >= limits.amplified and total - own >= limits.amplified_extra:
        return _Kind("amplification")
    if total - above >= least:
        return _Kind("gain", (total - above if fraction is None else fraction) < limits.clonal_loss)
    if minor is not None and minor < limits.zero and expected >= 2:
        return _Kind("cnloh", fraction is not None and fraction < limits.clonal_loss)
    return _Kind("normal")


def _kind_by_log2(log2: float | None, chromosome: _Chromosome, limits: _Limits) -> _Kind:
    here, genome = chromosome.log2_here, chromosome.log2_genome
    if log2 is None or genome is None:
        return _Kind("unknown")
    reference = max(here if here is not None else genome, genome)
    drop = reference - log2
    if drop >= limits.log2_homozygous:
        return _Kind("homozygous")
    if drop >= limits.log2_loss:
        return _Kind("loss", relative=genome - log2 < limits.log2_loss)
    if log2 - reference >= math.log2(limits.amplified / 2):
        return _Kind("amplification")
    return _Kind("gain") if log2 - genome >= limits.log2_loss else _Kind("normal")


# ---------------------------------------------------------------- stretches of change, for patterns


@dataclass(frozen=True, slots=True)
class Stretch:
    """A changed stretch: its first and last base, and how far out each of its ends may lie.

    `before` is the last base of the segment before it (the breakpoint lies between that and `start`), None at
    the chromosome's first segment; `after` likewise.
    """

    chrom: str
    start: int
    end: int
    before: int | None
    after: int | None
    segments: tuple[Segment, ...]
    homozygous: bool
    subclonal: bool


class CopyMap:
    """Changed stretches of a profile by chromosome, judged as the genes are."""

    def __init__(self, profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge) -> None:
        self.profile = profile
        self._limits = _Limits.of(profile, knowledge)
        self._chromosomes = _Chromosomes(profile, genome, self._limits)

    def lost(self, chrom: str, pos: int) -> tuple[Stretch, ...]:
        """Losses on the chromosome of `pos` (on PAR1 alone if `pos` lies there), in order."""
        return self._stretches(chrom, pos, LOST)

    def gained(self, chrom: str, pos: int) -> tuple[Stretch, ...]:
        return self._stretches(chrom, pos, GAINED)

    def baseline(self, chrom: str, pos: int) -> int | None:
        return self._chromosomes.of(chrom, pos).baseline

    def segments(self, chrom: str, pos: int) -> Sequence[Segment]:
        return self._chromosomes.of(chrom, pos).segments

    def log2_baseline(self, chrom: str, pos: int) -> float | None:
        own = self._chromosomes.of(chrom, pos)
        return own.log2_here if own.log2_here is not None else own.log2_genome

    def evidence(self, segment: Segment, baseline: int | None) -> Evidence:
        return _evidence(segment, self.profile, baseline)

    @property
    def bin_size(self) -> int:
        """Bases of one bin or between two probes; 0 where it is not known."""
        resolution = self.profile.resolution
        return int(resolution / self._limits.bins_for_segment) if resolution else 0

    def _stretches(self, chrom: str, pos: int, names: tuple[str, ...]) -> tuple[Stretch, ...]:
        own = self._chromosomes.of(chrom, pos)
        runs = _runs(own, range(len(own.segments)), names, self._limits)
        return tuple(self._stretch(own, run) for run in runs)

    def _stretch(self, own: _Chromosome, run: _Run) -> Stretch:
        first, last = run.indexes[0], run.indexes[-1]
        kinds = [own.kind(i, self._limits) for i in run.indexes]
        return Stretch(
            chrom=own.segments[first].chrom,
            start=run.start,
            end=run.end,
            before=own.segments[first - 1].end if first > 0 else None,
            after=own.segments[last + 1].start if last + 1 < len(own.segments) else None,
            segments=tuple(own.segments[i] for i in run.indexes),
            homozygous=any(kind.name == "homozygous" for kind in kinds),
            subclonal=all(kind.subclonal for kind in kinds),
        )


_maps: list[tuple[CopyNumberProfile, Genome, Knowledge, CopyMap]] = []  # of the latest profile


def copy_map(profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge) -> CopyMap:
    """The map of a profile, made once while the same profile is judged."""
    for asked, place, tables, known in _maps:
        if asked is profile and place is genome and tables is knowledge:
            return known
    made = CopyMap(profile, genome, knowledge)
    _maps[:] = [(profile, genome, knowledge, made)]
    return made


# ---------------------------------------------------------------- one gene by segments


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring segments of one kind of change."""

    start: int
    end: int
    indexes: tuple[int, ...]


def _by_segments(
    gene: Gene,
    chromosomes: _Chromosomes,
    profile: CopyNumberProfile,
    genome: Genome,
    limits: _Limits,
    needs: _Needs,
) -> GeneCopies:
    own = chromosomes.of(gene.chrom, gene.start)
    near = [i for i in own.touching(gene.start, gene.end) if own.segments[i].end >= gene.start]
    exons = _counted_exons(gene, genome)
    around = range(max(near[0] - 1, 0), min(near[-1] + 2, len(own.segments))) if near else range(0)
    shown = {own.kind(index, limits).name for index in around}
    for names in (("homozygous",), LOST):
        if shown.isdisjoint(names):
            continue
        changed = _changed(gene, own, near, names, exons, genome, profile, limits, needs)
        if changed is not None:
            return changed
    seen = _states(own, near, gene, limits)
    uncovered = [exon.rank for exon in exons if not _covered(exon, seen)]
    if not seen or (uncovered and len(uncovered) == len(exons)):
        text = f"no copy-number segment with a state covers {gene.name}"
        return _not_assessable(gene.name, Reason(Code.REGION_NOT_COVERED, text, "copy number that covers the gene"))
    for names in (("amplification",), GAINED, ("cnloh",)):
        if shown.isdisjoint(names):
            continue
        changed = _changed(gene, own, near, names, exons, genome, profile, limits, needs)
        if changed is not None:
            return changed
    return _unchanged(gene, own, near, uncovered, profile, limits, needs)


def _counted_exons(gene: Gene, genome: Genome) -> tuple[Exon, ...]:
    """Exons with coding bases; the whole gene as one exon 0 where no transcript is known."""
    transcript = genome.transcript(gene.name)
    if transcript is None:
        return (Exon(0, gene.start, gene.end, None, None),)
    coding = tuple(exon for exon in transcript.exons if exon.cds_start is not None)
    return coding or transcript.exons


def _changed(
    gene: Gene,
    own: _Chromosome,
    near: Sequence[int],
    names: tuple[str, ...],
    exons: Sequence[Exon],
    genome: Genome,
    profile: CopyNumberProfile,
    limits: _Limits,
    needs: _Needs,
) -> GeneCopies | None:
    """The change of the first of these kinds that holds an exon of the gene; None where there is none."""
    runs = _runs(own, near, names, limits)
    inside = {run: _exons_inside(run, exons, needs.exon_share) for run in runs}
    hit = [run for run in runs if inside[run]]
    if not hit:
        return None
    run = max(hit, key=lambda r: (len(inside[r]), r.end - r.start))
    ranks = tuple(sorted({rank for r in hit for rank in inside[r] if rank > 0}))
    touching = [i for r in hit for i in r.indexes if i in near] or [i for r in hit for i in r.indexes]
    kinds = [own.kind(i, limits) for i in touching]
    main = touching[0] if len(touching) == 1 else max(touching, key=lambda i: _shared(own.segments[i], gene))
    segment, kind = own.segments[main], own.kind(main, limits)
    level = _level(run, gene, genome, limits)
    reasons = _change_reasons(
        gene, own, segment, kind, level, run, ranks, exons, genome.locus_at(gene.chrom, gene.start)
    )
    if names == ("homozygous",):
        around = {rank for r in _runs(own, near, LOST, limits) for rank in _exons_inside(r, exons, needs.exon_share)}
        wider = tuple(sorted(rank for rank in around if rank > 0 and rank not in ranks))
        if wider:
            reasons.append(Reason(Code.NOTE, f"one copy of {exon_text(wider)} is lost as well"))
    call = CALLS[names[0] if len(names) == 1 else _strongest(kinds)]
    if call == "homozygous_deletion" and not _surely_homozygous(segment, own, limits):
        call = "deletion"
        text = (
            f"one or both copies of {gene.name}: the fitted purity of {limits.purity or 0:.2f} makes it both,"
            " other fits of the same ratios make it one"
        )
        reasons.append(Reason(Code.PLOIDY_UNCERTAIN, text, "the column `purity`, or allele-specific copy number"))
    if any(k.deeper for k in kinds):
        reasons.append(Reason(Code.NOTE, f"a smaller clone has lost the remaining copy of {gene.name}"))
    expected = own.expected if level == "whole_chromosome" else None
    return GeneCopies(
        gene=gene.name,
        total=segment.total,
        minor=segment.minor,
        baseline=expected if expected is not None else own.baseline,
        call=call,
        level=level,
        exons=ranks,
        start=run.start,
        end=run.end,
        log2=segment.log2,
        subclonal=all(k.subclonal for k in kinds),
        evidence=tuple(_evidence(own.segments[i], profile, own.baseline) for i in touching[:4]),
        reasons=tuple(reasons),
    )


def _surely_homozygous(segment: Segment, own: _Chromosome, limits: _Limits) -> bool:
    """No copy left, whatever the purity: where that is a guess, the ratio alone must exclude the loss of one copy."""
    if not limits.copies_uncertain or segment.log2 is None or own.log2_here is None:
        return not limits.copies_uncertain
    return own.log2_here - segment.log2 >= limits.log2_homozygous


def _strongest(kinds: Sequence[_Kind]) -> str:
    order = ("homozygous", "loss", "amplification", "gain", "cnloh")
    return min((k.name for k in kinds if k.name in order), key=order.index)


def _runs(own: _Chromosome, near: Sequence[int], names: tuple[str, ...], limits: _Limits) -> list[_Run]:
    """Stretches of these kinds that touch the gene, extended over neighbours of the same kinds and short gaps."""
    runs: list[_Run] = []
    taken: set[int] = set()
    candidates = list(near)
    if near:  # a gap at the gene's edge may belong to a run that starts beside it
        candidates = [i for i in (near[0] - 1, *near, near[-1] + 1) if 0 <= i < len(own.segments)]
    for index in candidates:
        if index in taken or not _is(own, index, names, limits):
            continue
        low = high = index
        while low > 0 and _joins(own, low - 1, low, names, limits):
            low -= 1
        while high + 1 < len(own.segments) and _joins(own, high, high + 1, names, limits):
            high += 1
        taken.update(range(low, high + 1))
        end = max(own.segments[i].end for i in range(low, high + 1))
        runs.append(_Run(own.segments[low].start, end, tuple(range(low, high + 1))))
    return runs


def _is(own: _Chromosome, index: int, names: tuple[str, ...], limits: _Limits) -> bool:
    name = own.kind(index, limits).name
    if names == ("cnloh",):  # loss of heterozygosity goes on through stretches with fewer or more copies
        return name == "cnloh"
    return name in names


def _joins(own: _Chromosome, left: int, right: int, names: tuple[str, ...], limits: _Limits) -> bool:
    if not (_is(own, left, names, limits) and _is(own, right, names, limits)):
        return False
    start, end = own.segments[left].end + 1, own.segments[right].start - 1
    if end - start + 1 <= limits.max_gap:
        return True
    unseen = end - start + 1 - overlap(own.mapped, start, end)  # heterochromatin, with margins that callers leave out
    return bool(own.mapped) and unseen > 0 and end - start + 1 - unseen <= limits.max_centromere_gap


def _exons_inside(run: _Run, exons: Sequence[Exon], share: float) -> tuple[int, ...]:
    return (
        tuple(exon.rank for exon in exons if _is_inside(run, exon, share))
        if exons[0].rank
        else ((-1,) if _is_inside(run, exons[0], share) else ())
    )


def _is_inside(run: _Run, exon: Exon, share: float) -> bool:
    """Is enough of the exon, or of its coding part, in the run?"""
    spans = [(exon.start, exon.end)]
    if exon.cds_start is not None and exon.cds_end is not None:
        spans.append((exon.cds_start, exon.cds_end))
    return any(min(run.end, end) - max(run.start, start) + 1 >= share * (end - start + 1) for start, end in spans)


def _level(run: _Run, gene: Gene, genome: Genome, limits: _Limits) -> str:
    size = run.end - run.start + 1
    parts = mappable(genome)
    whole_length = inside = 0
    for arm in "pq":
        stretches = parts.get((gene.chrom, arm), ())
        whole_length += sum(end - start + 1 for start, end in stretches)
        inside += overlap(stretches, run.start, run.end)
    if whole_length and inside >= limits.arm_share * whole_length:
        return "whole_chromosome"
    return "focal" if size < limits.focal_max else "arm"


def _change_reasons(
    gene: Gene,
    own: _Chromosome,
    segment: Segment,
    kind: _Kind,
    level: str,
    run: _Run,
    ranks: tuple[int, ...],
    exons: Sequence[Exon],
    locus: str | None,
) -> list[Reason]:
    reasons = []
    size = run.end - run.start + 1
    reach = {"focal": "focal", "arm": "a large part of the arm", "whole_chromosome": "the whole chromosome"}[level]
    if ranks:
        what = f"all {len(exons)} coding exons" if len(ranks) == len(exons) else f"{exon_text(ranks)} of {gene.name}"
        reasons.append(
            Reason(
                Code.EVIDENCE_FOUND,
                f"{kind.name.replace('homozygous', 'loss of both copies')} over {what}; {length_text(size)}, {reach}",
            )
        )
    if kind.relative and own.baseline is not None and segment.total is not None:
        text = f"relative to {own.baseline} copies of chromosome {gene.chrom}: {segment.total:.3g} copies are left"
        reasons.append(Reason(Code.NOTE, text))
    if kind.name in LOST and level == "focal" and locus is not None:
        text = f"{gene.name} lies in {locus}: V(D)J rearrangement deletes here in every B or T cell clone, no driver"
        reasons.append(Reason(Code.NOTE, text))
    if kind.name in LOST and segment.total is None:
        text = "copies are not known, only log2 ratios: one or both copies cannot be told apart with certainty"
        reasons.append(Reason(Code.PLOIDY_UNCERTAIN, text, "copy number with purity and ploidy"))
    return reasons


def length_text(bases: int) -> str:
    """`16,000 bases`, `38.1 Mb`."""
    return f"{bases:,} bases" if bases < 1_000_000 else f"{bases / 1e6:.1f} Mb"


def exon_text(ranks: Sequence[int]) -> str:
    """`exon 3`, `exons 4–7`, `exons 2–3 and 5`."""
    spans: list[list[int]] = []
    for rank in sorted(ranks):
        if spans and rank == spans[-1][1] + 1:
            spans[-1][1] = rank
        else:
            spans.append([rank, rank])
    words = [str(low) if low == high else f"{low}–{high}" for low, high in spans]
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{'exon' if len(ranks) == 1 else 'exons'} {text}"


def _shared(segment: Segment, gene: Gene) -> int:
    return min(segment.end, gene.end) - max(segment.start, gene.start)


def _states(own: _Chromosome, near: Sequence[int], gene: Gene, limits: _Limits) -> list[tuple[int, int]]:
    """Stretches with a state over and beside the gene; gaps between two alike count as the same."""
    if own.segments and not near:
        before = own.touching(gene.start, gene.end)
        near = [i for i in (before.start, before.start + 1) if 0 <= i < len(own.segments)]
    wide = [i for i in (near[0] - 1, *near, near[-1] + 1) if 0 <= i < len(own.segments)] if near else []
    seen: list[tuple[int, int]] = []
    last = ""
    for index in sorted(set(wide)):
        segment, name = own.segments[index], own.kind(index, limits).name
        if name == "unknown":
            continue
        if seen and name == last and segment.start - seen[-1][1] - 1 <= limits.max_gap:
            seen[-1] = (seen[-1][0], max(seen[-1][1], segment.end))
        else:
            seen.append((segment.start, segment.end))
        last = name
    return seen


def _covered(exon: Exon, seen: Sequence[tuple[int, int]]) -> bool:
    return any(start <= exon.end and end >= exon.start for start, end in seen)


def _unchanged(
    gene: Gene,
    own: _Chromosome,
    near: Sequence[int],
    uncovered: Sequence[int],
    profile: CopyNumberProfile,
    limits: _Limits,
    needs: _Needs,
) -> GeneCopies:
    """Normal, if the profile could have shown a loss: all exons covered, bins fine enough, enough leukaemic cells."""
    segment = max((own.segments[i] for i in near), key=lambda s: _shared(s, gene), default=None)
    normal = GeneCopies(
        gene=gene.name,
        total=segment.total if segment else None,
        minor=segment.minor if segment else None,
        baseline=own.baseline,
        call="normal",
        log2=segment.log2 if segment else None,
        evidence=(_evidence(segment, profile, own.baseline),) if segment else (),
    )
    if uncovered:
        text = f"{exon_text(uncovered) if uncovered[0] else 'part'} of {gene.name} without a copy-number segment"
        return _unable(normal, Reason(Code.REGION_NOT_COVERED, text, "copy number that covers the gene"))
    limit = needs.max_bin
    if profile.resolution is not None and profile.resolution > limit * limits.bins_for_segment:
        text = (
            f"{gene.name} needs bins of {limit:,} bases or less; this copy number shows changes"
            f" from {profile.resolution:,} bases on"
        )
        return _unable(normal, Reason(Code.RESOLUTION_TOO_COARSE, text, FINER))
    if limits.too_few_cells:
        text = f"purity {limits.purity:.2f} is too low to exclude a deletion"
        return _unable(normal, Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells"))
    if limits.cells_unknown:
        return _unable(normal, _cells_unknown())
    reasons = []
    inner = [i for i in near if own.kind(i, limits).name in LOST]
    if inner:
        text = f"a loss inside {gene.name} holds no coding exon"
        reasons.append(Reason(Code.NOTE, text))
    return replace(normal, reasons=tuple(reasons))


def _cells_unknown() -> Reason:
    text = "the share of leukaemic cells is not known, and the profile is as flat as that of normal cells"
    return Reason(Code.PURITY_TOO_LOW, text, "the column `purity`")


def _unable(normal: GeneCopies, reason: Reason) -> GeneCopies:
    return replace(normal, call="not_assessable", reasons=(reason,))


def _not_assessable(gene: str, reason: Reason) -> GeneCopies:
    return GeneCopies(gene=gene, total=None, minor=None, baseline=None, call="not_assessable", reasons=(reason,))


def _evidence(segment: Segment, profile: CopyNumberProfile, baseline: int | None) -> Evidence:
    parts = [f"{segment.chrom}:{segment.start:,}–{segment.end:,}"]
    if segment.total is not None:
        minor = f" (minor {segment.minor:.3g})" if segment.minor is not None else ""
        parts.append(f"{segment.total:.3g} copies{minor}")
    if segment.log2 is not None:
        parts.append(f"log2 {segment.log2:.2f}")
    if segment.cellular_fraction is not None and segment.cellular_fraction < 1:
        parts.append(f"in {segment.cellular_fraction:.0%} of the leukaemic cells")
    if baseline is not None:
        parts.append(f"baseline {baseline}")
    files = [file.path for file in profile.inputs if file.kind == "copy_number"]
    return Evidence(
        kind="segment",
        summary=", ".join(parts),
        file=files[0] if files else None,
        record=segment.record,
        rule="copies of a gene against its chromosome",
        values={
            "chrom": segment.chrom,
            "start": segment.start,
            "end": segment.end,
            "total": segment.total,
            "minor": segment.minor,
            "log2": segment.log2,
            "baseline": baseline,
            "cellular_fraction": segment.cellular_fraction,
        },
    )


# ---------------------------------------------------------------- one gene by MLPA probes


def _by_probes(gene: str, probes: Sequence[Probe], profile: CopyNumberProfile, limits: _Limits) -> GeneCopies:
    """By probe ratios: 1 is two copies of the reference. The extent beyond the gene is not known."""
    lost = [p for p in probes if p.ratio < limits.mlpa_het]
    both = [p for p in probes if p.ratio < limits.mlpa_homozygous]
    gained = [p for p in probes if p.ratio > limits.mlpa_gain]
    shown = both or lost or gained
    files = [file.path for file in profile.inputs if file.kind == "copy_number"]
    evidence = tuple(
        Evidence(
            kind="segment",
            summary=f"MLPA {gene} {_exon_name(p.exon)}: ratio {p.ratio:.2f}",
            file=files[0] if files else None,
            record=f"{gene} {p.exon}",
            rule="MLPA probe ratio",
            values={"gene": gene, "exon": p.exon, "ratio": p.ratio},
        )
        for p in (lost or shown or probes)
    )
    call = "homozygous_deletion" if both else "deletion" if lost else "gain" if gained else "normal"
    ratio = sum(p.ratio for p in (shown or probes)) / len(shown or probes)
    reasons = []
    if shown:
        text = f"{len(lost or gained)} of {len(probes)} MLPA probes of {gene} changed; the extent beyond is not known"
        reasons.append(Reason(Code.EVIDENCE_FOUND, text))
    elif limits.mlpa_too_few_cells:
        text = f"purity {limits.purity:.2f} is too low for normal MLPA ratios to exclude a deletion"
        call = "not_assessable"
        reasons.append(Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells"))
    elif limits.cells_unknown:
        call = "not_assessable"
        reasons.append(_cells_unknown())
    partial = bool(lost) and len(lost) < len(probes)
    return GeneCopies(
        gene=gene,
        total=None,
        minor=None,
        baseline=2,
        call=call,
        level="focal" if partial else None,
        exons=tuple(sorted({n for p in (lost or ()) if (n := _rank(p.exon)) is not None})),
        log2=math.log2(max(ratio, 0.01)),
        evidence=evidence,
        reasons=tuple(reasons),
    )


def _rank(exon: str) -> int | None:
    digits = "".join(c if c.isdigit() else " " for c in exon).split()
    return int(digits[0]) if digits else None


def _exon_name(exon: str) -> str:
    return f"exon {exon}" if exon[:1].isdigit() else exon
