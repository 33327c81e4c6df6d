"""Prompts for germline counselling: what was found that asks the question. Never a germline result, never a disclosure.

The table is `germline_prompts`: a condition over lesions, a constitutional rearrangement of the karyotype, or a change
in a gene of predisposition that could be of the germline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotate.decide.case import Case
from annotate.interpret.facts import Facts, truth_of
from annotate.interpret.germline_question import questions
from annotate.knowledge.specs.interpretation import GermlinePromptRow
from annotate.model.lesion import LesionCall


def prompts(case: Case, calls: Mapping[str, LesionCall]) -> tuple[Mapping[str, Any], ...]:
    """`{id, text, sources, gene}` of every row that holds, in the order of the table."""
    facts = Facts(calls, case.patient, case.knowledge, case.sample.timepoint)
    found: list[Mapping[str, Any]] = []
    for entry in case.knowledge.rows(GermlinePromptRow):
        found += _of(entry, case, facts)
    return tuple(found)


def _of(entry: GermlinePromptRow, case: Case, facts: Facts) -> Iterator[Mapping[str, Any]]:
    if entry.per_gene:
        for gene, question in sorted(questions(case).items()):
            if question.value == entry.question:
                yield _prompt(entry, gene)
    elif entry.constitutional:
        if _constitutional(case, frozenset(entry.constitutional)):
            yield _prompt(entry)
    elif _holds(entry, facts):
        yield _prompt(entry)


def _holds(entry: GermlinePromptRow, facts: Facts) -> bool:
    return truth_of(entry.when, facts) is True


def _prompt(entry: GermlinePromptRow, gene: str = "") -> Mapping[str, Any]:
    id = f"{entry.id}:{gene}" if gene else entry.id
    text = entry.text.replace("{gene}", gene)
    return {"id": id, "text": text, "sources": list(entry.sources), "gene": gene or entry.gene}


def _constitutional(case: Case, chromosomes: frozenset[str]) -> bool:
    """A constitutional rearrangement of just these chromosomes, as the karyotype writes it (`c`)."""
    clones = case.karyotype.clones if case.karyotype is not None else ()
    tokens = [token for clone in clones if not clone.donor for token in clone.tokens]
    return any(token.constitutional and frozenset(token.chromosomes) == chromosomes for token in tokens)
