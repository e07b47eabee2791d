"""Small tensors, worked out exactly, against PyTorch."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import tensors
from cnncalc.tensors import ShapeError

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def tensor(x: Any) -> Any:
    return torch.tensor(x, dtype=torch.float64)


def equal(ours: Any, theirs: Any) -> bool:
    """Equal up to the rounding of doubles; shapes alike."""
    ours = tensors.elementwise(float, ours)
    return list(theirs.shape) == tensors.shape(ours) and bool(
        torch.allclose(tensor(ours), theirs.to(torch.float64), atol=1e-9)
    )


def filled(data: st.DataObject, sizes: list[int]) -> Any:
    if not sizes:
        return data.draw(st.integers(-5, 5))
    return [filled(data, sizes[1:]) for _ in range(sizes[0])]


class Case:
    """A tensor, a kernel and how it slides, along 1 to 3 axes."""

    def __init__(self, data: st.DataObject) -> None:
        draw = data.draw
        self.rank = draw(st.integers(1, 3))
        axes = range(self.rank)
        self.k = [draw(st.integers(1, 3)) for _ in axes]
        self.s = [draw(st.integers(1, 3)) for _ in axes]
        self.p = [draw(st.integers(0, k // 2)) for k in self.k]
        self.d = [draw(st.integers(1, 2)) for _ in axes]
        spans = [(k - 1) * d + 1 for k, d in zip(self.k, self.d)]
        self.n = [draw(st.integers(span, span + 2)) for span in spans]
        self.x = filled(data, self.n)
        self.w = filled(data, self.k)

    def torch(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        found = getattr(functional, f"{name}{self.rank}d")(*arguments, **keywords)
        return found[0, 0]


@given(data=st.data())
def test_convolutions(data: st.DataObject) -> None:
    case = Case(data)
    x, w = tensor(case.x)[None, None], tensor(case.w)[None, None]
    theirs = case.torch("conv", x, w, stride=case.s, padding=case.p, dilation=case.d)
    assert equal(tensors.conv(case.x, case.w, case.s, case.p, case.d), theirs)
    flipped = torch.flip(w, list(range(2, 2 + case.rank)))
    theirs = case.torch("conv", x, flipped, stride=case.s, padding=case.p, dilation=case.d)
    assert equal(tensors.convolve(case.x, case.w, case.s, case.p, case.d), theirs)


@given(data=st.data())
def test_transposed_convolutions(data: st.DataObject) -> None:
    case = Case(data)
    p = [min(p, (k - 1) // 2) for p, k in zip(case.p, case.k)]
    x, w = tensor(case.x)[None, None], tensor(case.w)[None, None]
    theirs = case.torch("conv_transpose", x, w, stride=case.s, padding=p)
    assert equal(tensors.deconv(case.x, case.w, case.s, p), theirs)


@given(data=st.data())
def test_gradients_of_convolutions(data: st.DataObject) -> None:
    case = Case(data)
    x, w = (tensor(one)[None, None].requires_grad_() for one in (case.x, case.w))
    y = case.torch("conv", x, w, stride=case.s, padding=case.p)
    g = filled(data, list(y.shape))
    y.backward(tensor(g))
    assert equal(tensors.conv_grad_input(case.w, g, case.s, case.p, size=case.n), x.grad[0, 0])
    assert equal(tensors.conv_grad_weight(case.x, g, case.s, case.p, size=case.k), w.grad[0, 0])


@given(data=st.data())
def test_pools_and_their_gradients(data: st.DataObject) -> None:
    case = Case(data)
    n = [max(n, k) for n, k in zip(case.n, case.k)]
    values = filled(data, n)
    for name, pool, gradient in (
        ("max_pool", tensors.maxpool, tensors.maxpool_grad),
        ("avg_pool", tensors.avgpool, tensors.avgpool_grad),
    ):
        x = tensor(values)[None, None].requires_grad_()
        y = case.torch(name, x, case.k, stride=case.s, padding=case.p)
        assert equal(pool(values, case.k, case.s, case.p), y.detach())
        g = filled(data, list(y.shape))
        y.backward(tensor(g))
        first = values if pool is tensors.maxpool else n
        assert equal(gradient(first, g, case.k, case.s, case.p), x.grad[0, 0])


@given(data=st.data())
def test_layers_with_channels(data: st.DataObject) -> None:
    x, w, b = filled(data, [2, 4, 5]), filled(data, [3, 2, 3, 2]), filled(data, [3])
    theirs = functional.conv2d(tensor(x)[None], tensor(w), tensor(b), stride=2, padding=1)[0]
    assert equal(tensors.conv_channels(x, w, 2, 1, 1, b), theirs)


@given(data=st.data())
def test_products(data: st.DataObject) -> None:
    a, b, v = filled(data, [2, 3]), filled(data, [3, 2]), filled(data, [3])
    assert equal(tensors.matmul(a, b), tensor(a) @ tensor(b))
    assert equal(tensors.matmul(a, v), tensor(a) @ tensor(v))
    assert equal(tensors.kron(a, b), torch.kron(tensor(a), tensor(b)))
    assert equal(tensors.outer(v, v), torch.outer(tensor(v), tensor(v)))
    assert equal(tensors.transpose(a), tensor(a).T)
    assert equal(tensors.pad(a, 1), functional.pad(tensor(a), (1, 1, 1, 1)))
    assert tensors.dot(v, v) == sum(one * one for one in v)
    assert equal(tensors.relu(a), torch.relu(tensor(a)))


@given(data=st.data(), axes=st.sampled_from([[0], [0, 2, 3], [1, 2, 3], [2, 3]]))
def test_statistics(data: st.DataObject, axes: list[int]) -> None:
    x = filled(data, [2, 3, 2, 2])
    assert equal(tensors.norm_mean(x, axes), tensor(x).mean(axes))
    assert equal(tensors.norm_var(x, axes), tensor(x).var(axes, unbiased=False))


def test_numbers_stay_exact() -> None:
    assert tensors.avgpool([[1, 2], [3, 4]], 2) == [[Fraction(5, 2)]]
    assert tensors.norm_var([1, 2], [0]) == Fraction(1, 4)
    assert tensors.normalised([0, 2], [0], lambda v: v) == [-1, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tensors.conv([1, 2], [[1]]), "a kernel of 2 axes on a tensor of 1"),
        (lambda: tensors.conv([1, 2], [1, 1, 1]), "nothing is left: the result would have sizes"),
        (lambda: tensors.conv([1, 2], [1], s=0), "the stride must be an integer of at least 1"),
        (lambda: tensors.shape([[1, 2], [3]]), "the rows of a tensor differ in length"),
        (lambda: tensors.matmul([[1, 2]], [[1]]), r"a product of \[1, 2\] and \[1, 1\]"),
        (lambda: tensors.norm_mean([1, 2], [1]), r"axes \[1\] of a tensor of 1"),
        (lambda: tensors.maxpool_grad([1, 2], [1, 2], 2), r"the gradient has shape \[2\]"),
        (lambda: tensors.elementwise(max, [1], [1, 2]), "tensors of different shapes"),
        (lambda: tensors.pad([1], 10**6), "a tensor of 2,000,001 elements"),
    ],
)
def test_misfits_are_told(call: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message) as caught:
        call()
    assert caught.value.hint
