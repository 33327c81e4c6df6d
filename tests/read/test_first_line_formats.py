"""Every first-line format: told from its content, read whole, and refused or reconciled when it is broken.

A broken file is refused, or what it yields is a part of what the whole file yields, with the rest counted as dropped:
never another value, never another child's.
"""

from __future__ import annotations

import gzip
import re

import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.bench_results import read_bench_results
from annotate.read.common.registry import recognise
from annotate.read.copy_number import read_copy_number
from annotate.read.fusions import read_fusions
from annotate.read.optical_mapping import read_optical_maps
from annotate.read.subtype_calls import read_subtype_calls
from annotate.read.tandem import read_tandem_duplications
from tests.makers.first_line import FORMATS, Made

TABLES = [name for name, made in FORMATS.items() if made.file.endswith((".tsv", ".csv", ".txt"))]
NAMED = [name for name, made in FORMATS.items() if made.names_sample]


def findings(made: Made, path, genome):
    """What a file says, without where it lies; and its inputs."""
    kind = made.kind
    sample = Sample("K", "K", "diagnosis", genome.assembly, sheet_names=frozenset({"J"}))
    knowledge = Knowledge.load()
    if kind == "copy_number":
        table, inputs = read_copy_number((path,), genome, ("K",), sample.sheet_names)
        said = {(p.gene, p.exon, p.ratio) for p in table.probes}
        return said | {(s.chrom, s.start, s.end, s.log2) for s in table.segments}, inputs
    if kind == "optical_mapping":
        maps = read_optical_maps((path,), sample, genome, knowledge)
        return {(j.id, j.vaf) for j in maps.junctions}, maps.inputs
    if kind == "fusions":
        fusions = read_fusions((path,), sample, genome, knowledge)
        return {(f.name, f.split_reads, f.spanning_reads) for f in fusions.fusions}, fusions.inputs
    if kind == "bench_results":
        bench = read_bench_results((path,), sample, genome)
        return {(r.target, r.word, r.value, r.cells, r.transcripts) for r in bench.results}, bench.inputs
    if kind == "subtype_calls":
        calls = read_subtype_calls((path,), sample)
        return {(c.classifier, c.label, c.score, c.confidence) for c in calls.calls}, calls.inputs
    tandem = read_tandem_duplications((path,), sample, genome, knowledge)
    return {(t.gene, t.length, t.vaf, t.allelic_ratio, t.reads, t.depth) for t in tandem.found}, tandem.inputs


def reconciled(inputs) -> bool:
    return all(file.records_read == file.records_used + sum(file.dropped.values()) for file in inputs)


@pytest.fixture
def write(tmp_path):
    def _write(made: Made, text: str | bytes, suffix: str = ""):
        path = tmp_path / (made.file + suffix)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return _write


def broken(made, path, genome, whole):
    """What a broken file may do: be refused, or say less with everything counted. What it says; None where refused."""
    try:
        said, inputs = findings(made, path, genome)
    except InputError:
        return None
    assert said <= whole, said - whole
    assert reconciled(inputs)
    return said


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_is_told_from_its_content_and_reconciled(write, grch38, name):
    made = FORMATS[name]
    path = write(made, made.text(grch38, "K"))
    said, inputs = findings(made, path, grch38)
    assert recognise(path, made.kind).name == name == inputs[0].format
    assert said
    assert reconciled(inputs)
    assert inputs[0].records_used > 0


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("how", ["crlf", "mark", "gzip", "last line without an end"])
def test_the_same_in_another_wrapping(write, grch38, name, how):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    whole, _ = findings(made, write(made, text), grch38)
    wrapped = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "mark": ("\ufeff" + text).encode(),
        "gzip": gzip.compress(text.encode()),
        "last line without an end": text.rstrip("\n").encode(),
    }[how]
    path = write(made, wrapped, ".gz" if how == "gzip" else "")
    assert findings(made, path, grch38)[0] == whole


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("what", ["empty", "blank lines", "another table"])
def test_what_is_no_such_file_is_refused(write, grch38, name, what):
    made = FORMATS[name]
    text = {"empty": "", "blank lines": "\n\n\n", "another table": "name\tcolour\nK\tred\n"}[what]
    with pytest.raises(InputError):
        findings(made, write(made, text), grch38)


@pytest.mark.parametrize("name", FORMATS)
def test_a_renamed_header_is_refused_or_says_nothing(write, grch38, name):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    separator = "," if made.file.endswith(".csv") else "\t"
    head, _, body = text.partition("\n")
    renamed = separator.join(f"x{cell}" for cell in head.split(separator)) + "\n" + body
    for key in ("details", "rearrangements", "#CHROM", "#h "):
        renamed = renamed.replace(key, "x")
    assert renamed != text
    try:
        said, _ = findings(made, write(made, renamed), grch38)
    except InputError:
        return
    assert not said


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_that_is_cut_is_refused_or_left_out(write, grch38, name):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    whole, _ = findings(made, write(made, text), grch38)
    lines = text.rstrip("\n").split("\n")
    separator = "," if made.file.endswith(".csv") else "\t"
    cells = lines[-1].split(separator)
    lines[-1] = separator.join(cells[: max(1, len(cells) // 2)])
    cut = text[: len(text) // 2] if made.file.endswith(".json") else "\n".join(lines) + "\n"
    said = broken(made, write(made, cut), grch38, whole)
    assert said != whole or said is None


@pytest.mark.parametrize("name", NAMED)
def test_another_childs_file_is_refused_or_left_out(write, grch38, name):
    made = FORMATS[name]
    assert not broken(made, write(made, made.text(grch38, "J")), grch38, set())


@pytest.mark.parametrize("name", [name for name in NAMED if name in TABLES and name != "mlpa.coffalyser"])
def test_another_childs_rows_beside_ones_own_are_left_out_and_counted(write, grch38, name):
    made = FORMATS[name]
    own, other = made.text(grch38, "K"), made.text(grch38, "J")
    whole, before = findings(made, write(made, own), grch38)
    both = own + "".join(line + "\n" for line in other.splitlines()[1:])
    said, inputs = findings(made, write(made, both), grch38)
    assert said == whole
    assert reconciled(inputs)
    assert inputs[0].records_read > before[0].records_read


@pytest.mark.parametrize("name", [name for name in TABLES if not FORMATS[name].file.endswith(".csv")])
def test_decimal_commas_are_read_or_refused(write, grch38, name):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    whole, _ = findings(made, write(made, text), grch38)
    head, _, body = text.partition("\n")
    said = broken(made, write(made, head + "\n" + re.sub(r"(\d)\.(\d)", r"\1,\2", body)), grch38, whole)
    assert said in (None, whole)


WITHOUT_FRACTIONS = {"bench.table", "allsorts.predictions", "tallsorts.predictions", "integrateall"}


@pytest.mark.parametrize("name", sorted(set(TABLES) - WITHOUT_FRACTIONS))
@pytest.mark.parametrize("word", ["nan", "NA", "inf", "-1e400"])
def test_a_number_that_is_none_is_no_value(write, grch38, name, word):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    head, _, body = text.partition("\n")
    changed = re.sub(r"\b\d+\.\d+\b", word, body)
    assert changed != body
    try:
        said, inputs = findings(made, write(made, head + "\n" + changed), grch38)
    except InputError:
        return
    assert reconciled(inputs)
    fractions = [value for one in said for value in one if isinstance(value, float) and not value.is_integer()]
    assert not fractions
