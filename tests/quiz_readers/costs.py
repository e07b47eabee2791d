"""Parameters, MACs and what tools count."""

from __future__ import annotations

import re
from math import prod

from quiz_words import chain, drawn, found, listed, module, numbers

from cnncalc.quiz.model import Matching, Question, Table

from .asked import Reader, heading, high, pictured, rows, stated_first


def params_of_one(one: Question) -> list[int]:
    channels = int(found(r"(\d+) channels?", one.stem))
    return [chain([one.stem], (channels, 30, 30))[0].params]


def params_of_groups(one: Question) -> list[int]:
    before, after, _ = numbers(found(r"takes (.*groups)", one.stem))
    return [chain([f"{one.stem}, {after} filters"], (before, 9, 9))[0].params]


def params_matched(one: Question) -> list[int]:
    assert isinstance(one.body, Matching)
    channels = numbers(one.stem)[0]
    return [chain([pair.left], (channels, 9, 9))[0].params for pair in one.body.pairs]


def learned_and_kept(one: Question) -> list[int]:
    channels = numbers(one.stem)[0]
    passed = chain(rows(one), (channels, 16, 16))
    assert isinstance(one.body, Table)
    return [
        (layer.params, layer.buffers)[i]
        for row, layer in zip(one.body.rows, passed)
        for i, cell in enumerate(row[1:])
        if not isinstance(cell, str)
    ]


def macs_of_one(one: Question) -> list[int]:
    return [chain([one.stem.split(": ")[1]], heading(one))[0].macs]


def macs_of_groups(one: Question) -> list[int]:
    start, words = one.stem.split(": ")
    channels, high, wide = numbers(start)
    return [chain([words], (channels, high, wide))[0].macs]


def macs_or_flops(one: Question) -> list[bool]:
    words = one.stem.split(": ")[1]
    layer = chain([words], heading(one))[0]
    twice = chain(
        [re.sub(r"(\d+) filters", lambda x: f"{2 * int(x[1])} filters", words)], heading(one)
    )
    outputs = layer.after[0] * layer.after[1] * layer.after[2]
    answers = []
    for said, value in stated_first(one):
        right = {
            "twice as many filters it takes": twice[0].macs,
            "more additions": outputs,
            "FLOPs": 2 * layer.macs,
            "parameters": layer.params,
            "MACs": layer.macs,
        }
        answers.append(value == next(one for about, one in right.items() if about in said))
    return answers


def macs_in_rows(one: Question) -> list[int]:
    shape, words = drawn(one.picture.description if one.picture else "")
    passed = [layer for layer, name in zip(chain(words, shape), words) if name != "flatten"]
    assert isinstance(one.body, Table)
    assert rows(one) == [name for name in words if name != "flatten"]
    return [
        high(layer) if i == 0 else layer.macs
        for row, layer in zip(one.body.rows, passed)
        for i, cell in enumerate(row[1:])
        if not isinstance(cell, str)
    ]


def params_of_nd(one: Question) -> list[int]:
    channels = int(found(r"with (\d+) channels?", one.stem))
    layer = module(one.stem, channels, int(found(r"(\d)D convolution", one.stem)))
    return [sum(weights.numel() for weights in layer.parameters())]


def biases(one: Question) -> list[int]:
    named = [x for layer in pictured(one) for x in layer.layer.named_parameters()]
    return [sum(x.numel() for name, x in named if name == "bias")]


def by_convention(one: Question) -> list[int]:
    """``2 for each MAC and for each value of ReLU`` is 2 times both."""
    conv, norm, relu = chain(listed(one.stem), heading(one))
    counts = {
        "MAC": conv.macs,
        "bias that is added": prod(conv.after),  # to each value
        "value of the batch normalisation": prod(norm.after),
        "value of ReLU": prod(relu.after),
    }
    assert isinstance(one.body, Matching)
    return [
        sum(
            int(times) * counts[what]
            for times, whats in re.findall(r"(\d) for each (.*?)(?=, \d| \()", pair.left)
            for what in re.split(r" and (?:for )?each ", whats)
        )
        for pair in one.body.pairs
    ]


READERS: dict[str, Reader] = {
    "bn-params-buffers": learned_and_kept,
    "conv-params": params_of_one,
    "grouped-params": params_of_groups,
    "parameter-matching": params_matched,
    "conv-macs": macs_of_one,
    "grouped-macs": macs_of_groups,
    "macs-or-flops": macs_or_flops,
    "macs-table": macs_in_rows,
    "linear-after-flatten": lambda one: [pictured(one)[-1].params],
    "depthwise-params": params_of_one,
    "conv-nd-params": params_of_nd,
    "network-params": lambda one: [sum(layer.params for layer in pictured(one))],
    "count-the-biases": biases,
    "why-tools-differ": by_convention,
}
