"""Optical genome maps: fusions of the table as rows of a SMAP, and what happens to such rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.decide.rearrangements.rules import best_rule, rules_of
from annotate.knowledge.specs.lesions import DetectabilityRow
from annotate.model.junctions import Junction
from annotate.reference.defining import defining
from annotate.reference.genome import Genome
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import header_only, row_twice, rows_reversed
from tests.makers.optical import smap_text, sv_row
from tests.makers.simulated_fusions import EQUIVOCAL, simulated

KIND = "optical_mapping"
GAPS = {"labels near": 1500, "labels far": 9000, "map from the other end": 3000}  # bases to the nearest label
DIALECTS = tuple(GAPS)
CONTROLS = "Present_in_%_of_BNG_control_samples"


@dataclass(frozen=True)
class Mapped:
    """A junction, its place among the rows, and cells that the row states otherwise."""

    junction: Junction


def truths(genome: Genome) -> Iterator[Truth]:
    """Fusions whose lesion a map can show by itself."""
    seen = {row.lesion for row in KNOWLEDGE.rows(DetectabilityRow) if row.input == "ogm" and row.sees == "D"}
    for name, lesion, junction in simulated(genome):
        if lesion in seen and name not in EQUIVOCAL and junction.right is not None:
            tags = frozenset({"translocation"} if junction.left.chrom != junction.right.chrom else ())
            yield Truth(KIND, lesion, name, genome, Mapped(junction), False, tags)


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    row = sv_row(truth.body.junction, GAPS[dialect], swapped=dialect == "map from the other end")
    others = [_insertion(number) for number in (3, 5, 7)]
    lines = smap_text(truth.genome, [*others[:2], row, others[2]]).splitlines()
    lines = [line for line in lines if not line.startswith("#f")]
    size = sum(line.startswith("#") for line in lines)
    records = [line.split("\t") for line in lines[size:]]
    path = folder / "map.smap"
    written = Written(folder, path, {KIND: [path]}, {}, head=lines[:size], records=records, own=[records[2]])
    written.save()
    return written


def _insertion(megabase: int) -> dict[str, str]:
    place = {"RefStartPos": f"{megabase * 10**6}.0", "RefEndPos": f"{megabase * 10**6 + 9000}.0"}
    return {"RefcontigID1": "1", "RefcontigID2": "1", "Confidence": "1.00", "Type": "insertion", "SVsize": "2100",
            "orientation": "NA", **place}  # fmt: skip


WRITERS[KIND] = write


def _set(written: Written, column: str, value: str) -> bool:
    at = written.columns.index(column)
    for cells in written.own:
        cells[at] = value
    written.save()
    return True


def _in_defining_gene(cell: Cell, first: bool) -> bool:
    """Is the label that stays so near to a gene that defines the lesion that its row would be asked for?"""
    five, three = cell.truth.name.split("::")
    found = best_rule(rules_of(cell.truth.genome, KNOWLEDGE, cell.truth.lesion), five, three)
    assert found is not None
    genes = defining(cell.truth.genome, (*found[0].five_any, *found[0].three_any, *found[0].windows), found[0].pairs)
    junction = cell.truth.body.junction
    assert junction.right is not None
    sides = (junction.left.keeps, junction.right.keeps)
    is_deletion = junction.left.chrom == junction.right.chrom and sides == ("L", "R")  # written by place, never swapped
    swapped = cell.dialect == "map from the other end" and not is_deletion
    end = junction.left if first != swapped else junction.right
    return any(gene.name in genes for gene in cell.truth.genome.genes_at(end.chrom, end.pos))


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("sides not stated", KIND, law=5, lawful=Lawful.NOT_MORE)
def _no_sides(cell: Cell, written: Written) -> bool:
    return "translocation" in cell.truth.tags and _set(written, "orientation", "NA")


@corruption("filtered", KIND, law=3, lawful=Lawful.NOT_MORE)
def _low(cell: Cell, written: Written) -> bool:
    """Below the confidence that the assay asks for."""
    return "translocation" in cell.truth.tags and _set(written, "Confidence", "0.01")


@corruption("value nan", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _nan(cell: Cell, written: Written) -> bool:
    return _set(written, "Confidence", "nan")


@corruption("position unreadable", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _position(cell: Cell, written: Written) -> bool:
    return _set(written, "RefEndPos", "nan")


@corruption("place of the mate unreadable", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _no_mate(cell: Cell, written: Written) -> bool:
    return _set(written, "RefEndPos", "-1.0") and _in_defining_gene(cell, True)


@corruption("mate on an unplaceable contig", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _unplaceable(cell: Cell, written: Written) -> bool:
    return _set(written, "RefcontigID2", "87") and _in_defining_gene(cell, True)


@corruption("mate of the first side on an unplaceable contig", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _unplaceable_first(cell: Cell, written: Written) -> bool:
    return _set(written, "RefcontigID1", "87") and _in_defining_gene(cell, False)


@corruption("only records on unplaceable contigs", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _all_unplaceable(cell: Cell, written: Written) -> bool:
    for cells in written.records:
        for name in ("RefcontigID1", "RefcontigID2"):
            cells[written.columns.index(name)] = "87"
    written.save()
    return True


@corruption("a type that nobody knows", KIND, law=3, lawful=Lawful.OPEN)
def _type(cell: Cell, written: Written) -> bool:
    return _set(written, "Type", "complex_rearrangement") and (
        _in_defining_gene(cell, True) or _in_defining_gene(cell, False)
    )


@corruption("upper case", KIND, law=0, lawful=Lawful.SAME)
def _upper(cell: Cell, written: Written) -> bool:
    return _set(written, "Type", written.own[0][written.columns.index("Type")].upper())


@corruption("reads 0", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _no_molecules(cell: Cell, written: Written) -> bool:
    """No molecule of the sample carries it."""
    return _set(written, "VAF", "0.00") and _set(written, "SVfreq", "0.00")


@corruption("seen in control samples", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _controls(cell: Cell, written: Written) -> bool:
    written.head[-1] += f"\t{CONTROLS}"
    for cells in written.records:
        cells.append("5.2" if any(cells is one for one in written.own) else "0.0")
    written.save()
    return True


@corruption("row of another sample", KIND, law=1, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _another(cell: Cell, written: Written) -> bool:
    written.head[-1] += "\tSample"
    for cells in written.records:
        cells.append("P12_D" if any(cells is one for one in written.own) else "s")
    written.save()
    return True


corruption("header only", KIND, law=3, lawful=Lawful.OPEN)(header_only)


corruption("row twice", KIND, law=0, lawful=Lawful.SAME)(row_twice)


corruption("order of rows", KIND, law=0, lawful=Lawful.SAME)(rows_reversed)


@corruption("sides reversed", KIND, law=5, lawful=Lawful.NOT_MORE)
def _reversed(cell: Cell, written: Written) -> bool:
    """The reciprocal product alone."""
    signs = written.own[0][written.columns.index("orientation")]
    return "translocation" in cell.truth.tags and _set(
        written, "orientation", signs.translate(str.maketrans("+-", "-+"))
    )


@corruption("few leukaemic cells", KIND, law=2, lawful=Lawful.NOT_NEGATIVE)
def _few(cell: Cell, written: Written) -> bool:
    written.drop_own()
    written.save()
    written.row["purity"] = 0.05
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """RNA and metaphases without it."""
    from tests.makers.laws.fusions import silent_table

    written.inputs["fusions"] = [silent_table(cell.truth.genome, written.folder)]
    written.row["karyotype"] = "46,XX[20]"
    return True


@corruption("filtered, and a second input is silent", KIND, law=3, lawful=Lawful.NOT_MORE)
def _low_beside_silence(cell: Cell, written: Written) -> bool:
    return _low(cell, written) and _contradicts(cell, written)


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True
