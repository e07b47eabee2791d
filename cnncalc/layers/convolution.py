"""Convolutions: dense, grouped and dilated, depthwise, transposed; 1D, 2D and 3D."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from cnncalc import formulas
from cnncalc.layers.arguments import Axes, Choice, Count, Flag
from cnncalc.layers.base import Layer, Mistake, Requirement, Weight, groups_divide
from cnncalc.layers.keeping import INPUT_KEPT, Kept
from cnncalc.layers.windows import Slide, Spread, Window
from cnncalc.problems import ArgumentConflict
from cnncalc.sizes import Shape, Size, exact_div, maximum, product, same

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
NEEDS_MAP = "put it before flatten: a convolution slides over spatial axes"


class Convolution(Layer):
    """A kernel sliding over the input, each group of channels by itself."""

    mistakes: ClassVar[tuple[Mistake, ...]] = (
        Mistake("forgot the padding", {"padding": (0,)}),
        Mistake("forgot the stride", {"stride": (1,)}, where={"stride": (2,)}),
        Mistake("treated the dilation as 1", {"dilation": (1,)}, where={"dilation": (2,)}),
        Mistake("forgot the bias", {"bias": False}),
    )
    ranks = range(1, 4)
    ranks_hint = NEEDS_MAP
    module = "Conv"
    function = "conv"

    kernel = Axes("size of the kernel", "k")
    stride = Axes("step between neighbouring windows", "s", default=(1,))
    padding = Axes(
        "zeros (or what mode says) added on both sides; same keeps the size at stride 1",
        "p",
        minimum=0,
        words=("same", "valid"),
        default=(0,),
    )
    dilation = Axes("distance between the kernel's elements", "d", default=(1,))
    bias = Flag("adds a learned constant to each output channel", default=True)
    mode = Choice("what the padding is filled with", words=PADDING_MODES, default="zeros")

    def groups_of(self, x: Shape) -> Size:
        """Into how many groups the input channels are divided."""
        raise NotImplementedError

    def windows(self, x: Shape) -> tuple[Window, ...]:
        kernels, dilations = self.along("kernel", x), self.along("dilation", x)
        sides = self._sides(x, kernels, dilations)
        strides = self.along("stride", x)
        return tuple(
            Slide(k, s, before, after, d)
            for k, s, (before, after), d in zip(kernels, strides, sides, dilations)
        )

    def _sides(
        self, x: Shape, kernels: tuple[Size, ...], dilations: tuple[Size, ...]
    ) -> list[tuple[Size, Size]]:
        padding: Any = self.padding
        if padding == "same":
            return [formulas.same_padding(k, d) for k, d in zip(kernels, dilations)]
        if padding == "valid":
            return [(0, 0)] * x.rank
        return [(p, p) for p in self.along("padding", x)]

    def seen_by_filter(self, x: Shape) -> Size:
        """Input channels that a filter reads: those of its group."""
        return exact_div(x.channels, self.groups_of(x))

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        shape = (y.channels, self.seen_by_filter(x), *self.along("kernel", x))
        yield Weight("weight", shape, uses=product(y.spatial), out=0)
        if self.bias:
            yield Weight("bias", (y.channels,))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """Its input; where PyTorch pads before it convolves, the padded copy.

        What pads reads its input for the gradient of that alone, which an image has not.
        """
        (x,) = xs
        windows = [window for window in self.windows(x) if isinstance(window, Slide)]
        if self.mode == "zeros" and all(same(one.before, one.after) for one in windows):
            yield INPUT_KEPT
            return
        if self.mode in ("reflect", "replicate"):  # whose own gradient reads its input
            yield INPUT_KEPT._replace(only_for=(0,))
        # zeros are added at the ends alone, by as much as the padding is uneven
        uneven = self.mode == "zeros"
        added = (one.after - one.before if uneven else one.before + one.after for one in windows)
        sizes = (n + more for n, more in zip(x.spatial, added))
        yield Kept("padded input", x.channels * product(sizes))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        (x,) = xs
        groups = self.groups_of(x)
        yield from _grouped(groups, x.channels, self.channels(x))
        if self.padding == "same":  # type: ignore[comparison-overlap]
            for stride in self.along("stride", x):
                yield Requirement(
                    stride,
                    "==",
                    1,
                    "p=same needs stride 1, got s={left}",
                    "give the padding as a number, or pad first: pad …, then conv",
                    error=ArgumentConflict,
                )
        if self.mode in ("reflect", "circular"):
            room = 1 if self.mode == "reflect" else 0
            for n, window in zip(x.spatial, self.windows(x)):
                assert isinstance(window, Slide)
                yield Requirement(
                    n,
                    ">=",
                    window.after + room,
                    f"mode={self.mode} needs at least {{right}} positions to fill the padding, "
                    "the input has {left}",
                    "use less padding, or mode=zeros",
                )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"Conv{x.rank}d")
        return build(
            x.channels,
            self.channels(x),
            self.along("kernel", x),
            stride=self.along("stride", x),
            padding=self.padding if isinstance(self.padding, str) else self.along("padding", x),
            dilation=self.along("dilation", x),
            groups=self.groups_of(x),
            bias=self.bias,
            padding_mode=self.mode,
        )


def _grouped(groups: Size, inputs: Size, outputs: Size) -> Iterable[Requirement]:
    if groups == 1:
        return
    for channels, side in ((inputs, "input"), (outputs, "output")):
        both = f"both the input and the output channels ({inputs} and {outputs})"
        yield groups_divide(groups, channels, f"{side} channels", both)


class Conv(Convolution):
    """Convolution. Every output channel sees all input channels of its group.

    Weights are out x in/groups x kernel, each used once per output position: one filter for each
    output channel, with a number for every position of the kernel in every channel that it sees.
    With g groups it sees only in/g of them, so weights and MACs are divided by g. A bias is one more
    number for each output channel, because it is added at all positions alike.
    Source: PyTorch, ``torch.nn.Conv2d``.
    """

    kind = "conv"
    known_as = (
        "convd",
        "convolution",
        "convolutiond",
    )
    example = "3x32x32 | conv 10 k=5 p=2"
    mistakes = (
        *Convolution.mistakes,
        Mistake(
            "counted all input channels for each filter, not only its group's",
            {"groups": 1},
            where={"out": 12, "groups": 3},
        ),
        Mistake("took a convolution for a depthwise one", {"multiplier": 1}, "dwconv"),
    )

    out = Count("output channels: the number of filters", "channels", positional=True)
    groups = Count("groups of channels convolved independently", "g", default=1)

    def groups_of(self, x: Shape) -> Size:
        return self.groups

    def channels(self, *xs: Shape) -> Size:
        return self.out


class DepthwiseConv(Convolution):
    """Depthwise convolution: each input channel by itself, ``multiplier`` filters for each.

    A convolution with as many groups as input channels: a filter sees a single one, so there are in
    times fewer weights than in a dense convolution with as many outputs.
    Source: Howard et al. 2017, "MobileNets", section 3.1.
    """

    kind = "dwconv"
    known_as = (
        "depthwiseconv",
        "depthwise",
        "depthwiseconvd",
    )
    example = "32x112x112 | dwconv 3 p=1"
    mistakes = (
        *Convolution.mistakes,
        Mistake("counted one filter for each channel", {"multiplier": 1}, where={"multiplier": 2}),
    )

    kernel = Axes("size of the kernel", "k", positional=True)
    multiplier = Count("filters for each input channel", "m", default=1)

    def groups_of(self, x: Shape) -> Size:
        return x.channels

    def seen_by_filter(self, x: Shape) -> Size:
        return 1

    def channels(self, *xs: Shape) -> Size:
        return self.multiplier * xs[0].channels


class TransposedConv(Layer):
    """Transposed convolution: each input position spreads a kernel over the output.

    Weights are in x out/groups x kernel, each used once per input position (not per output
    position): it is the input that the kernels are laid on. A bias is one number for each output
    channel.
    Source: PyTorch, ``torch.nn.ConvTranspose2d``.
    """

    kind = "deconv"
    module = "ConvTranspose"
    function = "conv_transpose"
    known_as = (
        "convtranspose",
        "convtransposed",
        "transposedconv",
        "upconv",
        "deconvolution",
    )
    example = "64x28x28 | deconv 32 k=2 s=2"
    mistakes = (
        Mistake("took it for a convolution", kind="conv"),
        Mistake("forgot the stride", {"stride": (1,)}),
        Mistake("forgot the padding", {"padding": (0,)}, where={"kernel": (4,), "padding": (1,)}),
        Mistake(
            "forgot the output padding",
            {"output_padding": (0,)},
            where={"kernel": (3,), "padding": (1,), "output_padding": (1,)},
        ),
        Mistake("forgot the bias", {"bias": False}),
    )
    ranks = range(1, 4)
    ranks_hint = NEEDS_MAP

    out = Count("output channels: the number of filters", "channels", positional=True)
    kernel = Axes("size of the kernel", "k")
    stride = Axes("step between the kernels of neighbouring inputs", "s", default=(1,))
    padding = Axes(
        "rows and columns removed on both sides of the output", "p", minimum=0, default=(0,)
    )
    output_padding = Axes(
        "rows and columns added at the output's end", "op", minimum=0, default=(0,)
    )
    dilation = Axes("distance between the kernel's elements", "d", default=(1,))
    groups = Count("groups of channels convolved independently", "g", default=1)
    bias = Flag("adds a learned constant to each output channel", default=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        names = ("kernel", "stride", "padding", "dilation", "output_padding")
        return tuple(
            Spread(k, s, p, p, d, extra)
            for k, s, p, d, extra in zip(*(self.along(name, x) for name in names))
        )

    def channels(self, *xs: Shape) -> Size:
        return self.out

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        each = exact_div(y.channels, self.groups)
        shape = (x.channels, each, *self.along("kernel", x))
        yield Weight("weight", shape, uses=product(x.spatial), out=1)
        if self.bias:
            yield Weight("bias", (y.channels,))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        (x,) = xs
        yield from _grouped(self.groups, x.channels, self.out)
        axes = zip(*(self.along(name, x) for name in ("output_padding", "stride", "dilation")))
        for extra, stride, dilation in axes:
            if extra == 0:
                continue
            yield Requirement(
                maximum((stride, dilation)),
                ">=",
                extra + 1,
                f"output_padding={extra} must be smaller than the stride {stride} or "
                f"the dilation {dilation}",
                "output padding only chooses among the sizes that the stride rounds to one",
                error=ArgumentConflict,
            )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"ConvTranspose{x.rank}d")
        return build(
            x.channels,
            self.out,
            self.along("kernel", x),
            stride=self.along("stride", x),
            padding=self.along("padding", x),
            output_padding=self.along("output_padding", x),
            dilation=self.along("dilation", x),
            groups=self.groups,
            bias=self.bias,
        )
