"""Structural variants of any caller: every record becomes oriented junctions, several files become one list."""

from __future__ import annotations

from pathlib import Path

from annotate.base.garbage import uncollected
from annotate.breakpoints.chains import chains
from annotate.breakpoints.merging import merge
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Junction, Junctions
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sample
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import read_head
from annotate.read.structural.others import refuse_others
from annotate.read.structural.source import KIND, Source
from annotate.reference.genome import Genome


def read_structural(paths: tuple[Path, ...], sample: Sample, genome: Genome, knowledge: Knowledge) -> Junctions:
    """All junctions of a sample, and a remark for each record that breaks a lesion's gene and gives none.

    Records that fail the caller's filter are dropped, except those with both ends in a gene or region where a known
    fusion or lesion has its breakpoints: these are kept and flagged `filtered_by_caller`. The same event in several
    files is one junction with all its callers. Raises InputError for a file that cannot be used, and for one of RNA.
    """
    load_modules("annotate.read.structural")
    with uncollected():
        return _read(paths, sample, genome, knowledge)


def _read(paths: tuple[Path, ...], sample: Sample, genome: Genome, knowledge: Knowledge) -> Junctions:
    by_file: list[list[Junction]] = []
    inputs: list[InputFile] = []
    remarks: list[Remark] = []
    for path in paths:
        refuse_others(tabled(read_head(path)))
        found = recognise(path, KIND).read(Source(path, sample, genome, knowledge))
        by_file.append(found.junctions)
        inputs.append(found.file)
        remarks += found.remarks
    merged = merge(by_file, knowledge.value(cutoffs.JUNCTIONS_MERGE_WINDOW))
    return Junctions(
        junctions=merged,
        inputs=tuple(inputs),
        callers=tuple(sorted({caller for junction in merged for caller in junction.callers})),
        chains=chains(*_for_chains(merged, knowledge)),
        remarks=tuple(remarks),
    )


def _for_chains(junctions: tuple[Junction, ...], knowledge: Knowledge) -> tuple[list[Junction], int, int]:
    """Junctions that can be part of a chain: those that pass and lead further away than the chain's own steps."""
    distance = knowledge.value(cutoffs.JUNCTIONS_CHAIN_DISTANCE)
    leading = [
        junction
        for junction in junctions
        if junction.right is not None
        and not {"filtered_by_caller", "orientation_unknown", "possible_germline"} & set(junction.flags)
        and (junction.left.chrom != junction.right.chrom or junction.right.pos - junction.left.pos > distance)
    ]
    return leading, distance, knowledge.value(cutoffs.JUNCTIONS_CHAIN_LENGTH)
