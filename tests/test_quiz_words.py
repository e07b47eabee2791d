"""Keys from the words of the questions alone: what a student reads is what is answered.

Claims (see :mod:`quiz_oracle`) say what a template computed; they cannot tell that its text is about
another network. Here texts, tables and pictures are read, by :mod:`quiz_words`, and PyTorch answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest
import quiz_oracle
from hypothesis import settings
from quiz_words import chain, drawn, field, found, jump, listed, module, numbers, seen, sizes

from cnncalc.quiz import bank
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Matching, Question, Single, Symbolic, Table, TrueFalse
from cnncalc.quiz.registry import catalogue

COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def seeds() -> range:
    """1,000 with ``--long``."""
    return range(1000 if settings.get_current_profile_name() == "long" else 6)


def rows(one: Question) -> list[str]:
    """The first column of a table."""
    assert isinstance(one.body, Table)
    return [str(row[0]) for row in one.body.rows]


def heading(one: Question) -> tuple[int, ...]:
    """The first size of three numbers in the text."""
    return sizes(found(r"(\d+×\d+×\d+)", one.stem))


def by_row(one: Question, *facts: Callable[..., Any]) -> list[Any]:
    """``facts(passed)``, a column each, of the layers that the rows name, where there are gaps.

    What is given is right, too.
    """
    assert isinstance(one.body, Table)
    gaps = []
    for row, layer in zip(one.body.rows, chain(rows(one), heading(one))):
        for fact, cell in zip(facts, row[1:]):
            if not isinstance(cell, str):
                gaps.append(fact(layer))
            elif cell != "–":
                assert _number(cell) == fact(layer), (cell, one)
    return gaps


def stated(one: Question) -> list[tuple[str, int]]:
    """The statements: their words, and the last number in each."""
    assert isinstance(one.body, TrueFalse)
    return [(said.text, numbers(said.text)[-1]) for said in one.body.statements]


def last_layer(one: Question) -> Any:
    shape, words = drawn(one.picture.description if one.picture else "")
    return chain(words, shape)[-1]


def high(layer: Any) -> int:
    return int(layer.after[1])


def of_map(one: Question) -> tuple[int, int]:
    return sizes(found(r"(\d+×\d+) pixels", one.stem))  # type: ignore[return-value]


# Output sizes.


def single_size(one: Question) -> list[int]:
    words = one.stem.replace("no padding", "padding 0")
    n, _ = of_map(one)
    return [chain([words], (1, n, n))[0].after[1]]


def conv1d(one: Question) -> list[int]:
    conv, pool = one.stem.split(", and then a ")
    steps = int(found(r"(\d+) time steps", conv))
    n = numbers(pool)
    first = module(found(r"(1D .*)", conv), 1, 1)
    second = module(f"max pooling kernel {n[0]}, stride {n[1]}", 1, 1)
    with_signal = chain_of([first, second], (1, steps))
    return [with_signal[-1]]


def chain_of(layers: list[Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    from quiz_words import Passed

    for layer in layers:
        shape = Passed(layer, shape).after
    return shape


def conv3d(one: Question) -> list[str]:
    frames, height, width, channels = numbers(one.stem)[:4]
    out, *kernel = numbers(found(r"with (\d+ filters of \d+×\d+×\d+)", one.stem))
    words = (
        f"{'×'.join(map(str, kernel))} 3D convolution, {out} filters, " + one.stem.split(", ")[1]
    )
    after = chain_of([module(words, channels, 3)], (channels, frames, height, width))
    return ["x".join(map(str, after))]


def statements_on_sizes(one: Question) -> list[bool]:
    n = numbers(one.stem)[0]
    return [chain([words], (8, n, n))[0].after[1] == value for words, value in stated(one)]


def per_axis(one: Question) -> list[int]:
    high, wide = numbers(one.stem)[:2]
    passed = chain(rows(one), (1, high, wide))
    return [size for layer in passed for size in layer.after[1:]]


def floor_ceil(one: Question) -> list[int]:
    k, _, s = numbers(one.stem)[:3]
    kind = one.stem.split()[0].lower()
    p = int(found(r"padding (\d)", one.stem.replace("no padding", "padding 0")))
    answers = []
    for height in map(int, rows(one)):
        for up in (False, True):
            pool = module(f"{k}×{k} {kind} pooling, stride {s}, padding {p}", 1)
            pool.ceil_mode = up  # type: ignore[assignment]
            answers.append(chain_of([pool], (1, height, height))[1])
    return answers


def same_valid(one: Question) -> list[int]:
    assert isinstance(one.body, Matching)
    n, answers = numbers(one.stem)[0], []
    for pair in one.body.pairs:
        layer = module(pair.left, 1)
        layer.padding = "same" if "same" in pair.left else (0, 0)  # type: ignore[assignment]
        if "full" in pair.left:
            zeros = int(found(r"\((\d+) zeros", pair.left))
            layer.padding = (zeros, zeros)  # type: ignore[assignment]
        answers.append(chain_of([layer.__class__(1, 1, **arguments(layer))], (1, n, n))[1])
    return answers


def arguments(layer: Any) -> dict[str, Any]:
    """What a convolution was made with, and its padding as it was set since."""
    return {name: getattr(layer, name) for name in ("kernel_size", "stride", "padding", "dilation")}


def small_map(one: Question) -> list[int]:
    about = one.picture.description if one.picture else ""
    wide = numbers(about)[1]
    k = int(found(r"kernel of (\d+)", about))
    d = int(found(r"(\d+) apart", about)) if "apart" in about else 1
    p = int(found(r"with (\d+) of padding", about)) if "of padding" in about else 0
    s = int(found(r"(\d+) further right", about))
    layer = module(f"{k}×{k} convolution, stride {s}, padding {p}, dilation {d}", 1)
    return [chain_of([layer], (1, wide, wide))[2]]


# Receptive fields.


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


# Parameters, MACs and memory.


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


def local_ratio(one: Question) -> list[int]:
    """A locally connected layer has the filters of every position for itself."""
    n, _ = sizes(found(r"map of (\d+×\d+)", one.stem))
    layer = chain([one.stem.replace("no padding", "padding 0")], (1, n, n))[0]
    return [layer.after[1] * layer.after[2]]


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


def stated_first(one: Question) -> list[tuple[str, int]]:
    """The statements, and the first number in each."""
    assert isinstance(one.body, TrueFalse)
    return [(said.text, numbers(said.text)[0]) for said in one.body.statements]


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


def bytes_of_one(one: Question) -> list[int]:
    batch, each = numbers(one.stem)[0], int(found(r"\((\d) bytes", one.stem))
    after = chain([one.stem.split(": ")[1]], heading(one))[0].after
    return [batch * each * after[0] * after[1] * after[2]]


def memory_of_batch(one: Question) -> list[bool]:
    batch = numbers(one.stem)[0]
    passed = chain(listed(one.stem), heading(one))
    answers = []
    for said, value in stated(one):
        if said.startswith("The network"):
            right = sum(layer.params for layer in passed)
        else:
            layer = passed[int(found(r"\((\d)\)", said)) - 1]
            count = batch * prod(layer.after)
            right = {
                "float32": 4 * count,
                "float16": 2 * count,
                "MACs": batch * layer.macs,
                "parameters": layer.params,
                "high": layer.after[-1],
            }[found(r"(float32|float16|MACs|parameters|high)", said)]
            value = numbers(said.replace("float32", "").replace("float16", ""))[-1]
        answers.append(value == right)
    return answers


def memory_at_most(one: Question) -> list[int]:
    """Tensors are counted while a later layer reads them."""
    *words, last = listed(one.stem)
    adds = last.startswith("addition")
    layers = chain(words if adds else [*words, last], heading(one))
    held = [prod(heading(one)), *(prod(layer.after) for layer in layers)]
    read: dict[int, set[int]] = {i: {i} for i in range(len(layers))}  # by whom is what read
    if adds:
        held.append(held[-1])
        read[len(layers)] = {int(n) for n in re.findall(r"\((\d)\)", last)}
    most = 0
    for i, inputs in read.items():
        later = set().union(*(read[j] for j in read if j > i))
        alive = inputs | {i + 1} | {one for one in later if one <= i}
        most = max(most, sum(held[one] for one in alive))
    return [4 * most]


# Comparisons.


def changed_fields(one: Question) -> list[bool]:
    first, pool, second = (
        module(f"{words}, stride 1" if "conv" in words else words, 1)
        for words in re.findall(r"\d×\d convolution|\d×\d max pooling with stride \d", one.stem)[:3]
    )
    k, s = second.kernel_size[0], pool.stride[0]  # type: ignore[index, union-attr, operator]
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


def cost(one: Question, words: list[str], shape: tuple[int, ...]) -> int:
    """Parameters or MACs of layers without biases, whichever the question asks for."""
    passed = chain([f"{word}, no bias" for word in words], shape)
    return sum(layer.macs if "MACs" in one.stem else layer.params for layer in passed)


def separable_share(one: Question) -> list[Fraction]:
    k, _, channels, n, _, out, *_ = numbers(one.stem)
    same = f"padding {k // 2}"
    pair = [f"{k}×{k} depthwise convolution, {same}", f"1×1 convolution, {out} filters"]
    old = cost(one, [f"{k}×{k} convolution, {out} filters, {same}"], (channels, n, n))
    return [Fraction(cost(one, pair, (channels, n, n)), old)]


def saved_per_cent(one: Question) -> list[int]:
    k, _, channels, n, _, out, _, _, middle, *_ = numbers(one.stem)
    last = f"{k}×{k} convolution, {out} filters, padding {k // 2}"
    old = cost(one, [last], (channels, n, n))
    new = cost(one, [f"1×1 convolution, {middle} filters", last], (channels, n, n))
    return [round(100 * (1 - Fraction(new, old)))]


def two_or_one(one: Question) -> list[bool]:
    big, count, small = re.findall(r"one (\d+×\d+).*is (\w+) (\d+×\d+)", one.stem)[0]
    n = int(found(r"maps at (\d+)", one.stem))
    channels = int(found(r"(\d+) input channels", one.stem))
    nets = {}
    for name, kernel, depth in (("A", big, 1), ("B", small, COUNTS[count])):
        words = (
            f"{kernel} convolution, {channels} filters, padding {int(kernel.split('×')[0]) // 2}"
        )
        nets[name] = chain([words] * depth, (channels, n, n))
    answers = []
    for said, value in stated(one):
        net = nets[found(r"\b([AB])\b(?:'s| )", said)]
        right = field(layer.layer for layer in net)
        if "MACs" in said or "parameters" in said:
            right = sum(layer.macs if "MACs" in said else layer.params for layer in net)
        answers.append(value == right)
    return answers


def fewer_with_gap(one: Question) -> list[int]:
    channels, high, _, classes = numbers(one.stem)
    before, after = (
        chain([f"fully connected layer, {classes} units"], (features,))[0].params
        for features in (channels * high * high, channels)
    )
    return [before - after]


def skips(one: Question) -> list[bool]:
    n = numbers(one.stem)[0]
    assert isinstance(one.body, TrueFalse)
    return [
        chain(said.text.rstrip(".").split("; then "), (8, n, n))[-1].after[1] == n
        for said in one.body.statements
    ]


# Architectures.


def sizes_and_params(one: Question) -> list[int]:
    return by_row(one, lambda layer: layer.after[0], high, lambda layer: layer.params)


def dense_channels(one: Question) -> list[int]:
    channels = int(found(r"convolution of (\d+) filters", one.stem))
    growth = int(found(r"growth rate (\d+)", one.stem))
    *first, last = numbers(found(r"blocks of (.*?) layers", one.stem))
    for layers in first:
        channels = (channels + layers * growth) // 2
    return [channels + last * growth]


def inception(one: Question) -> list[int]:
    n, *_ = numbers(found(r"channels of (\d+)", one.stem))
    channels = int(found(r"(\d+) channels", one.stem))
    paths = [chain(words.split(", then "), (channels, n, n)) for words in rows(one)[:-1]]
    assert all(path[-1].after[1] == n for path in paths)
    assert isinstance(one.body, Table)
    answers = [sum(layer.params for layer in path) for path in paths]
    answers.append(sum(path[-1].after[0] for path in paths))
    return [x for x, row in zip(answers, one.body.rows) if not isinstance(row[1], str)]


def resnet_stages(one: Question) -> list[str]:
    assert isinstance(one.body, Matching)
    n = heading(one)[1]
    times = 4 if "bottleneck" in one.stem else 1
    n = chain(["7×7 convolution, 64 filters, stride 2, padding 3"], (3, n, n))[0].after[1]
    sizes = {"first convolution": (64, n)}
    n = chain(["3×3 max pooling, stride 2, padding 1"], (64, n, n))[0].after[1]
    sizes["max pooling"] = (64, n)
    for i, (name, width) in enumerate(
        zip(("first", "second", "third", "fourth"), (64, 128, 256, 512))
    ):
        if i:  # a stage halves with a 3×3 convolution
            n = chain(["3×3 convolution, 1 filters, stride 2, padding 1"], (1, n, n))[0].after[1]
        sizes[f"{name} stage"] = (width * times, n)
    answers = []
    for pair in one.body.pairs:
        channels, n = next(size for name, size in sizes.items() if f"the {name}" in pair.left)
        answers.append(f"{channels}x{n}x{n}")
    return answers


def u_net(one: Question) -> list[int]:
    n, levels = heading(one)[1], int(found(r"has (\d) levels", one.stem))
    base = int(found(r"level 1 has (\d+)", one.stem))
    twice = ["3×3 convolution"] * 2
    before = []
    for _ in range(levels):
        n = chain(twice, (1, n, n))[-1].after[1]
        before.append(n)
        n = chain(["2×2 max pooling"], (1, n, n))[0].after[1]
    n = chain(twice, (1, n, n))[-1].after[1]
    table: list[tuple[int, ...]] = []
    for level in reversed(range(levels)):
        up = chain(["2×2 transposed convolution, stride 2"], (1, n, n))[0].after[1]
        n = chain(twice, (1, up, up))[-1].after[1]
        table.insert(0, (before[level], up, 2 * base * 2**level, n))
    assert isinstance(one.body, Table)
    return [
        x for xs, row in zip(table, one.body.rows) for x, cell in zip(xs, row[1:]) if cell != str(x)
    ]


#: How the question of a template is read: to its right answers, or to which statements are true.
READERS: dict[str, Callable[[Question], list[Any]]] = {
    "chain-output-shape": lambda one: ["x".join(map(str, last_layer(one).after))],
    "conv-output-size": single_size,
    "deconv-size": single_size,
    "dilated-size": single_size,
    "conv1d-size": conv1d,
    "conv3d-shape": conv3d,
    "layer-table": lambda one: by_row(one, lambda layer: layer.after[0], high),
    "output-size-statements": statements_on_sizes,
    "per-axis-size": per_axis,
    "pool-floor-ceil": floor_ceil,
    "same-valid-size": same_valid,
    "small-map-output-size": small_map,
    "branch-rf": field_of_branches,
    "dilated-rf": field_of_dilated,
    "jump-of-chain": jump_of_chain,
    "layers-to-cover": layers_to_cover,
    "pool-chain-rf": field_of_chain,
    "residual-rf": field_of_blocks,
    "rf-table": fields_in_rows,
    "stack-rf": field_of_stack,
    "strided-rf": field_of_chain,
    "bn-params-buffers": learned_and_kept,
    "conv-params": params_of_one,
    "grouped-params": params_of_groups,
    "linear-after-flatten": lambda one: [last_layer(one).params],
    "local-vs-conv-params": local_ratio,
    "parameter-matching": params_matched,
    "conv-macs": macs_of_one,
    "grouped-macs": macs_of_groups,
    "macs-or-flops": macs_or_flops,
    "macs-table": macs_in_rows,
    "activation-bytes": bytes_of_one,
    "batch-memory": memory_of_batch,
    "peak-bytes": memory_at_most,
    "rf-statements": changed_fields,
    "separable-ratio": separable_share,
    "bottleneck-saving": saved_per_cent,
    "two-3x3-vs-5x5": two_or_one,
    "gap-vs-flatten": fewer_with_gap,
    "skip-sizes-agree": skips,
    "alexnet-vgg-table": sizes_and_params,
    "densenet-channels": dense_channels,
    "inception-concat-table": inception,
    "lenet-table": sizes_and_params,
    "resnet-stage-matching": resnet_stages,
    "unet-sizes": u_net,
}


def answers(one: Question) -> list[Any]:
    """What is marked as right."""
    found = quiz_oracle.answers(one)
    return [_number(x) for x in found] if isinstance(one.body, Matching) else found


def _number(text: str) -> int | str:
    plain = text.replace(",", "").replace("×", "x")
    return int(plain) if plain.isdigit() else plain


#: Templates whose texts are read by other tests.
ELSEWHERE = {
    "test_quiz_spotting": {
        "spot-size-error",
        "spot-params-error",
        "spot-macs-error",
        "spot-rf-error",
    },
    "test_quiz_fits": {
        *("padding-to-keep", "kernel-to-infer", "stride-to-infer"),
        *("deconv-output-padding", "unet-good-sizes"),
    },
    "test_quiz_by_hand": {
        *("convolve-by-hand", "strided-by-hand", "dilated-by-hand", "conv-weight-gradient"),
        *("maxpool-forward", "maxpool-backward", "avgpool-forward", "avgpool-backward"),
        *("norm-by-hand", "norm-axes-matching", "norm-statistics-count"),
    },
}


def test_every_template_is_read() -> None:
    """A new one needs a reader: without it, only its own claims would be held to PyTorch."""
    read = [*READERS, *FORMULAS, *(one for some in ELSEWHERE.values() for one in some)]
    assert sorted(read) == sorted({*catalogue()} - {one.id for one in bank.templates()})
    for name, templates in ELSEWHERE.items():
        source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        assert all(f'"{one}"' in source or one.startswith("spot-") for one in templates)


@pytest.mark.parametrize("template", READERS)
def test_the_text_has_the_answer(template: str) -> None:
    for seed in seeds():
        one = question(catalogue()[template], Seed(seed))
        assert READERS[template](one) == answers(one), one


@pytest.mark.parametrize("template", READERS)
def test_another_answer_would_be_found(template: str) -> None:
    """The reader does not look at the key: with a wrong one, it is not what is read."""
    one = question(catalogue()[template], Seed(3))
    body = one.body
    if isinstance(body, TrueFalse):
        first, *rest = body.statements
        body = TrueFalse((first._replace(true=not first.true), *rest))
    elif isinstance(body, Single):
        moved = (body.options[-1], *body.options[:-1])
        body = Single(tuple(o._replace(wrong=p.wrong) for o, p in zip(body.options, moved)))
    elif isinstance(body, Matching):
        wrong = next(x for x in body.choices if x != body.pairs[0].right)
        body = body._replace(pairs=(body.pairs[0]._replace(right=wrong), *body.pairs[1:]))
    elif isinstance(body, Table):
        body = Table(
            body.columns,
            tuple(
                tuple(x if isinstance(x, str) else x._replace(value=x.value + 1) for x in row)
                for row in body.rows
            ),
        )
    else:
        body = body._replace(value=body.value + 1)  # type: ignore[operator]
    damaged = one._replace(body=body)
    assert READERS[template](damaged) != answers(damaged)


# Formulas, at some values of their letters.


def _times(text: str, c: int) -> int:
    """``2·C``, ``3C`` or ``C`` for a value of C."""
    return int(text.rstrip("C").rstrip("·") or 1) * c


def conv_in_c(stem: str, c: int) -> Fraction:
    out = _times(found(r"and (\S*C) filters", stem), c)
    kernel = found(r"(\d×\d)", stem)
    words = f"{kernel} convolution, {out} filters"
    words += ", no bias" * ("without bias" in stem)
    return Fraction(chain([words], (_times(found(r"has (\S*C) input", stem), c), 9, 9))[0].params)


def separable_in_c(stem: str, c: int) -> Fraction:
    kernel, out = found(r"(\d×\d) depthwise", stem), _times(found(r"to (\S*C):", stem), c)
    both = "both without bias" in stem
    layers = [f"{kernel} depthwise convolution, no bias", f"1×1 convolution, {out} filters"]
    layers[1] += ", no bias" * both
    assert both or "only the second has a bias" in stem
    return Fraction(sum(layer.params for layer in chain(layers, (c, 9, 9))))


def stacked_in_c(stem: str, c: int) -> Fraction:
    """With H = 20 and W = 24."""
    big, *small = re.findall(r"\d×\d", stem)
    if len(small) == 1:
        small *= COUNTS[found(r"by (\w+) \d×\d", stem)]
    channels = _times(found(r"has (\S*C) input", stem), c)
    bias = ", no bias" * ("and no bias" in stem)
    costs = []
    for kernels in ([big], small):
        layers = chain(
            [
                f"{k} convolution, {channels} filters, padding {int(k[0]) // 2}×{int(k[2]) // 2}{bias}"
                for k in kernels
            ],
            (channels, 20, 24),
        )
        costs.append(sum(layer.macs if "MACs" in stem else layer.params for layer in layers))
    return Fraction(costs[0] - costs[1])


def macs_in_h_w_c(stem: str, c: int) -> Fraction:
    """With H = 20 and W = 24."""
    head, words = re.findall(r"input of (\S+) .*layer: (.*?)\. ", stem)[0]
    at = {"C": c, "H": 20, "W": 24}
    shape = [int(re.sub(r"\D", "", part) or 1) * at[part[-1]] for part in head.split("×")]
    words = re.sub(r"(\d*)C filters", lambda one: f"{int(one[1] or 1) * c} filters", words)
    return Fraction(chain([words], shape)[0].macs)


def grouped_in_g(stem: str, g: int) -> Fraction:
    """With C = 12·g."""
    kernel, channels = found(r"(\d×\d)", stem), 12 * g
    outs = [int(n or 1) * channels for n in re.findall(r"(\d*)C filters", stem)]
    old = f"{kernel} convolution, {outs[0]} filters, no bias"
    new = [f"{kernel} convolution, {outs[1]} filters, {g} groups, no bias"]
    new += [f"1×1 convolution, {out} filters, no bias" for out in outs[2:]]
    small = (channels, int(kernel[0]), int(kernel[0]))  # one position
    before, after = (sum(x.params for x in chain(words, small)) for words in ([old], new))
    return Fraction(after, before)  # MACs are as many times more: the maps are of the same size


FORMULAS: dict[str, Callable[[str, int], Fraction]] = {
    "macs-in-h-w-c": macs_in_h_w_c,
    "grouped-ratio-in-g": grouped_in_g,
    "conv-parameters-in-c": conv_in_c,
    "separable-params": separable_in_c,
    "three-3x3-vs-7x7-in-c": stacked_in_c,
}


@pytest.mark.parametrize("template", FORMULAS)
def test_the_text_has_the_formula(template: str) -> None:
    for seed in seeds():
        one = question(catalogue()[template], Seed(seed))
        assert isinstance(one.body, Symbolic)
        for c in (2, 5, 12):
            right = FORMULAS[template](one.stem, c)
            at = {"C": c, "g": c, "H": 20, "W": 24}
            assert quiz_oracle._evaluated(one.body.value, at) == right, one
            assert quiz_oracle._evaluated(f"{one.body.value} + 1", at) != right
