"""A503 padding-over-half-kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc import formulas
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.windows import Slide
from cnncalc.sizes import at_least, text


class PaddingOverHalfKernel(AdviceRule):
    """The padding on one side is more than half of what the kernel spans.

    Units at the border then see mostly padding, the map grows, and the receptive field of the first
    unit is centred outside of the image. Usually ``p = d(k − 1)/2`` was meant, which keeps the size.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 p=2

    Fix: ``p=same``, or at most half the span; padding on one side only (causal networks) is a layer
    of its own: ``pad left=2``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 p=1
    """

    code = "A503"
    name = "padding-over-half-kernel"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            if not {"kernel", "padding"} <= node.layer.arguments.keys():
                continue
            for window in node.layer.windows(model.graph.inputs_of(node)[0]):
                if not isinstance(window, Slide):
                    continue
                padding: Any = window.before
                span = formulas.span(window.kernel, window.dilation)
                if at_least(2 * padding, span + 1) is True:
                    yield Remark(
                        f"padding {text(padding)} is more than half of the {text(span)} positions "
                        "that the kernel spans",
                        node,
                        help="p=same keeps the size at stride 1",
                    )
                    break
