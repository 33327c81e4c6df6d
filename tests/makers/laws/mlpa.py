"""MLPA: probe ratios of P335 in a long, a one-cell and a wide table, and what happens to probes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from annotate.reference.genome import Genome
from tests.makers.laws.cell import WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import header_only, row_twice, rows_reversed

KIND = "mlpa"
DIALECTS = ("columns", "one cell", "coffalyser")
PROBES: Mapping[str, tuple[str, ...]] = {  # SALSA P335: gene, exons
    "IKZF1": tuple("12345678"),
    "CDKN2A": ("2", "5"),
    "CDKN2B": ("2",),
    "PAX5": tuple("125678"),
    "ETV6": tuple("12358"),
    "RB1": ("6", "14", "19", "24", "26"),
    "BTG1": tuple("12"),
    "EBF1": ("1", "10", "14", "16"),
    "CRLF2": ("4",),
    "CSF2RA": ("10",),
    "IL3RA": ("1",),
    "P2RY8": ("2",),
    "SHOX": ("4",),
}
LOST = (  # lesion, genes or exons lost, ratio
    ("ikzf1_deletion", {"IKZF1": ("4", "5", "6", "7")}, 0.52),
    ("ikzf1_deletion", {"IKZF1": PROBES["IKZF1"]}, 0.5),
    ("cdkn2ab_deletion", {"CDKN2A": PROBES["CDKN2A"], "CDKN2B": ("2",)}, 0.04),
    ("cdkn2ab_deletion", {"CDKN2A": PROBES["CDKN2A"]}, 0.51),
    ("pax5_deletion", {"PAX5": PROBES["PAX5"]}, 0.5),
    ("pax5_deletion", {"PAX5": ("5", "6")}, 0.5),
    ("etv6_deletion", {"ETV6": PROBES["ETV6"]}, 0.53),
    ("rb1_deletion", {"RB1": ("19", "24", "26")}, 0.5),
    ("btg1_deletion", {"BTG1": PROBES["BTG1"]}, 0.5),
    ("ebf1_deletion", {"EBF1": PROBES["EBF1"]}, 0.48),
    ("par1_deletion", {"CSF2RA": ("10",), "IL3RA": ("1",)}, 0.5),
)
OLD = {"CDKN2A": "p16", "ETV6": "TEL", "IKZF1": "IKAROS", "PAX5": "BSAP", "IL3RA": "CD123", "RB1": "RB"}


@dataclass(frozen=True)
class Lost:
    """Probes that are lost, and their ratio."""

    probes: Mapping[str, tuple[str, ...]]
    ratio: float

    def of(self, gene: str, exon: str) -> float:
        return self.ratio if exon in self.probes.get(gene, ()) else 1.02


def truths(genome: Genome) -> Iterator[Truth]:
    for lesion, probes, ratio in LOST:
        name = f"{' '.join(probes)} {len(sum(probes.values(), ()))} probes {ratio}"
        yield Truth(KIND, lesion, name, genome, Lost(probes, ratio))


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    body: Lost = truth.body
    rows = [(gene, exon, f"{body.of(gene, exon):.2f}") for gene, exons in PROBES.items() for exon in exons]
    heads = {
        "columns": "gene\texon\tratio",
        "one cell": "Gene-Exon\tRatio",
        "coffalyser": "Probe number\tGene\tExon\tProbe type\ts",
    }
    made = {
        "columns": [[*row] for row in rows],
        "one cell": [[f"{gene}-{exon}", ratio] for gene, exon, ratio in rows],
        "coffalyser": [
            [str(7000 + n), gene, f"Exon {exon}", "Target", ratio] for n, (gene, exon, ratio) in enumerate(rows)
        ],
    }[dialect]
    own = [cells for cells, (gene, exon, _) in zip(made, rows, strict=True) if exon in body.probes.get(gene, ())]
    path = folder / "P335.tsv"
    row = {"sex": "female", "purity": 0.9}
    written = Written(folder, path, {"copy_number": [path]}, row, head=[heads[dialect]], records=made, own=own)
    written.save()
    return written


WRITERS[KIND] = write


def _ratios(written: Written, value: str) -> bool:
    for cells in written.own:
        cells[-1] = value
    written.save()
    return True


def _renamed(cell: Cell, written: Written, names: Mapping[str, str]) -> bool:
    """The lost probes under other names of their genes."""
    changed = False
    for cells in written.own:
        at = 1 if cell.dialect == "coffalyser" else 0
        gene = cells[at].split("-")[0]
        if gene in names:
            cells[at], changed = cells[at].replace(gene, names[gene], 1), True
    written.save()
    return changed


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("value nan", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _nan(cell: Cell, written: Written) -> bool:
    return _ratios(written, "nan")


@corruption("value NA", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _na(cell: Cell, written: Written) -> bool:
    return _ratios(written, "NA")


@corruption("value Inf", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _inf(cell: Cell, written: Written) -> bool:
    return _ratios(written, "Inf")


@corruption("value empty", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _empty(cell: Cell, written: Written) -> bool:
    return _ratios(written, "")


@corruption("decimal comma", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _comma(cell: Cell, written: Written) -> bool:
    for cells in written.records:
        cells[-1] = cells[-1].replace(".", ",")
    written.save()
    return True


@corruption("ratio below zero", KIND, law=2, lawful=Lawful.OPEN, refusal=True)
def _below(cell: Cell, written: Written) -> bool:
    return _ratios(written, "-0.52")


@corruption("per cent for ratios", KIND, law=2, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _percent(cell: Cell, written: Written) -> bool:
    for cells in written.records:
        cells[-1] = f"{100 * float(cells[-1]):.0f}"
    written.save()
    return True


@corruption("hole over the gene", KIND, law=3, lawful=Lawful.OPEN)
def _hole(cell: Cell, written: Written) -> bool:
    """The probes of the lesion's genes are not there."""
    genes = set(cell.truth.body.probes)
    at = 1 if cell.dialect == "coffalyser" else 0
    written.records = [cells for cells in written.records if cells[at].split("-")[0] not in genes]
    written.save()
    return True


@corruption("some probes without a ratio", KIND, law=3, lawful=Lawful.NOT_NEGATIVE)
def _some(cell: Cell, written: Written) -> bool:
    for cells in written.own[: max(len(written.own) // 2, 1)]:
        cells[-1] = "NA"
    written.save()
    return True


@corruption("filtered", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _type(cell: Cell, written: Written) -> bool:
    """The lost probes stand as reference probes."""
    for cells in written.own if cell.dialect == "coffalyser" else ():
        cells[3] = "Reference"
    written.save()
    return cell.dialect == "coffalyser"


@corruption("symbols in lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    return _renamed(cell, written, {gene: gene.lower() for gene in PROBES})


@corruption("old symbols", KIND, law=0, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _old(cell: Cell, written: Written) -> bool:
    return _renamed(cell, written, OLD)


@corruption("ids for symbols", KIND, law=0, lawful=Lawful.SAME)
def _ids(cell: Cell, written: Written) -> bool:
    genes = (cell.truth.genome.gene(name) for name in cell.truth.body.probes)
    ids = {gene.name: gene.gene_id for gene in genes if gene is not None and gene.gene_id}
    return len(ids) == len(cell.truth.body.probes) and _renamed(cell, written, ids)


@corruption("a name that nobody knows", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _unknown(cell: Cell, written: Written) -> bool:
    return _renamed(cell, written, dict.fromkeys(PROBES, "QZX9"))


@corruption("rows that contradict each other", KIND, law=2, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _contradicting(cell: Cell, written: Written) -> bool:
    written.records += [[*cells[:-1], "1.00"] for cells in written.own]
    written.save()
    return True


corruption("row twice", KIND, law=0, lawful=Lawful.SAME)(row_twice)


corruption("order of rows", KIND, law=0, lawful=Lawful.SAME)(rows_reversed)


@corruption("column of another sample carries", KIND, law=1, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _another(cell: Cell, written: Written) -> bool:
    if cell.dialect != "coffalyser":
        return False
    written.head[-1] += "\tP12_D"
    for cells in written.records:
        cells.append(cells[-1])
        cells[-2] = "1.00"
    written.save()
    return True


@corruption("column of the sample is not there", KIND, law=1, lawful=Lawful.OPEN, refusal=True)
def _no_column(cell: Cell, written: Written) -> bool:
    if cell.dialect != "coffalyser":
        return False
    written.head[-1] = written.head[-1].removesuffix("s") + "P12_D\tP13_D"
    for cells in written.records:
        cells.append("1.00")
    written.save()
    return True


corruption("header only", KIND, law=3, lawful=Lawful.OPEN, refusal=True)(header_only)


@corruption("few leukaemic cells", KIND, law=2, lawful=Lawful.NOT_NEGATIVE)
def _few(cell: Cell, written: Written) -> bool:
    """A sample of 12 per cent: what is lost moves a ratio by a twentieth."""
    share = 1 - cell.truth.body.ratio
    write(replace(cell.truth, body=replace(cell.truth.body, ratio=1.02 - 0.12 * share)), cell.dialect, written.folder)
    written.row["purity"] = 0.12
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    written.row["karyotype"] = "46,XX[20]"
    return True


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True
