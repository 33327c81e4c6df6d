"""A cheap test of position before anything else of a VCF line is decoded.

The text is looked at in blocks of megabytes, with arrays: line ends, tabs, contig, position and length of REF.
Lines that touch the regions are handed on; of all others only what the report states is taken: how many, how many
alternative alleles pass. Memory does not depend on the size of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.read.common.text import MAX_LINE
from annotate.read.small_variants.container import CHUNK
from annotate.read.small_variants.panel import Line, Regions
from annotate.read.small_variants.spans import span_end
from annotate.reference.genome import Genome

OTHER = -1  # a contig that is not an assembled chromosome
_NO_ALLELE = (b".", b"*", b"<NON_REF>", b"<*>", b"<X>")


@dataclass(slots=True)
class Totals:
    """What was counted while a file went by."""

    records: int = 0
    outside: int = 0
    near: int = 0  # in a panel gene, but not in what is read of it
    other_contig: int = 0
    passing_alleles: int = 0
    unended: bool = False  # the last line has no line end


@dataclass(slots=True)
class Block:
    """Some whole lines of a VCF, taken apart. Arrays have one entry a line."""

    data: bytes
    first_line: int
    numbers: list[int] | None  # of the lines, where empty lines were left out
    starts: Any
    ends: Any
    tabs: Any  # [line, column]
    contigs: Any  # index of the contig, or OTHER
    positions: Any
    keys: Any  # place on the line of all contigs
    whole: int = 0  # lines that it took of the file, where empty lines were left out

    @property
    def lines(self) -> int:
        """Lines of the file that it took, empty ones too."""
        return self.whole or int(self.ends.size)

    def number(self, index: int) -> int:
        """Number of a line in the file, from 1."""
        return self.first_line + index if self.numbers is None else self.numbers[index]

    def line(self, index: int) -> bytes:
        """The bytes of a line."""
        return self.data[int(self.starts[index]) : int(self.ends[index])]

    def cell(self, index: int, column: int) -> bytes:
        """The bytes of a cell; the first column cannot be asked for."""
        row = self.tabs[index]
        return self.data[int(row[column - 1]) + 1 : int(row[column])]

    def info(self, index: int) -> bytes:
        """The bytes of INFO, which is the last column of a file without samples."""
        row = self.tabs[index]
        return self.data[int(row[6]) + 1 : int(row[7] if row.size > 7 else self.ends[index])]


Claims = Callable[[bytes], bool]


@dataclass(slots=True)
class Sieve:
    """Goes through the records of one VCF. `columns` is the number of columns that the header names."""

    path: Path
    genome: Genome
    columns: int
    first_line: int
    regions: Regions | None = None
    near: Regions | None = None  # whole panel genes, to tell an intron from the rest of the genome
    claims: Claims | None = None  # what of INFO makes a record of an intron worth reading
    blocks: bool = False  # a gVCF: records stand for all places up to the next one
    totals: Totals = field(default_factory=Totals)
    _lows: Any = None
    _highs: Any = None
    _near: Any = None
    _marks: Any = None
    _names: list[str] = field(default_factory=list)
    _offsets: Any = None
    _lengths: Any = None
    _ids: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import numpy as np

        line = Line.of(self.genome)
        self._names = list(line.starts)
        self._offsets = np.array(list(line.starts.values()), dtype=np.int64)
        self._lengths = np.array([longest(name, self.genome) for name in self._names], dtype=np.int64)
        if self.regions is not None:
            self._lows, self._highs = self.regions.arrays()
        if self.near is not None:
            self._near = self.near.arrays()

    def kept(self, chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """(line number, line) of every record that touches the regions; the rest is counted."""
        for block in self.split(chunks):
            keep = self._touching(block)
            near = self._nearby(block, keep)
            if self.claims is not None:
                self._add_claimed(block, keep, near)
            self._count(block, keep, near)
            for index in keep.nonzero()[0].tolist():
                yield block.number(index), block.line(index)

    def split(self, chunks: Iterable[bytes]) -> Iterator[Block]:
        """The file as blocks of whole lines. Errors: InputError with the line that is no VCF record."""
        number, rest = self.first_line, b""
        for chunk in chunks:
            data = rest + chunk
            cut = data.rfind(b"\n", len(rest)) + 1
            rest = data[cut:]
            if not cut:
                self._refuse_endless(rest, number)
                continue
            block = self._block(data, cut, number)
            number += block.lines if block is not None else data.count(b"\n", 0, cut)
            if block is not None:
                yield block
        if rest.strip():
            self.totals.unended = True
            block = self._block(rest + b"\n", len(rest) + 1, number)
            if block is not None:
                yield block

    def _refuse_endless(self, rest: bytes, number: int) -> None:
        if len(rest) > MAX_LINE:
            raise InputError("line is too long for a VCF", path=self.path, line=number)

    # ------------------------------------------------------------ one block

    def _block(self, data: bytes, size: int, number: int, numbers: list[int] | None = None) -> Block | None:
        """The lines of the first `size` bytes."""
        import numpy as np

        text = np.frombuffer(data, dtype=np.uint8, count=size)
        breaks = self._low(text).nonzero()[0]
        marks = text[breaks]
        ends = breaks[marks == 10]
        starts = np.empty_like(ends)
        starts[0], starts[1:] = 0, ends[:-1] + 1
        width = self.columns - 1
        tabs = breaks[marks == 9]
        if tabs.size == ends.size * width:
            table = tabs.reshape(ends.size, width)
            if (table[:, 0] > starts).all() and (table[:, -1] < ends).all():
                return self._located(data, number, numbers, text, starts, ends, table)
        return self._mended(data[:size], number)

    def _low(self, text: Any) -> Any:
        """Tabs and line ends; nothing else of a VCF is as low. The array is used again: new pages cost more than it."""
        import numpy as np

        if self._marks is None or self._marks.size < text.size:
            self._marks = np.empty(text.size + CHUNK // 4, dtype=bool)
        return np.less_equal(text, 10, out=self._marks[: text.size])

    def _mended(self, data: bytes, number: int) -> Block | None:
        """A block without its empty lines. InputError for a line with another number of columns."""
        lines = data.split(b"\n")[:-1]
        if not any(line.strip() for line in lines):
            return None
        for offset, line in enumerate(lines):
            cells = line.count(b"\t") + 1
            if line.strip() and (cells != self.columns or line.startswith((b"\t", b"#"))):
                raise InputError(
                    "record has not the columns that the header names",
                    path=self.path,
                    line=number + offset,
                    found=f"{cells} columns: {line[:60].decode(errors='replace')}",
                    expected=f"{self.columns} columns, tab-separated",
                    fix="the file is truncated or damaged there: copy it again",
                )
        filled = [(number + offset, line) for offset, line in enumerate(lines) if line.strip()]
        text = b"".join(line + b"\n" for _, line in filled)
        found = self._block(text, len(text), number, [at for at, _ in filled])
        if found is not None:
            found.whole = len(lines)
        return found

    def _located(
        self, data: bytes, number: int, numbers: list[int] | None, text: Any, starts: Any, ends: Any, tabs: Any
    ) -> Block:
        import numpy as np

        contigs = self._contigs(data, text, starts, tabs[:, 0])
        positions = self._positions(text, tabs, number)
        known = contigs != OTHER
        every = bool(known.all())
        chosen = contigs if every else np.where(known, contigs, 0)
        beyond = positions > self._lengths[chosen]
        if not every:
            beyond &= known
        if beyond.any():
            self._refuse_beyond(int(beyond.argmax()), number, contigs, positions)
        keys = self._offsets[chosen] + positions
        if not every:
            keys[~known] = -1
        return Block(data, number, numbers, starts, ends, tabs, contigs, positions, keys)

    def _refuse_beyond(self, index: int, number: int, contigs: Any, positions: Any) -> None:
        contig = int(contigs[index])
        raise InputError(
            "position lies beyond the end of its contig",
            path=self.path,
            line=number + index,
            column="POS",
            found=f"{self._names[contig]}:{int(positions[index]):,}",
            expected=f"at most {int(self._lengths[contig]):,} ({self.genome.assembly})",
            fix="check the assembly of the file",
        )

    def _contigs(self, data: bytes, text: Any, starts: Any, first_tabs: Any) -> Any:
        """Index of each line's contig. Lines of one contig stand together, so runs are looked up, not lines."""
        import numpy as np

        lengths = first_tabs - starts
        longest = int(lengths.max())
        first = data[: int(first_tabs[0])]
        if longest == len(first) and int(lengths.min()) == longest:
            same = np.ones(starts.size, dtype=bool)
            for offset, byte in enumerate(first):
                same &= text[starts + offset] == byte
            if same.all():
                return np.full(starts.size, self._id(first), dtype=np.int64)
        codes = lengths.astype(np.uint64)
        for offset in range(min(longest, 64)):
            here = offset < lengths
            byte = text[np.where(here, starts + offset, starts)].astype(np.uint64)
            codes = np.where(here, codes * np.uint64(1_000_003) + byte, codes)
        changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        runs = [0, *changes.tolist(), starts.size]
        ids = [self._id(data[int(starts[run]) : int(first_tabs[run])]) for run in runs[:-1]]
        return np.repeat(np.array(ids, dtype=np.int64), np.diff(runs))

    def _id(self, name: bytes) -> int:
        found = self._ids.get(name)
        if found is None:
            plain = name.decode("utf-8", errors="replace")
            contig = self.genome.contig(plain)
            if contig is None:
                self.genome.refuse_foreign(plain, str(self.path))
            found = OTHER if contig is None else self._names.index(contig)
            if len(self._ids) < 100_000:
                self._ids[name] = found
        return found

    def _positions(self, text: Any, tabs: Any, number: int) -> Any:
        import numpy as np

        last = tabs[:, 1]
        widths = last - tabs[:, 0] - 1
        widest = int(widths.max())
        values = np.zeros(last.size, dtype=np.int64)
        wrong = widths < 1
        power = 1
        for offset in range(1, min(widest, 18) + 1):
            digit = text[last - offset].astype(np.int64) - 48
            if offset <= int(widths.min()):
                bad = (digit < 0) | (digit > 9)
                values += digit * power
            else:
                here = offset <= widths
                bad = here & ((digit < 0) | (digit > 9))
                values += np.where(here, digit * power, 0)
            wrong |= bad
            power *= 10
        wrong |= widths > 18
        if wrong.any():
            index = int(wrong.argmax())
            cell = bytes(text[int(tabs[index, 0]) + 1 : int(tabs[index, 1])]).decode(errors="replace")
            raise InputError(
                "not a position", path=self.path, line=number + index, column="POS", found=cell, expected="a number"
            )
        return values

    # ------------------------------------------------------------ choosing and counting

    def _touching(self, block: Block) -> Any:
        """Records that touch a region with the bases of REF, or in a gVCF with their block."""
        import numpy as np

        ends = block.keys + (block.tabs[:, 3] - block.tabs[:, 2] - 2)
        ends = np.maximum(ends, self._block_ends(block))
        return (block.keys >= 0) & _overlap(self._lows, self._highs, block.keys, ends)

    def _block_ends(self, block: Block) -> Any:
        """Where symbolic alleles and the blocks of a gVCF end: by INFO, for lines whose ALT is a symbol or missing."""
        import numpy as np

        text = np.frombuffer(block.data, dtype=np.uint8)
        ends = block.keys.copy()
        first = text[block.tabs[:, 3] + 1]
        symbolic = np.flatnonzero((first == 60) | (first == 46) if self.blocks else first == 60)
        for index in symbolic.tolist():
            if block.keys[index] >= 0:
                end = span_end(int(block.positions[index]), block.cell(index, 4), block.info(index))
                if end is not None:
                    ends[index] += max(0, end - int(block.positions[index]))
        return ends

    def _nearby(self, block: Block, keep: Any) -> Any:
        """Records that begin in a panel gene without touching a region."""
        if self._near is None or bool(keep.all()):
            return keep & ~keep
        lows, highs = self._near
        return _overlap(lows, highs, block.keys, block.keys) & ~keep & (block.keys >= 0)

    def _add_claimed(self, block: Block, keep: Any, near: Any) -> None:
        """Records of introns whose annotation may know more of them than the pack: from `near` to `keep`."""
        for index in near.nonzero()[0].tolist():
            if self.claims is not None and self.claims(block.info(index)):
                keep[index], near[index] = True, False

    def _count(self, block: Block, keep: Any, near: Any) -> None:
        import numpy as np

        lines = int(block.starts.size)
        other, nearby = int(np.count_nonzero(block.keys < 0)), int(np.count_nonzero(near))
        self.totals.records += lines
        self.totals.other_contig += other
        self.totals.near += nearby
        self.totals.outside += lines - other - int(np.count_nonzero(keep)) - nearby
        self.totals.passing_alleles += self._passing(block)

    def _passing(self, block: Block) -> int:
        """Alternative alleles of records that pass (PASS or `.`)."""
        import numpy as np

        text = np.frombuffer(block.data, dtype=np.uint8)
        tabs = block.tabs
        filter_start, filter_length = tabs[:, 5] + 1, tabs[:, 6] - tabs[:, 5] - 1
        first = text[filter_start]
        passing = ((filter_length == 4) & (first & 0xDF == 80)) | ((filter_length == 1) & (first == 46))
        alt_start, alt_length = tabs[:, 3] + 1, tabs[:, 4] - tabs[:, 3] - 1
        simple = alt_length <= 2
        byte = text[alt_start]
        count = int(np.count_nonzero(passing & simple & (byte != 46) & (byte != 42)))
        block_only = (byte == 60) & ((alt_length == 9) | (alt_length == 3)) & (text[tabs[:, 4] - 1] == 62)
        for index in np.flatnonzero(passing & ~simple & ~block_only).tolist():
            alts = block.data[int(alt_start[index]) : int(tabs[index, 4])]
            count += 1 if b"," not in alts else sum(alt not in _NO_ALLELE for alt in alts.split(b","))
        return count - self._repeated(block, passing)

    def _repeated(self, block: Block, passing: Any) -> int:
        """Lines that say what the line before says of place and alleles: one line a transcript, or a caller."""
        import numpy as np

        same = np.flatnonzero((block.keys[1:] == block.keys[:-1]) & passing[1:] & passing[:-1] & (block.keys[1:] >= 0))
        return sum(
            all(block.cell(index + 1, column) == block.cell(index, column) for column in (3, 4))
            for index in same.tolist()
        )


def longest(chrom: str, genome: Genome) -> int:
    """The last place of a contig. The mitochondrial sequence of UCSC hg19 is two bases longer than that of others."""
    return genome.contig_lengths[chrom] + (2 if chrom == "MT" else 0)


def _overlap(lows: Any, highs: Any, starts: Any, ends: Any) -> Any:
    """Which of start … end touch one of the disjoint, sorted intervals."""
    import numpy as np

    found = np.searchsorted(lows, ends, side="right") - 1
    return (found >= 0) & (highs[np.maximum(found, 0)] >= starts)
