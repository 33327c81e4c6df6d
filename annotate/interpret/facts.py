"""What an atom of a condition means in one sample: true, false, or not known.

=============================  ================================================================================
`kmt2a_r`                      the lesion is detected; not known where it is equivocal or not assessable
`tcf3_r.subtype=A|B`           … and has one of these subtypes; `=A|B?C`: subtype C leaves it open
`hypodiploidy.masked=no`       … and is not masked (masked: false)
`abl_class.genes=ABL1|ABL2`    … and one of these genes carries it
`antigen_loss.rules=id*2`      … by this rule of `gene_mutation_rules`, at least twice
`high_hyperdiploidy.detail=k`  … and its detail `k` is true
`relapse_genes.change=G:a|b`   … by this change of gene G (`p.…` or a copy-number call)
`variant=ABL1:p.Thr315Ile`     a small variant of this name was called (never known to be absent)
`copies=CD19:deletion|cnloh`   copies of a gene in the copy-number profile
`patient.prior_hsct`           a clinical yes/no; `patient.sites=CNS`, `patient.immunophenotype=BCP|T`;
                               `patient.mrd_method=flow?`: any other value leaves it open
`months_from_diagnosis<id`     a clinical number against a threshold of `thresholds/` (`<`, `<=`, `>`, `>=`)
`timepoint=relapse`            the time point of the sample
`lineage=BCP|T`                the lineage of the relapse where it is told, else the immunophenotype
`age_years>=id`                age at this sample, against a threshold
`germline=TP53`                a germline change of the gene is in question (known only once it was looked for)
`never`                        holds for nobody
`scheme:bfm=S1|S2`             the group of another scheme
`known:kmt2a_r`                as `kmt2a_r`, but not known counts as no
`open:kmt2a_r`                 true where `kmt2a_r` is not known
`likely:kmt2a_r`               as `known:`, but an equivocal lesion that is likely counts as yes
=============================  ================================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import field, replace
from functools import lru_cache

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.interpret import clinical
from annotate.knowledge.atoms import COMPARISON, LESION_ATTRIBUTES, NUMBERS, PATIENT_FIELDS
from annotate.knowledge.conditions import Condition, Truth, expand, parse
from annotate.knowledge.specs.interpretation import MrdTimepointRow, SchemeFactRow, SchemeRow
from annotate.knowledge.specs.lesions import LesionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, State
from annotate.reference.hotspots import plain_protein

PREFIXED = ("known", "open", "likely", "scheme")
STATE_WORDS: Mapping[State, str] = {
    State.DETECTED: "detected",
    State.DETECTED_SUBCLONAL: "detected in a subclone",
    State.EQUIVOCAL: "equivocal",
    State.NOT_DETECTED: "not detected",
    State.NOT_ASSESSABLE: "not assessable",
}
MOST_GROUNDS = 4  # facts of another scheme that are told with its group


@frozen
class Value:
    """Truth of an atom; `lean` is the likely answer where it is not known."""

    truth: Truth
    words: str  # the fact, or what is missing
    lean: Truth = None
    behind: tuple[str, ...] = ()  # of another scheme's group: the facts that are missing there
    earlier: bool = False  # known from an earlier sample only


@frozen
class Groups:
    """Groups of a scheme that are still possible, and those that are if likely facts are taken as facts."""

    possible: frozenset[str | None]
    likely: frozenset[str | None]


@frozen
class Facts:
    """Everything that conditions may ask about one sample."""

    calls: Mapping[str, LesionCall]
    patient: Patient | None
    knowledge: Knowledge
    timepoint: str | None = None
    variants: Sequence[SmallVariant] = ()
    profile: CopyNumberProfile | None = None
    groups: Mapping[str, Groups] = field(default_factory=dict)  # of the schemes evaluated so far
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # scheme id -> missing facts that matter
    grounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # scheme id -> what its group rests on
    open_facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # scheme id -> the same as atoms
    from_earlier: Set[str] = frozenset()  # schemes whose group rests on an earlier sample
    germline: frozenset[str] | None = None  # genes with a germline change in question; None: not looked for

    def value(self, atom: str) -> Value:
        """Truth and words of one atom. Errors: KeyError for an atom that means nothing."""
        prefix, _, inner = atom.partition(":")
        if prefix in PREFIXED:
            return self._prefixed(prefix, inner)
        if match := COMPARISON.fullmatch(atom):
            return self._compare(match["name"], match["sign"], match["threshold"])
        name, _, wanted = atom.partition("=")
        named = {
            "variant": self._variant,
            "copies": self._copies,
            "timepoint": self._timepoint,
            "lineage": self._lineage,
            "germline": self._germline,
        }
        if name == "never":
            return Value(False, "holds for nobody")
        if name in named:
            return named[name](wanted)
        if name.startswith("patient."):
            return self._clinical(name.removeprefix("patient."), wanted)
        lesion, _, attribute = name.partition(".")
        return self._lesion(lesion, attribute, wanted)

    def _prefixed(self, prefix: str, inner: str) -> Value:
        if prefix == "scheme":
            return self._scheme(inner)
        value = self.value(inner)
        truth = {
            "known": value.truth is True,
            "open": value.truth is None,
            "likely": value.truth is True or (value.truth is None and value.lean is True),
        }[prefix]
        return Value(truth, value.words, earlier=value.earlier)

    def truth(self, atom: str) -> Truth:
        """Does the fact hold: yes, no or unknown?"""
        return self.value(atom).truth

    # ------------------------------------------------------------ lesions

    def _lesion(self, id: str, attribute: str, wanted: str) -> Value:
        if attribute and attribute not in LESION_ATTRIBUTES:
            raise KeyError(f"{id}.{attribute}")
        call = self.calls.get(id)
        if call is None:
            return Value(None, f"{self._name(id)}: not called")
        words = f"{call.name}: {STATE_WORDS[call.state]}"
        if call.state is State.NOT_DETECTED:
            return Value(False, words)
        told = self._attribute(call, attribute, wanted) if attribute else Value(True, words)
        if call.known_since is not None:
            since = f"known since {call.known_since.timepoint} ({call.known_since.sample}), not testable in this sample"
            return replace(told, words=f"{told.words}; {since}" if attribute else f"{call.name}: {since}", earlier=True)
        if call.state.present:
            return told
        return Value(None, words, told.truth if call.leaning == "likely" else None)

    def _attribute(self, call: LesionCall, attribute: str, wanted: str) -> Value:
        names, _, leaves_open = wanted.partition("?")
        options, undecided = names.split("|"), leaves_open.split("|") if leaves_open else []
        if attribute == "masked":
            masked = call.masked is True
            return Value(masked == (wanted == "yes"), f"{call.name}: detected{', masked' if masked else ''}")
        if attribute == "detail":
            stated = call.details.get(wanted)
            known = stated if isinstance(stated, bool) else None
            shown = {True: "", False: ": no", None: ": not known"}[known]
            return Value(known, f"{call.name}: {wanted.replace('_', ' ')}{shown}")
        if attribute in ("subtype", "tier"):
            return _one_of(call, getattr(call, attribute), options, undecided)
        if attribute == "genes":
            found = [gene for gene in call.genes if gene in options]
            if found:
                return Value(True, f"{call.name}: {', '.join(found)}")
            return Value(None, f"{call.name}: detected, but {' or '.join(options)} was not named")
        return self._hits(call, attribute, options)

    def _hits(self, call: LesionCall, attribute: str, options: Sequence[str]) -> Value:
        hits = [hit for hit in call.details.get("hits", ()) if isinstance(hit, Mapping)]
        if attribute == "rules":
            wanted, _, times = options[0].partition("*")
            found = [str(hit.get("change")) for hit in hits if hit.get("rule") in (wanted, *options[1:])]
            enough = len(found) >= int(times or 1)
            return Value(enough, f"{call.name}: {', '.join(found)}" if enough else f"{call.name}: {options[0]} not met")
        gene, _, first = options[0].partition(":")
        changes = {first, *options[1:]}
        own = [str(hit.get("change")) for hit in hits if hit.get("gene") == gene and _names(hit) & changes]
        if own:
            return Value(True, f"{gene}: {', '.join(own).replace('_', ' ')}")
        return Value(None, f"{gene}: {' or '.join(sorted(changes)).replace('_', ' ')} not named among the findings")

    def _name(self, id: str) -> str:
        for entry in self.knowledge.rows(LesionRow):
            if entry.id == id:
                return entry.name
        raise KeyError(id)

    def _variant(self, wanted: str) -> Value:
        gene, _, changes = wanted.partition(":")
        options = set(changes.split("|"))
        found = [v for v in self.variants if v.gene == gene and protein_name(v) in options]
        if found:
            return Value(True, "; ".join(seen(variant) for variant in found))
        return Value(None, f"{gene} {changes.replace('|', ' or ')}: not among the variants")

    def _copies(self, wanted: str) -> Value:
        gene, _, kinds = wanted.partition(":")
        copies = self.profile.genes.get(gene) if self.profile is not None else None
        if copies is None or copies.call == "not_assessable":
            return Value(None, f"{gene}: copies not known")
        return Value(copies.call in kinds.split("|"), f"{gene}: {copies.call.replace('_', ' ')}")

    # ------------------------------------------------------------ clinical facts

    def _clinical(self, name: str, wanted: str) -> Value:
        if name not in PATIENT_FIELDS:
            raise KeyError(f"patient.{name}")
        value = getattr(self.patient, name) if self.patient is not None else None
        if name == "mrd_timepoint":
            return self._mrd_timepoint(value, wanted)
        if value is None or value == ():
            return Value(None, f"{name} is not given")
        if isinstance(value, bool):
            expected = wanted not in ("no", "false")
            return Value(value is expected, f"{name}: {'yes' if value else 'no'}")
        options = wanted.removesuffix("?").split("|")
        have = {str(part) for part in value} if isinstance(value, tuple) else {str(value)}
        shown = f"{name}: {';'.join(sorted(have))}"
        if wanted.endswith("?") and not have & set(options):
            return Value(None, f"{shown}, but the cut-off is of {' or '.join(options)}")
        return Value(bool(have & set(options)), shown)

    def _mrd_timepoint(self, value: str | None, wanted: str) -> Value:
        """A blank time point leans to the end of induction, which is what the column `eoi_mrd` is named for."""
        kinds = {entry.id: entry for entry in self.knowledge.rows(MrdTimepointRow)}
        if not value:
            return Value(None, "mrd_timepoint is not given", True)
        plain = re.sub(r"[\s_-]+", " ", value.strip().lower())
        if plain in kinds[wanted].words:
            return Value(True, f"mrd_timepoint: {value}")
        if any(plain in kind.words for kind in kinds.values()):
            words = f"mrd_timepoint {value!r} is another scheme's, taken as the {kinds[wanted].name}"
            return Value(None, words, True)
        return Value(None, f"mrd_timepoint {value!r} is not known to be the {kinds[wanted].name}")

    def _timepoint(self, wanted: str) -> Value:
        if self.timepoint is None:
            return Value(None, "the time point of the sample is not given")
        kind = "relapse" if clinical.is_relapse(self.timepoint) else self.timepoint
        return Value(kind in wanted.split("|"), f"time point: {self.timepoint}")

    def _lineage(self, wanted: str) -> Value:
        found, words = clinical.lineage(self.patient, self.timepoint)
        return Value(None if found is None else found in wanted.split("|"), words)

    def _germline(self, wanted: str) -> Value:
        if self.germline is None:
            return Value(None, f"germline {wanted}: not looked for")
        found = sorted(self.germline & set(wanted.split("|")))
        return Value(bool(found), f"germline in question: {', '.join(found) or 'none of ' + wanted}")

    def _compare(self, name: str, sign: str, id: str) -> Value:
        if name not in NUMBERS:
            raise KeyError(name)
        threshold = self.knowledge.threshold_named(id)
        limit = threshold.value
        if math.isnan(limit):
            return Value(None, f"{threshold.meaning}: no value is available; a lab may set {id}")
        known = self._number(name)
        if known.number is None:
            relapsed = name == "relapse_number" and self.patient is not None and bool(self.patient.relapse_date)
            return Value(None, known.words, True if relapsed else None)
        number = known.number
        truth = {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[sign]
        if known.at_least and number < limit:
            return Value(None, known.words)
        if name == "patient.eoi_mrd":
            return self._mrd(number, limit, truth, known.words, threshold.cited)
        if name in ("relapse_number", "age_years"):
            return Value(truth, known.words)
        shown = {"<": ("<", "≥"), "<=": ("≤", ">"), ">": (">", "≤"), ">=": ("≥", "<")}[sign][0 if truth else 1]
        return Value(truth, f"{known.words} ({shown} {threshold.cited})")

    def _mrd(self, number: float, limit: float, truth: bool, words: str, cited: str) -> Value:
        """A value is compared only where the assay was sensitive enough to have seen the limit."""
        sensitivity = self.patient.mrd_sensitivity if self.patient is not None else None
        if not 0 <= number <= 1:
            return Value(None, f"eoi_mrd {number:g} is not a share of cells between 0 and 1")
        if number < limit and sensitivity is not None and sensitivity > limit:
            return Value(None, f"{words}, but the assay's sensitivity {sensitivity:g} does not reach {cited}")
        return Value(truth, f"{words} ({'<' if number < limit else '≥'} {cited})")

    def _number(self, name: str) -> clinical.Known:
        """A clinical number and how to say it; else None and what is missing."""
        patient = self.patient or Patient("")
        if name == "months_from_diagnosis":
            return clinical.months_from_diagnosis(patient)
        if name == "months_from_end_of_therapy":
            return clinical.months_from_end_of_therapy(patient)
        if name == "relapse_number":
            return clinical.relapse_number(self.patient, self.timepoint)
        if name == "age_years":
            return clinical.age_years(self.patient, self.timepoint)
        plain = name.removeprefix("patient.")
        value = getattr(patient, plain)
        words = f"{plain} is not given" if value is None else f"{plain}: {value:g}"
        return clinical.Known(None if value is None else float(value), words)

    # ------------------------------------------------------------ other schemes

    def _scheme(self, atom: str) -> Value:
        id, _, wanted = atom.partition("=")
        names = {entry.id: entry.name for entry in self.knowledge.rows(SchemeRow)}
        if id not in self.groups:
            return Value(None, f"{names[id]}: not asked")
        groups, options = self.groups[id], frozenset(wanted.split("|"))
        words = f"{names[id]}: {' or '.join(sorted(group or 'no group' for group in groups.possible))}"
        truth = _inside(groups.possible, options)
        if truth is not None:
            grounds = "; ".join(self.grounds.get(id, ())[:MOST_GROUNDS])
            return Value(truth, f"{words} ({grounds})" if grounds else words, earlier=id in self.from_earlier)
        return Value(None, words, _inside(groups.likely, options), self.behind.get(id, ()))


def _inside(groups: frozenset[str | None], options: frozenset[str]) -> Truth:
    if groups <= options:
        return True
    return None if groups & options else False


@lru_cache(maxsize=8)
def named_facts(knowledge: Knowledge) -> Mapping[str, str]:
    """The conditions of `schemes_facts` by their names."""
    return {entry.id: entry.when for entry in knowledge.rows(SchemeFactRow)}


@lru_cache(maxsize=4096)
def condition_of(text: str, knowledge: Knowledge) -> Condition:
    """A condition, its named facts written out. Errors: ConditionError."""
    return expand(parse(text), named_facts(knowledge))


def truth_of(text: str, facts: Facts) -> Truth:
    """Does a condition hold, named facts written out?"""
    return condition_of(text, facts.knowledge).truth(facts.truth)


def protein_name(variant: SmallVariant) -> str | None:
    """Its name on the panel's isoform. On another isoform another residue has this number."""
    return plain_protein(variant.hgvsp) if variant.hgvsp else None


def seen(variant: SmallVariant) -> str:
    """`ABL1 p.Thr315Ile, VAF 12.0 %`."""
    parts = [f"{variant.gene} {variant.hgvsp}"]
    if variant.vaf is not None:
        parts.append(f"VAF {variant.vaf:.1%}".replace("%", " %"))
    if variant.filter not in PASSING:
        parts.append(f"filtered by its caller: {variant.filter}")
    return ", ".join(parts)


def _one_of(call: LesionCall, value: str | None, options: Sequence[str], undecided: Sequence[str]) -> Value:
    if value is None or value in undecided:
        what = "kind not known" if value is None else value.replace("_", " ")
        return Value(None, f"{call.name}: detected, {what}")
    plain = value.split(" ")[0]  # 'BCR::ABL1 p190' is a BCR::ABL1
    if {value, plain} & set(options):
        return Value(True, f"{call.name}: {value.replace('_', ' ')}")
    uncertain = any(reason.code is Code.PLOIDY_UNCERTAIN for reason in call.reasons)
    words = f"{call.name}: {value.replace('_', ' ')}{', copies uncertain' if uncertain else ''}"
    return Value(None if uncertain else False, words)


def _names(hit: Mapping[str, object]) -> set[str]:
    others = hit.get("alternative_names")
    found = {str(hit.get("change"))}
    return found | {str(name) for name in others} if isinstance(others, (list, tuple)) else found
