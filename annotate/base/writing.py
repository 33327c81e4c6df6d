"""Writing files whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError


def write_tsv(path: Path, rows: Sequence[Mapping[str, Any]], first: Mapping[str, Any] | None = None) -> None:
    """A tab-separated table with a header; cells are one line and never a formula."""
    columns = [*(first or {}), *(rows[0] if rows else ())]
    lines = ["\t".join(columns)]
    for row in rows:
        full = {**(first or {}), **row}
        lines.append("\t".join(tsv_cell(full[column]) for column in columns))
    write_text(path, "\n".join(lines) + "\n")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved onto it when the block ends well, removed otherwise.

    What an earlier run that was killed left beside `path` is removed first: one process writes a path at a time.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in [entry.name for entry in os.scandir(path.parent)]:
            if left.startswith(f".{path.name}.") and left.endswith(".part"):
                (path.parent / left).unlink(missing_ok=True)
        part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the umask applies
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", path=path, fix="check disk space and permissions"
        ) from None
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", path=path, fix="check disk space and permissions"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with line feeds; a reader sees the old file or the whole new one, never a part."""
    with whole_file(path) as part:
        part.write_bytes(text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Deterministic JSON: keys in the order of the model, one space a level, no NaN."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def tsv_cell(value: object) -> str:
    """Text for one TSV cell: one line, no tab, and no formula when a spreadsheet opens it."""
    text = "" if value is None else str(value)
    if not text.isprintable():
        text = "".join(" " if c in "\t\r\n" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    risky = text[:1] in ("=", "+", "-", "@") and not _is_number(text)
    return "'" + text if risky else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
