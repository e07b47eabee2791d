"""What an expression can be the value of, besides numbers, words and lists."""

from __future__ import annotations

from typing import Any

from cnncalc.sizes import Shape, text
from cnncalc.spec.reporting import Reported

#: Sizes of a tensor by name; ``l`` is the length of a 1D signal.
SIZES = {"c": 0, "w": -1, "l": -1, "h": -2, "d": -3}


class Tensor:
    """A tensor that can be named: the output of a layer, or an input of the network."""

    __slots__ = ("name", "shape")

    def __init__(self, name: str, shape: Shape) -> None:
        self.name = name
        self.shape = shape

    def __str__(self) -> str:
        return f"the tensor {self.name} ({self.shape})"


class _Unknown:
    """A value or a tensor that a problem keeps from being known."""

    def __str__(self) -> str:
        return "something unknown"


UNKNOWN: Any = _Unknown()


def known(value: Any) -> Any:
    """The value; raises :class:`Reported` where a problem keeps it from being known."""
    if value is UNKNOWN:
        raise Reported
    return value


class Iterations:
    """What a named loop shows of itself: ``down[2].skip``, ``stack[*].skip``.

    ``closed``: why it shows nothing, and a hint.
    """

    __slots__ = ("closed", "done", "name")

    def __init__(self, name: str, closed: tuple[str, str] | None = None) -> None:
        self.name = name
        self.closed = closed
        self.done: list[dict[str, Any]] = []

    def __str__(self) -> str:
        return f"the loop {self.name}"


def describe(value: Any) -> str:
    """What a value is, for messages."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an iteration of a loop"
    return repr(value) if isinstance(value, str) else text(value)


def instead(value: Any) -> str:
    """What to write when ``value`` is not what is wanted."""
    if isinstance(value, Tensor):
        return f"a layer is not a number; its sizes are: {value.name}.c …"
    if isinstance(value, Iterations):
        if value.closed:
            return value.closed[1]
        return f"name a layer of one iteration, {value.name}[0].…, or of all: {value.name}[*].…"
    if isinstance(value, list):
        return "take one of the list, as in widths[0]"
    if isinstance(value, dict):
        return "add the name of a layer, as in down[0].skip"
    return "leave the quotes out" if isinstance(value, str) else "write a number"
