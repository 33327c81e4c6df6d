"""Patient-specific junctions for follow-up: what a laboratory needs to design an assay for residual disease.

Only junctions of rearrangements that are detected are listed. An equivocal one is not: an assay on a junction that the
leukaemia may not have would call every follow-up sample free of disease.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.base.sequence import reverse_complement
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.lesions import LesionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, GenePair, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.reference.genome import Genome

FAMILY = "rearrangement"
ROLES = ("fusion", "one of a chain", "reciprocal", "part of the rearrangement")
UNKNOWN = "…"  # a flank of which the pack has no base
_TELLING = re.compile(r"[ACGT]*")
_NOTES: Mapping[str, str] = {
    "filtered_by_caller": "the caller filtered this junction",
    "low_support": "few reads",
    "possible_germline": "also seen in the normal: not specific for the leukaemia",
    "mate_record_missing": "written by one record only",
    "ig_tr_rearrangement": "rearranged receptor locus",
}


def follow_up_junctions(
    junctions: Junctions, calls: Mapping[str, LesionCall], genome: Genome, knowledge: Knowledge | None = None
) -> tuple[Mapping[str, Any], ...]:
    """One row a junction of a detected rearrangement, in the order of the calls; the fusion before its reciprocal.

    `junction` is its id, which holds both places (1-based, the last base kept) and sides; `breakends` says them in
    words. `inserted` and `sequence` read from the first breakend across the junction to the second. `sequence` is
    ``flank|inserted|flank``, up to `junctions.flank` bases on each side as far as the reference pack has them; a
    flank of which it has none is `…`, and None stands for both. Every row has the same keys.
    """
    knowledge = knowledge or Knowledge.load()
    by_id = {junction.id: junction for junction in junctions.junctions}
    wanted = list(_wanted(junctions, calls, knowledge))
    if not wanted:
        return ()
    length = knowledge.value(cutoffs.JUNCTIONS_FLANK)
    with Reference.of(genome) as reference:
        rows = [_row(call, by_id[id], genome, reference, length) for call, id in wanted]
    place = {call.id: number for number, (call, _) in reversed(list(enumerate(wanted)))}
    return tuple(sorted(rows, key=lambda row: (place[row["lesion"]], ROLES.index(row["role"]))))


def _wanted(
    junctions: Junctions, calls: Mapping[str, LesionCall], knowledge: Knowledge
) -> Iterator[tuple[LesionCall, str]]:
    """Detected rearrangements with the ids of their two-ended junctions, each junction once."""
    families = {row.id: row.family for row in knowledge.rows(LesionRow)}
    seen: set[str] = set()
    for call in calls.values():
        if not call.state.present or families.get(call.id) != FAMILY:
            continue
        for junction in _junctions_of(call, junctions):
            if junction.right is not None and junction.id not in seen:
                seen.add(junction.id)
                yield call, junction.id


def _junctions_of(call: LesionCall, junctions: Junctions) -> list[Junction]:
    """Junctions that the call names, by id or by the record that its evidence points at."""
    ids = {str(id) for id in call.details.get("junctions") or ()}
    records = {
        (item.file, record)
        for item in call.evidence
        if item.kind == "junction" and item.record
        for record in item.record.split(";")
    }
    found = []
    for junction in junctions.junctions:
        named = any((file, record) in records for file in junction.files for record in junction.records)
        if junction.id in ids or named or any((file, junction.id) in records for file in junction.files):
            found.append(junction)
    return found


def _row(call: LesionCall, junction: Junction, genome: Genome, reference: Reference, length: int) -> Mapping[str, Any]:
    right = junction.right
    assert right is not None
    pair = _pair(call, junction)
    one, two = reference.towards(junction.left, length), reference.away(right, length)
    inserted = junction.inserted_sequence
    if junction.left.keeps == "R":
        inserted = reverse_complement(inserted)
    vaf = None if junction.vaf is None else round(junction.vaf, 3)
    return {
        "lesion": call.id,
        "fusion": f"{pair.five}::{pair.three}" if pair else junction.genes,
        "role": _role(pair),
        "junction": junction.id,
        "breakends": f"{_place(junction.left)} | {_place(right)} ({genome.assembly})",
        "inserted": inserted or None,
        "homology": junction.homology or None,
        "reads": junction.reads,
        "vaf": vaf,
        "callers": ", ".join(junction.callers) or None,
        "sequence": f"{one or UNKNOWN}|{inserted}|{two or UNKNOWN}" if one or two else None,
        "note": "; ".join(_notes(junction, one, two)) or None,
    }


def _pair(call: LesionCall, junction: Junction) -> GenePair | None:
    """The pair of the lesion: of the fusion that the call names, else the best known one."""
    named = {call.subtype, call.details.get("fusion")}
    pairs = sorted(
        junction.pairs,
        key=lambda p: (f"{p.five}::{p.three}" not in named, not p.known, not p.oriented, not p.reciprocal),
    )
    return pairs[0] if pairs else None


def _role(pair: GenePair | None) -> str:
    if pair is None:
        return ROLES[3]
    if pair.oriented:
        return ROLES[1] if pair.via else ROLES[0]
    return ROLES[2] if pair.reciprocal else ROLES[3]


def _place(end: Breakend) -> str:
    return f"{end.chrom}:{end.pos:,} {'left' if end.keeps == 'L' else 'right'} kept"


def _notes(junction: Junction, one: str, two: str) -> Iterator[str]:
    for flag, text in _NOTES.items():
        if flag in junction.flags:
            yield text
    if not junction.precise:
        yield "inexact: sequence the junction before an assay is designed"
    if not (one and two):
        which = "flanks" if not one and not two else "first flank" if not one else "second flank"
        yield f"{which} not in the reference pack"


# ---------------------------------------------------------------- reference bases


@dataclass(slots=True)
class Reference:
    """Bases of the reference pack, which has them for panel genes only (N elsewhere)."""

    fasta: Any
    names: Mapping[str | None, str]

    @staticmethod
    def of(genome: Genome) -> Reference:
        """The pack's sequences, opened, with their names by chromosome."""
        import pysam

        fasta = pysam.FastaFile(str(genome.fasta))
        return Reference(fasta, {genome.contig(name): name for name in fasta.references})

    def __enter__(self) -> Reference:
        return self

    def __exit__(self, *_: object) -> None:
        self.fasta.close()

    def towards(self, end: Breakend, length: int) -> str:
        """Kept bases of a breakend, read towards the junction and ending at it; as many as are known next to it."""
        return reverse_complement(self.away(end, length))

    def away(self, end: Breakend, length: int) -> str:
        """Kept bases of a breakend, read away from the junction, beginning at its place."""
        if end.chrom not in self.names:
            return ""
        name = self.names[end.chrom]
        if end.keeps == "R":
            bases = self.fasta.fetch(name, end.pos - 1, end.pos - 1 + length).upper()
        else:
            bases = reverse_complement(self.fasta.fetch(name, max(end.pos - length, 0), end.pos).upper())
        known = _TELLING.match(bases)
        return known[0] if known else ""
