"""Mutations grouped into clones by their cell fractions over time, and how the clones may nest.

Method. Each mutation is a point of cell fractions (CCF), one for each time point, with the standard error of
its 95 % interval. The two groups that agree best are merged again and again, as long as one common cell
fraction is not refused: the sum over time points of the squared difference over its variance, a chi-square
statistic, must have a probability of at least `evolution.clone_alpha`. The variance of a group is that of its
weighted mean and `evolution.clone_spread`, a share of the cell fraction for what counting does not explain.
A group's cell fraction is the mean of its members weighted by their precision.

Nesting follows the sum rule: the clones inside a clone together do not exceed it at any time point. Where
several nestings fit, the tightest parent is taken; one bulk sample of each time point cannot prove a nesting.
Mutations without a cell fraction at every time point are not placed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge

if TYPE_CHECKING:
    from annotate.compare.categories import Seen
    from annotate.compare.small_variants import Compared


Z95 = 1.96
LEAST_ERROR = 1e-3  # of a cell fraction: deep coverage must not make one mutation outweigh all others
FEW_MUTATIONS = 20  # of fewer, each may be a clone of its own; of more, one that agrees with none is noise


@frozen
class Clone:
    """A group of mutations. `ccf` by time point; `parent` is the id of the clone it may lie in."""

    id: str
    events: tuple[str, ...]
    names: tuple[str, ...]
    ccf: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    present: tuple[bool, ...]  # some member was seen there, in enough cells
    parent: str | None = None
    fits: bool = True  # False: larger than what the other clones leave, so its cell fractions are doubtful

    def as_dict(self, timepoints: Sequence[str]) -> dict[str, Any]:
        """The clone as the evolution JSON has it: cancer cell fractions (0 to 1) by time point."""
        return {
            "id": self.id,
            "events": list(self.events),
            "names": list(self.names),
            "ccf": {name: round(value, 4) for name, value in zip(timepoints, self.ccf, strict=True)},
            "ccf_interval": {
                name: [round(low, 4), round(high, 4)]
                for name, low, high in zip(timepoints, self.low, self.high, strict=True)
            },
            "present": dict(zip(timepoints, self.present, strict=True)),
            "parent": self.parent,
            "fits": self.fits,
        }


def clones(small: Sequence[Compared], knowledge: Knowledge) -> tuple[list[Clone], list[str]]:
    """Clones, the largest first, and why mutations were not placed."""
    usable = [one for one in small if all(_placed(seen) for seen in one.seen)]
    notes = _why_not(small, usable)
    if not usable:
        return [], notes
    groups, single = _groups(usable, knowledge)
    if single:
        notes.append(f"{single} mutations agree with no group and stand in none")
    found = [_clone(group, usable, knowledge) for group in groups]
    found.sort(key=lambda clone: (-sum(clone.ccf), clone.events))
    named = [replace(clone, id=f"C{number}") for number, clone in enumerate(found, start=1)]
    nested = _nested(named, knowledge)
    odd = [clone.id for clone in nested if not clone.fits]
    if odd:
        notes.append(
            f"{', '.join(odd)}: more cells than the other clones leave at some time point; copy number or multiplicity"
            " may be wrong there, and no clone is counted"
        )
    return nested, notes


def _placed(seen: Seen) -> bool:
    """A cell fraction with its interval, or the limit of one where the change was not called."""
    return seen.low is not None and (seen.ccf is not None or seen.present is False)


def _why_not(small: Sequence[Compared], usable: Sequence[Compared]) -> list[str]:
    left = len(small) - len(usable)
    if not left:
        return []
    return [f"{left} of {len(small)} mutations have no cell fraction at every time point and are in no clone"]


# ---------------------------------------------------------------- grouping


def _groups(usable: Sequence[Compared], knowledge: Knowledge) -> tuple[list[list[int]], int]:
    """Indices by group, and how many single mutations of a large set were left out as noise."""
    import numpy as np

    means = np.array([[min(seen.ccf or 0.0, 1.0) for seen in one.seen] for one in usable])
    weights = np.array([[_precision(seen.low, seen.high) for seen in one.seen] for one in usable])
    limit = chi_square_limit(knowledge.value(cutoffs.EVOLUTION_CLONE_ALPHA), means.shape[1])
    kept = _merged(means, weights, limit, knowledge.value(cutoffs.EVOLUTION_CLONE_SPREAD))
    if len(usable) < FEW_MUTATIONS:
        return kept, 0
    large = [group for group in kept if len(group) > 1]
    return large, len(kept) - len(large)


def _merged(means: Any, weights: Any, limit: float, spread: float) -> list[list[int]]:
    """The two groups that agree best are merged until the best two differ by more than `limit` (chi-square).

    `means`, `weights`: cell fractions and their precision, a row a mutation, a column a time point; overwritten.
    """
    import numpy as np

    groups = [[index] for index in range(len(means))]
    variance = 1 / weights + _spread(means, spread) ** 2
    distance = _distances(means, variance)
    alive = list(range(len(groups)))
    while len(alive) > 1:
        one, two = (int(index) for index in np.unravel_index(int(np.argmin(distance)), distance.shape))
        if distance[one, two] > limit:
            break
        total = weights[one] + weights[two]
        means[one] = (means[one] * weights[one] + means[two] * weights[two]) / total
        weights[one] = total
        variance[one] = 1 / total + _spread(means[one], spread) ** 2
        groups[one] += groups[two]
        alive.remove(two)
        distance[two, :] = distance[:, two] = np.inf
        for other in alive:
            if other != one:
                value = float((((means[one] - means[other]) ** 2) / (variance[one] + variance[other])).sum())
                distance[one, other] = distance[other, one] = value
    return [sorted(groups[index]) for index in alive]


def _spread(means: Any, spread: float) -> Any:
    """What counting does not explain, in proportion to the cell fraction: purity and copies enter as factors."""
    return spread * means + 0.1 * spread


def _distances(means: Any, variance: Any) -> Any:
    import numpy as np

    difference = means[:, None, :] - means[None, :, :]
    distance = (difference**2 / (variance[:, None, :] + variance[None, :, :])).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    return distance


def _precision(low: float | None, high: float | None) -> float:
    """One over the variance, from the 95 % interval of a cell fraction."""
    error = ((high or 0.0) - (low or 0.0)) / (2 * Z95)
    return 1 / max(error, LEAST_ERROR) ** 2


def chi_square_tail(x: float, freedom: int) -> float:
    """P(X >= x) for a chi-square variable, by the recurrence in steps of two degrees of freedom.

    >>> round(chi_square_tail(9.21, 2), 3)
    0.01
    """
    if x <= 0:
        return 1.0
    half = x / 2
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    for k in range(3 if freedom % 2 else 4, freedom + 1, 2):
        tail += math.exp((k / 2 - 1) * math.log(half) - half - math.lgamma(k / 2))
    return tail


def chi_square_limit(alpha: float, freedom: int) -> float:
    """The x that a chi-square variable exceeds with probability `alpha`."""
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        if chi_square_tail(middle, freedom) > alpha:
            low = middle
        else:
            high = middle
    return high


def _clone(group: Sequence[int], usable: Sequence[Compared], knowledge: Knowledge) -> Clone:
    members = [usable[index] for index in group]
    least = knowledge.value(cutoffs.EVOLUTION_CLONE_MIN_CCF)
    ccf, low, high, present = [], [], [], []
    for at in range(len(members[0].seen)):
        cells = [member.seen[at] for member in members]
        weights = [_precision(cell.low, cell.high) for cell in cells]
        mean = sum(w * min(c.ccf or 0.0, 1.0) for w, c in zip(weights, cells, strict=True)) / sum(weights)
        error = Z95 / math.sqrt(sum(weights))
        seen = any(cell.present for cell in cells) and mean >= least
        ccf.append(mean)
        low.append(max(0.0, mean - error))
        high.append(min(1.0, mean + error))
        present.append(seen)
    members.sort(key=lambda member: not member.event.details.get("hgvsp"))
    return Clone(
        id="",
        events=tuple(member.event.id for member in members),
        names=tuple(member.event.name for member in members),
        ccf=tuple(ccf),
        low=tuple(low),
        high=tuple(high),
        present=tuple(present),
    )


# ---------------------------------------------------------------- nesting


def _nested(found: Sequence[Clone], knowledge: Knowledge) -> list[Clone]:
    """Each clone in the tightest one that has room for it at every time point."""
    slack = knowledge.value(cutoffs.EVOLUTION_CLONE_NESTING)
    room = {clone.id: list(clone.ccf) for clone in found}
    free = [1.0] * len(found[0].ccf) if found else []
    placed: list[Clone] = []
    doubtful: list[Clone] = []
    for clone in found:
        fits = [
            other for other in placed if all(r + slack >= c for r, c in zip(room[other.id], clone.ccf, strict=True))
        ]
        parent = min(fits, key=lambda other: sum(room[other.id]), default=None)
        taken = room[parent.id] if parent is not None else free
        if parent is None and any(f + slack < c for f, c in zip(free, clone.ccf, strict=True)):
            doubtful.append(replace(clone, fits=False))
            continue
        for at, value in enumerate(clone.ccf):
            taken[at] -= value
        placed.append(replace(clone, parent=parent.id if parent is not None else None))
    return sorted([*placed, *doubtful], key=lambda clone: int(clone.id[1:]))


def founding(found: Sequence[Clone], knowledge: Knowledge) -> Clone | None:
    """The clone that every time point has in nearly all leukaemic cells."""
    least = knowledge.value(cutoffs.EVOLUTION_PRESERVED_CCF)
    return next((clone for clone in found if clone.fits and min(clone.ccf) >= least), None)


def relapsing(found: Sequence[Clone], knowledge: Knowledge) -> Clone | None:
    """The clone of the first time point that was minor there and makes up the last one."""
    least = knowledge.value(cutoffs.EVOLUTION_PRESERVED_CCF)
    risen = [c for c in found if c.fits and c.present[0] and c.ccf[0] < least and c.ccf[-1] >= least]
    return min(risen, key=lambda clone: clone.ccf[0], default=None)
