"""Two samples held against each other: do the genotypes say that they are of one person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.base.frozen import frozen
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.small_variants.all_sites import Place

HETEROZYGOUS = (0.15, 0.85)  # VAF between which a genotype from counts is heterozygous; no clinical limit
CLOSE = 0.2  # difference of two VAF that the reads of one genotype may have


@frozen
class Call:
    """Genotype at one place: alternative allele, copies of it (0, 1, 2), and the reads."""

    alt: str
    copies: int
    vaf: float
    depth: int


@frozen
class Subject:
    """One DNA sample whose genotypes are known."""

    name: str
    normal: bool
    calls: Mapping[Place, Call]
    data: TimepointData | None = None


@frozen
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
        """The pair as the evolution JSON has it; concordance and foreign reads are fractions."""
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


def informative(calls: Mapping[Place, Call]) -> int:
    """How many sites carry the other allele: those at which two people can differ."""
    return sum(1 for call in calls.values() if call.copies)


def spread_of(places: Sequence[Place], most: int) -> list[Place]:
    """At most `most` places, evenly taken from all."""
    step = max(1, len(places) // most)
    return list(places[::step])[:most]


# ---------------------------------------------------------------- pairs


def pair_of(one: Subject, two: Subject, shared: Mapping[frozenset[str], int], knowledge: Knowledge) -> Pair:
    """Compare the germline genotypes of two files; too few shared sites (`identity.min_sites`) give no verdict."""
    common = [
        (one.calls[place], two.calls[place])
        for place in sorted(one.calls.keys() & two.calls.keys())
        if one.calls[place].alt == two.calls[place].alt and (one.calls[place].copies or two.calls[place].copies)
    ]
    foreign, where = _foreign_reads(one, two, common, knowledge)
    least = knowledge.value(cutoffs.IDENTITY_MIN_SITES)
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
    if share >= knowledge.value(cutoffs.IDENTITY_CONCORDANCE):
        return "same_person", counted
    plain = one, two
    if opposite / len(common) <= knowledge.value(cutoffs.IDENTITY_OPPOSITE_HOMOZYGOTES):
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
    if not way or len(way) < knowledge.value(cutoffs.IDENTITY_ONE_WAY) * len(unequal):
        return None
    away = sorted(abs(call.vaf - 0.5) for call in way)[len(way) // 2]
    if away >= knowledge.value(cutoffs.IDENTITY_MIXTURE_DISTANCE):
        return "mixed"
    smaller = min(informative(first.calls), informative(second.calls))
    contained = sum(1 for a, b in common if a.copies and b.copies) / max(smaller, 1)
    return "lost" if not first.normal and contained >= knowledge.value(cutoffs.IDENTITY_CONTAINED) else None


def _foreign_reads(
    one: Subject, two: Subject, common: Sequence[tuple[Call, Call]], knowledge: Knowledge
) -> tuple[float | None, str | None]:
    """Share of reads of the other allele in one sample where the other sample is homozygous; the larger of the two."""
    best: tuple[float | None, str | None] = (None, None)
    strictly = knowledge.value(cutoffs.IDENTITY_STRICTLY_HOMOZYGOUS)
    for name, calls in ((two.name, common), (one.name, [(b, a) for a, b in common])):
        strict = [(a, b) for a, b in calls if a.vaf >= strictly or 1 - a.vaf >= strictly]
        if len(strict) < knowledge.value(cutoffs.IDENTITY_FOREIGN_MIN_SITES):
            continue
        others = [1 - b.vaf if a.copies == 2 else b.vaf for a, b in strict]
        wrong = sum(others) / len(others)
        spread = sum(1 for share in others if share > 0) / len(others)
        if spread < knowledge.value(cutoffs.IDENTITY_FOREIGN_SITE_SHARE):
            wrong = 0.0  # a few sites: a mutation or an error, not another person
        if best[0] is None or wrong > best[0]:
            best = (wrong, name)
    return best


# ---------------------------------------------------------------- findings


def discordant(pairs: Sequence[Pair], subjects: Sequence[Subject]) -> list[str]:
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
        if any(transplanted(by_name[name]) for pair in own for name in (pair.one, pair.two)):
            text += " The patient was transplanted: donor cells explain this where they outnumber the leukaemia."
        else:
            text += " Check for a swap before anything below is used."
        found.append(text)
    return found


def transplanted(subject: Subject) -> bool:
    """A transplant before this sample: the clinical sheet, or donor cells (`//`) in the karyotype."""
    if subject.data is None:
        return False
    report = subject.data.report
    clones = (report.get("karyotype") or {}).get("clones") or ()
    sheet = (report.get("clinical") or {}).get("prior_hsct") is True and subject.data.timepoint != "diagnosis"
    return sheet or any(clone.get("donor") for clone in clones)


def clonal_calls(label: str, vaf: float | None, least: float) -> bool:
    """Does a mutation lie in most leukaemic cells: by its label, else by a VAF of at least `least`?"""
    return label == "clonal" or (label == "undetermined" and vaf is not None and vaf >= least)
