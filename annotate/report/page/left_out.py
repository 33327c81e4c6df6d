"""What a page says of records that stand as counts alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.report.page.words import fill

MOST_NAMED = 4  # kinds that one line names


def left_out(report: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """One line a list of the report that does not show everything, by the name of the list."""
    lists: dict[str, list[Mapping[str, Any]]] = {}
    for row in report.get("left_out") or ():
        lists.setdefault(row["list"], []).append(row)
    return {name: _line(rows, words) for name, rows in lists.items()}


def _line(rows: list[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    if rows[0]["list"] == "segments":
        return fill(words["left_out_joined"], count=f"{rows[0]['count']:,}")
    named = [f"{_kind(row)} {row['count']:,}" for row in rows[:MOST_NAMED]]
    rest = sum(row["count"] for row in rows[MOST_NAMED:])
    named += [f"{words['left_out_other']} {rest:,}"] if rest else []
    return fill(words["left_out"], count=f"{sum(row['count'] for row in rows):,}", kinds=", ".join(named))


def _kind(row: Mapping[str, Any]) -> str:
    parts = [str(row["kind"]).replace("_", " ")[:40], str(row["filter"] or "")[:40]]
    return " ".join(part for part in parts if part)
