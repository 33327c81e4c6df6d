"""The files that a sample is read from, and whether they are still the ones that were read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.sheets import input_files
from annotate.run.contents import with_indexes


@frozen
class Stamp:
    """What the file system says of a file at one moment."""

    file: str
    size: int  # bytes
    modified: int  # nanoseconds


def files_of(sample: Sample) -> list[str]:
    """Every file that a sample is read from: those of its row, their indexes, and what lies beside them."""
    beside: list[Path] = []
    if sample.copy_number:
        from annotate.read.copy_number import companions

        beside = [path for file in sample.copy_number for path in companions(file)]
    return [str(path) for path in [*with_indexes(input_files(sample)), *beside]]


def stamp(file: str) -> Stamp:
    """A file as it is now. Errors: InputError for one that cannot be read."""
    try:
        facts = os.stat(file)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=file) from None
    return Stamp(file, facts.st_size, facts.st_mtime_ns)


def refuse_replaced(before: Iterable[Stamp]) -> None:
    """Errors: InputError for a file that is no longer the one of its stamp."""
    for one in before:
        if stamp(one.file) != one:
            raise InputError("was replaced while it was read", path=one.file, fix="run again once the file is whole")
