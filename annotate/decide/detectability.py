"""What every lesion rule needs: its name, its limits, and whether the inputs could have shown it.

The matrix of what each input can see is data (`resources/knowledge/visibility.tsv`); here it meets the
inputs of one sample. An input that sees a lesion (`D`) is a positive statement only under its own condition:
a file with no record at all states nothing, structural variants need a stated assay, a panel must cover the
breakpoint regions, and everything needs enough leukaemic cells where the purity is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.bench import BenchTargetRow, BenchTest
from annotate.knowledge.specs.lesions import DetectabilityRow, LimitationRow, SvCallerLimitRow
from annotate.knowledge.specs.rearrangements import FusionRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.bench_results import BenchResult, BenchWord
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.observation import Source
from annotate.model.sample import InputFile
from annotate.model.state import Code, Reason

INPUT_WORDS: Mapping[str, str] = {
    "wgs_sv": "whole-genome structural variants",
    "targeted_sv": "structural variants of a panel or exome",
    "cn_total": "total copy number",
    "cn_allele": "allele-specific copy number",
    "small_variants": "small variants",
    "alignments": "alignments",
    "rna_fusions": "RNA fusion table",
    "karyotype": "karyotype",
    "mlpa": "MLPA",
    "dmlpa": "digitalMLPA",
    "ogm": "optical genome map",
}


def limits(case: Case, id: str) -> tuple[str, ...]:
    """Blind spots of the inputs that were supplied, for this lesion."""
    present = inputs_present(case)
    return tuple(
        entry.text
        for entry in case.knowledge.rows(LimitationRow)
        if entry.lesion in (id, "*") and (entry.input in present or entry.input == "*")
    )


def inputs_present(case: Case) -> frozenset[str]:
    """Kinds of input of this sample, in the words of the detectability matrix."""
    if case.present is not None:
        return case.present
    kinds = set()
    if sequenced(case):
        kinds.add("wgs_sv" if case.sample.assay == "wgs" else "targeted_sv")
    if maps(case):
        kinds.add("ogm")
    if case.profile is not None:
        kinds |= _kinds_of_profile(case.profile)
    if case.small is not None:
        kinds.add("small_variants")
        if case.sample.alignments is not None:
            kinds.add("alignments")
    if case.fusions is not None and case.fusions.inputs:
        kinds.add("rna_fusions")
    if case.karyotype is not None:
        kinds.add("karyotype")
    return frozenset(kinds)


def _kinds_of_profile(profile: CopyNumberProfile) -> set[str]:
    kinds = {"dmlpa"} if profile.arm_probes else {"mlpa"} if profile.probes else set()
    if profile.segments:
        kinds.add("cn_allele" if profile.allele_specific else "cn_total")
    return kinds


def sees(case: Case, id: str) -> Mapping[str, str]:
    """D (detects), P (partly) or - (cannot) for each kind of input, from the detectability matrix."""
    return _sees(case.knowledge, id)


@lru_cache(maxsize=512)
def _sees(knowledge: Knowledge, id: str) -> Mapping[str, str]:
    return {entry.input: entry.sees for entry in knowledge.rows(DetectabilityRow) if entry.lesion == id}


@frozen
class Statement:
    """A source that could have shown a lesion in this sample, and why that can be said."""

    source: Source
    reason: Reason


def able_sources(case: Case, id: str) -> tuple[Statement, ...]:
    """Sources that could have shown this lesion in this sample, RNA first.

    Copy number is left to the rules that read it, because what a profile can show depends on its resolution, its
    purity and its alleles.
    """
    if too_few_cells(case):
        return ()
    tests = (_by_bench(case, id, test) for test in BenchTest)
    found = (_by_rna(case, id), _by_junctions(case, id), _by_maps(case, id), *tests)
    return tuple(statement for statement in found if statement is not None)


def _by_rna(case: Case, id: str) -> Statement | None:
    if sees(case, id).get("rna_fusions") != "D" or not expressed_records(case):
        return None
    text = f"the RNA fusion table has records of expressed fusions and none of this lesion ({_purity_words(case)})"
    return Statement(Source.FUSIONS, _looked(text))


def _by_junctions(case: Case, id: str) -> Statement | None:
    if case.junctions is None or not telling(case):
        return None
    visible, cells = sees(case, id), _purity_words(case)
    if case.sample.assay == "wgs" and visible.get("wgs_sv") == "D":
        text = f"whole-genome structural variants were called and none makes this lesion ({cells})"
        return Statement(Source.JUNCTIONS, _looked(text))
    if case.sample.assay not in ("panel", "wes") or visible.get("targeted_sv") not in ("D", "P"):
        return None
    covered = lesion_regions_covered(case, id)
    if not covered:
        return None
    text = f"the panel covers the breakpoint regions {', '.join(covered)} ({cells})"
    return Statement(Source.JUNCTIONS, _looked(text))


def _by_bench(case: Case, id: str, test: BenchTest) -> Statement | None:
    """Negative where each target of the lesion is: by every transcript asked for, FISH in many cells."""
    needed = [row for row in case.knowledge.rows(BenchTargetRow) if row.lesion == id and row.test is test]
    found = {
        r.target: r for r in (case.bench.results if case.bench is not None else ()) if r.method.value == test.value
    }
    if not needed or not all(_excludes(case, found.get(row.target), row) for row in needed):
        return None
    targets = ", ".join(row.target for row in needed)
    source, name = (Source.FISH, "FISH") if test is BenchTest.FISH else (Source.FUSIONS, "RT-PCR")
    return Statement(source, _looked(f"{name} of {targets} is negative ({_purity_words(case)})"))


def _excludes(case: Case, result: BenchResult | None, row: BenchTargetRow) -> bool:
    if result is None or result.word not in (BenchWord.NEGATIVE, BenchWord.INTACT):
        return False
    if row.test is BenchTest.FISH:
        if result.cells is None or result.cells[1] < case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_MIN_CELLS):
            return False
        return (result.abnormal_share or 0.0) < case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_MIN_SHARE)
    return {name.lower() for name in row.transcripts} <= result.transcripts


def _by_maps(case: Case, id: str) -> Statement | None:
    if sees(case, id).get("ogm") != "D" or not _placed_labels(maps(case)):
        return None
    text = f"an optical genome map was made and no junction of it makes this lesion ({_purity_words(case)})"
    return Statement(Source.JUNCTIONS, _looked(text))


def _placed_labels(files: Sequence[InputFile]) -> int:
    """Rows of optical maps, of whatever type, whose labels lie on the genome."""
    return _records_read(files) - sum(file.dropped.get("other_contig", 0) for file in files)


def _purity_words(case: Case) -> str:
    """What share of cells a negative speaks of, so that nobody has to look for it."""
    known = purity(case)
    return f"purity {known:.2f}" if known is not None else "purity not known"


def lesion_regions_covered(case: Case, id: str) -> tuple[str, ...]:
    """Names of the breakpoint regions of a lesion, if all of them lie in the panel's regions; else empty."""
    if case.regions is None:
        return ()
    names = [name for entry in case.knowledge.rows(FusionRuleRow) if entry.lesion == id for name in entry.regions]
    regions = [case.genome.region(name) for name in dict.fromkeys(names)]
    needed = case.knowledge.value(cutoffs.ASSESS_MIN_REGION_COVERED)
    if regions and all(case.regions.covered(r.chrom, r.start, r.end) >= needed for r in regions):
        return tuple(region.name for region in regions)
    return ()


def region_covered(case: Case, chrom: str, start: int, end: int) -> bool | None:
    """Was this stretch looked at by the DNA assay? None where that cannot be known."""
    if case.sample.assay == "wgs":
        return True
    if case.regions is None:
        return None
    return case.regions.covered(chrom, start, end) >= case.knowledge.value(cutoffs.ASSESS_MIN_REGION_COVERED)


def purity(case: Case) -> float | None:
    """Share of leukaemic cells: the sheet's, else the profile's."""
    if case.sample.purity is not None:
        return case.sample.purity
    return case.profile.purity if case.profile is not None else None


def too_few_cells(case: Case) -> bool:
    """Is the purity known and below `assess.min_purity_for_negative`, so that silence says nothing?"""
    known = purity(case)
    return known is not None and known < case.knowledge.value(cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE)


def _looked(text: str) -> Reason:
    return Reason(Code.LOOKED_AND_NOT_FOUND, text)


def expressed_records(case: Case) -> int:
    """Records of the fusion tables that speak of expressed transcripts, not those of DNA or of discarded ones."""
    return case.fusions.expressed if case.fusions is not None else 0


def _records_read(inputs: Sequence[InputFile]) -> int:
    return sum(file.records_read for file in inputs)


def telling(case: Case) -> tuple[InputFile, ...]:
    """Files of structural variants that state something: records on the genome, by a caller that joins chromosomes."""
    blind = {entry.format for entry in case.knowledge.rows(SvCallerLimitRow)}
    return tuple(file for file in sequenced(case) if file.format not in blind and _placed(file))


def sequenced(case: Case) -> tuple[InputFile, ...]:
    """Files of junctions that were sequenced."""
    files = case.junctions.inputs if case.junctions is not None else ()
    return tuple(file for file in files if file.kind != "optical_mapping")


def maps(case: Case) -> tuple[InputFile, ...]:
    """Files of optical genome maps."""
    files = case.junctions.inputs if case.junctions is not None else ()
    return tuple(file for file in files if file.kind == "optical_mapping")


UNREAD = frozenset(
    {"other_contig", "type_not_read", "unreadable_allele"}
    | {"no_end_position", "no_alternative_allele", "no_partner_stated"}
)


def _placed(file: InputFile) -> int:
    """Records that were used, or left out for what they say; not those on unknown contigs or of unread types."""
    unread = sum(count for reason, count in file.dropped.items() if reason.partition(":")[0] in UNREAD)
    return file.records_read - unread


def silent_files(case: Case) -> Reason:
    """Why no file of structural variants states anything."""
    files = sequenced(case)
    limits = {entry.format: entry.text for entry in case.knowledge.rows(SvCallerLimitRow)}
    told = [limits[file.format] for file in files if file.format in limits]
    if not _records_read(files):
        return Reason(Code.INPUT_ABSENT, "the structural-variant file has no record, which states nothing")
    if told:
        return Reason(Code.CALLER_CLASS_UNSUITABLE, told[0], "structural variants of a caller of breakends")
    return Reason(Code.REGION_NOT_COVERED, "no record of the structural-variant file could be placed on the genome")
