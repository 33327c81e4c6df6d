"""Every column of every table, broken in every way that its kind allows: each is refused by file, row and column."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from annotate.base.resources import resource_path
from annotate.knowledge.check import check
from annotate.knowledge.files import laid_over, read_table
from annotate.knowledge.kinds import Choice, Day, Fraction, Kind, Number, Pair, Placed, Ref, Text, Whole, YesNo
from annotate.knowledge.lists import Assigned, Many
from annotate.knowledge.notations import BandPattern, Expression, Spans
from annotate.knowledge.spec import SPECS, TAIL, Column, Spec
from annotate.knowledge.specs.copy_number import Bounded, PloidyCategoryRow
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge
from annotate.read.common import registry  # tells the formats that a row may name

SHIPPED = resource_path("knowledge")
assert registry.READERS


@dataclass(frozen=True)
class Mutation:
    """One cell of one row with a value that may not stand there."""

    table: str
    file: str
    line: int
    column: str
    value: str


def broken(kind: Kind, text: str) -> Iterator[str]:
    """Values that a cell of this kind may not hold, made from one that it does."""
    match kind:
        case Many():
            first, *rest = kind.parts(text)
            yield from (kind.separator.join([value, *rest]) for value in broken(kind.each, first))
            yield kind.separator.join([text, ""])
        case Fraction():
            yield from ("20", "50 %", "-0.1", "0", "0,2", "many")
        case Whole() | Number():
            yield from ("many", "1,5", "nan", "inf", "--1", "0x10")
            yield from (str(limit) for limit in _outside(kind))
        case Choice():
            yield from (text + "x", text.swapcase() if text.swapcase() != text else "none of them")
        case YesNo():
            yield from ("maybe", "True")
        case Day():
            yield from ("yesterday", "2026-13-01", "24.11.2026")
        case Ref() | Placed():
            yield from (text + "x", f" {text}", text.replace("gene:", "genes:").replace("region:", "") + "?")
        case Bounded():
            yield from ("x", "201", "hypodiploidy.no_such", "24+1", "hypodiploidy.inpog_max-1")
        case Expression():
            yield from (f"({text}", f"{text} and", f"{text} and no_such_lesion", f"not known:{text}.subtyp=x")
        case Pair():
            yield from (text.replace("::", ":"), text.replace("::", "-"), text + "x1x")
        case Spans():
            yield from ("twelve", "40-30", "12;;13", "0")
        case BandPattern():
            yield from ("(", "z9", "13")
        case Assigned():
            yield from (text.replace("=", ":") if "=" in text else f"{text};=", f"{text};;", f"{text}; =x")
        case Text():
            yield from (f" {text}", f"{text}\N{NO-BREAK SPACE}")
            if kind.pattern:
                yield "?!"


def _outside(kind: Whole | Number) -> Iterator[float]:
    if kind.low is not None:
        yield kind.low if getattr(kind, "above", False) else kind.low - 1
    if kind.high is not None:
        yield kind.high + 1


@cache
def rows_of(spec: Spec) -> tuple[tuple[str, int, Mapping[str, str]], ...]:
    return tuple(_rows_of(spec))


def _rows_of(spec: Spec) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    for path in sorted(SHIPPED.rglob("*.tsv")):
        file = str(path.relative_to(SHIPPED))
        if file.split("/")[0].removesuffix(".tsv") == spec.name:
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines, start=2):
                yield file, number, dict(zip(header.split("\t"), line.split("\t"), strict=True))


def mutations(spec: Spec, column: Column) -> Iterator[Mutation]:
    filled = [(file, line, row) for file, line, row in rows_of(spec) if row[column.name]]
    for file, line, row in filled[:1]:
        values = dict.fromkeys(broken(column.kind, row[column.name]))
        empty = ("", "   ") if column.required else ("   ",)
        for value in (*values, *empty):
            if value != row[column.name]:
                yield Mutation(spec.name, file, line, column.name, value)


ALL = {name: [m for column in spec.columns for m in mutations(spec, column)] for name, spec in sorted(SPECS.items())}


def test_every_column_of_every_table_is_broken():
    tried = {(m.table, m.column) for found in ALL.values() for m in found}
    empty = [c for spec in SPECS.values() for c in spec.columns if (spec.name, c.name) not in tried]
    assert {c.name for c in empty} <= {"reviewer", "caller"}, "columns that no shipped row fills"
    assert sum(len(found) for found in ALL.values()) >= 300


def write_cell(folder: Path, mutation: Mutation) -> None:
    path = folder / mutation.file
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[mutation.line - 1].split("\t")
    cells[lines[0].split("\t").index(mutation.column)] = mutation.value
    lines[mutation.line - 1] = "\t".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_no_mutation_is_accepted(tmp_path):
    """One mutation of every table at a time; each must be named by its file, row and column."""
    accepted = []
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "knowledge"))
    for turn in range(max(len(found) for found in ALL.values())):
        mine = [found[turn] for found in ALL.values() if turn < len(found)]
        for mutation in mine:
            write_cell(folder, mutation)
        named = {(problem.file, problem.row, problem.column) for problem in check(folder)}
        accepted += [m for m in mine if (m.file, m.line, m.column) not in named]
        for mutation in mine:
            shutil.copy(SHIPPED / mutation.file, folder / mutation.file)
    assert accepted == []


# ---------------------------------------------------------------- the same cells in a lab's own folder


def own_rows(folder: Path, spec: Spec, file: str, row: Mapping[str, str]) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\t".join(spec.header) + "\n" + "\t".join(row[name] for name in spec.header) + "\n", "utf-8")
    return path


def _left_out(mutation: Mutation) -> bool:
    """A blank in a column that belongs to the row is taken from the shipped row."""
    return SPECS[mutation.table].by_name[mutation.column].fixed and not mutation.value


def test_no_mutation_is_accepted_from_a_labs_own_folder(tmp_path):
    """The same cells in a row that replaces a shipped one. A changed key is another row, so keys are left."""
    accepted = []
    turns = {
        name: [m for m in found if m.column not in SPECS[name].key and not _left_out(m)]
        for name, found in ALL.items()
        if not SPECS[name].no_overlay
    }
    for turn in range(max(len(found) for found in turns.values())):
        folder = tmp_path / str(turn)
        mine = [found[turn] for found in turns.values() if turn < len(found)]
        for m in mine:
            spec = SPECS[m.table]
            row = next(row for file, line, row in rows_of(spec) if (file, line) == (m.file, m.line))
            own_rows(folder, spec, m.file, {**row, m.column: m.value})
        named = {(problem.file, problem.row, problem.column) for problem in check(SHIPPED, folder)}
        accepted += [m for m in mine if (m.file, 2, m.column) not in named]
    assert accepted == []


@pytest.mark.parametrize(
    ("table", "key", "column", "value"),
    [
        ("thresholds/assess.tsv", "assess.min_region_covered", "value", "0"),
        ("thresholds/assess.tsv", "assess.min_region_covered", "value", "-1"),
        ("thresholds/assess.tsv", "assess.min_purity_for_negative", "value", "20"),
        ("thresholds/karyotype.tsv", "karyotype.min_metaphases_loss", "value", "2.5"),
        ("thresholds/copy_number.tsv", "copy_number.min_covered", "unit", "%"),
        ("thresholds/copy_number.tsv", "hypodiploidy.near_haploid_max", "value", "41"),
        ("fusion_rules.tsv", "bcr_abl1", "groups", "BCR:ABL1"),
        ("fusion_rules.tsv", "bcr_abl1", "windows", "BCR_mbcr_p19"),
        ("fusion_rules.tsv", "bcr_abl1", "lesion", "bcr_abl"),
        ("karyotype_rules.tsv", "t_9_22", "strength", "prooof"),
        ("karyotype_rules.tsv", "t_9_22", "loci", "9;23"),
        ("ploidy_categories.tsv", "Holmfeldt 2013", "low", "x"),
        ("ploidy_categories.tsv", "Holmfeldt 2013", "high", "35"),
        ("gene_resolution.tsv", "BTG1", "exon_share", "2"),
        ("visibility.tsv", "bcr_abl1", "sees", "d"),
        ("lesions.tsv", "bcr_abl1", "high_risk", "yes"),
    ],
)
def test_a_wrong_cell_that_would_turn_a_verdict_is_refused(tmp_path, table, key, column, value):
    spec = SPECS[table.split("/")[0].removesuffix(".tsv")]
    row = next(row for _, _, row in rows_of(spec) if row[spec.key[0]] == key)
    own_rows(tmp_path, spec, table, {**row, column: value})
    found = check(SHIPPED, tmp_path)
    assert (table, 2, column) in {(problem.file, problem.row, problem.column) for problem in found}
    assert all("expected" in problem.message for problem in found)


# ---------------------------------------------------------------- a legal edit is read, or refused as unread


def lawful(spec: Spec, column: Column, row: Mapping[str, str]) -> Iterator[str]:
    """Other values that the column may hold: of other rows, else made by its kind."""
    others = dict.fromkeys(other[column.name] for _, _, other in rows_of(spec))
    yield from (value for value in others if value and value != row[column.name])
    if isinstance(column.kind, Choice):
        yield from (word for word in column.kind.values if word != row[column.name])
    if isinstance(column.kind, Text) and not column.kind.pattern:
        yield "another text"
    if isinstance(column.kind, Day):
        yield "2026-01-02"


def edits(spec: Spec) -> list[tuple[Column, str]]:
    """Up to three lawful values for each column that is not of the key."""
    row = rows_of(spec)[0][2]
    columns = [column for column in spec.columns if column.name not in spec.key and not column.fixed]
    return [(column, value) for column in columns for value in list(lawful(spec, column, row))[:3]]


def test_each_legal_edit_changes_a_row_that_is_read_or_is_refused_as_unread(tmp_path):
    """One edit of every table at a time. A rule of rows may refuse one of the three; not all may be refused so."""
    told: dict[tuple[str, str], set[str]] = {}
    tables = {spec: edits(spec) for spec in SPECS.values() if not spec.no_overlay}
    for turn in range(max(len(found) for found in tables.values())):
        folder = tmp_path / str(turn)
        mine = {spec: found[turn] for spec, found in tables.items() if turn < len(found)}
        for spec, (column, value) in mine.items():
            file, _, row = rows_of(spec)[0]
            own_rows(folder, spec, file, {**row, column.name: value})
        problems = check(SHIPPED, folder)
        for spec, (column, _) in mine.items():
            found = [p.message for p in problems if p.file == rows_of(spec)[0][0]]
            told.setdefault((spec.name, column.name), set()).add(_outcome(folder, spec, column, found))
    unread = {place for place, outcomes in told.items() if "unread" in outcomes}
    assert unread == {place for place in told if not SPECS[place[0]].by_name[place[1]].read}
    refused = [place for place, outcomes in told.items() if outcomes == {"refused"}]
    assert [place for place in refused if not _accepted_alone(tmp_path / "alone", *place)] == TIED
    assert sum("changed" in outcomes for outcomes in told.values()) >= 100


TIED = [  # of these a rule of the row lets no value stand but with another column
    ("subtype_labels", "labels"),
    ("germline_prompts", "constitutional"),
    ("germline_prompts", "per_gene"),
]


def _accepted_alone(folder: Path, table: str, name: str) -> bool:
    """Is there a row of the table in which the column may have another value?"""
    spec = SPECS[table]
    column = spec.by_name[name]
    filled_first = sorted(rows_of(spec), key=lambda place: not place[2][name])
    for file, _, row in filled_first[:12]:
        for value in list(lawful(spec, column, row))[:12]:
            shutil.rmtree(folder, ignore_errors=True)
            own_rows(folder, spec, file, {**row, name: value})
            if not check(SHIPPED, folder):
                return True
    return False


def _outcome(folder: Path, spec: Spec, column: Column, found: list[str]) -> str:
    if any("nothing reads this column" in message for message in found):
        return "unread"
    if found:
        return "refused"
    own = read_table(folder, spec.name, overlay=True)
    line = laid_over(spec, [*read_table(SHIPPED, spec.name, overlay=False), *own])[0]
    mine = spec.build(line.cells, line.file, line.line, True)
    shipped = Knowledge.load().rows(spec.row)[0]
    assert column.read
    assert getattr(mine, column.attribute) != getattr(shipped, column.attribute)
    return "changed"


def test_every_table_and_column_is_documented():
    for spec in SPECS.values():
        assert spec.doc.endswith("."), spec.name
        for column in spec.columns:
            assert column.doc.endswith((".", "?")), f"{spec.name}.{column.name}"
        assert spec.header[-4:] == TAIL


def test_thresholds_without_a_unit_have_a_range_of_their_own(knowledge):
    from annotate.knowledge.specs.thresholds import NARROWER, kind_of

    rows = knowledge.rows(ThresholdRow)
    assert [row.id for row in rows if kind_of(row.id, row.unit) is None] == []
    assert set(NARROWER) <= {row.id for row in rows}


def test_rows_cannot_be_changed(knowledge):
    from dataclasses import FrozenInstanceError

    row = knowledge.rows(ThresholdRow)[0]
    with pytest.raises(FrozenInstanceError):
        row.value = 1.0  # type: ignore[misc]


def test_the_json_schema_takes_every_shipped_row_and_refuses_a_wrong_cell():
    from jsonschema import Draft202012Validator

    from annotate.curate.describe import json_schema

    whole = json_schema()
    for name, spec in SPECS.items():
        validator = Draft202012Validator({"$schema": whole["$schema"], **whole["$defs"][name]})
        assert all(validator.is_valid(row) for _, _, row in rows_of(spec)), name
        _, _, row = rows_of(spec)[0]
        assert not validator.is_valid({**row, "mark": "X"})
        assert not validator.is_valid({**row, "no_such_column": "x"})
        assert not validator.is_valid({column: cell for column, cell in row.items() if column != "source"})


def test_k_rows_that_name_no_publication_are_counted(knowledge):
    from annotate.curate.describe import marks, names_publication

    counted, unnamed = marks(knowledge)
    assert sum(counted.values()) == sum(len(rows_of(spec)) for spec in SPECS.values())
    assert 0 <= unnamed <= counted["K"]
    row = knowledge.rows(ThresholdRow)[0]
    assert names_publication(replace(row, source="Gu 2019 Nat Genet 51:296"))
    assert not names_publication(replace(row, source="field knowledge, not re-read"))


def test_a_cut_off_stands_in_one_place(tmp_path):
    """A lab that moves the end of near-haploidy moves it in every range that is made of it."""
    _, _, row = next(
        place for place in rows_of(SPECS["thresholds"]) if place[2]["id"] == "hypodiploidy.near_haploid_max"
    )
    own_rows(tmp_path, SPECS["thresholds"], "thresholds/own.tsv", {**row, "value": "30"})
    knowledge = Knowledge(SHIPPED, tmp_path)
    ranges = {one.category: one.bounds(knowledge) for one in knowledge.rows(PloidyCategoryRow) if "Holmf" in one.scheme}
    assert ranges == {"near-haploid": (24, 30), "low hypodiploid": (31, 39), "high hypodiploid": (40, 43)}
