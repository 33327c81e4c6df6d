"""Junctions of one file while it is read: mates and repeats of a junction become one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from annotate.base.sequence import reverse_complement
from annotate.breakpoints.breakends import name, precedes
from annotate.model.junctions import Breakend, Junction
from annotate.read.structural.support import NOTHING, Support

Range = tuple[int, int]
LOCAL = 100_000  # bases: a deletion, insertion or duplication up to this long is local: it matters at an exon
MATE_DISTANCE = 1000  # how far apart two records of one junction may place it and still be called mates


@dataclass(slots=True)
class Draft:
    """A junction in canonical order (lower place left) that may still gain its mate's record."""

    id: str
    left: Breakend
    right: Breakend | None
    inserted: str = ""  # on the forward strand of `left`
    left_range: Range | None = None
    right_range: Range | None = None
    homology: str = ""
    precise: bool = True
    filter: str | None = None
    support: Support = NOTHING
    caller: str = ""
    record: str = ""
    mates: tuple[str, ...] = ()
    flags: set[str] = field(default_factory=set)
    records: list[str] = field(default_factory=list)

    def take(self, mate: Draft) -> None:
        """Another record of the same junction: what this one lacks is taken from it."""
        self.records += mate.records
        if self.left_range is None:
            self.left_range = mate.left_range
        if self.right_range is None:
            self.right_range = mate.right_range
        self.inserted = self.inserted or mate.inserted
        self.homology = self.homology or mate.homology
        self.precise = self.precise and mate.precise
        if "orientation_unknown" not in mate.flags:
            self.flags.discard("orientation_unknown")
        self.mates += mate.mates
        if mate.filter in ("PASS", None) and self.filter not in ("PASS", None):
            self.filter = mate.filter
            self.flags.discard("filtered_by_caller")

    @property
    def is_local(self) -> bool:
        """A deletion, insertion or duplication within `LOCAL` bases."""
        right = self.right
        if right is None or right.chrom != self.left.chrom or right.keeps == self.left.keeps:
            return False
        return right.pos - self.left.pos <= LOCAL

    def finish(self, file: str) -> Junction:
        """The junction that the records of a file make together."""
        left_range = self.left_range or (0, 0)
        return Junction(
            id=self.id,
            left=self.left,
            right=self.right,
            svtype=svtype(self.left, self.right) if "orientation_unknown" not in self.flags else "BND",
            split_reads=self.support.split,
            paired_reads=self.support.paired,
            support=self.support.total,
            vaf=self.support.vaf,
            depth=self.support.depth,
            inserted_sequence=self.inserted,
            homology=self.homology,
            left_range=left_range,
            right_range=self.right_range or ((0, 0) if self.right is None else left_range),
            precise=self.precise,
            filter=self.filter,
            callers=(self.caller,),
            files=(file,),
            records=tuple(sorted(set(self.records))),
            flags=tuple(sorted(self.flags)),
        )


def draft(
    here: Breakend, there: Breakend | None, inserted: str, here_range: Range | None, there_range: Range | None
) -> Draft:
    """A draft in canonical order; see `annotate.breakpoints.breakends.join`."""
    if there is not None and precedes(there, here):
        if inserted and here.keeps == there.keeps:
            inserted = reverse_complement(inserted)
        return Draft(name(there, here), there, here, inserted.upper(), there_range, here_range)
    return Draft(name(here, there), here, there, inserted.upper(), here_range, there_range)


def svtype(left: Breakend, right: Breakend | None) -> str:
    """The kind of a junction told from its sides, the same however a caller wrote it."""
    if right is None:
        return "SGL"
    if left.chrom != right.chrom:
        return "BND"
    if left.keeps == right.keeps:
        return "INV"
    if left.keeps == "R":
        return "DUP"
    return "INS" if is_insertion(left, right) else "DEL"


def is_insertion(left: Breakend, right: Breakend) -> bool:
    """Neighbouring bases joined as in the reference: nothing lost, something inserted."""
    return left.chrom == right.chrom and left.keeps == "L" and right.keeps == "R" and right.pos - left.pos == 1


@dataclass(slots=True)
class Collector:
    """The junctions of one file, each once."""

    drafts: list[Draft] = field(default_factory=list)
    by_key: dict[str, Draft] = field(default_factory=dict)
    by_record: dict[str, Draft] = field(default_factory=dict)

    def known(self, new: Draft) -> bool:
        """If another record already gave this junction, give it what this one adds."""
        found = self.by_key.get(_key(new)) or self._mate(new)
        if found is None:
            return False
        found.take(new)
        if not _same_sides(found, new):
            found.flags.add("orientation_unknown")
        if new.record:
            self.by_record.setdefault(new.record, found)
        return True

    def add(self, new: Draft) -> None:
        """Keep a new junction, to be found by its ends and by its record."""
        self.drafts.append(new)
        self.by_key[_key(new)] = new
        if new.record:
            self.by_record.setdefault(new.record, new)

    def _mate(self, new: Draft) -> Draft | None:
        """The draft of the record that this one names as its mate, if both describe the same places.

        Mates that keep other sides contradict each other: one junction then, whose sides are not known.
        """
        for mate in new.mates:
            known = self.by_record.get(mate)
            if known is not None and _same_places(known, new):
                return known
        return None

    def junctions(self, file: str) -> list[Junction]:
        """All junctions of the file, with ids that are distinct."""
        finished = [draft.finish(file) for draft in self.drafts]
        return _distinct_ids(finished)


def _key(new: Draft) -> str:
    """What makes two records the same junction; between neighbouring bases only the inserted bases tell."""
    local = new.right is not None and is_insertion(new.left, new.right)
    return f"{new.id}+{new.inserted}" if local else new.id


def _same_places(a: Draft, b: Draft) -> bool:
    if a.right is None or b.right is None:
        return False
    return all(
        x.chrom == y.chrom and abs(x.pos - y.pos) <= MATE_DISTANCE for x, y in ((a.left, b.left), (a.right, b.right))
    )


def _same_sides(a: Draft, b: Draft) -> bool:
    return a.left.keeps == b.left.keeps and (a.right and a.right.keeps) == (b.right and b.right.keeps)


def _distinct_ids(junctions: list[Junction]) -> list[Junction]:
    """Insertions of different bases at one place share their coordinates: number them by their bases."""
    counts = Counter(junction.id for junction in junctions)
    if len(counts) == len(junctions):
        return junctions
    number: Counter[str] = Counter()
    result = []
    for junction in sorted(junctions, key=lambda j: (j.id, j.inserted_sequence)):
        number[junction.id] += 1
        again = counts[junction.id] > 1 and number[junction.id] > 1
        result.append(replace(junction, id=f"{junction.id}#{number[junction.id]}") if again else junction)
    return result
