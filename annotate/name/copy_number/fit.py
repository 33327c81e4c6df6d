"""Purity and ploidy from log2 ratios, with or without B-allele frequencies: all readings that fit, best first.

For purity p and tumour copies T the mixture holds p T + 2 (1 - p) copies, so log2 ratios lie on a ladder whose
rungs are p / d apart, d being the copies that the ratio 1 stands for. The commonest rung is taken to be 1 to 5
copies, purity is scanned, and each reading is scored in units of its own description:

    score = mean of (residual / noise)^2 / 2  +  entropy of the states  +  small costs that order equals

The entropy keeps a fine ladder, which fits everything, from winning; the costs prefer few changes and a base of
two copies where data say nothing. Ratios alone never tell one copy against two from two against four, nor (at
lower purity) from two against three: those readings are returned together, and nobody may choose silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Fit
from annotate.name.copy_number.groups import Groups, Signal, grouped
from annotate.name.copy_number.whole_copies import Grid, Whole, beside, grid_of, nearest

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Copies = np.ndarray[Any, np.dtype[np.int16]]
    Codes = np.ndarray[Any, np.dtype[np.int64]]


COARSE = 2  # steps of purity where only the scale is looked for
FLAT_GAMMA = 0.5  # a flat profile is told by noise, which stronger compression does not lessen


@frozen
class Solution:
    """One reading of the signals. `depth`: copies of the mixture that ratio 1 stands for."""

    fit: Fit
    depth: float
    states: tuple[tuple[int, int | None], ...]

    @property
    def ploidy(self) -> float:
        """Mean copies, which a solution always has."""
        return self.fit.ploidy or 0.0


def usable(signals: Sequence[Signal], knowledge: Knowledge) -> Groups | None:
    """What a fit looks at of some signals, whatever the compression; None where there is no signal."""
    found = [signal for signal in signals if signal.ratio > 0 and signal.length > 0]
    return grouped(found, knowledge) if found else None


def solve(
    signals: Groups | None,
    knowledge: Knowledge,
    *,
    purity: float | None = None,
    ploidy: float | None = None,
    ploidy_tolerance: float | None = None,
    gamma: float = 1.0,
    least: float | None = None,
    most: int | None = None,
) -> list[Solution]:
    """Readings of the signals, best first; empty where there is no signal.

    `most`: how many are asked for; the table's `fit.max_alternatives` where not given.

    `purity` fixes the purity, `least` bounds it from below; `ploidy` keeps readings within `ploidy_tolerance` copies
    of it; `gamma` is the compression of log2. A flat, balanced profile tells no purity: one reading of two copies
    with purity None (unless given) is returned.
    """
    if signals is None:
        return []
    groups = signals.stretched(gamma)
    if _flat(groups, knowledge):
        return _flat_solutions(groups, purity, ploidy, ploidy_tolerance)
    grid = grid_of(groups, knowledge, purity, least)
    first = _scan(grid, knowledge, ploidy, ploidy_tolerance, None)
    if not first:
        return []
    noise = _noise(groups, _solution(groups, first[0], knowledge, None), knowledge)
    scanned = _scan(grid, knowledge, ploidy, ploidy_tolerance, noise)
    tolerance = knowledge.value(cutoffs.FIT_TOLERANCE)
    most = knowledge.value(cutoffs.FIT_MAX_ALTERNATIVES) if most is None else most
    free = purity is None and ploidy is None
    best: float | None = None
    kept: list[Solution] = []
    rest: list[Solution] = []
    for candidate in scanned:
        if best is not None and candidate.score > best + tolerance:
            break
        solution = _solution(groups, candidate, knowledge, noise)
        if _haploid(solution, groups, knowledge) or (free and not _stepwise(solution, groups, knowledge)):
            rest.append(solution)
            continue
        best = candidate.score if best is None else best
        if all(solution.states != other.states for other in kept):
            kept.append(solution)
        if len(kept) >= most:
            break
    kept = kept or [s for s in rest if s.fit.score <= rest[0].fit.score + tolerance]
    return kept[:most]


def best_at(
    groups: Groups, knowledge: Knowledge, purity: float | None = None, least: float | None = None
) -> Candidate | None:
    """The best purity and depth of one scan, with the least noise; None where there is none."""
    grid = grid_of(groups, knowledge, purity, least, coarse=COARSE)
    found = _scan(grid, knowledge, None, None, groups.noise(knowledge))
    return found[0] if found else None


def state_costs(groups: Groups, candidate: Candidate, knowledge: Knowledge) -> tuple[Copies, Copies, Array]:
    """Copies, minor copies and squared distance of each group from them, in units of the least noise."""
    return _states(groups, candidate.purity, candidate.depth, knowledge, groups.noise(knowledge))


def _stepwise(solution: Solution, groups: Groups, knowledge: Knowledge) -> bool:
    """Do the copy states lie single steps apart, or all even as after a doubling?

    Three copies at one purity give the same signals as four at half of it, and so on without end. A reading in
    which nothing lies one copy from the commonest state only stretches a simpler one; a doubled genome is the
    exception that exists.
    """
    shares: dict[tuple[int, int | None], float] = {}
    for state, weight in zip(solution.states, groups.weight, strict=True):
        shares[state] = shares.get(state, 0.0) + float(weight)
    seen = [state for state, share in shares.items() if share >= knowledge.value(cutoffs.FIT_MIN_STATE_SHARE)]
    if len({total for total, _ in seen}) < 2:
        return True
    common = max(seen, key=lambda state: shares[state])[0]
    step = min(abs(total - common) for total, _ in seen if total != common)
    if step == 1:
        return True
    even = all(total % 2 == 0 and (minor or 0) % 2 == 0 for total, minor in seen)
    return step == 2 and even


def _haploid(solution: Solution, groups: Groups, knowledge: Knowledge) -> bool:
    """One copy of everything, without alleles that would show it: no clone is known that keeps no second homologue."""
    if any(minor is not None for _, minor in solution.states):
        return False
    more = sum(float(w) for (total, _), w in zip(solution.states, groups.weight, strict=True) if total >= 2)
    return more < knowledge.value(cutoffs.FIT_MIN_STATE_SHARE)


def _flat(groups: Groups, knowledge: Knowledge) -> bool:
    import numpy as np

    log2 = np.log2(groups.ratio)
    middle = float((log2 * groups.weight).sum())
    spread = float(np.sqrt((((log2 - middle) ** 2) * groups.weight).sum()))
    known = ~np.isnan(groups.baf)
    shifted = float((groups.weight[known] * (groups.baf[known] - 0.5 > knowledge.value(cutoffs.FIT_FLAT_BAF))).sum())
    limit = knowledge.value(cutoffs.FIT_FLAT_LOG2) * max(groups.gamma, FLAT_GAMMA)
    return spread * groups.gamma < limit and shifted < 0.01


def _flat_solutions(
    groups: Groups, purity: float | None, ploidy: float | None, tolerance: float | None
) -> list[Solution]:
    """Every chromosome alike: two copies, or four; the signal cannot say more."""
    import numpy as np

    alleles = not bool(np.isnan(groups.baf).all())
    found = []
    for base in (2, 4):
        if ploidy is not None and abs(base - ploidy) > (tolerance or 0.5):
            continue
        share = 1.0 if purity is None else purity
        depth = (share * base + 2 * (1 - share)) / groups.mean
        states = tuple((base, base // 2 if alleles else None) for _ in groups.weight)
        fit = Fit(purity, float(base), 0.05 * (base - 2), gamma=groups.gamma)
        found.append(Solution(fit, depth, states))
    return found


# ---------------------------------------------------------------- scan


@frozen
class Candidate:
    """One purity and depth with its score."""

    purity: float
    depth: float
    ploidy: float
    score: float


def _scan(
    grid: Grid,
    knowledge: Knowledge,
    ploidy: float | None,
    tolerance: float | None,
    noise: tuple[float, float] | None,
) -> list[Candidate]:
    import numpy as np

    groups = grid.groups
    used = noise or groups.noise(knowledge, 2)
    scores = np.empty(len(grid.purities))
    for rows, pair in grid.parts:
        scores[rows] = _scores(groups, pair, grid.bases[rows], knowledge, used)
    found: list[Candidate] = []
    for row in _minima(scores, int(grid.bases[-1])):
        share, depth = float(grid.purities[row]), float(grid.depths[row])
        mean = (depth * groups.mean - 2 * (1 - share)) / share
        if ploidy is None or abs(mean - ploidy) <= (tolerance or 0.2):
            found.append(Candidate(share, depth, mean, float(scores[row])))
    return sorted(found, key=lambda s: (round(s.score, 6), s.ploidy, -s.purity))


def _minima(scores: Array, bases: int) -> Iterator[int]:
    """Rows that are local minima along purity, which each of the bases has as many of."""
    size = len(scores) // bases
    for start in range(0, len(scores), size):
        line = [float("inf"), *scores[start : start + size].tolist(), float("inf")]
        for row, (left, here, right) in enumerate(zip(line, line[1:], line[2:], strict=False), start):
            if here <= left and here < right:
                yield row


def _states(
    groups: Groups, purity: float, depth: float, knowledge: Knowledge, noise: tuple[float, float]
) -> tuple[Copies, Copies, Array]:
    """`nearest` at one purity and depth."""
    import numpy as np

    pair = beside(groups, np.array([purity]), np.array([depth]), knowledge)
    total, minor, cost = nearest(pair, groups, knowledge, noise)
    return total[0], minor[0], cost[0]


def _scores(
    groups: Groups, pair: tuple[Whole, Whole], base: Array, knowledge: Knowledge, noise: tuple[float, float]
) -> Array:
    import numpy as np

    total, minor, cost = nearest(pair, groups, knowledge, noise)
    weight = groups.weight[None, :]
    known = ~np.isnan(groups.baf)[None, :]
    score = 0.5 * (cost * weight).sum(axis=1)
    code: Codes = total.astype(np.int64) * 20 + np.where(known, minor, 19)
    score += _entropy(code, groups.weight)
    score += knowledge.value(cutoffs.FIT_STEP_COST) * (np.abs(total - base[:, None]) * weight).sum(axis=1)
    score += knowledge.value(cutoffs.FIT_BASE_COST) * np.abs(base - 2)
    score += knowledge.value(cutoffs.FIT_LOST_COST) * ((total == 0) * groups.longest[None, :]).sum(axis=1)
    result: Array = score
    return result


def _entropy(codes: Codes, weight: Array) -> Array:
    """Entropy of the states of each row of codes, by length."""
    import numpy as np

    rows, width = codes.shape[0], int(codes.max()) + 1
    places = codes + width * np.arange(rows)[:, None]
    shares = np.bincount(places.reshape(-1), weights=np.tile(weight, rows), minlength=rows * width)
    held = np.flatnonzero(shares != 0)  # a few states a row, of hundreds that could be
    own = shares[held]
    result: Array = np.bincount(held // width, weights=own * np.log(own), minlength=rows).astype(float)
    return -result


def _solution(
    groups: Groups, candidate: Candidate, knowledge: Knowledge, noise: tuple[float, float] | None
) -> Solution:
    import numpy as np

    used = noise or groups.noise(knowledge, 2)
    total, minor, _ = _states(groups, candidate.purity, candidate.depth, knowledge, used)
    unknown = np.isnan(groups.baf).tolist()
    totals, minors = total.astype(int).tolist(), minor.astype(int).tolist()
    states = tuple((t, None if u else m) for t, m, u in zip(totals, minors, unknown, strict=True))
    fit = Fit(candidate.purity, candidate.ploidy, candidate.score, gamma=groups.gamma)
    return Solution(fit, candidate.depth, states)


def _noise(groups: Groups, solution: Solution, knowledge: Knowledge) -> tuple[float, float]:
    """Spread of log2 and BAF around a reading, without the worst fifth, within limits."""
    import numpy as np

    purity = solution.fit.purity or 1.0
    signal = groups.ratio * solution.depth
    total = np.array([state[0] for state in solution.states], dtype=float)
    minor = np.array([state[1] or 0 for state in solution.states], dtype=float)
    expected = np.maximum(purity * total + 2 * (1 - purity), 0.02)
    log2 = np.abs(np.log2(signal / expected))
    baf = np.abs(groups.baf - (1 - (purity * minor + 1 - purity) / expected))
    low, high = (
        knowledge.value(end) / groups.gamma for end in (cutoffs.FIT_MIN_LOG2_NOISE, cutoffs.FIT_MAX_LOG2_NOISE)
    )
    return (
        _spread(log2, groups.weight, low, high),
        _spread(
            baf, groups.weight, knowledge.value(cutoffs.FIT_MIN_BAF_NOISE), knowledge.value(cutoffs.FIT_MAX_BAF_NOISE)
        ),
    )


def _spread(deviation: Array, weight: Array, low: float, high: float) -> float:
    import numpy as np

    known = ~np.isnan(deviation)
    if not known.any():
        return low
    order = np.argsort(deviation[known])
    values, shares = deviation[known][order], weight[known][order]
    inside = np.cumsum(shares) <= 0.9 * shares.sum()
    if not inside.any():
        inside[0] = True
    spread = float(np.sqrt((values[inside] ** 2 * shares[inside]).sum() / shares[inside].sum())) * 1.25
    return min(max(spread, low), high)
