"""Rows of MLPA probes of any layout: which are used, and what those that are not would have said."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.copy_number import ArmProbe, Probe, SegmentTable
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.common.text import Row, Tally
from annotate.read.fusions.names import Named, known_as, symbol
from annotate.reference.genome import Genome

HIGHEST = 20.0  # a ratio above this is no MLPA ratio but a percentage or a count
LOST = 0.75  # halfway between one copy and two: an unused row below would have said that something is lost


@frozen
class _Unused:
    """A row that is not used. `at`: its place among the genes of the file."""

    line: int
    path: str
    gene: str
    exon: str
    ratio: float | None
    code: RemarkCode
    reason: str
    at: int


@dataclass(slots=True)
class ProbeRows:
    """Collects the probes of one file, in its order."""

    genome: Genome
    tally: Tally
    probes: list[Probe] = field(default_factory=list)
    arms: list[ArmProbe] = field(default_factory=list)
    _genes: list[str] = field(default_factory=list)
    _unused: list[_Unused] = field(default_factory=list)

    def add(
        self, row: Row, gene: str, exon: str, column: str, *, chrom: str | None = None, pos: int | None = None
    ) -> None:
        """A probe of a gene with its ratio. Errors: InputError for a ratio that cannot be one."""
        ratio = _ratio(row, column)
        name = symbol(self.genome, gene)
        if ratio is None:
            self.tally.drop("no ratio")
            self._keep(
                row, name, exon, None, RemarkCode.UNREADABLE_VALUE, f"no ratio ({row.cells.get(column) or 'empty'})"
            )
            return
        self.tally.use()
        self.probes.append(Probe(name, exon, ratio, chrom, pos))
        if known_as(self.genome, gene) is Named.UNKNOWN and ratio < LOST:
            self._keep(row, name, exon, ratio, RemarkCode.UNKNOWN_NAME, f"lost, and no gene is called {gene}")
        else:
            self._genes.append(name)

    def add_arm(self, row: Row, chrom: str, arm: str, column: str) -> None:
        """A probe that stands for a chromosome arm."""
        ratio = _ratio(row, column)
        if ratio is None:
            self.tally.drop("no ratio")
            return
        self.tally.use()
        self.arms.append(ArmProbe(chrom, arm, ratio))

    def pass_over(self, row: Row, gene: str, column: str, reason: str) -> None:
        """A row that the file marks as of no gene of interest; lost all the same, it stays open."""
        self.tally.drop(reason)
        ratio = _ratio(row, column) if gene else None
        if ratio is not None and ratio < LOST:
            self._keep(row, symbol(self.genome, gene), "", ratio, RemarkCode.FILTERED, reason)

    def _keep(self, row: Row, gene: str, exon: str, ratio: float | None, code: RemarkCode, reason: str) -> None:
        at = len(self._genes)
        self._unused.append(_Unused(row.line, str(row.path), gene, exon, ratio, code, reason, at))

    def table(self) -> SegmentTable:
        """The probes by gene and exon, with a remark for each unused row that another probe does not make good."""
        shown = {(probe.gene, probe.exon) for probe in self.probes}
        rows = [row for row in self._unused if row.ratio is not None or (row.gene, row.exon) not in shown]
        self.tally.remarks += [self._remark(row) for row in rows]
        ordered = sorted(self.probes, key=lambda probe: (probe.gene, probe.exon, probe.ratio))
        return SegmentTable((), "", probes=tuple(ordered), arm_probes=tuple(self.arms))

    def _remark(self, row: _Unused) -> Remark:
        unknown = row.code is RemarkCode.UNKNOWN_NAME
        return Remark(
            kind="copy_number",
            file=row.path,
            record=f"line {row.line}",
            code=row.code,
            reason=row.reason,
            speaks=Speaks.FOR if row.ratio is not None and not unknown else Speaks.BLINDS,
            genes=self._beside(row.at) if unknown else (row.gene,),
            would="" if row.ratio is None else f"{row.gene} {row.exon}".strip() + f", ratio {row.ratio:.2f}",
        )

    def _beside(self, at: int) -> tuple[str, ...]:
        """Genes of the nearest known probes before and behind: kits list theirs by gene."""
        return tuple(dict.fromkeys((*self._genes[max(at - 1, 0) : at], *self._genes[at : at + 1])))


def _ratio(row: Row, column: str) -> float | None:
    ratio = row.number(column)
    if ratio is not None and not 0 <= ratio <= HIGHEST:
        raise InputError(
            "not a probe ratio",
            path=row.path,
            line=row.line,
            column=column,
            found=ratio,
            expected="about 1 for two copies, 0.5 for one, 1.5 for three",
        )
    return ratio
