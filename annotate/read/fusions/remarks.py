"""What a fusion table could not say: records that touch a lesion's gene under a name that nobody knows."""

from __future__ import annotations

from annotate.knowledge.specs.lesions import DetectabilityRow
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.fusions.names import NO_PARTNER
from annotate.read.fusions.source import Source

KIND = "fusions"


def unknown_partner(fusion: Fusion, name: str, driver: str, lesions: tuple[str, ...]) -> Remark:
    """A gene of a lesion joined to no name, or to no gene of the reference, and to no place: it may be any partner."""
    named = f"{name}, a name that the reference does not know" if name != NO_PARTNER else "no name and no place"
    return Remark(
        kind=KIND,
        file=fusion.file or "",
        record=fusion.record or "",
        code=RemarkCode.UNKNOWN_NAME,
        reason=f"{driver} is joined to {named}",
        speaks=Speaks.BLINDS,
        genes=(driver,),
        lesions=lesions,
        would=f"a fusion of {driver}",
    )


def no_reads(source: Source, record: str, five: str, three: str) -> Remark:
    """A known fusion that is listed without a read: no evidence, and no sign that nothing is there."""
    return Remark(
        kind=KIND,
        file=str(source.path),
        record=record,
        code=RemarkCode.NO_READS,
        reason=f"{five}::{three} is listed with no read",
        speaks=Speaks.BLINDS,
        genes=(five, three),
        would=f"{five}::{three}",
    )


def unknown_table(source: Source, knowledge: Knowledge, text: str) -> Remark:
    """A table whose genes are mostly unknown: it is silent about every lesion that RNA shows."""
    lesions = tuple(
        row.lesion for row in knowledge.rows(DetectabilityRow) if row.input == "rna_fusions" and row.sees in ("D", "P")
    )
    return Remark(
        kind=KIND,
        file=str(source.path),
        record="every record",
        code=RemarkCode.UNKNOWN_NAME,
        reason=text,
        speaks=Speaks.BLINDS,
        lesions=lesions,
    )
