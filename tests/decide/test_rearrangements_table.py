"""Every fusion of the table, simulated at the gene models of both assemblies: the right lesion, name and side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.breakpoints.breakends import join
from annotate.decide.case import Case
from annotate.decide.rearrangements.rules import Rule, best_rule, rules_of
from annotate.model.junctions import Breakend, Junction
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.name.partners.partners import place
from annotate.read.structural import read_structural
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import KNOWLEDGE, call, case_of, flip
from tests.makers.structural import junction_of, write_junctions

FACTS = {"split_reads": 12, "paired_reads": 10, "vaf": 0.4, "filter": "PASS"}
# not proven by DNA alone, by rule
EQUIVOCAL = {"TCF4::HLF", "IGH::DUX4", "ERG::DUX4"}
LESIONS = sorted({row["lesion"] for row in KNOWLEDGE.table("fusion_rules")} - {"pax5"})


def simulated(genome: Genome) -> Iterator[tuple[str, str, Junction]]:
    """Fusion, lesion and DNA junction of each row that names two genes or a locus and a gene."""
    for row in KNOWLEDGE.table("fusions"):
        five, three = row["five_prime"], row["three_prime"]
        if three == "various":
            continue
        for lesion in LESIONS:
            found = best_rule(rules_of(genome, KNOWLEDGE, lesion), five, three)
            if found is not None and found[1] == "known" and not found[0].mimic:
                yield f"{five}::{three}", lesion, _junction(genome, found[0], five, three)


def _junction(genome: Genome, rule: Rule, five: str, three: str) -> Junction:
    middles = {
        name: (windows[-1].start + windows[-1].end) // 2
        for name in (five, three)
        if (windows := rule.windows.get(name))
    }
    locus = next((locus for locus in genome.loci() if locus.name.split("/")[0] == five), None)
    if locus is not None:
        gene = _gene(genome, three)
        beside = gene.start - 2000 if gene.strand == "+" else gene.end + 2000
        ends = Breakend(locus.chrom, locus.start + 200_000, "L"), Breakend(gene.chrom, middles.get(three, beside), "R")
        return join(*ends, **FACTS)
    exon = None
    if three not in middles and three in rule.kept_from:
        transcript = genome.transcript(three)
        assert transcript is not None
        exon = max(2, (transcript.exon_at(transcript.protein_to_genomic(rule.kept_from[three])[0]) or 2) - 1)
    target = _gene(genome, three).name
    return junction_of(genome, five, target, None, exon, five_pos=middles.get(five), three_pos=middles.get(three))


def _gene(genome: Genome, name: str) -> Gene:
    """A gene, or the first of a cluster (HOXA)."""
    return genome.gene(name) or next(gene for gene in genome.panel_genes() if gene.name.startswith(name))


def test_every_fusion_is_named_right(genome: Genome) -> None:
    rows = list(simulated(genome))
    assert len(rows) > 130
    for name, lesion, junction in rows:
        found = call(case_of(genome, junctions=[junction]), lesion)
        assert found.state is (State.EQUIVOCAL if name in EQUIVOCAL else State.DETECTED), (name, found.summary)
        assert found.details["fusion"].startswith(name), name


def test_every_fusion_belongs_to_one_lesion(genome: Genome) -> None:
    """No junction of a known fusion is detected as another lesion, but for those that are two by definition."""
    twice = {"TCF3::ZNF384", "TCF3::ZNF362"}
    for name, _, junction in simulated(genome):
        case = case_of(genome, junctions=[junction])
        present = [lesion for lesion in LESIONS if call(case, lesion).state.present]
        wanted = 0 if name in EQUIVOCAL else 2 if name in twice else 1
        assert len(present) == wanted, (name, present)


def test_flipped_sides_are_never_detected(genome: Genome) -> None:
    """Where orientation matters, no junction with a flipped side is called present."""
    free = {
        f"{row['five_prime']}::{row['three_prime']}"
        for row in KNOWLEDGE.table("fusions")
        if row["orientation_matters"] == "no"
    }
    for name, lesion, junction in simulated(genome):
        if name in free:
            continue
        for ends in ({"left": True}, {"right": True}, {"left": True, "right": True}):
            found = call(case_of(genome, junctions=[flip(junction, **ends)]), lesion)
            assert not found.state.present, (name, ends, found.summary)


@pytest.mark.parametrize("dialect", ["manta", "gridss", "delly", "svaba"])
def test_every_fusion_in_four_dialects(genome: Genome, tmp_path: Path, dialect: str) -> None:
    rows = list(simulated(genome))
    path = write_junctions(dialect, tmp_path / "all.vcf", [row[2] for row in rows], genome.assembly)
    sample = Sample("s", "p", "diagnosis", genome.assembly, assay="wgs", tumor_name="TUMOR", normal_name="NORMAL")
    read = place(read_structural((path,), sample, genome, KNOWLEDGE), genome, KNOWLEDGE)
    case = Case(sample, genome, KNOWLEDGE, junctions=read)
    proven = {
        (lesion, entry["fusion"], entry["strength"] == "proof")
        for lesion in LESIONS
        for entry in call(case, lesion).details.get("fusions", ())
    }
    for name, lesion, _ in rows:
        names = {(fusion, proof) for own, fusion, proof in proven if own == lesion and fusion.startswith(name)}
        assert (name not in EQUIVOCAL) in {proof for _, proof in names}, (dialect, name)
