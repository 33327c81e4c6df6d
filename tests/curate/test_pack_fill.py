"""`genome:` alone: the shipped pack with the bases of a laboratory's FASTA."""

from __future__ import annotations

import random
from pathlib import Path

import pysam
import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.curate.pack.fill import filled_pack, with_filled_packs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import annotate, models
from annotate.reference.genome import Genome

CHROM = "22"  # short, with panel genes of both kinds


def fasta_of(base: Genome, path: Path, *, wrong: float = 0.0, seed: int = 3) -> Path:
    """A chromosome with the shipped bases, and invented ones where the pack knows none. `wrong`: share to spoil."""
    rng = random.Random(seed)
    with pysam.FastaFile(str(base.fasta)) as shipped:
        bases = bytearray(shipped.fetch(CHROM).upper().encode())
    spans = [(g.start - 2000, g.end + 2000) for g in base.panel_genes() if g.chrom == CHROM]
    for start, end in spans:
        for at in range(start, end):
            if bases[at] == ord("N") or rng.random() < wrong:
                bases[at] = ord(rng.choice("ACGT"))
    path.write_bytes(f">chr{CHROM}\n".encode() + bytes(bases) + b"\n")
    pysam.faidx(str(path))
    return path


def test_introns_and_missing_bases_are_filled_once(grch38: Genome, tmp_path: Path) -> None:
    fasta = fasta_of(grch38, tmp_path / "g.fa")
    pack = filled_pack(grch38, fasta, tmp_path / "cache")
    made = (pack / "pack.json").stat().st_mtime_ns
    assert filled_pack(grch38, fasta, tmp_path / "cache") == pack
    assert (pack / "pack.json").stat().st_mtime_ns == made
    full = Genome.load("GRCh38", pack)
    gene = next(g.name for g in grch38.panel_genes() if g.chrom == CHROM and grch38.transcript(g.name))
    before, after = models.coding(grch38, gene), models.coding(full, gene)
    assert before is not None
    assert after is not None
    assert [t == u for t, u in zip(before.cds, after.cds, strict=True) if t != "N"].count(False) == 0
    intron = before.introns[0][0] + 40
    assert (before.base(intron), after.base(intron) in "ACGT") == ("N", True)
    assert after.utr3.count("N") == 0
    elsewhere = models.coding(full, "TP53")  # on a contig that the FASTA does not have: as shipped
    assert elsewhere is not None
    assert "N" not in elsewhere.cds


def test_a_name_that_needs_the_untranslated_bases_is_given(grch38: Genome, tmp_path: Path) -> None:
    pack = filled_pack(grch38, fasta_of(grch38, tmp_path / "g.fa"), tmp_path / "cache")
    full, knowledge = Genome.load("GRCh38", pack), Knowledge.load()
    gene = next(
        g.name
        for g in grch38.panel_genes()
        if g.chrom == CHROM and (t := grch38.transcript(g.name)) and t.sequence_status == "complete"
    )
    transcript = full.transcript(gene)
    assert transcript is not None
    pos = transcript.protein_to_genomic(transcript.coding_length // 3)[0]
    own = models.coding(full, gene)
    assert own is not None
    alt = next(base for base in "CG" if base != own.base(pos))
    given = SmallVariant(CHROM, pos, own.base(pos), alt)
    (with_genome,) = annotate.annotate([given], full, knowledge)
    (without,) = annotate.annotate([given], grch38, knowledge)
    assert "ext" in (with_genome.hgvsp or "")
    assert (without.hgvsp or "").endswith(("extTer?", ""))


def test_another_assemblys_bases_are_refused(grch38: Genome, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"coding bases are not those of GRCh38|no whole reading frame"):
        filled_pack(grch38, fasta_of(grch38, tmp_path / "g.fa", wrong=0.05), tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("GRCh38-*"))


def test_only_assemblies_that_are_used_and_have_no_pack(tmp_path: Path) -> None:
    settings = Settings(genome={"GRCh38": tmp_path / "absent.fa"}, reference={"GRCh38": tmp_path})
    assert with_filled_packs(settings, frozenset({"GRCh38"}), tmp_path) is settings
    bare = Settings(genome={"GRCh38": tmp_path / "absent.fa"})
    assert with_filled_packs(bare, frozenset({"GRCh37"}), tmp_path) is bare
