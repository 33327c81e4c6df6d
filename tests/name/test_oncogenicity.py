"""Oncogenicity points, local evidence of ALL, and the flags that keep other sources in mind."""

from __future__ import annotations

import pytest

from annotate.base.errors import InputError
from annotate.name.small_variants.oncogenicity import verdict, weigh
from annotate.reference import hotspots
from tests.makers.mutation_cases import variant


def weighed(given, genome, knowledge, **options):
    return weigh((given,), genome, knowledge, **options)[0]


def test_every_named_variant_is_a_hotspot_and_not_benign(genome, knowledge):
    for row in knowledge.table("variants"):
        found = weighed(variant(row["gene"], row["hgvsp"].split()[0], genome=genome), genome, knowledge)
        assert "hotspot" in found.flags, row["hgvsp"]
        assert found.oncogenicity in ("Oncogenic", "Likely oncogenic", None)
        if row["class"] == "ESTABLISHED" and row["gene"] != "TP53":
            assert found.oncogenicity in ("Oncogenic", "Likely oncogenic"), row["hgvsp"]


def test_no_change_that_counts_for_a_lesion_is_called_uncertain(genome, knowledge):
    """At every codon of every rule: a class, or none where only part of the points can be had, never VUS."""
    tried = 0
    for row in hotspots.rules(knowledge):
        if row.state == "ignored" or not row.codons or "missense" not in row.classes:
            continue
        for codon in (codon for span in row.codons for codon in span):
            name = f"p.Trp{codon}Cys"
            given = variant(row.gene, name, genome=genome, codon=codon)
            found = weighed(given, genome, knowledge)
            if hotspots.matching_rule(given, genome, knowledge).state != "ignored":
                assert found.oncogenicity != "VUS", (row.id, codon)
                tried += 1
    assert tried > 500


@pytest.mark.parametrize(
    ("gene", "name"),
    [
        ("KRAS", "p.Gly12Asp"), ("NRAS", "p.Gln61Arg"), ("PTPN11", "p.Glu76Lys"), ("FLT3", "p.Asp835Tyr"),
        ("FBXW7", "p.Arg465Cys"), ("JAK2", "p.Arg683Ser"), ("TP53", "p.Arg248Gln"), ("BRAF", "p.Val600Glu"),
    ],
)  # fmt: skip
def test_hotspots_with_functional_studies_are_likely_oncogenic(genome, knowledge, gene, name):
    assert weighed(variant(gene, name, genome=genome), genome, knowledge).oncogenicity == "Likely oncogenic"


def test_a_change_of_which_nothing_is_known_stays_uncertain(genome, knowledge):
    assert weighed(variant("KMT2D", "p.Ala10Val", genome=genome), genome, knowledge).oncogenicity == "VUS"


@pytest.mark.parametrize(("age", "flagged"), [(4.0, False), (17.5, False), (55.0, True), (None, True)])
def test_clonal_haematopoiesis_is_not_of_children(grch38, knowledge, age, flagged):
    found = weighed(variant("TP53", "p.Arg248Gln", vaf=0.1), grch38, knowledge, age=age)
    assert ("possible_chip" in found.flags) is flagged


def test_named_variant_by_coordinates_alone(genome, knowledge):
    """A VCF without annotation, in a gene whose sequence the pack lacks."""
    row = next(r for r in knowledge.table("variants") if r["gene"] == "PAX5")
    pos = int(row[f"{genome.assembly}_pos"])
    bare = variant("PAX5", None, chrom="9", pos=pos, ref="G", alt="C", source=None, genome=genome)
    assert "hotspot" in weighed(bare, genome, knowledge).flags


def test_nt5c2_r367q_is_weighed_by_local_evidence(grch38, knowledge):
    found = weighed(variant("NT5C2", "p.Arg367Gln", population_af=0.0), grch38, knowledge)
    assert found.oncogenicity_points == {"OS2": 4, "OS3": 4, "OP4": 1}
    assert found.oncogenicity == "Likely oncogenic"
    assert {"hotspot", "activating"} <= set(found.flags)


def test_q523_stop_activates_and_another_stop_does_not(grch38, knowledge):
    q523 = weighed(variant("NT5C2", "p.Gln523Ter"), grch38, knowledge)
    other = weighed(variant("NT5C2", "p.Gln200Ter"), grch38, knowledge)
    assert "activating" in q523.flags
    assert q523.oncogenicity == "Likely oncogenic"
    assert other.flags == ()
    assert other.oncogenicity == "VUS"


def test_null_variant_of_a_suppressor_and_its_last_exon(grch38, knowledge):
    early = weighed(variant("TP53", "p.Arg196Ter", population_af=0.0), grch38, knowledge)
    last = weighed(variant("TP53", "p.Lys381fs"), grch38, knowledge)
    assert early.oncogenicity_points["OVS1"] == 8
    assert "OVS1" not in last.oncogenicity_points
    assert last.oncogenicity_points["OVS1_strong"] == 4


def test_population_frequency_outweighs(grch38, knowledge):
    common = weighed(variant("TP53", "p.Pro72Arg", population_af=0.66), grch38, knowledge)
    assert common.oncogenicity == "Benign"
    rare = weighed(variant("KMT2D", "p.Pro100Ser", population_af=0.02), grch38, knowledge)
    assert rare.oncogenicity == "Likely benign"


def test_unknown_population_is_not_absence(grch38, knowledge):
    found = weighed(variant("KRAS", "p.Gly12Asp", population_af=None), grch38, knowledge)
    assert "OP4" not in found.oncogenicity_points


def test_synonymous(grch38, knowledge):
    silent = variant("KRAS", "p.Gly12=", consequence="synonymous_variant")
    assert weighed(silent, grch38, knowledge).oncogenicity == "Likely benign"


def test_no_consequence_no_verdict(grch38, knowledge):
    bare = variant("KMT2D", None, consequence=None, pos=49_020_000, chrom="12")
    assert weighed(bare, grch38, knowledge).oncogenicity is None


def test_domain_and_hotspot_are_not_counted_twice(grch38, knowledge):
    for name in ("p.Arg248Gln", "p.Arg249Ser", "p.Val173Leu"):
        given = weighed(variant("TP53", name), grch38, knowledge).oncogenicity_points
        assert len({"OS3", "OM1", "OM3"} & set(given)) == 1, name


@pytest.mark.parametrize(
    ("total", "word"),
    [(10, "Oncogenic"), (9, "Likely oncogenic"), (6, "Likely oncogenic"), (5, "VUS"), (0, "VUS"),
     (-1, "Likely benign"), (-6, "Likely benign"), (-7, "Benign")],
)  # fmt: skip
def test_borders(knowledge, total, word):
    assert verdict(total, knowledge) == word


class TestOtherNumbering:
    def test_abl1_isoform_b_is_matched_by_position(self, grch38, knowledge):
        """T315I written T334I by a file annotated on isoform b."""
        pos = grch38.transcript("ABL1").protein_to_genomic(315)[1]
        other = variant("ABL1", "p.Thr334Ile", codon=334, pos=pos, ref="C", alt="T", source="file")
        assert hotspots.codon_of(other, grch38) == 315
        assert "hotspot" in weighed(other, grch38, knowledge).flags
        assert hotspots.matching_rule(other, grch38, knowledge, "relapse_genes").id == "relapse_genes.abl1_kd_315"

    def test_men1_long_isoform_codon_is_not_the_short_one(self, grch38, knowledge):
        """M327 of the long protein is M322: a change at residue 327 of the short one is no hotspot."""
        assert hotspots.hotspot(variant("MEN1", "p.Met322Ile"), grch38, knowledge) is not None
        assert hotspots.hotspot(variant("MEN1", "p.Ala327Thr"), grch38, knowledge) is None

    @pytest.mark.parametrize("name", ["p.Gln523*", "p.(Gln523Ter)", "NP_036361.1:p.Gln523Ter", "p.Q523*"])
    def test_spellings(self, name):
        assert hotspots.plain_protein(name) == "p.Gln523Ter"


class TestFlags:
    def test_germline_by_the_normal(self, grch38, knowledge):
        inherited = variant("TP53", "p.Arg248Gln", vaf=0.5, normal_vaf=0.48, normal_depth=60, normal_alt_reads=29)
        somatic = variant("TP53", "p.Arg248Gln", vaf=0.5, normal_vaf=0.0, normal_depth=60, normal_alt_reads=0)
        assert "possible_germline" in weighed(inherited, grch38, knowledge, has_normal=True).flags
        assert "possible_germline" not in weighed(somatic, grch38, knowledge, has_normal=True).flags

    def test_half_the_reads_in_a_predisposition_gene_without_normal(self, grch38, knowledge):
        given = variant("TP53", "p.Arg248Gln", vaf=0.5)
        assert "possible_germline" in weighed(given, grch38, knowledge).flags
        assert "possible_germline" not in weighed(given, grch38, knowledge, has_normal=True).flags

    def test_few_reads_in_the_normal_are_not_germline(self, grch38, knowledge):
        given = variant("NRAS", "p.Gly12Asp", vaf=0.4, normal_vaf=0.02, normal_depth=100, normal_alt_reads=2)
        found = weighed(given, grch38, knowledge, has_normal=True)
        assert "in_normal" in found.flags
        assert "possible_germline" not in found.flags

    def test_chip_and_artefact(self, grch38, knowledge):
        low = weighed(variant("DNMT3A", "p.Arg882His", vaf=0.05), grch38, knowledge)
        filtered = weighed(variant("KRAS", "p.Gly12Asp", filter="strand_bias"), grch38, knowledge)
        assert "possible_chip" in low.flags
        assert "possible_artefact" in filtered.flags


def _vcf(tmp_path, info="AF"):
    import pysam

    plain = tmp_path / "pop.vcf"
    plain.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr10>\n"
        f'##INFO=<ID={info},Number=A,Type=Float,Description="frequency">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        f"chr10\t103093198\t.\tC\tA,T\t.\tPASS\t{info}=0.5,0.02\n"
    )
    return pysam.tabix_index(str(plain), preset="vcf", force=True)


def test_population_vcf_of_the_lab(tmp_path, grch38, knowledge):
    path = _vcf(tmp_path)
    known = variant("NT5C2", "p.Arg367Gln", pos=103093198, ref="C", alt="T")
    unlisted = variant("NT5C2", "p.Lys359Gln", pos=103093223, ref="T", alt="G")
    found = weigh((known, unlisted), grch38, knowledge, population=path)
    assert found[0].population_af == pytest.approx(0.02)
    assert "SBS1" in found[0].oncogenicity_points
    assert found[1].population_af == 0.0


def test_population_vcf_without_index(tmp_path, grch38, knowledge):
    path = tmp_path / "pop.vcf"
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    frequency = '##INFO=<ID=AF,Number=A,Type=Float,Description="frequency">\n'
    path.write_text(f"##fileformat=VCFv4.2\n{frequency}##contig=<ID=chr10>\n{columns}")
    with pytest.raises(InputError, match="bcftools index"):
        weigh((variant("NT5C2", "p.Arg367Gln"),), grch38, knowledge, population=path)
    path.write_text(f"##fileformat=VCFv4.2\n##contig=<ID=chr10>\n{columns}")
    with pytest.raises(InputError, match="no allele frequency"):
        weigh((variant("NT5C2", "p.Arg367Gln"),), grch38, knowledge, population=path)
