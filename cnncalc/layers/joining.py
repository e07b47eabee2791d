"""Layers that join tensors, and the one that does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.base import Layer, Mistake, Requirement
from cnncalc.layers.calls import Call
from cnncalc.layers.keeping import Kept
from cnncalc.layers.windows import POINT, Broadcast, Window
from cnncalc.problems import JoinMismatch
from cnncalc.sizes import Shape, Size, equal, same


class Identity(Layer):
    """The tensor as it is; gives it a name. Source: PyTorch, ``torch.nn.Identity``."""

    kind = "identity"
    example = "64x56x56 | identity"
    mistakes = (Mistake("counted a weight for each channel", kind="layerscale"),)
    on_tokens = "also"
    view = True

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Identity()


def agree(xs: tuple[Shape, ...], kind: str, but_channels: bool = False) -> Iterator[Requirement]:
    """Inputs 1, 2, … have the sizes of input 0, its channels excepted if so told."""
    first = xs[0]
    channels = len(first) - 1 if first.features_last else 0
    for i, x in enumerate(xs[1:], start=1):
        for axis, name in enumerate(first.axes):
            if axis == channels and but_channels:
                continue
            yield Requirement(
                first[axis],
                "==",
                x[axis],
                f"{kind} joins tensors whose {name} differ: {{left}} and {{right}}"
                if axis == channels
                else f"{kind} joins tensors of different {name}: {{left}} and {{right}}",
                "a 1x1 convolution changes the channels, stride and padding the sizes"
                if axis == channels
                else "check stride and padding of both branches, or crop one: crop like=NAME",
                (0, i),
                JoinMismatch,
            )


def same_layout(xs: tuple[Shape, ...], kind: str) -> None:
    """Raises :class:`JoinMismatch` when inputs differ in their axes, so that sizes do not compare."""
    for i, x in enumerate(xs):
        if x.rank != xs[0].rank:
            raise JoinMismatch(
                f"{kind} joins tensors with {xs[0].rank} and {x.rank} spatial axes",
                hint="bring both to the same axes first, as with flatten",
                inputs=(0, i),
            )
        if x.features_last != xs[0].features_last:
            raise JoinMismatch(
                f"{kind} joins a map and a sequence of tokens",
                hint="turn the map into tokens first",
                inputs=(0, i),
            )


class _Join(Layer):
    arity = (2, None)
    on_tokens = "also"

    def _check_inputs(self, xs: tuple[Shape, ...]) -> None:
        super()._check_inputs(xs)
        same_layout(xs, self.kind)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        """One tensor after the other."""
        done = xs[:1]
        for x in xs[1:] if self.function else ():
            done = (*done, x)
            before, after = (
                self.output(*done[:-1]) if len(done) > 2 else done[0],
                self.output(*done),
            )
            yield Call(str(self.function), None, before, after, self)


class Add(_Join):
    """Sum of tensors of equal shape. Source: He et al. 2016, "Deep residual learning", eq. 1."""

    kind = "add"
    function = "+"
    known_as = (
        "residual",
        "sum",
    )
    example = "64x56x56 | skip = relu | conv 64 k=3 p=1 | add skip x"
    mistakes = (Mistake("stacked the channels", kind="concat"),)
    passes_gradient = True

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return agree(xs, self.kind)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return _fold(lambda a, b: a + b)


class Mul(_Join):
    """Product of tensors; sizes of 1 are repeated, so that a gate (Cx1x1) scales a map (CxHxW).

    Source: Hu, Shen & Sun 2018, "Squeeze-and-excitation networks", eq. 4.
    """

    kind = "mul"
    function = "*"
    known_as = ("multiply",)
    example = "64x28x28 | a, b = split 2 | mul a b"
    mistakes = (Mistake("stacked the channels", kind="concat"),)

    def _full(self, xs: tuple[Shape, ...]) -> Shape:
        return type(xs[0])(map(_widest, zip(*xs)))

    def channels(self, *xs: Shape) -> Size:
        return self._full(xs).channels

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        full = self._full(xs)
        for i, x in enumerate(xs):
            widened = type(x)(
                b if same(a, b) or equal(a, 1) is True else a for a, b in zip(x, full)
            )
            for need in agree((full, widened), self.kind):
                yield need._replace(inputs=(0, i))

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        full = self._full(xs).spatial
        return tuple(
            tuple(
                Broadcast(out) if same(n, 1) and not same(out, 1) else POINT
                for n, out in zip(x.spatial, full)
            )
            for x in xs
        )

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """The gradient of a factor reads the others: all before it multiplied, and each after it."""
        yield Kept("first factor", of=0, only_for=(1,))
        for i in range(1, len(xs)):
            before = tuple(range(i))
            if i > 1:
                made = self._full(xs[:i]).numel
                yield Kept(f"product of {i} factors", made, only_for=(i,))
            yield Kept(f"factor {i + 1}", of=i, only_for=before)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return _fold(lambda a, b: a * b)


def _widest(sizes: tuple[Size, ...]) -> Size:
    """The size that those of 1 are repeated to: the first that is not 1."""
    wide = [size for size in sizes if not same(size, 1)]
    if all(same(wide[0], size) for size in wide[1:]):
        return wide[0] if wide else 1  # even where that one is 1 for some values of the symbols
    return next((size for size in wide if equal(size, 1) is not True), 1)


class Concat(_Join):
    """Tensors stacked along the channels. Source: PyTorch, ``torch.cat``."""

    kind = "concat"
    known_as = (
        "cat",
        "concatenate",
    )
    example = "64x28x28 | skip = relu | conv 64 k=3 p=1 | concat skip x"
    mistakes = (Mistake("summed: kept the channels of one tensor", kind="add"),)
    passes_gradient = True

    def channels(self, *xs: Shape) -> Size:
        return sum(x.channels for x in xs)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return agree(xs, self.kind, but_channels=True)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        axis = -1 if xs[0].features_last else 1
        return lambda *tensors: torch.cat(tensors, dim=axis)


def _fold(join: Any) -> Any:
    def joined(first: Any, *rest: Any) -> Any:
        for tensor in rest:
            first = join(first, tensor)
        return first

    return joined
