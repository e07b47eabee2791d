"""What must hold of the symbols for a network to be well-formed, in words."""

from __future__ import annotations

from cnncalc.graph import Condition, Graph
from cnncalc.sizes import Size, text

_WORDS = {"==": "=", ">=": ">=", "% ==": "is a multiple of"}


def describe_conditions(graph: Graph) -> list[str]:
    """The conditions that are left open: as one where that is decidable, else one by one."""
    if not graph.conditions:
        return []
    from cnncalc import symbolic

    together = symbolic.conditions({_relation(condition) for condition in graph.conditions})
    if together is not None:
        return [] if together == "always" else [f"well-formed only if {together}"]
    apart: dict[str, str] = {}
    for condition in graph.conditions:
        words = symbolic.conditions([_relation(condition)]) or _as_stated(condition)
        apart.setdefault(words, condition.node)
    return [f"well-formed only if {words} ({node})" for words, node in apart.items()]


def _relation(condition: Condition) -> tuple[str, Size, Size]:
    need = condition.requirement
    return need.relation, need.left, need.right


def _as_stated(condition: Condition) -> str:
    need = condition.requirement
    return f"{text(need.left)} {_WORDS[need.relation]} {text(need.right)}"
