"""Long files of structural variants: a few bytes of a line tell what reading all of it would have told."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest

from annotate.breakpoints.breakends import join
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.sample import Sample
from annotate.read.structural import read_structural, sieve, vcf
from annotate.read.structural.callers import PLAIN
from annotate.read.structural.grid import BREAKS
from annotate.read.structural.record import Contigs
from annotate.read.structural.sieve import FIXED, Sieve
from annotate.read.structural.targets import Targets
from annotate.reference.genome import Genome
from annotate.reference.places import par_pairs
from tests.makers.structural import CALLERS, junction_of, write_junctions

RECORDS = 200
FILES = 12
COUNTED = sorted(name for name, caller in CALLERS.items() if caller.format is not None)
SOURCES = ("", "SURVIVOR", "Sniffles2_2.0.7", "Sniffles2_2.8.1", "TIDDIT-3.6.0", "Severus", "cuteSV-2.0", "minda")
HEADER = "##fileformat=VCFv4.2\n##source={}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\town\tother\n"


def read(path: Path, genome: Genome, knowledge: Knowledge, tumor: str | None) -> Junctions:
    sample = Sample("s", "p", "diagnosis", genome.assembly, tumor_name=tumor)
    return read_structural((path,), sample, genome, knowledge)


@contextmanager
def from_records(count: int, *, sieved: bool = True) -> Iterator[None]:
    """A file is long from so many records on; without the sieve each of them is read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vcf, "WHOLE", count)
        if not sieved:
            patch.setattr(sieve.Sieve, "dropped", lambda self, cells: None)
        yield


# ---------------------------------------------------------------- any record


@lru_cache(maxsize=4)
def borders(assembly: str) -> Sequence[tuple[str, int]]:
    """Every place at which what concerns a lesion begins or ends, those of Y among them."""
    targets = Targets.of(Genome.load(assembly), Knowledge.load())
    found = {(chrom, pos) for chrom, marked in targets.grid.marks.items() for pos in marked.starts if pos > 5}
    found |= {(chrom, pos) for chrom, own in targets.grid.exons.items() for pos in (*own.starts, *own.ends)}
    return sorted(found)


def place(rng: random.Random, genome: Genome) -> tuple[str, int]:
    """A place: mostly at a border, else anywhere; now and then on a contig that is no chromosome."""
    if rng.random() < 0.04:
        return "Un_KI270742v1", rng.randrange(100, 100_000)
    if rng.random() < 0.8:
        chrom, pos = rng.choice(borders(genome.assembly))
        pos += rng.choice((-3, -2, -1, 0, 1, 2, 3, -40, 40, 5000, -5000))
        return chrom, min(max(1, pos), genome.contig_lengths[chrom])
    chrom = rng.choice(tuple(genome.contig_lengths))
    return chrom, rng.randrange(1, genome.contig_lengths[chrom])


def record(rng: random.Random, number: int, genome: Genome) -> str:
    """Any record: every shape that callers write, and some that they should not."""
    (chrom, pos), (mate, far) = place(rng, genome), place(rng, genome)
    if rng.random() < 0.6 and mate in genome.contig_lengths:
        mate, far = chrom, max(1, pos + rng.choice((5, 300, 60_000, 99_997, 100_001, 2_000_000, 30_000_000)))
        far = min(far, genome.contig_lengths.get(chrom, far))
    prefix = rng.choice(("", "chr"))
    ref, alt, info = "N", "", ["SVTYPE=" + rng.choice(("BND", "DEL", "INV", "XYZ"))]
    shape = rng.random()
    if shape < 0.45:
        alt = rng.choice(("N[@[", "NACG]@]", "]@]N", "[@[N", "N[@]", "[@[", "N[@[,N]@]")).replace(
            "@", f"{prefix}{mate}:{far}"
        )
    elif shape < 0.8:
        kind = rng.choice(("DEL", "DUP", "INV", "INS", "TRA", "DUP:TANDEM", "del", "CNV", "DUP:INV", "BND", "INVDUP"))
        alt = f"<{kind}>"
        if mate != chrom:
            info += [rng.choice((f"END={far};CHR2={prefix}{mate}", f"END={pos};CHROM2={mate};POS2={far}"))]
        else:
            info += [
                rng.choice(
                    (f"END={far}", f"POS2={far}", f"SVLEN={min(pos - far, 0)}", "END=0", "END=x", f"END={pos - 1}")
                )
            ]
            info += rng.choice(([], [], [f"CHR2={prefix}{chrom}"], ["CHR2=."]))
    elif shape < 0.9:
        alt = rng.choice(("NACGT.", ".ACGTN", "."))
        if rng.random() < 0.4:
            info += [f"BEALN={prefix}{mate}:{far}|{rng.choice('+-')}|60M|60"]
    else:
        ref, alt = rng.choice(
            (("A" * 80, "A"), ("A", "A" + "C" * 90), ("A", "G"), ("ACG", "A"), ("A", "C,G"), ("A", "*"))
        )
    info += rng.choice(
        ([], ["CT=3to5"], ["CT=5to5"], ["STRANDS=+-"], ["STRANDS=--:7,++:0"], ["STRAND=++"], ["INV3"], ["IMPRECISE"])
    )
    if rng.random() < 0.4:
        info += [f"MATEID=r{number + rng.choice((-1, 1, 3))}"]
    rng.shuffle(info)
    filters = rng.choice(("PASS", "PASS", ".", "pass", "LowQual", "q10;LowQual"))
    cells = rng.choice(
        ("0/1:9,8:7,9 0/0:9,0:9,0", "0/1:9,8:7,9 0/0:9,0:9,0", "./.:9,0:9,0 0/1:9,7:9,9", "0/0:3,0:9,0 0/0:9,0:9,0")
    )
    row = (
        prefix + chrom,
        str(pos),
        f"r{number}",
        ref,
        alt,
        ".",
        filters,
        ";".join(info),
        "GT:PR:SR",
        *cells.split(" "),
    )
    return "\t".join(row)


def written(seed: int, source: str, genome: Genome, path: Path) -> Path:
    rng = random.Random(f"{seed} {source}")
    lines = [record(rng, number, genome) for number in range(RECORDS)]
    path.write_text(HEADER.format(source) + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("source", SOURCES)
def test_the_sieve_changes_nothing(source: str, genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """Junctions, remarks, and the count of every reason are those of reading each line."""
    for seed in range(FILES):
        path = written(seed, source, genome, tmp_path / "x.vcf")
        with from_records(5):
            sieved = read(path, genome, knowledge, "own")
        with from_records(5, sieved=False):
            assert sieved == read(path, genome, knowledge, "own"), seed
        file = sieved.inputs[0]
        assert file.records_read == file.records_used + sum(file.dropped.values()) == RECORDS


@pytest.mark.parametrize("source", SOURCES)
def test_a_long_file_tells_of_lesions_what_a_short_one_tells(
    source: str, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    targets = Targets.of(genome, knowledge)
    for seed in range(FILES):
        path = written(seed, source, genome, tmp_path / "x.vcf")
        short = read(path, genome, knowledge, "own")
        with from_records(5):
            long = read(path, genome, knowledge, "own")
        expected = [one for one in short.junctions if targets.concerns(one)]
        assert list(long.junctions) == expected, seed
        assert long.remarks == short.remarks
        assert long.inputs[0].records_read == short.inputs[0].records_read


# ---------------------------------------------------------------- lesions


def of_lesions(genome: Genome) -> list[Junction]:
    pairs = [("BCR", "ABL1"), ("ETV6", "RUNX1"), ("TCF3", "PBX1"), ("EBF1", "PDGFRB"), ("P2RY8", "CRLF2")]
    return [junction_of(genome, five, three) for five, three in pairs]


@pytest.mark.parametrize("dialect", sorted(CALLERS))
def test_every_lesion_is_let_through(dialect: str, genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """Whichever of its records comes first, with and without what a dialect says of sides."""
    made = of_lesions(genome)
    tumor = "TUMOR" if dialect in COUNTED else None
    for order in (made, made[::-1]):
        path = write_junctions(dialect, tmp_path / "x.vcf", order, genome.assembly)
        whole = read(path, genome, knowledge, tumor)
        with from_records(1):
            assert read(path, genome, knowledge, tumor).junctions == whole.junctions


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("4 60000000 a N <DEL> . PASS SVTYPE=DEL;END=60000300", "beyond_panel"),
        ("4 60000000 a N N[13:60000000[ . q5 SVTYPE=BND", "filter:q5"),
        ("4 60000000 a N N[9:130800000[ . PASS SVTYPE=BND", None),  # ABL1 keeps its 3' part
        ("4 60000000 a N N]9:130800000] . PASS SVTYPE=BND", "beyond_panel"),  # ABL1 keeps its 5' part
        ("4 60000000 a N N]9:130800000] . PASS SVTYPE=BND;STRANDS=+-", None),  # and other strands are stated
        ("9 21000000 a N <DEL> . PASS SVTYPE=DEL;END=23000000", None),  # over CDKN2A, both ends outside of it
        ("7 50330000 a N <DEL> . PASS SVTYPE=DEL;END=50330200", "beyond_panel"),  # within an intron of IKZF1
        ("21 30000000 a N <INV> . PASS SVTYPE=INV;END=30004000", None),  # a fold-back of chromosome 21
        ("4 60000000 a N <TRA> . PASS SVTYPE=TRA;CHR2=22;END=23200000", None),
        ("4 60000000 a N <TRA> . PASS SVTYPE=TRA;CHR2=13;END=60000000", "beyond_panel"),
        ("chrUn_KI270742v1 100 a N N[9:130800000[ . PASS SVTYPE=BND", None),
        ("4 60000000 a N <CNV> . PASS SVTYPE=CNV;END=60900000", None),  # no shape that the sieve knows
        ("4 60000000 a N NACGT. . PASS SVTYPE=BND", "beyond_panel"),
        ("22 23200000 a N NACGT. . PASS SVTYPE=BND", None),
        ("4 60000000 a A T . PASS DP=9", "not_structural"),
        ("4 60000000 a N N[4:990000000[ . PASS SVTYPE=BND", None),  # beyond the chromosome: an error to be said
    ],
)
def test_what_is_told_from_a_line(line: str, counted: str | None, grch38: Genome, knowledge: Knowledge) -> None:
    rough, contigs = Targets.of(grch38, knowledge).rough, Contigs(Path("x.vcf"), grch38)
    assert (
        Sieve(rough, contigs, PLAIN, sides_told=True).dropped("\t".join(line.split()).split("\t", FIXED - 1)) == counted
    )


@pytest.mark.parametrize("source", ["Sniffles2_2.0.7", "TIDDIT-3.6.0", "minda"])
@pytest.mark.parametrize("alt", ["N[{}[", "N]{}]", "]{}]N", "[{}[N"])
def test_sides_that_a_caller_does_not_tell_are_all_possible(
    source: str, alt: str, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A break of BCR joined to no gene is kept however the brackets stand."""
    intron = junction_of(genome, "BCR", "ABL1").right
    assert intron is not None
    path = tmp_path / "x.vcf"
    row = f"4 60000000 a N {alt.format(f'22:{intron.pos}')} . PASS SVTYPE=BND GT:PR:SR 0/1:9,8:7,9 0/0:9,0:9,0"
    path.write_text(HEADER.format(source) + "\t".join(row.split()) + "\n")
    with from_records(0):
        assert len(read(path, genome, knowledge, "own").junctions) == 1


def test_a_place_of_y_that_pairs_with_x(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """P2RY8::CRLF2 as callers write it that place reads on Y: kept in a long file as in a short one."""
    made = junction_of(genome, "P2RY8", "CRLF2")
    assert made.right is not None
    x, y = next(pair for pair in par_pairs(genome) if pair[0].start <= made.left.pos <= pair[0].end)
    moved = [Breakend("Y", end.pos - x.start + y.start, end.keeps) for end in (made.left, made.right)]
    path = write_junctions("manta", tmp_path / "x.vcf", [join(moved[0], moved[1], split_reads=9)], genome.assembly)
    with from_records(0):
        (found,) = read(path, genome, knowledge, "TUMOR").junctions
    assert found.left.chrom == "Y"


def test_an_inversion_of_which_one_junction_concerns_a_lesion(
    genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Filtered or in a long file: the other junction does not take it away."""
    abl1 = junction_of(genome, "BCR", "ABL1").left
    for first, second in ((abl1.pos, abl1.pos + 30_000_000), (abl1.pos - 30_000_000, abl1.pos)):
        row = f"9 {first} a N <INV> . PASS SVTYPE=INV;END={min(second, 138_000_000)} GT:PR:SR 0/1:9,8:7,9 0/0:9,0:9,0"
        path = tmp_path / "x.vcf"
        path.write_text(HEADER.format("") + "\t".join(row.split()) + "\n")
        with from_records(0):
            (found,) = read(path, genome, knowledge, "own").junctions
        assert "R" in (found.left.keeps, found.right.keeps if found.right else "")


def test_a_long_file_counts_what_it_does_not_keep(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    lesions = of_lesions(grch38)
    noise = [
        join(Breakend("4", 60_000_000 + 5000 * n, "L"), Breakend("4", 60_000_800 + 5000 * n, "R")) for n in range(40)
    ]
    for made in ([*noise, *lesions], [*lesions, *noise]):
        path = write_junctions("gridss", tmp_path / "x.vcf", made, "GRCh38")
        assert len(read(path, grch38, knowledge, "TUMOR").junctions) == 45
        with from_records(30):
            found = read(path, grch38, knowledge, "TUMOR")
        assert {one.id for one in found.junctions} == {one.id for one in lesions}
        assert found.inputs[0].records_read == 90
        assert dict(found.inputs[0].dropped) == {"beyond_panel": 80}


def test_a_mate_is_kept_wherever_it_lies(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """The second record of a junction stands beside where the gene breaks: alone it would concern nothing."""
    breaks = Targets.of(genome, knowledge).grid.marks["9"]
    last = next(
        pos - 1
        for pos in breaks.starts
        if breaks.at(pos - 1) & BREAKS["R"] and not any(breaks.at(pos + n) & BREAKS["R"] for n in range(800))
    )
    kept = f"4 60000000 a N N[9:{last}[ . PASS SVTYPE=BND;MATEID=b GT:PR:SR 0/1:9,8:7,9 0/0:9,0:9,0"
    mate = f"9 {last + 700} b N ]4:60000000]N . PASS SVTYPE=BND;MATEID=a GT:PR:SR 0/1:9,8:7,9 0/0:9,0:9,0"
    path = tmp_path / "x.vcf"
    for lines, used in (((kept, mate), ("a", "b")), ((mate,), ())):
        path.write_text(HEADER.format("") + "".join("\t".join(line.split()) + "\n" for line in lines))
        with from_records(0):
            found = read(path, genome, knowledge, "own")
        assert tuple(name for one in found.junctions for name in one.records) == used
        assert not any("mate_record_missing" in one.flags for one in found.junctions)
