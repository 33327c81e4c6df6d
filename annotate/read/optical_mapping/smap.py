"""Bionano SMAP 0.7 to 0.9: one structural variant a row, places of labels, chromosomes by number.

Orientation of a translocation: the map runs along its first reference in the direction of the first sign and goes on
along the second in that of the second. `+` first keeps what lies left of RefStartPos, `-` what lies right of it; `+`
second keeps what lies right of RefEndPos, `-` what lies left. Reciprocal junctions of the published example bear this
out: 2 and 22 joined `+/-` and, 70 kb further, `-/+`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from annotate.base.errors import InputError
from annotate.base.intervals import Interval
from annotate.breakpoints.breakends import deletion, duplication, join
from annotate.knowledge import cutoffs
from annotate.model.junctions import Breakend, Junction, Side
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.common.own_rows import OTHER_SAMPLE, own_name
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, lines
from annotate.read.structural.source import Source, StructuralFile

KIND = "optical_mapping"
NAME, CALLER = "bionano.smap", "Bionano"
_NEEDED = ("SmapEntryID", "RefcontigID1", "RefcontigID2", "RefStartPos", "RefEndPos", "Confidence", "Type")
_SEX = {"23": "X", "24": "Y"}
_FIRST: Mapping[str, Side] = {"+": "L", "-": "R"}
_SECOND: Mapping[str, Side] = {"+": "R", "-": "L"}
_CONTROLS = ("Present_in_%_of_BNG_control_samples", "Present_in_%_of_BNG_control_samples_with_the_same_enzyme")
_SHARE = ("VAF", "SVfreq", "SVFreq")
ENDS = (("1", "RefStartPos"), ("2", "RefEndPos"))
OTHER_CONTIG, NO_MOLECULE, UNREAD = "other_contig", "no molecule carries it", "type_not_read:"
# Types that join nothing: an inserted stretch, and gaps of the reference that the assembly software numbers.
HARMLESS = frozenset({"insertion", "insertion_nbase", "deletion_nbase", "insertion_tiny", "deletion_tiny"})
MAX_REMARKS = 500
_CODES = {OTHER_CONTIG: RemarkCode.UNPLACEABLE_CONTIG, NO_MOLECULE: RemarkCode.NO_READS}
_WORDS = {OTHER_CONTIG: "its other end is not placed", NO_MOLECULE: "called, and no molecule carries it"}
_ASSEMBLY = re.compile(r"hg(19|38)|grch(37|38)|(?<![a-z0-9])b37(?![0-9])", re.IGNORECASE)
_BUILDS = {"19": "GRCh37", "37": "GRCh37", "38": "GRCh38"}


def _recognise(head: Head) -> bool:
    return any("SMAP File Version" in line for line in head.comments) or any(
        line.startswith("#h") and "SmapEntryID" in line for line in head.comments
    )


@dataclass(slots=True)
class _Reader:
    source: Source
    window: int
    least: float
    commonest: float
    columns: tuple[str, ...] = ()
    junctions: list[Junction] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def take(self, number: int, row: Mapping[str, str]) -> None:
        """One row: a junction, or a reason why it makes none."""
        kind = row["Type"].strip().lower()
        made = NO_MOLECULE if _without_molecules(row) else self._made(number, row, kind)
        if isinstance(made, str):
            self.source.tally.drop(made)
            if made in _CODES or (made.startswith(UNREAD) and kind not in HARMLESS):
                self._open(number, row, made)
            return
        self.source.tally.use()
        self.junctions.append(made)

    def _made(self, number: int, row: Mapping[str, str], kind: str) -> Junction | str:
        if self._common(row):
            return "seen in control samples"
        if kind.startswith("translocation"):
            return self._translocation(number, row)
        if kind == "deletion":
            return self._deletion(number, row)
        if kind in ("duplication", "duplication_split"):
            return self._duplication(number, row)
        if kind in ("inversion", "inversion_paired", "inversion_partial"):
            return self._inversion(number, row)
        placed = any(self._label(row, which, column) for which, column in ENDS)
        return f"{UNREAD}{kind or 'none'}" if placed else OTHER_CONTIG

    def _common(self, row: Mapping[str, str]) -> bool:
        shares = (_number_or_none(row.get(name, "")) for name in _CONTROLS)
        return any(share is not None and share / 100 > self.commonest for share in shares)

    def _translocation(self, number: int, row: Mapping[str, str]) -> Junction | str:
        first, second = self._end(number, row, "1", "RefStartPos"), self._end(number, row, "2", "RefEndPos")
        if first is None or second is None:
            return OTHER_CONTIG
        signs = (row.get("orientation") or row.get("Orientation") or "").strip().split("/")
        known = len(signs) == 2 and signs[0] in _FIRST and signs[1] in _SECOND
        left: Side = _FIRST[signs[0]] if known else "L"
        right: Side = _SECOND[signs[1]] if known else "R"
        flags = set() if known else {"orientation_unknown"}
        confidence = _number_or_none(row.get("Confidence", ""))
        if confidence is not None and 0 <= confidence < self.least:
            flags.add("filtered_by_caller")
        return self._joined(number, row, Breakend(*first, left), Breakend(*second, right), flags)

    def _inversion(self, number: int, row: Mapping[str, str]) -> Junction | str:
        """One side of an inversion; which side is kept is not said by the row alone."""
        first, second = self._end(number, row, "1", "RefStartPos"), self._end(number, row, "2", "RefEndPos")
        if first is None or second is None or first == second:
            return "one end of an inversion"
        return self._joined(number, row, Breakend(*first, "L"), Breakend(*second, "L"), {"orientation_unknown"})

    def _deletion(self, number: int, row: Mapping[str, str]) -> Junction | str:
        """What is lost wherever the deletion lies between its two labels; a remark where that is nothing."""
        first, second = self._end(number, row, "1", "RefStartPos"), self._end(number, row, "2", "RefEndPos")
        size = _number_or_none(row.get("SVsize", "") or row.get("Size", ""))
        if first is None or second is None:
            return OTHER_CONTIG
        low, high = sorted((first[1], second[1]))
        size = high - low if size is None or size < 0 else min(size, high - low)
        start, end = int(high - size), int(low + size)
        if end - start < 2:
            self._blinding(number, first[0], low, high)
            return "deletion that is shorter than half of the stretch between its labels"
        return self._joined(number, row, *deletion(first[0], start, end), set(), exact=True)

    def _open(self, number: int, row: Mapping[str, str], reason: str) -> None:
        """A row that makes no junction: where one of its labels lies beside a gene of the panel, something breaks."""
        ends = [end for which, column in ENDS if (end := self._label(row, which, column)) is not None]
        places = [Interval(chrom, max(pos - self.window, 1), pos + self.window) for chrom, pos in ends]
        beside = [place for place in places if any(place.touches(gene) for gene in self._panel(place.chrom))]
        if beside and len(self.remarks) < MAX_REMARKS:
            self.remarks.append(
                Remark(
                    kind=KIND,
                    file=str(self.source.path),
                    record=f"line {number}",
                    code=_CODES.get(reason, RemarkCode.UNREAD_PART),
                    reason=_WORDS.get(reason, f"a type that is not read ({row['Type'].strip()})"),
                    speaks=Speaks.BLINDS,
                    regions=tuple(beside),
                    would=f"a break beside {beside[0]}",
                )
            )

    def _label(self, row: Mapping[str, str], which: str, column: str) -> tuple[str, int] | None:
        """A label of a row whose type states nothing of the other one; None where it is not on the genome."""
        contig, pos = row.get(f"RefcontigID{which}", "").strip(), _number_or_none(row.get(column, ""))
        chrom = self.source.genome.contig(_SEX.get(contig, contig))
        if chrom is None or pos is None or not 0 <= pos <= self.source.genome.contig_lengths.get(chrom, pos):
            return None
        return chrom, max(round(pos), 1)

    def _panel(self, chrom: str) -> Iterator[Interval]:
        return (Interval(g.chrom, g.start, g.end) for g in self.source.genome.panel_genes() if g.chrom == chrom)

    def _blinding(self, number: int, chrom: str, low: int, high: int) -> None:
        """Such a deletion may take an exon between its labels, or none."""
        genes = tuple(sorted(gene for gene in self._panel_exons(chrom, low, high)))
        if genes:
            self.remarks.append(
                Remark(
                    kind="copy_number",  # it concerns what is counted, and hides no junction
                    file=str(self.source.path),
                    record=f"line {number}",
                    code=RemarkCode.READS_NOT_CALLED,
                    reason="a deletion lies between two labels, and the map does not tell where",
                    speaks=Speaks.BLINDS,
                    genes=genes,
                    regions=(Interval(chrom, low, high),),
                    would=f"a loss within {', '.join(genes)}",
                )
            )

    def _panel_exons(self, chrom: str, low: int, high: int) -> Iterator[str]:
        genome = self.source.genome
        for gene in genome.panel_genes():
            transcript = genome.transcript(gene.name) if gene.chrom == chrom else None
            exons = transcript.exons if transcript is not None else ()
            if any(e.cds_start is not None and e.cds_start < high and (e.cds_end or 0) > low for e in exons):
                yield gene.name

    def _duplication(self, number: int, row: Mapping[str, str]) -> Junction | str:
        first, second = self._end(number, row, "1", "RefStartPos"), self._end(number, row, "2", "RefEndPos")
        if first is None or second is None or first[0] != second[0]:
            return OTHER_CONTIG
        low, high = sorted((first[1], second[1]))
        if low == high:
            return "no_end_position"
        return self._joined(number, row, *duplication(first[0], low, high), set())

    def _joined(
        self, number: int, row: Mapping[str, str], here: Breakend, there: Breakend, flags: set[str], exact: bool = False
    ) -> Junction:
        spread = (0, 0) if exact else (-self.window, self.window)
        share = next((s for name in _SHARE if (s := _number_or_none(row.get(name, ""))) is not None), None)
        return join(
            here,
            there,
            here_range=spread,
            there_range=spread,
            vaf=share if share is not None and 0 < share <= 1 else None,
            precise=False,
            callers=(CALLER,),
            files=(str(self.source.path),),
            records=(f"line {number}",),
            flags=tuple(sorted({*flags, "optical_map"})),
        )

    def _end(self, number: int, row: Mapping[str, str], which: str, column: str) -> tuple[str, int] | None:
        """Contig and base of a label; None where the row has none there."""
        contig, text = row.get(f"RefcontigID{which}", "").strip(), row.get(column, "").strip()
        pos = _number_or_none(text)
        if pos is None:
            raise InputError(
                "not a position", path=self.source.path, line=number, column=column, found=text, expected="a number"
            )
        chrom = self.source.genome.contig(_SEX.get(contig, contig))
        if chrom is None or pos < 0:
            return None
        length = self.source.genome.contig_lengths.get(chrom, int(pos) + 1)
        if pos > length:
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.source.path,
                line=number,
                column=column,
                found=f"{chrom}:{pos:.0f}",
                expected=f"at most {length} in {self.source.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )
        return chrom, max(round(pos), 1)


def _without_molecules(row: Mapping[str, str]) -> bool:
    """Is every share that the row states nought? -1 states none."""
    shares = [share for name in _SHARE if (share := _number_or_none(row.get(name, ""))) is not None and share >= 0]
    return bool(shares) and not any(shares)


def _number_or_none(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read(source: Source) -> StructuralFile:
    """Junctions of one SMAP. Errors: InputError for another assembly, a cut row, rows of several samples."""
    value = source.knowledge.value
    reader = _Reader(
        source,
        value(cutoffs.OGM_LABEL_WINDOW),
        value(cutoffs.OGM_TRANSLOCATION_CONFIDENCE),
        value(cutoffs.OGM_CONTROL_SHARE),
    )
    for number, row in _own(source, list(_rows(source, reader))):
        reader.take(number, row)
    source.tally.note("places are those of labels: a breakpoint lies up to some 10 kb beyond its label")
    return StructuralFile(reader.junctions, source.tally.file(KIND, source.path, NAME), tuple(reader.remarks))


def _rows(source: Source, reader: _Reader) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, line in lines(source.path):
        if line.startswith("#h"):
            reader.columns = tuple(name.strip() for name in re.split(r"\t", line[2:].strip()))
            _check_columns(source, reader.columns, number)
        elif line.startswith("#"):
            _check_assembly(source, line, number)
        elif line.strip():
            cells = line.split("\t")
            if not reader.columns or len(cells) != len(reader.columns):
                raise InputError(
                    "wrong number of columns" if reader.columns else "no line `#h` with the names of columns",
                    path=source.path,
                    line=number,
                    found=len(cells),
                    expected=str(len(reader.columns) or "a line that starts with #h"),
                    fix="export the SMAP again",
                )
            yield number, dict(zip(reader.columns, cells, strict=False))


def _check_columns(source: Source, columns: tuple[str, ...], number: int) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise InputError(
            "columns are missing", path=source.path, line=number, found=", ".join(columns), expected=", ".join(missing)
        )


def _check_assembly(source: Source, line: str, number: int) -> None:
    """The reference that the map was aligned to, where the header names it."""
    if "-ref " not in line and "Reference" not in line:
        return
    stated = line.split("-ref ", 1)[1].split(" ", 1)[0] if "-ref " in line else line
    match = _ASSEMBLY.search(stated)
    if match is None:
        return
    build = _BUILDS[match[1] or match[2] or "37"]
    if build != source.genome.assembly:
        raise InputError(
            "the map was aligned to another assembly",
            path=source.path,
            line=number,
            found=match[0],
            expected=source.genome.assembly,
            fix="correct `assembly` in the sample sheet",
        )


def _own(source: Source, rows: list[tuple[int, Mapping[str, str]]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """This sample's rows where a column names samples."""
    names = [name for name in dict.fromkeys(row.get("Sample", "").strip() for _, row in rows) if name]
    mine = own_name(names, source.path, source.sample, KIND, source.tally) if names else None
    for number, row in rows:
        if mine is None or row.get("Sample", "").strip() == mine:
            yield number, row
        else:
            source.tally.drop(OTHER_SAMPLE)


register(Format(KIND, NAME, CALLER, "SMAP of an optical genome map", _recognise, read, tested_on="real file"))
