"""Rows of a sample sheet from one or more results trees; what is taken, what is left out and why, what is asked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.frozen import frozen
from annotate.read.common.header_names import NORMAL_NAMES, TUMOR_NAMES
from annotate.read.sheets.files import LIST_COLUMNS
from annotate.read.trees.content import LOOKED_AT, Content, assembly_of, content_of, is_vcf, sample_columns
from annotate.read.trees.layouts import PLAIN, Found, Layout, files_of, match, pipelines_of
from annotate.read.trees.names import named, without_words
from annotate.read.trees.tables import Subject, assay_of, subjects

ONE_CALLER = ("copy_number",)  # columns in which one call set is used
CALLS = ("small_variants", "structural_variants", "copy_number", "fusions")
NAMED = ("small_variants", "structural_variants")
BUILDS = {"hg38": "GRCh38", "GRCh38": "GRCh38", "hg19": "GRCh37", "GRCh37": "GRCh37"}
NO_PATTERN = re.compile(r"(?!)")  # a file that is told by content has no place of its own
RNA_ONLY_GRCH38 = ("rnafusion",)  # pipelines that know one assembly


@frozen
class LeftOut:
    """A file that is not in the sheet. `reason`: what several files have in common where `why` names one sample."""

    file: Path
    why: str
    reason: str = ""


@dataclass(slots=True)
class Row:
    """One sample while its files come together."""

    sample: str
    patient: str = ""
    timepoint: str = ""
    assembly: str = ""
    sex: str = ""
    assay: str = ""
    normal: str = ""
    files: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))


@frozen
class Tree:
    """What was found below one folder."""

    folder: Path
    pipeline: str
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]


def read_trees(folder: Path, pipeline: str = "auto") -> list[Tree]:
    """Samples below a folder, a tree for each pipeline that wrote there, or one by content alone (`plain`)."""
    files = files_of(folder)
    parts = pipelines_of(files) if pipeline == "auto" else {pipeline: files}
    return [_read(folder, name, own) for name, own in parts.items()]


def _read(folder: Path, pipeline: str, files: Sequence[Path]) -> Tree:
    left_out: list[LeftOut] = []
    found = list(_plain(folder, files, left_out) if pipeline == PLAIN else _laid(files, pipeline, left_out))
    known: dict[str, Subject] = {}
    for root in sorted({item.root for item in found}):
        known |= subjects(root, pipeline)
    rows: dict[str, Row] = {}
    for item in found:
        for key in _keys(item, known, found, left_out):
            rows.setdefault(key, Row(key)).files[item.layout.column].append(item)
    for row in rows.values():
        _facts(row, known, pipeline)
        _choose(row, left_out)
    whole = _normals_go(rows.values(), known, left_out)
    return Tree(folder, pipeline, tuple(sorted(whole, key=lambda row: row.sample)), tuple(left_out))


def join(trees: Sequence[Tree]) -> list[Row]:
    """Rows of several trees as one: a sample of one name, or of one patient and time point, is one sample."""
    joined: list[Row] = []
    for row in (row for tree in trees for row in tree.rows):
        same = next((other for other in joined if _same(other, row)), None)
        if same is None:
            joined.append(row)
            continue
        for column, files in row.files.items():
            same.files[column] += files
        for fact in ("patient", "timepoint", "assembly", "sex", "assay", "normal"):
            setattr(same, fact, getattr(same, fact) or getattr(row, fact))
    return joined


def names_in_files(row: Row, of: str) -> str:
    """The cell `tumor_name` (or `normal_name`): the name of a sample in its VCFs, where a file needs one said."""
    by_kind: dict[str, str] = {}
    for kind in (*NAMED, "germline_variants"):
        for item in row.files.get(kind, ()):
            columns = sample_columns(item.file)
            if len(columns) < 2 or any(name.lower() in TUMOR_NAMES | NORMAL_NAMES for name in columns):
                continue
            own = _own_column(columns, row.sample, row.patient)
            others = [name for name in columns if name != own]
            normal = _own_column(columns, row.normal, row.patient) or (others[0] if own and len(others) == 1 else "")
            name = own if of == "tumor" else normal
            if name and not (of == "tumor" and kind == "germline_variants"):
                by_kind[kind] = name
    if len(set(by_kind.values())) <= 1:
        return next(iter(by_kind.values()), "")
    return ";".join(f"{kind}={name}" for kind, name in by_kind.items())


# ---------------------------------------------------------------- files of a tree


def _laid(files: Sequence[Path], pipeline: str, left_out: list[LeftOut]) -> Iterator[Found]:
    for file in files:
        item = match(file, pipeline)
        if item is None:
            if file.name.lower().endswith((".vcf", ".vcf.gz", ".seg", ".cns")):
                left_out.append(LeftOut(file, f"not a file of {pipeline} that is used"))
            continue
        if not item.layout.column:
            left_out.append(LeftOut(file, item.layout.left_out_because))
            continue
        content = content_of(file, item.layout.column)
        if content.why_not:
            left_out.append(LeftOut(file, content.why_not))
            continue
        yield item


def _plain(folder: Path, files: Sequence[Path], left_out: list[LeftOut]) -> Iterator[Found]:
    """Files told by content alone; their sample is the column of a VCF, the name of the file, or of its folder."""
    for file in files:
        if not file.name.lower().endswith((*LOOKED_AT, ".bam", ".cram")):
            continue
        content = content_of(file)
        if content.why_not:
            left_out.append(LeftOut(file, content.why_not))
            continue
        layout = Layout(PLAIN, content.kind, content.format, 1, NO_PATTERN, "")
        yield Found(file, layout, folder, tumor=_plain_name(file, folder, content))


def _plain_name(file: Path, folder: Path, content: Content) -> str:
    columns = [c for c in (sample_columns(file) if is_vcf(file) else ()) if c.lower() not in TUMOR_NAMES | NORMAL_NAMES]
    if len(columns) == 1:
        return columns[0]
    stem = file.name.split(".")[0]
    callers = {content.format.split(".")[0], "variants", "segments", "calls", "somatic", "fusions", "sv", "cnv", "snv"}
    words = {part for part in stem.lower().replace("-", "_").split("_") if part}
    return file.parent.name if words <= callers and file.parent != folder else stem.split("_vs_")[0]


# ---------------------------------------------------------------- samples


def _keys(item: Found, known: dict[str, Subject], found: Sequence[Found], left_out: list[LeftOut]) -> list[str]:
    """The samples that a file belongs to: one tumour; a normal's calls belong to every tumour of its patient."""
    if item.batch:
        tumors = [s.sample for s in known.values() if s.batch == item.batch and s.normal is not True]
        if not tumors:
            left_out.append(LeftOut(item.file, f"no table says which sample is the tumour of {item.batch}"))
        return tumors
    if item.layout.column == "germline_variants" and not item.tumor:
        return _tumors_of_normal(item, known, found, left_out)
    name = item.tumor or _of_rna(item, found)
    if name not in known and (joint := [s.sample for s in known.values() if s.patient == name and s.normal is False]):
        return joint  # calls of all tumours of a patient together
    if item.layout.column == "alignments" and not _has_calls(name, known, found):
        left_out.append(LeftOut(item.file, "no calls of this sample"))
        return []
    return [name]


def _of_rna(item: Found, found: Sequence[Found]) -> str:
    """The tumour of an RNA sample: the one of its patient's folder, else the name without what says RNA."""
    same = {other.tumor for other in found if other.tumor and item.patient and other.patient == item.patient}
    return same.pop() if len(same) == 1 else without_words(item.rna)


def _tumors_of_normal(
    item: Found, known: dict[str, Subject], found: Sequence[Found], left_out: list[LeftOut]
) -> list[str]:
    paired = {other.tumor for other in found if other.normal == item.normal and other.tumor}
    subject = known.get(item.normal)
    if subject and subject.patient:
        paired |= {s.sample for s in known.values() if s.patient == subject.patient and s.normal is False}
    if subject and subject.normal is False:
        left_out.append(LeftOut(item.file, "germline calls of a tumour"))
        return []
    if not paired:
        left_out.append(LeftOut(item.file, f"no tumour is paired with {item.normal}"))
    return sorted(paired)


def _has_calls(name: str, known: dict[str, Subject], found: Sequence[Found]) -> bool:
    if name in known and known[name].normal is not None:
        return not known[name].normal
    return any(other.tumor == name and other.layout.column in CALLS for other in found)


def _facts(row: Row, known: dict[str, Subject], pipeline: str) -> None:
    items = [item for files in row.files.values() for item in files]
    subject = known.get(row.sample, Subject(row.sample))
    said = named(row.sample)
    row.normal = next((item.normal for item in items if item.normal), "") or _normal_in_files(row)
    group = next((item.patient for item in items if item.patient), "")  # the patient's, or one sample's
    row.patient = subject.patient or (said.patient if said.timepoint or not group else group)
    row.timepoint = said.timepoint
    row.sex = subject.sex
    stated = {assembly for item in items if is_vcf(item.file) and (assembly := assembly_of(item.file))}
    row.assembly = stated.pop() if len(stated) == 1 else BUILDS.get(subject.assembly, "")
    if not row.assembly and pipeline in RNA_ONLY_GRCH38:
        row.assembly = "GRCh38"
    if dna := [item for kind in NAMED for item in row.files.get(kind, ())]:
        row.assay = subject.assay or assay_of(dna[0].root, pipeline)


def _choose(row: Row, left_out: list[LeftOut]) -> None:
    """Of each caller the files of the lowest rank; of copy number one caller's alone."""
    for column, items in row.files.items():
        best = {item.layout.caller: item.layout.rank for item in sorted(items, key=lambda i: -i.layout.rank)}
        if column in ONE_CALLER or column not in LIST_COLUMNS:
            first = min(items, key=lambda item: (item.layout.rank, item.file))
            best = {first.layout.caller: first.layout.rank}
        kept = [item for item in items if best.get(item.layout.caller) == item.layout.rank]
        kept = kept if column in LIST_COLUMNS else kept[:1]
        for item in items:
            if item not in kept:
                why = f"{kept[0].file.name} is taken for {row.sample}"
                left_out.append(LeftOut(item.file, why, reason="another file of its sample is taken"))
        row.files[column] = kept


def _normals_go(rows: Iterable[Row], known: dict[str, Subject], left_out: list[LeftOut]) -> list[Row]:
    """Rows of leukaemias. What is a normal by the pipeline's table, by a tumour's file or by its name is no sample to
    report: its small variants are the germline of its tumours that have none."""
    listed = list(rows)
    normals = {row.normal for row in listed if row.normal} | {s.sample for s in known.values() if s.normal}
    kept, gone = [], []
    for row in listed:
        if row.sample in normals or (row.timepoint.startswith("remission") and not row.normal):
            gone.append(row)
        elif any(row.files.get(kind) for kind in CALLS):
            kept.append(row)
    for normal in gone:
        own = [r for r in kept if normal.sample == r.normal or (not r.normal and r.patient == normal.patient)]
        for kind, items in normal.files.items():
            if kind == "small_variants" and len(items) == 1 and any(not r.files.get("germline_variants") for r in own):
                for row in own:
                    row.files["germline_variants"] = row.files.get("germline_variants") or list(items)
                continue
            left_out += [LeftOut(item.file, "of a normal sample") for item in items]
    return kept


def _normal_in_files(row: Row) -> str:
    """The other column of a file of two, where one is the tumour's and the other is not a leukaemia by its name."""
    for item in (item for kind in NAMED for item in row.files.get(kind, ())):
        columns = sample_columns(item.file)
        own = _own_column(columns, row.sample, row.patient)
        others = [name for name in columns if name != own and name.lower() not in TUMOR_NAMES | NORMAL_NAMES]
        if own and len(columns) == 2 and len(others) == 1 and not _of_leukaemia(others[0]):
            return others[0]
    return ""


def _of_leukaemia(name: str) -> bool:
    return named(name).timepoint.startswith(("diagnosis", "relapse"))


def _same(one: Row, other: Row) -> bool:
    if without_words(one.sample) == without_words(other.sample):
        return True
    overlap = any(one.files.get(kind) and other.files.get(kind) for kind in CALLS)
    return bool(one.timepoint) and (one.patient, one.timepoint) == (other.patient, other.timepoint) and not overlap


def _own_column(columns: Sequence[str], wanted: str, patient: str) -> str:
    """The column of a sample: its name, with the patient's before it, or the one that ends with it."""
    if not wanted:
        return ""
    for name in (wanted, f"{patient}_{wanted}"):
        if name in columns:
            return name
    ending = [name for name in columns if name.endswith(wanted)]
    return ending[0] if len(ending) == 1 else ""
