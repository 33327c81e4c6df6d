"""Small variants of any caller: VCF or BCF, plain, gzip or bgzip, indexed or not, annotated or not.

Importing this is light: numpy, cyvcf2 and pysam are imported when a file is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from annotate.base.frozen import frozen
from annotate.base.garbage import uncollected
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariants
from annotate.read.small_variants import callers
from annotate.read.small_variants import formats as _formats  # noqa: F401 -- registers the formats
from annotate.read.small_variants.merging import deepest, merged
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    from annotate.read.small_variants.reader import FileRead


__all__ = ["VariantOptions", "read_germline", "read_small_variants"]
KIND = callers.KIND


@frozen
class VariantOptions:
    """How small variants are read.

    filters: `pass` drops what the caller filtered, except at hotspots, where it is kept and flagged
    `filtered_by_caller`; `all` keeps everything, flagged. `population`: the lab's VCF of allele frequencies, which the
    weighing looks into for variants whose own file gives none.
    """

    filters: Literal["pass", "all"] = "pass"
    population: Path | None = None


def read_small_variants(
    sample: Sample, genome: Genome, knowledge: Knowledge, *, options: VariantOptions | None = None
) -> SmallVariants:
    """All panel variants of a sample's small-variant files.

    The same allele in several files is one variant with all its callers, and the counts of the call that passes and has
    the greatest depth. Errors: InputError for a file that cannot be used.
    """
    from annotate.read.small_variants.reader import read_file

    options = options or VariantOptions()
    with uncollected():
        files = [read_file(path, sample, genome, knowledge, filters=options.filters) for path in sample.small_variants]
    return _together(files)


def read_germline(path: Path, sample: Sample, genome: Genome, knowledge: Knowledge) -> SmallVariants:
    """Panel variants of a remission or other normal sample. Its column is the sheet's `normal_name`, where given.

    `normal_name` may be the name in the leukaemia's own file, so a file of one column needs no name.
    """
    from annotate.read.small_variants.germline import germline_sample
    from annotate.read.small_variants.reader import read_file

    with uncollected():
        found = read_file(path, germline_sample(path, sample, genome), genome, knowledge, kind="germline_variants")
    return _together([found])


def _together(files: Sequence[FileRead]) -> SmallVariants:
    variants = merged(variant for file in files for variant in file.variants)
    counted = any(variant.vaf is not None or variant.depth is not None for variant in variants)
    names = [file.columns.tumor_name for file in files if file.columns.tumor_name]
    normals = [file.columns.normal_name for file in files if file.columns.normal_name]
    return SmallVariants(
        variants=variants,
        inputs=tuple(file.file for file in files),
        tumor_name=names[0] if names else None,
        normal_name=normals[0] if normals else None,
        depths=deepest(depth for file in files for depth in file.depths.values()),
        callers=tuple(sorted({name for file in files for name in _file_callers(file)})),
        sites_total=_sites_total(files),
        has_counts=counted if variants else any(file.has_samples for file in files),
        withheld=tuple(one for file in files for one in file.withheld),
        remarks=tuple(remark for file in files for remark in file.remarks),
    )


def _sites_total(files: Sequence[FileRead]) -> int | None:
    """Files of one caller (SNVs and indels apart) add up; of several callers the one with the most counts."""
    by_caller: dict[str, int] = {}
    for file in files:
        if file.sites_total is None:
            return None
        by_caller[file.dialect.caller] = by_caller.get(file.dialect.caller, 0) + file.sites_total
    return max(by_caller.values(), default=None)


def _file_callers(file: FileRead) -> set[str]:
    return {caller for variant in file.variants for caller in variant.callers} or {file.dialect.caller}
