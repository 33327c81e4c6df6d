"""An IGV session of a sample: its files as tracks, and one region for each piece of evidence.

IGV desktop opens `<sample>.igv.xml`; its Region Navigator lists the evidence by lesion. Nothing is fetched by us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from annotate.base.writing import write_text

Report = Mapping[str, Any]
GENOMES = {"GRCh38": "hg38", "GRCh37": "hg19"}
TRACKS = ("small_variants", "structural_variants", "germline_variants", "alignments")
ENDINGS = (".vcf", ".vcf.gz", ".bam", ".cram")
SHOWN = ("detected", "detected_subclonal", "equivocal")
MARGIN = 60  # bases shown beside a place

_BREAKEND = re.compile(r"^(\w+):(\d+)[LR]?$")


def write_igv(report: Report, folder: Path) -> None:
    """Write `<sample>.igv.xml`."""
    write_text(folder / f"{report['sample']}.igv.xml", session(report))


def session(report: Report) -> str:
    """An IGV session (XML) with the sample's files as tracks and the evidence as regions."""
    regions = list(evidence_regions(report))
    first = regions[0][:3] if regions else ("1", 1, 1)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Session genome="{GENOMES[report["assembly"]]}" locus={_quoted(_locus(*first))} version="8">',
        "  <Resources>",
        *(f"    <Resource path={_quoted(path)}/>" for path in _tracks(report)),
        "  </Resources>",
        "  <Regions>",
        *(
            f'    <Region chromosome="{_contig(chrom)}" start="{max(0, start - 1)}" end="{end}"'
            f" description={_quoted(text)}/>"
            for chrom, start, end, text in regions
        ),
        "  </Regions>",
        "</Session>",
    ]
    return "\n".join(lines) + "\n"


def evidence_regions(report: Report) -> Iterator[tuple[str, int, int, str]]:
    """(contig, start, end, text) of each place that the evidence of a found or open lesion names; 1-based."""
    for lesion in report["lesions"]:
        if lesion["state"] in SHOWN:
            for item in lesion["evidence"]:
                for chrom, start, end in _places(item["values"]):
                    yield chrom, start, end, f"{lesion['name']}: {item['summary']}"


def _places(values: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    chrom, pos = values.get("chrom"), values.get("pos")
    start, end = values.get("start"), values.get("end")
    if isinstance(chrom, str) and isinstance(pos, int):
        yield chrom, pos, pos + max(0, len(str(values.get("ref") or "N")) - 1)
    elif isinstance(chrom, str) and isinstance(start, int) and isinstance(end, int):
        yield chrom, start, end
    for key in ("left", "right", "five_breakpoint", "three_breakpoint"):
        found = _breakend(values.get(key))
        if found is not None:
            yield found[0], found[1], found[1]


def _breakend(value: Any) -> tuple[str, int] | None:
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        value = f"{value[0]}:{value[1]}"
    match = _BREAKEND.match(value) if isinstance(value, str) else None
    return (match[1], int(match[2])) if match else None


def _tracks(report: Report) -> list[str]:
    """The annotated panel variants, then the inputs that IGV reads, each once."""
    paths = [f"{report['sample']}.variants.vcf.gz"]
    paths += [i["path"] for i in report["inputs"] if i["kind"] in TRACKS and str(i["path"]).endswith(ENDINGS)]
    return list(dict.fromkeys(paths))


def _locus(chrom: str, start: int, end: int) -> str:
    return f"{_contig(chrom)}:{max(1, start - MARGIN)}-{end + MARGIN}"


def _contig(chrom: str) -> str:
    return "chrM" if chrom == "MT" else f"chr{chrom}"


def _quoted(text: str) -> str:
    """An XML attribute; characters that XML does not allow are replaced."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return f'"{escape(clean)}"'
