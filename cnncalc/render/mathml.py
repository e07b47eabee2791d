"""MathML: what browsers, and tests in QTI, draw formulas from."""

from __future__ import annotations

from html import escape
from typing import Any

from cnncalc.notation import ATOM, Extreme, Form, Notation, Power, Quotient, Root

NAMESPACE = "http://www.w3.org/1998/Math/MathML"


class MathML(Notation):
    """Forms as elements of MathML's presentation."""

    plus = "<mo>+</mo>"
    minus = "<mo>−</mo>"
    dot = "<mo>·</mo>"

    def number(self, value: Any) -> str:
        sign = self.minus if value < 0 else ""
        value = abs(value)
        if value == int(value):
            return sign + self.digits(int(value))
        over, under = value.numerator, value.denominator
        return f"{sign}<mfrac>{self.digits(over)}{self.digits(under)}</mfrac>"

    def digits(self, value: int) -> str:
        return f"<mn>{value:,}</mn>"

    def letter(self, name: str) -> str:
        stem, _, index = name.partition("_")
        letters = stem.rstrip("′")
        if not letters.isalnum():  # a formula in another syntax
            return f"<mtext>{escape(name)}</mtext>"
        base = f"<mi>{escape(letters)}</mi>"
        base = f"<msub>{base}<mi>{escape(index)}</mi></msub>" if index else base
        primes = "′" * (len(stem) - len(letters))
        return f"<mrow>{base}<mo>{primes}</mo></mrow>" if primes else base

    def brackets(self, text: str) -> str:
        return _between("(", text, ")")

    def quotient(self, form: Quotient) -> str:
        over, under = form.over.write(self), form.under.write(self)
        text = f"<mfrac><mrow>{over}</mrow><mrow>{under}</mrow></mfrac>"
        sides = {"down": "⌊⌋", "up": "⌈⌉"}.get(form.rounded)
        return _between(sides[0], text, sides[1]) if sides else text

    def power(self, form: Power) -> str:
        base = self.inside(form.base, ATOM)
        return f"<msup><mrow>{base}</mrow><mrow>{form.exponent.write(self)}</mrow></msup>"

    def root(self, form: Root) -> str:
        return f"<msqrt>{form.of.write(self)}</msqrt>"

    def extreme(self, form: Extreme) -> str:
        inner = "<mo>,</mo>".join(item.write(self) for item in form.items)
        return f"<mi>{form.word}</mi>{self.brackets(inner)}"


def _between(opening: str, text: str, closing: str) -> str:
    return f"<mrow><mo>{opening}</mo>{text}<mo>{closing}</mo></mrow>"


_MATHML = MathML()


def formula(form: Form) -> str:
    """A form as a formula in a line of text.

    >>> from cnncalc.notation import Letter, Number
    >>> formula(Quotient(Number(5), Letter("k"))).removeprefix(f'<math xmlns="{NAMESPACE}">')
    '<mfrac><mrow><mn>5</mn></mrow><mrow><mi>k</mi></mrow></mfrac></math>'
    """
    return f'<math xmlns="{NAMESPACE}">{form.write(_MATHML)}</math>'
