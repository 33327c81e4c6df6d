"""Which column, row or read group of a file is this sample's.

A table, VCF, BEDPE or alignment file may hold several samples. A record counts only where it is this sample's own,
so every reader asks here, by the names that the sheet gives: `tumor_name` and `normal_name` (one name, a list
``a;b``, or ``kind=name`` for one kind of file) and the id of the row. Where the names do not decide, the file is
refused with the names found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample, names_of

TUMOR_WORDS = frozenset({"tumor", "tumour", "primary"})
NORMAL_WORDS = frozenset({"normal", "germline", "blood_normal", "control"})
SHOWN = 20  # names that a message lists

_ENDINGS = re.compile(
    r"(\.(sorted|sort|md|markdup|dedup|recal|bqsr|aligned|final|hg\d+|grch\d+|bam|cram|sam|fastq|fq|gz|txt|tsv|csv"
    r"|cel|idat))+$",
    re.IGNORECASE,
)


@frozen
class Identity:
    """The names under which a file of one kind may hold this sample and its normal, best first."""

    sample: str
    tumor: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the leukaemia: those that the sheet states, then the id of the row."""
        return tuple(dict.fromkeys((*self.tumor, self.sample)))

    def also(self, *tumor: str | None) -> Identity:
        """With further names, such as the one that another file of the row gives its leukaemia."""
        known = (name for name in tumor if name)
        return replace(self, tumor=tuple(dict.fromkeys((*self.tumor, *known))))


@frozen
class Own:
    """The name that is this sample's in a file, its place among the names found, and why."""

    name: str
    index: int
    why: str
    certain: bool = True  # False: the only sample of the file, under a name that the sheet does not know


def identity(sample: Sample, kind: str = "") -> Identity:
    """The names of a row's sample for one kind of input (`small_variants`, `fusions`, …)."""
    return Identity(sample.sample, names_of(sample.tumor_name, kind), names_of(sample.normal_name, kind))


def matching(found: Sequence[str], names: Iterable[str]) -> int | None:
    """The index of the name of a file that is one of these: as written, in any case, or without its file ending."""
    wanted = list(names)
    for form in (_exact, str.casefold, _stem):
        forms = [form(name) for name in found]
        for name in wanted:
            if forms.count(form(name)) == 1:
                return forms.index(form(name))
    return None


def _exact(name: str) -> str:
    return name


def _stem(name: str) -> str:
    """A name without folder and file endings: `/data/P1_T1.markdup.bam` is P1_T1."""
    last = re.split(r"[/\\]", name.strip())[-1]
    return _ENDINGS.sub("", last).casefold()


def own(found: Iterable[str], who: Identity, path: Path | str, *, what: str = "samples") -> Own:
    """Which of the samples of a file is this one.

    Order: the names of the sheet, the other one of two where one is the normal, the only sample, the words TUMOR and
    NORMAL. Errors: InputError with the names found, where none of that decides or the only one is the normal.
    """
    names = [name for name in dict.fromkeys(found) if name.strip()]
    index = matching(names, who.names)
    if index is not None:
        return Own(names[index], index, "named in the sample sheet")
    rest = [i for i in range(len(names)) if i != matching(names, who.normal)]
    if len(names) == 2 and len(rest) == 1:
        return Own(names[rest[0]], rest[0], "the other one is normal_name of the sample sheet")
    if len(names) == 1 and rest and names[0].strip().lower() not in NORMAL_WORDS:
        return Own(names[0], 0, "the only sample of the file", certain=False)
    words = [i for i in rest if names[i].strip().lower() in TUMOR_WORDS]
    if len(words) == 1:
        return Own(names[words[0]], words[0], f"it is named {names[words[0]]}")
    raise refusal(names, who, path, what)


def refusal(names: Sequence[str], who: Identity, path: Path | str, what: str = "samples") -> InputError:
    """The message of a file in which this sample cannot be told."""
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    return InputError(
        f"cannot tell which of its {len(names)} {what} is the leukaemia",
        path=path,
        found=shown or "none",
        expected=" or ".join(who.names),
        fix="write the name that this file uses into tumor_name of the sample sheet",
    )
