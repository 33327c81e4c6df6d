"""A case: everything known of one sample when the lesions are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from annotate.base.frozen import frozen
from annotate.knowledge.tables import Knowledge
from annotate.model.bench_results import BenchResults
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.fusions import Fusions
from annotate.model.junctions import Junctions
from annotate.model.karyotype import Karyotype
from annotate.model.lesion import LesionCall
from annotate.model.regions import Regions
from annotate.model.sample import Patient, Sample
from annotate.model.small_variants import SmallVariants
from annotate.model.subtype_calls import SubtypeCalls
from annotate.model.tandem import TandemDuplications
from annotate.reference.genome import Genome


@frozen
class Case:
    """Everything known of a sample. `None` means that this input was not supplied. A rule is given a view of it."""

    sample: Sample
    genome: Genome
    knowledge: Knowledge
    patient: Patient | None = None
    small: SmallVariants | None = None
    germline: SmallVariants | None = None
    junctions: Junctions | None = None
    fusions: Fusions | None = None
    profile: CopyNumberProfile | None = None
    karyotype: Karyotype | None = None
    regions: Regions | None = None
    bench: BenchResults | None = None  # RT-PCR, FISH and flow cytometry, as their rows say
    subtypes: SubtypeCalls | None = None  # no rule may declare it: a label sets no lesion
    tandem: TandemDuplications | None = None  # of callers made for them
    calls: Mapping[str, LesionCall] = field(default_factory=dict)  # lesions called before this one
    present: frozenset[str] | None = None  # kinds of input, where not every source is given
