"""The few probabilities that ALLert needs, in plain floating point: binomial tails and beta quantiles."""

from __future__ import annotations

import math
from functools import lru_cache


def binomial_tail(successes: int, trials: int, p: float) -> float:
    """P(X >= successes) for X ~ Binomial(trials, p).

    >>> round(binomial_tail(5, 181, 0.05), 3)
    0.951
    """
    if successes <= 0:
        return 1.0
    if successes > trials or p <= 0:
        return 0.0
    return 1.0 if p >= 1 else incomplete_beta(p, successes, trials - successes + 1)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    return _incomplete(x, a, b, _log_scale(a, b))


def _log_scale(a: float, b: float) -> float:
    return math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)


def _incomplete(x: float, a: float, b: float, log_scale: float) -> float:
    log_front = log_scale + a * math.log(x) + b * math.log1p(-x)
    if x > (a + 1) / (a + b + 2):
        return 1.0 - math.exp(log_front) * _fraction(1 - x, b, a) / b
    return math.exp(log_front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method. Each step is written out: half of the time of a report of many mutations was spent here."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 2000):
        even = a + 2 * m
        numerator = m * (b - m) * x / ((even - 1) * even)
        d = 1.0 + numerator * d
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = 1.0 + numerator / c
        c = c if abs(c) > tiny else tiny
        value *= d * c
        numerator = -(a + m) * (a + b + m) * x / (even * (even + 1))
        d = 1.0 + numerator * d
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = 1.0 + numerator / c
        c = c if abs(c) > tiny else tiny
        value *= d * c
        if abs(d * c - 1.0) < 1e-13:
            break
    return value


@lru_cache(maxsize=65536)
def beta_quantile(q: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = q, by bisection; accurate to 1e-10."""
    low, high = 0.0, 1.0
    log_scale = _log_scale(a, b)
    for _ in range(60):
        middle = (low + high) / 2
        if middle in (low, high):  # neighbours in floating point
            break
        if _incomplete(middle, a, b, log_scale) < q:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def vaf_interval(alt: int, depth: int, level: float = 0.95) -> tuple[float, float]:
    """Credible interval of a VAF from Beta(alt + 1, ref + 1)."""
    tail = (1 - level) / 2
    return beta_quantile(tail, alt + 1, depth - alt + 1), beta_quantile(1 - tail, alt + 1, depth - alt + 1)
