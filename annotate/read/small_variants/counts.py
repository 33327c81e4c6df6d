"""Reads of one allele, from the fields of any caller, held against each other.

Which fields say it stands in the table `small_variant_counts`, in order of trust; here are the forms that such fields
take. `depth` is the number of reads that the caller gave to one of the alleles (or, where only a depth and a fraction
are given, that depth), so that vaf = alt / depth. Reads that were looked at but told nothing do not count.

A file often says the same twice. Reads that contradict the fraction stated beside them are not taken: another pair of
fields that agrees with the fraction is, else nothing, and `Counts.conflict` says what disagreed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from annotate.knowledge import cutoffs
from annotate.knowledge.specs.variant_files import SmallVariantCountRow
from annotate.knowledge.tables import Knowledge

Cells = Mapping[str, str]
BASES = "ACGT"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class CountRule:
    """One row of `small_variant_counts`."""

    id: str
    form: Form
    reads: str
    reference: str
    depth: tuple[str, ...]
    callers: frozenset[str]  # empty: any
    confirmed: bool  # counts only where a stated fraction agrees


@dataclass(frozen=True, slots=True, eq=False)
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


def _of(alt: float | None, depth: float | None) -> Counts | None:
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
    found = _of(depths[allele.index], known)
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
    return _of(depths[local.index(allele.index) + 1] if allele.index in local else 0, known)


def _allele_of_depth(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    depths = numbers(cells.get(rule.reads))
    return _of(depths[allele.index], _depth(rule, cells)) if len(depths) == allele.alts + 1 else None


def _alt_and_ref(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    ref, alts = first_number(cells, rule.reference), numbers(cells.get(rule.reads))
    if ref is None or len(alts) != allele.alts:
        return None
    return _of(alts[allele.index - 1], ref + sum(value or 0 for value in alts))


def _tiers(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Fields whose values are tiers of evidence (Strelka): the first is taken, alt / (alt + ref)."""
    keys = [field.format(alt=allele.alt, ref=allele.ref) for field in (rule.reads, rule.reference)]
    alt, ref = (first_number(cells, key) for key in keys)
    return None if alt is None or ref is None else _of(alt, alt + ref)


def _alt_of_depth(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    alt = _per_alt(cells, rule.reads, allele)
    per_allele = next((d for key in rule.depth if (d := _per_alt(cells, key, allele)) is not None), None)
    return _of(alt, per_allele if per_allele is not None else _depth(rule, cells))


def _strand_base_fields(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Reads by strand and base: FAZ, RAZ… (CaVEMan). A count that cannot be read is not known, and is no 0."""
    if allele.alt not in BASES or rule.reads.format(base="A") not in cells:
        return None
    strands = (rule.reads, rule.reference)
    by_base = {base: _total(first_number(cells, key.format(base=base)) for key in strands) for base in BASES}
    return _of(by_base[allele.alt], _total(by_base.values()))


def _base_list(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Reads with A, C, G and T, in this order (SomaticSniper)."""
    four = numbers(cells.get(rule.reads))
    if len(four) != len(BASES) or allele.alt not in BASES:
        return None
    return _of(four[BASES.index(allele.alt)], sum(value or 0 for value in four))


def _strands(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
    """Tells nothing where there are two ALTs, or a strand that cannot be read."""
    four = numbers(cells.get(rule.reads))
    known = _total(four)
    if len(four) != 4 or allele.alts != 1 or known is None:
        return None
    whole = _depth(rule, cells)
    return _of(_total(four[2:]), whole if whole and whole >= known else known)


def _fraction(rule: CountRule, cells: Cells, allele: Allele) -> Counts | None:
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
    Form.FRACTION: _fraction,
    Form.FRACTION_HINT: _fraction,
}


# ---------------------------------------------------------------- rules


@lru_cache(maxsize=8)
def count_rules(knowledge: Knowledge, column: str = "FORMAT") -> CountRules:
    """The rows of `small_variant_counts` for FORMAT or INFO, in the order of the table."""
    rules = [_rule(row) for row in knowledge.rows(SmallVariantCountRow) if row.place == column]
    apart = (Form.FRACTION, Form.FRACTION_HINT)
    return CountRules(
        reads=tuple(rule for rule in rules if rule.form not in apart),
        fractions=tuple(rule for rule in rules if rule.form is Form.FRACTION),
        hints=tuple(rule for rule in rules if rule.form is Form.FRACTION_HINT),
        tolerance=knowledge.value(cutoffs.SMALL_VARIANTS_FRACTION_TOLERANCE),
        low=knowledge.value(cutoffs.SMALL_VARIANTS_WEAK_MIN_VAF),
    )


def _rule(row: SmallVariantCountRow) -> CountRule:
    return CountRule(
        id=row.id,
        form=Form(row.form),
        reads=row.reads,
        reference=row.reference,
        depth=row.depth,
        callers=frozenset(row.callers),
        confirmed=row.confirmed,
    )


@lru_cache(maxsize=256)
def _of_fields(rules: CountRules, keys: tuple[str, ...]) -> CountRules:
    """The rules whose field a column has: records of one file have the same fields, and most rules are of others."""

    def of(own: Sequence[CountRule]) -> tuple[CountRule, ...]:
        return tuple(rule for rule in own if any(_key(rule, base) in keys for base in BASES))

    return replace(rules, reads=of(rules.reads), fractions=of(rules.fractions), hints=of(rules.hints))


def _key(rule: CountRule, base: str) -> str:
    """The field of a rule for an allele of one base; the same for every base where it does not name them."""
    return rule.reads.format(alt=base, ref=base, base=base)


def read_counts(rules: CountRules, cells: Cells, allele: Allele, caller: str = "") -> Counts:
    """Reads of an allele by the first rule that agrees with the stated fraction; with `conflict` where none does."""
    rules = _of_fields(rules, tuple(cells))
    stated = _stated(rules.fractions, cells, allele)
    hint = stated or _stated(rules.hints, cells, allele)
    conflict = ""
    for rule in rules.reads:
        found = FORMS[rule.form](rule, cells, allele)
        if found is None or (rule.callers and caller not in rule.callers):
            continue
        if rule.confirmed:
            if hint is not None and hint.vaf and _agree(found, hint.vaf, rules.tolerance):
                return replace(found, rule=rule.id)
            continue
        if not found.conflict and (stated is None or not stated.vaf or _agree(found, stated.vaf, rules.tolerance)):
            denied = _counted_elsewhere(rules, rule, cells, allele, caller) if found.alt == 0 else ""
            if denied:
                return Counts(depth=found.depth, conflict=denied, denied=True)
            return replace(found, rule=rule.id)
        conflict = conflict or found.conflict or _said_twice(rule, cells, stated)
    if conflict:
        return Counts(depth=sample_depth(cells), conflict=conflict)
    return stated or Counts(unread=_unread((*rules.reads, *rules.fractions), cells))


def _counted_elsewhere(rules: CountRules, none: CountRule, cells: Cells, allele: Allele, caller: str) -> str:
    """What disagrees where the first field has no read of the allele, and another field of the record has many."""
    for rule in rules.reads:
        if rule.confirmed or rule.reads == none.reads or (rule.callers and caller not in rule.callers):
            continue
        found = FORMS[rule.form](rule, cells, allele)
        if found is not None and found.alt and (found.vaf or 0.0) >= rules.low:
            return f"{none.reads} without a read against {rule.reads} {cells.get(rule.reads, '')[:40]}"
    return ""


def _unread(rules: Iterable[CountRule], cells: Cells) -> str:
    """The first field of reads or of a fraction that is filled in, though no rule makes anything of it."""
    keys = dict.fromkeys(rule.reads for rule in rules if rule.form not in (Form.BASE_FIELDS, Form.STRAND_BASE_FIELDS))
    filled = (key for key in keys if any(part not in ("", ".") for part in cells.get(key, "").split(",")))
    return next((f"{key} {cells[key][:40]}" for key in filled), "")


def _stated(rules: Sequence[CountRule], cells: Cells, allele: Allele) -> Counts | None:
    for rule in rules:
        found = _fraction(rule, cells, allele)
        if found is not None:
            return replace(found, rule=rule.id)
    return None


def _agree(found: Counts, vaf: float, tolerance: float) -> bool:
    """A stated fraction may be an estimate: GATK's draws those of few reads towards the middle."""
    if found.vaf is None or found.depth is None:
        return True
    return abs(found.vaf - vaf) <= tolerance + 2 / (found.depth + 2)


def _said_twice(rule: CountRule, cells: Cells, stated: Counts | None) -> str:
    reads = cells.get(rule.reads, rule.reads)
    return f"{rule.reads} {reads[:40]} against a fraction of {stated.vaf:g}" if stated and stated.vaf else rule.reads


@lru_cache(maxsize=1)
def _shipped(column: str) -> CountRules:
    return count_rules(Knowledge.load(), column)


def sample_counts(cells: Cells, allele: Allele, rules: CountRules | None = None, caller: str = "") -> Counts:
    """Reads of an allele in one sample column; only the depth where nothing else is given."""
    found = read_counts(rules or _shipped("FORMAT"), cells, allele, caller)
    return found if found.known or found.conflict else replace(found, depth=sample_depth(cells))


def sample_depth(cells: Cells) -> int | None:
    """Reads over the place in one sample column: MIN_DP of a gVCF block, DP, or the sum of what is counted."""
    for key in ("MIN_DP", "DP", "DPT", "NR", "FDP", "DPI"):
        depth = first_number(cells, key)
        if depth is not None and depth >= 0:
            return int(depth)
    known = [value for value in numbers(cells.get("AD")) if value is not None]
    return int(sum(known)) if known else None


def paired_normal(cells: Cells) -> Counts:
    """Reads of the normal where one column holds both (ADT, DPT of the tumour; ADC, DPC of the control)."""
    depths = numbers(cells.get("ADC"))
    if len(depths) == 2 and None not in depths:
        return _of(depths[1], (depths[0] or 0) + (depths[1] or 0)) or Counts()
    depth = first_number(cells, "DPC")
    return Counts(depth=None if depth is None else int(depth))


def info_counts(info: Cells, allele: Allele, rules: CountRules | None = None, caller: str = "") -> Counts:
    """Reads that INFO states of the one sample of a file (LoFreq, PCGR, ICGC). A bare INFO/AF is no VAF.

    INFO/AF may be a population's or a cohort's frequency, so it only confirms read counts.
    """
    return read_counts(rules or count_rules(Knowledge.load(), "INFO"), info, allele, caller)
