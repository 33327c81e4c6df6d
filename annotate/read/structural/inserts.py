"""What the inserted sequence of a single breakend aligns to: GRIDSS's BEALN, and what RepeatMasker calls it.

`BEALN=chr9:130800000|+|54M|60`: contig and first base, strand, CIGAR, mapping quality. One alignment on an assembled
chromosome names the partner; several, or one of quality 0, name none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from annotate.model.junctions import Breakend

KEYS = ("BEALN", "INSALN")
REPEAT_KEYS = ("INSRMRT", "RM", "INSRMRC", "RMRT")
MIN_QUALITY = 10
_ALIGNED = re.compile(r"([^|,]+):(\d+)\|([+-])\|([^|]*)\|(\d*)")
_LENGTHS = re.compile(r"(\d+)([MDN=X])")


def partner_of(info: Mapping[str, str], here: Breakend, contig: Callable[[str], str | None]) -> Breakend | None:
    """The breakend that a single breakend is joined to, by the one alignment of its inserted sequence."""
    text = next((info[key] for key in KEYS if info.get(key)), "")
    found = [match for match in _ALIGNED.finditer(text) if contig(match[1]) is not None]
    if len(found) != 1 or int(found[0][5] or 0) < MIN_QUALITY:
        return None
    name, start, strand, cigar, _ = found[0].groups()
    length = sum(int(bases) for bases, _ in _LENGTHS.findall(cigar)) or 1
    first, last = int(start), int(start) + length - 1
    # the sequence leaves a left side forwards and enters a right side backwards; its strand turns either round
    begins = (here.keeps == "L") == (strand == "+")
    chrom = contig(name)
    assert chrom is not None
    return Breakend(chrom, first, "R") if begins else Breakend(chrom, last, "L")


def repeat_of(info: Mapping[str, str]) -> str:
    """The repeat that the inserted sequence is made of, as the annotation calls it; '' where it says none."""
    return next((info[key][:40] for key in REPEAT_KEYS if info.get(key) not in (None, "", ".")), "")
