"""The panel variants as a VCF: sorted, bgzip with a tabix index, for IGV and for other tools.

Text of any origin is percent-encoded as VCF 4.3 asks (`%3B` for `;`), so no value can add a field or a line.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import annotate
from annotate.base.writing import whole_file
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant
from annotate.read.sheets.files import MAX_HEADER
from annotate.reference.genome import Genome

BASES = frozenset("ACGTN")
CONTIG = re.compile(r"^##contig=<(?:.*,)?ID=([^,>]+)")

# INFO key, number, type, meaning, value
_Value = Callable[[SmallVariant], object]
INFO: tuple[tuple[str, str, str, str, _Value], ...] = (
    ("GENE", "1", "String", "Gene symbol", lambda v: v.gene),
    ("TRANSCRIPT", "1", "String", "Transcript that the names refer to", lambda v: v.transcript),
    ("CONSEQUENCE", ".", "String", "Sequence Ontology terms", lambda v: _terms(v.consequence)),
    ("HGVSC", "1", "String", "Coding change, HGVS", lambda v: v.hgvsc),
    ("HGVSP", "1", "String", "Protein change, HGVS", lambda v: v.hgvsp),
    ("CODON", "1", "Integer", "Codon on the transcript", lambda v: v.codon),
    ("ONCOGENICITY", "1", "String", "ClinGen/CGC/VICC category by the points that can be had offline",
     lambda v: v.oncogenicity),
    ("POINTS", ".", "String", "Criteria met, each with its points", lambda v: _points(v.oncogenicity_points)),
    ("FLAGS", ".", "String", "What to keep in mind of the variant", lambda v: v.flags),
    ("SOURCE", "1", "String", "Where the names come from: csq, file, hotspot, coordinates", lambda v: v.source),
    ("CALLERS", ".", "String", "Callers of the variant", lambda v: v.callers),
    ("POPULATION_AF", "1", "Float", "Population allele frequency", lambda v: _number(v.population_af)),
    ("CALLER_FILTER", ".", "String", "FILTER of the caller", lambda v: (v.filter or ".").split(";")),
    ("ALTERNATIVE_NAMES", ".", "String", "Names in other numberings that are in use", lambda v: v.alternative_names),
    ("FILE_ANNOTATION", "1", "String", "What the file's own annotation said", lambda v: v.file_annotation),
    ("NORMAL_AD", "1", "Integer", "Alternative reads in the matched normal", lambda v: v.normal_alt_reads),
    ("NORMAL_DP", "1", "Integer", "Reads in the matched normal", lambda v: v.normal_depth),
)  # fmt: skip
FORMAT: tuple[tuple[str, str, str, str], ...] = (
    ("GT", "1", "String", "Genotype as the caller gives it, of this allele alone"),
    ("AD", "R", "Integer", "Reads of the reference and of the alternative allele"),
    ("DP", "1", "Integer", "Reads"),
    ("AF", "A", "Float", "Fraction of the alternative allele"),
    ("PS", "1", "Integer", "Phase set"),
)


def write_variants_vcf(path: Path, variants: Sequence[SmallVariant], sample: Sample, genome: Genome) -> None:
    """Write `path` (bgzip) and its index `path`.tbi, both whole or neither.

    The same variants give the same bytes. Errors: InputError where the folder cannot be written.
    """
    import pysam

    names = contig_names(sample, genome)
    lines = [*_header(sample, genome, names), *(_line(variant, names) for variant in _sorted(variants, genome))]
    index = path.with_name(path.name + ".tbi")
    with whole_file(index) as index_part, whole_file(path) as part:
        plain = part.with_name(part.name + ".vcf")
        made = part.with_name(part.name + ".tbi")
        try:
            plain.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")
            pysam.tabix_compress(str(plain), str(part), force=True)
            pysam.tabix_index(str(part), preset="vcf", force=True)
            made.replace(index_part)
        finally:
            plain.unlink(missing_ok=True)
            made.unlink(missing_ok=True)


def contig_names(sample: Sample, genome: Genome) -> dict[str, str]:
    """Our contig names by those of the sample's own files, so that tools can set both side by side; `9` or `chr9`.

    The header of its variants or alignments decides, without one the first record.
    """
    for file in (*sample.small_variants, *([sample.alignments] if sample.alignments else [])):
        stated = _stated_contigs(file)
        found = {chrom: name for name in stated if (chrom := genome.contig(name)) is not None}
        if found:
            prefix = "chr" if next(iter(found.values())).startswith("chr") else ""
            return {chrom: found.get(chrom, f"{prefix}{chrom}") for chrom in genome.contig_lengths}
    return {chrom: chrom for chrom in genome.contig_lengths}


def _stated_contigs(file: Path) -> list[str]:
    """Contigs of a VCF, BCF, BAM or CRAM as its header lists them, else of the first record; none for other files."""
    import pysam

    try:
        with open(file, "rb") as raw:
            magic = raw.read(2)
        if file.name.endswith((".bam", ".cram")):
            with pysam.AlignmentFile(str(file), check_sq=False) as reads:
                return [str(name) for name in reads.references]
        if file.name.endswith(".bcf"):
            with pysam.VariantFile(str(file)) as records:
                return [str(name) for name in records.header.contigs]
        with gzip.open(file, "rt", errors="replace") if magic == b"\x1f\x8b" else open(file, errors="replace") as text:
            stated: list[str] = []
            for line in islice(text, MAX_HEADER):
                if not line.startswith("#"):
                    return stated or [line.split("\t", 1)[0]]
                stated += CONTIG.findall(line)
            return stated
    except (OSError, EOFError, ValueError):
        return []


def _sorted(variants: Iterable[SmallVariant], genome: Genome) -> list[SmallVariant]:
    rank = {chrom: number for number, chrom in enumerate(genome.contig_lengths)}
    writable = [v for v in variants if v.chrom in rank and _bases(v.ref) and _bases(v.alt)]
    return sorted(writable, key=lambda v: (rank[v.chrom], v.pos, v.ref, v.alt, v.record or ""))


def _bases(allele: str) -> bool:
    return bool(allele) and set(allele.upper()) <= BASES


def _header(sample: Sample, genome: Genome, names: Mapping[str, str]) -> list[str]:
    lines = ["##fileformat=VCFv4.3", f"##source=ALLert {annotate.__version__}", f"##reference={genome.assembly}"]
    lines.append('##FILTER=<ID=PASS,Description="Passes the filters of the caller">')
    lines.append('##FILTER=<ID=caller,Description="Filtered by the caller and kept: see CALLER_FILTER">')
    lines += [f"##contig=<ID={names[chrom]},length={length}>" for chrom, length in genome.contig_lengths.items()]
    lines += [f'##INFO=<ID={key},Number={n},Type={type},Description="{text}">' for key, n, type, text, _ in INFO]
    lines += [f'##FORMAT=<ID={key},Number={n},Type={type},Description="{text}">' for key, n, type, text in FORMAT]
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    return [*lines, "\t".join([*fixed, encoded(sample.sample)])]


def _line(variant: SmallVariant, names: Mapping[str, str]) -> str:
    passes = variant.filter in ("PASS", ".", "", None)
    mark = ("." if variant.filter != "PASS" else "PASS") if passes else "caller"
    alleles = [variant.ref.upper(), variant.alt.upper()]
    cells = [names[variant.chrom], str(variant.pos), ".", *alleles, ".", mark, _info(variant)]
    return "\t".join([*cells, "GT:AD:DP:AF:PS", _sample(variant)])


def _info(variant: SmallVariant) -> str:
    parts = []
    for key, *_, value_of in INFO:
        value = value_of(variant)
        values = value if isinstance(value, (tuple, list)) else (value,)
        text = ",".join(encoded(str(part)) for part in values if part is not None and str(part) != "")
        if text and text != ".":
            parts.append(f"{key}={text}")
    return ";".join(parts) or "."


def _sample(variant: SmallVariant) -> str:
    alt, depth = variant.alt_reads, variant.depth
    counts = f"{max(depth - alt, 0)},{alt}" if alt is not None and depth is not None else "."
    share = "." if variant.vaf is None else f"{variant.vaf:.6g}"
    genotype = variant.genotype if variant.genotype and set(variant.genotype) <= set("01./|") else "./."
    return ":".join([genotype, counts, "." if depth is None else str(depth), share, _phase(variant.phase_set)])


def _phase(phase_set: str | None) -> str:
    """PS is a number; the PID of GATK begins with one, the place of the first variant of the set."""
    number = re.match(r"\d{1,9}", phase_set or "")
    return number[0] if number else "."


def _terms(consequence: str | None) -> tuple[str, ...]:
    return tuple((consequence or "").split("&")) if consequence else ()


def _points(points: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{criterion}:{number:+d}" for criterion, number in points.items())


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.6g}"


def encoded(text: str) -> str:
    """Percent-encoded where VCF gives a character a meaning, and wherever it is not plain printable ASCII.

    >>> encoded("p.Leu10=; a,b\\n")
    'p.Leu10%3D%3B%20a%2Cb%0A'
    """
    return "".join(c if "!" <= c <= "~" and c not in '%;=,"' else _percent(c) for c in text)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", errors="replace"))
