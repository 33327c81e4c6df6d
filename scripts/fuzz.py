"""Mutated files for every reader: no crash, no hang, no memory beyond a bound, one plain InputError.

    python scripts/fuzz.py [--cases 20000] [--only NAME] [--seed 1] [--write docs/fuzzing.md] [--results FILE]

`--results` keeps what is done, reader by reader, so that a long run can be taken up again.

Seeds are the files that the test makers write in every dialect and, where the folder of real caller outputs is there
(`ALLERT_SHARED_DATA`, or `../shared/data`), those real files; each is cut to its head and a few records. A case is one
seed with one to six mutations. Each reader runs in a process of its own, so that even a crash of a C library is counted.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 5.0  # longest a case may take
MEMORY = 2 * 1024**3  # address space above what the process starts with
RECORDS = 14  # records kept of a seed
NASTY = (
    "", ".", "-", "NA", "nan", "inf", "-inf", "-1", "0", "1e309", "99999999999999999999", "1.5.5", "'", '"', "=cmd()", "\x00",
    "\u202e", "é", "chr", "chrUn", "N[chr1:", "]1:0]N", "<DEL>", "*", ";", ":", "|", "%s", "../../x", "A" * 5000, "\t", "\n", "{}",
)  # fmt: skip

Reader = Callable[[Path], object]


# ---------------------------------------------------------------- what is read


def readers(assembly: str) -> dict[str, Reader]:
    """By kind: the function that recognises and reads a file of it, as a sample of this assembly would."""
    from dataclasses import replace

    from annotate.knowledge.tables import Knowledge
    from annotate.model.sample import Sample
    from annotate.read.copy_number import read_copy_number
    from annotate.read.fusions import read_fusions
    from annotate.read.karyotype import parse_karyotype
    from annotate.read.regions import read_regions
    from annotate.read.sheets import read_patients, read_samples
    from annotate.read.small_variants import VariantOptions, read_small_variants
    from annotate.read.structural import read_structural
    from annotate.reference.genome import Genome

    genome, knowledge = Genome.load(assembly), Knowledge.load()
    sample = Sample("S", "S", "diagnosis", assembly, assay="wgs")
    options = VariantOptions(filters="pass", population=None)

    def small(path: Path) -> object:
        return read_small_variants(replace(sample, small_variants=(path,)), genome, knowledge, options=options)

    return {
        "small_variants": small,
        "structural_variants": lambda path: read_structural((path,), sample, genome, knowledge),
        "copy_number": lambda path: read_copy_number((path,), genome, ("S",)),
        "fusions": lambda path: read_fusions((path,), sample, genome, knowledge),
        "regions": lambda path: read_regions(path, genome),
        "karyotype": lambda path: parse_karyotype(path.read_text(encoding="utf-8", errors="replace")),
        "samples_sheet": read_samples,
        "patients_sheet": read_patients,
        "knowledge": lambda path: _own_knowledge(path.read_bytes(), path.parent / "own"),
        "broken": _broken,
    }


def _own_knowledge(content: bytes, folder: Path) -> None:
    """A lab's own table, whose name is in its first line: checked, then read as a run would read it."""
    from annotate.base.errors import InputError
    from annotate.base.resources import resource_path
    from annotate.knowledge.check import check
    from annotate.knowledge.tables import Knowledge

    shutil.rmtree(folder, ignore_errors=True)
    name, _, body = content.partition(b"\n")
    table = name.decode("ascii", "ignore").strip("# \t\r")
    if table not in TABLES:
        table = "variants"
    path = folder / f"{table}.tsv" if table != "thresholds" else folder / "thresholds" / "own.tsv"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    problems = check(resource_path("knowledge"), folder)
    own = Knowledge(resource_path("knowledge"), folder)
    own.table(table)
    own.threshold_named(next(iter(Knowledge.load().table("thresholds")))["id"])
    own.overlay_rows()
    for problem in problems[:1]:
        raise InputError(problem.message, path=problem.file, line=problem.row, column=problem.column)


TABLES = ("variants", "thresholds", "therapies", "fusion_rules", "lesions", "schemes_rules")


def _broken(path: Path) -> None:
    """A reader with one fault of each sort, which the harness must find: see `--only broken`."""
    from annotate.base.errors import InputError

    content = path.read_bytes()
    choice = zlib.crc32(content) % 64
    if choice == 0:
        raise KeyError("a column")
    if choice == 1:
        time.sleep(60)
    if choice == 2:
        bytearray(8 * MEMORY)
    if choice == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    if choice == 4:
        raise InputError("x" * 5000)
    if choice % 2:
        raise InputError("refused", path=path)


def seeds(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
    """Seeds by `kind/format`: (kind, content)."""
    from annotate.base.errors import InputError
    from annotate.read.catalogue import load_all
    from annotate.read.common import registry

    load_all()
    found: dict[str, list[tuple[str, bytes]]] = {}
    for kind, path in _files(folder):
        content = _cut(path)
        trial = folder / f"trial{''.join(path.suffixes[-1:])}"
        trial.write_bytes(content)
        try:
            name = "any" if kind in PLAIN_KINDS else registry.recognise(trial, kind).name
        except InputError:
            continue
        found.setdefault(f"{kind}/{name}", []).append((kind, content))
    return found


PLAIN_KINDS = ("regions", "karyotype", "samples_sheet", "patients_sheet", "small_variants", "knowledge", "broken")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    yield from _made(folder)
    shared = Path(os.environ.get("ALLERT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    for kind in ("small_variants", "structural_variants", "copy_number", "fusions"):
        for path in sorted((shared / kind).rglob("*")) if (shared / kind).is_dir() else ():
            if path.is_file():
                yield kind, path
    for path in sorted((ROOT / "resources" / "demo").iterdir()):
        if path.name.endswith((".mutect2.vcf.gz", ".strelka2.vcf", ".vardict.vcf")):
            yield "small_variants", path
    yield "regions", ROOT / "resources" / "demo" / "panel.GRCh38.bed"
    yield "patients_sheet", ROOT / "resources" / "demo" / "patients.tsv"
    sheet = folder / "sheet.tsv"
    sheet.write_text(
        "sample\tpatient\ttimepoint\tassembly\tsex\tkaryotype\tpurity\n007\tNA\tdiagnosis\tGRCh38\tmale\t46,XY[20]\t0.5\n"
    )
    yield "samples_sheet", sheet
    for table in TABLES:
        source = (
            ROOT / "resources" / "knowledge" / (f"{table}.tsv" if table != "thresholds" else "thresholds/fusions.tsv")
        )
        path = folder / f"own_{table}.tsv"
        path.write_bytes(f"# {table}\n".encode() + _cut(source))
        yield "knowledge", path
    yield "broken", sheet
    for number, text in enumerate(KARYOTYPES):
        path = folder / f"karyotype{number}.txt"
        path.write_text(text)
        yield "karyotype", path


KARYOTYPES = (
    "46,XX,der(19)t(1;19)(q23;p13.3)[14]/46,XX[6]",
    "27,X,-Y,+14,+18,+21[8]/54,idemx2[5]/46,XY[7]",
    "45~48<2n>,XY,t(9;22)(q34;q11.2),+8,-17,i(17)(q10),del(9)(p21)x2,+mar[cp12]//46,XX[8].nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]",
    "47,XY,+21c[3]/48,sl,+X[9]/49,sdl1,+dup(1)(q21q32)[8].nuc ish(RUNX1x5~8)[190/200]",
)


def _made(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files of the test makers in every dialect."""
    from annotate.reference.genome import Genome
    from tests.makers import copy_number, fusions, structural

    genome = Genome.load("GRCh38")
    truth = [("1", 10001, 120_000_000, 2, 1), ("1", 143_000_000, 248_000_000, 3, 1), ("9", 10001, 138_000_000, 1, 0)]
    truth += [("21", 14_000_000, 46_000_000, 5, 1), ("X", 10001, 156_000_000, 2, 1)]
    for dialect in copy_number.DIALECTS:
        name = copy_number.file_name(dialect)
        (folder / dialect).mkdir(exist_ok=True)
        yield "copy_number", copy_number.write_segments(dialect, folder / dialect / name, truth, 0.8)
    junctions = [
        structural.junction_of(genome, "BCR", "ABL1"),
        structural.junction_of(genome, "EBF1", "PDGFRB", 12, 11),
    ]
    junctions += [structural.junction_of(genome, "NUP214", "ABL1"), structural.junction_of(genome, "ETV6", "RUNX1")]
    for dialect in structural.DIALECTS:
        path = folder / f"{dialect}.{'bedpe' if dialect == 'bedpe' else 'vcf'}"
        yield "structural_variants", structural.write_junctions(dialect, path, junctions, "GRCh38")
    found = [fusions.fusion_of(genome, "BCR", "ABL1", 1, 2), fusions.fusion_of(genome, "KMT2A", "AFF1", 9, 5)]
    for dialect in fusions.WRITERS:
        yield "fusions", fusions.write_fusions(dialect, folder / f"{dialect}.fusions.txt", found)


def _cut(path: Path) -> bytes:
    """Head and a few records of a file, uncompressed (compression is one of the mutations)."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    lines = raw.split(b"\n")
    head = [line for line in lines if line.startswith((b"##", b"@"))]
    contigs = [line for line in head if line.startswith((b"##contig", b"@SQ"))]
    head = [line for line in head if line not in contigs[4:]][:60]
    body = [line for line in lines if not line.startswith((b"##", b"@"))]
    return b"\n".join([*head, *body[: RECORDS + 1]]) + b"\n"


# ---------------------------------------------------------------- mutations


def mutate(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        content = dice.choice(MUTATIONS)(content, dice)
    return content


def _flip(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.choice((1, 2, 8))):
        if data:
            data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def _cell(content: bytes, dice: random.Random) -> bytes:
    """Replace one cell, or a part of one, by something nasty."""
    lines = content.split(b"\n")
    index = dice.randrange(len(lines))
    cells = lines[index].split(b"\t")
    column = dice.randrange(len(cells))
    nasty = dice.choice(NASTY).encode("utf-8", "surrogatepass")
    parts = cells[column].split(dice.choice((b";", b":", b",", b"=")))
    if len(parts) > 1 and dice.random() < 0.5:
        separator = next(s for s in (b";", b":", b",", b"=") if len(cells[column].split(s)) >= 1)
        pieces = cells[column].split(separator)
        pieces[dice.randrange(len(pieces))] = nasty
        cells[column] = separator.join(pieces)
    else:
        cells[column] = nasty
    lines[index] = b"\t".join(cells)
    return b"\n".join(lines)


def _lines(content: bytes, dice: random.Random) -> bytes:
    """Drop, double, swap or shuffle lines."""
    lines = content.split(b"\n")
    choice = dice.randrange(4)
    index = dice.randrange(len(lines))
    if choice == 0:
        del lines[index]
    elif choice == 1:
        lines.insert(index, lines[dice.randrange(len(lines))])
    elif choice == 2:
        other = dice.randrange(len(lines))
        lines[index], lines[other] = lines[other], lines[index]
    else:
        dice.shuffle(lines)
    return b"\n".join(lines)


def _columns(content: bytes, dice: random.Random) -> bytes:
    """Drop, double or swap a column of every line."""
    choice, index, other = dice.randrange(3), dice.randrange(10), dice.randrange(10)
    lines = []
    for line in content.split(b"\n"):
        cells = line.split(b"\t")
        if len(cells) > max(index, other) and not line.startswith(b"##"):
            if choice == 0:
                del cells[index]
            elif choice == 1:
                cells.insert(index, cells[other])
            else:
                cells[index], cells[other] = cells[other], cells[index]
        lines.append(b"\t".join(cells))
    return b"\n".join(lines)


def _cut_off(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _ends(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n", b" \n")))


def _separators(content: bytes, dice: random.Random) -> bytes:
    return content.replace(b"\t", dice.choice((b" ", b",", b"\t\t", b";")))


def _packed(content: bytes, dice: random.Random) -> bytes:
    packed = gzip.compress(content, 1, mtime=0)
    return packed if dice.random() < 0.4 else _flip(packed, dice) if dice.random() < 0.5 else _cut_off(packed, dice)


def _digits(content: bytes, dice: random.Random) -> bytes:
    """Change the size or sign of one number."""
    places = [index for index, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return content
    index = dice.choice(places)
    return (
        content[:index] + dice.choice((b"-", b"9" * 12, b"0", b".", b"e5", b"")) + content[index + dice.randrange(2) :]
    )


MUTATIONS = (_flip, _cell, _cell, _cell, _lines, _columns, _cut_off, _ends, _separators, _packed, _digits, _digits)


# ---------------------------------------------------------------- one reader


class TooLong(BaseException):
    pass


def _alarm(*_: object) -> None:
    raise TooLong


def work(name: str, cases: int, seed: int, start: int, journal: Path, folder: Path, seconds: float) -> None:
    """Run cases `start` to `cases` of one reader; every fault is a line of the journal."""
    from annotate.base.errors import InputError

    by_assembly = [readers("GRCh38"), readers("GRCh37")]
    own = []
    for kind, content in seeds(folder)[name]:  # what is loaded once is loaded here, before memory is bounded
        reader = by_assembly[0][kind]
        for readings in by_assembly:
            try:
                _try(readings[kind], content, folder, random.Random(0))
            except InputError:
                continue
            reader = readings[kind]
            break
        own.append((reader, content))
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    virtual = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (virtual + MEMORY, virtual + MEMORY))
    signal.signal(signal.SIGALRM, _alarm)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    read = refused = 0
    longest = 0.0
    with open(journal, "a", encoding="utf-8", buffering=1) as out:  # a crash must not take the faults before it
        for number in range(start, cases):
            dice = random.Random(f"{name}:{seed}:{number}")
            reader, content = own[dice.randrange(len(own))]
            case = mutate(content, dice)
            (folder / "case.number").write_text(str(number))
            began = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                _try(reader, case, folder, dice)
                read += 1
            except InputError as error:
                refused += 1
                if "\n" in str(error) or len(str(error)) > 4000:
                    out.write(json.dumps({"case": number, "fault": "message of several lines or too long"}) + "\n")
            except TooLong:
                out.write(json.dumps({"case": number, "fault": f"longer than {seconds:g} s"}) + "\n")
            except MemoryError:
                out.write(json.dumps({"case": number, "fault": "memory beyond the bound"}) + "\n")
            except Exception as error:
                trace = error.__traceback__
                while trace is not None and trace.tb_next is not None:
                    trace = trace.tb_next
                place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
                out.write(
                    json.dumps({"case": number, "fault": f"{type(error).__name__} at {place}: {str(error)[:200]}"})
                    + "\n"
                )
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            longest = max(longest, time.monotonic() - began)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - size
        out.write(
            json.dumps({"done": cases, "read": read, "refused": refused, "longest": longest, "memory": peak}) + "\n"
        )


def _try(reader: Reader, content: bytes, folder: Path, dice: random.Random) -> None:
    path = folder / dice.choice(("case.vcf", "case.tsv", "case.txt.gz"))
    path.write_bytes(content)
    reader(path)


# ---------------------------------------------------------------- all readers


def run(name: str, cases: int, seed: int, seconds: float = SECONDS) -> dict[str, Any]:
    """One reader in processes of its own; a process that dies is a fault, and the next goes on behind its case."""
    with tempfile.TemporaryDirectory(prefix="fuzz.", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:
        folder = Path(made)
        journal = folder / "journal.jsonl"
        start, deaths = 0, []
        while True:
            command = [sys.executable, __file__, "--work", name, "--cases", str(cases), "--seed", str(seed)]
            command += ["--seconds", str(seconds)]
            ended = subprocess.run(
                [*command, "--start", str(start), "--folder", made], check=False, stderr=subprocess.PIPE
            )
            if ended.returncode == 0:
                break
            if not (folder / "case.number").exists():
                raise RuntimeError(ended.stderr.decode(errors="replace")[-800:])
            case = int((folder / "case.number").read_text())
            deaths.append({"case": case, "fault": f"process ended with {ended.returncode}"})
            start = case + 1
            if len(deaths) > 50:
                break
        entries = [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
    done = [entry for entry in entries if "done" in entry]
    faults = [*deaths, *(entry for entry in entries if "fault" in entry)]
    return {
        "name": name,
        "cases": cases,
        "read": sum(entry["read"] for entry in done),
        "refused": sum(entry["refused"] for entry in done),
        "longest": max((entry["longest"] for entry in done), default=0.0),
        "memory": max((entry["memory"] for entry in done), default=0),
        "faults": faults,
    }


def table(results: list[dict[str, Any]], seed: int) -> str:
    lines = ["| reader | cases | read | refused | longest | memory added | faults |", "|---|---|---|---|---|---|---|"]
    for r in results:
        lines.append(
            f"| {r['name']} | {r['cases']:,} | {r['read']:,} | {r['refused']:,} | {r['longest'] * 1000:.0f} ms"
            f" | {r['memory'] / 1e6:.0f} MB | {len(r['faults'])} |"
        )
    lines.append(
        f"\nSeed {seed}; {sum(r['cases'] for r in results):,} cases; {sum(len(r['faults']) for r in results)} faults."
    )
    return "\n".join(lines)


def guided(kind: str, seconds: int) -> None:
    """Coverage-guided cases of one kind by atheris, where it is installed (`pip install atheris`); ends the process."""
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=["annotate"]):
        from annotate.base.errors import InputError

        reading = readers("GRCh38")[kind]
    folder = Path(tempfile.mkdtemp(prefix="guided."))
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, own in seeds(folder).items():
        for number, (kind_of, content) in enumerate(own):
            if kind_of == kind:
                (corpus / f"{name.replace('/', '_')}{number}").write_bytes(content)
    path = folder / "case.tsv"

    def one(content: bytes) -> None:
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            reading(path)

    options = [f"-max_total_time={seconds}", "-max_len=20000", "-rss_limit_mb=3000", f"-timeout={int(SECONDS)}"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one)
    atheris.Fuzz()


MARK = "<!-- table -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="readers whose name holds this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--write", type=Path, help="put the table into this page, behind its mark")
    parser.add_argument("--results", type=Path, help="JSON lines of finished readers, which are not run again")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="longest a case may take")
    parser.add_argument("--guided", metavar="KIND", help="coverage-guided by atheris for `--seconds` (60): fusions, …")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.guided:
        guided(args.guided, int(args.seconds) if args.seconds != SECONDS else 60)
        return 0
    if args.work:
        work(args.work, args.cases, args.seed, args.start, args.folder / "journal.jsonl", args.folder, args.seconds)
        return 0
    with tempfile.TemporaryDirectory(prefix="fuzz.") as made:
        names = [
            name for name in sorted(seeds(Path(made))) if (args.only in name if args.only else name != "broken/any")
        ]
    if args.list:
        print("\n".join(names))
        return 0
    from concurrent.futures import ThreadPoolExecutor

    results = []
    if args.results and args.results.exists():
        kept = [json.loads(line) for line in args.results.read_text(encoding="utf-8").splitlines()]
        results = [result for result in kept if result["name"] in names and result["cases"] == args.cases]
        names = [name for name in names if name not in {result["name"] for result in results}]
    everything = len(results) + len(names)
    with ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda name: run(name, args.cases, args.seed, args.seconds), names):
            results.append(result)
            if args.results:
                with open(args.results, "a", encoding="utf-8") as out:
                    out.write(json.dumps(result) + "\n")
            print(
                f"[{len(results)}/{everything}] {result['name']}: {len(result['faults'])} faults",
                file=sys.stderr,
                flush=True,
            )
            for fault in result["faults"][:5]:
                print(f"    case {fault['case']}: {fault['fault']}", file=sys.stderr)
    results.sort(key=lambda result: str(result["name"]))
    text = table(results, args.seed)
    print(text)
    if args.write:
        page = args.write.read_text(encoding="utf-8")
        args.write.write_text(page.split(MARK)[0] + MARK + "\n\n" + text + "\n", encoding="utf-8")
    return 1 if any(result["faults"] for result in results) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
