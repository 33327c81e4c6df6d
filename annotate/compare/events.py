"""An event: one change with what each time point says of it, and its category."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from annotate.base.frozen import frozen
from annotate.compare.categories import Category, Verdict

Step = Callable[[int, int], Verdict]


@frozen
class Event:
    """One row of `evolution.json`'s `events`. `at` is by the name of the time point."""

    kind: str  # small_variant, copy_number, junction, lesion
    id: str
    gene: str | None
    name: str
    category: Category
    at: Mapping[str, Mapping[str, Any]]
    power: Mapping[str, Any] | None
    reasons: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The event as the evolution JSON has it, one cell a time point."""
        return {
            "kind": self.kind,
            "id": self.id,
            "gene": self.gene,
            "name": self.name,
            "category": self.category,
            "at": {name: dict(cell) for name, cell in self.at.items()},
            "power": dict(self.power) if self.power else None,
            "reasons": list(self.reasons),
            "steps": [dict(step) for step in self.steps],
            "details": dict(self.details),
        }


def over_time(names: Sequence[str], present: Sequence[bool | None], compare: Step) -> tuple[Verdict, tuple[Any, ...]]:
    """The category over all time points, and the category of each step.

    With two time points they are the same. With more, the first is compared with the last; a change that
    neither of the two has takes the step in which it appeared, and its later loss is said.
    """
    steps = [
        {"from": names[i], "to": names[i + 1], "category": compare(i, i + 1).category}
        for i in range(len(names) - 1)
        if present[i] or present[i + 1]
    ]
    last = len(names) - 1
    if present[0] or present[last] or not any(present):
        return compare(0, last), tuple(steps)
    at = next(i for i, here in enumerate(present) if here)
    verdict = compare(0, at)
    text = f"seen at {names[at]} only between time points without it"
    return Verdict(verdict.category, (*verdict.reasons, text), verdict.power), tuple(steps)
