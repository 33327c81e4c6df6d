"""What the MLPA kits of leukaemia laboratories hold, as far as a text that anybody can open says it."""

from __future__ import annotations

from annotate.knowledge.kinds import Text, Whole
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Row, column, table
from annotate.knowledge.specs.lesions import ID


@table(
    "mlpa_kits",
    key=("id",),
    doc="Loci of MLPA and digitalMLPA kits for ALL: genes, exons and probes where a published text names them.",
)
class MlpaKitRow(Row):
    """A locus of a kit. Positions of probes are the manufacturer's and stand in no row: an export names its exons."""

    id: str = column(ID, "Id of the row.")
    kit: str = column(Text(), "Number and name of the kit.", read=False)
    locus: str = column(
        Text(), "Name of the locus: lost probes of one locus support one another, whichever genes they lie in."
    )
    genes: tuple[str, ...] = column(Many(Text()), "Genes of the locus that the source names.", empty=())
    exons: str = column(Text(), "Exons with probes, in words; empty: not in the text.", empty="", read=False)
    probes: str = column(Text(), "How many probes, in words; empty: not in the text.", empty="", read=False)
    negative_needs: tuple[int, ...] = column(
        Many(Whole(1, 99, "exon")), "Exons that need a normal probe each before the gene is called whole.", empty=()
    )
    note: str = column(Text(), "What is not known, and what the kit cannot tell.", empty="", read=False)
