"""Stretches of one kind over a gene and its surroundings."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.base.frozen import frozen
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.evidence import Evidence
from annotate.name.copy_number.chromosomes import overlap
from annotate.name.copy_number.kinds import GAINED, LOST, Chromosome, Chromosomes, Limits, Run
from annotate.reference.genome import Genome

# ---------------------------------------------------------------- stretches of change, for patterns


@frozen
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
        self._limits = Limits.of(profile, knowledge)
        self._chromosomes = Chromosomes(profile, genome, self._limits)

    def lost(self, chrom: str, pos: int) -> tuple[Stretch, ...]:
        """Losses on the chromosome of `pos` (on PAR1 alone if `pos` lies there), in order."""
        return self._stretches(chrom, pos, LOST)

    def gained(self, chrom: str, pos: int) -> tuple[Stretch, ...]:
        """Stretches above the baseline on the chromosome of a position, neighbouring segments joined."""
        return self._stretches(chrom, pos, GAINED)

    def baseline(self, chrom: str, pos: int) -> int | None:
        """Usual copies of the chromosome of a position; None where they could not be told."""
        return self._chromosomes.of(chrom, pos).baseline

    def segments(self, chrom: str, pos: int) -> Sequence[Segment]:
        """Segments of the chromosome of a position, in order."""
        return self._chromosomes.of(chrom, pos).segments

    def log2_baseline(self, chrom: str, pos: int) -> float | None:
        """Usual log2 ratio of the chromosome, else of the genome; None without ratios."""
        own = self._chromosomes.of(chrom, pos)
        return own.log2_here if own.log2_here is not None else own.log2_genome

    def evidence(self, segment: Segment, baseline: int | None) -> Evidence:
        """A segment as evidence, against a baseline of whole copies."""
        return stretch_evidence(segment, self.profile, baseline)

    @property
    def bin_size(self) -> int:
        """Bases of one bin or between two probes; 0 where it is not known."""
        resolution = self.profile.resolution
        return int(resolution / self._limits.bins_for_segment) if resolution else 0

    def _stretches(self, chrom: str, pos: int, names: tuple[str, ...]) -> tuple[Stretch, ...]:
        own = self._chromosomes.of(chrom, pos)
        runs = runs_of(own, range(len(own.segments)), names, self._limits)
        return tuple(self._stretch(own, run) for run in runs)

    def _stretch(self, own: Chromosome, run: Run) -> Stretch:
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
        if asked is profile and place is genome and tables == knowledge:
            return known
    made = CopyMap(profile, genome, knowledge)
    _maps[:] = [(profile, genome, knowledge, made)]
    return made


# ---------------------------------------------------------------- one gene by segments


def runs_of(own: Chromosome, near: Sequence[int], names: tuple[str, ...], limits: Limits) -> list[Run]:
    """Stretches of these kinds that touch the gene, extended over neighbours of the same kinds and short gaps."""
    candidates = list(near)
    if near:  # a gap at the gene's edge may belong to a run that starts beside it
        candidates = [i for i in (near[0] - 1, *near, near[-1] + 1) if 0 <= i < len(own.segments)]
    known = own.runs.setdefault(names, {})
    runs: list[Run] = []
    for index in candidates:
        if index not in known:
            run = _around(own, index, names, limits)
            known |= dict.fromkeys(run.indexes if run is not None else (index,), run)
        run = known[index]
        if run is not None and (not runs or runs[-1] is not run):
            runs.append(run)
    return runs


def _around(own: Chromosome, index: int, names: tuple[str, ...], limits: Limits) -> Run | None:
    """The stretch that a segment belongs to; None where it is of another kind."""
    if not _is(own, index, names, limits):
        return None
    low = high = index
    while low > 0 and _joins(own, low - 1, low, names, limits):
        low -= 1
    while high + 1 < len(own.segments) and _joins(own, high, high + 1, names, limits):
        high += 1
    indexes = range(low, high + 1)
    return Run(own.segments[low].start, max(own.segments[i].end for i in indexes), indexes)


def _is(own: Chromosome, index: int, names: tuple[str, ...], limits: Limits) -> bool:
    name = own.kind(index, limits).name
    if names == ("cnloh",):  # loss of heterozygosity goes on through stretches with fewer or more copies
        return name == "cnloh"
    return name in names


def _joins(own: Chromosome, left: int, right: int, names: tuple[str, ...], limits: Limits) -> bool:
    if not (_is(own, left, names, limits) and _is(own, right, names, limits)):
        return False
    start, end = own.segments[left].end + 1, own.segments[right].start - 1
    if end - start + 1 <= limits.max_gap:
        return True
    unseen = end - start + 1 - overlap(own.mapped, start, end)  # heterochromatin, with margins that callers leave out
    return bool(own.mapped) and unseen > 0 and end - start + 1 - unseen <= limits.max_centromere_gap


def stretch_evidence(segment: Segment, profile: CopyNumberProfile, baseline: int | None) -> Evidence:
    """A segment as evidence: place, copies, log2 ratio and share of cells."""
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
