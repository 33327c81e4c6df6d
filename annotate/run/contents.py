"""What files hold, as digests: a report is remade when the content of a source changed, whatever the times say.

Reading every input at every start would cost minutes, so a digest is kept with what the file system says of the file
(size, times of content and of inode, inode). The time of the inode cannot be set by a program: a file of other
content with an older time is another file. Of reads and of very large files the two ends are read, with size and time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import annotate
from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.base.writing import write_text

WHOLE = 256 * 1024**2  # bytes: up to here a file is read whole
END = 1024**2  # bytes of each end of a larger one, and of reads
READS = (".bam", ".cram")
SOURCE = (".py", ".j2", ".css", ".js", ".tsv", ".yaml")
INDEXES = (".tbi", ".csi", ".bai", ".crai", ".fai", ".gzi")


class Contents:
    """Digests of files, kept between runs in `store`."""

    def __init__(self, store: Path | None = None) -> None:
        self._store = store
        self._kept: dict[str, list[str]] = {}
        self._new = False
        with contextlib.suppress(OSError, ValueError):
            loaded = json.loads(store.read_text(encoding="utf-8")) if store else {}
            self._kept = {str(key): [str(part) for part in value] for key, value in loaded.items()}

    def of(self, path: str | Path) -> str:
        """Digest of a file, or of all files of a folder. Errors: InputError for one that cannot be read."""
        try:
            if os.path.isdir(path):
                return _joined(f"{file.relative_to(path)}:{self.of(file)}" for file in sorted(Path(path).rglob("*.*")))
            facts = os.stat(path)
            stamp = f"{facts.st_size}:{facts.st_mtime_ns}:{facts.st_ctime_ns}:{facts.st_ino}"
            key = os.path.abspath(path)
            if self._kept.get(key, [""])[0] != stamp:
                self._kept[key] = [stamp, _digest(path, facts.st_size, facts.st_mtime_ns)]
                self._new = True
            return self._kept[key][1]
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", path=path) from None

    def of_all(self, paths: Iterable[str | Path]) -> list[list[str]]:
        """[name, digest] of every file, in order."""
        return [[os.path.basename(path), self.of(path)] for path in paths]

    def save(self) -> None:
        """Keep what was read; a folder that cannot be written costs time, not results."""
        if self._store is not None and self._new:
            with contextlib.suppress(InputError):
                write_text(self._store, json.dumps(self._kept))


def with_indexes(paths: Iterable[str | Path]) -> list[Path]:
    """Files with the indexes that lie beside them: an index decides what is read of its file."""
    found = []
    for path in map(Path, paths):
        beside = [path.with_name(path.name + ending) for ending in INDEXES]
        found += [path, *(index for index in [*beside, path.with_suffix(".bai")] if index.is_file())]
    return found


@lru_cache(maxsize=1)
def program() -> str:
    """The version, with a digest of the code and of the shipped reference: an upgrade remakes every report."""
    found = hashlib.sha256()
    for name, path in _files(os.path.dirname(annotate.__file__), SOURCE):
        with open(path, "rb", buffering=0) as raw:
            found.update(name.encode() + b"\0" + raw.read())
    for name, path in _files(resource_path("reference")):
        with open(path, "rb", buffering=0) as raw:
            found.update(name.encode() + b"\0" + hashlib.file_digest(raw, "sha256").digest())
    return f"{annotate.__version__}+{found.hexdigest()[:16]}"


def _files(base: str | Path, endings: tuple[str, ...] = ("",)) -> list[tuple[str, str]]:
    """(name within the folder, path) of the files below a folder with one of the endings, by name."""
    found = []
    for folder, below, names in os.walk(base):
        below[:] = [name for name in below if name not in ("_resources", "__pycache__")]
        found += [os.path.join(folder, name) for name in names if name.endswith(endings)]
    start = len(os.path.join(base, ""))
    return sorted((path[start:], path) for path in found)


def _digest(path: str | Path, size: int, modified: int) -> str:
    with open(path, "rb") as raw:
        if size <= 2 * END or (size <= WHOLE and not str(path).endswith(READS)):
            return hashlib.file_digest(raw, "sha256").hexdigest()
        start = raw.read(END)
        raw.seek(-END, os.SEEK_END)
        ends = hashlib.sha256(start + raw.read()).hexdigest()
    return f"{size}:{modified}:{ends}"


def _joined(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
