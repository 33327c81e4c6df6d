"""VCFs of callers of tandem duplications: ITDseek, FLT3_ITD_ext and pindel.

ITDseek and FLT3_ITD_ext look at FLT3 alone and state reads in INFO (`DP2`, `LEN`, `VAF`; `SVLEN`, `AR`, `AF`, `DP`,
`VD`: https://github.com/tommyau/itdseek, https://github.com/ht50/FLT3_ITD_ext). pindel looks everywhere: its records of
`SVTYPE=DUP:TANDEM` and insertions inside a gene of `tandem_duplications` count, with reads by `AD` of the sample.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.tandem import TandemDuplication
from annotate.read.common.identity import matching
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, lines
from annotate.read.tandem.cells import KIND, NO_DUPLICATION, Genes, count, ratio, share, unmeasured
from annotate.reference.genome import Genome

FLT3 = "FLT3"
CUT = "a record was cut"
FIXED = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")


def _of_itdseek(head: Head) -> bool:
    return any(line.startswith("##source=ITDseek") for line in head.lines)


def _of_ext(head: Head) -> bool:
    return any("GENE=FLT3;STRAND=-;SVLEN=" in line for line in head.lines[:500])


def _of_pindel(head: Head) -> bool:
    return any(line.lower().startswith("##source=pindel") for line in head.lines)


def _records(path: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    """Line number, cells and sample columns. Errors: InputError for a record that was cut and for no header."""
    samples: list[str] | None = None
    for number, line in lines(path):
        if line.startswith("#CHROM"):
            samples = line.split("\t")[9:]
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if samples is None:
            raise InputError("has no line of column names", path=path, line=number, expected="#CHROM …")
        needed = len(FIXED) + (1 + len(samples) if samples else 0)
        if len(cells) < needed:
            raise InputError(CUT, path=path, line=number, found=len(cells), expected=f"{needed} cells")
        yield number, cells, samples


def _info(cell: str) -> Mapping[str, str]:
    return dict(part.partition("=")[::2] for part in cell.split(";"))


def _number(info: Mapping[str, str], key: str, path: Path, line: int) -> float | None:
    text = info.get(key, "").split(",")[0]
    if text in ("", ".", "NA"):
        return None
    try:
        number = float(text)
    except ValueError:
        raise InputError("not a number", path=path, line=line, column=key, found=text, expected="a number") from None
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _length(cells: list[str], info: Mapping[str, str], key: str, path: Path, line: int) -> int | None:
    stated = _number(info, key, path, line)
    ref, alt = cells[3], cells[4].split(",")[0]
    grown = len(alt) - len(ref) if alt[:1].isalpha() else None
    return abs(round(stated)) if stated else grown


def read_itdseek(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """ITDs of FLT3 with the reads of both strands."""
    found = []
    for line, cells, _ in _records(path):
        info = _info(cells[7])
        length = _length(cells, info, "LEN", path, line)
        if not length:
            unmeasured(tally, FLT3, path, f"line {line}")
            continue
        tally.use()
        strands = [reads for part in info.get("DP2", "").split(",") if (reads := _whole(part)) is not None]
        vaf = share(_number(info, "VAF", path, line), "VAF", path, line)
        reads = sum(strands) if strands else None
        found.append(_made(FLT3, "ITDseek", None, cells[6], length, path, line, vaf=vaf, reads=reads))
    return found


def read_ext(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """ITDs of FLT3 with the allele ratio of their fragments."""
    found = []
    for line, cells, samples in _records(path):
        if samples:
            _own_column(samples, sample, path)
        info = _info(cells[7])
        length = _length(cells, info, "SVLEN", path, line)
        if not length:
            unmeasured(tally, FLT3, path, f"line {line}")
            continue
        tally.use()
        item = _made(
            FLT3,
            "FLT3_ITD_ext",
            None,
            cells[6],
            length,
            path,
            line,
            vaf=share(_number(info, "AF", path, line), "AF", path, line),
            allelic_ratio=ratio(_number(info, "AR", path, line), path, line),
            reads=count(_number(info, "VD", path, line), "VD", path, line),
            depth=count(_number(info, "DP", path, line), "DP", path, line),
        )
        found.append(item)
    return found


def read_pindel(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """Tandem duplications and insertions inside the genes whose duplications have a name, with this sample's reads."""
    within = [gene for name in sorted(genes) if (gene := genome.gene(name)) is not None]
    found = []
    for line, cells, samples in _records(path):
        info, chrom = _info(cells[7]), genome.contig(cells[0])
        start = _whole(cells[1]) or 0
        gene = next((gene for gene in within if gene.chrom == chrom and gene.start <= start <= gene.end), None)
        if gene is None:
            tally.drop("outside of the genes whose tandem duplications are told")
            continue
        length = _length(cells, info, "SVLEN", path, line)
        if info.get("SVTYPE") not in ("DUP:TANDEM", "DUP", "INS"):
            tally.drop(NO_DUPLICATION)
            continue
        if not length:
            unmeasured(tally, gene.name, path, f"line {line}")
            continue
        reads, depth = _depths(cells, samples, sample, path)
        if reads == 0:
            tally.drop("no read of this sample")
            continue
        tally.use()
        vaf = reads / depth if reads is not None and depth else None
        at = (gene.chrom, start)
        item = _made(gene.name, "pindel", at, cells[6], length, path, line, vaf=vaf, reads=reads, depth=depth)
        found.append(item)
    return found


def _depths(cells: list[str], samples: list[str], sample: Sample, path: Path) -> tuple[int | None, int | None]:
    """Reads with the duplication and all reads of this sample, by `AD`."""
    if not samples:
        return None, None
    values = dict(zip(cells[8].split(":"), cells[9 + _own_column(samples, sample, path)].split(":"), strict=False))
    counts = [reads for part in values.get("AD", "").split(",") if (reads := _whole(part)) is not None]
    return (counts[1], sum(counts)) if len(counts) == 2 else (None, None)


def _own_column(samples: list[str], sample: Sample, path: Path) -> int:
    """Which column is this sample's. Errors: InputError where none is, or the only one is another row's."""
    names = (*sample.tumor_names(KIND), sample.sample)
    index = 0 if len(samples) == 1 else matching(samples, names)
    if index is None or (len(samples) == 1 and _is_anothers(samples[0], names, sample)):
        raise InputError(
            "none of its samples is this one",
            path=path,
            found=", ".join(samples[:10]),
            expected=" or ".join(names),
            fix="write the name that the file uses into tumor_name",
        )
    return index


def _is_anothers(name: str, names: tuple[str, ...], sample: Sample) -> bool:
    return matching([name], names) is None and matching([name], sample.sheet_names) is not None


def _made(
    gene: str,
    caller: str,
    at: tuple[str, int] | None,
    filter: str,
    length: int,
    path: Path,
    line: int,
    *,
    vaf: float | None = None,
    allelic_ratio: float | None = None,
    reads: int | None = None,
    depth: int | None = None,
) -> TandemDuplication:
    """`at`: where it begins, of callers that were run on the sample's assembly and not on a reference of their own."""
    return TandemDuplication(
        gene=gene,
        length=length,
        caller=caller,
        chrom=at[0] if at else None,
        start=at[1] if at else None,
        end=at[1] + length - 1 if at else None,
        vaf=vaf,
        allelic_ratio=allelic_ratio,
        reads=reads,
        depth=depth,
        filter=filter,
        file=str(path),
        record=f"line {line}",
    )


for _name, _caller, _what, _fits, _read in (
    ("itdseek.vcf", "ITDseek", "VCF of FLT3-ITD: LEN, DP2, VAF", _of_itdseek, read_itdseek),
    ("flt3_itd_ext.vcf", "FLT3_ITD_ext", "VCF of FLT3-ITD: SVLEN, AR, AF, VD", _of_ext, read_ext),
    (
        "pindel.tandem",
        "pindel",
        "VCF of DUP:TANDEM and INS inside genes of `tandem_duplications`",
        _of_pindel,
        read_pindel,
    ),
):
    register(Format(KIND, _name, _caller, _what, _fits, _read))
