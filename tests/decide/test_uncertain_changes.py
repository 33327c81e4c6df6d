"""Changes that no rule counts and that are not nothing: named where they matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annotate.decide.mutations.hits import hits, sentence
from annotate.decide.mutations.nt5c2 import nt5c2
from annotate.decide.tp53.alteration import tp53_alteration
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.name.small_variants.open_records import beside_the_lesion
from annotate.reference.genome import Genome
from tests.makers.mutation_cases import KNOWLEDGE, case, copies, profile, variant

LOH = profile(genes={"TP53": copies("TP53", "cnloh", total=2, minor=0)})


def splice_variant(genome: Genome) -> SmallVariant:
    """TP53 c.375+5G>A, beside the donor of exon 4."""
    transcript = genome.transcript("TP53")
    assert transcript is not None
    exon = transcript.exons[3]
    return SmallVariant(
        "17", exon.start - 5, "C", "T", gene="TP53", consequence="splice_region_variant&intron_variant",
        hgvsc="NM_000546.6:c.375+5G>A", vaf=0.92, depth=100, alt_reads=92, filter="PASS", source="csq",
        flags=("possible_splice",),
    )  # fmt: skip


def test_the_uncertain_change_is_named_beside_copy_neutral_loss(grch38: Genome) -> None:
    inframe = variant("TP53", "p.Leu43del", ref="AGAG", alt="A", vaf=0.45)
    found = tp53_alteration(case(grch38, (splice_variant(grch38), inframe), profile=LOH))
    assert found.state == "equivocal"
    assert "c.375+5G>A, VAF 92 %" in found.summary
    assert "p.Leu43del, VAF 45 %" in found.summary


def test_copy_neutral_loss_alone_says_that_both_copies_may_be_normal(grch38: Genome) -> None:
    benign = variant("TP53", "p.Pro72Arg", oncogenicity="Benign")
    found = tp53_alteration(case(grch38, (benign,), profile=LOH))
    assert "both copies may be normal" in found.summary


@pytest.mark.parametrize(("af", "asked"), [(None, True), (1e-6, True), (0.02, False)])
def test_a_change_beside_a_donor_asks_unless_the_population_has_it(
    grch38: Genome, af: float | None, asked: bool
) -> None:
    given = replace(splice_variant(grch38), population_af=af)
    remarks = beside_the_lesion(SmallVariants((given,), ()), grch38, KNOWLEDGE)
    assert [remark.lesions for remark in remarks] == [("tp53_alteration",)] * asked


def test_two_changes_of_one_molecule_are_not_kept_apart(grch38: Genome) -> None:
    both = [replace(variant("NT5C2", name), genotype="0|1", phase_set="7") for name in ("p.Arg367Gln", "p.Ser408Arg")]
    assert "of one molecule" in nt5c2(case(grch38, tuple(both))).summary
    apart = [replace(one, phase_set=None, genotype="0/1") for one in both]
    assert "kept apart" in nt5c2(case(grch38, tuple(apart))).summary


def test_an_interval_of_cells_never_runs_past_the_whole(grch38: Genome) -> None:
    """All reads carry it: more than one copy in every cell would give."""
    given = variant("FLT3", "p.Tyr591_Leu610dup", codon=591, ref="A", alt="A" + "CAT" * 20, vaf=1.0, depth=104)
    (hit,) = hits(case(grch38, (given,), profile=profile()), "ras_pathway")
    assert sentence(hit).endswith("CCF 100 %, clonal")


@pytest.mark.parametrize(("alt", "label"), [("A" + "CAT" * 20, "undetermined"), ("ACAT", "subclonal")])
def test_a_long_insertion_makes_no_subclone(grch38: Genome, alt: str, label: str) -> None:
    given = variant("FLT3", "p.Tyr591_Leu610dup", codon=591, ref="A", alt=alt, vaf=0.18, depth=884)
    (hit,) = hits(case(grch38, (given,), profile=profile()), "ras_pathway")
    assert hit.clonality.label == label
