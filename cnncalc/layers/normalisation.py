"""Normalisation layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Choice, Count, Flag, Real
from cnncalc.layers.base import Layer, Mistake, Requirement, Weight, groups_divide
from cnncalc.layers.calls import Call
from cnncalc.layers.keeping import INPUT_KEPT, Kept, statistics
from cnncalc.sizes import Shape, Size, at_least, product

_AS_BATCH_NORM = Mistake("took it for batch normalisation", kind="bn")


class BatchNorm(Layer):
    """Batch normalisation: per channel, a learned scale and shift and running mean and variance.

    2C parameters and, as buffers, 2C running statistics and PyTorch's counter of batches: one scale
    and one shift for each channel, the same at all positions, so the size of the map does not count.
    Mean and variance are measured, not learned; that is why they are no parameters. At inference it is pointwise. Source: Ioffe & Szegedy 2015; PyTorch, ``torch.nn.BatchNorm2d``.
    """

    kind = "bn"
    module = "BatchNorm"
    function = "batch_norm"
    known_as = (
        "batchnorm",
        "batchnormd",
        "batchnormalization",
        "batchnormalisation",
    )
    example = "64x112x112 | bn"
    mistakes = (
        Mistake("forgot the scale and the shift", {"affine": False}),
        Mistake("forgot the running statistics", {"track": False}),
        Mistake("counted a single number for each channel", kind="layerscale"),
    )
    ranks = range(4)

    eps = Real("added to the variance", minimum=0, default="1e-5")
    momentum = Real("weight of the newest batch", minimum=0, maximum=1, default="0.1")
    affine = Flag("learns a scale and a shift", default=True)
    track = Flag("keeps running statistics", "track_running_stats", default=True)

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        if self.affine:
            yield Weight("weight", (x.channels,))
            yield Weight("bias", (x.channels,))
        if self.track:
            yield Weight("running_mean", (x.channels,), trainable=False)
            yield Weight("running_var", (x.channels,), trainable=False)
            yield Weight("num_batches_tracked", (), trainable=False, bytes=8)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield statistics(xs[0].channels, per_image=False)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        return getattr(torch.nn, f"BatchNorm{max(1, x.rank)}d")(
            x.channels,
            eps=float(self.eps),
            momentum=float(self.momentum),
            affine=self.affine,
            track_running_stats=self.track,
        )


class LocalResponseNorm(Layer):
    """Local response normalisation across ``size`` neighbouring channels.

    Source: Krizhevsky et al. 2012, section 3.3; PyTorch, ``torch.nn.LocalResponseNorm``.
    """

    kind = "lrn"
    example = "96x55x55 | lrn 5"
    mistakes = (_AS_BATCH_NORM,)
    ranks = range(1, 4)

    size = Count("neighbouring channels taken together", "n", positional=True)
    alpha = Real("weight of the squares", default="1e-4")
    beta = Real("exponent", default="0.75")
    k = Real("added before the power", default=1)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """PyTorch composes it: squares (padded along the channels), their mean, and its power."""
        (x,) = xs
        yield INPUT_KEPT
        yield Kept("padded squares", (x.channels + self.size - 1) * product(x.spatial))
        yield Kept("mean of the squares", x.numel)
        yield Kept("its power", x.numel)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        """``torch.nn.functional.local_response_norm`` is written in Python, of these."""
        (x,) = xs
        padded = x.like(x.channels + self.size - 1, x.spatial)
        for name, of in (
            ("Tensor.mul", x),
            ("avg_pool", padded),
            ("Tensor.mul", x),
            ("Tensor.add", x),
            ("Tensor.pow", x),
            ("/", x),
        ):
            yield Call(name, "LocalResponseNorm", of, y, self)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.LocalResponseNorm(
            self.size, alpha=float(self.alpha), beta=float(self.beta), k=float(self.k)
        )


class LayerNorm(Layer):
    """Layer normalisation over the features of each position (or token): pointwise, 2C parameters.

    One scale and one shift for each feature; nothing is remembered, so there are no buffers.
    ``over=all`` normalises over channels and positions together, with a weight for each element.
    Source: Ba, Kiros & Hinton 2016; PyTorch, ``torch.nn.LayerNorm``.
    """

    kind = "ln"
    function = "layer_norm"
    known_as = (
        "layernorm",
        "layernormalization",
    )
    example = "96x56x56 | ln"
    mistakes = (
        Mistake("counted a scale and a shift for each element", {"over": "all"}),
        Mistake("forgot the scale and the shift", {"affine": False}),
        _AS_BATCH_NORM,
    )
    ranks = range(4)
    on_tokens = "also"

    over = Choice("what is normalised together", words=("channels", "all"), default="channels")
    eps = Real("added to the variance", minimum=0, default="1e-5")
    affine = Flag("learns a scale and a shift", "elementwise_affine", default=True)
    bias = Flag("learns the shift too", default=True)

    def reaches_all(self, *xs: Shape) -> bool:
        return self.over == "all"

    def _normalized(self, x: Shape) -> tuple[Size, ...]:
        return tuple(x) if self.over == "all" else (x.channels,)

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        if self.affine:
            yield Weight("weight", self._normalized(x))
            if self.bias:
                yield Weight("bias", self._normalized(x))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield statistics(1 if self.over == "all" else product(xs[0].spatial))

    def _moves_channels(self, x: Shape) -> bool:
        """Are the channels brought behind the positions for it, and back?"""
        return self.over == "channels" and bool(x.rank) and not x.features_last

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        module = "LayerNormOfChannels" if self._moves_channels(xs[0]) else "LayerNorm"
        for call in super().calls(xs, y):
            yield call._replace(module=module)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = torch.nn.LayerNorm
        if self._moves_channels(x):
            build = _channels_first(torch)
        return build(
            self._normalized(x),
            eps=float(self.eps),
            elementwise_affine=self.affine,
            bias=self.bias,
        )


def _channels_first(torch: Any) -> Any:
    class LayerNormOfChannels(torch.nn.LayerNorm):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return super().forward(x.movedim(1, -1)).movedim(-1, 1)

    return LayerNormOfChannels


def _several(x: Shape, groups: Size) -> Iterator[Requirement]:
    """At least two elements are normalised together: channels / groups and sizes are not all 1.

    Said of their sum, times the groups, which is decided for all sizes where a product is not.
    """
    if at_least(x.channels, 2 * groups) is not True:
        yield Requirement(
            x.channels + groups * sum(x.spatial),
            ">=",
            groups * (x.rank + 2),
            "there is a single element to normalise at a time, which always becomes 0",
            "leave the normalisation out, or put it before the map is reduced to one position",
        )


class _OverPositions(Layer):
    """Statistics over the positions of the map: every unit depends on all of it."""

    eps = Real("added to the variance", minimum=0, default="1e-5")
    affine = Flag("learns a scale and a shift", default=True)

    def reaches_all(self, *xs: Shape) -> bool:
        return True

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        if self.affine:
            yield Weight("weight", (x.channels,))
            yield Weight("bias", (x.channels,))


class GroupNorm(_OverPositions):
    """Group normalisation: each group of channels over the whole map; 2C parameters.

    A scale and a shift for each channel, however many groups there are.
    Source: Wu & He 2018; PyTorch, ``torch.nn.GroupNorm``.
    """

    kind = "gn"
    module = "GroupNorm"
    function = "group_norm"
    known_as = ("groupnorm",)
    example = "64x56x56 | gn 32"
    mistakes = (
        Mistake("forgot the scale and the shift", {"affine": False}),
        _AS_BATCH_NORM,
    )
    ranks = range(4)

    groups = Count("groups of channels", "g", positional=True)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield groups_divide(self.groups, xs[0].channels)
        yield from _several(xs[0], self.groups)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT
        yield statistics(self.groups)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.GroupNorm(
            self.groups, xs[0].channels, eps=float(self.eps), affine=self.affine
        )


class InstanceNorm(_OverPositions):
    """Instance normalisation: each channel of each image over its own map.

    Source: Ulyanov et al. 2016; PyTorch, ``torch.nn.InstanceNorm2d`` (whose defaults learn nothing).
    """

    kind = "instancenorm"
    module = "InstanceNorm"
    function = "instance_norm"
    example = "64x128x128 | instancenorm"
    mistakes = (
        Mistake("counted a scale and a shift, which are not its default", {"affine": True}),
        _AS_BATCH_NORM,
    )
    ranks = range(1, 4)

    affine = Flag("learns a scale and a shift", default=False)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return _several(xs[0].like(1, xs[0].spatial), 1)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """PyTorch takes the images for channels of a single one, and repeats the scale for them."""
        yield INPUT_KEPT
        yield statistics(xs[0].channels)
        if self.affine:
            yield Kept("scales", xs[0].channels)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        build = getattr(torch.nn, f"InstanceNorm{x.rank}d")
        return build(x.channels, eps=float(self.eps), affine=self.affine)


class LayerScale(Layer):
    """A learned factor for each channel. Source: Touvron et al. 2021, "CaiT", eq. 4."""

    kind = "layerscale"
    function = "*"
    example = "96x56x56 | layerscale"
    mistakes = (Mistake("counted a shift too, as normalisation has", kind="ln"),)
    ranks = range(4)
    on_tokens = "also"

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("weight", (x.channels,))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        ones = (1,) * x.rank
        shape = (1, *ones, -1) if x.features_last else (1, -1, *ones)

        class Scale(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.weight = torch.nn.Parameter(torch.ones(x.channels))

            def forward(self, x: Any) -> Any:
                return x * self.weight.reshape(shape)

        return Scale()
