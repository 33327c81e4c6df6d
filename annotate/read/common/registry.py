"""The formats that ALLert reads. A format is one `Format` registered by the module that reads it.

To add one: write a module in the folder of its kind (`copy_number/`, `fusions/`, `structural/`…) that
registers a `Format`; the folder's `__init__` imports every module in it. Nothing else needs a change.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge.kinds import FORMATS
from annotate.knowledge.names import provide
from annotate.read.common.text import Head, read_head


@frozen
class Format:
    """A file format. `read` is typed by its kind, see the folder that registers it."""

    kind: str  # the column of the sheet: copy_number, fusions, structural_variants, subtype_calls…
    name: str  # unique, short: "cnvkit.cns"
    caller: str  # as people write it: "CNVkit"
    description: str
    recognise: Callable[[Head], bool]
    read: Callable[..., Any]
    priority: int = 0  # the higher wins when several recognise a file (a specific header before a generic one)
    tested_on: str = "documentation"  # "real file" or "documentation": what the reader's test reads


_FORMATS: dict[str, Format] = {}
READERS = ("copy_number", "fusions", "structural", "subtype_calls", "optical_mapping", "bench_results", "tandem")
MAGIC = {  # first characters of files that people export by mistake
    "BAM\x01": "a BAM file",
    "CRAM": "a CRAM file",
    "BCF\x02": "a BCF file",
    "PK\x03\x04": "an Excel workbook or another zip archive",
    "\x89PNG": "a picture",
    "%PDF": "a PDF",
}


def register(fmt: Format) -> Format:
    """Add a format. Errors: AssertionError for a name that is taken."""
    if fmt.name in _FORMATS:
        raise AssertionError(f"format {fmt.name} is registered twice")
    _FORMATS[fmt.name] = fmt
    return fmt


def load_modules(package: str) -> None:
    """Import every module of a package so that its formats register themselves."""
    module = importlib.import_module(package)
    for info in pkgutil.iter_modules(module.__path__):
        importlib.import_module(f"{package}.{info.name}")


def formats(kind: str | None = None) -> list[Format]:
    """Registered formats of a kind (None: of all), in the order of callers."""
    chosen = [fmt for fmt in _FORMATS.values() if kind in (None, fmt.kind)]
    return sorted(chosen, key=lambda fmt: (fmt.kind, fmt.caller.lower(), fmt.name))


def _all_names() -> frozenset[str]:
    """Names of every format: what a row of `sv_caller_limits` may speak of."""
    for package in READERS:
        load_modules(f"annotate.read.{package}")
    return frozenset(_FORMATS)


provide(FORMATS, _all_names)


def recognise(path: Path, kind: str) -> Format:
    """The format of a file, told from its content. Raises InputError when none fits."""
    head = read_head(path)
    if not any(line.strip() for line in head.lines):
        raise InputError("file is empty", path=path, expected=f"a {kind.replace('_', '-')} file")
    fitting = [fmt for fmt in formats(kind) if fmt.recognise(head)]
    if not fitting:
        raise InputError(
            f"no known {kind.replace('_', '-')} format",
            path=path,
            found=_what(head),
            expected="one of the formats that `allert formats` lists",
            fix=_fix(head, kind),
        )
    return max(fitting, key=lambda fmt: fmt.priority)


def _what(head: Head) -> str:
    """What a file that no reader knows is, or the columns of its header."""
    start = head.lines[0]
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            return name
    return " | ".join(head.columns)[:200] or "no header"


def _fix(head: Head, kind: str) -> str:
    """The column of the sheet that the file belongs in, where another kind's reader knows it."""
    if head.lines[0].startswith("BAM\x01"):
        return "alignments belong in the column alignments"
    _all_names()
    others = [fmt for fmt in formats() if fmt.kind != kind and fmt.recognise(head)]
    if not others:
        return "export a listed format, or write the plain table of docs/formats.md or docs/fusion_table.md"
    best = max(others, key=lambda fmt: fmt.priority)
    if head.lines[0].startswith(("##fileformat=VCF", "BCF\x02")):
        return "a VCF belongs in the column small_variants or structural_variants, by what it holds"
    return f"it reads as {best.caller}: write it into the column {best.kind}"
