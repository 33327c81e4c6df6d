"""Whose record is it in a VCF of several samples or callers: support in the own column, or a carrier beside it.

A merge (SURVIVOR, Jasmine, truvari, `bcftools merge`, joint callers) writes every record for every column. Where the
own cell holds a missing genotype, zero reads or a 0 in `SUPP_VEC` while another column carries the variant, the record
is the other sample's. A merge of several callers of one tumour has a column a caller, and all of them are own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from annotate.base.frozen import frozen
from annotate.read.common.columns import Columns
from annotate.read.common.identity import matching
from annotate.read.structural.support import NOTHING, Support

CALLER_WORDS = frozenset(
    {
        "brass", "breakdancer", "cutesv", "delly", "dragen", "dysgu", "esvee", "gridss", "gripss", "igcaller", "lumpy",
        "manta", "nanomonsv", "nanosv", "novobreak", "pbsv", "pindel", "purple", "savana", "severus", "smoove",
        "sniffles", "sniffles2", "svaba", "svim", "svision", "tiddit", "wham",
    }
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+2?")
_REFERENCE = frozenset({"0/0", "0|0", "0"})
SupportOf = Callable[[int], Support]  # of a sample column


class Whose(Enum):
    """Whose a record is."""

    OWN = "own"
    CALLED_REFERENCE = "called_reference"  # reads of this sample carry it, its genotype says that none does
    NOT_BY_VECTOR = "not_by_vector"  # its genotype or reads alone carry it, SUPP_VEC says that it does not
    OTHERS = "others"  # this one does not carry it: another does, or reads and genotype both say so
    NOBODYS = "nobodys"  # no column carries it


@frozen
class OwnColumns:
    """Sample columns of this leukaemia (several in a merge of callers), and how many there are in all."""

    own: tuple[int, ...]
    count: int

    def judge(self, cells: Sequence[str], info: Mapping[str, str], support: SupportOf, stated: Support) -> Whose:
        """Whose a record is. `stated`: the support in INFO, which names no sample."""
        if not self.own:
            return Whose.OWN if stated.reads != 0 else Whose.NOBODYS
        verdicts = [self._of_column(column, cells, info, support, stated) for column in self.own]
        best = (Whose.OWN, Whose.CALLED_REFERENCE, Whose.NOT_BY_VECTOR, Whose.OTHERS, Whose.NOBODYS)
        return next(whose for whose in best if whose in verdicts)

    def _of_column(
        self, column: int, cells: Sequence[str], info: Mapping[str, str], support: SupportOf, stated: Support
    ) -> Whose:
        genotype = genotype_of(cells, column)
        vector = _vector(info, self.count)
        reads = support(column).reads
        carried = bool(genotype) and any(char in "123456789" for char in genotype)
        if vector is not None and vector[column] == "0" and not (carried and reads):
            return Whose.NOT_BY_VECTOR if carried or reads else Whose.OTHERS
        if reads:
            return Whose.CALLED_REFERENCE if genotype in _REFERENCE else Whose.OWN
        if reads is None and (carried or (vector is not None and vector[column] != "0")):
            return Whose.OWN
        if any(self._carries(other, cells, support) for other in range(self.count) if other not in self.own):
            return Whose.OTHERS
        if reads == 0:
            return Whose.OTHERS if genotype in _REFERENCE and not stated.reads else Whose.NOBODYS
        if genotype in _REFERENCE:
            return Whose.CALLED_REFERENCE if stated.reads and self.count == 1 else Whose.NOBODYS
        return Whose.OWN if stated.reads != 0 else Whose.NOBODYS

    @staticmethod
    def _carries(column: int, cells: Sequence[str], support: SupportOf) -> bool:
        genotype = genotype_of(cells, column)
        return any(char in "123456789" for char in genotype) or bool(support(column).reads)


def genotype_of(cells: Sequence[str], column: int) -> str:
    """GT of a sample column; '' without the key or the column."""
    if len(cells) <= 9 + column or not cells[8].startswith("GT"):
        return ""
    return cells[9 + column].partition(":")[0]


def _vector(info: Mapping[str, str], count: int) -> str | None:
    """`SUPP_VEC` with a digit a column; None where it is another thing (minda lists ids there)."""
    text = info.get("SUPP_VEC", "")
    return text if len(text) == count and set(text) <= {"0", "1"} else None


# ---------------------------------------------------------------- which columns


def own_columns(columns: Columns, names: Sequence[str], stated: Sequence[str]) -> OwnColumns:
    """The chosen column, with every other one that the sheet names too (`a;b`)."""
    if columns.tumor is None:
        return OwnColumns((), len(names))
    named = [index for name in stated if (index := matching(names, (name,))) is not None]
    return OwnColumns(tuple(dict.fromkeys((columns.tumor, *named))), len(names))


def columns_of_callers(names: Sequence[str]) -> bool:
    """Does each column stand for a caller of one sample (`manta`, `P1_gridss`), and no two for the same?"""
    if len(names) < 2:
        return False
    words = [{word.lower() for word in _WORD.findall(name)} & CALLER_WORDS for name in names]
    return all(words) and len({min(found) for found in words}) == len(names)


def without_numbers(names: Sequence[str]) -> Sequence[str]:
    """Names of columns without the number of the merged file (`0_A`, `1_B`), where all have one and none is twice."""
    bare = [re.sub(r"^\d+_", "", name) for name in names]
    return bare if len(set(bare)) == len(bare) and all(map(str.__ne__, bare, names)) else names


def columns_of_one_sample(names: Sequence[str]) -> bool:
    """Is each column the same sample again, as merges number them (`T`, `T_1`; `0_T`, `1_T`)?"""
    bare = {re.sub(r"^\d+_|[_.]\d+$", "", name) for name in names}
    return len(names) > 1 and len(bare) == 1


def best_support(own: OwnColumns, support: SupportOf) -> Support:
    """The support of the own column with the most reads."""
    found = [support(column) for column in own.own]
    return max(found, key=lambda one: (one.reads or -1, one.vaf or -1.0), default=NOTHING)
