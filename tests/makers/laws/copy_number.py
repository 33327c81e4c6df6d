"""Copy number: every deletion, ploidy and amplification in the segments of each caller, and what happens to rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from annotate.reference.genome import Genome
from scripts.make_demo import iamp21, of_gene, segments
from tests.makers import karyotypes
from tests.makers.copy_number import DIALECTS as MAKERS
from tests.makers.copy_number import Platform, file_name, write_segments
from tests.makers.copy_number import Truth as Segment
from tests.makers.laws.cell import WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import rows_reversed

KIND = "copy_number"
WINDOWS = frozenset({"freec_ratio", "qdnaseq"})  # a row of 1 Mb each: no gene is resolved
LISTS = frozenset({"freec_cnvs", "chas"})  # altered segments alone, by nature
DIALECTS = tuple(name for name in MAKERS if name not in WINDOWS)
FITTED = ("purple", "ascat", "facets", "sequenza", "battenberg", "dragen_vcf", "plain")  # state purity and copies
COMPANIONS = ("purple", "ascat", "facets", "sequenza", "ichorcna")  # with a second file that states the purity
RATIOS = ("cnvkit_cns", "gatk_modelfinal", "igv_seg")  # log2, fitted by the reader
NAMED = {"ascat": 0, "ascat_summary": 0, "igv_seg": 0, "igv_seg_log10": 0, "chas": 0}  # column of the sample's name

# lesion -> genes, exons (all: None) and copies that make it
LOSSES: dict[str, tuple[tuple[str, tuple[int, int] | None, tuple[int, int]], ...]] = {
    "ikzf1_deletion": (("IKZF1", (4, 7), (1, 0)), ("IKZF1", None, (1, 0))),
    "cdkn2ab_deletion": (("CDKN2A", None, (0, 0)), ("CDKN2B", None, (1, 0))),
    "pax5_deletion": (("PAX5", None, (1, 0)),),
    "pax5": (("PAX5", (2, 6), (1, 0)),),
    "etv6_deletion": (("ETV6", None, (1, 0)), ("ETV6", (2, 5), (0, 0))),
    "rb1_deletion": (("RB1", None, (1, 0)), ("RB1", (18, 26), (0, 0))),
    "btg1_deletion": (("BTG1", None, (1, 0)),),
    "ebf1_deletion": (("EBF1", None, (1, 0)),),
    "tp53_deletion": (("TP53", None, (1, 0)), ("TP53", None, (0, 0))),
    "tp53_alteration": (("TP53", None, (1, 0)),),
    "pten": (("PTEN", None, (0, 0)), ("PTEN", None, (1, 0))),
    "relapse_genes": (("NR3C1", None, (1, 0)), ("CREBBP", None, (0, 0)), ("MSH2", None, (0, 0))),
    "antigen_loss": (("CD19", None, (0, 0)), ("CD22", None, (0, 0))),
    "ras_pathway": (("NF1", None, (0, 0)),),
}


@dataclass(frozen=True)
class Copies:
    """Segments of the leukaemic cells; `place`: the stretch that makes the lesion, None for a matter of chromosomes."""

    segments: tuple[Segment, ...]
    place: tuple[str, int, int] | None
    purity: float = 0.85
    sex: str = "female"
    platform: Platform | None = None
    ploidy: float | None = None


def truths(genome: Genome) -> Iterator[Truth]:
    for lesion, losses in LOSSES.items():
        for gene, exons, state in losses:
            piece = of_gene(genome, gene, state, margin=60_000, exons=exons)
            body = Copies(tuple(segments(genome, {"X": (2, 1), "8": (3, 1)}, pieces=[piece])), piece[:3])
            name = f"{gene} {'whole' if exons is None else f'exons {exons[0]}-{exons[1]}'} {state[0]} copies"
            yield Truth(KIND, lesion, name, genome, body, False)
    uneven = iamp21(genome)
    body = Copies(tuple(segments(genome, {"8": (3, 1)}, pieces=uneven)), ("21", uneven[3][1], uneven[5][2]))
    yield Truth(KIND, "iamp21", "typical", genome, body, False)
    for karyotype in _karyotypes():
        body = Copies(tuple(karyotypes.truth(karyotype, genome, 2)), None, sex=karyotype.sex)
        for lesion in ("hypodiploidy", *_lost_with(karyotype, genome)) if karyotype.hypodiploid else HYPERDIPLOID:
            yield Truth(KIND, lesion, karyotype.name, genome, body, False)


HYPERDIPLOID = ("high_hyperdiploidy",)
WHOLE = ("TP53", "IKZF1", "CDKN2A", "PAX5", "ETV6", "RB1", "BTG1", "EBF1")  # genes lost with their chromosome


def _lost_with(karyotype: karyotypes.Simulated, genome: Genome) -> Iterator[str]:
    """Deletions of genes whose chromosome the clone has once: judged like the clone itself."""
    lesions = {losses[0][0]: lesion for lesion, losses in LOSSES.items() if lesion.endswith("_deletion")}
    for name in WHOLE:
        gene = genome.gene(name)
        assert gene is not None
        if not karyotype.doubled and karyotype.states[gene.chrom][0] == 1:
            yield lesions[name]


@lru_cache(maxsize=1)
def _karyotypes() -> tuple[karyotypes.Simulated, ...]:
    kinds = ("near_haploid", "low_hypodiploid", "hyperdiploid")
    return tuple(one for one in karyotypes.catalogue() if one.kind in kinds)[::4]


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    copies: Copies = truth.body
    path = folder / file_name(dialect)
    write_segments(
        dialect,
        path,
        copies.segments,
        copies.purity,
        copies.ploidy,
        copies.sex,
        truth.genome.assembly,
        0.01,
        7,
        copies.platform,
    )
    lines = path.read_text().splitlines()
    size = _header_size(lines)
    records = [line.split("\t") for line in lines[size:]]
    own = []
    if copies.place is not None:
        own = [cells for cells in records if _over(_place(dialect, lines, size, cells), copies)]
    companions = [other for other in sorted(folder.iterdir()) if dialect in COMPANIONS and other != path]
    companions = [other for other in companions if other.suffix != ".qc"]
    row: dict[str, object] = {"assay": "wgs", "sex": copies.sex}
    if copies.platform is not None:
        row["assay"] = "array"
    written = Written(folder, path, {KIND: [path, *companions]}, row, head=lines[:size], records=records, own=own)
    return written


def _header_size(lines: Sequence[str]) -> int:
    """Lines before the records: comments, and the first line that names columns."""
    size = 0
    while lines[size].startswith(("##", "@", "# ")):
        size += 1
    named = not re.match(r"(chr)?\w+\t\d+\t\d+", lines[size])
    return size + 1 if named else size


def _columns(lines: Sequence[str], size: int) -> tuple[int, int, int] | None:
    """Columns of contig, start and end by the header's names."""
    names = [name.strip('"').lower().lstrip("#") for name in lines[size - 1].split("\t")] if size else []
    chrom = next((n for n, name in enumerate(names) if name.startswith(("chr", "contig"))), None)
    start = next((n for n, name in enumerate(names) if "start" in name), None)
    end = next((n for n, name in enumerate(names) if "end" in name and "segment" not in name), None)
    return None if chrom is None or start is None or end is None else (chrom, start, end)


def _place(dialect: str, lines: Sequence[str], size: int, cells: Sequence[str]) -> tuple[str, int, int]:
    if dialect.endswith("_vcf"):
        end = int(re.search(r"END=(\d+)", cells[7])[1])  # type: ignore[index]
        return cells[0].removeprefix("chr"), int(cells[1]), end
    if dialect == "chas":
        chrom, start, end_ = re.match(r"chr(\w+):(\d+)-(\d+)", cells[-1]).groups()  # type: ignore[union-attr]
        return chrom, int(start), int(end_)
    chrom, start, end_ = _columns(lines, size) or (0, 1, 2)  # type: ignore[assignment]
    return cells[chrom].removeprefix("chr").strip('"'), int(float(cells[start])), int(float(cells[end_]))  # type: ignore[call-overload]


def _over(place: tuple[str, int, int], copies: Copies) -> bool:
    """Is this the row of the piece itself: does it lie within it?"""
    assert copies.place is not None
    chrom, start, end = copies.place
    middle = (place[1] + place[2]) // 2
    return place[0] == chrom and start - 2 <= middle <= end + 2


WRITERS[KIND] = write


# ---------------------------------------------------------------- pieces of a row


def _table(cell: Cell, written: Written) -> bool:
    """A table whose header names its columns, with a row for the truth."""
    return bool(written.own) and _columns(written.head, len(written.head)) is not None


def _values(cell: Cell, written: Written, word: str) -> bool:
    """Every measured value of the truth's rows is `word`."""
    if not _table(cell, written):
        return False
    places = _columns(written.head, len(written.head)) or ()
    names = written.columns
    kept = {*places, *([NAMED[cell.dialect]] if cell.dialect in NAMED else [])}
    kept |= {n for n, name in enumerate(names) if name.strip('"').lower() in ("id", "gene", "sample", "file", "type")}
    for cells in written.own:
        cells[:] = [part if n in kept else word for n, part in enumerate(cells)]
    written.save()
    return True


def _rewritten(cell: Cell, written: Written, **fields: object) -> bool:
    """The file once more with other copies, purity or platform."""
    body = replace(cell.truth.body, **fields)
    other = write(replace(cell.truth, body=body), cell.dialect, written.folder)
    assert other is not None
    written.row = other.row
    return True


# ---------------------------------------------------------------- corruptions


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("value nan", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _nan(cell: Cell, written: Written) -> bool:
    return _values(cell, written, "nan")


@corruption("value NA", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _na(cell: Cell, written: Written) -> bool:
    return _values(cell, written, "NA")


@corruption("value Inf", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _inf(cell: Cell, written: Written) -> bool:
    return _values(cell, written, "Inf")


@corruption("value empty", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _empty(cell: Cell, written: Written) -> bool:
    return _values(cell, written, "")


@corruption("decimal comma", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _comma(cell: Cell, written: Written) -> bool:
    if cell.dialect.endswith("_vcf") or cell.dialect == "chas":
        return False
    written.records = [[re.sub(r"^(-?\d+)\.(\d+)$", r"\1,\2", part) for part in cells] for cells in written.records]
    written.save()
    return any("," in part for cells in written.records for part in cells)


@corruption("start after end", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _start_after_end(cell: Cell, written: Written) -> bool:
    if not _table(cell, written):
        return False
    _, start, end = _columns(written.head, len(written.head)) or (0, 1, 2)
    for cells in written.own:
        cells[start], cells[end] = cells[end], cells[start]
    written.save()
    return True


@corruption("hole over the gene", KIND, law=3, lawful=Lawful.OPEN)
def _hole(cell: Cell, written: Written) -> bool:
    if not written.own or cell.dialect in LISTS:
        return False
    written.drop_own()
    written.save()
    return True


@corruption("altered segments only, without the gene", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _altered_only(cell: Cell, written: Written) -> bool:
    """What is left of a list of altered segments: chromosome 8."""
    if not written.own or cell.truth.lesion == "iamp21":
        return False
    written.records = [cells for cells in written.records if re.search(r"\b(chr)?8\b", "\t".join(cells[:4]))]
    written.records = [
        cells for cells in written.records if _place(cell.dialect, written.head, len(written.head), cells)[0] == "8"
    ]
    written.save()
    return bool(written.records)


@corruption("failed fit: purity 1, flat", KIND, law=2, lawful=Lawful.OPEN, refusal=True)
def _failed(cell: Cell, written: Written) -> bool:
    """What fits of a sample without leukaemic cells look like."""
    flat = tuple(segments(cell.truth.genome, {}, sex=cell.truth.body.sex))
    if cell.dialect not in FITTED or cell.truth.lesion == "high_hyperdiploidy":
        return False
    return _rewritten(cell, written, segments=flat, purity=1.0, ploidy=2.0)


@corruption("few leukaemic cells", KIND, law=2, lawful=Lawful.NOT_NEGATIVE)
def _few_cells(cell: Cell, written: Written) -> bool:
    return cell.dialect not in LISTS and _rewritten(cell, written, purity=0.12)


@corruption("two ploidies that fit", KIND, law=5, lawful=Lawful.NOT_NEGATIVE)
def _doubled(cell: Cell, written: Written) -> bool:
    """A doubled clone in log2 alone reads as the clone itself."""
    if cell.dialect not in RATIOS or cell.truth.lesion == "high_hyperdiploidy":
        return False
    twice = tuple((c, a, b, 2 * t, None if m is None else 2 * m) for c, a, b, t, m in cell.truth.body.segments)
    return _rewritten(cell, written, segments=twice)


@corruption("log2 compressed by 0.55", KIND, law=5, lawful=Lawful.NOT_NEGATIVE)
def _compressed(cell: Cell, written: Written) -> bool:
    return cell.dialect in RATIOS and _rewritten(cell, written, platform=Platform(0.55, 0.02))


@corruption("rows of another sample", KIND, law=1, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _another(cell: Cell, written: Written) -> bool:
    """A file of two: the altered rows are another patient's, this sample's are flat."""
    if cell.dialect not in NAMED or cell.dialect == "chas" or cell.truth.lesion == "high_hyperdiploidy":
        return False
    at, altered = NAMED[cell.dialect], [[*cells] for cells in written.records]
    flat = replace(cell.truth, body=replace(cell.truth.body, segments=tuple(segments(cell.truth.genome, {}))))
    other = write(flat, cell.dialect, written.folder)
    assert other is not None
    for cells in altered:
        cells[at] = "P12_D"
    for cells in other.records:
        cells[at] = "s"
    written.head, written.records = other.head, [*altered, *other.records]
    written.save()
    return True


@corruption("record split in two", KIND, law=0, lawful=Lawful.SAME)
def _split(cell: Cell, written: Written) -> bool:
    if not _table(cell, written) or len(written.own) != 1:
        return False
    _, start, end = _columns(written.head, len(written.head)) or (0, 1, 2)
    first = written.own[0]
    middle = (int(first[start]) + int(first[end])) // 2
    second = [*first]
    base = 0 if cell.dialect.startswith("cnvkit") or cell.dialect == "clincnv" else 1
    first[end], second[start] = str(middle), str(middle + base)
    at = next(n for n, cells in enumerate(written.records) if cells is first)
    written.records.insert(at + 1, second)
    written.save()
    return True


@corruption("contigs in upper case", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _contigs(cell: Cell, written: Written) -> bool:
    written.records = [[part.replace("chr", "CHR") for part in cells] for cells in written.records]
    written.save()
    return any("CHR" in part for cells in written.records for part in cells)


@corruption("row on an unplaceable contig", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _unplaceable(cell: Cell, written: Written) -> bool:
    if not _table(cell, written) or cell.dialect in LISTS:
        return False
    chrom = (_columns(written.head, len(written.head)) or (0,))[0]
    for cells in written.own:
        cells[chrom] = "chrUn_KI270742v1"
    written.save()
    return True


@corruption("rows that contradict each other", KIND, law=2, lawful=Lawful.NOT_NEGATIVE, refusal=True)
def _twice(cell: Cell, written: Written) -> bool:
    """The stretch a second time, with the values of its neighbour."""
    if not _table(cell, written) or len(written.own) != 1 or cell.dialect in LISTS:
        return False
    places = _columns(written.head, len(written.head)) or (0, 1, 2)
    at = next(n for n, cells in enumerate(written.records) if cells is written.own[0])
    neighbour = [*written.records[at - 1]]
    for column in places:
        neighbour[column] = written.own[0][column]
    written.records.insert(at + 1, neighbour)
    written.save()
    return True


@corruption("filtered", KIND, law=3, lawful=Lawful.OPEN)
def _filtered(cell: Cell, written: Written) -> bool:
    if not cell.dialect.endswith("_vcf") or not written.own:
        return False
    for cells in written.own:
        cells[6] = "cnvQual"
    written.save()
    return True


@corruption("header only", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _header(cell: Cell, written: Written) -> bool:
    written.records.clear()
    written.save()
    return bool(written.head)


corruption("order of rows", KIND, law=0, lawful=Lawful.SAME)(rows_reversed)


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    """Small variants cannot show copies of a gene."""
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """Metaphases with a normal karyotype: of normal cells, as often as not."""
    written.row["karyotype"] = "46,XX[20]"
    return True
