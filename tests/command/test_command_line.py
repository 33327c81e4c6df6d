"""The command line itself: help, completion, encodings, an installation that cannot be read, the workflow's command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import annotate
from annotate import command
from annotate.command import main
from annotate.command.help import EXAMPLES
from annotate.command.run import workflow_path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("sheet", "validate", "run", "report", "batch", "evolution", "cohort", "status", "formats", "schema")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_and_exit_codes(capsys, name):
    with pytest.raises(SystemExit) as done:
        main([name, "--help"])
    told = capsys.readouterr().out
    assert done.value.code == 0
    assert "2 bad input or configuration" in told
    assert all(example in told for example in EXAMPLES[name])


@pytest.mark.parametrize(
    "line", [line for lines in EXAMPLES.values() for line in lines if "completion" not in line and "|" not in line]
)
def test_every_example_is_a_line_that_is_understood(line, monkeypatch):
    import shlex

    seen = []
    words = shlex.split(line)[1:]
    parser = command._parser()
    args, rest = parser.parse_known_args(words)
    seen.append(args.run)
    assert rest == [] or words[0] == "run"
    assert seen


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_every_command(capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in COMMANDS)
    assert "shallow" in script
    assert "made-from" not in script, "hidden options are not offered"


def test_bash_completes(capsys):
    main(["completion", "bash"])
    script = capsys.readouterr().out
    ask = 'COMP_WORDS=(allert {}); COMP_CWORD={}; _allert; echo "${{COMPREPLY[@]}}"'
    for words, place, answer in (("va", 1, "validate"), ("validate --sh", 2, "--shallow")):
        run = subprocess.run(
            ["bash", "-c", script + ask.format(words, place)], capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == [answer]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_of_another_encoding_is_no_fault(encoding):
    environment = dict(os.environ, PYTHONIOENCODING=encoding, PYTHONPATH=str(ROOT))
    run = subprocess.run(
        [sys.executable, "-m", "annotate", "formats"], env=environment, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_an_installation_that_cannot_be_read_is_said_so(monkeypatch, capsys):
    own = Path(annotate.__file__)

    def unreadable(_: object) -> int:
        raise PermissionError(13, "Permission denied", str(own))

    monkeypatch.delenv("ALLERT_DEBUG", raising=False)
    monkeypatch.setattr(command, "list_formats", unreadable)
    assert main(["formats"]) == 2
    told = capsys.readouterr().err
    assert "cannot be read by this user" in told
    assert "fault of ALLert" not in told


def test_run_is_the_plain_snakemake_command(tmp_path, monkeypatch):
    (tmp_path / "my samples.tsv").write_text("sample\n")
    given: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, words: given.append(words))
    sheet = tmp_path / "my samples.tsv"
    assert main(["run", str(sheet), "--cores", "3", "--work", "w", "--config", "filters=all", "-n", "--jobs", "4"]) == 0
    (words,) = given
    assert words[1:3] == ["-m", "snakemake"]
    assert words[words.index("--snakefile") + 1] == str(workflow_path("Snakefile"))
    assert words[words.index("--config") + 1 :][:2] == [f"samples={sheet}", "filters=all"]
    assert words[-3:] == ["-n", "--jobs", "4"]
    assert main(["run", str(tmp_path / "none.tsv")]) == 2


def test_unknown_options_of_other_commands_are_refused(capsys):
    with pytest.raises(SystemExit) as done:
        main(["formats", "--jsno"])
    assert done.value.code == 2
