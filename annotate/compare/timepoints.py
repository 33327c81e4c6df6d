"""The time points of a patient: which are compared, in which order, and what each can say of a change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from annotate.base.frozen import frozen
from annotate.compare.categories import Seen
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.sample import Sample, Sex
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import clonality
from annotate.reference.genome import Genome

Report = Mapping[str, Any]
Key = tuple[str, int, str, str]


@frozen(slots=False)
class TimepointData:
    """One sample of a patient: its finished report, and the row of the sheet for what must be read again."""

    report: Report
    sample: Sample

    @property
    def timepoint(self) -> str:
        """Time point as the sample sheet names it."""
        return self.sample.timepoint

    @property
    def is_normal(self) -> bool:
        """A remission (germline) sample is no time point of the leukaemia."""
        return self.timepoint.startswith("remission")

    @property
    def is_other(self) -> bool:
        """Is the time point none of those that evolution orders?"""
        return self.timepoint.startswith("other")

    @cached_property
    def profile(self) -> CopyNumberProfile | None:
        """Copy number as its report holds it; None where there was none."""
        return profile_of(self.report)

    @property
    def purity(self) -> float | None:
        """Share of leukaemic cells (0 to 1) that the report worked with; None: not known."""
        purity: float | None = self.report["quality"].get("purity")
        return purity

    @property
    def sex(self) -> Sex:
        """Sex as the sample sheet gives it."""
        return self.sample.sex

    @property
    def has_normal(self) -> bool:
        """Were the calls made against a matched normal?"""
        return bool(self.report["quality"].get("matched_normal"))

    def shortened(self, name: str) -> bool:
        """Does the report list only some records of this list, so that one that is missing may have been read?"""
        return any(row["list"] == name for row in self.report.get("left_out") or ())

    @cached_property
    def variants(self) -> Mapping[Key, Mapping[str, Any]]:
        """Reported small variants by chromosome, position, reference and other allele."""
        return {(v["chrom"], v["pos"], v["ref"], v["alt"]): v for v in self.report["variants"]}

    def seen(
        self,
        key: Key,
        alt: int | None,
        depth: int | None,
        genome: Genome,
        knowledge: Knowledge,
        *,
        vaf: float | None = None,
        present: bool | None,
        source: str,
        error_rate: float | None = None,
        notes: tuple[str, ...] = (),
    ) -> Seen:
        """The change at this time point with the cell fraction that its reads give here."""
        if vaf is None and alt is not None and depth:
            vaf = alt / depth
        variant = SmallVariant(*key, vaf=vaf, depth=depth, alt_reads=alt)
        found = clonality.ccf(variant, self.profile, self.sex, knowledge, genome=genome, purity=self.purity)
        return Seen(
            present=present,
            vaf=vaf,
            depth=depth,
            alt_reads=alt,
            ccf=found.ccf,
            low=found.low,
            high=found.high,
            multiplicity=found.multiplicity,
            label=found.label,
            source=source,
            error_rate=error_rate,
            notes=notes,
        )


def profile_of(report: Report) -> CopyNumberProfile | None:
    """The segments and the purity of a report, for cell fractions."""
    data = report["copy_number"]
    if data is None:
        return None
    return CopyNumberProfile(
        segments=tuple(Segment(**segment) for segment in data["segments"]),
        inputs=(),
        purity=data["purity"],
        ploidy=data["ploidy"],
        purity_source=data.get("purity_source"),
        allele_specific=data["allele_specific"],
        sex=data.get("sex") or "unknown",
        chromosomes={},
        modal_number=data["modal_number"],
        retained_homologues=data.get("retained_homologues"),
        loh_autosomes=data.get("loh_autosomes"),
        resolution=data.get("resolution"),
        noise=data.get("noise"),
    )


def in_order(timepoints: Sequence[TimepointData]) -> list[TimepointData]:
    """Diagnosis, relapse, relapse2, …; normal and other samples are left out."""
    own = [data for data in timepoints if not data.is_normal and not data.is_other]
    return sorted(own, key=lambda data: (rank(data.timepoint), data.sample.sample))


def rank(timepoint: str) -> tuple[int, int]:
    """Place of a time point of the leukaemia in the order of time."""
    if timepoint == "diagnosis":
        return (0, 0)
    number = re.search(r"(\d+)$", timepoint)
    return (1, int(number.group(1)) if number else 1)


def names_of(timepoints: Sequence[TimepointData]) -> list[str]:
    """The names of the time points, made unique by the sample where one occurs twice."""
    names = [data.timepoint for data in timepoints]
    return [
        f"{name} ({data.sample.sample})" if names.count(name) > 1 else name
        for name, data in zip(names, timepoints, strict=True)
    ]
