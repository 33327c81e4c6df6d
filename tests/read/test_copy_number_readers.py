"""Real files of copy-number callers: each is read with its counts reconciled, or refused in one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.model.sample import InputFile
from annotate.read.catalogue import all_formats
from annotate.read.common.registry import formats
from annotate.read.copy_number import read_copy_number
from annotate.reference.genome import Genome

# file, assembly, sample, format, segments, purity, ploidy, dropped records by reason
READ = [
    ("ascat/all.breast.ascat.summary.sample.tsv", "GRCh37", "PD9067a", "ascat.summary", 158, None, None,
     {"other sample": 9841}),
    ("array_pdx/all_pdx_arrays.seg", "GRCh37", "ALL-04", "igv.seg", 151, None, None, {"other sample": 7702}),
    ("battenberg/Battenberg_test.tsv", "GRCh38", "IGC-03-1328-T07", "battenberg.subclones", 17, None, None,
     {"other sample": 1983}),
    ("clincnv/DNA123456_01-NA12878_03_clincnv.tsv", "GRCh38", "", "clincnv.tsv", 18, None, 1.9248, {}),
    ("clincnv/DNA123456_01-NA12878_03_cnvs.seg", "GRCh38", "", "clincnv.seg", 17, None, None, {}),
    ("cnvkit/acgh-log10.seg", "GRCh37", "TR_28_T", "igv.seg", 117, None, None, {"other sample": 10410}),
    ("cnvkit/amplicon.cns", "GRCh37", "", "cnvkit.cns", 80, None, None, {"end before start": 8}),
    ("cnvkit/cl_seq.cns", "GRCh37", "", "cnvkit.cns", 78, None, None, {}),
    ("cnvkit/cw-tr-log2.seg", "GRCh37", "TR_01_T", "igv.seg", 38, None, None, {"other sample": 4134}),
    ("cnvkit/f-on-m.cns", "GRCh37", "", "cnvkit.cns", 24, None, None, {}),
    ("cnvkit/m-on-f.cns", "GRCh37", "", "cnvkit.cns", 24, None, None, {}),
    ("cnvkit/nv3.cns", "GRCh37", "", "cnvkit.cns", 72, None, None, {}),
    ("cnvkit/p2-9_2.call.cns", "GRCh37", "", "cnvkit.call", 313, None, None, {}),
    ("cnvkit/p2-9_2.cns", "GRCh37", "", "cnvkit.cns", 313, None, None, {}),
    ("cnvkit/tr95t.cns", "GRCh37", "", "cnvkit.cns", 124, None, None, {}),
    ("cnvkit/tr95t.segmetrics.cns", "GRCh37", "", "cnvkit.segmetrics", 124, None, None, {}),
    ("freec/IMR5-merge_segmentation.txt", "GRCh37", "IMR5-WT", "freec.segmentation", 1049, None, None,
     {"other sample": 3289, "no ratio": 87}),
    ("freec/IMR5-merge_segmentation_rmBlacklistAndSegDup.seg", "GRCh37", "IMR5-WT", "igv.seg", 763, None, None,
     {"other sample": 2168}),
    ("gatk/SM-74NF5.called.seg", "GRCh37", "", "gatk.called", 404, None, None, {}),
    ("gatk/empty_b37.seg", "GRCh37", "", "gatk.called", 0, None, None, {}),
    ("gatk/multiple-sample-ac-tumor-1.cr.igv.seg", "GRCh37", "", "gatk.igv", 0, None, None,
     {"no copy-number value": 2}),
    ("gatk/multiple-sample-cr-ac-nac-tumor-1.modelFinal.seg", "GRCh37", "", "gatk.modelfinal", 14, None, None, {}),
    ("gatk/single-sample-cr-ac.modelFinal.seg", "GRCh37", "", "gatk.modelfinal", 6, None, None, {}),
    ("igv_seg/TCGA-CG-4300.cnv.seg.txt", "GRCh38", "", "igv.seg", 306, None, None, {}),
    ("igv_seg/purecn_example_seg.txt", "GRCh37", "", "igv.seg", 54, None, None, {}),
    ("pcgr/T001-BRCA.grch38.cna.tsv", "GRCh38", "", "pcgr.cna", 260, None, None, {}),
    ("pcgr/T001-COAD.grch38.cna.tsv", "GRCh38", "", "pcgr.cna", 260, None, None, {}),
    ("purple/tumor_sample.purple.cnv.somatic.tsv", "GRCh37", "", "purple.cnv", 222, 0.99, 3.1, {}),
    ("purple/tumor_sample.purple.segment.tsv", "GRCh37", "", "purple.segment", 1876, 0.99, 3.1, None),
    ("purple/tumor_sample.purple.purity.tsv", "GRCh37", "", "purple.purity", 0, 0.99, 3.1, {}),
    ("purple/tumor_sample.purple.qc", "GRCh37", "", "purple.qc", 0, 0.99, None, {}),
    ("purple/v2_FFPE_sample.purple.purity.tsv", "GRCh37", "", "purple.purity", 0, 0.37, 3.3827, {}),
    ("purple/v2_FFPE_sample.purple.qc", "GRCh37", "", "purple.qc", 0, None, None, {}),
    ("purple/v2_SEQCII_50pc_purity_cell_line.purple.purity.tsv", "GRCh37", "", "purple.purity", 0, 0.63, 2.0036, {}),
    ("purple/v2_SEQCII_50pc_purity_cell_line.purple.qc", "GRCh37", "", "purple.qc", 0, None, None, {}),
    ("purple/v2_good_quality_sample.purple.purity.tsv", "GRCh38", "", "purple.purity", 0, 0.96, 1.9987, {}),
    ("purple/v2_good_quality_sample.purple.qc", "GRCh38", "", "purple.qc", 0, None, None, {}),
    ("purple/v4.0.1_tumorPair_COLO829T.purple.purity.tsv", "GRCh38", "", "purple.purity", 0, 0.56, 1.0, {}),
]  # fmt: skip

# file, assembly, words of the refusal
REFUSED = [
    ("array_pdx/all_pdx_arrays.seg", "GRCh37", "table holds 43 samples"),
    ("array_pdx/truth.tsv", "GRCh37", "no known copy-number format"),
    ("ascat/all.breast.ascat.summary.sample.tsv", "GRCh37", "table holds 34 samples"),
    ("battenberg/Battenberg_test.tsv", "GRCh38", "table holds 108 samples"),
    ("cnvkit/acgh-log10.seg", "GRCh37", "table holds 36 samples"),
    ("freec/IMR5-merge_segmentation.txt", "GRCh37", "table holds 4 samples"),
    ("clincnv/DNA123456_01-NA12878_03_manta_var_structural.bedpe", "GRCh38", "no known copy-number format"),
    ("purple/tumor_sample.purple.chromosome_arm.tsv", "GRCh37", "no known copy-number format"),
    ("purple/tumor_sample.purple.driver.catalog.somatic.tsv", "GRCh37", "no known copy-number format"),
    ("clincnv/DNA123456_01-NA12878_03_clincnv.tsv", "GRCh37", "another assembly"),
    ("cnvkit/cl_seq.cns", "GRCh38", "which fits GRCh37"),
    ("gatk/SM-74NF5.called.seg", "GRCh38", "as in GRCh37"),
    ("pcgr/T001-BRCA.grch38.cna.tsv", "GRCh37", "which fits GRCh38"),
    ("purple/tumor_sample.purple.cnv.somatic.tsv", "GRCh38", "which fits GRCh37"),
]


def read(path: Path, assembly: str, sample: str = "") -> tuple[SegmentTable, tuple[InputFile, ...]]:
    return read_copy_number([path], Genome.load(assembly), (sample,) if sample else ())


@pytest.mark.parametrize(("name", "assembly", "sample", "fmt", "segments", "purity", "ploidy", "dropped"), READ)
def test_real_file_is_read(shared_data, name, assembly, sample, fmt, segments, purity, ploidy, dropped):
    table, inputs = read(shared_data / "copy_number" / name, assembly, sample)
    assert (table.format, len(table.segments)) == (fmt, segments)
    assert table.purity == (None if purity is None else pytest.approx(purity))
    assert table.ploidy == (None if ploidy is None else pytest.approx(ploidy))
    first = inputs[0]
    assert first.records_read == first.records_used + sum(first.dropped.values())
    if dropped is not None:
        assert dict(first.dropped) == dropped
    lengths = Genome.load(assembly).contig_lengths
    for one, two in zip(table.segments, table.segments[1:], strict=False):
        assert one.chrom != two.chrom or one.end < two.start  # in order, no overlap
    assert all(1 <= s.start <= s.end <= lengths[s.chrom] for s in table.segments)


@pytest.mark.parametrize(("name", "assembly", "words"), REFUSED)
def test_real_file_is_refused_in_one_line(shared_data, name, assembly, words):
    with pytest.raises(InputError) as caught:
        read(shared_data / "copy_number" / name, assembly)
    message = str(caught.value)
    assert words in message
    assert name.rsplit("/", 1)[1] in message
    assert "\n" not in message


def test_every_real_file_is_in_one_of_the_two_tables(shared_data):
    folder = shared_data / "copy_number"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {row[0] for row in READ} | {row[0] for row in REFUSED}


def test_a_log10_table_is_converted(shared_data):
    """The first value of the file is 0.0016 in log10."""
    path = shared_data / "copy_number/cnvkit/acgh-log10.seg"
    table, _ = read(path, "GRCh37", "TR_28_T")
    raw = next(line for line in path.read_text().splitlines() if "TR_28_T" in line).split("\t")
    assert table.segments[0].log2 == pytest.approx(float(raw[-1]) * 3.321928, rel=1e-6)
    assert any("base 10" in warning for warning in table.warnings)


def test_positions_of_bed_like_files_count_from_one(shared_data):
    path = shared_data / "copy_number/cnvkit/cl_seq.cns"
    raw = path.read_text().splitlines()[1].split("\t")
    table, _ = read(path, "GRCh37")
    assert (table.segments[0].start, table.segments[0].end) == (int(raw[1]) + 1, int(raw[2]))


def test_rounded_copies_without_purity_are_not_believed(shared_data):
    """p2-9_2.call.cns was called with default thresholds: cn is of the mixture of cells."""
    table, _ = read(shared_data / "copy_number/cnvkit/p2-9_2.call.cns", "GRCh37")
    assert all(segment.total is None for segment in table.segments)
    assert any("without regard to purity" in warning for warning in table.warnings)


def test_the_purity_file_beside_the_segments_is_read_and_said(shared_data):
    table, inputs = read(shared_data / "copy_number/purple/tumor_sample.purple.cnv.somatic.tsv", "GRCh37")
    assert table.sex == "male"
    assert [file.format for file in inputs] == ["purple.cnv", "purple.purity", "purple.qc"]
    assert table.quality["PURPLE QCStatus"]
    assert not table.warnings
    assert any("lies beside this file" in note for note in inputs[0].notes)


def test_subclones_of_battenberg_keep_both_states(shared_data):
    table, _ = read(shared_data / "copy_number/battenberg/Battenberg_test.tsv", "GRCh38", "IGC-03-1328-T07")
    second = table.segments[1]
    assert (second.total, second.minor, second.second_total, second.second_minor) == (2, 1, 3, 1)
    assert second.cellular_fraction == pytest.approx(0.81575, abs=1e-4)


def test_lists_of_altered_segments_say_so(shared_data):
    table, _ = read(shared_data / "copy_number/clincnv/DNA123456_01-NA12878_03_clincnv.tsv", "GRCh38")
    assert any("altered segments only" in warning for warning in table.warnings)


def test_the_catalogue_lists_every_reader_and_what_its_test_reads(shared_data):
    listed = {row["name"]: row for row in all_formats() if row["kind"] == "copy_number"}
    real = {row[3] for row in READ}
    assert real <= set(listed)
    said = {name for name, row in listed.items() if row["tested_on"] == "real file"}
    assert said == real
    callers = {row["caller"] for row in listed.values()}
    expected = {
        "ASCAT", "Battenberg", "Canvas", "Chromosome Analysis Suite", "ClinCNV", "CNVkit", "Control-FREEC", "DRAGEN",
        "FACETS", "GATK", "ichorCNA", "IGV SEG", "MLPA", "PCGR", "plain table", "PURPLE", "QDNAseq", "Sequenza",
    }  # fmt: skip
    assert expected <= callers
    assert all(fmt.description for fmt in formats("copy_number"))
