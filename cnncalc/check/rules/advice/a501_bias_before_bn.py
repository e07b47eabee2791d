"""A501 bias-before-bn."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.normalisation import BatchNorm, InstanceNorm
from cnncalc.sizes import text


class BiasBeforeBn(AdviceRule):
    """A layer has a bias that the normalisation after it takes away again.

    Batch and instance normalisation subtract the mean of each channel, and with it any constant
    that was added before, and then add a shift of their own: the bias is parameters that learn
    nothing. Source: Ioffe & Szegedy 2015, section 3.2.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - bn

    Fix: leave the bias away.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 bias=no
          - bn
    """

    code = "A501"
    name = "bias-before-bn"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            reader = model.only_reader(node)
            if reader and isinstance(reader.layer, (BatchNorm, InstanceNorm)):
                x, y = model.graph.inputs_of(node)[0], node.shape
                sizes = [w.shape for w in node.layer.weights(x, y) if w.name == "bias"]
                if sizes:
                    yield Remark(
                        f"the bias does nothing: {reader.kind} follows and subtracts it",
                        node,
                        label=f"{text(sizes[0][0])} parameters that learn nothing",
                        help="write bias=no",
                    )
