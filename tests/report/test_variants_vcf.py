"""The VCF of panel variants: valid, sorted, indexed, reproducible, safe."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pysam
import pysam.bcftools
import pytest

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant
from annotate.reference.genome import Genome
from annotate.report.exchange.variants_vcf import encoded, write_variants_vcf

SAMPLE = Sample("S1", "P1", "relapse", "GRCh38")
NT5C2 = SmallVariant(
    chrom="10",
    pos=103093198,
    ref="C",
    alt="T",
    gene="NT5C2",
    transcript="ENST00000404739",
    consequence="missense_variant&splice_region_variant",
    hgvsc="c.1100G>A",
    hgvsp="p.Arg367Gln",
    codon=367,
    vaf=0.4,
    depth=100,
    alt_reads=40,
    normal_vaf=0.0,
    normal_depth=35,
    normal_alt_reads=0,
    filter="PASS",
    genotype="0|1",
    phase_set="103093198_C_T",
    population_af=1e-6,
    oncogenicity="Likely oncogenic",
    oncogenicity_points={"OS2": 4, "OP4": 1},
    flags=("hotspot", "possible_artefact"),
    source="csq",
    callers=("Mutect2", "Strelka2"),
)
OTHERS = (
    SmallVariant(chrom="X", pos=1000, ref="A", alt="AT", filter="weak;strand_bias"),
    SmallVariant(chrom="2", pos=500, ref="g", alt="t", filter="."),
    SmallVariant(chrom="2", pos=500, ref="G", alt="C", depth=50, alt_reads=3, vaf=0.06, genotype="odd"),
    SmallVariant(chrom="MT", pos=100, ref="A", alt="G"),
)


def records(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in str(pysam.bcftools.view("-H", str(path))).splitlines()]


@pytest.fixture
def written(tmp_path: Path, grch38: Genome) -> Path:
    path = tmp_path / "S1.variants.vcf.gz"
    write_variants_vcf(path, (NT5C2, *OTHERS), SAMPLE, grch38)
    return path


def test_one_record_carries_everything(written: Path) -> None:
    with pysam.VariantFile(str(written)) as vcf:
        record = next(iter(vcf.fetch("10", 103093197, 103093198)))
        info = dict(record.info)
        assert (record.ref, record.alts, list(record.filter)) == ("C", ("T",), ["PASS"])
        assert info["GENE"] == "NT5C2"
        assert info["CONSEQUENCE"] == ("missense_variant", "splice_region_variant")
        assert (info["HGVSC"], info["HGVSP"], info["CODON"]) == ("c.1100G>A", "p.Arg367Gln", 367)
        assert info["ONCOGENICITY"] == "Likely%20oncogenic"
        assert info["FLAGS"] == ("hotspot", "possible_artefact")
        assert info["CALLERS"] == ("Mutect2", "Strelka2")
        assert info["POINTS"] == ("OS2:+4", "OP4:+1")
        assert (info["SOURCE"], info["NORMAL_DP"]) == ("csq", 35)
        cells = record.samples["S1"]
        assert (cells["GT"], cells.phased, cells["AD"], cells["DP"]) == ((0, 1), True, (60, 40), 100)
        assert cells["AF"] == pytest.approx((0.4,))
        assert cells["PS"] == 103093198
        assert dict(vcf.header.contigs.items())["10"].length == 133797422


def test_records_are_sorted_and_filters_are_kept(written: Path) -> None:
    found = records(written)
    assert [(cells[0], cells[1], cells[3], cells[4]) for cells in found] == [
        ("2", "500", "G", "C"),
        ("2", "500", "G", "T"),
        ("10", "103093198", "C", "T"),
        ("X", "1000", "A", "AT"),
        ("MT", "100", "A", "G"),
    ]
    by_place = {cells[0]: cells for cells in found}
    assert by_place["X"][6] == "caller"
    assert "CALLER_FILTER=weak,strand_bias" in by_place["X"][7]
    assert by_place["MT"][6] == "."
    assert by_place["MT"][9] == "./.:.:.:.:."  # nothing known is nothing said


def test_the_index_answers(written: Path) -> None:
    with pysam.TabixFile(str(written)) as tabix:
        assert len(list(tabix.fetch("2", 499, 500))) == 2
        assert list(tabix.fetch("2", 500, 600)) == []


def test_two_runs_and_another_order_give_the_same_bytes(tmp_path: Path, grch38: Genome, written: Path) -> None:
    again = tmp_path / "again" / "S1.variants.vcf.gz"
    write_variants_vcf(again, (*reversed(OTHERS), NT5C2), SAMPLE, grch38)
    assert again.read_bytes() == written.read_bytes()
    assert Path(f"{again}.tbi").read_bytes() == Path(f"{written}.tbi").read_bytes()
    assert {file.name for file in again.parent.iterdir()} == {"S1.variants.vcf.gz", "S1.variants.vcf.gz.tbi"}


def test_no_variant_is_a_header_and_an_index(tmp_path: Path, genome: Genome) -> None:
    path = tmp_path / "e.vcf.gz"
    write_variants_vcf(path, (), SAMPLE, genome)
    assert records(path) == []
    assert Path(f"{path}.tbi").exists()


def test_hostile_text_stays_one_value(tmp_path: Path, grch38: Genome) -> None:
    evil = 'a;GENE=TP53,"\t\r\n1\t1\t.\tA\tC\u202e%3B é'
    variant = SmallVariant(
        chrom="1", pos=10, ref="A", alt="C", gene=evil, flags=(evil,), callers=(evil,), filter=evil, genotype=evil,
        phase_set=evil, transcript=evil, hgvsp="p.Leu10=",
    )  # fmt: skip
    path = tmp_path / "h.vcf.gz"
    write_variants_vcf(path, (variant,), Sample("S\t1\n", "P", "other", "GRCh38"), grch38)
    found = records(path)
    assert len(found) == 1
    assert len(found[0]) == 10
    assert found[0][7].count("GENE=") == 1
    assert "HGVSP=p.Leu10%3D" in found[0][7]
    with pysam.VariantFile(str(path)) as vcf:
        assert list(vcf.header.samples) == ["S%091%0A"]


def test_encoding_is_that_of_the_vcf_standard() -> None:
    assert encoded("a:b=c;d,e%f") == "a:b%3Dc%3Bd%2Ce%25f"
    assert encoded("é\t") == "%C3%A9%09"


def test_an_allele_that_is_no_sequence_is_not_written(tmp_path: Path, grch38: Genome) -> None:
    path = tmp_path / "x.vcf.gz"
    odd = [SmallVariant("1", 10, "A", alt) for alt in ("", "<DEL>", "*", "A;C")] + [SmallVariant("chrUn", 10, "A", "C")]
    write_variants_vcf(path, odd, SAMPLE, grch38)
    assert records(path) == []


def test_nothing_is_left_where_writing_fails(tmp_path: Path, grch38: Genome, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pysam, "tabix_index", full)
    with pytest.raises(InputError, match="No space left"):
        write_variants_vcf(tmp_path / "x.vcf.gz", (NT5C2,), SAMPLE, grch38)
    assert list(tmp_path.iterdir()) == []


def bgzip(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gz"
        with pysam.BGZFile(str(path), "wb") as stream:
            stream.write(content)
        return path.read_bytes()


@pytest.mark.parametrize("prefix", ["chr", ""])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("packed", [None, gzip.compress, bgzip])
def test_contigs_bear_the_names_of_the_input(tmp_path, prefix, header, packed):
    """`bcftools isec` with the input must find what both hold."""
    lines = [f"##contig=<ID={prefix}{name}>" for name in ("1", "17", "X")] if header else []
    record = f"{prefix}17\t7577120\t.\tC\tT\t.\tPASS\t."
    text = ["##fileformat=VCFv4.2", *lines, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", record]
    source = tmp_path / "in.vcf"
    content = ("\n".join(text) + "\n").encode()
    source.write_bytes(packed(content) if packed else content)
    genome = Genome.load("GRCh37")
    sample = Sample("a", "p", "diagnosis", "GRCh37", small_variants=(source,))
    variant = SmallVariant("17", 7577120, "C", "T", file=str(source))
    out = tmp_path / "out.vcf.gz"
    write_variants_vcf(out, [variant], sample, genome)
    with pysam.VariantFile(str(out)) as written:
        assert [record.chrom for record in written] == [f"{prefix}17"]
        assert f"{prefix}X" in written.header.contigs
    with pysam.TabixFile(str(out)) as index:
        assert index.contigs == [f"{prefix}17"]
