"""Normalisation layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Count, Flag, Real
from cnncalc.layers.base import Layer, Weight
from cnncalc.sizes import Shape


class BatchNorm(Layer):
    """Batch normalisation: per channel, a learned scale and shift and running mean and variance.

    2C parameters and, as buffers, 2C running statistics and PyTorch's counter of batches.
    At inference it is pointwise. Source: Ioffe & Szegedy 2015; PyTorch, ``torch.nn.BatchNorm2d``.
    """

    kind = "bn"
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
            yield Weight("num_batches_tracked", (), trainable=False)

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
    ranks = range(1, 4)

    size = Count("neighbouring channels taken together", "n", positional=True)
    alpha = Real("weight of the squares", default="1e-4")
    beta = Real("exponent", default="0.75")
    k = Real("added before the power", default=1)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.LocalResponseNorm(
            self.size, alpha=float(self.alpha), beta=float(self.beta), k=float(self.k)
        )
