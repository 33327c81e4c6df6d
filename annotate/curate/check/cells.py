"""What a cell of a knowledge table may hold."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from annotate.interpret.conditions import PREFIXES, ConditionError, expand, parse
from annotate.interpret.facts import LESION_ATTRIBUTES, Facts, Groups
from annotate.knowledge.tables import Knowledge


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    line: int
    cells: Mapping[str, str]
    overlay: bool


@dataclass(frozen=True)
class World:
    """What rows may point at: shipped and own rows together."""

    knowledge: Knowledge
    genes: frozenset[str]
    named: Mapping[str, str] = field(default_factory=dict)  # schemes_facts

    def ids(self, table: str, column: str = "id") -> frozenset[str]:
        return frozenset(entry[column] for entry in self.knowledge.table(table))


def is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


Check = Callable[[str, Row, World], Iterator[str]]


# ---------------------------------------------------------------- kinds of cells


def needed(cell: str, row: Row, world: World) -> Iterator[str]:
    if not cell.strip():
        yield "is empty"


def lesion(cell: str, row: Row, world: World) -> Iterator[str]:
    if cell != "*" and cell not in world.ids("lesions"):
        yield f"no such lesion: {cell!r}"


def gene(cell: str, row: Row, world: World) -> Iterator[str]:
    for name in filter(None, cell.split(";")):
        if name not in world.genes:
            yield f"no such gene of the panel: {name!r}"


def place(cell: str, row: Row, world: World) -> Iterator[str]:
    """`gene:X` or `region:X` of a copy-number pattern, on both assemblies."""
    from annotate.reference.genome import ASSEMBLIES, Genome

    kind, _, name = cell.partition(":")
    if not cell:
        return
    for assembly in ASSEMBLIES:
        genome = Genome.load(assembly)
        known = genome.gene(name) if kind == "gene" else name in {region.name for region in genome.regions()}
        if kind not in ("gene", "region") or not known:
            yield f"{cell!r} is neither gene:… nor region:… of {assembly}"


def share(cell: str, row: Row, world: World) -> Iterator[str]:
    """Empty, or a fraction."""
    if cell and not re.fullmatch(r"0?\.\d+|1(\.0+)?", cell):
        yield f"{cell!r} is no fraction between 0 and 1"


def one_of(*words: str) -> Check:
    def checked(cell: str, row: Row, world: World) -> Iterator[str]:
        if cell not in words:
            yield f"{cell!r} is none of {', '.join(repr(word) for word in words)}"

    return checked


def number(cell: str, row: Row, world: World) -> Iterator[str]:
    try:
        if not math.isfinite(float(cell)):
            raise ValueError
    except ValueError:
        yield f"{cell!r} is not a number"


def whole_number(cell: str, row: Row, world: World) -> Iterator[str]:
    if not re.fullmatch(r"-?\d+", cell):
        yield f"{cell!r} is not a whole number"


def day_or_nothing(cell: str, row: Row, world: World) -> Iterator[str]:
    if cell and not is_date(cell):
        yield f"{cell!r} is not a date as YYYY-MM-DD"


def points_at(table: str, column: str = "id") -> Check:
    def checked(cell: str, row: Row, world: World) -> Iterator[str]:
        for name in filter(None, cell.split(";")):
            if name not in world.ids(table, column):
                yield f"no such row of {table}: {name!r}"

    return checked


def threshold_value(cell: str, row: Row, world: World) -> Iterator[str]:
    """A number; blank only where no source gives one, and the source says so."""
    if cell:
        yield from number(cell, row, world)
    elif "a lab may set it" not in row.cells["source"]:
        yield "is empty: only a threshold that no source gives may be, and its source must say that a lab may set it"


def threshold_id(cell: str, row: Row, world: World) -> Iterator[str]:
    if row.overlay and cell not in Knowledge(world.knowledge.folder).ids("thresholds"):
        yield f"unknown threshold {cell!r}: nothing reads it"
    topic = Path(row.file).stem
    if not row.overlay and not cell.startswith(("genes.", "patterns.", "burden.", f"{topic}.")) and "." not in cell:
        yield f"{cell!r} is not written topic.name"


def condition(cell: str, row: Row, world: World) -> Iterator[str]:
    try:
        whole = expand(parse(cell), world.named)
    except ConditionError as error:
        yield f"cannot be read: {error}"
        return
    for atom in whole.atoms():
        yield from atom_problems(atom, world)


def atom_problems(atom: str, world: World) -> Iterator[str]:
    """An atom must name a lesion, attribute, threshold, clinical column, scheme and group that exist."""
    for prefix in PREFIXES:
        atom = atom.removeprefix(prefix)
    names = world.ids("schemes")
    facts = Facts({}, None, world.knowledge, groups=dict.fromkeys(names, Groups(frozenset({None}), frozenset({None}))))
    try:
        facts.value(atom)
    except Exception as error:
        yield f"means nothing: {atom!r} ({str(error).strip(chr(39))})"
        return
    yield from _atom_details(atom, world)


def _atom_details(atom: str, world: World) -> Iterator[str]:
    name, _, wanted = atom.partition("=")
    if atom.startswith("scheme:"):
        id = name.removeprefix("scheme:")
        groups = {e["group"] for e in world.knowledge.table("schemes_rules") if e["scheme"] == id}
        yield from (f"scheme {id} has no group {group!r}" for group in wanted.split("|") if group not in groups)
    elif atom.startswith(("variant=", "copies=")) or name.endswith(".change"):
        found = wanted.partition(":")[0]
        if found not in world.genes:
            yield f"no such gene of the panel: {found!r}"
    elif name.endswith(".genes"):
        yield from (f"no such gene of the panel: {g!r}" for g in wanted.split("|") if g not in world.genes)
    elif name.endswith(".rules"):
        rules = world.ids("gene_mutation_rules")
        found = wanted.partition("*")[0]
        if found not in rules:
            yield f"no such row of gene_mutation_rules: {found!r}"
    elif "." in name and not name.startswith("patient.") and not re.search(r"[<>]", atom):
        id, _, attribute = name.partition(".")
        if attribute not in LESION_ATTRIBUTES:
            yield f"lesion {id} has no attribute {attribute!r}"


GENERAL: Mapping[str, Check] = {"lesion": lesion, "lesion_id": lambda cell, row, world: iter(())}
YES_NO = one_of("yes", "no")
TIERS = one_of("I", "II", "III", "IV")
LEVELS = one_of("A", "B", "C", "D", "E")

SPECIAL: Mapping[str, Mapping[str, Check]] = {
    "thresholds": {"id": threshold_id, "value": threshold_value, "meaning": needed},
    "lesions": {"name": needed, "inpog": one_of("literal", "extended", "none"), "high_risk": one_of("0", "1")},
    "gene_mutation_rules": {"gene": gene, "state": one_of("detected", "equivocal", "ignored")},
    "gene_resolution": {"gene": gene, "max_bin": whole_number, "exon_share": share},
    "copy_patterns": {
        "pair": needed,
        "shape": one_of(
            "loss_between", "amplified_between", "gain_to_end", "loss_from_start", "loss_after", "gain_before"
        ),
        "low": place,
        "high": place,
        "max_length": whole_number,
        "need": one_of("all", "any"),
        "leaning": one_of("likely", "unclear"),
        "note": needed,
    },
    "gene_roles": {"predisposition": YES_NO, "chip": YES_NO},
    "visibility": {"sees": one_of("D", "P", "-")},
    "settles": {"rank": whole_number, "input": needed},
    "schemes": {
        "rank": whole_number,
        "name": needed,
        "kind": one_of("table", "flags"),
        "setting": one_of("any", "relapse", "diagnosis"),
        "applies": condition,
        "accept_likely": YES_NO,
        "list_open": YES_NO,
        "shown": YES_NO,
    },
    "schemes_rules": {"scheme": points_at("schemes"), "rank": whole_number, "when": condition, "text": needed},
    "schemes_flags": {
        "scheme": points_at("schemes"),
        "kind": one_of("flag", "note", "caution", "transplant"),
        "when": condition,
        "text": needed,
    },
    "schemes_facts": {"when": condition, "words": needed},
    "schemes_mrd_timepoints": {"name": needed, "words": needed},
    "entities": {
        "rank": whole_number,
        "lineage": one_of("B", "T", "MPAL"),
        "when": condition,
        "who_haem5": needed,
        "icc_2022": needed,
        "primary": YES_NO,
        "needs_expression": YES_NO,
    },
    "entities_systems": {"name": needed, "column": one_of("who_haem5", "icc_2022")},
    "therapies": {
        "when": condition,
        "drug": needed,
        "drug_class": needed,
        "direction": one_of("sensitivity", "resistance", "contraindicated", "unknown"),
        "fits": condition,
        "tier": TIERS,
        "evidence_level": LEVELS,
        "setting": needed,
        "approval_as_of": day_or_nothing,
    },
    "schemes_eligibility": {"scheme": points_at("schemes"), "when": condition, "text": needed},
    "labels": {
        "drug": needed,
        "jurisdiction": needed,
        "indication": needed,
        "when": condition,
        "status": needed,
        "as_of": day_or_nothing,
        "read_on": day_or_nothing,
    },
    "trials": {"title": needed, "status": needed, "as_of": day_or_nothing, "read_on": day_or_nothing},
    "options": {
        "rank": whole_number,
        "drug": needed,
        "when": condition,
        "direction": one_of("sensitivity", "resistance", "contraindicated", "unknown", "caution"),
        "tier": TIERS,
        "evidence_level": LEVELS,
        "outside_tier": TIERS,
        "outside_level": LEVELS,
        "setting": needed,
        "trials": points_at("trials"),
    },
    "kinase_resistance": {
        "gene": gene,
        "change": needed,
        "drug": needed,
        "effect": one_of("resistance", "caution", "active"),
        "text": needed,
    },
    "kinase_compounds": {
        "gene": gene,
        "drugs": needed,
        "effect_in_cis": one_of("resistance", "caution"),
        "effect_unphased": one_of("resistance", "caution"),
        "text": needed,
    },
    "confirmation": {"when": condition, "test": needed, "probe_or_assay": needed, "why": needed},
    "civic_conditions": {"evidence": points_at("civic_evidence"), "when": condition, "text": needed},
    "priorities": {"class_defining": YES_NO, "timepoint": one_of("", "relapse")},
    "wishes": {"when": condition, "asked_for": needed, "why": needed},
    "therapies_contradictions": {
        "drugs": needed,
        "when": condition,
        "effect": one_of("resistance", "contraindicated", "caution"),
        "text": needed,
    },
    "therapies_unknown": {"drug": needed, "unless": condition, "text": needed},
    "civic_evidence": {"level": LEVELS, "profile": needed, "in_all": YES_NO},
    "germline_prompts": {"when": condition, "per_gene": YES_NO, "text": needed},
    "pgx_variants": {"gene": gene, "required": YES_NO},
    "pgx_alleles": {"gene": gene, "variants": points_at("pgx_variants"), "function": needed},
    "pgx_phenotypes": {"phenotype": needed},
    "pgx_recommendations": {"text": needed},
    "pgx_preferences": {"gene": gene, "text": needed},
}


def _approval(row: Row, world: World) -> Iterator[tuple[str, str]]:
    """An approval is a statement of one jurisdiction at one date; all three stand together or none does."""
    cells = row.cells
    if not cells["approval_status"] and (cells["jurisdiction"] or cells["approval_as_of"]):
        yield "approval_status", "an approval needs its status"
    if cells["approval_status"] and not cells["jurisdiction"]:
        yield "jurisdiction", "an approval needs its jurisdiction"
    if cells["approval_status"] and not cells["approval_as_of"]:
        yield "approval_as_of", "an approval needs the date at which it was known"


def _named_drugs(row: Row, world: World) -> Iterator[tuple[str, str]]:
    """A class that no therapy has would never contradict anything."""
    classes = world.ids("therapies", "drug_class")
    for name in row.cells["drugs"].split(";"):
        name = name.strip()
        if name.startswith("class:") and name.removeprefix("class:") not in classes:
            yield "drugs", f"no therapy has the class {name.removeprefix('class:')!r}"


def _prompt(row: Row, world: World) -> Iterator[tuple[str, str]]:
    cells = row.cells
    given = [column for column in ("when", "constitutional") if cells[column]]
    if len(given) + (cells["per_gene"] == "yes") != 1:
        yield "when", "a prompt has a condition, a constitutional rearrangement, or per_gene: one of them"


WHOLE: Mapping[str, Callable[[Row, World], Iterator[tuple[str, str]]]] = {
    "therapies": _approval,
    "therapies_contradictions": _named_drugs,
    "germline_prompts": _prompt,
}
