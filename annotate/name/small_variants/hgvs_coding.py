"""Names of small variants at the level of coding DNA and protein, by the HGVS recommendations (hgvs-nomenclature.org).

Derived from one transcript model and the bases that a reference pack knows. An unknown base (`N`) is never
guessed: where a name would need one, there is no name. Predicted protein changes are written without
parentheses (`p.Arg367Gln`), as the report's contract has it. Coordinates are genomic, 1-based and inclusive.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from annotate.base.frozen import frozen
from annotate.base.sequence import reverse_complement
from annotate.reference.features import Exon, Transcript

_UNREAD = re.compile("[^ACGT]")


@frozen
class Edit:
    """Forward-strand change without shared ends: `ref` at `start` becomes `alt`.

    An insertion has no `ref`; it goes in before `start`.
    """

    start: int
    ref: str
    alt: str

    @property
    def end(self) -> int:
        """Last base replaced; `start - 1` for an insertion."""
        return self.start + len(self.ref) - 1

    @property
    def pure_indel(self) -> bool:
        """Is it an insertion or a deletion, with nothing replaced?"""
        return not self.ref or not self.alt


def trim(pos: int, ref: str, alt: str) -> Edit:
    """A VCF allele pair without the bases that both ends share.

    >>> trim(100, "CTT", "CT")
    Edit(start=101, ref='T', alt='')
    """
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    same = 0
    while same < min(len(ref), len(alt)) and ref[same] == alt[same]:
        same += 1
    return Edit(pos + same, ref[same:], alt[same:])


class Coding:
    """A transcript with the genomic bases around it and its coding sequence."""

    def __init__(self, transcript: Transcript, accession: str, start: int, window: str) -> None:
        """`window` holds the forward-strand bases from `start` on, upper case, `N` where unknown."""
        self.transcript = transcript
        self.accession = accession
        self.start = start
        self.window = window
        self.forward = transcript.strand == "+"
        self.exons = transcript.exons
        self.low = min((exon.start for exon in self.exons), default=0)
        self.high = max((exon.end for exon in self.exons), default=0)
        self.cds = "".join(self._oriented(e.cds_start, e.cds_end) for e in self.exons)
        self.numbered = transcript.coding_length > 0 and transcript.coding_length % 3 == 0
        self._tx_starts = _running([e.end - e.start + 1 for e in self.exons])
        self._coding_from, self._coding_to = self._coding_limits()
        self.utr5, self.utr3 = self._utr5(), self._utr3()
        # exons from left to right, for bisection
        self._placed = sorted(zip(self.exons, self._tx_starts, strict=True), key=lambda part: part[0].start)
        self._starts = [exon.start for exon, _ in self._placed]
        self._coded = self._coded_parts()
        self._coded_starts = [start for start, _, _ in self._coded]
        self.introns = tuple((one.end, two.start) for (one, _), (two, _) in pairwise(self._placed))
        self._canonical = self._splice_sites()

    @property
    def residues(self) -> int:
        """Codons of the coding sequence, the stop codon included."""
        return len(self.cds) // 3

    def base(self, pos: int) -> str:
        """The base at a position, `N` where it is not known."""
        at = pos - self.start
        base = self.window[at] if 0 <= at < len(self.window) else "N"
        return base if base in "ACGT" else "N"

    def spliced_base(self, pos: int) -> str:
        """As `base`; the first and last two bases of an intron, where they are not known, are GT and AG.

        99 % of human introns have them (Burset 2000, PMID 11058137). Only to tell equal places of an indel apart.
        """
        known = self.base(pos)
        return known if known != "N" else self._canonical.get(pos, "N")

    def bases(self, start: int, end: int) -> str:
        """Coding bases from `start` to `end`, both included; N for what the pack does not hold."""
        low, high = start - self.start, end - self.start + 1
        if 0 <= low <= high <= len(self.window):
            return _UNREAD.sub("N", self.window[low:high])
        return "".join([self.base(pos) for pos in range(start, end + 1)])

    def _oriented(self, start: int | None, end: int | None) -> str:
        if start is None or end is None:
            return ""
        found = self.bases(start, end)
        return found if self.forward else reverse_complement(found)

    def _coding_limits(self) -> tuple[int, int]:
        """Places in the transcript, from 1, of the first and the last coding base."""
        limits = []
        for before, exon in zip(self._tx_starts, self.exons, strict=True):
            if exon.cds_start is not None and exon.cds_end is not None:
                ahead = exon.cds_start - exon.start if self.forward else exon.end - exon.cds_end
                limits.append((before + ahead + 1, before + ahead + exon.coding_length))
        return (limits[0][0], limits[-1][1]) if limits else (0, 0)

    def _coded_parts(self) -> list[tuple[int, int, int]]:
        """Coding parts of the exons from left to right: first and last base, coding bases in transcription before."""
        found, before = [], 0
        for exon in self.exons:
            if exon.cds_start is not None and exon.cds_end is not None:
                found.append((exon.cds_start, exon.cds_end, before))
            before += exon.coding_length
        return sorted(found)

    def _utr5(self) -> str:
        spliced = "".join(self._oriented(e.start, e.end) for e in self.exons[: self._first_coding() + 1])
        return spliced[: max(self._coding_from - 1, 0)]

    def _first_coding(self) -> int:
        return next((n for n, exon in enumerate(self.exons) if exon.cds_start is not None), 0)

    def _utr3(self) -> str:
        spliced = "".join(self._oriented(e.start, e.end) for e in self.exons[self._last_coding() :])
        coding = self._tx_starts[self._last_coding()] if self.exons else 0
        return spliced[self._coding_to - coding :]

    def _splice_sites(self) -> dict[int, str]:
        first, last = ("GT", "AG") if self.forward else (reverse_complement("AG"), reverse_complement("GT"))
        found: dict[int, str] = {}
        for left, right in self.introns:
            found |= {left + 1: first[0], left + 2: first[1], right - 2: last[0], right - 1: last[1]}
        return found

    def _last_coding(self) -> int:
        coding = [n for n, exon in enumerate(self.exons) if exon.cds_start is not None]
        return coding[-1] if coding else 0

    # ------------------------------------------------------------ positions

    def cds_index(self, pos: int) -> int | None:
        """0-based place in the coding sequence; None outside of it."""
        at = bisect_right(self._coded_starts, pos) - 1
        if at < 0:
            return None
        start, end, before = self._coded[at]
        if pos > end:
            return None
        return before + (pos - start if self.forward else end - pos)

    def position(self, pos: int) -> str | None:
        """`76`, `-14`, `*46`, `88+2`, `89-1`: the c. position of a genomic one; None outside the transcript."""
        at = bisect_right(self._starts, pos) - 1
        if not self._coding_to or at < 0:
            return None
        exon, before = self._placed[at]
        if pos <= exon.end:
            return self._numbered(before + (pos - exon.start if self.forward else exon.end - pos) + 1)
        if at + 1 == len(self._placed):
            return None
        left, right = pos - exon.end, self._starts[at + 1] - pos
        one, two = self._placed[at : at + 2] if self.forward else reversed(self._placed[at : at + 2])
        after, ahead = (left, right) if self.forward else (right, left)
        if after <= ahead:  # the middle base of an intron counts from the exon before it
            return f"{self._numbered(one[1] + _length(one[0]))}+{after}"
        return f"{self._numbered(two[1] + 1)}-{ahead}"

    def _numbered(self, place: int) -> str:
        if place < self._coding_from:
            return str(place - self._coding_from)
        return f"*{place - self._coding_to}" if place > self._coding_to else str(place - self._coding_from + 1)

    def read_index(self, pos: int) -> int | None:
        """0-based place in the spliced transcript from the start codon on: negative before it, None in introns."""
        at = bisect_right(self._starts, pos) - 1
        if not self._coding_to or at < 0:
            return None
        exon, before = self._placed[at]
        if pos > exon.end:
            return None
        return before + (pos - exon.start if self.forward else exon.end - pos) + 1 - self._coding_from

    def read_edit(self, edit: Edit) -> tuple[int, int, str] | None:
        """As `cds_edit`, over untranslated bases too; None where the edit leaves the spliced transcript."""
        alt = edit.alt if self.forward else reverse_complement(edit.alt)
        first, last = (edit.start, edit.end) if self.forward else (edit.end, edit.start)
        low, high = self.read_index(first), self.read_index(last)
        if not edit.ref or low is None or high is None or high - low + 1 != len(edit.ref):
            return None
        return low, high + 1, alt

    def keeps_start(self, low: int, high: int, alt: str) -> bool:
        """Does a change of read places low … high leave an ATG in front of the second codon?"""
        if high > 3:
            return False
        ahead = self.utr5[: len(self.utr5) + low] if low < 0 else self.utr5 + self.cds[:low]
        return (ahead + alt + self.cds[max(high, 0) : 3]).endswith("ATG")

    def cds_edit(self, edit: Edit) -> tuple[int, int, str] | None:
        """Slice of the coding sequence that an edit replaces, and by what; None if it leaves one coding exon."""
        alt = edit.alt if self.forward else reverse_complement(edit.alt)
        first, last = (edit.start, edit.end) if self.forward else (edit.end, edit.start)
        if edit.ref:
            low, high = self.cds_index(first), self.cds_index(last)
            if low is None or high is None or high - low + 1 != len(edit.ref):
                return None
            return low, high + 1, alt
        # an insertion lies between `last` (5') and `first` (3') in transcription order
        five, three = (edit.start - 1, edit.start) if self.forward else (edit.start, edit.start - 1)
        before, after = self.cds_index(five), self.cds_index(three)
        place = before + 1 if before is not None else after
        if place is None or not 0 < place < len(self.cds):  # between the coding sequence and its UTR: not in it
            return None
        return place, place, alt


def _length(exon: Exon) -> int:
    return exon.end - exon.start + 1


def _running(lengths: Sequence[int]) -> list[int]:
    found, before = [], 0
    for length in lengths:
        found.append(before)
        before += length
    return found


# ---------------------------------------------------------------- shifting


def leftmost(coding: Coding, edit: Edit) -> Edit:
    """The same insertion or deletion as far left as known bases show it to be the same."""
    return _shift(coding.base, edit, right=False)


def rightmost(coding: Coding, edit: Edit) -> Edit:
    """The edit moved as far 3' as the sequence allows, as HGVS asks for."""
    return _shift(coding.base, edit, right=True)


def placements(coding: Coding, edit: Edit) -> Iterator[Edit]:
    """Every place, from left to right, where an insertion or deletion makes the same sequence.

    By known bases, and those of a canonical splice site where the pack knows none.
    """
    here = _shift(coding.spliced_base, edit, right=False)
    last = _shift(coding.spliced_base, edit, right=True)
    while True:
        yield here
        if here.start >= last.start:
            return
        bases = here.ref or here.alt
        bases = bases[1:] + bases[0]
        here = Edit(here.start + 1, bases, "") if here.ref else Edit(here.start + 1, "", bases)


def three_prime(coding: Coding, edit: Edit) -> Edit:
    """The 3' rule: the most 3' place in transcription order is the one that is named."""
    return _shift(coding.base, edit, right=coding.forward)


def shift_is_certain(coding: Coding, edit: Edit) -> bool:
    """Is the 3' place of an insertion or deletion settled by known bases, not by where they end?"""
    if not edit.pure_indel:
        return True
    moved = three_prime(coding, edit)
    return coding.base(moved.end + 1 if coding.forward else moved.start - 1) != "N"


def _shift(base: Callable[[int], str], edit: Edit, *, right: bool) -> Edit:
    if not edit.pure_indel or not (edit.ref or edit.alt):
        return edit
    start, bases, span = edit.start, edit.ref or edit.alt, len(edit.ref)
    while True:
        if right:
            following = base(start + span)
            if following == "N" or following != bases[0]:
                break
            start, bases = start + 1, bases[1:] + bases[0]
        else:
            ahead = base(start - 1)
            if ahead == "N" or ahead != bases[-1]:
                break
            start, bases = start - 1, bases[-1] + bases[:-1]
    return Edit(start, bases, "") if edit.ref else Edit(start, "", bases)


# ---------------------------------------------------------------- coding DNA


def coding_name(coding: Coding, edit: Edit) -> str | None:
    """`c.1100G>A`, `c.35_37del`, `c.20dup`, `c.76_77insT`, `c.112_117delinsTG`, `c.77_80inv`; None off it."""
    if not coding.numbered or not (edit.ref or edit.alt):
        return None
    edit = three_prime(coding, edit)
    if not edit.ref:
        return _inserted(coding, edit)
    ref, alt = edit.ref, edit.alt
    if not coding.forward:
        ref, alt = reverse_complement(ref), reverse_complement(alt)
    where = _range(coding, edit.start, edit.end)
    if where is None:
        return None
    if len(ref) == len(alt) == 1:
        return f"c.{where}{ref}>{alt}"
    if not alt:
        return f"c.{where}del"
    if len(ref) > 1 and alt == reverse_complement(ref):
        return f"c.{where}inv"
    return f"c.{where}delins{alt}"


def _inserted(coding: Coding, edit: Edit) -> str | None:
    size = len(edit.alt)
    copied = (edit.start - size, edit.start - 1) if coding.forward else (edit.start, edit.start + size - 1)
    if coding.bases(*copied) == edit.alt:
        where = _range(coding, *copied)
        return None if where is None else f"c.{where}dup"
    where = _range(coding, edit.start - 1, edit.start)
    alt = edit.alt if coding.forward else reverse_complement(edit.alt)
    return None if where is None else f"c.{where}ins{alt}"


def _range(coding: Coding, start: int, end: int) -> str | None:
    """`35` or `35_37`, in transcription order."""
    first, last = (start, end) if coding.forward else (end, start)
    one, two = coding.position(first), coding.position(last)
    if one is None or two is None:
        return None
    return one if first == last else f"{one}_{two}"
