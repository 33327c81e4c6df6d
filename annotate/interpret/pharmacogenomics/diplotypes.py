"""Diplotypes and phenotypes of the thiopurine genes from a germline VCF, by the tables of CPIC.

Never from the leukaemic sample, never after transplantation without a question mark, and a place that was not called
is not the reference: what is unknown is tried every way, and the phenotype is given only where it comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from annotate.base.frozen import frozen
from annotate.interpret.pharmacogenomics.genotypes import UNCALLED, Genotype, Key, Limits, normal_form, read_genotypes
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.pharmacogenomics import (
    PgxAlleleRow,
    PgxNoteRow,
    PgxPhenotypeRow,
    PgxPreferenceRow,
    PgxRecommendationRow,
    PgxVariantRow,
)
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.interpretation import Pharmacogene
from annotate.model.sample import Patient, Sample
from annotate.model.state import Code, Reason, State
from annotate.reference.genome import Genome

NORMAL = "Normal Metabolizer"  # the phenotype word of CPIC that states no finding
MOST_UNKNOWN = 4  # places that are tried every way; with more the answer is open anyway
RESOLVING_TEST = "a germline gVCF (or a VCF genotyped at these places) of a remission or other normal sample"

Haplotype = frozenset[str]


@frozen
class Gene:
    """One gene of the tables: its named changes on this assembly, and its star alleles."""

    name: str
    keys: Mapping[str, Key]  # id of `pgx_variants` -> normal form
    entries: Mapping[str, PgxVariantRow]
    alleles: Mapping[Haplotype, PgxAlleleRow]

    @property
    def required(self) -> tuple[str, ...]:
        """Ids of the changes that must be called before a diplotype is given."""
        return tuple(id for id, entry in self.entries.items() if entry.required)

    def words(self, id: str) -> str:
        """A change by its rs number, or its place, and its effect on the protein."""
        entry = self.entries[id]
        return f"{entry.rsid or id.partition(':')[2]} ({entry.change})"


@frozen
class Diplotype:
    """Two star alleles and what CPIC calls their phenotype."""

    name: str  # *1/*3A
    phenotype: str


def call_pgx(
    germline: Path | None,
    normal_name: str | None,
    sample: Sample,
    patient: Patient | None,
    genome: Genome,
    knowledge: Knowledge,
) -> tuple[Pharmacogene, ...]:
    """Every gene of the tables. `normal_name` is the germline's column in a file of several samples.

    Errors: InputError for a file that cannot be read.
    """
    genes = genes_of(genome, knowledge)
    path = germline
    if path is None and sample.timepoint == "remission" and len(sample.small_variants) == 1:
        path = sample.small_variants[0]
    refused = _refusal(path, germline, sample, genome, knowledge)
    if path is None or refused is not None:
        reasons = (refused or Reason(Code.NEEDS_GERMLINE, _note(knowledge, "no_germline"), RESOLVING_TEST),)
        return tuple(_without(gene, reasons, knowledge) for gene in genes)
    limits = Limits(knowledge.value(cutoffs.PGX_MIN_DEPTH), knowledge.value(cutoffs.PGX_MIN_QUALITY))
    keys = [key for gene in genes for key in gene.keys.values()]
    calls = read_genotypes(path, replace(sample, normal_name=normal_name), genome, keys, limits)
    found = [_call(gene, {id: calls[key] for id, key in gene.keys.items()}, knowledge) for gene in genes]
    found = [_with_recommendation(gene, found, knowledge) for gene in found]
    context = _context(germline, patient, knowledge)
    return tuple(_in_context(gene, context, patient, knowledge) for gene in found)


def _refusal(
    path: Path | None, germline: Path | None, sample: Sample, genome: Genome, knowledge: Knowledge
) -> Reason | None:
    """The leukaemic file itself may not stand in for the germline, unless it holds a column of the normal."""
    from annotate.read.small_variants.header import read_header

    if path is None or germline is None or sample.timepoint == "remission" or germline not in sample.small_variants:
        return None
    if len(read_header(germline, genome).names) > 1:
        return None
    return Reason(Code.NEEDS_GERMLINE, _note(knowledge, "leukaemic"), RESOLVING_TEST)


def genes_of(genome: Genome, knowledge: Knowledge) -> tuple[Gene, ...]:
    """The pharmacogenes of `pgx_alleles`, placed in this assembly."""
    names = dict.fromkeys(entry.gene for entry in knowledge.rows(PgxAlleleRow))
    return tuple(_gene(name, genome, knowledge) for name in names)


def _gene(name: str, genome: Genome, knowledge: Knowledge) -> Gene:
    entries = {entry.id: entry for entry in knowledge.rows(PgxVariantRow) if entry.gene == name}
    keys = {}
    for id, entry in entries.items():
        chrom, pos, ref, alt = entry.place(genome.assembly)
        keys[id] = normal_form(chrom, pos, ref, alt, genome)
    alleles = {frozenset(entry.variants): entry for entry in knowledge.rows(PgxAlleleRow) if entry.gene == name}
    return Gene(name, keys, entries, alleles)


# ---------------------------------------------------------------- one gene


def _call(gene: Gene, calls: Mapping[str, Genotype], knowledge: Knowledge) -> Pharmacogene:
    seen = {id: call for id, call in calls.items() if call.dose}
    unknown = [id for id in gene.required if calls[id].dose is None]
    reasons = [_seen(gene, id, call) for id, call in seen.items()]
    evidence = tuple(call.evidence for call in seen.values() if call.evidence is not None)
    if unknown:
        return _partly(gene, calls, unknown, reasons, evidence, knowledge)
    possible = _preferred(gene, list(diplotypes(gene, calls, knowledge)), reasons, knowledge)
    reasons += _not_looked_at(gene, calls)
    return _told(gene, possible, reasons, evidence, knowledge)


def _told(
    gene: Gene,
    possible: Sequence[Diplotype],
    reasons: Sequence[Reason],
    evidence: Sequence[Evidence],
    knowledge: Knowledge,
) -> Pharmacogene:
    if not possible:
        text = "the changes do not make two named star alleles"
        state, reasons = State.EQUIVOCAL, [Reason(Code.EVIDENCE_CONFLICT, text), *reasons]
        return _result(gene, None, None, state, reasons, evidence, knowledge)
    names = " or ".join(dict.fromkeys(diplotype.name for diplotype in possible))
    phenotypes = list(dict.fromkeys(diplotype.phenotype for diplotype in possible))
    if len(phenotypes) > 1:
        text = f"without phase: {'; or '.join(f'{d.name}, {d.phenotype}' for d in possible)}"
        reasons = [Reason(Code.EVIDENCE_INCOMPLETE, text, "phased or long-read genotypes, or parents"), *reasons]
        found = _result(gene, names, None, State.EQUIVOCAL, reasons, evidence, knowledge)
        return replace(found, recommendation=_of_every_reading(gene, phenotypes, knowledge))
    normal = phenotypes[0] == NORMAL
    state = State.NOT_DETECTED if normal else State.DETECTED
    if normal:
        looked = ", ".join(gene.words(id) for id in gene.required)
        reasons = [Reason(Code.LOOKED_AND_NOT_FOUND, f"called as the reference: {looked}"), *reasons]
    return _result(gene, names, phenotypes[0], state, reasons, evidence, knowledge)


def _partly(
    gene: Gene,
    calls: Mapping[str, Genotype],
    unknown: Sequence[str],
    reasons: Sequence[Reason],
    evidence: Sequence[Evidence],
    knowledge: Knowledge,
) -> Pharmacogene:
    """Some places have no call: every genotype they may have is tried; a phenotype that is the same is given."""
    missing = "; ".join(f"{gene.words(id)}: {calls[id].why}" for id in unknown)
    why = Reason(Code.REGION_NOT_COVERED, f"{missing}. {_note(knowledge, 'uncalled')}", RESOLVING_TEST)
    phenotypes = _every_way(gene, calls, unknown, knowledge) if len(unknown) <= MOST_UNKNOWN else set()
    if len(phenotypes) == 1:
        text = Reason(Code.EVIDENCE_FOUND, "the phenotype is the same whatever the places without a call are")
        return _result(gene, None, phenotypes.pop(), State.DETECTED, [text, why, *reasons], evidence, knowledge)
    state = State.EQUIVOCAL if evidence else State.NOT_ASSESSABLE
    return _result(gene, None, None, state, [why, *reasons], evidence, knowledge)


def _every_way(gene: Gene, calls: Mapping[str, Genotype], unknown: Sequence[str], knowledge: Knowledge) -> set[str]:
    found: set[str] = set()
    for doses in product((0, 1, 2), repeat=len(unknown)):
        filled = {**calls, **{id: Genotype(dose, "assumed") for id, dose in zip(unknown, doses, strict=True)}}
        found |= {diplotype.phenotype for diplotype in diplotypes(gene, filled, knowledge)}
        if len(found) > 1:
            break
    return found


def diplotypes(gene: Gene, calls: Mapping[str, Genotype], knowledge: Knowledge) -> Iterator[Diplotype]:
    """Every pair of named alleles that the genotypes allow, given what is known of their phase."""
    told = set()
    for first, second in _haplotypes(calls):
        one, two = gene.alleles.get(first), gene.alleles.get(second)
        if one is None or two is None:
            continue
        pair = sorted((one, two), key=lambda entry: _rank(entry.allele))
        name = "/".join(entry.allele for entry in pair)
        if name not in told:
            told.add(name)
            yield Diplotype(name, phenotype_of(pair[0].function, pair[1].function, knowledge))


def _haplotypes(calls: Mapping[str, Genotype]) -> Iterator[tuple[Haplotype, Haplotype]]:
    both = {id for id, call in calls.items() if call.dose == 2}
    single = {id: call for id, call in calls.items() if call.dose == 1}
    groups: dict[str, list[str]] = {}
    for id, call in single.items():
        groups.setdefault(f"set {call.phase_set}" if call.phase_set is not None else id, []).append(id)
    blocks = list(groups.values())
    for flips in product((0, 1), repeat=max(len(blocks) - 1, 0)):
        sides: tuple[set[str], set[str]] = (set(both), set(both))
        for block, flip in zip(blocks, (0, *flips), strict=bool(blocks)):
            for id in block:
                sides[(single[id].phase or 0) ^ flip].add(id)
        yield frozenset(sides[0]), frozenset(sides[1])


def phenotype_of(first: str, second: str, knowledge: Knowledge) -> str:
    """The phenotype of two allele functions in either order (CPIC); raises `KeyError` for an unlisted pair."""
    for entry in knowledge.rows(PgxPhenotypeRow):
        if {(first, second), (second, first)} & {(entry.function_1, entry.function_2)}:
            return entry.phenotype
    raise KeyError(f"{first} + {second}")


def _rank(allele: str) -> tuple[int, str]:
    digits = "".join(c for c in allele if c.isdigit())
    return (int(digits or 0), allele)


def _preferred(gene: Gene, possible: list[Diplotype], reasons: list[Reason], knowledge: Knowledge) -> list[Diplotype]:
    """Of two readings of unphased genotypes, the one that a row of `pgx_preferences` calls far more likely."""
    for row in knowledge.rows(PgxPreferenceRow):
        names = {diplotype.name for diplotype in possible}
        if row.gene == gene.name and {row.given, row.instead_of} <= names:
            reasons.append(Reason(Code.EVIDENCE_INCOMPLETE, row.text, "phased genotypes"))
            possible = [diplotype for diplotype in possible if diplotype.name != row.instead_of]
    return possible


def _seen(gene: Gene, id: str, call: Genotype) -> Reason:
    copies = {1: "one copy", 2: "two copies"}[call.dose or 1]
    return Reason(Code.EVIDENCE_FOUND, f"{gene.words(id)}: {copies}")


def _not_looked_at(gene: Gene, calls: Mapping[str, Genotype]) -> list[Reason]:
    silent = {id for id, call in calls.items() if call.dose is None and id not in gene.required}
    names = [entry.allele for variants, entry in gene.alleles.items() if variants & silent]
    if not names:
        return []
    return [Reason(Code.NOTE, f"rarer alleles without a call in this file: {', '.join(names)}")]


# ---------------------------------------------------------------- the result


def _result(
    gene: Gene,
    diplotype: str | None,
    phenotype: str | None,
    state: State,
    reasons: Sequence[Reason],
    evidence: Sequence[Evidence],
    knowledge: Knowledge,
) -> Pharmacogene:
    return Pharmacogene(
        gene=gene.name,
        diplotype=diplotype,
        phenotype=phenotype,
        state=state,
        reasons=tuple(reasons),
        sources=_sources(gene, knowledge),
        evidence=tuple(evidence),
    )


def _without(gene: Gene, reasons: Sequence[Reason], knowledge: Knowledge) -> Pharmacogene:
    return _result(gene, None, None, State.NOT_ASSESSABLE, reasons, (), knowledge)


def _sources(gene: Gene, knowledge: Knowledge) -> tuple[str, ...]:
    alleles = next(iter(gene.alleles.values()))
    guideline = next(iter(knowledge.rows(PgxRecommendationRow)))
    return (*guideline.sources, f"{alleles.source}, table of {alleles.date}")


def _with_recommendation(own: Pharmacogene, all_genes: Sequence[Pharmacogene], knowledge: Knowledge) -> Pharmacogene:
    """The words of the guideline for this gene; where both genes have a row together, that row."""
    if own.recommendation is not None:
        return own
    row = _recommended(own.gene, {gene.gene.lower(): gene.phenotype for gene in all_genes}, knowledge)
    return own if row is None else replace(own, recommendation=f"{row.text} [{row.citation}]")


def _recommended(gene: str, phenotypes: Mapping[str, str | None], knowledge: Knowledge) -> PgxRecommendationRow | None:
    """The row that speaks of this gene and of most others."""
    fitting = [row for row in knowledge.rows(PgxRecommendationRow) if _fits(row, gene, phenotypes)]
    return max(fitting, key=lambda row: len(row.phenotypes), default=None)


def _of_every_reading(gene: Gene, phenotypes: Sequence[str], knowledge: Knowledge) -> str | None:
    """What the guideline says of each reading, where all ask for a lower dose: which one it is changes no start."""
    rows = [_recommended(gene.name, {gene.name.lower(): phenotype}, knowledge) for phenotype in phenotypes]
    known = [row for row in rows if row is not None and row.lower_dose]
    if len(known) < len(rows):
        return None
    texts = "; or ".join(dict.fromkeys(row.text for row in known))
    return f"whichever reading is right, a lower start dose: {texts} [{known[0].citation}]"


def _fits(row: PgxRecommendationRow, gene: str, phenotypes: Mapping[str, str | None]) -> bool:
    wanted = row.phenotypes
    return gene.lower() in wanted and all(phenotypes.get(name) == word for name, word in wanted.items())


def _context(germline: Path | None, patient: Patient | None, knowledge: Knowledge) -> list[Reason]:
    """What must be known of the material."""
    reasons = []
    transplanted = patient.prior_hsct if patient is not None else None
    if transplanted:
        reasons.append(Reason(Code.EVIDENCE_CONFLICT, _note(knowledge, "transplant"), "material of the child's own"))
    elif transplanted is None:
        reasons.append(Reason(Code.NOTE, _note(knowledge, "transplant_unknown")))
    if germline is None:
        reasons.append(Reason(Code.NOTE, _note(knowledge, "remission")))
    return reasons


def _in_context(
    own: Pharmacogene, context: Sequence[Reason], patient: Patient | None, knowledge: Knowledge
) -> Pharmacogene:
    """After transplantation the genotype may be the donor's: it is shown, the phenotype is withheld."""
    own = replace(own, reasons=(*own.reasons, *context, *_of_dose(own, patient, knowledge)))
    if patient is None or not patient.prior_hsct or own.state is State.NOT_ASSESSABLE:
        return own
    return replace(own, state=State.EQUIVOCAL, phenotype=None, recommendation=None)


def _of_dose(own: Pharmacogene, patient: Patient | None, knowledge: Knowledge) -> tuple[Reason, ...]:
    """Whether the reduction of an intermediate phenotype is meant for the start dose of this child."""
    dose = patient.thiopurine_start_dose_mg_m2 if patient is not None else None
    if dose is None or "Intermediate" not in (own.phenotype or ""):
        return ()
    normal = knowledge.value(cutoffs.PGX_NORMAL_DOSE)
    words = "the reduction is meant for it" if dose >= normal else "a reduction may not be needed"
    return (Reason(Code.NOTE, f"start dose {dose:g} mg/m2 a day, normal is {normal:g} or more: {words}"),)


def _note(knowledge: Knowledge, id: str) -> str:
    return next(entry.text for entry in knowledge.rows(PgxNoteRow) if entry.id == id)


__all__ = ["UNCALLED", "Diplotype", "Gene", "call_pgx", "diplotypes", "genes_of", "phenotype_of"]
