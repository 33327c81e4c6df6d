"""What the karyotype says of 17p."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.base.frozen import frozen
from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.deletions.karyotype_losses import karyotype_losses
from annotate.decide.evidence.observe import speaks
from annotate.decide.tp53.common import GENE
from annotate.model.evidence import Evidence
from annotate.model.karyotype import KaryotypePart
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason


@frozen
class Token17p:
    """An abnormality of the karyotype that touches 17p."""

    raw: str
    loses: bool  # del, -17, i(17)(q10): loss of 17p; add and der only may lose it


def karyotype_17p(case: Case) -> tuple[Token17p, ...]:
    """Abnormalities of 17p in the karyotype of the leukaemia; the donor's clones and inherited changes left out."""
    if case.karyotype is None:
        return ()
    lost = {loss.raw: Token17p(loss.raw, loss.certain) for loss in karyotype_losses(case, GENE)}
    for clone in case.karyotype.clones:
        for token in clone.tokens if not clone.donor else ():
            if not token.constitutional and any(_breaks_17p(part) for part in token.parts):
                lost.setdefault(token.raw, Token17p(token.raw, loses=False))
    return tuple(lost.values())


def _breaks_17p(part: KaryotypePart) -> bool:
    """A breakpoint within 17p; at the centromere the arm is kept or lost whole."""
    if part.constitutional or part.kind == "tas":
        return False
    for chrom, bands in zip(part.chromosomes, part.bands, strict=False):
        if chrom == "17" and any(band.startswith("p") and not band.startswith("p10") for band in bands):
            return True
    return False


def deletion_by_karyotype(case: Case, id: str, tokens: Sequence[Token17p]) -> LesionCall:
    """The equivocal call of a 17p abnormality: bands do not show whether TP53 itself is lost."""
    names = ", ".join(token.raw for token in tokens)
    reasons = [
        Reason(
            Code.KARYOTYPE_ONLY,
            f"17p abnormality in the karyotype ({names}); whether TP53 is lost is not resolved by bands",
            "copy-number segments or FISH of TP53",
        )
    ]
    evidence = [Evidence(kind="karyotype", summary=token.raw, file="karyotype") for token in tokens]
    observations = [
        speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=token.loses) for token in tokens
    ]
    summary = f"TP53 equivocal: 17p abnormality in the karyotype ({names})."
    return make(case, id, observations, summary, reasons, evidence, genes=(GENE,))
