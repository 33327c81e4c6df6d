"""A record that a reader did not use and that touches a lesion: it may not vanish into a negative."""

from __future__ import annotations

from enum import StrEnum

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval


class Speaks(StrEnum):
    """What an unused record does to a lesion whose gene, region or name it touches."""

    FOR = "for"  # it would speak for the lesion if it were taken at its word
    BLINDS = "blinds"  # it only hides what was there to be seen


class RemarkCode(StrEnum):
    """Why a record was not used."""

    FILTERED = "filtered"  # by the caller's own filter
    GENOTYPE_REFERENCE = "genotype_reference"  # alternate reads, called reference
    READS_NOT_CALLED = "reads_not_called"  # reads of a pileup or block that no caller named
    FEW_READS = "few_reads"  # called with fewer reads than error may give
    NO_READS = "no_reads"  # called, without a read for it
    COUNTS_DISAGREE = "counts_disagree"  # what a record states twice does not agree
    SYMBOLIC_ALLELE = "symbolic_allele"
    UNREADABLE_VALUE = "unreadable_value"  # nan, Inf, empty, start after end
    UNPLACEABLE_CONTIG = "unplaceable_contig"
    SINGLE_BREAKEND = "single_breakend"
    UNKNOWN_NAME = "unknown_name"
    OTHER_NUMBERING = "other_numbering"  # the lesion's name, counted on another isoform
    OTHER_CHANGE = "other_change"  # at the lesion's codon, of a kind that does not count
    POSSIBLE_SPLICE = "possible_splice"  # beside a splice site that it may destroy
    UNREAD_PART = "unread_part"  # of a karyotype
    OTHER_SAMPLE = "other_sample"


@frozen
class Remark:
    """One record that was not used, and what it touches.

    `reason` is text for people; codes decide. A record that would not count even if it were true (intronic,
    synonymous, at the level of noise) is no remark.
    """

    kind: str  # kind of input, as in `InputFile`
    file: str
    record: str  # line number, id, or chrom:pos
    code: RemarkCode
    reason: str
    speaks: Speaks
    genes: tuple[str, ...] = ()
    regions: tuple[Interval, ...] = ()  # contig, first and last base
    lesions: tuple[str, ...] = ()  # ids, where the reader knows them
    would: str = ""  # what the record would have said
