"""Tables of classifiers that name one label a sample. Columns as their programs write them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.model.subtype_calls import Method, SubtypeCall
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.subtype_calls.rows import KIND, NO_LABEL, call_of, cell, confidence_of, own_of, score_of

Says = Callable[[Head], bool]


@frozen
class Native:
    """A classifier's table: the columns that tell it, and those that hold label, score and confidence."""

    name: str
    classifier: str
    method: Method
    description: str
    needs: tuple[str, ...]
    label: tuple[str, ...]
    score: tuple[str, ...] = ()
    confidence: tuple[str, ...] = ()
    also: Says = lambda head: True


def _two_columns(head: Head) -> bool:
    """Row names without a header, and the label: what pandas writes of a table of one column."""
    return len(head.columns) == 2 and head.columns[0] == ""


def _no_blanks(head: Head) -> bool:
    return len(head.columns) == 2


NATIVES = (
    Native(
        "allcatchr",
        "ALLCatchR",
        Method.EXPRESSION,
        "predictions.tsv (subtype, score, confidence, blast count, sex, immunophenotype)",
        needs=("Prediction", "Score", "Confidence"),
        label=("Prediction",),
        score=("Score",),
        confidence=("Confidence",),
    ),
    Native(
        "allsorts.predictions",
        "ALLSorts",
        Method.EXPRESSION,
        "predictions.csv (row names and Prediction)",
        needs=("Prediction",),
        label=("Prediction",),
        also=_two_columns,
    ),
    Native(
        "tallsorts.predictions",
        "TALLSorts",
        Method.EXPRESSION,
        "predictions.csv (Sample, Predictions)",
        needs=("Sample", "Predictions"),
        label=("Predictions",),
        also=_no_blanks,
    ),
    Native(
        "md_all",
        "MD-ALL",
        Method.EXPRESSION,
        "the summary of a sample (subtype_final, confidence, subtype_svm, score_svm)",
        needs=("subtype_svm", "subtype_phenograph"),
        label=("subtype_final", "subtype_GEP", "subtype_svm"),
        score=("score_svm",),
        confidence=("confidence",),
    ),
    Native(
        "integrateall",
        "IntegrateALL",
        Method.EXPRESSION,
        "Final_classification.csv: the subtype of expression in it; its own fusions and karyotype are not taken",
        needs=("ALLCatchR", "Confidence"),
        label=("ALLCatchR",),
        confidence=("Confidence",),
    ),
    Native(
        "allium.gex",
        "ALLIUM",
        Method.EXPRESSION,
        "predictions of gene expression (GEX_subtype_V2, GEX_probability_V2, GEX_subtype_comments)",
        needs=("GEX_subtype_V2",),
        label=("GEX_subtype_V2",),
        score=("GEX_probability_V2",),
        confidence=("GEX_subtype_comments",),
    ),
    Native(
        "allium.dnam",
        "ALLIUM",
        Method.METHYLATION,
        "predictions of DNA methylation (DNAm_subtype_V2, DNAm_probability_V2, DNAm_subtype_comments)",
        needs=("DNAm_subtype_V2",),
        label=("DNAm_subtype_V2",),
        score=("DNAm_probability_V2",),
        confidence=("DNAm_subtype_comments",),
    ),
    Native(
        "alma.v2",
        "ALMA",
        Method.METHYLATION,
        "output of alma-classifier 0.2 (ALMA Subtype v2, Diagnostic Confidence)",
        needs=("ALMA Subtype v2",),
        label=("ALMA Subtype v2",),
        score=("Diagnostic Confidence", "Diagnostic Confidence v2"),
    ),
    Native(
        "alma.v1",
        "ALMA",
        Method.METHYLATION,
        "output of alma-classifier 0.1 (ALMA Subtype, P(Predicted Subtype))",
        needs=("ALMA Subtype",),
        label=("ALMA Subtype",),
        score=("P(Predicted Subtype)",),
    ),
)


def _recognises(native: Native, head: Head) -> bool:
    table = tabled(head)
    return table.has(*native.needs) and native.also(table)


def read(native: Native, path: Path, sample: Sample, tally: Tally) -> list[SubtypeCall]:
    """The label of this sample. Errors: InputError for a score that is no number, or rows of nobody."""
    found = []
    for row in own_of(path, sample, tally):
        label = cell(row, native.label)
        if not label:
            tally.drop(NO_LABEL)
            continue
        tally.use()
        score, sure = score_of(row, native.score), confidence_of(cell(row, native.confidence))
        found.append(call_of(row, label, native.classifier, native.method, score=score, confidence=sure))
    return found


for _native in NATIVES:
    register(
        Format(
            KIND,
            _native.name,
            _native.classifier,
            _native.description,
            partial(_recognises, _native),
            partial(read, _native),
            priority=10 + len(_native.needs),
        )
    )
