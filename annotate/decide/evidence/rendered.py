"""The truth table of the decision as a page shows it: rendered from `TABLE`, so that it cannot say anything else."""

from __future__ import annotations

from annotate.decide.evidence.decision import ANSWERS, TABLE, Row

QUESTIONS = {
    "proven": "a proof for it",
    "contradicted": "as many able sources without it as prove it",
    "subclonal": "only in a subclone",
    "suspected": "anything for it",
    "hidden": "an open record that hides it",
    "excluded": "every form excluded",
}
WORDS = {True: "yes", False: "no", None: "–"}


def truth_table() -> list[str]:
    """Lines of a Markdown table: the first row that fits gives the state."""
    head = ["", *(QUESTIONS[name] for name in ANSWERS), "state", "code", "meaning"]
    lines = [_line(head), _line(["---"] * len(head))]
    return lines + [_line(_cells(rank, row)) for rank, row in enumerate(TABLE, 1)]


def _cells(rank: int, row: Row) -> list[str]:
    answers = [WORDS[getattr(row, name)] for name in ANSWERS]
    return [str(rank), *answers, f"`{row.state}`", f"`{row.code}`", row.meaning]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
