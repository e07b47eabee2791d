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
from cnncalc.sizes import Shape, Tokens, product

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
        last = {"no": False, "only": True}.get(kind.on_tokens)
        layout = Tokens if (draw(st.booleans()) if last is None else last) and rank else Shape
        shapes = [draw(_shape(rank, layout)) for _ in range(count)]
        arguments = {
            name: draw(_value(argument, rank))
            for name, argument in kind.arguments.items()
            if argument.default is REQUIRED or draw(st.booleans())
        }
        if draw(st.integers(0, 4)):
            fit(draw, kind, arguments, shapes)
        return Sample(kind, arguments, tuple(shapes))

    return drawn()


def _shape(rank: int, layout: type[Shape] = Shape) -> st.SearchStrategy[Shape]:
    longest = (0, 12, 9, 6)[rank]
    spatial = st.tuples(*[st.integers(1, longest)] * rank)
    some = layout((1,) * (rank + 1))
    return st.builds(some.like, st.integers(1, 6), spatial)


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


def _divided(name: str, power: int = 1) -> Fit:
    """An argument (to a power) divides the channels."""

    def fit(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
        (x,) = xs
        xs[0] = x.like(x.channels * given[name] ** power, x.spatial)

    return fit


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


def separable(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    out = given["out"]
    convolution(draw, kind, given, xs)
    given["out"] = out


def local(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _roomy(kind, given, xs)


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


def unpooling(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    """The second tensor is what was pooled to the first: a few positions may be left over."""
    small = xs[0]
    kernels = _axes(kind, given, "kernel", small.rank)
    more = [
        n * k + draw(st.integers(0, k - 1)) for n, k in zip(small.spatial, kernels, strict=True)
    ]
    xs[1] = Shape((small.channels, *more))


def upsampling(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    rank = xs[0].rank
    way = draw(st.sampled_from(("scale", "size", "like")))
    for name in {"scale", "size", "like"} - {way}:
        given.pop(name, None)
    if given.get("mode", "nearest") == "nearest":
        given.pop("align_corners", None)
    elif given["mode"] != "linear":
        given["mode"] = ("linear", "bilinear", "trilinear")[rank - 1]


def unshuffling(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    xs[0] = Shape((xs[0].channels, *(n * given["factor"] for n in xs[0].spatial)))


def splitting(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    _divided("parts")(draw, kind, given, xs)
    given["index"] = draw(st.integers(0, given["parts"] - 1))


def reshaping(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    """The elements, divided among one to four axes."""
    left, shape = product(xs[0]), []
    for _ in range(draw(st.integers(0, 3))):
        shape.append(draw(st.sampled_from([n for n in range(1, left + 1) if left % n == 0])))
        left //= shape[-1]
    given["shape"] = (left, *shape)


def selecting(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    given["index"] = draw(st.integers(0, xs[0][0] - 1))


def equal_shapes(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    xs[1:] = [xs[0]] * (len(xs) - 1)


def equal_or_one(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    full = xs[0]
    xs[:] = [type(full)(draw(st.sampled_from((n, n, 1))) for n in full) for _ in xs]


def equal_maps(draw: Draw, kind: type[Layer], given: dict[str, Any], xs: list[Shape]) -> None:
    xs[1:] = [x.like(x.channels, xs[0].spatial) for x in xs[1:]]


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
    "sepconv": separable,
    "deconv": transposed,
    "local": local,
    "maxpool": pooling,
    "avgpool": pooling,
    "adaptive_maxpool": free,
    "adaptive_avgpool": free,
    "gap": free,
    "gmp": free,
    "unpool": unpooling,
    "linear": free,
    "flatten": free,
    "bn": free,
    "ln": free,
    "gn": _divided("groups"),
    "instancenorm": free,
    "lrn": free,
    "layerscale": free,
    "relu": free,
    "relu6": free,
    "leaky_relu": free,
    "prelu": free,
    "elu": free,
    "selu": free,
    "gelu": free,
    "silu": free,
    "mish": free,
    "sigmoid": free,
    "hardsigmoid": free,
    "hardswish": free,
    "tanh": free,
    "softplus": free,
    "softmax": free,
    "log_softmax": free,
    "dropout": free,
    "droppath": free,
    "identity": free,
    "add": equal_shapes,
    "mul": equal_or_one,
    "concat": equal_maps,
    "split": splitting,
    "reshape": reshaping,
    "permute": free,
    "pad": padding,
    "crop": cropping,
    "upsample": upsampling,
    "pixel_shuffle": _divided("factor", 2),
    "pixel_unshuffle": unshuffling,
    "channel_shuffle": _divided("groups"),
    "tokens": free,
    "class_token": free,
    "pos_embedding": free,
    "attention": _divided("heads"),
    "select": selecting,
    "cross_entropy": free,
    "mse": equal_shapes,
}
