"""A508 checkerboard."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.windows import Spread
from cnncalc.sizes import divides, is_int


class Checkerboard(AdviceRule):
    """A transposed convolution whose kernel its stride does not divide.

    Neighbouring outputs are then made of different numbers of inputs, which shows as a
    checkerboard. Source: Odena, Dumoulin & Olah 2016, "Deconvolution and Checkerboard Artifacts".

    Example:

        input: 64x16x16
        layers:
          - deconv 32 k=3 s=2

    Fix: a kernel that is a multiple of the stride, or upsample and convolve.

    Use instead:

        input: 64x16x16
        layers:
          - deconv 32 k=4 s=2 p=1
    """

    code = "A508"
    name = "checkerboard"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            for window in node.layer.windows(model.graph.inputs_of(node)[0]):
                if isinstance(window, Spread) and divides(window.stride, window.kernel) is False:
                    kernel, stride = window.kernel, window.stride
                    numbers = is_int(kernel) and is_int(stride)
                    counts = (
                        f": {kernel // stride} or {-(-kernel // stride)} taps" if numbers else ""
                    )
                    yield Remark(
                        f"stride {stride} does not divide kernel {kernel}: neighbouring outputs "
                        f"are made of different numbers of inputs{counts}",
                        node,
                        help=f"a kernel of {-(-kernel // stride) * stride}" if numbers else None,
                    )
                    break
