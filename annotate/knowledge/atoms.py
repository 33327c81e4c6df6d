"""What the atoms of a condition may say, and which rows they use. What an atom means is told by `interpret`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import get_args

from annotate.knowledge.conditions import PREFIXES, ConditionError, expand, parse
from annotate.knowledge.kinds import PANEL
from annotate.knowledge.notations import Expression
from annotate.knowledge.spec import SPECS, Tables
from annotate.model.sample import Immunophenotype, Patient, RelapseLineage

COMPARISON = re.compile(r"(?P<name>[a-z_.0-9]+)(?P<sign><=|>=|<|>)(?P<threshold>[A-Za-z0-9_.]+)")
LESION_ATTRIBUTES = ("subtype", "masked", "genes", "rules", "change", "tier", "detail")
NEVER = "never"  # holds for nobody
LINEAGES = get_args(RelapseLineage)
TIMEPOINTS = ("diagnosis", "relapse", "remission", "other")
COPY_CALLS = ("homozygous_deletion", "deletion", "cnloh", "gain", "amplification", "normal")
PATIENT_FIELDS = frozenset(f.name for f in fields(Patient)) - {"patient"}
NUMBERS = frozenset({"months_from_diagnosis", "months_from_end_of_therapy", "relapse_number", "age_years"}) | {
    f"patient.{name}"
    for name in (
        "age_at_diagnosis_years",
        "wbc_at_diagnosis",
        "marrow_blasts_percent",
        "eoi_mrd",
        "mrd_sensitivity",
        "relapse_number",
    )
}
_RESIDUE = r"[A-Z][a-z]{2}\d+"
CHANGE = re.compile(
    rf"p\.{_RESIDUE}([A-Z][a-z]{{2}}(fs(Ter\d+)?)?|=|fs(Ter\d*)?|(_{_RESIDUE})?(del|dup|ins|delins)([A-Z][a-z]{{2}})*)|[a-z_]+"
)
CLINICAL_WORDS: Mapping[str, tuple[str, ...]] = {"immunophenotype": get_args(Immunophenotype)}

Names = Callable[[str], frozenset[str]]
"""Names that exist, by `table.column` or `@panel`."""


def condition_problems(text: str, names: Names, facts: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a condition: it cannot be read, or an atom names what does not exist."""
    try:
        whole = expand(parse(text), facts)
    except ConditionError as error:
        yield f"found {text!r}, expected a condition that can be read: {error}"
        return
    for atom in whole.atoms():
        for problem in atom_problems(atom, names):
            yield f"found {atom!r}, expected {problem}"


def atom_problems(atom: str, names: Names) -> Iterator[str]:
    """An atom must name a lesion, attribute, threshold, clinical column, scheme, group, gene or rule that exists."""
    while atom.startswith(PREFIXES):
        atom = atom.partition(":")[2]
    name, _, wanted = atom.partition("=")
    if atom == NEVER:
        return
    if atom.startswith("scheme:"):
        yield from _scheme(name.removeprefix("scheme:"), wanted.split("|"), names)
    elif name in ("variant", "copies"):
        yield from _gene_change(wanted, names, COPY_CALLS if name == "copies" else ())
    elif match := COMPARISON.fullmatch(atom):
        yield from _comparison(match["name"], match["threshold"], names)
    elif name == "timepoint":
        yield from _among(wanted.split("|"), TIMEPOINTS, "a time point")
    elif name == "lineage":
        yield from _among(wanted.split("|"), LINEAGES, "a lineage")
    elif name == "germline":
        yield from _among(wanted.split("|"), names("@gene"), "a gene by its current symbol")
    elif name.startswith("patient."):
        yield from _clinical(name.removeprefix("patient."), wanted, names)
    else:
        yield from _lesion(name, wanted, names)


def _scheme(id: str, groups: list[str], names: Names) -> Iterator[str]:
    yield from _among([id], names("schemes.id"), "the id of a scheme")
    yield from _among(groups, names(f"groups:{id}"), f"a group of {id}")


def _gene_change(wanted: str, names: Names, words: tuple[str, ...] = ()) -> Iterator[str]:
    gene, separator, changes = wanted.partition(":")
    yield from _among([gene], names(PANEL), "a gene of the panel")
    for change in changes.split("|"):
        if not separator or (change not in words if words else CHANGE.fullmatch(change) is None):
            yield f"GENE:{'|'.join(words[:3]) or 'p.Xxx1Xxx'}…"


def _comparison(name: str, threshold: str, names: Names) -> Iterator[str]:
    yield from _among([name], NUMBERS, "a clinical number")
    yield from _among([threshold], names("thresholds.id"), "the id of a threshold")


def _clinical(name: str, wanted: str, names: Names) -> Iterator[str]:
    yield from _among([name], PATIENT_FIELDS, "a column of the clinical sheet")
    if name in CLINICAL_WORDS:
        yield from _among(wanted.split("|"), CLINICAL_WORDS[name], f"a word of the column {name}")
    elif name == "mrd_timepoint":
        yield from _among([wanted], names("schemes_mrd_timepoints.id"), "a row of schemes_mrd_timepoints")


def _lesion(name: str, wanted: str, names: Names) -> Iterator[str]:
    lesion, dot, attribute = name.partition(".")
    yield from _among([lesion], names("lesions.id"), "the id of a lesion")
    if bool(dot) != bool(wanted):
        yield "lesion, or lesion.attribute=value"
    elif dot:
        yield from _among([attribute], LESION_ATTRIBUTES, "an attribute of a lesion")
        yield from _attribute(attribute, wanted, names)


def _attribute(attribute: str, wanted: str, names: Names) -> Iterator[str]:
    if attribute == "genes":
        yield from _among(wanted.split("|"), names("@gene"), "a gene by its current symbol")
    elif attribute == "masked":
        yield from _among([wanted], ("yes", "no"), "yes or no")
    elif attribute == "change":
        yield from _gene_change(wanted, names)
    elif attribute == "rules":
        rules = [part.partition("*")[0] for part in wanted.split("|")]
        yield from _among(rules, names("gene_mutation_rules.id"), "the id of a row of gene_mutation_rules")


def _among(found: list[str], known: frozenset[str] | tuple[str, ...], what: str) -> Iterator[str]:
    yield from (f"{what}, not {name!r}" for name in found if name not in known)


# ---------------------------------------------------------------- what conditions use


def conditions(tables: Tables) -> Iterator[tuple[str, str]]:
    """Every condition of every table, with the table's name."""
    for spec in SPECS.values():
        for column in spec.columns:
            if isinstance(column.kind, Expression):
                for row in tables.rows(spec.row):
                    if text := getattr(row, column.attribute):
                        yield spec.name, text


def _atoms(tables: Tables) -> Iterator[str]:
    for _, text in conditions(tables):
        try:
            yield from parse(text).atoms()
        except ConditionError:
            continue  # told where it stands


def used_facts(tables: Tables) -> frozenset[str]:
    """Names that conditions use: among them the named facts."""
    return frozenset(atom.rpartition(":")[2] for atom in _atoms(tables))


def used_thresholds(tables: Tables) -> frozenset[str]:
    """Thresholds that a condition or another row compares with."""
    compared = {match["threshold"] for atom in _atoms(tables) if (match := COMPARISON.search(atom))}
    for spec in SPECS.values():
        for column in spec.columns:
            for row in tables.rows(spec.row):
                text = getattr(row, column.attribute)
                if isinstance(text, str) and text:
                    compared |= {name for to, name in column.kind.refers(text) if to == "thresholds.id"}
    return frozenset(compared)
