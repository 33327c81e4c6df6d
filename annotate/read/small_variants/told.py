"""What a report says of how a file of small variants was read: counted while it goes by, told at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from annotate.knowledge.tables import Knowledge
from annotate.read.common.text import Tally
from annotate.read.small_variants.count_forms import Counts
from annotate.read.small_variants.doubt import enough_reads
from annotate.read.small_variants.header import Header
from annotate.read.small_variants.index import stale_index
from annotate.read.small_variants.stream import Stream

ON_Y = "lie in a pseudoautosomal region of Y and are read at their place on X"
DASHED = (
    "have - as REF or ALT, against the VCF standard: read as an insertion or deletion before POS, with the base before"
    " it from the reference pack (N where the pack has none)"
)


class Carrier(Enum):
    """Which columns of a pair have reads of an allele."""

    OWN = "the leukaemia's"
    NORMAL = "the normal's"
    BOTH = "both"


@dataclass(slots=True)
class Told:
    """Alleles by the row that gave their reads, by usable filter, and what was repaired or contradicts itself."""

    counted_by: Counter[str] = field(default_factory=Counter)
    usable: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    columns: Counter[Carrier] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def allele(self, place: str, counts: Counts, usable_filter: str, *, repaired: bool) -> None:
        """One allele that was read. `usable_filter`: the filter, where it is none that passes but one to use."""
        if repaired:
            self.repairs[DASHED] += 1
        if counts.conflict:
            self.contradictions.append(f"{place} {counts.conflict}")
        elif counts.rule:
            self.counted_by[counts.rule] += 1
        elif counts.unread:
            self.unread.append(f"{place} {counts.unread}")
        if usable_filter:
            self.usable[usable_filter[:80]] += 1

    def pair(self, own: Counts, normal: Counts, knowledge: Knowledge) -> None:
        """One passing allele of a file with both columns: which of them has it?"""
        if own.alt is None or normal.alt is None:
            return
        if not any(counts.alt and enough_reads(counts, knowledge) for counts in (own, normal)):
            return
        carrier = Carrier.BOTH if own.alt and normal.alt else Carrier.OWN if own.alt else Carrier.NORMAL
        self.columns[carrier] += 1

    def _of_columns(self, tally: Tally) -> None:
        """A pair whose alleles are read in the normal alone has its columns the wrong way round."""
        wrong, others = self.columns[Carrier.NORMAL], self.columns[Carrier.OWN] + self.columns[Carrier.BOTH]
        if wrong > others:
            tally.warn(
                f"{wrong} passing alleles of the panel are read in the normal's column and not in the leukaemia's,"
                f" {others} in the leukaemia's: are the columns the wrong way round? Check tumor_name and normal_name"
            )

    def of_alleles(self, tally: Tally) -> None:
        """Say in the tally how reads were counted, which words passed, and where a file contradicts itself."""
        self._of_columns(tally)
        if self.counted_by:
            rules = ", ".join(f"{rule} ({count})" for rule, count in sorted(self.counted_by.items()))
            tally.note(f"reads of the alleles by {rules}")
        if self.contradictions:
            first, count = "; ".join(self.contradictions[:3]), len(self.contradictions)
            tally.warn(f"{count} alleles whose reads the file states twice, differently: not read ({first})")
        if self.unread:
            first, count = "; ".join(self.unread[:3]), len(self.unread)
            tally.warn(f"{count} alleles whose reads or fraction cannot be made out: no VAF ({first})")
        for word, count in sorted(self.usable.items()):
            tally.note(f"filter {word}: used as passing, by its caller's documentation ({count} alleles)")
        for text, count in sorted(self.repairs.items()):
            tally.warn(f"{count} records {text}")


def of_file(header: Header, stream: Stream, tally: Tally) -> None:
    """What is to be said of the file as a whole."""
    if any("filtering_status=Warning: unfiltered" in line for line in header.lines):
        tally.warn("unfiltered Mutect2 calls: run FilterMutectCalls, or take every call with care")
    stale = stale_index(header.path)
    if stale is not None:
        tally.warn(f"{stale.name} is older than the file and was not used: index the file again")
    if stream.use_index:
        tally.note("read by the regions of its index: the burden of the whole file is not counted")
    if stream.totals.unended:
        tally.warn("the last line has no line end: if the file was cut off there, copy it again")
    if stream.totals.records == 0:
        tally.warn("the file has no record")
