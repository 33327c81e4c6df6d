"""Which caller wrote a VCF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from annotate.base.frozen import frozen

KIND = "small_variants"


@frozen
class Dialect:
    """One caller. `marks` are looked for in header lines, ignoring case; the higher priority wins.

    A caller that writes through another tool (GATK's own header lines stay in a DRAGEN or an ensemble file) has the
    higher priority.
    """

    name: str
    caller: str
    marks: tuple[str, ...] = ()
    tested_on: str = "documentation"
    description: str = ""
    priority: int = 10

    def recognises(self, header: str) -> bool:
        """Does the header, in lower case and with its line feeds, hold one of the caller's marks?"""
        return any(mark in header for mark in self.marks)


DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "mutect2.vcf",
        "Mutect2",
        ("##source=mutect2", "##mutectversion", "##mutect version", "<id=mutect2,", "##gatkcommandline.mutect2"),
        "real file",
    ),
    Dialect("mutect1.vcf", "MuTect", ("##mutect=", "##source=mutect\n")),
    Dialect("strelka2.vcf", "Strelka2", ("##source=strelka", "##format=<id=au,number=2", "<id=tir,"), "real file"),
    Dialect("vardict.vcf", "VarDict", ("##source=vardict", "<id=sbf,number=1,type=float", "<id=oddratio,")),
    Dialect("dragen.snv.vcf", "DRAGEN", ("##source=dragen", "##dragenversion", "##dragencommandline"), priority=30),
    Dialect("freebayes.vcf", "FreeBayes", ("##source=freebayes",)),
    Dialect("lofreq.vcf", "LoFreq", ("##source=lofreq",)),
    Dialect("octopus.vcf", "Octopus", ("##octopus=", "##source=octopus")),
    Dialect("deepsomatic.vcf", "DeepSomatic", ("##deepsomatic", "##source=deepsomatic"), priority=20),
    Dialect("deepvariant.vcf", "DeepVariant", ("##deepvariant_version", "##source=deepvariant")),
    Dialect(
        "haplotypecaller.vcf",
        "HaplotypeCaller",
        ("##source=haplotypecaller", "<id=haplotypecaller", "<id=genotypegvcfs", "##source=genotypegvcfs"),
        priority=5,
    ),
    Dialect("bcftools.vcf", "bcftools call", ("##bcftools_callcommand",)),
    Dialect("varscan2.vcf", "VarScan2", ("##source=varscan2",)),
    Dialect("pindel.indel.vcf", "Pindel", ("##source=pindel",)),
    Dialect("muse.vcf", "MuSE", ("##muse_version", "##source=\"muse", "##source=muse")),
    Dialect("somaticsniper.vcf", "SomaticSniper", ("##source=somaticsniper", "<id=bcount,")),
    Dialect("platypus.vcf", "Platypus", ("##source=platypus", "##platypusoptions")),
    Dialect("caveman.vcf", "CaVEMan", ("##format=<id=faz,", "caveman")),
    Dialect("sage.vcf", "SAGE", ("##sageversion",), priority=20),
    Dialect("purple.somatic.vcf", "PURPLE", ("##purpleversion", "<id=purple_af,"), priority=30),
    Dialect("clairs.vcf", "ClairS", ("##source=clairs",), priority=20),
    Dialect("clair3.vcf", "Clair3", ("##source=clair3",)),
    Dialect("tnscope.vcf", "Sentieon TNscope", ("##sentieoncommandline.tnscope", "##sentieoncommandline.tnhaplotyper")),
    Dialect("svaba.indel.vcf", "SvABA", ("##source=svaba",)),
    Dialect("scalpel.vcf", "Scalpel", ("##source=scalpel",)),
    Dialect("tvc.vcf", "Torrent Variant Caller", ("##source=\"tvc", "##source=tvc")),
    Dialect("varlociraptor.vcf", "varlociraptor", ("##varlociraptor", "##source=varlociraptor")),
    Dialect("pisces.vcf", "Pisces", ("##source=pisces",)),
    Dialect("ivar.vcf", "iVar", ("##source=ivar",)),
    Dialect("somaticseq.vcf", "SomaticSeq", ("##somaticseq",), priority=40),
    Dialect("bcbio.ensemble.vcf", "bcbio ensemble", ("<id=callers,",), priority=40),
    Dialect("combine.vcf", "CombineVariants", ("##gatkcommandline.combinevariants", "<id=combinevariants"),
            "real file", "", 40),
    Dialect("pcgr.vcf", "PCGR query", ("<id=tal,", "<id=adt,"), "real file", "query VCF of PCGR (TVAF, TDP, TAL)", 40),
    Dialect("icgc.vcf", "ICGC", ("##source=icgc",), "real file",
            "ICGC simple somatic mutations as VCF; REF or ALT may be -"),
)  # fmt: skip
PLAIN = Dialect(
    "small.vcf",
    "VCF",
    description="small variants of any other caller: VCF or BCF, annotated or not",
    priority=0,
    tested_on="real file",
)


def header_text(lines: Iterable[str]) -> str:
    """A header as marks are looked for: in lower case, with its line feeds."""
    return "".join(line.lower() + "\n" for line in lines)


def dialect_of(header: Iterable[str]) -> Dialect:
    """The caller of a file, from its header; `PLAIN` when none is recognised."""
    text = header_text(header)
    fitting = [dialect for dialect in DIALECTS if dialect.recognises(text)]
    return max(fitting, key=lambda dialect: dialect.priority, default=PLAIN)


# ---------------------------------------------------------------- callers of one record of an ensemble

_ENSEMBLE_KEYS = ("CALLERS", "CALLED_BY", "called_by", "TAL", "callers", "ToolsVotes")
_NAMES = {
    dialect.caller.lower().replace(" ", ""): dialect.caller for dialect in DIALECTS if dialect.caller != "MuTect"
} | {
    "mutect": "Mutect2",
    "strelka": "Strelka2",
    "varscan": "VarScan2",
    "gatk": "HaplotypeCaller",
    "vardictjava": "VarDict",
    "sniper": "SomaticSniper",
    "docm": "DoCM",
}


def callers_of(info: Mapping[str, str], dialect: Dialect) -> tuple[str, ...]:
    """The callers of one record: those that an ensemble file names in INFO, else the file's caller."""
    for key in _ENSEMBLE_KEYS:
        if info.get(key):
            return _caller_names(re.split(r"[,|+&]", info[key]), dialect)
    chosen = info.get("set", "")
    if chosen and chosen not in ("Intersection", "FilteredInAll"):
        parts = [part for part in chosen.split("-") if not part.startswith("filterIn")]
        return _caller_names(parts, dialect)
    return (dialect.caller,)


def _caller_names(parts: Iterable[str], dialect: Dialect) -> tuple[str, ...]:
    names = {known_name(part) for part in parts if re.search("[A-Za-z]", part)}
    return tuple(sorted(names)) or (dialect.caller,)


def known_name(word: str) -> str:
    """A caller as people write it.

    >>> known_name("mutect2"), known_name("strelka"), known_name("InHouse")
    ('Mutect2', 'Strelka2', 'InHouse')
    """
    word = word.strip()
    return _NAMES.get(re.sub(r"[^a-z0-9]", "", word.lower()), word[:40])
