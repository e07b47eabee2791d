"""``repeat`` with a symbol for its count: the formulas as printed, and what has none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commandline import answer
from commandline import cnncalc as run
from hypothesis import given, settings
from hypothesis import strategies as st
from writing import spec

import cnncalc
from cnncalc import CnncalcError, formulas, symbolic
from cnncalc.layers.repeated import Chain
from cnncalc.layers.windows import Slide
from cnncalc.symbolic import substitute, symbol, text

many = settings(max_examples=2 * settings.default.max_examples)

DEPTH = "- repeat: depth\n  layers:\n"


# Formulas, as they are printed.


@pytest.mark.parametrize(
    ("settings", "size", "jump", "params"),
    [
        ({"kernel": "K"}, "K*L - L + 1", "1", "C**2*K**2*L"),
        ({}, "2*L + 1", "1", "9*C**2*L"),
        ({"stride": 2}, "2*2**L - 1", "2**L", "9*C**2*L"),
        ({"stride": 3, "kernel": "K"}, "3**L*K/2 - 3**L/2 - K/2 + 3/2", "3**L", "C**2*K**2*L"),
        (
            {"stride": "S"},
            "2*Sum(S**i, (i, 0, L - 1)) + 1",
            "S**L",
            "9*C**2*L",
        ),
        ({"stride": "S", "depth": "i"}, "2*Sum(S**i_, (i_, 0, i - 1)) + 1", "S**i", "9*C**2*i"),
    ],
)
def test_the_stack(settings: dict[str, Any], size: str, jump: str, params: str) -> None:
    analysis = cnncalc.load("stack").analyze(symbolic=True, settings={"depth": "L", **settings})
    assert analysis.fields
    assert {text(field.size or 0) for field in analysis.fields} == {size}
    assert {text(field.jump or 0) for field in analysis.fields} == {jump}
    assert text(analysis.total.params) == params


@pytest.mark.parametrize(
    ("body", "output", "macs", "warnings"),
    [
        ("conv 4 k=3 p=1", "4xW", "48*L*W", []),
        (
            "conv 4 k=3",
            "4 x (-2*L + W)",
            "-48*L**2 + 48*L*W - 48*L",
            ["well-formed only if 2*L <= W - 1"],
        ),
        (
            "conv 4 k=3 s=2 p=1",
            "4 x (floor((W - 1)/2**L) + 1)",
            "48*L + 48*Sum(floor((W - 1)/2**i), (i, 1, L))",
            [],
        ),
    ],
)
def test_costs_over_sizes(body: str, output: str, macs: str, warnings: list[str]) -> None:
    network = spec(f"{DEPTH}    - {body}", input="4xW", top="params: {depth: 3}")
    analysis = network.analyze(settings={"depth": "L"})
    assert str(analysis.output) == output
    assert text(analysis.total.macs) == macs
    assert list(analysis.warnings) == warnings


def test_a_growing_body_has_to_fit_first() -> None:
    network = spec(
        f"{DEPTH}    - maxpool 3 s=1\n    - pad 2", input="4xW", top="params: {depth: 3}"
    )
    analysis = network.analyze(settings={"depth": "L"})
    assert str(analysis.output) == "4 x (2*L + W)"
    assert analysis.warnings == ("well-formed only if W >= 3",)


def test_is_one_node() -> None:
    network = spec(
        f"- conv 4 k=1\n{DEPTH}    - relu\n- relu\n- repeat: depth\n  name: stack\n  layers: [bn]",
        top="params: {depth: 3}",
    )
    graph = network.graph(settings={"depth": "L"})
    assert [(node.name, node.kind, node.inputs) for node in graph] == [
        ("conv1", "conv", ("input",)),
        ("repeat1", "repeat", ("conv1",)),
        ("relu1", "relu", ("repeat1",)),
        ("stack", "repeat", ("relu1",)),
    ]
    y = graph.shapes["stack"]
    assert {
        weight.name: text(weight.shape[0]) for weight in graph.nodes[3].layer.weights(y, y)
    } == {
        "bn1.weight": "L",
        "bn1.bias": "L",
        "bn1.running_mean": "L",
        "bn1.running_var": "L",
        "bn1.num_batches_tracked": "L",
    }


# Sliding windows are a monoid.

slides = st.builds(
    Slide, st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 3), st.integers(1, 2)
)  # fmt: skip


@many
@given(st.lists(slides, max_size=3), st.integers(0, 3), st.integers(1, 300))
def test_chains_are_windows_one_after_the_other(body: list[Slide], count: int, n: int) -> None:
    chain = Chain()
    for window in body:
        chain = chain.then(window)
    size, first, last = n, 0, 0
    for window in reversed(body * count):  # walking back from unit 0
        first = first * window.stride - window.before
        last = last * window.stride - window.before + (window.kernel - 1) * window.dilation
    for window in body * count:
        size = window.size(size)
    power = chain.power(count)
    assert (power.size(n), -power.before, power.last) == (size, first, last)


@given(st.integers(1, 5), st.integers(0, 6))
def test_geometric_is_the_sum(ratio: int, count: int) -> None:
    expected = sum(ratio**i for i in range(count))
    assert formulas.geometric(ratio, count) == expected
    closed = formulas.geometric(symbol("S"), symbol("L"))
    assert substitute(closed, {"S": ratio, "L": count}) == expected
    assert substitute(formulas.geometric(ratio, symbol("L")), {"L": count}) == expected


@many
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=4), st.integers(0, 6), st.integers(1, 40))
def test_total_is_the_sum(coefficients: list[int], count: int, n: int) -> None:
    i, size = symbol("i"), symbol("n")
    polynomial = sum(c * size * i**power for power, c in enumerate(coefficients)) + i
    for term in (polynomial, polynomial + symbolic.floor_div(size, 2**i)):
        expected = sum(
            substitute(symbolic.expand(term), {"i": k, "n": n}) for k in range(1, count + 1)
        )
        assert substitute(symbolic.total(term, i, symbol("L")), {"L": count, "n": n}) == expected


# What has no closed form says so.

NUMBER = "hint: give it a number: --set depth=3"


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("    - conv x.c+1 k=1", "4:5", "the body turns 4 channels into 5"),
        ("    - flatten\n    - linear 4", "4:5", "the body does not keep the axes of its input"),
        ("    - permute last", "4:5", "the body does not keep the axes of its input"),
        (
            "    - conv 4 k=1\n    - deconv 4 k=2 s=2",
            "7:9",
            "repeat1.deconv1: deconv does not slide over its input",
        ),
        ("    - maxpool 2 ceil=yes", "6:9", "repeat1.maxpool1: maxpool rounds sizes up"),
        ("    - pad left=x.h", "4:5", "its windows depend on the size of their input"),
        (
            "    - if: x.h > 3\n      then: [relu]",
            "6:13",
            "whether x.h > 3 holds depends on the symbols",
        ),
        (
            "    - conv 4 k=3 p=1\n    - mul:\n        - [gap, sigmoid]\n        - []",
            "4:5",
            "one repetition sees the whole map beside what its windows read",
        ),
        (
            "    - mul:\n        - [gap, sigmoid]\n        - [conv 4 k=3 p=1]",
            "4:5",
            "one repetition sees the whole map beside what its windows read",
        ),
        (
            "    - add:\n        - [conv 4 k=2 s=2]\n        - [conv 4 k=1 s=2]",
            "6:9",
            "repeat1.add1: it fits only if floor(x.h/2) = floor((x.h + 1)/2)",
        ),
        ("    - relu\n    - from input", "4:5", "the body reads input, which is outside of it"),
        ("    - relu\n    - add x input", "7:9", "the body reads input, which is outside of it"),
    ],
)
def test_has_no_closed_form(body: str, place: str, message: str) -> None:
    network = spec(DEPTH + body, input="4x30x20", top="params: {depth: 3}")
    with pytest.raises(CnncalcError) as caught:
        network.graph(settings={"depth": "L"})
    first, *_, last = str(caught.value).splitlines()
    assert first == (
        f"net.yaml:{place}: error: {message}, so it cannot be repeated L times in closed form"
    )
    assert last.strip() == NUMBER


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("- a = conv 4 k=1\n- repeat: depth\n  layers: [reuse a]", "the body reads a, which is outside"),
        ("- repeat: depth\n  name: s\n  layers: [a = relu]\n- add x s[0].a", "s is repeated L times: none"),
        ("- repeat: depth\n  name: s\n  layers: [a = relu]\n- add s[*].a", "s is repeated L times: none"),
        ("- repeat: depth\n  name: s\n  layers: [a = relu]\n- from s", "s is the loop s, not a layer"),
        ("- for: {i: depth}\n  layers: [relu]", "must be an integer of at least 0, got L"),
        ("- repeat: depth/2\n  layers: [relu]", "must be an integer of at least 0, got L/2"),
        ("- repeat: -depth\n  layers: [relu]", "must be an integer of at least 0, got -L"),
    ],
)  # fmt: skip
def test_around_a_loop(layers: str, message: str) -> None:
    network = spec(layers, input="4x30x20", top="params: {depth: 3}")
    with pytest.raises(CnncalcError) as caught:
        network.graph(settings={"depth": "L"})
    assert message in str(caught.value)
    assert str(caught.value).splitlines()[-1].strip() == NUMBER


def test_a_body_that_fits_nothing_is_told_as_ever() -> None:
    network = spec(
        f"{DEPTH}    - add:\n        - [conv 4 k=2]\n        - []",
        input="4x30x20",
        top="params: {depth: 3}",
    )
    with pytest.raises(CnncalcError, match="add joins tensors of different height: 29 and 30"):
        network.graph(settings={"depth": "L"})


def test_an_empty_body_is_nothing() -> None:
    network = spec("- relu\n- repeat: depth\n  layers: []", top="params: {depth: 3}")
    assert len(network.graph(settings={"depth": "L"})) == 1


def test_sizes_of_outside_are_only_numbers() -> None:
    network = spec(
        f"- skip = conv 6 k=3\n- conv 4 k=1\n{DEPTH}    - conv skip.c k=1\n    - conv 4 k=1",
        top="params: {depth: 3}",
    )
    assert "58*L" in text(network.analyze(settings={"depth": "L"}).total.params)


# The command line.


def test_answers_of_the_command() -> None:
    settings = ["--set", "depth=L,kernel=K"]
    assert answer("params", "stack", "--set", "depth=L", "--set", "padding=1") == "36864*L\n"
    assert run("params", "stack", *settings).out == "4096*K**2*L\n"
    assert "K*L - L + 1" in run("rf", "stack", *settings).out
    result = run("shape", "stack", "--symbolic", *settings)
    assert result.out == "C x (H - K*L + L) x (-K*L + L + W)\n"
    assert result.err == (
        "warning: well-formed only if H - K*L + L >= 1 (repeat1)\n"
        "warning: well-formed only if -K*L + L + W >= 1 (repeat1)\n"
    )


def test_json_of_a_peak_that_is_unknown() -> None:
    settings = ["--set", "depth=L,kernel=K,stride=S,padding=P"]
    result = run("analyze", "stack", "--json", *settings)
    totals = json.loads(result.out)["totals"]
    assert totals["peak_activation_bytes"] is None
    assert totals["params"] == "4096*K**2*L"
    assert "? at the peak" in run("analyze", "stack", *settings).out


def test_verify_wants_numbers() -> None:
    pytest.importorskip("torch")
    result = run("verify", "stack", "--set", "depth=L", "--set", "padding=1")
    assert result.code == 2
    assert "free: L" in result.err
