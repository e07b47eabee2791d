"""Layer lines: what each way of writing them means."""

from __future__ import annotations

import pytest
from writing import described, graph, line, output, shapes

import cnncalc

# Layer lines.


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("conv 4 k=3", "conv out=4 kernel=3"),
        ("conv 4 k=3", "conv channels=4 k=3"),
        ("conv 4 k=3 s=2 p=1 d=2", "conv 4 kernel=3 stride=2 padding=1 dilation=2"),
        ("conv 6 k=3 g=3", "conv 6 k=3 groups=3"),
        ("dwconv 3 m=2", "dwconv k=3 multiplier=2"),
        ("deconv 4 k=2 s=2 op=1", "deconv 4 k=2 s=2 output_padding=1"),
        ("maxpool 2", "maxpool k=2 s=2"),
        ("maxpool 3 s=2 ceil=yes", "maxpool 3 s=2 ceil_mode=yes"),
        ("dropout", "dropout p=0.5"),
        ("lrn 5", "lrn n=5 alpha=1e-4"),
        ("conv  4   k=3", "conv 4 k=3"),
        ("conv 4 k=(1 + 2)", "conv 4 k=3"),
        ("conv 4 k=3 p=valid", "conv 4 k=3 p=0"),
        ("conv 4 k=3 p=same", "conv 4 k=3 p=1"),
        ("conv 4 k=1x7 p=0x3", "conv 4 k=(3-2)x7 p=(0)x(3)"),
        ("conv 4 k=3 bias=no", "conv 4 k=3 bias=false"),
        ("conv 4 k=3 bias=yes", "conv 4 k=3"),
        ("conv 4 k=3 bias=no", "conv 4 k=3 bias=(3 == 4)"),
    ],
)
def test_two_ways_to_write_a_layer(short: str, long: str) -> None:
    one, other = cnncalc.load(f"3x12x12 | {short}"), cnncalc.load(f"3x12x12 | {long}")
    first, second = one.analyze(), other.analyze()
    assert first.layers == second.layers
    assert first.total == second.total


@pytest.mark.parametrize(
    ("written", "mapping"),
    [
        ("conv 64 k=7", "{conv: {out: 64, k: 7}}"),
        ("conv 64 k=7", "conv: 64 k=7"),
        ("conv 64 k=7 bias=no", "{conv: {out: 64, kernel: 7, bias: no}}"),
        ("conv 64 k=1x7", "{conv: {out: 64, k: 1x7}}"),
        ("relu", "relu:"),
        ("relu", "{relu: }"),
        ("maxpool 2", "{maxpool: {kernel: 2}}"),
        ("maxpool 2", "maxpool: 2"),
        ("a = conv 64 k=7", "{name: a, conv: {out: 64, k: 7}}"),
        ("a = relu", "{relu: , name: a}"),
    ],
)
def test_mapping_form_is_the_line(written: str, mapping: str) -> None:
    assert described(graph(f"- {mapping}")) == described(graph(f"- {written}"))


def test_one_line_is_the_yaml() -> None:
    one = line("3x12x12 | a = conv 4 k=3 | relu | maxpool 2 | from a | flatten | linear 10")
    other = graph(
        """
        - a = conv 4 k=3
        - relu
        - maxpool 2
        - from a
        - flatten
        - linear 10
        """,
        input="3x12x12",
    )
    assert described(one) == described(other)
    assert output(one) == "10"


@pytest.mark.parametrize(
    "text",
    [
        "3x8x8|conv 4 k=3|relu",
        "  3x8x8  |  conv 4 k=3  |  relu  ",
        "3x8x8 |\n conv 4 k=3 |\n relu",
        "3 x 8 x 8 | conv 4 k=3 | relu",
    ],
)
def test_spaces_around_bars_mean_nothing(text: str) -> None:
    assert shapes(line(text)) == {"conv1": "4x6x6", "relu1": "4x6x6"}


def test_a_bar_in_brackets_does_not_part_layers() -> None:
    with pytest.raises(cnncalc.CnncalcError, match=r"'\|' is not part of the language"):
        line("3x8x8 | conv (1|2) k=3")


# Words and per-axis values.


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_modes_are_words(mode: str) -> None:
    (node,) = line(f"3x8x8 | conv 4 k=3 p=1 mode={mode}")
    assert (str(node.shape), node.layer.given["mode"]) == ("4x8x8", mode)


def test_a_word_is_a_word_whatever_is_called_so() -> None:
    (node,) = graph("- conv 4 k=3 p=same", top="params: {same: 0}")
    assert str(node.shape) == "4x8x8"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x8x9 | conv 4 k=1x7", "4x8x3"),
        ("3x8x9 | conv 4 k=7x1", "4x2x9"),
        ("3x8x9 | conv 4 k=3 s=1x2", "4x6x4"),
        ("3x8x9 | maxpool 2x3", "3x4x3"),
        ("3x8x9 | maxpool 2 s=2x1", "3x4x8"),
        ("3x8x9 | crop size=4x3", "3x4x3"),
        ("3x8x9 | adaptive_avgpool 4x3", "3x4x3"),
        ("3x8x9 | pad 1x2", "3x10x13"),
        ("3x8x9 | pad left=1 bottom=3", "3x11x10"),
        ("3x4x8x9 | conv 2 k=1x2x3", "2x4x7x7"),
        ("3x9 | conv 2 k=3", "2x7"),
        ("3x4x8x9 | conv 2 k=3", "2x2x6x7"),
    ],
)
def test_axes_are_first_axis_first(text: str, shape: str) -> None:
    assert output(line(text)) == shape
