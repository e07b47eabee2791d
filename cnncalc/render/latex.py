"""LaTeX: a whole document; what is in its body can be pasted (it needs amsmath)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cnncalc.notation import ATOM, Extreme, Form, Notation, Power, Quotient, Root, Sum
from cnncalc.render.page import Line, Page, Paragraph, Section
from cnncalc.render.report import Table, shown

_HEAD = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[a4paper,margin=2cm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\sloppy
\begin{document}
"""
_TAIL = "\\end{document}\n"

#: Letters that fit beside each other on a page, about.
_WIDEST = 72

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "`": r"\textasciigrave{}",
    '"': "''",
    "'": r"{'}",
    "-": r"{-}",
    "[": "{[}",  # after a line's end or a command, a bare one begins an option of it
    "]": "{]}",
}
_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "o",
    "pi",
    "rho",
    "varsigma",
    "sigma",
    "tau",
    "upsilon",
    "varphi",
    "chi",
    "psi",
    "omega",
]
_CAPITALS = {"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi"}
_CAPITALS |= {"Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega"}
#: Characters that are mathematics to LaTeX.
_MATHS = {
    "−": "-",
    "·": r"\cdot ",
    "×": r"\times ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "′": "'",
    "ᵀ": "^{T}",
    "√": r"\surd ",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "∂": r"\partial ",
    "∇": r"\nabla ",
    "∈": r"\in ",
    "‖": r"\Vert ",
    "ℓ": r"\ell ",
    "±": r"\pm ",
    "≈": r"\approx ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "→": r"\to ",
    "←": r"\leftarrow ",
    "∞": r"\infty ",
    **{digit: f"^{i}" for i, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "⁻": "^{-}",
    "ⁿ": "^n",
    **{digit: f"_{i}" for i, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{chr(ord("α") + i): rf"\{name} ".replace(r"\o ", "o") for i, name in enumerate(_GREEK)},
    **{letter: rf"\{name} " for letter, name in _CAPITALS.items()},
}
#: Accents that stand behind the letter that they are on.
_ON_TOP = {"\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=", "\u0307": r"\."}
_TEXTS = {
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "„": ",,",
    "’": "'",
    "\n": " ",
}


_ACCENTED = re.compile(f"([A-Za-z]?)([{''.join(_ON_TOP)}])")


def escape(text: str) -> str:
    """Text as LaTeX; letters that no usual font has are named by their number."""
    return _ACCENTED.sub(_accented, "".join(map(_character, text)))


def _accented(found: re.Match[str]) -> str:
    return f"{_ON_TOP[found[2]]}{{{found[1]}}}"


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character in _TEXTS:
        return _TEXTS[character]
    if character in _ON_TOP:
        return character
    if character in _MATHS:
        return f"${_MATHS[character].strip()}$"
    return character if _is_plain(character) else f"{{[}}U+{ord(character):04X}{{]}}"


def _is_plain(character: str) -> bool:
    """Does LaTeX know it without packages: ASCII, and Latin letters with the usual accents?"""
    from unicodedata import normalize

    apart = normalize("NFD", character)
    letter, accents = apart[:1], apart[1:]
    if accents:
        return " " <= letter < "\x7f" and ord(character) < 0x180 and accents[0] in _ACCENTS
    return " " <= letter < "\x7f" or letter in "ßæœøåÆŒØÅłŁ"


#: Grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, ring, double acute, caron, cedilla.
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"


class Formula(Notation):
    """Forms as LaTeX's mathematics."""

    minus = "-"
    dot = r" \cdot "

    def digits(self, value: int) -> str:
        return f"{value:,}".replace(",", "{,}")

    def letter(self, name: str) -> str:
        stem, _, index = name.partition("_")
        letters = stem.rstrip("′")
        plain = letters if len(letters) == 1 else rf"\mathit{{{escape(letters)}}}"
        if not letters.isalnum():  # a formula in another syntax
            return rf"\text{{{escape(name)}}}"
        low = rf"_{{{escape(index)}}}" if index else ""
        primes = "'" * (len(stem) - len(letters))
        return f"{plain}{low}{primes}"

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)"

    def quotient(self, form: Quotient) -> str:
        text = rf"\frac{{{form.over.write(self)}}}{{{form.under.write(self)}}}"
        sides = {"down": ("lfloor", "rfloor"), "up": ("lceil", "rceil")}.get(form.rounded)
        return rf"\left\{sides[0]}{text}\right\{sides[1]}" if sides else text

    def power(self, form: Power) -> str:
        return f"{self.inside(form.base, ATOM)}^{{{form.exponent.write(self)}}}"

    def root(self, form: Root) -> str:
        return rf"\sqrt{{{form.of.write(self)}}}"

    def extreme(self, form: Extreme) -> str:
        return rf"\{form.word}" + self.brackets(", ".join(item.write(self) for item in form.items))


FORMULA = Formula()


def page(found: Page) -> str:
    """Headings, equations aligned at their signs, and paragraphs."""
    lines = [_HEAD, rf"\section*{{{escape(found.title)}}}", ""]
    for section in found.sections:
        lines += lines_of(section)
    return "\n".join([*lines, _TAIL])


def lines_of(section: Section, heading: str = r"\subsection*") -> Iterator[str]:
    """A section as it stands in a document: for what brings its own."""
    if section.title:
        yield rf"{heading}{{{escape(section.title)}}}"
    for word, lines in section.groups:
        if word:
            yield rf"\textbf{{{escape(word)}}}"
        yield from _equations(lines)
    for paragraph in section.paragraphs:
        yield _words(paragraph)
    yield ""


def _equations(lines: Sequence[Line]) -> Iterator[str]:
    rows: list[str] = []
    below: list[Line] = []
    free = _WIDEST - max((len(line.label) for line in lines), default=0)
    for line in lines:
        first, *rest = [_broken(form) for form in line.forms]
        unit = rf"\;\text{{{escape(line.unit)}}}" if line.unit else ""
        starts = [rf"\text{{{escape(line.label)}}} &= {first}"]
        if len(rest) > 1 or (
            rest and _width(first) + _width(rest[0]) + 3 > free
        ):  # letters alone, then numbers and their value on the next line
            starts += _rows(rest, free)
        elif rest:
            starts[0] += f" = {rest[0]}"
        starts[-1] += unit
        last = re.split(r"&=|&\\quad", starts[-1])[-1]
        if line.note and _width(last) + len(line.note) + 4 > free:
            below.append(line)
        elif line.note:
            starts[-1] += rf"\quad\text{{({escape(line.note)})}}"
        rows += starts
    if rows:
        yield r"\begin{align*}"
        yield " \\\\\n".join(rows)
        yield r"\end{align*}"
    for line in below:
        yield f"{escape(line.label)}: {escape(line.note)}\n"


def _rows(forms: list[str], free: int) -> list[str]:
    """Equal forms on one row, or each on a row of its own where they do not fit."""
    if sum(map(_width, forms)) + 3 * (len(forms) - 1) <= free:
        return [" &= " + " = ".join(forms)]
    return [f" &= {form}" for form in forms]


def _width(formula: str) -> int:
    """About how many letters wide a formula is set."""
    return len(re.sub(r"\\(?:left|right|quad|mathit|text|frac)|[\\{}& ]", "", formula))


def _broken(form: Form) -> str:
    """A formula; a sum of many terms continues on further rows."""
    if not isinstance(form, Sum) or len(form.terms) <= _MOST_TERMS:
        return form.write(FORMULA)
    rows = []
    for start in range(0, len(form.terms), _MOST_TERMS):
        last = start + _MOST_TERMS >= len(form.terms)
        part = Sum(form.terms[start : start + _MOST_TERMS], form.offset if last else 0)
        text = part.write(FORMULA)
        rows.append(text if not start or text.startswith("-") else f"+ {text}")
    return " \\\\\n &\\quad ".join(rows)


#: As many terms of a sum stand on one row.
_MOST_TERMS = 5


def _words(paragraph: Paragraph) -> str:
    about = rf"\textit{{{escape(paragraph.about)}.}} " if paragraph.about else ""
    source = f" Source: {escape(paragraph.source)}." if paragraph.source else ""
    return f"{about}{escape(paragraph.text)}{source}\n"


def table(found: Table) -> str:
    """A tabular with rules; the totals are its last row, facts a line each below it."""
    lines = [_HEAD]
    if found.title:
        lines.append(rf"\section*{{{escape(found.title)}}}")
    if found.columns:
        spec = "".join("r" if column.right else "l" for column in found.columns)
        lines += [rf"\begin{{tabular}}{{{spec}}}", r"\hline"]
        lines.append(_row(column.title for column in found.columns))
        lines.append(r"\hline")
        lines += [_row(map(shown, row)) for row in found.rows]
        if found.total:
            lines += [r"\hline", _row(map(shown, found.total))]
        lines += [r"\hline", r"\end{tabular}", ""]
    for name, value in found.facts:
        label = rf"\textit{{{escape(name)}}}: " if name else r"\quad "
        lines += [label + escape(value.strip()), ""]
    return "\n".join([*lines, _TAIL])


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(escape, cells)) + r" \\"
