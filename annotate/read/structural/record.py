"""One record of a structural VCF while it is read, and the places that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.errors import InputError
from annotate.reference.genome import Genome


@dataclass(slots=True)
class Record:
    """One line of a VCF. `info` flags have an empty value; `chrom` is '' for a contig that is no chromosome."""

    line: int
    chrom: str  # as in the model
    pos: int
    id: str
    ref: str
    filter: str
    info: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its id, else its line."""
        return f"line {self.line}" if self.id in (".", "", "N") else self.id


class Unread(Exception):
    """This allele gives no junction; the argument is the reason that is counted."""


@dataclass(slots=True)
class Contigs:
    """Names and lengths of contigs, each looked up once."""

    path: Path
    genome: Genome
    names: dict[str, str | None] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.lengths = self.genome.contig_lengths

    def find(self, name: str) -> str | None:
        """The chromosome of the model; None for another contig."""
        try:
            return self.names[name]
        except KeyError:
            return self.names.setdefault(name, self.genome.contig(name))

    def position(self, text: str, line: int) -> int:
        """POS as a number. Errors: InputError."""
        if not text.isdecimal() or len(text) > 12:
            raise InputError(
                "not a position", path=self.path, line=line, column="POS", found=text, expected="a whole number"
            )
        return int(text)

    def holds(self, chrom: str, pos: int) -> bool:
        """Does the place lie on the chromosome?"""
        return 0 <= pos <= self.lengths.get(chrom, pos) + 1

    def check(self, chrom: str, pos: int, line: int, column: str) -> None:
        """Errors: InputError for a place beyond the chromosome, which another assembly explains."""
        if not self.holds(chrom, pos):
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.path,
                line=line,
                column=column,
                found=f"{chrom}:{pos}",
                expected=f"at most {self.lengths.get(chrom)} in {self.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )
