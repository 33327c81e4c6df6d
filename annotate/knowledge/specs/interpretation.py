"""Tables of what a lesion means: risk schemes, entities, therapies, germline prompts, CIViC."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.knowledge.atoms import used_facts
from annotate.knowledge.kinds import CHROMOSOMES, PANEL, Choice, Day, Ref, Text, Whole, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.notations import Expression
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.lesions import ID, LESION

WHEN = Expression()
RANK = Whole(1, 999)


class SchemeKind(StrEnum):
    """A decision table, or annotations alone."""

    TABLE = "table"
    FLAGS = "flags"


class Setting(StrEnum):
    """The time for which a scheme was made."""

    ANY = "any"
    DIAGNOSIS = "diagnosis"
    RELAPSE = "relapse"


class FlagKind(StrEnum):
    """A flag stands beside the group, a note below it; a caution and what is said of transplantation apart."""

    FLAG = "flag"
    NOTE = "note"
    CAUTION = "caution"
    TRANSPLANT = "transplant"


class Lineage(StrEnum):
    """Lineages of the entities."""

    B = "B"
    T = "T"
    MPAL = "MPAL"


class EntityColumn(StrEnum):
    """Classifications that have a column in `entities`."""

    WHO = "who_haem5"
    ICC = "icc_2022"


class Direction(StrEnum):
    """What a lesion says of a drug."""

    SENSITIVITY = "sensitivity"
    RESISTANCE = "resistance"
    CONTRAINDICATED = "contraindicated"
    UNKNOWN = "unknown"


class AmpTier(StrEnum):
    """Tiers of AMP/ASCO/CAP."""

    I = "I"  # noqa: E741
    II = "II"
    III = "III"
    IV = "IV"


class EvidenceLevel(StrEnum):
    """Levels of evidence."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


def _has_rules(row: SchemeRow, tables: Tables) -> bool:
    ids = {rule.scheme for rule in tables.rows(SchemeRuleRow)} | {f.scheme for f in tables.rows(SchemeFlagRow)}
    return row.id in ids


def _applies_text(row: SchemeRow, tables: Tables) -> Iterator[Finding]:
    if row.applies != "always" and not row.applies_text:
        yield "applies_text", "is empty: expected words, where the scheme does not apply they are told"


@table(
    "schemes",
    key=("id",),
    doc="Risk schemes, in the order of the report.",
    rules=(_applies_text,),
    used=_has_rules,
    unread="no row of schemes_rules or schemes_flags belongs to it",
)
class SchemeRow(Row):
    """A risk scheme, or a trial whose items are shown as flags."""

    id: str = column(Text(r"[a-z0-9_]+", "an id of lower-case letters, digits and _"), "Id of the scheme.")
    rank: int = column(RANK, "Order; a scheme may ask for those before it.")
    name: str = column(Text(), "Name.")
    version: str = column(Text(), "Version or paper.", empty="")
    shown_version: str = column(Text(), "The version as a page names it.", empty="")
    kind: SchemeKind = column(Choice(SchemeKind), "table: rules give a group; flags: annotations alone.")
    setting: Setting = column(Choice(Setting), "The time for which it was made.")
    applies: str = column(WHEN, "Where it applies.")
    applies_text: str = column(Text(), "The same in words.", empty="")
    unresolved: str = column(Text(), "Its word for an open group.", empty="")
    accept_likely: bool = column(YesNo(), "Does a likely fact count, as provisional?")
    list_open: bool = column(YesNo(), "Are open items listed one by one?")
    shown: bool = column(YesNo(), "no: only other schemes ask for it.")
    note: str = column(Text(), "What must be known of it.", empty="")


def _distinct_rank(row: SchemeRuleRow, tables: Tables) -> Iterator[Finding]:
    for other in tables.rows(SchemeRuleRow):
        if other.scheme == row.scheme and other.rank == row.rank and other.id != row.id:
            yield "rank", f"found {row.rank}, expected a rank of its own: {other.id} has it in {row.scheme}"


@table(
    "schemes_rules",
    key=("id",),
    doc="Rules of a scheme: the first that holds gives the group.",
    rules=(_distinct_rank,),
)
class SchemeRuleRow(Row):
    """One rule of a risk scheme; the first that holds gives the group."""

    id: str = column(ID, "Id of the rule.")
    scheme: str = column(Ref("schemes.id"), "The scheme.")
    rank: int = column(RANK, "Order within the scheme.")
    when: str = column(WHEN, "The condition.")
    group: str = column(Text(), "The group that it gives; empty: none.", empty="")
    text: str = column(Text(), "The rule in words.")


@table("schemes_flags", key=("id",), doc="Flags and notes that a scheme adds.")
class SchemeFlagRow(Row):
    """A flag or note that a scheme adds beside its group."""

    id: str = column(ID, "Id of the row.")
    scheme: str = column(Ref("schemes.id"), "The scheme.")
    kind: FlagKind = column(Choice(FlagKind), "What it is.")
    when: str = column(WHEN, "The condition.")
    text: str = column(Text(), "Its words.")


@table(
    "schemes_facts",
    key=("id",),
    doc="Named conditions, to be used in others.",
    used=lambda row, tables: row.id in used_facts(tables),
    unread="no condition names it",
)
class SchemeFactRow(Row):
    """A named condition that the rules of schemes share."""

    id: str = column(Text(r"[a-z0-9_]+", "a name of lower-case letters, digits and _"), "Name of the fact.")
    when: str = column(WHEN, "Its condition.")
    words: str = column(Text(), "The fact in words.", read=False)


@table(
    "schemes_mrd_timepoints",
    key=("id",),
    doc="Words for the time of an MRD measurement.",
    no_new_rows="conditions ask for these time points by name",
)
class MrdTimepointRow(Row):
    """A time point at which residual disease is measured, with its names in sheets."""

    id: str = column(Text(r"[a-z0-9_]+", "a name of lower-case letters, digits and _"), "The time point.")
    name: str = column(Text(), "Its name in a report.")
    words: tuple[str, ...] = column(Many(Text()), "What a sheet may call it, in small letters.")


def _one_rest(row: EntityRow, tables: Tables) -> Iterator[Finding]:
    if row.when == "" and not row.needs_expression:
        yield "when", "is empty: expected a condition, as nothing else defines it"


@table("entities", key=("id",), doc="Entities of WHO-HAEM5 and ICC 2022, by precedence.", rules=(_one_rest,))
class EntityRow(Row):
    """An entity of WHO-HAEM5 and ICC 2022 and the lesions that define it."""

    id: str = column(ID, "Id of the row.")
    rank: int = column(RANK, "Precedence within the lineage.")
    lineage: Lineage = column(Choice(Lineage), "The lineage.")
    when: str = column(WHEN, "The condition; empty: DNA does not show it.", empty="")
    who_haem5: str = column(Text(), "Its name in WHO-HAEM5.")
    icc_2022: str = column(Text(), "Its name in ICC 2022.")
    primary: bool = column(YesNo(), "Does it define a class beside which no other label stands?")
    needs_expression: bool = column(YesNo(), "Is it defined by expression or flow cytometry?")
    note: str = column(Text(), "What must be known of it.", empty="")

    def called(self, column: EntityColumn) -> str:
        """Its name in a classification."""
        return self.who_haem5 if column is EntityColumn.WHO else self.icc_2022


@table(
    "entities_systems",
    key=("id",),
    doc="The classifications that are given.",
    no_new_rows="a classification needs a column of its own in entities",
)
class EntitySystemRow(Row):
    """A classification that names the entities."""

    id: str = column(ID, "Id of the classification.")
    name: str = column(Text(), "Its name.")
    names: EntityColumn = column(Choice(EntityColumn), "Its column in `entities`.", name="column", fixed=True)


def _outside_is_told(row: TherapyRow, tables: Tables) -> Iterator[Finding]:
    for name in ("outside_tier", "outside_level"):
        if row.fits and getattr(row, name) is None:
            yield name, "is empty: expected what holds outside the setting, as the row has a condition in fits"


def _approval(row: TherapyRow, tables: Tables) -> Iterator[Finding]:
    """An approval is a statement of one jurisdiction at one date; all three stand together or none does."""
    given = (row.jurisdiction, row.approval_status, row.approval_as_of)
    for name, value in zip(("jurisdiction", "approval_status", "approval_as_of"), given, strict=True):
        if any(given) and not value:
            yield name, "is empty: expected a value, an approval has its jurisdiction, its status and its date"


@table(
    "therapies",
    key=("id",),
    doc="Drugs for discussion by a tumour board, by lesion.",
    rules=(_outside_is_told, _approval),
)
class TherapyRow(Row):
    """What a lesion says of a drug: sensitivity, resistance or contraindication."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(LESION, "The lesion that must be present.")
    when: str = column(WHEN, "What must hold besides.", empty="")
    drug: str = column(Text(), "Drug or drugs.")
    drug_class: str = column(Text(), "Class of the drug.")
    direction: Direction = column(Choice(Direction), "What the lesion says of it.")
    fits: str = column(WHEN, "Is the child inside the setting?", empty="")
    tier: AmpTier = column(Choice(AmpTier), "Tier of AMP/ASCO/CAP inside the setting.")
    evidence_level: EvidenceLevel = column(Choice(EvidenceLevel), "Level of the evidence inside the setting.")
    outside_tier: AmpTier | None = column(Choice(AmpTier), "Tier outside the setting.", empty=None)
    outside_level: EvidenceLevel | None = column(Choice(EvidenceLevel), "Level outside the setting.", empty=None)
    setting: str = column(Text(), "Where and how it is given.")
    jurisdiction: str = column(Text(), "Whose approval is told.", empty="")
    approval_status: str = column(Text(), "The approval.", empty="")
    approval_as_of: str = column(Day(), "When that was known.", empty="")
    caveats: tuple[str, ...] = column(Many(Text()), "What limits it.", empty=())


@table("therapies_unknown", key=("id",), doc="Eligibility that may not be read as a negative.")
class UnknownTherapyRow(Row):
    """What is said of a drug whose lesion was left open."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(LESION, "The lesion that was left open.")
    drug: str = column(Text(), "The drug.")
    unless: str = column(WHEN, "Not said where this holds.", empty="")
    text: str = column(Text(), "Its words.")


class GermlineQuestion(StrEnum):
    """What kind of change of a predisposition gene asks."""

    HARMFUL = "harmful"
    UNCERTAIN = "uncertain"


def _one_way(row: GermlinePromptRow, tables: Tables) -> Iterator[Finding]:
    ways = bool(row.when) + bool(row.constitutional) + row.per_gene
    if ways != 1:
        yield (
            "when",
            f"found {ways} ways, expected a condition, a constitutional rearrangement, or per_gene: one of them",
        )
    if row.per_gene != (row.question is not None):
        yield "question", "expected harmful or uncertain for a prompt for each gene, and nothing for any other"
    if row.per_gene and "{gene}" not in row.text:
        yield "text", "found no {gene}, expected it: the gene stands in its place"


@table("germline_prompts", key=("id",), doc="Prompts for genetic counselling.", rules=(_one_way,))
class GermlinePromptRow(Row):
    """When a germline test is to be thought of, and the question that it answers."""

    id: str = column(ID, "Id of the row.")
    when: str = column(WHEN, "The condition.", empty="")
    constitutional: tuple[str, ...] = column(
        Many(Ref(CHROMOSOMES)), "Chromosomes of a constitutional rearrangement.", empty=()
    )
    per_gene: bool = column(YesNo(), "yes: for each gene of predisposition that may be changed in the germline.")
    gene: str = column(Ref(PANEL), "Gene that is in question.", empty="")
    question: GermlineQuestion | None = column(
        Choice(GermlineQuestion), "What kind of change asks, of a prompt for each gene.", empty=None
    )
    text: str = column(Text(), "Its words; {gene} stands for the gene.")


class CivicType(StrEnum):
    """Types of evidence of CIViC."""

    PREDICTIVE = "PREDICTIVE"
    DIAGNOSTIC = "DIAGNOSTIC"
    PROGNOSTIC = "PROGNOSTIC"
    ONCOGENIC = "ONCOGENIC"
    PREDISPOSING = "PREDISPOSING"
    FUNCTIONAL = "FUNCTIONAL"


class CivicDirection(StrEnum):
    """Does the item support its statement?"""

    SUPPORTS = "SUPPORTS"
    DOES_NOT_SUPPORT = "DOES_NOT_SUPPORT"


class CivicSignificance(StrEnum):
    """Significances of CIViC."""

    SENSITIVITYRESPONSE = "SENSITIVITYRESPONSE"
    RESISTANCE = "RESISTANCE"
    REDUCED_SENSITIVITY = "REDUCED_SENSITIVITY"
    ADVERSE_RESPONSE = "ADVERSE_RESPONSE"
    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    BETTER_OUTCOME = "BETTER_OUTCOME"
    POOR_OUTCOME = "POOR_OUTCOME"
    ONCOGENICITY = "ONCOGENICITY"


@table("civic_evidence", key=("id",), doc="Evidence items of CIViC (CC0), cited by their ids.")
class CivicRow(Row):
    """An evidence item of CIViC (CC0), as it was copied."""

    id: str = column(Text(r"EID\d+", "an evidence id as EID11"), "Evidence id.")
    profile: str = column(Text(), "Molecular profile, in CIViC's words.")
    level: EvidenceLevel = column(Choice(EvidenceLevel), "Level of CIViC.")
    type: CivicType = column(Choice(CivicType), "Type of the evidence; predictive items are shown.")
    direction: CivicDirection = column(Choice(CivicDirection), "Does it support the statement?")
    significance: CivicSignificance = column(Choice(CivicSignificance), "What it states.")
    origin: str = column(Text(), "Origin of the variant.", read=False)
    disease: str = column(Text(), "The disease.")
    in_all: bool = column(YesNo(), "Is the disease ALL?")
    therapies: tuple[str, ...] = column(Many(Text()), "Drugs of a predictive item.", empty=())
