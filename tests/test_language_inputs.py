"""Inputs, symbols, parameters and outputs: what a spec says around its layers."""

from __future__ import annotations

from typing import Any

import pytest
from writing import graph, line, output, shapes, sizes, spec

import cnncalc
from cnncalc.sizes import is_symbolic, text

# Inputs.


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ("3x8x9", "3x8x9"),
        ("3 x 8 x 9", "3x8x9"),
        ("10", "10"),
        ("3x100", "3x100"),
        ("1x4x5x6", "1x4x5x6"),
        ("3x(2*4)x(10-1)", "3x8x9"),
        ("(1+2)x8x9", "3x8x9"),
        ("3xnxn", "3x4x4"),
        ("3x(2*n)xn", "3x8x4"),
        ("3x(max(n, 6))xn", "3x6x4"),
    ],
)
def test_sizes_of_an_input(size: str, shape: str) -> None:
    found = graph("- identity", input=size, top="params: {n: 4}")
    assert str(found.inputs["input"]) == shape
    assert output(found) == shape


def test_sizes_in_one_line() -> None:
    found = line("3x(32*h)x(32*w) | conv 8 k=3 s=32 p=1", at={"h": 2, "w": 3})
    assert (str(found.inputs["input"]), output(found)) == ("3x64x96", "8x2x3")


def test_sizes_stay_symbolic() -> None:
    found = line("3x(32*h)x(32*w) | conv 8 k=32 s=32")
    assert sizes(found) == ["8", "h", "w"]


def test_quoted_sizes_are_sizes() -> None:
    assert output(graph("- relu", input='"3x8x9"')) == "3x8x9"


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        ("10 | linear 4 | relu | linear 2 | softmax", "2"),
        ("3x100 | conv 16 k=9 s=2 | maxpool 2", "16x23"),
        ("1x8x8x8 | conv 2 k=3 | maxpool 2 | gap | flatten | linear 3", "3"),
        ("1x8x8x8 | deconv 2 k=2 s=2", "2x16x16x16"),
    ],
)
def test_rank_follows_the_input(network: str, shape: str) -> None:
    assert output(line(network)) == shape


SIAMESE = """
inputs: {left: 3xHxW, right: 1xHx(2*W)}
at: {H: 8, W: 9}
layers:
  - from left
  - a = conv 4 k=3
  - from right
  - b = conv 5 k=3 s=1x2 p=0x1
  - conv 5 k=3 s=1x2
"""


def test_several_inputs() -> None:
    found = cnncalc.parse(SIAMESE).graph()
    assert {name: str(shape) for name, shape in found.inputs.items()} == {
        "left": "3x8x9",
        "right": "1x8x18",
    }
    assert [node.inputs for node in found] == [("left",), ("right",), ("b",)]


def test_several_inputs_join_by_name() -> None:
    found = graph(
        "- concat left right\n- conv left.c+right.c k=1",
        input="",
        top="inputs: {left: 3x8x8, right: 2x8x8}",
    )
    assert output(found) == "5x8x8"


def test_several_inputs_start_a_join_of_branches() -> None:
    found = graph(
        "- add:\n    - [from left, conv 4 k=1]\n    - [from right, conv 4 k=1]",
        input="",
        top="inputs: {left: 3x8x8, right: 2x8x8}",
    )
    assert found.nodes[-1].inputs == ("conv1", "conv2")


def test_one_input_may_have_a_name() -> None:
    found = graph("- relu\n- add x image", input="", top="inputs: {image: 3x8x8}")
    assert found.nodes[-1].inputs == ("relu1", "image")


# Symbols.


def test_at_binds_symbols() -> None:
    network = spec("- conv 4 k=3", input="3xHxW", top="at: {H: 8, W: 9}")
    assert output(network.graph()) == "4x6x7"
    assert output(network.graph(at={"H": 20})) == "4x18x7"
    assert output(network.graph(at={"H": "4*5", "W": "2**4"})) == "4x18x14"
    assert network.analyze(at={"H": 20}).at == {"H": 20, "W": 9}


def test_at_may_use_parameters() -> None:
    network = spec("- relu", input="3xRxR", top="params: {scale: 7}\nat: {R: 32*scale}")
    assert output(network.graph()) == "3x224x224"
    assert output(network.graph(settings={"scale": 2})) == "3x64x64"


def test_symbolic_leaves_symbols_free() -> None:
    network = spec("- conv 4 k=3", input="3xHxW", top="at: {H: 8, W: 9}")
    assert sizes(network.graph(symbolic=True)) == ["4", "H - 2", "W - 2"]
    assert sizes(network.graph(symbolic=True, at={"W": 9})) == ["4", "H - 2", "7"]
    assert network.analyze(symbolic=True, at={"W": 9}).at == {"W": 9}


def test_without_at_sizes_stay_symbols() -> None:
    assert sizes(spec("- conv 4 k=3", input="3xHxW").graph()) == ["4", "H - 2", "W - 2"]


def test_a_symbol_may_stand_for_another() -> None:
    found = spec("- relu", input="3xHxW", top="at: {H: 8, W: 9}").graph(at={"H": "N", "W": "N"})
    assert output(found) == "3xNxN"


# Parameters.


@pytest.mark.parametrize(
    ("written", "settings", "shape"),
    [
        ("{n: 4}", {}, "4x8x8"),
        ("{n: 4}", {"n": 5}, "5x8x8"),
        ("{n: 4}", {"n": "2*3"}, "6x8x8"),
        ("{m: 2, n: m*3}", {}, "6x8x8"),
        ("{m: 2, n: m*3}", {"m": 3}, "9x8x8"),
        ("{m: 2, n: m*3}", {"n": "m+1"}, "3x8x8"),
        ("{n: 16 if yes else 2}", {}, "16x8x8"),
    ],
)
def test_parameters(written: str, settings: dict[str, Any], shape: str) -> None:
    assert output(graph("- conv n k=1", top=f"params: {written}", settings=settings)) == shape


@pytest.mark.parametrize(
    ("settings", "widths"),
    [({}, [4, 8]), ({"widths": [5, 6, 7]}, [5, 6, 7]), ({"widths": "[5, 2*3]"}, [5, 6])],
)
def test_parameters_may_be_lists(settings: dict[str, Any], widths: list[int]) -> None:
    found = graph(
        "- for: {n: widths}\n  layers: [conv n k=1]",
        top="params: {widths: [4, 8]}",
        settings=settings,
    )
    assert [node.shape.channels for node in found] == widths


@pytest.mark.parametrize(("settings", "params"), [({}, 12), ({"b": True}, 16), ({"b": "yes"}, 16)])
def test_parameters_may_be_yes_or_no(settings: dict[str, Any], params: int) -> None:
    network = spec("- conv 4 k=1 bias=b", top="params: {b: no}")
    assert network.analyze(settings=settings).total.params == params


def test_a_parameter_may_stay_a_symbol() -> None:
    network = spec("- conv n k=3\n- conv 2*n k=1", top="params: {n: 4}")
    found = network.analyze(settings={"n": "C"})
    assert text(found.output.channels) == "2*C"
    assert text(found.total.params) == "2*C**2 + 30*C"
    open_network = spec("- conv n k=1", top="params: {n: C}")
    assert output(open_network.graph()) == "Cx8x8"


def test_names_of_one_line_are_set_from_outside() -> None:
    network = cnncalc.load("CxHxW | conv n k=3 s=s")
    found = network.graph(at={"C": 3, "H": 9, "W": 9}, settings={"n": 4, "s": 2})
    assert output(found) == "4x4x4"
    symbolic = network.graph(settings={"n": "n", "s": 1})
    assert sizes(symbolic) == ["n", "H - 2", "W - 2"]
    assert is_symbolic(symbolic.nodes[-1].shape.channels)


# Outputs.


def test_the_output_is_the_last_layer() -> None:
    assert graph("- relu\n- conv 4 k=1").outputs == {"output": "conv1"}


def test_the_output_is_where_the_last_line_is() -> None:
    assert graph("- a = relu\n- conv 4 k=1\n- from a").outputs == {"output": "a"}


@pytest.mark.parametrize(
    ("written", "outputs"),
    [
        ("[main, aux]", {"main": "main", "aux": "aux"}),
        ("[aux]", {"aux": "aux"}),
        ("{logits: main, side: aux}", {"logits": "main", "side": "aux"}),
        ("{first: 's[0].a', rest: 's[1].a'}", {"first": "s[0].a", "rest": "s[1].a"}),
        ("[input, main]", {"input": "input", "main": "main"}),
    ],
)
def test_several_outputs(written: str, outputs: dict[str, str]) -> None:
    found = graph(
        """
        - repeat: 2
          name: s
          layers: [a = relu]
        - main = conv 4 k=1
        - aux = maxpool 2
        """,
        top=f"outputs: {written}",
    )
    assert found.outputs == outputs


def test_several_outputs_in_json() -> None:
    network = spec("- a = conv 4 k=3\n- b = maxpool 2", top="outputs: {deep: b, wide: a}")
    data = network.analyze().to_dict()
    assert data["outputs"] == {"deep": [4, 3, 3], "wide": [4, 6, 6]}
    assert "output" not in data


def test_one_output_in_json() -> None:
    data = spec("- a = conv 4 k=3\n- maxpool 2", top="outputs: [a]").analyze().to_dict()
    assert data["output"] == [4, 6, 6]
    assert "outputs" not in data
    assert data["warnings"] == ["maxpool1: no output depends on it"]


# What else a spec says.


def test_what_a_spec_says_of_itself() -> None:
    network = cnncalc.parse(
        "cnncalc: 1\nname: A net\nsource: A paper\nnotes: >-\n  Long\n  story.\n"
        "input: 3x8x8\nlayers: [relu]\nexpect: {output: [3, 8, 8]}\n"
    )
    assert (network.name, network.source, network.spec.notes) == ("A net", "A paper", "Long story.")


def test_a_spec_without_a_name_is_called_as_its_file() -> None:
    assert cnncalc.parse("input: 3x8x8\nlayers: [relu]\n", "some/net.yaml").name == "some/net.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "input: 3x8x8\r\nlayers:\r\n  - relu\r\n",
        "\ufeffinput: 3x8x8\nlayers: [relu]\n",
        "%YAML 1.2\n---\ninput: 3x8x8\nlayers: [relu]\n...\n",
        "# a comment\ninput: 3x8x8  # another\n\nlayers:\n- relu   # and one more\n",
        "{input: 3x8x8, layers: [relu]}",
        "{input: '3x8x8', layers: [\"relu\"]}",
        "input: 3x8x8\nlayers: &l [relu]\n",
        "layers:\n  - >-\n    relu\ninput: 3x8x8\n",
    ],
)
def test_ways_of_yaml(text: str) -> None:
    assert shapes(cnncalc.parse(text).graph()) == {"relu1": "3x8x8"}


def test_anchors_repeat_layers() -> None:
    text = "input: 3x8x8\nlayers:\n  - repeat: 2\n    layers: &l [conv 4 k=1, relu]\n  - repeat: 1\n    layers: *l\n"
    assert list(shapes(cnncalc.parse(text).graph())) == [
        "conv1",
        "relu1",
        "conv2",
        "relu2",
        "conv3",
        "relu3",
    ]
