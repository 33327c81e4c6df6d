"""Every copy-number dialect, written from its documentation: the same truth comes back from each."""

from __future__ import annotations

import gzip
import math
import random
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.model.copy_number import Segment, SegmentTable
from annotate.model.sample import InputFile
from annotate.read.common.registry import formats
from annotate.read.copy_number import read_copy_number
from annotate.reference.genome import Genome
from tests.makers.copy_number import DIALECTS, Truth, file_name, ploidy_of, write_segments

GENOME = Genome.load("GRCh38")
LENGTHS = GENOME.contig_lengths
ORDER = [*map(str, range(1, 23)), "X", "Y"]


def truth() -> list[Truth]:
    """A male leukaemia: IK6 deletion, gain of 7q and of 21, one X, one Y."""
    rows: list[Truth] = [(c, 1, LENGTHS[c], 2, 1) for c in ORDER[:22] if c not in ("7", "21")]
    rows += [
        ("7", 1, 50_376_000, 2, 1),
        ("7", 50_376_001, 50_392_000, 1, 0),
        ("7", 50_392_001, LENGTHS["7"], 3, 1),
        ("21", 1, LENGTHS["21"], 4, 2),
        ("X", 1, LENGTHS["X"], 1, 0),
        ("Y", 1, LENGTHS["Y"], 1, 0),
    ]
    return sorted(rows, key=lambda row: (ORDER.index(row[0]), row[1]))


def read(*paths: Path, names: tuple[str, ...] = ("S",)) -> tuple[SegmentTable, tuple[InputFile, ...]]:
    return read_copy_number(paths, GENOME, names)


def at(table: SegmentTable, chrom: str, pos: int) -> Segment | None:
    return next((s for s in table.segments if s.chrom == chrom and s.start <= pos <= s.end), None)


CHANGED_ONLY = {"freec_cnvs", "clincnv", "chas"}
LOG2_ONLY = {"cnvkit_cns", "gatk_modelfinal", "gatk_called", "qdnaseq", "igv_seg", "igv_seg_log10"}
NO_ALLELES = {"ichorcna"} | LOG2_ONLY
STATES_PURITY = {
    "purple", "ascat", "facets", "sequenza", "battenberg", "freec_ratio", "dragen_vcf", "canvas_vcf", "ichorcna",
    "plain",
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_gives_the_truth_back(tmp_path, dialect, packed):
    name = file_name(dialect) + (".gz" if packed else "")
    table, inputs = read(write_segments(dialect, tmp_path / name, truth(), purity=0.7, sex="male"))
    for file in inputs:
        assert file.records_read == file.records_used + sum(file.dropped.values())
    inside, beside, gained = at(table, "7", 50_380_000), at(table, "7", 40_000_000), at(table, "7", 100_000_000)
    assert inside is not None
    assert gained is not None
    assert (inside.start, inside.end) == (50_376_001, 50_392_000)
    if dialect in CHANGED_ONLY:
        assert beside is None
        assert any("altered segments only" in warning for warning in table.warnings)
    else:
        assert beside is not None
    if dialect in LOG2_ONLY:
        assert inside.total is None
        depth = 0.7 * ploidy_of(truth()) + 0.6
        assert inside.log2 == pytest.approx(math.log2((0.7 + 0.6) / depth), abs=0.001)
        assert gained.log2 == pytest.approx(math.log2((2.1 + 0.6) / depth), abs=0.001)
    else:
        assert (inside.total, gained.total) == (1, 3)
        if dialect not in NO_ALLELES:
            assert inside.minor == 0
    assert table.purity == (pytest.approx(0.7) if dialect in STATES_PURITY else None)
    x = at(table, "X", 50_000_000)
    assert x is not None
    assert x.total in (1, None)


def test_every_format_has_a_maker_or_a_real_file_or_a_test_here():
    """A reader without any test cannot be added unnoticed."""
    made = {
        "absolute.segtab", "ascat.cnvs", "cnvnator.calls", "exomedepth.calls", "genomestudio.cnv", "hatchet.ucn",
        "nexus.events", "purecn.fit", "purecn.loh", "purple.cnv2", "titan.params", "titan.segments",
        "ascat.purity", "ascat.raw", "ascat.segments", "ascat.summary", "ascat.csv", "battenberg.rho",
        "battenberg.subclones", "canvas.cnv", "chas.segments", "clincnv.seg", "clincnv.tsv", "cnv.vcf", "cnvkit.call",
        "cnvkit.cns", "cnvkit.segmetrics", "dragen.cnv", "facets.cncf", "freec.cnvs", "freec.info", "freec.ratio",
        "freec.segmentation", "gatk.called", "gatk.igv", "gatk.modelfinal", "ichorcna.bins", "ichorcna.params",
        "ichorcna.seg", "igv.seg", "mlpa.ratios", "pcgr.cna", "plain.segments", "purity.table", "purple.cnv",
        "purple.purity", "purple.qc", "purple.segment", "qdnaseq.export", "sequenza.confints", "sequenza.segments",
        "sequenza.solutions", "mlpa.coffalyser", "bionano.cnv", "bionano.aneuploidy",
    }  # fmt: skip
    read_copy_number  # noqa: B018  (its package registers the formats)
    from annotate.read.common.registry import load_modules

    load_modules("annotate.read.copy_number")
    assert {fmt.name for fmt in formats("copy_number")} == made


# ---------------------------------------------------------------- dialects without a maker


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


SMALL: dict[str, tuple[str, str, list[tuple[object, ...]]]] = {
    # name: (file name, text, [(chrom, start, end, total, minor)])
    "ascat.csv": (
        "S.copynumber.caveman.csv",
        "1,1,1000,20000000,2,1,3,1\n2,1,20000001,90000000,2,1,1,0\n3,X,1,1000000,1,0,1,0\n",
        [("1", 1000, 20_000_000, 3, 1), ("1", 20_000_001, 90_000_000, 1, 0), ("X", 1, 1_000_000, 1, 0)],
    ),
    "ascat.raw": (
        "S.segments_raw.txt",
        "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\tnAraw\tnBraw\nS\t1\t1000\t2000000\t2\t1\t1.9\t1.02\n",
        [("1", 1000, 2_000_000, 3, 1)],
    ),
    "purple.cnv": (  # 2.x: ploidies instead of copy numbers of alleles
        "S.purple.cnv.somatic.tsv",
        "#chromosome\tstart\tend\tcopyNumber\tbafCount\tobservedBAF\tbaf\tsegmentStartSupport\tsegmentEndSupport"
        "\tmethod\tdepthWindowCount\tgcContent\tminStart\tmaxStart\tminorAllelePloidy\tmajorAllelePloidy\n"
        "1\t1\t123035434\t2.0123\t4200\t0.51\t0.50\tTELOMERE\tCENTROMERE\tBAF_WEIGHTED\t100000\t0.41\t1\t1"
        "\t0.9961\t1.0162\n",
        [("1", 1, 123_035_434, 2.0123, 0.9961)],
    ),
    "cnv.vcf": (
        "S.vcf",
        '##fileformat=VCFv4.2\n##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type">\n'
        '##INFO=<ID=TCN_EM,Number=1,Type=Integer,Description="Total copies">\n'
        '##INFO=<ID=LCN_EM,Number=1,Type=Integer,Description="Lesser copies">\n'
        "##contig=<ID=chr1,length=248956422>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "chr1\t1000\t.\tN\t<CNV>\t.\tPASS\tSVTYPE=DEL;END=2000000;TCN_EM=1;LCN_EM=0\n",
        [("1", None, 2_000_000, 1, 0)],
    ),
    "mlpa.ratios": ("S.mlpa.tsv", "gene\texon\tratio\nIKZF1\t4\t0.52\nIKZF1\t5\t0.48\nRB1\t6\t1.01\n", []),
    "plain.segments": (
        "S.tsv",
        "# purity=0.8\n# sex=female\n# assembly=GRCh38\nchrom\tstart\tend\ttotal\tminor\nchr1\t1\t1000000\t2\t1\n"
        "23\t1\t2000000\t2\t1\n24\t2800000\t2900000\t0\t0\n",
        [("1", 1, 1_000_000, 2, 1), ("X", 1, 2_000_000, 2, 1), ("Y", 2_800_000, 2_900_000, 0, 0)],
    ),
}


@pytest.mark.parametrize("fmt", sorted(SMALL))
def test_small_files_of_other_dialects(tmp_path, fmt):
    name, text, expected = SMALL[fmt]
    table, _ = read(write(tmp_path / name, text))
    assert table.format == fmt
    found = [(s.chrom, s.start, s.end, s.total, s.minor) for s in table.segments]
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert all(wanted is None or have == pytest.approx(wanted) for have, wanted in zip(one, two, strict=True)), one


def test_mlpa_probes(tmp_path):
    table, inputs = read(write(tmp_path / "mlpa.tsv", SMALL["mlpa.ratios"][1]))
    assert [(p.gene, p.exon, p.ratio) for p in table.probes] == [
        ("IKZF1", "4", 0.52),
        ("IKZF1", "5", 0.48),
        ("RB1", "6", 1.01),
    ]
    assert inputs[0].records_used == 3


@pytest.mark.parametrize(
    ("row", "words"), [("IKZF1\t4\t52\n", "not a probe ratio"), ("IKZF1\t4\t-0.5\n", "not a probe ratio")]
)
def test_mlpa_percentages_are_refused(tmp_path, row, words):
    with pytest.raises(InputError, match=words):
        read(write(tmp_path / "mlpa.tsv", "gene\texon\tratio\n" + row))


def test_mlpa_gene_and_exon_in_one_cell_and_a_probe_without_a_ratio(tmp_path):
    text = "Probe\tRatio\nIKZF1-4\t0.5\nPAX5 exon 2\t1.0\nCRLF2-1\tNA\n"
    table, inputs = read(write(tmp_path / "mlpa.tsv", text))
    assert [(p.gene, p.exon) for p in table.probes] == [("IKZF1", "4"), ("PAX5", "2")]
    assert dict(inputs[0].dropped) == {"no ratio": 1}


# ---------------------------------------------------------------- pitfalls

HEADER = "chrom\tstart\tend\ttotal\n"


def plain(tmp_path: Path, rows: str, name: str = "S.tsv") -> Path:
    return write(tmp_path / name, HEADER + rows)


def test_order_of_records_plays_no_part(tmp_path):
    rows = [
        f"{c}\t{start}\t{start + 999_999}\t{2 + start % 3}\n" for c in "123" for start in range(1, 9_000_000, 10**6)
    ]
    straight, _ = read(plain(tmp_path, "".join(rows)))
    random.Random(3).shuffle(rows)
    mixed, _ = read(plain(tmp_path, "".join(rows), "other.tsv"))
    strip = [(s.chrom, s.start, s.end, s.total) for s in straight.segments]
    assert strip == [(s.chrom, s.start, s.end, s.total) for s in mixed.segments]


@pytest.mark.parametrize(
    ("rows", "expected", "dropped"),
    [
        ("chrX\t1\t100\t1\n", [("X", 1, 100, 1)], {}),
        ("23\t1\t100\t1\n24\t5\t100\t1\n", [("X", 1, 100, 1), ("Y", 5, 100, 1)], {}),
        ("chr1\t0\t100\t2\n", [("1", 1, 100, 2)], {}),  # a start of 0 can only count from 0
        ("chrUn_KI270302v1\t1\t100\t2\n1\t1\t50\t2\n", [("1", 1, 50, 2)], {"other contig": 1}),
        ("chrM\t1\t100\t2\n1\t1\t50\t2\n", [("1", 1, 50, 2)], {"other contig": 1}),
        ("1\t100\t50\t2\n1\t1\t50\t2\n", [("1", 1, 50, 2)], {"end before start": 1}),
        ("1\t1\t50\tNA\n1\t51\t90\t2\n", [("1", 51, 90, 2)], {"no copy-number value": 1}),
        ("1\t1\t50\tnan\n1\t51\t90\t2\n", [("1", 51, 90, 2)], {"no copy-number value": 1}),
        ("1\t1\t50\t2\n1\t1\t50\t2\n", [("1", 1, 50, 2)], {"duplicate row": 1}),
        # a small segment inside a large one is the finer statement
        ("1\t1\t1000\t2\n1\t400\t500\t1\n", [("1", 1, 399, 2), ("1", 400, 500, 1), ("1", 501, 1000, 2)], {}),
        # a base that two neighbours share belongs to the first
        ("1\t1\t500\t2\n1\t500\t1000\t1\n", [("1", 1, 500, 2), ("1", 501, 1000, 1)], {}),
        # partial overlap with different states: that stretch is not believed
        (
            "1\t1\t100000\t2\n1\t99001\t200000\t1\n",
            [("1", 1, 99_000, 2), ("1", 100_001, 200_000, 1)],
            {},
        ),
    ],
)
def test_names_starts_gaps_and_overlaps(tmp_path, rows, expected, dropped):
    table, inputs = read(plain(tmp_path, rows))
    assert [(s.chrom, s.start, s.end, s.total) for s in table.segments] == expected
    assert dict(inputs[0].dropped) == dropped


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("1\t1\t100000\t2\n1\t5001\t120000\t1\n", "contradict"),
        ("1\tabc\t100\t2\n", "start"),
        ("1\t-5\t100\t2\n", "negative"),
        ("1\t1\t100\ttwo\n", "total"),
        ("1\t1\t100\t9999999\n", "copies that no cell has"),
        ("1\t1\t300000000\t2\n", "behind the end of its chromosome"),
        ("1\t1\t249250621\t2\n", "fits GRCh37"),
        ("1\t1\n", "column"),
    ],
)
def test_bad_tables_are_refused_with_file_and_place(tmp_path, rows, words):
    with pytest.raises(InputError) as caught:
        read(plain(tmp_path, rows))
    assert words in str(caught.value)
    assert "S.tsv" in str(caught.value)


def test_an_empty_file_and_a_header_alone(tmp_path):
    with pytest.raises(InputError, match="empty"):
        read(write(tmp_path / "S.tsv", ""))
    table, inputs = read(plain(tmp_path, ""))
    assert table.segments == ()
    assert inputs[0].records_read == 0


def test_a_truncated_gzip_is_refused(tmp_path):
    path = tmp_path / "S.tsv.gz"
    rows = "".join(f"1\t{i * 100 + 1}\t{i * 100 + 100}\t{random.Random(i).random() * 4:.9f}\n" for i in range(3000))
    path.write_bytes(gzip.compress((HEADER + rows).encode())[:-2000])
    with pytest.raises(InputError):
        read(path)


def test_two_samples_in_one_table(tmp_path):
    text = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n" + "".join(
        f"{name}\t{c}\t1\t1000000\t100\t{value}\n" for name, value in (("S", -0.5), ("N", 0.01)) for c in ("1", "2")
    )
    path = write(tmp_path / "two.seg", text)
    table, inputs = read(path)
    assert {s.log2 for s in table.segments} == {-0.5}
    assert dict(inputs[0].dropped) == {"other sample": 2}
    with pytest.raises(InputError, match="table holds 2 samples"):
        read(path, names=("other",))


def test_a_plain_table_with_row_names(tmp_path):
    rows = "".join(f"{n}\t{n}\t1\t9000000\t2\n" for n in range(1, 4))
    assert len(read(write(tmp_path / "S.tsv", "\tchrom\tstart\tend\ttotal\n" + rows))[0].segments) == 3


COHORTS = {
    "facets": ("ID chrom loc.start loc.end tcn.em lcn.em", "{} {} 1 9000000 {} 0"),
    "ascat": ("sample chr startpos endpos nMajor nMinor", "{} {} 1 9000000 {} 0"),
    "battenberg": (
        "sample chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A",
        "{0} {1} 1 9000000 0.5 1 0 {2} {2} 0 1 NA NA NA",
    ),
    "gistic": ("Sample Chromosome Start.Position End.Position Num.markers Seg.CN", "{} {} 1 9000000 90 -0.{}"),
}


@pytest.mark.parametrize("name", sorted(COHORTS))
def test_this_samples_rows_of_a_cohorts_table(name, tmp_path):
    header, row = COHORTS[name]
    rows = [row.format(who, chrom, copies) for who, copies in (("S", 1), ("N", 3)) for chrom in ("1", "2")]
    path = write(tmp_path / "all.txt", "\n".join((header, *rows)).replace(" ", "\t") + "\n")
    table, inputs = read(path)
    assert len(table.segments) == 2
    assert dict(inputs[0].dropped) == {"other sample": 2}


@pytest.mark.parametrize("name", sorted(COHORTS))
def test_another_rows_table_is_refused(name, tmp_path):
    """One sample, whose name the sheet gives to another row. A name that the sheet does not know is taken."""
    header, row = COHORTS[name]
    path = write(tmp_path / "all.txt", f"{header}\n{row.format('N', '1', 1)}\n".replace(" ", "\t"))
    assert read_copy_number((path,), GENOME, ("S",), frozenset({"S", "T"}))[0].segments
    with pytest.raises(InputError, match="another sample of the sheet"):
        read_copy_number((path,), GENOME, ("S",), frozenset({"S", "N"}))


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("dialect", ["purple", "sequenza", "cnvkit_cns"])
def test_a_column_of_samples_that_the_caller_does_not_write(dialect, several, tmp_path):
    """Tables that a laboratory joined: refused where there are several, as nobody tells the rows apart."""
    lines = (
        write_segments(dialect, tmp_path / file_name(dialect), truth(), purity=0.7, sex="male").read_text().splitlines()
    )
    named = [
        lines[0] + "\tSample ID",
        *(f"{line}\t{'N' if several and n % 2 else 'S'}" for n, line in enumerate(lines[1:])),
    ]
    path = write(tmp_path / "joined.txt", "\n".join(named) + "\n")
    if several:
        with pytest.raises(InputError, match="table holds 2 samples"):
            read(path)
    else:
        assert read(path)[0].segments


def test_linear_ratios_in_a_seg_are_refused(tmp_path):
    text = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n" + "".join(
        f"S\t{c}\t1\t1000000\t100\t{1.0 + 0.01 * int(c)}\n" for c in ORDER[:22]
    )
    with pytest.raises(InputError):
        read(write(tmp_path / "linear.seg", text))


def test_a_number_that_is_no_log_ratio_is_refused(tmp_path):
    text = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\nchr1\t0\t1000\t-\t99999\t1\t10\t1\n"
    with pytest.raises(InputError, match="not a log ratio"):
        read(write(tmp_path / "S.cns", text))


def test_log10_by_comment_column_or_name_and_never_by_guess(tmp_path):
    row = "S\t1\t1\t1000000\t100\t-0.2\n"
    head = "ID\tchrom\tloc.start\tloc.end\tnum.mark\t{}\n"
    by_column, _ = read(write(tmp_path / "a.seg", head.format("seg.mean.log10") + row))
    by_name, _ = read(write(tmp_path / "S.log10.seg", head.format("seg.mean") + row))
    plain_log2, _ = read(write(tmp_path / "b.seg", head.format("seg.mean") + row))
    assert by_column.segments[0].log2 == pytest.approx(-0.6644, abs=1e-4)
    assert by_name.segments[0].log2 == pytest.approx(-0.6644, abs=1e-4)
    assert plain_log2.segments[0].log2 == -0.2


def test_purity_beside_against_a_purity_given(tmp_path):
    path = write_segments("ascat", tmp_path / "S.segments.txt", truth(), purity=0.7, sex="male")
    table, inputs = read(path)
    assert table.purity == pytest.approx(0.7)
    assert len(inputs) == 2
    other = write(tmp_path / "purity.tsv", "purity\tploidy\n0.4\t2.0\n")
    table, _ = read(path, other)
    assert table.purity == pytest.approx(0.4)  # a given file is used, nothing is looked for


def test_two_callers_tables_are_refused_and_one_callers_ranked(tmp_path):
    first = write_segments("purple", tmp_path / "S.purple.cnv.somatic.tsv", truth(), purity=0.7)
    second = write_segments("ascat", tmp_path / "S.segments.txt", truth(), purity=0.7)
    with pytest.raises(InputError, match="several copy-number tables"):
        read(first, second)
    cns = write_segments("cnvkit_cns", tmp_path / "S.cns", truth(), purity=0.7)
    call = write_segments("cnvkit_call", tmp_path / "S.call.cns", truth(), purity=0.7)
    table, inputs = read(cns, call)
    assert table.format == "cnvkit.call"
    aside = next(file for file in inputs if file.format == "cnvkit.cns")
    assert aside.records_used == 0
    assert sum(aside.dropped.values()) == aside.records_read


def test_segments_and_mlpa_together(tmp_path):
    segments = plain(tmp_path, "1\t1\t1000000\t2\n")
    table, _ = read(segments, write(tmp_path / "mlpa.tsv", SMALL["mlpa.ratios"][1]))
    assert len(table.segments) == 1
    assert len(table.probes) == 3


def test_sexes_that_disagree_are_refused(tmp_path):
    one = write(tmp_path / "a.tsv", "# sex=male\n" + HEADER + "1\t1\t1000\t2\n")
    two = write(tmp_path / "S.purple.purity.tsv", PURITY.replace("MALE", "FEMALE"))
    with pytest.raises(InputError, match="sex"):
        read(one, two)


PURITY = (
    "purity\tnormFactor\tscore\tdiploidProportion\tploidy\tgender\tstatus\tpolyclonalProportion\tminPurity\tmaxPurity"
    "\tminPloidy\tmaxPloidy\tminDiploidProportion\tmaxDiploidProportion\tversion\tsomaticPenalty"
    "\twholeGenomeDuplication\n0.8\t1\t0\t0.9\t2.0\tMALE\tNORMAL\t0\t0.8\t0.8\t2\t2\t0.9\t0.9\t3.1\t0\tfalse\n"
)


def test_no_tumour_and_somatic_fits_of_purple_are_not_trusted(tmp_path):
    found, _ = read(write(tmp_path / "a.purple.purity.tsv", PURITY.replace("NORMAL", "NO_TUMOR")))
    assert found.purity is None
    found, _ = read(write(tmp_path / "b.purple.purity.tsv", PURITY.replace("NORMAL", "SOMATIC")))
    assert found.quality["PURPLE fit"] == "SOMATIC"
