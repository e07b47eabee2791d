"""Weights used more than once, layers with several names, and presets of families."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.network import Network, parse

SIAMESE = """
inputs: {left: 3x32x32, right: 3x32x32}
blocks:
  tower(out):
    - conv out k=3
    - bn
    - relu
layers:
  - from left
  - a = tower 8
  - from right
  - b = reuse a
  - concat a b
"""
FAMILY = """
input: 3x8x8
params: {width: 4, deep: no}
presets:
  small: {title: Small, set: {width: 2}, expect: {params: 56}}
  large:
    title: Large
    source: a book
    set: {width: 8, deep: yes}
layers:
  - conv width k=3
  - if: deep
    then: [conv width k=3]
expect: {output: [width, 6, 6]}
"""


def test_reused_layer_counts_its_parameters_once_and_its_macs_per_use() -> None:
    once = cnncalc.load("16x8x8 | c = conv 16 k=3 p=1").analyze().total
    twice = cnncalc.load("16x8x8 | c = conv 16 k=3 p=1 | relu | reuse c").analyze()
    assert twice.total.params == once.params
    assert twice.total.macs == 2 * once.macs
    assert [row["name"] for row in twice.to_dict()["layers"] if "shares" in row] == ["reuse1"]
    assert twice.to_dict()["layers"][-1]["shares"] == "c"


def test_reused_block_shares_every_layer() -> None:
    graph = parse(SIAMESE).graph()
    shares = {node.name: node.shares for node in graph}
    assert shares == {
        "a.conv1": None,
        "a.bn1": None,
        "a.relu1": None,
        "b.conv1": "a.conv1",
        "b.bn1": "a.bn1",
        "b.relu1": "a.relu1",
        "concat1": None,
    }
    total = parse(SIAMESE).analyze().total
    assert (total.params, total.buffers) == (8 * 27 + 8 + 16, 17)


def test_reused_weights_are_pytorchs_shared_weights() -> None:
    pytest.importorskip("torch")
    from cnncalc.backends.torch.verify import verify

    again = "16x8x8 | c = conv 16 k=3 p=1 | reuse c | d = reuse c | reuse d"
    for network in (parse(SIAMESE), cnncalc.load(again)):
        found = verify(network.graph())
        assert found.ok, found
        assert found.checks["params"].checked > 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "3x8x8 | c = conv 8 k=3 p=1 | reuse c",
            "<line>:1:30: error: reuse1: the weights of c do not fit here: it was made for 3x8x8, "
            "this input is 8x8x8",
        ),
        ("3x8x8 | reuse d", "<line>:1:15: error: 'd' is not defined here"),
        (
            "3x8x8 | reuse input",
            "<line>:1:15: error: input is neither a layer nor a block, so it cannot be used again",
        ),
        ("3x8x8 | relu | reuse", "<line>:1:16: error: reuse takes the name of one layer"),
    ],
)
def test_what_cannot_be_reused(line: str, message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(line).graph()
    assert str(caught.value).splitlines()[0] == message


def test_split_gives_each_name_a_part() -> None:
    graph = cnncalc.load("8x6x6 | a, b = split 2 | conv 4 k=3 p=1 | concat a x").graph()
    assert [(node.name, str(node.shape), node.inputs) for node in graph] == [
        ("a", "4x6x6", ("input",)),
        ("b", "4x6x6", ("input",)),
        ("conv1", "4x6x6", ("b",)),
        ("concat1", "8x6x6", ("a", "conv1")),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "8x6x6 | a, b, c = split 2",
            "<line>:1:19: error: a: split makes 2 parts, but 3 names stand before it",
        ),
        (
            "9x6x6 | a, b = split 2",
            "<line>:1:16: error: a: 9 channels cannot be split into 2 equal parts",
        ),
        (
            "9x6x6 | a, b = relu",
            "<line>:1:16: error: relu has one output, but 2 names stand before it",
        ),
    ],
)
def test_what_cannot_be_split(line: str, message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(line).graph()
    assert str(caught.value).splitlines()[0] == message


def test_a_preset_sets_its_parameters_and_adds_its_expectations() -> None:
    family = parse(FAMILY).spec
    small, large = Network(family.preset("small")), Network(family.preset("large"))
    assert (small.name, small.source, large.source) == ("Small", None, "a book")
    assert [len(net.graph()) for net in (small, large)] == [1, 2]
    assert small.analyze().total.params == 56
    assert sorted(small.spec.expect) == ["output", "params"]
    assert sorted(large.spec.expect) == ["output"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("width: 2", "wide: 2"),
            "<spec>:5:31: error: the preset sets 'wide', which is no parameter",
        ),
        (("title: Small", "titel: Small"), "<spec>:5:11: error: unknown key 'titel' in a preset"),
    ],
)
def test_a_preset_that_means_nothing(change: tuple[str, str], message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        parse(FAMILY.replace(*change))
    assert str(caught.value).splitlines()[0] == message


def test_every_bundled_name_is_there_once() -> None:
    names = cnncalc.bundled()
    assert len(names) == len(set(names))
    for name in names:
        assert cnncalc.load(name).name


def test_a_preset_of_ones_own_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(FAMILY, encoding="utf-8")
    assert cnncalc.load(f"{path}:small").analyze().total.params == 56
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(f"{path}:smal")
    assert str(caught.value) == f"error: {path} has no preset 'smal'\n  hint: did you mean 'small'?"
