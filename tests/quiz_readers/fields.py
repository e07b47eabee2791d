"""Receptive fields, as sets of positions."""

from __future__ import annotations

import re
from typing import Any

from quiz_words import field, found, jump, listed, module, numbers, seen

from cnncalc.quiz.model import Question

from .asked import COUNTS, Reader, rows, stated, unsaid


def field_of_chain(one: Question) -> list[int]:
    return [field(module(words, 1) for words in listed(one.stem))]


def jump_of_chain(one: Question) -> list[int]:
    return [jump(module(words, 1) for words in listed(one.stem))]


def field_of_stack(one: Question) -> list[int]:
    kernels = re.findall(r"\d+×\d+", one.stem)
    if len(kernels) == 1:  # of all
        kernels *= COUNTS[one.stem.split()[0].lower()]
    return [field(module(f"{kernel} convolution", 1) for kernel in kernels)]


def field_of_dilated(one: Question) -> list[int]:
    kernel = int(found(r"kernel (\d+)", one.stem))
    dilations = numbers(found(r"dilations of (.*?)\. How", one.stem))
    words = (f"1D convolution, kernel {kernel}, dilation {d}" for d in dilations)
    return [field(module(one, 1, 1) for one in words)]


def fields_in_rows(one: Question) -> list[int]:
    layers = [module(words, 1) for words in rows(one)]
    return [of(layers[: i + 1]) for i in range(len(layers)) for of in (field, jump)]


def field_of_branches(one: Question) -> list[int]:
    stem = module(one.stem, 1)
    branches = []
    for words in re.findall(r"\(\d\) (.*?)(?=; \(|\.)", one.stem):
        layers = []
        for some in re.split(r",? then ", words):
            count = COUNTS.get(some.split()[0], 1)
            layers += [
                module(f"{some}, stride 1".replace("convolutions", "convolution"), 1)
            ] * count
        branches.append(centred(layers, stem))
    positions = set().union(*branches)
    return [max(positions) - min(positions) + 1]


def centred(layers: list[Any], stem: Any) -> set[int]:
    """What is seen where padding keeps the size: as much on both sides."""
    middle = {i - (field(layers) - 1) // 2 for i in seen(layers)}
    return {i * stem.stride[0] + tap for i in middle for tap in range(stem.kernel_size[0])}


def field_of_blocks(one: Question) -> list[int]:
    start, blocks = one.stem.split(" followed by ")
    stem = [module(words, 1) for words in start.split(" and a ")]
    outside, inside = re.split(r"each of |block of ", blocks)
    layers = COUNTS[outside.split()[0]] * COUNTS[inside.split()[0]]
    layer = module(inside.replace("convolutions", "convolution"), 1)
    return [field([*stem, *[layer] * layers])]


def layers_to_cover(one: Question) -> list[int]:
    start, repeated = re.split(
        r"(?<=Directly on the image), |(?<=with stride \d), ", one.stem, maxsplit=1
    )
    stem = [
        module(f"{words} with stride {found(r'stride (.)', start)}", 1)
        for words in re.findall(r"\d×\d (?:convolution|max pooling|average pooling)", start)
    ]
    wanted = int(found(r"at least (\d+)", one.stem))
    layer = module(repeated.replace("convolutions", "convolution"), 1)
    return [next(n for n in range(1, 99) if field([*stem, *[layer] * n]) >= wanted)]


def changed_fields(one: Question) -> list[bool]:
    first, pool, second = (
        module(f"{words}, stride 1" if "conv" in words else words, 1)
        for words in re.findall(r"\d×\d convolution|\d×\d max pooling with stride \d", one.stem)[:3]
    )
    k, s = second.kernel_size[0], pool.stride[0]  # type: ignore[index]
    changes = {
        "pooling before both": [pool, first, second],
        "pooling after both": [first, second, pool],
        "Without the pooling": [first, second],
        "in place of the pooling": [_strided(first, s), second],
        "dilation 2 in the last": [first, pool, module(f"{k}×{k} convolution, dilation 2", 1)],
        "stride 2 in the last": [first, pool, _strided(second, 2)],
        "": [first, pool, second],  # padding, filters, and what has windows of one
    }
    assert field([first, pool, second]) == int(found(r"sees (\d+) pixels", one.stem))
    return [
        field(next(net for words, net in changes.items() if words in said)) == value
        for said, value in stated(one)
    ]


def _strided(layer: Any, stride: Any) -> Any:
    k = layer.kernel_size[0]
    return module(f"{k}×{k} convolution, stride {stride}", 1)


def field_of_paths(one: Question) -> list[int]:
    """What any of the paths sees, where its padding puts it."""
    first = module(found(r"^(.*?) is followed by two paths", one.stem), 1)
    positions = set()
    for words in re.findall(r"\(\d\) (.*?)(?=; \(|\. )", one.stem):
        path = [module(unsaid(one, some), 1) for some in words.split(", then ")]
        positions |= seen([first, *path])
    return [max(positions) - min(positions) + 1]


READERS: dict[str, Reader] = {
    "branch-rf": field_of_branches,
    "dilated-rf": field_of_dilated,
    "jump-of-chain": jump_of_chain,
    "layers-to-cover": layers_to_cover,
    "pool-chain-rf": field_of_chain,
    "residual-rf": field_of_blocks,
    "rf-table": fields_in_rows,
    "stack-rf": field_of_stack,
    "strided-rf": field_of_chain,
    "rf-statements": changed_fields,
    "strided-paths-rf": field_of_paths,
}
