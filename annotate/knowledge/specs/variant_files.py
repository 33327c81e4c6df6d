"""Tables of how callers of small variants write their reads and their filters."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.knowledge.kinds import Choice, Text, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.lesions import ID

KEY = Text(r"[A-Za-z0-9_{}.]+", "a key of the VCF")


class Place(StrEnum):
    """Where a key stands in a VCF."""

    FORMAT = "FORMAT"
    INFO = "INFO"


class Form(StrEnum):
    """How the reads of an allele are written."""

    ALLELES = "alleles"
    LOCAL_ALLELES = "local_alleles"
    ALLELE_OF_DEPTH = "allele_of_depth"
    ALT_AND_REF = "alt_and_ref"
    ALT_OF_DEPTH = "alt_of_depth"
    BASE_FIELDS = "base_fields"
    STRAND_BASE_FIELDS = "strand_base_fields"
    BASE_LIST = "base_list"
    STRANDS = "strands"
    FRACTION = "fraction"
    FRACTION_HINT = "fraction_hint"


class FilterWord(StrEnum):
    """What a word of FILTER says."""

    PASS = "pass"  # noqa: S105 - a word of a VCF
    USABLE = "usable"
    GERMLINE = "germline"
    WEAK = "weak"


def _reference_is_told(row: SmallVariantCountRow, tables: Tables) -> Iterator[Finding]:
    needs = {Form.ALT_AND_REF: "reference", Form.BASE_FIELDS: "reference", Form.LOCAL_ALLELES: "reference"}
    needs |= {Form.ALT_OF_DEPTH: "depth", Form.ALLELE_OF_DEPTH: "depth"}
    name = needs.get(row.form)
    if name and not getattr(row, name):
        yield name, f"is empty: expected a key, the form {row.form} needs it"


@table(
    "small_variant_counts",
    key=("id",),
    doc="Keys in which callers write the reads of an allele, in the order in which they are tried.",
    rules=(_reference_is_told,),
)
class SmallVariantCountRow(Row):
    """Where callers of small variants write the reads of an allele."""

    id: str = column(ID, "Id of the rule.")
    place: Place = column(Choice(Place), "Where the keys stand.", name="column")
    form: Form = column(Choice(Form), "How the reads are written.")
    reads: str = column(KEY, "Key of the reads, or of the fraction; {alt} stands for the allele.")
    reference: str = column(KEY, "Key of the reads of the reference.", empty="")
    depth: tuple[str, ...] = column(Many(KEY), "Keys of the depth.", empty=())
    callers: tuple[str, ...] = column(Many(Text()), "Callers of which it holds; empty: any.", empty=())
    confirmed: bool = column(YesNo("yes", ""), "yes: only where a stated fraction agrees.", empty=False)
    note: str = column(Text(), "Who writes so.", empty="", read=False)


@table("small_variant_filters", key=("id",), doc="Words of FILTER that are known; any other is weak.")
class SmallVariantFilterRow(Row):
    """What a word of a caller's FILTER column says."""

    id: str = column(ID, "Id of the row.")
    caller: str = column(Text(), "The caller; empty: any.", empty="")
    word: str = column(Text(), "The word, in any case of letters.")
    says: FilterWord = column(Choice(FilterWord), "What it says.", name="class")
    note: str = column(Text(), "What the caller means by it.", empty="", read=False)
