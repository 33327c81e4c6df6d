"""Karyotypes: every rule of the table as an ISCN token, losses and ploidies, and how laboratories type them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotate.reference.genome import Genome
from tests.makers.laws.cell import KNOWLEDGE, WRITERS, Cell, Lawful, Truth, Written, corruption

KIND = "karyotype"
DIALECTS = ("20 cells", "two clones", "composite", "with FISH of something else")
FISH_KINDS = frozenset({"con", "sep"})
OVERRULED = "a hint that able sources outweigh"  # a band holds many genes; column overruled_by of the table
LOSSES = {
    "tp53_deletion": ("del(17)(p12)", "-17", "i(17)(q10)"),
    "tp53_alteration": ("del(17)(p11.2)",),
    "ikzf1_deletion": ("-7", "del(7)(p12)"),
    "etv6_deletion": ("del(12)(p12)",),
    "cdkn2ab_deletion": ("del(9)(p21)",),
    "rb1_deletion": ("del(13)(q14)",),
}


def truths(genome: Genome) -> Iterator[Truth]:
    """Tokens of translocations, FISH and losses; the body is the token."""
    for row in KNOWLEDGE.table("karyotype_rules"):
        kind = row["kind"].split(";")[0]
        loci, bands = row["loci"].split(";"), row["bands"].split(";")
        if kind in FISH_KINDS:
            gene = loci[0]
            probes = f"({gene} con {loci[1]}x1)" if kind == "con" else f"({gene}x2)(5'{gene} sep 3'{gene}x1)"
            token = f"nuc ish {probes}[120/200]"
        elif kind in ("t", "ins") and len(loci) == 2:
            token = _translocation(loci, bands)
        elif kind in ("inv", "del") and bands[0]:
            token = f"{kind}({loci[0]})({''.join(_band(band) for band in bands)})"
            if kind == "inv" and len(bands) == 1:
                token = f"inv({loci[0]})(p15{_band(bands[0])})"
        else:
            continue
        if token:
            tags = frozenset({OVERRULED} if row["overruled_by"] else ())
            yield Truth(KIND, row["lesion"], f"{row['id']} {token}", genome, token, False, tags)
    for lesion, tokens in LOSSES.items():
        for token in tokens:
            yield Truth(KIND, lesion, token, genome, token, False)


def _translocation(loci: list[str], bands: list[str]) -> str:
    ends = [(chrom, _band(band)) for chrom, band in zip(loci, bands, strict=True)]
    known = next((end for end in ends if end[0] != "v"), None)
    if known is None:
        return ""
    ends = [end if end[0] != "v" else ("3", "q13") for end in ends]
    order = sorted(ends, key=lambda end: {"X": -2, "Y": -1}.get(end[0], int(end[0]) if end[0].isdigit() else 0))
    return f"t({';'.join(end[0] for end in order)})({';'.join(end[1] for end in order)})"


def _band(pattern: str) -> str:
    """The first band that a pattern of the table means: `p2[12]` is p21, `q(14|21)` q14."""
    first = re.sub(r"\(([^|)]*)[^)]*\)", r"\1", pattern)
    return re.sub(r"\[(\d).*?\]", r"\1", first)


def write(truth: Truth, dialect: str, folder: Path) -> Written | None:
    token = truth.body
    fish = token.startswith("nuc")
    if fish and dialect == "with FISH of something else":
        return None
    count = 45 if re.fullmatch(r"-\d+", token) else 46
    own = "" if fish else f",{token}"
    text = {
        "20 cells": f"{count},XX{own}[20]",
        "two clones": f"46,XX[5]/{count},XX{own}[15]",
        "composite": f"{count},XX{own}[cp12]/46,XX[8]",
        "with FISH of something else": f"{count},XX{own}[20].nuc ish(CEP8x2)[200]",
    }[dialect]
    row = {"karyotype": f"{text}.{token}" if fish else text, "sex": "female"}
    return Written(folder, folder / "none", {}, row)


WRITERS[KIND] = write


def _text(written: Written, change: str) -> bool:
    changed = change != written.row["karyotype"]
    written.row["karyotype"] = change
    return changed


def _is_fish(cell: Cell) -> bool:
    return bool(cell.truth.body.startswith("nuc"))


@corruption("as it is", KIND, law=0, lawful=Lawful.PROVEN)
def _as_it_is(cell: Cell, written: Written) -> bool:
    return True


@corruption("upper case", KIND, law=0, lawful=Lawful.SAME)
def _upper(cell: Cell, written: Written) -> bool:
    return _text(written, written.row["karyotype"].upper())


@corruption("lower case", KIND, law=0, lawful=Lawful.SAME)
def _lower(cell: Cell, written: Written) -> bool:
    return _text(written, written.row["karyotype"].lower())


@corruption("colon for semicolon", KIND, law=0, lawful=Lawful.NOT_MORE)
def _colon(cell: Cell, written: Written) -> bool:
    return _text(written, written.row["karyotype"].replace(";", ":"))


@corruption("blanks", KIND, law=0, lawful=Lawful.SAME)
def _blanks(cell: Cell, written: Written) -> bool:
    return not _is_fish(cell) and _text(written, written.row["karyotype"].replace(",", ", "))


@corruption("unclosed bracket", KIND, law=3, lawful=Lawful.NOT_MORE)
def _unclosed(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    return token.endswith(")") and _text(written, written.row["karyotype"].replace(token, token[:-1]))


@corruption("typographic signs", KIND, law=0, lawful=Lawful.SAME)
def _typographic(cell: Cell, written: Written) -> bool:
    return _text(written, written.row["karyotype"].replace("-", "−").replace("'", "’"))


@corruption("token doubted", KIND, law=3, lawful=Lawful.NOT_MORE)
def _doubted(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    return not _is_fish(cell) and _text(written, written.row["karyotype"].replace(f",{token}", f",?{token}"))


@corruption("bands missing", KIND, law=3, lawful=Lawful.NOT_MORE)
def _no_bands(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    if _is_fish(cell) or token.count("(") < 2:
        return False
    return _text(written, written.row["karyotype"].replace(token, token[: token.rindex("(")]))


@corruption("bands in doubt", KIND, law=3, lawful=Lawful.NOT_MORE)
def _doubtful_bands(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    if _is_fish(cell) or token.count("(") < 2:
        return False
    doubted = token[: token.rindex("(")] + token[token.rindex("(") :].replace("p", "?p").replace("q", "?q")
    return _text(written, written.row["karyotype"].replace(token, doubted))


@corruption("unread ISCN token at the band", KIND, law=3, lawful=Lawful.NOT_MORE)
def _unread(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    if _is_fish(cell) or "(" not in token:
        return False
    return _text(written, written.row["karyotype"].replace(token, "zz" + token[token.index("(") :]))


@corruption("count unread", KIND, law=3, lawful=Lawful.NOT_MORE)
def _count(cell: Cell, written: Written) -> bool:
    return _text(written, re.sub(r"(^|/)(4[56])(?=,)", r"\1c.\2", written.row["karyotype"]))


@corruption("cells unread", KIND, law=3, lawful=Lawful.NOT_MORE)
def _cells(cell: Cell, written: Written) -> bool:
    return not _is_fish(cell) and _text(written, re.sub(r"\[[^\]]*\]", "[?]", written.row["karyotype"]))


@corruption("no cells", KIND, law=2, lawful=Lawful.NOT_POSITIVE)
def _no_cells(cell: Cell, written: Written) -> bool:
    text = written.row["karyotype"]
    if _is_fish(cell):
        return _text(written, text.replace("[120/200]", "[0/200]"))
    return _text(written, re.sub(r"\[(?:20|15|cp12)\]", "[0]", text))


@corruption("constitutional", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _constitutional(cell: Cell, written: Written) -> bool:
    token = cell.truth.body
    if _is_fish(cell) or "(" not in token:
        return False
    return _text(written, written.row["karyotype"].replace(token, f"{token}c"))


@corruption("clone of the donor", KIND, law=1, lawful=Lawful.NOT_POSITIVE)
def _donor(cell: Cell, written: Written) -> bool:
    """Behind the double slash stand the donor's cells."""
    if _is_fish(cell) or "/" in written.row["karyotype"] or "." in written.row["karyotype"]:
        return False
    return _text(written, f"46,XX[3]//{written.row['karyotype']}")


@corruption("no metaphases", KIND, law=3, lawful=Lawful.OPEN)
def _none(cell: Cell, written: Written) -> bool:
    return not _is_fish(cell) and _text(written, "no metaphases")


@corruption("reciprocal order", KIND, law=0, lawful=Lawful.SAME)
def _reciprocal(cell: Cell, written: Written) -> bool:
    """The chromosomes of a translocation the other way round."""
    match = re.fullmatch(r"t\((\w+);(\w+)\)\(([^;]+);([^;]+)\)", cell.truth.body)
    if match is None:
        return False
    a, b, x, y = match.groups()
    return _text(written, written.row["karyotype"].replace(cell.truth.body, f"t({b};{a})({y};{x})"))


@corruption("token twice", KIND, law=0, lawful=Lawful.SAME)
def _twice(cell: Cell, written: Written) -> bool:
    """Both derivatives beside the translocation of the stem line."""
    token = cell.truth.body
    return token.startswith("t(") and _text(
        written, written.row["karyotype"].replace(token, f"{token},+8").replace("46,XX,", "47,XX,")
    )


@corruption("second input contradicts", KIND, law=4, lawful=Lawful.NOT_NEGATIVE)
def _contradicts(cell: Cell, written: Written) -> bool:
    """A whole genome and an RNA table that do not show it."""
    from tests.makers.laws.fusions import silent_table
    from tests.makers.laws.structural import silent_calls

    clean = cell.truth.body
    if OVERRULED in cell.truth.tags or clean in {token for tokens in LOSSES.values() for token in tokens}:
        return False  # a band is a hint of many genes, and these inputs do not count copies
    genome = cell.truth.genome
    written.inputs |= {
        "structural_variants": [silent_calls(genome, written.folder)],
        "fusions": [silent_table(genome, written.folder)],
    }
    written.row |= {"assay": "wgs", "tumor_name": "structural_variants=TUMOR", "normal_name": "NORMAL"}
    return True


@corruption("second input could not have shown it", KIND, law=4, lawful=Lawful.SAME)
def _second_blind(cell: Cell, written: Written) -> bool:
    from tests.makers.laws.small_variants import other_calls

    written.inputs["small_variants"] = [other_calls(cell.truth.genome, written.folder)]
    return True
