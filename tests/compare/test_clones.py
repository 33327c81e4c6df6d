"""Grouping of mutations into clones, nesting, and the drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest

from annotate.compare.categories import Seen
from annotate.compare.clones import Clone, chi_square_limit, chi_square_tail, clones, founding, relapsing
from annotate.compare.events import Event
from annotate.compare.small_variants import Compared
from annotate.knowledge.tables import Knowledge
from annotate.report.drawing.clones import draw_clones


def mutation(number: int, fractions: Sequence[float | None], half: float = 0.03, gene: str | None = None) -> Compared:
    """A mutation with these cell fractions; None: not known there."""
    cells = tuple(
        Seen(present=None)
        if ccf is None
        else Seen(present=ccf > 0, ccf=ccf, low=max(0.0, ccf - half), high=ccf + half if ccf else half / 3)
        for ccf in fractions
    )
    key = ("1", number, "C", "T")
    event = Event("small_variant", f"1:{number} C>T", gene, gene or f"m{number}", "stable", {}, None, ("",))
    return Compared(key, event, cells, tuple(f"S{at}" for at in range(len(fractions))))


def group(start: int, count: int, *fractions: float | None, half: float = 0.03) -> list[Compared]:
    return [mutation(start + at, fractions, half) for at in range(count)]


@pytest.mark.parametrize(
    ("x", "freedom", "tail"), [(6.635, 1, 0.01), (9.210, 2, 0.01), (11.345, 3, 0.01), (13.277, 4, 0.01)]
)
def test_chi_square(x: float, freedom: int, tail: float) -> None:
    assert chi_square_tail(x, freedom) == pytest.approx(tail, rel=1e-3)
    assert chi_square_limit(tail, freedom) == pytest.approx(x, rel=1e-3)
    assert chi_square_tail(0, freedom) == 1


def test_three_clones_of_diagnosis_and_a_new_one(knowledge: Knowledge) -> None:
    made = [*group(1, 5, 1, 1), *group(10, 4, 0.08, 1, half=0.02), *group(20, 4, 0.4, 0), *group(30, 3, 0, 0.97)]
    found, notes = clones(made, knowledge)
    assert [len(clone.events) for clone in found] == [5, 4, 3, 4]
    assert notes == []
    assert [clone.parent for clone in found] == [None, "C1", "C2", "C1"]
    base, risen = founding(found, knowledge), relapsing(found, knowledge)
    assert base is not None
    assert risen is not None
    assert (base.id, risen.id) == ("C1", "C2")
    assert [clone.present[0] for clone in found] == [True, True, False, True]


def test_a_small_clone_is_not_merged_with_a_new_one(knowledge: Knowledge) -> None:
    """0.08 of the cells at diagnosis or none of them: the difference is the whole question."""
    found, _ = clones([*group(1, 3, 0.08, 1, half=0.02), *group(10, 3, 0, 1)], knowledge)
    assert len(found) == 2


def test_wide_intervals_do_not_make_clones(knowledge: Knowledge) -> None:
    found, _ = clones([mutation(at, (0.3 + 0.05 * at, 0.6), half=0.25) for at in range(6)], knowledge)
    assert len(found) == 1


def test_mutations_without_a_cell_fraction_are_not_placed(knowledge: Knowledge) -> None:
    found, notes = clones([*group(1, 2, 1, 1), mutation(9, (None, 0.5))], knowledge)
    assert [clone.events for clone in found] == [("1:1 C>T", "1:2 C>T")]
    assert "1 of 3" in notes[0]
    assert clones([mutation(9, (None, 0.5))], knowledge)[0] == []
    assert clones([], knowledge) == ([], [])


def test_single_outliers_of_many_mutations_stand_in_no_clone(knowledge: Knowledge) -> None:
    found, notes = clones([*group(1, 30, 1, 1), mutation(99, (0.5, 0.1))], knowledge)
    assert [len(clone.events) for clone in found] == [30]
    assert notes == ["1 mutations agree with no group and stand in none"]


def test_the_order_of_mutations_does_not_matter(knowledge: Knowledge) -> None:
    made = [*group(1, 5, 1, 1), *group(10, 4, 0.2, 0.9), *group(20, 4, 0.5, 0.05)]
    one, two = clones(made, knowledge)[0], clones(list(reversed(made)), knowledge)[0]
    assert [set(clone.events) for clone in one] == [set(clone.events) for clone in two]


@pytest.mark.parametrize(
    ("second", "parent"),
    [
        pytest.param((0.7, 0.05), "C1", id="both have room beside one another"),
        pytest.param((0.7, 0.3), None, id="together more than all cells: no nesting is claimed"),
    ],
)
def test_clones_inside_a_clone_do_not_exceed_it(
    second: tuple[float, float], parent: str | None, knowledge: Knowledge
) -> None:
    found, notes = clones([*group(1, 3, 1, 1), *group(10, 3, *second), *group(20, 3, 0.25, 0.9)], knowledge)
    assert any("more cells than the other clones leave" in note for note in notes) == (parent is None)
    clone = next(clone for clone in found if clone.events[0] == "1:10 C>T")
    assert clone.parent == parent
    assert clone.fits == (parent is not None)


def test_many_mutations_are_fast_enough_to_group(knowledge: Knowledge) -> None:
    made = [mutation(at, ((at % 5) / 5 + 0.1, (at % 3) / 3 + 0.2)) for at in range(300)]
    assert len(clones(made, knowledge)[0]) == 15


def as_dicts(found: Sequence[Clone], names: Sequence[str]) -> list[dict[str, object]]:
    return [clone.as_dict(names) for clone in found]


def test_the_drawing_is_well_formed_and_names_what_it_shows(knowledge: Knowledge) -> None:
    made = [*group(1, 5, 1, 1, 1), *group(10, 4, 0.1, 0.9, 0), *group(20, 4, 0, 0.06, 0.8)]
    names = ["diagnosis", "relapse", "relapse2 <&>"]
    svg = draw_clones(as_dicts(clones(made, knowledge)[0], names), names)
    root = ET.fromstring(svg)
    polygons = [element for element in root.iter() if element.tag.endswith("polygon")]
    assert len(polygons) == 3
    heights = [float(pair.split(",")[1]) for polygon in polygons for pair in polygon.attrib["points"].split()]
    assert min(heights) >= 34
    assert max(heights) <= 254
    assert "relapse2 &lt;&amp;&gt;" in svg
    assert "id=" not in svg


def test_nothing_to_draw() -> None:
    assert draw_clones([], ["diagnosis", "relapse"]) == ""
    assert draw_clones([{"id": "C1"}], ["diagnosis"]) == ""
