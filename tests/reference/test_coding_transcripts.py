"""One transcript of every protein-coding gene: coded by differences, the panel's own models among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotate.curate.pack.transcripts import former_symbols, transcript_rows
from annotate.reference.coding_transcripts import code_exons, decode_exons, find
from annotate.reference.genome import Genome


@given(st.lists(st.integers(1, 50_000), min_size=2, max_size=40))
def test_exons_come_back_as_they_were(steps: list[int]) -> None:
    places = [sum(steps[: n + 1]) for n in range(len(steps))]
    exons = [(low, high) for low, high in zip(places[::2], places[1::2], strict=False)]
    assert decode_exons(code_exons(exons)) == exons


def test_the_panels_models_are_the_same(genome: Genome) -> None:
    """Exons and phases of the panel, which come from another file; the stop codon is no coding base there."""
    same = 0
    for gene in genome.panel_genes():
        own, listed = genome.transcript(gene.name), find(genome._coding_transcripts, gene.name)
        if own is None or listed is None or own.transcript != listed.transcript:
            continue
        assert [(e.rank, e.start, e.end) for e in own.exons] == [(e.rank, e.start, e.end) for e in listed.exons]
        assert own.coding_length - listed.coding_length in (0, 3)
        phases = [(e.phase, f.phase) for e, f in zip(own.exons, listed.exons, strict=True) if f.phase is not None]
        assert all(ours == theirs for ours, theirs in phases if ours is not None), gene.name
        same += 1
    assert same > 190


@given(st.sets(st.text("ABC-019", min_size=1, max_size=4), max_size=30), st.booleans())
def test_every_gene_of_a_table_is_found_and_no_other(genes: set[str], ends: bool) -> None:
    rows = [f"{gene}\t1\t+\tT{number}\t\t0\t0\t100:9" for number, gene in enumerate(sorted(genes))]
    table = "\n".join(["gene\tchrom", *rows]) + ("\n" if ends else "")
    found = {gene: find(table, gene) for gene in [*genes, "A", "B-1", "ZZZ", ""]}
    assert {gene for gene, one in found.items() if one is not None} == genes
    for number, gene in enumerate(sorted(genes)):
        assert (found[gene].gene, found[gene].transcript) == (gene, f"T{number}")


def test_rows_of_the_shipped_tables_are_in_order(genome: Genome) -> None:
    names = [line.split("\t", 1)[0] for line in genome._coding_transcripts.splitlines()[1:]]
    assert names == sorted(names)
    assert all(find(genome._coding_transcripts, name) is not None for name in names[::97])


def test_genes_outside_the_panel(genome: Genome) -> None:
    for name in ("TTN", "FOXP1", "SPTBN1", "MAGT1"):
        assert genome.transcript(name) is None
        found = genome.coding_transcript(name)
        assert found is not None
        assert found.coding_length % 3 == 0
        assert [exon.rank for exon in found.exons] == list(range(1, len(found.exons) + 1))
    assert genome.coding_transcript("NO_SUCH_GENE") is None


def test_symbols_of_an_older_release_and_ids(genome: Genome) -> None:
    assert genome.symbol("DIRC2") == "SLC49A4"
    assert genome.symbol("C15orf57") == "CCDC32"
    assert genome.gene_of_id("ENSG00000097007") == "ABL1"
    assert genome.gene_of_id("ENSG00000000000") is None


def source(gene: str, id: str, strand: str, phases: str) -> dict[str, str]:
    return {
        "gene": gene,
        "gene_id": id,
        "chrom": "1",
        "strand": strand,
        "transcript": "T",
        "refseq": "",
        "cds_start": "120",
        "cds_end": "390",
        "exons": "100-200,300-400",
        "phases": phases,
    }


def test_rows_of_a_pack() -> None:
    """Under the current symbol; without models that lack their first exons, and without a gene that is elsewhere."""
    rows = [source("OLD", "E1", "+", "0,1"), source("CUT", "E2", "-", "0,2"), source("FAR", "E3", "+", "0,1")]
    made = transcript_rows(rows, {"E1": "NEW"}, {"NEW": "1", "CUT": "1", "FAR": "2"})
    assert made == [("NEW", "1", "+", "T", "", 20, 10, "100:101,100:101")]
    older = [{"gene": "A1", "gene_id": "E1"}, {"gene": "B", "gene_id": "E2"}, {"gene": "Z", "gene_id": "E9"}]
    assert former_symbols(older, {"E1": "A", "E2": "B"}) == [("A1", "A")]
