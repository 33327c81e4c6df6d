"""cBioPortal `data_sv.txt`: the structural variants of a study, many samples in one table.

Site 1 is the 5' site, unless `Connection_Type` says 3to5… or the event names the pair the other way round. A row of
`SV_Status` SOMATIC is a call that its study released; it is read as RNA where `RNA_Support` says so or where neither
column of support is filled, as DNA where only `DNA_Support` does.
"""

from __future__ import annotations

from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, rows, truth
from annotate.read.fusions.names import split_name, symbol
from annotate.read.fusions.source import Source

NAME = "cbioportal.data_sv"
_GENES = ("Site1_Hugo_Symbol", "Site2_Hugo_Symbol")
_SAMPLE = ("Sample_Id", "Sample_ID", "SAMPLE_ID")


def _recognise(head: Head) -> bool:
    return head.has(*_GENES) and any(head.has(name) for name in _SAMPLE)


def read(source: Source) -> FusionFile:
    """This sample's rows of a study's table."""
    reading = Reading(source, "cBioPortal", NAME)
    for row in rows(source, *_GENES):
        if cell(row, "SV_Status").upper() == "GERMLINE":
            reading.tally.drop("germline")
            continue
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    five, three = ("2", "1") if _swapped(reading, row) else ("1", "2")
    dna = truth(cell(row, "DNA_Support")) is True and truth(cell(row, "RNA_Support")) is not True
    flags = {"dna_derived"} if dna else set()
    if cell(row, "SV_Status").upper() == "SOMATIC":
        flags.add("curated")
    reading.add(
        cell(row, f"Site{five}_Hugo_Symbol"),
        cell(row, f"Site{three}_Hugo_Symbol"),
        record=f"line {row.line}",
        five_place=(cell(row, f"Site{five}_Chromosome"), cell(row, f"Site{five}_Position")),
        three_place=(cell(row, f"Site{three}_Chromosome"), cell(row, f"Site{three}_Position")),
        split=count(row, "Tumor_Split_Read_Count"),
        spanning=count(row, "Tumor_Paired_End_Read_Count"),
        in_frame=truth(cell(row, "Site2_Effect_On_Frame").lower().replace(" ", "_")),
        flags=flags,
    )


def _swapped(reading: Reading, row: Row) -> bool:
    """Does the event's own name put the second site first?"""
    words = cell(row, "Event_Info").split()
    pair = split_name(words[0], reading.genome) if words else None
    if pair is None:
        return False
    genes = [symbol(reading.genome, cell(row, name)) for name in _GENES]
    return [symbol(reading.genome, name) for name in pair] == genes[::-1] != genes


register_format(NAME, "cBioPortal", "data_sv.txt of a study", _recognise, read)
