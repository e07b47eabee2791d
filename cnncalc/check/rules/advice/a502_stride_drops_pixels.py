"""A502 stride-drops-pixels."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.layers.windows import Window
from cnncalc.sizes import Shape, axis_names, is_int


class StrideDropsPixels(AdviceRule):
    """The last positions of a map are never read, because the strides do not come out even.

    ``⌊(n + 2p − k)/s⌋`` rounds down: what is left over at the end, beyond the padding, is seen by
    no unit. The network is blind there, and features drift against those of other branches.
    ``cnncalc domain`` lists the input sizes at which nothing is lost.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - maxpool 4

    Fix: pad, choose an input size that comes out even, or write ``ceil=yes`` on a pooling layer.

    Use instead:

        input: 3x34x34
        layers:
          - conv 8 k=3
          - maxpool 4
    """

    code = "A502"
    name = "stride-drops-pixels"

    def remarks(self, model: Model) -> Iterator[Remark]:
        for node in model.graph:
            xs = model.graph.inputs_of(node)
            lost = next(filter(None, map(_lost, xs, node.layer.reads(*xs))), None)
            if lost:
                listed = " and ".join(
                    f"the last {f'{dropped:,} of' if dropped > 1 else 'of'} {n:,} positions along "
                    + " and ".join(axes)
                    for (dropped, n), axes in lost.items()
                )
                yield Remark(
                    f"no unit reads {listed}",
                    node,
                    help="pad, or see `cnncalc domain` for the sizes that come out even",
                )


def _lost(x: Shape, windows: tuple[Window, ...]) -> dict[tuple[int, int], list[str]]:
    """How many positions of how many are lost, along which axes."""
    found: dict[tuple[int, int], list[str]] = {}
    for axis, window, n in zip(axis_names(x.rank), windows, x.spatial):
        dropped = window.dropped(n)
        if is_int(n) and is_int(dropped) and dropped > 0:
            found.setdefault((dropped, n), []).append(axis)
    return found
