"""Statements about all integers at once: proved, refuted by a counterexample, or undecided."""

from cnncalc.prove.decide import prove
from cnncalc.prove.verdict import PROVED, REFUTED, UNDECIDED, Verdict

__all__ = ["PROVED", "REFUTED", "UNDECIDED", "Verdict", "prove"]
