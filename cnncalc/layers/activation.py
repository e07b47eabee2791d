"""Activations and regularisation: each element by itself at inference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from cnncalc.layers.arguments import Choice, Real
from cnncalc.layers.base import Layer, Mistake, Weight
from cnncalc.layers.keeping import INPUT_KEPT, OUTPUT_KEPT, Kept
from cnncalc.sizes import Shape


class _Activation(Layer):
    on_tokens = "also"
    mistakes: ClassVar[tuple[Mistake, ...]] = (
        Mistake("counted a learned parameter for each channel", {"slopes": "channels"}, "prelu"),
    )

    module: ClassVar[str]
    #: What its derivative is computed from: the input, or the output where that says it too.
    kept: ClassVar[Kept] = INPUT_KEPT

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield self.kept

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return getattr(torch.nn, self.module)()


class ReLU(_Activation):
    """Rectified linear unit: max(0, x). Source: PyTorch, ``torch.nn.ReLU``."""

    kind = "relu"
    function = "relu"
    example = "64x112x112 | relu"
    module = "ReLU"
    kept = OUTPUT_KEPT


class ReLU6(_Activation):
    """ReLU that stops at 6: min(max(0, x), 6). Source: PyTorch, ``torch.nn.ReLU6``."""

    kind = "relu6"
    function = "hardtanh"
    example = "32x112x112 | relu6"
    module = "ReLU6"


class LeakyReLU(_Activation):
    """max(0, x) + slope * min(0, x). Source: PyTorch, ``torch.nn.LeakyReLU``."""

    kind = "leaky_relu"
    module = "LeakyReLU"
    function = "leaky_relu"
    known_as = (
        "leakyrelu",
        "lrelu",
    )
    example = "64x208x208 | leaky_relu"
    mistakes = (
        *_Activation.mistakes,
        Mistake("took the fixed slope for a learned one", kind="prelu"),
    )

    slope = Real("slope below zero", "negative_slope", positional=True, default="0.01")

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.LeakyReLU(float(self.slope))


class PReLU(Layer):
    """Leaky ReLU whose slopes are learned: one for all, or one for each channel.

    Source: He et al. 2015, "Delving deep into rectifiers"; PyTorch, ``torch.nn.PReLU``.
    """

    kind = "prelu"
    module = "PReLU"
    function = "prelu"
    example = "64x56x56 | prelu"
    mistakes = (
        Mistake("counted a slope for each channel, where one is shared", {"slopes": "channels"}),
        Mistake("forgot that the slope is learned", kind="leaky_relu"),
    )
    ranks = range(4)

    slopes = Choice("how many slopes are learned", words=("one", "channels"), default="one")

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("weight", (x.channels if self.slopes == "channels" else 1,))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.PReLU(xs[0].channels if self.slopes == "channels" else 1)


class ELU(_Activation):
    """x above zero, alpha * (exp(x) − 1) below. Source: PyTorch, ``torch.nn.ELU``."""

    kind = "elu"
    module = "ELU"
    function = "elu"
    example = "64x28x28 | elu"

    alpha = Real("depth of the negative part", positional=True, default=1)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.ELU(float(self.alpha))


class SELU(_Activation):
    """Self-normalising ELU. Source: Klambauer et al. 2017; PyTorch, ``torch.nn.SELU``."""

    kind = "selu"
    function = "selu"
    example = "64x28x28 | selu"
    module = "SELU"


class GELU(_Activation):
    """x * Phi(x), Phi the normal distribution. Source: Hendrycks & Gimpel 2016; ``torch.nn.GELU``."""

    kind = "gelu"
    function = "gelu"
    example = "384x56x56 | gelu"
    module = "GELU"


class SiLU(_Activation):
    """x * sigmoid(x), also called swish. Source: PyTorch, ``torch.nn.SiLU``."""

    kind = "silu"
    function = "silu"
    known_as = ("swish",)
    example = "32x112x112 | silu"
    module = "SiLU"


class Mish(_Activation):
    """x * tanh(softplus(x)). Source: Misra 2019; PyTorch, ``torch.nn.Mish``."""

    kind = "mish"
    function = "mish"
    example = "64x208x208 | mish"
    module = "Mish"


class Sigmoid(_Activation):
    """Logistic function: 1 / (1 + exp(−x)). Source: PyTorch, ``torch.nn.Sigmoid``."""

    kind = "sigmoid"
    function = "sigmoid"
    example = "6x14x14 | sigmoid"
    module = "Sigmoid"
    kept = OUTPUT_KEPT


class Hardsigmoid(_Activation):
    """relu6(x + 3) / 6. Source: Howard et al. 2019, "MobileNetV3"; ``torch.nn.Hardsigmoid``."""

    kind = "hardsigmoid"
    function = "hardsigmoid"
    example = "16x1x1 | hardsigmoid"
    module = "Hardsigmoid"


class Hardswish(_Activation):
    """x * relu6(x + 3) / 6. Source: Howard et al. 2019, "MobileNetV3"; ``torch.nn.Hardswish``."""

    kind = "hardswish"
    function = "hardswish"
    example = "16x112x112 | hardswish"
    module = "Hardswish"


class Tanh(_Activation):
    """Hyperbolic tangent. Source: PyTorch, ``torch.nn.Tanh``."""

    kind = "tanh"
    function = "tanh"
    example = "6x28x28 | tanh"
    module = "Tanh"
    kept = OUTPUT_KEPT


class Softplus(_Activation):
    """log(1 + exp(x)). Source: PyTorch, ``torch.nn.Softplus``."""

    kind = "softplus"
    function = "softplus"
    example = "64x28x28 | softplus"
    module = "Softplus"


class Softmax(_Activation):
    """Softmax over the channels (or features). Source: PyTorch, ``torch.nn.Softmax``."""

    kind = "softmax"
    function = "softmax"
    example = "10 | softmax"
    mistakes = (
        *_Activation.mistakes,
        Mistake("took it for the loss, which is one number", kind="cross_entropy"),
    )
    module = "Softmax"
    kept = OUTPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return getattr(torch.nn, self.module)(dim=-1 if xs[0].features_last else 1)


class LogSoftmax(Softmax):
    """Logarithm of the softmax over the channels. Source: PyTorch, ``torch.nn.LogSoftmax``."""

    kind = "log_softmax"
    function = "log_softmax"
    example = "10 | log_softmax"
    module = "LogSoftmax"


_LEARNED_MASK = Mistake("took its mask for learned: a weight for each channel", kind="layerscale")


class Dropout(Layer):
    """Dropout: while training, zeroes each element with probability ``rate``; identity at inference.

    Source: Srivastava et al. 2014; PyTorch, ``torch.nn.Dropout``.
    """

    kind = "dropout"
    module = "Dropout"
    function = "dropout"
    example = "4096 | dropout"
    mistakes = (_LEARNED_MASK,)
    on_tokens = "also"
    view = True

    rate = Real("probability of zeroing", "p", minimum=0, maximum=1, positional=True, default="0.5")

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Dropout(float(self.rate))

    @property
    def view_in_training(self) -> bool:
        return self.rate == 0

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """Which elements stay, a byte each, as on a GPU; on a CPU PyTorch keeps numbers."""
        if self.rate != 0:
            yield Kept("mask", y.numel, bytes=1)


class DropPath(Layer):
    """Stochastic depth: while training, drops a branch with probability ``rate``.

    Identity at inference. Source: Huang et al. 2016, "Deep networks with stochastic depth".
    """

    kind = "droppath"
    example = "96x56x56 | droppath"
    mistakes = (_LEARNED_MASK,)
    on_tokens = "also"
    view = True

    rate = Real(
        "probability of dropping", "p", minimum=0, maximum=1, positional=True, default="0.1"
    )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        keep = 1 - float(self.rate)

        class StochasticDepth(torch.nn.Module):  # type: ignore[misc]
            def forward(self, x: Any) -> Any:
                if not self.training or keep == 1:
                    return x
                mask = x.new_empty((x.shape[0], *(1,) * (x.dim() - 1))).bernoulli_(keep)
                return x * (mask.div_(keep) if keep else mask)

        return StochasticDepth()

    @property
    def view_in_training(self) -> bool:
        return self.rate == 0

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """A factor for each image."""
        if self.rate != 0:
            yield Kept("factor", 1)
