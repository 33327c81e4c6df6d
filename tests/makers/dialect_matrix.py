"""Every fusion of the table in every dialect of structural variants, as it is and spoilt: what each cell may say.

A cell is a fusion, an assembly, a dialect and a spoiling. `states(cell)` writes the file, reads it and decides the
lesion; `lawful(cell)` is what may come out. The truth is one junction; the dialects write it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from annotate.decide.case import Case
from annotate.model.junctions import Junction
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.name.partners.partners import place
from annotate.read.structural import read_structural
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import KNOWLEDGE, call_in_order, flip
from tests.makers.simulated_fusions import EQUIVOCAL, simulated
from tests.makers.structural import CALLERS, SIDELESS, bedpe_text, vcf_text

GUESSED = SIDELESS | {"tiddit", "sniffles2"}  # the brackets of their breakend records state no sides
STATE_BESIDE = {name: caller.connection for name, caller in CALLERS.items() if caller.connection in ("STRANDS", "CT")}
RIGHT_STRANDS = frozenset({"survivor", "sniffles1"})  # where both differ, STRANDS is right
BOTH_ENDS = frozenset({"tiddit", "sniffles2"})  # one symbolic inversion stands for both of its junctions
WITHOUT_READS = frozenset({"sigprofiler"})
TABLES: Mapping[str, Callable[[list[Junction]], str]] = {
    "bedpe": bedpe_text,
    "brass": lambda junctions: sequence_bedpe(junctions, brass=True),
    "sigprofiler": lambda junctions: sequence_bedpe(junctions, brass=False),
    "nanomonsv_result": lambda junctions: nanomonsv_text(junctions),
}
DIALECTS = (*CALLERS, *TABLES)
UNSAID = frozenset({State.NOT_DETECTED, State.NOT_ASSESSABLE})
DOUBT = frozenset({State.EQUIVOCAL, State.NOT_ASSESSABLE})
PRESENT = frozenset({State.DETECTED, State.DETECTED_SUBCLONAL})


class Spoilt(StrEnum):
    """What happened to the file."""

    NO = "as it is"
    REVERSED = "both sides reversed"
    CONTRADICTED = "brackets against strands"
    NO_MATE = "second record missing"
    NO_CALL = "own cell missing, another carries"


@dataclass(frozen=True, slots=True)
class Cell:
    """One fusion, written once."""

    genome: Genome
    fusion: str
    lesion: str
    junction: Junction
    dialect: str
    spoilt: Spoilt

    @property
    def free(self) -> bool:
        """Does orientation not matter, because an enhancer acts at a distance?"""
        five, three = self.fusion.split("::")
        rows = (row for row in KNOWLEDGE.table("fusions") if (row["five_prime"], row["three_prime"]) == (five, three))
        return any(row["orientation_matters"] == "no" for row in rows)


def cells(genome: Genome, *, every: int = 1) -> Iterator[Cell]:
    """All cells of an assembly; `every` n-th fusion."""
    for number, (fusion, lesion, junction) in enumerate(simulated(genome)):
        if number % every:
            continue
        for dialect in DIALECTS:
            for spoilt in Spoilt:
                if applies(dialect, spoilt, junction):
                    yield Cell(genome, fusion, lesion, junction, dialect, spoilt)


def applies(dialect: str, spoilt: Spoilt, junction: Junction) -> bool:
    """Can this dialect be spoilt so?"""
    caller = CALLERS.get(dialect)
    if spoilt in (Spoilt.NO, Spoilt.REVERSED):
        return True
    if caller is None:
        return False
    far = junction.right is not None and junction.right.chrom != junction.left.chrom
    bracketed = caller.translocation == "BND" and (far or not caller.symbolic)
    if spoilt is Spoilt.CONTRADICTED:
        return dialect in STATE_BESIDE and bracketed
    if spoilt is Spoilt.NO_MATE:
        return caller.two_records and bracketed
    return caller.format is not None


def state(cell: Cell) -> State:
    """What the lesion is called when the file is all there is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.vcf"
        path.write_text(text_of(cell))
        names = {"tumor_name": "TUMOR", "normal_name": "NORMAL"} if "TUMOR" in path.read_text() else {}
        sample = Sample("s", "p", "diagnosis", cell.genome.assembly, assay="wgs", **names)  # type: ignore[arg-type]
        found = place(read_structural((path,), sample, cell.genome, KNOWLEDGE), cell.genome, KNOWLEDGE)
    return call_in_order(Case(sample, cell.genome, KNOWLEDGE, junctions=found), cell.lesion).state


def lawful(cell: Cell) -> frozenset[State]:
    """The states that a cell may have."""
    right = DOUBT if cell.fusion in EQUIVOCAL else PRESENT
    sideless = cell.dialect in GUESSED and not cell.free
    if cell.fusion == "STIL::TAL1" and cell.dialect in WITHOUT_READS:
        return DOUBT | UNSAID  # RAG breaks it in healthy blood: a few molecules are no leukaemia
    if cell.spoilt is Spoilt.NO_CALL:
        return UNSAID
    if cell.spoilt is Spoilt.REVERSED:
        both = "<INV>" in text_of(cell) and cell.dialect in BOTH_ENDS
        return right | DOUBT if cell.free or both else DOUBT | UNSAID
    if cell.spoilt is Spoilt.CONTRADICTED and cell.dialect not in RIGHT_STRANDS:
        return right | DOUBT if cell.free else DOUBT
    return right | DOUBT if sideless else right


def text_of(cell: Cell) -> str:
    """The file of a cell."""
    junction = flip(cell.junction, left=True, right=True) if cell.spoilt is Spoilt.REVERSED else cell.junction
    if cell.dialect in TABLES:
        return TABLES[cell.dialect]([junction])
    if cell.spoilt is Spoilt.NO_CALL:
        text = vcf_text(cell.dialect, [junction], cell.genome.assembly, tumor="NORMAL", normal="TUMOR")
        return _records(text, _without_call)
    text = vcf_text(cell.dialect, [junction], cell.genome.assembly)
    if cell.spoilt is Spoilt.CONTRADICTED:
        return _records(text, _other_brackets)
    return _first_record(text) if cell.spoilt is Spoilt.NO_MATE else text


def _records(text: str, change: Callable[[list[str], list[str]], None]) -> str:
    lines, columns = [], []
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("#CHROM"):
            columns = cells
        elif not line.startswith("#"):
            change(cells, columns)
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _without_call(cells: list[str], columns: list[str]) -> None:
    keys = cells[8].split(":")
    cells[columns.index("TUMOR")] = ":".join("./." if key == "GT" else "." for key in keys)


def _other_brackets(cells: list[str], columns: list[str]) -> None:
    """The mate's other side in ALT, beside the strands as they were."""
    swap = {"[": "]", "]": "["}
    cells[4] = "".join(swap.get(char, char) for char in cells[4])


def _first_record(text: str) -> str:
    lines = text.splitlines()
    body = [line for line in lines if not line.startswith("#")]
    return "\n".join([line for line in lines if line.startswith("#")] + body[:1]) + "\n"


# ---------------------------------------------------------------- tables with other strands

_SIGN = {"L": "+", "R": "-"}
_SEQUENCE = {"L": "-", "R": "+"}
_CLASS = {"LR": "deletion", "RL": "tandem-duplication", "LL": "inversion", "RR": "inversion"}


def sequence_bedpe(junctions: list[Junction], *, brass: bool) -> str:
    """BRASS's BEDPE, or SigProfiler's without classes: the second strand is that of the joined sequence."""
    names = (
        "# chr1 start1 end1 chr2 start2 end2 id/name brass_score strand1 strand2 sample svclass bkdist assembly_score"
    )
    header = names.replace("# ", "#") if brass else "chrom1 start1 end1 chrom2 start2 end2 sample strand1 strand2"
    rows = [header.replace(" ", "\t")]
    for junction in junctions:
        right = junction.right
        assert right is not None
        left = junction.left
        kind = _CLASS[left.keeps + right.keeps] if left.chrom == right.chrom else "translocation"
        place = [left.chrom, left.pos - 1, left.pos, right.chrom, right.pos - 1, right.pos]
        strands = [_SIGN[left.keeps], _SEQUENCE[right.keeps]]
        rest = ["1", 20, *strands, "s", kind, -1, 99] if brass else ["s", *strands]
        rows.append("\t".join(map(str, (*place, *rest))))
    return "\n".join(rows) + "\n"


def nanomonsv_text(junctions: list[Junction]) -> str:
    """nanomonsv's result table."""
    names = "Chr_1 Pos_1 Dir_1 Chr_2 Pos_2 Dir_2 Inserted_Seq SV_ID Checked_Read_Num_Tumor Supporting_Read_Num_Tumor"
    rows = [names.replace(" ", "\t") + "\tIs_Filter"]
    for junction in junctions:
        left, right = junction.left, junction.right
        assert right is not None
        ends = [f"chr{left.chrom}", left.pos, _SIGN[left.keeps], f"chr{right.chrom}", right.pos, _SIGN[right.keeps]]
        rows.append("\t".join(map(str, (*ends, "---", "r_1", 55, 22, "PASS"))))
    return "\n".join(rows) + "\n"
