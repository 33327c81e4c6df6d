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
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from annotate.evolution.reads import Normal
from annotate.evolution.sites import Place, Site, Sites
from annotate.evolution.small import Compared
from annotate.evolution.timepoints import TimepointData
from annotate.genome import Genome
from annotate.knowledge import Knowledge
from annotate.probability import binomial_tail

HETEROZYGOUS = (0.15, 0.85)  # VAF between which a genotype from counts is heterozygous; no clinical limit
CLOSE = 0.2  # difference of two VAF that the reads of one genotype may have


@dataclass(frozen=True, slots=True)
class Call:
    """Genotype at one place: alternative allele, copies of it (0, 1, 2), and the reads."""

    alt: str
    copies: int
    vaf: float
    depth: int


@dataclass(frozen=True, slots=True)
class Subject:
    """One DNA sample whose genotypes are known."""

    name: str
    normal: bool
    calls: Mapping[Place, Call]
    data: TimepointData | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two samples compared. `verdict`: same_person, mixed, discordant, not_assessable."""

    one: str
    two: str
    sites: int
    concordance: float | None
    opposite_homozygotes: int
    foreign: float | None
    foreign_in: str | None
    verdict: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "a": self.one,
            "b": self.two,
            "sites": self.sites,
            "concordance": None if self.concordance is None else round(self.concordance, 4),
            "opposite_homozygotes": self.opposite_homozygotes,
            "foreign_reads": None if self.foreign is None else round(self.foreign, 4),
            "verdict": self.verdict,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Identity:
    """All pairs, leukaemia in normal samples, and what must stand at the top of the page."""

    pairs: tuple[Pair, ...]
    in_normal: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> str:
        verdicts = {pair.verdict for pair in self.pairs}
        order = ("discordant", "mixed", "same_person")
        return next((verdict for verdict in order if verdict in verdicts), "not_assessable")

    def as_dict(self) -> dict[str, Any]:
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
    pairs = [_pair(one, two, shared, knowledge) for one, two in combinations(subjects, 2)]
    in_normal = _in_normal(timepoints, files, normals, small, genome, knowledge)
    findings = [*_discordant(pairs, subjects), *_foreign(pairs, subjects, knowledge)]
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
    least, calls = int(knowledge.value("identity.min_depth")), {}
    lost = _lost_segments(data)
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


def _lost_segments(data: TimepointData | None) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    profile = data.profile if data is not None else None
    for segment in profile.segments if profile is not None else ():
        if segment.minor is not None and segment.minor < 0.5:
            found.setdefault(segment.chrom, []).append((segment.start, segment.end))
    return found


def _inside(lost: Mapping[str, Sequence[tuple[int, int]]], site: Site) -> bool:
    return any(start <= site.pos <= end for start, end in lost.get(site.chrom, ()))


def _with_alignments(subjects: Sequence[Subject], genome: Genome, knowledge: Knowledge) -> list[Subject]:
    """Samples with alignments and few genotypes of their own are counted at the sites of the best-known sample."""
    least = int(knowledge.value("identity.min_sites"))
    best = max(subjects, key=lambda subject: _informative(subject.calls), default=None)
    if best is None or _informative(best.calls) < least:
        return list(subjects)
    places = _spread([place for place, call in sorted(best.calls.items()) if call.copies], 4 * least)
    found = []
    for subject in subjects:
        path = subject.data.sample.alignments if subject.data is not None else None
        own = subject.name == (subject.data.sample.sample if subject.data is not None else "")
        if path is None or subject is best or not own or _informative(subject.calls) >= least:
            found.append(subject)
            continue
        from annotate import pileup

        depths, _, _ = pileup.look(path, genome, knowledge, sites=places)
        calls = {}
        for place in places:
            deep = depths.get(place)
            if deep is not None and deep.depth >= knowledge.value("identity.min_depth"):
                alt = best.calls[place].alt
                vaf = deep.counts.get(alt, 0) / deep.depth
                calls[place] = Call(alt, _copies(vaf), vaf, deep.depth)
        found.append(Subject(subject.name, subject.normal, calls, subject.data))
    return found


def _informative(calls: Mapping[Place, Call]) -> int:
    return sum(1 for call in calls.values() if call.copies)


def _spread(places: Sequence[Place], most: int) -> list[Place]:
    step = max(1, len(places) // most)
    return list(places[::step])[:most]


# ---------------------------------------------------------------- pairs


def _pair(one: Subject, two: Subject, shared: Mapping[frozenset[str], int], knowledge: Knowledge) -> Pair:
    common = [
        (one.calls[place], two.calls[place])
        for place in sorted(one.calls.keys() & two.calls.keys())
        if one.calls[place].alt == two.calls[place].alt and (one.calls[place].copies or two.calls[place].copies)
    ]
    foreign, where = _foreign_reads(one, two, common, knowledge)
    least = int(knowledge.value("identity.min_sites"))
    if len(common) < least:
        text = f"{len(common)} common germline sites; {least} are needed to compare persons"
        together = shared.get(frozenset((_sample(one), _sample(two))), 0)
        if together:
            text += f". {together} mutations of the leukaemia are in both, which two persons do not share by chance"
        return Pair(one.name, two.name, len(common), None, 0, foreign, where, "not_assessable", text)
    equal = sum(1 for a, b in common if _equal(a, b))
    opposite = sum(1 for a, b in common if {a.copies, b.copies} == {0, 2})
    share = equal / len(common)
    verdict, text = _verdict(one, two, common, share, opposite, knowledge)
    return Pair(one.name, two.name, len(common), share, opposite, foreign, where, verdict, text)


def _sample(subject: Subject) -> str:
    return subject.data.sample.sample if subject.data is not None else subject.name


def _equal(one: Call, two: Call) -> bool:
    """One genotype, or two shares of reads on either side of a limit between genotypes but close to each other."""
    return one.copies == two.copies or abs(one.vaf - two.vaf) < CLOSE


def _verdict(
    one: Subject,
    two: Subject,
    common: Sequence[tuple[Call, Call]],
    share: float,
    opposite: int,
    knowledge: Knowledge,
) -> tuple[str, str]:
    """The verdict and its words. Unequal genotypes are explained before another person is suspected."""
    counted = f"{share:.1%} of {len(common):,} germline sites have one genotype"
    if share >= knowledge.value("identity.concordance"):
        return "same_person", counted
    plain = one, two
    if opposite / len(common) <= knowledge.value("identity.opposite_homozygotes"):
        for (first, second), pairs in ((plain, common), (plain[::-1], [(b, a) for a, b in common])):
            found = _one_way(first, second, pairs, knowledge)
            if found == "mixed":
                text = (
                    f"{counted}; at the others {second.name} has reads of both persons: a mixture, not another person"
                )
                return "mixed", text
            if found == "lost":
                text = f"{counted}; the others lost heterozygosity in {first.name}, which one person's samples may"
                return "same_person", text
    return "discordant", f"{counted}, {opposite} opposite homozygotes: not the genotype of one person"


def _one_way(first: Subject, second: Subject, common: Sequence[tuple[Call, Call]], knowledge: Knowledge) -> str | None:
    """Are nearly all unequal sites homozygous in `first` and heterozygous in `second`? Then what explains it.

    `mixed`: the second sample's reads lie away from one half, as a mixture of two persons gives. `lost`: they
    are at one half, and `first` is a leukaemia, which may have lost one allele; the smaller of the two lists
    must also be nearly contained in the other, because absent sites are not seen to differ.
    """
    unequal = [(a, b) for a, b in common if not _equal(a, b)]
    way = [b for a, b in unequal if b.copies == 1]
    if not way or len(way) < knowledge.value("identity.one_way") * len(unequal):
        return None
    away = sorted(abs(call.vaf - 0.5) for call in way)[len(way) // 2]
    if away >= knowledge.value("identity.mixture_distance"):
        return "mixed"
    smaller = min(_informative(first.calls), _informative(second.calls))
    contained = sum(1 for a, b in common if a.copies and b.copies) / max(smaller, 1)
    return "lost" if not first.normal and contained >= knowledge.value("identity.contained") else None


def _foreign_reads(
    one: Subject, two: Subject, common: Sequence[tuple[Call, Call]], knowledge: Knowledge
) -> tuple[float | None, str | None]:
    """Share of reads of the other allele in one sample where the other sample is homozygous; the larger of the two."""
    best: tuple[float | None, str | None] = (None, None)
    strictly = knowledge.value("identity.strictly_homozygous")
    for name, calls in ((two.name, common), (one.name, [(b, a) for a, b in common])):
        strict = [(a, b) for a, b in calls if a.vaf >= strictly or 1 - a.vaf >= strictly]
        if len(strict) < int(knowledge.value("identity.foreign_min_sites")):
            continue
        others = [1 - b.vaf if a.copies == 2 else b.vaf for a, b in strict]
        wrong = sum(others) / len(others)
        spread = sum(1 for share in others if share > 0) / len(others)
        if spread < knowledge.value("identity.foreign_site_share"):
            wrong = 0.0  # a few sites: a mutation or an error, not another person
        if best[0] is None or wrong > best[0]:
            best = (wrong, name)
    return best


def _shared_mutations(small: Sequence[Compared]) -> dict[frozenset[str], int]:
    """Mutations that two samples have in common, by the pair of sample ids; filled by `compare`."""
    found: dict[frozenset[str], int] = {}
    for one in small:
        present = [name for name, seen in zip(one.samples, one.seen, strict=True) if seen.present]
        for a, b in combinations(present, 2):
            found[frozenset((a, b))] = found.get(frozenset((a, b)), 0) + 1
    return found


# ---------------------------------------------------------------- findings


def _discordant(pairs: Sequence[Pair], subjects: Sequence[Subject]) -> list[str]:
    """One finding for each sample that does not fit: the one with most discordant pairs first, until none is left."""
    by_name = {subject.name: subject for subject in subjects}
    left = [pair for pair in pairs if pair.verdict == "discordant"]
    found = []
    while left:
        names = [name for pair in left for name in (pair.one, pair.two)]
        odd = max(dict.fromkeys(reversed(names)), key=names.count)
        own = [pair for pair in left if odd in (pair.one, pair.two)]
        left = [pair for pair in left if pair not in own]
        others = ", ".join(pair.two if pair.one == odd else pair.one for pair in own)
        worst = min(own, key=lambda pair: pair.concordance or 0.0)
        text = f"{odd} does not have the genotype of {others} ({worst.text})."
        if any(_transplanted(by_name[name]) for pair in own for name in (pair.one, pair.two)):
            text += " The patient was transplanted: donor cells explain this where they outnumber the leukaemia."
        else:
            text += " Check for a swap before anything below is used."
        found.append(text)
    return found


def _transplanted(subject: Subject) -> bool:
    """A transplant before this sample: the clinical sheet, or donor cells (`//`) in the karyotype."""
    if subject.data is None:
        return False
    report = subject.data.report
    clones = (report.get("karyotype") or {}).get("clones") or ()
    sheet = (report.get("clinical") or {}).get("prior_hsct") is True and subject.data.timepoint != "diagnosis"
    return sheet or any(clone.get("donor") for clone in clones)


def _foreign(pairs: Sequence[Pair], subjects: Sequence[Subject], knowledge: Knowledge) -> list[str]:
    """Another person's reads in a sample of the right person: contamination, or donor cells."""
    by_name = {subject.name: subject for subject in subjects}
    least = knowledge.value("identity.foreign_reads")
    found: dict[str, str] = {}
    for pair in pairs:
        if pair.verdict == "discordant" or pair.foreign is None or pair.foreign < least or pair.foreign_in is None:
            continue
        cause = "donor cells" if _transplanted(by_name[pair.foreign_in]) else "another person's DNA"
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
    least = knowledge.value("identity.clonal_vaf")
    clonal = [one for one in small if any(_clonal(seen.label, seen.vaf, least) for seen in one.seen)]
    found = []
    for index, (data, sites) in enumerate(zip(timepoints, files, strict=True)):
        rows = [one for one in clonal if one.seen[index].present]
        counts = [_normal_counts(data, sites, one) for one in rows]
        found.append(_pooled(f"the normal column of {data.sample.sample}", counts, knowledge))
    for normal in normals:
        shown = normal.counts([one.key for one in clonal], genome, knowledge)
        found.append(_pooled(normal.name, [(one.alt, one.depth) for one in shown], knowledge))
    return [one for one in found if one is not None]


def _clonal(label: str, vaf: float | None, least: float) -> bool:
    return label == "clonal" or (label == "undetermined" and vaf is not None and vaf >= least)


def _normal_counts(data: TimepointData, sites: Sites, one: Compared) -> tuple[int | None, int | None]:
    row = data.variants.get(one.key)
    if row is not None and row.get("normal_depth"):
        return row.get("normal_alt_reads"), row["normal_depth"]
    site = sites.by_key.get(one.key)
    return (site.normal.alt, site.normal.depth) if site is not None and site.normal is not None else (None, None)


def _pooled(name: str, counts: Iterable[tuple[int | None, int | None]], knowledge: Knowledge) -> dict[str, Any] | None:
    """Reads over all sites; None where they may be errors."""
    most = knowledge.value("identity.normal_max_vaf")
    known = [(a, d) for a, d in counts if a is not None and d and a / d < most]
    alt, depth = sum(a for a, _ in known), sum(d for _, d in known)
    hit = sum(1 for a, _ in known if a)
    error = knowledge.value("evolution.error_rate")
    if hit < 2 and alt < knowledge.value("pileup.min_alt_reads"):
        return None
    if not depth or binomial_tail(alt, depth, error) >= knowledge.value("identity.normal_alpha"):
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
