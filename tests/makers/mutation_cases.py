"""Small cases for the tests of mutation lesions: variants, depths and profiles in a line each."""

from __future__ import annotations

from typing import Any

from annotate.decide.case import Case
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, GeneCopies, Segment
from annotate.model.regions import Regions
from annotate.model.sample import InputFile, Sample
from annotate.model.small_variants import DepthAt, SmallVariant, SmallVariants
from annotate.reference.genome import Genome
from annotate.reference.hotspots import hotspot_codons

KNOWLEDGE = Knowledge.load()


def variant(gene: str, hgvsp: str | None = None, **fields: Any) -> SmallVariant:
    """A passing variant at the residue that its protein name says, 300 of 1,000 reads unless told otherwise."""
    genome = fields.pop("genome", None) or Genome.load("GRCh38")
    given = {"ref": "A", "alt": "C", "vaf": 0.3, "depth": 1000, "filter": "PASS", "source": "csq"} | fields
    transcript = genome.transcript(gene)
    if hgvsp and "codon" not in given:
        digits = "".join(c if c.isdigit() else " " for c in hgvsp).split()
        given["codon"] = int(digits[0]) if digits else None
    if "pos" not in given:
        given["pos"] = transcript.protein_to_genomic(given["codon"])[1] if transcript and given.get("codon") else 1
    if "consequence" not in given:
        given["consequence"] = consequence(hgvsp or "")
    if given["vaf"] is not None and given["depth"] and "alt_reads" not in given:
        given["alt_reads"] = round(given["vaf"] * given["depth"])
    chrom = given.pop("chrom", transcript.chrom if transcript else "1")
    return SmallVariant(chrom=chrom, gene=gene, hgvsp=hgvsp, **given)


def consequence(name: str) -> str | None:
    if "fs" in name:
        return "frameshift_variant"
    if name.endswith(("Ter", "*")):
        return "stop_gained"
    if "ins" in name or "dup" in name:
        return "inframe_insertion"
    if "del" in name:
        return "inframe_deletion"
    return "missense_variant" if name else None


def profile(
    purity: float | None = 0.9, genes: dict[str, GeneCopies] | None = None, segments: tuple[Segment, ...] = (), **k: Any
) -> CopyNumberProfile:
    fields = {
        "segments": segments,
        "inputs": (),
        "purity": purity,
        "ploidy": 2.0,
        "purity_source": "file",
        "allele_specific": True,
        "sex": "female",
        "chromosomes": {},
        "modal_number": 46,
        "retained_homologues": None,
        "loh_autosomes": None,
        "resolution": 10_000,
        "noise": None,
        "genes": genes or {},
    } | k
    return CopyNumberProfile(**fields)


def copies(gene: str, call: str, total: float = 2, minor: float | None = 1, **k: Any) -> GeneCopies:
    return GeneCopies(gene=gene, total=total, minor=minor, baseline=2, call=call, **k)


def hotspot_depths(genome: Genome, depth: int, gene: str | None = None) -> dict[tuple[str, int], DepthAt]:
    return {
        (spot.chrom, pos): DepthAt(spot.chrom, pos, depth)
        for spot in hotspot_codons(genome, KNOWLEDGE)
        for pos in spot.positions
        if gene in (None, spot.gene)
    }


def case(
    genome: Genome,
    variants: tuple[SmallVariant, ...] | None = (),
    *,
    depths: dict[tuple[str, int], DepthAt] | None = None,
    records: int = 100,
    regions: list[tuple[str, int, int]] | None = None,
    profile: CopyNumberProfile | None = None,
    karyotype: Any = None,
    junctions: Any = None,
    calls: dict[str, Any] | None = None,
    **sample: Any,
) -> Case:
    """A case; `variants=None` means that no small-variant file was supplied."""
    small = None
    if variants is not None:
        file = InputFile("small_variants", "a.vcf", "vcf", records, records)
        small = SmallVariants(tuple(variants), (file,), depths=depths or {})
    return Case(
        sample=Sample(sample="s", patient="p", timepoint="relapse", assembly=genome.assembly, **sample),
        genome=genome,
        knowledge=KNOWLEDGE,
        small=small,
        profile=profile,
        karyotype=karyotype,
        junctions=junctions,
        regions=Regions.of(regions) if regions is not None else None,
        calls=calls or {},
    )
