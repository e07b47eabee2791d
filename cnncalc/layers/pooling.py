"""Pooling: maximum and average, sliding, adaptive and global; 1D, 2D and 3D."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Axes, Flag
from cnncalc.layers.base import Layer, Requirement
from cnncalc.layers.windows import Adaptive, Slide, Whole, Window
from cnncalc.sizes import Shape, floor_div

_NEEDS_MAP = "put it before flatten: pooling slides over spatial axes"


class _Pool(Layer):
    """A window that slides over each channel by itself."""

    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    kernel = Axes("size of the window", "k", positional=True)
    stride = Axes("step between windows; the kernel when not given", "s", default=None)
    padding = Axes(
        "positions added on both sides, at most half the kernel", "p", minimum=0, default=(0,)
    )
    ceil = Flag("round the size up: windows may hang over the end", "ceil_mode", default=False)

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
                )

    def arguments_for_torch(self, x: Shape) -> dict[str, Any]:
        windows = [window for window in self.windows(x) if isinstance(window, Slide)]
        return {
            "kernel_size": tuple(window.kernel for window in windows),
            "stride": tuple(window.stride for window in windows),
            "padding": self.along("padding", x),
            "ceil_mode": self.ceil,
        }


class MaxPool(_Pool):
    """Maximum over a sliding window. Source: PyTorch, ``torch.nn.MaxPool2d``."""

    kind = "maxpool"

    dilation = Axes("distance between the window's elements", "d", default=(1,))

    def _dilations(self, x: Shape) -> tuple[Any, ...]:
        return self.along("dilation", x)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"MaxPool{x.rank}d")
        return build(dilation=self.along("dilation", x), **self.arguments_for_torch(x))


class AvgPool(_Pool):
    """Average over a sliding window. Source: PyTorch, ``torch.nn.AvgPool2d``."""

    kind = "avgpool"

    count_include_pad = Flag("padding counts in the average", default=True)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"AvgPool{x.rank}d")
        return build(count_include_pad=self.count_include_pad, **self.arguments_for_torch(x))


class AdaptiveAvgPool(Layer):
    """Average over windows chosen so that the output has the size asked for.

    Source: PyTorch, ``torch.nn.AdaptiveAvgPool2d``.
    """

    kind = "adaptive_avgpool"
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    size = Axes("size of the output", "out", positional=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Adaptive(out) for out in self.along("size", x))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        return getattr(torch.nn, f"AdaptiveAvgPool{x.rank}d")(self.along("size", x))


class GlobalAvgPool(Layer):
    """Average of each channel over the whole map, which keeps its axes with size 1.

    Source: Lin, Chen & Yan 2014, "Network in network", section 3.2.
    """

    kind = "gap"
    ranks = range(1, 4)
    ranks_hint = _NEEDS_MAP

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=True),) * x.rank

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return getattr(torch.nn, f"AdaptiveAvgPool{xs[0].rank}d")(1)
