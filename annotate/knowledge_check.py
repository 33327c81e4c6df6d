"""Every row of the knowledge tables, checked: has it a source, does it point at things that exist, can it be read?

A problem names the file, the row (its line), the column and what is wrong. The shipped tables are checked whole; a
lab's own folder is checked as it will be used, on top of the shipped tables.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import yaml

from annotate.errors import InputError, printable
from annotate.interpret.conditions import PREFIXES, ConditionError, expand, parse
from annotate.interpret.facts import LESION_ATTRIBUTES, Facts, Groups
from annotate.knowledge import MARKS, Knowledge

TAIL = ("source", "mark", "date", "reviewer")  # the last columns of every table
WORDS = "wording_report.yaml"
LONGEST = 1000  # characters of a message


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `row` is the line of the file; 0 stands for the file as a whole."""

    file: str
    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    line: int
    cells: Mapping[str, str]
    overlay: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One file, read without judging it."""

    path: Path
    name: str  # as Knowledge.table() calls it: the folder for thresholds/
    file: str  # relative to its folder
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    overlay: bool

    def rows(self) -> Iterator[Row]:
        for line, cells in self.lines:
            yield Row(self.file, line, dict(zip(self.header, cells, strict=True)), self.overlay)


@dataclass(frozen=True)
class World:
    """What rows may point at: shipped and own rows together."""

    knowledge: Knowledge
    genes: frozenset[str]
    named: Mapping[str, str] = field(default_factory=dict)  # schemes_facts

    def ids(self, table: str, column: str = "id") -> frozenset[str]:
        return frozenset(entry[column] for entry in self.knowledge.table(table))


def check(shipped: Path, overlay: Path | None = None) -> list[Problem]:
    """Problems of the shipped tables, or of a lab's own folder on top of them. Errors: InputError for no folder."""
    for folder in (shipped, overlay):
        if folder is not None and not folder.is_dir():
            raise InputError("no such folder", path=folder, expected="a folder of knowledge tables")
    base = _tables(shipped, overlay=False)
    own = _tables(overlay, overlay=True) if overlay is not None else []
    judged = own if overlay is not None else base
    problems = [p for table in judged for p in _shape(table)]
    if overlay is not None:
        problems += [p for table in own for p in _against_shipped(table, base)] + _other_files(overlay)
    if any(problem.column in ("", *TAIL) and problem.row == 0 for problem in problems) or _unreadable(problems):
        return _tidy(problems)  # what rows point at cannot be told while a table cannot be read
    world = _world(Knowledge(shipped, overlay))
    rows = [row for table in judged for row in table.rows()]
    for table in judged:
        for row in table.rows():
            problems += _tail(row)
            problems += _cells(row, table, world)
    problems += _doubles(rows)
    problems += _wording(overlay if overlay is not None else shipped, shipped)
    return _tidy(problems)


def _tidy(problems: Sequence[Problem]) -> list[Problem]:
    """Each once, in order, its message one line of bounded length: a cell may hold anything."""
    return sorted({replace(problem, message=printable(problem.message)[:LONGEST]) for problem in problems})


# ---------------------------------------------------------------- reading


def _tables(folder: Path, *, overlay: bool) -> list[Table]:
    found = []
    for path in sorted(folder.rglob("*.tsv")):
        file = str(path.relative_to(folder))
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        cells = [
            (number, tuple(line.split("\t")))
            for number, line in enumerate(lines, start=1)
            if not line.startswith("#") and line.strip()
        ]
        header = cells[0][1] if cells else ()
        name = Path(file).parts[0].removesuffix(".tsv")
        found.append(Table(path, name, file, header, tuple(cells[1:]), overlay))
    return found


def _shape(table: Table) -> Iterator[Problem]:
    if not table.header:
        yield Problem(table.file, 0, "", "the table is empty")
        return
    doubled = sorted({name for name in table.header if table.header.count(name) > 1})
    for name in doubled:
        yield Problem(table.file, 0, name, "the column stands twice")
    for name in TAIL:
        if name not in table.header:
            yield Problem(table.file, 0, name, f"the column is missing: every table ends in {', '.join(TAIL)}")
    for line, cells in table.lines:
        if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
            yield Problem(table.file, line, table.header[0], "is not UTF-8 text: save the table as UTF-8")
        if len(cells) != len(table.header):
            what = f"{len(cells)} cells where the header has {len(table.header)}"
            yield Problem(table.file, line, table.header[min(len(cells), len(table.header)) - 1], what)


def _against_shipped(table: Table, base: Sequence[Table]) -> Iterator[Problem]:
    shipped = next((t for t in base if t.name == table.name), None)
    if shipped is None:
        names = sorted({t.name for t in base})
        yield Problem(table.file, 0, "", f"no such table; known are {', '.join(names)}")
        return
    for name in table.header:
        if name not in shipped.header:
            yield Problem(table.file, 1, name, f"unknown column; known are {', '.join(shipped.header)}")
    for name in shipped.header:
        if name not in table.header and name not in TAIL:
            yield Problem(table.file, 1, name, "the column is missing")


def _other_files(overlay: Path) -> list[Problem]:
    known = {".tsv", ".md", ".txt"}
    return [
        Problem(str(path.relative_to(overlay)), 0, "", f"is not read: own knowledge is .tsv tables and {WORDS}")
        for path in sorted(overlay.rglob("*"))
        if path.is_file() and path.suffix not in known and path.name != WORDS and not path.name.startswith(".")
    ]


def _unreadable(problems: Sequence[Problem]) -> bool:
    marks = (
        "cells where the header has",
        "unknown column",
        "the column is missing",
        "stands twice",
        "no such table",
        "UTF-8",
    )
    return any(mark in problem.message for problem in problems for mark in marks)


def _world(knowledge: Knowledge) -> World:
    from annotate.genome import Genome

    genome = Genome.load("GRCh38")
    genes = {entry["gene"] for entry in knowledge.table("genes")} | {locus.name for locus in genome.loci()}
    genes |= {gene.name for gene in genome.panel_genes()}
    genes |= {entry[side] for entry in knowledge.table("fusions") for side in ("five_prime", "three_prime")}
    return World(knowledge, frozenset(genes), {e["id"]: e["when"] for e in knowledge.table("schemes_facts")})


# ---------------------------------------------------------------- every row


def _tail(row: Row) -> Iterator[Problem]:
    cells = row.cells
    if not cells["source"].strip():
        yield Problem(row.file, row.line, "source", "no source: name the paper, the table or the person")
    if cells["mark"] not in MARKS:
        words = ", ".join(f"{mark} ({text})" for mark, text in MARKS.items())
        yield Problem(row.file, row.line, "mark", f"unknown mark {cells['mark']!r}; known are {words}")
    if not _is_date(cells["date"]):
        yield Problem(row.file, row.line, "date", f"{cells['date']!r} is not a date as YYYY-MM-DD")


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _doubles(rows: Sequence[Row]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if "id" not in row.cells:
            continue
        key = (Path(row.file).parts[0], row.cells["id"])
        if not row.cells["id"].strip():
            yield Problem(row.file, row.line, "id", "no id")
        elif key in seen:
            yield Problem(row.file, row.line, "id", f"{key[1]!r} stands in row {seen[key].line} already")
        seen.setdefault(key, row)


Check = Callable[[str, Row, World], Iterator[str]]


def _cells(row: Row, table: Table, world: World) -> Iterator[Problem]:
    checks = {**GENERAL, **SPECIAL.get(table.name, {})}
    for column, own in checks.items():
        if column in row.cells:
            for message in own(row.cells[column], row, world):
                yield Problem(row.file, row.line, column, message)
    whole = _WHOLE.get(table.name)
    for column, message in whole(row, world) if whole is not None else ():
        yield Problem(row.file, row.line, column, message)


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
    from annotate.genome import ASSEMBLIES, Genome

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
    if cell and not _is_date(cell):
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
        "kind": one_of("flag", "note"),
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
        "tier": TIERS,
        "evidence_level": LEVELS,
        "setting": needed,
        "approval_as_of": day_or_nothing,
    },
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


_WHOLE: Mapping[str, Callable[[Row, World], Iterator[tuple[str, str]]]] = {
    "therapies": _approval,
    "therapies_contradictions": _named_drugs,
    "germline_prompts": _prompt,
}


# ---------------------------------------------------------------- words


def _wording(folder: Path, shipped: Path) -> Iterator[Problem]:
    path = folder / WORDS
    if not path.exists():
        return
    try:
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        yield Problem(WORDS, 0, "", f"cannot be read: {error}")
        return
    if not isinstance(words, dict):
        yield Problem(WORDS, 0, "", "is not a mapping of keys to words")
        return
    known = yaml.safe_load((shipped / WORDS).read_text(encoding="utf-8"))
    for place, (key, text) in enumerate(words.items(), start=1):
        if key not in known:
            yield Problem(WORDS, place, str(key), "unknown key: no page uses it")
        elif not isinstance(text, str) or not text.strip():
            yield Problem(WORDS, place, str(key), "is no text")


__all__ = ["Problem", "check"]
