"""What a negative test of a laboratory excludes."""

from __future__ import annotations

from annotate.knowledge.kinds import Pair, Text
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Row, column, table
from annotate.knowledge.specs.lesions import LESION


@table(
    "bench_targets",
    key=("lesion", "target"),
    doc="Pairs whose RT-PCR excludes a lesion where every pair of the lesion is negative.",
)
class BenchTargetRow(Row):
    """A pair that must be negative before a negative RT-PCR excludes a lesion."""

    lesion: str = column(LESION, "The lesion.")
    target: tuple[str, str] = column(Pair(), "A pair that must be negative.")
    transcripts: tuple[str, ...] = column(
        Many(Text()), "Transcripts that the test must name, each; empty: any.", empty=()
    )
