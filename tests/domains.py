"""Random networks with sizes left open, whose layers need not fit; and brute force over boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import floor
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

import cnncalc
from cnncalc.graph import Graph
from cnncalc.layers.windows import POINT

Draw = Callable[..., Any]
#: Up to where every symbol is tried, by how many there are.
BOX = {1: 40, 2: 12, 3: 6}


class Drawn(NamedTuple):
    """A network as YAML, and the names of its symbols."""

    text: str
    symbols: tuple[str, ...]

    def network(self) -> cnncalc.Network:
        return cnncalc.parse(self.text)

    def points(self) -> Iterator[dict[str, int]]:
        reach = range(1, BOX[len(self.symbols)] + 1)
        for numbers in product(reach, repeat=len(self.symbols)):
            yield dict(zip(self.symbols, numbers, strict=True))


INPUTS: dict[str, tuple[str, ...]] = {
    "2xW": ("W",),
    "4x(2*W)": ("W",),
    "2xHxW": ("H", "W"),
    "2x(H+3)xH": ("H",),
    "Cx8xW": ("C", "W"),
    "CxHxW": ("C", "H", "W"),
}


@st.composite
def networks(draw: Draw) -> Drawn:
    """One to three symbols; layers, joins of any earlier tensors, branches, and ``if:`` on sizes."""
    sizes = draw(st.sampled_from(sorted(INPUTS)))
    writer = _Writer(draw, rank=sizes.count("x"))
    writer.name("identity")
    writer.body(draw(st.integers(1, 5)), depth=1)
    text = yaml.safe_dump({"input": sizes, "layers": writer.lines}, sort_keys=False)
    return Drawn(text, INPUTS[sizes])


class _Writer:
    def __init__(self, draw: Draw, rank: int) -> None:
        self.draw = draw
        self.rank = rank
        self.lines: list[Any] = []
        self.count = 0
        #: Tensors that a join may name: those that every way through the network makes.
        self.named = ["input"]

    def one(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def body(self, length: int, depth: int) -> None:
        for _ in range(length):
            kind = self.one("layer", "layer", "layer", "join", *["branch", "if"] * (depth > 0))
            if kind == "layer":
                self.name(self.layer())
            elif kind == "join":
                self.join()
            elif kind == "branch":
                join = self.one("add", "concat", "mul")
                branches = [self.inner(0, 2), self.inner(0, 2)]
                self.lines.append({join: branches})
            else:
                self.lines.append(
                    {"if": self.test(), "then": self.inner(1, 2), "else": self.inner(0, 1)}
                )

    def inner(self, low: int, high: int) -> list[Any]:
        """Statements of a branch, whose names nobody else sees."""
        outer, self.lines, named = self.lines, [], list(self.named)
        self.body(self.draw(st.integers(low, high)), depth=0)
        lines, self.lines, self.named = self.lines, outer, named
        return lines

    def name(self, layer: str) -> None:
        self.count += 1
        self.named.append(f"t{self.count}")
        self.lines.append(f"t{self.count} = {layer}")

    def join(self) -> None:
        join = self.one("add", "concat", "mul", "add")
        self.name(f"{join} x {self.one(*self.named)}")

    def test(self) -> str:
        left = self.one("x.w", "x.c", "x.w % 3", "x.w // 2")
        return f"{left} {self.one('==', '!=', '<', '>=')} {self.one(1, 2, 4, 'x.c', 'input.w')}"

    def layer(self) -> str:
        one = self.one
        return str(
            one(
                f"conv {one(2, 4, 'x.c', 'x.c//2', 'x.w')} k={one(1, 2, 3)} s={one(1, 2, 3)} p={one(0, 1)}",
                f"conv {one(2, 6, 'x.c')} k={one(1, 3)} g={one(1, 2, 3)} p={one(0, 1, 2)} d={one(1, 2)}",
                f"conv x.c k=3 p=1 mode={one('reflect', 'circular')}",
                f"maxpool k={one(2, 3)} s={one(1, 2, 3)} p={one(0, 1)} ceil={one('yes', 'no')}",
                f"avgpool {one(2, 3)}",
                f"deconv {one(2, 4)} k={one(1, 2, 3)} s={one(1, 2)} p={one(0, 1)}",
                f"upsample {one(2, 3)}",
                f"upsample like={one(*self.named)}",
                f"crop like={one(*self.named)}",
                f"crop {one(1, 2)}",
                f"pad right=x.w%{one(2, 4)}",
                f"gn {one(2, 3)}",
                f"split {one(2, 3)} index=1",
                "gap",
                "relu",
                *["pixel_unshuffle 2", "pixel_shuffle 2"] * (self.rank == 2),
            )
        )


def built(network: cnncalc.Network, point: Mapping[str, int]) -> Graph | None:
    """The graph for these sizes, None where it is not well-formed."""
    try:
        return network.graph(point)
    except cnncalc.CnncalcError:
        return None


def dropped(graph: Graph) -> bool:
    """Is some position at the end of a map read by no window, other than in every gap?"""
    return any(_lost(window, n) for window, n in _slides(graph))


def _lost(window: Any, n: int) -> bool:
    """By listing the positions that are read."""
    if window.ceil or window.stride == 1:
        return False
    read = {
        unit * window.stride - window.before + offset
        for unit in range(window.size(n))
        for offset in range(window.dilation * (window.kernel - 1) + 1)
    }
    gap = max(0, window.stride - (window.dilation * (window.kernel - 1) + 1))
    return any(position not in read for position in range(max(read) + 1 + gap, n))


def exact(graph: Graph) -> bool:
    """Do layers of stride s make exactly n / s of n?"""
    return all(
        window.stride == 1 or window.size(n) * window.stride == n for window, n in _slides(graph)
    )


def _slides(graph: Graph) -> Iterator[tuple[Any, int]]:
    for node in graph:
        xs = graph.inputs_of(node)
        for windows, x in zip(node.layer.reads(*xs), xs, strict=True):
            for window, n in zip(windows, x.spatial, strict=False):
                if window is not POINT and type(window).__name__ == "Slide":
                    yield window, n


def said(words: str, symbols: tuple[str, ...]) -> Callable[..., Any]:
    """A condition or a size in words as a Python function of the symbols."""
    python = re.sub(r"(?<![<>])=", "==", words.replace(" mod ", " % "))
    known = {"floor": floor, "always": True, "never": False}
    found: Callable[..., Any] = eval(f"lambda {', '.join(symbols)}: {python}", known)
    return found
