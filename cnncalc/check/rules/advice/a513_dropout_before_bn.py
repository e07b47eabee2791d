"""A513 dropout-before-bn."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.activation import Dropout
from cnncalc.layers.normalisation import BatchNorm


class DropoutBeforeBn(AdviceRule):
    """A batch normalisation comes after dropout.

    Dropout changes the variance of what it passes on in training and not at inference, so that the
    running statistics of the normalisation are wrong when they are used. Source: Li et al. 2019,
    "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift".

    Example:

        input: "64"
        layers:
          - linear 64
          - dropout 0.5
          - linear 64 bias=no
          - bn

    Fix: put dropout after the last normalisation.

    Use instead:

        input: "64"
        layers:
          - linear 64 bias=no
          - bn
          - dropout 0.5
          - linear 64
    """

    code = "A513"
    name = "dropout-before-bn"
    severity = "note"

    def remarks(self, model: Model) -> Iterator[Remark]:
        dropped: dict[str, str] = {}
        for node in model.graph:
            behind = next((dropped[name] for name in node.inputs if name in dropped), None)
            if isinstance(node.layer, Dropout):
                behind = node.name
            elif behind and isinstance(node.layer, BatchNorm):
                yield Remark(
                    f"it comes after dropout ({behind}), which shifts the variance that it learns",
                    node,
                    help=f"put {behind} after the last normalisation",
                )
                behind = None
            if behind:
                dropped[node.name] = behind
