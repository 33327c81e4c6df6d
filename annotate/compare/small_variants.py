"""Small variants over time: called, counted again where another time point has them, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.compare.categories import Seen, Verdict, compare_seen
from annotate.compare.counts import Normal, SampleCounts, look_again
from annotate.compare.events import Event, over_time
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.small_variants.all_sites import Key, Site, Sites, trimmed
from annotate.reference.genome import Genome

ONCOGENIC = frozenset({"Oncogenic", "Likely oncogenic"})
BENIGN = frozenset({"Likely benign", "Benign"})


@frozen
class Compared:
    """A small variant with what each time point shows; what clones are made of."""

    key: Key
    event: Event
    seen: tuple[Seen, ...]
    samples: tuple[str, ...]  # ids of the samples of `seen`


def small_variants(
    timepoints: Sequence[TimepointData],
    names: Sequence[str],
    files: Sequence[Sites],
    normals: Sequence[Normal],
    genome: Genome,
    knowledge: Knowledge,
) -> tuple[list[Compared], list[str]]:
    """Every mutation of any time point, in genomic order, and what is to be said of the comparison as a whole.

    Left out are variants that the normal sample has, that the population has, and benign ones.
    Errors: InputError where a file cannot be read again.
    """
    germline = _germline(normals, knowledge)
    keys = {
        key: row for data in timepoints for key, row in data.variants.items() if _counts(row, key, germline, knowledge)
    }
    warnings = []
    extra, dropped = _outside(files, set(keys), germline, knowledge)
    if dropped:
        warnings.append(f"{dropped:,} further sites outside of the panel are counted below but not listed one by one")
    ordered = sorted({*keys, *extra}, key=_rank)
    reads = [look_again(data, sites, ordered, genome, knowledge) for data, sites in zip(timepoints, files, strict=True)]
    found = [_compared(key, keys.get(key), reads, names, genome, knowledge) for key in ordered]
    return [one for one in found if any(seen.present for seen in one.seen)], warnings


def _counts(row: Mapping[str, Any], key: Key, germline: frozenset[Key], knowledge: Knowledge) -> bool:
    """Is this a mutation of the leukaemia? The numbers decide, not the flag `possible_germline`, which only asks."""
    if trimmed(*key) in germline or row["oncogenicity"] in BENIGN or row["filter"] not in PASSING:
        return False
    normal, depth = row.get("normal_vaf"), row.get("normal_depth") or 0
    if normal is not None and depth >= knowledge.value(cutoffs.WEIGHING_GERMLINE_NORMAL_DEPTH):
        return bool(normal < knowledge.value(cutoffs.WEIGHING_GERMLINE_NORMAL_VAF))
    common = (row.get("population_af") or 0.0) >= knowledge.value(cutoffs.WEIGHING_GERMLINE_POPULATION)
    return not common or row["oncogenicity"] in ONCOGENIC


def _germline(normals: Sequence[Normal], knowledge: Knowledge) -> frozenset[Key]:
    """Sites that the patient's normal samples carry as germline."""
    least = knowledge.value(cutoffs.IDENTITY_NORMAL_MAX_VAF)
    return frozenset(
        site.key
        for normal in normals
        for site in normal.sites.sites
        if site.tumor.vaf is not None and site.tumor.vaf >= least
    )


def _outside(
    files: Sequence[Sites], known: set[Key], germline: frozenset[Key], knowledge: Knowledge
) -> tuple[list[Key], int]:
    """Somatic sites that the reports do not list, and how many are too many to list."""
    listed = {trimmed(*key) for key in known}
    found: dict[Key, None] = {}
    for sites in files:
        if not sites.complete or not is_somatic(sites, bool(germline)):
            continue
        for site in sites.sites:
            if somatic_site(site, knowledge) and site.key not in listed and site.key not in germline:
                found.setdefault(site.key)
    most = knowledge.value(cutoffs.EVOLUTION_MAX_SITE_EVENTS)
    return (list(found), 0) if len(found) <= most else ([], len(found))


def is_somatic(sites: Sites, subtracted: bool) -> bool:
    """Do the sites of this file speak of the leukaemia: a normal column, a normal sample, or mutations alone?"""
    return sites.has_normal or subtracted or not sites.has_counts


def somatic_site(site: Site, knowledge: Knowledge) -> bool:
    """Passing, carried by the leukaemic column where it has counts, and not germline by the normal column."""
    if not site.passing or site.tumor.alt == 0:
        return False
    vaf = site.normal.vaf if site.normal is not None else None
    return vaf is None or vaf < knowledge.value(cutoffs.IDENTITY_NORMAL_MAX_VAF)


def _compared(
    key: Key,
    row: Mapping[str, Any] | None,
    reads: Sequence[SampleCounts],
    names: Sequence[str],
    genome: Genome,
    knowledge: Knowledge,
) -> Compared:
    seen = tuple(read.at(key, genome, knowledge) for read in reads)

    def step(one: int, two: int) -> Verdict:
        return compare_seen(seen[one], seen[two], (names[one], names[two]), knowledge)

    verdict, steps = over_time(names, [cell.present for cell in seen], step)
    gene = row["gene"] if row is not None else _gene(key, genome)
    reasons = [*verdict.reasons, *_germline_doubt(reads, seen, knowledge)]
    event = Event(
        kind="small_variant",
        id=f"{key[0]}:{key[1]} {key[2]}>{key[3]}",
        gene=gene,
        name=_name(key, row, gene),
        category=verdict.category,
        at={name: cell.as_dict() for name, cell in zip(names, seen, strict=True)},
        power=verdict.power,
        reasons=tuple(dict.fromkeys(reasons)),
        steps=steps,
        details=_details(row),
    )
    return Compared(key, event, seen, tuple(read.data.sample.sample for read in reads))


def _details(row: Mapping[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"panel": False}
    return {
        "panel": True,
        "hgvsp": row["hgvsp"],
        "hgvsc": row["hgvsc"],
        "consequence": row["consequence"],
        "oncogenicity": row["oncogenicity"],
        "alternative_names": list(row.get("alternative_names") or ()),
    }


def _germline_doubt(reads: Sequence[SampleCounts], seen: Sequence[Seen], knowledge: Knowledge) -> list[str]:
    """At every time point, at half of the reads, and no normal sample to tell: germline or clonal."""
    if any(read.data.has_normal or read.sites.has_normal for read in reads):
        return []
    low, high = knowledge.value(cutoffs.WEIGHING_GERMLINE_VAF_LOW), knowledge.value(cutoffs.WEIGHING_GERMLINE_VAF_HIGH)
    if all(cell.present and cell.vaf is not None and low <= cell.vaf <= high for cell in seen):
        return ["germline or clonal: about half of the reads at every time point, and no matched normal sample"]
    return []


def _name(key: Key, row: Mapping[str, Any] | None, gene: str | None) -> str:
    place = f"{key[0]}:{key[1]} {key[2][:20]}>{key[3][:20]}"
    change = short_protein(row["hgvsp"]) or row["hgvsc"] or place if row is not None else place
    return f"{gene} {change}" if gene else change


def short_protein(hgvsp: str | None) -> str | None:
    """`p.Arg367Gln` as people write it, R367Q; other forms unchanged.

    >>> short_protein("p.Arg367Gln"), short_protein("p.Gln523Ter")
    ('R367Q', 'Q523*')
    """
    if not hgvsp:
        return None
    import re

    from annotate.reference.hotspots import AMINO_ACIDS

    letters = {name: letter for letter, name in AMINO_ACIDS.items()} | {"Ter": "*"}
    name = hgvsp.split(":")[-1].replace("(", "").replace(")", "")
    found = re.fullmatch(r"p\.([A-Z][a-z]{2})(\d+)([A-Z][a-z]{2}|\*)", name)
    if found is None:
        return name
    first, codon, last = found.groups()
    return f"{letters.get(first, first)}{codon}{letters.get(last, last)}"


def _gene(key: Key, genome: Genome) -> str | None:
    genes = genome.genes_at(key[0], key[1])
    return genes[0].name if genes else None


def _rank(key: Key) -> tuple[tuple[int, str], int, str, str]:
    chrom = key[0]
    return ((int(chrom), "") if chrom.isdigit() else (100, chrom), key[1], key[2], key[3])
