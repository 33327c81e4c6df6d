"""Cells that copy-number tables share: contigs, log2, fractions, sample columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from annotate.base.chromosomes import CHROMOSOMES
from annotate.base.errors import InputError
from annotate.base.middle import median
from annotate.model.copy_number import Segment, SegmentTable
from annotate.model.sample import Sex
from annotate.read.common.identity import matching
from annotate.read.common.text import MISSING, Head, Row, Tally, lines, read_head, table
from annotate.reference.genome import Genome

OTHER_SAMPLE = "other sample"
Names = tuple[str, ...]  # names that the sample may have in a table of several samples

NO_READS_LOG2 = -20.0  # callers write -Inf or about -20 where a segment has no reads at all
GAP_BINS = 3  # bins without a value, in a row, that do not end a segment: no deletion of that size is seen anyway
MOST_PARAMETERS = 1000  # names in a file of parameters: a table of segments is none
NUMBERED_SEX = {"23": "X", "24": "Y"}  # plink and DNAcopy number the sex chromosomes
MALE, FEMALE = frozenset({"m", "male", "xy"}), frozenset({"f", "female", "xx"})


class Reader(Protocol):
    """A copy-number reader. `names` picks the sample where a table holds several."""

    def __call__(self, path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
        """Segments of a file; counts and warnings go to the tally."""


def chromosome(name: str, genome: Genome) -> str | None:
    """1 … 22, X or Y for any spelling (chr1, 1, 01, 23, 24), None for any other contig."""
    found = genome.contig(name)
    if found is None:
        found = NUMBERED_SEX.get(name.lower().removeprefix("chr"))
    return found if found in CHROMOSOMES else None


def rows(path: Path, *, comment: str = "#") -> Iterator[Row]:
    """Rows of a table by its header, whatever parts its cells; also with R's row names and a header one cell short."""
    head = read_head(path)
    if head.first and len(head.first) == len(head.columns) + 1:
        named = table(path, columns=("row name", *head.columns), comment=comment, dialect=head.dialect)
        next(named, None)
        return named
    return table(path, comment=comment, dialect=head.dialect)


def only_row(path: Path, what: str) -> Row:
    """The row of a table of one. Errors: InputError where there is none, or several. `what` names the table."""
    found = None
    for row in rows(path):
        if found is not None:
            raise InputError(f"{what} has several rows", path=path, line=row.line, expected="one row")
        found = row
    if found is None:
        raise InputError(f"{what} has no row", path=path, expected="one row of values")
    return found


def parameters(path: Path, tally: Tally, separator: str) -> Row:
    """Lines of `name<separator>value` as one row; of a name that stands twice, the first. Errors: InputError."""
    stated: dict[str, str] = {}
    for number, line in lines(path):
        if not line.strip():
            continue
        tally.use()
        name, _, value = line.partition(separator)
        if value.strip():
            stated.setdefault(name.strip(), value.strip())
        if len(stated) > MOST_PARAMETERS:
            raise InputError("too many lines for a parameter file", path=path, line=number)
    return Row(path, 0, stated)


def body_columns(head: Head) -> tuple[str, ...]:
    """The header cells: the first line with tabs, the leading # removed."""
    for line in head.lines:
        if head.dialect.delimiter in line and not line.startswith(("##", "@")):
            return tuple(cell.strip().strip('"') for cell in head.dialect.cells(line.lstrip("#")))
    return ()


def log2_of(ratio: float | None) -> float | None:
    """log2 of a linear ratio; no reads at all is -20, as callers write it."""
    if ratio is None or ratio < 0:
        return None
    return max(math.log2(ratio), NO_READS_LOG2) if ratio > 0 else NO_READS_LOG2


def log2_cell(row: Row, *columns: str) -> float | None:
    """A log2 cell; -Inf is a segment without reads, not a missing value."""
    if row.text(*columns).lower() in {"-inf", "-infinity"}:
        return NO_READS_LOG2
    return row.number(*columns)


def optional(row: Row, *columns: str) -> float | None:
    """A number in the first of these columns that exists; None where none does."""
    for column in columns:
        if column in row.cells:
            return row.number(column)
    return None


def optional_count(row: Row, *columns: str) -> int | None:
    """A whole number of 0 or more; None where the cell is missing."""
    value = optional(row, *columns)
    return int(value) if value is not None and value >= 0 else None


def sex_word(word: str | None) -> Sex | None:
    """The sex in a caller's words; None where it says nothing clear."""
    key = (word or "").strip().lower()
    if key in MALE:
        return "male"
    return "female" if key in FEMALE else None


def fraction(value: float | None, what: str, path: Path, line: int | None = None) -> float | None:
    """A share of cells, 0 < x <= 1."""
    if value is not None and not 0 < value <= 1:
        raise InputError(f"{what} is out of range", path=path, line=line, found=value, expected="above 0, at most 1")
    return value


def checked_ploidy(value: float | None, path: Path, line: int | None = None) -> float | None:
    """A mean copy number, above 0 and below 20. Errors: InputError."""
    if value is not None and not 0 < value < 20:
        raise InputError("ploidy is out of range", path=path, line=line, found=value, expected="above 0, below 20")
    return value


# ---------------------------------------------------------------- the sample of a table


def choose_sample(path: Path, found: Iterable[str], names: Names) -> str:
    """The one sample of a table, or the one that `names` picks. Raises InputError that names them all."""
    samples = list(dict.fromkeys(found))
    if len(samples) == 1:
        return samples[0]
    index = matching(samples, names)
    if index is not None:
        return samples[index]
    raise refuse_several(path, samples)


def refuse_several(path: Path, samples: Sequence[str]) -> InputError:
    """The message of a table in which this sample cannot be told."""
    return InputError(
        f"table holds {len(samples)} samples",
        path=path,
        found=", ".join(samples[:20]) + (" …" if len(samples) > 20 else ""),
        expected="one sample",
        fix="write one of these names as tumor_name in the sample sheet, or give a file of one sample",
    )


def of_sample(path: Path, column: str, names: Names, tally: Tally) -> Iterator[Row]:
    """Rows of the chosen sample; those of other samples are dropped and counted."""
    chosen = choose_sample(path, (row.cells.get(column, "") for row in rows(path)), names) if _has_rows(path) else ""
    for row in rows(path):
        if row.cells.get(column, "") == chosen:
            yield row
        else:
            tally.drop(OTHER_SAMPLE)


def _has_rows(path: Path) -> bool:
    return next(rows(path), None) is not None


# ---------------------------------------------------------------- bins to segments


def merge_bins(
    bins: Iterable[tuple[Row, str, int, int, tuple[float | None, ...]]],
) -> Iterator[tuple[Row, str, int, int, tuple[float | None, ...], int]]:
    """Neighbouring bins of equal values as one: (first row, chromosome, start, end, values, bins).

    A bin or two that are left out (no value) do not end a segment; a longer gap, another value or chromosome do.
    """
    held: tuple[Row, str, int, int, tuple[float | None, ...], int] | None = None
    for row, chrom, start, end, values in bins:
        near = held is not None and 0 <= start - held[3] <= GAP_BINS * (end - start + 1)
        if held and near and held[1] == chrom and held[4] == values:
            held = (held[0], chrom, held[2], max(end, held[3]), values, held[5] + 1)
            continue
        if held:
            yield held
        held = (row, chrom, start, end, values, 1)
    if held:
        yield held


def spacing(segments: Sequence[Segment]) -> int | None:
    """Typical distance of bins or probes in bases: the median over segments of length by markers."""
    known = [(segment.length / segment.markers, segment.markers) for segment in segments if segment.markers]
    large = [distance for distance, markers in known if markers >= 10]
    chosen = large or [distance for distance, _ in known]
    return round(median(chosen)) if chosen else None


def present(text: str) -> bool:
    """Does the cell state something?"""
    return text not in MISSING
