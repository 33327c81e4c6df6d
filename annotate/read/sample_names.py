"""What a sample is called in its own files: names that differ may be a swap.

Callers write the read group's sample into the column of a VCF, aligners into the header of a BAM. Files of one sample
bear one name, or one within another (`P1_T1` in `P1_P1_T1`); words that every file may use (TUMOR) say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.common.columns import choose_columns
from annotate.read.common.header_names import NORMAL_NAMES, TUMOR_NAMES
from annotate.reference.genome import Genome

VCF_KINDS = ("small_variants", "structural_variants")
VCF_STARTS = (b"##", b"BCF", b"\x1f\x8b")
SAYS_NOTHING = TUMOR_NAMES | NORMAL_NAMES | {"sample", "sample1", "unknown", "default", "na", "none", "sm", "somatic"}
SHORTEST = 2  # characters: a shorter name is an index, not a name


@frozen
class NameInFile:
    """The name of the leukaemia in one of its files."""

    kind: str
    file: Path
    name: str


def names_that_differ(sample: Sample, genome: Genome) -> str | None:
    """A warning where two files of a sample name it differently, and the sheet does not say so itself.

    Files that cannot be read are left to their readers.
    """
    names = [found for found in _names(sample, genome) if not _says_nothing(found.name)]
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            if not _alike(one.name, other.name) and not _paired(sample, one, other):
                return (
                    f"the files may be of two samples: {one.file.name} names {one.name!r},"
                    f" {other.file.name} names {other.name!r}. If both are {sample.sample}, write"
                    f" {one.kind}={one.name};{other.kind}={other.name} into tumor_name"
                )
    return None


def _names(sample: Sample, genome: Genome) -> Iterator[NameInFile]:
    for kind in VCF_KINDS:
        for file in getattr(sample, kind):
            name = _column(file, kind, sample, genome)
            if name:
                yield NameInFile(kind, file, name)
    if sample.alignments is not None:
        groups = _read_groups(sample.alignments)
        if len(groups) == 1:
            yield NameInFile("alignments", sample.alignments, groups[0])


def _column(file: Path, kind: str, sample: Sample, genome: Genome) -> str | None:
    from annotate.read.small_variants.header import read_header

    try:
        with open(file, "rb") as raw:
            if not raw.read(3).startswith(VCF_STARTS):
                return None
        header = read_header(file, genome)
        return choose_columns(header.names, header.lines, sample, file, kind).tumor_name
    except (InputError, OSError):
        return None


def _read_groups(file: Path) -> list[str]:
    import pysam

    try:
        with pysam.AlignmentFile(str(file), check_sq=False) as bam:
            groups = bam.header.to_dict().get("RG", [])
    except (OSError, ValueError):
        return []
    return sorted({str(group["SM"]) for group in groups if group.get("SM")})


def _says_nothing(name: str) -> bool:
    return len(_plain(name)) < SHORTEST or name.strip().lower() in SAYS_NOTHING


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _alike(one: str, other: str) -> bool:
    a, b = _plain(one), _plain(other)
    return a in b or b in a


def _paired(sample: Sample, one: NameInFile, other: NameInFile) -> bool:
    """The sheet itself gives each kind its name: a person has looked."""
    stated: Sequence[tuple[str, ...]] = [sample.tumor_names(found.kind) for found in (one, other)]
    return all(found.name in names for found, names in zip((one, other), stated, strict=True))
