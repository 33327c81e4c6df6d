"""BEDPE tables of structural variants: one line a junction, two intervals and two strands.

Columns by name where there is a header (svtools, megSAP, PCAWG, GRIDSS…), else by position:
chrom1 start1 end1 chrom2 start2 end2 name score strand1 strand2. Intervals are 0-based and half-open. Strand `+`
keeps the left of the place and `-` the right, as LUMPY and the PCAWG consensus write it (DEL is `+-`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import Connection
from annotate.breakpoints.vcf_alt import parse_alt
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Side
from annotate.model.sample import InputFile, Sample
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, Tally, lines
from annotate.read.structural.drafts import Collector, Draft, Range, draft
from annotate.read.structural.support import NOTHING, Support
from annotate.reference.genome import Genome

PLAIN_COLUMNS = ("chrom1", "start1", "end1", "chrom2", "start2", "end2", "name", "score", "strand1", "strand2")
# What each column is called; the first name is ours.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "chrom1": ("chrom1", "chrom_a", "chr1", "chromosome1", "#chrom1"),
    "start1": ("start1", "start_a", "pos1"),
    "end1": ("end1", "end_a"),
    "chrom2": ("chrom2", "chrom_b", "chr2", "chromosome2"),
    "start2": ("start2", "start_b", "pos2"),
    "end2": ("end2", "end_b"),
    "name": ("name", "name_a", "sv_id", "id"),
    "strand1": ("strand1", "strand_a"),
    "strand2": ("strand2", "strand_b"),
    "type": ("type", "svtype", "svclass"),
    "filter": ("filter",),
    "alt": ("alt_a",),
    "info": ("info_a",),
    "tumor_pairs": ("tum_pr_alt",),
    "tumor_splits": ("tum_sr_alt",),
    "tumor_pairs_ref": ("tum_pr_ref",),
    "tumor_splits_ref": ("tum_sr_ref",),
    "normal_pairs": ("nor_pr_alt",),
    "normal_splits": ("nor_sr_alt",),
    "support": ("pe_support", "support", "reads"),
}
_CONNECTIONS: Mapping[str, tuple[Connection, ...]] = {"DEL": ("LR",), "DUP": ("RL",), "INV": ("LL", "RR")}
_CLASSES: Mapping[str, str] = {"H2HINV": "INV", "T2TINV": "INV", "TANDEM": "DUP"}


@dataclass(slots=True)
class BedpeReader:
    path: Path
    genome: Genome
    knowledge: Knowledge
    keep_filtered: Callable[[Breakend, Breakend | None], bool]
    tally: Tally = field(default_factory=Tally)
    found: Collector = field(default_factory=Collector)
    caller: str = "BEDPE"

    def read(self) -> tuple[list[Junction], InputFile]:
        where: dict[str, int] | None = None
        for number, line in lines(self.path):
            if line.startswith("##source="):
                self.caller = _caller(line) or self.caller
            if not line.strip() or line.startswith("##") or line.startswith(("track ", "browser ")):
                continue
            cells = [cell.strip() for cell in line.split("\t")]
            if where is None:
                where = column_places(cells)
                if "chrom1" in where:
                    continue
                where = {name: place for place, name in enumerate(PLAIN_COLUMNS) if place < len(cells)}
            if line.startswith("#"):
                continue
            self._line(number, cells, where)
        return self.found.junctions(str(self.path)), self.tally.file("structural_variants", self.path, "bedpe")

    def _line(self, number: int, cells: Sequence[str], where: Mapping[str, int]) -> None:
        if len(cells) < 6:
            raise InputError(
                "too few columns", path=self.path, line=number, found=len(cells), expected="6 or more, tab-separated"
            )
        row = {name: cells[place] for name, place in where.items() if place < len(cells)}
        first, first_range = self._end(row, "1", number)
        second, second_range = self._end(row, "2", number)
        if first is None and second is None:
            self.tally.drop("other_contig")
            return
        filters = row.get("filter", "")
        made = self._junctions(row, first, second, first_range, second_range)
        if not made:
            self.tally.drop(f"type_not_read:{row.get('type', '')[:20] or 'none'}")
            return
        kept = [new for new in made if filters in ("PASS", "", ".") or self.keep_filtered(new.left, new.right)]
        if not kept:
            self.tally.drop(f"filter:{filters}"[:100])
            return
        for new in kept:
            self._finish(new, row, filters, number)
        self.tally.use()

    def _finish(self, new: Draft, row: Mapping[str, str], filters: str, number: int) -> None:
        if filters not in ("PASS", "", "."):
            new.flags.add("filtered_by_caller")
        new.support = _support(row)
        normal = sum(_count(row.get(key)) or 0 for key in ("normal_pairs", "normal_splits"))
        if normal >= self.knowledge.value("junctions.normal_reads") and normal >= self.knowledge.value(
            "junctions.normal_share"
        ) * (new.support.reads or 0):
            new.flags.add("possible_germline")
        new.filter = filters if filters not in ("", ".") else None
        new.caller = self.caller
        new.record = ""
        name = row.get("name", "")
        new.records.append(name if name not in MISSING else f"line {number}")
        new.precise = "IMPRECISE" not in row.get("info", "").split(";")
        if not self.found.known(new):
            self.found.add(new)

    def _end(self, row: Mapping[str, str], which: str, line: int) -> tuple[tuple[str, int] | None, Range | None]:
        """Contig and base of one end, None when it is unknown or on another contig."""
        contig = row.get("chrom" + which, "")
        start, end = (self._number(row, name + which, line) for name in ("start", "end"))
        if contig in MISSING or start is None or end is None:
            return None, None
        chrom = self.genome.contig(contig)
        if chrom is None:
            return None, None
        low, high = start + 1, max(end, start + 1)
        length = self.genome.contig_lengths.get(chrom, high)
        if low < 0 or high > length + 2:
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.path,
                line=line,
                column="end" + which,
                found=f"{chrom}:{high}",
                expected=f"at most {length} in {self.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )
        middle = (low + high) // 2
        return (chrom, middle), (low - middle, high - middle)

    def _number(self, row: Mapping[str, str], name: str, line: int) -> int | None:
        text = row.get(name, "")
        if text in MISSING or text == "-1":
            return None
        if not text.isdecimal() or len(text) > 12:
            raise InputError(
                "not a position", path=self.path, line=line, column=name, found=text, expected="a whole number"
            )
        return int(text)

    def _junctions(
        self,
        row: Mapping[str, str],
        first: tuple[str, int] | None,
        second: tuple[str, int] | None,
        first_range: Range | None,
        second_range: Range | None,
    ) -> list[Draft]:
        connections, known, inserted = _orientation(row)
        if first is None or second is None:
            place, span = (first, first_range) if first is not None else (second, second_range)
            if place is None or not connections:
                return []
            side: Side = "L" if connections[0][0 if first is not None else 1] == "L" else "R"
            single = draft(Breakend(*place, side), None, "", span, None)
            single.flags.update(("single_breakend", "partner_on_other_contig"))
            return [single]
        if row.get("type", "").upper().startswith("INS"):
            new = draft(Breakend(*first, "L"), Breakend(first[0], first[1] + 1, "R"), "", first_range, None)
            new.flags.add("inserted_sequence_unknown")
            return [new]
        made = []
        for connection in connections or ("LR",):
            a: Side = "L" if connection[0] == "L" else "R"
            b: Side = "L" if connection[1] == "L" else "R"
            new = draft(Breakend(*first, a), Breakend(*second, b), inserted, first_range, second_range)
            if not known:
                new.flags.add("orientation_unknown")
            made.append(new)
        return made


def _orientation(row: Mapping[str, str]) -> tuple[tuple[Connection, ...], bool, str]:
    """(joined sides, whether the row states them, inserted bases)."""
    strands = row.get("strand1", "") + row.get("strand2", "")
    by_strand: Mapping[str, Connection] = {"+-": "LR", "-+": "RL", "++": "LL", "--": "RR", "+.": "LR", "-.": "RL"}
    if strands in by_strand:
        return (by_strand[strands],), True, ""
    alt = parse_alt(row.get("alt", ""))
    if alt is not None and alt.mate_keeps is not None:
        sides: Connection = {"LL": "LL", "LR": "LR", "RL": "RL", "RR": "RR"}[alt.keeps + alt.mate_keeps]  # type: ignore[assignment]
        return (sides,), True, alt.inserted
    kind = row.get("type", "").upper().partition(":")[0]
    connections = _CONNECTIONS.get(_CLASSES.get(kind, kind), ())
    info = row.get("info", "").split(";")
    if connections == ("LL", "RR") and ("INV3" in info) != ("INV5" in info):
        connections = ("LL",) if "INV3" in info else ("RR",)
    return connections, bool(connections), ""


def column_places(cells: Sequence[str]) -> dict[str, int]:
    """Place of each known column of a header line; empty when it is none."""
    names = [cell.lstrip("#").strip().lower() for cell in cells]
    places = {ours: names.index(alias) for ours, aliases in ALIASES.items() for alias in aliases if alias in names}
    needed = {"chrom1", "start1", "end1", "chrom2", "start2", "end2"}
    return places if needed <= set(places) else {}


def _support(row: Mapping[str, str]) -> Support:
    paired, split = _count(row.get("tumor_pairs")), _count(row.get("tumor_splits"))
    if paired is None and split is None:
        total = _count(row.get("support"))
        return Support(total=total) if total is not None else NOTHING
    for_it = (paired or 0) + (split or 0)
    against = sum(_count(row.get(key)) or 0 for key in ("tumor_pairs_ref", "tumor_splits_ref"))
    depth = for_it + against
    return Support(split, paired, None, for_it / depth if depth else None, depth or None)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _caller(source: str) -> str | None:
    known = {"GenerateSVCandidates": "Manta", "LUMPY": "LUMPY", "svaba": "SvABA", "GRIDSS": "GRIDSS"}
    return next((caller for mark, caller in known.items() if mark.lower() in source.lower()), None)


def _recognise(head: Head) -> bool:
    body = [line for line in head.lines if line.strip() and not line.startswith(("##", "track ", "browser "))]
    if not body:
        return False
    cells = body[0].split("\t")
    if column_places(cells):
        return True
    if len(cells) < 6 or not all(cells[n].strip().lstrip("-").isdecimal() for n in (1, 2, 4, 5)):
        return False
    strands = len(cells) >= 10 and cells[8] in ("+", "-") and cells[9].strip() in ("+", "-", ".")
    return strands or not (cells[0].isdecimal() and cells[3].isdecimal())


def read_bedpe(
    path: Path,
    sample: Sample,
    genome: Genome,
    knowledge: Knowledge,
    keep_filtered: Callable[[Breakend, Breakend | None], bool],
) -> tuple[list[Junction], InputFile]:
    """Junctions of one BEDPE and what became of its lines."""
    return BedpeReader(path, genome, knowledge, keep_filtered).read()


register(
    Format(
        kind="structural_variants",
        name="bedpe",
        caller="BEDPE",
        description="two intervals and two strands a line, with or without a header",
        recognise=_recognise,
        read=read_bedpe,
        priority=1,
        tested_on="real file",
    )
)
