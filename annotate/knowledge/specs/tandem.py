"""Tandem duplications inside one gene: which count for a lesion, and what the others are."""

from __future__ import annotations

from annotate.knowledge.kinds import PANEL, Ref, Text, Whole
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Row, column, table
from annotate.knowledge.specs.lesions import ID


@table(
    "tandem_duplications",
    key=("id",),
    doc="Tandem duplications inside one gene: their lengths, and the lesion that they count for.",
)
class TandemDuplicationRow(Row):
    """A kind of tandem duplication of a gene."""

    id: str = column(ID, "Id of the row.")
    gene: str = column(Ref(PANEL), "The gene.")
    name: str = column(Text(), "What reports call it.")
    lesion: str = column(Ref("lesions.id", what="the id of a lesion"), "The lesion; empty: none.", empty="")
    exons: tuple[int, ...] = column(
        Many(Whole(1, 99, "exon")),
        "Exons that hold both ends, the introns between them included; empty: any place.",
        empty=(),
    )
    min_length: int = column(Whole(1, None, "bp"), "Shortest duplication that is one, in bp.")
    max_length: int = column(Whole(1, None, "bp"), "Longest, in bp.")
    drug: str = column(Text(), "The class of drugs that it concerns; empty: none.", empty="")
    text: str = column(Text(), "What is said of it.")
