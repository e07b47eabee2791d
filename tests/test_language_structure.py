"""Blocks, loops and conditions, and the names they give."""

from __future__ import annotations

import pytest
from writing import described, graph, output, shapes, spec

import cnncalc

BLOCKS = """
blocks:
  double(out, k=3, bias=yes):
    - conv out k=k p=k//2 bias=bias
    - relu
  plain:
    - conv 4 k=1
    - bn
  empty(): []
"""


# Blocks.


@pytest.mark.parametrize(
    ("use", "same"),
    [
        ("double 8", ["conv 8 k=3 p=1", "relu"]),
        ("double out=8", ["conv 8 k=3 p=1", "relu"]),
        ("double 8 5", ["conv 8 k=5 p=2", "relu"]),
        ("double 8 k=5 bias=no", ["conv 8 k=5 p=2 bias=no", "relu"]),
        ("double: 8 k=5", ["conv 8 k=5 p=2", "relu"]),
        ("double: {out: 8, k: 5}", ["conv 8 k=5 p=2", "relu"]),
        ("double x.c*2 k=2+1", ["conv 6 k=3 p=1", "relu"]),
        ("plain", ["conv 4 k=1", "bn"]),
        ("plain:", ["conv 4 k=1", "bn"]),
    ],
)
def test_a_block_is_its_layers(use: str, same: list[str]) -> None:
    used = spec(f"- {use}", top=BLOCKS).analyze()
    written = spec("\n".join(f"- {layer}" for layer in same)).analyze()
    assert [(row.kind, row.output, row.cost) for row in used.layers] == [
        (row.kind, row.output, row.cost) for row in written.layers
    ]


def test_defaults_may_use_the_parameters_before_them() -> None:
    found = graph("- b 3", top="blocks:\n  b(n, m=2*n):\n    - conv m k=1")
    assert output(found) == "6x8x8"


def test_defaults_may_use_the_input_of_the_block() -> None:
    found = graph("- b\n- b", top="blocks:\n  b(n=2*x.c):\n    - conv n k=1")
    assert output(found) == "12x8x8"


def test_a_block_without_layers_is_the_identity() -> None:
    assert output(graph("- relu\n- empty", top=BLOCKS)) == "3x8x8"


def test_blocks_use_blocks_in_any_order() -> None:
    top = "blocks:\n  outer(n):\n    - inner n\n    - inner n=n+1\n  inner(n):\n    - conv n k=1"
    assert list(shapes(graph("- outer 4", top=top)).values()) == ["4x8x8", "5x8x8"]


def test_a_block_takes_a_layer() -> None:
    found = graph(
        """
        - skip = conv 4 k=1
        - maxpool 2
        - up skip
        """,
        top="""
        blocks:
          up(other):
            - deconv other.c k=2 s=2
            - concat x other
        """,
    )
    assert found.nodes[-1].inputs == ("up1.deconv1", "skip")
    assert output(found) == "8x8x8"


def test_a_block_goes_on_from_a_layer_it_is_given() -> None:
    top = "blocks:\n  b(other):\n    - from other\n    - conv 2 k=1"
    found = graph("- a = maxpool 2\n- from input\n- b a", top=top)
    assert output(found) == "2x4x4"


def test_names_are_local_to_a_block() -> None:
    top = "blocks:\n  b:\n    - s = relu\n    - add x s"
    found = graph("- s = conv 4 k=1\n- b\n- b\n- add x s", top=top)
    assert list(shapes(found)) == ["s", "b1.s", "b1.add1", "b2.s", "b2.add1", "add1"]
    assert found.nodes[-1].inputs == ("b2.add1", "s")


def test_a_block_sees_parameters_of_the_spec() -> None:
    top = "params: {n: 5}\nblocks:\n  b:\n    - conv n k=1"
    assert output(graph("- b", top=top)) == "5x8x8"
    assert output(graph("- b", top=top, settings={"n": 7})) == "7x8x8"


def test_a_named_block_names_what_it_puts_out() -> None:
    found = graph("- a = double 4\n- maxpool 2\n- from a\n- conv a.c k=1", top=BLOCKS)
    assert list(shapes(found)) == ["a.conv1", "a.relu1", "maxpool1", "conv1"]
    assert found.nodes[-1].inputs == ("a.relu1",)


def test_unnamed_blocks_are_numbered() -> None:
    found = graph("- double 4\n- plain\n- double 5", top=BLOCKS)
    assert [node.name for node in found] == [
        "double1.conv1",
        "double1.relu1",
        "plain1.conv1",
        "plain1.bn1",
        "double2.conv1",
        "double2.relu1",
    ]


def test_blocks_are_counted_across_unnamed_loops() -> None:
    found = cnncalc.load("resnet50").graph()
    blocks = list(dict.fromkeys(node.name.split(".")[0] for node in found if "." in node.name))
    assert blocks == [f"bottleneck{i}" for i in range(1, 17)]


def test_nodes_know_the_blocks_they_belong_to() -> None:
    top = "blocks:\n  outer:\n    - inner\n  inner:\n    - relu"
    (node,) = graph("- o = outer", top=top)
    assert [(scope.name, scope.label) for scope in node.scopes] == [
        ("o", "outer"),
        ("o.inner1", "inner"),
    ]


# Loops.


def unrolled(*layers: str) -> list[str]:
    return list(shapes(graph("\n".join(f"- {layer}" for layer in layers))).values())


@pytest.mark.parametrize(
    ("head", "top"),
    [
        ("for: {n: [4, 5, 6]}", ""),
        ("for: {n: widths}", "params: {widths: [4, 5, 6]}"),
        ("for: {n: '[4, 5, 6]'}", ""),
        ("for: {i: [0, 1, 2], n: [4, 5, 6]}", ""),
        ("for: {i: 3, n: [4, 5, 6]}", ""),
    ],
)
def test_for_goes_through_lists(head: str, top: str) -> None:
    found = graph(f"- {head}\n  layers:\n    - conv n k=1", top=top)
    assert list(shapes(found).values()) == ["4x8x8", "5x8x8", "6x8x8"]
    assert list(shapes(found)) == ["conv1", "conv2", "conv3"]


def test_for_counts_from_zero() -> None:
    found = graph("- for: {i: depth}\n  layers:\n    - conv 2**i k=1", top="params: {depth: 4}")
    assert [node.shape.channels for node in found] == [1, 2, 4, 8]


def test_for_zips_its_variables() -> None:
    found = graph("- for: {n: [4, 5], k: [3, 5]}\n  layers:\n    - conv n k=k p=k//2")
    assert [(node.shape.channels, node.layer.given["kernel"]) for node in found] == [(4, 3), (5, 5)]


def test_values_of_a_list_may_be_expressions_axes_and_words() -> None:
    found = graph(
        "- for: {n: [2*x.c, x.c + 1], k: [1x3, 3x1], b: [yes, no]}\n"
        "  layers:\n    - conv n k=k bias=b"
    )
    assert shapes(found) == {"conv1": "6x8x6", "conv2": "4x6x6"}
    assert [node.layer.given["bias"] for node in found] == [True, False]


def test_repeat_is_the_layers_again() -> None:
    found = graph("- repeat: n-1\n  layers:\n    - conv x.c+1 k=1\n    - relu", top="params: {n: 4}")
    assert [node.shape.channels for node in found] == [4, 4, 5, 5, 6, 6]
    assert found.nodes[-2].name == "conv3"


@pytest.mark.parametrize("head", ["repeat: 0", "for: {i: 0}", "for: {n: []}"])
def test_no_repetition_is_nothing(head: str) -> None:
    assert shapes(graph(f"- relu\n- {head}\n  layers: [maxpool 2]")) == {"relu1": "3x8x8"}


def test_loops_nest() -> None:
    found = graph(
        """
        - for: {n: [4, 6], times: [2, 1]}
          layers:
            - repeat: times
              layers:
                - conv n k=1
            - maxpool 2
        """
    )
    assert shapes(found) == {
        "conv1": "4x8x8",
        "conv2": "4x8x8",
        "maxpool1": "4x4x4",
        "conv3": "6x4x4",
        "maxpool2": "6x2x2",
    }


def test_names_in_an_unnamed_loop_get_the_iteration() -> None:
    found = graph("- for: {i: 2}\n  layers:\n    - up = conv 4 k=1\n    - add x up")
    assert [node.name for node in found] == ["up[0]", "add1", "up[1]", "add2"]
    assert [node.inputs for node in found if node.kind == "add"] == [
        ("up[0]", "up[0]"),
        ("up[1]", "up[1]"),
    ]


def test_names_in_nested_unnamed_loops_get_both() -> None:
    found = graph("- repeat: 2\n  layers:\n    - repeat: 2\n      layers:\n        - a = relu")
    assert list(shapes(found)) == ["a[0][0]", "a[0][1]", "a[1][0]", "a[1][1]"]


@pytest.mark.parametrize("head", ["for: {i: 3}", "repeat: 3"])
def test_a_named_loop_shows_its_names_by_index(head: str) -> None:
    found = graph(
        f"""
        - {head}
          name: down
          layers:
            - skip = conv x.c+1 k=1
            - maxpool 2
        - from down[0].skip
        - relu
        - from down[3-2].skip
        - relu
        """
    )
    assert [node.name for node in found] == [
        "down[0].skip",
        "down[0].maxpool1",
        "down[1].skip",
        "down[1].maxpool1",
        "down[2].skip",
        "down[2].maxpool1",
        "relu1",
        "relu2",
    ]
    assert [node.inputs for node in found.nodes[-2:]] == [("down[0].skip",), ("down[1].skip",)]


def test_sizes_of_layers_in_a_named_loop() -> None:
    found = graph(
        "- repeat: 2\n  name: s\n  layers:\n    - a = conv x.c+1 k=3\n- conv s[0].a.c*s[1].a.h k=1"
    )
    assert output(found) == "16x4x4"


@pytest.mark.parametrize(("join", "channels"), [("add", 4), ("concat", 12)])
def test_all_iterations_at_once(join: str, channels: int) -> None:
    found = graph(
        f"""
        - conv 4 k=1
        - repeat: 3
          name: stack
          layers:
            - skip = conv 4 k=3 p=1
            - relu
        - {join} stack[*].skip
        """
    )
    assert found.nodes[-1].inputs == ("stack[0].skip", "stack[1].skip", "stack[2].skip")
    assert output(found) == f"{channels}x8x8"


def test_some_iterations_and_other_layers_join() -> None:
    found = graph("- repeat: 2\n  name: s\n  layers:\n    - a = relu\n- add x s[*].a input s[0].a")
    assert found.nodes[-1].inputs == ("s[1].a", "s[0].a", "s[1].a", "input", "s[0].a")


def test_named_loops_nest() -> None:
    found = graph(
        """
        - repeat: 2
          name: outer
          layers:
            - for: {i: 2}
              name: inner
              layers:
                - a = relu
        - add outer[1].inner[0].a outer[0].inner[1].a
        """
    )
    assert found.nodes[-1].inputs == ("outer[1].inner[0].a", "outer[0].inner[1].a")


def test_a_loop_in_a_block_is_named_in_the_block() -> None:
    top = "blocks:\n  b:\n    - repeat: 2\n      name: s\n      layers:\n        - a = relu\n    - add s[*].a"
    found = graph("- b\n- b", top=top)
    assert list(shapes(found)) == [
        "b1.s[0].a",
        "b1.s[1].a",
        "b1.add1",
        "b2.s[0].a",
        "b2.s[1].a",
        "b2.add1",
    ]


def test_a_loop_sees_the_names_before_it() -> None:
    found = graph("- a = conv 4 k=1\n- repeat: 2\n  layers:\n    - add x a")
    assert [node.inputs for node in found.nodes[1:]] == [("a", "a"), ("add1", "a")]


# Conditions.


@pytest.mark.parametrize(
    ("test", "kinds"),
    [
        ("s != 1", ["relu", "tanh"]),
        ("s == 1", ["sigmoid", "tanh"]),
        ("s == 1 or x.c == 3", ["relu", "tanh"]),
        ("s == 2 and not x.c == 3", ["sigmoid", "tanh"]),
        ("deep", ["sigmoid", "tanh"]),
        ("not deep", ["relu", "tanh"]),
        ("yes", ["relu", "tanh"]),
        ("x.h > x.w - 1", ["relu", "tanh"]),
    ],
)
def test_if_chooses(test: str, kinds: list[str]) -> None:
    found = graph(
        f"- if: {test}\n  then:\n    - relu\n  else:\n    - sigmoid\n- tanh",
        top="params: {s: 2, deep: no}",
    )
    assert [node.kind for node in found] == kinds


def test_if_without_else() -> None:
    assert list(shapes(graph("- if: x.c == 4\n  then: [relu]\n- tanh"))) == ["tanh1"]


def test_an_empty_choice_in_a_branch_is_the_identity() -> None:
    found = graph("- add:\n    - [relu]\n    - - if: x.c != 3\n        then: [conv 3 k=1]")
    assert found.nodes[-1].inputs == ("relu1", "input")


def test_names_given_in_a_choice_are_seen_after_it() -> None:
    found = graph(
        "- if: x.c == 3\n  then: [a = conv 4 k=1]\n  else: [a = relu]\n- maxpool 2\n- from a"
    )
    assert output(found) == "4x8x8"


def test_what_is_not_chosen_is_not_computed() -> None:
    assert output(graph("- if: x.c == 4\n  then: [conv 4 k=99]\n- relu")) == "3x8x8"


def test_if_on_symbols_that_decide_it() -> None:
    found = graph("- if: x.c == 3 and x.h >= 1\n  then: [relu]\n- tanh", input="3xHxW")
    assert list(shapes(found)) == ["relu1", "tanh1"]


def test_described_tells_graphs_apart() -> None:
    assert described(graph("- conv 4 k=1")) != described(graph("- conv 4 k=1 bias=no"))
