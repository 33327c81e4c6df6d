"""Code holds no drug name, no genomic coordinate, no list of genes or partners, no clinical threshold: they are rows.

Read from the syntax tree, docstrings left out (they explain, they decide nothing). What is excepted is listed with its
reason; an exception that is no longer needed fails too, so that the list stays short.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotate.knowledge.tables import Knowledge

CODE = Path(__file__).resolve().parents[2] / "annotate"
KNOWLEDGE = Knowledge.load()
DECIDING = ("decide", "interpret", "compare")  # packages that weigh findings
BIG = 100_000  # from here on an integer could be a place in the genome
MEGABASE = 1e6  # written as a float it only ever divides, to write sizes
PLAIN_WORDS = {"chemotherapy", "not applicable"}  # CIViC lists them where a drug is meant

ALLOWED: dict[tuple[str, str], str] = {  # (file, what was found): why
    ("name/copy_number/words.py", "number 1000000"): "a megabase, to write sizes",
    ("report/drawing/chr21.py", "number 1000000"): "a megabase, to draw an axis",
    ("read/small_variants/all_sites.py", "number 100000"): "limit of memory, not of biology",
    ("read/common/header_names.py", "number 1000000"): "columns of a file, to tell a damaged one",
    ("read/copy_number/overlaps.py", "number 1000000"): "rows of a file, to tell a damaged one",
    ("read/copy_number/collector.py", "number 3000000"): "rows of a file, to tell a damaged one",
    ("read/copy_number/collector.py", "number 100000"): "segments of a file, to tell a table of bins",
    ("report/json/bounds.py", "number 350000"): "characters of a list in a report",
    ("report/json/segments.py", "number 1000000"): "bases between segments that are joined last, to bound a report",
    ("read/fusions/names.py", "number 100000"): "names that are remembered, a limit of memory",
    ("read/structural/drafts.py", "number 100000"): "bases of a local event, to bound what a very long file keeps",
    ("read/common/own_rows.py", "number 100000"): "samples of a table, a limit of memory",
    ("read/small_variants/germline.py", "number 11400714819323198485"): "multiplier of a hash",
    ("read/small_variants/germline.py", "number 18446744073709551615"): "64 bits of a hash",
    ("read/small_variants/panel.py", "number 1000000"): "space between contigs on one number line",
    ("read/small_variants/sieve.py", "number 100000"): "bytes of a block",
    ("read/small_variants/sieve.py", "number 1000003"): "a prime, for a hash",
    ("read/structural/support.py", "number 1000000000.0"): "more reads than any file has",
    ("breakpoints/chains.py", "number 200000"): "rows of a file, to tell a damaged one",
    ("curate/pack/files.py", "number 1000000"): "bytes read at a time",
    ("report/page/html.py", "number 200000"): "bytes of a logo",
    ("read/sheets/files.py", "number 200000"): "rows of a sheet, to tell a damaged one",
    ("read/trees/layouts.py", "number 2000000"): "files of a folder, to tell one that is no results tree",
    ("name/copy_number/patterns.py", "pair STIL::TAL1"): "names the rule whose margin is meant; the margin is a row",
    ("knowledge/specs/copy_number.py", "number 10000000"): "bases of a bin, beyond which a cell is a slip",
    ("knowledge/specs/rearrangements.py", "number 300000000"): "bases of a chromosome, beyond which a cell is a slip",
    ("knowledge/specs/rearrangements.py", "number 250000000"): "bases of a chromosome, beyond which a cell is a slip",
    ("knowledge/specs/thresholds.py", "number 10000000"): "counts, beyond which a cell is a slip",
    ("knowledge/specs/thresholds.py", "number 4000000000"): "bases of a genome, beyond which a cell is a slip",
    ("knowledge/specs/thresholds.py", "number 1000000"): "mutations per megabase, beyond which a cell is a slip",
    ("read/fusions/plain.py", "pair BCR::ABL1"): "an example in an error message",
    ("read/bench_results/table.py", "pair BCR::ABL1"): "an example in an error message",
    ("decide/deletions/par1.py", "genes CRLF2 CSF2RA P2RY8"): "a lesion declares the genes that its remarks may touch",
    ("decide/ploidy/by_totals.py", "compared 11"): "half of the 22 autosomes",
    ("decide/tp53/common.py", "compared 1.5"): "half-way between one copy and two",
    ("compare/copy_number.py", "compared 0.9"): "share of a chromosome that counts as the whole of it",
    ("compare/copy_number.py", "compared 45"): "fewer than the 46 chromosomes of a normal cell",
}


def drugs() -> frozenset[str]:
    cells = [entry["drug"] for entry in KNOWLEDGE.table("therapies")]
    cells += [entry["drugs"] for entry in KNOWLEDGE.table("therapies_contradictions")]
    cells += [entry["therapies"] for entry in KNOWLEDGE.table("civic_evidence")]
    names = {name.strip().lower() for cell in cells for name in re.split(r";| or ", cell)}
    return frozenset(name for name in names if name and not name.startswith("class:")) - PLAIN_WORDS


def genes() -> frozenset[str]:
    named = {entry["gene"] for entry in KNOWLEDGE.table("genes")}
    return frozenset(named | {e[side] for e in KNOWLEDGE.table("fusions") for side in ("five_prime", "three_prime")})


def pairs() -> frozenset[str]:
    return frozenset(f"{e['five_prime']}::{e['three_prime']}" for e in KNOWLEDGE.table("fusions"))


DRUGS = re.compile(r"\b(" + "|".join(sorted(map(re.escape, drugs()), key=len, reverse=True)) + r")\b", re.IGNORECASE)
PAIRS = re.compile("|".join(sorted(map(re.escape, pairs()), key=len, reverse=True)))
PLACE = re.compile(r"\b(?:chr)?(?:[0-9]{1,2}|X|Y):[0-9][0-9,]{5,}")
GENES = genes()


@dataclass(frozen=True)
class Found:
    file: str
    line: int
    what: str


def scan(source: str, file: str) -> Iterator[Found]:
    tree = ast.parse(source)
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield from (Found(file, node.lineno, what) for what in _constant(node.value, file))
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
            yield from (Found(file, node.lineno, what) for what in _collection(node))
        elif isinstance(node, ast.Compare) and file.startswith(DECIDING):
            yield from (Found(file, node.lineno, what) for what in _compared(node))


def _docstrings(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for statement in body:  # a string that stands alone explains what is above it
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    yield statement.value


def _constant(value: object, file: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from (f"drug {name.lower()}" for name in DRUGS.findall(value))
        yield from (f"place {place}" for place in PLACE.findall(value))
        own = file == "decide/rearrangements/lesions.py" or not file.startswith("decide/rearrangements/")
        if not (file.startswith("decide/") and own):  # a lesion's module may name its own fusion in what it says
            yield from (f"pair {pair}" for pair in PAIRS.findall(value))
    elif _is_big(value):
        yield f"number {value}"


def _is_big(value: object) -> bool:
    if isinstance(value, float):
        return value >= BIG and value != MEGABASE
    return isinstance(value, int) and not isinstance(value, bool) and value >= BIG


def _collection(node: ast.List | ast.Tuple | ast.Set | ast.Dict) -> Iterator[str]:
    parts = node.keys if isinstance(node, ast.Dict) else node.elts
    named = [part.value for part in parts if isinstance(part, ast.Constant) and part.value in GENES]
    if len(named) >= 3:
        yield f"genes {' '.join(map(str, named))}"


def _compared(node: ast.Compare) -> Iterator[str]:
    """A number that a finding is compared with. Copies of a chromosome (0 to 4) are arithmetic."""
    if isinstance(node.left, ast.Call) and getattr(node.left.func, "id", "") == "len":
        return
    for part in (node.left, *node.comparators):
        value = part.value if isinstance(part, ast.Constant) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value not in (0, 0.5, 1, 2, 3, 4):
            yield f"compared {value}"


def all_found() -> list[Found]:
    return [
        found
        for path in sorted(CODE.rglob("*.py"))
        for found in scan(path.read_text(encoding="utf-8"), str(path.relative_to(CODE)))
    ]


FOUND = all_found()


def test_no_facts_in_code():
    wrong = [found for found in FOUND if (found.file, found.what) not in ALLOWED]
    assert not wrong, "\n".join(f"annotate/{f.file}:{f.line}: {f.what}: belongs in resources/knowledge" for f in wrong)


def test_every_exception_is_needed():
    needed = {(found.file, found.what) for found in FOUND}
    gone = [key for key in ALLOWED if key not in needed]
    assert not gone
    assert all(ALLOWED.values())


def test_pages_name_no_drug():
    for path in CODE.rglob("*.j2"):
        assert DRUGS.search(path.read_text(encoding="utf-8")) is None, path


@pytest.mark.parametrize(
    ("source", "file", "what"),
    [
        ('A = "Imatinib and chemotherapy"', "interpret/x.py", "drug imatinib"),
        ('A = f"{x}: dasatinib"', "report/x.py", "drug dasatinib"),
        ("A = 130872896", "decide/x.py", "number 130872896"),
        ('A = "9:130,872,896"', "decide/x.py", "place 9:130,872,896"),
        ('A = "chr9:130872896"', "decide/x.py", "place chr9:130872896"),
        ('A = ["AFF1", "MLLT3", "MLLT1"]', "decide/x.py", "genes AFF1 MLLT3 MLLT1"),
        ('A = {"NT5C2": 1, "PRPS1": 2, "FPGS": 3}', "reference/x.py", "genes NT5C2 PRPS1 FPGS"),
        ('if name == "EBF1::PDGFRB": pass', "decide/rearrangements/x.py", "pair EBF1::PDGFRB"),
        ("if vaf > 0.05: pass", "decide/x.py", "compared 0.05"),
        ("if months < 18: pass", "interpret/x.py", "compared 18"),
    ],
)
def test_the_scan_sees_what_it_should(source, file, what):
    assert [found.what for found in scan(source, file)] == [what]


@pytest.mark.parametrize(
    "source",
    [
        '"""Imatinib at 9:130,872,896 in BCR::ABL1."""',
        'def f():\n    """T315I resists dasatinib."""',
        'A = ("CDKN2A", "CDKN2B")',
        "if copies <= 1: pass",
        "if len(cells) > 9: pass",
        'A = "chemotherapy"',
    ],
)
def test_the_scan_lets_pass_what_it_should(source):
    assert list(scan(source, "decide/x.py")) == []
