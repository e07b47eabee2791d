"""Names, references, joins and places."""

from __future__ import annotations

import pytest
from writing import described, graph, line, output, shapes, spec

import cnncalc
from cnncalc.layers import KINDS

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
    found = graph(
        f"- a = conv 4 k=3\n- from input\n- b = conv 4 k=3\n- c = {kind} a b\n- {kind} x a b"
    )
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
