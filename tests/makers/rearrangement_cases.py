"""Cases for the tests of rearrangements, built from nouns: junctions placed as the pipeline places them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotate.breakpoints.breakends import join
from annotate.breakpoints.chains import chains
from annotate.decide.case import Case
from annotate.decide.registry import registered
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion, Fusions
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.model.sample import Assay, InputFile, Sample
from annotate.name.partners.partners import place
from annotate.read.karyotype import parse_karyotype
from annotate.reference.genome import Genome
from tests.makers.structural import junction_of

KNOWLEDGE = Knowledge.load()

# Last exon of the 5' gene and first exon of the 3' gene of common fusions.
EXONS: Mapping[str, tuple[int, int]] = {
    "BCR::ABL1": (1, 2),
    "NUP214::ABL1": (20, 2),
    "SNX2::ABL1": (3, 2),
    "ETV6::ABL1": (5, 2),
    "KMT2A::AFF1": (9, 4),
    "TCF3::PBX1": (16, 3),
    "TCF3::HLF": (16, 4),
    "ETV6::RUNX1": (5, 3),
    "EBF1::PDGFRB": (15, 11),
    "P2RY8::CRLF2": (1, 1),
    "STIL::TAL1": (1, 2),
    "PAX5::JAK2": (5, 19),
    "BCR::JAK2": (1, 19),
}


def fusion_junction(genome: Genome, name: str, **options: object) -> Junction:
    """The DNA junction of a fusion at its usual exons."""
    five, three = name.split("::")
    a, b = EXONS.get(name, (None, None))
    return junction_of(genome, five, three, options.pop("five_exon", a), options.pop("three_exon", b), **options)  # type: ignore[arg-type]


def input_file(kind: str, records: int) -> InputFile:
    return InputFile(kind, f"{kind}.txt", "plain", records, records)


def case_of(
    genome: Genome,
    *,
    junctions: Sequence[Junction] | None = None,
    fusions: Sequence[Fusion] | None = None,
    karyotype: str | None = None,
    assay: Assay | None = "wgs",
    sv_records: int | None = None,
    **sample: object,
) -> Case:
    """A case with the inputs given; junctions get ids, chains and gene pairs as in the pipeline."""
    own = Sample("s", "p", "diagnosis", genome.assembly, assay=assay, karyotype=karyotype, **sample)  # type: ignore[arg-type]
    case = Case(own, genome, KNOWLEDGE)
    if junctions is not None:
        records = len(junctions) if sv_records is None else sv_records
        distance = KNOWLEDGE.value(cutoffs.JUNCTIONS_CHAIN_DISTANCE)
        longest = KNOWLEDGE.value(cutoffs.JUNCTIONS_CHAIN_LENGTH)
        read = Junctions(
            tuple(junctions),
            (input_file("structural_variants", records),),
            chains=chains(junctions, distance, longest),
        )
        case = replace(case, junctions=place(read, genome, KNOWLEDGE))
    if fusions is not None:
        case = replace(case, fusions=Fusions(tuple(fusions), (input_file("fusions", len(fusions)),)))
    if karyotype is not None:
        case = replace(case, karyotype=parse_karyotype(karyotype))
    return case


def call(case: Case, lesion: str) -> LesionCall:
    return registered()[lesion].rule(case)


def call_in_order(case: Case, lesion: str) -> LesionCall:
    """One lesion's call, after those that it builds on."""
    for before in registered()[lesion].after:
        if before not in case.calls:
            case = replace(case, calls={**case.calls, before: call_in_order(case, before)})
    return call(case, lesion)


def flip(junction: Junction, *, left: bool = False, right: bool = False) -> Junction:
    """The same places with the other side kept at one end or both."""
    assert junction.right is not None
    other = {"L": "R", "R": "L"}
    ends = [
        Breakend(end.chrom, end.pos, other[end.keeps] if turned else end.keeps)  # type: ignore[arg-type]
        for end, turned in ((junction.left, left), (junction.right, right))
    ]
    return join(ends[0], ends[1], split_reads=12, paired_reads=10, vaf=0.4, filter="PASS")


def rna(five: str, three: str, reads: int | None = 20, **facts: object) -> Fusion:
    """An RNA fusion as a reader gives it."""
    facts.setdefault("caller", "arriba")
    return Fusion(five, three, split_reads=reads, in_frame=facts.pop("in_frame", True), **facts)  # type: ignore[arg-type]


def texts(found: LesionCall) -> str:
    return " | ".join(reason.text for reason in found.reasons)


def codes(found: LesionCall) -> set[str]:
    return {reason.code.value for reason in found.reasons}
