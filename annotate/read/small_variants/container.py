"""What a VCF or BCF is kept in (text, gzip, bgzip), and its bytes, inflated while the last of them are worked on."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.read.common.text import readable

CHUNK = 1 << 20
AHEAD_FROM = 4 * CHUNK  # bytes of a file from which a thread of its own is worth its start
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_OTHER_CONTAINERS = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\xfd7zXZ", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"CRAM", "a CRAM file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


@frozen
class Container:
    """How the bytes are kept. `bgzf` files can have an index."""

    gzip: bool
    bgzf: bool
    bcf: bool


def container_of(path: Path) -> Container:
    """Plain text, gzip, bgzip or BCF, by the first bytes. InputError for anything else or an empty file."""
    try:
        with open(path, "rb") as raw:
            magic = raw.read(18)
            size = raw.seek(0, 2)
            raw.seek(max(0, size - len(BGZF_END)))
            end = raw.read()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", path=path, fix="check the path and the permissions"
        ) from error
    if not magic:
        raise InputError("file is empty", path=path, expected="a VCF or BCF", fix="check that the caller finished")
    for start, name in _OTHER_CONTAINERS:
        if magic.startswith(start):
            raise InputError("is no VCF", path=path, found=name, expected="a VCF (plain, gzip or bgzip) or a BCF")
    if not magic.startswith(b"\x1f\x8b"):
        return Container(False, False, magic.startswith(b"BCF"))
    bgzf = magic[12:14] == b"BC"
    if bgzf and end != BGZF_END:
        raise InputError(
            "compressed file is truncated (the end-of-file block of bgzip is missing)",
            path=path,
            fix="copy the file again, or compress it again with bgzip",
        )
    with open_bytes(path, compressed=True) as stream:
        inner = stream.read(5)
    if inner.startswith(b"BAM\x01"):
        raise InputError("is no VCF", path=path, found="a BAM file", fix="alignments belong in the column alignments")
    return Container(True, bgzf, inner.startswith(b"BCF"))


# ---------------------------------------------------------------- bytes


@contextmanager
def open_bytes(path: Path, *, compressed: bool) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a file. InputError where it is cut off or damaged."""
    with readable(path), open(path, "rb") as raw:
        if not compressed:
            yield raw
            return
        inflate, error = _inflater()
        try:
            yield inflate(raw)
        except error as damage:  # which `readable` does not know
            raise gzip.BadGzipFile(str(damage)) from damage


@contextmanager
def chunks(path: Path, skip: int, *, compressed: bool) -> Iterator[Iterator[bytes]]:
    """The decompressed bytes after the first `skip` in pieces of a megabyte; of a large file one piece ahead.

    Inflating takes half of the time that a whole genome's VCF does, and leaves the interpreter to others meanwhile.
    """
    with open_bytes(path, compressed=compressed) as stream:
        stream.read(skip)
        pieces = iter(lambda: stream.read(CHUNK), b"")
        if compressed and path.stat().st_size >= AHEAD_FROM and _cores() > 1:
            with _one_ahead(pieces) as coming:
                yield coming
        else:
            yield pieces


@contextmanager
def _one_ahead(pieces: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """The same pieces, the next one made in a thread while one is used. Errors are raised where it is asked for."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:

        def coming() -> Iterator[bytes]:
            following = pool.submit(next, pieces, b"")
            while piece := following.result():
                following = pool.submit(next, pieces, b"")
                yield piece

        yield coming()


def _cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _inflater() -> tuple[Callable[[IO[bytes]], Any], Any]:
    """What opens a compressed stream, and what it raises of damage.

    ISA-L inflates two to three times as fast as zlib; the standard library serves where it is not installed.
    """
    try:
        from isal import igzip, isal_zlib
    except ImportError:
        return gzip.open, zlib.error
    return igzip.open, isal_zlib.error
