"""The kinds of layers. ``KINDS`` is the one table: adding a kind is a class and a name here."""

from __future__ import annotations

from cnncalc.layers.activation import Dropout, ReLU, Sigmoid, Softmax, Tanh
from cnncalc.layers.arguments import Argument, ArgumentError
from cnncalc.layers.base import Layer, Requirement, Weight
from cnncalc.layers.convolution import Conv, DepthwiseConv, TransposedConv
from cnncalc.layers.dense import Flatten, Linear
from cnncalc.layers.normalisation import BatchNorm, LocalResponseNorm
from cnncalc.layers.pooling import AdaptiveAvgPool, AvgPool, GlobalAvgPool, MaxPool
from cnncalc.layers.structure import Add, Concat, Crop, Identity, Mul, Pad

_ALL: tuple[type[Layer], ...] = (
    Conv,
    DepthwiseConv,
    TransposedConv,
    MaxPool,
    AvgPool,
    AdaptiveAvgPool,
    GlobalAvgPool,
    Linear,
    Flatten,
    BatchNorm,
    LocalResponseNorm,
    ReLU,
    Tanh,
    Sigmoid,
    Softmax,
    Dropout,
    Identity,
    Pad,
    Crop,
    Add,
    Mul,
    Concat,
)

#: Name in the language to class.
KINDS: dict[str, type[Layer]] = {layer.kind: layer for layer in _ALL}

__all__ = ["KINDS", "Argument", "ArgumentError", "Layer", "Requirement", "Weight"]
