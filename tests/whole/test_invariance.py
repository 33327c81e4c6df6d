"""No lesion state depends on the order of records, the prefix of contigs, line ends or compression."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.makers.golden import PATIENTS, Golden, make_report

# patients whose files are of many callers, both assemblies, with and without `chr`
CHOSEN = (
    "ph_t315i",  # Mutect2, GRIDSS, PURPLE, Arriba
    "ph_two_reads",  # STAR-Fusion
    "ph_reciprocal_only",  # DELLY without prefix
    "ebf1_pdgfrb",  # LUMPY, FACETS
    "kmt2a_men1",  # HaplotypeCaller, SvABA
    "tcf3_pbx1_unbalanced",  # DRAGEN
    "tcf3_hlf_rna",  # FusionCatcher
    "iamp21_smaller_clone",  # Battenberg
    "iamp21_atypical",  # ASCAT
    "low_hypodiploid_tp53",  # Strelka2, FACETS, no prefix
    "near_haploid",  # Sequenza
    "hyperdiploid_total_only",  # CNVkit
    "near_haploid_total_only",  # SEG
    "nt5c2_two_subclones_panel",  # VarDict, BED
    "nt5c2_by_depth",  # gVCF blocks
    "nothing_found",  # PURPLE SV, CICERO, remission VCF
    "mlpa_only",
)
CONTIG = r"(?:\d{1,2}|X|Y|MT?)"
CHROM_COLUMNS = {"chromosome", "chrom", "chr", "#chrom", "contig", "chra", "chrb", "#chr"}


def outcome(report: dict) -> dict:
    """State, subtype, genes and numbers of every lesion: what must not change."""
    keys = ("state", "subtype", "modal_number", "masked", "leaning", "tier", "detection_limit")
    return {row["id"]: [*(row[key] for key in keys), sorted(row["genes"])] for row in report["lesions"]}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Callable[[str], dict]:
    """What the unchanged files lead to, made once a patient."""
    known: dict[str, dict] = {}

    def of(id: str) -> dict:
        if id not in known:
            known[id] = outcome(make_report(PATIENTS[id], tmp_path_factory.mktemp(id)))
        return known[id]

    return of


def lines_of(path: Path) -> tuple[list[str], list[str]]:
    """Lines that describe the file, and its records."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [n for n, line in enumerate(lines) if line.startswith(("#", "@"))]
    if path.name.endswith(".bed"):
        return [], lines
    first = head[-1] + 1 if head else 1
    if head and not lines[head[-1]].lower().startswith(("#chrom", "#gene", "#fusion", "#chr")):
        first += 1  # the header line follows the comments
    return lines[:first], lines[first:]


def unpacked(path: Path) -> Path:
    """Plain text of a compressed file."""
    if path.suffix != ".gz":
        return path
    flat = path.with_suffix("")
    flat.write_bytes(gzip.decompress(path.read_bytes()))
    return flat


def shuffled(path: Path) -> Path:
    path = unpacked(path)
    head, records = lines_of(path)
    random.Random(11).shuffle(records)
    path.write_text("\n".join([*head, *records]) + "\n", encoding="utf-8")
    return path


def reversed_order(path: Path) -> Path:
    path = unpacked(path)
    head, records = lines_of(path)
    path.write_text("\n".join([*head, *reversed(records)]) + "\n", encoding="utf-8")
    return path


def without_prefix(path: Path) -> Path:
    path = unpacked(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"\bchr(?={CONTIG}\b)", "", text), encoding="utf-8")
    return path


def with_prefix(path: Path) -> Path:
    path = unpacked(without_prefix(path))
    head, records = lines_of(path)
    head = [re.sub(rf"(?<=##contig=<ID=)(?={CONTIG}[,>])", "chr", line) for line in head]
    names = [name.strip('"').lower() for name in (head[-1] if head else "").split("\t")]
    at = [n for n, name in enumerate(names) if name in CHROM_COLUMNS] or ([0] if path.suffix == ".bed" else [])
    changed = []
    for record in records:
        cells = re.sub(rf"(?<=[\t\[\]])(?={CONTIG}:\d)", "chr", record).split("\t")
        for n in at:
            cells[n] = re.sub(rf'^"?(?={CONTIG}"?$)', lambda found: f"{found.group()}chr", cells[n])
        changed.append(re.sub(rf"(?<=;CHR2=)(?={CONTIG};)", "chr", "\t".join(cells)))
    path.write_text("\n".join([*head, *changed]) + "\n", encoding="utf-8")
    return path


def gzipped(path: Path) -> Path:
    path = unpacked(path)
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return packed


def bgzipped(path: Path) -> Path:
    import pysam

    path = unpacked(path)
    packed = path.with_name(path.name + ".gz")
    pysam.tabix_compress(str(path), str(packed), force=True)
    return packed


def indexed(path: Path) -> Path:
    """VCFs by bgzip with an index; other files as they are."""
    import pysam

    if not path.name.endswith((".vcf", ".vcf.gz")):
        return path
    packed = bgzipped(path)
    pysam.tabix_index(str(packed), preset="vcf", force=True)
    return packed


def line_ends(path: Path) -> Path:
    path = unpacked(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return path


def byte_order_mark(path: Path) -> Path:
    """Tables that a spreadsheet saved; VCFs as they are."""
    path = unpacked(path)
    if not path.name.endswith(".vcf"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return path


CHANGES = {
    "shuffled": shuffled,
    "reversed": reversed_order,
    "without chr": without_prefix,
    "with chr": with_prefix,
    "gzip": gzipped,
    "bgzip": bgzipped,
    "indexed": indexed,
    "CRLF": line_ends,
    "byte order mark": byte_order_mark,
}


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("id", CHOSEN)
def test_the_states_stay(id, how, plain, tmp_path):
    assert outcome(make_report(PATIENTS[id], tmp_path, CHANGES[how])) == plain(id)


def test_the_changes_change_something(tmp_path):
    """The helpers of this test do what their names say."""
    for n, (id, how, old, new) in enumerate(
        [
            ("ph_t315i", "without chr", "[chr9:", "[9:"),
            ("kmt2a_men1", "with chr", "\n11\t", "chr11:"),
            ("iamp21_atypical", "with chr", "\t21\t", "chr21"),
            ("tcf3_hlf_rna", "with chr", "\t19:", "chr19:"),
            ("ebf1_pdgfrb", "CRLF", "\n", "\r\n"),
        ]
    ):
        texts: list[str] = []
        folder = tmp_path / str(n)
        folder.mkdir()

        def change(path: Path, texts: list[str] = texts, how: str = how) -> Path:
            texts.append(path.read_bytes().decode())
            changed = CHANGES[how](path)
            texts.append(changed.read_bytes().decode())
            return changed

        make_report(PATIENTS[id], folder, change)
        before, after = "".join(texts[::2]), "".join(texts[1::2])
        assert old in before, (id, how)
        assert new in after, (id, how)
        assert new not in before, (id, how)


@pytest.mark.parametrize("id", ["ph_karyotype_and_fish", "ebf1_pdgfrb", "nt5c2_two_subclones_panel"])
def test_sheets_with_crlf(id, plain, tmp_path):
    assert outcome(make_report(PATIENTS[id], tmp_path, newline="\r\n")) == outcome(make_report(PATIENTS[id], tmp_path))


def several(lab) -> dict:
    """Two callers of structural variants, SNVs and indels apart, copy number with its second file."""
    ik6 = lab.copies("facets", {"8": (3, 1)}, purity=0.8)
    return {
        "small_variants": [
            lab.calls("strelka_snv", lab.mutation("TP53", 273, 2, "T", 0.4)),
            lab.calls("strelka_indel", lab.frameshift("CD19", 150, 0.4), others=0),
        ],
        "structural_variants": [lab.junctions("manta", lab.bcr_abl1()), lab.junctions("delly", lab.bcr_abl1())],
        "copy_number": [ik6, lab / "S.purity.txt"],
        "fusions": [lab.rna("arriba", lab.fusion("BCR", "ABL1", 1, 2)), lab.rna("starfusion")],
        "assay": "wgs",
        "sex": "female",
    }


def several_reversed(lab) -> dict:
    return {key: value[::-1] if isinstance(value, list) else value for key, value in several(lab).items()}


def test_the_order_of_files_in_a_cell(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    patient = Golden("S", "", several, "GRCh38", "diagnosis", {})
    found = outcome(make_report(patient, first))
    assert found == outcome(make_report(replace(patient, make=several_reversed), second))
    assert found["bcr_abl1"][0] == "detected"
    assert found["tp53_alteration"][0] == "detected"
    assert found["antigen_loss"][0] == "detected"


def test_the_order_of_sample_columns(tmp_path, plain):
    """Tumour and normal swap their columns; the header and the names say which is which."""

    def swapped(path: Path) -> Path:
        if path.suffix != ".vcf":
            return path
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if not line.startswith("##") and len(cells) == 11:
                cells[9:] = cells[:8:-1]
            lines.append("\t".join(cells))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    for number, id in enumerate(("ph_t315i", "ph_reciprocal_only", "low_hypodiploid_tp53", "nt5c2_clonal")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert outcome(make_report(PATIENTS[id], folder, swapped)) == plain(id), id


def test_the_same_sample_beside_others_in_the_sheet(tmp_path):
    """Other rows of the sheet, before and behind, change nothing of a sample."""
    from annotate.base.settings import Settings
    from annotate.read.sheets import read_samples
    from annotate.report.json.build import build_report
    from annotate.run.sample import analyse

    alone = outcome(make_report(PATIENTS["kmt2a_karyotype"], tmp_path))
    header, row = (tmp_path / "samples.tsv").read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    others = []
    for number, karyotype in enumerate(("46,XX[20]", "46,XX,t(9;22)(q34;q11.2)[20]")):
        cells = dict(zip(names, row.split("\t"), strict=True))
        cells |= {"sample": f"other{number}", "patient": f"Q{number}", "karyotype": karyotype}
        others.append("\t".join(cells.values()))
    sheet = tmp_path / "three.tsv"
    sheet.write_text("\n".join([header, others[0], row, others[1]]) + "\n", encoding="utf-8")
    samples = {sample.sample: sample for sample in read_samples(sheet)}
    assert outcome(build_report(analyse(samples["kmt2a_karyotype"], None, Settings()))) == alone
