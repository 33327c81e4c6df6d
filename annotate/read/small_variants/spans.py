"""How far a record reaches beyond its REF: symbolic alleles and reference blocks."""

from __future__ import annotations


def span_end(pos: int, alts: bytes, info: bytes) -> int | None:
    """The last base that symbolic alleles or a block stand for: INFO/END, or pos + SVLEN, which VCF 4.4 has instead.

    An insertion has a length and no span.

    >>> span_end(100, b"<DEL>", b"SVTYPE=DEL;SVLEN=-20"), span_end(100, b"<DEL>", b"END=150;SVLEN=-20")
    (120, 150)
    >>> span_end(100, b"<INS>", b"SVLEN=60"), span_end(100, b"C", b"SVLEN=60"), span_end(100, b"<DEL>", b"DP=3")
    (None, None, None)
    """
    end = info_end(info)
    if end is not None:
        return end
    lengths = [cell.strip().lstrip(b"-") for cell in (_value(info, b"SVLEN") or b"").split(b",")]
    spans = [
        int(length)
        for alt, length in zip(alts.split(b","), lengths, strict=False)
        if length.isdigit() and alt.startswith(b"<") and not alt.startswith(b"<INS")
    ]
    return pos + max(spans) if spans else None


def info_end(info: bytes) -> int | None:
    """INFO/END of a record, where there is one.

    >>> info_end(b"DP=3;END=120"), info_end(b"CIEND=1,2")
    (120, None)
    """
    cell = (_value(info, b"END") or b"").strip()
    return int(cell) if cell.isdigit() else None


def _value(info: bytes, key: bytes) -> bytes | None:
    mark = key + b"="
    if info.startswith(mark):
        return info[len(mark) :].split(b";", 1)[0]
    at = info.find(b";" + mark)
    return None if at < 0 else info[at + len(mark) + 1 :].split(b";", 1)[0]
