"""Are the samples of a patient of one person, and is the normal sample free of leukaemia?

Genotypes of germline single-base variants are read from the samples' own files: the normal column of a
tumour/normal VCF, a VCF of a normal sample, or the only column of a VCF without normal; alignments are counted
at the sites of the other sample. Loss of heterozygosity makes a leukaemia differ from its own patient, so
segments without the minor allele are left out, and unequal genotypes are weighed by their kind: opposite
homozygotes speak of another person, a heterozygote become homozygous does not.

Leukaemia in the normal sample: reads of clonal mutations there, over all their sites, that error does not explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import combinations
from pathlib import Path
from typing import Any

from annotate.base.frozen import frozen
from annotate.base.probability import binomial_tail
from annotate.compare.counts import Normal
from annotate.compare.pairs import (
    HETEROZYGOUS,
    Call,
    Pair,
    Subject,
    clonal_calls,
    discordant,
    informative,
    pair_of,
    spread_of,
    transplanted,
)
from annotate.compare.small_variants import Compared
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.small_variants.all_sites import Place, Site, Sites
from annotate.reference.genome import Genome


@frozen
class Identity:
    """All pairs, leukaemia in normal samples, and what must stand at the top of the page."""

    pairs: tuple[Pair, ...]
    in_normal: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> str:
        """The most worrying verdict of all pairs; `not_assessable` where no pair could be compared."""
        verdicts = {pair.verdict for pair in self.pairs}
        order = ("discordant", "mixed", "same_person")
        return next((verdict for verdict in order if verdict in verdicts), "not_assessable")

    def as_dict(self) -> dict[str, Any]:
        """The identity check as the evolution JSON has it."""
        return {
            "verdict": self.verdict,
            "pairs": [pair.as_dict() for pair in self.pairs],
            "leukaemia_in_normal": [dict(found) for found in self.in_normal],
            "findings": list(self.findings),
            "notes": list(self.notes),
        }


def identity(
    timepoints: Sequence[TimepointData],
    files: Sequence[Sites],
    normals: Sequence[Normal],
    small: Sequence[Compared],
    genome: Genome,
    knowledge: Knowledge,
) -> Identity:
    """Concordance of all samples of a patient, and leukaemia in the normal ones.

    Errors: InputError for an unreadable file.
    """
    subjects = _with_alignments(_subjects(timepoints, files, normals, knowledge), genome, knowledge)
    shared = _shared_mutations(small)
    pairs = [pair_of(one, two, shared, knowledge) for one, two in combinations(subjects, 2)]
    in_normal = _in_normal(timepoints, files, normals, small, genome, knowledge)
    findings = [*discordant(pairs, subjects), *_foreign(pairs, subjects, knowledge)]
    findings += [str(found["text"]) for found in in_normal]
    findings += _sexes([*timepoints, *(normal.data for normal in normals if normal.own_row)])
    return Identity(tuple(pairs), tuple(in_normal), tuple(findings), tuple(_notes(pairs, timepoints, small)))


# ---------------------------------------------------------------- genotypes


def _subjects(
    timepoints: Sequence[TimepointData], files: Sequence[Sites], normals: Sequence[Normal], knowledge: Knowledge
) -> list[Subject]:
    """The leukaemic and the normal column of every time point, and the normal samples."""
    found = []
    for data, sites in zip(timepoints, files, strict=True):
        found.append(Subject(data.sample.sample, False, _calls(sites, knowledge, data=data), data))
        if sites.has_normal:
            found.append(Subject(f"normal of {data.sample.sample}", True, _calls(sites, knowledge, normal=True), data))
    found += [Subject(one.name, True, _calls(one.sites, knowledge), one.data) for one in normals]
    return found


def _calls(
    sites: Sites, knowledge: Knowledge, *, normal: bool = False, data: TimepointData | None = None
) -> dict[Place, Call]:
    """Genotypes of single-base sites with enough reads.

    Left out in a leukaemia: segments without the minor allele, and mutations.
    """
    least, calls = knowledge.value(cutoffs.IDENTITY_MIN_DEPTH), {}
    lost = _lost_segments(data, knowledge.value(cutoffs.COPY_NUMBER_ZERO_COPIES))
    for site in sites.sites:
        counts = site.normal if normal else site.tumor
        if not site.is_snv or site.chrom in ("X", "Y", "MT") or counts is None or counts.vaf is None:
            continue
        if data is not None and _is_mutation(site, counts.vaf):
            continue
        if (counts.depth or 0) >= least and not _inside(lost, site):
            calls[(site.chrom, site.pos)] = Call(site.alt, _copies(counts.vaf), counts.vaf, counts.depth or 0)
    return calls


def _is_mutation(site: Site, vaf: float) -> bool:
    """Not in the normal column; without one, in few reads or none, which another time point's mutation has too."""
    known = site.normal.vaf if site.normal is not None else None
    return not _copies(vaf if known is None else known)


def _copies(vaf: float) -> int:
    low, high = HETEROZYGOUS
    return 0 if vaf < low else 2 if vaf > high else 1


def _lost_segments(data: TimepointData | None, zero: float) -> dict[str, list[tuple[int, int]]]:
    """Segments without the minor allele, by chromosome: fewer than `zero` copies of it are none."""
    found: dict[str, list[tuple[int, int]]] = {}
    profile = data.profile if data is not None else None
    for segment in profile.segments if profile is not None else ():
        if segment.minor is not None and segment.minor < zero:
            found.setdefault(segment.chrom, []).append((segment.start, segment.end))
    return found


def _inside(lost: Mapping[str, Sequence[tuple[int, int]]], site: Site) -> bool:
    return any(start <= site.pos <= end for start, end in lost.get(site.chrom, ()))


def _with_alignments(subjects: Sequence[Subject], genome: Genome, knowledge: Knowledge) -> list[Subject]:
    """Samples with alignments and few genotypes of their own are counted at the sites of the best-known sample."""
    least = knowledge.value(cutoffs.IDENTITY_MIN_SITES)
    best = max(subjects, key=lambda subject: informative(subject.calls), default=None)
    if best is None or informative(best.calls) < least:
        return list(subjects)
    places = spread_of([place for place, call in sorted(best.calls.items()) if call.copies], 4 * least)
    found = []
    for subject in subjects:
        path = subject.data.sample.alignments if subject.data is not None else None
        own = subject.name == (subject.data.sample.sample if subject.data is not None else "")
        if path is None or subject is best or not own or informative(subject.calls) >= least:
            found.append(subject)
            continue
        calls = _counted(path, {place: best.calls[place].alt for place in places}, genome, knowledge)
        found.append(Subject(subject.name, subject.normal, calls, subject.data))
    return found


def _counted(path: Path, alts: Mapping[Place, str], genome: Genome, knowledge: Knowledge) -> dict[Place, Call]:
    """Genotypes in alignments, where there are reads enough. `alts`: the allele that is counted at each place."""
    from annotate.read.alignments import pileup

    depths, _, _ = pileup.look(path, genome, knowledge, sites=list(alts))
    calls = {}
    for place, alt in alts.items():
        deep = depths.get(place)
        if deep is not None and deep.depth >= knowledge.value(cutoffs.IDENTITY_MIN_DEPTH):
            vaf = deep.counts.get(alt, 0) / deep.depth
            calls[place] = Call(alt, _copies(vaf), vaf, deep.depth)
    return calls


def _shared_mutations(small: Sequence[Compared]) -> dict[frozenset[str], int]:
    """Mutations that two samples have in common, by the pair of sample ids; filled by `compare`."""
    found: dict[frozenset[str], int] = {}
    for one in small:
        present = [name for name, seen in zip(one.samples, one.seen, strict=True) if seen.present]
        for a, b in combinations(present, 2):
            found[frozenset((a, b))] = found.get(frozenset((a, b)), 0) + 1
    return found


def _foreign(pairs: Sequence[Pair], subjects: Sequence[Subject], knowledge: Knowledge) -> list[str]:
    """Another person's reads in a sample of the right person: contamination, or donor cells."""
    by_name = {subject.name: subject for subject in subjects}
    least = knowledge.value(cutoffs.IDENTITY_FOREIGN_READS)
    found: dict[str, str] = {}
    for pair in pairs:
        if pair.verdict == "discordant" or pair.foreign is None or pair.foreign < least or pair.foreign_in is None:
            continue
        cause = "donor cells" if transplanted(by_name[pair.foreign_in]) else "another person's DNA"
        text = (
            f"{pair.foreign_in}: {pair.foreign:.1%} of the reads at sites where the patient is homozygous are of"
            f" the other allele, which speaks of {cause}; VAF and purity of this sample are too low accordingly."
        )
        found.setdefault(pair.foreign_in, text)
    return list(found.values())


def _in_normal(
    timepoints: Sequence[TimepointData],
    files: Sequence[Sites],
    normals: Sequence[Normal],
    small: Sequence[Compared],
    genome: Genome,
    knowledge: Knowledge,
) -> list[dict[str, Any]]:
    """Pooled reads of clonal mutations in each normal sample and normal column."""
    least = knowledge.value(cutoffs.IDENTITY_CLONAL_VAF)
    clonal = [one for one in small if any(clonal_calls(seen.label, seen.vaf, least) for seen in one.seen)]
    found = []
    for index, (data, sites) in enumerate(zip(timepoints, files, strict=True)):
        rows = [one for one in clonal if one.seen[index].present]
        counts = [_normal_counts(data, sites, one) for one in rows]
        found.append(_pooled(f"the normal column of {data.sample.sample}", counts, knowledge))
    for normal in normals:
        shown = normal.counts([one.key for one in clonal], genome, knowledge)
        found.append(_pooled(normal.name, [(one.alt, one.depth) for one in shown], knowledge))
    return [one for one in found if one is not None]


def _normal_counts(data: TimepointData, sites: Sites, one: Compared) -> tuple[int | None, int | None]:
    row = data.variants.get(one.key)
    if row is not None and row.get("normal_depth"):
        return row.get("normal_alt_reads"), row["normal_depth"]
    site = sites.by_key.get(one.key)
    return (site.normal.alt, site.normal.depth) if site is not None and site.normal is not None else (None, None)


def _pooled(name: str, counts: Iterable[tuple[int | None, int | None]], knowledge: Knowledge) -> dict[str, Any] | None:
    """Reads over all sites; None where they may be errors."""
    most = knowledge.value(cutoffs.IDENTITY_NORMAL_MAX_VAF)
    known = [(a, d) for a, d in counts if a is not None and d and a / d < most]
    alt, depth = sum(a for a, _ in known), sum(d for _, d in known)
    hit = sum(1 for a, _ in known if a)
    error = knowledge.value(cutoffs.EVOLUTION_ERROR_RATE)
    if hit < 2 and alt < knowledge.value(cutoffs.PILEUP_MIN_ALT_READS):
        return None
    if not depth or binomial_tail(alt, depth, error) >= knowledge.value(cutoffs.IDENTITY_NORMAL_ALPHA):
        return None
    share = min(1.0, 2 * alt / depth)
    text = (
        f"{name} carries leukaemia: {alt:,} of {depth:,} reads at {len(known)} clonal mutations, about {share:.1%}"
        f" of its cells. Mutations may have been subtracted with it; germline statements need another normal sample."
    )
    return {
        "sample": name,
        "alt_reads": alt,
        "depth": depth,
        "sites": len(known),
        "share": round(share, 4),
        "text": text,
    }


def _sexes(data: Sequence[TimepointData]) -> list[str]:
    """Sexes that the copy number of the samples states, against each other and against the sheet."""
    stated = {}
    for one in data:
        profile = one.report["copy_number"]
        sex = profile.get("sex") if profile else None
        if sex in ("female", "male"):
            stated[one.sample.sample] = sex
    found = []
    if len(set(stated.values())) > 1:
        words = ", ".join(f"{sample}: {sex}" for sample, sex in stated.items())
        found.append(f"The samples are not of one sex by copy number ({words}). Check for a swap or donor cells.")
    return found


def _notes(pairs: Sequence[Pair], timepoints: Sequence[TimepointData], small: Sequence[Compared]) -> list[str]:
    if any(pair.verdict != "not_assessable" for pair in pairs):
        return []
    text = "These files do not show that the samples are of one person: too few germline sites in common."
    both = sum(1 for one in small if sum(bool(seen.present) for seen in one.seen) > 1)
    if both:
        return [f"{text} {both} mutations are in more than one time point, which two persons do not share by chance."]
    if len(timepoints) > 1 and small:
        return [f"{text} No mutation is in more than one time point: a swap or a second leukaemia is not excluded."]
    return [text]
