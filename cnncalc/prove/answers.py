"""What an analysis answers: totals, the costs of a layer or a block, fields, sizes, depth."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.analyses.cost import Cost
from cnncalc.errors import SpecError, suggest
from cnncalc.prove.functions import IllFormed, Misuse
from cnncalc.results import Analysis, LayerResult
from cnncalc.sizes import is_int


class Opaque(Exception):
    """The answer has no closed form in the names; numbers can still be tried."""


class StandIn(NamedTuple):
    """A positive symbol in the place of a value of at least ``low``, which is 0 or 1."""

    name: str
    low: int


class Question(NamedTuple):
    """What is asked of which network, with values for its parameters and symbols."""

    answer: str
    net: str
    layer: str | None
    at: tuple[tuple[str, Any], ...]
    settings: tuple[tuple[str, Any], ...]


_BYTES = {"activation_bytes": "written", "peak_activation_bytes": "peak"}


def answers(question: Question, analysis: Analysis) -> Any:
    answer, layer = question.answer, question.layer
    rows = list(analysis.layers)
    if layer is not None:
        rows = [r for r in rows if r.name == layer] or [
            r for r in rows if any(scope.name == layer for scope in r.scopes)
        ]
        if not rows:
            names = [row.name for row in analysis.layers]
            scopes = [scope.name for row in analysis.layers for scope in row.scopes]
            hint = suggest(layer, {*names, *scopes}, "layers")
            raise Misuse(f"{analysis.name} has no layer {layer!r}", hint, 1)
    if answer in Cost._fields:
        if layer is None:
            return getattr(analysis.total, answer)
        return sum(getattr(row.cost, answer) for row in rows)
    if answer == "output":
        return list(analysis.output if layer is None else rows[-1].output)
    if answer in _BYTES:
        if layer is not None:
            raise Misuse(f"{answer} is of a whole network", f"leave {layer!r} out", 1)
        return getattr(analysis.memory, _BYTES[answer])
    if answer == "depth":
        return _depth(analysis, None if layer is None else rows[-1].name)
    return _field(question, analysis, None if layer is None else rows[-1])


def _field(question: Question, analysis: Analysis, row: LayerResult | None) -> Any:
    symbolic = any(isinstance(value, StandIn) for _, value in (*question.at, *question.settings))
    if row is None and symbolic and _later_map(analysis):
        raise Opaque("which feature map is the last depends on the numbers")
    fields = analysis.fields if row is None else row.fields
    names = {"rf": "size", "jump": "jump", "rf_start": "start", "rf_center": "center"}
    name = names[question.answer]
    found = [getattr(field, name) for field in fields] if fields else [None]
    if any(value is None for value in found):
        if symbolic:
            raise Opaque("its receptive field depends on the numbers")
        where = row.name if row else analysis.name
        raise IllFormed(
            SpecError(
                f"{where} has no {name} of a receptive field",
                hint="ask for a layer before flatten or global pooling, as in rf(net, 'conv1')",
            )
        )
    return found[0] if all(value == found[0] for value in found) else found


def _later_map(analysis: Analysis) -> bool:
    """Is there a field after the last feature map that only numbers define?"""
    names = [row.name for row in analysis.layers]
    if analysis.last_feature_map not in names:
        return True
    later = analysis.layers[names.index(analysis.last_feature_map) :]
    return any(not field.defined for row in later for field in row.fields or ())


def _depth(analysis: Analysis, last: str | None) -> int:
    """Layers whose weights are multiplied with the input, on the longest path."""
    reached: dict[str, int] = {}
    for row in analysis.layers:
        before = max((reached.get(name, 0) for name in row.inputs), default=0)
        weighted = not (is_int(row.cost.macs) and row.cost.macs == 0)
        own = weighted and (row.shares is not None or row.cost.params != 0)
        reached[row.name] = before + own
        if row.name == last:
            return reached[row.name]
    return max(reached.values())
