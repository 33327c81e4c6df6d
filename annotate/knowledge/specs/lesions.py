"""Tables of what a lesion is and of what can show it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.knowledge.kinds import FORMATS, Choice, Ref, Text, Whole, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Finding, Row, Tables, column, table

LESION = Ref("lesions.id", what="the id of a lesion")
ID = Text(r"[A-Za-z0-9_.*+:()/-][^\t]*", "an id of the row")


class InpogItem(StrEnum):
    """Where a lesion stands in the high-risk list of InPOG-ALL-R1."""

    LITERAL = "literal"
    EXTENDED = "extended"
    NONE = "none"


class Family(StrEnum):
    """What kind of change a lesion is."""

    REARRANGEMENT = "rearrangement"
    COPY_NUMBER = "copy_number"
    SMALL_VARIANT = "small_variant"
    COMPOSITE = "composite"


class Source(StrEnum):
    """Kinds of input, as the detectability matrix tells them apart."""

    WGS_SV = "wgs_sv"
    TARGETED_SV = "targeted_sv"
    CN_TOTAL = "cn_total"
    CN_ALLELE = "cn_allele"
    SMALL_VARIANTS = "small_variants"
    ALIGNMENTS = "alignments"
    RNA_FUSIONS = "rna_fusions"
    KARYOTYPE = "karyotype"
    MLPA = "mlpa"
    DMLPA = "dmlpa"
    OGM = "ogm"


class SourceOrAny(StrEnum):
    """A kind of input, or any."""

    WGS_SV = "wgs_sv"
    TARGETED_SV = "targeted_sv"
    CN_TOTAL = "cn_total"
    CN_ALLELE = "cn_allele"
    SMALL_VARIANTS = "small_variants"
    ALIGNMENTS = "alignments"
    RNA_FUSIONS = "rna_fusions"
    KARYOTYPE = "karyotype"
    MLPA = "mlpa"
    DMLPA = "dmlpa"
    OGM = "ogm"
    ANY = "*"


class Sees(StrEnum):
    """Can a kind of input show a lesion?"""

    DETECTS = "D"
    PARTLY = "P"
    CANNOT = "-"


@table(
    "lesions",
    key=("id",),
    doc="The lesions that are judged, in the order of the report.",
    no_new_rows="a lesion is judged by a rule in code: a new id has none",
)
class LesionRow(Row):
    """A lesion: its id, names and family."""

    id: str = column(Text(r"[a-z0-9_]+", "an id of lower-case letters, digits and _"), "Id of the lesion.")
    name: str = column(Text(), "Name in full, as the report prints it.")
    short_name: str = column(Text(), "Name in tables of many samples.")
    section: str = column(Text(), "Number of the lesion in older documents.", empty="", read=False)
    family: Family = column(Choice(Family), "What kind of change it is.")
    inpog: InpogItem = column(Choice(InpogItem), "Where it stands in the high-risk list of InPOG-ALL-R1.")
    high_risk: bool = column(YesNo("1", "0"), "1: one of the high-risk lesions of the first screen.")
    description: str = column(Text(), "What is meant, in one sentence.", read=False)


def _one_statement(row: DetectabilityRow, tables: Tables) -> Iterator[Finding]:
    if row.note and row.sees is Sees.DETECTS:
        yield "note", f"found {row.note!r}, expected nothing: a limit is said of P and - only"


@table(
    "visibility",
    key=("lesion", "input"),
    doc="The detectability matrix: what each kind of input can show of each lesion.",
)
class DetectabilityRow(Row):
    """What a kind of input can detect of a lesion: whether its silence can be a negative."""

    lesion: str = column(LESION, "The lesion.")
    input: Source = column(Choice(Source), "The kind of input.")
    sees: Sees = column(Choice(Sees), "D: its silence can be a negative; P: it shows some; -: it cannot show it.")
    note: str = column(Text(), "What the letter leaves unsaid.", empty="", read=False)


@table("settles", key=("lesion", "rank"), doc="The test that would resolve a lesion that was left open, best first.")
class ResolvingTestRow(Row):
    """A test that resolves a lesion which was left open, in order of preference."""

    lesion: str = column(LESION, "The lesion.")
    rank: int = column(Whole(1, 9), "Order of preference.")
    input: str = column(Text(), "The test or input, in words.")


@table(
    "settles_groups",
    key=("id",),
    doc="One name for the tests that one file would answer: what the report asks for.",
)
class ResolvingTestGroupRow(Row):
    """How a resolving test is asked for, by words of its name."""

    id: str = column(ID, "Id of the group.")
    says: tuple[str, ...] = column(Many(Text(), "|"), "Words of which the name of a test holds one.")
    asked_for: str = column(Text(), "The input as it is asked for.")


@table("blind_spots", key=("id",), doc="Limitations of each kind of input for each lesion, printed beside it.")
class LimitationRow(Row):
    """A limitation of a kind of input for a lesion."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(Ref("lesions.id", ("*",), "the id of a lesion"), "The lesion, or * for all.")
    input: SourceOrAny = column(Choice(SourceOrAny), "The kind of input that has this limitation, or * for any.")
    text: str = column(Text(), "The limitation.")


@table("lesion_notes", key=("id",), doc="What published cohorts say of a lesion, printed where it is found.")
class LesionNoteRow(Row):
    """A sentence that the report of a lesion carries, with its numbers."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(LESION, "The lesion.")
    text: str = column(Text(), "What is known, with numbers.")


@table(
    "sv_caller_limits",
    key=("id",),
    doc="Formats of structural variants whose silence excludes no rearrangement.",
)
class SvCallerLimitRow(Row):
    """What the callers of a format do not list."""

    id: str = column(ID, "Id of the row.")
    format: str = column(Ref(FORMATS), "The format as `allert formats` names it.")
    text: str = column(Text(), "What its callers do not list.")
