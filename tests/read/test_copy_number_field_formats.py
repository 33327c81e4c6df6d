"""Tables as laboratories have them: more callers, other separators and signs, failed fits, rows that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.model.copy_number import FitState, Segment, SegmentTable
from annotate.model.remark import RemarkCode, Speaks
from annotate.read.copy_number import read_copy_number, refuse_without_segments
from annotate.reference.genome import Genome

GENOME = Genome.load("GRCh38")


def read(tmp_path: Path, name: str, text: str | bytes, *more: tuple[str, str]) -> SegmentTable:
    for other, words in more:
        (tmp_path / other).write_text(words)
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_copy_number([path], GENOME, ("S",))[0]


def at(table: SegmentTable, chrom: str, pos: int) -> Segment:
    return next(s for s in table.segments if s.chrom == chrom and s.start <= pos <= s.end)


# ---------------------------------------------------------------- formats: (name, text, chrom, pos, total, minor, log2)

FORMATS = [
    (
        "gistic.seg",
        "Sample\tChromosome\tStart.Position\tEnd.Position\tNum.markers\tSeg.CN\n"
        "S\t5\t100\t2000000\t300\t0.01\nS\t5\t2000001\t9000000\t900\t-0.41\n",
        ("5", 5_000_000, None, None, -0.41),
    ),
    (
        "S.purple.cnv",
        "#chromosome\tstart\tend\tcopyNumber\tbafCount\tobservedBAF\tactualBAF\tsegmentStartSupport\tsegmentEndSupport"
        "\tmethod\n12\t1\t9000000\t1.02\t800\t0.9\t1.0\tTELOMERE\tNONE\tBAF_WEIGHTED\n",
        ("12", 5_000_000, 1.02, 0.0, None),
    ),
    (
        "S.cnvs.txt",
        "chr\tstartpos\tendpos\tnMajor\tnMinor\n13\t48000001\t49000000\t1\t0\n",
        ("13", 48_500_000, 1, 0, None),
    ),
    (
        "S_loh.csv",
        "Sampleid,chr,start,end,arm,C,M,type,seg.mean,num.mark,num.snps,M.flagged,maf.expected,maf.observed\n"
        "S,chr8,1,30000000,p,3,1,,0.41,500,120,FALSE,0.4,0.4\nS,chr8,60000000,90000000,q,1,1,,-0.6,9,1,TRUE,0.4,0.4\n",
        ("8", 70_000_000, 1, None, -0.6),
    ),
    (
        "S.segs.txt",
        "Sample\tChromosome\tStart_Position(bp)\tEnd_Position(bp)\tLength(snp)\tMedian_Ratio\tMedian_logR\tTITAN_state"
        "\tTITAN_call\tCopy_Number\tMinorCN\tMajorCN\tClonal_Cluster\tCellular_Prevalence\n"
        "S\t4\t1\t9000000\t300\t0.9\t-0.7\t1\tDLOH\t1\t0\t1\t1\t0.8\n",
        ("4", 5_000_000, 1, 0, -0.7),
    ),
    (
        "S.segtab.txt",
        "sample\tChromosome\tStart.bp\tEnd.bp\tn_probes\tcopy.ratio\tmodal.a1\tmodal.a2\n"
        "S\t6\t1\t9000000\t300\t1.5\t1\t2\n",
        ("6", 5_000_000, 3, 1, 0.585),
    ),
    (
        "best.seg.ucn",
        "#CHR\tSTART\tEND\tSAMPLE\tcn_normal\tu_normal\tcn_clone1\tu_clone1\tcn_clone2\tu_clone2\n"
        "chr2\t1\t9000000\tS\t1|1\t0.2\t2|1\t0.6\t1|1\t0.2\n",
        ("2", 5_000_000, 3, 1, None),
    ),
    (
        "events.txt",
        "Sample\tChromosome Region\tEvent\tLength\tCytoband\tProbe Median\tProbes\n"
        "S\tchr7:50,250,001-50,480,000\tCN Loss\t230000\tp12.2\t-0.4\t90\n",
        ("7", 50_300_000, 1, 0, -0.4),
    ),
    (
        "onco.txt",
        "File\tCN State\tType\tChromosome\tMarker Count\tMicroarray Nomenclature (ISCN 2020)\tSize (kbp)\n"
        "S.OSCHP\t1\tLoss\t12\t210\tarr[GRCh38] 12p13.2(11600001_12200000)x1\t600\n",
        ("12", 12_000_000, 1, 0, None),
    ),
    (
        "calls.cnvnator",
        "deletion\tchr5:158000001-158600000\t600000\t0.5\t1e-9\t1e-9\t1e-9\t1e-9\t0.01\n",
        ("5", 158_300_000, None, None, -1.0),
    ),
    (
        "exome.csv",
        "start.p,end.p,type,nexons,start,end,chromosome,id,BF,reads.expected,reads.observed,reads.ratio\n"
        "1,5,deletion,5,92140001,92150000,12,chr12:92140001-92150000,90,400,200,0.5\n",
        ("12", 92_145_000, None, None, -1.0),
    ),
    (
        "gs.csv",
        "Sample ID,Chromosome,Start,End,CNV Value,CNV Confidence\nS,9,36800001,37000000,1,300\n",
        ("9", 36_900_000, 1, 0, None),
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_format_of_the_field_is_told_from_its_content(tmp_path, name, text, expected):
    chrom, pos, total, minor, log2 = expected
    segment = at(read(tmp_path, name, text), chrom, pos)
    assert segment.total == (None if total is None else pytest.approx(total))
    assert segment.minor == (None if minor is None else pytest.approx(minor))
    assert segment.log2 == (None if log2 is None else pytest.approx(log2, abs=0.001))


ONLY_ALTERED = {"S.cnvs.txt", "events.txt", "onco.txt", "calls.cnvnator", "exome.csv", "gs.csv"}


@pytest.mark.parametrize(("name", "text", "expected"), FORMATS, ids=[row[0] for row in FORMATS])
def test_lists_of_altered_segments_say_so(tmp_path, name, text, expected):
    table = read(tmp_path, name, text)
    assert table.altered_only is (name in ONLY_ALTERED)
    assert any("altered segments only" in text for text in table.warnings) is table.altered_only


def test_array_nomenclature_of_another_assembly_is_refused(tmp_path):
    text = (
        "File\tCN State\tType\tChromosome\tMarker Count\tMicroarray Nomenclature (ISCN 2020)\tSize (kbp)\n"
        "S\t1\tLoss\t12\t210\tarr[hg19] 12p13.2(11600001_12200000)x1\t600\n"
    )
    with pytest.raises(InputError, match="another assembly"):
        read(tmp_path, "onco.txt", text)


# ---------------------------------------------------------------- the same table as people export it

PLAIN = "chrom\tstart\tend\ttotal\tlog2\n3\t1\t9000000\t1.5\t-0.25\n3\t9000001\t80000000\t2\t0.0\n"


def as_commas(text: str) -> str:
    return text.replace("\t", ",")


def as_quoted(text: str) -> str:
    lines = [",".join(f'"{cell}"' for cell in line.split("\t")) for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def as_semicolons(text: str) -> str:
    return text.replace("\t", ";").replace(".", ",")


def as_decimal_commas(text: str) -> str:
    return text.replace(".", ",")


def with_row_names(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([first, *(f"{number}\t{line}" for number, line in enumerate(rest, 1))]) + "\n"


WAYS = [as_commas, as_quoted, as_semicolons, as_decimal_commas, with_row_names]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_same_table_however_it_is_exported(tmp_path, way):
    expected = read(tmp_path, "plain.tsv", PLAIN)
    found = read(tmp_path, "exported.tsv", way(PLAIN))
    assert found.segments == expected.segments


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_same_table_in_the_encodings_of_spreadsheets(tmp_path, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    found = read(tmp_path, "windows.tsv", mark + PLAIN.replace("\n", "\r\n").encode(encoding))
    assert found.segments == read(tmp_path, "plain.tsv", PLAIN).segments


def test_thousands_are_no_decimals(tmp_path):
    """`21,800,001` is a position, and a table with decimal points has no decimal commas."""
    text = (
        "Sample\tChromosome Region\tEvent\tProbe Median\tProbes\tnote\n"
        "S\tchr9:21,800,001-22,200,000\tCN Loss\t-0.4\t90\t1,5\n"
    )
    segment = read(tmp_path, "events.txt", text).segments[0]
    assert (segment.start, segment.end, segment.log2) == (21_800_001, 22_200_000, -0.4)


# ---------------------------------------------------------------- fits that failed

ASCAT = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\nS\t5\t1\t9000000\t1\t0\nS\t5\t9000001\t90000000\t1\t1\n"
PURPLE = (
    "chromosome\tstart\tend\tcopyNumber\tbafCount\tobservedBAF\tbaf\tsegmentStartSupport\tsegmentEndSupport\tmethod"
    "\tdepthWindowCount\tminorAlleleCopyNumber\n5\t1\t9000000\t1.0\t900\t0.9\t1\tNONE\tNONE\tBAF\t9000\t0\n"
)
PURITY = "purity\tdiploidProportion\tploidy\tgender\tstatus\n{}\t0.9\t2.0\tFEMALE\t{}\n"
ICHOR = "ID\tchrom\tstart\tend\tnum.mark\tseg.median.logR\tcopy.number\nS\t5\t1\t9000000\t90\t-0.2\t1\n"
CNVFACETS = (
    "##fileformat=VCFv4.2\n##source=cnv_facets\n##purity={}\n##ploidy={}\n##emflags={}\n##INFO=<ID=TCN_EM,Number=1>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    "chr5\t1\t1\tN\t<CNV>\t.\tPASS\tEND=9000000;CNLR_MEDIAN=-0.4;TCN_EM=1;LCN_EM=0\n"
    "chr6\t1\t2\tN\t<CNV>\t.\tneutral\tEND=90000000;CNLR_MEDIAN=0;TCN_EM=2;LCN_EM=.\n"
)
FAILED = [
    ("S.segments.txt", ASCAT, ("S.purityploidy.txt", "AberrantCellFraction\tPloidy\n0\t0\n")),
    ("S.segments.txt", ASCAT, ("S.purityploidy.txt", "AberrantCellFraction\tPloidy\n0.4\t0\n")),
    ("S.purple.cnv.somatic.tsv", PURPLE, ("S.purple.purity.tsv", PURITY.format("0.16", "NO_TUMOR"))),
    ("S.purple.cnv.somatic.tsv", PURPLE, ("S.purple.qc", "QCStatus\tFAIL_NO_TUMOR,WARN_LOW_PURITY\nPurity\t0.2\n")),
    ("S.purple.cnv.somatic.tsv", PURPLE, ("S.purple.qc", "QCStatus\tFAIL_CONTAMINATION\nPurity\t0.9\n")),
    ("S.seg.txt", ICHOR, ("S.params.txt", "sample\tx\nTumor Fraction:\t0\nPloidy:\t2\n")),
    ("S.vcf", CNVFACETS.format("0.7", "2.1", "Noisy sample, Calls can be unreliable"), None),
    ("S.vcf", CNVFACETS.format("0", "2", ""), None),
    ("S_loh.csv", FORMATS[3][1], ("S.csv", "Sampleid,Purity,Ploidy,Sex,Contamination,Failed\nS,0.3,2,F,0,TRUE\n")),
    ("S.segs.txt", FORMATS[4][1], ("S.params.txt", "Normal contamination estimate:\t1\nAverage tumour ploidy:\t2\n")),
]


@pytest.mark.parametrize(("name", "text", "beside"), FAILED)
def test_a_failed_fit_is_read_with_its_purity_unknown(tmp_path, name, text, beside):
    table = read(tmp_path, name, text, *([beside] if beside else []))
    assert table.fit is FitState.FAILED
    assert (table.purity, table.ploidy) == (None, None)
    assert table.segments
    assert any("found no solution" in words or "PURPLE quality" in words for words in table.warnings)


def test_a_purity_that_is_not_stated_is_no_failure(tmp_path):
    table = read(tmp_path, "S.vcf", CNVFACETS.format("NA", "NA", ""))
    assert (table.fit, table.purity, table.altered_only) == (FitState.FITTED, None, False)


@pytest.mark.parametrize("status", ["NORMAL", "HIGHLY_DIPLOID", "SOMATIC"])
def test_other_words_of_purple_leave_its_purity(tmp_path, status):
    table = read(tmp_path, "S.purple.cnv.somatic.tsv", PURPLE, ("S.purple.purity.tsv", PURITY.format("0.6", status)))
    assert table.purity == 0.6
    assert table.fit is (FitState.FITTED if status == "NORMAL" else FitState.UNSURE)


# ---------------------------------------------------------------- rows that say nothing

ROWS = "chrom\tstart\tend\tlog2\n13\t1\t40000000\t0\n13\t{}\t{}\t{}\n13\t60000001\t100000000\t0\n"


@pytest.mark.parametrize(
    ("start", "end", "value", "speaks"),
    [
        (48_000_000, 49_000_000, "nan", Speaks.BLINDS),
        (48_000_000, 49_000_000, "NA", Speaks.BLINDS),
        (48_000_000, 49_000_000, "Inf", Speaks.BLINDS),
        (48_000_000, 49_000_000, "", Speaks.BLINDS),
        (49_000_000, 48_000_000, "-0.9", Speaks.FOR),
        (49_000_000, 48_000_000, "0.0", Speaks.BLINDS),
    ],
)
def test_a_dropped_row_over_a_gene_is_remembered(tmp_path, start, end, value, speaks):
    """RB1 lies at 13:48.3 Mb."""
    table = read(tmp_path, "S.tsv", ROWS.format(start, end, value))
    (remark,) = table.remarks
    assert (remark.code, remark.speaks, remark.record) == (RemarkCode.UNREADABLE_VALUE, speaks, "3")
    assert remark.regions == (("13", 48_000_000, 49_000_000),)


def test_a_dropped_row_beside_every_gene_is_forgotten(tmp_path):
    assert read(tmp_path, "S.tsv", ROWS.format(50_000_000, 50_000_900, "nan")).remarks == ()


def test_no_reads_at_all_are_a_value(tmp_path):
    table = read(tmp_path, "S.tsv", ROWS.format(48_000_000, 49_000_000, "-Inf"))
    assert table.remarks == ()
    assert at(table, "13", 48_500_000).log2 == -20


def test_a_filtered_record_over_a_gene_is_remembered(tmp_path):
    text = CNVFACETS.format("0.8", "2", "").replace("PASS\tEND=9000000", "lowQual\tEND=170000000")
    (remark,) = read(tmp_path, "S.vcf", text).remarks
    assert (remark.code, remark.speaks) == (RemarkCode.FILTERED, Speaks.FOR)


def test_a_header_without_segments_says_so(tmp_path):
    table = read(tmp_path, "S.segments.txt", ASCAT.splitlines()[0] + "\n")
    assert any("no segment" in words for words in table.warnings)


def test_a_table_that_lists_two_copies_is_no_list_of_changes(tmp_path):
    """GATK writes both symbolic alleles on every record."""
    text = (
        "##fileformat=VCFv4.2\n##FORMAT=<ID=CN,Number=1,Type=Integer>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
        "chr5\t1\tx\tN\t<DEL>,<DUP>\t9\t.\tEND=90000000\tGT:CN\t0:2\n"
        "chr6\t1\ty\tN\t<DEL>,<DUP>\t9\t.\tEND=90000000\tGT:CN\t1:1\n"
    )
    assert read(tmp_path, "S.vcf", text).altered_only is False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("S.purple.purity.tsv", PURITY.format("0.6", "NORMAL")),
        ("S.csv", "Sampleid,Purity,Ploidy,Sex,Contamination,Failed\nS,0.3,2,F,0,FALSE\n"),
        ("S.purityploidy.txt", "AberrantCellFraction\tPloidy\n0\t0\n"),
    ],
)
def test_a_purity_without_segments_is_refused_with_what_is_missing(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    table, inputs = read_copy_number([tmp_path / name], GENOME, ("S",))
    with pytest.raises(InputError, match="without segments"):
        refuse_without_segments(table, inputs)
