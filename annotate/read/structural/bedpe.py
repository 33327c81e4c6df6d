"""BEDPE tables of structural variants: one line a junction, two intervals and two strands.

Columns by name where there is a header (svtools, megSAP, PCAWG, GRIDSS, BRASS, SigProfiler…), else by position:
chrom1 start1 end1 chrom2 start2 end2 name score strand1 strand2. Intervals are 0-based and half-open. What the strands
mean is in `annotate.read.structural.bedpe_columns`. Of a table with a column `sample`, this sample's rows are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from annotate.base.errors import InputError
from annotate.base.filters import PASSING
from annotate.model.junctions import Breakend, Side
from annotate.model.remark import RemarkCode
from annotate.read.common.own_rows import OTHER_SAMPLE, OwnRows, own_rows
from annotate.read.common.passing import filter_word
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, lines
from annotate.read.structural.bedpe_columns import PLAIN_COLUMNS, Convention, column_places, convention_of, orientation
from annotate.read.structural.drafts import Collector, Draft, Range, draft
from annotate.read.structural.remarks import Remarks
from annotate.read.structural.sieve import BEYOND, WHOLE
from annotate.read.structural.source import KIND, Source, StructuralFile
from annotate.read.structural.support import NOTHING, Support

TOLD_BY = 2000  # rows from which the convention of the strands is told
Row = Mapping[str, str]


@dataclass(slots=True)
class BedpeReader:
    """Reads rows of two intervals and two strands, from a BEDPE or from another table that has them."""

    source: Source
    caller: str = "BEDPE"
    format: str = "bedpe"
    convention: Convention = Convention.BREAKENDS
    found: Collector = field(default_factory=Collector)
    remarks: Remarks = field(init=False)

    def __post_init__(self) -> None:
        self.remarks = Remarks(self.source.path, self.source.targets)

    def read(self, own: OwnRows | None) -> StructuralFile:
        """All junctions of a BEDPE and what became of its lines."""
        self.convention = convention_of(self._header(), (row for _, row in islice(self._rows(), TOLD_BY)))
        for number, row in self._rows(own.column if own is not None else None):
            if own is not None and row.get("sample", "") not in (own.name, *MISSING):
                self.source.tally.drop(OTHER_SAMPLE)
            else:
                self.add(number, row)
        return self.done()

    def done(self) -> StructuralFile:
        """What the file gave."""
        path = self.source.path
        file = self.source.tally.file(KIND, path, self.format)
        return StructuralFile(self.found.junctions(str(path)), file, tuple(self.remarks.found))

    def _header(self) -> Sequence[str]:
        """Cells of the first line that is no comment."""
        body = (line for _, line in lines(self.source.path) if _is_body(line))
        return next(body, "").split("\t")

    def _rows(self, sample: str | None = None) -> Iterator[tuple[int, Row]]:
        """Rows with their line; `sample`: the column that names samples, where it is not called so."""
        where: dict[str, int] | None = None
        for number, line in lines(self.source.path):
            if line.startswith("##source="):
                self.caller = _caller(line) or self.caller
            if not _is_body(line):
                continue
            cells = [cell.strip() for cell in line.split("\t")]
            if where is None:
                where = column_places(cells)
                if "chrom1" in where:
                    names = [name.lstrip("#").strip() for name in cells]
                    if sample in names:
                        where["sample"] = names.index(sample)
                    continue
                where = {name: place for place, name in enumerate(PLAIN_COLUMNS) if place < len(cells)}
            if line.startswith("#"):
                continue
            if len(cells) < 6:
                raise InputError(
                    "too few columns",
                    path=self.source.path,
                    line=number,
                    found=len(cells),
                    expected="6 or more, tab-separated",
                )
            yield number, {name: cells[place] for name, place in where.items() if place < len(cells)}

    def add(self, number: int, row: Row) -> None:
        """One row, in the columns of `ALIASES`."""
        tally = self.source.tally
        first, first_range = self._end(row, "1", number)
        second, second_range = self._end(row, "2", number)
        if first is None and second is None:
            tally.drop("other_contig")
            return
        filters = filter_word(row.get("filter", ""))
        made = self._junctions(row, first, second, first_range, second_range)
        if not made:
            tally.drop(f"type_not_read:{row.get('type', '')[:20] or 'none'}")
            return
        if _support(row).reads == 0:
            tally.drop("no_read_supports_it")
            return
        kept = [new for new in made if filters in PASSING or self.source.of_interest(new.left, new.right)]
        if not kept:
            tally.drop(f"filter:{filters}"[:100])
            return
        if tally.read >= WHOLE and not any(self.source.targets.concerns(new) for new in kept):
            tally.drop(BEYOND)
            return
        for new in kept:
            self._finish(new, row, filters, number)
        tally.use()

    def _finish(self, new: Draft, row: Row, filters: str, number: int) -> None:
        if filters not in PASSING:
            new.flags.add("filtered_by_caller")
        new.support = _support(row)
        normal = sum(_count(row.get(key)) or 0 for key in ("normal_pairs", "normal_splits"))
        source = self.source
        if normal >= source.normal_reads and normal >= source.normal_share * (new.support.reads or 0):
            new.flags.add("possible_germline")
        new.filter = filters if filters not in ("", ".") else None
        new.caller = self.caller
        new.record = ""
        name = row.get("name", "")
        new.records.append(name if name not in MISSING else f"line {number}")
        new.precise = "IMPRECISE" not in row.get("info", "").split(";")
        if self.found.known(new):
            return
        self.found.add(new)
        if new.right is None and "filtered_by_caller" not in new.flags:
            code, reason = RemarkCode.UNPLACEABLE_CONTIG, "joined to a contig that is no assembled chromosome"
            self.remarks.at(new.left, new.records[0], code, reason)

    def _end(self, row: Row, which: str, line: int) -> tuple[tuple[str, int] | None, Range | None]:
        """Contig and base of one end, None when it is unknown or on another contig."""
        contig = row.get("chrom" + which, "")
        start, end = (self._number(row, name + which, line) for name in ("start", "end"))
        if contig in MISSING or start is None or end is None:
            return None, None
        chrom = self.source.genome.contig(contig)
        if chrom is None:
            return None, None
        low, high = start + 1, max(end, start + 1)
        length = self.source.genome.contig_lengths.get(chrom, high)
        if low < 0 or high > length + 2:
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.source.path,
                line=line,
                column="end" + which,
                found=f"{chrom}:{high}",
                expected=f"at most {length} in {self.source.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )
        middle = (low + high) // 2
        return (chrom, middle), (low - middle, high - middle)

    def _number(self, row: Row, name: str, line: int) -> int | None:
        text = row.get(name, "")
        if text in MISSING or text == "-1":
            return None
        if not text.isdecimal() or len(text) > 12:
            raise InputError(
                "not a position", path=self.source.path, line=line, column=name, found=text, expected="a whole number"
            )
        return int(text)

    def _junctions(
        self,
        row: Row,
        first: tuple[str, int] | None,
        second: tuple[str, int] | None,
        first_range: Range | None,
        second_range: Range | None,
    ) -> list[Draft]:
        connections, known, inserted = orientation(row, self.convention)
        if first is None or second is None:
            place, span = (first, first_range) if first is not None else (second, second_range)
            if place is None or not connections:
                return []
            side: Side = "L" if connections[0][0 if first is not None else 1] == "L" else "R"
            single = draft(Breakend(*place, side), None, "", span, None)
            single.flags.update(("single_breakend", "partner_on_other_contig"))
            return [single]
        if row.get("type", "").upper().startswith("INS"):
            new = draft(Breakend(*first, "L"), Breakend(first[0], first[1] + 1, "R"), "", first_range, None)
            new.flags.add("inserted_sequence_unknown")
            return [new]
        made = []
        for connection in connections or ("LR",):
            a: Side = "L" if connection[0] == "L" else "R"
            b: Side = "L" if connection[1] == "L" else "R"
            new = draft(Breakend(*first, a), Breakend(*second, b), inserted, first_range, second_range)
            if not known:
                new.flags.add("orientation_unknown")
            made.append(new)
        return made


def _support(row: Mapping[str, str]) -> Support:
    paired, split = _count(row.get("tumor_pairs")), _count(row.get("tumor_splits"))
    if paired is None and split is None:
        total = _count(row.get("support"))
        return Support(total=total) if total is not None else NOTHING
    for_it = (paired or 0) + (split or 0)
    against = sum(_count(row.get(key)) or 0 for key in ("tumor_pairs_ref", "tumor_splits_ref"))
    depth = for_it + against
    return Support(split, paired, None, for_it / depth if depth else None, depth or None)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _caller(source: str) -> str | None:
    known = {"GenerateSVCandidates": "Manta", "LUMPY": "LUMPY", "svaba": "SvABA", "GRIDSS": "GRIDSS"}
    return next((caller for mark, caller in known.items() if mark.lower() in source.lower()), None)


def _recognise(head: Head) -> bool:
    body = [line for line in head.lines if line.strip() and not line.startswith(("##", "track ", "browser "))]
    if not body:
        return False
    cells = body[0].split("\t")
    if column_places(cells):
        return True
    if len(cells) < 6 or not all(cells[n].strip().lstrip("-").isdecimal() for n in (1, 2, 4, 5)):
        return False
    strands = len(cells) >= 10 and cells[8] in ("+", "-") and cells[9].strip() in ("+", "-", ".")
    return strands or not (cells[0].isdecimal() and cells[3].isdecimal())


def read_bedpe(source: Source) -> StructuralFile:
    """Junctions of one BEDPE and what became of its lines."""
    return BedpeReader(source).read(own_rows(source.path, source.sample, KIND, source.tally))


def _is_body(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("##", "track ", "browser "))


register(
    Format(
        kind=KIND,
        name="bedpe",
        caller="BEDPE",
        description="two intervals and two strands a line, with or without a header; BRASS and SigProfiler too",
        recognise=_recognise,
        read=read_bedpe,
        priority=1,
        tested_on="real file",
    )
)
