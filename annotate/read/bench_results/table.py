"""The table `method`, `target`, `result`, `cells`, `transcripts` (and `sample`), one row a test."""

from __future__ import annotations

import re
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.bench_results import BenchMethod, BenchResult, BenchWord
from annotate.model.sample import Sample
from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.own_rows import OTHER_SAMPLE, own_rows
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.reference.genome import Genome

KIND, NAME = "bench_results", "bench.table"
FAILED = "the test failed"
PAIR, GENE = "pair", "gene"
_METHODS = {
    "rt_pcr": BenchMethod.RT_PCR,
    "rtpcr": BenchMethod.RT_PCR,
    "multiplex_rt_pcr": BenchMethod.RT_PCR,
    "fish": BenchMethod.FISH,
    "flow": BenchMethod.FLOW,
    "flow_cytometry": BenchMethod.FLOW,
}
_SYNONYMS = {
    "pos": BenchWord.POSITIVE,
    "detected": BenchWord.POSITIVE,
    "neg": BenchWord.NEGATIVE,
    "not_detected": BenchWord.NEGATIVE,
    "rearranged": BenchWord.SPLIT,
    "not_rearranged": BenchWord.INTACT,
    "deleted": BenchWord.LOSS,
}
_TOLD = {  # what a test of a kind of target may say
    (BenchMethod.RT_PCR, PAIR): {BenchWord.POSITIVE, BenchWord.NEGATIVE},
    (BenchMethod.FISH, PAIR): {BenchWord.POSITIVE, BenchWord.NEGATIVE},
    (BenchMethod.FISH, GENE): {
        BenchWord.SPLIT,
        BenchWord.INTACT,
        BenchWord.LOSS,
        BenchWord.HOMOZYGOUS_LOSS,
        BenchWord.NORMAL,
        BenchWord.AMPLIFIED,
    },
    (BenchMethod.FLOW, GENE): {BenchWord.POSITIVE, BenchWord.NEGATIVE, BenchWord.DIM},
}
_CELLS = re.compile(r"(\d{1,5})\s*/\s*(\d{1,5})")
DNA_INDEX = "dna_index"
ANTIGENS = ("CD19", "CD22")


def _recognise(head: Head) -> bool:
    return tabled(head).has("method", "target", "result")


def read(path: Path, sample: Sample, genome: Genome, tally: Tally) -> list[BenchResult]:
    """Results of this sample. Errors: InputError for a method, target or result that is not understood."""
    own, found = own_rows(path, sample, KIND, tally), []
    for row in delimited_rows(path):
        if own is not None and row.text(own.column) != own.name:
            tally.drop(OTHER_SAMPLE)
            continue
        result = _result(row, genome)
        if result.word is BenchWord.FAILED:
            tally.drop(FAILED)
            continue
        tally.use()
        found.append(result)
    return found


def _result(row: Row, genome: Genome) -> BenchResult:
    method = _METHODS.get(_word(row.text("method")))
    if method is None:
        raise _error(row, "method", "no such method", "rt_pcr, fish or flow")
    target, kind = _target(row, genome, method)
    value = row.number("result") if target == DNA_INDEX else None
    word = None if target == DNA_INDEX else _told(row, method, kind)
    names = re.split(r"[;,+]", row.text("transcripts")) if row.has("transcripts") else []
    return BenchResult(
        method=method,
        target=target,
        word=word,
        value=value,
        cells=_cells(row),
        transcripts=frozenset(name.strip().lower() for name in names if name.strip()),
        file=str(row.path),
        record=f"line {row.line}",
    )


def _word(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _target(row: Row, genome: Genome, method: BenchMethod) -> tuple[str, str]:
    """Target in current symbols, and whether it is a pair or one gene."""
    text = row.text("target").strip()
    if method is BenchMethod.FLOW:
        name = DNA_INDEX if _word(text) == DNA_INDEX else text.upper()
        if name not in (*ANTIGENS, DNA_INDEX):
            raise _error(row, "target", "not read of flow cytometry", "CD19, CD22 or dna_index")
        return name, GENE
    parts = [part.strip() for part in re.split(r"::|--?|/", text) if part.strip()]
    names = [genome.symbol(part) for part in parts]
    unknown = [part for part, name in zip(parts, names, strict=True) if genome.gene(name) is None]
    if unknown or not 1 <= len(names) <= 2:
        raise _error(row, "target", "no gene of the panel", "a gene, or a pair as BCR::ABL1")
    if method is BenchMethod.RT_PCR and len(names) != 2:
        raise _error(row, "target", "RT-PCR needs a pair", "a pair as BCR::ABL1")
    return "::".join(names), PAIR if len(names) == 2 else GENE


def _told(row: Row, method: BenchMethod, kind: str) -> BenchWord:
    text = _word(row.text("result"))
    known = {str(word): word for word in BenchWord} | _SYNONYMS
    word, allowed = known.get(text), _TOLD[method, kind]
    if word is BenchWord.FAILED or word in allowed:
        return BenchWord(word)
    raise _error(row, "result", "says nothing of such a test", ", ".join(sorted(allowed)) + " or failed")


def _cells(row: Row) -> tuple[int, int] | None:
    text = row.text("cells").strip() if row.has("cells") else ""
    if not text:
        return None
    match = _CELLS.fullmatch(text)
    if match is None or not 0 <= int(match[1]) <= int(match[2]) or int(match[2]) == 0:
        raise _error(row, "cells", "not a share of nuclei", "abnormal/scored as 180/200")
    return int(match[1]), int(match[2])


def _error(row: Row, column: str, what: str, expected: str) -> InputError:
    return InputError(
        what, path=row.path, line=row.line, column=column, found=row.text(column) or "nothing", expected=expected
    )


register(
    Format(
        KIND,
        NAME,
        "bench table",
        "RT-PCR, FISH and flow cytometry: method, target, result (sample, cells, transcripts)",
        _recognise,
        read,
    )
)
