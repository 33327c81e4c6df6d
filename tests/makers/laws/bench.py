"""Single tests of the laboratory: RT-PCR, FISH and signals of a gene as rows of a table, and how such rows go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from annotate.knowledge.specs.bench import BenchTargetRow, BenchTest
from annotate.reference.genome import Genome
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.fusions import OLD, silent_table
from tests.makers.laws.rows import header_only, rows_reversed

KIND = "bench_results"
DIALECTS = ("tab", "comma", "without sample")
COLUMNS = ("sample", "method", "target", "result", "cells", "transcripts")
OF_GENES = (  # FISH with a probe of one gene: lesion, gene, what is written
    ("tp53_deletion", "TP53", "loss"),
    ("cdkn2ab_deletion", "CDKN2A", "homozygous_loss"),
    ("etv6_deletion", "ETV6", "loss"),
    ("ikzf1_deletion", "IKZF1", "loss"),
    ("iamp21", "RUNX1", "amplified"),
)
SYNONYMS = {"positive": "pos", "split": "rearranged", "loss": "deleted"}
OPPOSITE = {
    "positive": "negative",
    "split": "intact",
    "loss": "normal",
    "homozygous_loss": "normal",
    "amplified": "normal",
}
RARE = {"KMT2A": "MLL", "TCF3": "E2A", "ETV6": "TEL"}


@dataclass(frozen=True)
class Test:
    """A row: what was tested, how, and what it said."""

    __test__ = False

    method: str
    target: str
    result: str
    cells: str = ""
    transcripts: str = ""

    def row(self, sample: str) -> list[str]:
        return [sample, self.method, self.target, self.result, self.cells, self.transcripts]


OTHER = Test("rt_pcr", "STIL::TAL1", "negative")


def truths(genome: Genome) -> Iterator[Truth]:
    """Every target that a lesion is looked for by, and probes of single genes."""
    for row in KNOWLEDGE.rows(BenchTargetRow):
        if row.test is BenchTest.FISH:
            found = Test("fish", row.target, "positive" if "::" in row.target else "split", "150/200")
        else:
            found = Test("rt_pcr", row.target, "positive", "", ";".join(row.transcripts))
        yield Truth(KIND, row.lesion, f"{found.method} {row.target}", genome, found)
    for lesion, gene, word in OF_GENES:
        yield Truth(KIND, lesion, f"fish {gene} {word}", genome, Test("fish", gene, word, "150/200"), False)


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    names, rows = COLUMNS, [OTHER.row("s"), truth.body.row("s")]
    if truth.lesion == "stil_tal1":
        rows[0] = Test("rt_pcr", "ETV6::RUNX1", "negative").row("s")
    if dialect == "without sample":
        names, rows = names[1:], [cells[1:] for cells in rows]
    path = folder / "bench.tsv"
    separator = "," if dialect == "comma" else "\t"
    written = Written(folder, path, {KIND: [path]}, {}, separator, [separator.join(names)], rows, rows[1:])
    written.save()
    return written


WRITERS[KIND] = write


def _set(written: Written, column: str, value: str) -> bool:
    at = written.at(column)
    if at is None:
        return False
    for cells in written.own:
        cells[at] = value
    written.save()
    return True


def _again(cell: Cell, written: Written, **fields: str) -> bool:
    """The row once more with other words, behind the first."""
    more = replace(cell.truth.body, **fields).row("s")
    written.records.append(more[-len(written.own[0]) :])
    written.save()
    return True


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("upper case", KIND, law=0, lawful=Lawful.SAME)
def _upper(cell: Cell, written: Written) -> bool:
    for column in ("method", "target", "result"):
        _set(written, column, getattr(cell.truth.body, column).upper())
    return True


@corruption("lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    return _set(written, "target", cell.truth.body.target.lower())


@corruption("pair with a dash", KIND, law=0, lawful=Lawful.SAME)
def _dash(cell: Cell, written: Written) -> bool:
    return "::" in cell.truth.body.target and _set(written, "target", cell.truth.body.target.replace("::", "-"))


@corruption("pair the other way round", KIND, law=0, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _reversed(cell: Cell, written: Written) -> bool:
    five, _, three = cell.truth.body.target.partition("::")
    return bool(three) and _set(written, "target", f"{three}::{five}")


@corruption("synonyms", KIND, law=0, lawful=Lawful.SAME)
def _synonyms(cell: Cell, written: Written) -> bool:
    word = SYNONYMS.get(cell.truth.body.result)
    return word is not None and _set(written, "result", word)


@corruption("old symbols", KIND, law=0, lawful=Lawful.SAME)
def _old(cell: Cell, written: Written) -> bool:
    names = {**OLD, **RARE}
    text = "::".join(names.get(name, name) for name in cell.truth.body.target.split("::"))
    return text != cell.truth.body.target and _set(written, "target", text)


@corruption("a name that nobody knows", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _unknown(cell: Cell, written: Written) -> bool:
    return _set(written, "target", cell.truth.body.target.replace(cell.truth.body.target.split("::")[0], "QZX9"))


@corruption("no cells", KIND, law=2, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _no_cells(cell: Cell, written: Written) -> bool:
    return bool(cell.truth.body.cells) and _set(written, "cells", "0/200")


@corruption("cells unread", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _cells(cell: Cell, written: Written) -> bool:
    return bool(cell.truth.body.cells) and _set(written, "cells", "150 of 200 nuclei")


@corruption("more cells than were scored", KIND, law=2, lawful=Lawful.NOT_MORE, refusal=True)
def _too_many(cell: Cell, written: Written) -> bool:
    return bool(cell.truth.body.cells) and _set(written, "cells", "200/150")


@corruption("negative with abnormal cells", KIND, law=2, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _against_cells(cell: Cell, written: Written) -> bool:
    """What the row states twice must agree."""
    word = OPPOSITE.get(cell.truth.body.result)
    return bool(cell.truth.body.cells) and word is not None and _set(written, "result", word)


@corruption("only discarded rows", KIND, law=3, lawful=Lawful.OPEN)
def _failed(cell: Cell, written: Written) -> bool:
    return _set(written, "result", "failed")


@corruption("value empty", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _empty(cell: Cell, written: Written) -> bool:
    return _set(written, "result", "")


@corruption("value NA", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _na(cell: Cell, written: Written) -> bool:
    return _set(written, "result", "NA")


@corruption("result in doubt", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _doubt(cell: Cell, written: Written) -> bool:
    return _set(written, "result", "weak positive?")


@corruption("rows of another sample", KIND, law=1, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _another(cell: Cell, written: Written) -> bool:
    return _set(written, "sample", "P12_D")


@corruption("column of the sample is not there", KIND, law=1, lawful=Lawful.OPEN, refusal=True)
def _no_sample(cell: Cell, written: Written) -> bool:
    at = written.at("sample")
    for cells in written.records if at is not None else ():
        cells[at] = "P12_D"
    written.save()
    return at is not None


corruption("header only", KIND, law=3, lawful=Lawful.OPEN, refusal=True)(header_only)


@corruption("row twice", KIND, law=0, lawful=Lawful.SAME)
def _twice(cell: Cell, written: Written) -> bool:
    return _again(cell, written)


corruption("order of rows", KIND, law=0, lawful=Lawful.SAME)(rows_reversed)


@corruption("rows that contradict each other", KIND, law=4, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _contradicting(cell: Cell, written: Written) -> bool:
    word, cells = OPPOSITE.get(cell.truth.body.result), cell.truth.body.cells
    return word is not None and _again(cell, written, result=word, cells=cells and "0/200")


@corruption("the negative row first", KIND, law=4, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _contradicting_first(cell: Cell, written: Written) -> bool:
    if not _contradicting(cell, written):
        return False
    written.records.reverse()
    written.save()
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """An RNA table of expressed fusions without this one, and metaphases without it."""
    written.inputs["fusions"] = [silent_table(cell.truth.genome, written.folder)]
    written.row["karyotype"] = "46,XX[20]"
    return True


@corruption("filtered, and a second input is silent", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _doubt_beside_silence(cell: Cell, written: Written) -> bool:
    return _doubt(cell, written) and _contradicts(cell, written)


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True
