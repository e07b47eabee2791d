"""Numbers, derivations and arrays as plain text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from unicodedata import combining

from cnncalc.sizes import is_int
from cnncalc.tensors import Surd, Traced, elementwise, shape
from cnncalc.work.reading import place

#: Decimals that end within so many places are written out; roots are rounded to as many.
PLACES = 6

#: How tightly a text binds. A negative number is a sum without a first term.
_SUM, _QUOTIENT, _PRODUCT, _ATOM = range(4)


class Style(NamedTuple):
    """How operations look."""

    minus: str
    times: str
    over: Callable[[str, str], str]
    #: Must both sides of a quotient be bracketed where they bind less?
    inline: bool
    root: Callable[[str], str]
    square: str
    maximum: str
    #: Brackets around a fraction.
    high: tuple[str, str]


TEXT = Style("−", "·", lambda a, b: f"{a} / {b}", True, lambda a: f"√{a}", "²", "max", ("(", ")"))
LATEX = Style(
    "-", r" \cdot ", lambda a, b: rf"\frac{{{a}}}{{{b}}}", False, lambda a: rf"\sqrt{{{a}}}",
    "^2", r"\max", (r"\left(", r"\right)"),
)  # fmt: skip


def number(value: Any, style: Style = TEXT) -> str:
    """A number, exactly where that is short: ``−3``, ``0.25``, ``1/3``; a root is rounded.

    >>> from fractions import Fraction
    >>> number(Fraction(1, 4)), number(Fraction(-1, 3)), number(Surd(Fraction(1), Fraction(2)))
    ('0.25', '−1/3', '1.414214')
    """
    return _number(value, style)[0]


def _number(value: Any, style: Style) -> tuple[str, int]:
    negative = (value.times if isinstance(value, Surd) else value) < 0
    level = _SUM if negative else _ATOM
    sign = style.minus if level == _SUM else ""
    if isinstance(value, Surd):
        return sign + str(abs(value.decimal(PLACES))), level
    if is_int(value):
        return sign + str(abs(value)), level
    for places in range(1, PLACES + 1):
        if (value * 10**places).denominator == 1:
            shifted = str(abs(int(value * 10**places))).rjust(places + 1, "0")
            return f"{sign}{shifted[:-places]}.{shifted[-places:]}", level
    over, under = str(abs(value.numerator)), str(value.denominator)
    if style.inline:
        return f"{sign}{over}/{under}", min(level, _QUOTIENT)
    return sign + style.over(over, under), level


def decimal(value: Any) -> float:
    """The nearest float."""
    return float(value)


def plain(value: Any) -> Any:
    """A number for programs: an int, ``"1/3"``, or ``"2/5*sqrt(5)"`` (sympy's syntax)."""
    if isinstance(value, Surd):
        return f"{value.times}*sqrt({value.of})"
    return value if is_int(value) else str(value)


def derivation(made: Traced, style: Style = TEXT) -> str:
    """How a number was made: ``1·2 + (−1)·3``; of a number that was given, the number."""
    return _written(made, style)[0]


def terms(made: Traced, style: Style) -> list[str]:
    """The terms of a sum, each with its sign; of anything else, that alone."""
    if made.op != "+":
        return [derivation(made, style)]
    first, *rest = made.args
    return [_written(first, style)[0], *(_term(one, style) for one in rest)]


def _term(made: Traced, style: Style) -> str:
    """A further term: adding −3 is subtracting 3."""
    text, level = _written(made, style)
    if level == _SUM and not made.op:
        return f"{style.minus} {number(-made.value, style)}"
    return f"+ {_inside(text, level, _QUOTIENT, style)}"


def _written(made: Traced, style: Style) -> tuple[str, int]:
    if not made.op:
        return _number(made.value, style)
    if made.op == "+":
        return " ".join(terms(made, style)), _SUM
    parts = [_written(one, style) for one in made.args]
    if made.op == "max":
        listed = ", ".join(text for text, _ in parts)
        return f"{style.maximum}({listed})", _ATOM
    if made.op == "*":
        factors = [_inside(text, level, _PRODUCT, style) for text, level in parts]
        return style.times.join(factors), _PRODUCT
    if made.op == "/":
        if style.inline:
            over = _inside(*parts[0], _PRODUCT, style)
            return style.over(over, _inside(*parts[1], _ATOM, style)), _QUOTIENT
        return style.over(parts[0][0], parts[1][0]), _ATOM
    if made.op == "√":
        text = _inside(*parts[0], _ATOM, style) if style.inline else parts[0][0]
        return style.root(text), _ATOM
    if made.op == "²":
        return _inside(*parts[0], _ATOM, style) + style.square, _PRODUCT
    if made.op == "neg":
        return style.minus + _inside(*parts[0], _QUOTIENT, style), _SUM
    left, right = parts
    return f"{left[0]} {style.minus} {_inside(*right, _QUOTIENT, style)}", _SUM


def _inside(text: str, level: int, wanted: int, style: Style) -> str:
    if level >= wanted:
        return text
    opening, closing = style.high if r"\frac" in text else ("(", ")")
    return f"{opening}{text}{closing}"


# Arrays.


def blocks(name: str, x: Any) -> list[list[str]]:
    """An array as blocks of lines: a matrix is one, a larger array has one for each slice."""
    sizes = shape(x)
    if len(sizes) > 2:
        return [block for i, part in enumerate(x) for block in blocks(_deeper(name, i), part)]
    texts = elementwise(lambda one: number(_value(one)), x)
    rows = texts if len(sizes) == 2 else [texts] if sizes else [[texts]]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows]
    size = f" ({'x'.join(map(str, sizes))})" if sizes else ""
    return [[f"{name}{size}", *lines]]


def _deeper(name: str, index: int) -> str:
    return f"{name[:-1]},{index}]" if name.endswith("]") else place(name, (index,))


def beside(parts: Sequence[Sequence[str]], gap: str = "    ") -> list[str]:
    """Blocks of lines next to each other."""
    height = max(map(len, parts))
    filled = [[*part, *[""] * (height - len(part))] for part in parts]
    columns = [[_left(line, max(map(_width, part))) for line in part] for part in filled]
    return [gap.join(row).rstrip() for row in zip(*columns)]


def _left(line: str, width: int) -> str:
    return line + " " * (width - _width(line))


def _width(line: str) -> int:
    """Columns on a screen: the hat of x̂ takes none."""
    return sum(not combining(character) for character in line)


def bmatrix(x: Any) -> str:
    r"""An array in LaTeX; one of more than two axes is a row of its slices.

    >>> print(bmatrix([[1, -2]]))
    \begin{bmatrix} 1 & -2 \end{bmatrix}
    """
    sizes = shape(x)
    if not sizes:
        return number(_value(x), LATEX)
    if len(sizes) > 2:
        inner = ",\\; ".join(map(bmatrix, x))
    else:
        rows = x if len(sizes) == 2 else [x]
        inner = r" \\ ".join(" & ".join(number(_value(one), LATEX) for one in row) for row in rows)
    return rf"\begin{{bmatrix}} {inner} \end{{bmatrix}}"


def nested(x: Any) -> str:
    """An array as it can be given to a command again: ``[[1, 1/3], [-2, 0.5]]``."""
    if isinstance(x, list):
        return f"[{', '.join(map(nested, x))}]"
    value = _value(x)
    return number(value).replace("−", "-")


def _value(one: Any) -> Any:
    return one.value if isinstance(one, Traced) else one
