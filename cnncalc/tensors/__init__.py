"""Small tensors, worked out exactly: nested lists of integers, fractions or terms.

What a textbook computes by hand: convolutions and pools with their gradients, products, statistics
of normalisation. Along each axis the sizes are those of :mod:`cnncalc.formulas`. Convolution means
cross-correlation, as in deep learning; ``convolve`` flips the kernel.
"""

from cnncalc.tensors.core import ShapeError, elementwise, flatten, shape
from cnncalc.tensors.pooling import avgpool, avgpool_grad, maxpool, maxpool_grad
from cnncalc.tensors.products import (
    dot,
    flip,
    kron,
    matmul,
    mean,
    outer,
    pad,
    relu,
    total,
    transpose,
)
from cnncalc.tensors.sliding import (
    conv,
    conv_channels,
    conv_channels_grad_input,
    conv_channels_grad_weight,
    conv_grad_input,
    conv_grad_weight,
    convolve,
    deconv,
    deconv_channels,
)
from cnncalc.tensors.statistics import (
    NORM_AXES,
    groups,
    norm_mean,
    norm_var,
    normalised,
    ungrouped,
)
from cnncalc.tensors.traced import Surd, Traced

__all__ = [
    "NORM_AXES",
    "ShapeError",
    "Surd",
    "Traced",
    "avgpool",
    "avgpool_grad",
    "conv",
    "conv_channels",
    "conv_channels_grad_input",
    "conv_channels_grad_weight",
    "conv_grad_input",
    "conv_grad_weight",
    "convolve",
    "deconv",
    "deconv_channels",
    "dot",
    "elementwise",
    "flatten",
    "flip",
    "groups",
    "kron",
    "matmul",
    "maxpool",
    "maxpool_grad",
    "mean",
    "norm_mean",
    "norm_var",
    "normalised",
    "outer",
    "pad",
    "relu",
    "shape",
    "total",
    "transpose",
    "ungrouped",
]
