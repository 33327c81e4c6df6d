"""Signals of segments, alike ones together, and the level that most of the genome has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]


@frozen
class Signal:
    """One stretch of autosome: ratio to the autosomal mean, BAF 0.5 … 1 (None unknown), length in bases."""

    ratio: float
    baf: float | None
    length: int


@frozen
class Groups:
    """Signals that are alike, together. `gamma`: the compression of log2 that was taken out of the ratios."""

    ratio: Array
    baf: Array
    weight: Array
    mean: float
    longest: Array  # share of the genome in long segments, for the cost of lost stretches
    gamma: float = 1.0

    def stretched(self, gamma: float) -> Groups:
        """The same signals with a compression of log2 taken out; noise grows with it."""
        if gamma == 1.0:
            return self
        ratio = self.ratio ** (1 / gamma)
        return Groups(ratio, self.baf, self.weight, float((ratio * self.weight).sum()), self.longest, gamma)

    def noise(self, knowledge: Knowledge, factor: float = 1.0) -> tuple[float, float]:
        """Least spread of log2 and BAF, in units of the stretched ratios."""
        log2 = factor * knowledge.value(cutoffs.FIT_MIN_LOG2_NOISE) / self.gamma
        return log2, factor * knowledge.value(cutoffs.FIT_MIN_BAF_NOISE)


def grouped(signals: Iterable[Signal], knowledge: Knowledge, most: int = 200) -> Groups:
    """Signals that are alike put together, `most` of them, so that the work does not grow with the segments."""
    import numpy as np

    rows = list(signals)
    log2 = np.log2(np.array([row.ratio for row in rows]))
    baf = np.array([np.nan if row.baf is None else row.baf for row in rows])
    length = np.array([row.length for row in rows], dtype=float)
    step = 0.01
    while True:
        alleles = np.where(np.isnan(baf), -1, np.round(baf / step)) + 1
        codes = np.round(log2 / step) * (alleles.max() + 1) + alleles  # one number a pair, in the order of pairs
        _, index = np.unique(codes, return_inverse=True)
        if index.max() < most:
            break
        step *= 1.6
    size = index.max() + 1
    weight = np.bincount(index, weights=length, minlength=size)
    ratio = 2 ** (np.bincount(index, weights=log2 * length, minlength=size) / weight)
    allele = np.bincount(index, weights=np.where(np.isnan(baf), 0, baf) * length, minlength=size) / weight
    known = np.bincount(index, weights=np.where(np.isnan(baf), 0, length), minlength=size) / weight
    allele = np.where(known > 0.5, allele / np.maximum(known, 1e-9), np.nan)
    shortest = knowledge.value(cutoffs.FIT_LOST_LENGTH)
    longest = np.bincount(index, weights=np.where(length >= shortest, length, 0.0), minlength=size)
    total = weight.sum()
    return Groups(ratio, allele, weight / total, float((ratio * weight).sum() / total), longest / total)


def level_of(groups: Groups) -> float:
    """The commonest ratio of the genome."""
    import numpy as np

    log2 = np.log2(groups.ratio)
    near = np.exp(-0.5 * ((log2[:, None] - log2[None, :]) * groups.gamma / 0.03) ** 2)
    mass = near @ groups.weight
    best = int(mass.argmax())
    close = np.abs(log2 - log2[best]) * groups.gamma < 0.06
    centre = float((log2[close] * groups.weight[close]).sum() / groups.weight[close].sum())
    return float(2**centre)
