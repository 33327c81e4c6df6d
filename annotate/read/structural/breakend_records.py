"""Breakend records: `N[chr9:130854064[`, single breakends, and what a record states of its sides beside the brackets.

Where brackets and a stated connection (STRANDS, CT) differ, the dialect knows which is right; where it does not, the
sides are unknown. A contradiction is said once a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotate.breakpoints.breakends import Connection
from annotate.breakpoints.vcf_alt import Alt, parse_alt
from annotate.model.junctions import Breakend
from annotate.read.common.text import Tally
from annotate.read.structural.callers import Dialect
from annotate.read.structural.cells import range_of, sides_of, stated_sides
from annotate.read.structural.drafts import Draft, Range, draft
from annotate.read.structural.inserts import partner_of
from annotate.read.structural.record import Contigs, Record, Unread

OfInterest = Callable[[Breakend, Breakend | None], bool]


@dataclass(slots=True)
class BreakendRecords:
    """Reads the breakend records of one file. `guessed`: the brackets of this version state no sides."""

    dialect: Dialect
    contigs: Contigs
    tally: Tally
    of_interest: OfInterest
    guessed: bool = False

    def read(self, record: Record, alt: str) -> Draft:
        """The junction of one ALT. Errors: Unread."""
        read = parse_alt(alt, max(len(record.ref), 1))
        if read is None:
            raise Unread("unreadable_allele")
        here = Breakend(record.chrom, record.pos, read.keeps) if record.chrom else None
        if read.mate_chrom is None:
            return self._single(record, here, read)
        there = self._mate(read, record.line)
        if here is None or there is None:
            return _half(record, here, there, read)
        return self._joined(record, here, there, read)

    def _single(self, record: Record, here: Breakend | None, read: Alt) -> Draft:
        """A single breakend; with its partner, where its inserted sequence aligns to one and both make a known pair."""
        if here is None:
            raise Unread("other_contig")
        place = range_of(record.info, "CIPOS")
        partner = partner_of(record.info, here, self.contigs.find)
        if partner is not None and self.of_interest(here, partner):
            joined = draft(here, partner, "", place, None)
            joined.flags.add("partner_by_alignment")
            joined.precise = False
            return joined
        single = draft(here, None, read.inserted, place, None)
        single.flags.add("single_breakend")
        return single

    def _joined(self, record: Record, here: Breakend, there: Breakend, read: Alt) -> Draft:
        here_range, there_range = range_of(record.info, "CIPOS"), _far_range(record)
        sides, known = self._sides(record, read)
        if sides is not None:
            first, second = sides_of(sides)
            here, there = Breakend(here.chrom, here.pos, first), Breakend(there.chrom, there.pos, second)
        joined = draft(here, there, read.inserted, here_range, there_range)
        if not known:
            joined.flags.add("orientation_unknown")
        return joined

    def _sides(self, record: Record, read: Alt) -> tuple[Connection | None, bool]:
        """(sides that are not those of the brackets, whether the sides are known)."""
        if self.guessed:
            self.tally.warn(f"{self.dialect.caller} does not tell which sides its breakend records join")
            return None, False
        stated = stated_sides(record.info, self.dialect.strands)
        written = read.keeps + (read.mate_keeps or "")
        if not stated or written in stated:
            return None, True
        if self.dialect.strands_first:
            return stated[0], True
        self.tally.warn("brackets and stated strands of a record contradict each other: its sides are taken as unknown")
        return None, False

    def _mate(self, read: Alt, line: int) -> Breakend | None:
        chrom = self.contigs.find((read.mate_chrom or "").strip("<>"))
        if chrom is None:
            return None
        self.contigs.check(chrom, read.mate_pos or 0, line, "ALT")
        return Breakend(chrom, read.mate_pos or 0, read.mate_keeps or "L")


def _half(record: Record, here: Breakend | None, there: Breakend | None, read: Alt) -> Draft:
    """A junction of which one end lies on no assembled chromosome."""
    known = here or there
    if known is None:
        raise Unread("other_contig")
    place = range_of(record.info, "CIPOS") if here is not None else None
    half = draft(known, None, read.inserted if known is here else "", place, None)
    half.flags.update(("single_breakend", "partner_on_other_contig"))
    return half


def _far_range(record: Record) -> Range | None:
    found = range_of(record.info, "CIRPOS")
    if found is None and "MATEID" not in record.info and "PARID" not in record.info:
        return range_of(record.info, "CIEND")
    return found
