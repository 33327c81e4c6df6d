"""Where the sheet, the header and the names leave open which column is the leukaemia: what else tells it.

Another file of the same row may name it (Mutect2 writes its tumour into the header, Manta of the same pair does not).
Else the records: a tumour/normal caller reports changes whose reads lie in one of two columns only. Both are said.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from annotate.model.sample import Sample
from annotate.read.common.header_names import named_in_header

MAX_BYTES = 32 * 1024 * 1024  # of a file that are looked at
FEWEST = 3  # records with reads in one column only that make a case
SHARE = 0.9  # of them that must lie in the same one
ALT_READS = 3  # reads from which a record counts
READ_KEYS = ("AD", "PR", "SR", "RV")  # reference and alternative reads: small variants, Manta, Delly


def named_by_others(names: Sequence[str], sample: Sample, path: Path | str) -> tuple[int, str] | None:
    """The column that another file of the sample names as its tumour; None where none does or two disagree."""
    told: dict[int, str] = {}
    for file in (*sample.small_variants, *sample.structural_variants):
        if Path(file) == Path(path):
            continue
        for name in _tumors(Path(file)):
            if name in names:
                told.setdefault(names.index(name), Path(file).name)
    if len(told) != 1:
        return None
    index, source = next(iter(told.items()))
    return index, f"{source} of the same sample names {names[index]} as the tumour"


def told_by_records(names: Sequence[str], path: Path | str) -> tuple[int, str] | None:
    """Of two columns the one that alone has the alternative reads of the records."""
    if len(names) != 2:
        return None
    alone = [0, 0]
    for line in _lines(Path(path)):
        cells = line.rstrip("\n").split("\t")
        if len(cells) == 11:
            reads = [_alt_reads(cells[8], cell) for cell in cells[9:]]
            for own, other in ((0, 1), (1, 0)):
                alone[own] += reads[own] >= ALT_READS and reads[other] == 0
    most = 0 if alone[0] >= alone[1] else 1
    if alone[most] < FEWEST or alone[most] < SHARE * sum(alone):
        return None
    return most, f"{alone[most]} of {sum(alone)} records have reads in the column {names[most]} only: told from these"


def _alt_reads(keys: str, cell: str) -> int:
    fields = dict(zip(keys.split(":"), cell.split(":"), strict=False))
    counts = [fields[key].split(",")[1:] for key in READ_KEYS if key in fields]
    return sum(int(value) for values in counts for value in values if value.isdigit())


@lru_cache(maxsize=64)
def _tumors(path: Path) -> tuple[str, ...]:
    """Names that a file's header gives to its tumour, and that of its only column."""
    header: list[str] = []
    for line in _lines(path, header=True):
        if line.startswith("#CHROM"):
            names = line.rstrip("\r\n").split("\t")[9:]
            index = named_in_header(header, names)
            if index is None and len(names) == 1:
                index = 0
            return () if index is None else (names[index],)
        header.append(line)
    return ()


def _lines(path: Path, *, header: bool = False) -> Iterator[str]:
    """Header lines, or records, of a text VCF; none of a file that cannot be read as one."""
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else open(path, "rb") as text:
            read = 0
            for line in text:
                read += len(line)
                if read > MAX_BYTES or (header and not line.startswith(b"#")):
                    return
                if header or not line.startswith(b"#"):
                    yield line.decode("utf-8", errors="replace")
    except (OSError, EOFError):
        return
