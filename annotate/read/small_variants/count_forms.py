"""The forms in which callers write the reads of an allele: nouns, cells, and one function a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from annotate.base.frozen import frozen

Cells = Mapping[str, str]
BASES = "ACGT"


@frozen
class Counts:
    """alt, depth: reads; vaf: fraction. None where the file does not say.

    `rule`: the row of `small_variant_counts` that they come from. `conflict`: what the file says twice, differently.
    `denied`: the conflict is that a field has no read of the allele at all.
    `unread`: a field of reads or of a fraction that no row can make out.
    """

    alt: int | None = None
    depth: int | None = None
    vaf: float | None = None
    rule: str = ""
    conflict: str = ""
    denied: bool = False
    unread: str = ""

    @property
    def known(self) -> bool:
        """Does the record tell how much of the allele there is, by reads or as a fraction?"""
        return self.alt is not None or self.vaf is not None


@frozen
class Allele:
    """One ALT of a record: its number from 1, how many there are, and the bases as written."""

    index: int
    alts: int
    ref: str
    alt: str


class Form(StrEnum):
    """How the fields of a caller hold reads. `reads`, `reference` and `depth` are columns of the table."""

    ALLELES = "alleles"  # reads: one value an allele, the reference first
    LOCAL_ALLELES = "local_alleles"  # the same for the alleles that `reference` (LAA) lists
    ALLELE_OF_DEPTH = "allele_of_depth"  # reads: as `alleles`, but of all reads in `depth`
    ALT_AND_REF = "alt_and_ref"  # reads: one value an alternative allele; reference: one value
    ALT_OF_DEPTH = "alt_of_depth"  # reads: one value an alternative allele; depth: one value (or one an allele)
    BASE_FIELDS = "base_fields"  # one field a base, named by `{base}`; the first value is taken
    STRAND_BASE_FIELDS = "strand_base_fields"  # two fields a base, one a strand
    BASE_LIST = "base_list"  # reads: A,C,G,T
    STRANDS = "strands"  # reference forward, reverse, alternative forward, reverse; depth: all reads, where given
    FRACTION = "fraction"  # reads: one fraction an alternative allele, of `depth` reads where given
    FRACTION_HINT = "fraction_hint"  # a field that may hold another fraction: it confirms, and states nothing


@frozen
class CountRule:
    """One row of `small_variant_counts`."""

    id: str
    form: Form
    reads: str
    reference: str
    depth: tuple[str, ...]
    callers: frozenset[str]  # empty: any
    confirmed: bool  # counts only where a stated fraction agrees


@frozen(eq=False)
class CountRules:
    """The rows for FORMAT (`sample`) or INFO, in order of trust."""

    reads: tuple[CountRule, ...]
    fractions: tuple[CountRule, ...]
    hints: tuple[CountRule, ...]
    tolerance: float
    low: float  # fraction below which there may be nothing but error or a small subclone


# ---------------------------------------------------------------- cells


def numbers(cell: str | None) -> list[float | None]:
    """The numbers of a cell; `.` is None, `12.5%` and `12,5%` a fraction, percent-encoded commas are commas.

    >>> numbers("10,."), numbers("5%25"), numbers("12,5%"), numbers(None)
    ([10.0, None], [0.05], [0.125], [])
    """
    if not cell or cell == ".":
        return []
    return [_number(part) for part in (_decoded(cell) if "%" in cell else cell).split(",")]


def _decoded(cell: str) -> str:
    text = re.sub("%2C", ",", cell, flags=re.IGNORECASE).replace("%25", "%")
    # a comma before digits that end in % is a decimal comma where the digits before it lack the %
    return re.sub(r"(?<![\d.])(\d+),(\d+)%", r"\1.\2%", text)


def _number(part: str) -> float | None:
    if part.isascii() and part.isdigit():
        return float(part)
    share = part.endswith("%")
    try:
        value = float(part.rstrip("%"))
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return value / 100 if share else value


def first_number(cells: Cells, key: str) -> float | None:
    """The first number of a cell; None where there is none."""
    found = numbers(cells.get(key))
    return found[0] if found else None


def _per_alt(cells: Cells, key: str, allele: Allele) -> float | None:
    """The value of this allele in a field with one value an alternative allele."""
    found = numbers(cells.get(key))
    return found[allele.index - 1] if len(found) == allele.alts else None


def counts_of(alt: float | None, depth: float | None) -> Counts | None:
    """Reads of an allele among those of all; None where one is not known or they cannot be."""
    if alt is None or depth is None or depth < alt or alt < 0:
        return None
    return Counts(int(alt), int(depth), alt / depth if depth else None)


def _total(values: Iterable[float | None]) -> float | None:
    """The sum; None where one of them is not known."""
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _depth(rule: CountRule, cells: Cells) -> float | None:
    return next((depth for key in rule.depth if (depth := first_number(cells, key)) is not None), None)


# ---------------------------------------------------------------- forms


def _alleles(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    depths = numbers(cells.get(rule.reads))
    if len(depths) != allele.alts + 1 or depths[allele.index] is None:
        return None
    known = sum(value or 0 for value in depths)
    found = counts_of(depths[allele.index], known)
    whole = _depth(rule, cells)
    if found is not None and not depths[0] and found.alt and whole is not None and whole >= 2 * known:
        # the reads of the reference are missing: most of those over the place belong to no allele
        return replace(found, conflict=f"{rule.reads} {cells[rule.reads]} against {whole:g} reads")
    return found


def _local_alleles(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """VCF 4.5: LAD has the reads of the reference and of the alternative alleles that LAA names."""
    depths, local = numbers(cells.get(rule.reads)), numbers(cells.get(rule.reference))
    if not depths or len(depths) != len(local) + 1:
        return None
    known = sum(value or 0 for value in depths)
    return counts_of(depths[local.index(allele.index) + 1] if allele.index in local else 0, known)


def _allele_of_depth(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    depths = numbers(cells.get(rule.reads))
    return counts_of(depths[allele.index], _depth(rule, cells)) if len(depths) == allele.alts + 1 else None


def _alt_and_ref(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    ref, alts = first_number(cells, rule.reference), numbers(cells.get(rule.reads))
    if ref is None or len(alts) != allele.alts:
        return None
    return counts_of(alts[allele.index - 1], ref + sum(value or 0 for value in alts))


def _tiers(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Fields whose values are tiers of evidence (Strelka): the first is taken, alt / (alt + ref)."""
    keys = [field.format(alt=allele.alt, ref=allele.ref) for field in (rule.reads, rule.reference)]
    alt, ref = (first_number(cells, key) for key in keys)
    return None if alt is None or ref is None else counts_of(alt, alt + ref)


def _alt_of_depth(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    alt = _per_alt(cells, rule.reads, allele)
    per_allele = next((d for key in rule.depth if (d := _per_alt(cells, key, allele)) is not None), None)
    return counts_of(alt, per_allele if per_allele is not None else _depth(rule, cells))


def _strand_base_fields(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Reads by strand and base: FAZ, RAZ… (CaVEMan). A count that cannot be read is not known, and is no 0."""
    if allele.alt not in BASES or rule.reads.format(base="A") not in cells:
        return None
    strands = (rule.reads, rule.reference)
    by_base = {base: _total(first_number(cells, key.format(base=base)) for key in strands) for base in BASES}
    return counts_of(by_base[allele.alt], _total(by_base.values()))


def _base_list(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Reads with A, C, G and T, in this order (SomaticSniper)."""
    four = numbers(cells.get(rule.reads))
    if len(four) != len(BASES) or allele.alt not in BASES:
        return None
    return counts_of(four[BASES.index(allele.alt)], sum(value or 0 for value in four))


def _strands(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Tells nothing where there are two ALTs, or a strand that cannot be read."""
    four = numbers(cells.get(rule.reads))
    known = _total(four)
    if len(four) != 4 or allele.alts != 1 or known is None:
        return None
    whole = _depth(rule, cells)
    return counts_of(_total(four[2:]), whole if whole and whole >= known else known)


def stated_fraction(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """A fraction with a depth; reads are then the nearest whole number."""
    vaf, depth = _per_alt(cells, rule.reads, allele), _depth(rule, cells)
    if vaf is None or not 0 <= vaf <= 1:
        return None
    return Counts(None if depth is None else round(vaf * depth), None if depth is None else int(depth), vaf)


FORMS: Mapping[Form, Callable[[CountRule, Cells, Allele], Counts | None]] = {
    Form.ALLELES: _alleles,
    Form.LOCAL_ALLELES: _local_alleles,
    Form.ALLELE_OF_DEPTH: _allele_of_depth,
    Form.ALT_AND_REF: _alt_and_ref,
    Form.ALT_OF_DEPTH: _alt_of_depth,
    Form.BASE_FIELDS: _tiers,
    Form.STRAND_BASE_FIELDS: _strand_base_fields,
    Form.BASE_LIST: _base_list,
    Form.STRANDS: _strands,
    Form.FRACTION: stated_fraction,
    Form.FRACTION_HINT: stated_fraction,
}
