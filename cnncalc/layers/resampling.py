"""Layers that move elements between channels and positions, and that enlarge maps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc import formulas
from cnncalc.layers.arguments import Axes, Choice, Count, Flag, Like
from cnncalc.layers.base import Layer, Mistake, Requirement, groups_divide
from cnncalc.layers.windows import Enlarge, Interpolate, Slide, Window
from cnncalc.problems import ArgumentConflict, Indivisible, WrongAxes
from cnncalc.sizes import Shape, Size, exact_div

#: Names that PyTorch has for linear interpolation along this many axes.
_MODES = {"bilinear": 2, "trilinear": 3}


class Upsample(Layer):
    """Enlarges a map by repeating or interpolating; ``like`` takes over another layer's size.

    Source: PyTorch, ``torch.nn.Upsample``.
    """

    kind = "upsample"
    module = "Upsample"
    function = "interpolate"
    example = "256x13x13 | upsample 2"
    mistakes = (Mistake("left the size as it was", kind="identity"),)
    ranks = range(1, 4)
    ranks_hint = "put it before flatten: it enlarges spatial axes"

    scale = Axes("how many times larger", positional=True, default=None)
    size = Axes("the size to reach", default=None)
    like = Like("enlarge to the spatial size of this layer", default=None)
    mode = Choice(
        "nearest repeats positions, linear interpolates between two along each axis",
        words=("nearest", "linear", "bilinear", "trilinear"),
        default="nearest",
    )
    align_corners = Flag("linear: first and last positions coincide", default=False)

    @property
    def to_size(self) -> bool:
        """Is it told what to reach, and not how many times larger?"""
        return self.size is not None or self.like is not None

    def windows(self, x: Shape) -> tuple[Window, ...]:
        self._check_together(x)
        linear = self.mode != "nearest"
        if self.like is not None:
            outs = self.like.spatial
        elif self.size is not None:
            outs = self.along("size", x)
        else:
            scales = (2,) * x.rank if self.scale is None else self.along("scale", x)
            if not linear:
                return tuple(map(Enlarge, scales))
            outs = tuple(formulas.enlarged(n, scale) for n, scale in zip(x.spatial, scales))
        return tuple(Interpolate(out, linear, self.align_corners) for out in outs)

    def _check_together(self, x: Shape) -> None:
        """Raises :class:`ArgumentError` where they do not go with each other or with the input."""
        ways = [name for name in ("scale", "size", "like") if self.__dict__[name] is not None]
        if len(ways) > 1:
            raise ArgumentConflict(
                f"upsample takes scale, or size, or like, got {' and '.join(ways)}",
                argument=ways[-1],
                hint="leave all but one of them out",
            )
        if self.like is not None and self.like.rank != x.rank:
            raise WrongAxes(
                f"like={self.like} has {self.like.rank} spatial axes, but the input {x} has {x.rank}",
                argument="like",
                hint="enlarge to the size of a tensor with the same axes",
            )
        if self.align_corners and self.mode == "nearest":
            raise ArgumentConflict(
                "align_corners is for mode=linear: nearest positions have no corners to align",
                argument="align_corners",
                hint="add mode=linear, or leave align_corners out",
            )
        rank = _MODES.get(self.mode)
        if rank not in (None, x.rank):
            raise WrongAxes(
                f"mode={self.mode} is for {rank} axes, but the input {x} has {x.rank}",
                argument="mode",
                hint="write mode=linear, which is right for any number of axes",
            )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        linear = self.mode != "nearest"
        scale = (2,) if self.scale is None else self.scale
        how: dict[str, Any]
        if self.to_size:
            how = {"size": self.output(x).spatial}
        else:
            how = {"scale_factor": scale[0] if len(scale) == 1 else scale}
        return torch.nn.Upsample(
            **how,
            mode=("linear", "bilinear", "trilinear")[x.rank - 1] if linear else "nearest",
            align_corners=self.align_corners if linear else None,
        )


class PixelShuffle(Layer):
    """r² channels become r x r positions. Source: Shi et al. 2016; ``torch.nn.PixelShuffle``."""

    kind = "pixel_shuffle"
    example = "64x28x28 | pixel_shuffle 2"
    mistakes = (
        Mistake("took it for its opposite", kind="pixel_unshuffle"),
        Mistake("left the shape as it was", kind="identity"),
    )
    ranks = range(2, 3)

    factor = Count("how many times larger", "r", positional=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Enlarge(self.factor),) * x.rank

    def channels(self, *xs: Shape) -> Size:
        return exact_div(xs[0].channels, self.factor * self.factor)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield Requirement(
            xs[0].channels,
            "% ==",
            self.factor * self.factor,
            "{left} channels are not a multiple of r*r = {right}",
            "put a 1x1 convolution before it that makes them one",
            error=Indivisible,
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.PixelShuffle(self.factor)


class PixelUnshuffle(Layer):
    """r x r positions become r² channels. Source: PyTorch, ``torch.nn.PixelUnshuffle``."""

    kind = "pixel_unshuffle"
    example = "16x64x64 | pixel_unshuffle 2"
    mistakes = (
        Mistake("took it for its opposite", kind="pixel_shuffle"),
        Mistake("left the shape as it was", kind="identity"),
    )
    ranks = range(2, 3)

    factor = Count("how many times smaller", "r", positional=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Slide(self.factor, self.factor),) * x.rank

    def channels(self, *xs: Shape) -> Size:
        return xs[0].channels * self.factor * self.factor

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        for n in xs[0].spatial:
            yield Requirement(
                n,
                "% ==",
                self.factor,
                "size {left} is not a multiple of r = {right}",
                "pad or crop it to a multiple",
                error=Indivisible,
            )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.PixelUnshuffle(self.factor)


class ChannelShuffle(Layer):
    """Channels of the groups interleaved. Source: Zhang et al. 2018, "ShuffleNet"."""

    kind = "channel_shuffle"
    example = "240x28x28 | channel_shuffle 3"
    mistakes = (Mistake("took it for group normalisation, which learns", kind="gn"),)
    ranks = range(1, 4)

    groups = Count("groups of channels", "g", positional=True)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield groups_divide(self.groups, xs[0].channels)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        groups = self.groups

        def shuffle(x: Any) -> Any:
            return torch.stack(x.unflatten(1, (groups, -1)).unbind(1), dim=2).flatten(1, 2)

        return shuffle
