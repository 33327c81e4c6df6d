"""Which drawings a page shows, made from the report's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.knowledge.tables import Knowledge


def pictures(report: Mapping[str, Any], knowledge: Knowledge) -> dict[str, str]:
    """SVG text by place: `genome`, `chr21`, `count`, `fusion:<junction id>`, and `rna:<A::B>`."""
    found: dict[str, str] = {}
    copy_number = report["copy_number"]
    if copy_number and copy_number["segments"]:
        from annotate.report.drawing.chr21 import draw_chr21
        from annotate.report.drawing.count_bar import draw_count
        from annotate.report.drawing.genome import draw_genome

        found["genome"] = draw_genome(copy_number, report["assembly"])
        found["chr21"] = draw_chr21(copy_number, report["assembly"], knowledge)
        if copy_number["modal_number"] is not None:
            found["count"] = draw_count(copy_number, knowledge)
    found.update(_fusions(report))
    return found


def _fusions(report: Mapping[str, Any]) -> dict[str, str]:
    """Fusions that a lesion names: by their junctions, and by RNA where no junction shows them."""
    from annotate.reference.genome import Genome
    from annotate.report.drawing.fusion import draw_fusion, draw_rna_fusion

    genome = Genome.load(report["assembly"])
    wanted = _fusion_names(report)
    found: dict[str, str] = {}
    drawn = set()
    for junction in report["junctions"]:
        if junction["genes"] in wanted:
            svg = draw_fusion(junction, genome)
            if svg:
                found[f"fusion:{junction['id']}"] = svg
                drawn.add(junction["genes"])
    for fusion in sorted(report.get("fusions", ()), key=_reads, reverse=True):
        name = f"{fusion['five']}::{fusion['three']}"
        if name in wanted and name not in drawn:
            svg = draw_rna_fusion(fusion, genome)
            if svg:
                found[f"rna:{name}"] = svg
                drawn.add(name)
    return found


def _reads(fusion: Mapping[str, Any]) -> int:
    return (fusion["split_reads"] or 0) + (fusion["spanning_reads"] or 0)


def _fusion_names(report: Mapping[str, Any]) -> set[str]:
    """`A::B` as lesions name it."""
    names: set[str] = set()
    for lesion in report.get("lesions", ()):
        names |= {lesion["subtype"], (lesion["details"] or {}).get("fusion"), *(lesion["genes"] or ())} - {None}
    return names
