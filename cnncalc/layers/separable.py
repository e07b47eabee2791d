"""The depthwise separable convolution: two convolutions in one layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Count
from cnncalc.layers.base import Layer, Mistake, Requirement, Weight
from cnncalc.layers.calls import Call
from cnncalc.layers.convolution import Conv, Convolution, DepthwiseConv
from cnncalc.layers.keeping import Kept
from cnncalc.sizes import Shape, Size


class SeparableConv(Convolution):
    """Depthwise separable convolution: a depthwise one, then a 1x1 convolution across channels.

    The first filters every channel by itself, the second mixes them: in·k·k and in·out weights, where
    a dense convolution has in·k·k·out. So 1/out + 1/k² of them are left. The bias is that of the 1x1
    convolution. Source: Chollet 2017, "Xception", section 1;
    ``keras.layers.SeparableConv2D``.
    """

    kind = "sepconv"
    known_as = (
        "separableconv",
        "separableconvd",
        "separable",
    )
    example = "64x56x56 | sepconv 128 k=3 p=1"
    mistakes = (
        *Convolution.mistakes,
        Mistake("counted a dense convolution", kind="conv"),
        Mistake("left the 1×1 convolution out", {"bias": False}, "dwconv"),
    )

    out = Count("output channels: the number of filters", "channels", positional=True)
    multiplier = Count("depthwise filters for each input channel", "m", default=1)

    def groups_of(self, x: Shape) -> Size:
        return x.channels

    def channels(self, *xs: Shape) -> Size:
        return self.out

    def parts(self, x: Shape) -> tuple[Layer, Shape, Layer]:
        """The depthwise convolution, the shape after it, and the 1x1 convolution."""
        shared = {name: value for name, value in self.given.items() if name != "out"}
        depthwise = DepthwiseConv(**{**shared, "bias": False})
        pointwise = Conv(out=self.out, kernel=(1,), bias=self.bias)
        return depthwise, depthwise.output(x), pointwise

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        depthwise, between, pointwise = self.parts(x)
        for part, weights in (
            ("depthwise", depthwise.weights(x, between)),
            ("pointwise", pointwise.weights(between, y)),
        ):
            inner = part == "pointwise"
            for weight in weights:
                out = weight.out if inner else None
                yield weight._replace(name=f"{part}.{weight.name}", inner=inner, out=out)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """What both convolutions keep: the input, and what is between them."""
        depthwise, between, _ = self.parts(xs[0])
        yield from depthwise.keeps(xs, between)
        yield Kept("between the convolutions", between.numel)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        depthwise, between, pointwise = self.parts(xs[0])
        yield from depthwise.calls(xs, between)
        yield from pointwise.calls((between,), y)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield from self.parts(xs[0])[0].requirements(*xs)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        depthwise, between, pointwise = self.parts(x)
        twin = torch.nn.Sequential()
        twin.add_module("depthwise", depthwise.torch(torch, x))
        twin.add_module("pointwise", pointwise.torch(torch, between))
        return twin
