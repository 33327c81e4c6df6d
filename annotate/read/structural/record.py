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

    def find(self, name: str) -> str | None:
        """The chromosome of the model; None for another contig."""
        if name not in self.names:
            self.names[name] = self.genome.contig(name)
        return self.names[name]

    def position(self, text: str, line: int) -> int:
        """POS as a number. Errors: InputError."""
        if not text.isdecimal() or len(text) > 12:
            raise InputError(
                "not a position", path=self.path, line=line, column="POS", found=text, expected="a whole number"
            )
        return int(text)

    def check(self, chrom: str, pos: int, line: int, column: str) -> None:
        """Errors: InputError for a place beyond the chromosome, which another assembly explains."""
        length = self.genome.contig_lengths.get(chrom)
        if pos < 0 or (length is not None and pos > length + 1):
            raise InputError(
                "position beyond the end of the chromosome",
                path=self.path,
                line=line,
                column=column,
                found=f"{chrom}:{pos}",
                expected=f"at most {length} in {self.genome.assembly}",
                fix="check `assembly` in the sample sheet",
            )
