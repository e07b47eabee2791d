"""The flat spec: another text of the same network."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from commandline import answer, cnncalc
from test_printing import results
from writing import spec

import cnncalc as library
from cnncalc.errors import CnncalcError
from cnncalc.expect import unmet
from cnncalc.graph import Graph
from cnncalc.network import Network
from cnncalc.spec.syntax import Call
from cnncalc.zoo import names


def lines(network: Network) -> list[str]:
    """The layers of the flat spec as they are written."""
    _, _, below = network.expanded().to_yaml().partition("layers:\n")
    return [line[4:] for line in below.splitlines() if line.startswith("  - ")]


def shared(graph: Graph) -> list[int | None]:
    """For each layer, which one it has its weights from."""
    numbers = {node.name: i for i, node in enumerate(graph)}
    return [node.shares and numbers[node.shares] for node in graph]


#: The others are looked at by the long tests.
QUICK = [
    "accelerometer",
    "autoencoder",
    "deepface",
    "fcn8s",
    "googlenet",
    "lenet5",
    "mobilenet_v3_small",
    "resnet18",
    "segnet",
    "shufflenet_v2_x0_5",
    "stack",
    "unet",
    "vit_b_16",
    "wavenet",
]


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in names()],
)
def test_a_bundled_spec_is_the_same_network(name: str) -> None:
    network = library.load(name)
    flat = network.expanded()
    assert results(flat) == results(network)
    assert all(isinstance(layer, Call) for layer in flat.spec.layers)
    assert not flat.spec.blocks
    assert not flat.spec.params
    assert not flat.spec.presets
    assert (flat.name, flat.source) == (network.name, network.source)
    assert shared(flat.graph()) == shared(network.graph())
    assert unmet(flat) == []
    assert len(flat.spec.expect) == len(network.spec.expect)
    assert flat.expanded().to_yaml() == flat.to_yaml()


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("resnet18", {"H": 65, "W": 97}),
        ("segnet", {"H": 96, "W": 64}),
        ("wavenet", {"T": 6000}),
        ("stack", {"C": 3, "H": 11, "W": 12}),
    ],
)
def test_sizes_stay_open(name: str, at: dict[str, int]) -> None:
    network = library.load(name)
    flat = network.expanded()
    assert flat.spec.inputs.keys() == network.spec.inputs.keys()
    assert network.analyze(at).total == flat.analyze(at).total
    assert network.analyze(at).outputs == flat.analyze(at).outputs
    assert flat.analyze(symbolic=True).total == network.analyze(symbolic=True).total


def test_loops_blocks_and_conditions_are_gone() -> None:
    network = spec(
        """
        - for: {i: 2}
          name: down
          layers:
            - skip = unit 4*2**i
            - if: i == 0
              then: [maxpool 2]
              else: [tanh]
        - repeat: n
          layers: [relu]
        - add:
            - - conv 8 k=1
            - - from down[1].skip
        """,
        top="params: {n: 2}\nblocks: {unit(out): [conv out k=3 p=1, bn]}",
    )
    assert lines(network) == [
        "conv 4 k=3 p=1",
        "bn",
        "maxpool 2",
        "conv 8 k=3 p=1",
        "down_1_skip = bn",
        "tanh",
        "relu",
        "relu",
        "conv1 = conv 8 k=1",
        "add conv1 down_1_skip",
    ]


def test_names_that_the_spec_gives_are_kept() -> None:
    assert lines(spec("- stem = conv 4 k=3\n- relu")) == ["stem = conv 4 k=3", "relu"]


def test_weights_stay_shared() -> None:
    network = spec(
        """
        - tower = unit 4
        - reuse tower
        - c = conv 4 k=1
        - reuse c
        """,
        input="4x8x8",
        top="blocks: {unit(out): [conv out k=3 p=1, relu]}",
    )
    assert network.expanded().analyze().total == network.analyze().total
    assert network.analyze().total.params == 4 * 4 * 9 + 4 + 4 * 4 + 4
    assert lines(network) == [
        "tower_conv1 = conv 4 k=3 p=1",
        "tower = relu",
        "reuse tower_conv1",
        "reuse tower",
        "c = conv 4 k=1",
        "reuse c",
    ]


def test_layers_that_depend_on_the_sizes_have_them_in_numbers() -> None:
    network = spec(
        "- if: x.h > 4\n  then: [maxpool 2]\n- conv n k=1",
        input="3xHxW",
        top="at: {H: 8, W: 8}\nparams: {n: 4}\nexpect: {output: [n, H//2, W//2]}",
    )
    flat = network.expanded()
    assert [piece.text for piece in flat.spec.inputs["input"]] == ["3", "8", "8"]
    assert flat.spec.at == {}
    assert lines(network)[:1] == ["maxpool 2"]
    assert unmet(flat) == []
    small = network.expanded({"H": 4})
    assert small.analyze().output == (4, 4, 8)


def test_what_is_given_goes_into_the_spec() -> None:
    flat = library.load("resnet18").expanded({"H": 64}, {"classes": 10})
    assert {name: piece.text for name, piece in flat.spec.at.items()} == {"H": "64", "W": "224"}
    assert flat.analyze().output == (10,)
    assert library.load("resnet18").expanded(symbolic=True).spec.at == {}


def test_a_symbolic_parameter_stays_one() -> None:
    network = library.load("stack")
    flat = network.expanded(settings={"kernel": "K"})
    assert {*flat.spec.params} == {"K"}
    assert flat.analyze().total == network.analyze(settings={"kernel": "K"}).total
    assert flat.analyze(settings={"K": 5}).total == network.analyze(settings={"kernel": 5}).total


def test_expressions_over_sizes_go_on_over_sizes() -> None:
    network = spec("- linear n*2", input="(2*f)", top="at: {f: 2+n}\nparams: {n: 3}")
    flat = network.expanded()
    assert flat.analyze().inputs["input"] == (10,)
    assert flat.analyze({"f": 7}).total == network.analyze({"f": 7}).total


@pytest.mark.parametrize(
    ("expect", "kept"),
    [
        ("{params: {max: 4.1G}}", {"params": {"max": "4.1G"}}),
        ("{output: [n, H - 2, 6]}", {"output": ["4", "H - 2", "6"]}),
        ("{params: n*28}", {"params": "112"}),
        ("{params: 28*n if n > 2 else C}", {"params": "112"}),
        ("{receptive_field: {size: [k, 3]}}", {"receptive_field": {"size": ["3", "3"]}}),
        ("{domain: H % 2**n == 0}", {"domain": "H % 2**4 == 0"}),
        ("{macs: {max_increase: 2%}}", {"macs": {"max_increase": "2%"}}),
        ("{shapes: {a: [n, 6, 6], b.relu1: [4]}}", {"shapes": {"a": ["4", "6", "6"], "b": ["4"]}}),
        ("{layers: {b: {output: [n, H-2, 6]}}}", {"layers": {"b": {"output": ["4", "H-2", "6"]}}}),
        ("{layers: {a: {params: n*28}, b: {params: 0}}}", {"layers": {"a": {"params": "112"}}}),
    ],
)  # fmt: skip
def test_expectations_are_kept_without_parameters(expect: str, kept: Any) -> None:
    network = spec(
        "- a = conv n k=k\n- b = unit",
        input="3xHxW",
        top=f"at: {{H: 8, W: 8}}\nparams: {{n: 4, k: 3}}\nblocks: {{unit: [relu]}}\nexpect: {expect}",
    )

    def plain(value: Any) -> Any:
        value = getattr(value, "value", value)
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value.text if hasattr(value, "text") else [plain(item) for item in value]

    flat = network.expanded()
    assert {key: plain(entry) for key, entry in flat.spec.expect.items()} == kept
    for name in kept.get("shapes", kept.get("layers", ())):
        assert name in flat.graph().shapes


# The command.


def test_the_command_prints_a_spec(tmp_path: Path) -> None:
    text = answer("expand", "unet")
    assert library.parse(text).analyze().total == library.load("unet").analyze().total
    file = tmp_path / "flat.yaml"
    assert answer("expand", "unet", "--at", "H=188,W=188", "-o", str(file)) == ""
    assert answer("shape", str(file)) == answer("shape", "unet", "--at", "H=188,W=188")


def test_the_command_answers_programs() -> None:
    line = "3x8x8 | conv 4 k=3 | relu"
    found = json.loads(answer("expand", line, "--json"))
    assert found["layers"] == ["conv 4 k=3", "relu"]
    assert library.parse(found["spec"]).analyze().total.params == 112
    rows = list(csv.DictReader(io.StringIO(answer("expand", line, "-f", "csv"))))
    assert rows == [{"number": "1", "line": "conv 4 k=3"}, {"number": "2", "line": "relu"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing",), "'nothing' is no file"),
        (("unet", "--at", "H=5"), "is larger than its padded input"),
        (("unet", "--at", "Q=5"), "the network has no symbol 'Q'"),
        (("resnet18", "--set", "clases=5"), "did you mean 'classes'?"),
        (("stack", "--set", "depth=L"), "a symbolic number of layers"),
        (("3x8x8 | conv D k=3",), "'D' is not defined here"),
    ],
)
def test_what_cannot_be_expanded(arguments: tuple[str, ...], message: str) -> None:
    result = cnncalc("expand", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "hint:" in result.err


def test_a_network_that_is_not_well_formed_is_refused() -> None:
    with pytest.raises(CnncalcError):
        spec("- conv 4 k=99").expanded()
