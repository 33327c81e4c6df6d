"""Every fusion of the table as a DNA junction at the gene models of an assembly, with the lesion that it makes."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.breakpoints.breakends import join
from annotate.decide.rearrangements.rules import Rule, best_rule, rules_of
from annotate.model.junctions import Breakend, Junction
from annotate.name.partners.partners import pairs_of
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from annotate.reference.places import Places
from tests.makers.rearrangement_cases import KNOWLEDGE
from tests.makers.structural import junction_of

FACTS = {"split_reads": 12, "paired_reads": 10, "vaf": 0.4, "filter": "PASS"}
NUP98_EXON = 12  # of its fusions, by most reports
PARTNERS = ("DDX10", "ADD3", "CCDC28A", "RAP1GDS1")  # of NUP98 in T-cell leukaemia; no row names them
# not proven by DNA alone, by rule
EQUIVOCAL = {"TCF4::HLF", "IGH::DUX4", "ERG::DUX4"}
LESIONS = sorted({row["lesion"] for row in KNOWLEDGE.table("fusion_rules")})


def simulated(genome: Genome) -> Iterator[tuple[str, str, Junction]]:
    """Fusion, lesion and DNA junction of each row; of a gene with any partner one that no row names, in frame."""
    for row in KNOWLEDGE.table("fusions"):
        five, three = row["five_prime"], row["three_prime"]
        if three == "various":
            yield _with_any(genome, five)
            continue
        for lesion in LESIONS:
            found = best_rule(rules_of(genome, KNOWLEDGE, lesion), five, three)
            if found is not None and found[1] == "known" and not found[0].mimic:
                yield f"{five}::{three}", lesion, _junction(genome, found[0], five, three)


def _with_any(genome: Genome, five: str) -> tuple[str, str, Junction]:
    """A fusion with a partner of the literature's "various", whose frame is kept, and the lesion of its rule."""
    lesion = next(row["lesion"] for row in KNOWLEDGE.table("fusion_rules") if five in row["five_any"].split(";"))
    places = Places.of(genome, KNOWLEDGE)
    for partner in PARTNERS:
        for exon in range(2, 12):
            made = junction_of(genome, five, partner, NUP98_EXON, exon)
            assert made.right is not None
            pairs = pairs_of(places, made.left, made.right)
            if any(pair.five == five and pair.oriented and pair.frame == "in_frame" for pair in pairs):
                return f"{five}::{partner}", lesion, made
    raise ValueError(f"no partner of {PARTNERS} is in frame with {five}")


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
