"""B404 unexpected-memory."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.memory import DTYPES, fullest, written_by
from cnncalc.check.budgets import NumberRule, holders
from cnncalc.check.model import Model
from cnncalc.expect import Outcome
from cnncalc.formulas import stored
from cnncalc.results import LayerResult
from cnncalc.sizes import Number

#: The most tensors that a note names.
_MOST_NAMED = 4


class UnexpectedMemory(NumberRule):
    """Activations take more or less memory than ``expect:`` says.

    ``activation_bytes`` is what all layers write together, ``peak_activation_bytes`` the most that is
    alive at once: both for one image in float32, without the parameters.

    Example:

        input: 3x64x64
        layers:
          - conv 64 k=3 p=1
          - maxpool 2
        expect:
          peak_activation_bytes: {max: 1M}

    Fix: the peak is mostly where maps are large: reduce their size earlier, or have fewer channels
    there. A new exact number is written by ``cnncalc check --update-expect``.

    Use instead:

        input: 3x64x64
        layers:
          - conv 64 k=3 p=1 s=2
          - maxpool 2
        expect:
          peak_activation_bytes: {max: 1M}
    """

    code = "B404"
    name = "unexpected-memory"
    keys = ("activation_bytes", "peak_activation_bytes")

    def sources(self, outcome: Outcome, model: Model) -> Iterator[str]:
        if outcome.key == "peak_activation_bytes":
            yield from _peak(model)
            return
        nodes = {node.name: node for node in model.graph}

        def written(layer: LayerResult) -> Number:
            node = nodes[layer.name]
            return stored(written_by(node.layer, node.shape), DTYPES[model.analysis.dtype])

        yield from holders(model.analysis.layers, written, "writes")


def _peak(model: Model) -> Iterator[str]:
    """Which tensors are alive in the fullest moment, if there is one for all sizes."""
    moments = fullest(model.graph)
    if len(moments) != 1:
        return
    (moment,) = moments
    tensors = [f"{name} ({shape})" for name, shape in moment.alive]
    more = len(tensors) - _MOST_NAMED
    if more > 1:
        tensors = [*tensors[:_MOST_NAMED], f"{more} more"]
    yield f"the peak is at {moment.node}, where these are alive: {', '.join(tensors)}"
