"""Reads of one allele, from the fields of any caller, held against each other.

Which fields say it stands in the table `small_variant_counts`, in order of trust; here are the forms that such fields
take. `depth` is the number of reads that the caller gave to one of the alleles (or, where only a depth and a fraction
are given, that depth), so that vaf = alt / depth. Reads that were looked at but told nothing do not count.

A file often says the same twice. Reads that contradict the fraction stated beside them are not taken: another pair of
fields that agrees with the fraction is, else nothing, and `Counts.conflict` says what disagreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from annotate.knowledge import cutoffs
from annotate.knowledge.specs.variant_files import SmallVariantCountRow
from annotate.knowledge.tables import Knowledge
from annotate.read.small_variants.count_forms import (
    BASES,
    FORMS,
    Allele,
    Cells,
    CountRule,
    CountRules,
    Counts,
    Form,
    counts_of,
    first_number,
    numbers,
    stated_fraction,
)


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
        found = stated_fraction(rule, cells, allele)
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
        return counts_of(depths[1], (depths[0] or 0) + (depths[1] or 0)) or Counts()
    depth = first_number(cells, "DPC")
    return Counts(depth=None if depth is None else int(depth))


def info_counts(info: Cells, allele: Allele, rules: CountRules | None = None, caller: str = "") -> Counts:
    """Reads that INFO states of the one sample of a file (LoFreq, PCGR, ICGC). A bare INFO/AF is no VAF.

    INFO/AF may be a population's or a cohort's frequency, so it only confirms read counts.
    """
    return read_counts(rules or count_rules(Knowledge.load(), "INFO"), info, allele, caller)
