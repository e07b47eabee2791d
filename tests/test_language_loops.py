"""Loops: how often, with which values, and the names they show."""

from __future__ import annotations

import pytest
from writing import graph, output, shapes


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
    found = graph(
        "- repeat: n-1\n  layers:\n    - conv x.c+1 k=1\n    - relu", top="params: {n: 4}"
    )
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
