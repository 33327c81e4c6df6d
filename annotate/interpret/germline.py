"""Prompts for germline counselling: what was found that asks the question. Never a germline result, never a disclosure.

The table is `germline_prompts`: a condition over lesions, a constitutional rearrangement of the karyotype, or a change
in a gene of predisposition that could be of the germline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotate.decide.case import Case
from annotate.interpret.facts import Facts, truth_of
from annotate.knowledge.tables import Entry
from annotate.model.lesion import LesionCall
from annotate.model.small_variants import SmallVariant

HARMFUL = frozenset({"Oncogenic", "Likely oncogenic"})


def prompts(case: Case, calls: Mapping[str, LesionCall]) -> tuple[Mapping[str, Any], ...]:
    """`{id, text, sources, gene}` of every row that holds, in the order of the table."""
    facts = Facts(calls, case.patient, case.knowledge, case.sample.timepoint)
    found: list[Mapping[str, Any]] = []
    for entry in case.knowledge.table("germline_prompts"):
        found += _of(entry, case, facts)
    return tuple(found)


def _of(entry: Entry, case: Case, facts: Facts) -> Iterator[Mapping[str, Any]]:
    if entry["per_gene"] == "yes":
        for gene in predisposing(case):
            yield _prompt(entry, gene)
    elif entry["constitutional"]:
        if _constitutional(case, frozenset(entry.items_of("constitutional"))):
            yield _prompt(entry)
    elif _holds(entry, facts):
        yield _prompt(entry)


def _holds(entry: Entry, facts: Facts) -> bool:
    return truth_of(entry["when"], facts) is True


def _prompt(entry: Entry, gene: str = "") -> Mapping[str, Any]:
    id = f"{entry['id']}:{gene}" if gene else entry["id"]
    text = entry["text"].replace("{gene}", gene)
    return {"id": id, "text": text, "sources": list(entry.items_of("source")), "gene": gene or entry["gene"]}


def _constitutional(case: Case, chromosomes: frozenset[str]) -> bool:
    """A constitutional rearrangement of just these chromosomes, as the karyotype writes it (`c`)."""
    clones = case.karyotype.clones if case.karyotype is not None else ()
    tokens = [token for clone in clones if not clone.donor for token in clone.tokens]
    return any(token.constitutional and frozenset(token.chromosomes) == chromosomes for token in tokens)


def _harmful(variant: SmallVariant) -> bool:
    """By its points, or at a hotspot of the tables: points that can be had offline leave some of those short."""
    return variant.oncogenicity in HARMFUL or "hotspot" in variant.flags


def predisposing(case: Case) -> tuple[str, ...]:
    """Genes of predisposition with a harmful change that may be of the germline, or is in the germline file.

    Which gene and that the question is open is all that is told; the zygosity or the change as a germline finding
    is not.
    """
    genes = {row["id"] for row in case.knowledge.table("gene_roles") if row["predisposition"] == "yes"}
    found: dict[str, None] = {}
    for variant in case.small.variants if case.small is not None else ():
        if variant.gene in genes and "possible_germline" in variant.flags and _harmful(variant):
            found[variant.gene] = None
    if case.germline is not None:
        harmful = {v.key for v in case.small.variants if _harmful(v)} if case.small is not None else set()
        for variant in case.germline.variants:
            known_harmful = _harmful(variant) or variant.key in harmful
            if variant.gene in genes and known_harmful and variant.genotype not in ("0/0", "0|0"):
                found[variant.gene] = None
    return tuple(sorted(found))
