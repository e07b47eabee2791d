"""What an explanation is made of: steps, each a formula in letters, in numbers, and its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from cnncalc.analyses.findings import Finding
from cnncalc.notation import PLAIN, Form, Leaf, Letter, Number
from cnncalc.render.page import Line, Meaning, glossary, written
from cnncalc.results import plain
from cnncalc.sizes import Shape
from cnncalc.worked import Worked, form_of

#: What can be explained, in the order in which it is.
QUANTITIES = {
    "shape": "output size",
    "rf": "receptive field",
    "params": "parameters and buffers",
    "macs": "multiply-accumulates",
    "memory": "bytes of the activations",
}


class Step(NamedTuple):
    """One line of working.

    ``names`` are what it is of (``height``, ``width``: several when their working is the same),
    ``letters`` the formula, ``numbers`` the same with the numbers put in, ``value`` what it comes to
    (None: undefined). ``why`` names the reason in :attr:`Explanation.reasons`; ``note`` is a remark.
    """

    of: str
    names: tuple[str, ...]
    value: Any
    letters: Worked | None = None
    numbers: Worked | None = None
    unit: str = ""
    why: str | None = None
    note: str = ""

    @property
    def derived(self) -> bool:
        """Is there working, rather than a number that is simply taken over?"""
        return any(
            one is not None and not _is_bare(one.form) for one in (self.letters, self.numbers)
        )

    def forms(self) -> list[Form]:
        """What is equal to each other, from the letters to the value."""
        if self.value is None:
            return [Letter("undefined")]
        shown = [one.form for one in (self.letters, self.numbers) if one is not None]
        found = [form for form in shown if not _is_bare(form)] + [form_of(self.value)]
        texts = [form.write(PLAIN) for form in found]
        return [form for i, form in enumerate(found) if texts[i] not in texts[i + 1 :]]

    @property
    def line(self) -> Line:
        """As renderers take it."""
        return Line(", ".join(self.names), self.forms(), self.unit, self.note)

    def __str__(self) -> str:
        return written(self.line)

    def to_dict(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "names": list(self.names),
            "letters": None if self.letters is None else str(self.letters),
            "numbers": None if self.numbers is None else str(self.numbers),
            "value": plain(self.value),
            "unit": self.unit or None,
            "why": self.why,
            "note": self.note or None,
        }


def _is_bare(form: Form) -> bool:
    return isinstance(form, (Leaf, Number))


def step(of: str, name: str, letters: Any, numbers: Any, **rest: Any) -> Step:
    """A step from the same formula on letters and on numbers, either of which may be a plain value."""
    shown = numbers if isinstance(numbers, Worked) else None
    value = numbers if shown is None else shown.value
    found = Step(
        of, (name,), value, letters if isinstance(letters, Worked) else None, shown, **rest
    )
    taken_over = not found.derived and (shown is not None or value == 0)
    return found._replace(why=None) if taken_over else found


def merged(steps: Iterable[Step], bare: bool = False) -> list[Step]:
    """Neighbouring steps with the same working as one, in the letters of the first.

    ``bare``: also those without any working, when they come to the same.
    """
    found: list[Step] = []
    for one in steps:
        last = found[-1] if found else None
        if last and (bare or last.derived) and _working(last) == _working(one):
            found[-1] = last._replace(names=(*last.names, *one.names))
        else:
            found.append(one)
    return found


def _working(one: Step) -> tuple[Any, ...]:
    return (one.of, one.derived, str(one.numbers), one.value, one.unit, one.note, one.why)


class Reason(NamedTuple):
    """Why a formula is as it is, and where that is written."""

    text: str
    source: str | None

    def to_dict(self) -> dict[str, str | None]:
        return self._asdict()


class LayerSteps(NamedTuple):
    """The working of one layer."""

    name: str
    kind: str
    line: str
    inputs: Mapping[str, Shape]
    output: Shape
    steps: tuple[Step, ...]

    def of(self, quantity: str) -> list[Step]:
        return [one for one in self.steps if one.of == quantity]

    @property
    def sizes(self) -> str:
        """``3x224x224 -> 64x112x112``."""
        return f"{', '.join(map(str, self.inputs.values()))} -> {self.output}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "line": self.line,
            "inputs": {name: _sizes(shape) for name, shape in self.inputs.items()},
            "output": _sizes(self.output),
            "steps": [one.to_dict() for one in self.steps],
        }


def _sizes(shape: Shape) -> list[int | str | None]:
    return [plain(size) for size in shape]


class Explanation(NamedTuple):
    """The working behind the numbers of a network, or of one of its layers.

    ``meanings`` says what the letters of the formulas stand for, ``reasons`` why the formulas are as
    they are (see :attr:`Step.why`); ``totals`` is empty where only one layer is explained.
    """

    head: Mapping[str, Any]
    title: str
    of: tuple[str, ...]
    layers: tuple[LayerSteps, ...]
    totals: tuple[Step, ...]
    meanings: tuple[Meaning, ...]
    reasons: Mapping[str, Reason]
    findings: tuple[Finding, ...]

    @property
    def letters(self) -> dict[str, str]:
        """The meanings as text, by letter."""
        return glossary(self.meanings)

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        """As JSON: formulas as text, values as in an analysis; ``why`` adds the reasons."""
        return {
            **self.head,
            "of": list(self.of),
            "layers": [layer.to_dict() for layer in self.layers],
            "totals": [one.to_dict() for one in self.totals],
            "letters": self.letters,
            **({"reasons": {k: one.to_dict() for k, one in self.reasons.items()}} if why else {}),
            "warnings": list(map(str, self.findings)),
        }

    def text(self, why: bool = False) -> str:
        """As ``cnncalc explain`` prints it."""
        from cnncalc.explain.page import page_of
        from cnncalc.render.plain import page

        return page(page_of(self, why))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from cnncalc.explain.page import page_of
        from cnncalc.render.html import page

        return page(page_of(self))


__all__ = ["QUANTITIES", "Explanation", "LayerSteps", "Reason", "Step", "merged", "step"]
