"""Structural-variant callers: how each is recognised and what is particular about its VCF."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotate.base.frozen import frozen

_VERSION = re.compile(r"##source=\S*?[_\-v](\d+)\.(\d+)")
HEADER_LINES = 4000  # more than any caller's own header; contig lists of large assemblies are skipped


@frozen
class Dialect:
    """One caller's way of writing a VCF.

    `marks` are looked for in the header, `signs` in the first records (ID, ALT and INFO).
    `ends_are_breakends`: POS and END of a symbolic record are the kept bases themselves. DELLY does so for every
    type: its deletions written with bases end one base before END. By the VCF standard the kept base of a
    deletion is END + 1, of a duplication POS + 1.
    `two_records`: a junction is two records, so one without its mate is worth a word.
    `connection_of`: types whose stated connection (CT, STRANDS) is trusted; None for all.
    `strands`: the INFO key of the joined sides; where it is STRANDS, a key STRAND says something else (reads).
    `strands_first`: where STRANDS and the brackets of a breakend record differ, STRANDS is right (Sniffles 1 and
    SURVIVOR write `N[` for `++` and `]N` for `--`); else the sides of such a record are unknown.
    `sides_guessed`: brackets do not tell the sides, before the version `sides_since` or in all versions. TIDDIT 3
    sets its mark for inverted joins to false before it writes them, so every breakend record comes out as one left
    and one right side. Sniffles 2 before 2.8 chooses brackets by the order of the two parts in a read and by whether
    their strands differ, which is right for one of four joins.
    """

    name: str
    caller: str
    marks: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    ends_are_breakends: bool = False
    two_records: bool = False
    connection_of: frozenset[str] | None = None
    strands: str = "STRANDS"
    strands_first: bool = False
    sides_guessed: bool = False
    sides_since: tuple[int, int] | None = None
    merges: bool = False  # a merge of call sets: a column a sample or a caller
    tested_on: str = "documentation"
    description: str = ""
    priority: int = 10

    def recognises(self, header: Sequence[str], records: Sequence[str]) -> bool:
        """Does the header hold one of the caller's marks, or a record one of its signs?"""
        if any(mark in line for mark in self.marks for line in header):
            return True
        return any(sign in record for sign in self.signs for record in records)

    def guesses_sides(self, header: Sequence[str]) -> bool:
        """Are the brackets of this file's version no statement of the sides? Unknown versions count as old ones."""
        if not self.sides_guessed or self.sides_since is None:
            return self.sides_guessed
        found = next((match for line in header if (match := _VERSION.match(line))), None)
        return found is None or (int(found[1]), int(found[2])) < self.sides_since


# A caller that builds on another one (PURPLE on GRIDSS, smoove on LUMPY, DRAGEN on Manta) comes with a higher
# priority: its files carry the marks of both.
DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "manta.vcf",
        "Manta",
        ("##source=GenerateSVCandidates", "configManta.py"),
        ("MantaBND", "MantaDEL", "MantaDUP", "MantaINV", "MantaINS"),
        two_records=True,
        tested_on="real file",
    ),
    Dialect(
        "dragen.vcf",
        "DRAGEN",
        ("##source=DRAGEN", "##DRAGENVersion", "##DRAGENCommandLine"),
        ("DRAGEN:BND", "DRAGEN:DEL", "DRAGEN:DUP", "DRAGEN:INS", "DRAGEN:INV"),
        two_records=True,
        priority=20,
    ),
    Dialect(
        "gridss.vcf",
        "GRIDSS",
        ("##gridssVersion", "##GRIDSS", "##INFO=<ID=ASRP,", "##INFO=<ID=BASRP,"),
        ("\tgridss",),
        two_records=True,
        tested_on="real file",
    ),
    Dialect(
        "esvee.vcf",
        "ESVEE",
        ("##esveeVersion", "##EsveeVersion", "##ESVEE"),
        ("ASMID=",),
        two_records=True,
        tested_on="real file",
        priority=20,
    ),
    Dialect(
        "purple.sv.vcf",
        "PURPLE",
        ("##purpleVersion", "##INFO=<ID=PURPLE_AF,"),
        ("PURPLE_AF=", "BPI_AF="),
        two_records=True,
        tested_on="real file",
        priority=30,
    ),
    Dialect(
        "delly.vcf",
        "DELLY",
        ("EMBL.DELLY", "##source=DELLY", "delly call"),
        ("SVMETHOD=EMBL.DELLY",),
        ends_are_breakends=True,
        tested_on="real file",
    ),
    # Merged call sets. SURVIVOR writes `N[` for + and `]N` for -, whatever the second strand (combine_svs.cpp), so its
    # STRANDS are right. minda writes `N]chr:pos]` for every join (ensemble.py). Jasmine and truvari keep one's ALT.
    Dialect(
        "survivor.vcf",
        "SURVIVOR",
        ("##source=SURVIVOR",),
        ("SVMETHOD=SURVIVOR",),
        strands_first=True,
        merges=True,
        priority=40,
        description="call sets merged by SURVIVOR",
    ),
    Dialect(
        "jasmine.vcf",
        "Jasmine",
        ("##INFO=<ID=IDLIST_EXT", "##source=JASMINE"),
        ("SVMETHOD=JASMINE",),
        merges=True,
        priority=40,
        description="call sets merged by Jasmine",
    ),
    Dialect(
        "minda.vcf",
        "minda",
        ("##source=minda", "##source=Minda"),
        ("\tMinda_", "\tminda_"),
        sides_guessed=True,
        merges=True,
        priority=40,
        description="call sets merged by minda",
    ),
    Dialect(
        "truvari.vcf",
        "truvari",
        ("##source=truvari", "##INFO=<ID=NumCollapsed"),
        merges=True,
        priority=5,
        description="call sets collapsed by truvari",
    ),
    Dialect("svim.vcf", "SVIM", ("##source=SVIM",), ("\tsvim.", "\tsvim_asm.")),
    Dialect("lumpy.vcf", "LUMPY", ("##source=LUMPY",), two_records=True, tested_on="real file"),
    Dialect("smoove.vcf", "smoove", ("##smoove_version", "smoove_count_stats"), two_records=True, priority=20),
    Dialect("svaba.vcf", "SvABA", ("##source=svaba",), (";SCTG=c_",), two_records=True, tested_on="real file"),
    Dialect("tiddit.vcf", "TIDDIT", ("##source=TIDDIT",), ("SVTYPE=TDUP",), two_records=True, sides_guessed=True),
    Dialect(
        "sniffles1.vcf",
        "Sniffles",
        (),
        ("SVMETHOD=Snifflesv1",),
        strands_first=True,
        tested_on="real file",
        priority=20,
    ),
    Dialect(
        "sniffles2.vcf",
        "Sniffles2",
        ("##source=Sniffles2",),
        ("\tSniffles2.",),
        sides_guessed=True,
        sides_since=(2, 8),
        priority=30,
    ),
    Dialect("sniffles.vcf", "Sniffles", ("##source=Sniffles",), strands_first=True, tested_on="real file"),
    Dialect("cutesv.vcf", "cuteSV", ("##source=cuteSV",), ("\tcuteSV.",), strands="STRAND", tested_on="real file"),
    Dialect("severus.vcf", "Severus", ("##source=Severus",), ("\tseverus_",)),
    Dialect("savana.vcf", "SAVANA", ("##source=SAVANA", "##savanaVersion"), ("BP_NOTATION=",), two_records=True),
    Dialect("pbsv.vcf", "pbsv", ("##source=pbsv",), ("\tpbsv.",), two_records=True),
    Dialect("nanomonsv.vcf", "nanomonsv", ("##source=nanomonsv",), two_records=True),
    Dialect(
        "novobreak.vcf",
        "novoBreak",
        ("##source=novoBreak",),
        (";SVTYPE=TRA;CHR2=", "\tN\t.\t<"),
        ends_are_breakends=True,
        # Against two other callers on the same tumour its CT says nothing of the sides of inversions, and
        # contradicts the type for half of the deletions and duplications. Translocations agree throughout.
        connection_of=frozenset({"TRA", "BND"}),
        tested_on="real file",
        priority=5,
    ),
    Dialect("crest.vcf", "CREST", ("##INFO=<ID=left_softclipped_read_count",), ("left_softclipped_read_count=",)),
    Dialect("breakdancer.vcf", "BreakDancer", ("##source=BreakDancer", "##source=breakdancer")),
    Dialect("pindel.vcf", "Pindel", ("##source=pindel",), ("SVTYPE=RPL",), tested_on="real file"),
)
PLAIN = Dialect(
    "plain.vcf",
    "VCF",
    description="structural variants of any other caller, by the VCF standard (4.1 to 4.5)",
    priority=0,
    tested_on="real file",
)


MERGERS = frozenset(dialect for dialect in DIALECTS if dialect.merges)


def dialect_of(header: Sequence[str], records: Sequence[str]) -> Dialect:
    """The caller of a file, from its header and first records; `PLAIN` when none is recognised."""
    fitting = [dialect for dialect in DIALECTS if dialect.recognises(header, records)]
    return max(fitting, key=lambda dialect: dialect.priority, default=PLAIN)
