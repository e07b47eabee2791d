"""Answers as people write them: letters, numbers, lists of numbers, formulas.

``exports/page.js`` reads numbers and formulas by the same rules; tests hold the two together.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from fractions import Fraction

from cnncalc.errors import CnncalcError, Position, Source

#: What formulas may call.
FUNCTIONS = ("floor", "ceil", "min", "max")

#: What may stand around and between letters: ``B)``, ``(B)``, ``T, F, T``.
_AROUND_LETTERS = re.compile(r"[\s,;.:()\[\]/]")
#: What may stand between thousands.
_BETWEEN = ",_'’\u00a0\u202f "
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}([{_BETWEEN}]\d{{3}})+(\.\d*)?")
#: Points between thousands, where they cannot be decimal points: 1.234.567 and 1.728,5.
_POINTED = re.compile(r"[1-9]\d{0,2}((\.\d{3}){2,}|(\.\d{3})+,\d+)")
_DECIMAL = re.compile(r"\d+([.,]\d*)?|[.,]\d+")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d]\w*|\*\*|//|[=<>!]=|\S")
_SIGNS = str.maketrans({"^": "**", "·": "*", "×": "*", "−": "-", "²": "**2 ", "³": "**3 "})


def bare(answer: str) -> str:
    """An answer of letters without what may stand around them, in capitals.

    >>> bare("(b)"), bare("T, f; -")
    ('B', 'TF-')
    """
    return _AROUND_LETTERS.sub("", answer).upper()


def judged(answer: str) -> str:
    """The same where ``true`` and ``false`` may be written out.

    >>> judged("True, false, T")
    'TFT'
    """
    return bare(re.sub(r"\b(true|false)\b", lambda word: word[0][0], answer, flags=re.IGNORECASE))


def listed(answer: str, count: int) -> list[str]:
    """The parts of a list: between semicolons, or where there are none, as many as are asked for
    between spaces or commas.

    >>> listed("16; 1,728", 2), listed("16 1,728", 2), listed("16,8,4", 3)
    (['16', '1,728'], ['16', '1,728'], ['16', '8', '4'])
    """
    if ";" not in answer:
        for found in (re.split(r",?\s+", answer.strip()), answer.split(",")):
            if len(found) == count:
                return [part.strip() for part in found]
    return [part.strip() for part in answer.split(";")]


def number(text: str, unit: str = "") -> Fraction | None:
    """A number as people write it; None for what is none.

    A comma before three digits stands between thousands, any other one is a decimal comma.

    >>> [str(number(text)) for text in ("1,728", "1 728", "−2", "0.5", "0,125", "1/2", "s = 3")]
    ['1728', '1728', '-2', '1/2', '1/8', '1/2', '3']
    >>> number("512 B", "B")
    Fraction(512, 1)
    """
    plain = re.sub(r"^[^\W\d]\w*\s*=", "", text.strip()).strip().replace("−", "-")
    plain = plain[: -len(unit)].strip() if unit and plain.endswith(unit) else plain
    if len(plain) > 40:
        return None
    over, slash, under = plain.removeprefix("-").partition("/")
    value, divisor = _decimal(over), _decimal(under) if slash else Fraction(1)
    if value is None or not divisor:
        return None
    return (-1 if plain.startswith("-") else 1) * value / divisor


def _decimal(text: str) -> Fraction | None:
    """Digits without a sign, whatever stands between them."""
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return Fraction(re.sub(f"[{_BETWEEN}]", "", text))
    if _POINTED.fullmatch(text):
        return Fraction(text.replace(".", "").replace(",", "."))
    if text.isascii() and _DECIMAL.fullmatch(text):
        return Fraction(text.replace(",", "."))
    return None


def spelled(formula: str, symbols: Collection[str] = ()) -> str:
    """A formula as people write it, in the language of ``prove``.

    Signs for products may be missing, and symbols in small letters.

    >>> spelled("9C² + c(C−1)", ["C"]), spelled("2CHW", ["C", "H", "W"])
    ('9 * C ** 2 + C * ( C - 1 )', '2 * C * H * W')

    Not behind a division, where it is open what divides:

    >>> spelled("1/2C", ["C"])
    '1/2C'
    """
    text = formula.translate(_SIGNS)
    found: list[str] = []
    before, divided = "", [False]
    for token in (part for one in _TOKEN.findall(text) for part in _factors(one, symbols)):
        if _ends(before) and (token == "(" or token.isidentifier()):
            if divided[-1]:
                return text
            found.append("*")
        if token == "(":
            divided.append(False)
        elif token == ")":
            divided = divided[:-1] or [False]
        elif token in ("/", "//", "%"):
            divided[-1] = True
        elif token in ("*", ",") or (token in "+-" and _ends(before)):
            divided[-1] = False
        found.append(token)
        before = token
    return " ".join(found)


def is_formula(written: str) -> bool:
    """Is it one number for all values of its letters: no list, comparison or choice?

    >>> is_formula("9*C**2"), is_formula("(C, C)"), is_formula("C == C"), is_formula(")C(")
    (True, False, False, False)
    """
    found = tree(written)
    return found is not None and all(isinstance(node, _FORMULA) for node in ast.walk(found))


def tree(written: str) -> ast.expr | None:
    """The syntax tree of a text in the language of ``prove``; None for what is not in it."""
    from cnncalc.prove.reading import parse

    try:
        return parse(written, Position(Source("<answer>", written), 1, 1))
    except CnncalcError:
        return None


#: What formulas are made of.
_FORMULA = (
    *(ast.BinOp, ast.UnaryOp, ast.operator, ast.USub, ast.UAdd),
    *(ast.Constant, ast.Name, ast.Load, ast.Call),
)


def _ends(token: str) -> bool:
    """Can a factor end here?"""
    return token == ")" or (token not in FUNCTIONS and token.replace(".", "").isalnum())


def _factors(token: str, symbols: Collection[str]) -> Iterator[str]:
    """``chw`` is C, H and W, where these are symbols and it is none."""
    if token in symbols or token in FUNCTIONS or not token.isidentifier():
        yield token
        return
    known = {symbol.casefold(): symbol for symbol in symbols}
    whole = known.get(token.casefold())
    parts = [whole] if whole else [known.get(letter.casefold()) for letter in token]
    yield from [part for part in parts if part] if all(parts) else [token]


def names(formula: str) -> set[str]:
    """The names in a formula that are no functions of formulas.

    >>> sorted(names("C*(9*C + 1) + floor(H/2) + open"))
    ['C', 'H', 'open']
    >>> sorted(names("params('x')"))
    ["'", 'params', 'x']
    """
    return {*re.findall(r"[^\W\d]\w*|['\"\[\]]", formula)} - {*FUNCTIONS}
