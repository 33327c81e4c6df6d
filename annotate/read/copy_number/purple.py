"""PURPLE 2.x to 4.x: .purple.cnv.somatic.tsv, .purple.segment.tsv, .purple.purity.tsv, .purple.qc.

Copies are real numbers of the tumour compartment; positions count from 1.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import FitState, SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, lines
from annotate.read.copy_number.cells import Names, fraction, only_row, optional, optional_count, rows, sex_word, spacing
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

MINOR = ("minorAlleleCopyNumber", "minorAllelePloidy")  # since 2.40 and before
UNSURE_FITS = {
    "SOMATIC": "PURPLE fitted by somatic variants and set ploidy to 2: another ploidy is possible",
    "HIGHLY_DIPLOID": "PURPLE found a highly diploid profile: its purity is uncertain",
}


def _is_cnv(head: Head) -> bool:
    return head.has("chromosome", "start", "end", "copyNumber", "segmentStartSupport", "depthWindowCount")


def _is_cnv2(head: Head) -> bool:
    return head.has("chromosome", "start", "end", "copyNumber", "segmentStartSupport") and not head.has(
        "depthWindowCount"
    )


def _is_segment(head: Head) -> bool:
    return head.has("chromosome", "start", "end", "germlineStatus", "tumorCopyNumber")


def _is_purity(head: Head) -> bool:
    return head.has("purity", "ploidy", "diploidProportion") and not head.has("chromosome")


def _is_qc(head: Head) -> bool:
    return bool(head.columns) and head.columns[0] == "QCStatus" and len(head.columns) == 2


def read_cnv(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Copy-number segments. Raises InputError for a damaged table or positions of another assembly."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        total = row.number("copyNumber")
        baf = optional(row, "baf", "actualBAF")
        minor = optional(row, *MINOR) if row.has(*MINOR) else _minor(total, baf)
        informative = (optional_count(row, "bafCount") or 0) > 0
        out.row(
            row,
            row.text("chromosome"),
            row.number("start"),
            row.number("end"),
            total=total,
            minor=minor,
            baf=_in_range(baf) if informative else None,
            markers=optional_count(row, "depthWindowCount"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def read_segment(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments before smoothing; those without depth windows or with a germline change say nothing of the tumour."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        status = row.text("germlineStatus")
        windows = optional_count(row, "depthWindowCount")
        if windows == 0:
            tally.drop("no depth windows")
            continue
        if status != "DIPLOID":
            tally.drop(f"germline status {status or 'missing'}")
            continue
        out.row(
            row,
            row.text("chromosome"),
            row.number("start"),
            row.number("end"),
            total=row.number("tumorCopyNumber"),
            minor=optional(row, *MINOR) if row.has(*MINOR) else None,
            baf=_in_range(optional(row, "tumorBAF")) if (optional_count(row, "bafCount") or 0) > 0 else None,
            markers=windows,
        )
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def read_purity(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Purity, ploidy, sex, doubling and the fit's own word for itself; no segments."""
    row = only_row(path, "purity file")
    tally.use()
    status = row.text("status") if row.has("status") else ""
    if status in UNSURE_FITS:
        tally.warn(UNSURE_FITS[status])
    failed = f"status {status}" if _failed(status) else ""
    fit = stated_fit(
        row.number("purity"),
        row.number("ploidy"),
        path,
        row.line,
        caller="PURPLE",
        failed=failed,
    )
    if fit.words:
        tally.warn(fit.words)
    doubled = row.text("wholeGenomeDuplication").lower() if row.has("wholeGenomeDuplication") else ""
    quality = {"PURPLE fit": status} if status else {}
    for word in ("minPurity", "maxPurity", "minPloidy", "maxPloidy"):
        if row.has(word) and row.text(word):
            quality[word] = row.text(word)
    return SegmentTable(
        (),
        "",
        purity=fit.purity,
        ploidy=fit.ploidy,
        fit=FitState.UNSURE if status in UNSURE_FITS else fit.state,
        sex=sex_word(row.text("gender")) if row.has("gender") else None,
        whole_genome_doubled={"true": True, "false": False}.get(doubled),
        quality=quality,
    )


def read_qc(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """PURPLE's own quality words; its purity and ploidy where the file states them."""
    words: dict[str, str] = {}
    for number, line in lines(path):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != 2:
            raise InputError("quality file has a line that is no pair", path=path, line=number, found=line[:80])
        tally.use()
        words[cells[0]] = cells[1].strip()
    status = words.get("QCStatus", "")
    failed = _failed(status) or words.get("Method") == "NO_TUMOR"
    if status and status != "PASS":
        tally.warn(f"PURPLE quality: {status}")
    return SegmentTable(
        (),
        "",
        purity=None if failed else _stated(words.get("Purity"), path),
        fit=FitState.FAILED if failed else FitState.UNSURE if words.get("Method") in UNSURE_FITS else FitState.FITTED,
        sex=sex_word(words.get("AmberGender")),
        quality={f"PURPLE {name}": value for name, value in words.items()},
    )


def _failed(status: str) -> bool:
    """PURPLE's words for a fit without a tumour; a status may hold several, parted by commas."""
    return any(word.strip() == "NO_TUMOR" or word.strip().startswith("FAIL_") for word in status.split(","))


def _stated(text: str | None, path: Path) -> float | None:
    try:
        return fraction(float(text), "purity", path) if text else None
    except ValueError:
        raise InputError("purity is not a number", path=path, found=text, expected="a number") from None


def _minor(total: float | None, baf: float | None) -> float | None:
    return None if total is None or baf is None else max(total * (1 - baf), 0.0)


def _in_range(baf: float | None) -> float | None:
    """PURPLE's tumour BAF runs a little over 1 where minor copies are estimated below 0."""
    return None if baf is None else min(max(baf, 0.0), 1.0)


register(
    Format(
        "copy_number",
        "purple.cnv",
        "PURPLE",
        ".purple.cnv.somatic.tsv: total and minor copies; purity from .purple.purity.tsv beside it",
        _is_cnv,
        read_cnv,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "purple.cnv2",
        "PURPLE",
        ".purple.cnv of PURPLE 2.x: total copies and BAF; purity from .purple.purity beside it",
        _is_cnv2,
        read_cnv,
    )
)
register(
    Format(
        "copy_number",
        "purple.segment",
        "PURPLE",
        ".purple.segment.tsv: segments before smoothing",
        _is_segment,
        read_segment,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "purple.purity",
        "PURPLE",
        ".purple.purity.tsv: purity, ploidy, sex, doubling (second file)",
        _is_purity,
        read_purity,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "purple.qc",
        "PURPLE",
        ".purple.qc: quality words (second file)",
        _is_qc,
        read_qc,
        tested_on="real file",
    )
)
