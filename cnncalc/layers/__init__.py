"""The kinds of layers. ``KINDS`` is the one table: adding a kind is a class and a name here."""

from __future__ import annotations

from cnncalc.errors import ArgumentError
from cnncalc.layers import (
    activation,
    convolution,
    dense,
    joining,
    local,
    loss,
    normalisation,
    pooling,
    resampling,
    separable,
    shaping,
    tokens,
)
from cnncalc.layers.arguments import Argument
from cnncalc.layers.base import Layer, Mistake, Requirement, Weight

_ALL: tuple[type[Layer], ...] = (
    convolution.Conv,
    convolution.DepthwiseConv,
    separable.SeparableConv,
    convolution.TransposedConv,
    local.LocallyConnected,
    pooling.MaxPool,
    pooling.AvgPool,
    pooling.AdaptiveMaxPool,
    pooling.AdaptiveAvgPool,
    pooling.GlobalAvgPool,
    pooling.GlobalMaxPool,
    pooling.MaxUnpool,
    dense.Linear,
    dense.Flatten,
    normalisation.BatchNorm,
    normalisation.LayerNorm,
    normalisation.GroupNorm,
    normalisation.InstanceNorm,
    normalisation.LocalResponseNorm,
    normalisation.LayerScale,
    activation.ReLU,
    activation.ReLU6,
    activation.LeakyReLU,
    activation.PReLU,
    activation.ELU,
    activation.SELU,
    activation.GELU,
    activation.SiLU,
    activation.Mish,
    activation.Sigmoid,
    activation.Hardsigmoid,
    activation.Hardswish,
    activation.Tanh,
    activation.Softplus,
    activation.Softmax,
    activation.LogSoftmax,
    activation.Dropout,
    activation.DropPath,
    joining.Identity,
    joining.Add,
    joining.Mul,
    joining.Concat,
    shaping.Split,
    shaping.Reshape,
    shaping.Permute,
    shaping.Pad,
    shaping.Crop,
    resampling.Upsample,
    resampling.PixelShuffle,
    resampling.PixelUnshuffle,
    resampling.ChannelShuffle,
    tokens.ToTokens,
    tokens.ClassToken,
    tokens.PositionEmbedding,
    tokens.Attention,
    tokens.Select,
    loss.CrossEntropy,
    loss.MeanSquaredError,
)

#: Name in the language to class.
KINDS: dict[str, type[Layer]] = {layer.kind: layer for layer in _ALL}


def mistaken(layer: Layer, mistake: Mistake) -> Layer:
    """The wrong layer that who makes the mistake has in mind.

    A kind with fewer inputs reads the first ones.

    >>> from cnncalc.sizes import Shape
    >>> conv = KINDS["conv"](out=10, kernel=(5,), padding=(2,))
    >>> forgot_padding = conv.mistakes[0]
    >>> print(conv.output(Shape((3, 32, 32))))
    10x32x32
    >>> print(mistaken(conv, forgot_padding).output(Shape((3, 32, 32))))
    10x28x28

    Raises :class:`ArgumentError` where the layer's own arguments do not go with the mistake.
    """
    if mistake.kind is None:
        return layer.replace(**mistake.changes)
    kind = KINDS[mistake.kind]
    shared = {name: value for name, value in layer.given.items() if name in kind.arguments}
    return kind(**{**shared, **mistake.changes})


__all__ = [
    "KINDS",
    "Argument",
    "ArgumentError",
    "Layer",
    "Mistake",
    "Requirement",
    "Weight",
    "mistaken",
]
