"""Records of the panel out of a VCF or BCF of any size, decoded by htslib through cyvcf2.

A text VCF goes through the sieve (`sieve.py`) first; the lines that it keeps are given to cyvcf2 in batches, under a
header that declares exactly the keys they use, so that a caller's wrong or missing declarations do no harm. A large
file with an index is read by its regions. A BCF without an index goes by record by record.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.read.common.columns import Columns
from annotate.read.small_variants.batches import batches, is_allele, kept_cells, last_position, plain_header
from annotate.read.small_variants.container import chunks
from annotate.read.small_variants.header import Header
from annotate.read.small_variants.index import (
    counted,
    index_contigs,
    index_of,
    loads,
    make_index,
    records_by_index,
    summed,
    tabix_file,
)
from annotate.read.small_variants.panel import Regions, merge
from annotate.read.small_variants.sieve import Claims, Sieve, Totals, longest
from annotate.read.small_variants.spans import span_end
from annotate.reference.genome import Genome

QUERY_GAP = 50_000  # bases between two regions that one query of the index takes together


@dataclass(slots=True)
class Record:
    """One line of a VCF. `tumor` and `normal` are sample cells by FORMAT key."""

    label: str  # line number, or ID, or place
    chrom: str
    pos: int
    id: str
    ref: str
    alts: list[str]
    filter: str
    info: Mapping[str, str]
    tumor: Mapping[str, str] | None
    normal: Mapping[str, str] | None

    @property
    def end(self) -> int:
        """Last base of REF, or of the block that the record stands for."""
        told = ";".join(f"{key}={self.info[key]}" for key in ("END", "SVLEN") if key in self.info)
        stated = span_end(self.pos, ",".join(self.alts).encode(), told.encode()) if told else None
        return max(self.pos + len(self.ref) - 1, stated or 0)


@dataclass(slots=True)
class Stream:
    """Iterate for the records; `totals` are complete when the iteration is."""

    header: Header
    columns: Columns
    genome: Genome
    regions: Regions
    near: Regions  # whole panel genes
    use_index: bool
    claims: Claims | None = None  # what of INFO makes a record in `near` worth reading that is not in `regions`
    totals: Totals = field(default_factory=Totals)
    warnings: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        if self.use_index:
            return self._indexed()
        return self._whole_bcf() if self.header.container.bcf else self._through_sieve()

    # ------------------------------------------------------------ text

    def _through_sieve(self) -> Iterator[Record]:
        header = self.header
        sieve = Sieve(
            header.path,
            self.genome,
            header.width,
            header.first_record,
            self.regions,
            self.near,
            self.claims,
            blocks=header.gvcf,
            totals=self.totals,
        )
        with chunks(header.path, header.body, compressed=header.container.gzip) as pieces:
            for batch in batches(sieve.kept(pieces)):
                yield from self.decode(batch)

    def decode(self, batch: Sequence[tuple[int | str, bytes]]) -> Iterator[Record]:
        """Lines, each with its number or its name, through cyvcf2, with the two sample columns that are asked for."""
        chosen = [index for index in (self.columns.tumor, self.columns.normal) if index is not None]
        kept = [(where, kept_cells(line, chosen, self.genome)) for where, line in batch]
        places = iter(where for where, _ in kept)
        with tempfile.NamedTemporaryFile(suffix=".vcf", prefix="allert-") as part:
            part.write(plain_header([cells for _, cells in kept], chosen))
            part.writelines(b"\t".join(cells) + b"\n" for _, cells in kept)
            part.flush()
            last: int | str = 0
            try:
                for variant in _open(Path(part.name)):
                    last = next(places)
                    yield self._record(str(variant), f"line {last}" if isinstance(last, int) else last, bool(chosen))
            except InputError:
                raise
            except Exception as error:  # cyvcf2 raises plain Exception for a line that htslib cannot parse
                raise self._damaged(next(places, last), error) from error
            missing = next(places, None)
            if missing is not None:
                raise self._damaged(missing, None)

    def _damaged(self, where: int | str, error: Exception | None) -> InputError:
        return InputError(
            "record is damaged" + (f" ({error})" if error and str(error) else ""),
            path=self.header.path,
            line=where if isinstance(where, int) else None,
            found=None if isinstance(where, int) else where,
            expected="a VCF record that htslib can read",
            fix="compare FORMAT with the sample columns of that line, or copy the file again",
        )

    # ------------------------------------------------------------ index and BCF

    def _indexed(self) -> Iterator[Record]:
        """By the regions of the index; a BCF without one gets one for the moment, which is quicker than its records."""
        path = self.header.path
        index = index_of(path)
        if not self.header.container.bcf:
            # without contigs in the header the assembly is told from the places of all records
            tabix = tabix_file(path, index) if index is not None and self.header.contigs else None
            if tabix is None:  # an index that cannot be read is as good as none
                self.use_index = False
                yield from self._through_sieve()
                return
            with tabix:
                for batch in batches(self._lines_by_index(tabix)):
                    yield from self.decode(batch)
                self._skipped(counted(path, tabix.contigs, self.genome))
            return
        if index is not None:
            counts = records_by_index(path)
            if counts is not None or loads(path):
                yield from self._by_index(path, counts)
                return
        with tempfile.TemporaryDirectory(prefix="allert-") as folder:
            link = Path(folder) / "input.bcf"
            link.symlink_to(path.resolve())
            if make_index(link):
                yield from self._by_index(link, records_by_index(link))
            else:  # not sorted
                self.use_index = False
                yield from self._whole_bcf()

    def _lines_by_index(self, tabix: Any) -> Iterator[tuple[str, bytes]]:
        """Lines of the regions, each with its ID or place; the others of whole genes are counted."""
        spelling = {self.genome.contig(name): name for name in reversed(tabix.contigs)}
        done = ("", 0)
        try:
            for chrom, start, end in merge(self.near.intervals, QUERY_GAP):
                name = spelling.get(chrom)
                if name is None:
                    continue
                before = done[1] if done[0] == chrom else 0
                for line in tabix.fetch(name, start - 1, end):
                    cells = line.split("\t", 4)
                    pos = int(cells[1])
                    if pos <= before:
                        continue  # it reaches into this query from the one before
                    self.totals.records += 1
                    if self._touches(chrom, pos, last_position(cells, pos), partial(str, line)):
                        yield cells[2] if cells[2] != "." else f"{name}:{pos}", self._whole(line, name, pos)
                done = chrom, end
        except (OSError, ValueError) as error:  # of pysam: a block of the file is damaged
            raise self._unreadable(error) from error

    def _whole(self, line: str, name: str, pos: int) -> bytes:
        columns = line.count("\t") + 1
        if columns != self.header.width:
            raise InputError(
                "record has not the columns that the header names",
                path=self.header.path,
                found=f"{columns} columns at {name}:{pos:,}",
                expected=f"{self.header.width} columns, tab-separated",
                fix="the file is truncated or damaged there: copy it again",
            )
        return line.encode("latin-1")

    def _by_index(self, path: Path, counts: Mapping[str, int] | None) -> Iterator[Record]:
        """Regions of a BCF. `counts`: records of each contig, by the index; None where it does not count.

        With pysam, because a query of cyvcf2 ends at a damaged block as if the file ended there.
        """
        import pysam

        seen_to: dict[str, int] = {}
        file = None
        try:
            file = pysam.VariantFile(str(path))
            file.subset_samples(self._chosen_names())
            names = tuple(str(name) for name in file.header.contigs)
            known = counts if counts is not None else index_contigs(path, names)
            spelling = {self.genome.contig(name): name for name in reversed(names) if name in known}
            for chrom, start, end in merge(self.near.intervals, QUERY_GAP):
                name = spelling.get(chrom)
                if name is None:
                    continue
                before = seen_to.get(chrom, 0)
                for variant in file.fetch(name, start - 1, end):
                    pos = variant.pos
                    if pos <= before:
                        continue  # it reaches into this query from the one before
                    self.totals.records += 1
                    if self._touches(chrom, pos, _end(variant, pos, variant.alts, variant.stop), variant.__str__):
                        yield self.own(str(variant))
                seen_to[chrom] = end
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error
        finally:
            if file is not None:
                with suppress(OSError):  # closing a damaged file fails again
                    file.close()
        self._skipped(None if counts is None else summed(counts, self.genome))

    def _skipped(self, counts: tuple[int, int] | None) -> None:
        """Records that the index says are in the file but that no query returned lie outside the panel.

        `counts`: all, and those of other contigs.
        """
        if counts is None:
            self.warnings.append("read through its index: records outside the panel were not counted")
            return
        every, others = counts
        self.totals.other_contig += others
        self.totals.outside += max(0, every - others - self.totals.records)
        self.totals.records = max(self.totals.records + others, every)

    def _whole_bcf(self) -> Iterator[Record]:
        contigs: dict[str, str | None] = {}
        try:
            for variant in self.original():
                self.totals.records += 1
                name = variant.CHROM
                chrom = contigs[name] if name in contigs else contigs.setdefault(name, self.genome.contig(name))
                if variant.FILTER is None:
                    self.totals.passing_alleles += sum(is_allele(alt) for alt in variant.ALT)
                if chrom is None:
                    self.totals.other_contig += 1
                elif self._touches(
                    chrom, variant.POS, _end(variant, variant.POS, variant.ALT, variant.end), variant.__str__
                ):
                    yield self.own(str(variant))
        except InputError:
            raise
        except Exception as error:
            raise self._unreadable(error) from error

    def _touches(self, chrom: str, pos: int, end: int, text: Callable[[], str]) -> bool:
        """Is the record to be read? What is not is counted here. `text` gives the line of one in a gene."""
        self._within(chrom, pos)
        if self.regions.overlap(chrom, pos, max(end, pos)):
            return True
        if not self.near.overlap(chrom, pos, pos):
            self.totals.outside += 1
            return False
        if self.claims is not None and self.claims(text().encode("utf-8", errors="replace")):
            return True
        self.totals.near += 1
        return False

    def _within(self, chrom: str, pos: int) -> None:
        if pos > longest(chrom, self.genome):
            raise InputError(
                "position lies beyond the end of its contig",
                path=self.header.path,
                found=f"{chrom}:{pos:,}",
                expected=f"at most {self.genome.contig_lengths[chrom]:,} ({self.genome.assembly})",
                fix="check the assembly of the file",
            )

    def original(self, path: Path | None = None) -> Any:
        """The file itself through cyvcf2, with the chosen sample columns."""
        try:
            return _open(path or self.header.path, self._chosen_names() if self.header.names else None)
        except Exception as error:
            raise self._unreadable(error) from error

    def _chosen_names(self) -> list[str]:
        chosen = sorted({i for i in (self.columns.tumor, self.columns.normal) if i is not None})
        return [self.header.names[index] for index in chosen]

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(
            f"htslib cannot read the file ({error})",
            path=self.header.path,
            fix="check it with `bcftools view`, or copy it again",
        )

    def own(self, text: str) -> Record:
        """A record as the original file has it: sample columns are in the order of the file."""
        tumor, normal = self.columns.tumor, self.columns.normal
        swap = tumor is not None and normal is not None and normal < tumor
        return self._record(text, None, tumor is not None, swap)

    def _record(self, text: str, label: str | None, samples: bool, swap: bool = False) -> Record:
        cells = text.rstrip("\n").split("\t")
        chrom = self.genome.contig(cells[0])
        if chrom is None:
            raise AssertionError(cells[0])
        tumor = normal = None
        if samples and len(cells) > 9:
            keys = cells[8].split(":")
            both = [dict(zip(keys, cell.split(":"), strict=False)) for cell in cells[9:11]]
            tumor, normal = both[-1 if swap else 0], (both[0 if swap else -1] if len(both) > 1 else None)
        return Record(
            label=label or (cells[2] if cells[2] != "." else f"{cells[0]}:{cells[1]}"),
            chrom=chrom,
            pos=int(cells[1]),
            id=cells[2],
            ref=cells[3],
            alts=cells[4].split(","),
            filter=cells[6],
            info=_info(cells[7]),
            tumor=tumor,
            normal=normal,
        )


# ---------------------------------------------------------------- helpers


def _open(path: Path, samples: Sequence[str] | None = None) -> Any:
    import cyvcf2

    return cyvcf2.VCF(str(path), samples=list(samples)) if samples else cyvcf2.VCF(str(path))


def _end(variant: Any, pos: int, alts: Sequence[str] | None, stated: int) -> int:
    """Last base of a record of a BCF; `stated` is htslib's, which leaves SVLEN out where the file's writer did."""
    if not alts or not alts[0].startswith("<"):
        return stated
    return max(stated, last_position(str(variant).split("\t", 4), pos))


def _info(cell: str) -> dict[str, str]:
    """INFO by key; flags have an empty value."""
    return {key: value for key, _, value in (part.partition("=") for part in cell.split(";"))} if cell != "." else {}
