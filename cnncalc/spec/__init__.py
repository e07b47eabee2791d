"""From text to graph: layer lines, YAML with positions, expressions, blocks."""

from __future__ import annotations

from cnncalc.spec.document import parse_line, parse_yaml, reread
from cnncalc.spec.limits import Limits
from cnncalc.spec.syntax import Spec

__all__ = ["Limits", "Spec", "parse_line", "parse_yaml", "reread"]
