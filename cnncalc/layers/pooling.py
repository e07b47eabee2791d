"""Pooling: maximum and average, sliding, adaptive and global; 1D, 2D and 3D."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Axes, Flag
from cnncalc.layers.base import Layer, Mistake, Requirement
from cnncalc.layers.calls import Call
from cnncalc.layers.joining import same_layout
from cnncalc.layers.keeping import INPUT_KEPT, Kept, places
from cnncalc.layers.windows import Adaptive, Block, Enlarge, Slide, Whole, Window
from cnncalc.problems import ArgumentConflict, JoinMismatch
from cnncalc.sizes import Shape, Size, equal, floor_div

_NEEDS_MAP = "put it before flatten: pooling slides over spatial axes"


class _Pool(Layer):
    """A window that slides over each channel by itself."""

    mistakes = (
        Mistake("forgot the stride", {"stride": (1,)}),
        Mistake("forgot the padding", {"padding": (0,)}, where={"kernel": (3,), "padding": (1,)}),
        Mistake("rounded down", {"ceil": False}, where={"kernel": (3,), "ceil": True}),
    )
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    kernel = Axes("size of the window", "k", positional=True)
    stride = Axes("step between windows; the kernel when not given", "s", default=None)
    padding = Axes(
        "positions added on both sides, at most half the kernel", "p", minimum=0, default=(0,)
    )
    ceil = Flag("round the size up: windows may hang over the end", "ceil_mode", default=False)

    @property
    def one_number(self) -> bool:
        """Is the kernel given as one number for all axes?"""
        return len(self.kernel) == 1

    def windows(self, x: Shape) -> tuple[Window, ...]:
        kernels = self.along("kernel", x)
        strides = kernels if self.stride is None else self.along("stride", x)
        return tuple(
            Slide(k, s, p, p, d, ceil=self.ceil)
            for k, s, p, d in zip(kernels, strides, self.along("padding", x), self._dilations(x))
        )

    def _dilations(self, x: Shape) -> tuple[Any, ...]:
        return (1,) * x.rank

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        for window in self.windows(xs[0]):
            assert isinstance(window, Slide)
            if window.before != 0:
                yield Requirement(
                    floor_div(window.kernel, 2),
                    ">=",
                    window.before,
                    f"padding {{right}} is more than half of the kernel {window.kernel}",
                    "pooling windows must touch the input: use p of at most {left}",
                    error=ArgumentConflict,
                )

    def arguments_for_torch(self, x: Shape) -> dict[str, Any]:
        windows = [window for window in self.windows(x) if isinstance(window, Slide)]
        return {
            "kernel_size": self.kernel[0] if self.one_number else self.along("kernel", x),
            "stride": tuple(window.stride for window in windows),
            "padding": self.along("padding", x),
            "ceil_mode": self.ceil,
        }


class MaxPool(_Pool):
    """Maximum over a sliding window. Source: PyTorch, ``torch.nn.MaxPool2d``."""

    kind = "maxpool"
    module = "MaxPool"
    function = "max_pool"
    known_as = (
        "maxpoold",
        "maxpooling",
        "maxpoolingd",
        "pool",
    )
    example = "64x112x112 | maxpool 3 s=2 p=1"

    dilation = Axes("distance between the window's elements", "d", default=(1,))

    def _dilations(self, x: Shape) -> tuple[Any, ...]:
        return self.along("dilation", x)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield places(y.numel)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"MaxPool{x.rank}d")
        return build(dilation=self.along("dilation", x), **self.arguments_for_torch(x))


class AvgPool(_Pool):
    """Average over a sliding window. Source: PyTorch, ``torch.nn.AvgPool2d``."""

    kind = "avgpool"
    module = "AvgPool"
    function = "avg_pool"
    known_as = (
        "avgpoold",
        "averagepool",
        "averagepooling",
        "averagepoolingd",
        "meanpool",
    )
    example = "64x56x56 | avgpool 2"

    count_include_pad = Flag("padding counts in the average", default=True)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"AvgPool{x.rank}d")
        return build(count_include_pad=self.count_include_pad, **self.arguments_for_torch(x))


class AdaptiveAvgPool(Layer):
    """Average over windows chosen so that the output has the size asked for.

    Source: PyTorch, ``torch.nn.AdaptiveAvgPool2d``.
    """

    kind = "adaptive_avgpool"
    module = "AdaptiveAvgPool"
    function = "adaptive_avg_pool"
    example = "512x14x14 | adaptive_avgpool 7"
    mistakes = (Mistake("averaged over the whole map", kind="gap"),)
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    size = Axes("size of the output", "out", positional=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Adaptive(out) for out in self.along("size", x))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """Nothing for a size of 1, which PyTorch computes as a mean."""
        if not all(equal(n, 1) is True for n in y.spatial):
            yield INPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        return getattr(torch.nn, f"AdaptiveAvgPool{x.rank}d")(self.along("size", x))


class GlobalAvgPool(Layer):
    """Average of each channel over the whole map, which keeps its axes with size 1.

    Source: Lin, Chen & Yan 2014, "Network in network", section 3.2.
    """

    kind = "gap"
    module = "AdaptiveAvgPool"
    function = "adaptive_avg_pool"
    known_as = (
        "globalavgpool",
        "globalaveragepooling",
        "globalaveragepoolingd",
        "globalpool",
    )
    example = "512x7x7 | gap"
    mistakes = (
        Mistake("kept every position: flattened", kind="flatten"),
        Mistake("pooled windows of 2", {"kernel": (2,)}, "avgpool"),
    )
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=True),) * x.rank

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return getattr(torch.nn, f"AdaptiveAvgPool{xs[0].rank}d")(1)


class AdaptiveMaxPool(AdaptiveAvgPool):
    """Maximum over windows chosen so that the output has the size asked for.

    Source: PyTorch, ``torch.nn.AdaptiveMaxPool2d``.
    """

    kind = "adaptive_maxpool"
    module = "AdaptiveMaxPool"
    function = "adaptive_max_pool"
    example = "256x13x13 | adaptive_maxpool 6"
    mistakes = (Mistake("took the maximum over the whole map", kind="gmp"),)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield places(y.numel)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        return getattr(torch.nn, f"AdaptiveMaxPool{x.rank}d")(self.along("size", x))


class GlobalMaxPool(GlobalAvgPool):
    """Maximum of each channel over the whole map, which keeps its axes with size 1.

    Source: PyTorch, ``torch.nn.AdaptiveMaxPool2d`` of size 1.
    """

    kind = "gmp"
    module = "AdaptiveMaxPool"
    function = "adaptive_max_pool"
    example = "512x7x7 | gmp"
    mistakes = (
        Mistake("kept every position: flattened", kind="flatten"),
        Mistake("pooled windows of 2", {"kernel": (2,)}, "maxpool"),
    )

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield places(y.numel)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return getattr(torch.nn, f"AdaptiveMaxPool{xs[0].rank}d")(1)


class MaxUnpool(Layer):
    """Puts each element back where max pooling took it from; the other positions are zero.

    The second tensor is the one that was pooled: ``unpool x relu2 2``. It gives the size, and the
    places of its maxima. Windows do not overlap: the stride is the kernel.
    Source: Badrinarayanan et al. 2017, "SegNet", section 3; PyTorch, ``torch.nn.MaxUnpool2d``.
    """

    kind = "unpool"
    example = "64x15x15 | large = relu | small = maxpool 2 | unpool small large"
    mistakes = (
        Mistake(
            "took it for upsampling by 2, which forgets what the pooling left over",
            {"scale": (2,)},
            "upsample",
        ),
    )
    arity = (2, 2)
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    kernel = Axes("size of the window of the pooling", "k", default=(2,))

    def _check_inputs(self, xs: tuple[Shape, ...]) -> None:
        super()._check_inputs(xs)
        same_layout(xs, self.kind)

    def output(self, *xs: Shape) -> Shape:
        super().output(*xs)
        return xs[1]

    def channels(self, *xs: Shape) -> Size:
        return xs[1].channels

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        kernels = self.along("kernel", xs[0])
        return tuple(map(Enlarge, kernels)), tuple(map(Block, kernels))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        small, large = xs
        kernels = self.along("kernel", small)
        pooled = [Slide(k, k).size(n) for n, k in zip(large.spatial, kernels)]
        for left, right in zip(small, (large.channels, *pooled)):
            yield Requirement(
                left,
                "==",
                right,
                "unpool undoes a pooling to {right}, but its first tensor has {left}",
                "name the tensor that was pooled second: unpool x relu2",
                (0, 1),
                JoinMismatch,
            )

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield places(xs[0].numel)._replace(only_for=(0,))

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        small, large = xs
        yield Call("max_pool_with_indices", None, large, small, self)
        yield Call("max_unpool", None, small, y, self)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        rank, size = xs[0].rank, xs[1].spatial
        kernels = self.along("kernel", xs[0])
        pool = getattr(torch.nn.functional, f"max_pool{rank}d")
        unpool = getattr(torch.nn.functional, f"max_unpool{rank}d")

        def unpooled(small: Any, large: Any) -> Any:
            _, places = pool(large, kernels, kernels, return_indices=True)
            return unpool(small, places, kernels, kernels, output_size=size)

        return unpooled
