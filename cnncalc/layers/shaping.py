"""Layers that cut, pad and rearrange a tensor without changing its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc import formulas
from cnncalc.layers.arguments import Axes, Choice, Count, Like
from cnncalc.layers.base import Layer, Mistake, Requirement
from cnncalc.layers.convolution import PADDING_MODES
from cnncalc.layers.keeping import INPUT_KEPT, Kept
from cnncalc.layers.windows import Slide, Whole, Window
from cnncalc.problems import ArgumentConflict, Indivisible, OtherElements, WrongAxes
from cnncalc.sizes import Shape, Size, Tokens, axis_names, exact_div


class Split(Layer):
    """Equal parts of the channels: ``a, b = split 2``; each name is one part.

    Source: PyTorch, ``torch.chunk``.
    """

    kind = "split"
    example = "64x28x28 | split 2"
    mistakes = (Mistake("kept all channels", {"parts": 1, "index": 0}),)
    on_tokens = "also"
    view = True
    gaps = True
    numbered = ("index", "parts")

    parts = Count("into how many parts", "n", positional=True)
    index = Count(
        "which part, from 0; names before the layer count by themselves", minimum=0, default=0
    )

    def channels(self, *xs: Shape) -> Size:
        return exact_div(xs[0].channels, self.parts)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield Requirement(
            xs[0].channels,
            "% ==",
            self.parts,
            "{left} channels cannot be split into {right} equal parts",
            "choose a number of parts that divides the channels",
            error=Indivisible,
        )
        yield Requirement(
            self.parts,
            ">=",
            self.index + 1,
            f"of {{left}} parts, number {self.index} is wanted",
            "parts are counted from 0, and need a name each: a, b = split 2",
            error=ArgumentConflict,
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        axis = -1 if xs[0].features_last else 1
        return lambda x: x.chunk(self.parts, dim=axis)[self.index]


class Reshape(Layer):
    """The same elements in another shape: ``reshape 512x4x4``.

    A view, as of a tensor that lies in memory in order; PyTorch copies one that was permuted.
    Source: PyTorch, ``torch.reshape``.
    """

    kind = "reshape"
    example = "8192 | reshape 512x4x4"
    mistakes = (Mistake("left it a vector", kind="flatten"),)
    view = True

    shape = Axes("channels and positions", "to", positional=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),) * x.rank

    def output(self, *xs: Shape) -> Shape:
        super().output(*xs)
        return Shape(self.shape)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        target = Shape(self.shape)
        yield Requirement(
            xs[0].numel,
            "==",
            target.numel,
            f"{{left}} elements ({xs[0]}) do not make {target}, which has {{right}}",
            "reshape keeps the number of elements",
            error=OtherElements,
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        shape = self.shape
        return lambda x: x.reshape(x.shape[0], *shape)


class Permute(Layer):
    """Channels moved behind the positions (``permute last``) or before them (``permute first``).

    Layers that work on features (linear, ln) then take the map position by position.
    Source: PyTorch, ``torch.permute``; as in Liu et al. 2022, "ConvNeXt".
    """

    kind = "permute"
    example = "96x56x56 | permute last"
    mistakes = (Mistake("left the axes in their order", kind="identity"),)
    on_tokens = "also"
    ranks = range(1, 4)
    ranks_hint = "a vector has nothing to permute"
    view = True
    reorders = True

    to = Choice("where the channels go", words=("last", "first"), positional=True)

    def output(self, *xs: Shape) -> Shape:
        super().output(*xs)
        (x,) = xs
        if self.to == "last":
            return Tokens((*x.spatial, x.channels))
        return Shape((x.channels, *x.spatial))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        before = -1 if x.features_last else 1
        after = -1 if self.to == "last" else 1
        return lambda tensor: tensor.movedim(before, after)


_SIDES = (("left", "right"), ("top", "bottom"), ("front", "back"))


class _Frame(Layer):
    """Rows and columns added to or removed from the sides of a map."""

    ranks = range(1, 4)

    def sides(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        """Before and after for each axis, first axis first."""
        values = self.__dict__
        for side in (side for pair in _SIDES[x.rank :] for side in pair):
            if values[side] is not None:
                raise WrongAxes(
                    f"{side} is on an axis that the input {x} does not have",
                    argument=side,
                    hint=f"its spatial axes are: {', '.join(axis_names(x.rank))}",
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
    example = "3x224x224 | pad 3"
    mistakes = (
        Mistake("padded the left side only", {"right": 0}),
        Mistake("forgot the padding", kind="identity"),
    )

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
                        f"mode={self.mode} needs at least {{right}} positions to fill the padding, "
                        "the input has {left}",
                        "pad less, or use mode=zeros",
                    )

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        if self.mode in ("reflect", "replicate"):
            yield INPUT_KEPT

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
    example = "64x136x136 | crop size=104"
    mistakes = (Mistake("left the size as it was", kind="identity"),)
    view = True
    gaps = True

    like = Like("cut to the spatial size of this layer", default=None)
    size = Axes("cut to this size", default=None)

    def sides(self, x: Shape) -> tuple[tuple[Size, Size], ...]:
        if self.like is None and self.size is None:
            return super().sides(x)
        given = [name for name in self.given if self.__dict__[name] is not None]
        if len(given) > 1:
            raise ArgumentConflict(
                f"crop takes like, or size, or amounts, got {' and '.join(given)}",
                argument=given[-1],
                hint="leave all but one of them out",
            )
        targets = self.along("size", x) if self.like is None else self.like.spatial
        if len(targets) != x.rank:
            raise WrongAxes(
                f"like={self.like} has {len(targets)} spatial axes, but the input {x} has {x.rank}",
                argument="like",
                hint="crop to the size of a tensor with the same axes",
            )
        return tuple(formulas.halves(n - m) for n, m in zip(x.spatial, targets))

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Slide(before=-before, after=-after) for before, after in self.sides(x))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        (x,) = xs
        for axis, n, amounts in zip(axis_names(x.rank), x.spatial, self.sides(x)):
            yield Requirement(
                n,
                ">=",
                n - amounts[0] - amounts[1],
                f"crop only makes smaller: it cannot bring the {axis} from {{left}} to {{right}}",
                "crop the larger of the two tensors",
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
