"""Layers that join, cut and pad tensors without weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.errors import LayerError
from cnncalc.layers.arguments import ArgumentError, Axes, Choice, Count, Like
from cnncalc.layers.base import Layer, Requirement
from cnncalc.layers.convolution import PADDING_MODES
from cnncalc.layers.windows import POINT, Broadcast, Slide, Window
from cnncalc.sizes import Shape, Size, axis_names, equal, floor_div


class Identity(Layer):
    """The tensor as it is; gives it a name. Source: PyTorch, ``torch.nn.Identity``."""

    kind = "identity"
    view = True

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Identity()


def _agree(xs: tuple[Shape, ...], sizes: int, kind: str) -> Iterator[Requirement]:
    """Inputs 1, 2, … have the rank and the last ``sizes`` sizes of input 0."""
    names = ("channels", *axis_names(xs[0].rank))
    for i, x in enumerate(xs[1:], start=1):
        for axis in range(len(names) - sizes, len(names)):
            yield Requirement(
                xs[0][axis],
                "==",
                x[axis],
                f"{kind} joins tensors whose {names[axis]} differ: {{left}} and {{right}}"
                if axis == 0
                else f"{kind} joins tensors of different {names[axis]}: {{left}} and {{right}}",
                "a 1x1 convolution changes the channels, stride and padding the sizes"
                if axis == 0
                else "check stride and padding of both branches, or crop one: crop like=NAME",
                (0, i),
            )


class _Join(Layer):
    arity = (2, None)

    def _check_inputs(self, xs: tuple[Shape, ...]) -> None:
        super()._check_inputs(xs)
        for i, x in enumerate(xs):
            if x.rank != xs[0].rank:
                raise LayerError(
                    f"{self.kind} joins tensors with {xs[0].rank} and {x.rank} spatial axes",
                    hint="bring both to the same axes first, as with flatten",
                    inputs=(0, i),
                )


class Add(_Join):
    """Sum of tensors of equal shape. Source: He et al. 2016, "Deep residual learning", eq. 1."""

    kind = "add"

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return _agree(xs, len(xs[0]), self.kind)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return _fold(lambda a, b: a + b)


class Mul(_Join):
    """Product of tensors; sizes of 1 are repeated, so that a gate (Cx1x1) scales a map (CxHxW).

    Source: Hu, Shen & Sun 2018, "Squeeze-and-excitation networks", eq. 4.
    """

    kind = "mul"

    def _full(self, xs: tuple[Shape, ...]) -> list[Size]:
        return [
            next((size for size in sizes if equal(size, 1) is not True), 1) for sizes in zip(*xs)
        ]

    def channels(self, *xs: Shape) -> Size:
        return self._full(xs)[0]

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        full = Shape(self._full(xs))
        for i, x in enumerate(xs):
            widened = Shape(b if equal(a, 1) is True else a for a, b in zip(x, full))
            for need in _agree((full, widened), len(full), self.kind):
                yield need._replace(inputs=(0, i))

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        full = self._full(xs)[1:]
        return tuple(
            tuple(
                Broadcast(out) if equal(n, 1) is True and equal(out, 1) is not True else POINT
                for n, out in zip(x.spatial, full)
            )
            for x in xs
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return _fold(lambda a, b: a * b)


class Concat(_Join):
    """Tensors stacked along the channels. Source: PyTorch, ``torch.cat``."""

    kind = "concat"

    def channels(self, *xs: Shape) -> Size:
        return sum(x.channels for x in xs)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        return _agree(xs, xs[0].rank, self.kind)

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return lambda *tensors: torch.cat(tensors, dim=1)


def _fold(join: Any) -> Any:
    def joined(first: Any, *rest: Any) -> Any:
        for tensor in rest:
            first = join(first, tensor)
        return first

    return joined


_SIDES = (("left", "right"), ("top", "bottom"), ("front", "back"))


class _Frame(Layer):
    """Rows and columns added to or removed from the sides of a map."""

    ranks = range(1, 4)

    def sides(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        """Before and after for each axis, first axis first."""
        values = self.__dict__
        for side in (side for pair in _SIDES[x.rank :] for side in pair):
            if values[side] is not None:
                raise ArgumentError(
                    side,
                    f"{side} is on an axis that the input {x} does not have",
                    f"its spatial axes are: {', '.join(axis_names(x.rank))}",
                )
        return tuple(
            (
                amount if values[before] is None else values[before],
                amount if values[after] is None else values[after],
            )
            for (before, after), amount in zip(_SIDES[x.rank - 1 :: -1], self.along("amount", x))
        )

    amount = Axes("rows and columns on every side", minimum=0, positional=True, default=(0,))
    left = Count("columns before the first", minimum=0, default=None)
    right = Count("columns after the last", minimum=0, default=None)
    top = Count("rows before the first", minimum=0, default=None)
    bottom = Count("rows after the last", minimum=0, default=None)
    front = Count("planes before the first", minimum=0, default=None)
    back = Count("planes after the last", minimum=0, default=None)


class Pad(_Frame):
    """Padding by itself, each side as wanted. Source: PyTorch, ``torch.nn.functional.pad``."""

    kind = "pad"

    mode = Choice("what the padding is filled with", words=PADDING_MODES, default="zeros")

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Slide(before=before, after=after) for before, after in self.sides(x))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        (x,) = xs
        if self.mode in ("reflect", "circular"):
            for n, amounts in zip(x.spatial, self.sides(x)):
                for amount in amounts:
                    yield Requirement(
                        n,
                        ">=",
                        amount + (1 if self.mode == "reflect" else 0),
                        f"mode={self.mode} mirrors at least {{right}} positions, "
                        "the input has {left}",
                        "pad less, or use mode=zeros",
                    )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        amounts = [amount for pair in reversed(self.sides(xs[0])) for amount in pair]
        mode = "constant" if self.mode == "zeros" else self.mode
        return lambda x: torch.nn.functional.pad(x, amounts, mode=mode)


class Crop(_Frame):
    """Rows and columns cut off; ``like`` and ``size`` cut around the centre.

    With an odd difference the extra row or column goes at the end.
    Source: Ronneberger et al. 2015, "U-Net", section 2 (centre crop of the skip connection).
    """

    kind = "crop"
    view = True

    like = Like("cut to the spatial size of this layer", default=None)
    size = Axes("cut to this size", default=None)

    def sides(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        if self.like is None and self.size is None:
            return super().sides(x)
        given = [name for name in self.given if self.__dict__[name] is not None]
        if len(given) > 1:
            raise ArgumentError(
                given[-1],
                f"crop takes like, or size, or amounts, got {' and '.join(given)}",
                "leave all but one of them out",
            )
        targets = self.along("size", x) if self.like is None else self.like.spatial
        if len(targets) != x.rank:
            raise ArgumentError(
                "like",
                f"like={self.like} has {len(targets)} spatial axes, but the input {x} has {x.rank}",
                "crop to the size of a tensor with the same axes",
            )
        before = [floor_div(n - m, 2) for n, m in zip(x.spatial, targets)]
        return tuple((first, n - m - first) for first, n, m in zip(before, x.spatial, targets))

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Slide(before=-before, after=-after) for before, after in self.sides(x))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        for axis, amounts in zip(axis_names(xs[0].rank), self.sides(xs[0])):
            yield Requirement(
                amounts[0] + amounts[1],
                ">=",
                0,
                f"crop to a larger {axis}: {{left}} positions would have to be removed",
                "crop only makes smaller: crop the larger of the two tensors",
            )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        kept = [
            (before, n - before - after) for n, (before, after) in zip(x.spatial, self.sides(x))
        ]

        def cropped(tensor: Any) -> Any:
            for axis, (start, length) in enumerate(kept, start=2):
                tensor = tensor.narrow(axis, start, length)
            return tensor

        return cropped
