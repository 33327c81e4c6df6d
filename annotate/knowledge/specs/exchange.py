"""Names of chromosome sequences in exchange formats."""

from __future__ import annotations

from annotate.knowledge.kinds import CHROMOSOMES, Choice, Ref, Text
from annotate.knowledge.spec import Row, column, table
from annotate.knowledge.specs.rearrangements import Assembly


@table(
    "refget_accessions",
    key=("assembly", "chrom"),
    doc="GA4GH refget accessions of chromosomes, by which VRS names a sequence. Y is left out: analysis sets mask it.",
)
class RefgetRow(Row):
    """The accession of a chromosome: a digest of its bases."""

    assembly: Assembly = column(Choice(Assembly), "The assembly.")
    chrom: str = column(Ref(CHROMOSOMES), "The chromosome.")
    accession: str = column(Text(r"SQ\.[A-Za-z0-9_-]{32}", "SQ. and a digest of 32 characters"), "The accession.")
