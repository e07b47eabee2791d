"""Tensor arithmetic worked by hand: against PyTorch, and line by line against its own text."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from math import isclose, prod, sqrt
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc import work
from cnncalc.errors import CnncalcError
from cnncalc.tensors import Surd, elementwise, flatten, shape
from cnncalc.work import Working
from cnncalc.work.reading import array
from cnncalc.work.writing import decimal, number


def filled(data: st.DataObject, sizes: list[int]) -> Any:
    if not sizes:
        return data.draw(st.sampled_from([-3, -2, -1, 0, 1, 2, 5, 0.5, -0.25]))
    return [filled(data, sizes[1:]) for _ in range(sizes[0])]


def value(text: str) -> float:
    """The number that a derivation comes to, read as it is printed."""
    code = text.replace("−", "-").replace("·", "*").replace("²", "**2")
    code = re.sub(r"√([\d.]+(/\d+)?)", r"sqrt(\1)", code).replace("√(", "sqrt(")
    return float(eval(code, {"sqrt": sqrt, "max": lambda *all: max(all)}))


def consistent(worked: Working) -> Working:
    """Every line comes to its number, and every form can be made."""
    for result in worked.results:
        for step in worked.steps(result):
            if step.made.op:
                assert isclose(value(step.working), decimal(step.value), abs_tol=1e-9), step.line()
            assert step.line().startswith(step.name + " ")
            assert step.latex().count("{") == step.latex().count("}")
    data = json.loads(json.dumps(worked.to_dict()))
    assert data["results"][-1]["shape"] == shape(worked.result)
    for text in (str(worked), worked.markdown(), worked.latex(), worked.brief()):
        assert "Traced" not in text
    return worked


# Against PyTorch.


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def same(torch: Any, ours: Any, theirs: Any) -> None:
    floats = elementwise(decimal, ours)
    expected = theirs.detach()
    assert shape(floats) == list(expected.shape)
    found = torch.tensor(floats, dtype=torch.float64)
    assert torch.allclose(found, expected, atol=1e-9), (found, expected)


class Case:
    """A tensor, a kernel, how it slides along 1 to 3 axes, with or without channels."""

    def __init__(self, data: st.DataObject, transposed: bool = False) -> None:
        draw = data.draw
        self.transposed = transposed
        self.rank = draw(st.integers(1, 3))
        axes = range(self.rank)
        most = 3 if self.rank < 3 else 2
        self.k = [draw(st.integers(1, most)) for _ in axes]
        self.s = [draw(st.integers(1, 3)) for _ in axes]
        self.d = [draw(st.integers(1, 2)) for _ in axes]
        spans = [(k - 1) * d + 1 for k, d in zip(self.k, self.d)]
        most_padding = [(span - 1) // 2 if transposed else 2 for span in spans]
        self.p = [draw(st.integers(0, most)) for most in most_padding]
        self.n = [
            draw(st.integers(1 if transposed else max(1, span - 2 * p), span + 1))
            for span, p in zip(spans, self.p)
        ]
        self.layered = draw(st.booleans())
        self.c, self.o = (draw(st.integers(1, 2)), draw(st.integers(1, 2))) * self.layered or (1, 1)
        leading = (self.c, self.o) if transposed else (self.o, self.c)
        self.x = filled(data, [self.c] * self.layered + self.n)
        self.w = filled(data, list(leading) * self.layered + self.k)
        self.b = filled(data, [self.o] * self.layered)

    def tensors(self, torch: Any, *arrays: Any) -> list[Any]:
        """With a batch, and with channels where there are none."""
        pairs = (self.c, self.o) if self.transposed else (self.o, self.c)
        sizes = ((1, self.c, *self.n), (*pairs, *self.k), (self.o,))
        return [
            torch.tensor(one, dtype=torch.float64).reshape(size).requires_grad_()
            for one, size in zip(arrays, sizes)
        ]

    def plain(self, y: Any) -> Any:
        return y[0] if self.layered else y[0, 0]


@given(data=st.data())
def test_convolutions(torch: Any, data: st.DataObject) -> None:
    case = Case(data)
    x, w, b = case.tensors(torch, case.x, case.w, case.b)
    slide = getattr(torch.nn.functional, f"conv{case.rank}d")
    settings = {"stride": case.s, "padding": case.p, "dilation": case.d}
    worked = work.conv(case.x, case.w, **settings, bias=case.b)
    same(torch, worked.result, case.plain(slide(x, w, b, **settings)))
    consistent(worked)
    flipped = torch.flip(w, list(range(2, 2 + case.rank)))
    worked = work.convolve(case.x, case.w, **settings)
    same(torch, worked.result, case.plain(slide(x, flipped, **settings)))


@given(data=st.data())
def test_transposed_convolutions(torch: Any, data: st.DataObject) -> None:
    case = Case(data, transposed=True)
    extra = [
        data.draw(st.integers(0, max(s, d) - 1)) for s, d in zip(case.s, case.d)
    ]  # less than the stride or the dilation
    x, w, b = case.tensors(torch, case.x, case.w, case.b)
    spread = getattr(torch.nn.functional, f"conv_transpose{case.rank}d")
    theirs = spread(x, w, b, stride=case.s, padding=case.p, dilation=case.d, output_padding=extra)
    worked = work.deconv(case.x, case.w, case.s, case.p, case.d, extra, case.b)
    same(torch, worked.result, case.plain(theirs))
    consistent(worked)


@given(data=st.data())
def test_gradients_of_convolutions(torch: Any, data: st.DataObject) -> None:
    case = Case(data)
    x, w, b = case.tensors(torch, case.x, case.w, case.b)
    slide = getattr(torch.nn.functional, f"conv{case.rank}d")
    y = case.plain(slide(x, w, b, stride=case.s, padding=case.p, dilation=case.d))
    dy = filled(data, list(y.shape))
    y.backward(torch.tensor(dy, dtype=torch.float64))
    worked = work.conv_backward(case.x, case.w, dy, case.s, case.p, case.d)
    same(torch, worked.result, case.plain(x.grad))
    same(torch, worked.only("dw").result, w.grad if case.layered else w.grad[0, 0])
    same(torch, worked.only("db").result, b.grad if case.layered else b.grad[0])
    consistent(worked)


@pytest.mark.parametrize("name", ["max", "avg"])
@given(data=st.data())
def test_pools_and_their_gradients(torch: Any, name: str, data: st.DataObject) -> None:
    rank = data.draw(st.integers(1, 3))
    k = [data.draw(st.integers(1, 3)) for _ in range(rank)]
    s = [data.draw(st.integers(1, 3)) for _ in range(rank)]
    p = [data.draw(st.integers(0, one // 2)) for one in k]
    d = [data.draw(st.integers(1, 2)) if name == "max" else 1 for _ in k]
    n = [data.draw(st.integers(1, 2)) + (one - 1) * each for one, each in zip(k, d)]
    values = filled(data, n)
    x = torch.tensor(values, dtype=torch.float64)[None, None].requires_grad_()
    further = {"dilation": d} if name == "max" else {}
    pool = getattr(torch.nn.functional, f"{name}_pool{rank}d")
    y = pool(x, k, stride=s, padding=p, **further)[0, 0]
    assume(not torch.isinf(y).any())
    forward, backward = (
        (work.maxpool, work.maxpool_backward)
        if name == "max"
        else (work.avgpool, work.avgpool_backward)
    )
    same(torch, consistent(forward(values, k, s, p, **further)).result, y)
    dy = filled(data, list(y.shape))
    y.backward(torch.tensor(dy, dtype=torch.float64))
    same(torch, consistent(backward(values, dy, k, s, p, **further)).result, x.grad[0, 0])


@given(data=st.data(), kind=st.sampled_from(["bn", "ln", "in", "gn"]))
def test_norms(torch: Any, data: st.DataObject, kind: str) -> None:
    sizes = [2, 4, *(data.draw(st.integers(1, 2)) for _ in range(data.draw(st.integers(0, 3))))]
    assume(kind != "in" or prod(sizes[2:]) > 1)
    values = filled(data, sizes)
    groups = data.draw(st.sampled_from([1, 2, 4])) if kind == "gn" else None
    assume(kind != "gn" or prod(sizes[1:]) > (groups or 1))
    x = torch.tensor(values, dtype=torch.float64)
    of = torch.nn.functional
    theirs = {
        "bn": lambda: of.batch_norm(x, None, None, training=True, eps=1e-3),
        "ln": lambda: of.layer_norm(x, x.shape[1:], eps=1e-3),
        "in": lambda: of.instance_norm(x, eps=1e-3),
        "gn": lambda: of.group_norm(x, groups, eps=1e-3),
    }[kind]()
    worked = work.norm(values, kind, groups, eps=0.001)
    same(torch, consistent(worked).result, theirs)


@given(data=st.data())
def test_products(torch: Any, data: st.DataObject) -> None:
    rows, inner, columns = (data.draw(st.integers(1, 3)) for _ in range(3))
    a = filled(data, [rows] * data.draw(st.booleans()) + [inner])
    b = filled(data, [inner] + [columns] * data.draw(st.booleans()))
    first, second = (torch.tensor(one, dtype=torch.float64) for one in (a, b))
    same(torch, consistent(work.matmul(a, b)).result, first @ second)
    u, v = flatten(a), flatten(b)
    theirs = torch.outer(first.flatten(), second.flatten())
    same(torch, consistent(work.outer(u, v)).result, theirs)


# Wording.

LINES = [
    (work.conv("1 0 2", "1 0"), "y[0] = 1·1 + 0·0 = 1\ny[1] = 1·0 + 0·2 = 0"),
    (work.conv("1 2", "3 4", bias="-1"), "y[0] = 3·1 + 4·2 − 1 = 10"),
    (work.conv("-1 2", "3 -4"), "y[0] = 3·(−1) + (−4)·2 = −11"),
    (work.conv("1/3 2", "0.5 -1/4"), "y[0] = 0.5·(1/3) + (−0.25)·2 = −1/3"),
    (
        work.conv("1", "5 6 7", padding=2).at(0),
        "y[0] = 7·1 = 7",
    ),
    (
        work.conv("1", "5 6", padding=3, stride=4),
        "y: all 2 are 0 (its window lies in the padding)",
    ),
    (
        work.conv("1", "5 6", padding=3, stride=3),
        "y[1] = 5·1 = 5\ny: the other one is 0 (its window lies in the padding)",
    ),
    (work.maxpool("1 3 3 2", 4), "y[0] = max(1, 3, 3, 2) = 3 at x[1], the first of 2"),
    (work.maxpool("-1 -3", 2), "y[0] = max(−1, −3) = −1 at x[0]"),
    (work.avgpool("1 -3 4", 3), "y[0] = (1 − 3 + 4) / 3 = 2/3"),
    (work.avgpool("-1 3", 2), "y[0] = (−1 + 3) / 2 = 1"),
    (
        work.avgpool_backward("1 2 3", "-1 1", 2, 1),
        "dx[0] = (−1) / 2 = −0.5\ndx[1] = (−1) / 2 + 1 / 2 = 0\ndx[2] = 1 / 2 = 0.5",
    ),
    (
        work.maxpool_backward("1 5 3", "0.2 -0.3", 2, 1),
        "dx[1] = 0.2 − 0.3 = −0.1\ndx: the other 2 are 0 (the largest of no window)",
    ),
    (work.norm("1;2", eps="1e-5").at(0, 0), "x̂[0,0] = (1 − 1.5) / √(0.25 + 0.00001) ≈ −0.99998"),
    (work.norm("1;4;4").at(0, 0), "x̂[0,0] = (1 − 3) / √2 ≈ −1.414214"),
    (work.norm("0;0;2").at(0, 0), "x̂[0,0] = (0 − 2/3) / √(8/9) ≈ −0.707107"),
    (work.matmul("1 2", "3 4"), "y = 1·3 + 2·4 = 11"),
]  # fmt: skip


@pytest.mark.parametrize(("worked", "lines"), LINES, ids=[lines for _, lines in LINES])
def test_wording(worked: Working, lines: str) -> None:
    assert lines in str(worked)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (0, "0"), (-7, "−7"), (Fraction(1, 8), "0.125"), (Fraction(-1, 64), "−0.015625"),
        (Fraction(1, 128), "1/128"), (Fraction(-2, 3), "−2/3"), (Fraction(1, 10**6), "0.000001"),
        (Surd(Fraction(-1, 2), Fraction(3)), "−0.866025"),
    ],
)  # fmt: skip
def test_numbers(given: Any, shown: str) -> None:
    assert number(given) == shown


def test_markdown_and_latex() -> None:
    worked = work.avgpool("1 -3; 4 1/3", 2)
    assert r"y_{0,0} = \frac{1 - 3 + 4 + \frac{1}{3}}{4} = \frac{7}{12}" in worked.markdown()
    assert r"\[ x = \begin{bmatrix} 1 & -3 \\ 4 & \frac{1}{3} \end{bmatrix} \]" in worked.latex()
    assert r"y_{0,0} &= \frac{" in worked.latex()
    worked = work.conv([[1] * 5] * 2, [[1] * 5] * 2)
    assert worked.latex().count("&\\quad +") == 1, "ten terms do not fit on a line"
    worked = work.conv("1/3 1", "1/3 -1")
    assert r"\left(\frac" not in worked.latex()
    assert r"\frac{1}{3} \cdot \frac{1}{3} + (-1) \cdot 1" in worked.latex()
    worked = work.norm("1;4;4")
    assert r"\hat{x}_{0,0} &= \frac{1 - 3}{\sqrt{2}} \approx -1.414214" in worked.latex()
    assert r"(1 - 3)^2" in worked.latex()
    worked = work.maxpool_backward("1 2", "5", 2)
    assert r"dx_{1} &= dy_{0} = 5" in worked.latex()
    assert worked._repr_markdown_() == worked.markdown()


def test_json() -> None:
    data = work.norm("1 1/3; 4 1; 4 1").to_dict()
    assert data["schema"] == 1
    assert data["settings"] == {"eps": 0}
    assert data["given"] == {"x": [[1, "1/3"], [4, 1], [4, 1]]}
    assert [result["name"] for result in data["results"]] == ["mean", "variance", "normalised"]
    step = data["results"][-1]["steps"][0]
    assert step == {
        "index": [0, 0],
        "working": "(1 − 3) / √2",
        "value": "-1*sqrt(2)",
        "decimal": pytest.approx(-sqrt(2)),
    }
    (step,) = work.maxpool("1 5 5", 3).to_dict()["results"][0]["steps"]
    assert step["at"] == ["x[1]", "x[2]"]


def test_results_are_exact() -> None:
    assert work.avgpool("1 2", 2).result == [Fraction(3, 2)]
    assert work.conv([[0.1, 0.2]], [[1, 1]]).result == [[Fraction(3, 10)]]
    assert work.norm("3;9;11;17").result == [[Fraction(n, 5)] for n in (-7, -1, 1, 7)]
    assert work.conv_backward("1 2", "1", "1 1").only("dw").result == [3]


# Reading.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 2; 3 4", [[1, 2], [3, 4]]),
        ("1, 2; 3, 4", [[1, 2], [3, 4]]),
        ("1 2\n3 4\n", [[1, 2], [3, 4]]),
        ("1 2;; 3 4", [[[1, 2]], [[3, 4]]]),
        ("1 2\n3 4\n\n5 6\n7 8", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        ("1 2 3", [1, 2, 3]),
        ("1 2 3;", [[1, 2, 3]]),
        ("−1 +2 .5 1/4 1e2", [-1, 2, Fraction(1, 2), Fraction(1, 4), 100]),
        ("[[1, -2], [3/4, 0.5]]", [[1, -2], [Fraction(3, 4), Fraction(1, 2)]]),
        ("outer([1, 2], [1, −1])", [[1, -1], [2, -2]]),
        ("[1,\n 2]", [1, 2]),
        ([[1, 2.5]], [[1, Fraction(5, 2)]]),
        (((1, 2),), [[1, 2]]),
    ],
)
def test_arrays(text: Any, found: Any) -> None:
    assert array(text, "x") == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no numbers here"),
        (";;", "there are no numbers here"),
        ("1 2;   3", "<x>:1:8: error: a row of 1 number, after one of 2 numbers"),
        ("1 2\n3", "<x>:2:1: error: a row of 1 number, after one of 2"),
        ("1 2;; 3", "a row of 1 number, after one of 2"),
        ("1 two", "<x>:1:3: error: 'two' is not a number"),
        ("1/0 2", "1/0 divides by zero"),
        ("nan", "'nan' is not a number"),
        ("1e999", "'1e999' is not a number"),
        ("[1, 2", "the statement cannot be read here"),
        ("[1, a]", "'a' has no value here"),
        ("[1, 1/0]", "1/0 divides by zero"),
        ("[1 == 1]", "an array of numbers is wanted, got a comparison"),
        ("['a']", "an array of numbers is wanted, got the text 'a'"),
        ("params('lenet5')", "params does not take"),
        ("[]", "x is empty"),
        ("[[], []]", "x is empty"),
        ("[[1, 2], [3]]", "x[1] has 1 number, x[0] 2 numbers"),
        ("[1, [2]]", "x[1] has 1 number, x[0] a single number"),
        ("[[[[[[1]]]]]]", "x has 6 axes"),
        ("[" * 200 + "]" * 200, "nested more than 100 deep"),
        ("1 " * 5000, "x has 5,000 numbers, more than 4,096"),
        ("1 " * 20000, "x has 40,000 characters"),
        ([1, "a"], "an array of numbers is wanted, got 'a'"),
        ([1, None], "an array of numbers is wanted, got None"),
        ([float("nan")], "an array of numbers is wanted, got nan"),
        ([True], "an array of numbers is wanted, got True"),
    ],
)
def test_bad_arrays(text: Any, message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        array(text, "x")
    assert message in str(caught.value)
    assert caught.value.hint


@given(st.text(alphabet="0123456789-+./,;[]() \ne", max_size=40))
def test_any_text_is_an_array_or_an_error(text: str) -> None:
    hint: str | None = "none needed"
    try:
        array(text, "x")
    except CnncalcError as error:
        hint = error.hint
    assert hint


def test_a_number_is_an_array_of_one() -> None:
    assert work.conv("sum([1, 2])", "(3)").result == work.conv(3, 3).result == [9]


def test_roots_are_numbers_to_python() -> None:
    found = work.norm([[1, 2], [3, 5]], eps="0.00001").result
    assert [float(one) for one in found[0]] == pytest.approx([-0.999995, -0.9999977777851852])
