"""Tables with one column a class: the label is the class of the highest score (or the one that the table names).

ALLSorts and TALLSorts write `probabilities.csv`, MARLIN `*.pred.txt` (classes, then `cov_cpgs` and `time`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.model.subtype_calls import Method, SubtypeCall
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.subtype_calls.rows import KIND, NO_LABEL, call_of, cell, own_of


@frozen
class Matrix:
    """A classifier's table of scores: columns that are no class, and the one that names the label, if any."""

    name: str
    classifier: str
    method: Method
    description: str
    recognise: Callable[[Head], bool]
    beside: frozenset[str]
    named: str = ""


_TALL = ("HOXA_KMT2A", "TAL")  # some of its eight classes: no other table has them as columns
MATRICES = (
    Matrix(
        "allsorts.probabilities",
        "ALLSorts",
        Method.EXPRESSION,
        "probabilities.csv (one column a subtype, Pred)",
        lambda head: head.has("Pred", "ETV6-RUNX1") or head.has("Pred", "ETV6-RUNX1 Group"),
        frozenset({"", "Pred", "True", "B-ALL"}),
        "Pred",
    ),
    Matrix(
        "tallsorts.probabilities",
        "TALLSorts",
        Method.EXPRESSION,
        "probabilities.csv (Sample, one column a subtype)",
        lambda head: head.has("Sample", *_TALL),
        frozenset({"Sample"}),
    ),
    Matrix(
        "marlin.pred",
        "MARLIN",
        Method.METHYLATION,
        "*.pred.txt of the real-time script (one column a methylation class, cov_cpgs, time)",
        lambda head: head.has("cov_cpgs") and len(head.columns) > 3,
        frozenset({"", "cov_cpgs", "time", "sample", "Sample"}),
    ),
)


def read(matrix: Matrix, path: Path, sample: Sample, tally: Tally) -> list[SubtypeCall]:
    """The label of this sample. Errors: InputError for a score that is no number."""
    found = []
    rows = list(own_of(path, sample, tally)) if matrix.name != "marlin.pred" else _latest(path, sample, tally)
    for row in rows:
        scores = _scores(row, matrix)
        label = cell(row, (matrix.named,)) if matrix.named else max(scores, key=lambda name: scores[name], default="")
        if not label:
            tally.drop(NO_LABEL)
            continue
        tally.use()
        found.append(call_of(row, label, matrix.classifier, matrix.method, score=scores.get(label)))
    return found


def _latest(path: Path, sample: Sample, tally: Tally) -> list[Row]:
    """MARLIN adds a row while a run goes on: of a file without names the last one counts."""
    from annotate.read.common.delimited import delimited_rows

    rows = list(delimited_rows(path, whole=True))
    if any(name.lower() == "sample" for row in rows[:1] for name in row.cells):
        return list(own_of(path, sample, tally))
    for _ in rows[:-1]:
        tally.drop("an earlier state of the run")
    return rows[-1:]


def _scores(row: Row, matrix: Matrix) -> dict[str, float]:
    found = {}
    for name in row.cells:
        if name in matrix.beside:
            continue
        number = row.number(name)
        if number is not None and not 0 <= number <= 1:
            raise InputError(
                "not a probability", path=row.path, line=row.line, column=name, found=number, expected="0 to 1"
            )
        if number is not None:
            found[name] = number
    return found


def _recognises(matrix: Matrix, head: Head) -> bool:
    return matrix.recognise(tabled(head))


for _matrix in MATRICES:
    register(
        Format(
            KIND,
            _matrix.name,
            _matrix.classifier,
            _matrix.description,
            partial(_recognises, _matrix),
            partial(read, _matrix),
            priority=20,
        )
    )
