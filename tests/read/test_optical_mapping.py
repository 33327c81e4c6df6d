"""Optical genome maps: sides by the signs of a row, places by labels, what a label cannot tell stays open."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.breakpoints.breakends import join
from annotate.decide.detectability import able_sources, inputs_present
from annotate.knowledge.specs.lesions import DetectabilityRow, LesionRow
from annotate.model.junctions import Breakend
from annotate.model.sample import Sample
from annotate.read.optical_mapping import read_optical_maps
from annotate.run.sample import analyse
from tests.makers.optical import smap_text, sv_row, write_smap
from tests.makers.rearrangement_cases import EXONS
from tests.makers.structural import junction_of

FUSIONS = {  # as a map can show them: PAR1 aligns poorly, and a deletion's exons are not told
    "BCR::ABL1": "bcr_abl1",
    "NUP214::ABL1": "abl_class",
    "ETV6::ABL1": "abl_class",
    "KMT2A::AFF1": "kmt2a_r",
    "TCF3::PBX1": "tcf3_r",
    "TCF3::HLF": "tcf3_r",
    "ETV6::RUNX1": "etv6_runx1",
    "PAX5::JAK2": "jak2_r",
}


def sample(genome, path, **fields):
    return Sample("K", "K", "diagnosis", genome.assembly, optical_mapping=(path,), **fields)


def calls(genome, path, **fields):
    return analyse(sample(genome, path, **fields), None, Settings()).calls


def read(genome, path, knowledge, **fields):
    return read_optical_maps((path,), sample(genome, path, **fields), genome, knowledge)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("sides", ["LL", "LR", "RL", "RR"])
def test_the_signs_of_a_row_give_the_sides(tmp_path, genome, knowledge, sides, swapped):
    one = join(Breakend("3", 5_000_000, sides[0]), Breakend("11", 70_000_000, sides[1]))
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [sv_row(one, 0, swapped=swapped)]))
    (found,) = read(genome, path, knowledge).junctions
    assert (found.left, found.right) == (one.left, one.right)
    assert not found.precise
    assert found.vaf == 0.4


@pytest.mark.parametrize("pair", FUSIONS)
@pytest.mark.parametrize("gap", [0, 6000, 20_000])
def test_a_fusion_is_found_from_labels_beside_its_breakpoint(tmp_path, genome, pair, gap):
    five, three = pair.split("::")
    one = junction_of(genome, five, three, *EXONS[pair])
    found = calls(genome, write_smap(tmp_path / "a.smap", genome, one, gap=gap))[FUSIONS[pair]]
    assert found.state.present, (found.state, found.summary, found.reasons)
    assert pair in (found.subtype or found.summary)


@pytest.mark.parametrize("pair", ["BCR::ABL1", "ETV6::RUNX1", "TCF3::PBX1", "KMT2A::AFF1"])
def test_other_sides_make_no_fusion(tmp_path, genome, pair):
    one = junction_of(genome, *pair.split("::"), *EXONS[pair])
    flipped = join(one.left, Breakend(one.right.chrom, one.right.pos, "L" if one.right.keeps == "R" else "R"))
    found = calls(genome, write_smap(tmp_path / "a.smap", genome, flipped))[FUSIONS[pair]]
    assert not found.state.present


@pytest.mark.parametrize("spoilt", [{"orientation": "NA"}, {"Confidence": "0.01"}])
def test_a_fusion_without_sides_or_below_its_confidence_is_open(tmp_path, genome, spoilt):
    one = junction_of(genome, "BCR", "ABL1", *EXONS["BCR::ABL1"])
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [{**sv_row(one), **spoilt}]))
    assert calls(genome, path)["bcr_abl1"].state.value == "equivocal"


def test_a_place_is_moved_for_a_pair_of_the_table_alone(tmp_path, genome, knowledge):
    """Beside two genes that make no known fusion, the label stays where the file has it."""
    gene = genome.gene("BTG1")
    other = genome.gene("PTEN")
    one = join(Breakend(gene.chrom, gene.start - 9000, "L"), Breakend(other.chrom, other.end + 9000, "R"))
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [sv_row(one, 0)]))
    case = analyse(sample(genome, path), None, Settings()).case
    (found,) = case.junctions.junctions
    assert {found.left, found.right} == {one.left, one.right}
    assert "place_within_range" not in found.flags


@pytest.mark.parametrize(("share", "state"), [(0.95, True), (0.4, False)])
def test_a_deletion_counts_where_it_is_certain_whatever_its_place(tmp_path, genome, knowledge, share, state):
    transcript = genome.transcript("IKZF1")
    coding = [exon for exon in transcript.exons if exon.cds_start is not None]
    low, high = coding[2].cds_start - 10_000, coding[4].cds_end + 10_000
    row = sv_row(join(Breakend(transcript.chrom, low, "L"), Breakend(transcript.chrom, high, "R")), 0)
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [{**row, "SVsize": f"{(high - low) * share:.1f}"}]))
    found = calls(genome, path)["ikzf1_deletion"]
    assert found.state.present is state
    assert ("IKZF1",) in [remark.genes for remark in read(genome, path, knowledge).remarks] or state
    assert found.state.value != "not_detected"


def test_a_variant_of_control_samples_is_of_the_person(tmp_path, genome, knowledge):
    one = junction_of(genome, "BCR", "ABL1", *EXONS["BCR::ABL1"])
    column = "Present_in_%_of_BNG_control_samples"
    text = smap_text(genome, [sv_row(one)]).replace("#h ", f"#h {column}\t")
    lines = [line if line.startswith("#") else f"4.2\t{line}" for line in text.splitlines()]
    path = tmp_path / "a.smap"
    path.write_text("\n".join(lines) + "\n")
    found = read(genome, path, knowledge)
    assert not found.junctions
    assert dict(found.inputs[0].dropped) == {"seen in control samples": 1}


def test_every_record_is_counted(tmp_path, genome, knowledge):
    one = junction_of(genome, "BCR", "ABL1", *EXONS["BCR::ABL1"])
    (file,) = read(genome, write_smap(tmp_path / "a.smap", genome, one, extra=5), knowledge).inputs
    assert (file.records_read, file.records_used) == (6, 1)
    assert dict(file.dropped) == {"type_not_read:insertion": 5}


def test_another_assembly_is_refused(tmp_path, genome, knowledge):
    path = tmp_path / "a.smap"
    other = {"GRCh37": "hg38", "GRCh38": "hg19"}[genome.assembly]
    path.write_text(smap_text(genome, [], build=other))
    with pytest.raises(InputError, match="another assembly"):
        read(genome, path, knowledge)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text.replace("#h ", "# "), "no line `#h`"),
        (lambda text: text.replace("RefEndPos", "End"), "columns are missing"),
        (lambda text: text.rsplit("\t", 9)[0] + "\n", "wrong number of columns"),
        (lambda text: text.replace(".0\t", ".x\t"), "not a position"),
    ],
)
def test_what_is_broken_is_refused(tmp_path, grch38, knowledge, spoil, words):
    one = junction_of(grch38, "BCR", "ABL1", *EXONS["BCR::ABL1"])
    path = tmp_path / "a.smap"
    path.write_text(spoil(smap_text(grch38, [sv_row(one)])))
    with pytest.raises(InputError, match=words):
        read(grch38, path, knowledge)


def test_rows_of_another_sample_are_not_taken(tmp_path, grch38, knowledge):
    one = junction_of(grch38, "BCR", "ABL1", *EXONS["BCR::ABL1"])
    text = smap_text(grch38, [sv_row(one), sv_row(one)]).replace("#h ", "#h Sample\t")
    lines = text.splitlines()
    rows = [n for n, line in enumerate(lines) if not line.startswith("#")]
    for n, name in zip(rows, ("J", "K"), strict=True):
        lines[n] = f"{name}\t{lines[n]}"
    path = tmp_path / "a.smap"
    path.write_text("\n".join(lines) + "\n")
    found = read(grch38, path, knowledge)
    assert (found.inputs[0].records_read, found.inputs[0].records_used) == (2, 1)
    lines[rows[1]] = lines[rows[1]].replace("K\t", "J\t", 1)
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match="cannot tell which"):
        read(grch38, path, knowledge, sheet_names=frozenset({"J"}))


def test_a_map_alone_speaks_for_itself_and_an_empty_one_for_nothing(tmp_path, grch38):
    path = write_smap(tmp_path / "a.smap", grch38)
    case = analyse(sample(grch38, path), None, Settings()).case
    assert inputs_present(case) == {"ogm"}
    seen = {row.lesion for row in case.knowledge.rows(DetectabilityRow) if row.input == "ogm" and row.sees == "D"}
    able = {row.id for row in case.knowledge.rows(LesionRow) if able_sources(case, row.id)}
    assert able == seen
    path.write_text(smap_text(grch38, []))
    empty = analyse(sample(grch38, path), None, Settings())
    assert not any(call.state.value == "not_detected" for call in empty.calls.values())


def test_each_lesion_has_a_cell_with_its_source(knowledge):
    rows = [row for row in knowledge.rows(DetectabilityRow) if row.input == "ogm"]
    assert {row.lesion for row in rows} == {row.id for row in knowledge.rows(LesionRow)}
    assert all(row.source for row in rows)


def test_a_real_map_of_a_healthy_genome_shows_no_lesion(shared_data, grch38):
    path = shared_data / "optical_mapping" / "EXP_REFINEFINAL1.smap"
    found = analyse(sample(grch38, path), None, Settings())
    assert not any(call.state.present for call in found.calls.values())
    assert found.inputs[0].records_read == 9239


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"RefcontigID2": "87"}, "its other end is not placed"),
        ({"Type": "complex"}, "a type that is not read"),
        ({"SVfreq": "0.0", "VAF": "0.0"}, "no molecule carries it"),
    ],
)
def test_a_row_in_a_gene_that_makes_no_junction_leaves_its_lesions_open(tmp_path, genome, spoilt, reason):
    one = junction_of(genome, "KMT2A", "AFF1", *EXONS["KMT2A::AFF1"])
    row = sv_row(one) if one.left.chrom == genome.gene("KMT2A").chrom else sv_row(one, swapped=True)
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [{**row, **spoilt}]))
    found = calls(genome, path)["kmt2a_r"]
    assert found.state.value == "not_assessable"
    assert any(reason in remark.reason for remark in found.remarks)


def test_a_map_without_a_label_on_the_genome_excludes_nothing(tmp_path, genome):
    rows = [{"RefcontigID1": "87", "RefcontigID2": "87", "RefStartPos": "5.0", "RefEndPos": "9.0", "Type": "insertion"}]
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, rows))
    assert not any(call.state.value == "not_detected" for call in calls(genome, path).values())


def test_a_loss_between_two_labels_hides_no_translocation(tmp_path, genome):
    transcript = genome.transcript("ETV6")
    exon = [exon for exon in transcript.exons if exon.cds_start is not None][2]
    ends = (
        Breakend(transcript.chrom, exon.cds_start - 10_000, "L"),
        Breakend(transcript.chrom, exon.cds_end + 10_000, "R"),
    )
    path = tmp_path / "a.smap"
    path.write_text(smap_text(genome, [{**sv_row(join(*ends), 0), "SVsize": "4000.0"}]))
    found = calls(genome, path)
    assert not found["etv6_runx1"].remarks
    assert found["etv6_deletion"].remarks
