"""What must hold of the symbols for a network to be well-formed, in words."""

from __future__ import annotations

from cnncalc.graph import Condition, Graph
from cnncalc.sizes import text

_WORDS = {"==": "=", ">=": ">=", "% ==": "a multiple of"}


def describe_conditions(graph: Graph) -> list[str]:
    """The conditions that are left open, each once, with the first layer that asks for it."""
    if not graph.conditions:
        return []
    from cnncalc import symbolic

    seen: dict[str, str] = {}
    for condition in graph.conditions:
        seen.setdefault(_words(condition, symbolic.condition), condition.node)
    return [f"well-formed only if {words} ({node})" for words, node in seen.items()]


def _words(condition: Condition, decide: object) -> str:
    need = condition.requirement
    decided = None
    if need.relation != "% ==":
        decided = decide(need.relation, need.left, need.right)  # type: ignore[operator]
    return decided or f"{text(need.left)} {_WORDS[need.relation]} {text(need.right)}"
