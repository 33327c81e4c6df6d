"""Golden patients: whole reports that are kept, so that a change of knowledge or code shows as a difference to read.

    python -m tests.makers.golden --write [ID ...]     (or: make golden)

Each patient is a function below. It writes its inputs, in the dialects of callers, into a folder given by the test, and
returns its row of the sample sheet. What must be said of the high-risk lesions is written beside it by hand; everything
else that the report says is kept in `tests/golden/<id>.json`. Seeded: two runs write the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.junctions import Junction
from annotate.read.sheets import read_patients, read_samples
from annotate.reference.genome import Genome
from annotate.report.json.build import build_report
from annotate.report.json.schema import ReportModel
from annotate.run.sample import analyse
from scripts.make_demo import (
    Batch,
    at_codon,
    deletion,
    district_hospital,
    germline,
    mapped_and_classified,
    named,
    noise,
    of_gene,
    passengers,
    regions,
    segments,
)
from scripts.make_demo import iamp21 as uneven_21
from tests.makers.copy_number import Truth, file_name, write_segments
from tests.makers.fusions import fusion_of, write_fusions
from tests.makers.patients import write_vcf
from tests.makers.small_variants import Call, ordered, write_calls
from tests.makers.structural import junction_of, write_junctions

FOLDER = Path(__file__).resolve().parents[1] / "golden"
COMMAND = "python -m tests.makers.golden --write"
HIGH_RISK = (
    "bcr_abl1",
    "abl_class",
    "kmt2a_r",
    "tcf3_r",
    "iamp21",
    "hypodiploidy",
    "tp53_deletion",
    "tp53_alteration",
    "nt5c2",
)
STATES = {
    "+": "detected",
    "s": "detected_subclonal",
    "?": "equivocal",
    "-": "not_detected",
    "o": "not_assessable",
}
# states that no input can lead to, and why
UNREACHABLE = {
    (
        "hypodiploidy",
        "detected_subclonal",
    ): "any acquired clone below 40 counts as detected, beside any other clone"
    " (L07: the modal number is asked per clone), and a profile counts the chromosomes of the main clone alone",
}
INSTALLED = "is not installed (pip install"  # what a report says of this machine, not of the patient
Row = Mapping[str, Any]
IDENTITY = frozenset({"sample", "patient", "timepoint", "assembly"})


@dataclass(frozen=True)
class Golden:
    """One patient: how its inputs are made, what is true of it, what must be said of the high-risk lesions."""

    id: str
    story: str
    make: Callable[[Lab], Row]
    assembly: str
    timepoint: str
    expects: Mapping[str, str]
    patient: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lab:
    """Writes the files of one patient into a folder."""

    folder: Path
    genome: Genome
    knowledge: Knowledge

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def copies(
        self,
        dialect: str,
        changed: Mapping[str, tuple[int, int]] | None = None,
        *,
        usual: tuple[int, int] = (2, 1),
        pieces: Sequence[Truth] = (),
        purity: float = 0.85,
        sex: str = "female",
        noise: float = 0.02,
    ) -> Path:
        """Copy number: whole chromosomes, with `pieces` cut out of them."""
        truth = segments(self.genome, dict(changed or {}), usual=usual, sex=sex, pieces=pieces)
        path = self / file_name(dialect)
        return write_segments(
            dialect, path, truth, purity, sex=sex, assembly=self.genome.assembly, noise=noise, seed=len(truth)
        )

    def junctions(
        self, dialect: str, *found: Junction, name: str = "", prefix: str = "chr", others: int = 8, normal: bool = True
    ) -> Path:
        """Structural variants with `others` of no meaning."""
        every = [*found, *noise(self.genome, 5, others)]
        path = self / (name or f"{dialect}.{'bedpe' if dialect == 'bedpe' else 'vcf'}")
        return write_junctions(
            dialect,
            path,
            every,
            self.genome.assembly,
            tumor="TUMOR",
            normal="NORMAL" if normal else None,
            prefix=prefix,
        )

    def rna(self, dialect: str, *found: Fusion) -> Path:
        """An RNA fusion table with one expressed fusion of no meaning."""
        return write_fusions(dialect, self / f"{dialect}.txt", [*found, self.fusion("ARID1A", "MYCBP2")])

    def fusion(self, five: str, three: str, *exons: int, **facts: Any) -> Fusion:
        return fusion_of(self.genome, five, three, *exons, **facts)

    def calls(
        self,
        dialect: str,
        *found: Call,
        others: int = 12,
        depth: int = 100,
        name: str = "",
        prefix: str = "chr",
    ) -> Path:
        """Small variants with `others` outside of the panel."""
        noise = [self.reads(call, depth) for call in passengers(self.genome, 7, others)]
        every = ordered([*found, *noise], self.genome)
        return write_calls(dialect, self / (name or f"{dialect}.vcf"), every, self.genome, prefix=prefix)

    def reads(self, call: Any, depth: int, **fields: Any) -> Call:
        """A call of the truth with its share of so many reads."""
        alt = round(call.vaf * depth)
        return Call(call.chrom, call.pos, call.ref, call.alt, alt, depth - alt, **fields)

    def mutation(self, gene: str, codon: int, base: int, alt: str, vaf: float, depth: int = 100, **fields: Any) -> Call:
        """`alt` (forward strand) at a base of a codon."""
        return self.reads(at_codon(self.genome, gene, codon, base, alt, vaf), depth, **fields)

    def named(self, gene: str, protein: str, vaf: float, depth: int = 100, **fields: Any) -> Call:
        """A variant of the knowledge table."""
        return self.reads(named(self.knowledge, self.genome, gene, protein, vaf), depth, **fields)

    def frameshift(self, gene: str, codon: int, vaf: float, depth: int = 100) -> Call:
        """One inserted base behind the first base of a codon."""
        found = self.mutation(gene, codon, 1, "N", vaf, depth)
        return replace(found, alt=found.ref + ("A" if found.ref != "A" else "C"))

    def junction(self, five: str, three: str, five_exon: int | None, three_exon: int | None, **facts: Any) -> Junction:
        return junction_of(self.genome, five, three, five_exon, three_exon, **facts)

    def bcr_abl1(self, **facts: Any) -> Junction:
        """p190, the break of ABL1 far 5' of exon a2."""
        window = self.genome.region("ABL1_5prime_to_a2")
        return self.junction("BCR", "ABL1", 1, None, three_pos=window.end - 20_000, **facts)

    def kmt2a_aff1(self, **facts: Any) -> Junction:
        window = self.genome.region("KMT2A_bcr1_wide")
        return self.junction("KMT2A", "AFF1", None, 5, five_pos=(window.start + window.end) // 2, **facts)

    def arm_end(self, chrom: str) -> int:
        return self.genome.contig_lengths[chrom] - 10_000


PATIENTS: dict[str, Golden] = {}


def golden(
    id: str, states: str, assembly: str = "GRCh38", timepoint: str = "diagnosis", **patient: str
) -> Callable[[Callable[[Lab], Row]], Callable[[Lab], Row]]:
    """Register a patient. `states`: one letter a high-risk lesion in the order of HIGH_RISK (see STATES)."""
    letters = states.replace(" ", "")
    assert len(letters) == len(HIGH_RISK), f"{id}: {states}"
    expects = {lesion: STATES[letter] for lesion, letter in zip(HIGH_RISK, letters, strict=True)}

    def add(make: Callable[[Lab], Row]) -> Callable[[Lab], Row]:
        assert id not in PATIENTS
        PATIENTS[id] = Golden(id, (make.__doc__ or "").strip(), make, assembly, timepoint, expects, patient)
        return make

    return add


# ================================================================ the patients
# Order of the letters: bcr_abl1 abl_class kmt2a_r tcf3_r, iamp21 hypodiploidy, tp53_deletion tp53_alteration, nt5c2.

# ---------------------------------------------------------------- BCR::ABL1


@golden("ph_t315i", "+--- -- -- o", timepoint="relapse", immunophenotype="BCP", relapse_number="1")
def _(lab: Lab) -> Row:
    """BCR::ABL1 in DNA and RNA with ABL1 T315I at relapse, IKZF1 4-7 lost; whole genome, matched normal."""
    ik6 = of_gene(lab.genome, "IKZF1", (1, 0), exons=(4, 7))
    return {
        "small_variants": lab.calls("mutect2", lab.named("ABL1", "p.Thr315Ile", 0.38)),
        "structural_variants": lab.junctions("gridss", lab.bcr_abl1()),
        "copy_number": lab.copies("purple", pieces=[ik6]),
        "fusions": lab.rna("arriba", lab.fusion("BCR", "ABL1", 1, 2)),
        "assay": "wgs",
        "purity": 0.85,
        "sex": "female",
        "par_mode": "y_masked",
    }


@golden("ph_two_reads", "?--- oo oo o")
def _(lab: Lab) -> Row:
    """BCR::ABL1 by two reads of RNA alone: may be carried over from another library."""
    return {"fusions": lab.rna("starfusion", lab.fusion("BCR", "ABL1", 14, 2, split=2, spanning=0))}


@golden("ph_reciprocal_only", "?--- oo oo o", "GRCh37")
def _(lab: Lab) -> Row:
    """Only ABL1::BCR, the other product, on GRCh37."""
    return {
        "structural_variants": lab.junctions("delly", lab.bcr_abl1(reciprocal=True), prefix=""),
        "assay": "wgs",
    }


@golden("ph_subclone", "s--- oo oo o")
def _(lab: Lab) -> Row:
    """BCR::ABL1 in a tenth of the cells."""
    return {
        "structural_variants": lab.junctions("manta", lab.bcr_abl1(vaf=0.05, split=5, paired=4)),
        "assay": "wgs",
        "purity": 0.9,
    }


@golden("ph_karyotype_and_fish", "+ooo oo oo o")
def _(lab: Lab) -> Row:
    """t(9;22) in a few metaphases, with the FISH of a fusion."""
    return {"karyotype": "46,XY,t(9;22)(q34;q11.2)[4].nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[170/200]", "sex": "male"}


# ---------------------------------------------------------------- ABL-class


@golden("ebf1_pdgfrb", "-+-- -- -o o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """EBF1::PDGFRB: its junction and the interstitial deletion of 5q."""
    fusion = lab.junction("EBF1", "PDGFRB", 12, 11)
    assert fusion.right is not None
    lost = ("5", fusion.left.pos + 1, fusion.right.pos - 1, 1, 0)
    return {
        "structural_variants": lab.junctions("lumpy", fusion),
        "copy_number": [lab.copies("facets", pieces=[lost], sex="male", purity=0.8), lab / "S.purity.txt"],
        "assay": "wgs",
        "sex": "male",
    }


@golden("ebf1_pdgfrb_by_copies", "o?oo -- -o o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """The same deletion in copy number alone: a pattern that RNA or FISH must confirm."""
    fusion = lab.junction("EBF1", "PDGFRB", 12, 11)
    assert fusion.right is not None
    lost = ("5", fusion.left.pos + 1, fusion.right.pos - 1, 1, 0)
    return {"copy_number": lab.copies("purple", pieces=[lost]), "assay": "wgs", "sex": "female"}


@golden("nup214_abl1_t_all", "-+-- -- -- o", immunophenotype="T", age_at_diagnosis_years="9")
def _(lab: Lab) -> Row:
    """T-ALL: NUP214::ABL1 on episomes, CDKN2A/B gone, NOTCH1 and PTEN mutated, STIL::TAL1."""
    stil, tal1 = lab.genome.region("STIL_e1_i1"), lab.genome.region("TAL1_5prime")
    sil_tal = deletion("1", (tal1.start + tal1.end) // 2, (stil.start + stil.end) // 2)
    window = lab.genome.region("ABL1_5prime_to_a2")
    nup = lab.junction("NUP214", "ABL1", 31, None, three_pos=window.end - 9_000, vaf=0.6, split=40, paired=30)
    assert nup.right is not None
    amplified = ("9", nup.left.pos, nup.right.pos, 9, 1)
    gone = of_gene(lab.genome, "CDKN2A", (0, 0), margin=200_000)
    return {
        "small_variants": lab.calls(
            "mutect2", lab.mutation("FBXW7", 465, 1, "A", 0.42), lab.frameshift("PTEN", 233, 0.4)
        ),
        "structural_variants": lab.junctions("manta", nup, sil_tal),
        "copy_number": lab.copies("purple", pieces=[gone, amplified], sex="male", purity=0.9),
        "assay": "wgs",
        "sex": "male",
    }


@golden("nup214_abl1_few_cells", "-s-- oo oo o", immunophenotype="T")
def _(lab: Lab) -> Row:
    """NUP214::ABL1 in few nuclei of a T-ALL."""
    window = lab.genome.region("ABL1_5prime_to_a2")
    nup = lab.junction("NUP214", "ABL1", 31, None, three_pos=window.end - 9_000, vaf=0.04, split=5, paired=3)
    return {"structural_variants": lab.junctions("svaba", nup), "assay": "wgs", "purity": 0.85}


@golden("novel_partner_of_abl2", "-+-- oo oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """A partner of ABL2 that no table lists, in frame and with the kinase kept."""
    return {"fusions": lab.rna("arriba", lab.fusion("ARID1A", "ABL2", 3, 5, split=22, spanning=11))}


# ---------------------------------------------------------------- KMT2A


@golden("kmt2a_men1", "--+- oo oo o", "GRCh37", "relapse", immunophenotype="BCP", age_at_diagnosis_years="0.5")
def _(lab: Lab) -> Row:
    """An infant's KMT2A::AFF1, on GRCh37, with MEN1 T349M (T344M) after a menin inhibitor."""
    men1 = lab.named("MEN1", "p.Thr344Met (=p.Thr349Met in NM_000244)", 0.31)
    return {
        "small_variants": lab.calls("haplotypecaller", men1, prefix=""),
        "structural_variants": lab.junctions("svaba", lab.kmt2a_aff1(), lab.kmt2a_aff1(reciprocal=True), prefix=""),
        "assay": "wgs",
    }


@golden("kmt2a_reciprocal_only", "--?- oo oo o")
def _(lab: Lab) -> Row:
    """Only AFF1::KMT2A is seen: likely, not proven."""
    return {"structural_variants": lab.junctions("dragen", lab.kmt2a_aff1(reciprocal=True)), "assay": "wgs"}


@golden("kmt2a_subclone", "--s- oo oo o")
def _(lab: Lab) -> Row:
    """KMT2A::AFF1 in a minor clone."""
    fusion = lab.kmt2a_aff1(vaf=0.06, split=6, paired=5)
    return {"structural_variants": lab.junctions("delly", fusion), "assay": "wgs", "purity": 0.8}


@golden("kmt2a_karyotype", "-o+o o- oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """t(4;11) in all of twenty metaphases."""
    return {"karyotype": "46,XX,t(4;11)(q21;q23)[20]", "sex": "female"}


@golden("kmt2a_3prime_loss", "oo?o -- -o o")
def _(lab: Lab) -> Row:
    """11q lost from inside the breakpoint region of KMT2A to the end of the chromosome; no junction."""
    window = lab.genome.region("KMT2A_bcr1_wide")
    lost = ("11", (window.start + window.end) // 2, lab.arm_end("11"), 1, 0)
    return {"copy_number": lab.copies("cnvkit_call", pieces=[lost]), "assay": "wgs", "sex": "female", "purity": 0.85}


@golden("del_11q_karyotype", "-o?o o- oo o")
def _(lab: Lab) -> Row:
    """del(11)(q23) is not a KMT2A rearrangement, and does not exclude one."""
    return {"karyotype": "46,XX,del(11)(q23)[15]/46,XX[5]", "sex": "female"}


# ---------------------------------------------------------------- TCF3


@golden("tcf3_pbx1_unbalanced", "---+ -- -o o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """der(19)t(1;19): one junction, 1q gained; DRAGEN files."""
    gain = ("1", 164_700_000, lab.arm_end("1"), 3, 1)
    return {
        "structural_variants": lab.junctions("dragen", lab.junction("TCF3", "PBX1", 16, 3)),
        "copy_number": lab.copies("dragen_vcf", pieces=[gain], sex="male"),
        "karyotype": "46,XY,der(19)t(1;19)(q23;p13.3)[14]/46,XY[6]",
        "assay": "wgs",
        "sex": "male",
    }


@golden("tcf3_karyotype", "-o-? o- oo o")
def _(lab: Lab) -> Row:
    """t(1;19) by karyotype alone: not every one makes TCF3::PBX1."""
    return {"karyotype": "46,XX,t(1;19)(q23;p13.3)[12]/46,XX[8]", "sex": "female"}


@golden("tcf3_hlf_rna", "---+ oo oo o", "GRCh37", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """TCF3::HLF in FusionCatcher's table, GRCh37."""
    return {"fusions": lab.rna("fusioncatcher", lab.fusion("TCF3", "HLF", 16, 4))}


@golden("tcf3_subclone", "---s oo oo o")
def _(lab: Lab) -> Row:
    """TCF3::PBX1 in a minor clone, BEDPE has no allele fraction so PURPLE's file is used."""
    fusion = lab.junction("TCF3", "PBX1", 16, 3, vaf=0.07, split=7, paired=4)
    return {"structural_variants": lab.junctions("manta", fusion), "assay": "wgs", "purity": 0.9}


# ---------------------------------------------------------------- iAMP21


@golden("iamp21_typical", "oooo +- -o o", "GRCh37", immunophenotype="BCP", age_at_diagnosis_years="10")
def _(lab: Lab) -> Row:
    """An uneven amplification of 21q with its telomere lost, RB1 deleted, X gained; Battenberg on GRCh37."""
    rb1 = of_gene(lab.genome, "RB1", (1, 0), margin=30_000)
    path = lab.copies("battenberg", {"X": (3, 1)}, pieces=[*uneven_21(lab.genome), rb1], purity=0.75)
    return {"copy_number": [path, lab / "S_purity_ploidy.txt"], "assay": "wgs", "sex": "female"}


@golden("iamp21_atypical", "oooo ?- -o o")
def _(lab: Lab) -> Row:
    """RUNX1 in four copies, the telomere in two: uneven, below the definition; FISH decides."""
    path = lab.copies("ascat", {"5": (3, 1)}, pieces=chromosome_21(lab, 2, 3, 4, 3, 2))
    return {"copy_number": [path, lab / "S.purityploidy.txt"], "assay": "wgs", "sex": "female"}


@golden("iamp21_smaller_clone", "oooo s- -o o")
def _(lab: Lab) -> Row:
    """The amplification in 40 % of the leukaemic cells (Battenberg's second state is the unchanged chromosome)."""
    path = lab.copies("battenberg", {"8": (3, 1)}, pieces=uneven_21(lab.genome), noise=0)
    subclonal(path, "21", 0.4)
    return {"copy_number": [path, lab / "S_purity_ploidy.txt"], "assay": "wgs", "sex": "female"}


@golden("iamp21_by_fish", "oooo ?o oo o")
def _(lab: Lab) -> Row:
    """Five to eight RUNX1 signals in interphase nuclei, metaphases of normal cells only: polysomy is not excluded."""
    return {"karyotype": "46,XX[20].nuc ish(RUNX1x5~8)[180/200]", "sex": "female"}


@golden("hyperdiploid_21x4", "oooo -- -o o", immunophenotype="BCP", age_at_diagnosis_years="4")
def _(lab: Lab) -> Row:
    """High hyperdiploidy, 55 chromosomes, four whole chromosomes 21; alleles known."""
    gained = dict.fromkeys(("X", "4", "6", "10", "14", "17", "18"), (3, 1)) | {"21": (4, 2)}
    return {"copy_number": lab.copies("purple", gained), "assay": "wgs", "sex": "female"}


@golden("down_syndrome", "---- -- -- o", immunophenotype="BCP", down_syndrome="yes")
def _(lab: Lab) -> Row:
    """Three whole chromosomes 21 from birth, with P2RY8::CRLF2 and JAK2 R683G."""
    par1 = lab.junction("P2RY8", "CRLF2", 1, 1)
    return {
        "small_variants": lab.calls("mutect2", lab.mutation("JAK2", 683, 1, "G", 0.4)),
        "structural_variants": lab.junctions("manta", par1),
        "copy_number": lab.copies("purple", {"21": (3, 1), "9": (3, 1)}, sex="male"),
        "fusions": lab.rna("arriba", lab.fusion("P2RY8", "CRLF2", 1, 1)),
        "karyotype": "48,XY,+9,+21c[16]/47,XY,+21c[4]",
        "assay": "wgs",
        "par_mode": "y_masked",
        "sex": "male",
    }


# ---------------------------------------------------------------- hypodiploidy


@golden("near_haploid", "oooo -+ ++ o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """27 chromosomes; Sequenza."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (2, 1))
    path = lab.copies("sequenza", kept, usual=(1, 0), noise=0.01)
    return {"copy_number": [path, lab / "S_confints_CP.txt"], "assay": "wgs", "sex": "female", "dna_index": 0.59}


@golden("masked_near_haploid", "-o-o -+ ?? o", immunophenotype="BCP", age_at_diagnosis_years="4")
def _(lab: Lab) -> Row:
    """54 chromosomes by doubling of 27: every chromosome in even copies, most of one parent only."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (4, 2))
    return {
        "copy_number": lab.copies("purple", kept, usual=(2, 0)),
        "karyotype": "54,XX,+X,+X,+14,+14,+18,+18,+21,+21[8]/46,XX[12]",
        "assay": "wgs",
        "sex": "female",
    }


@golden("masked_near_haploid_array", "oooo -+ ?? o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """The same clone by SNP array: four gains, and nineteen chromosomes listed as LOH without a change of copies."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (4, 2))
    path = lab.copies("chas", kept, usual=(2, 0))
    return {"copy_number": path, "assay": "array", "sex": "female", "purity": 0.8}


@golden("low_hypodiploid_tp53", "-o-o -+ ++ o", "GRCh37", immunophenotype="BCP", age_at_diagnosis_years="15")
def _(lab: Lab) -> Row:
    """36 chromosomes with TP53 R273H on the chromosome 17 that is left; FACETS and Strelka2 on GRCh37."""
    lost = dict.fromkeys(("2", "3", "4", "7", "9", "13", "15", "16", "17", "20"), (1, 0))
    return {
        "small_variants": lab.calls("strelka_snv", lab.mutation("TP53", 273, 2, "T", 0.72), prefix=""),
        "copy_number": [lab.copies("facets", lost), lab / "S.purity.txt"],
        "karyotype": "36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[9]/46,XX[11]",
        "assay": "wgs",
        "sex": "female",
    }


@golden("masked_low_hypodiploid", "oooo -+ ?+ o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """72 chromosomes by doubling of 36, TP53 R248Q on both copies of the one chromosome 17 left."""
    lost = dict.fromkeys(("2", "3", "4", "7", "9", "13", "15", "16", "17", "20"), (2, 0))
    return {
        "small_variants": lab.calls("mutect2", lab.mutation("TP53", 248, 2, "T", 0.85)),
        "copy_number": [lab.copies("ascat", lost, usual=(4, 2)), lab / "S.purityploidy.txt"],
        "assay": "wgs",
        "sex": "female",
    }


@golden("hyperdiploid_total_only", "oooo o? -o o", immunophenotype="BCP", age_at_diagnosis_years="3")
def _(lab: Lab) -> Row:
    """The gains of high hyperdiploidy in total copies alone: a doubled hypodiploid clone would look no other."""
    gained = dict.fromkeys(("X", "4", "6", "10", "14", "17", "18"), (3, 1)) | {"21": (4, 2)}
    return {"copy_number": lab.copies("cnvkit_cns", gained), "assay": "wes", "sex": "female"}


@golden("near_haploid_total_only", "oooo o? oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """27 chromosomes in log2 ratios alone: they look like two copies with gains, and no loss may be excluded."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (2, 1))
    return {"copy_number": lab.copies("igv_seg", kept, usual=(1, 0)), "assay": "wgs", "sex": "female"}


@golden("near_haploid_totals_and_karyotype", "-o-o o+ ?? o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """The karyotype shows 27 chromosomes, log2 ratios are read as two copies with gains: TP53 stays open."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (2, 1))
    path = lab.copies("cnvkit_cns", kept, usual=(1, 0))
    return {"copy_number": path, "assay": "wgs", "sex": "female", "karyotype": "27,X,+14,+18,+21[12]/46,XX[8]"}


@golden("near_haploid_in_half_of_the_cells", "oooo o? oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """Nineteen chromosomes between one and two copies: mixed clones or a wrong purity, and no loss may be excluded."""
    kept = dict.fromkeys(("X", "14", "18", "21"), (2, 1))
    path = lab.copies("purple", kept, usual=(1, 0), noise=0)
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    names, mixed = header.split("\t"), [header]
    for row in rows:
        cells = dict(zip(names, row.split("\t"), strict=True))
        total, minor = (float(cells[name]) for name in ("copyNumber", "minorAlleleCopyNumber"))
        total, minor = (total + 2) / 2, (minor + 1) / 2
        cells |= {"copyNumber": f"{total:.4f}", "minorAlleleCopyNumber": f"{minor:.4f}"}
        cells |= {"majorAlleleCopyNumber": f"{total - minor:.4f}"}
        mixed.append("\t".join(cells.values()))
    path.write_text("\n".join(mixed) + "\n", encoding="utf-8")
    return {"copy_number": path, "assay": "wgs", "sex": "female"}


@golden("high_hypodiploid", "oooo -- -o o")
def _(lab: Lab) -> Row:
    """43 chromosomes: not below 40."""
    lost = dict.fromkeys(("3", "7", "13"), (1, 0))
    return {"copy_number": lab.copies("purple", lost), "assay": "wgs", "sex": "female"}


@golden("two_clones_karyotype", "-o-o o+ ?? o")
def _(lab: Lab) -> Row:
    """A near-haploid clone and its double in one karyotype."""
    return {"karyotype": "27,X,+14,+18,+21[5]/54,idemx2[8]/46,XX[7]", "sex": "female"}


# ---------------------------------------------------------------- TP53


@golden("tp53_focal", "oooo -- ++ o", timepoint="relapse")
def _(lab: Lab) -> Row:
    """A focal deletion of TP53 with R175H on the other allele."""
    focal = of_gene(lab.genome, "TP53", (1, 0), margin=100_000)
    return {
        "small_variants": lab.calls("vardict", lab.mutation("TP53", 175, 2, "T", 0.74), others=4),
        "copy_number": lab.copies("purple", pieces=[focal]),
        "assay": "wgs",
        "sex": "female",
        "tumor_name": "T1",
    }


@golden("tp53_subclone", "oooo -- ss o", timepoint="relapse")
def _(lab: Lab) -> Row:
    """17p lost in a third of the leukaemic cells, another few with Y220C."""
    lost = ("17", 10_001, 21_000_000, 1, 0)
    path = lab.copies("battenberg", {"8": (3, 1)}, pieces=[lost], noise=0)
    subclonal(path, "17", 0.33)
    return {
        "small_variants": lab.calls("mutect2", lab.mutation("TP53", 220, 2, "C", 0.05, 400)),
        "copy_number": [path, lab / "S_purity_ploidy.txt"],
        "assay": "wgs",
        "sex": "female",
    }


@golden("tp53_in_the_normal_too", "oooo oo o+ o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """TP53 R248Q in half of the reads of the leukaemia and of the matched normal: a prompt, never a germline result."""
    found = replace(lab.mutation("TP53", 248, 2, "T", 0.5), normal_alt=20, normal_ref=20)
    return {"small_variants": lab.calls("mutect2", found), "assay": "wgs"}


@golden("del_17p_karyotype", "-o-o o- ?? o")
def _(lab: Lab) -> Row:
    """17p lost in bands: TP53 is not in their resolution."""
    return {"karyotype": "46,XY,del(17)(p11.2)[11]/46,XY[9]", "sex": "male"}


@golden("purity_of_the_sheet", "oooo -o o+ o", timepoint="relapse")
def _(lab: Lab) -> Row:
    """The copy-number file says 95 % leukaemic cells, the laboratory 25 %: TP53 R273C at VAF 0.12 is then clonal."""
    return {
        "small_variants": lab.calls("mutect2", lab.mutation("TP53", 273, 1, "A", 0.12, 300)),
        "copy_number": [lab.copies("ascat", {"8": (3, 1)}, purity=0.95), lab / "S.purityploidy.txt"],
        "purity": 0.25,
        "assay": "wgs",
        "sex": "female",
    }


# ---------------------------------------------------------------- NT5C2


@golden("nt5c2_clonal", "oooo oo oo +", "GRCh37", "relapse", immunophenotype="T")
def _(lab: Lab) -> Row:
    """R367Q in the main clone of a T-ALL relapse; FreeBayes, GRCh37."""
    return {
        "small_variants": lab.calls("freebayes", lab.named("NT5C2", "p.Arg367Gln", 0.4), prefix=""),
        "purity": 0.85,
    }


@golden("nt5c2_two_subclones_panel", "oooo oo oo s", timepoint="relapse", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """A deep panel with its regions: R238W and R367Q in two small clones, kept apart."""
    found = [lab.named("NT5C2", "p.Arg238Trp", 0.031, 1500), lab.named("NT5C2", "p.Arg367Gln", 0.022, 1500)]
    return {
        "small_variants": lab.calls("vardict", *found, others=0),
        "assay": "panel",
        "regions": panel(lab),
        "purity": 0.8,
        "tumor_name": "T1",
    }


@golden("nt5c2_filtered", "oooo oo oo ?", timepoint="relapse")
def _(lab: Lab) -> Row:
    """R367Q that its caller filtered."""
    found = lab.named("NT5C2", "p.Arg367Gln", 0.03, 300, filter="weak_evidence")
    return {"small_variants": lab.calls("mutect2", found), "assay": "wgs"}


@golden("nt5c2_by_depth", "oooo oo oo -", timepoint="relapse")
def _(lab: Lab) -> Row:
    """gVCF blocks of 700 reads over the whole gene and no variant."""
    gene = lab.genome.gene("NT5C2")
    assert gene is not None
    kras = lab.mutation("KRAS", 12, 2, "T", 0.3, 700)
    path = write_vcf(
        lab / "panel.g.vcf",
        [(kras.chrom, kras.pos, kras.ref, kras.alt, [(kras.alt_reads, kras.depth)])],
        ["T1"],
        blocks=[(gene.chrom, gene.start - 500, gene.end + 500, 700)],
    )
    return {"small_variants": path, "purity": 0.9, "tumor_name": "T1"}


@golden("nt5c2_q523_stop", "oooo oo oo +", timepoint="relapse")
def _(lab: Lab) -> Row:
    """Q523*: a stop that activates. A stop elsewhere in the gene (codon 100) does not."""
    return {
        "small_variants": lab.calls(
            "mutect2", lab.named("NT5C2", "p.Gln523Ter", 0.37), lab.frameshift("NT5C2", 100, 0.3)
        ),
        "assay": "wes",
        "purity": 0.8,
    }


# ---------------------------------------------------------------- others


@golden("cd19_both_alleles", "---- -- -- o", timepoint="relapse", immunophenotype="BCP", prior_hsct="no")
def _(lab: Lab) -> Row:
    """CD19 truncated on one allele, the other lost with 16p: after blinatumomab."""
    lost = ("16", 10_001, 34_000_000, 1, 0)
    return {
        "small_variants": lab.calls("mutect2", lab.frameshift("CD19", 150, 0.78)),
        "structural_variants": lab.junctions("manta", others=12),
        "copy_number": lab.copies("purple", pieces=[lost]),
        "assay": "wgs",
        "sex": "female",
    }


@golden("donor_cells", "-o-o o- oo o", timepoint="relapse", prior_hsct="yes")
def _(lab: Lab) -> Row:
    """After transplantation: the donor's clone with t(9;22) written behind `//` is not the patient's leukaemia."""
    return {"karyotype": "46,XX,+8,-7[20]//46,XY,t(9;22)(q34;q11.2)[5]", "sex": "female"}


@golden("only_donor", "oooo oo oo o", timepoint="relapse", prior_hsct="yes")
def _(lab: Lab) -> Row:
    """Nothing but the donor's cells."""
    return {"karyotype": "//46,XY[20]", "sex": "female"}


@golden("nothing_found", "---- -- -- o", immunophenotype="BCP", age_at_diagnosis_years="5")
def _(lab: Lab) -> Row:
    """Every input, trisomy 8 and none of the high-risk lesions."""
    return {
        "small_variants": lab.calls("mutect2", lab.mutation("NRAS", 12, 2, "T", 0.41)),
        "structural_variants": lab.junctions("purple", others=14),
        "copy_number": lab.copies("purple", {"8": (3, 1)}),
        "fusions": lab.rna("cicero"),
        "karyotype": "47,XX,+8[18]/46,XX[2]",
        "assay": "wgs",
        "par_mode": "y_masked",
        "sex": "female",
        "germline_variants": germline(
            lab / "remission.vcf.gz", lab.genome, lab.knowledge, 15, {"rs116855232": "0/1", "rs1142345": "0/1"}, "G1"
        ),
    }


@golden("few_leukaemic_cells", "oooo oo oo o", timepoint="relapse")
def _(lab: Lab) -> Row:
    """Every DNA input of a sample with 8 % leukaemic cells: silence says nothing."""
    return {
        "small_variants": lab.calls("mutect2"),
        "structural_variants": lab.junctions("manta"),
        "copy_number": lab.copies("purple", {"8": (3, 1)}, purity=0.08),
        "assay": "wgs",
        "sex": "female",
    }


@golden("normal_metaphases", "oooo oo oo o")
def _(lab: Lab) -> Row:
    """Twenty normal metaphases and nothing else: the leukaemia may not have divided."""
    return {"karyotype": "46,XX[20]", "sex": "female"}


@golden("small_variants_only", "oooo oo oo o", "GRCh37")
def _(lab: Lab) -> Row:
    """A VCF of small variants and no word of the assay."""
    return {
        "small_variants": lab.calls("vardict", lab.mutation("KRAS", 12, 2, "T", 0.3), prefix="", others=3),
        "tumor_name": "T1",
    }


@golden("mlpa_only", "oooo oo oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """MLPA P335: IKZF1 4-7 lost, CDKN2A/B gone, PAX5, ETV6, RB1, BTG1, EBF1 and PAR1 of two copies."""
    lost = {("IKZF1", exon): 0.53 for exon in ("4", "5", "6", "7")} | {("CDKN2A", "2"): 0.05, ("CDKN2B", "2"): 0.04}
    usual = {
        "IKZF1": "12345678",
        "CDKN2A": "25",
        "CDKN2B": "2",
        "PAX5": "125678",
        "ETV6": "12358",
        "RB1": "6;14;19;24;26",
    }
    usual |= {"BTG1": "12", "EBF1": "1;10;14;16", "CRLF2": "4", "CSF2RA": "10", "IL3RA": "1", "P2RY8": "2", "SHOX": "4"}
    lines = ["gene\texon\tratio"]
    for gene, exons in usual.items():
        for exon in exons.split(";") if ";" in exons else exons:
            lines.append(f"{gene}\t{exon}\t{lost.get((gene, exon), 1.02)}")
    path = lab / "P335.mlpa.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"copy_number": path, "sex": "male"}


@golden("rna_only", "---- oo oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """RNA alone: ETV6::RUNX1, so the fusions that RNA shows are excluded and nothing else is."""
    return {"fusions": lab.rna("isofox", lab.fusion("ETV6", "RUNX1", 5, 3))}


@golden("panel_with_introns", "-o-o oo oo o")
def _(lab: Lab) -> Row:
    """A panel whose regions cover the breakpoint regions of BCR::ABL1 and KMT2A, and no others."""
    rows = []
    for name in sorted({*regions_of(lab, "bcr_abl1"), *regions_of(lab, "kmt2a_r")}):
        region = lab.genome.region(name)
        rows.append((region.chrom, region.start - 1, region.end))
    bed = lab / "introns.bed"
    bed.write_text("".join(f"chr{c}\t{s}\t{e}\n" for c, s, e in sorted(rows)), encoding="utf-8")
    return {"structural_variants": lab.junctions("manta", others=4), "assay": "panel", "regions": bed}


@golden("district_hospital", "+o-o o- oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """Karyotype, FISH, RT-PCR, MLPA and flow cytometry, no sequencing: BCR::ABL1 and IKZF1, the rest stays open."""
    return _of_demo(lab, lambda batch: district_hospital(batch, lab.folder))


@golden("mapped_and_classified", "-o+- oo oo o", immunophenotype="BCP")
def _(lab: Lab) -> Row:
    """Optical map, digitalMLPA and two classifiers, of which one names what the map does not show."""
    return _of_demo(lab, lambda batch: mapped_and_classified(batch, lab.folder, lab.genome))


# ================================================================ helpers of the patients


def _of_demo(lab: Lab, make: Callable[[Batch], None]) -> Row:
    """A patient of the demo batch: its files and its row."""
    batch = Batch(lab.folder)
    make(batch)
    row = {key: value for key, value in batch.samples[0].items() if value and key not in IDENTITY}
    files = ("copy_number", "optical_mapping", "subtype_calls", "bench_results")
    return {key: [lab / name for name in value.split(";")] if key in files else value for key, value in row.items()}


def chromosome_21(lab: Lab, *copies: int) -> list[Truth]:
    """21q in five pieces: proximal, up to RUNX1, the anchor genes, beyond them, the telomere."""
    runx1, hmgn1 = lab.genome.gene("RUNX1"), lab.genome.gene("HMGN1")
    assert runx1 is not None
    assert hmgn1 is not None
    edges = [
        14_500_000,
        24_000_000,
        runx1.start - 500_000,
        hmgn1.end + 800_000,
        hmgn1.end + 3_500_000,
        lab.arm_end("21"),
    ]
    return [("21", low, high - 1, n, 1) for low, high, n in zip(edges[:-1], edges[1:], copies, strict=True)]


def subclonal(path: Path, chrom: str, share: float) -> None:
    """Battenberg's second state, two copies, in the rest of the cells, for every changed segment of a chromosome."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    columns = header.split("\t")
    written = [header]
    for row in rows:
        cells = dict(zip(columns, row.split("\t"), strict=True))
        if cells["chr"] == chrom and (cells["nMaj1_A"], cells["nMin1_A"]) != ("1", "1"):
            cells |= {"frac1_A": f"{share:g}", "nMaj2_A": "1", "nMin2_A": "1", "frac2_A": f"{1 - share:g}", "pval": "0"}
        written.append("\t".join(cells.values()))
    path.write_text("\n".join(written) + "\n", encoding="utf-8")


def panel(lab: Lab) -> Path:
    """Coding exons of a relapse panel."""
    return regions(lab / "panel.bed", lab.genome, ("NT5C2", "TP53", "KRAS", "NRAS", "CREBBP", "NR3C1", "PRPS1"))


def regions_of(lab: Lab, lesion: str) -> list[str]:
    rows = [row for row in lab.knowledge.table("fusion_rules") if row["lesion"] == lesion]
    return [name for row in rows for name in filter(None, row["regions"].split(";"))]


# ================================================================ reports


def make_report(
    patient: Golden,
    folder: Path,
    change: Callable[[Path], Path] = lambda path: path,
    *,
    leave_out: Sequence[str] = (),
    newline: str = "\n",
    **cells: Any,
) -> dict[str, Any]:
    """The patient's files, sheets and report, as `allert report` makes it.

    `change` is given every file of the sheet and returns the one to name instead; `leave_out` are columns that stay
    empty; `cells` replace those of the patient.
    """
    lab = Lab(folder, Genome.load(patient.assembly), Knowledge.load())
    row = {key: value for key, value in {**patient.make(lab), **cells}.items() if key not in leave_out}
    written = {}
    for key, value in row.items():
        parts = value if isinstance(value, list) else [value]
        written[key] = ";".join(_cell(change(part) if isinstance(part, Path) else part) for part in parts)
    first = {"sample": patient.id, "patient": "P1", "timepoint": patient.timepoint, "assembly": patient.assembly}
    _sheet(folder / "samples.tsv", {**first, **written}, newline)
    _sheet(folder / "patients.tsv", {"patient": "P1", **patient.patient}, newline)
    (sample,) = read_samples(folder / "samples.tsv")
    (clinical,) = read_patients(folder / "patients.tsv")
    report = build_report(analyse(sample, clinical if patient.patient else None, Settings()))
    assert json.dumps(ReportModel.model_validate(report).model_dump(mode="json")) == json.dumps(report)
    return report


def _cell(value: Any) -> str:
    return value.name if isinstance(value, Path) else str(value)


def _sheet(path: Path, row: Mapping[str, str], newline: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row), delimiter="\t", lineterminator=newline, quoting=csv.QUOTE_NONE)
        writer.writeheader()
        writer.writerow(row)


def canonical(report: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What is kept of a report: all but provenance, folders, digests of files, and what is long and says little."""
    places = sorted({str(folder.resolve()), str(folder)}, key=len, reverse=True)
    kept: dict[str, Any] = _plain({key: value for key, value in report.items() if key != "provenance"}, places)
    kept["inputs"] = [{k: v for k, v in file.items() if k != "sha256"} for file in kept["inputs"]]
    kept["lesions"] = [_shortened(row) for row in kept["lesions"]]
    kept["variants"] = _named_only(kept.get("variants", []), lambda row: row.get("gene"))
    kept["junctions"] = _named_only(kept.get("junctions", []), lambda row: row.get("genes") or row.get("flags"))
    if "karyotype" in kept:
        kept["karyotype"]["clones"] = _digest(kept["karyotype"].get("clones", []))
    if "copy_number" in kept:
        copies = kept["copy_number"]
        copies["segments"] = _digest(copies.get("segments", []))
        copies["genes"] = _named_only(copies.get("genes", []), _focal)
    return kept


def _shortened(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Outside of the high-risk list by number and digest: limits, why not assessable, the records of a negative."""
    if row["id"] in HIGH_RISK:
        return row
    long = {"limits"}
    if row["state"] == STATES["o"]:
        long |= {"reasons", "evidence"}
    elif row["state"] == STATES["-"]:
        long |= {"evidence"}
    return {**row, **{key: _digest(row[key]) for key in sorted(long & set(row))}}


def _focal(row: Mapping[str, Any]) -> bool:
    return row["call"] not in ("normal", "not_assessable") and row.get("level") == "focal"


def _named_only(rows: Sequence[Mapping[str, Any]], counts: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    """The rows that mean something; the others by number and digest."""
    rest = [row for row in rows if not counts(row)]
    return [*(row for row in rows if counts(row)), *([_digest(rest)] if rest else [])]


def _digest(rows: Sequence[Any]) -> dict[str, Any]:
    text = json.dumps(_plain(rows, (), 3), sort_keys=True)
    return {"others": len(rows), "digest": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _plain(value: Any, places: Sequence[str], digits: int = 4) -> Any:
    """Without the folder of the run and without empty cells; floats as far as every platform agrees."""
    if isinstance(value, Mapping):
        return {key: _plain(part, places, digits) for key, part in value.items() if part not in (None, [], {}, "")}
    if isinstance(value, list):
        return [_plain(part, places, digits) for part in value if not (isinstance(part, str) and INSTALLED in part)]
    if isinstance(value, float):
        return round(value, digits) + 0.0
    if isinstance(value, str):
        for place in places:
            value = value.replace(f"{place}/", "")
    return value


def text_of(report: Any, width: int = 190, indent: int = 0) -> str:
    """JSON, keys sorted, one line a record that fits and no more lines than a person wants to read."""
    flat = json.dumps(report, sort_keys=True, ensure_ascii=False)
    if len(flat) + indent <= width or not isinstance(report, (dict, list)) or not report:
        return flat
    pad = " " * (indent + 1)
    if isinstance(report, dict):
        parts = [
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {text_of(value, width, indent + 1)}"
            for key, value in sorted(report.items())
        ]
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + text_of(value, width, indent + 1) for value in report) + "\n" + " " * indent + "]"


def kept_path(id: str) -> Path:
    return FOLDER / f"{id}.json"


def difference(id: str, found: str) -> list[str]:
    """Unified difference between the kept report and this one; empty where they agree."""
    path = kept_path(id)
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    return list(
        difflib.unified_diff(
            kept.splitlines(), found.splitlines(), f"tests/golden/{id}.json", "this program", lineterm="", n=2
        )
    )


def states_of(report: Mapping[str, Any]) -> dict[str, str]:
    return {row["id"]: row["state"] for row in report["lesions"]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare golden patients with what this program says, or renew them.")
    parser.add_argument("ids", nargs="*", help="patients; none: all")
    parser.add_argument("--write", action="store_true", help="renew the kept reports")
    given = parser.parse_args(arguments)
    chosen = given.ids or list(PATIENTS)
    wrong = 0
    for id in chosen:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            report = make_report(PATIENTS[id], folder)
            text = text_of(canonical(report, folder)) + "\n"
        states = states_of(report)
        for lesion, state in PATIENTS[id].expects.items():
            if states[lesion] != state:
                wrong += 1
                print(f"{id}: {lesion} is {states[lesion]}, must be {state}", file=sys.stderr)
        changes = difference(id, text)
        print(f"{id}: {sum(line[0] in '+-' for line in changes[2:])} lines differ, {len(text):,} bytes")
        if given.write and changes:
            FOLDER.mkdir(exist_ok=True)
            kept_path(id).write_text(text, encoding="utf-8")
        elif changes:
            print("\n".join(changes))
    if not given.ids and given.write:
        for path in FOLDER.glob("*.json"):
            if path.stem not in PATIENTS:
                path.unlink()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
