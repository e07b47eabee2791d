"""How a number was made, as a tree: the same derivation can be written in any notation.

Trees are built in :mod:`cnncalc.derivations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

#: How tightly a form binds. A negative number is a sum without a first term. A quotient is
#: bracketed in products, where a·b/c·d could be misread.
SUM, QUOTIENT, PRODUCT, ATOM = range(4)

Form: TypeAlias = "Number | Letter | Leaf | Sum | Product | Quotient | Power | Root | Extreme"


class Number(NamedTuple):
    """A number of the formula itself: an int or a fraction."""

    value: Any

    @property
    def level(self) -> int:
        if self.value < 0:
            return SUM
        return ATOM if self.value == int(self.value) else QUOTIENT

    def write(self, notation: Notation) -> str:
        return notation.number(self.value)


class Letter(NamedTuple):
    """A name: ``k``, ``k_h``, ``H′``, ``weights``."""

    name: str

    @property
    def level(self) -> int:
        return ATOM

    def write(self, notation: Notation) -> str:
        return notation.letter(self.name)


class Leaf:
    """A quantity that stands for itself: a size, an argument. No other one is the same.

    Two kernels of 7 are two leaves, so that only what is one quantity is ever taken together.
    """

    __slots__ = ("shown",)

    def __init__(self, shown: Form) -> None:
        self.shown = shown

    def __repr__(self) -> str:
        return f"Leaf({self.shown!r})"

    @property
    def level(self) -> int:
        return self.shown.level

    def write(self, notation: Notation) -> str:
        return self.shown.write(notation)


class Sum(NamedTuple):
    """Terms, each added (True) or subtracted, and the whole number that was added last.

    It is kept apart so that d(k − 1) + 1 with d = 1 is k again.
    """

    terms: tuple[tuple[bool, Any], ...]
    offset: int = 0

    @property
    def level(self) -> int:
        return SUM

    def write(self, notation: Notation) -> str:
        return notation.sum(self)


class Product(NamedTuple):
    factors: tuple[Any, ...]

    @property
    def level(self) -> int:
        return PRODUCT

    def write(self, notation: Notation) -> str:
        return notation.product(self)


class Quotient(NamedTuple):
    """over / under: rounded ``down`` or ``up``, or exact."""

    over: Any
    under: Any
    rounded: str = ""

    @property
    def level(self) -> int:
        return ATOM if self.rounded else QUOTIENT

    def write(self, notation: Notation) -> str:
        return notation.quotient(self)


class Power(NamedTuple):
    base: Any
    exponent: Any

    @property
    def level(self) -> int:
        return PRODUCT

    def write(self, notation: Notation) -> str:
        return notation.power(self)


class Root(NamedTuple):
    """The square root."""

    of: Any

    @property
    def level(self) -> int:
        return ATOM

    def write(self, notation: Notation) -> str:
        return notation.root(self)


class Extreme(NamedTuple):
    """The smallest (``min``) or the largest (``max``) of several."""

    word: str
    items: tuple[Any, ...]

    @property
    def level(self) -> int:
        return ATOM

    def write(self, notation: Notation) -> str:
        return notation.extreme(self)


class Notation:
    """Plain text: ``⌊(224 + 2·3 − 7)/2⌋ + 1``. Others write the same forms differently."""

    plus = "+"
    minus = "−"
    dot = "·"

    def number(self, value: Any) -> str:
        digits = self.digits(abs(int(value))) if value == int(value) else str(abs(value))
        return f"{self.minus}{digits}" if value < 0 else digits

    def digits(self, value: int) -> str:
        """A whole number of at least 0."""
        return str(value)

    def letter(self, name: str) -> str:
        return name

    def brackets(self, text: str) -> str:
        return f"({text})"

    def inside(self, form: Form, level: int) -> str:
        """The form as an operand of something that binds as ``level``."""
        text = form.write(self)
        return text if form.level >= level else self.brackets(text)

    def sum(self, form: Sum) -> str:
        terms = form.terms
        if form.offset:
            terms = (*terms, (form.offset > 0, Number(abs(form.offset))))
        text = ""
        for added, term in terms:
            text += self._term(term, added, first=not text)
        return text

    def _term(self, term: Form, added: bool, first: bool) -> str:
        text = self.inside(term, SUM if added else QUOTIENT)
        if added and text.startswith(self.minus):  # adding −a is subtracting a
            added, text = False, text[len(self.minus) :]
        if first:
            return text if added else f"{self.minus}{text}"
        return f" {self.plus if added else self.minus} {text}"

    def product(self, form: Product) -> str:
        text = ""
        before: Form | None = None
        for factor in form.factors:
            close = before is not None and _is_short(before) and _is_one_letter(factor)  # 2p
            text += "" if before is None or close else self.dot
            text += self.inside(factor, PRODUCT)
            before = factor
        return text

    def quotient(self, form: Quotient) -> str:
        opening, closing = {"down": ("⌊", "⌋"), "up": ("⌈", "⌉")}.get(form.rounded, ("", ""))
        over, under = self.inside(form.over, PRODUCT), self.inside(form.under, ATOM)
        return f"{opening}{over}/{under}{closing}"

    def power(self, form: Power) -> str:
        return f"{self.inside(form.base, ATOM)}^{self.inside(form.exponent, ATOM)}"

    def root(self, form: Root) -> str:
        return f"√{self.inside(form.of, ATOM)}"

    def extreme(self, form: Extreme) -> str:
        return f"{form.word}({', '.join(item.write(self) for item in form.items)})"


#: The notation of ``str()``.
PLAIN = Notation()


def _is_short(form: Form) -> bool:
    """Is it a number whose digits are not read as one word with a letter behind them?"""
    return isinstance(form, Number) and bool(form.value < 1000)


def _is_one_letter(form: Form) -> bool:
    shown = form.shown if isinstance(form, Leaf) else form
    return isinstance(shown, Letter) and len(shown.name.partition("_")[0].rstrip("′")) == 1


def is_number(form: Form, value: int) -> bool:
    """Is it this number itself, rather than a derivation that comes to it?"""
    shown = form.shown if isinstance(form, Leaf) else form
    return isinstance(shown, Number) and bool(shown.value == value)


def is_negative(form: Form) -> bool:
    """Is it written with a minus before it?"""
    shown = form.shown if isinstance(form, Leaf) else form
    if isinstance(shown, Number):
        return bool(shown.value < 0)
    return isinstance(shown, Sum) and bool(shown.terms) and not shown.terms[0][0]


def names_in(form: Form) -> Iterator[str]:
    """The letters of a form, in order."""

    class Listing(Notation):
        def letter(self, name: str) -> str:
            found.append(name)
            return name

    found: list[str] = []
    form.write(Listing())
    yield from found
