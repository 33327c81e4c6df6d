"""The header of a VCF or BCF: what it says, and whether it fits the assembly."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import IO

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.read.small_variants.container import Container, container_of, open_bytes
from annotate.reference.genome import Genome

MAX_HEADER = 256 * 1024 * 1024
MAX_LINE = 16 * 1024 * 1024  # bytes of a header line: memory stays small on hostile input
FIRST_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")

_CONTIG = re.compile(r"^##contig=<(?:.*?,)?ID=([^,>]+)(?:.*?,length=(\d+))?", re.IGNORECASE)
_DECLARED = re.compile(r'^##(INFO|FORMAT|FILTER|ALT)=<ID=([^,>]+)(?:.*?Description="(.*)")?')
_REF37 = re.compile(r"hg19|grch37|b37|hs37|g1k_v37|human_g1k", re.IGNORECASE)
_REF38 = re.compile(r"hg38|grch38|hs38", re.IGNORECASE)
_REFERENCE_LINES = ("##reference=", "##assembly=", "##vep=", "##snpeffcmd=")


@frozen(slots=False)
class Header:
    """The header of one file. `names` are its sample columns, `width` its number of columns."""

    path: Path
    lines: tuple[str, ...]
    names: tuple[str, ...]
    width: int
    first_record: int  # line number
    contigs: Mapping[str, int | None]
    declared: Mapping[str, Mapping[str, str]]  # INFO, FORMAT, FILTER, ALT: id -> description
    container: Container
    warnings: tuple[str, ...] = ()
    body: int = field(default=0, compare=False)  # decompressed bytes before the first record

    def has(self, kind: str, *ids: str) -> bool:
        """Does the header declare all of these ids of a kind (INFO, FORMAT, FILTER)?"""
        return all(id in self.declared[kind] for id in ids)

    @property
    def gvcf(self) -> bool:
        """Does the file state reference blocks?"""
        if any(line.startswith(("##GVCFBlock", "##gvcf", "##GVCF")) for line in self.lines):
            return True
        return self.has("FORMAT", "MIN_DP") or ("NON_REF" in self.declared["ALT"] and self.has("INFO", "END"))


# ---------------------------------------------------------------- header


def read_header(path: Path, genome: Genome) -> Header:
    """The header, checked against the assembly. Errors: InputError, see the module."""
    container = container_of(path)
    with open_bytes(path, compressed=container.gzip) as stream:
        text, body = (_bcf_text(stream, path), 0) if container.bcf else _vcf_text(stream, path)
    header = _parse(path, text, container, body)
    if _check_assembly(header, genome):
        return header
    unchecked = "the header states neither contig lengths nor a reference: the assembly could not be checked"
    return replace(header, warnings=(*header.warnings, unchecked))


def _vcf_text(stream: IO[bytes], path: Path) -> tuple[list[bytes], int]:
    """Header lines up to and with #CHROM, and how many bytes they take."""
    found: list[bytes] = []
    size = 0
    for line in iter(lambda: stream.readline(MAX_LINE), b""):
        size += len(line)
        if len(line) == MAX_LINE:
            raise InputError("line is too long for a VCF", path=path, line=len(found) + 1, found=_start(line))
        stripped = line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n") if not found else line.rstrip(b"\r\n")
        found.append(stripped)
        if stripped.startswith(b"#CHROM"):
            return found, size
        if (stripped and not stripped.startswith(b"#")) or size > MAX_HEADER:
            break
    _refuse_headless(path, found)
    raise AssertionError("unreachable")


def _start(line: bytes) -> str:
    return line[:80].decode("utf-8", errors="replace")


def _refuse_headless(path: Path, found: list[bytes]) -> None:
    last = _start(found[-1]) if found else ""
    if any(line.startswith(b"##") for line in found):
        raise InputError(
            "the line #CHROM is missing",
            path=path,
            line=len(found),
            found=last,
            expected="#CHROM POS ID REF ALT QUAL FILTER INFO, tab-separated",
            fix="the file is truncated or its header was edited: write it again",
        )
    raise InputError(
        "is no VCF", path=path, line=len(found), found=last, expected="a first line of ##fileformat=VCFv4.2 or #CHROM"
    )


def _bcf_text(stream: IO[bytes], path: Path) -> list[bytes]:
    magic = stream.read(5)
    size = stream.read(4)
    if len(size) < 4 or magic[:3] != b"BCF" or magic[3] != 2:
        raise InputError("BCF is truncated or of an old version", path=path, expected="BCF 2")
    length = struct.unpack("<I", size)[0]
    text = stream.read(min(length, MAX_HEADER)) if length <= MAX_HEADER else b""
    if len(text) < length:
        raise InputError("BCF is truncated in its header", path=path, fix="copy the file again")
    lines = text.rstrip(b"\x00\n").split(b"\n")
    if not lines[-1].startswith(b"#CHROM"):
        _refuse_headless(path, lines)
    return lines


def _parse(path: Path, raw: list[bytes], container: Container, body: int) -> Header:
    lines = [line.decode("utf-8", errors="replace") for line in raw]
    warnings: list[str] = []
    names, width = _columns(path, lines[-1], len(lines), warnings)
    contigs: dict[str, int | None] = {}
    declared: dict[str, dict[str, str]] = {"INFO": {}, "FORMAT": {}, "FILTER": {}, "ALT": {}}
    for line in lines[:-1]:
        contig = _CONTIG.match(line)
        if contig:
            contigs[contig[1]] = int(contig[2]) if contig[2] else None
            continue
        known = _DECLARED.match(line)
        if known:
            declared[known[1]][known[2]] = known[3] or ""
    others = tuple(line for line in lines[:-1] if not line.startswith("##contig"))
    return Header(
        path=path,
        lines=others,
        names=names,
        width=width,
        first_record=len(lines) + 1,
        contigs=contigs,
        declared=declared,
        container=container,
        warnings=tuple(warnings),
        body=body,
    )


def _columns(path: Path, line: str, number: int, warnings: list[str]) -> tuple[tuple[str, ...], int]:
    """Sample columns and width of the line #CHROM. One that is split by spaces is read with a warning."""
    cells = line.split("\t")
    if len(cells) < 8 and len(line.split()) >= 8:
        cells = line.split()
        warnings.append("repaired: the columns of the line #CHROM are separated by spaces instead of tabs")
    if tuple(cells[:8]) != FIRST_COLUMNS:
        wanted = next((a for a, b in zip(FIRST_COLUMNS, [*cells, *[""] * 8], strict=False) if a != b), "INFO")
        raise InputError(
            "header line is missing a column or damaged",
            path=path,
            line=number,
            column=wanted,
            found=line[:80],
            expected="#CHROM POS ID REF ALT QUAL FILTER INFO, tab-separated",
        )
    if len(cells) > 8 and cells[8] != "FORMAT":
        raise InputError("ninth column", path=path, line=number, found=cells[8], expected="FORMAT")
    names = tuple(name.strip() for name in cells[9:])
    return names, len(cells)


def _check_assembly(header: Header, genome: Genome) -> bool:
    """Contig lengths decide; without them what the header names as its reference. False: it names none."""
    genome.check_contigs(header.contigs, str(header.path))
    checked = any(length and genome.contig(name) for name, length in header.contigs.items())
    for line in header.lines if not checked else ():
        if not line.lower().startswith(_REFERENCE_LINES):
            continue
        named = "GRCh37" if _REF37.search(line) else "GRCh38" if _REF38.search(line) else None
        if named and genome.assembly != named:
            raise InputError(
                "the file names another assembly",
                path=header.path,
                found=line[:150],
                expected=genome.assembly,
                fix="correct `assembly` in the sample sheet or give the file of that assembly",
            )
        checked = checked or named is not None
    return checked
