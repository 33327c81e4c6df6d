"""The patient, not the sample: what an earlier sample showed counts where this one could not tell."""

from __future__ import annotations

import pytest

from annotate.interpret.known_since import Earlier, with_history
from annotate.interpret.schemes import evaluate_schemes
from annotate.interpret.therapies import match_therapies
from annotate.knowledge.tables import Knowledge
from annotate.model.state import State
from tests.makers.calls import D, N, Q, X, all_calls, call

LESIONS = sorted(all_calls())
PH = call("bcr_abl1", D, "BCR::ABL1 p190", genes=("BCR", "ABL1"), details={"fusion": "BCR::ABL1"})


def at(timepoint: str, **changed) -> Earlier:
    return Earlier(f"P-{timepoint}", timepoint, all_calls(**changed))


@pytest.mark.parametrize("lesion", LESIONS)
@pytest.mark.parametrize(("own", "counts"), [(X, True), (Q, False), (N, False), (D, False)])
def test_every_lesion_that_is_not_assessable_here(lesion, own, counts):
    reported, counting = with_history(all_calls(**{lesion: own}), [at("diagnosis", **{lesion: D})])
    assert reported[lesion].state is own
    assert (reported[lesion].known_since is not None) is (own in (X, Q))
    assert (counting[lesion].known_since is not None) is counts
    assert counting[lesion].state is (D if counts else own)


def test_the_last_sample_that_could_tell_decides():
    seen, lost, blind = at("diagnosis", kmt2a_r=D), at("relapse", kmt2a_r=N), at("relapse2", kmt2a_r=X)
    here = all_calls(kmt2a_r=X)
    assert with_history(here, [seen, lost])[0]["kmt2a_r"].known_since is None
    assert with_history(here, [seen, blind])[0]["kmt2a_r"].known_since.timepoint == "diagnosis"
    assert with_history(here, [lost, at("relapse2", kmt2a_r=State.DETECTED_SUBCLONAL)])[1]["kmt2a_r"].state.present


def test_nothing_is_known_from_samples_that_were_blind_too():
    here = all_calls(X)
    assert with_history(here, [Earlier("D", "diagnosis", all_calls(X))]) == (here, here)


def test_it_counts_for_the_flag_the_schemes_and_the_therapies_with_that_word():
    knowledge = Knowledge.load()
    _, counting = with_history(all_calls(bcr_abl1=X), [at("diagnosis", bcr_abl1=PH)])
    flag = evaluate_schemes(counting, None, knowledge, "relapse")[0]
    assert (flag.group, flag.certainty, flag.from_earlier) == ("YES", "provisional", True)
    genetic = next(r for r in evaluate_schemes(counting, None, knowledge, "diagnosis") if "genetic risk" in r.scheme)
    assert (genetic.group, genetic.certainty) == ("GEN-PR", "provisional")
    lines = [t for t in match_therapies(counting, (), knowledge) if t.lesion == "bcr_abl1" and t.knowledge != "CIViC"]
    assert lines
    assert all(any("known since diagnosis" in caveat for caveat in line.caveats) for line in lines)
