"""RNA fusions: every fusion of the table in each caller's table, and what happens to rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from annotate.decide.rearrangements.rules import best_rule, rules_of
from annotate.model.fusions import Fusion
from annotate.reference.genome import Genome
from tests.makers.fusion_tables import ALL_TABLES, write_table
from tests.makers.fusions import fusion_of
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import header_only, row_twice
from tests.makers.simulated_fusions import LESIONS

KIND = "fusions"
DIALECTS = tuple(name for name in ALL_TABLES if name not in ("linx", "linx_placed", "cbioportal", "mavis"))
OLD = {"KMT2A": "MLL", "AFF1": "AF4", "RUNX1": "AML1", "AFDN": "MLLT4", "NSD2": "WHSC1", "TCF3": "E2A", "MLLT1": "ENL"}
READS = (
    ("JunctionReadCount", "SpanningFragCount"),
    ("split_reads1", "split_reads2", "discordant_mates"),
    ("Spanning_pairs", "Spanning_unique_reads"),
    ("spanning pairs", "spanning reads"),
    ("readsA", "readsB"),
    ("crossingreads", "spanningreads"),
    ("split_reads", "spanning_reads"),
    ("TotalFragments", "SplitFrags", "DiscordantFrags"),
    ("NumSplitReads", "NumSoftClippedReads", "NumPairedReads"),
    ("splitr_count", "span_count"),
    ("paircount", "splitcount"),
    ("Span_reads_num", "Junc_reads_num"),
)


def truths(genome: Genome) -> Iterator[Truth]:
    """Fusions of two genes that make a chimeric transcript."""
    for row in KNOWLEDGE.table("fusions"):
        five, three = row["five_prime"], row["three_prime"]
        if genome.gene(five) is None or genome.gene(three) is None:
            continue
        for lesion in LESIONS:
            found = best_rule(rules_of(genome, KNOWLEDGE, lesion), five, three)
            if found is not None and found[1] == "known" and not found[0].mimic:
                yield Truth(KIND, lesion, f"{five}::{three}", genome, _fusion(genome, found[0], five, three), False)


def _fusion(genome: Genome, rule, five: str, three: str) -> Fusion:  # type: ignore[no-untyped-def]
    """The transcript that keeps the domain that the rule asks for."""
    exon = None
    transcript = genome.transcript(three)
    if three in rule.kept_from and transcript is not None:
        exon = max(2, (transcript.exon_at(transcript.protein_to_genomic(rule.kept_from[three])[0]) or 2) - 1)
    return fusion_of(genome, five, three, None, exon)


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    other = fusion_of(truth.genome, "ARID1A", "MYCBP2", 3, 10)
    path = folder / "fusions.tsv"
    form = "comma" if dialect in ("jaffa", "isofox") else "tab"
    write_table(dialect, path, [other, truth.body], "tab")
    lines = path.read_text().splitlines()
    records = [line.split("\t") for line in lines[1:]]
    written = Written(folder, path, {KIND: [path]}, {}, head=lines[:1], records=records, own=records[1:])
    if form == "comma":
        written.head = [lines[0].replace("\t", ",")]
        written.separator = ","
    written.save()
    return written


def silent_table(genome: Genome, folder: Path) -> Path:
    """An RNA table with an expressed fusion of no meaning."""
    return write_table("arriba", folder / "silent.tsv", [fusion_of(genome, "ARID1A", "MYCBP2", 3, 10)])


WRITERS[KIND] = write


def _change(written: Written, names: tuple[str, ...], value: str) -> bool:
    found = [written.columns.index(name) for name in names if name in written.columns]
    for cells in written.own:
        for at in found:
            cells[at] = value
    written.save()
    return bool(found)


def _counts(written: Written, value: str) -> bool:
    names = next((names for names in READS if set(names) <= set(written.columns)), ())
    return _change(written, names, value)


def _renamed(cell: Cell, written: Written, names: dict[str, str]) -> bool:
    """The truth's row with its genes under other names."""
    five, three = cell.truth.body.five, cell.truth.body.three
    if five not in names and three not in names:
        return False
    body = replace(cell.truth.body, five=names.get(five, five), three=names.get(three, three))
    write(replace(cell.truth, body=body), cell.dialect, written.folder)
    return True


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("reads 0", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _no_reads(cell: Cell, written: Written) -> bool:
    return _counts(written, "0")


@corruption("counts nan", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _nan(cell: Cell, written: Written) -> bool:
    return _counts(written, "nan")


@corruption("counts empty", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _empty(cell: Cell, written: Written) -> bool:
    return _counts(written, "")


@corruption("counts Inf", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _inf(cell: Cell, written: Written) -> bool:
    return _counts(written, "Inf")


@corruption("row of another sample", KIND, law=1, lawful=Lawful.NOT_POSITIVE, refusal=True)
def _another_row(cell: Cell, written: Written) -> bool:
    """A table of a cohort: the row is another patient's, the harmless one is this sample's."""
    if cell.dialect in ("cicero", "jaffa"):
        at = written.columns.index("sample")
        for cells in written.records:
            cells[at] = "P12_D" if cells in written.own else "s"
    else:
        written.head[-1] = f"sample{written.separator}{written.head[-1].lstrip('#')}"
        for cells in written.records:
            cells.insert(0, "P12_D" if any(cells is one for one in written.own) else "s")
    written.save()
    return True


@corruption("symbols in lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    five, three = cell.truth.body.five, cell.truth.body.three
    return _renamed(cell, written, {five: five.lower(), three: three.lower()})


@corruption("ids for symbols", KIND, law=0, lawful=Lawful.SAME)
def _ids(cell: Cell, written: Written) -> bool:
    genome = cell.truth.genome
    wanted = (cell.truth.body.five, cell.truth.body.three)
    ids = {gene.name: gene.gene_id for name in wanted if (gene := genome.gene(name)) is not None and gene.gene_id}
    return len(ids) == 2 and _renamed(cell, written, ids)


@corruption("old symbols", KIND, law=0, lawful=Lawful.SAME)
def _old(cell: Cell, written: Written) -> bool:
    return _renamed(cell, written, OLD)


@corruption("a name that nobody knows", KIND, law=3, lawful=Lawful.NOT_MORE)
def _unknown(cell: Cell, written: Written) -> bool:
    return _renamed(cell, written, {cell.truth.body.five: "QZX9"})


@corruption("contigs in upper case", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _contigs(cell: Cell, written: Written) -> bool:
    written.records[:] = [[part.replace("chr", "CHR") for part in cells] for cells in written.records]
    written.save()
    return any("CHR" in part for cells in written.records for part in cells)


@corruption("mate on an unplaceable contig", KIND, law=3, lawful=Lawful.NOT_NEGATIVE)
def _unplaceable(cell: Cell, written: Written) -> bool:
    place = f"chr{cell.truth.body.three_breakpoint[0]}:"
    done = False
    for cells in written.own:
        for n, part in enumerate(cells):
            if part.startswith(place):
                cells[n] = part.replace(place, "chrUn_KI270742v1:")
                done = True
    written.save()
    return done


@corruption("place unreadable", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _place(cell: Cell, written: Written) -> bool:
    pos = str(cell.truth.body.three_breakpoint[1])
    for cells in written.own:
        cells[:] = [part.replace(pos, "nan") for part in cells]
    written.save()
    return any("nan" in part for cells in written.own for part in cells)


@corruption("table in quotes and commas", KIND, law=0, lawful=Lawful.SAME)
def _quoted(cell: Cell, written: Written) -> bool:
    other = fusion_of(cell.truth.genome, "ARID1A", "MYCBP2", 3, 10)
    write_table(cell.dialect, written.main, [other, cell.truth.body], "comma")
    return cell.dialect not in ("squid",)


corruption("row twice", KIND, law=0, lawful=Lawful.SAME)(row_twice)


corruption("header only", KIND, law=3, lawful=Lawful.OPEN)(header_only)


@corruption("filtered", KIND, law=3, lawful=Lawful.OPEN)
def _filtered(cell: Cell, written: Written) -> bool:
    """What callers write of rows that they do not believe."""
    if cell.dialect == "isofox":
        return _change(written, ("Filter",), "SUPPORT")
    if cell.dialect == "fusioncatcher":
        return _change(written, ("Fusion_description",), "banned,healthy,1000genomes")
    return False


@corruption("only discarded rows", KIND, law=3, lawful=Lawful.OPEN)
def _discarded(cell: Cell, written: Written) -> bool:
    """Arriba's second file."""
    if cell.dialect != "arriba":
        return False
    _change(written, ("confidence",), "low")
    at = written.columns.index("filters")
    for cells in written.records:
        cells[at] = "mismatches(2),min_support(4)"
        cells[written.columns.index("confidence")] = "low"
    discarded = written.folder / "fusions.discarded.tsv"
    written.main = discarded
    written.inputs[KIND] = [discarded]
    written.save()
    return True


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """A whole genome whose junctions do not make the fusion."""
    from tests.makers.laws.structural import silent_calls

    written.inputs["structural_variants"] = [silent_calls(cell.truth.genome, written.folder)]
    written.row |= {"assay": "wgs", "tumor_name": "structural_variants=TUMOR", "normal_name": "NORMAL"}
    return True


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True
