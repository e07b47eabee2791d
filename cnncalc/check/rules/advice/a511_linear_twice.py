"""A511 linear-twice."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.dense import Linear
from cnncalc.sizes import at_least


class LinearTwice(AdviceRule):
    """Two linear layers with nothing between them are one.

    Without an activation, W₂(W₁x + b₁) + b₂ is a single linear layer with other weights. It is a
    factorisation only where the middle is narrower than both ends. Source: Goodfellow, Bengio &
    Courville 2016, section 6.1.

    Example:

        input: "64"
        layers:
          - linear 128
          - linear 10

    Fix: put an activation between them, or remove one.

    Use instead:

        input: "64"
        layers:
          - linear 128
          - relu
          - linear 10
    """

    code = "A511"
    name = "linear-twice"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            reader = model.only_reader(node)
            if reader and isinstance(node.layer, Linear) and isinstance(reader.layer, Linear):
                middle, ends = (
                    node.shape.channels,
                    (
                        model.graph.inputs_of(node)[0].channels,
                        reader.shape.channels,
                    ),
                )
                if any(at_least(middle, end) is True for end in ends):
                    yield Remark(
                        f"{reader.name} follows with nothing between them: together they are one "
                        "linear layer",
                        node,
                        help="put an activation between them",
                    )
