"""What a reader of structural variants is given, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sample
from annotate.read.common.text import Tally
from annotate.read.structural.targets import Targets
from annotate.reference.genome import Genome
from annotate.reference.places import Places

KIND = "structural_variants"


class StructuralFile(NamedTuple):
    """What one file gave."""

    junctions: list[Junction]
    file: InputFile
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class Source:
    """One file, whose it is to be, and what it is read against."""

    path: Path
    sample: Sample
    genome: Genome
    knowledge: Knowledge
    tally: Tally = field(default_factory=Tally)
    places: Places = field(init=False)
    targets: Targets = field(init=False)
    normal_reads: int = field(init=False)
    normal_share: float = field(init=False)
    least_reads: int = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places.of(self.genome, self.knowledge)
        self.targets = Targets.of(self.genome, self.knowledge)
        self.normal_reads = self.knowledge.value(cutoffs.JUNCTIONS_NORMAL_READS)
        self.normal_share = self.knowledge.value(cutoffs.JUNCTIONS_NORMAL_SHARE)
        self.least_reads = self.knowledge.value(cutoffs.JUNCTIONS_MIN_READS)

    def of_interest(self, left: Breakend, right: Breakend | None) -> bool:
        """Do both ends lie where a known fusion or lesion has its breakpoints?"""
        return self.places.of_interest(left, right)
