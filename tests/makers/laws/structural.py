"""Structural variants: every fusion of the table as a junction of each caller, and what happens to records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from annotate.decide.rearrangements.rules import best_rule, rules_of
from annotate.model.junctions import Junction
from annotate.reference.defining import defining
from annotate.reference.genome import Genome
from scripts.make_demo import noise
from tests.makers.dialect_matrix import GUESSED, STATE_BESIDE, TABLES
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import header_only
from tests.makers.rearrangement_cases import flip
from tests.makers.simulated_fusions import EQUIVOCAL, simulated
from tests.makers.structural import CALLERS, vcf_text

KIND = "structural_variants"
DIALECTS = tuple(name for name in (*CALLERS, *TABLES) if name not in GUESSED)
UNPLACEABLE = ("chrUn_KI270742v1", "HLA-A*01:01:01:01", "chrEBV")


def truths(genome: Genome) -> Iterator[Truth]:
    for name, lesion, junction in simulated(genome):
        yield Truth(KIND, lesion, name, genome, junction, name not in EQUIVOCAL)


@lru_cache(maxsize=4)
def _others(genome: Genome) -> tuple[Junction, ...]:
    return tuple(noise(genome, 5, 6))


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    return written_of((truth.body,), truth, dialect, folder)


def written_of(own: tuple[Junction, ...], truth: Truth, dialect: str, folder: Path) -> Written:
    others = list(_others(truth.genome))
    table = dialect in TABLES
    without, text = (_text(dialect, found, truth.genome) for found in (others, [*others, *own]))
    path = folder / ("calls.bedpe" if table else "calls.vcf")
    lines = text.splitlines()
    size = 1 if table else sum(line.startswith("#") for line in lines)
    known = {_place(line) for line in without.splitlines()[size:]}
    records = [line.split("\t") for line in lines[size:]]
    mine = [cells for line, cells in zip(lines[size:], records, strict=True) if _place(line) not in known]
    row: dict[str, object] = {"assay": "wgs"}
    if "\tTUMOR" in text:
        row |= {"tumor_name": "TUMOR", "normal_name": "NORMAL"}
    written = Written(folder, path, {KIND: [path]}, row, head=lines[:size], records=records, own=mine)
    written.save()
    return written


def _place(line: str) -> tuple[str, ...]:
    return tuple(line.split("\t")[:2])


def _text(dialect: str, junctions: list[Junction], genome: Genome) -> str:
    if dialect in TABLES:
        return TABLES[dialect](junctions)
    return vcf_text(dialect, junctions, genome.assembly)


WRITERS[KIND] = write


def _vcf(written: Written) -> bool:
    return written.main.suffix == ".vcf"


def _bracketed(written: Written) -> bool:
    return _vcf(written) and all("[" in cells[4] or "]" in cells[4] for cells in written.own)


def _set(written: Written, column: int, value: str) -> bool:
    for cells in written.own:
        cells[column] = value
    written.save()
    return _vcf(written)


def _cell(written: Written, change: dict[str, str], which: str = "TUMOR") -> bool:
    if not _vcf(written) or which not in written.columns:
        return False
    done = False
    for cells in written.own:
        keys = cells[8].split(":")
        values = cells[written.columns.index(which)].split(":")
        done = done or any(key in change for key in keys)
        cells[written.columns.index(which)] = ":".join(
            change.get(key, value) for key, value in zip(keys, values, strict=True)
        )
    written.save()
    return done


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("filtered", KIND, law=3, lawful=Lawful.OPEN)
def _filtered(cell: Cell, written: Written) -> bool:
    return _set(written, 6, "LowQual")


@corruption("PASS in lower case", KIND, law=0, lawful=Lawful.SAME)
def _pass(cell: Cell, written: Written) -> bool:
    return _set(written, 6, "pass")


@corruption("genotype ./. with reads", KIND, law=3, lawful=Lawful.NOT_MORE)
def _no_call(cell: Cell, written: Written) -> bool:
    return _cell(written, {"GT": "./."})


@corruption("genotype 0/0 with reads", KIND, law=3, lawful=Lawful.NOT_MORE)
def _reference(cell: Cell, written: Written) -> bool:
    return _cell(written, {"GT": "0/0"})


@corruption("genotype /0/1", KIND, law=0, lawful=Lawful.SAME)
def _phased(cell: Cell, written: Written) -> bool:
    return cell.dialect not in ("gridss", "purple", "esvee", "lumpy") and _cell(written, {"GT": "/0/1"})


@corruption("reads 0", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _no_reads(cell: Cell, written: Written) -> bool:
    if CALLERS.get(cell.dialect) is None or CALLERS[cell.dialect].format is None:
        return False
    body = replace(cell.truth.body, split_reads=0, paired_reads=0, vaf=None)
    other = write(replace(cell.truth, body=body), cell.dialect, written.folder)
    assert other is not None
    return "SU" not in other.own[0][8] or True


@corruption("column of another sample carries", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _another_column(cell: Cell, written: Written) -> bool:
    if not _vcf(written) or "TUMOR" not in written.columns:
        return False
    own, other = written.columns.index("TUMOR"), written.columns.index("NORMAL")
    for cells in written.own:
        cells[own], cells[other] = cells[other], cells[own]
    written.save()
    return True


@corruption("the same record in another time point only", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _other_time_point(cell: Cell, written: Written) -> bool:
    """Merged call sets: the own cell is missing, another sample's carries."""
    if not _vcf(written) or "TUMOR" not in written.columns:
        return False
    own, other = written.columns.index("TUMOR"), written.columns.index("NORMAL")
    for cells in written.own:
        cells[other] = cells[own]
        cells[own] = ":".join("./." if key == "GT" else "." for key in cells[8].split(":"))
    written.head[-1] = written.head[-1].replace("NORMAL", "P1_D")
    written.row["normal_name"] = None
    written.save()
    return True


@corruption("column of the sample is not there", KIND, law=1, lawful=Lawful.OPEN, refusal=True)
def _no_column(cell: Cell, written: Written) -> bool:
    if not _vcf(written) or "TUMOR" not in written.columns:
        return False
    written.head[-1] = written.head[-1].replace("TUMOR", "P12_R")
    written.row["tumor_name"] = "P77_R"
    written.save()
    return True


@corruption("contigs in upper case", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _contigs(cell: Cell, written: Written) -> bool:
    written.head = [line.replace("<ID=chr", "<ID=CHR") for line in written.head]
    written.records[:] = [[part.replace("chr", "CHR") for part in cells] for cells in written.records]
    written.save()
    return True


@corruption("bases in lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    for cells in written.own:
        cells[3] = cells[3].lower()
        cells[4] = cells[4] if cells[4].startswith("<") else cells[4].replace("N", "n")
    written.save()
    return _bracketed(written)


def _breakend(cell: Cell, written: Written, keep: int) -> bool:
    if not _bracketed(written) or len(written.own) <= keep:
        return False
    chosen = written.own[keep]
    written.records = [c for c in written.records if c is chosen or not any(c is one for one in written.own)]
    written.own = [chosen]
    alt = chosen[4]
    left = alt[0] not in "[]"
    base = alt[0] if left else alt[-1]
    chosen[4] = f"{base}." if left else f".{base}"
    chosen[7] = ";".join(part for part in chosen[7].split(";") if part.split("=")[0] not in _MATE) or "SVTYPE=BND"
    written.save()
    return CALLERS[cell.dialect].two_records and _in_a_gene(cell.truth, chosen)


_MATE = frozenset({"MATEID", "MATE_ID", "CHR2", "POS2", "END", "STRANDS", "CT", "EVENT"})


def _in_a_gene(truth: Truth, cells: list[str]) -> bool:
    """Does a breakend lie in a gene that defines the lesion, where its rule expects the break?"""
    chrom, pos = cells[0].removeprefix("chr"), int(cells[1])
    five, three = truth.name.split("::")
    found = best_rule(rules_of(truth.genome, KNOWLEDGE, truth.lesion), five, three)
    assert found is not None
    rule = found[0]
    genes = defining(truth.genome, (*rule.five_any, *rule.three_any, *rule.windows), rule.pairs)
    return any(gene.name in genes for gene in truth.genome.genes_at(chrom, pos))


@corruption("single breakend of the first side", KIND, law=3, lawful=Lawful.OPEN)
def _single_first(cell: Cell, written: Written) -> bool:
    return _breakend(cell, written, 0)


@corruption("single breakend of the second side", KIND, law=3, lawful=Lawful.OPEN)
def _single_second(cell: Cell, written: Written) -> bool:
    return _breakend(cell, written, 1)


@corruption("mate on an unplaceable contig", KIND, law=3, lawful=Lawful.OPEN)
def _unplaceable(cell: Cell, written: Written) -> bool:
    """The second record is gone, the first one's mate lies on a contig that no panel has."""
    if not _bracketed(written):
        return False
    first = written.own[0]
    written.records = [c for c in written.records if c is first or not any(c is one for one in written.own)]
    written.own = [first]
    mark = "[" if "[" in first[4] else "]"
    before, _, after = first[4].split(mark)
    contig = UNPLACEABLE[len(cell.truth.name) % len(UNPLACEABLE)]
    first[4] = f"{before}{mark}{contig}:1000{mark}{after}"
    first[7] = ";".join(part for part in first[7].split(";") if part.split("=")[0] not in _MATE) or "SVTYPE=BND"
    written.save()
    return _in_a_gene(cell.truth, first) and cell.dialect not in STATE_BESIDE


@corruption("ALT against STRANDS", KIND, law=2, lawful=Lawful.NOT_MORE)
def _against(cell: Cell, written: Written) -> bool:
    if cell.dialect not in STATE_BESIDE or not _bracketed(written):
        return False
    for cells in written.own:
        cells[4] = cells[4].translate(str.maketrans("[]", "]["))
    written.save()
    return True


@corruption("strands of another convention", KIND, law=2, lawful=Lawful.NOT_MORE)
def _convention(cell: Cell, written: Written) -> bool:
    """BRASS's second strand under a class that says what was meant."""
    if cell.dialect != "brass":
        return False
    for cells in written.own:
        cells[9] = {"+": "-", "-": "+"}[cells[9]]
    written.save()
    return any(cells[0] == cells[3] for cells in written.own)


@corruption("second record missing", KIND, law=0, lawful=Lawful.SAME)
def _one_record(cell: Cell, written: Written) -> bool:
    if not _bracketed(written) or len(written.own) < 2:
        return False
    second = written.own.pop()
    written.records = [cells for cells in written.records if cells is not second]
    written.save()
    return True


@corruption("record twice", KIND, law=0, lawful=Lawful.SAME)
def _twice(cell: Cell, written: Written) -> bool:
    written.records += [[*cells] for cells in written.own]
    for cells in written.records[-len(written.own) :] if _vcf(written) else ():
        cells[2] = cells[2] + "x"
        cells[7] = ";".join(p for p in cells[7].split(";") if p.split("=")[0] not in ("MATEID", "MATE_ID"))
    written.save()
    return True


@corruption("reciprocal order", KIND, law=0, lawful=Lawful.SAME)
def _mates_first(cell: Cell, written: Written) -> bool:
    """The other side of each junction is written first."""
    if _vcf(written):
        written.records.reverse()
        written.save()
        return _bracketed(written)
    if cell.dialect != "bedpe":
        return False
    for cells in written.own:
        cells[0:6] = [*cells[3:6], *cells[0:3]]
        first, second = (written.columns.index(name) for name in ("strand1", "strand2"))
        cells[first], cells[second] = cells[second], cells[first]
    written.save()
    return True


@corruption("sides reversed", KIND, law=5, lawful=Lawful.NOT_MORE)
def _reversed(cell: Cell, written: Written) -> bool:
    """The reciprocal product alone: it may be all that a caller found."""
    junction = flip(cell.truth.body, left=True, right=True)
    written_of((junction,), cell.truth, cell.dialect, written.folder)
    return junction.right is not None and junction.left.chrom != junction.right.chrom


@corruption("place of the mate unreadable", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _mate_unreadable(cell: Cell, written: Written) -> bool:
    if not _bracketed(written):
        return False
    for cells in written.own:
        mark = "[" if "[" in cells[4] else "]"
        before, mate, after = cells[4].split(mark)
        cells[4] = f"{before}{mark}{mate.split(':')[0]}:nan{mark}{after}"
    written.save()
    return cell.dialect not in STATE_BESIDE and any(_in_a_gene(cell.truth, cells) for cells in written.own)


@corruption("position unreadable", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _position(cell: Cell, written: Written) -> bool:
    return _set(written, 1, "nan")


@corruption("end before start", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _end_first(cell: Cell, written: Written) -> bool:
    if not _vcf(written) or written.own[0][4] not in ("<DEL>", "<DUP>", "<INV>"):
        return False
    for cells in written.own:
        cells[7] = ";".join(
            f"END={max(int(cells[1]) - 5000, 1)}" if part.startswith("END=") else part for part in cells[7].split(";")
        )
    written.save()
    return "END=" in written.own[0][7] and _in_a_gene(cell.truth, written.own[0])


corruption("header only", KIND, law=3, lawful=Lawful.OPEN)(header_only)


@corruption("only discarded rows", KIND, law=3, lawful=Lawful.OPEN)
def _discarded(cell: Cell, written: Written) -> bool:
    for cells in written.records:
        cells[6] = "LowQual"
    written.save()
    return _vcf(written)


@corruption("hole over the gene", KIND, law=3, lawful=Lawful.OPEN)
def _hole(cell: Cell, written: Written) -> bool:
    """A panel that does not look at the genes, and no record of them."""
    written.drop_own()
    written.save()
    bed = written.folder / "panel.bed"
    bed.write_text("chr1\t1000000\t1100000\n")
    written.row |= {"assay": "panel", "regions": bed}
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """An RNA table of expressed fusions without this one."""
    from tests.makers.laws.fusions import silent_table

    written.inputs["fusions"] = [silent_table(cell.truth.genome, written.folder)]
    return True


@corruption("filtered, and a second input is silent", KIND, law=3, lawful=Lawful.OPEN)
def _filtered_beside_silence(cell: Cell, written: Written) -> bool:
    return _filtered(cell, written) and _contradicts(cell, written)


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True


def silent_calls(genome: Genome, folder: Path) -> Path:
    """A whole genome of junctions of no meaning."""
    path = folder / "silent.vcf"
    path.write_text(vcf_text("manta", list(_others(genome)), genome.assembly))
    return path
