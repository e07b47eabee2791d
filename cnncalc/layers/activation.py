"""Activations and regularisation: pointwise at inference, without weights."""

from __future__ import annotations

from typing import Any

from cnncalc.layers.arguments import Real
from cnncalc.layers.base import Layer
from cnncalc.sizes import Shape


class ReLU(Layer):
    """Rectified linear unit: max(0, x). Source: PyTorch, ``torch.nn.ReLU``."""

    kind = "relu"

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.ReLU()


class Tanh(Layer):
    """Hyperbolic tangent. Source: PyTorch, ``torch.nn.Tanh``."""

    kind = "tanh"

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Tanh()


class Sigmoid(Layer):
    """Logistic function: 1 / (1 + exp(−x)). Source: PyTorch, ``torch.nn.Sigmoid``."""

    kind = "sigmoid"

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Sigmoid()


class Softmax(Layer):
    """Softmax over the channels (or features). Source: PyTorch, ``torch.nn.Softmax``."""

    kind = "softmax"

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Softmax(dim=1)


class Dropout(Layer):
    """Dropout: while training, zeroes each element with probability ``rate``; identity at inference.

    Source: Srivastava et al. 2014; PyTorch, ``torch.nn.Dropout``.
    """

    kind = "dropout"
    view = True

    rate = Real("probability of zeroing", "p", minimum=0, maximum=1, positional=True, default="0.5")

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Dropout(float(self.rate))
