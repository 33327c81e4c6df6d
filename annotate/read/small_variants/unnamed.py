"""Many reads over coding sequence that are not the reference's, of which the record names no allele in bases.

At the codons of a lesion such reads are held against a negative by the depth that is asked for there. Elsewhere they
matter where any loss of function of the gene would count: what they carry may be one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.intervals import Interval
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.small_variants import panel
from annotate.read.small_variants.alleles import SKIPPED
from annotate.read.small_variants.bases import REST, other_counts
from annotate.read.small_variants.count_forms import Counts, numbers
from annotate.read.small_variants.counts import sample_depth
from annotate.read.small_variants.doubt import above_noise, enough_reads, subclonal_at_most
from annotate.read.small_variants.stream import Record
from annotate.reference.genome import Genome
from annotate.reference.hotspots import lesions_of_any_loss

STAR = "*"  # bases that another record of the file deletes


@dataclass(slots=True)
class UnnamedReads:
    """Looks at the records of one file in their order."""

    kind: str
    path: Path
    genome: Genome
    knowledge: Knowledge
    alone: bool  # the file has one sample
    remarks: list[Remark] = field(default_factory=list)
    _deleted: tuple[str, int] = ("", 0)  # contig and last base of the deletions so far

    def look(self, record: Record) -> None:
        """Keep a remark where the reads of a record that no allele explains are too many for error or a subclone."""
        self._add_deletion(record)
        if record.tumor is None or not self._unexplained(record):
            return
        reads = sum(other_counts(record, self.knowledge, alone=self.alone).values())
        depth = self._depth(record) if reads else None
        if not depth:
            return
        counts = Counts(reads, max(depth, reads), reads / max(depth, reads))
        many = above_noise(counts, self.knowledge, indel=True) and enough_reads(counts, self.knowledge)
        if not many or subclonal_at_most(counts, self.knowledge):
            return
        genes = panel.coding_genes(self.genome, record.chrom, record.pos, record.end)
        lesions = lesions_of_any_loss(genes, record.chrom, record.pos, self.genome, self.knowledge)
        if lesions:
            self.remarks.append(self._remark(record, counts, genes, lesions))

    def _depth(self, record: Record) -> int | None:
        """Reads over a record: of the sample's column, or by strand of INFO where the file has no other sample."""
        own = sample_depth(record.tumor or {})
        strands = [value for value in numbers(record.info.get("DP4")) if value is not None] if self.alone else []
        return own if own is not None or not strands else int(sum(strands))

    def _add_deletion(self, record: Record) -> None:
        shorter = any(alt not in SKIPPED and len(alt) < len(record.ref) for alt in record.alts)
        if shorter or "<DEL>" in record.alts:
            before = self._deleted[1] if self._deleted[0] == record.chrom else 0
            last = max(record.end, record.pos + len(record.ref) - 1)
            self._deleted = (record.chrom, max(before, last))

    def _unexplained(self, record: Record) -> bool:
        if STAR in record.alts and self._deleted[0] == record.chrom and record.pos <= self._deleted[1]:
            return False
        return not REST.isdisjoint(record.alts) or all(alt in SKIPPED for alt in record.alts)

    def _remark(self, record: Record, counts: Counts, genes: tuple[str, ...], lesions: tuple[str, ...]) -> Remark:
        share = 100 * (counts.vaf or 0)
        return Remark(
            kind=self.kind,
            file=str(self.path),
            record=record.label,
            code=RemarkCode.READS_NOT_CALLED,
            reason=f"{counts.alt:,} of {counts.depth:,} reads ({share:.2g} %) differ from the reference at"
            f" {record.chrom}:{record.pos:,}, and the record names no allele for them",
            speaks=Speaks.BLINDS,
            regions=(Interval(record.chrom, record.pos, record.end),),
            lesions=lesions,
            would=f"a change of {', '.join(genes)}",
        )
