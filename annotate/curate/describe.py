"""The knowledge tables described from their Specs: Markdown for people, a JSON Schema for editors, counts by mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from annotate.knowledge.sources import names_publication
from annotate.knowledge.spec import MARKS, SPECS, TAIL, Column, Mark, Spec
from annotate.knowledge.tables import Knowledge

__all__ = ["json_schema", "marks", "names_publication", "overlay_rule", "share_lines", "table_text"]
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def marks(knowledge: Knowledge) -> tuple[Counter[str], int]:
    """Rows by mark, and rows of mark K whose source names no publication."""
    rows = [row for spec in SPECS.values() for row in knowledge.rows(spec.row)]
    unnamed = sum(row.mark is Mark.K and not names_publication(row) for row in rows)
    return Counter(str(row.mark) for row in rows), unnamed


def share_lines(knowledge: Knowledge) -> Iterator[str]:
    """The share of rows by mark, and of K rows without a publication, as a table of Markdown."""
    counted, unnamed = marks(knowledge)
    total = sum(counted.values())
    yield "| mark | rows | share |"
    yield "|---|---|---|"
    for mark, words in MARKS.items():
        yield f"| {mark} ({words}) | {counted[mark]} | {counted[mark] / total:.1%} |"
    yield f"| K, and no publication is named | {unnamed} | {unnamed / total:.1%} |"


def table_text(spec: Spec) -> str:
    """One table: what it holds, what tells its rows apart, what a lab may do with it, its columns."""
    head = ("column", "holds", "may be empty", "meaning")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for column in spec.columns:
        if column.name not in TAIL:
            holds, meaning = column.kind.expected, column.doc + ("" if column.read else " *For the reader only.*")
            lines.append(f"| `{column.name}` | {_cell(holds)} | {_empty(column)} | {_cell(meaning)} |")
    rules = f"A row is told from others by {' and '.join(f'`{name}`' for name in spec.key)}. {overlay_rule(spec)}"
    return "\n".join([f"### `{spec.name}`", "", spec.doc, rules, "", *lines])


def overlay_rule(spec: Spec) -> str:
    """What a laboratory's own folder may do with the table."""
    if spec.no_overlay:
        return f"A laboratory cannot change it: {spec.no_overlay}."
    if spec.no_new_rows:
        return f"A laboratory may replace rows, not add any: {spec.no_new_rows}."
    if spec.used is not None:
        return f"A laboratory may replace rows and add its own; a new row is refused where {spec.unread}."
    return "A laboratory may replace rows and add its own."


def _empty(column: Column) -> str:
    return "no" if column.required else "yes"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def json_schema() -> dict[str, Any]:
    """A row of each table as an object of text cells, under `$defs`."""
    return {
        "$schema": SCHEMA,
        "title": "Knowledge tables of ALLert",
        "description": "One definition a table; a row is an object of its cells, as text. Written from the Specs.",
        "$defs": {name: _row_schema(spec) for name, spec in sorted(SPECS.items())},
    }


def _row_schema(spec: Spec) -> dict[str, Any]:
    return {
        "type": "object",
        "description": spec.doc,
        "properties": {column.name: _cell_schema(column) for column in spec.columns},
        "required": list(spec.header),
        "additionalProperties": False,
    }


def _cell_schema(column: Column) -> dict[str, Any]:
    said = {"description": f"{column.doc} Holds {column.kind.expected}."}
    if column.kind.unit:
        said["unit"] = column.kind.unit
    own = column.kind.schema()
    return {**said, **(own if column.required else {"anyOf": [own, {"const": ""}]})}
