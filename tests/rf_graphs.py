"""Random networks in the one-line language, with joins of branches that advance alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

Draw = Callable[..., Any]
#: One number per axis.
Numbers = tuple[int, ...]


class Drawn(NamedTuple):
    """A network without its input; ``folds``: padding may repeat positions of the map."""

    rank: int
    layers: tuple[str, ...]
    folds: bool

    def text(self, sizes: Numbers) -> str:
        return " | ".join(["1x" + "x".join(map(str, sizes)), *self.layers])


@st.composite
def networks(draw: Draw) -> Drawn:
    rank = draw(st.sampled_from([1, 1, 2]))
    writer = _Writer(draw, rank)
    writer.sequence(3, joins=0 if writer.holes and rank > 1 else 2)
    return Drawn(rank, tuple(writer.layers), writer.folds)


class _Writer:
    """Draws layers and writes them down; ``here`` is the current tensor."""

    def __init__(self, draw: Draw, rank: int) -> None:
        self.draw = draw
        self.rank = rank
        self.layers: list[str] = []
        self.here = "input"
        self.channels = 1
        self.folds = self.one(False, False, False, True)
        #: May units of a transposed convolution see nothing? Not where padding repeats positions
        #: (it does not repeat which of them are empty), nor before a join of maps: units that are
        #: empty along one axis only would tie the axes together.
        self.holes = not self.folds and self.one(*[True] * (3 if rank == 1 else 1), False)

    def write(self, layer: str, channels: int = 1) -> None:
        self.here = f"t{len(self.layers)}"
        self.channels = channels
        self.layers.append(f"{self.here} = {layer}")

    def one(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def numbers(self, *choices: int) -> Numbers:
        """Alike for every axis, or for each its own."""
        if self.rank == 1 or self.one(True, False):
            return (self.one(*choices),) * self.rank
        return tuple(self.one(*choices) for _ in range(self.rank))

    def sequence(self, most: int, joins: int) -> None:
        """Some layers, of any stride, one after the other."""
        for _ in range(self.one(*range(most, 0, -1))):
            kind = self.one(*["join"] * 3 * (joins > 0), "slide", "slide", "spread", "still")
            if kind == "slide":
                self.slide(self.numbers(1, 2, 3))
            elif kind == "spread":
                self.spread(self.numbers(1, 2, 3))
            elif kind == "still":
                self.still(joins)
            else:
                self.join(self.numbers(1, 2, 1), self.numbers(1, 2, 1), joins - 1)

    def still(self, joins: int) -> None:
        """A layer or a join that leaves the jump as it is."""
        kind = self.one("slide", "slide", *["join"] * (joins > 0), "spread", "frame", "point")
        ones = (1,) * self.rank
        if kind == "slide":
            self.slide(ones)
        elif kind == "spread":
            self.spread(ones)
        elif kind == "frame":
            self.frame()
        elif kind == "point":
            self.write(self.one("relu", "bn", "identity", "dropout"), self.channels)
        else:
            self.join(ones, ones, joins - 1)

    def slide(self, strides: Numbers) -> None:
        kind = self.one("conv", "conv", "dwconv", "maxpool", "avgpool")
        kernels = self.numbers(1, 2, 3, 4)
        words = [kind, "1"] if kind == "conv" else [kind]
        words += [f"k={_x(kernels)}", f"s={_x(strides)}"]
        if kind != "avgpool":
            words.append(f"d={_x(self.numbers(1, 1, 2, 3))}")
        if "pool" in kind:
            words.append(f"p={_x(tuple(self.one(*range(k // 2 + 1)) for k in kernels))}")
            words.append(f"ceil={self.one('yes', 'no')}")
        elif max(strides) == 1 and self.one(True, False, False):
            words.append("p=same")
        else:
            words.append(f"p={_x(self.numbers(0, 1, 2, 3))}")
        if "conv" in kind:
            words.append(f"mode={self.mode()}")
        self.write(" ".join(words), 1 if kind == "conv" else self.channels)

    def spread(self, strides: Numbers) -> None:
        kernels, dilations = self.numbers(1, 2, 3, 4, 5), self.numbers(1, 1, 2, 3)
        if not self.holes:
            kernels, dilations = tuple(map(max, kernels, strides)), (1,) * self.rank
        extra = [self.one(*range(max(pair))) for pair in zip(strides, dilations, strict=True)]
        self.write(
            f"deconv 1 k={_x(kernels)} s={_x(strides)} d={_x(dilations)} "
            f"p={_x(self.numbers(0, 1, 2))} op={_x(tuple(extra))}"
        )

    def frame(self) -> None:
        sides = ("left", "right", "top", "bottom")[: 2 * self.rank]
        amounts = " ".join(f"{side}={self.one(0, 1, 2, 3)}" for side in sides)
        layer = f"pad {amounts} mode={self.mode()}" if self.one(True, False) else f"crop {amounts}"
        self.write(layer, self.channels)

    def mode(self) -> str:
        mode: str = self.one("zeros", "reflect", "replicate", "circular") if self.folds else "zeros"
        return mode

    def join(self, down: Numbers, up: Numbers, joins: int) -> None:
        """Branches with the same strides in all, cut to the smallest of them."""
        start, channels = self.here, self.channels
        ends = []
        for _ in range(self.one(2, 2, 3)):
            if self.layers:
                self.layers.append(f"from {start}")
            self.here, self.channels = start, channels
            self.branch(down, up, joins)
            if self.channels > 1:
                self.write("conv 1 k=1")
            ends.append(self.here)
        sizes = [
            f"(min({', '.join(f'{end}.{axis}' for end in ends)}))" for axis in "hw"[-self.rank :]
        ]
        for i, end in enumerate(ends):
            self.layers.append(f"from {end}")
            self.write(f"crop size={'x'.join(sizes)}")
            ends[i] = self.here
        kind = self.one("add", "concat")
        self.write(f"{kind} {' '.join(ends)}", len(ends) if kind == "concat" else 1)

    def branch(self, down: Numbers, up: Numbers, joins: int) -> None:
        """Strides ``down / up`` in all, by way of a finer or a coarser grid now and then."""
        detour = self.numbers(1, 1, 1, 2, 3)
        steps = [
            (self.slide, tuple(a * b for a, b in zip(down, detour, strict=True))),
            (self.spread, tuple(a * b for a, b in zip(up, detour, strict=True))),
        ]
        if self.one(True, False):
            steps.reverse()
        for step, strides in steps:
            if max(strides) > 1:
                step(strides)
            if self.one(True, True, False):
                self.still(joins)


def _x(numbers: Numbers) -> str:
    return "x".join(map(str, numbers))
