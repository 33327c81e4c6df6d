"""This sample's rows of a classifier's table, and the parts of a call that all formats share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.subtype_calls import Confidence, Method, SubtypeCall
from annotate.read.common.delimited import delimited_rows
from annotate.read.common.own_rows import OTHER_SAMPLE, own_name, sample_columns
from annotate.read.common.text import Row, Tally

KIND = "subtype_calls"
NO_LABEL = "no subtype in the row"
_SURE = frozenset({"high", "high-confidence", "high confidence", "passed control", "pass"})
_UNSURE = frozenset({"candidate", "unclassified", "medium", "low", "manual check is required", "no class prediction"})


def own_of(path: Path, sample: Sample, tally: Tally) -> Iterator[Row]:
    """Rows of this sample; those of others are counted as dropped.

    The column is one that names samples, or the first where a program wrote row names without a header. Errors:
    InputError for several rows without names, and for names of which none is this sample's.
    """
    rows = list(delimited_rows(path, whole=True))
    column = _sample_column(rows)
    if column is None:
        if len(rows) > 1:
            raise InputError(
                "several rows and no column that names samples",
                path=path,
                found=f"{len(rows)} rows",
                expected="a column `sample`",
                fix="add a column with the name of the sample, or give a table of this sample alone",
            )
        yield from rows
        return
    names = [name for name in dict.fromkeys(row.cells.get(column, "").strip() for row in rows) if name]
    if not names:
        yield from rows
        return
    mine = own_name(names, path, sample, KIND, tally)
    for row in rows:
        if row.cells.get(column, "").strip() == mine:
            yield row
        else:
            tally.drop(OTHER_SAMPLE)


def _sample_column(rows: Sequence[Row]) -> str | None:
    columns = list(rows[0].cells) if rows else []
    named = sample_columns(columns)
    if named:
        return named[0]
    return columns[0] if columns and columns[0] in ("", "Unnamed: 0", "id", "ID") else None


def cell(row: Row, columns: Iterable[str]) -> str:
    """The first of these columns that the table has and that is not empty."""
    return next((text for column in columns if row.has(column) and (text := row.text(column).strip())), "")


def score_of(row: Row, columns: Iterable[str]) -> float | None:
    """A classifier's score; None where it states none. Errors: InputError for a word in its place."""
    for column in columns:
        if row.has(column) and row.text(column).strip() and not row.text(column).startswith("<"):
            return row.number(column)
    return None


def confidence_of(text: str) -> Confidence:
    """The classifier's own words, sorted."""
    word = text.strip().lower()
    if word in _SURE:
        return Confidence.HIGH
    return Confidence.LOW if word in _UNSURE else Confidence.UNSTATED


def call_of(
    row: Row,
    label: str,
    classifier: str,
    method: Method,
    *,
    version: str = "",
    score: float | None = None,
    confidence: Confidence = Confidence.UNSTATED,
) -> SubtypeCall:
    """A call with the place that it was read from."""
    return SubtypeCall(classifier, label, method, version or None, score, confidence, str(row.path), f"line {row.line}")
