"""Tables of the thiopurine genes: star alleles, phenotypes, the words of the guideline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from annotate.knowledge.kinds import PANEL, Choice, Ref, Text, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.lesions import ID

ALLELE = Text(r"\*\d+[A-Z]?", "a star allele as *3A")
DIPLOTYPE = Text(r"\*\d+[A-Z]?/\*\d+[A-Z]?", "two star alleles as *1/*3A")
CHANGE = Text(r"(\d{1,2}|X)-\d+-[ACGT]+-[ACGT]+", "CHROM-POS-REF-ALT")


class Function(StrEnum):
    """Functions of an allele (CPIC)."""

    NORMAL = "Normal Function"
    NONE = "No Function"
    UNCERTAIN = "Uncertain Function"
    UNKNOWN = "Unknown Function"
    DECREASED = "Decreased Function"


class Phenotype(StrEnum):
    """Phenotypes (CPIC)."""

    NORMAL = "Normal Metabolizer"
    INTERMEDIATE = "Intermediate Metabolizer"
    POSSIBLE_INTERMEDIATE = "Possible Intermediate Metabolizer"
    POOR = "Poor Metabolizer"
    INDETERMINATE = "Indeterminate"


def _has_an_allele(row: PgxVariantRow, tables: Tables) -> bool:
    return row.required or any(row.id in allele.variants for allele in tables.rows(PgxAlleleRow))


@table(
    "pgx_variants",
    key=("id",),
    doc="Places at which the thiopurine genes are genotyped.",
    used=_has_an_allele,
    unread="no allele of pgx_alleles has it, and it is not required",
)
class PgxVariantRow(Row):
    """A change that tells alleles of a pharmacogene apart, in both assemblies."""

    id: str = column(ID, "Id of the change.")
    gene: str = column(Ref(PANEL), "The gene.")
    rsid: str = column(Text(r"rs\d+", "an rs number"), "Its number in dbSNP.", empty="")
    grch38: str = column(CHANGE, "The change in GRCh38.", name="GRCh38")
    grch37: str = column(CHANGE, "The change in GRCh37.", name="GRCh37")
    change: str = column(Text(), "The change of the protein.")
    required: bool = column(YesNo(), "Must it be called before a diplotype is given?")

    def place(self, assembly: str) -> tuple[str, int, str, str]:
        """Chromosome, position, reference and changed bases."""
        chrom, pos, ref, alt = (self.grch37 if assembly == "GRCh37" else self.grch38).split("-")
        return chrom, int(pos), ref, alt


def _own_variants(row: PgxAlleleRow, tables: Tables) -> Iterator[Finding]:
    genes = {variant.id: variant.gene for variant in tables.rows(PgxVariantRow)}
    for id in row.variants:
        if genes.get(id, row.gene) != row.gene:
            yield "variants", f"found {id!r}, expected changes of {row.gene}"


@table("pgx_alleles", key=("id",), doc="Star alleles.", rules=(_own_variants,))
class PgxAlleleRow(Row):
    """A star allele: its changes and its function (CPIC, PharmVar)."""

    id: str = column(ID, "Gene and allele.")
    gene: str = column(Ref(PANEL), "The gene.")
    allele: str = column(ALLELE, "The allele.")
    function: Function = column(Choice(Function), "Its function.")
    variants: tuple[str, ...] = column(
        Many(Ref("pgx_variants.id", what="a change of pgx_variants")), "Its changes; none: the reference.", empty=()
    )


@table("pgx_phenotypes", key=("id",), doc="The phenotype of two alleles.")
class PgxPhenotypeRow(Row):
    """The phenotype of two allele functions."""

    id: str = column(ID, "Id of the row.")
    function_1: Function = column(Choice(Function), "Function of one allele.")
    function_2: Function = column(Choice(Function), "Function of the other.")
    phenotype: Phenotype = column(Choice(Phenotype), "The phenotype.")


def _some_gene(row: PgxRecommendationRow, tables: Tables) -> Iterator[Finding]:
    if not (row.tpmt or row.nudt15):
        yield "tpmt", "is empty: expected a phenotype of TPMT or of NUDT15, else the row is never told"


@table("pgx_recommendations", key=("id",), doc="Words of the guideline.", rules=(_some_gene,))
class PgxRecommendationRow(Row):
    """The words on thiopurine dose for phenotypes of TPMT and NUDT15."""

    id: str = column(ID, "Id of the row.")
    tpmt: Phenotype | None = column(Choice(Phenotype), "Phenotype of TPMT; empty: any.", empty=None)
    nudt15: Phenotype | None = column(Choice(Phenotype), "Phenotype of NUDT15; empty: any.", empty=None)
    lower_dose: bool = column(YesNo(), "Does it ask for a lower start dose?")
    text: str = column(Text(), "The words.")

    @property
    def phenotypes(self) -> Mapping[str, Phenotype]:
        """By gene in small letters, the phenotypes that the words are for."""
        return {gene: word for gene, word in (("tpmt", self.tpmt), ("nudt15", self.nudt15)) if word is not None}


def _two(row: PgxPreferenceRow, tables: Tables) -> Iterator[Finding]:
    known = {allele.allele for allele in tables.rows(PgxAlleleRow) if allele.gene == row.gene}
    for name, pair in (("given", row.given), ("instead_of", row.instead_of)):
        for allele in pair.split("/"):
            if allele not in known:
                yield name, f"found {allele!r}, expected alleles of {row.gene} in pgx_alleles"


@table("pgx_preferences", key=("id",), doc="Of two readings of unphased genotypes, the likelier.", rules=(_two,))
class PgxPreferenceRow(Row):
    """Which of two readings of unphased changes is given."""

    id: str = column(ID, "Id of the row.")
    gene: str = column(Ref(PANEL), "The gene.")
    given: str = column(DIPLOTYPE, "The reading that is given.")
    instead_of: str = column(DIPLOTYPE, "The reading that is left.")
    text: str = column(Text(), "Why.")


@table(
    "pgx_notes",
    key=("id",),
    doc="What is said about the material.",
    no_new_rows="each note is asked for by its id",
)
class PgxNoteRow(Row):
    """A sentence that a pharmacogene's result carries."""

    id: str = column(Text(r"[a-z_]+", "a name of lower-case letters"), "Id of the note.")
    text: str = column(Text(), "Its words.")
