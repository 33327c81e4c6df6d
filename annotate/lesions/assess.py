"""What every lesion rule needs: its name, its limits, and whether the inputs could have shown it.

The matrix of what each input can see is data (`resources/knowledge/visibility.tsv`); here it meets the
inputs of one sample. An input that sees a lesion (`D`) is a positive statement only under its own condition:
a file with no record at all states nothing, structural variants need a stated assay, a panel must cover the
breakpoint regions, and everything needs enough leukaemic cells where the purity is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotate.case import Case
from annotate.model import Code, Evidence, InputFile, LesionCall, Reason, State

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
}


def make(
    case: Case,
    id: str,
    state: State,
    summary: str,
    reasons: Iterable[Reason],
    evidence: Sequence[Evidence] = (),
    **fields: Any,
) -> LesionCall:
    """A call with the lesion's name and the limits of this sample's inputs filled in from knowledge."""
    given = tuple(fields.pop("limits", ()))
    return LesionCall(
        id=id,
        name=lesion_name(case, id),
        state=state,
        summary=summary,
        reasons=tuple(dict.fromkeys(reasons)),
        evidence=tuple(evidence),
        limits=tuple(dict.fromkeys((*given, *limits(case, id)))),
        **fields,
    )


def absent(case: Case, id: str, extra: Iterable[Reason] = ()) -> LesionCall:
    """`not_assessable`: nothing supplied could show this lesion; says why and what would settle it."""
    settle = settling_inputs(case, id)
    reasons = [*extra, *_why_not(case, id)]
    if settle and not any(reason.settles for reason in reasons):
        first = reasons[0]
        reasons[0] = Reason(first.code, first.text, settle[0])
    summary = f"{lesion_name(case, id)}: not assessable with these inputs"
    best = next((reason.settles for reason in reasons if reason.settles), None)
    if best:
        summary += f"; {best} would settle it"
    return make(case, id, State.NOT_ASSESSABLE, summary + ".", reasons)


def lesion_name(case: Case, id: str) -> str:
    for entry in case.knowledge.table("lesions"):
        if entry["id"] == id:
            return entry["name"]
    return id


def settling_inputs(case: Case, id: str) -> tuple[str, ...]:
    """Inputs that would settle this lesion, best first."""
    rows = [entry for entry in case.knowledge.table("settles") if entry["lesion"] == id]
    return tuple(entry["input"] for entry in sorted(rows, key=lambda entry: int(entry["rank"])))


def limits(case: Case, id: str) -> tuple[str, ...]:
    """Blind spots of the inputs that were supplied, for this lesion."""
    present = inputs_present(case)
    return tuple(
        entry["text"]
        for entry in case.knowledge.table("blind_spots")
        if entry["lesion"] in (id, "*") and (entry["input"] in present or entry["input"] == "*")
    )


def inputs_present(case: Case) -> frozenset[str]:
    """Kinds of input of this sample, in the words of the visibility matrix."""
    kinds = set()
    if case.junctions is not None:
        kinds.add("wgs_sv" if case.sample.assay == "wgs" else "targeted_sv")
    if case.profile is not None:
        if case.profile.probes:
            kinds.add("mlpa")
        if case.profile.segments:
            kinds.add("cn_allele" if case.profile.allele_specific else "cn_total")
    if case.small is not None:
        kinds.add("small_variants")
        if case.sample.alignments is not None:
            kinds.add("alignments")
    if case.fusions is not None:
        kinds.add("rna_fusions")
    if case.karyotype is not None:
        kinds.add("karyotype")
    return frozenset(kinds)


def sees(case: Case, id: str) -> Mapping[str, str]:
    """D (detects), P (partly) or - (cannot) for each kind of input, from the visibility matrix."""
    return {entry["input"]: entry["sees"] for entry in case.knowledge.table("visibility") if entry["lesion"] == id}


def positive_statements(case: Case, id: str) -> tuple[Reason, ...]:
    """Inputs that could have shown this lesion in this sample, each with why that can be said.

    Empty: no negative may be given. Copy number is left to the rules that read it, because what a
    profile can show depends on its resolution, its purity and its alleles.
    """
    found: list[Reason] = []
    if _too_few_cells(case):
        return ()
    visible, cells = sees(case, id), _purity_words(case)
    if visible.get("rna_fusions") == "D" and _expressed_records(case):
        text = "the RNA fusion table has records of expressed fusions and none of this lesion"
        found.append(_looked(f"{text} ({cells})"))
    if case.junctions is not None and _telling(case):
        if case.sample.assay == "wgs" and visible.get("wgs_sv") == "D":
            text = "whole-genome structural variants were called and none makes this lesion"
            found.append(_looked(f"{text} ({cells})"))
        elif case.sample.assay in ("panel", "wes") and visible.get("targeted_sv") in ("D", "P"):
            covered = lesion_regions_covered(case, id)
            if covered:
                found.append(_looked(f"the panel covers the breakpoint regions {', '.join(covered)} ({cells})"))
    return tuple(found)


def _purity_words(case: Case) -> str:
    """What share of cells a negative speaks of, so that nobody has to look for it."""
    known = purity(case)
    return f"purity {known:.2f}" if known is not None else "purity not known"


def lesion_regions_covered(case: Case, id: str) -> tuple[str, ...]:
    """Names of the breakpoint regions of a lesion, if all of them lie in the panel's regions; else empty."""
    if case.regions is None:
        return ()
    names = [
        name
        for entry in case.knowledge.table("fusion_rules")
        if entry["lesion"] == id
        for name in entry.items_of("regions")
    ]
    regions = [case.genome.region(name) for name in dict.fromkeys(names)]
    needed = case.knowledge.value("assess.min_region_covered")
    if regions and all(case.regions.covered(r.chrom, r.start, r.end) >= needed for r in regions):
        return tuple(region.name for region in regions)
    return ()


def region_covered(case: Case, chrom: str, start: int, end: int) -> bool | None:
    """Was this stretch looked at by the DNA assay? None where that cannot be known."""
    if case.sample.assay == "wgs":
        return True
    if case.regions is None:
        return None
    return case.regions.covered(chrom, start, end) >= case.knowledge.value("assess.min_region_covered")


def purity(case: Case) -> float | None:
    """Share of leukaemic cells: the sheet's, else the profile's."""
    if case.sample.purity is not None:
        return case.sample.purity
    return case.profile.purity if case.profile is not None else None


def _too_few_cells(case: Case) -> bool:
    known = purity(case)
    return known is not None and known < case.knowledge.value("assess.min_purity_for_negative")


def _looked(text: str) -> Reason:
    return Reason(Code.LOOKED_AND_NOT_FOUND, text)


def _expressed_records(case: Case) -> int:
    """Records of the fusion tables that come from RNA. Those that a caller took from DNA state nothing of RNA."""
    if case.fusions is None:
        return 0
    used = sum(file.records_used for file in case.fusions.inputs)
    return used - sum("dna_derived" in fusion.flags for fusion in case.fusions.fusions)


def _records_read(inputs: Sequence[InputFile]) -> int:
    return sum(file.records_read for file in inputs)


def _telling(case: Case) -> tuple[InputFile, ...]:
    """Files of structural variants that state something: records on the genome, by a caller that joins chromosomes."""
    blind = {entry["format"] for entry in case.knowledge.table("sv_caller_limits")}
    files = case.junctions.inputs if case.junctions is not None else ()
    return tuple(file for file in files if file.format not in blind and _placed(file))


def _placed(file: InputFile) -> int:
    """Records that were used, or left out for what they say; not those on unknown contigs or of unread types."""
    unread = sum(
        count for reason, count in file.dropped.items() if reason.startswith(("other_contig", "type_not_read"))
    )
    return file.records_read - unread


def _silent_files(case: Case) -> Reason:
    """Why no file of structural variants states anything."""
    files = case.junctions.inputs if case.junctions is not None else ()
    limits = {entry["format"]: entry["text"] for entry in case.knowledge.table("sv_caller_limits")}
    told = [limits[file.format] for file in files if file.format in limits]
    if not _records_read(files):
        return Reason(Code.INPUT_ABSENT, "the structural-variant file has no record, which states nothing")
    if told:
        return Reason(Code.CALLER_CLASS_UNSUITABLE, told[0], "structural variants of a caller of breakends")
    return Reason(Code.REGION_NOT_COVERED, "no record of the structural-variant file could be placed on the genome")


def _why_not(case: Case, id: str) -> list[Reason]:
    """For each kind of input: not supplied, or supplied and unable to show this lesion."""
    present, visible = inputs_present(case), sees(case, id)
    able = [kind for kind, how in visible.items() if how == "D"]
    missing = [INPUT_WORDS.get(kind, kind) for kind in able if kind not in present]
    reasons = [_cannot(case, kind, visible.get(kind, "-")) for kind in sorted(present)]
    if missing:
        reasons.append(Reason(Code.INPUT_ABSENT, "not supplied: " + ", ".join(missing)))
    if not reasons:
        reasons.append(Reason(Code.INPUT_ABSENT, "no input that shows this lesion was supplied"))
    return reasons


def _cannot(case: Case, kind: str, how: str) -> Reason:
    word = INPUT_WORDS.get(kind, kind)
    if how == "-":
        return Reason(Code.CALLER_CLASS_UNSUITABLE, f"{word}: cannot show this lesion")
    if kind == "rna_fusions" and not _expressed_records(case):
        return Reason(Code.INPUT_ABSENT, "the RNA fusion table has no usable record, which states nothing")
    if kind == "rna_fusions" and how == "D" and _too_few_cells(case):
        return Reason(Code.PURITY_TOO_LOW, f"{word}: purity {purity(case):.2f} is too low for a negative")
    if kind in ("wgs_sv", "targeted_sv") and case.junctions is not None:
        if not _telling(case):
            return _silent_files(case)
        if _too_few_cells(case):
            return Reason(Code.PURITY_TOO_LOW, f"{word}: purity {purity(case):.2f} is too low for a negative")
        if case.sample.assay is None:
            return Reason(
                Code.REGION_NOT_COVERED,
                "the assay of the structural variants is not stated, so what was looked at is unknown",
                "the column `assay` (and `regions` for a panel or exome)",
            )
        if case.regions is None and case.sample.assay != "wgs":
            return Reason(Code.REGION_NOT_COVERED, "no BED of covered regions was supplied", "the column `regions`")
        if case.sample.assay != "wgs":
            return Reason(Code.REGION_NOT_COVERED, f"{word}: the breakpoint regions are not covered")
    if how == "P":
        return Reason(
            Code.CALLER_CLASS_UNSUITABLE, f"{word}: shows this lesion only in part, so its silence is no negative"
        )
    return Reason(Code.CALLER_CLASS_UNSUITABLE, f"{word}: could not decide on this lesion here")
