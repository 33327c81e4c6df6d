"""What changed between the time points of one patient (`evolution.json`).

Identity first, then every change with its category, then clones, then one sentence. The reports of the samples
are the source; the samples' own files are read again only for reads at places that another time point asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotate.compare.categories import EVOLUTION_SCHEMA_VERSION
from annotate.compare.clones import clones
from annotate.compare.copy_number import copy_number
from annotate.compare.counts import normal_samples, read_files
from annotate.compare.drugs import with_drugs
from annotate.compare.events import Event
from annotate.compare.identity import Identity, identity
from annotate.compare.lesions import lesions
from annotate.compare.rearrangements import junctions
from annotate.compare.small_variants import Compared, is_somatic, small_variants, somatic_site
from annotate.compare.summary import sentence, site_counts, tally
from annotate.compare.timepoints import TimepointData, in_order, names_of
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.small_variants.all_sites import Sites
from annotate.reference.genome import Genome

__all__ = ["TimepointData", "compare"]


def compare(timepoints: Sequence[TimepointData], genome: Genome, knowledge: Knowledge) -> dict[str, Any]:
    """`evolution.json` of one patient, as `schema.EvolutionModel` publishes it.

    `genome` is of the assembly that the samples share. Remission samples are normals, not time points; samples of the
    time point `other` are left out with a warning. Errors: InputError where a sample's file cannot be read again.
    """
    ordered = in_order(timepoints)
    names = names_of(ordered)
    warnings = _warnings(timepoints, ordered, genome)
    files = [read_files(data, genome, knowledge) for data in ordered]
    normals = normal_samples(timepoints, genome, knowledge)
    small, notes = small_variants(ordered, names, files, normals, genome, knowledge) if ordered else ([], [])
    person = identity(ordered, files, normals, small, genome, knowledge)
    groups, unplaced = clones(small, knowledge) if len(ordered) > 1 else ([], [])
    events = _events(ordered, names, small, genome, knowledge) if len(ordered) > 1 else []
    return {
        "schema_version": EVOLUTION_SCHEMA_VERSION,
        "patient": timepoints[0].sample.patient if timepoints else "",
        "timepoints": [_timepoint(data, name) for data, name in zip(ordered, names, strict=True)],
        "normals": [normal.name for normal in normals],
        "concordance": person.as_dict(),
        "warnings": [*person.findings, *_independence(small, names, knowledge), *warnings, *notes],
        "summary": _summary(person, sentence(events, groups, names, knowledge)),
        "counts": tally(events),
        "sites": _sites(files, names, knowledge),
        "events": [event.as_dict() for event in events],
        "clones": [clone.as_dict(names) for clone in groups],
        "clone_notes": unplaced,
        "limits": _limits(ordered, files, names),
    }


def _events(
    ordered: Sequence[TimepointData],
    names: Sequence[str],
    small: Sequence[Compared],
    genome: Genome,
    knowledge: Knowledge,
) -> list[Event]:
    found = [
        *(one.event for one in small),
        *copy_number(ordered, names, knowledge),
        *junctions(ordered, names, genome, knowledge),
        *lesions(ordered, names, small, knowledge),
    ]
    return with_drugs(found, ordered)


def _summary(person: Identity, text: str) -> str:
    """Where the samples are not of one person the comparison is not to be used, and the sentence says so."""
    return f"The samples may not be of one person; if they are: {text}" if person.verdict == "discordant" else text


def _timepoint(data: TimepointData, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "timepoint": data.timepoint,
        "sample": data.sample.sample,
        "assay": data.sample.assay,
        "purity": data.purity,
        "matched_normal": data.has_normal,
    }


def _warnings(timepoints: Sequence[TimepointData], ordered: Sequence[TimepointData], genome: Genome) -> list[str]:
    found = []
    others = [data.sample.sample for data in timepoints if data.is_other]
    if others:
        found.append(f"Not compared, because the time point is `other`: {', '.join(others)}.")
    if len(ordered) < 2:
        found.append("There are not two time points of the leukaemia, so nothing is compared.")
    foreign = [data.sample.sample for data in ordered if data.sample.assembly != genome.assembly]
    if foreign:
        found.append(
            f"Not of {genome.assembly}, so compared by lesions and chromosomes only: {', '.join(foreign)}. "
            "Positions of two assemblies are never matched."
        )
    return found


def _sites(files: Sequence[Sites], names: Sequence[str], knowledge: Knowledge) -> dict[str, Any]:
    """Somatic sites of whole files, shared and not; empty where a file cannot tell mutations from germline."""
    if len(files) < 2 or not all(f.paths and f.complete and is_somatic(f, False) for f in files):
        return {}
    somatic = [frozenset(site.key for site in f.sites if somatic_site(site, knowledge)) for f in files]
    return site_counts(files, names, somatic)


def _independence(small: Sequence[Compared], names: Sequence[str], knowledge: Knowledge) -> list[str]:
    """No mutation in common, with enough of them at each end: another leukaemia, or another person."""
    if len(names) < 2:
        return []
    least = knowledge.value(cutoffs.EVOLUTION_INDEPENDENCE_MUTATIONS)
    own = [sum(1 for one in small if one.seen[at].present) for at in (0, -1)]
    if min(own) < least or any(one.seen[0].present and one.seen[-1].present for one in small):
        return []
    return [
        f"No mutation is in both {names[0]} ({own[0]:,}) and {names[-1]} ({own[1]:,}): a swap or a second leukaemia."
        " IG/TR rearrangements of both samples would tell a second leukaemia from a relapse."
    ]


def _limits(ordered: Sequence[TimepointData], files: Sequence[Sites], names: Sequence[str]) -> list[str]:
    """What these inputs cannot say, by time point."""
    found: dict[str, list[str]] = {}
    for data, sites, name in zip(ordered, files, names, strict=True):
        for text in _unsaid(data, sites):
            found.setdefault(text, []).append(name)
    return [f"{', '.join(where)}: {text}" for text, where in found.items()]


def _unsaid(data: TimepointData, sites: Sites) -> Iterator[str]:
    """One time point."""
    listed_only = bool(sites.paths) and not sites.has_counts
    if listed_only:
        yield (
            "the file lists sites without allele counts. Which clone carries a mutation, whether it rose or fell, and"
            " whether a site that is not listed was looked at, cannot be said."
        )
    elif sites.paths and not sites.has_blocks and data.sample.alignments is None:
        yield (
            "the VCF lists called sites only. Depth where nothing was called is not known, so what another time point"
            " has and this one lacks is `or below limit`; alignments or a gVCF would tell."
        )
    if data.purity is None and not listed_only:
        yield "the purity is not known, so there are no cell fractions, only VAF."
    if not sites.paths and data.sample.alignments is None:
        yield "no small variants."
    if not sites.complete:
        yield "the file has more sites than are compared; those of the panel are all compared."
    if data.report["copy_number"] is None:
        yield "no copy number."
    if sites.paths and not data.has_normal and not sites.has_normal and not listed_only:
        yield "no matched normal sample; germline variants may stand among the mutations."
