"""Structural-variant VCF of any caller, read as text: every record becomes one or two oriented junctions.

The text is parsed here and not by htslib because callers' headers are often malformed (undeclared INFO keys, wrong
types, missing contigs) in ways that do not touch the junctions. BCF goes through htslib.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from annotate.base.errors import InputError
from annotate.base.filters import PASSING
from annotate.breakpoints.breakends import sequence_change
from annotate.model.remark import RemarkCode
from annotate.read.common.alleles import is_structural
from annotate.read.common.columns import Columns, choose_columns
from annotate.read.common.identity import identity
from annotate.read.common.passing import filter_word
from annotate.read.structural.breakend_records import BreakendRecords
from annotate.read.structural.callers import MERGERS, PLAIN, Dialect, dialect_of
from annotate.read.structural.cells import homology, info_of, kind_of, range_of
from annotate.read.structural.drafts import Collector, Draft, draft
from annotate.read.structural.header import read_header
from annotate.read.structural.inserts import repeat_of
from annotate.read.structural.own import (
    OwnColumns,
    Whose,
    best_support,
    columns_of_callers,
    columns_of_one_sample,
    own_columns,
    without_numbers,
)
from annotate.read.structural.record import Contigs, Record, Unread
from annotate.read.structural.remarks import UNREAD, Remarks
from annotate.read.structural.sieve import BEYOND, FIXED, WHOLE, Sieve, beyond_reason, mates_named
from annotate.read.structural.source import KIND, Source, StructuralFile
from annotate.read.structural.support import NOTHING, Rule, Support, info_support, normal_info_support, rule_for
from annotate.read.structural.symbolic import SymbolicRecords

MAX_REASONS = 40  # distinct filter names that are counted by name
_NO_ALLELE = frozenset({".", "*", "<*>", "<NON_REF>", "<X>", ""})
NOT_OWN = {Whose.OTHERS: "not_in_tumour", Whose.NOBODYS: "no_read_supports_it"}


@dataclass(slots=True)
class VcfReader:
    """Reads one file."""

    source: Source
    found: Collector = field(default_factory=Collector)
    ids: set[str] = field(default_factory=set)
    formats: dict[str, tuple[list[str], Rule | None]] = field(default_factory=dict)
    any_structural: bool = False
    long: bool = False  # more records than are read whatever they touch
    contigs: Contigs = field(init=False)
    remarks: Remarks = field(init=False)
    dialect: Dialect = field(init=False)
    breakends: BreakendRecords = field(init=False)
    symbolic: SymbolicRecords = field(init=False)
    columns: Columns = field(init=False)
    own: OwnColumns = field(init=False)
    sieve: Sieve = field(init=False)

    def __post_init__(self) -> None:
        self.contigs = Contigs(self.source.path, self.source.genome)
        self.remarks = Remarks(self.source.path, self.source.targets)

    def read(self, text: Iterator[tuple[int, str]]) -> StructuralFile:
        """All junctions of the file and what became of its records."""
        source, tally = self.source, self.source.tally
        header = read_header(text, source.path, source.genome)
        first = list(islice(text, 50))
        self.dialect = dialect_of(header.lines, [line for _, line in first])
        guessed = self.dialect.guesses_sides(header.lines)
        self.breakends = BreakendRecords(self.dialect, self.contigs, tally, source.of_interest, guessed)
        self.symbolic = SymbolicRecords(self.dialect, self.contigs)
        self._choose(header.names, header.lines)
        self._lines(chain(first, text))
        self._refuse_small_variants()
        self._mates_missing()
        if self.columns.tumor_name is not None and len(header.names) > 1:
            say = tally.warn if self.columns.guessed else tally.note
            say(f"column {self.columns.tumor_name} read as the leukaemia: {self.columns.why}")
        junctions = self.found.junctions(str(source.path))
        return StructuralFile(junctions, tally.file(KIND, source.path, self.dialect.name), tuple(self.remarks.found))

    def _choose(self, names: Sequence[str], header: Sequence[str]) -> None:
        """This sample's columns; all of them, where each is a caller's or the same sample's again."""
        who = identity(self.source.sample, KIND)
        merged = self.dialect in MERGERS
        if merged and not any(name in who.tumor for name in names):
            names = without_numbers(names)
        callers = columns_of_callers(names) or (merged and columns_of_one_sample(names))
        named = [name for name in names if name in who.tumor]
        if callers and len(named) != 1:
            self.columns = Columns(0, None, "each column is a caller of this sample", ", ".join(names))
            self.own = OwnColumns(tuple(range(len(names))), len(names))
            return
        self.columns = choose_columns(names, header, self.source.sample, self.source.path, KIND)
        self.own = own_columns(self.columns, names, who.tumor if merged else ())

    def _refuse_small_variants(self) -> None:
        """Calls of small variants alone say nothing of rearrangements: read here, they would pass for a search."""
        tally = self.source.tally
        if self.dialect is PLAIN and not self.any_structural and tally.dropped.get("not_structural"):
            raise InputError(
                "holds small variants only",
                path=self.source.path,
                found=f"{tally.read} records, none of them structural",
                expected="breakends, symbolic alleles or long sequences",
                fix="write it into the column small_variants",
            )

    # ------------------------------------------------------------ records

    def _lines(self, text: Iterator[tuple[int, str]]) -> None:
        """Every record of a file of usual length; of a longer one those that can touch the panel."""
        head = list(islice(text, WHOLE + 1))
        self.long = len(head) > WHOLE
        if not self.long:
            for number, line in head:
                self._line(number, line)
            return
        told = not self.breakends.guessed and not self.dialect.strands_first
        self.sieve = Sieve(self.source.targets.rough, self.contigs, self.dialect, told)
        tally = self.source.tally
        tally.note(f"more than {WHOLE:,} records: those that touch no gene or region of a lesion are counted alone")
        for number, line in chain(head, text):
            cells = line.split("\t", FIXED - 1)
            reason = self._beyond(cells) if len(cells) == FIXED else None
            if reason is None:
                self._line(number, line)
            else:
                tally.drop(reason if reason in tally.dropped else self._reason(reason))
                self.ids.add(cells[2])

    def _beyond(self, cells: Sequence[str]) -> str | None:
        """The reason for which a record of a long file is counted alone; None for one to be read.

        A mate of a junction that is kept is read wherever it lies, and so is the first structural record.
        """
        if not self.any_structural and _is_structural(cells):
            return None
        known = self.found.by_record
        if any(mate in known for mate in mates_named(cells[7])):
            return None
        return self.sieve.dropped(cells)

    def _line(self, number: int, line: str) -> None:
        if not line or line.isspace():
            return
        cells = line.split("\t")
        if len(cells) < 8 or line.startswith("#"):
            raise InputError(
                "record is damaged",
                path=self.source.path,
                line=number,
                found=f"{len(cells)} columns",
                expected="8 or more",
            )
        self.ids.add(cells[2])
        chrom = self.contigs.find(cells[0])
        pos = self.contigs.position(cells[1], number)
        if chrom is not None:
            self.contigs.check(chrom, pos, number, "POS")
        info = info_of(cells[7])
        self.any_structural = self.any_structural or _is_structural(cells)
        self._alleles(Record(number, chrom or "", pos, cells[2], cells[3], filter_word(cells[6]), info), cells)

    def _alleles(self, record: Record, cells: Sequence[str]) -> None:
        used, reason = False, ""
        for allele, alt in enumerate(cells[4].split(","), start=1):
            try:
                made = self._junctions(record, alt)
            except Unread as why:
                reason = reason or str(why)
                continue
            for new in made:  # an inversion makes two, of which one may concern a lesion
                try:
                    self._finish(record, new, cells, allele)
                    used = True
                except Unread as why:
                    reason = reason or str(why)
        if used:
            self.source.tally.use()
        else:
            self.source.tally.drop(self._reason(reason))
        read = used or reason == BEYOND
        if read and cells[4].startswith("<") and self.symbolic.ends_before_start(record):
            reason = "end_before_start"
        elif read:
            return
        if reason.partition(":")[0] in UNREAD and self._counts(record, cells):
            self.remarks.unread(record.chrom, record.pos, record.name, reason)

    def _counts(self, record: Record, cells: Sequence[str]) -> bool:
        """Would the record count, could it be read? It passes, and no other sample alone carries it."""
        return record.filter in PASSING and self._tumor(record, cells, allele=1)[1] not in NOT_OWN

    def _junctions(self, record: Record, alt: str) -> list[Draft]:
        """Every junction of one ALT; raises Unread with the reason when there is none."""
        if alt in _NO_ALLELE:
            joins = kind_of(record.info.get("SVTYPE", "").upper()) in ("TRA", "INV")
            raise Unread("no_partner_stated" if joins else "no_alternative_allele")
        if alt.startswith("<"):
            if not record.chrom:
                raise Unread("other_contig")
            return self.symbolic.read(record, alt.strip("<>").upper())
        if "[" in alt or "]" in alt or alt.endswith(".") or alt.startswith("."):
            return [self.breakends.read(record, alt)]
        if not record.chrom:
            raise Unread("other_contig")
        if not alt.isalpha() or not (record.ref.isalpha() or record.ref == "."):
            raise Unread("unreadable_allele")
        change = sequence_change(record.chrom, record.pos, record.ref, alt)
        if change is None:
            raise Unread("not_structural")
        left, right, inserted = change
        return [draft(left, right, inserted, range_of(record.info, "CIPOS"), range_of(record.info, "CIEND"))]

    def _finish(self, record: Record, new: Draft, cells: Sequence[str], allele: int) -> None:
        """Filter, origin and support of a junction, then into the collection. Raises Unread when it is not kept."""
        info = record.info
        beyond = self.long and not self.source.targets.concerns(new)
        if record.filter not in PASSING:
            if beyond:
                raise Unread(beyond_reason(record.filter))
            if not self.source.of_interest(new.left, new.right):
                self._filtered(record, new, cells, allele)
                raise Unread(f"filter:{record.filter}")
            new.flags.add("filtered_by_caller")
        new.filter = None if record.filter in (".", "") else record.filter
        new.record = "" if record.id in (".", "", "N") else record.id
        new.records.append(record.name)
        new.homology = homology(info["HOMSEQ"]) if "HOMSEQ" in info else ""
        new.precise = new.precise and "IMPRECISE" not in info
        mates = info.get("MATEID") or info.get("PARID") or info.get("MATE_ID")
        if mates:
            new.mates = tuple(mates.split(","))
        if self.found.known(new):
            return
        if beyond:
            raise Unread(BEYOND)
        self._count(record, new, cells, allele)
        new.caller = self.dialect.caller
        self.found.add(new)
        if new.right is None:
            self._single(record, new)

    # ------------------------------------------------------------ whose it is, and with how many reads

    def _count(self, record: Record, new: Draft, cells: Sequence[str], allele: int) -> None:
        """Supporting reads; raises Unread when the record is not this leukaemia's."""
        tumor, whose = self._tumor(record, cells, allele)
        if whose in NOT_OWN:
            if whose is Whose.NOBODYS:
                self._no_reads(record, new)
            raise Unread(NOT_OWN[whose])
        if whose is Whose.CALLED_REFERENCE and "SOMATIC" not in record.info:
            new.flags.add("called_reference")
        if whose is Whose.NOT_BY_VECTOR:
            new.flags.add("not_by_vector")
        normal = self._column(record, cells, self.columns.normal, allele)
        if normal.reads is None:
            normal = normal_info_support(record.info)
        if self._in_normal(tumor, normal) or "GERMLINE" in record.info or "Germline" in record.info:
            new.flags.add("possible_germline")
        if self.long and self._few(tumor) and not self.source.of_interest(new.left, new.right):
            raise Unread("few_reads")
        new.support = tumor

    def _tumor(self, record: Record, cells: Sequence[str], allele: int) -> tuple[Support, Whose]:
        """The own columns' support (INFO's, where they hold none), and whose the record is."""

        def support(column: int) -> Support:
            return self._column(record, cells, column, allele)

        tumor = best_support(self.own, support)
        stated = info_support(record.info) if tumor.reads is None and tumor.vaf is None else NOTHING
        whose = self.own.judge(cells, record.info, support, stated)
        return (stated if tumor.reads is None and tumor.vaf is None else tumor), whose

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

    def _in_normal(self, tumor: Support, normal: Support) -> bool:
        source = self.source
        if normal.reads is None or normal.reads < source.normal_reads:
            return False
        if tumor.vaf and normal.vaf is not None:
            return normal.vaf >= source.normal_share * tumor.vaf
        return normal.reads >= source.normal_share * (tumor.reads or 0)

    # ------------------------------------------------------------ what is not used

    def _single(self, record: Record, new: Draft) -> None:
        """A break without a partner: said for every gene of a lesion that it breaks."""
        if new.filter not in (None, "PASS") or "possible_germline" in new.flags or self._few(new.support):
            return
        repeat = repeat_of(record.info)
        code, reason = RemarkCode.SINGLE_BREAKEND, "joined to a sequence that its caller could not place"
        if "partner_on_other_contig" in new.flags:
            code, reason = RemarkCode.UNPLACEABLE_CONTIG, "joined to a contig that is no assembled chromosome"
        self.remarks.at(new.left, record.name, code, f"{reason} ({repeat})" if repeat else reason)

    def _filtered(self, record: Record, new: Draft, cells: Sequence[str], allele: int) -> None:
        """A filtered junction of one gene that fuses with many: kept in mind, where its reads are more than noise."""
        tumor, whose = self._tumor(record, cells, allele)
        if whose is not Whose.OWN or not tumor.reads or self._few(tumor) or new.is_local:
            return
        for end in (new.left, new.right):
            if end is not None:
                self.remarks.at(
                    end,
                    record.name,
                    RemarkCode.FILTERED,
                    f"filtered by its caller ({record.filter})",
                    only_fitting=True,
                    many=True,
                )

    def _no_reads(self, record: Record, new: Draft) -> None:
        source = self.source
        if new.right is not None and source.targets.concerns(new) and source.of_interest(new.left, new.right):
            for end in (new.left, new.right):
                self.remarks.at(
                    end, record.name, RemarkCode.NO_READS, "called without a read for it", only_fitting=True
                )

    def _few(self, support: Support) -> bool:
        return support.reads is not None and support.reads < self.source.least_reads

    # ------------------------------------------------------------ counts

    def _reason(self, reason: str) -> str:
        dropped = self.source.tally.dropped
        if reason in dropped or len(dropped) < MAX_REASONS:
            return reason[:100]
        return reason.partition(":")[0] + ":other"

    def _mates_missing(self) -> None:
        missing = 0
        self.ids.discard(".")
        for found in self.found.drafts:
            if found.right is None or len(found.records) > 1:
                continue
            stated = bool(found.mates) and not any(mate in self.ids for mate in found.mates)
            if stated or (not found.mates and self.dialect.two_records and found.left.chrom != found.right.chrom):
                found.flags.add("mate_record_missing")
                missing += 1
        if missing:
            self.source.tally.warn(
                f"{missing} junction(s) whose second record is missing; both ends are taken from the one that is there"
            )


def _is_structural(cells: Sequence[str]) -> bool:
    return "SVTYPE" in cells[7] or any(is_structural(cells[3], alt) for alt in cells[4].split(","))
