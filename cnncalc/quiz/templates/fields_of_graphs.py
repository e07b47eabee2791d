"""Receptive fields where paths meet: parallel branches, and shortcuts."""

from __future__ import annotations

from itertools import groupby

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.field_misconceptions import NO_POOLING
from cnncalc.quiz.making import Made, numeric, single
from cnncalc.quiz.misconceptions import (
    IGNORED_STRIDES,
    JUMP_AFTER,
    WHOLE_KERNEL,
    Misconception,
    Number,
    instead,
)
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, a, layer_words, line, nodes


def _sum_of(text: str, *layers: str) -> Misconception:
    """The fields of these layers are added."""

    def believed(ask: Ask) -> Number:
        found = [ask._replace(layer=layer).value for layer in layers]
        return Number(sum(n for n in found if isinstance(n, int)), " + ".join(map(str, found)))

    return Misconception(text, believed)


@template(
    "branch-rf",
    topic="rf",
    type="single",
    title="Receptive field after a module of parallel branches",
    sources=("004 1.4.2 Detailed Inception Module", "000 Inception"),
)
def branch_rf(draw: Draw) -> Made:
    s, stem = draw.choose((1, 2, 2)), draw.choose((3, 5, 7))
    wide, deep = draw.choose((5, 7)), draw.choose((2, 3, 4))
    branches = [
        ["conv 16 k=1"],
        ["conv 16 k=1", f"conv 16 k={wide} p={wide // 2}"],
        ["conv 16 k=1", *["conv 16 k=3 p=1"] * deep],
        ["avgpool 3 s=1 p=1", "conv 16 k=1"],
    ]
    parts, said = ["3x256x256", line(f"stem = conv 16 k={stem}", s=s)], []
    for i, branch in enumerate(draw.shuffled(branches), 1):
        parts += ["from stem"] * (i > 1) + branch[:-1] + [f"b{i} = {branch[-1]}"]
        said.append(f"({i}) {_in_words(branch)}")
    net = " | ".join([*parts, "concat b1 b2 b3 b4"])
    ask = Ask(net, "rf")
    sequence = [layer for branch in branches for layer in branch]
    names = sorted(("b1", "b2", "b3", "b4"), key=lambda name: int(ask._replace(layer=name).value))
    return single(
        draw,
        f"A {stem}×{stem} convolution with stride {s} is followed by a module of four branches, "
        f"which all start from its output: {'; '.join(said)}. All of them have stride 1 and padding "
        "that keeps the size, and their outputs are concatenated. How many pixels of the image, "
        "along one side, influence one position of the module's output (all its channels)?",
        ask,
        [
            instead("took the smallest branch alone", layer=names[0]),
            instead("took a middle branch for the widest", layer=names[-2]),
            _sum_of("added up the fields of the branches", *names),
            instead("left the branches out", layer="stem"),
            instead("put the branches one after another", net=" | ".join([*parts[:2], *sequence])),
            IGNORED_STRIDES,
            JUMP_AFTER,
        ],
    )


def _in_words(branch: list[str]) -> str:
    """``1×1 convolution, then two 3×3 convolutions``."""
    words = []
    for one, some in groupby(map(_short, branch)):
        count = len(list(some))
        words.append(one if count == 1 else f"{_MANY[count]} {one}s")
    return ", then ".join(words)


_MANY = {2: "two", 3: "three", 4: "four"}


def _short(line: str) -> str:
    kind, size, *rest = line.split()
    if kind == "conv":
        size = rest[0].removeprefix("k=")
    return f"{size}×{size} {'convolution' if kind == 'conv' else 'average pooling'}"


@template(
    "strided-paths-rf",
    topic="rf",
    type="numeric",
    title="Receptive field where two paths meet that make the map smaller at different places",
    sources=("004 1.5.2 Residual Networks", "000 Full Recursive Formula"),
)
def strided_paths_rf(draw: Draw) -> Made:
    k, s = draw.choose((3, 5, 7)), draw.between(1, 2)
    stem = line(f"stem = conv 16 k={k}", s=s, p=k // 2)
    small, large = draw.choose((3, 5)), draw.choose((3, 5, 7))
    early = [f"conv 16 k={small} s=2 p={small // 2}", f"conv 16 k={large} p={large // 2}"]
    late = draw.choose(
        (
            ["conv 16 k=1 s=2"],
            ["avgpool 2", "conv 16 k=1"],
            [f"conv 16 k={large} p={large // 2}", "maxpool 2"],
            ["conv 16 k=3 p=1"] * draw.between(1, 2) + ["maxpool 3 s=2 p=1"],
        )
    )
    first, second = draw.shuffled([early, late])
    path = [*first[:-1], f"a = {first[-1]}", "from stem", *second[:-1], f"b = {second[-1]}"]
    ask = Ask(" | ".join(["3x256x256", stem, *path, "add a b"]), "rf")
    narrow = min("ab", key=lambda name: int(ask._replace(layer=name).value))
    in_a_row = " | ".join(["3x256x256", stem, *first, *second])
    said = [", then ".join(_with_settings(one) for one in one_path) for one_path in (first, second)]
    return numeric(
        f"A {k}×{k} convolution with stride {s} and padding {k // 2} is followed by two paths, which both "
        f"start from its output: (1) {said[0]}; (2) {said[1]}. The outputs of the paths are added. "
        f"{UNSAID} How many pixels high is the receptive field of a unit of the sum?",
        ask,
        [
            instead("took the smallest branch alone", layer=narrow),
            _sum_of("added up the fields of the branches", "a", "b"),
            instead("left the branches out", layer="stem"),
            instead("put the branches one after another", net=in_a_row),
            IGNORED_STRIDES,
            JUMP_AFTER,
            WHOLE_KERNEL,
        ],
    )


def _with_settings(one: str) -> str:
    words = layer_words(nodes(f"16x256x256 | {one}")[0].layer).replace(", 16 filters", "")
    return a(words.replace(", ", " with ", 1).replace(", ", " and "))


@template(
    "residual-rf",
    topic="rf",
    type="numeric",
    title="Receptive field after residual blocks",
    sources=("004 1.5.2 Residual Networks", "000 ResNet (Residual Networks)"),
)
def residual_rf(draw: Draw) -> Made:
    blocks, convs = draw.between(1, 3), draw.choose((2, 2, 3))
    k, s, pool = draw.choose((3, 5, 7)), draw.between(1, 2), draw.choose(("", "maxpool 2"))
    each = draw.choose((3, 3, 5))

    def net(blocks: int, convs: int = convs) -> str:
        parts = ["3x256x256", line(f"conv 16 k={k}", s=s), *filter(None, [pool])]
        parts.append("r0 = relu")
        for i in range(blocks):
            parts += [f"conv 16 k={each} p=same"] * convs + [f"r{i + 1} = add x r{i}"]
        return " | ".join(parts)

    ask = Ask(net(blocks), "rf")
    inner = f"{_MANY[convs]} {each}×{each} convolutions with stride 1"
    many = f"{_MANY[blocks]} residual blocks, each of" if blocks > 1 else "a residual block of"
    words = f" and a {_short(pool).replace('average', 'max')} with stride 2" if pool else ""
    return numeric(
        f"A {k}×{k} convolution with stride {s}{words} {'are' if pool else 'is'} followed by "
        f"{many} {inner}, to whose result the block's input is added. How many pixels high is the "
        f"receptive field of a unit after the {'last ' * (blocks > 1)}addition?",
        ask,
        [
            instead("followed the shortcuts only, which add nothing to the field", net=net(0)),
            _sum_of(
                "added the field of the shortcut to that of the block",
                f"r{blocks - 1}",
                f"r{blocks}",
            ),
            instead("counted one convolution of each block", net=net(blocks, 1)),
            WHOLE_KERNEL,
            *([NO_POOLING] if pool else [IGNORED_STRIDES]),
            JUMP_AFTER,
        ],
    )
