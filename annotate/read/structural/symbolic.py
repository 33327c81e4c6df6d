"""Symbolic records: <DEL>, <DUP>, <INV>, <INS>, <TRA> with END, CHR2 and, in most callers, the sides joined."""

from __future__ import annotations

from dataclasses import dataclass

from annotate.breakpoints.breakends import Connection, deletion, duplication, insertion, inversion
from annotate.model.junctions import Breakend
from annotate.read.structural.callers import Dialect
from annotate.read.structural.cells import kind_of, number_of, range_of, sides_of, stated_sides
from annotate.read.structural.drafts import Draft, draft
from annotate.read.structural.record import Contigs, Record, Unread

_NOT_JOINED = {"CNV": "copy_number_record", "CN": "copy_number_record"}


@dataclass(slots=True)
class SymbolicRecords:
    """Reads the symbolic records of one file."""

    dialect: Dialect
    contigs: Contigs

    def read(self, record: Record, alt: str) -> list[Draft]:
        """The junctions of one symbolic allele. Errors: Unread."""
        stated = record.info.get("SVTYPE", "").upper()
        kind = kind_of(alt) or kind_of(stated)
        if kind is None:
            raise Unread(_NOT_JOINED.get(alt[:3], _NOT_JOINED.get(alt[:2], f"type_not_read:{alt[:20] or stated[:20]}")))
        if kind == "INS":
            return [self._insertion(record)]
        there_chrom = self._other_contig(record)
        if kind == "TRA" or there_chrom != record.chrom:
            return [self._translocation(record, there_chrom)]
        return self._within_chromosome(record, kind)

    def ends_before_start(self, record: Record) -> bool:
        """Does a record end before it starts, on the same chromosome? Which end is wrong cannot be told."""
        end = number_of(record.info, "END")
        far = record.info.get("CHR2") or record.info.get("CHROM2") or "."
        return end is not None and end < record.pos and (far == "." or self.contigs.find(far) == record.chrom)

    def _insertion(self, record: Record) -> Draft:
        left, right = insertion(record.chrom, record.pos)
        sequence = record.info.get("SEQ") or record.info.get("SVINSSEQ") or ""
        new = draft(left, right, sequence if sequence.isalpha() else "", range_of(record.info, "CIPOS"), None)
        if not new.inserted:
            new.flags.add("inserted_sequence_unknown")
        return new

    def _other_contig(self, record: Record) -> str:
        contig = record.info.get("CHR2") or record.info.get("CHROM2")
        if not contig or contig == ".":
            return record.chrom
        chrom = self.contigs.find(contig)
        if chrom is None:
            raise Unread("other_contig")
        return chrom

    def _translocation(self, record: Record, there_chrom: str) -> Draft:
        pos = number_of(record.info, "POS2") or number_of(record.info, "END2") or number_of(record.info, "END")
        if pos is None:
            raise Unread("no_end_position")
        self.contigs.check(there_chrom, pos, record.line, "END")
        connections = self._connections(record, "TRA")
        first, second = sides_of(connections[0] if connections else "LR")
        new = draft(
            Breakend(record.chrom, record.pos, first),
            Breakend(there_chrom, pos, second),
            "",
            range_of(record.info, "CIPOS"),
            range_of(record.info, "CIEND"),
        )
        if not connections:
            new.flags.add("orientation_unknown")
        return new

    def _within_chromosome(self, record: Record, kind: str) -> list[Draft]:
        end = self._end(record)
        low, high = (record.pos, end) if record.pos <= end else (end, record.pos)
        self.contigs.check(record.chrom, high, record.line, "END")
        connections = self._connections(record, kind)
        if not connections:
            connections = {"DEL": ("LR",), "DUP": ("RL",)}.get(kind, ("LL", "RR"))  # type: ignore[assignment]
        drafts = []
        for connection in connections:
            first, second = self._placed(record.chrom, low, high, connection)
            ranges = range_of(record.info, "CIPOS"), range_of(record.info, "CIEND")
            drafts.append(draft(first, second, "", *(ranges if record.pos <= end else ranges[::-1])))
        return drafts

    def _placed(self, chrom: str, low: int, high: int, connection: Connection) -> tuple[Breakend, Breakend]:
        """The kept bases of a record low … high: by the standard POS is the base before, END the last one within."""
        if self.dialect.ends_are_breakends:
            first, second = sides_of(connection)
            return Breakend(chrom, low, first), Breakend(chrom, high, second)
        if connection == "LR":
            return deletion(chrom, low, high + 1)
        if connection == "RL":
            return duplication(chrom, low + 1, high)
        return inversion(chrom, low + 1, high, "L" if connection == "LL" else "R")

    def _connections(self, record: Record, kind: str) -> tuple[Connection, ...]:
        """Which sides are joined, where the record says so; a statement that contradicts DEL or DUP does not count."""
        trusted = self.dialect.connection_of
        stated = stated_sides(record.info, self.dialect.strands) if trusted is None or kind in trusted else ()
        if kind == "DEL":
            return tuple(c for c in stated if c == "LR")
        if kind == "DUP":
            return tuple(c for c in stated if c == "RL")
        if kind == "INV":
            return tuple(c for c in stated if c in ("LL", "RR"))
        return stated

    def _end(self, record: Record) -> int:
        end = number_of(record.info, "END") or number_of(record.info, "POS2")
        if end is not None:
            return end
        length = number_of(record.info, "SVLEN")
        if not length:
            raise Unread("no_end_position")
        return record.pos + length
