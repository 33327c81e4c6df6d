"""Times of reading and judging a whole-genome profile of about 5,000 segments, in milliseconds, best of five.

CPU time, which other work on the machine disturbs less than the wall clock. The limits (50 ms to judge, 200 ms with
reading) are those of one core of a present-day machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.decide.case import Case  # noqa: E402
from annotate.decide.iamp21.lesion import iamp21  # noqa: E402
from annotate.decide.ploidy.hyperdiploidy import high_hyperdiploidy  # noqa: E402
from annotate.decide.ploidy.hypodiploidy import hypodiploidy  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.model.sample import Assay, Sample  # noqa: E402
from annotate.name.copy_number.profile import build_profile, chromosome_profile  # noqa: E402
from annotate.read.copy_number import read_copy_number  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.copy_number import Platform, file_name, write_segments  # noqa: E402
from tests.makers.karyotypes import hyperdiploid, truth  # noqa: E402

RUNS: tuple[tuple[str, Assay], ...] = (
    ("purple", "wgs"),
    ("ascat", "wgs"),
    ("gatk_modelfinal", "wgs"),
    ("cnvkit_cns", "wgs"),
    ("gatk_modelfinal", "array"),  # of unknown compression and purity: both are fitted
    ("cnvkit_cns", "array"),
)
GAMMA = 0.55
PIECES = 220  # of each chromosome
JUDGE, ALL = 50.0, 200.0
Result = TypeVar("Result")


def best(work: Callable[[], Result], times: int = 5) -> tuple[Result, float]:
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        result = work()
        least = min(least, time.process_time() - began)
    return result, least * 1000


def lesions(case: Case) -> Case:
    case = replace(case, calls={"hypodiploidy": hypodiploidy(case)})
    high_hyperdiploidy(case)
    iamp21(case)
    return case


def main() -> None:
    genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
    karyotype = hyperdiploid(55, "female", seed=1)
    print("caller\tassay\tsegments\tread ms\tprofile ms\tlesions ms\tgenes ms\tjudge/50\tall/200")
    for dialect, assay in RUNS:
        sample = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay=assay)
        array = Platform(GAMMA, 0.02) if assay == "array" else None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file_name(dialect)
            segments = truth(karyotype, genome, PIECES)
            write_segments(dialect, path, segments, 0.7, sex="female", noise=0.05, platform=array)
            (table, inputs), reading = best(lambda path=path: read_copy_number((path,), genome))
        profile, fitting = best(
            lambda table=table, inputs=inputs, sample=sample: chromosome_profile(
                table, inputs, sample, genome, knowledge
            )
        )
        _, whole = best(
            lambda table=table, inputs=inputs, sample=sample: build_profile(table, inputs, sample, genome, knowledge)
        )
        _, calling = best(
            lambda profile=profile, sample=sample: lesions(Case(sample, genome, knowledge, profile=profile))
        )
        judge = fitting + calling
        cells = (reading, fitting, calling, whole - fitting)
        print(
            dialect,
            assay,
            len(table.segments),
            *(f"{value:.0f}" for value in cells),
            f"{judge / JUDGE:.2f}",
            f"{(judge + reading) / ALL:.2f}",
            sep="\t",
        )


if __name__ == "__main__":
    main()
