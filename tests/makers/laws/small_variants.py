"""Small variants: every rule of a gene as a call of each caller, and what happens to calls in the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

from annotate.base.genetic_code import CODE
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow
from annotate.name.small_variants import models
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS, rules
from scripts.make_demo import passengers
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.laws.rows import header_only
from tests.makers.small_variants import MAKERS, NORMAL, TUMOR, Call, ordered, vcf_text

KIND = "small_variants"
DIALECTS = tuple(MAKERS)
COPIED = frozenset({"tp53_alteration", "antigen_loss", "pten", "relapse_genes"})  # a lost gene counts, too
LOSS = "loss of function"
ITD = "internal duplication"


def truths(genome: Genome) -> Iterator[Truth]:
    """Up to three calls of each rule that a change of sequence alone meets."""
    for row in rules(KNOWLEDGE):
        if row.copies or row.needs or not row.classes or row.effect == "benign":
            continue
        tags = frozenset({LOSS} if "truncating" in row.classes else {ITD} if row.gene == "FLT3" else ())
        for residue, call in _calls(genome, row):
            name = f"{row.gene} {residue} by {row.id}"
            yield Truth(KIND, row.lesion, name, genome, call, row.state == "detected", tags)


def _calls(genome: Genome, row: GeneMutationRuleRow) -> list[tuple[int | str, Call]]:
    transcript = genome.transcript(row.gene)
    own = models.coding(genome, row.gene)
    if transcript is None or own is None:
        return []
    length = transcript.protein_length
    if row.proteins and "missense" in row.classes:
        return [(name, call) for name in row.proteins if (call := _named(genome, row.gene, name)) is not None]
    residues = list(row.residues)
    if row.exons:
        residues = [n for n in range(2, length) if transcript.exon_at(transcript.protein_to_genomic(n)[1]) in row.exons]
    if not residues:
        residues = [max(length * tenth // 10, 8) for tenth in (1, 3, 5)]
    step = max(len(residues) // 3, 1)
    make = _missense if "missense" in row.classes else _stop if "truncating" in row.classes else _duplication
    some = residues[::step][:3]
    found: list[tuple[int | str, Call | None]] = [(residue, make(genome, row.gene, residue)) for residue in some]
    if make is _missense:
        found += [(f"{residue} by two bases", _two_bases(genome, row.gene, residue)) for residue in some[:2]]
    if make is _stop:
        found.append((f"{some[0]} in a run", _in_a_run(genome, row.gene, some[0])))
    return [(residue, call) for residue, call in found if call is not None]


def _codon(genome: Genome, gene: str, residue: int) -> tuple[tuple[int, int, int], str]:
    transcript, own = genome.transcript(gene), models.coding(genome, gene)
    assert transcript is not None
    assert own is not None
    return transcript.protein_to_genomic(residue), own.cds[3 * residue - 3 : 3 * residue]


def _missense(genome: Genome, gene: str, residue: int) -> Call | None:
    return _changed(genome, gene, residue, lambda old, new: new not in (old, "*"))


def _named(genome: Genome, gene: str, name: str) -> Call | None:
    """`p.Pro80Arg` by one base."""
    residue, last = int(name[5:-3]), name[-3:]
    short = next(one for one, three in AMINO_ACIDS.items() if three == last)
    return _changed(genome, gene, residue, lambda _, new: new == short)


def _stop(genome: Genome, gene: str, residue: int) -> Call | None:
    """A stop by one base near a residue, else one base more."""
    for near in range(residue, residue + 25):
        call = _changed(genome, gene, near, lambda old, new: new == "*")
        if call is not None:
            return call
    return None


def _changed(genome: Genome, gene: str, residue: int, wanted: Callable[[str, str], bool]) -> Call | None:
    own = models.coding(genome, gene)
    try:
        places, codon = _codon(genome, gene, residue)
    except IndexError:
        return None
    assert own is not None
    for at in (1, 0, 2):
        for base in "TACG":
            new = codon[:at] + base + codon[at + 1 :]
            if "N" in new or base == codon[at] or len(new) < 3:
                continue
            if wanted(CODE[codon], CODE[new]):
                ref, alt = (codon[at], base) if own.forward else (_other(codon[at]), _other(base))
                return Call(own.transcript.chrom, places[at], ref, alt)
    return None


def _two_bases(genome: Genome, gene: str, residue: int) -> Call | None:
    """Another residue by the first two bases of its codon, written as one record; each base alone is missense too."""
    own = models.coding(genome, gene)
    try:
        places, codon = _codon(genome, gene, residue)
    except IndexError:
        return None
    assert own is not None
    if codon not in CODE or abs(places[0] - places[1]) != 1:
        return None
    for first, second in product("TACG", repeat=2):
        changed = {first + codon[1:], codon[0] + second + codon[2], first + second + codon[2]}
        residues = {CODE.get(new, "*") for new in changed}
        if first != codon[0] and second != codon[1] and not residues & {"*", CODE[codon]}:
            ref, alt = codon[:2], first + second
            if not own.forward:
                ref, alt = (_other(text[1]) + _other(text[0]) for text in (ref, alt))
            return Call(own.transcript.chrom, min(places[:2]), ref, alt)
    return None


RUN = 4  # bases alike, of which one is lost: the record may stand at either end of the run


def _in_a_run(genome: Genome, gene: str, residue: int) -> Call | None:
    """A frameshift by the loss of one of several bases alike near a residue, at the left end of the run."""
    own = models.coding(genome, gene)
    assert own is not None
    for near in range(residue, residue + 60):
        try:
            places, _ = _codon(genome, gene, near)
        except IndexError:
            return None
        start = min(places)
        run = _run(own, start)
        if max(places) - start == 2 and len(run) >= RUN and own.base(start - 1) not in (run[0], "N"):
            return Call(own.transcript.chrom, start - 1, own.base(start - 1) + run[0], own.base(start - 1))
    return None


def _run(own: Coding, start: int) -> str:
    """Bases alike from a place to the right, up to nine."""
    text = "".join(own.base(start + n) for n in range(9))
    return text[: len(text) - len(text.lstrip(text[0]))]


def _other(base: str) -> str:
    return {"A": "T", "C": "G", "G": "C", "T": "A"}[base]


def _duplication(genome: Genome, gene: str, residue: int) -> Call | None:
    """Seven codons twice."""
    own = models.coding(genome, gene)
    assert own is not None
    places, _ = _codon(genome, gene, residue)
    low = min(places)
    if max(places) - low != 2:
        return None
    bases = own.bases(low, low + 21)
    return None if "N" in bases else Call(own.transcript.chrom, low, bases[0], bases[0] + bases[1:])


@lru_cache(maxsize=4)
def _others(genome: Genome) -> tuple[Call, ...]:
    return tuple(Call(c.chrom, c.pos, c.ref, c.alt, 40, 60) for c in passengers(genome, 7, 12))


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    call = truth.body
    snv = len(call.ref) == len(call.alt) == 1
    if dialect in ("strelka_snv", "caveman", "sniper") and not snv:
        return None
    if dialect in ("strelka_indel", "pindel", "svaba") and len(call.ref) == len(call.alt):
        return None
    others = [o for o in _others(truth.genome) if dialect != "strelka_indel"]
    maker = MAKERS[dialect]
    text = vcf_text(maker, ordered([*others, call], truth.genome), truth.genome)
    path = folder / "calls.vcf"
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("#")]
    records = [line.split("\t") for line in lines if not line.startswith("#")]
    own = [cells for cells in records if (cells[0].removeprefix("chr"), cells[1]) == (call.chrom, str(call.pos))]
    row: dict[str, object] = {"assay": "wgs", "sex": "female"}
    tumor = next((name for name in maker.columns if name in (TUMOR, "TUMOR", "TUMOUR", "T1_N1")), None)
    if tumor is not None:
        row["tumor_name"] = tumor
    if NORMAL in maker.columns or "NORMAL" in maker.columns:
        row["normal_name"] = NORMAL if NORMAL in maker.columns else "NORMAL"
    written = Written(folder, path, {KIND: [path]}, row, head=head, records=records, own=own)
    written.save()
    return written


WRITERS[KIND] = write


# ---------------------------------------------------------------- pieces of a record


def _column(written: Written, which: str) -> int | None:
    name = written.row.get(which)
    return written.columns.index(name) if name in written.columns else None


def set_field(written: Written, key: str, value: str, which: str = "tumor_name") -> bool:
    """Another value of a FORMAT key in the truth's own records; False where no record has it."""
    column = _column(written, which)
    done = False
    for cells in written.own:
        if column is None or key not in cells[8].split(":"):
            continue
        values = cells[column].split(":")
        values[cells[8].split(":").index(key)] = value
        cells[column] = ":".join(values)
        done = True
    written.save()
    return done


def _filter(written: Written, word: str) -> bool:
    for cells in written.own:
        cells[6] = word
    written.save()
    return True


# ---------------------------------------------------------------- corruptions


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("filtered", KIND, law=3, lawful=Lawful.OPEN)
def _filtered(cell: Cell, written: Written) -> bool:
    return _filter(written, "LowQual")


@corruption("filtered as germline", KIND, law=3, lawful=Lawful.NOT_MORE)
def _germline(cell: Cell, written: Written) -> bool:
    return _filter(written, "germline")


@corruption("PASS in lower case", KIND, law=0, lawful=Lawful.SAME)
def _pass(cell: Cell, written: Written) -> bool:
    return _filter(written, "pass")


@corruption("several words of passing", KIND, law=0, lawful=Lawful.SAME)
def _passes(cell: Cell, written: Written) -> bool:
    return _filter(written, "PASS;AllPASS;HighConf")


@corruption("genotype ./. with reads", KIND, law=3, lawful=Lawful.NOT_MORE)
def _no_call(cell: Cell, written: Written) -> bool:
    return set_field(written, "GT", "./.")


@corruption("genotype 0/0 with reads", KIND, law=3, lawful=Lawful.NOT_MORE)
def _reference(cell: Cell, written: Written) -> bool:
    return cell.dialect != "octopus" and set_field(written, "GT", "0/0")


@corruption("genotype /0/1", KIND, law=0, lawful=Lawful.SAME)
def _phased(cell: Cell, written: Written) -> bool:
    return set_field(written, "GT", "/0/1")


def _again(cell: Cell, written: Written, **reads: int) -> bool:
    """The records of the truth as the caller writes other reads."""
    truth = replace(cell.truth, body=replace(cell.truth.body, **reads))
    other = write(truth, cell.dialect, written.folder)
    assert other is not None
    written.head, written.records, written.own = other.head, other.records, other.own
    return True


@corruption("reads 0", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _no_reads(cell: Cell, written: Written) -> bool:
    return _again(cell, written, alt_reads=0, ref_reads=100)


@corruption("one read of 900", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _one_read(cell: Cell, written: Written) -> bool:
    return _again(cell, written, alt_reads=1, ref_reads=899)


@corruption("fraction against counts", KIND, law=2, lawful=Lawful.NOT_NEGATIVE)
def _fraction(cell: Cell, written: Written) -> bool:
    keys = written.own[0][8].split(":") if len(written.own[0]) > 8 else []
    return "AD" in keys and any(set_field(written, key, "0.9500") for key in ("AF", "VAF", "MAP_VAF"))


@corruption("column of another sample carries", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _another_column(cell: Cell, written: Written) -> bool:
    """Two time points side by side: the reads stand in the other's column."""
    own, other = _column(written, "tumor_name"), _column(written, "normal_name")
    if own is None or other is None or cell.dialect == "octopus":
        return False
    for cells in written.own:
        cells[own], cells[other] = cells[other], cells[own]
    written.save()
    return True


@corruption("column of the sample is not there", KIND, law=1, lawful=Lawful.OPEN, refusal=True)
def _no_column(cell: Cell, written: Written) -> bool:
    """The file is of another patient, beside the same normal or none."""
    column = _column(written, "tumor_name")
    if column is None:
        return False
    written.head = [line.replace(written.columns[column], "P12_R") for line in written.head]
    written.row["tumor_name"] = "P77_R"
    written.save()
    return True


@corruption("the same record in another time point only", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _other_time_point(cell: Cell, written: Written) -> bool:
    """A file of one sample becomes one of two: the other carries, the own column is `./.` without reads."""
    own = _column(written, "tumor_name")
    if own is None or len(written.columns) != 10 or "PL" in written.own[0][8] or cell.dialect == "pcgr":
        return False
    written.head[-1] += "\tP1_D"
    for cells in written.records:
        cells.append(cells[own])
        if any(cells is one for one in written.own):
            keys = cells[8].split(":")
            cells[own] = ":".join({"GT": "./.", "DP": "60", "AD": "60,0"}.get(key, "0") for key in keys)
    written.save()
    return cell.dialect in ("vardict", "haplotypecaller", "bcftools_ad")


@corruption("bases in lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    for cells in written.own:
        cells[3], cells[4] = cells[3].lower(), cells[4].lower()
    written.save()
    return True


@corruption("contigs in upper case", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _contigs(cell: Cell, written: Written) -> bool:
    written.head = [line.replace("<ID=chr", "<ID=CHR") for line in written.head]
    for cells in written.records:
        cells[0] = cells[0].replace("chr", "CHR")
    written.save()
    return True


@corruption("symbolic allele", KIND, law=3, lawful=Lawful.NOT_NEGATIVE)
def _symbolic(cell: Cell, written: Written) -> bool:
    """A deletion of a gene whose loss counts; a duplication in FLT3."""
    if not cell.truth.tags or cell.dialect in ("strelka_snv", "strelka_indel", "caveman", "sniper"):
        return False
    call = cell.truth.body
    loss = LOSS in cell.truth.tags
    size = 600 if loss else 60
    for cells in written.own:
        cells[4] = "<DEL>" if loss else "<DUP>"
        cells[7] = f"SVTYPE={cells[4][1:4]};END={call.pos + size};SVLEN={-size if loss else size};{cells[7]}"
    written.save()
    return loss or len(call.alt) > 1


@corruption("several alleles in one record", KIND, law=0, lawful=Lawful.SAME)
def _several(cell: Cell, written: Written) -> bool:
    call = cell.truth.body
    if cell.dialect not in ("mutect2", "haplotypecaller", "bcftools_ad", "deepvariant", "dragen") or len(call.ref) > 1:
        return False
    other = next(base for base in "ACGT" if base not in (call.ref, call.alt[0]))
    for cells in written.own:
        cells[4] = f"{call.alt},{other}"
    for which in ("tumor_name", "normal_name"):
        counts = (call.ref_reads, call.alt_reads) if which == "tumor_name" else (call.normal_ref, 0)
        set_field(written, "AD", f"{counts[0]},{counts[1]},0", which)
        share = counts[1] / sum(counts)
        for key in ("AF", "VAF"):
            set_field(written, key, f"{share:.4f},0", which)
        set_field(written, "PL", "30,20,0,9,9,9", which)
    return True


@corruption("record twice", KIND, law=0, lawful=Lawful.SAME)
def _twice(cell: Cell, written: Written) -> bool:
    at = next(n for n, cells in enumerate(written.records) if cells is written.own[0])
    written.records.insert(at, list(written.own[0]))
    written.save()
    return True


@corruption("base written before the change", KIND, law=0, lawful=Lawful.SAME)
def _padded(cell: Cell, written: Written) -> bool:
    """The left-shifted form: one base of the reference more on the left."""
    call = cell.truth.body
    own = models.coding(cell.truth.genome, cell.truth.name.split()[0])
    if own is None or cell.dialect in ("strelka_snv", "strelka_indel", "caveman", "sniper"):
        return False
    base = own.base(call.pos - 1)
    if base == "N":
        return False
    for cells in written.own:
        cells[1], cells[3], cells[4] = str(call.pos - 1), base + call.ref, base + call.alt
    written.save()
    return True


def _split(cell: Cell, written: Written, genotype: str) -> bool:
    """A change of two bases as two records of one base each, in callers that write genotypes."""
    call = cell.truth.body
    if len(call.ref) != 2 or len(call.alt) != 2 or not written.own or "GT" not in written.own[0][8:9][0].split(":"):
        return False
    at = next(n for n, cells in enumerate(written.records) if cells is written.own[0])
    made = []
    for n in (0, 1):
        cells = [*written.own[0]]
        cells[1], cells[3], cells[4] = str(call.pos + n), call.ref[n], call.alt[n]
        made.append(cells)
    written.records[at : at + 1] = made
    written.own = made
    set_field(written, "GT", genotype)
    for cells in made if "|" in genotype and "PS" not in made[0][8].split(":") else ():
        cells[8] += ":PS"
        cells[9:] = [f"{values}:{call.pos}" for values in cells[9:]]
    written.save()
    return True


PHASING = ("mutect2", "haplotypecaller", "deepvariant", "dragen")


@corruption("two bases in two phased records", KIND, law=0, lawful=Lawful.SAME)
def _phased_pair(cell: Cell, written: Written) -> bool:
    return cell.dialect in PHASING and _split(cell, written, "0|1")


@corruption("two bases in two records without phase", KIND, law=5, lawful=Lawful.NOT_NEGATIVE)
def _unphased_pair(cell: Cell, written: Written) -> bool:
    return cell.dialect in PHASING and _split(cell, written, "0/1")


@corruption("shifted right in its run", KIND, law=0, lawful=Lawful.SAME)
def _shifted(cell: Cell, written: Written) -> bool:
    """The loss of one of several bases alike, at the right end of the run instead of the left."""
    call = cell.truth.body
    own = models.coding(cell.truth.genome, cell.truth.name.split()[0])
    if own is None or len(call.ref) != 2 or len(call.alt) != 1:
        return False
    run = _run(own, call.pos + 1)
    for cells in written.own:
        cells[1], cells[3], cells[4] = str(call.pos + len(run) - 1), run[0] * 2, run[0]
    written.save()
    return True


@corruption("remission carries it too", KIND, law=1, lawful=Lawful.NOT_MORE)
def _remission_carries(cell: Cell, written: Written) -> bool:
    """A germline file with the same record: the change may be inherited, and is not gone."""
    return _remission(cell, written, [written.own[0]])


@corruption("remission without it", KIND, law=0, lawful=Lawful.SAME)
def _remission_silent(cell: Cell, written: Written) -> bool:
    return _remission(cell, written, [])


@corruption("remission file without a record", KIND, law=0, lawful=Lawful.SAME, refusal=True)
def _remission_empty(cell: Cell, written: Written) -> bool:
    return _remission(cell, written, [], others=0)


def _remission(cell: Cell, written: Written, own: list[list[str]], others: int = 12) -> bool:
    """A germline VCF of one sample: heterozygous calls, as HaplotypeCaller writes them."""
    calls = [replace(call, alt_reads=30, ref_reads=32) for call in _others(cell.truth.genome)[:others]]
    if own:
        calls.append(replace(cell.truth.body, alt_reads=30, ref_reads=32))
    path = written.folder / "remission.vcf"
    text = vcf_text(MAKERS["haplotypecaller"], ordered(calls, cell.truth.genome), cell.truth.genome)
    path.write_text(text.replace(TUMOR, "REMISSION"))
    written.row["germline_variants"] = path
    return True


@corruption("a subtype call says otherwise", KIND, law=4, lawful=Lawful.SAME)
def _label(cell: Cell, written: Written) -> bool:
    """A label of expression sets no lesion, and takes none away."""
    path = written.folder / "subtypes.tsv"
    path.write_text("sample\tclassifier\tsubtype\tscore\ns\tALLCatchR\tETV6::RUNX1\t0.97\n")
    written.inputs["subtype_calls"] = [path]
    return True


corruption("header only", KIND, law=3, lawful=Lawful.OPEN)(header_only)


@corruption("only discarded rows", KIND, law=3, lawful=Lawful.OPEN)
def _discarded(cell: Cell, written: Written) -> bool:
    for cells in written.records:
        cells[6] = "LowQual"
    written.save()
    return True


def _values(cell: Cell, written: Written, word: str) -> bool:
    keys = written.own[0][8].split(":") if len(written.own[0]) > 8 else []
    done = [set_field(written, key, word) for key in keys if key not in ("GT", "PS")]
    return any(done)


@corruption("counts nan", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _nan(cell: Cell, written: Written) -> bool:
    return _values(cell, written, "nan")


@corruption("counts empty", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _empty(cell: Cell, written: Written) -> bool:
    return _values(cell, written, ".")


@corruption("decimal comma", KIND, law=3, lawful=Lawful.NOT_MORE, refusal=True)
def _comma(cell: Cell, written: Written) -> bool:
    return any(set_field(written, key, "0,30") for key in ("AF", "VAF", "MAP_VAF")) or set_field(
        written, "FREQ", "30,00%"
    )


@corruption("position unreadable", KIND, law=3, lawful=Lawful.OPEN, refusal=True)
def _position(cell: Cell, written: Written) -> bool:
    for cells in written.own:
        cells[1] = "nan"
    written.save()
    return True


@corruption("hole over the gene", KIND, law=3, lawful=Lawful.OPEN)
def _hole(cell: Cell, written: Written) -> bool:
    """A panel whose regions leave the gene out, and no record of it."""
    written.drop_own()
    written.save()
    bed = written.folder / "panel.bed"
    bed.write_text("".join(f"{cells[0]}\t{int(cells[1]) - 100}\t{int(cells[1]) + 100}\n" for cells in written.records))
    written.row |= {"assay": "panel", "regions": bed}
    return bool(written.records)


@corruption("reads in a block that no caller named", KIND, law=3, lawful=Lawful.OPEN)
def _block(cell: Cell, written: Written) -> bool:
    if cell.dialect not in ("mutect2", "dragen", "haplotypecaller", "deepvariant") or len(cell.truth.body.alt) > 1:
        return False
    if LOSS in cell.truth.tags or not cell.truth.proof:
        return False  # only at codons that are asked for
    for cells in written.own:
        cells[4] = "<NON_REF>"
    set_field(written, "GT", "0/0")
    set_field(written, "AD", "88,12")
    for key in ("AF", "VAF"):
        set_field(written, key, "0.1200")
    return True


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    written.row["karyotype"] = "46,XX[20]"
    return True


@corruption("second file of the same kind is silent", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _second_silent(cell: Cell, written: Written) -> bool:
    """Another caller that lists everything else."""
    second = written.folder / "second.vcf"
    records = [cells for cells in written.records if not any(cells is one for one in written.own)]
    second.write_text("\n".join([*written.head, *("\t".join(cells) for cells in records)]) + "\n")
    written.inputs[KIND].append(second)
    return bool(records)


def other_calls(genome: Genome, folder: Path) -> Path:
    """Calls of no meaning, in a file that names no sample."""
    path = folder / "others.vcf"
    path.write_text(vcf_text(MAKERS["lofreq"], _others(genome), genome))
    return path
