"""What a fusion reader is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome

KIND = "fusions"


@dataclass(slots=True)
class Source:
    """One file, whose it is to be, and what it is read against."""

    path: Path
    sample: Sample
    genome: Genome
    knowledge: Knowledge
    tally: Tally = field(default_factory=Tally)
