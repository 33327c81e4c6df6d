"""How oncogenic a small variant is: the ClinGen/CGC/VICC points that can be computed without a network.

What pan-cancer hotspot lists miss in leukaemia (NT5C2, PAX5 P80R, PRPS1…) comes from the knowledge tables
`variants`, `hotspot_codons` and `gene_mutation_rules` as documented local evidence. Criteria that need
prediction programs or observation counts (OP1, OP2, OP3, OS1, OM4, SBP1) are not given. Fusions and copy
number are not weighed here: the points are for small variants only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.small_variants import OncogenicityPointRow, RuleState
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import germline_flags
from annotate.reference import hotspots
from annotate.reference.genome import Genome


def weigh(
    variants: Iterable[SmallVariant],
    genome: Genome,
    knowledge: Knowledge,
    *,
    has_normal: bool = False,
    population: Path | None = None,
    age: float | None = None,
) -> tuple[SmallVariant, ...]:
    """Fill oncogenicity, its points and the flags of every variant.

    `has_normal`: the calls were made against a matched normal. `age`: of the patient in years, where known.
    `population`: an indexed VCF with INFO/AF (or AF_popmax, gnomAD_AF…) for variants whose own file gives no
    population frequency.
    """
    given = tuple(variants)
    if population is not None:
        given = _with_population(given, population, genome)
    return tuple(_weigh(variant, genome, knowledge, has_normal, age) for variant in given)


def _weigh(
    variant: SmallVariant, genome: Genome, knowledge: Knowledge, has_normal: bool, age: float | None
) -> SmallVariant:
    given = points(variant, genome, knowledge)
    found = [*variant.flags, *germline_flags.flags(variant, knowledge, has_normal, age)]
    if named_or_hotspot(variant, genome, knowledge):
        found.append("hotspot")
    found += _effect(variant, genome, knowledge)
    known = bool(hotspots.terms(variant.consequence)) or variant.hgvsp is not None
    return replace(
        variant,
        oncogenicity=verdict_of(given, variant, genome, knowledge) if known else None,
        oncogenicity_points=given,
        flags=tuple(dict.fromkeys(found)),
    )


def verdict_of(given: Mapping[str, int], variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> str | None:
    """The class; None where there is evidence that only criteria which need a network could complete.

    Half the points of a change that counts for a lesion would read as "nothing is known of it": the criteria that
    were met are shown instead.
    """
    found = verdict(sum(given.values()), knowledge)
    rule = hotspots.matching_rule(variant, genome, knowledge)
    counts = rule is not None and rule.state is not RuleState.IGNORED
    evidence = counts or any(points > 0 for id, points in given.items() if id != "OP4")
    return None if found == VUS and evidence else found


VUS = "VUS"


def verdict(total: int, knowledge: Knowledge) -> str:
    """The class of a sum of points."""
    value = knowledge.value
    if total >= value(cutoffs.WEIGHING_ONCOGENIC_POINTS):
        return "Oncogenic"
    if total >= value(cutoffs.WEIGHING_LIKELY_ONCOGENIC_POINTS):
        return "Likely oncogenic"
    if total <= value(cutoffs.WEIGHING_BENIGN_POINTS):
        return "Benign"
    return "Likely benign" if total <= value(cutoffs.WEIGHING_LIKELY_BENIGN_POINTS) else VUS


def points(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> Mapping[str, int]:
    """The criteria that apply, with their points, in the order of the table."""
    met = {*_for(variant, genome, knowledge), *_by_population(variant, knowledge)}
    return {row.id: row.points for row in knowledge.rows(OncogenicityPointRow) if row.id in met}


def _for(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> set[str]:
    kinds = hotspots.classes(variant)
    rule = hotspots.matching_rule(variant, genome, knowledge)
    named = hotspots.named(variant, genome, knowledge)
    if rule is not None and rule.effect == "benign":
        return {"SBS2"}
    met = set(rule.criteria) if rule is not None else set()
    if named is not None:
        met |= {"OS2", "OS3"} if named.tier == "established" else {"OM3"}
    elif hotspots.hotspot(variant, genome, knowledge) and kinds & {"missense", "inframe"}:
        met.add("OM3")
    if "truncating" in kinds and _is_tsg(variant, knowledge):
        met.add("OVS1_strong" if _last_coding_exon(variant, genome) else "OVS1")
    if "inframe" in kinds and germline_flags.role(variant.gene, knowledge) is not None:
        met.add("OM2")
    if kinds == {"synonymous"} and "splice_region" not in hotspots.terms(variant.consequence):
        met.add("SBP2")
    return _without_double_counting(met)


def _without_double_counting(met: set[str]) -> set[str]:
    """OM1 and OM3 are not given beside OS3, nor OM3 beside OM1: they would count one observation twice."""
    if "OS3" in met:
        return met - {"OM1", "OM3"}
    return met - {"OM3"} if "OM1" in met else met


def _by_population(variant: SmallVariant, knowledge: Knowledge) -> set[str]:
    af = variant.population_af
    if af is None:
        return set()
    if af > knowledge.value(cutoffs.WEIGHING_POPULATION_VERY_STRONG):
        return {"SBVS1"}
    if af > knowledge.value(cutoffs.WEIGHING_POPULATION_STRONG):
        return {"SBS1"}
    absent = af <= knowledge.value(cutoffs.WEIGHING_POPULATION_ABSENT)
    return {"OP4"} if absent and hotspots.classes(variant) - {"synonymous"} else set()


def _is_tsg(variant: SmallVariant, knowledge: Knowledge) -> bool:
    entry = germline_flags.role(variant.gene, knowledge)
    return entry is not None and entry.role == "tsg"


def _last_coding_exon(variant: SmallVariant, genome: Genome) -> bool:
    transcript = genome.transcript(variant.gene or "")
    if transcript is None:
        return False
    coding = [exon for exon in transcript.exons if exon.cds_start is not None]
    return bool(coding) and coding[-1].start <= variant.pos <= coding[-1].end


def named_or_hotspot(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> bool:
    """Is the variant named in a table, or a missense or in-frame change of a hotspot codon?"""
    if hotspots.named(variant, genome, knowledge) is not None:
        return True
    kinds = hotspots.classes(variant)
    at_codon = hotspots.hotspot(variant, genome, knowledge) is not None
    return at_codon and (bool(kinds & {"missense", "inframe"}) or not kinds)


def _effect(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> list[str]:
    """activating, loss, resistance or benign, where a rule or the list of named variants says so."""
    words = {"activating": "activating", "loss": "loss_of_function", "resistance": "resistance", "benign": "benign"}
    named = hotspots.named(variant, genome, knowledge)
    rule = hotspots.matching_rule(variant, genome, knowledge)
    if rule is not None and rule.effect in words:
        return [words[rule.effect]]
    if named is not None and not _is_tsg(variant, knowledge):
        return ["activating"] if "resistance" not in named.effect else ["resistance"]
    return []


# ---------------------------------------------------------------- population frequency of a lab's VCF

AF_KEYS = ("AF_popmax", "AF_grpmax", "gnomAD_AF", "gnomADg_AF", "gnomADe_AF", "AF")


def _with_population(variants: tuple[SmallVariant, ...], path: Path, genome: Genome) -> tuple[SmallVariant, ...]:
    """Fill population_af where it is unknown. A site that the VCF does not list is 0: that is what absent means there.

    Errors: InputError if the VCF cannot be read or has no index.
    """
    import pysam

    try:
        with pysam.VariantFile(str(path)) as vcf:
            if not any(key in vcf.header.info for key in AF_KEYS):
                raise InputError(
                    "population VCF states no allele frequency",
                    path=path,
                    found="INFO: " + (", ".join(list(vcf.header.info)[:10]) or "none"),
                    expected="one of INFO/" + ", ".join(AF_KEYS),
                    fix="give a VCF with frequencies, as gnomAD has, or leave `population` out",
                )
            names = {genome.contig(str(name)): str(name) for name in vcf.header.contigs}
            if not names:
                names = {genome.contig(name): name for name in _index_contigs(path)}
            return tuple(_frequency(variant, vcf, names) for variant in variants)
    except (OSError, ValueError) as error:
        raise InputError(
            f"population VCF cannot be read ({error})",
            path=path,
            expected="a bgzip-compressed VCF or BCF with its index and INFO/AF",
            fix="bcftools index -t FILE",
        ) from error


def _index_contigs(path: Path) -> tuple[str, ...]:
    import pysam

    with pysam.TabixFile(str(path)) as index:
        return tuple(index.contigs)


def _frequency(variant: SmallVariant, vcf: object, names: Mapping[str | None, str]) -> SmallVariant:
    if variant.population_af is not None or variant.chrom not in names:
        return variant
    highest = 0.0
    for record in vcf.fetch(names[variant.chrom], variant.pos - 1, variant.pos):  # type: ignore[attr-defined]
        if record.pos == variant.pos and record.ref == variant.ref and variant.alt in (record.alts or ()):
            highest = max(highest, _af(record, record.alts.index(variant.alt)))
    return replace(variant, population_af=highest)


def _af(record: object, index: int) -> float:
    info = record.info  # type: ignore[attr-defined]
    for key in AF_KEYS:
        if key in info:
            value = info[key]
            number = value[index] if isinstance(value, tuple) else value
            return float(number) if number is not None else 0.0
    return 0.0
