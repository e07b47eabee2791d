"""Gridding: stacked convolutions with equal dilations read a grid and nothing between its lines.

Source: Wang et al. 2018, "Understanding convolution for semantic segmentation", section 3.2 (hybrid
dilated convolution: dilations without a common divisor close the holes).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from math import gcd
from typing import NamedTuple

from cnncalc import formulas
from cnncalc.analyses.effective import Support
from cnncalc.analyses.findings import HOLES, Finding, warning
from cnncalc.analyses.paths import Path
from cnncalc.graph import Graph
from cnncalc.layers.windows import Slide

#: Choices of dilations that are tried at most.
MOST_TRIED = 5_000


class Stack(NamedTuple):
    """Layers, one after the other, whose dilations have a common divisor."""

    names: tuple[str, ...]
    kernels: tuple[int, ...]
    dilations: tuple[int, ...]

    def __str__(self) -> str:
        if len({*self.dilations}) == 1:
            return f"equal dilations of {self.dilations[0]} ({', '.join(self.names)})"
        listed = ", ".join(map(str, self.dilations))
        return f"dilations {listed}, all multiples of {gcd(*self.dilations)} ({', '.join(self.names)}),"


def holes(graph: Graph, path: Path, axis: int, support: Support) -> Finding | None:
    """Names what leaves holes in ``support``, if any are left.

    ``support`` is of the last tensor of ``path``, the largest to it.
    """
    if support.read == support.size:
        return None
    name = path.stops[-1].name
    windows = tuple(_windows(graph, path, axis))
    counted = f"{support.read} of the {support.size} positions in its field are read"
    stack = max(_stacks(windows), key=lambda stack: len(stack.names), default=None)
    if stack is not None:
        closing = closing_dilations(stack.kernels, stack.dilations)
        hint = f"; dilations {', '.join(map(str, closing))} would close them" if closing else ""
        if closing and sum(closing) != sum(stack.dilations):
            hint += ", with a smaller field"
        return warning(f"{name}: gridding: {stack} leave holes: {counted}{hint}", name, HOLES)
    for skipping, window in windows:
        if formulas.span(window.kernel, window.dilation) < window.stride:
            return warning(
                f"{name}: {counted}: the kernel of {skipping} ({window.kernel}) is smaller than "
                f"its stride ({window.stride}), which skips the positions between",
                name,
                HOLES,
            )
    return None


def _windows(graph: Graph, path: Path, axis: int) -> Iterator[tuple[str, Slide]]:
    """The sliding windows on a path that read more than single positions one by one."""
    nodes = {node.name: node for node in graph}
    for before, stop in pairwise(path.stops):
        node = nodes[stop.name]
        windows = node.layer.reads(*graph.inputs_of(node))[node.inputs.index(before.name)]
        window = windows[axis]
        if isinstance(window, Slide) and (window.kernel != 1 or window.stride != 1):
            yield stop.name, window


def _stacks(windows: tuple[tuple[str, Slide], ...]) -> Iterator[Stack]:
    """The longest runs of two or more dilated windows with a common divisor and no stride."""
    run: list[tuple[str, Slide]] = []
    for name, window in windows:
        together = gcd(*(one.dilation for _, one in run), window.dilation)
        if together == 1 or (run and run[-1][1].stride != 1):
            yield from _stack(run)
            run = []
        if window.dilation != 1 and window.kernel != 1:
            run.append((name, window))
    yield from _stack(run)


def _stack(run: list[tuple[str, Slide]]) -> Iterator[Stack]:
    if len(run) > 1:
        yield Stack(
            tuple(name for name, _ in run),
            tuple(window.kernel for _, window in run),
            tuple(window.dilation for _, window in run),
        )


def closing_dilations(
    kernels: tuple[int, ...], dilations: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Dilations that read every position of the same span (or the largest that can be), evenly.

    >>> closing_dilations((3, 3, 3), (2, 2, 2))
    (1, 2, 3)
    """
    reach = sum((kernel - 1) * dilation for kernel, dilation in zip(kernels, dilations))
    for total in range(reach, 0, -1):
        found = islice(_closed(kernels, total, 1, 1), MOST_TRIED)
        best = min(found, key=lambda one: (max(one), one), default=None)
        if best is not None:
            return best
    return None


def _closed(
    kernels: tuple[int, ...], reach: int, least: int, read: int
) -> Iterator[tuple[int, ...]]:
    """Growing dilations from ``least`` on that span ``reach`` together and leave no hole.

    After ``read`` positions without a hole, a larger dilation would leave the next one unread.
    """
    first, *others = kernels
    if not others:
        dilation, rest = divmod(reach, first - 1)
        if rest == 0 and least <= dilation <= read:
            yield (dilation,)
        return
    for dilation in range(read, least - 1, -1):
        taken = (first - 1) * dilation
        left = sum(other - 1 for other in others) * dilation
        if taken + left <= reach:
            for more in _closed(tuple(others), reach - taken, dilation, read + taken):
                yield (dilation, *more)
