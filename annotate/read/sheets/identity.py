"""One file is one sample's: the same file, or the same content, in two rows is a copied row or a swap.

A file of several samples may stand in several rows where each row reads a column of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.sheets.faults import Faults

OWN_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "optical_mapping",
    "subtype_calls",
    "bench_results",
    "tandem_duplications",
)
PATIENT_COLUMNS = ("germline_variants",)  # one normal sample serves every time point of its patient
HASHED = 512 * 1024 * 1024  # larger files are told apart by path alone: reading them would cost minutes
QUIET = 60  # segments: two genomes without changes may have the same table of fewer, in whole numbers
SCANNED = 64 * 1024 * 1024  # bytes of a table that are searched for the names of samples


@frozen
class _Use:
    """A file in a cell of a row."""

    line: int
    sample: Sample
    column: str
    file: Path

    @property
    def owner(self) -> str:
        return self.sample.patient if self.column in PATIENT_COLUMNS else self.sample.sample


def check_identity(rows: Sequence[tuple[int, Sample]], faults: Faults, copies: Faults | None = None) -> None:
    """Add a fault for every file that two samples (a normal: two patients) claim, to `copies` for equal content."""
    uses = [use for line, sample in rows for use in _uses(line, sample)]
    by_place: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        by_place[os.path.realpath(use.file)].append(use)
    for claimed in by_place.values():
        _one_owner(claimed, "the same file", faults)
    first = [claimed[0] for claimed in by_place.values()]
    for alike in _same_content(first):
        _one_owner(alike, "a copy of the file", copies or faults)


def _uses(line: int, sample: Sample) -> Iterator[_Use]:
    for column in (*OWN_COLUMNS, *PATIENT_COLUMNS, "alignments"):
        value = getattr(sample, column)
        for file in [value] if isinstance(value, Path) else value or ():
            yield _Use(line, sample, column, file)


def _one_owner(claimed: Sequence[_Use], what: str, faults: Faults) -> None:
    first = claimed[0]
    for use in claimed[1:]:
        if use.owner == first.owner or (use.column == first.column and _apart(first, use)):
            continue
        faults.add(
            f"{what} stands in the rows of two {'patients' if use.column in PATIENT_COLUMNS else 'samples'}",
            line=use.line,
            column=use.column,
            found=use.file.name,
            expected=f"a file of {use.sample.sample}; line {first.line} names it for {first.sample.sample}"
            + ("" if use.column == first.column else f" as {first.column}"),
            fix="mend the row that is wrong; for a file of several samples write each one's tumor_name",
        )


def _apart(one: _Use, other: _Use) -> bool:
    """Do two rows read different samples of one file?"""
    names = [set(use.sample.tumor_names(use.column)) for use in (one, other)]
    if names[0] and names[1]:
        return not names[0] & names[1]
    held = _names_held(one.file, {one.sample.sample, other.sample.sample} | names[0] | names[1])
    return all(bool(own & held) for own in (names[0] or {one.sample.sample}, names[1] or {other.sample.sample}))


def _names_held(file: Path, names: set[str]) -> set[str]:
    """Which of these names stand as a cell of a file: sample columns of a VCF, ids of a table of several samples."""
    try:
        with open(file, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(file) if packed else open(file, "rb") as stream:
            text = stream.read(SCANNED)
    except (OSError, EOFError):
        return set()
    cells: set[str] = set()
    for line in text.decode("utf-8", "replace").splitlines():
        if not line.startswith("##"):
            cells |= names & {cell.strip('" ') for cell in line.split("\t")}
        if cells == names or line.startswith("#CHROM"):
            break
    return cells


def _same_content(uses: Sequence[_Use]) -> Iterator[list[_Use]]:
    """Files of equal content that hold a record. Only files of one size are read."""
    by_size: dict[int, list[_Use]] = defaultdict(list)
    for use in uses:
        try:
            by_size[use.file.stat().st_size].append(use)
        except OSError:
            continue
    for size, alike in by_size.items():
        if len({use.owner for use in alike}) < 2 or size > HASHED:
            continue
        by_content: dict[str, list[_Use]] = defaultdict(list)
        for use in alike:
            by_content[_sha256(use.file)].append(use)
        yield from (same for same in by_content.values() if len(same) > 1 and _says_whose(same[0]))


def _sha256(file: Path) -> str:
    try:
        with open(file, "rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=file) from error


def _says_whose(use: _Use) -> bool:
    """Does a file hold enough to be one sample's alone? A header is anybody's, and so are a few whole chromosomes."""
    least = QUIET if use.column == "copy_number" else 1
    try:
        with open(use.file, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(use.file) if packed else open(use.file, "rb") as stream:
            lines = (line for line in stream if line.strip() and not line.startswith((b"#", b"@")))
            is_vcf = use.file.name.removesuffix(".gz").endswith((".vcf", ".bcf"))
            return len(list(islice(lines, least + (0 if is_vcf else 1)))) == least + (0 if is_vcf else 1)
    except (OSError, EOFError):
        return False
