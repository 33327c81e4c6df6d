"""Subtype calls of expression and methylation classifiers: this sample's rows of any format.

A call is kept as its classifier wrote it. What a label means is knowledge (`subtype_labels`), and whether the lesions
agree is told by `annotate.interpret.subtypes`; no lesion rule is given these calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.model.sample import InputFile, Sample
from annotate.model.subtype_calls import SubtypeCall, SubtypeCalls
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import Tally

KIND = "subtype_calls"


def read_subtype_calls(paths: Sequence[Path], sample: Sample) -> SubtypeCalls:
    """All calls of a sample. Errors: InputError for a file of no known format or without a row of this sample."""
    load_modules(__name__)
    calls: list[SubtypeCall] = []
    inputs: list[InputFile] = []
    for path in paths:
        fmt = recognise(path, KIND)
        tally = Tally()
        calls += fmt.read(path, sample, tally)
        inputs.append(tally.file(KIND, path, fmt.name))
    return SubtypeCalls(tuple(dict.fromkeys(calls)), tuple(inputs))
