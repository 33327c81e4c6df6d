"""The rules from two observations to a category (specification 2.2), one pitfall a row."""

from __future__ import annotations

import pytest

from annotate.compare.categories import Seen, compare_seen, is_trace, power_of
from annotate.knowledge.tables import Knowledge

NAMES = ("diagnosis", "relapse")


def seen(ccf: float, half: float = 0.03, *, depth: int = 2000, label: str = "undetermined") -> Seen:
    """Present with a cell fraction and a symmetric interval."""
    return Seen(
        present=True,
        vaf=ccf / 2,
        depth=depth,
        alt_reads=round(ccf / 2 * depth),
        ccf=min(ccf, 1.0),
        low=max(0.0, ccf - half),
        high=ccf + half,
        label=label,
    )


def absent(depth: int | None, *, high: float | None = 0.01, alt: int | None = 0, error: float | None = None) -> Seen:
    """Looked at without a credible read."""
    low = None if high is None else 0.0
    ccf = None if high is None else 0.0
    return Seen(present=False, vaf=0.0, depth=depth, alt_reads=alt, ccf=ccf, low=low, high=high, error_rate=error)


UNKNOWN = Seen(present=None, notes=("not looked at",))
SITE = Seen(present=True)


@pytest.mark.parametrize(
    ("earlier", "later", "category"),
    [
        pytest.param(seen(0.95), seen(1.0), "preserved", id="clonal at both"),
        pytest.param(seen(0.84), seen(1.0), "preserved", id="0.8 counts as clonal"),
        pytest.param(seen(0.82, 0.2), seen(1.0), "preserved", id="the interval reaches all cells"),
        pytest.param(seen(0.82, 0.1), seen(1.0), "undetermined", id="neither above 0.8 nor up to all cells"),
        pytest.param(seen(0.9, 0.5), seen(1.0), "undetermined", id="clonal by the point, hardly by the interval"),
        pytest.param(absent(913), seen(0.9), "gained", id="913 reads are the least"),
        pytest.param(absent(912), seen(0.9), "gained_or_below_limit", id="912 reads are not enough"),
        pytest.param(absent(100, high=0.08), seen(0.9), "gained_or_below_limit", id="a hundred reads"),
        pytest.param(absent(2000, high=0.06), seen(0.9), "gained_or_below_limit", id="deep, but few leukaemic cells"),
        pytest.param(absent(950, error=0.003), seen(0.9), "gained_or_below_limit", id="a file with many errors"),
        pytest.param(absent(0, high=None), seen(0.9), "gained_or_below_limit", id="no read at all"),
        pytest.param(UNKNOWN, seen(0.9), "gained_or_below_limit", id="not looked at"),
        pytest.param(absent(2000), seen(0.08), "rising", id="a clone too small to be called gained"),
        pytest.param(absent(2000, high=0.02), seen(0.03, 0.02), "undetermined", id="intervals overlap"),
        pytest.param(seen(0.02, 0.01), seen(0.9), "rising", id="was there before: not gained"),
        pytest.param(seen(0.9), absent(2000), "lost", id="the mirror of gained"),
        pytest.param(seen(0.9), absent(50, high=0.2), "lost_or_below_limit", id="lost without the depth for it"),
        pytest.param(seen(0.9), UNKNOWN, "lost_or_below_limit", id="lost, not looked at"),
        pytest.param(seen(0.08), absent(2000), "falling", id="a small clone gone: falling"),
        pytest.param(seen(0.2), seen(0.6), "rising", id="rising"),
        pytest.param(seen(0.6), seen(0.2), "falling", id="falling"),
        pytest.param(seen(0.5, 0.02), seen(0.6, 0.02), "stable", id="apart, but less than 1.5-fold"),
        pytest.param(seen(0.4), seen(0.42), "stable", id="stable"),
        pytest.param(seen(0.3, 0.2), seen(0.5, 0.2), "undetermined", id="too wide for either"),
        pytest.param(SITE, SITE, "preserved", id="sites only, in both"),
        pytest.param(SITE, UNKNOWN, "lost_or_below_limit", id="sites only, in one"),
        pytest.param(seen(0.5), SITE, "undetermined", id="counts on one side only"),
        pytest.param(UNKNOWN, UNKNOWN, "undetermined", id="nothing"),
    ],
)
def test_category(earlier: Seen, later: Seen, category: str, knowledge: Knowledge) -> None:
    verdict = compare_seen(earlier, later, NAMES, knowledge)
    assert verdict.category == category
    assert all(verdict.reasons)
    assert verdict.reasons


def test_without_purity_gained_is_said_of_the_vaf(knowledge: Knowledge) -> None:
    later = Seen(present=True, vaf=0.4, depth=200, alt_reads=80)
    verdict = compare_seen(absent(1500, high=None), later, NAMES, knowledge)
    assert verdict.category == "gained"
    assert any("purity of diagnosis is not known" in reason for reason in verdict.reasons)


def test_without_purity_a_low_vaf_is_not_gained(knowledge: Knowledge) -> None:
    later = Seen(present=True, vaf=0.03, depth=200, alt_reads=6)
    assert compare_seen(absent(1500, high=None), later, NAMES, knowledge).category == "gained_or_below_limit"


def test_without_purity_a_rise_of_the_vaf_is_no_rise_of_the_clone(knowledge: Knowledge) -> None:
    one, two = Seen(present=True, vaf=0.1, depth=500), Seen(present=True, vaf=0.4, depth=500)
    assert compare_seen(one, two, NAMES, knowledge).category == "undetermined"


def test_power_is_stated_with_its_time_point(knowledge: Knowledge) -> None:
    power = compare_seen(absent(500), seen(0.9), NAMES, knowledge).power
    assert power is not None
    assert (power["timepoint"], power["depth"], power["enough"]) == ("diagnosis", 500, False)
    assert 0.5 < power["power"] < 0.95
    mirrored = compare_seen(seen(0.9), absent(500), NAMES, knowledge).power
    assert mirrored is not None
    assert mirrored["timepoint"] == "relapse"


def test_power_needs_a_depth(knowledge: Knowledge) -> None:
    assert power_of(UNKNOWN, knowledge) is None
    empty = power_of(absent(0), knowledge)
    assert empty is not None
    assert not empty["enough"]


@pytest.mark.parametrize(
    ("alt", "depth", "error", "trace"),
    [
        (0, 1000, None, False),
        (1, 20, None, False),
        (2, 30, None, True),
        (2, 1000, None, False),
        (6, 1000, None, True),
        (6, 1000, 0.004, False),
        (5, 2000, 0.0003, True),
        (2, 2000, 0.0003, False),
    ],
)
def test_trace_reads(alt: int, depth: int, error: float | None, trace: bool, knowledge: Knowledge) -> None:
    assert is_trace(alt, depth, error, knowledge) is trace
