"""A512 softmax-before-cross-entropy."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.activation import Softmax
from cnncalc.layers.loss import CrossEntropy


class SoftmaxBeforeCrossEntropy(AdviceRule):
    """The cross-entropy takes scores and has a softmax of its own.

    A softmax before it is applied twice: gradients shrink and training stalls.
    Source: PyTorch, ``torch.nn.CrossEntropyLoss`` ("unnormalized logits").

    Example:

        input: "128"
        layers:
          - linear 10
          - softmax
          - cross_entropy

    Fix: leave the softmax away.

    Use instead:

        input: "128"
        layers:
          - linear 10
          - cross_entropy
    """

    code = "A512"
    name = "softmax-before-cross-entropy"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            before = model.nodes.get(node.inputs[0])
            if (
                isinstance(node.layer, CrossEntropy)
                and before
                and isinstance(before.layer, Softmax)
            ):
                yield Remark(
                    f"the cross-entropy after it ({node.name}) has a softmax of its own",
                    before,
                    help=f"remove {before.name}",
                )
