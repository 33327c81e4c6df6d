"""RNA fusions of any caller: one `Fusion` a record, 5' gene first, current symbols.

Nothing is judged here: a fusion with few reads, of neighbouring genes or inside one gene is kept and flagged, and
the lesions decide. Flags:

==================== ==================================================================================
`read_through`       the caller says so, or neighbours of one strand in their order; never for a known pair
`circular`           both ends in one gene, joined backwards (circular RNA, or a tandem duplication)
`same_gene`          both ends in one gene
`reciprocal`         the other way round the pair is a known fusion, this way it is not
`low_support`        fewer reads than `fusions.min_reads`
`blacklisted`        the caller knows the pair from healthy tissue or as an artefact
`duplicate_gene`     the caller calls the two genes alike (paralogues, pseudogenes)
`antisense`          a strand is opposite to its gene's: no chimeric protein
`orientation_unknown` the caller does not say which gene is 5'
`intergenic`         an end lies outside genes; the gene named is the nearest, or the one of a known pair
`filtered_by_caller` the caller itself discarded it
`dna_derived`        called from DNA (LINX): no expressed transcript was seen
`exons_skipped`      in frame only if exons are skipped
`evidence_only`      the program counts reads and makes no call (Pelops)
`not_reported`       LINX lists it and does not report it
`banned`             FusionCatcher's list of pairs that are false wherever they are seen
`curated`            released by a study as somatic, without its reads (cBioPortal)
`breakpoint_unplaced` a breakpoint lies on no assembled chromosome or beyond its end
==================== ==================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.garbage import uncollected
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion, Fusions
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sample
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import Head, read_head
from annotate.read.fusions.source import Source
from annotate.reference.genome import Genome

KIND = "fusions"


def read_fusions(paths: Sequence[Path], sample: Sample, genome: Genome, knowledge: Knowledge) -> Fusions:
    """All fusions of a sample; of a table of several samples, its own rows.

    The same record in two files of one caller (a full and an abridged table) is taken once. `Fusion.callers` names
    every caller that reports the pair in this orientation. Raises InputError for a file that is no fusion table, that
    is damaged, or whose breakpoints are those of another assembly.
    """
    load_modules(__name__)
    with uncollected():
        return _read(paths, sample, genome, knowledge)


def _read(paths: Sequence[Path], sample: Sample, genome: Genome, knowledge: Knowledge) -> Fusions:
    found: list[Fusion] = []
    inputs: list[InputFile] = []
    remarks: list[Remark] = []
    beyond = 0
    for path in paths:
        _refuse(tabled(read_head(path)))
        fusions, file, own, counted = recognise(path, KIND).read(Source(path, sample, genome, knowledge))
        remarks += own
        beyond += counted
        new = _not_yet(fusions, found)
        repeated = len(fusions) - len(new) if new else file.records_used
        if len(new) < len(fusions):
            dropped = {**file.dropped, "same record in another file": repeated}
            file = replace(file, records_used=file.records_used - repeated, dropped=dict(sorted(dropped.items())))
        found += new
        inputs.append(file)
    callers: dict[str, set[str]] = {}
    for fusion in found:
        callers.setdefault(fusion.name, set()).add(fusion.caller)
    named = tuple(replace(fusion, callers=tuple(sorted(callers[fusion.name]))) for fusion in found)
    return Fusions(
        fusions=tuple(sorted(named, key=_rank)),
        inputs=tuple(inputs),
        callers=tuple(sorted({fusion.caller for fusion in named})),
        remarks=tuple(remarks),
        beyond=beyond,
    )


def _rank(fusion: Fusion) -> tuple[object, ...]:
    return (fusion.name, fusion.caller, -(fusion.reads or 0), fusion.five_breakpoint or ("", 0), fusion.record or "")


def _identity(fusion: Fusion) -> tuple[object, ...]:
    reads = (fusion.split_reads, fusion.spanning_reads)
    return (fusion.caller, fusion.five, fusion.three, fusion.five_breakpoint, fusion.three_breakpoint, *reads)


def _not_yet(fusions: Sequence[Fusion], found: Sequence[Fusion]) -> list[Fusion]:
    """Without those that another file gave; repeats within one file are the caller's own and are kept."""
    known = Counter(_identity(fusion) for fusion in found)
    return [fusion for fusion in fusions if not known[_identity(fusion)]]


# ---------------------------------------------------------------- files that look near but hold no fusions

_Says = Callable[[Head], bool]
_OTHERS: tuple[tuple[_Says, str, str], ...] = (
    (
        lambda head: any(
            line.lstrip().lower().startswith(("<!doctype html", "<html", "<head")) for line in head.lines[:20]
        ),
        "an HTML report, not a table",
        "give the caller's text table (CICERO: final_fusions.txt or annotated.fusion.txt)",
    ),
    (
        lambda head: (
            head.has("svId", "isStart", "gene", "transcriptId") or head.has("svId", "isStart", "geneOrientation")
        ),
        "LINX breakends, not fusions",
        "give the file that ends in .linx.fusion.tsv",
    ),
    (
        lambda head: head.has("svId", "clusterId", "localTopologyStart") or head.has("vcfIdStart", "svId"),
        "LINX structural variants, not fusions",
        "give the file that ends in .linx.fusion.tsv",
    ),
    (
        lambda head: head.has("clusterId", "gene", "eventType") or head.has("driverLikelihood", "likelihoodMethod"),
        "LINX drivers, not fusions",
        "give the file that ends in .linx.fusion.tsv",
    ),
    (
        lambda head: any("summary of found candidate fusion genes" in line for line in head.lines[:5]),
        "FusionCatcher's summary, without breakpoints and reads",
        "give final-list_candidate-fusion-genes.txt",
    ),
)


def _refuse(head: Head) -> None:
    for fits, what, fix in _OTHERS:
        if fits(head):
            raise InputError("not a fusion table", path=head.path, found=what, expected="a table of fusions", fix=fix)
