"""The locally connected layer: a convolution without shared weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Axes, Count, Flag
from cnncalc.layers.base import Layer, Mistake, Weight
from cnncalc.layers.calls import Call
from cnncalc.layers.convolution import NEEDS_MAP
from cnncalc.layers.keeping import Kept
from cnncalc.layers.windows import Slide, Window
from cnncalc.sizes import Shape, Size, product


class LocallyConnected(Layer):
    """A convolution whose weights are not shared: every output position has filters of its own.

    Weights are positions x (in * kernel) x out, each element used once.
    Source: Taigman et al. 2014, "DeepFace", section 3.2; ``keras.layers.LocallyConnected2D``.
    """

    kind = "local"
    known_as = (
        "locallyconnected",
        "locallyconnectedd",
    )
    example = "16x24x24 | local 16 k=9"
    mistakes = (
        Mistake("shared the weights among positions", kind="conv"),
        Mistake("forgot the padding", {"padding": (0,)}, where={"padding": (4,)}),
        Mistake("forgot the stride", {"stride": (1,)}, where={"stride": (2,)}),
        Mistake("forgot the biases", {"bias": False}),
    )
    ranks = range(1, 4)
    ranks_hint = NEEDS_MAP

    out = Count("output channels: the number of filters", "channels", positional=True)
    kernel = Axes("size of the kernel", "k")
    stride = Axes("step between neighbouring windows", "s", default=(1,))
    padding = Axes("zeros added on both sides", "p", minimum=0, default=(0,))
    bias = Flag("adds a learned constant to each output", default=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        names = ("kernel", "stride", "padding")
        return tuple(Slide(k, s, p, p) for k, s, p in zip(*(self.along(name, x) for name in names)))

    def channels(self, *xs: Shape) -> Size:
        return self.out

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        inner = x.channels * product(self.along("kernel", x))
        yield Weight("weight", (product(y.spatial), inner, y.channels), uses=1, out=2)
        if self.bias:
            yield Weight("bias", (y.channels, *y.spatial))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """The patch of every position, one after the other."""
        patch = xs[0].channels * product(self.along("kernel", xs[0]))
        yield Kept("patches", product(y.spatial) * patch)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        weight, *bias = self.weights(xs[0], y)
        yield Call("bmm", None, xs[0], y, self, (weight,))
        if bias:
            yield Call("+", None, y, y, self)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        y = self.output(x)
        axes = list(zip(*(self.along(name, x) for name in ("kernel", "stride", "padding"))))
        shapes = [(weight.name, weight.shape) for weight in self.weights(x, y)]

        class Local(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                for name, shape in shapes:
                    self.register_parameter(name, torch.nn.Parameter(0.1 * torch.randn(shape)))

            def forward(self, x: Any) -> Any:
                sides = [side for _, _, p in reversed(axes) for side in (p, p)]
                patches = torch.nn.functional.pad(x, sides)
                for axis, (k, s, _) in enumerate(axes, start=2):
                    patches = patches.unfold(axis, k, s)
                # batch, channels, positions…, kernel… to positions, batch, channels * kernel
                rank = len(axes)
                order = [*range(2, 2 + rank), 0, 1, *range(2 + rank, 2 + 2 * rank)]
                rows = patches.permute(order).flatten(0, rank - 1).flatten(2)
                sums = torch.bmm(rows, self.weight).permute(1, 2, 0)
                out = sums.reshape(x.shape[0], *y)
                return out + self.bias if hasattr(self, "bias") else out

        return Local()
