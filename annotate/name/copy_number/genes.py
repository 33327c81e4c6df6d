"""Copies of every panel gene: lost, gained, or one allele only; how far the change reaches; which exons it holds.

A loss is measured against the larger of what the person was born with and what the chromosome has in the
leukaemia, so that two copies of a gene on a chromosome with three are a deletion, and one copy on a single
chromosome is a loss with the whole chromosome. A change is `focal` below a threshold in length,
`whole_chromosome` when it spans nearly all of the chromosome that callers can see, else `arm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.knowledge.specs.copy_number import GeneResolutionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, FitState, GeneCopies, OtherReading, Probe, Segment
from annotate.model.state import Code, Reason
from annotate.name.copy_number.chromosomes import mappable, overlap
from annotate.name.copy_number.exons import counted_exons, uncovered_exons
from annotate.name.copy_number.held import held
from annotate.name.copy_number.kinds import GAINED, LOST, Chromosome, Chromosomes, Kind, Limits, Needs, Run
from annotate.name.copy_number.probes import Kit, by_probes, cells_unknown, not_assessable
from annotate.name.copy_number.stretches import runs_of, stretch_evidence
from annotate.name.copy_number.words import exon_text, length_text
from annotate.reference.features import Exon, Gene
from annotate.reference.genome import Genome

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

    Copies are those of the leukaemic cells; positions are 1-based. A loss that not every reading of the ratios has,
    or that rests on a fit which failed, is not `certain`; what one of them has lost is not `normal`.
    Nothing is raised.
    """
    own = _Read.of(profile, genome, knowledge)
    found = own.genes(genome.panel_genes())
    found |= own.beside(found)
    others = [{**found, **_differing(own, other)} for other in profile.others]
    failed = profile.fit is FitState.FAILED
    if not others and not failed:
        return found
    return {name: held(copies, [other[name] for other in others], failed=failed) for name, copies in found.items()}


def _differing(own: _Read, other: OtherReading) -> Mapping[str, GeneCopies]:
    """Copies under another reading of the genes whose segments are another kind of change there."""
    profile = own.profile
    segments, purity = other.segments(profile.segments), other.solution.purity
    changed = replace(profile, segments=segments, chromosomes=other.chromosomes, purity=purity, others=())
    theirs = _Read.of(changed, own.genome, own.knowledge, own.chromosomes)
    return theirs.genes(
        gene for gene in own.genome.panel_genes() if own.chromosomes.shown_at(gene) != theirs.chromosomes.shown_at(gene)
    )


@frozen
class _Read:
    """A profile under one reading, with its thresholds and chromosomes."""

    profile: CopyNumberProfile
    genome: Genome
    knowledge: Knowledge
    limits: Limits
    chromosomes: Chromosomes
    needs: Mapping[str, Needs]
    kit: Kit

    @staticmethod
    def of(profile: CopyNumberProfile, genome: Genome, knowledge: Knowledge, like: Chromosomes | None = None) -> _Read:
        limits = Limits.of(profile, knowledge)
        probes: dict[str, list[Probe]] = {}
        for probe in profile.probes:
            probes.setdefault(genome.symbol(probe.gene), []).append(probe)
        needs = {entry.gene: Needs.of(entry, limits) for entry in knowledge.rows(GeneResolutionRow)}
        kit = Kit.of(probes, knowledge)
        return _Read(profile, genome, knowledge, limits, Chromosomes(profile, genome, limits, like), needs, kit)

    def genes(self, genes: Iterable[Gene]) -> dict[str, GeneCopies]:
        """Copies of these genes, by segments and probes."""
        return {gene.name: self._gene(gene) for gene in genes}

    def _gene(self, gene: Gene) -> GeneCopies:
        by_segment = by_probe = None
        if self.profile.segments or not self.profile.probes:
            needs = self.needs.get(gene.name, Needs(self.limits.default_bin, self.limits.exon_share))
            by_segment = _by_segments(self._place(gene, needs))
        if gene.name in self.kit.probes:
            by_probe = by_probes(gene.name, self.kit, self.profile, self.limits)
        return _agreed(gene.name, by_segment, by_probe)

    def _place(self, gene: Gene, needs: Needs) -> _Place:
        own = self.chromosomes.of(gene.chrom, gene.start)
        near = [i for i in own.touching(gene.start, gene.end) if own.segments[i].end >= gene.start]
        exons = counted_exons(gene, self.genome)
        return _Place(gene, own, near, exons, self.profile, self.genome, self.limits, needs)

    def beside(self, found: Mapping[str, GeneCopies]) -> dict[str, GeneCopies]:
        """SHOX and other genes that only a kit names."""
        rest = (name for name in self.kit.probes if name not in found)
        return {name: by_probes(name, self.kit, self.profile, self.limits) for name in rest}


def _agreed(gene: str, by_segment: GeneCopies | None, by_probe: GeneCopies | None) -> GeneCopies:
    """Segments and probes of one gene together: the one that shows a loss, with the disagreement said."""
    if by_segment is None or by_probe is None:
        text = "the MLPA kit has no probe of this gene"
        nothing = not_assessable(gene, Reason(Code.REGION_NOT_COVERED, text, "copy-number segments"))
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


@frozen
class _Place:
    """A gene on its chromosome under one reading: segments near it, counted exons, and what a negative needs."""

    gene: Gene
    own: Chromosome
    near: Sequence[int]  # indexes of segments that touch the gene
    exons: tuple[Exon, ...]
    profile: CopyNumberProfile
    genome: Genome
    limits: Limits
    needs: Needs


def _by_segments(place: _Place) -> GeneCopies:
    """Losses first, then what is not covered, then gains: a gain is no news of a gene that was half seen."""
    own, near, gene, limits = place.own, place.near, place.gene, place.limits
    around = range(max(near[0] - 1, 0), min(near[-1] + 2, len(own.segments))) if near else range(0)
    shown = {own.kind(index, limits).name for index in around}
    lost = _first_change(place, (("homozygous",), LOST), shown)
    if lost is not None:
        return lost
    seen = _states(own, near, gene, limits)
    uncovered = uncovered_exons(place.exons, seen)
    if not seen or (uncovered and len(uncovered) == len(place.exons)):
        text = f"no copy-number segment with a state covers {gene.name}"
        return not_assessable(gene.name, Reason(Code.REGION_NOT_COVERED, text, "copy number that covers the gene"))
    changed = _first_change(place, (("amplification",), GAINED, ("cnloh",)), shown)
    if changed is not None and limits.blocked is not None:  # no loss is excluded by a gain that is not certain
        return replace(changed, certain=False, reasons=(*changed.reasons, limits.blocked))
    return changed or _unchanged(place, uncovered)


def _first_change(place: _Place, kinds: Iterable[tuple[str, ...]], shown: AbstractSet[str]) -> GeneCopies | None:
    """The first of these kinds of change that holds an exon of the gene. `shown`: kinds of the segments around it."""
    found = (_Change.of(place, names) for names in kinds if not shown.isdisjoint(names))
    change = next((change for change in found if change is not None), None)
    return None if change is None else _changed(change)


@frozen
class _Change:
    """Runs of segments with one kind of change that hold an exon of the gene."""

    place: _Place
    names: tuple[str, ...]
    run: Run  # the run with most of its exons
    ranks: tuple[int, ...]  # exons inside, from 1
    touching: tuple[int, ...]  # segments of the runs that touch the gene; all of them, where none does

    @staticmethod
    def of(place: _Place, names: tuple[str, ...]) -> _Change | None:
        inside = _inside_by_run(place, names)
        if not inside:
            return None
        run = max(inside, key=lambda r: (len(inside[r]), r.end - r.start))
        ranks = tuple(sorted({rank for found in inside.values() for rank in found if rank > 0}))
        indexes = tuple(i for r in inside for i in r.indexes)
        return _Change(place, names, run, ranks, tuple(i for i in indexes if i in place.near) or indexes)

    @property
    def kinds(self) -> list[Kind]:
        """Kinds of the segments that touch the gene."""
        return [self.place.own.kind(i, self.place.limits) for i in self.touching]

    @property
    def main(self) -> int:
        """The segment that holds most of the gene."""
        return max(self.touching, key=lambda i: _shared(self.place.own.segments[i], self.place.gene))


def _inside_by_run(place: _Place, names: tuple[str, ...]) -> dict[Run, tuple[int, ...]]:
    """Exons inside each run of these kinds, for the runs that hold any."""
    runs = runs_of(place.own, place.near, names, place.limits)
    found = {run: _exons_inside(run, place.exons, place.needs.exon_share) for run in runs}
    return {run: ranks for run, ranks in found.items() if ranks}


def _changed(change: _Change) -> GeneCopies:
    """The copies of a gene that is changed, with how far the change reaches and what is not certain of it."""
    place, own, kinds = change.place, change.place.own, change.kinds
    segment = own.segments[change.main]
    level = _level(change.run, place.gene, place.genome, place.limits)
    call = CALLS[change.names[0] if len(change.names) == 1 else _strongest(kinds)]
    reasons = [*_change_reasons(change, segment, level), *_one_copy_beside(change)]
    if call == "homozygous_deletion" and not _surely_homozygous(segment, own, place.limits):
        call = "deletion"
        text = (
            f"one or both copies of {place.gene.name}: the fitted purity of {place.limits.purity or 0:.2f} makes it"
            " both, other fits of the same ratios make it one"
        )
        reasons.append(Reason(Code.PLOIDY_UNCERTAIN, text, "the column `purity`, or allele-specific copy number"))
    if any(k.deeper for k in kinds):
        reasons.append(Reason(Code.NOTE, f"a smaller clone has lost the remaining copy of {place.gene.name}"))
    expected = own.expected if level == "whole_chromosome" else None
    return GeneCopies(
        gene=place.gene.name,
        total=segment.total,
        minor=segment.minor,
        baseline=expected if expected is not None else own.baseline,
        call=call,
        level=level,
        exons=change.ranks,
        start=change.run.start,
        end=change.run.end,
        log2=segment.log2,
        subclonal=all(k.subclonal for k in kinds),
        evidence=tuple(stretch_evidence(own.segments[i], place.profile, own.baseline) for i in change.touching[:4]),
        reasons=tuple(reasons),
    )


def _one_copy_beside(change: _Change) -> list[Reason]:
    """Exons of which one copy is lost beside those of which both are."""
    if change.names != ("homozygous",):
        return []
    around = {rank for ranks in _inside_by_run(change.place, LOST).values() for rank in ranks}
    wider = tuple(sorted(rank for rank in around if rank > 0 and rank not in change.ranks))
    return [Reason(Code.NOTE, f"one copy of {exon_text(wider)} is lost as well")] if wider else []


def _surely_homozygous(segment: Segment, own: Chromosome, limits: Limits) -> bool:
    """No copy left, whatever the purity: where that is a guess, the ratio alone must exclude the loss of one copy."""
    if not limits.copies_uncertain or segment.log2 is None or own.log2_here is None:
        return not limits.copies_uncertain
    return own.log2_here - segment.log2 >= limits.log2_homozygous


def _strongest(kinds: Sequence[Kind]) -> str:
    order = ("homozygous", "loss", "amplification", "gain", "cnloh")
    return min((k.name for k in kinds if k.name in order), key=order.index)


def _exons_inside(run: Run, exons: Sequence[Exon], share: float) -> tuple[int, ...]:
    return (
        tuple(exon.rank for exon in exons if _is_inside(run, exon, share))
        if exons[0].rank
        else ((-1,) if _is_inside(run, exons[0], share) else ())
    )


def _is_inside(run: Run, exon: Exon, share: float) -> bool:
    """Is enough of the exon, or of its coding part, in the run?"""
    spans = [(exon.start, exon.end)]
    if exon.cds_start is not None and exon.cds_end is not None:
        spans.append((exon.cds_start, exon.cds_end))
    return any(min(run.end, end) - max(run.start, start) + 1 >= share * (end - start + 1) for start, end in spans)


def _level(run: Run, gene: Gene, genome: Genome, limits: Limits) -> str:
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


def _change_reasons(change: _Change, segment: Segment, level: str) -> list[Reason]:
    """What was seen, against which baseline, and why it may be no driver or not certain."""
    gene, own, run, ranks, exons = change.place.gene, change.place.own, change.run, change.ranks, change.place.exons
    kind = own.kind(change.main, change.place.limits)
    locus = change.place.genome.locus_at(gene.chrom, gene.start)
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


def _shared(segment: Segment, gene: Gene) -> int:
    return min(segment.end, gene.end) - max(segment.start, gene.start)


def _states(own: Chromosome, near: Sequence[int], gene: Gene, limits: Limits) -> list[tuple[int, int]]:
    """Stretches with a state over and beside the gene; a gap in which no change would be seen counts as the same."""
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
        if seen and name == last and segment.start - seen[-1][1] - 1 <= limits.seen_gap:
            seen[-1] = (seen[-1][0], max(seen[-1][1], segment.end))
        else:
            seen.append((segment.start, segment.end))
        last = name
    return seen


def _unchanged(place: _Place, uncovered: Sequence[int]) -> GeneCopies:
    """Normal, if the profile could have shown a loss: all exons covered, bins fine enough, enough leukaemic cells."""
    gene, own, near, profile, limits = place.gene, place.own, place.near, place.profile, place.limits
    segment = max((own.segments[i] for i in near), key=lambda s: _shared(s, gene), default=None)
    normal = GeneCopies(
        gene=gene.name,
        total=segment.total if segment else None,
        minor=segment.minor if segment else None,
        baseline=own.baseline,
        call="normal",
        log2=segment.log2 if segment else None,
        evidence=(stretch_evidence(segment, profile, own.baseline),) if segment else (),
    )
    if uncovered:
        text = f"{exon_text(uncovered) if uncovered[0] else 'part'} of {gene.name} without a copy-number segment"
        return _unable(normal, Reason(Code.REGION_NOT_COVERED, text, "copy number that covers the gene"))
    limit = place.needs.max_bin
    if profile.resolution is not None and profile.resolution > limit * limits.bins_for_segment:
        text = (
            f"{gene.name} needs bins of {limit:,} bases or less; this copy number shows changes"
            f" from {profile.resolution:,} bases on"
        )
        return _unable(normal, Reason(Code.RESOLUTION_TOO_COARSE, text, FINER))
    if limits.blocked is not None:
        return _unable(normal, limits.blocked)
    if limits.too_few_cells:
        text = f"purity {limits.purity:.2f} is too low to exclude a deletion"
        return _unable(normal, Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells"))
    if limits.cells_unknown:
        return _unable(normal, cells_unknown())
    reasons = []
    inner = [i for i in near if own.kind(i, limits).name in LOST]
    if inner:
        text = f"a loss inside {gene.name} holds no coding exon"
        reasons.append(Reason(Code.NOTE, text))
    return replace(normal, reasons=tuple(reasons))


def _unable(normal: GeneCopies, reason: Reason) -> GeneCopies:
    return replace(normal, call="not_assessable", reasons=(reason,))
