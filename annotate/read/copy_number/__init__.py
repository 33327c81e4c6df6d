"""Copy-number files: told from their content, read, and put together with what lies beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.copy_number import FitState, SegmentTable
from annotate.model.sample import InputFile
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import Tally
from annotate.read.copy_number.whose import refuse_anothers
from annotate.reference.genome import Genome

KIND = "copy_number"
ALTERED_ONLY = "this file lists altered segments only: other places are not known to be normal"

# The file of purity and ploidy that a caller writes beside its segments: the same prefix, another ending.
BESIDE: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "purple.cnv": ((".purple.cnv.somatic.tsv", (".purple.purity.tsv", ".purple.qc")),),
    "purple.segment": ((".purple.segment.tsv", (".purple.purity.tsv", ".purple.qc")),),
    "freec.ratio": (("_ratio.txt", ("_info.txt",)),),
    "freec.cnvs": (("_CNVs", ("_info.txt",)), ("_CNVs.p.value.txt", ("_info.txt",))),
    "ascat.segments": (
        (".segments.txt", (".purityploidy.txt",)),
        (".segments_raw.txt", (".purityploidy.txt",)),
        ("_segments.txt", ("_purityploidy.txt",)),
    ),
    "ascat.cnvs": ((".cnvs.txt", (".purityploidy.txt",)),),
    "sequenza.segments": (("_segments.txt", ("_confints_CP.txt", "_alternative_solutions.txt")),),
    "facets.cncf": ((".cncf.txt", (".purity.txt", ".purityploidy.txt")), ("_cncf.txt", ("_PurityPloidy.txt",))),
    "battenberg.subclones": (
        ("_subclones.txt", ("_purity_ploidy.txt", "_rho_and_psi.txt")),
        ("_copynumber.txt", ("_purity_ploidy.txt", "_rho_and_psi.txt")),
    ),
    "ichorcna.seg": ((".seg.txt", (".params.txt",)), (".seg", (".params.txt",))),
    "titan.segments": ((".titan.segs.txt", (".titan.params.txt", ".params.txt")), (".segs.txt", (".params.txt",))),
    "purecn.loh": (("_loh.csv", (".csv",)),),
    "purple.cnv2": ((".purple.cnv", (".purple.purity", ".purple.qc")),),
}

# Two tables of one run of one caller: the first is used, the others only repeat it more coarsely or less finished.
RANKING: tuple[tuple[str, ...], ...] = (
    ("purple.cnv", "purple.segment"),
    ("gatk.modelfinal", "gatk.called", "gatk.igv"),
    ("cnvkit.call", "cnvkit.segmetrics", "cnvkit.cns", "igv.seg"),
    ("freec.ratio", "freec.segmentation", "freec.cnvs"),
    ("clincnv.tsv", "clincnv.seg"),
    ("facets.cncf", "igv.seg"),
    ("ascat.segments", "ascat.raw"),
)
SAME_PURITY, SAME_PLOIDY = 0.011, 0.11  # callers round what they repeat


@frozen
class _Read:
    path: Path
    table: SegmentTable
    tally: Tally


def read_copy_number(
    paths: Sequence[Path], genome: Genome, names: Sequence[str] = (), others: frozenset[str] = frozenset()
) -> tuple[SegmentTable, tuple[InputFile, ...]]:
    """Segments of one sample from its copy-number files, and what was read of each file.

    `names` are names that the sample may have in a table of several samples (tumour name, sample id), `others` those
    of every row of the sheet.
    A caller's file of purity and ploidy is read too where it lies beside the segments. Raises InputError for a
    file that is no known format, for a table of several samples of which none is named, and for tables that
    contradict one another.
    """
    load_modules(__name__)
    read = [_read(path, genome, tuple(names), others) for path in paths]
    read += [_read(path, genome, tuple(names), others) for path in _beside(read)]
    main, replaced = _main_table(read)
    table = _joined(main, [item for item in read if item is not main and item not in replaced])
    return table, tuple(item.tally.file(KIND, item.path, item.table.format) for item in read)


def refuse_without_segments(table: SegmentTable, inputs: Sequence[InputFile]) -> None:
    """Raises InputError for files that state purity and ploidy alone: the segments were forgotten."""
    stated = table.purity is not None or table.ploidy is not None or table.fit is FitState.FAILED
    if not table.segments and not table.probes and stated and any(file.records_used for file in inputs):
        raise InputError(
            "purity and ploidy without segments",
            path=inputs[0].path,
            found=inputs[0].format,
            expected="the caller's table of segments",
            fix="write the file of segments into the column copy_number; the file of purity beside it is found",
        )


def _read(path: Path, genome: Genome, names: tuple[str, ...], others: frozenset[str]) -> _Read:
    fmt = recognise(path, KIND)
    tally = Tally()
    table: SegmentTable = fmt.read(path, genome, tally, names)
    if table.segments or table.probes:
        refuse_anothers(path, fmt.name, names, others, tally)
    if not table.segments and not table.probes and not tally.read:
        tally.warn("the file holds no segment: nothing was looked at")
    if table.altered_only:
        tally.warn(ALTERED_ONLY)
    stated = replace(table, format=fmt.name, warnings=tuple(tally.warnings), remarks=tuple(tally.remarks))
    return _Read(path, stated, tally)


def _beside(read: Sequence[_Read]) -> list[Path]:
    """Companion files that exist and were not given."""
    given = {item.path.resolve() for item in read}
    if any(not item.table.segments and item.table.purity is not None for item in read):
        return []  # purity was given by the user: nothing is looked for
    found: list[Path] = []
    for item in read:
        base = item.path.name.removesuffix(".gz")
        for ending, companions in BESIDE.get(item.table.format, ()):
            if not base.endswith(ending):
                continue
            for companion in companions:
                path = item.path.with_name(base.removesuffix(ending) + companion)
                if path.is_file() and path.resolve() not in given:
                    item.tally.note(f"{path.name}, which lies beside this file, was read too")
                    found.append(path)
    return list(dict.fromkeys(found))


def companions(path: Path) -> list[Path]:
    """Files beside a table that are read with it, whatever caller wrote it: those that are there, by name."""
    base = path.name.removesuffix(".gz")
    names = {
        base.removesuffix(ending) + companion
        for pairs in BESIDE.values()
        for ending, others in pairs
        if base.endswith(ending)
        for companion in others
    }
    return [file for file in (path.with_name(name) for name in sorted(names)) if file.is_file() and file != path]


def _main_table(read: Sequence[_Read]) -> tuple[_Read, list[_Read]]:
    """The table whose segments are used, and tables that it replaces. Several tables of unlike origin: an error."""
    tables = [item for item in read if item.table.segments]
    if not tables:
        whole = [item for item in read if not item.table.probes and item.table.purity is None]
        return (whole or list(read))[0], []
    if len(tables) == 1:
        return tables[0], []
    disjoint = _one_table_by_chromosome(tables)
    if disjoint is not None:
        return disjoint, tables
    kinds = [item.table.format for item in tables]
    for ranking in RANKING:
        if set(kinds) <= set(ranking) and len(set(kinds)) == len(kinds):
            ordered = sorted(tables, key=lambda item: ranking.index(item.table.format))
            for other in ordered[1:]:
                _set_aside(other, f"{ordered[0].path.name} of the same caller is used")
            return ordered[0], ordered[1:]
    raise InputError(
        "several copy-number tables for one sample",
        path=tables[1].path,
        found=", ".join(f"{item.path.name} ({item.table.format})" for item in tables),
        expected="the segments of one caller",
        fix="give the table that your laboratory reports from",
    )


def _one_table_by_chromosome(tables: Sequence[_Read]) -> _Read | None:
    """Files of one caller that hold different chromosomes, as one."""
    seen: set[str] = set()
    for item in tables:
        here = {segment.chrom for segment in item.table.segments}
        if item.table.format != tables[0].table.format or here & seen:
            return None
        seen |= here
    first = tables[0]
    segments = tuple(segment for item in tables for segment in item.table.segments)
    remarks = tuple(remark for item in tables for remark in item.table.remarks)
    return _Read(first.path, replace(first.table, segments=segments, remarks=remarks), first.tally)


def _set_aside(item: _Read, reason: str) -> None:
    item.tally.dropped[reason] += item.tally.used
    item.tally.used = 0


def _joined(main: _Read, others: Sequence[_Read]) -> SegmentTable:
    """The main table, with purity, ploidy, sex and probes of the other files where it states none itself."""
    table = main.table
    for item in others:
        purity = _agreed(table.purity, item.table.purity, SAME_PURITY, "purity", item.path)
        ploidy = _agreed(table.ploidy, item.table.ploidy, SAME_PLOIDY, "ploidy", item.path)
        if item.table.sex and table.sex and item.table.sex != table.sex:
            raise InputError(
                "copy-number files state different sexes", path=item.path, found=item.table.sex, expected=table.sex
            )
        for word, old, new in (("purity", table.purity, purity), ("ploidy", table.ploidy, ploidy)):
            if old is None and new is not None:
                main.tally.note(f"{word} {new:g} is from {item.path.name}")
        doubled = table.whole_genome_doubled
        table = replace(
            table,
            purity=purity,
            ploidy=ploidy,
            sex=table.sex or item.table.sex,
            whole_genome_doubled=item.table.whole_genome_doubled if doubled is None else doubled,
            quality={**item.table.quality, **table.quality},
            probes=table.probes + item.table.probes,
            arm_probes=table.arm_probes + item.table.arm_probes,
            fit=_worse(table.fit, item.table.fit),
            gamma=table.gamma if table.gamma is not None else item.table.gamma,
            remarks=table.remarks + item.table.remarks,
        )
    if table.fit is FitState.FAILED:
        table = replace(table, purity=None, ploidy=None)
    warnings = [*main.tally.warnings, *(text for item in others for text in item.tally.warnings)]
    return replace(table, warnings=tuple(dict.fromkeys(warnings)))


def _worse(one: FitState, two: FitState) -> FitState:
    """A caller that does not believe its fit in one of its files does not believe it at all."""
    order = (FitState.FITTED, FitState.UNSURE, FitState.FAILED)
    return max(one, two, key=order.index)


def _agreed(first: float | None, second: float | None, tolerance: float, what: str, path: Path) -> float | None:
    if first is None or second is None:
        return first if second is None else second
    if abs(first - second) > tolerance:
        raise InputError(
            f"copy-number files state different {what}",
            path=path,
            found=f"{second:g}",
            expected=f"{first:g}, as the other file says",
            fix="give the files of one run of the caller",
        )
    return first
