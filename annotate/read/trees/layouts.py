"""What pipelines call their files: rows of `resources/layouts/trees.tsv`, tried in their order."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from annotate.base.resources import resource_path

PIPELINES = ("sarek", "oncoanalyser", "dragen", "bcbio", "rnafusion", "balsamic")
PLAIN = "plain"
SKIPPED = frozenset({"work", "pipeline_info", "multiqc", "logs", "log", "benchmarks", "reports", "qc", "tmp"})
MAX_FILES = 2_000_000  # of a tree: more is no results folder


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file of a pipeline. An empty column: the file is left out, for the reason given."""

    pipeline: str
    column: str
    caller: str
    rank: int
    pattern: re.Pattern[str]
    left_out_because: str


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a row of the layouts takes, with the names in its path."""

    file: Path
    layout: Layout
    patient: str = ""
    tumor: str = ""
    normal: str = ""
    rna: str = ""
    batch: str = ""


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """Every row, in order."""
    with open(resource_path("layouts", "trees.tsv"), encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Layout(
            row["pipeline"],
            row["column"],
            row["caller"],
            int(row["rank"]),
            re.compile(row["pattern"]),
            row["left_out_because"],
        )
        for row in rows
    )


def files_of(folder: Path) -> list[Path]:
    """Files below a folder, without those of the pipeline itself, sorted."""
    found: list[Path] = []
    for path in _walk(folder):
        found.append(path)
        if len(found) > MAX_FILES:
            break
    return sorted(found)


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if entry.name.lower() not in SKIPPED and not entry.is_symlink():
                yield from _walk(entry)
        elif entry.is_file():
            yield entry


def pipeline_of(folder: Path, files: Sequence[Path]) -> str:
    """The pipeline whose rows take most files of a tree; `plain` where none takes any. Names without a folder count
    least: `a.sv.vcf.gz` alone may be anybody's."""
    taken: Counter[str] = Counter()
    for file in files:
        path = file.relative_to(folder).as_posix()
        for pipeline in PIPELINES:
            if any(row.column and row.pipeline == pipeline and row.pattern.fullmatch(path) for row in layouts()):
                taken[pipeline] += 1 if pipeline == "dragen" else 2
    return taken.most_common(1)[0][0] if taken else PLAIN


def match(folder: Path, file: Path, pipeline: str) -> Found | None:
    """What the first row that takes a file says of it; None where no row does."""
    path = file.relative_to(folder).as_posix()
    for row in layouts():
        taken = row.pattern.fullmatch(path) if row.pipeline == pipeline else None
        if taken:
            named = {key: value for key, value in taken.groupdict().items() if value}
            return Found(file, row, **named)
    return None
