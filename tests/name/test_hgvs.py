"""Names of small variants: the nomenclature's own examples, the 3' rule, unknown bases, and names read back."""

from __future__ import annotations

import random
import re

import pytest

from annotate.base import genetic_code
from annotate.base.sequence import reverse_complement
from annotate.name.small_variants import hgvs_coding, hgvs_protein, models
from annotate.name.small_variants.hgvs_coding import Coding, Edit
from annotate.reference.features import Exon, Transcript
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS

ONE = {three: one for one, three in AMINO_ACIDS.items()} | {"Ter": "*"}


def coding(parts: list[tuple[str, str]], strand: str = "+", start: int = 1001) -> Coding:
    """A transcript from its pieces in transcription order: ("exon", bases), ("intron", bases); lower case is UTR."""
    text = "".join(bases for _, bases in parts)
    length = len(text)
    exons, at = [], 0
    for kind, bases in parts:
        if kind == "exon":
            coded = [n for n, base in enumerate(bases) if base.isupper()]
            spans = [at, at + len(bases) - 1, *([at + coded[0], at + coded[-1]] if coded else [])]
            places = [start + n if strand == "+" else start + length - 1 - n for n in spans]
            low, high = sorted(places[:2])
            exons.append(Exon(len(exons) + 1, low, high, *(sorted(places[2:]) if coded else (None, None))))
        at += len(bases)
    coded_length = sum(exon.coding_length for exon in exons)
    transcript = Transcript("GENE", "T1", "NM_1.1", "1", strand, tuple(exons), coded_length, coded_length // 3 - 1, "")
    forward = text.upper() if strand == "+" else reverse_complement(text.upper())
    return Coding(transcript, "NM_1.1", start, forward)


def change(model: Coding, first: int, ref: str, alt: str) -> Edit:
    """An edit given in transcript orientation at the n-th base (from 1) of the whole text."""
    size = len(model.window)
    if model.transcript.strand == "+":
        return Edit(model.start + first - 1, ref, alt)
    start = model.start + size - first - len(ref) + 1
    return Edit(start, reverse_complement(ref), reverse_complement(alt))


@pytest.fixture(params=["+", "-"])
def strand(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ---------------------------------------------------------------- positions


def test_positions_in_utr_exon_and_intron(strand: str) -> None:
    model = coding([("exon", "ccccATGAA"), ("intron", "gtaaaaag"), ("exon", "ATTTTAAggg")], strand)
    names = []
    for n in range(1, 28):
        edit = change(model, n, "N", "")
        names.append(model.position(edit.start))
    assert names == [
        "-4", "-3", "-2", "-1", "1", "2", "3", "4", "5",
        "5+1", "5+2", "5+3", "5+4", "6-4", "6-3", "6-2", "6-1",
        "6", "7", "8", "9", "10", "11", "12", "*1", "*2", "*3",
    ]  # fmt: skip


def test_middle_of_an_odd_intron_counts_from_the_exon_before_it(strand: str) -> None:
    model = coding([("exon", "ATGAAA"), ("intron", "gtaag"), ("exon", "TTTTAA")], strand)
    assert [model.position(change(model, n, "N", "").start) for n in (8, 9, 10)] == ["6+2", "6+3", "7-2"]


def test_positions_of_utr_exons_without_coding_bases(strand: str) -> None:
    model = coding(
        [("exon", "ccc"), ("intron", "gtag"), ("exon", "cATGTAAg"), ("intron", "gtag"), ("exon", "gg")], strand
    )
    assert [model.position(change(model, n, "N", "").start) for n in (1, 3, 4, 7, 8, 15, 16, 20)] == [
        "-4", "-2", "-2+1", "-1-1", "-1", "*1", "*1+1", "*2",
    ]  # fmt: skip
    assert model.position(model.start - 1) is None


# ---------------------------------------------------------------- coding DNA: the nomenclature's examples


@pytest.mark.parametrize(
    ("text", "first", "ref", "alt", "name"),
    [
        ("ACTTACTGCC", 7, "", "T", "c.7dup"),  # ACTTACTGCC to ACTTACTTGCC, however it is aligned
        ("ACAATTGCC", 6, "", "TGC", "c.6_8dup"),  # ACAATTGCC to ACAATTGCTGCC
        ("ACATCAGGAGAAGATGTTCGAGACTTTGCCA", 4, "T", "", "c.4del"),
        ("TTTTTTGGG", 1, "T", "", "c.6del"),  # the most 3' T of the stretch
        ("TTTTTTGGG", 3, "", "TT", "c.5_6dup"),
        ("AAGGGGA", 3, "GG", "", "c.5_6del"),
        ("CACACATT", 1, "CA", "", "c.5_6del"),  # tandem repeats too
        ("ACGT", 2, "C", "A", "c.2C>A"),
        ("ACGTACGT", 3, "", "TTT", "c.2_3insTTT"),
        ("ATGCTCAC", 4, "CT", "AG", "c.4_5inv"),
        ("ATGCTCAC", 4, "CT", "GA", "c.4_5delinsGA"),
        ("ATGCTCAC", 4, "CTC", "G", "c.4_6delinsG"),
        ("GATGATGAT", 1, "", "GAT", "c.7_9dup"),
    ],
)
def test_names_of_coding_dna(text: str, first: int, ref: str, alt: str, name: str, strand: str) -> None:
    text = (text + "ACGTACGTACGT")[: len(text) + -len(text) % 3]
    model = coding([("exon", text)], strand)
    assert hgvs_coding.coding_name(model, change(model, first, ref, alt)) == name


def test_last_base_of_an_exon_duplicated_is_not_moved_over_the_junction(strand: str) -> None:
    # ..GAT gta..//..cag TCA..  changed to  ..GATT gta..//..cag TCA..
    model = coding([("exon", "ATGGAT"), ("intron", "gtaaaacag"), ("exon", "TCATAA")], strand)
    assert hgvs_coding.coding_name(model, change(model, 7, "", "T")) == "c.6dup"
    assert hgvs_coding.coding_name(model, change(model, 6, "T", "")) == "c.6del"


def test_change_is_moved_from_exon_into_intron_where_bases_are_known(strand: str) -> None:
    model = coding([("exon", "ATGGAG"), ("intron", "gtaaaacag"), ("exon", "TCATAA")], strand)
    assert hgvs_coding.coding_name(model, change(model, 6, "G", "")) == "c.6+1del"
    hidden = coding([("exon", "ATGGAG"), ("intron", "nnnnnnnnn"), ("exon", "TCATAA")], strand)
    assert hgvs_coding.coding_name(hidden, change(hidden, 6, "G", "")) == "c.6del"


def test_splice_sites_and_deletion_over_the_border(strand: str) -> None:
    model = coding([("exon", "ATGGAT"), ("intron", "gtaaaacag"), ("exon", "TCATAA")], strand)
    assert hgvs_coding.coding_name(model, change(model, 7, "G", "A")) == "c.6+1G>A"
    assert hgvs_coding.coding_name(model, change(model, 14, "A", "T")) == "c.7-2A>T"
    assert hgvs_coding.coding_name(model, change(model, 5, "ATGT", "")) == "c.6_6+3del"
    assert hgvs_protein.protein_change(model, [change(model, 7, "G", "A")]) is None
    assert hgvs_protein.protein_change(model, [change(model, 5, "ATGT", "")]) is None


# ---------------------------------------------------------------- protein: the nomenclature's examples


def protein(length: int, **at: str) -> str:
    """A reference protein of Ala with given residues: protein(10, _3="K")."""
    residues = ["M"] + ["A"] * (length - 1)
    for place, letters in at.items():
        n = int(place[1:])
        residues[n - 1 : n - 1 + len(letters)] = letters
    return "".join(residues) + "*"


@pytest.mark.parametrize(
    ("ref", "mut", "shifted", "touched", "name"),
    [
        (protein(30, _24="W"), protein(30, _24="C"), False, 24, "p.Trp24Cys"),
        (protein(30, _24="W"), protein(23) + "AAAAAA*", False, 24, "p.Trp24Ter"),
        (protein(60, _54="L"), protein(60, _54="L"), False, 54, "p.Leu54="),
        (protein(9), "V" + protein(9)[1:], False, 1, "p.Met1?"),
        (protein(9, _7="V"), protein(8), False, 7, "p.Val7del"),
        (protein(30, _23="KLV"), protein(27), False, 23, "p.Lys23_Val25del"),
        ("MLGVVVHH*", "MLGVVHH*", False, 4, "p.Val6del"),  # Trp4del of a stretch: the most C-terminal one
        ("MLSTHAWLK*", "MLSTSTHAWLK*", False, 4, "p.Ser3_Thr4dup"),
        ("MGARSSHW*", "MGARSSSHW*", False, 5, "p.Ser6dup"),
        ("MKLHQ*", "MKLHAQ*", False, 5, "p.His4_Gln5insAla"),
        ("MKGHQ*", "MKQSKGHQ*", False, 2, "p.Lys2_Gly3insGlnSerLys"),
        ("MKMHQLLLL*", "MKMG*HQLLLL*", False, 3, "p.Met3_His4insGlyTer"),
        (protein(40, _28="CK"), protein(39, _28="W"), False, 28, "p.Cys28_Lys29delinsTrp"),
        (protein(40, _28="C"), protein(41, _28="WV"), False, 28, "p.Cys28delinsTrpVal"),
        (protein(600, _578="PK"), protein(600, _578="L*"), False, 578, "p.Pro578_Lys579delinsLeuTer"),
        (protein(130, _97="R"), protein(96)[:-1] + "P" + "V" * 21 + "*AA", True, 97, "p.Arg97ProfsTer23"),
        ("MAEQY*", "MAEQ*", True, 5, "p.Tyr5Ter"),  # a stop at the first changed residue is no frameshift
        (protein(109, _97="I"), protein(96)[:-1] + "N" + "G" * 20, True, 97, "p.Ile97AsnfsTer?"),
        (protein(109), protein(109)[:-1] + "Q" + "C" * 16 + "*X", False, 110, "p.Ter110GlnextTer17"),
        (protein(326), protein(326)[:-1] + "R" + "X" * 8, False, 327, "p.Ter327ArgextTer?"),
        (protein(109), protein(109), False, 110, "p.Ter110="),
        ("MAAAH*", "MAAAHH*", False, 5, "p.Ter6HisextTer1"),  # what stands in the place of the stop is an extension
        ("MAAAH*", "MAAAHW*", False, 6, "p.Ter6TrpextTer1"),
        ("MAAAH*", "MAAAHWKK*", False, 6, "p.Ter6TrpextTer3"),
        ("MAAHH*", "MAAH*", False, 5, "p.His5del"),
        ("MAAAH*", "MAAAWKK*X", True, 5, "p.His5TrpfsTer4"),  # a deletion that runs into the stop
    ],
)  # fmt: skip
def test_names_of_proteins(ref: str, mut: str, shifted: bool, touched: int, name: str) -> None:
    assert hgvs_protein.protein_name(ref, mut, shifted=shifted, touched=(touched - 1, touched - 1)) == name


def test_no_protein_name_where_a_changed_codon_is_unknown() -> None:
    assert hgvs_protein.protein_name("MAXA*", "MAVA*", shifted=False, touched=(2, 2)) is None
    assert hgvs_protein.protein_name("MAAXA*", "MAVXA*", shifted=False, touched=(2, 2)) == "p.Ala3Val"
    assert hgvs_protein.protein_name("MAAXA*", "MAAXVVV", shifted=True, touched=(2, 2)) is None


def test_terms_follow_the_name(strand: str) -> None:
    model = coding([("exon", "ATGTGGCGAAAATAAggttgacc")], strand)

    def named(first: int, ref: str, alt: str) -> tuple[str, tuple[str, ...]]:
        found = hgvs_protein.protein_change(model, [change(model, first, ref, alt)])
        assert found is not None
        return found.name, found.terms

    assert named(6, "G", "A") == ("p.Trp2Ter", ("stop_gained",))
    assert named(7, "C", "A") == ("p.Arg3=", ("synonymous_variant",))
    assert named(1, "A", "G") == ("p.Met1?", ("start_lost",))
    assert named(13, "T", "C") == ("p.Ter5GlnextTer2", ("stop_lost",))
    assert named(15, "A", "G") == ("p.Ter5=", ("stop_retained_variant",))
    assert named(4, "T", "") == ("p.Trp2GlyfsTer?", ("frameshift_variant",))
    assert named(4, "TGG", "") == ("p.Trp2del", ("inframe_deletion",))
    assert named(7, "", "AAA") == ("p.Trp2_Arg3insLys", ("inframe_insertion",))
    assert named(4, "TGGCGA", "AAA") == ("p.Trp2_Arg3delinsLys", ("protein_altering_variant",))
    assert named(4, "TGG", "AAA") == ("p.Trp2Lys", ("missense_variant",))


@pytest.mark.parametrize(
    ("utr5", "utr3", "first", "ref", "alt", "name", "terms"),
    [
        ("cca", "", 4, "A", "", "p.Met1=", "start_retained_variant"),  # the A before takes its place
        ("ccg", "", 4, "A", "", "p.Met1?", "start_lost"),
        ("ccg", "", 5, "", "GA", "p.Met1=", "start_retained_variant"),  # c.-1_1dup
        ("cca", "", 3, "AA", "", "p.Met1?", "start_lost"),
        ("caa", "", 3, "AA", "", "p.Met1=", "start_retained_variant"),
        ("", "gttgacc", 13, "TAAG", "", "p.Ter5LeuextTer?", "stop_lost"),
        ("", "taagg", 13, "TAAT", "", "p.Ter5LysextTer?", "stop_lost"),
        ("", "taagg", 13, "TAA", "", "p.Ter5=", "stop_retained_variant"),
        ("", "agttgacc", 15, "A", "", "p.Ter5=", "stop_retained_variant"),
        ("", "gcctgaccc", 11, "AATAAG", "", "p.Lys4ThrfsTer2", "frameshift_variant"),
        ("", "", 13, "", "GCT", "p.Ter5AlaextTer1", "inframe_insertion"),
    ],
)
def test_ends_of_the_coding_sequence(
    utr5: str, utr3: str, first: int, ref: str, alt: str, name: str, terms: str, strand: str
) -> None:
    model = coding([("exon", f"{utr5}ATGTGGCGAAAATAA{utr3}")], strand)
    found = hgvs_protein.protein_change(model, [change(model, first, ref, alt)])
    assert found is not None
    assert (found.name, found.terms) == (name, (terms,))


def test_two_changes_of_one_codon_make_one_residue(strand: str) -> None:
    model = coding([("exon", "ATGCGATAA")], strand)
    both = [change(model, 4, "C", "T"), change(model, 6, "A", "G")]  # CGA to TGG
    found = hgvs_protein.protein_change(model, both)
    assert found is not None
    assert found.name == "p.Arg2Trp"
    assert hgvs_protein.protein_change(model, list(reversed(both))) == found


def test_stop_codon_that_the_pack_does_not_know(strand: str) -> None:
    model = coding([("exon", "ATGTGGCGANNN")], strand)
    found = hgvs_protein.protein_change(model, [change(model, 6, "G", "A")])
    assert found is not None
    assert found.name == "p.Trp2Ter"
    assert hgvs_protein.protein_change(model, [change(model, 10, "T", "C")]) is None
    shifted = hgvs_protein.protein_change(model, [change(model, 4, "T", "")])
    assert shifted is not None
    assert shifted.name == "p.Trp2GlyfsTer?"


# ---------------------------------------------------------------- names read back


def residues(text: str) -> str:
    return "".join(ONE[three] for three in re.findall("[A-Z][a-z]{2}", text))


def read_back(ref: str, name: str) -> str | None:
    """The protein that a name describes; for a frameshift, what is certain of its beginning."""
    name = name.removeprefix("p.")
    if name.endswith("="):
        return ref
    place = re.match(r"([A-Z][a-z]{2})(\d+)(?:_([A-Z][a-z]{2})(\d+))?", name)
    assert place is not None
    first, last = int(place[2]), int(place[4] or place[2])
    assert ref[first - 1] == ONE[place[1]]
    assert not place[3] or ref[last - 1] == ONE[place[3]]
    rest = name[place.end() :]
    if rest == "del":
        new = ref[: first - 1] + ref[last:]
    elif rest == "dup":
        new = ref[:last] + ref[first - 1 :]
    elif rest.startswith("delins"):
        new = ref[: first - 1] + residues(rest[6:]) + ref[last:]
    elif rest.startswith("ins"):
        new = ref[:first] + residues(rest[3:]) + ref[first:]
    elif "fs" in rest or "ext" in rest:
        return None
    else:
        new = ref[: first - 1] + residues(rest) + ref[last:]
    return new[: new.index("*") + 1]


@pytest.mark.parametrize("seed", range(4))
def test_names_read_back_give_the_changed_protein(grch38: Genome, seed: int) -> None:
    rng = random.Random(seed)
    complete = [g.name for g in grch38.panel_genes() if grch38.transcript(g.name).sequence_status == "complete"]  # type: ignore[union-attr]
    told = 0
    for _ in range(400):
        model = models.coding(grch38, rng.choice(complete))
        assert model is not None
        exon = rng.choice([e for e in model.exons if e.cds_start])
        start = rng.randint(exon.cds_start or 0, exon.cds_end or 0)
        end = min(start + rng.randint(0, 8), exon.cds_end or 0)
        alt = "".join(rng.choice("ACGT") for _ in range(rng.choice((0, 1, 2, 3, 6))))
        edit = hgvs_coding.trim(start, model.bases(start, end), alt)
        part, found = model.cds_edit(edit), hgvs_protein.protein_change(model, [edit])
        if part is None or found is None or not (edit.ref or edit.alt):
            continue
        ref = genetic_code.translate(model.cds)
        mut = genetic_code.translate(model.cds[: part[0]] + part[2] + model.cds[part[1] :])
        expected = mut[: mut.index("*") + 1] if "*" in mut else mut
        if found.name == "p.Met1?":
            assert expected[:1] != "M"
            continue
        told += 1
        described = read_back(ref, found.name)
        if described is not None:
            assert described == expected, (model.transcript.gene, edit, found.name)
        elif "fs" in found.name:
            place = re.fullmatch(r"p\.([A-Z][a-z]{2})(\d+)([A-Z][a-z]{2})fsTer(\d+|\?)", found.name)
            assert place is not None
            n = int(place[2])
            assert (ref[n - 1], mut[n - 1]) == (ONE[place[1]], ONE[place[3]])
            assert mut[: n - 1] == ref[: n - 1]
            if place[4] != "?":
                assert mut.index("*") == n - 1 + int(place[4]) - 1
            else:
                assert "*" not in mut
    assert told > 200


def test_shifting_there_and_back(grch38: Genome) -> None:
    model = models.coding(grch38, "FLT3")
    assert model is not None
    exon = model.exons[13]
    for start in range(exon.start + 20, exon.start + 60):
        edit = Edit(start, model.bases(start, start), "")
        left, right = hgvs_coding.leftmost(model, edit), hgvs_coding.rightmost(model, edit)
        assert left.start <= start <= right.start
        assert hgvs_coding.rightmost(model, left) == right
        assert hgvs_coding.coding_name(model, left) == hgvs_coding.coding_name(model, right)
