"""docs/kinds.md, made from the layer classes: ``python tests/kinds_page.py`` writes it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from teaching import Case, example, fresh

from cnncalc import formulas
from cnncalc.analyses.cost import node_cost
from cnncalc.layers import KINDS, Argument, Layer, Mistake
from cnncalc.layers.arguments import REQUIRED
from cnncalc.layers.windows import Window
from cnncalc.sizes import Size

PAGE = Path(__file__).parent.parent / "docs" / "kinds.md"

_HEAD = """# Kinds of layers

Made from the code by `python tests/kinds_page.py`; the test suite fails when it is out of date.
Arguments are given as `key=value`, by their name or a short name; the one in capitals may stand
first, without its name. Per-axis values are written `3x1`.

The examples are of the last layer. Sizes are worked out in the program's own formulas, where
factors of 1 and terms of 0 are left out; ⌊ ⌋ rounds down, ⌈ ⌉ up. Costs that are not mentioned
are 0. What is typically got wrong follows, with the wrong answer first.
"""


def page() -> str:
    """The whole page: a section for each module of layers, an entry for each kind."""
    lines = [_HEAD]
    for module in dict.fromkeys(_module(cls) for cls in KINDS.values()):
        lines += [f"## {(inspect.getdoc(module) or '').splitlines()[0].rstrip('.')}", ""]
        for cls in KINDS.values():
            if _module(cls) is module:
                lines += [*_entry(cls), ""]
    return "\n".join(lines).rstrip() + "\n"


def _module(cls: type[Layer]) -> ModuleType:
    return sys.modules[cls.__module__]


def _entry(cls: type[Layer]) -> Iterator[str]:
    yield f"### `{cls.kind}`"
    yield ""
    yield (inspect.getdoc(cls) or "").replace("``", "`")
    yield ""
    yield f"`{cls.usage().removeprefix('write ')}`"
    if cls.arguments:
        yield ""
        yield "| argument | | allowed | default |"
        yield "|---|---|---|---|"
        for argument in cls.arguments.values():
            yield _row(argument)
    yield ""
    right = example(cls)
    yield f"Example: `{cls.example}` gives {right.output}"
    yield ""
    working = list(_working(right))
    yield from [*working, ""] if working else []
    yield "Typical mistakes:"
    yield ""
    yield from (f"- {_contrast(right, mistake)}" for mistake in cls.mistakes)


def _row(argument: Argument[object]) -> str:
    names = ", ".join(f"`{name}`" for name in (argument.name, *argument.aliases))
    return f"| {names} | {argument.doc} | {argument.allowed()} | {_default(argument.default)} |"


def _default(value: object) -> str:
    if value is REQUIRED:
        return "must be given"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{'x'.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _working(case: Case) -> Iterator[str]:
    """The example's answers: sizes that take some working, costs, the field of one unit."""
    worked = case.worked()
    y = worked.output
    sizes: dict[str, list[str]] = {}
    for axis, size in zip(y.axes, y, strict=True):
        if str(size) != str(int(size)):
            sizes.setdefault(_equation(size), []).append(axis)
    for equation, axes in sizes.items():
        yield f"- {' and '.join(axes)}: {equation}"
    cost = node_cost(worked.layer, worked.inputs, fresh(y))
    for name, number in cost._asdict().items():
        if number != 0:
            yield f"- {_UNITS[name]}: {_equation(number)}"
    x = worked.inputs[0]
    fields = [_field(window, n) for window, n in zip(worked.layer.windows(x), x.spatial)]
    if fields and all(fields):
        yield f"- receptive field of the layer: {'x'.join(str(int(field)) for field in fields)}"


def _equation(number: Size) -> str:
    text, value = str(number), str(int(number))
    return value if text == value else f"{text} = {value}"


def _field(window: Window, n: Size) -> Size:
    """How many positions a unit reads; 0 when that is one, all, or not the same for all."""
    taps = window.taps(n)
    if taps is None or taps.every != 1 or taps.step == 0 or taps.runs[0].count == 1:
        return 0
    return formulas.span(taps.runs[0].count, taps.runs[0].spacing)


def _contrast(right: Case, mistake: Mistake) -> str:
    """``forgot the padding: 10x28x28 instead of 10x32x32``: the first answer that differs."""
    case = right.replace(mistake.where)
    wrong = case.mistaken(mistake)
    name = next(name for name, answer in case.answers.items() if wrong.answers[name] != answer)
    given = vars(right.layer)
    differs = [n for n in mistake.where if vars(case.layer)[n] != given[n]]
    where = " ".join(f"{_short(case.layer.arguments[n])}={_given(case, n)}" for n in differs)
    found, wanted = _answer(wrong, name), _answer(case, name)
    unit = f" {_UNITS[name]}" if name in _UNITS else ""
    return (
        f"{mistake.text}{f' (with `{where}`)' if where else ''}: {found} instead of {wanted}{unit}"
    )


def _answer(case: Case, name: str) -> str:
    return str(case.output if name == "output" else getattr(case.cost, name))


_UNITS = {"params": "parameters", "buffers": "buffers", "macs": "MACs"}


def _short(argument: Argument[object]) -> str:
    return min((argument.name, *argument.aliases), key=len)


def _given(case: Case, name: str) -> str:
    return _default(vars(case.layer)[name]).strip("`")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
