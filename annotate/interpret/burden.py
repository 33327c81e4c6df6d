"""Mutation burden: mutations per megabase, only where the data carry it.

A burden is a count of somatic mutations over the bases that were looked at. It needs a whole genome or an
exome of at least `burden.min_megabases`, and a matched normal sample: without one, rare germline variants
outnumber the mutations of a child's leukaemia. A panel carries none.

The threshold of hypermutation is shipped without a value, because none could be verified: a lab that sets
`burden.hypermutation_per_megabase` in its own knowledge folder gets the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotate.interpret.signatures import signatures
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge, Threshold
from annotate.model.regions import Regions
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariants

HYPERMUTATION = cutoffs.BURDEN_HYPERMUTATION_PER_MEGABASE


def burden(
    small: SmallVariants, sample: Sample, regions: Regions | None, knowledge: Knowledge, fasta: Path | None = None
) -> Mapping[str, Any]:
    """What `report.json` says under `burden`: `state` (`assessed` or `not_assessable`), figures, reasons, signatures.

    `per_megabase` counts every passing alternative allele of the file: all somatic mutations that its caller
    reports, coding or not. `fasta`: sequence of the whole genome, for signatures. Errors: none; what cannot be
    said is a reason.
    """
    megabases = _megabases(sample, regions, knowledge)
    reasons = _obstacles(small, sample, megabases, knowledge)
    known = not reasons and small.sites_total is not None and bool(megabases)
    per_megabase = small.sites_total / megabases if known and small.sites_total is not None and megabases else None
    verdict = _hypermutation(per_megabase, knowledge)
    return {
        "state": "assessed" if per_megabase is not None else "not_assessable",
        "summary": _summary(per_megabase, small.sites_total, megabases, verdict, reasons),
        "per_megabase": per_megabase,
        "mutations": small.sites_total,
        "megabases": megabases,
        "hypermutation": verdict,
        "percentile": None,
        "reasons": reasons,
        "signatures": signatures(small, sample, knowledge, somatic=_somatic(small), fasta=fasta),
    }


def _megabases(sample: Sample, regions: Regions | None, knowledge: Knowledge) -> float | None:
    """Bases that were looked at: the regions where they are given, else those of a whole genome."""
    if sample.assay == "wgs" and regions is None:
        return knowledge.value(cutoffs.BURDEN_GENOME_MEGABASES)
    if regions is None:
        return None
    return sum(end - start + 1 for parts in regions.intervals.values() for start, end in parts) / 1e6


def _obstacles(
    small: SmallVariants, sample: Sample, megabases: float | None, knowledge: Knowledge
) -> list[dict[str, Any]]:
    """Why no burden can be given; empty where it can."""
    found = []
    least = knowledge.value(cutoffs.BURDEN_MIN_MEGABASES)
    if sample.assay is None:
        found.append(
            _reason("REGION_NOT_COVERED", "the assay is not stated, so what was looked at is unknown", "`assay`")
        )
    elif sample.assay in ("panel", "array"):
        found.append(_reason("CALLER_CLASS_UNSUITABLE", f"a {sample.assay} is too small for a mutation burden", None))
    elif megabases is None:
        found.append(_reason("REGION_NOT_COVERED", "the regions of the exome are not given", "`regions`"))
    elif megabases < least:
        text = f"{megabases:.1f} Mb were looked at; a burden needs {least:g} Mb"
        found.append(_reason("REGION_NOT_COVERED", text, None))
    if not _somatic(small):
        text = "no matched normal sample: germline variants cannot be told from mutations"
        found.append(_reason("NEEDS_GERMLINE", text, "a VCF with the matched normal sample"))
    if small.sites_total is None:
        found.append(_reason("INPUT_ABSENT", "the number of mutations of the whole file is not known", None))
    elif megabases and small.sites_total / megabases > knowledge.value(cutoffs.BURDEN_MAX_PER_MEGABASE):
        text = f"{small.sites_total:,} passing sites in {megabases:,.0f} Mb: the file holds germline variants too"
        found.append(_reason("CALLER_CLASS_UNSUITABLE", text, "a VCF of somatic calls"))
    return found


def _somatic(small: SmallVariants) -> bool:
    return small.normal_name is not None


def _hypermutation(per_megabase: float | None, knowledge: Knowledge) -> dict[str, Any]:
    limit = _threshold(knowledge)
    if limit is None:
        text = "no verified threshold exists; a lab may set its own"
        return {"verdict": None, "threshold": None, "reason": text}
    verdict = None if per_megabase is None else per_megabase >= limit.value
    return {"verdict": verdict, "threshold": limit.value, "reason": f"threshold {limit.cited}"}


def _threshold(knowledge: Knowledge) -> Threshold | None:
    return None if knowledge.number(HYPERMUTATION) is None else knowledge.threshold(HYPERMUTATION)


def _summary(
    per_megabase: float | None,
    mutations: int | None,
    megabases: float | None,
    verdict: Mapping[str, Any],
    reasons: list[dict[str, Any]],
) -> str:
    if per_megabase is None:
        return f"Mutation burden: not assessable ({reasons[0]['text']})." if reasons else ""
    word = {True: "; above", False: "; below", None: ""}[verdict["verdict"]]
    limit = f"{word} the threshold of {verdict['threshold']:g} per Mb" if word else "; hypermutation is not judged"
    return f"Mutation burden: {per_megabase:.2f} per Mb ({mutations:,} mutations in {megabases:,.0f} Mb){limit}."


def _reason(code: str, text: str, settles: str | None) -> dict[str, Any]:
    return {"code": code, "text": text, "settles": settles}
