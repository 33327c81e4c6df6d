"""The shipped reference packs: sequences, models and hotspots fit together in both assemblies."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from annotate.base import genetic_code
from annotate.base.genetic_code import CODE
from annotate.curate.pack.files import completeness
from annotate.knowledge.tables import Knowledge
from annotate.name.small_variants import models
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS

ONE = {three: one for one, three in AMINO_ACIDS.items()} | {"Ter": "*"}
MEGABYTE = 1_000_000


def rows(genome: Genome) -> list[dict[str, str]]:
    lines = (genome.folder / "panel.tsv").read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def test_both_packs_are_small(grch38: Genome, grch37: Genome) -> None:
    size = sum(path.stat().st_size for genome in (grch38, grch37) for path in genome.folder.iterdir())
    assert size < 18 * MEGABYTE


def test_coding_sequences_are_whole_and_completeness_is_told_as_it_is(genome: Genome) -> None:
    counts: dict[str, int] = {}
    for row in rows(genome):
        coding = models.coding(genome, row["gene"])
        assert coding is not None
        status = row["coding_sequence"]
        counts[status] = counts.get(status, 0) + 1
        assert len(coding.cds) == int(row["coding_length"]), row["gene"]
        assert len(coding.cds) - coding.cds.count("N") == int(row["known_bases"]), row["gene"]
        assert completeness(coding.cds) == status, row["gene"]
        if not status.startswith("complete"):
            continue
        assert len(coding.cds) % 3 == 0
        assert coding.cds.startswith("CTG" if row["gene"] == "MYC" else "ATG")  # MANE Select of MYC
        protein = genetic_code.translate(coding.cds)
        assert "*" not in protein[:-1]
        assert protein[-1] == ("*" if status == "complete" else "X")
        assert len(protein) - 1 == int(row["protein_length"])
    assert counts["complete"] >= 120
    assert counts["complete"] + counts["complete but for the stop codon"] >= 140
    assert sum(counts.values()) == 207


def test_genes_of_the_standard_lesions_have_their_sequence(genome: Genome) -> None:
    status = {row["gene"]: row["coding_sequence"] for row in rows(genome)}
    for gene in ("NT5C2", "TP53", "KRAS", "NRAS", "PTPN11", "FLT3", "JAK2", "CREBBP", "NR3C1", "PRPS1", "MSH6", "ABL1"):
        assert status[gene].startswith("complete"), gene


def test_exon_table_gff_and_panel_table_agree(genome: Genome) -> None:
    by_transcript: dict[str, list[tuple[str, int, int]]] = {}
    with gzip.open(genome.gff, "rt", encoding="utf-8") as text:
        for line in text:
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 9 and cells[2] in ("exon", "CDS"):
                owner = re.search(r"Parent=transcript:([^;]+)", cells[8])
                assert owner is not None
                by_transcript.setdefault(owner[1], []).append((cells[2], int(cells[3]), int(cells[4])))
    for row in rows(genome):
        transcript = genome.transcript(row["gene"])
        assert transcript is not None
        parts = by_transcript[transcript.transcript]
        assert sorted((e.start, e.end) for e in transcript.exons) == sorted((a, b) for k, a, b in parts if k == "exon")
        coding = sum(b - a + 1 for k, a, b in parts if k == "CDS")
        assert coding == transcript.coding_length == sum(e.coding_length for e in transcript.exons)


def test_ref_of_named_variants_is_that_of_the_pack(genome: Genome, knowledge: Knowledge) -> None:
    compared = 0
    for row in knowledge.table("variants"):
        place = row[f"{genome.assembly}_pos"]
        coding = models.coding(genome, row["gene"])
        assert coding is not None
        if place.isdigit() and coding.base(int(place)) != "N":
            assert coding.base(int(place)) == row["genomic_ref"], row["hgvsp"]
            compared += 1
    assert compared >= 28


def test_residues_of_named_variants_are_those_of_the_pack(genome: Genome, knowledge: Knowledge) -> None:
    compared = 0
    for row in knowledge.table("variants"):
        hit = re.match(r"p\.([A-Z][a-z]{2})(\d+)", row["hgvsp"])
        coding = models.coding(genome, row["gene"])
        assert hit is not None
        assert coding is not None
        codon = coding.cds[3 * int(hit[2]) - 3 : 3 * int(hit[2])]
        if "N" not in codon:
            assert CODE[codon] == ONE[hit[1]], row["hgvsp"]
            compared += 1
    assert compared >= 40


def test_hotspot_codons_lie_where_the_models_have_them(genome: Genome, knowledge: Knowledge) -> None:
    """Positions of the table and of the model are the same; other isoforms' numbers are the known ones."""
    apart: dict[str, int] = {}
    for row in knowledge.table("hotspot_codons"):
        places = tuple(row[f"{genome.assembly}_{name}"] for name in ("codon_pos1", "pos2", "pos3"))
        transcript = genome.transcript(row["gene"])
        if transcript is None or not all(place.isdigit() for place in places):
            continue
        wanted = tuple(int(place) for place in places)
        if transcript.coding_length % 3:
            continue
        try:
            own = transcript.protein_to_genomic(int(row["codon"]))
        except IndexError:
            own = (0, 0, 0)
        if own != wanted:
            apart[row["gene"]] = apart.get(row["gene"], 0) + 1
            assert transcript.codon_at(wanted[0]) is not None, row["gene"]
    assert set(apart) <= {"MEN1", "WT1", "FBXW7"}, apart


def test_wild_type_residues_of_hotspots(genome: Genome) -> None:
    """Residues that the literature names, read from the pack."""
    wanted = {
        "NT5C2": "R39 R238 K359 S360 R367 L375 K404 D407 S408 P414 D415 S445 R478 Q523",
        "KRAS": "G12 G13 Q61 K117 A146",
        "NRAS": "G12 G13 Q61",
        "JAK2": "V617 R683 T875",
        "FLT3": "N676 D835 I836",
        "TP53": "R175 Y220 G245 R248 R249 R273 R282",
        "PTPN11": "D61 E69 A72 E76 G503",
        "CREBBP": "R1446",
        "PRPS1": "S103 N144 A190",
        "ABL1": "E255 T315 F317 F359",
        "MEN1": "S155 M322 G326 T344",
        "NSD2": "E1099",
        "IKZF1": "N159",
        "BRAF": "V600",
        "STAT5B": "N642",
    }
    for gene, text in wanted.items():
        coding = models.coding(genome, gene)
        assert coding is not None
        protein = genetic_code.translate(coding.cds)
        for word in text.split():
            assert protein[int(word[1:]) - 1] == word[0], (gene, word)


def test_a_model_of_another_length_does_not_carry_the_refseq_name(grch38: Genome, grch37: Genome) -> None:
    unnamed = set()
    for row in rows(grch37):
        mane = grch38.transcript(row["gene"])
        assert mane is not None
        if int(row["coding_length"]) != mane.coding_length:
            assert row["refseq"] == ""
            unnamed.add(row["gene"])
    assert unnamed == {"CRLF2", "KDM6A", "SSBP2", "TRRAP", "WT1", "ZNF384"}


@pytest.mark.parametrize("assembly", ["GRCh38", "GRCh37"])
def test_build_script_gives_the_shipped_pack_again(shared_data: Path, assembly: str, tmp_path: Path) -> None:
    """All tables; the sequence, which takes longer, is compared by its coding bases above."""
    import importlib.util

    root = Path(__file__).resolve().parents[2]
    sources, tables = shared_data.parent / "reference", shared_data.parent / "domain" / "tables"
    if not sources.is_dir() or not tables.is_dir():
        pytest.skip("the sources of the packs are not here")
    spec = importlib.util.spec_from_file_location("build_reference", root / "scripts" / "build_reference.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write_fasta = lambda *_: None
    script.main(sources, tables, tmp_path)
    shipped = root / "resources" / "reference" / assembly
    built = sorted(path.name for path in (tmp_path / assembly).iterdir())
    assert built == sorted(p.name for p in shipped.iterdir() if not p.name.startswith("panel.fa"))
    for name in built:
        one, two = (shipped / name).read_bytes(), (tmp_path / assembly / name).read_bytes()
        if name.endswith(".gz"):
            one, two = gzip.decompress(one), gzip.decompress(two)
        assert one == two, name
