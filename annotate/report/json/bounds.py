"""How much of a very long input a report lists: what concerns a lesion first, the rest as counts by kind and filter.

A report is read by people and opened in a browser; a file of germline or unfiltered calls holds tens of thousands of
records that touch a gene of the panel and say nothing of the leukaemia. The bounds are far above what a sample's own
calls reach. They choose what is shown: decisions were made before, from everything that was read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from annotate.base.frozen import frozen

Item = TypeVar("Item")
Row = Mapping[str, Any]

MOST_ROWS = 1000  # of one list: more than anybody reads, and three times what a tumour with chromothripsis shows
MOST_EVIDENCE = 30  # records and remarks of one lesion: a call rests on the first few
MOST_FOLLOWED = 50  # junctions to follow residual disease by: an assay takes up to a few
MOST_KINDS = 30  # kinds and filters that are counted by name
ROOM = 350_000  # characters of JSON of one list: five such lists, lesions and texts stay below 2 MB
ROOM_OF_LESION = 12_000  # of its evidence, its remarks, and each list of its details
LONGEST_SEQUENCE = 1000  # bases of an insertion that are written out
OTHER = "other"


@dataclass(slots=True)
class LeftOut:
    """Counts of what a report does not list, by list, kind and filter."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def count(self, name: str, kind: str, filters: str | None, number: int = 1) -> None:
        """Count records of a list that are not shown."""
        self.counts[name, kind, (filters or "")[:100]] += number

    def rows(self) -> list[dict[str, Any]]:
        """One row a list, kind and filter, the most numerous first; of very many kinds the rest as one."""
        found: Counter[tuple[str, str, str]] = Counter()
        seen: Counter[str] = Counter()
        for (name, kind, filters), number in self.counts.most_common():
            seen[name] += 1
            found[(name, kind, filters) if seen[name] <= MOST_KINDS else (name, OTHER, OTHER)] += number
        order = sorted(found, key=lambda key: (key[0], -found[key], key))
        return [{"list": a, "kind": b, "filter": c or None, "count": found[a, b, c]} for a, b, c in order]


@frozen
class Listed:
    """A list of the report: its name, its most rows, and the characters of JSON that it may take."""

    name: str
    left_out: LeftOut
    most: int = MOST_ROWS
    room: int = ROOM

    def of(
        self,
        items: Sequence[Item],
        rank: Callable[[Item], Any],
        row: Callable[[Item], dict[str, Any]],
        kind: Callable[[Item], tuple[str, str | None]],
    ) -> list[dict[str, Any]]:
        """The rows of the items of the least rank that there is room for, in the order of the items."""
        chosen = range(len(items))
        if len(items) > self.most:
            chosen = sorted(chosen, key=lambda number: rank(items[number]))[: self.most]  # type: ignore[assignment]
        made = [(number, row(items[number])) for number in chosen]
        sizes = {number: size_of(shown) for number, shown in made}
        if sum(sizes.values()) > self.room:
            made = self._fitting(sorted(made, key=lambda pair: rank(items[pair[0]])), sizes)
        shown = {number for number, _ in made}
        if len(shown) < len(items):
            for number, item in enumerate(items):
                if number not in shown:
                    self.left_out.count(self.name, *kind(item))
        return [own for _, own in sorted(made, key=lambda pair: pair[0])]

    def _fitting(
        self, made: list[tuple[int, dict[str, Any]]], sizes: Mapping[int, int]
    ) -> list[tuple[int, dict[str, Any]]]:
        kept, room = [], self.room
        for number, shown in made:
            if sizes[number] <= room:
                room -= sizes[number]
                kept.append((number, shown))
        return kept


def size_of(row: Row) -> int:
    """Characters that a row takes in `report.json`."""
    return len(json.dumps(row, ensure_ascii=False, indent=1))


# ---------------------------------------------------------------- lesions


def bounded_lesion(row: dict[str, Any], left_out: LeftOut) -> dict[str, Any]:
    """A lesion's row with as much evidence, as many remarks and details as a reader takes in.

    Of the evidence the first, which the decision named first; of the remarks those that would speak for the lesion.
    """
    id = row["id"]
    evidence = Listed(f"lesions/{id}/evidence", left_out, MOST_EVIDENCE, ROOM_OF_LESION)
    remarks = Listed(f"lesions/{id}/remarks", left_out, MOST_EVIDENCE, ROOM_OF_LESION)
    order = {one: number for number, one in enumerate(map(_identity, row["evidence"]))}
    row["evidence"] = evidence.of(
        row["evidence"],
        lambda item: order[_identity(item)],
        lambda item: item,
        lambda item: (item["kind"], item["values"].get("filter")),
    )
    row["remarks"] = remarks.of(
        row["remarks"], lambda item: item["speaks"] != "for", lambda item: item, lambda item: (item["code"], None)
    )
    row["details"] = {
        key: _bounded_detail(value, f"lesions/{id}/{key}", left_out) for key, value in row["details"].items()
    }
    return row


def _identity(item: Row) -> int:
    return id(item)


def _bounded_detail(value: Any, name: str, left_out: LeftOut) -> Any:
    if not isinstance(value, list) or len(value) <= MOST_EVIDENCE:
        return value
    for part in value[MOST_EVIDENCE:]:
        left_out.count(name, str(part.get("rule") or "") if isinstance(part, Mapping) else "", None)
    return value[:MOST_EVIDENCE]


def shortened(sequence: str) -> str:
    """An inserted sequence as a report writes it: a very long one by its beginning, and its length."""
    if len(sequence) <= LONGEST_SEQUENCE:
        return sequence
    return f"{sequence[:LONGEST_SEQUENCE]}…({len(sequence)} bases)"
