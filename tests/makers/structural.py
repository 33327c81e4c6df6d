"""Writes one list of junctions in the dialect of each structural-variant caller.

`write_junctions("manta", path, junctions, "GRCh38")` writes what the caller would: two BND records a junction or a
symbolic record, positions by the caller's own convention, support in its own FORMAT fields. `junction_of` makes a
junction from two genes by their introns.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.base.sequence import reverse_complement
from annotate.breakpoints.breakends import join, order
from annotate.breakpoints.vcf_alt import write_alt
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Side
from annotate.reference.genome import Genome
from annotate.reference.places import Places

Counts = tuple[int, int, int]  # split, paired, reads of the reference


def junction_of(
    genome: Genome,
    five: str,
    three: str,
    five_exon: int | None = None,
    three_exon: int | None = None,
    *,
    reciprocal: bool = False,
    split: int = 12,
    paired: int = 10,
    vaf: float = 0.4,
    five_pos: int | None = None,
    three_pos: int | None = None,
) -> Junction:
    """The DNA junction of five::three: in the intron after `five_exon` and the one before `three_exon`.

    Without an exon the middle of the gene. `reciprocal` makes the other product, three::five.
    """
    a, b = genome.gene(five), genome.gene(three)
    if a is None or b is None:
        raise ValueError(f"no such gene: {five if a is None else three}")
    p = five_pos if five_pos is not None else intron_after(genome, five, five_exon)
    q = (
        three_pos
        if three_pos is not None
        else intron_after(genome, three, None if three_exon is None else three_exon - 1)
    )
    sides: tuple[Side, Side] = (a.five_prime_side, b.three_prime_side)
    if reciprocal:
        sides = (a.three_prime_side, b.five_prime_side)
        p, q = (p + (1 if sides[0] == "R" else -1)), (q + (1 if sides[1] == "R" else -1))
    return join(
        Breakend(a.chrom, p, sides[0]),
        Breakend(b.chrom, q, sides[1]),
        split_reads=split,
        paired_reads=paired,
        vaf=vaf,
        filter="PASS",
    )


def intron_after(genome: Genome, gene: str, exon: int | None) -> int:
    """A place in the middle of the intron after an exon; of the gene, where no exon is given."""
    own, transcript = genome.gene(gene), genome.transcript(gene)
    assert own is not None
    own = Places.of(genome, Knowledge.load()).spans.get(own.name, own)
    if exon is None or transcript is None:
        return (own.start + own.end) // 2
    if exon == 0:
        return own.start - 500 if own.strand == "+" else own.end + 500
    by_rank = {e.rank: e for e in transcript.exons}
    here, after = by_rank[exon], by_rank[exon + 1]
    low, high = (here.end, after.start) if transcript.strand == "+" else (after.end, here.start)
    return (low + high) // 2


# ---------------------------------------------------------------- callers


@dataclass(frozen=True, slots=True)
class Caller:
    header: tuple[str, ...]
    id: str
    two_records: bool = True
    symbolic: bool = False  # junctions within a chromosome as <DEL>, <DUP>, <INV>
    translocation: str = "BND"  # BND in brackets, or TRA with CHR2 and END
    kept_ends: bool = False  # POS and END are the kept bases (DELLY)
    connection: str = ""  # CT, STRANDS, STRAND or INV (flags INV3 and INV5)
    format: Callable[[Counts], Mapping[str, str]] | None = None
    info: Callable[[Counts], str] | None = None
    mate_key: str = "MATEID"
    remote_position: str = ""  # POS2 beside CHR2
    brackets: Callable[[Breakend, Breakend], tuple[Breakend, Breakend]] | None = None  # the sides that ALT writes


def _manta(c: Counts) -> Mapping[str, str]:
    return {"PR": f"{c[2]},{c[1]}", "SR": f"{c[2]},{c[0]}"}


def _gridss(c: Counts) -> Mapping[str, str]:
    half = c[2]
    return {
        "GT": ".",
        "REF": str(half),
        "REFPAIR": str(half),
        "RP": str(c[1]),
        "SR": str(c[0]),
        "VF": str(c[0] + c[1]),
        "BVF": "0",
    }


def _esvee(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    depth = total + 2 * c[2]
    share = f"{total / depth:.3f}" if depth else "0"
    return {
        "GT": "./.",
        "AD": f"{depth - total},{total}",
        "AF": share,
        "DF": str(c[1]),
        "DP": str(depth),
        "SF": str(c[0]),
        "VF": str(total),
    }


def _delly(c: Counts) -> Mapping[str, str]:
    return {"GT": "0/1" if c[0] + c[1] else "0/0", "DR": str(c[2]), "DV": str(c[1]), "RR": str(c[2]), "RV": str(c[0])}


def _lumpy(c: Counts) -> Mapping[str, str]:
    return {"GT": "./.", "SU": str(c[0] + c[1]), "PE": str(c[1]), "SR": str(c[0])}


def _smoove(c: Counts) -> Mapping[str, str]:
    return {
        "GT": "0/1",
        "DP": str(sum(c)),
        "RO": str(2 * c[2]),
        "AO": str(c[0] + c[1]),
        "AS": str(c[0]),
        "AP": str(c[1]),
    }


def _svaba(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    return {
        "GT": "0/1",
        "AD": str(total),
        "DP": str(total + 2 * c[2]),
        "SR": str(c[0]),
        "DR": str(c[1]),
        "LR": "0",
        "LO": "0",
    }


def _tiddit(c: Counts) -> Mapping[str, str]:
    against = f"{c[2]},{c[2]}"
    return {
        "GT": "0/1",
        "CN": "2",
        "COV": "30,30,30",
        "DV": str(c[1]),
        "RV": str(c[0]),
        "LQ": "0,0",
        "RR": against,
        "DR": against,
    }


def _long(c: Counts) -> Mapping[str, str]:
    return {"GT": "0/1", "GQ": "60", "DR": str(2 * c[2]), "DV": str(c[0] + c[1])}


def _severus(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    share = total / (total + 2 * c[2]) if total else 0
    return {"GT": "0/1", "GQ": "60", "VAF": f"{share:.3f}", "DR": str(2 * c[2]), "DV": str(total)}


def _pbsv(c: Counts) -> Mapping[str, str]:
    return {"GT": "0/1", "AD": f"{2 * c[2]},{c[0] + c[1]}", "DP": str(sum(c) + c[2])}


def _savana_info(c: Counts) -> str:
    total = c[0] + c[1]
    share = f"{total / (total + 2 * c[2]):.3f}"
    return f"TUMOUR_READ_SUPPORT={total};NORMAL_READ_SUPPORT=0;BP_NOTATION=+-;TUMOUR_AF={share},{share}"


def _survivor(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    if not total:
        values = ("./.", "NaN", "0", "0,0", "--", "NaN", "NaN", "NaN", "NAN", "NAN", "NAN")
    else:
        values = ("0/1", "NA", "100000", f"{2 * c[2]},{total}", "+-", ".", "TRA", "x", "NA", "NA", "22_1-9_1")
    return dict(zip(["GT", "PSV", "LN", "DR", "ST", "QV", "TY", "ID", "RAL", "AAL", "CO"], values, strict=True))


def _jasmine(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    return {"GT": "0/1" if total else "./.", "IS": ".", "OT": "TRA", "DV": str(total), "DR": str(2 * c[2])}


def _svim(c: Counts) -> Mapping[str, str]:
    total = c[0] + c[1]
    return {"GT": "0/1" if total else "0/0", "DP": str(total + 2 * c[2]), "AD": f"{2 * c[2]},{total}"}


def _nanomonsv(c: Counts) -> Mapping[str, str]:
    return {"TR": str(c[0] + c[1] + 2 * c[2]), "VR": str(c[0] + c[1])}


def _by_first_strand(here: Breakend, there: Breakend) -> tuple[Breakend, Breakend]:
    """SURVIVOR's brackets: `N[` for a first strand +, `]N` for -, whatever the second one."""
    far: Side = "R" if here.keeps == "L" else "L"
    return here, Breakend(there.chrom, there.pos, far)


def _always_left(here: Breakend, there: Breakend) -> tuple[Breakend, Breakend]:
    """minda's brackets: `N]chr:pos]` for every join."""
    return Breakend(here.chrom, here.pos, "L"), Breakend(there.chrom, there.pos, "L")


CALLERS: Mapping[str, Caller] = {
    "survivor": Caller(
        ("##source=SURVIVOR",),
        "TRA00SUR",
        two_records=False,
        symbolic=True,
        connection="STRANDS",
        format=_survivor,
        info=lambda c: "SUPP=1;SVMETHOD=SURVIVOR1.0.7",
        brackets=_by_first_strand,
    ),
    "jasmine": Caller(
        ("##source=Jasmine",),
        "0_",
        two_records=False,
        symbolic=True,
        connection="STRANDS",
        format=_jasmine,
        info=lambda c: "SUPP=1;SVMETHOD=JASMINE",
    ),
    "minda": Caller(("##source=MindaV0.1",), "Minda_", two_records=False, brackets=_always_left),
    "truvari": Caller(("##source=truvari",), "", format=_pbsv),
    "svim": Caller(("##source=SVIM-v2.0.0",), "svim.BND.", two_records=False, format=_svim),
    "nanomonsv": Caller(("##source=nanomonsv-0.7.1",), "r_", format=_nanomonsv),
    "manta": Caller(("##source=GenerateSVCandidates 1.6.0",), "Manta", symbolic=True, connection="INV", format=_manta),
    "dragen": Caller(
        ("##source=DRAGEN SW: 07.021.624.3.10.4", '##DRAGENVersion=<ID=dragen,Version="SW: 07">'),
        "DRAGEN:",
        symbolic=True,
        connection="INV",
        format=_manta,
    ),
    "gridss": Caller(("##gridssVersion=2.13.2",), "gridss0fb_", format=_gridss),
    "purple": Caller(('##INFO=<ID=PURPLE_AF,Number=.,Type=Float,Description="">',), "gridss0fb_", format=_gridss),
    "esvee": Caller(("##esveeVersion=1.0",), "", format=_esvee),
    "delly": Caller(
        ("##source=DELLY",),
        "",
        two_records=False,
        symbolic=True,
        kept_ends=True,
        connection="CT",
        format=_delly,
        info=lambda c: f"PRECISE;SVMETHOD=EMBL.DELLYv1.2.6;PE={c[1]};SR={c[0]}",
        remote_position="POS2",
    ),
    "delly0.6.8": Caller(
        (),
        "",
        two_records=False,
        symbolic=True,
        translocation="TRA",
        kept_ends=True,
        connection="CT",
        format=_delly,
        info=lambda c: f"PRECISE;SVMETHOD=EMBL.DELLYv0.6.8;PE={c[1]};SR={c[0]}",
    ),
    "lumpy": Caller(("##source=LUMPY",), "", symbolic=True, connection="STRANDS", format=_lumpy),
    "smoove": Caller(
        ("##source=LUMPY", "##smoove_version=0.2.8"), "", symbolic=True, connection="STRANDS", format=_smoove
    ),
    "svaba": Caller(("##source=svaba run -t tumor.bam -n normal.bam",), "", format=_svaba),
    "tiddit": Caller(("##source=TIDDIT-3.6.0",), "SV_", symbolic=True, mate_key="", format=_tiddit),
    "sniffles1": Caller(
        ("##source=Sniffles",),
        "",
        two_records=False,
        symbolic=True,
        translocation="TRA",
        connection="STRANDS",
        format=_long,
        info=lambda c: f"PRECISE;SVMETHOD=Snifflesv1.0.12;RE={c[0] + c[1]}",
    ),
    "sniffles2": Caller(
        ("##source=Sniffles2_2.2",),
        "Sniffles2.",
        two_records=False,
        symbolic=True,
        format=_long,
        info=lambda c: f"PRECISE;SUPPORT={c[0] + c[1]};STRAND=+-",
    ),
    "cutesv": Caller(
        ("##source=cuteSV-2.1.0",),
        "cuteSV.",
        two_records=False,
        symbolic=True,
        connection="STRAND",
        format=_long,
        info=lambda c: f"PRECISE;RE={c[0] + c[1]}",
    ),
    "severus": Caller(
        ("##source=Severus",), "severus_", symbolic=False, connection="STRANDS", format=_severus, mate_key="MATE_ID"
    ),
    "savana": Caller(("##source=SAVANA.Beta", "##savanaVersion=1.2.0"), "ID_", info=_savana_info),
    "pbsv": Caller(("##source=pbsv 2.9.0",), "pbsv.", format=_pbsv),
    "plain": Caller((), "", format=_pbsv),
}
SIDELESS = frozenset({"minda"})  # writes the same brackets for every join
DIALECTS: tuple[str, ...] = (*(name for name in CALLERS if name not in SIDELESS), "bedpe")

_STRANDS = {"LR": "+-", "RL": "-+", "LL": "++", "RR": "--"}
_CT = {"LR": "3to5", "RL": "5to3", "LL": "3to3", "RR": "5to5"}


def write_junctions(
    dialect: str,
    path: Path,
    junctions: Sequence[Junction],
    assembly: str,
    *,
    tumor: str = "TUMOR",
    normal: str | None = "NORMAL",
    prefix: str = "chr",
    contigs: bool = True,
) -> Path:
    """Write `junctions` as `dialect` would; plain, or gzip for a name that ends in .gz. Returns `path`.

    Support is taken from `split_reads`, `paired_reads` and `vaf` of a junction (0 reads in the normal), FILTER from
    `filter` (PASS if None). `right=None` is written as a single breakend.
    """
    text = (
        bedpe_text(junctions, prefix)
        if dialect == "bedpe"
        else vcf_text(dialect, junctions, assembly, tumor=tumor, normal=normal, prefix=prefix, contigs=contigs)
    )
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text)
    return path


def vcf_text(
    dialect: str,
    junctions: Sequence[Junction],
    assembly: str,
    *,
    tumor: str = "TUMOR",
    normal: str | None = "NORMAL",
    prefix: str = "chr",
    contigs: bool = True,
) -> str:
    caller = CALLERS[dialect]
    names = [name for name in (normal, tumor) if name is not None] if caller.format else []
    lengths = Genome.load(assembly).contig_lengths
    header = ["##fileformat=VCFv4.2", *caller.header]
    if contigs:
        header += [f"##contig=<ID={_prefixed(name, prefix)},length={length}>" for name, length in lengths.items()]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", *(["FORMAT", *names] if names else [])]
    rows = [row for n, junction in enumerate(junctions) for row in _records(caller, n, junction, prefix, names, tumor)]
    rows.sort(key=lambda row: row[0])
    return "\n".join([*header, "\t".join(columns), *("\t".join(row[1]) for row in rows)]) + "\n"


Row = tuple[tuple[object, ...], list[str]]


def _records(caller: Caller, n: int, junction: Junction, prefix: str, names: Sequence[str], tumor: str) -> list[Row]:
    if junction.right is None or not _is_symbolic(caller, junction):
        if junction.right is not None and caller.translocation == "TRA" and not caller.two_records:
            return [
                _row(
                    caller,
                    junction,
                    junction.left,
                    f"{caller.id}{n}",
                    "<TRA>",
                    _remote(caller, junction, prefix),
                    prefix,
                    names,
                    tumor,
                )
            ]
        return _breakends(caller, n, junction, prefix, names, tumor)
    return [_symbolic(caller, n, junction, prefix, names, tumor)]


def _is_symbolic(caller: Caller, junction: Junction) -> bool:
    """Inserted bases have no place in a symbolic record: such a junction is written as breakends."""
    right = junction.right
    return (
        caller.symbolic and right is not None and right.chrom == junction.left.chrom and not junction.inserted_sequence
    )


def _breakends(caller: Caller, n: int, junction: Junction, prefix: str, names: Sequence[str], tumor: str) -> list[Row]:
    left, right = junction.left, junction.right
    own = junction.inserted_sequence
    if right is None:
        alt = write_alt(left, None, inserted=own, prefix=prefix)
        return [_row(caller, junction, left, f"{caller.id}{n}b", alt, "SVTYPE=BND", prefix, names, tumor)]
    theirs = reverse_complement(own) if left.keeps == right.keeps else own
    if not caller.two_records:
        written = caller.brackets(left, right) if caller.brackets else (left, right)
        alt = write_alt(*written, inserted=own, prefix=prefix)
        return [
            _row(
                caller, junction, left, f"{caller.id}{n}", alt, _remote(caller, junction, prefix), prefix, names, tumor
            )
        ]
    ids = (f"{caller.id}{n}_1", f"{caller.id}{n}_2")
    key = caller.mate_key
    return [
        _row(
            caller,
            junction,
            here,
            ids[k],
            write_alt(here, there, inserted=seq, prefix=prefix),
            f"SVTYPE=BND;{key}={ids[1 - k]}" if key else "SVTYPE=BND",
            prefix,
            names,
            tumor,
        )
        for k, (here, there, seq) in enumerate(((left, right, own), (right, left, theirs)))
    ]


def _remote(caller: Caller, junction: Junction, prefix: str) -> str:
    assert junction.right is not None
    chrom, pos = _prefixed(junction.right.chrom, prefix), junction.right.pos
    kind = "TRA" if caller.translocation == "TRA" else "BND"
    where = f"END={junction.left.pos + 1};POS2={pos}" if caller.remote_position else f"END={pos}"
    return f"SVTYPE={kind};CHR2={chrom};{where}" + _connected(caller, junction)


def _symbolic(caller: Caller, n: int, junction: Junction, prefix: str, names: Sequence[str], tumor: str) -> Row:
    left, right = junction.left, junction.right
    assert right is not None
    sides = left.keeps + right.keeps
    kind = {"LR": "DEL", "RL": "DUP"}.get(sides, "INV")
    pos, end = left.pos, right.pos
    if not caller.kept_ends:
        pos -= 1 if left.keeps == "R" else 0
        end -= 1 if right.keeps == "R" else 0
    alt = "<DUP:TANDEM>" if kind == "DUP" and caller.id == "Manta" else f"<{kind}>"
    info = f"SVTYPE={kind};END={end};SVLEN={-(end - pos) if kind == 'DEL' else end - pos}"
    if caller.kept_ends:
        info += f";CHR2={_prefixed(left.chrom, prefix)}"
    info += _connected(caller, junction)
    return _row(
        caller,
        junction,
        Breakend(left.chrom, pos, left.keeps),
        f"{caller.id}{kind}{n}",
        alt,
        info,
        prefix,
        names,
        tumor,
    )


def _connected(caller: Caller, junction: Junction) -> str:
    assert junction.right is not None
    sides = junction.left.keeps + junction.right.keeps
    if caller.connection == "CT":
        return f";CT={_CT[sides]}"
    if caller.connection == "STRANDS":
        return f";STRANDS={_STRANDS[sides]}:9"
    if caller.connection == "STRAND":
        return f";STRAND={_STRANDS[sides]}"
    if sides in ("LL", "RR") and junction.left.chrom == junction.right.chrom:
        # a caller without a word for the side writes both junctions of an inversion as one record
        return (";INV3" if sides == "LL" else ";INV5") if caller.connection == "INV" else ""
    return ""


def _row(
    caller: Caller,
    junction: Junction,
    at: Breakend,
    id: str,
    alt: str,
    info: str,
    prefix: str,
    names: Sequence[str],
    tumor: str,
) -> Row:
    counts = _counts(junction)
    extra = f";{caller.info(counts)}" if caller.info else ""
    if caller.id == "gridss0fb_" and "PURPLE_AF" in "".join(caller.header):
        extra += f";PURPLE_AF={junction.vaf or 0.4}"
    cells = [_prefixed(at.chrom, prefix), str(at.pos), id, "N", alt, ".", junction.filter or "PASS", info + extra]
    if names and caller.format:
        tumor_fields, normal_fields = caller.format(counts), caller.format((0, 0, counts[2]))
        cells.append(":".join(tumor_fields))
        cells += [":".join((tumor_fields if name == tumor else normal_fields).values()) for name in names]
    return (order(at), id), cells


def _counts(junction: Junction) -> Counts:
    split = junction.split_reads if junction.split_reads is not None else 10
    paired = junction.paired_reads if junction.paired_reads is not None else 8
    vaf = junction.vaf or 0.4
    return split, paired, round((split + paired) * (1 - vaf) / vaf / 2)


def bedpe_text(junctions: Sequence[Junction], prefix: str = "chr") -> str:
    lines = ["#chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\tsupport"]
    for n, junction in enumerate(junctions):
        right = junction.right
        ends = [_prefixed(junction.left.chrom, prefix), str(junction.left.pos - 1), str(junction.left.pos)]
        ends += (
            [".", "-1", "-1"] if right is None else [_prefixed(right.chrom, prefix), str(right.pos - 1), str(right.pos)]
        )
        strands = ["+" if junction.left.keeps == "L" else "-"]
        strands.append("." if right is None else "+" if right.keeps == "L" else "-")
        split, paired, _ = _counts(junction)
        lines.append("\t".join([*ends, f"SV{n}", ".", *strands, str(split + paired)]))
    return "\n".join(lines) + "\n"


def _prefixed(chrom: str, prefix: str) -> str:
    return "chrM" if prefix and chrom == "MT" else prefix + chrom
