"""Sizes as sympy expressions; only this package imports sympy.

Symbols are positive integers. Divisions with floor are kept in one canonical form, in which nested
floors are merged and integer multiples pulled out: ``⌊(H + 6 − 7)/2⌋ + 1`` is ``floor((H + 1)/2)``.
Equal chains of sliding windows print alike; with transposed ones, where strides are powers of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from cnncalc import notation, presburger

Expr = Any


@cache
def symbol(name: str) -> Expr:
    """The symbol ``name``, a positive integer."""
    return sympy.Symbol(name, integer=True, positive=True)


def plain(value: Expr) -> Any:
    """A constant expression as an int (or a fraction); any other expression as it is."""
    value = sympy.sympify(value)
    if value.is_Integer:
        return int(value)
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return value


def expand(value: Expr) -> Any:
    return plain(sympy.expand(value))


def floor_div(a: Expr, b: Expr) -> Any:
    """⌊a / b⌋ in canonical form, for integers b ≥ 1.

    ⌊(b u + v)/b⌋ = u + ⌊v/b⌋ pulls integer multiples out, and ⌊(⌊x/c⌋ + w)/b⌋ = ⌊(x + c w)/(b c)⌋
    merges a single nested floor, or a common factor: ⌊(g u + w)/(g b)⌋ = ⌊(u + ⌊w/g⌋)/b⌋
    (Graham, Knuth & Patashnik 1994, "Concrete Mathematics", 3.11).
    """
    a, b = sympy.expand(a), sympy.sympify(b)
    if b == 1 and a.is_integer:
        return plain(a)
    outside, inside = _split(a, b)
    inside, b = _reduced(inside, b)
    floors = [term for term in sympy.Add.make_args(inside) if isinstance(term, sympy.floor)]
    rest = sympy.expand(inside - sum(floors))
    if len(floors) == 1 and rest.is_integer and _is_count(b):
        numerator, denominator = sympy.fraction(sympy.together(floors[0].args[0]))
        if _is_count(denominator):
            merged = floor_div(numerator + denominator * rest, denominator * b)
            return plain(sympy.expand(outside + merged))
    return plain(sympy.expand(outside + sympy.floor(inside / b)))


def _split(a: Expr, b: Expr) -> tuple[Expr, Expr]:
    """a = b·outside + inside with outside an integer and coefficients of inside reduced mod b."""
    outside, inside = sympy.Integer(0), sympy.Integer(0)
    for term in sympy.Add.make_args(a):
        quotient = sympy.cancel(term / b)
        if quotient.is_integer:
            outside += quotient
            continue
        coefficient, rest = term.as_coeff_Mul()
        if b.is_Integer and coefficient.is_Rational and rest.is_integer:
            whole = sympy.floor(coefficient / b)
            outside += whole * rest
            inside += (coefficient - whole * b) * rest
        else:
            inside += term
    return outside, inside


def _reduced(inside: Expr, b: Expr) -> tuple[Expr, Expr]:
    """The quotient without the number that divides b and all of inside but its constant."""
    constant, rest = inside.as_coeff_Add()
    factor, unit = b.primitive()
    content, terms = rest.primitive()
    common = sympy.gcd(factor, content)
    if common == 1 or not (content.is_Integer and terms.is_integer and _is_count(unit)):
        return inside, b
    return sympy.expand(rest / common) + sympy.floor(constant / common), b / common


def _is_count(value: Expr) -> bool:
    return bool(value.is_integer and value.is_positive)


def exact_div(a: Expr, b: Expr) -> Any:
    return plain(sympy.cancel(sympy.sympify(a) / sympy.sympify(b)))


def ratio(a: Expr, b: Expr) -> Any:
    """a / b, which may be a fraction."""
    return exact_div(a, b)


def proportion(a: Expr, b: Expr) -> Any:
    """a / b as one fraction or as a sum of fractions, whichever is shorter to read.

    None for extremes and sums with a symbolic number of terms, which sympy would first work out.
    """
    a, b = sympy.sympify(a), sympy.sympify(b)
    if a == b:
        return 1
    if a.has(sympy.Max, sympy.Min, sympy.Sum) or b.has(sympy.Max, sympy.Min, sympy.Sum):
        return None
    together = sympy.cancel(a / b)
    numerator, denominator = sympy.fraction(together)
    apart = sympy.Add(*(term / denominator for term in sympy.Add.make_args(numerator)))
    return plain(min(apart, together, key=lambda form: len(text(form))))


def scaled_part(value: Expr) -> tuple[Any, Any]:
    """64*H*W as 64 and H*W."""
    number, rest = value.as_coeff_Mul()
    return plain(number), plain(rest)


def power_sum(base: Expr, count: Expr) -> Any:
    """1 + b + … + b^(n−1), which is right for b = 1 as well."""
    (free,) = fresh(["i"], [base, count])
    index = sympy.Symbol(free.name, integer=True, nonnegative=True)
    return sympy.Sum(sympy.sympify(base) ** index, (index, 0, count - 1))


def total(term: Expr, index: Expr, count: Expr) -> Any:
    """The sum of ``term`` for index = 1, …, count.

    Powers of the index have closed forms (Graham, Knuth & Patashnik 1994, "Concrete Mathematics",
    6.5); for anything else, such as floors, the sum stays a sum.
    """
    found = sympy.Integer(0)
    for part in sympy.Add.make_args(sympy.expand(term)):
        factor, rest = part.as_independent(index, as_Add=False)
        if rest.is_polynomial(index):
            found += factor * sympy.summation(rest, (index, 1, count))
        else:
            found += factor * sympy.Sum(rest, (index, 1, count))
    return expand(found)


def fresh(words: Iterable[str], values: Iterable[Expr]) -> list[Expr]:
    """Symbols named ``words``, or alike where one of the values has a symbol of that name."""
    taken = {item.name for value in values for item in sympy.sympify(value).free_symbols}
    found = []
    for word in words:
        while word in taken:
            word += "_"
        taken.add(word)
        found.append(symbol(word))
    return found


def minimum(values: Iterable[Expr]) -> Any:
    """The smallest of the values; one that is never below another is dropped first."""
    return _extreme(sympy.Min, values, lambda a, b: _above(b, a))


def maximum(values: Iterable[Expr]) -> Any:
    """The largest of the values; one that is never above another is dropped first."""
    return _extreme(sympy.Max, values, _above)


def _extreme(kind: Any, values: Iterable[Expr], beats: Callable[[Expr, Expr], bool]) -> Any:
    apart: dict[Expr, None] = {}
    for value in map(sympy.sympify, values):  # the extreme of extremes is that of all of them
        apart.update(dict.fromkeys(value.args if isinstance(value, kind) else (value,)))
    kept: list[Expr] = []
    for value in map(sympy.expand, apart):
        if not any(beats(other, value) for other in kept):
            kept = [other for other in kept if not beats(value, other)] + [value]
    if len(kept) == 1:
        return plain(kept[0])
    return kind(*sorted(kept, key=sympy.default_sort_key), evaluate=False)


@lru_cache(maxsize=65536)
def _above(a: Expr, b: Expr) -> bool:
    """Is a ≥ b for all values of the symbols? No may only mean: not found.

    The signs of the terms decide most (peaks of memory are sums of products), isl the rest.
    """
    terms = sympy.expand(a - b).as_coefficients_dict().items()
    if all(coefficient >= 0 and term.is_nonnegative for term, coefficient in terms):
        return True
    return at_least(a, b) is True


def equal(a: Expr, b: Expr) -> bool | None:
    difference = sympy.expand(sympy.sympify(a) - sympy.sympify(b))
    if difference.is_zero:
        return True
    if difference.is_Number or difference.is_positive or difference.is_negative:
        return False
    return presburger.always_zero(text(difference), _names(difference))


@lru_cache(maxsize=65536)
def at_least(a: Expr, b: Expr) -> bool | None:
    difference = sympy.expand(sympy.sympify(a) - sympy.sympify(b))
    if difference.is_nonnegative:
        return True
    if difference.is_negative:
        return False
    return presburger.always_nonnegative(text(difference), _names(difference))


def divides(b: Expr, a: Expr) -> bool | None:
    quotient = sympy.cancel(sympy.sympify(a) / sympy.sympify(b))
    if quotient.is_integer:
        return True
    if quotient.is_Rational:
        return False
    remainder = sympy.sympify(a) - b * floor_div(a, b)
    return equal(remainder, 0)


def condition(kind: str, a: Expr, b: Expr) -> str | None:
    """When ``a == b``, ``a >= b`` or ``a % b == 0`` holds, readable as ``H mod 16 = 0``.

    None if that cannot be decided.
    """
    return conditions([(kind, a, b)])


def conditions(needs: Iterable[tuple[str, Expr, Expr]]) -> str | None:
    """When all the relations hold at once, such as ``H mod 16 = 0 and H >= 21``."""
    found = []
    for kind, a, b in needs:
        if kind == "% ==":
            kind, a, b = "==", a, b * floor_div(a, b)
        found.append((kind, sympy.expand(sympy.sympify(a) - sympy.sympify(b))))
    names = sorted({name for _, difference in found for name in _names(difference)})
    return presburger.jointly([(kind, text(value)) for kind, value in found], tuple(names))


def _names(value: Expr) -> tuple[str, ...]:
    return tuple(sorted(item.name for item in value.free_symbols))


def substitute(value: Expr, at: Mapping[str, int]) -> Any:
    """The value with numbers for symbols; a plain int when none is left."""
    known = {item: at[item.name] for item in value.free_symbols if item.name in at}
    found = value.xreplace({key: sympy.Integer(number) for key, number in known.items()})
    return plain(found.replace(_is_listable, lambda terms: terms.doit()))


def _is_listable(value: Expr) -> bool:
    """A sum of so many terms as a number says."""
    return isinstance(value, sympy.Sum) and all(
        bound.is_Integer for _, *bounds in value.limits for bound in bounds
    )


def function(name: str, *arguments: Expr) -> Any:
    """``floor`` or ``ceil`` of an expression of the language."""
    (argument,) = arguments
    numerator, denominator = sympy.fraction(sympy.together(sympy.sympify(argument)))
    if name == "floor":
        return floor_div(numerator, denominator)
    if numerator.is_integer and _is_count(denominator):
        return floor_div(numerator + denominator - 1, denominator)
    return plain(sympy.expand(-floor_div(-numerator, denominator)))


class _Printer(StrPrinter):  # type: ignore[misc]
    """sympy's own syntax, with the quotient inside a floor on one fraction bar.

    Negative powers are written as fractions, and a sum of fractions in the order of its letters:
    1/D + 1/K**2.
    """

    def _print_Pow(self, expression: Expr, rational: bool = False) -> str:
        base, exponent = expression.args
        if exponent.is_Integer and exponent < -1:
            return f"1/{self._print(sympy.Pow(base, -exponent))}"
        return str(super()._print_Pow(expression, rational))

    def _print_Add(self, expression: Expr, order: str | None = None) -> str:
        fractions = all(map(_is_fraction, expression.args))
        return str(super()._print_Add(expression, "rev-lex" if fractions else order))

    def _print_floor(self, expression: Expr) -> str:
        return f"floor({self._print(sympy.together(expression.args[0]))})"


def _is_fraction(term: Expr) -> bool:
    """A quotient by a symbol: one of the factors has a negative power."""
    return any(
        factor.is_Pow and factor.exp.is_Integer and factor.exp.is_negative
        for factor in sympy.Mul.make_args(term)
    )


_printer = _Printer({"order": None})


@lru_cache(maxsize=65536)
def text(value: Expr) -> str:
    """The expression in sympy syntax."""
    return str(_printer.doprint(value))


def fold(value: Expr, make: Callable[[str, list[Any]], Any]) -> Any:
    """Something else made of an expression, from its parts up.

    ``make(kind, parts)`` is called with name and number (a word, a number), ``+ * **``, floor, min,
    max, if, ``== <= <``, and with the name of sympy's class for anything else.
    """
    value = sympy.sympify(value)
    if value.is_Symbol:
        return make("name", [value.name])
    if value.is_Rational:
        return make("number", [plain(value)])
    if isinstance(value, sympy.Sum):
        value = value.doit()
    if isinstance(value, sympy.Piecewise):
        *others, (last, always) = value.args
        if always != sympy.true:
            return make("Piecewise", [None])
        found = fold(last, make)
        for then, test in reversed(others):
            found = make("if", [fold(test, make), fold(then, make), found])
        return found
    if isinstance(value, sympy.ceiling):
        return fold(-sympy.floor(-value.args[0], evaluate=False), make)
    if isinstance(value, (sympy.Gt, sympy.Ge)):
        value = value.reversed
    kind = next((word for cls, word in _KINDS if isinstance(value, cls)), type(value).__name__)
    if not value.args:
        return make(kind, [None])
    return make(kind, [fold(part, make) for part in value.args])


_KINDS = (
    (sympy.Add, "+"),
    (sympy.Mul, "*"),
    (sympy.Pow, "**"),
    (sympy.floor, "floor"),
    (sympy.Min, "min"),
    (sympy.Max, "max"),
    (sympy.Eq, "=="),
    (sympy.Le, "<="),
    (sympy.Lt, "<"),
)


def form(value: Expr) -> notation.Form:
    """The expression in the notation of derivations: ``⌊(H + 1)/2⌋ + 1``."""
    value = sympy.sympify(value)
    if value.is_Rational:
        return notation.Number(plain(value))
    if value.is_Symbol:
        return notation.Letter(value.name)
    for kind, write in _FORMS:
        if isinstance(value, kind):
            return write(value)
    return notation.Letter(text(value))  # a sum of a symbolic number of terms: in sympy's syntax


def _form_of_sum(value: Expr) -> notation.Form:
    terms, offset = [], 0
    for term in _printer._as_ordered_terms(value):
        if term.is_Integer:
            offset += int(term)
            continue
        coefficient = term.as_coeff_Mul()[0]
        terms.append((not coefficient < 0, form(-term if coefficient < 0 else term)))
    return notation.Sum(tuple(terms), offset)


def _form_of_product(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(value)
    if denominator != 1:
        return notation.Quotient(form(numerator), form(denominator))
    coefficient, rest = value.as_coeff_Mul()
    if coefficient == -1:
        return notation.opposite(form(rest))
    if coefficient < 0:
        return notation.opposite(form(-value))
    return notation.Product(tuple(map(form, value.as_ordered_factors())))


def _form_of_power(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(value)
    if denominator != 1:
        return notation.Quotient(form(numerator), form(denominator))
    return notation.Power(*map(form, value.as_base_exp()))


def _form_of_floor(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(sympy.together(value.args[0]))
    return notation.Quotient(form(numerator), form(denominator), "down")


_FORMS: tuple[tuple[Any, Callable[[Expr], notation.Form]], ...] = (
    (sympy.Add, _form_of_sum),
    (sympy.Mul, _form_of_product),
    (sympy.floor, _form_of_floor),
    (sympy.Pow, _form_of_power),
    (sympy.Min, lambda value: notation.Extreme("min", tuple(map(form, value.args)))),
    (sympy.Max, lambda value: notation.Extreme("max", tuple(map(form, value.args)))),
)
