"""The functions of statements: arithmetic, the project's formulas, tensors, networks.

None states a formula of its own: they call :mod:`cnncalc.formulas`, the layer classes, the analyses
and :mod:`cnncalc.tensors`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial, gcd, isqrt, lcm
from typing import Any, NamedTuple

from cnncalc import formulas, tensors, terms
from cnncalc.errors import CnncalcError
from cnncalc.sizes import is_int, is_term, maximum, minimum
from cnncalc.terms import Term, simplest


class Misuse(Exception):
    """A function is given what it does not take; ``argument`` counts positional ones from 0."""

    def __init__(self, message: str, hint: str | None = None, argument: int | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.argument = argument


class IllFormed(Exception):
    """There is no such network for these numbers: they lie outside the statement."""

    def __init__(self, error: CnncalcError) -> None:
        super().__init__(str(error))
        self.error = error


class Function(NamedTuple):
    """``usage`` is how it is called, ``about`` what it gives; ``asks``: it wants the evaluation."""

    run: Callable[..., Any]
    usage: str
    about: str
    asks: bool = False


def _numbers(values: tuple[Any, ...]) -> list[Any]:
    found = tensors.flatten(list(values))
    if not found:
        raise Misuse("nothing is given")
    return [_number(value) for value in found]


def _number(value: Any) -> Any:
    if is_int(value) or isinstance(value, (Fraction, Term)):
        return value
    what = "a tensor" if isinstance(value, list) else repr(value)
    raise Misuse(f"a number is wanted, got {what}")


def _plain(value: Any) -> Any:
    """A number without names."""
    if is_term(value):
        raise Misuse("names are not possible here", "write a number")
    return _number(value)


def _whole(value: Any) -> int:
    if not is_int(value):
        raise Misuse(f"an integer is wanted, got {value}")
    return int(value)


# Arithmetic.


def _round(x: Any, digits: Any = 0) -> Any:
    scale = terms.power(10, _whole(digits))
    return tensors.elementwise(
        lambda v: terms.quotient(_floor(v * scale + Fraction(1, 2)), scale), x
    )


def _floor(x: Any) -> Any:
    return _number(x).__floor__()


def _each(operation: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: tensors.elementwise(lambda value: operation(_number(value)), x)


def _log2(x: Any) -> Any:
    value = Fraction(_plain(x))
    for part in (value.numerator, value.denominator):
        if part < 1 or part & (part - 1):
            raise Misuse(f"log2 of {x} is not an integer", "only powers of two have exact ones")
    return value.numerator.bit_length() - value.denominator.bit_length()


def root(x: Any) -> Any:
    """The square root of a square."""
    value = Fraction(_plain(x))
    if value >= 0:
        over, under = isqrt(value.numerator), isqrt(value.denominator)
        if Fraction(over * over, under * under) == value:
            return simplest(Fraction(over, under))
    raise Misuse(f"the root of {x} is not rational", "compare squares instead")


def _integer(*values: Any) -> Any:
    """True of integers; as a condition it frees names of their lower bound."""
    return terms.both(terms.same(_number(v), _floor(v)) for v in values)


# Formulas, along one axis. Padding is what is added on each side.


def _conv_out(n: Any, k: Any, s: Any = 1, p: Any = 0, d: Any = 1) -> Any:
    return formulas.slide(n, k, s, 2 * p, d)


def _conv_out_ceil(n: Any, k: Any, s: Any = 1, p: Any = 0, d: Any = 1) -> Any:
    return formulas.slide_ceil(n, k, s, 2 * p, d, p)


def _deconv_out(n: Any, k: Any, s: Any = 1, p: Any = 0, d: Any = 1, op: Any = 0) -> Any:
    return formulas.spread(n, k, s, 2 * p, d, op)


def _same_padding(k: Any, d: Any = 1) -> list[Any]:
    return list(formulas.same_padding(k, d))


def _rf_next(r: Any, k: Any, j: Any = 1, d: Any = 1) -> Any:
    """From the first to the last position that k units read: the fields of the outer two."""
    first = formulas.edge(0, 0, j)
    last = formulas.edge(r - 1, formulas.span(k, d) - 1, j)
    return last - first + 1


def _jump_next(j: Any, s: Any) -> Any:
    return formulas.edge(0, s, j)


def _start_next(start: Any, p: Any, j: Any) -> Any:
    return formulas.edge(start, -p, j)


def _flops(macs: Any) -> Any:
    return formulas.flops(_number(macs))


# Costs of one layer, as its class states them.


def _conv_params(ask: Any, cin: Any, cout: Any, k: Any, bias: Any = 1, groups: Any = 1) -> Any:
    kernel = _kernel(k)
    values = (cin, cout, kernel, groups, (1,) * len(kernel))
    return ask.networks.cost("conv", values, _flag(bias)).params


def _conv_macs(
    ask: Any, cin: Any, cout: Any, k: Any, hout: Any, wout: Any = 1, groups: Any = 1
) -> Any:
    kernel = _kernel(k)
    if len(kernel) > 2:
        raise Misuse(
            "only one or two axes", "ask for the macs of a network, as '1x8x8x8 | conv 2 k=3'", 2
        )
    values = (cin, cout, kernel, groups, (hout, wout)[: len(kernel)])
    return ask.networks.cost("conv", values, False).macs


def _kernel(k: Any) -> tuple[Any, ...]:
    return tuple(k) if isinstance(k, list) else (k, k)


def _flag(value: Any) -> bool:
    if value not in (0, 1):
        raise Misuse(f"bias is 0 or 1, got {value}")
    return bool(value)


def _linear_params(ask: Any, i: Any, o: Any, bias: Any = 1) -> Any:
    return ask.networks.cost("linear", (i, o), _flag(bias)).params


def _linear_macs(ask: Any, i: Any, o: Any) -> Any:
    return ask.networks.cost("linear", (i, o), False).macs


# Networks.


def _of_network(question: str) -> Callable[..., Any]:
    def asked(ask: Any, net: Any, layer: Any = None, /, **values: Any) -> Any:
        for index, text in enumerate((net, layer)):
            if not isinstance(text, str) and not (index and text is None):
                what = "the name of a layer" if index else "a network"
                raise Misuse(
                    f"{what} is wanted, in quotes",
                    "as in params('3x32x32 | conv 10 k=5', 'conv1')",
                    index,
                )
        return ask.networks.answer(question, net, layer, values)

    return asked


# Tensors.


def _normalised(name: str) -> Callable[[Any], Any]:
    axes = tensors.NORM_AXES[name]
    return lambda x: tensors.normalised(x, axes(len(tensors.shape(x))), root)


def _groupnorm(x: Any, groups: Any) -> Any:
    return tensors.ungrouped(_normalised("gn")(tensors.groups(x, _whole(groups))))


def _sum(x: Any) -> Any:
    return sum(_numbers((x,)))


def _table(*entries: tuple[str, Callable[..., Any], str]) -> dict[str, Function]:
    found = {}
    for usage, run, about in entries:
        found[usage.partition("(")[0]] = Function(run, usage, about, run in _ASKING)
    return found


_QUESTIONS = {
    "params": "trainable parameters",
    "buffers": "buffers (running statistics)",
    "macs": "multiply-accumulates for one image",
    "rf": "size of the receptive field (a list where the axes differ)",
    "jump": "input positions between neighbouring units",
    "rf_start": "first position of unit 0's receptive field",
    "rf_center": "middle of unit 0's receptive field",
    "output": "output sizes as a list, channels first",
    "depth": "layers with weights on the longest path",
    "activation_bytes": "bytes that the layers write, in float32",
    "peak_activation_bytes": "most bytes alive at once, in float32",
}
_NETWORK = {question: _of_network(question) for question in _QUESTIONS}
_ASKING = {_conv_params, _conv_macs, _linear_params, _linear_macs, *_NETWORK.values()}

FUNCTIONS: dict[str, Function] = _table(
    ("floor(x)", _each(lambda v: v.__floor__()), "the largest integer up to x"),
    ("ceil(x)", _each(lambda v: v.__ceil__()), "the smallest integer from x on"),
    ("min(a, b)", lambda *values: minimum(_numbers(values)), "the smallest number"),
    ("max(a, b)", lambda *values: maximum(_numbers(values)), "the largest number"),
    ("abs(x)", _each(abs), "the distance from 0"),
    ("mod(a, b)", lambda a, b: _number(a) - _number(b) * (a // b), "a - b*floor(a/b)"),
    ("round(x, digits=0)", _round, "to digits after the point; a half is rounded up"),
    ("sum(x)", _sum, "of all elements of a list or tensor"),
    ("gcd(a, b)", lambda a, b: gcd(_whole(a), _whole(b)), "of integers"),
    ("lcm(a, b)", lambda a, b: lcm(_whole(a), _whole(b)), "of integers"),
    ("comb(n, k)", lambda n, k: comb(_small(n), _small(k)), "n over k, of integers"),
    ("factorial(n)", lambda n: factorial(_small(n)), "of an integer"),
    ("log2(x)", _log2, "of a power of two"),
    ("sqrt(x)", root, "of a square"),
    ("integer(x)", _integer, "true of integers; given of a name, that it may be below 1"),
    ("conv_out(n, k, s=1, p=0, d=1)", _conv_out, "output size, rounded down"),
    ("conv_out_ceil(n, k, s=1, p=0, d=1)", _conv_out_ceil, "output size with ceil_mode"),
    ("deconv_out(n, k, s=1, p=0, d=1, op=0)", _deconv_out, "output size of a transposed one"),
    ("same_padding(k, d=1)", _same_padding, "padding before and after that keeps the size"),
    ("span(k, d=1)", formulas.span, "positions that a dilated kernel stretches over"),
    ("rf_next(r, k, j=1, d=1)", _rf_next, "receptive field after one more layer"),
    ("jump_next(j, s)", _jump_next, "jump after one more layer"),
    ("start_next(start, p, j)", _start_next, "start of the field after one more layer"),
    (
        "conv_params(cin, cout, k, bias=1, groups=1)",
        _conv_params,
        "parameters of a convolution; k is a number (square) or a list, one for each axis",
    ),
    (
        "conv_macs(cin, cout, k, hout, wout, groups=1)",
        _conv_macs,
        "multiply-accumulates of a convolution",
    ),
    ("linear_params(i, o, bias=1)", _linear_params, "parameters of a linear layer"),
    ("linear_macs(i, o)", _linear_macs, "multiply-accumulates of a linear layer"),
    ("flops(macs)", _flops, "floating-point operations"),
    *((f"{name}(net, layer)", _NETWORK[name], about) for name, about in _QUESTIONS.items()),
    ("shape(x)", tensors.shape, "sizes of a tensor"),
    ("flatten(x)", tensors.flatten, "all elements as one list"),
    ("transpose(a)", tensors.transpose, "rows become columns"),
    ("flip(x)", tensors.flip, "reversed along every axis"),
    ("pad(x, p, value=0)", tensors.pad, "zeros on both sides of every axis"),
    ("dot(a, b)", tensors.dot, "sum of the products of all elements"),
    ("matmul(a, b)", tensors.matmul, "product of matrices, or of matrix and vector"),
    ("outer(a, b)", tensors.outer, "every element times every element"),
    ("kron(a, b)", tensors.kron, "Kronecker product"),
    ("mean(x)", tensors.mean, "of all elements"),
    ("relu(x)", tensors.relu, "negative numbers become 0"),
    ("conv(x, w, s=1, p=0, d=1)", tensors.conv, "cross-correlation over all axes"),
    ("convolve(x, w, s=1, p=0, d=1)", tensors.convolve, "convolution with the flipped kernel"),
    ("deconv(x, w, s=1, p=0)", tensors.deconv, "transposed convolution"),
    ("conv_channels(x, w, s=1, p=0, d=1, b=0)", tensors.conv_channels, "x: C,H,W; w: O,C,K,K"),
    ("conv_grad_input(w, g, s=1, p=0)", tensors.conv_grad_input, "gradient by the input"),
    ("conv_grad_weight(x, g, s=1, p=0)", tensors.conv_grad_weight, "gradient by the kernel"),
    ("maxpool(x, k, s=k, p=0)", tensors.maxpool, "largest of each window"),
    ("avgpool(x, k, s=k, p=0)", tensors.avgpool, "mean of each window"),
    ("maxpool_grad(x, g, k, s=k, p=0)", tensors.maxpool_grad, "g goes to the first maxima"),
    ("avgpool_grad(shape, g, k, s=k, p=0)", tensors.avgpool_grad, "g is shared out evenly"),
    ("norm_mean(x, axes)", tensors.norm_mean, "mean over the axes listed"),
    ("norm_var(x, axes)", tensors.norm_var, "variance over the axes listed"),
    (
        "batchnorm(x)",
        _normalised("bn"),
        "of N,C,H,W, without eps; variances must be squares",
    ),
    ("layernorm(x)", _normalised("ln"), "over C,H,W, without eps"),
    ("instancenorm(x)", _normalised("in"), "over H,W, without eps"),
    ("groupnorm(x, groups)", _groupnorm, "over groups of channels, without eps"),
)


def _small(value: Any) -> int:
    if not 0 <= _whole(value) <= 1000:
        raise Misuse(f"an integer from 0 to 1000 is wanted, got {value}")
    return int(value)
