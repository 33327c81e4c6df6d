"""`docs/defaults.md`: every default of ours, why it is what it is, and what changes if it moves.

The value, the unit and the meaning come from the rows of mark E; why and what changes are written by hand in
`docs/defaults.yaml`, by the name that a row cites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import yaml

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.base.resources import document_path
from annotate.knowledge.sources import default_of
from annotate.knowledge.spec import SPECS, TAIL, Mark, Row, spec_of
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge

WORDS = "docs/defaults.yaml"
HEAD = """# Defaults of ALLert

Written by `make docs` from the rows of mark E in `resources/knowledge` and the words in `docs/defaults.yaml`.

A default is a number or a rule that no publication gives and that ALLert needs. It is never printed as a published
threshold: a report says "engineering default", or "ALLert default" with its entry here. The reasons are ours. Where one
is arithmetic it says the numbers; else it is judgement from field knowledge that was not read up again, and none has
been validated on patients. A laboratory sets its own in a folder of its own
([knowledge.md](knowledge.md)), and cites its own source.
"""


@frozen
class Reason:
    """Why a default is what it is. `lower` and `higher` for a number, `otherwise` for a rule."""

    why: str
    lower: str = ""
    higher: str = ""
    otherwise: str = ""


def reasons(path: Path | None = None) -> dict[str, Reason]:
    """The words by the name of the default. Errors: InputError naming the file and the entry."""
    path = path or document_path(WORDS)
    found = {}
    for name, words in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        try:
            found[name] = Reason(**words)
        except TypeError as error:
            raise InputError(
                "cannot be used", path=path, found=str(words)[:80], expected=f"why, and what changes: {error}"
            ) from None
    return found


def cited_defaults(knowledge: Knowledge) -> dict[str, list[Row]]:
    """Rows by the default that they cite, in order of the tables."""
    found: dict[str, list[Row]] = defaultdict(list)
    for spec in SPECS.values():
        for row in knowledge.rows(spec.row):
            if row.mark is Mark.E and not row.overlay:
                found[default_of(row)].append(row)
    return found


def page(knowledge: Knowledge) -> str:
    """The page as Markdown: one part a topic, one entry a default."""
    words, rows = reasons(), cited_defaults(knowledge)
    lines = [HEAD]
    for topic, names in groupby(sorted(set(words) & set(rows)), key=lambda name: name.partition(".")[0]):
        lines += [f"## {_title(topic)}", ""]
        for name in names:
            lines += [*_entry(name, rows[name], words[name]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _title(topic: str) -> str:
    return topic.replace("_", " ").capitalize()


def _entry(name: str, rows: Sequence[Row], reason: Reason) -> Iterator[str]:
    yield f'<a id="{name}"></a>'
    yield ""
    yield f"### `{name}`"
    yield ""
    for said in dict.fromkeys(_said(row) for row in rows):
        yield f"* {said}"
    yield f"* Why: {reason.why}"
    for label, text in (("Lower", reason.lower), ("Higher", reason.higher), ("Otherwise", reason.otherwise)):
        if text:
            yield f"* {label}: {text}"


def _said(row: Row) -> str:
    """What the table says: a number with its unit and meaning, or the row and its words."""
    if isinstance(row, ThresholdRow):
        value = "not set" if row.value != row.value else f"{row.value:.10g}{' ' + row.unit if row.unit else ''}"
        return f"**{value}**. {row.meaning[:1].upper()}{row.meaning[1:].rstrip('.')}."
    spec = spec_of(type(row))
    cells: Mapping[str, object] = {
        column.name: getattr(row, column.attribute)
        for column in spec.columns
        if column.name not in TAIL and isinstance(getattr(row, column.attribute), str | int | float)
    }
    shown = ", ".join(f"{key} {value}" for key, value in cells.items() if value not in ("", 0) and not _is_flag(value))
    return f"`{spec.name}`: {shown}".replace("|", r"\|").replace("<", "&lt;")


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)
