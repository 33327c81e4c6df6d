"""Paths of a sheet: where they lead, and that something readable of the stated assembly is there."""

from __future__ import annotations

import difflib
import gzip
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.read.sheets.faults import Faults

LIST_COLUMNS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "subtype_calls",
    "optical_mapping",
    "bench_results",
    "tandem_duplications",
)
PATH_COLUMNS = (*LIST_COLUMNS, "regions", "alignments", "germline_variants")
MAX_LINE = 1024 * 1024  # characters of a header line that are looked at
MAX_HEADER = 200_000  # lines


def files_of_cell(cell: str, column: str, faults: Faults, line: int | None, check: bool) -> tuple[Path, ...]:
    """The files that a cell names, relative to the sheet. `check`: each must be there and readable."""
    names = [part.strip() for part in cell.split(";") if part.strip()] if column in LIST_COLUMNS else [cell]
    base = faults.folder
    if column in LIST_COLUMNS and len(names) == 1 and "," in cell and not _at(cell, base).exists():
        parts = [part.strip() for part in cell.split(",") if part.strip()]
        names = parts if all(_at(part, base).exists() for part in parts) else names
    found = []
    for name in names:
        if "\0" in name:
            faults.add("path holds a NUL character", line=line, column=column, fix="write the path again")
            continue
        file = _at(name, base)
        if check:
            try:
                _readable(file, name, column, faults.path, line)
            except InputError as error:
                faults.take(error, line)
        found.append(file)
    return tuple(found)


def _at(name: str, base: Path) -> Path:
    try:
        file = Path(name).expanduser()
    except RuntimeError:  # `~nobody`: no such user
        file = Path(name)
    return _spelt(Path(os.path.normpath(file if file.is_absolute() else base / file)))


def _spelt(file: Path) -> Path:
    """The file as its folders spell it: an accented letter is one character or two, and looks the same."""
    if str(file).isascii() or os.path.exists(file) or file.parent == file:
        return file
    folder, name = _spelt(file.parent), unicodedata.normalize("NFC", file.name)
    try:
        same = [found for found in os.listdir(folder) if unicodedata.normalize("NFC", found) == name]
    except OSError:
        return file
    return folder / same[0] if len(same) == 1 else file


def _readable(file: Path, name: str, column: str, path: Path, line: int | None) -> None:
    def error(what: str, expected: str | None = None, fix: str | None = None) -> InputError:
        return InputError(what, path=path, line=line, column=column, found=name, expected=expected, fix=fix)

    if "://" in name:
        raise error("is an address, not a file", "a file on this machine", "download the file and name it here")
    try:
        exists, is_file = file.exists(), file.is_file()
    except OSError as reason:  # a folder on the way that may not be entered, a name that is too long
        raise error(f"file cannot be reached ({reason.strerror})", None, "check the path and the permissions") from None
    if not exists:
        raise error("file does not exist", f"a file at {file}", _near(file))
    if not is_file:
        several = "files, several separated by ;" if column in LIST_COLUMNS else "a file"
        raise error("is not a file", several, "name the file inside the folder")
    if not os.access(file, os.R_OK):
        raise error("file cannot be read (permission denied)", None, "give the right to read it")
    if file.stat().st_size == 0:
        raise error("file is empty (0 bytes)", None, "copy the file again, or leave the cell empty")


def _near(file: Path) -> str:
    """The likeliest file that was meant: another spelling in the same folder, or its path as Windows writes it."""
    plain = "paths in a sheet are relative to the sheet"
    if "\\" in file.name:
        return f"write the folders of a path with '/': {file.name.replace(chr(92), '/')} ({plain})"
    try:
        names = os.listdir(file.parent)
    except OSError:
        return f"{plain}; there is no folder {file.parent}"
    near = [name for name in names if name.lower() == file.name.lower()]
    near = near or difflib.get_close_matches(file.name, names, n=1, cutoff=0.75)
    return f"did you mean {near[0]!r}? ({plain})" if near else plain


def check_contigs(sample: Sample, path: Path, line: int | None) -> Iterator[InputError]:
    """Contig lengths in the headers of VCF and alignment files must be those of the stated assembly: what is not."""
    from annotate.reference.genome import Genome

    genome = Genome.load(sample.assembly)
    for column in ("small_variants", "structural_variants", "germline_variants", "alignments"):
        value = getattr(sample, column)
        for file in [value] if isinstance(value, Path) else value or ():
            try:
                contigs = dict(_alignment_contigs(file) if column == "alignments" else header_contigs(file))
                genome.check_contigs(contigs, str(file))
            except InputError as error:
                where = f" (from {path}{f', line {line}' if line else ''}, column {column!r})"
                yield InputError(f"{error}{where}")


def header_contigs(file: Path) -> Iterator[tuple[str, int | None]]:
    """(contig, length) of a VCF header; nothing for other files. Reads no further than the header."""
    with open(file, "rb") as raw:
        magic = raw.read(2)
    if magic == b"BC":
        return
    opener = gzip.open if magic == b"\x1f\x8b" else open
    try:
        with opener(file, "rt", encoding="utf-8", errors="replace") as text:
            for number, header in enumerate(iter(lambda: text.readline(MAX_LINE), "")):
                if not header.startswith("##") or number > MAX_HEADER:
                    return
                if header.startswith("##contig=<"):
                    id = re.search(r"[<,]ID=([^,>\s]+)", header)
                    length = re.search(r"[<,]length=(\d+)", header)
                    if id:
                        yield id.group(1), int(length.group(1)) if length else None
    except (OSError, EOFError) as error:
        raise InputError(f"compressed file is truncated or damaged ({error})", path=file) from error


def _alignment_contigs(file: Path) -> Iterator[tuple[str, int | None]]:
    import pysam

    try:
        with pysam.AlignmentFile(str(file), check_sq=False) as bam:
            yield from zip(bam.references, bam.lengths, strict=True)
    except (OSError, ValueError) as error:
        raise InputError(f"alignments cannot be opened ({error})", path=file) from error
