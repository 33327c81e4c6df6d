"""How log2 ratios of a platform follow copies: counted reads as they are, arrays compressed.

An array's log2 is gamma times the true one (ASCAT's gamma, about 0.55 on SNP arrays, 0.35 to 0.45 on some). Gamma
and purity hide behind one another: one copy lost at -0.4 is a pure sample at gamma 0.4, or one of purity 0.5 at
gamma 1. What tells them apart is a stated purity, B-allele frequencies, or a homozygous deletion that only leukaemic
cells can have, whose depth says how many other cells there are at most. Where nothing does, the scale stays a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOME_SET
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Scale, ScaleSource, Segment, SegmentTable
from annotate.model.sample import Sample
from annotate.name.copy_number.chromosomes import middle
from annotate.name.copy_number.fit import best_at, state_costs
from annotate.name.copy_number.groups import Groups, Signal, grouped, level_of
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MOST_GROUPS = 60  # of signals that are alike
CAP = 12.0  # most that one level's squared distance weighs
TIED = 0.1  # scores that differ by less are alike


@frozen
class ScaleFit:
    """The scale, and compressions at which another ploidy fits about as well."""

    scale: Scale
    rivals: tuple[float, ...] = ()


@frozen
class _Tried:
    """One compression with the best reading at it."""

    gamma: float
    base: int  # copies of the commonest level
    misfit: float
    score: float  # of the reading, with what orders equals
    exact: float  # the compression at which the altered levels lie nearest to that reading's copies


def stated_scale(table: SegmentTable, sample: Sample, knowledge: Knowledge) -> Scale:
    """What is known of the scale without looking at the levels: the sheet's, the file's, else by the assay."""
    if sample.array_gamma is not None:
        return Scale(sample.array_gamma, sample.array_gamma, sample.array_gamma, ScaleSource.SHEET)
    if table.gamma is not None:
        return Scale(table.gamma, table.gamma, table.gamma, ScaleSource.FILE)
    if sample.assay == "array":
        return _assumed(knowledge)
    return Scale()


def _assumed(knowledge: Knowledge) -> Scale:
    return Scale(
        knowledge.value(cutoffs.SCALE_USUAL_GAMMA), knowledge.value(cutoffs.SCALE_MIN_GAMMA), 1.0, ScaleSource.ASSUMED
    )


def scale_of(
    table: SegmentTable,
    sample: Sample,
    signals: Sequence[Signal],
    purity: float | None,
    depth: float | None,
    knowledge: Knowledge,
) -> ScaleFit:
    """The scale of a table of ratios, by its own levels where the assay leaves it open.

    `purity`: stated; `depth`: of the deepest deletion that only leukaemic cells can have, as log2 below the
    commonest level (`deepest`). A table of unknown assay is taken to be counted unless its levels contradict that.
    """
    known = stated_scale(table, sample, knowledge)
    unknown_assay = sample.assay is None and known.source is ScaleSource.COUNTED
    if known.source is not ScaleSource.ASSUMED and not (unknown_assay and (purity is not None or depth is not None)):
        return ScaleFit(known)
    found = _by_levels(signals, purity, depth, knowledge)
    if found is None:
        return ScaleFit(known)
    if unknown_assay and (found.scale.source is not ScaleSource.LEVELS or found.scale.high >= 1.0):
        return ScaleFit(known)
    return found


def _by_levels(
    signals: Sequence[Signal], purity: float | None, depth: float | None, knowledge: Knowledge
) -> ScaleFit | None:
    """None where too little is altered, or where no compression brings the levels near whole copies."""
    usable = [signal for signal in signals if signal.ratio > 0 and signal.length > 0]
    if not usable:
        return None
    groups = grouped(usable, knowledge, MOST_GROUPS)
    altered = _altered(groups, knowledge)
    if float(groups.weight[altered].sum()) < knowledge.value(cutoffs.SCALE_MIN_ALTERED):
        return None
    tried = [_try(groups, altered, gamma, purity, depth, knowledge) for gamma in _gammas(knowledge)]
    best = min(item.misfit for item in tried)
    if best > knowledge.value(cutoffs.SCALE_MAX_MISFIT):
        return None
    fitting = [item for item in tried if item.misfit <= best + knowledge.value(cutoffs.SCALE_TOLERANCE)]
    usual = knowledge.value(cutoffs.SCALE_USUAL_GAMMA)
    simplest = min(item.score for item in fitting)
    alike = [item for item in fitting if item.score <= simplest + TIED]
    chosen = min(alike, key=lambda item: (round(item.misfit), abs(item.gamma - usual)))
    limit = chosen.score + knowledge.value(cutoffs.FIT_TOLERANCE)
    likely = [item for item in fitting if item.score <= limit]
    own = [item.gamma for item in likely if item.base == chosen.base]  # another base is another ploidy
    low, high = min(own), max(own)
    told = high <= knowledge.value(cutoffs.SCALE_KNOWN_RATIO) * low
    source = ScaleSource.LEVELS if told else ScaleSource.ASSUMED
    gamma = min(max(chosen.exact, low), high) if told else chosen.gamma
    rest = [item for item in likely if item.base != chosen.base]
    best_of = {base: min((i for i in rest if i.base == base), key=_score) for base in {item.base for item in rest}}
    rivals = tuple(sorted(item.gamma for item in best_of.values()))
    return ScaleFit(Scale(round(gamma, 3), round(low, 3), round(high, 3), source), rivals)


def _score(item: _Tried) -> float:
    return item.score


def _gammas(knowledge: Knowledge) -> list[float]:
    """From the strongest compression to none, by equal ratios."""
    least, steps = knowledge.value(cutoffs.SCALE_MIN_GAMMA), knowledge.value(cutoffs.SCALE_STEPS)
    return [round(least ** (1 - number / (steps - 1)), 4) for number in range(steps)]


def _altered(groups: Groups, knowledge: Knowledge) -> Array:
    """Groups that lie off the commonest level, without deletions of both copies."""
    import numpy as np

    off = np.log2(groups.ratio) - np.log2(level_of(groups))
    result: Array = (np.abs(off) >= knowledge.value(cutoffs.SCALE_MIN_CHANGE)) & (
        off > -knowledge.value(cutoffs.SCALE_DEEP)
    )
    return result


def _try(
    groups: Groups, altered: Array, gamma: float, purity: float | None, depth: float | None, knowledge: Knowledge
) -> _Tried:
    """How far the altered levels lie from copies that are not the usual ones, at the best reading of this gamma."""
    import numpy as np

    stretched = groups.stretched(gamma)
    least = None if purity is not None or depth is None else purity_shown(depth, gamma, knowledge)
    candidate = best_at(stretched, knowledge, purity, least)
    if candidate is None:
        return _Tried(gamma, 2, CAP, CAP, gamma)
    total, minor, cost = state_costs(stretched, candidate, knowledge)
    usual = total[~altered]
    base = float(np.bincount(usual.astype(int), weights=groups.weight[~altered]).argmax()) if usual.size else 2.0
    unchanged = (total == base) & (np.isnan(groups.baf) | (minor == base / 2))
    cost = np.where(unchanged, CAP, np.minimum(cost, CAP))
    weight = groups.weight[altered]
    misfit = float((cost[altered] * weight).sum() / weight.sum())
    share = candidate.purity
    expected = np.maximum(share * total + 2 * (1 - share), 0.02) / (share * base + 2 * (1 - share))
    wanted = np.log2(expected[altered])
    measured = np.log2(groups.ratio[altered]) - np.log2(level_of(groups))
    square = float((weight * wanted**2).sum())
    exact = float((weight * wanted * measured).sum()) / square if square > 0 else gamma
    return _Tried(gamma, int(base), misfit, candidate.score, exact)


# ---------------------------------------------------------------- purity from the depth of a deletion


def deepest(segments: Sequence[Segment], genome: Genome, knowledge: Knowledge) -> float | None:
    """How far below the commonest level the deepest deletion lies that only leukaemic cells can have.

    That of a panel gene, or of a receptor locus that rearranges in the clone: elsewhere people are born without
    both copies. None where there is none, or too few markers.
    """
    least, level = knowledge.value(cutoffs.SCALE_MIN_MARKERS), _usual_level(segments)
    if level is None:
        return None
    deep = knowledge.value(cutoffs.SCALE_DEEP)
    depths = [
        level - segment.log2
        for segment in segments
        if segment.log2 is not None
        and level - segment.log2 >= deep
        and segment.chrom in AUTOSOME_SET
        and (segment.markers is None or segment.markers >= least)
        and _somatic(segment, genome)
    ]
    return max(depths, default=None)


def _usual_level(segments: Sequence[Segment]) -> float | None:
    """The middle log2 of the autosomes by length."""
    return middle((s.log2, s.length) for s in segments if s.log2 is not None and s.chrom in AUTOSOME_SET)


def _somatic(segment: Segment, genome: Genome) -> bool:
    if genome.locus_at(segment.chrom, (segment.start + segment.end) // 2) is not None:
        return True
    return any(start <= segment.end and end >= segment.start for start, end in _panel(genome).get(segment.chrom, ()))


@lru_cache(maxsize=4)
def _panel(genome: Genome) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Spans of the genes of the panel by contig."""
    found: dict[str, list[tuple[int, int]]] = {}
    for gene in genome.panel_genes():
        found.setdefault(gene.chrom, []).append((gene.start, gene.end))
    return found


def purity_shown(depth: float, gamma: float, knowledge: Knowledge) -> float:
    """The least purity that a deletion of both copies of this depth leaves: what remains is of other cells."""
    slack, most = knowledge.value(cutoffs.SCALE_DEPTH_SLACK), knowledge.value(cutoffs.SCALE_MOST_PURITY)
    return float(min(max(1 - 2 ** (-(depth - slack) / gamma), 0.0), most))


def narrowed(scale: Scale, gamma: float) -> Scale:
    """The scale at one of its compressions."""
    return replace(scale, gamma=gamma, low=gamma, high=gamma)
