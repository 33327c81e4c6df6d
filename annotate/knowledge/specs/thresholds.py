"""The table of thresholds: every number that a rule compares with, its unit and the range in which it makes sense."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from annotate.knowledge import cutoffs
from annotate.knowledge.atoms import used_thresholds
from annotate.knowledge.kinds import Fraction, Kind, Number, Text, Unfit, Whole
from annotate.knowledge.spec import MARKS, Finding, Row, Tables, column, table

MANY = 10_000_000
COUNT = Whole(0, MANY)
SHARE = Fraction()
UNITS: Mapping[str, Kind] = {
    "fraction": SHARE,
    "%": Number(0, 100, "%", above=True),
    "probability": Number(0, 1, "probability", above=True),
    "per base and allele": Number(0, 0.1, "errors per base and allele", above=True),
    "ratio": Number(0, 10, "ratio", above=True),
    "factor": Number(0, 100, "factor", above=True),
    "log2": Number(0, 10, "log2", above=True),
    "copies": Number(0, 1000, "copies", above=True),
    "per copy": Number(0, 1000, "cost per copy"),
    "per share of genome": Number(0, 10_000, "cost per share of the genome"),
    "chromosomes": Whole(1, 200, "chromosomes"),
    "autosomes": Whole(1, 22, "autosomes"),
    "homologues": Whole(1, 46, "homologues"),
    "bp": Whole(0, 4_000_000_000, "bp"),
    "bases": Whole(1, 4_000_000_000, "bases"),
    "Mb": Number(0, 4000, "Mb", above=True),
    "per Mb": Number(0, 1_000_000, "mutations per Mb", above=True),
    "bytes": Whole(0, None, "bytes"),
    "per read": Number(0, 1, "errors per read", above=True),
    "years": Number(0, 120, "years", above=True),
    "mg/m2 a day": Number(0, 10_000, "mg/m2 a day", above=True),
    "months": Number(0, 600, "months", above=True),
    "Phred": Whole(0, 100, "Phred"),
    "points": Whole(-100, 100, "points"),
    "metaphases": Whole(1, 1000, "metaphases"),
    "probes": Whole(1, 1000, "probes"),
    "signals": Whole(1, 1000, "signals"),
    "cells": Whole(1, MANY, "cells"),
    "reads": Whole(1, MANY, "reads"),
    **{
        unit: Whole(1, MANY, unit)
        for unit in (
            "bins",
            "sites",
            "genes",
            "junctions",
            "states",
            "events",
            "mutations",
            "variants",
            "markers",
            "steps",
        )
    },
}
"""What a threshold of a unit may be."""

TOLERANCE = Number(0, 1, "copies", above=True)
NOISE = Number(0, 5, "noise", above=True)
RATIO = Number(0, 10, "ratio", above=True)
NARROWER: Mapping[str, Kind] = {
    "assess.min_region_covered": Number(0.5, 1, "fraction"),
    "weighing.min_gene_covered": Number(0.5, 1, "fraction"),
    "copy_number.dna_index_tolerance": RATIO,
    "hypodiploidy.dna_index_max": RATIO,
    "hypodiploidy.dna_index_low": RATIO,
    "hyperdiploidy.dna_index_min": RATIO,
    "hyperdiploidy.dna_index_max": RATIO,
    "fit.min_log2_noise": NOISE,
    "fit.max_log2_noise": NOISE,
    "fit.min_baf_noise": NOISE,
    "fit.max_baf_noise": NOISE,
    "fit.robust_limit": Number(0, 1000, "squared distances", above=True),
    "fit.tolerance": Number(0, 100, "cost", above=True),
    "fit.max_alternatives": Whole(1, 100, "readings"),
    "fit.flat_log2": NOISE,
    "fit.flat_baf": SHARE,
    "iamp21.noise_factor": UNITS["factor"],
    "genes.noise_factor": UNITS["factor"],
    "junctions.normal_share": SHARE,
    "pgx.min_quality": UNITS["Phred"],
    "schemes.first_relapse": Whole(1, 9, "relapses"),
    **{f"priorities.{what}": Number(0, 1000, "weight") for what in ("flag", "group", "therapy", "class")},
    "schemes.cog_mrd": SHARE,
    "schemes.bfm_mrd_late": SHARE,
    "schemes.intreall_mrd_early": SHARE,
    "schemes.allr3_mrd": SHARE,
    "schemes.eckert_mrd": SHARE,
}
"""Thresholds whose range is narrower than that of their unit, and those that have no unit."""

ASCENDING: tuple[tuple[str, ...], ...] = (
    ("hypodiploidy.near_haploid_max", "hypodiploidy.inpog_max", "hypodiploidy.high_max", "hyperdiploidy.min"),
    ("hyperdiploidy.min", "hyperdiploidy.max"),
    ("hyperdiploidy.dna_index_min", "hyperdiploidy.dna_index_max"),
    ("hypodiploidy.dna_index_low", "hypodiploidy.dna_index_max", "hyperdiploidy.dna_index_min"),
    ("fit.min_log2_noise", "fit.max_log2_noise"),
    ("fit.min_baf_noise", "fit.max_baf_noise"),
    ("sites.het_low", "sites.het_high"),
    ("weighing.germline_vaf_low", "weighing.germline_vaf_high"),
    ("weighing.benign_points", "weighing.likely_benign_points", "weighing.likely_oncogenic_points"),
    ("weighing.likely_oncogenic_points", "weighing.oncogenic_points"),
    ("weighing.population_absent", "weighing.population_strong", "weighing.population_very_strong"),
    ("mlpa.homozygous_ratio", "mlpa.one_copy_ratio", "mlpa.het_ratio", "mlpa.gain_ratio", "mlpa.iamp21_ratio"),
    ("genes.min_loss", "genes.clonal_loss"),
    ("genes.min_log2_loss", "genes.homozygous_log2"),
    ("evolution.absent_high", "evolution.present_low", "evolution.preserved_ccf"),
    ("rearrangements.mute_min_length", "rearrangements.mute_max_length"),
    ("rearrangements.flt3_min_deletion", "rearrangements.flt3_max_deletion"),
    ("schemes.cog_em_months", "schemes.cog_marrow_months"),
    ("clonality.clonal_min_low", "clonality.clonal_ccf"),
    ("iamp21.atypical_runx1", "iamp21.min_runx1_total"),
)
"""Thresholds that must stand in this order: between them lies something."""


def kind_of(id: str, unit: str) -> Kind | None:
    """What a threshold may be, by its id, else by its unit; None for a unit that is not known."""
    return NARROWER.get(id) or UNITS.get(unit)


@lru_cache(maxsize=1)
def read_by_code() -> Mapping[str, cutoffs.Cutoff[int] | cutoffs.Cutoff[float]]:
    """The cut-offs that code asks for, by id."""
    return {found.id: found for found in vars(cutoffs).values() if isinstance(found, cutoffs.Cutoff)}


def _as_code_reads_it(row: ThresholdRow, tables: Tables) -> Iterator[Finding]:
    cutoff = read_by_code().get(row.id)
    if cutoff is not None and cutoff.unit != row.unit:
        yield "unit", f"found {row.unit!r}, expected {cutoff.unit!r}: code reads it in this unit"


def _in_range(row: ThresholdRow, tables: Tables) -> Iterator[Finding]:
    kind = kind_of(row.id, row.unit)
    if kind is None:
        units = ", ".join(UNITS)
        yield "unit", f"found {row.unit!r}, expected one of {units}"
    elif not math.isnan(row.value):
        try:
            kind.read(repr(row.value).removesuffix(".0"))
        except Unfit as error:
            yield "value", f"found {row.value:g}, expected {error}"


def _set_or_said(row: ThresholdRow, tables: Tables) -> Iterator[Finding]:
    if math.isnan(row.value) and "a lab may set it" not in row.source:
        yield (
            "value",
            "is empty: expected a number; only a threshold that no source gives may be empty, and its source must say"
            " that a lab may set it",
        )


def _in_order(row: ThresholdRow, tables: Tables) -> Iterator[Finding]:
    values = {other.id: other.value for other in tables.rows(ThresholdRow)}
    for chain in ASCENDING:
        for low, high in pairwise(chain):
            if row.id in (low, high) and low in values and high in values and not values[low] < values[high]:
                other, word = (high, "less") if row.id == low else (low, "more")
                yield "value", f"found {row.value:g}, expected {word} than {other} ({values[other]:g})"


def _is_read(row: ThresholdRow, tables: Tables) -> bool:
    prefix, _, gene = row.id.rpartition(".")
    window = prefix in ("junctions.five_window", "junctions.three_window") and bool(gene)
    return window or row.id in read_by_code() or row.id in used_thresholds(tables)


@table(
    "thresholds",
    key=("id",),
    doc="Numbers that rules compare with. The folder holds one file a topic.",
    rules=(_as_code_reads_it, _in_range, _set_or_said, _in_order),
    used=_is_read,
    unread="no rule and no condition reads it",
)
class ThresholdRow(Row):
    """A number that a rule uses, with where it comes from."""

    id: str = column(Text(r"[a-z0-9_]+(\.[A-Za-z0-9_]+)+", "topic.name"), "Id.")
    value: float = column(Number(), "The number; empty: no source gives one, and a lab may set it.", empty=math.nan)
    unit: str = column(Text(), "Its unit.", empty="", fixed=True)
    meaning: str = column(Text(), "What it limits.")

    @property
    def cited(self) -> str:
        """The value as a report may print it: never an E or K as if it were published."""
        word = {"S": self.source, "C": "computed"}.get(self.mark)
        if math.isnan(self.value):
            return "not available"
        number = f"{self.value:g}{' ' + self.unit if self.unit else ''}"
        return f"{number} ({word or MARKS[self.mark].split(';')[0]})"
