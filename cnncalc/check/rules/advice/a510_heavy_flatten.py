"""A510 heavy-flatten."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.dense import Flatten, Linear
from cnncalc.shares import percent
from cnncalc.sizes import is_int, product


class HeavyFlatten(AdviceRule):
    """A linear layer after flatten holds more than half of all parameters.

    It has a weight for every position of the map. Global average pooling in the place of flatten
    leaves one per channel, and takes any input size. Source: Lin, Chen & Yan 2014, section 3.2.

    Example:

        input: 3x32x32
        layers:
          - conv 32 k=3 p=1
          - flatten
          - linear 100

    Fix: ``cnncalc rewrite NET --rule gap`` shows what it comes to.

    Use instead:

        input: 3x32x32
        layers:
          - conv 32 k=3 p=1
          - gap
          - flatten
          - linear 100
    """

    code = "A510"
    name = "heavy-flatten"
    severity = "note"

    def remarks(self, model: Model) -> Iterator[Remark]:
        params = {row.name: row.cost.params for row in model.analysis.layers}
        total = model.analysis.total.params
        flat: dict[str, int] = {}
        for node in model.graph:
            before = flat.get(node.inputs[0], 1)
            if isinstance(node.layer, Flatten):
                positions = product(model.graph.inputs_of(node)[0].spatial)
                flat[node.name] = positions if is_int(positions) else 1
            elif isinstance(node.layer, Linear):
                own = params[node.name]
                if before > 1 and is_int(own) and is_int(total) and 2 * own > total:
                    yield Remark(
                        f"{own:,} of {total:,} parameters ({percent(own, total)}) are in this "
                        f"layer, a weight for each of {before:,} positions",
                        node,
                        help="rewrite with --rule gap shows the same with global average pooling",
                    )
            elif not list(node.layer.weights(model.graph.inputs_of(node)[0], node.shape)):
                flat[node.name] = before
