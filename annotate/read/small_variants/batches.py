"""Lines of an unindexed VCF in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from annotate.read.small_variants.spans import span_end
from annotate.reference.genome import Genome

BATCH_BYTES = 8 * 1024 * 1024
BATCH_LINES = 20_000
_Where = TypeVar("_Where", int, str)  # the number of a line, or its ID or place


def last_position(cells: Sequence[str], pos: int) -> int:
    """Last base of REF or of the block; `cells` are the first four of a line and the rest of it."""
    last = pos + len(cells[3]) - 1
    if "END=" in cells[4] or "SVLEN=" in cells[4]:
        alts, _, _, info = cells[4].encode("latin-1", errors="replace").split(b"\t", 4)[:4]
        last = max(last, span_end(pos, alts, info) or 0)
    return last


def is_allele(alt: str) -> bool:
    """Is it an allele, and not a placeholder of a reference block or a deletion that spans the place?"""
    return alt not in (".", "*", "<NON_REF>", "<*>", "<X>")


def batches(lines: Iterable[tuple[_Where, bytes]]) -> Iterator[list[tuple[_Where, bytes]]]:
    """Lines in groups of bounded size, so that memory does not grow with the file."""
    batch: list[tuple[_Where, bytes]] = []
    size = 0
    for number, line in lines:
        batch.append((number, line))
        size += len(line)
        if size > BATCH_BYTES or len(batch) >= BATCH_LINES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def kept_cells(line: bytes, chosen: Sequence[int], genome: Genome) -> list[bytes]:
    """Fixed columns with the contig's plain name, FORMAT and the chosen sample columns."""
    if not line.isascii():  # a letter of an old encoding in an annotation is no reason to refuse a file
        line = line.decode("utf-8", errors="replace").encode()
    cells = line.rstrip(b"\r").split(b"\t")
    chrom = genome.contig(cells[0].decode("utf-8", errors="replace")) or ""
    samples = [cells[8], *(cells[9 + index] for index in chosen)] if chosen and len(cells) > 9 else []
    if samples and samples[0][:2] == b"GT":  # VCF 4.4 may write the phase of the first allele too: /0/1, |0|1
        samples[1:] = [cell[1:] if cell[:1] in (b"/", b"|") else cell for cell in samples[1:]]
    fixed = [cell or b"." for cell in cells[2:8]]
    return [chrom.encode(), cells[1], *fixed[:3], b".", *fixed[4:], *samples]


def plain_header(records: Sequence[Sequence[bytes]], chosen: Sequence[int]) -> bytes:
    """A header that declares what these records use: every key a string, so that no declaration can be wrong."""
    contigs: dict[bytes, None] = {}
    filters: dict[bytes, None] = {}
    infos: dict[bytes, None] = {}
    formats: dict[bytes, None] = {}
    for cells in records:
        contigs[cells[0]] = None
        filters.update(dict.fromkeys(cells[6].split(b";")))
        infos.update(dict.fromkeys(part.partition(b"=")[0] for part in cells[7].split(b";")))
        if len(cells) > 8:
            formats.update(dict.fromkeys(cells[8].split(b":")))
    lines = [b"##fileformat=VCFv4.2"]
    lines += [b"##contig=<ID=%s>" % name for name in contigs]
    lines += [b'##FILTER=<ID=%s,Description="">' % name for name in filters if name not in (b".", b"PASS")]
    lines += [b'##INFO=<ID=%s,Number=.,Type=String,Description="">' % name for name in infos if name != b"."]
    for name in formats:
        if name != b".":
            number = b"G" if name in (b"PL", b"GL") else b"."  # htslib warns of these two otherwise
            lines.append(b'##FORMAT=<ID=%s,Number=%s,Type=String,Description="">' % (name, number))
    samples = [b"FORMAT", *(b"S%d" % index for index in range(len(chosen)))] if chosen else []
    lines.append(b"\t".join([b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", *samples]))
    return b"\n".join(lines) + b"\n"
