"""Fusions of RNA written as VCF: Arriba's `convert_fusions_to_vcf.sh` and the collected VCF of nf-core/rnafusion.

Two breakend records are one fusion. Arriba names one gene a record, the 5' gene in the first; rnafusion names both in
each, with the strands along which the transcript runs. The brackets give the sides that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.breakpoints.vcf_alt import parse_alt
from annotate.model.junctions import Side
from annotate.read.common.columns import choose_columns
from annotate.read.common.passing import filter_word
from annotate.read.common.rna_marks import ARRIBA, RNAFUSION, rna_caller
from annotate.read.common.text import Head, lines
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import five_side, three_side, truth
from annotate.read.fusions.places import gene_at
from annotate.read.fusions.source import KIND, Source

ARRIBA_VCF, RNAFUSION_VCF = "arriba.vcf", "rnafusion.vcf"
Place = tuple[str, str]


@frozen
class _Record:
    """One breakend record: the file's own cells, INFO and this sample's FORMAT fields."""

    line: int
    place: Place
    id: str
    alt: str
    filter: str
    info: Mapping[str, str]
    own: Mapping[str, str]

    @property
    def event(self) -> str:
        """What both records of a fusion share."""
        pair = sorted((self.id, self.info.get("MATEID", ""))) if self.info.get("MATEID") else [self.id]
        return self.info.get("EVENT") or self.info.get("FUSION_ID") or "~".join(pair)


def _records(source: Source) -> Iterator[_Record]:
    header: list[str] = []
    own: int | None = None
    for number, line in lines(source.path):
        if line.startswith("#CHROM"):
            names = [name.strip() for name in line.split("\t")[9:]]
            own = choose_columns(names, header, source.sample, source.path, KIND).tumor
            continue
        if line.startswith("#") or not line.strip():
            header.append(line)
            continue
        cells = line.split("\t")
        if len(cells) < 8:
            raise InputError(
                "record is damaged", path=source.path, line=number, found=f"{len(cells)} columns", expected="8 or more"
            )
        info = dict(part.partition("=")[::2] for part in cells[7].split(";"))
        fields = {}
        if own is not None and len(cells) > 9 + own:
            fields = dict(zip(cells[8].split(":"), cells[9 + own].split(":"), strict=False))
        yield _Record(number, (cells[0], cells[1]), cells[2], cells[4], filter_word(cells[6]), info, fields)


# ---------------------------------------------------------------- Arriba


def read_arriba(source: Source) -> FusionFile:
    """Fusions of Arriba's VCF: the first record of an event is the 5' gene's."""
    reading = Reading(source, "Arriba", ARRIBA_VCF)
    events: dict[str, list[_Record]] = {}
    for record in _records(source):
        events.setdefault(record.event, []).append(record)
    for pair in events.values():
        _arriba(reading, pair)
    return reading.done()


def _arriba(reading: Reading, pair: list[_Record]) -> None:
    five = pair[0]
    alt = parse_alt(five.alt)
    if alt is None or alt.mate_chrom is None:
        for _ in pair:
            reading.tally.drop("no two ends of a fusion")
        return
    three = pair[1] if len(pair) > 1 else None
    confidence = five.info.get("CONFIDENCE", "")
    split = _whole(five.info.get("SPLIT_READS"))
    reading.add(
        five.info.get("GENE_NAME", ""),
        three.info.get("GENE_NAME", "") if three is not None else gene_at(reading.genome, alt.mate_chrom, alt.mate_pos),
        record=five.id if five.id != "." else f"line {five.line}",
        five_place=five.place,
        three_place=(alt.mate_chrom, str(alt.mate_pos)),
        five_keeps=alt.keeps,
        three_keeps=alt.mate_keeps,
        split=split,
        spanning=_whole(five.info.get("DISCORDANT_MATES")),
        in_frame=truth(five.info.get("READING_FRAME", "")),
        confidence=confidence,
        flags={"read_through"} if "read-through" in five.info.get("TYPE", "") else set(),
        filter="" if five.filter in ("PASS", ".", "") else five.filter,
        records=len(pair),
    )


# ---------------------------------------------------------------- nf-core/rnafusion


def read_rnafusion(source: Source) -> FusionFile:
    """Fusions of the collected VCF: GENEA is the 5' gene, RV split and DV spanning fragments."""
    reading = Reading(source, "nf-core/rnafusion", RNAFUSION_VCF)
    fusions: dict[tuple[str, ...], list[_Record]] = {}
    for record in _records(source):
        fusions.setdefault(_identity(record), []).append(record)
    for records in fusions.values():
        _rnafusion(reading, records)
    return reading.done()


def _identity(record: _Record) -> tuple[str, ...]:
    """Both genes and both places, whichever end the record stands at."""
    alt = parse_alt(record.alt)
    far = (alt.mate_chrom or "", str(alt.mate_pos)) if alt is not None else ("", "")
    genes = record.info.get("GENEA", ""), record.info.get("GENEB", "")
    return (*genes, *(part for place in sorted((record.place, far)) for part in place))


def _rnafusion(reading: Reading, records: list[_Record]) -> None:
    lead = max(records, key=lambda record: len(record.info))
    info = lead.info
    places = _places(lead)
    strands = (info.get("ORIENTATION", "") + ",").split(",")
    keeps: tuple[Side | None, Side | None] = five_side(strands[0]), three_side(strands[1])
    reading.add(
        info.get("GENEA", ""),
        info.get("GENEB", ""),
        record=lead.id if lead.id != "." else f"line {lead.line}",
        five_place=places[0],
        three_place=places[1],
        five_keeps=keeps[0],
        three_keeps=keeps[1],
        split=_whole(lead.own.get("RV")),
        spanning=_whole(lead.own.get("DV")),
        in_frame=truth(info.get("FRAME_STATUS", "")),
        flags=set(),
        filter="" if lead.filter in ("PASS", ".", "") else lead.filter,
        records=len(records),
    )


def _places(record: _Record) -> tuple[Place | None, Place | None]:
    info = record.info
    if info.get("POSA") and info.get("POSB"):
        return (info.get("CHRA", ""), info["POSA"]), (info.get("CHRB", ""), info["POSB"])
    alt = parse_alt(record.alt)
    if alt is None or alt.mate_chrom is None:
        return None, None
    here, there = record.place, (alt.mate_chrom, str(alt.mate_pos))
    return (here, there) if here[0] == info.get("CHRA", here[0]) else (there, here)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _is_arriba(head: Head) -> bool:
    return rna_caller(head) == ARRIBA


def _is_rnafusion(head: Head) -> bool:
    return rna_caller(head) == RNAFUSION


register_format(ARRIBA_VCF, "Arriba", "VCF of convert_fusions_to_vcf.sh", _is_arriba, read_arriba)
register_format(RNAFUSION_VCF, "nf-core/rnafusion", "fusion_data.vcf (vcf_collect)", _is_rnafusion, read_rnafusion)
