"""Tables of small variants: rules, named changes, hotspots, numberings, roles of genes, points of oncogenicity."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from annotate.knowledge.kinds import CHROMOSOMES, GENES, PANEL, Choice, Ref, Text, Whole, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.notations import Spans
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.lesions import ID, LESION
from annotate.knowledge.specs.rearrangements import POSITION

PROTEIN = Text(
    r"p\.[A-Z][a-z]{2}\d+([A-Z][a-z]{2}(fs(Ter\d+)?)?|=|del|dup|_.+|fs.*|delins.*)( \(=?p\..*\))?",
    "a change of the protein in three-letter code, as p.Arg238Trp",
)
TRANSCRIPT = Text(r"(NM_|ENST)\d+(\.\d+)?", "a transcript as NM_012229")
CODON = Whole(1, 40_000, "codons")


class VariantClass(StrEnum):
    """Classes of consequence that rules ask for."""

    MISSENSE = "missense"
    TRUNCATING = "truncating"
    INFRAME = "inframe"
    INFRAME_INSERTION = "inframe_insertion"
    SPLICE = "splice"


class RuleState(StrEnum):
    """What a rule makes of a variant."""

    DETECTED = "detected"
    EQUIVOCAL = "equivocal"
    IGNORED = "ignored"


class Tier(StrEnum):
    """How well established a change is."""

    ESTABLISHED = "established"
    PROBABLE = "probable"
    BENIGN = "benign"


class Effect(StrEnum):
    """What a change does."""

    LOSS = "loss"
    ACTIVATING = "activating"
    RESISTANCE = "resistance"
    SUBTYPE = "subtype"
    BENIGN = "benign"


class ActivationClass(StrEnum):
    """How a change of NT5C2 switches the enzyme on (Dieck 2018)."""

    FIRST = "I"
    SECOND = "II"
    THIRD = "III"


class CopyCall(StrEnum):
    """Copy-number calls of a gene that rules ask for; `:focal` asks for the focal ones."""

    HOMOZYGOUS = "homozygous_deletion"
    DELETION = "deletion"
    DELETION_FOCAL = "deletion:focal"
    CNLOH = "cnloh"
    CNLOH_FOCAL = "cnloh:focal"


class NamedClass(StrEnum):
    """How well established a named change is."""

    ESTABLISHED = "ESTABLISHED"
    PROBABLE = "PROBABLE"


class Strand(StrEnum):
    """Strand of a gene."""

    PLUS = "+"
    MINUS = "-"


class Role(StrEnum):
    """Tumour suppressor or oncogene."""

    TSG = "tsg"
    ONCOGENE = "oncogene"


def _asks_something(row: GeneMutationRuleRow, tables: Tables) -> Iterator[Finding]:
    if row.copies and (row.classes or row.codons or row.exons or row.proteins):
        yield "copies", "found both copies and a class of variants, expected one of them: make two rows"
    if not (row.copies or row.classes or row.proteins):
        yield "classes", "is empty: expected a class of variants, proteins, or copies, else the rule finds nothing"


@table(
    "gene_mutation_rules",
    key=("id",),
    doc="Which variants and copy-number calls of a gene count for a lesion. The first row that fits decides.",
    rules=(_asks_something,),
)
class GeneMutationRuleRow(Row):
    """Which small variants or losses of a gene count for a lesion."""

    id: str = column(ID, "Id of the rule.")
    lesion: str = column(LESION, "The lesion.")
    gene: str = column(Ref(PANEL), "The gene.")
    classes: tuple[VariantClass, ...] = column(Many(Choice(VariantClass)), "Classes that count.", empty=())
    codons: tuple[range, ...] = column(Spans(), "Codons of the panel's transcript that count; empty: all.", empty=())
    exons: tuple[int, ...] = column(Many(Whole(1, 400, "exons")), "Exons that count; empty: all.", empty=())
    proteins: tuple[str, ...] = column(Many(PROTEIN), "Single changes that count, whatever their class.", empty=())
    copies: tuple[CopyCall, ...] = column(Many(Choice(CopyCall)), "Copy-number calls that count.", empty=())
    needs: tuple[str, ...] = column(Many(LESION), "Lesions of which one must be present.", empty=())
    state: RuleState = column(Choice(RuleState), "What it makes of the lesion.")
    tier: Tier = column(Choice(Tier), "How well established it is.")
    effect: Effect = column(Choice(Effect), "What it does.")
    criteria: tuple[str, ...] = column(
        Many(Ref("oncogenicity_points.id", what="a criterion of oncogenicity")), "Criteria that it meets.", empty=()
    )
    drug: str = column(Text(), "Drug or class that it concerns.", empty="")
    note: str = column(Text(), "What is meant, as the report prints it.")

    @property
    def residues(self) -> tuple[int, ...]:
        """Residues that it is limited to; none where the whole gene counts."""
        named = (int("".join(c for c in name if c.isdigit())) for name in self.proteins)
        return (*(codon for span in self.codons for codon in span), *named)


@table("variants", key=("gene", "hgvsp"), doc="Named changes: known by protein name or by place and alleles.")
class NamedVariantRow(Row):
    """A substitution with a name of its own and its effect."""

    gene: str = column(Ref(PANEL), "The gene.")
    transcript: str = column(TRANSCRIPT, "Transcript on which its residues are counted.")
    hgvsp: str = column(PROTEIN, "The change; the name on another transcript may follow in parentheses.")
    strand: Strand = column(Choice(Strand), "Strand of the gene.", read=False)
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.")
    grch38_pos: str = column(
        Text(r"\d+(-\d+)?", "a position, or the first and last base of the codon"),
        "Place in GRCh38; a stretch where several bases may change.",
        name="GRCh38_pos",
    )
    grch37_pos: str = column(
        Text(r"\d+(-\d+)?", "a position, or the first and last base of the codon"),
        "Place in GRCh37; a stretch where several bases may change.",
        name="GRCh37_pos",
    )
    genomic_ref: str = column(Text(r"[ACGT]+|\.", "bases, or . where not one base"), "Reference bases.")
    genomic_alt: str = column(Text(r"[ACGT]+|\.", "bases, or . where not one base"), "Changed bases.")
    tier: NamedClass = column(Choice(NamedClass), "How well established it is.", name="class")
    effect: str = column(Text(), "What it does, in words.")
    activation_class: ActivationClass | None = column(
        Choice(ActivationClass), "Class of activation of NT5C2, where it is known.", empty=None
    )
    reference: str = column(Text(), "Papers that name it.", empty="", read=False)

    @property
    def protein(self) -> str:
        """The change without the names on other transcripts."""
        return self.hgvsp.split()[0]

    def position(self, assembly: str) -> int | None:
        """The base that changes; None where several may."""
        text = self.grch37_pos if assembly == "GRCh37" else self.grch38_pos
        return int(text) if text.isdecimal() else None


@table(
    "hotspot_codons",
    key=("gene", "transcript", "codon"),
    doc="Codons that are looked at in the alignments, with their bases in order of translation.",
)
class HotspotCodonRow(Row):
    """A codon that is mutated recurrently, with the places of its three bases."""

    gene: str = column(Ref(PANEL), "The gene.")
    transcript: str = column(TRANSCRIPT, "Transcript on which the codon is counted.")
    protein_len_aa: int = column(Whole(1, 40_000, "residues"), "Length of its protein.", read=False)
    codon: int = column(CODON, "Number of the codon.")
    exon: int = column(Whole(1, 400, "exons"), "Its exon.", read=False)
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.")
    strand: Strand = column(Choice(Strand), "Strand of the gene.")
    grch38_pos1: int = column(POSITION, "First base in GRCh38.", name="GRCh38_codon_pos1")
    grch38_pos2: int = column(POSITION, "Second base in GRCh38.", name="GRCh38_pos2")
    grch38_pos3: int = column(POSITION, "Third base in GRCh38.", name="GRCh38_pos3")
    grch37_pos1: int = column(POSITION, "First base in GRCh37.", name="GRCh37_codon_pos1")
    grch37_pos2: int = column(POSITION, "Second base in GRCh37.", name="GRCh37_pos2")
    grch37_pos3: int = column(POSITION, "Third base in GRCh37.", name="GRCh37_pos3")

    def positions(self, assembly: str) -> tuple[int, int, int]:
        """The three bases in order of translation."""
        if assembly == "GRCh37":
            return self.grch37_pos1, self.grch37_pos2, self.grch37_pos3
        return self.grch38_pos1, self.grch38_pos2, self.grch38_pos3


def _codons_in_order(row: IsoformNumberingRow, tables: Tables) -> Iterator[Finding]:
    if row.first_codon > row.last_codon:
        yield "last_codon", f"found {row.last_codon}, expected {row.first_codon} or more"
    if row.offset == 0:
        yield "offset", "found 0, expected a difference: the numbering would be the panel's own"


@table(
    "isoform_numbering",
    key=("gene", "transcript"),
    doc="Other isoforms on which the literature counts the residues of a gene.",
    rules=(_codons_in_order,),
)
class IsoformNumberingRow(Row):
    """How residues are counted on another isoform."""

    gene: str = column(Ref(PANEL), "The gene.")
    label: str = column(Text(), "Name of the isoform.")
    transcript: str = column(TRANSCRIPT, "Its transcript.")
    first_codon: int = column(CODON, "First codon of the panel's count that both have.")
    last_codon: int = column(CODON, "Last codon of the panel's count that both have.")
    offset: int = column(Whole(-40_000, 40_000, "codons"), "What is added to the panel's number.")
    note: str = column(Text(), "Which numbering is meant.", empty="", read=False)


class GermlineClass(StrEnum):
    """What is known of a change in the germline."""

    PREDISPOSING = "predisposing"
    COMMON = "common"


@table("germline_variants", key=("id",), doc="Changes that are known to predispose, and common ones that never ask.")
class GermlineVariantRow(Row):
    """A change of a gene that is known in the germline."""

    id: str = column(ID, "Id of the row.")
    gene: str = column(Ref(GENES), "The gene.")
    change: str = column(PROTEIN, "The change of the protein.")
    known_as: GermlineClass = column(Choice(GermlineClass), "What is known of it.", name="class")


@table("gene_roles", key=("id",), doc="What a gene is in leukaemia, in predisposition and in clonal haematopoiesis.")
class GeneRoleRow(Row):
    """Tumour suppressor or oncogene, predisposition and clonal haematopoiesis, by gene."""

    id: str = column(Ref(GENES), "The gene.")
    role: Role = column(Choice(Role), "Tumour suppressor or oncogene.")
    predisposition: bool = column(YesNo(), "Is it a gene of leukaemia predisposition?")
    chip: bool = column(YesNo(), "Is it mutated in clonal haematopoiesis?")


@table(
    "oncogenicity_points",
    key=("id",),
    doc="Points of the ClinGen/CGC/VICC criteria.",
    no_new_rows="a criterion is met by a rule in code: a new id is never met",
)
class OncogenicityPointRow(Row):
    """A criterion of oncogenicity and its points (Horak 2022, ClinGen/CGC/VICC)."""

    id: str = column(Text(r"[A-Z]+\d[A-Za-z0-9_]*", "a criterion, as OS3"), "The criterion.")
    points: int = column(Whole(-8, 8, "points"), "Its points; negative: benign.")
    meaning: str = column(Text(), "The criterion in words.", read=False)
    how: str = column(Text(), "How it is met here.", read=False)


@table(
    "genes",
    key=("gene",),
    doc="Genes of the panel, from which the reference packs are built.",
    no_overlay="the reference packs are built from it: `allert reference build` makes a pack of one's own",
)
class GeneTableRow(Row):
    """A gene of the panel and its span in both assemblies."""

    gene: str = column(Text(r"[A-Z][A-Z0-9-]*(orf\d+)?", "a gene symbol"), "Symbol.")
    strand: Strand = column(Choice(Strand), "Strand.", read=False)
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.", read=False)
    grch38_start: int = column(POSITION, "First base in GRCh38.", name="GRCh38_start", read=False)
    grch38_end: int = column(POSITION, "Last base in GRCh38.", name="GRCh38_end", read=False)
    grch37_start: int | None = column(
        POSITION, "First base in GRCh37, where it has the gene.", name="GRCh37_start", empty=None, read=False
    )
    grch37_end: int | None = column(
        POSITION, "Last base in GRCh37, where it has the gene.", name="GRCh37_end", empty=None, read=False
    )
    mane_refseq: str = column(
        Text(r"NM_\d+\.\d+", "a transcript as NM_005157.6"),
        "MANE Select transcript of RefSeq.",
        name="MANE_Select_RefSeq",
        read=False,
    )
    mane_ensembl: str = column(
        Text(r"ENST\d+\.\d+", "a transcript as ENST00000318560.6"),
        "MANE Select transcript of Ensembl.",
        name="MANE_Select_Ensembl",
        read=False,
    )
    grch37_source: str = column(Text(), "Where the positions in GRCh37 come from.", name="GRCh37_source", read=False)
