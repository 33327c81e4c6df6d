"""One sample from its inputs to everything that a report shows.

Reads like the table of contents of a report: read, name, decide, weigh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.base.settings import Settings
from annotate.decide.case import Case
from annotate.interpret.analysis import Analysis
from annotate.interpret.known_since import Earlier
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.junctions import Junctions
from annotate.model.karyotype import Karyotype
from annotate.model.sample import InputFile, Patient, Sample
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.model.state import Reason
from annotate.reference.genome import Genome

Say = Callable[[str], None]


def analyse(
    sample: Sample,
    patient: Patient | None,
    settings: Settings,
    say: Say = lambda _: None,
    knowledge: Knowledge | None = None,
    earlier: Sequence[Earlier] = (),
) -> Analysis:
    """Read every input of a sample, call every lesion, weigh the result.

    `knowledge` stands in for the tables that the settings name. `earlier`: the lesions of earlier samples of the
    patient, in the order of time; where this sample cannot tell, they count.

    Errors: InputError for an input that cannot be used; nothing is written here.
    """
    case = decided_case(sample, patient, settings, say, knowledge)
    say("weighing")
    return weigh(case, settings, earlier)


def decided_case(
    sample: Sample,
    patient: Patient | None,
    settings: Settings,
    say: Say = lambda _: None,
    knowledge: Knowledge | None = None,
) -> Case:
    """Every input read and named, every lesion called. Errors: InputError for an input that cannot be used."""
    knowledge = knowledge or Knowledge.load(settings.knowledge)
    assembly = sample.assembly
    genome = Genome.load(assembly, settings.reference.get(assembly), settings.genome.get(assembly))
    case = read_case(sample, patient, genome, knowledge, settings, say)
    say("calling lesions")
    from annotate.decide.registry import call_all

    return replace(case, calls=call_all(case))


def unweighed(case: Case, settings: Settings) -> Analysis:
    """What a later sample is compared with: what was read and called, and nothing of what follows from it."""
    return Analysis(case=case, settings=settings, inputs=_inputs(case), calls=case.calls)


def read_case(
    sample: Sample, patient: Patient | None, genome: Genome, knowledge: Knowledge, settings: Settings, say: Say
) -> Case:
    """Every input, read and named. Readers are imported only where their input is there."""
    case = Case(sample=sample, genome=genome, knowledge=knowledge, patient=patient)
    if sample.regions is not None:
        from annotate.read.regions import read_regions

        case = replace(case, regions=read_regions(sample.regions, genome))
    case = _written_tests(case, say)
    if sample.copy_number:
        say("reading copy number")
        case = replace(case, profile=_profile(case))
    if sample.structural_variants:
        say("reading structural variants")
        case = replace(case, junctions=_junctions(case))
    if sample.optical_mapping:
        say("reading optical maps")
        from annotate.run.first_line import mapped

        case = replace(case, junctions=mapped(case))
    if sample.fusions:
        say("reading fusions")
        from annotate.read.fusions import read_fusions
        from annotate.run.first_line import also

        case = replace(case, fusions=also(read_fusions(sample.fusions, sample, genome, knowledge), case.fusions))
    if sample.small_variants or sample.alignments:
        say("reading small variants")
        case = replace(case, small=_small_variants(case, settings))
    if sample.germline_variants is not None:
        say("reading germline variants")
        case = replace(case, germline=_germline(case, sample.germline_variants))
    return case


def _written_tests(case: Case, say: Say) -> Case:
    """Single tests, subtype calls, and the karyotype with the FISH of the single tests behind it."""
    sample = case.sample
    if sample.bench_results or sample.subtype_calls or sample.tandem_duplications:
        from annotate.run.first_line import with_bench, with_labels, with_tandem

        say("reading bench results, subtype calls and tandem duplications")
        case = with_tandem(case) if sample.tandem_duplications else case
        case = with_bench(case) if sample.bench_results else case
        case = with_labels(case) if sample.subtype_calls else case
    if sample.karyotype is None and case.bench is None:
        return case
    from annotate.run.first_line import written_karyotype

    karyotype = written_karyotype(case)
    return replace(case, karyotype=_karyotype(karyotype, case.genome, case.knowledge)) if karyotype else case


def _profile(case: Case) -> CopyNumberProfile:
    from annotate.name.copy_number.profile import build_profile
    from annotate.read.copy_number import read_copy_number, refuse_without_segments

    names = (*case.sample.tumor_names("copy_number"), case.sample.sample)
    table, inputs = read_copy_number(case.sample.copy_number, case.genome, names, case.sample.sheet_names)
    refuse_without_segments(table, inputs)
    profile = build_profile(table, inputs, case.sample, case.genome, case.knowledge)
    return replace(profile, remarks=tuple(dict.fromkeys((*table.remarks, *profile.remarks))))


def _junctions(case: Case) -> Junctions:
    from annotate.name.partners.partners import place
    from annotate.read.structural import read_structural

    junctions = read_structural(case.sample.structural_variants, case.sample, case.genome, case.knowledge)
    return place(junctions, case.genome, case.knowledge)


def _small_variants(case: Case, settings: Settings) -> SmallVariants:
    """Called variants, then what alignments show at hotspots that callers did not name."""
    from annotate.name.small_variants import annotate, oncogenicity
    from annotate.name.small_variants.open_records import beside_the_lesion, open_records, unasked_reads
    from annotate.read.small_variants import VariantOptions, read_small_variants

    sample, genome, knowledge = case.sample, case.genome, case.knowledge
    small = SmallVariants(variants=(), inputs=())
    if sample.small_variants:
        options = VariantOptions(filters=settings.filters, population=settings.population.get(sample.assembly))
        small = read_small_variants(sample, genome, knowledge, options=options)
    if sample.alignments is not None:
        small = _add_alignments(small, sample.alignments, case)

    def named(variants: Sequence[SmallVariant]) -> tuple[SmallVariant, ...]:
        return oncogenicity.weigh(
            annotate.annotate(variants, genome, knowledge),
            genome,
            knowledge,
            has_normal=small.normal_name is not None,
            population=settings.population.get(sample.assembly),
            age=case.patient.age_at_diagnosis_years if case.patient is not None else None,
        )

    small = replace(small, variants=named(small.variants))
    withheld = named([one.variant for one in small.withheld])
    remarks = (
        *open_records(withheld, small, genome, knowledge),
        *beside_the_lesion(small, genome, knowledge),
        *unasked_reads(small, genome, knowledge),
    )
    return replace(small, remarks=(*small.remarks, *remarks))


def _germline(case: Case, path: Path) -> SmallVariants:
    """The germline file, named and weighed as the leukaemia's: files without annotation ask the same questions."""
    from annotate.name.small_variants import annotate, oncogenicity
    from annotate.read.small_variants import read_germline

    found = read_germline(path, case.sample, case.genome, case.knowledge)
    named = annotate.annotate(found.variants, case.genome, case.knowledge)
    weighed = oncogenicity.weigh(named, case.genome, case.knowledge, has_normal=False)
    return replace(found, variants=weighed)


def _add_alignments(small: SmallVariants, alignments: Path, case: Case) -> SmallVariants:
    from annotate.read.alignments import pileup

    depths, file, found = pileup.look(alignments, case.genome, case.knowledge)
    merged = pileup.merge(small, depths, found)
    return replace(merged, inputs=(*merged.inputs, file))


def weigh(case: Case, settings: Settings, earlier: Sequence[Earlier] = ()) -> Analysis:
    """What follows from a case for this child. `earlier`: the lesions of earlier samples, in the order of time."""
    from annotate.interpret.board import board
    from annotate.interpret.germline import prompts
    from annotate.interpret.known_since import with_history
    from annotate.interpret.pharmacogenomics.diplotypes import call_pgx
    from annotate.interpret.subtypes import subtype_readings

    sample, patient, knowledge = case.sample, case.patient, case.knowledge
    reported, counting = with_history(case.calls, earlier)
    germline = prompts(case, counting)
    told = board(case, counting, germline)
    return Analysis(
        case=case,
        settings=settings,
        inputs=_inputs(case),
        calls=reported,
        risk=told.risk,
        classification=told.classification,
        therapies=told.therapies,
        pharmacogenomics=call_pgx(
            sample.germline_variants, sample.normal_name, sample, patient, case.genome, knowledge
        ),
        germline_prompts=germline,
        karyotype_findings=_karyotype_findings(case),
        follow_up=_follow_up(case),
        burden=_burden(case, settings),
        warnings=_warnings(case),
        options=told.options,
        confirmation=told.confirmation,
        wishes=told.wishes,
        signed=told.signed,
        subtypes=subtype_readings(case, counting),
    )


def look(case: Case) -> tuple[tuple[InputFile, ...], tuple[str, ...]]:
    """What was read of each file, and what is worth a look, before anything is decided. Errors: InputError."""
    from annotate.interpret.pharmacogenomics.diplotypes import call_pgx

    sample = case.sample
    call_pgx(sample.germline_variants, sample.normal_name, sample, case.patient, case.genome, case.knowledge)
    return _inputs(case), _warnings(case)


def _inputs(case: Case) -> tuple[InputFile, ...]:
    found: list[InputFile] = []
    for part in (
        case.small,
        case.junctions,
        case.fusions,
        case.profile,
        case.germline,
        case.subtypes,
        case.bench,
        case.tandem,
    ):
        found += part.inputs if part is not None else ()
    if case.karyotype is not None:
        from annotate.decide.rearrangements.cytogenetics import hidden_from_metaphases
        from annotate.read.karyotype.described import karyotype_input

        found.append(karyotype_input(case.karyotype, hidden_from_metaphases(case.knowledge)))
    return tuple(found)


def _karyotype(text: str, genome: Genome, knowledge: Knowledge) -> Karyotype:
    from annotate.decide.rearrangements.unread import unread_remarks
    from annotate.read.karyotype import parse_karyotype

    karyotype = parse_karyotype(text)
    return replace(karyotype, remarks=unread_remarks(karyotype, genome, knowledge))


def _karyotype_findings(case: Case) -> tuple[Reason, ...]:
    if case.karyotype is None:
        return ()
    from annotate.decide.ploidy.concordance import cross_check

    return cross_check(case.karyotype, case.profile, case.sample.dna_index, case.knowledge)


def _follow_up(case: Case) -> tuple[Mapping[str, object], ...]:
    if case.junctions is None:
        return ()
    from annotate.interpret.mrd_targets import follow_up_junctions

    return follow_up_junctions(case.junctions, case.calls, case.genome, case.knowledge)


def _burden(case: Case, settings: Settings) -> Mapping[str, object] | None:
    if case.small is None or not case.sample.small_variants:
        return None
    from annotate.interpret.burden import burden

    fasta = settings.genome.get(case.sample.assembly)
    return burden(case.small, case.sample, case.regions, case.knowledge, fasta)


def _warnings(case: Case) -> tuple[str, ...]:
    from annotate.read.sample_names import names_that_differ

    differing = names_that_differ(case.sample, case.genome)
    found = [*case.sample.doubts, *([differing] if differing else [])]
    found += [f"{Path(file.path).name}: {text}" for file in _inputs(case) for text in file.warnings]
    if case.profile is not None:
        said = {text for file in case.profile.inputs for text in file.warnings}
        found += [text for text in case.profile.warnings if text not in said]
    if case.small is not None and case.small.variants:
        from annotate.name.small_variants import annotate

        found += annotate.warnings(case.small.variants)
    found += [f"sample sheet: {note}" for note in case.sample.notes]
    found += [f"clinical sheet: {note}" for note in (case.patient.notes if case.patient else ())]
    return tuple(dict.fromkeys(found))
