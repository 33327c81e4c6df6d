"""What tells that a VCF or BEDPE of breakends was called from RNA: an RNA file read as DNA would give DNA negatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from annotate.read.common.text import Head

ARRIBA, RNAFUSION, FUSIONCATCHER, SQUID = "Arriba", "nf-core/rnafusion", "FusionCatcher", "SQUID"
_ENDS = ("chrom1", "start1", "end1", "chrom2", "start2", "end2", "strand1", "strand2")


def _says(head: Head, *marks: str) -> bool:
    """Does every mark stand in the header or in the first records?"""
    return all(any(mark in line for line in head.lines) for mark in marks)


def is_squid(head: Head) -> bool:
    """SQUID's BEDPE: its own count of concordant fragments, or the genes that its annotation adds."""
    return head.has(*_ENDS) and (head.has("FusedGenes") or head.has("num_concordantfrag_bp1"))


_MARKS: Mapping[str, Callable[[Head], bool]] = {
    FUSIONCATCHER: lambda head: any(line.lower().startswith("##source=fusioncatcher") for line in head.comments),
    ARRIBA: lambda head: _says(head, "GENE_NAME=", "SPLIT_READS=", "DISCORDANT_MATES="),
    RNAFUSION: lambda head: _says(head, "GENEA=", "GENEB=") or _says(head, "##FORMAT=<ID=FFPM", "GENEA"),
    SQUID: is_squid,
}


def rna_caller(head: Head) -> str | None:
    """The RNA caller that wrote a VCF or BEDPE; None where nothing says that it is RNA."""
    vcf = bool(head.lines) and head.lines[0].startswith("##fileformat=VCF")
    wanted = [name for name in _MARKS if vcf != (name == SQUID)]
    return next((name for name in wanted if _MARKS[name](head)), None)
