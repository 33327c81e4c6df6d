"""`allert reference build`: a full pack from a laboratory's own genome and gene models, three dialects of GFF3.

The genome is made up: whole chromosomes 19 and 21 of N, the panel genes' coding bases in place, made-up introns
and, for TCF3, which the shipped pack has no sequence of, a made-up coding sequence.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pysam
import pytest

from annotate.base import genetic_code
from annotate.base.errors import InputError
from annotate.base.sequence import reverse_complement
from annotate.base.settings import settings_of
from annotate.command import main
from annotate.curate.pack.build import build_pack
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import annotate, models
from annotate.reference.features import Transcript
from annotate.reference.genome import Genome
from annotate.run.sample import read_case

GENES = {"19": ("CEBPA", "TCF3", "EPOR", "CD22"), "21": ("RUNX1", "U2AF1", "CHAF1B")}
DIALECTS = ("ensembl", "gencode", "refseq")


def transcript(genome: Genome, gene: str) -> Transcript:
    found = genome.transcript(gene)
    assert found is not None
    return found


def made_up_genes(base: Genome, rng: random.Random) -> dict[str, list[tuple[int, str]]]:
    """Blocks of bases by contig: genes with 300 bases around them, introns that begin GT and end AG."""
    blocks: dict[str, list[tuple[int, str]]] = {}
    for chrom, genes in GENES.items():
        for gene in genes:
            own = models.coding(base, gene)
            assert own is not None
            low, high = own.low - 300, own.high + 300
            text = bytearray("".join(rng.choices("ACGT", k=high - low + 1)).encode())
            cds = iter(own.cds if own.cds.strip("N") else random_protein(len(own.cds), rng))
            for exon in own.exons:
                if exon.cds_start is not None and exon.cds_end is not None:
                    span = range(exon.cds_start, exon.cds_end + 1)
                    for pos in span if own.forward else reversed(span):
                        base_here = next(cds)
                        text[pos - low] = ord(base_here if own.forward else reverse_complement(base_here))
            exons = sorted(own.exons, key=lambda e: e.start)
            ends = (b"GT", b"AG") if own.forward else (b"CT", b"AC")
            for left, right in pairwise(exons):
                text[left.end + 1 - low : left.end + 3 - low] = ends[0]
                text[right.start - 2 - low : right.start - low] = ends[1]
            blocks.setdefault(chrom, []).append((low, text.decode()))
    return blocks


def random_protein(length: int, rng: random.Random) -> str:
    codons = [codon for codon, residue in genetic_code.CODE.items() if residue != "*"]
    return "ATG" + "".join(rng.choices(codons, k=length // 3 - 2)) + "TGA"


def write_genome(path: Path, base: Genome, blocks: dict[str, list[tuple[int, str]]], prefix: str) -> None:
    with open(path, "wb") as out:
        for chrom in GENES:
            row = bytearray(b"N" * base.contig_lengths[chrom])
            for start, bases in blocks[chrom]:
                row[start - 1 : start - 1 + len(bases)] = bases.lower().encode() if prefix else bases.encode()
            out.write(f">{prefix}{chrom} made up\n".encode())
            for at in range(0, len(row), 5_000_000):
                out.write(row[at : at + 5_000_000] + b"\n")


def gff(base: Genome, dialect: str, genes: Sequence[str] = ()) -> str:
    """Gene models as Ensembl, GENCODE or RefSeq write them, each gene with a second, shorter transcript."""
    lines = ["##gff-version 3", "#!genome-build made up"]
    for chrom, own_genes in GENES.items():
        contig = {
            "ensembl": chrom,
            "gencode": f"chr{chrom}",
            "refseq": {"19": "NC_000019.10", "21": "NC_000021.9"}[chrom],
        }[dialect]
        for gene in own_genes:
            if genes and gene not in genes:
                continue
            own = transcript(base, gene)
            low, high = min(e.start for e in own.exons), max(e.end for e in own.exons)

            def line(kind: str, start: int, end: int, facts: str, contig: str = contig, own: Transcript = own) -> str:
                return f"{contig}\tx\t{kind}\t{start}\t{end}\t.\t{own.strand}\t.\t{facts}"

            if dialect == "ensembl":
                lines.append(line("gene", low, high, f"ID=gene:ENSG_{gene};Name={gene};biotype=protein_coding"))
            elif dialect == "gencode":
                lines.append(line("gene", low, high, f"ID=ENSG_{gene}.3;gene_id=ENSG_{gene}.3;gene_name={gene}"))
            else:
                lines.append(line("gene", low, high, f"ID=gene-{gene};Name={gene};gbkey=Gene;gene={gene}"))
            for short in (True, False):
                id = f"ENST_{gene}_short" if short else own.transcript
                nm = f"NM_9{len(gene)}.1" if short else own.refseq
                head = {
                    "ensembl": f"ID=transcript:{id};Parent=gene:ENSG_{gene};transcript_id={id}",
                    "gencode": f"ID={id}.7;Parent=ENSG_{gene}.3;transcript_id={id}.7;gene_name={gene}",
                    "refseq": f"ID=rna-{nm};Parent=gene-{gene};transcript_id={nm};gene={gene}",
                }[dialect]
                parent = re.search("ID=([^;]+)", head)
                assert parent is not None
                kind = "transcript" if dialect == "gencode" else "mRNA"
                lines.append(line(kind, low, high, head))
                for exon in own.exons[:1] if short else own.exons:
                    lines.append(line("exon", exon.start, exon.end, f"ID=e;Parent={parent[1]}"))
                for exon in [e for e in own.exons if e.cds_start][: 1 if short else None]:
                    assert exon.cds_start is not None
                    assert exon.cds_end is not None
                    lines.append(line("CDS", exon.cds_start, exon.cds_end, f"ID=c;Parent={parent[1]}"))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain genome with `chr` in lower case, and gene models of three kinds."""
    folder = tmp_path_factory.mktemp("genome")
    base = Genome.load("GRCh38")
    blocks = made_up_genes(base, random.Random(11))
    write_genome(folder / "genome.fa", base, blocks, "chr")
    (folder / "blocks.json").write_text(json.dumps(blocks))
    for dialect in DIALECTS:
        text = gff(base, dialect)
        if dialect == "gencode":
            (folder / f"{dialect}.gff3").write_text(text)
        else:
            (folder / f"{dialect}.gff3.gz").write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.fixture(scope="module")
def pack(sources: Path) -> Path:
    out = sources / "packs" / "mine"
    build_pack(sources / "genome.fa", sources / "ensembl.gff3.gz", "GRCh38", out)
    return out


@pytest.fixture(scope="module")
def own(pack: Path) -> Genome:
    return Genome.load("GRCh38", pack)


def test_pack_has_every_file_of_the_shipped_one(pack: Path, grch38: Genome) -> None:
    shipped = {path.name for path in grch38.folder.iterdir()}
    assert shipped <= {path.name for path in pack.iterdir()}
    assert not [path for path in pack.parent.iterdir() if path != pack], "nothing is left beside it"
    facts = json.loads((pack / "pack.json").read_text())
    assert facts["assembly"] == "GRCh38"
    assert facts["contigs"] == ["19", "21"]
    assert "X" in facts["contigs_absent"]
    assert facts["fasta"] == "genome.fa"
    assert "RUNX1" not in facts["incomplete"]
    assert facts["incomplete"]["TP53"] == "none"
    assert "TP53" in facts["models_kept_from_shipped_pack"]
    assert str(pack.parent) not in (pack / "pack.json").read_text()


def test_nothing_is_written_beside_the_genome(pack: Path, sources: Path) -> None:
    assert not (sources / "genome.fa.fai").exists()


def test_sequence_is_that_of_the_genome(pack: Path, sources: Path) -> None:
    blocks = json.loads((sources / "blocks.json").read_text())
    with pysam.FastaFile(str(pack / "panel.fa.gz")) as fasta:
        assert list(fasta.references) == ["19", "21"]
        for chrom, placed in blocks.items():
            assert fasta.get_reference_length(chrom) == Genome.load("GRCh38").contig_lengths[chrom]
            for start, bases in placed:
                assert fasta.fetch(chrom, start - 1, start - 1 + len(bases)) == bases
            assert set(fasta.fetch(chrom, 0, 1000)) == {"N"}


def test_models_are_those_of_the_shipped_pack(own: Genome, grch38: Genome) -> None:
    for genes in GENES.values():
        for gene in genes:
            one, two = transcript(own, gene), transcript(grch38, gene)
            assert (one.transcript, one.refseq, one.exons) == (two.transcript, two.refseq, two.exons)
            assert one.sequence_status == "complete"


def test_a_gene_without_sequence_in_the_shipped_pack_is_named(
    own: Genome, grch38: Genome, knowledge: Knowledge
) -> None:
    coding = models.coding(own, "TCF3")
    assert coding is not None
    pos = transcript(own, "TCF3").protein_to_genomic(200)[1]
    ref = coding.base(pos)
    variant = SmallVariant("19", pos, ref, "A" if ref != "A" else "C")
    named = annotate.annotate([variant], own, knowledge)[0]
    assert named.source == "csq"
    assert re.fullmatch(r"p\.[A-Z][a-z]{2}200([A-Z][a-z]{2}|=)", named.hgvsp or "")
    bare = annotate.annotate([variant], grch38, knowledge)[0]
    assert (bare.source, bare.hgvsp, bare.codon) == ("coordinates", None, 200)


def test_introns_are_known_now(own: Genome, grch38: Genome, knowledge: Knowledge) -> None:
    exon = transcript(own, "RUNX1").exons[3]
    coding = models.coding(own, "RUNX1")
    assert coding is not None
    good = SmallVariant("21", exon.start - 1, "C", "T")  # GT of the donor, on the minus strand
    named = annotate.annotate([good], own, knowledge)[0]
    assert named.consequence == "splice_donor_variant"
    assert (named.hgvsc or "").endswith("+1G>A")
    bad = replace(good, ref="G")
    assert "ref_mismatch" in annotate.annotate([bad], own, knowledge)[0].flags
    assert annotate.annotate([bad], grch38, knowledge)[0].flags == ()
    # a deletion in a stretch of one base in an intron is moved to its left end
    low = exon.start - 200
    at = next(p for p in range(low, low + 150) if coding.base(p) == coding.base(p + 1) != coding.base(p - 1))
    deletion = SmallVariant("21", at, coding.bases(at, at + 1), coding.base(at))
    moved = annotate.annotate([deletion], own, knowledge)[0]
    assert (moved.pos, moved.ref, moved.alt) == (at - 1, coding.bases(at - 1, at), coding.base(at - 1))


def test_the_configured_pack_names_the_variants_of_a_sample(pack: Path, own: Genome, tmp_path: Path) -> None:
    """`reference:` of the config, from a VCF to the annotated variant."""
    pos, ref, alt = snv(own, "TCF3", 300)
    header = "##fileformat=VCFv4.2\n##contig=<ID=chr19>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    (tmp_path / "calls.vcf").write_text(f"{header}chr19\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\n")
    settings = settings_of({"samples": "-", "reference": {"GRCh38": str(pack)}}, tmp_path)
    sample = Sample("s", "p", "diagnosis", "GRCh38", small_variants=(tmp_path / "calls.vcf",))
    genome = Genome.load(sample.assembly, settings.reference.get(sample.assembly))
    case = read_case(sample, None, genome, Knowledge.load(), settings, lambda _: None)
    assert case.small is not None
    (found,) = case.small.variants
    assert (found.gene, found.codon, found.source) == ("TCF3", 300, "csq")
    assert (found.hgvsp or "").startswith("p.")


@pytest.mark.parametrize("dialect", ["gencode", "refseq"])
def test_other_dialects_give_the_same_models(dialect: str, sources: Path, own: Genome, tmp_path: Path) -> None:
    path = next(sources.glob(f"{dialect}.gff3*"))
    facts = build_pack(sources / "genome.fa", path, "GRCh38", tmp_path / "pack")
    assert facts["genes"] == 207
    made = Genome.load("GRCh38", tmp_path / "pack")
    for genes in GENES.values():
        for gene in genes:
            one, two = transcript(made, gene), transcript(own, gene)
            assert (one.refseq, one.exons, one.sequence_status) == (two.refseq, two.exons, two.sequence_status)
            assert one.transcript == (two.refseq if dialect == "refseq" else two.transcript)
    found = annotate.annotate([SmallVariant("21", *snv(made, "RUNX1", 201))], made, Knowledge.load())[0]
    assert (found.transcript, found.codon, found.source) == ("NM_001754.5", 201, "csq")


def snv(genome: Genome, gene: str, codon: int) -> tuple[int, str, str]:
    coding = models.coding(genome, gene)
    assert coding is not None
    pos = transcript(genome, gene).protein_to_genomic(codon)[1]
    return pos, coding.base(pos), "A" if coding.base(pos) != "A" else "C"


def test_bgzip_genome_without_index_and_the_command(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "genome.fa.gz"
    with open(sources / "genome.fa", "rb") as source, pysam.BGZFile(str(packed), mode="wb", index=None) as target:
        shutil.copyfileobj(source, target)  # type: ignore[arg-type]
    command = ["reference", "build", "--fasta", str(packed), "--gff", str(sources / "ensembl.gff3.gz")]
    assert main([*command, "--assembly", "GRCh38", "--out", str(tmp_path / "pack")]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] == 7
    assert (tmp_path / "pack" / "panel.fa.gz.gzi").exists()
    assert not (tmp_path / "genome.fa.gz.fai").exists()


# ---------------------------------------------------------------- what cannot be used is refused in one line


def refused(fasta: Path, gff_path: Path, out: Path, assembly: str = "GRCh38") -> str:
    with pytest.raises(InputError) as error:
        build_pack(fasta, gff_path, assembly, out)
    assert not (out / "panel.tsv").exists()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_another_assembly_is_refused(sources: Path, tmp_path: Path) -> None:
    text = refused(sources / "genome.fa", sources / "ensembl.gff3.gz", tmp_path / "p", "GRCh37")
    assert "contig lengths are not those of the stated assembly" in text
    assert "as in GRCh38" in text


def test_gzip_genome_is_refused_with_what_to_do(sources: Path, tmp_path: Path) -> None:
    path = tmp_path / "genome.fa.gz"
    path.write_bytes(gzip.compress(b">chr21\nACGT\n"))
    assert "bgzip" in refused(path, sources / "ensembl.gff3.gz", tmp_path / "p")


def test_genome_that_is_none(sources: Path, tmp_path: Path) -> None:
    models_path = sources / "ensembl.gff3.gz"
    assert "does not exist" in refused(tmp_path / "no.fa", models_path, tmp_path / "p")
    (tmp_path / "table.fa").write_text("chrom\tstart\n")
    assert "is not a FASTA file" in refused(tmp_path / "table.fa", models_path, tmp_path / "p")
    (tmp_path / "other.fa").write_text(">scaffold_1\nACGT\n")
    assert "no chromosome of this assembly" in refused(tmp_path / "other.fa", models_path, tmp_path / "p")
    (tmp_path / "torn.fa").write_text(">chr21\nACGT\nAC\nACGT\n")
    assert "cannot be read" in refused(tmp_path / "torn.fa", models_path, tmp_path / "p")


def test_gene_models_that_are_none(sources: Path, tmp_path: Path) -> None:
    fasta = sources / "genome.fa"
    assert "cannot be read" in refused(fasta, tmp_path / "no.gff3", tmp_path / "p")
    gtf = tmp_path / "genes.gtf"
    gtf.write_text('21\tx\tgene\t1\t9\t.\t+\t.\tgene_id "A"; gene_name "RUNX1";\n')
    assert "no panel gene with coding exons" in refused(fasta, gtf, tmp_path / "p")
    bed = tmp_path / "genes.bed"
    bed.write_text("21\t1\t9\n")
    assert "line 1: wrong number of columns" in refused(fasta, bed, tmp_path / "p")
    torn = tmp_path / "torn.gff3.gz"
    torn.write_bytes((sources / "ensembl.gff3.gz").read_bytes()[:-200])
    assert "cannot be read" in refused(fasta, torn, tmp_path / "p")


def test_a_folder_with_other_things_is_not_overwritten(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x")
    assert "is not a reference pack" in refused(sources / "genome.fa", sources / "ensembl.gff3.gz", tmp_path)
    assert (tmp_path / "precious.txt").read_text() == "x"
