"""What of a report the exchange formats carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.model.state import PRESENT

Report = Mapping[str, Any]
ONCOGENIC = ("Oncogenic", "Likely oncogenic")


def reported_variants(report: Report) -> list[Mapping[str, Any]]:
    """Variants weighed as oncogenic, or that a detected lesion rests on (hotspots)."""
    return [v for v in report["variants"] if v["oncogenicity"] in ONCOGENIC or "hotspot" in v["flags"]]


def reported_junctions(report: Report) -> list[Mapping[str, Any]]:
    """Junctions of fusions that a lesion found calls."""
    detected = {name for lesion in report["lesions"] if lesion["state"] in PRESENT for name in _fusion_names(lesion)}
    return [j for j in report["junctions"] if j["genes"] and j["genes"] in detected]


def reported_fusions(report: Report) -> list[Mapping[str, Any]]:
    """RNA fusions of a detected lesion, one a pair of genes, where no reported DNA junction joins the same pair."""
    detected = {name for lesion in report["lesions"] if lesion["state"] in PRESENT for name in _fusion_names(lesion)}
    seen = {junction["genes"] for junction in reported_junctions(report)}
    found = []
    for fusion in report["fusions"]:
        name = f"{fusion['five']}::{fusion['three']}"
        if name in detected and name not in seen:
            seen.add(name)
            found.append(fusion)
    return found


def _fusion_names(lesion: Mapping[str, Any]) -> set[str]:
    names = {lesion["subtype"], lesion["details"].get("fusion"), *lesion["genes"], "::".join(lesion["genes"])}
    return {name.split(" ")[0] for name in names if isinstance(name, str) and "::" in name}


def reported_genes(report: Report) -> list[Mapping[str, Any]]:
    """Altered genes that a detected lesion rests on, and every homozygous deletion and amplification."""
    genes = report["copy_number"]["genes"] if report["copy_number"] else []
    carried = {gene for lesion in report["lesions"] if lesion["state"] in PRESENT for gene in lesion["genes"]}
    clear = ("homozygous_deletion", "amplification")
    return [g for g in genes if g["call"] in clear or (g["call"] in ("deletion", "gain") and g["gene"] in carried)]
