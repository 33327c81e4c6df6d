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
    contig of `genes.tsv.gz`, so that a second gene of the same symbol on another contig is left out. Models that lack
    their first exons are left out too.
    """
    rows: dict[str, Row] = {}
    for source in sources:
        gene = current.get(source["gene_id"], source["gene"])
        if placed.get(gene) == source["chrom"] and gene not in rows and _is_whole(source):
            rows[gene] = _row(gene, source)
    return [rows[gene] for gene in sorted(rows)]


def _is_whole(source: Mapping[str, str]) -> bool:
    """Does the first coding base begin a codon? A model that does not lacks exons, and its frame cannot be judged."""
    phases = source["phases"].split(",")
    return (phases[0] if source["strand"] == "+" else phases[-1]) == "0"


def _row(gene: str, source: Mapping[str, str]) -> Row:
    exons = list(_stretches(source["exons"]))
    return (
        gene,
        source["chrom"],
        source["strand"],
        source["transcript"],
        source["refseq"],
        int(source["cds_start"]) - exons[0][0],
        exons[-1][1] - int(source["cds_end"]),
        code_exons(exons),
    )


def _stretches(text: str) -> Iterator[Stretch]:
    for part in text.split(","):
        start, _, end = part.partition("-")
        yield int(start), int(end)


def former_symbols(older: Iterable[Mapping[str, str]], current: Mapping[str, str]) -> list[Row]:
    """(former symbol, current one) of the same gene id, without symbols that another gene bears today."""
    taken = set(current.values())
    found = {
        row["gene"]: current[row["gene_id"]]
        for row in older
        if row["gene_id"] in current and row["gene"] not in taken and "." not in row["gene"]
    }
    return sorted(found.items())
