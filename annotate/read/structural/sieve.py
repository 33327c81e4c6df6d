"""Which lines of a very long VCF can touch the panel, told from their text before anything is built.

A file of germline or unfiltered calls holds hundreds of thousands of records, of which a few hundred concern a lesion.
Up to `WHOLE` records every junction is kept, as the report lists them; of a longer file those that touch a place of
`Targets`, or that lie over one, are read, and the others are counted by their filter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotate.base.filters import PASSING
from annotate.read.common.passing import filter_word
from annotate.read.structural.drafts import LOCAL
from annotate.read.structural.targets import Targets
from annotate.reference.genome import Genome

WHOLE = 10_000  # records of a file that are read whatever they touch
BEYOND = "beyond_panel"
_MATE = re.compile(r"[\[\]]([^\s\[\]]+):(\d+)[\[\]]")
_END = re.compile(r"[;\t](?:END2|END|POS2)=(\d+)")
_CHR2 = re.compile(r"[;\t](?:CHR2|CHROM2)=([^;\t]+)")
_LOCAL = re.compile(r"[;\t]SVTYPE=(?:DEL|INS|DUP)\b")


@dataclass(slots=True)
class Sieve:
    """`names`: the contigs of a file, each as the model calls it; unplaced ones are None."""

    targets: Targets
    genome: Genome
    names: dict[str, str | None]

    def touches(self, line: str) -> bool:
        """Can the record of this line concern a lesion? True in doubt."""
        first = line.find("\t")
        second = line.find("\t", first + 1)
        chrom, text = self._contig(line[:first]), line[first + 1 : second]
        if not text.isdecimal():
            return True
        pos = int(text)
        mate = _MATE.search(line, second) if "[" in line or "]" in line else None
        if mate is not None:
            return self._joined(chrom, pos, self._contig(mate[1].strip("<>")), int(mate[2]))
        far = _CHR2.search(line, second)
        ends = [int(match[1]) for match in _END.finditer(line, second)]
        other = self._contig(far[1]) if far is not None else chrom
        if other != chrom:
            return any(self._joined(chrom, pos, other, end) for end in ends) or not ends
        return self._over(chrom, pos, max([pos, *ends, _reference_end(line, pos, second)]), line, second)

    def drop_reason(self, line: str) -> str:
        """How a record that touches nothing is counted."""
        word = filter_word(line.split("\t", 7)[6]) if line.count("\t", 0, 4000) >= 7 else "PASS"
        return BEYOND if word in PASSING else f"filter:{word}"

    def _over(self, chrom: str | None, start: int, end: int, line: str, after: int) -> bool:
        if chrom is None:
            return True
        local = end - start <= LOCAL and _LOCAL.search(line, after) is not None
        return self.targets.touched(chrom, start - 1, end + 1, local=local)

    def _joined(self, chrom: str | None, pos: int, other: str | None, end: int) -> bool:
        """Two ends far apart; of two on one chromosome, what lies between them counts too."""
        if chrom is not None and chrom == other:
            return self.targets.touched(chrom, min(pos, end) - 1, max(pos, end) + 1, local=False)
        return self.targets.joined((chrom, pos), (other, end))

    def _contig(self, name: str) -> str | None:
        if name not in self.names:
            self.names[name] = self.genome.contig(name)
        return self.names[name]


def _reference_end(line: str, pos: int, after: int) -> int:
    """The last base of REF, for records that write a deletion with bases."""
    id_end = line.find("\t", after + 1)
    ref_end = line.find("\t", id_end + 1)
    return pos + max(ref_end - id_end - 2, 0)
