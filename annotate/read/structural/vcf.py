"""Structural-variant VCF of any caller, read as text: every record becomes one or two oriented junctions.

The text is parsed here and not by htslib because callers' headers are often malformed (undeclared INFO keys, wrong
types, missing contigs) in ways that do not touch the junctions. BCF goes through htslib.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import Connection, deletion, duplication, insertion, inversion, sequence_change
from annotate.breakpoints.vcf_alt import parse_alt
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Side
from annotate.model.sample import InputFile, Sample
from annotate.read.common.alleles import is_structural
from annotate.read.common.columns import Columns, choose_columns
from annotate.read.common.text import Tally
from annotate.read.structural.callers import HEADER_LINES, PLAIN, Dialect, dialect_of
from annotate.read.structural.cells import homology, info_of, kind_of, number_of, range_of, sides_of, stated_sides
from annotate.read.structural.drafts import Collector, Draft, draft
from annotate.read.structural.support import NOTHING, Rule, Support, info_support, normal_info_support, rule_for
from annotate.reference.genome import Genome

MAX_REASONS = 40  # distinct filter names that are counted by name
_CONTIG = re.compile(r"^##contig=<(?:.*,)?ID=([^,>]+)(?:.*?,length=(\d+))?", re.IGNORECASE)
_REF37 = re.compile(r"hg19|grch37|b37|hs37|g1k_v37", re.IGNORECASE)
_REF38 = re.compile(r"hg38|grch38|hs38", re.IGNORECASE)
_NOT_JOINED = {"CNV": "copy_number_record", "CN": "copy_number_record"}
PASSING = frozenset({"PASS", ".", ""})
_NO_ALLELE = frozenset({".", "*", "<*>", "<NON_REF>", "<X>", ""})


@dataclass(slots=True)
class Record:
    """One line of a VCF. `info` flags have an empty value."""

    line: int
    chrom: str  # as in the model
    pos: int
    id: str
    ref: str
    filter: str
    info: Mapping[str, str]


class Unread(Exception):
    """This allele gives no junction; the argument is the reason that is counted."""


@dataclass(slots=True)
class VcfReader:
    """Reads one file. `keep_filtered` says of two breakends whether a filtered record between them is kept."""

    path: Path
    sample: Sample
    genome: Genome
    knowledge: Knowledge
    keep_filtered: Callable[[Breakend, Breakend | None], bool]
    tally: Tally = field(default_factory=Tally)
    found: Collector = field(default_factory=Collector)
    ids: set[str] = field(default_factory=set)
    contigs: dict[str, str | None] = field(default_factory=dict)
    formats: dict[str, tuple[list[str], Rule | None]] = field(default_factory=dict)
    dialect: Dialect = field(init=False)
    sides_guessed: bool = field(init=False, default=False)
    columns: Columns = field(init=False)
    width: int = field(init=False, default=8)
    any_structural: bool = field(init=False, default=False)
    normal_reads: int = field(init=False, default=0)
    normal_share: float = field(init=False, default=0.0)

    def read(self, text: Iterator[tuple[int, str]]) -> tuple[list[Junction], InputFile]:
        """All junctions of the file and what became of its records."""
        header, columns = self._header(text)
        first = list(islice(text, 50))
        self.dialect = dialect_of(header, [line for _, line in first])
        self.sides_guessed = self.dialect.guesses_sides(header)
        self.normal_reads = int(self.knowledge.value("junctions.normal_reads"))
        self.normal_share = self.knowledge.value("junctions.normal_share")
        names = columns[9:]
        self.width = len(columns)
        self.columns = choose_columns(names, header, self.sample, self.path, "structural_variants")
        for number, line in first:
            self._line(number, line)
        for number, line in text:
            self._line(number, line)
        self._refuse_small_variants()
        self._mates_missing()
        if self.columns.tumor_name is not None and len(names) > 1:
            self.tally.note(f"column {self.columns.tumor_name} read as the leukaemia: {self.columns.why}")
        return self.found.junctions(str(self.path)), self.tally.file(
            "structural_variants", self.path, self.dialect.name
        )

    def _refuse_small_variants(self) -> None:
        """Calls of small variants alone say nothing of rearrangements: read here, they would pass for a search."""
        if self.dialect is PLAIN and not self.any_structural and self.tally.dropped.get("not_structural"):
            raise InputError(
                "holds small variants only",
                path=self.path,
                found=f"{self.tally.read} records, none of them structural",
                expected="breakends, symbolic alleles or long sequences",
                fix="write it into the column small_variants",
            )

    # ------------------------------------------------------------ header

    def _header(self, text: Iterator[tuple[int, str]]) -> tuple[list[str], list[str]]:
        header: list[str] = []
        contigs: dict[str, int | None] = {}
        for number, line in text:
            if line.startswith("##"):
                contig = _CONTIG.match(line)
                if contig:
                    contigs[contig[1]] = int(contig[2]) if contig[2] else None
                elif len(header) < HEADER_LINES:
                    header.append(line)
                continue
            if not line.strip():
                continue
            columns = line.split("\t")
            if columns[:5] != ["#CHROM", "POS", "ID", "REF", "ALT"] or len(columns) < 8:
                raise InputError(
                    "header line is missing or damaged",
                    path=self.path,
                    line=number,
                    found=line[:80],
                    expected="#CHROM POS ID REF ALT QUAL FILTER INFO, tab-separated",
                )
            self._check_assembly(contigs, header)
            return header, [name.strip() for name in columns]
        raise InputError("the line #CHROM is missing", path=self.path, expected="a VCF header")

    def _check_assembly(self, contigs: Mapping[str, int | None], header: Sequence[str]) -> None:
        self.genome.check_contigs(contigs, str(self.path))
        if any(length for length in contigs.values()):
            return
        for line in header:
            if not line.startswith(("##reference=", "##assembly=")):
                continue
            named = {"GRCh37"} if _REF37.search(line) else {"GRCh38"} if _REF38.search(line) else set()
            if named and self.genome.assembly not in named:
                raise InputError(
                    "the file names another assembly",
                    path=self.path,
                    found=line[:150],
                    expected=self.genome.assembly,
                    fix="correct `assembly` in the sample sheet or give the file of that assembly",
                )

    # ------------------------------------------------------------ records

    def _line(self, number: int, line: str) -> None:
        if not line or line.isspace():
            return
        cells = line.split("\t")
        if len(cells) < 8 or line.startswith("#"):
            raise InputError(
                "record is damaged", path=self.path, line=number, found=f"{len(cells)} columns", expected="8 or more"
            )
        if cells[2] != ".":
            self.ids.add(cells[2])
        chrom = self._contig(cells[0])
        pos = self._pos(cells[1], number)
        if chrom is not None:
            self._within(chrom, pos, number, "POS")
        info = info_of(cells[7])
        if not self.any_structural:
            alts = cells[4].split(",")
            self.any_structural = "SVTYPE" in info or any(is_structural(cells[3], alt) for alt in alts)
        record = Record(number, chrom or "", pos, cells[2], cells[3], cells[6], info)
        used, reason = False, ""
        for allele, alt in enumerate(cells[4].split(","), start=1):
            try:
                for new in self._junctions(record, alt, cells[0] if chrom is None else ""):
                    self._finish(record, new, cells, allele)
                    used = True
            except Unread as why:
                reason = reason or str(why)
        if used:
            self.tally.use()
        else:
            self.tally.drop(self._reason(reason))

    def _finish(self, record: Record, new: Draft, cells: Sequence[str], allele: int) -> None:
        """Filter, origin and support of a junction, then into the collection. Raises Unread when it is not kept."""
        info = record.info
        if record.filter not in PASSING:
            if not self.keep_filtered(new.left, new.right):
                raise Unread(f"filter:{record.filter}")
            new.flags.add("filtered_by_caller")
        new.filter = None if record.filter in (".", "") else record.filter
        new.record = "" if record.id in (".", "", "N") else record.id
        new.records.append(new.record or f"line {record.line}")
        new.homology = homology(info["HOMSEQ"]) if "HOMSEQ" in info else ""
        new.precise = "IMPRECISE" not in info
        mates = info.get("MATEID") or info.get("PARID") or info.get("MATE_ID")
        if mates:
            new.mates = tuple(mates.split(","))
        if self.found.known(new):
            return
        self._count(record, new, cells, allele)
        new.caller = self.dialect.caller
        self.found.add(new)

    def _count(self, record: Record, new: Draft, cells: Sequence[str], allele: int) -> None:
        """Supporting reads; raises Unread when the leukaemia's column has none."""
        tumor, normal = self._support(record, cells, allele)
        if tumor.reads == 0 or (tumor.reads is None and self._reference_genotype(cells)):
            raise Unread("not_in_tumour")
        if self._in_normal(tumor, normal) or "GERMLINE" in record.info or "Germline" in record.info:
            new.flags.add("possible_germline")
        new.support = tumor

    def _junctions(self, record: Record, alt: str, other_contig: str) -> list[Draft]:
        """Every junction of one ALT; raises Unread with the reason when there is none."""
        if alt in _NO_ALLELE:
            raise Unread("no_alternative_allele")
        if "[" in alt or "]" in alt or alt.endswith(".") or alt.startswith("."):
            return [self._breakend(record, alt)]
        if other_contig:
            raise Unread("other_contig")
        if alt.startswith("<"):
            return self._symbolic(record, alt.strip("<>").upper())
        if not alt.isalpha() or not (record.ref.isalpha() or record.ref == "."):
            raise Unread("unreadable_allele")
        change = sequence_change(record.chrom, record.pos, record.ref, alt)
        if change is None:
            raise Unread("not_structural")
        left, right, inserted = change
        return [draft(left, right, inserted, range_of(record.info, "CIPOS"), range_of(record.info, "CIEND"))]

    def _breakend(self, record: Record, alt: str) -> Draft:
        read = parse_alt(alt, max(len(record.ref), 1))
        if read is None:
            raise Unread("unreadable_allele")
        here = Breakend(record.chrom, record.pos, read.keeps) if record.chrom else None
        here_range = range_of(record.info, "CIPOS")
        if read.mate_chrom is None:
            if here is None:
                raise Unread("other_contig")
            single = draft(here, None, read.inserted, here_range, None)
            single.flags.add("single_breakend")
            return single
        there = self._mate(read.mate_chrom, read.mate_pos or 0, read.mate_keeps or "L", record.line)
        if here is None or there is None:
            known = here or there
            if known is None:
                raise Unread("other_contig")
            partner = draft(known, None, read.inserted if known is here else "", here_range if here else None, None)
            partner.flags.update(("single_breakend", "partner_on_other_contig"))
            return partner
        there_range = range_of(record.info, "CIRPOS")
        if there_range is None and "MATEID" not in record.info and "PARID" not in record.info:
            there_range = range_of(record.info, "CIEND")
        stated = stated_sides(record.info) if self.dialect.strands_first else ()
        if stated:
            first, second = sides_of(stated[0])
            here, there = Breakend(here.chrom, here.pos, first), Breakend(there.chrom, there.pos, second)
        joined = draft(here, there, read.inserted, here_range, there_range)
        if self.sides_guessed:
            joined.flags.add("orientation_unknown")
            self.tally.warn(f"{self.dialect.caller} does not tell which sides its breakend records join")
        return joined

    def _mate(self, contig: str, pos: int, keeps: Side, line: int) -> Breakend | None:
        chrom = self._contig(contig.strip("<>"))
        if chrom is None:
            return None
        self._within(chrom, pos, line, "ALT")
        return Breakend(chrom, pos, keeps)

    # ------------------------------------------------------------ symbolic records

    def _symbolic(self, record: Record, alt: str) -> list[Draft]:
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
        chrom = self._contig(contig)
        if chrom is None:
            raise Unread("other_contig")
        return chrom

    def _translocation(self, record: Record, there_chrom: str) -> Draft:
        pos = number_of(record.info, "POS2") or number_of(record.info, "END2") or number_of(record.info, "END")
        if pos is None:
            raise Unread("no_end_position")
        self._within(there_chrom, pos, record.line, "END")
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
        self._within(record.chrom, high, record.line, "END")
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

    # ------------------------------------------------------------ support

    def _support(self, record: Record, cells: Sequence[str], allele: int) -> tuple[Support, Support]:
        tumor = self._column(record, cells, self.columns.tumor, allele)
        if tumor.reads is None and tumor.vaf is None:
            tumor = info_support(record.info)
        normal = self._column(record, cells, self.columns.normal, allele)
        return tumor, normal_info_support(record.info) if normal.reads is None else normal

    def _column(self, record: Record, cells: Sequence[str], column: int | None, allele: int) -> Support:
        if column is None or len(cells) <= 9 + column:
            return NOTHING
        keys, rule = self._format(cells[8])
        if rule is None:
            return NOTHING
        return rule(dict(zip(keys, cells[9 + column].split(":"), strict=False)), record.info, allele)

    def _format(self, text: str) -> tuple[list[str], Rule | None]:
        known = self.formats.get(text)
        if known is None:
            keys = text.split(":")
            known = (keys, rule_for(keys))
            if len(self.formats) < 1000:
                self.formats[text] = known
        return known

    def _reference_genotype(self, cells: Sequence[str]) -> bool:
        column = self.columns.tumor
        if column is None or len(cells) <= 9 + column or not cells[8].startswith("GT"):
            return False
        return cells[9 + column].partition(":")[0] in ("0/0", "0|0", "0")

    def _in_normal(self, tumor: Support, normal: Support) -> bool:
        if normal.reads is None or normal.reads < self.normal_reads:
            return False
        if tumor.vaf and normal.vaf is not None:
            return normal.vaf >= self.normal_share * tumor.vaf
        return normal.reads >= self.normal_share * (tumor.reads or 0)

    # ------------------------------------------------------------ places

    def _contig(self, contig: str) -> str | None:
        if contig not in self.contigs:
            self.contigs[contig] = self.genome.contig(contig)
        return self.contigs[contig]

    def _pos(self, text: str, line: int) -> int:
        if not text.isdecimal() or len(text) > 12:
            raise InputError(
                "not a position", path=self.path, line=line, column="POS", found=text, expected="a whole number"
            )
        return int(text)

    def _within(self, chrom: str, pos: int, line: int, column: str) -> None:
        length = self.genome.contig_lengths.get(chrom)
        if pos < 0 or (length is not None and pos > length + 1):
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.path,
                line=line,
                column=column,
                found=f"{chrom}:{pos}",
                expected=f"at most {length} in {self.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )

    # ------------------------------------------------------------ counts

    def _reason(self, reason: str) -> str:
        if reason in self.tally.dropped or len(self.tally.dropped) < MAX_REASONS:
            return reason[:100]
        return reason.partition(":")[0] + ":other"

    def _mates_missing(self) -> None:
        missing = 0
        for found in self.found.drafts:
            if found.right is None or len(found.records) > 1:
                continue
            stated = bool(found.mates) and not any(mate in self.ids for mate in found.mates)
            if stated or (not found.mates and self.dialect.two_records and found.left.chrom != found.right.chrom):
                found.flags.add("mate_record_missing")
                missing += 1
        if missing:
            self.tally.warn(
                f"{missing} junction(s) whose second record is missing; both ends are taken from the one that is there"
            )
