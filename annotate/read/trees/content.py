"""What a file of a tree holds: its kind by the registry, its sample columns and assembly by its header."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Assembly
from annotate.read.common import registry
from annotate.read.common.text import read_head
from annotate.read.sheets.files import header_contigs
from annotate.reference.genome import Genome

KINDS = ("copy_number", "fusions", "structural_variants", "small_variants")
ASSEMBLIES: tuple[Assembly, ...] = ("GRCh38", "GRCh37")
PEEKED = 2000  # records of a VCF of no known caller that are looked at
VCF_ENDINGS = (".vcf", ".vcf.gz", ".bcf", ".vcf.bgz")
LOOKED_AT = (*VCF_ENDINGS, ".tsv", ".txt", ".seg", ".cns", ".csv", ".bedpe", ".tsv.gz", ".txt.gz", ".bed")
SECOND_FILES = (".purity", ".qc", ".params", ".rho", ".confints", ".solutions", ".info", "purity.table")
UNSURE = frozenset({"small.vcf", "plain.vcf"})  # formats of any caller's VCF


@frozen
class Content:
    """Kind and format of a file; `why_not` where it cannot be used."""

    kind: str = ""
    format: str = ""
    why_not: str = ""


def is_vcf(file: Path) -> bool:
    """Does the name end as that of a VCF does?"""
    return file.name.lower().endswith(VCF_ENDINGS)


def content_of(file: Path, kind: str = "") -> Content:
    """What a file holds; `kind` is asked alone where the layout says what it should be."""
    if file.name.lower().endswith((".bam", ".cram")):
        return _alignments(file)
    _load()
    try:
        if kind:
            asked = "small_variants" if kind == "germline_variants" else kind
            return Content(kind, registry.recognise(file, asked).name)
        return _told(file)
    except InputError as error:
        return Content(why_not=error.what + (f" ({error.found})" if error.found else ""))


def sample_columns(file: Path) -> Sequence[str]:
    """Names of the sample columns of a VCF; none for other files."""
    try:
        with open(file, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(file, "rt", errors="replace") if packed else open(file, errors="replace") as text:
            header = next((line for line in text if line.startswith("#CHROM")), "")
    except (OSError, EOFError):
        return ()
    return tuple(header.rstrip("\r\n").split("\t")[9:])


def assembly_of(file: Path) -> str:
    """The assembly whose contig lengths the header of a VCF states; '' where it states none."""
    try:
        contigs = dict(header_contigs(file))
    except (InputError, OSError):
        return ""
    fitting = [name for name in ASSEMBLIES if _fits(contigs, name)]
    return fitting[0] if len(fitting) == 1 else ""


def _fits(contigs: dict[str, int | None], assembly: Assembly) -> bool:
    lengths = Genome.load(assembly).contig_lengths
    stated = {name.removeprefix("chr"): length for name, length in contigs.items() if length}
    return any(stated.get(name) == length for name, length in lengths.items())


def _alignments(file: Path) -> Content:
    if file.name.lower().endswith(".cram"):
        return Content(why_not="CRAM: needs `genome` in the configuration; add it to the sheet by hand")
    beside = [file.with_name(file.name + ending) for ending in (".bai", ".csi")]
    if not any(path.is_file() for path in [*beside, file.with_suffix(".bai")]):
        return Content(why_not="no index (.bai) beside it")
    return Content("alignments", "bam")


@cache
def _load() -> None:
    from annotate.read.catalogue import load_all

    load_all()


def _told(file: Path) -> Content:
    """The kind whose reader knows the file best: a named caller before the forms that any file may have."""
    head = read_head(file)
    fitting = [(fmt, kind) for kind in KINDS for fmt in registry.formats(kind) if fmt.recognise(head)]
    if not fitting:
        return Content(why_not="no known format")
    named = [item for item in fitting if item[0].name not in UNSURE]
    best, kind = max(named or fitting, key=lambda item: item[0].priority)
    if not named:
        kind = "structural_variants" if _has_junctions(file) else "small_variants"
    if best.name.endswith(SECOND_FILES) or any(part in f".{best.name}" for part in SECOND_FILES):
        return Content(why_not="a companion: it is found beside its segments")
    return Content(kind, best.name)


def _has_junctions(file: Path) -> bool:
    try:
        with open(file, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(file, "rt", errors="replace") if packed else open(file, errors="replace") as text:
            records = islice((line.split("\t", 8) for line in text if not line.startswith("#")), PEEKED)
            return any(len(cells) > 7 and ("SVTYPE=" in cells[7] or cells[4][:1] == "<") for cells in records)
    except (OSError, EOFError):
        return False
