"""What `allert status` says of a batch, from its files alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotate.base.logs import message_of
from annotate.command import main
from annotate.run import status
from annotate.run.status import Progress, progress


@pytest.fixture
def sheet(tmp_path) -> Path:
    rows = [f"S{number}\tP{number}\tdiagnosis\tGRCh38\t46,XX[20]" for number in range(10)]
    path = tmp_path / "samples.tsv"
    path.write_text("\n".join(["sample\tpatient\ttimepoint\tassembly\tkaryotype", *rows]) + "\n")
    return path


def done(out: Path, sample: str, when: float) -> None:
    path = out / sample / f"{sample}.report.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    os.utime(path, (when, when))


def failed(out: Path, sample: str, message: str) -> None:
    log = out.parent / "logs" / "samples" / f"{sample}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"{sample}: reading\nallert: {message}\n")


def test_nothing_yet(tmp_path, sheet, capsys):
    assert main(["status", str(sheet), "--out", str(tmp_path / "results")]) == 0
    assert capsys.readouterr().out == "0 done, 0 failed, 10 to do, of 10 (0 %)\n"


def test_done_failed_and_remaining(tmp_path, sheet, capsys, monkeypatch):
    out = tmp_path / "results"
    for number in range(5):
        done(out, f"S{number}", 1_000_000 + 30 * number)
    failed(out, "S7", "a.vcf, line 3: damaged")
    monkeypatch.setattr(status.time, "time", lambda: 1_000_150.0)
    assert main(["status", str(sheet), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "5 done, 1 failed, 4 to do, of 10 (50 %)"
    assert lines[1].startswith("2 samples a minute, about 2 min remaining; last report at ")
    assert lines[2] == "failed: S7: a.vcf, line 3: damaged"


def test_a_run_that_stands_still_is_said(tmp_path, sheet, capsys, monkeypatch):
    out = tmp_path / "results"
    for number in range(5):
        done(out, f"S{number}", 1_000_000 + 30 * number)
    monkeypatch.setattr(status.time, "time", lambda: 1_010_000.0)
    main(["status", str(sheet), "--out", str(out)])
    assert "nothing since" in capsys.readouterr().out


def test_all_done(tmp_path, sheet, capsys):
    out = tmp_path / "results"
    for number in range(10):
        done(out, f"S{number}", 1_000_000 + number)
    failed(out, "S3", "of an earlier run")
    assert main(["status", str(sheet), "--out", str(out)]) == 0
    assert capsys.readouterr().out == "10 done, 0 failed, 0 to do, of 10 (100 %)\n"


@pytest.mark.parametrize(
    ("times", "pace"),
    [
        ((), None),
        ((0.0, 10.0), None),  # one pause: the longest, which may be the night between two runs
        ((0.0, 10.0, 20.0), 6.0),
        ((0.0, 10.0, 20.0, 90_000.0, 90_010.0), 6.0),
        ((5.0, 5.0, 5.0), None),
    ],
)
def test_the_pace_is_that_of_the_present_run(times, pace):
    found = Progress(tuple("abcde"[: len(times)]), (), ("x", "y", "z"), times)
    assert found.per_minute == pace
    assert found.remaining == (None if pace is None else pytest.approx(3 * 60 / pace))


def test_a_log_that_cannot_be_read_or_says_nothing(tmp_path):
    out = tmp_path / "results"
    assert message_of(out, "S1") == ""
    failed(out, "S1", "first")
    (tmp_path / "logs/samples/S1.log").write_bytes(b"\xff\xfe reading\n")
    assert message_of(out, "S1") == ""
    assert progress(["S1"], out).waiting == ("S1",)


def test_the_results_folder_is_found(tmp_path, sheet, capsys, monkeypatch):
    """As the README's command leaves them: below the work folder, beside or below where one stands."""
    monkeypatch.chdir(tmp_path)
    assert main(["status", str(sheet)]) == 2
    assert "--out" in capsys.readouterr().err
    done(tmp_path / "work" / "results", "S1", 1_000_000)
    done(tmp_path / "other" / "results", "elsewhere", 1_000_000)
    assert main(["status", "samples.tsv"]) == 0
    assert "1 done, 0 failed, 9 to do, of 10" in capsys.readouterr().out
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["status", str(sheet)]) == 0
