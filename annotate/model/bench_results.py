"""Results of single tests of a laboratory: RT-PCR, FISH and flow cytometry as rows of a small table."""

from __future__ import annotations

from enum import StrEnum

from annotate.base.frozen import frozen
from annotate.model.remark import Remark
from annotate.model.sample import InputFile


class BenchMethod(StrEnum):
    """How a test was made."""

    RT_PCR = "rt_pcr"  # one or several transcripts, single or multiplex
    FISH = "fish"
    FLOW = "flow"


class BenchWord(StrEnum):
    """What a test says of its target."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    DIM = "dim"  # flow
    SPLIT = "split"  # FISH, a break-apart probe
    INTACT = "intact"
    LOSS = "loss"  # FISH, signals of one gene
    HOMOZYGOUS_LOSS = "homozygous_loss"
    NORMAL = "normal"
    AMPLIFIED = "amplified"
    FAILED = "failed"


@frozen
class BenchResult:
    """One row. `value` is the number of a flow row; `cells` are abnormal and scored nuclei of a FISH row."""

    method: BenchMethod
    target: str  # a pair A::B, a gene, CD19, CD22, dna_index
    word: BenchWord | None
    value: float | None = None
    cells: tuple[int, int] | None = None
    transcripts: frozenset[str] = frozenset()
    file: str = ""
    record: str = ""

    @property
    def abnormal_share(self) -> float | None:
        """Abnormal among scored nuclei; None where the row does not state them."""
        return None if self.cells is None else self.cells[0] / self.cells[1]


@frozen
class BenchResults:
    """Everything that such tables say of this sample."""

    results: tuple[BenchResult, ...]
    inputs: tuple[InputFile, ...]
    remarks: tuple[Remark, ...] = ()  # rows whose word and nuclei do not agree
