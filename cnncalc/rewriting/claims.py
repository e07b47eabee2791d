"""What a rule claims to keep, held against the network that it made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cnncalc.analyses.receptive_field import last_feature_map, receptive_fields
from cnncalc.errors import UsageError
from cnncalc.graph import Graph
from cnncalc.rewriting.rules import Rule
from cnncalc.sizes import Number, by, equal

#: Sizes by name, which must be the same before and after.
Named = Mapping[str, Sequence[Number]]


def hold(rule: Rule, before: Graph, after: Graph) -> None:
    """Raises :class:`UsageError` when something that the rule claims to keep is not kept."""
    for claim in rule.keeps:
        old, new = _CLAIMS[claim](before), _CLAIMS[claim](after)
        for name, sizes in old.items():
            now = new.get(name, ())
            if len(now) != len(sizes) or any(equal(a, b) is False for a, b in zip(sizes, now)):
                raise UsageError(
                    f"{rule.name} would change the {claim} from {by(sizes)} to {by(now)}",
                    hint="choose the layers that it may rewrite with --layer",
                )


def _outputs(graph: Graph) -> Named:
    return {name: graph.shapes[tensor] for name, tensor in graph.outputs.items()}


def _fields(graph: Graph) -> Named:
    """Sizes and jumps of the last feature map, where they are defined."""
    fields = receptive_fields(graph).fields
    last = last_feature_map(graph, fields)
    found = fields[last] if last else ()
    known = [one for one in found if one.size is not None and one.jump is not None]
    if len(known) < len(found):
        return {}
    return {"size": [one.size or 0 for one in known], "jump": [one.jump or 0 for one in known]}


_CLAIMS: Mapping[str, Callable[[Graph], Named]] = {"output": _outputs, "receptive field": _fields}
