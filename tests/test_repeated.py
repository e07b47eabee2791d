"""``repeat`` with a symbol for its count, against the network with all repetitions written out."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from writing import spec

import cnncalc
from cnncalc import CnncalcError
from cnncalc.network import Network
from cnncalc.results import FIELD_KEYS, Analysis
from cnncalc.sizes import Size, is_symbolic
from cnncalc.symbolic import substitute, text

#: The network itself: what any number of repetitions is held to.
COUNTS = range(1, 6)


class Case(NamedTuple):
    """Lines of a body, how many of its repetitions are worth trying, and what stands around."""

    body: list[str]
    around: str
    size: tuple[int, int]

    def network(self) -> Network:
        body = "".join(f"\n    {line}" for line in self.body)
        loop = f"- repeat: depth\n  layers:{body}"
        layers = {
            "nothing": loop,
            "layers": f"- conv 4 k=3 s=2 p=1\n- relu\n{loop}\n- conv 5 k=2\n- maxpool 2",
            "head": f"{loop}\n- gap\n- flatten\n- linear 3",
            "skip": "- add:\n    - - repeat: depth\n        layers:\n"
            + "".join(f"          {line}\n" for line in self.body)
            + "    - []",
            "block": "- add:\n    - - relu\n      - conv 4 k=1\n    - []\n" + loop,
        }[self.around]
        return spec(layers, input="4xHxW", top="params: {depth: 3}")


@st.composite
def windows(draw: st.DrawFn, stride: int = 1, same: bool = False) -> str:
    """A convolution or pooling; ``same``: it keeps the size (for its stride)."""
    dilation = draw(st.integers(1, 3))
    kernel = 2 * draw(st.integers(0, 2)) + 1 if same else draw(st.integers(1, 4))
    padding = dilation * (kernel - 1) // 2 if same else draw(st.integers(0, 3))
    if same or draw(st.booleans()) or 2 * padding > kernel:
        groups, bias = draw(st.sampled_from([1, 2, 4])), draw(st.sampled_from(["yes", "no"]))
        return f"conv 4 k={kernel} s={stride} p={padding} d={dilation} g={groups} bias={bias}"
    return f"maxpool k={kernel} s={stride} p={padding} d={dilation}"


points = st.sampled_from(["relu", "bn", "identity", "dropout", "sigmoid", "dwconv 1"])


@st.composite
def pieces(draw: st.DrawFn, same: bool) -> list[str]:
    kind = draw(st.sampled_from(["window", "window", "point", "residual", "concat", "pad"]))
    if kind == "point":
        return [f"- {draw(points)}"]
    if kind == "pad":
        side = draw(st.integers(0, 2))
        return [] if same else [f"- pad left={side} top=1"]
    stride = 1 if same else draw(st.sampled_from([1, 1, 1, 2]))
    if kind == "window":
        return [f"- {draw(windows(stride, same))}"]
    inner = [draw(windows(1, same=True)) for _ in range(draw(st.integers(0, 2)))]
    branch = [draw(windows(stride, same=True)), *inner]
    other = [] if stride == 1 and kind == "residual" else [draw(windows(stride, same=True))]
    lines = [f"- {'add' if kind == 'residual' else 'concat'}:"]
    lines += [f"    - [{', '.join([*branch, draw(points)])}]", f"    - [{', '.join(other)}]"]
    return [*lines, *(["- conv 4 k=1"] if kind == "concat" else [])]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    around = draw(st.sampled_from(["nothing", "layers", "head", "skip", "block"]))
    same = around == "skip"
    body = [line for _ in range(draw(st.integers(1, 3))) for line in draw(pieces(same))]
    assume(body)
    return Case(body, around, draw(st.tuples(st.integers(1, 70), st.integers(1, 70))))


def number(value: Any, at: dict[str, int]) -> Any:
    return substitute(value, at) if is_symbolic(value) else value


def answers(analysis: Analysis, at: dict[str, int]) -> dict[str, Any]:
    """Everything that is said of the whole, with numbers for the symbols."""
    last = next(row for row in analysis.layers if row.name == analysis.last_feature_map)
    assert last.fields
    fields = {key: [number(getattr(field, key), at) for field in last.fields] for key in FIELD_KEYS}
    return {
        "output": [number(size, at) for size in analysis.output],
        "cost": [number(value, at) for value in analysis.total],
        "written": number(analysis.memory.written, at),
        "fields": fields,
    }


def holds(relation: str, left: Size, right: Size) -> bool:
    return {"==": left == right, ">=": left >= right, "% ==": left % right == 0}[relation]


def check(network: Network, size: tuple[int, int], given_sizes: bool) -> None:
    """The closed forms are the numbers of the written out network, and exist just where it does."""
    sizes = dict(zip("HW", size))
    try:
        graph = network.graph(at=sizes if given_sizes else {}, settings={"depth": "L"})
    except CnncalcError:
        assert given_sizes  # not even once
        with pytest.raises(CnncalcError):
            network.graph(at=sizes, settings={"depth": 1})
        return
    closed = network.analyze(at=sizes if given_sizes else {}, settings={"depth": "L"})
    for count in COUNTS:
        at = {**sizes, "L": count}
        needs = [condition.requirement for condition in graph.conditions]
        fits = all(holds(n.relation, number(n.left, at), number(n.right, at)) for n in needs)
        try:
            expanded = network.analyze(at=sizes, settings={"depth": count})
        except CnncalcError:
            assert not fits, f"{count} repetitions do not fit, but no condition says so"
            return
        assert fits, f"{count} repetitions fit, but {needs}"
        event(f"{count} repetitions")
        assert answers(closed, at) == answers(expanded, at)
        if closed.memory.peak is not None:
            assert number(closed.memory.peak, at) == expanded.memory.peak


many = settings(max_examples=2 * settings.default.max_examples)


@many
@given(cases())
def test_any_body_at_any_size(case: Case) -> None:
    check(case.network(), case.size, given_sizes=False)


@many
@given(cases())
def test_any_body_at_given_sizes(case: Case) -> None:
    check(case.network(), case.size, given_sizes=True)


# Kernels, strides and paddings that are symbols too.

SYMBOLS = {"depth": "L", "kernel": "K", "stride": "S", "padding": "P"}


def general() -> Network:
    return spec(
        "- repeat: depth\n  layers: [conv 4 k=kernel s=stride p=padding]",
        input="4xH",
        top="params: {depth: 3, kernel: 3, stride: 1, padding: 1}",
    )


@cache
def in_symbols() -> Analysis:
    return general().analyze(settings=SYMBOLS)


@many
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 5))
def test_symbols_for_everything(kernel: int, stride: int, padding: int, count: int) -> None:
    """A symbolic stride may be 1, where a quotient by stride - 1 would be wrong."""
    values = {"L": count, "K": kernel, "S": stride, "P": padding, "H": 500}
    numbers = {name: values[symbol] for name, symbol in SYMBOLS.items()}
    expanded = general().analyze(at={"H": 500}, settings=numbers)
    assert answers(in_symbols(), values) == answers(expanded, values)


DEPTH = "- repeat: depth\n  layers:\n"


@pytest.mark.parametrize(
    ("layers", "input", "top", "names"),
    [
        # transformers: attention sees everything, through windows that are points
        ("    - add:\n        - [ln, attention 2]\n        - []\n    - linear 8", "8xHxW", "", {}),
        # a gate by itself
        ("    - mul:\n        - [gap, conv 4 k=1, sigmoid]\n        - []", "4xHxW", "", {}),
        # weights for each position; its own weights twice; a vector; a signal; a volume
        ("    - local 4 k=3 bias=no", "4xHxW", "", {}),
        ("    - a = conv 4 k=3\n    - bn\n    - reuse a", "4xHxW", "", {}),
        ("    - a = conv 4 k=3 p=1\n    - relu\n    - reuse a", "4xHxW", "", {}),
        ("    - linear x.c\n    - relu", "C", "", {}),
        ("    - conv x.c k=3 s=2 p=1", "CxW", "", {}),
        ("    - conv 4 k=3 p=0x1x1 s=1x2x1", "4xDxHxW", "", {}),
        # groups that divide, sizes that agree, padding that has something to reflect
        ("    - conv C k=1 g=groups", "CxHxW", "groups: 2", {"groups": "G"}),
        ("    - conv 4*wide k=1\n    - conv 4 k=1", "4xHxW", "wide: 2", {"wide": "N"}),
        ("    - add:\n        - [conv 4 k=kernel p=pad]\n        - []", "4xHxW", "kernel: 3, pad: 1", {"kernel": "K", "pad": "P"}),
        ("    - conv 4 k=5 p=2 mode=reflect", "4xHxW", "", {}),
        # what looks at its input only
        ("    - identity", "4xHxW", "", {}),
        ("    - identity\n- add x input", "4xHxW", "", {}),
        ("    - pad 1\n    - crop 1", "4xHxW", "", {}),
        # cropped to what the valid convolution leaves
        ("    - s = identity\n    - c = conv 4 k=3\n    - from s\n    - crop like=c\n    - add x c", "4xHxW", "", {}),
        # a loop in the loop, blocks
        ("    - repeat: 2\n      layers: [conv 4 k=3]\n    - maxpool 2", "4xHxW", "", {}),
        ("    - repeat: inner\n      layers: [conv 4 k=3]\n    - maxpool 3 s=2", "4xHxW", "inner: 2", {"inner": "M"}),
    ],
)  # fmt: skip
def test_bodies(layers: str, input: str, top: str, names: dict[str, str]) -> None:
    before = "- tokens\n" if "attention" in layers else ""
    network = spec(
        f"{before}{DEPTH}{layers}", input=input, top=f"params: {{depth: 3{top and ', '}{top}}}"
    )
    known = {"C": 8, "D": 7, "H": 120, "W": 110, "G": 2, "N": 3, "K": 3, "P": 1, "M": 2}
    sizes = {name: known[name] for name in "CDHW" if name in input}
    closed = network.analyze(settings={"depth": "L", **names})
    for count in (1, 2, 3):
        values = {**known, "L": count}
        settings = {"depth": count, **{name: known[symbol] for name, symbol in names.items()}}
        expanded = network.analyze(at=sizes, settings=settings)
        assert [number(size, values) for size in closed.output] == list(expanded.output)
        assert [number(value, values) for value in closed.total] == list(expanded.total)
        assert number(closed.memory.written, values) == expanded.memory.written
        if closed.memory.peak is not None:
            assert number(closed.memory.peak, values) == expanded.memory.peak
        if expanded.last_feature_map:
            assert answers(closed, values) == answers(expanded, values)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_none_at_all(count: int) -> None:
    """``depth - 1`` repetitions may be none: the formulas are those of what is around."""
    network = spec(
        "- conv 4 k=3\n- repeat: depth-1\n  layers: [conv 4 k=3 p=1, relu]\n- conv 2 k=1",
        input="3xHxW",
        top="params: {depth: 3}",
    )
    values = {"L": count, "H": 20, "W": 30}
    closed = network.analyze(settings={"depth": "L"})
    expanded = network.analyze(at={"H": 20, "W": 30}, settings={"depth": count})
    assert answers(closed, values) == answers(expanded, values)
    assert closed.memory.peak is None  # what is alive at once is another thing without them


def test_a_bundled_transformer() -> None:
    closed = cnncalc.load("vit_b_16").analyze(settings={"depth": "L"})
    assert [text(value) for value in closed.total] == [
        "7087872*L + 1513192",
        "0",
        "1453954560*L + 116373504",
    ]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_the_first_repetition_may_change_the_channels(depth: int) -> None:
    """From 3 channels to 8, then 8 to 8: the first stands apart."""
    text = "input: 3xHxW\nat: {H: 32, W: 32}\nparams: {n: 2}\nlayers:\n  - repeat: n\n    layers: [conv 8 k=3, relu]\n"
    network = cnncalc.parse(text)

    def at(value: Any) -> Any:
        return substitute(value, {"L": depth}) if is_symbolic(value) else value

    closed = network.analyze(settings={"n": "L"})
    exact = network.analyze(settings={"n": depth})
    assert [at(value) for value in closed.total] == [*exact.total]
    field, expected = closed.fields, exact.fields
    assert field is not None
    assert expected is not None
    assert [at(one.size) for one in field] == [one.size for one in expected]
    assert [at(n) for n in closed.output] == [*exact.output]
