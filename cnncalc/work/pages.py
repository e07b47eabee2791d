"""A whole computation as plain text, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.tensors import shape
from cnncalc.tensors.core import at
from cnncalc.work import writing

if TYPE_CHECKING:
    from cnncalc.work.working import Given, Result, Step, Working


def text(found: Working) -> str:
    """What is given, one line for each element, and what comes out; of one element, its line."""
    if found.element is not None:
        return "\n".join(step.line() for one in found.results for step in found.steps(one))
    parts = [[heading(found)], _arrays(found.given), found.sizes]
    for result in found.results:
        shown, hidden = found.split(result)
        parts.append([*(step.line() for step in shown), *([hidden] if hidden else [])])
    parts += [_arrays(found.results), [f"note: {remark}" for remark in found.remarks()]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def brief(found: Working) -> str:
    """The results as arrays that a command can read; with names where there are several."""
    arrays = [
        one.values if found.element is None else at(one.values, found.element)
        for one in found.results
    ]
    texts = list(map(writing.nested, arrays))
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"{one.name} = {text}" for one, text in zip(found.results, texts))


def markdown(found: Working) -> str:
    """Arrays as displayed formulas, the lines as a list."""
    whole = found.element is None
    parts = [f"**{heading(found)}**", *map(_displayed, found.given)] if whole else []
    if whole and found.sizes:
        parts.append("\n".join(f"- {size}" for size in found.sizes))
    for result in found.results:
        shown, hidden = found.split(result)
        lines = [f"- ${step.latex(aligned=False)}$" for step in shown]
        parts.append("\n".join([*lines, *([f"- {hidden}"] if hidden else [])]))
    if whole:
        parts += [*map(_displayed, found.results), *(f"Note: {one}" for one in found.remarks())]
    return "\n\n".join(parts) + "\n"


def _displayed(one: Given | Result) -> str:
    return f"$${_symbol(one)} = {writing.bmatrix(one.values)}$$"


def latex(found: Working) -> str:
    """Displayed formulas; long sums go on in further lines."""
    whole = found.element is None
    lines = [f"% {heading(found)}", *map(_formula, found.given)] if whole else []
    for result in found.results:
        shown, hidden = found.split(result)
        lines += _aligned(shown) + ([hidden] if hidden else [])
    if whole:
        lines += [*map(_formula, found.results), *(f"% note: {one}" for one in found.remarks())]
    return "\n".join(lines) + "\n"


def _aligned(steps: Sequence[Step]) -> list[str]:
    body = " \\\\\n".join(f"  {step.latex()}" for step in steps)
    return [r"\begin{align*}", body, r"\end{align*}"] if steps else []


def _formula(one: Given | Result) -> str:
    return rf"\[ {_symbol(one)} = {writing.bmatrix(one.values)} \]"


def _symbol(one: Given | Result) -> str:
    """``x``, ``\\mu``; what more is said of an array (``w, flipped``) as text."""
    name, comma, more = getattr(one, "latex", one.name).partition(", ")
    return rf"{name}_{{\text{{{more}}}}}" if comma else name


def heading(found: Working) -> str:
    settings = ", ".join(f"{name} {_setting(value)}" for name, value in found.settings.items())
    return f"{found.operation}: {settings}" if settings else found.operation


def _setting(value: Any) -> str:
    """``2``; ``2x1`` where the axes differ."""
    if not isinstance(value, list):
        return writing.number(value)
    return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))


def _arrays(named: Sequence[Given | Result]) -> list[str]:
    """Matrices next to each other; larger arrays below, their slices next to each other."""
    blocks = [(shape(one.values), writing.blocks(one.name, one.values)) for one in named]
    small = [block for sizes, found in blocks for block in found if len(sizes) <= 2]
    lines = writing.beside(small) if small else []
    for sizes, found in blocks:
        if len(sizes) > 2:
            for start in range(0, len(found), sizes[-3]):
                row = writing.beside(found[start : start + sizes[-3]])
                lines += [""] * bool(lines) + row
    return lines
