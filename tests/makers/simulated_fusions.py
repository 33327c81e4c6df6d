"""Every fusion of the table as a DNA junction at the gene models of an assembly, with the lesion that it makes."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.breakpoints.breakends import join
from annotate.decide.rearrangements.rules import Rule, best_rule, rules_of
from annotate.model.junctions import Breakend, Junction
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import KNOWLEDGE
from tests.makers.structural import junction_of

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
