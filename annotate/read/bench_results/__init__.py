"""Results of single tests (RT-PCR, FISH, flow cytometry) in one small table, and the nouns that they become.

A positive RT-PCR is a fusion of a targeted assay, a FISH row is what ISCN writes of it, flow fills facts of the sheets
that are not stated there. What a negative RT-PCR excludes is a row of `bench_targets`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.model.bench_results import BenchResult, BenchResults
from annotate.model.sample import InputFile, Sample
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome

KIND = "bench_results"


def read_bench_results(paths: Sequence[Path], sample: Sample, genome: Genome) -> BenchResults:
    """All results of a sample. Errors: InputError naming line and column for what cannot be understood."""
    load_modules(__name__)
    results: list[BenchResult] = []
    inputs: list[InputFile] = []
    for path in paths:
        fmt, tally = recognise(path, KIND), Tally()
        results += fmt.read(path, sample, genome, tally)
        inputs.append(tally.file(KIND, path, fmt.name))
    return BenchResults(tuple(results), tuple(inputs))
