"""What pipelines call their files: rows of `resources/layouts/trees.tsv`, tried in their order."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from annotate.base.frozen import frozen
from annotate.base.resources import resource_path

PIPELINES = ("sarek", "oncoanalyser", "bcbio", "rnafusion", "balsamic", "dragen")  # the last names no folder of its own
PLAIN = "plain"
ROOT_OF_RUN = r"(?P<root>/(?:.*/)?)"  # a folder may hold several runs, or lie inside one
SHORT = {"{pair}": r"(?P<tumor>[^/]+?)(_vs_(?P<normal>[^/]+))?", "{steps}": r"(\.norm|\.filtered)*"}
SKIPPED = frozenset({"work", "pipeline_info", "multiqc", "logs", "log", "benchmarks", "reports", "qc", "tmp"})
MAX_FILES = 2_000_000  # of a tree: more is no results folder


@frozen
class Layout:
    """One kind of file of a pipeline. An empty column: the file is left out, for the reason given."""

    pipeline: str
    column: str
    caller: str
    rank: int
    pattern: re.Pattern[str]
    left_out_because: str


@frozen
class Found:
    """A file that a row of the layouts takes, with the names in its path. `root`: the pipeline's output folder."""

    file: Path
    layout: Layout
    root: Path
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
            _compiled(row["pattern"]),
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


def pipelines_of(files: Sequence[Path]) -> dict[str, list[Path]]:
    """The pipelines that files are of, each with its files; a file that none takes is with the first of them, which
    says so. `plain` where none takes any. A name without a folder (`a.sv.vcf.gz`) is DRAGEN's where nobody else's."""
    taken: dict[str, list[Path]] = {}
    used: set[str] = set()
    left: list[Path] = []
    for file in files:
        found = next((item for name in PIPELINES if (item := match(file, name))), None)
        if found is None:
            left.append(file)
            continue
        taken.setdefault(found.layout.pipeline, []).append(file)
        used |= {found.layout.pipeline} if found.layout.column else set()
    if not used:
        return {PLAIN: list(files)}
    left += [file for name, own in taken.items() if name not in used for file in own]
    first = max(used, key=lambda name: len(taken[name]))
    return {name: sorted([*taken[name], *(left if name == first else ())]) for name in PIPELINES if name in used}


def match(file: Path, pipeline: str) -> Found | None:
    """What the first row of a pipeline that takes a file says of it; None where no row does."""
    path = file.absolute().as_posix()
    for row in layouts():
        taken = row.pattern.fullmatch(path) if row.pipeline == pipeline else None
        if taken:
            named = {key: value for key, value in taken.groupdict().items() if value}
            return Found(file, row, Path(named.pop("root")), **named)
    return None


def _compiled(pattern: str) -> re.Pattern[str]:
    for short, long in SHORT.items():
        pattern = pattern.replace(short, long)
    return re.compile(ROOT_OF_RUN + pattern)
