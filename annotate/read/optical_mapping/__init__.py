"""Optical genome maps: junctions between labels, with the distance to the next label as their uncertainty.

A map aligns labels (one in about 7 kb), not bases: a breakpoint lies somewhere beyond the last label that fits. Every
junction bears the flag `optical_map`, is not precise, and its range says how far the breakpoint may lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Junction, Junctions
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sample
from annotate.read.common.registry import load_modules, recognise
from annotate.read.structural.source import Source
from annotate.reference.genome import Genome

KIND = "optical_mapping"
FLAG = "optical_map"


def read_optical_maps(paths: Sequence[Path], sample: Sample, genome: Genome, knowledge: Knowledge) -> Junctions:
    """All junctions of a sample's maps. Errors: InputError for a file of another assembly or of no known format."""
    load_modules(__name__)
    junctions: dict[str, Junction] = {}
    inputs: list[InputFile] = []
    remarks: list[Remark] = []
    for path in paths:
        found = recognise(path, KIND).read(Source(path, sample, genome, knowledge))
        for junction in found.junctions:
            junctions.setdefault(junction.id, junction)
        inputs.append(found.file)
        remarks += found.remarks
    return Junctions(
        junctions=tuple(junctions.values()),
        inputs=tuple(inputs),
        callers=tuple(sorted({caller for junction in junctions.values() for caller in junction.callers})),
        remarks=tuple(remarks),
    )


def together(sequenced: Junctions | None, mapped: Junctions) -> Junctions:
    """Junctions of sequencing and of maps in one list; chains are of sequencing alone."""
    if sequenced is None:
        return mapped
    return Junctions(
        junctions=(*sequenced.junctions, *mapped.junctions),
        inputs=(*sequenced.inputs, *mapped.inputs),
        callers=tuple(sorted({*sequenced.callers, *mapped.callers})),
        chains=sequenced.chains,
        remarks=(*sequenced.remarks, *mapped.remarks),
    )
