"""From observations to a state: the ledger of remarks, what an input could have shown, and the one decision."""

from annotate.decide.evidence.decision import Decision, decide

__all__ = ["Decision", "decide"]
