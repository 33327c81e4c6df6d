"""What a file's own annotation says of an allele: VEP's CSQ, SnpEff's ANN, bcftools' BCSQ, ANNOVAR, Funcotator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from urllib.parse import unquote

from annotate.base.frozen import frozen
from annotate.read.small_variants.annotation_terms import ANNOVAR_TERMS, FUNCOTATOR_TERMS, SEVERITY
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS, plain_protein

Fields = Mapping[str, str]

ANN_FIELDS = (
    "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "EXON", "HGVSc", "HGVSp",
    "cDNA", "CDS", "Protein_position", "Distance", "Messages",
)  # fmt: skip
BCSQ_FIELDS = ("Consequence", "SYMBOL", "Feature", "BIOTYPE", "STRAND", "amino_acids", "dna")

_RANK = {term: rank for rank, term in enumerate(SEVERITY)}
_PROTEIN = _RANK["protein_altering_variant"]
_FAR = _RANK["upstream_gene_variant"]

# A file's population frequencies, the better first. The names are those of VEP, its plugins and common INFO fields.
POPULATION = (
    ("gnomADe_AF", "gnomADg_AF", "gnomAD_AF", "gnomad_af", "gnomADe_AF_joint", "gnomAD_genome_ALL", "gnomAD_exome_ALL",
     "gnomad_AF", "gnomAD_AF_exomes", "gnomADe_MAX_AF"),
    ("AF_popmax", "AF_grpmax", "gnomAD_AF_popmax", "MAX_AF", "POPMAX_AF"),
    ("ExAC_AF", "ExAC_ALL", "1000G_AF", "TOPMED_AF", "POP_AF"),
)  # fmt: skip


@frozen
class FileAnnotation:
    """What a file says of one allele, for the transcript that fits the panel best."""

    kind: str  # CSQ, ANN, BCSQ, ANNOVAR, FUNCOTATION
    gene: str | None = None
    transcript: str | None = None
    consequence: str | None = None
    hgvsc: str | None = None
    hgvsp: str | None = None
    codon: int | None = None
    population_af: float | None = None

    @property
    def text(self) -> str:
        """`CSQ|gene|transcript|consequence|c.|p.`, the form that `SmallVariant.file_annotation` carries."""
        parts = (self.kind, self.gene, self.transcript, self.consequence, self.hgvsc, self.hgvsp)
        return "|".join((part or "").replace("|", "/") for part in parts)

    @property
    def changes_protein(self) -> bool:
        """Does it claim a change of the protein or of splicing?"""
        return severity(self.consequence) <= _PROTEIN


def parse_text(text: str | None) -> FileAnnotation | None:
    """The inverse of `FileAnnotation.text`.

    >>> parse_text("CSQ|TP53|ENST1|missense_variant||p.Arg175His").hgvsp
    'p.Arg175His'
    """
    parts = (text or "").split("|")
    if len(parts) != 6:
        return None
    gene, transcript, consequence, hgvsc, hgvsp = (part or None for part in parts[1:])
    return FileAnnotation(parts[0], gene, transcript, consequence, hgvsc, hgvsp)


def severity(consequence: str | None) -> int:
    """Rank of the gravest term; the lower the graver."""
    terms = re.split(r"[&,]", consequence or "")
    return min((_RANK.get(_term(term), len(SEVERITY)) for term in terms), default=len(SEVERITY))


def _term(term: str) -> str:
    """bcftools writes `missense` where VEP writes `missense_variant`, and a `*` before what lies after a stop."""
    plain = term.strip().lstrip("*")
    return plain if plain in _RANK else f"{plain}_variant"


_OTHER_WORDS = (
    "nonsynonymous", "stopgain", "stoploss", "startloss", "nonframeshift", "splicing", "MISSENSE", "NONSENSE",
    "SPLICE_SITE", "IN_FRAME", "FRAME_SHIFT", "NONSTOP", "START_CODON",
)  # fmt: skip


@lru_cache(maxsize=1)
def _harmful_words() -> tuple[bytes, ...]:
    """Words of annotators for a change of the protein or of splicing, none of which holds another."""
    words = {term.removesuffix("_variant") for term in SEVERITY[: _PROTEIN + 1]} | set(_OTHER_WORDS)
    shortest = (word for word in words if not any(other != word and other in word for other in words))
    return tuple(sorted(word.encode() for word in shortest))


# ---------------------------------------------------------------- which annotations a file carries


@frozen(slots=False)
class Carried:
    """The annotation fields of one file: INFO key, kind, and the names of the `|`-separated parts."""

    fields: tuple[tuple[str, str, tuple[str, ...]], ...]
    annovar: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields) or self.annovar

    @cached_property
    def _marks(self) -> tuple[bytes, ...]:
        annovar = (b"Func.",) if self.annovar else ()
        return (*(f"{key}=".encode() for key, _, _ in self.fields), *annovar)

    def may_change_protein(self, info: bytes) -> bool:
        """Does the INFO of a record hold a word for a change of the protein? Asked before it is taken apart.

        >>> known = Carried((("CSQ", "CSQ", ()),))
        >>> known.may_change_protein(b"CSQ=T|missense_variant|"), known.may_change_protein(b"CSQ=T|intron_variant|")
        (True, False)
        """
        return any(mark in info for mark in self._marks) and any(word in info for word in _harmful_words())


def carried(info: Mapping[str, str]) -> Carried:
    """From the INFO declarations (id -> description) of a header."""
    found = []
    for key, description in info.items():
        upper = key.upper()
        if upper in ("CSQ", "VEP") or "Consequence annotations from Ensembl VEP" in description:
            names = re.search(r"Format: *\"?([^\"]+)", description)
            if names:
                found.append((key, "CSQ", tuple(name.strip(" '\".") for name in names[1].split("|"))))
        elif upper == "ANN":
            found.append((key, "ANN", ANN_FIELDS))
        elif upper == "BCSQ":
            found.append((key, "BCSQ", BCSQ_FIELDS))
        elif upper == "FUNCOTATION":
            names = re.search(r"fields are: *(.+)", description)
            if names:
                found.append((key, "FUNCOTATION", tuple(name.strip() for name in names[1].split("|"))))
    return Carried(tuple(found), "ExonicFunc.refGene" in info or "ExonicFunc.refGeneWithVer" in info)


def best_annotation(
    info: Fields, carried: Carried, ref: str, alts: Sequence[str], index: int, genome: Genome
) -> FileAnnotation | None:
    """The annotation of the allele `index` (from 1), None where the file says nothing of it.

    Of several transcripts the one of the pack is taken; else one of a panel gene, MANE before canonical before the
    gravest.
    """
    for key, kind, names in carried.fields:
        if key not in info:
            continue
        entries = [_entry(names, raw, kind) for raw in _split(info[key], kind)]
        fitting = [entry for entry in entries if _fits(entry, kind, ref, alts, index)]
        if not fitting and kind == "CSQ":
            fitting = _minimal_entries(entries, ref, alts, index)
        if fitting:
            best = min(fitting, key=lambda entry: _order(entry, genome))
            return _annotation(best, kind, genome)
    return _annovar(info, index, len(alts), genome) if carried.annovar else None


def _split(value: str, kind: str) -> list[str]:
    if kind == "FUNCOTATION":  # alleles are joined by commas, the transcripts of one by #
        return [part.strip("[]") for part in re.split(r"(?<=\])[,#](?=\[)", value)]
    return value.split(",")


def _entry(names: Sequence[str], raw: str, kind: str) -> dict[str, str]:
    entry = dict(zip(names, raw.split("|"), strict=False))
    return _funcotator(entry) if kind == "FUNCOTATION" else entry


def _fits(entry: Fields, kind: str, ref: str, alts: Sequence[str], index: int) -> bool:
    """Is this entry about the allele?"""
    alt = alts[index - 1]
    if kind == "BCSQ":
        if entry.get("Consequence", "").startswith("@"):
            return False
        change = re.search(r"(\d+)([A-Z]+)>([A-Z]+)", entry.get("dna", ""))
        return len(alts) == 1 or change is None or _same(change[2], change[3], ref, alt)
    number = entry.get("ALLELE_NUM", "")
    if number.isdigit():
        return int(number) == index
    named = entry.get("Allele", "")
    if kind != "CSQ":
        return not named or named == alt or (kind == "FUNCOTATION" and len(alts) == 1)
    return named == alt or named == _vep_allele(ref, alts, index) or (len(alts) == 1 and not named)


def _same(ref: str, alt: str, own_ref: str, own_alt: str) -> bool:
    from annotate.read.small_variants.alleles import trim

    return trim(0, ref, alt)[1:] == trim(0, own_ref, own_alt)[1:]


def _vep_allele(ref: str, alts: Sequence[str], index: int) -> str:
    """VEP drops the first base where all alleles begin with it and one of them differs in length."""
    alleles = [allele for allele in (ref, *alts) if allele[:1] not in ("<", "*")]
    shared = len({allele[:1] for allele in alleles}) == 1 and len({len(allele) for allele in alleles}) > 1
    alt = alts[index - 1]
    return (alt[1:] or "-") if shared and alt[:1] not in ("<", "*") else alt


def _minimal_entries(
    entries: Sequence[dict[str, str]], ref: str, alts: Sequence[str], index: int
) -> list[dict[str, str]]:
    """Entries of VEP's --minimal, which trims every allele by itself; none where two alleles come to the same."""
    forms = [_minimal(ref, alt) for alt in alts]
    own = forms[index - 1]
    if own is None or forms.count(own) > 1:
        return []
    return [entry for entry in entries if not entry.get("ALLELE_NUM") and entry.get("Allele") == own]


def _minimal(ref: str, alt: str) -> str | None:
    """The bases of ALT without those that REF begins and ends with; `-` where none is left.

    >>> _minimal("C", "CGC"), _minimal("CAG", "CG"), _minimal("C", "*")
    ('GC', '-', None)
    """
    if not alt.isalpha():
        return None
    front = 0
    while front < min(len(ref), len(alt)) and ref[front] == alt[front]:
        front += 1
    ref, alt = ref[front:], alt[front:]
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    return alt or "-"


def _order(entry: Fields, genome: Genome) -> tuple[object, ...]:
    gene, feature = _gene(entry, genome), entry.get("Feature", "").split(".")[0]
    own = _panel(genome).get(gene or "")
    consequence = entry.get("Consequence")
    rank = severity(consequence)
    return (
        own is None or rank >= _FAR,
        own is None or feature not in own,
        not (entry.get("MANE_SELECT") or entry.get("MANE") == "MANE_Select"),
        entry.get("CANONICAL") != "YES",
        entry.get("PICK") != "1",
        entry.get("BIOTYPE") not in ("protein_coding", "mRNA", "Coding"),
        rank,
        feature,
    )


@lru_cache(maxsize=4)
def _panel(genome: Genome) -> Mapping[str, frozenset[str]]:
    """Panel genes with their transcript in both numberings, without versions."""
    found = {}
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        names = (transcript.transcript, transcript.refseq) if transcript else ()
        found[gene.name] = frozenset(name.split(".")[0] for name in names if name)
    return found


def _gene(entry: Fields, genome: Genome) -> str | None:
    symbol = entry.get("SYMBOL") or ""
    return genome.symbol(symbol) if symbol else None


def _annotation(entry: Fields, kind: str, genome: Genome) -> FileAnnotation:
    hgvsp = protein_name(entry.get("HGVSp"))
    if kind == "BCSQ" and hgvsp is None:
        hgvsp = _bcsq_protein(entry.get("amino_acids", ""))
    position = re.match(r"(\d+)", entry.get("Protein_position", "")) or re.search(r"[A-Za-z](\d+)", hgvsp or "")
    return FileAnnotation(
        kind=kind,
        gene=_gene(entry, genome),
        transcript=entry.get("Feature") or None,
        consequence=_consequence(entry.get("Consequence"), kind),
        hgvsc=_coding_name(entry.get("HGVSc")),
        hgvsp=hgvsp,
        codon=int(position[1]) if position else None,
        population_af=population_af(entry),
    )


def _consequence(terms: str | None, kind: str) -> str | None:
    """bcftools writes its terms shorter than the Sequence Ontology does."""
    if kind != "BCSQ" or not terms:
        return terms or None
    return "&".join(_term(term) for term in terms.split("&"))


def _coding_name(name: str | None) -> str | None:
    text = unquote(name or "").split(":")[-1].strip()
    return text or None


def protein_name(name: str | None) -> str | None:
    """`p.Arg367Gln` of `NP_036361.1:p.(Arg367Gln)`; None where there is none.

    >>> protein_name("ENSP00000339479.3:p.Arg367Gln"), protein_name("p.Leu10%3D"), protein_name("")
    ('p.Arg367Gln', 'p.Leu10=', None)
    """
    text = plain_protein(unquote(name or "")).strip()
    return text if text.startswith("p.") else None


def _bcsq_protein(change: str) -> str | None:
    """`367R>367Q` of bcftools csq as p.Arg367Gln; longer changes are named elsewhere."""
    simple = re.fullmatch(r"(\d+)([A-Z*])(?:>(\d+)([A-Z*]))?", change)
    if not simple:
        return None
    first = AMINO_ACIDS.get(simple[2], "Ter")
    if simple[4] is None:
        return f"p.{first}{simple[1]}="
    return f"p.{first}{simple[1]}{AMINO_ACIDS.get(simple[4], 'Ter')}" if simple[1] == simple[3] else None


# ---------------------------------------------------------------- ANNOVAR, Funcotator


def _funcotator(entry: Mapping[str, str]) -> dict[str, str]:
    """Funcotator's fields under the names of VEP; they carry the release in their name (Gencode_34_hugoSymbol)."""
    plain = {re.sub(r"^Gencode_\d+_", "", key): value for key, value in entry.items()}
    found = {
        "SYMBOL": plain.get("hugoSymbol", ""),
        "Feature": plain.get("annotationTranscript", ""),
        "Consequence": FUNCOTATOR_TERMS.get(plain.get("variantClassification", ""), ""),
        "HGVSc": plain.get("cDnaChange", ""),
        "HGVSp": plain.get("proteinChange", ""),
        "Allele": plain.get("tumorSeqAllele2", ""),
    }
    return {key: value for key, value in found.items() if value}


def _annovar(info: Fields, index: int, alts: int, genome: Genome) -> FileAnnotation | None:
    """ANNOVAR annotates a record, not an allele: used only where the record has one."""
    version = next((v for v in ("refGene", "refGeneWithVer") if f"ExonicFunc.{v}" in info), None)
    if version is None or alts != 1 or index != 1:
        return None
    changes = [part.split(":") for part in info.get(f"AAChange.{version}", "").split(",") if ":" in part]
    entries = [
        {
            "SYMBOL": part[0],
            "Feature": part[1],
            "HGVSc": next((name for name in part if name.startswith("c.")), ""),
            "HGVSp": next((name for name in part if name.startswith("p.")), ""),
        }
        for part in changes
        if len(part) > 2
    ] or [{"SYMBOL": re.split(r"[,;]|\\x3b", info.get(f"Gene.{version}", ""))[0]}]
    term = _annovar_term(info.get(f"ExonicFunc.{version}", ""), info.get(f"Func.{version}", ""))
    best = min(({**entry, "Consequence": term} for entry in entries), key=lambda entry: _order(entry, genome))
    return replace(_annotation(best, "ANNOVAR", genome), population_af=population_af(info))


def _annovar_term(function: str, place: str) -> str:
    words = re.split(r"_|\\x20| ", function)
    for key in ("_".join(words[:2]), words[0]):
        if key in ANNOVAR_TERMS:
            return ANNOVAR_TERMS[key]
    return ANNOVAR_TERMS.get(place, "intron_variant" if place == "intronic" else "")


# ---------------------------------------------------------------- population frequency


def population_af(fields: Fields, index: int = 1) -> float | None:
    """The population frequency that the fields give: the highest of the best kind that is there."""
    for names in POPULATION:
        stated = [fields[name] for name in names if name in fields]
        found = [value for cell in stated if (value := _frequency(cell, index)) is not None]
        if found:
            return max(found)
    logged = _frequency(fields.get("POPAF"), index, highest=400.0) if "POPAF" in fields else None
    return None if logged is None else round(10**-logged, 12)


def _frequency(cell: str | None, index: int, highest: float = 1.0) -> float | None:
    """The allele's value of a cell; VEP joins several with `&`, INFO gives one an allele."""
    values = list(_floats(cell))
    if not values:
        return None
    value = values[index - 1] if len(values) >= index else values[0]
    return value if value is not None and 0 <= value <= highest else None


def _floats(cell: str | None) -> Iterator[float | None]:
    for part in re.split(r"[,&]", cell or ""):
        try:
            yield float(part.split(":")[-1])
        except ValueError:
            if part:
                yield None
