"""Alignments: changed hotspot codons in the reads of a BAM, and reads that may not be counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pysam

from annotate.name.small_variants import models
from annotate.reference.genome import Genome
from annotate.reference.hotspots import hotspot_codons
from tests.makers.laws import small_variants
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption
from tests.makers.small_variants import Call

KIND = "alignments"
DIALECTS = ("chr", "plain", "beside a silent caller")
LENGTH = 100
REVERSE, SECONDARY, FAILED, DUPLICATE, SUPPLEMENTARY = 16, 256, 512, 1024, 2048


@dataclass(frozen=True)
class Reads:
    """Reads over one codon: those that carry the change, how they are written, and the others."""

    call: Call
    carriers: int = 60
    others: int = 140
    flag: int = 0
    mapping: int = 60
    quality: str = "I"
    deleted: int = 0  # bases that the carriers delete instead of changing one
    group: str = "s"


def truths(genome: Genome) -> Iterator[Truth]:
    """Single bases that a rule counts, at codons that are looked at in alignments."""
    looked = {(spot.chrom, pos) for spot in hotspot_codons(genome, KNOWLEDGE) for pos in spot.positions}
    for truth in small_variants.truths(genome):
        call = truth.body
        if len(call.ref) == len(call.alt) == 1 and (call.chrom, call.pos) in looked:
            yield replace(truth, kind=KIND, body=Reads(call), proof=False)


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    from tests.makers.laws.small_variants import other_calls

    body: Reads = truth.body
    path = folder / "reads.bam"
    _write_bam(path, truth, body, "" if dialect == "plain" else "chr")
    row = {"alignments": path, "assay": "wgs", "sex": "female"}
    inputs = {"small_variants": [other_calls(truth.genome, folder)]} if dialect == "beside a silent caller" else {}
    return Written(folder, path, inputs, row)


WRITERS[KIND] = write


def _write_bam(path: Path, truth: Truth, body: Reads, prefix: str) -> None:
    contigs = {name: size for name, size in truth.genome.contig_lengths.items() if name != "MT"}
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": prefix + name, "LN": size} for name, size in contigs.items()],
        "RG": [{"ID": "1", "SM": body.group}],
    }
    own = models.coding(truth.genome, truth.name.split()[0])
    assert own is not None
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for start, carries in sorted(_starts(body)):
            bases = [own.base(start + 1 + n) for n in range(LENGTH)]
            read = pysam.AlignedSegment(out.header)
            at = body.call.pos - 1 - start
            read.cigarstring = f"{LENGTH}M"
            if carries and body.deleted:
                bases = bases[:at] + bases[at + body.deleted :]
                read.cigarstring = f"{at}M{body.deleted}D{LENGTH - at - body.deleted}M"
            elif carries:
                bases[at] = body.call.alt
            read.query_name = f"r{start}_{carries}_{out.tell()}"
            read.flag = (body.flag if carries else 0) | (REVERSE if start % 2 else 0)
            read.mapping_quality = body.mapping if carries else 60
            read.reference_id, read.reference_start = out.get_tid(prefix + body.call.chrom), start
            read.query_sequence = "".join(base if base in "ACGT" else "A" for base in bases)
            read.query_qualities = pysam.qualitystring_to_array((body.quality if carries else "I") * len(bases))
            read.set_tag("RG", "1")
            out.write(read)
    pysam.index(str(path))


def _starts(body: Reads) -> Iterator[tuple[int, bool]]:
    """First bases of the reads, from 0: the place lies between the 20th and the 80th base."""
    for n in range(body.carriers + body.others):
        yield body.call.pos - 80 + 60 * n // (body.carriers + body.others), _is_carrier(n, body)


def _is_carrier(n: int, body: Reads) -> bool:
    """Carriers are spread evenly over the reads."""
    every = body.carriers + body.others
    return body.carriers * (n + 1) // every > body.carriers * n // every


def _again(cell: Cell, written: Written, **fields: object) -> bool:
    """The file once more with other reads."""
    body = replace(cell.truth.body, **fields)
    _write_bam(written.main, cell.truth, body, "" if cell.dialect == "plain" else "chr")
    return True


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("reads 0", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _none(cell: Cell, written: Written) -> bool:
    return _again(cell, written, carriers=0)


@corruption("one read of 900", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _one(cell: Cell, written: Written) -> bool:
    return _again(cell, written, carriers=1, others=899)


@corruption("five reads deep", KIND, law=2, lawful=Lawful.OPEN)
def _shallow(cell: Cell, written: Written) -> bool:
    return cell.dialect != "beside a silent caller" and _again(cell, written, carriers=0, others=5)


@corruption("carriers are duplicates", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _duplicates(cell: Cell, written: Written) -> bool:
    return _again(cell, written, flag=DUPLICATE)


@corruption("carriers are secondary alignments", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _secondary(cell: Cell, written: Written) -> bool:
    return _again(cell, written, flag=SECONDARY)


@corruption("carriers failed quality checks", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _failed(cell: Cell, written: Written) -> bool:
    return _again(cell, written, flag=FAILED)


@corruption("carriers of low mapping quality", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _mapping(cell: Cell, written: Written) -> bool:
    """They may lie elsewhere, in a pseudogene as often as not."""
    return _again(cell, written, mapping=3)


@corruption("carriers of low base quality", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _quality(cell: Cell, written: Written) -> bool:
    return _again(cell, written, quality="%")


@corruption("reads delete the codon", KIND, law=3, lawful=Lawful.NOT_NEGATIVE)
def _deletion(cell: Cell, written: Written) -> bool:
    """Deleted bases are no other residue; they are not nothing either, where a change of length counts."""
    rules = KNOWLEDGE.table("gene_mutation_rules")
    gene = cell.truth.name.split()[0]
    own = [row for row in rules if row["gene"] == gene and row["lesion"] == cell.truth.lesion and not row["proteins"]]
    counts = any({"inframe", "truncating"} & set(row["classes"].split(";")) for row in own)
    return counts and _again(cell, written, deleted=3)


@corruption("hole over the gene", KIND, law=3, lawful=Lawful.OPEN)
def _hole(cell: Cell, written: Written) -> bool:
    """No read of any kind over the codon."""
    return cell.dialect != "beside a silent caller" and _again(cell, written, carriers=0, others=0)


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """A caller that lists everything else."""
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    written.row["karyotype"] = "46,XX[20]"
    return True
