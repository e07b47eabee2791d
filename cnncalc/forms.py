"""Closed forms of a network's totals: by stage, their leading terms and derivatives, as code.

A stage is what happens at one effective stride (jump of the receptive field): layers that divide
the image equally. What sees the whole image at once, as after global pooling, is a stage of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cnncalc.analyses.cost import Cost
from cnncalc.errors import UsageError, suggest
from cnncalc.results import Analysis, LayerResult, per_axis
from cnncalc.shares import tenths
from cnncalc.sizes import Number, Size, equal, expand, is_symbolic, text

WHOLE_IMAGE = "whole image"

#: What closed forms are made of, by name, with what it is.
TOTALS: Mapping[str, tuple[str, Callable[[Analysis], Size]]] = {
    "params": ("Trainable parameters.", lambda analysis: analysis.total.params),
    "macs": ("Multiply-accumulates.", lambda analysis: analysis.total.macs),
    "activation_bytes": (
        "Bytes of the tensors that layers write.",
        lambda analysis: analysis.memory.written,
    ),
    "peak_activation_bytes": (
        "Bytes of the tensors alive in the fullest moment.",
        lambda analysis: analysis.memory.peak,
    ),
}


class Stage(NamedTuple):
    """Layers with the same effective stride, and what they cost together."""

    name: str
    layers: tuple[str, ...]
    cost: Cost


def stages(analysis: Analysis) -> list[Stage]:
    """In the order in which they begin."""
    found: dict[str, list[LayerResult]] = {}
    for row in analysis.layers:
        found.setdefault(_stage(row), []).append(row)
    return [
        Stage(
            name,
            tuple(row.name for row in rows),
            Cost(*(expand(sum(column)) for column in zip(*(row.cost for row in rows)))),
        )
        for name, rows in found.items()
    ]


def _stage(row: LayerResult) -> str:
    jumps = per_axis(row.fields, "jump") if row.fields else []
    if not jumps or row.output.rank == 0 or None in jumps:
        return WHOLE_IMAGE
    alike = all(jump is not None and equal(jump, jumps[0] or 0) for jump in jumps)
    shown = [text(jump) for jump in (jumps[:1] if alike else jumps) if jump is not None]
    return f"stride {'x'.join(shown)}"


class Growth(NamedTuple):
    """The terms of highest degree, and the derivative by one symbol; both without roundings."""

    leading: Number
    derivative: Number | None


def growth(value: Size, by: str | None = None) -> Growth:
    if not is_symbolic(value):
        return Growth(value, None if by is None else 0)
    from cnncalc.symbolic import forms

    _no_sum(value, "has no leading term or derivative in closed form")
    return Growth(forms.leading(value), None if by is None else forms.derivative(value, by))


def _no_sum(value: Size, what: str) -> None:
    """Raises :class:`UsageError` for sums of as many terms as a symbol says."""
    from cnncalc.symbolic import forms

    if is_symbolic(value) and forms.has_sum(value):
        raise UsageError(
            f"a sum with a symbolic number of terms {what}",
            hint="give the depth (or the stride of what is repeated) a number",
        )


def share(part: Size, whole: Size) -> str | None:
    """``24.6 %``: the part's leading terms in those of the whole; None where it is no number."""
    if whole == 0:
        return None
    if is_symbolic(part) or is_symbolic(whole):
        from cnncalc.symbolic import forms

        # a part of lower degree than the whole vanishes beside it
        found = forms.share(forms.at_degree(part, whole), forms.leading(whole))
        return None if found is None else tenths(found, 1)
    return tenths(part, whole)


def check_symbol(analysis: Analysis, name: str) -> None:
    """Raises :class:`UsageError` for a symbol that no total has."""
    from cnncalc.symbolic import forms

    known = forms.names(total(analysis) for _, total in TOTALS.values())
    if name not in known:
        raise UsageError(
            f"--derivative {name}: no total depends on {name!r}",
            hint=suggest(name, known, "symbols") if known else "leave symbols open: --symbolic",
        )


#: Notations that closed forms can be written in.
NOTATIONS = ("python", "latex")


def emit(analysis: Analysis, names: tuple[str, ...], notation: str) -> str:
    """Totals as a Python module without imports, or as LaTeX equations."""
    return (_python if notation == "python" else _latex)(analysis, names)


def _python(analysis: Analysis, names: tuple[str, ...]) -> str:
    from cnncalc.symbolic import forms

    values = {name: TOTALS[name][1](analysis) for name in names}
    values = {name: value for name, value in values.items() if value is not None}
    for value in values.values():
        _no_sum(value, "is not written as Python")
    symbols = forms.names(values.values())
    arguments = ", ".join(f"{name}: int" for name in symbols)
    parts = [f'"""{_headline(analysis)}"""']
    for name, value in values.items():
        parts.append(
            f"def {name}({arguments}) -> int:\n"
            f'    """{TOTALS[name][0]}"""\n'
            f"    return {forms.python(value)}"
        )
    return "\n\n\n".join(parts)


def _headline(analysis: Analysis) -> str:
    words = [analysis.name.replace("\\", "/").replace('"', "'")]
    if analysis.assume:
        words.append(", ".join(f"{name} = {value}" for name, value in analysis.assume.items()))
    if analysis.at:
        words.append(", ".join(f"{name} = {value}" for name, value in analysis.at.items()))
    words.append("all symbols are integers of at least 1")
    found = [word for word in analysis.warnings if word.startswith("well-formed only if")]
    return "; ".join([*words, *found]) + "."


_SHORT = {
    "params": "P",
    "macs": r"\mathrm{MACs}",
    "activation_bytes": r"M_{\mathrm{written}}",
    "peak_activation_bytes": r"M_{\mathrm{peak}}",
}


def _latex(analysis: Analysis, names: tuple[str, ...]) -> str:
    from cnncalc.symbolic import forms

    values = {name: TOTALS[name][1](analysis) for name in names}
    lines = [
        f"{_SHORT[name]} &= {forms.latex(value)}"
        for name, value in values.items()
        if value is not None
    ]
    return "\\begin{align}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align}"
