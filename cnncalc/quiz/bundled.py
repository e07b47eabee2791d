"""Bundled specs in one line of text, for inputs of any size: so that they can be asked about.

In the lines of :func:`dense_blocks` and :func:`u_net` channels and crops follow from one another, so
that a wrong layer goes on to have its effect; tests hold both to the bundled specs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cnncalc.explain import line_of
from cnncalc.network import load


def bundled(name: str, settings: Mapping[str, Any] | None = None, **at: int) -> str:
    """The layers of a bundled spec by their names; joins say what they read.

    >>> bundled("lenet5", H=28, W=28).split(" | ")[:3]
    ['1x28x28', 'conv1 = conv 20 k=5 p=2', 'relu1 = relu']
    """
    return _line(name, tuple((settings or {}).items()), tuple(at.items()))


@lru_cache(maxsize=64)
def _line(name: str, settings: tuple[tuple[str, Any], ...], at: tuple[tuple[str, int], ...]) -> str:
    graph = load(name).graph(dict(at), dict(settings))
    ((source, shape),) = graph.inputs.items()
    parts = ["x".join(map(str, shape))]
    before = source
    for node in graph:
        joins = len(node.inputs) > 1
        if not joins and node.inputs[0] != before:
            parts.append(f"from {_word(node.inputs[0])}")
        read = [_word(one) for one in node.inputs] if joins else []
        parts.append(" ".join([f"{_word(node.name)} = {line_of(node.layer)}", *read]))
        before = node.name
    return " | ".join(parts)


def _word(name: str) -> str:
    """The name of a layer as one word.

    >>> _word("down[0].skip.conv1")
    'down_0_skip_conv1'
    """
    return re.sub(r"\W+", "_", name).strip("_")


def dense_blocks(growth: int, counts: list[int], size: int, halving: bool = True) -> str:
    """The channels of the bundled DenseNet, its bottlenecks left out, in one line.

    >>> dense_blocks(12, [2, 1], 64).split(" | ")[2:5]
    ['p = maxpool 3 s=2 p=1', 'a1 = conv 12 k=3 p=1', 'j1 = concat p a1']
    """
    parts = [f"3x{size}x{size}", f"stem = conv {2 * growth} k=7 s=2 p=3", "p = maxpool 3 s=2 p=1"]
    last, number = "p", 0
    for block, count in enumerate(counts):
        if block:
            width = "x.c//2" if halving else "x.c"
            parts += [f"h{block} = conv {width} k=1", f"t{block} = avgpool 2"]
            last = f"t{block}"
        for _ in range(count):
            number += 1
            parts += [f"a{number} = conv {growth} k=3 p=1", f"j{number} = concat {last} a{number}"]
            last = f"j{number}"
    return " | ".join(parts)


def u_net(size: int, depth: int, base: int = 64, first: int = 3) -> str:
    """The maps of the bundled U-Net, in one line: level by level down, then up.

    ``first`` is the kernel of the first of two convolutions.

    >>> u_net(188, 1).split(" | ")[1:4]
    ['c0 = conv 64 k=3', 's0 = conv 64 k=3', 'p0 = maxpool 2']
    """
    parts = [f"1x{size}x{size}"]
    for i in range(depth + 1):
        parts += [f"c{i} = conv {base * 2**i} k={first}", f"s{i} = conv {base * 2**i} k=3"]
        parts += [f"p{i} = maxpool 2"] if i < depth else []
    for i in reversed(range(depth)):
        parts += [f"u{i} = deconv x.c//2 k=2 s=2", f"from s{i}", f"k{i} = crop like=u{i}"]
        parts += [f"j{i} = concat k{i} u{i}"]
        parts += [f"d{i} = conv x.c//2 k={first}", f"e{i} = conv x.c k=3"]
    return " | ".join(parts)


__all__ = ["bundled", "dense_blocks", "u_net"]
