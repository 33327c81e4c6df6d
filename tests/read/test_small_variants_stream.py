"""How the text of a small-variant file goes by: its bytes in pieces, its lines against the regions."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.base.errors import InputError
from annotate.base.intervals import Interval
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.small_variants import container, read_small_variants
from annotate.read.small_variants.container import chunks, container_of
from annotate.read.small_variants.panel import Regions
from annotate.read.small_variants.sieve import Sieve, Totals
from annotate.reference.genome import Genome
from tests.makers.small_variants import Call, background, named_calls, ordered, read_all_by_index, write_calls

# ---------------------------------------------------------------- bytes

TEXT = b"##fileformat=VCFv4.2\n" + b"".join(b"1\t%d\t.\tA\tC\t.\tPASS\tDP=%d\n" % (n, n % 97) for n in range(60_000))


def bgzip(path: Path, text: bytes) -> None:
    import pysam

    with pysam.BGZFile(str(path), "w") as out:
        out.write(text)


def members(path: Path, text: bytes) -> None:
    """As `cat a.gz b.gz` joins them."""
    third = len(text) // 3
    path.write_bytes(
        b"".join(gzip.compress(part) for part in (text[:third], text[third : 2 * third], text[2 * third :]))
    )


KEPT = {
    "text": lambda path, text: path.write_bytes(text),
    "gzip": lambda path, text: path.write_bytes(gzip.compress(text)),
    "members": members,
    "bgzip": bgzip,
}


@pytest.fixture(params=["isal", "standard library"])
def inflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)


@pytest.fixture(params=[1, 2])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(container, "_cores", lambda: request.param)
    monkeypatch.setattr(container, "AHEAD_FROM", 0)
    return int(request.param)


@pytest.mark.usefixtures("inflater", "cores")
@pytest.mark.parametrize("kept", sorted(KEPT))
def test_the_bytes_are_the_same_in_every_container(kept: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    KEPT[kept](path, TEXT)
    with chunks(path, 21, compressed=container_of(path).gzip) as pieces:
        assert b"".join(pieces) == TEXT[21:]


@pytest.mark.usefixtures("inflater", "cores")
@pytest.mark.parametrize("kept", ["gzip", "members", "bgzip"])
@pytest.mark.parametrize("harm", ["cut", "flipped"])
def test_a_damaged_file_does_not_end_early(kept: str, harm: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    KEPT[kept](path, TEXT)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    if harm == "cut":
        data = data[:middle] + data[middle + len(data) // 3 :]
    else:
        data[middle : middle + 8] = bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"damaged|cannot be read"), chunks(path, 0, compressed=True) as pieces:
        for _ in pieces:
            pass


@pytest.mark.usefixtures("cores")
def test_who_stops_early_leaves_no_thread(tmp_path: Path) -> None:
    path = tmp_path / "x"
    bgzip(path, TEXT * 4)
    before = threading.active_count()
    with chunks(path, 0, compressed=True) as pieces:
        assert next(pieces).startswith(b"##fileformat")
    assert threading.active_count() == before


def test_a_whole_file_is_the_same_by_one_core_and_by_two(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = ordered([*named_calls(grch38, knowledge), *background(grch38, 3000)], grch38)
    path = write_calls("mutect2", tmp_path / "x.vcf.gz", calls, grch38)
    sample = Sample(sample="S1", patient="P1", timepoint="diagnosis", assembly="GRCh38", small_variants=(path,))
    alone = read_small_variants(sample, grch38, knowledge)
    monkeypatch.setattr(container, "_cores", lambda: 2)
    monkeypatch.setattr(container, "AHEAD_FROM", 0)
    assert read_small_variants(sample, grch38, knowledge) == alone


# ---------------------------------------------------------------- lines

COLUMNS = 10
REGIONS = (("1", 1000, 1100), ("1", 5000, 5010), ("2", 1, 50), ("X", 9000, 9999))
GENES = (("1", 900, 2000), ("1", 5000, 6000), ("2", 1, 500), ("X", 8000, 9999))


def claims(info: bytes) -> bool:
    return b"loud" in info


@st.composite
def vcf_line(draw: st.DrawFn) -> bytes:
    chrom = draw(st.sampled_from(["1", "chr1", "2", "X", "chrX", "HLA-A*01:01", "chrUn_KI270302v1"]))
    pos = draw(st.one_of(st.integers(1, 60), st.integers(880, 1120), st.integers(4990, 6010), st.integers(1, 10_500)))
    ref = draw(st.text("ACGT", min_size=1, max_size=30))
    alt = draw(st.sampled_from(["A", "AC", "<DEL>", "<NON_REF>", ".", "C,<NON_REF>", "G[chr9:1["]))
    end = f";END={pos + draw(st.integers(0, 300))}" if draw(st.booleans()) else ""
    info = draw(st.sampled_from(["DP=3", "loud", "CSQ=" + "x|" * 700, "."])) + end
    word = draw(st.sampled_from(["PASS", ".", "q10;loud", "pass"]))
    text = f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{word}\t{info}\tGT:AD\t0/1:3,{pos % 7}"
    return text.encode()


def plain_reader(lines: list[bytes], genome: Genome) -> list[tuple[int, bytes]]:
    """Line by line and cell by cell, in the plainest words: which lines are to be read."""
    kept = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        cells = line.decode().rstrip("\r").split("\t")
        chrom, pos, info = genome.contig(cells[0]), int(cells[1]), cells[7]
        end = pos + len(cells[3]) - 1
        if cells[4].startswith("<"):
            end = max([end, *(int(part[4:]) for part in info.split(";") if part.startswith("END="))])
        inside = any(chrom == own and pos <= high and low <= end for own, low, high in REGIONS)
        near = any(chrom == own and low <= pos <= high for own, low, high in GENES)
        if inside or (near and "loud" in info):
            kept.append((number, line))
    return kept


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """In pieces of these sizes, over and over."""
    at, turn = 0, 0
    while at < len(data):
        yield data[at : at + sizes[turn % len(sizes)]]
        at, turn = at + sizes[turn % len(sizes)], turn + 1


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    lines=st.lists(st.one_of(vcf_line(), vcf_line(), vcf_line(), st.just(b"")), max_size=30),
    windows=st.booleans(),
    ended=st.booleans(),
    sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=6),
)
def test_the_sieve_keeps_what_a_plain_reader_keeps(
    lines: list[bytes], windows: bool, ended: bool, sizes: list[int], grch38: Genome
) -> None:
    lines = [line + b"\r" if windows else line for line in lines]
    data = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    regions, genes = (Regions.of([Interval(*part) for part in parts], grch38) for parts in (REGIONS, GENES))
    totals = Totals()
    sieve = Sieve(Path("x.vcf"), grch38, COLUMNS, 1, regions, genes, claims, totals=totals)
    kept = list(sieve.kept(cut(data, sizes)))
    assert kept == plain_reader(lines, grch38)
    records = [line for line in lines if line.strip()]
    assert totals.records == len(records) == len(kept) + totals.near + totals.outside + totals.other_contig
    assert totals.unended == bool(lines and lines[-1].strip() and not (ended and data.endswith(b"\n")))


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_line_that_lacks_a_column_is_named_wherever_a_piece_ends(size: int, grch38: Genome) -> None:
    whole = b"1\t%d\t.\tA\tC\t.\tPASS\tDP=1\tGT\t0/1\n"
    lines = [whole % number for number in range(1, 40)]
    lines[20] = lines[20].replace(b"\tGT", b"")
    sieve = Sieve(Path("x.vcf"), grch38, COLUMNS, 101, Regions.of([Interval("1", 1, 5)], grch38))
    with pytest.raises(InputError, match="columns") as caught:
        list(sieve.kept(cut(b"".join(lines), [size])))
    assert caught.value.line == 121


@pytest.mark.parametrize("span", ["END={end}", "SVLEN=-{length}", "SVLEN={length}"])
@pytest.mark.parametrize("ending", [".vcf", ".vcf.gz", ".bcf", ".bare.bcf", ".indexed.vcf.gz"])
def test_a_span_reaches_into_a_region_by_every_way_into_the_file(
    ending: str, span: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pysam.bcftools

    transcript = grch38.transcript("PTEN")
    assert transcript is not None
    exon = transcript.exons[4]
    start = exon.start - 2000
    info = "SVTYPE=DEL;" + span.format(end=exon.end + 2000, length=exon.end + 2000 - start)
    calls = ordered([Call("10", start, "A", "<DEL>", info=info), *background(grch38, 20)], grch38)
    lengths = '##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="x">'
    header = [
        lengths,
        '##INFO=<ID=END,Number=1,Type=Integer,Description="x">',
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="x">',
    ]
    path = write_calls("mutect2", tmp_path / f"x{ending}", calls, grch38, header=header)
    if ".indexed" in ending:
        pysam.bcftools.index("-t", str(path))
    if ".indexed" in ending or ".bare" in ending:
        read_all_by_index(monkeypatch)
    sample = Sample(sample="S1", patient="P1", timepoint="diagnosis", assembly="GRCh38", small_variants=(path,))
    (remark,) = read_small_variants(sample, grch38, knowledge).remarks
    assert (remark.code, remark.genes) == ("symbolic_allele", ("PTEN",))


# ---------------------------------------------------------------- introns of annotated files


@pytest.mark.parametrize("ending", [".vcf", ".vcf.gz", ".gzip.vcf.gz", ".bcf", ".indexed.vcf.gz", ".indexed.bcf"])
def test_of_the_introns_of_an_annotated_file_only_claims_are_read(
    ending: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same records, counts and words by every way into the file."""
    import pysam.bcftools

    transcript = grch38.transcript("IKZF1")
    assert transcript is not None
    middle = (transcript.exons[1].end + transcript.exons[2].start) // 2
    header = ['##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|IMPACT|SYMBOL|Feature">']
    terms = ("intron_variant", "splice_donor_variant", "non_coding_transcript_variant", "intron_variant")
    calls = [
        Call("7", middle + at, "A", "G", info=f"CSQ=G|{term}|MODIFIER|IKZF1|ENST1") for at, term in enumerate(terms)
    ]
    path = write_calls("mutect2", tmp_path / f"x{ending}", calls, grch38, header=header)
    if ".indexed" in ending:
        pysam.bcftools.index("-c" if ending.endswith("bcf") else "-t", str(path))
        read_all_by_index(monkeypatch)
    sample = Sample(sample="S1", patient="P1", timepoint="diagnosis", assembly="GRCh38", small_variants=(path,))
    found = read_small_variants(sample, grch38, knowledge)
    assert [variant.pos for variant in found.variants] == [middle + 1]
    assert dict(found.inputs[0].dropped) == {"in a panel gene, but away from its exons and hotspots": 3}
    assert found.inputs[0].records_read == 4
