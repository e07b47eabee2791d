"""Architectures that join tensors: Inception, DenseNet, U-Net."""

from __future__ import annotations

from typing import Any

from cnncalc.layers import KINDS
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.bundled import bundled, dense_blocks, u_net
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, because, merged, numeric, table
from cnncalc.quiz.misconceptions import (
    KEPT_THE_SIZE,
    Misconception,
    Number,
    instead,
    on_layers,
    stated,
    unambiguous,
)
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import layer_words, nodes
from cnncalc.render.page import GROUPED, Line, Page, Section
from cnncalc.worked import Worked, form_of, quotient


@template(
    "inception-concat-table",
    topic="architectures",
    type="table",
    title="Parameters of the paths of an Inception module, and the channels of its output",
    sources=("004 1.4.1 Naive Inception Module", "004 1.4.4 Channels", "000 Inception:"),
)
def inception_concat_table(draw: Draw) -> Made:
    c, n = draw.choose((192, 256, 480, 512)), draw.choose((14, 28))
    at = {"C": c, "H": n, "W": n}
    wide = {
        "b1": draw.choose((64, 96, 128, 192)),
        "b3": draw.choose((128, 160, 208, 256)),
        "b5": draw.choose((32, 48, 64, 96)),
    }
    narrow = {
        "r3": draw.choose((64, 96, 112, 128)),
        "r5": draw.choose((16, 24, 32)),
        "pool": draw.choose((32, 64, 128)),
    }
    naive = bool(draw.below(2))
    big = bundled("inception_module_naive", wide, **at)
    reduced = bundled("inception_module_reduced", {**wide, **narrow}, **at)
    net, other = (big, reduced) if naive else (reduced, big)
    paths = _paths(wide) if naive else _paths(wide, narrow)
    rows: list[list[Any]] = []
    solutions: list[Page] = []
    for number, path in enumerate(paths, 1):
        ask = Ask(f"{c}x{n}x{n} | {path}", "params")
        words = ", then ".join(layer_words(node.layer) for node in nodes(ask.net))
        among = [one for one in stated(ask) if one.text in _OF_PATHS]
        if path.startswith("r"):
            reduced_to, last = path.split()[3], path.rpartition(" | ")[2]
            alone = f"{reduced_to}x{n}x{n} | {last}"
            among.append(instead(KINDS["sepconv"].mistakes[-1].text, net=alone))
        rows.append([words, (ask, unambiguous(ask, among)) if ask.value else "–"])
        solutions.append(_titled(ask.solution(), f"path {number}"))
    joined = Ask(net, "channels", "concat1")
    believed = [
        Misconception("added the channels of the input", lambda ask: _sum(ask.value, c)),
        Misconception(_SUMMED, _widest),
    ]
    if not naive:
        believed.append(instead("let the pooling path keep the channels of the input", net=other))
    else:
        left = _sum(joined.value, -c)
        believed.append(Misconception("left the pooling path out", lambda ask: left))
    made = table(
        f"An Inception module gets {c} channels of {n}×{n}. Its paths start from this input, every "
        f"convolution has a bias and is followed by ReLU, and padding keeps all maps at {n}×{n}; at "
        "the end the paths are concatenated. Fill in the parameters of each path, and how many "
        "channels the module gives.",
        ("path", "parameters or channels"),
        [*rows, ["channels of the concatenation", (joined, unambiguous(joined, believed))]],
        merged([*solutions, _only(joined.solution(), "concat")]),
    )
    return made


def _titled(page: Page, title: str) -> Page:
    """The page, the sums of several layers under a title of their own."""
    return page._replace(
        sections=[
            one._replace(title=title) if one.title == "in all" else one for one in page.sections
        ]
    )


def _only(page: Page, *starts: str) -> Page:
    """The page with those layers alone whose names begin so."""
    kept = [one for one in page.sections if not one.title or one.title.startswith(starts)]
    return page._replace(sections=kept)


_OF_PATHS = ("forgot the bias",)
#: The words of the mistake that concatenation states.
_SUMMED = KINDS["concat"].mistakes[0].text


def _paths(wide: dict[str, int], narrow: dict[str, int] | None = None) -> list[str]:
    """The paths of an Inception module as lines, in the order of the bundled specs."""
    b1, b3, b5 = (wide[name] for name in ("b1", "b3", "b5"))
    first, pooled = f"p1 = conv {b1} k=1", "p4 = maxpool 3 s=1 p=1"
    large, larger = f"p2 = conv {b3} k=3 p=1", f"p3 = conv {b5} k=5 p=2"
    if narrow is None:
        return [first, large, larger, pooled]
    return [
        first,
        f"r2 = conv {narrow['r3']} k=1 | {large}",
        f"r3 = conv {narrow['r5']} k=1 | {larger}",
        f"{pooled} | r4 = conv {narrow['pool']} k=1",
    ]


def _sum(value: Any, more: int) -> Number:
    total = Worked(value) + more
    return Number(total.value, total.written(GROUPED))


def _widest(ask: Ask) -> Number:
    (joined,) = (node for node in ask.graph if node.name == ask.layer)
    return Number(max(shape.channels for shape in ask.graph.inputs_of(joined)))


@template(
    "densenet-channels",
    topic="architectures",
    type="numeric",
    title="Channels after the blocks of a DenseNet",
    sources=("004 1.6 DenseNet",),
)
def densenet_channels(draw: Draw) -> Made:
    growth = draw.choose((12, 16, 24, 32))
    counts = [draw.between(3, 8) for _ in range(draw.between(2, 3))]
    if sum(counts) > 16:
        raise Redraw("too many layers to write down")
    net, whole = (dense_blocks(growth, counts, 64, halving) for halving in (True, False))
    ask = Ask(net, "channels", f"j{sum(counts)}")
    among = [
        instead("forgot that transitions halve the channels", net=whole),
        instead(
            "counted the last block only",
            net=dense_blocks(growth, counts[-1:], 64),
            layer=f"j{counts[-1]}",
        ),
        instead(
            "let a transition follow the last block too",
            net=dense_blocks(growth, [*counts, 0], 64),
            layer=f"h{len(counts)}",
        ),
        Misconception(_SUMMED, lambda _: Number(growth)),
    ]
    lines, width = [], Worked(2 * growth)
    for block, count in enumerate(counts, 1):
        if block > 1:
            half = quotient(width, Worked(2))
            lines.append(Line(f"transition {block - 1}", [half.form, form_of(half.value)]))
            width = Worked(half.value)
        wider = width + Worked(count) * growth
        lines.append(Line(f"block {block}", [wider.form, form_of(wider.value)]))
        width = Worked(wider.value)
    each = because("Each layer of a block adds as many channels as the growth rate.")
    listed = ", ".join(map(str, counts[:-1])) + f" and {counts[-1]}"
    made = numeric(
        f"A DenseNet begins with a convolution of {2 * growth} filters and max pooling. Then there are "
        f"{('two', 'three')[len(counts) - 2]} dense blocks of {listed} layers with growth rate "
        f"{growth}; a transition between blocks halves the channels. How many channels come out of the "
        "last block?",
        ask,
        unambiguous(ask, among),
    )
    page = Page("", [Section("channels after each", [("", lines)])])
    return made._replace(solution=merged([page, each]), command=None)


@template(
    "unet-sizes",
    topic="architectures",
    type="table",
    title="Heights and channels on the levels of a U-Net without padding",
    sources=(
        "000 Transposed Convolution (Deconvolution)",
        "000 Where Is This Used? (stacked 3×3)",
    ),
)
def unet_sizes(draw: Draw) -> Made:
    depth, base = draw.between(2, 3), draw.choose((16, 32, 64))
    size = 8 * draw.between(13, 40) + 4 * (depth - 2)
    net = u_net(size, depth, base)
    one = instead("counted one of the two convolutions", net=u_net(size, depth, base, 1))
    rows: list[list[Any]] = []
    for i in range(depth):
        down, up, out = (Ask(net, "height", f"{letter}{i}") for letter in "sue")
        joined = Ask(net, "channels", f"j{i}")
        if int(str(down.value)) % 2:
            raise Redraw("an odd map is pooled")
        believed = [_PADDED, one]
        added = [instead(_SUMMED, layer=f"u{i}")]
        rows.append(
            [
                f"level {i + 1}",
                (down, unambiguous(down, believed)) if i else str(down.value),
                (up, unambiguous(up, believed)),
                str(joined.value) if i else (joined, unambiguous(joined, added)),
                (out, unambiguous(out, believed)),
            ]
        )
    made = table(
        f"A U-Net for images of 1×{size}×{size} has {depth} levels. On the way down, level 1 has "
        f"{base} channels, each level twice as many as the one above it, and each level two 3×3 "
        "convolutions without padding and then 2×2 max pooling with stride 2; below the levels there are two such "
        "convolutions more. On the way up, each level begins with a 2×2 transposed convolution with "
        "stride 2 that halves the channels, concatenates it with the cropped output of the "
        "convolutions on the way down, and has two 3×3 convolutions without padding again. Fill in "
        "the heights before pooling, after the transposed convolution and at the end of the level, "
        "and the channels after the concatenation.",
        ("level", "before pooling", "transposed", "channels joined", "at the end"),
        rows,
    )
    found = _only(made.solution, *"cspudej")
    return made._replace(solution=found._replace(sections=[*map(_derived, found.sections)]))


def _derived(section: Section) -> Section:
    """Without lines that only say a number."""
    groups = [
        (name, [line for line in lines if len(line.forms) > 1]) for name, lines in section.groups
    ]
    return section._replace(groups=groups)


_PADDED = on_layers(
    KEPT_THE_SIZE.text,
    lambda layer, windows: layer.replace(padding="same") if layer.kind == "conv" else None,
)
