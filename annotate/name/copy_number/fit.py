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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Fit
from annotate.name.copy_number.groups import Groups, Signal, grouped, level_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]


COARSE = 2  # steps of purity where only the scale is looked for
FLAT_GAMMA = 0.5  # a flat profile is told by noise, which stronger compression does not lessen


@dataclass(frozen=True, slots=True)
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
) -> list[Solution]:
    """Readings of the signals, best first; empty where there is no signal.

    `purity` fixes the purity, `least` bounds it from below; `ploidy` keeps readings within `ploidy_tolerance` copies
    of it; `gamma` is the compression of log2. A flat, balanced profile tells no purity: one reading of two copies
    with purity None (unless given) is returned.
    """
    if signals is None:
        return []
    groups = signals.stretched(gamma)
    if _flat(groups, knowledge):
        return _flat_solutions(groups, purity, ploidy, ploidy_tolerance)
    first = _scan(groups, knowledge, purity, ploidy, ploidy_tolerance, None, least)
    if not first:
        return []
    noise = _noise(groups, _solution(groups, first[0], knowledge, None), knowledge)
    scanned = _scan(groups, knowledge, purity, ploidy, ploidy_tolerance, noise, least)
    tolerance = knowledge.value(cutoffs.FIT_TOLERANCE)
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
    kept = kept or [s for s in rest if s.fit.score <= rest[0].fit.score + tolerance]
    return kept[: knowledge.value(cutoffs.FIT_MAX_ALTERNATIVES)]


def best_at(
    groups: Groups, knowledge: Knowledge, purity: float | None = None, least: float | None = None
) -> Candidate | None:
    """The best purity and depth of one scan, with the least noise; None where there is none."""
    found = _scan(groups, knowledge, purity, None, None, groups.noise(knowledge), least, coarse=COARSE)
    return found[0] if found else None


def state_costs(groups: Groups, candidate: Candidate, knowledge: Knowledge) -> tuple[Array, Array, Array]:
    """Copies, minor copies and squared distance of each group from them, in units of the least noise."""
    import numpy as np

    purity, depth = np.array([candidate.purity]), np.array([candidate.depth])
    total, minor, cost = _states(groups, purity, depth, knowledge, groups.noise(knowledge))
    return total[0], minor[0], cost[0]


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """One purity and depth with its score."""

    purity: float
    depth: float
    ploidy: float
    score: float


def _scan(
    groups: Groups,
    knowledge: Knowledge,
    purity: float | None,
    ploidy: float | None,
    tolerance: float | None,
    noise: tuple[float, float] | None,
    least: float | None = None,
    coarse: int = 1,
) -> list[Candidate]:
    import numpy as np

    anchors = [level_of(groups)]
    step = coarse * knowledge.value(cutoffs.FIT_PURITY_STEP)
    purities = (
        np.array([purity])
        if purity is not None
        else np.arange(max(knowledge.value(cutoffs.FIT_MIN_PURITY), least or 0.0), 1.0 + step / 2, step).clip(max=1.0)
    )
    found: list[Candidate] = []
    for base in range(1, int(knowledge.value(cutoffs.FIT_MAX_BASE)) + 1):
        scores = np.empty((len(anchors), len(purities)))
        for row, anchor in enumerate(anchors):
            depths = (purities * base + 2 * (1 - purities)) / anchor
            scores[row] = _scores(groups, purities, depths, base, knowledge, noise)
        for row, column in _minima(scores):
            share = float(purities[column])
            depth = float((share * base + 2 * (1 - share)) / anchors[row])
            mean = (depth * groups.mean - 2 * (1 - share)) / share
            if ploidy is None or abs(mean - ploidy) <= (tolerance or 0.2):
                found.append(Candidate(share, depth, mean, float(scores[row, column])))
    return sorted(found, key=lambda s: (round(s.score, 6), s.ploidy, -s.purity))


def _minima(scores: Array) -> Iterable[tuple[int, int]]:
    """Local minima along purity in each row."""
    for row in range(scores.shape[0]):
        line = scores[row]
        for column in range(len(line)):
            left = line[column - 1] if column else float("inf")
            right = line[column + 1] if column + 1 < len(line) else float("inf")
            if line[column] <= left and line[column] < right:
                yield row, column


def _states(groups: Groups, purity: Array, depth: Array, knowledge: Knowledge, noise: tuple[float, float]) -> Any:
    """Copies, minor copies and squared deviation of each group (columns) for each purity (rows)."""
    import numpy as np

    rho, d = purity[:, None], depth[:, None]
    signal = groups.ratio[None, :] * d
    exact = (signal - 2 * (1 - rho)) / rho
    top, limit = knowledge.value(cutoffs.FIT_MAX_COPIES), knowledge.value(cutoffs.FIT_ROBUST_LIMIT)
    measured = np.log2(np.maximum(signal, 0.02))
    best_cost: Any = None
    best_total: Any = None
    best_minor: Any = None
    known = ~np.isnan(groups.baf)[None, :]
    phased = bool(known.any())
    baf = np.where(np.isnan(groups.baf), 0.5, groups.baf)[None, :]
    for total in (np.floor(exact), np.ceil(exact)):
        total = total.clip(0, top)
        expected = np.maximum(rho * total + 2 * (1 - rho), 0.02)
        cost = np.minimum(((measured - np.log2(expected)) / noise[0]) ** 2, limit)
        if phased:
            minor = np.rint(((1 - baf) * expected - (1 - rho)) / rho).clip(0, np.floor(total / 2))
            wanted = 1 - (rho * minor + 1 - rho) / expected
            allele = np.minimum(((baf - wanted) / noise[1]) ** 2, limit)
            cost = cost + np.where(known & (total > 0), allele, 0.0)
        else:
            minor = np.floor(total / 2)  # of a balanced genome: no B-allele frequency says otherwise
        if best_cost is None:
            best_cost, best_total, best_minor = cost, total, minor
        else:
            better = cost < best_cost
            best_cost = np.where(better, cost, best_cost)
            best_total = np.where(better, total, best_total)
            best_minor = np.where(better, minor, best_minor)
    return best_total, best_minor, best_cost


def _scores(
    groups: Groups, purity: Array, depth: Array, base: int, knowledge: Knowledge, noise: tuple[float, float] | None
) -> Array:
    import numpy as np

    used = noise or groups.noise(knowledge, 2)
    total, minor, cost = _states(groups, purity, depth, knowledge, used)
    weight = groups.weight[None, :]
    known = ~np.isnan(groups.baf)[None, :]
    score = 0.5 * (cost * weight).sum(axis=1)
    code = total * 20 + np.where(known, minor, 19)
    score += _entropy(code, groups.weight)
    score += knowledge.value(cutoffs.FIT_STEP_COST) * (np.abs(total - base) * weight).sum(axis=1)
    score += knowledge.value(cutoffs.FIT_BASE_COST) * abs(base - 2)
    score += knowledge.value(cutoffs.FIT_LOST_COST) * ((total == 0) * groups.longest[None, :]).sum(axis=1)
    result: Array = score
    return result


def _entropy(codes: Array, weight: Array) -> Array:
    """Entropy of the states of each row of codes, by length."""
    import numpy as np

    rows, width = codes.shape[0], int(codes.max()) + 1
    places = codes.astype(np.int64) + width * np.arange(rows)[:, None]
    shares = np.bincount(places.reshape(-1), weights=np.tile(weight, rows), minlength=rows * width)
    shares = shares.reshape(rows, width)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    result: Array = -(shares * logs).sum(axis=1)
    return result


def _solution(
    groups: Groups, candidate: Candidate, knowledge: Knowledge, noise: tuple[float, float] | None
) -> Solution:
    import numpy as np

    used = noise or groups.noise(knowledge, 2)
    purity, depth = candidate.purity, candidate.depth
    total, minor, _ = _states(groups, np.array([purity]), np.array([depth]), knowledge, used)
    unknown = np.isnan(groups.baf).tolist()
    totals, minors = total[0].astype(int).tolist(), minor[0].astype(int).tolist()
    states = tuple((t, None if u else m) for t, m, u in zip(totals, minors, unknown, strict=True))
    fit = Fit(purity, candidate.ploidy, candidate.score, gamma=groups.gamma)
    return Solution(fit, depth, states)


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
