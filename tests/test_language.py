"""Layer lines, names, references and joins: what each way of writing them means."""

from __future__ import annotations

import pytest
from writing import described, graph, line, output, shapes, spec

import cnncalc
from cnncalc.layers import KINDS

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


# Names and references.


def test_from_goes_on_from_a_named_layer() -> None:
    found = graph(
        """
        - stem = conv 4 k=3
        - maxpool 2
        - from stem
        - conv 5 k=1
        """
    )
    assert shapes(found) == {"stem": "4x6x6", "maxpool1": "4x3x3", "conv1": "5x6x6"}
    assert found.nodes[-1].inputs == ("stem",)


def test_from_gives_a_second_name() -> None:
    found = graph("- a = relu\n- b = from a\n- maxpool 2\n- from b")
    assert output(found) == "3x8x8"


def test_the_input_is_a_name() -> None:
    found = graph("- conv 3 k=3 p=1\n- add x input")
    assert found.nodes[-1].inputs == ("conv1", "input")


def test_identity_gives_a_name() -> None:
    found = graph(
        """
        - s = identity
        - gap
        - conv s.c//3 k=1
        - conv s.c k=1
        - sigmoid
        - mul x s
        """,
        input="6x8x8",
    )
    assert output(found) == "6x8x8"
    assert found.shapes["conv1"] == (2, 1, 1)


@pytest.mark.parametrize("kind", ["add", "mul", "concat"])
def test_joins_over_names(kind: str) -> None:
    found = graph(f"- a = conv 4 k=3\n- from input\n- b = conv 4 k=3\n- c = {kind} a b\n- {kind} x a b")
    assert [node.inputs for node in found.nodes[-2:]] == [("a", "b"), ("c", "a", "b")]
    sizes = {"concat": ("8x6x6", "16x6x6")}.get(kind, ("4x6x6", "4x6x6"))
    assert [str(node.shape) for node in found.nodes[-2:]] == list(sizes)


def test_branches_start_from_the_current_tensor() -> None:
    found = graph(
        """
        - conv 4 k=3 p=1
        - add:
            - - conv 4 k=3 p=1
              - relu
            - []
        """
    )
    assert found.nodes[-1].inputs == ("relu1", "conv1")


def test_a_branch_of_one_layer_needs_no_list() -> None:
    one = graph("- concat: [conv 4 k=1, conv 2 k=1, []]")
    other = graph("- concat: [[conv 4 k=1], [conv 2 k=1], []]")
    assert described(one) == described(other)
    assert output(one) == "9x8x8"


def test_joins_nest_inside_branches() -> None:
    found = graph(
        """
        - concat:
            - - conv 4 k=1
            - - conv 6 k=1
              - concat:
                  - - conv 2 k=1x3 p=0x1
                  - - conv 2 k=3x1 p=1x0
              - relu
            - - maxpool 3 s=1 p=1
        """
    )
    assert [node.inputs for node in found if node.kind == "concat"] == [
        ("conv3", "conv4"),
        ("conv1", "relu1", "maxpool1"),
    ]
    assert output(found) == "11x8x8"


def test_structural_layers_are_named_too() -> None:
    found = graph(
        """
        - name: mixed
          concat:
            - - conv 4 k=1
            - []
        - conv mixed.c k=1
        - add x mixed
        """
    )
    assert shapes(found) == {"conv1": "4x8x8", "mixed": "7x8x8", "conv2": "7x8x8", "add1": "7x8x8"}


def test_a_name_given_in_a_branch_is_seen_after_it() -> None:
    found = graph("- add:\n    - [a = conv 3 k=1]\n    - []\n- concat x a")
    assert found.nodes[-1].inputs == ("add1", "a")


def test_branches_may_go_on_from_elsewhere() -> None:
    found = graph(
        """
        - skip = conv 4 k=1
        - maxpool 2
        - up = deconv 4 k=2 s=2
        - concat:
            - - from skip
              - crop like=up
            - - from up
        """
    )
    assert found.nodes[-1].inputs == ("crop1", "up")


# Automatic names.


def test_automatic_names_count_by_kind() -> None:
    assert list(shapes(line("3x8x8 | relu | conv 4 k=1 | relu | relu"))) == [
        "relu1",
        "conv1",
        "relu2",
        "relu3",
    ]


def test_automatic_names_pass_over_given_ones() -> None:
    found = graph("- relu\n- relu\n- relu2 = relu\n- relu\n- conv1 = relu\n- conv 4 k=1")
    assert list(shapes(found)) == ["relu1", "relu3", "relu2", "relu4", "conv1", "conv2"]


def test_adding_a_layer_moves_no_reference() -> None:
    short = graph("- a = conv 4 k=1\n- relu\n- add x a")
    longer = graph("- relu\n- a = conv 4 k=1\n- relu\n- relu\n- add x a")
    assert short.nodes[-1].inputs == ("relu1", "a")
    assert longer.nodes[-1].inputs == ("relu3", "a")


# Positions.


def test_every_node_knows_its_place() -> None:
    found = spec(
        """
        - conv 4 k=3 p=1
        - skip = relu
        - {name: c, conv: {out: 4, k: 1}}
        - add:
            - - conv 4 k=1
            - - from skip
        - if: x.c == 4
          then: [relu]
        """
    ).graph()
    assert {node.name: str(node.at) for node in found} == {
        "conv1": "net.yaml:4:5",
        "skip": "net.yaml:5:12",
        "c": "net.yaml:6:15",
        "conv2": "net.yaml:8:11",
        "add1": "net.yaml:7:5",
        "relu1": "net.yaml:11:12",
    }


def test_places_in_one_line_are_columns() -> None:
    found = line("3x8x8 | conv 4 k=3 | a = relu")
    assert [str(node.at) for node in found] == ["<line>:1:9", "<line>:1:26"]


def test_layers_of_a_block_are_placed_in_the_block() -> None:
    text = "input: 3x8x8\nblocks:\n  b(n):\n    - conv n k=1\nlayers:\n  - b 4\n  - b 5\n"
    assert [str(node.at) for node in cnncalc.parse(text, "f").graph()] == ["f:4:7", "f:4:7"]


def test_every_kind_can_be_written_in_a_line() -> None:
    for kind, cls in KINDS.items():
        assert cls.kind == kind
        with pytest.raises(cnncalc.CnncalcError) as caught:
            cnncalc.load(f"3x8x8 | {kind} no_such_key=1").graph()
        assert "no_such_key" in caught.value.message or "names no layers" in caught.value.message
