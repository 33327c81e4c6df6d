"""Study files of cBioPortal, one study an assembly: patients, samples, mutations, copy number, structural variants.

Written after the portal's "File Formats" documentation (docs.cbioportal.org). Oncogenic and likely oncogenic variants,
and the rearrangements that a report counts, are in it; what a report leaves open is not turned into a call: a gene
whose copies are uncertain is `NA`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.base.writing import write_text, write_tsv
from annotate.model.state import PRESENT

Report = Mapping[str, Any]
STUDY = "all_allert"
BUILDS = {"GRCh38": "hg38", "GRCh37": "hg19"}
CANCER = "bll"  # B-lymphoblastic leukaemia of OncoTree; T-ALL is `tll`
LEVELS = {"homozygous_deletion": -2, "deletion": -1, "normal": 0, "cnloh": 0, "gain": 1, "amplification": 2}
CLASSES = {  # the first term that a consequence holds decides, from the gravest
    "frameshift_variant": "Frame_Shift",
    "stop_gained": "Nonsense_Mutation",
    "stop_lost": "Nonstop_Mutation",
    "start_lost": "Translation_Start_Site",
    "splice_acceptor_variant": "Splice_Site",
    "splice_donor_variant": "Splice_Site",
    "inframe_insertion": "In_Frame_Ins",
    "inframe_deletion": "In_Frame_Del",
    "missense_variant": "Missense_Mutation",
    "splice_region_variant": "Splice_Region",
    "synonymous_variant": "Silent",
    "5_prime_UTR_variant": "5'UTR",
    "3_prime_UTR_variant": "3'UTR",
    "intron_variant": "Intron",
}
LETTERS = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Ter": "*",
}  # fmt: skip
Column = tuple[str, str, str]  # attribute, display name, data type

PATIENT_COLUMNS: tuple[Column, ...] = (("PATIENT_ID", "Patient", "STRING"), ("SEX", "Sex", "STRING"))
SAMPLE_COLUMNS: tuple[Column, ...] = (
    ("PATIENT_ID", "Patient", "STRING"),
    ("SAMPLE_ID", "Sample", "STRING"),
    ("TIMEPOINT", "Time point", "STRING"),
    ("TUMOR_PURITY", "Purity", "NUMBER"),
    ("PLOIDY", "Ploidy", "NUMBER"),
    ("INPOG_HIGH_RISK", "InPOG-ALL-R1 high-risk genetics", "STRING"),
)


def write_studies(reports: Iterable[Report], folder: Path) -> None:
    """Write one study an assembly under `folder/<build>/`. Lesions become sample attributes by their id."""
    by_build: dict[str, list[Report]] = {}
    for report in reports:
        by_build.setdefault(BUILDS[report["assembly"]], []).append(report)
    for build, own in by_build.items():
        _write_study(own, build, folder / build)


def _write_study(reports: Sequence[Report], build: str, folder: Path) -> None:
    ids = [report["sample"] for report in reports]
    _meta(folder / "meta_study.txt", {
        "type_of_cancer": CANCER, "cancer_study_identifier": STUDY, "name": f"ALLert cohort ({build})",
        "description": "Childhood acute lymphoblastic leukaemia, by ALLert. Research use only.",
        "reference_genome": build, "add_global_case_list": "true",
    })  # fmt: skip
    _clinical(folder, "patient", PATIENT_COLUMNS, list({r["patient"]: _patient(r) for r in reports}.values()))
    _clinical(folder, "sample", _sample_columns(reports), [_sample(report) for report in reports])
    _profile(folder, "mutations", "MUTATION_EXTENDED", "MAF", [row for r in reports for row in _mutations(r, build)])
    _profile(folder, "cna", "COPY_NUMBER_ALTERATION", "DISCRETE", _copies(reports))
    _profile(folder, "sv", "STRUCTURAL_VARIANT", "SV", [row for r in reports for row in _structural(r)])
    for case_list, kind in (("sequenced", "variants"), ("cna", "copy_number"), ("sv", "junctions")):
        own = [r["sample"] for r in reports if r[kind]]
        _meta(folder / "case_lists" / f"cases_{case_list}.txt", {
            "cancer_study_identifier": STUDY, "stable_id": f"{STUDY}_{case_list}",
            "case_list_name": f"Samples with {kind.replace('_', ' ')}",
            "case_list_description": f"{len(own)} samples", "case_list_ids": "\t".join(own or ids),
        })  # fmt: skip


def _meta(path: Path, fields: Mapping[str, str]) -> None:
    write_text(path, "".join(f"{key}: {value}\n" for key, value in fields.items()))


def _clinical(folder: Path, of: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> None:
    """Four lines of comments, a header, rows."""
    _meta(folder / f"meta_clinical_{of}.txt", {
        "cancer_study_identifier": STUDY, "genetic_alteration_type": "CLINICAL",
        "datatype": f"{of.upper()}_ATTRIBUTES", "data_filename": f"data_clinical_{of}.txt",
    })  # fmt: skip
    names, kinds = [c[1] for c in columns], [c[2] for c in columns]
    comments = ["#" + "\t".join(cells) for cells in (names, names, kinds, ["1"] * len(columns))]
    lines = ["\t".join(_cell(row.get(c[0])) for c in columns) for row in rows]
    text = "\n".join([*comments, "\t".join(c[0] for c in columns), *lines])
    write_text(folder / f"data_clinical_{of}.txt", text + "\n")


def _profile(folder: Path, name: str, kind: str, datatype: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    _meta(folder / f"meta_{name}.txt", {
        "cancer_study_identifier": STUDY, "genetic_alteration_type": kind, "datatype": datatype,
        "stable_id": {"sv": "structural_variants"}.get(name, name), "show_profile_in_analysis_tab": "true",
        "profile_name": name.upper(), "profile_description": f"{name} by ALLert", "data_filename": f"data_{name}.txt",
    })  # fmt: skip
    write_tsv(folder / f"data_{name}.txt", rows)


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _patient(report: Report) -> dict[str, Any]:
    return {"PATIENT_ID": report["patient"], "SEX": report["sex"].capitalize()}


def _sample_columns(reports: Sequence[Report]) -> list[Column]:
    lesions = {lesion["id"]: lesion["name"] for report in reports for lesion in report["lesions"]}
    return [*SAMPLE_COLUMNS, *((id.upper(), _cell(name), "STRING") for id, name in lesions.items())]


def _sample(report: Report) -> dict[str, Any]:
    copies = report["copy_number"] or {}
    flag = next((r["group"] for r in report["risk"] if r["scheme"].startswith("InPOG")), None)
    return {
        "PATIENT_ID": report["patient"],
        "SAMPLE_ID": report["sample"],
        "TIMEPOINT": report["timepoint"],
        "TUMOR_PURITY": copies.get("purity"),
        "PLOIDY": copies.get("ploidy"),
        "INPOG_HIGH_RISK": flag,
        **{lesion["id"].upper(): lesion["state"] for lesion in report["lesions"]},
    }


def _mutations(report: Report, build: str) -> Iterable[dict[str, Any]]:
    for v in report["variants"]:
        if v["oncogenicity"] not in ("Oncogenic", "Likely oncogenic") or not v["gene"]:
            continue
        start, end, ref, alt = maf_alleles(v["pos"], v["ref"], v["alt"])
        alt_reads, depth = v["alt_reads"], v["depth"]
        yield {
            "Hugo_Symbol": v["gene"], "NCBI_Build": {"hg38": "GRCh38", "hg19": "GRCh37"}[build],
            "Chromosome": v["chrom"], "Start_Position": start, "End_Position": end,
            "Variant_Classification": classification(v["consequence"], v["ref"], v["alt"]),
            "Reference_Allele": ref, "Tumor_Seq_Allele1": ref, "Tumor_Seq_Allele2": alt,
            "Tumor_Sample_Barcode": report["sample"], "HGVSp_Short": short_protein(v["hgvsp"]),
            "HGVSc": v["hgvsc"] or "", "t_alt_count": alt_reads,
            "t_ref_count": depth - alt_reads if depth is not None and alt_reads is not None else None,
        }  # fmt: skip


def maf_alleles(pos: int, ref: str, alt: str) -> tuple[int, int, str, str]:
    """Start, end and alleles as a MAF writes them: without the shared base, `-` for nothing.

    >>> maf_alleles(10, "A", "AT"), maf_alleles(10, "AT", "A"), maf_alleles(10, "C", "T")
    ((10, 11, '-', 'T'), (11, 11, 'T', '-'), (10, 10, 'C', 'T'))
    """
    while ref and alt and ref[0] == alt[0] and (len(ref) > 1 or len(alt) > 1):
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    if not ref:
        return pos - 1, pos, "-", alt
    return pos, pos + len(ref) - 1, ref, alt or "-"


def classification(consequence: str | None, ref: str, alt: str) -> str:
    """The variant class of a MAF.

    >>> classification("frameshift_variant", "AT", "A"), classification("missense_variant&intron_variant", "A", "T")
    ('Frame_Shift_Del', 'Missense_Mutation')
    """
    terms = set((consequence or "").replace("&", ",").split(","))
    word = next((word for term, word in CLASSES.items() if term in terms), "Unknown")
    return f"{word}_{'Ins' if len(alt) > len(ref) else 'Del'}" if word == "Frame_Shift" else word


def short_protein(name: str | None) -> str:
    """One-letter protein change.

    >>> short_protein("p.Arg367Gln"), short_protein("p.Lys33GlufsTer12")
    ('p.R367Q', 'p.K33Efs*12')
    """
    short = name or ""
    for long, letter in LETTERS.items():
        short = short.replace(long, letter)
    return short


def _copies(reports: Sequence[Report]) -> list[dict[str, Any]]:
    own = [report for report in reports if report["copy_number"]]
    calls = {(r["sample"], g["gene"]): g for r in own for g in r["copy_number"]["genes"]}
    genes = sorted({gene for _, gene in calls})
    return [
        {"Hugo_Symbol": gene} | {r["sample"]: _level(calls.get((r["sample"], gene))) for r in own} for gene in genes
    ]


def _level(gene: Mapping[str, Any] | None) -> object:
    return LEVELS.get(str(gene["call"]), "NA") if gene and gene["certain"] else "NA"


def _structural(report: Report) -> Iterable[dict[str, Any]]:
    """Junctions that join two named genes known to be joined; fusions of RNA that name a lesion's genes."""
    named = {lesion["subtype"] for lesion in report["lesions"] if lesion["state"] in PRESENT and lesion["subtype"]}
    for junction in report["junctions"]:
        pair = next((p for p in junction["pairs"] if p["known"] or f"{p['five']}::{p['three']}" in named), None)
        if pair is not None:
            places = [junction[side][key] for side in ("left", "right") for key in ("chrom", "pos")]
            yield _sv(report, pair["five"], pair["three"], *places, "Yes", "No")
    for fusion in report["fusions"]:
        if f"{fusion['five']}::{fusion['three']}" in named:
            five, three = fusion["five_breakpoint"] or (None, None), fusion["three_breakpoint"] or (None, None)
            yield _sv(report, fusion["five"], fusion["three"], *five, *three, "No", "Yes")


def _sv(report: Report, five: str, three: str, *facts: object) -> dict[str, Any]:
    chrom1, pos1, chrom2, pos2, dna, rna = facts
    return {
        "Sample_Id": report["sample"], "SV_Status": "SOMATIC", "Site1_Hugo_Symbol": five, "Site2_Hugo_Symbol": three,
        "Site1_Chromosome": chrom1, "Site1_Position": pos1, "Site2_Chromosome": chrom2, "Site2_Position": pos2,
        "Event_Info": f"{five}::{three}", "DNA_Support": dna, "RNA_Support": rna,
    }  # fmt: skip
