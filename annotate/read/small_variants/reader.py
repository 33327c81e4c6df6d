"""One file of small variants: its panel records as variants, the depth it states, and what became of every record."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark, RemarkCode
from annotate.model.sample import InputFile, Sample
from annotate.model.small_variants import DepthAt, SmallVariant, Withheld
from annotate.read.common.alleles import is_structural
from annotate.read.common.columns import Columns, choose_columns
from annotate.read.common.text import Tally, read_head
from annotate.read.small_variants import panel
from annotate.read.small_variants.alleles import SKIPPED, Placed, Unread, place, written_out
from annotate.read.small_variants.annotations import Carried, FileAnnotation, best_annotation, carried, population_af
from annotate.read.small_variants.bases import base_counts, other_counts
from annotate.read.small_variants.callers import KIND, Dialect, callers_of, dialect_of
from annotate.read.small_variants.count_forms import Allele, Counts
from annotate.read.small_variants.counts import count_rules, info_counts, paired_normal, sample_counts, sample_depth
from annotate.read.small_variants.doubt import COUNTS_CONTRADICT, FLAGS, Doubt, Seen, doubt_of, unread_remark
from annotate.read.small_variants.filters import FilterClass, filter_class
from annotate.read.small_variants.genotype import genotype
from annotate.read.small_variants.header import Header, read_header
from annotate.read.small_variants.index import index_of
from annotate.read.small_variants.merging import deepest, merged
from annotate.read.small_variants.stream import Record, Stream
from annotate.read.small_variants.told import ON_Y, Told, of_file
from annotate.read.small_variants.unnamed import UnnamedReads
from annotate.reference.genome import Genome

MAX_REASONS = 40  # distinct filter names that are counted by name
OUTSIDE = "outside the panel"
INTRON = "in a panel gene, but away from its exons and hotspots"


@frozen
class FileRead:
    """What one file gave."""

    variants: tuple[SmallVariant, ...]
    withheld: tuple[Withheld, ...]
    remarks: tuple[Remark, ...]
    depths: Mapping[panel.Place, DepthAt]
    file: InputFile
    columns: Columns
    dialect: Dialect
    sites_total: int | None
    has_samples: bool


def read_file(
    path: Path,
    sample: Sample,
    genome: Genome,
    knowledge: Knowledge,
    *,
    filters: str = "pass",
    kind: str = KIND,
) -> FileRead:
    """Variants of one VCF or BCF in the panel. Errors: InputError for a file that cannot be used."""
    header = read_header(path, genome)
    columns = choose_columns(header.names, header.lines, sample, path)
    return _Reader(header, columns, genome, knowledge, filters, kind).read()


@dataclass(slots=True)
class _Reader:
    header: Header
    columns: Columns
    genome: Genome
    knowledge: Knowledge
    filters: str
    kind: str
    tally: Tally = field(default_factory=Tally)
    found: list[SmallVariant] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    keys: set[tuple[str, int, str, str]] = field(default_factory=set)
    depths: list[DepthAt] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    dialect: Dialect = field(init=False)
    carried: Carried = field(init=False)
    exons: panel.Regions = field(init=False)
    max_allele: int = field(init=False, default=0)

    def read(self) -> FileRead:
        header, genome, knowledge = self.header, self.genome, self.knowledge
        self.dialect = dialect_of(self.header.lines)
        self.carried = carried(header.declared["INFO"])
        self.exons = panel.exon_regions(genome, knowledge)
        self.max_allele = knowledge.value(cutoffs.SMALL_VARIANTS_MAX_ALLELE)
        genes = panel.gene_regions(genome, knowledge)
        claims = self.carried.may_change_protein if self.carried else None
        stream = Stream(header, self.columns, genome, self.exons, genes, self._use_index(), claims)
        unnamed = UnnamedReads(self.kind, header.path, genome, knowledge, alone=len(header.names) == 1)
        for record in stream:
            self._record(record)
            if self.kind == KIND:
                unnamed.look(record)
        self._add_outside(stream)
        self._refuse_structural()
        self._say(stream)
        return FileRead(
            variants=merged(self.found),
            withheld=tuple(self.withheld),
            remarks=(*self.remarks, *unnamed.remarks),
            depths=deepest(self.depths),
            file=self.tally.file(self.kind, header.path, self.dialect.name),
            columns=self.columns,
            dialect=self.dialect,
            sites_total=None if stream.use_index else stream.totals.passing_alleles,
            has_samples=self.columns.tumor is not None,
        )

    def _refuse_structural(self) -> None:
        """Structural records alone say nothing of small variants: read here, they would pass for a search."""
        if self.tally.used or not self.tally.read or self.header.container.bcf:
            return
        records = [line.split("\t") for line in read_head(self.header.path).lines if not line.startswith("#")]
        alleles = [(cells[3], alt) for cells in records if len(cells) > 7 for alt in cells[4].split(",")]
        if alleles and all(is_structural(ref, alt) for ref, alt in alleles):
            raise InputError(
                "holds structural variants only",
                path=self.header.path,
                found=f"{self.tally.read} records, the first with ALT {alleles[0][1][:40]}",
                expected="bases in REF and ALT",
                fix="write it into the column structural_variants",
            )

    @property
    def role(self) -> str:
        return "the leukaemia" if self.kind == KIND else "the normal"

    def _why(self) -> str:
        return self.columns.why if self.kind == KIND else "normal_name of the sample sheet, or the file's header"

    def _use_index(self) -> bool:
        path, container = self.header.path, self.header.container
        if not container.bgzf or path.stat().st_size < self.knowledge.value(cutoffs.SMALL_VARIANTS_INDEX_MIN_SIZE):
            return False
        return container.bcf or index_of(path) is not None

    def _add_outside(self, stream: Stream) -> None:
        totals = stream.totals
        counted = ((OUTSIDE, totals.outside), (INTRON, totals.near), ("other contig", totals.other_contig))
        for reason, count in counted:
            if count:
                self.tally.read += count
                self.tally.dropped[reason] += count
        if self.tally.read != totals.records:
            raise AssertionError(f"{self.header.path}: {totals.records} records, {self.tally.read} accounted for")

    def _say(self, stream: Stream) -> None:
        columns, warn = self.columns, self.tally.warn
        for text in (*self.header.warnings, *stream.warnings):
            warn(text)
        if columns.tumor_name is not None and len(self.header.names) > 1:
            say = warn if columns.guessed else self.tally.note
            say(f"column {columns.tumor_name} read as {self.role}: {self._why()}")
        self.told.of_alleles(self.tally)
        of_file(self.header, stream, self.tally)

    # ------------------------------------------------------------ one record

    def _record(self, record: Record) -> None:
        """Every allele of a record. Used when an allele or a depth of it is, else dropped for its first reason."""
        on_x = panel.from_y(record.chrom, record.pos, self.genome)
        if on_x is not None:
            record = replace(record, chrom="X", pos=on_x)
            self.told.repairs[ON_Y] += 1
        if self.carried and not self._in_exons(record) and not self._claimed(record):
            self.tally.drop(INTRON)
            return
        used, reason = False, ""
        if record.tumor is not None:
            used = self._depths(record)
        for index, alt in enumerate(record.alts, start=1):
            if alt in SKIPPED:
                reason = reason or SKIPPED[alt]
                continue
            try:
                used = self._allele(record, index, alt) or used
            except Unread as why:
                if why.open is not None:
                    self._remark(record, index, alt, why.open, str(why))
                reason = reason if reason and reason not in SKIPPED.values() else str(why)
        if used:
            self.tally.use()
        else:
            self.tally.drop(self._reason(reason or "no alternative allele"))

    def _in_exons(self, record: Record) -> bool:
        return self.exons.overlap(record.chrom, record.pos, record.end)

    def _claimed(self, record: Record) -> bool:
        """Does the file's annotation claim a change of the protein for an allele outside the pack's exons?"""
        for index in range(1, len(record.alts) + 1):
            said = best_annotation(record.info, self.carried, record.ref, record.alts, index, self.genome)
            if said is not None and said.changes_protein and self.genome.transcript(said.gene or ""):
                return True
        return False

    def _reason(self, reason: str) -> str:
        if reason.startswith("filter:") and reason not in self.tally.dropped:
            named = sum(known.startswith("filter:") for known in self.tally.dropped)
            return reason if named < MAX_REASONS else "filter:other"
        return reason

    def _allele(self, record: Record, index: int, alt: str) -> bool:
        """One allele into the collection; raises Unread with the reason when it is not kept."""
        ref, read_as = self._written_out(record, alt)
        placed = place(record.chrom, record.pos, ref, read_as, self.genome, self.max_allele)
        if not self.exons.overlap(record.chrom, placed.pos, placed.pos + len(placed.ref) - 1) and not self.carried:
            raise Unread(OUTSIDE)
        allele = Allele(index, len(record.alts), record.ref.upper(), alt.upper())
        own, phase_set, called = genotype(record.tumor or {}, index)
        counts = self._tumor_counts(record, allele)
        if self.kind == KIND and record.normal is not None and self._passes(record):
            self.told.pair(counts, self._normal_counts(record, allele), self.knowledge)
        doubt = self._doubt(record, placed, called, counts)
        said = best_annotation(record.info, self.carried, record.ref, record.alts, index, self.genome)
        flags = () if doubt is None else (FLAGS[doubt.code],)
        if counts.conflict:
            flags = (*flags, COUNTS_CONTRADICT)
        variant = self._variant(record, placed, counts, flags, said, own, phase_set, index, allele)
        if doubt is not None and doubt.withheld:
            self.withheld.append(Withheld(variant, doubt.code))
            raise Unread(doubt.reason)
        usable = filter_class(record.filter, self.dialect.caller, self.knowledge) is FilterClass.USABLE
        self.told.allele(
            f"{record.chrom}:{record.pos}", counts, record.filter if usable else "", repaired=placed.repaired
        )
        self.found.append(variant)
        if variant.key in self.keys:
            raise Unread("the same allele again")
        self.keys.add(variant.key)
        return True

    def _passes(self, record: Record) -> bool:
        return filter_class(record.filter, self.dialect.caller, self.knowledge).used

    def _written_out(self, record: Record, alt: str) -> tuple[str, str]:
        """REF and ALT in bases: of a symbolic allele where its meaning is plain and its bases are known."""
        if not alt.startswith("<"):
            return record.ref, alt
        inserted = record.info.get("SVINSSEQ", "")
        end = record.end if record.end > record.pos else None
        plain = written_out(record.chrom, record.pos, record.ref, alt, end, inserted, self.genome, self.max_allele)
        return plain or (record.ref, alt)

    def _tumor_counts(self, record: Record, allele: Allele) -> Counts:
        caller, knowledge = self.dialect.caller, self.knowledge
        counts = Counts()
        if record.tumor:
            counts = sample_counts(record.tumor, allele, count_rules(knowledge), caller)
        if not counts.known and not counts.conflict and len(self.header.names) <= 1:
            stated = info_counts(record.info, allele, count_rules(knowledge, "INFO"), caller)
            counts = stated if stated.known or (counts.depth is None and not counts.unread) else counts
        return counts

    def _doubt(self, record: Record, placed: Placed, called: bool | None, counts: Counts) -> Doubt | None:
        """Why a record is no plain call; raises Unread where it says nothing of the leukaemia at all."""
        seen = Seen(
            counts=counts,
            called=called,
            absent=record.tumor is not None and self._absent(record, called, counts),
            filter=record.filter,
            kind=filter_class(record.filter, self.dialect.caller, self.knowledge),
            at_hotspot=self._at_hotspot(record.chrom, placed),
            indel=len(placed.ref) != len(placed.alt),
        )
        keep_filtered = self.filters == "all"
        return doubt_of(seen, self.role, self.knowledge, leukaemia=self.kind == KIND, keep_filtered=keep_filtered)

    def _absent(self, record: Record, called: bool | None, counts: Counts) -> bool:
        """An allele that the leukaemia's own column does not have belongs to another sample of the file."""
        return called is False or (called is None and not counts.known and "GT" in (record.tumor or {}))

    def _at_hotspot(self, chrom: str, placed: Placed) -> bool:
        positions = panel.places_by_contig(self.genome, self.knowledge).get(chrom, ())
        at = bisect_left(positions, placed.pos)
        return at < len(positions) and positions[at] <= placed.pos + len(placed.ref) - 1

    def _variant(
        self,
        record: Record,
        placed: Placed,
        counts: Counts,
        flags: tuple[str, ...],
        said: FileAnnotation | None,
        own: str | None,
        phase_set: str | None,
        index: int,
        allele: Allele,
    ) -> SmallVariant:
        normal = self._normal_counts(record, allele)
        frequency = said.population_af if said else None
        named = said is not None and said.consequence is not None
        return SmallVariant(
            chrom=record.chrom,
            pos=placed.pos,
            ref=placed.ref,
            alt=placed.alt,
            gene=said.gene if said else None,
            transcript=said.transcript if said else None,
            consequence=said.consequence if said else None,
            hgvsc=said.hgvsc if said else None,
            hgvsp=said.hgvsp if said else None,
            codon=said.codon if said else None,
            vaf=counts.vaf,
            depth=counts.depth,
            alt_reads=counts.alt,
            normal_vaf=normal.vaf,
            normal_depth=normal.depth,
            normal_alt_reads=normal.alt,
            filter=self._filter(record),
            genotype=own,
            phase_set=phase_set,
            population_af=frequency if frequency is not None else population_af(record.info, index),
            flags=flags,
            source="file" if named else None,
            file_annotation=said.text if said else None,
            callers=callers_of(record.info, self.dialect),
            file=str(self.header.path),
            record=record.label,
        )

    def _filter(self, record: Record) -> str:
        """PASS for every way to write it, and for what its caller's documentation lets use."""
        if record.filter in (".", ""):
            return "."
        return "PASS" if self._passes(record) else record.filter

    def _normal_counts(self, record: Record, allele: Allele) -> Counts:
        if record.normal is not None:
            return sample_counts(record.normal, allele, count_rules(self.knowledge), self.dialect.caller)
        if record.tumor is not None and ("ADC" in record.tumor or "DPC" in record.tumor):
            return paired_normal(record.tumor)
        return Counts()

    # ------------------------------------------------------------ depth

    def _depths(self, record: Record) -> bool:
        """Depth at the places that lesion rules ask for. True when the record is a reference record that gave one."""
        positions = panel.places_by_contig(self.genome, self.knowledge).get(record.chrom, ())
        block = all(alt in SKIPPED for alt in record.alts)
        end = record.end if block else record.pos + len(record.ref) - 1
        covered = positions[bisect_left(positions, record.pos) : bisect_right(positions, end)]
        depth = sample_depth(record.tumor or {}) if covered else None
        if depth is None:
            return False
        source = "gvcf" if block and (record.end > record.pos or record.alts[0] != ".") else "format_dp"
        for pos in covered:
            counts = self._counts_at(record, block) if block or pos == record.pos else {}
            self.depths.append(DepthAt(record.chrom, pos, depth, counts, source))
        return block

    def _counts_at(self, record: Record, block: bool) -> Mapping[str, int]:
        bases = {} if block else base_counts(record, self.knowledge, self.dialect.caller)
        return {**bases, **other_counts(record, self.knowledge, alone=len(self.header.names) == 1)}

    # ------------------------------------------------------------ what was not read

    def _remark(self, record: Record, index: int, alt: str, code: RemarkCode, why: str) -> None:
        """An allele of the leukaemia that cannot be read and lies in coding sequence or at a hotspot."""
        called = genotype(record.tumor or {}, index)[2]
        allele = Allele(index, len(record.alts), record.ref.upper(), alt.upper())
        if (
            self.kind != KIND
            or called is False
            or not self._passes(record)
            or self._tumor_counts(record, allele).alt == 0
        ):
            return
        genes = panel.coding_genes(self.genome, record.chrom, record.pos, record.end)
        if not genes:
            return
        self.remarks.append(unread_remark(self.kind, self.header.path, record, alt, code, why, genes))
