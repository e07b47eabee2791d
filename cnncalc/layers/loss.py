"""Losses, for worked examples: one number for each image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc.layers.base import Layer, Mistake, Requirement
from cnncalc.layers.calls import Call
from cnncalc.layers.joining import agree, same_layout
from cnncalc.layers.keeping import Kept
from cnncalc.layers.windows import Whole, Window
from cnncalc.sizes import Shape, Size


class CrossEntropy(Layer):
    """Cross-entropy of a vector of scores: −log softmax(x)[class].

    The class is a label of the data, not a tensor of the network; the twin takes class 0.
    Source: PyTorch, ``torch.nn.CrossEntropyLoss``.
    """

    kind = "cross_entropy"
    function = "cross_entropy"
    example = "10 | cross_entropy"
    mistakes = (Mistake("kept a number for each class", kind="log_softmax"),)
    ranks = range(1)
    ranks_hint = "add flatten (or gap, then flatten) and linear before it"

    def channels(self, *xs: Shape) -> Size:
        return 1

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterable[Kept]:
        """The logarithms of the softmax, and the label."""
        yield Kept("log softmax", xs[0].numel)
        yield Kept("label", 1, bytes=8)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        def loss(scores: Any) -> Any:
            target = torch.zeros(scores.shape[0], dtype=torch.long, device=scores.device)
            found = torch.nn.functional.cross_entropy(scores, target, reduction="none")
            return found.unsqueeze(1)

        return loss


class MeanSquaredError(Layer):
    """Mean of the squared differences of two tensors of equal shape, over all elements.

    Source: PyTorch, ``torch.nn.MSELoss``.
    """

    kind = "mse"
    example = "10 | a = relu | b = sigmoid | mse a b"
    mistakes = (Mistake("kept a number for each element: forgot the mean", kind="add"),)
    arity = (2, 2)
    on_tokens = "also"

    def _check_inputs(self, xs: tuple[Shape, ...]) -> None:
        super()._check_inputs(xs)
        same_layout(xs, self.kind)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),) * x.rank

    def channels(self, *xs: Shape) -> Size:
        return 1

    def requirements(self, *xs: Shape) -> Iterable[Requirement]:
        return agree(xs, self.kind)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterable[Kept]:
        yield Kept("differences", xs[0].numel)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        x = xs[0]
        yield Call("-", None, x, x, self)
        yield Call("Tensor.square", None, x, x, self)
        yield Call("Tensor.mean", None, x, y, self)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return lambda a, b: (a - b).square().flatten(1).mean(dim=1, keepdim=True)
