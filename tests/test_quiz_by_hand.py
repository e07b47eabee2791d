"""Questions to be computed by hand, computed by PyTorch from what their text says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import prod

import pytest
import torch
from hypothesis import settings
from torch.nn import functional as F

from cnncalc import work
from cnncalc.notation import Number, Root
from cnncalc.quiz.draw import Redraw
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Matching, Numeric, Question, Single, Table
from cnncalc.quiz.registry import catalogue
from cnncalc.quiz.workings import element, form, solution
from cnncalc.render.latex import FORMULA
from cnncalc.render.page import GROUPED, written
from cnncalc.tensors import Surd, Traced

Tensor = torch.Tensor


def seeds() -> range:
    """1,000 with ``--long``."""
    return range(1000 if settings.get_current_profile_name() == "long" else 25)


@cache
def made(template: str, seed: int) -> Question:
    return question(catalogue()[template], Seed(seed))


def arrays(stem: str) -> dict[str, Tensor]:
    """The matrices of a stem, which stand next to each other."""
    lines = stem.split("`")[1].split("\n")
    heads = list(re.finditer(r"(\w+(?:\[\d\])?) \((\d+)x(\d+)\)", lines[0]))
    starts = [head.start() for head in heads] + [len(lines[0]) + 99]
    found = {}
    for head, start, end in zip(heads, starts, starts[1:]):
        rows = [line[start:end].split() for line in lines[1 : 1 + int(head[2])]]
        numbers = [[float(cell.replace("−", "-")) for cell in row] for row in rows]
        found[head[1]] = torch.tensor(numbers, dtype=torch.float64)
        assert found[head[1]].shape == (int(head[2]), int(head[3]))
    return found


def said(stem: str, pattern: str, default: int) -> int:
    found = re.search(pattern, stem)
    return int(found[1]) if found else default


def conv(x: Tensor, w: Tensor, stride: int = 1, padding: int = 0, dilation: int = 1) -> Tensor:
    return F.conv2d(x[None, None], w[None, None], None, stride, padding, dilation)[0, 0]


def by_text(stem: str, of: str = "y") -> Tensor:
    """The convolution or pooling that a stem describes, or a gradient of it (``of``)."""
    given = arrays(stem)
    s = said(stem, r"stride (\d)", 1)
    if "kernel w" in stem:
        w = given["w"].requires_grad_()
        p, d = said(stem, r"padding of (\d)", 0), said(stem, r"dilation (\d)", 1)
        y = conv(given["x"], w, s, p, d)
        leaf = w
    else:
        k = said(stem, r"window of (\d)", 0)
        n = said(stem, r"an x of (\d)", 0)
        leaf = given.get("x", torch.zeros(n, n, dtype=torch.float64)).requires_grad_()
        pool = F.max_pool2d if stem.startswith("Max") else F.avg_pool2d
        y = pool(leaf[None, None], k, s)[0, 0]
    if of == "y":
        return y.detach()
    y.backward(given["dy"])  # type: ignore[no-untyped-call]
    assert leaf.grad is not None
    return leaf.grad


def index(stem: str) -> tuple[int, ...]:
    found = re.search(r"[xy]\[([\d,]+)\]", stem)
    assert found
    return tuple(map(int, found[1].split(",")))


@pytest.mark.parametrize("template", ["convolve-by-hand", "maxpool-forward"])
def test_tables_have_every_element(template: str) -> None:
    for seed in seeds():
        found = made(template, seed)
        assert isinstance(found.body, Table)
        right = by_text(found.stem)
        assert [gap.value for gap in found.body.gaps] == right.flatten().tolist()
        assert len(found.body.rows) == right.shape[0]


@pytest.mark.parametrize(
    ("template", "of"),
    [("strided-by-hand", "y"), ("dilated-by-hand", "y"), ("avgpool-backward", "dx")],
)
def test_elements_are_what_pytorch_computes(template: str, of: str) -> None:
    for seed in seeds():
        found = made(template, seed)
        assert isinstance(found.body, Numeric)
        assert found.body.value == by_text(found.stem, of)[index(found.stem)].item()


@pytest.mark.parametrize(
    ("template", "of"),
    [("avgpool-forward", "y"), ("conv-weight-gradient", "dw"), ("maxpool-backward", "dx")],
)
def test_matrices_are_what_pytorch_computes(template: str, of: str) -> None:
    for seed in seeds():
        found = made(template, seed)
        assert isinstance(found.body, Single)
        right = by_text(found.stem, of)
        for option in found.body.options:
            value = torch.tensor(json.loads(str(option.value)), dtype=torch.float64)
            same = value.shape == right.shape and torch.allclose(value, right)
            assert same == (option.wrong is None), found


#: What a misconception about a convolution leads to, by PyTorch.
_BELIEFS: dict[str, Callable[[Tensor, Tensor, int, int, int], Tensor]] = {
    "flipped the kernel": lambda x, w, s, p, d: conv(x, w.flip(0, 1), s, p, d),
    "exchanged rows and columns of the kernel": lambda x, w, s, p, d: conv(x, w.T, s, p, d),
    "dropped the minus signs of the kernel": lambda x, w, s, p, d: conv(x, w.abs(), s, p, d),
    "forgot the stride": lambda x, w, s, p, d: conv(x, w, 1, p, d),
    "treated the dilation as 1": lambda x, w, s, p, d: conv(x, w, s, p, 1),
    "forgot the padding": lambda x, w, s, p, d: conv(x, w, s, 0, d),
    "exchanged row and column": lambda x, w, s, p, d: conv(x, w, s, p, d).T,
    "took the dilation for a stride": lambda x, w, s, p, d: conv(x, w, d, p, 1),
}


@pytest.mark.parametrize("template", ["strided-by-hand", "dilated-by-hand"])
def test_misconceptions_lead_where_they_say(template: str) -> None:
    seen = set()
    for seed in seeds():
        found = made(template, seed)
        given, stem = arrays(found.stem), found.stem
        s, p = said(stem, r"stride (\d)", 1), said(stem, r"padding of (\d)", 0)
        for wrong in found.body.wrongs():
            believed = _BELIEFS[wrong.text](
                given["x"], given["w"], s, p, said(stem, r"dilation (\d)", 1)
            )
            assert believed[index(stem)].item() == wrong.value, (found, wrong)
            seen.add(wrong.text)
    assert len(seen) >= 5


_NORMS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "batch normalisation": lambda x, g: F.batch_norm(x, None, None, training=True, eps=1e-30),
    "layer normalisation": lambda x, g: F.layer_norm(x, x.shape[1:], eps=0),
    "instance normalisation": lambda x, g: F.instance_norm(x, eps=0),
    "group normalisation": lambda x, g: F.group_norm(x, g, eps=0),
}


def test_normalised_elements_are_what_pytorch_computes() -> None:
    kinds = set()
    for seed in seeds():
        found = made("norm-by-hand", seed)
        kind = next(name for name in _NORMS if f"{name}" in found.stem)
        x = torch.stack(list(arrays(found.stem).values()))
        right = _NORMS[kind](x, said(found.stem, r"with (\d) groups", 1))
        assert isinstance(found.body, Numeric)
        assert float(found.body.value) == pytest.approx(right[index(found.stem)].item())
        for wrong in found.body.wrongs():
            other = wrong.text.removeprefix("took it for ")
            if other in _NORMS:
                value = _NORMS[other](x, 1)[index(found.stem)].item()
                assert float(Fraction(wrong.value)) == pytest.approx(value)
        kinds.add(kind)
    assert kinds == {*_NORMS}


def support(kind: str, shape: tuple[int, ...], groups: int) -> Tensor:
    """Which inputs share the statistics of the first: those that its result depends on."""
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    _NORMS[kind](x, groups)[0, 0, 0, 0].backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return x.grad != 0


def test_statistics_are_taken_over_what_autograd_finds() -> None:
    for seed in seeds()[:25]:
        found = made("norm-statistics-count", seed)
        n, c, h, w = map(int, re.findall(r"\d+", found.stem)[:4])
        kind = next(name for name in _NORMS if name in found.stem)
        groups = said(found.stem, r"with (\d) groups", 1)
        assert isinstance(found.body, Numeric)
        assert found.body.value == int(support(kind, (n, c, h, w), groups).sum())


def test_axes_are_those_that_autograd_finds() -> None:
    for seed in seeds()[:10]:
        found = made("norm-axes-matching", seed)
        assert isinstance(found.body, Matching)
        shape = tuple(map(int, re.findall(r"\d+", found.stem)[:4]))
        for pair in found.body.pairs:
            kind = next(name for name in _NORMS if pair.left.startswith(name))
            groups = said(pair.left, r"with (\d) groups", 1)
            seen = support(kind, shape, groups)
            along = [
                int(seen.amax(tuple(a for a in range(4) if a != axis)).sum()) for axis in range(4)
            ]
            axes = [
                f"C/{groups}" if axis == "C" and groups > 1 else axis
                for axis, count in zip("CNHW", [along[1], along[0], along[2], along[3]])
                if count > 1
            ]
            order = ["N", "C", f"C/{groups}", "H", "W"]
            said_axes = ", ".join(sorted(axes, key=order.index))
            means = prod(shape) // int(seen.sum())
            assert pair.right == f"over {said_axes}: {means:,} means"


# The conversion of workings to pages.


def test_derivations_become_forms() -> None:
    lines = (
        solution(work.norm("[[1, 5], [3, 9]]").only("normalised").at(0, 1)).sections[0].groups[0][1]
    )
    assert [written(line) for line in lines] == ["normalised[0,1] = (5 − 7)/√4 = −1"]
    (line,) = (
        solution(work.maxpool_backward("3 1", "[2]", 2).only("dx").at(0)).sections[0].groups[0][1]
    )
    assert written(line) == "dx[0] = 2  (dy[0])"
    root = form(Traced(Fraction(9)).root())
    assert (root.write(GROUPED), root.write(FORMULA)) == ("√9", r"\sqrt{9}")
    assert form(Traced(Surd(Fraction(2), Fraction(3)))).write(GROUPED) == "2·√3"
    assert form(-Traced(3)).write(GROUPED) == "−3"
    assert Root(Number(2)).write(GROUPED) == "√2"


def test_fractions_say_their_decimals() -> None:
    (line,) = solution(work.avgpool("1 2", 2).at(0)).sections[0].groups[0][1]
    assert written(line) == "y[0] = (1 + 2)/2 = 3/2  (1.5)"


def test_elements_that_are_not_there_are_drawn_again() -> None:
    worked = work.conv("1 2 3", "1 1")
    assert element(worked, 1) == 5
    with pytest.raises(Redraw):
        element(worked, 2)
    with pytest.raises(Redraw):
        element(worked, 0, 0)
