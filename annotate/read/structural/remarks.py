"""Records that give no junction, or none with two ends, and that break a gene of a lesion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.intervals import Interval
from annotate.model.junctions import Breakend
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.structural.targets import Targets

KIND = "structural_variants"
MOST = 20  # remarks of one gene and one direction: a further one changes nothing, and every gene keeps its own
UNREAD: Mapping[str, RemarkCode] = {  # by the reason that is counted, up to its first colon
    "other_contig": RemarkCode.UNPLACEABLE_CONTIG,
    "type_not_read": RemarkCode.SYMBOLIC_ALLELE,
    "unreadable_allele": RemarkCode.UNREADABLE_VALUE,
    "no_end_position": RemarkCode.UNREADABLE_VALUE,
    "no_partner_stated": RemarkCode.UNREADABLE_VALUE,
    "end_before_start": RemarkCode.UNREADABLE_VALUE,
}


@dataclass(slots=True)
class Remarks:
    """The remarks of one file, while it is read."""

    path: Path
    targets: Targets
    found: list[Remark] = field(default_factory=list)
    counted: Counter[tuple[str, Speaks]] = field(default_factory=Counter)

    def at(
        self,
        end: Breakend,
        record: str,
        code: RemarkCode,
        reason: str,
        *,
        only_fitting: bool = False,
        many: bool = False,
        would: str = "",
    ) -> None:
        """A record that breaks a gene at `end` and was not used.

        `only_fitting`: not where the break makes nothing; `many`: only where the gene has many partners.
        """
        broken = self.targets.broken(end, many=many)
        fitting = [gene.name for gene, fits in broken if fits]
        genes = fitting or ([] if only_fitting else [gene.name for gene, _ in broken])
        speaks = Speaks.FOR if fitting else Speaks.BLINDS
        self._add(Interval(end.chrom, end.pos, end.pos), record, code, reason, speaks, genes, would)

    def unread(self, chrom: str, pos: int, record: str, reason: str) -> None:
        """A record that could not be read, at a place where a gene of a lesion breaks. Its side is not known."""
        code = UNREAD.get(reason.partition(":")[0])
        if code is None or not chrom:
            return
        genes = {gene.name for keeps in ("L", "R") for gene, _ in self.targets.broken(_end(chrom, pos, keeps))}
        text = f"could not be read ({reason.replace('_', ' ')})"
        self._add(Interval(chrom, pos, pos), record, code, text, Speaks.BLINDS, sorted(genes))

    def _add(
        self,
        place: Interval,
        record: str,
        code: RemarkCode,
        reason: str,
        speaks: Speaks,
        genes: Sequence[str],
        would: str | None = None,
    ) -> None:
        """`would` "": what a break of the genes would say; None: nothing can be said of it."""
        open_genes = [gene for gene in genes if self.counted[gene, speaks] < MOST]
        if not open_genes:
            return
        self.counted.update((gene, speaks) for gene in open_genes)
        self.found.append(
            Remark(
                kind=KIND,
                file=str(self.path),
                record=record,
                code=code,
                reason=reason,
                speaks=speaks,
                genes=tuple(genes),
                regions=(place,),
                would=f"a break of {' or '.join(genes)}" if would == "" else would or "",
            )
        )


def _end(chrom: str, pos: int, keeps: str) -> Breakend:
    return Breakend(chrom, pos, "L" if keeps == "L" else "R")
