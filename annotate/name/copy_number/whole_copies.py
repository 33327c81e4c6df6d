"""Signals against whole copies: for every purity and commonest number of copies the two whole numbers beside each.

What a scan works out once: it does not depend on the noise, with which the nearer of the two is chosen afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.name.copy_number.groups import Groups, level_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Copies = np.ndarray[Any, np.dtype[np.int16]]

BLOCK = 8000  # numbers of one table at a time: 64 kB


@frozen
class Whole:
    """A whole number of copies beside the exact ones, and how far the signals lie from it; rows are purities."""

    total: Copies
    minor: Copies
    log2: Array
    baf: Array | None  # None where no group has a B-allele frequency


@frozen
class Grid:
    """Readings to be scored, one a row: every purity for every number of copies of the commonest level.

    `depths`: copies of the mixture that ratio 1 stands for; `parts`: the whole copies of some rows at a time.
    """

    groups: Groups
    purities: Array
    bases: Array
    depths: Array
    parts: Sequence[tuple[slice, tuple[Whole, Whole]]]


def grid_of(groups: Groups, knowledge: Knowledge, purity: float | None, least: float | None, coarse: int = 1) -> Grid:
    """All purities, or the one that is given; `least` bounds them from below, `coarse` takes wider steps."""
    import numpy as np

    step = coarse * knowledge.value(cutoffs.FIT_PURITY_STEP)
    purities = (
        np.array([purity])
        if purity is not None
        else np.arange(max(knowledge.value(cutoffs.FIT_MIN_PURITY), least or 0.0), 1.0 + step / 2, step).clip(max=1.0)
    )
    most = int(knowledge.value(cutoffs.FIT_MAX_BASE))
    bases, shares = np.repeat(np.arange(1.0, most + 1), len(purities)), np.tile(purities, most)
    depths = (shares * bases + 2 * (1 - shares)) / level_of(groups)
    rows = _blocks(len(shares), len(groups.weight))
    parts = [(some, beside(groups, shares[some], depths[some], knowledge)) for some in rows]
    return Grid(groups, shares, bases, depths, parts)


def beside(groups: Groups, purity: Array, depth: Array, knowledge: Knowledge) -> tuple[Whole, Whole]:
    """The whole numbers of copies below and above the exact ones of each group (columns) for each purity (rows)."""
    import numpy as np

    rho, d = purity[:, None], depth[:, None]
    signal = groups.ratio[None, :] * d
    exact = (signal - 2 * (1 - rho)) / rho
    top = knowledge.value(cutoffs.FIT_MAX_COPIES)
    measured = np.log2(np.maximum(signal, 0.02))
    unknown = np.isnan(groups.baf)
    baf = None if unknown.all() else np.where(unknown, 0.5, groups.baf)[None, :]
    found = []
    for number in (np.floor(exact), np.ceil(exact)):
        total = np.minimum(np.maximum(number, 0), top)
        expected = np.maximum(rho * total + 2 * (1 - rho), 0.02)
        minor, shifted = np.floor(total / 2), None  # balanced, where no B-allele frequency says otherwise
        if baf is not None:
            minor = np.minimum(np.maximum(np.rint(((1 - baf) * expected - (1 - rho)) / rho), 0), minor)
            shifted = baf - (1 - (rho * minor + 1 - rho) / expected)
        found.append(Whole(total.astype(np.int16), minor.astype(np.int16), measured - np.log2(expected), shifted))
    return found[0], found[1]


def nearest(
    pair: tuple[Whole, Whole], groups: Groups, knowledge: Knowledge, noise: tuple[float, float]
) -> tuple[Copies, Copies, Array]:
    """Copies, minor copies and squared deviation of each group: of two whole numbers the one that fits better."""
    import numpy as np

    limit = knowledge.value(cutoffs.FIT_ROBUST_LIMIT)
    known = ~np.isnan(groups.baf)[None, :]
    costs = []
    for whole in pair:
        cost = np.minimum((whole.log2 / noise[0]) ** 2, limit)
        if whole.baf is not None:
            cost = cost + np.where(known & (whole.total > 0), np.minimum((whole.baf / noise[1]) ** 2, limit), 0.0)
        costs.append(cost)
    below, above = pair
    better = costs[1] < costs[0]
    return (
        np.where(better, above.total, below.total),
        np.where(better, above.minor, below.minor),
        np.where(better, costs[1], costs[0]),
    )


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    """Rows in parts whose intermediate tables stay in the processor's cache and off the system's page tables."""
    step = max(BLOCK // columns, 1)
    return (slice(start, start + step) for start in range(0, rows, step))
