"""Results trees after the documented layouts of pipelines: six invented patients at diagnosis and relapse, each with a
normal, and the files of quality control and of other steps that lie between."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.reference.genome import Genome
from tests.makers.copy_number import Truth, write_segments
from tests.makers.fusion_tables import write_table
from tests.makers.fusions import fusion_of

PATIENTS = tuple(f"P{number:02d}" for number in range(1, 7))
LENGTHS = {"1": 248956422, "9": 138394717, "12": 133275309, "17": 83257441}
SEGMENTS: list[Truth] = [(chrom, 10_000, end - 10_000, 2, 1) for chrom, end in LENGTHS.items()]
GENOTYPE = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
DEPTHS = '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'


@dataclass(frozen=True, slots=True)
class Tumor:
    """One leukaemia of the invented batch."""

    patient: str
    id: str
    normal: str
    number: int

    @property
    def pair(self) -> str:
        return f"{self.id}_vs_{self.normal}"


TUMORS = tuple(
    Tumor(patient, f"{patient}_{word}", f"{patient}_N", 2 * place + later)
    for place, patient in enumerate(PATIENTS)
    for later, word in enumerate(("D", "R"))
)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def vcf(path: Path, names: Sequence[str], number: int, *, sv: bool = False, source: str = "") -> Path:
    """A VCF of one record that differs from sample to sample."""
    contigs = "".join(f"##contig=<ID=chr{chrom},length={length}>\n" for chrom, length in LENGTHS.items())
    place = 1_000_000 + 1000 * number
    info = f"SVTYPE=DEL;END={place + 5000};SVLEN=-5000" if sv else "SOMATIC"
    alt = "<DEL>" if sv else "T"
    sv_alt = (
        '##ALT=<ID=DEL,Description="Deletion">\n##INFO=<ID=SVTYPE,Number=1,Type=String,Description="t">\n' if sv else ""
    )
    cells = ["0/1:30,20" if place == 0 else "0/0:40,0" for place in range(len(names))]
    header = "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *names])
    record = "\t".join(["chr12", str(place), ".", "A", alt, ".", "PASS", info, "GT:AD", *cells])
    source = f"##source={source}\n" if source else ""
    return put(path, f"##fileformat=VCFv4.2\n{source}{contigs}{sv_alt}{GENOTYPE}{DEPTHS}{header}\n{record}\n")


def segments(dialect: str, path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_segments(dialect, path, SEGMENTS, purity=0.8, noise=0.01, seed=number)


def fusions(dialect: str, path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    genome = Genome.load("GRCh38")
    return write_table(dialect, path, [fusion_of(genome, "ETV6", "RUNX1", split=10 + number)])


# ---------------------------------------------------------------- pipelines


def sarek(folder: Path) -> None:
    lines = ["patient,sex,status,sample,cram,crai"]
    calling = folder / "variant_calling"
    for t in TUMORS:
        names = (f"{t.patient}_{t.id}", f"{t.patient}_{t.normal}")
        lines.append(f"{t.patient},XX,1,{t.id},x.cram,x.crai")
        vcf(calling / f"mutect2/{t.pair}/{t.pair}.mutect2.filtered.vcf.gz", names, t.number, source="Mutect2")
        vcf(calling / f"mutect2/{t.pair}/{t.pair}.mutect2.vcf.gz", names, t.number, source="Mutect2")
        annotated = folder / f"annotation/mutect2/{t.pair}/{t.pair}.mutect2.filtered_snpEff_VEP.ann.vcf.gz"
        vcf(annotated, names, t.number + 100, source="Mutect2")
        for tool in ("snpEff", "VEP"):  # `--tools vep,snpeff,merge` keeps all three
            one = annotated.with_name(f"{t.pair}.mutect2.filtered_{tool}.ann.vcf.gz")
            vcf(one, names, t.number + 100, source="Mutect2")
        for kind in ("snvs", "indels"):
            path = calling / f"strelka/{t.pair}/{t.pair}.strelka.somatic_{kind}.vcf.gz"
            vcf(path, ("TUMOR", "NORMAL")[:2], t.number + (200 if kind == "snvs" else 300))
        manta = calling / f"manta/{t.pair}"
        vcf(manta / f"{t.pair}.manta.somatic_sv.vcf.gz", names[::-1], t.number, sv=True)
        vcf(manta / f"{t.pair}.manta.diploid_sv.vcf.gz", names[1:], t.number + 40, sv=True)
        segments("ascat", calling / f"ascat/{t.pair}/{t.pair}.segments.txt", t.number)
        segments("cnvkit_call", calling / f"cnvkit/{t.pair}/{t.id}.somatic.call.cns", t.number)
        segments("cnvkit_call", calling / f"cnvkit/{t.pair}/{t.id}.bintest.cns", t.number)
        put(folder / f"preprocessing/recalibrated/{t.id}/{t.id}.recal.cram", "CRAM")
    for number, patient in enumerate(PATIENTS):
        normal = f"{patient}_N"
        lines.append(f"{patient},XX,0,{normal},x.cram,x.crai")
        calls = calling / f"haplotypecaller/{normal}/{normal}.haplotypecaller.filtered.vcf.gz"
        vcf(calls, (f"{patient}_{normal}",), number + 500)
    put(folder / "csv/recalibrated.csv", "\n".join(lines) + "\n")
    put(folder / "pipeline_info/params_2026-01-01.json", '{"wes": false}')
    put(folder / "reports/bcftools/x.vcf.gz", "not a call set")


def oncoanalyser(folder: Path) -> None:
    for t in TUMORS:
        group = folder / t.id
        names = (t.id, t.normal)
        vcf(group / f"purple/{t.id}.purple.somatic.vcf.gz", names, t.number)
        vcf(group / f"sage/somatic/{t.id}.sage.somatic.vcf.gz", names, t.number)
        vcf(group / f"purple/{t.id}.purple.sv.vcf.gz", names, t.number, sv=True)
        segments("purple", group / f"purple/{t.id}.purple.cnv.somatic.tsv", t.number)
        vcf(group / f"purple/{t.id}.purple.germline.vcf.gz", names[::-1], t.number + 100)
        fusions("isofox", group / f"isofox/{t.id}_RNA.isf.pass_fusions.tsv", t.number)
        put(group / f"linx/somatic_annotations/{t.id}.linx.fusion.tsv", "fusionId\n")
    put(folder / "pipeline_info/params_x.json", '{"mode": "wgts"}')


def dragen(folder: Path) -> None:
    for t in TUMORS:
        run = folder / t.id
        names = (t.id, t.normal)
        vcf(run / f"{t.id}.hard-filtered.vcf.gz", names, t.number, source="DRAGEN_SNV")
        vcf(run / f"{t.id}.vcf.gz", names, t.number, source="DRAGEN_SNV")
        vcf(run / f"{t.id}.sv.vcf.gz", names[::-1], t.number, sv=True, source="DRAGEN")
        segments("dragen_vcf", run / f"{t.id}.cnv.vcf", t.number)
        put(run / f"{t.id}.cnv.vcf.gz", (run / f"{t.id}.cnv.vcf").read_text())
        (run / f"{t.id}.cnv.vcf").unlink()
        rna = folder / f"{t.id}_RNA"
        fusions("dragen", rna / f"{t.id}_RNA.fusion_candidates.final", t.number)
        put(rna / f"{t.id}_RNA.fusion_candidates.preliminary", "x\n")
    for number, patient in enumerate(PATIENTS):
        normal = f"{patient}_N"
        vcf(folder / f"{normal}/{normal}.hard-filtered.vcf.gz", (normal,), number + 500, source="DRAGEN_SNV")


def bcbio(folder: Path) -> None:
    lines = ["samples:"]
    project = folder / "final/2026-01-01_all"
    for t in TUMORS:
        metadata = f"{{batch: {t.id}-b, phenotype: tumor, patient: {t.patient}, sex: female}}"
        lines.append(f"- {{description: {t.id}, genome_build: hg38, metadata: {metadata}}}")
        vcf(project / f"{t.id}-b-mutect2-annotated.vcf.gz", (t.id, t.normal), t.number, source="Mutect2")
        vcf(project / f"{t.id}-b-germline-gatk-haplotype-annotated.vcf.gz", (t.normal,), t.number + 50)
        vcf(folder / f"final/{t.id}/{t.id}-manta.vcf.gz", (t.id, t.normal), t.number, sv=True)
        segments("cnvkit_call", folder / f"final/{t.id}/{t.id}-cnvkit-call.cns", t.number)
        put(folder / f"final/{t.normal}/{t.normal}-cnvkit.cns", "chromosome\tstart\tend\tgene\tlog2\n")
    for patient in PATIENTS:
        lines.append(f"- {{description: {patient}_N, metadata: {{phenotype: normal, patient: {patient}}}}}")
    put(project / "project-summary.yaml", "\n".join(lines) + "\n")


def rnafusion(folder: Path) -> None:
    for t in TUMORS:
        fusions("arriba", folder / f"arriba/{t.id}_RNA.arriba.fusions.tsv", t.number)
        fusions("arriba", folder / f"arriba/{t.id}_RNA.arriba.fusions.discarded.tsv", t.number)
        fusions("starfusion", folder / f"starfusion/{t.id}_RNA.starfusion.fusion_predictions.tsv", t.number)
        fusions("starfusion", folder / f"starfusion/{t.id}_RNA.starfusion.abridged.tsv", t.number)
        put(folder / f"fusionreport/{t.id}_RNA/{t.id}_RNA.fusionreport.tsv", "x\n")


def balsamic(folder: Path) -> None:
    for t in TUMORS:
        analysis = folder / t.id / "analysis"
        names = ("TUMOR", "NORMAL")
        vep = analysis / "vep"
        vcf(vep / f"SNV.somatic.{t.id}.tnscope.clinical.filtered.pass.vcf.gz", names, t.number)
        vcf(vep / f"SNV.somatic.{t.id}.tnscope.research.filtered.pass.vcf.gz", names, t.number)
        vcf(vep / f"SV.somatic.{t.id}.svdb.clinical.filtered.pass.vcf.gz", names, t.number, sv=True)
        table = segments("ascat", analysis / "cnv/x.segments.txt", t.number)
        table.rename(table.with_name(f"CNV.somatic.{t.id}.ascat.copynumber.txt"))
        table.with_name("x.purityploidy.txt").unlink()
        vcf(vep / "SNV.germline.normal.dnascope.vcf.gz", ("NORMAL",), t.number + 100)
        facts = {"case_id": t.id, "gender": "female", "analysis_type": "paired", "sequencing_type": "wgs"}
        put(folder / t.id / f"{t.id}.json", json.dumps({"analysis": facts, "samples": []}))


def plain(folder: Path) -> None:
    """GATK, CNVkit and Arriba as a laboratory keeps them: some by sample, some by the name of the file."""
    for t in TUMORS:
        vcf(folder / f"vcf/{t.id}.mutect2.vcf.gz", (t.id,), t.number, source="Mutect2")
        vcf(folder / f"sv/{t.id}.manta.vcf", (t.id,), t.number, sv=True)
        segments("cnvkit_call", folder / f"{t.id}/cnvkit.call.cns", t.number)
        fusions("arriba", folder / f"{t.id}/fusions.tsv", t.number)
        put(folder / f"{t.id}/notes.txt", "no table\n")


MAKERS: dict[str, Callable[[Path], None]] = {
    "sarek": sarek,
    "oncoanalyser": oncoanalyser,
    "dragen": dragen,
    "bcbio": bcbio,
    "rnafusion": rnafusion,
    "balsamic": balsamic,
    "plain": plain,
}
