"""`transcripts.tsv.gz` of a reference pack: one transcript of every protein-coding gene, by differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from annotate.reference.coding_transcripts import Stretch, code_exons

Row = tuple[object, ...]


def transcript_rows(
    sources: Iterable[Mapping[str, str]], current: Mapping[str, str], placed: Mapping[str, str]
) -> list[Row]:
    """Rows by gene, under the current symbol of its id, on the contigs that the pack knows.

    `sources`: rows of `all_coding_transcripts.tsv.gz`; `current`: gene id -> current symbol; `placed`: symbol ->
    contig of `genes.tsv.gz`, so that a second gene of the same symbol on another contig is left out.
    """
    rows: dict[str, Row] = {}
    for source in sources:
        gene = current.get(source["gene_id"], source["gene"])
        if placed.get(gene) == source["chrom"] and gene not in rows:
            rows[gene] = _row(gene, source)
    return [rows[gene] for gene in sorted(rows)]


def _row(gene: str, source: Mapping[str, str]) -> Row:
    exons = list(_stretches(source["exons"]))
    phases = source["phases"].split(",")
    return (
        gene,
        source["chrom"],
        source["strand"],
        source["transcript"],
        source["refseq"],
        int(source["cds_start"]) - exons[0][0],
        exons[-1][1] - int(source["cds_end"]),
        phases[0] if source["strand"] == "+" else phases[-1],
        code_exons(exons),
    )


def _stretches(text: str) -> Iterator[Stretch]:
    for part in text.split(","):
        start, _, end = part.partition("-")
        yield int(start), int(end)
