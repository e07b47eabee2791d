"""Layers with inputs, drawn from what their kinds declare.

Arguments, ranks and arity say most of it; ``CASES`` lists every kind and adds which of its values
depend on one another. One sample of five is left as drawn, to find what the kinds must refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from cnncalc import formulas
from cnncalc.layers import Layer
from cnncalc.layers.arguments import REQUIRED, Argument, Axes, Choice, Count, Flag, Like, Real
from cnncalc.sizes import Shape

Draw = Callable[..., Any]
#: Changes drawn arguments and input shapes, in place, so that they fit together.
Fit = Callable[[Draw, type[Layer], dict[str, Any], list[Shape]], None]


class Sample(NamedTuple):
    kind: type[Layer]
    arguments: dict[str, Any]
    shapes: tuple[Shape, ...]

    @property
    def layer(self) -> Layer:
        return self.kind(**self.arguments)


def samples(kind: type[Layer]) -> st.SearchStrategy[Sample]:
    """Layers of a kind with inputs; four of five fit together as ``CASES`` says."""

    fit = CASES[kind.kind]

    @st.composite
    def drawn(draw: Draw) -> Sample:
        rank = draw(st.sampled_from([rank for rank in kind.ranks if rank <= 3]))
        fewest, most = kind.arity
        count = draw(st.integers(fewest, fewest + 1 if most is None else most))
        shapes = [draw(_shape(rank)) for _ in range(count)]
        arguments = {
            name: draw(_value(argument, rank))
            for name, argument in kind.arguments.items()
            if argument.default is REQUIRED or draw(st.booleans())
        }
        if draw(st.integers(0, 4)):
            fit(draw, kind, arguments, shapes)
        return Sample(kind, arguments, tuple(shapes))

    return drawn()


def _shape(rank: int) -> st.SearchStrategy[Shape]:
    longest = (0, 12, 9, 6)[rank]
    spatial = st.tuples(*[st.integers(1, longest)] * rank)
    return st.builds(lambda c, axes: Shape((c, *axes)), st.integers(1, 6), spatial)


def _value(argument: Argument[Any], rank: int) -> st.SearchStrategy[Any]:
    if isinstance(argument, Count):
        return st.integers(argument.minimum, argument.minimum + 3)
    if isinstance(argument, Axes):
        number = st.integers(argument.minimum, argument.minimum + 3)
        numbers = st.one_of(st.tuples(number), st.tuples(*[number] * max(rank, 1)))
        words = sorted(argument.words)
        return st.one_of(numbers, st.sampled_from(words)) if words else numbers
    if isinstance(argument, Flag):
        return st.booleans()
    if isinstance(argument, Choice):
        return st.sampled_from(argument.options)
    if isinstance(argument, Real):
        low, high = argument.minimum, argument.maximum
        return st.fractions(
            Fraction(0 if low is None else low),
            Fraction(2 if high is None else high),
            max_denominator=8,
        )
    if isinstance(argument, Like):
        return st.one_of(st.none(), _shape(rank))
    raise TypeError(f"no values known for arguments of type {type(argument).__name__}")


# Which values depend on one another, per kind. Each changes what was drawn, in place.


def free(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    """Nothing depends on anything."""


def _axes(kind: type[Layer], given: Mapping[str, Any], name: str, rank: int) -> list[int]:
    """The numbers of a per-axis argument, given or default, one for each axis."""
    values = given.get(name, kind.arguments[name].default if name in kind.arguments else (1,))
    if isinstance(values, str):
        return [0] * rank
    return list(values) * rank if len(values) == 1 else list(values)


def _grouped(given: dict[str, Any], xs: list[Shape]) -> None:
    """Groups divide the channels of input and output."""
    groups = given.get("groups", 1)
    given["out"] = given.get("out", 1) * groups
    xs[0] = Shape((xs[0].channels * groups, *xs[0].spatial))


def _roomy(kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    """The kernel fits into the input without help from padding."""
    rank = xs[0].rank
    reaches = map(
        formulas.span, _axes(kind, given, "kernel", rank), _axes(kind, given, "dilation", rank)
    )
    xs[0] = Shape((xs[0].channels, *map(max, xs[0].spatial, reaches)))


def convolution(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _grouped(given, xs)
    if "out" not in kind.arguments:
        del given["out"]
    _roomy(kind, given, xs)
    if given.get("padding") == "same":
        given.pop("stride", None)
    elif given.get("mode", "zeros") != "zeros" and "padding" in given:
        slack = draw(st.sampled_from((-2, -1, 0, 1)))  # around what can be mirrored at most
        given["padding"] = tuple(max(0, n + slack) for n in xs[0].spatial)


def transposed(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _grouped(given, xs)
    rank = xs[0].rank
    names = ("kernel", "stride", "dilation", "padding", "output_padding")
    axes = list(zip(*(_axes(kind, given, name, rank) for name in names), strict=True))
    given["padding"] = tuple(min(p, formulas.span(k, d) // 2) for k, _, d, p, _ in axes)
    given["output_padding"] = tuple(min(extra, max(s, d) - 1) for _, s, d, _, extra in axes)


def pooling(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _roomy(kind, given, xs)
    rank = xs[0].rank
    sides = zip(
        _axes(kind, given, "padding", rank), _axes(kind, given, "kernel", rank), strict=True
    )
    given["padding"] = tuple(min(p, k // 2) for p, k in sides)


def equal_shapes(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    xs[1:] = [xs[0]] * (len(xs) - 1)


def equal_or_one(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    full = xs[0]
    xs[:] = [Shape(draw(st.sampled_from((n, n, 1))) for n in full) for _ in xs]


def equal_maps(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    xs[1:] = [Shape((x.channels, *xs[0].spatial)) for x in xs[1:]]


def _only_own_sides(given: dict[str, Any], xs: list[Shape]) -> None:
    for side in ("left", "right", "top", "bottom", "front", "back")[2 * xs[0].rank :]:
        given.pop(side, None)


def padding(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _only_own_sides(given, xs)
    if given.get("mode", "zeros") != "zeros":
        largest = max((0, *(n for side in given.values() for n in _numbers(side))))
        slack = draw(st.sampled_from((0, 1, 2)))  # around what can be mirrored at most
        xs[0] = Shape((xs[0].channels, *(max(1, largest + slack) for _ in xs[0].spatial)))


def _numbers(value: Any) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, int) else ()


def cropping(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _only_own_sides(given, xs)
    x = xs[0]
    way = draw(st.sampled_from(("like", "size", "amount")))
    for name in set(given) - {way} if way != "amount" else {"like", "size"}:
        given.pop(name, None)
    if way == "amount":
        xs[0] = Shape((x.channels, *(n + 6 for n in x.spatial)))
    else:
        smaller = [draw(st.integers(1, n)) for n in x.spatial]
        given[way] = tuple(smaller) if way == "size" else Shape((1, *smaller))


#: Every kind, and how its values fit together.
CASES: dict[str, Fit] = {
    "conv": convolution,
    "dwconv": convolution,
    "deconv": transposed,
    "maxpool": pooling,
    "avgpool": pooling,
    "adaptive_avgpool": free,
    "gap": free,
    "linear": free,
    "flatten": free,
    "bn": free,
    "lrn": free,
    "relu": free,
    "tanh": free,
    "sigmoid": free,
    "softmax": free,
    "dropout": free,
    "identity": free,
    "pad": padding,
    "crop": cropping,
    "add": equal_shapes,
    "mul": equal_or_one,
    "concat": equal_maps,
}
