"""What every fusion reader needs: gene names, breakpoints, flags, and the check of the assembly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.junctions import Side
from annotate.model.sample import InputFile
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, Tally
from annotate.read.fusions.cells import NO_PARTNER, Pairs, check_assembly
from annotate.reference.genome import Genome

KIND = "fusions"
Place = tuple[str, int]


# ---------------------------------------------------------------- the builder of fusions


class Join(NamedTuple):
    """What flags are told from."""

    five: str
    three: str
    five_at: Place | None
    three_at: Place | None
    five_keeps: Side | None
    three_keeps: Side | None
    reads: int | None


@dataclass(slots=True)
class Reading:
    """One file while it is read."""

    path: Path
    genome: Genome
    knowledge: Knowledge
    caller: str
    format: str
    tally: Tally = field(default_factory=Tally)
    fusions: list[Fusion] = field(default_factory=list)
    pairs: Pairs = field(init=False)
    least: int = field(init=False)
    near: int = field(init=False)

    def __post_init__(self) -> None:
        self.pairs = Pairs.of(self.genome, self.knowledge)
        self.least = int(self.knowledge.value("fusions.min_reads"))
        self.near = int(self.knowledge.value("fusions.read_through_distance"))

    def add(
        self,
        five: str,
        three: str,
        *,
        record: str,
        five_place: str | tuple[str, str] | Place | None = None,
        three_place: str | tuple[str, str] | Place | None = None,
        five_keeps: Side | None = None,
        three_keeps: Side | None = None,
        split: int | None = None,
        spanning: int | None = None,
        in_frame: bool | None = None,
        confidence: str | None = None,
        five_transcript: str | None = None,
        three_transcript: str | None = None,
        flags: Iterable[str] = (),
        filter: str | None = None,
        caller: str | None = None,
    ) -> None:
        """Keep one record, or drop it where neither gene has a name."""
        a, b, outside = self.pairs.best(self.genome, five, three)
        if a == b == NO_PARTNER:
            self.tally.drop("no gene on either side")
            return
        own = set(flags)
        five_at, three_at = self._place(five_place, own), self._place(three_place, own)
        if outside:
            own.add("intergenic")
        known = [n for n in (split, spanning) if n is not None]
        join = Join(a, b, five_at, three_at, five_keeps, three_keeps, sum(known) if known else None)
        own |= self._shape(join)
        if (a, b) in self.pairs.known:
            own.discard("read_through")
        fusion = Fusion(
            five=a,
            three=b,
            caller=caller or self.caller,
            five_breakpoint=five_at,
            three_breakpoint=three_at,
            split_reads=split,
            spanning_reads=spanning,
            in_frame=in_frame,
            confidence=confidence or None,
            five_transcript=_word(five_transcript),
            three_transcript=_word(three_transcript),
            five_keeps=five_keeps,
            three_keeps=three_keeps,
            flags=tuple(sorted(own)),
            filter=filter or None,
            file=str(self.path),
            record=record,
        )
        self.fusions.append(fusion)
        self.tally.use()

    def _place(self, place: str | tuple[str, str] | Place | None, flags: set[str]) -> Place | None:
        if place is None:
            return None
        if isinstance(place, str):
            parts = place.split(":")
            if len(parts) < 2 or place in MISSING:
                return None
            place = (parts[0], parts[1])
        contig, text = place[0], str(place[1]).strip()
        if contig in MISSING or not text.isdecimal():
            return None
        chrom, pos = self.genome.contig(contig), int(text)
        if chrom is None or not 0 < pos <= self.genome.contig_lengths[chrom]:
            flags.add("breakpoint_unplaced")
            return None
        return chrom, pos

    def _shape(self, join: Join) -> set[str]:
        """Flags that follow from the pair, its reads and its places."""
        flags = set()
        pair = (join.five, join.three)
        if join.reads is not None and join.reads < self.least:
            flags.add("low_support")
        if join.five == join.three:
            flags.add("same_gene")
            if self._backwards(join):
                flags.add("circular")
        elif pair not in self.pairs.known:
            if pair[::-1] in self.pairs.known:
                flags.add("reciprocal")
            elif self._read_through(join):
                flags.add("read_through")
        return flags

    def _backwards(self, join: Join) -> bool:
        gene, five, three = self.genome.gene(join.five), join.five_at, join.three_at
        if gene is None or five is None or three is None or five[0] != three[0]:
            return False
        return three[1] <= five[1] if gene.strand == "+" else three[1] >= five[1]

    def _read_through(self, join: Join) -> bool:
        """Neighbours of one strand, joined in their order: what transcription does without a rearrangement."""
        five, three = join.five_at, join.three_at
        if five is None or three is None or five[0] != three[0]:
            return False
        a, b = self.genome.gene(join.five), self.genome.gene(join.three)
        if a is None or b is None or a.strand != b.strand:
            return False
        ahead = three[1] - five[1] if a.strand == "+" else five[1] - three[1]
        if not 0 < ahead <= self.near:
            return False
        return join.five_keeps in (None, a.five_prime_side) and join.three_keeps in (None, b.three_prime_side)

    def done(self) -> tuple[list[Fusion], InputFile]:
        """Everything read; InputError when the breakpoints are those of another assembly."""
        check_assembly(self.fusions, self.genome, self.knowledge, self.path)
        beyond = sum("breakpoint_unplaced" in fusion.flags for fusion in self.fusions)
        if beyond:
            self.tally.warn(f"{beyond} fusion(s) with a breakpoint on no assembled chromosome; its place is left out")
        return self.fusions, self.tally.file(KIND, self.path, self.format)


def _word(text: str | None) -> str | None:
    return None if text is None or text.strip() in MISSING else text.strip()


ReadFile = Callable[[Path, Genome, Knowledge], tuple[list[Fusion], InputFile]]


def register_format(
    name: str,
    caller: str,
    description: str,
    recognise: Callable[[Head], bool],
    read: ReadFile,
    *,
    priority: int = 10,
    tested_on: str = "documentation",
) -> None:
    register(Format(KIND, name, caller, description, recognise, read, priority, tested_on))
