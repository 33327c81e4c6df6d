"""Consequences by `bcftools csq` on the pack: all variants in one call, phased ones in a second.

Bases that the pack does not know stand as `N` in the VCF that csq is given, as they do in the pack's FASTA:
csq stops at the first REF that disagrees with the FASTA. REF alleles were compared before.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pysam
from pysam import bcftools

from annotate.base.errors import AllertError
from annotate.base.frozen import frozen
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import models
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.reference.genome import Genome

# csq writes Sequence Ontology terms without `_variant`, and two of its own.
_WHOLE = {"stop_gained", "stop_lost", "start_lost", "inframe_insertion", "inframe_deletion"}
_NAMES = {
    "5_prime_utr": "5_prime_UTR_variant",
    "3_prime_utr": "3_prime_UTR_variant",
    "inframe_altering": "protein_altering_variant",
    "non_coding": "non_coding_transcript_exon_variant",
}

# bcftools keeps the contig number and position of the last record between calls of one process, and refuses a first
# record before it as unsorted. Every other call therefore numbers its contigs from here on.
_SHIFT = 100
_turn = itertools.cycle((0, _SHIFT))


@frozen
class Call:
    """What csq says of one variant on one transcript.

    `joined` are the variants (pos, ref, alt) of one haplotype that csq read together, this one included.
    """

    transcript: str
    terms: tuple[str, ...]
    change: str = ""  # 367R>367Q
    joined: tuple[tuple[int, str, str], ...] = ()
    at: int | None = None  # the position where the joined call is written


@frozen
class Query:
    """A variant as csq is given it."""

    id: str
    variant: SmallVariant
    coding: Coding
    sample: int = 0
    genotype: str = "."


def local(queries: Sequence[Query], genome: Genome) -> Mapping[str, tuple[Call, ...]]:
    """Each variant by itself, by id: a frameshift does not change what its neighbours are called."""
    return _run(queries, genome, ("-l",), samples=0)


def phased(queries: Sequence[Query], genome: Genome, samples: int) -> Mapping[str, tuple[Call, ...]]:
    """Variants of known haplotypes read together. One VCF sample a phase set: `sample` and `genotype` of a query."""
    return _run(queries, genome, ("-p", "R"), samples=samples)


def _run(
    queries: Sequence[Query], genome: Genome, options: Sequence[str], samples: int
) -> Mapping[str, tuple[Call, ...]]:
    order = {name: rank for rank, name in enumerate(models.contigs(genome))}
    known = sorted(
        (query for query in queries if query.variant.chrom in order),
        key=lambda query: (order[query.variant.chrom], query.variant.pos),
    )
    if not known:
        return {}
    with tempfile.TemporaryDirectory(prefix="allert-") as folder:
        path, out = Path(folder) / "variants.vcf", Path(folder) / "called.vcf"
        path.write_text(_vcf(known, order, genome, samples), encoding="utf-8")
        try:
            # A file of our own for the output: pysam splits the path of the one that it makes itself at a blank.
            bcftools.csq(
                *("-f", str(genome.fasta), "-g", str(genome.gff), "-B", "1", "-v", "0", "-o", str(out)),
                *(*options, str(path)),
                catch_stdout=False,
            )
            text = out.read_text(encoding="utf-8")
        except pysam.utils.SamtoolsError as error:
            raise AllertError(f"bcftools csq stopped: {' '.join(str(error).split())[-300:]}") from None
    return {id: _calls(info) for id, info in _records(text)}


def _vcf(queries: Iterable[Query], contigs: Iterable[str], genome: Genome, samples: int) -> str:
    lengths = genome.contig_lengths
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID=unused_{n}>" for n in range(next(_turn)))]
    lines += [f"##contig=<ID={name},length={lengths[name]}>" for name in contigs if name in lengths]
    lines.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">')
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    lines.append("\t".join(columns + (["FORMAT", *(f"S{n}" for n in range(samples))] if samples else [])))
    for query in queries:
        variant = query.variant
        cells = [variant.chrom, str(variant.pos), query.id, *masked(variant, query.coding), ".", ".", "."]
        if samples:
            cells += ["GT", *(query.genotype if n == query.sample else "." for n in range(samples))]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def masked(variant: SmallVariant, coding: Coding) -> tuple[str, str]:
    """REF as the pack has it, and ALT with the same first bases where the two begin alike."""
    ref = coding.bases(variant.pos, variant.pos + len(variant.ref) - 1)
    same = 0
    while same < min(len(variant.ref), len(variant.alt)) and variant.ref[same] == variant.alt[same]:
        same += 1
    return ref, ref[:same] + variant.alt[same:]


def _records(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            cells = line.split("\t", 8)
            yield cells[2], cells[7]


def _calls(info: str) -> tuple[Call, ...]:
    found = []
    for part in info.split(";"):
        if part.startswith("BCSQ="):
            found += [_call(entry) for entry in part.removeprefix("BCSQ=").split(",")]
    return tuple(found)


def _call(entry: str) -> Call:
    if entry.startswith("@"):
        return Call("", (), at=int(entry[1:]))
    terms, _, transcript, _, *rest = entry.split("|")
    change = rest[1] if len(rest) > 1 else ""
    joined = tuple(_edit(edit) for edit in rest[2].split("+")) if len(rest) > 2 else ()
    return Call(transcript, tuple(_term(term) for term in terms.split("&")), change, joined)


def _edit(text: str) -> tuple[int, str, str]:
    digits = len(text) - len(text.lstrip("0123456789"))
    ref, _, alt = text[digits:].partition(">")
    return int(text[:digits]), ref, alt


def _term(term: str) -> str:
    term = term.lstrip("*")
    if term in _NAMES:
        return _NAMES[term]
    return term if term in _WHOLE or term.endswith("_variant") else f"{term}_variant"
