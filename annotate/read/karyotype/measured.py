"""Results of arrays, optical maps and sequencing in ISCN: regions with copies, and rearrangements with positions."""

from __future__ import annotations

import re

from annotate.base.chromosomes import CHROMOSOMES
from annotate.model.karyotype import KaryotypeToken, MeasuredSegment
from annotate.read.karyotype.abnormalities import read_abnormality
from annotate.read.karyotype.bands import read_chromosomes
from annotate.read.karyotype.scanning import split

METHODS = {"arr": "array", "ogm": "optical map", "sseq": "sequencing", "seq": "sequencing"}

_BUILD = re.compile(r"[\[(]?\s*(?P<build>GRCh3[78]|hg19|hg38|hg18|NCBI36|T2T\w*)\s*[\])]?\s*", re.IGNORECASE)
_BUILDS = {"hg19": "GRCh37", "grch37": "GRCh37", "hg38": "GRCh38", "grch38": "GRCh38"}
_ITEM = re.compile(
    r"(?:(?P<chrom>\d{1,2}|X|Y)(?P<bands>(?:[pq](?:ter|cen|[\d.]*))*))?\s*(?:\((?P<inside>[^()]*)\))?\s*"
    r"(?:x\s*\(?(?P<low>\d{1,3})(?:\s*[~-]\s*(?P<high>\d{1,3}))?\)?|(?P<amp>amp\w*))\s*"
    r"(?P<words>(?:(?:hmz|htz|mos|dn|mat|pat|inh|cx|c|dmat|dpat)\b\s*)*)(?:\[\s*(?P<share>\d*\.?\d+)\s*(?P<percent>%)?\s*\])?\s*"
    r"(?P<late>(?:(?:hmz|mos|dn|mat|pat|c)\b\s*)*)$",
    re.IGNORECASE,
)
_POSITIONS = re.compile(r"\s*(?P<start>\d[\d,.]*)\s*[_-]\s*(?P<end>\d[\d,.]*)\s*$")
_BAND = re.compile(r"[pq](?:ter|cen|[\d.]*)", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,2})\s*[-~]\s*(\d{1,2})$")
_AMPLIFIED = 5  # copies that `amp` stands for at least; ISCN gives no number


def read_measured(word: str, body: str) -> tuple[list[MeasuredSegment], list[KaryotypeToken], list[str]]:
    """Segments, rearrangements and what was not understood of one `arr`, `ogm`, `sseq` or `seq`."""
    build = _BUILD.search(body)
    assembly = _BUILDS.get(build["build"].lower()) if build else None
    segments: list[MeasuredSegment] = []
    tokens: list[KaryotypeToken] = []
    unread: list[str] = []
    for piece in split(_BUILD.sub("", body), ",/;"):
        text = piece.strip().strip(".").strip()
        if not text:
            continue
        found = _segments(text, METHODS[word], assembly)
        token = None if found else read_abnormality(text)
        if found:
            segments += found
        elif token is not None and token.kind not in ("unknown", "inc"):
            tokens.append(token)
            segments += _of_token(token, METHODS[word], assembly)
        else:
            unread.append(text)
    return segments, tokens, unread


def _segments(text: str, method: str, assembly: str | None) -> list[MeasuredSegment]:
    found = _ITEM.match(text)
    if found is None or (found["chrom"] is None and found["inside"] is None):
        return []
    low = int(found["low"]) if found["low"] else _AMPLIFIED
    high = int(found["high"] or low) if found["low"] else None
    words = f"{found['words']} {found['late']}".lower().split()
    share = float(found["share"]) / (100 if found["percent"] else 1) if found["share"] else None
    return [
        MeasuredSegment(
            chrom=chrom,
            start=start,
            end=end,
            bands=bands,
            low=low,
            high=high,
            method=method,
            assembly=assembly,
            homozygous="hmz" in words,
            constitutional="c" in words,
            fraction=share if share is not None and 0 < share <= 1 else None,
            raw=text,
        )
        for chrom, bands, start, end in _places(found)
    ]


_COPIES = {"del": 1, "dup": 3}


def _of_token(token: KaryotypeToken, method: str, assembly: str | None) -> list[MeasuredSegment]:
    """del(9)(p21.3p21.3)(21900000_22100000) of an optical map is a region with one copy."""
    part = token.parts[0] if len(token.parts) == 1 else None
    if part is None or part.kind not in _COPIES or len(part.positions) != 2 or len(part.chromosomes) != 1:
        return []
    start, end = sorted(part.positions)
    copies = _COPIES[part.kind]
    bands = part.bands[0] if part.bands else ()
    return [
        MeasuredSegment(
            part.chromosomes[0],
            start,
            end,
            bands,
            copies,
            copies,
            method,
            assembly,
            constitutional=token.constitutional,
            raw=token.raw,
        )
    ]


def _places(found: re.Match[str]) -> list[tuple[str, tuple[str, ...], int | None, int | None]]:
    """Chromosome, bands, first and last base of an item; a list of chromosomes where none is named before."""
    inside = found["inside"]
    if found["chrom"] is None:
        return [(chrom, (), None, None) for chrom in _listed(inside or "")]
    chroms = read_chromosomes(found["chrom"])
    bands = tuple(band.lower() for band in _BAND.findall(found["bands"] or ""))
    positions = _POSITIONS.match(inside) if inside else None
    if not chroms or (inside and positions is None):
        return []
    if positions is None:
        return [(chroms[0], bands, None, None)]
    ends = sorted(int(re.sub(r"[,.]", "", positions[name])) for name in ("start", "end"))
    return [(chroms[0], bands, ends[0], ends[1])]


def _listed(inside: str) -> list[str]:
    """`1-8,X` -> 1, 2 … 8, X; nothing where one name is no chromosome."""
    names: list[str] = []
    for item in inside.upper().replace("XY", "X,Y").split(","):  # (XY)x1 until ISCN 2013
        span = _RANGE.match(item.strip())
        if span:
            first, last = sorted(int(number) for number in span.groups())
            names += [str(number) for number in range(first, last + 1)]
        else:
            names.append(item.strip())
    chroms = [chrom for name in names for chrom in read_chromosomes(name) if chrom in CHROMOSOMES]
    return chroms if len(chroms) == len(names) else []
