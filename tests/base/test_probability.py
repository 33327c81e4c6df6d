"""Beta quantiles against closed forms, sums of binomials, symmetry and plain bisection."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.base.probability import beta_quantile, binomial_tail, incomplete_beta, vaf_interval

LEVELS = st.sampled_from([1e-6, 0.01, 0.025, 0.5, 0.9, 0.975, 0.999])
COUNTS = st.one_of(st.integers(0, 5), st.integers(0, 100_000))


@given(LEVELS, st.integers(1, 100_000))
def test_closed_forms(q: float, b: int) -> None:
    """I_x(1, b) = 1 - (1 - x)^b and I_x(a, 1) = x^a."""
    assert beta_quantile(q, 1, b) == pytest.approx(-math.expm1(math.log1p(-q) / b), rel=1e-9)
    assert beta_quantile(q, b, 1) == pytest.approx(q ** (1 / b), rel=1e-12)


@given(LEVELS, COUNTS, COUNTS)
def test_the_distribution_at_the_quantile_is_the_level(q: float, alt: int, ref: int) -> None:
    x = beta_quantile(q, alt + 1, ref + 1)
    assert 0 < x < 1
    assert incomplete_beta(x, alt + 1, ref + 1) == pytest.approx(q, rel=1e-6)


@given(LEVELS, COUNTS, COUNTS)
def test_it_is_what_bisection_finds(q: float, alt: int, ref: int) -> None:
    low, high = 0.0, 1.0
    for _ in range(1100):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if incomplete_beta(middle, alt + 1, ref + 1) < q else (low, middle)
    assert beta_quantile(q, alt + 1, ref + 1) == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-12)


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_binomial_tail_is_its_sum(successes: int, trials: int) -> None:
    for p in (0.001, 0.05, 0.5, 0.93):
        terms = (math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(successes, trials + 1))
        assert binomial_tail(successes, trials, p) == pytest.approx(math.fsum(terms), rel=1e-9, abs=1e-14)


def test_levels_beyond_the_ends() -> None:
    assert beta_quantile(0.0, 3, 4) == 0.0
    assert beta_quantile(1.0, 3, 4) == 1.0


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_an_interval_holds_its_vaf(alt: int, depth: int) -> None:
    low, high = vaf_interval(min(alt, depth), depth)
    assert low < (min(alt, depth) + 1) / (depth + 2) < high
