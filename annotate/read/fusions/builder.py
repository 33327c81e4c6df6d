"""What every fusion reader needs: one record with its flags, its remarks, and the count of what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Required, TypedDict, Unpack

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import SILENT, Fusion
from annotate.model.junctions import Side
from annotate.model.remark import Remark
from annotate.model.sample import InputFile
from annotate.read.common.delimited import tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, Tally
from annotate.read.fusions.assembly import check_assembly
from annotate.read.fusions.names import NO_PARTNER, Named, Pairs, cell_genes, known_as, symbol
from annotate.read.fusions.panel import Panel
from annotate.read.fusions.places import gene_at
from annotate.read.fusions.remarks import no_reads, unknown_partner, unknown_table
from annotate.read.fusions.source import Source
from annotate.reference.genome import Genome

KIND = "fusions"
MOST_KEPT = 5_000  # records of one file that are kept whatever genes they join; of more, those of the panel
UNTOUCHED = "no gene of a lesion"
Place = tuple[str, int]
PlaceText = str | tuple[str, str] | Place | None


class FusionFile(NamedTuple):
    """What one file gave."""

    fusions: list[Fusion]
    file: InputFile
    remarks: tuple[Remark, ...] = ()
    beyond: int = 0  # records of expressed fusions that join no gene of the panel, counted and not kept


class Join(NamedTuple):
    """What flags are told from."""

    five: str
    three: str
    five_at: Place | None
    three_at: Place | None
    five_keeps: Side | None
    three_keeps: Side | None
    reads: int | None


class Facts(TypedDict, total=False):
    """What a record says beside its two genes.

    `records`: how many lines of the file it is; `counted`: False for a further caller's part of a line.
    """

    record: Required[str]
    five_place: PlaceText
    three_place: PlaceText
    five_keeps: Side | None
    three_keeps: Side | None
    split: int | None
    spanning: int | None
    in_frame: bool | None
    confidence: str | None
    five_transcript: str | None
    three_transcript: str | None
    flags: Iterable[str]
    filter: str | None
    caller: str | None
    records: int
    counted: bool


@dataclass(slots=True)
class Reading:
    """One file while it is read."""

    source: Source
    caller: str
    format: str
    fusions: list[Fusion] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)  # names that nobody knows, by how often
    named: int = 0  # ends under a name that is known
    beyond: int = 0
    long: bool = False  # more records than are kept whatever genes they join
    pairs: Pairs = field(init=False)
    panel: Panel = field(init=False)
    least: int = field(init=False)
    near: int = field(init=False)

    def __post_init__(self) -> None:
        self.pairs = Pairs.of(self.genome, self.knowledge)
        self.panel = Panel.of(self.genome, self.knowledge)
        self.least = self.knowledge.value(cutoffs.FUSIONS_MIN_READS)
        self.near = self.knowledge.value(cutoffs.FUSIONS_READ_THROUGH_DISTANCE)

    @property
    def genome(self) -> Genome:
        """The reference of the sample."""
        return self.source.genome

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge tables of the run."""
        return self.source.knowledge

    @property
    def tally(self) -> Tally:
        """The counts of records of the file."""
        return self.source.tally

    def add(self, five: str, three: str, **facts: Unpack[Facts]) -> None:
        """Keep one record, or drop it where neither gene has a name or no read supports it."""
        count = facts.get("records", 1) if facts.get("counted", True) else 0
        own = set(facts.get("flags", ()))
        if self._passed_over(five, three, own, count):
            return
        five_at, three_at = (self._place(place, own) for place in (facts.get("five_place"), facts.get("three_place")))
        five, three = self._name(five, five_at, own), self._name(three, three_at, own)
        a, b, outside = self.pairs.best(self.genome, five, three)
        if a == b == NO_PARTNER:
            self._drop("no gene on either side", count)
            return
        reads = _reads(facts)
        if reads == 0:
            self._without_reads(a, b, facts["record"], count)
            return
        if outside:
            own.add("intergenic")
        own |= self._shape(Join(a, b, five_at, three_at, facts.get("five_keeps"), facts.get("three_keeps"), reads))
        if (a, b) in self.pairs.known:
            own.discard("read_through")
        fusion = self._fusion((a, b), (five_at, three_at), own, facts)
        self._keep(fusion, (five_at is not None, three_at is not None), count)

    def _fusion(
        self, pair: tuple[str, str], places: tuple[Place | None, Place | None], own: set[str], facts: Facts
    ) -> Fusion:
        return Fusion(
            five=pair[0],
            three=pair[1],
            caller=facts.get("caller") or self.caller,
            five_breakpoint=places[0],
            three_breakpoint=places[1],
            split_reads=facts.get("split"),
            spanning_reads=facts.get("spanning"),
            in_frame=facts.get("in_frame"),
            confidence=facts.get("confidence") or None,
            five_transcript=_word(facts.get("five_transcript")),
            three_transcript=_word(facts.get("three_transcript")),
            five_keeps=facts.get("five_keeps"),
            three_keeps=facts.get("three_keeps"),
            flags=tuple(sorted(own)),
            filter=facts.get("filter") or None,
            file=str(self.source.path),
            record=facts["record"],
        )

    def _without_reads(self, five: str, three: str, record: str, count: int) -> None:
        """A record without a read is no evidence; of a known pair it is remembered."""
        self._drop("no read supports it", count)
        if (five, three) in self.pairs.known:
            self.remarks.append(no_reads(self.source, record, five, three))

    def _keep(self, fusion: Fusion, placed: tuple[bool, bool], count: int) -> None:
        self.fusions.append(fusion)
        for _ in range(count):
            self.tally.use()
        for name, partner, at in ((fusion.five, fusion.three, placed[0]), (fusion.three, fusion.five, placed[1])):
            how = known_as(self.genome, name)
            if how is not Named.UNKNOWN or (name == NO_PARTNER and at):
                self.named += 1
                continue
            if name != NO_PARTNER:
                self.unknown[name] += 1
            if not at and partner in self.panel.drivers:
                lesions = self.panel.lesions.get(partner, ())
                self.remarks.append(unknown_partner(fusion, name, partner, lesions))

    def _drop(self, reason: str, count: int) -> None:
        for _ in range(count):
            self.tally.drop(reason)

    def _passed_over(self, five: str, three: str, flags: set[str], count: int) -> bool:
        """In a file of very many records, those that no lesion asks for are counted and not kept."""
        if self.tally.read < MOST_KEPT:
            return False
        if not self.long:
            self._prune()
        if _plain_names(self.genome, five, three) is None or self._asked(five, three):
            return False
        self._drop(UNTOUCHED, count)
        self.named += 2
        self.beyond += count if not flags & SILENT else 0
        return True

    def _asked(self, five: str, three: str) -> bool:
        names = _plain_names(self.genome, five, three)
        return names is None or self.panel.asks(*names)

    def _prune(self) -> None:
        """Once a file turns out to be very long: what was kept of it so far is looked at again."""
        self.long = True
        kept = [fusion for fusion in self.fusions if self._asked(fusion.five, fusion.three)]
        gone = len(self.fusions) - len(kept)
        self.beyond += sum(not SILENT & set(fusion.flags) for fusion in self.fusions) - sum(
            not SILENT & set(fusion.flags) for fusion in kept
        )
        self.tally.used -= gone
        self.tally.dropped[UNTOUCHED] += gone
        self.fusions = kept
        self.tally.note(f"more than {MOST_KEPT:,} records: those that no lesion asks for are counted alone")

    def _name(self, text: str, at: Place | None, flags: set[str]) -> str:
        """The cell, or the gene at its place where the cell names none that is known.

        Where it names none at all, the caller saw no gene there: its strand may be the other one.
        """
        genes = cell_genes(text)
        if at is None or any(known_as(self.genome, name) is Named.GENE for name, _ in genes):
            return text
        found = gene_at(self.genome, *at)
        if not self.panel.touches(found):
            return text
        if not genes:
            flags.add("intergenic")
        return found

    def _place(self, place: PlaceText, flags: set[str]) -> Place | None:
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

    def done(self) -> FusionFile:
        """Everything read; InputError when the breakpoints are those of another assembly."""
        check_assembly(self.fusions, self.genome, self.knowledge, self.source.path)
        beyond = sum("breakpoint_unplaced" in fusion.flags for fusion in self.fusions)
        if beyond:
            self.tally.warn(f"{beyond} fusion(s) with a breakpoint on no assembled chromosome; its place is left out")
        self._say_unknown()
        file = self.tally.file(KIND, self.source.path, self.format)
        return FusionFile(self.fusions, file, tuple(self.remarks), self.beyond)

    def _say_unknown(self) -> None:
        """Names that nobody knows are said; where they are too many, the table is silent about every lesion."""
        ends = self.named + self.unknown.total()
        if not self.unknown:
            return
        shown = ", ".join(sorted(self.unknown, key=lambda name: (-self.unknown[name], name))[:5])
        text = f"{self.unknown.total()} of {ends} gene names are not known ({shown})"
        if self.unknown.total() > self.knowledge.value(cutoffs.FUSIONS_UNKNOWN_NAMES) * ends:
            text += ": the table excludes nothing"
            self.remarks.append(unknown_table(self.source, self.knowledge, text))
        self.tally.warn(text)


@lru_cache(maxsize=1 << 17)
def _plain_names(genome: Genome, five: str, three: str) -> tuple[str, str] | None:
    """Both current symbols where each cell is one gene of the reference; None for any other cell."""
    names = symbol(genome, five), symbol(genome, three)
    return names if all(known_as(genome, name) is not Named.UNKNOWN for name in names) else None


def _reads(facts: Facts) -> int | None:
    known = [count for count in (facts.get("split"), facts.get("spanning")) if count is not None]
    return sum(known) if known else None


def _word(text: str | None) -> str | None:
    return None if text is None or text.strip() in MISSING else text.strip()


ReadFile = Callable[[Source], FusionFile]


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
    """Register a fusion format; it is recognised in tables with tabs, commas or semicolons alike."""

    def recognises(head: Head) -> bool:
        return recognise(tabled(head))

    register(Format(KIND, name, caller, description, recognises, read, priority, tested_on))
