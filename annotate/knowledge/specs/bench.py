"""What a negative test of a laboratory excludes."""

from __future__ import annotations

from enum import StrEnum

from annotate.knowledge.kinds import Choice, Text
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Row, column, table
from annotate.knowledge.specs.lesions import LESION


class BenchTest(StrEnum):
    """Tests whose negative may exclude a lesion."""

    RT_PCR = "rt_pcr"
    FISH = "fish"


@table(
    "bench_targets",
    key=("lesion", "test", "target"),
    doc="Targets of RT-PCR and of FISH: a lesion is excluded where every target that it has for a test is negative.",
)
class BenchTargetRow(Row):
    """A pair that must be negative before a negative RT-PCR excludes a lesion."""

    lesion: str = column(LESION, "The lesion.")
    test: BenchTest = column(Choice(BenchTest), "The test.")
    target: str = column(Text(), "A pair A::B, or the gene of a break-apart probe, that must be negative.")
    transcripts: tuple[str, ...] = column(
        Many(Text()), "Transcripts that the test must name, each; empty: any.", empty=()
    )
