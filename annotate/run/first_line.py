"""First-line tests beside sequencing: optical maps, single tests of the laboratory, subtype calls."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.case import Case
from annotate.model.fusions import Fusions
from annotate.model.junctions import Junctions


def mapped(case: Case) -> Junctions:
    """Junctions with those of optical genome mapping added, which name genes but no exons."""
    from annotate.name.partners.optical import within_range, without_exons
    from annotate.name.partners.partners import place
    from annotate.read.optical_mapping import read_optical_maps, together

    found = read_optical_maps(case.sample.optical_mapping, case.sample, case.genome, case.knowledge)
    placed = place(within_range(found, case.genome, case.knowledge), case.genome, case.knowledge)
    return together(case.junctions, without_exons(placed))


def with_bench(case: Case) -> Case:
    """The case with single tests of the laboratory: fusions by RT-PCR, facts by flow cytometry."""
    from annotate.read.bench_results import read_bench_results
    from annotate.read.bench_results.nouns import doubts_of, fusions_of, patient_of, sample_of

    sample = case.sample
    bench = read_bench_results(sample.bench_results, sample, case.genome)
    found = fusions_of(bench.results)
    return replace(
        case,
        bench=replace(bench, remarks=doubts_of(bench.results, case.knowledge)),
        sample=sample_of(sample, bench.results),
        patient=patient_of(case.patient, bench.results, sample.patient),
        fusions=Fusions(found, (), ("RT-PCR",)) if found else None,
    )


def also(read: Fusions, targeted: Fusions | None) -> Fusions:
    """Fusions of tables with those of targeted assays."""
    if targeted is None:
        return read
    callers = tuple(sorted({*read.callers, *targeted.callers}))
    return replace(read, fusions=(*read.fusions, *targeted.fusions), callers=callers)


def written_karyotype(case: Case) -> str | None:
    """The karyotype with the FISH of bench results behind it, as ISCN writes both."""
    from annotate.read.bench_results.nouns import iscn_of

    fish = iscn_of(case.bench.results) if case.bench is not None else ()
    parts = [*([case.sample.karyotype] if case.sample.karyotype else []), *fish]
    return ".".join(parts) or None


def with_tandem(case: Case) -> Case:
    """The case with tandem duplications by the callers made for them."""
    from annotate.read.tandem import read_tandem_duplications

    sample = case.sample
    return replace(
        case, tandem=read_tandem_duplications(sample.tandem_duplications, sample, case.genome, case.knowledge)
    )


def with_labels(case: Case) -> Case:
    """The case with what subtype classifiers say of it; no rule is given it."""
    from annotate.read.subtype_calls import read_subtype_calls

    return replace(case, subtypes=read_subtype_calls(case.sample.subtype_calls, case.sample))
