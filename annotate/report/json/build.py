"""From an `Analysis` to the dictionary of `report.json`: complete, ordered, validated."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import annotate
from annotate.base.packages import version_of
from annotate.decide import detectability
from annotate.interpret.analysis import Analysis
from annotate.knowledge.specs.lesions import LesionRow
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.lesion import LesionCall
from annotate.model.observation import Conflict
from annotate.model.options import Option
from annotate.model.sample import InputFile
from annotate.model.state import State
from annotate.model.subtype_calls import SubtypeReading
from annotate.report.json import keys, records
from annotate.report.json.bounds import LeftOut, bounded_lesion
from annotate.report.json.keys import SCHEMA_VERSION, ordered
from annotate.report.json.plain import plain
from annotate.report.json.segments import shown_segments

HASH_LIMIT = 4 * 1024**3  # larger files (alignments) are named by size instead: hashing them would take minutes


def build_report(analysis: Analysis, command: str = "") -> dict[str, Any]:
    """The report as plain data, as `schema.ReportModel` publishes it."""
    case = analysis.case
    sample = case.sample
    left_out = LeftOut()
    lesions = [bounded_lesion(_lesion(call), left_out) for call in analysis.calls.values()]
    return {
        "schema_version": SCHEMA_VERSION,
        "sample": sample.sample,
        "patient": sample.patient,
        "timepoint": sample.timepoint,
        "assembly": sample.assembly,
        "sex": sample.sex,
        "assay": sample.assay,
        "clinical": plain(case.patient) if case.patient else None,
        "inputs": [_input(file) for file in analysis.inputs],
        "lesions": lesions,
        "conflicts": [_conflict(call.conflict) for call in analysis.calls.values() if call.conflict is not None],
        "variants": records.variants(analysis, left_out),
        "junctions": records.junctions(analysis, left_out),
        "fusions": records.fusions(analysis, left_out),
        "copy_number": _copy_number(case.profile, shown_segments(analysis, left_out)) if case.profile else None,
        "karyotype": _karyotype(analysis),
        "risk": [plain(replace(result, open_facts=())) for result in analysis.risk],
        "classification": [plain(entity) for entity in analysis.classification],
        "therapies": [plain(therapy) for therapy in analysis.therapies],
        "pharmacogenomics": [plain(gene) for gene in analysis.pharmacogenomics],
        "germline": [plain(prompt) for prompt in analysis.germline_prompts],
        "subtype_calls": [_subtype(reading) for reading in analysis.subtypes],
        "follow_up": records.follow_up(analysis, left_out),
        "burden": plain(analysis.burden) if analysis.burden else None,
        "evolution": None,
        "settling": settling(analysis),
        "options": [_option(option) for option in analysis.options],
        "confirmation": [plain(test) for test in analysis.confirmation],
        "letter": "",
        "warnings": list(analysis.warnings),
        "left_out": left_out.rows(),
        "quality": _quality(analysis),
        "provenance": provenance(analysis, command),
    }


REMARK_KEYS = ("kind", "file", "record", "code", "reason", "speaks", "would")


def _lesion(call: LesionCall) -> dict[str, Any]:
    """A call as the report shows it: without the observations, which its reasons and evidence put into words."""
    row: dict[str, Any] = plain(replace(call, observations=(), conflict=None))
    for key in ("observations", "forms", "conflict"):
        row.pop(key)
    row["remarks"] = [{key: remark[key] for key in REMARK_KEYS} for remark in row["remarks"]]
    return row


def _input(file: InputFile) -> dict[str, Any]:
    return ordered({**plain(file), "sha256": _sha256(file.path, file.kind)}, keys.INPUT)


def _option(option: Option) -> dict[str, Any]:
    return {"class" if key == "drug_class" else key: value for key, value in plain(option).items()}


def _subtype(reading: SubtypeReading) -> dict[str, Any]:
    row: dict[str, Any] = plain(reading)
    return {**row.pop("call"), **row}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "lesion": conflict.lesion,
        "for": list(conflict.speaks_for),
        "against": list(conflict.speaks_against),
        "settles": conflict.settles,
    }


def settling(analysis: Analysis) -> list[dict[str, Any]]:
    """Inputs and tests that would change the picture, the most consequential first."""
    return [
        {
            "input": wish.input,
            "lesions": list(wish.lesions),
            "weight": wish.weight,
            "changes": [change.value for change in wish.changes],
            "schemes": list(wish.schemes),
            "why": wish.why,
        }
        for wish in analysis.wishes
    ]


def provenance(analysis: Analysis, command: str) -> dict[str, Any]:
    """The only part that differs between two equal runs."""
    dates = [entry.date for entry in analysis.case.knowledge.rows(LesionRow)]
    return {
        "allert": annotate.__version__,
        "python": platform.python_version(),
        "packages": {name: version_of(name) for name in ("cyvcf2", "numpy", "pysam", "pydantic", "jinja2")},
        "knowledge_date": max(dates, default=""),
        "knowledge_digest": analysis.case.knowledge.digest,
        "knowledge_overlay": str(analysis.settings.knowledge) if analysis.settings.knowledge else None,
        "knowledge_overlay_rows": list(analysis.case.knowledge.overlay_rows()),
        "reference_pack": str(analysis.settings.reference.get(analysis.case.sample.assembly, "built-in panel")),
        "knowledge_signed": dict(analysis.signed),
        "command": command,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


# ---------------------------------------------------------------- parts


def _copy_number(profile: CopyNumberProfile, segments: tuple[Segment, ...]) -> dict[str, Any]:
    row = plain(replace(profile, segments=segments, others=()))
    for key in ("inputs", "probes", "arm_probes", "remarks", "others"):
        row.pop(key)
    row["chromosomes"] = {
        chrom: {key: value for key, value in state.items() if key != "chrom"}
        for chrom, state in row["chromosomes"].items()
    }
    genes = list(row["genes"].values())
    for gene in genes:
        gene.pop("evidence")
    row["genes"] = genes
    for segment in row["segments"]:
        segment.pop("record")
    row["alternatives"] = [ordered(solution, keys.SOLUTION) for solution in row["alternatives"]]
    return ordered(row, keys.COPY_NUMBER)


def _karyotype(analysis: Analysis) -> dict[str, Any] | None:
    karyotype = analysis.case.karyotype
    if karyotype is None:
        return None
    row = plain(asdict(karyotype))
    row.pop("remarks")
    return {**row, "findings": [plain(finding) for finding in analysis.karyotype_findings]}


def _quality(analysis: Analysis) -> dict[str, Any]:
    case = analysis.case
    profile, small = case.profile, case.small
    depths = sorted(depth.depth for depth in small.depths.values()) if small else []
    return {
        "purity": detectability.purity(case),
        "purity_source": "sheet" if case.sample.purity is not None else (profile.purity_source if profile else None),
        "ploidy": profile.ploidy if profile else None,
        "ploidy_certain": profile.ploidy_certain if profile else None,
        "copy_number_noise": plain(profile.noise) if profile else None,
        "copy_number_segments": len(profile.segments) if profile else None,
        "copy_number_resolution": profile.resolution if profile else None,
        "allele_specific": profile.allele_specific if profile else None,
        "hotspot_depth_min": depths[0] if depths else None,
        "hotspot_depth_median": depths[len(depths) // 2] if depths else None,
        "matched_normal": bool(small and small.normal_name),
        "tumor_column": small.tumor_name if small else None,
        "normal_column": small.normal_name if small else None,
        "par_mode": case.sample.par_mode,
        "callers": sorted(
            {caller for part in (small, case.junctions, case.fusions) if part for caller in part.callers}
        ),
        "genes_without_sequence": _genes_without_sequence(analysis),
        "not_assessable": [call.id for call in analysis.calls.values() if call.state is State.NOT_ASSESSABLE],
    }


def _genes_without_sequence(analysis: Analysis) -> list[str]:
    """Panel genes whose variants are named from the file's own annotation or by coordinates alone."""
    genome = analysis.case.genome
    found = []
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        if transcript is None or transcript.sequence_status in ("none", "partial"):
            found.append(gene.name)
    return sorted(found)


def _sha256(path: str, kind: str) -> str | None:
    if kind == "alignments" or not os.path.isfile(path) or os.path.getsize(path) > HASH_LIMIT:
        return None
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lesion_rows(calls: Iterable[LesionCall] | Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Flat rows for `lesions.tsv`, from calls or from the JSON's lesions."""
    rows = []
    for call in calls:
        data = call if isinstance(call, Mapping) else _lesion(call)
        limit = data.get("detection_limit")
        rows.append(
            {
                "lesion": data["id"],
                "name": data["name"],
                "state": data["state"],
                "subtype": data.get("subtype"),
                "tier": data.get("tier"),
                "leaning": data.get("leaning"),
                "modal_number": data.get("modal_number"),
                "masked": {True: "yes", False: "no", None: None}[data.get("masked")],
                "detection_limit_vaf": limit["vaf"] if limit else None,
                "detection_limit_reads": limit["reads"] if limit else None,
                "genes": ";".join(data.get("genes") or ()),
                "summary": data["summary"],
                "reason_codes": ";".join(dict.fromkeys(reason["code"] for reason in data["reasons"])),
                "settles": ";".join(dict.fromkeys(r["settles"] for r in data["reasons"] if r.get("settles"))),
                "evidence": " | ".join(item["summary"] for item in data["evidence"]),
            }
        )
    return rows
