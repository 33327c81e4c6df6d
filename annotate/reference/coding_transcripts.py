"""One transcript of every protein-coding gene, for the reading frame of a fusion with any partner.

`transcripts.tsv.gz` holds a line a gene, exons coded by differences: `65419:15,87:54,3464:2549` begins at 65,419 with
an exon of 15 bases, and the next exon begins 87 bases after the end of the last one. A line is decoded when its gene is
asked for, because a sample asks for a handful of twenty thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotate.reference.features import Exon, Transcript

COLUMNS = ("gene", "chrom", "strand", "transcript", "refseq", "before_coding", "after_coding", "exons")
Stretch = tuple[int, int]  # first and last base


def code_exons(exons: Sequence[Stretch]) -> str:
    """Exons in genomic order, by differences.

    >>> code_exons([(65419, 65433), (65520, 65573)])
    '65419:15,87:54'
    """
    parts, last = [], 0
    for start, end in exons:
        parts.append(f"{start - last}:{end - start + 1}")
        last = end
    return ",".join(parts)


def decode_exons(text: str) -> list[Stretch]:
    """The exons that `code_exons` wrote.

    >>> decode_exons('65419:15,87:54')
    [(65419, 65433), (65520, 65573)]
    """
    found: list[Stretch] = []
    last = 0
    for part in text.split(","):
        gap, _, length = part.partition(":")
        start = last + int(gap)
        last = start + int(length) - 1
        found.append((start, last))
    return found


def find(table: str, gene: str) -> Transcript | None:
    """The transcript of a gene in the text of `transcripts.tsv`, whose rows are in the order of genes, halved until it
    is met; None where it has none.
    """
    low, high = table.find("\n") + 1, len(table)  # without the header
    while low < high:
        start = table.rfind("\n", low, (low + high) // 2) + 1 or low
        end = table.find("\n", start, high)
        end = end if end >= 0 else high
        name = table[start : table.index("\t", start)]
        if name == gene:
            return _read(table[start:end].split("\t"))
        low, high = (end + 1, high) if name < gene else (low, start)
    return None


def _read(cells: Sequence[str]) -> Transcript | None:
    gene, chrom, strand, transcript, refseq, before, after, coded = cells
    exons = decode_exons(coded)
    first, last = exons[0][0] + int(before), exons[-1][1] - int(after)
    order: Iterable[Stretch] = exons if strand == "+" else reversed(exons)
    ranked, seen = [], 0
    for rank, (start, stop) in enumerate(order, start=1):
        low, high = max(start, first), min(stop, last)
        coding = low <= high
        ranked.append(
            Exon(rank, start, stop, low if coding else None, high if coding else None, -seen % 3 if coding else None)
        )
        seen += high - low + 1 if coding else 0
    length = sum(exon.coding_length for exon in ranked)
    return Transcript(
        gene=gene,
        transcript=transcript,
        refseq=refseq,
        chrom=chrom,
        strand=strand,
        exons=tuple(ranked),
        coding_length=length,
        protein_length=max(length // 3 - 1, 0),
        sequence_status="none",
    )
