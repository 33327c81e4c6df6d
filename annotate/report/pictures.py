"""Which drawings a page shows, made from the report's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.knowledge import Knowledge


def pictures(report: Mapping[str, Any], knowledge: Knowledge) -> dict[str, str]:
    """SVG text by place: `genome`, `chr21`, `count`, and `fusion:<junction id>`."""
    found: dict[str, str] = {}
    copy_number = report["copy_number"]
    if copy_number and copy_number["segments"]:
        from annotate.drawing.chr21 import draw_chr21
        from annotate.drawing.count_bar import draw_count
        from annotate.drawing.genome import draw_genome

        found["genome"] = draw_genome(copy_number, report["assembly"])
        found["chr21"] = draw_chr21(copy_number, report["assembly"], knowledge)
        if copy_number["modal_number"] is not None:
            found["count"] = draw_count(copy_number, knowledge)
    found.update(_fusions(report))
    return found


def _fusions(report: Mapping[str, Any]) -> dict[str, str]:
    from annotate.drawing.fusion import draw_fusion
    from annotate.genome import Genome

    genome = Genome.load(report["assembly"])
    found = {}
    for junction in report["junctions"]:
        if junction["genes"]:
            svg = draw_fusion(junction, genome)
            if svg:
                found[f"fusion:{junction['id']}"] = svg
    return found
