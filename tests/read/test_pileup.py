"""Looking at hotspots in alignments: counts, filters, the error model, limits of detection."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pysam
import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariants
from annotate.read.alignments import detection, pileup
from annotate.reference.hotspots import hotspot_codons
from tests.makers.mutation_cases import variant

READ = 100


def write_bam(path: Path, genome, reads, *, prefix="chr", index=True, header=None) -> Path:
    """Reads: (name, contig, 0-based start, sequence, qualities, flag, mapping quality, cigar)."""
    contigs = [c for c in genome.contig_lengths if c != "MT"]
    head = header or {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": prefix + c, "LN": genome.contig_lengths[c]} for c in contigs],
    }
    raw = path.with_suffix(".raw.bam")
    with pysam.AlignmentFile(str(raw), "wb", header=head) as out:
        for name, contig, start, sequence, qualities, flag, quality, cigar in reads:
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.flag, read.mapping_quality = name, flag, quality
            read.reference_id = out.get_tid(prefix + contig)
            read.reference_start = start
            read.cigarstring = cigar or f"{len(sequence)}M"
            read.query_sequence = sequence
            read.query_qualities = pysam.qualitystring_to_array(qualities)
            out.write(read)
    pysam.sort("-o", str(path), str(raw))
    raw.unlink()
    if index:
        pysam.index(str(path))
    return path


def pileup_reads(genome, depth, *, vaf=0.0, alt=("10", 103093198, "T"), error=0.0, seed=1, spots=None, gene=None):
    """Reads over every hotspot codon, starting at random, with `vaf` of the alternative allele and wrong bases."""
    draw = random.Random(seed)
    from annotate.knowledge.tables import Knowledge

    reads = []
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        names = {genome.contig(name): name for name in fasta.references}
        windows = []
        for spot in spots or hotspot_codons(genome, Knowledge.load()):
            if gene in (None, spot.gene):
                low, high = min(spot.positions), max(spot.positions)
                if windows and windows[-1][0] == spot.chrom and low - windows[-1][2] < READ:
                    windows[-1][2] = max(high, windows[-1][2])
                else:
                    windows.append([spot.chrom, low, high])
        for chrom, low, high in windows:
            carriers = round(depth * vaf)
            for n in range(depth):
                start = draw.randint(max(high - READ, low - READ + 5), low - 5) if high - low < READ - 10 else low - 5
                length = max(READ, high - start + 5)
                sequence = list(fasta.fetch(names[chrom], start, start + length).upper().replace("N", "A"))
                at = alt[1] - 1 - start
                if chrom == alt[0] and 0 <= at < len(sequence) and n < carriers:
                    sequence[at] = alt[2]
                for i in range(len(sequence)):
                    if error and draw.random() < error:
                        sequence[i] = draw.choice([b for b in "ACGT" if b != sequence[i]])
                flag = 16 if n % 2 else 0
                reads.append((f"{chrom}{low}_{n}", chrom, start, "".join(sequence), "I" * length, flag, 60, None))
    return reads


@pytest.fixture(scope="module")
def noisy_bam(tmp_path_factory, grch38):
    """Depth 1,000 at every NT5C2 and TP53 hotspot, 1 % R367Q, one wrong base in 500."""
    folder = tmp_path_factory.mktemp("bam")
    reads = [
        read
        for gene in ("NT5C2", "TP53")
        for read in pileup_reads(grch38, 1000, vaf=0.01, error=0.002, gene=gene, seed=len(gene))
    ]
    return write_bam(folder / "noisy.bam", grch38, reads)


def test_one_percent_in_a_thousand_reads_is_found_and_nothing_invented(noisy_bam, grch38, knowledge):
    depths, file, found = pileup.look(noisy_bam, grch38, knowledge)
    assert [(v.gene, v.hgvsp) for v in found] == [("NT5C2", "p.Arg367Gln")]
    assert found[0].source == "hotspot"
    assert found[0].vaf == pytest.approx(0.01, abs=0.003)
    assert depths[("10", 103093198)].depth >= 990
    assert file.kind == "alignments"
    assert file.records_read == file.records_used + sum(file.dropped.values())


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_nothing_is_invented_at_zero(tmp_path, grch38, knowledge, seed):
    """Half a percent of wrong bases, far above the default error rate: the file's own rate is used."""
    bam = write_bam(tmp_path / "a.bam", grch38, pileup_reads(grch38, 600, error=0.005, gene="NT5C2", seed=seed))
    depths, _, found = pileup.look(bam, grch38, knowledge)
    assert found == ()
    assert depths[("10", 103093198)].error_rate > 0.0012


@pytest.mark.parametrize("vaf", [0.02, 0.05, 0.4, 0.95])
def test_allele_fractions(tmp_path, grch38, knowledge, vaf):
    spots = [s for s in hotspot_codons(grch38, knowledge) if (s.gene, s.codon) == ("NT5C2", 367)]
    bam = write_bam(tmp_path / "a.bam", grch38, pileup_reads(grch38, 400, vaf=vaf, spots=spots))
    _, _, found = pileup.look(bam, grch38, knowledge)
    assert [v.hgvsp for v in found] == ["p.Arg367Gln"]
    assert found[0].vaf == pytest.approx(vaf, abs=0.001)


def test_both_assemblies_and_contig_spellings(tmp_path, genome, knowledge):
    row = next(r for r in knowledge.table("variants") if r["hgvsp"] == "p.Gln523Ter")
    pos = int(row[f"{genome.assembly}_pos"])
    spots = [s for s in hotspot_codons(genome, knowledge) if (s.gene, s.codon) == ("NT5C2", 523)]
    reads = pileup_reads(genome, 200, vaf=0.1, alt=("10", pos, "A"), spots=spots)
    bam = write_bam(tmp_path / "a.bam", genome, reads, prefix="")
    _, _, found = pileup.look(bam, genome, knowledge)
    assert [(v.hgvsp, v.consequence) for v in found] == [("p.Gln523Ter", "stop_gained")]


def test_named_change_of_a_gene_without_sequence(tmp_path, grch38, knowledge):
    """PAX5 P80R: the pack lacks the sequence, the allele is known by coordinates."""
    bases = ["A" * 49 + ("C" if n < 30 else "G") + "A" * 50 for n in range(100)]
    reads = [(f"r{n}", "9", 37015168 - 50, bases[n], "I" * 100, 16 * (n % 2), 60, None) for n in range(100)]
    bam = write_bam(tmp_path / "a.bam", grch38, reads)
    _, _, found = pileup.look(bam, grch38, knowledge)
    assert [v.hgvsp for v in found] == ["p.Pro80Arg"]


CODON_367 = "TCG"  # of NT5C2, on the forward strand


def read_at(name, base, *, flag=0, quality=60, base_quality="I", start=103093198 - 50):
    at = 103093198 - 1 - start
    around = dict(zip(range(-1, 2), CODON_367, strict=True)) | {0: base}
    sequence = "".join(around.get(n - at, "A") for n in range(100))
    return (name, "10", start, sequence, "I" * at + base_quality + "I" * (99 - at), flag, quality, None)


class TestWhatIsCounted:
    place = ("10", 103093198)

    def look(self, tmp_path, genome, knowledge, reads):
        depths, file, _ = pileup.look(write_bam(tmp_path / "a.bam", genome, reads), genome, knowledge)
        return depths[self.place], file

    def test_reads_left_out_by_reason(self, tmp_path, grch38, knowledge):
        reads = [
            read_at("good", "C"),
            read_at("dup", "T", flag=1024),
            read_at("secondary", "T", flag=256),
            read_at("supplementary", "T", flag=2048),
            read_at("qcfail", "T", flag=512),
            read_at("badly_mapped", "T", quality=5),
        ]
        at, file = self.look(tmp_path, grch38, knowledge, reads)
        assert dict(at.counts) == {"C": 1}
        assert file.records_used == 1
        assert sum(file.dropped.values()) == 5
        assert file.dropped["duplicate"] == 1

    def test_base_quality(self, tmp_path, grch38, knowledge):
        at, _ = self.look(tmp_path, grch38, knowledge, [read_at("a", "T", base_quality="+"), read_at("b", "C")])
        assert dict(at.counts) == {"C": 1}

    def test_overlapping_mates_count_once(self, tmp_path, grch38, knowledge):
        reads = [read_at("a", "T", flag=99), read_at("a", "T", flag=147, start=103093198 - 30), read_at("b", "C")]
        at, _ = self.look(tmp_path, grch38, knowledge, reads)
        assert at.depth == 2
        assert dict(at.counts) == {"C": 1, "T": 1}

    def test_mates_that_disagree_do_not_count(self, tmp_path, grch38, knowledge):
        reads = [read_at("a", "T", flag=99), read_at("a", "C", flag=147, start=103093198 - 30), read_at("b", "C")]
        at, _ = self.look(tmp_path, grch38, knowledge, reads)
        assert dict(at.counts) == {"C": 1}

    def test_deletion_insertion_and_skip(self, tmp_path, grch38, knowledge):
        start = 103093198 - 50
        reads = [
            ("del", "10", start, "A" * 90, "I" * 90, 0, 60, "45M10D45M"),
            ("ins", "10", start, "A" * 103, "I" * 103, 0, 60, "50M3I50M"),
            ("skip", "10", start, "A" * 90, "I" * 90, 0, 60, "45M10N45M"),
            ("clip", "10", start, "A" * 40 + "T" * 60, "I" * 100, 0, 60, "40M60S"),
        ]
        at, _ = self.look(tmp_path, grch38, knowledge, reads)
        assert at.depth == 2
        assert at.counts["del"] == 1
        assert at.counts["ins"] == 1

    def test_no_reads_is_depth_zero_not_unknown(self, tmp_path, grch38, knowledge):
        at, _ = self.look(tmp_path, grch38, knowledge, [])
        assert at.depth == 0


def test_allele_on_one_strand_only_is_flagged(tmp_path, grch38, knowledge):
    reads = [read_at(f"a{n}", "T", flag=0) for n in range(20)] + [read_at(f"b{n}", "C", flag=16) for n in range(20)]
    reads += [read_at(f"c{n}", "C", flag=0) for n in range(20)]
    _, _, found = pileup.look(write_bam(tmp_path / "a.bam", grch38, reads), grch38, knowledge)
    (one,) = [variant for variant in found if variant.pos == 103093198]
    assert "possible_artefact" in one.flags


def test_same_answer_for_any_order_of_reads(tmp_path, grch38, knowledge):
    reads = pileup_reads(grch38, 60, vaf=0.2, gene="NT5C2", error=0.002)
    first = pileup.look(write_bam(tmp_path / "a.bam", grch38, reads), grch38, knowledge)
    second = pileup.look(write_bam(tmp_path / "b.bam", grch38, reads[::-1]), grch38, knowledge)
    assert first[0] == second[0]
    assert [v.key for v in first[2]] == [v.key for v in second[2]]


class TestBadFiles:
    def test_cram_without_reference(self, tmp_path, grch38, knowledge):
        path = tmp_path / "a.cram"
        path.write_bytes(b"CRAM\x03\x00" + bytes(40))
        with pytest.raises(InputError, match="reference"):
            pileup.look(path, grch38, knowledge)

    def test_no_index(self, tmp_path, grch38, knowledge):
        bam = write_bam(tmp_path / "a.bam", grch38, [read_at("a", "C")], index=False)
        with pytest.raises(InputError, match="samtools index"):
            pileup.look(bam, grch38, knowledge)

    def test_other_assembly(self, tmp_path, grch38, grch37, knowledge):
        bam = write_bam(tmp_path / "a.bam", grch37, [])
        with pytest.raises(InputError, match="GRCh37"):
            pileup.look(bam, grch38, knowledge)

    @pytest.mark.parametrize("content", [b"", b"not a bam at all\n", b"\x1f\x8b\x08\x04 truncated"])
    def test_not_a_bam(self, tmp_path, grch38, knowledge, content):
        path = tmp_path / "a.bam"
        path.write_bytes(content)
        with pytest.raises(InputError):
            pileup.look(path, grch38, knowledge)

    def test_missing(self, tmp_path, grch38, knowledge):
        with pytest.raises(InputError, match="does not exist"):
            pileup.look(tmp_path / "none.bam", grch38, knowledge)

    def test_truncated(self, tmp_path, grch38, knowledge):
        bam = write_bam(tmp_path / "a.bam", grch38, pileup_reads(grch38, 300, gene="NT5C2"))
        bam.write_bytes(bam.read_bytes()[: bam.stat().st_size // 2])
        with pytest.raises(InputError):
            pileup.look(bam, grch38, knowledge)

    def test_cram_with_reference_it_was_written_with(self, tmp_path, grch38, knowledge):
        fasta = tmp_path / "g.fa"
        length = grch38.contig_lengths["22"]
        fasta.write_text(">22\n" + "A" * length + "\n")
        pysam.faidx(str(fasta))
        header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "22", "LN": length}]}
        bam = write_bam(tmp_path / "a.bam", grch38, [], header=header)
        cram = tmp_path / "a.cram"
        pysam.view("-C", "-T", str(fasta), "-o", str(cram), str(bam), catch_stdout=False)
        pysam.index(str(cram))
        depths, file, found = pileup.look(cram, grch38, knowledge, sites=[("22", 1000)], reference_fasta=fasta)
        assert file.format == "cram"
        assert depths[("22", 1000)].depth == 0
        assert ("10", 103093198) not in depths
        assert found == ()


class TestLimits:
    def test_depths_of_the_specification(self, knowledge):
        depths = [detection.depth_needed(vaf, knowledge) for vaf in (0.1, 0.05, 0.02, 0.01, 0.005)]
        assert depths == [89, 181, 456, 913, 1829]

    @pytest.mark.parametrize(
        ("depth", "vaf"), [(89, 0.1), (181, 0.05), (456, 0.02), (480, 0.02), (913, 0.01), (1829, 0.005)]
    )
    def test_limit_of_a_depth(self, knowledge, depth, vaf):
        limit = detection.detection_limit(depth, knowledge)
        assert (limit.vaf, limit.reads) == (vaf, depth)

    def test_one_read_less_is_not_enough(self, knowledge):
        assert detection.detection_limit(455, knowledge).vaf > 0.02

    def test_too_few_reads(self, knowledge):
        assert detection.detection_limit(4, knowledge) is None
        assert detection.detection_limit(0, knowledge) is None

    def test_errors_raise_the_limit(self, knowledge):
        clean, noisy = detection.detection_limit(1829, knowledge), detection.detection_limit(1829, knowledge, 0.002)
        assert noisy.vaf > clean.vaf


def test_called_variants_stay_the_callers(grch38, knowledge):
    called = variant("NT5C2", "p.Arg367Gln", pos=103093198, ref="C", alt="T", callers=("mutect2",))
    seen = variant("NT5C2", "p.Arg367Gln", pos=103093198, ref="C", alt="T", source="hotspot")
    other = variant("NT5C2", "p.Lys359Gln", pos=103093223, ref="T", alt="G", source="hotspot")
    merged = pileup.merge(SmallVariants((called,), ()), {}, (seen, other))
    assert merged.variants == (called, other)


# ---------------------------------------------------------------- codons


def codon_reads(genome, gene, codon, changed, count, *, name="x"):
    """Reads over a hotspot codon that write it as `changed`, in the order of translation."""
    spot = next(s for s in hotspot_codons(genome, Knowledge.load()) if (s.gene, s.codon) == (gene, codon))
    by_place = {
        pos: base if spot.strand == "+" else base.translate(str.maketrans("ACGT", "TGCA"))
        for pos, base in zip(spot.positions, changed, strict=True)
    }
    start = min(spot.positions) - 1
    sequence = "".join(by_place[start + n + 1] for n in range(3))
    return [(f"{name}{n}", spot.chrom, start, sequence, "III", 16 * (n % 2), 60, None) for n in range(count)]


@pytest.mark.parametrize(
    ("gene", "codon", "reference", "changed", "name"),
    [
        ("NT5C2", 367, "CGA", "TAA", "p.Arg367Ter"),
        ("KRAS", 12, "GGT", "TTT", "p.Gly12Phe"),
        ("NRAS", 61, "CAA", "ATA", "p.Gln61Ile"),
        ("NRAS", 61, "CAA", "AAG", "p.Gln61Lys"),
    ],
)
def test_two_bases_of_one_read_are_one_change(tmp_path, genome, knowledge, gene, codon, reference, changed, name):
    reads = [
        *codon_reads(genome, gene, codon, reference, 300, name="r"),
        *codon_reads(genome, gene, codon, changed, 60, name="c"),
    ]
    _, _, found = pileup.look(write_bam(tmp_path / "a.bam", genome, reads), genome, knowledge)
    assert [(v.gene, v.hgvsp, v.alt_reads, v.depth) for v in found] == [(gene, name, 60, 360)]


def test_two_bases_of_different_reads_are_two_changes(tmp_path, grch38, knowledge):
    reads = codon_reads(grch38, "NRAS", 61, "CAA", 300, name="r")
    reads += codon_reads(grch38, "NRAS", 61, "AAA", 40, name="c") + codon_reads(grch38, "NRAS", 61, "CTA", 30, name="d")
    _, _, found = pileup.look(write_bam(tmp_path / "a.bam", grch38, reads), grch38, knowledge)
    assert {(v.hgvsp, v.alt_reads) for v in found} == {("p.Gln61Lys", 40), ("p.Gln61Leu", 30)}


def test_reads_that_share_a_name_are_told_apart_and_said(tmp_path, grch38, knowledge):
    one = codon_reads(grch38, "NRAS", 61, "CAA", 100)
    two = [(name, chrom, start - 1, "A" + bases, "IIII", *rest) for name, chrom, start, bases, _, *rest in one]
    depths, file, _ = pileup.look(write_bam(tmp_path / "a.bam", grch38, [*one, *two]), grch38, knowledge)
    places = transcript_places(grch38)
    assert depths[places[0]].depth == 200
    assert any("100 read names" in text for text in file.warnings)


def transcript_places(genome):
    spot = next(s for s in hotspot_codons(genome, Knowledge.load()) if (s.gene, s.codon) == ("NRAS", 61))
    return [(spot.chrom, pos) for pos in spot.positions]


def test_an_index_older_than_its_file_is_said(tmp_path, grch38, knowledge):
    path = write_bam(tmp_path / "a.bam", grch38, codon_reads(grch38, "NRAS", 61, "CAA", 10))
    os.utime(path.with_name("a.bam.bai"), (1, 1))
    _, file, _ = pileup.look(path, grch38, knowledge)
    assert any("a.bam.bai is older" in text for text in file.warnings)
