"""The plain table of subtype calls: `sample`, `classifier`, `version`, `subtype`, `score`, one row a call."""

from __future__ import annotations

from pathlib import Path

from annotate.model.sample import Sample
from annotate.model.subtype_calls import Method, SubtypeCall
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.subtype_calls.native import NATIVES
from annotate.read.subtype_calls.rows import KIND, NO_LABEL, call_of, cell, confidence_of, own_of, score_of

_METHODS = {"expression": Method.EXPRESSION, "rna": Method.EXPRESSION, "methylation": Method.METHYLATION}


def _recognise(head: Head) -> bool:
    return tabled(head).has("classifier", "subtype")


def read(path: Path, sample: Sample, tally: Tally) -> list[SubtypeCall]:
    """Calls of this sample. `method` may state `expression` or `methylation`; known classifiers need none."""
    found = []
    for row in own_of(path, sample, tally):
        label, classifier = cell(row, ("subtype",)), cell(row, ("classifier",))
        if not label or not classifier:
            tally.drop(NO_LABEL if not label else "no classifier in the row")
            continue
        tally.use()
        stated = cell(row, ("method",)).lower()
        method = _METHODS.get(stated) or next(
            (native.method for native in NATIVES if native.classifier.lower() == classifier.lower()), Method.UNKNOWN
        )
        found.append(
            call_of(
                row,
                label,
                classifier,
                method,
                version=cell(row, ("version",)),
                score=score_of(row, ("score",)),
                confidence=confidence_of(cell(row, ("confidence",))),
            )
        )
    return found


register(
    Format(
        KIND,
        "subtype.table",
        "plain table",
        "sample, classifier, version, subtype, score (method, confidence): any classifier",
        _recognise,
        read,
        priority=30,
    )
)
