"""Progress of a batch, from the files that are there."""

from __future__ import annotations

from pathlib import Path

from annotate.sheets import read_samples


def print_status(sheet: Path, out: Path) -> int:
    """Print done, failed and to do; 0 when every report is there, 1 otherwise."""
    samples = read_samples(sheet, check_files=False)
    done, failed, waiting = [], [], []
    for sample in samples:
        if (out / sample.sample / f"{sample.sample}.report.json").exists():
            done.append(sample.sample)
        elif message_of(out, sample.sample):
            failed.append(sample.sample)
        else:
            waiting.append(sample.sample)
    print(f"{len(done)} done, {len(failed)} failed, {len(waiting)} to do, of {len(samples)}")
    for id in failed:
        print(f"failed: {id}: {message_of(out, id)}")
    return 0 if len(done) == len(samples) else 1


def message_of(out: Path, sample: str) -> str:
    """The last `allert:` line of the sample's log, if it failed."""
    log = out.parent / "logs" / "samples" / f"{sample}.log"
    if not log.exists():
        return ""
    lines = [
        line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("allert: ")
    ]
    return lines[-1].removeprefix("allert: ") if lines else ""
