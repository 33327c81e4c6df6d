"""Tables of what may be done for a child: options, labels, trials, kinase inhibitors, tests that confirm, wishes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.knowledge.kinds import PANEL, Choice, Day, Ref, Text, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.interpretation import RANK, WHEN, AmpTier, CivicRow, EvidenceLevel, TherapyRow
from annotate.knowledge.specs.lesions import ID, LESION

SUBSTITUTION = Text(r"([A-Z]\d+[A-Z]|\d+)", "a substitution as T315I, or a codon")


class OptionDirection(StrEnum):
    """What is said of an option."""

    SENSITIVITY = "sensitivity"
    RESISTANCE = "resistance"
    CONTRAINDICATED = "contraindicated"
    UNKNOWN = "unknown"
    CAUTION = "caution"


class Against(StrEnum):
    """What a finding says against a drug; a caution only adds a caveat."""

    RESISTANCE = "resistance"
    CONTRAINDICATED = "contraindicated"
    CAUTION = "caution"


class Jurisdiction(StrEnum):
    """Whose labels are told."""

    FDA = "FDA"
    EMA = "EMA"
    CDSCO = "CDSCO"


class InhibitorEffect(StrEnum):
    """What a mutation does to an inhibitor."""

    RESISTANCE = "resistance"
    CAUTION = "caution"
    ACTIVE = "active"


class Changes(StrEnum):
    """What an input could change."""

    FLAG = "flag"
    GROUP = "group"
    THERAPY = "therapy"
    CLASS = "class"


class LesionTime(StrEnum):
    """When a lesion matters, where not always."""

    RELAPSE = "relapse"


class LesionLineage(StrEnum):
    """Lineages in which a lesion matters."""

    BCP = "BCP"
    T = "T"
    MPAL = "MPAL"


@table("options", key=("id",), doc="Options by lineage, antigen, age, line and earlier therapy.")
class OptionRow(Row):
    """A drug or regimen that is an option, and for whom."""

    id: str = column(ID, "Id of the row.")
    rank: int = column(RANK, "Order in which they are made.")
    drug: str = column(Text(), "The drug or regimen.")
    drug_class: str = column(Text(), "Its class.")
    when: str = column(WHEN, "For whom it is an option.")
    direction: OptionDirection = column(Choice(OptionDirection), "What is said of it.")
    tier: AmpTier = column(Choice(AmpTier), "Tier of AMP/ASCO/CAP inside its label.")
    evidence_level: EvidenceLevel = column(Choice(EvidenceLevel), "Level of the evidence inside its label.")
    outside_tier: AmpTier = column(Choice(AmpTier), "Tier outside every label.")
    outside_level: EvidenceLevel = column(Choice(EvidenceLevel), "Level outside every label.")
    setting: str = column(Text(), "Where and how it is given.")
    conditions: tuple[str, ...] = column(Many(Text()), "What must be given, in words.", empty=())
    trials: tuple[str, ...] = column(Many(Ref("trials.id")), "Trials of it.", empty=())
    caveats: tuple[str, ...] = column(Many(Text()), "What limits it.", empty=())


def _drug_is_told(row: LabelRow, tables: Tables) -> bool:
    told = [option.drug for option in tables.rows(OptionRow)] + [t.drug for t in tables.rows(TherapyRow)]
    names = {part.strip().lower().removesuffix(" with chemotherapy") for drug in told for part in drug.split(";")}
    return row.drug.lower() in names


@table(
    "labels",
    key=("id",),
    doc="Labels of drugs, one row a drug, jurisdiction and indication.",
    used=_drug_is_told,
    unread="no row of options or therapies has its drug",
)
class LabelRow(Row):
    """A drug's label in one jurisdiction, and who is inside it."""

    id: str = column(ID, "Id of the row.")
    drug: str = column(Text(), "The drug.")
    jurisdiction: Jurisdiction = column(Choice(Jurisdiction), "Whose label.")
    indication: str = column(Text(), "The indication.")
    when: str = column(WHEN, "Is this child inside it?")
    status: str = column(Text(), "The approval.")
    as_of: str = column(Day(), "Day of the statement.")
    read_on: str = column(Day(), "When its source was read.", empty="")


@table(
    "trials",
    key=("id",),
    doc="Registered trials that options name.",
    used=lambda row, tables: any(row.id in option.trials for option in tables.rows(OptionRow)),
    unread="no row of options names it",
)
class TrialRow(Row):
    """A trial in its register, with the day of its status."""

    id: str = column(Text(r"NCT\d{8}|[A-Z0-9][A-Za-z0-9./-]+", "the number of a trial"), "Number in its register.")
    title: str = column(Text(), "Title.")
    status: str = column(Text(), "Status.")
    as_of: str = column(Day(), "Day of the status.")
    read_on: str = column(Day(), "When its source was read.", empty="", read=False)


@table(
    "kinase_resistance",
    key=("id",),
    doc="Kinase-domain mutations and inhibitors, a row a change and drug; a codon stands for its other changes.",
)
class KinaseResistanceRow(Row):
    """What a kinase mutation does to an inhibitor."""

    id: str = column(ID, "Id of the row.")
    gene: str = column(Ref(PANEL), "The kinase.")
    change: str = column(SUBSTITUTION, "The substitution, or the codon.")
    drug: str = column(Text(), "The inhibitor.")
    effect: InhibitorEffect = column(Choice(InhibitorEffect), "What the mutation does to it.")
    text: str = column(Text(), "The same in words.")


@table("kinase_compounds", key=("id",), doc="Two kinase-domain mutations that may stand on one molecule.")
class KinaseCompoundRow(Row):
    """What two mutations of a kinase do to inhibitors, in cis and where the phase is unknown."""

    id: str = column(ID, "Id of the row.")
    gene: str = column(Ref(PANEL), "The kinase.")
    includes: str = column(SUBSTITUTION, "The substitution that is one of the two; empty: any.", empty="")
    drugs: tuple[str, ...] = column(Many(Text()), "Inhibitors that it concerns.")
    effect_in_cis: InhibitorEffect = column(Choice(InhibitorEffect), "What it does on one molecule.")
    effect_unphased: InhibitorEffect = column(Choice(InhibitorEffect), "What is said where the phase is not known.")
    text: str = column(Text(), "The same in words.")


@table("confirmation", key=("id",), doc="Tests by another method that confirm or follow a lesion.")
class ConfirmationRow(Row):
    """The test that confirms a lesion, and what it tells."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(LESION, "The lesion that is there or in doubt.")
    when: str = column(WHEN, "What must hold besides.", empty="")
    test: str = column(Text(), "The test.")
    probe_or_assay: str = column(Text(), "Probe, primer or assay.")
    why: str = column(Text(), "What it tells.")


@table(
    "civic_conditions",
    key=("id",),
    doc="What must hold of a child for an evidence item of CIViC to speak of it.",
)
class CivicConditionRow(Row):
    """What must hold in the child before an item of CIViC is shown."""

    id: str = column(ID, "Id of the row.")
    evidence: str = column(Ref("civic_evidence.id", what="an evidence id of civic_evidence"), "The evidence item.")
    when: str = column(WHEN, "The condition.")
    text: str = column(Text(), "Why.", read=False)


@table("schemes_eligibility", key=("id",), doc="Children whom the protocols of a scheme do not take.")
class SchemeEligibilityRow(Row):
    """Who is not taken by a scheme."""

    id: str = column(ID, "Id of the row.")
    scheme: str = column(Ref("schemes.id"), "The scheme.")
    when: str = column(WHEN, "Who is not taken.")
    text: str = column(Text(), "The same in words.")


@table("priorities", key=("lesion",), doc="When an open lesion matters, for the order in which inputs are asked for.")
class PriorityRow(Row):
    """How much hangs on a lesion that is open."""

    lesion: str = column(LESION, "The lesion.")
    class_defining: bool = column(YesNo(), "Does it define the class of the leukaemia?")
    lineage: tuple[LesionLineage, ...] = column(Many(Choice(LesionLineage)), "Lineages; empty: all.", empty=())
    timepoint: LesionTime | None = column(Choice(LesionTime), "relapse: it does not matter before.", empty=None)


@table("wishes", key=("id",), doc="Tests that are asked for though no lesion is open.")
class WishRow(Row):
    """A test that is asked for when something is open, and what it could change."""

    id: str = column(ID, "Id of the row.")
    when: str = column(WHEN, "When it is asked for.")
    asked_for: str = column(Text(), "The test.")
    changes: tuple[Changes, ...] = column(Many(Choice(Changes)), "What it could change.")
    why: str = column(Text(), "What hangs on it.")


def _named_drugs(row: ContradictionRow, tables: Tables) -> Iterator[Finding]:
    """A drug or class that no therapy has would never contradict anything."""
    classes = {f"class:{therapy.drug_class}" for therapy in tables.rows(TherapyRow)}
    classes |= {f"class:{option.drug_class}" for option in tables.rows(OptionRow)}
    named = [therapy.drug for therapy in tables.rows(TherapyRow)] + [o.drug for o in tables.rows(OptionRow)]
    named += [drug for item in tables.rows(CivicRow) for drug in item.therapies]
    drugs = {part.strip().lower() for drug in named for part in drug.split(";")}
    for name in row.drugs:
        if name not in classes | drugs:
            yield "drugs", f"found {name!r}, expected a drug or class:… that some therapy or option has"


@table(
    "therapies_contradictions",
    key=("id",),
    doc="Findings that speak against a drug in a sample.",
    rules=(_named_drugs,),
)
class ContradictionRow(Row):
    """A fact that speaks against drugs."""

    id: str = column(ID, "Id of the row.")
    drugs: tuple[str, ...] = column(Many(Text()), "Drugs in small letters, or class:NAME.")
    when: str = column(WHEN, "The condition.")
    effect: Against = column(Choice(Against), "What it says against them.")
    text: str = column(Text(), "Its words.")
