"""Tandem duplications inside one gene, as their own callers write them."""

from __future__ import annotations

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.model.remark import Remark
from annotate.model.sample import InputFile


@frozen
class TandemDuplication:
    """A stretch of one gene that stands twice in a row. Positions are 1-based on the sample's assembly."""

    gene: str
    length: int | None  # bases; None where a caller of exons or transcripts does not count them
    caller: str
    chrom: str | None = None
    start: int | None = None
    end: int | None = None
    vaf: float | None = None  # 0 to 1: reads with it by all reads
    allelic_ratio: float | None = None  # reads with it by reads without it
    reads: int | None = None
    depth: int | None = None
    filter: str | None = None
    file: str | None = None
    record: str | None = None

    @property
    def passes(self) -> bool:
        """Does its caller stand behind it?"""
        return self.filter in PASSING

    @property
    def in_frame(self) -> bool | None:
        """Does it keep the reading frame, if it lies in one exon? None where its length is not known."""
        return None if self.length is None else self.length % 3 == 0


@frozen
class TandemDuplications:
    """Everything that callers of tandem duplications say. Their silence is that of a few exons, never of a lesion."""

    found: tuple[TandemDuplication, ...]
    inputs: tuple[InputFile, ...]
    remarks: tuple[Remark, ...] = ()
