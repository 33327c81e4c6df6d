"""Indexes of a VCF: found, up to date, used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.reference.genome import Genome

# ---------------------------------------------------------------- index


def index_of(path: Path) -> Path | None:
    """The index beside a file, if it is not older than the file: an old one may belong to another version."""
    return next((index for index in _indexes(path) if not _older(index, path)), None)


def stale_index(path: Path) -> Path | None:
    """An index that is older than its file, where there is no other."""
    return None if index_of(path) is not None else next(_indexes(path), None)


def _indexes(path: Path) -> Iterator[Path]:
    for ending in (".tbi", ".csi"):
        index = path.with_name(path.name + ending)
        if index.is_file():
            yield index


def _older(index: Path, path: Path) -> bool:
    return index.stat().st_mtime < path.stat().st_mtime - 1


def tabix_file(path: Path, index: Path) -> Any:
    """A text VCF with its index; None where htslib cannot read that."""
    import pysam

    before = pysam.set_verbosity(0)
    try:
        return pysam.TabixFile(str(path), index=str(index), encoding="latin-1")  # any byte is read; see kept_cells
    except (OSError, ValueError):
        return None
    finally:
        pysam.set_verbosity(before)


def loads(path: Path) -> bool:
    """Can htslib read the index?"""
    import pysam

    before = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path)) as file:
            return file.index is not None
    except (OSError, ValueError):
        return False
    finally:
        pysam.set_verbosity(before)


def make_index(path: Path) -> bool:
    """Write a CSI index beside a file; False where htslib cannot."""
    import pysam.bcftools

    try:
        pysam.bcftools.index("-c", "--threads", "1", str(path))
    except pysam.utils.SamtoolsError:
        return False
    return True


def records_by_index(path: Path) -> Mapping[str, int] | None:
    """Records of each contig, as the index counts them; None where the index does not say."""
    import pysam.bcftools

    try:
        text = str(pysam.bcftools.index("--stats", str(path)))
    except pysam.utils.SamtoolsError:
        return None
    rows = [line.split("\t") for line in text.splitlines()]
    return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[2].isdigit()}


def counted(path: Path, contigs: Sequence[str], genome: Genome) -> tuple[int, int] | None:
    """Records of a file and those of them on other contigs, by its index; None where the index does not say."""
    import pysam.bcftools

    if any(genome.contig(name) is None for name in contigs):
        counts = records_by_index(path)
        return None if counts is None else summed(counts, genome)
    try:
        text = str(pysam.bcftools.index("--nrecords", str(path))).strip()
    except pysam.utils.SamtoolsError:
        return None
    return (int(text), 0) if text.isdigit() else None


def summed(counts: Mapping[str, int], genome: Genome) -> tuple[int, int]:
    """Records in all, and those on contigs that the genome does not have."""
    return sum(counts.values()), sum(count for name, count in counts.items() if genome.contig(name) is None)


def index_contigs(path: Path, names: tuple[str, ...]) -> frozenset[str]:
    """Contigs that the index knows; all names of the header where it cannot be asked (BCF)."""
    import pysam

    try:
        with pysam.TabixFile(str(path)) as tabix:
            return frozenset(tabix.contigs)
    except (OSError, ValueError):
        return frozenset(names)
