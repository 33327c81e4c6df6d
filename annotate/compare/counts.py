"""What the inputs of one time point show at places where another time point has a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from annotate.base.frozen import frozen
from annotate.compare.categories import Seen, is_trace
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.regions import Regions
from annotate.model.small_variants import DepthAt
from annotate.read.small_variants.all_sites import Counts, Key, Place, Sites, read_places, read_sites, trimmed
from annotate.reference.genome import Genome


@frozen
class SampleCounts:
    """Counts of one time point: of its small-variant files, and of its alignments where there are any."""

    data: TimepointData
    sites: Sites
    alignments: Mapping[Place, DepthAt] = field(default_factory=dict)
    depths: Mapping[Place, int] = field(default_factory=dict)
    regions: Regions | None = None  # what the sample's panel or exome covers

    def at(self, key: Key, genome: Genome, knowledge: Knowledge) -> Seen:
        """One change at this time point: called, counted, or not known."""
        row = self.data.variants.get(key)
        found = self._counted(key)
        if row is not None and (row["vaf"] is not None or found is None):
            return self.data.seen(
                key, row["alt_reads"], row["depth"], genome, knowledge, vaf=row["vaf"], present=True, source="report"
            )
        if found is None:
            if trimmed(*key) in self.sites.by_key:
                return Seen(present=True, source="vcf")
            blind = not self.sites.paths and not self.alignments
            return Seen(present=None, notes=(self._why_unknown(key),), no_input=blind or self._outside(key))
        counts, source, rate = found
        if counts.alt is None:
            return self._uncalled(key, counts.depth or 0, genome, knowledge)
        alt, depth = counts.alt, counts.depth or 0
        present = row is not None or is_trace(alt, depth, rate, knowledge)
        return self.data.seen(
            key,
            alt,
            depth,
            genome,
            knowledge,
            present=present,
            source=source,
            error_rate=rate,
            notes=self._notes(alt, depth, present and row is None),
        )

    def _uncalled(self, key: Key, depth: int, genome: Genome, knowledge: Knowledge) -> Seen:
        """A depth without a call: fewer reads than a caller calls may carry the change, so only a limit is known."""
        most = min(knowledge.value(cutoffs.PILEUP_MIN_ALT_READS) - 1, depth)
        bound = self.data.seen(key, most, depth, genome, knowledge, present=False, source="vcf")
        low = None if bound.high is None else 0.0
        return replace(bound, vaf=None, alt_reads=None, ccf=None, low=low, label="undetermined")

    def _notes(self, alt: int, depth: int, uncalled: bool) -> tuple[str, ...]:
        name = self.data.timepoint
        if uncalled:
            return (f"{alt:,} of {depth:,} reads at {name} show it",)
        return (f"{alt} of {depth:,} reads at {name} may be errors",) if alt else ()

    def _counted(self, key: Key) -> tuple[Counts, str, float | None] | None:
        """Allele and depth: by alignments, which were looked at here, else by the VCF."""
        deep = self.alignments.get(place_of(key))
        if deep is not None:
            return Counts(_alt_count(deep, key), deep.depth), "alignments", deep.error_rate
        site = self.sites.by_key.get(trimmed(*key))
        if site is not None:
            return (site.tumor, "vcf", None) if site.tumor.depth and site.tumor.alt is not None else None
        depth = self.depths.get((key[0], key[1]))
        if depth is None:
            other = self.sites.by_place.get((key[0], key[1]))
            depth = other.tumor.depth if other is not None else None
        return (Counts(None, depth), "vcf", None) if depth is not None else None

    def _outside(self, key: Key) -> bool:
        return self.regions is not None and not self.regions.contains(key[0], key[1])

    def _why_unknown(self, key: Key) -> str:
        name, where = self.data.timepoint, f"{key[0]}:{key[1]:,}"
        if self.sites.paths and self._outside(key):
            return f"{where} lies outside of the regions of {name}"
        if not self.sites.paths:
            return f"no small variants of {name} to compare with"
        if not self.sites.has_counts:
            return f"the file of {name} lists sites only: what it does not list may not have been looked at"
        return f"no record of {name} at {where}: its depth there is not known (alignments or a gVCF would tell it)"


@frozen
class Normal:
    """A normal sample of the patient: a row of the time point `remission`, or a file in `germline_variants`."""

    name: str
    data: TimepointData  # of the row itself, or of the leukaemia whose row names the file
    sites: Sites
    own_row: bool

    def counts(self, keys: Sequence[Key], genome: Genome, knowledge: Knowledge) -> list[Counts]:
        """Reads of these changes, from alignments where the row has them, else from the file."""
        if not self.own_row:
            found = [self.sites.by_key.get(trimmed(*key)) for key in keys]
            return [site.tumor if site is not None else Counts(None, None) for site in found]
        reads = look_again(self.data, self.sites, keys, genome, knowledge)
        cells = [reads.at(key, genome, knowledge) for key in keys]
        return [Counts(cell.alt_reads, cell.depth) for cell in cells]


def normal_samples(timepoints: Sequence[TimepointData], genome: Genome, knowledge: Knowledge) -> list[Normal]:
    """The normal samples, each file once."""
    found = [
        Normal(data.sample.sample, data, read_files(data, genome, knowledge), own_row=True)
        for data in timepoints
        if data.is_normal
    ]
    known = {path.resolve() for normal in found for path in normal.sites.paths}
    for data in timepoints:
        path = data.sample.germline_variants
        if path is None or data.sample.assembly != genome.assembly or path.resolve() in known:
            continue
        known.add(path.resolve())
        found.append(Normal(f"germline of {data.sample.sample}", data, _germline(data, path, genome, knowledge), False))
    return found


def _germline(data: TimepointData, path: Path, genome: Genome, knowledge: Knowledge) -> Sites:
    from annotate.read.small_variants.germline import germline_sample

    limit = knowledge.value(cutoffs.EVOLUTION_MAX_SITES)
    return read_sites([path], germline_sample(path, data.sample, genome), genome, limit=limit)


def read_files(data: TimepointData, genome: Genome, knowledge: Knowledge) -> Sites:
    """All sites of a sample's small-variant files; nothing where they are of another assembly."""
    if data.sample.assembly != genome.assembly or not data.sample.small_variants:
        return Sites()
    limit = knowledge.value(cutoffs.EVOLUTION_MAX_SITES)
    return read_sites(data.sample.small_variants, data.sample, genome, limit=limit)


def look_again(
    data: TimepointData, sites: Sites, keys: Sequence[Key], genome: Genome, knowledge: Knowledge
) -> SampleCounts:
    """The counts of one time point at the changes of all time points."""
    missing = [key for key in keys if key not in data.variants or data.variants[key]["vaf"] is None]
    alignments, regions = _from_alignments(data, missing, genome, knowledge), _regions(data, genome)
    if not sites.has_counts or not (sites.has_blocks or not sites.complete):
        return SampleCounts(data, sites, alignments, regions=regions)
    depths, more = read_places(sites.paths, data.sample, genome, {(key[0], key[1]) for key in missing})
    if not sites.complete:
        sites = replace(sites, sites=tuple({site.key: site for site in (*sites.sites, *more)}.values()))
    return SampleCounts(data, sites, alignments, depths, regions)


def _regions(data: TimepointData, genome: Genome) -> Regions | None:
    if data.sample.regions is None or data.sample.assembly != genome.assembly:
        return None
    from annotate.read.regions import read_regions

    return read_regions(data.sample.regions, genome)


def _from_alignments(
    data: TimepointData, keys: Iterable[Key], genome: Genome, knowledge: Knowledge
) -> Mapping[Place, DepthAt]:
    path = data.sample.alignments
    places = sorted({place_of(key) for key in keys})
    if path is None or not places or data.sample.assembly != genome.assembly:
        return {}
    from annotate.read.alignments import pileup

    depths, _, _ = pileup.look(path, genome, knowledge, sites=places)
    return {place: depths[place] for place in places if place in depths}


def place_of(key: Key) -> Place:
    """The reference base that a change is counted at: the first that differs; the anchor of an insertion."""
    chrom, pos, ref, alt = trimmed(*key)
    return (chrom, pos + 1) if len(ref) > len(alt) else (chrom, pos)


def _alt_count(deep: DepthAt, key: Key) -> int:
    """Fragments with the change. Indels are counted by kind, whatever their length: an upper limit."""
    _, _, ref, alt = trimmed(*key)
    if len(ref) > len(alt):
        return deep.counts.get("del", 0)
    if len(alt) > len(ref):
        return deep.counts.get("ins", 0)
    return deep.counts.get(alt[0], 0)
