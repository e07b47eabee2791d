"""Blocks and conditions, and the names they give."""

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
