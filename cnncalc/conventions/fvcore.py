"""What fvcore counts: one per multiply–accumulate, and the operations below.

Read from fvcore 0.1.5.post20221221 and checked by running it. An operation counts when its name in
the traced graph is in ``fvcore/nn/flop_count.py:26-44`` (``_DEFAULT_SUPPORTED_OPS``); every other
is 0 to fvcore, most with a warning. The traced name decides, which has surprising consequences:
pooling counts in 2D alone, and a convolution with ``padding='same'`` not at all.
"""

from __future__ import annotations

from functools import singledispatch

from cnncalc.analyses.cost import node_cost
from cnncalc.errors import UsageError
from cnncalc.layers import Layer, activation, dense, joining, loss, resampling, shaping, tokens
from cnncalc.layers.convolution import Conv, DepthwiseConv, TransposedConv
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
)
from cnncalc.layers.pooling import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
    MaxUnpool,
)
from cnncalc.layers.separable import SeparableConv
from cnncalc.sizes import Shape, Size

VERSION = "0.1.5.post20221221"


@singledispatch
def extra(layer: Layer, xs: tuple[Shape, ...], y: Shape) -> Size:
    """What fvcore counts for ``layer`` per image in evaluation mode, beyond its MACs.

    Negative where fvcore leaves MACs out. Unit: fvcore's "flop", a multiply–accumulate or an
    operation from its table. Raises :class:`UsageError` for a kind without a rule.
    """
    raise UsageError(
        f"no rule says what fvcore counts for {layer.kind}",
        hint="use another convention, or add a rule to cnncalc/conventions/fvcore.py",
    )


def _nothing(layer: Layer, xs: tuple[Shape, ...], y: Shape) -> Size:
    return 0


_NOTHING: tuple[type[Layer], ...] = (
    # counted as their MACs: aten::_convolution (jit_handles.py:127-171), aten::linear (:99-110),
    # aten::bmm (:113-124); the softmax and the scaling of attention are not in the table
    *(TransposedConv, dense.Linear, LocallyConnected, tokens.Attention),
    # ignored by name (jit_analysis.py:28-84), or a view, or aten::pad, which is not in the table
    *(activation.ReLU, activation.Dropout, activation.DropPath, joining.Identity, joining.Concat),
    *(dense.Flatten, shaping.Reshape, shaping.Permute, shaping.Split, shaping.Pad, shaping.Crop),
    *(tokens.ToTokens, tokens.ClassToken, tokens.Select, resampling.ChannelShuffle),
    # not in the table
    *(activation.ReLU6, activation.LeakyReLU, activation.PReLU, activation.ELU, activation.SELU),
    *(activation.GELU, activation.SiLU, activation.Mish, activation.Sigmoid, activation.Tanh),
    *(activation.Hardsigmoid, activation.Hardswish, activation.Softplus, activation.Softmax),
    *(activation.LogSoftmax, joining.Add, joining.Mul, tokens.PositionEmbedding, LayerScale),
    *(MaxPool, AvgPool, AdaptiveMaxPool, GlobalMaxPool, MaxUnpool, LocalResponseNorm),
    *(resampling.PixelShuffle, resampling.PixelUnshuffle, loss.CrossEntropy, loss.MeanSquaredError),
)
for _kind in _NOTHING:
    extra.register(_kind, _nothing)


@extra.register(Conv)
@extra.register(DepthwiseConv)
def _convolution(layer: Conv | DepthwiseConv, xs: tuple[Shape, ...], y: Shape) -> Size:
    """Padding given as a word is traced as aten::_convolution_mode, which is not in the table.

    With another mode than zeros, PyTorch pads first and convolves with padding 0, which counts.
    ``flop_count.py:29`` has aten::_convolution alone.
    """
    if isinstance(layer.padding, str) and layer.mode == "zeros":
        return -node_cost(layer, xs, y).macs
    return 0


@extra.register
def _separable(layer: SeparableConv, xs: tuple[Shape, ...], y: Shape) -> Size:
    """Its depthwise part is missing where padding is a word, as of any convolution."""
    depthwise, between, _ = layer.parts(xs[0])
    return extra(depthwise, xs, between)


@extra.register
def _batch_norm(layer: BatchNorm, xs: tuple[Shape, ...], y: Shape) -> Size:
    """2 per input element with scale and shift, 1 without: ``jit_handles.py:251-258``.

    Without running statistics PyTorch normalises by the batch even in evaluation mode, which is
    traced as training: 5 and 4 (``jit_handles.py:230-248``).
    """
    operations = (2 if layer.affine else 1) if layer.track else (5 if layer.affine else 4)
    return operations * xs[0].numel


@extra.register(LayerNorm)
@extra.register(GroupNorm)
@extra.register(InstanceNorm)
def _norm(layer: LayerNorm | GroupNorm | InstanceNorm, xs: tuple[Shape, ...], y: Shape) -> Size:
    """5 per input element with a learned scale, 4 without: ``jit_handles.py:230-248``."""
    return (5 if layer.affine else 4) * xs[0].numel


@extra.register
def _upsample(layer: resampling.Upsample, xs: tuple[Shape, ...], y: Shape) -> Size:
    """In 2D, 1 per output element for nearest and 4 for linear: ``flop_count.py:40-41``."""
    if y.rank != 2:
        return 0
    return (1 if layer.mode == "nearest" else 4) * y.numel


@extra.register(AdaptiveAvgPool)
@extra.register(GlobalAvgPool)
def _adaptive_average(
    layer: AdaptiveAvgPool | GlobalAvgPool, xs: tuple[Shape, ...], y: Shape
) -> Size:
    """1 per input element in 2D: ``flop_count.py:42``; 1D and 3D are not in the table."""
    return xs[0].numel if xs[0].rank == 2 else 0
