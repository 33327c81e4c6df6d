"""Examples and exit codes under `--help`, and completion of a shell's command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

EXIT_CODES = "exit codes: 0 all asked for was written; 1 an internal fault of ALLert; 2 bad input or configuration"
FIRST_STEPS = """a first batch:
  allert sheet RESULTS_OF_A_PIPELINE -o samples.tsv
  allert validate samples.tsv
  allert run samples.tsv
  allert status samples.tsv

"""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "sheet": (
        "allert sheet results/ -o samples.tsv",
        "allert sheet dna/ rna/ --from auto --timepoint diagnosis -o samples.tsv",
    ),
    "validate": ("allert validate samples.tsv --patients patients.tsv", "allert validate samples.tsv --shallow"),
    "run": (
        "allert run samples.tsv --cores 8 --work work",
        "allert run samples.tsv --patients patients.tsv --profile slurm --jobs 100",
        "allert run samples.tsv --config filters=all 'report={pdf: true}' --dry-run",
    ),
    "report": (
        "allert report --samples samples.tsv A-D",
        "allert report --samples samples.tsv --patients patients.tsv --out results",
    ),
    "batch": ("allert batch --samples samples.tsv --out results",),
    "evolution": ("allert evolution A --samples samples.tsv --out results",),
    "cohort": ("allert cohort --samples samples.tsv --out results",),
    "status": ("allert status samples.tsv",),
    "formats": ("allert formats | grep -i facets",),
    "schema": ("allert schema report --out report.schema.json",),
    "completion": ("allert completion bash > ~/.local/share/bash-completion/completions/allert",),
}
SHELLS = {
    "bash": (
        "_allert() {{\n"
        "  local words command=${{COMP_WORDS[1]}}\n"
        "  case $COMP_CWORD:$command in\n"
        '    1:*) words="{commands}" ;;\n'
        "{cases}"
        "  esac\n"
        '  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))\n'
        '  [[ ${{COMPREPLY[*]}} ]] || COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}"))\n'
        "}}\n"
        "complete -o filenames -F _allert allert\n"
    ),
    "zsh": "autoload -U +X bashcompinit && bashcompinit\n{bash}",
    "fish": "{lines}",
}


def epilog(command: str) -> str:
    """What stands under the options of a command."""
    examples = "".join(f"  {line}\n" for line in EXAMPLES.get(command, ()))
    return (f"examples:\n{examples}\n" if examples else "") + EXIT_CODES


def completion(shell: str, parser: argparse.ArgumentParser) -> str:
    """A script that completes commands and options in bash, zsh or fish."""
    commands = dict(_commands(parser))
    if shell == "fish":
        lines = [f"complete -c allert -n __fish_use_subcommand -a {name}" for name in commands]
        lines += [
            f"complete -c allert -n '__fish_seen_subcommand_from {name}' -l {option.removeprefix('--')}"
            for name, options in commands.items()
            for option in options
            if option.startswith("--")
        ]
        return "\n".join(lines) + "\n"
    cases = "".join(f'    *:{name}) words="{" ".join(options)}" ;;\n' for name, options in commands.items())
    script = SHELLS["bash"].format(commands=" ".join(commands), cases=cases)
    return script if shell == "bash" else SHELLS["zsh"].format(bash=script)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, list[str]]]:
    """(command, its options) of a parser with subcommands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                shown = [a for a in sub._actions if a.help != argparse.SUPPRESS]
                yield name, [option for a in shown for option in a.option_strings]
