"""Rewriting a network by a rule that is taught: its spec, with other layers in the place of some."""

from __future__ import annotations

from cnncalc.rewriting.choosing import rule_of
from cnncalc.rewriting.engine import Rewriting, rewrite
from cnncalc.rewriting.rules import RULES, Rule

__all__ = ["RULES", "Rewriting", "Rule", "rewrite", "rule_of"]
