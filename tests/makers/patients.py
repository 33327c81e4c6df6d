"""Patients with known clones: reports, VCFs and what is true of every mutation, for tests and validation.

A leukaemia is a set of mutations with a true cell fraction at each time point, on a background of known copy
number. Reads are drawn from the binomial distribution; nothing here uses the code that is tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from annotate.compare.timepoints import TimepointData
from annotate.model.sample import Sample

Random = np.random.Generator
AUTOSOMES = tuple(str(number) for number in range(1, 23))


@dataclass(frozen=True)
class Mutation:
    """A mutation and the truth about it. `copies`: mutated copies in a cell that carries it."""

    chrom: str
    pos: int
    ref: str
    alt: str
    fractions: tuple[float, ...]  # true CCF at each time point
    gene: str | None = None
    hgvsp: str | None = None
    copies: int = 1

    @property
    def key(self) -> tuple[str, int, str, str]:
        return (self.chrom, self.pos, self.ref, self.alt)


@dataclass(frozen=True)
class Point:
    """One time point: how deep, how pure, what copies."""

    name: str
    purity: float
    depth: int
    copies: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # chromosome -> total, minor
    sex: str = "female"
    donor: float = 0.0  # share of reads from another person
    stated_purity: float | None = None
    assay: str | None = "wgs"

    def total(self, chrom: str) -> int:
        return self.copies.get(chrom, (self.normal(chrom), 0))[0]

    def normal(self, chrom: str) -> int:
        return 1 if chrom == "X" and self.sex == "male" else 2


def vaf(mutation: Mutation, point: Point, at: int) -> float:
    """The true share of reads with the mutation."""
    rho, total, normal = point.purity, point.total(mutation.chrom), point.normal(mutation.chrom)
    cells = rho * total + (1 - rho) * normal
    return (1 - point.donor) * rho * mutation.fractions[at] * min(mutation.copies, total) / cells if cells else 0.0


def binomial(rng: Random, trials: int, p: float) -> int:
    """Number of successes in so many trials."""
    return int(rng.binomial(trials, min(max(p, 0.0), 1.0)))


def report(
    sample: Sample,
    *,
    purity: float | None = None,
    variants: Iterable[Mapping[str, Any]] = (),
    lesions: Iterable[Mapping[str, Any]] = (),
    junctions: Iterable[Mapping[str, Any]] = (),
    fusions: Iterable[Mapping[str, Any]] = (),
    copy_number: Mapping[str, Any] | None = None,
    karyotype: Mapping[str, Any] | None = None,
    clinical: Mapping[str, Any] | None = None,
    matched_normal: bool = True,
    tumor_column: str | None = None,
    normal_column: str | None = None,
    burden: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A report of the published model with what is given and nothing else."""
    from annotate.report.json.schema import SCHEMA_VERSION, ReportModel

    data = {
        "schema_version": SCHEMA_VERSION,
        "sample": sample.sample,
        "patient": sample.patient,
        "timepoint": sample.timepoint,
        "assembly": sample.assembly,
        "sex": sample.sex,
        "assay": sample.assay,
        "clinical": clinical,
        "inputs": [],
        "lesions": list(lesions),
        "variants": list(variants),
        "junctions": list(junctions),
        "fusions": list(fusions),
        "copy_number": copy_number,
        "karyotype": karyotype,
        "risk": [],
        "classification": [],
        "therapies": [],
        "pharmacogenomics": [],
        "burden": burden,
        "quality": {
            "purity": purity,
            "matched_normal": matched_normal,
            "tumor_column": tumor_column,
            "normal_column": normal_column,
        },
        "provenance": {},
    }
    return ReportModel.model_validate(data).model_dump(mode="json")


def variant_row(mutation: Mutation, alt: int | None, depth: int | None, **fields: Any) -> dict[str, Any]:
    """A row of the report's `variants`."""
    row = {
        "chrom": mutation.chrom,
        "pos": mutation.pos,
        "ref": mutation.ref,
        "alt": mutation.alt,
        "gene": mutation.gene,
        "transcript": None,
        "consequence": "missense_variant" if mutation.hgvsp else None,
        "hgvsc": None,
        "hgvsp": mutation.hgvsp,
        "vaf": None if alt is None or not depth else alt / depth,
        "depth": depth,
        "alt_reads": alt,
        "filter": "PASS",
        "oncogenicity": None,
        "flags": [],
        "source": "csq",
    }
    return row | fields


def copy_number_data(
    copies: Mapping[str, tuple[int, int]],
    *,
    purity: float | None = 0.9,
    sex: str = "female",
    genes: Iterable[Mapping[str, Any]] = (),
    resolution: int | None = 1000,
) -> dict[str, Any]:
    """`copy_number` of a report: whole chromosomes with the given total and minor copies, diploid otherwise."""
    usual = dict.fromkeys(AUTOSOMES, (2, 1)) | (
        {"X": (1, 0), "Y": (1, 0)} if sex == "male" else {"X": (2, 1), "Y": (0, 0)}
    )
    states = usual | dict(copies)
    return {
        "purity": purity,
        "ploidy": 2.0,
        "modal_number": sum(total for total, _ in states.values()),
        "allele_specific": True,
        "chromosomes": {
            chrom: {"total": total, "minor": minor, "loh_fraction": 1.0 if minor == 0 else 0.0, "covered": 1.0}
            for chrom, (total, minor) in states.items()
        },
        "genes": list(genes),
        "alternatives": [],
        "sex": sex,
        "resolution": resolution,
        "segments": [
            {"chrom": chrom, "start": 1, "end": 300_000_000, "total": float(total), "minor": float(minor)}
            for chrom, (total, minor) in states.items()
        ],
    }


def gene_row(gene: str, call: str, **fields: Any) -> dict[str, Any]:
    """A row of the genes of a copy-number profile."""
    total = {"homozygous_deletion": 0, "deletion": 1, "cnloh": 2, "gain": 3, "amplification": 8}.get(call, 2)
    usual = {"gene": gene, "total": total, "minor": None, "baseline": 2, "call": call, "level": "focal"}
    return usual | fields


def lesion_row(id: str, state: str, **fields: Any) -> dict[str, Any]:
    """A row of the report's `lesions`."""
    usual = {
        "id": id,
        "name": id,
        "state": state,
        "summary": f"{id}: {state}",
        "reasons": [{"code": "NOTE", "text": "made for a test"}],
        "evidence": [],
        "limits": [],
    }
    return usual | fields


def junction_row(left: tuple[str, int, str], right: tuple[str, int, str], **fields: Any) -> dict[str, Any]:
    """A row of the report's `junctions`."""
    ends = [{"chrom": chrom, "pos": pos, "keeps": keeps} for chrom, pos, keeps in (left, right)]
    usual = {
        "id": f"{left[0]}:{left[1]}",
        "left": ends[0],
        "right": ends[1],
        "genes": None,
        "frame": None,
        "support": {"reads": 20},
        "callers": ["manta"],
        "filter": "PASS",
    }
    return usual | fields


# ---------------------------------------------------------------- VCF


def write_vcf(
    path: Path,
    records: Iterable[tuple[str, int, str, str, Sequence[tuple[int, int]]]],
    columns: Sequence[str],
    blocks: Iterable[tuple[str, int, int, int]] = (),
    filters: Mapping[tuple[str, int], str] | None = None,
) -> Path:
    """Write a VCF with `GT:AD:DP`: (chrom, pos, ref, alt, (alt, depth) of each column), and gVCF blocks.

    Blocks are (chrom, start, end, depth). Without columns: sites only.
    """
    order = {chrom: index for index, chrom in enumerate((*AUTOSOMES, "X", "Y"))}
    lines, blocks = [], list(blocks)
    for chrom, pos, ref, alt, counts in records:
        cells = [f"{'0/1' if a else '0/0'}:{d - a},{a}:{d}" for a, d in counts]
        fixed = [chrom, str(pos), ".", ref, alt, ".", (filters or {}).get((chrom, pos), "PASS"), "."]
        lines.append((order[chrom], pos, "\t".join([*fixed, *(["GT:AD:DP", *cells] if columns else [])])))
    for chrom, start, end, depth in blocks:
        cells = ["0/0:" + str(depth)] * len(columns)
        fixed = [chrom, str(start), ".", "N", "<NON_REF>", ".", ".", f"END={end}", "GT:DP"]
        lines.append((order[chrom], start, "\t".join([*fixed, *cells])))
    named = ["FORMAT", *columns] if columns else []
    header = [
        "##fileformat=VCFv4.2",
        *(['##ALT=<ID=NON_REF,Description="any other allele">'] if blocks else []),
        '##FILTER=<ID=germline,Description="germline">',
        '##INFO=<ID=END,Number=1,Type=Integer,Description="end">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="reads by allele">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="depth">',
        *(f"##contig=<ID={chrom}>" for chrom in order),
        "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", *named]),
    ]  # fmt: skip
    body = [line for _, _, line in sorted(lines)]
    path.write_text("\n".join([*header, *body]) + "\n", encoding="utf-8")
    return path


# ---------------------------------------------------------------- whole patients


@dataclass(frozen=True)
class Person:
    """Germline genotypes: copies of the alternative allele at each site."""

    genotypes: Mapping[tuple[str, int], int]


def person(rng: Random, sites: int = 200) -> Person:
    """Common single-base sites, in the proportions of an allele frequency of one half."""
    return Person({("1", 1_000_000 + 1000 * n): int(rng.choice((0, 1, 1, 2))) for n in range(sites)})


def germline_records(
    rng: Random, own: Person, point: Point, donor: Person | None = None, columns: int = 1
) -> list[tuple[str, int, str, str, list[tuple[int, int]]]]:
    """Counts at germline sites, listed where the person has the allele or the reads show it."""
    found = []
    for (chrom, pos), copies in own.genotypes.items():
        share = copies / 2
        if donor is not None and point.donor:
            share = (1 - point.donor) * share + point.donor * donor.genotypes[(chrom, pos)] / 2
        cells = [(binomial(rng, 60, share), 60) for _ in range(columns)]
        found.append((chrom, pos, "A", "G", cells))
    return found


def timepoint(
    folder: Path,
    point: Point,
    at: int,
    mutations: Sequence[Mutation],
    rng: Random,
    *,
    patient: str = "P1",
    own: Person | None = None,
    donor: Person | None = None,
    blocks: bool = True,
    clinical: Mapping[str, Any] | None = None,
    normal_share: float = 0.0,
) -> TimepointData:
    """One time point as a report and a VCF of a tumour and a normal column.

    A mutation is called with at least five reads. Where it is not called the VCF has a block with the depth.
    `own`: germline sites are written with the normal column and the filter `germline`.
    """
    name = f"{patient}-{point.name}"
    rows, records, gaps = [], [], []
    for mutation in mutations:
        depth = max(1, int(rng.poisson(point.depth)))
        alt = binomial(rng, depth, vaf(mutation, point, at))
        normal = (binomial(rng, 60, normal_share / 2), 60)
        if alt >= 5:
            normal_fields = {"normal_alt_reads": normal[0], "normal_depth": normal[1], "normal_vaf": normal[0] / 60}
            rows.append(variant_row(mutation, alt, depth, **normal_fields))
            records.append((*mutation.key, [(alt, depth), normal]))
        elif blocks:
            gaps.append((mutation.chrom, mutation.pos, mutation.pos, depth))
    filters = {}
    if own is not None:
        records += germline_records(rng, own, point, donor, columns=2)
        filters = dict.fromkeys(own.genotypes, "germline")
    path = write_vcf(folder / f"{name}.vcf", records, ("TUMOR", "NORMAL"), gaps, filters)
    sample = Sample(
        sample=name,
        patient=patient,
        timepoint=point.name,
        assembly="GRCh38",
        sex=point.sex,  # type: ignore[arg-type]
        small_variants=(path,),
        assay=point.assay,  # type: ignore[arg-type]
    )
    purity = point.purity if point.stated_purity is None else point.stated_purity
    copies = copy_number_data(point.copies, purity=purity, sex=point.sex)
    made = report(
        sample,
        purity=purity,
        variants=rows,
        copy_number=copies,
        tumor_column="TUMOR",
        normal_column="NORMAL",
        clinical=clinical,
    )
    return TimepointData(report=made, sample=sample)


def with_sample(data: TimepointData, **fields: Any) -> TimepointData:
    """The same report with other cells in the sheet."""
    return TimepointData(report=data.report, sample=replace(data.sample, **fields))


# ---------------------------------------------------------------- cohorts of simulated patients

# Copies by chromosome that leukaemias of children have; each with its share of clonal mutations on two copies.
BACKGROUNDS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "diploid": {},
    "high_hyperdiploid": {**dict.fromkeys(("4", "6", "10", "14", "17", "18"), (3, 1)), "21": (4, 2), "X": (3, 1)},
    "low_hypodiploid": dict.fromkeys(("2", "3", "4", "7", "9", "13", "15", "16", "17"), (1, 0)),
    "doubled_hypodiploid": dict.fromkeys(("2", "3", "4", "7", "9", "13", "15", "16", "17"), (2, 0)),
    "losses": {"7": (1, 0), "9": (1, 0), "20": (1, 0), "8": (3, 1)},
}
# True cell fractions at two time points, away from the limits between categories, and what a perfect method says.
CLONES: Sequence[tuple[str, tuple[float, float]]] = (
    ("preserved", (1.0, 1.0)),
    ("gained", (0.0, 1.0)),
    ("gained", (0.0, 0.45)),
    ("lost", (0.6, 0.0)),
    ("rising", (0.1, 1.0)),
    ("rising", (0.2, 0.6)),
    ("falling", (0.65, 0.2)),
    ("stable", (0.4, 0.4)),
)
DECIDED = frozenset({"preserved", "gained", "lost", "rising", "falling", "stable"})


@dataclass(frozen=True)
class Simulated:
    """A patient with what is true of it."""

    points: tuple[TimepointData, ...]
    truth: Mapping[str, tuple[str, tuple[float, ...]]]  # event id -> category, true CCF at each time point
    event: str  # plain, swap, donor, contamination, normal


Clones = Sequence[tuple[str, tuple[float, float]]]


def anywhere(rng: Random, count: int = 8) -> Clones:
    """Clones with cell fractions drawn from the whole range, near the limits between categories too."""
    found = [("preserved", (1.0, 1.0))]
    for _ in range(count - 1):
        first, last = (0.0 if rng.random() < 0.25 else float(rng.uniform(0.02, 1)) for _ in range(2))
        if max(first, last) < 0.05:
            last = float(rng.uniform(0.1, 1))
        found.append((true_category(first, last), (first, last)))
    return found


def true_category(first: float, last: float) -> str:
    """The rules of the specification (2.2) on the fractions themselves."""
    if min(first, last) >= 0.8 and max(first, last) < 1.5 * min(first, last):
        return "preserved"
    if first == 0:
        return "gained" if last > 0.1 else "rising"
    if last == 0:
        return "lost" if first > 0.1 else "falling"
    if last >= 1.5 * first:
        return "rising"
    return "falling" if first >= 1.5 * last else "stable"


def simulated(
    folder: Path, number: int, rng: Random, event: str = "plain", mutations: int = 4, clones: Clones = CLONES
) -> Simulated:
    """One patient: `mutations` for each of `clones`, two or three time points."""
    folder.mkdir(parents=True, exist_ok=True)
    background = list(BACKGROUNDS.values())[number % len(BACKGROUNDS)]
    three = number % 3 == 2
    sex = "male" if number % 2 else "female"
    copies = {chrom: state for chrom, state in background.items() if chrom != "X" or sex == "female"}
    own, other = person(rng), person(rng)
    made = list(_mutations(rng, copies, sex, mutations, three, clones))
    points = []
    for at, name in enumerate(("diagnosis", "relapse", "relapse2")[: 3 if three else 2]):
        last = at == (2 if three else 1)
        purity = float(rng.uniform(0.3, 0.95))
        foreign = {"donor": 0.3, "contamination": 0.1}.get(event, 0.0) if last else 0.0
        point = Point(
            name=name,
            purity=purity,
            depth=int(np.exp(rng.uniform(np.log(30), np.log(2000)))),
            copies=copies,
            sex=sex,
            donor=foreign,
            stated_purity=min(1.0, max(0.1, purity * (1 - foreign) + float(rng.normal(0, 0.02)))),
        )
        swapped = event == "swap" and last
        points.append(
            timepoint(
                folder,
                point,
                at,
                [m for m, _ in (_mutations(rng, copies, sex, mutations, three, clones) if swapped else made)],
                rng,
                patient=f"P{number}",
                own=other if swapped else own,
                donor=other if foreign else None,
                clinical={"prior_hsct": True} if event == "donor" else None,
                normal_share=0.08 if event == "normal" else 0.0,
            )
        )
    truth = {f"{m.chrom}:{m.pos} {m.ref}>{m.alt}": (category, m.fractions) for m, category in made}
    return Simulated(tuple(points), truth, event)


def _mutations(
    rng: Random, copies: Mapping[str, tuple[int, int]], sex: str, each: int, three: bool, clones: Clones
) -> Iterable[tuple[Mutation, str]]:
    """Mutations of every clone on random chromosomes; clonal ones may lie on two copies where there are two."""
    taken: set[int] = set()
    for category, (first, last) in clones:
        for _ in range(each):
            chrom = str(rng.integers(1, 23))
            if sex == "male" and rng.random() < 0.05:
                chrom = "X"
            pos = int(rng.integers(20_000_000, 30_000_000))
            while pos in taken:
                pos += 1
            taken.add(pos)
            total, minor = copies.get(chrom, (1, 0) if chrom == "X" else (2, 1))
            early = category == "preserved" and total - minor >= 2 and rng.random() < 0.7
            fractions = (first, (first + last) / 2, last) if three else (first, last)
            yield Mutation(chrom, pos, "C", "T", fractions, copies=2 if early else 1), category
